/* `striffin mtest LAW|TISSUE`: one point driven along a path, as a table and a figure. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "base/units.h"
#include "mtest.h"
#include "result/figure.h"
#include "session.h"
#include "verb.h"

enum { MOST_PAIRS = 64, MOST_STEPS = 100000, DIGITS = 10, KEY_PATH = 256, KEY_TO, KEY_PLOT, KEY_RATE };

typedef struct request {
  stf_mtest of;
  const char *pairs[MOST_PAIRS];
  stf_path_kind kind;
  double to;   /* NAN: not given */
  double rate; /* [1/s] */
  int steps;
  const char *plot; /* NULL: no figure */
} request;

static stf_path_kind read_kind(const struct argp_state *state, const char *text) {
  size_t count = 0;
  for (; stf_path_names[count]; count++)
    if (strcmp(text, stf_path_names[count]) == 0) return (stf_path_kind)count;
  const char *nearest = stf_text_nearest(text, stf_path_names, count);
  argp_error(state, "--path: found %s; expected uniaxial, equibiaxial, planar, shear or confined%s%s%s",
             *text ? text : "nothing", nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
  return STF_UNIAXIAL;
}

static double read_to(const struct argp_state *state, const char *text) {
  double to = NAN;
  if (stf_units_start() || stf_quantity_parse(text, STF_RATIO, &to))
    argp_error(state, "--to: found %s; expected a stretch such as 1.2, or an amount of shear",
               *text ? text : "nothing");
  return to;
}

static double read_rate(const struct argp_state *state, const char *text) {
  double rate = NAN;
  if (stf_units_start() || stf_quantity_parse(text, STF_RATE, &rate) || !(rate > 0.0))
    argp_error(state, "--rate: found %s; expected a rate of stretch over 0, such as '1 %%/s'",
               *text ? text : "nothing");
  return rate;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'p':
    if (asked->of.pair_count == MOST_PAIRS) argp_error(state, "-p: more than %d of them", MOST_PAIRS);
    asked->pairs[asked->of.pair_count++] = arg;
    return 0;
  case 'f': asked->of.fibres = arg; return 0;
  case 'n': asked->steps = (int)stf_arguments_integer(state, arg, 1, MOST_STEPS, "--steps"); return 0;
  case KEY_PATH: asked->kind = read_kind(state, arg); return 0;
  case KEY_TO: asked->to = read_to(state, arg); return 0;
  case KEY_RATE: asked->rate = read_rate(state, arg); return 0;
  case KEY_PLOT:
    if (!*arg) argp_error(state, "--plot: found nothing; expected the name of a file");
    asked->plot = arg;
    return 0;
  case ARGP_KEY_ARG:
    if (asked->of.what) argp_error(state, "one law or tissue at a time; found %s after %s", arg, asked->of.what);
    asked->of.what = arg;
    return 0;
  case ARGP_KEY_NO_ARGS: argp_error(state, "what is to be tested? Name a law or a tissue"); return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* The end of the path, by default a stretch of 1.2 or a shear of 0.2. */
static stf_status check_to(request *asked) {
  const bool shear = asked->kind == STF_SHEAR;
  if (isnan(asked->to)) asked->to = shear ? 0.2 : 1.2;
  if (shear && asked->to != 0.0 && fabs(asked->to) <= 10.0) return STF_OK;
  if (!shear && asked->to >= 0.05 && asked->to != 1.0 && asked->to <= 20.0) return STF_OK;
  return stf_arguments_fault("striffin mtest", "--to: found %g; expected %s", asked->to,
                             shear ? "an amount of shear from -10 to 10, not 0" : "a stretch from 0.05 to 20, not 1");
}

/* ---- what comes out ---- */

static void print_table(const stf_path *path, const stf_path_point *points, int count) {
  printf("%s,nominal_stress [MPa],cauchy_stress [MPa],tangent [MPa],F_yy,F_zz,J\n",
         path->kind == STF_SHEAR ? "shear" : "stretch");
  for (int n = 0; n < count; n++) {
    const stf_path_point *p = &points[n];
    const double J = p->F[0] * p->F[4] * p->F[8];
    const double row[] = {p->at, p->nominal, p->cauchy, p->tangent, p->F[4], p->F[8], J};
    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
      char text[64];
      stf_text_write_number(row[i], DIGITS, text, sizeof(text));
      printf("%s%s", i ? "," : "", text);
    }
    printf("\n");
  }
}

/* Nominal and Cauchy stress over what was driven. */
static stf_status draw(const request *asked, const stf_path *path, const stf_path_point *points, int count,
                       stf_arena *arena, stf_diags *diags) {
  double(*at[2])[2] = {stf_arena_alloc(arena, (size_t)count * sizeof(*at[0])),
                       stf_arena_alloc(arena, (size_t)count * sizeof(*at[0]))};
  const char *title = stf_arena_printf(arena, "%s, %s", path->material->name, stf_path_names[path->kind]);
  if (!at[0] || !at[1] || !title) return STF_NO_RESOURCE;
  for (int n = 0; n < count; n++) {
    at[0][n][0] = at[1][n][0] = points[n].at;
    at[0][n][1] = points[n].nominal;
    at[1][n][1] = points[n].cauchy;
  }
  const stf_figure_line lines[] = {
      {.label = "nominal stress", .count = (size_t)count, .at = (const double(*)[2])at[0]},
      {.label = "Cauchy stress", .count = (size_t)count, .at = (const double(*)[2])at[1], .style = 1}};
  const stf_figure figure = {.width_mm = 85,
                             .height_mm = 64,
                             .title = title,
                             .x_name = path->kind == STF_SHEAR ? "amount of shear" : "stretch",
                             .x_unit = "",
                             .y_name = "stress",
                             .y_unit = "MPa",
                             .lines = 2,
                             .line = lines};
  stf_buffer svg = {0};
  stf_status status = stf_figure_draw(&figure, arena, &svg);
  if (!status) status = stf_buffer_write(&svg, asked->plot, diags);
  stf_buffer_clear(&svg);
  return status;
}

static stf_status test(request *asked, stf_arena *arena, stf_diags *diags) {
  stf_path path = {.kind = asked->kind, .rate = asked->rate};
  int reached;
  STF_TRY(stf_mtest_prepare(&asked->of, arena, diags, &path));
  stf_path_point *points = stf_arena_alloc(arena, (size_t)(asked->steps + 1) * sizeof(*points));
  if (!points) return STF_NO_RESOURCE;
  const stf_status status = stf_path_drive(&path, asked->to, asked->steps, points, &reached);
  print_table(&path, points, reached);
  if (status)
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = asked->of.what},
                  reached ? stf_diags_text(diags, "no equilibrium beyond %g", points[reached - 1].at)
                          : "no equilibrium at rest",
                  NULL, "the law may be unstable there; more --steps may lead further");
  if (asked->plot && reached > 1) STF_TRY(draw(asked, &path, points, reached, arena, diags));
  return status;
}

