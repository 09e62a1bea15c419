/*
 * With a = v.v, b = w.w, c = v.w, m = sqrt(b - c^2/a), the components of the gap are
 *
 *   d.s = (d.w - (d.v) c/a)/m,   d.t = det(d, v, w)/(sqrt(a) m),   d.n = d.v/sqrt(a)
 *
 * functions of y = (d, v, w), whose derivatives forward differentiation gives. From there, with B_i = dy/dx_i,
 *
 *   f_i = B_i^T g,   K_ij = B_i^T H B_j + g_v . d2v/dx_i dx_j,
 *   g = area p_k dgap_k/dy,   H = area (k_kl dgap_k/dy (x) dgap_l/dy + p_k d2gap_k/dy2)
 */
#include "interface/gap.h"

#include <math.h>
#include <string.h>

#include "interface/jet.h"

enum { D = 0, V = 3, W = 6 }; /* where the vectors stand in y */

/* y at the present place of the nodes. What places before loading add up to is rounded alike every time, so that only
 * displacements, which are smaller, are uncertain. */
static void read_vectors(const stf_gap_core *gap, int nodes, const double (*X)[3], const double (*u)[3],
                         double y[STF_JET]) {
  double moved[STF_JET] = {0.0};
  memset(y, 0, STF_JET * sizeof *y);
  for (int a = 0; a < nodes; a++)
    for (int i = 0; i < 3; i++) {
      y[D + i] += gap->weight[a] * X[a][i];
      y[W + i] += gap->ahead[a] * X[a][i];
      moved[D + i] += gap->weight[a] * u[a][i];
      moved[W + i] += gap->ahead[a] * u[a][i];
    }
  for (int i = 0; i < STF_JET; i++) y[i] += moved[i];
  for (int e = 0; e < gap->edges; e++) {
    const int a = gap->edge[e][0], b = gap->edge[e][1];
    for (int i = 0; i < 3; i++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      y[V + i] += 0.5 * ((X[a][j] + u[a][j]) * (X[b][k] + u[b][k]) - (X[a][k] + u[a][k]) * (X[b][j] + u[b][j]));
    }
  }
}

/* The scalar product of two of the vectors in y. */
static stf_jet dot(const double y[STF_JET], int a, int b) {
  stf_jet out = {0};
  for (int i = 0; i < 3; i++) {
    out.v += y[a + i] * y[b + i];
    out.d[a + i] += y[b + i];
    out.d[b + i] += y[a + i];
    out.dd[a + i][b + i] += 1.0;
    out.dd[b + i][a + i] += 1.0;
  }
  return out;
}

/* det(d, v, w) */
static stf_jet determinant(const double y[STF_JET]) {
  static const int first[3] = {D, V, W};
  stf_jet out = {0};
  for (int turn = 0; turn < 3; turn++) { /* each with the two that follow it */
    const int a = first[turn], b = first[(turn + 1) % 3], c = first[(turn + 2) % 3];
    for (int i = 0; i < 3; i++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      out.d[a + i] = y[b + j] * y[c + k] - y[b + k] * y[c + j];
      out.dd[a + i][b + j] = out.dd[b + j][a + i] = y[c + k];
      out.dd[a + i][b + k] = out.dd[b + k][a + i] = -y[c + j];
    }
  }
  for (int i = 0; i < 3; i++) out.v += y[D + i] * out.d[D + i];
  return out;
}

/* 1/sqrt(x) */
static stf_jet inverse_root(const stf_jet *x) {
  const double f = 1.0 / sqrt(x->v);
  return stf_jet_of(x, f, -0.5 * f / x->v, 0.75 * f / (x->v * x->v));
}

static void components(const double y[STF_JET], stf_jet gap[STF_GAP]) {
  const stf_jet a = dot(y, V, V), b = dot(y, W, W), c = dot(y, V, W), dv = dot(y, D, V), dw = dot(y, D, W);
  const stf_jet det = determinant(y), root = inverse_root(&a);
  const stf_jet cosine = stf_jet_product(&c, &root); /* w.n */
  const stf_jet square = stf_jet_product(&cosine, &cosine), rest = stf_jet_sum(1.0, &b, -1.0, &square);
  const stf_jet across = inverse_root(&rest);
  gap[2] = stf_jet_product(&dv, &root);
  const stf_jet upright = stf_jet_product(&gap[2], &cosine), along = stf_jet_sum(1.0, &dw, -1.0, &upright);
  gap[0] = stf_jet_product(&along, &across);
  const stf_jet turned = stf_jet_product(&det, &root);
  gap[1] = stf_jet_product(&turned, &across);
}

void stf_gap_read(const stf_gap_core *gap, int nodes, const double (*X)[3], const double (*u)[3], double out[STF_GAP],
                  double direction[STF_GAP][3]) {
  double y[STF_JET];
  stf_jet at[STF_GAP];
  read_vectors(gap, nodes, X, u, y);
  components(y, at);
  for (int k = 0; k < STF_GAP; k++) {
    out[k] = at[k].v - gap->start[k];
    for (int i = 0; direction && i < 3; i++) direction[k][i] = at[k].d[D + i];
  }
}

