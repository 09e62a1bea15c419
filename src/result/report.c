#include "result/report.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "result/bibliography.h"
#include "result/buffer.h"
#include "result/file.h"
#include "result/scene.h"
#include "result/stored.h"

enum { MOST_JSON = 1 << 26, MOST_PAGE = 1 << 26, MOST_BIB = 1 << 24, DIGITS = 12, SENTENCE = 1024 };

static const char marker[] = "<!--striffin-data-->";

/* One run being put together. */
typedef struct builder {
  const char *folder;
  stf_diags *diags;
  const char *library;  /* the folder of the tissue library */
  const char *bib;      /* its sources.bib, whole */
  const json_t *record; /* run.json */
  const stf_stored *stored;
  json_t *sources;
} builder;

/* ---- JSON ---- */

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static double number_of(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

static void set(json_t *object, const char *key, json_t *value) {
  json_object_set_new(object, key, value ? value : json_null());
}

static void set_text(json_t *object, const char *key, const char *text) {
  set(object, key, json_string(text));
}

/* null where it is not finite. */
static json_t *number(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

/* A member as it stands in another object; null where it has none. */
static void copy(json_t *to, const char *key, const json_t *from, const char *name) {
  json_t *value = json_object_get(from, name);
  json_object_set(to, key, value ? value : json_null());
}

static stf_status read_json(const char *path, stf_diags *diags, json_t **root) {
  char *text;
  size_t size;
  json_error_t error;
  STF_TRY(stf_file_read(path, MOST_JSON, diags, &text, &size));
  *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
  free(text);
  if (json_is_object(*root)) return STF_OK;
  const stf_place place = {.file = path, .line = error.line, .column = error.column};
  stf_diags_add(diags, STF_ERROR, place, *root ? "no object" : error.text, "JSON as striffin writes it",
                "was the file cut off?");
  json_decref(*root);
  *root = NULL;
  return STF_BAD_INPUT;
}

/* Three significant digits, without an exponent where a person writes none. */
static void add_number(stf_text_sink *out, double value) {
  char digits[400];
  const double size = fabs(value);
  const double unit = size >= 1e5 ? 1e3 : size >= 1e4 ? 1e2 : 10.0;
  if (size >= 1e3 && size < 1e6)
    snprintf(digits, sizeof digits, "%.0f", unit * round(value / unit));
  else
    stf_text_write_number(value, 3, digits, sizeof digits);
  stf_text_add(out, "%s", digits);
}

static void add_unit(stf_text_sink *out, const char *unit) {
  stf_text_add(out, "%s%s", *unit && strcmp(unit, "1") != 0 ? " " : "", strcmp(unit, "1") != 0 ? unit : "");
}

/* "failure_strain" as "failure strain" */
static void space_name(const char *name, char *to, size_t room) {
  size_t n = 0;
  for (; *name && n + 1 < room; name++) to[n++] = *name == '_' ? ' ' : *name;
  to[n] = '\0';
}

static void capitalise(char *text) {
  if (*text >= 'a' && *text <= 'z') *text = (char)(*text - 'a' + 'A');
}

/* ---- measurements ---- */

/* Looks a source up once; returns how it is cited. */
static const char *note_source(builder *b, const char *key) {
  const json_t *known = json_object_get(b->sources, key);
  if (known || !*key) return text_of(known, "cite");
  stf_arena *arena = stf_arena_create();
  stf_source found = {.text = key, .cite = key};
  json_t *object = json_object();
  if (arena) stf_bibliography_find(b->bib, key, arena, &found);
  set_text(object, "text", found.text);
  set_text(object, "cite", found.cite);
  set(object, "doi", found.doi ? json_string(found.doi) : json_null());
  set(b->sources, key, object);
  stf_arena_destroy(arena);
  return text_of(object, "cite");
}

/* "published 11.8 ± 2.1 N (Otsuka and others 2018)" */
static void add_published(builder *b, stf_text_sink *out, const json_t *p, const char *unit) {
  const double value = number_of(p, "value"), sd = number_of(p, "sd");
  const double low = number_of(p, "low"), high = number_of(p, "high");
  stf_text_add(out, "published ");
  if (isfinite(value)) add_number(out, value);
  if (isfinite(value) && isfinite(sd)) {
    stf_text_add(out, " \u00b1 ");
    add_number(out, sd);
  } else if (isfinite(low) && isfinite(high)) {
    stf_text_add(out, isfinite(value) ? ", range " : "");
    add_number(out, low);
    stf_text_add(out, " to ");
    add_number(out, high);
  }
  add_unit(out, unit);
  if (*text_of(p, "source")) stf_text_add(out, " (%s)", note_source(b, text_of(p, "source")));
}

/* ": 0.2 SD above", told in tenths; nobody reads more out of how far measured values scatter. */
static void add_distance(stf_text_sink *out, double away, const char *unit, const char *rest) {
  if (fabs(away) < 0.05) {
    stf_text_add(out, ": the same within 0.05 %s%s", unit, rest);
  } else {
    stf_text_add(out, ": %.1f %s %s%s", fabs(away), unit, away < 0 ? "below" : "above", rest);
  }
}

/* Beside another model's number. */
static void add_ratio(stf_text_sink *out, double ratio) {
  stf_text_add(out, ": a model's number, not measured");
  if (!isfinite(ratio)) return;
  stf_text_add(out, "; ours is ");
  add_number(out, ratio);
  stf_text_add(out, " times as large");
}

/* In SD, or the range, or per cent where nobody knows how far measured values scatter; of per cent, points. */
static void add_verdict(stf_text_sink *out, const json_t *comparison) {
  const double z = number_of(comparison, "z"), simulated = number_of(comparison, "simulated");
  const double value = number_of(json_object_get(comparison, "published"), "value");
  const char *range = text_of(comparison, "range");
  const bool points = strcmp(text_of(comparison, "unit"), "%") == 0;
  const double away = points ? simulated - value : 100.0 * (simulated / value - 1.0);
  if (!strcmp(text_of(comparison, "role"), stf_role_names[STF_ROLE_PUBLISHED_MODEL]))
    add_ratio(out, simulated / value);
  else if (isfinite(z))
    add_distance(out, z, "SD", "");
  else if (*range)
    stf_text_add(out, ": %s the published range", range);
  else if (isfinite(away))
    add_distance(out, away, points ? "percentage points" : "%", "; no SD was published");
}

/* Whether the measurement is a curve, of which the sentence tells the last value. */
static bool is_last_value(const json_t *measurement) {
  const json_t *mark = json_object_get(measurement, "mark");
  return !strcmp(text_of(mark, "x"), "time") && !strcmp(text_of(mark, "y"), text_of(measurement, "name"));
}

/* Zero where only rounding is left of a curve, as of the force on a strip that was let go. */
static double without_rounding(const builder *b, const json_t *measurement) {
  const double value = number_of(measurement, "value");
  const stf_curves *curves = b->stored->curves;
  const long column = is_last_value(measurement) ? stf_curves_find(curves, text_of(measurement, "name")) : -1;
  double most = 0.0;
  for (size_t r = 0; column >= 0 && r < stf_curves_rows(curves); r++) {
    const double other = fabs(stf_curves_shown(curves, r, (size_t)column));
    if (other > most) most = other;
  }
  return fabs(value) < 1e-9 * most ? 0.0 : value;
}

/* " 40 specimens: 10.4 ± 1.5 %; they scatter 0.9 ± 0.1 times as far as published ones." */
static void add_members(stf_text_sink *out, const json_t *ensemble, const char *unit) {
  const double sd = number_of(ensemble, "sd"), spread = number_of(ensemble, "spread");
  if (!(sd > 1e-9 * fabs(number_of(ensemble, "mean")))) return; /* what is prescribed is the same for all */
  stf_text_add(out, " %ld specimens: ", (long)number_of(ensemble, "n"));
  add_number(out, number_of(ensemble, "mean"));
  stf_text_add(out, " \u00b1 ");
  add_number(out, sd);
  add_unit(out, unit);
  if (isfinite(spread)) {
    stf_text_add(out, "; they scatter ");
    add_number(out, round(100.0 * spread) / 100.0);
    stf_text_add(out, " \u00b1 ");
    add_number(out, round(100.0 * number_of(ensemble, "spread_error")) / 100.0);
    stf_text_add(out, " times as far as published ones");
  }
  stf_text_add(out, ".");
}

static json_t *sentence(builder *b, const json_t *measurement, const json_t *comparison) {
  char text[SENTENCE], name[200];
  stf_text_sink out = {.buffer = text, .size = sizeof text};
  const double value = without_rounding(b, measurement);
  const char *unit = text_of(measurement, "unit");
  space_name(text_of(measurement, "name"), name, sizeof name);
  capitalise(name);
  stf_text_add(&out, "%s%s: ", name, is_last_value(measurement) ? " at the end" : "");
  if (isfinite(value)) {
    add_number(&out, value);
    add_unit(&out, unit);
  } else {
    stf_text_add(&out, "not reached");
  }
  if (comparison) {
    stf_text_add(&out, "; ");
    add_published(b, &out, json_object_get(comparison, "published"), unit);
    if (isfinite(value)) add_verdict(&out, comparison);
  }
  stf_text_add(&out, ".");
  add_members(&out, json_object_get(comparison ? comparison : measurement, "ensemble"), unit);
  return json_string(text);
}

static json_t *published(builder *b, const json_t *comparison) {
  static const char *const keys[] = {"value", "sd", "low", "high", "n", "source"};
  const json_t *from = json_object_get(comparison, "published");
  json_t *object = json_object();
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) copy(object, keys[i], from, keys[i]);
  copy(object, "unit", comparison, "unit");
  copy(object, "z", comparison, "z");
  copy(object, "role", comparison, "role");
  copy(object, "range", comparison, "range");
  copy(object, "where", from, "data");
  note_source(b, text_of(from, "source"));
  return object;
}

static json_t *measurement(builder *b, const json_t *from, const json_t *comparison) {
  json_t *object = json_object();
  copy(object, "name", from, "name");
  copy(object, "what", from, "what");
  copy(object, "value", from, "value");
  set(object, "at_end", json_boolean(is_last_value(from)));
  set_text(object, "unit", text_of(from, "unit"));
  set(object, "sentence", sentence(b, from, comparison));
  set(object, "published", comparison ? published(b, comparison) : json_null());
  return object;
}

/* One entry a comparison; one for a measurement that is compared with nothing. */
static json_t *measurements(builder *b) {
  json_t *list = json_array();
  const json_t *all = json_object_get(b->record, "measurements"),
               *comparisons = json_object_get(b->record, "comparisons");
  for (size_t i = 0; i < json_array_size(all); i++) {
    const json_t *one = json_array_get(all, i);
    bool compared = false;
    for (size_t c = 0; c < json_array_size(comparisons); c++) {
      const json_t *comparison = json_array_get(comparisons, c);
      if (strcmp(text_of(comparison, "measurement"), text_of(one, "name")) != 0) continue;
      json_array_append_new(list, measurement(b, one, comparison));
      compared = true;
    }
    if (!compared) json_array_append_new(list, measurement(b, one, NULL));
  }
  return list;
}

/* ---- curves ---- */

static json_t *columns(const stf_curves *curves) {
  json_t *list = json_array();
  for (size_t c = 0; c < stf_curves_columns(curves); c++) {
    json_t *object = json_object(), *values = json_array();
    for (size_t r = 0; r < stf_curves_rows(curves); r++)
      json_array_append_new(values, number(stf_curves_shown(curves, r, c)));
    set_text(object, "name", stf_curves_column(curves, c)->name);
    set_text(object, "unit", stf_curves_column(curves, c)->unit);
    set(object, "values", values);
    json_array_append_new(list, object);
  }
  return list;
}

/* "failure strain \u00b1 SD, Yamamoto and others 1999" */
static json_t *begin_data(builder *b, const stf_stored_mark *mark) {
  json_t *object = json_object();
  char name[200], text[SENTENCE];
  const char *source = note_source(b, mark->source), *range = isfinite(mark->low) ? ", range" : "";
  space_name(mark->quantity, name, sizeof name);
  snprintf(text, sizeof text, "%s%s%s%.300s", name, isfinite(mark->sd) ? " \u00b1 SD" : range, *source ? ", " : "",
           source);
  set_text(object, "label", text);
  set_text(object, "source", mark->source);
  return object;
}

static void append_row(json_t *list, double x, double y, double more) {
  json_t *row = json_array();
  json_array_append_new(row, number(x));
  json_array_append_new(row, number(y));
  json_array_append_new(row, number(more));
  json_array_append_new(list, row);
}

/* The points of a source that are there already, which then go by its name alone. */
static json_t *find_points(builder *b, const char *source, json_t *data) {
  for (size_t i = 0; *source && i < json_array_size(data); i++) {
    json_t *object = json_array_get(data, i);
    if (!json_object_get(object, "points") || *text_of(object, "along")) continue;
    if (strcmp(text_of(object, "source"), source) != 0) continue;
    set(object, "label", json_sprintf("published, %s", note_source(b, source)));
    return object;
  }
  return NULL;
}

/*
 * A published number or range at its place on the curve: a value of `y`, or of `x` where the mark tells where something
 * was; one that is neither, such as a share or an area, is told in a sentence only.
 */
static void add_point(builder *b, const stf_stored_mark *mark, const char *x_unit, const char *y_unit, json_t *data) {
  const int axis = stf_stored_axis(mark);
  const bool across = axis == 0;
  const bool range = !across && isfinite(mark->low) && isfinite(mark->high);
  if (axis < 0 || (!isfinite(mark->value) && !range) || strcmp(mark->unit, across ? x_unit : y_unit) != 0) return;
  json_t *object = across ? NULL : find_points(b, mark->source, data);
  if (!object) {
    object = begin_data(b, mark);
    set(object, "points", json_array());
    set(object, "spans", json_array());
    if (across) set_text(object, "along", "x");
    json_array_append_new(data, object);
  }
  if (isfinite(mark->value))
    append_row(json_object_get(object, "points"), across ? mark->value : mark->at[0],
               across ? mark->at[1] : mark->value, mark->sd);
  if (range) append_row(json_object_get(object, "spans"), mark->at[0], mark->low, mark->high);
}

/* The published share that a curve lost, as what was left of the simulated peak. */
static stf_stored_mark left_over(const stf_stored_mark *lost, const char *y_unit) {
  const double whole = strcmp(lost->unit, "%") == 0 ? 100.0 : 1.0;
  const double peak = lost->at[1] / (1.0 - lost->simulated / whole);
  stf_stored_mark left = *lost;
  left.quantity = "what is left";
  left.unit = y_unit;
  left.simulated = lost->at[1];
  left.value = peak * (1.0 - lost->value / whole);
  left.sd = peak * lost->sd / whole;
  left.low = peak * (1.0 - lost->high / whole);
  left.high = peak * (1.0 - lost->low / whole);
  return left;
}

/*
 * A published slope as a wedge on the simulated straight line, from where that leaves the level on which its curve
 * starts, or from where the curve starts.
 */
static void add_slope(builder *b, const stf_stored_mark *mark, const double level[2], const double span[2],
                      json_t *data) {
  const double foot = mark->at[0] + (level[1] - mark->at[1]) / mark->simulated;
  const double x0 = foot >= span[0] && foot < mark->at[0] ? foot : span[0];
  const double y0 = mark->at[1] + mark->simulated * (x0 - mark->at[0]);
  const double low = isfinite(mark->sd) ? mark->value - mark->sd : mark->low;
  const double high = isfinite(mark->sd) ? mark->value + mark->sd : mark->high;
  const double ends[2] = {x0, span[1]};
  json_t *object = begin_data(b, mark), *band = json_array(), *line = json_array();
  for (int i = 0; i < 2; i++) {
    const double away = ends[i] - x0;
    if (isfinite(low) && isfinite(high)) append_row(band, ends[i], y0 + low * away, y0 + high * away);
    if (isfinite(mark->value)) append_row(line, ends[i], y0 + mark->value * away, NAN);
  }
  set(object, "slope", json_true());
  set(object, "band", band);
  set(object, "line", line);
  json_array_append_new(data, object);
}

/* The first point of a curve, and from where to where its x goes. */
static bool find_span(const stf_curves *curves, size_t x, size_t y, double level[2], double span[2]) {
  bool any = false;
  for (size_t r = 0; r < stf_curves_rows(curves); r++) {
    const double at[2] = {stf_curves_shown(curves, r, x), stf_curves_shown(curves, r, y)};
    if (!isfinite(at[0]) || !isfinite(at[1])) continue;
    if (!any) memcpy(level, at, sizeof at);
    span[0] = any ? fmin(span[0], at[0]) : at[0];
    span[1] = any ? fmax(span[1], at[0]) : at[0];
    any = true;
  }
  return any;
}

static void add_mark(builder *b, const stf_stored_mark *mark, size_t x, size_t y, json_t *data) {
  const stf_curves *curves = b->stored->curves;
  const char *x_unit = stf_curves_column(curves, x)->unit, *y_unit = stf_curves_column(curves, y)->unit;
  char slope_unit[200];
  double level[2], span[2];
  snprintf(slope_unit, sizeof slope_unit, "%s%s%s", *y_unit || !*x_unit ? y_unit : "1", *x_unit ? "/" : "", x_unit);
  const bool lost = strcmp(mark->what, "drop") == 0;
  const stf_stored_mark drawn = lost ? left_over(mark, y_unit) : *mark;
  if (mark->kind == STF_MARK_POINT) add_point(b, &drawn, x_unit, y_unit, data);
  if (mark->kind == STF_MARK_SLOPE && !strcmp(mark->unit, slope_unit) && mark->simulated != 0.0 &&
      isfinite(mark->simulated) && find_span(curves, x, y, level, span))
    add_slope(b, mark, level, span, data);
}

/* Whether most of what happens over time happens early, so that a logarithmic axis shows it. */
static bool is_early(const stf_curves *curves) {
  const size_t rows = stf_curves_rows(curves);
  if (rows < 10 || stf_curves_shown(curves, 0, 0) < 0.0) return false;
  return stf_curves_shown(curves, rows / 2, 0) < stf_curves_shown(curves, rows - 1, 0) / 30.0;
}

/* Where nine in ten specimens of an ensemble are, and their mean. */
static void add_specimens(const builder *b, const char *x, const char *y, json_t *data) {
  const stf_stored_band *band = stf_stored_find_band(b->stored, x, y);
  json_t *object = json_object(), *rows = json_array(), *line = json_array();
  for (size_t i = 0; band && i < band->count; i++) {
    append_row(rows, band->at[i][0], band->at[i][2], band->at[i][3]);
    append_row(line, band->at[i][0], band->at[i][1], NAN);
  }
  set(object, "label", json_sprintf("%zu simulated specimens: mean, 5 to 95 %%", b->stored->specimens));
  set_text(object, "source", "");
  set(object, "simulated", json_true());
  set(object, "band", rows);
  set(object, "line", line);
  if (json_array_size(rows)) json_array_append(data, object);
  json_decref(object);
}

static void add_curve(builder *b, long x, long y, json_t *list) {
  const stf_curves *curves = b->stored->curves;
  if (x < 0 || y < 0 || x == y) return;
  for (size_t i = 0; i < json_array_size(list); i++) {
    const json_t *other = json_array_get(list, i);
    if ((long)number_of(other, "x") == x && (long)number_of(other, "y") == y) return;
  }
  const char *over = stf_curves_column(curves, (size_t)x)->name, *name = stf_curves_column(curves, (size_t)y)->name;
  json_t *object = json_object(), *data = json_array();
  char shown[2][200], title[SENTENCE];
  space_name(name, shown[0], sizeof shown[0]);
  space_name(over, shown[1], sizeof shown[1]);
  snprintf(title, sizeof title, "%s over %s", shown[0], shown[1]);
  set_text(object, "title", title);
  set(object, "x", json_integer(x));
  set(object, "y", json_integer(y));
  set(object, "log_x", json_boolean(x == 0 && is_early(curves)));
  set(object, "log_y", json_false());
  for (size_t m = 0; m < b->stored->marks; m++)
    if (!strcmp(b->stored->mark[m].x, over) && !strcmp(b->stored->mark[m].y, name))
      add_mark(b, &b->stored->mark[m], (size_t)x, (size_t)y, data);
  add_specimens(b, over, name, data);
  set(object, "data", data);
  json_array_append_new(list, object);
}

/* First what published numbers belong on, then every column over time. */
static json_t *curves(builder *b) {
  json_t *list = json_array();
  const stf_curves *c = b->stored->curves;
  for (size_t m = 0; m < b->stored->marks; m++)
    add_curve(b, stf_curves_find(c, b->stored->mark[m].x), stf_curves_find(c, b->stored->mark[m].y), list);
  for (size_t y = 1; y < stf_curves_columns(c); y++) add_curve(b, 0, (long)y, list);
  return list;
}

/* ---- parameters ---- */

/* Bytes of the comment with which a scenario begins: what the page says it is about. */
static size_t opening(const char *scenario) {
  const char *at = scenario;
  while (*at == '#') {
    at += strcspn(at, "\n");
    at += *at == '\n';
  }
  return (size_t)(at - scenario);
}

/* Sources that the first `bytes` of a text speak of, as "(lynch2003)". */
static void note_keys(builder *b, const char *note, size_t bytes) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
  char key[64];
  for (const char *at = note, *end = note + bytes; at < end;) {
    const size_t length = strspn(at, letters);
    stf_arena *arena = length >= 4 && length < sizeof key ? stf_arena_create() : NULL;
    stf_source found;
    if (arena) {
      snprintf(key, sizeof key, "%.*s", (int)length, at);
      if (stf_bibliography_find(b->bib, key, arena, &found)) note_source(b, key);
    }
    stf_arena_destroy(arena);
    at += length ? length : 1;
  }
}

