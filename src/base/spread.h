/* A sample of numbers told by a few. */
#ifndef STF_BASE_SPREAD_H
#define STF_BASE_SPREAD_H

#include <stddef.h>

typedef struct stf_spread {
  size_t n;         /* finite numbers */
  double mean, sd;  /* sd with n - 1; NAN where there are too few */
  double low, high; /* quantiles of 5 % and 95 %, between order statistics (Hyndman & Fan 1996, definition 7) */
} stf_spread;

/* Of the finite ones of values [count], which are sorted in place. The order they came in makes no difference. */
stf_spread stf_spread_of(double *values, size_t count);

#endif
