/* The list of laws of glide. A new law is a file and a line here. */
#include <string.h>

#include "interface/glide.h"

extern const stf_glide_law stf_areolar;

const stf_glide_law *const stf_glide_laws[] = {&stf_areolar, NULL};

const stf_glide_law *stf_glide_law_find(const char *name) {
  for (size_t i = 0; stf_glide_laws[i]; i++)
    if (!strcmp(stf_glide_laws[i]->about.name, name)) return stf_glide_laws[i];
  return NULL;
}
