/*
 * Dispersed fibres about a direction (Gasser, Ogden & Holzapfel 2006; without dispersion Holzapfel, Gasser & Ogden
 * 2000), one family of them; the published matrix is `neo-hookean` with shear modulus c. kappa is 0 for parallel
 * fibres, 1/3 for fibres all ways alike. In the isochoric invariants, as published, or in those of the whole
 * deformation:
 *
 *   E = <kappa (I1 - 3) + (1 - 3 kappa) (I4 - 1)>,   I1 = F:F,  I4 = |F a0|^2
 *   W = k1/(2 k2) (exp(k2 E^2) - 1)
 *   P = W' H,   H = dE/dF = 2 kappa F + 2 (1 - 3 kappa) F a0 (x) a0
 *   dP_iI/dF_kK = W'' H_iI H_kK + 2 W' d_ik (kappa d_IK + (1 - 3 kappa) a_I a_K)
 *
 * The switch is at E = 0, not at I4 = 1: there stress would jump wherever kappa > 0.
 */
#include "material/along.h"
#include "material/exponential.h"
#include "material/isochoric.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double k1, k2, kappa;
  int invariants;
} parameters;

typedef struct constants {
  double k1, k2, kappa;
  bool isochoric;
} constants;

static const stf_option options[] = {
    {.key = "k1",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, k1),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "modulus of the fibres, per volume of tissue (the same in FEBio)"},
    {.key = "k2",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, k2),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "how fast they stiffen (the same in FEBio)"},
    {.key = "kappa",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, kappa),
     .minimum = 0.0,
     .maximum = 1.0 / 3.0,
     .help = "dispersion about the direction, 0 for parallel fibres, 1/3 for all ways alike (the same in FEBio)"},
    STF_INVARIANTS_OPTION(parameters, "isochoric"),
};

static const stf_table table = STF_TABLE_OF("holzapfel-gasser-ogden", parameters, options);

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  *(constants *)data =
      (constants){.k1 = p->k1, .k2 = p->k2, .kappa = p->kappa, .isochoric = p->invariants == STF_ISOCHORIC};
  return NULL;
}

/* W' and W'' of E, lanes apart: exp is not vectorised. */
static void by_strain(const constants *k, const stf_lane E, stf_lane dW, stf_lane ddW) {
  for (int l = 0; l < STF_LANES; l++) {
    const stf_exponential x = stf_exponential_at(k->k2 * E[l] * E[l]);
    dW[l] = k->k1 * E[l] * x.slope;
    ddW[l] = E[l] > 0.0 ? k->k1 * (x.slope + 2.0 * k->k2 * E[l] * E[l] * x.curvature) : 0.0;
  }
}

STF_INLINE void respond(const constants *k, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                        stf_response *response) {
  const double along = 1.0 - 3.0 * k->kappa;
  stf_lane Fa[3], stretch, I1, E, dW, ddW, H[9], turning;
  stf_along_stretch(F, a0, Fa, stretch);
  stf_isochoric_contract(F, F, I1);
  STF_EACH_LANE {
    const double I4 = Fa[0][l] * Fa[0][l] + Fa[1][l] * Fa[1][l] + Fa[2][l] * Fa[2][l];
    const double strain = k->kappa * (I1[l] - 3.0) + along * (I4 - 1.0);
    E[l] = strain > 0.0 ? strain : 0.0;
  }
  if (want == STF_WANT_ENERGY) {
    for (int l = 0; l < STF_LANES; l++)
      response->W[l] += 0.5 * k->k1 / k->k2 * stf_exponential_at(k->k2 * E[l] * E[l]).value;
    return;
  }
  by_strain(k, E, dW, ddW);
  for (int r = 0; r < 9; r++) {
    STF_EACH_LANE H[r][l] = 2.0 * k->kappa * F[r][l] + 2.0 * along * Fa[r / 3][l] * a0[r % 3][l];
    STF_EACH_LANE response->P[r][l] += dW[l] * H[r][l];
  }
  if (want == STF_WANT_STRESS) return;
  stf_add_outer(response->A, H, ddW);
  STF_EACH_LANE turning[l] = 2.0 * along * dW[l];
  stf_along_add_turning(a0, turning, response->A);
  for (int r = 0; r < 9; r++) STF_EACH_LANE response->A[stf_packed(9, r, r)][l] += 2.0 * k->kappa * dW[l];
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                           stf_response *response) {
  const constants *k = data;
  stf_lane Fb[9], G[9], s;
  stf_response bar;
  if (!k->isochoric) {
    respond(k, F, a0, want, response);
    return;
  }
  stf_isochoric_part(F, Fb, G, s);
  stf_response_clear(want, &bar);
  respond(k, Fb, a0, want, &bar);
  stf_isochoric_add(&bar, F, G, s, want, response);
}

const stf_fibre_law stf_holzapfel_gasser_ogden = {
    .about = {.name = "holzapfel-gasser-ogden",
              .sentence = "dispersed collagen fibres that stiffen exponentially",
              .references = "gasser2006 holzapfel2000",
              .parameters = &table,
              .data_size = sizeof(constants),
              .prepare = prepare},
    .per_tissue = true,
    .add = add,
};
