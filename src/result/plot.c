#include "result/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "result/figure.h"
#include "result/file.h"
#include "result/stored.h"

static const double largest = 1e100; /* what a figure can show */

/* A figure being gathered. */
typedef struct plot {
  const stf_plot_options *options;
  stf_arena *arena;
  stf_diags *diags;
  stf_stored *run;   /* [options->run_count] */
  const char *x, *y; /* curves */
  stf_figure figure;
  stf_figure_line *line;        /* [options->run_count] */
  stf_figure_mark *mark;        /* [figure.marks] */
  const stf_stored_mark **from; /* [figure.marks] what each mark was made of */
} plot;

static stf_status refuse(plot *p, const char *file, const char *found, const char *expected, const char *hint) {
  stf_diags_add(p->diags, STF_ERROR, (stf_place){.file = file}, found, expected, hint);
  return STF_BAD_INPUT;
}

static stf_status no_memory(plot *p) {
  return stf_file_no_memory(p->options->path, p->diags);
}

/* --- which curves --------------------------------------------------------------------------------------------------
 */

/* The first mark that fits what was asked for, or NULL. */
static const stf_stored_mark *first_mark(const plot *p) {
  const stf_plot_options *options = p->options;
  for (size_t i = 0; i < options->run_count; i++) {
    for (size_t j = 0; j < p->run[i].marks; j++) {
      const stf_stored_mark *mark = &p->run[i].mark[j];
      if ((!options->x || !strcmp(options->x, mark->x)) && (!options->y || !strcmp(options->y, mark->y))) return mark;
    }
  }
  return NULL;
}

/* The first curve of the first run that is not called `other`, or NULL. */
static const char *first_curve(const plot *p, const char *other) {
  const stf_curves *curves = p->run[0].curves;
  for (size_t i = 0; i < stf_curves_columns(curves); i++) {
    const char *name = stf_curves_column(curves, i)->name;
    if (strcmp(name, other) != 0 && strcmp(name, "time") != 0) return name;
  }
  return NULL;
}

static stf_status choose_curves(plot *p) {
  const stf_stored_mark *mark = p->options->x && p->options->y ? NULL : first_mark(p);
  p->x = p->options->x;
  p->y = p->options->y;
  if (!p->x) p->x = mark ? mark->x : "time";
  if (!p->y) p->y = mark ? mark->y : first_curve(p, p->x);
  if (p->y) return STF_OK;
  return refuse(p, p->run[0].path, "only one curve", "two, one to draw over the other", NULL);
}

/* Diagnoses that a run has no curve of that name. */
static stf_status no_curve(plot *p, const stf_stored *run, const char *name) {
  const size_t count = stf_curves_columns(run->curves);
  const char **names = stf_arena_alloc(p->arena, count * sizeof(*names));
  if (!names) return no_memory(p);
  const char *list = "one of ";
  for (size_t i = 0; i < count; i++) {
    names[i] = stf_curves_column(run->curves, i)->name;
    if (i < 30) list = stf_diags_text(p->diags, "%s%s%s", list, i ? ", " : "", names[i]);
  }
  const char *nearest = stf_text_nearest(name, names, count);
  return refuse(p, run->path, stf_diags_text(p->diags, "no curve %s", stf_diags_quote(p->diags, name, strlen(name))),
                list, nearest ? stf_diags_text(p->diags, "did you mean %s?", nearest) : NULL);
}

/* The column of a curve, which must have the unit `*unit` unless this is NULL. */
static stf_status find_column(plot *p, const stf_stored *run, const char *name, const char **unit, size_t *column) {
  const long found = stf_curves_find(run->curves, name);
  if (found < 0) return no_curve(p, run, name);
  const char *own = stf_curves_column(run->curves, (size_t)found)->unit;
  *column = (size_t)found;
  if (!*unit) *unit = own;
  if (!strcmp(*unit, own)) return STF_OK;
  return refuse(p, run->path, stf_diags_text(p->diags, "the curve %s in %s", name, *own ? own : "no unit"),
                stf_diags_text(p->diags, "%s, as in %s", **unit ? *unit : "no unit", p->run[0].path), NULL);
}

