/*
 * Mooney-Rivlin matrix, isochoric part (Mooney 1940; Rivlin 1948; split after Flory 1961). With C = F^T F, b = F F^T,
 * s = J^(-1/3), G = F^(-T), K = I1 F - F C, a = 2 c10 s^2, b = 2 c01 s^4:
 *
 *   W = c10 (s^2 I1 - 3) + c01 (s^4 I2 - 3),   I1 = tr C,  I2 = (I1^2 - tr C^2)/2
 *   P = a (F - I1/3 G) + b (K - 2/3 I2 G)
 *   dP_iI/dF_kK = a [ d_ik d_IK - 2/3 (F (x) G + G (x) F) + 2/9 I1 G (x) G + 1/3 I1 G_iK G_kI ]
 *               + b [ I2''/2 - 4/3 (K (x) G + G (x) K) + 8/9 I2 G (x) G + 2/3 I2 G_iK G_kI ]
 *   I2''/2 = I1 d_ik d_IK + 2 F_iI F_kK - d_ik C_IK - F_iK F_kI - b_ik d_IK
 */
#include "material/isochoric.h"
#include "material/law.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double c10, c01;
} parameters;

typedef struct constants {
  double c10, c01;
} constants;

static const stf_option options[] = {
    {.key = "c10",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, c10),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "coefficient of the first invariant, C10 (in FEBio c1); the shear modulus is 2 (c10 + c01)"},
    {.key = "c01",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, c01),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "coefficient of the second invariant, C01 (in FEBio c2)"},
};

static const stf_table table = STF_TABLE_OF("mooney-rivlin", parameters, options);

static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  if (!(p->c10 + p->c01 > 0.0)) return "c10 + c01, half the shear modulus, is not positive";
  *(constants *)data = (constants){.c10 = p->c10, .c01 = p->c01};
  return NULL;
}

/* C = F^T F, K = I1 F - F C, and the invariants, of the whole deformation. */
typedef struct invariants {
  stf_lane C[9], K[9], I1, I2;
} invariants;

/* The second invariant only where it counts. */
STF_INLINE void measure(const constants *k, const stf_lane F[9], invariants *m) {
  stf_vec I1 = {0}, tr_C2 = {0};
  for (int r = 0; r < 9; r++) I1 += STF_READ(F[r]) * STF_READ(F[r]);
  STF_VEC(m->I1) = I1;
  if (k->c01 == 0.0) return;
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    const stf_vec C = STF_READ(F[i]) * STF_READ(F[j]) + STF_READ(F[3 + i]) * STF_READ(F[3 + j]) +
                      STF_READ(F[6 + i]) * STF_READ(F[6 + j]);
    tr_C2 += C * C;
    STF_VEC(m->C[r]) = C;
  }
  STF_VEC(m->I2) = 0.5 * (I1 * I1 - tr_C2);
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), j = r % 3;
    STF_VEC(m->K[r]) = I1 * STF_READ(F[r]) - STF_READ(F[i]) * STF_READ(m->C[j]) -
                       STF_READ(F[i + 1]) * STF_READ(m->C[3 + j]) - STF_READ(F[i + 2]) * STF_READ(m->C[6 + j]);
  }
}

/* A += b I2'' / 2 */
STF_INLINE void add_second(const stf_lane F[9], const invariants *m, const stf_lane b, stf_lane A[STF_TANGENT_SIZE]) {
  const stf_vec scale = STF_READ(b);
  stf_vec bF[9], left[9];
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), j = 3 * (r % 3);
    bF[r] = scale * STF_READ(F[r]);
    left[r] = scale * (STF_READ(F[i]) * STF_READ(F[j]) + STF_READ(F[i + 1]) * STF_READ(F[j + 1]) +
                       STF_READ(F[i + 2]) * STF_READ(F[j + 2]));
  }
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      stf_vec sum = 2.0 * bF[r] * STF_READ(F[c]) - bF[3 * (r / 3) + c % 3] * STF_READ(F[3 * (c / 3) + r % 3]);
      if (r / 3 == c / 3) sum -= scale * STF_READ(m->C[3 * (r % 3) + c % 3]);
      if (r % 3 == c % 3) sum -= left[3 * (r / 3) + c / 3];
      if (r == c) sum += scale * STF_READ(m->I1);
      STF_VEC(A[n]) += sum;
    }
}

/* a and b as above the includes; H = (a I1 + 4 b I2)/9 G - 2/3 (a F + 2 b K). */
STF_INLINE void add_tangent(const constants *k, const stf_lane F[9], const stf_lane G[9], const stf_lane ab[2],
                            const invariants *m, stf_lane A[STF_TANGENT_SIZE]) {
  const stf_vec a = STF_READ(ab[0]), b = STF_READ(ab[1]);
  stf_lane H[9], swap;
  stf_vec whole = a * STF_READ(m->I1) * (1.0 / 9.0), third = whole * 3.0;
  if (k->c01 != 0.0) {
    whole += b * STF_READ(m->I2) * (4.0 / 9.0);
    third += b * STF_READ(m->I2) * (2.0 / 3.0);
    add_second(F, m, ab[1], A);
  }
  for (int r = 0; r < 9; r++) {
    STF_VEC(H[r]) = whole * STF_READ(G[r]) - a * (2.0 / 3.0) * STF_READ(F[r]);
    if (k->c01 != 0.0) STF_VEC(H[r]) -= b * (4.0 / 3.0) * STF_READ(m->K[r]);
    STF_VEC(A[stf_packed(9, r, r)]) += a;
  }
  STF_VEC(swap) = third;
  stf_isochoric_add_pairs(H, G, G, H, swap, A);
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  const constants *k = data;
  stf_lane G[9], J, s, ab[2];
  invariants m;
  stf_isochoric_split(F, G, J, s);
  measure(k, F, &m);
  const stf_vec square = STF_READ(s) * STF_READ(s);
  if (want == STF_WANT_ENERGY) {
    STF_VEC(response->W) += k->c10 * (square * STF_READ(m.I1) - 3.0);
    if (k->c01 != 0.0) STF_VEC(response->W) += k->c01 * (square * square * STF_READ(m.I2) - 3.0);
    return;
  }
  const stf_vec a = STF_VEC(ab[0]) = 2.0 * k->c10 * square, b = STF_VEC(ab[1]) = 2.0 * k->c01 * square * square;
  const stf_vec mean = STF_READ(m.I1) / 3.0;
  for (int r = 0; r < 9; r++) STF_VEC(response->P[r]) += a * (STF_READ(F[r]) - mean * STF_READ(G[r]));
  if (k->c01 != 0.0) {
    const stf_vec mean2 = 2.0 * STF_READ(m.I2) / 3.0;
    for (int r = 0; r < 9; r++) STF_VEC(response->P[r]) += b * (STF_READ(m.K[r]) - mean2 * STF_READ(G[r]));
  }
  if (want == STF_WANT_TANGENT) add_tangent(k, F, G, (const stf_lane *)ab, &m, response->A);
}

const stf_matrix_law stf_mooney_rivlin = {
    .about = {.name = "mooney-rivlin",
              .sentence = "isochoric Mooney-Rivlin solid",
              .references = "mooney1940 rivlin1948 flory1961",
              .parameters = &table,
              .data_size = sizeof(constants),
              .prepare = prepare},
    .isochoric = true,
    .add = add,
};
