/* Determinant and cofactor of the deformation gradient, lane by lane. */
#ifndef STF_MATERIAL_KINEMATICS_H
#define STF_MATERIAL_KINEMATICS_H

#include <math.h>

#include "material/lanes.h"

/* Cofactor dJ/dF [9] of F [9], and J = det F. */
STF_INLINE void stf_cofactor(const stf_lane F[9], stf_lane cof[9], stf_lane J) {
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    for (int I = 0; I < 3; I++) {
      const int K = (I + 1) % 3, L = (I + 2) % 3;
      STF_VEC(cof[3 * i + I]) = STF_READ(F[3 * j + K]) * STF_READ(F[3 * k + L]) -
                                STF_READ(F[3 * j + L]) * STF_READ(F[3 * k + K]);
    }
  }
  STF_VEC(J) = STF_READ(F[0]) * STF_READ(cof[0]) + STF_READ(F[1]) * STF_READ(cof[1]) +
               STF_READ(F[2]) * STF_READ(cof[2]);
}

/*
 * y = x^(-1/3) for 0 < x < inf, to two units in the last place and exactly 1 at 1. A guess from the bits of x, within
 * 5 %, then with e = 1 - x y^3 the series y (1 - e)^(-1/3) to the third power of e, twice, and Newton's step once.
 */
STF_INLINE void stf_inverse_cube_root(const stf_lane x, stf_lane y) {
  typedef unsigned long long bits __attribute__((vector_size(8 * STF_LANES)));
  const stf_vec at = STF_READ(x);
  bits third = ((bits)at >> 2) + ((bits)at >> 4);
  third += third >> 4;
  third += third >> 8;
  stf_vec root = (stf_vec)(0x553ef0ff289dd796ull - third);
  for (int turn = 0; turn < 2; turn++) {
    const stf_vec e = 1.0 - at * root * root * root;
    root += root * e * (1.0 / 3.0 + e * (2.0 / 9.0 + e * (14.0 / 81.0)));
  }
  STF_VEC(y) = root + root * (1.0 - at * root * root * root) * (1.0 / 3.0);
}

/* A += s v (x) v on the packed upper triangle of a 9 x 9 tangent. */
STF_INLINE void stf_add_outer(stf_lane A[45], const stf_lane v[9], const stf_lane s) {
  for (int r = 0, n = 0; r < 9; r++) {
    const stf_vec sv = STF_READ(s) * STF_READ(v[r]);
    for (int c = r; c < 9; c++, n++) STF_VEC(A[n]) += sv * STF_READ(v[c]);
  }
}

/* A += s d(cofactor)/dF on the packed upper triangle: d cof_iI / dF_kK = e_ikm e_IKM F_mM. */
STF_INLINE void stf_add_cofactor_gradient(stf_lane A[45], const stf_lane F[9], const stf_lane s) {
  for (int i = 0; i < 3; i++)
    for (int k = i + 1; k < 3; k++) {
      const int m = 3 - i - k;
      for (int I = 0; I < 3; I++)
        for (int K = 0; K < 3; K++) {
          if (K == I) continue;
          const int n = stf_packed(9, 3 * i + I, 3 * k + K), M = 3 - I - K;
          const stf_vec change = STF_READ(s) * STF_READ(F[3 * m + M]);
          if (((K - I + 3) % 3 == 1) == (k == i + 1))
            STF_VEC(A[n]) += change;
          else
            STF_VEC(A[n]) -= change;
        }
    }
}

/* M^T v [3], made as long as 1. */
STF_INLINE void stf_turn_unit(const stf_lane M[9], const stf_lane v[3], stf_lane out[3]) {
  stf_lane size;
  for (int i = 0; i < 3; i++)
    STF_EACH_LANE out[i][l] = M[i][l] * v[0][l] + M[3 + i][l] * v[1][l] + M[6 + i][l] * v[2][l];
  STF_EACH_LANE size[l] = sqrt(out[0][l] * out[0][l] + out[1][l] * out[1][l] + out[2][l] * out[2][l]);
  for (int i = 0; i < 3; i++) STF_EACH_LANE out[i][l] /= size[l];
}

#endif
