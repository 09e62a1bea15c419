/*
 * Bounded nonlinear least squares: TAO's regularised Gauss-Newton method with Levenberg-Marquardt damping (dener2020),
 * for few parameters and residuals that are dear, such as whole runs. Every rank of a program does the same by itself
 * and asks for the same residuals at the same time.
 */
#ifndef STF_FIT_LEAST_SQUARES_H
#define STF_FIT_LEAST_SQUARES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

/* Residuals of parameters that each run from 0 to 1. */
typedef struct stf_residuals {
  size_t parameters, residuals;
  const double *step; /* [parameters] for central differences, or one-sided ones at a bound; > 0 */
  /* Fills residual [residuals] at x [parameters]. What it returns but STF_OK ends the search. All ranks. */
  stf_status (*evaluate)(const double *x, double *residual, void *context);
  void *context;
} stf_residuals;

typedef struct stf_least_squares {
  double *x;          /* [parameters] */
  double *residual;   /* [residuals] there */
  double *jacobian;   /* [residuals][parameters] d residual/dx there */
  double sum;         /* of squared residuals */
  bool converged;     /* else the search gave up: see reason */
  const char *reason; /* PETSc's word for how it ended */
  long iterations;    /* of Gauss-Newton */
  long evaluations;   /* of the residuals, those at a point asked for twice counted once */
} stf_least_squares;

/*
 * Searches from `start` [parameters], each from 0 to 1. Everything belongs to `arena`. All ranks.
 * What `evaluate` returned; STF_BUG when PETSc fails, STF_NO_RESOURCE when memory is out.
 */
stf_status stf_least_squares_solve(const stf_residuals *problem, const double *start, stf_arena *arena,
                                   stf_least_squares *solution);

#endif
