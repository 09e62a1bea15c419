/* `striffin check FILE...`: every fault of a scenario or a tissue, without solving anything. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/units.h"
#include "cases.h"
#include "places.h"
#include "result/study.h"
#include "session.h"
#include "verb.h"

typedef struct request {
  char **files; /* [count] */
  int count;
} request;

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  (void)arg;
  switch (key) {
  case ARGP_KEY_ARGS:
    asked->files = state->argv + state->next;
    asked->count = state->argc - state->next;
    return 0;
  case ARGP_KEY_NO_ARGS: argp_error(state, "what is to be checked? Name a scenario or tissue file"); return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static bool is_tissue(const char *path, stf_arena *arena) {
  stf_diags *unheard = stf_diags_create();
  const stf_yaml_node *root = NULL;
  if (unheard) stf_yaml_read_file(path, arena, unheard, &root);
  stf_diags_destroy(unheard);
  return stf_yaml_get(root, "striffin-tissue") && !stf_yaml_get(root, "striffin");
}

static stf_status check_tissue(const char *path, stf_arena *arena, stf_diags *diags) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
  const char *folder = slash ? stf_arena_copy(arena, path, (size_t)(slash - path + 1)) : ".";
  const char *name = stf_arena_copy(arena, base, dot ? (size_t)(dot - base) : strlen(base));
  stf_tissue tissue;
  if (!folder || !name || stf_units_start()) return STF_NO_RESOURCE;
  if (!dot || strcmp(dot, ".yaml") != 0) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "a tissue in a file of this name", "NAME.yaml", NULL);
    return STF_BAD_INPUT;
  }
  return stf_tissue_read(name, NULL, folder, (stf_place){.file = path}, arena, diags, &tissue);
}

/* How long the fronts of adhesions are. */
static void tell_fronts(const char *asked, const stf_protocol *protocol) {
  for (size_t k = 0; k < protocol->glides; k++) {
    const stf_glide *glide = &protocol->glide[k];
    if (!isnan(glide->front))
      printf("%s: the load of adhesions on %s dies away over %.3g mm, %.3g facets\n", asked, glide->name, glide->front,
             glide->front / glide->gaps.size);
  }
}

static stf_status check(const char *asked, stf_arena *arena, stf_diags *diags) {
  const char *path;
  stf_study study;
  STF_TRY(stf_cases_locate(asked, arena, diags, &path));
  if (is_tissue(path, arena)) return check_tissue(path, arena, diags);
  const char *library = stf_places_library(arena);
  if (!library) return STF_NO_RESOURCE;
  STF_TRY(stf_study_read(path, library, arena, arena, diags, &study));
  tell_fronts(asked, &study.protocol);
  return STF_OK;
}

static stf_status check_one(const char *asked) {
  stf_session session;
  stf_status status = stf_session_begin(&session);
  if (!status) status = check(asked, session.arena, session.diags);
  if (!status) printf("%s: no faults\n", asked);
  return stf_session_end(&session, status);
}

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .parser = parse,
      .args_doc = "FILE...",
      .doc = "Tells every fault of scenarios and tissues, each with file, line and column, what was found, what is "
             "allowed and a hint. Nothing is solved or written.\v"
             "FILE may also be the name of a built-in case. Exit status 0 without faults, 2 with."};
  request asked = {0};
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status worst = STF_OK;
  for (int i = 0; i < asked.count; i++) {
    const stf_status status = check_one(asked.files[i]);
    if (status > worst) worst = status;
  }
  return worst;
}

const stf_verb stf_verb_check = {"check", "tell every fault of a scenario or tissue file", run};
