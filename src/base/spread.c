#include "base/spread.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double quantile(const double *sorted, size_t n, double p) {
  const double at = p * (double)(n - 1);
  const size_t i = (size_t)at;
  return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

stf_spread stf_spread_of(double *values, size_t count) {
  stf_spread s = {.mean = NAN, .sd = NAN, .low = NAN, .high = NAN};
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < count; i++)
    if (isfinite(values[i])) values[s.n++] = values[i];
  if (!s.n) return s;
  qsort(values, s.n, sizeof *values, compare);
  for (size_t i = 0; i < s.n; i++) sum += values[i];
  s.mean = sum / (double)s.n;
  for (size_t i = 0; i < s.n; i++) squares += (values[i] - s.mean) * (values[i] - s.mean);
  if (s.n > 1) s.sd = sqrt(squares / (double)(s.n - 1));
  s.low = quantile(values, s.n, 0.05);
  s.high = quantile(values, s.n, 0.95);
  return s;
}
