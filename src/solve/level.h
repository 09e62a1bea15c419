/*
 * One level of multigrid: a rank's rows of the matrix as 3 x 3 blocks, a smoother, and the way to the next coarser
 * level.
 *
 * Nodes of a line (a column through the thickness) follow each other; where there are no lines each node is one. The
 * smoother is Gauss-Seidel from line to line, each solved as a whole as a block tridiagonal system; across ranks it
 * takes the values from before the sweep. Numbers are kept in single precision: the cycle is a preconditioner, and an
 * error of 1e-7 in a rough part of the solution is small in energy. Products between levels are formed in double
 * precision from the double matrix, or the coarse levels would lose the stiffness of long waves.
 */
#ifndef STF_SOLVE_LEVEL_H
#define STF_SOLVE_LEVEL_H

#include <stdint.h>

#include "solve/equations.h"
#include "solve/halo.h"

enum { STF_MOST_PARENTS = 8, STF_MOST_COLUMNS = 256 };

/* Where the nodes of a level stand in the block of hexahedra, and how far apart. */
typedef struct stf_level_grid {
  int cells[3];
  double *spacing[3]; /* [cells[d]] */
  int line;           /* direction of the lines; -1: none */
  int (*index)[3];    /* [local] */
} stf_level_grid;

typedef struct stf_level {
  int owned, local;
  int *start;    /* [owned + 1] rows; [local + 1] on coarse levels, whose ghosts' rows gather what belongs elsewhere */
  int *column;   /* [start] local nodes, ascending in a row */
  int *diagonal; /* [owned] entry of a node in its own row */
  int *upper;    /* [owned] first entry beyond the node's line */
  float *A;      /* [9 entries of owned rows] blocks, column after column */
  double *exact; /* [9 entries] the same before rounding, while products are formed; not on the finest level */
  int lines;
  int *line;           /* [lines + 1] first node of each */
  bool *border;        /* [lines] beside a ghost */
  float *pivot;        /* [9 owned] inverse pivots of the lines' factors */
  bool factored;       /* all pivots were positive definite as they were */
  unsigned char *held; /* [3 local] */
  stf_level_grid grid;
  stf_halo halo;
  float *x, *b, *r; /* [3 local] */

  int *coincident; /* [owned] node of the finer level in the same place; coarse levels only */

  /* The finest level only: where its numbers come from. */
  int *node;   /* [local] node of the domain; those of rigid bodies are not among them */
  int *source; /* [entries] block in the row of the tangent's own part; -1 - block in that of the other part */

  /* To the next coarser level; empty on the coarsest. */
  int *parent_start; /* [local + 1] */
  int *parent;       /* local nodes of the coarser level */
  float *weight;
  int received; /* blocks got from other ranks when a product is formed */
  int *merge;   /* [received] entries of the coarser level that they are added to */
} stf_level;

/* The finest level, of a domain whose mesh is one block. All ranks. STF_NO_RESOURCE when memory is out. */
stf_status stf_level_finest(const stf_equations *equations, stf_level *level);

/*
 * Lays out the next coarser level and the way to it; false in `*coarser` when there is nothing left to coarsen. All
 * ranks. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_level_coarsen(stf_level *fine, stf_level *coarse, bool *coarser);

void stf_level_clear(stf_level *level);

/* Takes the numbers of a level: of the tangent on the finest, of `exact` on others. Factorises the lines. */
stf_status stf_level_refresh(const stf_equations *equations, stf_level *level);

/* Forms the coarser level's `exact`, P^T A P, and which of its unknowns are held. All ranks. */
stf_status stf_level_product(const stf_equations *equations, stf_level *fine, stf_level *coarse);

/* x from nothing by a sweep forwards over b, and the residual r that it leaves. All ranks. */
stf_status stf_level_smooth_first(stf_level *level);

/* x again by a sweep backwards. All ranks. */
stf_status stf_level_smooth_last(stf_level *level);

/* The residual r of `fine` to b of `coarse`; x of `coarse` added to that of `fine`. All ranks. */
stf_status stf_level_restrict(const stf_level *fine, stf_level *coarse);
stf_status stf_level_prolong(stf_level *fine, stf_level *coarse);

#endif
