/* Fibres at rest: what they bear before anything is done to the body must not break them. */
#ifndef STF_MODEL_REST_H
#define STF_MODEL_REST_H

#include "model/model.h"

/*
 * Refuses fibres of a family that are stretched so far at rest, `stretch`, that their stress is above their strength:
 * that at which half of them break within a day. `whose` says of what, "layer sheet". STF_BAD_INPUT at `place`.
 */
stf_status stf_rest_check_family(const stf_family *family, const char *whose, double stretch, stf_place place,
                                 stf_diags *diags);

/*
 * The same of every family of every layer, where the body stands as its mesh shows it: with the stretches that
 * `prestress` asks for, which must be bound. STF_BAD_INPUT with every family at fault.
 */
stf_status stf_rest_check(const stf_scenario *scenario, const stf_model *model, stf_diags *diags);

#endif
