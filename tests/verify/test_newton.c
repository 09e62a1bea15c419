/*
 * Newton's method on fibrous layers between clamps: the tangent is the derivative of the residual, iterations converge
 * quadratically, the predictor is exact to first order, and a step that cannot be found says where and changes nothing.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/protocol.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"
#include "striffin.h"

static const char *const elements[] = {"hex8", "hex8-std"};

/* A layer soft as loose tissue between two sheets whose fibres cross it at different angles. */
static void write_tissues(void) {
  stf_case_tissue("sheet", "convex", 0.5, 2.0,
                  "  - name: fibrils\n"
                  "    law: fibrils\n"
                  "    fraction: {value: 0.3, grade: \"estimated: chosen\"}\n"
                  "    modulus: {value: 300 MPa, grade: \"estimated: chosen\"}\n"
                  "    straightening_stretch: {value: 1.02, grade: \"estimated: chosen\"}\n"
                  "    straightening_sd: {value: 0.01, grade: \"estimated: chosen\"}\n");
  stf_case_tissue("loose", "convex", 0.02, 0.5, NULL);
}

/* The strip 8 x 3 x 2.1 mm; `grips` is YAML of what is gripped, x_max is then pulled over 1 s. */
static const char *strip_text(const char *element, double size, const char *grips, double by, const char *solve) {
  static char text[2048];
  snprintf(text, sizeof text,
           "striffin: 1\n"
           "name: strip\n"
           "tissues: {sheet: sheet, loose: loose}\n"
           "anatomy:\n"
           "  generator: strip\n"
           "  length: 8 mm\n"
           "  width: 3 mm\n"
           "  layers:\n"
           "    - {name: deep, tissue: sheet, thickness: 0.8 mm, fibres: [20 deg]}\n"
           "    - {name: middle, tissue: loose, thickness: 0.5 mm}\n"
           "    - {name: top, tissue: sheet, thickness: 0.8 mm, fibres: [-40 deg]}\n"
           "mesh: {element: %s, size: %g mm}\n"
           "timeline:\n%s"
           "  - {for: 1 s, do: pull, where: x_max, by: %.17g mm}\n"
           "measure:\n"
           "  - {name: force, what: grip_force, where: x_max}\n"
           "  - {name: down, what: displacement, at: [4 mm, 1.5 mm, 2.1 mm], along: z}\n%s",
           element, size, grips, by, solve);
  return text;
}

static const char clamped[] = "  - {at: 0 s, do: grip, where: x_min}\n";

/* ---- the tangent ---- */

/* A state with every fibre pulling, uneven, held unknowns as they are held. */
static void draw_state(stf_case *c) {
  uint64_t seed = 21;
  for (size_t k = 0; k < 3 * c->domain.local; k++) {
    const double *X = c->domain.X[k / 3];
    c->state.u[k] = (k % 3 == 0 ? 0.3 * X[0] : k % 3 == 1 ? 0.2 * X[1] : 0.05 * X[2]) + 0.05 * stf_test_random(&seed);
  }
}

static void residual_at(stf_case *c, const double *u, double *residual) {
  assert_true(stf_equations_residual(&c->equilibrium.equations, u, 0.7, residual));
}

/* (r(u + h v) - r(u - h v)) / 2h */
static void difference(stf_case *c, const double *v, double *slope) {
  const size_t n = 3 * c->domain.local;
  const double h = 1e-6;
  double *u = malloc(n * sizeof *u), *other = malloc(n * sizeof *other);
  assert_non_null(u);
  assert_non_null(other);
  for (size_t k = 0; k < n; k++) u[k] = c->state.u[k] + h * v[k];
  residual_at(c, u, slope);
  for (size_t k = 0; k < n; k++) u[k] = c->state.u[k] - h * v[k];
  residual_at(c, u, other);
  for (size_t k = 0; k < n; k++) slope[k] = (slope[k] - other[k]) / (2.0 * h);
  free(u);
  free(other);
}

