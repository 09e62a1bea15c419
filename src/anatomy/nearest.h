/* Which facet of a face is nearest to a point: a tree of boxes around facets. */
#ifndef STF_ANATOMY_NEAREST_H
#define STF_ANATOMY_NEAREST_H

#include "anatomy/mesh.h"

typedef struct stf_nearest stf_nearest;

/* For a face with facets; it and the mesh must outlive the tree. NULL when memory is out. The caller destroys it. */
stf_nearest *stf_nearest_create(const stf_mesh *mesh, const stf_face *face);
void stf_nearest_destroy(stf_nearest *nearest);

/* Number of the nearest facet. A quad counts as two flat triangles, a six-node triangle as one. */
size_t stf_nearest_facet(const stf_nearest *nearest, const double point[3]);

/* The same, and how far away it is [mm]. */
size_t stf_nearest_distance(const stf_nearest *nearest, const double point[3], double *distance);

#endif
