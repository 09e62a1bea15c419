/*
 *   L = sum_k l_k,  l_k = |x_(k+1) - x_k|,  e_k = (x_(k+1) - x_k)/l_k,  T = area N(L/natural)
 *   f = T g,  K = area N'/natural g g^T + T sum_k d2 l_k/dx2,  g = dL/dx: e_(k-1) - e_k at point k
 *
 * d2 l/dx2 of a segment is (I - e e^T)/l between a point and itself, and less that between its two ends.
 */
#include "element/cable.h"

#include <math.h>
#include <string.h>

/* What a cable answers at one stretch; all 0 where it does not pull. */
typedef struct answer {
  double W, N, K;
} answer;

static answer answer_at(const stf_cable_core *c, const stf_past *past, double at) {
  stf_lane stretch;
  stf_pull pull, energy;
  STF_EACH_LANE stretch[l] = at;
  if (past && past->memory && c->memory) {
    c->law->memory->pull(c->data, past, stretch, STF_WANT_TANGENT, &pull);
    return (answer){pull.W[0], pull.N[0], pull.K[0]};
  }
  c->law->pull(c->data, stretch, STF_WANT_TANGENT, &pull);
  c->law->pull(c->data, stretch, STF_WANT_ENERGY, &energy);
  if (!(pull.N[0] > 0.0)) return (answer){0};
  return (answer){energy.W[0], pull.N[0], pull.K[0]};
}

/* The unit vector along segment k; returns its length. */
static double segment(const double (*X)[3], const double (*u)[3], int k, double e[3]) {
  double squares = 0.0;
  for (int i = 0; i < 3; i++) {
    e[i] = X[k + 1][i] + u[k + 1][i] - X[k][i] - u[k][i];
    squares += e[i] * e[i];
  }
  const double length = sqrt(squares);
  for (int i = 0; i < 3; i++) e[i] = length > 0.0 ? e[i] / length : 0.0;
  return length;
}

static double length_of(int points, const double (*X)[3], const double (*u)[3]) {
  double sum = 0.0, e[3];
  for (int k = 0; k + 1 < points; k++) sum += segment(X, u, k, e);
  return sum;
}

void stf_cable_read(const stf_cable_core *c, const stf_past *past, int points, const double (*X)[3],
                    const double (*u)[3], double *stretch, double *force) {
  *stretch = length_of(points, X, u) / c->natural;
  *force = c->area * answer_at(c, past, *stretch).N;
}

double stf_cable_torn(const stf_cable_core *c, const stf_lane *memory) {
  stf_lane share = {0};
  if (c->memory) c->law->memory->torn(c->data, memory, share);
  return share[0];
}

/* T (I - e e^T)/l of one segment. Ends that meet have no direction to keep. */
static void add_segment(double tension, const double e[3], double length, int k, int dofs, double *K) {
  for (int n = 0; length > 0.0 && n < 9; n++) {
    const int i = n / 3, j = n % 3;
    const double across = tension / length * ((i == j ? 1.0 : 0.0) - e[i] * e[j]);
    for (int side = 0; side < 4; side++) {
      const int a = k + side / 2, b = k + side % 2;
      K[(3 * a + i) * dofs + 3 * b + j] += a == b ? across : -across;
    }
  }
}

static void respond(const void *data, const stf_past *past, int nodes, const double (*X)[3], const double (*u)[3],
                    stf_want want, stf_block_out *out) {
  const stf_cable_core *c = data;
  const int dofs = 3 * nodes;
  const answer at = answer_at(c, past, length_of(nodes, X, u) / c->natural);
  double e[3];
  out->energy = c->area * c->natural * at.W;
  if (want == STF_WANT_ENERGY) return;
  memset(out->f, 0, (size_t)dofs * sizeof *out->f);
  for (int k = 0; k + 1 < nodes; k++) {
    segment(X, u, k, e);
    for (int i = 0; i < 3; i++) out->f[3 * k + i] -= e[i], out->f[3 * (k + 1) + i] += e[i];
  }
  for (int r = 0; want == STF_WANT_TANGENT && r < dofs; r++)
    for (int s = 0; s < dofs; s++) out->K[r * dofs + s] = c->area * at.K / c->natural * out->f[r] * out->f[s];
  for (int k = 0; want == STF_WANT_TANGENT && k + 1 < nodes; k++) {
    const double length = segment(X, u, k, e);
    add_segment(c->area * at.N, e, length, k, dofs, out->K);
  }
  for (int d = 0; d < dofs; d++) out->f[d] *= c->area * at.N;
}

static size_t memory_of(const void *data) {
  return ((const stf_cable_core *)data)->memory;
}

static void rest(const void *data, stf_lane *memory) {
  const stf_cable_core *c = data;
  c->law->memory->rest(c->data, memory);
}

static double advance(const void *data, double dt, int nodes, const double (*X)[3], const double (*u)[3],
                      stf_lane *memory) {
  const stf_cable_core *c = data;
  const double at = length_of(nodes, X, u) / c->natural;
  stf_lane stretch;
  STF_EACH_LANE stretch[l] = at;
  return c->law->memory->advance(c->data, dt, stretch, memory);
}

static void carry(const void *data, stf_carry *how) {
  const stf_cable_core *c = data;
  c->law->memory->carry(c->data, how);
}

const stf_block_kind stf_cable_block = {"cable", respond, memory_of, rest, advance, carry};