/* What the law is after: what was at the end of the step before, or a place at rest, for which `room` is. */
static stf_glide_past past_of(const stf_gap_core *gap, const stf_past *past, double room[STF_GLIDE_MEMORY]) {
  if (past && past->memory) return (stf_glide_past){past->dt, (const double *)past->memory};
  gap->law->rest(gap->data, gap->bonds, room);
  return (stf_glide_past){past ? past->dt : 0.0, room};
}

/* g and H */
static void pull_back(const stf_jet at[STF_GAP], const stf_glide_answer *answer, double area, double g[STF_JET],
                      double H[STF_JET][STF_JET]) {
  for (int i = 0; i < STF_JET; i++) {
    g[i] = 0.0;
    for (int k = 0; k < STF_GAP; k++) g[i] += area * answer->p[k] * at[k].d[i];
    for (int j = 0; j < STF_JET; j++) {
      double sum = 0.0;
      for (int k = 0; k < STF_GAP; k++) {
        sum += answer->p[k] * at[k].dd[i][j];
        for (int l = 0; l < STF_GAP; l++) sum += answer->k[k][l] * at[k].d[i] * at[l].d[j];
      }
      H[i][j] = area * sum;
    }
  }
}

/* How v follows each node: dv = dx_a x E[a]. */
static void edges_at(const stf_gap_core *gap, int nodes, const double (*X)[3], const double (*u)[3], double (*E)[3]) {
  memset(E, 0, (size_t)nodes * sizeof *E);
  for (int e = 0; e < gap->edges; e++) {
    const int a = gap->edge[e][0], b = gap->edge[e][1];
    for (int i = 0; i < 3; i++) {
      E[a][i] += 0.5 * (X[b][i] + u[b][i]);
      E[b][i] -= 0.5 * (X[a][i] + u[a][i]);
    }
  }
}

/* B^T z of node a: z the derivative by y. */
static void to_node(const stf_gap_core *gap, int a, const double E[3], const double z[STF_JET], double out[3]) {
  for (int j = 0; j < 3; j++) {
    const int k = (j + 1) % 3, l = (j + 2) % 3;
    out[j] = gap->weight[a] * z[D + j] + gap->ahead[a] * z[W + j] + E[k] * z[V + l] - E[l] * z[V + k];
  }
}

static void add_curvature(const stf_gap_core *gap, const double g[3], int dofs, double *K) {
  for (int e = 0; e < gap->edges; e++) {
    const int a = 3 * gap->edge[e][0], b = 3 * gap->edge[e][1];
    for (int i = 0; i < 3; i++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      K[(a + i) * dofs + b + j] += 0.5 * g[k];
      K[(a + j) * dofs + b + i] -= 0.5 * g[k];
      K[(b + j) * dofs + a + i] += 0.5 * g[k];
      K[(b + i) * dofs + a + j] -= 0.5 * g[k];
    }
  }
}

/* K_ij = B_i^T H B_j: first H B_j by columns, then its rows. */
static void add_stiffness(const stf_gap_core *gap, int nodes, const double (*E)[3], const double H[STF_JET][STF_JET],
                          double *K) {
  const int dofs = 3 * nodes;
  for (int b = 0; b < nodes; b++) {
    double HB[3][STF_JET];
    for (int i = 0; i < STF_JET; i++) {
      double row[3];
      to_node(gap, b, E[b], H[i], row);
      for (int j = 0; j < 3; j++) HB[j][i] = row[j];
    }
    for (int a = 0; a < nodes; a++)
      for (int j = 0; j < 3; j++) {
        double column[3];
        to_node(gap, a, E[a], HB[j], column);
        for (int i = 0; i < 3; i++) K[(3 * a + i) * dofs + 3 * b + j] = column[i];
      }
  }
}

static void respond(const void *data, const stf_past *past, int nodes, const double (*X)[3], const double (*u)[3],
                    stf_want want, stf_block_out *out) {
  const stf_gap_core *gap = data;
  double y[STF_JET], at[STF_GAP], g[STF_JET], H[STF_JET][STF_JET], room[STF_GLIDE_MEMORY];
  const stf_glide_past before = past_of(gap, past, room);
  stf_jet jet[STF_GAP];
  stf_glide_answer answer;
  read_vectors(gap, nodes, X, u, y);
  components(y, jet);
  for (int k = 0; k < STF_GAP; k++) at[k] = jet[k].v - gap->start[k];
  gap->law->respond(gap->data, &before, at, &answer);
  out->energy = gap->area * answer.W;
  if (want == STF_WANT_ENERGY) return;
  double E[STF_GAP_NODES][3];
  pull_back((const stf_jet *)jet, &answer, gap->area, g, H);
  edges_at(gap, nodes, X, u, E);
  for (int a = 0; a < nodes; a++) to_node(gap, a, E[a], g, out->f + 3 * a);
  if (want == STF_WANT_STRESS) return;
  add_stiffness(gap, nodes, (const double(*)[3])E, (const double(*)[STF_JET])H, out->K);
  add_curvature(gap, g + V, 3 * nodes, out->K);
}

