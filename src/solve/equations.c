#include "solve/equations.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "element/facet.h"
#include "element/patch.h"
#include "solve/ties.h"

static const double STEADY = 1e-6; /* of a typical diagonal */

static void pattern_clear(stf_pattern *p) {
  free(p->start);
  free(p->item);
}

static int ascending(const void *a, const void *b) {
  const PetscInt x = *(const PetscInt *)a, y = *(const PetscInt *)b;
  return (x > y) - (x < y);
}

/* Sorts a row and drops what is doubled; returns how many remain. */
static PetscInt tidy_row(PetscInt *row, PetscInt count) {
  PetscInt kept = 0;
  qsort(row, (size_t)count, sizeof *row, ascending);
  for (PetscInt k = 0; k < count; k++)
    if (!k || row[k] != row[kept - 1]) row[kept++] = row[k];
  return kept;
}

/* The row of owned node `row` among nodes that all act on each other. */
static void note_row(const stf_domain *d, int row, const int *node, int nodes, PetscInt *end, PetscInt *item) {
  int column[2];
  if ((size_t)row >= d->owned) return;
  for (int c = 0; c < nodes; c++)
    for (int k = stf_tie_targets(d, node[c], column); k-- > 0;) {
      if (item)
        item[end[row + 1]++] = d->global[column[k]];
      else
        end[row + 2]++;
    }
}

/* Entries of the rows of nodes that all act on each other; without `item` they are only counted, two rows further. */
static void note_group(const stf_domain *d, const int *node, int nodes, PetscInt *end, PetscInt *item) {
  int row[2];
  for (int a = 0; a < nodes; a++)
    for (int k = stf_tie_targets(d, node[a], row); k-- > 0;) note_row(d, row[k], node, nodes, end, item);
}

static void note_groups(const stf_domain *d, PetscInt *end, PetscInt *item) {
  int node[STF_SHAPE_NODES];
  for (size_t n = 0; n < d->owned; n++) { /* a diagonal for everyone */
    if (item)
      item[end[n + 1]++] = d->global[n];
    else
      end[n + 2]++;
  }
  for (size_t b = 0; b < d->batches; b++)
    for (int l = 0; l < d->batch[b].count; l++) {
      for (int a = 0; a < d->batch[b].nodes; a++) node[a] = d->batch[b].node[a][l];
      note_group(d, node, d->batch[b].nodes, end, item);
    }
  for (size_t b = 0; b < d->blocks; b++)
    if (!d->block[b].idle) note_group(d, d->block[b].node, d->block[b].nodes, end, item);
}

/* `end` [owned + 2], zeros: room to count in. */
static stf_status find_rows(const stf_domain *d, PetscInt *end, stf_pattern *p) {
  note_groups(d, end, NULL);
  for (size_t n = 2; n < d->owned + 2; n++) end[n] += end[n - 1];
  p->start = calloc(d->owned + 1, sizeof *p->start);
  p->item = malloc(((size_t)end[d->owned + 1] + 1) * sizeof *p->item);
  if (!p->start || !p->item) return STF_NO_RESOURCE;
  note_groups(d, end, p->item);
  for (size_t n = 0; n < d->owned; n++) { /* end[n] is now the end of row n - 1 */
    const PetscInt count = tidy_row(p->item + end[n], end[n + 1] - end[n]);
    memmove(p->item + p->start[n], p->item + end[n], (size_t)count * sizeof *p->item);
    p->start[n + 1] = p->start[n] + count;
  }
  PetscInt *fitting = realloc(p->item, ((size_t)p->start[d->owned] + 1) * sizeof *p->item);
  if (fitting) p->item = fitting;
  return STF_OK;
}

static stf_status find_pattern(const stf_domain *d, stf_pattern *p) {
  PetscInt *end = calloc(d->owned + 2, sizeof *end);
  const stf_status status = end ? find_rows(d, end, p) : STF_NO_RESOURCE;
  free(end);
  return status;
}

static bool is_owned(const stf_domain *d, PetscInt node) {
  return node >= d->first && node < d->first + (PetscInt)d->owned;
}

/* Numbers of entries in the rows of the two parts of the matrix. */
static stf_status allocate_matrix(const stf_domain *d, const stf_pattern *p, bool symmetric, Mat *K) {
  const PetscInt rows = 3 * (PetscInt)d->owned;
  PetscInt *own = calloc((size_t)rows + 1, sizeof *own), *off = calloc((size_t)rows + 1, sizeof *off);
  if (!own || !off) {
    free(own);
    free(off);
    return STF_NO_RESOURCE;
  }
  for (size_t n = 0; n < d->owned; n++)
    for (PetscInt k = p->start[n]; k < p->start[n + 1]; k++)
      for (int i = 0; i < 3; i++) *(is_owned(d, p->item[k]) ? &own[3 * n + i] : &off[3 * n + i]) += 3;
  PetscErrorCode failed = MatCreateAIJ(d->comm, rows, rows, 3 * d->nodes, 3 * d->nodes, 0, own, 0, off, K);
  free(own);
  free(off);
  STF_PETSC(failed);
  STF_PETSC(MatSetBlockSize(*K, 3));
  if (!symmetric) return STF_OK;
  STF_PETSC(MatSetOption(*K, MAT_SYMMETRIC, PETSC_TRUE));
  STF_PETSC(MatSetOption(*K, MAT_SYMMETRY_ETERNAL, PETSC_TRUE));
  return STF_OK;
}

