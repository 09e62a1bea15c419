#include "result/ensemble.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "model/scatter.h"
#include "result/buffer.h"
#include "result/file.h"
#include "result/stored.h"

enum { DIGITS = 12, MOST_JSON = 1 << 26, MOST_POINTS = 100 };

/* What putting together needs at hand. */
typedef struct builder {
  const stf_gathering *from;
  const stf_study *study;
  stf_arena *arena;
  stf_diags *diags;
  double *scratch; /* [members] */
  bool failed;     /* memory is out */
} builder;

/* ---- statistics ---- */

/* Measured, with a spread: another model's number is not. */
static bool is_judged(const stf_comparison *published) {
  return published->sd > 0.0 && published->role != STF_ROLE_PUBLISHED_MODEL;
}

double stf_ensemble_z(const stf_spread *simulated, const stf_comparison *published) {
  if (!is_judged(published) || isnan(simulated->sd)) return NAN;
  return (simulated->mean - published->value) / hypot(simulated->sd, published->sd);
}

double stf_ensemble_spread(const stf_spread *simulated, const stf_comparison *published, double *error) {
  *error = NAN;
  if (!is_judged(published) || isnan(simulated->sd)) return NAN;
  const double ratio = simulated->sd / published->sd;
  const double known = published->n > 1 ? 0.5 / (double)(published->n - 1) : 0.0;
  *error = ratio * sqrt(0.5 / (double)(simulated->n - 1) + known);
  return ratio;
}

static stf_spread measurement_spread(const builder *b, size_t measurement) {
  for (size_t m = 0; m < b->from->members; m++) {
    const stf_specimen *s = &b->from->specimen[m];
    b->scratch[m] = s->finished ? s->result.value[measurement] : NAN;
  }
  return stf_spread_of(b->scratch, b->from->members);
}

/* ---- JSON ---- */

static void put(builder *b, json_t *object, const char *key, json_t *value) {
  if (json_object_set_new(object, key, value)) b->failed = true;
}

static void append(builder *b, json_t *array, json_t *value) {
  if (json_array_append_new(array, value)) b->failed = true;
}

static void put_text(builder *b, json_t *object, const char *key, const char *text) {
  if (text) put(b, object, key, json_string(text));
}

/* What is not finite is left out. */
static void put_number(builder *b, json_t *object, const char *key, double value) {
  if (isfinite(value)) put(b, object, key, json_real(value == 0.0 ? 0.0 : value));
}

static json_t *spread_json(builder *b, const stf_spread *s) {
  json_t *object = json_object();
  put(b, object, "n", json_integer((json_int_t)s->n));
  put_number(b, object, "mean", s->mean);
  put_number(b, object, "sd", s->sd);
  put_number(b, object, "low", s->low);
  put_number(b, object, "high", s->high);
  return object;
}

/* ---- ensemble.csv ---- */

static void add_number(stf_buffer *file, double value) {
  stf_buffer_text(file, ",");
  if (isfinite(value)) stf_buffer_number(file, value, DIGITS);
}

static void add_unit(stf_buffer *file, const char *unit) {
  if (*unit && strcmp(unit, "1") != 0) stf_buffer_printf(file, " [%s]", unit);
}

static void add_header(const builder *b, stf_buffer *file) {
  const stf_ensemble *e = &b->study->model.ensemble;
  stf_buffer_text(file, "member,outcome");
  for (size_t i = 0; i < e->lines; i++)
    for (size_t k = 0; k <= e->line[i].ties; k++) {
      const stf_provenance *p = k ? e->line[i].tied[k - 1] : e->line[i].parameter;
      const char *tissue = b->study->scenario.tissues.items[e->line[i].tissue].name;
      stf_buffer_printf(file, ",%s.%s", tissue, stf_names_short(p));
      add_unit(file, stf_dimension_describe(p->dimension)->base);
    }
  for (size_t i = 0; i < b->study->findings.measurements; i++) {
    const stf_measurement *m = &b->study->findings.measurement[i];
    stf_buffer_printf(file, ",%s", m->name);
    add_unit(file, m->unit);
  }
  stf_buffer_text(file, "\n");
}

static void add_member(builder *b, size_t member, stf_setting *drawn, stf_buffer *file) {
  const stf_specimen *s = &b->from->specimen[member];
  if (stf_scatter_settings(&b->study->model, (long)member + 1, b->arena, drawn)) b->failed = true;
  stf_buffer_printf(file, "%zu,\"%s\"", member + 1, s->outcome);
  for (size_t i = 0; !b->failed && i < b->study->model.ensemble.numbers; i++) add_number(file, drawn[i].change.value);
  for (size_t i = 0; i < b->study->findings.measurements; i++) add_number(file, s->finished ? s->result.value[i] : NAN);
  stf_buffer_text(file, "\n");
}

