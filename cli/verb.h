/* The verbs of the program: one file, one row in the list of main.c. */
#ifndef STF_CLI_VERB_H
#define STF_CLI_VERB_H

#include "base/status.h"

typedef struct stf_verb {
  const char *name;     /* "check" */
  const char *sentence; /* for `striffin --help` */
  /* argv[0] is "striffin check"; what comes back is the exit status of the program. */
  stf_status (*run)(int argc, char **argv);
} stf_verb;

extern const stf_verb stf_verb_run, stf_verb_check, stf_verb_new, stf_verb_cases, stf_verb_explain, stf_verb_mtest,
    stf_verb_plot, stf_verb_report, stf_verb_calibrate, stf_verb_resume, stf_verb_version;

#endif
