#include "session.h"

#include <stdio.h>

#include "base/units.h"
#include "output.h"

stf_status stf_session_begin(stf_session *session) {
  *session = (stf_session){.arena = stf_arena_create(), .mesh_arena = stf_arena_create(), .diags = stf_diags_create()};
  if (session->arena && session->mesh_arena && session->diags) return STF_OK;
  fprintf(stderr, "striffin: no memory left\n");
  return STF_NO_RESOURCE;
}

stf_status stf_session_end(stf_session *session, stf_status status) {
  stf_output_flush();
  if (session->diags) stf_diags_print(session->diags, stderr);
  stf_diags_destroy(session->diags);
  stf_arena_destroy(session->mesh_arena);
  stf_arena_destroy(session->arena);
  stf_units_stop();
  *session = (stf_session){0};
  return status;
}