/* Writes zeros everywhere, so that the storage has its final form. */
static stf_status fill_zeros(const stf_domain *d, const stf_pattern *p, Mat K) {
  PetscInt longest = 0;
  for (size_t n = 0; n < d->owned; n++) longest = PetscMax(longest, p->start[n + 1] - p->start[n]);
  PetscInt *column = malloc((3 * (size_t)longest + 1) * sizeof *column);
  PetscScalar *zero = calloc(9 * (size_t)longest + 1, sizeof *zero);
  stf_status status = column && zero ? STF_OK : STF_NO_RESOURCE;
  for (size_t n = 0; !status && n < d->owned; n++) {
    const PetscInt count = p->start[n + 1] - p->start[n], row = 3 * (d->first + (PetscInt)n);
    const PetscInt rows[3] = {row, row + 1, row + 2};
    for (PetscInt k = 0; k < 3 * count; k++) column[k] = 3 * p->item[p->start[n] + k / 3] + k % 3;
    if (MatSetValues(K, 3, rows, 3 * count, column, zero, INSERT_VALUES)) status = STF_BUG;
  }
  free(column);
  free(zero);
  if (status) return status;
  STF_PETSC(MatAssemblyBegin(K, MAT_FINAL_ASSEMBLY));
  STF_PETSC(MatAssemblyEnd(K, MAT_FINAL_ASSEMBLY));
  return STF_OK;
}

static stf_status open_storage(stf_equations *q) {
  const PetscInt *columns;
  PetscInt rows;
  PetscBool done;
  if (q->domain->ranks == 1)
    q->own = q->K;
  else
    STF_PETSC(MatMPIAIJGetSeqAIJ(q->K, &q->own, &q->off, NULL));
  STF_PETSC(MatGetRowIJ(q->own, 0, PETSC_FALSE, PETSC_FALSE, &rows, &q->own_row, &columns, &done));
  if (!done) return STF_BUG;
  if (!q->off) return STF_OK;
  STF_PETSC(MatGetRowIJ(q->off, 0, PETSC_FALSE, PETSC_FALSE, &rows, &q->off_row, &columns, &done));
  return done ? STF_OK : STF_BUG;
}

