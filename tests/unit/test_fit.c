/* Least squares between bounds against known minima, and what data leave open against closed forms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fit/least_squares.h"
#include "fit/uncertainty.h"
#include "stf_test.h"
#include "striffin.h"

static stf_arena *arena;

static int start(void **state) {
  (void)state;
  arena = stf_arena_create();
  return !arena || stf_run_start();
}

static int stop(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  stf_run_stop();
  return 0;
}

/* ---- least squares ---- */

static const double steps[] = {1e-4, 1e-4, 1e-4};

/* How often a problem was asked, and from when on it refuses. */
typedef struct asked {
  long times, refuse_from;
  bool outside; /* of 0 to 1 */
} asked;

static stf_status note(asked *a, const double *x, size_t count) {
  for (size_t i = 0; i < count; i++) a->outside = a->outside || x[i] < 0.0 || x[i] > 1.0;
  return ++a->times == a->refuse_from ? STF_NO_SOLUTION : STF_OK;
}

/* Rosenbrock's valley with its bottom at (0.4, 0.16). */
static stf_status valley(const double *x, double *residual, void *context) {
  residual[0] = 10.0 * (x[1] - x[0] * x[0]);
  residual[1] = 0.4 - x[0];
  return note(context, x, 2);
}

static void a_curved_valley_is_followed_to_its_bottom(void **state) {
  (void)state;
  asked a = {0};
  const stf_residuals problem = {2, 2, steps, valley, &a};
  stf_least_squares found;
  const double from[] = {0.9, 0.1};
  assert_int_equal(stf_least_squares_solve(&problem, from, arena, &found), STF_OK);
  assert_true(found.converged);
  stf_assert_near(found.x[0], 0.4, 1e-8);
  stf_assert_near(found.x[1], 0.16, 1e-8);
  stf_assert_near(found.jacobian[0], -8.0, 1e-6); /* d residual[0]/dx[0] */
  stf_assert_near(found.jacobian[1], 10.0, 1e-6);
  assert_int_equal(found.evaluations, a.times);
  assert_false(a.outside);
}

/* More residuals than parameters, none of which can be zero: the best is a mean. */
static stf_status spread(const double *x, double *residual, void *context) {
  static const double measured[] = {0.2, 0.3, 0.7};
  for (int i = 0; i < 3; i++) residual[i] = x[0] - measured[i];
  return note(context, x, 1);
}

static void what_cannot_be_met_is_met_in_the_mean(void **state) {
  (void)state;
  asked a = {0};
  const stf_residuals problem = {1, 3, steps, spread, &a};
  stf_least_squares found;
  assert_int_equal(stf_least_squares_solve(&problem, &(double){0.95}, arena, &found), STF_OK);
  stf_assert_near(found.x[0], 0.4, 1e-8);
  stf_assert_near(found.sum, 0.04 + 0.01 + 0.09, 1e-8);
}

/* The free minimum (1.3, 0.5) lies outside; with x[0] held at 1 that of x[1] is 0.5 + 0.3/2. */
static stf_status beyond(const double *x, double *residual, void *context) {
  residual[0] = x[0] - 1.3 + (x[1] - 0.5);
  residual[1] = x[1] - 0.5;
  residual[2] = 2.0 * (x[0] - 1.3);
  return note(context, x, 2);
}

static void bounds_are_respected_and_the_rest_is_best_there(void **state) {
  (void)state;
  asked a = {0};
  const stf_residuals problem = {2, 3, steps, beyond, &a};
  stf_least_squares found;
  const double from[] = {0.2, 0.2};
  assert_int_equal(stf_least_squares_solve(&problem, from, arena, &found), STF_OK);
  assert_true(found.converged);
  stf_assert_near(found.x[0], 1.0, 1e-12);
  stf_assert_near(found.x[1], 0.65, 1e-8);
  assert_false(a.outside);
}

/* Only the product counts. */
static stf_status product(const double *x, double *residual, void *context) {
  residual[0] = 30.0 * (x[0] * x[1] - 0.12);
  return note(context, x, 2);
}

static void a_product_is_found_where_its_factors_cannot_be(void **state) {
  (void)state;
  asked a = {0};
  const stf_residuals problem = {2, 1, steps, product, &a};
  stf_least_squares found;
  const double from[] = {0.5, 0.9};
  assert_int_equal(stf_least_squares_solve(&problem, from, arena, &found), STF_OK);
  assert_true(found.converged);
  stf_assert_near(found.x[0] * found.x[1], 0.12, 1e-8);
}

static void a_run_that_fails_ends_the_search_with_its_status(void **state) {
  (void)state;
  for (long at = 1; at < 8; at++) {
    asked a = {.refuse_from = at};
    const stf_residuals problem = {2, 2, steps, valley, &a};
    stf_least_squares found;
    const double from[] = {0.9, 0.1};
    assert_int_equal(stf_least_squares_solve(&problem, from, arena, &found), STF_NO_SOLUTION);
    assert_int_equal(a.times, at);
  }
}

/* ---- what data fix ---- */

static const bool none[] = {false, false, false};

