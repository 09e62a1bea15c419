#include "solve/prestress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "material/kinematics.h"

enum { MOST_TURNS = 200 };
static const double LEAST_PART = 1.0 / 256.0; /* of the imbalance that a turn may do away with */

static const stf_prestress_part *part_of(const stf_prestress *p, int region) {
  for (size_t k = 0; k < p->parts; k++)
    if (p->part[k].region == region) return &p->part[k];
  return NULL;
}

/* The axes of a part's sheet in one lane. */
static void axes_of(const stf_prestress_part *part, const stf_batch *b, int lane, double t[3][3]) {
  const double n[3] = {b->normal[0][lane], b->normal[1][lane], b->normal[2][lane]};
  double a[3] = {0.0};
  for (int i = 0; part->index >= 0 && i < 3; i++) a[i] = b->a0[part->index][i][lane];
  stf_prestress_axes(n, part->index < 0 ? NULL : a, t);
}

/* G = sum of stretch t (x) t, over the axes of the sheet. */
static void ask(const stf_prestress_part *part, const stf_batch *b, int lane, stf_lane (*G)[9]) {
  double t[3][3];
  const double stretch[3] = {part->along, part->across, part->through};
  axes_of(part, b, lane, t);
  for (int q = 0; q < b->kind->points; q++)
    for (int r = 0; r < 9; r++) {
      G[q][r][lane] = 0.0;
      for (int k = 0; k < 3; k++) G[q][r][lane] += stretch[k] * t[k][r / 3] * t[k][r % 3];
    }
}

static void ask_batch(const stf_prestress *p, const stf_batch *b, stf_lane (*G)[9]) {
  const stf_prestress_part *part = part_of(p, b->region);
  for (int q = 0; q < b->kind->points; q++)
    for (int r = 0; r < 9; r++) STF_EACH_LANE G[q][r][l] = r % 4 ? 0.0 : 1.0;
  for (int lane = 0; part && lane < STF_LANES; lane++) ask(part, b, lane, G);
}

/* The same for the patches of nodes: their natural volumes. */
static void ask_patches(const stf_prestress *p, const stf_domain *d) {
  for (size_t k = 0; k < d->blocks; k++) {
    stf_patch *patch = d->block[k].patch;
    for (int e = 0; patch && e < patch->tets; e++) {
      const stf_prestress_part *part = part_of(p, patch->region[e]);
      if (part) patch->natural[e] /= part->along * part->across * part->through;
    }
    if (patch) stf_patch_sum(patch);
  }
}

stf_status stf_prestress_begin(const stf_prestress *p, stf_domain *d, double **memory) {
  size_t points = 0;
  *memory = NULL;
  if (!p->parts) return STF_OK;
  for (size_t k = 0; k < d->batches; k++) points += (size_t)d->batch[k].kind->points;
  *memory = aligned_alloc(sizeof(stf_lane), (points + 1) * 9 * sizeof(stf_lane));
  if (!*memory) return STF_NO_RESOURCE;
  stf_lane(*G)[9] = (stf_lane(*)[9]) * memory;
  for (size_t k = 0; k < d->batches; k++) {
    ask_batch(p, &d->batch[k], G);
    d->batch[k].G = G;
    G += d->batch[k].kind->points;
  }
  ask_patches(p, d);
  return STF_OK;
}

static stf_status remember_patches(const stf_domain *d, const double *u) {
  double(*X)[3] = calloc(2 * (size_t)d->most_nodes + 1, sizeof *X), (*shift)[3] = X + d->most_nodes;
  if (!X) return STF_NO_RESOURCE;
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    for (int a = 0; b->patch && a < b->nodes; a++) {
      memcpy(X[a], d->X[b->node[a]], sizeof *X);
      memcpy(shift[a], u + 3 * b->node[a], sizeof *shift);
    }
    if (b->patch) stf_patch_remember(b->patch, (const double(*)[3])X, (const double(*)[3])shift);
  }
  free(X);
  return STF_OK;
}

/* G <- F(u) G everywhere, u <- 0. */
static stf_status remember(const stf_domain *d, stf_state *state) {
  STF_TRY(remember_patches(d, state->u));
  for (size_t k = 0; k < d->batches; k++) {
    stf_lane F[STF_ELEMENT_POINTS][9];
    stf_element_in in;
    stf_batch_gather(d, &d->batch[k], state->u, (stf_past){INFINITY, state->memory}, &in);
    d->batch[k].kind->deformation(&in, F);
    memcpy(d->batch[k].G, F, (size_t)d->batch[k].kind->points * sizeof *F);
  }
  memset(state->u, 0, 3 * d->local * sizeof *state->u);
  return STF_OK;
}

/*
 * Stretch of the image against the natural state at a point: 1/|G^-1 t| along a direction t; both ways in a plane, the
 * root of the change of area, |cof(G) n0| with n0 the natural normal.
 */
