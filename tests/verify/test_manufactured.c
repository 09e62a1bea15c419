/*
 * Manufactured solutions (Roache 2002): a smooth displacement is chosen, the loads that it needs are worked out, and
 * the solver, given these and the displacement of the sides, must find it again. On meshes cut ever finer,
 * with nodes off their places, errors fall with h^(p+1) in the displacement (L2) and h^p in its gradient (H1), p being
 * the degree of the shape functions (Hughes 2000, 4.1; Brenner & Scott 2008).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stf_case.h"
#include "stf_files.h"
#include "stf_grid.h"
#include "stf_reference.h"
#include "stf_test.h"

enum { LEVELS = 3 };

static const double PI = 3.14159265358979323846;

/* ---- displacements, and the stress that belongs to them ---- */

/* A displacement, reached in even steps, and how it is asked for. */
typedef struct problem {
  const char *name;
  double mu, kappa;
  int steps;
  int held; /* sides across so many axes are held where the solution has them, the others left to their tractions */
  void (*deformation)(const double X[3], double u[3], double F[9]);
} problem;

/* u_i = sum_j a_ij sin(k_ij X_j + i): every part of F varies along every axis. */
static void wavy(const double X[3], double u[3], double F[9]) {
  static const double a[3][3] = {{0.08, -0.04, 0.05}, {0.05, 0.07, -0.04}, {-0.04, 0.06, 0.08}};
  static const double k[3][3] = {{2.0, 3.0, 2.5}, {3.0, 2.2, 2.0}, {2.5, 2.0, 2.8}};
  for (int i = 0; i < 3; i++) {
    u[i] = 0.0;
    for (int j = 0; j < 3; j++) {
      u[i] += a[i][j] * sin(k[i][j] * X[j] + i);
      F[3 * i + j] = (i == j ? 1.0 : 0.0) + a[i][j] * k[i][j] * cos(k[i][j] * X[j] + i);
    }
  }
}

/* Two shears after each other, u = (a sin(pi Y), b sin(pi Z), 0): volume is kept everywhere. */
static void shears(const double X[3], double u[3], double F[9]) {
  const double a = 0.08, b = 0.05;
  const double found[9] = {1.0, a * PI * cos(PI * X[1]), 0.0, 0.0, 1.0, b * PI * cos(PI * X[2]), 0.0, 0.0, 1.0};
  memcpy(F, found, sizeof found);
  u[0] = a * sin(PI * X[1]);
  u[1] = b * sin(PI * X[2]);
  u[2] = 0.0;
}

/* Linear displacements, which every element has in it. */
static void even(const double X[3], double u[3], double F[9]) {
  static const double found[9] = {1.25, 0.2, 0.1, -0.1, 1.1, 0.15, 0.05, -0.1, 0.9};
  memcpy(F, found, sizeof found);
  for (int i = 0; i < 3; i++) u[i] = F[3 * i] * X[0] + F[3 * i + 1] * X[1] + F[3 * i + 2] * X[2] - X[i];
}

/* Without shear across the sheet, of which shells with assumed strains have only means where they are no rectangles. */
static void even_in_plane(const double X[3], double u[3], double F[9]) {
  static const double found[9] = {1.25, 0.2, 0.0, -0.1, 1.1, 0.0, 0.0, 0.0, 0.9};
  memcpy(F, found, sizeof found);
  for (int i = 0; i < 3; i++) u[i] = F[3 * i] * X[0] + F[3 * i + 1] * X[1] + F[3 * i + 2] * X[2] - X[i];
}

static void even_shear(const double X[3], double u[3], double F[9]) {
  static const double found[9] = {1.0, 0.2, -0.1, 0.0, 1.0, 0.15, 0.0, 0.0, 1.0};
  memcpy(F, found, sizeof found);
  for (int i = 0; i < 3; i++) u[i] = F[3 * i] * X[0] + F[3 * i + 1] * X[1] + F[3 * i + 2] * X[2] - X[i];
}

static const problem compressible = {"compressible", 1.5, 2.0, 2, 3, wavy};
static const problem nearly_incompressible = {"nearly incompressible", 1.0, 1e4, 4, 1, shears};
static const problem patch = {"patch", 1.5, 2.0, 2, 1, even};
static const problem sheet_patch = {"patch of a sheet held all around", 1.5, 2.0, 2, 2, even_in_plane};
static const problem incompressible_patch = {"nearly incompressible patch", 1.0, 1e4, 5, 1, even_shear};

