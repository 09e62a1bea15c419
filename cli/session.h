/* What nearly every verb begins and ends with: memory, diagnostics and their way to the terminal. */
#ifndef STF_CLI_SESSION_H
#define STF_CLI_SESSION_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

typedef struct stf_session {
  stf_arena *arena;
  stf_arena *mesh_arena; /* for what is large and may go earlier; NULL once it has gone */
  stf_diags *diags;
} stf_session;

/* STF_NO_RESOURCE after a message when memory is out. The caller ends with stf_session_end in any case. */
stf_status stf_session_begin(stf_session *session);

/* Prints the diagnostics to standard error, releases everything and returns `status`. */
stf_status stf_session_end(stf_session *session, stf_status status);

#endif
