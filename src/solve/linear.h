/*
 * The linear solver, chosen from what the mesh is and how large it is. What it builds from a tangent (a factorisation,
 * a hierarchy of levels) is kept for later tangents as long as iterations cost less than building it again; both are
 * counted, not timed, so that runs give the same bytes.
 */
#ifndef STF_SOLVE_LINEAR_H
#define STF_SOLVE_LINEAR_H

#include "solve/dense.h"
#include "solve/multigrid.h"

/* In the order of stf_linear_choices (scenario/scenario.h). */
typedef enum stf_linear_kind {
  STF_LINEAR_AUTO,
  STF_LINEAR_DIRECT,    /* a factorisation (MUMPS, or LAPACK of a few); on several ranks one of each rank's part */
  STF_LINEAR_MULTIGRID, /* multigrid.h */
  STF_LINEAR_GAMG       /* PETSc's algebraic multigrid, told the movements of a stiff body */
} stf_linear_kind;

typedef struct stf_linear {
  const stf_equations *equations;
  stf_linear_kind kind;
  char reason[200]; /* why this one */
  KSP ksp[2];       /* conjugate gradients where K is symmetric and multigrid preconditions it (else NULL); GMRES */
  PC pc;            /* of both */
  KSP fallback;     /* a factorisation for a solve in which multigrid fails; NULL until then */
  stf_multigrid multigrid;
  stf_dense dense;     /* factors of few unknowns; empty otherwise */
  bool built, stale;   /* pc; for an older tangent */
  bool renew;          /* build pc again before the next solve */
  int most_iterations; /* of one solve */
  double fresh_rate;   /* iterations for each digit just after it was built */
  double cost;         /* of building it, in iterations */
  stf_status fault;    /* of a callback */
  long solves, iterations, builds;
  long indefinite; /* solves in which conjugate gradients met an indefinite K */
  long replaced;   /* solves by the fallback */
  int failures;    /* of pc; from the third on it isn't tried any more */
} stf_linear;

/* Chooses the solver and sets it up for equations->K. All ranks. STF_NO_RESOURCE when memory is out. */
stf_status stf_linear_create(const stf_equations *equations, stf_linear_kind wanted, stf_linear *linear);
void stf_linear_destroy(stf_linear *linear);

/* Forgets what was built and learned, but for what was counted, as if it had just been created. All ranks. */
stf_status stf_linear_renew(stf_linear *linear);

/* To be told when K has other numbers than in the last solve. */
void stf_linear_changed(stf_linear *linear);

/*
 * Solves K x = b until the residual's norm is below `relative` times that of b or below `absolute` [N]. `*solved` is
 * false when nothing finds it. All ranks.
 */
stf_status stf_linear_solve(stf_linear *linear, Vec b, Vec x, double relative, double absolute, bool *solved);

#endif
