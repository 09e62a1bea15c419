#define _GNU_SOURCE /* memmem */
#include "anatomy/msh_reader.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

long stf_msh_where(const stf_msh_reader *r) {
  return r->binary ? (long)(r->word - r->start) : r->word_line;
}

/* "in $Nodes at node 3 of 8, byte 417" */
static const char *surroundings(const stf_msh_reader *r) {
  const char *section = "", *item = "", *byte = "";
  if (r->section)
    section = stf_diags_text(r->diags, " in $%s", stf_diags_quote(r->diags, r->section, r->section_length));
  if (r->item) item = stf_diags_text(r->diags, " at %s %zu of %zu", r->item, r->nth + 1, r->of);
  if (r->binary) byte = stf_diags_text(r->diags, ", byte %ld", (long)(r->word - r->start));
  return stf_diags_text(r->diags, "%s%s%s", section, item, byte);
}

stf_status stf_msh_fault(const stf_msh_reader *r, const char *found, const char *expected, const char *hint) {
  const int line = r->binary || r->word_line > INT_MAX ? 0 : (int)r->word_line;
  stf_diags_add(r->diags, STF_ERROR, (stf_place){.file = r->file, .line = line},
                stf_diags_text(r->diags, "%s%s", found, surroundings(r)), expected, hint);
  return STF_BAD_INPUT;
}

/* The file ends where more is due. */
static stf_status fault_at_end(stf_msh_reader *r) {
  r->word = r->end;
  r->word_line = r->line;
  return stf_msh_fault(r, "the end of the file", "the rest of it", "was it cut off while it was copied or written?");
}

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(stf_msh_reader *r) {
  for (; r->at < r->end && is_space(*r->at); r->at++) r->line += *r->at == '\n';
}

static stf_status any_word(stf_msh_reader *r, const char **word, size_t *length) {
  skip_space(r);
  if (r->at == r->end) return fault_at_end(r);
  r->word = r->at;
  r->word_line = r->line;
  if (*r->at == '"') {
    const char *line = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const char *stop = line ? line : r->end, *close = memrchr(r->at + 1, '"', (size_t)(stop - r->at - 1));
    if (!close) return stf_msh_fault(r, "a text that does not end", "a \" behind it", NULL);
    *word = r->at + 1;
    *length = (size_t)(close - *word);
    r->at = close + 1;
    return STF_OK;
  }
  while (r->at < r->end && !is_space(*r->at)) r->at++;
  *word = r->word;
  *length = (size_t)(r->at - r->word);
  return STF_OK;
}

stf_status stf_msh_word(stf_msh_reader *r, const char **word, size_t *length) {
  STF_TRY(any_word(r, word, length));
  if (*r->word != '$') return STF_OK;
  return stf_msh_fault(r, stf_diags_quote(r->diags, *word, *length), "more before it",
                       r->item ? "the section holds fewer than it says" : NULL);
}

stf_status stf_msh_text_integer(stf_msh_reader *r, long *value) {
  const char *word;
  size_t length, at = 0;
  STF_TRY(stf_msh_word(r, &word, &length));
  const bool negative = word[0] == '-';
  at = negative || word[0] == '+';
  *value = 0;
  bool good = at < length && *r->word != '"';
  for (; good && at < length; at++) {
    good = word[at] >= '0' && word[at] <= '9' && *value <= (LONG_MAX - 9) / 10;
    if (good) *value = 10 * *value + (word[at] - '0');
  }
  if (negative) *value = -*value;
  return good ? STF_OK : stf_msh_fault(r, stf_diags_quote(r->diags, word, length), "a whole number", NULL);
}

stf_status stf_msh_text_number(stf_msh_reader *r, double *value) {
  const char *word;
  size_t length;
  STF_TRY(stf_msh_word(r, &word, &length));
  if (*r->word != '"' && stf_text_read_number(word, value) == length) return STF_OK;
  return stf_msh_fault(r, stf_diags_quote(r->diags, word, length), "a finite number", NULL);
}

/* The next `size` bytes as they stand in this machine's memory. */
static stf_status take(stf_msh_reader *r, void *to, size_t size) {
  unsigned char *bytes = to;
  if ((size_t)(r->end - r->at) < size) return fault_at_end(r);
  r->word = r->at;
  memcpy(bytes, r->at, size);
  r->at += size;
  for (size_t i = 0; r->swap && i < size / 2; i++) {
    const unsigned char swap = bytes[i];
    bytes[i] = bytes[size - 1 - i];
    bytes[size - 1 - i] = swap;
  }
  return STF_OK;
}

