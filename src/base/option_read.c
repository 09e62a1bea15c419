#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/option.h"
#include "base/text.h"

enum { DEEPEST = 64, MOST_KEYS = 128 };

typedef struct reader {
  stf_arena *arena;
  stf_diags *diags;
  bool in_default; /* what is read is the default of an option: no user wrote it */
  bool bad_default;
  int depth;
} reader;

/* The rows a mapping is read by: those of its table, and for a variant its selector and the common rows. */
typedef struct layout {
  const stf_table *tables[2]; /* the second may be NULL */
  const stf_variant_set *set; /* or NULL */
} layout;

static stf_status read_value(reader *r, const stf_yaml_node *node, const stf_option *option, void *member);

/* ---- complaints ---- */

static void complain(reader *r, stf_place place, const char *found, const char *expected, const char *hint) {
  stf_diags_add(r->diags, STF_ERROR, place, found, expected, hint);
}

static const char *accepts(reader *r, const stf_option *option) {
  char text[2048];
  stf_option_accepts(option, text, sizeof(text));
  return stf_diags_text(r->diags, "%s", text);
}

static const char *quote(reader *r, const stf_yaml_node *node) {
  switch (node->kind) {
  case STF_YAML_SEQUENCE: return "a list";
  case STF_YAML_MAPPING: return "a mapping";
  default: return stf_diags_quote(r->diags, node->text, node->length);
  }
}

static const char *did_you_mean(reader *r, const char *what) {
  return what ? stf_diags_text(r->diags, "did you mean %s?", what) : NULL;
}

static void complain_value(reader *r, const stf_yaml_node *node, const stf_option *option, const char *hint) {
  complain(r, node->place, quote(r, node), accepts(r, option), hint);
}

/* True for a scalar with text in it; else complains. */
static bool is_scalar(reader *r, const stf_yaml_node *node, const stf_option *option) {
  if (node->kind == STF_YAML_SCALAR && node->length) return true;
  complain_value(r, node, option, NULL);
  return false;
}

/* ---- numbers ---- */

/* A closed end lets pass what conversion of units rounds beyond it. */
static bool in_range(const stf_option *option, double value) {
  if (option->minimum == 0 && option->maximum == 0) return true;
  const double low = isinf(option->minimum) ? 0 : 1e-12 * fabs(option->minimum);
  const double high = isinf(option->maximum) ? 0 : 1e-12 * fabs(option->maximum);
  const bool below = option->bounds & STF_OPEN_BELOW ? value > option->minimum + low : value >= option->minimum - low;
  const bool above = option->bounds & STF_OPEN_ABOVE ? value < option->maximum - high : value <= option->maximum + high;
  return below && above;
}

static bool check_range(reader *r, const stf_yaml_node *node, const stf_option *option, double value) {
  if (in_range(option, value)) return true;
  const bool whole = option->kind == STF_KIND_INTEGER;
  const char *unit = whole ? NULL : stf_quantity_unit(node->text);
  char range[256];
  stf_option_range(option, unit && strlen(unit) < STF_DIAG_QUOTE ? unit : NULL, range, sizeof(range));
  const char *article = whole ? "a whole number" : stf_dimension_describe(option->dimension)->article;
  complain(r, node->place, quote(r, node), stf_diags_text(r->diags, "%s %s", article, range), NULL);
  return false;
}

static void complain_quantity(reader *r, const stf_yaml_node *node, const stf_option *option,
                              stf_quantity_fault fault) {
  if (stf_diags_full(r->diags)) {
    complain(r, node->place, NULL, NULL, NULL);
    return;
  }
  char expected[256], hint[256];
  const stf_option single = {.kind = STF_KIND_QUANTITY, .dimension = option->dimension};
  stf_option_accepts(&single, expected, sizeof(expected));
  const char *found = quote(r, node);
  if (fault == STF_QUANTITY_UNKNOWN_UNIT) {
    found = stf_diags_text(r->diags, "%s, whose unit is unknown", found);
  } else if (fault == STF_QUANTITY_WRONG_DIMENSION) {
    const char *called = stf_quantity_called(node->text);
    found = called ? stf_diags_text(r->diags, "%s, %s", found, called)
                   : stf_diags_text(r->diags, "%s, not %s", found, stf_dimension_describe(option->dimension)->article);
  }
  const int length = stf_quantity_suggest(node->text, option->dimension, hint, sizeof(hint));
  complain(r, node->place, found, expected, length > 0 ? hint : NULL);
}

