/* Laws of glide, against closed forms: Couette flow, a rate law of bonds, springs; and what every law promises. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "interface/glide.h"
#include "stf_test.h"

enum { MOST = 32 };
static stf_arena *arena;
static const stf_glide_law *law;

#define CONTACT    "thickness: 43 um\nclosing_stiffness: 10 MPa/mm\n"
#define SUCTION    "suction: 1 kPa\nsuction_gap: 0.2 mm\n"
#define SEPTA      "free_slip: 1.5 mm\nsepta_modulus: 2.75 kPa\nsepta_stiffening: 10\n"
#define FILM(c, M) "hyaluronan: " c " mg/ml\nmolar_mass: " M " MDa\nsolvent_viscosity: 0.7 mPa s\n"
#define THINNING   "thinning_stress: 20 Pa\nthinning_exponent: 0.8\n"
#define WARMTH(T)  "temperature: " T "\nactivation_energy: 16 kJ/mol\n"
#define BONDS      "bond_slip_stiffness: 0.1 MPa/mm\nbond_opening_stiffness: 0.3 MPa/mm\n"
#define BREAKING   "bond_breaking_rate: 0.001 1/s\nbond_breaking_stress: 5 kPa\n"
#define BLOOD      "bleeding: 1.5 mm\nblood_half_life: 200 s\n"
#define ELASTIC    CONTACT SUCTION SEPTA "slip_stiffness: 0.76 kPa/mm\n"
#define WHOLE      ELASTIC FILM("0.7", "2") THINNING BONDS BREAKING

static int set_up(void **state) {
  (void)state;
  arena = stf_arena_create();
  law = stf_glide_law_find("areolar");
  return arena && law && law->memory <= MOST && !stf_units_start() ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  stf_units_stop();
  return 0;
}

/* Constants from parameters; `*reason` why not, or NULL. */
static void *try_to_prepare(const char *yaml, const char **reason) {
  const void *parameters = stf_test_read(law->about.parameters, yaml, arena);
  void *data = stf_arena_alloc(arena, law->about.data_size);
  assert_non_null(parameters);
  assert_non_null(data);
  *reason = law->about.prepare(parameters, data);
  return data;
}

static void *prepared(const char *yaml) {
  const char *reason;
  void *data = try_to_prepare(yaml, &reason);
  if (reason) fail_msg("%s in:\n%s", reason, yaml);
  return data;
}

static stf_glide_answer respond(const void *data, const double *memory, double dt, const double gap[3]) {
  stf_glide_answer out;
  memset(&out, 0xa5, sizeof out); /* all of it must be written */
  law->respond(data, &(stf_glide_past){.dt = dt, .memory = memory}, gap, &out);
  return out;
}

/* A place with bonds on all its area that was led to a gap in a second. */
static void lead(const void *data, double x, double y, double o, double *memory) {
  law->rest(data, law->knits(data) ? 1.0 : 0.0, memory);
  law->advance(data, 1.0, (const double[]){x, y, o}, memory);
}

/* Steps that reach every branch: septa free and straight, closing at its beginning and beyond, opening near and far. */
static const double gaps[][3] = {{0.02, -0.01, 0.004}, {0.1, 0.05, -0.002}, {0.3, 0.2, -0.02},  {1.2, -1.3, 0.05},
                                 {-2.0, 0.3, 0.4},     {0.01, 0.02, 1.7},   {0.0, 0.03, -0.06}, {6.0, 2.0, 0.01}};
enum { GAPS = sizeof gaps / sizeof *gaps };
static const char *const sets[] = {
    CONTACT, ELASTIC, CONTACT FILM("5", "2") THINNING, CONTACT FILM("5", "2"), CONTACT BONDS BREAKING, WHOLE};
enum { SETS = sizeof sets / sizeof *sets };
static const double steps[] = {0.0, 0.01, 1.0, 30.0, INFINITY};
enum { STEPS = sizeof steps / sizeof *steps };

static void central(const void *data, const double *memory, double dt, const double gap[3], double K[9], double p[3]) {
  const double h = 1e-7;
  for (int j = 0; j < 3; j++) {
    double to[3] = {gap[0], gap[1], gap[2]}, from[3] = {gap[0], gap[1], gap[2]};
    to[j] += h;
    from[j] -= h;
    const stf_glide_answer above = respond(data, memory, dt, to), below = respond(data, memory, dt, from);
    for (int i = 0; i < 3; i++) K[3 * i + j] = (above.p[i] - below.p[i]) / (2.0 * h);
    p[j] = (above.W - below.W) / (2.0 * h);
  }
}

