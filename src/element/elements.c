/* The list of elements. A new element is a file and a row here (name and struct). */
#include "element/element.h"

#include <string.h>

extern const stf_element stf_hex8, stf_hex8_std, stf_hex8_shell, stf_wedge6, stf_wedge6_std, stf_wedge6_shell,
    stf_tet10, stf_tet10_std, stf_tet4, stf_tet4_std;

/* Of each shape the first is the one that computes it where a scenario names an element of another shape. */
const stf_element *const stf_elements[] = {
    &stf_hex8,      &stf_hex8_std, &stf_hex8_shell, &stf_wedge6, &stf_wedge6_std, &stf_wedge6_shell, &stf_tet10,
    &stf_tet10_std, &stf_tet4,     &stf_tet4_std,   NULL,
};
const char *const stf_element_names[] = {
    "hex8",  "hex8-std",  "hex8-shell", "wedge6",   "wedge6-std", "wedge6-shell",
    "tet10", "tet10-std", "tet4",       "tet4-std", NULL,
};

const stf_element *stf_element_find(const char *name) {
  for (size_t i = 0; stf_elements[i]; i++)
    if (!strcmp(stf_elements[i]->name, name)) return stf_elements[i];
  return NULL;
}