static json_t *parameter(builder *b, const json_t *tissue, const json_t *from) {
  json_t *object = json_object();
  set_text(object, "tissue", text_of(tissue, "name"));
  copy(object, "path", from, "path");
  set_text(object, "title", *text_of(from, "title") ? text_of(from, "title") : text_of(from, "path"));
  copy(object, "value", from, "written");
  copy(object, "base", from, "value");
  set_text(object, "unit", text_of(from, "unit"));
  copy(object, "spread", from, "spread");
  copy(object, "spread_text", from, "spread_written");
  set_text(object, "grade", text_of(from, "grade"));
  copy(object, "source", from, "source");
  set_text(object, "note", text_of(from, "note"));
  char keys[1000], *rest = keys;
  snprintf(keys, sizeof keys, "%s", text_of(from, "source"));
  for (char *key = strsep(&rest, " "); key; key = strsep(&rest, " ")) note_source(b, key);
  note_keys(b, text_of(from, "note"), strlen(text_of(from, "note")));
  return object;
}

static json_t *calibrated(const json_t *tissue, const json_t *from) {
  json_t *object = json_object();
  char path[400];
  snprintf(path, sizeof path, "%s: %s", text_of(tissue, "name"), text_of(from, "path"));
  set_text(object, "path", path);
  copy(object, "value", from, "value");
  set_text(object, "unit", text_of(from, "unit"));
  copy(object, "written", from, "written");
  set(object, "deviation", json_null()); /* it stands in the result of the fit, not in the tissue's file */
  set_text(object, "experiment", text_of(from, "note"));
  return object;
}

