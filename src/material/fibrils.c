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
 *
 * Relaxation. A bin has one strain e with m E e^2/2 = W_b, the root mean square of its fibrils' own, and bears
 * N_b = m s de/dlambda, where s = E e at once. Fibrils buckle rather than push: where s would be negative the bin
 * is slack, s = 0, and keeps the strain e at which that is so, longer than the one lambda asks for. With the numbers
 * of a step (material/relaxation.h):
 *
 *   s = E (G e + c)_+,   E c = sum (kept h_k - gained E e_before)
 *   W_b of the step = m E (G e^2/2 + c e), and -m E c^2/(2 G) where it is slack
 *
 * So work is what is stored, m E/2 [(1 - sum g) e^2 + sum h_k^2/(g_k E^2)], and what the dashpots lose.
 *
 * Tearing. Fibrils break at a rate that their own stress s sets (creep: Zhurkov 1965, Wang & Ker 1995; what loading
 * itself does: Wang, Ker & Alexander 1995), and those that are left bear the load:
 *
 *   dm/dt = -k m,   k = k0 [exp(s/s1) - 1] + a d/dt exp(s/s2) while s rises
 *
 * Strength varies: s1 and s2 are multiplied by z, log-normal of mean 1, as the nodes of a Gauss-Hermite rule. Over a
 * step s changes evenly, from s_0, and with the mean of exp(s/s1) by Simpson's rule
 *
 *   m <- m exp(-H),   H = k0 dt (mean exp(s/s1) - 1) + a [exp(s/s2) - exp(s_0/s2)]_+
 *
 * which is positive and stable for any step. Creep is thermally activated: at a temperature T of the body the rate is
 * k0 exp(-E_a/R (1/T - 1/T_0)), where k0 was found at T_0 (Arrhenius; Zhurkov 1965).
 *
 * Along a fibre that breaks somewhere stress returns over the length a that its neighbours need to take over, so what
 * breaks fibres is not their stress at a point. With `averaging_length` it is the stress of the stretch averaged along
 * them, lambda + beyond, where beyond is what the body was found to have after the step before (solve/averaging.h):
 *
 *   s~ = E (G e(lambda + beyond) + c)_+
 *
 * takes the place of s in H; a bin remembers e(lambda + beyond) too, so that s~ has a past. Fibres that are slack at
 * the averaged stretch do not break.
 *
 * Slip. A bin under stress grows longer for good before it breaks, as fibrils slide past each other (Eyring 1936;
 * Szczesny & Elliott 2014): its natural lengths are l exp(p), its strain is e(lambda exp(-p)), and
 *
 *   dp/dt = sinh((s - s_y)_+/s_s)/t_s,   at the end of a step s_s asinh((p - p_0) t_s/dt) = (s(p) - s_y)_+
 *
 * which has one root for any step. No fibrils change their bin, so that their mass stays theirs.
 *
 * Blood. Vessels between fibrils break with them: where the share b of a family breaks, they leave v b of blood for
 * each volume of tissue, half of which is cleared in a time ln 2/k. A step that breaks fibrils evenly:
 *
 *   B <- B e^(-k dt) + v b (1 - e^(-k dt))/(k dt)
 */
#include <math.h>
#include <string.h>

#include "material/elementary.h"
#include "material/law.h"
#include "material/relaxation.h"

enum { MAX_BINS = 32, MAX_CLASSES = 15 };
static const double REACH = 3.0;                  /* standard deviations to either side that the bins cover */
static const double GAS_CONSTANT = 8.31446262e-3; /* [kJ/(mol K)] R */

typedef struct parameters {
  const stf_yaml_node *node;
  double modulus, straightening_stretch, straightening_sd;
  double relaxation, relaxation_from, relaxation_to;                                         /* NAN: none */
  double slip_time, slip_stress, slip_from;                                                  /* NAN: none */
  double breaking_rate, breaking_stress, loading_breaking, loading_stress, strength_scatter; /* NAN: none */
  double activation_energy, breaking_temperature;                                            /* NAN: none */
  double averaging_length;                                                                   /* NAN: none */
  double bleeding, blood_half_life;                                                          /* NAN: none */
  long bins, classes;
} parameters;

typedef struct fibrils {
  int bins;
  double from[MAX_BINS], to[MAX_BINS]; /* [bins] straightening stretch at the ends of a bin */
  double inverse_from[MAX_BINS], inverse_to[MAX_BINS];
  double per[MAX_BINS];                     /* [bins] [MPa] m E/w */
  double log_width;                         /* w */
  double modulus;                           /* [MPa] E */
  stf_relaxation relaxation;                /* terms 0: none */
  double slip_time, slip_stress, slip_from; /* [s] [MPa] [MPa] t_s, s_s, s_y; slip_time 0: nothing slips */
  int classes;                              /* of strength; 0: nothing breaks */
  double strength[MAX_CLASSES], share[MAX_CLASSES];
  double creep_rate, creep_stress, loading, loading_stress; /* [1/s] [MPa] k0, s1, a, s2 */
  double activation_energy, temperature;                    /* [kJ/mol] [K] E_a, T_0; E_a 0: none */
  double averaging;                                         /* [mm] 0: none */
  double bleeding, clearing;                                /* [1] v, [1/s] k; v 0: no vessels */
} fibrils;

