/*
 * Dispersion: fibres of a family that lie about their mean direction, in the plane of the sheet and out of it. Energies
 * are integrated over directions, so that each direction is slack by itself when it is shortened (Lanir 1983). With phi
 * the angle from the mean direction in the plane and theta the one out of it (Holzapfel et al. 2015):
 *
 *   density of phi   ~ exp(a cos 2 phi)               -90 to 90 deg; all ways alike in the plane where a = 0
 *   density of theta ~ exp(b cos 2 theta) cos theta   -90 to 90 deg; with a = b = 0 all ways alike in space
 *
 * a and b follow from the standard deviations of phi and theta.
 */
#ifndef STF_MATERIAL_DISPERSION_H
#define STF_MATERIAL_DISPERSION_H

#include "base/option.h"
#include "material/law.h"

enum { STF_DISPERSION_MOST = 16 }; /* directions to one side of the mean */

enum { STF_DISPERSION_PAIRS = 6, STF_DISPERSION_FOURS = 15 };

/* One direction d, a unit vector: along the mean direction, beside it in the plane, out of the plane. */
typedef struct stf_dispersed {
  double direction[3];
  double weight;                     /* share of the fibres */
  double pair[STF_DISPERSION_PAIRS]; /* products d_s d_t that differ, of st = 00 11 22 01 12 02 */
  double four[STF_DISPERSION_FOURS]; /* products of two of those that differ */
} stf_dispersed;

typedef struct stf_dispersion {
  int count;
  stf_dispersed *direction; /* [count]; weights are 1 together */
} stf_dispersion;

/* What a family is given of it. */
typedef struct stf_dispersion_options {
  const stf_yaml_node *node;
  double in_plane, out_of_plane; /* [rad] standard deviations; NAN: none */
  long directions;               /* to either side of the mean in the plane */
} stf_dispersion_options;

extern const stf_table stf_dispersion_table;

/*
 * Chooses the directions that stand for all: `directions` (1 to STF_DISPERSION_MOST) to either side in the plane, a
 * third as many, rounded up, to either side out of it. `in_plane` from 0 to 51.96 deg, `out_of_plane` from 0 to 39.17
 * deg [rad]. `*dispersion` belongs to `arena` and is NULL without any dispersion. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_dispersion_make(const stf_dispersion_options *options, stf_arena *arena,
                               const stf_dispersion **dispersion);

struct stf_family;

/* How many directions stand for a family: 1 unless it is dispersed. */
size_t stf_family_directions(const struct stf_family *family);

/*
 * Adds a dispersed family, whose law has a pull, about a0 [3] in the plane across `normal` [3]; both have length 1 and
 * are not parallel. Where a0 leaves that plane, the plane of the dispersion holds a0 and the direction across both.
 * `past` [directions][family->memory]; NULL: at once, from rest.
 */
void stf_dispersion_add(const struct stf_family *family, const stf_past *past, const stf_lane F[9],
                        const stf_lane a0[3], const stf_lane normal[3], stf_want want, stf_response *response);

/* Takes the memory of every direction to the end of a step of `dt` [s] that ends at F. Returns the largest share of the
 * fibres of a direction that a lane has lost. */
double stf_dispersion_advance(const struct stf_family *family, double dt, const stf_lane F[9], const stf_lane a0[3],
                              const stf_lane normal[3], stf_lane *memory);

#endif
