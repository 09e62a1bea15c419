/* The state: all that changes while a scenario runs. */
#ifndef STF_SOLVE_STATE_H
#define STF_SOLVE_STATE_H

#include "solve/domain.h"

typedef struct stf_state {
  double time;        /* [s] */
  double *u;          /* [3 local] [mm] displacements, ghosts included */
  double force_scale; /* [N] largest norm of grip forces or loads so far */
  stf_lane *memory;   /* [domain->memory] what the points of all batches, and blocks, remember */
  stf_lane *next;     /* [domain->memory] the same after a step that may yet be taken back */
  double (*place)[3]; /* [2 domain->most_nodes] of a block: scratch */
} stf_state;

/* The largest share of its fibres that a family loses anywhere, and of its bonds that a place of an interface does. */
typedef struct stf_losses {
  double fibres, bonds;
} stf_losses;

/* A state at rest at time 0. The caller clears it. STF_NO_RESOURCE when memory is out. */
stf_status stf_state_init(const stf_domain *domain, stf_state *state);
void stf_state_clear(stf_state *state);

/* What the state is after: a step of no length from it. */
static inline stf_past stf_state_past(const stf_state *state) {
  return (stf_past){.dt = 0.0, .memory = state->memory};
}

/* The share of a family's fibres that a batch's elements have lost, as the mean of their points. */
void stf_state_torn(const stf_state *state, const stf_batch *batch, size_t family, stf_lane share);

/*
 * Writes into `next` the memory at the end of a step of `dt` [s] (INFINITY: all has relaxed) from the state to u
 * [3 local]. Returns the largest shares that are lost somewhere on this rank.
 */
stf_losses stf_state_foresee(const stf_domain *domain, double dt, const double *u, stf_state *state);

/* What was foreseen has come to be. */
void stf_state_remember(stf_state *state);

#endif
