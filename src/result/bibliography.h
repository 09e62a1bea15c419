/* Sources of numbers: entries of sources.bib as a person cites them. */
#ifndef STF_RESULT_BIBLIOGRAPHY_H
#define STF_RESULT_BIBLIOGRAPHY_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct stf_source {
  const char *text; /* "Otsuka, Shun and others (2018), Site specificity ..., Journal of Biomechanics" */
  const char *cite; /* "Otsuka and others 2018"; by its title where nobody is named */
  const char *doi;  /* NULL: none */
} stf_source;

/*
 * The entry `key` of the BibTeX text `bib`, whose fields stand in braces; braces and backslashes inside are left out.
 * Strings belong to `arena`. False where there is no such entry or memory is out.
 */
bool stf_bibliography_find(const char *bib, const char *key, stf_arena *arena, stf_source *source);

#endif
