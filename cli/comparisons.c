#include "comparisons.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

enum { CELL = 96, COLUMNS = 5 };

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

static void add_number(stf_text_sink *sink, double value) {
  char number[32];
  stf_text_write_number(value, 4, number, sizeof(number));
  stf_text_add(sink, "%s", number);
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

/* "z = -0.4", "inside", "-6.4 %": the last where nobody knows how far measured values scatter. */
static void fill_verdict(const json_t *comparison, stf_text_sink *sink) {
  const double z = number_of(comparison, "z"), simulated = number_of(comparison, "simulated");
  const double value = number_of(json_object_get(comparison, "published"), "value");
  const double percent = round(1000 * (simulated / value - 1)) / 10;
  const char *range = text_of(comparison, "range");
  if (isfinite(z)) {
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

static void fill(const json_t *comparison, line *row) {
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
}

static void widen(const line *row, size_t widths[COLUMNS]) {
  for (int i = 0; i < COLUMNS; i++) {
    const size_t width = strlen(row->cell[i]);
    if (width > widths[i]) widths[i] = width;
  }
}

static void print(const line *row, const size_t widths[COLUMNS], FILE *stream) {
  for (int i = 0; i < COLUMNS; i++)
    fprintf(stream, "%s%-*s", i ? "  " : "", i + 1 < COLUMNS ? (int)widths[i] : 0, row->cell[i]);
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

void stf_comparisons_print(const char *folder, FILE *stream) {
  char path[4096];
  size_t widths[COLUMNS] = {0};
  line row = {.cell = {"measurement", "measured", "simulated", "agreement", "role"}};
  if ((size_t)snprintf(path, sizeof(path), "%s/run.json", folder) >= sizeof(path)) return;
  json_t *root = json_load_file(path, 0, NULL);
  const json_t *all = json_object_get(root, "comparisons");
  const size_t count = json_array_size(all);
  const line head = row;
  widen(&head, widths);
  for (size_t i = 0; i < count; i++) {
    fill(json_array_get(all, i), &row);
    widen(&row, widths);
  }
  if (count) print(&head, widths, stream);
  for (size_t i = 0; i < count; i++) {
    fill(json_array_get(all, i), &row);
    print(&row, widths, stream);
  }
  print_overrides(root, stream);
  json_decref(root);
}
