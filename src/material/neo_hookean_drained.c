/*
 * Neo-Hookean matrix that lets its fluid go and so loses volume when pulled, as fascia and tendon do at slow loading
 * (Bonet & Wood 2008, eq. 6.27); lambda = 2 mu nu/(1 - 2 nu):
 *
 *   W = mu/2 (F:F - 3 - 2 ln J) + lambda/2 (ln J)^2
 *   P = mu (F - G) + lambda ln J G,   G = F^(-T)
 *   dP_iI/dF_kK = mu d_ik d_IK + lambda G_iI G_kK + (mu - lambda ln J) G_iK G_kI
 */
#include <math.h>

#include "material/kinematics.h"
#include "material/law.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double shear_modulus, poisson_ratio;
} parameters;

typedef struct constants {
  double mu, lambda;
} constants;

static const stf_option options[] = {
    {.key = "shear_modulus",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, shear_modulus),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "shear modulus mu of the drained matrix at small strain; FEBio's E is 2 mu (1 + poisson_ratio)"},
    {.key = "poisson_ratio",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, poisson_ratio),
     .minimum = -1.0,
     .maximum = 0.5,
     .bounds = STF_OPEN,
     .help = "Poisson's ratio of the drained matrix at small strain (in FEBio v)"},
};

static const stf_table table = STF_TABLE_OF("neo-hookean-drained", parameters, options);

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  const double mu = p->shear_modulus, nu = p->poisson_ratio;
  *(constants *)data = (constants){.mu = mu, .lambda = 2.0 * mu * nu / (1.0 - 2.0 * nu)};
  return NULL;
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  const constants *k = data;
  stf_lane G[9], J, log_J, I1;
  stf_cofactor(F, G, J);
  STF_EACH_LANE I1[l] = 0.0;
  for (int l = 0; l < STF_LANES; l++) log_J[l] = log(J[l]);
  for (int r = 0; r < 9; r++) STF_EACH_LANE I1[l] += F[r][l] * F[r][l];
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += 0.5 * k->mu * (I1[l] - 3.0 - 2.0 * log_J[l]) +
                                    0.5 * k->lambda * log_J[l] * log_J[l];
    return;
  }
  for (int r = 0; r < 9; r++) {
    STF_EACH_LANE G[r][l] /= J[l];
    STF_EACH_LANE response->P[r][l] += k->mu * (F[r][l] - G[r][l]) + k->lambda * log_J[l] * G[r][l];
  }
  if (want == STF_WANT_STRESS) return;
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      const int swap_r = 3 * (r / 3) + c % 3, swap_c = 3 * (c / 3) + r % 3;
      const double one = r == c ? k->mu : 0.0;
      STF_EACH_LANE response->A[n][l] += one + k->lambda * G[r][l] * G[c][l] +
                                         (k->mu - k->lambda * log_J[l]) * G[swap_r][l] * G[swap_c][l];
    }
}

const stf_matrix_law stf_neo_hookean_drained = {
    .about = {.name = "neo-hookean-drained",
              .sentence = "compressible neo-Hookean solid, for tissue that loses fluid when pulled",
              .references = "bonet2008",
              .parameters = &table,
              .data_size = sizeof(constants),
              .prepare = prepare},
    .isochoric = false,
    .add = add,
};
