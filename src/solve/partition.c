#include "solve/partition.h"

#include <stdlib.h>
#include <string.h>

/* Elements beside an element: a hexahedron has two tetrahedra at a side of its own at most. */
enum { MOST_SIDES = 12 };

/* Elements for each rank below which stacks may be cut, since there may be too few of them. */
enum { ENOUGH = 200 };

/* Elements around every node, as compressed rows. */
typedef struct rows {
  int *start, *item;
} rows;

static void rows_clear(rows *r) {
  free(r->start);
  free(r->item);
  *r = (rows){0};
}

static stf_status elements_of_nodes(const stf_mesh *mesh, rows *r) {
  r->start = calloc(mesh->nodes + 2, sizeof *r->start);
  r->item = malloc(STF_SHAPE_NODES * mesh->elements * sizeof *r->item);
  if (!r->start || !r->item) return STF_NO_RESOURCE;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes; a++) r->start[mesh->cell[e][a] + 2]++;
  for (size_t n = 2; n < mesh->nodes + 2; n++) r->start[n] += r->start[n - 1];
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes; a++) r->item[r->start[mesh->cell[e][a] + 1]++] = (int)e;
  return STF_OK;
}

/* Elements that share three nodes or more, a side, with an element. `seen` [elements] counts, all zero before and
 * after. */
static int neighbours(const stf_mesh *mesh, const rows *around, size_t e, int *seen, int *touched, PetscInt *out) {
  int count = 0, sides = 0;
  for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes; a++) {
    const int n = mesh->cell[e][a];
    for (int k = around->start[n]; k < around->start[n + 1]; k++) {
      const int other = around->item[k];
      if (other == (int)e) continue;
      if (!seen[other]) touched[count++] = other;
      if (++seen[other] == 3) out[sides++] = other;
    }
  }
  for (int k = 0; k < count; k++) seen[touched[k]] = 0;
  return sides;
}

static int ascending(const void *a, const void *b) {
  const PetscInt x = *(const PetscInt *)a, y = *(const PetscInt *)b;
  return (x > y) - (x < y);
}

/* The graph in arrays that PETSc takes over (PetscMalloc). */
static stf_status side_graph(const stf_mesh *mesh, const rows *around, PetscInt **start, PetscInt **item) {
  const PetscInt n = (PetscInt)mesh->elements;
  STF_PETSC(PetscMalloc1(n + 1, start));
  STF_PETSC(PetscMalloc1(MOST_SIDES * n, item));
  int *seen = calloc(mesh->elements, sizeof *seen);
  int *list = malloc(mesh->elements * sizeof *list);
  stf_status status = seen && list ? STF_OK : STF_NO_RESOURCE;
  (*start)[0] = 0;
  for (size_t e = 0; !status && e < mesh->elements; e++) {
    PetscInt *row = *item + (*start)[e];
    const int sides = neighbours(mesh, around, e, seen, list, row);
    qsort(row, (size_t)sides, sizeof *row, ascending);
    (*start)[e + 1] = (*start)[e] + sides;
  }
  free(seen);
  free(list);
  return status;
}

/* The graph of stacks, from that of elements; what it was is released. */
static stf_status contract(const stf_mesh *mesh, const int *stack, size_t stacks, PetscInt **start, PetscInt **item) {
  PetscInt *first, *next, *all = *item;
  STF_PETSC(PetscCalloc1((PetscInt)stacks + 1, &first));
  STF_PETSC(PetscMalloc1(MOST_SIDES * (PetscInt)stacks, &next));
  for (size_t e = 0; e < mesh->elements; e++)
    for (PetscInt k = (*start)[e]; k < (*start)[e + 1]; k++) {
      const PetscInt own = stack[e], other = stack[all[k]];
      PetscInt *row = next + MOST_SIDES * own, j = 0;
      while (j < first[own + 1] && row[j] != other) j++;
      if (other == own || j < first[own + 1]) continue;
      row[first[own + 1]++] = other;
    }
  for (size_t s = 0; s < stacks; s++) {
    const PetscInt count = first[s + 1];
    memmove(next + first[s], next + MOST_SIDES * s, (size_t)count * sizeof *next);
    qsort(next + first[s], (size_t)count, sizeof *next, ascending);
    first[s + 1] += first[s];
  }
  STF_PETSC(PetscFree(*start));
  STF_PETSC(PetscFree(*item));
  *start = first;
  *item = next;
  return STF_OK;
}

