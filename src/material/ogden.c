/*
 * Ogden matrix of up to six terms, isochoric part (Ogden 1972; split after Flory 1961). With c_a and N_a the
 * eigenvalues and eigenvectors of C = F^T F, l_a = J^(-1/3) sqrt c_a and v_ab = F N_a (x) N_b:
 *
 *   W = sum_p mu_p/alpha_p (l_1^alpha_p + l_2^alpha_p + l_3^alpha_p - 3)
 *   P = sum_a B_a/c_a v_aa,   B_a = t_a - (t_1 + t_2 + t_3)/3,   t_a = sum_p mu_p (l_a^alpha_p - 1)
 *   A = sum_ab M_ab/(c_a c_b) v_aa (x) v_bb + sum_a<b g_ab (v_ab + v_ba) (x) (v_ab + v_ba) + d_ik S_IK
 *   M_ab = d_ab (u_a - 2 B_a) - (u_a + u_b)/3 + (u_1 + u_2 + u_3)/9,   u_a = sum_p mu_p alpha_p l_a^alpha_p
 *   g_ab = (B_a/c_a - B_b/c_b)/(c_a - c_b),   S = sum_a B_a/c_a N_a (x) N_a   (Daleckii & Krein; Ogden 1984, ch. 6)
 *
 * g is taken with x = c_a/c_b - 1 >= 0 as [ (t_a - t_b)/x - B_b ]/(c_a c_b), and each term of t_a - t_b as
 * mu l_b^alpha (exp(alpha/2 log(1 + x)) - 1): exact to rounding down to x = 0, where this over x is alpha/2.
 */
#include <math.h>

#include "material/elementary.h"
#include "material/isochoric.h"
#include "material/law.h"

enum { MAX_TERMS = 6, SWEEPS = 6 };

typedef struct parameters {
  const stf_yaml_node *node;
  double mu[MAX_TERMS], alpha[MAX_TERMS];
} parameters;

typedef struct constants {
  int terms;
  double mu[MAX_TERMS], alpha[MAX_TERMS]; /* [terms] */
} constants;

#define TERM(name, index, default)                                                                            \
  {.key = "mu" name,                                                                                          \
   .kind = STF_KIND_QUANTITY,                                                                                 \
   .dimension = STF_STRESS,                                                                                   \
   .offset = offsetof(parameters, mu[index]),                                                                 \
   .fallback = (default),                                                                                     \
   .minimum = -1e6,                                                                                           \
   .maximum = 1e6,                                                                                            \
   .help = "modulus of term " name " (FEBio's c" name "/m" name                                               \
           "); the shear modulus is half the sum of mu alpha over the terms"},                                \
  {                                                                                                           \
    .key = "alpha" name, .kind = STF_KIND_QUANTITY, .dimension = STF_RATIO,                                   \
    .offset = offsetof(parameters, alpha[index]), .fallback = (default), .minimum = -100.0, .maximum = 100.0, \
    .help = "power of the stretches in term " name " (in FEBio m" name ")"                                    \
  }

static const stf_option options[] = {
    TERM("1", 0, NULL), TERM("2", 1, ""), TERM("3", 2, ""), TERM("4", 3, ""), TERM("5", 4, ""), TERM("6", 5, ""),
};

static const stf_table table = STF_TABLE_OF("ogden", parameters, options);

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  constants *k = data;
  double shear = 0.0;
  *k = (constants){0};
  for (int n = 0; n < MAX_TERMS; n++) {
    if (isnan(p->mu[n]) != isnan(p->alpha[n])) return "a term has only one of mu and alpha";
    if (isnan(p->mu[n])) continue;
    if (p->alpha[n] == 0.0) return "an alpha is 0";
    k->mu[k->terms] = p->mu[n];
    k->alpha[k->terms++] = p->alpha[n];
    shear += 0.5 * p->mu[n] * p->alpha[n];
  }
  return shear > 0.0 ? NULL : "the shear modulus, half the sum of mu alpha, is not positive";
}

/* An entry off the diagonal that is as good as zero: below the last place of the eigenvalues, however far these are
 * apart. */
STF_INLINE bool vanishes(double off, double one, double other) {
  return off * off <= 1e-34 * one * other;
}

/* No lane has a rotation to make. Which sweeps are left out changes no lane's bits: it would turn by nothing. */
STF_INLINE bool diagonal(const stf_lane M[9]) {
  int left = 0;
  for (int l = 0; l < STF_LANES; l++)
    left += !(vanishes(M[1][l], M[0][l], M[4][l]) && vanishes(M[2][l], M[0][l], M[8][l]) &&
              vanishes(M[5][l], M[4][l], M[8][l]));
  return left == 0;
}