/* A bin's part of a point's memory: its strain e, its slip p, the terms h_k/E of its relaxation, the share of its
 * fibrils that is left in each class of strength, and with averaging e(lambda + beyond). */
enum { STRAIN, SLIP, TERMS };
STF_INLINE size_t first_class(const fibrils *f) {
  return TERMS + (size_t)f->relaxation.terms;
}
STF_INLINE size_t averaged_strain(const fibrils *f) {
  return first_class(f) + (size_t)f->classes;
}
STF_INLINE size_t bin_memory(const fibrils *f) {
  return averaged_strain(f) + (f->averaging > 0.0);
}

/* Before the bins there is `beyond`, with averaging; behind them blood over volume of tissue, with vessels. */
STF_INLINE size_t first_bin(const fibrils *f) {
  return f->averaging > 0.0;
}
STF_INLINE size_t blood_at(const fibrils *f) {
  return first_bin(f) + (size_t)f->bins * bin_memory(f);
}

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
    {.key = "relaxation",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, relaxation),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1.0,
     .bounds = STF_OPEN_BELOW,
     .help = "share of the stress at once that fades in each decade of time; `modulus` is then that at once"},
    {.key = "relaxation_from",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(parameters, relaxation_from),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e12,
     .bounds = STF_OPEN_BELOW,
     .help = "where those decades begin"},
    {.key = "relaxation_to",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(parameters, relaxation_to),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e12,
     .bounds = STF_OPEN_BELOW,
     .help = "where they end: whole decades later"},
    {.key = "slip_time",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(parameters, slip_time),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e15,
     .bounds = STF_OPEN_BELOW,
     .help = "t_s of the rate sinh((stress - slip_from)/slip_stress)/t_s at which loaded fibrils grow longer for good"},
    {.key = "slip_stress",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, slip_stress),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "stress of a fibril by which that rate grows e-fold"},
    {.key = "slip_from",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, slip_from),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .help = "stress of a fibril up to which nothing slips; 0 where it is left out"},
    {.key = "breaking_rate",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATE,
     .offset = offsetof(parameters, breaking_rate),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e12,
     .help = "k0 of the rate k0 (exp(stress/breaking_stress) - 1) at which loaded fibrils break"},
    {.key = "breaking_stress",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, breaking_stress),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "stress of a fibril by which that rate grows e-fold"},
    {.key = "breaking_activation_energy",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_MOLAR_ENERGY,
     .offset = offsetof(parameters, activation_energy),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 2000.0,
     .bounds = STF_OPEN_BELOW,
     .help =
         "E_a by which warmth speeds that rate, exp(-E_a/R (1/T - 1/breaking_temperature)), at the T of a scenario"},
    {.key = "breaking_temperature",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TEMPERATURE,
     .offset = offsetof(parameters, breaking_temperature),
     .fallback = "",
     .minimum = STF_COLDEST,
     .maximum = STF_WARMEST,
     .help = "temperature of the tissue in which breaking_rate was found, and where a scenario tells none"},
    {.key = "loading_breaking",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, loading_breaking),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .help = "a of the rate a d/dt exp(stress/loading_stress) at which a rising stress breaks fibrils"},
    {.key = "loading_stress",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, loading_stress),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "stress of a fibril by which that grows e-fold"},
    {.key = "strength_scatter",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, strength_scatter),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 0.5,
     .help = "coefficient of variation of both stresses among fibrils"},
    {.key = "averaging_length",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(parameters, averaging_length),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e3,
     .bounds = STF_OPEN_BELOW,
     .help = "length along fibrils over which the stretch that breaks them is averaged: that of their shear lag"},
    {.key = "bleeding",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, bleeding),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 100.0,
     .help = "volume of blood that vessels give for each volume of tissue in which all fibrils of the family break"},
    {.key = "blood_half_life",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(parameters, blood_half_life),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e10,
     .bounds = STF_OPEN_BELOW,
     .help = "time in which half of the blood is cleared"},
    {.key = "bins",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(parameters, bins),
     .fallback = "8",
     .minimum = 4,
     .maximum = MAX_BINS,
     .help = "classes of natural length"},
    {.key = "strength_classes",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(parameters, classes),
     .fallback = "5",
     .minimum = 3,
     .maximum = MAX_CLASSES,
     .help = "classes of strength where it scatters: 5 for lives and strengths, 13 for a smooth way through the peak"},
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

