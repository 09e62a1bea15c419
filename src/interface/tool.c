/*
 * With the distance g(y), its slope n and curvature H, depth d = -g and z the way since the step before,
 *
 *   q = area (-p n + t),   dq/dy = area (p' n n^T - p H + dt/dy)
 *
 * p(d) is the pressure, t the traction of friction: a stiffness times the elastic part of what the node has gone along
 * the surface, and friction p at most (return mapping; Simo & Laursen 1992), with its corner rounded.
 */
#include "interface/tool.h"

#include <math.h>
#include <string.h>

/* The share of the stiffness that is there at once, so that a tool that just touches is held; and how far before touch
 * it comes on, over the onset. */
static const double AT_ONCE = 1e-3, LEAD = 1e-6;

/* Stiffness along the surface over that across it; how far about its limit friction is rounded, as a share of it. */
static const double RUBBING = 0.1, ROUND = 0.5;

/* What a contact remembers, in doubles. */
enum { WHERE = 0, ELASTIC = 3, SLIPPED = 6, LOST = 7, MEMORY = 8 };

typedef struct law {
  double W, p, k; /* [N/mm] [MPa] [MPa/mm] */
} law;

/* Nothing up to -half, and as if from 0 beyond half; its slope goes evenly from 0 to `stiffness` between. */
static law ramp(double d, double half, double stiffness) {
  if (d <= -half) return (law){0.0, 0.0, 0.0};
  const double on = d + half;
  if (d < half)
    return (law){stiffness * on * on * on / (12.0 * half), stiffness * on * on / (4.0 * half),
                 stiffness * on / (2.0 * half)};
  return (law){stiffness * (0.5 * d * d + half * half / 6.0), stiffness * d, stiffness};
}

static law press(const stf_tool_contact *t, double depth) {
  const law first = ramp(depth, LEAD * t->onset, AT_ONCE * t->stiffness);
  const law rest = ramp(depth - t->onset, t->onset, (1.0 - AT_ONCE) * t->stiffness);
  return (law){first.W + rest.W, first.p + rest.p, first.k + rest.k};
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* The node in the tool's frame. */
static void place_in(const double (*X)[3], const double (*u)[3], double y[3]) {
  for (int i = 0; i < 3; i++) {
    y[i] = 0.0;
    for (int j = 0; j < 3; j++)
      y[i] += (X[2 + i][j] - X[1][j] + u[2 + i][j] - u[1][j]) * (X[0][j] - X[1][j] + u[0][j] - u[1][j]);
  }
}

/* Contact at a place. */
typedef struct point {
  law press;
  double n[3], H[3][3];
  double way[3], length; /* [mm] elastic way along the surface if nothing slipped */
  double t[3], share;    /* [MPa] friction; the part of `way` that stays elastic */
  double slope, rest;    /* d|t|/d(length) over the stiffness, d|t|/d(limit) */
} point;

/* |t| over its limit, at x times the way at which it would be reached: x, then evenly over to 1. */
static double saturate(double x, double *slope) {
  const double past = x - (1.0 - ROUND);
  *slope = past <= 0.0 ? 1.0 : fmax(1.0 - past / (2.0 * ROUND), 0.0);
  if (past <= 0.0) return x;
  return past < 2.0 * ROUND ? x - past * past / (4.0 * ROUND) : 1.0;
}

static void rub(const stf_tool_contact *c, const double y[3], const double *memory, point *at) {
  const double k = RUBBING * c->stiffness, most = c->tool->friction * at->press.p;
  double z[3];
  for (int i = 0; i < 3; i++) z[i] = memory[ELASTIC + i] + y[i] - memory[WHERE + i];
  const double normal = dot(at->n, z);
  for (int i = 0; i < 3; i++) at->way[i] = z[i] - normal * at->n[i];
  at->length = sqrt(dot(at->way, at->way));
  const double x = most > 0.0 ? k * at->length / most : INFINITY, on = saturate(x, &at->slope);
  at->share = most > 0.0 ? (x > 0.0 ? on / x : 1.0) : 0.0;
  at->rest = most > 0.0 ? on - x * at->slope : 0.0;
  for (int i = 0; i < 3; i++) at->t[i] = k * at->share * at->way[i];
}

static void touch(const stf_tool_contact *c, const double y[3], const double *memory, point *at) {
  const stf_tool_core *tool = c->tool;
  memset(at, 0, sizeof *at);
  at->press = press(c, -tool->shape->distance(&tool->form, y, at->n, at->H));
  if (tool->friction > 0.0) rub(c, y, memory, at);
}

/* d(way)/dy = I - n n^T - n (way + normal n)^T H - normal H, where z = way + normal n */
static void slope_of_way(const double y[3], const double *memory, const point *at, double D[3][3]) {
  double z[3], Hz[3] = {0};
  for (int i = 0; i < 3; i++) z[i] = memory[ELASTIC + i] + y[i] - memory[WHERE + i];
  const double normal = dot(at->n, z);
  for (int n = 0; n < 9; n++) Hz[n / 3] += at->H[n / 3][n % 3] * z[n % 3];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      D[i][j] = (i == j ? 1.0 : 0.0) - at->n[i] * at->n[j] - at->n[i] * Hz[j] - normal * at->H[i][j];
}

/* Adds dt/dy. */
static void add_rubbing(const stf_tool_contact *c, const double y[3], const double *memory, const point *at,
                        double M[3][3]) {
  const double k = RUBBING * c->stiffness;
  double D[3][3], e[3], eD[3] = {0};
  slope_of_way(y, memory, at, D);
  for (int i = 0; i < 3; i++) e[i] = at->length > 0.0 ? at->way[i] / at->length : 0.0;
  for (int n = 0; n < 9; n++) eD[n % 3] += e[n / 3] * D[n / 3][n % 3];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      M[i][j] += k * at->share * D[i][j] + k * (at->slope - at->share) * e[i] * eD[j] -
                 at->rest * c->tool->friction * at->press.k * e[i] * at->n[j];
}

/* How y_i follows each node, [3][STF_TOOL_NODES][3]. */
static void levers(const double (*X)[3], const double (*u)[3], double B[3][STF_TOOL_NODES][3]) {
  memset(B, 0, 3 * sizeof *B);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      const double a = X[2 + i][j] - X[1][j] + u[2 + i][j] - u[1][j], r = X[0][j] - X[1][j] + u[0][j] - u[1][j];
      B[i][0][j] = a;
      B[i][1][j] = -a - r;
      B[i][2 + i][j] = r;
    }
}

