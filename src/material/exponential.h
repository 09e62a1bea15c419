/*
 * The exponential as laws use it. Beyond an exponent of 200 (e^200 = 7e86, which no stress in balance comes near) it
 * goes on along its tangent, so that a trial step far off meets large numbers and not infinity.
 */
#ifndef STF_MATERIAL_EXPONENTIAL_H
#define STF_MATERIAL_EXPONENTIAL_H

#include "material/elementary.h"

#define STF_EXPONENTIAL_LAST 200.0

/* e^x - 1, for energies. */
STF_INLINE void stf_exponential(const stf_lane x, stf_lane value) {
  stf_lane at, scale, rest;
  STF_EACH_LANE at[l] = x[l] > STF_EXPONENTIAL_LAST ? STF_EXPONENTIAL_LAST : x[l];
  stf_exp_parts(at, scale, rest);
  const stf_vec grown = STF_READ(scale) * STF_READ(rest) + (STF_READ(scale) - 1.0);
  STF_VEC(value) = grown + (1.0 + grown) * (STF_READ(x) - STF_READ(at));
}

/* Its first and second derivative. */
STF_INLINE void stf_exponential_slopes(const stf_lane x, stf_lane slope, stf_lane curvature) {
  stf_lane at;
  STF_EACH_LANE at[l] = x[l] > STF_EXPONENTIAL_LAST ? STF_EXPONENTIAL_LAST : x[l];
  stf_exp(at, slope);
  STF_EACH_LANE curvature[l] = x[l] > STF_EXPONENTIAL_LAST ? 0.0 : slope[l];
}

#endif
