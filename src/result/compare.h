/* Held against published numbers: the lines of a scenario's `compare:`. */
#ifndef STF_RESULT_COMPARE_H
#define STF_RESULT_COMPARE_H

#include "protocol/measure.h"
#include "result/record.h"

/* Every measurement of a run and every comparison, the latter pointing into the former. */
typedef struct stf_findings {
  size_t measurements;
  stf_measurement *measurement; /* [measurements] in the order of the gauges */
  size_t comparisons;
  stf_comparison *comparison; /* [comparisons] */
} stf_findings;

/*
 * Finds every published number that a scenario names and converts it into its measurement's unit. Values of the
 * measurements are NAN until stf_findings_fill. Everything belongs to `arena`.
 * STF_BAD_INPUT with every fault: no such file or row, a unit of something else, a role that the file contradicts.
 */
stf_status stf_findings_bind(const stf_scenario *scenario, const stf_gauges *gauges, stf_arena *arena, stf_diags *diags,
                             stf_findings *findings);

/* Takes the measurements' values from the curves of a run that has ended. */
void stf_findings_fill(const stf_gauges *gauges, const stf_history *history, stf_findings *findings);

#endif
