/* In which order a body's nodes and elements are numbered, so that neighbours lie near each other in memory. */
#ifndef STF_SOLVE_ORDERING_H
#define STF_SOLVE_ORDERING_H

#include "anatomy/mesh.h"

/*
 * Writes the nodes of the mesh into node [mesh->nodes] and its elements into element [mesh->elements], in the order in
 * which to number them. A small mesh, and one whose elements have nodes of near numbers, keeps its own order. Any other
 * (a file may hold any) is taken along a Morton curve through the places of its nodes (Morton 1966), elements by the
 * first of their nodes. The same on all ranks. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_ordering(const stf_mesh *mesh, int *node, int *element);

#endif
