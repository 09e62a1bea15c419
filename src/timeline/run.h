/* Running a scenario from its file to its results. */
#ifndef STF_TIMELINE_RUN_H
#define STF_TIMELINE_RUN_H

#include "base/diag.h"
#include "base/status.h"

/* How far a run is; given after every accepted step, on the first rank only. */
typedef struct stf_progress {
  const char *activity; /* "pull" */
  double time, end;     /* [s] of the scenario */
  long step;            /* accepted so far */
  int iterations;       /* Newton iterations of this step */
  long cutbacks;        /* steps halved so far */
  double seconds_spent; /* wall clock, since the run started */
  double seconds_left;  /* estimate; NAN before there is one */
} stf_progress;

typedef struct stf_run_options {
  const char *scenario;                                          /* path of the file */
  const char *library;                                           /* folder with the tissue library */
  const char *out;                                               /* folder of the result; NULL: out/NAME */
  void (*progress)(const stf_progress *progress, void *context); /* may be NULL */
  void *context;
} stf_run_options;

/* What a run came to. Strings live as long as the diagnostics given to stf_run. */
typedef struct stf_run_summary {
  const char *out; /* folder where the results are: NAME, or NAME.part after a failure */
  size_t unknowns, elements;
  int ranks;
  long steps, iterations, cutbacks;
  double seconds;
} stf_run_summary;

/*
 * Starts MPI and PETSc without reading any options file, in a way that is quick on one machine. Call once, first.
 * All ranks. STF_BUG when PETSc does not start.
 */
stf_status stf_run_start(void);
void stf_run_stop(void);

/* This process's rank, 0 before stf_run_start. */
int stf_run_rank(void);

/*
 * Reads, checks and runs a scenario; writes curves.csv, fields, run.json and timing.json and swaps the folder in.
 * Called by all ranks; diagnostics are the same on all.
 * STF_BAD_INPUT: nothing was touched. STF_NO_SOLUTION: the last good state stays in summary->out. STF_NO_RESOURCE.
 */
stf_status stf_run(const stf_run_options *options, stf_diags *diags, stf_run_summary *summary);

#endif
