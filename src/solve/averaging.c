#include "solve/averaging.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 1e-11; /* of the residual; averages are near 1 */

static const stf_family *family_of(const stf_batch *b, const stf_average *average) {
  return b->region == average->region ? &b->material->family[average->family] : NULL;
}

/* a0.dN_a of every point, [q][a] */
static void slopes_along(const stf_batch *b, size_t family, const stf_element_view *view,
                         stf_lane (*along)[STF_SHAPE_NODES]) {
  for (int q = 0; q < b->kind->points; q++)
    for (int a = 0; a < b->nodes; a++)
      STF_EACH_LANE along[q][a][l] = b->a0[family][0][l] * view->slope[q][3 * a][l] +
                                     b->a0[family][1][l] * view->slope[q][3 * a + 1][l] +
                                     b->a0[family][2][l] * view->slope[q][3 * a + 2][l];
}

/* What the element in a lane adds to the matrix. */
static void fill_element(const stf_batch *b, int lane, double square, const stf_element_view *view,
                         const stf_lane (*along)[STF_SHAPE_NODES], double matrix[STF_SHAPE_NODES][STF_SHAPE_NODES]) {
  memset(matrix, 0, STF_SHAPE_NODES * sizeof *matrix);
  for (int q = 0; q < b->kind->points; q++) {
    const double w = view->volume[q][lane];
    for (int a = 0; a < b->nodes; a++) {
      matrix[a][a] += w * view->share[q][a];
      for (int c = 0; c < b->nodes; c++) matrix[a][c] += square * w * along[q][a][lane] * along[q][c][lane];
    }
  }
}

/* Rows of owned nodes; `here` [local] marks the nodes of the region. */
static stf_status add_batch(const stf_domain *d, const stf_batch *b, const stf_average *average, double length,
                            unsigned char *here) {
  stf_element_in in;
  stf_element_view view;
  stf_lane along[STF_ELEMENT_POINTS][STF_SHAPE_NODES];
  double matrix[STF_SHAPE_NODES][STF_SHAPE_NODES];
  for (int a = 0; a < b->nodes; a++)
    for (int l = 0; l < STF_LANES; l++)
      for (int i = 0; i < 3; i++) in.X[3 * a + i][l] = d->X[b->node[a][l]][i];
  b->kind->view(&in, &view);
  slopes_along(b, average->family, &view, along);
  for (int l = 0; l < b->count; l++) {
    PetscInt column[STF_SHAPE_NODES];
    fill_element(b, l, length * length, &view, (const stf_lane(*)[STF_SHAPE_NODES])along, matrix);
    for (int a = 0; a < b->nodes; a++) column[a] = d->global[b->node[a][l]];
    for (int a = 0; a < b->nodes; a++) {
      here[b->node[a][l]] = 1;
      if ((size_t)b->node[a][l] < d->owned)
        STF_PETSC(MatSetValues(average->matrix, 1, &column[a], b->nodes, column, matrix[a], ADD_VALUES));
    }
  }
  return STF_OK;
}

/* Entries of every owned row, on this rank and beyond it. */
static void count_entries(const stf_domain *d, const stf_pattern *pattern, PetscInt *own, PetscInt *off) {
  for (size_t n = 0; n < d->owned; n++)
    for (PetscInt k = pattern->start[n]; k < pattern->start[n + 1]; k++) {
      const PetscInt column = pattern->item[k];
      const bool mine = column >= d->first && column < d->first + (PetscInt)d->owned;
      (mine ? own : off)[n]++;
    }
}

