#include "solve/multigrid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 300 }; /* nodes that are factorised at once */

stf_status stf_multigrid_create(const stf_equations *equations, stf_multigrid *m) {
  bool coarser = true;
  *m = (stf_multigrid){.equations = equations};
  STF_TRY(stf_level_finest(equations, &m->level[m->levels++]));
  m->beside = calloc(3 * (equations->domain->owned - (size_t)m->level[0].owned) + 1, sizeof *m->beside);
  if (!m->beside) return STF_NO_RESOURCE;
  while (m->levels < STF_MOST_LEVELS) {
    stf_level *last = &m->level[m->levels - 1];
    if (m->levels > 1 && last->halo.first[last->halo.ranks] <= SMALL) break;
    STF_TRY(stf_level_coarsen(last, last + 1, &coarser));
    if (!coarser) break;
    m->levels++;
  }
  return stf_coarse_create(&m->level[m->levels - 1], equations->symmetric, &m->coarse);
}

void stf_multigrid_destroy(stf_multigrid *m) {
  for (int k = 0; k < m->levels; k++) stf_level_clear(&m->level[k]);
  stf_coarse_destroy(&m->coarse);
  free(m->beside);
  *m = (stf_multigrid){0};
}

/* Nodes beside the block are the last of their rank. */
static stf_status refresh_beside(stf_multigrid *m) {
  const PetscInt first = 3 * m->level[0].owned, last = 3 * (PetscInt)m->equations->domain->owned;
  for (PetscInt row = first; row < last; row++) {
    STF_PETSC(MatGetValue(m->equations->own, row, row, &m->beside[row - first]));
    if (!(m->beside[row - first] > 0.0)) m->beside[row - first] = m->equations->diagonal;
  }
  return STF_OK;
}

stf_status stf_multigrid_refresh(stf_multigrid *m, bool *sound) {
  STF_TRY(refresh_beside(m));
  for (int k = 0; k < m->levels; k++) {
    STF_TRY(stf_level_refresh(m->equations, &m->level[k]));
    if (k + 1 < m->levels) STF_TRY(stf_level_product(m->equations, &m->level[k], &m->level[k + 1]));
    if (k) {
      free(m->level[k - 1].exact);
      m->level[k - 1].exact = NULL;
    }
  }
  stf_level *last = &m->level[m->levels - 1];
  STF_TRY(stf_coarse_refresh(last, &m->coarse, sound));
  free(last->exact);
  last->exact = NULL;
  return STF_OK;
}

static stf_status cycle(stf_multigrid *m) {
  const int last = m->levels - 1;
  for (int k = 0; k < last; k++) {
    STF_TRY(stf_level_smooth_first(&m->level[k]));
    STF_TRY(stf_level_restrict(&m->level[k], &m->level[k + 1]));
  }
  STF_TRY(stf_coarse_solve(&m->level[last], &m->coarse));
  for (int k = last - 1; k >= 0; k--) {
    STF_TRY(stf_level_prolong(&m->level[k], &m->level[k + 1]));
    STF_TRY(stf_level_smooth_last(&m->level[k]));
  }
  return STF_OK;
}

/* A power of two that brings the largest of r near 1, whatever its unit: single precision is narrow. */
static PetscErrorCode scale_of(Vec r, double *scale) {
  PetscReal largest;
  int exponent;
  PetscFunctionBeginUser;
  PetscCall(VecNorm(r, NORM_INFINITY, &largest));
  (void)frexp(largest, &exponent);
  *scale = largest > 0.0 ? ldexp(1.0, -exponent) : 1.0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

stf_status stf_multigrid_apply(stf_multigrid *m, Vec r, Vec x) {
  stf_level *l = &m->level[0];
  const PetscScalar *from;
  PetscScalar *to;
  double scale = 1.0;
  STF_PETSC(scale_of(r, &scale));
  STF_PETSC(VecGetArrayRead(r, &from));
  for (int n = 0; n < l->owned; n++)
    for (int i = 0; i < 3; i++) l->b[3 * n + i] = (float)(scale * from[3 * l->node[n] + i]);
  STF_PETSC(VecRestoreArrayRead(r, &from));
  STF_TRY(cycle(m));
  STF_PETSC(VecGetArrayWrite(x, &to));
  for (int n = 0; n < l->owned; n++)
    for (int i = 0; i < 3; i++) to[3 * l->node[n] + i] = l->x[3 * n + i] / scale;
  const size_t first = 3 * (size_t)l->owned, last = 3 * m->equations->domain->owned;
  STF_PETSC(VecGetArrayRead(r, &from));
  for (size_t k = first; k < last; k++) to[k] = from[k] / m->beside[k - first];
  STF_PETSC(VecRestoreArrayRead(r, &from));
  STF_PETSC(VecRestoreArrayWrite(x, &to));
  return STF_OK;
}
