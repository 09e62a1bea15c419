/*
 * Rigid bodies on solved meshes: turning all is no strain, the torque of a twisted cylinder is that of the closed form,
 * what is free finds its balance, Newton's method stays quadratic, and what cannot be is refused.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "result/study.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_grid.h"
#include "stf_test.h"

static const double MU = 0.4;

/* A block 3 x 2 x 1 mm with its middle at y = 0; `rigids` and `timeline` are YAML. */
static const char *block_text(const char *rigids, const char *timeline) {
  static char text[4096];
  snprintf(
      text, sizeof text,
      "striffin: 1\nname: block\ntissues: {solid: solid}\n"
      "anatomy: {generator: strip, length: 3 mm, width: 2 mm, layers: [{name: a, tissue: solid, thickness: 1 mm}]}\n"
      "mesh: {element: hex8, size: 0.5 mm}\nrigids:\n%stimeline:\n%s"
      "measure:\n  - {name: ux, what: displacement, at: [3 mm, 1 mm, 1 mm], along: x}\n",
      rigids, timeline);
  return text;
}

static void open_block(const char *rigids, const char *timeline, stf_case *c) {
  stf_case_tissue("solid", "quadratic", MU, 1.5, NULL);
  stf_case_read(block_text(rigids, timeline), c);
  stf_case_cut(PETSC_COMM_SELF, 1e-10, c);
}

static stf_rigid_reading reading_of(const stf_case *c, size_t rigid) {
  stf_rigid_reading all[8];
  assert_int_equal(stf_equations_rigids(&c->equilibrium.equations, c->state.u, all), STF_OK);
  return all[rigid];
}

/* The whole block follows the body of its one end, which turns half round about a line beside it and moves along. */
static void a_block_that_only_follows_its_body_turns_without_stress(void **state) {
  (void)state;
  stf_case c;
  open_block("  - {name: end, attach: x_max}\n",
             "  - {for: 1 s, do: move, rigid: end, by: [0.5 mm, 0 mm, -1 mm], turn: 180 deg, axis: [1, 1, 0],"
             " through: [0 mm, 5 mm, 0 mm]}\n",
             &c);
  stf_case_solve(&c, 1.0, 30, NULL);
  const stf_rigid_reading end = reading_of(&c, 0);
  for (size_t n = 0; n < c.domain.local - 2; n++) {
    const double *X = c.domain.X[n], *u = c.state.u + 3 * n;
    /* half a turn about (1, 1, 0)/sqrt(2) swaps x and y and turns z round */
    const double wanted[3] = {X[1] - 5.0 + 0.5, X[0] + 5.0, -X[2] - 1.0};
    for (int i = 0; i < 3; i++) stf_assert_small(X[i] + u[i] - wanted[i], 1e-6);
  }
  for (int i = 0; i < 3; i++) stf_assert_small(fabs(end.force[i]) + fabs(end.moment[i]), 1e-7);
  stf_assert_near(hypot(end.turn[0], end.turn[1]), M_PI, 1e-12);
  stf_case_close(&c);
}

static void a_region_moves_as_one(void **state) {
  (void)state;
  stf_case c;
  open_block("  - {name: all, attach: a}\n",
             "  - {for: 1 s, do: move, rigid: all, turn: 90 deg, axis: [0, 0, 2]}\n"
             "  - {for: 1 s, do: move, rigid: all, turn: 90 deg, axis: [1, 0, 0]}\n",
             &c);
  stf_case_solve(&c, 2.0, 2, NULL);
  for (size_t n = 0; n < c.domain.local - 2; n++) {
    const double *X = c.domain.X[n], *u = c.state.u + 3 * n, p[3] = {X[0] - 1.5, X[1], X[2] - 0.5};
    const double wanted[3] = {-p[1] - p[0], -p[2] - p[1], p[0] - p[2]}; /* (x, y, z) -> (-y, x, z) -> (-y, -z, x) */
    for (int i = 0; i < 3; i++) stf_assert_small(u[i] - wanted[i], 1e-12);
  }
  stf_case_close(&c);
}

/* ---- torsion ---- */

static const double RADIUS = 1.0, LENGTH = 1.0;

/* The square in the middle of a disc. */
static void map_middle(const double s[3], const void *context, double X[3]) {
  (void)context;
  X[0] = LENGTH * s[2];
  X[1] = 0.5 * RADIUS * (2.0 * s[0] - 1.0);
  X[2] = 0.5 * RADIUS * (2.0 * s[1] - 1.0);
}

