/* Loads on sides of elements: sums, closed surfaces, and the stiffness of a pressure. */
#include <math.h>
#include <string.h>

#include "element/facet.h"
#include "stf_test.h"

static const int kinds[] = {3, 4, 6};
static const double flat[3][STF_SIDE_NODES][3] = {
    {{0, 0, 0}, {2, 0, 0}, {0, 1, 0}},
    {{0, 0, 0}, {2, 0, 0}, {2, 1, 0}, {0, 1, 0}},
    {{0, 0, 0}, {2, 0, 0}, {0, 1, 0}, {1, 0, 0}, {1, 0.5, 0}, {0, 0.5, 0}},
};
static const double area[3] = {1.0, 2.0, 1.0};

static void an_even_traction_adds_up_to_itself_times_the_area(void **state) {
  (void)state;
  const double t[3] = {0.3, -0.2, 0.7};
  for (int k = 0; k < 3; k++) {
    double f[STF_SIDE_NODES][3] = {{0}}, sum[3] = {0}, moment = 0.0;
    stf_facet_traction(kinds[k], flat[k], t, f);
    for (int a = 0; a < kinds[k]; a++) {
      for (int i = 0; i < 3; i++) sum[i] += f[a][i];
      moment += flat[k][a][0] * f[a][1] - flat[k][a][1] * f[a][0];
    }
    for (int i = 0; i < 3; i++) stf_assert_near(sum[i], area[k] * t[i], 1e-14);
    const double middle[2] = {k == 1 ? 1.0 : 2.0 / 3.0, k == 1 ? 0.5 : 1.0 / 3.0};
    stf_assert_near(moment, area[k] * (middle[0] * t[1] - middle[1] * t[0]), 1e-14);
  }
}

static void the_corners_of_a_six_node_triangle_bear_nothing(void **state) {
  (void)state;
  const double t[3] = {0.0, 0.0, 3.0};
  double f[STF_SIDE_NODES][3] = {{0}};
  stf_facet_traction(6, flat[2], t, f);
  for (int a = 0; a < 3; a++) stf_assert_small(f[a][2], 1e-15);
  for (int a = 3; a < 6; a++) stf_assert_near(f[a][2], 1.0, 1e-14);
}

static void a_pressure_pushes_against_the_normal_and_follows_it(void **state) {
  (void)state;
  for (int k = 0; k < 3; k++) {
    double x[STF_SIDE_NODES][3], f[STF_SIDE_NODES][3] = {{0}}, sum[3] = {0};
    for (int a = 0; a < kinds[k]; a++) { /* turned so that z becomes x, and twice as large */
      x[a][0] = 2.0 * flat[k][a][2];
      x[a][1] = 2.0 * flat[k][a][0];
      x[a][2] = 2.0 * flat[k][a][1];
    }
    stf_facet_pressure(kinds[k], (const double(*)[3])x, 0.5, f, NULL);
    for (int a = 0; a < kinds[k]; a++)
      for (int i = 0; i < 3; i++) sum[i] += f[a][i];
    stf_assert_near(sum[0], -0.5 * 4.0 * area[k], 1e-14);
    stf_assert_small(fabs(sum[1]) + fabs(sum[2]), 1e-14);
  }
}

static void a_pressure_on_a_closed_surface_has_no_resultant(void **state) {
  (void)state;
  static const double corner[4][3] = {{0.1, 0.2, 0}, {1.3, -0.1, 0.2}, {0.2, 0.9, -0.1}, {0.3, 0.4, 1.1}};
  double sum[3] = {0}, size = 0.0;
  for (int side = 0; side < 4; side++) {
    double x[STF_SIDE_NODES][3] = {{0}}, f[STF_SIDE_NODES][3] = {{0}};
    for (int a = 0; a < 3; a++) memcpy(x[a], corner[stf_shapes[STF_TET4].side[side][a]], sizeof(x[a]));
    stf_facet_pressure(3, (const double(*)[3])x, 2.0, f, NULL);
    for (int a = 0; a < 3; a++)
      for (int i = 0; i < 3; i++) sum[i] += f[a][i], size += fabs(f[a][i]);
  }
  assert_true(size > 1.0);
  for (int i = 0; i < 3; i++) stf_assert_small(sum[i] / size, 1e-15);
}

static void the_stiffness_of_a_pressure_is_the_slope_of_its_forces(void **state) {
  (void)state;
  uint64_t seed = 7;
  for (int k = 0; k < 3; k++) {
    double x[STF_SIDE_NODES][3], f[STF_SIDE_NODES][3] = {{0}}, K[STF_SIDE_NODES][STF_SIDE_NODES][3][3] = {{{{0}}}};
    for (int a = 0; a < kinds[k]; a++)
      for (int i = 0; i < 3; i++) x[a][i] = flat[k][a][i] + 0.2 * stf_test_random(&seed);
    stf_facet_pressure(kinds[k], (const double(*)[3])x, 2.0, f, K);
    for (int b = 0; b < kinds[k]; b++)
      for (int j = 0; j < 3; j++) {
        double up[STF_SIDE_NODES][3] = {{0}}, down[STF_SIDE_NODES][3] = {{0}}, slope[3 * STF_SIDE_NODES] = {0};
        double found[3 * STF_SIDE_NODES] = {0}, largest = 0.0;
        const double h = 1e-5, at = x[b][j];
        x[b][j] = at + h;
        stf_facet_pressure(kinds[k], (const double(*)[3])x, 2.0, up, NULL);
        x[b][j] = at - h;
        stf_facet_pressure(kinds[k], (const double(*)[3])x, 2.0, down, NULL);
        x[b][j] = at;
        for (int n = 0; n < 3 * kinds[k]; n++) {
          slope[n] = -(up[n / 3][n % 3] - down[n / 3][n % 3]) / (2.0 * h);
          found[n] = K[n / 3][b][n % 3][j];
          largest = fmax(largest, fabs(slope[n]));
        }
        assert_true(largest > 0.01);
        for (int n = 0; n < 3 * kinds[k]; n++) stf_assert_small((found[n] - slope[n]) / largest, 1e-8);
      }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_even_traction_adds_up_to_itself_times_the_area),
      cmocka_unit_test(the_corners_of_a_six_node_triangle_bear_nothing),
      cmocka_unit_test(a_pressure_pushes_against_the_normal_and_follows_it),
      cmocka_unit_test(a_pressure_on_a_closed_surface_has_no_resultant),
      cmocka_unit_test(the_stiffness_of_a_pressure_is_the_slope_of_its_forces),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
