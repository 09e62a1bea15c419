/*
 * Directions. Both densities are even about the mean and smooth in y = sin^2 of their angle, w(y) = exp(-2 c y): so the
 * n angles to each side are those of the Gauss rule for w, exact for polynomials in y up to degree 2n - 1. That serves
 * the narrow (it is then Gauss-Hermite) and the wide (with all ways alike in the plane it is even spacing). Recurrence
 * coefficients by Stieltjes' procedure, nodes by bisection on Sturm's count (Gautschi 2004, ch. 2 and 3).
 *
 * Energy. In the frame e of the mean direction, the one beside it in the plane and the one out of it, with f_s = F e_s
 * and d_k the directions:
 *
 *   lambda_k^2 = d_k . C d_k, C_st = f_s . f_t      W = sum w_k W(lambda_k)
 *   S_st = sum w_k T_k d_s d_t                      T = N/lambda
 *   D_stuv = sum w_k (K_k - T_k)/lambda_k^2 d_s d_t d_u d_v
 *   P = S_st f_s (x) e_t,   dP_iI/dF_kK = d_ik S_st e_sI e_tK + D_stuv f_si e_tI f_uk e_vK
 *
 * Summing S and D over the directions first, whose products are constants and 6 and 15 of which differ, costs a
 * direction 21 products and not 90.
 */
#include "material/dispersion.h"

#include <math.h>
#include <string.h>

#include "material/along.h"
#include "material/material.h"

enum { PANELS = 160, PANEL = 4, GRID = PANELS * PANEL, HALVINGS = 200 };

#define DEGREES(x) ((x)*0.017453292519943295)

static const stf_option options[] = {
    {.key = "in_plane_dispersion",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_ANGLE,
     .offset = offsetof(stf_dispersion_options, in_plane),
     .fallback = "",
     .minimum = 0.0,
     .maximum = DEGREES(51.97),
     .help = "standard deviation of the fibres' angles in the plane of the sheet, each slack by itself when shortened; "
             "51.96 deg: all ways alike"},
    {.key = "out_of_plane_dispersion",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_ANGLE,
     .offset = offsetof(stf_dispersion_options, out_of_plane),
     .fallback = "",
     .minimum = 0.0,
     .maximum = DEGREES(39.18),
     .help = "standard deviation of the fibres' angles to the plane of the sheet; 39.17 deg: all ways alike"},
    {.key = "directions",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_dispersion_options, directions),
     .fallback = "6",
     .minimum = 1,
     .maximum = STF_DISPERSION_MOST,
     .help = "directions that stand for dispersed fibres to either side of the mean in the plane; a third as many to "
             "either side out of it"},
};

const stf_table stf_dispersion_table = STF_TABLE_OF("dispersion", stf_dispersion_options, options);

/* ---- directions ---- */

/* A density of angles from 0 on: y = sin^2 of the angle and masses that sum to 1. */
typedef struct density {
  double angle[GRID], y[GRID], mass[GRID];
} density;

/* exp(-2 c y), times the cosine for angles out of a plane, as far as it is above 1e-20. */
static void spread(double c, bool out_of_plane, density *of) {
  static const double node[PANEL] = {-0.86113631159405257, -0.33998104358485626, 0.33998104358485626,
                                     0.86113631159405257};
  static const double weight[PANEL] = {0.34785484513745386, 0.65214515486254614, 0.65214515486254614,
                                       0.34785484513745386};
  const double reach = c > 23.0 ? asin(sqrt(23.0 / c)) : M_PI_2;
  double sum = 0.0;
  for (int i = 0; i < GRID; i++) {
    const int panel = i / PANEL;
    const double angle = reach * (panel + 0.5 + 0.5 * node[i % PANEL]) / PANELS, sine = sin(angle);
    of->angle[i] = angle;
    of->y[i] = sine * sine;
    of->mass[i] = weight[i % PANEL] * exp(-2.0 * c * of->y[i]) * (out_of_plane ? cos(angle) : 1.0);
    sum += of->mass[i];
  }
  for (int i = 0; i < GRID; i++) of->mass[i] /= sum;
}

static double deviation(const density *of) {
  double square = 0.0;
  for (int i = 0; i < GRID; i++) square += of->mass[i] * of->angle[i] * of->angle[i];
  return sqrt(square);
}

/* The density with that standard deviation, by bisection for c; c = 0 beyond what there is. */
static void find_spread(double sd, bool out_of_plane, density *of) {
  double low = 0.0, high = 1.0 / (sd * sd);
  for (int turn = 0; turn < HALVINGS && low < high; turn++) {
    const double c = 0.5 * (low + high);
    if (c == low || c == high) break;
    spread(c, out_of_plane, of);
    if (deviation(of) > sd)
      low = c;
    else
      high = c;
  }
  spread(low, out_of_plane, of);
}