/* P = mu J^(-2/3) (F - F:F/3 F^-T) + kappa (J - 1) J F^-T. */
static void stress(const problem *p, double share, const double X[3], double P[9]) {
  double u[3], F[9], square = 0.0;
  p->deformation(X, u, F);
  for (int r = 0; r < 9; r++) F[r] = share * F[r] + (r % 4 ? 0.0 : 1.0 - share);
  const double J = stf_test_determinant(F), scale = p->mu / cbrt(J * J);
  for (int r = 0; r < 9; r++) square += F[r] * F[r];
  for (int i = 0; i < 3; i++)
    for (int m = 0; m < 3; m++) {
      const int j = 3 * ((i + 1) % 3), k = 3 * ((i + 2) % 3), n = (m + 1) % 3, o = (m + 2) % 3;
      const double inverse = (F[j + n] * F[k + o] - F[j + o] * F[k + n]) / J; /* of F^-T */
      P[3 * i + m] = scale * (F[3 * i + m] - square / 3.0 * inverse) + p->kappa * (J - 1.0) * J * inverse;
    }
}

/* ---- the solver's side ---- */

/* A thin sheet of one layer, for shells. */
static void map_sheet(const double s[3], const void *context, double X[3]) {
  (void)context;
  X[0] = s[0];
  X[1] = s[1];
  X[2] = 0.1 * s[2];
}

static void open_cube(const problem *p, const char *element, int cells, stf_case *c) {
  char text[1024];
  const bool shell = stf_promise_of(element)->shell;
  const stf_grid_block block = {.cells = {cells, cells, shell ? 1 : cells},
                                .map = shell ? map_sheet : NULL,
                                .side = {"x_min", "x_max"},
                                .columns = shell,
                                .distortion = 0.2};
  stf_grid_write("cube.msh", stf_element_find(element)->shape, &block, 1);
  stf_case_tissue("rubber", "quadratic", p->mu, p->kappa, NULL);
  snprintf(text, sizeof text,
           "striffin: 1\n"
           "name: cube\n"
           "tissues: {all: rubber}\n"
           "anatomy: {generator: gmsh, file: cube.msh, unit: mm, regions: [{name: body, tissue: all}]}\n"
           "mesh: {element: %s}\n"
           "timeline:\n"
           "  - {at: 0 s, do: grip, where: x_min}\n"
           "  - {for: 1 s, do: pull, where: x_max, by: 1 mm}\n"
           "measure: [{name: force, what: grip_force, where: x_max}]\n",
           element);
  stf_case_read(text, c);
  stf_case_cut(MPI_COMM_SELF, 1e-12, c);
  stf_case_release(c);
}

static bool is_held(const problem *p, const double X[3]) {
  for (int i = 0; i < p->held; i++)
    if (X[i] < 1e-12 || X[i] > 1.0 - 1e-12) return true;
  return false;
}

static void hold_sides(const problem *p, stf_case *c) {
  for (size_t n = 0; n < c->domain.local; n++) {
    const double *X = c->domain.X[n];
    double u[3], F[9];
    p->deformation(X, u, F);
    for (int i = 0; is_held(p, X) && i < 3; i++) stf_case_hold(c, n, i, 1, u[i]);
  }
}

/* What is done at each point of each element of a mesh. */
typedef struct visit {
  const problem *problem;
  double share;
  const stf_case *c;
  double *b;       /* [3 local] sum of loads at nodes */
  double error[2]; /* of displacement and gradient, squared */
  double size[2];  /* of the solution's */
  const int *node; /* of the element */
  int nodes;
} visit;

/*
 * What the body force b = -Div P and the traction P N on the free sides do at the nodes: by the divergence theorem,
 * integral of b.v dV + integral of (P N).v dA = integral of P : grad v dV.
 */
static void add_loads(visit *v, const double x[3], double volume, const double (*dN)[3]) {
  double P[9];
  stress(v->problem, v->share, x, P);
  for (int a = 0; a < v->nodes; a++)
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) v->b[3 * v->node[a] + i] += volume * P[3 * i + j] * dN[a][j];
}

