#include "result/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "result/file.h"

static stf_status refuse(const char *path, int line, const char *found, const char *expected, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path, .line = line}, found, expected, NULL);
  return STF_BAD_INPUT;
}

static stf_status check_text(const stf_csv *csv, stf_diags *diags) {
  int line = 1;
  for (const char *at = csv->at; at < csv->end;) {
    unsigned code = 0;
    const size_t size = stf_text_decode(at, (size_t)(csv->end - at), &code);
    if (!size || !code) return refuse(csv->path, line, "bytes that are not UTF-8 text", "a CSV file", diags);
    line += code == '\n';
    at += size;
  }
  return STF_OK;
}

stf_status stf_csv_open(stf_csv *csv, const char *path, size_t limit, stf_diags *diags) {
  *csv = (stf_csv){.path = path};
  size_t size = 0;
  STF_TRY(stf_file_read(path, limit, diags, &csv->text, &size));
  csv->at = csv->text + (size >= 3 && !memcmp(csv->text, "\xEF\xBB\xBF", 3) ? 3 : 0);
  csv->end = csv->text + size;
  const stf_status status = check_text(csv, diags);
  if (status) stf_csv_close(csv);
  return status;
}

void stf_csv_close(stf_csv *csv) {
  free(csv->text);
  free(csv->field);
  *csv = (stf_csv){0};
}

static char *skip_blanks(char *at) {
  while (*at == ' ' || *at == '\t') at++;
  return at;
}

/* Takes the quotes off a field that begins with one. Returns what follows it, or NULL when the quote stays open. */
static char *take_quoted(char *at, char **text) {
  char *to = *text = at + 1;
  for (at++; *at; at++) {
    if (*at == '"' && at[1] != '"') {
      *to = '\0';
      return skip_blanks(at + 1);
    }
    at += *at == '"';
    *to++ = *at;
  }
  return NULL;
}

/* The end of an unquoted field; `*last` is the end of its text without blanks. */
static char *take_plain(char *at, char **last) {
  *last = at;
  for (; *at && *at != ','; at++) {
    if (*at != ' ' && *at != '\t') *last = at + 1;
  }
  return at;
}

static stf_status add_field(stf_csv *csv, const char *text, int column, stf_diags *diags) {
  if (csv->count == STF_CSV_MAX_FIELDS) return refuse(csv->path, csv->line, "too many fields", "at most 4096", diags);
  if (csv->count == csv->capacity) {
    const size_t capacity = csv->capacity ? csv->capacity * 2 : 16;
    stf_csv_field *field = realloc(csv->field, capacity * sizeof(*field));
    if (!field) return stf_file_no_memory(csv->path, diags);
    csv->field = field;
    csv->capacity = capacity;
  }
  csv->field[csv->count++] = (stf_csv_field){text, column};
  return STF_OK;
}

/* Splits a NUL-terminated line in place. */
static stf_status split(stf_csv *csv, char *line, stf_diags *diags) {
  csv->count = 0;
  for (char *at = line;; at++) {
    char *text = at = skip_blanks(at), *last = NULL;
    const int column = (int)(at - line) + 1;
    if (*at == '"') {
      at = take_quoted(at, &text);
      if (!at || (*at && *at != ',')) return refuse(csv->path, csv->line, "a quote that is not closed", NULL, diags);
    } else {
      at = take_plain(at, &last);
    }
    const bool more = *at == ',';
    *(last ? last : at) = '\0';
    STF_TRY(add_field(csv, text, column, diags));
    if (!more) return STF_OK;
  }
}

stf_status stf_csv_next(stf_csv *csv, stf_diags *diags, bool *found) {
  *found = csv->at < csv->end;
  if (!*found) return STF_OK;
  char *line = csv->at;
  char *stop = memchr(line, '\n', (size_t)(csv->end - line));
  csv->at = stop ? stop + 1 : csv->end;
  if (!stop) stop = csv->end;
  if (stop > line && stop[-1] == '\r') stop--;
  *stop = '\0';
  csv->line++;
  if (*line == '#') {
    csv->count = 0;
    return add_field(csv, line, 1, diags);
  }
  return split(csv, line, diags);
}

bool stf_csv_skippable(const stf_csv *csv) {
  if (*csv->field[0].text == '#') return true;
  for (size_t i = 0; i < csv->count; i++) {
    if (*csv->field[i].text) return false;
  }
  return true;
}

stf_status stf_csv_fault(const stf_csv *csv, size_t field, const char *expected, const char *hint, stf_diags *diags) {
  const stf_csv_field *at = &csv->field[field];
  const stf_place place = {.file = csv->path, .line = csv->line, .column = at->column};
  stf_diags_add(diags, STF_ERROR, place, stf_diags_quote(diags, at->text, strlen(at->text)), expected, hint);
  return STF_BAD_INPUT;
}

stf_status stf_csv_number(const stf_csv *csv, size_t field, stf_diags *diags, double *value) {
  const char *text = csv->field[field].text;
  *value = NAN;
  if (!*text) return STF_OK;
  const size_t length = stf_text_read_number(text, value);
  if (length && !text[length]) return STF_OK;
  *value = NAN;
  return stf_csv_fault(csv, field, "a number", NULL, diags);
}
