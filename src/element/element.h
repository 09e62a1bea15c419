/*
 * Finite elements. One element is one file with one constant struct, listed in elements.c. A kernel works on STF_LANES
 * elements of one kind and one material at once and knows no mesh and no solver.
 */
#ifndef STF_ELEMENT_ELEMENT_H
#define STF_ELEMENT_ELEMENT_H

#include <stdbool.h>

#include "element/shape.h"
#include "material/kinematics.h"
#include "material/material.h"

enum {
  STF_ELEMENT_NODES = STF_SHAPE_NODES, /* most nodes of an element */
  STF_ELEMENT_DOFS = 3 * STF_ELEMENT_NODES,
  STF_ELEMENT_TANGENT = STF_ELEMENT_DOFS * (STF_ELEMENT_DOFS + 1) / 2,
  STF_ELEMENT_POINTS = 8 /* most points at which an element asks its material */
};

/* What a batch of elements is computed from. */
typedef struct stf_element_in {
  const stf_material *material;
  /* [points] prestress: the deformation from each point's natural state to the one at u = 0, where a0 is told; NULL:
   * none */
  const stf_lane (*G)[9];
  stf_past past;                /* its memory [points][material->memory]; NULL: all at once, from rest */
  const double *pressure;       /* [STF_LANES] [MPa] what the patches of its nodes add where `patched`; NULL: nothing */
  stf_lane X[STF_ELEMENT_DOFS]; /* [mm] reference positions, X[3 node + i] */
  stf_lane u[STF_ELEMENT_DOFS]; /* [mm] displacements */
  stf_lane a0[STF_DIRECTIONS][3]; /* unit fibre directions; at STF_NORMAL the unit normal of the element's sheet */
} stf_element_in;

/* The past of a point of the element; NULL where nothing remembers. `room`: to write it in. */
STF_INLINE const stf_past *stf_element_past(const stf_element_in *in, int q, stf_past *room) {
  if (!in->past.memory) return NULL;
  *room = (stf_past){.dt = in->past.dt, .memory = in->past.memory + (size_t)q * in->material->memory};
  return room;
}

/* Directions in the natural state of a point that G leads away from: fibres G^-1 a0, the normal G^T n. */
STF_INLINE void stf_element_natural(const stf_element_in *in, int q, stf_lane natural[STF_DIRECTIONS][3]) {
  stf_lane cof[9], det;
  stf_cofactor(in->G[q], cof, det);
  for (size_t f = 0; f < in->material->families; f++) /* G^-1 = cof^T / det */
    stf_turn_unit((const stf_lane *)cof, in->a0[f], natural[f]);
  stf_turn_unit(in->G[q], in->a0[STF_NORMAL], natural[STF_NORMAL]);
}

/* What comes out: J_min, and the part that was asked for. */
typedef struct stf_element_out {
  stf_lane energy;                 /* [N mm] */
  stf_lane f[STF_ELEMENT_DOFS];    /* [N] forces, d(energy)/du */
  stf_lane K[STF_ELEMENT_TANGENT]; /* [N/mm] d2(energy)/du2, packed upper triangle, [3 nodes]^2 */
  stf_lane J_min;                  /* smallest det F of the points; where it is <= 0 the rest is not to be used */
} stf_element_out;

/* Means over an element, for people to look at. */
typedef struct stf_element_sample {
  stf_lane volume; /* [mm^3] reference */
  stf_lane J;
  stf_lane stress[6];                 /* [MPa] Cauchy: xx yy zz xy yz xz (VTK's order) */
  stf_lane stretch[STF_MAX_FAMILIES]; /* of each fibre family */
} stf_element_sample;

/* How the points of an element see a scalar that is given at its nodes, before loading. */
typedef struct stf_element_view {
  double share[STF_ELEMENT_POINTS][STF_ELEMENT_NODES];  /* [points][nodes] N_a */
  stf_lane slope[STF_ELEMENT_POINTS][STF_ELEMENT_DOFS]; /* [points][3 node + I] [1/mm] dN_a/dX_I */
  stf_lane volume[STF_ELEMENT_POINTS];                  /* [points] [mm^3] that each point stands for */
} stf_element_view;

typedef struct stf_element {
  const char *name; /* as written in scenarios, "hex8" */
  const char *sentence;
  const char *references; /* source keys */
  stf_shape shape;
  bool shell;   /* its thickness is along its third direction, from bottom to top */
  int points;   /* at which it asks its material */
  bool patched; /* an isochoric matrix's volumetric part is left to the patches of nodes, element/patch.h */
  void (*respond)(const stf_element_in *in, stf_want want, stf_element_out *out);
  void (*sample)(const stf_element_in *in, stf_element_sample *sample);
  /* Writes the deformation F [points][9] of every point from its natural state: what `G` has to be to stay so. */
  void (*deformation)(const stf_element_in *in, stf_lane (*F)[9]);
  void (*view)(const stf_element_in *in, stf_element_view *view);
} stf_element;

/* The views of the hexahedra and wedges: solid-shells of the same shape have the same points. */
void stf_hex8_view(const stf_element_in *in, stf_element_view *view);
void stf_wedge6_view(const stf_element_in *in, stf_element_view *view);

/* Every element, NULL-terminated; and their names in the same order. */
extern const stf_element *const stf_elements[];
extern const char *const stf_element_names[];

/* The element of that name, or NULL. */
const stf_element *stf_element_find(const char *name);

#endif