static stf_status write_table(builder *b) {
  const char *path = stf_arena_printf(b->arena, "%s/ensemble.csv", b->from->folder);
  stf_setting *drawn = stf_arena_alloc(b->arena, (b->study->model.ensemble.numbers + 1) * sizeof *drawn);
  stf_buffer file = {0};
  if (!path || !drawn) return stf_file_no_memory(b->from->folder, b->diags);
  add_header(b, &file);
  for (size_t m = 0; m < b->from->members; m++) add_member(b, m, drawn, &file);
  const stf_status status = b->failed ? stf_file_no_memory(path, b->diags) : stf_buffer_write(&file, path, b->diags);
  stf_buffer_clear(&file);
  return status;
}

/* ---- bands ---- */

/* A column of a member, or of the run of the mean specimen. */
typedef struct series {
  const double *at;
  size_t rows, stride;
} series;

static double value_of(const series *s, size_t row) {
  return s->at[row * s->stride];
}

static series column_of(const stf_member_result *r, size_t column) {
  return (series){r->row + column, r->rows, r->columns};
}

/* Whether values never fall, but for their last digits. */
static bool never_falls(const series *s, double tolerance) {
  for (size_t i = 1; i < s->rows; i++)
    if (!(value_of(s, i) >= value_of(s, i - 1) - tolerance)) return false;
  return s->rows > 0;
}

/* y where x comes to `at`, by the straight line between rows; NAN beyond its ends. */
static double interpolate(const series *x, const series *y, double at, double tolerance) {
  size_t low = 0, high = x->rows;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (value_of(x, middle) >= at)
      high = middle;
    else
      low = middle + 1;
  }
  if (low == x->rows) return value_of(x, low - 1) >= at - tolerance ? value_of(y, low - 1) : NAN;
  if (low == 0) return value_of(x, 0) <= at + tolerance ? value_of(y, 0) : NAN;
  const double from = value_of(x, low - 1), part = (at - from) / (value_of(x, low) - from);
  return value_of(y, low - 1) + part * (value_of(y, low) - value_of(y, low - 1));
}

/* Places beyond the one before, in order, into `place` [rows]. Returns how many. */
static size_t find_advances(const series *x, double *place) {
  size_t count = 0;
  double last = -INFINITY;
  for (size_t i = 0; i < x->rows; i++) {
    if (!(value_of(x, i) > last)) continue;
    place[count++] = last = value_of(x, i);
  }
  return count;
}

/* The abscissas of a band: where the mean specimen stepped on, thinned; the end is always there. Returns how many. */
static size_t choose_points(builder *b, const series *x, double point[MOST_POINTS]) {
  double *place = stf_arena_alloc(b->arena, (x->rows + 1) * sizeof *place);
  if (!place) {
    b->failed = true;
    return 0;
  }
  const size_t there = find_advances(x, place), every = there / MOST_POINTS + 1;
  size_t count = 0;
  for (size_t i = 0; i < there; i += every) point[count++] = place[i];
  if (count) point[count - 1] = place[there - 1];
  return count;
}

/* The mean specimen's column as the folder has it. */
static bool copy_column(builder *b, const stf_curves *curves, size_t column, series *s) {
  double *values = stf_arena_alloc(b->arena, (stf_curves_rows(curves) + 1) * sizeof *values);
  if (!values) return false;
  for (size_t r = 0; r < stf_curves_rows(curves); r++) values[r] = stf_curves_shown(curves, r, column);
  *s = (series){values, stf_curves_rows(curves), 1};
  return true;
}

static void append_point(builder *b, json_t *lists[5], double at, const stf_spread *s) {
  const double values[5] = {at, s->mean, s->sd, s->low, s->high};
  for (int i = 0; i < 5; i++) append(b, lists[i], json_real(values[i] == 0.0 ? 0.0 : values[i]));
}

/* A point stands where every member that finished has a value. */
static void add_points(builder *b, size_t x, size_t y, const double *point, size_t count, double tolerance,
                       json_t *lists[5]) {
  for (size_t i = 0; i < count; i++) {
    size_t finished = 0;
    for (size_t m = 0; m < b->from->members; m++) {
      const stf_specimen *s = &b->from->specimen[m];
      if (!s->finished) continue;
      const series xs = column_of(&s->result, x), ys = column_of(&s->result, y);
      b->scratch[finished++] = interpolate(&xs, &ys, point[i], tolerance);
    }
    const stf_spread spread = stf_spread_of(b->scratch, finished);
    if (spread.n == finished) append_point(b, lists, point[i], &spread);
  }
}

