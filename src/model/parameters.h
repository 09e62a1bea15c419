/* Numbers of tissues that a scenario calibrates or overrides: found in the tissues' files, and changed. */
#ifndef STF_MODEL_PARAMETERS_H
#define STF_MODEL_PARAMETERS_H

#include "model/model.h"

/*
 * Finds what `calibrate` and `override` name in the tissues that were read and puts overriding values in their place,
 * those of tied numbers too. Everything belongs to `arena`.
 * STF_BAD_INPUT with every fault: no such tissue or number, a quantity of something else or out of range, a number
 * named twice, a value for what is not calibrated.
 */
stf_status stf_parameters_bind(const stf_scenario *scenario, stf_arena *arena, stf_diags *diags, stf_model *model);

/* Whether two paths lead to the same file. */
bool stf_parameters_same_file(const char *a, const char *b);

#endif
