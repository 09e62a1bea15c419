/* `striffin explain KEY`: what a word in a scenario or tissue file means, out of the tables that read it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "base/units.h"
#include "element/element.h"
#include "interface/glide.h"
#include "material/dispersion.h"
#include "material/law.h"
#include "protocol/vocabulary.h"
#include "session.h"
#include "verb.h"
#include "words.h"

enum { MOST_PLACES = 400, MOST_WORDS = 4000 };

typedef struct request {
  const char *key; /* NULL: everything in short */
} request;

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  if (key != ARGP_KEY_ARG) return ARGP_ERR_UNKNOWN;
  if (asked->key) argp_error(state, "one key at a time; found %s after %s", arg, asked->key);
  asked->key = arg;
  return 0;
}

/* ---- keys ---- */

/* The places where a key was found. */
typedef struct places {
  stf_arena *arena;
  size_t count;
  const stf_option *option[MOST_PLACES];
  const char *path[MOST_PLACES]; /* NULL once told */
} places;

static void keep(const stf_option *option, const char *path, void *context) {
  places *p = context;
  if (p->count == MOST_PLACES) return;
  p->option[p->count] = option;
  p->path[p->count] = stf_arena_copy(p->arena, path, strlen(path));
  p->count += p->path[p->count] != NULL;
}

static bool is_same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether two places say the same of a key, as the `name` of each measurement does. */
static bool is_same(const stf_option *a, const stf_option *b) {
  return a->kind == b->kind && a->dimension == b->dimension && is_same_text(a->fallback, b->fallback) &&
         is_same_text(a->help, b->help) && a->minimum == b->minimum && a->maximum == b->maximum &&
         a->choices == b->choices && a->table == b->table && a->variants == b->variants;
}

static size_t tell_keys(const stf_table *table, const char *file, const char *key, stf_arena *arena) {
  places p = {.arena = arena};
  stf_options_find(table, key, keep, &p);
  for (size_t i = 0; i < p.count; i++) {
    if (!p.path[i]) continue;
    printf("In a %s:\n", file);
    for (size_t j = p.count - 1; j > i; j--) {
      if (!p.path[j] || !is_same(p.option[i], p.option[j])) continue;
      printf("%s\n", p.path[j]);
      p.path[j] = NULL;
    }
    stf_option_describe(p.option[i], p.path[i], stdout);
    printf("\n");
  }
  return p.count;
}

/* ---- names ---- */

static void tell_references(const char *references) {
  if (references && *references) printf("    source: %s (tissues/sources.bib)\n", references);
}

static size_t tell_variants(const stf_variant_set *set, const char *called, const char *key, const char *name) {
  for (size_t i = 0; i < set->count; i++) {
    const stf_variant_type *type = set->types[i];
    if (strcmp(type->name, name) != 0) continue;
    printf("%s, written %s%s: %s:\n    %s\n", called, key, set->selector, type->name, type->help);
    if (set->common) stf_options_describe(set->common, stdout);
    stf_options_describe(type->table, stdout);
    printf("\n");
    return 1;
  }
  return 0;
}

static size_t tell_element(const char *name) {
  const stf_element *element = stf_element_find(name);
  if (!element) return 0;
  printf("An element, written mesh: {element: %s}:\n    %s\n", element->name, element->sentence);
  tell_references(element->references);
  printf("\n");
  return 1;
}

static size_t tell_law(const stf_law_about *law, const char *called, const char *where) {
  printf("%s, written law: %s in %s of a tissue file:\n    %s\n", called, law->name, where, law->sentence);
  tell_references(law->references);
  if (law->parameters) stf_options_describe(law->parameters, stdout);
  printf("\n");
  return 1;
}

static size_t tell_laws(const char *name) {
  const stf_matrix_law *matrix = stf_matrix_law_find(name);
  const stf_fibre_law *fibre = stf_fibre_law_find(name);
  const stf_glide_law *glide = stf_glide_law_find(name);
  size_t told = 0;
  if (matrix) told += tell_law(&matrix->about, "A law of the matrix", "`matrix`");
  if (fibre) told += tell_law(&fibre->about, "A law of a fibre family", "an item of `fibres`");
  if (glide) told += tell_law(&glide->about, "A law of glide", "`glide`");
  if (fibre && fibre->pull) {
    printf("What its families may also have:\n");
    stf_options_describe(&stf_dispersion_table, stdout);
    printf("\n");
  }
  return told;
}

/* ---- quantities ---- */

static size_t tell_dimension(const char *name) {
  for (int d = 0; d < STF_DIMENSIONS; d++) {
    const stf_dimension_info *about = stf_dimension_describe(d);
    if (strcmp(about->name, name) != 0) continue;
    printf("A quantity: %s, written such as %s.\n    Inside striffin it is in %s.\n\n", about->article, about->example,
           *about->base ? about->base : "1");
    return 1;
  }
  return 0;
}

static size_t tell_unit(const char *name) {
  size_t told = 0;
  for (int d = 0; d < STF_DIMENSIONS; d++) {
    const stf_dimension_info *about = stf_dimension_describe(d);
    double factor, offset;
    char value[32];
    if (stf_units_from_base(d, name, &factor, &offset)) continue;
    stf_text_write_number((1.0 - offset) / factor, 6, value, sizeof(value));
    printf("A unit: 1 %s is %s of %s%s%s.\n\n", name, about->article, value, d == STF_RATIO ? "" : " ",
           d == STF_RATIO ? "" : about->base);
    told++;
  }
  return told;
}

