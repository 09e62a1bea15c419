/* Diagnostics: what is wrong, where, and what would be right. Collected, never printed, by the library. */
#ifndef STF_BASE_DIAG_H
#define STF_BASE_DIAG_H

#include <stddef.h>
#include <stdio.h>

typedef enum stf_severity { STF_WARNING, STF_ERROR } stf_severity;

/* A position in a file and in its tree of keys; line and column count from 1, 0 when unknown. */
typedef struct stf_place {
  const char *file;
  int         line, column;
  const char *path;  /* as "timeline[1].by"; NULL for the whole file */
} stf_place;

typedef struct stf_diag {
  stf_severity severity;
  stf_place    place;
  const char  *found;     /* what stands there */
  const char  *expected;  /* what is allowed, or NULL */
  const char  *hint;      /* the nearest spelling or a likely cause, or NULL */
} stf_diag;

typedef struct stf_diags stf_diags;

/* An empty collection, or NULL when memory is out. The caller destroys it. */
stf_diags *stf_diags_create(void);
void       stf_diags_destroy(stf_diags *diags);

/*
 * Adds one diagnostic. All text is copied. `expected` and `hint` may be NULL.
 * More than 100 diagnostics are counted but not kept.
 */
void stf_diags_add(stf_diags *diags, stf_severity severity, stf_place place, const char *found, const char *expected,
                   const char *hint);

/* Formatted text owned by the collection, for the arguments above. Never NULL ("" when memory is out). */
const char *stf_diags_text(stf_diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));

size_t          stf_diags_errors(const stf_diags *diags);    /* number of errors added, kept or not */
size_t          stf_diags_count(const stf_diags *diags);     /* number kept */
const stf_diag *stf_diags_get(const stf_diags *diags, size_t i); /* owned by the collection */

/*
 * One line: "case.yaml:12:5: error: timeline[1].by: found 6; expected a length with its unit, such as 6 mm (hint)".
 * Control characters of user text are shown as \xNN. Returns the length as snprintf does.
 */
int stf_diag_format(const stf_diag *diag, char *buffer, size_t size);

/* Writes every diagnostic on its line, sorted by file, line and column, and how many were left out. */
void stf_diags_print(const stf_diags *diags, FILE *stream);

#endif