/* Recurrence p_k+1 = (y - a_k) p_k - b_k p_k-1 of the polynomials that are orthogonal under the density. */
static void recurrence(const density *of, int n, double *a, double *b) {
  double p[GRID], before[GRID] = {0.0}, norm = 1.0;
  for (int i = 0; i < GRID; i++) p[i] = 1.0;
  for (int k = 0; k < n; k++) {
    double square = 0.0, first = 0.0;
    for (int i = 0; i < GRID; i++) {
      square += of->mass[i] * p[i] * p[i];
      first += of->mass[i] * of->y[i] * p[i] * p[i];
    }
    a[k] = first / square;
    b[k] = k ? square / norm : 1.0;
    norm = square;
    for (int i = 0; i < GRID; i++) {
      const double next = (of->y[i] - a[k]) * p[i] - (k ? b[k] : 0.0) * before[i];
      before[i] = p[i];
      p[i] = next;
    }
  }
}

/* How many nodes lie below y. */
static int below(const double *a, const double *b, int n, double y) {
  double pivot = a[0] - y;
  int count = pivot < 0.0;
  for (int k = 1; k < n; k++) {
    pivot = a[k] - y - b[k] / (pivot != 0.0 ? pivot : 1e-300);
    count += pivot < 0.0;
  }
  return count;
}

static double node_at(const double *a, const double *b, int n, int which) {
  double low = 0.0, high = 1.0;
  for (int turn = 0; turn < HALVINGS; turn++) {
    const double y = 0.5 * (low + high);
    if (below(a, b, n, y) > which)
      high = y;
    else
      low = y;
  }
  return 0.5 * (low + high);
}

/* 1 over the sum of squares of the orthonormal polynomials. */
static double weight_at(const double *a, const double *b, int n, double y) {
  double p = 1.0, before = 0.0, sum = 1.0;
  for (int k = 0; k + 1 < n; k++) {
    const double next = ((y - a[k]) * p - (k ? sqrt(b[k]) : 0.0) * before) / sqrt(b[k + 1]);
    before = p;
    p = next;
    sum += p * p;
  }
  return 1.0 / sum;
}

/* n angles to either side of 0 [2n] and their weights; 0 alone without dispersion. Returns how many. */
static int choose_angles(double sd, bool out_of_plane, int n, double *angle, double *weight) {
  density of;
  double a[STF_DISPERSION_MOST], b[STF_DISPERSION_MOST];
  angle[0] = 0.0;
  weight[0] = 1.0;
  if (!(sd > 0.0)) return 1;
  find_spread(sd, out_of_plane, &of);
  recurrence(&of, n, a, b);
  for (int k = 0; k < n; k++) {
    const double y = node_at(a, b, n, k);
    angle[2 * k] = asin(sqrt(y));
    angle[2 * k + 1] = -angle[2 * k];
    weight[2 * k] = weight[2 * k + 1] = 0.5 * weight_at(a, b, n, y);
  }
  return 2 * n;
}

static const int PAIR[STF_DISPERSION_PAIRS][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {1, 2}, {0, 2}};

/* Which of the fifteen products two pairs make: 0011 is the same as 0101. */
static const int FOUR_OF_PAIRS[STF_DISPERSION_PAIRS][STF_DISPERSION_PAIRS] = {
    {0, 1, 2, 3, 4, 5},   {1, 6, 7, 8, 9, 10},   {2, 7, 11, 12, 13, 14},
    {3, 8, 12, 1, 10, 4}, {4, 9, 13, 10, 7, 12}, {5, 10, 14, 4, 12, 2},
};

/* The direction at an angle in the plane and one out of it. */
static stf_dispersed direct(double phi, double theta, double weight) {
  const double d[3] = {cos(theta) * cos(phi), cos(theta) * sin(phi), sin(theta)};
  stf_dispersed one = {.weight = weight};
  for (int p = 0; p < STF_DISPERSION_PAIRS; p++) one.pair[p] = d[PAIR[p][0]] * d[PAIR[p][1]];
  for (int p = 0; p < STF_DISPERSION_PAIRS; p++)
    for (int q = 0; q < STF_DISPERSION_PAIRS; q++) one.four[FOUR_OF_PAIRS[p][q]] = one.pair[p] * one.pair[q];
  memcpy(one.direction, d, sizeof d);
  return one;
}

