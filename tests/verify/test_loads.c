/* Loads and planes of symmetry on solved bodies: closed forms, balance with the grips, and quadratic convergence. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "result/study.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"

static const double MU = 0.4, KAPPA = 1.5;

/* A block 3 x 2 x 1 mm; `timeline` is YAML. */
static const char *block_text(const char *timeline) {
  static char text[2048];
  snprintf(
      text, sizeof text,
      "striffin: 1\nname: block\ntissues: {solid: solid}\n"
      "anatomy: {generator: strip, length: 3 mm, width: 2 mm, layers: [{name: a, tissue: solid, thickness: 1 mm}]}\n"
      "mesh: {element: hex8, size: 0.5 mm}\ntimeline:\n%s"
      "measure:\n  - {name: ux, what: displacement, at: [3 mm, 1 mm, 1 mm], along: x}\n",
      timeline);
  return text;
}

static void open_block(const char *timeline, double tolerance, stf_case *c) {
  stf_case_tissue("solid", "quadratic", MU, KAPPA, NULL);
  stf_case_read(block_text(timeline), c);
  stf_case_cut(PETSC_COMM_SELF, tolerance, c);
}

static const char three_planes[] = "  - {do: symmetry, where: x_min}\n  - {do: symmetry, where: y_min}\n"
                                   "  - {do: symmetry, where: z_min}\n";

/* Nominal stress along and across of the material of MU and KAPPA at stretches a (along x) and b (along y and z). */
static void block_stress(double a, double b, double *along, double *across) {
  const double J = a * b * b, s = MU * pow(J, -2.0 / 3.0), I1 = a * a + 2.0 * b * b, p = KAPPA * (J - 1.0);
  *along = s * (a - I1 / (3.0 * a)) + p * J / a;
  *across = s * (b - I1 / (3.0 * b)) + p * J / b;
}

/* Stretches under a nominal stress `pull` along x and nothing across, by Newton's method on differences. */
static void stretches_under(double pull, double *a, double *b) {
  *a = *b = 1.0;
  for (int turn = 0; turn < 60; turn++) {
    double P[2], Pa[2], Pb[2];
    const double h = 1e-7;
    block_stress(*a, *b, &P[0], &P[1]);
    block_stress(*a + h, *b, &Pa[0], &Pa[1]);
    block_stress(*a, *b + h, &Pb[0], &Pb[1]);
    const double A = (Pa[0] - P[0]) / h, B = (Pb[0] - P[0]) / h, C = (Pa[1] - P[1]) / h, D = (Pb[1] - P[1]) / h;
    const double r = P[0] - pull, s = P[1], det = A * D - B * C;
    *a -= (r * D - s * B) / det;
    *b -= (A * s - C * r) / det;
  }
}

static void assert_homogeneous(const stf_case *c, double a, double b) {
  for (size_t n = 0; n < c->domain.local; n++) {
    const double *X = c->domain.X[n], *u = c->state.u + 3 * n;
    const double wanted[3] = {(a - 1.0) * X[0], (b - 1.0) * (X[1] + 1.0), (b - 1.0) * X[2]};
    for (int i = 0; i < 3; i++) stf_assert_small(u[i] - wanted[i], 1e-8);
  }
}

static void a_traction_stretches_a_block_as_the_closed_form_says(void **state) {
  (void)state;
  char timeline[512];
  double a, b;
  stf_case c;
  snprintf(timeline, sizeof timeline, "%s  - {for: 1 s, do: traction, where: x_max, by: [0.3 MPa, 0 MPa, 0 MPa]}\n",
           three_planes);
  open_block(timeline, 1e-11, &c);
  stf_case_solve(&c, 1.0, 3, NULL);
  stretches_under(0.3, &a, &b);
  assert_true(a > 1.2 && b < 0.97);
  assert_homogeneous(&c, a, b);
  stf_case_close(&c);
}

/* The true stress on the face is the pressure, so the nominal one is the pressure times the face's stretch b^2. */
static void a_suction_follows_its_shrinking_face(void **state) {
  (void)state;
  char timeline[512];
  double a, b, true_stress = 0.0;
  stf_case c;
  snprintf(timeline, sizeof timeline, "%s  - {for: 1 s, do: pressure, where: x_max, by: -0.3 MPa}\n", three_planes);
  open_block(timeline, 1e-11, &c);
  stf_case_solve(&c, 1.0, 3, NULL);
  double low = 0.0, high = 0.3;
  for (int turn = 0; turn < 60; turn++) {
    const double nominal = 0.5 * (low + high);
    stretches_under(nominal, &a, &b);
    true_stress = nominal / (b * b);
    *(true_stress < 0.3 ? &low : &high) = nominal;
  }
  stf_assert_near(true_stress, 0.3, 1e-9);
  assert_homogeneous(&c, a, b);
  stf_case_close(&c);
}

