/*
 * Solid-shells on solved sheets, one element through the thickness: cantilevers against beam theory at ratios of length
 * to thickness from 10 to 1000, the elastica, a curved beam, and sheets of stiff fibres.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"

static const double MU = 1.0, PI = 3.14159265358979323846;

/* A fibre that pulls and pushes alike: W = E/2 (stretch - 1)^2. */
static void pull_linearly(const void *data, const stf_lane stretch, stf_want want, stf_pull *pull) {
  const double E = *(const double *)data;
  for (int l = 0; l < STF_LANES; l++) {
    const double strain = stretch[l] - 1.0;
    if (want == STF_WANT_ENERGY) pull->W[l] = 0.5 * E * strain * strain;
    if (want != STF_WANT_ENERGY) pull->N[l] = E * strain;
    if (want == STF_WANT_TANGENT) pull->K[l] = E;
  }
}

static const stf_fibre_law linear = {.about = {.name = "linear"}, .pull = pull_linearly};

/* A sheet: a block of cells that a map takes from [0, 1]^3 to its shape. */
typedef struct sheet {
  const char *element;
  int cells[2];
  void (*map)(const double at[3], double X[3]);
  double kappa;         /* [MPa]; the shear modulus is MU */
  double fibre_modulus; /* [MPa] of each family */
  int families;
  double angle_deg[2]; /* of fibres from x */
  const char *sides;   /* timeline: what holds y_min and y_max */
  double force[3];     /* [N] on x_max */
  int steps;
} sheet;

static double length, width, thickness; /* [mm] of what the maps make */

static void flat(const double at[3], double X[3]) {
  X[0] = length * at[0];
  X[1] = width * at[1];
  X[2] = thickness * (at[2] - 0.5);
}

/* A quarter of a ring, about y. */
static void ring(const double at[3], double X[3]) {
  const double R = 2.0 * length / PI + thickness * (at[2] - 0.5), angle = 0.5 * PI * at[0];
  X[0] = R * sin(angle);
  X[1] = width * at[1];
  X[2] = R * cos(angle);
}

static const char *text_of(const sheet *s) {
  static char text[2048];
  const double area = width * thickness; /* [mm^2] of the end, once the map has made it */
  snprintf(text, sizeof text,
           "striffin: 1\nname: sheet\ntissues: {rubber: rubber}\n"
           "anatomy: {generator: strip, length: %d mm, width: %d mm, layers: [{name: a, tissue: rubber, thickness: 1 "
           "mm}]}\n"
           "mesh: {element: hex8-shell, size: 1 mm}\ntimeline:\n"
           "  - {at: 0 s, do: grip, where: x_min}\n%s"
           "  - {for: 1 s, do: traction, where: x_max, by: [%.17g MPa, %.17g MPa, %.17g MPa]}\n"
           "measure:\n  - {name: ux, what: displacement, at: [0 mm, 0 mm, 0 mm], along: x}\n",
           s->cells[0], s->cells[1], s->sides, s->force[0] / area, s->force[1] / area, s->force[2] / area);
  return text;
}

/* Cuts every hexahedron in two wedges along a diagonal of its bottom. */
static void cut_in_wedges(stf_case *c) {
  static const int part[2][6] = {{0, 1, 2, 4, 5, 6}, {0, 2, 3, 4, 6, 7}};
  stf_mesh *mesh = &c->model.mesh;
  const stf_mesh old = *mesh;
  mesh->elements = 2 * old.elements;
  assert_int_equal(stf_mesh_make_elements(mesh, c->arena), STF_OK);
  for (size_t e = 0; e < mesh->elements; e++) {
    mesh->shape[e] = STF_WEDGE6;
    mesh->region[e] = old.region[e / 2];
    memcpy(mesh->normal[e], old.normal[e / 2], sizeof *mesh->normal);
    for (int a = 0; a < 6; a++) mesh->cell[e][a] = old.cell[e / 2][part[e % 2][a]];
  }
}

/* Opens the case; `material` and the numbers in it must live as long. */
static void open_sheet(const sheet *s, stf_material *material, double tolerance, stf_case *c) {
  const bool wedges = !strcmp(s->element, "wedge6-shell");
  stf_case_tissue("rubber", "quadratic", MU, s->kappa, NULL);
  stf_case_read(text_of(s), c);
  if (wedges) cut_in_wedges(c);
  *material = *c->model.material[0];
  material->families = (size_t)s->families;
  for (int f = 0; f < s->families; f++)
    material->family[f] = (stf_family){.name = "f", .law = &linear, .data = &s->fibre_modulus, .fraction = 1.0};
  c->model.material[0] = material;
  c->model.element[wedges ? STF_WEDGE6 : STF_HEX8] = stf_element_find(s->element);
  for (size_t n = 0; n < c->model.mesh.nodes; n++) {
    double *X = c->model.mesh.X[n];
    const double at[3] = {X[0] / s->cells[0], X[1] / s->cells[1], X[2]};
    s->map(at, X);
  }
  for (size_t e = 0; e < c->model.mesh.elements; e++)
    for (int f = 0; f < s->families; f++) {
      const double angle = s->angle_deg[f] * PI / 180.0;
      memcpy(c->model.mesh.fibre[e][f], (double[3]){cos(angle), sin(angle), 0.0}, 3 * sizeof(double));
    }
  stf_case_cut(PETSC_COMM_SELF, tolerance, c);
}