/* Column `k` of K; held unknowns have nothing but their diagonal, which is left out. */
static void column_of(const stf_case *c, size_t k, double *column) {
  for (size_t r = 0; r < 3 * c->domain.local; r++) {
    const PetscInt row = (PetscInt)r, at = (PetscInt)k;
    PetscScalar value;
    const bool outside = MatGetValues(c->equilibrium.equations.K, 1, &row, 1, &at, &value) != PETSC_SUCCESS;
    assert_false(outside);
    if (c->domain.hold[r].kind || c->domain.hold[k].kind) {
      if (r == k) assert_true(value > 0.0);
      if (r != k) assert_true(value == 0.0);
      value = 0.0;
    }
    column[r] = value;
  }
}

static void check_columns(stf_case *c) {
  const size_t n = 3 * c->domain.local;
  double *column = malloc(n * sizeof *column), *slope = malloc(n * sizeof *slope), *v = calloc(n, sizeof *v);
  assert_non_null(column);
  assert_non_null(slope);
  assert_non_null(v);
  for (size_t k = 0; k < n; k++) {
    column_of(c, k, column);
    if (c->domain.hold[k].kind) continue;
    v[k] = 1.0;
    difference(c, v, slope);
    v[k] = 0.0;
    stf_assert_derivative(column, slope, n, 0.1, 1e-7);
  }
  free(column);
  free(slope);
  free(v);
}

/* The right-hand side with held unknowns moved by du is -r - dr/du du, and du times the diagonal where held. */
static void check_right_hand_side(stf_case *c) {
  const size_t n = 3 * c->domain.local;
  double *du = malloc(4 * n * sizeof *du);
  uint64_t seed = 4;
  assert_non_null(du);
  double *rhs = du + n, *slope = rhs + n, *residual = slope + n, largest = 0.0;
  for (size_t k = 0; k < n; k++) du[k] = c->domain.hold[k].kind ? 0.1 * stf_test_random(&seed) : 0.0;
  difference(c, du, slope);
  residual_at(c, c->state.u, residual);
  assert_int_equal(stf_equations_tangent(&c->equilibrium.equations, c->state.u, 0.7, du, rhs), STF_OK);
  const double diagonal = c->equilibrium.equations.diagonal;
  for (size_t k = 0; k < n; k++) {
    if (c->domain.hold[k].kind) {
      stf_assert_small(fabs(rhs[k] - diagonal * du[k]), 1e-14 * diagonal);
      slope[k] = rhs[k] = 0.0;
    } else {
      slope[k] = -residual[k] - slope[k];
      largest = fmax(largest, fabs(slope[k] + residual[k]));
    }
  }
  assert_true(largest > 0.1);
  stf_assert_derivative(rhs, slope, n, 0.1, 1e-7);
  free(du);
}

static void the_assembled_tangent_is_the_slope_of_the_residual(void **state) {
  (void)state;
  static const char *const grips[] = {
      "  - {at: 0 s, do: grip, where: x_min}\n",
      "  - {at: 0 s, do: grip, where: x_min}\n  - {at: 0 s, do: grip, where: x_max, hold: free, compliance: 0.2 "
      "mm/N}\n",
      "  - {at: 0 s, do: grip, where: x_min, compliance: 0.1 mm/N}\n"
      "  - {at: 0 s, do: grip, where: x_max, compliance: 0.03 mm/N}\n",
  };
  write_tissues();
  for (int e = 0; e < 2; e++)
    for (int g = 0; g < 3; g++) {
      stf_case c;
      stf_test_about("%s, grips %d", elements[e], g);
      stf_case_read(strip_text(elements[e], 1.5, grips[g], 0.5, ""), &c);
      stf_case_cut(MPI_COMM_SELF, 1e-8, &c);
      assert_true((c.domain.springs > 0) == (g > 0));
      draw_state(&c);
      assert_int_equal(stf_equations_tangent(&c.equilibrium.equations, c.state.u, 0.7, NULL, NULL), STF_OK);
      check_columns(&c);
      check_right_hand_side(&c);
      stf_case_close(&c);
    }
}

/* ---- convergence ---- */

static double order(double first, double second, double third) {
  return log(third / second) / log(second / first);
}

/*
 * Near the solution r_k+1 = C r_k^2, so log(r_k+1/r_k) / log(r_k/r_k-1) goes to 2. Asked to go on as far as rounding
 * lets it; counted are the residuals a hundred times above round-off, and of their orders the last two.
 */
