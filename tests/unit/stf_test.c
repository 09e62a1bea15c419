#include "stf_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SITES = 1000 };

/* The worst residual seen by one comparison in the source. */
typedef struct worst {
  stf_test_site site;
  double residual, tolerance, found, expected; /* the last two NAN where only a residual is looked at */
} worst;

static worst sites[SITES];
static size_t site_count;
static char about[200];

/* The larger of two; not a number once either is. */
static double larger(double a, double b) {
  return isnan(a) || a >= b ? a : b;
}

static double scale(void) {
  const char *text = getenv("STF_TOL_SCALE");
  return text ? atof(text) : 1.0;
}

static void list_sites(void) {
  for (size_t i = 0; i < site_count; i++) {
    const stf_test_site *at = &sites[i].site;
    const char *name = strrchr(at->file, '/');
    fprintf(stderr, "%s:%d: residual %.2e, tolerance %.0e: %s\n", name ? name + 1 : at->file, at->line,
            sites[i].residual, sites[i].tolerance, at->what);
  }
  fflush(NULL);
  _exit(1);
}

/* One line a comparison: file, function, expression, found, expected, residual, tolerance, between tabs. */
static void write_table(void) {
  FILE *table = fopen(getenv("STF_VERIFY_TABLE"), "a");
  if (!table) return;
  for (size_t i = 0; i < site_count; i++) {
    const worst *w = &sites[i];
    const char *name = strrchr(w->site.file, '/');
    fprintf(table, "%s:%d\t%s\t%s\t%.12g\t%.12g\t%.3g\t%.3g\n", name ? name + 1 : w->site.file, w->site.line,
            w->site.function, w->site.what, w->found, w->expected, w->residual, w->tolerance);
  }
  fclose(table);
}

static void remember(worst now) {
  if (site_count == 0 && atexit(scale() == 0.0 ? list_sites : write_table)) fail_msg("atexit failed");
  for (size_t i = 0; i < site_count; i++) {
    if (sites[i].site.line != now.site.line || strcmp(sites[i].site.file, now.site.file) != 0) continue;
    if (strcmp(sites[i].site.what, now.site.what) != 0) continue;
    if (larger(sites[i].residual, now.residual) != sites[i].residual) sites[i] = now;
    return;
  }
  now.site.what = strdup(now.site.what);
  if (now.site.what && site_count < SITES) sites[site_count++] = now;
}

static void judge(worst now) {
  const double by = scale(), residual = now.residual, tolerance = now.tolerance;
  const stf_test_site site = now.site;
  if (by == 0.0 || getenv("STF_VERIFY_TABLE")) remember(now);
  if (by == 0.0) return;
  if (!(residual <= tolerance * by)) {
    print_error("%s:%d: %s: residual %.3e is over %.1e%s%s\n", site.file, site.line, site.what, residual,
                tolerance * by, *about ? "; " : "", about);
    _fail(site.file, site.line);
  }
}

void stf_test_small(double residual, double tolerance, stf_test_site site) {
  judge((worst){site, residual, tolerance, NAN, NAN});
}

void stf_test_all_near(const double *found, const double *expected, size_t count, double least, double tolerance,
                       stf_test_site site) {
  double off = 0.0, most = 0.0;
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    off = larger(off, fabs(found[i] - expected[i]));
    if (fabs(expected[i]) > most) at = i;
    most = larger(most, fabs(expected[i]));
  }
  if (!(most > least)) {
    print_error("%s:%d: %s: the largest of what it is compared with is %.3e, not over %.1e%s%s\n", site.file, site.line,
                site.what, most, least, *about ? "; " : "", about);
    _fail(site.file, site.line);
  }
  judge((worst){site, off / most, tolerance, count ? found[at] : NAN, count ? expected[at] : NAN});
}

static void judge_row(worst now, const char *format, va_list arguments) {
  char what[200];
  vsnprintf(what, sizeof what, format, arguments);
  now.site.what = what;
  judge(now);
}

void stf_test_row(double found, double expected, double tolerance, stf_test_site site, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  judge_row((worst){site, fabs(found - expected) / fabs(expected), tolerance, found, expected}, format, arguments);
  va_end(arguments);
}

void stf_test_order(double found, double theory, double tolerance, stf_test_site site, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  judge_row((worst){site, found > theory ? 0.0 : theory - found, tolerance, found, theory}, format, arguments);
  va_end(arguments);
}

void stf_test_about(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(about, sizeof about, format, arguments);
  va_end(arguments);
}

double stf_test_random(uint64_t *seed) {
  uint64_t z = (*seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;
}

static void normalise(double *v, int count) {
  double square = 0.0;
  for (int i = 0; i < count; i++) square += v[i] * v[i];
  for (int i = 0; i < count; i++) v[i] /= sqrt(square);
}

void stf_test_random_unit(uint64_t *seed, double v[3]) {
  for (int i = 0; i < 3; i++) v[i] = stf_test_random(seed);
  normalise(v, 3);
}

void stf_test_random_rotation(uint64_t *seed, double Q[9]) {
  double q[4];
  for (int i = 0; i < 4; i++) q[i] = stf_test_random(seed);
  normalise(q, 4);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) Q[3 * i + j] = 2.0 * q[i] * q[j] + (i == j ? 2.0 * q[3] * q[3] - 1.0 : 0.0);
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    Q[3 * i + j] -= 2.0 * q[3] * q[k];
    Q[3 * j + i] += 2.0 * q[3] * q[k];
  }
}

double stf_test_determinant(const double F[9]) {
  return F[0] * (F[4] * F[8] - F[5] * F[7]) - F[1] * (F[3] * F[8] - F[5] * F[6]) + F[2] * (F[3] * F[7] - F[4] * F[6]);
}

void stf_test_random_gradient(uint64_t *seed, double size, double F[9]) {
  do {
    for (int r = 0; r < 9; r++) F[r] = (r % 4 == 0 ? 1.0 : 0.0) + size * stf_test_random(seed);
  } while (stf_test_determinant(F) < 0.3);
}

void stf_test_multiply(const double A[9], const double B[9], double AB[9]) {
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) AB[3 * i + j] = A[3 * i] * B[j] + A[3 * i + 1] * B[3 + j] + A[3 * i + 2] * B[6 + j];
}

void stf_test_to_lane(const double *from, size_t count, int lane, stf_lane *to) {
  for (size_t i = 0; i < count; i++) to[i][lane] = from[i];
}

void stf_test_from_lane(const stf_lane *from, size_t count, int lane, double *to) {
  for (size_t i = 0; i < count; i++) to[i] = from[i][lane];
}

void *stf_test_read(const stf_table *table, const char *yaml, stf_arena *arena) {
  assert_int_equal(stf_units_start(), STF_OK);
  stf_diags *diags = stf_diags_create();
  const stf_yaml_node *root = NULL;
  assert_non_null(diags);
  assert_int_equal(stf_yaml_read_text(yaml, strlen(yaml), "test", arena, diags, &root), STF_OK);
  void *out = stf_arena_alloc(arena, table->size);
  assert_non_null(out);
  const stf_status status = stf_options_read(root, table, arena, diags, out);
  assert_true(status == STF_OK || status == STF_BAD_INPUT);
  stf_diags_destroy(diags);
  return status == STF_OK ? out : NULL;
}