stf_status stf_msh_integer(stf_msh_reader *r, long *value) {
  int32_t number;
  if (!r->binary) {
    STF_TRY(stf_msh_text_integer(r, value));
    if (*value >= INT32_MIN && *value <= INT32_MAX) return STF_OK;
    return stf_msh_fault(r, stf_diags_text(r->diags, "%ld", *value), "a number of at most 32 bits", NULL);
  }
  STF_TRY(take(r, &number, sizeof(number)));
  *value = number;
  return STF_OK;
}

stf_status stf_msh_size(stf_msh_reader *r, long *value) {
  int64_t number;
  if (r->binary) {
    STF_TRY(take(r, &number, sizeof(number)));
    *value = number;
  } else {
    STF_TRY(stf_msh_text_integer(r, value));
  }
  if (*value >= 0) return STF_OK;
  return stf_msh_fault(r, stf_diags_text(r->diags, "%ld", *value), "a number that is not negative", NULL);
}

stf_status stf_msh_number(stf_msh_reader *r, double *value) {
  if (!r->binary) return stf_msh_text_number(r, value);
  STF_TRY(take(r, value, sizeof(*value)));
  if (isfinite(*value)) return STF_OK;
  return stf_msh_fault(r, "a number that is infinite or none", "a finite number", NULL);
}

stf_status stf_msh_begin_binary(stf_msh_reader *r) {
  if (!r->binary) return STF_OK;
  const char *line = memchr(r->at, '\n', (size_t)(r->end - r->at));
  if (!line) {
    r->at = r->end;
    return fault_at_end(r);
  }
  r->at = line + 1;
  return STF_OK;
}

stf_status stf_msh_check_count(const stf_msh_reader *r, long count, const char *items, long text, long binary) {
  const long rest = (long)(r->end - r->at);
  if (count >= 0 && count <= rest / (r->binary ? binary : text)) return STF_OK;
  return stf_msh_fault(r, stf_diags_text(r->diags, "%ld %s", count, items),
                       stf_diags_text(r->diags, "as many as fit into the rest of the file, %ld bytes", rest),
                       "a damaged number, or a file that was cut off");
}

stf_status stf_msh_next(stf_msh_reader *r) {
  const char *word;
  size_t length;
  r->section = r->item = NULL;
  skip_space(r);
  if (r->at == r->end) return STF_OK;
  STF_TRY(any_word(r, &word, &length));
  if (*r->word != '$' || length < 2 || !strncmp(word, "$End", 4))
    return stf_msh_fault(r, stf_diags_quote(r->diags, word, length), "a section such as $Nodes", NULL);
  r->section = word + 1;
  r->section_length = length - 1;
  return STF_OK;
}

stf_status stf_msh_leave(stf_msh_reader *r) {
  const char *word;
  size_t length;
  r->item = NULL;
  STF_TRY(any_word(r, &word, &length));
  const bool good = length == r->section_length + 4 && !strncmp(word, "$End", 4) &&
                    !strncmp(word + 4, r->section, r->section_length);
  if (good) return STF_OK;
  return stf_msh_fault(r, stf_diags_quote(r->diags, word, length),
                       stf_diags_text(r->diags, "$End%s", stf_diags_quote(r->diags, r->section, r->section_length)),
                       "the section holds more than it says");
}

stf_status stf_msh_skip(stf_msh_reader *r) {
  while (r->at < r->end) {
    const char *found = memmem(r->at, (size_t)(r->end - r->at), "\n$End", 5);
    if (!found) break;
    for (; r->at <= found; r->at++) r->line += *r->at == '\n';
    const size_t rest = (size_t)(r->end - r->at) - 4;
    if (rest >= r->section_length && !strncmp(r->at + 4, r->section, r->section_length)) return stf_msh_leave(r);
  }
  r->at = r->end;
  return fault_at_end(r);
}

bool stf_msh_in(const stf_msh_reader *r, const char *name) {
  return strlen(name) == r->section_length && !strncmp(name, r->section, r->section_length);
}

bool stf_msh_line_is_done(const stf_msh_reader *r) {
  const char *at = r->at;
  while (at < r->end && *at != '\n' && is_space(*at)) at++;
  return at == r->end || *at == '\n';
}