static void read_quantity(reader *r, const stf_yaml_node *node, const stf_option *option, double *member) {
  const stf_option single = {.kind = STF_KIND_QUANTITY, .dimension = option->dimension};
  if (!is_scalar(r, node, &single)) return;
  double value = 0;
  const stf_quantity_fault fault = stf_quantity_parse(node->text, option->dimension, &value);
  if (fault) {
    complain_quantity(r, node, option, fault);
  } else if (check_range(r, node, option, value)) {
    *member = value;
  }
}

static void read_integer(reader *r, const stf_yaml_node *node, const stf_option *option, long *member) {
  if (!is_scalar(r, node, option)) return;
  const char *digits = node->text + (*node->text == '+' || *node->text == '-');
  if (digits[strspn(digits, "0123456789")] || !*digits) {
    complain_value(r, node, option, NULL);
    return;
  }
  errno = 0;
  const long value = strtol(node->text, NULL, 10);
  if (errno == ERANGE) {
    complain(r, node->place, quote(r, node), "a whole number of at most 18 digits", NULL);
  } else if (check_range(r, node, option, (double)value)) {
    *member = value;
  }
}

/* ---- texts ---- */

static void read_text(reader *r, const stf_yaml_node *node, const stf_option *option, const char **member) {
  if (!is_scalar(r, node, option)) return;
  if (node->length <= STF_OPTION_MAX_TEXT && stf_text_is_printable(node->text, node->length)) {
    *member = node->text;
  } else {
    complain_value(r, node, option, NULL);
  }
}

static void read_name(reader *r, const stf_yaml_node *node, const stf_option *option, const char **member) {
  if (!is_scalar(r, node, option)) return;
  if (stf_text_is_name(node->text)) {
    *member = node->text;
  } else {
    complain_value(r, node, option, NULL);
  }
}

static stf_status read_file(reader *r, const stf_yaml_node *node, const stf_option *option, const char **member) {
  const char *text = NULL;
  read_text(r, node, option, &text);
  if (!text) return STF_OK;
  const char *slash = *text == '/' || !node->place.file ? NULL : strrchr(node->place.file, '/');
  const int folder = slash ? (int)(slash + 1 - node->place.file) : 0;
  *member = stf_arena_printf(r->arena, "%.*s%s", folder, folder ? node->place.file : "", text);
  return *member ? STF_OK : STF_NO_RESOURCE;
}

static void read_choice(reader *r, const stf_yaml_node *node, const stf_option *option, int *member) {
  if (!is_scalar(r, node, option)) return;
  size_t count = 0;
  for (; option->choices[count]; count++) {
    if (strcmp(option->choices[count], node->text) == 0) {
      *member = (int)count;
      return;
    }
  }
  complain_value(r, node, option, did_you_mean(r, stf_text_nearest(node->text, option->choices, count)));
}

static void read_flag(reader *r, const stf_yaml_node *node, const stf_option *option, bool *member) {
  static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "1", "0"};
  if (!is_scalar(r, node, option)) return;
  if (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0) {
    *member = *node->text == 't';
    return;
  }
  const char *meant = NULL;
  for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
    if (stf_text_nearest(node->text, words + i, 1) && !meant) meant = words[i % 2];
  }
  complain_value(r, node, option, did_you_mean(r, meant));
}

/* ---- lists ---- */

