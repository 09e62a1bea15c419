/*
 * Isoparametric solids (Hughes 2000, ch. 3; Bonet & Wood 2008, ch. 8-9): what every solid element of displacements does
 * once its shape functions and points are given.
 *
 *   F = I + sum_a u_a (x) dN_a/dX,   f_a = sum_q w P dN_a,   K_ab = sum_q w dN_a . A . dN_b
 *
 * `std` takes the volumetric energy at each point, with J = det F. `mean` takes it once, at the element's mean
 * dilatation theta = 1/V sum_q w J_q (Nagtegaal, Parks & Rice 1974; Simo, Taylor & Pister 1985), so that a nearly
 * incompressible matrix does not lock:
 *
 *   E = sum_q w W(F_q) + V U(theta),   f += V U' g,   K += V U'' g g^T + U' d2(V theta)/du2,   g = d theta/du
 *
 * Prestress: a point whose state at u = 0 is already deformed by G from a natural one is computed on the natural one,
 * dN/dX_n = G^T dN/dX, w_n = w / det G, F_e = F G; an image's fibre direction a0 is G^-1 a0 there, a normal n is G^T n.
 */
#ifndef STF_ELEMENT_SOLID_H
#define STF_ELEMENT_SOLID_H

#include <math.h>
#include <string.h>

#include "element/element.h"
#include "material/kinematics.h"

/* Shape functions and points of an element: constants of the file that includes this. */
typedef struct stf_rule {
  int nodes, points;
  double (*share)(int q, int a);        /* N_a at point q */
  double (*slope)(int q, int a, int m); /* dN_a/dxi_m at point q */
  double (*weight)(int q);
} stf_rule;

/* One integration point: shape gradients dN[3 a + I] [1/mm], weight w [mm^3], deformation gradient, fibres. */
typedef struct stf_point {
  stf_lane dN[STF_ELEMENT_DOFS], w, F[9], cof[9], J;
  stf_lane natural[STF_DIRECTIONS][3];
  const stf_lane (*a0)[3];
  stf_past room;
  const stf_past *past; /* NULL: none */
} stf_point;

/* Shape gradients and weight: dN/dX = dN/dxi (dX/dxi)^-1. */
STF_INLINE void stf_point_place(const stf_rule *rule, int q, const stf_lane *X, stf_point *p) {
  double slope[STF_ELEMENT_NODES][3];
  stf_lane map[9], cof[9], det;
  memset(map, 0, sizeof map);
  for (int a = 0; a < rule->nodes; a++)
    for (int m = 0; m < 3; m++) {
      slope[a][m] = rule->slope(q, a, m);
      for (int i = 0; i < 3; i++) STF_VEC(map[3 * i + m]) += STF_READ(X[3 * a + i]) * slope[a][m];
    }
  stf_cofactor(map, cof, det);
  const stf_vec inverse = 1.0 / STF_READ(det);
  for (int a = 0; a < rule->nodes; a++)
    for (int i = 0; i < 3; i++)
      STF_VEC(p->dN[3 * a + i]) = (STF_READ(cof[3 * i]) * slope[a][0] + STF_READ(cof[3 * i + 1]) * slope[a][1] +
                                   STF_READ(cof[3 * i + 2]) * slope[a][2]) *
                                  inverse;
  STF_VEC(p->w) = rule->weight(q) * STF_READ(det);
}

/* Goes over to the natural state that G leads away from. */
STF_INLINE void stf_point_release(const stf_rule *rule, int q, const stf_element_in *in, stf_point *p) {
  const stf_lane *G = in->G[q];
  stf_lane cof[9], det;
  stf_cofactor(G, cof, det);
  for (int a = 0; a < rule->nodes; a++) {
    stf_lane image[3];
    memcpy(image, p->dN[3 * a], sizeof image);
    for (int i = 0; i < 3; i++)
      STF_EACH_LANE p->dN[3 * a + i][l] = image[0][l] * G[i][l] + image[1][l] * G[3 + i][l] + image[2][l] * G[6 + i][l];
  }
  STF_EACH_LANE p->w[l] /= det[l];
  stf_element_natural(in, q, p->natural);
  p->a0 = (const stf_lane(*)[3])p->natural;
}

