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

STF_KERNEL static void pull(const void *data, const stf_lane stretch, stf_want want, stf_pull *out) {
  const constants *k = data;
  stf_lane e, exponent, value, slope, curvature;
  const stf_vec square = STF_READ(stretch) * STF_READ(stretch);
  STF_VEC(e) = square - 1.0;
  STF_EACH_LANE e[l] = e[l] > 0.0 ? e[l] : 0.0;
  STF_VEC(exponent) = k->k2 * STF_READ(e) * STF_READ(e);
  if (want == STF_WANT_ENERGY) {
    stf_exponential(exponent, value);
    STF_VEC(out->W) = 0.5 * k->k1 / k->k2 * STF_READ(value);
    return;
  }
  stf_exponential_slopes(exponent, slope, curvature);
  const stf_vec by_e = k->k1 * STF_READ(e) * STF_READ(slope);
  const stf_vec by_ee = k->k1 * (STF_READ(slope) + 2.0 * STF_READ(exponent) * STF_READ(curvature));
  STF_VEC(out->N) = 2.0 * STF_READ(stretch) * by_e;
  STF_VEC(out->K) = 2.0 * by_e + 4.0 * square * by_ee;
  STF_EACH_LANE out->K[l] = e[l] > 0.0 ? out->K[l] : 0.0;
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
