/*
 * Ogden matrix of up to six terms, isochoric part (Ogden 1972; split after Flory 1961). With c_a and N_a the
 * eigenvalues and eigenvectors of C = F^T F of the isochoric deformation, for which isochoric.h does the rest:
 *
 *   W = sum_p mu_p/alpha_p (c_1^(alpha_p/2) + c_2^(alpha_p/2) + c_3^(alpha_p/2) - 3)
 *   P = sum_a f(c_a) F N_a (x) N_a,   f(c) = sum_p mu_p c^(alpha_p/2 - 1)
 *   A = sum_a 2 f'(c_a) V_aa (x) V_aa + sum_a<b f[c_a, c_b] V_ab (x) V_ab + d_ik S_IK,   S = sum_a f(c_a) N_a (x) N_a
 *   V_aa = F N_a (x) N_a,   V_ab = F N_a (x) N_b + F N_b (x) N_a   (Daleckii & Krein; Ogden 1984, ch. 6)
 *
 * The divided difference f[c, d] = (f(c) - f(d))/(c - d) is taken with x = c/d - 1 as
 * d^(q-1) (exp(q log(1 + x)) - 1)/x for each power q, which is exact to rounding down to x = 0, where it is f'.
 */
#include <math.h>

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

/* One Jacobi rotation in the plane p, q of the symmetric M [9], whose third axis is r, and of the vectors in N [9]. */
STF_INLINE void rotate(stf_lane M[9], stf_lane N[9], int p, int q) {
  const int r = 3 - p - q;
  STF_EACH_LANE {
    const double off = M[3 * p + q][l], gap = M[4 * q][l] - M[4 * p][l];
    const double whole = gap + copysign(sqrt(gap * gap + 4.0 * off * off), gap);
    const double t = whole == 0.0 ? 0.0 : 2.0 * off / whole, c = 1.0 / sqrt(1.0 + t * t), s = t * c;
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

/* Eigenvalues c [3] of F^T F, and its eigenvectors in the columns of N [9]. */
STF_INLINE void principal(const stf_lane F[9], stf_lane c[3], stf_lane N[9]) {
  stf_lane C[9];
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    STF_EACH_LANE C[r][l] = F[i][l] * F[j][l] + F[3 + i][l] * F[3 + j][l] + F[6 + i][l] * F[6 + j][l];
    STF_EACH_LANE N[r][l] = i == j ? 1.0 : 0.0;
  }
  for (int sweep = 0; sweep < SWEEPS; sweep++) {
    rotate(C, N, 0, 1);
    rotate(C, N, 0, 2);
    rotate(C, N, 1, 2);
  }
  for (int a = 0; a < 3; a++) STF_EACH_LANE c[a][l] = C[4 * a][l];
}

static double energy(const constants *k, double c) {
  const double half_log = 0.5 * log(c);
  double W = 0.0;
  for (int n = 0; n < k->terms; n++) W += k->mu[n] / k->alpha[n] * expm1(k->alpha[n] * half_log);
  return W;
}

/* f(c) */
static double tension(const constants *k, double c) {
  const double log_c = log(c);
  double f = 0.0;
  for (int n = 0; n < k->terms; n++) f += k->mu[n] * exp((0.5 * k->alpha[n] - 1.0) * log_c);
  return f;
}

/* f[c, d], which is f'(c) where c = d */
static double slope(const constants *k, double c, double d) {
  const double least = c < d ? c : d, x = (c < d ? d - c : c - d) / least, log_x = log1p(x), log_d = log(least);
  double f = 0.0;
  for (int n = 0; n < k->terms; n++) {
    const double power = 0.5 * k->alpha[n] - 1.0;
    f += k->mu[n] * exp((power - 1.0) * log_d) * (x > 0.0 ? expm1(power * log_x) / x : power);
  }
  return f;
}

/* V_ab, or V_aa where a = b. */
STF_INLINE void outer(const stf_lane FN[9], const stf_lane N[9], int a, int b, stf_lane V[9]) {
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), j = 3 * (r % 3);
    STF_EACH_LANE V[r][l] = FN[i + a][l] * N[j + b][l];
    if (a != b) STF_EACH_LANE V[r][l] += FN[i + b][l] * N[j + a][l];
  }
}

STF_INLINE void add_tangent(const constants *k, const stf_lane c[3], const stf_lane FN[9], const stf_lane N[9],
                            stf_lane A[STF_TANGENT_SIZE]) {
  for (int a = 0; a < 3; a++)
    for (int b = a; b < 3; b++) {
      stf_lane V[9], f;
      outer(FN, N, a, b, V);
      for (int l = 0; l < STF_LANES; l++) f[l] = (a == b ? 2.0 : 1.0) * slope(k, c[a][l], c[b][l]);
      stf_add_outer(A, V, f);
    }
}

/* The law of a deformation whose volume does not count. */
STF_INLINE void respond(const constants *k, const stf_lane F[9], stf_want want, stf_response *response) {
  stf_lane c[3], N[9], FN[9], f, V[9];
  principal(F, c, N);
  if (want == STF_WANT_ENERGY) {
    for (int l = 0; l < STF_LANES; l++) response->W[l] += energy(k, c[0][l]) + energy(k, c[1][l]) + energy(k, c[2][l]);
    return;
  }
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), a = r % 3;
    STF_EACH_LANE FN[r][l] = F[i][l] * N[a][l] + F[i + 1][l] * N[3 + a][l] + F[i + 2][l] * N[6 + a][l];
  }
  for (int a = 0; a < 3; a++) {
    outer(FN, N, a, a, V);
    for (int l = 0; l < STF_LANES; l++) f[l] = tension(k, c[a][l]);
    for (int r = 0; r < 9; r++) STF_EACH_LANE response->P[r][l] += f[l] * V[r][l];
    if (want != STF_WANT_TANGENT) continue;
    for (int i = 0; i < 3; i++)
      for (int I = 0; I < 3; I++)
        for (int K = I; K < 3; K++) {
          const int n = stf_packed(9, 3 * i + I, 3 * i + K);
          STF_EACH_LANE response->A[n][l] += f[l] * N[3 * I + a][l] * N[3 * K + a][l];
        }
  }
  if (want == STF_WANT_TANGENT) add_tangent(k, c, FN, N, response->A);
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  stf_lane Fb[9], G[9], s;
  stf_response bar;
  stf_isochoric_part(F, Fb, G, s);
  stf_response_clear(want, &bar);
  respond(data, Fb, want, &bar);
  stf_isochoric_add(&bar, F, G, s, want, response);
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