static void tangent_is_the_slope_of_traction(void **state) {
  (void)state;
  for (int s = 0; s < SETS; s++) {
    const void *data = prepared(sets[s]);
    for (int g = 0; g < GAPS; g++)
      for (int t = 0; t < STEPS; t++) {
        double memory[MOST], K[9], p[3];
        if (s == 0 && gaps[g][2] > 0.0) continue; /* nothing resists */
        if ((s == 2 || s == 3) && gaps[g][2] > 0.0 && (steps[t] == 0.0 || isinf(steps[t]))) continue;
        if (s == 4 && g >= 3 && isfinite(steps[t]) && steps[t] > 0.0) continue; /* every bond breaks */
        stf_test_about("set %d, gap %d, step %g", s, g, steps[t]);
        lead(data, 0.03, 0.01, 0.001, memory);
        const stf_glide_answer at = respond(data, memory, steps[t], gaps[g]);
        central(data, memory, steps[t], gaps[g], K, p);
        stf_assert_derivative(&at.k[0][0], K, 9, 1e-10, 2e-6);
      }
  }
}

static void the_tangent_is_consistent_also_without_symmetry(void **state) {
  (void)state;
  double memory[MOST];
  const void *data = prepared(WHOLE);
  lead(data, 0.0, 0.0, 0.0, memory);
  const stf_glide_answer at = respond(data, memory, 1.0, (const double[]){0.2, 0.1, 0.03});
  assert_true(fabs(at.k[0][2] - at.k[2][0]) > 1e-3 * fabs(at.k[0][2]));
}

static void traction_is_the_slope_of_energy_where_nothing_is_lost(void **state) {
  (void)state;
  const char *const conservative[] = {ELASTIC, ELASTIC BONDS};
  for (int s = 0; s < 2; s++) {
    const void *data = prepared(conservative[s]);
    for (int g = 0; g < GAPS; g++) {
      double memory[MOST], K[9], p[3];
      stf_test_about("set %d, gap %d", s, g);
      lead(data, 0.03, 0.01, 0.001, memory);
      const stf_glide_answer at = respond(data, memory, 1.0, gaps[g]);
      central(data, memory, 1.0, gaps[g], K, p);
      stf_assert_derivative(at.p, p, 3, 1e-8, 1e-5);
      assert_true(at.W > 0.0);
      law->advance(data, 1.0, gaps[g], memory);
      assert_true(law->amount(data, memory, STF_GLIDE_DISSIPATED) == 0.0);
    }
  }
}

static void rest_is_free_of_stress_and_of_energy(void **state) {
  (void)state;
  static const double none[3] = {0.0, 0.0, 0.0};
  for (int s = 0; s < SETS; s++) {
    const void *data = prepared(sets[s]);
    for (int t = 0; t < STEPS; t++) {
      double memory[MOST];
      law->rest(data, law->knits(data) ? 0.6 : 0.0, memory);
      const stf_glide_answer at = respond(data, memory, steps[t], none);
      assert_true(at.W == 0.0 && at.p[0] == 0.0 && at.p[1] == 0.0 && at.p[2] == 0.0);
      assert_true(law->advance(data, steps[t], none, memory) == 0.0);
      assert_true(law->amount(data, memory, STF_GLIDE_DISSIPATED) == 0.0);
      assert_true(law->amount(data, memory, STF_GLIDE_BONDS) == (law->knits(data) ? 0.6 : 0.0));
    }
  }
}

/* ---- contact, suction, septa ---- */

static void closing_is_stiff_and_begins_smoothly(void **state) {
  (void)state;
  double memory[MOST];
  const void *data = prepared(CONTACT SUCTION);
  law->rest(data, 0.0, memory);
  const double deep = respond(data, memory, 0.0, (const double[]){0, 0, -0.02}).k[2][2];
  stf_assert_near(deep, 10.0, 1e-12);
  const double soft = M_E * 1e-3 / 0.2;
  stf_assert_near(respond(data, memory, 0.0, (const double[]){0, 0, 1e-12}).k[2][2], soft, 1e-9);
  stf_assert_near(respond(data, memory, 0.0, (const double[]){0, 0, -1e-12}).k[2][2], soft, 1e-6);
  const double edge = -4.3e-3;
  const stf_glide_answer inner = respond(data, memory, 0.0, (const double[]){0, 0, edge * (1.0 - 1e-9)});
  const stf_glide_answer outer = respond(data, memory, 0.0, (const double[]){0, 0, edge * (1.0 + 1e-9)});
  stf_assert_near(outer.p[2], inner.p[2], 1e-8);
  stf_assert_near(outer.k[2][2], inner.k[2][2], 1e-8);
  stf_assert_near(outer.W, inner.W, 1e-7);
}

