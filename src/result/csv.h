/* Comma-separated values, read row by row: fields may be quoted, quotes inside are doubled, a row is one line. */
#ifndef STF_RESULT_CSV_H
#define STF_RESULT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

enum { STF_CSV_MAX_FIELDS = 4096 };

typedef struct stf_csv_field {
  const char *text; /* without surrounding blanks and quotes */
  int column;       /* where it begins in its line, in bytes, from 1 */
} stf_csv_field;

typedef struct stf_csv {
  const char *path;
  int line;             /* of the current row, from 1 */
  size_t count;         /* fields of the current row, at least 1 */
  stf_csv_field *field; /* [count], valid until the next row is read */
  size_t capacity;
  char *text, *at, *end; /* the file, where the next row begins, where the file ends */
} stf_csv;

/*
 * Reads a file of at most `limit` bytes of UTF-8; a byte order mark is skipped. `path` must outlive it. On success the
 * caller closes it. STF_BAD_INPUT / STF_NO_RESOURCE with a diagnostic.
 */
stf_status stf_csv_open(stf_csv *csv, const char *path, size_t limit, stf_diags *diags);
void stf_csv_close(stf_csv *csv);

/* Goes on to the next row, blank ones included; `*found` is false at the end. STF_BAD_INPUT for an open quote. */
stf_status stf_csv_next(stf_csv *csv, stf_diags *diags, bool *found);

/* True for a row without any text, or one whose first field begins with #. */
bool stf_csv_skippable(const stf_csv *csv);

/* Adds an error at a field of the current row (its text is what was found) and returns STF_BAD_INPUT. */
stf_status stf_csv_fault(const stf_csv *csv, size_t field, const char *expected, const char *hint, stf_diags *diags);

/* The finite number a field consists of, NAN when it is empty. STF_BAD_INPUT with a diagnostic when it is neither. */
stf_status stf_csv_number(const stf_csv *csv, size_t field, stf_diags *diags, double *value);

#endif
