/*
 * Published numbers: a CSV with the header quantity,unit,value,sd,low,high,n,source_key,role. A row has a value (with
 * the standard deviation where one is known; a standard error is never written there), or a range low..high, or both.
 * Lines that start with # are comments.
 */
#ifndef STF_RESULT_MEASURED_H
#define STF_RESULT_MEASURED_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

typedef struct stf_measured {
  const char *quantity, *unit, *source, *role;
  double      value, sd, low, high;  /* in `unit`; NAN where empty */
  long        n;                     /* specimens; 0 where unknown */
  int         line;
} stf_measured;

/* Reads all rows; they belong to `arena`. Faults are diagnosed with file:line:column. */
stf_status stf_measured_read(const char *path, stf_arena *arena, stf_diags *diags, stf_measured **rows, size_t *count);

#endif
