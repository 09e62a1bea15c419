/* Which way through a shell element is its thickness. */
#ifndef STF_MODEL_ORIENT_H
#define STF_MODEL_ORIENT_H

#include "model/model.h"

/*
 * Turns the hexahedra of shell elements in model->mesh so that their third direction is the one nearest to the normal
 * of the sheet, where given[region] says that it is known. Elsewhere the third direction has to be the shortest.
 * STF_BAD_INPUT where no direction is within 45 deg of the normal, or another one is shorter, with element, region and
 * place.
 */
stf_status stf_orient_shells(const stf_model *model, const bool *given, stf_place place, stf_diags *diags);

#endif