static void complain_length(reader *r, const stf_yaml_node *node, const char *expected) {
  const char *plural = node->count == 1 ? "" : "s";
  complain(r, node->place, stf_diags_text(r->diags, "a list of %zu item%s", node->count, plural), expected, NULL);
}

static void complain_no_list(reader *r, const stf_yaml_node *node, const stf_option *option) {
  const bool empty = node->kind == STF_YAML_SCALAR && !node->length;
  const char *found = quote(r, node), *hint = NULL;
  if (!empty && node->kind == STF_YAML_SCALAR) found = stf_diags_text(r->diags, "%s, a single value", found);
  const bool plain = option->kind == STF_KIND_QUANTITIES || option->kind == STF_KIND_CHOICES;
  if (!empty) hint = plain ? "are the brackets missing?" : "put \"- \" before each item";
  complain(r, node->place, found, accepts(r, option), hint);
}

/* True for a list, also one of a wrong length, whose items are then looked at all the same; else complains. */
static bool is_list(reader *r, const stf_yaml_node *node, const stf_option *option) {
  if (node->kind != STF_YAML_SEQUENCE) {
    complain_no_list(r, node, option);
    return false;
  }
  if (node->count > STF_OPTION_MAX_ITEMS) {
    complain_length(r, node, stf_diags_text(r->diags, "at most %d items", STF_OPTION_MAX_ITEMS));
    return false;
  }
  const double count = (double)node->count;
  const bool measured = option->kind != STF_KIND_QUANTITIES && (option->minimum != 0 || option->maximum != 0);
  if (measured && (count < option->minimum || count > option->maximum)) {
    char range[128];
    stf_option_range(option, NULL, range, sizeof(range));
    complain_length(r, node, range);
  }
  return true;
}

static stf_status read_quantities(reader *r, const stf_yaml_node *node, const stf_option *option,
                                  stf_quantities *member) {
  if (!is_list(r, node, option) || !node->count) return STF_OK;
  member->values = stf_arena_alloc(r->arena, node->count * sizeof(*member->values));
  if (!member->values) return STF_NO_RESOURCE;
  member->count = node->count;
  for (size_t i = 0; i < node->count; i++) read_quantity(r, node->children[i], option, &member->values[i]);
  return STF_OK;
}

static void read_choices(reader *r, const stf_yaml_node *node, const stf_option *option, unsigned *member) {
  if (!is_list(r, node, option)) return;
  for (size_t i = 0; i < node->count; i++) {
    int choice = -1;
    read_choice(r, node->children[i], option, &choice);
    if (choice >= 0) *member |= 1u << choice;
  }
}

static stf_status read_pairs(reader *r, const stf_yaml_node *node, const stf_option *option, stf_pairs *member) {
  const stf_option name = {.kind = STF_KIND_NAME};
  if (node->kind != STF_YAML_MAPPING) {
    complain_value(r, node, option, NULL);
    return STF_OK;
  }
  if (node->count > STF_OPTION_MAX_ITEMS) {
    complain(r, node->place, stf_diags_text(r->diags, "%zu pairs", node->count),
             stf_diags_text(r->diags, "at most %d", STF_OPTION_MAX_ITEMS), NULL);
    return STF_OK;
  }
  if (!node->count) return STF_OK;
  member->items = stf_arena_alloc(r->arena, node->count * sizeof(*member->items));
  if (!member->items) return STF_NO_RESOURCE;
  member->count = node->count;
  for (size_t i = 0; i < node->count; i++) {
    const stf_yaml_node *child = node->children[i];
    member->items[i] = (stf_pair){.node = r->in_default ? NULL : child, .name = child->key, .value = ""};
    if (!stf_text_is_name(child->key)) {
      complain(r, child->key_place, stf_diags_quote(r->diags, child->key, strlen(child->key)), accepts(r, &name), NULL);
    }
    read_name(r, child, &name, &member->items[i].value);
  }
  return STF_OK;
}

/* ---- mappings ---- */

