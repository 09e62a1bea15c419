/* What a run would be, for people. */
#ifndef STF_CLI_SUMMARY_H
#define STF_CLI_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include "result/study.h"

/* How a run would be done. */
typedef struct stf_plan {
  int ranks;       /* processes */
  bool asked;      /* the user said how many */
  int cores;       /* of this machine */
  long members;    /* of the ensemble that are run; 0: none */
  int at_once;     /* of them, at a time */
  const char *out; /* folder of the results; NULL: out/NAME */
} stf_plan;

/* One line: name, elements, unknowns, processes. */
void stf_summary_line(const stf_study *study, const stf_plan *plan, FILE *stream);

/* Everything: anatomy, mesh, timeline, measurements, processes and memory. */
void stf_summary_write(const stf_study *study, const stf_plan *plan, FILE *stream);

#endif