static void suction_holds_up_to_its_stress_and_then_lets_go(void **state) {
  (void)state;
  double memory[MOST], most = 0.0, at = 0.0;
  const void *data = prepared(CONTACT SUCTION);
  law->rest(data, 0.0, memory);
  for (int i = 1; i < 1000; i++) {
    const double gap[3] = {0.0, 0.0, 0.001 * i}, pull = respond(data, memory, 0.0, gap).p[2];
    if (pull > most) at = gap[2];
    most = fmax(most, pull);
  }
  stf_assert_near(most, 1e-3, 1e-12);
  stf_assert_near(at, 0.2, 1e-12);
  assert_true(respond(data, memory, 0.0, (const double[]){0, 0, 4.0}).p[2] < 1e-9);
}

static void septa_are_free_until_they_are_straight_and_then_pull_along_themselves(void **state) {
  (void)state;
  double memory[MOST];
  const void *data = prepared(CONTACT SEPTA);
  const double h = 0.043, length = hypot(h, 1.5);
  law->rest(data, 0.0, memory);
  for (int i = 0; i < 150; i++) {
    const stf_glide_answer at = respond(data, memory, 0.0, (const double[]){0.01 * i, 0.0, 0.0});
    assert_true(at.p[0] == 0.0 && at.p[2] == 0.0 && at.W == 0.0);
  }
  const double gap[3] = {1.2, -1.3, 0.1}, d[3] = {gap[0], gap[1], h + gap[2]};
  const double size = sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]), x = size / length - 1.0;
  const double T = 2.75e-3 * x * exp(10.0 * x * x);
  const double expected[3] = {T * d[0] / size, T * d[1] / size, T * d[2] / size};
  assert_true(T > 1e-5);
  stf_assert_all_near(respond(data, memory, 0.0, gap).p, expected, 3, 1e-12);
}

/* ---- film ---- */

/* Drag [MPa] at a slip rate [mm/s] over a film opened by `opening`. */
static double drag_of(const void *data, double rate, double opening) {
  double memory[MOST];
  const double dt = 0.01;
  law->rest(data, 0.0, memory);
  law->advance(data, INFINITY, (const double[]){0.0, 0.0, opening}, memory);
  return respond(data, memory, dt, (const double[]){0.6 * rate * dt, 0.8 * rate * dt, opening}).p[0] / 0.6;
}

/* Viscosity [MPa s] of a film, from its drag. */
static double viscosity_of(const char *yaml, double rate) {
  const double drag = drag_of(prepared(yaml), rate, 0.0);
  return drag * 0.043 / rate;
}

static void the_film_drags_as_couette_flow_does(void **state) {
  (void)state;
  const void *water = prepared(CONTACT FILM("0", "1"));
  stf_assert_near(drag_of(water, 10.0, 0.0), 0.7e-9 * 10.0 / 0.043, 1e-12);
  stf_assert_near(drag_of(water, 10.0, 0.043), 0.7e-9 * 10.0 / 0.086, 1e-12);
  stf_assert_near(drag_of(water, 20.0, 0.0), 0.7e-9 * 20.0 / 0.043, 1e-12);
  stf_assert_near(drag_of(water, 10.0, -0.2), 0.7e-9 * 10.0 / 0.0043, 1e-12); /* never thinner than a tenth */
}

static void no_film_drags_at_once_or_at_rest(void **state) {
  (void)state;
  double memory[MOST];
  const void *data = prepared(CONTACT FILM("5", "2") THINNING);
  law->rest(data, 0.0, memory);
  const double gap[3] = {0.5, 0.2, 0.0};
  assert_true(respond(data, memory, 1.0, gap).p[0] > 0.0);
  assert_true(respond(data, memory, 0.0, gap).p[0] == 0.0);
  assert_true(respond(data, memory, INFINITY, gap).p[0] == 0.0);
  law->advance(data, INFINITY, gap, memory);
  assert_true(law->amount(data, memory, STF_GLIDE_DRAG) == 0.0);
  assert_true(law->amount(data, memory, STF_GLIDE_DISSIPATED) == 0.0);
}

/* Laurent's table (freshine); with c so small that eta_0/eta_w - 1 is c [eta]. */
static void intrinsic_viscosity_is_that_of_the_table(void **state) {
  (void)state;
  static const struct {
    const char *yaml;
    double known;
  } rows[] = {{CONTACT FILM("1e-5", "0.5"), 1.0},
              {CONTACT FILM("1e-5", "1"), 1.73},
              {CONTACT FILM("1e-5", "2"), 2.96},
              {CONTACT FILM("1e-5", "3"), 4.06}};
  for (int i = 0; i < 4; i++)
    stf_assert_row((viscosity_of(rows[i].yaml, 1.0) / 0.7e-9 - 1.0) / 1e-5, rows[i].known, 0.006,
                   "intrinsic viscosity %d [m3/kg]", i);
}