static bool has_key(const stf_table *table, const char *key) {
  for (size_t i = 0; i < table->count; i++) {
    if (strcmp(table->options[i].key, key) == 0) return true;
  }
  return false;
}

static bool knows(const layout *l, const char *key) {
  if (l->set && strcmp(l->set->selector, key) == 0) return true;
  return has_key(l->tables[0], key) || (l->tables[1] && has_key(l->tables[1], key));
}

static size_t list_keys(const layout *l, const char **keys, size_t size) {
  size_t count = 0;
  if (l->set) keys[count++] = l->set->selector;
  for (size_t t = 2; t-- > 0;) {
    for (size_t i = 0; l->tables[t] && i < l->tables[t]->count && count < size; i++) {
      keys[count++] = l->tables[t]->options[i].key;
    }
  }
  return count;
}

/* The nearest spelling, or the variant that has this key. */
static const char *hint_for_key(reader *r, const char *key, const layout *l, const char *const *keys, size_t count) {
  for (size_t i = 0; l->set && i < l->set->count; i++) {
    const stf_variant_type *type = l->set->types[i];
    if (has_key(type->table, key)) return stf_diags_text(r->diags, "it goes with %s: %s", l->set->selector, type->name);
  }
  /* What {thickness: 6,5 mm} is read as. */
  if (*key >= '0' && *key <= '9') return "write the decimal point as a point";
  return did_you_mean(r, stf_text_nearest(key, keys, count));
}

/* Complains about every key that no row knows. */
static void refuse_unknown(reader *r, const stf_yaml_node *mapping, const layout *l) {
  const char *keys[MOST_KEYS];
  const size_t count = list_keys(l, keys, MOST_KEYS);
  const char *allowed = NULL;
  for (size_t i = 0; i < mapping->count; i++) {
    const stf_yaml_node *child = mapping->children[i];
    if (knows(l, child->key)) continue;
    if (!allowed) {
      char text[2048];
      stf_text_sink sink = {.buffer = text, .size = sizeof(text)};
      stf_text_add(&sink, "one of ");
      for (size_t k = 0; k < count; k++) stf_text_add(&sink, "%s%s", k ? ", " : "", keys[k]);
      allowed = stf_diags_text(r->diags, "%s", text);
    }
    const char *hint = stf_diags_full(r->diags) ? NULL : hint_for_key(r, child->key, l, keys, count);
    complain(r, child->key_place,
             stf_diags_text(r->diags, "the unknown key %s", stf_diags_quote(r->diags, child->key, strlen(child->key))),
             allowed, hint);
  }
}

static void complain_missing(reader *r, const stf_yaml_node *mapping, const char *key, const char *expected) {
  stf_place place = mapping->place;
  place.path = stf_diags_text(r->diags, "%s%s%s", place.path ? place.path : "", place.path ? "." : "", key);
  complain(r, place, stf_diags_text(r->diags, "no key %s", key), expected, NULL);
}

static stf_status read_default_value(reader *r, const stf_option *option, void *member) {
  const stf_place place = {.file = "default", .path = option->key};
  const stf_yaml_node scalar = {
      .kind = STF_YAML_SCALAR, .place = place, .text = option->fallback, .length = strlen(option->fallback)};
  if (option->kind <= STF_KIND_QUANTITY) return read_value(r, &scalar, option, member);
  const stf_yaml_node *tree = NULL;
  const stf_status status = stf_yaml_read_text(option->fallback, scalar.length, "default", r->arena, r->diags, &tree);
  if (status) return status == STF_BAD_INPUT ? STF_BUG : status;
  return read_value(r, tree, option, member);
}

/* What a member holds while nothing has been read for it. Its memory is zeroed already. */
static void set_absent(const stf_option *option, void *member) {
  if (option->kind == STF_KIND_QUANTITY) *(double *)member = NAN;
  if (option->kind == STF_KIND_CHOICE) *(int *)member = -1;
}