/* Whether a curve over column `x` can be told at every x: nobody goes back. */
static bool goes_on(const builder *b, const series *x, size_t column, double tolerance) {
  bool on = never_falls(x, tolerance);
  for (size_t m = 0; on && m < b->from->members; m++) {
    const stf_specimen *s = &b->from->specimen[m];
    const series own = column_of(&s->result, column);
    on = !s->finished || never_falls(&own, tolerance);
  }
  return on;
}

static bool is_there(const json_t *bands, const char *x, const char *y) {
  for (size_t i = 0; i < json_array_size(bands); i++) {
    const json_t *band = json_array_get(bands, i);
    if (!strcmp(json_string_value(json_object_get(band, "x")), x) &&
        !strcmp(json_string_value(json_object_get(band, "y")), y))
      return true;
  }
  return false;
}

static void add_band(builder *b, const stf_curves *curves, long x, long y, json_t *bands) {
  static const char *const keys[] = {"at", "mean", "sd", "low", "high"};
  double point[MOST_POINTS];
  series base;
  json_t *lists[5];
  if (x < 0 || y < 0 || x == y) return;
  const char *x_name = stf_curves_column(curves, (size_t)x)->name, *y_name = stf_curves_column(curves, (size_t)y)->name;
  if (is_there(bands, x_name, y_name)) return;
  if (!copy_column(b, curves, (size_t)x, &base)) b->failed = true;
  if (b->failed || !base.rows) return;
  const double tolerance = 1e-8 * fabs(value_of(&base, base.rows - 1) - value_of(&base, 0));
  if (!goes_on(b, &base, (size_t)x, tolerance)) return;
  json_t *band = json_object();
  put_text(b, band, "x", x_name);
  put_text(b, band, "y", y_name);
  for (int i = 0; i < 5; i++) {
    lists[i] = json_array();
    put(b, band, keys[i], lists[i]);
  }
  if (!b->failed) add_points(b, (size_t)x, (size_t)y, point, choose_points(b, &base, point), tolerance, lists);
  append(b, bands, band);
}

/* First what published numbers belong on, then every column over time. */
static json_t *bands_json(builder *b, const stf_stored *stored) {
  const stf_curves *c = stored->curves;
  json_t *bands = json_array();
  for (size_t m = 0; m < stored->marks; m++)
    add_band(b, c, stf_curves_find(c, stored->mark[m].x), stf_curves_find(c, stored->mark[m].y), bands);
  for (size_t y = 1; y < stf_curves_columns(c); y++) add_band(b, c, 0, (long)y, bands);
  return bands;
}

/* ---- run.json ---- */

static json_t *line_json(builder *b, const stf_scatter *line) {
  const stf_ensemble *e = &b->study->model.ensemble;
  json_t *object = json_object(), *with = json_array();
  put_text(b, object, "tissue", b->study->model.tissue[line->tissue].name);
  put_text(b, object, "path", line->parameter->path);
  for (size_t k = 0; k < line->ties; k++) append(b, with, json_string(line->tied[k]->path));
  put(b, object, "with", with);
  put_number(b, object, "mean", line->parameter->value);
  put_text(b, object, "unit", stf_dimension_describe(line->parameter->dimension)->base);
  put_number(b, object, "cv", line->cv);
  if (line->high > 0.0) put(b, object, "times", json_pack("[f, f]", line->low, line->high));
  if (line->follows >= 0) {
    put_text(b, object, "follows", e->line[line->follows].parameter->path);
    put_number(b, object, "correlation", line->correlation);
  }
  put_text(b, object, "source", line->source);
  put_text(b, object, "grade", stf_grade_names[line->grade]);
  put_text(b, object, "note", line->grade_note);
  return object;
}

static json_t *failed_json(builder *b) {
  json_t *failed = json_array();
  for (size_t m = 0; m < b->from->members; m++) {
    if (b->from->specimen[m].finished) continue;
    json_t *object = json_object();
    put(b, object, "member", json_integer((json_int_t)m + 1));
    put_text(b, object, "outcome", b->from->specimen[m].outcome);
    append(b, failed, object);
  }
  return failed;
}

