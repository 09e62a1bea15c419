/* Several scenarios fitted as one: the parameters that any of them declares, the measurements that all of them have. */
#ifndef STF_FIT_PROBLEM_H
#define STF_FIT_PROBLEM_H

#include "result/study.h"
#include "striffin.h"

/* A scenario, read once to know what it declares. */
typedef struct stf_fit_case {
  const char *path;
  stf_study *study;
  double *value; /* [study->findings.comparisons] what its last run measured */
} stf_fit_case;

/* A parameter: base units. */
typedef struct stf_fit_parameter {
  const stf_calibrated *declared; /* by the first scenario that does */
  const stf_tissue *tissue;       /* of that scenario */
  double start;                   /* the scenario's own value where it overrides it, else the file's */
  double value;
} stf_fit_parameter;

/* A number that the runs are fitted to, in the unit of its measurement. */
typedef struct stf_fit_target {
  size_t scenario, comparison; /* indices */
  const stf_comparison *measured;
  double sd;    /* of the data, or assumed */
  bool assumed; /* the data has no SD */
  double simulated;
} stf_fit_target;

typedef struct stf_fit {
  const stf_calibrate_options *options;
  stf_arena *arena;
  stf_diags *diags;
  size_t cases, parameters, targets;
  stf_fit_case *scenario; /* [cases] */
  stf_fit_parameter *parameter;
  stf_fit_target *target;
  long runs; /* scenarios solved */
  double least;
} stf_fit;

/*
 * Reads the scenarios of `options` and finds parameters and targets. Everything belongs to `arena`.
 * STF_BAD_INPUT where a scenario is at fault, two declare the same parameter with other bounds, or there is nothing to
 * fit or to fit to; STF_NO_RESOURCE.
 */
stf_status stf_fit_read(const stf_calibrate_options *options, stf_arena *arena, stf_diags *diags, stf_fit *fit);

/* Position of a value of parameter `p` between its bounds, 0 to 1, and back. */
double stf_fit_scaled(const stf_fit_parameter *p, double value);
double stf_fit_value(const stf_fit_parameter *p, double x);

/*
 * Runs all scenarios at x [parameters], each from 0 to 1, and writes (simulated - measured)/SD to residual [targets]:
 * an `evaluate` of stf_residuals, whose context is the stf_fit. All ranks. STF_NO_SOLUTION where a run finds no
 * equilibrium or does not come to a measurement.
 */
stf_status stf_fit_evaluate(const double *x, double *residual, void *fit);

#endif
