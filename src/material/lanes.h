/*
 * Batches. Kernels work on STF_LANES elements at once, one lane each, so that the compiler vectorises across elements:
 * every quantity is an array over lanes, and an inner loop over lanes is the only loop a kernel's arithmetic needs.
 */
#ifndef STF_MATERIAL_LANES_H
#define STF_MATERIAL_LANES_H

enum { STF_LANES = 8 };

/* One quantity in every lane. */
typedef double stf_lane[STF_LANES] __attribute__((aligned(64)));

/* `for (int l = 0; l < STF_LANES; l++)`, told to vectorise. */
#define STF_EACH_LANE _Pragma("GCC ivdep") for (int l = 0; l < STF_LANES; l++)

/* How much of a response is asked for; each includes the ones before it. */
typedef enum stf_want { STF_WANT_ENERGY, STF_WANT_STRESS, STF_WANT_TANGENT } stf_want;

/* Index of entry (row, column) in the packed upper triangle of a symmetric n x n matrix, stored row by row. */
static inline int stf_packed(int n, int row, int column)
{
  return row <= column ? row * n - row * (row - 1) / 2 + column - row : column * n - column * (column - 1) / 2 + row - column;
}

#endif