/* Mean displacement [mm] of the loaded end. */
static void deflect(const sheet *s, double u[3]) {
  stf_case c;
  stf_material material;
  stf_step_report report;
  open_sheet(s, &material, 1e-4, &c);
  stf_case_solve(&c, 1.0, s->steps ? s->steps : 1, &report);
  const stf_face *end = stf_mesh_face(&c.model.mesh, "x_max");
  for (int i = 0; i < 3; i++) {
    u[i] = 0.0;
    for (size_t n = 0; n < end->nodes; n++)
      u[i] += c.state.u[3 * (size_t)end->node[n] + (size_t)i] / (double)end->nodes;
  }
  stf_case_close(&c);
}

/*
 * End of a cantilever of unit length and stiffness under a dead load P across it, [0] along and [1] across: the slope a
 * follows a'' = -P cos a with a(0) = 0, a'(1) = 0 (the elastica). The load is sought for a given slope at the end:
 * a'^2 = 2 P (sin a1 - sin a), and with sin a = sin a1 - s^2 the integrals are smooth.
 */
static double elastica_length(double end, double P, double at[2]) {
  enum { CUTS = 2000 };
  const double top = sqrt(sin(end));
  double length_of = 0.0;
  at[0] = at[1] = 0.0;
  for (int k = 0; k < CUTS; k++) {
    const double s = top * (k + 0.5) / CUTS, sine = sin(end) - s * s, cosine = sqrt(1.0 - sine * sine);
    const double ds = 2.0 / (cosine * sqrt(2.0 * P)) * top / CUTS;
    length_of += ds;
    at[0] += cosine * ds;
    at[1] += sine * ds;
  }
  return length_of;
}

static void elastica(double P, double at[2]) {
  double low = 0.0, high = 0.5 * PI;
  for (int k = 0; k < 60; k++) {
    const double end = 0.5 * (low + high);
    *(elastica_length(end, P, at) < 1.0 ? &low : &high) = end;
  }
}

static const char plane_strain[] =
    "  - {at: 0 s, do: symmetry, where: y_min}\n  - {at: 0 s, do: symmetry, where: y_max}\n";

static const char *const elements[] = {"hex8-shell", "wedge6-shell"};
static const double EVEN = 2.0 / 3.0, INCOMPRESSIBLE = 1e4; /* bulk modulus for nu = 0, and for nu = 0.49995 */

/* Modulus [MPa] in cylindrical bending, E/(1 - nu^2). */
static double plate_modulus(double kappa) {
  return 4.0 * MU * (3.0 * kappa + MU) / (3.0 * kappa + 4.0 * MU);
}

/* Deflection of a cantilever of 20 elements in cylindrical bending over that of the elastica with the shear of a beam,
 * under a load of `load` D/L^2. */
static double cantilever(const char *element, double kappa, double ratio, double load) {
  double at[2], u[3];
  length = ratio, thickness = 1.0, width = ratio / 20.0;
  const double D = plate_modulus(kappa) * width / 12.0, F = load * D / (length * length);
  const sheet s = {.element = element,
                   .cells = {20, 1},
                   .map = flat,
                   .kappa = kappa,
                   .sides = plane_strain,
                   .force = {0.0, 0.0, F},
                   .steps = 2};
  deflect(&s, u);
  elastica(load, at); /* the load slants off the turning beam: its mean cosine is near that of the chord */
  return u[2] / (length * at[1] + at[0] * F * length / (5.0 / 6.0 * MU * width * thickness));
}

/* One step more than rounding leaves at L/t = 1000 and kappa/mu = 1e4 is not to be had: there loads are small. */
static void cantilevers_bend_as_the_elastica_at_any_thickness(void **state) {
  (void)state;
  for (int e = 0; e < 2; e++)
    for (double ratio = 10.0; ratio < 2000.0; ratio *= 10.0) {
      stf_test_about("%s, L/t %g", elements[e], ratio);
      stf_assert_near(cantilever(elements[e], EVEN, ratio, 1.0), 1.0, 2e-3);
      stf_assert_near(cantilever(elements[e], INCOMPRESSIBLE, ratio, 0.03), 1.0, 4e-3);
    }
  stf_test_about("%s", "");
}

