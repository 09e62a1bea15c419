#include "solve/coarse.h"

#include <stdlib.h>
#include <string.h>

/* Gathers `count` items of `size` bytes of each rank, `counts` [ranks] from all. */
static stf_status gather(const stf_halo *h, const void *mine, size_t size, const int *counts, void *all) {
  int *bytes = calloc(2 * (size_t)h->ranks, sizeof *bytes), *at = bytes ? bytes + h->ranks : NULL;
  if (!bytes) return STF_NO_RESOURCE;
  for (int r = 0; r < h->ranks; r++) {
    bytes[r] = counts[r] * (int)size;
    if (r) at[r] = at[r - 1] + bytes[r - 1];
  }
  const int failed = MPI_Allgatherv(mine, bytes[h->rank], MPI_BYTE, all, bytes, at, MPI_BYTE, h->comm);
  free(bytes);
  return failed ? STF_BUG : STF_OK;
}

/* Numbers of a rank's columns among all ranks' nodes: its own and, by what owners tell, those of ghosts. */
static stf_status numbers_of(const stf_level *l, int *number) {
  stf_halo h = l->halo; /* its buffers may grow */
  for (int n = 0; n < l->owned; n++) number[n] = h.first[h.rank] + n;
  const stf_status status = stf_halo_share(&h, number, sizeof *number);
  ((stf_level *)l)->halo = h;
  return status;
}

static stf_status gather_pattern(const stf_level *l, stf_coarse *c) {
  const stf_halo *h = &l->halo;
  const int mine = l->start[l->owned];
  int *number = malloc(((size_t)l->local + 1) * sizeof *number), *column = malloc(((size_t)mine + 1) * sizeof *column);
  int *length = malloc(((size_t)l->owned + 1) * sizeof *length), *blocks = calloc((size_t)h->ranks, sizeof *blocks);
  stf_status status = number && column && length && blocks ? numbers_of(l, number) : STF_NO_RESOURCE;
  for (int k = 0; !status && k < mine; k++) column[k] = number[l->column[k]];
  for (int n = 0; !status && n < l->owned; n++) length[n] = l->start[n + 1] - l->start[n];
  if (!status) status = gather(h, length, sizeof *length, c->counts, c->row_start + 1);
  if (!status && MPI_Allgather(&mine, 1, MPI_INT, blocks, 1, MPI_INT, h->comm)) status = STF_BUG;
  if (!status) {
    for (int n = 0; n < c->nodes; n++) c->row_start[n + 1] += c->row_start[n];
    for (int r = 0; r < h->ranks; r++) c->block_at[r + 1] = c->block_at[r] + blocks[r];
    c->column = malloc(((size_t)c->row_start[c->nodes] + 1) * sizeof *c->column);
    c->blocks = malloc((9 * (size_t)c->row_start[c->nodes] + 1) * sizeof *c->blocks);
    status = c->column && c->blocks ? gather(h, column, sizeof *column, blocks, c->column) : STF_NO_RESOURCE;
  }
  free(number);
  free(column);
  free(length);
  free(blocks);
  return status;
}

static PetscErrorCode make_matrix(stf_coarse *c) {
  PetscInt *lengths;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(3 * c->nodes + 1, &lengths));
  for (int k = 0; k < 3 * c->nodes; k++) lengths[k] = 3 * (c->row_start[k / 3 + 1] - c->row_start[k / 3]);
  PetscCall(MatCreateSeqAIJ(PETSC_COMM_SELF, 3 * c->nodes, 3 * c->nodes, 0, lengths, &c->A));
  PetscCall(MatSetBlockSize(c->A, 3));
  PetscCall(PetscFree(lengths));
  if (c->symmetric) PetscCall(MatSetOption(c->A, MAT_SYMMETRIC, PETSC_TRUE));
  PetscCall(MatCreateVecs(c->A, &c->x, &c->b));
  PetscFunctionReturn(PETSC_SUCCESS);
}

stf_status stf_coarse_create(const stf_level *l, bool symmetric, stf_coarse *c) {
  *c = (stf_coarse){.symmetric = symmetric, .nodes = l->halo.first[l->halo.ranks]};
  c->counts = calloc((size_t)l->halo.ranks, sizeof *c->counts);
  c->block_at = calloc((size_t)l->halo.ranks + 1, sizeof *c->block_at);
  c->row_start = calloc((size_t)c->nodes + 1, sizeof *c->row_start);
  c->vector = calloc(3 * (size_t)c->nodes + 1, sizeof *c->vector);
  if (!c->counts || !c->block_at || !c->row_start || !c->vector) return STF_NO_RESOURCE;
  for (int r = 0; r < l->halo.ranks; r++) c->counts[r] = l->halo.first[r + 1] - l->halo.first[r];
  STF_TRY(gather_pattern(l, c));
  STF_PETSC(make_matrix(c));
  return STF_OK;
}

