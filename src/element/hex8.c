/*
 * Eight-node hexahedra, trilinear, 2 x 2 x 2 Gauss points (Hughes 2000, ch. 3; Bonet & Wood 2008, ch. 8-9).
 *
 *   F = I + sum_a u_a (x) dN_a/dX,   f_a = sum_q w P dN_a,   K_ab = sum_q w dN_a . A . dN_b
 *
 * hex8-std takes the volumetric energy at each point, with J = det F. hex8 takes it once, at the element's mean
 * dilatation theta = 1/V sum_q w J_q (Nagtegaal, Parks & Rice 1974; Simo, Taylor & Pister 1985), so that a nearly
 * incompressible matrix does not lock:
 *
 *   E = sum_q w W(F_q) + V U(theta),   f += V U' g,   K += V U'' g g^T + U' d2(V theta)/du2,   g = d theta/du
 */
#include <math.h>
#include <string.h>

#include "element/element.h"
#include "material/kinematics.h"

enum { NODES = 8, DOFS = 24, POINTS = 8 };

/* Corner signs in VTK order; Gauss points use the same order. */
static const double CORNER[NODES][3] = {{-1, -1, -1}, {1, -1, -1}, {1, 1, -1}, {-1, 1, -1},
                                        {-1, -1, 1},  {1, -1, 1},  {1, 1, 1},  {-1, 1, 1}};
static const double GAUSS = 0.57735026918962576451; /* 1/sqrt(3), all weights 1 */

/* One integration point: shape gradients dN[3 a + I] [1/mm], weight w [mm^3], deformation gradient. */
typedef struct point {
  stf_lane dN[DOFS], w, F[9];
} point;

/* dN_a/dxi_m at a Gauss point. */
STF_INLINE double shape_slope(int a, int m, const double xi[3]) {
  double slope = 0.125 * CORNER[a][m];
  for (int n = 0; n < 3; n++)
    if (n != m) slope *= 1.0 + CORNER[a][n] * xi[n];
  return slope;
}

/* Shape gradients and weight: dN/dX = dN/dxi (dX/dxi)^-1. */
STF_INLINE void reference_gradients(const stf_lane X[DOFS], int q, point *p) {
  const double xi[3] = {GAUSS * CORNER[q][0], GAUSS * CORNER[q][1], GAUSS * CORNER[q][2]};
  double slope[NODES][3];
  stf_lane map[9], cof[9];
  memset(map, 0, sizeof map);
  for (int a = 0; a < NODES; a++)
    for (int m = 0; m < 3; m++) {
      slope[a][m] = shape_slope(a, m, xi);
      for (int i = 0; i < 3; i++) STF_EACH_LANE map[3 * i + m][l] += X[3 * a + i][l] * slope[a][m];
    }
  stf_cofactor(map, cof, p->w);
  for (int a = 0; a < NODES; a++)
    for (int i = 0; i < 3; i++)
      STF_EACH_LANE p->dN[3 * a + i][l] =
          (slope[a][0] * cof[3 * i][l] + slope[a][1] * cof[3 * i + 1][l] + slope[a][2] * cof[3 * i + 2][l]) / p->w[l];
}

STF_INLINE void deformation(const stf_lane u[DOFS], point *p) {
  for (int i = 0; i < 3; i++)
    for (int I = 0; I < 3; I++) {
      STF_EACH_LANE p->F[3 * i + I][l] = i == I ? 1.0 : 0.0;
      for (int a = 0; a < NODES; a++) STF_EACH_LANE p->F[3 * i + I][l] += u[3 * a + i][l] * p->dN[3 * a + I][l];
    }
}

STF_INLINE void add_forces(const point *p, const stf_lane P[9], stf_lane f[DOFS]) {
  for (int a = 0; a < NODES; a++)
    for (int i = 0; i < 3; i++)
      STF_EACH_LANE f[3 * a + i][l] += p->w[l] *
                                       (P[3 * i][l] * p->dN[3 * a][l] + P[3 * i + 1][l] * p->dN[3 * a + 1][l] +
                                        P[3 * i + 2][l] * p->dN[3 * a + 2][l]);
}

