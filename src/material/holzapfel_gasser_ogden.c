/*
 * Dispersed fibres about a direction (Gasser, Ogden & Holzapfel 2006; without dispersion Holzapfel, Gasser & Ogden
 * 2000), one family of them; the published matrix is `neo-hookean` with shear modulus c. kappa is 0 for parallel
 * fibres, 1/3 for fibres all ways alike. In the isochoric invariants, as published, or in those of the whole
 * deformation:
 *
 *   E = <kappa (I1 - 3) + (1 - 3 kappa) (I4 - 1)>,   I1 = F:F,  I4 = |F a0|^2
 *   W = k1/(2 k2) (exp(k2 E^2) - 1)
 *   W' = k1 E exp(k2 E^2),   W'' = k1 (1 + 2 k2 E^2) exp(k2 E^2)
 *
 * E = q - 1 with q of mean_square.h, which does the rest. The switch is at E = 0, not at I4 = 1: there stress would
 * jump wherever kappa > 0.
 */
#include "material/exponential.h"
#include "material/mean_square.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double k1, k2, kappa;
  int invariants;
} parameters;

typedef struct constants {
  double k1, k2;
  stf_mean_square_kind kind;
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
  *(constants *)data = (constants){.k1 = p->k1, .k2 = p->k2, .kind = {p->invariants == STF_ISOCHORIC, p->kappa}};
  return NULL;
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                           stf_response *response) {
  const constants *k = data;
  stf_mean_square m;
  stf_lane E, exponent, value, slope, curvature, slopes[2];
  stf_mean_square_of(k->kind, F, a0, &m);
  STF_EACH_LANE E[l] = m.excess[l] > 0.0 ? m.excess[l] : 0.0;
  STF_VEC(exponent) = k->k2 * STF_READ(E) * STF_READ(E);
  if (want == STF_WANT_ENERGY) {
    stf_exponential(exponent, value);
    STF_VEC(response->W) += 0.5 * k->k1 / k->k2 * STF_READ(value);
    return;
  }
  stf_exponential_slopes(exponent, slope, curvature);
  STF_VEC(slopes[0]) = k->k1 * STF_READ(E) * STF_READ(slope);
  STF_VEC(slopes[1]) = k->k1 * (STF_READ(slope) + 2.0 * STF_READ(exponent) * STF_READ(curvature));
  STF_EACH_LANE slopes[1][l] = E[l] > 0.0 ? slopes[1][l] : 0.0;
  stf_mean_square_add(k->kind, F, a0, &m, (const stf_lane *)slopes, want, response);
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
