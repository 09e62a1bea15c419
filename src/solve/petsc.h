/* PETSc, and what its release 3.18 lacks. Only the folders solve/, timeline/ and fit/ may include it. */
#ifndef STF_SOLVE_PETSC_H
#define STF_SOLVE_PETSC_H

#include <petscksp.h>
#include <petscsnes.h>
#undef I /* PETSc's headers bring complex.h, which takes the letter */

#ifndef PETSC_SUCCESS /* since 3.19 */
#define PETSC_SUCCESS ((PetscErrorCode)0)
#endif

#include "base/status.h"

/* Returns STF_BUG from the calling function when a PETSc call fails; PETSc has printed its trace by then. */
#define STF_PETSC(call)                          \
  do {                                           \
    if ((call) != PETSC_SUCCESS) return STF_BUG; \
  } while (0)

#endif
