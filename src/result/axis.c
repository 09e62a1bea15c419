#include "result/axis.h"

#include <math.h>
#include <stdio.h>

static const double slack = 1e-3; /* of a step */

/* 1, 2 or 5 times a power of ten: the k-th such number. */
static double step_number(int k) {
  static const double digits[] = {1, 2, 5};
  const int decade = (int)floor(k / 3.0);
  return digits[k - 3 * decade] * pow(10, decade);
}

static int steps_needed(double low, double high, double step) {
  return (int)(ceil(high / step - slack) - floor(low / step + slack));
}

/* The smallest k whose step holds the range in `most` steps. */
static int finest_step(double low, double high, int most) {
  int k = 3 * (int)floor(log10((high - low) / most));
  while (steps_needed(low, high, step_number(k)) > most) k++;
  return k;
}

static stf_axis of_step(double low, double high, double step) {
  const double first = floor(low / step + slack);
  stf_axis axis = {.step = step, .ticks = steps_needed(low, high, step) + 1};
  axis.low = first * step;
  axis.high = (first + axis.ticks - 1) * step;
  return axis;
}

static void set_labels(stf_axis *axis) {
  const double largest = fmax(fabs(axis->low), fabs(axis->high));
  if (largest >= 1e5 || largest < 1e-2) axis->exponent = 3 * (int)floor(log10(largest * (1 + 1e-9)) / 3);
  const double digits = ceil(-log10(axis->step) + axis->exponent - 1e-9);
  axis->decimals = digits > 0 ? (int)fmin(digits, 15) : 0;
}

static void widen(double *low, double *high) {
  const double size = fmax(fabs(*low), fabs(*high));
  if (*high - *low > 1e-9 * size && *high - *low > 1e-300) return;
  const double half = size > 1e-300 ? size / 2 : 1;
  *low -= half;
  *high += half;
}

stf_axis stf_axis_fit(double low, double high, int most) {
  widen(&low, &high);
  stf_axis axis = of_step(low, high, step_number(finest_step(low, high, most)));
  set_labels(&axis);
  return axis;
}

double stf_axis_tick(const stf_axis *axis, int tick) {
  return (round(axis->low / axis->step) + tick) * axis->step;
}

int stf_axis_label(const stf_axis *axis, int tick, char *buffer, size_t size) {
  const double shown = stf_axis_tick(axis, tick) / pow(10, axis->exponent);
  const double scale = pow(10, axis->decimals), units = round(fabs(shown) * scale);
  const double whole = floor(units / scale);
  const char *sign = shown < 0 && units > 0 ? "\xE2\x88\x92" : "";
  if (!axis->decimals) return snprintf(buffer, size, "%s%.0f", sign, whole);
  return snprintf(buffer, size, "%s%.0f.%0*.0f", sign, whole, axis->decimals, units - whole * scale);
}
