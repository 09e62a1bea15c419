/*
 * Energy of volume change, U(J), per reference volume, for laws with an isochoric split:
 *
 *   convex      kappa/4 (J^2 - 1 - 2 ln J)   Simo & Taylor 1982; convex in J, infinite at J = 0
 *   log         kappa/2 (ln J)^2             Hencky; convex up to J = e only
 *   quadratic   kappa/2 (J - 1)^2            finite at J = 0
 *
 * All have U(1) = U'(1) = 0 and U''(1) = kappa.
 */
#ifndef STF_MATERIAL_VOLUMETRIC_H
#define STF_MATERIAL_VOLUMETRIC_H

#include "material/law.h"

typedef enum stf_volumetric_kind { STF_CONVEX, STF_LOG, STF_QUADRATIC } stf_volumetric_kind;

/* "convex", "log", "quadratic", NULL: in the order of the enum. */
extern const char *const stf_volumetric_names[];

/* Writes U [MPa] of every lane; J > 0. */
void stf_volumetric_energy(stf_volumetric_kind kind, double bulk_modulus, const stf_lane J, stf_lane U);

/* Writes dU = U'(J) [MPa] and ddU = U''(J) of every lane; J > 0. */
void stf_volumetric(stf_volumetric_kind kind, double bulk_modulus, const stf_lane J, stf_lane dU, stf_lane ddU);

/*
 * Adds to a point's stress, and its tangent if that is wanted, those of a volumetric energy whose derivatives at
 * J = det F are known. `cof`: cofactor of F.
 */
void stf_volumetric_add(const stf_lane F[9], const stf_lane cof[9], const stf_lane dU, const stf_lane ddU,
                        stf_want want, stf_response *response);

#endif
