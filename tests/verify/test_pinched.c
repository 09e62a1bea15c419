/*
 * Thin shells by elements that are one layer of the sheet, at loads so small that all is linear (MacNeal & Harder
 * 1985): the cylinder between diaphragms pinched by two forces, the open hemisphere pulled and pressed by four, the
 * Scordelis-Lo roof under its weight. Moduli and loads are a millionth of the published ones.
 */
#include <math.h>
#include <stdlib.h>

#include "stf_case.h"
#include "stf_files.h"
#include "stf_grid.h"
#include "stf_test.h"

enum { LEVELS = 3 };

static const double PI = 3.14159265358979323846;

typedef struct shell {
  double radius, thickness, length,
      angle; /* angle: half the roof's opening, or the hemisphere's latitude at the hole */
  double young, poisson;
} shell;

static const shell cylinder = {300.0, 3.0, 600.0, 0.0, 3.0, 0.3};
static const shell hemisphere = {10.0, 0.04, 0.0, 72.0, 68.25, 0.3};
static const shell roof = {25.0, 0.25, 50.0, 40.0, 432.0, 0.0};

/* ---- meshes: s2 runs outwards through the thickness ---- */

static double radius_at(const shell *b, double s) {
  return b->radius + b->thickness * (s - 0.5);
}

/* An eighth: z from the middle to the diaphragm. */
static void map_cylinder(const double s[3], const void *context, double X[3]) {
  const shell *b = context;
  const double r = radius_at(b, s[2]);
  X[0] = r * cos(0.5 * PI * s[0]);
  X[1] = r * sin(0.5 * PI * s[0]);
  X[2] = 0.5 * b->length * s[1];
}

/* A quarter: from the equator to the hole. */
static void map_hemisphere(const double s[3], const void *context, double X[3]) {
  const shell *b = context;
  const double r = radius_at(b, s[2]), up = b->angle * PI / 180.0 * s[1], about = 0.5 * PI * s[0];
  X[0] = r * cos(up) * cos(about);
  X[1] = r * cos(up) * sin(about);
  X[2] = r * sin(up);
}

/* A quarter: from the crown, along y, to the free edge; z from the diaphragm to the middle. */
static void map_roof(const double s[3], const void *context, double X[3]) {
  const shell *b = context;
  const double r = radius_at(b, s[2]), angle = b->angle * PI / 180.0 * s[0];
  X[0] = r * sin(angle);
  X[1] = r * cos(angle);
  X[2] = 0.5 * b->length * (1.0 - s[1]);
}

/* ---- holding and pulling ---- */

/* A shell whose unknowns are all free, under a force along y for each area of the middle surface, half on each side. */
static void open_shell(const shell *b, stf_grid_map *map, const char *element, int cells, double load, stf_case *c) {
  char text[1024];
  const stf_grid_block block = {
      .cells = {cells, cells, 1}, .map = map, .context = b, .side = {"low", "high", NULL, NULL, "inside", "outside"}};
  stf_grid_write("shell.msh", stf_element_find(element)->shape, &block, 1);
  stf_case_tissue("sheet", "quadratic", 0.5 * b->young / (1.0 + b->poisson), b->young / (3.0 - 6.0 * b->poisson), NULL);
  snprintf(text, sizeof text,
           "striffin: 1\n"
           "name: shell\n"
           "tissues: {all: sheet}\n"
           "anatomy: {generator: gmsh, file: shell.msh, unit: mm, regions: [{name: body, tissue: all}]}\n"
           "mesh: {element: %s}\n"
           "timeline:\n"
           "  - {at: 0 s, do: grip, where: low}\n"
           "  - {at: 0 s, for: 1 s, do: pull, where: high, by: 1 mm}\n"
           "  - {at: 0 s, for: 1 s, do: traction, where: inside, by: [0 MPa, %.17g MPa, 0 MPa]}\n"
           "  - {at: 0 s, for: 1 s, do: traction, where: outside, by: [0 MPa, %.17g MPa, 0 MPa]}\n"
           "measure: [{name: force, what: grip_force, where: low}]\n",
           element, 0.5 * load * b->radius / radius_at(b, 0.0), 0.5 * load * b->radius / radius_at(b, 1.0));
  stf_case_read(text, c);
  stf_case_cut(MPI_COMM_SELF, 1e-4, c);
  stf_case_release(c);
}

/* The two nodes, inside and outside, that the map puts at s0, s1. */
static void nodes_at(const stf_case *c, const shell *b, stf_grid_map *map, const double s[2], size_t node[2]) {
  for (int side = 0; side < 2; side++) {
    double X[3];
    map((double[3]){s[0], s[1], side}, b, X);
    node[side] = c->domain.local;
    for (size_t n = 0; n < c->domain.local; n++) {
      const double *Y = c->domain.X[n];
      if (fabs(X[0] - Y[0]) + fabs(X[1] - Y[1]) + fabs(X[2] - Y[2]) < 1e-6 * b->radius) node[side] = n;
    }
    assert_true(node[side] < c->domain.local);
  }
}

