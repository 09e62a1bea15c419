/* `striffin calibrate CASE...`: checks scenarios and hands them to the program that solves, to be fitted. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "arguments.h"
#include "cases.h"
#include "launch.h"
#include "places.h"
#include "ranks.h"
#include "result/study.h"
#include "session.h"
#include "shown.h"
#include "verb.h"

typedef struct request {
  char **cases; /* [count] */
  int count;
  const char *out;
  long ranks; /* 0: not said */
  bool quiet, write;
} request;

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'o':
    if (!*arg) argp_error(state, "-o: found nothing; expected the name of a folder");
    asked->out = arg;
    return 0;
  case 'j': asked->ranks = stf_arguments_integer(state, arg, 1, STF_RANKS_MOST, "-j"); return 0;
  case 'q': asked->quiet = true; return 0;
  case 'w': asked->write = true; return 0;
  case ARGP_KEY_ARGS:
    asked->cases = state->argv + state->next;
    asked->count = state->argc - state->next;
    if (asked->count > STF_LAUNCH_MOST)
      argp_error(state, "%d cases; at most %d at once", asked->count, STF_LAUNCH_MOST);
    return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "what is to be fitted? Name one or more scenario files or built-in cases");
    return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* Finds and checks every scenario; `most` becomes the unknowns of the largest. */
static stf_status check(const request *asked, const char **paths, size_t *most, stf_session *session) {
  const char *library = stf_places_library(session->arena);
  stf_status worst = library ? STF_OK : STF_NO_RESOURCE;
  for (int i = 0; library && i < asked->count; i++) {
    stf_study study;
    stf_status status = stf_cases_locate(asked->cases[i], session->arena, session->diags, &paths[i]);
    if (!status)
      status = stf_study_read(paths[i], library, session->arena, session->mesh_arena, session->diags, &study);
    if (!status && stf_model_unknowns(&study.model) > *most) *most = stf_model_unknowns(&study.model);
    if (status > worst) worst = status;
  }
  return worst;
}

static stf_status calibrate(const request *asked, stf_session *session) {
  const char *paths[STF_LAUNCH_MOST];
  size_t most = 0;
  if (stf_ranks_launched())
    return stf_arguments_fault("striffin calibrate", "mpiexec is started from here; -j says how many processes");
  STF_TRY(check(asked, paths, &most, session));
  stf_launch launch = {.scenarios = paths,
                       .count = (size_t)asked->count,
                       .calibrate = true,
                       .write = asked->write,
                       .out = asked->out,
                       .quiet = asked->quiet,
                       .shown = stf_shown_list(session->diags, session->arena),
                       .cores = stf_ranks_cores()};
  launch.ranks = asked->ranks ? (int)asked->ranks : stf_ranks_choose(most, launch.cores);
  stf_diags *faults = stf_diags_create();
  if (!launch.shown || !faults) {
    stf_diags_destroy(faults);
    return STF_NO_RESOURCE;
  }
  signal(SIGPIPE, SIG_IGN);
  stf_diags_print(session->diags, stderr);
  stf_diags_destroy(session->diags);
  session->diags = faults;
  stf_arena_destroy(session->mesh_arena);
  session->mesh_arena = NULL;
  return stf_launch_go(&launch, session->arena, session->diags);
}

static const struct argp_option options[] = {
    {"output", 'o', "FOLDER", 0, "where the results go; out/calibrate-NAME by default", 0},
    {"jobs", 'j', "N", 0, "solve on N processes; as for striffin run by default", 0},
    {"write", 'w', NULL, 0, "write the fitted values into the tissues' files, which all cases share", 0},
    {"quiet", 'q', NULL, 0, "tell nothing but what is wrong", 0},
    {0},
};

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .options = options,
      .parser = parse,
      .args_doc = "CASE...",
      .doc = "Fits the parameters that scenarios list under `calibrate` to the measurements that they compare in the "
             "role calibrated, by bounded least squares on whole runs, and tells values, standard errors, correlations "
             "and what the data do not determine. Several cases are fitted at once: one set of parameters for all.\v"
             "The library of tissues stays as it is; the lines that would change are shown, and written with -w. Exit "
             "status as of striffin run."};
  request asked = {0};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status status = stf_session_begin(&session);
  if (!status) status = calibrate(&asked, &session);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_calibrate = {"calibrate", "fit parameters of tissues to measurements", run};
