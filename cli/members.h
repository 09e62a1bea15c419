/* The members of an ensemble: run side by side, one process each, and put together. */
#ifndef STF_CLI_MEMBERS_H
#define STF_CLI_MEMBERS_H

#include "result/study.h"

enum { STF_MEMBERS_AT_ONCE = 256 };

typedef struct stf_members {
  const stf_study *study; /* as it was run; without its mesh will do */
  const char *folder;     /* with the result of the mean specimen */
  const char *page;       /* of the report, which is made anew; NULL: no report */
  long count;             /* at least 2 */
  int at_once;            /* 1 to STF_MEMBERS_AT_ONCE */
  bool quiet;
} stf_members;

/*
 * Runs members 1 to `count`, so many at a time, tells those that fail on standard error, and records what came of the
 * others in the folder. A signal ends all of them and this process, and leaves the folder as it was.
 * STF_NO_SOLUTION when fewer than two finished; STF_NO_RESOURCE; with a diagnostic.
 */
stf_status stf_members_run(const stf_members *members, stf_arena *arena, stf_diags *diags);

#endif
