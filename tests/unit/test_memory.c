/*
 * What tissue remembers: relaxation of fibrils and matrix, and fibrils that break, against closed forms.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "material/material.h"
#include "stf_test.h"

static const double MODULUS = 300.0, MEAN = 1.02, YEAR = 3.15576e7;

#define FIBRILS(sd) "modulus: 300 MPa\nstraightening_stretch: 1.02\nstraightening_sd: " sd "\n"
#define RELAXING    "relaxation: 11 %\nrelaxation_from: 0.1 s\nrelaxation_to: 1000 s\n"
#define CREEP       "breaking_rate: 1e-5 1/s\nbreaking_stress: 2 MPa\n"
#define WARMED      "breaking_activation_energy: 110 kJ/mol\nbreaking_temperature: 23 degC\n"
#define LOADING     "loading_breaking: 1e-4\nloading_stress: 3 MPa\n"
#define SLIPPING    "slip_time: 1e5 s\nslip_stress: 1.5 MPa\nslip_from: 1 MPa\n"
#define SCATTER     "strength_scatter: 25 %\n"
#define AVERAGED    "averaging_length: 1.5 mm\n"
#define BLEEDING    "bleeding: 40 %\nblood_half_life: 500 s\n"

static stf_arena *arena;

/* A family at one point, along one direction. */
typedef struct fibre {
  const stf_fibre_law *law;
  const void *data;
  stf_lane *memory, *before;
  size_t size;
} fibre;

static int set_up(void **state) {
  (void)state;
  arena = stf_arena_create();
  return arena ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

static stf_lane *lanes(size_t count) {
  void *memory = NULL;
  assert_int_equal(posix_memalign(&memory, sizeof(stf_lane), (count + 1) * sizeof(stf_lane)), 0);
  return memory;
}

/* A family that was never loaded. */
static fibre begin(const char *yaml) {
  fibre f = {.law = stf_fibre_law_find("fibrils")};
  const void *parameters = stf_test_read(f.law->about.parameters, yaml, arena);
  void *data = stf_arena_alloc(arena, f.law->about.data_size);
  assert_non_null(parameters);
  assert_non_null(data);
  assert_null(f.law->about.prepare(parameters, data));
  f.data = data;
  f.size = f.law->memory->size(data);
  assert_true(f.size > 0);
  f.memory = lanes(f.size);
  f.before = lanes(f.size);
  f.law->memory->rest(data, f.memory);
  return f;
}

static void end(fibre *f) {
  free(f->memory);
  free(f->before);
}

/* What the family would answer after `dt` at a stretch. */
static stf_pull after(const fibre *f, double dt, double stretch) {
  const stf_past past = {.dt = dt, .memory = f->memory};
  stf_lane at;
  stf_pull out;
  STF_EACH_LANE at[l] = stretch;
  f->law->memory->pull(f->data, &past, at, STF_WANT_TANGENT, &out);
  return out;
}

/* Goes there. Returns the share that broke. */
static double go(fibre *f, double dt, double stretch) {
  stf_lane at;
  STF_EACH_LANE at[l] = stretch;
  return f->law->memory->advance(f->data, dt, at, f->memory);
}

static double tension(const fibre *f, double stretch) {
  return after(f, 0.0, stretch).N[0];
}

static double torn(const fibre *f) {
  stf_lane share;
  f->law->memory->torn(f->data, f->memory, share);
  return share[0];
}

static double bled(const fibre *f) {
  stf_lane blood;
  f->law->memory->bled(f->data, f->memory, blood);
  return blood[0];
}

static double stored(const fibre *f) {
  stf_lane energy;
  f->law->memory->stored(f->data, f->memory, energy);
  return energy[0];
}

/* 1 - sum g + sum g e^(-t/t_k) of RELAXING. */
static double left_after(double t) {
  double left = 1.0;
  for (int k = 0; k < 4; k++) left += 0.11 * expm1(-t / (0.1 * pow(10.0, k + 0.5)));
  return left;
}

static double at_once(const char *yaml, double stretch) {
  fibre f = begin(yaml);
  const double N = tension(&f, stretch);
  end(&f);
  return N;
}

static void the_first_load_at_once_is_that_of_the_law_without_memory(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("0.006") RELAXING CREEP SCATTER);
  const stf_past past = {.dt = 0.0, .memory = f.memory};
  stf_lane at;
  stf_pull plain, energy, first;
  STF_EACH_LANE at[l] = 0.98 + 0.02 * l;
  f.law->pull(f.data, at, STF_WANT_TANGENT, &plain);
  f.law->pull(f.data, at, STF_WANT_ENERGY, &energy);
  f.law->memory->pull(f.data, &past, at, STF_WANT_TANGENT, &first);
  for (int l = 0; l < STF_LANES; l++) {
    assert_true(l < 3 ? plain.N[l] < 3.0 : plain.N[l] > 3.0);
    stf_assert_small(first.W[l] - energy.W[l], 1e-12 * MODULUS);
    stf_assert_small(first.N[l] - plain.N[l], 1e-11 * MODULUS);
    stf_assert_small(first.K[l] - plain.K[l], 1e-9 * MODULUS);
  }
  end(&f);
}

static void held_fibrils_relax_as_the_series_says_in_any_steps(void **state) {
  (void)state;
  const double stretch = 1.06;
  for (int steps = 1; steps <= 100; steps *= 10) {
    fibre f = begin(FIBRILS("0.006") RELAXING);
    go(&f, 0.0, stretch);
    const double first = tension(&f, stretch);
    assert_true(first > 5.0);
    for (int n = 1; n <= steps; n++) {
      const double t = 300.0 * n * n / (steps * steps), before = 300.0 * (n - 1) * (n - 1) / (steps * steps);
      go(&f, t - before, stretch);
      stf_assert_near(tension(&f, stretch) / first, left_after(t), 1e-12);
    }
    go(&f, INFINITY, stretch);
    stf_assert_near(tension(&f, stretch) / first, 0.56, 1e-12);
    end(&f);
  }
}