static const char *prepare_relaxation(const parameters *p, fibrils *f) {
  const int given = !isnan(p->relaxation) + !isnan(p->relaxation_from) + !isnan(p->relaxation_to);
  f->relaxation.terms = 0;
  if (!given) return NULL;
  if (given < 3) return "relaxation, relaxation_from and relaxation_to go together";
  return stf_relaxation_decades(p->relaxation, p->relaxation_from, p->relaxation_to, &f->relaxation);
}

/* How many zeros of Hermite's polynomial of order n lie below x (Sturm's count). */
static int zeros_below(int n, double x) {
  double pivot = -x;
  int count = pivot < 0.0;
  for (int k = 1; k < n; k++) {
    pivot = -x - k / (pivot != 0.0 ? pivot : 1e-300);
    count += pivot < 0.0;
  }
  return count;
}

/* A node of Gauss's rule for a standard normal variable, counted from the smallest, and its weight (Gautschi 2004). */
static double normal_node(int n, int which, double *weight) {
  double low = -2.0 * sqrt(n), high = -low;
  for (int turn = 0; turn < 64; turn++) {
    const double middle = 0.5 * (low + high);
    if (zeros_below(n, middle) > which)
      high = middle;
    else
      low = middle;
  }
  const double x = 0.5 * (low + high);
  double before = 0.0, p = 1.0, sum = 1.0;
  for (int k = 1; k < n; k++) {
    const double next = (x * p - sqrt(k - 1) * before) / sqrt(k);
    before = p;
    p = next;
    sum += p * p;
  }
  *weight = 1.0 / sum;
  return x;
}

static void scatter_strength(double cv, int classes, fibrils *f) {
  const double spread = sqrt(log1p(cv * cv));
  double mean = 0.0;
  f->classes = cv > 0.0 ? classes : 1;
  for (int k = 0; k < f->classes; k++) {
    f->strength[k] = exp(spread * normal_node(f->classes, k, &f->share[k]));
    mean += f->share[k] * f->strength[k];
  }
  for (int k = 0; k < f->classes; k++) f->strength[k] /= mean;
}

static const char *prepare_slip(const parameters *p, fibrils *f) {
  const int given = !isnan(p->slip_time) + !isnan(p->slip_stress);
  f->slip_time = 0.0;
  if (given == 1) return "slip_time and slip_stress go together";
  if (!given) return isnan(p->slip_from) ? NULL : "slip_from of fibrils that do not slip";
  f->slip_time = p->slip_time;
  f->slip_stress = p->slip_stress;
  f->slip_from = isnan(p->slip_from) ? 0.0 : p->slip_from;
  return NULL;
}

static const char *prepare_tearing(const parameters *p, fibrils *f) {
  const int creep = !isnan(p->breaking_rate) + !isnan(p->breaking_stress);
  const int loading = !isnan(p->loading_breaking) + !isnan(p->loading_stress);
  const int warmth = !isnan(p->activation_energy) + !isnan(p->breaking_temperature);
  f->classes = 0;
  f->averaging = f->activation_energy = f->temperature = 0.0;
  if (creep == 1) return "breaking_rate and breaking_stress go together";
  if (loading == 1) return "loading_breaking and loading_stress go together";
  if (warmth == 1) return "breaking_activation_energy and breaking_temperature go together";
  if (warmth && !creep) return "breaking_activation_energy without a breaking_rate";
  if (!creep && !loading && !isnan(p->averaging_length)) return "averaging_length of fibrils that do not break";
  if (!creep && !loading) return isnan(p->strength_scatter) ? NULL : "strength_scatter of fibrils that do not break";
  if (!isnan(p->averaging_length)) f->averaging = p->averaging_length;
  scatter_strength(isnan(p->strength_scatter) ? 0.0 : p->strength_scatter, (int)p->classes, f);
  f->creep_rate = creep ? p->breaking_rate : 0.0;
  f->creep_stress = creep ? p->breaking_stress : 1.0;
  f->loading = loading ? p->loading_breaking : 0.0;
  f->loading_stress = loading ? p->loading_stress : 1.0;
  f->activation_energy = warmth ? p->activation_energy : 0.0;
  f->temperature = warmth ? p->breaking_temperature : 0.0;
  return NULL;
}

static const char *prepare_vessels(const parameters *p, fibrils *f) {
  const int given = !isnan(p->bleeding) + !isnan(p->blood_half_life);
  f->bleeding = f->clearing = 0.0;
  if (given == 1) return "bleeding and blood_half_life go together";
  if (given && !f->classes) return "bleeding of fibrils that do not break";
  if (!given) return NULL;
  f->bleeding = p->bleeding;
  f->clearing = M_LN2 / p->blood_half_life;
  return NULL;
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
  f->log_width = 2.0 * REACH * sigma / f->bins;
  f->modulus = p->modulus;
  const char *reason = prepare_relaxation(p, f);
  if (!reason) reason = prepare_slip(p, f);
  if (!reason) reason = prepare_tearing(p, f);
  return reason ? reason : prepare_vessels(p, f);
}