/* Whether the name of a number of the tissue begins so, as "relaxation" and "relaxing_share_1" with "relax". */
static bool has_parameter(const json_t *tissue, const char *beginning) {
  const json_t *all = json_object_get(tissue, "parameters");
  for (size_t i = 0; i < json_array_size(all); i++) {
    const char *dot = strrchr(text_of(json_array_get(all, i), "path"), '.');
    if (dot && !strncmp(dot + 1, beginning, strlen(beginning))) return true;
  }
  return false;
}

static void add_limit(json_t *limits, const char *tissue, const char *what) {
  json_array_append_new(limits, json_sprintf("%s %s", tissue, what));
}

/* What the tissue of this run cannot do, and how much of it was never measured. */
static void add_limits(json_t *limits, const json_t *tissue, size_t estimated) {
  char name[200];
  space_name(text_of(tissue, "name"), name, sizeof name);
  if (estimated)
    json_array_append_new(
        limits,
        json_sprintf("%d of the %d numbers of %s are estimated; the table of parameters says how each was found.",
                     (int)estimated, (int)json_array_size(json_object_get(tissue, "parameters")), name));
  capitalise(name);
  if (!has_parameter(tissue, "relax"))
    add_limit(limits, name, "does not relax: it answers the same, however fast it is pulled.");
  if (!has_parameter(tissue, "breaking_rate") && !has_parameter(tissue, "loading_breaking"))
    add_limit(limits, name, "cannot tear: it carries whatever load is put on it.");
  else if (!has_parameter(tissue, "averaging_length"))
    add_limit(limits, name, "tears in elements: what follows the peak of its load depends on how large they are.");
}