static void newton_converges_quadratically(void **state) {
  (void)state;
  static const double by[] = {0.2, 0.3};
  write_tissues();
  for (int e = 0; e < 2; e++)
    for (int p = 0; p < 2; p++) {
      stf_case c;
      stf_step_report report;
      stf_test_about("%s, %g mm", elements[e], by[p]);
      stf_case_read(strip_text(elements[e], 0.5, clamped, by[p], ""), &c);
      stf_case_cut(MPI_COMM_SELF, 1e-15, &c);
      assert_int_equal(stf_equilibrium_step(&c.equilibrium, 1.0, (stf_losses){1.0, 1.0}, &c.state, &report), STF_OK);
      const double *r = report.history, floor = 100.0 * report.wanted;
      int usable = 0;
      while (usable < report.history_count && r[usable] > floor) usable++;
      assert_true(usable >= 4);
      assert_true(r[usable] < floor);
      assert_true(r[usable - 1] < 1e-5 * r[0]);
      for (int k = usable - 4; k < usable - 2; k++)
        stf_assert_small(fabs(order(r[k], r[k + 1], r[k + 2]) - 2.05), 0.25); /* 1.8 to 2.3 */
      stf_case_close(&c);
    }
}

/* Clamps are moved on from an equilibrium: what is unbalanced after the predictor falls with the square of the move. */
static void the_predictor_is_exact_to_first_order(void **state) {
  (void)state;
  double first[3];
  write_tissues();
  for (int e = 0; e < 2; e++) {
    for (int k = 0; k < 3; k++) {
      stf_case c;
      stf_step_report report;
      stf_case_read(strip_text(elements[e], 0.75, clamped, 0.6, ""), &c);
      stf_case_cut(MPI_COMM_SELF, 1e-13, &c);
      stf_case_solve(&c, 0.5, 4, NULL);
      stf_case_solve(&c, 0.5 + 0.004 / (1 << k), 1, &report);
      first[k] = report.history[0];
      stf_case_close(&c);
    }
    stf_test_about("%s: %.3g %.3g %.3g N", elements[e], first[0], first[1], first[2]);
    stf_assert_small(fabs(log2(first[0] / first[1]) - 2.0), 0.1);
    stf_assert_small(fabs(log2(first[1] / first[2]) - 2.0), 0.1);
  }
}

static void held_unknowns_are_exactly_where_they_are_held(void **state) {
  (void)state;
  stf_case c;
  size_t moved = 0;
  write_tissues();
  stf_case_read(strip_text("hex8", 1.0, clamped, 0.6, ""), &c);
  stf_case_cut(MPI_COMM_SELF, 1e-8, &c);
  stf_case_solve(&c, 0.7, 3, NULL);
  for (size_t k = 0; k < 3 * c.domain.local; k++) {
    const double x = c.domain.X[k / 3][0];
    if (x > 0.0 && x < 8.0) continue;
    assert_true(c.state.u[k] == (x > 0.0 && k % 3 == 0 ? 0.7 * 0.6 : 0.0));
    moved += c.state.u[k] != 0.0;
  }
  assert_int_equal(moved, 4 * 4);
  stf_case_close(&c);
}

/* ---- steps that are too long ---- */

/* Last line of a run's curves: time, force, movement of a probe. */
static void run_to_end(const char *solve, double by, stf_run_summary *summary, double last[3]) {
  stf_diags *diags = stf_diags_create();
  const stf_run_options options = {.scenario = "run.yaml", .library = "."};
  stf_files_write("run.yaml", strip_text("hex8", 1.0, clamped, by, solve));
  const stf_status status = stf_run(&options, diags, summary);
  if (status) stf_diags_print(diags, stderr);
  assert_int_equal(status, STF_OK);
  stf_diags_destroy(diags);
  const char *text = stf_files_read("out/strip/curves.csv", NULL), *line = text;
  for (const char *at = text; (at = strchr(at, '\n')) && at[1];) line = ++at;
  assert_int_equal(sscanf(line, "%lf,%lf,%lf", &last[0], &last[1], &last[2]), 3);
}

