/* Tools of a scenario: their shapes' options, and what they act on. One shape is one row in tools.c. */
#ifndef STF_PROTOCOL_TOOLS_H
#define STF_PROTOCOL_TOOLS_H

#include "model/model.h"
#include "protocol/protocol.h"

extern const stf_variant_set stf_tools;

/*
 * Adds the scenario's tools to the protocol, each with its rigid body. STF_BAD_INPUT with every fault found: unknown
 * faces, names that are taken, shapes that cannot be.
 */
stf_status stf_tools_place(const stf_variants *lines, stf_diags *diags, stf_protocol *protocol);

/*
 * Binds the tools of a compiled protocol to the model's tissues, and checks them. STF_BAD_INPUT with every fault found:
 * tools that reach into the tissue or are too small for its elements, that nothing holds or moves, that are pushed from
 * afar.
 */
stf_status stf_tools_bind(const stf_model *model, stf_diags *diags, stf_protocol *protocol);

#endif