static void add_tissues(builder *b, json_t *run) {
  json_t *parameters = json_array(), *fitted = json_array(), *limits = json_array();
  static const char *const general[] = {
      "Not a medical device: nothing here is advice on the treatment of a person.",
      "Layers do not glide on each other, fluid does not flow, and nothing heals or grows in this version.",
      "Parameters describe a mean specimen; people differ, and spreads are given where they were published."};
  const json_t *tissues = json_object_get(b->record, "tissues");
  for (size_t i = 0; i < sizeof general / sizeof *general; i++) json_array_append_new(limits, json_string(general[i]));
  for (size_t t = 0; t < json_array_size(tissues); t++) {
    const json_t *tissue = json_array_get(tissues, t), *all = json_object_get(tissue, "parameters");
    size_t estimated = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
      const json_t *one = json_array_get(all, i);
      json_array_append_new(parameters, parameter(b, tissue, one));
      if (!strcmp(text_of(one, "grade"), "fitted")) json_array_append_new(fitted, calibrated(tissue, one));
      if (!strcmp(text_of(one, "grade"), "estimated")) estimated++;
    }
    add_limits(limits, tissue, estimated);
  }
  set(run, "parameters", parameters);
  set(run, "calibrated", fitted);
  set(run, "limits", limits);
}

