/*
 * Ten-node tetrahedra, quadratic, four points (Hughes 2000, ch. 3). The method: element/solid.h. tet10 takes the bulk
 * modulus beyond twice the shear modulus at its mean dilatation: where volume is free to change it is tet10-std, and
 * where volume is kept (quadratic displacements, constant pressure) it does not lock.
 */
#include "element/solid.h"

static const int EDGE[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};

/* Barycentric coordinate of corner a at point q, (5 + 3 sqrt 5)/20 or (5 - sqrt 5)/20, and its slope. */
STF_INLINE double corner(int q, int a) {
  return q == a ? 0.58541019662496845446 : 0.13819660112501051518;
}

STF_INLINE double corner_slope(int a, int m) {
  return a == 0 ? -1.0 : a == m + 1 ? 1.0 : 0.0;
}

STF_INLINE double share(int q, int a) {
  if (a < 4) return corner(q, a) * (2.0 * corner(q, a) - 1.0);
  return 4.0 * corner(q, EDGE[a - 4][0]) * corner(q, EDGE[a - 4][1]);
}

STF_INLINE double slope(int q, int a, int m) {
  if (a < 4) return (4.0 * corner(q, a) - 1.0) * corner_slope(a, m);
  const int i = EDGE[a - 4][0], j = EDGE[a - 4][1];
  return 4.0 * (corner(q, i) * corner_slope(j, m) + corner(q, j) * corner_slope(i, m));
}

STF_INLINE double weight(int q) {
  (void)q;
  return 1.0 / 24.0;
}

static const stf_rule rule = {.nodes = 10, .points = 4, .share = share, .slope = slope, .weight = weight};

STF_SOLID_STD(std, rule)

static void view(const stf_element_in *in, stf_element_view *seen) {
  stf_solid_view(&rule, in, seen);
}

STF_KERNEL static void split_respond(const stf_element_in *in, stf_want want, stf_element_out *out) {
  stf_point p[STF_ELEMENT_POINTS];
  if (in->material->matrix->isochoric)
    stf_solid_respond_split(&rule, in, want, p, out);
  else
    stf_solid_respond_std(&rule, in, want, out);
}

static void split_sample(const stf_element_in *in, stf_element_sample *sample) {
  stf_point p[STF_ELEMENT_POINTS];
  stf_material soft;
  const bool split = in->material->matrix->isochoric;
  if (split) soft = stf_solid_pointwise(in->material);
  stf_solid_sample(&rule, in, split, split ? &soft : NULL, p, sample);
}

const stf_element stf_tet10 = {
    .name = "tet10",
    .sentence = "ten-node tetrahedron with mean dilatation of what keeps volume: free of volume locking",
    .references = "hughes2000 simo1985",
    .shape = STF_TET10,
    .points = 4,
    .respond = split_respond,
    .sample = split_sample,
    .deformation = std_deformation,
    .view = view,
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
    .view = view,
};
