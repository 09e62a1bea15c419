/*
 * Solid-shells: one element through the thickness, displacements of the nodes of its bottom and top as only unknowns,
 * total Lagrangian with Green-Lagrange strains. An element kind is a constant stf_shell; the rest is common to all.
 *
 * With parameters xi = (r, s, t), t through the thickness, G_m = dX/dxi_m and g_m = dx/dxi_m, natural strains are
 *
 *   E_mn = 1/2 (g_m . g_n - G_m . G_n)
 *
 * Those in the plane are taken at the integration points. Transverse shears are interpolated from ties where they are
 * free of bending (Dvorkin & Bathe 1984; for triangles Lee & Bathe 2004), thickness strains from the edges that connect
 * bottom and top, where they are free of curvature (Betsch & Stein 1995). With a_m = dxi_m/dX and those at the middle,
 * a0_m, strain and deformation at a point are
 *
 *   E = sum_mn E_mn a_m (x) a_n,   C = I + 2 E = U^T U,   F = U (I + H),
 *   H = j0/j sum_p alpha_p M_p(xi) V_p,   V_p = sym(a0_m (x) a0_n) over its length
 *
 * U is the upper triangular Cholesky factor: laws are objective and may be given any F with the same F^T F. H enhances
 * (Simo & Rifai 1990, Simo & Armero 1992): it lets the thickness strain vary linearly through the thickness, without
 * which bending is too stiff by its Poisson effect, and takes spurious strains in the plane away. M_p has no mean, so
 * that a constant stress does no work on it. To first order this is the assumed-strain shell of Klinkel, Gruttmann &
 * Wagner 2006, who add the enhancement to E; but in E the energy of a stretched neo-Hookean body is not convex (beyond
 * a stretch of 4^(1/3) for a pull along one axis), and enhancements would grow there by themselves.
 *
 * alpha belongs to no node and is no state: it is the minimiser of the element's energy at the given displacements,
 * found from zero by Newton's method in each lane for itself. There dE/dalpha = 0, so forces are those at constant
 * alpha, and K = K_uu - K_ua K_aa^-1 K_au. A lane whose minimum is not found reports J_min = 0. With P = dW/dF,
 * A = dP/dF and L = I + H:
 *
 *   dW/dalpha_p = P : U V_p,   S = dW/dE = U^-1 P L^T,   dS/dalpha_p = U^-1 [(A : U V_p) L^T + P V_p^T],
 *   dS_IJ/dE_KL = U^-1_Ii U^-1_Kk (A'_iJkL - d_ik S_JL),   A'_iJkL = L_JN L_LM A_iNkM
 *
 * (V_p here with its factor j0/j M_p). With prestress G (element/solid.h), F = U L G, and L G stands for L above.
 *
 * The volumetric energy of an isochoric matrix is taken at J = det U (1 + tr H), which is det F to first order. To
 * second order a pressure would drive enhancements that keep tr H = 0. It is taken at each point, or at the mean J of a
 * group of points where the element has no strains in the plane that could make room for those of the thickness.
 */
#include "element/shell.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "material/kinematics.h"

/* Strains and stresses as six numbers: 11 22 33 12 23 13, shear strains doubled. */
static const int ROW[6] = {0, 1, 2, 0, 1, 0}, COLUMN[6] = {0, 1, 2, 1, 2, 2};
static const int SIX[9] = {0, 3, 5, 3, 1, 4, 5, 4, 2}; /* which of them is (I, J) */

/* Shape functions at one place of every element. */
typedef struct place {
  double slope[STF_SHELL_NODES][3];
  stf_lane G[9], h[9], g[9]; /* [3 i + m] dX_i/dxi_m, du_i/dxi_m and their sum */
} place;

/* What does not depend on alpha. */
typedef struct frame {
  const stf_shell *shell;
  const stf_element_in *in;
  double mode[STF_SHELL_POINTS][STF_SHELL_MODES]; /* M_p */
  stf_lane pattern[STF_SHELL_COMPONENTS][9];      /* V_p */
  stf_lane trace[STF_SHELL_COMPONENTS];
  stf_lane w[STF_SHELL_POINTS];          /* [mm^3] weights, in the natural state */
  stf_lane ratio[STF_SHELL_POINTS];      /* j0/j */
  stf_lane a[STF_SHELL_POINTS][9];       /* [3 m + I] dxi_m/dX_I */
  stf_lane U[STF_SHELL_POINTS][9];       /* upper triangular */
  stf_lane inverse[STF_SHELL_POINTS][9]; /* of U */
  stf_lane det[STF_SHELL_POINTS];        /* det U, times that of the prestress */
  stf_lane volume[STF_SHELL_GROUPS];     /* [mm^3] in the natural state */
  stf_lane J;                            /* smallest determinant of the displacement's own gradient */
} frame;

/* A point at a given alpha. */
typedef struct point {
  stf_lane L[9], F[9]; /* I + H, times prestress, and the deformation gradient */
  stf_lane J;          /* det F */
  stf_lane swelling;   /* det U (1 + tr H), times that of prestress */
  stf_response at;
  stf_lane X[STF_SHELL_COMPONENTS][9], AX[STF_SHELL_COMPONENTS][9]; /* U V_p, times prestress, and A : X */
  stf_lane S[6], D[36];
} point;

/* Sums over the points of what belongs to alpha; g = dtheta/dalpha of each group. */
typedef struct sums {
  stf_lane r[STF_SHELL_MODES], K[STF_SHELL_PACKED];
  stf_lane theta[STF_SHELL_GROUPS], dU[STF_SHELL_GROUPS], ddU[STF_SHELL_GROUPS];
  stf_lane g[STF_SHELL_GROUPS][STF_SHELL_MODES];
  stf_lane J; /* smallest of the points */
} sums;

/* ---- natural strains ---- */

STF_INLINE void visit(const stf_shell *shell, const stf_element_in *in, const double xi[3], place *p) {
  shell->slopes(xi, p->slope);
  memset(p->G, 0, sizeof p->G);
  memset(p->h, 0, sizeof p->h);
  for (int a = 0; a < shell->nodes; a++)
    for (int i = 0; i < 3; i++)
      for (int m = 0; m < 3; m++) {
        const double slope = p->slope[a][m];
        STF_VEC(p->G[3 * i + m]) += STF_READ(in->X[3 * a + i]) * slope;
        STF_VEC(p->h[3 * i + m]) += STF_READ(in->u[3 * a + i]) * slope;
      }
  for (int r = 0; r < 9; r++) STF_VEC(p->g[r]) = STF_READ(p->G[r]) + STF_READ(p->h[r]);
}