/* ---- at once ---- */

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

/* ---- memory ---- */

/* The strain of a bin at a stretch and its first two derivatives by it. */
typedef struct strained {
  stf_lane e, slope, bend;
} strained;

/*
 * With x = t/l_b - 1 and d = lambda - t, nothing cancels:
 *
 *   w e^2 = ln(1 + x) - x + x^2/2 + x^2/t d + (1/l_b^2 - 1/t^2) d^2/2,   1/l_b^2 - 1/t^2 = x (2 + x)/t^2
 */
STF_INLINE void strain(const fibrils *f, int b, const stf_lane stretch, strained *s) {
  static const double least = 1e-7; /* below it e is rounding */
  stf_lane t, x, log_of;
  recruited(stretch, f->from[b], f->to[b], t);
  STF_VEC(x) = (STF_READ(t) - f->from[b]) * f->inverse_from[b];
  stf_log_of_1_and(x, log_of);
  const double per = 1.0 / f->log_width;
  const stf_vec inverse = 1.0 / STF_READ(t), square = STF_READ(x) * STF_READ(x);
  const stf_vec change = STF_READ(x) * (2.0 + STF_READ(x)) * inverse * inverse, d = STF_READ(stretch) - STF_READ(t);
  stf_lane twice, over, divisor;
  STF_EACH_LANE over[l] = d[l] > 0.0 ? d[l] : 0.0;
  STF_VEC(twice) = per * (STF_READ(log_of) - STF_READ(x) + 0.5 * square +
                          STF_READ(over) * (square * inverse + 0.5 * change * STF_READ(over)));
  STF_EACH_LANE s->e[l] = sqrt(twice[l] > 0.0 ? twice[l] : 0.0);
  STF_EACH_LANE divisor[l] = s->e[l] > least ? s->e[l] : least;
  STF_VEC(s->slope) = 0.5 * per * (square * inverse + change * STF_READ(over)) / STF_READ(divisor);
  STF_VEC(s->bend) = (0.5 * per * change - STF_READ(s->slope) * STF_READ(s->slope)) / STF_READ(divisor);
}

/* What is left of the past in a bin: c. Vectors go by address: helpers may stay at a lower instruction set than a
 * kernel when they are not inlined, and take values otherwise there. */
STF_INLINE void leftover(const fibrils *f, const stf_relaxing *step, const stf_lane *memory, stf_lane c) {
  stf_vec sum = {0};
  for (int k = 0; k < f->relaxation.terms; k++)
    sum += step->kept[k] * STF_READ(memory[TERMS + k]) - step->gained[k] * STF_READ(memory[STRAIN]);
  STF_VEC(c) = sum;
}

static size_t memory_size(const void *data) {
  const fibrils *f = data;
  return f->relaxation.terms || f->classes || f->slip_time > 0.0 ? blood_at(f) + (f->bleeding > 0.0) : 0;
}

static bool tears(const void *data) {
  return ((const fibrils *)data)->classes > 0;
}

static bool bleeds(const void *data) {
  return ((const fibrils *)data)->bleeding > 0.0;
}

static stf_warmth warm(const void *data, double temperature, void *warmed) {
  const fibrils *f = data;
  fibrils *to = warmed;
  *to = *f;
  if (!f->classes || !(f->creep_rate > 0.0)) return STF_WARMTH_IDLE;
  if (!(f->activation_energy > 0.0)) return STF_WARMTH_UNKNOWN;
  to->creep_rate *= exp(-f->activation_energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / f->temperature));
  to->temperature = temperature;
  return STF_WARMTH_KNOWN;
}

static double borne(const void *data, double stretch) {
  const fibrils *f = data;
  double modulus = f->modulus, load = 0.0, square = 0.0;
  stf_lane at;
  STF_EACH_LANE at[l] = stretch;
  for (int k = 0; k < f->relaxation.terms; k++) modulus -= f->modulus * f->relaxation.share[k];
  for (int b = 0; b < f->bins; b++) {
    strained s;
    strain(f, b, at, &s);
    load += f->per[b] * modulus * s.e[0];
    square += f->per[b] * modulus * s.e[0] * modulus * s.e[0];
  }
  return load > 0.0 ? square / load : 0.0;
}

/* Share of the fibrils that is left once they were loaded to a stress and have borne it for a time. */
static double left_under(const fibrils *f, double stress, double time) {
  double left = 0.0;
  for (int k = 0; k < f->classes; k++) {
    const double creep = f->creep_rate * time * expm1(stress / (f->strength[k] * f->creep_stress));
    const double loading = f->loading * expm1(stress / (f->strength[k] * f->loading_stress));
    left += f->share[k] * exp(-creep - loading);
  }
  return left;
}

