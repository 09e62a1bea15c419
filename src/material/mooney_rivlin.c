/*
 * Mooney-Rivlin matrix, isochoric part (Mooney 1940; Rivlin 1948; split after Flory 1961). With C = F^T F, b = F F^T of
 * the isochoric deformation, for which isochoric.h does the rest:
 *
 *   W = c10 (I1 - 3) + c01 (I2 - 3),   I1 = tr C,  I2 = (I1^2 - tr C^2)/2
 *   P = 2 c10 F + 2 c01 (I1 F - F C)
 *   dP_iI/dF_kK = 2 (c10 + c01 I1) d_ik d_IK + 2 c01 (2 F_iI F_kK - d_ik C_IK - F_iK F_kI - b_ik d_IK)
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

STF_INLINE void add_tangent(const constants *k, const stf_lane F[9], const stf_lane C[9], const stf_lane I1,
                            stf_lane A[STF_TANGENT_SIZE]) {
  stf_lane b[9];
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), j = 3 * (r % 3);
    STF_EACH_LANE b[r][l] = F[i][l] * F[j][l] + F[i + 1][l] * F[j + 1][l] + F[i + 2][l] * F[j + 2][l];
  }
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      const int swap_r = 3 * (r / 3) + c % 3, swap_c = 3 * (c / 3) + r % 3;
      STF_EACH_LANE A[n][l] += 2.0 * k->c01 * (2.0 * F[r][l] * F[c][l] - F[swap_r][l] * F[swap_c][l]);
      if (r / 3 == c / 3) STF_EACH_LANE A[n][l] -= 2.0 * k->c01 * C[3 * (r % 3) + c % 3][l];
      if (r % 3 == c % 3) STF_EACH_LANE A[n][l] -= 2.0 * k->c01 * b[3 * (r / 3) + c / 3][l];
      if (r == c) STF_EACH_LANE A[n][l] += 2.0 * (k->c10 + k->c01 * I1[l]);
    }
}

/* The law of a deformation whose volume does not count. */
STF_INLINE void respond(const constants *k, const stf_lane F[9], stf_want want, stf_response *response) {
  stf_lane C[9], I1, tr_C2;
  STF_EACH_LANE tr_C2[l] = 0.0;
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    STF_EACH_LANE C[r][l] = F[i][l] * F[j][l] + F[3 + i][l] * F[3 + j][l] + F[6 + i][l] * F[6 + j][l];
    STF_EACH_LANE tr_C2[l] += C[r][l] * C[r][l];
  }
  STF_EACH_LANE I1[l] = C[0][l] + C[4][l] + C[8][l];
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += k->c10 * (I1[l] - 3.0) + k->c01 * (0.5 * (I1[l] * I1[l] - tr_C2[l]) - 3.0);
    return;
  }
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), j = r % 3;
    STF_EACH_LANE {
      const double FC = F[i][l] * C[j][l] + F[i + 1][l] * C[3 + j][l] + F[i + 2][l] * C[6 + j][l];
      response->P[r][l] += 2.0 * (k->c10 + k->c01 * I1[l]) * F[r][l] - 2.0 * k->c01 * FC;
    }
  }
  if (want == STF_WANT_TANGENT) add_tangent(k, F, C, I1, response->A);
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  stf_lane Fb[9], G[9], s;
  stf_response bar;
  stf_isochoric_part(F, Fb, G, s);
  stf_response_clear(want, &bar);
  respond(data, Fb, want, &bar);
  stf_isochoric_add(&bar, F, G, s, want, response);
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