/* One of the six natural strains, from displacements: no difference of large numbers. */
STF_INLINE void natural_strain(const place *p, int n, stf_lane strain) {
  const int a = ROW[n], b = COLUMN[n];
  const double part = a == b ? 0.5 : 1.0;
  STF_EACH_LANE strain[l] = 0.0;
  for (int i = 0; i < 3; i++)
    STF_VEC(strain) += part * (STF_READ(p->G[3 * i + a]) * STF_READ(p->h[3 * i + b]) +
                               STF_READ(p->h[3 * i + a]) * STF_READ(p->g[3 * i + b]));
}

/* Its slope by the displacements, row [3 nodes]. */
STF_INLINE void natural_slope(const stf_shell *shell, const place *p, int n, stf_lane *row) {
  const int m = ROW[n], k = COLUMN[n];
  for (int a = 0; a < shell->nodes; a++)
    for (int i = 0; i < 3; i++) {
      if (m == k)
        STF_VEC(row[3 * a + i]) = STF_READ(p->g[3 * i + m]) * p->slope[a][m];
      else
        STF_VEC(row[3 * a + i]) = STF_READ(p->g[3 * i + m]) * p->slope[a][k] +
                                  STF_READ(p->g[3 * i + k]) * p->slope[a][m];
    }
}

/* Whether a strain is interpolated, and then its row in the shares of the ties. */
STF_INLINE int tied_row(int n) {
  return n == 2 ? 0 : n > 3 ? n - 3 : -1;
}

/* T [6][6]: strains along the axes from natural ones, by a [3 m + I]. */
STF_INLINE void turning(const stf_lane a[9], stf_lane T[36]) {
  for (int n = 0; n < 6; n++)
    for (int k = 0; k < 6; k++) {
      const int I = ROW[n], J = COLUMN[n], m = ROW[k], o = COLUMN[k];
      if (I == J)
        STF_VEC(T[6 * n + k]) = STF_READ(a[3 * m + I]) * STF_READ(a[3 * o + I]);
      else if (m == o)
        STF_VEC(T[6 * n + k]) = 2.0 * STF_READ(a[3 * m + I]) * STF_READ(a[3 * m + J]);
      else
        STF_VEC(T[6 * n + k]) = STF_READ(a[3 * m + I]) * STF_READ(a[3 * o + J]) +
                                STF_READ(a[3 * o + I]) * STF_READ(a[3 * m + J]);
    }
}

/* a [3 m + I] = dxi_m/dX_I and the determinant of G. */
STF_INLINE void invert(const stf_lane G[9], stf_lane a[9], stf_lane j) {
  stf_lane cof[9];
  stf_cofactor(G, cof, j);
  for (int m = 0; m < 3; m++)
    for (int I = 0; I < 3; I++) STF_VEC(a[3 * m + I]) = STF_READ(cof[3 * I + m]) / STF_READ(j);
}

/* ---- what does not depend on alpha ---- */

/* V of the enhanced components, each of length one; returns j0. */
STF_INLINE void find_patterns(const stf_shell *shell, const stf_element_in *in, frame *f, stf_lane j0) {
  place p;
  stf_lane a[9], length;
  visit(shell, in, shell->middle, &p);
  invert(p.G, a, j0);
  for (int c = 0; c < shell->components; c++) {
    const int m = ROW[shell->component[c]], k = COLUMN[shell->component[c]];
    STF_EACH_LANE length[l] = 0.0;
    for (int r = 0; r < 9; r++) STF_EACH_LANE {
        const double V = a[3 * m + r / 3][l] * a[3 * k + r % 3][l] + a[3 * k + r / 3][l] * a[3 * m + r % 3][l];
        f->pattern[c][r][l] = V;
        length[l] += V * V;
      }
    for (int r = 0; r < 9; r++) STF_EACH_LANE f->pattern[c][r][l] /= sqrt(length[l]);
    STF_VEC(f->trace[c]) = STF_READ(f->pattern[c][0]) + STF_READ(f->pattern[c][4]) + STF_READ(f->pattern[c][8]);
  }
}

/* Which group of points with one dilatation a point is in. */
STF_INLINE int group_of(const stf_shell *shell, int q) {
  return q * shell->groups / shell->points;
}

STF_INLINE double power_of(const double xi[3], const int power[3]) {
  double value = 1.0;
  for (int m = 0; m < 3; m++)
    if (power[m]) value *= xi[m];
  return value;
}

/* Where a pivot of C is not positive the factor goes on with 1, and `good` is 0. */
STF_INLINE void root_of(const stf_lane square, stf_lane root, stf_lane good) {
  STF_EACH_LANE {
    const bool positive = square[l] > 1e-12;
    good[l] = positive ? good[l] : 0.0;
    root[l] = sqrt(positive ? square[l] : 1.0);
  }
}

/* U upper triangular with U^T U = I + 2 E, its inverse R, and its determinant: 0 where there is none. */
STF_INLINE void factorise(const stf_lane E[6], stf_lane U[9], stf_lane R[9], stf_lane det) {
  stf_lane square, good;
  memset(U, 0, 9 * sizeof *U);
  memset(R, 0, 9 * sizeof *R);
  STF_EACH_LANE good[l] = 1.0;
  STF_VEC(square) = 1.0 + 2.0 * STF_READ(E[0]);
  root_of(square, U[0], good);
  STF_VEC(U[1]) = STF_READ(E[3]) / STF_READ(U[0]);
  STF_VEC(U[2]) = STF_READ(E[5]) / STF_READ(U[0]);
  STF_VEC(square) = 1.0 + (2.0 * STF_READ(E[1]) - STF_READ(U[1]) * STF_READ(U[1]));
  root_of(square, U[4], good);
  STF_VEC(U[5]) = (STF_READ(E[4]) - STF_READ(U[1]) * STF_READ(U[2])) / STF_READ(U[4]);
  STF_VEC(square) = 1.0 + (2.0 * STF_READ(E[2]) - STF_READ(U[2]) * STF_READ(U[2]) - STF_READ(U[5]) * STF_READ(U[5]));
  root_of(square, U[8], good);
  STF_VEC(det) = STF_READ(good) * STF_READ(U[0]) * STF_READ(U[4]) * STF_READ(U[8]);
  STF_VEC(R[0]) = 1.0 / STF_READ(U[0]);
  STF_VEC(R[4]) = 1.0 / STF_READ(U[4]);
  STF_VEC(R[8]) = 1.0 / STF_READ(U[8]);
  STF_VEC(R[1]) = -STF_READ(U[1]) * STF_READ(R[0]) * STF_READ(R[4]);
  STF_VEC(R[5]) = -STF_READ(U[5]) * STF_READ(R[4]) * STF_READ(R[8]);
  STF_VEC(R[2]) = (STF_READ(U[1]) * STF_READ(U[5]) * STF_READ(R[4]) - STF_READ(U[2])) * STF_READ(R[0]) * STF_READ(R[8]);
}