static stf_status read_default(reader *r, const stf_option *option, void *member) {
  const bool outer = r->in_default;
  const size_t errors = stf_diags_errors(r->diags);
  r->in_default = true;
  stf_status status = read_default_value(r, option, member);
  r->in_default = outer;
  if (!status && stf_diags_errors(r->diags) > errors) status = STF_BUG;
  return status;
}

/* Fills the members of one table from `mapping`, which may be NULL for nothing but defaults. */
static stf_status read_rows(reader *r, const stf_yaml_node *mapping, const stf_table *table, char *out) {
  for (size_t i = 0; i < table->count; i++) {
    const stf_option *option = &table->options[i];
    void *member = out + option->offset;
    const stf_yaml_node *value = stf_yaml_get(mapping, option->key);
    set_absent(option, member);
    if (value) {
      STF_TRY(read_value(r, value, option, member));
    } else if (option->fallback && *option->fallback) {
      STF_TRY(read_default(r, option, member));
      if (option->at_home && !r->in_default) *(const stf_yaml_node **)member = mapping;
    } else if (!option->fallback && mapping) {
      char expected[2048];
      stf_option_expects(option, expected, sizeof(expected));
      complain_missing(r, mapping, option->key, expected);
    }
  }
  return STF_OK;
}

/* Fills the zeroed struct `out`, which `layout` describes. */
static stf_status read_mapping(reader *r, const stf_yaml_node *mapping, const layout *l, void *out) {
  if (r->depth >= DEEPEST) return STF_BUG;
  r->depth++;
  if (mapping) refuse_unknown(r, mapping, l);
  *(const stf_yaml_node **)out = r->in_default ? NULL : mapping;
  stf_status status = STF_OK;
  for (size_t t = 2; t-- > 0 && !status;) {
    if (l->tables[t]) status = read_rows(r, mapping, l->tables[t], out);
  }
  r->depth--;
  return status;
}

static stf_status read_table(reader *r, const stf_yaml_node *node, const stf_option *option, void *member) {
  if (node->kind != STF_YAML_MAPPING) {
    complain_value(r, node, option, NULL);
    return STF_OK;
  }
  const layout l = {.tables = {option->table}};
  return read_mapping(r, node, &l, member);
}

static stf_status read_tables(reader *r, const stf_yaml_node *node, const stf_option *option, stf_items *member) {
  if (!is_list(r, node, option) || !node->count) return STF_OK;
  const stf_option single = {.kind = STF_KIND_TABLE, .table = option->table};
  member->items = stf_arena_alloc(r->arena, node->count * option->table->size);
  if (!member->items) return STF_NO_RESOURCE;
  member->count = node->count;
  for (size_t i = 0; i < node->count; i++) {
    STF_TRY(read_table(r, node->children[i], &single, (char *)member->items + i * option->table->size));
  }
  return STF_OK;
}

/* The type a mapping picks, or NULL after a complaint. */
static const stf_variant_type *pick_type(reader *r, const stf_yaml_node *node, const stf_variant_set *set) {
  const char *names[MOST_KEYS + 1];
  size_t count = 0;
  for (; count < set->count && count < MOST_KEYS; count++) names[count] = set->types[count]->name;
  names[count] = NULL;
  const stf_option choice = {.kind = STF_KIND_CHOICE, .choices = names};
  const stf_yaml_node *selector = stf_yaml_get(node, set->selector);
  if (!selector) {
    complain_missing(r, node, set->selector, accepts(r, &choice));
    return NULL;
  }
  int picked = -1;
  read_choice(r, selector, &choice, &picked);
  return picked < 0 ? NULL : set->types[picked];
}

/* The name of a type alone where its mapping should stand is a slip that can be guessed. */
static const char *hint_for_variant(reader *r, const stf_yaml_node *node, const stf_variant_set *set) {
  for (size_t i = 0; node->kind == STF_YAML_SCALAR && i < set->count; i++) {
    if (strcmp(node->text, set->types[i]->name) != 0) continue;
    return stf_diags_text(r->diags, "did you mean {%s: %s}?", set->selector, set->types[i]->name);
  }
  return NULL;
}

