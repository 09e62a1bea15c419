/*
 * Ten-node tetrahedra, quadratic (Hughes 2000, ch. 3). The method: element/solid.h. With one dilatation in each element
 * (quadratic displacements, constant pressure) tet10 has no volume locking, but its gradient is sure to converge with
 * the first order only; that of tet10-std converges with the second while volume is free to change.
 *
 * tet10-std has the usual four points, exact to the second degree. Where volume counts once, 4 x 5 + 1 strains could
 * not tell 30 - 6 movements apart; tet10 has eight, of equal weight: two orbits (a, a, a, 1 - 3 a) whose t = a - 1/4
 * satisfy t1^2 + t2^2 = 1/40 and t1^3 + t2^3 = -1/480, which makes them exact to the third degree.
 */
#include "element/solid.h"

static const int EDGE[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};

/* Barycentric coordinate of corner a at point q of four: (5 - sqrt 5)/20 and (5 + 3 sqrt 5)/20. */
STF_INLINE double share_of_four(int q, int a) {
  return q == a ? 0.58541019662496845446 : 0.13819660112501051518;
}

/* The same at point q of eight. */
STF_INLINE double share_of_eight(int q, int a) {
  if (q < 4) return q == a ? 0.013415050209391268799 : 0.32886164993020291040;
  return q - 4 == a ? 0.66112961646246691391 : 0.11295679451251102870;
}

STF_INLINE double share_slope(int a, int m) {
  return a == 0 ? -1.0 : a == m + 1 ? 1.0 : 0.0;
}

/* dN_a/dxi_m, by the barycentric coordinates L of the point. */
STF_INLINE double slope_at(const double L[4], int a, int m) {
  if (a < 4) return (4.0 * L[a] - 1.0) * share_slope(a, m);
  const int i = EDGE[a - 4][0], j = EDGE[a - 4][1];
  return 4.0 * (L[i] * share_slope(j, m) + L[j] * share_slope(i, m));
}

STF_INLINE double slope_of_four(int q, int a, int m) {
  return slope_at((const double[4]){share_of_four(q, 0), share_of_four(q, 1), share_of_four(q, 2), share_of_four(q, 3)},
                  a, m);
}

STF_INLINE double slope_of_eight(int q, int a, int m) {
  return slope_at(
      (const double[4]){share_of_eight(q, 0), share_of_eight(q, 1), share_of_eight(q, 2), share_of_eight(q, 3)}, a, m);
}

STF_INLINE double weight_of_four(int q) {
  (void)q;
  return 1.0 / 24.0;
}

STF_INLINE double weight_of_eight(int q) {
  (void)q;
  return 1.0 / 48.0;
}

static const stf_rule four = {.nodes = 10, .points = 4, .slope = slope_of_four, .weight = weight_of_four};
static const stf_rule eight = {.nodes = 10, .points = 8, .slope = slope_of_eight, .weight = weight_of_eight};

STF_SOLID_STD(std, four)
STF_SOLID_MEAN(mean, eight)

const stf_element stf_tet10 = {
    .name = "tet10",
    .sentence = "ten-node tetrahedron with mean dilatation, eight points: free of volume locking",
    .references = "nagtegaal1974 simo1985",
    .shape = STF_TET10,
    .points = 8,
    .respond = mean_respond,
    .sample = mean_sample,
    .deformation = mean_deformation,
};

const stf_element stf_tet10_std = {
    .name = "tet10-std",
    .sentence = "ten-node tetrahedron, displacements only, four points",
    .references = "hughes2000",
    .shape = STF_TET10,
    .points = 4,
    .respond = std_respond,
    .sample = std_sample,
    .deformation = std_deformation,
};