/* Weight, natural frame and U of a point. */
STF_INLINE void frame_point(const stf_shell *shell, const stf_element_in *in, int q, const stf_lane *tied, frame *f) {
  place p;
  stf_lane natural[6], E[6], T[36], cof[9], j;
  double share[STF_SHELL_TIED][STF_SHELL_TIES] = {{0}};
  visit(shell, in, shell->point[q], &p);
  shell->shares(shell->point[q], share);
  invert(p.G, f->a[q], f->w[q]);
  stf_cofactor(p.g, cof, j);
  STF_EACH_LANE {
    const double J = j[l] / f->w[q][l];
    f->J[l] = J < f->J[l] ? J : f->J[l];
    f->w[q][l] *= shell->weight;
  }
  for (int n = 0; n < 6; n++) {
    const int row = tied_row(n);
    if (row < 0) {
      natural_strain(&p, n, natural[n]);
      continue;
    }
    STF_EACH_LANE natural[n][l] = 0.0;
    for (int t = 0; t < shell->ties; t++) {
      const double part = share[row][t];
      STF_VEC(natural[n]) += part * STF_READ(tied[t]);
    }
  }
  turning(f->a[q], T);
  for (int n = 0; n < 6; n++) {
    STF_EACH_LANE E[n][l] = 0.0;
    for (int k = 0; k < 6; k++) STF_VEC(E[n]) += STF_READ(T[6 * n + k]) * STF_READ(natural[k]);
  }
  factorise(E, f->U[q], f->inverse[q], f->det[q]);
}

STF_KERNEL static void prepare(const stf_shell *shell, const stf_element_in *in, frame *f) {
  stf_lane j0, tied[STF_SHELL_TIES];
  f->shell = shell;
  f->in = in;
  find_patterns(shell, in, f, j0);
  for (int t = 0; t < shell->ties; t++) {
    place p;
    visit(shell, in, shell->tie[t].xi, &p);
    natural_strain(&p, shell->tie[t].strain, tied[t]);
  }
  STF_EACH_LANE f->J[l] = INFINITY;
  memset(f->volume, 0, sizeof f->volume);
  for (int q = 0; q < shell->points; q++) {
    const int group = group_of(shell, q);
    frame_point(shell, in, q, tied, f);
    for (int p = 0; p < shell->modes; p++) f->mode[q][p] = power_of(shell->point[q], shell->mode[p].power);
    STF_VEC(f->ratio[q]) = shell->weight * STF_READ(j0) / STF_READ(f->w[q]);
    if (in->G) {
      stf_lane cof[9], detG;
      stf_cofactor(in->G[q], cof, detG);
      STF_VEC(f->w[q]) /= STF_READ(detG);
      STF_VEC(f->det[q]) *= STF_READ(detG);
    }
    STF_VEC(f->volume[group]) += STF_READ(f->w[q]);
  }
}

/* ---- a point ---- */

/* S = R P with R = U^-1; each pair of indices is taken in the order that leaves the shorter sum. */
STF_INLINE void second_stress(const stf_lane R[9], const stf_lane P[9], stf_lane S[6]) {
  for (int n = 0; n < 6; n++) {
    const int I = COLUMN[n], J = ROW[n];
    STF_EACH_LANE S[n][l] = 0.0;
    for (int i = I; i < 3; i++) STF_VEC(S[n]) += STF_READ(R[3 * I + i]) * STF_READ(P[3 * i + J]);
  }
}

STF_INLINE void second_tangent(const stf_lane R[9], const stf_lane A[STF_TANGENT_SIZE], const stf_lane S[6],
                               stf_lane D[36]) {
  for (int n = 0; n < 6; n++)
    for (int k = n; k < 6; k++) {
      const int I = COLUMN[n], J = ROW[n], K = COLUMN[k], L = ROW[k];
      stf_vec sum = {0};
      for (int i = I; i < 3; i++)
        for (int o = K; o < 3; o++) {
          const int r = stf_packed(9, 3 * i + J, 3 * o + L);
          stf_vec part = STF_READ(A[r]);
          if (i == o) part -= STF_READ(S[SIX[3 * J + L]]);
          sum += STF_READ(R[3 * I + i]) * STF_READ(R[3 * K + o]) * part;
        }
      STF_VEC(D[6 * n + k]) = STF_VEC(D[6 * k + n]) = sum;
    }
}

/* out = A B, or A B^T */
STF_INLINE void multiply(const stf_lane A[9], const stf_lane B[9], bool transposed, stf_lane out[9]) {
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      const int b = transposed ? 3 * j : j, step = transposed ? 1 : 3;
      STF_VEC(out[3 * i + j]) = STF_READ(A[3 * i]) * STF_READ(B[b]) + STF_READ(A[3 * i + 1]) * STF_READ(B[b + step]) +
                                STF_READ(A[3 * i + 2]) * STF_READ(B[b + 2 * step]);
    }
}

/* Deforms a point. */
STF_INLINE void deform_point(const frame *f, int q, const stf_lane *alpha, point *at) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  stf_lane H[9], cof[9], det, larger;
  for (int r = 0; r < 9; r++) STF_EACH_LANE H[r][l] = r % 4 == 0 ? 1.0 : 0.0;
  STF_EACH_LANE larger[l] = 1.0;
  for (int p = 0; p < shell->modes; p++) {
    const int c = shell->mode[p].component;
    const double mode = f->mode[q][p];
    const stf_vec part = mode * STF_READ(f->ratio[q]) * STF_READ(alpha[p]);
    STF_VEC(larger) += part * STF_READ(f->trace[c]);
    for (int r = 0; r < 9; r++) STF_VEC(H[r]) += part * STF_READ(f->pattern[c][r]);
  }
  stf_cofactor(H, cof, det);
  STF_VEC(at->J) = STF_READ(f->det[q]) * STF_READ(det);
  STF_VEC(at->swelling) = STF_READ(f->det[q]) * STF_READ(larger);
  if (in->G)
    multiply(H, in->G[q], false, at->L);
  else
    memcpy(at->L, H, sizeof at->L);
  multiply(f->U[q], at->L, false, at->F);
}

