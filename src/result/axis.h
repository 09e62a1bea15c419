/* Axes of a figure: limits and ticks at steps of 1, 2 or 5 times a power of ten. */
#ifndef STF_RESULT_AXIS_H
#define STF_RESULT_AXIS_H

#include <stddef.h>

typedef struct stf_axis {
  double low, high; /* whole multiples of step, low < high */
  double step;
  int ticks;    /* tick i, from 0, stands at low + i step */
  int exponent; /* labels show value / 10^exponent: a multiple of 3, 0 for everyday numbers */
  int decimals; /* of the labels */
} stf_axis;

/*
 * The axis that holds [low, high] (low <= high, both within 1e100) in at most `most` (2 or more) of the finest such
 * steps. Where low == high a range is made about it; up to a thousandth of a step may stand outside.
 */
stf_axis stf_axis_fit(double low, double high, int most);

double stf_axis_tick(const stf_axis *axis, int tick);

/* The label of a tick, with a true minus sign; as snprintf does. */
int stf_axis_label(const stf_axis *axis, int tick, char *buffer, size_t size);

#endif
