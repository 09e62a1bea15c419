#include "stf_reference.h"

#include <string.h>

#include "stf_test.h"

/* Four points on [0, 1]. */
static const double SPOT[4] = {0.06943184420297371, 0.33000947820757187, 0.66999052179242813, 0.93056815579702629};
static const double SHARE[4] = {0.17392742256872692, 0.32607257743127307, 0.32607257743127307, 0.17392742256872692};

static void add_product(double a, const double da[3], double b, const double db[3], double scale, double *N,
                        double dN[3]) {
  *N += scale * a * b;
  for (int i = 0; i < 3; i++) dN[i] += scale * (a * db[i] + da[i] * b);
}

/* Linear on the triangle of r[0], r[1]. */
static double triangle(int a, const double r[3], double d[3]) {
  d[0] = a == 0 ? -1.0 : a == 1;
  d[1] = a == 0 ? -1.0 : a == 2;
  d[2] = 0.0;
  return a == 0 ? 1.0 - r[0] - r[1] : r[a - 1];
}

/* Linear along axis i, from 1 to 0, or from 0 to 1 if `up`. */
static double line(int i, bool up, const double r[3], double d[3]) {
  memset(d, 0, 3 * sizeof *d);
  d[i] = up ? 1.0 : -1.0;
  return up ? r[i] : 1.0 - r[i];
}

static double barycentric(int a, const double r[3], double d[3]) {
  for (int i = 0; i < 3; i++) d[i] = a == 0 ? -1.0 : i == a - 1;
  return a == 0 ? 1.0 - r[0] - r[1] - r[2] : r[a - 1];
}

static void hexahedron(const double r[3], stf_reference_point *p) {
  for (int a = 0; a < 8; a++) {
    double dx[3], dy[3], dz[3], flat = 0.0, d[3] = {0};
    const double x = line(0, a % 4 == 1 || a % 4 == 2, r, dx), y = line(1, a % 4 >= 2, r, dy),
                 z = line(2, a >= 4, r, dz);
    add_product(x, dx, y, dy, 1.0, &flat, d);
    add_product(flat, d, z, dz, 1.0, &p->N[a], p->dN[a]);
  }
}

static void wedge(const double r[3], stf_reference_point *p) {
  for (int a = 0; a < 6; a++) {
    double d[3], z[3];
    const double flat = triangle(a % 3, r, d), up = line(2, a >= 3, r, z);
    add_product(flat, d, up, z, 1.0, &p->N[a], p->dN[a]);
  }
}

static void tetrahedron(const double r[3], bool quadratic, stf_reference_point *p) {
  static const int edge[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};
  double L[4], d[4][3];
  for (int a = 0; a < 4; a++) {
    L[a] = barycentric(a, r, d[a]);
    p->N[a] = quadratic ? -L[a] : L[a];
    for (int i = 0; i < 3; i++) p->dN[a][i] = quadratic ? -d[a][i] : d[a][i];
    if (quadratic) add_product(L[a], d[a], L[a], d[a], 2.0, &p->N[a], p->dN[a]);
  }
  for (int m = 0; quadratic && m < 6; m++) {
    const int a = edge[m][0], b = edge[m][1];
    add_product(L[a], d[a], L[b], d[b], 4.0, &p->N[4 + m], p->dN[4 + m]);
  }
}

/* Collapses the cube; returns how much it shrinks. */
static double collapse(stf_shape shape, double r[3]) {
  const double x = 1.0 - r[0], y = 1.0 - r[1];
  if (shape == STF_HEX8) return 1.0;
  r[1] *= x;
  if (shape == STF_WEDGE6) return x;
  r[2] *= x * y;
  return x * x * y;
}

void stf_reference_points(stf_shape shape, stf_reference_point point[STF_REFERENCE_POINTS]) {
  memset(point, 0, STF_REFERENCE_POINTS * sizeof *point);
  for (int q = 0; q < STF_REFERENCE_POINTS; q++) {
    double r[3] = {SPOT[q % 4], SPOT[q / 4 % 4], SPOT[q / 16]};
    point[q].weight = SHARE[q % 4] * SHARE[q / 4 % 4] * SHARE[q / 16];
    point[q].weight *= collapse(shape, r);
    if (shape == STF_HEX8)
      hexahedron(r, &point[q]);
    else if (shape == STF_WEDGE6)
      wedge(r, &point[q]);
    else
      tetrahedron(r, shape == STF_TET10, &point[q]);
  }
}

double stf_reference_place(const stf_reference_point *point, int nodes, const double (*X)[3], double x[3],
                           double (*dNdX)[3]) {
  double map[9] = {0}, inverse[9];
  memset(x, 0, 3 * sizeof *x);
  for (int a = 0; a < nodes; a++)
    for (int i = 0; i < 3; i++) {
      x[i] += point->N[a] * X[a][i];
      for (int m = 0; m < 3; m++) map[3 * i + m] += X[a][i] * point->dN[a][m];
    }
  const double J = stf_test_determinant(map);
  for (int i = 0; i < 3; i++)
    for (int m = 0; m < 3; m++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3, n = (m + 1) % 3, o = (m + 2) % 3;
      inverse[3 * m + i] = (map[3 * j + n] * map[3 * k + o] - map[3 * j + o] * map[3 * k + n]) / J;
    }
  for (int a = 0; a < nodes; a++)
    for (int i = 0; i < 3; i++) {
      dNdX[a][i] = 0.0;
      for (int m = 0; m < 3; m++) dNdX[a][i] += point->dN[a][m] * inverse[3 * m + i];
    }
  return J * point->weight;
}
