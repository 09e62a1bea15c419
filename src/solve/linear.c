#include "solve/linear.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  DENSE = 300,  /* unknowns on a single rank: a full matrix is factorised sooner than a sparse one is looked through */
  SMALL = 3000, /* unknowns: factorising costs next to nothing */
  FACTORABLE = 60000 /* unknowns: up to here a factorisation is good for a mesh without rows and columns */
};
enum { FAILURES_BEAR = 2 };

/*
 * As many iterations as a factorisation costs, roughly: one of a sheet takes work as unknowns^1.5, one of a bulky body
 * as their square.
 */
static int most_iterations(const stf_equations *q) {
  const stf_domain *d = q->domain;
  const double unknowns = 3.0 * (double)d->nodes;
  return d->grid.line >= 0 ? 200 : (int)fmin(fmax(unknowns / 200.0, 200.0), 1000.0);
}

/* ---- choosing ---- */

static void choose(stf_linear *s, stf_linear_kind wanted) {
  const stf_domain *d = s->equations->domain;
  const long unknowns = 3 * (long)d->nodes;
  const char *why_not = d->grid.why_not;
  const int *cells = d->grid.cells;
  char block[120];
  if (!why_not)
    snprintf(block, sizeof block, "the mesh is %d x %d x %d hexahedra%s", cells[0], cells[1], cells[2],
             d->grid.line < 0 ? "" : ", lines across its thickness");
  if (wanted == STF_LINEAR_AUTO && unknowns <= SMALL) {
    s->kind = STF_LINEAR_DIRECT;
    snprintf(s->reason, sizeof s->reason, "%ld unknowns are few", unknowns);
  } else if ((wanted == STF_LINEAR_AUTO || wanted == STF_LINEAR_MULTIGRID) && !why_not) {
    s->kind = STF_LINEAR_MULTIGRID;
    snprintf(s->reason, sizeof s->reason, "%s", block);
  } else if (wanted == STF_LINEAR_DIRECT || (wanted != STF_LINEAR_GAMG && unknowns <= FACTORABLE)) {
    s->kind = STF_LINEAR_DIRECT;
    snprintf(s->reason, sizeof s->reason, "%s", wanted == STF_LINEAR_DIRECT ? "the scenario asks for it" : why_not);
  } else {
    s->kind = STF_LINEAR_GAMG;
    snprintf(s->reason, sizeof s->reason, "%s", wanted == STF_LINEAR_GAMG ? "the scenario asks for it" : why_not);
  }
}

/* ---- preconditioners ---- */

/*
 * By MUMPS: LDL^T, since the tangents between converged states of a fibrous sheet may be indefinite, or LU where a
 * pressure makes the tangent unsymmetric.
 */