static size_t memory(const void *data) {
  const stf_gap_core *gap = data;
  const size_t accounts = gap->whole > 0.0 ? STF_GAP_ACCOUNTS : 0;
  return (gap->law->memory + accounts + STF_LANES - 1) / STF_LANES;
}

static void rest(const void *data, stf_lane *lanes) {
  const stf_gap_core *gap = data;
  gap->law->rest(gap->data, gap->bonds, (double *)lanes);
  if (!(gap->whole > 0.0)) return;
  double *account = stf_gap_accounts(gap, (double *)lanes);
  memset(account, 0, STF_GAP_ACCOUNTS * sizeof *account);
  account[STF_GAP_AREA] = gap->area;
}

/* [N mm] stored at a place whose memory is that of the end of a step. */
static double stored(const stf_gap_core *gap, const double *memory) {
  stf_glide_answer answer;
  if (!(gap->area > 0.0)) return 0.0;
  gap->law->respond(gap->data, &(stf_glide_past){0.0, memory}, memory, &answer);
  return gap->area * answer.W;
}

/* A step of a place whose pairs change, and its accounts. */
static double advance_sliding(const stf_gap_core *gap, double dt, const double at[STF_GAP], double *memory) {
  double *account = stf_gap_accounts(gap, memory);
  if (!(gap->area > 0.0)) return 0.0;
  const double lost = gap->law->amount(gap->data, memory, STF_GLIDE_DISSIPATED);
  const double broken = gap->law->amount(gap->data, memory, STF_GLIDE_BROKEN);
  const double broke = gap->law->advance(gap->data, dt, at, memory);
  account[STF_GAP_LOSS] += gap->area * (gap->law->amount(gap->data, memory, STF_GLIDE_DISSIPATED) - lost);
  account[STF_GAP_BROKEN] += gap->area * (gap->law->amount(gap->data, memory, STF_GLIDE_BROKEN) - broken);
  account[STF_GAP_STORED] = stored(gap, memory);
  return broke;
}

/* How much of a place counts as covered: what a rule of integration or a bent surface leaves open does not. */
static double cover_of(const stf_gap_core *gap, double area) {
  static const double ENOUGH = 0.99;
  return fmin(area / (ENOUGH * gap->whole), 1.0);
}

static double knit_area(const stf_gap_core *gap, double area, const double *memory) {
  return cover_of(gap, area) * gap->whole * gap->law->amount(gap->data, memory, STF_GLIDE_BONDS);
}

/* What is newly covered has not slipped: the mean slip of the place becomes less, and its bonds fewer. */
static void thin(const stf_gap_core *gap, double *memory) {
  const double was = cover_of(gap, stf_gap_accounts(gap, memory)[STF_GAP_AREA]), is = cover_of(gap, gap->area);
  if (!(is > was)) return;
  const double share = was / is, shift[2] = {(share - 1.0) * memory[0], (share - 1.0) * memory[1]};
  gap->law->thin(gap->data, share, shift, memory);
}

void stf_gap_take_over(stf_gap_core *gap, int nodes, const double (*x)[3], double opening, double *memory) {
  static const double still[STF_GAP_NODES][3];
  double *account = stf_gap_accounts(gap, memory), raw[STF_GAP];
  const double bonds = knit_area(gap, account[STF_GAP_AREA], memory);
  memset(gap->start, 0, sizeof gap->start);
  if (gap->area > 0.0 && account[STF_GAP_AREA] > 0.0)
    thin(gap, memory);
  else
    gap->law->rest(gap->data, 0.0, memory);
  if (gap->area > 0.0) {
    stf_gap_read(gap, nodes, x, still, raw, NULL);
    gap->start[0] = raw[0] - memory[0];
    gap->start[1] = raw[1] - memory[1];
    gap->start[2] = opening;
    memory[2] = raw[2] - opening;
  }
  const double before = account[STF_GAP_STORED];
  account[STF_GAP_STORED] = stored(gap, memory);
  account[STF_GAP_LOSS] += before - account[STF_GAP_STORED];
  account[STF_GAP_AREA] = gap->area;
  account[STF_GAP_BROKEN] += fmax(bonds - knit_area(gap, gap->area, memory), 0.0);
}

static double advance(const void *data, double dt, int nodes, const double (*X)[3], const double (*u)[3],
                      stf_lane *lanes) {
  const stf_gap_core *gap = data;
  double at[STF_GAP];
  stf_gap_read(gap, nodes, X, u, at, NULL);
  if (gap->whole > 0.0) return advance_sliding(gap, dt, at, (double *)lanes);
  return gap->law->advance(gap->data, dt, at, (double *)lanes);
}

const stf_block_kind stf_gap_block = {
    .name = "gap", .respond = respond, .memory = memory, .rest = rest, .advance = advance};
