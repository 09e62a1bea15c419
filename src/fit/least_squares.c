/*
 * min over 0 <= x <= 1 of |r(x)|^2/2. Gauss-Newton takes J^T J for the Hessian; to it lambda diag(J^T J) is added, so
 * that what no residual depends on stays where it is; lambda falls with every step that succeeds and rises with others
 * (marquardt1963). Steps are kept within a radius in which the model held so far. J is found by differences.
 */
#include "fit/least_squares.h"

#include <math.h>
#include <petsctao.h>
#include <string.h>

#include "solve/petsc.h"

enum { REMEMBERED = 4, MOST_ITERATIONS = 60 };

/* A point that was looked at: TAO asks for the same one several times. */
typedef struct point {
  double *x, *residual, *jacobian;
  bool evaluated, differentiated;
} point;

typedef struct search {
  const stf_residuals *problem;
  point recent[REMEMBERED];
  size_t next; /* to be forgotten */
  double *work;
  long evaluations;
  stf_status status; /* of ours; once it is set, PETSc is told of a perfect fit, at which it ends */
} search;

static stf_status evaluate(search *s, const double *x, double *residual) {
  s->evaluations++;
  return s->problem->evaluate(x, residual, s->problem->context);
}

/* The point at x with its residual, from memory where it is known. */
static stf_status visit(search *s, const double *x, point **at) {
  const size_t bytes = s->problem->parameters * sizeof *x;
  for (size_t k = 0; k < REMEMBERED; k++) {
    *at = &s->recent[k];
    if ((*at)->evaluated && !memcmp((*at)->x, x, bytes)) return STF_OK;
  }
  *at = &s->recent[s->next++ % REMEMBERED];
  memcpy((*at)->x, x, bytes);
  (*at)->evaluated = (*at)->differentiated = false;
  STF_TRY(evaluate(s, x, (*at)->residual));
  (*at)->evaluated = true;
  return STF_OK;
}

/* d residual/dx [residuals][parameters]. */
static stf_status differentiate(search *s, point *at) {
  const size_t n = s->problem->parameters, m = s->problem->residuals;
  double *low = s->work, *high = low + m, *x = high + m;
  if (at->differentiated) return STF_OK;
  for (size_t j = 0; j < n; j++) {
    memcpy(x, at->x, n * sizeof *x);
    const double below = fmax(0.0, x[j] - s->problem->step[j]), above = fmin(1.0, x[j] + s->problem->step[j]);
    x[j] = below;
    STF_TRY(evaluate(s, x, low));
    x[j] = above;
    STF_TRY(evaluate(s, x, high));
    for (size_t i = 0; i < m; i++) at->jacobian[i * n + j] = (high[i] - low[i]) / (above - below);
  }
  at->differentiated = true;
  return STF_OK;
}

/* ---- what TAO calls ---- */

static PetscErrorCode tell_residual(Tao tao, Vec X, Vec R, void *context) {
  search *s = context;
  const double *x;
  double *residual;
  point *at = NULL;
  (void)tao;
  PetscCall(VecGetArrayRead(X, &x));
  PetscCall(VecGetArrayWrite(R, &residual));
  if (!s->status) s->status = visit(s, x, &at);
  for (size_t i = 0; i < s->problem->residuals; i++) residual[i] = s->status ? 0.0 : at->residual[i];
  PetscCall(VecRestoreArrayWrite(R, &residual));
  PetscCall(VecRestoreArrayRead(X, &x));
  return PETSC_SUCCESS;
}

static PetscErrorCode tell_jacobian(Tao tao, Vec X, Mat J, Mat unused, void *context) {
  search *s = context;
  const size_t n = s->problem->parameters, m = s->problem->residuals;
  const double *x;
  double *column;
  point *at = NULL;
  (void)tao;
  (void)unused;
  PetscCall(VecGetArrayRead(X, &x));
  if (!s->status) s->status = visit(s, x, &at);
  if (!s->status) s->status = differentiate(s, at);
  PetscCall(VecRestoreArrayRead(X, &x));
  PetscCall(MatDenseGetArrayWrite(J, &column));
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) column[j * m + i] = s->status ? 0.0 : at->jacobian[i * n + j];
  PetscCall(MatDenseRestoreArrayWrite(J, &column));
  PetscCall(MatAssemblyBegin(J, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(J, MAT_FINAL_ASSEMBLY));
  return PETSC_SUCCESS;
}

/* ---- the search ---- */

typedef struct solver {
  Tao tao;
  Vec x, low, high, residual;
  Mat jacobian;
} solver;

static stf_status make_vectors(const stf_residuals *problem, const double *start, solver *v) {
  const PetscInt n = (PetscInt)problem->parameters, m = (PetscInt)problem->residuals;
  double *x;
  STF_PETSC(VecCreateSeq(PETSC_COMM_SELF, n, &v->x));
  STF_PETSC(VecDuplicate(v->x, &v->low));
  STF_PETSC(VecDuplicate(v->x, &v->high));
  STF_PETSC(VecSet(v->low, 0.0));
  STF_PETSC(VecSet(v->high, 1.0));
  STF_PETSC(VecCreateSeq(PETSC_COMM_SELF, m, &v->residual));
  STF_PETSC(MatCreateSeqDense(PETSC_COMM_SELF, m, n, NULL, &v->jacobian));
  STF_PETSC(VecGetArrayWrite(v->x, &x));
  memcpy(x, start, problem->parameters * sizeof *x);
  STF_PETSC(VecRestoreArrayWrite(v->x, &x));
  return STF_OK;
}

