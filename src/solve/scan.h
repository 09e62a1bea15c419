/* What a scan of limited resolution shows of torn fibres. */
#ifndef STF_SOLVE_SCAN_H
#define STF_SOLVE_SCAN_H

#include "protocol/measure.h"
#include "solve/state.h"

/*
 * Volume [mm^3] before loading where more than the share `wanted->above` of a family is torn: of elements, or of the
 * tissue in cubes, where the mean over a cube counts and an element lies in the cube that its middle lies in. All
 * ranks, which get the same. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_scan(const stf_domain *domain, const stf_sampler *wanted, const stf_state *state, double *volume);

#endif