/* A point of the deformed element, complete. */
STF_INLINE void stf_point_deform(const stf_rule *rule, int q, const stf_element_in *in, stf_point *p) {
  stf_point_place(rule, q, in->X, p);
  p->a0 = in->a0;
  p->past = stf_element_past(in, q, &p->room);
  if (in->G) stf_point_release(rule, q, in, p);
  for (int r = 0; r < 9; r++) {
    stf_vec F = {0};
    if (in->G)
      F = STF_READ(in->G[q][r]);
    else if (r % 4 == 0)
      F += 1.0;
    for (int a = 0; a < rule->nodes; a++) F += STF_READ(in->u[3 * a + r / 3]) * STF_READ(p->dN[3 * a + r % 3]);
    STF_VEC(p->F[r]) = F;
  }
  stf_cofactor(p->F, p->cof, p->J);
}

STF_INLINE void stf_point_add_forces(const stf_rule *rule, const stf_point *p, const stf_lane P[9], stf_lane *f) {
  stf_vec wP[9];
  for (int r = 0; r < 9; r++) wP[r] = STF_READ(p->w) * STF_READ(P[r]);
  for (int a = 0; a < rule->nodes; a++) {
    const stf_vec x = STF_READ(p->dN[3 * a]), y = STF_READ(p->dN[3 * a + 1]), z = STF_READ(p->dN[3 * a + 2]);
    for (int i = 0; i < 3; i++) STF_VEC(f[3 * a + i]) += wP[3 * i] * x + wP[3 * i + 1] * y + wP[3 * i + 2] * z;
  }
}

/* B[3 (3 i + J) + k] = w A_iJkL dN_bL: the stress that moving node b in direction k makes. */
STF_INLINE void stf_point_stress_of_node(const stf_point *p, const stf_lane A[STF_TANGENT_SIZE], int b, stf_vec B[27]) {
  stf_vec d[3];
  for (int L = 0; L < 3; L++) d[L] = STF_READ(p->w) * STF_READ(p->dN[3 * b + L]);
#pragma GCC unroll 9
  for (int r = 0; r < 9; r++)
#pragma GCC unroll 3
    for (int k = 0; k < 3; k++)
      B[3 * r + k] = STF_READ(A[stf_packed(9, r, 3 * k)]) * d[0] + STF_READ(A[stf_packed(9, r, 3 * k + 1)]) * d[1] +
                     STF_READ(A[stf_packed(9, r, 3 * k + 2)]) * d[2];
}

/* K_ab += dN_a . B, for a < b whole, for a = b its upper half. */
STF_INLINE void stf_point_add_stiffness(const stf_rule *rule, const stf_point *p, const stf_lane A[STF_TANGENT_SIZE],
                                        stf_lane *K) {
  const int dofs = 3 * rule->nodes;
  for (int b = 0; b < rule->nodes; b++) {
    stf_vec B[27];
    stf_point_stress_of_node(p, A, b, B);
    for (int a = 0; a <= b; a++) {
      const stf_vec x = STF_READ(p->dN[3 * a]), y = STF_READ(p->dN[3 * a + 1]), z = STF_READ(p->dN[3 * a + 2]);
#pragma GCC unroll 3
      for (int i = 0; i < 3; i++) {
        stf_lane *row = K + stf_packed(dofs, 3 * a + i, 3 * b + (a == b ? i : 0)) - (a == b ? i : 0);
#pragma GCC unroll 3
        for (int k = 0; k < 3; k++)
          if (a < b || k >= i) STF_VEC(row[k]) += x * B[9 * i + k] + y * B[9 * i + 3 + k] + z * B[9 * i + 6 + k];
      }
    }
  }
}

STF_INLINE void stf_solid_clear(const stf_rule *rule, stf_want want, stf_element_out *out) {
  const size_t dofs = 3 * (size_t)rule->nodes;
  STF_EACH_LANE out->J_min[l] = INFINITY;
  if (want == STF_WANT_ENERGY)
    memset(out->energy, 0, sizeof out->energy);
  else
    memset(out->f, 0, dofs * sizeof *out->f);
  if (want == STF_WANT_TANGENT) memset(out->K, 0, dofs * (dofs + 1) / 2 * sizeof *out->K);
}

