#include "sample.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

enum { COMMENT_COLUMN = 38, LAST_COLUMN = 118, MOST_SAID = 256 };

typedef struct writer {
  FILE *stream;
  int indent;
  bool dash;                   /* the next line begins an item of a list */
  int muted_at;                /* column of the "#" of what is written as a comment, -1 outside of one */
  const char *said[MOST_SAID]; /* comments so far */
  size_t said_count;
} writer;

static bool is_said(const writer *w, const char *comment) {
  for (size_t i = 0; i < w->said_count; i++) {
    if (strcmp(w->said[i], comment) == 0) return true;
  }
  return false;
}

static int begin_line(const writer *w) {
  if (w->muted_at < 0) return fprintf(w->stream, "%*s", w->indent, "");
  return fprintf(w->stream, "%*s# %*s", w->muted_at, "", w->indent - w->muted_at, "");
}

/* A comment on lines of its own, as many as it takes. */
static void put_comment(writer *w, const char *comment) {
  while (*comment) {
    const int start = begin_line(w) + 2;
    size_t length = strlen(comment);
    if (start + (int)length > LAST_COLUMN) {
      length = LAST_COLUMN > start ? (size_t)(LAST_COLUMN - start) : 1;
      while (length > 1 && comment[length] != ' ') length--;
    }
    fprintf(w->stream, "# %.*s\n", (int)length, comment);
    comment += length + strspn(comment + length, " ");
  }
}

/* One line "key: value  # comment"; the comment goes above where it would reach too far. */
static void put_line(writer *w, const char *text, const char *comment) {
  const int dashed = w->dash ? 2 : 0;
  const int start = w->muted_at < 0 ? w->indent : w->indent + 2;
  const int width = start + (int)strlen(text), column = width < COMMENT_COLUMN ? COMMENT_COLUMN : width + 2;
  const bool above = comment && column + 2 + (int)strlen(comment) > LAST_COLUMN;
  w->indent -= dashed;
  if (above) put_comment(w, comment);
  begin_line(w);
  fprintf(w->stream, "%s%s", dashed ? "- " : "", text);
  if (comment && !above) fprintf(w->stream, "%*s# %s", column - width, "", comment);
  fprintf(w->stream, "\n");
  w->indent += dashed;
  w->dash = false;
}

/* Limits wider than this only keep out slips of the pen. */
static const double telling = 1e4;

/* The range of a number, without the limits that tell a reader nothing. */
static void write_range(const stf_option *option, const char *value, char *buffer, size_t size) {
  stf_option narrow = *option;
  buffer[0] = '\0';
  if (option->kind != STF_KIND_INTEGER && option->kind != STF_KIND_QUANTITY) return;
  if (option->minimum == option->maximum) return;
  if (option->minimum <= -telling) narrow.minimum = -INFINITY;
  if (option->maximum >= telling) narrow.maximum = INFINITY;
  stf_option_range(&narrow, value ? stf_quantity_unit(value) : NULL, buffer, size);
}

/* What is said of an option: its help, what may stand there, and what is taken when nothing does. */
static void write_comment(const stf_option *option, const char *value, char *buffer, size_t size) {
  stf_text_sink sink = {.buffer = buffer, .size = size};
  char range[256];
  write_range(option, value, range, sizeof(range));
  stf_text_add(&sink, "%s", option->help ? option->help : "");
  if (*range) stf_text_add(&sink, " (%s)", range);
  for (size_t i = 0; option->kind == STF_KIND_CHOICE && option->choices[i]; i++)
    stf_text_add(&sink, "%s%s%s", i ? ", " : " (", option->choices[i], option->choices[i + 1] ? "" : ")");
  const bool shown = value && option->fallback && strcmp(value, option->fallback) == 0;
  if (option->fallback && *option->fallback && strcmp(option->fallback, "{}") != 0 && !shown)
    stf_text_add(&sink, "; default %s", option->fallback);
}

/* The comment on an option, or NULL when it stands above already. */
static const char *comment_once(writer *w, const stf_option *option, const char *value, char *buffer, size_t size) {
  write_comment(option, value, buffer, size);
  const char *key = option->help ? option->help : option->key;
  if (is_said(w, key) || w->said_count == MOST_SAID) return NULL;
  w->said[w->said_count++] = key;
  return buffer;
}

