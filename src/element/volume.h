/* The volume of an element, and what of it each node bears. */
#ifndef STF_ELEMENT_VOLUME_H
#define STF_ELEMENT_VOLUME_H

#include "element/shape.h"

/*
 * Writes share [nodes] [mm^3], the integral of each node's shape function over an element with nodes at X [nodes][3]
 * [mm]: consistent nodal forces of a body force b are share b. Exact for every element; the middles of a tet10's edges
 * bear more than all of it and its corners less than nothing.
 */
void stf_volume_shares(stf_shape shape, const double (*X)[3], double *share);

#endif