/* Adds a point and its response to the sums over the element. `dU`: pressure of the mean form besides, or NULL. */
STF_INLINE void stf_solid_add_response(const stf_rule *rule, const stf_point *p, stf_response *at, const double *dU,
                                       stf_want want, stf_element_out *out) {
  STF_EACH_LANE out->J_min[l] = p->J[l] < out->J_min[l] ? p->J[l] : out->J_min[l];
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE out->energy[l] += p->w[l] * at->W[l];
    return;
  }
  if (dU)
    for (int r = 0; r < 9; r++) STF_EACH_LANE at->P[r][l] += dU[l] * p->cof[r][l];
  stf_point_add_forces(rule, p, at->P, out->f);
  if (want == STF_WANT_STRESS) return;
  if (dU) stf_add_cofactor_gradient(at->A, p->F, dU);
  stf_point_add_stiffness(rule, p, at->A, out->K);
}

/* Adds a point to the sums over the element. `dU`: pressure U'(theta) of the mean form, or NULL. */
STF_INLINE void stf_solid_add_point(const stf_rule *rule, const stf_element_in *in, const stf_point *p,
                                    const double *dU, stf_want want, stf_element_out *out) {
  stf_response at;
  if (dU)
    stf_material_distort(in->material, p->past, p->F, p->a0, want, &at);
  else
    stf_material_respond(in->material, p->past, p->F, p->a0, want, &at);
  stf_solid_add_response(rule, p, &at, dU, want, out);
}
STF_INLINE void stf_solid_respond_std(const stf_rule *rule, const stf_element_in *in, stf_want want,
                                      stf_element_out *out) {
  stf_solid_clear(rule, want, out);
  for (int q = 0; q < rule->points; q++) {
    stf_point p;
    stf_point_deform(rule, q, in, &p);
    stf_solid_add_point(rule, in, &p, NULL, want, out);
  }
}

/* Mean dilatation of deformed points, and the volume it is a mean over. */
STF_INLINE void stf_solid_dilatation(int points, const stf_point *p, stf_lane theta, stf_lane V) {
  STF_EACH_LANE theta[l] = V[l] = 0.0;
  for (int q = 0; q < points; q++) STF_EACH_LANE {
      theta[l] += p[q].w[l] * p[q].J[l];
      V[l] += p[q].w[l];
    }
  STF_EACH_LANE theta[l] /= V[l];
}

/* K += V U'' g g^T */
STF_INLINE void stf_solid_add_volume_stiffness(const stf_rule *rule, const stf_point *p, const stf_lane V,
                                               const stf_lane ddU, stf_lane *K) {
  const int dofs = 3 * rule->nodes;
  stf_lane Vg[STF_ELEMENT_DOFS];
  memset(Vg, 0, (size_t)dofs * sizeof *Vg);
  for (int q = 0; q < rule->points; q++) stf_point_add_forces(rule, &p[q], p[q].cof, Vg);
  const stf_vec scale = STF_READ(ddU) / STF_READ(V);
  for (int r = 0, n = 0; r < dofs; r++) {
    const stf_vec row = scale * STF_READ(Vg[r]);
    for (int c = r; c < dofs; c++, n++) STF_VEC(K[n]) += row * STF_READ(Vg[c]);
  }
}

/* `p` [points]: room to work in. A matrix without a volumetric part beside it has no dilatation to average. */
STF_INLINE void stf_solid_respond_mean(const stf_rule *rule, const stf_element_in *in, stf_want want, stf_point *p,
                                       stf_element_out *out) {
  stf_lane theta, V, U, dU, ddU;
  stf_solid_clear(rule, want, out);
  for (int q = 0; q < rule->points; q++) stf_point_deform(rule, q, in, &p[q]);
  stf_solid_dilatation(rule->points, p, theta, V);
  stf_volumetric(in->material->volumetric, in->material->bulk_modulus, theta, dU, ddU);
  if (want == STF_WANT_ENERGY) {
    stf_volumetric_energy(in->material->volumetric, in->material->bulk_modulus, theta, U);
    STF_EACH_LANE out->energy[l] = V[l] * U[l];
  }
  if (want == STF_WANT_TANGENT) stf_solid_add_volume_stiffness(rule, p, V, ddU, out->K);
  for (int q = 0; q < rule->points; q++) stf_solid_add_point(rule, in, &p[q], dU, want, out);
}

