#include "result/curves.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "result/buffer.h"
#include "result/csv.h"
#include "result/file.h"

enum { DIGITS = 10, MOST_BYTES = 1 << 28, LONGEST_UNIT = 60 };

struct stf_curves {
  stf_arena *arena;
  size_t columns, rows, capacity;
  stf_column *column;      /* [columns] */
  double *factor, *offset; /* [columns] base value * factor + offset = shown value */
  double *values;          /* [capacity][columns] base units */
};

void stf_curves_destroy(stf_curves *curves) {
  if (!curves) return;
  stf_arena_destroy(curves->arena);
  free(curves->values);
  free(curves);
}

static bool copy_column(stf_curves *curves, size_t i, const stf_column *from) {
  stf_column *to = &curves->column[i];
  to->dimension = from->dimension;
  to->name = stf_arena_copy(curves->arena, from->name, strlen(from->name));
  to->unit = stf_arena_copy(curves->arena, from->unit, strlen(from->unit));
  curves->factor[i] = 1;
  return to->name && to->unit;
}

/* Curves whose values are shown as they are. */
static stf_curves *create_plain(const stf_column *columns, size_t count) {
  stf_curves *curves = count ? calloc(1, sizeof(*curves)) : NULL;
  if (!curves) return NULL;
  curves->columns = count;
  curves->arena = stf_arena_create();
  if (curves->arena) {
    curves->column = stf_arena_alloc(curves->arena, count * sizeof(*curves->column));
    curves->factor = stf_arena_alloc(curves->arena, count * sizeof(*curves->factor));
    curves->offset = stf_arena_alloc(curves->arena, count * sizeof(*curves->offset));
  }
  bool ready = curves->arena && curves->column && curves->factor && curves->offset;
  for (size_t i = 0; ready && i < count; i++) ready = copy_column(curves, i, &columns[i]);
  if (ready) return curves;
  stf_curves_destroy(curves);
  return NULL;
}

stf_curves *stf_curves_create(const stf_column *columns, size_t count) {
  stf_curves *curves = create_plain(columns, count);
  for (size_t i = 0; curves && i < count; i++) {
    const bool plain = columns[i].dimension == STF_RATIO && !*columns[i].unit;
    double *factor = &curves->factor[i], *offset = &curves->offset[i];
    if (stf_text_is_name(columns[i].name) &&
        (plain || !stf_units_from_base(columns[i].dimension, columns[i].unit, factor, offset))) {
      continue;
    }
    stf_curves_destroy(curves);
    return NULL;
  }
  return curves;
}

stf_status stf_curves_append(stf_curves *curves, const double *row) {
  if (curves->rows == curves->capacity) {
    const size_t capacity = curves->capacity ? curves->capacity * 2 : 64;
    if (capacity > SIZE_MAX / sizeof(double) / curves->columns) return STF_NO_RESOURCE;
    double *values = realloc(curves->values, capacity * curves->columns * sizeof(*values));
    if (!values) return STF_NO_RESOURCE;
    curves->values = values;
    curves->capacity = capacity;
  }
  memcpy(curves->values + curves->rows * curves->columns, row, curves->columns * sizeof(*row));
  curves->rows++;
  return STF_OK;
}

void stf_curves_cut(stf_curves *curves, size_t rows) {
  if (rows < curves->rows) curves->rows = rows;
}

size_t stf_curves_columns(const stf_curves *curves) {
  return curves->columns;
}

size_t stf_curves_rows(const stf_curves *curves) {
  return curves->rows;
}

const stf_column *stf_curves_column(const stf_curves *curves, size_t column) {
  return &curves->column[column];
}

long stf_curves_find(const stf_curves *curves, const char *name) {
  for (size_t i = 0; i < curves->columns; i++) {
    if (!strcmp(curves->column[i].name, name)) return (long)i;
  }
  return -1;
}

double stf_curves_value(const stf_curves *curves, size_t row, size_t column) {
  return curves->values[row * curves->columns + column];
}

double stf_curves_shown(const stf_curves *curves, size_t row, size_t column) {
  return stf_curves_value(curves, row, column) * curves->factor[column] + curves->offset[column];
}

static void add_header(stf_buffer *text, const stf_column *column) {
  stf_buffer_text(text, column->name);
  if (*column->unit) stf_buffer_printf(text, " [%s]", column->unit);
}

