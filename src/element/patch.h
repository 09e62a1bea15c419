/*
 * The patch of a node: the tetrahedra of one material around it, which share one change of volume, so that tet4 does
 * not lock where the material keeps its volume (averaged nodal pressure: Bonet & Burton 1998).
 */
#ifndef STF_ELEMENT_PATCH_H
#define STF_ELEMENT_PATCH_H

#include "element/block.h"
#include "material/material.h"

typedef struct stf_patch {
  const stf_material *material; /* isochoric */
  double V;                     /* [mm^3] of the natural state: a quarter of that of its tetrahedra */
  int tets;
  int (*tet)[4]; /* [tets] places in the block's list of nodes */
} stf_patch;

/* [mm^3] Volume of a tetrahedron with corners at x [4]. */
double stf_tet_volume(const double *const x[4]);

/* As a block: energy V U(J), J = sum v/4 over V. The data is a stf_patch. */
extern const stf_block_kind stf_patch_block;

/* [MPa] U'(J), which presses in every tetrahedron for a quarter. */
double stf_patch_pressure(const stf_patch *patch, const double (*X)[3], const double (*u)[3]);

#endif
