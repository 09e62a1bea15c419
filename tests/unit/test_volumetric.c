/* The energies of volume change: their values, their slopes, and how they enter a response. */
#include <math.h>
#include <string.h>

#include "material/kinematics.h"
#include "material/volumetric.h"
#include "stf_test.h"

enum { KINDS = 3 };
static const double KAPPA = 17.0, STEP = 1e-5;

static double energy_by_definition(stf_volumetric_kind kind, double J) {
  if (kind == STF_CONVEX) return KAPPA / 4.0 * (J * J - 1.0 - 2.0 * log(J));
  if (kind == STF_LOG) return KAPPA / 2.0 * pow(log(J), 2);
  return KAPPA / 2.0 * pow(J - 1.0, 2);
}

static void volumetric(stf_volumetric_kind kind, double kappa, const stf_lane J, stf_lane U, stf_lane dU,
                       stf_lane ddU) {
  stf_volumetric_energy(kind, kappa, J, U);
  stf_volumetric(kind, kappa, J, dU, ddU);
}

static void energies_are_the_documented_ones(void **state) {
  (void)state;
  stf_lane J, U, dU, ddU;
  STF_EACH_LANE J[l] = 0.4 + 0.25 * l;
  for (int kind = 0; kind < KINDS; kind++) {
    volumetric((stf_volumetric_kind)kind, KAPPA, J, U, dU, ddU);
    for (int lane = 0; lane < STF_LANES; lane++) {
      stf_test_about("%s, J = %g", stf_volumetric_names[kind], J[lane]);
      stf_assert_near(U[lane], energy_by_definition((stf_volumetric_kind)kind, J[lane]), 1e-14);
    }
  }
}

static void at_the_rest_volume_only_the_bulk_modulus_is_left(void **state) {
  (void)state;
  stf_lane J, U, dU, ddU;
  STF_EACH_LANE J[l] = 1.0;
  for (int kind = 0; kind < KINDS; kind++) {
    volumetric((stf_volumetric_kind)kind, KAPPA, J, U, dU, ddU);
    for (int lane = 0; lane < STF_LANES; lane++) {
      assert_true(U[lane] == 0.0);
      assert_true(dU[lane] == 0.0);
      assert_true(ddU[lane] == KAPPA);
    }
  }
}

static void slopes_agree_with_differences(void **state) {
  (void)state;
  stf_lane J, U, dU, ddU, up, down, U_up, U_down, dU_up, dU_down, unused;
  STF_EACH_LANE J[l] = 0.35 + 0.27 * l;
  STF_EACH_LANE up[l] = J[l] + STEP;
  STF_EACH_LANE down[l] = J[l] - STEP;
  for (int kind = 0; kind < KINDS; kind++) {
    volumetric((stf_volumetric_kind)kind, KAPPA, J, U, dU, ddU);
    volumetric((stf_volumetric_kind)kind, KAPPA, up, U_up, dU_up, unused);
    volumetric((stf_volumetric_kind)kind, KAPPA, down, U_down, dU_down, unused);
    for (int lane = 0; lane < STF_LANES; lane++) {
      const double first = (U_up[lane] - U_down[lane]) / (2.0 * STEP);
      const double second = (dU_up[lane] - dU_down[lane]) / (2.0 * STEP);
      stf_test_about("%s, J = %g", stf_volumetric_names[kind], J[lane]);
      stf_assert_derivative(&dU[lane], &first, 1, 1e-2, 1e-7);
      stf_assert_derivative(&ddU[lane], &second, 1, 1e-2, 1e-7);
    }
  }
}

static void convex_is_convex_everywhere_and_log_up_to_e(void **state) {
  (void)state;
  stf_lane J = {1e-3, 0.1, 0.5, 1.0, 2.0, 2.7, 2.8, 10.0}, U, dU, ddU;
  volumetric(STF_CONVEX, KAPPA, J, U, dU, ddU);
  for (int lane = 0; lane < STF_LANES; lane++) assert_true(ddU[lane] >= KAPPA / 2.0);
  volumetric(STF_LOG, KAPPA, J, U, dU, ddU);
  for (int lane = 0; lane < STF_LANES; lane++) assert_true((ddU[lane] > 0.0) == (J[lane] < exp(1.0)));
}

static void closing_a_volume_costs_without_limit_but_for_quadratic(void **state) {
  (void)state;
  stf_lane J, U, dU, ddU;
  for (int lane = 0; lane < STF_LANES; lane++) J[lane] = pow(10.0, -30.0 * (lane + 1));
  volumetric(STF_CONVEX, KAPPA, J, U, dU, ddU);
  for (int lane = 1; lane < STF_LANES; lane++) assert_true(U[lane] > U[lane - 1] + 30.0 * KAPPA);
  volumetric(STF_LOG, KAPPA, J, U, dU, ddU);
  for (int lane = 1; lane < STF_LANES; lane++) assert_true(U[lane] > U[lane - 1] + 30.0 * KAPPA);
  volumetric(STF_QUADRATIC, KAPPA, J, U, dU, ddU);
  for (int lane = 0; lane < STF_LANES; lane++) assert_true(U[lane] <= KAPPA / 2.0);
}