/* d2 y_i/dx_a dx_b over the unit matrix. */
static double bend(int i, int a, int b) {
  const int low = a < b ? a : b, high = a < b ? b : a;
  if (low == 1 && high == 1) return 2.0;
  if (low == 0 && high == 1) return -1.0;
  if (low <= 1 && high == 2 + i) return low == 0 ? 1.0 : -1.0;
  return 0.0;
}

static void add_stiffness(const double q[3], double M[3][3], double B[3][STF_TOOL_NODES][3], double *K) {
  enum { DOFS = 3 * STF_TOOL_NODES };
  for (int r = 0; r < DOFS; r++)
    for (int c = 0; c < DOFS; c++) {
      double sum = 0.0;
      for (int n = 0; n < 9; n++) sum += B[n / 3][r / 3][r % 3] * M[n / 3][n % 3] * B[n % 3][c / 3][c % 3];
      for (int i = 0; r % 3 == c % 3 && i < 3; i++) sum += q[i] * bend(i, r / 3, c / 3);
      K[r * DOFS + c] = sum;
    }
}

/* What friction stores, and what it takes over the step. */
static double rubbed(const stf_tool_contact *c, const point *at) {
  const double k = RUBBING * c->stiffness, elastic = at->share * at->length;
  return 0.5 * k * elastic * elastic + k * elastic * (at->length - elastic);
}

static void respond(const void *data, const stf_past *past, int nodes, const double (*X)[3], const double (*u)[3],
                    stf_want want, stf_block_out *out) {
  const stf_tool_contact *c = data;
  const stf_tool_core *tool = c->tool;
  const double *memory = (const double *)past->memory;
  double y[3], q[3], M[3][3], B[3][STF_TOOL_NODES][3];
  point at;
  place_in(X, u, y);
  touch(c, y, memory, &at);
  out->energy = c->area * (at.press.W + rubbed(c, &at));
  if (want == STF_WANT_ENERGY) return;
  for (int i = 0; i < 3; i++) q[i] = c->area * (at.t[i] - at.press.p * at.n[i]);
  levers(X, u, B);
  for (int r = 0; r < 3 * nodes; r++)
    out->f[r] = q[0] * B[0][r / 3][r % 3] + q[1] * B[1][r / 3][r % 3] + q[2] * B[2][r / 3][r % 3];
  if (want == STF_WANT_STRESS) return;
  for (int n = 0; n < 9; n++)
    M[n / 3][n % 3] = at.press.k * at.n[n / 3] * at.n[n % 3] - at.press.p * at.H[n / 3][n % 3];
  if (tool->friction > 0.0 && at.press.p > 0.0) add_rubbing(c, y, memory, &at, M);
  for (int n = 0; n < 9; n++) M[n / 3][n % 3] *= c->area;
  add_stiffness(q, M, B, out->K);
}

static size_t memory(const void *data) {
  const stf_tool_contact *c = data;
  return c->tool->friction > 0.0 ? (MEMORY + STF_LANES - 1) / STF_LANES : 0;
}

static void rest(const void *data, stf_lane *lanes) {
  const stf_tool_contact *c = data;
  double *memory = (double *)lanes;
  memset(memory, 0, MEMORY * sizeof *memory);
  memcpy(memory + WHERE, c->start, sizeof c->start);
}

static double advance(const void *data, double dt, int nodes, const double (*X)[3], const double (*u)[3],
                      stf_lane *lanes) {
  const stf_tool_contact *c = data;
  double *memory = (double *)lanes, y[3];
  point at;
  (void)dt, (void)nodes;
  place_in(X, u, y);
  touch(c, y, memory, &at);
  const double slip = at.press.p > 0.0 ? (1.0 - at.share) * at.length : 0.0;
  memory[SLIPPED] += slip;
  memory[LOST] += c->area * slip * sqrt(dot(at.t, at.t));
  for (int i = 0; i < 3; i++) {
    memory[WHERE + i] = y[i];
    memory[ELASTIC + i] = at.share * at.way[i];
  }
  return 0.0;
}

const stf_block_kind stf_tool_block = {
    .name = "tool", .respond = respond, .memory = memory, .rest = rest, .advance = advance};

void stf_tool_read(const stf_tool_contact *contact, const double (*X)[3], const double (*u)[3], const stf_lane *lanes,
                   stf_tool_touch *touched) {
  const stf_tool_core *tool = contact->tool;
  const double *memory = (const double *)lanes;
  double y[3], slope[3], curvature[3][3];
  place_in(X, u, y);
  touched->depth = -tool->shape->distance(&tool->form, y, slope, curvature);
  touched->pressure = press(contact, touched->depth).p;
  touched->slipped = memory ? memory[SLIPPED] : 0.0;
  touched->lost = memory ? memory[LOST] : 0.0;
}