/* What the material says at a point; an isochoric matrix without its volumetric part. */
STF_INLINE void respond_point(const stf_element_in *in, int q, stf_want want, point *at) {
  stf_lane turned[STF_DIRECTIONS][3];
  const stf_lane(*a0)[3] = in->a0;
  stf_past room;
  if (in->G) {
    stf_element_natural(in, q, turned);
    a0 = (const stf_lane(*)[3])turned;
  }
  stf_material_distort(in->material, stf_element_past(in, q, &room), at->F, a0, want, &at->at);
}

/* X and A : X of the enhanced components. */
STF_INLINE void enhance(const frame *f, int q, point *at) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  for (int c = 0; c < shell->components; c++) {
    stf_lane V[9];
    if (in->G)
      multiply(f->pattern[c], in->G[q], false, V);
    else
      memcpy(V, f->pattern[c], sizeof V);
    multiply(f->U[q], V, false, at->X[c]);
#pragma GCC unroll 9
    for (int r = 0; r < 9; r++) {
      stf_vec sum = {0};
#pragma GCC unroll 9
      for (int k = 0; k < 9; k++) sum += STF_READ(at->at.A[stf_packed(9, r, k)]) * STF_READ(at->X[c][k]);
      STF_VEC(at->AX[c][r]) = sum;
    }
  }
}

/* G A G^T: from derivatives by F G to those by F. */
STF_INLINE void pull_back(const stf_lane G[9], const stf_lane A[STF_TANGENT_SIZE], stf_lane out[STF_TANGENT_SIZE]) {
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      stf_vec sum = {0};
#pragma GCC unroll 9
      for (int k = 0; k < 9; k++) {
        const stf_lane *from = &A[stf_packed(9, r - r % 3 + k / 3, c - c % 3 + k % 3)];
        sum += STF_READ(G[3 * (r % 3) + k / 3]) * STF_READ(G[3 * (c % 3) + k % 3]) * STF_READ(*from);
      }
      STF_VEC(out[n]) = sum;
    }
}

/* C^-1 of U. */
STF_INLINE void invert_metric(const stf_lane R[9], stf_lane Ci[6]) {
  for (int n = 0; n < 6; n++) {
    STF_EACH_LANE Ci[n][l] = 0.0;
    for (int i = COLUMN[n]; i < 3; i++) STF_VEC(Ci[n]) += STF_READ(R[3 * ROW[n] + i]) * STF_READ(R[3 * COLUMN[n] + i]);
  }
}

/* S += p dJ/dE, D += p d2J/dE2 with dJ/dE = J C^-1. */
STF_INLINE void add_pressure(const stf_lane Ci[6], const stf_lane J, const double *p, stf_want want, point *at) {
  for (int n = 0; n < 6; n++) STF_VEC(at->S[n]) += STF_READ(p) * STF_READ(J) * STF_READ(Ci[n]);
  if (want != STF_WANT_TANGENT) return;
  for (int n = 0; n < 6; n++)
    for (int k = 0; k < 6; k++) {
      const stf_lane *one = &Ci[SIX[3 * ROW[n] + ROW[k]]], *two = &Ci[SIX[3 * COLUMN[n] + COLUMN[k]]];
      const stf_lane *three = &Ci[SIX[3 * ROW[n] + COLUMN[k]]], *four = &Ci[SIX[3 * COLUMN[n] + ROW[k]]];
      STF_VEC(at->D[6 * n + k]) +=
          STF_READ(p) * STF_READ(J) *
          (STF_READ(Ci[n]) * STF_READ(Ci[k]) - STF_READ(*one) * STF_READ(*two) - STF_READ(*three) * STF_READ(*four));
    }
}

/* S, and D, of a point from the response of its material. */
STF_INLINE void by_strain(const frame *f, int q, stf_want want, point *at) {
  stf_lane P[9], A[STF_TANGENT_SIZE];
  multiply(at->at.P, at->L, true, P);
  second_stress(f->inverse[q], P, at->S);
  if (want != STF_WANT_TANGENT) return;
  pull_back(at->L, at->at.A, A);
  second_tangent(f->inverse[q], A, at->S, at->D);
}

/* dS/dalpha of an enhanced component. */
STF_INLINE void stress_of_component(const frame *f, int q, int c, const point *at, stf_lane S[6]) {
  const stf_element_in *in = f->in;
  stf_lane V[9], direct[9], turned[9];
  if (in->G)
    multiply(f->pattern[c], in->G[q], false, V);
  else
    memcpy(V, f->pattern[c], sizeof V);
  multiply(at->AX[c], at->L, true, direct);
  multiply(at->at.P, V, true, turned);
  for (int r = 0; r < 9; r++) STF_VEC(direct[r]) += STF_READ(turned[r]);
  second_stress(f->inverse[q], direct, S);
}

/* ---- alpha ---- */

/* Mean dilatation of a group, its slope by alpha, and the energy of it. */
STF_KERNEL static void dilate(const frame *f, int group, const stf_lane *alpha, sums *sum) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  const int count = shell->points / shell->groups;
  stf_lane theta;
  memset(sum->g[group], 0, sizeof sum->g[group]);
  STF_EACH_LANE theta[l] = 0.0;
  for (int q = group * count; q < (group + 1) * count; q++) {
    point at;
    deform_point(f, q, alpha, &at);
    STF_EACH_LANE {
      const double J = at.J[l] < at.swelling[l] ? at.J[l] : at.swelling[l];
      sum->J[l] = J < sum->J[l] ? J : sum->J[l];
      theta[l] += f->w[q][l] * at.swelling[l];
    }
    for (int p = 0; p < shell->modes; p++) {
      const double mode = f->mode[q][p];
      const stf_lane *trace = &f->trace[shell->mode[p].component];
      STF_VEC(sum->g[group][p]) += mode * STF_READ(*trace) * STF_READ(f->w[q]) / STF_READ(f->volume[group]) *
                                   STF_READ(f->ratio[q]) * STF_READ(f->det[q]);
    }
  }
  STF_EACH_LANE {
    theta[l] /= f->volume[group][l];
    sum->theta[group][l] = theta[l] > 0.0 ? theta[l] : 1.0; /* where it is not, J is not either */
  }
  if (in->material->matrix->isochoric)
    stf_volumetric(in->material->volumetric, in->material->bulk_modulus, sum->theta[group], sum->dU[group],
                   sum->ddU[group]);
}

/* a : b of two by nine numbers */
STF_INLINE void dot_nine(const stf_lane *a, const stf_lane *b, stf_lane dot) {
  STF_VEC(dot) = STF_READ(a[0]) * STF_READ(b[0]);
  for (int n = 1; n < 9; n++) STF_VEC(dot) += STF_READ(a[n]) * STF_READ(b[n]);
}