/* Straight fibrils, whose strain is linear in the stretch but for the width of a bin. */
static void a_steady_pull_is_exact_in_one_step(void **state) {
  (void)state;
  fibre one = begin(FIBRILS("1e-4") RELAXING), many = begin(FIBRILS("1e-4") RELAXING);
  go(&one, INFINITY, 1.1);
  go(&many, INFINITY, 1.1);
  go(&one, 5.0, 1.2);
  for (int n = 1; n <= 1000; n++) go(&many, 0.005, 1.1 + n * 1e-4);
  stf_assert_near(tension(&one, 1.2), tension(&many, 1.2), 1e-7);
  assert_true(tension(&one, 1.2) > 1.05 * 0.56 * at_once(FIBRILS("1e-4") RELAXING, 1.2));
  end(&one);
  end(&many);
}

/* Averages along the fibres go this far beyond their own stretch. */
static void find_beyond(fibre *f, double beyond) {
  assert_true(f->law->memory->averaging(f->data) > 0.0);
  STF_EACH_LANE f->memory[0][l] = beyond;
}

/* A memory with everything in it. */
static fibre wear(const char *yaml, uint64_t *seed) {
  fibre f = begin(yaml);
  for (int n = 0; n < 12; n++) {
    if (f.law->memory->averaging(f.data) > 0.0) find_beyond(&f, 0.02 * stf_test_random(seed) - 0.01);
    go(&f, pow(10.0, 4.0 * stf_test_random(seed) - 2.0), 1.03 + 0.03 * stf_test_random(seed));
  }
  return f;
}

static void check_slopes(const char *yaml, bool breaks) {
  uint64_t seed = 3;
  const double step = 1e-7, length[] = {0.0, 0.03, 4.0, 1e3, INFINITY};
  for (int turn = 0; turn < 40; turn++) {
    fibre f = wear(yaml, &seed);
    const double dt = length[turn % 5], stretch = 1.015 + 0.05 * stf_test_random(&seed);
    const stf_pull at = after(&f, dt, stretch), up = after(&f, dt, stretch + step),
                   down = after(&f, dt, stretch - step);
    stf_test_about("turn %d", turn);
    stf_assert_small(at.K[0] - (up.N[0] - down.N[0]) / (2.0 * step), 1e-5 * MODULUS);
    if (!breaks) stf_assert_small(at.N[0] - (up.W[0] - down.W[0]) / (2.0 * step), 1e-6 * MODULUS);
    end(&f);
  }
  stf_test_about("%s", "");
}

static void stiffness_is_the_slope_of_tension_and_tension_that_of_energy(void **state) {
  (void)state;
  check_slopes(FIBRILS("0.006") RELAXING, false);
  check_slopes(FIBRILS("0.006") CREEP SCATTER, true);
  check_slopes(FIBRILS("0.006") RELAXING CREEP LOADING SCATTER, true);
  check_slopes(FIBRILS("0.006") SLIPPING, true);
  check_slopes(FIBRILS("0.006") RELAXING SLIPPING CREEP LOADING SCATTER, true);
  check_slopes(FIBRILS("0.006") RELAXING SLIPPING CREEP LOADING SCATTER AVERAGED, true);
}

static void a_step_of_no_length_changes_nothing(void **state) {
  (void)state;
  uint64_t seed = 5;
  for (int turn = 0; turn < 20; turn++) {
    fibre f = wear(FIBRILS("0.006") RELAXING SLIPPING CREEP LOADING SCATTER, &seed);
    const double dt = 3.0, stretch = 1.02 + 0.03 * stf_test_random(&seed), N = after(&f, dt, stretch).N[0];
    go(&f, dt, stretch);
    stf_assert_small(tension(&f, stretch) - N, 1e-10 * MODULUS);
    memcpy(f.before, f.memory, f.size * sizeof *f.memory);
    stf_assert_small(go(&f, 0.0, stretch), 1e-14);
    for (size_t n = 0; n < f.size; n++) stf_assert_small(f.memory[n][0] - f.before[n][0], 1e-13);
    end(&f);
  }
}

/* Relaxed long and let go at once: slack before they are as short as at first, and never pushing. */
static void fibrils_buckle_rather_than_push(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("0.006") RELAXING);
  go(&f, 0.0, 1.08);
  go(&f, INFINITY, 1.08);
  double slack = 0.0;
  for (double stretch = 1.08; stretch > 1.0; stretch -= 0.001) {
    const double N = tension(&f, stretch);
    assert_true(N >= 0.0);
    if (N == 0.0) slack = fmax(slack, stretch);
  }
  assert_true(slack > MEAN + 0.01);
  go(&f, 0.0, 1.0);
  stf_assert_small(tension(&f, slack - 1e-3), 0.0);
  go(&f, 1e9, 1.0);
  stf_assert_near(tension(&f, slack), at_once(FIBRILS("0.006") RELAXING, slack), 1e-6);
  end(&f);
}

