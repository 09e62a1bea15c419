/* What is read off all elements of a solved state. */
#ifndef STF_SOLVE_SAMPLING_H
#define STF_SOLVE_SAMPLING_H

#include "solve/state.h"

/*
 * Fills sampled [gauges->samplers] from a state, over all ranks. An extreme or mean of a field that no
 * element has is NAN. All ranks. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_sample(const stf_domain *domain, const stf_gauges *gauges, const stf_state *state, stf_sampled *sampled);

#endif