/* How many of the ascending items [count] are less than `value`. */
static PetscInt count_below(const PetscInt *items, PetscInt count, PetscInt value) {
  PetscInt low = 0, high = count;
  while (low < high) {
    const PetscInt middle = low + (high - low) / 2;
    if (items[middle] < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int stf_find_slot(const stf_domain *d, const stf_pattern *p, int row, PetscInt column) {
  const PetscInt *items = p->item + p->start[row], count = p->start[row + 1] - p->start[row];
  const PetscInt at = count_below(items, count, column), first = count_below(items, count, d->first);
  if (is_owned(d, column)) return 3 * (int)(at - first);
  return -1 - 3 * (int)(column < d->first ? at : at - count_below(items, count, d->first + (PetscInt)d->owned) + first);
}

static stf_status find_slots(stf_equations *q) {
  const stf_domain *d = q->domain;
  const stf_pattern *p = &q->pattern;
  q->slot = calloc(d->batches + 1, sizeof *q->slot);
  if (!q->slot) return STF_NO_RESOURCE;
  for (size_t b = 0; b < d->batches; b++)
    for (int l = 0; l < d->batch[b].count; l++)
      for (int a = 0; a < d->batch[b].nodes; a++) {
        const int row = d->batch[b].node[a][l];
        if ((size_t)row >= d->owned || d->batch[b].tied[l]) continue;
        for (int c = 0; c < d->batch[b].nodes; c++)
          q->slot[b][a][c][l] = stf_find_slot(d, p, row, d->global[d->batch[b].node[c][l]]);
      }
  return STF_OK;
}

/* Rows of nodes owned elsewhere stay 0; they are not assembled. */
static stf_status find_facet_slots(stf_equations *q) {
  const stf_domain *d = q->domain;
  const stf_pattern *p = &q->pattern;
  q->facet_slot = calloc(d->facets + 1, sizeof *q->facet_slot);
  if (!q->facet_slot) return STF_NO_RESOURCE;
  for (size_t f = 0; f < d->facets; f++)
    for (int a = 0; !d->facet[f].tied && a < d->facet[f].nodes; a++)
      for (int c = 0; (size_t)d->facet[f].node[a] < d->owned && c < d->facet[f].nodes; c++)
        q->facet_slot[f][a][c] = stf_find_slot(d, p, d->facet[f].node[a], d->global[d->facet[f].node[c]]);
  return STF_OK;
}

static stf_status find_block_slots(stf_equations *q) {
  const stf_domain *d = q->domain;
  q->block_slot = calloc(d->blocks + 1, sizeof *q->block_slot);
  if (!q->block_slot) return STF_NO_RESOURCE;
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->idle) continue;
    q->block_slot[k] = calloc((size_t)b->nodes * (size_t)b->nodes, sizeof **q->block_slot);
    if (!q->block_slot[k]) return STF_NO_RESOURCE;
    for (int a = 0; !b->tied && a < b->nodes; a++)
      for (int c = 0; (size_t)b->node[a] < d->owned && c < b->nodes; c++)
        q->block_slot[k][a * b->nodes + c] = stf_find_slot(d, &q->pattern, b->node[a], d->global[b->node[c]]);
  }
  return STF_OK;
}

/* Room for the block at hand, and for what comes of an evaluation. */
static stf_status make_room(stf_equations *q) {
  const stf_domain *d = q->domain;
  const size_t most = (size_t)d->most_nodes;
  q->place = calloc(most + 1, sizeof *q->place);
  q->shift = calloc(most + 1, sizeof *q->shift);
  q->block_f = calloc(3 * most + 1, sizeof *q->block_f);
  q->block_K = calloc(9 * most * most + 1, sizeof *q->block_K);
  q->forces = calloc(3 * d->local + 1, sizeof *q->forces);
  q->loads = calloc(3 * d->local + 1, sizeof *q->loads);
  q->rotation = calloc(d->protocol->rigids + 1, sizeof *q->rotation);
  if (!q->forces || !q->loads || !q->rotation) return STF_NO_RESOURCE;
  return q->place && q->shift && q->block_f && q->block_K ? STF_OK : STF_NO_RESOURCE;
}

/* Mean of the diagonal of the first element's stiffness: the size of number that held unknowns get. */
static double typical_diagonal(const stf_batch *b, const stf_element_out *out) {
  const int dofs = 3 * b->nodes;
  double sum = 0.0;
  for (int r = 0; r < dofs; r++) sum += out->K[stf_packed(dofs, r, r)][0];
  return fabs(sum) / dofs;
}

/* What a block rounds off, as a force over rounding: its stiffness times how large it is, or a gap's times where it
 * lies, since gaps are taken of positions. */
static double block_unit(const stf_equations *q, const stf_block *b, const double *rest) {
  static const double origin[3] = {0.0, 0.0, 0.0};
  stf_block_out out = {.f = q->block_f, .K = q->block_K};
  const double *from = b->glide < 0 ? q->place[0] : origin;
  double stiffness = 0.0, far = 0.0;
  stf_block_gather(q->domain, b, rest, q->place, q->shift);
  b->kind->respond(b->data, NULL, b->nodes, (const double(*)[3])q->place, (const double(*)[3])q->shift,
                   STF_WANT_TANGENT, &out);
  for (int r = 0; r < 3 * b->nodes; r++) {
    stiffness = fmax(stiffness, fabs(out.K[3 * b->nodes * r + r]));
    far = fmax(far, fabs(q->place[r / 3][r % 3] - from[r % 3]));
  }
  return stiffness * far;
}

/* The part of a block that this rank reports: its gap, or its nodes here over all. */
static double share_here(const stf_domain *d, const stf_block *b) {
  int here = 0;
  if (b->glide >= 0) return (size_t)b->node[b->own] < d->owned ? 1.0 : 0.0;
  for (int a = 0; a < b->nodes; a++) here += (size_t)b->node[a] < d->owned;
  return (double)here / b->nodes;
}

/*
 * The size of numbers to expect before loading: a typical one from the first element; what all of them round off, as if
 * they were like the first, or as they are, since soft tissue may lie on one that is ten thousand times as stiff.
 */
static stf_status size_up(stf_equations *q) {
  const stf_domain *d = q->domain;
  double *rest = calloc(3 * d->local + 1, sizeof *rest), squares = 0.0;
  stf_element_in in;
  stf_element_out out;
  stf_element_sample sample;
  if (!rest) return STF_NO_RESOURCE;
  for (size_t b = d->batches; b-- > 0;) { /* the first one last: its numbers stay */
    const stf_batch *batch = &d->batch[b];
    stf_batch_gather(d, batch, rest, (stf_past){0}, &in);
    batch->kind->respond(&in, STF_WANT_TANGENT, &out);
    batch->kind->sample(&in, &sample);
    q->diagonal = typical_diagonal(batch, &out);
    q->reach = cbrt(sample.volume[0]);
    const double unit = q->diagonal * q->reach;
    for (int l = 0; l < batch->count; l++) squares += batch->mine[l] ? unit * unit : 0.0;
  }
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->idle || (b->glide < 0 && !b->patch)) continue;
    const double unit = block_unit(q, b, rest);
    squares += share_here(d, b) * unit * unit;
  }
  free(rest);
  const double first = q->diagonal * q->reach;
  q->unit = sqrt(fmax(squares, first * first * (double)d->elements / d->ranks));
  return STF_OK;
}

/* The matrix, and where everything stands in it. */
static stf_status lay_out(stf_equations *q) {
  STF_TRY(find_pattern(q->domain, &q->pattern));
  STF_TRY(allocate_matrix(q->domain, &q->pattern, q->symmetric, &q->K));
  STF_TRY(fill_zeros(q->domain, &q->pattern, q->K));
  STF_TRY(open_storage(q));
  STF_TRY(find_slots(q));
  STF_TRY(find_facet_slots(q));
  return find_block_slots(q);
}

static stf_status build(stf_equations *q) {
  STF_TRY(lay_out(q));
  STF_TRY(make_room(q));
  return size_up(q);
}

static void clear_layout(stf_equations *q) {
  MatDestroy(&q->K);
  for (size_t k = 0; q->block_slot && k < q->domain->blocks; k++) free(q->block_slot[k]);
  free(q->block_slot);
  free(q->slot);
  free(q->facet_slot);
  pattern_clear(&q->pattern);
  q->own = q->off = NULL;
  q->block_slot = NULL;
  q->slot = NULL;
  q->facet_slot = NULL;
  q->pattern = (stf_pattern){0};
}