/* Work is stored or lost: after a jump and a long hold what is lost is half the share that faded. */
static void what_relaxes_loses_energy_and_never_gains_any(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("0.006") RELAXING);
  const double work = after(&f, 0.0, 1.06).W[0];
  go(&f, 0.0, 1.06);
  stf_assert_near(stored(&f), work, 1e-10);
  go(&f, INFINITY, 1.06);
  stf_assert_near(stored(&f), 0.56 * work, 1e-10);
  end(&f);
  uint64_t seed = 9;
  f = begin(FIBRILS("0.006") RELAXING SLIPPING CREEP LOADING SCATTER);
  double lost = 0.0, done = 0.0, before = 1.0;
  for (int turn = 0; turn < 20; turn++) {
    const double to = 1.0 + 0.07 * stf_test_random(&seed), rate = pow(10.0, -3.0 * stf_test_random(&seed));
    enum { PARTS = 2000 };
    for (int n = 1; n <= PARTS; n++) {
      const double from = before + (to - before) * (n - 1) / PARTS, next = before + (to - before) * n / PARTS;
      const double dt = fabs(next - from) / rate, N = tension(&f, from);
      go(&f, dt, next);
      done += 0.5 * (N + tension(&f, next)) * (next - from);
      const double now = done - stored(&f);
      assert_true(now >= lost - 1e-7);
      lost = fmax(lost, now);
    }
    before = to;
  }
  assert_true(lost > 0.01 && torn(&f) > 0.01);
  end(&f);
}

/* Of one strength and one length, stretched at once and held: m = exp(-k0 (exp(s/s1) - 1) t). */
static void fibrils_under_constant_stress_break_at_a_constant_rate(void **state) {
  (void)state;
  const double stretch = 1.08, s = MODULUS * (stretch / MEAN - 1.0), rate = 1e-5 * expm1(s / 2.0);
  for (int steps = 1; steps <= 64; steps *= 8) {
    fibre f = begin(FIBRILS("1e-4") CREEP);
    go(&f, 0.0, stretch);
    for (int n = 0; n < steps; n++) go(&f, 1.0 / rate / steps, stretch);
    stf_assert_near(torn(&f), -expm1(-1.0), 2e-4); /* widths of bins */
    end(&f);
  }
}

/* The same where strengths scatter, log-normal of mean 1 and CV 25 %: the mean of that over all of them. */
static double scattered_torn(double stress, double t) {
  enum { PARTS = 20000 };
  const double spread = sqrt(log1p(0.25 * 0.25));
  double sum = 0.0, all = 0.0;
  for (int n = 0; n < PARTS; n++) {
    const double x = 16.0 * ((n + 0.5) / PARTS - 0.5), z = exp(spread * x - 0.5 * spread * spread);
    sum -= exp(-0.5 * x * x) * expm1(-1e-5 * expm1(stress / (2.0 * z)) * t);
    all += exp(-0.5 * x * x);
  }
  return sum / all;
}

static void the_more_classes_of_strength_the_nearer_they_are_to_all_of_them(void **state) {
  (void)state;
  static const char *const yaml[3] = {FIBRILS("1e-4") CREEP SCATTER,
                                      FIBRILS("1e-4") CREEP SCATTER "strength_classes: 9\n",
                                      FIBRILS("1e-4") CREEP SCATTER "strength_classes: 15\n"};
  const double stretch = 1.08, s = MODULUS * (stretch / MEAN - 1.0);
  double off[3] = {0.0};
  for (int k = 0; k < 3; k++)
    for (double t = 1.0; t < 1e4; t *= 2.0) {
      fibre f = begin(yaml[k]);
      go(&f, 0.0, stretch);
      go(&f, t, stretch);
      off[k] = fmax(off[k], fabs(torn(&f) - scattered_torn(s, t)));
      end(&f);
    }
  assert_true(off[0] > 1e-2 && off[0] < 0.1);
  assert_true(off[1] < 0.5 * off[0]);
  assert_true(off[2] < 0.5 * off[1]);
}

/*
 * Strength is what half of the fibrils survive a day of, loading to it included: ln 2 = k0 t (exp(s/s1) - 1) + a
 * (exp(s/s2) - 1) without scatter. Fibrils held at it have lost half by then.
 */
static void strength_is_the_stress_that_breaks_half_within_its_time(void **state) {
  (void)state;
  static const char *const yaml[] = {FIBRILS("1e-4") CREEP, FIBRILS("1e-4") LOADING, FIBRILS("1e-4") CREEP LOADING,
                                     FIBRILS("1e-4") CREEP SCATTER};
  const double day = 86400.0, closed[] = {2.0 * log1p(log(2.0) / (1e-5 * day)), 3.0 * log1p(log(2.0) / 1e-4)};
  for (int k = 0; k < 4; k++) {
    fibre f = begin(yaml[k]);
    const double strength = f.law->memory->strength(f.data, day), stretch = MEAN * (1.0 + strength / MODULUS);
    if (k < 2) stf_assert_near(strength, closed[k], 1e-12);
    stf_assert_near(f.law->memory->borne(f.data, stretch), strength, 1e-3); /* bins are spread a little */
    for (int n = 0; n < 1000; n++) go(&f, 1e-9, 1.0 + (n + 1) / 1000.0 * (stretch - 1.0));
    go(&f, day, stretch);
    stf_assert_near(torn(&f), 0.5, 1e-3);
    end(&f);
  }
  fibre f = begin(FIBRILS("0.006") RELAXING);
  assert_true(isinf(f.law->memory->strength(f.data, day)));
  go(&f, INFINITY, 1.08);
  const double taut = MODULUS * (1.08 / MEAN - 1.0) * left_after(INFINITY); /* the stiffer ones bear more of it */
  assert_true(f.law->memory->borne(f.data, 1.08) > taut && f.law->memory->borne(f.data, 1.08) < 1.02 * taut);
  assert_true(f.law->memory->borne(f.data, 0.99) == 0.0);
  end(&f);
}

/* Puts the family into a body of that temperature [K]. */
static stf_warmth warm(fibre *f, double temperature) {
  void *warmed = stf_arena_alloc(arena, f->law->about.data_size);
  assert_non_null(warmed);
  const stf_warmth warmth = f->law->memory->warm(f->data, temperature, warmed);
  f->data = warmed;
  return warmth;
}

