/*
 * Bodies that bend. Cook's membrane (Cook 1974) of nearly incompressible rubber at large strain, against results
 * published for another element. Clamped beams without transverse contraction under a load at their end: small
 * deflections against Timoshenko's theory, large ones against the elastica (Bisshopp & Drucker 1945).
 */
#include <math.h>
#include <stdlib.h>

#include "stf_case.h"
#include "stf_files.h"
#include "stf_grid.h"
#include "stf_test.h"

enum { LEVELS = 3 };

static const double PI = 3.14159265358979323846;

/* ---- closed forms ---- */

/* Legendre's incomplete elliptic integrals of the first (second: E) kind by Simpson's rule. */
static double elliptic(double k, double phi, bool second) {
  enum { PARTS = 4000 };
  const double h = phi / PARTS;
  double sum = 0.0;
  for (int n = 0; n <= PARTS; n++) {
    const double root = sqrt(1.0 - k * k * sin(n * h) * sin(n * h));
    sum += (n == 0 || n == PARTS ? 1.0 : n % 2 ? 4.0 : 2.0) * (second ? root : 1.0 / root);
  }
  return sum * h / 3.0;
}

/* Tip of the elastica under P L^2/EI = load, over its length: how far it goes down, and how far it comes back. */
static void elastica(double load, double *down, double *back) {
  double low = 1e-9, high = 0.5 * PI, k = 0.0, phi = 0.0;
  for (int turn = 0; turn < 60; turn++) {
    const double slope = 0.5 * (low + high); /* at the tip */
    k = sqrt(0.5 * (1.0 + sin(slope)));
    phi = asin(1.0 / (k * sqrt(2.0)));
    const double found = elliptic(k, 0.5 * PI, false) - elliptic(k, phi, false);
    *(found * found < load ? &low : &high) = slope;
  }
  *down = 1.0 - 2.0 / sqrt(load) * (elliptic(k, 0.5 * PI, true) - elliptic(k, phi, true));
  *back = 1.0 - sqrt(2.0 * sin(low) / load);
}

/* Mattiasson 1981, table I. */
static void the_elastica_is_that_of_published_numbers(void **state) {
  (void)state;
  static const double load[3] = {1.0, 2.0, 5.0},
                      known[3][2] = {{0.30172, 0.05643}, {0.49346, 0.16064}, {0.71379, 0.38763}};
  for (int n = 0; n < 3; n++) {
    double down, back;
    elastica(load[n], &down, &back);
    stf_assert_small(fabs(down - known[n][0]), 6e-6);
    stf_assert_small(fabs(back - known[n][1]), 6e-6);
  }
}

/* ---- solved bodies ---- */

/* Displacement of the node at a place. */
static const double *displacement_at(const stf_case *c, const double place[3]) {
  for (size_t n = 0; n < c->domain.local; n++) {
    const double *X = c->domain.X[n];
    if (fabs(X[0] - place[0]) + fabs(X[1] - place[1]) + fabs(X[2] - place[2]) < 1e-6) return c->state.u + 3 * n;
  }
  fail_msg("no node at %g, %g, %g", place[0], place[1], place[2]);
  return NULL;
}

/* A body clamped at x_min, of the tissue "rubber"; `loads` is YAML. */
static void open_body(const char *element, const stf_grid_block *block, const char *loads, stf_case *c) {
  char text[1024];
  stf_grid_write("body.msh", stf_element_find(element)->shape, block, 1);
  snprintf(text, sizeof text,
           "striffin: 1\n"
           "name: body\n"
           "tissues: {all: rubber}\n"
           "anatomy: {generator: gmsh, file: body.msh, unit: mm, regions: [{name: body, tissue: all}]}\n"
           "mesh: {element: %s}\n"
           "timeline:\n"
           "  - {at: 0 s, do: grip, where: x_min}\n%s"
           "measure: [{name: force, what: grip_force, where: x_min}]\n",
           element, loads);
  stf_case_read(text, c);
  stf_case_cut(MPI_COMM_SELF, 1e-9, c);
}

static void map_cook(const double s[3], const void *context, double X[3]) {
  X[0] = 48.0 * s[0];
  X[1] = 44.0 * s[0] + s[1] * (44.0 - 28.0 * s[0]);
  X[2] = *(const double *)context * s[2];
}

/* Their strain is even in each of them: too stiff in bending, by a share that halves with their size. */
static bool is_tet4(int e) {
  return stf_element_find(stf_promises[e].name)->shape == STF_TET4;
}

/* In longer ones tetrahedra tangle on the way, or Newton's method strays. */
static const int COOK_STEPS[STF_SHAPES] = {[STF_HEX8] = 4, [STF_TET4] = 8, [STF_TET10] = 32};

static double cook(const char *element, int cells) {
  static const double corner[3] = {48.0, 60.0, 0.0};
  const double thickness = 48.0 / cells;
  const stf_grid_block block = {.cells = {cells, cells, 1},
                                .map = map_cook,
                                .context = &thickness,
                                .side = {"x_min", "x_max", NULL, NULL, "z_min", "z_max"}};
  stf_case c;
  stf_case_tissue("rubber", "quadratic", 80.1938, 40.0942e4, NULL);
  open_body(element, &block,
            "  - {do: symmetry, where: z_min}\n"
            "  - {do: symmetry, where: z_max}\n"
            "  - {for: 1 s, do: traction, where: x_max, by: [0 MPa, 6.25 MPa, 0 MPa]}\n",
            &c);
  stf_case_solve(&c, 1.0, COOK_STEPS[stf_element_find(element)->shape], NULL);
  const double up = displacement_at(&c, corner)[1];
  stf_case_close(&c);
  return up;
}