static double strength(const void *data, double time) {
  static const double most = 1e9;
  const fibrils *f = data;
  double low = 0.0, high = 1.0;
  if (!f->classes) return INFINITY;
  while (high < most && left_under(f, high, time) > 0.5) high *= 2.0;
  if (high >= most) return INFINITY;
  for (int turn = 0; turn < 60; turn++) {
    const double middle = 0.5 * (low + high);
    if (left_under(f, middle, time) > 0.5)
      low = middle;
    else
      high = middle;
  }
  return high;
}

static void rest(const void *data, stf_lane *memory) {
  const fibrils *f = data;
  memset(memory, 0, memory_size(data) * sizeof *memory);
  memory += first_bin(f);
  for (int b = 0; b < f->bins; b++, memory += bin_memory(f))
    for (int k = 0; k < f->classes; k++) STF_EACH_LANE memory[first_class(f) + (size_t)k][l] = f->share[k];
}

/* One step of every bin. */
typedef struct stepping {
  stf_relaxing relaxing;
  bool breaking;          /* fibrils slip and break: not while the body finds its rest */
  double lasting;         /* [s] */
  double still;           /* 1 - sum g: share of the stress that never fades */
  const stf_lane *beyond; /* of the point; NULL: its fibres break by their own stretch */
} stepping;

STF_INLINE stepping begin_step(const fibrils *f, double dt, const stf_lane *memory) {
  stepping s = {.beyond = f->averaging > 0.0 ? memory : NULL,
                .breaking = isfinite(dt),
                .lasting = isfinite(dt) ? dt : 0.0,
                .still = 1.0};
  stf_relaxation_step(&f->relaxation, dt, &s.relaxing);
  for (int k = 0; k < f->relaxation.terms; k++) s.still -= f->relaxation.share[k];
  return s;
}

/* s~/E of a bin as the step before left it. */
STF_INLINE void stress_before(const fibrils *f, const stepping *step, const stf_lane *memory, stf_lane before) {
  stf_vec sum = step->still * STF_READ(memory[step->beyond ? averaged_strain(f) : STRAIN]);
  for (int k = 0; k < f->relaxation.terms; k++) sum += STF_READ(memory[TERMS + k]);
  STF_VEC(before) = sum;
  STF_EACH_LANE before[l] = before[l] > 0.0 ? before[l] : 0.0;
}

/* e^(per s) at the end of the step and at its beginning; nothing survives e^200. */
STF_INLINE void exponentials(double per, const stf_lane before, const stf_lane stress, stf_lane at, stf_lane from) {
  STF_EACH_LANE {
    from[l] = per * before[l] < 200.0 ? per * before[l] : 200.0;
    at[l] = per * stress[l] < 200.0 ? per * stress[l] : 200.0;
  }
  stf_exp(from, from);
  stf_exp(at, at);
}

/* H of one class of strength between two stresses s/E, and its slope by the second. */
STF_INLINE void break_class(const fibrils *f, const stepping *step, int k, const stf_lane before, const stf_lane stress,
                            stf_lane H, stf_lane slope) {
  const double per_creep = f->modulus / (f->strength[k] * f->creep_stress);
  const double per_load = f->modulus / (f->strength[k] * f->loading_stress);
  const double creep = f->creep_rate * step->lasting;
  stf_lane at, from, middle, rise;
  STF_EACH_LANE H[l] = slope[l] = 0.0;
  if (creep > 0.0) {
    exponentials(per_creep, before, stress, at, from);
    STF_EACH_LANE middle[l] = sqrt(at[l] * from[l]); /* exp of the mean stress */
    STF_VEC(H) += creep * ((STF_READ(from) + 4.0 * STF_READ(middle) + STF_READ(at)) / 6.0 - 1.0);
    STF_VEC(slope) += creep * per_creep * (2.0 * STF_READ(middle) + STF_READ(at)) / 6.0;
  }
  if (f->loading > 0.0 && step->breaking) {
    exponentials(per_load, before, stress, at, from);
    STF_EACH_LANE rise[l] = stress[l] > before[l] ? f->loading : 0.0;
    STF_VEC(H) += STF_READ(rise) * (STF_READ(at) - STF_READ(from));
    STF_VEC(slope) += STF_READ(rise) * per_load * STF_READ(at);
  }
}

/* Share of a bin that is left at the end of the step, and its slope by s~/E; `left` [classes] of each class. */
STF_INLINE void survive(const fibrils *f, const stepping *step, const stf_lane *memory, const stf_lane stress,
                        stf_lane *left, stf_lane sum, stf_lane slope) {
  const stf_lane *before_left = memory + first_class(f);
  stf_lane before;
  STF_EACH_LANE sum[l] = f->classes ? 0.0 : 1.0;
  STF_EACH_LANE slope[l] = 0.0;
  if (!f->classes) return;
  stress_before(f, step, memory, before);
  for (int k = 0; k < f->classes; k++) {
    stf_lane H, H_slope;
    break_class(f, step, k, before, stress, H, H_slope);
    STF_VEC(H) = -STF_READ(H);
    stf_exp(H, left[k]);
    STF_VEC(left[k]) *= STF_READ(before_left[k]);
    STF_VEC(sum) += STF_READ(left[k]);
    STF_VEC(slope) -= STF_READ(left[k]) * STF_READ(H_slope);
  }
}

