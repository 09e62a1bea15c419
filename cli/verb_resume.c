/* `striffin resume RESULT`: goes on with a run that ended early, from its last checkpoint. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "arguments.h"
#include "launch.h"
#include "places.h"
#include "ranks.h"
#include "result/checkpoint.h"
#include "session.h"
#include "verb.h"

typedef struct request {
  const char *result;
  bool quiet, profile, no_report;
} request;

enum { OPTION_PROFILE = 256, OPTION_NO_REPORT };

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'q': asked->quiet = true; return 0;
  case OPTION_NO_REPORT: asked->no_report = true; return 0;
  case OPTION_PROFILE: asked->profile = true; return 0;
  case ARGP_KEY_ARG:
    if (asked->result) argp_error(state, "one result at a time; found %s after %s", arg, asked->result);
    asked->result = arg;
    return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "what is to go on? Name the folder of a result, such as out/NAME");
    return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* NAME of a folder NAME, NAME/ or NAME.part. */
static const char *final_name(const char *result, stf_arena *arena) {
  size_t length = strlen(result);
  while (length > 1 && result[length - 1] == '/') length--;
  if (length > 5 && strncmp(result + length - 5, ".part", 5) == 0) length -= 5;
  return stf_arena_copy(arena, result, length);
}

static stf_status nothing_to_do(const char *name, const char *part, stf_diags *diags) {
  struct stat about;
  const bool finished = stat(part, &about) != 0 && stat(name, &about) == 0;
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = finished ? name : part},
                finished ? "a result that is complete" : "no run that ended early", "NAME.part with a checkpoint in it",
                "'striffin run' begins anew");
  return STF_BAD_INPUT;
}

/* What the checkpoint says of its run; the texts last as long as it. */
static stf_status read_pointer(const char *path, stf_diags *diags, stf_checkpoint *c, const char **scenario,
                               long *ranks) {
  size_t size, length;
  STF_TRY(stf_checkpoint_read(path, diags, c));
  const long *count = stf_checkpoint_find(c, "ranks", &size);
  *scenario = stf_checkpoint_find(c, "scenario", &length);
  if (count && size == sizeof *count && *count >= 1 && *count <= STF_RANKS_MOST && *scenario && length &&
      !(*scenario)[length - 1]) {
    *ranks = *count;
    return STF_OK;
  }
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "no scenario or number of processes", NULL, NULL);
  return STF_BAD_INPUT;
}

static stf_status resume(const request *asked, stf_session *session) {
  const char *name = final_name(asked->result, session->arena), *scenario, *page = NULL;
  const char *part = name ? stf_arena_printf(session->arena, "%s.part", name) : NULL;
  const char *path = part ? stf_arena_printf(session->arena, "%s/checkpoint.bin", part) : NULL;
  struct stat about;
  stf_checkpoint checkpoint;
  long ranks;
  if (!path) return STF_NO_RESOURCE;
  if (stat(path, &about) && errno == ENOENT) return nothing_to_do(name, part, session->diags);
  if (!asked->no_report) STF_TRY(stf_places_page(session->arena, session->diags, &page));
  stf_status status = read_pointer(path, session->diags, &checkpoint, &scenario, &ranks);
  if (!status) {
    const char *kept = stf_arena_copy(session->arena, scenario, strlen(scenario));
    const stf_launch launch = {.scenarios = &kept,
                               .count = 1,
                               .out = name,
                               .page = page,
                               .resume = true,
                               .quiet = asked->quiet,
                               .profile = asked->profile,
                               .shown = "",
                               .ranks = (int)ranks,
                               .cores = stf_ranks_cores()};
    signal(SIGPIPE, SIG_IGN); /* a reader that has gone must not end a run */
    status = kept ? stf_launch_go(&launch, session->arena, session->diags) : STF_NO_RESOURCE;
  }
  stf_checkpoint_clear(&checkpoint);
  return status;
}

static const struct argp_option options[] = {
    {"no-report", OPTION_NO_REPORT, NULL, 0, "leave out report.html; 'striffin report' makes it later", 0},
    {"profile", OPTION_PROFILE, NULL, 0, "tell at the end where the time went", 0},
    {"quiet", 'q', NULL, 0, "tell nothing but what is wrong", 0},
    {0},
};

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .options = options,
      .parser = parse,
      .args_doc = "RESULT",
      .doc =
          "Goes on with a run that ended early, from the last checkpoint in out/NAME.part, on as many processes as it "
          "had. What comes out is the same, byte for byte, as of a run that was never stopped.\vA run leaves a "
          "checkpoint after every fifth output and at the end of each activity. A scenario or tissue that has changed "
          "since is refused."};
  request asked = {0};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status status = stf_session_begin(&session);
  if (!status) status = resume(&asked, &session);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_resume = {"resume", "go on with a run that ended early", run};
