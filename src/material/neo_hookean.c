/*
 * Neo-Hookean matrix, isochoric part (Rivlin 1948; split after Flory 1961; Bonet & Wood 2008, ch. 6):
 *
 *   W = mu/2 (J^(-2/3) F:F - 3)
 *   P = mu J^(-2/3) (F - F:F/3 G),   G = F^(-T)
 *   dP_iI/dF_kK = mu J^(-2/3) [ d_ik d_IK - 2/3 (F_iI G_kK + G_iI F_kK) + 2/9 F:F G_iI G_kK + 1/3 F:F G_iK G_kI ]
 */
#include <math.h>

#include "material/kinematics.h"
#include "material/law.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double shear_modulus;
} parameters;

static const stf_option options[] = {
    {.key = "shear_modulus",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, shear_modulus),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "shear modulus mu of the ground substance at small strain"},
};

static const stf_table table = STF_TABLE_OF("neo-hookean", parameters, options);

static const char *prepare(const void *from, void *data) {
  *(double *)data = ((const parameters *)from)->shear_modulus;
  return NULL;
}

STF_INLINE void add_tangent(const stf_lane F[9], const stf_lane G[9], const stf_lane s, const stf_lane I1,
                            stf_lane A[45]) {
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      const int swap_r = 3 * (r / 3) + c % 3, swap_c = 3 * (c / 3) + r % 3;
      const double one = r == c ? 1.0 : 0.0;
      STF_EACH_LANE A[n][l] += s[l] *
                               (one - 2.0 / 3.0 * (F[r][l] * G[c][l] + G[r][l] * F[c][l]) +
                                I1[l] * (2.0 / 9.0 * G[r][l] * G[c][l] + 1.0 / 3.0 * G[swap_r][l] * G[swap_c][l]));
    }
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  const double mu = *(const double *)data;
  stf_lane G[9], J, I1, s;
  stf_cofactor(F, G, J);
  STF_EACH_LANE I1[l] = 0.0;
  for (int r = 0; r < 9; r++) STF_EACH_LANE I1[l] += F[r][l] * F[r][l];
  for (int l = 0; l < STF_LANES; l++) s[l] = mu / cbrt(J[l] * J[l]);
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += 0.5 * (s[l] * I1[l] - 3.0 * mu);
    return;
  }
  for (int r = 0; r < 9; r++) {
    STF_EACH_LANE G[r][l] /= J[l];
    STF_EACH_LANE response->P[r][l] += s[l] * (F[r][l] - I1[l] / 3.0 * G[r][l]);
  }
  if (want == STF_WANT_TANGENT) add_tangent(F, G, s, I1, response->A);
}

const stf_matrix_law stf_neo_hookean = {
    .about = {.name = "neo-hookean",
              .sentence = "isochoric neo-Hookean solid",
              .references = "rivlin1948 flory1961 bonet2008",
              .parameters = &table,
              .data_size = sizeof(double),
              .prepare = prepare},
    .isochoric = true,
    .add = add,
};