/* J = [[3, 4], [0, 5]]: (J^T J)^-1 = [[41, -12], [-12, 9]] / 225. */
static void errors_and_correlation_are_those_of_the_inverse(void **state) {
  (void)state;
  static const double jacobian[] = {3, 4, 0, 5};
  stf_uncertainty u;
  assert_int_equal(stf_uncertainty_find(2, 2, jacobian, none, arena, &u), STF_OK);
  stf_assert_near(u.error[0], sqrt(41.0 / 225.0), 1e-12);
  stf_assert_near(u.error[1], sqrt(9.0 / 225.0), 1e-12);
  stf_assert_near(u.correlation[1], -12.0 / sqrt(41.0 * 9.0), 1e-12);
  stf_assert_near(u.correlation[2], u.correlation[1], 1e-12);
  assert_true(u.correlation[0] == 1.0 && u.correlation[3] == 1.0);
  stf_assert_near(u.condition, 3.0, 1e-12); /* singular values are sqrt(45) and sqrt(5) */
  assert_int_equal(u.loose_count, 0);
  assert_true(u.fixed[0] && u.fixed[1]);
}

/* Columns 1 and 2 are 2 and -1 times the same, column 0 stands for itself. */
static void a_combination_that_nothing_depends_on_is_named(void **state) {
  (void)state;
  static const double jacobian[] = {7, 0, 0, 0, 8, -4, 0, 6, -3};
  stf_uncertainty u;
  assert_int_equal(stf_uncertainty_find(3, 3, jacobian, none, arena, &u), STF_OK);
  assert_int_equal(u.loose_count, 1);
  assert_true(u.loose[0].open);
  stf_assert_near(u.loose[0].direction[1], 1.0 / sqrt(5.0), 1e-12);
  stf_assert_near(u.loose[0].direction[2], 2.0 / sqrt(5.0), 1e-12);
  assert_true(fabs(u.loose[0].direction[0]) < 1e-12);
  assert_true(u.fixed[0] && !u.fixed[1] && !u.fixed[2]);
  stf_assert_near(u.error[0], 1.0 / 7.0, 1e-12);
  assert_true(isnan(u.error[1]) && isnan(u.error[2]));
  assert_true(isnan(u.correlation[1]) && isnan(u.correlation[5]));
}

static void fewer_measurements_than_parameters_leave_something_open(void **state) {
  (void)state;
  static const double jacobian[] = {3, 4, 12};
  stf_uncertainty u;
  assert_int_equal(stf_uncertainty_find(1, 3, jacobian, none, arena, &u), STF_OK);
  assert_int_equal(u.loose_count, 2);
  for (int k = 0; k < 2; k++)
    assert_true(fabs(3 * u.loose[k].direction[0] + 4 * u.loose[k].direction[1] + 12 * u.loose[k].direction[2]) < 1e-12);
}

static void what_the_data_fix_less_than_the_bounds_is_told_apart(void **state) {
  (void)state;
  static const double jacobian[] = {5, 0, 0, 0.5};
  stf_uncertainty u;
  assert_int_equal(stf_uncertainty_find(2, 2, jacobian, none, arena, &u), STF_OK);
  assert_int_equal(u.loose_count, 1);
  assert_false(u.loose[0].open);
  assert_true(u.fixed[0] && !u.fixed[1]);
  stf_assert_near(u.error[1], 2.0, 1e-12);
}

/* Singular values 5e5 and 5e5 r: J^T J of a condition above 1e8 is beyond what differences of runs can tell. */
static void what_differences_cannot_tell_from_nothing_is_open(void **state) {
  (void)state;
  static const double ratio[] = {0.9e-4, 1.1e-4};
  for (int k = 0; k < 2; k++) {
    const double jacobian[] = {5e5, 0, 0, 5e5 * ratio[k]};
    stf_uncertainty u;
    assert_int_equal(stf_uncertainty_find(2, 2, jacobian, none, arena, &u), STF_OK);
    assert_int_equal(u.loose_count, k ? 0 : 1);
    assert_true(k ? u.fixed[1] : u.loose[0].open && isnan(u.error[1]));
  }
}

static void a_parameter_at_its_bound_counts_as_known(void **state) {
  (void)state;
  static const double jacobian[] = {3, 4, 0, 5};
  static const bool second[] = {false, true};
  stf_uncertainty u;
  assert_int_equal(stf_uncertainty_find(2, 2, jacobian, second, arena, &u), STF_OK);
  stf_assert_near(u.error[0], 1.0 / 3.0, 1e-12);
  assert_true(isnan(u.error[1]) && !u.fixed[1] && u.fixed[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_curved_valley_is_followed_to_its_bottom),
      cmocka_unit_test(what_cannot_be_met_is_met_in_the_mean),
      cmocka_unit_test(bounds_are_respected_and_the_rest_is_best_there),
      cmocka_unit_test(a_product_is_found_where_its_factors_cannot_be),
      cmocka_unit_test(a_run_that_fails_ends_the_search_with_its_status),
      cmocka_unit_test(errors_and_correlation_are_those_of_the_inverse),
      cmocka_unit_test(a_combination_that_nothing_depends_on_is_named),
      cmocka_unit_test(fewer_measurements_than_parameters_leave_something_open),
      cmocka_unit_test(what_the_data_fix_less_than_the_bounds_is_told_apart),
      cmocka_unit_test(what_differences_cannot_tell_from_nothing_is_open),
      cmocka_unit_test(a_parameter_at_its_bound_counts_as_known),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