/* ---- one word, or all of them ---- */

typedef struct list {
  const char *items[MOST_WORDS];
  size_t count;
} list;

static void collect(const char *word, void *context) {
  list *all = context;
  if (all->count < MOST_WORDS) all->items[all->count++] = word;
}

static stf_status refuse(const stf_words *words, const char *key, stf_diags *diags) {
  static list all;
  const char *dot = strrchr(key, '.'), *last = dot ? dot + 1 : key;
  all.count = 0;
  stf_words_each(words, collect, &all);
  const char *hint = stf_arguments_hint(last, all.items, all.count, diags);
  return stf_arguments_fault("striffin explain", "nothing is called %s%s", stf_diags_quote(diags, key, strlen(key)),
                             hint);
}

static stf_status explain(const stf_words *words, const char *key, stf_arena *arena, stf_diags *diags) {
  const char *dot = strrchr(key, '.'), *name = dot ? dot + 1 : key;
  if (!*key) return stf_arguments_fault("striffin explain", "found nothing; expected a word");
  size_t told = tell_keys(words->scenario, "scenario", key, arena) +
                tell_keys(words->tissue, "tissue file", key, arena);
  told += tell_variants(stf_striffin_vocabulary.generators, "A generator", "anatomy: ", name);
  told += tell_variants(stf_striffin_vocabulary.adhesions, "A shape of adhesions", "adhesions: ", name);
  told += tell_variants(stf_striffin_vocabulary.tools, "A tool", "tools: ", name);
  told += tell_variants(stf_striffin_vocabulary.activities, "An activity", "timeline: ", name);
  told += tell_variants(stf_striffin_vocabulary.measures, "A measurement", "measure: ", name);
  told += tell_element(name) + tell_laws(name) + tell_dimension(name) + tell_unit(key);
  return told ? STF_OK : refuse(words, key, diags);
}

static void list_keys(const char *title, const stf_table *table) {
  printf("%s\n", title);
  for (size_t i = 0; i < table->count; i++) printf("  %-16s %s\n", table->options[i].key, table->options[i].help);
}

static void list_variants(const char *title, const stf_variant_set *set) {
  printf("%s\n", title);
  for (size_t i = 0; i < set->count; i++) printf("  %-16s %s\n", set->types[i]->name, set->types[i]->help);
}

static stf_status overview(const stf_words *words) {
  list_keys("Keys of a scenario", words->scenario);
  list_variants("Generators (anatomy: generator)", stf_striffin_vocabulary.generators);
  list_variants("Adhesions (adhesions: shape)", stf_striffin_vocabulary.adhesions);
  list_variants("Tools (tools: shape)", stf_striffin_vocabulary.tools);
  list_variants("Activities (timeline: do)", stf_striffin_vocabulary.activities);
  list_variants("Measurements (measure: what)", stf_striffin_vocabulary.measures);
  printf("Elements (mesh: element)\n");
  for (size_t i = 0; stf_elements[i]; i++) printf("  %-16s %s\n", stf_elements[i]->name, stf_elements[i]->sentence);
  list_keys("Keys of a tissue file", words->tissue);
  printf("Laws (matrix: law, fibres: law)\n");
  for (size_t i = 0; stf_matrix_laws[i]; i++)
    printf("  %-16s %s\n", stf_matrix_laws[i]->about.name, stf_matrix_laws[i]->about.sentence);
  for (size_t i = 0; stf_fibre_laws[i]; i++)
    printf("  %-16s %s\n", stf_fibre_laws[i]->about.name, stf_fibre_laws[i]->about.sentence);
  printf("Laws between surfaces (glide: law)\n");
  for (size_t i = 0; stf_glide_laws[i]; i++)
    printf("  %-16s %s\n", stf_glide_laws[i]->about.name, stf_glide_laws[i]->about.sentence);
  printf("Quantities\n");
  for (int d = 0; d < STF_DIMENSIONS; d++) {
    const stf_dimension_info *about = stf_dimension_describe(d);
    printf("  %-16s such as %s\n", about->name, about->example);
  }
  return STF_OK;
}

static stf_status tell(const char *key, stf_arena *arena, stf_diags *diags) {
  stf_words words;
  if (!stf_words_open(&words, arena) || stf_units_start()) {
    stf_diags_add(diags, STF_ERROR, (stf_place){0}, "no memory left, or no database of units", NULL, NULL);
    return STF_NO_RESOURCE;
  }
  return key ? explain(&words, key, arena, diags) : overview(&words);
}

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .parser = parse,
      .args_doc = "[KEY]",
      .doc = "Tells what a key of a scenario or tissue file means, what it accepts and what it is by default; likewise "
             "generators, activities, measurements, elements, laws, quantities and units.\vKEY is a word (thickness), "
             "or a path where it occurs in several places (timeline.pull.by). Without KEY: all in short."};
  request asked = {0};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status status = stf_session_begin(&session);
  if (!status) status = tell(asked.key, session.arena, session.diags);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_explain = {"explain", "tell what a key, a law, a unit ... means", run};
