/*
 * Blocks: parts of a model's energy over a list of nodes of any length, one at a time. Like elements they know no mesh
 * and no solver; the solver adds their forces and stiffness to those of the elements.
 */
#ifndef STF_ELEMENT_BLOCK_H
#define STF_ELEMENT_BLOCK_H

#include "material/lanes.h"

/* What comes out; the part that was asked for is overwritten. */
typedef struct stf_block_out {
  double energy; /* [N mm] */
  double *f;     /* [3 nodes] [N] forces, d(energy)/du */
  double *K;     /* [3 nodes][3 nodes] [N/mm] d2(energy)/du2, symmetric, both triangles */
} stf_block_out;

typedef struct stf_block_kind {
  const char *name;
  /* Of a block of `nodes` nodes at X [nodes][3] [mm] before loading, displaced by u [nodes][3]. */
  void (*respond)(const void *data, int nodes, const double (*X)[3], const double (*u)[3], stf_want want,
                  stf_block_out *out);
} stf_block_kind;

#endif
