/* `striffin plot RUN...`: an SVG figure of results. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "result/plot.h"
#include "session.h"
#include "verb.h"

enum { NARROWEST_MM = 30, WIDEST_MM = 1000 };

typedef struct request {
  const char *const *runs; /* [count] */
  int count;
  const char *x, *y, *out;
  bool across;
  double width_mm; /* 0: as a journal's column */
} request;

static double read_width(const struct argp_state *state, const char *text) {
  double width = 0;
  const char *rest = text + stf_text_read_number(text, &width);
  rest += strspn(rest, " ");
  if (rest == text || (*rest && strcmp(rest, "mm") != 0) || width < NARROWEST_MM || width > WIDEST_MM)
    argp_error(state, "--width: found %s; expected from %d mm to %d mm", *text ? text : "nothing", NARROWEST_MM,
               WIDEST_MM);
  return width;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'x': asked->x = arg; return 0;
  case 'y': asked->y = arg; return 0;
  case 'a': asked->across = true; return 0;
  case 'w': asked->width_mm = read_width(state, arg); return 0;
  case 'o':
    if (!*arg) argp_error(state, "-o: found nothing; expected the name of a file");
    asked->out = arg;
    return 0;
  case ARGP_KEY_ARGS:
    asked->runs = (const char *const *)state->argv + state->next;
    asked->count = state->argc - state->next;
    return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "what is to be drawn? Name the folder of a result, such as out/NAME");
    return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* curves.svg in the folder of the first run. */
static const char *default_path(const char *run, stf_arena *arena) {
  size_t length = strlen(run);
  while (length > 1 && run[length - 1] == '/') length--;
  return stf_arena_printf(arena, "%.*s/curves.svg", (int)length, run);
}

static stf_status plot(const request *asked, stf_arena *arena, stf_diags *diags) {
  const char *path = asked->out ? asked->out : default_path(asked->runs[0], arena);
  const stf_plot_options options = {.runs = asked->runs,
                                    .run_count = (size_t)asked->count,
                                    .x = asked->x,
                                    .y = asked->y,
                                    .across = asked->across,
                                    .width_mm = asked->width_mm,
                                    .path = path};
  if (!path) return STF_NO_RESOURCE;
  STF_TRY(stf_plot(&options, diags));
  printf("The figure is %s\n", path);
  return STF_OK;
}

static const struct argp_option options[] = {
    {"x-axis", 'x', "CURVE", 0, "the curve along the horizontal axis", 0},
    {"y-axis", 'y', "CURVE", 0, "the curve along the vertical axis", 0},
    {"across", 'a', NULL, 0, "each result is one point: what its measurements came to in the end", 0},
    {"output", 'o', "FILE.svg", 0, "where the figure goes; curves.svg in the folder of the first result by default", 0},
    {"width", 'w', "MM", 0, "how wide it is; 85 mm, one column of a journal, by default, 174 mm for two", 0},
    {0},
};

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .options = options,
      .parser = parse,
      .args_doc = "RUN...",
      .doc =
          "Draws one curve of one or several results over another, with the measured values and their standard "
          "deviations where a result is compared with some.\vRUN is the folder of a result, such as out/NAME; the "
          "first line of its curves.csv names its curves. With --across, -x and -y are any of its measurements, and a "
          "band is what the members of ensembles came to. Without -x and -y the figure is the one its "
          "measurements speak of, else the first curve over time."};
  request asked = {0};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status status = stf_session_begin(&session);
  if (!status) status = plot(&asked, session.arena, session.diags);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_plot = {"plot", "draw a figure of results, in SVG", run};
