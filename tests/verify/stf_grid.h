/*
 * Meshes for tests: blocks of hexahedra, mapped from unit cubes and joined where their nodes meet, then cut into
 * elements of any shape and written as a Gmsh file.
 */
#ifndef STF_GRID_H
#define STF_GRID_H

#include <stdbool.h>

#include "element/shape.h"

/* What theory says of an element. A new element is a row in stf_grid.c. */
typedef struct stf_promise {
  const char *name;
  int order;         /* errors fall with h^order in the gradient, h^(order + 1) in the displacement */
  bool locking_free; /* they do so where the matrix is nearly incompressible too, if its pressure is even; else with
                        the first order at least, that of a pressure that is constant in each element */
  bool bends;        /* a single layer of it bends as thin as it is */
  bool shell;        /* one element through the thickness of a thin sheet, along s2 */
} stf_promise;

enum { STF_PROMISES = 10 };
extern const stf_promise stf_promises[STF_PROMISES];

/* That of an element; fails the test when there is none. */
const stf_promise *stf_promise_of(const char *element);

/* Position X [3] [mm] of the point s [3] of the unit cube. */
typedef void stf_grid_map(const double s[3], const void *context, double X[3]);

typedef struct stf_grid_block {
  int cells[3];
  stf_grid_map *map; /* right-handed; NULL: the unit cube itself */
  const void *context;
  const char *side[6]; /* face that the sides s0 = 0, s0 = 1, s1 = 0, .. belong to; NULL: none */
  bool columns;        /* nodes above each other along s2 are moved alike: sides of shells stand upright */
  double distortion;   /* nodes are moved at random by up to this share of a cell, within the sides they lie in */
} stf_grid_block;

/*
 * Writes the mesh to `path` (format 2.2): all elements in the group "body", sides in the groups of their names. A
 * hexahedron becomes two wedges, above each other along s2, or six tetrahedra; a tet10 has the middles of its edges
 * where the map puts them. Fails the test where a file cannot be written.
 */
void stf_grid_write(const char *path, stf_shape shape, const stf_grid_block *block, int blocks);

#endif