/* --- lines ---------------------------------------------------------------------------------------------------------
 */

static bool is_drawable(double value) {
  return isfinite(value) && fabs(value) < largest;
}

/* Copies two columns as points. Returns how many of them can be drawn. */
static size_t copy_points(const stf_curves *curves, size_t x, size_t y, double (*at)[2]) {
  size_t drawable = 0;
  for (size_t i = 0; i < stf_curves_rows(curves); i++) {
    at[i][0] = stf_curves_shown(curves, i, x);
    at[i][1] = stf_curves_shown(curves, i, y);
    if (is_drawable(at[i][0]) && is_drawable(at[i][1])) {
      drawable++;
    } else {
      at[i][0] = at[i][1] = NAN;
    }
  }
  return drawable;
}

/* What the specimens of an ensemble did on these curves. */
static stf_status gather_band(plot *p, const stf_stored *run, stf_figure_line *line) {
  const stf_stored_band *band = stf_stored_find_band(run, p->x, p->y);
  if (!band || band->count < 2) return STF_OK;
  double(*low)[2] = stf_arena_alloc(p->arena, band->count * sizeof(*low));
  double(*high)[2] = stf_arena_alloc(p->arena, band->count * sizeof(*high));
  line->band_label = stf_arena_printf(p->arena, "%zu specimens, 5 to 95 %%", run->specimens);
  if (!low || !high || !line->band_label) return no_memory(p);
  for (size_t i = 0; i < band->count; i++) {
    const double *at = band->at[i];
    if (!is_drawable(at[0]) || !is_drawable(at[2]) || !is_drawable(at[3])) continue;
    low[line->edge][0] = high[line->edge][0] = at[0];
    low[line->edge][1] = at[2];
    high[line->edge++][1] = at[3];
  }
  line->low = (const double(*)[2])low;
  line->high = (const double(*)[2])high;
  return STF_OK;
}

static stf_status gather_lines(plot *p) {
  const char *x_unit = NULL, *y_unit = NULL;
  size_t drawable = 0;
  for (size_t i = 0; i < p->options->run_count; i++) {
    const stf_stored *run = &p->run[i];
    size_t x = 0, y = 0;
    STF_TRY(find_column(p, run, p->x, &x_unit, &x));
    STF_TRY(find_column(p, run, p->y, &y_unit, &y));
    const size_t count = stf_curves_rows(run->curves);
    double(*at)[2] = stf_arena_alloc(p->arena, (count ? count : 1) * sizeof(*at));
    if (!at) return no_memory(p);
    drawable += copy_points(run->curves, x, y, at);
    p->line[i] = (stf_figure_line){.count = count, .at = (const double(*)[2])at, .style = (int)i};
    STF_TRY(gather_band(p, run, &p->line[i]));
  }
  p->figure.x_unit = x_unit;
  p->figure.y_unit = y_unit;
  if (drawable) return STF_OK;
  return refuse(p, p->run[0].path, stf_diags_text(p->diags, "no values of %s over %s", p->y, p->x),
                "at least one row with both", NULL);
}

/* --- across runs ---------------------------------------------------------------------------------------------------
 */

/* A run as a point, and what its members came to. */
typedef struct station {
  double x, y, low, high;
} station;

static int by_x(const void *left, const void *right) {
  const station *a = left, *b = right;
  return (a->x > b->x) - (a->x < b->x);
}

static stf_status no_number(plot *p, const stf_stored *run, const char *name) {
  const char **names = stf_arena_alloc(p->arena, (run->numbers + 1) * sizeof(*names)), *list = "one of ";
  if (!names) return no_memory(p);
  for (size_t i = 0; i < run->numbers; i++) {
    names[i] = run->number[i].name;
    if (i < 30) list = stf_diags_text(p->diags, "%s%s%s", list, i ? ", " : "", names[i]);
  }
  const char *nearest = stf_text_nearest(name, names, run->numbers);
  return refuse(p, run->path,
                stf_diags_text(p->diags, "no measurement %s", stf_diags_quote(p->diags, name, strlen(name))), list,
                nearest ? stf_diags_text(p->diags, "did you mean %s?", nearest) : NULL);
}

