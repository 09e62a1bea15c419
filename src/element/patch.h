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
  int (*tet)[4];   /* [tets] places in the block's list of nodes */
  int *region;     /* [tets] of the mesh */
  double *natural; /* [tets] [mm^3] volume of each in its natural state, which prestress sets apart from the image */
} stf_patch;

/* Makes V fit natural volumes that were changed. */
void stf_patch_sum(stf_patch *patch);

/* Prestress: what is deformed by u now is to be the image at u = 0; natural states stay what they are. */
void stf_patch_remember(stf_patch *patch, const double (*X)[3], const double (*u)[3]);

/* [mm^3] Volume of a tetrahedron with corners at x [4]. */
double stf_tet_volume(const double *const x[4]);

/* As a block: energy V U(J), J = sum v/4 over V. The data is a stf_patch. */
extern const stf_block_kind stf_patch_block;

/* [MPa] U'(J), which presses in every tetrahedron for a quarter. */
double stf_patch_pressure(const stf_patch *patch, const double (*X)[3], const double (*u)[3]);

#endif