/* How long the family bears a nominal load until most of it is torn, in steps of `dt`. */
static double lived(fibre *f, double load, double dt) {
  double stretch = MEAN + 0.03, t = 0.0;
  for (int n = 0; n < 100000 && torn(f) < 0.6; n++) {
    for (int turn = 0; turn < 50; turn++) {
      const stf_pull at = after(f, t > 0.0 ? dt : 0.0, stretch);
      const double change = (load / MEAN - at.N[0]) / at.K[0];
      if (at.K[0] <= 0.0) break;
      stretch += change;
      if (fabs(change) < 1e-13) break;
    }
    go(f, t > 0.0 ? dt : 0.0, stretch);
    t += dt;
  }
  return t;
}

/*
 * Under a constant load S the survivors' stress S/m grows: life is the integral of 1/(k0 m (exp(S/(m s1)) - 1)) over m
 * from 0 to 1, E_1(S/s1)/k0 but for the 1.
 */
static void life_under_a_constant_load_is_the_integral_of_the_rate(void **state) {
  (void)state;
  const double load = 12.0, per = 1e-5;
  double life = 0.0;
  enum { PARTS = 20000 };
  for (int n = 0; n < PARTS; n++) {
    const double m = (n + 0.5) / PARTS;
    life += 1.0 / PARTS / (per * m * expm1(load / MEAN * MEAN / (m * 2.0)));
  }
  fibre f = begin(FIBRILS("1e-4") CREEP);
  stf_assert_near(lived(&f, load, life / 4000.0), life, 2e-3);
  end(&f);
}

/* The exponential integral E_1, by Lentz's continued fraction. */
static double exponential_integral(double x) {
  double b = x + 1.0, c = 1e300, d = 1.0 / b, whole = d;
  for (int n = 1; n < 200; n++) {
    b += 2.0;
    d = 1.0 / (b - (double)n * n * d);
    c = b - (double)n * n / c;
    whole *= c * d;
  }
  return whole * exp(-x);
}

/* k0 was found at 23 degC, and E_1(S/s1)/k0(T) is the life at T; what the 1 in the rate adds is E_1(2 S/s1) + .... */
static void life_under_a_constant_load_shortens_with_warmth_as_arrhenius_says(void **state) {
  (void)state;
  const double load = 12.0, celsius = 273.15, over = load / 2.0;
  const double whole = exponential_integral(over) + exponential_integral(2.0 * over) + exponential_integral(3.0 * over);
  stf_assert_near(exponential_integral(1.0), 0.21938393439552027, 1e-12); /* Abramowitz and Stegun, table 5.1 */
  for (double temperature = 13.0; temperature < 50.0; temperature += 12.0) {
    const double power = 1.1e5 / 8.31446 * (1.0 / (23.0 + celsius) - 1.0 / (temperature + celsius));
    const double rate = 1e-5 * exp(power), life = whole / rate;
    fibre f = begin(FIBRILS("1e-4") CREEP WARMED);
    assert_int_equal(warm(&f, temperature + celsius), STF_WARMTH_KNOWN);
    stf_assert_near(lived(&f, load, life / 4000.0), life, 2e-3);
    stf_assert_near(life, exponential_integral(over) / rate, 2e-3);
    end(&f);
  }
}

/* B' = v k0' N - k B beside N' = -k0' N: B = v k0'/(k - k0') (exp(-k0' t) - exp(-k t)), then it clears by itself. */
static void vessels_break_with_fibrils_and_their_blood_clears(void **state) {
  (void)state;
  static const int counts[] = {1, 10, 1000};
  static const double tolerances[] = {0.1, 1e-3, 1e-5}; /* natural lengths are spread a little */
  const double stretch = 1.08, s = MODULUS * (stretch / MEAN - 1.0), time = 100.0;
  const double breaking = 1e-5 * expm1(s / 2.0), clearing = log(2.0) / 500.0;
  const double wanted = 0.4 * breaking / (clearing - breaking) * (exp(-breaking * time) - exp(-clearing * time));
  for (int c = 0; c < 3; c++) {
    fibre f = begin(FIBRILS("1e-4") CREEP BLEEDING), dry = begin(FIBRILS("1e-4") CREEP);
    assert_true(f.law->memory->bleeds(f.data) && !dry.law->memory->bleeds(dry.data));
    go(&f, 0.0, stretch), go(&dry, 0.0, stretch);
    assert_true(bled(&f) == 0.0);
    for (int i = 0; i < counts[c]; i++) go(&f, time / counts[c], stretch), go(&dry, time / counts[c], stretch);
    stf_assert_row(bled(&f), wanted, tolerances[c], "blood, %d steps", counts[c]);
    assert_true(bled(&dry) == 0.0 && torn(&dry) == torn(&f) && tension(&dry, stretch) == tension(&f, stretch));
    const double before = bled(&f);
    go(&f, 0.0, 0.9);
    go(&f, 500.0, 0.9); /* a half-life; nothing breaks */
    stf_assert_near(bled(&f), 0.5 * before, 1e-14);
    go(&f, INFINITY, 0.9);
    assert_true(bled(&f) == 0.0);
    end(&f), end(&dry);
  }
}

/* What loading breaks: v (1 - exp(-a (exp(s/s2) - 1))), in however many steps, less what is cleared meanwhile. */
static void blood_of_a_ramp_is_that_of_what_broke(void **state) {
  (void)state;
  const double stretch = 1.06, s = MODULUS * (stretch / MEAN - 1.0), broke = -expm1(-1e-4 * expm1(s / 3.0));
  for (int steps = 1; steps < 100; steps *= 3) {
    fibre f = begin(FIBRILS("1e-4") LOADING BLEEDING);
    for (int n = 1; n <= steps; n++) go(&f, 1e-3 / steps, 1.0 + (stretch - 1.0) * n / steps);
    assert_true(broke > 1e-3);
    stf_assert_near(bled(&f), 0.4 * broke, 2e-4);
    stf_assert_near(bled(&f), 0.4 * torn(&f), 1e-5);
    end(&f);
  }
}