static void a_force_comes_back_at_the_grip(void **state) {
  (void)state;
  double force[1][3];
  stf_case c;
  open_block("  - {do: grip, where: x_min}\n  - {for: 1 s, do: force, where: x_max, by: [0.2 N, -0.03 N, 0.05 N]}\n",
             1e-11, &c);
  stf_case_solve(&c, 1.0, 2, NULL);
  assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, force), STF_OK);
  const double wanted[3] = {-0.2, 0.03, -0.05};
  for (int i = 0; i < 3; i++) stf_assert_near(force[0][i], wanted[i], 1e-8);
  stf_case_close(&c);
}

/* On an open surface the stiffness of a pressure is unsymmetric: without that part each residual is a fifth of the
 * last. */
static void newton_speeds_up_to_the_end_under_a_pressure_on_a_free_face(void **state) {
  (void)state;
  stf_step_report report;
  stf_case c;
  open_block("  - {do: grip, where: x_min}\n  - {for: 1 s, do: pressure, where: z_max, by: 0.01 MPa}\n", 1e-9, &c);
  stf_case_solve(&c, 1.0, 2, &report);
  const int n = report.history_count;
  assert_true(n >= 4 && n <= 9);
  assert_true(report.history[n - 1] < 1e-3 * report.history[n - 2]);
  assert_true(report.history[n - 2] < 0.05 * report.history[n - 3]);
  stf_case_close(&c);
}

static const double DENSITY = 1e-7, GRAVITY = 1e6; /* so that it sinks visibly */

/* A column 4 mm high on its bottom, between four planes of symmetry, under its weight, in layers of `size`. */
static void open_column(double size, stf_case *c) {
  char text[1024];
  stf_files_write("heavy.yaml",
                  "striffin-tissue: 1\nname: heavy\ntitle: of a test\nmatrix:\n  law: neo-hookean\n"
                  "  shear_modulus: {value: 0.4 MPa, grade: \"estimated: chosen\"}\n  volumetric: quadratic\n"
                  "  bulk_modulus: {value: 1.5 MPa, grade: \"estimated: chosen\"}\n"
                  "density: {value: 1e-7 tonne/mm^3, grade: \"estimated: chosen\"}\n");
  snprintf(
      text, sizeof text,
      "striffin: 1\nname: column\ntissues: {heavy: heavy}\n"
      "anatomy: {generator: strip, length: 1 mm, width: 1 mm, layers: [{name: a, tissue: heavy, thickness: 4 mm}]}\n"
      "mesh: {element: hex8-std, size: %g mm}\ntimeline:\n  - {do: symmetry, where: x_min}\n"
      "  - {do: symmetry, where: x_max}\n  - {do: symmetry, where: y_min}\n  - {do: symmetry, where: y_max}\n"
      "  - {do: grip, where: z_min, hold: free}\n  - {for: 1 s, do: gravity, acceleration: 1200 m/s^2}\n"
      "  - {for: 1 s, do: gravity, acceleration: %.17g mm/s^2, direction: [0, 0, 3]}\n"
      "measure:\n  - {name: top, what: displacement, at: [0 mm, 0 mm, 4 mm], along: z}\n",
      size, 1200e3 - GRAVITY);
  stf_case_read(text, c);
  stf_case_cut(PETSC_COMM_SELF, 1e-11, c);
  stf_case_solve(c, 2.0, 8, NULL);
}

/* How far the top sinks: the stretch where the column above weighs w solves P(stretch) = -w. */
static double sinks_by(void) {
  double sum = 0.0;
  const int slices = 2000;
  for (int k = 0; k < slices; k++) {
    const double w = DENSITY * GRAVITY * 4.0 * (k + 0.5) / slices;
    double low = 0.1, high = 1.0;
    for (int turn = 0; turn < 60; turn++) {
      double along, across;
      const double a = 0.5 * (low + high);
      block_stress(a, 1.0, &along, &across);
      *(along < -w ? &low : &high) = a;
    }
    sum += (1.0 - low) * 4.0 / slices;
  }
  return sum;
}