/* ---- a run ---- */

/* A body that ruptured under its cycles came to its end; what else did not finish was stopped. */
static void add_outcome(const json_t *record, json_t *run) {
  char text[SENTENCE];
  const char *outcome = text_of(record, "outcome");
  const bool ended = !strcmp(outcome, "finished") || !strncmp(outcome, "ruptured", strlen("ruptured"));
  snprintf(text, sizeof text, "%s%s", ended ? "" : "stopped: ", outcome);
  set_text(run, "outcome", text);
}

static void add_solver(const json_t *record, json_t *run) {
  const json_t *solver = json_object_get(record, "linear_solver");
  char text[SENTENCE];
  snprintf(text, sizeof text, "%s%s%s", text_of(solver, "method"), *text_of(solver, "reason") ? ", since " : "",
           text_of(solver, "reason"));
  set_text(run, "solver", text);
}

static void add_size(const json_t *record, json_t *run) {
  json_t *size = json_object();
  copy(size, "elements", record, "elements");
  copy(size, "nodes", record, "nodes");
  copy(size, "unknowns", record, "unknowns");
  set(run, "size", size);
}

/* Whether a file holds this text and nothing else. */
static bool holds(const char *path, const char *text, stf_diags *diags) {
  char *found;
  size_t size;
  if (access(path, R_OK) || stf_file_read(path, MOST_JSON, diags, &found, &size)) return false;
  const bool same = size == strlen(text) && memcmp(found, text, size) == 0;
  free(found);
  return same;
}