/* B[3 (3 i + J) + k] = w A_iJkL dN_bL: the stress that moving node b in direction k makes. */
STF_INLINE void stress_of_node(const point *p, const stf_lane A[STF_TANGENT_SIZE], int b, stf_lane B[27]) {
  for (int r = 0; r < 9; r++)
    for (int k = 0; k < 3; k++) {
      const int n0 = stf_packed(9, r, 3 * k), n1 = stf_packed(9, r, 3 * k + 1), n2 = stf_packed(9, r, 3 * k + 2);
      STF_EACH_LANE B[3 * r + k][l] =
          p->w[l] * (A[n0][l] * p->dN[3 * b][l] + A[n1][l] * p->dN[3 * b + 1][l] + A[n2][l] * p->dN[3 * b + 2][l]);
    }
}

STF_INLINE void add_stiffness(const point *p, const stf_lane A[STF_TANGENT_SIZE], stf_lane K[STF_ELEMENT_TANGENT]) {
  for (int b = 0; b < NODES; b++) {
    stf_lane B[27];
    stress_of_node(p, A, b, B);
    for (int a = 0; a <= b; a++)
      for (int i = 0; i < 3; i++)
        for (int k = a == b ? i : 0; k < 3; k++) {
          const int n = stf_packed(DOFS, 3 * a + i, 3 * b + k);
          STF_EACH_LANE K[n][l] += p->dN[3 * a][l] * B[9 * i + k][l] + p->dN[3 * a + 1][l] * B[9 * i + 3 + k][l] +
                                   p->dN[3 * a + 2][l] * B[9 * i + 6 + k][l];
        }
  }
}

STF_INLINE void clear(stf_want want, stf_element_out *out) {
  STF_EACH_LANE out->J_min[l] = INFINITY;
  if (want == STF_WANT_ENERGY)
    memset(out->energy, 0, sizeof out->energy);
  else
    memset(out->f, 0, sizeof out->f);
  if (want == STF_WANT_TANGENT) memset(out->K, 0, sizeof out->K);
}

STF_INLINE void keep_smallest(const stf_lane J, stf_lane J_min) {
  STF_EACH_LANE J_min[l] = J[l] < J_min[l] ? J[l] : J_min[l];
}

/* Mean dilatation and its gradient g = d theta/du; V is the reference volume. */
STF_INLINE void dilatation(const stf_element_in *in, stf_lane theta, stf_lane V, stf_lane g[DOFS]) {
  memset(g, 0, DOFS * sizeof *g);
  STF_EACH_LANE theta[l] = V[l] = 0.0;
  for (int q = 0; q < POINTS; q++) {
    point p;
    stf_lane cof[9], J;
    reference_gradients(in->X, q, &p);
    deformation(in->u, &p);
    stf_cofactor(p.F, cof, J);
    add_forces(&p, cof, g);
    STF_EACH_LANE {
      theta[l] += p.w[l] * J[l];
      V[l] += p.w[l];
    }
  }
  STF_EACH_LANE theta[l] /= V[l];
  for (int d = 0; d < DOFS; d++) STF_EACH_LANE g[d][l] /= V[l];
}

STF_INLINE void add_mean_volume(const stf_lane V, const stf_lane U, const stf_lane dU, const stf_lane ddU,
                                const stf_lane g[DOFS], stf_want want, stf_element_out *out) {
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE out->energy[l] += V[l] * U[l];
    return;
  }
  for (int d = 0; d < DOFS; d++) STF_EACH_LANE out->f[d][l] += V[l] * dU[l] * g[d][l];
  if (want == STF_WANT_STRESS) return;
  for (int r = 0, n = 0; r < DOFS; r++)
    for (int c = r; c < DOFS; c++, n++) STF_EACH_LANE out->K[n][l] += V[l] * ddU[l] * g[r][l] * g[c][l];
}

/* Sums over the points. `mean_dU`: pressure U'(theta) of a mean-dilatation element, or NULL for a pointwise volume
 * term. */
