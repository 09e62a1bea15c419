/* Interfaces that slide far: what lies before what is found again as the surfaces move. */
#ifndef STF_SOLVE_SLIDES_H
#define STF_SOLVE_SLIDES_H

#include "solve/state.h"

/*
 * Finds the pairs of interfaces that slide far where the state has them now, and takes over what its gaps remember.
 * That depends on nothing but the state, and doing it twice changes nothing. `*changed`, the same on all ranks: other
 * nodes act on each other than before. All ranks. STF_NO_SOLUTION with a diagnostic where too many nodes would act on
 * each other; STF_NO_RESOURCE when memory is out.
 */
stf_status stf_slides_find(stf_domain *domain, stf_state *state, stf_diags *diags, bool *changed);

/*
 * How far the memory `next` [domain->memory] lies from the state's: the largest slip between them at a place of
 * interfaces that slide far, over what pairs may bear, a quarter of a facet. The same on all ranks.
 */
double stf_slides_ahead(const stf_domain *domain, const stf_state *state);

/*
 * The farthest slip [mm] of an interface whose pairs stay, at its place [mm] before loading. All ranks. STF_BUG when
 * MPI fails.
 */
stf_status stf_slides_farthest(const stf_domain *domain, const stf_state *state, int glide, double *slip, double at[3]);

#endif
