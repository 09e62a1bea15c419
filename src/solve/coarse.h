/* The coarsest level: gathered on every rank and factorised there, each alone, so that all have the same bytes. */
#ifndef STF_SOLVE_COARSE_H
#define STF_SOLVE_COARSE_H

#include "solve/level.h"

typedef struct stf_coarse {
  bool symmetric;
  int nodes;      /* of all ranks */
  int *counts;    /* [ranks] nodes of each */
  int *block_at;  /* [ranks + 1] blocks of the rows of each */
  int *row_start; /* [nodes + 1] */
  int *column;    /* [row_start] */
  double *blocks; /* [9 row_start] */
  float *vector;  /* [3 nodes] */
  Mat A, factor;  /* on this rank alone */
  Vec b, x;
} stf_coarse;

/* Lays the coarsest matrix out. All ranks. */
stf_status stf_coarse_create(const stf_level *level, bool symmetric, stf_coarse *coarse);
void stf_coarse_destroy(stf_coarse *coarse);

/* Gathers `exact` and factorises it; `*sound` is false when it is singular. All ranks. */
stf_status stf_coarse_refresh(const stf_level *level, stf_coarse *coarse, bool *sound);

/* x of the level from its b. All ranks. */
stf_status stf_coarse_solve(stf_level *level, stf_coarse *coarse);

#endif
