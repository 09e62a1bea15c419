#include "result/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "result/file.h"

void stf_buffer_clear(stf_buffer *buffer) {
  free(buffer->bytes);
  *buffer = (stf_buffer){0};
}

/* Room for `more` bytes and a NUL. */
static bool reserve(stf_buffer *buffer, size_t more) {
  if (buffer->failed) return false;
  if (buffer->capacity - buffer->size > more) return true;
  const size_t wanted = buffer->size + more + 1;
  size_t capacity = buffer->capacity < SIZE_MAX / 2 ? buffer->capacity * 2 : SIZE_MAX;
  if (capacity < wanted) capacity = wanted;
  if (capacity < 256) capacity = 256;
  char *bytes = wanted > more ? realloc(buffer->bytes, capacity) : NULL;
  buffer->failed = !bytes;
  if (!bytes) return false;
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return true;
}

void stf_buffer_add(stf_buffer *buffer, const void *bytes, size_t size) {
  if (!reserve(buffer, size)) return;
  if (size) memcpy(buffer->bytes + buffer->size, bytes, size);
  buffer->size += size;
  buffer->bytes[buffer->size] = '\0';
}

void stf_buffer_text(stf_buffer *buffer, const char *text) {
  stf_buffer_add(buffer, text, strlen(text));
}

void stf_buffer_printf(stf_buffer *buffer, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, arguments);
  if (length < 0) buffer->failed = true;
  if (length >= 0 && reserve(buffer, (size_t)length)) {
    vsnprintf(buffer->bytes + buffer->size, (size_t)length + 1, format, again);
    buffer->size += (size_t)length;
  }
  va_end(again);
  va_end(arguments);
}

void stf_buffer_number(stf_buffer *buffer, double value, int digits) {
  char text[64];
  stf_text_write_number(value, digits, text, sizeof(text));
  stf_buffer_text(buffer, text);
}

static void add_xml_character(stf_buffer *buffer, const char *bytes, size_t size, unsigned code) {
  switch (code) {
  case '&': stf_buffer_text(buffer, "&amp;"); return;
  case '<': stf_buffer_text(buffer, "&lt;"); return;
  case '>': stf_buffer_text(buffer, "&gt;"); return;
  case '"': stf_buffer_text(buffer, "&quot;"); return;
  case '\'': stf_buffer_text(buffer, "&#39;"); return;
  case '\t':
  case '\n':
  case '\r': stf_buffer_text(buffer, " "); return;
  default: break;
  }
  if (!size || code == 0xFFFE || code == 0xFFFF) {
    stf_buffer_text(buffer, "\xEF\xBF\xBD");
  } else if (code >= 0x20 && (code < 0x7F || code > 0x9F)) {
    stf_buffer_add(buffer, bytes, size);
  }
}

void stf_buffer_xml(stf_buffer *buffer, const char *text) {
  const size_t length = strlen(text);
  for (size_t at = 0; at < length;) {
    unsigned code = 0;
    const size_t size = stf_text_decode(text + at, length - at, &code);
    add_xml_character(buffer, text + at, size, code);
    at += size ? size : 1;
  }
}

stf_status stf_buffer_write(const stf_buffer *buffer, const char *path, stf_diags *diags) {
  if (buffer->failed) return stf_file_no_memory(path, diags);
  return stf_file_write(path, buffer->size ? buffer->bytes : "", buffer->size, diags);
}