/* One of four parts between a side of the square and the rim: s0 goes outwards, s1 round. */
static void map_rim(const double s[3], const void *context, double X[3]) {
  const double round = 0.5 * M_PI * (s[1] - 0.5), turn = 0.5 * M_PI * *(const int *)context;
  const double out = (1.0 - s[0]) * 0.5 * RADIUS + s[0] * RADIUS * cos(round);
  const double across = (1.0 - s[0]) * 0.5 * RADIUS * (2.0 * s[1] - 1.0) + s[0] * RADIUS * sin(round);
  X[0] = LENGTH * s[2];
  X[1] = cos(turn) * out - sin(turn) * across;
  X[2] = sin(turn) * out + cos(turn) * across;
}

static void write_bar(int cells) {
  static const int part[4] = {0, 1, 2, 3};
  stf_grid_block block[5] = {{.cells = {cells, cells, cells}, .map = map_middle, .side = {[4] = "near", "far"}}};
  for (int k = 0; k < 4; k++)
    block[k + 1] = (stf_grid_block){
        .cells = {(cells + 1) / 2, cells, cells}, .map = map_rim, .context = &part[k], .side = {[4] = "near", "far"}};
  stf_grid_write("bar.msh", STF_HEX8, block, 5);
}

/* A cylinder along x, its ends on rigid bodies that keep their distance, one of them twisted by `degrees`. */
static double torque(int cells, double degrees, int steps, stf_step_report *last) {
  char text[1024];
  stf_case c;
  write_bar(cells);
  stf_case_tissue("solid", "quadratic", MU, 1e4 * MU, NULL);
  snprintf(text, sizeof text,
           "striffin: 1\nname: bar\ntissues: {solid: solid}\n"
           "anatomy: {generator: gmsh, file: bar.msh, unit: mm, regions: [{name: body, tissue: solid}]}\n"
           "mesh: {element: hex8}\n"
           "rigids:\n  - {name: near, attach: near}\n  - {name: far, attach: far}\n"
           "timeline:\n  - {do: fix, rigid: near}\n"
           "  - {for: 1 s, do: move, rigid: far, turn: %g deg, axis: [1, 0, 0]}\n"
           "measure:\n  - {name: u, what: displacement, at: [1 mm, 0 mm, 0 mm], along: x}\n",
           degrees);
  stf_case_read(text, &c);
  stf_case_cut(PETSC_COMM_SELF, 1e-9, &c);
  stf_case_solve(&c, 1.0, steps, last);
  const stf_rigid_reading near = reading_of(&c, 0), far = reading_of(&c, 1);
  stf_assert_near(near.moment[0], -far.moment[0], 1e-7);
  stf_assert_small(hypot(far.moment[1], far.moment[2]) / far.moment[0], 1e-7);
  stf_assert_small((near.force[0] + far.force[0]) / far.force[0], 1e-6);
  stf_case_close(&c);
  return far.moment[0];
}

/* mu pi R^4 twist/2, exact for an incompressible neo-Hookean cylinder however far it is twisted (Rivlin 1948). */
static void a_twisted_cylinder_has_the_moment_of_the_closed_form(void **state) {
  (void)state;
  stf_step_report report;
  double error[2];
  for (int k = 0; k < 2; k++) {
    const double degrees = 60.0, wanted = MU * M_PI / 2.0 * pow(RADIUS, 4.0) * (degrees * M_PI / 180.0) / LENGTH;
    error[k] = fabs(torque(4 << k, degrees, 24, &report) / wanted - 1.0);
  }
  stf_assert_small(error[1], 0.01);
  assert_true(error[1] < 0.35 * error[0]);
  const int n = report.history_count; /* each residual goes as the square of the last */
  assert_true(n >= 3 && n <= 7);
  for (int k = n - 2; k < n; k++) assert_true(report.history[k] < 1e-3 * report.history[k - 1]);
}

/* ---- free components ---- */