static void hold_pair(stf_case *c, const size_t node[2], int axis, double displacement) {
  for (int side = 0; side < 2; side++) stf_case_hold(c, node[side], axis, 1, displacement);
}

static double pair_force(const stf_case *c, const size_t node[2], int axis) {
  const double *f = c->equilibrium.equations.forces;
  return f[3 * node[0] + (size_t)axis] + f[3 * node[1] + (size_t)axis];
}

/* How far the cylinder gives way under a force of 1e-6 N; an eighth of it bears a quarter. */
static double pinch_cylinder(const char *element, int cells) {
  const double small = 1e-4;
  size_t node[2];
  stf_case c;
  open_shell(&cylinder, map_cylinder, element, cells, 0.0, &c);
  for (int axis = 0; axis < 3; axis++) stf_case_hold_plane(&c, axis, 0.0, axis, 0.0, 0.0);
  for (int axis = 0; axis < 2; axis++) stf_case_hold_plane(&c, 2, 0.5 * cylinder.length, axis, 0.0, 0.0);
  nodes_at(&c, &cylinder, map_cylinder, (double[2]){0.0, 0.0}, node);
  hold_pair(&c, node, 0, -small);
  stf_case_solve(&c, 1.0, 1, NULL);
  const double force = -4.0 * pair_force(&c, node, 0);
  stf_case_close(&c);
  return 1e-6 * small / force;
}

/* How far the hemisphere gives way under four forces of 2e-6 N, outwards along x, inwards along y; a quarter bears
 * half.
 */
static double pinch_hemisphere(const char *element, int cells) {
  const double small = 1e-4;
  size_t out[2], in[2];
  stf_case c;
  open_shell(&hemisphere, map_hemisphere, element, cells, 0.0, &c);
  for (int axis = 0; axis < 2; axis++) stf_case_hold_plane(&c, axis, 0.0, axis, 0.0, 0.0);
  nodes_at(&c, &hemisphere, map_hemisphere, (double[2]){0.0, 0.0}, out);
  nodes_at(&c, &hemisphere, map_hemisphere, (double[2]){1.0, 0.0}, in);
  hold_pair(&c, out, 0, small);
  hold_pair(&c, in, 1, -small);
  stf_case_hold(&c, out[0], 2, 1, 0.0);
  stf_case_solve(&c, 1.0, 1, NULL);
  const double force = pair_force(&c, out, 0) - pair_force(&c, in, 1); /* of both, each half of its own */
  stf_case_close(&c);
  return 2e-6 * small / force;
}

/* How far the middle of the free edge sinks under 90e-6 MPa of the middle surface; asked for at a small share of that.
 */
static double load_roof(const char *element, int cells) {
  const double share = 1e-4;
  size_t node[2];
  stf_case c;
  open_shell(&roof, map_roof, element, cells, -share * 90e-6, &c);
  stf_case_hold_plane(&c, 0, 0.0, 0, 0.0, 0.0);
  stf_case_hold_plane(&c, 2, 0.0, 2, 0.0, 0.0);
  for (int axis = 0; axis < 2; axis++) stf_case_hold_plane(&c, 2, 0.5 * roof.length, axis, 0.0, 0.0);
  nodes_at(&c, &roof, map_roof, (double[2]){1.0, 1.0}, node);
  stf_case_solve(&c, 1.0, 1, NULL);
  const double down = -0.5 * (c.state.u[3 * node[0] + 1] + c.state.u[3 * node[1] + 1]) / share;
  stf_case_close(&c);
  return down;
}

/* Triangles, whose strains in the plane are even, need finer meshes. */
static void check(double (*solve)(const char *element, int cells), const char *what, double known) {
  static const double tolerance[2][LEVELS] = {{0.3, 0.1, 0.02}, {0.8, 0.25, 0.06}};
  for (int e = 0; e < STF_PROMISES; e++) {
    if (!stf_promises[e].shell) continue;
    const bool triangular = stf_element_find(stf_promises[e].name)->shape == STF_WEDGE6;
    for (int k = 0; k < LEVELS; k++) {
      const int cells = 8 << k;
      stf_assert_row(solve(stf_promises[e].name, cells), known, tolerance[triangular][k],
                     "%s, %d cells a side: %s [mm]", stf_promises[e].name, cells, what);
    }
  }
}

static void a_pinched_cylinder_gives_way_as_known(void **state) {
  (void)state;
  check(pinch_cylinder, "pinched cylinder", 1.8248e-5);
}

/* Values from 0.0924 to 0.0940 are quoted. */
static void a_pinched_hemisphere_gives_way_as_known(void **state) {
  (void)state;
  check(pinch_hemisphere, "pinched hemisphere", 0.0930);
}

/* 0.3006 for deep shells; 0.3024 is quoted too. */
static void the_scordelis_lo_roof_sinks_as_known(void **state) {
  (void)state;
  check(load_roof, "Scordelis-Lo roof", 0.3006);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_pinched_cylinder_gives_way_as_known),
      TEST(a_pinched_hemisphere_gives_way_as_known),
      TEST(the_scordelis_lo_roof_sinks_as_known),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