/* At the temperature of its tests, and warmed twice, a family is what it was; without an activation energy it stays. */
static void warmth_counts_from_the_temperature_of_the_tests(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("1e-4") CREEP WARMED), once = begin(FIBRILS("1e-4") CREEP WARMED);
  fibre plain = begin(FIBRILS("1e-4") CREEP), whole = begin(FIBRILS("1e-4") LOADING);
  fibre *const all[] = {&f, &once, &plain, &whole};
  assert_int_equal(warm(&once, 310.15), STF_WARMTH_KNOWN);
  assert_int_equal(warm(&f, 285.0), STF_WARMTH_KNOWN);
  assert_int_equal(warm(&f, 310.15), STF_WARMTH_KNOWN);
  assert_int_equal(warm(&plain, 310.15), STF_WARMTH_UNKNOWN);
  assert_int_equal(warm(&whole, 310.15), STF_WARMTH_IDLE);
  for (int k = 0; k < 4; k++) go(all[k], 0.0, 1.06), go(all[k], 100.0, 1.06);
  stf_assert_near(torn(&f), torn(&once), 1e-12);
  assert_true(torn(&f) > 3.0 * torn(&plain) && torn(&plain) > 1e-3);
  warm(&f, 296.15);
  f.law->memory->rest(f.data, f.memory);
  go(&f, 0.0, 1.06), go(&f, 100.0, 1.06);
  stf_assert_near(torn(&f), torn(&plain), 1e-12);
  for (int k = 0; k < 4; k++) end(all[k]);
}

/* Cycles from nothing to S: each breaks a (exp(S/s2) - 1), however fast. */
static void loading_breaks_by_the_cycle_not_by_the_clock(void **state) {
  (void)state;
  const double stretch = 1.06, s = MODULUS * (stretch / MEAN - 1.0), H = 1e-4 * expm1(s / 3.0);
  for (double period = 1e-3; period < 1e4; period *= 100.0) {
    fibre f = begin(FIBRILS("1e-4") LOADING);
    for (int n = 1; n <= 20; n++) {
      go(&f, 0.5 * period, stretch);
      stf_assert_near(1.0 - torn(&f), exp(-n * H), 2e-4);
      go(&f, 0.5 * period, 1.0);
    }
    end(&f);
  }
}

/* Held at a stretch, dp/dt = sinh(s/s_s)/t_s and s = E (lambda exp(-p)/l - 1), by Runge and Kutta; tension s exp(-p)/l.
 */
static double slipped_by_rate(double stretch, double t) {
  enum { STEPS = 20000 };
  double p = 0.0, k[4];
  for (int n = 0; n < STEPS; n++) {
    for (int i = 0; i < 4; i++) {
      const double at = p + (i == 0 ? 0.0 : i == 3 ? k[2] : 0.5 * k[i - 1]);
      k[i] = t / STEPS * sinh(MODULUS * (stretch * exp(-at) / MEAN - 1.0) / 1.5) / 1e5;
    }
    p += (k[0] + 2.0 * k[1] + 2.0 * k[2] + k[3]) / 6.0;
  }
  return MODULUS * (stretch * exp(-p) / MEAN - 1.0) * exp(-p) / MEAN;
}

static double slipped(double stretch, double t, int steps) {
  fibre f = begin(FIBRILS("1e-4") "slip_time: 1e5 s\nslip_stress: 1.5 MPa\n");
  go(&f, 0.0, stretch);
  for (int n = 0; n < steps; n++) go(&f, t / steps, stretch);
  const double N = tension(&f, stretch);
  end(&f);
  return N;
}

/* Breaking goes by the average alone: at 1.04 with an average of 1.05 as much breaks as at 1.05. */
static void fibrils_break_by_the_stretch_averaged_along_them(void **state) {
  (void)state;
  static const char averaged[] = FIBRILS("0.006") RELAXING CREEP LOADING SCATTER AVERAGED;
  static const char local[] = FIBRILS("0.006") RELAXING CREEP LOADING SCATTER;
  const double stretch[] = {1.0, 1.03, 1.045, 1.04}, beyond[] = {0.0, 0.01, -0.005};
  fibre f = begin(averaged), same = begin(averaged), other = begin(local);
  for (int n = 1; n < 4; n++) {
    find_beyond(&f, beyond[n - 1]);
    stf_assert_near(go(&same, 2.0, stretch[n]), go(&other, 2.0, stretch[n]), 1e-14);
    stf_assert_near(tension(&same, stretch[n]), tension(&other, stretch[n]), 1e-14);
    go(&f, 2.0, stretch[n]);
  }
  assert_true(fabs(torn(&f) / torn(&other) - 1.0) > 0.01);
  end(&f), end(&same), end(&other);

  f = begin(FIBRILS("0.006") CREEP SCATTER AVERAGED), other = begin(FIBRILS("0.006") CREEP SCATTER);
  find_beyond(&f, 0.01);
  for (int n = 0; n < 3; n++) go(&f, 5.0, 1.04), go(&other, 5.0, 1.05);
  stf_assert_near(torn(&f), torn(&other), 1e-13);
  assert_true(torn(&f) > 1e-3);
  end(&f), end(&other);

  f = begin(FIBRILS("0.006") CREEP SCATTER AVERAGED);
  find_beyond(&f, -0.1);
  go(&f, 100.0, 1.06);
  stf_assert_small(torn(&f), 1e-15);
  assert_true(tension(&f, 1.06) > 1.0);
  end(&f);
}