/* A bin at the end of a step. */
typedef struct bin_end {
  strained at;                       /* at the stretch without its slip */
  stf_lane stress;                   /* s/E, 0 where it is slack */
  stf_lane slip;                     /* p */
  stf_lane shrink;                   /* exp(-p) */
  stf_lane own;                      /* lambda exp(-p) */
  stf_lane give;                     /* dp/d(s/E) */
  stf_lane stiff;                    /* d(s/E)/dlambda, as if it were taut */
  stf_lane slide;                    /* dp/dlambda */
  stf_lane breaking, breaking_stiff; /* s~/E and its slope by lambda */
  stf_lane averaged;                 /* e(lambda + beyond) */
} bin_end;

STF_INLINE void stretch_bin(const fibrils *f, int b, double G, const stf_lane c, const stf_lane stretch, bin_end *end) {
  stf_lane shorter;
  if (f->slip_time > 0.0) {
    STF_VEC(shorter) = -STF_READ(end->slip);
    stf_exp(shorter, end->shrink);
    STF_VEC(end->own) = STF_READ(stretch) * STF_READ(end->shrink);
  } else {
    STF_EACH_LANE end->shrink[l] = 1.0;
    STF_VEC(end->own) = STF_READ(stretch);
  }
  strain(f, b, end->own, &end->at);
  STF_VEC(end->stress) = G * STF_READ(end->at.e) + STF_READ(c);
  STF_EACH_LANE end->stress[l] = end->stress[l] > 0.0 ? end->stress[l] : 0.0;
}

/*
 * Newton's method for p from p_0 upwards: (s(p) - s_y)/s_s is nearly straight and asinh concave, so steps mostly stay
 * below the root; one that leaves what is known to hold it is halved.
 */
STF_INLINE void slip_bin(const fibrils *f, int b, const stepping *step, const stf_lane c, const stf_lane *memory,
                         const stf_lane stretch, bin_end *end) {
  enum { TURNS = 40 };
  const double G = step->relaxing.whole, rate = step->lasting / f->slip_time, per = f->modulus / f->slip_stress;
  const double from = f->slip_from / f->modulus;
  stf_lane low, high;
  STF_EACH_LANE {
    low[l] = memory[SLIP][l];
    high[l] = memory[SLIP][l] + 100.0;
  }
  for (int turn = 0; turn < TURNS; turn++) {
    stf_lane gone, root, both, reached, change;
    double most = 0.0;
    stretch_bin(f, b, G, c, stretch, end);
    STF_VEC(gone) = (STF_READ(end->slip) - STF_READ(memory[SLIP])) / rate;
    STF_EACH_LANE root[l] = sqrt(1.0 + gone[l] * gone[l]);
    STF_VEC(both) = STF_READ(gone) + STF_READ(root);
    stf_log(both, reached); /* asinh */
    STF_EACH_LANE {
      const double over = end->stress[l] > from ? per * (end->stress[l] - from) : 0.0;
      const double slope = over > 0.0 ? per * G * end->at.slope[l] * end->own[l] : 0.0;
      change[l] = (over - reached[l]) / (slope + 1.0 / (rate * root[l]));
      low[l] = change[l] >= 0.0 ? end->slip[l] : low[l];
      high[l] = change[l] < 0.0 ? end->slip[l] : high[l];
      end->give[l] = over > 0.0 ? rate * root[l] * per : 0.0; /* rate cosh(over) */
    }
    STF_EACH_LANE {
      const double to = end->slip[l] + change[l];
      change[l] = (to < low[l] || to > high[l] ? 0.5 * (low[l] + high[l]) : to) - end->slip[l];
      end->slip[l] += change[l];
    }
    for (int l = 0; l < STF_LANES; l++) most = fmax(most, fabs(change[l]));
    if (most < 1e-14) break;
  }
  stretch_bin(f, b, G, c, stretch, end);
}

/* What breaks the bin's fibrils. */
STF_INLINE void average_bin(const fibrils *f, int b, double G, const stf_lane c, const stf_lane beyond,
                            const stf_lane stretch, bin_end *end) {
  stf_lane own;
  strained at;
  STF_VEC(own) = (STF_READ(stretch) + STF_READ(beyond)) * STF_READ(end->shrink);
  strain(f, b, own, &at);
  STF_VEC(end->averaged) = STF_READ(at.e);
  STF_VEC(end->breaking) = G * STF_READ(at.e) + STF_READ(c);
  STF_EACH_LANE end->breaking[l] = end->breaking[l] > 0.0 ? end->breaking[l] : 0.0;
  STF_VEC(end->breaking_stiff) = G * STF_READ(at.slope) *
                                 (STF_READ(end->shrink) - STF_READ(own) * STF_READ(end->slide));
  STF_EACH_LANE end->breaking_stiff[l] = end->breaking[l] > 0.0 ? end->breaking_stiff[l] : 0.0;
}