stf_status stf_dispersion_make(const stf_dispersion_options *o, stf_arena *arena, const stf_dispersion **dispersion) {
  double phi[2 * STF_DISPERSION_MOST] = {0.0}, w[2 * STF_DISPERSION_MOST] = {0.0};
  double theta[2 * STF_DISPERSION_MOST] = {0.0}, v[2 * STF_DISPERSION_MOST] = {0.0};
  *dispersion = NULL;
  if (!(o->in_plane > 0.0) && !(o->out_of_plane > 0.0)) return STF_OK;
  const int beside = choose_angles(o->in_plane, false, (int)o->directions, phi, w);
  const int above = choose_angles(o->out_of_plane, true, (int)(o->directions + 2) / 3, theta, v);
  stf_dispersion *d = stf_arena_alloc(arena, sizeof *d);
  if (!d) return STF_NO_RESOURCE;
  d->count = beside * above;
  d->direction = stf_arena_alloc(arena, (size_t)d->count * sizeof *d->direction);
  if (!d->direction) return STF_NO_RESOURCE;
  for (int k = 0; k < d->count; k++)
    d->direction[k] = direct(phi[k / above], theta[k % above], w[k / above] * v[k % above]);
  *dispersion = d;
  return STF_OK;
}

size_t stf_family_directions(const stf_family *family) {
  return family->dispersion ? (size_t)family->dispersion->count : 1;
}

/* ---- energy ---- */

/* The sums over directions, in the family's frame; D by its indices in order. */
typedef struct sums {
  stf_lane W, S[STF_DISPERSION_PAIRS], D[STF_DISPERSION_FOURS];
} sums;

/* The mean direction, the one beside it in the plane, and the one out of the plane: e[s][I]. */
STF_INLINE void frame(const stf_lane a0[3], const stf_lane normal[3], stf_lane e[3][3]) {
  stf_lane length;
  stf_vec square = {0};
  memcpy(e[0], a0, sizeof e[0]);
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    STF_VEC(e[1][i]) = STF_READ(normal[j]) * STF_READ(a0[k]) - STF_READ(normal[k]) * STF_READ(a0[j]);
    square += STF_READ(e[1][i]) * STF_READ(e[1][i]);
  }
  STF_VEC(length) = square;
  STF_EACH_LANE length[l] = sqrt(length[l]);
  for (int i = 0; i < 3; i++) STF_VEC(e[1][i]) /= STF_READ(length);
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    STF_VEC(e[2][i]) = STF_READ(a0[j]) * STF_READ(e[1][k]) - STF_READ(a0[k]) * STF_READ(e[1][j]);
  }
}

/* x_s (x) y_t + x_t (x) y_s of a pair, once where s = t. */
STF_INLINE void pair_up(int p, const stf_lane (*x)[3], const stf_lane (*y)[3], stf_lane v[9]) {
  const int s = PAIR[p][0], t = PAIR[p][1];
  for (int r = 0; r < 9; r++) {
    STF_VEC(v[r]) = STF_READ(x[s][r / 3]) * STF_READ(y[t][r % 3]);
    if (s != t) STF_VEC(v[r]) += STF_READ(x[t][r / 3]) * STF_READ(y[s][r % 3]);
  }
}

/* One direction into the sums. */
STF_INLINE void add_direction(const stf_dispersed *one, double fraction, const stf_pull *pull, const stf_lane stretch,
                              stf_want want, sums *to) {
  const double weight = fraction * one->weight;
  if (want == STF_WANT_ENERGY) {
    STF_VEC(to->W) += weight * STF_READ(pull->W);
    return;
  }
  const stf_vec inverse = 1.0 / STF_READ(stretch), T = weight * STF_READ(pull->N) * inverse;
  for (int p = 0; p < STF_DISPERSION_PAIRS; p++) STF_VEC(to->S[p]) += one->pair[p] * T;
  if (want == STF_WANT_STRESS) return;
  const stf_vec bend = (weight * STF_READ(pull->K) - T) * inverse * inverse;
  for (int n = 0; n < STF_DISPERSION_FOURS; n++) STF_VEC(to->D[n]) += one->four[n] * bend;
}

/* C_st of a pair, twice where s and t differ. */
STF_INLINE void metric(const stf_lane (*f)[3], stf_vec C[STF_DISPERSION_PAIRS]) {
  for (int p = 0; p < STF_DISPERSION_PAIRS; p++) {
    const int s = PAIR[p][0], t = PAIR[p][1];
    C[p] = (s == t ? 1.0 : 2.0) * (STF_READ(f[s][0]) * STF_READ(f[t][0]) + STF_READ(f[s][1]) * STF_READ(f[t][1]) +
                                   STF_READ(f[s][2]) * STF_READ(f[t][2]));
  }
}

