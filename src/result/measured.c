#include "result/measured.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "result/csv.h"
#include "result/file.h"
#include "scenario/scenario.h"

enum { MOST_BYTES = 4 << 20 };

enum { QUANTITY, UNIT, VALUE, SD, LOW, HIGH, SPECIMENS, SOURCE, ROLE, COLUMNS };

static const char *const names[COLUMNS] = {"quantity", "unit", "value", "sd", "low", "high", "n", "source_key", "role"};
static const bool required[COLUMNS] = {[QUANTITY] = true, [UNIT] = true, [VALUE] = true, [SOURCE] = true};

/* A file being read. */
typedef struct reading {
  stf_csv csv;
  stf_arena *arena;
  stf_diags *diags;
  size_t fields;       /* of the header */
  long where[COLUMNS]; /* field of each column, -1 without one */
  stf_measured *rows;
  size_t count, capacity;
} reading;

static stf_status next_row(reading *in, bool *found) {
  do {
    STF_TRY(stf_csv_next(&in->csv, in->diags, found));
  } while (*found && stf_csv_skippable(&in->csv));
  return STF_OK;
}

static stf_status read_name(reading *in, size_t field) {
  static const char all[] = "quantity, unit, value, sd, low, high, n, source_key or role";
  const char *text = in->csv.field[field].text;
  for (size_t i = 0; i < COLUMNS; i++) {
    if (strcmp(text, names[i])) continue;
    if (in->where[i] >= 0) return stf_csv_fault(&in->csv, field, "each column once", NULL, in->diags);
    in->where[i] = (long)field;
    return STF_OK;
  }
  const char *nearest = stf_text_nearest(text, names, COLUMNS);
  const char *hint = nearest ? stf_diags_text(in->diags, "did you mean %s?", nearest) : NULL;
  return stf_csv_fault(&in->csv, field, all, hint, in->diags);
}

static stf_status read_header(reading *in) {
  bool found = false;
  stf_status worst = STF_OK;
  STF_TRY(next_row(in, &found));
  in->fields = found ? in->csv.count : 0;
  for (size_t i = 0; i < COLUMNS; i++) in->where[i] = -1;
  for (size_t i = 0; i < in->fields; i++) {
    if (read_name(in, i)) worst = STF_BAD_INPUT;
  }
  for (size_t i = 0; i < COLUMNS && !worst; i++) {
    if (!required[i] || in->where[i] >= 0) continue;
    stf_diags_add(in->diags, STF_ERROR, (stf_place){.file = in->csv.path, .line = found ? in->csv.line : 0},
                  stf_diags_text(in->diags, "no column %s", names[i]),
                  "the header quantity,unit,value,sd,low,high,n,source_key,role", NULL);
    worst = STF_BAD_INPUT;
  }
  return worst;
}

static stf_status fault(reading *in, int column, const char *expected, const char *hint) {
  return stf_csv_fault(&in->csv, in->where[column] < 0 ? 0 : (size_t)in->where[column], expected, hint, in->diags);
}

static const char *text_of(const reading *in, int column) {
  return in->where[column] < 0 ? "" : in->csv.field[in->where[column]].text;
}

/* A copy of a field in the arena. */
static stf_status keep_text(reading *in, int column, const char **text) {
  const char *field = text_of(in, column);
  *text = stf_arena_copy(in->arena, field, strlen(field));
  return *text ? STF_OK : stf_file_no_memory(in->csv.path, in->diags);
}

static stf_status read_numbers(reading *in, stf_measured *row) {
  double specimens = NAN;
  double *const values[COLUMNS] = {
      [VALUE] = &row->value, [SD] = &row->sd, [LOW] = &row->low, [HIGH] = &row->high, [SPECIMENS] = &specimens};
  stf_status worst = STF_OK;
  for (int i = 0; i < COLUMNS; i++) {
    if (!values[i]) continue;
    *values[i] = NAN;
    if (in->where[i] >= 0 && stf_csv_number(&in->csv, (size_t)in->where[i], in->diags, values[i]))
      worst = STF_BAD_INPUT;
  }
  if (isnan(specimens)) return worst;
  if (specimens < 1 || specimens > 1e9 || specimens != floor(specimens)) {
    return fault(in, SPECIMENS, "the number of specimens, 1 or more", NULL);
  }
  row->n = (long)specimens;
  return worst;
}

/* Whether the numbers of a row belong together. */
static stf_status check_numbers(reading *in, const stf_measured *row) {
  const bool has_low = !isnan(row->low), has_high = !isnan(row->high);
  if (has_low != has_high) return fault(in, has_low ? HIGH : LOW, "both ends of the range", NULL);
  if (isnan(row->value) && !has_low) return fault(in, VALUE, "a value, or a range low and high", NULL);
  if (row->low > row->high) return fault(in, LOW, "at most the value of high", NULL);
  if (isnan(row->sd)) return STF_OK;
  if (row->sd <= 0) return fault(in, SD, "a standard deviation above 0, or nothing", NULL);
  if (isnan(row->value)) return fault(in, SD, "a value with this standard deviation", NULL);
  return STF_OK;
}

