/* Curves: one row per accepted step, one column per measurement; kept in memory and written as curves.csv. */
#ifndef STF_RESULT_CURVES_H
#define STF_RESULT_CURVES_H

#include "base/diag.h"
#include "base/status.h"
#include "base/units.h"

typedef struct stf_column {
  const char *name; /* "force" */
  stf_dimension dimension;
  const char *unit; /* written in the header and used for the values, "N"; "" for a ratio */
} stf_column;

typedef struct stf_curves stf_curves;

/*
 * No rows yet. The columns [count, at least 1] are copied. The caller destroys it. NULL when memory is out, a
 * name is none to stf_text_is_name, or a unit is not one of its column's dimension.
 */
stf_curves *stf_curves_create(const stf_column *columns, size_t count);
void stf_curves_destroy(stf_curves *curves);

/* Appends a row [columns] in base units. NAN: no value, an empty field. */
stf_status stf_curves_append(stf_curves *curves, const double *row);

/* Takes back all rows but the first ones. */
void stf_curves_cut(stf_curves *curves, size_t rows);

size_t stf_curves_columns(const stf_curves *curves);
size_t stf_curves_rows(const stf_curves *curves);
const stf_column *stf_curves_column(const stf_curves *curves, size_t column);

/* Index of the column of that name, or -1. */
long stf_curves_find(const stf_curves *curves, const char *name);

/* A value in base units / in the column's unit. */
double stf_curves_value(const stf_curves *curves, size_t row, size_t column);
double stf_curves_shown(const stf_curves *curves, size_t row, size_t column);

/*
 * Writes "time [s],force [N],stretch" and the rows with 10 significant digits (empty where a value is not finite),
 * through a temporary file and a rename.
 */
stf_status stf_curves_write(const stf_curves *curves, const char *path, stf_diags *diags);

/*
 * Reads a file written so. Its columns count as ratios: stf_curves_value and stf_curves_shown both give what stands in
 * the file, in the unit of the header. The caller destroys `*curves`. STF_BAD_INPUT with every fault found.
 */
stf_status stf_curves_read(const char *path, stf_diags *diags, stf_curves **curves);

#endif
