#include <math.h>
#include <string.h>

#include "base/option.h"
#include "base/text.h"

/* ---- what an option accepts ---- */

static void add_keys(stf_text_sink *sink, const stf_table *table) {
  for (size_t i = 0; i < table->count; i++) stf_text_add(sink, "%s%s", i ? ", " : "", table->options[i].key);
}

static void add_types(stf_text_sink *sink, const stf_variant_set *set) {
  for (size_t i = 0; i < set->count; i++) stf_text_add(sink, "%s%s", i ? ", " : "", set->types[i]->name);
}

static void add_choices(stf_text_sink *sink, const char *const *choices) {
  stf_text_add(sink, "one of ");
  for (size_t i = 0; choices[i]; i++) stf_text_add(sink, "%s%s", i ? ", " : "", choices[i]);
}

static void add_quantity(stf_text_sink *sink, stf_dimension dimension) {
  const stf_dimension_info *info = stf_dimension_describe(dimension);
  stf_text_add(sink, "%s %s", info->article, dimension == STF_RATIO ? "without unit or in %" : "with its unit");
}

static void add_accepts(stf_text_sink *sink, const stf_option *option) {
  switch (option->kind) {
  case STF_KIND_TEXT: stf_text_add(sink, "text of at most %d bytes on one line", STF_OPTION_MAX_TEXT); return;
  case STF_KIND_NAME: stf_text_add(sink, "a name of letters, digits, \"_\", \"-\" and \".\""); return;
  case STF_KIND_FILE: stf_text_add(sink, "the path of a file"); return;
  case STF_KIND_CHOICE: add_choices(sink, option->choices); return;
  case STF_KIND_CHOICES:
    stf_text_add(sink, "a list, each item ");
    add_choices(sink, option->choices);
    return;
  case STF_KIND_FLAG: stf_text_add(sink, "true or false"); return;
  case STF_KIND_INTEGER: stf_text_add(sink, "a whole number"); return;
  case STF_KIND_QUANTITY:
    add_quantity(sink, option->dimension);
    stf_text_add(sink, ", such as %s", stf_dimension_describe(option->dimension)->example);
    return;
  case STF_KIND_QUANTITIES:
    stf_text_add(sink, "a list such as [%s], each item ", stf_dimension_describe(option->dimension)->example);
    add_quantity(sink, option->dimension);
    return;
  case STF_KIND_TABLE:
    stf_text_add(sink, "a mapping with the keys ");
    add_keys(sink, option->table);
    return;
  case STF_KIND_TABLES:
    stf_text_add(sink, "a list of mappings with the keys ");
    add_keys(sink, option->table);
    return;
  case STF_KIND_VARIANT:
    stf_text_add(sink, "a mapping whose key %s is one of ", option->variants->selector);
    add_types(sink, option->variants);
    return;
  case STF_KIND_VARIANTS:
    stf_text_add(sink, "a list of mappings whose key %s is one of ", option->variants->selector);
    add_types(sink, option->variants);
    return;
  case STF_KIND_PAIRS: stf_text_add(sink, "a mapping of names to names"); return;
  }
}

int stf_option_accepts(const stf_option *option, char *buffer, size_t size) {
  stf_text_sink sink = {.buffer = buffer, .size = size};
  if (size) *buffer = '\0';
  add_accepts(&sink, option);
  return (int)sink.length;
}

/* ---- ranges ---- */

static void add_length_range(stf_text_sink *sink, double minimum, double maximum) {
  const bool below = minimum > 0, above = !isinf(maximum);
  const char *plural = (above ? maximum : minimum) == 1 ? "" : "s";
  if (below && above && minimum == maximum) {
    stf_text_add(sink, "%.0f item%s", minimum, plural);
  } else if (below && above) {
    stf_text_add(sink, "%.0f to %.0f item%s", minimum, maximum, plural);
  } else if (above || below) {
    stf_text_add(sink, "at %s %.0f item%s", above ? "most" : "least", above ? maximum : minimum, plural);
  }
}

/* One end of a range: in `unit` where that converts, else as a person is shown it. */
static void write_bound(const stf_option *option, double bound, const char *unit, char *buffer, size_t size) {
  double factor = 1, offset = 0;
  if (option->kind == STF_KIND_INTEGER) {
    stf_text_write_number(bound, 15, buffer, size);
  } else if (unit && *unit && stf_units_from_base(option->dimension, unit, &factor, &offset) == STF_OK) {
    char number[32];
    stf_text_write_number(bound * factor + offset, 6, number, sizeof(number));
    snprintf(buffer, size, "%s %s", number, unit);
  } else {
    stf_quantity_format(bound, option->dimension, buffer, size);
  }
}

