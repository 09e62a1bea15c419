/* The gaps of an interface: one at every node of its first surface that has the second before it. */
#ifndef STF_INTERFACE_GAPS_H
#define STF_INTERFACE_GAPS_H

#include "base/arena.h"
#include "interface/gap.h"
#include "interface/pairing.h"

typedef struct stf_gap_place {
  int node;          /* at which it is */
  int nodes;         /* it depends on */
  int *list;         /* [nodes] ascending */
  stf_gap_core core; /* without a law */
} stf_gap_place;

typedef struct stf_gaps {
  size_t count;
  stf_gap_place *place; /* [all] the first [count] with nodes ascending */
  size_t all;           /* places: those behind [count] have nothing before them yet, nodes ascending; area 0 */
  size_t crowded;       /* gaps that would depend on more than STF_GAP_NODES nodes; they are not among the others */
  double size;          /* [mm] of a facet of the first surface */
  bool match;           /* nodes stand in pairs in the same places, and each gap is that of a pair (matching.h) */
} stf_gaps;

/*
 * The gaps between two surfaces whose nodes stand at x [most node + 1][3] [mm] before loading. Surfaces count as facing
 * each other up to half a facet apart. Where their nodes match, gaps are those of single pairs of nodes. Everything
 * belongs to `arena`. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_gaps_find(const stf_surface *lower, const stf_surface *upper, const double (*x)[3], stf_arena *arena,
                         stf_gaps *gaps);

/*
 * The same of surfaces that may slide far and stand at x now: with a place at every node of the lower surface, whose
 * directions are those of X, before loading, and whose start is 0. Areas are what they cover of areas before loading.
 */
stf_status stf_gaps_find_sliding(const stf_surface *lower, const stf_surface *upper, const double (*X)[3],
                                 const double (*x)[3], stf_arena *arena, stf_gaps *gaps);

#endif
