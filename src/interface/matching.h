/* Surfaces whose nodes match: pairs of single nodes, which span a narrow stencil, instead of weighted gaps. */
#ifndef STF_INTERFACE_MATCHING_H
#define STF_INTERFACE_MATCHING_H

#include <stdbool.h>

#include "interface/pairing.h"

/*
 * Where every gap's node has one of the second surface in its own place and both have the same share of the area, so
 * that an even traction stays even, each gap is lumped to these two nodes (quadrature at nodes) and `*lumped` is true.
 * Otherwise `pairs` stay. Nodes stand at x [most node + 1][3] [mm]; places count as one within `tolerance` [mm].
 * STF_NO_RESOURCE when memory is out.
 */
stf_status stf_pairing_lump(const double (*x)[3], double tolerance, stf_pairing *pairs, bool *lumped);

#endif