STF_INLINE void add_slope(const frame *f, int q, const point *at, stf_lane *r) {
  const stf_shell *shell = f->shell;
  stf_lane work[STF_SHELL_COMPONENTS];
  for (int c = 0; c < shell->components; c++) {
    dot_nine(at->X[c], at->at.P, work[c]);
    STF_VEC(work[c]) *= STF_READ(f->w[q]) * STF_READ(f->ratio[q]);
  }
  for (int p = 0; p < shell->modes; p++) {
    const double mode = f->mode[q][p];
    const stf_lane *part = &work[shell->mode[p].component];
    STF_VEC(r[p]) += mode * STF_READ(*part);
  }
}

STF_INLINE void add_curvature(const frame *f, int q, const point *at, stf_lane *K) {
  const stf_shell *shell = f->shell;
  stf_lane XAX[STF_SHELL_COMPONENTS][STF_SHELL_COMPONENTS];
  for (int c = 0; c < shell->components; c++)
    for (int d = 0; d < shell->components; d++) {
      dot_nine(at->AX[c], at->X[d], XAX[c][d]);
      STF_VEC(XAX[c][d]) *= STF_READ(f->w[q]) * STF_READ(f->ratio[q]) * STF_READ(f->ratio[q]);
    }
  for (int p = 0, n = 0; p < shell->modes; p++)
    for (int o = p; o < shell->modes; o++, n++) {
      const double mode = f->mode[q][p] * f->mode[q][o];
      const stf_lane *part = &XAX[shell->mode[p].component][shell->mode[o].component];
      STF_VEC(K[n]) += mode * STF_READ(*part);
    }
}

/* K += V U'' g g^T of a group. */
STF_INLINE void add_volume(const frame *f, const sums *sum, int group, int count, const stf_lane *g, stf_lane *K) {
  for (int p = 0, n = 0; p < count; p++)
    for (int o = p; o < count; o++, n++)
      STF_VEC(K[n]) += STF_READ(f->volume[group]) * STF_READ(sum->ddU[group]) * STF_READ(g[p]) * STF_READ(g[o]);
}

/* First and second derivatives of the energy by alpha. */
STF_KERNEL static void sum_points(const frame *f, const stf_lane *alpha, sums *sum) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  memset(sum->r, 0, sizeof sum->r);
  memset(sum->K, 0, sizeof sum->K);
  STF_VEC(sum->J) = STF_READ(f->J);
  for (int group = 0; group < shell->groups; group++) {
    dilate(f, group, alpha, sum);
    if (!in->material->matrix->isochoric) continue;
    for (int p = 0; p < shell->modes; p++)
      STF_VEC(sum->r[p]) += STF_READ(f->volume[group]) * STF_READ(sum->dU[group]) * STF_READ(sum->g[group][p]);
    add_volume(f, sum, group, shell->modes, sum->g[group], sum->K);
  }
  for (int q = 0; q < shell->points; q++) {
    point at;
    deform_point(f, q, alpha, &at);
    respond_point(in, q, STF_WANT_TANGENT, &at);
    enhance(f, q, &at);
    add_slope(f, q, &at, sum->r);
    add_curvature(f, q, &at, sum->K);
  }
}

/*
 * K = L D L^T in place: D on the diagonal, the rows of L^T beside it. A pivot that is not positive is taken as its
 * modulus, which makes Newton's step go downhill, and `positive` is 0 there.
 */
STF_INLINE void decompose(int n, stf_lane *K, stf_lane positive) {
  STF_EACH_LANE positive[l] = 1.0;
  for (int p = 0; p < n; p++) {
    stf_lane *pivot = &K[stf_packed(n, p, p)];
    STF_EACH_LANE {
      positive[l] = (*pivot)[l] > 0.0 ? positive[l] : 0.0;
      (*pivot)[l] = fabs((*pivot)[l]);
    }
    for (int r = p + 1; r < n; r++) {
      const stf_lane *right = &K[stf_packed(n, p, r)];
      stf_lane factor;
      STF_VEC(factor) = STF_READ(*right) / STF_READ(*pivot);
      for (int c = r; c < n; c++) {
        stf_lane *entry = &K[stf_packed(n, r, c)];
        const stf_lane *above = &K[stf_packed(n, p, c)];
        STF_VEC(*entry) -= STF_READ(factor) * STF_READ(*above);
      }
    }
    for (int r = p + 1; r < n; r++) {
      stf_lane *right = &K[stf_packed(n, p, r)];
      STF_VEC(*right) /= STF_READ(*pivot);
    }
  }
}

/* z = L^-1 b in place, for one column of b [n] that lies `stride` apart. */
STF_INLINE void forward(int n, const stf_lane *K, stf_lane *b, int stride) {
  for (int p = 0; p < n; p++)
    for (int r = p + 1; r < n; r++)
      STF_VEC(b[r * stride]) -= STF_READ(K[stf_packed(n, p, r)]) * STF_READ(b[p * stride]);
}

/* x = (L D L^T)^-1 b in place. */
STF_INLINE void solve(int n, const stf_lane *K, stf_lane *b) {
  forward(n, K, b, 1);
  for (int p = n - 1; p >= 0; p--) {
    STF_VEC(b[p]) /= STF_READ(K[stf_packed(n, p, p)]);
    for (int r = p + 1; r < n; r++) STF_VEC(b[p]) -= STF_READ(K[stf_packed(n, p, r)]) * STF_READ(b[r]);
  }
}

/* The search for alpha, lane by lane. */
typedef struct search {
  stf_lane alpha[STF_SHELL_MODES], step[STF_SHELL_MODES];
  stf_lane slope;  /* of the energy along the step, at its start */
  stf_lane length; /* of the step that is tried; 0: the lane is done */
  stf_lane found;  /* 1: alpha is the minimiser */
} search;

enum { TURNS = 40 };
static const double LAST_STEP = 1e-7; /* after a step this small, the next would be lost in rounding */

/*
 * Judges the point that was tried in one lane. Where the energy rises as steeply as it fell, or C is of no deformation,
 * group the step is tried; else the point is kept, and `next`, Newton's step from there, is tried.
 */
STF_INLINE void judge(int modes, const sums *sum, const stf_lane *next, const stf_lane positive, int l, search *s) {
  double slope = 0.0, next_slope = 0.0, size = 0.0;
  for (int p = 0; p < modes; p++) {
    slope += sum->r[p][l] * s->step[p][l];
    next_slope += sum->r[p][l] * next[p][l];
    size = fmax(size, fabs(next[p][l]));
  }
  if (!(sum->J[l] > 0.0 && slope <= 0.9 * fabs(s->slope[l]) && isfinite(size))) {
    s->length[l] = s->length[l] > 1e-6 ? 0.5 * s->length[l] : 0.0;
    return;
  }
  const bool last = size < LAST_STEP;
  for (int p = 0; p < modes; p++) {
    s->alpha[p][l] += s->length[l] * s->step[p][l] + (last ? next[p][l] : 0.0);
    s->step[p][l] = next[p][l];
  }
  s->slope[l] = next_slope;
  s->length[l] = last ? 0.0 : 1.0;
  s->found[l] = last ? positive[l] : 0.0;
}

