/*
 * Fung's exponential solid, transversely isotropic about a direction (Fung 1993; the constants of Guccione, McCulloch &
 * Waldman 1991 and two for the coupling of normal strains). With E = (F^T F - 1)/2, f along the direction and s, n
 * across it:
 *
 *   W = c/2 (exp(Q) - 1)
 *   Q = b_f E_ff^2 + b_t (E_ss^2 + E_nn^2 + 2 E_sn^2) + 2 b_fs (E_fs^2 + E_fn^2)
 *       + 2 b_cross E_ff (E_ss + E_nn) + b_area (E_ss + E_nn)^2
 *     = k_f E_ff^2 + b_t tr E^2 + k_m a0.E E a0 + k_e E_ff tr E + b_area (tr E)^2
 *   P = F S,   S = c/2 exp(Q) D,   D = dQ/dE = (2 k_f E_ff + k_e tr E) a0 (x) a0 + 2 b_t E
 *       + k_m (a0 (x) E a0 + E a0 (x) a0) + (k_e E_ff + 2 b_area tr E) 1
 *   A_iIjJ = d_ij S_IJ + c/2 exp(Q) F_iK F_jL (D (x) D + dD/dE)_KILJ
 *
 * It bears load in every direction and in shortening, as a matrix does. FEBio's Fung-ortho-compressible, where it is
 * transversely isotropic about axis 1, has c b_f = 2 mu_1 + lambda_11, c b_t = 2 mu_2, c b_fs = mu_1 + mu_2,
 * c b_cross = lambda_12, c b_area = lambda_22.
 */
#include "material/along.h"
#include "material/exponential.h"
#include "material/isochoric.h"

typedef struct parameters {
  const stf_yaml_node *node;
  double c, b_f, b_t, b_fs, b_cross, b_area;
  int invariants;
} parameters;

typedef struct constants {
  double c, k_f, b_t, k_m, k_e, b_area;
  bool isochoric;
} constants;

static const stf_option options[] = {
    {.key = "c",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(parameters, c),
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "stiffness c, per volume of tissue (the same in FEBio's Fung-ortho-compressible, whose moduli are c b)"},
    {.key = "b_f",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, b_f),
     .minimum = 0.0,
     .maximum = 1e6,
     .help = "exponent of strain along the direction"},
    {.key = "b_t",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, b_t),
     .minimum = 0.0,
     .maximum = 1e6,
     .help = "exponent of strains across the direction"},
    {.key = "b_fs",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, b_fs),
     .minimum = 0.0,
     .maximum = 1e6,
     .help = "exponent of shear along the direction"},
    {.key = "b_cross",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, b_cross),
     .fallback = "",
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "exponent that couples strain along and across the direction; absent: none"},
    {.key = "b_area",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(parameters, b_area),
     .fallback = "",
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "exponent of the change of area across the direction; absent: none"},
    STF_INVARIANTS_OPTION(parameters, "full"),
};

static const stf_table table = STF_TABLE_OF("fung", parameters, options);

/* Of strains across with E_ss = E_nn the area term and b_t/2 count alike; with E_ss = -E_nn b_t alone. */
static const char *prepare(const void *from, void *data) {
  const parameters *p = from;
  const double cross = isnan(p->b_cross) ? 0.0 : p->b_cross, area = isnan(p->b_area) ? 0.0 : p->b_area;
  if (area + 0.5 * p->b_t < 0.0) return "b_area + b_t/2 is negative: Q would be for some strain";
  if (cross * cross > p->b_f * (area + 0.5 * p->b_t))
    return "b_cross^2 is over b_f (b_area + b_t/2): Q would be negative for some strain";
  *(constants *)data = (constants){.c = p->c,
                                   .k_f = p->b_f + p->b_t - 2.0 * p->b_fs - 2.0 * cross + area,
                                   .b_t = p->b_t,
                                   .k_m = 2.0 * (p->b_fs - p->b_t),
                                   .k_e = 2.0 * (cross - area),
                                   .b_area = area,
                                   .isochoric = p->invariants == STF_ISOCHORIC};
  return NULL;
}

/* The strain and what of it Q is made of. */
typedef struct strain {
  stf_lane E[9], Ea[3]; /* E, E a0 */
  stf_lane along, trace, Q;
} strain;

STF_INLINE void measure(const constants *k, const stf_lane F[9], const stf_lane a0[3], strain *e) {
  stf_vec squares = {0}, bending = {0}, along = {0};
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    const stf_vec C = STF_READ(F[i]) * STF_READ(F[j]) + STF_READ(F[3 + i]) * STF_READ(F[3 + j]) +
                      STF_READ(F[6 + i]) * STF_READ(F[6 + j]);
    const stf_vec E = 0.5 * (C - (i == j ? 1.0 : 0.0));
    squares += E * E;
    STF_VEC(e->E[r]) = E;
  }
  const stf_vec trace = STF_VEC(e->trace) = STF_READ(e->E[0]) + STF_READ(e->E[4]) + STF_READ(e->E[8]);
  stf_along_image((const stf_lane *)e->E, a0, e->Ea);
  for (int i = 0; i < 3; i++) {
    along += STF_READ(a0[i]) * STF_READ(e->Ea[i]);
    bending += STF_READ(e->Ea[i]) * STF_READ(e->Ea[i]);
  }
  STF_VEC(e->along) = along;
  STF_VEC(e->Q) = k->k_f * along * along + k->b_t * squares + k->k_m * bending + k->k_e * along * trace +
                  k->b_area * trace * trace;
}

