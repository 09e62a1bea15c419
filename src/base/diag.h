/* Adding diagnostics. How they are read is public: striffin.h. */
#ifndef STF_BASE_DIAG_H
#define STF_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "striffin.h"

enum { STF_DIAGS_KEPT = 100, STF_DIAG_QUOTE = 60 };

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

#endif