stf_status stf_equations_lay_out_again(stf_equations *q) {
  clear_layout(q);
  return lay_out(q);
}

stf_status stf_equations_create(const stf_domain *domain, stf_equations *equations) {
  *equations = (stf_equations){.domain = domain, .symmetric = true};
  for (size_t k = 0; k < domain->protocol->loads; k++)
    if (domain->protocol->load[k].kind == STF_LOAD_PRESSURE) equations->symmetric = false;
  for (size_t k = 0; k < domain->protocol->pushes; k++)
    for (int i = 0; i < 3; i++)
      if (domain->protocol->push[k].moment[i] != 0.0) equations->symmetric = false;
  for (size_t k = 0; k < domain->protocol->tools; k++)
    if (domain->protocol->tool[k].core.friction > 0.0) equations->symmetric = false;
  if (domain->protocol->glides)
    equations->symmetric = false; /* drag and broken bonds depend on opening as it does not on them */
  return build(equations);
}

void stf_equations_destroy(stf_equations *equations) {
  clear_layout(equations);
  free(equations->place);
  free(equations->shift);
  free(equations->block_f);
  free(equations->block_K);
  free(equations->loads);
  free(equations->forces);
  free(equations->rotation);
  *equations = (stf_equations){0};
}

void stf_batch_gather(const stf_domain *d, const stf_batch *b, const double *u, stf_past past, stf_element_in *in) {
  in->material = b->material;
  in->past = (stf_past){.dt = past.dt};
  if (past.memory && b->material->memory) in->past.memory = past.memory + b->memory_at;
  in->pressure = NULL;
  in->G = (const stf_lane(*)[9])b->G;
  for (int a = 0; a < b->nodes; a++)
    for (int l = 0; l < STF_LANES; l++) {
      const int n = b->node[a][l];
      for (int i = 0; i < 3; i++) {
        in->X[3 * a + i][l] = d->X[n][i];
        in->u[3 * a + i][l] = u[3 * n + i];
      }
    }
  memcpy(in->a0, b->a0, sizeof b->a0);
  memcpy(in->a0[STF_NORMAL], b->normal, sizeof b->normal);
}

void stf_block_gather(const stf_domain *d, const stf_block *b, const double *u, double (*X)[3], double (*shift)[3]) {
  for (int a = 0; a < b->nodes; a++) {
    memcpy(X[a], d->X[b->node[a]], sizeof *X);
    memcpy(shift[a], u + 3 * b->node[a], sizeof *shift);
  }
}

stf_status stf_patch_pressures(const stf_domain *d, const double *u, double *pressure) {
  double(*X)[3] = calloc(2 * (size_t)d->most_nodes + 1, sizeof *X), (*shift)[3] = X + d->most_nodes;
  if (!X) return STF_NO_RESOURCE;
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    pressure[k] = 0.0;
    if (b->kind != &stf_patch_block) continue;
    stf_block_gather(d, b, u, X, shift);
    pressure[k] = stf_patch_pressure(b->data, (const double(*)[3])X, (const double(*)[3])shift);
  }
  free(X);
  return STF_OK;
}

void stf_batch_press(const stf_batch *b, const double *pressure, stf_lane lanes, stf_element_in *in) {
  if (!b->patch) return;
  for (int l = 0; l < STF_LANES; l++) {
    lanes[l] = 0.0;
    for (int a = 0; a < b->nodes; a++) lanes[l] += pressure[b->patch[a][l]] / b->nodes;
  }
  in->pressure = lanes;
}

/* Keeps the element with the smallest J. */
static void note_worst(const stf_domain *d, const stf_batch *b, const stf_lane J, stf_worst *worst) {
  for (int l = 0; l < b->count; l++) {
    if (!(J[l] < worst->J) && !isnan(J[l])) continue;
    *worst = (stf_worst){.J = J[l], .element = b->element[l], .region = b->region};
    for (int a = 0; a < b->nodes; a++)
      for (int i = 0; i < 3; i++) worst->position[i] += d->X[b->node[a][l]][i] / b->nodes;
  }
}

static void add_forces(const stf_batch *b, const stf_element_out *out, double *forces, double *squares) {
  for (int l = 0; l < b->count; l++)
    for (int a = 0; a < b->nodes; a++)
      for (int i = 0; i < 3; i++) {
        const double f = out->f[3 * a + i][l];
        forces[3 * b->node[a][l] + i] += f;
        *squares += f * f;
      }
}

/* Force of a spring on its node along the grip's normal. */
static double spring_force(const stf_domain *d, const stf_spring *s, const double *u, double time) {
  const stf_grip *grip = &d->protocol->grip[s->grip];
  const double *n = grip->face->normal, *at = u + 3 * s->node;
  return s->stiffness * (stf_grip_displacement(grip, time) - at[0] * n[0] - at[1] * n[1] - at[2] * n[2]);
}

/* Where the nodes of a loaded side are: before loading for a dead load, now for one that follows. */
static void place_facet(const stf_domain *d, const stf_load_facet *facet, const double *u, double (*x)[3]) {
  const bool follows = d->protocol->load[facet->load].kind == STF_LOAD_PRESSURE;
  for (int a = 0; a < facet->nodes; a++)
    for (int i = 0; i < 3; i++) {
      const int node = facet->node[a];
      x[a][i] = d->X[node][i] + (follows ? u[3 * node + i] : 0.0);
    }
}