/* About 10 mg/ml and 1 MDa, twice the concentration or molecular weight makes viscosity tenfold (hyaluronate1987). */
static void twice_as_much_or_as_long_hyaluronan_is_some_ten_times_as_viscous(void **state) {
  (void)state;
  const double less = viscosity_of(CONTACT FILM("5", "1"), 1e-6), whole = viscosity_of(CONTACT FILM("10", "1"), 1e-6);
  const double shorter = viscosity_of(CONTACT FILM("10", "0.5"), 1e-6);
  const double longer = viscosity_of(CONTACT FILM("10", "2"), 1e-6);
  stf_assert_row(whole / less, 10.0, 0.3, "twice the hyaluronan (known: tenfold)");
  stf_assert_row(whole / shorter, 10.0, 0.3, "twice the molar mass, to 1 MDa (known: tenfold)");
  stf_assert_row(longer / whole, 10.0, 0.3, "twice the molar mass, to 2 MDa (known: tenfold)");
}

static void viscosity_follows_its_formula(void **state) {
  (void)state;
  const double x = 10.0 * 1.723 * pow(2.0, 0.7814);
  const double known = 0.7e-9 * (1.0 + x + 0.42 * x * x + 0.0078 * pow(x, 4.18));
  stf_assert_near(viscosity_of(CONTACT FILM("10", "2"), 1.0), known, 1e-5);
  const double rate = 50.0, u = pow(rate / 0.043 * known / 20e-6, 0.8);
  stf_assert_near(viscosity_of(CONTACT FILM("10", "2") THINNING, rate), 0.7e-9 + (known - 0.7e-9) / (1.0 + u), 1e-5);
  const double cold = exp(16.0 / 8.314462618e-3 * (1.0 / 293.15 - 1.0 / 310.15));
  assert_true(cold > 1.3);
  stf_assert_near(viscosity_of(CONTACT FILM("10", "2") WARMTH("20 degC"), 1.0), cold * known, 1e-5);
  stf_assert_near(viscosity_of(CONTACT FILM("10", "2") WARMTH("37 degC"), 1.0), known, 1e-5);
}

static void drag_grows_with_the_rate_however_much_it_thins(void **state) {
  (void)state;
  const void *data = prepared(CONTACT FILM("10", "3") THINNING);
  double before = 0.0;
  for (int i = -6; i <= 6; i++) {
    const double drag = drag_of(data, pow(10.0, i), 0.0);
    assert_true(drag > before);
    before = drag;
  }
}

/* ---- bonds ---- */

enum { SHARE = 3, FIRST = 4, SECOND_SLIP = 7 }; /* where areolar.c keeps its moments, for bonds that tests make up */

static void bonds_are_springs_from_where_they_were_born(void **state) {
  (void)state;
  double memory[MOST];
  const void *data = prepared(CONTACT BONDS);
  const double gap[3] = {0.2, -0.1, 0.05};
  law->rest(data, 0.4, memory);
  const double expected[3] = {0.4 * 0.1 * 0.2, -0.4 * 0.1 * 0.1, 0.4 * 0.3 * 0.05};
  stf_assert_all_near(respond(data, memory, 1.0, gap).p, expected, 3, 1e-12);
  memory[FIRST] = 0.4 * 0.2; /* born there */
  memory[SECOND_SLIP] = 0.4 * 0.2 * 0.2;
  assert_true(fabs(respond(data, memory, 1.0, (const double[]){0.2, 0.0, 0.0}).p[0]) < 1e-15);
}

/* Held at a stress S, N' = -k0 (exp(S/S1) - 1) N: exactly, in one step as in many. */
static void held_bonds_break_by_their_rate_in_steps_of_any_length(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS BREAKING);
  const double gap[3] = {0.15, 0.2, 0.0}, S = 0.1 * 0.25, k = 1e-3 * expm1(S / 5e-3), time = 10.0;
  static const int counts[] = {1, 10, 1000};
  for (int c = 0; c < 3; c++) {
    double memory[MOST];
    law->rest(data, 0.5, memory);
    law->advance(data, 0.0, gap, memory); /* at once: nothing breaks */
    assert_true(law->amount(data, memory, STF_GLIDE_BONDS) == 0.5);
    for (int i = 0; i < counts[c]; i++) law->advance(data, time / counts[c], gap, memory);
    stf_assert_near(law->amount(data, memory, STF_GLIDE_BONDS), 0.5 * exp(-k * time), 1e-11);
    stf_assert_near(law->amount(data, memory, STF_GLIDE_BROKEN), -0.5 * expm1(-k * time), 1e-11);
  }
}

