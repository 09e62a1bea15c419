/*
 * What the unit tests share: comparison of doubles on top of cmocka (whose own is in single precision), random draws,
 * and parameters of a law read from text as a user would write it.
 *
 * Every tolerance passes through here. STF_TOL_SCALE in the environment multiplies them all. With STF_TOL_SCALE=0 no
 * comparison stops a test: the worst residual of every comparison is listed at the end, and the program fails.
 * STF_VERIFY_TABLE=FILE appends the worst of every comparison to a file, for `make verify`.
 */
#ifndef STF_TEST_H
#define STF_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/option.h"
#include "material/lanes.h"

/* Where a comparison stands. */
typedef struct stf_test_site {
  const char *what, *function, *file;
  int line;
} stf_test_site;

#define STF_TEST_SITE(what) ((stf_test_site){#what, __func__, __FILE__, __LINE__})

/* residual <= tolerance; not a number fails. */
#define stf_assert_small(residual, tolerance) stf_test_small(residual, tolerance, STF_TEST_SITE(residual))

/* |found - expected| <= tolerance |expected|, so `expected` is not 0. */
#define stf_assert_near(found, expected, tolerance) \
  stf_test_all_near(&(double){found}, &(double){expected}, 1, 0.0, tolerance, STF_TEST_SITE(found))

/* The largest difference is at most `tolerance` times the largest |expected|. */
#define stf_assert_all_near(found, expected, count, tolerance) \
  stf_test_all_near(found, expected, count, 0.0, tolerance, STF_TEST_SITE(found))

/* The same for a derivative and its difference quotient, after showing that the largest quotient is over `least`. */
#define stf_assert_derivative(derivative, difference, count, least, tolerance) \
  stf_test_all_near(derivative, difference, count, least, tolerance, STF_TEST_SITE(derivative))

/*
 * |found - expected| <= tolerance |expected|, in a row of its own that the format names ("hex8, 8 cells: deflection
 * [mm]"): for comparisons that a loop makes of several elements or meshes.
 */
#define stf_assert_row(found, expected, tolerance, ...) \
  stf_test_row(found, expected, tolerance, STF_TEST_SITE(found), __VA_ARGS__)

/* The same for an order of convergence, which may be above that of theory but not below it by more than `tolerance`. */
#define stf_assert_order(found, theory, tolerance, ...) \
  stf_test_order(found, theory, tolerance, STF_TEST_SITE(found), __VA_ARGS__)

void stf_test_row(double found, double expected, double tolerance, stf_test_site site, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void stf_test_order(double found, double theory, double tolerance, stf_test_site site, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void stf_test_small(double residual, double tolerance, stf_test_site site);
void stf_test_all_near(const double *found, const double *expected, size_t count, double least, double tolerance,
                       stf_test_site site);

/* Says what is being compared ("neo-hookean, lane 3"), for the message of a comparison that fails. */
void stf_test_about(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Evenly distributed in [-1, 1]; the same draws from the same seed (splitmix64, Steele et al. 2014). */
double stf_test_random(uint64_t *seed);
void stf_test_random_unit(uint64_t *seed, double v[3]);
void stf_test_random_rotation(uint64_t *seed, double Q[9]);

/* A random deformation gradient I + size R with a determinant over 0.3. */
void stf_test_random_gradient(uint64_t *seed, double size, double F[9]);

double stf_test_determinant(const double F[9]);
void stf_test_multiply(const double A[9], const double B[9], double AB[9]);

/* Copies between `count` numbers and one lane of as many quantities. */
void stf_test_to_lane(const double *from, size_t count, int lane, stf_lane *to);
void stf_test_from_lane(const stf_lane *from, size_t count, int lane, double *to);

/* Reads YAML by an option table; NULL where it is refused. Owned by `arena`. */
void *stf_test_read(const stf_table *table, const char *yaml, stf_arena *arena);

#endif
