/* Diagnostics: what is wrong, where, and what would be right. Collected, never printed, by the library. */
#ifndef STF_BASE_DIAG_H
#define STF_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { STF_DIAGS_KEPT = 100, STF_DIAG_QUOTE = 60 };

typedef enum stf_severity { STF_WARNING, STF_ERROR } stf_severity;

/* A position in a file and in its tree of keys; line and column count from 1, 0 when unknown. */
typedef struct stf_place {
  const char *file;
  int line, column;
  const char *path; /* as "timeline[1].by"; NULL for the whole file */
} stf_place;

typedef struct stf_diag {
  stf_severity severity;
  stf_place place;
  const char *found;    /* what stands there */
  const char *expected; /* what is allowed, or NULL */
  const char *hint;     /* the nearest spelling or a likely cause, or NULL */
} stf_diag;

typedef struct stf_diags stf_diags;

/* An empty collection, or NULL when memory is out. The caller destroys it. */
stf_diags *stf_diags_create(void);
void stf_diags_destroy(stf_diags *diags);

/*
 * Adds one diagnostic. All text is copied. `expected` and `hint` may be NULL.
 * More than STF_DIAGS_KEPT diagnostics are counted but not kept; an error then takes the place of a warning.
 */
void stf_diags_add(stf_diags *diags, stf_severity severity, stf_place place, const char *found, const char *expected,
                   const char *hint);

/* True when a further error would not be kept: finding a hint for it is wasted time. */
bool stf_diags_full(const stf_diags *diags);

/* Formatted text owned by the collection, for the arguments above. Never NULL ("" when full or memory is out). */
const char *stf_diags_text(stf_diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * User text of `length` bytes, ready to be shown: cut after STF_DIAG_QUOTE characters, control characters as \xNN,
 * "nothing" when empty. Owned by the collection, never NULL.
 */
const char *stf_diags_quote(stf_diags *diags, const char *text, size_t length);

size_t stf_diags_errors(const stf_diags *diags);                 /* number of errors added, kept or not */
size_t stf_diags_warnings(const stf_diags *diags);               /* number of warnings added, kept or not */
size_t stf_diags_count(const stf_diags *diags);                  /* number kept */
const stf_diag *stf_diags_get(const stf_diags *diags, size_t i); /* owned by the collection */

/*
 * One line: "case.yaml:12:5: error: timeline[1].by: found 6; expected a length with its unit, such as 6 mm (hint)".
 * Control characters of user text are shown as \xNN. Returns the length as snprintf does.
 */
int stf_diag_format(const stf_diag *diag, char *buffer, size_t size);

/* Writes every diagnostic on its line, sorted by file, line and column, and how many were left out. */
void stf_diags_print(const stf_diags *diags, FILE *stream);

#endif
