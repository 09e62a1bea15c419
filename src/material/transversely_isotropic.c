/*
 * Fibres of the transversely isotropic Mooney-Rivlin solid (Weiss, Maker & Govindjee 1996; its matrix is
 * `mooney-rivlin`): an exponential toe, straight beyond the stretch lam_max. In the isochoric stretch, as published, or
 * in the full one; N = dW/dlambda:
 *
 *   lambda N = 0                                       lambda <= 1
 *   lambda N = c3 (exp(c4 (lambda - 1)) - 1)           1 < lambda < lam_max
 *   lambda N = c5 lambda + c6                          lambda >= lam_max,  c6 such that N has no jump
 *
 * Without c3 it is c5/c4 exp(-c4 (lam_max - 1)), so that the slope of lambda N has no jump there either.
 */
#include "material/along.h"
#include "material/isochoric.h"

enum { POINTS = 8 };

typedef struct parameters {
  const stf_yaml_node *node;
  double c3, c4, c5, lam_max;
  int invariants;
} parameters;

typedef struct constants {
  double c3, c4, c5, c6, lam_max;
  double toe; /* [MPa] energy at lam_max */
  bool isochoric;
} constants;

static const stf_option options[] = {
    {.key = "c3",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, c3),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "scale of the toe, per volume of tissue (FEBio's c3; absent: such that the slope has no jump at lam_max, "
             "as with FEBio's c3 = 0)"},
    {.key = "c4",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, c4),
     .minimum = 0.0,
     .maximum = 1e4,
     .bounds = STF_OPEN_BELOW,
     .help = "how fast crimp straightens in the toe (FEBio's c4)"},
    {.key = "c5",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, c5),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "modulus of the straightened fibres, per volume of tissue (FEBio's c5)"},
    {.key = "lam_max",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, lam_max),
     .minimum = 1.0,
     .maximum = 10.0,
     .help = "stretch at which the fibres are straight (FEBio's lam_max, elsewhere lambda*)"},
    STF_INVARIANTS_OPTION(parameters, "isochoric"),
};

static const stf_table table = STF_TABLE_OF("transversely-isotropic-mooney-rivlin", parameters, options);

/*
 * Energy of the toe at a stretch over 1, the integral of c3 (exp(c4 (t - 1)) - 1)/t, by Gauss' rule in pieces over
 * which the exponent grows by 2 at most: exact to rounding, where exponential integrals would cancel.
 */
static double toe_energy(const constants *k, double stretch) {
  static const double at[POINTS / 2] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
  static const double weight[POINTS / 2] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                            0.1012285362903763};
  const int pieces = 1 + (int)(0.5 * k->c4 * (stretch - 1.0) + 2.0 * (stretch - 1.0));
  const double half = 0.5 * (stretch - 1.0) / pieces;
  double sum = 0.0;
  for (int piece = 0; piece < pieces; piece++)
    for (int n = 0; n < POINTS; n++) {
      const double t = (2 * piece + 1) * half + (n % 2 ? half : -half) * at[n / 2];
      sum += weight[n / 2] * expm1(k->c4 * t) / (1.0 + t);
    }
  return k->c3 * half * sum;
}

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  constants *k = data;
  const double exponent = p->c4 * (p->lam_max - 1.0);
  *k = (constants){.c3 = p->c3, .c4 = p->c4, .c5 = p->c5, .lam_max = p->lam_max};
  if (exponent > 100.0) return "c4 (lam_max - 1) is over 100: the toe alone would grow by a factor of 1e43";
  k->isochoric = p->invariants == STF_ISOCHORIC;
  if (isnan(k->c3)) k->c3 = k->c5 / k->c4 * exp(-exponent);
  k->c6 = k->c3 * expm1(exponent) - k->c5 * k->lam_max;
  k->toe = toe_energy(k, k->lam_max);
  return NULL;
}

static double energy(const constants *k, double stretch) {
  if (stretch <= 1.0) return 0.0;
  if (stretch < k->lam_max) return toe_energy(k, stretch);
  return k->toe + k->c5 * (stretch - k->lam_max) + k->c6 * log(stretch / k->lam_max);
}

/* Lanes apart: exp is not vectorised. */
static void tension(const constants *k, const stf_lane stretch, stf_want want, stf_pull *out) {
  for (int l = 0; l < STF_LANES; l++) {
    const double at = stretch[l];
    double load = 0.0, slope = 0.0;
    if (want == STF_WANT_ENERGY) {
      out->W[l] = energy(k, at);
      continue;
    }
    if (at >= k->lam_max) {
      load = k->c5 * at + k->c6;
      slope = k->c5;
    } else if (at > 1.0) {
      load = k->c3 * expm1(k->c4 * (at - 1.0));
      slope = k->c4 * (load + k->c3);
    }
    out->N[l] = load / at;
    out->K[l] = (slope - load / at) / at;
  }
}

STF_INLINE void respond(const constants *k, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                        stf_response *response) {
  stf_pull pull;
  stf_lane Fa[3], stretch;
  stf_along_stretch(F, a0, Fa, stretch);
  tension(k, stretch, want, &pull);
  stf_along_add(&pull, 1.0, Fa, stretch, a0, want, response);
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

const stf_fibre_law stf_transversely_isotropic = {
    .about = {.name = "transversely-isotropic-mooney-rivlin",
              .sentence = "fibres of ligament and tendon: an exponential toe, then straight",
              .references = "weiss1996",
              .parameters = &table,
              .data_size = sizeof(constants),
              .prepare = prepare},
    .per_tissue = true,
    .add = add,
};