/* What stands for an option nobody gave: its default, or something of its kind. */
static const char *example_of(const stf_option *option, char *buffer, size_t size) {
  if (option->fallback && *option->fallback && strcmp(option->fallback, "{}") != 0) return option->fallback;
  if (option->example) return option->example;
  switch (option->kind) {
  case STF_KIND_TEXT: return "TEXT";
  case STF_KIND_FILE: return "FILE";
  case STF_KIND_CHOICE: return option->choices[0];
  case STF_KIND_CHOICES: snprintf(buffer, size, "[%s]", option->choices[0]); return buffer;
  case STF_KIND_FLAG: return "true";
  case STF_KIND_INTEGER: return "1";
  case STF_KIND_QUANTITY: return stf_dimension_describe(option->dimension)->example;
  case STF_KIND_QUANTITIES:
    snprintf(buffer, size, "[%s]", stf_dimension_describe(option->dimension)->example);
    return buffer;
  default: return "NAME";
  }
}

static void write_table(writer *w, const stf_table *table, const stf_yaml_node *node, bool commented);

/* [10 mm, 20 mm] */
static void write_flow(const stf_yaml_node *node, stf_text_sink *sink) {
  stf_text_add(sink, "[");
  for (size_t i = 0; i < node->count; i++) stf_text_add(sink, "%s%s", i ? ", " : "", node->children[i]->text);
  stf_text_add(sink, "]");
}

/* The first line of an option: what follows below it is nested. */
static void put_key(writer *w, const stf_option *option, const char *value) {
  char line[512] = "", comment[512];
  stf_text_sink sink = {.buffer = line, .size = sizeof(line)};
  stf_text_add(&sink, "%s:%s%s", option->key, value && *value ? " " : "", value ? value : "");
  put_line(w, line, comment_once(w, option, value, comment, sizeof(comment)));
}

static void write_pairs(writer *w, const stf_yaml_node *node) {
  w->indent += 2;
  for (size_t i = 0; i < node->count; i++) {
    char line[256];
    snprintf(line, sizeof(line), "%s: %s", node->children[i]->key, node->children[i]->text);
    put_line(w, line, NULL);
  }
  w->indent -= 2;
}

static const stf_variant_type *type_of(const stf_variant_set *set, const stf_yaml_node *node) {
  const stf_yaml_node *selector = stf_yaml_get(node, set->selector);
  for (size_t i = 0; selector && selector->text && i < set->count; i++) {
    if (strcmp(set->types[i]->name, selector->text) == 0) return set->types[i];
  }
  return NULL;
}

static void write_variant(writer *w, const stf_variant_set *set, const stf_yaml_node *node) {
  const stf_variant_type *type = type_of(set, node);
  char line[256];
  if (!type) return;
  const bool again = is_said(w, type->help);
  snprintf(line, sizeof(line), "%s: %s", set->selector, type->name);
  put_line(w, line, again ? NULL : type->help);
  if (!again && w->said_count < MOST_SAID) w->said[w->said_count++] = type->help;
  if (set->common) write_table(w, set->common, node, !again);
  write_table(w, type->table, node, !again);
}

/* "- {do: hold, for: 10 s}" as a comment, for a type that the scenario does not use. */
static void offer_variant(writer *w, const stf_variant_set *set, const stf_variant_type *type) {
  char line[512] = "";
  stf_text_sink sink = {.buffer = line, .size = sizeof(line)};
  char value[64];
  const stf_table *tables[] = {set->common, type->table};
  stf_text_add(&sink, "- {%s: %s", set->selector, type->name);
  for (size_t t = 0; t < 2; t++) {
    for (size_t i = 0; tables[t] && i < tables[t]->count; i++) {
      const stf_option *option = &tables[t]->options[i];
      const char *example = option->kind == STF_KIND_NAME && !option->example
                                ? type->name /* of the item itself */
                                : example_of(option, value, sizeof(value));
      if (!option->fallback || option->example) stf_text_add(&sink, ", %s: %s", option->key, example);
    }
  }
  stf_text_add(&sink, "}");
  put_line(w, line, type->help);
}