/*
 * The bin whose memory is `memory`, after the step to `stretch`; c: what is left of the past. With q = exp(-p) and y =
 * dp/ds: ds/dlambda = G q e'/(1 + G e' q lambda y).
 */
STF_INLINE void end_bin(const fibrils *f, int b, const stepping *step, const stf_lane c, const stf_lane *memory,
                        const stf_lane stretch, bin_end *end) {
  STF_EACH_LANE end->give[l] = 0.0;
  STF_VEC(end->slip) = STF_READ(memory[SLIP]);
  if (f->slip_time > 0.0 && step->lasting > 0.0)
    slip_bin(f, b, step, c, memory, stretch, end);
  else
    stretch_bin(f, b, step->relaxing.whole, c, stretch, end);
  const double G = step->relaxing.whole;
  const stf_vec slope = STF_READ(end->at.slope), own = STF_READ(end->own), give = STF_READ(end->give);
  STF_VEC(end->stiff) = G * slope * STF_READ(end->shrink) / (1.0 + G * slope * own * give);
  STF_VEC(end->slide) = give * STF_READ(end->stiff);
  if (step->beyond) {
    average_bin(f, b, G, c, *step->beyond, stretch, end);
    return;
  }
  STF_VEC(end->breaking) = STF_READ(end->stress);
  STF_EACH_LANE end->breaking_stiff[l] = end->stress[l] > 0.0 ? end->stiff[l] : 0.0;
}

/* N = m s q e' */
STF_KERNEL static void pull_after(const void *data, const stf_past *past, const stf_lane stretch, stf_want want,
                                  stf_pull *out) {
  const fibrils *f = data;
  const stepping step = begin_step(f, past->dt, past->memory);
  const stf_lane *memory = past->memory + first_bin(f);
  const double G = step.relaxing.whole;
  stf_vec W = {0}, N = {0}, K = {0};
  (void)want;
  for (int b = 0; b < f->bins; b++, memory += bin_memory(f)) {
    const double mass = f->per[b] * f->log_width; /* m E */
    stf_lane c, taut, left[MAX_CLASSES], whole, torn;
    bin_end end;
    leftover(f, &step.relaxing, memory, c);
    end_bin(f, b, &step, c, memory, stretch, &end);
    STF_EACH_LANE taut[l] = end.stress[l] > 0.0 ? mass : 0.0;
    survive(f, &step, memory, end.breaking, left, whole, torn);
    const stf_vec s = STF_READ(end.stress), q = STF_READ(end.shrink), own = STF_READ(end.own);
    const stf_vec slope = STF_READ(end.at.slope), bearing = STF_READ(taut) * STF_READ(whole);
    const stf_vec stiff = STF_READ(end.stiff), slide = STF_READ(end.slide);
    W += STF_READ(whole) * mass * (s * s - STF_READ(c) * STF_READ(c)) / (2.0 * G);
    N += bearing * s * slope * q;
    K += bearing * (stiff * slope * q + s * q * (STF_READ(end.at.bend) * (q - own * slide) - slope * slide)) +
         STF_READ(taut) * STF_READ(torn) * STF_READ(end.breaking_stiff) * s * slope * q;
  }
  STF_VEC(out->W) = W;
  STF_VEC(out->N) = N;
  STF_VEC(out->K) = K;
}

/* Of a share [lane] of the family that broke in a step, into *blood. */
STF_INLINE void bleed(const fibrils *f, double dt, const stf_lane broke, stf_lane *blood) {
  const double passed = f->clearing * dt, kept = exp(-passed); /* nothing breaks in no time, or in an endless one */
  const double gained = f->bleeding * (passed > 0.0 ? -expm1(-passed) / passed : 1.0);
  STF_VEC(*blood) = kept * STF_READ(*blood) + gained * STF_READ(broke);
}

