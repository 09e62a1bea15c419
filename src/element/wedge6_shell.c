/*
 * Solid-shell wedge (shell.c) over triangles with parameters r, s and the third corner coordinate 1 - r - s: three by
 * two points, exact for quadratic functions of r and s.
 *
 *   ties: shears along the three edges, at their middles (Lee & Bathe 2004, the element MITC3), with which
 *           E_13 = E_13(1) + c s,   E_23 = E_23(2) - c r,   c = E_23(2) - E_13(1) - E_23(3) + E_13(3),
 *         (1) = (1/2, 0), (2) = (0, 1/2), (3) = (1/2, 1/2); E_33 at the three edges through the thickness
 *   modes: E_33 by t
 *
 * Strains in the plane are constant, as in any triangle of three nodes: in-plane bending needs a fine mesh, hex8-shell
 * does not.
 */
#include "element/shell.h"

#define G 0.57735026918962576451 /* 1/sqrt(3) */

static void slopes(const double xi[3], double slope[STF_SHELL_NODES][3]) {
  static const double along[3][2] = {{-1, -1}, {1, 0}, {0, 1}};
  const double L[3] = {1.0 - xi[0] - xi[1], xi[0], xi[1]};
  for (int a = 0; a < 6; a++) {
    const double side = a < 3 ? -1.0 : 1.0, t = 0.5 * (1.0 + side * xi[2]);
    slope[a][0] = along[a % 3][0] * t;
    slope[a][1] = along[a % 3][1] * t;
    slope[a][2] = 0.5 * side * L[a % 3];
  }
}

static void shares(const double xi[3], double share[STF_SHELL_TIED][STF_SHELL_TIES]) {
  static const double c[4] = {-1, 1, 1, -1};
  for (int t = 0; t < 4; t++) {
    share[2][t] = (t == 0 ? 1.0 : 0.0) + c[t] * xi[1];
    share[1][t] = (t == 1 ? 1.0 : 0.0) - c[t] * xi[0];
  }
  share[0][4] = 1.0 - xi[0] - xi[1];
  share[0][5] = xi[0];
  share[0][6] = xi[1];
}

static const stf_shell shell = {
    .nodes = 6,
    .points = 6,
    .ties = 7,
    .components = 1,
    .modes = 1,
    .groups = 2, /* a triangle has constant strains in the plane, but an uneven thickness */
    .middle = {1.0 / 3.0, 1.0 / 3.0, 0.0},
    .point = {{1.0 / 6.0, 1.0 / 6.0, -G},
              {2.0 / 3.0, 1.0 / 6.0, -G},
              {1.0 / 6.0, 2.0 / 3.0, -G},
              {1.0 / 6.0, 1.0 / 6.0, G},
              {2.0 / 3.0, 1.0 / 6.0, G},
              {1.0 / 6.0, 2.0 / 3.0, G}},
    .weight = 1.0 / 6.0,
    .tie = {{5, {0.5, 0, 0}},
            {4, {0, 0.5, 0}},
            {5, {0.5, 0.5, 0}},
            {4, {0.5, 0.5, 0}},
            {2, {0, 0, 0}},
            {2, {1, 0, 0}},
            {2, {0, 1, 0}}},
    .component = {2},
    .mode = {{0, {0, 0, 1}}},
    .slopes = slopes,
    .shares = shares,
};

static void respond(const stf_element_in *in, stf_want want, stf_element_out *out) {
  stf_shell_respond(&shell, in, want, out);
}

static void sample(const stf_element_in *in, stf_element_sample *means) {
  stf_shell_sample(&shell, in, means);
}

static void deformation(const stf_element_in *in, stf_lane (*F)[9]) {
  stf_shell_deformation(&shell, in, F);
}

const stf_element stf_wedge6_shell = {
    .name = "wedge6-shell",
    .sentence = "six-node solid-shell: hex8-shell's companion in meshes of wedges",
    .references = "lee2004 betsch1995 simo1990 klinkel2006",
    .shape = STF_WEDGE6,
    .shell = true,
    .points = 6,
    .respond = respond,
    .sample = sample,
    .deformation = deformation,
    .view = stf_wedge6_view,
};