/* "tendon-fascicle/rate-1.5" of a run "tendon-fascicle-rate-1.5" whose scenario is that built-in case: its hyphen. */
static const char *find_case(const builder *b, const char *name, const char *text) {
  char path[4096];
  if (!stf_text_is_name(name)) return NULL;
  for (const char *hyphen = strchr(name, '-'); hyphen; hyphen = strchr(hyphen + 1, '-')) {
    const int n =
        snprintf(path, sizeof path, "%s/../cases/%.*s/%s.yaml", b->library, (int)(hyphen - name), name, hyphen + 1);
    if (n > 0 && (size_t)n < sizeof path && holds(path, text, b->diags)) return hyphen;
  }
  return NULL;
}

/* `-j` repeats the number of processes, on which the last digits depend. */
static void add_command(const builder *b, json_t *run) {
  const json_t *scenario = json_object_get(b->record, "scenario");
  char text[SENTENCE];
  const double ranks = number_of(b->record, "ranks");
  const char *name = text_of(scenario, "name"), *hyphen = find_case(b, name, text_of(scenario, "text"));
  const int before = hyphen ? (int)(hyphen - name) : 0;
  snprintf(text, sizeof text, "striffin run -j %ld %.*s%s%.200s%s", isfinite(ranks) ? (long)ranks : 1L, before, name,
           hyphen ? "/" : "", hyphen ? hyphen + 1 : name, hyphen ? "" : ".yaml");
  set_text(run, "command", text);
}

