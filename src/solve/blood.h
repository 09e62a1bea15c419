/* Blood that broken vessels left, of interfaces and of tissue. */
#ifndef STF_SOLVE_BLOOD_H
#define STF_SOLVE_BLOOD_H

#include "solve/state.h"

/* What every sampler of blood reads in a state, into reading [gauges->bloods]. STF_NO_RESOURCE when memory is out,
 * STF_BUG when MPI fails. All ranks. */
stf_status stf_blood_read(const stf_domain *domain, const stf_gauges *gauges, const stf_state *state, double *reading);

/* Blood over volume of tissue before loading of a batch's elements, as the mean of their points. */
void stf_blood_density(const stf_state *state, const stf_batch *batch, stf_lane blood);

#endif