static void held_fibrils_slip_as_the_rate_says(void **state) {
  (void)state;
  const double stretch = 1.04;
  for (double t = 10.0; t < 2e3; t *= 6.0) {
    const double N = slipped_by_rate(stretch, t);
    const double coarse = fabs(slipped(stretch, t, 20) - N), fine = fabs(slipped(stretch, t, 80) - N);
    stf_assert_near(slipped(stretch, t, 4000), N, 5e-4);
    assert_true(coarse > 0.0 && fine < 0.35 * coarse);
  }
  assert_true(slipped(stretch, 1e3, 400) < 0.8 * slipped(stretch, 0.0, 1));
  stf_assert_small(slipped(stretch, 1e12, 1), 1e-3);
}

/* What has slipped is longer, not less: it pulls later, and then as stiffly for its length. */
static void slip_lengthens_the_toe_before_any_stiffness_is_lost(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("0.006") "slip_time: 1e4 s\nslip_stress: 2 MPa\n");
  const stf_pull first = after(&f, 0.0, 1.1);
  go(&f, 0.0, 1.05);
  go(&f, 100.0, 1.05);
  go(&f, 0.0, 1.0);
  stf_assert_small(torn(&f), 0.0);
  const stf_pull now = after(&f, 0.0, 1.1);
  const double toe = 1.1 - first.N[0] / first.K[0], longer = 1.1 - now.N[0] / now.K[0];
  assert_true(longer > toe + 0.005);
  stf_assert_near(now.K[0] * longer * longer, first.K[0] * toe * toe, 2e-4);
  end(&f);
}

/* ---- energy ---- */

/* One fibril by its differential equations alone, with the numbers of RELAXING, SLIPPING, CREEP and LOADING. */
enum { FADING = 4, UNKNOWNS = FADING + 3 };
enum { SLIPPED = FADING, LEFT, LOST }; /* after the terms h/E: p, m, what dashpots, slip and breaking have lost [MPa] */

/* Pulled for 10 s, held for 5, let back a little in 2, held for 3. */
static double path(double t, double *rate) {
  *rate = t < 10.0 ? 7e-3 : t < 15.0 ? 0.0 : t < 17.0 ? -5e-3 : 0.0;
  return MEAN + (t < 10.0 ? 7e-3 * t : t < 15.0 ? 0.07 : t < 17.0 ? 0.07 - 5e-3 * (t - 15.0) : 0.06);
}

static void change(double t, double straight, bool slips, const double y[UNKNOWNS], double dy[UNKNOWNS]) {
  double rate, still = 1.0, stress, stress_rate, squares = 0.0, fading = 0.0;
  const double stretch = path(t, &rate), shrink = exp(-y[SLIPPED]), e = stretch * shrink / straight - 1.0, g = 0.11;
  for (int k = 0; k < FADING; k++) still -= g;
  stress = still * e;
  for (int k = 0; k < FADING; k++) stress += y[k];
  const double over = fmax(MODULUS * stress - 1.0, 0.0);
  dy[SLIPPED] = slips ? sinh(over / 1.5) / 1e5 : 0.0;
  const double de = rate * shrink / straight - (1.0 + e) * dy[SLIPPED];
  stress_rate = still * de;
  for (int k = 0; k < FADING; k++) {
    const double time = 0.1 * pow(10.0, k + 0.5);
    dy[k] = g * de - y[k] / time;
    stress_rate += dy[k];
    squares += y[k] * y[k] / g;
    fading += y[k] * y[k] / (g * time);
  }
  const double breaking = 1e-5 * expm1(MODULUS * stress / 2.0) +
                          1e-4 * exp(MODULUS * stress / 3.0) * fmax(MODULUS * stress_rate / 3.0, 0.0);
  const double stored = 0.5 * MODULUS * (still * e * e + squares);
  dy[LEFT] = -breaking * y[LEFT];
  dy[LOST] = y[LEFT] * (MODULUS * fading + MODULUS * stress * (1.0 + e) * dy[SLIPPED] + breaking * stored);
}

/* What is lost by the end, by the method of Runge and Kutta. */
static double lost_alone(double straight, bool slips) {
  enum { STEPS = 20000 };
  const double dt = 20.0 / STEPS;
  double y[UNKNOWNS] = {0.0}, at[UNKNOWNS], dy[4][UNKNOWNS];
  for (int k = 0; k < FADING; k++) y[k] = 0.11 * (MEAN / straight - 1.0); /* comes at once */
  y[LEFT] = 1.0;
  for (int n = 0; n < STEPS; n++) {
    const double part[4] = {0.0, 0.5, 0.5, 1.0 - 1e-12}; /* corners of the path are ends of steps */
    for (int stage = 0; stage < 4; stage++) {
      for (int k = 0; k < UNKNOWNS; k++) at[k] = y[k] + (stage ? part[stage] * dt * dy[stage - 1][k] : 0.0);
      change((n + part[stage]) * dt, straight, slips, at, dy[stage]);
    }
    for (int k = 0; k < UNKNOWNS; k++) y[k] += dt / 6.0 * (dy[0][k] + 2.0 * (dy[1][k] + dy[2][k]) + dy[3][k]);
  }
  assert_true(y[LEFT] > 0.3 && y[LEFT] < 0.99);
  assert_true(!slips || y[SLIPPED] > 1e-3);
  return y[LOST];
}

/* Of the law in `steps` steps: work less what is stored at the end, over the work. */
static double lost_by_law(const char *yaml, int steps, double *work) {
  fibre f = begin(yaml);
  double before = MEAN, rate, N = tension(&f, before);
  *work = 0.0;
  for (int n = 1; n <= steps; n++) {
    const double dt = 20.0 / steps, stretch = path(n * dt, &rate);
    go(&f, dt, stretch);
    const double now = tension(&f, stretch);
    *work += 0.5 * (N + now) * (stretch - before);
    before = stretch;
    N = now;
  }
  const double lost = *work - stored(&f);
  end(&f);
  return lost;
}