void stf_coarse_destroy(stf_coarse *c) {
  free(c->counts);
  free(c->block_at);
  free(c->row_start);
  free(c->column);
  free(c->blocks);
  free(c->vector);
  MatDestroy(&c->A);
  MatDestroy(&c->factor);
  VecDestroy(&c->b);
  VecDestroy(&c->x);
  *c = (stf_coarse){0};
}

static PetscErrorCode fill(stf_coarse *c) {
  PetscFunctionBeginUser;
  for (int n = 0; n < c->nodes; n++)
    for (int k = c->row_start[n]; k < c->row_start[n + 1]; k++) {
      const PetscInt row[3] = {3 * n, 3 * n + 1, 3 * n + 2}, at = 3 * c->column[k], column[3] = {at, at + 1, at + 2};
      double block[9]; /* row after row, as PETSc has it */
      for (int e = 0; e < 9; e++) block[e] = c->blocks[9 * (size_t)k + (size_t)(e / 3 + 3 * (e % 3))];
      PetscCall(MatSetValues(c->A, 3, row, 3, column, block, INSERT_VALUES));
    }
  PetscCall(MatAssemblyBegin(c->A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(c->A, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode factorise(stf_coarse *c, bool *sound) {
  MatFactorInfo info;
  MatFactorError error;
  PetscFunctionBeginUser;
  PetscCall(MatFactorInfoInitialize(&info));
  if (!c->factor) {
    PetscCall(MatGetFactor(c->A, MATSOLVERMUMPS, c->symmetric ? MAT_FACTOR_CHOLESKY : MAT_FACTOR_LU, &c->factor));
    PetscCall(MatMumpsSetIcntl(c->factor, 14, 60)); /* room for pivoting [%] */
    if (c->symmetric)
      PetscCall(MatCholeskyFactorSymbolic(c->factor, c->A, NULL, &info));
    else
      PetscCall(MatLUFactorSymbolic(c->factor, c->A, NULL, NULL, &info));
  }
  if (c->symmetric)
    PetscCall(MatCholeskyFactorNumeric(c->factor, c->A, &info));
  else
    PetscCall(MatLUFactorNumeric(c->factor, c->A, &info));
  PetscCall(MatFactorGetError(c->factor, &error));
  *sound = error == MAT_FACTOR_NOERROR;
  PetscFunctionReturn(PETSC_SUCCESS);
}

stf_status stf_coarse_refresh(const stf_level *l, stf_coarse *c, bool *sound) {
  int *blocks = malloc(((size_t)l->halo.ranks + 1) * sizeof *blocks);
  if (!blocks) return STF_NO_RESOURCE;
  for (int r = 0; r < l->halo.ranks; r++) blocks[r] = c->block_at[r + 1] - c->block_at[r];
  const stf_status status = gather(&l->halo, l->exact, 9 * sizeof *l->exact, blocks, c->blocks);
  free(blocks);
  if (status) return status;
  STF_PETSC(fill(c));
  STF_PETSC(factorise(c, sound));
  return STF_OK;
}

static PetscErrorCode solve(stf_coarse *c) {
  PetscScalar *b;
  const PetscScalar *x;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(c->b, &b));
  for (int k = 0; k < 3 * c->nodes; k++) b[k] = c->vector[k];
  PetscCall(VecRestoreArrayWrite(c->b, &b));
  PetscCall(MatSolve(c->factor, c->b, c->x));
  PetscCall(VecGetArrayRead(c->x, &x));
  for (int k = 0; k < 3 * c->nodes; k++) c->vector[k] = (float)x[k];
  PetscCall(VecRestoreArrayRead(c->x, &x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

stf_status stf_coarse_solve(stf_level *l, stf_coarse *c) {
  STF_TRY(gather(&l->halo, l->b, 3 * sizeof *l->b, c->counts, c->vector));
  STF_PETSC(solve(c));
  memcpy(l->x, c->vector + 3 * l->halo.first[l->halo.rank], 3 * (size_t)l->owned * sizeof *l->x);
  return STF_OK;
}
