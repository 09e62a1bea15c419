/*
 * What the machine gives and what the steps of the solver take: residual, tangent, applying the tangent, the smoother.
 *
 * Usage: roofline SCENARIO         times all of them on one core and writes JSON
 *        roofline SCENARIO NAME    runs one once, for tools that count instructions
 *
 * Bytes are those that must move when caches keep nothing from one step to the next and everything within a step.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/study.h"
#include "solve/multigrid.h"
#include "solve/state.h"
#include "striffin.h"

enum { ROUNDS = 40, TRIAD = 8000000, TURNS = 200000 };

typedef struct problem {
  stf_study study;
  stf_domain domain;
  stf_equations equations;
  stf_multigrid multigrid;
  stf_state state;
  double *residual; /* [3 owned] */
  Vec x, y;
} problem;

/* ---- the machine ---- */

/* Sums of products in registers: enough of them, without one waiting for another, to keep every unit busy. */
#define FUSED(NAME, TYPE, CHAINS)                                                                  \
  typedef TYPE NAME##_lanes __attribute__((vector_size(64)));                                      \
  STF_KERNEL __attribute__((noinline)) static double NAME(int turns) {                             \
    enum { LANES = 64 / sizeof(TYPE) };                                                            \
    NAME##_lanes sum[CHAINS], factor = {0};                                                        \
    double all = 0.0;                                                                              \
    factor += (TYPE)0.9999;                                                                        \
    for (int k = 0; k < CHAINS; k++) sum[k] = factor * (TYPE)k;                                    \
    for (int n = 0; n < turns; n++) {                                                              \
      _Pragma("GCC unroll 16") for (int k = 0; k < CHAINS; k++) sum[k] = sum[k] * factor + factor; \
    }                                                                                              \
    for (int k = 0; k < CHAINS; k++)                                                               \
      for (int l = 0; l < LANES; l++) all += (double)sum[k][l];                                    \
    return all;                                                                                    \
  }
FUSED(fused_double_few, double, 5)
FUSED(fused_double, double, 10)
FUSED(fused_float_few, float, 5)
FUSED(fused_float, float, 10)

static volatile double sink;

/* [1/s] floating-point operations; the fewer chains fit the registers of older processors. */
static double peak(double (*few)(int), double (*many)(int), double lanes) {
  double best = 0.0;
  for (int round = 0; round < ROUNDS; round++) {
    double start = MPI_Wtime();
    sink = few(TURNS);
    best = fmax(best, 2.0 * 5 * lanes * TURNS / (MPI_Wtime() - start));
    start = MPI_Wtime();
    sink = many(TURNS);
    best = fmax(best, 2.0 * 10 * lanes * TURNS / (MPI_Wtime() - start));
  }
  return best;
}

/* [byte/s] of a = b + s c, 24 bytes for each entry, as STREAM counts; NAN when memory is out. */
static double triad(void) {
  double *a = calloc(TRIAD, sizeof *a), *b = calloc(TRIAD, sizeof *b), *c = calloc(TRIAD, sizeof *c), best = INFINITY;
  for (int round = 0; a && b && c && round < ROUNDS; round++) {
    for (int k = 0; k < TRIAD && !round; k++) a[k] = 0.0, b[k] = k, c[k] = 1.0;
    const double start = MPI_Wtime();
    for (int k = 0; k < TRIAD; k++) a[k] = b[k] + 3.0 * c[k];
    best = fmin(best, MPI_Wtime() - start);
    sink = a[round];
  }
  free(a);
  free(b);
  free(c);
  return isfinite(best) ? 24.0 * TRIAD / best : NAN;
}

/* ---- the steps ---- */

static stf_status residual(problem *p) {
  return stf_equations_residual(&p->equations, p->state.u, 0.0, p->residual) ? STF_OK : STF_BUG;
}

static stf_status tangent(problem *p) {
  return stf_equations_tangent(&p->equations, p->state.u, 0.0, NULL, NULL);
}

static stf_status apply(problem *p) {
  STF_PETSC(MatMult(p->equations.K, p->x, p->y));
  return STF_OK;
}

static stf_status smoother(problem *p) {
  STF_TRY(stf_level_smooth_first(&p->multigrid.level[0]));
  return stf_level_smooth_last(&p->multigrid.level[0]);
}

static double entries(const problem *p) {
  return 9.0 * p->equations.pattern.start[p->domain.owned];
}

/* Elements; of each node place, displacement and residual, forces and loads set to 0 and added to, what holds it. */
static double residual_bytes(const problem *p) {
  const double node = 3 * (3.0 * sizeof(double) + 4.0 * sizeof(double) + sizeof(stf_hold_dof));
  return (double)(p->domain.batches * sizeof(stf_batch)) + node * (double)p->domain.owned;
}

/* As the residual, and where entries go, 64 pairs of nodes of an element; each entry is set to 0, read and written. */
static double tangent_bytes(const problem *p) {
  const double slots = 64.0 * STF_LANES * sizeof(int);
  return residual_bytes(p) + slots * (double)p->domain.batches + 3.0 * sizeof(double) * entries(p);
}

