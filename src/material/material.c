#include "material/material.h"

#include <math.h>
#include <string.h>

#include "material/kinematics.h"

STF_INLINE void stretch_along(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3], stf_lane stretch) {
  STF_EACH_LANE stretch[l] = 0.0;
  for (int i = 0; i < 3; i++) {
    STF_EACH_LANE Fa[i][l] = F[3 * i][l] * a0[0][l] + F[3 * i + 1][l] * a0[1][l] + F[3 * i + 2][l] * a0[2][l];
    STF_EACH_LANE stretch[l] += Fa[i][l] * Fa[i][l];
  }
  STF_EACH_LANE stretch[l] = sqrt(stretch[l]);
}

STF_KERNEL void stf_fibre_stretch(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3], stf_lane stretch) {
  stretch_along(F, a0, Fa, stretch);
}

/* dP_iI/dF_kK = T d_ik a_I a_K + (K - T) n_i a_I n_k a_K,  T = N/lambda, n = F a0 / lambda */
STF_KERNEL void stf_family_add(const stf_family *family, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                               stf_response *response) {
  stf_pull pull;
  stf_lane Fa[3], stretch, T, v[9], bend;
  stretch_along(F, a0, Fa, stretch);
  family->law->pull(family->data, stretch, want, &pull);
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += family->fraction * pull.W[l];
    return;
  }
  STF_EACH_LANE T[l] = family->fraction * pull.N[l] / stretch[l];
  for (int r = 0; r < 9; r++) {
    STF_EACH_LANE v[r][l] = Fa[r / 3][l] * a0[r % 3][l];
    STF_EACH_LANE response->P[r][l] += T[l] * v[r][l];
  }
  if (want == STF_WANT_STRESS) return;
  STF_EACH_LANE bend[l] = (family->fraction * pull.K[l] - T[l]) / (stretch[l] * stretch[l]);
  stf_add_outer(response->A, v, bend);
  for (int i = 0; i < 3; i++)
    for (int I = 0; I < 3; I++)
      for (int K = I; K < 3; K++) {
        const int n = stf_packed(9, 3 * i + I, 3 * i + K);
        STF_EACH_LANE response->A[n][l] += T[l] * a0[I][l] * a0[K][l];
      }
}

void stf_material_distort(const stf_material *material, const stf_lane F[9], const stf_lane (*a0)[3], stf_want want,
                          stf_response *response) {
  if (want == STF_WANT_ENERGY)
    memset(response->W, 0, sizeof response->W);
  else
    memset(response->P, 0, sizeof response->P);
  if (want == STF_WANT_TANGENT) memset(response->A, 0, sizeof response->A);
  material->matrix->add(material->matrix_data, F, want, response);
  for (size_t f = 0; f < material->families; f++) stf_family_add(&material->family[f], F, a0[f], want, response);
}

void stf_material_respond(const stf_material *material, const stf_lane F[9], const stf_lane (*a0)[3], stf_want want,
                          stf_response *response) {
  stf_material_distort(material, F, a0, want, response);
  if (!material->matrix->isochoric) return;
  stf_lane cof[9], J, U, dU, ddU;
  stf_cofactor(F, cof, J);
  stf_volumetric(material->volumetric, material->bulk_modulus, J, U, dU, ddU);
  stf_volumetric_add(F, U, dU, ddU, want, response);
}
