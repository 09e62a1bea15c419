/* Small helpers on text. */
#ifndef STF_BASE_TEXT_H
#define STF_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The candidate nearest in spelling to `word` (Damerau-Levenshtein, at most a third of its letters), or NULL. */
const char *stf_text_nearest(const char *word, const char *const *candidates, size_t count);

/* True for a name that is safe as a file name too: [A-Za-z0-9][A-Za-z0-9_.-]{0,99}. */
bool stf_text_is_name(const char *text);

#endif
