#include "solve/level.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "material/lanes.h"

/* Four floats at any address: a column of a block and one float beyond it, which is never used. */
typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

enum { FETCHED_ROWS = 3 }; /* how many rows ahead memory is asked for, at least */

/* How far lines beside ghosts go: half is safe, since what ghosts may add is no more than lines have themselves. */
static const float PART = 0.5F;

void stf_level_clear(stf_level *l) {
  free(l->start);
  free(l->column);
  free(l->diagonal);
  free(l->upper);
  free(l->A);
  free(l->exact);
  free(l->line);
  free(l->border);
  free(l->pivot);
  free(l->held);
  for (int d = 0; d < 3; d++) free(l->grid.spacing[d]);
  free(l->grid.index);
  stf_halo_clear(&l->halo);
  free(l->x);
  free(l->b);
  free(l->r);
  free(l->node);
  free(l->source);
  free(l->parent_start);
  free(l->parent);
  free(l->weight);
  free(l->coincident);
  free(l->merge);
  *l = (stf_level){0};
}

/* ---- numbers ---- */

/* The blocks of a row in double precision, each column after column. */
static void load_row(const stf_equations *q, const stf_level *l, const double *own, const double *off, int row,
                     double (*block)[9]) {
  const int first = l->start[row], count = l->start[row + 1] - first;
  if (!l->source) {
    memcpy(block, l->exact + 9 * (size_t)first, (size_t)count * sizeof *block);
    return;
  }
  for (int i = 0; i < 3; i++) {
    const int at = 3 * l->node[row] + i;
    const double *own_row = own + q->own_row[at], *off_row = off ? off + q->off_row[at] : own_row;
    for (int k = 0; k < count; k++) {
      const int from = l->source[first + k];
      const double *entry = from >= 0 ? own_row + 3 * from : off_row + 3 * (-1 - from);
      for (int j = 0; j < 3; j++) block[k][3 * j + i] = entry[j];
    }
  }
}

static bool positive(const double S[9]) {
  const double tiny = 1e-7 * (fabs(S[0]) + fabs(S[4]) + fabs(S[8]));
  const double minor = S[0] * S[4] - S[1] * S[3];
  const double det = S[0] * (S[4] * S[8] - S[5] * S[7]) - S[3] * (S[1] * S[8] - S[2] * S[7]) +
                     S[6] * (S[1] * S[5] - S[2] * S[4]);
  return S[0] > tiny && S[4] > tiny && S[8] > tiny && minor > tiny * tiny && det > tiny * minor;
}

static void invert(const double S[9], double inverse[9]) {
  const double c0 = S[4] * S[8] - S[5] * S[7], c1 = S[5] * S[6] - S[3] * S[8], c2 = S[3] * S[7] - S[4] * S[6];
  const double r = 1.0 / (S[0] * c0 + S[1] * c1 + S[2] * c2);
  const double adjugate[9] = {c0, S[2] * S[7] - S[1] * S[8], S[1] * S[5] - S[2] * S[4],
                              c1, S[0] * S[8] - S[2] * S[6], S[2] * S[3] - S[0] * S[5],
                              c2, S[1] * S[6] - S[0] * S[7], S[0] * S[4] - S[1] * S[3]};
  for (int k = 0; k < 9; k++) inverse[k] = r * adjugate[k];
}

/* c -= a b, all column after column. */
static void subtract_product(const double a[9], const double b[9], double c[9]) {
  for (int j = 0; j < 3; j++)
    for (int i = 0; i < 3; i++) c[3 * j + i] -= a[i] * b[3 * j] + a[3 + i] * b[3 * j + 1] + a[6 + i] * b[3 * j + 2];
}

static void multiply(const double a[9], const double b[9], double c[9]) {
  memset(c, 0, 9 * sizeof *c);
  subtract_product(a, b, c);
  for (int k = 0; k < 9; k++) c[k] = -c[k];
}

