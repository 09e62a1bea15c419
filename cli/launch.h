/* From the front to the program that solves. */
#ifndef STF_CLI_LAUNCH_H
#define STF_CLI_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

enum { STF_LAUNCH_MOST = 64 }; /* scenarios at once */

typedef struct stf_launch {
  const char *const *scenarios; /* [count] one to run, or several to fit at once */
  size_t count;
  bool calibrate, write; /* fit them; and change the tissues' files */
  const char *out;       /* NULL: out/NAME */
  const char *page;      /* of the report; NULL: no report */
  bool resume;           /* go on from the checkpoint of `out` */
  bool quiet, profile;   /* tell nothing; tell where the time went */
  const char *shown;     /* warnings the user has seen, see shown.h; "" for none */
  int ranks;             /* 0: as many as mpiexec has started already */
  int cores;             /* of this machine */
} stf_launch;

/*
 * Becomes striffin-solve, or waits for it where it runs under mpiexec; no shell is involved. Sets up the environment
 * for one machine where the user has not. What comes back is the exit status of the run, or STF_NO_RESOURCE with a
 * diagnostic when it could not be started. A signal that ends the run ends this process too.
 */
stf_status stf_launch_go(const stf_launch *launch, stf_arena *arena, stf_diags *diags);

#endif
