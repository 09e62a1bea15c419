/*
 * Exponential fibre (the fibres of Holzapfel, Gasser & Ogden 2000, as a law of the full stretch): slack when shortened.
 *
 *   W = k1/(2 k2) (exp(k2 e^2) - 1),   e = <lambda^2 - 1>
 *   N = 2 k1 lambda e exp(k2 e^2)
 *   K = 2 k1 [ e + 2 lambda^2 (1 + 2 k2 e^2) ] exp(k2 e^2)
 */
#include "material/exponential.h"
#include "material/law.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double k1, k2;
} parameters;

typedef struct constants {
  double k1, k2;
} constants;

static const stf_option options[] = {
    {.key = "k1",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, k1),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "modulus of the fibres, per volume of tissue (in FEBio's fiber-exp-pow with beta = 2: ksi)"},
    {.key = "k2",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, k2),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "how fast they stiffen (in FEBio's fiber-exp-pow: alpha)"},
};

static const stf_table table = STF_TABLE_OF("exponential-fibre", parameters, options);

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  *(constants *)data = (constants){.k1 = p->k1, .k2 = p->k2};
  return NULL;
}

/* Lanes apart: exp is not vectorised. */
static void pull(const void *data, const stf_lane stretch, stf_want want, stf_pull *out) {
  const constants *k = data;
  for (int l = 0; l < STF_LANES; l++) {
    const double square = stretch[l] * stretch[l], e = square > 1.0 ? square - 1.0 : 0.0;
    const stf_exponential x = stf_exponential_at(k->k2 * e * e);
    if (want == STF_WANT_ENERGY) {
      out->W[l] = 0.5 * k->k1 / k->k2 * x.value;
      continue;
    }
    const double by_e = k->k1 * e * x.slope, by_ee = k->k1 * (x.slope + 2.0 * k->k2 * e * e * x.curvature);
    out->N[l] = 2.0 * stretch[l] * by_e;
    out->K[l] = square > 1.0 ? 2.0 * by_e + 4.0 * square * by_ee : 0.0;
  }
}

const stf_fibre_law stf_exponential_fibre = {
    .about = {.name = "exponential-fibre",
              .sentence = "fibres whose tension grows exponentially with the square of the stretch",
              .references = "holzapfel2000",
              .parameters = &table,
              .data_size = sizeof(constants),
              .prepare = prepare},
    .per_tissue = true,
    .pull = pull,
};