static void what_is_free_finds_its_balance_under_a_push(void **state) {
  (void)state;
  stf_case c;
  stf_step_report report;
  double grip[1][3];
  open_block("  - {name: end, attach: x_max}\n",
             "  - {do: grip, where: x_min}\n"
             "  - {for: 1 s, do: push, rigid: end, force: [0.1 N, 0.02 N, -0.1 N], point: [4 mm, 0.5 mm, 0 mm],"
             " moment: [0.1 N mm, -0.03 N mm, 0.05 N mm]}\n",
             &c);
  stf_case_solve(&c, 1.0, 4, &report);
  const stf_rigid_reading end = reading_of(&c, 0);
  const double force[3] = {0.1, 0.02, -0.1}, moment[3] = {0.1, -0.03, 0.05}, arm[3] = {1.0, 0.5, -0.5};
  double at[3], wanted[3];
  stf_rotation turned;
  stf_rotation_set(end.turn, &turned);
  stf_rotation_apply(&turned, arm, at);
  for (int i = 0; i < 3; i++)
    wanted[i] = moment[i] + at[(i + 1) % 3] * force[(i + 2) % 3] - at[(i + 2) % 3] * force[(i + 1) % 3];
  stf_assert_all_near(end.force, force, 3, 1e-8);
  stf_assert_all_near(end.moment, wanted, 3, 1e-8);
  assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, grip), STF_OK);
  for (int i = 0; i < 3; i++) stf_assert_small(grip[0][i] + force[i], 1e-8);
  assert_true(fabs(end.turn[1]) > 0.3 && end.shift[2] < -0.3); /* finite */
  const int n = report.history_count;
  assert_true(n >= 3 && n <= 8 && report.history[n - 1] < 1e-3 * report.history[n - 2]);
  stf_case_close(&c);
}

/* A clamp that may turn lets a slanted pull line the block up: no moment is left on it. */
static void a_clamp_that_may_turn_bears_no_moment(void **state) {
  (void)state;
  stf_case c;
  open_block("  - {name: end, attach: x_max}\n",
             "  - {do: grip, where: x_min}\n  - {for: 1 s, do: move, rigid: end, by: [0.3 mm, 0 mm, 0.4 mm],"
             " free: [turn_x, turn_y, turn_z]}\n",
             &c);
  stf_case_solve(&c, 1.0, 4, NULL);
  const stf_rigid_reading end = reading_of(&c, 0);
  stf_assert_near(end.shift[2], 0.4, 1e-12);
  assert_true(fabs(end.turn[1]) > 0.05 && end.force[0] > 0.05 && end.force[2] > 0.01);
  for (int i = 0; i < 3; i++) stf_assert_small(end.moment[i] / end.force[0], 1e-8);
  stf_case_close(&c);
}

/* ---- tangent ---- */

static void entries_of(stf_case *c, const double *u, double *r) {
  assert_true(stf_equations_residual(&c->equilibrium.equations, u, 0.7, r));
}

/* With pushes, a pressure on the attached face and a held component; by differences of the residual. */
static void the_tangent_is_the_slope_of_the_residual(void **state) {
  (void)state;
  stf_case c;
  uint64_t seed = 5;
  stf_case_tissue("solid", "quadratic", MU, 1.5, NULL);
  char text[4096];
  snprintf(text, sizeof text, "%s",
           block_text("  - {name: end, attach: x_max}\n",
                      "  - {do: grip, where: x_min}\n  - {do: fix, rigid: end, free: [x, y, turn_x, turn_y, turn_z]}\n"
                      "  - {for: 1 s, do: push, rigid: end, force: [1 N, 0.2 N, -0.5 N], point: [4 mm, 0.5 mm, 0 mm],"
                      " moment: [0.9 N mm, -0.3 N mm, 0.5 N mm]}\n"
                      "  - {at: 0 s, for: 1 s, do: pressure, where: x_max, by: 0.3 MPa}\n"));
  char *size = strstr(text, "size: 0.5");
  memcpy(size, "size: 1.0", 9);
  stf_case_read(text, &c);
  stf_case_cut(PETSC_COMM_SELF, 1e-10, &c);
  const size_t n = 3 * c.domain.local;
  double *u = calloc(5 * n, sizeof *u), *up = u + n, *down = u + 2 * n, *moved = u + 3 * n, *row = u + 4 * n;
  assert_non_null(u);
  for (size_t k = 0; k < n; k++) u[k] = 0.05 * stf_test_random(&seed);
  for (int i = 0; i < 3; i++) u[3 * c.domain.body[0].turn + i] = 0.12 * (i + 1);
  stf_domain_hold(&c.domain, 0.7, u);
  assert_int_equal(stf_equations_tangent(&c.equilibrium.equations, u, 0.7, NULL, NULL), STF_OK);
  double worst = 0.0, largest = 0.0;
  for (size_t k = 0; k < n; k++) {
    if (c.domain.hold[k].kind) continue;
    const double h = 1e-6;
    for (int side = 0; side < 2; side++) {
      memcpy(moved, u, n * sizeof *moved);
      moved[k] += side ? -h : h;
      stf_domain_hold(&c.domain, 0.7, moved);
      entries_of(&c, moved, side ? down : up);
    }
    for (size_t r = 0; r < n; r++) {
      const PetscInt at[2] = {(PetscInt)r, (PetscInt)k};
      if (c.domain.hold[r].kind) continue;
      double entry = 0.0;
      MatGetValues(c.equilibrium.equations.K, 1, &at[0], 1, &at[1], &entry);
      worst = fmax(worst, fabs(entry - (up[r] - down[r]) / (2.0 * h)));
      largest = fmax(largest, fabs(entry));
    }
  }
  (void)row;
  assert_true(largest > 0.1);
  stf_assert_small(worst / largest, 1e-8);
  free(u);
  stf_case_close(&c);
}

