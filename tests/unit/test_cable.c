/* Cables: the force of a V, forces and stiffness as slopes of the energy, and nothing where slack. */
#include <math.h>
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

static void respond(int points, const double (*X)[3], const double (*u)[3], stf_want want, stf_block_out *out) {
  stf_cable_block.respond(&cord, points, X, u, want, out);
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
  stf_cable_read(&cord, 3, X, u, &found_stretch, &found_force);
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
      cmocka_unit_test(a_slack_cable_has_neither_force_nor_stiffness),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
