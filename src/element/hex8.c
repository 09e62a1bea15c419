/* Eight-node hexahedra, trilinear, 2 x 2 x 2 Gauss points. The method: element/solid.h. */
#include "element/solid.h"

/* Corner signs in the order of the nodes; Gauss points use the same order. */
static const double CORNER[8][3] = {{-1, -1, -1}, {1, -1, -1}, {1, 1, -1}, {-1, 1, -1},
                                    {-1, -1, 1},  {1, -1, 1},  {1, 1, 1},  {-1, 1, 1}};
static const double GAUSS = 0.57735026918962576451; /* 1/sqrt(3) */

STF_INLINE double share(int q, int a) {
  double value = 0.125;
  for (int n = 0; n < 3; n++) value *= 1.0 + CORNER[a][n] * (GAUSS * CORNER[q][n]);
  return value;
}

STF_INLINE double slope(int q, int a, int m) {
  double value = 0.125 * CORNER[a][m];
  for (int n = 0; n < 3; n++)
    if (n != m) value *= 1.0 + CORNER[a][n] * (GAUSS * CORNER[q][n]);
  return value;
}

STF_INLINE double weight(int q) {
  (void)q;
  return 1.0;
}

static const stf_rule rule = {.nodes = 8, .points = 8, .share = share, .slope = slope, .weight = weight};

STF_SOLID_STD(std, rule)
STF_SOLID_MEAN(mean, rule)

void stf_hex8_view(const stf_element_in *in, stf_element_view *view) {
  stf_solid_view(&rule, in, view);
}

const stf_element stf_hex8 = {
    .name = "hex8",
    .sentence = "eight-node hexahedron with mean dilatation: free of volume locking (default)",
    .references = "nagtegaal1974 simo1985",
    .shape = STF_HEX8,
    .points = 8,
    .respond = mean_respond,
    .sample = mean_sample,
    .deformation = mean_deformation,
    .view = stf_hex8_view,
};

const stf_element stf_hex8_std = {
    .name = "hex8-std",
    .sentence = "eight-node hexahedron, displacements only, 2 x 2 x 2 points: as other programs have it",
    .references = "hughes2000",
    .shape = STF_HEX8,
    .points = 8,
    .respond = std_respond,
    .sample = std_sample,
    .deformation = std_deformation,
    .view = stf_hex8_view,
};
