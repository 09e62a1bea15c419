/* Which elements meet at which sides: how a mesh from a file hangs together, and whose sides its surfaces are. */
#ifndef STF_ANATOMY_SIDES_H
#define STF_ANATOMY_SIDES_H

#include "anatomy/mesh.h"

/* A side of an element, by its corners in ascending order. */
typedef struct stf_side {
  int corner[4]; /* the fourth is -1 for a triangle */
  int element;
  unsigned char side;
} stf_side;

typedef struct stf_sides {
  const stf_mesh *mesh;
  size_t *first;  /* [nodes + 1] the sides whose least corner is a node */
  stf_side *side; /* [first[nodes]] sides with the same corners stand together */
} stf_sides;

/* All sides of a mesh whose cells are sound. STF_NO_RESOURCE when memory is out; stf_sides_clear is due then too. */
stf_status stf_sides_init(const stf_mesh *mesh, stf_sides *sides);
void stf_sides_clear(stf_sides *sides);

/*
 * The sides with these corners (3 or 4, in any order): how many, and the first in `*found`. Of two the first is that
 * whose corners run as these do.
 */
size_t stf_sides_find(const stf_sides *sides, const int *corners, int count, const stf_side *found[2]);

/*
 * Checks that at most two elements meet at a side, from either side of it and with the same nodes; that no
 * quadrilateral lies against triangles; and that parts hang together by sides, not just by a node or an edge. Faults
 * as of stf_mesh_check. STF_BAD_INPUT, or STF_NO_RESOURCE with a diagnostic.
 */
stf_status stf_sides_check(const stf_sides *sides, stf_place place, stf_diags *diags);

#endif