STF_INLINE void add_points(const stf_element_in *in, const double *mean_dU, stf_want want, stf_element_out *out) {
  stf_response at;
  point p;
  for (int q = 0; q < POINTS; q++) {
    stf_lane cof[9], J;
    reference_gradients(in->X, q, &p);
    deformation(in->u, &p);
    stf_cofactor(p.F, cof, J);
    keep_smallest(J, out->J_min);
    if (mean_dU)
      stf_material_distort(in->material, p.F, in->a0, want, &at);
    else
      stf_material_respond(in->material, p.F, in->a0, want, &at);
    if (want == STF_WANT_ENERGY) {
      STF_EACH_LANE out->energy[l] += p.w[l] * at.W[l];
      continue;
    }
    add_forces(&p, at.P, out->f);
    if (want == STF_WANT_STRESS) continue;
    if (mean_dU) stf_add_cofactor_gradient(at.A, p.F, mean_dU);
    add_stiffness(&p, at.A, out->K);
  }
}

STF_KERNEL static void respond_std(const stf_element_in *in, stf_want want, stf_element_out *out) {
  clear(want, out);
  add_points(in, NULL, want, out);
}

STF_KERNEL static void respond_mean(const stf_element_in *in, stf_want want, stf_element_out *out) {
  if (!in->material->matrix->isochoric) {
    respond_std(in, want, out);
    return;
  }
  stf_lane theta, V, g[DOFS], U, dU, ddU;
  clear(want, out);
  dilatation(in, theta, V, g);
  stf_volumetric(in->material->volumetric, in->material->bulk_modulus, theta, U, dU, ddU);
  add_mean_volume(V, U, dU, ddU, g, want, out);
  add_points(in, dU, want, out);
}

/* Adds a point's Cauchy stress P F^T / J, volume-weighted. */
STF_INLINE void add_cauchy(const point *p, const stf_lane P[9], const stf_lane J, stf_lane stress[6]) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, column[6] = {0, 1, 2, 1, 2, 2};
  for (int n = 0; n < 6; n++)
    for (int I = 0; I < 3; I++)
      STF_EACH_LANE stress[n][l] += p->w[l] / J[l] * P[3 * row[n] + I][l] * p->F[3 * column[n] + I][l];
}

STF_INLINE void sample_points(const stf_element_in *in, bool mean, stf_element_sample *s) {
  stf_lane theta, V, g[DOFS], U, dU, ddU;
  memset(s, 0, sizeof *s);
  dilatation(in, theta, V, g);
  if (in->material->matrix->isochoric)
    stf_volumetric(in->material->volumetric, in->material->bulk_modulus, theta, U, dU, ddU);
  for (int q = 0; q < POINTS; q++) {
    point p;
    stf_response at;
    stf_lane cof[9], J, Fa[3], stretch;
    reference_gradients(in->X, q, &p);
    deformation(in->u, &p);
    stf_cofactor(p.F, cof, J);
    if (mean) {
      stf_material_distort(in->material, p.F, in->a0, STF_WANT_STRESS, &at);
      stf_volumetric_add(p.F, U, dU, ddU, STF_WANT_STRESS, &at);
    } else {
      stf_material_respond(in->material, p.F, in->a0, STF_WANT_STRESS, &at);
    }
    add_cauchy(&p, at.P, J, s->stress);
    for (size_t f = 0; f < in->material->families; f++) {
      stf_fibre_stretch(p.F, in->a0[f], Fa, stretch);
      STF_EACH_LANE s->stretch[f][l] += p.w[l] * stretch[l];
    }
  }
  STF_EACH_LANE {
    s->volume[l] = V[l];
    s->J[l] = theta[l];
  }
  for (int n = 0; n < 6; n++) STF_EACH_LANE s->stress[n][l] /= V[l];
  for (size_t f = 0; f < in->material->families; f++) STF_EACH_LANE s->stretch[f][l] /= V[l];
}

static void sample_std(const stf_element_in *in, stf_element_sample *sample) {
  sample_points(in, false, sample);
}

static void sample_mean(const stf_element_in *in, stf_element_sample *sample) {
  sample_points(in, in->material->matrix->isochoric, sample);
}

const stf_element stf_hex8 = {
    .name = "hex8",
    .sentence = "eight-node hexahedron with mean dilatation: free of volume locking (default)",
    .references = "nagtegaal1974 simo1985",
    .shape = STF_HEX8,
    .respond = respond_mean,
    .sample = sample_mean,
};

const stf_element stf_hex8_std = {
    .name = "hex8-std",
    .sentence = "eight-node hexahedron, displacements only, 2 x 2 x 2 points: as other programs have it",
    .references = "hughes2000",
    .shape = STF_HEX8,
    .respond = respond_std,
    .sample = sample_std,
};