/* ---- refusals ---- */

static void what_cannot_be_is_refused_with_place_and_names(void **state) {
  (void)state;
  static const char grip[] = "  - {do: grip, where: x_min}\n";
  static const char pull[] = "  - {for: 1 s, do: move, rigid: end, by: [1 mm, 0 mm, 0 mm]}\n";
  static const struct {
    const char *rigids, *before, *after, *said;
  } wrong[] = {
      {"  - {name: end, attach: x_mix}\n", grip, pull, "face or region 'x_mix'"},
      {"  - {name: end, attach: x_min}\n", grip, pull, "rigid body end on x_min, which touches the grip on x_min"},
      {"  - {name: end, attach: x_max}\n  - {name: side, attach: y_max}\n", grip, pull, "which touches rigid body end"},
      {"  - {name: end, attach: x_max}\n  - {name: end, attach: x_min}\n", "", pull, "a second rigid body named end"},
      {"  - {name: end, attach: x_max}\n", grip, "  - {for: 1 s, do: move, rigid: ent, by: [1 mm, 0 mm, 0 mm]}\n",
       "rigid body 'ent'"},
      {"  - {name: end, attach: x_max}\n", grip, "  - {for: 1 s, do: move, rigid: end, turn: 5 deg}\n", "no axis"},
      {"  - {name: end, attach: x_max}\n", grip,
       "  - {for: 1 s, do: move, rigid: end, by: [1 mm, 0 mm, 0 mm], free: [x]}\n", "along x, which is free"},
      {"  - {name: end, attach: x_max}\n", "",
       "  - {for: 1 s, do: move, rigid: end, by: [1 mm, 0 mm, 0 mm], free: [turn_y]}\n", "turn about y"},
      {"  - {name: end, attach: x_max}\n", "", "  - {for: 1 s, do: push, rigid: end, force: [1 N, 0 N, 0 N]}\n",
       "shift along x"},
  };
  stf_case_tissue("solid", "quadratic", MU, 1.5, NULL);
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    stf_case c = {.arena = stf_arena_create(), .diags = stf_diags_create()};
    stf_study study;
    char timeline[512];
    snprintf(timeline, sizeof timeline, "%s%s", wrong[k].before, wrong[k].after);
    stf_files_write("wrong.yaml", block_text(wrong[k].rigids, timeline));
    assert_int_equal(stf_study_read("wrong.yaml", ".", c.arena, c.arena, c.diags, &study), STF_BAD_INPUT);
    bool named = false;
    for (size_t i = 0; i < stf_diags_count(c.diags); i++)
      named = named || strstr(stf_diags_get(c.diags, i)->found, wrong[k].said);
    if (!named) stf_diags_print(c.diags, stderr);
    assert_true(named);
    stf_case_close(&c);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_block_that_only_follows_its_body_turns_without_stress),
      TEST(a_region_moves_as_one),
      TEST(a_twisted_cylinder_has_the_moment_of_the_closed_form),
      TEST(what_is_free_finds_its_balance_under_a_push),
      TEST(a_clamp_that_may_turn_bears_no_moment),
      TEST(the_tangent_is_the_slope_of_the_residual),
      TEST(what_cannot_be_is_refused_with_place_and_names),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