/* What can only be set by options. */
static const char inner_options[] = "-tao_brgn_regularization_type lm -tao_brgn_mat_explicit 1 "
                                    "-tao_brgn_subsolver_tao_bnk_init_type constant "
                                    "-tao_brgn_subsolver_tao_steptol 1e-10";

/* A trust region about Gauss-Newton; its first radius is the whole range, which costs no further runs. */
static stf_status make_solver(search *s, solver *v) {
  Tao inner;
  STF_PETSC(PetscOptionsInsertString(NULL, inner_options));
  STF_PETSC(TaoCreate(PETSC_COMM_SELF, &v->tao));
  STF_PETSC(TaoSetType(v->tao, TAOBRGN));
  STF_PETSC(TaoBRGNGetSubsolver(v->tao, &inner));
  STF_PETSC(TaoSetType(inner, TAOBNTR));
  STF_PETSC(TaoBRGNSetRegularizerWeight(v->tao, 1e-6));
  STF_PETSC(TaoSetSolution(v->tao, v->x));
  STF_PETSC(TaoSetVariableBounds(v->tao, v->low, v->high));
  STF_PETSC(TaoSetResidualRoutine(v->tao, v->residual, tell_residual, s));
  STF_PETSC(TaoSetJacobianResidualRoutine(v->tao, v->jacobian, v->jacobian, tell_jacobian, s));
  STF_PETSC(TaoSetTolerances(v->tao, 1e-8, 0.0, 1e-12));
  STF_PETSC(TaoSetMaximumIterations(v->tao, MOST_ITERATIONS));
  STF_PETSC(TaoSetFromOptions(v->tao));
  return STF_OK;
}

static stf_status destroy(solver *v) {
  STF_PETSC(TaoDestroy(&v->tao));
  STF_PETSC(VecDestroy(&v->x));
  STF_PETSC(VecDestroy(&v->low));
  STF_PETSC(VecDestroy(&v->high));
  STF_PETSC(VecDestroy(&v->residual));
  STF_PETSC(MatDestroy(&v->jacobian));
  return STF_OK;
}

/* Everything at the point where the search ended. */
static stf_status take_solution(search *s, const solver *v, stf_least_squares *to) {
  TaoConvergedReason reason;
  PetscInt iterations;
  const double *x;
  point *at;
  STF_PETSC(TaoGetConvergedReason(v->tao, &reason));
  STF_PETSC(TaoGetIterationNumber(v->tao, &iterations));
  STF_PETSC(VecGetArrayRead(v->x, &x));
  memcpy(to->x, x, s->problem->parameters * sizeof *x);
  STF_PETSC(VecRestoreArrayRead(v->x, &x));
  STF_TRY(visit(s, to->x, &at));
  STF_TRY(differentiate(s, at));
  to->residual = at->residual;
  to->jacobian = at->jacobian;
  to->sum = 0.0;
  for (size_t i = 0; i < s->problem->residuals; i++) to->sum += to->residual[i] * to->residual[i];
  to->converged = reason > 0;
  to->reason = TaoConvergedReasons[reason];
  to->iterations = iterations;
  to->evaluations = s->evaluations;
  return STF_OK;
}

static stf_status make_search(search *s, stf_arena *arena) {
  const size_t n = s->problem->parameters, m = s->problem->residuals;
  s->work = stf_arena_alloc(arena, (2 * m + n + 1) * sizeof(double));
  for (size_t k = 0; k < REMEMBERED; k++) {
    point *at = &s->recent[k];
    at->x = stf_arena_alloc(arena, (n + 1) * sizeof(double));
    at->residual = stf_arena_alloc(arena, (m + 1) * sizeof(double));
    at->jacobian = stf_arena_alloc(arena, (n * m + 1) * sizeof(double));
    if (!at->x || !at->residual || !at->jacobian) return STF_NO_RESOURCE;
  }
  return s->work ? STF_OK : STF_NO_RESOURCE;
}

stf_status stf_least_squares_solve(const stf_residuals *problem, const double *start, stf_arena *arena,
                                   stf_least_squares *solution) {
  search s = {.problem = problem};
  solver v = {0};
  *solution = (stf_least_squares){.x = stf_arena_alloc(arena, (problem->parameters + 1) * sizeof(double))};
  if (!solution->x) return STF_NO_RESOURCE;
  STF_TRY(make_search(&s, arena));
  stf_status status = make_vectors(problem, start, &v);
  if (!status) status = make_solver(&s, &v);
  if (!status && TaoSolve(v.tao)) status = STF_BUG;
  if (s.status) status = s.status;
  if (!status) status = take_solution(&s, &v, solution);
  const stf_status destroyed = destroy(&v);
  return status ? status : destroyed;
}