/* lambda^2 = d_s d_t C_st */
STF_INLINE void stretch_along(const stf_dispersed *one, const stf_vec C[STF_DISPERSION_PAIRS], stf_lane stretch) {
  STF_VEC(stretch) = one->pair[0] * C[0] + one->pair[1] * C[1] + one->pair[2] * C[2] + one->pair[3] * C[3] +
                     one->pair[4] * C[4] + one->pair[5] * C[5];
  STF_EACH_LANE stretch[l] = sqrt(stretch[l]);
}

STF_INLINE void sum_directions(const stf_family *family, const stf_past *past, const stf_lane (*f)[3], stf_want want,
                               sums *to) {
  const stf_dispersion *all = family->dispersion;
  stf_vec C[STF_DISPERSION_PAIRS];
  memset(to, 0, sizeof *to);
  metric(f, C);
  for (int k = 0; k < all->count; k++) {
    const stf_dispersed *one = &all->direction[k];
    stf_lane stretch;
    stf_pull pull;
    stretch_along(one, C, stretch);
    stf_family_pull(family, past, (size_t)k, stretch, want, &pull);
    add_direction(one, family->fraction, &pull, stretch, want, to);
  }
}

/* A += D_pq V_p V_q + d_ik S_p E_p from pairs in the family's frame to components. */
STF_INLINE void add_tangent(const sums *from, const stf_lane (*V)[9], const stf_lane (*e)[3],
                            stf_lane A[STF_TANGENT_SIZE]) {
  for (int p = 0; p < STF_DISPERSION_PAIRS; p++) {
    stf_lane E[9];
    stf_vec B[9];
    for (int c = 0; c < 9; c++) {
      B[c] = (stf_vec){0};
      for (int q = 0; q < STF_DISPERSION_PAIRS; q++) B[c] += STF_READ(from->D[FOUR_OF_PAIRS[p][q]]) * STF_READ(V[q][c]);
    }
    for (int r = 0, n = 0; r < 9; r++)
      for (int c = r; c < 9; c++, n++) STF_VEC(A[n]) += STF_READ(V[p][r]) * B[c];
    pair_up(p, e, e, E);
    for (int I = 0; I < 3; I++)
      for (int K = I; K < 3; K++) {
        const stf_vec both = STF_READ(from->S[p]) * STF_READ(E[3 * I + K]);
        for (int i = 0; i < 3; i++) STF_VEC(A[stf_packed(9, 3 * i + I, 3 * i + K)]) += both;
      }
  }
}

STF_KERNEL void stf_dispersion_add(const stf_family *family, const stf_past *past, const stf_lane F[9],
                                   const stf_lane a0[3], const stf_lane normal[3], stf_want want,
                                   stf_response *response) {
  stf_lane e[3][3], f[3][3], V[STF_DISPERSION_PAIRS][9];
  sums all;
  frame(a0, normal, e);
  for (int s = 0; s < 3; s++) stf_along_image(F, e[s], f[s]);
  const stf_lane(*along)[3] = (const stf_lane(*)[3])f, (*axes)[3] = (const stf_lane(*)[3])e;
  sum_directions(family, past, along, want, &all);
  if (want == STF_WANT_ENERGY) {
    STF_VEC(response->W) += STF_READ(all.W);
    return;
  }
  for (int p = 0; p < STF_DISPERSION_PAIRS; p++) {
    pair_up(p, along, axes, V[p]);
    for (int r = 0; r < 9; r++) STF_VEC(response->P[r]) += STF_READ(all.S[p]) * STF_READ(V[p][r]);
  }
  if (want == STF_WANT_TANGENT) add_tangent(&all, (const stf_lane(*)[9])V, axes, response->A);
}

STF_KERNEL double stf_dispersion_advance(const stf_family *family, double dt, const stf_lane F[9], const stf_lane a0[3],
                                         const stf_lane normal[3], stf_lane *memory) {
  stf_lane e[3][3], f[3][3], stretch;
  stf_vec C[STF_DISPERSION_PAIRS];
  double most = 0.0;
  frame(a0, normal, e);
  for (int s = 0; s < 3; s++) stf_along_image(F, e[s], f[s]);
  metric((const stf_lane(*)[3])f, C);
  for (int k = 0; k < family->dispersion->count; k++) {
    stretch_along(&family->dispersion->direction[k], C, stretch);
    most = fmax(most, family->law->memory->advance(family->data, dt, stretch, memory + (size_t)k * family->memory));
  }
  return most;
}