/* The weight of everything, as gravity is now. */
static void add_weight(stf_equations *q, const stf_load *load, double time) {
  const stf_domain *d = q->domain;
  double gravity[3];
  if (load->kind != STF_LOAD_GRAVITY) return;
  stf_load_value(load, time, gravity);
  for (size_t n = 0; n < d->local; n++)
    for (size_t i = 0; i < 3; i++) q->loads[3 * n + i] += d->mass[n] * gravity[i];
}

/* Forces of all loads at their nodes here. */
static void sum_loads(stf_equations *q, const double *u, double time) {
  const stf_domain *d = q->domain;
  memset(q->loads, 0, 3 * d->local * sizeof *q->loads);
  for (size_t k = 0; k < d->protocol->loads; k++) add_weight(q, &d->protocol->load[k], time);
  for (size_t k = 0; k < d->facets; k++) {
    const stf_load_facet *facet = &d->facet[k];
    const stf_load *load = &d->protocol->load[facet->load];
    double x[STF_SIDE_NODES][3], f[STF_SIDE_NODES][3] = {{0}}, value[3];
    place_facet(d, facet, u, x);
    stf_load_value(load, time, value);
    if (load->kind == STF_LOAD_PRESSURE)
      stf_facet_pressure(facet->nodes, (const double(*)[3])x, value[0], f, NULL);
    else
      stf_facet_traction(facet->nodes, (const double(*)[3])x, value, f);
    for (int a = 0; a < facet->nodes; a++)
      for (int i = 0; i < 3; i++) q->loads[3 * facet->node[a] + i] += f[a][i];
  }
}

/* Internal forces less loads and springs at the owned unknowns, 0 where held. */
static void finish_residual(stf_equations *q, const double *u, double time, double *residual) {
  const stf_domain *d = q->domain;
  sum_loads(q, u, time);
  for (size_t k = 0; k < 3 * d->owned; k++) residual[k] = q->forces[k] - q->loads[k];
  for (size_t s = 0; s < d->springs; s++) {
    const double f = spring_force(d, &d->spring[s], u, time);
    const double *n = d->protocol->grip[d->spring[s].grip].face->normal;
    for (int i = 0; i < 3; i++) residual[3 * d->spring[s].node + i] -= f * n[i];
  }
  stf_ties_add_residual(q, time, residual);
  for (size_t k = 0; q->kept && k < 3 * d->owned; k++) residual[k] -= q->kept[k];
  for (size_t k = 0; q->drag > 0.0 && k < 3 * d->owned; k++) residual[k] += q->drag / q->past.dt * (u[k] - q->from[k]);
  for (size_t k = 0; k < 3 * d->owned; k++)
    if (d->hold[k].kind) residual[k] = 0.0;
}

void stf_add_entry(const stf_equations *q, int row, int slot, int column, double k, const stf_target *t) {
  if (q->domain->hold[column].kind) {
    if (t->rhs) t->rhs[row] -= k * t->du[column];
  } else if (slot >= 0) {
    t->own[q->own_row[row] + slot + column % 3] += k;
  } else {
    t->off[q->off_row[row] - 1 - slot + column % 3] += k;
  }
}

/* Row of one node's unknown, over the element's nodes. */
static void add_row(const stf_equations *q, size_t batch, int l, int a, int i, const stf_element_out *out,
                    const stf_target *t) {
  const stf_domain *d = q->domain;
  const stf_batch *b = &d->batch[batch];
  const int row = 3 * b->node[a][l] + i;
  for (int c = 0; c < b->nodes; c++) {
    const int slot = q->slot[batch][a][c][l];
    for (int j = 0; j < 3; j++)
      stf_add_entry(q, row, slot, 3 * b->node[c][l] + j, out->K[stf_packed(3 * b->nodes, 3 * a + i, 3 * c + j)][l], t);
  }
}

/* Stiffness of the pressures, which turn and grow with their faces. */
static void add_pressures(const stf_equations *q, const double *u, double time, const stf_target *t) {
  const stf_domain *d = q->domain;
  for (size_t k = 0; k < d->facets; k++) {
    const stf_load_facet *facet = &d->facet[k];
    const stf_load *load = &d->protocol->load[facet->load];
    double x[STF_SIDE_NODES][3], f[STF_SIDE_NODES][3], K[STF_SIDE_NODES][STF_SIDE_NODES][3][3] = {{{{0}}}}, value[3];
    if (load->kind != STF_LOAD_PRESSURE) continue;
    place_facet(d, facet, u, x);
    stf_load_value(load, time, value);
    stf_facet_pressure(facet->nodes, (const double(*)[3])x, value[0], f, K);
    for (int n = 0; facet->tied && n < facet->nodes * facet->nodes; n++) {
      const int a = n / facet->nodes, c = n % facet->nodes;
      stf_ties_add_pair(q, facet->node[a], facet->node[c], (const double(*)[3])K[a][c], t);
    }
    for (int n = 0; !facet->tied && n < facet->nodes * facet->nodes * 9; n++) {
      const int a = n / (9 * facet->nodes), c = n / 9 % facet->nodes, i = n / 3 % 3, j = n % 3;
      const int row = 3 * facet->node[a] + i;
      if ((size_t)facet->node[a] < d->owned && !d->hold[row].kind)
        stf_add_entry(q, row, q->facet_slot[k][a][c], 3 * facet->node[c] + j, K[a][c][i][j], t);
    }
  }
}

