#include "solve/dense.h"

#include <petscblaslapack.h>

#include <stdlib.h>
#include <string.h>

stf_status stf_dense_create(PetscInt rows, stf_dense *s) {
  *s = (stf_dense){.rows = (PetscBLASInt)rows};
  s->factors = calloc((size_t)rows * (size_t)rows + 1, sizeof *s->factors);
  s->pivot = calloc((size_t)rows + 1, sizeof *s->pivot);
  return s->factors && s->pivot ? STF_OK : STF_NO_RESOURCE;
}

void stf_dense_destroy(stf_dense *s) {
  free(s->factors);
  free(s->pivot);
  *s = (stf_dense){0};
}

PetscErrorCode stf_dense_refresh(Mat K, stf_dense *s, bool *sound) {
  const size_t rows = (size_t)s->rows;
  PetscBLASInt info;
  PetscFunctionBegin;
  memset(s->factors, 0, rows * rows * sizeof *s->factors);
  for (PetscInt r = 0; r < s->rows; r++) {
    const PetscInt *column;
    const PetscScalar *value;
    PetscInt entries;
    PetscCall(MatGetRow(K, r, &entries, &column, &value));
    for (PetscInt k = 0; k < entries; k++) s->factors[(size_t)column[k] * rows + (size_t)r] = value[k];
    PetscCall(MatRestoreRow(K, r, &entries, &column, &value));
  }
  LAPACKgetrf_(&s->rows, &s->rows, s->factors, &s->rows, s->pivot, &info);
  PetscCheck(info >= 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "argument %d of getrf", -(int)info);
  *sound = info == 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode stf_dense_solve(const stf_dense *s, Vec b, Vec x) {
  const PetscBLASInt one = 1;
  PetscBLASInt info;
  PetscScalar *values;
  PetscFunctionBegin;
  PetscCall(VecCopy(b, x));
  PetscCall(VecGetArray(x, &values));
  LAPACKgetrs_("N", &s->rows, &one, s->factors, &s->rows, s->pivot, values, &s->rows, &info);
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "argument %d of getrs", -(int)info);
  PetscCall(VecRestoreArray(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}
