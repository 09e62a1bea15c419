/* `striffin report RUN...`: results as one page to look at. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "places.h"
#include "result/report.h"
#include "session.h"
#include "verb.h"

typedef struct request {
  const char *const *runs; /* [count] */
  int count;
  const char *out;
} request;

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'o':
    if (!*arg) argp_error(state, "-o: found nothing; expected the name of a file");
    asked->out = arg;
    return 0;
  case ARGP_KEY_ARGS:
    asked->runs = (const char *const *)state->argv + state->next;
    asked->count = state->argc - state->next;
    if (asked->count > STF_REPORT_MOST_RUNS)
      argp_error(state, "found %d results; expected at most %d", asked->count, STF_REPORT_MOST_RUNS);
    return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "what is to be reported? Name the folder of a result, such as out/NAME");
    return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* report.html in the folder of the first run. */
static const char *default_path(const char *run, stf_arena *arena) {
  size_t length = strlen(run);
  while (length > 1 && run[length - 1] == '/') length--;
  return stf_arena_printf(arena, "%.*s/report.html", (int)length, run);
}

static stf_status report(const request *asked, stf_arena *arena, stf_diags *diags) {
  stf_report_options options = {.runs = asked->runs,
                                .run_count = (size_t)asked->count,
                                .library = stf_places_library(arena),
                                .path = asked->out ? asked->out : default_path(asked->runs[0], arena)};
  if (!options.library || !options.path) return STF_NO_RESOURCE;
  STF_TRY(stf_places_page(arena, diags, &options.page));
  STF_TRY(stf_report_write(&options, diags));
  printf("The report is %s\n", options.path);
  return STF_OK;
}

static const struct argp_option options[] = {
    {"output", 'o', "FILE.html", 0, "where the page goes; report.html in the folder of the first result by default", 0},
    {0},
};

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .options = options,
      .parser = parse,
      .args_doc = "RUN...",
      .doc = "Makes one page of a result, or of several to compare: measured and published values, the tissue in "
             "three dimensions, curves, and every number used with its source.\vRUN is the folder of a result, such as "
             "out/NAME, or out/NAME.part of a run that stopped. The page needs nothing but itself."};
  request asked = {0};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status status = stf_session_begin(&session);
  if (!status) status = report(&asked, session.arena, session.diags);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_report = {"report", "make a page of results, or compare some in one", run};