static void add_head(const builder *b, json_t *run) {
  const json_t *record = b->record;
  const json_t *scenario = json_object_get(record, "scenario");
  set_text(run, "name", text_of(scenario, "name"));
  set_text(run, "title", text_of(scenario, "title"));
  set_text(run, "scenario", text_of(scenario, "text"));
  set_text(run, "disclaimer", text_of(record, "disclaimer"));
  copy(run, "seed", scenario, "seed");
  copy(run, "ranks", record, "ranks");
  copy(run, "striffin", record, "striffin");
  add_outcome(record, run);
  add_command(b, run);
  add_size(record, run);
  add_solver(record, run);
}

static stf_status add_timing(const builder *b, json_t *run) {
  json_t *root;
  char path[4096];
  if ((size_t)snprintf(path, sizeof path, "%s/timing.json", b->folder) >= sizeof path)
    return stf_file_no_memory(b->folder, b->diags);
  STF_TRY(read_json(path, b->diags, &root));
  copy(run, "timing", root, "phases");
  copy(run, "total_s", root, "total_s");
  json_decref(root);
  return STF_OK;
}

static stf_status add_run(builder *b, const char *prefix, json_t *run, stf_buffer *blocks) {
  json_t *scene;
  add_head(b, run);
  STF_TRY(add_timing(b, run));
  set(run, "measurements", measurements(b));
  set(run, "columns", columns(b->stored->curves));
  set(run, "curves", curves(b));
  const char *scenario = text_of(run, "scenario");
  note_keys(b, scenario, opening(scenario));
  add_tissues(b, run);
  STF_TRY(stf_scene_read(b->folder, b->record, prefix, b->diags, &scene, blocks));
  set(run, "scene", scene);
  return STF_OK;
}