/* Pulled at a steady rate, ln N = -k0 (S1/S' (exp(S/S1) - 1) - t). */
static void pulled_bonds_break_by_the_integral_of_their_rate(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS BREAKING);
  const double time = 20.0, S = 0.1 * 0.3, rate = S / time;
  const double lost = 1e-3 * (5e-3 / rate * expm1(S / 5e-3) - time);
  static const int counts[] = {1, 4, 64};
  static const double tolerances[] = {0.25, 2e-3, 1e-7};
  for (int c = 0; c < 3; c++) {
    double memory[MOST];
    law->rest(data, 1.0, memory);
    for (int i = 1; i <= counts[c]; i++)
      law->advance(data, time / counts[c], (const double[]){0.0, 0.3 * i / counts[c], 0.0}, memory);
    stf_assert_row(-log(law->amount(data, memory, STF_GLIDE_BONDS)), lost, tolerances[c], "ln(bonds), %d steps",
                   counts[c]);
  }
}

/* Another area joins a place: its mean slip and its bonds become less, and none of these is stretched by that. */
static void what_joins_a_place_brings_no_bonds_and_stretches_none(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS);
  double memory[STF_GLIDE_MEMORY], shift[2];
  lead(data, 0.4, -0.3, 0.02, memory);
  const stf_glide_answer before = respond(data, memory, 0.0, memory);
  for (int i = 0; i < 2; i++) shift[i] = -0.5 * memory[i];
  law->thin(data, 0.5, shift, memory);
  stf_assert_near(memory[0], 0.2, 1e-15);
  stf_assert_near(memory[1], -0.15, 1e-15);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_BONDS), 0.5, 1e-15);
  const stf_glide_answer after = respond(data, memory, 0.0, memory);
  for (int i = 0; i < 2; i++) stf_assert_near(after.p[i], 0.5 * before.p[i], 1e-12);
  stf_assert_near(after.W, 0.5 * before.W, 1e-12);
}

/* Half of the bonds born at +x and half at -x: no mean force at 0, but each of them pulls, and breaks. */
static void bonds_that_balance_each_other_break_all_the_same(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS BREAKING);
  const double x = 0.25, none[3] = {0.0, 0.0, 0.0}, k = 1e-3 * expm1(0.1 * x / 5e-3);
  double memory[MOST];
  law->rest(data, 1.0, memory);
  memory[SECOND_SLIP] = x * x;
  const stf_glide_answer at = respond(data, memory, 3.0, none);
  assert_true(at.p[0] == 0.0 && at.p[2] == 0.0);
  stf_assert_near(at.W, 0.5 * 0.1 * x * x * exp(-3.0 * k), 1e-12);
  stf_assert_near(law->advance(data, 3.0, none, memory), -expm1(-3.0 * k), 1e-12);
  stf_assert_near(memory[SECOND_SLIP], x * x * exp(-3.0 * k), 1e-12);
  assert_true(law->amount(data, memory, STF_GLIDE_DISSIPATED) > 0.0);
  double K[9], p[3];
  central(data, memory, 3.0, (const double[]){0.02, 0.0, 0.01}, K, p);
  const stf_glide_answer beside = respond(data, memory, 3.0, (const double[]){0.02, 0.0, 0.01});
  stf_assert_derivative(&beside.k[0][0], K, 9, 1e-6, 1e-6);
}

/* B' = v k0' N - k B beside N' = -k0' N: B = v N0 k0'/(k - k0') (exp(-k0' t) - exp(-k t)), then it clears by itself. */
static void vessels_break_with_bonds_and_their_blood_clears(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS BREAKING BLOOD);
  const double gap[3] = {0.2, 0.0, 0.0}, breaking = 1e-3 * expm1(0.1 * 0.2 / 5e-3), clearing = log(2.0) / 200.0;
  const double N = 0.4, v = 1.5, time = 50.0;
  const double wanted = v * N * breaking / (clearing - breaking) * (exp(-breaking * time) - exp(-clearing * time));
  static const int counts[] = {1, 10, 1000};
  static const double tolerances[] = {0.1, 1e-3, 1e-7};
  assert_true(law->bleeds(data) && !law->bleeds(prepared(CONTACT BONDS BREAKING)));
  for (int c = 0; c < 3; c++) {
    double memory[MOST];
    law->rest(data, N, memory);
    law->advance(data, 0.0, gap, memory);
    assert_true(law->amount(data, memory, STF_GLIDE_BLOOD) == 0.0);
    for (int i = 0; i < counts[c]; i++) law->advance(data, time / counts[c], gap, memory);
    const double blood = law->amount(data, memory, STF_GLIDE_BLOOD);
    stf_assert_row(blood, wanted, tolerances[c], "blood, %d steps", counts[c]);
    law->advance(data, 200.0, (const double[]){0.0, 0.0, 0.0}, memory); /* a half-life; hardly a bond breaks */
    stf_assert_near(law->amount(data, memory, STF_GLIDE_BLOOD), 0.5 * blood, 0.25);
    law->advance(data, INFINITY, (const double[]){0.0, 0.0, 0.0}, memory);
    assert_true(law->amount(data, memory, STF_GLIDE_BLOOD) == 0.0);
  }
}

