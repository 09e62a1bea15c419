/*
 * Multigrid for a body that is one block of hexahedra in rows, columns and layers (grid.h), as a preconditioner for
 * PETSc's Krylov methods. Thin bodies: lines through the thickness are solved as a whole and never coarsened
 * (semicoarsening; brown2013); others are coarsened in every direction. The cycle is symmetric where the tangent is.
 * The few unknowns of rigid tools stand beside the block and are divided by their diagonals.
 */
#ifndef STF_SOLVE_MULTIGRID_H
#define STF_SOLVE_MULTIGRID_H

#include "solve/coarse.h"
#include "solve/level.h"

enum { STF_MOST_LEVELS = 24 };

typedef struct stf_multigrid {
  const stf_equations *equations;
  int levels;
  stf_level level[STF_MOST_LEVELS]; /* the finest first */
  stf_coarse coarse;
  double *beside; /* [3 (owned nodes of the domain - of the finest level)] [N/mm] diagonals of unknowns of tools */
} stf_multigrid;

/* Lays out all levels. All ranks. STF_NO_RESOURCE when memory is out. */
stf_status stf_multigrid_create(const stf_equations *equations, stf_multigrid *multigrid);
void stf_multigrid_destroy(stf_multigrid *multigrid);

/* Takes the tangent as it is now; `*sound` is false when its coarsest form is singular. All ranks. */
stf_status stf_multigrid_refresh(stf_multigrid *multigrid, bool *sound);

/* x = M r by one V-cycle. All ranks. */
stf_status stf_multigrid_apply(stf_multigrid *multigrid, Vec r, Vec x);

#endif
