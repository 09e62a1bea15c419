#include "base/text.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WORD = 64, LONGEST_NAME = 100, LONGEST_NUMBER = 100 };

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters that count as the same in a spelling. */
static char fold(char c) {
  if (c >= 'A' && c <= 'Z') return (char)(c - 'A' + 'a');
  return c == '-' ? '_' : c;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Optimal string alignment: Damerau-Levenshtein in which no part is edited twice. Both words <= LONGEST_WORD. */
static size_t edit_distance(const char *a, size_t la, const char *b, size_t lb) {
  size_t rows[3][LONGEST_WORD + 1];
  size_t *before = rows[0], *last = rows[1], *now = rows[2];
  for (size_t j = 0; j <= lb; j++) last[j] = j;
  for (size_t i = 1; i <= la; i++) {
    now[0] = i;
    for (size_t j = 1; j <= lb; j++) {
      const char ca = fold(a[i - 1]), cb = fold(b[j - 1]);
      now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (ca != cb));
      if (i > 1 && j > 1 && ca == fold(b[j - 2]) && cb == fold(a[i - 2])) now[j] = least(now[j], before[j - 2] + 1);
    }
    size_t *spare = before;
    before = last;
    last = now;
    now = spare;
  }
  return last[lb];
}

const char *stf_text_nearest(const char *word, const char *const *candidates, size_t count) {
  const size_t length = strnlen(word, LONGEST_WORD + 1);
  if (!length || length > LONGEST_WORD) return NULL;
  const char *nearest = NULL;
  size_t within = length < 6 ? 1 : length / 3;
  for (size_t i = 0; i < count; i++) {
    const size_t other = strnlen(candidates[i], LONGEST_WORD + 1);
    if (other > LONGEST_WORD || other > length + within || length > other + within) continue;
    const size_t distance = edit_distance(word, length, candidates[i], other);
    if (distance > within || distance >= length) continue;
    nearest = candidates[i];
    if (distance == 0) break;
    within = distance - 1;
  }
  return nearest;
}

bool stf_text_is_name(const char *text) {
  if (!is_letter(*text) && !is_digit(*text)) return false;
  size_t length = 1;
  while (is_letter(text[length]) || is_digit(text[length]) || (text[length] && strchr("_.-", text[length]))) length++;
  return !text[length] && length <= LONGEST_NAME;
}

size_t stf_text_decode(const char *text, size_t length, unsigned *code) {
  const unsigned char *bytes = (const unsigned char *)text;
  if (!length) return 0;
  if (bytes[0] < 0x80) {
    *code = bytes[0];
    return 1;
  }
  const size_t size = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
  if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || size > length) return 0;
  static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  unsigned value = bytes[0] & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; i++) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
    value = value << 6 | (bytes[i] & 0x3FU);
  }
  if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
  *code = value;
  return size;
}

static size_t skip_digits(const char *text) {
  size_t n = 0;
  while (is_digit(text[n])) n++;
  return n;
}

/* Length of [+-](digits[.digits]|.digits)[e[+-]digits]; 0 when `text` does not begin so. */
static size_t number_length(const char *text) {
  size_t n = *text == '+' || *text == '-';
  size_t digits = skip_digits(text + n);
  n += digits;
  if (text[n] == '.') {
    const size_t decimals = skip_digits(text + n + 1);
    digits += decimals;
    n += 1 + decimals;
  }
  if (!digits) return 0;
  if (text[n] == 'e' || text[n] == 'E') {
    const size_t sign = text[n + 1] == '+' || text[n + 1] == '-';
    const size_t exponent = skip_digits(text + n + 1 + sign);
    if (exponent) n += 1 + sign + exponent;
  }
  return n;
}

/* The C locale for this thread; returns the one to go back to. glibc's own C locale is used: nothing is allocated. */
static locale_t enter_plain_locale(void) {
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  return plain ? uselocale(plain) : (locale_t)0;
}

static void leave_plain_locale(locale_t before) {
  if (before) freelocale(uselocale(before));
}

size_t stf_text_read_number(const char *text, double *value) {
  char copy[LONGEST_NUMBER + 1];
  const size_t length = number_length(text);
  if (!length || length > LONGEST_NUMBER) return 0;
  memcpy(copy, text, length);
  copy[length] = '\0';
  locale_t before = enter_plain_locale();
  const double number = strtod(copy, NULL);
  leave_plain_locale(before);
  if (!isfinite(number)) return 0;
  *value = number;
  return length;
}

int stf_text_write_number(double value, int digits, char *buffer, size_t size) {
  locale_t before = enter_plain_locale();
  const int length = snprintf(buffer, size, "%.*g", digits, value == 0 ? 0.0 : value);
  leave_plain_locale(before);
  return length;
}

static void add_bytes(stf_text_sink *sink, const char *text, size_t length) {
  if (sink->length + 1 < sink->size) {
    const size_t room = sink->size - sink->length - 1;
    const size_t copied = least(length, room);
    memcpy(sink->buffer + sink->length, text, copied);
    sink->buffer[sink->length + copied] = '\0';
  }
  sink->length += length;
}

void stf_text_add(stf_text_sink *sink, const char *format, ...) {
  const size_t room = sink->length < sink->size ? sink->size - sink->length : 0;
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(room ? sink->buffer + sink->length : NULL, room, format, arguments);
  va_end(arguments);
  if (length > 0) sink->length += (size_t)length;
}

/* Control characters, and those that turn or hide what stands beside them (bidirectional marks, zero widths). */
static bool is_hidden(unsigned code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xFFF0 && code <= 0xFFFB) ||
         (code >= 0xE0000 && code <= 0xE0FFF);
}

bool stf_text_is_printable(const char *text, size_t length) {
  for (size_t at = 0, size; at < length; at += size) {
    unsigned code = 0;
    size = stf_text_decode(text + at, length - at, &code);
    const bool joiner = code == 0x200C || code == 0x200D; /* some scripts are not written without them */
    if (!size || (is_hidden(code) && !joiner)) return false;
  }
  return true;
}

void stf_text_add_escaped(stf_text_sink *sink, const char *text, size_t length, size_t most) {
  size_t at = 0;
  for (size_t shown = 0; at < length && shown < most; shown++) {
    unsigned code = 0;
    const size_t size = stf_text_decode(text + at, length - at, &code);
    if (size && !is_hidden(code)) {
      add_bytes(sink, text + at, size);
    } else {
      for (size_t i = 0; i < (size ? size : 1); i++) stf_text_add(sink, "\\x%02X", (unsigned char)text[at + i]);
    }
    at += size ? size : 1;
  }
  if (at < length) stf_text_add(sink, "...");
}