/* One Jacobi rotation in the plane p, q of the symmetric M [9], whose third axis is r, and of the vectors in N [9]. */
STF_INLINE void rotate(stf_lane M[9], stf_lane N[9], int p, int q) {
  const int r = 3 - p - q;
  STF_EACH_LANE {
    const double off = M[3 * p + q][l], gap = M[4 * q][l] - M[4 * p][l];
    const double whole = gap + copysign(sqrt(gap * gap + 4.0 * off * off), gap);
    const double turn = vanishes(off, M[4 * p][l], M[4 * q][l]) ? 0.0 : 2.0 * off;
    const double t = turn == 0.0 ? 0.0 : turn / whole, c = 1.0 / sqrt(1.0 + t * t), s = t * c;
    const double pr = M[3 * p + r][l], qr = M[3 * q + r][l];
    M[4 * p][l] -= t * off;
    M[4 * q][l] += t * off;
    M[3 * p + q][l] = M[3 * q + p][l] = 0.0;
    M[3 * p + r][l] = M[3 * r + p][l] = c * pr - s * qr;
    M[3 * q + r][l] = M[3 * r + q][l] = s * pr + c * qr;
    for (int i = 0; i < 3; i++) {
      const double np = N[3 * i + p][l], nq = N[3 * i + q][l];
      N[3 * i + p][l] = c * np - s * nq;
      N[3 * i + q][l] = s * np + c * nq;
    }
  }
}

/* What the response is made of; powers[p][a] = l_a^alpha_p - 1. */
typedef struct principal {
  stf_lane c[3], N[9], FN[9], powers[MAX_TERMS][3], B[3];
} principal;

/* Eigenvalues c [3] of F^T F, and its eigenvectors in the columns of N [9]. */
STF_INLINE void diagonalise(const stf_lane F[9], stf_lane c[3], stf_lane N[9]) {
  stf_lane C[9];
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    STF_VEC(C[r]) = STF_READ(F[i]) * STF_READ(F[j]) + STF_READ(F[3 + i]) * STF_READ(F[3 + j]) +
                    STF_READ(F[6 + i]) * STF_READ(F[6 + j]);
    STF_EACH_LANE N[r][l] = i == j ? 1.0 : 0.0;
  }
  for (int sweep = 0; sweep < SWEEPS && !diagonal((const stf_lane *)C); sweep++) {
    rotate(C, N, 0, 1);
    rotate(C, N, 0, 2);
    rotate(C, N, 1, 2);
  }
  for (int a = 0; a < 3; a++) STF_VEC(c[a]) = STF_READ(C[4 * a]);
}

/* c, N and the powers of the stretches. */
STF_INLINE void measure(const constants *k, const stf_lane F[9], principal *m) {
  stf_lane cof[9], J, s;
  stf_cofactor(F, cof, J);
  stf_inverse_cube_root(J, s);
  diagonalise(F, m->c, m->N);
  for (int a = 0; a < 3; a++) {
    stf_lane square, log_square, exponent;
    STF_VEC(square) = STF_READ(s) * STF_READ(s) * STF_READ(m->c[a]);
    stf_log(square, log_square);
    for (int p = 0; p < k->terms; p++) {
      STF_VEC(exponent) = 0.5 * k->alpha[p] * STF_READ(log_square);
      stf_exp_less_1(exponent, m->powers[p][a]);
    }
  }
}

/* F N and B. */
STF_INLINE void load(const constants *k, const stf_lane F[9], principal *m) {
  stf_vec t[3] = {{0}};
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), a = r % 3;
    STF_VEC(m->FN[r]) = STF_READ(F[i]) * STF_READ(m->N[a]) + STF_READ(F[i + 1]) * STF_READ(m->N[3 + a]) +
                        STF_READ(F[i + 2]) * STF_READ(m->N[6 + a]);
  }
  for (int p = 0; p < k->terms; p++)
    for (int a = 0; a < 3; a++) t[a] += k->mu[p] * STF_READ(m->powers[p][a]);
  const stf_vec mean = (t[0] + t[1] + t[2]) * (1.0 / 3.0);
  for (int a = 0; a < 3; a++) STF_VEC(m->B[a]) = t[a] - mean;
}

/* A += M_ab/(c_a c_b) v_aa (x) v_bb; v[a] = v_aa/c_a. */
STF_INLINE void add_stretching(const constants *k, const principal *m, const stf_lane (*v)[9],
                               stf_lane A[STF_TANGENT_SIZE]) {
  stf_vec u[3] = {{0}};
  for (int p = 0; p < k->terms; p++)
    for (int a = 0; a < 3; a++) u[a] += k->mu[p] * k->alpha[p] * (1.0 + STF_READ(m->powers[p][a]));
  const stf_vec all = (u[0] + u[1] + u[2]) * (1.0 / 9.0);
  for (int a = 0; a < 3; a++) {
    stf_vec row[9], M[3];
    for (int b = 0; b < 3; b++) M[b] = all - (u[a] + u[b]) * (1.0 / 3.0);
    M[a] += u[a] - 2.0 * STF_READ(m->B[a]);
    for (int r = 0; r < 9; r++) row[r] = M[0] * STF_READ(v[0][r]) + M[1] * STF_READ(v[1][r]) + M[2] * STF_READ(v[2][r]);
    for (int r = 0, n = 0; r < 9; r++)
      for (int c = r; c < 9; c++, n++) STF_VEC(A[n]) += STF_READ(v[a][r]) * row[c];
  }
}

