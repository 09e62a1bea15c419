/*
 * J = U diag(s) V^T. The covariance is (J^T J)^-1 = V diag(1/s^2) V^T, since residuals are in standard deviations of
 * what was measured. Column k of V is a combination of parameters whose standard error is 1/s_k. With every parameter
 * running from 0 to 1, 1/s_k > 1 says that the data allow more than the bounds do; and s_k/s_1 < 1e-4, that is, J^T J
 * of a condition above 1e8, that differences of runs cannot tell it from zero.
 */
#include "fit/uncertainty.h"

#include <math.h>
#include <string.h>

static const double least_ratio = 1e-4, least_share = 0.01;

/* Singular values [n], falling, and right singular vectors v [n][n], one a row, of the free columns. */
typedef struct decomposition {
  size_t n;
  double *s, *v;
} decomposition;

static double dot(const double *a, const double *b, size_t count) {
  double sum = 0.0;
  for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

static void rotate(double *a, double *b, size_t count, double cosine, double sine) {
  for (size_t i = 0; i < count; i++) {
    const double was = a[i];
    a[i] = cosine * was - sine * b[i];
    b[i] = sine * was + cosine * b[i];
  }
}

/* Turns columns p and q at right angles to each other; false where they were already. */
static bool turn_columns(size_t m, size_t n, double *p, double *q, double *vp, double *vq) {
  const double pp = dot(p, p, m), qq = dot(q, q, m), pq = dot(p, q, m);
  if (fabs(pq) <= 1e-15 * sqrt(pp * qq)) return false;
  const double zeta = (qq - pp) / (2.0 * pq);
  const double tangent = (zeta < 0.0 ? -1.0 : 1.0) / (fabs(zeta) + hypot(1.0, zeta)),
               cosine = 1.0 / hypot(1.0, tangent);
  rotate(p, q, m, cosine, cosine * tangent);
  rotate(vp, vq, n, cosine, cosine * tangent);
  return true;
}

/* Places the largest of the columns from k on at k. */
static void bring_largest(size_t m, size_t k, double *columns, decomposition *d) {
  size_t largest = k;
  for (size_t j = k + 1; j < d->n; j++)
    if (dot(columns + j * m, columns + j * m, m) > dot(columns + largest * m, columns + largest * m, m)) largest = j;
  if (largest != k) {
    rotate(columns + k * m, columns + largest * m, m, 0.0, 1.0);
    rotate(d->v + k * d->n, d->v + largest * d->n, d->n, 0.0, 1.0);
  }
  d->s[k] = sqrt(dot(columns + k * m, columns + k * m, m));
}

/* One-sided Jacobi rotations: pairs of columns are turned until all are at right angles. */
static stf_status decompose(size_t m, size_t n, double *columns, stf_arena *arena, decomposition *d) {
  bool turned = true;
  *d = (decomposition){n, stf_arena_alloc(arena, (n + 1) * sizeof(double)),
                       stf_arena_alloc(arena, (n * n + 1) * sizeof(double))};
  if (!d->s || !d->v) return STF_NO_RESOURCE;
  for (size_t j = 0; j < n; j++) d->v[j * n + j] = 1.0;
  for (int sweep = 0; turned && sweep < 60; sweep++) {
    turned = false;
    for (size_t p = 0; p < n; p++)
      for (size_t q = p + 1; q < n; q++)
        turned |= turn_columns(m, n, columns + p * m, columns + q * m, d->v + p * n, d->v + q * n);
  }
  for (size_t k = 0; k < n; k++) bring_largest(m, k, columns, d);
  return STF_OK;
}

/* The sign of a singular vector is anybody's choice. */
static void turn(double *direction, size_t n) {
  size_t largest = 0;
  for (size_t j = 0; j < n; j++)
    if (fabs(direction[j]) > fabs(direction[largest]) * (1.0 + 1e-6)) largest = j;
  const double sign = direction[largest] < 0.0 ? -1.0 : 1.0;
  for (size_t j = 0; j < n; j++) direction[j] *= sign;
}

static stf_status note_loose(const decomposition *d, size_t k, const size_t *column, size_t parameters,
                             stf_arena *arena, stf_uncertainty *u) {
  stf_loose *to = &u->loose[u->loose_count++];
  to->direction = stf_arena_alloc(arena, (parameters + 1) * sizeof(double));
  if (!to->direction) return STF_NO_RESOURCE;
  to->open = d->s[k] <= least_ratio * d->s[0];
  for (size_t j = 0; j < d->n; j++) {
    to->direction[column[j]] = d->v[k * d->n + j];
    if (fabs(to->direction[column[j]]) < least_share) continue;
    u->fixed[column[j]] = false;
    if (to->open) u->error[column[j]] = NAN;
  }
  turn(to->direction, parameters);
  return STF_OK;
}

/* Errors and correlations of those parameters that take no part in what is open. */
static void fill_covariance(const decomposition *d, const size_t *column, size_t parameters, stf_uncertainty *u) {
  for (size_t pass = 0; pass < 2; pass++) /* errors first */
    for (size_t a = 0; a < d->n; a++)
      for (size_t b = 0; b < d->n; b++) {
        double covariance = 0.0;
        for (size_t k = 0; k < d->n; k++)
          if (d->s[k] > least_ratio * d->s[0])
            covariance += d->v[k * d->n + a] * d->v[k * d->n + b] / (d->s[k] * d->s[k]);
        double *error = u->error;
        const size_t i = column[a], j = column[b];
        if (pass == 0 && a == b && !isnan(error[i])) error[i] = sqrt(covariance);
        if (pass == 1)
          u->correlation[i * parameters + j] = i == j && !isnan(error[i]) ? 1.0 : covariance / error[i] / error[j];
      }
}

static stf_status make_room(size_t n, const bool *held, stf_arena *arena, stf_uncertainty *u) {
  *u = (stf_uncertainty){.error = stf_arena_alloc(arena, (n + 1) * sizeof(double)),
                         .correlation = stf_arena_alloc(arena, (n * n + 1) * sizeof(double)),
                         .fixed = stf_arena_alloc(arena, n + 1),
                         .loose = stf_arena_alloc(arena, (n + 1) * sizeof(stf_loose)),
                         .condition = 1.0};
  if (!u->error || !u->correlation || !u->fixed || !u->loose) return STF_NO_RESOURCE;
  for (size_t j = 0; j < n; j++) {
    u->fixed[j] = !held[j];
    u->error[j] = held[j] ? NAN : 0.0;
  }
  for (size_t k = 0; k < n * n; k++) u->correlation[k] = NAN;
  return STF_OK;
}

stf_status stf_uncertainty_find(size_t residuals, size_t parameters, const double *jacobian, const bool *held,
                                stf_arena *arena, stf_uncertainty *u) {
  decomposition d;
  size_t n = 0, *column = stf_arena_alloc(arena, (parameters + 1) * sizeof *column);
  double *columns = stf_arena_alloc(arena, (residuals * parameters + 1) * sizeof *columns);
  if (!column || !columns) return STF_NO_RESOURCE;
  STF_TRY(make_room(parameters, held, arena, u));
  for (size_t j = 0; j < parameters; j++) {
    if (held[j]) continue;
    for (size_t i = 0; i < residuals; i++) columns[n * residuals + i] = jacobian[i * parameters + j];
    column[n++] = j;
  }
  if (!n) return STF_OK;
  STF_TRY(decompose(residuals, n, columns, arena, &d));
  u->condition = d.s[n - 1] > 0.0 ? d.s[0] / d.s[n - 1] : INFINITY;
  for (size_t k = 0; k < n; k++)
    if (d.s[k] <= least_ratio * d.s[0] || d.s[k] < 1.0) STF_TRY(note_loose(&d, k, column, parameters, arena, u));
  fill_covariance(&d, column, parameters, u);
  return STF_OK;
}
