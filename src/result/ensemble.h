/* The members of an ensemble put together, beside the run of the mean specimen. */
#ifndef STF_RESULT_ENSEMBLE_H
#define STF_RESULT_ENSEMBLE_H

#include "base/spread.h"
#include "result/member.h"
#include "result/study.h"

typedef struct stf_specimen {
  bool finished;
  const char *outcome;      /* "finished", or why there is no result */
  stf_member_result result; /* where it finished */
} stf_specimen;

typedef struct stf_gathering {
  const stf_study *study; /* without its mesh will do */
  size_t members;
  const stf_specimen *specimen; /* [members] */
  const char *folder;           /* of the run of the mean specimen, which has finished */
  const char *record;           /* its run.json as that run left it, whole */
} stf_gathering;

/*
 * Writes ensemble.csv (what each member drew and measured) into the folder, and into its run.json how the ensemble came
 * to be, the spread of every measurement beside published ones, and bands of the curves. The same members give the same
 * bytes, in whatever order they ran.
 * STF_NO_SOLUTION when fewer than two members finished, STF_NO_RESOURCE when a file cannot be read or written or memory
 * is out, STF_BAD_INPUT when another run has taken the folder meanwhile; with a diagnostic, and run.json as it was.
 */
stf_status stf_ensemble_record(const stf_gathering *gathering, stf_diags *diags);

/*
 * (simulated mean - published mean) / sqrt(simulated SD^2 + published SD^2): how far a simulated specimen is from a
 * measured one, in the spread of that difference; NAN without both.
 */
double stf_ensemble_z(const stf_spread *simulated, const stf_comparison *published);

/* Simulated over published SD and, as `*error`, its standard error from the numbers of members and specimens. */
double stf_ensemble_spread(const stf_spread *simulated, const stf_comparison *published, double *error);

#endif