/* The stiffness of an element some of whose nodes are tied. */
static void add_tied_element(const stf_equations *q, const stf_batch *b, int l, const stf_element_out *out,
                             const stf_target *t) {
  for (int a = 0; a < b->nodes; a++)
    for (int c = 0; c < b->nodes; c++) {
      double K[3][3];
      for (int n = 0; n < 9; n++) K[n / 3][n % 3] = out->K[stf_packed(3 * b->nodes, 3 * a + n / 3, 3 * c + n % 3)][l];
      stf_ties_add_pair(q, b->node[a][l], b->node[c][l], (const double(*)[3])K, t);
    }
}

static bool is_free(const stf_domain *d, const stf_batch *b, int l) {
  bool held = false;
  for (int a = 0; a < b->nodes; a++)
    for (int i = 0; i < 3; i++) held = held || d->hold[3 * b->node[a][l] + i].kind;
  return !held;
}

/* The stiffness of an element none of whose unknowns is held: 3 x 3 blocks go straight into the rows. */
static void add_free_element(const stf_equations *q, size_t batch, int l, const stf_element_out *out,
                             const stf_target *t) {
  const stf_batch *b = &q->domain->batch[batch];
  const int dofs = 3 * b->nodes;
  for (int a = 0; a < b->nodes; a++) {
    const int row = 3 * b->node[a][l];
    if ((size_t)row >= 3 * q->domain->owned) continue;
    for (int c = 0; c < b->nodes; c++) {
      const int slot = q->slot[batch][a][c][l];
      for (int i = 0; i < 3; i++) {
        double *at = slot >= 0 ? t->own + q->own_row[row + i] + slot : t->off + q->off_row[row + i] - 1 - slot;
        for (int j = 0; j < 3; j++) at[j] += out->K[stf_packed(dofs, 3 * a + i, 3 * c + j)][l];
      }
    }
  }
}

static void add_batch(const stf_equations *q, size_t batch, const stf_element_out *out, const stf_target *t) {
  const stf_domain *d = q->domain;
  const stf_batch *b = &d->batch[batch];
  for (int l = 0; l < b->count; l++) {
    const bool whole = b->tied[l] || is_free(d, b, l);
    if (b->tied[l])
      add_tied_element(q, b, l, out, t);
    else if (whole)
      add_free_element(q, batch, l, out, t);
    for (int a = 0; !whole && a < b->nodes; a++) {
      if ((size_t)b->node[a][l] >= d->owned) continue;
      for (int i = 0; i < 3; i++)
        if (!d->hold[3 * b->node[a][l] + i].kind) add_row(q, batch, l, a, i, out, t);
    }
  }
}

/* Offset of the diagonal block in the row of an owned node. */
static PetscInt diagonal_slot(const stf_equations *q, const PetscInt *columns, size_t node) {
  PetscInt k = q->own_row[3 * node];
  while (columns[k] != 3 * (PetscInt)node) k++;
  return k - q->own_row[3 * node];
}

/*
 * What a tool leaves free has no stiffness where it touches nothing or only glides: its rows of the matrix, not of the
 * residual, get a little, so that the matrix can be solved with.
 */
static void steady_tools(const stf_equations *q, const PetscInt *columns, double *own) {
  const stf_domain *d = q->domain;
  for (size_t t = 0; t < d->protocol->tools; t++) {
    const stf_body *body = &d->body[d->protocol->tool[t].rigid];
    for (int k = 0; k < STF_RIGID_COMPONENTS; k++) {
      const int node = k < 3 ? body->shift : body->turn;
      if (node < 0 || (size_t)node >= d->owned || d->hold[3 * node + k % 3].kind) continue;
      own[q->own_row[3 * node + k % 3] + diagonal_slot(q, columns, (size_t)node) + k % 3] += STEADY * q->diagonal;
    }
  }
}

static stf_status add_springs_and_holds(const stf_equations *q, double *own) {
  const stf_domain *d = q->domain;
  const PetscInt *row, *columns;
  PetscInt rows;
  PetscBool done;
  STF_PETSC(MatGetRowIJ(q->own, 0, PETSC_FALSE, PETSC_FALSE, &rows, &row, &columns, &done));
  for (size_t k = 0; k < 3 * d->owned; k++)
    if (d->hold[k].kind)
      own[q->own_row[k] + diagonal_slot(q, columns, k / 3) + (PetscInt)(k % 3)] = q->diagonal;
    else if (q->drag > 0.0)
      own[q->own_row[k] + diagonal_slot(q, columns, k / 3) + (PetscInt)(k % 3)] += q->drag / q->past.dt;
  steady_tools(q, columns, own);
  for (size_t s = 0; s < d->springs; s++) {
    const stf_spring *spring = &d->spring[s];
    const double *n = d->protocol->grip[spring->grip].face->normal;
    for (int i = 0; i < 3; i++) {
      const size_t k = 3 * (size_t)spring->node + (size_t)i;
      if (!d->hold[k].kind)
        own[q->own_row[k] + diagonal_slot(q, columns, k / 3) + i] += spring->stiffness * n[i] * n[i];
    }
  }
  STF_PETSC(MatRestoreRowIJ(q->own, 0, PETSC_FALSE, PETSC_FALSE, &rows, &row, &columns, &done));
  return STF_OK;
}