static void add_errors(visit *v, const stf_reference_point *q, const double x[3], double volume,
                       const double (*dN)[3]) {
  double u[3], F[9];
  v->problem->deformation(x, u, F);
  for (int i = 0; i < 3; i++) {
    double found = 0.0, slope[3] = {0};
    for (int a = 0; a < v->nodes; a++) {
      const double at = v->c->state.u[3 * v->node[a] + i];
      found += q->N[a] * at;
      for (int j = 0; j < 3; j++) slope[j] += dN[a][j] * at;
    }
    v->error[0] += volume * (found - u[i]) * (found - u[i]);
    v->size[0] += volume * u[i] * u[i];
    for (int j = 0; j < 3; j++) {
      const double wanted = F[3 * i + j] - (i == j ? 1.0 : 0.0);
      v->error[1] += volume * (slope[j] - wanted) * (slope[j] - wanted);
      v->size[1] += volume * wanted * wanted;
    }
  }
}

/* Loads where v->b is there, else errors. */
static void visit_element(visit *v, const stf_reference_point *points) {
  double X[STF_SHAPE_NODES][3], x[3], dN[STF_SHAPE_NODES][3];
  for (int a = 0; a < v->nodes; a++) memcpy(X[a], v->c->domain.X[v->node[a]], sizeof X[a]);
  for (int q = 0; q < STF_REFERENCE_POINTS; q++) {
    const double volume = stf_reference_place(&points[q], v->nodes, (const double(*)[3])X, x, dN);
    if (v->b)
      add_loads(v, x, volume, (const double(*)[3])dN);
    else
      add_errors(v, &points[q], x, volume, (const double(*)[3])dN);
  }
}

static void visit_all(visit *v) {
  static stf_reference_point points[STF_REFERENCE_POINTS];
  stf_reference_points(v->c->domain.batch[0].kind->shape, points);
  for (size_t k = 0; k < v->c->domain.batches; k++)
    for (int l = 0; l < v->c->domain.batch[k].count; l++) {
      int node[STF_SHAPE_NODES];
      v->nodes = v->c->domain.batch[k].nodes;
      for (int a = 0; a < v->nodes; a++) node[a] = v->c->domain.batch[k].node[a][l];
      v->node = node;
      visit_element(v, points);
    }
}

static void petsc(PetscErrorCode failed) {
  assert_int_equal(failed, 0);
}

typedef struct solver {
  stf_case *c;
  KSP ksp;
  Vec rhs, x;
  double *du; /* [3 local] of the held unknowns */
} solver;