/* Each entry with its column; of each row its start, x and y. */
static double apply_bytes(const problem *p) {
  return (sizeof(double) + sizeof(PetscInt)) * entries(p) +
         (sizeof(PetscInt) + 2.0 * sizeof(double)) * 3.0 * (double)p->domain.owned;
}

/* Two sweeps, each over all blocks of nine floats and a column, pivots, b, x and r read and written. */
static double smoother_bytes(const problem *p) {
  return 2.0 *
         ((9 * sizeof(float) + sizeof(int)) * entries(p) / 9 + (9 + 15) * sizeof(float) * (double)p->domain.owned);
}

/* `flops` NULL: what a tool counts. */
static double apply_flops(const problem *p) {
  return 2.0 * entries(p);
}

typedef struct stage {
  const char *name;
  stf_status (*run)(problem *p);
  double (*bytes)(const problem *p), (*flops)(const problem *p);
  bool single; /* precision */
} stage;

static const stage stages[] = {{"residual", residual, residual_bytes, NULL, false},
                               {"tangent", tangent, tangent_bytes, NULL, false},
                               {"tangent-apply", apply, apply_bytes, apply_flops, false},
                               {"smoother", smoother, smoother_bytes, NULL, true}};
enum { STAGES = sizeof stages / sizeof *stages };

/* What is measured and nothing else; a function of its own, so that tools find it by its name. */
__attribute__((noipa)) static void stf_roofline_step(const stage *s, problem *p, stf_status *status) {
  *status = s->run(p);
}

/* ---- the problem ---- */

/* A body stretched by 5 %, its tangent, and levels made from it. */
static stf_status prepare(problem *p) {
  bool sound;
  STF_TRY(stf_equations_create(&p->domain, &p->equations));
  STF_TRY(stf_state_init(&p->domain, &p->state));
  for (size_t n = 0; n < p->domain.local; n++)
    for (size_t i = 0; i < 3; i++) p->state.u[3 * n + i] = (i ? -0.02 : 0.05) * p->domain.X[n][i];
  p->residual = calloc(3 * p->domain.owned, sizeof *p->residual);
  if (!p->residual) return STF_NO_RESOURCE;
  STF_TRY(tangent(p));
  STF_PETSC(MatCreateVecs(p->equations.K, &p->x, &p->y));
  STF_PETSC(VecSet(p->x, 1.0));
  STF_TRY(stf_multigrid_create(&p->equations, &p->multigrid));
  STF_TRY(stf_multigrid_refresh(&p->multigrid, &sound));
  for (size_t k = 0; k < 3 * p->domain.owned; k++) p->multigrid.level[0].b[k] = (float)(k % 7) - 3.0F;
  return STF_OK;
}

static stf_status tell(problem *p) {
  printf("{\"unknowns\": %zu, \"elements\": %zu, \"bandwidth\": %.6g, \"peak_double\": %.6g, \"peak_single\": %.6g",
         3 * p->domain.owned, p->domain.elements, triad(), peak(fused_double_few, fused_double, 8.0),
         peak(fused_float_few, fused_float, 16.0));
  for (int k = 0; k < STAGES; k++) {
    double best = INFINITY;
    stf_status status = STF_OK;
    for (int round = 0; round < ROUNDS; round++) {
      const double start = MPI_Wtime();
      stf_roofline_step(&stages[k], p, &status);
      STF_TRY(status);
      best = fmin(best, MPI_Wtime() - start);
    }
    printf(", \"%s\": {\"seconds\": %.6g, \"bytes\": %.6g, \"single\": %s, \"flops\": ", stages[k].name, best,
           stages[k].bytes(p), stages[k].single ? "true" : "false");
    if (stages[k].flops)
      printf("%.6g}", stages[k].flops(p));
    else
      printf("null}");
  }
  printf("}\n");
  return STF_OK;
}

static stf_status run(const char *path, const char *only, stf_arena *arena, stf_diags *diags) {
  static problem p;
  STF_TRY(stf_study_read(path, NULL, arena, arena, diags, &p.study));
  STF_TRY(
      stf_domain_create(PETSC_COMM_SELF, &p.study.model, &p.study.protocol, &p.study.gauges, arena, diags, &p.domain));
  STF_TRY(prepare(&p));
  if (!only) return tell(&p);
  stf_status status = STF_BAD_INPUT;
  for (int k = 0; k < STAGES; k++)
    if (!strcmp(only, stages[k].name)) stf_roofline_step(&stages[k], &p, &status);
  if (status) fprintf(stderr, "roofline: '%s' is no step, or failed\n", only);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fprintf(stderr, "Usage: roofline SCENARIO [NAME]\n"), 2;
  stf_arena *arena = stf_arena_create();
  stf_diags *diags = stf_diags_create();
  if (!arena || !diags || stf_run_start()) return 4;
  const stf_status status = run(argv[1], argc == 3 ? argv[2] : NULL, arena, diags);
  stf_diags_print(diags, stderr);
  stf_run_stop();
  stf_diags_destroy(diags);
  stf_arena_destroy(arena);
  return (int)status;
}