static stf_status scotch(PetscInt n, PetscInt *start, PetscInt *item, int ranks, int *rank_of) {
  Mat graph;
  MatPartitioning partitioning;
  IS is;
  const PetscInt *part;
  STF_PETSC(MatCreateMPIAdj(PETSC_COMM_SELF, n, n, start, item, NULL, &graph));
  STF_PETSC(MatPartitioningCreate(PETSC_COMM_SELF, &partitioning));
  STF_PETSC(MatPartitioningSetAdjacency(partitioning, graph));
  STF_PETSC(MatPartitioningSetType(partitioning, MATPARTITIONINGPTSCOTCH));
  STF_PETSC(MatPartitioningSetNParts(partitioning, ranks));
  STF_PETSC(MatPartitioningApply(partitioning, &is));
  STF_PETSC(ISGetIndices(is, &part));
  for (PetscInt e = 0; e < n; e++) rank_of[e] = (int)part[e];
  STF_PETSC(ISRestoreIndices(is, &part));
  STF_PETSC(ISDestroy(&is));
  STF_PETSC(MatPartitioningDestroy(&partitioning));
  STF_PETSC(MatDestroy(&graph));
  return STF_OK;
}

static stf_status partition_stacks(const stf_mesh *mesh, const stf_grid *grid, PetscInt *start, PetscInt *item,
                                   int ranks, int *rank_of) {
  int *stack = malloc(2 * (mesh->elements + 1) * sizeof *stack), *of_stack = stack + mesh->elements;
  if (!stack) return STF_NO_RESOURCE;
  const size_t stacks = stf_grid_stacks(grid, mesh, stack);
  stf_status status = contract(mesh, stack, stacks, &start, &item);
  if (!status) status = scotch((PetscInt)stacks, start, item, ranks, of_stack);
  for (size_t e = 0; !status && e < mesh->elements; e++) rank_of[e] = of_stack[stack[e]];
  free(stack);
  return status;
}

static stf_status partition_here(const stf_mesh *mesh, const stf_grid *grid, int ranks, int *rank_of) {
  rows around = {0};
  PetscInt *start = NULL, *item = NULL;
  stf_status status = elements_of_nodes(mesh, &around);
  if (!status) status = side_graph(mesh, &around, &start, &item);
  rows_clear(&around);
  if (status) return status;
  if (!grid->why_not && grid->line >= 0 && mesh->elements >= ENOUGH * (size_t)ranks)
    return partition_stacks(mesh, grid, start, item, ranks, rank_of);
  return scotch((PetscInt)mesh->elements, start, item, ranks, rank_of);
}

stf_status stf_partition(MPI_Comm comm, const stf_mesh *mesh, const stf_grid *grid, int *rank_of) {
  int rank, ranks, status = STF_OK;
  STF_PETSC(MPI_Comm_rank(comm, &rank));
  STF_PETSC(MPI_Comm_size(comm, &ranks));
  memset(rank_of, 0, mesh->elements * sizeof *rank_of);
  if (ranks == 1) return STF_OK;
  if (rank == 0) status = (int)partition_here(mesh, grid, ranks, rank_of);
  STF_PETSC(MPI_Bcast(&status, 1, MPI_INT, 0, comm));
  if (!status) STF_PETSC(MPI_Bcast(rank_of, (int)mesh->elements, MPI_INT, 0, comm));
  return (stf_status)status;
}
