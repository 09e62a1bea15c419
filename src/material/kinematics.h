/* Determinant and cofactor of the deformation gradient, lane by lane. */
#ifndef STF_MATERIAL_KINEMATICS_H
#define STF_MATERIAL_KINEMATICS_H

#include "material/lanes.h"

/* Cofactor dJ/dF [9] of F [9], and J = det F. */
STF_INLINE void stf_cofactor(const stf_lane F[9], stf_lane cof[9], stf_lane J) {
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    for (int I = 0; I < 3; I++) {
      const int K = (I + 1) % 3, L = (I + 2) % 3;
      STF_EACH_LANE cof[3 * i + I][l] = F[3 * j + K][l] * F[3 * k + L][l] - F[3 * j + L][l] * F[3 * k + K][l];
    }
  }
  STF_EACH_LANE J[l] = F[0][l] * cof[0][l] + F[1][l] * cof[1][l] + F[2][l] * cof[2][l];
}

/* A += s v (x) v on the packed upper triangle of a 9 x 9 tangent. */
STF_INLINE void stf_add_outer(stf_lane A[45], const stf_lane v[9], const stf_lane s) {
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) STF_EACH_LANE A[n][l] += s[l] * v[r][l] * v[c][l];
}

/* A += s d(cofactor)/dF on the packed upper triangle: d cof_iI / dF_kK = e_ikm e_IKM F_mM. */
STF_INLINE void stf_add_cofactor_gradient(stf_lane A[45], const stf_lane F[9], const stf_lane s) {
  for (int i = 0; i < 3; i++)
    for (int k = i + 1; k < 3; k++) {
      const int m = 3 - i - k;
      const double side = k == i + 1 ? 1.0 : -1.0;
      for (int I = 0; I < 3; I++)
        for (int K = 0; K < 3; K++) {
          if (K == I) continue;
          const int M = 3 - I - K;
          const double sign = (K - I + 3) % 3 == 1 ? side : -side;
          const int n = stf_packed(9, 3 * i + I, 3 * k + K);
          STF_EACH_LANE A[n][l] += sign * s[l] * F[3 * m + M][l];
        }
    }
}

#endif