STF_KERNEL static double advance(const void *data, double dt, const stf_lane stretch, stf_lane *memory) {
  const fibrils *f = data;
  const stepping step = begin_step(f, dt, memory);
  stf_lane lost = {0};
  double all = 0.0, most = 0.0;
  memory += first_bin(f);
  for (int b = 0; b < f->bins; b++, memory += bin_memory(f)) {
    stf_lane c, slack, e, left[MAX_CLASSES], whole, torn;
    bin_end end;
    leftover(f, &step.relaxing, memory, c);
    end_bin(f, b, &step, c, memory, stretch, &end);
    survive(f, &step, memory, end.breaking, left, whole, torn);
    STF_VEC(slack) = -STF_READ(c) / step.relaxing.whole;
    STF_EACH_LANE e[l] = end.at.e[l] > slack[l] ? end.at.e[l] : slack[l];
    for (int k = 0; k < f->classes; k++) {
      stf_lane *kept = &memory[first_class(f) + (size_t)k];
      STF_VEC(lost) += f->per[b] * (STF_READ(*kept) - STF_READ(left[k]));
      STF_VEC(*kept) = STF_READ(left[k]);
    }
    for (int k = 0; k < f->relaxation.terms; k++)
      STF_VEC(memory[TERMS + k]) = step.relaxing.kept[k] * STF_READ(memory[TERMS + k]) +
                                   step.relaxing.gained[k] * (STF_READ(e) - STF_READ(memory[STRAIN]));
    STF_VEC(memory[STRAIN]) = STF_READ(e);
    STF_VEC(memory[SLIP]) = STF_READ(end.slip);
    if (f->averaging > 0.0) STF_VEC(memory[averaged_strain(f)]) = STF_READ(end.averaged);
    all += f->per[b];
  }
  STF_VEC(lost) = STF_READ(lost) / all;
  if (f->bleeding > 0.0) bleed(f, dt, lost, memory);
  for (int l = 0; l < STF_LANES; l++) most = fmax(most, lost[l]);
  return most;
}

static void torn(const void *data, const stf_lane *memory, stf_lane share) {
  const fibrils *f = data;
  stf_vec left = {0};
  double all = 0.0;
  STF_EACH_LANE share[l] = 0.0;
  if (!f->classes) return;
  memory += first_bin(f);
  for (int b = 0; b < f->bins; b++, memory += bin_memory(f)) {
    all += f->per[b];
    for (int k = 0; k < f->classes; k++) left += f->per[b] * STF_READ(memory[first_class(f) + (size_t)k]);
  }
  STF_VEC(share) = 1.0 - left / all;
}

static void bled(const void *data, const stf_lane *memory, stf_lane blood) {
  const fibrils *f = data;
  STF_EACH_LANE blood[l] = f->bleeding > 0.0 ? memory[blood_at(f)][l] : 0.0;
}

static void stored(const void *data, const stf_lane *memory, stf_lane energy) {
  const fibrils *f = data;
  const stepping step = begin_step(f, 0.0, memory);
  stf_vec sum = {0};
  memory += first_bin(f);
  for (int b = 0; b < f->bins; b++, memory += bin_memory(f)) {
    stf_vec squares = step.still * STF_READ(memory[STRAIN]) * STF_READ(memory[STRAIN]), left = {0};
    for (int k = 0; k < f->relaxation.terms; k++)
      squares += STF_READ(memory[TERMS + k]) * STF_READ(memory[TERMS + k]) / f->relaxation.share[k];
    for (int k = 0; k < f->classes; k++) left += STF_READ(memory[first_class(f) + (size_t)k]);
    if (!f->classes) left += 1.0;
    sum += 0.5 * f->per[b] * f->log_width * left * squares;
  }
  STF_VEC(energy) = sum;
}

static void carry(const void *data, stf_carry *how) {
  const fibrils *f = data;
  double all = 0.0;
  for (int b = 0; b < f->bins; b++) all += f->per[b];
  if (f->averaging > 0.0) *how++ = (stf_carry){.how = STF_CARRY_FOLLOWS};
  for (int b = 0; b < f->bins; b++, how += bin_memory(f)) {
    const double share = f->per[b] / all;
    how[STRAIN] = (stf_carry){.how = STF_CARRY_FOLLOWS};
    /* slip counts as if those fibrils were lost once it is as long as natural lengths are spread */
    how[SLIP] = (stf_carry){.how = STF_CARRY_GROWS, .weight = share / (f->bins * f->log_width)};
    for (int k = 0; k < f->relaxation.terms; k++)
      how[TERMS + k] = (stf_carry){.how = STF_CARRY_FADES, .time = f->relaxation.time[k]};
    if (f->averaging > 0.0) how[averaged_strain(f)] = (stf_carry){.how = STF_CARRY_FOLLOWS};
    for (int k = 0; k < f->classes; k++)
      how[first_class(f) + (size_t)k] = (stf_carry){.how = STF_CARRY_SHRINKS, .weight = share};
  }
  if (f->bleeding > 0.0) *how = (stf_carry){.how = STF_CARRY_FADES, .time = 1.0 / f->clearing};
}

static double averaging(const void *data) {
  return ((const fibrils *)data)->averaging;
}

static const stf_fibre_memory memory = {memory_size, tears,  bleeds, rest,      pull_after, advance,  torn,
                                        bled,        stored, carry,  averaging, borne,      strength, warm};

const stf_fibre_law stf_fibrils = {
    .about = {.name = "fibrils",
              .sentence = "crimped collagen fibrils that straighten one after another",
              .references = "lanir1983 hurschler1997 taylor1970 zhurkov1965 wang1995creep wang1995fatigue "
                            "eyring1936 szczesny2014 peerlings1996",
              .parameters = &table,
              .data_size = sizeof(fibrils),
              .prepare = prepare},
    .pull = pull,
    .memory = &memory,
};
