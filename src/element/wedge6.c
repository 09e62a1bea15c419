/* Six-node wedges: linear triangles below and above, linear between, 3 x 2 points. The method: element/solid.h. */
#include "element/solid.h"

static const double GAUSS = 0.57735026918962576451; /* 1/sqrt(3) */

/* Barycentric coordinate of corner a (0 1 2) of the triangle, at point q, and its slope. */
STF_INLINE double corner(int q, int a) {
  return q % 3 == a ? 2.0 / 3.0 : 1.0 / 6.0;
}

STF_INLINE double corner_slope(int a, int m) {
  return a == 0 ? -1.0 : a == m + 1 ? 1.0 : 0.0;
}

STF_INLINE double share(int q, int a) {
  const double side = a < 3 ? -1.0 : 1.0, height = q < 3 ? -GAUSS : GAUSS;
  return 0.5 * (1.0 + side * height) * corner(q, a % 3);
}

STF_INLINE double slope(int q, int a, int m) {
  const double side = a < 3 ? -1.0 : 1.0, height = q < 3 ? -GAUSS : GAUSS;
  if (m == 2) return 0.5 * side * corner(q, a % 3);
  return 0.5 * (1.0 + side * height) * corner_slope(a % 3, m);
}

STF_INLINE double weight(int q) {
  (void)q;
  return 1.0 / 6.0;
}

static const stf_rule rule = {.nodes = 6, .points = 6, .share = share, .slope = slope, .weight = weight};

STF_SOLID_STD(std, rule)
STF_SOLID_MEAN(mean, rule)

void stf_wedge6_view(const stf_element_in *in, stf_element_view *view) {
  stf_solid_view(&rule, in, view);
}

const stf_element stf_wedge6 = {
    .name = "wedge6",
    .sentence =
        "six-node wedge with mean dilatation: locks where volume is kept and its triangles lie in a plane of strain",
    .references = "nagtegaal1974 simo1985",
    .shape = STF_WEDGE6,
    .points = 6,
    .respond = mean_respond,
    .sample = mean_sample,
    .deformation = mean_deformation,
    .view = stf_wedge6_view,
};

const stf_element stf_wedge6_std = {
    .name = "wedge6-std",
    .sentence = "six-node wedge, displacements only, 3 x 2 points",
    .references = "hughes2000",
    .shape = STF_WEDGE6,
    .points = 6,
    .respond = std_respond,
    .sample = std_sample,
    .deformation = std_deformation,
    .view = stf_wedge6_view,
};