/*
 * Quadratic displacements hold movements whose strain is a dilatation that changes evenly across the element (conformal
 * maps); the mean knows nothing of them and they would be free. So a part of the bulk modulus, twice the shear modulus
 * of the matrix at most, stays at the points, and the rest is taken at the mean.
 */
STF_INLINE stf_material stf_solid_pointwise(const stf_material *material) {
  stf_material soft = *material;
  stf_lane F[9] = {{0}};
  stf_response at;
  for (int r = 0; r < 9; r += 4) STF_EACH_LANE F[r][l] = 1.0;
  stf_response_clear(STF_WANT_TANGENT, &at);
  material->matrix->add(material->matrix_data, (const stf_lane *)F, STF_WANT_TANGENT, &at);
  soft.bulk_modulus = fmin(material->bulk_modulus, 2.0 * at.A[stf_packed(9, 1, 1)][0]);
  return soft;
}

STF_INLINE void stf_solid_respond_split(const stf_rule *rule, const stf_element_in *in, stf_want want, stf_point *p,
                                        stf_element_out *out) {
  const stf_material soft = stf_solid_pointwise(in->material);
  const double rest = in->material->bulk_modulus - soft.bulk_modulus;
  stf_lane theta, V, U, dU, ddU;
  stf_solid_clear(rule, want, out);
  for (int q = 0; q < rule->points; q++) stf_point_deform(rule, q, in, &p[q]);
  stf_solid_dilatation(rule->points, p, theta, V);
  stf_volumetric(in->material->volumetric, rest, theta, dU, ddU);
  if (want == STF_WANT_ENERGY) {
    stf_volumetric_energy(in->material->volumetric, rest, theta, U);
    STF_EACH_LANE out->energy[l] = V[l] * U[l];
  }
  if (want == STF_WANT_TANGENT) stf_solid_add_volume_stiffness(rule, p, V, ddU, out->K);
  for (int q = 0; q < rule->points; q++) {
    stf_response at;
    stf_material_respond(&soft, p[q].past, (const stf_lane *)p[q].F, p[q].a0, want, &at);
    stf_solid_add_response(rule, &p[q], &at, dU, want, out);
  }
}

/* Adds a point's Cauchy stress P F^T / J, volume-weighted. */
STF_INLINE void stf_point_add_cauchy(const stf_point *p, const stf_lane P[9], stf_lane stress[6]) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, column[6] = {0, 1, 2, 1, 2, 2};
  for (int n = 0; n < 6; n++)
    for (int I = 0; I < 3; I++)
      STF_EACH_LANE stress[n][l] += p->w[l] / p->J[l] * P[3 * row[n] + I][l] * p->F[3 * column[n] + I][l];
}

