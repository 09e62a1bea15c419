/* How far a run is: one line that changes on a terminal, a line now and then elsewhere. */
#ifndef STF_CLI_METER_H
#define STF_CLI_METER_H

#include <stdbool.h>

#include "striffin.h"

typedef struct stf_meter {
  bool terminal;
  bool open;         /* a line on the terminal is not finished */
  double last_spoke; /* [s] of the run, when the last line was written */
} stf_meter;

/* For stf_run_options: `context` is an stf_meter. */
void stf_meter_tell(const stf_progress *progress, void *context);

/* The same for stf_calibrate_options. */
void stf_meter_tell_fit(const stf_calibrate_progress *progress, void *context);

/* How far an ensemble is: members that ended, failed ones among them, of how many, and since when [s]. */
void stf_meter_tell_members(stf_meter *meter, long done, long failed, long members, double seconds);

/* Clears the line on the terminal, so that something else can be written. */
void stf_meter_close(stf_meter *meter);

#endif
