/*
 * Exponential and logarithm of batches against those of the C library in long double: units in the last place, exact
 * values, and the same bits in every lane and for every instruction set.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "material/elementary.h"
#include "material/exponential.h"
#include "stf_test.h"

enum { DRAWS = 20000 };

typedef void batch_function(const stf_lane x, stf_lane y);
typedef long double exact_function(long double x);

/* The functions under test and what they are compared with, over draws of x. */
typedef struct subject {
  const char *name;
  batch_function *usual, *avx2, *plain;
  exact_function *exact;
  double (*draw)(uint64_t *seed);
  double ulps;
} subject;

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define AVX2 __attribute__((target("arch=x86-64-v3")))
static bool has_avx2(void) {
  return __builtin_cpu_supports("x86-64-v3");
}
#else
#define AVX2
static bool has_avx2(void) {
  return true;
}
#endif

/* Each compiled as a kernel is, for AVX2, and for what every processor has. */
#define THRICE(name)                                                  \
  STF_KERNEL static void usual_##name(const stf_lane x, stf_lane y) { \
    stf_##name(x, y);                                                 \
  }                                                                   \
  AVX2 static void avx2_##name(const stf_lane x, stf_lane y) {        \
    stf_##name(x, y);                                                 \
  }                                                                   \
  static void plain_##name(const stf_lane x, stf_lane y) {            \
    stf_##name(x, y);                                                 \
  }
THRICE(exp)
THRICE(exp_less_1)
THRICE(log)
THRICE(log_of_1_and)

static double exponents(uint64_t *seed) {
  return 708.0 * stf_test_random(seed);
}

/* Of every size down to 1e-17, and either sign. */
static double small_exponents(uint64_t *seed) {
  const double size = pow(10.0, -8.5 + 8.5 * stf_test_random(seed));
  return stf_test_random(seed) > 0.0 ? size : -size;
}

static double sizes(uint64_t *seed) {
  return exp(700.0 * stf_test_random(seed));
}

static double near_1(uint64_t *seed) {
  return 1.0 + small_exponents(seed) * 0.7;
}

static double small_and_large(uint64_t *seed) {
  const double size = pow(10.0, -5.0 + 12.0 * stf_test_random(seed));
  return stf_test_random(seed) > 0.0 || size > 0.6 ? size : -size;
}

static const subject subjects[] = {
    {"exp", usual_exp, avx2_exp, plain_exp, expl, exponents, 1.5},
    {"exp", usual_exp, avx2_exp, plain_exp, expl, small_exponents, 1.0},
    {"exp_less_1", usual_exp_less_1, avx2_exp_less_1, plain_exp_less_1, expm1l, exponents, 1.5},
    {"exp_less_1", usual_exp_less_1, avx2_exp_less_1, plain_exp_less_1, expm1l, small_exponents, 2.0},
    {"log", usual_log, avx2_log, plain_log, logl, sizes, 1.0},
    {"log", usual_log, avx2_log, plain_log, logl, near_1, 1.0},
    {"log_of_1_and", usual_log_of_1_and, avx2_log_of_1_and, plain_log_of_1_and, log1pl, small_and_large, 1.5},
};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

/* |found - exact| in units of the last place of a double of that size. */
static double ulps_off(double found, long double exact) {
  int exponent;
  frexpl(exact, &exponent);
  return (double)(fabsl(found - exact) / ldexpl(1.0L, exponent - DBL_MANT_DIG));
}

static void values_are_those_of_the_library_to_units_in_the_last_place(void **state) {
  (void)state;
  for (int k = 0; k < SUBJECTS; k++) {
    uint64_t seed = 3;
    double worst = 0.0, worst_x = 0.0;
    for (int n = 0; n < DRAWS / STF_LANES; n++) {
      stf_lane x, y;
      for (int l = 0; l < STF_LANES; l++) x[l] = subjects[k].draw(&seed);
      subjects[k].usual(x, y);
      for (int l = 0; l < STF_LANES; l++) {
        const double off = ulps_off(y[l], subjects[k].exact(x[l]));
        if (!(off <= worst)) worst = off, worst_x = x[l];
      }
    }
    stf_test_about("%s, worst at %.17g", subjects[k].name, worst_x);
    stf_assert_small(worst, subjects[k].ulps);
  }
}

