/*
 * The gap of an interface at a node of its first surface, as a block: how far the second surface lies from the first
 * there, in directions that the first carries along, and what a law of glide makes of it.
 *
 *   d = sum_i weight_i x_i,   w = sum_i ahead_i x_i,   v = 1/2 sum_edges x_i x x_j
 *   n = v/|v|,   s = (w - (w.n) n)/|w - (w.n) n|,   t = n x s,   gap = (d.s, d.t, d.n) - what it was at the start
 *
 * v is the area vector of the facets around the node, which its outer edges alone determine. The components are the
 * same however the body is moved or turned as a whole, so the forces area p . d(gap)/dx balance and turn nothing.
 *
 * A gap whose pairs are found again as surfaces slide keeps accounts behind its law's memory, since its area changes.
 */
#ifndef STF_INTERFACE_GAP_H
#define STF_INTERFACE_GAP_H

#include "element/block.h"
#include "interface/glide.h"

enum { STF_GAP_NODES = 256 }; /* most nodes that a gap may depend on */

typedef struct stf_gap_core {
  const stf_glide_law *law;
  const void *data;      /* [law->about.data_size] */
  double area;           /* [mm^2] before loading */
  const double *weight;  /* [nodes of the block], adding up to 0 */
  const double *ahead;   /* [nodes] [1/mm], adding up to 0: the slope of a position along a direction in the surface */
  int edges;             /* around the facets of the node */
  const int (*edge)[2];  /* [edges] places in the block's list of nodes, right-hand about the outward normal */
  double start[STF_GAP]; /* [mm] gap before loading, not yet reduced by itself */
  double bonds;          /* share of the area that is knit at the start */
  double whole;          /* [mm^2] its area before loading were it covered all over; 0: its pairs stay as they are */
} stf_gap_core;

/* Accounts of a gap whose pairs change. */
enum {
  STF_GAP_LOSS,   /* [N mm] energy lost at the place so far, what left with a surface too */
  STF_GAP_STORED, /* [N mm] energy stored when the last step ended */
  STF_GAP_BROKEN, /* [mm^2] of bonds that broke so far, or were left behind */
  STF_GAP_AREA,   /* [mm^2] area when the last step ended; 0: nothing lay before it */
  STF_GAP_ACCOUNTS
};

/* They follow what the law remembers. */
static inline double *stf_gap_accounts(const stf_gap_core *gap, double *memory) {
  return memory + gap->law->memory;
}

/* As a block. The data is a stf_gap_core; its memory the law's, in doubles. */
extern const stf_block_kind stf_gap_block;

/*
 * The gap [mm] of a block of `nodes` nodes at X [nodes][3] [mm] displaced by u [nodes][3], less gap->start; and its
 * three directions, unless `direction` is NULL.
 */
void stf_gap_read(const stf_gap_core *gap, int nodes, const double (*X)[3], const double (*u)[3],
                  double components[STF_GAP], double direction[STF_GAP][3]);

/*
 * Takes a place's memory over to the pairs that `gap` has now, at the same positions x [nodes][3] [mm]. Writes
 * gap->start so that slip goes on where it was; opening is counted from `opening` [mm]. Area that is newly covered is
 * at rest and knows no bonds, and where nothing is left before the place all of it is. Twice is as good as once.
 */
void stf_gap_take_over(stf_gap_core *gap, int nodes, const double (*x)[3], double opening, double *memory);

#endif
