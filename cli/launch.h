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
  bool stay;             /* wait for the run rather than become it */
  bool members;          /* whoever launches sees to the members of an ensemble: the run need not speak of them */
} stf_launch;

/*
 * Becomes striffin-solve, or waits for it where it runs under mpiexec; no shell is involved. Sets up the environment
 * for one machine where the user has not. What comes back is the exit status of the run, or STF_NO_RESOURCE with a
 * diagnostic when it could not be started. A signal that ends the run ends this process too.
 */
stf_status stf_launch_go(const stf_launch *launch, stf_arena *arena, stf_diags *diags);

/*
 * Starts striffin-solve on one process for one member of a scenario's ensemble, with what it writes going to the two
 * descriptors. `words` [STF_LAUNCH_MEMBER_WORDS] are filled by stf_launch_member_words before. Returns its process, or
 * -1 with errno. It ends when this process does.
 */
enum { STF_LAUNCH_MEMBER_WORDS = 8 };
stf_status stf_launch_member_words(const char *scenario, stf_arena *arena, stf_diags *diags, const char **words);
int stf_launch_member(const char *const *words, const char *member, int out, int err);

/* Ends this process as that signal would have. */
void stf_launch_end_by(int number);

#endif