STF_KERNEL static void find_alpha(const frame *f, search *s) {
  const stf_shell *shell = f->shell;
  sums sum;
  memset(s, 0, sizeof *s);
  STF_EACH_LANE s->length[l] = f->J[l] > 0.0 ? 1.0 : 0.0;
  for (int turn = 0; turn < TURNS; turn++) {
    stf_lane trial[STF_SHELL_MODES], next[STF_SHELL_MODES], positive;
    int busy = 0;
    for (int l = 0; l < STF_LANES; l++) busy += s->length[l] > 0.0;
    if (!busy) return;
    for (int p = 0; p < shell->modes; p++)
      STF_VEC(trial[p]) = STF_READ(s->alpha[p]) + STF_READ(s->length) * STF_READ(s->step[p]);
    sum_points(f, trial, &sum);
    for (int p = 0; p < shell->modes; p++) STF_VEC(next[p]) = -STF_READ(sum.r[p]);
    decompose(shell->modes, sum.K, positive);
    solve(shell->modes, sum.K, next);
    for (int l = 0; l < STF_LANES; l++)
      if (s->length[l] > 0.0) judge(shell->modes, &sum, next, positive, l, s);
  }
}

/* ---- forces and stiffness ---- */

/* Sums that need a slope by every displacement. */
typedef struct whole {
  stf_lane tie[STF_SHELL_TIES][STF_SHELL_DOFS];               /* slopes of the sampled strains */
  double slope[STF_SHELL_TIES][STF_SHELL_NODES][3];           /* dN/dxi there */
  stf_lane tie_stress[STF_SHELL_TIES];                        /* [N/mm] what multiplies them in the forces */
  stf_lane turn[STF_SHELL_NODES * (STF_SHELL_NODES + 1) / 2]; /* [N/mm] stiffness of stresses that turn */
  stf_lane coupling[STF_SHELL_MODES][STF_SHELL_DOFS];         /* d2(energy)/dalpha du */
  stf_lane g[STF_SHELL_GROUPS][STF_SHELL_DOFS];               /* dtheta/du */
} whole;

STF_INLINE void begin_whole(const stf_shell *shell, const stf_element_in *in, whole *all) {
  memset(all, 0, sizeof *all);
  for (int t = 0; t < shell->ties; t++) {
    place p;
    visit(shell, in, shell->tie[t].xi, &p);
    memcpy(all->slope[t], p.slope, sizeof p.slope);
    natural_slope(shell, &p, shell->tie[t].strain, all->tie[t]);
  }
}

/* B [6][3 nodes]: slopes of the natural strains at a point. */
STF_INLINE void slopes_at(const stf_shell *shell, const place *p, double (*share)[STF_SHELL_TIES], const whole *all,
                          stf_lane (*B)[STF_SHELL_DOFS]) {
  const int dofs = 3 * shell->nodes;
  for (int n = 0; n < 6; n++) {
    const int row = tied_row(n);
    if (row < 0) {
      natural_slope(shell, p, n, B[n]);
      continue;
    }
    memset(B[n], 0, sizeof B[n]);
    for (int t = 0; t < shell->ties; t++) {
      const double part = share[row][t];
      if (part == 0.0) continue;
      for (int d = 0; d < dofs; d++) STF_VEC(B[n][d]) += part * STF_READ(all->tie[t][d]);
    }
  }
}

/* natural [6] = w T^T S */
STF_INLINE void natural_stress(const stf_lane T[36], const stf_lane S[6], const stf_lane w, stf_lane natural[6]) {
  for (int k = 0; k < 6; k++) {
    stf_vec sum = {0};
    for (int n = 0; n < 6; n++) sum += STF_READ(T[6 * n + k]) * STF_READ(S[n]);
    STF_VEC(natural[k]) = STF_READ(w) * sum;
  }
}

/* out [dofs] += stress B */
STF_INLINE void add_work(int dofs, const stf_lane stress[6], stf_lane (*B)[STF_SHELL_DOFS], stf_lane *out) {
  for (int n = 0; n < 6; n++)
    for (int d = 0; d < dofs; d++) STF_VEC(out[d]) += STF_READ(stress[n]) * STF_READ(B[n][d]);
}

/* K += w B^T T^T D T B on the packed upper triangle. */
STF_INLINE void add_stiffness(int dofs, const stf_lane T[36], const stf_lane D[36], const stf_lane w,
                              stf_lane (*B)[STF_SHELL_DOFS], stf_lane *K) {
  stf_lane DT[36], C[36];
  for (int n = 0; n < 6; n++)
    for (int k = 0; k < 6; k++) {
      stf_vec sum = {0};
      for (int o = 0; o < 6; o++) sum += STF_READ(D[6 * n + o]) * STF_READ(T[6 * o + k]);
      STF_VEC(DT[6 * n + k]) = STF_READ(w) * sum;
    }
  for (int n = 0; n < 6; n++)
    for (int k = 0; k < 6; k++) {
      stf_vec sum = {0};
      for (int o = 0; o < 6; o++) sum += STF_READ(T[6 * o + n]) * STF_READ(DT[6 * o + k]);
      STF_VEC(C[6 * n + k]) = sum;
    }
  for (int c = 0; c < dofs; c++) {
    stf_vec CB[6];
    for (int n = 0; n < 6; n++) {
      CB[n] = (stf_vec){0};
      for (int k = 0; k < 6; k++) CB[n] += STF_READ(C[6 * n + k]) * STF_READ(B[k][c]);
    }
    for (int r = 0; r <= c; r++) {
      stf_vec sum = STF_READ(K[stf_packed(dofs, r, c)]);
#pragma GCC unroll 6
      for (int n = 0; n < 6; n++) sum += STF_READ(B[n][r]) * CB[n];
      STF_VEC(K[stf_packed(dofs, r, c)]) = sum;
    }
  }
}

/* turn += stress d2(strain)/du2, which is the same in all three directions. */
STF_INLINE void add_turning(const stf_shell *shell, double (*slope)[3], int n, const stf_lane stress, stf_lane *turn) {
  const int m = ROW[n], k = COLUMN[n];
  for (int a = 0, at = 0; a < shell->nodes; a++)
    for (int b = a; b < shell->nodes; b++, at++) {
      const double second = m == k ? slope[a][m] * slope[b][m] : slope[a][m] * slope[b][k] + slope[a][k] * slope[b][m];
      STF_VEC(turn[at]) += second * STF_READ(stress);
    }
}

