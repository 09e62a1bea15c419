/* The list of laws. A new law is a file and a line here. */
#include "material/law.h"

#include <string.h>

extern const stf_matrix_law stf_neo_hookean, stf_neo_hookean_drained, stf_mooney_rivlin, stf_ogden;
extern const stf_fibre_law stf_fibrils, stf_exponential_fibre, stf_holzapfel_gasser_ogden, stf_transversely_isotropic,
    stf_fung;

const stf_matrix_law *const stf_matrix_laws[] = {
    &stf_neo_hookean, &stf_neo_hookean_drained, &stf_mooney_rivlin, &stf_ogden, NULL,
};
const stf_fibre_law *const stf_fibre_laws[] = {
    &stf_fibrils, &stf_exponential_fibre, &stf_holzapfel_gasser_ogden, &stf_transversely_isotropic, &stf_fung, NULL,
};

const stf_matrix_law *stf_matrix_law_find(const char *name) {
  for (size_t i = 0; stf_matrix_laws[i]; i++)
    if (!strcmp(stf_matrix_laws[i]->about.name, name)) return stf_matrix_laws[i];
  return NULL;
}

const stf_fibre_law *stf_fibre_law_find(const char *name) {
  for (size_t i = 0; stf_fibre_laws[i]; i++)
    if (!strcmp(stf_fibre_laws[i]->about.name, name)) return stf_fibre_laws[i];
  return NULL;
}
