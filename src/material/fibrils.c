/*
 * A family of crimped fibrils, counted by natural length (recruitment; after Lanir 1983, Hurschler et al. 1997).
 *
 * l is the stretch at which a fibril has lost its crimp and begins to pull: strain e = <lambda/l - 1>, energy E e^2/2.
 * A bin b holds the mass m_b of fibrils with l in [l_b, l_b+1], evenly in ln l (w = ln(l_b+1/l_b)), so that recruitment
 * is gradual within a bin and tension and tangent are continuous. With t = lambda cut to [l_b, l_b+1]:
 *
 *   W_b = m_b E/(2w) [ lambda^2/2 (1/l_b^2 - 1/t^2) - 2 lambda (1/l_b - 1/t) + ln(t/l_b) ]
 *   N_b = m_b E/w    [ lambda/2 (1/l_b^2 - 1/t^2) - (1/l_b - 1/t) ]
 *   K_b = m_b E/(2w) (1/l_b^2 - 1/t^2)
 *
 * The native masses are those of a log-normal l, cut at three standard deviations; grid and masses are scaled so that
 * mean and standard deviation of the binned l are the given ones exactly.
 */
#include <math.h>

#include "material/elementary.h"
#include "material/law.h"

enum { MAX_BINS = 32 };
static const double REACH = 3.0; /* standard deviations to either side that the bins cover */

typedef struct parameters {
  const stf_yaml_node *node;
  double modulus, straightening_stretch, straightening_sd;
  long bins;
} parameters;

typedef struct fibrils {
  int bins;
  double from[MAX_BINS], to[MAX_BINS]; /* [bins] straightening stretch at the ends of a bin */
  double inverse_from[MAX_BINS], inverse_to[MAX_BINS];
  double per[MAX_BINS]; /* [bins] [MPa] m E/w */
} fibrils;

static const stf_option options[] = {
    {.key = "modulus",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, modulus),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "modulus of straight fibrils, per volume of the family"},
    {.key = "straightening_stretch",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, straightening_stretch),
     .minimum = 0.5,
     .maximum = 3.0,
     .help = "mean stretch at which fibrils have lost their crimp and begin to pull"},
    {.key = "straightening_sd",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, straightening_sd),
     .minimum = 1e-4,
     .maximum = 0.5,
     .help = "standard deviation of that stretch among fibrils"},
    {.key = "bins",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(parameters, bins),
     .fallback = "8",
     .minimum = 4,
     .maximum = MAX_BINS,
     .help = "classes of natural length"},
};

static const stf_table table = STF_TABLE_OF("fibrils", parameters, options);

/* Mass of a standard normal variable between a and b. */
static double normal_mass(double a, double b) {
  return 0.5 * (erf(b * M_SQRT1_2) - erf(a * M_SQRT1_2));
}

/*
 * Bins of a log-normal l with scale `middle` and log-spread `sigma`; returns mean and SD of the binned l. In a bin of
 * half width h in ln l about ln c, the means of l and l^2 are c sinh(h)/h and c^2 sinh(2h)/(2h).
 */
static void lay_bins(double middle, double sigma, fibrils *f, double *mass, double *mean, double *sd) {
  const double step = 2.0 * REACH / f->bins, all = normal_mass(-REACH, REACH), h = 0.5 * sigma * step;
  double first = 0.0, second = 0.0;
  for (int b = 0; b < f->bins; b++) {
    const double z = -REACH + b * step, centre = middle * exp(sigma * (z + 0.5 * step));
    f->from[b] = middle * exp(sigma * z);
    f->to[b] = middle * exp(sigma * (z + step));
    mass[b] = normal_mass(z, z + step) / all;
    first += mass[b] * centre * sinh(h) / h;
    second += mass[b] * centre * centre * sinh(2.0 * h) / (2.0 * h);
  }
  *mean = first;
  *sd = sqrt(fmax(second - first * first, 0.0));
}

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  fibrils *f = data;
  f->bins = (int)p->bins;
  if (p->straightening_sd > 0.3 * p->straightening_stretch)
    return "straightening_sd is over 30 % of straightening_stretch";
  double middle = p->straightening_stretch, sigma = p->straightening_sd / middle, mass[MAX_BINS], mean, sd;
  for (int turn = 0; turn < 50; turn++) {
    lay_bins(middle, sigma, f, mass, &mean, &sd);
    middle *= p->straightening_stretch / mean;
    sigma *= p->straightening_sd / sd;
  }
  lay_bins(middle, sigma, f, mass, &mean, &sd);
  for (int b = 0; b < f->bins; b++) {
    f->per[b] = mass[b] * p->modulus * f->bins / (2.0 * REACH * sigma);
    f->inverse_from[b] = 1.0 / f->from[b];
    f->inverse_to[b] = 1.0 / f->to[b];
  }
  return NULL;
}

/* t = value cut to the bin. */
STF_INLINE void recruited(const stf_lane value, double from, double to, stf_lane t) {
  STF_EACH_LANE {
    const double at = value[l] < from ? from : value[l];
    t[l] = at > to ? to : at;
  }
}

/* Written with d = 1/l_b - 1/t and mean = (1/l_b + 1/t)/2 so that nothing cancels: slack fibrils give exactly 0. */
STF_INLINE void energy(const fibrils *f, const stf_lane stretch, stf_lane W) {
  const stf_vec at = STF_READ(stretch);
  stf_vec sum = {0};
  for (int b = 0; b < f->bins; b++) {
    stf_lane t, over, log_t;
    recruited(stretch, f->from[b], f->to[b], t);
    STF_VEC(over) = (STF_READ(t) - f->from[b]) * f->inverse_from[b];
    stf_log_of_1_and(over, log_t);
    const stf_vec inverse = 1.0 / STF_READ(t), d = STF_READ(over) * inverse;
    const stf_vec mean = 0.5 * (f->inverse_from[b] + inverse);
    sum += 0.5 * f->per[b] * (STF_READ(log_t) - at * d * (2.0 - at * mean));
  }
  STF_VEC(W) = sum;
}

/* One division for all bins: 1/t is 1/stretch cut to the bin. */
STF_KERNEL static void pull(const void *data, const stf_lane stretch, stf_want want, stf_pull *out) {
  const fibrils *f = data;
  if (want == STF_WANT_ENERGY) {
    energy(f, stretch, out->W);
    return;
  }
  stf_lane inverse_stretch;
  STF_VEC(inverse_stretch) = 1.0 / STF_READ(stretch);
  stf_vec N = {0}, K = {0};
  for (int b = 0; b < f->bins; b++) {
    stf_lane t, r;
    recruited(stretch, f->from[b], f->to[b], t);
    recruited(inverse_stretch, f->inverse_to[b], f->inverse_from[b], r);
    const stf_vec d = (STF_READ(t) - f->from[b]) * (f->per[b] * f->inverse_from[b]) * STF_READ(r);
    const stf_vec mean = 0.5 * (f->inverse_from[b] + STF_READ(r));
    N += d * (STF_READ(stretch) * mean - 1.0);
    K += d * mean;
  }
  STF_VEC(out->N) = N;
  STF_VEC(out->K) = K;
}

const stf_fibre_law stf_fibrils = {
    .about = {.name = "fibrils",
              .sentence = "crimped collagen fibrils that straighten one after another",
              .references = "lanir1983 hurschler1997",
              .parameters = &table,
              .data_size = sizeof(fibrils),
              .prepare = prepare},
    .pull = pull,
};