static stf_status read_run(const char *folder, builder *b, const char *prefix, json_t *run, stf_buffer *blocks) {
  stf_stored stored = {0};
  stf_arena *arena = stf_arena_create();
  json_t *record = NULL;
  if (!arena) return stf_file_no_memory(folder, b->diags);
  stf_status status = stf_stored_read(folder, arena, b->diags, &stored);
  b->folder = stored.path;
  b->stored = &stored;
  const char *path = status ? NULL : stf_arena_printf(arena, "%s/run.json", stored.path);
  if (!status) status = path ? read_json(path, b->diags, &record) : stf_file_no_memory(folder, b->diags);
  b->record = record;
  b->sources = json_object();
  if (!status) status = add_run(b, prefix, run, blocks);
  set(run, "sources", b->sources);
  json_decref(record);
  stf_stored_clear(&stored);
  b->stored = NULL;
  b->record = NULL;
  stf_arena_destroy(arena);
  return status;
}

/* ---- the page ---- */

/* JSON in which nothing can end the element: < > & stand in texts only, where \u003c means the same. */
static stf_status add_meta(const json_t *meta, stf_buffer *page) {
  char *text = json_dumps(meta, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(DIGITS));
  if (!text) return STF_NO_RESOURCE;
  stf_buffer_text(page, "<script type=\"application/json\" id=\"striffin-report\">");
  for (const char *at = text; *at;) {
    const size_t plain = strcspn(at, "<>&");
    stf_buffer_add(page, at, plain);
    at += plain;
    if (*at) stf_buffer_printf(page, "\\u%04x", (unsigned)(unsigned char)*at++);
  }
  stf_buffer_text(page, "</script>\n");
  free(text);
  return page->failed ? STF_NO_RESOURCE : STF_OK;
}

static stf_status find_marker(const char *path, const char *text, stf_diags *diags, const char **at) {
  *at = strstr(text, marker);
  if (*at && !strstr(*at + 1, marker)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, *at ? "its marker twice" : "no marker",
                "a page with one line <!--striffin-data-->", "build or install striffin again");
  return STF_NO_RESOURCE;
}

static stf_status write_page(const stf_report_options *o, const json_t *meta, const stf_buffer *blocks,
                             stf_diags *diags) {
  char *text;
  size_t size;
  const char *at;
  stf_buffer page = {.failed = blocks->failed};
  STF_TRY(stf_file_read(o->page, MOST_PAGE, diags, &text, &size));
  stf_status status = find_marker(o->page, text, diags, &at);
  if (!status) {
    stf_buffer_add(&page, text, (size_t)(at - text));
    if (add_meta(meta, &page)) page.failed = true;
    stf_buffer_add(&page, blocks->bytes, blocks->size);
    stf_buffer_text(&page, at + strlen(marker));
    status = stf_buffer_write(&page, o->path, diags);
  }
  stf_buffer_clear(&page);
  free(text);
  return status;
}

static stf_status write_runs(const stf_report_options *o, const char *bib, json_t *runs, stf_buffer *blocks,
                             stf_diags *diags) {
  for (size_t i = 0; i < o->run_count; i++) {
    builder b = {.diags = diags, .library = o->library, .bib = bib};
    char prefix[32];
    json_t *run = json_object();
    snprintf(prefix, sizeof prefix, "striffin-%zu-", i);
    json_array_append_new(runs, run);
    STF_TRY(read_run(o->runs[i], &b, prefix, run, blocks));
  }
  return STF_OK;
}

stf_status stf_report_write(const stf_report_options *options, stf_diags *diags) {
  json_t *meta = json_object(), *runs = json_array();
  stf_buffer blocks = {0};
  char *bib = NULL, path[4096];
  size_t size;
  const int length = snprintf(path, sizeof path, "%s/sources.bib", options->library);
  set(meta, "format", json_integer(1));
  set(meta, "runs", runs);
  stf_status status = length < 0 || (size_t)length >= sizeof path ? stf_file_no_memory(options->library, diags)
                                                                  : stf_file_read(path, MOST_BIB, diags, &bib, &size);
  if (!status) status = write_runs(options, bib, runs, &blocks, diags);
  if (!status) status = write_page(options, meta, &blocks, diags);
  stf_buffer_clear(&blocks);
  json_decref(meta);
  free(bib);
  return status;
}
