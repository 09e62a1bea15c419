/* Which rank an element belongs to. */
#ifndef STF_SOLVE_PARTITION_H
#define STF_SOLVE_PARTITION_H

#include "anatomy/mesh.h"
#include "solve/grid.h"
#include "solve/petsc.h"

/*
 * Writes the rank of every element [mesh->elements], parts of nearly equal size with short borders (Scotch through
 * PETSc, on the graph of elements that share a side). Where the grid has lines, stacks of elements along them stay
 * whole. Computed on the first rank and sent to all, so that all agree. All ranks.
 */
stf_status stf_partition(MPI_Comm comm, const stf_mesh *mesh, const stf_grid *grid, int *rank_of);

#endif
