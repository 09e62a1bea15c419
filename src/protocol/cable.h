/* Cables of a scenario, bound to the model. */
#ifndef STF_PROTOCOL_CABLE_H
#define STF_PROTOCOL_CABLE_H

#include "model/model.h"
#include "protocol/protocol.h"

/*
 * Binds the scenario's cables to a model whose protocol is compiled. STF_BAD_INPUT with every fault found: places
 * outside of the body, tissues without fibres that pull along themselves, points that coincide, fibres that would break
 * at rest.
 */
stf_status stf_cables_bind(const stf_scenario *scenario, const stf_model *model, stf_diags *diags,
                           stf_protocol *protocol);

/* Takes what cables are made of anew from the model's tissues, whose numbers were set since. */
void stf_cables_renew(stf_protocol *protocol);

/* The cable of that name for a measurement at `node` with the option `cable`; a diagnostic and NULL. */
const stf_cable *stf_protocol_cable(const stf_protocol *protocol, const stf_yaml_node *node, const char *name,
                                    stf_diags *diags);

#endif
