/*
 * Neo-Hookean matrix, isochoric part (Rivlin 1948; split after Flory 1961; Bonet & Wood 2008, ch. 6):
 *
 *   W = mu/2 (J^(-2/3) F:F - 3)
 *   P = mu J^(-2/3) (F - F:F/3 G),   G = F^(-T)
 *   dP_iI/dF_kK = mu J^(-2/3) [ d_ik d_IK - 2/3 (F_iI G_kK + G_iI F_kK) + 2/9 F:F G_iI G_kK + 1/3 F:F G_iK G_kI ]
 */
#include "material/kinematics.h"
#include "material/law.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double shear_modulus;
} parameters;

static const stf_option options[] = {
    {.key = "shear_modulus",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, shear_modulus),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "shear modulus mu of the ground substance at small strain"},
};

static const stf_table table = STF_TABLE_OF("neo-hookean", parameters, options);

static const char *prepare(const void *from, void *data) {
  *(double *)data = ((const parameters *)from)->shear_modulus;
  return NULL;
}

/* With scales s and I1, and H = s (I1/9 G - 2/3 F): A += s 1 + H (x) G + G (x) H + s I1/3 G_iK G_kI. */
STF_INLINE void add_tangent(const stf_lane F[9], const stf_vec G[9], const stf_vec scales[2], stf_lane A[45]) {
  const stf_vec s = scales[0], I1 = scales[1], swap = s * I1 * (1.0 / 3.0);
  stf_vec H[9];
  for (int r = 0; r < 9; r++) H[r] = s * (I1 * (1.0 / 9.0) * G[r] - STF_READ(F[r]) * (2.0 / 3.0));
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      stf_vec sum = H[r] * G[c] + G[r] * H[c] + swap * G[3 * (r / 3) + c % 3] * G[3 * (c / 3) + r % 3];
      if (r == c) sum += s;
      STF_VEC(A[n]) += sum;
    }
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  const double mu = *(const double *)data;
  stf_lane cof[9], J, root;
  stf_cofactor(F, cof, J);
  stf_inverse_cube_root(J, root);
  const stf_vec s = mu * STF_READ(root) * STF_READ(root), inverse = 1.0 / STF_READ(J);
  stf_vec I1 = {0}, G[9];
  for (int r = 0; r < 9; r++) I1 += STF_READ(F[r]) * STF_READ(F[r]);
  if (want == STF_WANT_ENERGY) {
    STF_VEC(response->W) += 0.5 * (s * I1 - 3.0 * mu);
    return;
  }
  for (int r = 0; r < 9; r++) {
    G[r] = STF_READ(cof[r]) * inverse;
    STF_VEC(response->P[r]) += s * (STF_READ(F[r]) - I1 / 3.0 * G[r]);
  }
  if (want == STF_WANT_TANGENT) add_tangent(F, (const stf_vec *)G, (const stf_vec[2]){s, I1}, response->A);
}

const stf_matrix_law stf_neo_hookean = {
    .about = {.name = "neo-hookean",
              .sentence = "isochoric neo-Hookean solid",
              .references = "rivlin1948 flory1961 bonet2008",
              .parameters = &table,
              .data_size = sizeof(double),
              .prepare = prepare},
    .isochoric = true,
    .add = add,
};