/* Stiffness [3 nodes][3 nodes] of a block. */
static void add_block_stiffness(const stf_equations *q, size_t index, const double *K, const stf_target *t) {
  const stf_domain *d = q->domain;
  const stf_block *b = &d->block[index];
  const int dofs = 3 * b->nodes;
  for (int n = 0; b->tied && n < b->nodes * b->nodes; n++) {
    const int a = n / b->nodes, c = n % b->nodes;
    double pair[3][3];
    bool any = false;
    for (int m = 0; m < 9; m++) {
      pair[m / 3][m % 3] = K[(3 * a + m / 3) * dofs + 3 * c + m % 3];
      any = any || pair[m / 3][m % 3] != 0.0;
    }
    if (!any) continue; /* most nodes are far from the tool */
    stf_ties_add_pair(q, b->node[a], b->node[c], (const double(*)[3])pair, t);
  }
  for (int r = 0; !b->tied && r < dofs; r++) {
    const int row = 3 * b->node[r / 3] + r % 3;
    if ((size_t)b->node[r / 3] >= d->owned || d->hold[row].kind) continue;
    for (int c = 0; c < dofs; c++)
      stf_add_entry(q, row, q->block_slot[index][r / 3 * b->nodes + c / 3], 3 * b->node[c / 3] + c % 3, K[r * dofs + c],
                    t);
  }
}

/* Forces of a block at u and, with a target, its stiffness. */
static void add_block(stf_equations *q, size_t index, const double *u, const stf_target *t, double *squares) {
  const stf_domain *d = q->domain;
  const stf_block *b = &d->block[index];
  stf_block_out out = {.f = q->block_f, .K = q->block_K};
  stf_block_gather(d, b, u, q->place, q->shift);
  const stf_past past = stf_block_past(b, q->past);
  b->kind->respond(b->data, &past, b->nodes, (const double(*)[3])q->place, (const double(*)[3])q->shift,
                   t ? STF_WANT_TANGENT : STF_WANT_STRESS, &out);
  for (int r = 0; r < 3 * b->nodes; r++) {
    q->forces[3 * b->node[r / 3] + r % 3] += out.f[r];
    *squares += out.f[r] * out.f[r];
  }
  if (t) add_block_stiffness(q, index, out.K, t);
}

/* Internal forces of all elements and blocks at u and, with a target, their stiffness. Returns the sum of squared
 * forces. */
static double sum_elements(stf_equations *q, const double *u, const stf_target *t) {
  const stf_domain *d = q->domain;
  double squares = 0.0;
  stf_element_in in;
  stf_element_out out;
  memset(q->forces, 0, 3 * d->local * sizeof *q->forces);
  stf_ties_turn(q, u);
  q->worst = (stf_worst){.J = INFINITY, .element = -1};
  for (size_t b = 0; b < d->batches; b++) {
    stf_batch_gather(d, &d->batch[b], u, q->past, &in);
    d->batch[b].kind->respond(&in, t ? STF_WANT_TANGENT : STF_WANT_STRESS, &out);
    note_worst(d, &d->batch[b], out.J_min, &q->worst);
    add_forces(&d->batch[b], &out, q->forces, &squares);
    if (!t) continue;
    add_batch(q, b, &out, t);
    if (b == 0) q->diagonal = typical_diagonal(&d->batch[b], &out);
  }
  const double start = MPI_Wtime();
  for (size_t b = 0; b < d->blocks; b++)
    if (!d->block[b].idle) add_block(q, b, u, t, &squares);
  q->block_seconds[t != NULL] += MPI_Wtime() - start;
  return squares;
}

/* How far a node here is displaced. */
static double largest_displacement(const stf_domain *d, const double *u) {
  double largest = 0.0;
  for (size_t k = 0; k < 3 * d->local; k++) largest = fmax(largest, fabs(u[k]));
  return largest;
}

/* Rounding over the size of numbers: of Cook's membrane (test_bending) up to 11 are left with tet10, 2 with tet4. */
static const double ROUND = 16.0 * DBL_EPSILON;

bool stf_equations_residual(stf_equations *q, const double *u, double time, double *residual) {
  const double squares = sum_elements(q, u, NULL);
  const double unit = q->unit * (1.0 + largest_displacement(q->domain, u) / q->reach);
  q->round_off = ROUND * sqrt(squares + unit * unit);
  finish_residual(q, u, time, residual);
  return q->worst.J > 0.0 && isfinite(squares);
}

/* Right-hand side from the forces: what is missing to balance, and the held increments themselves. */
static void finish_rhs(stf_equations *q, const double *u, double time, const double *du, const double *coupling,
                       double *rhs) {
  const stf_domain *d = q->domain;
  finish_residual(q, u, time, rhs);
  for (size_t k = 0; k < 3 * d->owned; k++) {
    if (d->hold[k].kind == STF_HELD_TIED)
      rhs[k] = 0.0;
    else
      rhs[k] = d->hold[k].kind ? q->diagonal * du[k] : coupling[k] - rhs[k];
  }
}

