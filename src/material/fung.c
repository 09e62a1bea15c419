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
  stf_lane squares, bending;
  STF_EACH_LANE squares[l] = bending[l] = e->along[l] = 0.0;
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    const double one = i == j ? 1.0 : 0.0;
    STF_EACH_LANE {
      const double C = F[i][l] * F[j][l] + F[3 + i][l] * F[3 + j][l] + F[6 + i][l] * F[6 + j][l];
      e->E[r][l] = 0.5 * (C - one);
      squares[l] += e->E[r][l] * e->E[r][l];
    }
  }
  STF_EACH_LANE e->trace[l] = e->E[0][l] + e->E[4][l] + e->E[8][l];
  for (int i = 0; i < 3; i++) STF_EACH_LANE {
      e->Ea[i][l] = e->E[3 * i][l] * a0[0][l] + e->E[3 * i + 1][l] * a0[1][l] + e->E[3 * i + 2][l] * a0[2][l];
      e->along[l] += a0[i][l] * e->Ea[i][l];
      bending[l] += e->Ea[i][l] * e->Ea[i][l];
    }
  STF_EACH_LANE e->Q[l] = k->k_f * e->along[l] * e->along[l] + k->b_t * squares[l] + k->k_m * bending[l] +
                          k->k_e * e->along[l] * e->trace[l] + k->b_area * e->trace[l] * e->trace[l];
}

/* D = dQ/dE [9]. */
STF_INLINE void gradient(const constants *k, const strain *e, const stf_lane a0[3], stf_lane D[9]) {
  for (int r = 0; r < 9; r++) {
    const int i = r / 3, j = r % 3;
    const double one = i == j ? 1.0 : 0.0;
    STF_EACH_LANE D[r][l] = (2.0 * k->k_f * e->along[l] + k->k_e * e->trace[l]) * a0[i][l] * a0[j][l] +
                            2.0 * k->b_t * e->E[r][l] + k->k_m * (a0[i][l] * e->Ea[j][l] + e->Ea[i][l] * a0[j][l]) +
                            one * (k->k_e * e->along[l] + 2.0 * k->b_area * e->trace[l]);
  }
}

/* A += g F_iK F_jL (dD/dE)_KILJ; Fa = F a0. */
STF_INLINE void add_curvature(const constants *k, const stf_lane F[9], const stf_lane a0[3], const stf_lane Fa[3],
                              const stf_lane g, stf_lane A[STF_TANGENT_SIZE]) {
  stf_lane b[9];
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), j = 3 * (r % 3);
    STF_EACH_LANE b[r][l] = F[i][l] * F[j][l] + F[i + 1][l] * F[j + 1][l] + F[i + 2][l] * F[j + 2][l];
  }
  for (int r = 0, n = 0; r < 9; r++)
    for (int c = r; c < 9; c++, n++) {
      const int i = r / 3, I = r % 3, j = c / 3, J = c % 3;
      const double same = I == J ? 1.0 : 0.0;
      STF_EACH_LANE {
        const double va = Fa[i][l] * a0[I][l], vb = Fa[j][l] * a0[J][l], bij = b[3 * i + j][l];
        const double across = F[3 * i + J][l] * F[3 * j + I][l];
        const double bent = Fa[i][l] * F[3 * j + I][l] * a0[J][l] + F[3 * i + J][l] * Fa[j][l] * a0[I][l] +
                            same * Fa[i][l] * Fa[j][l] + bij * a0[I][l] * a0[J][l];
        A[n][l] += g[l] * (2.0 * k->k_f * va * vb + k->b_t * (same * bij + across) + 0.5 * k->k_m * bent +
                           k->k_e * (va * F[c][l] + F[r][l] * vb) + 2.0 * k->b_area * F[r][l] * F[c][l]);
      }
    }
}

STF_INLINE void respond(const constants *k, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                        stf_response *response) {
  strain e;
  stf_lane D[9], u[9], g, gg, Fa[3], stretch;
  measure(k, F, a0, &e);
  if (want == STF_WANT_ENERGY) {
    for (int l = 0; l < STF_LANES; l++) response->W[l] += 0.5 * k->c * stf_exponential_at(e.Q[l]).value;
    return;
  }
  for (int l = 0; l < STF_LANES; l++) {
    const stf_exponential x = stf_exponential_at(e.Q[l]);
    g[l] = 0.5 * k->c * x.slope;
    gg[l] = 0.5 * k->c * x.curvature;
  }
  gradient(k, &e, a0, D);
  for (int r = 0; r < 9; r++) {
    const int i = 3 * (r / 3), I = r % 3;
    STF_EACH_LANE u[r][l] = F[i][l] * D[I][l] + F[i + 1][l] * D[3 + I][l] + F[i + 2][l] * D[6 + I][l];
    STF_EACH_LANE response->P[r][l] += g[l] * u[r][l];
  }
  if (want == STF_WANT_STRESS) return;
  stf_along_stretch(F, a0, Fa, stretch);
  stf_add_outer(response->A, u, gg);
  add_curvature(k, F, a0, Fa, g, response->A);
  for (int i = 0; i < 3; i++)
    for (int I = 0; I < 3; I++)
      for (int J = I; J < 3; J++) {
        const int n = stf_packed(9, 3 * i + I, 3 * i + J);
        STF_EACH_LANE response->A[n][l] += g[l] * D[3 * I + J][l];
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