static void bits_are_the_same_in_every_lane_and_for_every_instruction_set(void **state) {
  (void)state;
  for (int k = 0; k < SUBJECTS; k++) {
    uint64_t seed = 4;
    for (int n = 0; n < DRAWS / 10; n++) {
      stf_lane x, y, same, one, other;
      for (int l = 0; l < STF_LANES; l++) x[l] = subjects[k].draw(&seed);
      subjects[k].usual(x, y);
      for (int l = 0; l < STF_LANES; l++) one[l] = x[n % STF_LANES];
      subjects[k].usual(one, other);
      subjects[k].plain(x, same);
      assert_memory_equal(y, same, sizeof y);
      if (has_avx2()) subjects[k].avx2(x, same);
      assert_memory_equal(y, same, sizeof y);
      for (int l = 0; l < STF_LANES; l++) assert_memory_equal(&other[l], &y[n % STF_LANES], sizeof other[l]);
    }
  }
}

static void values_at_rest_are_exact(void **state) {
  (void)state;
  stf_lane zero = {0.0}, one, y;
  STF_EACH_LANE one[l] = 1.0;
  for (int l = 0; l < STF_LANES; l++) {
    usual_exp(zero, y);
    assert_true(y[l] == 1.0);
    usual_exp_less_1(zero, y);
    assert_true(y[l] == 0.0);
    usual_log(one, y);
    assert_true(y[l] == 0.0);
    usual_log_of_1_and(zero, y);
    assert_true(y[l] == 0.0);
  }
}

/* Cut exponents, logarithms of what has none, and not a number, which stays so. */
static void beyond_their_range_they_stay_finite_or_say_so(void **state) {
  (void)state;
  stf_lane x = {-1e300, -709.0, -708.0, 709.0, 710.0, 1e300, NAN, 1.0}, y, edge;
  const stf_lane below = {-1.0, -0.0, 0.0, -1e300, NAN, 1.0, 2.0, 3.0};
  usual_exp(x, y);
  assert_true(y[0] == y[2] && y[1] == y[2] && y[4] == y[3] && y[5] == y[3] && isnan(y[6]));
  assert_true(y[2] > 0.0 && isfinite(y[3]));
  usual_exp_less_1(x, edge);
  assert_true(edge[0] == -1.0 && edge[5] == y[3] && isnan(edge[6]));
  usual_log(below, y);
  for (int l = 0; l < STF_LANES; l++) assert_true(isnan(y[l]) == (l < 5));
}

/* The laws' exponential: value, slope and curvature below 200 and on the tangent from there. */
static void beyond_200_the_exponential_of_laws_is_its_tangent(void **state) {
  (void)state;
  const stf_lane x = {0.0, 1e-9, 3.0, 200.0, 200.5, 300.0, 1e6, -2.0};
  stf_lane value, slope, curvature;
  stf_exponential(x, value);
  stf_exponential_slopes(x, slope, curvature);
  assert_true(value[0] == 0.0 && slope[0] == 1.0 && curvature[0] == 1.0);
  for (int l = 1; l < STF_LANES; l++) {
    const double at = fmin(x[l], 200.0);
    stf_test_about("x = %g", x[l]);
    stf_assert_near(value[l], (double)(expm1l(at) + expl(at) * (x[l] - at)), 1e-15);
    stf_assert_near(slope[l], (double)expl(at), 1e-15);
    assert_true(curvature[l] == (x[l] > 200.0 ? 0.0 : slope[l]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_those_of_the_library_to_units_in_the_last_place),
      cmocka_unit_test(bits_are_the_same_in_every_lane_and_for_every_instruction_set),
      cmocka_unit_test(values_at_rest_are_exact),
      cmocka_unit_test(beyond_their_range_they_stay_finite_or_say_so),
      cmocka_unit_test(beyond_200_the_exponential_of_laws_is_its_tangent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
