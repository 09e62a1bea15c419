/* The front of an adhesion: the length over which the load of its bonds dies away from its rim. */
#ifndef STF_PROTOCOL_FRONT_H
#define STF_PROTOCOL_FRONT_H

#include "model/model.h"
#include "protocol/protocol.h"

enum { STF_FRONT_FACETS = 3 }; /* that it should span */

/*
 * Shear-lag length of layers that bonds knit [mm]: 1/sqrt(k (1/S1 + 1/S2)), with k [MPa/mm] the law's stiffness in slip
 * at rest where most bonds are, and S [N/mm] of either side's regions their modulus at rest, volume kept, in their
 * stiffest direction, times their mean thickness at the face. Beside a rigid side sqrt(E t h/G), with k = G/h.
 * NAN without adhesions, or when memory is out. (volkersen1938)
 */
double stf_front_length(const stf_model *model, const stf_glide *glide, stf_arena *arena);

#endif
