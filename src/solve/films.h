/* Films of interfaces: fluid that moves along them as they are pressed. */
#ifndef STF_SOLVE_FILMS_H
#define STF_SOLVE_FILMS_H

#include "solve/state.h"

/* A film along a surface, over a step. */
typedef struct stf_flow_step {
  stf_film film;
  const stf_channels *channels;
  size_t places;
  const double *area;               /* [places] [mm^2]; 0: no film there */
  const double *load_before, *load; /* [places] [MPa] when it begins and when it ends, even in between */
  double dt;                        /* [s] */
} stf_flow_step;

/*
 * Takes u [places] = ln(h/h_0) to the end of a step: implicit Euler, each substep once whole and once in halves, which
 * gives its error and takes the first order of that away. Volume is kept. `*found` false, and u as it was, where no
 * substep is short enough. On one process. STF_BUG when PETSc fails; STF_NO_RESOURCE when memory is out.
 */
stf_status stf_film_flow(const stf_flow_step *step, double *u, bool *found);

/*
 * Lets the films of all interfaces flow over a step of `dt` [s] from `memory` to what is foreseen in `next`, which then
 * tells their thickness. Nothing flows at once (0) or while the body finds its rest (INFINITY). The same on all ranks.
 * All ranks; errors as above.
 */
stf_status stf_films_foresee(const stf_domain *domain, double dt, stf_state *state, bool *found);

#endif
