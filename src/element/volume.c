/*
 * share_a = integral of N_a det(dX/dxi) dxi, by Gauss points on a unit cube that is folded onto wedges (r = x,
 * s = y (1 - x)) and tetrahedra (r = x, s = y (1 - x), t = z (1 - x) (1 - y)). The integrand is of third degree in each
 * of x, y, z, which two points take exactly; of seventh in a tet10 with curved edges, which four do.
 */
#include "element/volume.h"

#include <string.h>

typedef struct rule {
  int points;
  double at[4], weight[4]; /* on 0 to 1 */
} rule;

static const rule two = {2, {0.21132486540518711775, 0.78867513459481288225}, {0.5, 0.5}};
static const rule four = {
    4,
    {0.06943184420297371239, 0.33000947820757186760, 0.66999052179242813240, 0.93056815579702628761},
    {0.17392742256872692869, 0.32607257743127307131, 0.32607257743127307131, 0.17392742256872692869}};

/* A point of the parent element and what of the cube's volume it stands for. */
typedef struct parent {
  double xi[3], weight;
} parent;

/* Values of the shape functions and slopes over the parent's coordinates. */
typedef struct shaped {
  double N[STF_SHAPE_NODES], slope[STF_SHAPE_NODES][3];
} shaped;

static parent fold(stf_shape shape, const double c[3], double weight) {
  const double x = c[0], y = c[1], z = c[2];
  if (shape == STF_HEX8) return (parent){{x, y, z}, weight};
  if (shape == STF_WEDGE6) return (parent){{x, y * (1.0 - x), z}, weight * (1.0 - x)};
  return (parent){{x, y * (1.0 - x), z * (1.0 - x) * (1.0 - y)}, weight * (1.0 - x) * (1.0 - x) * (1.0 - y)};
}

static void shape_hex8(const double xi[3], shaped *s) {
  static const int at[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  for (int a = 0; a < 8; a++) {
    double f[3];
    for (int m = 0; m < 3; m++) f[m] = at[a][m] ? xi[m] : 1.0 - xi[m];
    s->N[a] = f[0] * f[1] * f[2];
    for (int m = 0; m < 3; m++) s->slope[a][m] = (at[a][m] ? 1.0 : -1.0) * f[(m + 1) % 3] * f[(m + 2) % 3];
  }
}

/* Slopes of the three (four) natural coordinates of a triangle (tetrahedron). */
static const double NATURAL[4][3] = {{-1, -1, -1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

static void shape_wedge6(const double xi[3], shaped *s) {
  const double L[3] = {1.0 - xi[0] - xi[1], xi[0], xi[1]};
  for (int a = 0; a < 6; a++) {
    const double up = a < 3 ? 1.0 - xi[2] : xi[2];
    s->N[a] = L[a % 3] * up;
    for (int m = 0; m < 2; m++) s->slope[a][m] = NATURAL[a % 3][m] * up;
    s->slope[a][2] = a < 3 ? -L[a % 3] : L[a % 3];
  }
}

static void shape_tet(const double xi[3], int nodes, shaped *s) {
  static const int edge[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};
  const double L[4] = {1.0 - xi[0] - xi[1] - xi[2], xi[0], xi[1], xi[2]};
  for (int a = 0; a < nodes; a++)
    if (a < 4) {
      s->N[a] = nodes == 4 ? L[a] : L[a] * (2.0 * L[a] - 1.0);
      for (int m = 0; m < 3; m++) s->slope[a][m] = NATURAL[a][m] * (nodes == 4 ? 1.0 : 4.0 * L[a] - 1.0);
    } else {
      const int b = edge[a - 4][0], c = edge[a - 4][1];
      s->N[a] = 4.0 * L[b] * L[c];
      for (int m = 0; m < 3; m++) s->slope[a][m] = 4.0 * (NATURAL[b][m] * L[c] + L[b] * NATURAL[c][m]);
    }
}

static void shape_at(stf_shape shape, const double xi[3], shaped *s) {
  if (shape == STF_HEX8)
    shape_hex8(xi, s);
  else if (shape == STF_WEDGE6)
    shape_wedge6(xi, s);
  else
    shape_tet(xi, stf_shapes[shape].nodes, s);
}

/* det(dX/dxi) */
static double determinant(int nodes, const double (*X)[3], const shaped *s) {
  double M[3][3] = {{0}};
  for (int a = 0; a < nodes; a++)
    for (int i = 0; i < 3; i++)
      for (int m = 0; m < 3; m++) M[i][m] += X[a][i] * s->slope[a][m];
  return M[0][0] * (M[1][1] * M[2][2] - M[1][2] * M[2][1]) - M[0][1] * (M[1][0] * M[2][2] - M[1][2] * M[2][0]) +
         M[0][2] * (M[1][0] * M[2][1] - M[1][1] * M[2][0]);
}

void stf_volume_shares(stf_shape shape, const double (*X)[3], double *share) {
  const rule *r = shape == STF_TET10 ? &four : &two;
  const int nodes = stf_shapes[shape].nodes, n = r->points;
  memset(share, 0, (size_t)nodes * sizeof *share);
  for (int k = 0; k < n * n * n; k++) {
    const int i = k / (n * n), j = k / n % n, l = k % n;
    const double c[3] = {r->at[i], r->at[j], r->at[l]};
    const parent p = fold(shape, c, r->weight[i] * r->weight[j] * r->weight[l]);
    shaped s;
    shape_at(shape, p.xi, &s);
    const double volume = p.weight * determinant(nodes, X, &s);
    for (int a = 0; a < nodes; a++) share[a] += volume * s.N[a];
  }
}
