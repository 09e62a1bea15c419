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

/* The isochoric part Fb [9] of F [9], s and G [9]. */
STF_INLINE void stf_isochoric_part(const stf_lane F[9], stf_lane Fb[9], stf_lane G[9], stf_lane s) {
  stf_lane J;
  stf_cofactor(F, G, J);
  stf_inverse_cube_root(J, s);
  for (int r = 0; r < 9; r++) STF_EACH_LANE {
      Fb[r][l] = s[l] * F[r][l];
      G[r][l] /= J[l];
    }
}

/* w = v : F */
STF_INLINE void stf_isochoric_contract(const stf_lane v[9], const stf_lane F[9], stf_lane w) {
  STF_EACH_LANE w[l] = 0.0;
  for (int r = 0; r < 9; r++) STF_EACH_LANE w[l] += v[r][l] * F[r][l];
}

/* (v : F)/3, written so that it is exactly f where v = f 1 and F = 1: laws are free of stress at rest to the last bit.
 */
STF_INLINE void stf_isochoric_mean(const stf_lane v[9], const stf_lane F[9], stf_lane mean) {
  STF_EACH_LANE {
    const double x = v[0][l] * F[0][l] + v[1][l] * F[1][l] + v[2][l] * F[2][l];
    const double y = v[3][l] * F[3][l] + v[4][l] * F[4][l] + v[5][l] * F[5][l];
    const double z = v[6][l] * F[6][l] + v[7][l] * F[7][l] + v[8][l] * F[8][l];
    mean[l] = x + ((y - x) + (z - x)) / 3.0;
  }
}

/* Adds the response `bar` to Fb to that of the point; G and s as stf_isochoric_part gives them. */
STF_INLINE void stf_isochoric_add(const stf_response *bar, const stf_lane F[9], const stf_lane G[9], const stf_lane s,
                                  stf_want want, stf_response *response) {
  stf_lane mean, b[9], q[9], Fb, g, swap;
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += bar->W[l];
    return;
  }
  stf_isochoric_mean(bar->P, F, mean);
  for (int r = 0; r < 9; r++) STF_EACH_LANE response->P[r][l] += s[l] * (bar->P[r][l] - mean[l] * G[r][l]);
  if (want == STF_WANT_STRESS) return;
  for (int r = 0; r < 9; r++) {
    STF_EACH_LANE b[r][l] = 0.0;
    for (int c = 0; c < 9; c++) STF_EACH_LANE b[r][l] += bar->A[stf_packed(9, r, c)][l] * F[c][l];
    STF_EACH_LANE q[r][l] = s[l] / 3.0 * (s[l] * b[r][l] + bar->P[r][l]);
  }
  stf_isochoric_contract(b, F, Fb);
  STF_EACH_LANE g[l] = s[l] / 9.0 * (s[l] * Fb[l] + 3.0 * mean[l]);
  STF_EACH_LANE swap[l] = s[l] * mean[l];
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      const int swap_r = 3 * (r / 3) + c % 3, swap_c = 3 * (c / 3) + r % 3;
      STF_EACH_LANE response->A[n][l] += s[l] * s[l] * bar->A[n][l] - G[r][l] * q[c][l] - q[r][l] * G[c][l] +
                                         g[l] * G[r][l] * G[c][l] + swap[l] * G[swap_r][l] * G[swap_c][l];
    }
}

#endif