/* coupling [p] += w M_p (T^T dS/dalpha) B; `pressed`: U' det U C^-1, or NULL. */
STF_INLINE void add_coupling(const frame *f, int q, const point *at, const stf_lane *pressed,
                             stf_lane (*B)[STF_SHELL_DOFS], stf_lane (*coupling)[STF_SHELL_DOFS]) {
  const stf_shell *shell = f->shell;
  const int dofs = 3 * shell->nodes;
  stf_lane T[36], w;
  turning(f->a[q], T);
  STF_VEC(w) = STF_READ(f->w[q]) * STF_READ(f->ratio[q]);
  for (int c = 0; c < shell->components; c++) {
    stf_lane S[6], natural[6], row[STF_SHELL_DOFS];
    stress_of_component(f, q, c, at, S);
    if (pressed)
      for (int n = 0; n < 6; n++) STF_VEC(S[n]) += STF_READ(f->trace[c]) * STF_READ(pressed[n]);
    natural_stress(T, S, w, natural);
    memset(row, 0, sizeof row);
    add_work(dofs, natural, B, row);
    for (int p = 0; p < shell->modes; p++) {
      const double mode = f->mode[q][p];
      if (shell->mode[p].component != c) continue;
      for (int d = 0; d < dofs; d++) STF_VEC(coupling[p][d]) += mode * STF_READ(row[d]);
    }
  }
}

/* Adds a point to energy, forces and stiffness, and to `sum` what belongs to alpha. */
STF_KERNEL static void add_point(const frame *f, int q, point *at, stf_want want, sums *sum, whole *all,
                                 stf_element_out *out) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  const int dofs = 3 * shell->nodes, group = group_of(shell, q);
  const bool mean = in->material->matrix->isochoric;
  place p;
  stf_lane B[6][STF_SHELL_DOFS], T[36], natural[6], Ci[6], pressed[6];
  double share[STF_SHELL_TIED][STF_SHELL_TIES] = {{0}};
  visit(shell, in, shell->point[q], &p);
  shell->shares(shell->point[q], share);
  turning(f->a[q], T);
  slopes_at(shell, &p, share, all, B);
  by_strain(f, q, want, at);
  invert_metric(f->inverse[q], Ci);
  if (mean) add_pressure(Ci, at->swelling, sum->dU[group], want, at);
  natural_stress(T, at->S, f->w[q], natural);
  add_work(dofs, natural, B, out->f);
  if (want == STF_WANT_STRESS) return;
  add_stiffness(dofs, T, at->D, f->w[q], B, out->K);
  for (int n = 0; n < 6; n++)
    if (tied_row(n) < 0) add_turning(shell, p.slope, n, natural[n], all->turn);
  for (int t = 0; t < shell->ties; t++)
    for (int n = 0; n < 6; n++) {
      const double part = tied_row(n) < 0 ? 0.0 : share[tied_row(n)][t];
      STF_VEC(all->tie_stress[t]) += part * STF_READ(natural[n]);
    }
  enhance(f, q, at);
  add_curvature(f, q, at, sum->K);
  for (int n = 0; n < 6; n++) STF_VEC(pressed[n]) = STF_READ(sum->dU[group]) * STF_READ(f->det[q]) * STF_READ(Ci[n]);
  add_coupling(f, q, at, mean ? pressed : NULL, B, all->coupling);
  if (!mean) return;
  for (int n = 0; n < 6; n++) STF_VEC(pressed[n]) = STF_READ(at->swelling) * STF_READ(Ci[n]);
  natural_stress(T, pressed, f->w[q], natural);
  add_work(dofs, natural, B, all->g[group]);
}

/* Takes alpha out: its modes give way to whatever the nodes do. */
STF_INLINE void condense(const stf_shell *shell, sums *sum, whole *all, stf_lane *K) {
  const int dofs = 3 * shell->nodes, modes = shell->modes;
  stf_lane positive;
  decompose(modes, sum->K, positive);
  for (int d = 0; d < dofs; d++) forward(modes, sum->K, &all->coupling[0][d], STF_SHELL_DOFS);
  for (int p = 0; p < modes; p++) {
    const stf_lane *pivot = &sum->K[stf_packed(modes, p, p)];
    for (int r = 0, n = 0; r < dofs; r++) {
      const stf_vec part = STF_READ(all->coupling[p][r]) / STF_READ(*pivot);
      for (int c = r; c < dofs; c++, n++) STF_VEC(K[n]) -= part * STF_READ(all->coupling[p][c]);
    }
  }
}

/* Adds the volumetric energy of a group. */
STF_INLINE void add_group(const frame *f, int group, sums *sum, whole *all, stf_lane *K) {
  const stf_shell *shell = f->shell;
  const int dofs = 3 * shell->nodes;
  for (int d = 0; d < dofs; d++) STF_VEC(all->g[group][d]) /= STF_READ(f->volume[group]);
  add_volume(f, sum, group, shell->modes, sum->g[group], sum->K);
  add_volume(f, sum, group, dofs, all->g[group], K);
  for (int p = 0; p < shell->modes; p++) {
    stf_lane part;
    STF_VEC(part) = STF_READ(f->volume[group]) * STF_READ(sum->ddU[group]) * STF_READ(sum->g[group][p]);
    for (int d = 0; d < dofs; d++) STF_VEC(all->coupling[p][d]) += STF_READ(part) * STF_READ(all->g[group][d]);
  }
}

STF_KERNEL static void finish_stiffness(const frame *f, sums *sum, whole *all, stf_lane *K) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  const int nodes = shell->nodes;
  for (int t = 0; t < shell->ties; t++)
    add_turning(shell, all->slope[t], shell->tie[t].strain, all->tie_stress[t], all->turn);
  for (int a = 0, n = 0; a < nodes; a++)
    for (int b = a; b < nodes; b++, n++)
      for (int i = 0; i < 3; i++) {
        stf_lane *entry = &K[stf_packed(3 * nodes, 3 * a + i, 3 * b + i)];
        STF_VEC(*entry) += STF_READ(all->turn[n]);
      }
  if (in->material->matrix->isochoric)
    for (int group = 0; group < shell->groups; group++) add_group(f, group, sum, all, K);
  condense(shell, sum, all, K);
}

