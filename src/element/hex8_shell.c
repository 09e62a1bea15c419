/*
 * Solid-shell hexahedron (shell.c): two by two by two points.
 *
 *   ties: E_13 at (0, +-1, 0), E_23 at (+-1, 0, 0), each even along its own direction (Dvorkin & Bathe 1984);
 *         E_33 at the four edges (+-1, +-1, 0) (Betsch & Stein 1995)
 *   modes: E_11 by r and r s, E_22 by s and r s, E_12 by r, s and r s (Andelfinger & Ramm 1993): in-plane bending and
 *          fibres across the mesh do not lock, and an uneven thickness finds room in the plane;
 *          E_33 by t, r t, s t and r s t: bending that varies within the element does not lock by its volume
 */
#include "element/shell.h"

#define G 0.57735026918962576451 /* 1/sqrt(3) */

static const double CORNER[8][3] = {{-1, -1, -1}, {1, -1, -1}, {1, 1, -1}, {-1, 1, -1},
                                    {-1, -1, 1},  {1, -1, 1},  {1, 1, 1},  {-1, 1, 1}};

static void slopes(const double xi[3], double slope[STF_SHELL_NODES][3]) {
  for (int a = 0; a < 8; a++) {
    const double r = 1.0 + CORNER[a][0] * xi[0], s = 1.0 + CORNER[a][1] * xi[1], t = 1.0 + CORNER[a][2] * xi[2];
    slope[a][0] = 0.125 * CORNER[a][0] * s * t;
    slope[a][1] = 0.125 * CORNER[a][1] * r * t;
    slope[a][2] = 0.125 * CORNER[a][2] * r * s;
  }
}

static void shares(const double xi[3], double share[STF_SHELL_TIED][STF_SHELL_TIES]) {
  share[2][0] = 0.5 * (1.0 - xi[1]);
  share[2][1] = 0.5 * (1.0 + xi[1]);
  share[1][2] = 0.5 * (1.0 - xi[0]);
  share[1][3] = 0.5 * (1.0 + xi[0]);
  for (int a = 0; a < 4; a++) share[0][4 + a] = 0.25 * (1.0 + CORNER[a][0] * xi[0]) * (1.0 + CORNER[a][1] * xi[1]);
}

static const stf_shell shell = {
    .nodes = 8,
    .points = 8,
    .ties = 8,
    .components = 4,
    .modes = 11,
    .groups = 8,
    .point = {{-G, -G, -G}, {G, -G, -G}, {G, G, -G}, {-G, G, -G}, {-G, -G, G}, {G, -G, G}, {G, G, G}, {-G, G, G}},
    .weight = 1.0,
    .tie = {{5, {0, -1, 0}},
            {5, {0, 1, 0}},
            {4, {-1, 0, 0}},
            {4, {1, 0, 0}},
            {2, {-1, -1, 0}},
            {2, {1, -1, 0}},
            {2, {1, 1, 0}},
            {2, {-1, 1, 0}}},
    .component = {0, 1, 3, 2},
    .mode = {{0, {1, 0, 0}},
             {0, {1, 1, 0}},
             {1, {0, 1, 0}},
             {1, {1, 1, 0}},
             {2, {1, 0, 0}},
             {2, {0, 1, 0}},
             {2, {1, 1, 0}},
             {3, {0, 0, 1}},
             {3, {1, 0, 1}},
             {3, {0, 1, 1}},
             {3, {1, 1, 1}}},
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

const stf_element stf_hex8_shell = {
    .name = "hex8-shell",
    .sentence = "eight-node solid-shell: one element through the thickness of a thin sheet, from bottom to top",
    .references = "dvorkin1984 betsch1995 simo1990 simo1992 andelfinger1993 klinkel2006",
    .shape = STF_HEX8,
    .shell = true,
    .points = 8,
    .respond = respond,
    .sample = sample,
    .deformation = deformation,
    .view = stf_hex8_view,
};
