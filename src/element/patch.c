/*
 *   J = 1/V sum_e v_e/4,   v_e = (x1 - x0) . (x2 - x0) x (x3 - x0) / 6
 *   f = V U' g,   K = V U'' g g^T + U' sum_e 1/4 d2 v_e/dx2,   g = dJ/dx = 1/V sum_e 1/4 dv_e/dx
 */
#include "element/patch.h"

#include <string.h>

/* U' and U'' at one J. */
typedef struct volumetric {
  double dU, ddU;
} volumetric;

static volumetric volumetric_at(const stf_material *m, double at) {
  stf_lane J, dU, ddU;
  STF_EACH_LANE J[l] = at;
  stf_volumetric(m->volumetric, m->bulk_modulus, J, dU, ddU);
  return (volumetric){dU[0], ddU[0]};
}

static double energy_at(const stf_material *m, double at) {
  stf_lane J, U;
  STF_EACH_LANE J[l] = at;
  stf_volumetric_energy(m->volumetric, m->bulk_modulus, J, U);
  return U[0];
}

static void cross(const double a[3], const double b[3], double c[3]) {
  for (int i = 0; i < 3; i++) c[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static void difference(const double *a, const double *b, double d[3]) {
  for (int i = 0; i < 3; i++) d[i] = a[i] - b[i];
}

double stf_tet_volume(const double *const x[4]) {
  double a[3], b[3], c[3], n[3];
  difference(x[1], x[0], a);
  difference(x[2], x[0], b);
  difference(x[3], x[0], c);
  cross(b, c, n);
  return (a[0] * n[0] + a[1] * n[1] + a[2] * n[2]) / 6.0;
}

/* Corners p q r of the side far from each corner, so that dv/dx_a = (x_q - x_p) x (x_r - x_p)/6. */
static const int FAR[4][3] = {{1, 3, 2}, {0, 2, 3}, {0, 3, 1}, {0, 1, 2}};

/* dv/dx [4][3] of a tetrahedron. */
static void volume_slope(const double *const x[4], double slope[4][3]) {
  for (int a = 0; a < 4; a++) {
    double p[3], q[3];
    difference(x[FAR[a][1]], x[FAR[a][0]], p);
    difference(x[FAR[a][2]], x[FAR[a][0]], q);
    cross(p, q, slope[a]);
    for (int i = 0; i < 3; i++) slope[a][i] /= 6.0;
  }
}

/* Positions now, from the first corner on: sums of places far from the origin would round off more than edges do. */
static void corners(const int tet[4], const double (*X)[3], const double (*u)[3], double x[4][3], const double *at[4]) {
  for (int a = 0; a < 4; a++) {
    for (int i = 0; i < 3; i++) x[a][i] = X[tet[a]][i] - X[tet[0]][i] + (u[tet[a]][i] - u[tet[0]][i]);
    at[a] = x[a];
  }
}

void stf_patch_sum(stf_patch *p) {
  p->V = 0.0;
  for (int e = 0; e < p->tets; e++) p->V += 0.25 * p->natural[e];
}

void stf_patch_remember(stf_patch *p, const double (*X)[3], const double (*u)[3]) {
  for (int e = 0; e < p->tets; e++) {
    double x[4][3];
    const double *at[4], *before[4];
    corners(p->tet[e], X, u, x, at);
    for (int a = 0; a < 4; a++) before[a] = X[p->tet[e][a]];
    p->natural[e] *= stf_tet_volume(before) / stf_tet_volume(at); /* over det F */
  }
  stf_patch_sum(p);
}

static double dilatation(const stf_patch *p, const double (*X)[3], const double (*u)[3]) {
  double sum = 0.0, x[4][3];
  const double *at[4];
  for (int e = 0; e < p->tets; e++) {
    corners(p->tet[e], X, u, x, at);
    sum += 0.25 * stf_tet_volume(at);
  }
  return sum / p->V;
}

double stf_patch_pressure(const stf_patch *patch, const double (*X)[3], const double (*u)[3]) {
  return volumetric_at(patch->material, dilatation(patch, X, u)).dU;
}

/* Vg [3 nodes] = V dJ/dx */
static void add_slopes(const stf_patch *p, const double (*X)[3], const double (*u)[3], double *Vg) {
  double x[4][3], slope[4][3];
  const double *at[4];
  for (int e = 0; e < p->tets; e++) {
    corners(p->tet[e], X, u, x, at);
    volume_slope(at, slope);
    for (int a = 0; a < 4; a++)
      for (int i = 0; i < 3; i++) Vg[3 * p->tet[e][a] + i] += 0.25 * slope[a][i];
  }
}

/*
 * Adds scale d2v/dx2 of a tetrahedron. Moving corner b changes dv/dx_a by the cross product of the move with the edge
 * that neither a nor b is on.
 */
static void add_curvature(const int tet[4], const double *const x[4], double scale, int dofs, double *K) {
  for (int a = 0; a < 4; a++)
    for (int k = 0; k < 3; k++) {
      const int b = FAR[a][k], c = FAR[a][(k + 1) % 3], d = FAR[a][(k + 2) % 3];
      double edge[3];
      difference(x[c], x[d], edge);
      for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, m = (i + 2) % 3;
        K[(3 * tet[a] + i) * dofs + 3 * tet[b] + j] += scale / 6.0 * edge[m];
        K[(3 * tet[a] + i) * dofs + 3 * tet[b] + m] -= scale / 6.0 * edge[j];
      }
    }
}

static void add_stiffness(const stf_patch *p, int nodes, const double (*X)[3], const double (*u)[3], volumetric at,
                          const double *Vg, double *K) {
  const int dofs = 3 * nodes;
  double x[4][3];
  const double *corner[4];
  for (int r = 0; r < dofs; r++)
    for (int c = 0; c < dofs; c++) K[r * dofs + c] = at.ddU / p->V * Vg[r] * Vg[c];
  for (int e = 0; e < p->tets; e++) {
    corners(p->tet[e], X, u, x, corner);
    add_curvature(p->tet[e], corner, 0.25 * at.dU, dofs, K);
  }
}

static void respond(const void *data, const stf_past *past, int nodes, const double (*X)[3], const double (*u)[3],
                    stf_want want, stf_block_out *out) {
  const stf_patch *p = data;
  (void)past;
  const double J = dilatation(p, X, u);
  if (want == STF_WANT_ENERGY) {
    out->energy = p->V * energy_at(p->material, J);
    return;
  }
  const volumetric at = volumetric_at(p->material, J);
  memset(out->f, 0, 3 * (size_t)nodes * sizeof *out->f);
  add_slopes(p, X, u, out->f);
  if (want == STF_WANT_TANGENT) add_stiffness(p, nodes, X, u, at, out->f, out->K);
  for (int d = 0; d < 3 * nodes; d++) out->f[d] *= at.dU;
}

const stf_block_kind stf_patch_block = {.name = "patch", .respond = respond};
