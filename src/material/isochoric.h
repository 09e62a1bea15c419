/*
 * Laws of the isochoric part of the deformation, Fb = J^(-1/3) F (Flory 1961): from their derivatives by Fb, Pb and Ab,
 * to those by F. With s = J^(-1/3), G = F^(-T), p = Pb : F, b = Ab : F:
 *
 *   P = s (Pb - p/3 G)
 *   A = s^2 [ Ab - 1/3 (G (x) b + b (x) G) + 1/9 (F : b) G (x) G ]
 *     + s/3 [ - (G (x) Pb + Pb (x) G) + p/3 G (x) G + p G_iJ G_jI ]
 */
#ifndef STF_MATERIAL_ISOCHORIC_H
#define STF_MATERIAL_ISOCHORIC_H

#include <math.h>

#include "material/kinematics.h"
#include "material/law.h"

/* What a law's invariants are made of. */
typedef enum stf_invariants { STF_ISOCHORIC, STF_FULL } stf_invariants;

/* "isochoric", "full", NULL: in the order of the enum. */
extern const char *const stf_invariants_names[];

/* The row `invariants` of a fibre law whose parameters `type` have an int of that name. */
#define STF_INVARIANTS_OPTION(type, default)                                                                   \
  {                                                                                                            \
    .key = "invariants", .kind = STF_KIND_CHOICE, .offset = offsetof(type, invariants), .fallback = (default), \
    .choices = stf_invariants_names,                                                                           \
    .help = "what it feels: `full` the whole deformation, `isochoric` the deformation without "                \
            "its change of volume"                                                                             \
  }

/* s and G [9] of F [9], and J. */
STF_INLINE void stf_isochoric_split(const stf_lane F[9], stf_lane G[9], stf_lane J, stf_lane s) {
  stf_cofactor(F, G, J);
  stf_inverse_cube_root(J, s);
  const stf_vec inverse = 1.0 / STF_READ(J);
  for (int r = 0; r < 9; r++) STF_VEC(G[r]) *= inverse;
}

/* The isochoric part Fb [9] of F [9], s and G [9]. */
STF_INLINE void stf_isochoric_part(const stf_lane F[9], stf_lane Fb[9], stf_lane G[9], stf_lane s) {
  stf_lane J;
  stf_isochoric_split(F, G, J, s);
  for (int r = 0; r < 9; r++) STF_VEC(Fb[r]) = STF_READ(s) * STF_READ(F[r]);
}

/* v : F */
STF_INLINE void stf_isochoric_contract(const stf_lane v[9], const stf_lane F[9], stf_lane w) {
  stf_vec sum = {0};
  for (int r = 0; r < 9; r++) sum += STF_READ(v[r]) * STF_READ(F[r]);
  STF_VEC(w) = sum;
}

/* (v : F)/3, written so that it is exactly f where v = f 1 and F = 1: laws are free of stress at rest to the last bit.
 */
STF_INLINE void stf_isochoric_mean(const stf_lane v[9], const stf_lane F[9], stf_lane mean) {
  stf_vec row[3];
  for (int i = 0; i < 3; i++)
    row[i] = STF_READ(v[3 * i]) * STF_READ(F[3 * i]) + STF_READ(v[3 * i + 1]) * STF_READ(F[3 * i + 1]) +
             STF_READ(v[3 * i + 2]) * STF_READ(F[3 * i + 2]);
  STF_VEC(mean) = row[0] + ((row[1] - row[0]) + (row[2] - row[0])) * (1.0 / 3.0);
}

/* A += v (x) x + G (x) y + swap G_iK G_kI, the sum of which is symmetric: what splits off the change of volume leaves.
 */
STF_INLINE void stf_isochoric_add_pairs(const stf_lane v[9], const stf_lane x[9], const stf_lane G[9],
                                        const stf_lane y[9], const stf_lane swap, stf_lane A[STF_TANGENT_SIZE]) {
  stf_lane sG[9];
  for (int r = 0; r < 9; r++) STF_VEC(sG[r]) = STF_READ(swap) * STF_READ(G[r]);
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++)
      STF_VEC(A[n]) += STF_READ(v[r]) * STF_READ(x[c]) + STF_READ(G[r]) * STF_READ(y[c]) +
                       STF_READ(sG[3 * (r / 3) + c % 3]) * STF_READ(G[3 * (c / 3) + r % 3]);
}

/* Adds the response `bar` to Fb to that of the point; G and s as stf_isochoric_part gives them. */
STF_INLINE void stf_isochoric_add(const stf_response *bar, const stf_lane F[9], const stf_lane G[9], const stf_lane s,
                                  stf_want want, stf_response *response) {
  stf_lane mean, b[9], h[9], Fb, swap;
  if (want == STF_WANT_ENERGY) {
    STF_VEC(response->W) += STF_READ(bar->W);
    return;
  }
  stf_isochoric_mean(bar->P, F, mean);
  const stf_vec p = STF_READ(mean), root = STF_READ(s), square = root * root;
  for (int r = 0; r < 9; r++) STF_VEC(response->P[r]) += root * (STF_READ(bar->P[r]) - p * STF_READ(G[r]));
  if (want == STF_WANT_STRESS) return;
  for (int r = 0; r < 9; r++) {
    stf_vec sum = {0};
    for (int c = 0; c < 9; c++) sum += STF_READ(bar->A[stf_packed(9, r, c)]) * STF_READ(F[c]);
    STF_VEC(b[r]) = sum;
  }
  stf_isochoric_contract(b, F, Fb);
  const stf_vec half = root * (root * STF_READ(Fb) + 3.0 * p) * (1.0 / 18.0);
  for (int r = 0; r < 9; r++)
    STF_VEC(h[r]) = half * STF_READ(G[r]) - root * (1.0 / 3.0) * (root * STF_READ(b[r]) + STF_READ(bar->P[r]));
  STF_VEC(swap) = root * p;
  for (int n = 0; n < STF_TANGENT_SIZE; n++) STF_VEC(response->A[n]) += square * STF_READ(bar->A[n]);
  stf_isochoric_add_pairs(h, G, G, h, swap, response->A);
}

#endif