static void add_number_range(stf_text_sink *sink, const stf_option *option, const char *unit) {
  const bool below = !isinf(option->minimum), above = !isinf(option->maximum);
  char low[128], high[128];
  write_bound(option, option->minimum, unit, low, sizeof(low));
  write_bound(option, option->maximum, unit, high, sizeof(high));
  if (below && above && option->bounds == STF_CLOSED) {
    stf_text_add(sink, "from %s to %s", low, high);
    return;
  }
  if (below) stf_text_add(sink, "%s %s", option->bounds & STF_OPEN_BELOW ? ">" : ">=", low);
  if (below && above) stf_text_add(sink, " and ");
  if (above) stf_text_add(sink, "%s %s", option->bounds & STF_OPEN_ABOVE ? "<" : "<=", high);
}

int stf_option_range(const stf_option *option, const char *unit, char *buffer, size_t size) {
  stf_text_sink sink = {.buffer = buffer, .size = size};
  if (size) *buffer = '\0';
  if (option->minimum == 0 && option->maximum == 0) return 0;
  if (option->kind == STF_KIND_TABLES || option->kind == STF_KIND_VARIANTS) {
    add_length_range(&sink, option->minimum, option->maximum);
  } else if (option->kind == STF_KIND_INTEGER || option->kind == STF_KIND_QUANTITY ||
             option->kind == STF_KIND_QUANTITIES) {
    add_number_range(&sink, option, unit);
  }
  return (int)sink.length;
}

int stf_option_expects(const stf_option *option, char *buffer, size_t size) {
  stf_text_sink sink = {.buffer = buffer, .size = size};
  if (size) *buffer = '\0';
  add_accepts(&sink, option);
  char range[256];
  if (stf_option_range(option, NULL, range, sizeof(range))) stf_text_add(&sink, " (%s)", range);
  return (int)sink.length;
}

/* ---- describing ---- */

/* The tables that are being gone through, the innermost first: one that holds itself is not entered again. */
typedef struct chain {
  const struct chain *outer;
  const stf_table *table;
} chain;

static bool is_open(const chain *c, const stf_table *table) {
  for (; c; c = c->outer) {
    if (c->table == table) return true;
  }
  return false;
}

static void describe_table(const stf_table *table, int indent, const chain *outer, FILE *stream);

static void describe_what(const stf_option *option, FILE *stream) {
  char expects[512], range[256];
  stf_option_range(option, NULL, range, sizeof(range));
  switch (option->kind) {
  case STF_KIND_TABLE: fprintf(stream, "a mapping"); break;
  case STF_KIND_TABLES: fprintf(stream, "a list of mappings%s%s", *range ? ", " : "", range); break;
  case STF_KIND_VARIANT: fprintf(stream, "a mapping picked by its key %s", option->variants->selector); break;
  case STF_KIND_VARIANTS:
    fprintf(stream, "a list of mappings, each picked by its key %s%s%s", option->variants->selector, *range ? ", " : "",
            range);
    break;
  default: stf_option_expects(option, expects, sizeof(expects)); fprintf(stream, "%s", expects);
  }
  if (!option->fallback) {
    fprintf(stream, "; required\n");
  } else if (!*option->fallback) {
    fprintf(stream, "; may be left out\n");
  } else {
    fprintf(stream, "; default %s\n", option->fallback);
  }
}

static void describe_variants(const stf_variant_set *set, int indent, const chain *outer, FILE *stream) {
  if (set->common) describe_table(set->common, indent, outer, stream);
  for (size_t i = 0; i < set->count; i++) {
    const stf_variant_type *type = set->types[i];
    fprintf(stream, "%*s%s: %s\n", indent, "", set->selector, type->name);
    if (type->help) fprintf(stream, "%*s%s\n", indent + 4, "", type->help);
    describe_table(type->table, indent + 2, outer, stream);
  }
}

