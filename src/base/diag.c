#include "base/diag.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

struct stf_diags {
  stf_arena *arena;
  size_t errors, warnings, kept;
  stf_diag items[STF_DIAGS_KEPT];
};

stf_diags *stf_diags_create(void) {
  stf_diags *diags = calloc(1, sizeof(*diags));
  if (!diags) return NULL;
  diags->arena = stf_arena_create();
  if (!diags->arena) {
    free(diags);
    return NULL;
  }
  return diags;
}

void stf_diags_destroy(stf_diags *diags) {
  if (!diags) return;
  stf_arena_destroy(diags->arena);
  free(diags);
}

static const char *copy(stf_diags *diags, const char *text) {
  return text ? stf_arena_copy(diags->arena, text, strlen(text)) : NULL;
}

/* Where the next diagnostic goes, or NULL when it is not kept. */
static stf_diag *next_item(stf_diags *diags, stf_severity severity) {
  if (diags->kept < STF_DIAGS_KEPT) return &diags->items[diags->kept++];
  for (size_t i = STF_DIAGS_KEPT; severity == STF_ERROR && i-- > 0;) {
    if (diags->items[i].severity == STF_WARNING) return &diags->items[i];
  }
  return NULL;
}

void stf_diags_add(stf_diags *diags, stf_severity severity, stf_place place, const char *found, const char *expected,
                   const char *hint) {
  *(severity == STF_ERROR ? &diags->errors : &diags->warnings) += 1;
  stf_diag *item = next_item(diags, severity);
  if (!item) return;
  *item = (stf_diag){.severity = severity, .place = place};
  item->place.file = copy(diags, place.file);
  item->place.path = copy(diags, place.path);
  item->found = copy(diags, found);
  item->expected = copy(diags, expected);
  item->hint = copy(diags, hint);
}

bool stf_diags_full(const stf_diags *diags) {
  return diags->errors >= STF_DIAGS_KEPT;
}

const char *stf_diags_text(stf_diags *diags, const char *format, ...) {
  if (stf_diags_full(diags)) return "";
  va_list arguments;
  va_start(arguments, format);
  const char *text = stf_arena_vprintf(diags->arena, format, arguments);
  va_end(arguments);
  return text ? text : "";
}

const char *stf_diags_quote(stf_diags *diags, const char *text, size_t length) {
  if (!length) return "nothing";
  char buffer[STF_DIAG_QUOTE * 16 + 4];
  stf_text_sink sink = {.buffer = buffer, .size = sizeof(buffer)};
  stf_text_add_escaped(&sink, text, length, STF_DIAG_QUOTE);
  return stf_diags_text(diags, "%s", buffer);
}

size_t stf_diags_errors(const stf_diags *diags) {
  return diags->errors;
}

size_t stf_diags_warnings(const stf_diags *diags) {
  return diags->warnings;
}

size_t stf_diags_count(const stf_diags *diags) {
  return diags->kept;
}

const stf_diag *stf_diags_get(const stf_diags *diags, size_t i) {
  return i < diags->kept ? &diags->items[i] : NULL;
}

static void add_text(stf_text_sink *sink, const char *before, const char *text, const char *after) {
  if (!text || !*text) return;
  stf_text_add(sink, "%s", before);
  stf_text_add_escaped(sink, text, strlen(text), SIZE_MAX);
  stf_text_add(sink, "%s", after);
}

int stf_diag_format(const stf_diag *diag, char *buffer, size_t size) {
  stf_text_sink sink = {.buffer = buffer, .size = size};
  if (size) *buffer = '\0';
  add_text(&sink, "", diag->place.file, "");
  if (sink.length && diag->place.line > 0) stf_text_add(&sink, ":%d", diag->place.line);
  if (sink.length && diag->place.line > 0 && diag->place.column > 0) stf_text_add(&sink, ":%d", diag->place.column);
  if (sink.length) stf_text_add(&sink, ": ");
  stf_text_add(&sink, diag->severity == STF_ERROR ? "error: " : "warning: ");
  add_text(&sink, "", diag->place.path, ": ");
  add_text(&sink, "found ", diag->found, "");
  add_text(&sink, diag->found && *diag->found ? "; expected " : "expected ", diag->expected, "");
  add_text(&sink, " (", diag->hint, ")");
  return (int)sink.length;
}

static int compare_text(const char *a, const char *b) {
  return strcmp(a ? a : "", b ? b : "");
}

static int compare_items(const void *left, const void *right) {
  const stf_diag *a = *(const stf_diag *const *)left, *b = *(const stf_diag *const *)right;
  const int file = compare_text(a->place.file, b->place.file);
  if (file) return file;
  if (a->place.line != b->place.line) return a->place.line < b->place.line ? -1 : 1;
  if (a->place.column != b->place.column) return a->place.column < b->place.column ? -1 : 1;
  return (a > b) - (a < b);
}

static void print_item(const stf_diag *diag, FILE *stream) {
  char line[1024];
  const int length = stf_diag_format(diag, line, sizeof(line));
  if ((size_t)length < sizeof(line)) {
    fprintf(stream, "%s\n", line);
    return;
  }
  char *longer = malloc((size_t)length + 1);
  if (longer) stf_diag_format(diag, longer, (size_t)length + 1);
  fprintf(stream, "%s\n", longer ? longer : line);
  free(longer);
}

void stf_diags_print(const stf_diags *diags, FILE *stream) {
  const stf_diag *sorted[STF_DIAGS_KEPT];
  for (size_t i = 0; i < diags->kept; i++) sorted[i] = &diags->items[i];
  qsort(sorted, diags->kept, sizeof(*sorted), compare_items);
  for (size_t i = 0; i < diags->kept; i++) print_item(sorted[i], stream);
  const size_t left_out = diags->errors + diags->warnings - diags->kept;
  if (left_out) fprintf(stream, "and %zu more\n", left_out);
}