/* The mean over natural lengths, by three of them (Gauss and Hermite): what breaks feels their spread of 1e-4. */
static double lost_together(bool slips) {
  const double aside = sqrt(3.0) * 1e-4;
  return (lost_alone(MEAN - aside, slips) + 4.0 * lost_alone(MEAN, slips) + lost_alone(MEAN + aside, slips)) / 6.0;
}

static void work_is_what_is_stored_and_what_is_lost(void **state) {
  (void)state;
  static const char torn_only[] = FIBRILS("1e-4") "bins: 32\n" RELAXING CREEP LOADING;
  static const char all[] = FIBRILS("1e-4") "bins: 32\n" RELAXING SLIPPING CREEP LOADING;
  double work;
  const double broken = lost_together(false), slipped = lost_together(true);
  stf_assert_small(lost_by_law(torn_only, 10000, &work) / work - broken / work, 1e-6);
  assert_true(broken > 0.1 * work);
  /* a step of slip is of first order */
  const double coarse = lost_by_law(all, 10000, &work), fine = lost_by_law(all, 20000, &work);
  stf_assert_small((2.0 * fine - coarse - slipped) / work, 1e-6);
  stf_assert_small((fine - slipped) / work, 1e-4);
  assert_true(slipped > 1.05 * broken || slipped < 0.95 * broken);
}

/* Fibres that lie about their direction: each direction counts by its share, so that where all break no more than all
 * is torn, nor more blood lost. */
static void what_dispersed_fibres_lose_is_at_most_all_of_it(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("0.006") LOADING BLEEDING);
  const stf_dispersion_options spread = {.in_plane = 0.5, .out_of_plane = NAN, .directions = 4};
  stf_material m = {.families = 1, .family = {{.name = "f", .law = f.law, .data = f.data, .fraction = 0.4}}};
  assert_int_equal(stf_dispersion_make(&spread, arena, &m.family[0].dispersion), STF_OK);
  stf_material_lay_memory(&m);
  assert_true(stf_family_directions(&m.family[0]) > 4 && stf_material_bleeds(&m));
  stf_lane F[9] = {{0}}, a0[STF_DIRECTIONS][3] = {{{0}}}, *memory = lanes(m.memory), found;
  STF_EACH_LANE a0[0][0][l] = a0[STF_NORMAL][2][l] = 1.0;
  stf_material_rest(&m, memory);
  for (int i = 0; i < 3; i++) STF_EACH_LANE F[4 * i][l] = 1.06;
  stf_material_advance(&m, 1e-3, (const stf_lane *)F, (const stf_lane(*)[3])a0, memory);
  go(&f, 1e-3, 1.06);
  assert_true(torn(&f) > 1e-3 && torn(&f) < 0.1);
  stf_material_torn(&m, 0, memory, found);
  stf_assert_near(found[0], torn(&f), 1e-12);
  stf_material_bled(&m, memory, found);
  stf_assert_near(found[0], bled(&f), 1e-12);
  for (int i = 0; i < 3; i++) STF_EACH_LANE F[4 * i][l] = 1.5;
  stf_material_advance(&m, 1e-3, (const stf_lane *)F, (const stf_lane(*)[3])a0, memory);
  stf_material_torn(&m, 0, memory, found);
  stf_assert_near(found[0], 1.0, 1e-12);
  stf_material_bled(&m, memory, found);
  stf_assert_near(found[0], 0.4, 1e-5); /* what is cleared in 2 ms */
  free(memory);
  end(&f);
}

static void a_year_of_rest_breaks_nothing(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("0.006") RELAXING SLIPPING CREEP LOADING SCATTER);
  for (int n = 0; n < 12; n++) go(&f, YEAR / 12.0, 0.999);
  stf_assert_small(torn(&f), 1e-9);
  end(&f);
}

static void one_step_of_any_length_is_stable(void **state) {
  (void)state;
  fibre f = begin(FIBRILS("0.006") RELAXING CREEP LOADING SCATTER);
  go(&f, YEAR, 1.5);
  stf_assert_near(torn(&f), 1.0, 1e-12);
  const stf_pull at = after(&f, 1.0, 1.6);
  assert_true(isfinite(at.N[0]) && isfinite(at.K[0]));
  stf_assert_small(at.N[0], 1e-9);
  end(&f);
}

/* ---- matrix ---- */

/* A neo-Hookean matrix that relaxes, in every lane at its own random F. */
static stf_material relaxing_matrix(void) {
  const stf_matrix_law *law = stf_matrix_law_find("neo-hookean-drained");
  const void *parameters = stf_test_read(law->about.parameters, "shear_modulus: 0.8 MPa\npoisson_ratio: 0.2\n", arena);
  void *data = stf_arena_alloc(arena, law->about.data_size);
  assert_null(law->about.prepare(parameters, data));
  stf_material m = {.name = "matrix",
                    .matrix = law,
                    .matrix_data = data,
                    .relaxation = {.terms = 2, .share = {0.3, 0.2}, .time = {1.0, 30.0}}};
  stf_material_lay_memory(&m);
  return m;
}

static void draw(uint64_t *seed, stf_lane F[9]) {
  for (int lane = 0; lane < STF_LANES; lane++) {
    double one[9];
    stf_test_random_gradient(seed, 0.3, one);
    stf_test_to_lane(one, 9, lane, F);
  }
}