/* A measurement of a run, which must have the unit `*unit` unless this is NULL. */
static stf_status find_number(plot *p, const stf_stored *run, const char *name, const char **unit,
                              const stf_stored_number **number) {
  *number = stf_stored_find_number(run, name);
  if (!*number) return no_number(p, run, name);
  if (!*unit) *unit = (*number)->unit;
  if (!strcmp(*unit, (*number)->unit)) return STF_OK;
  return refuse(p, run->path, stf_diags_text(p->diags, "the measurement %s in %s", name, (*number)->unit),
                stf_diags_text(p->diags, "%s, as in %s", *unit, p->run[0].path), NULL);
}

static stf_status gather_stations(plot *p, station *at, size_t *count) {
  for (size_t i = 0; i < p->options->run_count; i++) {
    const stf_stored_number *x, *y;
    STF_TRY(find_number(p, &p->run[i], p->x, &p->figure.x_unit, &x));
    STF_TRY(find_number(p, &p->run[i], p->y, &p->figure.y_unit, &y));
    if (is_drawable(x->value) && is_drawable(y->value)) at[(*count)++] = (station){x->value, y->value, y->low, y->high};
  }
  qsort(at, *count, sizeof *at, by_x);
  if (*count > 1) return STF_OK;
  return refuse(p, p->run[0].path, stf_diags_text(p->diags, "%zu runs with values of %s and %s", *count, p->x, p->y),
                "two or more, each of which is a point", NULL);
}

/* Runs as the points of one line, and their ensembles as its band. */
static stf_status gather_across(plot *p) {
  const size_t most = p->options->run_count;
  station *from = stf_arena_alloc(p->arena, most * sizeof(*from));
  double(*at)[2] = stf_arena_alloc(p->arena, 3 * most * sizeof(*at)), (*low)[2] = at + most, (*high)[2] = low + most;
  stf_figure_line *line = &p->line[0];
  size_t count = 0;
  if (!from || !at) return no_memory(p);
  STF_TRY(gather_stations(p, from, &count));
  *line = (stf_figure_line){.count = count, .at = (const double(*)[2])at};
  for (size_t i = 0; i < count; i++) {
    at[i][0] = from[i].x;
    at[i][1] = from[i].y;
    if (!is_drawable(from[i].low) || !is_drawable(from[i].high)) continue;
    low[line->edge][0] = high[line->edge][0] = from[i].x;
    low[line->edge][1] = from[i].low;
    high[line->edge++][1] = from[i].high;
  }
  if (line->edge < 2) {
    line->edge = 0;
    return STF_OK;
  }
  line->low = (const double(*)[2])low;
  line->high = (const double(*)[2])high;
  line->label = "mean specimen";
  line->band_label = "specimens, 5 to 95 %";
  return STF_OK;
}

static stf_status choose_numbers(plot *p) {
  p->x = p->options->x;
  p->y = p->options->y;
  if (p->x && p->y) return STF_OK;
  return refuse(p, NULL, "a figure across runs without -x or without -y", "both: the measurements to draw", NULL);
}

/* --- labels --------------------------------------------------------------------------------------------------------
 */

typedef const char *(*namer)(const stf_stored *run);

static const char *title_of(const stf_stored *run) {
  return run->title;
}

static const char *name_of(const stf_stored *run) {
  return run->name;
}

static const char *folder_of(const stf_stored *run) {
  return stf_file_base(run->path);
}

static const char *path_of(const stf_stored *run) {
  return run->path;
}

/* Whether `name` tells every run from every other. */
static bool tells_apart(const plot *p, namer name) {
  for (size_t i = 0; i < p->options->run_count; i++) {
    if (!*name(&p->run[i])) return false;
    for (size_t j = 0; j < i; j++) {
      if (!strcmp(name(&p->run[i]), name(&p->run[j]))) return false;
    }
  }
  return true;
}

