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
 * Summing S and D over the directions first, as symmetric pairs (s, t), costs a direction 27 products and not 90.
 */
#include "material/dispersion.h"

#include <math.h>
#include <string.h>

#include "material/kinematics.h"
#include "material/material.h"

enum { PANELS = 160, PANEL = 4, GRID = PANELS * PANEL, PAIRS = 6, PAIR_PAIRS = 21, HALVINGS = 200 };

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
  d->weight = stf_arena_alloc(arena, (size_t)d->count * sizeof *d->weight);
  if (!d->direction || !d->weight) return STF_NO_RESOURCE;
  for (int k = 0; k < d->count; k++) {
    const int i = k / above, j = k % above;
    const double one[3] = {cos(theta[j]) * cos(phi[i]), cos(theta[j]) * sin(phi[i]), sin(theta[j])};
    memcpy(d->direction[k], one, sizeof one);
    d->weight[k] = w[i] * v[j];
  }
  *dispersion = d;
  return STF_OK;
}

/* ---- energy ---- */

static const int PAIR[PAIRS][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {1, 2}, {0, 2}};

/* The sums over directions, in the family's frame. */
typedef struct sums {
  stf_lane W, S[PAIRS], D[PAIR_PAIRS];
} sums;

/* The mean direction, the one beside it in the plane, and the one out of the plane: e[s][I]. */
STF_INLINE void frame(const stf_lane a0[3], const stf_lane normal[3], stf_lane e[3][3]) {
  stf_lane length;
  memcpy(e[0], a0, sizeof e[0]);
  STF_EACH_LANE length[l] = 0.0;
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    STF_EACH_LANE e[1][i][l] = normal[j][l] * a0[k][l] - normal[k][l] * a0[j][l];
    STF_EACH_LANE length[l] += e[1][i][l] * e[1][i][l];
  }
  for (int i = 0; i < 3; i++) STF_EACH_LANE e[1][i][l] /= sqrt(length[l]);
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    STF_EACH_LANE e[2][i][l] = a0[j][l] * e[1][k][l] - a0[k][l] * e[1][j][l];
  }
}

/* to += x y^T over pairs: v[p] = x_s (x) y_t + x_t (x) y_s, once where s = t. */
STF_INLINE void pair_up(int p, const stf_lane (*x)[3], const stf_lane (*y)[3], stf_lane v[9]) {
  const int s = PAIR[p][0], t = PAIR[p][1];
  for (int r = 0; r < 9; r++) {
    STF_EACH_LANE v[r][l] = x[s][r / 3][l] * y[t][r % 3][l];
    if (s != t) STF_EACH_LANE v[r][l] += x[t][r / 3][l] * y[s][r % 3][l];
  }
}

/* One direction into the sums. */
STF_INLINE void add_direction(const double d[3], double weight, const stf_pull *pull, const stf_lane stretch,
                              stf_want want, sums *to) {
  stf_lane T, bend;
  double q[PAIRS];
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE to->W[l] += weight * pull->W[l];
    return;
  }
  for (int p = 0; p < PAIRS; p++) q[p] = d[PAIR[p][0]] * d[PAIR[p][1]];
  STF_EACH_LANE T[l] = weight * pull->N[l] / stretch[l];
  for (int p = 0; p < PAIRS; p++) STF_EACH_LANE to->S[p][l] += q[p] * T[l];
  if (want == STF_WANT_STRESS) return;
  STF_EACH_LANE bend[l] = (weight * pull->K[l] - T[l]) / (stretch[l] * stretch[l]);
  for (int p = 0, n = 0; p < PAIRS; p++)
    for (int r = p; r < PAIRS; r++, n++) STF_EACH_LANE to->D[n][l] += q[p] * q[r] * bend[l];
}

STF_INLINE void sum_directions(const stf_family *family, const stf_lane (*f)[3], stf_want want, sums *to) {
  const stf_dispersion *all = family->dispersion;
  stf_lane C[PAIRS], stretch;
  stf_pull pull;
  memset(to, 0, sizeof *to);
  for (int p = 0; p < PAIRS; p++) {
    const int s = PAIR[p][0], t = PAIR[p][1];
    STF_EACH_LANE C[p][l] = f[s][0][l] * f[t][0][l] + f[s][1][l] * f[t][1][l] + f[s][2][l] * f[t][2][l];
  }
  for (int k = 0; k < all->count; k++) {
    const double *d = all->direction[k];
    STF_EACH_LANE stretch[l] = sqrt(d[0] * d[0] * C[0][l] + d[1] * d[1] * C[1][l] + d[2] * d[2] * C[2][l] +
                                    2.0 * (d[0] * d[1] * C[3][l] + d[1] * d[2] * C[4][l] + d[0] * d[2] * C[5][l]));
    family->law->pull(family->data, stretch, want, &pull);
    add_direction(d, family->fraction * all->weight[k], &pull, stretch, want, to);
  }
}

/* A += D_pq V_p V_q + d_ik S_p E_p from pairs in the family's frame to components. */
STF_INLINE void add_tangent(const sums *from, const stf_lane (*V)[9], const stf_lane (*e)[3],
                            stf_lane A[STF_TANGENT_SIZE]) {
  stf_lane B[9], E[9];
  for (int p = 0; p < PAIRS; p++) {
    memset(B, 0, sizeof B);
    for (int r = 0; r < PAIRS; r++) {
      const int n = stf_packed(PAIRS, p, r);
      for (int c = 0; c < 9; c++) STF_EACH_LANE B[c][l] += from->D[n][l] * V[r][c][l];
    }
    for (int r = 0, n = 0; r < 9; r++)
      for (int c = r; c < 9; c++, n++) STF_EACH_LANE A[n][l] += V[p][r][l] * B[c][l];
    pair_up(p, e, e, E);
    for (int i = 0; i < 3; i++)
      for (int I = 0; I < 3; I++)
        for (int K = I; K < 3; K++) {
          const int n = stf_packed(9, 3 * i + I, 3 * i + K);
          STF_EACH_LANE A[n][l] += from->S[p][l] * E[3 * I + K][l];
        }
  }
}

STF_KERNEL void stf_dispersion_add(const stf_family *family, const stf_lane F[9], const stf_lane a0[3],
                                   const stf_lane normal[3], stf_want want, stf_response *response) {
  stf_lane e[3][3], f[3][3], V[PAIRS][9];
  sums all;
  frame(a0, normal, e);
  for (int s = 0; s < 3; s++)
    for (int i = 0; i < 3; i++)
      STF_EACH_LANE f[s][i][l] = F[3 * i][l] * e[s][0][l] + F[3 * i + 1][l] * e[s][1][l] + F[3 * i + 2][l] * e[s][2][l];
  const stf_lane(*along)[3] = (const stf_lane(*)[3])f, (*axes)[3] = (const stf_lane(*)[3])e;
  sum_directions(family, along, want, &all);
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE response->W[l] += all.W[l];
    return;
  }
  for (int p = 0; p < PAIRS; p++) {
    pair_up(p, along, axes, V[p]);
    for (int r = 0; r < 9; r++) STF_EACH_LANE response->P[r][l] += all.S[p][l] * V[p][r][l];
  }
  if (want == STF_WANT_TANGENT) add_tangent(&all, (const stf_lane(*)[9])V, axes, response->A);
}