/*
 * The inverse of a pivot. One that is not positive definite, as a tangent between converged states may have, gets more
 * on its diagonal until it is, or the smoother would make errors grow. Returns whether it was left as it was.
 */
static bool invert_pivot(double S[9], double inverse[9]) {
  double shift = 0.05 * (fabs(S[0]) + fabs(S[4]) + fabs(S[8])) + DBL_MIN;
  bool whole = true;
  for (int turn = 0; turn < 60 && !positive(S); turn++) {
    whole = false;
    for (int i = 0; i < 3; i++) S[4 * i] += shift;
    shift *= 2.0;
  }
  invert(S, inverse);
  return whole;
}

/* Block LU of a line: pivots S_i = A_ii - A_i,i-1 S_i-1^-1 A_i-1,i. */
static bool factor_line(const stf_level *l, int from, int to) {
  double S[9], inverse[9], above[9], below[9], half[9];
  bool whole = true;
  for (int i = from; i < to; i++) {
    const float *A = l->A + 9 * (size_t)l->diagonal[i];
    for (int k = 0; k < 9; k++) S[k] = A[k];
    if (i > from) {
      for (int k = 0; k < 9; k++) below[k] = A[k - 9];
      for (int k = 0; k < 9; k++) above[k] = l->A[9 * (size_t)(l->diagonal[i - 1] + 1) + (size_t)k];
      multiply(inverse, above, half);
      subtract_product(below, half, S);
    }
    whole = invert_pivot(S, inverse) && whole;
    for (int k = 0; k < 9; k++) l->pivot[9 * i + k] = (float)inverse[k];
  }
  return whole;
}

/* The values of the tangent's two parts; NULL for levels that do not read them. */
static stf_status open_tangent(const stf_equations *q, const stf_level *l, const double **own, const double **off) {
  *own = *off = NULL;
  if (!l->source) return STF_OK;
  STF_PETSC(MatSeqAIJGetArrayRead(q->own, own));
  if (q->off) STF_PETSC(MatSeqAIJGetArrayRead(q->off, off));
  return STF_OK;
}

static stf_status close_tangent(const stf_equations *q, const stf_level *l, const double **own, const double **off) {
  if (!l->source) return STF_OK;
  STF_PETSC(MatSeqAIJRestoreArrayRead(q->own, own));
  if (q->off) STF_PETSC(MatSeqAIJRestoreArrayRead(q->off, off));
  return STF_OK;
}

stf_status stf_level_refresh(const stf_equations *q, stf_level *l) {
  const double *own, *off;
  double block[STF_MOST_COLUMNS][9] = {{0}};
  STF_TRY(open_tangent(q, l, &own, &off));
  for (int i = 0; i < l->owned; i++) {
    load_row(q, l, own, off, i, block);
    float *A = l->A + 9 * (size_t)l->start[i];
    for (int k = 0; k < 9 * (l->start[i + 1] - l->start[i]); k++) A[k] = (float)block[k / 9][k % 9];
  }
  if (l->source)
    for (int k = 0; k < 3 * l->local; k++)
      l->held[k] = q->domain->hold[3 * l->node[k / 3] + k % 3].kind != STF_HELD_NOT;
  l->factored = true;
  for (int k = 0; k < l->lines; k++) l->factored = factor_line(l, l->line[k], l->line[k + 1]) && l->factored;
  return close_tangent(q, l, &own, &off);
}

/* ---- the product ---- */