/* The tests above can fail: one hex8 through the thickness is nowhere near. */
static void a_solid_element_would_lock(void **state) {
  (void)state;
  const double found = cantilever("hex8", EVEN, 100.0, 1.0);
  assert_true(found < 0.2);
}

/* A quarter of a ring under a radial force at its end: pi/4 F R^3/D (thin; Timoshenko, Strength of Materials). */
static double curved_beam(const char *element, double ratio, int elements_along) {
  double u[3];
  thickness = 1.0, length = 0.5 * PI * ratio, width = ratio / 20.0;
  const double D = plate_modulus(EVEN) * width / 12.0, F = 1e-4 * D / (ratio * ratio);
  const sheet s = {.element = element,
                   .cells = {elements_along, 1},
                   .map = ring,
                   .kappa = EVEN,
                   .sides = "",
                   .force = {F, 0.0, 0.0}};
  deflect(&s, u);
  return u[0] / (0.25 * PI * F * ratio * ratio * ratio / D);
}

static void curved_beams_are_free_of_the_locking_of_trapezoids(void **state) {
  (void)state;
  for (int e = 0; e < 2; e++)
    for (double ratio = 100.0; ratio < 2000.0; ratio *= 10.0) {
      stf_test_about("%s, R/t %g", elements[e], ratio);
      const double coarse = curved_beam(elements[e], ratio, 5) - 1.0, fine = curved_beam(elements[e], ratio, 10) - 1.0;
      stf_assert_small(fabs(fine), 3e-3);
      stf_assert_near(log2(coarse / fine), 2.0, 0.15); /* order of the error */
    }
  stf_test_about("%s", "");
}

/*
 * Fibres of 1e5 mu along a sheet: it shears more than it bends. Stiff fibres keep sections from warping, so that the
 * shear is even through the thickness and Timoshenko's beam has a shear factor of 1.
 */
static void sheets_of_stiff_fibres_bend_and_shear_as_beams(void **state) {
  (void)state;
  const double kappa = 10.0, modulus = 1e5;
  for (int e = 0; e < 2; e++)
    for (double ratio = 100.0; ratio < 2000.0; ratio *= 10.0) {
      double u[3];
      length = ratio, thickness = 1.0, width = ratio / 20.0;
      const double D = (modulus + plate_modulus(kappa)) * width / 12.0, F = 1e-2 * D / (ratio * ratio);
      const sheet s = {.element = elements[e],
                       .cells = {20, 1},
                       .map = flat,
                       .kappa = kappa,
                       .fibre_modulus = modulus,
                       .families = 1,
                       .sides = plane_strain,
                       .force = {0.0, 0.0, F}};
      deflect(&s, u);
      stf_test_about("%s, L/t %g", elements[e], ratio);
      stf_assert_near(u[2], F * length * (length * length / (3.0 * D) + 1.0 / (MU * width)), 1e-3);
    }
  stf_test_about("%s", "");
}

/* In-plane deflection of a sheet 20 x 10 x 0.2 under a load across its end. */
static double sheared_sheet(const char *element, int families, double angle_deg, int cells_across) {
  double u[3];
  length = 20.0, width = 10.0, thickness = 0.2;
  const sheet s = {.element = element,
                   .cells = {2 * cells_across, cells_across},
                   .map = flat,
                   .kappa = 10.0,
                   .fibre_modulus = 1e5,
                   .families = families,
                   .angle_deg = {angle_deg, -angle_deg},
                   .sides = "",
                   .force = {0.0, 1e-3, 0.0}};
  deflect(&s, u);
  return u[1];
}

/* Fibres of 1e5 mu that cross the mesh, one family and two: a mesh of four elements across is never stiffer than one of
 * sixteen, and within 12 % of it. */
static void fibres_across_the_mesh_do_not_lock_hexahedra(void **state) {
  (void)state;
  for (int families = 1; families <= 2; families++) {
    const double angle = families == 1 ? 30.0 : 45.0;
    const double coarse = sheared_sheet("hex8-shell", families, angle, 4);
    const double fine = sheared_sheet("hex8-shell", families, angle, 16);
    stf_test_about("%d families", families);
    assert_true(coarse > fine);
    stf_assert_near(coarse, fine, 0.12);
    assert_true(sheared_sheet("hex8-std", families, angle, 4) < 0.5 * fine); /* as displacement elements do */
  }
  stf_test_about("%s", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(cantilevers_bend_as_the_elastica_at_any_thickness),  TEST(a_solid_element_would_lock),
      TEST(curved_beams_are_free_of_the_locking_of_trapezoids), TEST(sheets_of_stiff_fibres_bend_and_shear_as_beams),
      TEST(fibres_across_the_mesh_do_not_lock_hexahedra),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
