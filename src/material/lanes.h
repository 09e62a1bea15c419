/*
 * Batches. Kernels work on STF_LANES elements at once, one lane each, so that the compiler vectorises across elements:
 * every quantity is an array over lanes, and an inner loop over lanes is the only loop a kernel's arithmetic needs.
 */
#ifndef STF_MATERIAL_LANES_H
#define STF_MATERIAL_LANES_H

enum { STF_LANES = 8 };

/* One quantity in every lane. */
typedef double stf_lane[STF_LANES] __attribute__((aligned(64)));

/* The same eight numbers as one value that arithmetic applies to; STF_VEC is a stf_lane as such,
 * STF_READ a constant one. */
typedef double stf_vec __attribute__((vector_size(8 * STF_LANES), aligned(64), may_alias));
#define STF_VEC(lane)  (*(stf_vec *)(lane))
#define STF_READ(lane) (*(const stf_vec *)(lane))

/* `for (int l = 0; l < STF_LANES; l++)`, vectorised before anything else is done to it (by -fopenmp-simd; a compiler
 * that unrolls it first leaves eight times the instructions). No lane may use what another one computes. */
#define STF_EACH_LANE _Pragma("omp simd") for (int l = 0; l < STF_LANES; l++)

/*
 * Put before a kernel: compiled for AVX-512, AVX2 and any x86-64, chosen when the program starts. Helpers that a kernel
 * calls are STF_INLINE, or they would stay at the lowest of the three.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define STF_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define STF_KERNEL
#endif
#ifdef __SANITIZE_ADDRESS__ /* inlined and instrumented code takes minutes to compile */
#define STF_INLINE static inline
#else
#define STF_INLINE static inline __attribute__((always_inline))
#endif

/* What is asked of a response: energy alone, stress (forces) alone, or stress and tangent. The rest is left unset. */
typedef enum stf_want { STF_WANT_ENERGY, STF_WANT_STRESS, STF_WANT_TANGENT } stf_want;

/* Index of entry (row, column) in the packed upper triangle of a symmetric n x n matrix, stored row by row. */
STF_INLINE int stf_packed(int n, int row, int column) {
  return row <= column ? row * n - row * (row - 1) / 2 + column - row
                       : column * n - column * (column - 1) / 2 + row - column;
}

#endif
