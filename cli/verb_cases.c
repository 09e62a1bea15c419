/* `striffin cases [NAME]`: the built-in cases, or the text of one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/yaml.h"
#include "cases.h"
#include "result/file.h"
#include "session.h"
#include "verb.h"

typedef struct request {
  const char *name; /* NULL: all */
} request;

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  if (key != ARGP_KEY_ARG) return ARGP_ERR_UNKNOWN;
  if (asked->name) argp_error(state, "one case at a time; found %s after %s", arg, asked->name);
  asked->name = arg;
  return 0;
}

static const char *title_of(const char *path, stf_arena *arena) {
  stf_diags *unheard = stf_diags_create();
  const stf_yaml_node *root = NULL;
  if (unheard) stf_yaml_read_file(path, arena, unheard, &root);
  stf_diags_destroy(unheard);
  const stf_yaml_node *title = stf_yaml_get(root, "title");
  return title && title->text ? title->text : "";
}

static stf_status list(stf_arena *arena, stf_diags *diags) {
  stf_cases cases;
  size_t widest = 0;
  STF_TRY(stf_cases_list(arena, diags, &cases));
  for (size_t i = 0; i < cases.count; i++) {
    const size_t width = strlen(cases.names[i]);
    if (width > widest) widest = width;
  }
  for (size_t i = 0; i < cases.count; i++) {
    const char *title = title_of(cases.items[i].path, arena);
    printf("%-*s%s%s\n", *title ? (int)widest : 0, cases.names[i], *title ? "  " : "", title);
  }
  return STF_OK;
}

static stf_status show(const char *name, stf_arena *arena, stf_diags *diags) {
  const stf_case *found;
  char *text;
  size_t size;
  STF_TRY(stf_cases_find(name, arena, diags, &found));
  STF_TRY(stf_file_read(found->path, STF_YAML_MAX_BYTES, diags, &text, &size));
  fwrite(text, 1, size, stdout);
  free(text);
  return STF_OK;
}

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .parser = parse,
      .args_doc = "[NAME]",
      .doc = "Lists the built-in cases, or prints the scenario of one.\v'striffin run NAME' runs a case as it is. To "
             "change one: striffin cases NAME > mine.yaml (files it names stay relative to its own folder)."};
  request asked = {0};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status status = stf_session_begin(&session);
  if (!status)
    status = asked.name ? show(asked.name, session.arena, session.diags) : list(session.arena, session.diags);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_cases = {"cases", "list the built-in cases, or show one", run};