static const struct argp_option options[] = {
    {"path", KEY_PATH, "KIND", 0, "uniaxial (the default), equibiaxial, planar, shear or confined", 0},
    {"to", KEY_TO, "VALUE", 0, "the stretch it goes to, 1.2 by default; the amount of shear, 0.2 by default", 0},
    {"rate", KEY_RATE, "RATE", 0, "how fast, such as '1 %/s', for what relaxes or breaks; by default all at once", 0},
    {"steps", 'n', "N", 0, "equal steps to get there, 50 by default", 0},
    {"parameter", 'p', "KEY=VALUE", 0, "a parameter of a law, such as -p 'k1=2 MPa'; once for each", 0},
    {"fibres", 'f', "ANGLES", 0, "directions of the families, to x in the plane of x and y: '30 deg, -30 deg'", 0},
    {"plot", KEY_PLOT, "FILE.svg", 0, "draw the stresses into this file", 0},
    {0},
};

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .options = options,
      .parser = parse,
      .args_doc = "LAW|TISSUE",
      .doc =
          "Drives one point of a law or of a tissue along a path and prints a table: stretch, nominal stress, Cauchy "
          "stress, tangent of the nominal stress, and how the sides change. No body is solved.\vWhat a path leaves "
          "free is free of stress: all but the length in uniaxial, the thickness in equibiaxial and planar; shear "
          "and confined leave nothing free. A law without -p bulk_modulus=VALUE is taken as incompressible, and so "
          "is a fibre law, which lies along x, dispersed with -p in_plane_dispersion='12 deg' in the plane of x and y. "
          "`striffin explain LAW` tells the parameters of a law."};
  request asked = {.to = NAN, .rate = INFINITY, .steps = 50};
  stf_session session;
  asked.of.pairs = asked.pairs;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  STF_TRY(check_to(&asked));
  stf_status status = stf_session_begin(&session);
  if (!status) status = test(&asked, session.arena, session.diags);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_mtest = {"mtest", "drive one point of a law or tissue along a path", run};
