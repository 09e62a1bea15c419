/* From the front to the program that solves. */
#ifndef STF_CLI_LAUNCH_H
#define STF_CLI_LAUNCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

typedef struct stf_launch {
  const char *scenario;
  const char *out; /* NULL: out/NAME */
  bool quiet;
  const char *shown; /* warnings the user has seen, see shown.h; "" for none */
  int ranks;         /* 0: as many as mpiexec has started already */
  int cores;         /* of this machine */
} stf_launch;

/*
 * Becomes striffin-solve, alone or under mpiexec, without a shell. Sets up its environment for one machine where the
 * user has not. Comes back only when that fails: STF_NO_RESOURCE with a diagnostic.
 */
stf_status stf_launch_go(const stf_launch *launch, stf_arena *arena, stf_diags *diags);

#endif
