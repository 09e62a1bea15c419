/* Every word `striffin explain` knows: the keys of files, what they can name, and what a quantity can be of. */
#ifndef STF_CLI_WORDS_H
#define STF_CLI_WORDS_H

#include "base/option.h"

/* The tables words come from. */
typedef struct stf_words {
  const stf_table *scenario, *tissue;
} stf_words;

/* False when memory is out. What it points to belongs to `arena`. */
bool stf_words_open(stf_words *words, stf_arena *arena);

/* Calls `heard` for every word, some more than once. */
void stf_words_each(const stf_words *words, void (*heard)(const char *word, void *context), void *context);

#endif