static stf_status make_matrix(const stf_equations *q, stf_average *average) {
  const stf_domain *d = q->domain;
  const PetscInt owned = (PetscInt)d->owned;
  PetscInt *entries = calloc(2 * d->owned + 1, sizeof *entries);
  if (!entries) return STF_NO_RESOURCE;
  count_entries(d, &q->pattern, entries, entries + d->owned);
  const PetscErrorCode code =
      MatCreateAIJ(d->comm, owned, owned, d->nodes, d->nodes, 0, entries, 0, entries + d->owned, &average->matrix);
  free(entries);
  if (code) return STF_BUG;
  /* Nodes of rigid bodies have neighbours that the pattern gives to their body. */
  STF_PETSC(MatSetOption(average->matrix, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
  return STF_OK;
}

/* Nodes outside of the region stand for themselves. */
static stf_status fill_matrix(const stf_equations *q, const stf_average *average) {
  const stf_domain *d = q->domain;
  unsigned char *here = calloc(d->local + 1, 1);
  stf_status status = here ? STF_OK : STF_NO_RESOURCE;
  for (size_t k = 0; !status && k < d->batches; k++) {
    const stf_family *family = family_of(&d->batch[k], average);
    if (family) status = add_batch(d, &d->batch[k], average, stf_family_averaging(family), here);
  }
  for (size_t n = 0; !status && n < d->owned; n++)
    if (!here[n] && MatSetValue(average->matrix, d->global[n], d->global[n], 1.0, ADD_VALUES)) status = STF_BUG;
  free(here);
  if (status) return status;
  STF_PETSC(MatAssemblyBegin(average->matrix, MAT_FINAL_ASSEMBLY));
  STF_PETSC(MatAssemblyEnd(average->matrix, MAT_FINAL_ASSEMBLY));
  return STF_OK;
}

static stf_status make_solver(const stf_domain *d, stf_average *average) {
  PC pc;
  STF_PETSC(KSPCreate(d->comm, &average->solver));
  STF_PETSC(KSPSetOperators(average->solver, average->matrix, average->matrix));
  STF_PETSC(KSPSetType(average->solver, KSPCG));
  STF_PETSC(KSPSetTolerances(average->solver, TOLERANCE, 0.0, 1e10, 10000));
  STF_PETSC(KSPGetPC(average->solver, &pc));
  STF_PETSC(PCSetType(pc, PCJACOBI));
  return STF_OK;
}

/* Which families of which regions any rank has to average, as bits of a number for each region; owned by the caller. */
static stf_status find_averages(const stf_domain *d, unsigned **wanted, int *regions) {
  *regions = 0;
  for (size_t k = 0; k < d->batches; k++)
    if (d->batch[k].region >= *regions) *regions = d->batch[k].region + 1;
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, regions, 1, MPI_INT, MPI_MAX, d->comm));
  *wanted = calloc((size_t)*regions + 1, sizeof **wanted);
  if (!*wanted) return STF_NO_RESOURCE;
  for (size_t k = 0; k < d->batches; k++) {
    const stf_batch *b = &d->batch[k];
    for (size_t f = 0; f < b->material->families; f++)
      if (stf_family_averaging(&b->material->family[f]) > 0.0) (*wanted)[b->region] |= 1u << f;
  }
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, *wanted, *regions, MPI_UNSIGNED, MPI_BOR, d->comm));
  return STF_OK;
}

static stf_status make_averages(const stf_equations *q, const unsigned *wanted, int regions, stf_averaging *averaging) {
  averaging->average = calloc((size_t)regions * STF_MAX_FAMILIES + 1, sizeof *averaging->average);
  if (!averaging->average) return STF_NO_RESOURCE;
  for (int r = 0; r < regions; r++)
    for (size_t f = 0; f < STF_MAX_FAMILIES; f++) {
      if (!(wanted[r] >> f & 1u)) continue;
      stf_average *average = &averaging->average[averaging->count++];
      *average = (stf_average){.region = r, .family = f};
      STF_TRY(make_matrix(q, average));
      STF_TRY(fill_matrix(q, average));
      STF_TRY(make_solver(q->domain, average));
    }
  return STF_OK;
}

stf_status stf_averaging_create(const stf_equations *q, stf_averaging *averaging) {
  const stf_domain *d = q->domain;
  unsigned *wanted = NULL;
  int regions;
  *averaging = (stf_averaging){.domain = d};
  stf_status status = find_averages(d, &wanted, &regions);
  if (!status) status = make_averages(q, wanted, regions, averaging);
  free(wanted);
  if (status || !averaging->count) return status;
  STF_PETSC(VecCreateGhost(d->comm, (PetscInt)d->owned, d->nodes, (PetscInt)(d->local - d->owned), d->global + d->owned,
                           &averaging->field));
  STF_PETSC(VecCreateMPI(d->comm, (PetscInt)d->owned, d->nodes, &averaging->load));
  return STF_OK;
}

