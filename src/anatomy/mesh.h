/* A finite-element mesh as plain arrays, and the named faces and layers of the body it stands for. */
#ifndef STF_ANATOMY_MESH_H
#define STF_ANATOMY_MESH_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"
#include "element/shape.h"

enum { STF_MESH_MAX_FAMILIES = 8 };

/*
 * A part of the outer surface: "x_min". A facet is the side of an element: corners first, then the middles of its
 * edges, -1 for what it lacks; right-hand normal outwards.
 */
typedef struct stf_face {
  const char *name;
  size_t facets;
  int (*facet)[STF_SIDE_NODES]; /* [facets] mesh nodes */
  size_t nodes;
  int *node;         /* [nodes] the nodes of the facets, ascending, each once */
  double normal[3];  /* unit outward normal, area-weighted mean; zero for a closed surface */
  double area;       /* [mm^2] reference area */
  double *node_area; /* [nodes] [mm^2] what each node bears of an even load: 1/4 of a quad, 1/3 of a triangle, 1/3 of
                        a six-node triangle for the middles of its edges and nothing for its corners */
} stf_face;

/* A region of one tissue. */
typedef struct stf_region {
  const char *name;
  size_t families; /* fibre families in it */
} stf_region;

typedef struct stf_mesh {
  size_t nodes;
  double (*X)[3]; /* [nodes] [mm] reference positions */
  size_t elements;
  unsigned char *shape;                      /* [elements] stf_shape */
  int (*cell)[STF_SHAPE_NODES];              /* [elements] nodes, as many as the shape has (order: element/shape.h) */
  int *region;                               /* [elements] index into `regions` */
  double (*fibre)[STF_MESH_MAX_FAMILIES][3]; /* [elements] unit fibre directions, as many as the region's families */
  double (*normal)[3];                       /* [elements] unit normal of the sheet that the element is part of */
  size_t region_count;
  stf_region *regions; /* [region_count] */
  size_t face_count;
  stf_face *faces; /* [face_count] */
  double length;   /* [mm] extent along x */
} stf_mesh;

/* The face of that name, or NULL. */
const stf_face *stf_mesh_face(const stf_mesh *mesh, const char *name);

/* Fills node, nodes, normal, area and node_area of a face from its facets. STF_NO_RESOURCE when memory is out. */
stf_status stf_face_finish(const stf_mesh *mesh, stf_arena *arena, stf_face *face);

/*
 * Checks what must hold before anything is solved: indices in range, every element the right way out at its
 * corners, every node used, unit directions, everything in one piece. Faults become diagnostics at `place` that
 * name element (counted from 0), region and position; of each kind the first five are shown and the others counted.
 */
stf_status stf_mesh_check(const stf_mesh *mesh, stf_place place, stf_diags *diags);

#endif