static void held_matrix_relaxes_as_the_series_says(void **state) {
  (void)state;
  const stf_material m = relaxing_matrix();
  stf_lane *memory = lanes(m.memory), F[9];
  stf_response first, at;
  uint64_t seed = 2;
  const stf_past past = {.dt = 0.0, .memory = memory};
  stf_material_rest(&m, memory);
  draw(&seed, F);
  stf_material_respond(&m, NULL, F, NULL, STF_WANT_STRESS, &first);
  stf_material_respond(&m, &past, F, NULL, STF_WANT_STRESS, &at);
  for (int r = 0; r < 9; r++) stf_assert_all_near(at.P[r], first.P[r], STF_LANES, 1e-13);
  stf_material_advance(&m, 0.0, F, NULL, memory);
  for (int n = 1; n <= 5; n++) {
    stf_material_advance(&m, 3.0 * n, F, NULL, memory);
    const double t = 1.5 * n * (n + 1), left = 1.0 + 0.3 * expm1(-t) + 0.2 * expm1(-t / 30.0);
    stf_material_respond(&m, &past, F, NULL, STF_WANT_STRESS, &at);
    for (int r = 0; r < 9; r++)
      for (int l = 0; l < STF_LANES; l++) stf_assert_near(at.P[r][l], left * first.P[r][l], 1e-11);
  }
  free(memory);
}

/* P is the slope of the step's potential, A of P; and a rotation on top turns P with it. */
static void the_step_of_a_matrix_has_a_potential_and_no_preferred_frame(void **state) {
  (void)state;
  const stf_material m = relaxing_matrix();
  stf_lane *memory = lanes(m.memory), F[9], moved[9];
  stf_response at, up, down;
  uint64_t seed = 4;
  const double step = 1e-6;
  const stf_past past = {.dt = 0.7, .memory = memory};
  stf_material_rest(&m, memory);
  for (int n = 0; n < 3; n++) {
    draw(&seed, F);
    stf_material_advance(&m, 0.5, F, NULL, memory);
  }
  draw(&seed, F);
  stf_material_respond(&m, &past, F, NULL, STF_WANT_TANGENT, &at);
  for (int c = 0; c < 9; c++) {
    for (int way = 0; way < 2; way++) {
      stf_response *to = way ? &up : &down;
      memcpy(moved, F, sizeof moved);
      STF_EACH_LANE moved[c][l] = F[c][l] + (way ? step : -step);
      stf_material_respond(&m, &past, moved, NULL, STF_WANT_ENERGY, to);
      stf_material_respond(&m, &past, moved, NULL, STF_WANT_STRESS, to);
    }
    for (int l = 0; l < STF_LANES; l++) {
      stf_assert_small(at.P[c][l] - (up.W[l] - down.W[l]) / (2.0 * step), 1e-8);
      for (int r = 0; r < 9; r++)
        stf_assert_small(at.A[stf_packed(9, r, c)][l] - (up.P[r][l] - down.P[r][l]) / (2.0 * step), 1e-8);
    }
  }
  double Q[9], one[9], turned[9], P[9], expected[9];
  stf_lane QF[9];
  stf_test_random_rotation(&seed, Q);
  for (int lane = 0; lane < STF_LANES; lane++) {
    stf_test_from_lane((const stf_lane *)F, 9, lane, one);
    stf_test_multiply(Q, one, turned);
    stf_test_to_lane(turned, 9, lane, QF);
  }
  stf_material_respond(&m, &past, QF, NULL, STF_WANT_STRESS, &up);
  for (int lane = 0; lane < STF_LANES; lane++) {
    stf_test_from_lane((const stf_lane *)at.P, 9, lane, P);
    stf_test_multiply(Q, P, expected);
    stf_test_from_lane((const stf_lane *)up.P, 9, lane, turned);
    for (int r = 0; r < 9; r++) stf_assert_small(turned[r] - expected[r], 1e-12);
  }
  free(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_load_at_once_is_that_of_the_law_without_memory),
      cmocka_unit_test(held_fibrils_relax_as_the_series_says_in_any_steps),
      cmocka_unit_test(a_steady_pull_is_exact_in_one_step),
      cmocka_unit_test(stiffness_is_the_slope_of_tension_and_tension_that_of_energy),
      cmocka_unit_test(a_step_of_no_length_changes_nothing),
      cmocka_unit_test(fibrils_buckle_rather_than_push),
      cmocka_unit_test(what_relaxes_loses_energy_and_never_gains_any),
      cmocka_unit_test(fibrils_under_constant_stress_break_at_a_constant_rate),
      cmocka_unit_test(the_more_classes_of_strength_the_nearer_they_are_to_all_of_them),
      cmocka_unit_test(life_under_a_constant_load_is_the_integral_of_the_rate),
      cmocka_unit_test(life_under_a_constant_load_shortens_with_warmth_as_arrhenius_says),
      cmocka_unit_test(strength_is_the_stress_that_breaks_half_within_its_time),
      cmocka_unit_test(vessels_break_with_fibrils_and_their_blood_clears),
      cmocka_unit_test(blood_of_a_ramp_is_that_of_what_broke),
      cmocka_unit_test(warmth_counts_from_the_temperature_of_the_tests),
      cmocka_unit_test(loading_breaks_by_the_cycle_not_by_the_clock),
      cmocka_unit_test(fibrils_break_by_the_stretch_averaged_along_them),
      cmocka_unit_test(held_fibrils_slip_as_the_rate_says),
      cmocka_unit_test(slip_lengthens_the_toe_before_any_stiffness_is_lost),
      cmocka_unit_test(work_is_what_is_stored_and_what_is_lost),
      cmocka_unit_test(what_dispersed_fibres_lose_is_at_most_all_of_it),
      cmocka_unit_test(a_year_of_rest_breaks_nothing),
      cmocka_unit_test(one_step_of_any_length_is_stable),
      cmocka_unit_test(held_matrix_relaxes_as_the_series_says),
      cmocka_unit_test(the_step_of_a_matrix_has_a_potential_and_no_preferred_frame),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
