/* Cables: the force of a V, forces and stiffness as slopes of the energy, and nothing where slack. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "element/cable.h"
#include "stf_test.h"

enum { POINTS = 4, DOFS = 3 * POINTS };
static const double H = 1e-5;

static stf_arena *arena;
static stf_cable_core cord;

/* N = 2 k1 l e exp(k2 e^2), e = l^2 - 1; area 0.5 mm^2 */
static int set_up(void **state) {
  (void)state;
  const stf_fibre_law *law = stf_fibre_law_find("exponential-fibre");
  arena = stf_arena_create();
  const void *parameters = stf_test_read(law->about.parameters, "k1: 3 MPa\nk2: 2\n", arena);
  void *data = stf_arena_alloc(arena, law->about.data_size);
  assert_non_null(data);
  assert_null(law->about.prepare(parameters, data));
  cord = (stf_cable_core){.law = law, .data = data, .area = 0.5, .natural = 10.0};
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

static double tension(double stretch) {
  const double e = stretch * stretch - 1.0;
  return 0.5 * 2.0 * 3.0 * stretch * e * exp(2.0 * e * e);
}

static const stf_past *past; /* of the cord; NULL: none */

static void respond(int points, const double (*X)[3], const double (*u)[3], stf_want want, stf_block_out *out) {
  stf_cable_block.respond(&cord, past, points, X, u, want, out);
}

/* Through a point 3 mm below its ends, which are 8 mm apart: 5 mm on either side at first, then it is pulled down. */
static void a_v_pulls_at_its_point_with_twice_the_cosine(void **state) {
  (void)state;
  const double X[3][3] = {{-4, 0, 0}, {0, 0, -3}, {4, 0, 0}}, u[3][3] = {{0}, {0, 0, -1}, {0}};
  const double side = sqrt(32.0), stretch = 2.0 * side / 10.0, T = tension(stretch);
  double f[9], found_stretch, found_force;
  stf_block_out out = {.f = f};
  respond(3, X, u, STF_WANT_STRESS, &out);
  const double wanted[9] = {-T * 4 / side, 0, T * 4 / side, 0, 0, -2 * T * 4 / side, T * 4 / side, 0, T * 4 / side};
  assert_true(T > 1.0);
  stf_assert_all_near(f, wanted, 9, 1e-13);
  stf_cable_read(&cord, NULL, 3, X, u, &found_stretch, &found_force);
  stf_assert_near(found_stretch, stretch, 1e-14);
  stf_assert_near(found_force, T, 1e-13);
}

static void sliding_through_costs_nothing(void **state) {
  (void)state;
  const double X[3][3] = {{0, 0, 0}, {3, 0, 0}, {12, 0, 0}}; /* taut, through a point on its way */
  double f[9];
  stf_block_out out = {.f = f};
  for (int k = 0; k < 3; k++) {
    const double u[3][3] = {{0}, {2.5 * k, 0, 0}, {0}};
    respond(3, X, u, STF_WANT_STRESS, &out);
    for (int i = 0; i < 3; i++) stf_assert_small(f[3 + i], 1e-14);
    stf_assert_near(f[6], tension(1.2), 1e-13);
  }
}

static void forces_and_stiffness_are_the_slopes_of_the_energy(void **state) {
  (void)state;
  uint64_t seed = 9;
  double X[POINTS][3], u[POINTS][3], f[DOFS], K[DOFS * DOFS], df[DOFS], dK[DOFS * DOFS], up[DOFS], down[DOFS];
  for (int d = 0; d < DOFS; d++) {
    X[d / 3][d % 3] = (d % 3 == 0 ? 3.5 * (d / 3) : 0.0) + stf_test_random(&seed);
    u[d / 3][d % 3] = 0.4 * stf_test_random(&seed) + (d % 3 == 0 ? 0.3 * (d / 3) : 0.0);
  }
  for (int d = 0; d < DOFS; d++) {
    double *at = &u[d / 3][d % 3];
    const double here = *at;
    stf_block_out more = {.f = up}, less = {.f = down};
    for (int want = STF_WANT_ENERGY; want <= STF_WANT_STRESS; want++) {
      *at = here + H;
      respond(POINTS, (const double(*)[3])X, (const double(*)[3])u, (stf_want)want, &more);
      *at = here - H;
      respond(POINTS, (const double(*)[3])X, (const double(*)[3])u, (stf_want)want, &less);
    }
    *at = here;
    df[d] = (more.energy - less.energy) / (2.0 * H);
    for (int r = 0; r < DOFS; r++) dK[DOFS * r + d] = (up[r] - down[r]) / (2.0 * H);
  }
  stf_block_out out = {.f = f, .K = K};
  respond(POINTS, (const double(*)[3])X, (const double(*)[3])u, STF_WANT_TANGENT, &out);
  stf_assert_derivative(f, df, DOFS, 1e-1, 1e-8);
  stf_assert_derivative(K, dK, DOFS * DOFS, 1e-1, 1e-8);
}

/* A cord of fibrils that relax. */
static stf_cable_core remembering_cord(const char *more) {
  const stf_fibre_law *law = stf_fibre_law_find("fibrils");
  char yaml[600];
  snprintf(yaml, sizeof yaml,
           "modulus: 300 MPa\nstraightening_stretch: 1.02\nstraightening_sd: 0.006\nrelaxation: 11 %%\n"
           "relaxation_from: 0.1 s\nrelaxation_to: 1000 s\n%s",
           more);
  const void *parameters = stf_test_read(law->about.parameters, yaml, arena);
  void *data = stf_arena_alloc(arena, law->about.data_size);
  assert_non_null(data);
  assert_null(law->about.prepare(parameters, data));
  return (stf_cable_core){.law = law, .data = data, .area = 0.5, .natural = 10.0, .memory = law->memory->size(data)};
}

/* The same derivatives after 5 s at a stretch of about 1.06, at the end of a step of 2 s to about 1.08. */
static void what_a_cable_remembers_counts_in_energy_forces_and_stiffness(void **state) {
  const stf_cable_core exponential = cord;
  const double X[2][3] = {{0, 0, 0}, {10.6, 0, 0}}, still[2][3] = {{0}};
  double fresh, force, stretch;
  cord = remembering_cord("");
  stf_lane *memory = NULL;
  assert_int_equal(posix_memalign((void **)&memory, sizeof *memory, cord.memory * sizeof *memory), 0);
  assert_true(cord.memory > 0 && stf_cable_block.memory(&cord) == cord.memory);
  const stf_past held = {.dt = 2.0, .memory = memory}, at_once = {.dt = 0.0, .memory = memory};
  stf_cable_block.rest(&cord, memory);
  stf_cable_read(&cord, &at_once, 2, X, still, &stretch, &fresh);
  stf_cable_block.advance(&cord, 0.0, 2, X, still, memory);
  stf_cable_block.advance(&cord, 5.0, 2, X, still, memory);
  stf_cable_read(&cord, &at_once, 2, X, still, &stretch, &force);
  stf_assert_near(stretch, 1.06, 1e-14);
  assert_true(fresh > 4.0 && force > 0.5 * fresh && force < 0.9 * fresh);
  past = &held;
  forces_and_stiffness_are_the_slopes_of_the_energy(state);
  past = NULL;
  free(memory);
  cord = exponential;
}

static void a_cable_tears_as_its_fibres_do(void **state) {
  (void)state;
  const stf_cable_core c =
      remembering_cord("slip_time: 1e5 s\nslip_stress: 1.5 MPa\nbreaking_rate: 1e-5 1/s\nbreaking_stress: 2 MPa\n");
  const double X[2][3] = {{0, 0, 0}, {10.6, 0, 0}}, still[2][3] = {{0}};
  stf_lane *memory = NULL, *fibre = NULL, at, share;
  assert_int_equal(posix_memalign((void **)&memory, sizeof *memory, c.memory * sizeof *memory), 0);
  assert_int_equal(posix_memalign((void **)&fibre, sizeof *fibre, c.memory * sizeof *fibre), 0);
  stf_cable_block.rest(&c, memory);
  c.law->memory->rest(c.data, fibre);
  assert_true(stf_cable_torn(&c, memory) == 0.0);
  STF_EACH_LANE at[l] = 1.06;
  for (int n = 0; n < 5; n++) {
    const double lost = stf_cable_block.advance(&c, 10.0, 2, X, still, memory);
    stf_assert_near(c.law->memory->advance(c.data, 10.0, at, fibre), lost, 1e-13);
    assert_true(lost > 1e-3);
  }
  c.law->memory->torn(c.data, fibre, share);
  stf_assert_near(stf_cable_torn(&c, memory), share[0], 1e-13);
  free(memory);
  free(fibre);
}

static void a_slack_cable_has_neither_force_nor_stiffness(void **state) {
  (void)state;
  const double X[3][3] = {{0, 0, 0}, {4, 1, 0}, {8, 0, 0}}, u[3][3] = {{0}};
  double f[9], K[81];
  stf_block_out out = {.f = f, .K = K};
  respond(3, X, u, STF_WANT_TANGENT, &out);
  for (int n = 0; n < 81; n++) assert_true(K[n] == 0.0);
  for (int n = 0; n < 9; n++) assert_true(f[n] == 0.0);
  respond(3, X, u, STF_WANT_ENERGY, &out);
  assert_true(out.energy == 0.0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_v_pulls_at_its_point_with_twice_the_cosine),
      cmocka_unit_test(sliding_through_costs_nothing),
      cmocka_unit_test(forces_and_stiffness_are_the_slopes_of_the_energy),
      cmocka_unit_test(what_a_cable_remembers_counts_in_energy_forces_and_stiffness),
      cmocka_unit_test(a_cable_tears_as_its_fibres_do),
      cmocka_unit_test(a_slack_cable_has_neither_force_nor_stiffness),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