/* Blood of a place is still there, over the larger area, where another joins it. */
static void blood_is_spread_over_what_joins_a_place(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS BREAKING BLOOD);
  double memory[MOST];
  law->rest(data, 0.4, memory);
  for (int i = 0; i < 2; i++) law->advance(data, 10.0, (const double[]){0.2, 0.0, 0.0}, memory);
  const double blood = law->amount(data, memory, STF_GLIDE_BLOOD);
  assert_true(blood > 1e-3);
  law->thin(data, 0.25, (const double[]){-0.15, 0.0}, memory);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_BLOOD), 0.25 * blood, 1e-14);
}

/* Held at a gap, M0 = 1 - exp(-b t), and all of them pull back to that gap; held at -x and then at x for as long, they
 * pull to both. */
static void what_is_held_still_is_knit_as_it_lies(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS "bond_birth_rate: 0.01 1/s\n");
  const double there[3] = {0.3, -0.1, 0.02}, back[3] = {-0.3, 0.1, 0.02};
  double memory[MOST];
  law->rest(data, 0.0, memory);
  for (int i = 0; i < 7; i++) law->advance(data, 10.0, there, memory);
  const double first = -expm1(-0.7), rest = exp(-0.7);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_BONDS), first, 1e-12);
  const stf_glide_answer at = respond(data, memory, 0.0, there), moved = respond(data, memory, 0.0, back);
  stf_assert_small(at.p[0], 1e-15);
  stf_assert_small(at.W, 1e-15); /* nothing is closed, and no bond is stretched where it was born */
  stf_assert_near(moved.p[0], -0.6 * 0.1 * first, 1e-12);
  law->advance(data, 70.0, back, memory);
  const double second = rest * first; /* on what was left */
  stf_assert_near(law->amount(data, memory, STF_GLIDE_BONDS), first + second, 1e-12);
  stf_assert_near(respond(data, memory, 0.0, back).p[0], -0.6 * 0.1 * first, 1e-12); /* the new ones don't pull here */
  stf_assert_near(respond(data, memory, 0.0, there).p[0], 0.6 * 0.1 * second, 1e-12);
  law->advance(data, INFINITY, there, memory);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_BONDS), first + second, 1e-12);
}

static void the_answer_to_a_step_has_lost_what_the_step_loses(void **state) {
  (void)state;
  const void *data = prepared(CONTACT BONDS BREAKING);
  const double gap[3] = {0.2, 0.1, 0.02};
  double memory[MOST];
  law->rest(data, 1.0, memory);
  const stf_glide_answer within = respond(data, memory, 5.0, gap);
  law->advance(data, 5.0, gap, memory);
  const stf_glide_answer after = respond(data, memory, 0.0, gap);
  assert_true(law->amount(data, memory, STF_GLIDE_BROKEN) > 0.1);
  stf_assert_all_near(within.p, after.p, 3, 1e-13);
  stf_assert_near(within.W, after.W, 1e-13);
}

/* ---- what holds for any step ---- */

static void any_step_is_stable_and_loses_energy(void **state) {
  (void)state;
  const void *data = prepared(WHOLE);
  static const double lengths[] = {0.0, 1e-9, 1e-3, 1.0, 1e3, 1e9, INFINITY};
  uint64_t seed = 5;
  for (int walk = 0; walk < 200; walk++) {
    double memory[MOST], before = 0.0, bonds = 1.0;
    law->rest(data, 1.0, memory);
    for (int i = 0; i < 20; i++) {
      const double size = pow(10.0, 3.0 * stf_test_random(&seed) - 1.0), dt = lengths[(walk + 3 * i) % 7];
      const double gap[3] = {size * stf_test_random(&seed), size * stf_test_random(&seed),
                             fmax(0.1 * size * stf_test_random(&seed), -0.04)};
      const stf_glide_answer at = respond(data, memory, dt, gap);
      const double broke = law->advance(data, dt, gap, memory);
      const double lost = law->amount(data, memory, STF_GLIDE_DISSIPATED);
      for (int k = 0; k < 3; k++) assert_true(isfinite(at.p[k]) && isfinite(at.k[k][0]) && isfinite(at.k[k][2]));
      assert_true(isfinite(at.W) && at.W >= 0.0 && broke >= 0.0 && broke <= 1.0);
      assert_true(isfinite(lost) && lost >= before);
      assert_true(law->amount(data, memory, STF_GLIDE_BONDS) >= 0.0);
      assert_true(law->amount(data, memory, STF_GLIDE_BONDS) <= bonds);
      before = lost;
      bonds = law->amount(data, memory, STF_GLIDE_BONDS);
    }
  }
}

