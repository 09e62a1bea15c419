/* What tools do to the tissue, read off a state. */
#ifndef STF_SOLVE_TOOLS_H
#define STF_SOLVE_TOOLS_H

#include "protocol/measure.h"
#include "solve/domain.h"
#include "solve/state.h"

/* Reads off every tool at a state into reading [protocol->tools]. All ranks. */
stf_status stf_tools_read(const stf_domain *domain, const stf_state *state, stf_tool_reading *reading);

#endif
