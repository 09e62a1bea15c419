#include "material/volumetric.h"

#include "material/elementary.h"
#include "material/kinematics.h"

const char *const stf_volumetric_names[] = {"convex", "log", "quadratic", NULL};

STF_KERNEL void stf_volumetric_energy(stf_volumetric_kind kind, double kappa, const stf_lane J, stf_lane U) {
  const stf_vec j = STF_READ(J);
  stf_lane log_J;
  if (kind != STF_QUADRATIC) stf_log(J, log_J);
  switch (kind) {
  case STF_CONVEX: STF_VEC(U) = 0.25 * kappa * (j * j - 1.0 - 2.0 * STF_READ(log_J)); break;
  case STF_LOG: STF_VEC(U) = 0.5 * kappa * STF_READ(log_J) * STF_READ(log_J); break;
  case STF_QUADRATIC: STF_VEC(U) = 0.5 * kappa * (j - 1.0) * (j - 1.0); break;
  }
}

STF_KERNEL void stf_volumetric(stf_volumetric_kind kind, double kappa, const stf_lane J, stf_lane dU, stf_lane ddU) {
  const stf_vec j = STF_READ(J), inverse = 1.0 / j;
  stf_lane log_J;
  switch (kind) {
  case STF_CONVEX:
    STF_VEC(dU) = 0.5 * kappa * (j - inverse);
    STF_VEC(ddU) = 0.5 * kappa * (1.0 + inverse * inverse);
    break;
  case STF_LOG:
    stf_log(J, log_J);
    STF_VEC(dU) = kappa * STF_READ(log_J) * inverse;
    STF_VEC(ddU) = kappa * (1.0 - STF_READ(log_J)) * inverse * inverse;
    break;
  case STF_QUADRATIC:
    STF_VEC(dU) = kappa * (j - 1.0);
    STF_EACH_LANE ddU[l] = kappa;
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