/* Energy of a batch at the alpha that was found. */
STF_KERNEL static void add_energy(const frame *f, const stf_lane *alpha, sums *sum, stf_lane energy) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  for (int group = 0; group < shell->groups; group++) {
    dilate(f, group, alpha, sum);
    if (!in->material->matrix->isochoric) continue;
    stf_lane U;
    stf_volumetric_energy(in->material->volumetric, in->material->bulk_modulus, sum->theta[group], U);
    STF_VEC(energy) += STF_READ(f->volume[group]) * STF_READ(U);
  }
  for (int q = 0; q < shell->points; q++) {
    point at;
    deform_point(f, q, alpha, &at);
    respond_point(in, q, STF_WANT_ENERGY, &at);
    STF_VEC(energy) += STF_READ(f->w[q]) * STF_READ(at.at.W);
  }
}

/* Forces and stiffness of a batch at the alpha that was found. */
STF_INLINE void add_forces(const frame *f, const stf_lane *alpha, stf_want want, sums *sum, stf_element_out *out) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  whole all;
  begin_whole(shell, in, &all);
  memset(out->f, 0, sizeof out->f);
  if (want == STF_WANT_TANGENT) memset(out->K, 0, sizeof out->K);
  for (int group = 0; group < shell->groups; group++) dilate(f, group, alpha, sum);
  for (int q = 0; q < shell->points; q++) {
    point at;
    deform_point(f, q, alpha, &at);
    respond_point(in, q, want, &at);
    add_point(f, q, &at, want, sum, &all, out);
  }
  if (want == STF_WANT_TANGENT) finish_stiffness(f, sum, &all, out->K);
}

STF_KERNEL void stf_shell_respond(const stf_shell *shell, const stf_element_in *in, stf_want want,
                                  stf_element_out *out) {
  frame f;
  search s;
  sums sum;
  prepare(shell, in, &f);
  find_alpha(&f, &s);
  memset(&sum, 0, sizeof sum);
  STF_VEC(sum.J) = STF_READ(f.J);
  if (want == STF_WANT_ENERGY) {
    memset(out->energy, 0, sizeof out->energy);
    add_energy(&f, s.alpha, &sum, out->energy);
  } else {
    add_forces(&f, s.alpha, want, &sum, out);
  }
  STF_EACH_LANE out->J_min[l] = s.found[l] > 0.0 || sum.J[l] < 0.0 ? sum.J[l] : 0.0;
}

/* ---- for people to look at ---- */

/* Q [9]: the rotation from U to the deformation gradient of the displacements at a point. */
STF_INLINE void rotation(const frame *f, int q, stf_lane Q[9]) {
  const stf_shell *shell = f->shell;
  const stf_element_in *in = f->in;
  place p;
  stf_lane F[9], E[6], U[9], R[9], det;
  visit(shell, in, shell->point[q], &p);
  multiply(p.g, f->a[q], false, F);
  for (int n = 0; n < 6; n++) {
    const int I = ROW[n], J = COLUMN[n];
    const double part = I == J ? 0.5 : 1.0, rest = I == J ? 1.0 : 0.0;
    STF_VEC(E[n]) = part * (STF_READ(F[I]) * STF_READ(F[J]) + STF_READ(F[3 + I]) * STF_READ(F[3 + J]) +
                            STF_READ(F[6 + I]) * STF_READ(F[6 + J]) - rest);
  }
  factorise(E, U, R, det);
  multiply(F, R, false, Q);
}

/* Deformation of a point from its natural state, as it lies in space. */
STF_INLINE void lay_out(const frame *f, int q, const point *at, stf_lane F[9]) {
  stf_lane Q[9];
  rotation(f, q, Q);
  multiply(Q, at->F, false, F);
}

/* Adds Cauchy stress Q P F^T Q^T / J of a point, volume-weighted; p [MPa] is that of its group. */
STF_INLINE void add_cauchy(const frame *f, int q, const double *p, const point *at, stf_lane stress[6]) {
  stf_lane Q[9], F[9], P[9], tau[9];
  rotation(f, q, Q);
  multiply(Q, at->F, false, F);
  multiply(Q, at->at.P, false, P);
  multiply(P, F, true, tau);
  for (int n = 0; n < 6; n++) {
    const double normal = n < 3 ? 1.0 : 0.0;
    STF_EACH_LANE stress[n][l] += f->w[q][l] * (tau[3 * ROW[n] + COLUMN[n]][l] / at->J[l] + normal * p[l]);
  }
}

STF_INLINE void sample_point(const frame *f, int q, point *at, stf_element_sample *sample) {
  const stf_element_in *in = f->in;
  stf_lane turned[STF_DIRECTIONS][3], Fa[3], stretch;
  if (in->G) stf_element_natural(in, q, turned);
  for (size_t k = 0; k < in->material->families; k++) {
    stf_fibre_stretch(at->F, in->G ? (const stf_lane *)turned[k] : in->a0[k], Fa, stretch);
    STF_VEC(sample->stretch[k]) += STF_READ(f->w[q]) * STF_READ(stretch);
  }
  STF_VEC(sample->volume) += STF_READ(f->w[q]);
  STF_VEC(sample->J) += STF_READ(f->w[q]) * STF_READ(at->swelling);
}

STF_KERNEL void stf_shell_sample(const stf_shell *shell, const stf_element_in *in, stf_element_sample *sample) {
  frame f;
  search s;
  sums sum;
  memset(sample, 0, sizeof *sample);
  prepare(shell, in, &f);
  find_alpha(&f, &s);
  memset(&sum, 0, sizeof sum); /* no pressure beside a matrix that has none */
  STF_VEC(sum.J) = STF_READ(f.J);
  for (int group = 0; group < shell->groups; group++) dilate(&f, group, s.alpha, &sum);
  for (int q = 0; q < shell->points; q++) {
    point at;
    deform_point(&f, q, s.alpha, &at);
    respond_point(in, q, STF_WANT_STRESS, &at);
    add_cauchy(&f, q, sum.dU[group_of(shell, q)], &at, sample->stress);
    sample_point(&f, q, &at, sample);
  }
  STF_VEC(sample->J) /= STF_READ(sample->volume);
  for (int n = 0; n < 6; n++) STF_VEC(sample->stress[n]) /= STF_READ(sample->volume);
  for (size_t k = 0; k < in->material->families; k++) STF_VEC(sample->stretch[k]) /= STF_READ(sample->volume);
}

STF_KERNEL void stf_shell_deformation(const stf_shell *shell, const stf_element_in *in, stf_lane (*F)[9]) {
  frame f;
  search s;
  prepare(shell, in, &f);
  find_alpha(&f, &s);
  for (int q = 0; q < shell->points; q++) {
    point at;
    deform_point(&f, q, s.alpha, &at);
    lay_out(&f, q, &at, F[q]);
  }
}