/* D = dQ/dE [9]. */
STF_INLINE void gradient(const constants *k, const strain *e, const stf_lane a0[3], stf_lane D[9]) {
  const stf_vec along = STF_READ(e->along), trace = STF_READ(e->trace);
  const stf_vec fibre = 2.0 * k->k_f * along + k->k_e * trace, all = k->k_e * along + 2.0 * k->b_area * trace;
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    const stf_vec a = STF_READ(a0[i]), b = STF_READ(a0[j]);
    STF_VEC(D[r]) = fibre * a * b + 2.0 * k->b_t * STF_READ(e->E[r]) +
                    k->k_m * (a * STF_READ(e->Ea[j]) + STF_READ(e->Ea[i]) * b);
    if (i == j) STF_VEC(D[r]) += all;
  }
}

/*
 * A += g F_iK F_jL (dD/dE)_KILJ; Fa = F a0. With v = F a0 (x) a0, b = F F^T and r, c the pairs iI, jJ:
 *
 *   g [ v_r (2 k_f v_c + k_e F_c) + F_r (k_e v_c + 2 b_area F_c) + F_iJ (b_t F_jI + k_m/2 v_jI) + v_iJ k_m/2 F_jI
 *       + k_m/2 b_ij a_I a_J + d_IJ (b_t b_ij + k_m/2 Fa_i Fa_j) ]
 */
STF_INLINE void add_curvature(const constants *k, const stf_lane F[9], const stf_lane a0[3], const stf_lane Fa[3],
                              const stf_lane g, stf_lane A[STF_TANGENT_SIZE]) {
  const stf_vec scale = STF_READ(g), bent = 0.5 * k->k_m * scale;
  stf_vec v[9], of_v[9], of_F[9], swap_F[9], swap_v[9], b[9], same[9], aa[9];
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    const stf_vec at = STF_READ(F[r]);
    v[r] = STF_READ(Fa[i]) * STF_READ(a0[j]);
    of_v[r] = scale * (2.0 * k->k_f * v[r] + k->k_e * at);
    of_F[r] = scale * (k->k_e * v[r] + 2.0 * k->b_area * at);
    swap_F[r] = scale * k->b_t * at + bent * v[r];
    swap_v[r] = bent * at;
    b[r] = STF_READ(F[3 * i]) * STF_READ(F[3 * j]) + STF_READ(F[3 * i + 1]) * STF_READ(F[3 * j + 1]) +
           STF_READ(F[3 * i + 2]) * STF_READ(F[3 * j + 2]);
    same[r] = scale * k->b_t * b[r] + bent * STF_READ(Fa[i]) * STF_READ(Fa[j]);
    aa[r] = bent * STF_READ(a0[i]) * STF_READ(a0[j]);
  }
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      const int ij = 3 * (r / 3) + c / 3, IJ = 3 * (r % 3) + c % 3;
      const int swap_r = 3 * (r / 3) + c % 3, swap_c = 3 * (c / 3) + r % 3;
      stf_vec sum = v[r] * of_v[c] + STF_READ(F[r]) * of_F[c] + STF_READ(F[swap_r]) * swap_F[swap_c] +
                    v[swap_r] * swap_v[swap_c] + b[ij] * aa[IJ];
      if (r % 3 == c % 3) sum += same[ij];
      STF_VEC(A[n]) += sum;
    }
}

STF_INLINE void respond(const constants *k, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                        stf_response *response) {
  strain e;
  stf_lane D[9], u[9], g, gg, Fa[3];
  measure(k, F, a0, &e);
  if (want == STF_WANT_ENERGY) {
    stf_exponential(e.Q, g);
    STF_VEC(response->W) += 0.5 * k->c * STF_READ(g);
    return;
  }
  stf_exponential_slopes(e.Q, g, gg);
  STF_VEC(g) *= 0.5 * k->c;
  STF_VEC(gg) *= 0.5 * k->c;
  gradient(k, &e, a0, D);
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), I = r % 3;
    STF_VEC(u[r]) = STF_READ(F[i]) * STF_READ(D[I]) + STF_READ(F[i + 1]) * STF_READ(D[3 + I]) +
                    STF_READ(F[i + 2]) * STF_READ(D[6 + I]);
    STF_VEC(response->P[r]) += STF_READ(g) * STF_READ(u[r]);
  }
  if (want == STF_WANT_STRESS) return;
  stf_along_image(F, a0, Fa);
  stf_add_outer(response->A, u, gg);
  add_curvature(k, F, a0, Fa, g, response->A);
  for (int I = 0; I < 3; I++)
    for (int J = I; J < 3; J++) {
      const stf_vec S = STF_READ(g) * STF_READ(D[3 * I + J]);
      for (int i = 0; i < 3; i++) STF_VEC(response->A[stf_packed(9, 3 * i + I, 3 * i + J)]) += S;
    }
}

STF_KERNEL static void add(const void *data, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                           stf_response *response) {
  const constants *k = data;
  stf_lane Fb[9], G[9], s;
  stf_response bar;
  if (!k->isochoric) {
    respond(k, F, a0, want, response);
    return;
  }
  stf_isochoric_part(F, Fb, G, s);
  stf_response_clear(want, &bar);
  respond(k, Fb, a0, want, &bar);
  stf_isochoric_add(&bar, F, G, s, want, response);
}

const stf_fibre_law stf_fung = {
    .about = {.name = "fung",
              .sentence = "solid that stiffens exponentially in every strain, transversely isotropic",
              .references = "fung1993 guccione1991",
              .parameters = &table,
              .data_size = sizeof(constants),
              .prepare = prepare},
    .per_tissue = true,
    .add = add,
};
