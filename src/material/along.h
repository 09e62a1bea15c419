/* A stretch along one direction, and what a tension there adds to the response of a point, lane by lane. */
#ifndef STF_MATERIAL_ALONG_H
#define STF_MATERIAL_ALONG_H

#include <math.h>

#include "material/kinematics.h"
#include "material/law.h"

/* F a0 [3] and its length. */
STF_INLINE void stf_along_stretch(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3], stf_lane stretch) {
  STF_EACH_LANE stretch[l] = 0.0;
  for (int i = 0; i < 3; i++) {
    STF_EACH_LANE Fa[i][l] = F[3 * i][l] * a0[0][l] + F[3 * i + 1][l] * a0[1][l] + F[3 * i + 2][l] * a0[2][l];
    STF_EACH_LANE stretch[l] += Fa[i][l] * Fa[i][l];
  }
  STF_EACH_LANE stretch[l] = sqrt(stretch[l]);
}

/* A_iIiK += s a0_I a0_K: the direction turns with its load. */
STF_INLINE void stf_along_add_turning(const stf_lane a0[3], const stf_lane s, stf_lane A[STF_TANGENT_SIZE]) {
  for (int i = 0; i < 3; i++)
    for (int I = 0; I < 3; I++)
      for (int K = I; K < 3; K++) {
        const int n = stf_packed(9, 3 * i + I, 3 * i + K);
        STF_EACH_LANE A[n][l] += s[l] * a0[I][l] * a0[K][l];
      }
}

/*
 * Adds `fraction` times the energy of a stretch lambda = |F a0|:
 *
 *   P = T F a0 (x) a0,   T = N/lambda
 *   dP_iI/dF_kK = T d_ik a_I a_K + (K - T) n_i a_I n_k a_K,   n = F a0 / lambda
 */
STF_INLINE void stf_along_add(const stf_pull *pull, double fraction, const stf_lane Fa[3], const stf_lane stretch,
                              const stf_lane a0[3], stf_want want, stf_response *response) {
  stf_lane T, v[9], bend;
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += fraction * pull->W[l];
    return;
  }
  STF_EACH_LANE T[l] = fraction * pull->N[l] / stretch[l];
  for (int r = 0; r < 9; r++) {
    STF_EACH_LANE v[r][l] = Fa[r / 3][l] * a0[r % 3][l];
    STF_EACH_LANE response->P[r][l] += T[l] * v[r][l];
  }
  if (want == STF_WANT_STRESS) return;
  STF_EACH_LANE bend[l] = (fraction * pull->K[l] - T[l]) / (stretch[l] * stretch[l]);
  stf_add_outer(response->A, v, bend);
  stf_along_add_turning(a0, T, response->A);
}

#endif
