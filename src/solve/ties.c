#include "solve/ties.h"

#include <string.h>

int stf_tie_targets(const stf_domain *d, int node, int target[2]) {
  const int tie = d->tie[node];
  target[0] = tie < 0 ? node : d->body[tie].shift;
  target[1] = tie < 0 ? -1 : d->body[tie].turn;
  return tie < 0 ? 1 : 2;
}

void stf_ties_turn(stf_equations *q, const double *u) {
  const stf_domain *d = q->domain;
  for (size_t r = 0; r < d->protocol->rigids; r++) {
    double turn[3];
    if (d->body[r].turn < 0) continue;
    stf_domain_turn(d, r, u, turn);
    stf_rotation_set(turn, &q->rotation[r]);
  }
}

/* du/d(turn unknown) of a point of a body, `arm` [mm] from its centre. */
static void slope_at(const stf_equations *q, size_t rigid, const double arm[3], double B[3][3]) {
  const double size = q->domain->protocol->rigid[rigid].size;
  stf_rotation_slope(&q->rotation[rigid], arm, B);
  for (int n = 0; n < 9; n++) B[n / 3][n % 3] /= size;
}

/* Matrices that take each target's unknowns to the node's displacement. */
static int lever(const stf_equations *q, int node, int target[2], double T[2][3][3]) {
  double arm[3];
  const int count = stf_tie_targets(q->domain, node, target);
  memset(T, 0, 2 * sizeof *T);
  for (int i = 0; i < 3; i++) T[0][i][i] = 1.0;
  if (count == 1) return count;
  stf_domain_arm(q->domain, node, arm);
  slope_at(q, (size_t)q->domain->tie[node], arm, T[1]);
  return count;
}

/* Adds a 3 x 3 matrix to the rows of an owned node. */
static void add_matrix(const stf_equations *q, int row, int column, double M[3][3], const stf_target *t) {
  const stf_domain *d = q->domain;
  if ((size_t)row >= d->owned) return;
  const int slot = stf_find_slot(d, &q->pattern, row, d->global[column]);
  for (int n = 0; n < 9; n++)
    if (!d->hold[3 * row + n / 3].kind) stf_add_entry(q, 3 * row + n / 3, slot, 3 * column + n % 3, M[n / 3][n % 3], t);
}

/* M = S^T K T */
static void sandwich(double S[3][3], const double K[3][3], double T[3][3], double M[3][3]) {
  double KT[3][3] = {{0}};
  memset(M, 0, 9 * sizeof(double));
  for (int n = 0; n < 27; n++) KT[n / 9][n / 3 % 3] += K[n / 9][n % 3] * T[n % 3][n / 3 % 3];
  for (int n = 0; n < 27; n++) M[n / 9][n / 3 % 3] += S[n % 3][n / 9] * KT[n % 3][n / 3 % 3];
}

void stf_ties_add_pair(const stf_equations *q, int a, int c, const double K[3][3], const stf_target *t) {
  int row[2], column[2];
  double S[2][3][3], T[2][3][3], M[3][3];
  const int rows = lever(q, a, row, S), columns = lever(q, c, column, T);
  for (int m = 0; m < rows; m++)
    for (int n = 0; n < columns; n++) {
      sandwich(S[m], K, T[n], M);
      add_matrix(q, row[m], column[n], M, t);
    }
}

/* Adds the generalised force of f [N] at a point of the body. */
static void add_force(const stf_equations *q, size_t rigid, const double arm[3], const double f[3], double scale,
                      double *residual) {
  const stf_body *body = &q->domain->body[rigid];
  double B[3][3];
  slope_at(q, rigid, arm, B);
  for (int i = 0; i < 3; i++) {
    residual[3 * body->shift + i] += scale * f[i];
    for (int j = 0; j < 3; j++) residual[3 * body->turn + i] += scale * B[j][i] * f[j];
  }
}

static bool owns(const stf_domain *d, size_t rigid) {
  return (size_t)d->body[rigid].shift < d->owned;
}

/* Internal forces less loads at a node. */
static void force_at(const stf_equations *q, size_t node, double f[3]) {
  for (size_t i = 0; i < 3; i++) f[i] = q->forces[3 * node + i] - q->loads[3 * node + i];
}