stf_status stf_curves_write(const stf_curves *curves, const char *path, stf_diags *diags) {
  stf_buffer text = {0};
  for (size_t i = 0; i < curves->columns; i++) {
    add_header(&text, &curves->column[i]);
    stf_buffer_text(&text, i + 1 < curves->columns ? "," : "\n");
  }
  for (size_t row = 0; row < curves->rows; row++) {
    for (size_t i = 0; i < curves->columns; i++) {
      const double value = stf_curves_shown(curves, row, i);
      if (isfinite(value)) stf_buffer_number(&text, value, DIGITS);
      stf_buffer_text(&text, i + 1 < curves->columns ? "," : "\n");
    }
  }
  const stf_status status = stf_buffer_write(&text, path, diags);
  stf_buffer_clear(&text);
  return status;
}

/* Takes "force [N]" apart in place. */
static bool split_header(char *text, stf_column *column) {
  const size_t length = strlen(text);
  char *bracket = strstr(text, " [");
  *column = (stf_column){.name = text, .dimension = STF_RATIO, .unit = ""};
  if (bracket) {
    if (text[length - 1] != ']' || bracket + 3 >= text + length) return false;
    text[length - 1] = '\0';
    *bracket = '\0';
    column->unit = bracket + 2;
  }
  return stf_text_is_name(text) && strlen(column->unit) <= LONGEST_UNIT;
}

static stf_status read_header(const stf_csv *csv, stf_arena *arena, stf_diags *diags, stf_column *columns) {
  stf_status status = STF_OK;
  for (size_t i = 0; i < csv->count; i++) {
    char *text = stf_arena_copy(arena, csv->field[i].text, strlen(csv->field[i].text));
    if (!text) return stf_file_no_memory(csv->path, diags);
    if (!split_header(text, &columns[i])) {
      status = stf_csv_fault(csv, i, "the name of a curve and its unit, such as force [N]", NULL, diags);
    }
    for (size_t j = 0; j < i; j++) {
      if (!strcmp(columns[j].name, columns[i].name)) {
        status = stf_csv_fault(csv, i, "each name once", NULL, diags);
      }
    }
  }
  return status;
}

static stf_status read_rows(stf_csv *csv, stf_diags *diags, stf_curves *curves, double *row) {
  stf_status worst = STF_OK;
  bool found = false;
  while (!stf_diags_full(diags)) {
    STF_TRY(stf_csv_next(csv, diags, &found));
    if (!found) break;
    if (csv->count != curves->columns) {
      stf_diags_add(diags, STF_ERROR, (stf_place){.file = csv->path, .line = csv->line},
                    stf_diags_text(diags, "%zu fields", csv->count),
                    stf_diags_text(diags, "%zu as in the header", curves->columns), "was the file cut off?");
      worst = STF_BAD_INPUT;
      continue;
    }
    for (size_t i = 0; i < curves->columns; i++) {
      const stf_status status = stf_csv_number(csv, i, diags, &row[i]);
      if (status) worst = status;
    }
    if (stf_curves_append(curves, row)) return stf_file_no_memory(csv->path, diags);
  }
  return worst;
}

static stf_status read_table(stf_csv *csv, stf_arena *arena, stf_diags *diags, stf_curves **curves) {
  bool found = false;
  STF_TRY(stf_csv_next(csv, diags, &found));
  if (!found) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = csv->path}, "an empty file", "curves", NULL);
    return STF_BAD_INPUT;
  }
  stf_column *columns = stf_arena_alloc(arena, csv->count * sizeof(*columns));
  double *row = stf_arena_alloc(arena, csv->count * sizeof(*row));
  if (!columns || !row) return stf_file_no_memory(csv->path, diags);
  STF_TRY(read_header(csv, arena, diags, columns));
  *curves = create_plain(columns, csv->count);
  if (!*curves) return stf_file_no_memory(csv->path, diags);
  return read_rows(csv, diags, *curves, row);
}

stf_status stf_curves_read(const char *path, stf_diags *diags, stf_curves **curves) {
  *curves = NULL;
  stf_arena *arena = stf_arena_create();
  if (!arena) return stf_file_no_memory(path, diags);
  stf_csv csv;
  stf_status status = stf_csv_open(&csv, path, MOST_BYTES, diags);
  if (!status) {
    status = read_table(&csv, arena, diags, curves);
    stf_csv_close(&csv);
  }
  stf_arena_destroy(arena);
  if (status) {
    stf_curves_destroy(*curves);
    *curves = NULL;
  }
  return status;
}