/* Whether a type says nothing without another part of the scenario. */
static bool needs_other(const stf_variant_type *type) {
  for (size_t i = 0; i < type->table->count; i++)
    if (type->table->options[i].needs_other) return true;
  return false;
}

static void offer_others(writer *w, const stf_variant_set *set, const stf_yaml_node *list) {
  w->muted_at = w->indent;
  for (size_t i = 0; i < set->count; i++) {
    bool used = false;
    for (size_t k = 0; k < list->count; k++) used |= type_of(set, list->children[k]) == set->types[i];
    if (!used && !needs_other(set->types[i])) offer_variant(w, set, set->types[i]);
  }
  w->muted_at = -1;
}

/* The items of a list, and after them the kinds of item that it could also have. */
static void write_items(writer *w, const stf_option *option, const stf_yaml_node *list) {
  w->indent += 4;
  for (size_t i = 0; i < list->count; i++) {
    w->dash = true;
    if (option->variants) write_variant(w, option->variants, list->children[i]);
    if (option->table) write_table(w, option->table, list->children[i], i == 0);
  }
  w->indent -= 2;
  if (option->variants) offer_others(w, option->variants, list);
  w->indent -= 2;
}

static void write_given(writer *w, const stf_option *option, const stf_yaml_node *node) {
  char list[512] = "";
  stf_text_sink sink = {.buffer = list, .size = sizeof(list)};
  const bool flow = option->kind == STF_KIND_QUANTITIES || option->kind == STF_KIND_CHOICES;
  if (flow) write_flow(node, &sink);
  put_key(w, option, flow ? list : node->text);
  if (node->kind == STF_YAML_SCALAR || flow) return;
  if (option->kind == STF_KIND_PAIRS) {
    write_pairs(w, node);
  } else if (node->kind == STF_YAML_SEQUENCE) {
    write_items(w, option, node);
  } else {
    w->indent += 2;
    if (option->variants) write_variant(w, option->variants, node);
    if (option->table) write_table(w, option->table, node, true);
    w->indent -= 2;
  }
}

/* One line for a list that only other parts of a scenario give a meaning. */
static void mention(writer *w, const stf_option *option) {
  char line[256];
  snprintf(line, sizeof(line), "%s, %s: striffin explain %s", option->key, option->help, option->key);
  w->muted_at = w->indent;
  put_comment(w, line);
  w->muted_at = -1;
}

/* An option that is not given, as a comment that could be made true by taking the "# " away. */
static void write_absent(writer *w, const stf_option *option) {
  char value[64];
  const bool outermost = w->muted_at < 0, list = option->kind == STF_KIND_TABLES;
  if (option->needs_other && list && outermost) mention(w, option);
  if (option->variants || option->needs_other) return;
  if (outermost) w->muted_at = w->indent;
  put_key(w, option, option->table ? NULL : example_of(option, value, sizeof(value)));
  w->indent += list ? 4 : 2;
  w->dash = list;
  if (option->table) write_table(w, option->table, NULL, true);
  w->indent -= list ? 4 : 2;
  w->dash = false;
  if (outermost) w->muted_at = -1;
}

/*
 * The options of a mapping: those in `node` and, where `commented`, the others as comments. In an item of a list what
 * is given comes first, since its first line carries the dash.
 */
static void write_table(writer *w, const stf_table *table, const stf_yaml_node *node, bool commented) {
  const bool split = w->dash && w->muted_at < 0;
  for (int pass = 0; pass < (split ? 2 : 1); pass++) {
    for (size_t i = 0; i < table->count; i++) {
      const stf_option *option = &table->options[i];
      const stf_yaml_node *given = stf_yaml_get(node, option->key);
      if (given && pass == 0) write_given(w, option, given);
      if (!given && commented && pass == split) write_absent(w, option);
    }
  }
}

void stf_sample_write(const stf_yaml_node *root, const stf_table *table, FILE *stream) {
  writer w = {.stream = stream, .muted_at = -1};
  write_table(&w, table, root, true);
}