/* Along a path in many steps: work put in = what is stored + what is lost. */
static void work_is_stored_or_lost(void **state) {
  (void)state;
  const void *data = prepared(WHOLE);
  const int count = 20000;
  double memory[MOST], work = 0.0, before[3] = {0, 0, 0}, pull[3] = {0, 0, 0}, stored = 0.0;
  law->rest(data, 1.0, memory);
  for (int i = 1; i <= count; i++) {
    const double t = (double)i / count, gap[3] = {0.25 * sin(3.0 * t), 0.15 * t * t, 0.02 * t};
    const stf_glide_answer at = respond(data, memory, 30.0 / count, gap);
    for (int k = 0; k < 3; k++) work += 0.5 * (pull[k] + at.p[k]) * (gap[k] - before[k]);
    memcpy(before, gap, sizeof gap);
    memcpy(pull, at.p, sizeof pull);
    stored = at.W;
    law->advance(data, 30.0 / count, gap, memory);
  }
  const double lost = law->amount(data, memory, STF_GLIDE_DISSIPATED);
  if (!(lost > 0.05 * work && stored > 0.05 * work)) fail_msg("of %g %g are lost, %g stored", work, lost, stored);
  stf_assert_near(stored + lost, work, 1e-5);
}

static void amounts_tell_what_happened(void **state) {
  (void)state;
  const void *data = prepared(CONTACT FILM("0.7", "2") BONDS);
  double memory[MOST];
  law->rest(data, 0.3, memory);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_FILM), 0.043, 1e-12);
  const stf_glide_answer at = respond(data, memory, 0.1, (const double[]){1.0, 0.0, 0.01});
  law->advance(data, 0.1, (const double[]){1.0, 0.0, 0.01}, memory);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_FILM), 0.053, 1e-12);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_DRAG), at.p[0] - 0.3 * 0.1, 1e-9);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_DISSIPATED), law->amount(data, memory, STF_GLIDE_DRAG), 1e-12);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_BONDS), 0.3, 1e-12);
  assert_true(law->amount(data, memory, STF_GLIDE_BROKEN) == 0.0);
  assert_true(memory[0] == 1.0 && memory[1] == 0.0 && memory[2] == 0.01);
}

/* What was squeezed out drags no more, is seen, and is shared with area that joins; contact tells its pressure. */
static void a_film_that_is_squeezed_drags_more(void **state) {
  (void)state;
  const void *data = prepared(CONTACT SUCTION SEPTA FILM("0.7", "2"));
  const double gap[3] = {0.01, 0.0, 0.0}, shift[2] = {0.0, 0.0};
  double memory[MOST];
  stf_film film;
  assert_true(law->film(data, &film));
  stf_assert_near(film.thickness, 0.043, 1e-12);
  stf_assert_near(film.modulus, 2.75e-3, 1e-12);
  law->rest(data, 0.0, memory);
  const double drag = respond(data, memory, 1.0, gap).p[0];
  stf_assert_near(drag, film.viscosity * 0.01 / 0.043, 1e-9);
  law->squeeze(data, 0.020, memory);
  stf_assert_near(respond(data, memory, 1.0, gap).p[0], drag * 43.0 / 23.0, 1e-9);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_FILM), 0.023, 1e-12);
  law->thin(data, 0.25, shift, memory);
  stf_assert_near(law->amount(data, memory, STF_GLIDE_SQUEEZED), 0.005, 1e-12);
  for (int way = 0; way < 2; way++) {
    lead(data, 0.0, 0.0, way ? 0.05 : -0.002, memory);
    stf_assert_near(law->amount(data, memory, STF_GLIDE_PRESSURE), -respond(data, memory, 0.0, memory).p[2], 1e-12);
  }
  assert_false(law->film(prepared(CONTACT), &film));
}

/* ---- parameters ---- */

