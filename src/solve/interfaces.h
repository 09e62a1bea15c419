/* What is read off interfaces. */
#ifndef STF_SOLVE_INTERFACES_H
#define STF_SOLVE_INTERFACES_H

#include "solve/state.h"

/*
 * What every sampler of interfaces reads in a state, into reading [gauges->glides]; forces without the drag of films,
 * which only a step knows. STF_BUG when MPI fails. All ranks.
 */
stf_status stf_interfaces_read(const stf_domain *domain, const stf_gauges *gauges, const stf_state *state,
                               stf_glide_reading *reading);

#endif