/* g_ab of the principal directions a and b. */
STF_INLINE void shear(const constants *k, const principal *m, int a, int b, stf_lane g) {
  stf_lane x, least, log_x, exponent, grown, sum = {0.0};
  const stf_lane *c = m->c;
  STF_EACH_LANE {
    least[l] = c[a][l] < c[b][l] ? c[a][l] : c[b][l];
    x[l] = (c[a][l] < c[b][l] ? c[b][l] - c[a][l] : c[a][l] - c[b][l]) / least[l];
  }
  stf_log_of_1_and(x, log_x);
  for (int p = 0; p < k->terms; p++) {
    const double half = 0.5 * k->alpha[p];
    STF_VEC(exponent) = half * STF_READ(log_x);
    stf_exp_less_1(exponent, grown);
    STF_EACH_LANE {
      const double slope = x[l] > 0.0 ? grown[l] / x[l] : half;
      sum[l] += k->mu[p] * (1.0 + (c[a][l] < c[b][l] ? m->powers[p][a][l] : m->powers[p][b][l])) * slope;
    }
  }
  STF_EACH_LANE g[l] = (sum[l] - (c[a][l] < c[b][l] ? m->B[a][l] : m->B[b][l])) / (c[a][l] * c[b][l]);
}

STF_INLINE void add_shears(const constants *k, const principal *m, stf_lane A[STF_TANGENT_SIZE]) {
  for (int a = 0; a < 3; a++) {
    const int b = (a + 1) % 3;
    stf_lane v[9], g;
    for (int r = 0; r < 9; r++) {
      const int i = 3 * (r / 3), j = 3 * (r % 3);
      STF_VEC(v[r]) = STF_READ(m->FN[i + a]) * STF_READ(m->N[j + b]) + STF_READ(m->FN[i + b]) * STF_READ(m->N[j + a]);
    }
    shear(k, m, a, b, g);
    stf_add_outer(A, v, g);
  }
}

/* A += d_ik S_IK */
STF_INLINE void add_turning(const principal *m, stf_lane A[STF_TANGENT_SIZE]) {
  stf_vec f[3];
  for (int a = 0; a < 3; a++) f[a] = STF_READ(m->B[a]) / STF_READ(m->c[a]);
  for (int I = 0; I < 3; I++)
    for (int K = I; K < 3; K++) {
      stf_vec S = {0};
      for (int a = 0; a < 3; a++) S += f[a] * STF_READ(m->N[3 * I + a]) * STF_READ(m->N[3 * K + a]);
      for (int i = 0; i < 3; i++) STF_VEC(A[stf_packed(9, 3 * i + I, 3 * i + K)]) += S;
    }
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  const constants *k = data;
  principal m;
  stf_lane v[3][9];
  measure(k, F, &m);
  if (want == STF_WANT_ENERGY) {
    for (int p = 0; p < k->terms; p++)
      STF_VEC(response->W) += k->mu[p] / k->alpha[p] *
                              (STF_READ(m.powers[p][0]) + STF_READ(m.powers[p][1]) + STF_READ(m.powers[p][2]));
    return;
  }
  load(k, F, &m);
  for (int a = 0; a < 3; a++) {
    const stf_vec inverse = 1.0 / STF_READ(m.c[a]);
    for (int r = 0; r < 9; r++) {
      STF_VEC(v[a][r]) = STF_READ(m.FN[3 * (r / 3) + a]) * STF_READ(m.N[3 * (r % 3) + a]) * inverse;
      STF_VEC(response->P[r]) += STF_READ(m.B[a]) * STF_READ(v[a][r]);
    }
  }
  if (want == STF_WANT_STRESS) return;
  add_stretching(k, &m, (const stf_lane(*)[9])v, response->A);
  add_shears(k, &m, response->A);
  add_turning(&m, response->A);
}

const stf_matrix_law stf_ogden = {
    .about = {.name = "ogden",
              .sentence = "isochoric Ogden solid in powers of the principal stretches",
              .references = "ogden1972 ogden1984 flory1961",
              .parameters = &table,
              .data_size = sizeof(constants),
              .prepare = prepare},
    .isochoric = true,
    .add = add,
};
