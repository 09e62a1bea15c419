/* Rotations by their vector: what they do, their slopes against differences, and how they follow each other. */
#include <math.h>
#include <string.h>

#include "element/rotation.h"
#include "stf_test.h"

static const double H = 1e-5;

/* Small ones, on both sides of where the formulas change, and beyond a whole turn. */
static const double SIZE[] = {1e-9, 0.3, 0.999, 1.001, 2.5, 6.0, 9.0};
enum { SIZES = sizeof SIZE / sizeof *SIZE };

static void draw(uint64_t *seed, int k, double v[3], double p[3], double f[3]) {
  double unit[3];
  stf_test_random_unit(seed, unit);
  for (int i = 0; i < 3; i++) {
    v[i] = SIZE[k] * unit[i];
    p[i] = stf_test_random(seed);
    f[i] = stf_test_random(seed);
  }
}

static void a_quarter_turn_about_z_takes_x_to_y(void **state) {
  (void)state;
  const double v[3] = {0, 0, 0.5 * M_PI}, p[3] = {2, 0, 1};
  stf_rotation r;
  double x[3];
  stf_rotation_set(v, &r);
  stf_rotation_apply(&r, p, x);
  stf_assert_small(fabs(x[0]) + fabs(x[1] - 2.0) + fabs(x[2] - 1.0), 1e-14);
}

static void lengths_and_the_axis_stay(void **state) {
  (void)state;
  uint64_t seed = 1;
  for (int k = 0; k < SIZES; k++) {
    double v[3], p[3], f[3], x[3], before = 0.0, after = 0.0, along = 0.0;
    stf_rotation r;
    draw(&seed, k, v, p, f);
    stf_rotation_set(v, &r);
    stf_rotation_apply(&r, p, x);
    for (int i = 0; i < 3; i++) before += p[i] * p[i], after += x[i] * x[i], along += v[i] * (x[i] - p[i]);
    stf_assert_near(after, before, 1e-14);
    stf_assert_small(along / SIZE[k], 1e-14);
  }
}

static void slopes_and_curvatures_are_those_of_differences(void **state) {
  (void)state;
  uint64_t seed = 2;
  for (int k = 0; k < SIZES; k++) {
    double v[3], p[3], f[3], B[3][3], dB[3][3], G[3][3] = {{0}}, dG[3][3], M[3][3] = {{0}}, dM[3][3];
    draw(&seed, k, v, p, f);
    for (int j = 0; j < 3; j++) {
      double x[2][3], C[2][3][3], m[2][3];
      for (int side = 0; side < 2; side++) {
        stf_rotation r;
        double w[3];
        memcpy(w, v, sizeof w);
        w[j] += side ? -H : H;
        stf_rotation_set(w, &r);
        stf_rotation_apply(&r, p, x[side]);
        stf_rotation_slope(&r, p, C[side]);
        stf_rotation_moment(&r, f, m[side]);
      }
      for (int i = 0; i < 3; i++) {
        dB[i][j] = (x[0][i] - x[1][i]) / (2.0 * H);
        dM[i][j] = 2.0 * (m[0][i] - m[1][i]) / (2.0 * H);
        dG[i][j] = 0.0;
        for (int n = 0; n < 3; n++) dG[i][j] += f[n] * (C[0][n][i] - C[1][n][i]) / (2.0 * H);
      }
    }
    stf_rotation r;
    stf_rotation_set(v, &r);
    stf_rotation_slope(&r, p, B);
    stf_rotation_add_curvature(&r, p, f, G);
    stf_rotation_add_moment_slope(&r, f, 2.0, M);
    stf_test_about("length %g", SIZE[k]);
    stf_assert_derivative(B[0], dB[0], 9, 1e-3, 1e-8);
    stf_assert_derivative(G[0], dG[0], 9, 1e-3, 1e-8);
    stf_assert_derivative(M[0], dM[0], 9, 1e-3, 1e-8);
  }
}

/* f . d(R p) = (R p x f) . (turning of the body): a force at R p works as its moment. */
static void a_moment_works_as_the_force_that_makes_it(void **state) {
  (void)state;
  uint64_t seed = 3;
  for (int k = 0; k < SIZES; k++) {
    double v[3], p[3], f[3], x[3], B[3][3], m[3], along[3], wanted[3] = {0};
    stf_rotation r;
    draw(&seed, k, v, p, f);
    stf_rotation_set(v, &r);
    stf_rotation_apply(&r, p, x);
    stf_rotation_slope(&r, p, B);
    for (int i = 0; i < 3; i++) m[i] = x[(i + 1) % 3] * f[(i + 2) % 3] - x[(i + 2) % 3] * f[(i + 1) % 3];
    stf_rotation_moment(&r, m, along);
    for (int i = 0; i < 3; i++)
      for (int n = 0; n < 3; n++) wanted[i] += B[n][i] * f[n];
    stf_assert_all_near(along, wanted, 3, 1e-13);
  }
}

static void rotations_follow_each_other(void **state) {
  (void)state;
  uint64_t seed = 4;
  for (int k = 0; k < SIZES; k++) {
    double first[3], then[3], p[3], x[3], y[3], z[3], both[3], unit[3];
    stf_rotation r;
    stf_test_random_unit(&seed, first);
    draw(&seed, k, then, p, unit);
    stf_rotation_set(first, &r);
    stf_rotation_apply(&r, p, x);
    stf_rotation_set(then, &r);
    stf_rotation_apply(&r, x, y);
    stf_rotation_compose(first, then, both);
    stf_rotation_set(both, &r);
    stf_rotation_apply(&r, p, z);
    stf_assert_all_near(z, y, 3, 1e-13);
    for (int i = 0; i < 3; i++) first[i] = then[i] * 1.7; /* about one axis they add up, however far */
    stf_rotation_compose(first, then, both);
    for (int i = 0; i < 3; i++) x[i] = 2.7 * then[i];
    stf_assert_all_near(both, x, 3, 1e-7);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_quarter_turn_about_z_takes_x_to_y),
      cmocka_unit_test(lengths_and_the_axis_stay),
      cmocka_unit_test(slopes_and_curvatures_are_those_of_differences),
      cmocka_unit_test(a_moment_works_as_the_force_that_makes_it),
      cmocka_unit_test(rotations_follow_each_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
