#include "solve/equilibrium.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/films.h"
#include "solve/slides.h"

enum { MOST_ITERATIONS = 25 };

/* What linear solves may leave of the residual: the predictor, any iteration, and of what the step wants. */
static const double PREDICT = 1e-4, MOST = 3e-3, LEAST = 1e-6, LEAVE = 0.5;
/* Of these with a factorisation, which gives digits for little, and where a step has stalled. */
static const double CAREFUL = 1e-4;

/* Owned part of a PETSc vector and the ghosts after it, into a local array; held unknowns are put where they belong. */
static PetscErrorCode to_local(stf_equilibrium *q, Vec x, double *local) {
  const stf_domain *d = q->equations.domain;
  Vec form;
  const PetscScalar *values;
  PetscFunctionBeginUser;
  if (x != q->x) PetscCall(VecCopy(x, q->x));
  PetscCall(VecGhostUpdateBegin(q->x, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecGhostUpdateEnd(q->x, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecGhostGetLocalForm(q->x, &form));
  PetscCall(VecGetArrayRead(form, &values));
  memcpy(local, values, 3 * d->local * sizeof *local);
  PetscCall(VecRestoreArrayRead(form, &values));
  PetscCall(VecGhostRestoreLocalForm(q->x, &form));
  stf_domain_hold(d, q->time, local);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode form_residual(SNES snes, Vec x, Vec r, void *context) {
  stf_equilibrium *q = context;
  PetscScalar *values;
  PetscFunctionBeginUser;
  PetscCall(to_local(q, x, q->trial));
  const double start = MPI_Wtime();
  PetscCall(VecGetArrayWrite(r, &values));
  const bool upright = stf_equations_residual(&q->equations, q->trial, q->time, values);
  PetscCall(VecRestoreArrayWrite(r, &values));
  q->clock.residual += MPI_Wtime() - start;
  q->clock.residuals++;
  if (!upright) PetscCall(SNESSetFunctionDomainError(snes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode form_tangent(SNES snes, Vec x, Mat K, Mat P, void *context) {
  stf_equilibrium *q = context;
  PetscFunctionBeginUser;
  (void)snes, (void)K, (void)P;
  PetscCall(to_local(q, x, q->trial));
  const double start = MPI_Wtime();
  q->fault = stf_equations_tangent(&q->equations, q->trial, q->time, NULL, NULL);
  q->clock.tangent += MPI_Wtime() - start;
  q->clock.tangents++;
  PetscCheck(!q->fault, PETSC_COMM_SELF, PETSC_ERR_LIB, "tangent not assembled");
  stf_linear_changed(&q->linear);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/*
 * Newton's method squares the residual; a linear solve that leaves less than it will leave by itself is wasted. What it
 * gained last time says how much that is (eisenstat1996, choice 2, with bounds).
 */
static double next_forcing(double norm, double last) {
  const double gained = last > 0.0 ? norm / last : 1.0;
  return fmin(fmax(0.5 * gained * gained, LEAST), MOST);
}

/* The size of the forces at work, the largest so far, and what rounding leaves of it. */
static PetscErrorCode wanted_residual(stf_equilibrium *q, double *wanted) {
  const stf_domain *d = q->equations.domain;
  double rounding = q->equations.round_off * q->equations.round_off, scale = 0.0;
  PetscFunctionBeginUser;
  PetscCheck(!stf_equations_scale(&q->equations, q->trial, &scale), PETSC_COMM_SELF, PETSC_ERR_LIB, "scale of forces");
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &rounding, 1, MPI_DOUBLE, MPI_SUM, d->comm));
  q->scale = fmax(q->scale_before, scale); /* not of iterations before this one */
  *wanted = fmax(q->tolerance * q->scale, sqrt(rounding));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_converged(SNES snes, PetscInt it, PetscReal xnorm, PetscReal step, PetscReal fnorm,
                                    SNESConvergedReason *reason, void *context) {
  stf_equilibrium *q = context;
  stf_step_report *report = q->report;
  PetscFunctionBeginUser;
  (void)snes, (void)xnorm, (void)step;
  *reason = SNES_CONVERGED_ITERATING;
  if (PetscIsInfOrNanReal(fnorm)) {
    *reason = SNES_DIVERGED_FNORM_NAN;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(wanted_residual(q, &report->wanted));
  report->residual = fnorm;
  q->forcing = next_forcing(fnorm, it ? q->last_norm : 0.0);
  q->last_norm = fnorm;
  if (report->history_count < 32) report->history[report->history_count++] = fnorm;
  if (fnorm <= report->wanted)
    *reason = SNES_CONVERGED_FNORM_ABS;
  else if (it >= MOST_ITERATIONS)
    *reason = SNES_DIVERGED_MAX_IT;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double part_left(const stf_equilibrium *q) {
  return q->linear.kind == STF_LINEAR_DIRECT || q->careful ? CAREFUL : 1.0;
}

/* SNES's linear solve: as accurate as Newton's method needs it next, and no more than the step wants. */
static PetscErrorCode solve_linear(PC pc, Vec r, Vec y) {
  stf_equilibrium *q;
  bool solved;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &q));
  const double part = part_left(q);
  q->fault = stf_linear_solve(&q->linear, r, y, part * q->forcing, part * LEAVE * q->report->wanted, &solved);
  PetscCheck(!q->fault, PETSC_COMM_SELF, PETSC_ERR_LIB, "linear solver");
  if (!solved) PetscCall(PCSetFailedReason(pc, PC_SUBPC_ERROR));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_linear_solver(stf_equilibrium *q) {
  KSP ksp;
  PC pc;
  PetscFunctionBeginUser;
  PetscCall(SNESGetKSP(q->snes, &ksp));
  PetscCall(KSPSetType(ksp, KSPPREONLY));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetType(pc, PCSHELL));
  PetscCall(PCShellSetContext(pc, q));
  PetscCall(PCShellSetApply(pc, solve_linear));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_vectors(stf_equilibrium *q) {
  const stf_domain *d = q->equations.domain;
  const PetscInt owned = 3 * (PetscInt)d->owned, ghosts = (PetscInt)(d->local - d->owned);
  PetscFunctionBeginUser;
  PetscCall(VecCreateGhostBlock(d->comm, 3, owned, 3 * d->nodes, ghosts, d->global + d->owned, &q->x));
  PetscCall(VecCreateMPI(d->comm, owned, 3 * d->nodes, &q->r));
  PetscCall(VecSetBlockSize(q->r, 3));
  PetscCall(VecDuplicate(q->r, &q->rhs));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/*
 * With v = {X, F, Y, W, G}: the residual G at W = X - lambda Y, and its work on the step, Y.G; infinite where an
 * element is inside out.
 */
static PetscErrorCode try_length(SNES snes, PetscReal lambda, Vec v[5], PetscReal *work) {
  PetscReal norm;
  PetscFunctionBeginUser;
  PetscCall(VecWAXPY(v[3], -lambda, v[2], v[0]));
  PetscCall(SNESComputeFunction(snes, v[3], v[4]));
  PetscCall(VecNorm(v[4], NORM_2, &norm));
  *work = INFINITY;
  if (!PetscIsInfOrNanReal(norm)) PetscCall(VecDot(v[2], v[4], work));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/*
 * Along the Newton step the residual's work on it, s(lambda) = Y.r(X - lambda Y), is what energy changes by: a length
 * with |s| <= 0.8 |s(0)| is taken, else the zero of s is looked for by the secant (Bonet & Wood 2008, 9.6.2; Crisfield
 * 1991). The norm of the residual is no guide: where sheets bend under a load it must rise before it can fall. Where
 * thin shells turn even the work must: a full step lengthens what it turns, to second order, and the next puts that
 * right; so with `full` any step is taken whole. A step that turns an element inside out is halved.
 */
static PetscErrorCode search_line(SNESLineSearch search, void *context) {
  enum { LONGEST = 12 };
  SNES snes;
  Vec v[5];
  PetscReal lambda = 1.0, start, work;
  const stf_equilibrium *q = context;
  const double most = q->full ? INFINITY : 0.8;
  PetscFunctionBeginUser;
  PetscCall(SNESLineSearchGetSNES(search, &snes));
  PetscCall(SNESLineSearchGetVecs(search, &v[0], &v[1], &v[2], &v[3], &v[4]));
  PetscCall(VecDot(v[2], v[1], &start));
  PetscCall(try_length(snes, lambda, v, &work));
  for (int turn = 0; turn < LONGEST && (PetscIsInfReal(work) || fabs(work) > most * fabs(start)); turn++) {
    const PetscReal zero = start != work ? lambda * start / (start - work) : lambda;
    if (!PetscIsInfReal(work) && (turn >= 4 || zero <= 0.0 || zero >= lambda)) break; /* it will not get better */
    lambda = PetscIsInfReal(work) ? 0.5 * lambda : fmax(zero, 0.1 * lambda);
    PetscCall(try_length(snes, lambda, v, &work));
  }
  PetscCall(SNESLineSearchSetReason(search, PetscIsInfReal(work) ? SNES_LINESEARCH_FAILED_NANORINF
                                                                 : SNES_LINESEARCH_SUCCEEDED));
  PetscCall(SNESLineSearchSetLambda(search, lambda));
  if (PetscIsInfReal(work)) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(VecCopy(v[3], v[0]));
  PetscCall(VecCopy(v[4], v[1]));
  PetscCall(SNESLineSearchComputeNorms(search));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_snes(stf_equilibrium *q) {
  SNESLineSearch search;
  PetscFunctionBeginUser;
  PetscCall(SNESCreate(q->equations.domain->comm, &q->snes));
  PetscCall(SNESSetType(q->snes, SNESNEWTONLS));
  PetscCall(SNESSetFunction(q->snes, q->r, form_residual, q));
  PetscCall(SNESSetJacobian(q->snes, q->equations.K, q->equations.K, form_tangent, q));
  PetscCall(SNESSetConvergenceTest(q->snes, has_converged, q, NULL));
  PetscCall(SNESSetTolerances(q->snes, 0.0, 0.0, 0.0, MOST_ITERATIONS + 1, 10000));
  PetscCall(SNESGetLineSearch(q->snes, &search));
  PetscCall(SNESLineSearchSetType(search, SNESLINESEARCHSHELL));
  PetscCall(SNESLineSearchShellSetUserFunc(search, search_line, q));
  PetscCall(set_linear_solver(q));
  PetscFunctionReturn(PETSC_SUCCESS);
}

stf_status stf_equilibrium_create(const stf_domain *domain, double tolerance, stf_linear_kind linear,
                                  stf_equilibrium *q) {
  *q = (stf_equilibrium){.tolerance = tolerance, .farthest = INFINITY};
  STF_TRY(stf_equations_create(domain, &q->equations));
  q->stiffness = q->equations.diagonal;
  q->trial = calloc(3 * domain->local + 1, sizeof *q->trial);
  q->du = calloc(3 * domain->local + 1, sizeof *q->du);
  if (!q->trial || !q->du) return STF_NO_RESOURCE;
  STF_TRY(stf_linear_create(&q->equations, linear, &q->linear));
  STF_TRY(stf_averaging_create(&q->equations, &q->averaging));
  STF_PETSC(make_vectors(q));
  STF_PETSC(make_snes(q));
  return STF_OK;
}

void stf_equilibrium_destroy(stf_equilibrium *q) {
  SNESDestroy(&q->snes);
  stf_linear_destroy(&q->linear);
  stf_averaging_destroy(&q->averaging);
  VecDestroy(&q->x);
  VecDestroy(&q->r);
  VecDestroy(&q->rhs);
  free(q->trial);
  free(q->du);
  if (q->equations.domain) stf_equations_destroy(&q->equations);
  *q = (stf_equilibrium){0};
}

stf_status stf_equilibrium_regroup(stf_equilibrium *q) {
  STF_TRY(stf_equations_lay_out_again(&q->equations));
  STF_PETSC(SNESSetJacobian(q->snes, q->equations.K, q->equations.K, form_tangent, q));
  return stf_linear_renew(&q->linear);
}

/* Owned part of a local array into the solution vector. */
static PetscErrorCode from_local(stf_equilibrium *q, const double *local) {
  PetscScalar *values;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(q->x, &values));
  memcpy(values, local, 3 * q->equations.domain->owned * sizeof *values);
  PetscCall(VecRestoreArrayWrite(q->x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/*
 * One linear step from the state with the held unknowns moved to their new places: x = u + K^-1 rhs. Its factorisation
 * is that of a Newton iteration at the state.
 */
static PetscErrorCode predict(stf_equilibrium *q, const stf_state *state, bool *solved) {
  const stf_domain *d = q->equations.domain;
  PetscScalar *rhs, *x;
  const PetscScalar *step;
  PetscFunctionBeginUser;
  for (size_t k = 0; k < 3 * d->local; k++)
    q->du[k] = d->hold[k].kind ? stf_domain_held_at(d, k, q->time) - state->u[k] : 0.0;
  const double start = MPI_Wtime();
  PetscCall(VecGetArrayWrite(q->rhs, &rhs));
  q->fault = stf_equations_tangent(&q->equations, state->u, q->time, q->du, rhs);
  PetscCall(VecRestoreArrayWrite(q->rhs, &rhs));
  PetscCheck(!q->fault, PETSC_COMM_SELF, PETSC_ERR_LIB, "tangent not assembled");
  q->clock.tangent += MPI_Wtime() - start;
  q->clock.tangents++;
  stf_linear_changed(&q->linear);
  q->fault = stf_linear_solve(&q->linear, q->rhs, q->r, part_left(q) * PREDICT, 0.0, solved);
  PetscCheck(!q->fault, PETSC_COMM_SELF, PETSC_ERR_LIB, "linear solver");
  PetscCall(from_local(q, state->u));
  PetscCall(VecGetArrayRead(q->r, &step));
  PetscCall(VecGetArray(q->x, &x));
  for (size_t k = 0; k < 3 * d->owned; k++) x[k] = d->hold[k].kind ? stf_domain_held_at(d, k, q->time) : x[k] + step[k];
  PetscCall(VecRestoreArray(q->x, &x));
  PetscCall(VecRestoreArrayRead(q->r, &step));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The largest residual at a node and the element with the smallest J, over all ranks. */
static PetscErrorCode find_worst(stf_equilibrium *q, stf_step_report *report) {
  const stf_domain *d = q->equations.domain;
  struct {
    double value;
    int rank;
  } mine = {q->equations.worst.J, d->rank}, all;
  const PetscScalar *r;
  PetscFunctionBeginUser;
  if (isnan(mine.value)) mine.value = -INFINITY;
  PetscCallMPI(MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE_INT, MPI_MINLOC, d->comm));
  report->worst = q->equations.worst;
  PetscCallMPI(MPI_Bcast(&report->worst, (int)sizeof report->worst, MPI_BYTE, all.rank, d->comm));
  mine.value = -1.0;
  PetscCall(VecGetArrayRead(q->r, &r));
  for (size_t n = 0; n < d->owned; n++) {
    const double size = hypot(hypot(r[3 * n], r[3 * n + 1]), r[3 * n + 2]);
    if (!(size > mine.value)) continue;
    mine.value = size;
    memcpy(report->worst_at, d->X[n], sizeof report->worst_at);
  }
  PetscCall(VecRestoreArrayRead(q->r, &r));
  PetscCallMPI(MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE_INT, MPI_MAXLOC, d->comm));
  report->worst_residual = all.value;
  PetscCallMPI(MPI_Bcast(report->worst_at, 3, MPI_DOUBLE, all.rank, d->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode newton(stf_equilibrium *q, stf_step_report *report) {
  SNESConvergedReason reason;
  PetscInt iterations;
  Vec x;
  KSP ksp;
  PC pc;
  PetscFunctionBeginUser;
  PetscCall(SNESGetKSP(q->snes, &ksp));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetFailedReason(pc, PC_NOERROR)); /* of an earlier step */
  PetscCall(VecDuplicate(q->rhs, &x));
  PetscCall(VecCopy(q->x, x));
  PetscCall(SNESSolve(q->snes, NULL, x));
  PetscCall(SNESGetConvergedReason(q->snes, &reason));
  PetscCall(SNESGetIterationNumber(q->snes, &iterations));
  report->iterations += (int)iterations;
  if (reason > 0) {
    PetscCall(to_local(q, x, q->trial));
    report->outcome = STF_STEP_FOUND;
  } else if (reason == SNES_DIVERGED_LINEAR_SOLVE) {
    report->outcome = STF_STEP_SINGULAR;
  } else {
    report->outcome = reason == SNES_DIVERGED_FNORM_NAN || reason == SNES_DIVERGED_FUNCTION_DOMAIN ? STF_STEP_INVERTED
                                                                                                   : STF_STEP_STALLED;
  }
  PetscCall(VecDestroy(&x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode step(stf_equilibrium *q, const stf_state *state, stf_step_report *report) {
  bool solved = false;
  PetscFunctionBeginUser;
  const double start = MPI_Wtime(), before = q->clock.tangent + q->clock.residual;
  PetscCall(predict(q, state, &solved));
  report->iterations = 1;
  report->outcome = STF_STEP_SINGULAR;
  if (solved) PetscCall(newton(q, report));
  q->clock.linear += MPI_Wtime() - start - (q->clock.tangent + q->clock.residual - before);
  q->clock.solves += report->iterations;
  PetscCall(find_worst(q, report));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether the residual at the state is no more than wanted. */
static PetscErrorCode check_balance(stf_equilibrium *q, const stf_state *state, bool *balanced) {
  PetscReal norm;
  double wanted;
  PetscFunctionBeginUser;
  PetscCall(from_local(q, state->u));
  PetscCall(SNESComputeFunction(q->snes, q->x, q->r));
  PetscCall(VecNorm(q->r, NORM_2, &norm));
  PetscCall(wanted_residual(q, &wanted));
  *balanced = norm <= wanted;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One attempt from the state. */
static stf_status try_step(stf_equilibrium *q, const stf_state *state, stf_step_report *report) {
  const int before = report->iterations;
  *report = (stf_step_report){0};
  q->scale = q->scale_before = state->force_scale;
  if (step(q, state, report)) return q->fault ? q->fault : STF_BUG;
  report->iterations += before;
  return STF_OK;
}

/* Whether a node of any rank moves farther from the state to the trial than it may. */
static PetscErrorCode runs_away(const stf_equilibrium *q, const stf_state *state, bool *does) {
  const stf_domain *d = q->equations.domain;
  double most = 0.0;
  PetscFunctionBeginUser;
  *does = false;
  if (isinf(q->farthest)) PetscFunctionReturn(PETSC_SUCCESS);
  for (size_t k = 0; k < 3 * d->owned; k++) most = fmax(most, fabs(q->trial[k] - state->u[k]));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_DOUBLE, MPI_MAX, d->comm));
  *does = most > q->farthest;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A step to `time` over which `dt` passes and no more than `most` may be lost anywhere. */
static stf_status take_step(stf_equilibrium *q, double time, double dt, stf_losses most, stf_state *state,
                            stf_step_report *report) {
  *report = (stf_step_report){0};
  q->time = time;
  q->equations.past = (stf_past){dt, state->memory};
  q->equations.from = state->u;
  q->equations.drag = dt > 0.0 && isfinite(dt) ? q->drag * q->stiffness : 0.0;
  q->report = report;
  q->fault = STF_OK;
  STF_TRY(try_step(q, state, report));
  if (report->outcome == STF_STEP_STALLED) { /* the other way to go along Newton's steps, kept if it leads there */
    q->full = !q->full;
    q->careful = true;
    STF_TRY(try_step(q, state, report));
    q->careful = false;
    if (report->outcome != STF_STEP_FOUND) q->full = !q->full;
  }
  if (report->outcome != STF_STEP_FOUND) return STF_OK;
  report->lost = stf_state_foresee(q->equations.domain, dt, q->trial, state);
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &report->lost, 2, MPI_DOUBLE, MPI_MAX, q->equations.domain->comm));
  report->slid = isfinite(dt) ? stf_slides_ahead(q->equations.domain, state) : 0.0;
  if (report->slid > 1.0) {
    report->outcome = STF_STEP_SLID;
    return STF_OK;
  }
  bool away;
  STF_PETSC(runs_away(q, state, &away));
  if (report->lost.fibres > most.fibres || report->lost.bonds > most.bonds || away) {
    report->outcome = STF_STEP_HASTY;
    return STF_OK;
  }
  bool flown;
  STF_TRY(stf_films_foresee(q->equations.domain, dt, state, &flown));
  if (!flown) {
    report->outcome = STF_STEP_STALLED;
    return STF_OK;
  }
  stf_state_remember(state);
  memcpy(state->u, q->trial, 3 * q->equations.domain->local * sizeof *state->u);
  state->time = time;
  state->force_scale = q->scale;
  return stf_averaging_update(&q->averaging, state);
}

stf_status stf_equilibrium_settle(stf_equilibrium *q, stf_state *state, stf_step_report *report) {
  bool balanced = false;
  *report = (stf_step_report){.outcome = STF_STEP_FOUND};
  q->time = state->time;
  q->equations.past = (stf_past){INFINITY, state->memory};
  q->scale = q->scale_before = state->force_scale;
  STF_PETSC(check_balance(q, state, &balanced));
  if (!balanced) return take_step(q, state->time, INFINITY, (stf_losses){INFINITY, INFINITY}, state, report);
  stf_state_foresee(q->equations.domain, INFINITY, state->u, state);
  stf_state_remember(state);
  return stf_averaging_update(&q->averaging, state);
}

stf_status stf_equilibrium_step(stf_equilibrium *q, double time, stf_losses most, stf_state *state,
                                stf_step_report *report) {
  return take_step(q, time, time - state->time, most, state, report);
}
