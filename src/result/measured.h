/*
 * Published numbers: a CSV with the header quantity,unit,value,sd,low,high,n,source_key,role, in any order; sd, low,
 * high, n and role may be missing. A row has a value (with the standard deviation where one is known; a standard error
 * is never written there), or a range low..high, or both. Blank lines and lines that start with # are comments.
 */
#ifndef STF_RESULT_MEASURED_H
#define STF_RESULT_MEASURED_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

typedef struct stf_measured {
  const char *quantity, *unit, *source, *role; /* role: one of stf_role_names, or "" */
  double value, sd, low, high;                 /* in `unit`; NAN where empty */
  long n;                                      /* specimens; 0 where unknown */
  int line;
} stf_measured;

/*
 * Reads all rows; they belong to `arena`. A quantity stands once in a file. STF_BAD_INPUT with every fault found, as
 * file:line:column.
 */
stf_status stf_measured_read(const char *path, stf_arena *arena, stf_diags *diags, stf_measured **rows, size_t *count);

#endif
