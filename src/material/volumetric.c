#include "material/volumetric.h"

#include <math.h>

#include "material/kinematics.h"

const char *const stf_volumetric_names[] = {"convex", "log", "quadratic", NULL};

void stf_volumetric_energy(stf_volumetric_kind kind, double kappa, const stf_lane J, stf_lane U) {
  for (int l = 0; l < STF_LANES; l++) {
    const double j = J[l], log_j = kind == STF_QUADRATIC ? 0.0 : log(j);
    U[l] = kind == STF_CONVEX ? 0.25 * kappa * (j * j - 1.0 - 2.0 * log_j)
           : kind == STF_LOG  ? 0.5 * kappa * log_j * log_j
                              : 0.5 * kappa * (j - 1.0) * (j - 1.0);
  }
}

STF_KERNEL void stf_volumetric(stf_volumetric_kind kind, double kappa, const stf_lane J, stf_lane dU, stf_lane ddU) {
  switch (kind) {
  case STF_CONVEX:
    STF_EACH_LANE {
      const double inverse = 1.0 / J[l];
      dU[l] = 0.5 * kappa * (J[l] - inverse);
      ddU[l] = 0.5 * kappa * (1.0 + inverse * inverse);
    }
    break;
  case STF_LOG:
    for (int l = 0; l < STF_LANES; l++) {
      const double log_j = log(J[l]);
      dU[l] = kappa * log_j / J[l];
      ddU[l] = kappa * (1.0 - log_j) / (J[l] * J[l]);
    }
    break;
  case STF_QUADRATIC:
    STF_EACH_LANE {
      dU[l] = kappa * (J[l] - 1.0);
      ddU[l] = kappa;
    }
    break;
  }
}

STF_KERNEL void stf_volumetric_add(const stf_lane F[9], const stf_lane cof[9], const stf_lane dU, const stf_lane ddU,
                                   stf_want want, stf_response *response) {
  for (int r = 0; r < 9; r++) STF_VEC(response->P[r]) += STF_READ(dU) * STF_READ(cof[r]);
  if (want == STF_WANT_STRESS) return;
  stf_add_outer(response->A, cof, ddU);
  stf_add_cofactor_gradient(response->A, F, dU);
}