static void open_solver(stf_case *c, solver *s) {
  PC pc;
  *s = (solver){.c = c, .du = calloc(3 * c->domain.local, sizeof *s->du)};
  assert_non_null(s->du);
  petsc(KSPCreate(PETSC_COMM_SELF, &s->ksp));
  petsc(KSPSetOperators(s->ksp, c->equilibrium.equations.K, c->equilibrium.equations.K));
  petsc(KSPSetType(s->ksp, KSPPREONLY));
  petsc(KSPGetPC(s->ksp, &pc));
  petsc(PCSetType(pc, PCLU));
  petsc(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  petsc(MatCreateVecs(c->equilibrium.equations.K, &s->x, &s->rhs));
}

static void close_solver(solver *s) {
  free(s->du);
  petsc(KSPDestroy(&s->ksp));
  petsc(VecDestroy(&s->rhs));
  petsc(VecDestroy(&s->x));
}

/* Moves the held unknowns by du and the others by a step of Newton's method; returns the step's largest component. */
static double newton_step(solver *s, const double *b) {
  stf_case *c = s->c;
  const double *x;
  double *rhs, largest = 0.0;
  petsc(VecGetArray(s->rhs, &rhs));
  assert_int_equal(stf_equations_tangent(&c->equilibrium.equations, c->state.u, 1.0, s->du, rhs), STF_OK);
  for (size_t k = 0; k < 3 * c->domain.local; k++)
    if (!c->domain.hold[k].kind) rhs[k] += b[k];
  petsc(VecRestoreArray(s->rhs, &rhs));
  petsc(KSPSolve(s->ksp, s->rhs, s->x));
  petsc(VecGetArrayRead(s->x, &x));
  for (size_t k = 0; k < 3 * c->domain.local; k++) {
    c->state.u[k] += x[k];
    largest = fmax(largest, fabs(x[k]));
  }
  petsc(VecRestoreArrayRead(s->x, &x));
  return largest;
}

/* The sides that are held move on by a share of its way, and the body follows until nothing moves any more. */
static void solve(solver *s, double share, const double *b) {
  const stf_domain *d = &s->c->domain;
  for (size_t k = 0; k < 3 * d->local; k++) s->du[k] = d->hold[k].kind ? share * d->hold[k].share : 0.0;
  const double first = newton_step(s, b);
  double last = first;
  memset(s->du, 0, 3 * d->local * sizeof *s->du);
  for (int k = 0; k < 20 && last > 1e-9 * first; k++) last = newton_step(s, b);
  assert_true(first > 0.0 && last <= 1e-9 * first);
}

/* Errors of displacement and gradient, relative to the solution's. */
static void errors_of(const problem *p, const char *element, int cells, double error[2]) {
  stf_case c;
  solver s;
  visit v = {.problem = p, .c = &c};
  open_cube(p, element, cells, &c);
  hold_sides(p, &c);
  open_solver(&c, &s);
  v.b = calloc(3 * c.domain.local, sizeof *v.b);
  assert_non_null(v.b);
  for (int k = 1; k <= p->steps; k++) {
    memset(v.b, 0, 3 * c.domain.local * sizeof *v.b);
    v.share = (double)k / p->steps;
    visit_all(&v);
    solve(&s, 1.0 / p->steps, v.b);
  }
  free(v.b);
  v.b = NULL;
  visit_all(&v);
  for (int k = 0; k < 2; k++) error[k] = sqrt(v.error[k] / v.size[k]);
  close_solver(&s);
  stf_case_close(&c);
}

static void falls_with_the_order_of_theory(const problem *p, int e) {
  static const int cells[2][LEVELS] = {{3, 6, 12}, {4, 6, 8}};
  static const char *const what[2] = {"displacement (L2)", "gradient (H1)"};
  const int *n = cells[stf_element_find(stf_promises[e].name)->shape == STF_TET10];
  double error[LEVELS][2];
  stf_test_about("%s", stf_promises[e].name);
  for (int k = 0; k < LEVELS; k++) errors_of(p, stf_promises[e].name, n[k], error[k]);
  for (int part = 0; part < 2; part++)
    for (int k = 1; k < LEVELS; k++)
      stf_assert_order(log(error[k - 1][part] / error[k][part]) / log((double)n[k] / n[k - 1]),
                       stf_promises[e].order + 1 - part, k == 1 ? 1.0 : 0.2,
                       "%s, %s, %d to %d cells: order of %s, error %.1e", stf_promises[e].name, p->name, n[k - 1], n[k],
                       what[part], error[k][part]);
}

static void a_manufactured_solution_is_found_with_the_orders_of_theory(void **state) {
  (void)state;
  for (int e = 0; e < STF_PROMISES; e++)
    if (!stf_promises[e].shell) falls_with_the_order_of_theory(&compressible, e);
}

static void elements_without_locking_keep_their_orders_where_volume_is_kept(void **state) {
  (void)state;
  for (int e = 0; e < STF_PROMISES; e++)
    if (stf_promises[e].locking_free && !stf_promises[e].shell)
      falls_with_the_order_of_theory(&nearly_incompressible, e);
}

/* So that none is forgotten. */
static void every_element_stands_in_the_table(void **state) {
  (void)state;
  size_t count = 0;
  while (stf_elements[count]) stf_promise_of(stf_elements[count++]->name);
  assert_int_equal(count, STF_PROMISES);
}

/* So that the test above has something to show. */
static void displacement_elements_lock(void **state) {
  (void)state;
  double locked[2], free_of_it[2];
  errors_of(&nearly_incompressible, "hex8-std", 6, locked);
  errors_of(&nearly_incompressible, "hex8", 6, free_of_it);
  assert_true(locked[0] > 4.0 * free_of_it[0]);
}

/* Irons's patch test (Hughes 2000, 4.6), with tractions on four sides: linear displacements are found to rounding. */
static void every_element_passes_the_patch_test(void **state) {
  (void)state;
  double error[2];
  for (int e = 0; e < STF_PROMISES; e++) {
    stf_test_about("%s", stf_promises[e].name);
    errors_of(stf_promises[e].shell ? &sheet_patch : &patch, stf_promises[e].name, 3, error);
    stf_assert_small(error[0], 1e-12);
    stf_assert_small(error[1], 1e-12);
    if (stf_promises[e].shell) continue;
    errors_of(&incompressible_patch, stf_promises[e].name, 3, error);
    stf_assert_small(error[0], 1e-12);
    stf_assert_small(error[1], 1e-12);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(every_element_stands_in_the_table),
      TEST(every_element_passes_the_patch_test),
      TEST(a_manufactured_solution_is_found_with_the_orders_of_theory),
      TEST(elements_without_locking_keep_their_orders_where_volume_is_kept),
      TEST(displacement_elements_lock),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