static stf_status assemble_into(stf_equations *q, const double *u, double time, const double *du, double *rhs,
                                stf_target *t) {
  STF_PETSC(MatZeroEntries(q->K));
  STF_PETSC(MatSeqAIJGetArray(q->own, &t->own));
  if (q->off) STF_PETSC(MatSeqAIJGetArray(q->off, &t->off));
  sum_elements(q, u, t);
  sum_loads(q, u, time);
  add_pressures(q, u, time, t);
  stf_ties_add_curvature(q, time, t);
  STF_TRY(add_springs_and_holds(q, t->own));
  STF_PETSC(MatSeqAIJRestoreArray(q->own, &t->own));
  if (q->off) STF_PETSC(MatSeqAIJRestoreArray(q->off, &t->off));
  STF_PETSC(MatAssemblyBegin(q->K, MAT_FINAL_ASSEMBLY)); /* the values were written past PETSc: tell it */
  STF_PETSC(MatAssemblyEnd(q->K, MAT_FINAL_ASSEMBLY));
  if (rhs) finish_rhs(q, u, time, du, t->rhs, rhs);
  return STF_OK;
}

stf_status stf_equations_tangent(stf_equations *q, const double *u, double time, const double *du, double *rhs) {
  stf_target t = {.du = du};
  if (rhs && !(t.rhs = calloc(3 * q->domain->local + 1, sizeof *t.rhs))) return STF_NO_RESOURCE;
  const stf_status status = assemble_into(q, u, time, du, rhs, &t);
  free(t.rhs);
  return status;
}

stf_status stf_equations_cables(const stf_equations *q, stf_past past, const double *u, stf_cable_reading *reading) {
  const stf_domain *d = q->domain;
  const size_t cables = d->protocol->cables;
  if (!cables) return STF_OK;
  memset(reading, 0, cables * sizeof *reading);
  for (size_t k = 0; k < cables; k++) {
    const stf_block *b = d->cable[k] >= 0 ? &d->block[d->cable[k]] : NULL;
    if (!b || (size_t)b->node[0] >= d->owned) continue; /* told by the rank of its first point */
    stf_block_gather(d, b, u, q->place, q->shift);
    const stf_past own = stf_block_past(b, past);
    stf_cable_read(b->data, &own, b->nodes, (const double(*)[3])q->place, (const double(*)[3])q->shift,
                   &reading[k].stretch, &reading[k].force);
    if (own.memory) reading[k].torn = stf_cable_torn(b->data, own.memory);
  }
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, reading, 3 * (int)cables, MPI_DOUBLE, MPI_SUM, d->comm));
  return STF_OK;
}

/* Squares of the forces of cables. */
static stf_status add_cable_squares(const stf_equations *q, const double *u, double *squares) {
  const size_t cables = q->domain->protocol->cables;
  stf_cable_reading *reading = calloc(cables + 1, sizeof *reading);
  if (!reading) return STF_NO_RESOURCE;
  const stf_status status = stf_equations_cables(q, q->past, u, reading);
  for (size_t k = 0; k < cables; k++) *squares += reading[k].force * reading[k].force;
  free(reading);
  return status;
}

/* Squares of the forces and moments over sizes that hold or push rigid bodies. */
static stf_status add_rigid_squares(const stf_equations *q, const double *u, double *squares) {
  const size_t rigids = q->domain->protocol->rigids;
  stf_rigid_reading *reading = calloc(rigids + 1, sizeof *reading);
  if (!reading) return STF_NO_RESOURCE;
  const stf_status status = stf_equations_rigids(q, u, reading);
  for (size_t r = 0; r < rigids; r++)
    for (int i = 0; i < 3; i++) {
      const double moment = reading[r].moment[i] / q->domain->protocol->rigid[r].size;
      *squares += reading[r].force[i] * reading[r].force[i] + moment * moment;
    }
  free(reading);
  return status;
}

stf_status stf_equations_scale(const stf_equations *q, const double *u, double *scale) {
  const stf_domain *d = q->domain;
  const size_t grips = d->protocol->grips;
  double(*force)[3] = calloc(grips + 1, sizeof *force), squares = 0.0, loads = 0.0;
  if (!force) return STF_NO_RESOURCE;
  stf_status status = stf_equations_grip_forces(q, force);
  for (size_t g = 0; g < grips; g++)
    squares += force[g][0] * force[g][0] + force[g][1] * force[g][1] + force[g][2] * force[g][2];
  free(force);
  if (!status && d->protocol->rigids) status = add_rigid_squares(q, u, &squares);
  if (!status && d->protocol->cables) status = add_cable_squares(q, u, &squares);
  if (status) return status;
  for (size_t k = 0; k < 3 * d->owned; k++) loads += q->loads[k] * q->loads[k];
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &loads, 1, MPI_DOUBLE, MPI_SUM, d->comm));
  *scale = sqrt(fmax(squares, loads));
  return STF_OK;
}

stf_status stf_equations_grip_forces(const stf_equations *q, double (*force)[3]) {
  const stf_domain *d = q->domain;
  const size_t grips = d->protocol->grips;
  memset(force, 0, grips * sizeof *force);
  for (size_t n = 0; n < d->owned; n++)
    for (int i = 0; d->grip_of[n] && i < 3; i++)
      force[d->grip_of[n] - 1][i] += q->forces[3 * n + (size_t)i] - q->loads[3 * n + (size_t)i];
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, force, 3 * (int)grips, MPI_DOUBLE, MPI_SUM, d->comm));
  return STF_OK;
}
