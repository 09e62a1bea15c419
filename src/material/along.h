/* A stretch along one direction, and what a tension there adds to the response of a point, lane by lane. */
#ifndef STF_MATERIAL_ALONG_H
#define STF_MATERIAL_ALONG_H

#include <math.h>

#include "material/kinematics.h"
#include "material/material.h"

/* F a0 [3] */
STF_INLINE void stf_along_image(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3]) {
  for (int i = 0; i < 3; i++)
    STF_VEC(Fa[i]) = STF_READ(F[3 * i]) * STF_READ(a0[0]) + STF_READ(F[3 * i + 1]) * STF_READ(a0[1]) +
                     STF_READ(F[3 * i + 2]) * STF_READ(a0[2]);
}

/* F a0 [3] and its length. */
STF_INLINE void stf_along_stretch(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3], stf_lane stretch) {
  stf_along_image(F, a0, Fa);
  STF_EACH_LANE stretch[l] = sqrt(Fa[0][l] * Fa[0][l] + Fa[1][l] * Fa[1][l] + Fa[2][l] * Fa[2][l]);
}

/* A_iIiK += s a0_I a0_K: the direction turns with its load. */
STF_INLINE void stf_along_add_turning(const stf_lane a0[3], const stf_lane s, stf_lane A[STF_TANGENT_SIZE]) {
  for (int I = 0; I < 3; I++)
    for (int K = I; K < 3; K++) {
      const stf_vec both = STF_READ(s) * STF_READ(a0[I]) * STF_READ(a0[K]);
      for (int i = 0; i < 3; i++) STF_VEC(A[stf_packed(9, 3 * i + I, 3 * i + K)]) += both;
    }
}

/* What the fibres along the `direction`th of a family's directions answer; `past` as for stf_family_add. */
STF_INLINE void stf_family_pull(const stf_family *family, const stf_past *past, size_t direction,
                                const stf_lane stretch, stf_want want, stf_pull *pull) {
  if (!past || !family->memory) {
    family->law->pull(family->data, stretch, want, pull);
    return;
  }
  const stf_past own = {.dt = past->dt, .memory = past->memory + direction * family->memory};
  family->law->memory->pull(family->data, &own, stretch, want, pull);
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
    STF_VEC(response->W) += fraction * STF_READ(pull->W);
    return;
  }
  STF_VEC(T) = fraction * STF_READ(pull->N) / STF_READ(stretch);
  for (int r = 0; r < 9; r++) {
    STF_VEC(v[r]) = STF_READ(Fa[r / 3]) * STF_READ(a0[r % 3]);
    STF_VEC(response->P[r]) += STF_READ(T) * STF_READ(v[r]);
  }
  if (want == STF_WANT_STRESS) return;
  STF_VEC(bend) = (fraction * STF_READ(pull->K) - STF_READ(T)) / (STF_READ(stretch) * STF_READ(stretch));
  stf_add_outer(response->A, v, bend);
  stf_along_add_turning(a0, T, response->A);
}

#endif
