/* A finite-element mesh as plain arrays, and the named faces and layers of the body it stands for. */
#ifndef STF_ANATOMY_MESH_H
#define STF_ANATOMY_MESH_H

#include <stdbool.h>
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

/* Two surfaces that lie on each other and are not joined. */
typedef struct stf_interface {
  const char *name;
  int face[2]; /* indices into `faces`: at its nodes the gap is measured, and the one before it */
} stf_interface;

/* Where a mesh from a file stands there, so that messages can speak of it. */
typedef struct stf_mesh_origin {
  const char *file;
  bool bytes;          /* `where` counts bytes from 0, else lines from 1 */
  const long *element; /* [elements] their numbers in the file */
  const long *where;   /* [elements] */
  const long *node;    /* [nodes] their numbers in the file */
} stf_mesh_origin;

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
  size_t interfaces;
  stf_interface *interface;      /* [interfaces] */
  double length;                 /* [mm] extent along x */
  const stf_mesh_origin *origin; /* NULL: not from a file */
} stf_mesh;

/* Zeroed arrays for mesh->elements elements. STF_NO_RESOURCE when memory is out. */
stf_status stf_mesh_make_elements(stf_mesh *mesh, stf_arena *arena);

/* The nodes of a side of an element, as in a facet. */
void stf_mesh_side(const stf_mesh *mesh, size_t e, int side, int facet[STF_SIDE_NODES]);

/* [mm] Mean of an element's corners. */
void stf_mesh_middle(const stf_mesh *mesh, size_t e, double middle[3]);

/* [mm] Extent of the body along an axis (0: x). */
double stf_mesh_extent(const stf_mesh *mesh, int axis);

/* The face of that name, or NULL. */
const stf_face *stf_mesh_face(const stf_mesh *mesh, const char *name);

/* Fills node, nodes, normal, area and node_area of a face from its facets. STF_NO_RESOURCE when memory is out. */
stf_status stf_face_finish(const stf_mesh *mesh, stf_arena *arena, stf_face *face);

/*
 * What a message calls an element: "element 7 (region deep, at 1.5, 0.25, 0.4 mm)"; its number is that of the file it
 * is from, else counted from 0. Text owned by `diags`.
 */
const char *stf_mesh_name_element(const stf_mesh *mesh, size_t e, stf_diags *diags);

/* Where an element stands in the file that the mesh is from; `place` when it is from none. */
stf_place stf_mesh_place(const stf_mesh *mesh, size_t e, stf_place place);

/* Counts faults of one kind: the first few are shown one by one. */
typedef struct stf_mesh_faults {
  const stf_mesh *mesh;
  stf_place place; /* of faults that stand in no file */
  stf_diags *diags;
  size_t count; /* of the present kind */
  bool any;     /* of any kind */
} stf_mesh_faults;

/* Counts a fault; true when it should be shown. */
bool stf_mesh_fault(stf_mesh_faults *faults);

/* Ends a kind of fault, "elements inside out": says how many were not shown. */
void stf_mesh_faults_end(stf_mesh_faults *faults, const char *kind);

/*
 * Checks what must hold before anything is solved: indices in range, every element the right way out at its corners (a
 * tet10 also at the middles of its edges), every node used, everything in one piece. Faults become diagnostics that
 * name element, region and position, at `place` or where the file has them; of each kind the first five are shown and
 * the others counted. STF_BAD_INPUT, or STF_NO_RESOURCE when memory is out.
 */
stf_status stf_mesh_check_cells(const stf_mesh *mesh, stf_place place, stf_diags *diags);

/* The same, and that all directions are unit vectors. */
stf_status stf_mesh_check(const stf_mesh *mesh, stf_place place, stf_diags *diags);

#endif
