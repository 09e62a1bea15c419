#include "words.h"

#include "element/element.h"
#include "interface/glide.h"
#include "material/law.h"
#include "protocol/vocabulary.h"
#include "tissue/tissue.h"

/* Deeper than this no table goes; one that held itself would end here. */
enum { DEEPEST = 12 };

typedef struct listener {
  void (*heard)(const char *word, void *context);
  void *context;
} listener;

static void say_table(const listener *to, const stf_table *table, int depth) {
  if (depth > DEEPEST) return;
  for (size_t i = 0; i < table->count; i++) {
    const stf_option *option = &table->options[i];
    to->heard(option->key, to->context);
    if (option->table) say_table(to, option->table, depth + 1);
    if (!option->variants) continue;
    const stf_variant_set *set = option->variants;
    to->heard(set->selector, to->context);
    if (set->common) say_table(to, set->common, depth + 1);
    for (size_t k = 0; k < set->count; k++) {
      to->heard(set->types[k]->name, to->context);
      say_table(to, set->types[k]->table, depth + 1);
    }
  }
}

bool stf_words_open(stf_words *words, stf_arena *arena) {
  words->scenario = stf_scenario_table(&stf_striffin_vocabulary, arena);
  words->tissue = stf_tissue_table(arena);
  return words->scenario && words->tissue;
}

void stf_words_each(const stf_words *words, void (*heard)(const char *word, void *context), void *context) {
  const listener to = {.heard = heard, .context = context};
  say_table(&to, words->scenario, 0);
  say_table(&to, words->tissue, 0);
  for (size_t i = 0; stf_elements[i]; i++) heard(stf_elements[i]->name, context);
  for (size_t i = 0; stf_matrix_laws[i]; i++) heard(stf_matrix_laws[i]->about.name, context);
  for (size_t i = 0; stf_fibre_laws[i]; i++) heard(stf_fibre_laws[i]->about.name, context);
  for (size_t i = 0; stf_glide_laws[i]; i++) heard(stf_glide_laws[i]->about.name, context);
  for (int d = 0; d < STF_DIMENSIONS; d++) heard(stf_dimension_describe(d)->name, context);
}
