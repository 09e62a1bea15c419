/* How far data fix what was fitted to them: standard errors, correlations, and what the data leave open. */
#ifndef STF_FIT_UNCERTAINTY_H
#define STF_FIT_UNCERTAINTY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/status.h"

/* A combination of parameters that the data leave open. */
typedef struct stf_loose {
  double *direction; /* [parameters] of length 1; its largest component is positive */
  bool open;         /* the data say nothing about it; else they do, but less than the bounds of the parameters */
} stf_loose;

typedef struct stf_uncertainty {
  double *error;       /* [parameters] standard error; NAN where a parameter is held or the data say nothing about it */
  double *correlation; /* [parameters][parameters]; NAN where either has no standard error */
  bool *fixed;         /* [parameters] the data fix it: neither held nor part of a loose combination */
  size_t loose_count;
  stf_loose *loose; /* [loose_count] */
  double condition; /* largest over smallest singular value of the Jacobian; INFINITY where that is 0 */
} stf_uncertainty;

/*
 * From the Jacobian [residuals][parameters] of residuals that are divided by their standard deviations, with respect to
 * parameters that run from 0 to 1; `held` [parameters] are at a bound and count as known. Everything belongs to
 * `arena`. STF_NO_RESOURCE when memory is out, STF_BUG when LAPACK fails.
 */
stf_status stf_uncertainty_find(size_t residuals, size_t parameters, const double *jacobian, const bool *held,
                                stf_arena *arena, stf_uncertainty *uncertainty);

#endif
