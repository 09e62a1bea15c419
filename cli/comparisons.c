#include "comparisons.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scenario/scenario.h"

enum { CELL = 96, COLUMNS = 6 };

typedef struct line {
  char cell[COLUMNS][CELL];
} line;

static double number_of(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static void add_digits(stf_text_sink *sink, double value, int digits) {
  char number[32];
  stf_text_write_number(value, digits, number, sizeof(number));
  stf_text_add(sink, "%s", number);
}

static void add_number(stf_text_sink *sink, double value) {
  add_digits(sink, value, 4);
}

static stf_text_sink cell_of(line *row, int column) {
  row->cell[column][0] = '\0';
  return (stf_text_sink){.buffer = row->cell[column], .size = CELL};
}

/* "219 +- 69 MPa", "72 to 276 MPa" */
static void fill_measured(const json_t *published, const char *unit, stf_text_sink *sink) {
  const double value = number_of(published, "value"), sd = number_of(published, "sd");
  const double low = number_of(published, "low"), high = number_of(published, "high");
  if (isfinite(value)) add_number(sink, value);
  if (isfinite(value) && isfinite(sd)) {
    stf_text_add(sink, " +- ");
    add_number(sink, sd);
  } else if (isfinite(low) && isfinite(high)) {
    stf_text_add(sink, isfinite(value) ? ", " : "");
    add_number(sink, low);
    stf_text_add(sink, " to ");
    add_number(sink, high);
  }
  stf_text_add(sink, "%s%s", *unit ? " " : "", unit);
}

/* "z = -0.4", "inside", "-6.4 %": the last where nobody knows how far measured values scatter. Of another model's
 * number, which judges nothing, "x 0.0027": ours over it. */
static void fill_verdict(const json_t *comparison, stf_text_sink *sink) {
  const double z = number_of(comparison, "z"), simulated = number_of(comparison, "simulated");
  const double value = number_of(json_object_get(comparison, "published"), "value");
  const double percent = round(1000 * (simulated / value - 1)) / 10;
  const char *range = text_of(comparison, "range");
  if (!strcmp(text_of(comparison, "role"), stf_role_names[STF_ROLE_PUBLISHED_MODEL])) {
    if (!isfinite(simulated / value)) return;
    stf_text_add(sink, "x ");
    add_digits(sink, simulated / value, 2);
  } else if (isfinite(z)) {
    stf_text_add(sink, "z = ");
    add_number(sink, round(10 * z) / 10);
  } else if (*range) {
    stf_text_add(sink, "%s", range);
  } else if (isfinite(percent)) {
    stf_text_add(sink, "%s", percent > 0 ? "+" : "");
    add_number(sink, percent);
    stf_text_add(sink, " %%");
  }
}

static bool fill(const json_t *comparison, line *row) {
  const char *unit = text_of(comparison, "unit");
  const double simulated = number_of(comparison, "simulated");
  stf_text_sink name = cell_of(row, 0), measured = cell_of(row, 1), got = cell_of(row, 2), verdict = cell_of(row, 3),
                role = cell_of(row, 4);
  stf_text_add(&name, "%s", text_of(comparison, "measurement"));
  fill_measured(json_object_get(comparison, "published"), unit, &measured);
  if (isfinite(simulated)) {
    add_number(&got, simulated);
    stf_text_add(&got, "%s%s", *unit ? " " : "", unit);
  } else {
    stf_text_add(&got, "not reached");
  }
  fill_verdict(comparison, &verdict);
  stf_text_add(&role, "%s", text_of(comparison, "role"));
  return true;
}

static void widen(const line *row, size_t widths[COLUMNS]) {
  for (int i = 0; i < COLUMNS; i++) {
    const size_t width = strlen(row->cell[i]);
    if (width > widths[i]) widths[i] = width;
  }
}

static void print(const line *row, const size_t widths[COLUMNS], FILE *stream) {
  int last = COLUMNS - 1;
  while (last > 0 && !*row->cell[last]) last--;
  for (int i = 0; i <= last; i++) fprintf(stream, "%s%-*s", i ? "  " : "", i < last ? (int)widths[i] : 0, row->cell[i]);
  fprintf(stream, "\n");
}

/* "fibres.along.modulus of fascia_lata is 800 MPa in this scenario, which ...; the tissue's file says 942 MPa" */
static void print_overrides(const json_t *root, FILE *stream) {
  const json_t *tissues = json_object_get(root, "tissues");
  for (size_t t = 0; t < json_array_size(tissues); t++) {
    const json_t *tissue = json_array_get(tissues, t), *parameters = json_object_get(tissue, "parameters");
    for (size_t i = 0; i < json_array_size(parameters); i++) {
      const json_t *p = json_array_get(parameters, i);
      if (!*text_of(p, "overrides")) continue;
      fprintf(stream, "%s of %s is %s in this scenario, which calibrates it; the tissue's file says %s\n",
              text_of(p, "path"), text_of(tissue, "name"), text_of(p, "written"), text_of(p, "overrides"));
    }
  }
}

/* A table of lines, widened to what stands in it. */
static void print_table(const line *rows, size_t count, FILE *stream) {
  size_t widths[COLUMNS] = {0};
  for (size_t i = 0; i < count; i++) widen(&rows[i], widths);
  for (size_t i = 0; i < count; i++) print(&rows[i], widths, stream);
}

/* Heads the table and fills a line for each of `all`, by `fill_line`, which says whether there is one. */
static void print_all(const json_t *all, const line *head, bool (*fill_line)(const json_t *, line *), FILE *stream) {
  line *rows = calloc(json_array_size(all) + 1, sizeof *rows);
  size_t count = 1;
  if (!rows) return;
  rows[0] = *head;
  for (size_t i = 0; i < json_array_size(all); i++) count += fill_line(json_array_get(all, i), &rows[count]);
  if (count > 1) print_table(rows, count, stream);
  free(rows);
}

static json_t *read_record(const char *folder) {
  char path[4096];
  if ((size_t)snprintf(path, sizeof(path), "%s/run.json", folder) >= sizeof(path)) return NULL;
  return json_load_file(path, 0, NULL);
}

void stf_comparisons_print(const char *folder, FILE *stream) {
  static const line head = {.cell = {"measurement", "measured", "simulated", "agreement", "role"}};
  json_t *root = read_record(folder);
  print_all(json_object_get(root, "comparisons"), &head, fill, stream);
  print_overrides(root, stream);
  json_decref(root);
}

/* ---- ensembles ---- */

/* "10.4 +- 1.5 %" */
static void fill_spread(const json_t *ensemble, const char *unit, stf_text_sink *sink) {
  add_number(sink, number_of(ensemble, "mean"));
  stf_text_add(sink, " +- ");
  add_number(sink, number_of(ensemble, "sd"));
  stf_text_add(sink, "%s%s", *unit ? " " : "", unit);
}

/* "z = -0.2" */
static void fill_z(const json_t *ensemble, stf_text_sink *sink) {
  const double z = number_of(ensemble, "z");
  if (!isfinite(z)) return;
  stf_text_add(sink, "z = ");
  add_number(sink, round(10 * z) / 10);
}

/* "x 0.9 +- 0.14 (predicted)" */
static void fill_ratio(const json_t *ensemble, stf_text_sink *sink) {
  const char *role = text_of(ensemble, "spread_role");
  if (!isfinite(number_of(ensemble, "spread"))) return;
  stf_text_add(sink, "x ");
  add_digits(sink, number_of(ensemble, "spread"), 3);
  stf_text_add(sink, " +- ");
  add_digits(sink, number_of(ensemble, "spread_error"), 2);
  if (*role) stf_text_add(sink, " (%s)", role);
}

static bool fill_ensemble(const json_t *comparison, line *row) {
  const json_t *ensemble = json_object_get(comparison, "ensemble");
  const char *unit = text_of(comparison, "unit");
  if (!ensemble) return false;
  stf_text_sink name = cell_of(row, 0), measured = cell_of(row, 1), got = cell_of(row, 2), range = cell_of(row, 3),
                z = cell_of(row, 4), ratio = cell_of(row, 5);
  stf_text_add(&name, "%s", text_of(comparison, "measurement"));
  fill_measured(json_object_get(comparison, "published"), unit, &measured);
  fill_spread(ensemble, unit, &got);
  add_number(&range, number_of(ensemble, "low"));
  stf_text_add(&range, " to ");
  add_number(&range, number_of(ensemble, "high"));
  fill_z(ensemble, &z);
  fill_ratio(ensemble, &ratio);
  return true;
}

void stf_comparisons_print_ensemble(const char *folder, FILE *stream) {
  static const line head = {.cell = {"measurement", "measured", "ensemble", "5 % to 95 %", "both spreads", "spread"}};
  json_t *root = read_record(folder);
  const json_t *ensemble = json_object_get(root, "ensemble");
  const long members = (long)number_of(ensemble, "members");
  const size_t failed = json_array_size(json_object_get(ensemble, "failed"));
  fprintf(stream, "Ensemble of %ld members", members);
  if (failed) fprintf(stream, ", %zu of which failed and are left out", failed);
  fprintf(stream, "\n");
  print_all(json_object_get(root, "comparisons"), &head, fill_ensemble, stream);
  json_decref(root);
}
