/* Bytes that grow: a file is put together in memory and written at once. */
#ifndef STF_RESULT_BUFFER_H
#define STF_RESULT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

/* Start with {0}; stf_buffer_clear releases it. Once memory is out `failed` stays true and nothing more is added. */
typedef struct stf_buffer {
  char *bytes; /* [size] followed by a NUL; NULL while empty */
  size_t size, capacity;
  bool failed;
} stf_buffer;

void stf_buffer_clear(stf_buffer *buffer);

void stf_buffer_add(stf_buffer *buffer, const void *bytes, size_t size);
void stf_buffer_text(stf_buffer *buffer, const char *text);

/* As printf. For whole numbers and text only: fractions would follow the locale. */
void stf_buffer_printf(stf_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number with up to `digits` significant digits. */
void stf_buffer_number(stf_buffer *buffer, double value, int digits);

/*
 * Text for XML, in an element or a quoted attribute: markup escaped, white space as spaces, other control characters
 * left out, bytes that are not UTF-8 and code points that XML forbids as U+FFFD.
 */
void stf_buffer_xml(stf_buffer *buffer, const char *text);

/* Writes the bytes with stf_file_write. STF_NO_RESOURCE when the buffer had failed. */
stf_status stf_buffer_write(const stf_buffer *buffer, const char *path, stf_diags *diags);

#endif