static void names_stand_in_the_order_of_the_enum(void **state) {
  (void)state;
  assert_string_equal(stf_volumetric_names[STF_CONVEX], "convex");
  assert_string_equal(stf_volumetric_names[STF_LOG], "log");
  assert_string_equal(stf_volumetric_names[STF_QUADRATIC], "quadratic");
  assert_null(stf_volumetric_names[KINDS]);
}

/* A different random F in every lane. */
static void draw(uint64_t *seed, stf_lane F[9]) {
  for (int lane = 0; lane < STF_LANES; lane++) {
    double one[9];
    stf_test_random_gradient(seed, 0.6, one);
    stf_test_to_lane(one, 9, lane, F);
  }
}

static void cofactor_and_determinant_are_those_of_the_matrix(void **state) {
  (void)state;
  uint64_t seed = 1;
  stf_lane F[9], cof[9], J;
  draw(&seed, F);
  stf_cofactor(F, cof, J);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double one[9], transposed[9], product[9], expected[9] = {0};
    stf_test_from_lane(F, 9, lane, one);
    for (int r = 0; r < 9; r++) transposed[r] = cof[3 * (r % 3) + r / 3][lane];
    stf_test_multiply(one, transposed, product); /* F cof^T = J I */
    expected[0] = expected[4] = expected[8] = stf_test_determinant(one);
    stf_assert_all_near(product, expected, 9, 1e-14);
    stf_assert_near(J[lane], stf_test_determinant(one), 1e-14);
  }
}

/* Over the whole range of doubles, and closely around 1, where it must be exact. */
static void inverse_cube_roots_are_right_to_two_units_in_the_last_place(void **state) {
  (void)state;
  uint64_t seed = 5;
  stf_lane x, y;
  for (int turn = 0; turn < 4000; turn++) {
    for (int lane = 0; lane < STF_LANES; lane++) x[lane] = exp((turn % 2 ? 700.0 : 1.0) * stf_test_random(&seed));
    stf_inverse_cube_root(x, y);
    for (int lane = 0; lane < STF_LANES; lane++)
      stf_assert_near(y[lane], (double)(1.0L / cbrtl((long double)x[lane])), 2.0 * 2.2e-16);
  }
  STF_EACH_LANE x[l] = 1.0;
  stf_inverse_cube_root(x, y);
  for (int lane = 0; lane < STF_LANES; lane++) assert_true(y[lane] == 1.0);
}

/* dU/dF = U'(J) cof F, and its slope, at a U whose derivatives do not depend on each other. */
static void the_volumetric_part_of_a_response_agrees_with_differences(void **state) {
  (void)state;
  uint64_t seed = 2;
  stf_lane F[9], moved[9], cof[9], J, U, dU, ddU;
  for (int kind = 0; kind < KINDS; kind++) {
    stf_response at = {0};
    draw(&seed, F);
    stf_cofactor(F, cof, J);
    volumetric((stf_volumetric_kind)kind, KAPPA, J, U, dU, ddU);
    stf_volumetric_add(F, (const stf_lane *)cof, dU, ddU, STF_WANT_TANGENT, &at);
    for (int c = 0; c < 9; c++) {
      stf_response side[2] = {{{0}}, {{0}}};
      for (int d = 0; d < 2; d++) {
        memcpy(moved, F, sizeof moved);
        STF_EACH_LANE moved[c][l] += d ? STEP : -STEP;
        stf_cofactor(moved, cof, J);
        volumetric((stf_volumetric_kind)kind, KAPPA, J, U, dU, ddU);
        STF_EACH_LANE side[d].W[l] = U[l];
        stf_volumetric_add(moved, (const stf_lane *)cof, dU, ddU, STF_WANT_STRESS, &side[d]);
      }
      for (int lane = 0; lane < STF_LANES; lane++) {
        double column[10], difference[10];
        for (int r = 0; r < 9; r++) {
          column[r] = at.A[stf_packed(9, r, c)][lane];
          difference[r] = (side[1].P[r][lane] - side[0].P[r][lane]) / (2.0 * STEP);
        }
        column[9] = at.P[c][lane];
        difference[9] = (side[1].W[lane] - side[0].W[lane]) / (2.0 * STEP);
        stf_test_about("%s, column %d", stf_volumetric_names[kind], c);
        stf_assert_derivative(column, difference, 10, 1e-2, 1e-7);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(energies_are_the_documented_ones),
      cmocka_unit_test(at_the_rest_volume_only_the_bulk_modulus_is_left),
      cmocka_unit_test(slopes_agree_with_differences),
      cmocka_unit_test(convex_is_convex_everywhere_and_log_up_to_e),
      cmocka_unit_test(closing_a_volume_costs_without_limit_but_for_quadratic),
      cmocka_unit_test(names_stand_in_the_order_of_the_enum),
      cmocka_unit_test(cofactor_and_determinant_are_those_of_the_matrix),
      cmocka_unit_test(inverse_cube_roots_are_right_to_two_units_in_the_last_place),
      cmocka_unit_test(the_volumetric_part_of_a_response_agrees_with_differences),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