static stf_status check_texts(reading *in, const stf_measured *row) {
  if (!*row->quantity) return fault(in, QUANTITY, "the name of a quantity", NULL);
  if (!*row->source) return fault(in, SOURCE, "a key of sources.bib", "every number has a source");
  if (!*row->role) return STF_OK;
  for (const char *const *role = stf_role_names; *role; role++) {
    if (!strcmp(row->role, *role)) return STF_OK;
  }
  return fault(in, ROLE, "input, calibrated, check, predicted or published-model", NULL);
}

static stf_status add_row(reading *in, const stf_measured *row) {
  if (in->count == in->capacity) {
    const size_t capacity = in->capacity ? in->capacity * 2 : 16;
    stf_measured *rows = realloc(in->rows, capacity * sizeof(*rows));
    if (!rows) return stf_file_no_memory(in->csv.path, in->diags);
    in->rows = rows;
    in->capacity = capacity;
  }
  in->rows[in->count++] = *row;
  return STF_OK;
}

static stf_status read_row(reading *in) {
  stf_measured row = {.line = in->csv.line};
  if (in->csv.count != in->fields) {
    stf_diags_add(in->diags, STF_ERROR, (stf_place){.file = in->csv.path, .line = in->csv.line},
                  stf_diags_text(in->diags, "%zu fields", in->csv.count),
                  stf_diags_text(in->diags, "%zu as in the header", in->fields), NULL);
    return STF_BAD_INPUT;
  }
  STF_TRY(keep_text(in, QUANTITY, &row.quantity));
  STF_TRY(keep_text(in, UNIT, &row.unit));
  STF_TRY(keep_text(in, SOURCE, &row.source));
  STF_TRY(keep_text(in, ROLE, &row.role));
  const stf_status texts = check_texts(in, &row), numbers = read_numbers(in, &row);
  if (numbers) return numbers;
  STF_TRY(check_numbers(in, &row));
  return texts ? texts : add_row(in, &row);
}

static int compare_rows(const void *left, const void *right) {
  const stf_measured *a = *(stf_measured *const *)left, *b = *(stf_measured *const *)right;
  const int order = strcmp(a->quantity, b->quantity);
  return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* Diagnoses quantities that stand more than once. */
static stf_status check_doubles(reading *in) {
  const stf_measured **sorted = calloc(in->count ? in->count : 1, sizeof(*sorted));
  if (!sorted) return stf_file_no_memory(in->csv.path, in->diags);
  for (size_t i = 0; i < in->count; i++) sorted[i] = &in->rows[i];
  qsort(sorted, in->count, sizeof(*sorted), compare_rows);
  stf_status status = STF_OK;
  for (size_t i = 1; i < in->count; i++) {
    const stf_measured *row = sorted[i];
    if (strcmp(sorted[i - 1]->quantity, row->quantity)) continue;
    stf_diags_add(in->diags, STF_ERROR, (stf_place){.file = in->csv.path, .line = row->line},
                  stf_diags_quote(in->diags, row->quantity, strlen(row->quantity)), "each quantity once",
                  stf_diags_text(in->diags, "it stands in line %d too", sorted[i - 1]->line));
    status = STF_BAD_INPUT;
  }
  free(sorted);
  return status;
}

static stf_status read_rows(reading *in) {
  stf_status worst = STF_OK;
  bool found = false;
  STF_TRY(read_header(in));
  while (!stf_diags_full(in->diags)) {
    STF_TRY(next_row(in, &found));
    if (!found) break;
    const stf_status status = read_row(in);
    if (status == STF_NO_RESOURCE) return status;
    if (status) worst = status;
  }
  const stf_status doubles = check_doubles(in);
  return worst ? worst : doubles;
}

stf_status stf_measured_read(const char *path, stf_arena *arena, stf_diags *diags, stf_measured **rows, size_t *count) {
  reading in = {.arena = arena, .diags = diags};
  STF_TRY(stf_csv_open(&in.csv, path, MOST_BYTES, diags));
  stf_status status = read_rows(&in);
  if (!status) {
    *count = in.count;
    *rows = stf_arena_alloc(arena, (in.count ? in.count : 1) * sizeof(**rows));
    if (!*rows) {
      status = stf_file_no_memory(path, diags);
    } else if (in.count) {
      memcpy(*rows, in.rows, in.count * sizeof(**rows));
    }
  }
  free(in.rows);
  stf_csv_close(&in.csv);
  return status;
}
