/*
 * Blocks: parts of a model's energy over a list of nodes of any length, one at a time. Like elements they know no mesh
 * and no solver; the solver adds their forces and stiffness to those of the elements.
 */
#ifndef STF_ELEMENT_BLOCK_H
#define STF_ELEMENT_BLOCK_H

#include "material/law.h"

/* What comes out; the part that was asked for is overwritten. */
typedef struct stf_block_out {
  double energy; /* [N mm] */
  double *f;     /* [3 nodes] [N] forces, d(energy)/du */
  double *K;     /* [3 nodes][3 nodes] [N/mm] df/du, both triangles */
} stf_block_out;

typedef struct stf_block_kind {
  const char *name;
  /* Of a block of `nodes` nodes at X [nodes][3] [mm] before loading, displaced by u [nodes][3], at the end of the step
   * from `past`, whose memory is the block's; NULL: at once, from rest. */
  void (*respond)(const void *data, const stf_past *past, int nodes, const double (*X)[3], const double (*u)[3],
                  stf_want want, stf_block_out *out);
  size_t (*memory)(const void *data); /* lanes that it keeps; NULL: a kind that remembers nothing, as below */
  void (*rest)(const void *data, stf_lane *memory); /* writes the memory of one that was never loaded */
  /* To the end of a step of `dt` [s]. Returns the share of its fibres that is lost in it. */
  double (*advance)(const void *data, double dt, int nodes, const double (*X)[3], const double (*u)[3],
                    stf_lane *memory);
  void (*carry)(const void *data, stf_carry *how); /* writes how each entry is carried over cycles */
} stf_block_kind;

#endif
