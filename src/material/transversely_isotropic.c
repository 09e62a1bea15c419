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
#include "material/elementary.h"
#include "material/mean_square.h"

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

/* Energies alone are wanted seldom: lanes apart. */
STF_INLINE void energies(const constants *k, const stf_lane stretch, stf_lane W) {
  for (int l = 0; l < STF_LANES; l++) W[l] = energy(k, stretch[l]);
}

STF_INLINE void tension(const constants *k, const stf_lane stretch, stf_pull *out) {
  stf_lane exponent, load, slope;
  const stf_vec inverse = 1.0 / STF_READ(stretch);
  STF_EACH_LANE {
    const double over = stretch[l] > k->lam_max ? k->lam_max - 1.0 : stretch[l] - 1.0;
    exponent[l] = k->c4 * (over > 0.0 ? over : 0.0);
  }
  stf_exp_less_1(exponent, load);
  STF_EACH_LANE {
    const double toe = k->c3 * load[l], straight = k->c5 * stretch[l] + k->c6;
    slope[l] = stretch[l] > 1.0 ? k->c4 * (toe + k->c3) : 0.0;
    slope[l] = stretch[l] >= k->lam_max ? k->c5 : slope[l];
    load[l] = stretch[l] >= k->lam_max ? straight : toe;
  }
  STF_VEC(out->N) = STF_READ(load) * inverse;
  STF_VEC(out->K) = (STF_READ(slope) - STF_READ(out->N)) * inverse;
}

/* In the isochoric stretch lambda = sqrt q: W' = N/(2 lambda), W'' = (K - N/lambda)/(4 q). */
STF_INLINE void add_isochoric(const constants *k, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                              stf_response *response) {
  static const stf_mean_square_kind kind = {.isochoric = true, .kappa = 0.0};
  stf_mean_square m;
  stf_pull pull;
  stf_lane stretch, slopes[2];
  stf_mean_square_of(kind, F, a0, &m);
  STF_EACH_LANE stretch[l] = sqrt(m.q[l]);
  if (want == STF_WANT_ENERGY) {
    energies(k, stretch, pull.W);
    STF_VEC(response->W) += STF_READ(pull.W);
    return;
  }
  tension(k, stretch, &pull);
  const stf_vec T = STF_READ(pull.N) / STF_READ(stretch);
  STF_VEC(slopes[0]) = 0.5 * T;
  STF_VEC(slopes[1]) = 0.25 * (STF_READ(pull.K) - T) / STF_READ(m.q);
  stf_mean_square_add(kind, F, a0, &m, (const stf_lane *)slopes, want, response);
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                           stf_response *response) {
  const constants *k = data;
  stf_pull pull;
  stf_lane Fa[3], stretch;
  if (k->isochoric) {
    add_isochoric(k, F, a0, want, response);
    return;
  }
  stf_along_stretch(F, a0, Fa, stretch);
  if (want == STF_WANT_ENERGY)
    energies(k, stretch, pull.W);
  else
    tension(k, stretch, &pull);
  stf_along_add(&pull, 1.0, Fa, stretch, a0, want, response);
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
