/*
 * Which parts of two surfaces lie on each other, and how their movement against each other is measured: by weighted
 * gaps at the nodes of the first surface (mortar method: Bernadi, Maday & Patera 1994; Puso & Laursen 2004).
 *
 *   area_a = int N_a dA,   d_a = 1/area_a int N_a (x_B - x_A) dA = sum_i weight_ai x_i
 *
 * over what both surfaces cover. The integral runs over the common part of every pair of facets, projected on the plane
 * of the first surface's facet, so an even traction on the gaps is an even traction on both surfaces, whether their
 * nodes match or not, exactly so where facets are flat triangles or parallelograms.
 */
#ifndef STF_INTERFACE_PAIRING_H
#define STF_INTERFACE_PAIRING_H

#include "base/status.h"
#include "element/shape.h"

#include <stddef.h>

/* Facets of three or four nodes as in anatomy's faces, right-hand normal outwards; -1 behind the last node. */
typedef struct stf_surface {
  size_t facets;
  const int (*facet)[STF_SIDE_NODES];
} stf_surface;

typedef struct stf_pairing {
  size_t nodes;   /* of the first surface that have something before them */
  int *node;      /* [nodes] ascending */
  double *area;   /* [nodes] [mm^2] */
  size_t *start;  /* [nodes + 1] */
  int *item;      /* [start[nodes]] nodes of either surface that a gap depends on, ascending for each gap */
  double *weight; /* [start[nodes]] those of a gap add up to 0 */
} stf_pairing;

/*
 * Pairs surface `a` with `b`, which it faces at no more than `reach` [mm]; nodes stand at x [most node + 1][3] [mm].
 * The caller clears it. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_pairing_find(const stf_surface *a, const stf_surface *b, const double (*x)[3], double reach,
                            stf_pairing *pairs);
void stf_pairing_clear(stf_pairing *pairs);

/* Adds int N_a dA [mm^2] over all of surface `a` to area [most node + 1]: what a gap's area is under a whole cover. */
void stf_pairing_whole(const stf_surface *a, const double (*x)[3], double *area);

#endif