void stf_averaging_destroy(stf_averaging *averaging) {
  for (size_t k = 0; k < averaging->count; k++) {
    KSPDestroy(&averaging->average[k].solver);
    MatDestroy(&averaging->average[k].matrix);
  }
  VecDestroy(&averaging->load);
  VecDestroy(&averaging->field);
  free(averaging->average);
  *averaging = (stf_averaging){0};
}

/* The view of a batch's points, and the stretch of a family at each. */
static void look(const stf_domain *d, const stf_batch *b, size_t family, const double *u, stf_element_view *view,
                 stf_lane *stretch) {
  stf_element_in in;
  stf_lane F[STF_ELEMENT_POINTS][9], Fa[3], natural[STF_DIRECTIONS][3];
  stf_batch_gather(d, b, u, (stf_past){0}, &in);
  b->kind->view(&in, view);
  b->kind->deformation(&in, F);
  for (int q = 0; q < b->kind->points; q++) {
    const stf_lane(*a0)[3] = in.a0;
    if (in.G) {
      stf_element_natural(&in, q, natural);
      a0 = (const stf_lane(*)[3])natural;
    }
    stf_fibre_stretch((const stf_lane *)F[q], a0[family], Fa, stretch[q]);
  }
}

/* sum_q w N lambda at owned nodes */
static void load_batch(const stf_domain *d, const stf_batch *b, size_t family, const double *u, double *load) {
  stf_element_view view;
  stf_lane stretch[STF_ELEMENT_POINTS];
  look(d, b, family, u, &view, stretch);
  for (int l = 0; l < b->count; l++)
    for (int a = 0; a < b->nodes; a++) {
      double sum = 0.0;
      for (int q = 0; q < b->kind->points; q++) sum += view.volume[q][l] * view.share[q][a] * stretch[q][l];
      if ((size_t)b->node[a][l] < d->owned) load[b->node[a][l]] += sum;
    }
}

static void note_batch(const stf_domain *d, const stf_batch *b, size_t family, const double *u, const double *field,
                       stf_state *state) {
  stf_element_view view;
  stf_lane stretch[STF_ELEMENT_POINTS];
  look(d, b, family, u, &view, stretch);
  for (int q = 0; q < b->kind->points; q++) {
    stf_lane *beyond =
        &state->memory[b->memory_at + (size_t)q * b->material->memory + b->material->family[family].memory_at];
    STF_EACH_LANE {
      double average = 0.0;
      for (int a = 0; a < b->nodes; a++) average += view.share[q][a] * field[b->node[a][l]];
      (*beyond)[l] = average - stretch[q][l];
    }
  }
}

static stf_status solve(const stf_averaging *averaging, const stf_average *average, const stf_state *state) {
  const stf_domain *d = averaging->domain;
  KSPConvergedReason reason;
  double *load;
  STF_PETSC(VecSet(averaging->load, 0.0));
  STF_PETSC(VecGetArray(averaging->load, &load));
  for (size_t k = 0; k < d->batches; k++)
    if (family_of(&d->batch[k], average)) load_batch(d, &d->batch[k], average->family, state->u, load);
  STF_PETSC(VecRestoreArray(averaging->load, &load));
  STF_PETSC(KSPSolve(average->solver, averaging->load, averaging->field));
  STF_PETSC(KSPGetConvergedReason(average->solver, &reason));
  if (reason < 0) return STF_NO_SOLUTION;
  STF_PETSC(VecGhostUpdateBegin(averaging->field, INSERT_VALUES, SCATTER_FORWARD));
  STF_PETSC(VecGhostUpdateEnd(averaging->field, INSERT_VALUES, SCATTER_FORWARD));
  return STF_OK;
}

stf_status stf_averaging_update(stf_averaging *averaging, stf_state *state) {
  const stf_domain *d = averaging->domain;
  for (size_t n = 0; n < averaging->count; n++) {
    const stf_average *average = &averaging->average[n];
    Vec local;
    const double *field;
    STF_TRY(solve(averaging, average, state));
    STF_PETSC(VecGhostGetLocalForm(averaging->field, &local));
    STF_PETSC(VecGetArrayRead(local, &field));
    for (size_t k = 0; k < d->batches; k++)
      if (family_of(&d->batch[k], average)) note_batch(d, &d->batch[k], average->family, state->u, field, state);
    STF_PETSC(VecRestoreArrayRead(local, &field));
    STF_PETSC(VecGhostRestoreLocalForm(averaging->field, &local));
  }
  return STF_OK;
}
