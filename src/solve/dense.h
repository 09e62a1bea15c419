/* LU factors of a small matrix by LAPACK, with partial pivoting: a sparse solver's bookkeeping takes longer. */
#ifndef STF_SOLVE_DENSE_H
#define STF_SOLVE_DENSE_H

#include "base/status.h"
#include "solve/petsc.h"

typedef struct stf_dense {
  PetscBLASInt rows;
  PetscScalar *factors; /* [rows * rows] by columns */
  PetscBLASInt *pivot;  /* [rows] */
} stf_dense;

/* Room for a matrix; STF_NO_RESOURCE when memory is out. The caller destroys it. */
stf_status stf_dense_create(PetscInt rows, stf_dense *dense);
void stf_dense_destroy(stf_dense *dense);

/* Factorises K, which lies on one rank; `*sound` is false when it is singular. */
PetscErrorCode stf_dense_refresh(Mat K, stf_dense *dense, bool *sound);

/* x = K^-1 b */
PetscErrorCode stf_dense_solve(const stf_dense *dense, Vec b, Vec x);

#endif
