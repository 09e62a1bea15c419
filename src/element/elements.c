/* The list of elements. A new element is a file and a row here (name and struct). */
#include "element/element.h"

#include <string.h>

extern const stf_element stf_hex8, stf_hex8_std, stf_hex8_shell, stf_wedge6_shell, stf_tet4, stf_tet4_std;

const stf_element *const stf_elements[] = {&stf_hex8,     &stf_hex8_std, &stf_hex8_shell, &stf_wedge6_shell, &stf_tet4,
                                           &stf_tet4_std, NULL};
const char *const stf_element_names[] = {"hex8", "hex8-std", "hex8-shell", "wedge6-shell", "tet4", "tet4-std", NULL};

const stf_element *stf_element_find(const char *name) {
  for (size_t i = 0; stf_elements[i]; i++)
    if (!strcmp(stf_elements[i]->name, name)) return stf_elements[i];
  return NULL;
}