static void describe(const stf_option *option, const char *name, int indent, const chain *outer, FILE *stream) {
  fprintf(stream, "%*s%s: ", indent, "", name);
  describe_what(option, stream);
  if (option->help) fprintf(stream, "%*s%s\n", indent + 4, "", option->help);
  if (option->source) fprintf(stream, "%*sSource of the default: %s\n", indent + 4, "", option->source);
  if (option->table) describe_table(option->table, indent + 2, outer, stream);
  if (option->variants) describe_variants(option->variants, indent + 2, outer, stream);
}

static void describe_table(const stf_table *table, int indent, const chain *outer, FILE *stream) {
  if (is_open(outer, table)) {
    fprintf(stream, "%*s(the keys of %s, as above)\n", indent, "", table->name);
    return;
  }
  const chain here = {.outer = outer, .table = table};
  for (size_t i = 0; i < table->count; i++) {
    describe(&table->options[i], table->options[i].key, indent, &here, stream);
  }
}

void stf_option_describe(const stf_option *option, const char *name, FILE *stream) {
  describe(option, name, 0, NULL, stream);
}

void stf_options_describe(const stf_table *table, FILE *stream) {
  describe_table(table, 0, NULL, stream);
}

/* ---- finding ---- */

typedef struct search {
  char wanted[256]; /* the path looked for, without indices */
  void (*found)(const stf_option *option, const char *full_path, void *context);
  void *context;
  size_t count;
} search;

/* Where the walk through the tables stands. */
typedef struct spot {
  const struct spot *outer;
  const char *word;
  bool is_type; /* the word names a variant: paths in a file do not have it */
} spot;

static void write_path(stf_text_sink *sink, const spot *at, bool types) {
  if (!at) return;
  write_path(sink, at->outer, types);
  if (types || !at->is_type) stf_text_add(sink, "%s%s", sink->length ? "." : "", at->word);
}

static bool ends_with(const char *path, const char *wanted) {
  const size_t length = strlen(path), end = strlen(wanted);
  if (!end || end > length || strcmp(path + length - end, wanted) != 0) return false;
  return end == length || path[length - end - 1] == '.';
}

static void consider(search *s, const stf_option *option, const spot *at) {
  char full[512] = "", plain[512] = "";
  stf_text_sink sink = {.buffer = full, .size = sizeof(full)}, plain_sink = {.buffer = plain, .size = sizeof(plain)};
  write_path(&sink, at, true);
  write_path(&plain_sink, at, false);
  if (!ends_with(full, s->wanted) && !ends_with(plain, s->wanted)) return;
  s->count++;
  s->found(option, full, s->context);
}

static void search_table(search *s, const stf_table *table, const spot *at, const chain *outer);

static void search_variants(search *s, const stf_option *option, const spot *at, const chain *outer) {
  const stf_variant_set *set = option->variants;
  const spot selector = {.outer = at, .word = set->selector};
  consider(s, option, &selector);
  if (set->common) search_table(s, set->common, at, outer);
  for (size_t i = 0; i < set->count; i++) {
    const spot type = {.outer = at, .word = set->types[i]->name, .is_type = true};
    search_table(s, set->types[i]->table, &type, outer);
  }
}

static void search_table(search *s, const stf_table *table, const spot *at, const chain *outer) {
  if (is_open(outer, table)) return;
  const chain here = {.outer = outer, .table = table};
  for (size_t i = 0; i < table->count; i++) {
    const stf_option *option = &table->options[i];
    const spot inner = {.outer = at, .word = option->key};
    consider(s, option, &inner);
    if (option->table) search_table(s, option->table, &inner, &here);
    if (option->variants) search_variants(s, option, &inner, &here);
  }
}

/* Copies a path without its indices; false when it is too long to be one. */
static bool strip_indices(const char *path, char *plain, size_t size) {
  size_t used = 0;
  while (*path) {
    if (*path == '[') {
      path += strcspn(path, "]");
      if (*path) path++;
      continue;
    }
    if (used + 1 >= size) return false;
    plain[used++] = *path++;
  }
  plain[used] = '\0';
  return true;
}

size_t stf_options_find(const stf_table *root, const char *path,
                        void (*found)(const stf_option *option, const char *full_path, void *context), void *context) {
  search s = {.found = found, .context = context};
  if (!strip_indices(path, s.wanted, sizeof(s.wanted))) return 0;
  search_table(&s, root, NULL, NULL);
  const char *last = strrchr(s.wanted, '.');
  if (s.count || !last) return s.count;
  memmove(s.wanted, last + 1, strlen(last + 1) + 1);
  search_table(&s, root, NULL, NULL);
  return s.count;
}