static void a_pull_that_must_be_halved_ends_where_small_steps_end(void **state) {
  (void)state;
  stf_run_summary halved, small;
  double a[3], b[3];
  write_tissues();
  run_to_end("solve: {steps: 1, tolerance: 1e-11}\n", 16.0, &halved, a);
  run_to_end("solve: {steps: 30, tolerance: 1e-11}\n", 16.0, &small, b);
  assert_true(halved.cutbacks > 0);
  assert_int_equal(small.cutbacks, 0);
  assert_true(halved.steps < small.steps);
  assert_true(a[0] == 1.0 && b[0] == 1.0);
  stf_assert_near(a[1], b[1], 1e-9);
  stf_assert_near(a[2], b[2], 1e-8);
}

/* One corner of the body is pushed through its own element: no other element touches it. */
static void a_failed_step_names_the_element_and_changes_nothing(void **state) {
  (void)state;
  stf_case c;
  stf_step_report report;
  write_tissues();
  stf_case_read(strip_text("hex8", 0.5, clamped, 0.1, ""), &c);
  stf_case_cut(MPI_COMM_SELF, 1e-8, &c);
  stf_case_solve(&c, 0.5, 1, NULL);
  for (size_t n = 0; n < c.domain.local; n++) {
    const double *X = c.domain.X[n];
    for (int i = 0; i < 3; i++) stf_case_hold(&c, n, i, 1, c.state.u[3 * n + (size_t)i] / 0.05);
    if (X[0] == 8.0 && X[1] == 1.5 && X[2] == 2.1) stf_case_hold(&c, n, 0, 1, -30.0);
  }
  double *before = malloc(3 * c.domain.local * sizeof *before);
  assert_non_null(before);
  memcpy(before, c.state.u, 3 * c.domain.local * sizeof *before);
  const double scale = c.state.force_scale;
  assert_int_equal(stf_equilibrium_step(&c.equilibrium, 1.0, (stf_losses){1.0, 1.0}, &c.state, &report), STF_OK);
  assert_int_equal(report.outcome, STF_STEP_INVERTED);
  assert_true(report.worst.J < 0.0);
  assert_string_equal(c.model.mesh.regions[report.worst.region].name, "top");
  assert_int_equal(report.worst.element, c.model.mesh.elements - 1);
  const double place[3] = {7.75, 1.25, 1.9};
  stf_assert_all_near(report.worst.position, place, 3, 1e-12);
  assert_true(c.state.time == 0.5 && c.state.force_scale == scale);
  assert_memory_equal(before, c.state.u, 3 * c.domain.local * sizeof *before);
  free(before);
  stf_case_close(&c);
}

/* The face that is pulled by 0.1 mm moves as far. */
static void a_step_in_which_a_node_moves_too_far_is_hasty_and_changes_nothing(void **state) {
  (void)state;
  static const double farthest[] = {0.099, 0.101};
  write_tissues();
  for (int k = 0; k < 2; k++) {
    stf_case c;
    stf_step_report report;
    stf_case_read(strip_text("hex8", 1.0, clamped, 0.1, ""), &c);
    stf_case_cut(MPI_COMM_SELF, 1e-8, &c);
    c.equilibrium.farthest = farthest[k];
    assert_int_equal(stf_equilibrium_step(&c.equilibrium, 1.0, (stf_losses){1.0, 1.0}, &c.state, &report), STF_OK);
    assert_int_equal(report.outcome, k ? STF_STEP_FOUND : STF_STEP_HASTY);
    assert_true(c.state.time == (k ? 1.0 : 0.0));
    stf_case_close(&c);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(the_assembled_tangent_is_the_slope_of_the_residual),
      TEST(newton_converges_quadratically),
      TEST(the_predictor_is_exact_to_first_order),
      TEST(held_unknowns_are_exactly_where_they_are_held),
      TEST(a_pull_that_must_be_halved_ends_where_small_steps_end),
      TEST(a_failed_step_names_the_element_and_changes_nothing),
      TEST(a_step_in_which_a_node_moves_too_far_is_hasty_and_changes_nothing),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