/* `soft`: what stays at the points where not all of the bulk modulus is taken at the mean; else NULL. */
STF_INLINE void stf_solid_sample(const stf_rule *rule, const stf_element_in *in, bool mean, const stf_material *soft,
                                 stf_point *p, stf_element_sample *s) {
  const double rest = in->material->bulk_modulus - (soft ? soft->bulk_modulus : 0.0);
  stf_lane dU, ddU;
  memset(s, 0, sizeof *s);
  for (int q = 0; q < rule->points; q++) stf_point_deform(rule, q, in, &p[q]);
  stf_solid_dilatation(rule->points, p, s->J, s->volume);
  if (in->material->matrix->isochoric) stf_volumetric(in->material->volumetric, rest, s->J, dU, ddU);
  if (in->pressure) memcpy(dU, in->pressure, sizeof dU);
  for (int q = 0; q < rule->points; q++) {
    stf_response at;
    stf_lane Fa[3], stretch;
    if (mean) {
      if (soft)
        stf_material_respond(soft, p[q].past, p[q].F, p[q].a0, STF_WANT_STRESS, &at);
      else
        stf_material_distort(in->material, p[q].past, p[q].F, p[q].a0, STF_WANT_STRESS, &at);
      stf_volumetric_add(p[q].F, (const stf_lane *)p[q].cof, dU, ddU, STF_WANT_STRESS, &at);
    } else {
      stf_material_respond(in->material, p[q].past, p[q].F, p[q].a0, STF_WANT_STRESS, &at);
    }
    stf_point_add_cauchy(&p[q], at.P, s->stress);
    for (size_t f = 0; f < in->material->families; f++) {
      stf_fibre_stretch(p[q].F, p[q].a0[f], Fa, stretch);
      STF_EACH_LANE s->stretch[f][l] += p[q].w[l] * stretch[l];
    }
  }
  for (int n = 0; n < 6; n++) STF_EACH_LANE s->stress[n][l] /= s->volume[l];
  for (size_t f = 0; f < in->material->families; f++) STF_EACH_LANE s->stretch[f][l] /= s->volume[l];
}

/* Deformation F_e [points][9] of every point from its natural state. */
STF_INLINE void stf_solid_deformation(const stf_rule *rule, const stf_element_in *in, stf_lane (*F)[9]) {
  for (int q = 0; q < rule->points; q++) {
    stf_point p;
    stf_point_deform(rule, q, in, &p);
    memcpy(F[q], p.F, sizeof p.F);
  }
}

/*
 * The functions of an element of rule `rule`: NAME_respond, NAME_sample, NAME_deformation. A matrix without a
 * volumetric part beside it has no dilatation to average: there STF_SOLID_MEAN is the same as STF_SOLID_STD.
 */
STF_INLINE void stf_solid_view(const stf_rule *rule, const stf_element_in *in, stf_element_view *view) {
  for (int q = 0; q < rule->points; q++) {
    stf_point p;
    stf_point_place(rule, q, in->X, &p);
    for (int a = 0; a < rule->nodes; a++) view->share[q][a] = rule->share(q, a);
    memcpy(view->slope[q], p.dN, 3 * (size_t)rule->nodes * sizeof(stf_lane));
    memcpy(view->volume[q], p.w, sizeof p.w);
  }
}

#define STF_SOLID_STD(name, rule)                                                                        \
  STF_KERNEL static void name##_respond(const stf_element_in *in, stf_want want, stf_element_out *out) { \
    stf_solid_respond_std(&(rule), in, want, out);                                                       \
  }                                                                                                      \
  static void name##_sample(const stf_element_in *in, stf_element_sample *sample) {                      \
    stf_point p[STF_ELEMENT_POINTS];                                                                     \
    stf_solid_sample(&(rule), in, false, NULL, p, sample);                                               \
  }                                                                                                      \
  static void name##_deformation(const stf_element_in *in, stf_lane(*F)[9]) {                            \
    stf_solid_deformation(&(rule), in, F);                                                               \
  }

#define STF_SOLID_MEAN(name, rule)                                                                       \
  STF_KERNEL static void name##_respond(const stf_element_in *in, stf_want want, stf_element_out *out) { \
    stf_point p[STF_ELEMENT_POINTS];                                                                     \
    if (in->material->matrix->isochoric)                                                                 \
      stf_solid_respond_mean(&(rule), in, want, p, out);                                                 \
    else                                                                                                 \
      stf_solid_respond_std(&(rule), in, want, out);                                                     \
  }                                                                                                      \
  static void name##_sample(const stf_element_in *in, stf_element_sample *sample) {                      \
    stf_point p[STF_ELEMENT_POINTS];                                                                     \
    stf_solid_sample(&(rule), in, in->material->matrix->isochoric, NULL, p, sample);                     \
  }                                                                                                      \
  static void name##_deformation(const stf_element_in *in, stf_lane(*F)[9]) {                            \
    stf_solid_deformation(&(rule), in, F);                                                               \
  }

#endif
