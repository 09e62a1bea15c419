/*
 * Averages along fibres: what breaks a fibre is its stretch lambda averaged over the length l that its neighbours need
 * to take over. For every family that asks for it, in every region, the average is the field with
 *
 *   average - l^2 a0.grad(a0.grad average) = lambda,   no flux where fibres end
 *
 * (Peerlings et al. 1996, along a direction alone), which is one of the average's nodes:
 *
 *   (M + l^2 D) average = sum_q w N lambda,   M lumped, D_ab = sum_q w (a0.dN_a)(a0.dN_b)
 *
 * All before loading; l is a length there.
 */
#ifndef STF_SOLVE_AVERAGING_H
#define STF_SOLVE_AVERAGING_H

#include "solve/equations.h"
#include "solve/state.h"

/* One family of one region. */
typedef struct stf_average {
  int region;
  size_t family;
  Mat matrix;
  KSP solver;
} stf_average;

typedef struct stf_averaging {
  const stf_domain *domain;
  size_t count; /* 0: nothing is averaged */
  stf_average *average;
  Vec load, field; /* one number a node; field has ghosts */
} stf_averaging;

/* Finds what is to be averaged. All ranks. The caller destroys it. */
stf_status stf_averaging_create(const stf_equations *equations, stf_averaging *averaging);
void stf_averaging_destroy(stf_averaging *averaging);

/* Writes into the memory of every point the averages at the state's displacements, less its own stretches. All ranks.
 * STF_NO_SOLUTION when a solver does not converge. */
stf_status stf_averaging_update(stf_averaging *averaging, stf_state *state);

#endif
