/*
 * Neo-Hookean matrix that lets its fluid go and so loses volume when pulled, as fascia and tendon do at slow loading
 * (Bonet & Wood 2008, eq. 6.27); lambda = 2 mu nu/(1 - 2 nu):
 *
 *   W = mu/2 (F:F - 3 - 2 ln J) + lambda/2 (ln J)^2
 *   P = mu (F - G) + lambda ln J G,   G = F^(-T)
 *   dP_iI/dF_kK = mu d_ik d_IK + lambda G_iI G_kK + (mu - lambda ln J) G_iK G_kI
 */
#include "material/elementary.h"
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
  stf_lane cof[9], J, log_J;
  stf_vec I1 = {0}, G[9], lG[9], swap[9];
  stf_cofactor(F, cof, J);
  stf_log(J, log_J);
  for (int r = 0; r < 9; r++) I1 += STF_READ(F[r]) * STF_READ(F[r]);
  if (want == STF_WANT_ENERGY) {
    STF_VEC(response->W) += 0.5 * k->mu * (I1 - 3.0 - 2.0 * STF_READ(log_J)) +
                            0.5 * k->lambda * STF_READ(log_J) * STF_READ(log_J);
    return;
  }
  const stf_vec inverse = 1.0 / STF_READ(J), pressure = k->lambda * STF_READ(log_J);
  for (int r = 0; r < 9; r++) {
    G[r] = STF_READ(cof[r]) * inverse;
    STF_VEC(response->P[r]) += k->mu * (STF_READ(F[r]) - G[r]) + pressure * G[r];
  }
  if (want == STF_WANT_STRESS) return;
  for (int r = 0; r < 9; r++) {
    lG[r] = k->lambda * G[r];
    swap[r] = (k->mu - pressure) * G[r];
  }
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++)
      STF_VEC(response->A[n]) += (r == c ? k->mu : 0.0) + lG[r] * G[c] +
                                 swap[3 * (r / 3) + c % 3] * G[3 * (c / 3) + r % 3];
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
