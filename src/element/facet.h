/* Loads on the sides of elements: consistent nodal forces by quadrature over three-, four- and six-node facets. */
#ifndef STF_ELEMENT_FACET_H
#define STF_ELEMENT_FACET_H

#include "element/shape.h"

/*
 * Adds to f [nodes][3] [N] the forces of an even traction t [3] [MPa] on a facet with `nodes` (3, 4 or 6) corners at
 * X [nodes][3] [mm]; corners first, then the middles of edges 01 12 20.
 */
void stf_facet_traction(int nodes, const double (*X)[3], const double t[3], double (*f)[3]);

/*
 * Adds to f [nodes][3] the forces of a pressure p [MPa] that pushes against the right-hand normal of a facet as it lies
 * now, at x [nodes][3]. With K not NULL, adds -df/dx to K [nodes][nodes][3][3] (Bonet & Wood 2008, 8.5.2); it is
 * symmetric only in sum, over a closed surface or one whose rim is held.
 */
void stf_facet_pressure(int nodes, const double (*x)[3], double p, double (*f)[3], double (*K)[STF_SIDE_NODES][3][3]);

#endif
