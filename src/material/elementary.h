/*
 * Exponential and logarithm of whole batches, without a call for each lane: to two units in the last place, with the
 * same bits in every lane and on any instruction set.
 *
 *   e^x:   x = n ln 2 + r with |r| <= ln 2/2 (Cody & Waite 1980), the series of e^r - 1 to r^13, 2^n by its bits
 *   ln x:  x = 2^n m with m in [1/sqrt 2, sqrt 2), and ln m = 2 artanh((m - 1)/(m + 1)) by its series
 */
#ifndef STF_MATERIAL_ELEMENTARY_H
#define STF_MATERIAL_ELEMENTARY_H

#include <math.h>

#include "material/lanes.h"

/* ln 2 in two parts; any whole number below 2^20 times the first is exact. */
#define STF_LN2_HIGH 0x1.62e42feep-1
#define STF_LN2_LOW  0x1.a39ef35793c76p-33

/* The numbers of a batch as their bits. */
typedef unsigned long long stf_bits __attribute__((vector_size(8 * STF_LANES), aligned(64), may_alias));

/* e^x = scale (1 + rest), scale a power of 2, for -708 <= x <= 709; beyond these as at them. */
STF_INLINE void stf_exp_parts(const stf_lane x, stf_lane scale, stf_lane rest) {
  static const double whole = 0x1.8p52; /* added to a number, it leaves that rounded in the last bits */
  stf_lane cut;
  STF_EACH_LANE {
    const double above = x[l] < -708.0 ? -708.0 : x[l];
    cut[l] = above > 709.0 ? 709.0 : above;
  }
  const stf_vec shifted = STF_READ(cut) * 1.44269504088896340736 + whole, n = shifted - whole;
  const stf_vec r = (STF_READ(cut) - n * STF_LN2_HIGH) - n * STF_LN2_LOW, z = r * r;
  const stf_vec even =
      1.0 / 2 + z * (1.0 / 24 + z * (1.0 / 720 + z * (1.0 / 40320 + z * (1.0 / 3628800 + z * (1.0 / 479001600)))));
  const stf_vec odd =
      1.0 / 6 + z * (1.0 / 120 + z * (1.0 / 5040 + z * (1.0 / 362880 + z * (1.0 / 39916800 + z * (1.0 / 6227020800)))));
  STF_VEC(rest) = r + z * (even + r * odd);
  STF_VEC(scale) = (stf_vec)(((stf_bits)shifted << 52) + 0x3ff0000000000000ull);
}

/* y = e^x, exactly 1 at 0; cut to -708 <= x <= 709. */
STF_INLINE void stf_exp(const stf_lane x, stf_lane y) {
  stf_lane scale, rest;
  stf_exp_parts(x, scale, rest);
  STF_VEC(y) = STF_READ(scale) + STF_READ(scale) * STF_READ(rest);
}

/* y = e^x - 1, accurate near 0 too; cut to -708 <= x <= 709. */
STF_INLINE void stf_exp_less_1(const stf_lane x, stf_lane y) {
  stf_lane scale, rest;
  stf_exp_parts(x, scale, rest);
  STF_VEC(y) = STF_READ(scale) * STF_READ(rest) + (STF_READ(scale) - 1.0);
}

/* y = ln x for normal x > 0, exactly 0 at 1; not a number where x <= 0. */
STF_INLINE void stf_log(const stf_lane x, stf_lane y) {
  static const unsigned long long root = 0x3fe6a09e667f3bcdull, one = 0x3ff0000000000000ull; /* bits of 1/sqrt 2, 1 */
  const stf_bits from = *(const stf_bits *)x + (one - root);
  const stf_vec n = (stf_vec)((from >> 52) + 0x4330000000000000ull) - (0x1p52 + 1023.0);
  const stf_vec f = (stf_vec)((from & 0x000fffffffffffffull) + root) - 1.0;
  const stf_vec s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
  const stf_vec rest =
      z * (2.0 / 3 +
           z * (2.0 / 5 +
                z * (2.0 / 7 +
                     z * (2.0 / 9 +
                          z * (2.0 / 11 +
                               z * (2.0 / 13 + z * (2.0 / 15 + z * (2.0 / 17 + z * (2.0 / 19 + z * (2.0 / 21))))))))));
  const stf_vec sum = n * STF_LN2_HIGH - ((half - (s * (half + rest) + n * STF_LN2_LOW)) - f);
  STF_VEC(y) = sum;
  STF_EACH_LANE y[l] = x[l] > 0.0 ? y[l] : NAN;
}

/* y = ln(1 + x) for x > -1, accurate near 0 too; not a number where x <= -1. */
STF_INLINE void stf_log_of_1_and(const stf_lane x, stf_lane y) {
  stf_lane sum;
  STF_VEC(sum) = 1.0 + STF_READ(x);
  stf_log(sum, y);
  STF_VEC(y) += (STF_READ(x) - (STF_READ(sum) - 1.0)) / STF_READ(sum);
}

#endif