/*
 * G = 80.1938 MPa, K = 40.0942e4 MPa, U = K/2 (J - 1)^2, 100 N a millimetre of thickness (de Souza Neto et al. 1996;
 * Elguedj et al. 2008). Four-node elements with the F-bar method, 30 a side, raise the corner by 6.891 mm (OpenGeoSys,
 * benchmark "Cook's membrane, large deformations", Wang & Nagel 2024).
 */
static void cooks_membrane_rises_as_published(void **state) {
  (void)state;
  static const double tolerance[2][LEVELS] = {{0.12, 0.04, 0.015}, {0.5, 0.25, 0.1}};
  for (int e = 0; e < STF_PROMISES; e++) {
    const int first = stf_element_find(stf_promises[e].name)->shape == STF_TET10 ? 3 : 5;
    double up[LEVELS];
    if (!stf_promises[e].locking_free || stf_promises[e].shell) continue;
    for (int k = 0; k < LEVELS; k++) {
      up[k] = cook(stf_promises[e].name, first << k);
      stf_assert_row(up[k], 6.891, tolerance[is_tet4(e)][k], "%s, %d cells a side: Cook's membrane, rise [mm]",
                     stf_promises[e].name, first << k);
    }
    assert_true(up[0] < up[1] && up[1] < up[2]);
  }
}

static void displacement_elements_hold_cooks_membrane_down(void **state) {
  (void)state;
  assert_true(cook("hex8-std", 10) < 0.6 * 6.891);
}

/* ---- beams ---- */

/* Length, depth (along z) and width; one element across the width, which is kept, or the beam would buckle sideways. */
typedef struct beam {
  double length, depth, width;
} beam;

static void map_beam(const double s[3], const void *context, double X[3]) {
  const beam *b = context;
  X[0] = b->length * s[0];
  X[1] = b->width * s[1];
  X[2] = b->depth * s[2];
}

/* Young's modulus of the beams, whose Poisson's ratio is 0: kappa = 2/3 mu. */
static const double YOUNG = 2.0;

/* Displacement of the tip under a force along z; `layers` elements over the depth, cubes if they are no shells. */
static void bend(const char *element, double slenderness, int layers, double force, int steps, double tip[3]) {
  const int wide = stf_promise_of(element)->shell ? 2 : 1; /* shells must be thinner than wide */
  const beam b = {slenderness, 1.0, (double)wide / layers};
  const double end[3] = {b.length, 0.0, 0.0};
  const stf_grid_block block = {.cells = {(int)slenderness * layers / wide, 1, layers},
                                .map = map_beam,
                                .context = &b,
                                .side = {"x_min", "x_max", "y_min", "y_max", NULL, NULL}};
  char load[256];
  stf_case c;
  stf_case_tissue("rubber", "quadratic", 0.5 * YOUNG, YOUNG / 3.0, NULL);
  snprintf(load, sizeof load,
           "  - {do: symmetry, where: y_min}\n"
           "  - {do: symmetry, where: y_max}\n"
           "  - {for: 1 s, do: force, where: x_max, by: [0 N, 0 N, %.17g N]}\n",
           force * b.width);
  open_body(element, &block, load, &c);
  stf_case_solve(&c, 1.0, steps, NULL);
  const double *u = displacement_at(&c, end);
  for (int i = 0; i < 3; i++) tip[i] = u[i];
  stf_case_close(&c);
}

/* Elements of first order are too stiff in bending by a share that falls with the square of their size. */
static void check_bending(int e, double slenderness, double force, int steps, double theory) {
  const stf_promise *element = &stf_promises[e];
  const int levels = element->bends ? 1 : LEVELS;
  for (int k = 0; k < levels; k++) {
    double tip[3];
    bend(element->name, slenderness, 1 << k, force, steps, tip);
    const double coarse = is_tet4(e) ? 1.0 / (1 << k) : 0.6 / (1 << 2 * k);
    stf_assert_row(tip[2], theory, element->bends ? 0.015 : coarse, "%s, length/depth %g, layers %d: deflection [mm]",
                   element->name, slenderness, 1 << k);
  }
}

/* P L^3/(3 EI) + P L/(5/6 G A) (Timoshenko; Cowper 1966) */
static void a_clamped_beam_bends_as_timoshenko_says(void **state) {
  (void)state;
  const double L = 10.0, P = 1e-5, I = 1.0 / 12.0, G = 0.5 * YOUNG;
  for (int e = 0; e < STF_PROMISES; e++)
    check_bending(e, L, P, 1, P * L * L * L / (3.0 * YOUNG * I) + P * L / (5.0 / 6.0 * G));
}

static void a_slender_beam_follows_the_elastica(void **state) {
  (void)state;
  const double L = 40.0, load = 2.0, I = 1.0 / 12.0;
  double down, back;
  elastica(load, &down, &back);
  for (int e = 0; e < STF_PROMISES; e++) check_bending(e, L, load * YOUNG * I / (L * L), 8, down * L);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(the_elastica_is_that_of_published_numbers),
      TEST(cooks_membrane_rises_as_published),
      TEST(displacement_elements_hold_cooks_membrane_down),
      TEST(a_clamped_beam_bends_as_timoshenko_says),
      TEST(a_slender_beam_follows_the_elastica),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
