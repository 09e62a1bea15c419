/* A run for the sake of its measurements: nothing is written. */
#ifndef STF_TIMELINE_TRIAL_H
#define STF_TIMELINE_TRIAL_H

#include "model/model.h"

typedef struct stf_trial {
  const char *scenario, *library; /* as of stf_run_options */
  size_t settings;
  const stf_setting *setting; /* [settings] in place of what the tissues' files say */
  long member;                /* of the scenario's ensemble, from 1, whose numbers are drawn instead; 0: none */
} stf_trial;

/*
 * Solves a scenario and writes what it measured to `value` [lines of `compare`], in the units of the measurements; NAN
 * where a measurement came to nothing. All ranks, which get the same values; as stf_run otherwise.
 */
stf_status stf_trial_run(const stf_trial *trial, stf_diags *diags, double *value);

#endif
