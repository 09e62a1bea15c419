/*
 * exp as the laws use it. Beyond an exponent of 200 (e^200 = 7e86, which no stress in balance comes near) it goes on
 * along its tangent, so that a trial step far off meets large numbers and not infinity.
 */
#ifndef STF_MATERIAL_EXPONENTIAL_H
#define STF_MATERIAL_EXPONENTIAL_H

#include <math.h>

#include "material/lanes.h"

typedef struct stf_exponential {
  double value; /* e^x - 1 */
  double slope, curvature;
} stf_exponential;

STF_INLINE stf_exponential stf_exponential_at(double x) {
  static const double last = 200.0;
  const double grown = x > last ? exp(last) : exp(x);
  if (x > last) return (stf_exponential){.value = grown * (1.0 + x - last), .slope = grown, .curvature = 0.0};
  return (stf_exponential){.value = expm1(x), .slope = grown, .curvature = grown};
}

#endif
