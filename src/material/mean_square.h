/*
 * Energies of the mean squared stretch of fibres about a direction (Gasser, Ogden & Holzapfel 2006): kappa is 0 for
 * parallel fibres, 1/3 for fibres all ways alike. Of the isochoric deformation, with s = J^(-1/3) and G = F^(-T), or of
 * the whole one, with s = 1 and G = 0 below:
 *
 *   q = s^2 q0,   q0 = kappa F:F + (1 - 3 kappa) |F a0|^2
 *   v = dq/dF = 2 s^2 (h - q0/3 G),   h = kappa F + (1 - 3 kappa) F a0 (x) a0
 *   d2q/dF2 = 2 s^2 [ d_ik (kappa d_IK + (1 - 3 kappa) a_I a_K) - 2/3 (h (x) G + G (x) h) + 2/9 q0 G (x) G
 *             + 1/3 q0 G_iK G_kI ]
 *   P = W' v,   A = W'' v (x) v + W' d2q/dF2
 *
 * h is taken out of A by h = v/(2 s^2) + q0/3 G, which leaves three products an entry:
 *
 *   A = v (x) (W'' v - 2/3 W' G) - G (x) 2/3 W' (v + 2/3 q G) + 2/3 W' q G_iK G_kI
 *       + 2 s^2 W' d_ik (kappa d_IK + (1 - 3 kappa) a_I a_K)
 */
#ifndef STF_MATERIAL_MEAN_SQUARE_H
#define STF_MATERIAL_MEAN_SQUARE_H

#include "material/along.h"
#include "material/isochoric.h"

/* Of which deformation, and how dispersed. */
typedef struct stf_mean_square_kind {
  bool isochoric;
  double kappa;
} stf_mean_square_kind;

/* The quantities above that depend on the deformation alone. */
typedef struct stf_mean_square {
  stf_lane Fa[3];  /* F a0 */
  stf_lane square; /* s^2 */
  stf_lane q;
  stf_lane excess; /* q - 1, such that it is exactly 0 where F:F = 3 and |F a0| = 1 */
  stf_lane G[9];   /* where isochoric */
} stf_mean_square;

STF_INLINE void stf_mean_square_of(stf_mean_square_kind kind, const stf_lane F[9], const stf_lane a0[3],
                                   stf_mean_square *m) {
  const double along = 1.0 - 3.0 * kind.kappa;
  stf_lane J, s;
  STF_EACH_LANE m->square[l] = 1.0;
  if (kind.isochoric) {
    stf_isochoric_split(F, m->G, J, s);
    STF_VEC(m->square) = STF_READ(s) * STF_READ(s);
  }
  stf_along_image(F, a0, m->Fa);
  stf_vec I4 = STF_READ(m->Fa[0]) * STF_READ(m->Fa[0]) + STF_READ(m->Fa[1]) * STF_READ(m->Fa[1]) +
               STF_READ(m->Fa[2]) * STF_READ(m->Fa[2]);
  I4 *= STF_READ(m->square);
  STF_VEC(m->q) = along * I4;
  STF_VEC(m->excess) = along * (I4 - 1.0);
  if (kind.kappa == 0.0) return;
  stf_vec I1 = {0};
  for (int r = 0; r < 9; r++) I1 += STF_READ(F[r]) * STF_READ(F[r]);
  I1 *= STF_READ(m->square);
  STF_VEC(m->q) += kind.kappa * I1;
  STF_VEC(m->excess) += kind.kappa * (I1 - 3.0);
}

/* v = dq/dF */
STF_INLINE void stf_mean_square_slope(stf_mean_square_kind kind, const stf_lane F[9], const stf_lane a0[3],
                                      const stf_mean_square *m, stf_lane v[9]) {
  const stf_vec twice = 2.0 * STF_READ(m->square), along = (1.0 - 3.0 * kind.kappa) * twice, all = kind.kappa * twice,
                pressure = STF_READ(m->q) * (2.0 / 3.0);
  for (int i = 0; i < 3; i++) {
    const stf_vec image = along * STF_READ(m->Fa[i]);
    for (int I = 0; I < 3; I++) STF_VEC(v[3 * i + I]) = image * STF_READ(a0[I]);
  }
  if (kind.kappa > 0.0)
    for (int r = 0; r < 9; r++) STF_VEC(v[r]) += all * STF_READ(F[r]);
  if (kind.isochoric)
    for (int r = 0; r < 9; r++) STF_VEC(v[r]) -= pressure * STF_READ(m->G[r]);
}

/* Adds stress, and tangent if that is wanted, of an energy of q: dW = W', ddW = W''. */
STF_INLINE void stf_mean_square_add(stf_mean_square_kind kind, const stf_lane F[9], const stf_lane a0[3],
                                    const stf_mean_square *m, const stf_lane slopes[2], stf_want want,
                                    stf_response *response) {
  const stf_vec dW = STF_READ(slopes[0]), ddW = STF_READ(slopes[1]), third = dW * (2.0 / 3.0);
  stf_lane v[9], x[9], y[9], swap, turning;
  stf_mean_square_slope(kind, F, a0, m, v);
  for (int r = 0; r < 9; r++) STF_VEC(response->P[r]) += dW * STF_READ(v[r]);
  if (want != STF_WANT_TANGENT) return;
  STF_VEC(turning) = 2.0 * (1.0 - 3.0 * kind.kappa) * STF_READ(m->square) * dW;
  stf_along_add_turning(a0, turning, response->A);
  if (kind.kappa > 0.0) {
    const stf_vec even = 2.0 * kind.kappa * STF_READ(m->square) * dW;
    for (int r = 0; r < 9; r++) STF_VEC(response->A[stf_packed(9, r, r)]) += even;
  }
  if (!kind.isochoric) {
    stf_add_outer(response->A, v, slopes[1]);
    return;
  }
  STF_VEC(swap) = third * STF_READ(m->q);
  for (int r = 0; r < 9; r++) {
    STF_VEC(x[r]) = ddW * STF_READ(v[r]) - third * STF_READ(m->G[r]);
    STF_VEC(y[r]) = -third * (STF_READ(v[r]) + STF_READ(m->q) * (2.0 / 3.0) * STF_READ(m->G[r]));
  }
  stf_isochoric_add_pairs(v, x, m->G, y, swap, response->A);
}

#endif
