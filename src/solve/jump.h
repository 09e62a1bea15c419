/*
 * Jumps over like cycles. One cycle is computed, which tells how it changes each entry of memory; that is carried over
 * n more (stf_carry_how); then a cycle is computed there. Its own change tells what the first one's, taken for all n,
 * mistook: Euler's step against Heun's, which is the better one and is kept (Hairer, Norsett & Wanner 1993, II.4).
 */
#ifndef STF_SOLVE_JUMP_H
#define STF_SOLVE_JUMP_H

#include "solve/state.h"

typedef struct stf_jump {
  const stf_domain *domain;
  stf_carry *how;                   /* [most of a material's memory] scratch */
  stf_lane *rest;                   /* [the same] scratch */
  stf_lane *before, *after, *again; /* [domain->memory] around the cycle carried on; before the cycle after the jump */
  double *u;                        /* [3 local] [mm] and the rest of the state jumped from */
  double time, force_scale;
} stf_jump;

/* For a domain that remembers something. The caller clears it. STF_NO_RESOURCE when memory is out. */
stf_status stf_jump_init(const stf_domain *domain, stf_jump *jump);
void stf_jump_clear(stf_jump *jump);

/* Here begins the cycle whose change is to be carried on. */
void stf_jump_watch(stf_jump *jump, const stf_state *state);

/* From the end of that cycle over `cycles` of `period` [s] more. `state` keeps its time and displacements. */
void stf_jump_leap(stf_jump *jump, double period, long cycles, stf_state *state);

/* Here begins the cycle after the jump that tells whether it was right. */
void stf_jump_watch_again(stf_jump *jump, const stf_state *state);

/*
 * At its end: what the jump mistook, over what is lost by now, each as the largest share of the fibres of a point. All
 * ranks, which get the same.
 */
stf_status stf_jump_error(const stf_jump *jump, long cycles, const stf_state *state, double *error);

/* Keeps the jump, and mends it by what the error says. The cycle after it is then the one to be carried on. */
void stf_jump_keep(stf_jump *jump, long cycles, stf_state *state);

/* Goes back to where it began. The cycle before it can be carried on again. */
void stf_jump_undo(const stf_jump *jump, stf_state *state);

#endif