/* What the runs are called: the first kind of name that tells them apart. */
static namer choose_names(const plot *p) {
  static const namer names[] = {title_of, name_of, folder_of};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
    if (tells_apart(p, names[i])) return names[i];
  }
  return path_of;
}

/* `text` with each `from` replaced. NULL when memory is out, and for a text that is NULL. */
static const char *replaced(stf_arena *arena, const char *text, const char *from, const char *to) {
  char *copy = text ? stf_arena_alloc(arena, strlen(text) * (strlen(to) + 1) + 1) : NULL;
  for (char *at = copy; copy && *text;) {
    const bool found = !strncmp(text, from, strlen(from));
    const char *next = found ? to : text;
    const size_t length = found ? strlen(to) : 1;
    memcpy(at, next, length);
    at += length;
    text += found ? strlen(from) : 1;
  }
  return copy;
}

/* "nominal_stress" as "nominal stress" */
static const char *pretty_name(stf_arena *arena, const char *name) {
  return replaced(arena, name, "_", " ");
}

/* "N*mm^2" as "N·mm²" */
static const char *pretty_unit(stf_arena *arena, const char *unit) {
  return replaced(arena, replaced(arena, replaced(arena, unit, "^2", "²"), "^3", "³"), "*", "·");
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* "otsuka2018" as "Otsuka 2018" */
static const char *pretty_source(stf_arena *arena, const char *key) {
  char *text = stf_arena_alloc(arena, 2 * strlen(key) + 1);
  size_t length = 0;
  for (size_t i = 0; text && key[i]; i++) {
    const bool begins = !i || key[i - 1] == '_' || key[i - 1] == '-';
    const bool year = i && is_digit(key[i]) && !is_digit(key[i - 1]) && !begins;
    char letter = key[i] == '_' || key[i] == '-' ? ' ' : key[i];
    if (begins && letter >= 'a' && letter <= 'z') letter = (char)(letter - 'a' + 'A');
    if (year) text[length++] = ' ';
    text[length++] = letter;
  }
  return text;
}

static void label_lines(plot *p) {
  const size_t count = p->options->run_count;
  const namer name = choose_names(p);
  for (size_t i = 0; i < count; i++) p->line[i].label = name(&p->run[i]);
  if (count == 1) p->line[0].label = p->figure.marks || p->line[0].edge ? "simulated" : NULL;
}

static stf_status label_axes(plot *p) {
  const size_t count = p->options->run_count;
  const namer name = choose_names(p);
  p->figure.x_name = pretty_name(p->arena, p->x);
  p->figure.y_name = pretty_name(p->arena, p->y);
  p->figure.x_unit = pretty_unit(p->arena, p->figure.x_unit);
  p->figure.y_unit = pretty_unit(p->arena, p->figure.y_unit);
  if (!p->figure.x_name || !p->figure.y_name || !p->figure.x_unit || !p->figure.y_unit) return no_memory(p);
  const char *title = stf_arena_printf(p->arena, "%s over %s", p->figure.y_name, p->figure.x_name);
  for (size_t i = 0; title && i < count; i++) {
    title = stf_arena_printf(p->arena, "%s%s%s", title, i ? "; " : ": ", name(&p->run[i]));
  }
  p->figure.title = title;
  return title ? STF_OK : no_memory(p);
}

/* --- marks ---------------------------------------------------------------------------------------------------------
 */

static bool same_number(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

/* A published law, or what another model gave: not measured. */
static bool is_unmeasured(const stf_stored_mark *mark) {
  return !strcmp(mark->role, stf_role_names[STF_ROLE_INPUT]) ||
         !strcmp(mark->role, stf_role_names[STF_ROLE_PUBLISHED_MODEL]);
}

static bool same_mark(const stf_stored_mark *a, const stf_stored_mark *b) {
  return a->kind == b->kind && !strcmp(a->quantity, b->quantity) && !strcmp(a->source, b->source) &&
         is_unmeasured(a) == is_unmeasured(b) && same_number(a->value, b->value) && same_number(a->sd, b->sd) &&
         same_number(a->low, b->low) && same_number(a->high, b->high);
}

/* The unit that a mark's number must have to be drawn on its curve. */
static const char *fitting_unit(plot *p, const stf_stored_mark *mark, const char *x_unit, const char *y_unit) {
  if (mark->kind == STF_MARK_POINT || !*x_unit) return y_unit;
  return stf_diags_text(p->diags, "%s/%s", *y_unit ? y_unit : "1", x_unit);
}

static bool fits_axes(plot *p, const stf_stored *run, const stf_stored_mark *mark) {
  const char *unit = fitting_unit(p, mark, p->figure.x_unit, p->figure.y_unit);
  const bool same = strcmp(unit, mark->unit) == 0;
  if (same && (mark->kind != STF_MARK_POINT || stf_stored_axis(mark) == 1)) return true;
  const char *found = stf_diags_text(p->diags, "a published number %s %s", same ? "of something else in" : "in",
                                     *mark->unit ? mark->unit : "no unit");
  const char *expected = same ? stf_diags_text(p->diags, "values of %s", p->y)
                              : stf_diags_text(p->diags, "%s as on the axes", *unit ? unit : "no unit");
  stf_diags_add(p->diags, STF_WARNING, (stf_place){.file = run->path, .path = mark->quantity}, found, expected,
                "it is not drawn");
  return false;
}

/* Whether a number and its place can be drawn at all. */
static bool has_place(const stf_stored_mark *mark) {
  const bool value = is_drawable(mark->value), range = is_drawable(mark->low) && is_drawable(mark->high);
  return (value || range) && is_drawable(mark->at[0]) && is_drawable(mark->at[1]);
}

static double drawable_or_nan(double value) {
  return is_drawable(value) ? value : NAN;
}

/*
 * Begins a wedge of slopes where the simulated straight line leaves the level on which its curve starts, so that the
 * straight part of a curve lies inside just when its slope is one of those. Where that is off the curve, the wedge
 * stays at its point, to both sides.
 */
static void place_wedge(const stf_figure_line *line, const stf_stored_mark *from, stf_figure_mark *mark) {
  double low = INFINITY, high = -INFINITY, level = NAN;
  for (size_t i = 0; i < line->count; i++) {
    low = fmin(low, line->at[i][0]);
    high = fmax(high, line->at[i][0]);
    if (isnan(level)) level = line->at[i][1];
  }
  const double start = from->at[0] + (level - from->at[1]) / from->simulated;
  if (!(start >= low && start <= high) || start == from->at[0]) return;
  mark->side = start < from->at[0] ? STF_WEDGE_RIGHT : STF_WEDGE_LEFT;
  mark->at[0] = start;
  mark->at[1] = level;
}

/* Adds a mark, or gives an equal one that is there already to all runs. */
static void add_mark(plot *p, size_t run, const stf_stored_mark *mark) {
  const int style = p->options->run_count > 1 ? (int)run : -1;
  for (size_t i = 0; i < p->figure.marks; i++) {
    if (!same_mark(p->from[i], mark)) continue;
    if (p->mark[i].style != style) p->mark[i].style = -1;
    return;
  }
  p->from[p->figure.marks] = mark;
  p->mark[p->figure.marks++] = (stf_figure_mark){.kind = mark->kind,
                                                 .at = {mark->at[0], mark->at[1]},
                                                 .value = drawable_or_nan(mark->value),
                                                 .sd = drawable_or_nan(mark->sd),
                                                 .low = drawable_or_nan(mark->low),
                                                 .high = drawable_or_nan(mark->high),
                                                 .style = style};
  if (mark->kind == STF_MARK_SLOPE) place_wedge(&p->line[run], mark, &p->mark[p->figure.marks - 1]);
}

static stf_status gather_marks(plot *p) {
  size_t most = 1;
  for (size_t i = 0; i < p->options->run_count; i++) most += p->run[i].marks;
  p->mark = stf_arena_alloc(p->arena, most * sizeof(*p->mark));
  p->from = stf_arena_alloc(p->arena, most * sizeof(*p->from));
  if (!p->mark || !p->from) return no_memory(p);
  for (size_t i = 0; i < p->options->run_count; i++) {
    for (size_t j = 0; j < p->run[i].marks; j++) {
      const stf_stored_mark *mark = &p->run[i].mark[j];
      if (strcmp(mark->x, p->x) != 0 || strcmp(mark->y, p->y) != 0 || !has_place(mark)) continue;
      if (fits_axes(p, &p->run[i], mark)) add_mark(p, i, mark);
    }
  }
  return STF_OK;
}

/* What is drawn with one sample in the legend. */
static bool same_kind(const plot *p, size_t i, size_t j) {
  const stf_figure_mark *a = &p->mark[i], *b = &p->mark[j];
  return a->kind == b->kind && a->style == b->style && isnan(a->value) == isnan(b->value) &&
         isnan(a->sd) == isnan(b->sd) && isnan(a->low) == isnan(b->low) &&
         is_unmeasured(p->from[i]) == is_unmeasured(p->from[j]) && !strcmp(p->from[i]->source, p->from[j]->source);
}

/* Four significant digits and no exponent for everyday numbers. */
static const char *short_number(stf_arena *arena, double value) {
  char text[400];
  const double size = fabs(value);
  if (size >= 1e4 && size < 1e6) {
    stf_text_write_number(round(value), 6, text, sizeof(text));
  } else {
    stf_text_write_number(value, 4, text, sizeof(text));
  }
  return stf_arena_copy(arena, text, strlen(text));
}

/* "71.6–275.9 MPa" or "216 ± 68 MPa"; NULL when memory is out. */
static const char *numbers_of(stf_arena *arena, const stf_figure_mark *mark, const char *unit) {
  const char *value = short_number(arena, mark->value), *sd = short_number(arena, mark->sd);
  const char *low = short_number(arena, mark->low), *high = short_number(arena, mark->high);
  const char *space = *unit ? " " : "", *range = "";
  if (!value || !sd || !low || !high) return NULL;
  if (!isnan(mark->low)) range = stf_arena_printf(arena, "%s%s%s", low, mark->low < 0 ? " to " : "–", high);
  if (!range || isnan(mark->value)) return range ? stf_arena_printf(arena, "%s%s%s", range, space, unit) : NULL;
  return stf_arena_printf(arena, "%s%s%s%s%s%s%s", value, isnan(mark->sd) ? "" : " ± ", isnan(mark->sd) ? "" : sd,
                          *range ? ", range " : "", range, space, unit);
}

/* Text that a legend does not break. */
static const char *unbroken(stf_arena *arena, const char *text) {
  return replaced(arena, text, " ", "\xC2\xA0");
}

/*
 * "measured slope 71.6–275.9 MPa (Otsuka 2018)", or "published" where the number was typed in; with the numbers unless
 * the sample stands for several, with the name of the quantity where there are others of its colour. NULL when memory
 * is out.
 */
static const char *mark_label(const plot *p, size_t i, bool several, bool named) {
  const stf_figure_mark *mark = &p->mark[i];
  const char *unit = pretty_unit(p->arena, p->from[i]->unit), *source = pretty_source(p->arena, p->from[i]->source);
  const char *name = named ? pretty_name(p->arena, p->from[i]->quantity) : mark->kind == STF_MARK_SLOPE ? "slope" : "";
  const char *numbers = !unit ? NULL : several ? "" : unbroken(p->arena, numbers_of(p->arena, mark, unit));
  if (!source || !name || !numbers) return NULL;
  const bool sd = !isnan(mark->sd);
  const char *about = stf_arena_printf(p->arena, "%s%s%s", sd ? "mean ± SD" : "", sd && *source ? ", " : "", source);
  about = unbroken(p->arena, about);
  if (!about) return NULL;
  return stf_arena_printf(p->arena, "%s%s%s%s%s%s%s%s", is_unmeasured(p->from[i]) ? "published" : "measured",
                          *name ? " " : "", name, *numbers ? " " : "", numbers, *about ? " (" : "", about,
                          *about ? ")" : "");
}

/* Labels every wedge, and the first of the points that look alike. */
static stf_status label_marks(plot *p) {
  for (size_t i = 0; i < p->figure.marks; i++) {
    bool first = true, several = false, named = false;
    for (size_t j = 0; j < p->figure.marks; j++) {
      const bool alike = j != i && p->mark[i].kind == STF_MARK_POINT && same_kind(p, i, j);
      several = several || alike;
      first = first && !(alike && j < i);
      named = named || (j != i && p->mark[j].style == p->mark[i].style);
    }
    if (!first) continue;
    p->mark[i].label = mark_label(p, i, several, named && !several);
    if (!p->mark[i].label) return no_memory(p);
  }
  return STF_OK;
}

/* --- all of it -----------------------------------------------------------------------------------------------------
 */

static stf_status check_size(plot *p, double asked, double usual, const char *what, double *size) {
  *size = asked == 0 ? usual : asked;
  if (*size >= 30 && *size <= 1000) return STF_OK;
  return refuse(p, NULL, stf_diags_text(p->diags, "a figure %g mm %s", asked, what), "from 30 mm to 1000 mm", NULL);
}

static stf_status check_options(plot *p) {
  const stf_plot_options *options = p->options;
  STF_TRY(check_size(p, options->width_mm, 85, "wide", &p->figure.width_mm));
  STF_TRY(check_size(p, options->height_mm, 64, "high", &p->figure.height_mm));
  if (options->run_count >= 1 && options->run_count <= STF_PLOT_MOST_RUNS) return STF_OK;
  return refuse(p, NULL, stf_diags_text(p->diags, "%zu runs", options->run_count),
                stf_diags_text(p->diags, "1 to %d in one figure", STF_PLOT_MOST_RUNS), NULL);
}

static stf_status read_runs(plot *p) {
  stf_status worst = STF_OK;
  for (size_t i = 0; i < p->options->run_count; i++) {
    const stf_status status = stf_stored_read(p->options->runs[i], p->arena, p->diags, &p->run[i]);
    if (status > worst) worst = status;
  }
  return worst;
}

static stf_status gather(plot *p) {
  STF_TRY(read_runs(p));
  if (p->options->across) {
    STF_TRY(choose_numbers(p));
    STF_TRY(gather_across(p));
    STF_TRY(label_axes(p));
  } else {
    STF_TRY(choose_curves(p));
    STF_TRY(gather_lines(p));
    STF_TRY(gather_marks(p));
    label_lines(p);
    STF_TRY(label_axes(p));
    STF_TRY(label_marks(p));
  }
  p->figure.lines = p->options->across ? 1 : p->options->run_count;
  p->figure.line = p->line;
  p->figure.mark = p->mark;
  return STF_OK;
}

static stf_status draw(plot *p) {
  stf_buffer svg = {0};
  stf_status status = stf_figure_draw(&p->figure, p->arena, &svg);
  status = status ? no_memory(p) : stf_buffer_write(&svg, p->options->path, p->diags);
  stf_buffer_clear(&svg);
  return status;
}

stf_status stf_plot(const stf_plot_options *options, stf_diags *diags) {
  plot p = {.options = options, .diags = diags};
  STF_TRY(check_options(&p));
  p.arena = stf_arena_create();
  if (!p.arena) return no_memory(&p);
  p.run = stf_arena_alloc(p.arena, options->run_count * sizeof(*p.run));
  p.line = stf_arena_alloc(p.arena, options->run_count * sizeof(*p.line));
  stf_status status = p.run && p.line ? gather(&p) : no_memory(&p);
  if (!status) status = draw(&p);
  for (size_t i = 0; p.run && i < options->run_count; i++) stf_stored_clear(&p.run[i]);
  stf_arena_destroy(p.arena);
  return status;
}
