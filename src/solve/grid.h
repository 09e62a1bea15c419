/*
 * A mesh of hexahedra seen as one block in rows, columns and layers, found from what hangs together alone. Surfaces
 * that glide on each other, node by node, count as a layer of cells without thickness between them.
 */
#ifndef STF_SOLVE_GRID_H
#define STF_SOLVE_GRID_H

#include "anatomy/mesh.h"

typedef struct stf_grid {
  const char *why_not; /* why the mesh is no such block; NULL where it is one and the rest is filled */
  int cells[3];        /* elements along each direction */
  double *spacing[3];  /* [cells[d]] [mm] mean length of the edges between two layers of nodes; 0 where they glide */
  int (*index)[3];     /* [nodes] where each node stands, 0..cells[d] */
  int line;            /* direction in which the body is thin or has few elements, so that nodes in line along it are
                          solved for together; -1: none */
} stf_grid;

/*
 * Finds the block: two hexahedra that share a side are neighbours along one direction. Which element comes first,
 * how it is turned and how nodes are numbered does not matter but for the names of the directions. `partner` [nodes]:
 * the node that faces a node across an interface, -1: none; NULL: no node has one. Lines then run across interfaces.
 * Owned by `arena`. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_grid_find(const stf_mesh *mesh, const int *partner, stf_arena *arena, stf_grid *grid);

/*
 * Writes for each element [elements] the stack along grid->line that it is in, counted from 0; returns how many there
 * are.
 */
size_t stf_grid_stacks(const stf_grid *grid, const stf_mesh *mesh, int *stack);

#endif
