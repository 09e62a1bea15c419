/* Faces of a mesh from the physical groups of surfaces in its file. */
#ifndef STF_ANATOMY_FACES_H
#define STF_ANATOMY_FACES_H

#include "anatomy/msh.h"
#include "anatomy/sides.h"

/*
 * Makes a face of every group of surfaces whose elements are sides of the mesh: facets of the mesh, outwards; inside
 * the body as they run in the file. `node` [msh->nodes] holds the nodes' numbers in the mesh, or -1. A group that can
 * be no face is left out with a warning that says why: elements that are no sides of the body, a side twice, an edge at
 * which more than two of its sides meet, a name that scenarios cannot write. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_faces_find(const stf_msh *msh, const int *node, const stf_sides *sides, stf_arena *arena,
                          stf_diags *diags, stf_mesh *mesh);

#endif