/* Entry of a column in a row, which has it. */
static int find_entry(const stf_level *l, int row, int column) {
  int low = l->start[row], high = l->start[row + 1];
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    if (l->column[middle] <= column)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Coarse columns that a fine row reaches, and its sums over them. */
typedef struct reach {
  int *slot; /* [local nodes of the coarse level] -1 between rows */
  int count;
  int column[STF_MOST_COLUMNS];
  double sum[STF_MOST_COLUMNS][9];
} reach;

static double *reach_slot(reach *t, int column) {
  if (t->slot[column] < 0) {
    t->slot[column] = t->count;
    t->column[t->count] = column;
    memset(t->sum[t->count++], 0, sizeof *t->sum);
  }
  return t->sum[t->slot[column]];
}

/* A P of one fine row, held unknowns left out. */
static void times_weights(const stf_level *fine, int row, double (*block)[9], reach *t) {
  const int first = fine->start[row];
  for (int i = 0; i < 3; i++)
    if (fine->held[3 * row + i]) block[fine->diagonal[row] - first][4 * i] = 0.0;
  for (int k = first; k < fine->start[row + 1]; k++) {
    const int j = fine->column[k];
    for (int p = fine->parent_start[j]; p < fine->parent_start[j + 1]; p++) {
      double *sum = reach_slot(t, fine->parent[p]);
      const double w = fine->weight[p];
      for (int n = 0; n < 9; n++) sum[n] += w * block[k - first][n];
    }
  }
}

static void add_to_parents(const stf_level *fine, int row, reach *t, stf_level *coarse) {
  for (int p = fine->parent_start[row]; p < fine->parent_start[row + 1]; p++) {
    const double w = fine->weight[p];
    for (int k = 0; k < t->count; k++) {
      double *into = coarse->exact + 9 * (size_t)find_entry(coarse, fine->parent[p], t->column[k]);
      for (int n = 0; n < 9; n++) into[n] += w * t->sum[k][n];
    }
  }
  for (int k = 0; k < t->count; k++) t->slot[t->column[k]] = -1;
  t->count = 0;
}

/* Rows that gathered what belongs to other ranks go there. */
static stf_status send_border(const stf_level *fine, stf_level *coarse) {
  const stf_halo *h = &coarse->halo;
  if (h->ranks == 1) return STF_OK;
  size_t *bytes = calloc(2 * (size_t)h->ranks, sizeof *bytes), total = 0;
  double *sent = malloc(9 * ((size_t)(coarse->start[coarse->local] - coarse->start[coarse->owned]) + 1) * sizeof *sent);
  for (int r = 0; bytes && sent && r < h->ranks; r++)
    for (int k = h->in_start[r]; k < h->in_start[r + 1]; k++) {
      const int row = h->in[k], count = coarse->start[row + 1] - coarse->start[row];
      memcpy(sent + total, coarse->exact + 9 * (size_t)coarse->start[row], 9 * (size_t)count * sizeof *sent);
      total += 9 * (size_t)count;
      bytes[r] += 9 * (size_t)count * sizeof *sent;
    }
  double *got = bytes && sent ? stf_halo_trade(h->comm, sent, bytes, bytes + h->ranks) : NULL;
  for (int k = 0; got && k < fine->received; k++)
    for (int n = 0; n < 9; n++) coarse->exact[9 * (size_t)fine->merge[k] + (size_t)n] += got[9 * k + n];
  const stf_status status = got ? STF_OK : STF_NO_RESOURCE;
  free(bytes);
  free(sent);
  free(got);
  return status;
}

/* Held where the fine node in the same place is; then a number on the diagonal and nothing beside it. */
static stf_status hold(const stf_level *fine, stf_level *coarse) {
  for (int n = 0; n < coarse->owned; n++)
    memcpy(coarse->held + 3 * n, fine->held + 3 * coarse->coincident[n], 3 * sizeof *coarse->held);
  STF_TRY(stf_halo_share(&coarse->halo, coarse->held, 3));
  for (int n = 0; n < coarse->owned; n++)
    for (int k = coarse->start[n]; k < coarse->start[n + 1]; k++) {
      double *block = coarse->exact + 9 * (size_t)k;
      const unsigned char *row = coarse->held + 3 * n, *column = coarse->held + 3 * coarse->column[k];
      for (int e = 0; e < 9; e++)
        if (row[e % 3] || column[e / 3]) {
          const bool own = coarse->column[k] == n && e % 4 == 0;
          block[e] = !own ? 0.0 : block[e] > 0.0 ? block[e] : 1.0;
        }
    }
  return STF_OK;
}

static stf_status sum_rows(const stf_equations *q, const stf_level *fine, stf_level *coarse, reach *t) {
  double block[STF_MOST_COLUMNS][9] = {{0}};
  const double *own, *off;
  STF_TRY(open_tangent(q, fine, &own, &off));
  for (int i = 0; i < fine->owned; i++) {
    load_row(q, fine, own, off, i, block);
    times_weights(fine, i, block, t);
    add_to_parents(fine, i, t, coarse);
  }
  return close_tangent(q, fine, &own, &off);
}

stf_status stf_level_product(const stf_equations *q, stf_level *fine, stf_level *coarse) {
  reach *t = calloc(1, sizeof *t);
  const size_t entries = (size_t)coarse->start[coarse->local];
  if (t) t->slot = malloc(((size_t)coarse->local + 1) * sizeof *t->slot);
  free(coarse->exact);
  coarse->exact = calloc(9 * entries + 1, sizeof *coarse->exact);
  stf_status status = t && t->slot && coarse->exact ? STF_OK : STF_NO_RESOURCE;
  if (!status) {
    for (int n = 0; n < coarse->local; n++) t->slot[n] = -1;
    status = sum_rows(q, fine, coarse, t);
  }
  if (!status) status = send_border(fine, coarse);
  if (!status) status = hold(fine, coarse);
  if (t) free(t->slot);
  free(t);
  return status;
}

/* ---- smoothing ---- */

STF_INLINE four at_block(const float *A, const float *x) {
  return *(const four *)A * x[0] + *(const four *)(A + 3) * x[1] + *(const four *)(A + 6) * x[2];
}

/* The same entries of a row to come; the processor cannot guess them, since sweeps go backwards or leave some out. */
STF_INLINE const float *to_come(const stf_level *l, int row, int ahead, int entry) {
  const int other = row + ahead;
  return other < 0 || other >= l->owned ? l->A : l->A + 9 * (size_t)(entry + l->start[other] - l->start[row]);
}

/* b - A x of one row over some of its entries; those of the row `ahead` are fetched meanwhile. */
STF_INLINE four row_residual(const stf_level *l, int row, int from, int to, int ahead) {
  const float *x = l->x, *A = l->A + 9 * (size_t)from, *b = l->b + 3 * row, *next = to_come(l, row, ahead, from);
  four even = {b[0], b[1], b[2], 0.0F}, odd = {0};
  int k = from;
  for (; k + 1 < to; k += 2, A += 18, next += 18) {
    __builtin_prefetch(next);
    even -= at_block(A, x + 3 * l->column[k]);
    odd -= at_block(A + 9, x + 3 * l->column[k + 1]);
  }
  if (k < to) even -= at_block(A, x + 3 * l->column[k]);
  return even + odd;
}

STF_INLINE void put(float *to, four value) {
  for (int i = 0; i < 3; i++) to[i] = value[i];
}

/* Solves for one line's correction r with all else as it is. Entries from `upper` on may be left out. */
STF_INLINE void smooth_line(stf_level *l, int from, int to, bool all) {
  float *r = l->r;
  const int ahead = to - from > FETCHED_ROWS ? to - from : FETCHED_ROWS;
  for (int i = from; i < to; i++) {
    four y = row_residual(l, i, l->start[i], all ? l->start[i + 1] : l->upper[i], all ? -ahead : ahead);
    if (i > from) y -= at_block(l->A + 9 * (size_t)(l->diagonal[i] - 1), r + 3 * (i - 1));
    const float known[3] = {y[0], y[1], y[2]};
    put(r + 3 * i, at_block(l->pivot + 9 * i, known));
  }
  for (int i = to - 1; i >= from; i--) {
    if (i + 1 < to) {
      float above[3];
      put(above, at_block(l->A + 9 * (size_t)(l->diagonal[i] + 1), r + 3 * (i + 1)));
      const four back = at_block(l->pivot + 9 * i, above);
      for (int k = 0; k < 3; k++) r[3 * i + k] -= back[k];
    }
  }
}

/*
 * A sweep across ranks takes old values for ghosts, and could make errors grow along the border, where it is Jacobi's
 * method more than Gauss-Seidel's: lines there go only part of the way (baker2011).
 */
STF_INLINE void correct_line(stf_level *l, int line, bool all) {
  const int from = l->line[line], to = l->line[line + 1];
  const float part = l->border[line] ? PART : 1.0F;
  smooth_line(l, from, to, all);
  for (int k = 3 * from; k < 3 * to; k++) l->x[k] += part * l->r[k];
}

/* After a sweep from nothing with whole pivots a row's residual is what later lines and ghosts have added since. */
STF_KERNEL static void residual_after_first(stf_level *l) {
  for (int k = 0; k < l->lines; k++) {
    const bool settled = l->factored && !l->border[k];
    for (int i = l->line[k]; i < l->line[k + 1]; i++) {
      four r = row_residual(l, i, settled ? l->upper[i] : l->start[i], l->start[i + 1], FETCHED_ROWS);
      if (settled)
        for (int j = 0; j < 3; j++) r[j] -= l->b[3 * i + j];
      put(l->r + 3 * i, r);
    }
  }
}

STF_KERNEL static void sweep_forwards(stf_level *l) {
  for (int k = 0; k < l->lines; k++) correct_line(l, k, false);
}

STF_KERNEL static void sweep_backwards(stf_level *l) {
  for (int k = l->lines - 1; k >= 0; k--) correct_line(l, k, true);
}

stf_status stf_level_smooth_first(stf_level *l) {
  memset(l->x, 0, 3 * (size_t)l->local * sizeof *l->x);
  sweep_forwards(l);
  STF_TRY(stf_halo_share(&l->halo, l->x, 3 * sizeof *l->x));
  residual_after_first(l);
  return STF_OK;
}

stf_status stf_level_smooth_last(stf_level *l) {
  STF_TRY(stf_halo_share(&l->halo, l->x, 3 * sizeof *l->x));
  sweep_backwards(l);
  return STF_OK;
}

stf_status stf_level_restrict(const stf_level *fine, stf_level *coarse) {
  memset(coarse->b, 0, 3 * (size_t)coarse->local * sizeof *coarse->b);
  for (int n = 0; n < fine->owned; n++)
    for (int i = 0; i < 3; i++) {
      const float r = fine->held[3 * n + i] ? 0.0F : fine->r[3 * n + i];
      for (int p = fine->parent_start[n]; p < fine->parent_start[n + 1]; p++)
        coarse->b[3 * fine->parent[p] + i] += fine->weight[p] * r;
    }
  STF_TRY(stf_halo_add(&coarse->halo, coarse->b, 3));
  for (int k = 0; k < 3 * coarse->owned; k++)
    if (coarse->held[k]) coarse->b[k] = 0.0F;
  return STF_OK;
}

stf_status stf_level_prolong(stf_level *fine, stf_level *coarse) {
  STF_TRY(stf_halo_share(&coarse->halo, coarse->x, 3 * sizeof *coarse->x));
  for (int n = 0; n < fine->owned; n++)
    for (int p = fine->parent_start[n]; p < fine->parent_start[n + 1]; p++)
      for (int i = 0; i < 3; i++)
        if (!fine->held[3 * n + i]) fine->x[3 * n + i] += fine->weight[p] * coarse->x[3 * fine->parent[p] + i];
  return STF_OK;
}
