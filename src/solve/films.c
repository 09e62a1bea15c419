/*
 * For the volumes of all places, with A_i their areas and q_ij the flow through a channel,
 *
 *   A_i (h_i - h_i before)/dt + sum_j q_ij = 0
 *
 * is solved for u = ln(h/h_0) by Newton's method. More film at a place lets more flow away from it and less to it, so
 * the answer is one.
 */
#include "solve/films.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEWTON = 60 };
static const double CLOSE = 1e-9;     /* of u, from which Newton's method has arrived */
static const double FARTHEST = 1.0;   /* of u, in one of its iterations */
static const double ERROR = 0.01;     /* of h, between a substep at once and in halves */
static const double SHORTEST = 1e-12; /* substep, of the step */

typedef struct solver {
  const stf_flow_step *step;
  Mat K;
  Vec x, r;
  KSP ksp;
  double *p, *once, *twice; /* [places] load, and u after a substep at once and in halves */
} solver;

/* ---- one substep ---- */

static PetscErrorCode add_flows(const solver *s, const double *u, double *r) {
  const stf_flow_step *f = s->step;
  PetscFunctionBeginUser;
  for (size_t k = 0; k < f->channels->count; k++) {
    const stf_channel *c = &f->channels->channel[k];
    if (!(f->area[c->from] > 0.0 && f->area[c->to] > 0.0)) continue;
    const stf_flow q = stf_channel_flow(&f->film, c, u, s->p);
    const PetscInt at[2] = {c->from, c->to};
    r[c->from] += q.rate;
    r[c->to] -= q.rate;
    PetscCall(MatSetValues(s->K, 2, at, 2, at, (const double[]){q.by_from, q.by_to, -q.by_from, -q.by_to}, ADD_VALUES));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode assemble(const solver *s, const double *before, double dt, const double *u) {
  const stf_flow_step *f = s->step;
  double *r;
  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(s->K));
  PetscCall(VecGetArray(s->r, &r));
  for (size_t i = 0; i < f->places; i++) {
    const double rate = f->area[i] > 0.0 ? f->area[i] * f->film.thickness / dt : 0.0;
    r[i] = rate * (exp(u[i]) - exp(before[i]));
    PetscCall(MatSetValue(s->K, (PetscInt)i, (PetscInt)i, rate > 0.0 ? rate * exp(u[i]) : 1.0, ADD_VALUES));
  }
  PetscCall(add_flows(s, u, r));
  PetscCall(VecRestoreArray(s->r, &r));
  PetscCall(MatAssemblyBegin(s->K, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(s->K, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One iteration. Writes the largest change of u. */
static PetscErrorCode improve(const solver *s, const double *before, double dt, double *u, double *most) {
  const double *x;
  PetscFunctionBeginUser;
  *most = 0.0;
  PetscCall(assemble(s, before, dt, u));
  PetscCall(KSPSetOperators(s->ksp, s->K, s->K));
  PetscCall(KSPSolve(s->ksp, s->r, s->x));
  PetscCall(VecGetArrayRead(s->x, &x));
  for (size_t i = 0; i < s->step->places; i++) *most = fmax(*most, isfinite(x[i]) ? fabs(x[i]) : INFINITY);
  const double share = *most > FARTHEST ? FARTHEST / *most : 1.0;
  for (size_t i = 0; i < s->step->places; i++) u[i] -= share * x[i];
  PetscCall(VecRestoreArrayRead(s->x, &x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* From `before` to u over dt, which ends at `end`. */
static PetscErrorCode substep(const solver *s, const double *before, double dt, double end, double *u, bool *found) {
  const stf_flow_step *f = s->step;
  double most = INFINITY;
  PetscFunctionBeginUser;
  for (size_t i = 0; i < f->places; i++) s->p[i] = f->load_before[i] + (f->load[i] - f->load_before[i]) * end / f->dt;
  memcpy(u, before, f->places * sizeof *u);
  for (int k = 0; k < NEWTON && most > CLOSE; k++) {
    PetscCall(improve(s, before, dt, u, &most));
    if (!isfinite(most)) break;
  }
  *found = most <= CLOSE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* ---- all of them ---- */

/* Thickness of both ways, extrapolated into `twice`. Returns the largest difference, of h. */
static double compare(const solver *s) {
  double worst = 0.0;
  for (size_t i = 0; i < s->step->places; i++) {
    const double once = exp(s->once[i]), twice = exp(s->twice[i]), better = 2.0 * twice - once;
    if (!(better > 0.0)) return INFINITY;
    worst = fmax(worst, fabs(twice - once) / twice);
    s->twice[i] = log(better);
  }
  return worst;
}

/* One substep from u at `time`, at once and in halves. Writes its error; u changes where that is small enough. */
static PetscErrorCode advance(const solver *s, double time, double dt, double *u, double *error) {
  bool found;
  PetscFunctionBeginUser;
  *error = INFINITY;
  PetscCall(substep(s, u, dt, time + dt, s->once, &found));
  if (found) PetscCall(substep(s, u, 0.5 * dt, time + 0.5 * dt, s->twice, &found));
  if (!found) PetscFunctionReturn(PETSC_SUCCESS);
  double *half = s->twice + s->step->places;
  memcpy(half, s->twice, s->step->places * sizeof *half);
  PetscCall(substep(s, half, 0.5 * dt, time + dt, s->twice, &found));
  if (found) *error = compare(s);
  if (*error <= ERROR) memcpy(u, s->twice, s->step->places * sizeof *u);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode follow(const solver *s, double *u, bool *found) {
  const double whole = s->step->dt;
  double time = 0.0, dt = whole;
  PetscFunctionBeginUser;
  *found = true;
  while (time < whole) {
    double error;
    if (time + dt > (1.0 - 1e-9) * whole) dt = whole - time;
    PetscCall(advance(s, time, dt, u, &error));
    if (error <= ERROR) time = dt < whole - time ? time + dt : whole;
    dt *= isfinite(error) ? fmin(fmax(0.9 * sqrt(ERROR / fmax(error, 1e-12)), 0.1), 4.0) : 0.1;
    *found = dt > SHORTEST * whole;
    if (!*found) break;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode create(solver *s) {
  const PetscInt places = (PetscInt)s->step->places;
  PC pc;
  PetscFunctionBeginUser;
  PetscCall(MatCreateSeqAIJ(PETSC_COMM_SELF, places, places, 12, NULL, &s->K));
  PetscCall(MatSetOption(s->K, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
  PetscCall(MatCreateVecs(s->K, &s->x, &s->r));
  PetscCall(KSPCreate(PETSC_COMM_SELF, &s->ksp));
  PetscCall(KSPSetType(s->ksp, KSPPREONLY));
  PetscCall(KSPGetPC(s->ksp, &pc));
  PetscCall(PCSetType(pc, PCLU));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(solver *s) {
  PetscFunctionBeginUser;
  PetscCall(KSPDestroy(&s->ksp));
  PetscCall(MatDestroy(&s->K));
  PetscCall(VecDestroy(&s->x));
  PetscCall(VecDestroy(&s->r));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether nothing is pressed and no film is thinner or thicker than at rest. */
static bool rests(const stf_flow_step *f, const double *u) {
  for (size_t i = 0; i < f->places; i++)
    if (f->area[i] > 0.0 && (f->load_before[i] != 0.0 || f->load[i] != 0.0 || u[i] != 0.0)) return false;
  return true;
}

stf_status stf_film_flow(const stf_flow_step *step, double *u, bool *found) {
  *found = true;
  if (rests(step, u)) return STF_OK;
  solver s = {.step = step, .p = calloc(5 * step->places + 1, sizeof *s.p)};
  double *flown = s.p + 4 * step->places;
  if (!s.p) return STF_NO_RESOURCE;
  s.once = s.p + step->places;
  s.twice = s.p + 2 * step->places;
  memcpy(flown, u, step->places * sizeof *u);
  const PetscErrorCode made = create(&s), followed = made ? made : follow(&s, flown, found), freed = destroy(&s);
  if (!followed && *found) memcpy(u, flown, step->places * sizeof *u);
  free(s.p);
  return followed || freed ? STF_BUG : STF_OK;
}

/* ---- interfaces ---- */

enum { LOAD_BEFORE, LOAD, AREA, SQUEEZED, ROWS };

/* What is known of a film's places, by the ranks that own them, told to all: table [ROWS][places]. */
static stf_status gather(const stf_domain *d, int glide, const stf_state *state, size_t places, double *table) {
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->glide != glide || (size_t)b->node[b->own] >= d->owned) continue;
    const stf_gap_core *gap = b->data;
    const double *before = (const double *)(state->memory + b->memory_at);
    const double *after = (const double *)(state->next + b->memory_at);
    const size_t at = (size_t)b->place;
    if (!(gap->area > 0.0)) continue;
    table[AREA * places + at] = gap->area;
    table[LOAD_BEFORE * places + at] = gap->law->amount(gap->data, before, STF_GLIDE_PRESSURE);
    table[LOAD * places + at] = gap->law->amount(gap->data, after, STF_GLIDE_PRESSURE);
    table[SQUEEZED * places + at] = gap->law->amount(gap->data, after, STF_GLIDE_SQUEEZED);
  }
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, table, (int)(ROWS * places), MPI_DOUBLE, MPI_SUM, d->comm));
  return STF_OK;
}

static void tell(const stf_domain *d, int glide, double thickness, const double *u, stf_state *state) {
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->glide != glide) continue;
    const stf_gap_core *gap = b->data;
    if (gap->area > 0.0)
      gap->law->squeeze(gap->data, -thickness * expm1(u[b->place]), (double *)(state->next + b->memory_at));
  }
}

static stf_status flow_along(const stf_domain *d, int glide, const stf_film *film, double dt, stf_state *state,
                             bool *found) {
  const stf_glide *g = &d->protocol->glide[glide];
  const size_t places = g->gaps.all;
  double *table = calloc((ROWS + 1) * places + 1, sizeof *table), *u = table + ROWS * places;
  if (!table) return STF_NO_RESOURCE;
  stf_status status = gather(d, glide, state, places, table);
  for (size_t i = 0; i < places; i++) u[i] = log1p(-table[SQUEEZED * places + i] / film->thickness);
  const stf_flow_step step = {.film = *film,
                              .channels = &g->channels,
                              .places = places,
                              .area = table + AREA * places,
                              .load_before = table + LOAD_BEFORE * places,
                              .load = table + LOAD * places,
                              .dt = dt};
  if (!status) status = stf_film_flow(&step, u, found);
  if (!status && *found) tell(d, glide, film->thickness, u, state);
  free(table);
  return status;
}

stf_status stf_films_foresee(const stf_domain *d, double dt, stf_state *state, bool *found) {
  *found = true;
  for (size_t g = 0; g < d->protocol->glides && *found && dt > 0.0 && isfinite(dt); g++) {
    const stf_glide *glide = &d->protocol->glide[g];
    stf_film film;
    if (glide->law->film(glide->data, &film)) STF_TRY(flow_along(d, (int)g, &film, dt, state, found));
  }
  return STF_OK;
}