static void scaled(const double v[3], double scale, double out[3]) {
  for (int i = 0; i < 3; i++) out[i] = scale * v[i];
}

void stf_ties_add_residual(const stf_equations *q, double time, double *residual) {
  const stf_domain *d = q->domain;
  double arm[3], f[3], along[3];
  for (size_t n = 0; n < d->local; n++) {
    if (d->tie[n] < 0 || !owns(d, (size_t)d->tie[n])) continue;
    stf_domain_arm(d, (int)n, arm);
    force_at(q, n, f);
    add_force(q, (size_t)d->tie[n], arm, f, 1.0, residual);
  }
  for (size_t k = 0; k < d->protocol->pushes; k++) {
    const stf_push *push = &d->protocol->push[k];
    if (!owns(d, push->rigid)) continue;
    const double share = stf_push_share(push, time);
    add_force(q, push->rigid, push->arm, push->force, -share, residual);
    stf_rotation_moment(&q->rotation[push->rigid], push->moment, along);
    for (int i = 0; i < 3; i++)
      residual[3 * d->body[push->rigid].turn + i] -= share * along[i] / d->protocol->rigid[push->rigid].size;
  }
}

/* Stiffness of a body's turning under the forces at its nodes and its pushes, times its size twice. */
static void curvature_of(const stf_equations *q, size_t rigid, double time, double G[3][3]) {
  const stf_domain *d = q->domain;
  double arm[3], f[3];
  for (size_t n = 0; n < d->local; n++) {
    if (d->tie[n] != (int)rigid) continue;
    stf_domain_arm(d, (int)n, arm);
    force_at(q, n, f);
    stf_rotation_add_curvature(&q->rotation[rigid], arm, f, G);
  }
  for (size_t k = 0; k < d->protocol->pushes; k++) {
    const stf_push *push = &d->protocol->push[k];
    if (push->rigid != rigid) continue;
    const double share = stf_push_share(push, time);
    scaled(push->force, -share, f);
    stf_rotation_add_curvature(&q->rotation[rigid], push->arm, f, G);
    stf_rotation_add_moment_slope(&q->rotation[rigid], push->moment, -share, G);
  }
}

void stf_ties_add_curvature(const stf_equations *q, double time, const stf_target *t) {
  const stf_domain *d = q->domain;
  for (size_t r = 0; r < d->protocol->rigids; r++) {
    const double size = d->protocol->rigid[r].size;
    double G[3][3] = {{0}};
    if (!owns(d, r)) continue;
    curvature_of(q, r, time, G);
    for (int n = 0; n < 9; n++) G[n / 3][n % 3] /= size * size;
    add_matrix(q, d->body[r].turn, d->body[r].turn, G, t);
  }
}

/* Of an owned body: what its nodes ask for, and where it is. */
static void read_body(const stf_equations *q, size_t rigid, const double *u, stf_rigid_reading *out) {
  const stf_domain *d = q->domain;
  stf_rotation rotation;
  double arm[3], x[3], f[3];
  stf_domain_turn(d, rigid, u, out->turn);
  memcpy(out->shift, u + 3 * d->body[rigid].shift, sizeof out->shift);
  stf_rotation_set(out->turn, &rotation);
  for (size_t n = 0; n < d->local; n++) {
    if (d->tie[n] != (int)rigid) continue;
    stf_domain_arm(d, (int)n, arm);
    stf_rotation_apply(&rotation, arm, x);
    force_at(q, n, f);
    for (int i = 0; i < 3; i++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      out->force[i] += f[i];
      out->moment[i] += x[j] * f[k] - x[k] * f[j];
    }
  }
}

stf_status stf_equations_rigids(const stf_equations *q, const double *u, stf_rigid_reading *reading) {
  const stf_domain *d = q->domain;
  const size_t rigids = d->protocol->rigids;
  memset(reading, 0, rigids * sizeof *reading);
  for (size_t r = 0; r < rigids; r++)
    if (owns(d, r)) read_body(q, r, u, &reading[r]);
  if (!rigids) return STF_OK;
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, reading, (int)(rigids * sizeof *reading / sizeof(double)), MPI_DOUBLE, MPI_SUM,
                          d->comm));
  return STF_OK;
}