static json_t *ensemble_json(builder *b, const stf_stored *stored) {
  const stf_ensemble *e = &b->study->model.ensemble;
  json_t *object = json_object(), *scatter = json_array();
  put(b, object, "members", json_integer((json_int_t)b->from->members));
  put(b, object, "seed", json_integer(e->seed));
  put(b, object, "failed", failed_json(b));
  for (size_t i = 0; i < e->lines; i++) append(b, scatter, line_json(b, &e->line[i]));
  put(b, object, "scatter", scatter);
  put(b, object, "bands", bands_json(b, stored));
  return object;
}

static json_t *comparison_json(builder *b, const stf_comparison *c) {
  const stf_spread s = measurement_spread(b, (size_t)(c->measurement - b->study->findings.measurement));
  double error;
  const double ratio = stf_ensemble_spread(&s, c, &error);
  json_t *object = spread_json(b, &s);
  put_number(b, object, "z", stf_ensemble_z(&s, c));
  put_number(b, object, "spread", ratio);
  put_number(b, object, "spread_error", error);
  if (c->spread_role >= 0) put_text(b, object, "spread_role", stf_role_names[c->spread_role]);
  return object;
}

/* Into the record of the mean specimen, whose lists are in the order of the study. */
static stf_status amend(builder *b, const stf_stored *stored, json_t *root) {
  const stf_findings *f = &b->study->findings;
  json_t *measurements = json_object_get(root, "measurements"), *comparisons = json_object_get(root, "comparisons");
  if (json_array_size(measurements) != f->measurements || json_array_size(comparisons) != f->comparisons)
    return STF_BUG;
  for (size_t i = 0; i < f->measurements; i++) {
    const stf_spread s = measurement_spread(b, i);
    put(b, json_array_get(measurements, i), "ensemble", spread_json(b, &s));
  }
  for (size_t i = 0; i < f->comparisons; i++)
    put(b, json_array_get(comparisons, i), "ensemble", comparison_json(b, &f->comparison[i]));
  put(b, root, "ensemble", ensemble_json(b, stored));
  return STF_OK;
}

static stf_status write_json(builder *b, const json_t *root, const char *path) {
  char *text = b->failed ? NULL : json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
  stf_buffer file = {0};
  if (!text) return stf_file_no_memory(path, b->diags);
  stf_buffer_text(&file, text);
  stf_buffer_text(&file, "\n");
  const stf_status status = stf_buffer_write(&file, path, b->diags);
  stf_buffer_clear(&file);
  free(text);
  return status;
}

/* The folder must still be of the run that the members belong to. */
static stf_status check_same(const builder *b, const char *path) {
  char *text;
  size_t size;
  STF_TRY(stf_file_read(path, MOST_JSON, b->diags, &text, &size));
  const bool same = !strcmp(text, b->from->record);
  free(text);
  if (same) return STF_OK;
  stf_diags_add(b->diags, STF_ERROR, (stf_place){.file = path}, "the result of another run",
                "that which this ensemble belongs to", "run it again, and nothing else of its name meanwhile");
  return STF_BAD_INPUT;
}

static stf_status write_record(builder *b) {
  const char *path = stf_arena_printf(b->arena, "%s/run.json", b->from->folder);
  stf_stored stored = {0};
  if (!path) return stf_file_no_memory(b->from->folder, b->diags);
  STF_TRY(check_same(b, path));
  STF_TRY(stf_stored_read(b->from->folder, b->arena, b->diags, &stored));
  json_t *root = json_loads(b->from->record, JSON_REJECT_DUPLICATES, NULL);
  stf_status status = root ? amend(b, &stored, root) : STF_BUG;
  if (!status) status = write_table(b);
  if (!status) status = write_json(b, root, path);
  json_decref(root);
  stf_stored_clear(&stored);
  return status;
}

stf_status stf_ensemble_record(const stf_gathering *gathering, stf_diags *diags) {
  builder b = {.from = gathering, .study = gathering->study, .diags = diags, .arena = stf_arena_create()};
  size_t finished = 0;
  for (size_t m = 0; m < gathering->members; m++) finished += gathering->specimen[m].finished;
  b.scratch = b.arena ? stf_arena_alloc(b.arena, (gathering->members + 1) * sizeof(double)) : NULL;
  stf_status status = STF_OK;
  if (!b.scratch) {
    status = stf_file_no_memory(gathering->folder, diags);
  } else if (finished < 2) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = gathering->study->path, .path = "ensemble"},
                  stf_diags_text(diags, "%zu of %zu members that finished", finished, gathering->members), "at least 2",
                  "the result of the mean specimen is whole, without its ensemble");
    status = STF_NO_SOLUTION;
  } else {
    status = write_record(&b);
  }
  stf_arena_destroy(b.arena);
  return status;
}
