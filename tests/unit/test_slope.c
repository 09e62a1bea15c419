/* The measurement `slope`: of a line along a part of a curve, whatever the steps the curve was computed in. */
#include <math.h>
#include <string.h>

#include "protocol/measure.h"
#include "stf_test.h"

enum { MOST_ROWS = 500 };

/* A curve of time, x and y. */
typedef struct curve {
  double values[3 * MOST_ROWS];
  size_t rows;
} curve;

static void add(curve *c, double x, double y) {
  double *row = &c->values[3 * c->rows];
  row[0] = (double)c->rows;
  row[1] = x;
  row[2] = y;
  c->rows++;
}

static const stf_measure *find(const char *name) {
  for (size_t i = 0; i < stf_measures.count; i++)
    if (!strcmp(stf_measures.types[i]->name, name)) return stf_measures.types[i]->extra;
  fail_msg("no measurement %s", name);
  return NULL;
}

static double slope(const curve *c, double from, double to) {
  const stf_gauge gauge = {.of = 2, .over = 1, .window = {from, to}};
  const stf_history history = {.columns = 3, .rows = c->rows, .values = c->values};
  stf_measure_mark mark = {.x = -1};
  return find("slope")->reduce(&gauge, &history, &mark);
}

static void a_straight_line_has_its_own_slope(void **state) {
  (void)state;
  curve c = {.rows = 0};
  for (int i = 0; i < 12; i++) add(&c, 1.0 + 0.01 * i * i, 3.0 * (0.01 * i * i));
  stf_assert_near(slope(&c, 0.5, 1.0), 3.0, 1e-12);
  stf_assert_near(slope(&c, 0.0, 0.3), 3.0, 1e-12);
}

/* No step lies in the window. */
static void a_window_is_cut_out_at_its_ends(void **state) {
  (void)state;
  curve c = {.rows = 0};
  add(&c, 0.0, 0.0);
  add(&c, 1.0, 1.0);
  add(&c, 2.0, 4.0);
  stf_assert_near(slope(&c, 0.5, 0.75), 3.0, 1e-12);
  stf_assert_near(slope(&c, 0.1, 0.2), 1.0, 1e-12);
}

/* Over x from a to b, the least-squares line of x^2 has the slope a + b. */
static void the_line_is_that_of_least_squares(void **state) {
  (void)state;
  curve c = {.rows = 0};
  for (int i = 0; i <= 400; i++) add(&c, i / 400.0, i / 400.0 * (i / 400.0));
  stf_assert_near(slope(&c, 0.25, 1.0), 1.5, 1e-5);
  stf_assert_near(slope(&c, 0.0, 0.25), 0.5, 1e-5);
}

/* Steps in between that lie on the curve change nothing. */
static void the_slope_belongs_to_the_curve_and_not_to_its_steps(void **state) {
  (void)state;
  curve few = {.rows = 0}, many = {.rows = 0};
  for (int i = 0; i <= 6; i++) {
    const double x = i / 6.0, y = x * x, next = (i + 1) / 6.0;
    add(&few, x, y);
    add(&many, x, y);
    for (int k = 1; i < 6 && i > 3 && k < 10; k++)
      add(&many, x + 0.1 * k * (next - x), y + 0.1 * k * (next * next - y));
  }
  stf_assert_near(slope(&many, 0.5, 1.0), slope(&few, 0.5, 1.0), 1e-12);
}

/* The largest change of the slope of a curve with a top, from one of many positions of its steps to the next. */
static double largest_jump(int positions, double end) {
  double worst = 0.0, last = 0.0;
  for (int p = 0; p <= positions; p++) {
    curve c = {.rows = 0};
    add(&c, 0.0, 0.0);
    for (double x = 0.0; x < end;) {
      x = fmin(((double)c.rows - 0.5 + (double)p / positions) / 12.0, end);
      add(&c, x, x * (2.0 - x));
    }
    const double found = slope(&c, 0.5, 1.0);
    if (p) worst = fmax(worst, fabs(found - last));
    last = found;
  }
  return worst;
}

static void the_slope_moves_evenly_as_steps_enter_the_window_and_pass_the_top(void **state) {
  (void)state;
  const double coarse = largest_jump(40, 2.0), fine = largest_jump(400, 2.0);
  assert_true(fine > 0.0 && fine < 0.2 * coarse);
  assert_true(largest_jump(400, 1.02) < 0.2 * largest_jump(40, 1.02));
}

static void what_is_pushed_has_the_slope_of_what_is_pulled(void **state) {
  (void)state;
  curve pulled = {.rows = 0}, pushed = {.rows = 0};
  for (int i = 0; i < 12; i++) {
    const double x = 0.15 * i, y = x * (2.0 - x);
    add(&pulled, x, y);
    add(&pushed, -x, -y);
  }
  stf_assert_near(slope(&pushed, 0.5, 1.0), slope(&pulled, 0.5, 1.0), 1e-12);
}

static void what_follows_the_largest_value_does_not_count(void **state) {
  (void)state;
  curve c = {.rows = 0};
  add(&c, 0.0, 0.0);
  add(&c, 1.0, 2.0);
  const double before = slope(&c, 0.5, 1.0);
  add(&c, 1.0, 1.8);
  add(&c, 1.0, 1.2);
  stf_assert_near(slope(&c, 0.5, 1.0), before, 1e-12);
}

static void a_curve_that_does_not_run_on_has_no_slope(void **state) {
  (void)state;
  curve c = {.rows = 0};
  add(&c, 1.0, 0.0);
  assert_true(isnan(slope(&c, 0.5, 1.0)));
  add(&c, 1.0, 2.0);
  assert_true(isnan(slope(&c, 0.5, 1.0)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_straight_line_has_its_own_slope),
      cmocka_unit_test(a_window_is_cut_out_at_its_ends),
      cmocka_unit_test(the_line_is_that_of_least_squares),
      cmocka_unit_test(the_slope_belongs_to_the_curve_and_not_to_its_steps),
      cmocka_unit_test(the_slope_moves_evenly_as_steps_enter_the_window_and_pass_the_top),
      cmocka_unit_test(what_is_pushed_has_the_slope_of_what_is_pulled),
      cmocka_unit_test(what_follows_the_largest_value_does_not_count),
      cmocka_unit_test(a_curve_that_does_not_run_on_has_no_slope),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