static stf_status read_variant(reader *r, const stf_yaml_node *node, const stf_option *option, stf_variant *member) {
  if (node->kind != STF_YAML_MAPPING) {
    complain_value(r, node, option, hint_for_variant(r, node, option->variants));
    return STF_OK;
  }
  const stf_variant_type *type = pick_type(r, node, option->variants);
  if (!type) return STF_OK;
  void *data = stf_arena_alloc(r->arena, type->table->size);
  if (!data) return STF_NO_RESOURCE;
  const layout l = {.tables = {type->table, option->variants->common}, .set = option->variants};
  STF_TRY(read_mapping(r, node, &l, data));
  *member = (stf_variant){.type = type, .data = data};
  return STF_OK;
}

static stf_status read_variants(reader *r, const stf_yaml_node *node, const stf_option *option, stf_variants *member) {
  if (!is_list(r, node, option) || !node->count) return STF_OK;
  const stf_option single = {.kind = STF_KIND_VARIANT, .variants = option->variants};
  member->items = stf_arena_alloc(r->arena, node->count * sizeof(*member->items));
  if (!member->items) return STF_NO_RESOURCE;
  member->count = node->count;
  for (size_t i = 0; i < node->count; i++) STF_TRY(read_variant(r, node->children[i], &single, &member->items[i]));
  return STF_OK;
}

static stf_status read_value(reader *r, const stf_yaml_node *node, const stf_option *option, void *member) {
  switch (option->kind) {
  case STF_KIND_TEXT: read_text(r, node, option, member); return STF_OK;
  case STF_KIND_NAME: read_name(r, node, option, member); return STF_OK;
  case STF_KIND_FILE: return read_file(r, node, option, member);
  case STF_KIND_CHOICE: read_choice(r, node, option, member); return STF_OK;
  case STF_KIND_CHOICES: read_choices(r, node, option, member); return STF_OK;
  case STF_KIND_FLAG: read_flag(r, node, option, member); return STF_OK;
  case STF_KIND_INTEGER: read_integer(r, node, option, member); return STF_OK;
  case STF_KIND_QUANTITY: read_quantity(r, node, option, member); return STF_OK;
  case STF_KIND_QUANTITIES: return read_quantities(r, node, option, member);
  case STF_KIND_TABLE: return read_table(r, node, option, member);
  case STF_KIND_TABLES: return read_tables(r, node, option, member);
  case STF_KIND_VARIANT: return read_variant(r, node, option, member);
  case STF_KIND_VARIANTS: return read_variants(r, node, option, member);
  case STF_KIND_PAIRS: return read_pairs(r, node, option, member);
  }
  return STF_BUG;
}

stf_status stf_options_read(const stf_yaml_node *mapping, const stf_table *table, stf_arena *arena, stf_diags *diags,
                            void *out) {
  reader r = {.arena = arena, .diags = diags};
  const stf_option whole = {.kind = STF_KIND_TABLE, .table = table};
  const size_t errors = stf_diags_errors(diags);
  memset(out, 0, table->size);
  const stf_status status = read_table(&r, mapping, &whole, out);
  if (status == STF_NO_RESOURCE) {
    stf_diags_add(diags, STF_ERROR, mapping->place, "more than fits into memory", NULL, NULL);
  }
  if (status) return status;
  return stf_diags_errors(diags) > errors ? STF_BAD_INPUT : STF_OK;
}

stf_status stf_options_defaults(const stf_table *table, stf_arena *arena, void *out) {
  stf_diags *diags = stf_diags_create();
  if (!diags) return STF_NO_RESOURCE;
  reader r = {.arena = arena, .diags = diags};
  const layout l = {.tables = {table}};
  memset(out, 0, table->size);
  const stf_status status = read_mapping(&r, NULL, &l, out);
  stf_diags_destroy(diags);
  return status;
}