static PetscErrorCode use_direct(PC pc, bool symmetric) {
  Mat factor;
  PetscFunctionBeginUser;
  PetscCall(PCSetType(pc, symmetric ? PCCHOLESKY : PCLU));
  PetscCall(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  PetscCall(PCFactorSetUpMatSolverType(pc));
  PetscCall(PCFactorGetMatrix(pc, &factor));
  PetscCall(MatMumpsSetIcntl(factor, 14, 60)); /* room for pivoting [%] */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refresh_dense(PC pc) {
  stf_linear *s;
  bool sound = true;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &s));
  PetscCall(stf_dense_refresh(s->equations->K, &s->dense, &sound));
  if (!sound) PetscCall(PCSetFailedReason(pc, PC_FACTOR_NUMERIC_ZEROPIVOT));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode apply_dense(PC pc, Vec r, Vec x) {
  stf_linear *s;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &s));
  PetscCall(stf_dense_solve(&s->dense, r, x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode use_dense(stf_linear *s) {
  PetscFunctionBeginUser;
  s->fault = stf_dense_create(3 * s->equations->domain->nodes, &s->dense);
  PetscCheck(!s->fault, PETSC_COMM_SELF, PETSC_ERR_MEM, "factors");
  PetscCall(PCSetType(s->pc, PCSHELL));
  PetscCall(PCShellSetContext(s->pc, s));
  PetscCall(PCShellSetSetUp(s->pc, refresh_dense));
  PetscCall(PCShellSetApply(s->pc, apply_dense));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/*
 * One rank: a factorisation. Several: MUMPS across ranks gives other last digits in every run, so each rank factorises
 * its own part with a seam of overlap (additive Schwarz).
 */
static PetscErrorCode use_factors(KSP ksp, PC pc, bool symmetric) {
  KSP *parts;
  PC part;
  PetscMPIInt ranks;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PetscObjectComm((PetscObject)pc), &ranks));
  if (ranks == 1) {
    PetscCall(use_direct(pc, symmetric));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PCSetType(pc, PCASM));
  PetscCall(PCASMSetOverlap(pc, 1));
  PetscCall(KSPSetUp(ksp));
  PetscCall(PCASMGetSubKSP(pc, NULL, NULL, &parts));
  PetscCall(KSPSetType(parts[0], KSPPREONLY));
  PetscCall(KSPGetPC(parts[0], &part));
  PetscCall(use_direct(part, symmetric));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refresh_multigrid(PC pc) {
  stf_linear *s;
  bool sound = true;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &s));
  s->fault = stf_multigrid_refresh(&s->multigrid, &sound);
  PetscCheck(!s->fault, PETSC_COMM_SELF, PETSC_ERR_LIB, "multigrid not set up");
  if (!sound) PetscCall(PCSetFailedReason(pc, PC_FACTOR_NUMERIC_ZEROPIVOT));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode apply_multigrid(PC pc, Vec r, Vec x) {
  stf_linear *s;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &s));
  s->fault = stf_multigrid_apply(&s->multigrid, r, x);
  PetscCheck(!s->fault, PETSC_COMM_SELF, PETSC_ERR_LIB, "multigrid");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode use_multigrid(stf_linear *s) {
  PetscFunctionBeginUser;
  s->fault = stf_multigrid_create(s->equations, &s->multigrid);
  PetscCheck(!s->fault, PETSC_COMM_SELF, PETSC_ERR_MEM, "levels");
  PetscCall(PCSetType(s->pc, PCSHELL));
  PetscCall(PCShellSetContext(s->pc, s));
  PetscCall(PCShellSetSetUp(s->pc, refresh_multigrid));
  PetscCall(PCShellSetApply(s->pc, apply_multigrid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The six movements of a stiff body, which the coarser levels must be able to make. */
static PetscErrorCode use_gamg(stf_linear *s) {
  const stf_domain *d = s->equations->domain;
  Vec places;
  PetscScalar *value;
  MatNullSpace movements;
  PetscFunctionBeginUser;
  PetscCall(MatCreateVecs(s->equations->K, &places, NULL));
  PetscCall(VecSetBlockSize(places, 3));
  PetscCall(VecGetArrayWrite(places, &value));
  for (size_t n = 0; n < d->owned; n++) memcpy(value + 3 * n, d->X[n], sizeof *d->X);
  PetscCall(VecRestoreArrayWrite(places, &value));
  PetscCall(MatNullSpaceCreateRigidBody(places, &movements));
  PetscCall(MatSetNearNullSpace(s->equations->K, movements));
  PetscCall(MatNullSpaceDestroy(&movements));
  PetscCall(VecDestroy(&places));
  PetscCall(PCSetType(s->pc, PCGAMG));
  PetscCall(PCGAMGSetReuseInterpolation(s->pc, PETSC_TRUE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_ksp(Mat K, KSPType type, int restart, KSP *ksp) {
  PetscFunctionBeginUser;
  PetscCall(KSPCreate(PetscObjectComm((PetscObject)K), ksp));
  PetscCall(KSPSetOperators(*ksp, K, K));
  PetscCall(KSPSetType(*ksp, type));
  PetscCall(KSPSetInitialGuessNonzero(*ksp, PETSC_TRUE));
  if (restart) {
    PetscCall(KSPGMRESSetRestart(*ksp, restart));
    PetscCall(KSPGMRESSetCGSRefinementType(*ksp, KSP_GMRES_CGS_REFINE_IFNEEDED)); /* few sums across ranks */
    PetscCall(KSPSetPCSide(*ksp, PC_RIGHT));
  }
  PetscCall(KSPSetNormType(*ksp, KSP_NORM_UNPRECONDITIONED));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A factorisation costs as many iterations as the work it takes over that of using it once. */
static double cost_of_factors(const stf_equations *q) {
  const double unknowns = 3.0 * (double)q->domain->owned;
  return fmin(fmax(0.02 * pow(unknowns, 2.0 / 3.0), 3.0), 20.0);
}

static PetscErrorCode set_up(stf_linear *s) {
  Mat K = s->equations->K;
  const stf_domain *d = s->equations->domain;
  const bool factors = s->kind == STF_LINEAR_DIRECT;
  PetscFunctionBeginUser;
  PetscCall(make_ksp(K, KSPGMRES, factors ? 200 : 40, &s->ksp[1]));
  PetscCall(KSPGetPC(s->ksp[1], &s->pc));
  if (!factors && s->equations->symmetric) {
    PetscCall(make_ksp(K, KSPCG, 0, &s->ksp[0]));
    PetscCall(KSPSetPC(s->ksp[0], s->pc));
  }
  if (factors && d->ranks == 1 && 3 * d->nodes <= DENSE)
    PetscCall(use_dense(s));
  else if (factors)
    PetscCall(use_factors(s->ksp[1], s->pc, s->equations->symmetric));
  if (s->kind == STF_LINEAR_MULTIGRID) PetscCall(use_multigrid(s));
  if (s->kind == STF_LINEAR_GAMG) PetscCall(use_gamg(s));
  s->cost = factors ? cost_of_factors(s->equations) : s->kind == STF_LINEAR_MULTIGRID ? 4.0 : 15.0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

stf_status stf_linear_create(const stf_equations *equations, stf_linear_kind wanted, stf_linear *s) {
  *s = (stf_linear){.equations = equations};
  choose(s, wanted);
  s->most_iterations = most_iterations(equations);
  if (set_up(s)) return s->fault ? s->fault : STF_BUG;
  return STF_OK;
}

void stf_linear_destroy(stf_linear *s) {
  for (int k = 0; k < 2; k++) KSPDestroy(&s->ksp[k]);
  KSPDestroy(&s->fallback);
  stf_multigrid_destroy(&s->multigrid);
  stf_dense_destroy(&s->dense);
  *s = (stf_linear){0};
}

stf_status stf_linear_renew(stf_linear *s) {
  const stf_linear before = *s;
  const stf_equations *equations = s->equations;
  stf_linear_destroy(s);
  STF_TRY(stf_linear_create(equations, before.kind, s));
  snprintf(s->reason, sizeof s->reason, "%s", before.reason);
  s->solves = before.solves;
  s->iterations = before.iterations;
  s->builds = before.builds;
  s->indefinite = before.indefinite;
  s->replaced = before.replaced;
  return STF_OK;
}

/* ---- solving ---- */

void stf_linear_changed(stf_linear *s) {
  s->stale = true;
}

/* What is asked of one solve. */
typedef struct wish {
  Vec b, x;
  double target; /* [N] norm of the residual */
  double start;  /* of b */
} wish;

/* Goes on from x with one Krylov method, at most `most` iterations. */
static PetscErrorCode iterate(stf_linear *s, KSP ksp, const wish *w, int most, KSPConvergedReason *reason) {
  PetscInt iterations;
  PetscReal norm;
  PC pc;
  PetscFunctionBeginUser;
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetFailedReason(pc, PC_NOERROR)); /* of an earlier tangent */
  PetscCall(KSPSetTolerances(ksp, PETSC_MACHINE_EPSILON, w->target, PETSC_DEFAULT, most));
  PetscCall(KSPSetReusePreconditioner(ksp, s->built && ksp != s->fallback));
  PetscCall(KSPSetOperators(ksp, s->equations->K, s->equations->K));
  PetscCall(KSPSolve(ksp, w->b, w->x));
  PetscCall(KSPGetConvergedReason(ksp, reason));
  PetscCall(KSPGetIterationNumber(ksp, &iterations));
  PetscCall(KSPGetResidualNorm(ksp, &norm));
  if (*reason <= 0 && !(norm < w->start)) PetscCall(VecZeroEntries(w->x)); /* nothing to go on from */
  s->iterations += iterations;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Conjugate gradients, which end where K turns out indefinite; then GMRES. */
static PetscErrorCode iterate_both(stf_linear *s, const wish *w, int most, bool *solved) {
  KSPConvergedReason reason = KSP_DIVERGED_INDEFINITE_MAT;
  PetscFunctionBeginUser;
  if (!s->built) s->builds++;
  if (s->ksp[0]) {
    PetscCall(iterate(s, s->ksp[0], w, most, &reason));
    s->built = true;
    if (reason == KSP_DIVERGED_INDEFINITE_MAT || reason == KSP_DIVERGED_INDEFINITE_PC) s->indefinite++;
  }
  if (reason == KSP_DIVERGED_INDEFINITE_MAT || reason == KSP_DIVERGED_INDEFINITE_PC)
    PetscCall(iterate(s, s->ksp[1], w, most, &reason));
  s->built = reason != KSP_DIVERGED_PC_FAILED;
  *solved = reason > 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/*
 * With what was built for an older tangent as long as that pays: a solve may take longer than with a new one by twice
 * what building costs, and is then gone on with a new one.
 */
static PetscErrorCode solve_as_chosen(stf_linear *s, const wish *w, bool *solved) {
  const double digits = fmax(log10(w->start / w->target), 0.1), expected = s->fresh_rate * digits;
  const long before = s->iterations;
  bool stale = s->built && s->stale && !s->renew;
  PetscFunctionBeginUser;
  if (!stale && s->stale) s->built = false;
  PetscCall(iterate_both(s, w, stale ? (int)ceil(expected + 2.0 * s->cost) + 3 : s->most_iterations, solved));
  if (!*solved && stale) {
    const long then = s->iterations;
    s->built = false;
    PetscCall(iterate_both(s, w, s->most_iterations, solved));
    s->fresh_rate = fmax(s->fresh_rate, (double)(s->iterations - then) / digits);
    s->renew = s->stale = false;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  const double taken = (double)(s->iterations - before);
  if (!stale) s->fresh_rate = taken / digits;
  if (!stale) s->stale = false;
  s->renew = stale && taken - expected > s->cost;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode solve_otherwise(stf_linear *s, const wish *w, bool *solved) {
  KSPConvergedReason reason;
  PC pc;
  PetscFunctionBeginUser;
  if (!s->fallback) {
    PetscCall(make_ksp(s->equations->K, KSPGMRES, 200, &s->fallback));
    PetscCall(KSPGetPC(s->fallback, &pc));
    PetscCall(use_factors(s->fallback, pc, s->equations->symmetric));
  }
  s->replaced++;
  PetscCall(VecZeroEntries(w->x));
  PetscCall(iterate(s, s->fallback, w, s->most_iterations, &reason));
  *solved = reason > 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode solve(stf_linear *s, const wish *w, bool *solved) {
  PetscFunctionBeginUser;
  *solved = false;
  s->solves++;
  PetscCall(VecZeroEntries(w->x));
  if (s->failures < FAILURES_BEAR) {
    PetscCall(solve_as_chosen(s, w, solved));
    if (*solved) PetscFunctionReturn(PETSC_SUCCESS);
    s->built = false;
    if (s->kind == STF_LINEAR_DIRECT) PetscFunctionReturn(PETSC_SUCCESS);
    s->failures++;
  }
  PetscCall(solve_otherwise(s, w, solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

stf_status stf_linear_solve(stf_linear *s, Vec b, Vec x, double relative, double absolute, bool *solved) {
  wish w = {.b = b, .x = x};
  s->fault = STF_OK;
  STF_PETSC(VecNorm(b, NORM_2, &w.start));
  w.target = fmax(relative * w.start, absolute);
  *solved = true;
  if (w.start <= w.target) STF_PETSC(VecZeroEntries(x)); /* nothing to do */
  if (w.start <= w.target) return STF_OK;
  if (solve(s, &w, solved)) return s->fault ? s->fault : STF_BUG;
  return STF_OK;
}
