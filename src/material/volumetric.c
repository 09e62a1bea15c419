#include "material/volumetric.h"

#include <math.h>

#include "material/kinematics.h"

const char *const stf_volumetric_names[] = {"convex", "log", "quadratic", NULL};

void stf_volumetric(stf_volumetric_kind kind, double kappa, const stf_lane J, stf_lane U, stf_lane dU, stf_lane ddU) {
  for (int l = 0; l < STF_LANES; l++) {
    const double j = J[l], log_j = kind == STF_QUADRATIC ? 0.0 : log(j);
    switch (kind) {
    case STF_CONVEX:
      U[l] = 0.25 * kappa * (j * j - 1.0 - 2.0 * log_j);
      dU[l] = 0.5 * kappa * (j - 1.0 / j);
      ddU[l] = 0.5 * kappa * (1.0 + 1.0 / (j * j));
      break;
    case STF_LOG:
      U[l] = 0.5 * kappa * log_j * log_j;
      dU[l] = kappa * log_j / j;
      ddU[l] = kappa * (1.0 - log_j) / (j * j);
      break;
    case STF_QUADRATIC:
      U[l] = 0.5 * kappa * (j - 1.0) * (j - 1.0);
      dU[l] = kappa * (j - 1.0);
      ddU[l] = kappa;
      break;
    }
  }
}

STF_KERNEL void stf_volumetric_add(const stf_lane F[9], const stf_lane U, const stf_lane dU, const stf_lane ddU,
                                   stf_want want, stf_response *response) {
  stf_lane cof[9], J;
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += U[l];
    return;
  }
  stf_cofactor(F, cof, J);
  for (int r = 0; r < 9; r++) STF_EACH_LANE response->P[r][l] += dU[l] * cof[r][l];
  if (want == STF_WANT_STRESS) return;
  stf_add_outer(response->A, cof, ddU);
  stf_add_cofactor_gradient(response->A, F, dU);
}
