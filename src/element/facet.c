#include "element/facet.h"

#include <math.h>

enum { MOST_POINTS = 4 };

/* A quadrature point of a facet: shape functions, their slopes along both parameters, weight. */
typedef struct point {
  double N[STF_SIDE_NODES], slope[STF_SIDE_NODES][2], weight;
} point;

static int quad_points(point p[MOST_POINTS]) {
  static const double sign[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  for (int q = 0; q < 4; q++) {
    const double s = sign[q][0] / sqrt(3.0), t = sign[q][1] / sqrt(3.0);
    p[q].weight = 1.0;
    for (int a = 0; a < 4; a++) {
      p[q].N[a] = 0.25 * (1.0 + s * sign[a][0]) * (1.0 + t * sign[a][1]);
      p[q].slope[a][0] = 0.25 * sign[a][0] * (1.0 + t * sign[a][1]);
      p[q].slope[a][1] = 0.25 * sign[a][1] * (1.0 + s * sign[a][0]);
    }
  }
  return 4;
}

static int triangle_points(point p[MOST_POINTS]) {
  p[0] = (point){.N = {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0}, .slope = {{-1, -1}, {1, 0}, {0, 1}}, .weight = 0.5};
  return 1;
}

/* Three points inside, exact to second degree; shape functions in area coordinates. */
static int six_node_points(point p[MOST_POINTS]) {
  static const double at[3][2] = {{1.0 / 6.0, 1.0 / 6.0}, {2.0 / 3.0, 1.0 / 6.0}, {1.0 / 6.0, 2.0 / 3.0}};
  static const double along[3][2] = {{-1, -1}, {1, 0}, {0, 1}}; /* slopes of the area coordinates */
  for (int q = 0; q < 3; q++) {
    const double L[3] = {1.0 - at[q][0] - at[q][1], at[q][0], at[q][1]};
    p[q].weight = 1.0 / 6.0;
    for (int a = 0; a < 3; a++) {
      const int b = (a + 1) % 3;
      p[q].N[a] = L[a] * (2.0 * L[a] - 1.0);
      p[q].N[a + 3] = 4.0 * L[a] * L[b];
      for (int m = 0; m < 2; m++) {
        p[q].slope[a][m] = (4.0 * L[a] - 1.0) * along[a][m];
        p[q].slope[a + 3][m] = 4.0 * (L[a] * along[b][m] + L[b] * along[a][m]);
      }
    }
  }
  return 3;
}

static int points_of(int nodes, point p[MOST_POINTS]) {
  return nodes == 4 ? quad_points(p) : nodes == 3 ? triangle_points(p) : six_node_points(p);
}

static void cross(const double a[3], const double b[3], double out[3]) {
  out[0] = a[1] * b[2] - a[2] * b[1];
  out[1] = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
}

/* Tangents along both parameters and their cross product, the normal times the area it stands for. */
static void surface(int nodes, const double (*x)[3], const point *p, double tangent[2][3], double normal[3]) {
  for (int m = 0; m < 2; m++)
    for (int i = 0; i < 3; i++) {
      tangent[m][i] = 0.0;
      for (int a = 0; a < nodes; a++) tangent[m][i] += p->slope[a][m] * x[a][i];
    }
  cross(tangent[0], tangent[1], normal);
}

void stf_facet_traction(int nodes, const double (*X)[3], const double t[3], double (*f)[3]) {
  point p[MOST_POINTS];
  const int count = points_of(nodes, p);
  for (int q = 0; q < count; q++) {
    double tangent[2][3], normal[3];
    surface(nodes, X, &p[q], tangent, normal);
    const double area = p[q].weight * sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
    for (int a = 0; a < nodes; a++)
      for (int i = 0; i < 3; i++) f[a][i] += area * p[q].N[a] * t[i];
  }
}

/* Entry (i, j) of the matrix of a cross product, v x. */
static double cross_entry(const double v[3], int i, int j) {
  if (i == j) return 0.0;
  const int k = 3 - i - j;
  return (j - i + 3) % 3 == 1 ? -v[k] : v[k];
}

/* -df_a/dx_b = p N_a (N_b,t [x,s] - N_b,s [x,t]) with [v] the matrix of v x. */
static void add_stiffness(int nodes, const point *p, double pressure, const double tangent[2][3],
                          double (*K)[STF_SIDE_NODES][3][3]) {
  for (int a = 0; a < nodes; a++)
    for (int b = 0; b < nodes; b++)
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
          K[a][b][i][j] +=
              pressure * p->weight * p->N[a] *
              (p->slope[b][1] * cross_entry(tangent[0], i, j) - p->slope[b][0] * cross_entry(tangent[1], i, j));
}

void stf_facet_pressure(int nodes, const double (*x)[3], double pressure, double (*f)[3],
                        double (*K)[STF_SIDE_NODES][3][3]) {
  point p[MOST_POINTS];
  const int count = points_of(nodes, p);
  for (int q = 0; q < count; q++) {
    double tangent[2][3], normal[3];
    surface(nodes, x, &p[q], tangent, normal);
    for (int a = 0; a < nodes; a++)
      for (int i = 0; i < 3; i++) f[a][i] -= pressure * p[q].weight * p[q].N[a] * normal[i];
    if (K) add_stiffness(nodes, &p[q], pressure, (const double(*)[3])tangent, K);
  }
}