static double stretch_at(const stf_prestress_part *part, const double (*t)[3], const stf_lane (*G)[9], int q,
                         int lane) {
  stf_lane cof[9], J;
  double size = 0.0, n0[3], area = 0.0;
  stf_cofactor(G[q], cof, J);
  for (int i = 0; part->index >= 0 && i < 3; i++) {
    double x = 0.0; /* (G^-1 t)_i = cof_ji t_j / J */
    for (int j = 0; j < 3; j++) x += cof[3 * j + i][lane] * t[0][j] / J[lane];
    size += x * x;
  }
  if (part->index >= 0) return 1.0 / sqrt(size);
  for (int i = 0; i < 3; i++) {
    n0[i] = 0.0;
    for (int j = 0; j < 3; j++) n0[i] += G[q][3 * j + i][lane] * t[2][j];
    size += n0[i] * n0[i];
  }
  for (int i = 0; i < 3; i++) {
    double x = 0.0;
    for (int j = 0; j < 3; j++) x += cof[3 * i + j][lane] * n0[j] / sqrt(size);
    area += x * x;
  }
  return pow(area, 0.25);
}

static void read_batch(const stf_prestress_part *part, const stf_domain *d, const stf_batch *b, const stf_state *state,
                       double sums[2], stf_prestress_found *found) {
  stf_element_in in;
  stf_element_sample sample;
  double t[3][3];
  stf_batch_gather(d, b, state->u, stf_state_past(state), &in);
  b->kind->sample(&in, &sample);
  for (int l = 0; l < b->count; l++) {
    if (!b->mine[l]) continue;
    axes_of(part, b, l, t);
    for (int q = 0; q < b->kind->points; q++) {
      const double stretch = stretch_at(part, (const double(*)[3])t, b->G, q, l);
      sums[0] += sample.volume[l] * sample.J[l] * stretch;
      sums[1] += sample.volume[l] * sample.J[l];
      found->least = fmin(found->least, stretch);
      found->largest = fmax(found->largest, stretch);
    }
  }
}

/* What each part's stretch has become, over all ranks. */
static stf_status read_parts(const stf_prestress *p, const stf_domain *d, const stf_state *state,
                             stf_prestress_found *found) {
  for (size_t k = 0; k < p->parts; k++) {
    double sums[2] = {0.0, 0.0};
    found[k] = (stf_prestress_found){.least = INFINITY, .largest = -INFINITY};
    for (size_t b = 0; b < d->batches; b++)
      if (d->batch[b].region == p->part[k].region) read_batch(&p->part[k], d, &d->batch[b], state, sums, &found[k]);
    STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, d->comm));
    STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &found[k].least, 1, MPI_DOUBLE, MPI_MIN, d->comm));
    STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &found[k].largest, 1, MPI_DOUBLE, MPI_MAX, d->comm));
    found[k].mean = sums[0] / sums[1];
  }
  return STF_OK;
}

/* Largest displacement of a node, over all ranks. */
static stf_status largest_of(const stf_domain *d, const double *u, double *largest) {
  *largest = 0.0;
  for (size_t n = 0; n < d->owned; n++) *largest = fmax(*largest, hypot(hypot(u[3 * n], u[3 * n + 1]), u[3 * n + 2]));
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, largest, 1, MPI_DOUBLE, MPI_MAX, d->comm));
  return STF_OK;
}

/*
 * One turn from u = 0: equilibrium but for a part of the imbalance there is, a smaller part to go where it is not
 * found. `part` is what to try and what was found.
 */
static stf_status turn(stf_equilibrium *q, stf_state *state, double *imbalance, double *part, stf_step_report *step) {
  const size_t unknowns = 3 * q->equations.domain->owned;
  for (;;) {
    if (!stf_equations_residual(&q->equations, state->u, state->time, imbalance)) return STF_BUG;
    for (size_t k = 0; k < unknowns; k++) imbalance[k] *= 1.0 - *part;
    q->equations.kept = *part < 1.0 ? imbalance : NULL;
    const stf_status status = stf_equilibrium_settle(q, state, step);
    q->equations.kept = NULL;
    if (status || step->outcome == STF_STEP_FOUND || *part < LEAST_PART) return status;
    *part *= 0.5;
  }
}

stf_status stf_prestress_find(const stf_prestress *p, stf_domain *d, stf_equilibrium *q, stf_state *state,
                              stf_prestress_report *report) {
  double *imbalance = malloc((3 * d->owned + 1) * sizeof *imbalance), part = 1.0;
  stf_status status = imbalance ? STF_OK : STF_NO_RESOURCE;
  q->equations.past = (stf_past){INFINITY, state->memory}; /* nothing has been done to it for long */
  for (report->turns = 0; !status; report->turns++) {
    status = turn(q, state, imbalance, &part, &report->step);
    if (status || report->step.outcome != STF_STEP_FOUND || (part == 1.0 && !report->step.iterations)) break;
    report->iterations += report->step.iterations;
    status = largest_of(d, state->u, &report->moved);
    if (report->turns == MOST_TURNS) report->step.outcome = STF_STEP_STALLED;
    if (report->turns == MOST_TURNS) break;
    if (!status) status = remember(d, state);
    part = fmin(2.0 * part, 1.0);
  }
  free(imbalance);
  return status || report->step.outcome != STF_STEP_FOUND ? status : read_parts(p, d, state, report->found);
}
