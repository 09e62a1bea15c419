/* A fit told to people and to programs. */
#ifndef STF_FIT_REPORT_H
#define STF_FIT_REPORT_H

#include "fit/least_squares.h"
#include "fit/library.h"
#include "fit/problem.h"
#include "fit/uncertainty.h"
#include "result/buffer.h"

/* A fit that has ended. Standard errors are in base units here. */
typedef struct stf_fitted {
  const stf_fit *fit;
  const stf_least_squares *found;
  const stf_uncertainty *uncertainty; /* of parameters that run from 0 to 1 */
  const bool *held;                   /* [parameters] at a bound */
  const double *error;                /* [parameters] standard error; NAN where there is none */
  size_t edits;
  const stf_fit_edit *edit; /* [edits] */
} stf_fitted;

/* "modulus +1 % with fraction -1 %": a combination that the data leave open. Owned by the fit's diagnostics. */
const char *stf_fitted_combination(const stf_fitted *fitted, const stf_loose *loose);

/* result.yaml, and result.txt for people. The same fit gives the same bytes: no path, no time. */
void stf_fitted_yaml(const stf_fitted *fitted, stf_buffer *buffer);
void stf_fitted_text(const stf_fitted *fitted, stf_buffer *buffer);

#endif
