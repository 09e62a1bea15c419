/* Small helpers on text. None of them looks at the locale. */
#ifndef STF_BASE_TEXT_H
#define STF_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The candidate nearest in spelling to `word`, or NULL: fewest letters added, dropped, changed or swapped with their
 * neighbour, at most a third of the word's letters (at least one); upper case counts as lower, "-" as "_".
 */
const char *stf_text_nearest(const char *word, const char *const *candidates, size_t count);

/* True for a name that is safe as a file name too: [A-Za-z0-9][A-Za-z0-9_.-]{0,99}. */
bool stf_text_is_name(const char *text);

/* True for UTF-8 without control characters, breaks of lines and characters that turn the direction of writing. */
bool stf_text_is_printable(const char *text, size_t length);

/* Bytes of the UTF-8 character `text` begins with and its `code`; 0 when it is none. `length` bytes may be looked at.
 */
size_t stf_text_decode(const char *text, size_t length, unsigned *code);

/*
 * Bytes of the finite decimal number `text` begins with ("-3", ".5", "1e3"), written to `value`; 0 when there is none.
 * No hexadecimal, no inf, no nan, no white space before it, at most 100 bytes.
 */
size_t stf_text_read_number(const char *text, double *value);

/* Writes a number with up to `digits` significant digits, never "-0"; as snprintf does. */
int stf_text_write_number(double value, int digits, char *buffer, size_t size);

/*
 * Text written piece by piece into `buffer`: cut at its `size` and always terminated there, while `length` counts all
 * of it, so a first pass with size 0 measures.
 */
typedef struct stf_text_sink {
  char *buffer;
  size_t size, length;
} stf_text_sink;

void stf_text_add(stf_text_sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Adds at most `most` characters of the `length` bytes at `text`, then "..." if there were more. What could garble a
 * terminal (control and direction characters, bytes that are not UTF-8) is shown as \xNN.
 */
void stf_text_add_escaped(stf_text_sink *sink, const char *text, size_t length, size_t most);

#endif