static void groups_are_given_whole_or_not_at_all(void **state) {
  (void)state;
  static const char *const halves[][2] = {
      {CONTACT "suction: 1 kPa\n", "suction"},
      {CONTACT "free_slip: 1 mm\nsepta_modulus: 1 kPa\n", "septa_stiffening"},
      {CONTACT "septa_stiffening: 3\n", "free_slip"},
      {CONTACT BONDS BREAKING "bleeding: 1 mm\n", "blood_half_life"},
      {CONTACT BONDS BLOOD, "bond_breaking_rate"},
      {CONTACT "bond_birth_rate: 1 1/s\n", "stiffness"},
      {CONTACT "hyaluronan: 1 mg/ml\n", "molar_mass"},
      {CONTACT THINNING, "hyaluronan"},
      {CONTACT WARMTH("30 degC"), "hyaluronan"},
      {CONTACT FILM("1", "1") "thinning_stress: 3 Pa\n", "thinning_exponent"},
      {CONTACT FILM("1", "1") "temperature: 30 degC\n", "activation_energy"},
      {CONTACT "bond_slip_stiffness: 1 MPa/mm\n", "bond_opening_stiffness"},
      {CONTACT BONDS "bond_breaking_rate: 1 1/s\n", "bond_breaking_stress"},
      {CONTACT BREAKING, "stiffness"},
      {"thickness: 43 um\nclosing_stiffness: 1 kPa/mm\n" SUCTION, "closing_stiffness"},
  };
  for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
    const char *reason;
    try_to_prepare(halves[i][0], &reason);
    if (!reason || !strstr(reason, halves[i][1])) fail_msg("%s for\n%s", reason ? reason : "no reason", halves[i][0]);
  }
}

static void what_is_left_out_is_not_there(void **state) {
  (void)state;
  double memory[MOST];
  const void *data = prepared(CONTACT);
  assert_false(law->knits(data));
  assert_true(law->knits(prepared(CONTACT BONDS)));
  law->rest(data, 0.0, memory);
  const stf_glide_answer at = respond(data, memory, 1.0, (const double[]){5.0, 3.0, 1.0});
  assert_true(at.W == 0.0 && at.p[0] == 0.0 && at.p[1] == 0.0 && at.p[2] == 0.0);
  assert_true(respond(data, memory, 1.0, (const double[]){5.0, 3.0, -0.01}).p[2] < 0.0);
}

static void laws_of_glide_describe_themselves(void **state) {
  (void)state;
  for (size_t i = 0; stf_glide_laws[i]; i++) {
    const stf_law_about *about = &stf_glide_laws[i]->about;
    assert_true(*about->name && *about->sentence && *about->references && about->data_size > 0);
    assert_string_equal(about->parameters->name, about->name);
    assert_ptr_equal(stf_glide_law_find(about->name), stf_glide_laws[i]);
    assert_true(stf_glide_laws[i]->memory >= STF_GAP);
  }
  assert_null(stf_glide_law_find("fibrils"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tangent_is_the_slope_of_traction),
      cmocka_unit_test(the_tangent_is_consistent_also_without_symmetry),
      cmocka_unit_test(traction_is_the_slope_of_energy_where_nothing_is_lost),
      cmocka_unit_test(rest_is_free_of_stress_and_of_energy),
      cmocka_unit_test(closing_is_stiff_and_begins_smoothly),
      cmocka_unit_test(suction_holds_up_to_its_stress_and_then_lets_go),
      cmocka_unit_test(septa_are_free_until_they_are_straight_and_then_pull_along_themselves),
      cmocka_unit_test(the_film_drags_as_couette_flow_does),
      cmocka_unit_test(no_film_drags_at_once_or_at_rest),
      cmocka_unit_test(intrinsic_viscosity_is_that_of_the_table),
      cmocka_unit_test(twice_as_much_or_as_long_hyaluronan_is_some_ten_times_as_viscous),
      cmocka_unit_test(viscosity_follows_its_formula),
      cmocka_unit_test(drag_grows_with_the_rate_however_much_it_thins),
      cmocka_unit_test(bonds_are_springs_from_where_they_were_born),
      cmocka_unit_test(what_joins_a_place_brings_no_bonds_and_stretches_none),
      cmocka_unit_test(held_bonds_break_by_their_rate_in_steps_of_any_length),
      cmocka_unit_test(pulled_bonds_break_by_the_integral_of_their_rate),
      cmocka_unit_test(bonds_that_balance_each_other_break_all_the_same),
      cmocka_unit_test(vessels_break_with_bonds_and_their_blood_clears),
      cmocka_unit_test(blood_is_spread_over_what_joins_a_place),
      cmocka_unit_test(what_is_held_still_is_knit_as_it_lies),
      cmocka_unit_test(the_answer_to_a_step_has_lost_what_the_step_loses),
      cmocka_unit_test(any_step_is_stable_and_loses_energy),
      cmocka_unit_test(work_is_stored_or_lost),
      cmocka_unit_test(amounts_tell_what_happened),
      cmocka_unit_test(a_film_that_is_squeezed_drags_more),
      cmocka_unit_test(groups_are_given_whole_or_not_at_all),
      cmocka_unit_test(what_is_left_out_is_not_there),
      cmocka_unit_test(laws_of_glide_describe_themselves),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