static double top_of(const stf_case *c) {
  return c->state.u[3 * c->domain.probe[0] + 2];
}

static void a_column_sinks_under_its_weight_as_the_closed_form_says(void **state) {
  (void)state;
  double force[1][3], error[2];
  const double wanted = -sinks_by();
  assert_true(wanted < -0.01);
  for (int k = 0; k < 2; k++) {
    stf_case c;
    open_column(k ? 0.25 : 0.5, &c);
    error[k] = fabs(top_of(&c) - wanted);
    assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, force), STF_OK);
    stf_assert_near(force[0][2], DENSITY * GRAVITY * 4.0, 1e-9);
    stf_case_close(&c);
  }
  stf_assert_small(error[0] / wanted, 1e-3);
  assert_true(error[1] < 0.3 * error[0]); /* second order: a quarter */
}

static void gravity_on_a_tissue_without_a_density_is_refused(void **state) {
  (void)state;
  stf_case c = {.arena = stf_arena_create(), .diags = stf_diags_create()};
  stf_study study;
  stf_case_tissue("solid", "quadratic", MU, KAPPA, NULL);
  stf_files_write("heavy.yaml", block_text("  - {do: grip, where: x_min}\n  - {for: 1 s, do: gravity}\n"));
  assert_int_equal(stf_study_read("heavy.yaml", ".", c.arena, c.arena, c.diags, &study), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(c.diags), 1);
  assert_non_null(strstr(stf_diags_get(c.diags, 0)->found, "solid"));
  assert_string_equal(stf_diags_get(c.diags, 0)->place.path, "timeline[1]");
  stf_case_close(&c);
}

static void a_body_that_could_move_freely_is_refused(void **state) {
  (void)state;
  static const char *const loose[][2] = {
      {"  - {do: symmetry, where: x_min}\n  - {do: symmetry, where: y_min}\n"
       "  - {for: 1 s, do: force, where: x_max, by: [1 N, 0 N, 0 N]}\n",
       "shift along z"},
      {"  - {for: 1 s, do: force, where: x_max, by: [1 N, 0 N, 0 N]}\n", "shift along x"},
      {"  - {do: grip, where: x_min, hold: free}\n  - {do: symmetry, where: y_min}\n"
       "  - {for: 1 s, do: pull, where: x_min, by: 1 mm}\n",
       "shift along z"},
      {"  - {for: 1 s, do: pull, where: x_min, by: 1 mm}\n", "only one face"},
      {"  - {do: symmetry, where: x_max}\n  - {do: symmetry, where: x_min}\n  - {do: grip, where: y_min, hold: free}\n"
       "  - {for: 1 s, do: pull, where: y_min, by: 1 mm}\n",
       "shift along z"},
  };
  stf_case_tissue("solid", "quadratic", MU, KAPPA, NULL);
  for (size_t k = 0; k < sizeof loose / sizeof *loose; k++) {
    stf_case c = {.arena = stf_arena_create(), .diags = stf_diags_create()};
    stf_study study;
    stf_files_write("loose.yaml", block_text(loose[k][0]));
    assert_int_equal(stf_study_read("loose.yaml", ".", c.arena, c.arena, c.diags, &study), STF_BAD_INPUT);
    bool named = false;
    for (size_t i = 0; i < stf_diags_count(c.diags); i++)
      named = named || strstr(stf_diags_get(c.diags, i)->found, loose[k][1]);
    if (!named) stf_diags_print(c.diags, stderr);
    assert_true(named);
    stf_case_close(&c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_traction_stretches_a_block_as_the_closed_form_says, stf_files_setup,
                                      stf_files_teardown),
      cmocka_unit_test_setup_teardown(a_suction_follows_its_shrinking_face, stf_files_setup, stf_files_teardown),
      cmocka_unit_test_setup_teardown(a_force_comes_back_at_the_grip, stf_files_setup, stf_files_teardown),
      cmocka_unit_test_setup_teardown(newton_speeds_up_to_the_end_under_a_pressure_on_a_free_face, stf_files_setup,
                                      stf_files_teardown),
      cmocka_unit_test_setup_teardown(a_column_sinks_under_its_weight_as_the_closed_form_says, stf_files_setup,
                                      stf_files_teardown),
      cmocka_unit_test_setup_teardown(gravity_on_a_tissue_without_a_density_is_refused, stf_files_setup,
                                      stf_files_teardown),
      cmocka_unit_test_setup_teardown(a_body_that_could_move_freely_is_refused, stf_files_setup, stf_files_teardown),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
