/* What ensembles rest on: draws by counter, log-normal factors that may go together, and the spread of a sample. */
#include "stf_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/spread.h"
#include "model/scatter.h"
#include "result/ensemble.h"

enum { MANY = 200000 };

/* The known answers that come with Random123 (Salmon et al. 2011). */
static void philox_gives_its_published_words(void **state) {
  static const struct {
    uint32_t counter[4], key[2], words[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    uint32_t words[4];
    stf_random_words(known[i].counter, known[i].key, words);
    for (int k = 0; k < 4; k++) assert_int_equal(words[k], known[i].words[k]);
  }
}

/* Four standard errors: what is true fails once in 16,000, and the draws are the same every time. */
static void assert_expected(double found, double expected, double standard_error) {
  stf_assert_small(fabs(found - expected) / standard_error, 4.0);
}

static void normal_deviates_have_the_moments_of_a_normal(void **state) {
  double sum[5] = {0};
  const uint64_t label = stf_random_label("sheet.fibres.along.modulus");
  (void)state;
  for (uint32_t i = 1; i <= MANY; i++) {
    const double g = stf_random_normal(1, i, label);
    for (int k = 1; k <= 4; k++) sum[k] += pow(g, k);
  }
  assert_expected(sum[1] / MANY, 0.0, sqrt(1.0 / MANY));
  assert_expected(sum[2] / MANY, 1.0, sqrt(2.0 / MANY));
  assert_expected(sum[3] / MANY, 0.0, sqrt(15.0 / MANY));
  assert_expected(sum[4] / MANY, 3.0, sqrt(96.0 / MANY));
}

static void seeds_members_and_names_draw_apart(void **state) {
  const uint64_t label = stf_random_label("sheet.fibres.along.modulus"), other = stf_random_label("sheet.density");
  double product[3] = {0};
  (void)state;
  for (uint32_t i = 1; i <= MANY; i++) {
    const double g = stf_random_normal(1, i, label);
    product[0] += g * stf_random_normal(2, i, label);
    product[1] += g * stf_random_normal(1, i + 1, label);
    product[2] += g * stf_random_normal(1, i, other);
  }
  for (int k = 0; k < 3; k++) assert_expected(product[k] / MANY, 0.0, sqrt(1.0 / MANY));
}

/* Stiffness, and strength that goes with it. */
static stf_ensemble make_ensemble(stf_scatter line[2]) {
  line[0] = (stf_scatter){.cv = 0.31, .follows = -1, .label = stf_random_label("stiffness")};
  line[1] = (stf_scatter){.cv = 0.24, .follows = 0, .correlation = 0.89, .label = stf_random_label("strength")};
  return (stf_ensemble){.members = 2, .seed = 7, .lines = 2, .line = line};
}

static void factors_are_log_normal_of_mean_one(void **state) {
  stf_scatter line[2];
  const stf_ensemble e = make_ensemble(line);
  double sum[2] = {0}, squares[2] = {0}, logs[2] = {0}, log_squares[2] = {0}, product = 0.0;
  (void)state;
  for (long member = 1; member <= MANY; member++) {
    double factor[2];
    stf_scatter_factors(&e, member, factor);
    for (int i = 0; i < 2; i++) {
      sum[i] += factor[i];
      squares[i] += factor[i] * factor[i];
      logs[i] += log(factor[i]);
      log_squares[i] += log(factor[i]) * log(factor[i]);
    }
    product += log(factor[0]) * log(factor[1]);
  }
  double s[2], mean[2];
  for (int i = 0; i < 2; i++) {
    const double cv = line[i].cv, variance = log1p(cv * cv);
    s[i] = sqrt(variance);
    mean[i] = logs[i] / MANY;
    assert_expected(sum[i] / MANY, 1.0, cv / sqrt(MANY));
    assert_expected(mean[i], -0.5 * variance, s[i] / sqrt(MANY));
    assert_expected(log_squares[i] / MANY - mean[i] * mean[i], variance, variance * sqrt(2.0 / MANY));
    stf_assert_near(sqrt(squares[i] / MANY - sum[i] * sum[i] / MANY / MANY), cv, 0.01);
  }
  const double r = line[1].correlation, found = (product / MANY - mean[0] * mean[1]) / (s[0] * s[1]);
  assert_expected(found, r, sqrt((1.0 + r * r) / MANY));
}

/* Half of the draws below the middle of the logarithms, a tenth in its last tenth, and none beyond the bounds. */
static void factors_between_bounds_are_log_uniform(void **state) {
  stf_scatter line = {.low = 0.1, .high = 10.0, .follows = -1, .label = stf_random_label("strength")};
  const stf_ensemble e = {.members = 2, .seed = 7, .lines = 1, .line = &line};
  double below = 0.0, last = 0.0;
  (void)state;
  for (long member = 1; member <= MANY; member++) {
    double factor;
    stf_scatter_factors(&e, member, &factor);
    assert_true(factor > 0.1 && factor < 10.0);
    below += factor < 1.0;
    last += factor > pow(10.0, 0.8);
  }
  assert_expected(below / MANY, 0.5, sqrt(0.25 / MANY));
  assert_expected(last / MANY, 0.1, sqrt(0.09 / MANY));
}

static void a_draw_does_not_depend_on_other_lines(void **state) {
  stf_scatter line[2];
  stf_ensemble e = make_ensemble(line);
  double both[2], alone[2];
  (void)state;
  line[1].follows = -1;
  line[1].correlation = 0.0;
  stf_scatter_factors(&e, 12, both);
  e.line = line + 1;
  e.lines = 1;
  stf_scatter_factors(&e, 12, alone);
  assert_true(both[1] == alone[0]);
  assert_true(both[0] != both[1]);
}

static void the_spread_of_a_sample(void **state) {
  double values[103];
  (void)state;
  for (int i = 0; i <= 100; i++) values[i] = (37 * i) % 101; /* 0 to 100 in another order */
  values[101] = NAN;
  values[102] = INFINITY;
  const stf_spread s = stf_spread_of(values, 103);
  assert_int_equal(s.n, 101);
  stf_assert_near(s.mean, 50.0, 1e-15);
  stf_assert_near(s.sd, sqrt(101.0 * 102.0 / 12.0), 1e-14); /* n(n + 1)/12 of 0 to n - 1 */
  stf_assert_near(s.low, 5.0, 1e-14);
  stf_assert_near(s.high, 95.0, 1e-14);
  double two[] = {3.0, 1.0};
  const stf_spread t = stf_spread_of(two, 2);
  stf_assert_near(t.sd, sqrt(2.0), 1e-15);
  stf_assert_near(t.low, 1.1, 1e-14);
  const stf_spread one = stf_spread_of(two, 1), none = stf_spread_of(values, 0);
  assert_true(isnan(one.sd) && one.mean == 1.0);
  assert_true(none.n == 0 && isnan(none.mean));
}

static void agreement_of_spreads(void **state) {
  const stf_spread simulated = {.n = 9, .mean = 13.0, .sd = 3.0};
  const stf_comparison published = {.value = 8.0, .sd = 4.0, .n = 5}, bare = {.value = 8.0, .sd = NAN};
  double error;
  (void)state;
  stf_assert_near(stf_ensemble_z(&simulated, &published), 1.0, 1e-15);
  stf_assert_near(stf_ensemble_spread(&simulated, &published, &error), 0.75, 1e-15);
  stf_assert_near(error, 0.75 * sqrt(1.0 / 16.0 + 1.0 / 8.0), 1e-15);
  assert_true(isnan(stf_ensemble_z(&simulated, &bare)));
  assert_true(isnan(stf_ensemble_spread(&simulated, &bare, &error)) && isnan(error));
  const stf_comparison modelled = {.value = 8.0, .sd = 4.0, .n = 5, .role = STF_ROLE_PUBLISHED_MODEL};
  assert_true(isnan(stf_ensemble_z(&simulated, &modelled)));
  assert_true(isnan(stf_ensemble_spread(&simulated, &modelled, &error)) && isnan(error));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(philox_gives_its_published_words),
      cmocka_unit_test(normal_deviates_have_the_moments_of_a_normal),
      cmocka_unit_test(seeds_members_and_names_draw_apart),
      cmocka_unit_test(factors_are_log_normal_of_mean_one),
      cmocka_unit_test(factors_between_bounds_are_log_uniform),
      cmocka_unit_test(a_draw_does_not_depend_on_other_lines),
      cmocka_unit_test(the_spread_of_a_sample),
      cmocka_unit_test(agreement_of_spreads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
