/*
 * Blocks on several ranks: what couples more nodes than an element's gives the answer of one rank. Run under mpiexec:
 * the body is cut among all ranks, and each rank also solves the whole of it alone.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/sampling.h"
#include "solve/tools.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_grid.h"
#include "stf_test.h"

static double over_all(double mine) {
  double all;
  MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return all;
}

/* Whether a node is a rigid body's own: their two lie in one place. */
static bool is_body(const stf_domain *d, size_t node) {
  for (size_t r = 0; r < d->protocol->rigids; r++)
    if (node == (size_t)d->body[r].shift || node == (size_t)d->body[r].turn) return true;
  return false;
}

static int node_at(const stf_domain *d, const double X[3]) {
  for (size_t n = 0; n < d->local; n++)
    if (!is_body(d, n) && !memcmp(d->X[n], X, sizeof *d->X)) return (int)n;
  return -1;
}

/* Largest difference of displacements from those of the whole, ghosts too, over the largest displacement. */
static double difference(const stf_case *part, const stf_case *whole) {
  double worst = 0.0, largest = 0.0;
  for (size_t n = 0; n < part->domain.local; n++) {
    const int at = node_at(&whole->domain, part->domain.X[n]);
    if (is_body(&part->domain, n)) continue;
    if (at < 0) return INFINITY;
    for (size_t i = 0; i < 3; i++) {
      const double u = whole->state.u[3 * (size_t)at + i];
      worst = fmax(worst, fabs(part->state.u[3 * n + i] - u));
      largest = fmax(largest, fabs(u));
    }
  }
  return over_all(worst) / over_all(largest);
}

/* Solves `text` on all ranks and alone; both are to be closed. */
static void solve_both(const char *text, stf_case *part, stf_case *whole) {
  stf_case_read(text, part);
  stf_case_read(text, whole);
  stf_case_cut(MPI_COMM_WORLD, 1e-11, part);
  stf_case_cut(MPI_COMM_SELF, 1e-11, whole);
  stf_case_solve(part, 1.0, 4, NULL);
  stf_case_solve(whole, 1.0, 4, NULL);
  assert_true(over_all((double)part->domain.owned) < (double)whole->domain.owned);
  stf_assert_small(difference(part, whole), 1e-9);
}

static void patches_of_tetrahedra_are_the_same_on_all_ranks(void **state) {
  (void)state;
  stf_case part, whole;
  stf_sampled sampled[2][2];
  double force[2][3];
  const stf_grid_block block = {.cells = {5, 3, 3}, .side = {"x_min", "x_max"}, .distortion = 0.2};
  stf_grid_write("box.msh", STF_TET4, &block, 1);
  stf_case_tissue("solid", "quadratic", 1.0, 1e3, NULL);
  solve_both("striffin: 1\n"
             "name: box\n"
             "tissues: {solid: solid}\n"
             "anatomy: {generator: gmsh, file: box.msh, unit: mm, regions: [{name: body, tissue: solid}]}\n"
             "mesh: {element: tet4}\n"
             "timeline:\n"
             "  - {do: grip, where: x_min}\n"
             "  - {for: 1 s, do: pull, where: x_max, by: 0.2 mm}\n"
             "measure:\n"
             "  - {name: cut, what: cut_force, across: x, at: 0.5 mm, along: x}\n"
             "  - {name: peak, what: extreme, of: stress}\n",
             &part, &whole);
  assert_int_equal(stf_sample(&part.domain, &part.gauges, &part.state, sampled[0]), STF_OK);
  assert_int_equal(stf_sample(&whole.domain, &whole.gauges, &whole.state, sampled[1]), STF_OK);
  assert_int_equal(stf_equations_grip_forces(&whole.equilibrium.equations, force), STF_OK);
  stf_assert_near(fabs(sampled[0][0].value[0]), force[1][0], 1e-8); /* pressure of the patches included */
  for (int k = 0; k < 2; k++) stf_assert_near(sampled[0][k].value[0], sampled[1][k].value[0], 1e-8);
  stf_case_close(&part);
  stf_case_close(&whole);
}

static const char bodies[] =
    "striffin: 1\n"
    "name: box\n"
    "tissues: {solid: solid, cord: cord}\n"
    "anatomy: {generator: strip, length: 5 mm, width: 2 mm, layers: [{name: a, tissue: solid, thickness: 1 mm}]}\n"
    "mesh: {element: hex8, size: 0.5 mm}\n"
    "rigids:\n"
    "  - {name: near, attach: x_min}\n"
    "  - {name: far, attach: x_max}\n"
    "cables:\n"
    "  - {name: over, tissue: cord, area: 0.05 mm^2, stretch: 1.05, from: {at: [-1 mm, 0 mm, 2 mm], rigid: near},"
    " via: [{at: [1.5 mm, 0.5 mm, 1 mm]}, {at: [3.5 mm, -0.5 mm, 1 mm]}], to: {at: [6 mm, 1 mm, 2 mm], rigid: far}}\n"
    "  - {name: slack, tissue: cord, area: 1 mm^2, slack_length: 50 mm, from: {at: [0.5 mm, 1 mm, 0 mm]},"
    " to: {at: [4.5 mm, 1 mm, 0 mm]}}\n"
    "timeline:\n"
    "  - {do: fix, rigid: near}\n"
    "  - {for: 1 s, do: push, rigid: far, force: [0.3 N, 0.05 N, -0.02 N], moment: [0.1 N mm, 0.05 N mm, 0 N mm]}\n"
    "  - {at: 0 s, for: 1 s, do: pressure, where: z_max, by: 0.005 MPa}\n"
    "measure: [{name: u, what: displacement, at: [5 mm, 0 mm, 0 mm], along: x}]\n";

static void write_cord(void) {
  stf_case_tissue("solid", "quadratic", 0.4, 1.5, NULL);
  stf_case_tissue("cord", "quadratic", 0.4, 1.5,
                  "  - name: cord\n"
                  "    law: fibrils\n"
                  "    fraction: {value: 0.6, grade: \"estimated: chosen\"}\n"
                  "    modulus: {value: 50 MPa, grade: \"estimated: chosen\"}\n"
                  "    straightening_stretch: {value: 1.01, grade: \"estimated: chosen\"}\n"
                  "    straightening_sd: {value: 0.003, grade: \"estimated: chosen\"}\n");
}

/* Both bodies' faces are cut among ranks; the cable runs over nodes of several. */
static void rigid_bodies_and_cables_are_the_same_on_all_ranks(void **state) {
  (void)state;
  stf_case part, whole;
  stf_rigid_reading rigid[2][2];
  stf_cable_reading cable[2][2];
  write_cord();
  solve_both(bodies, &part, &whole);
  stf_case *both[2] = {&part, &whole};
  for (int k = 0; k < 2; k++) {
    const stf_equations *q = &both[k]->equilibrium.equations;
    assert_int_equal(stf_equations_rigids(q, both[k]->state.u, rigid[k]), STF_OK);
    assert_int_equal(stf_equations_cables(q, stf_state_past(&both[k]->state), both[k]->state.u, cable[k]), STF_OK);
  }
  assert_true(cable[1][0].force > 0.05 && cable[1][1].force == 0.0 && cable[1][1].stretch < 0.2);
  for (int k = 0; k < 2; k++) {
    stf_assert_all_near(rigid[0][k].force, rigid[1][k].force, 3, 1e-8);
    stf_assert_all_near(rigid[0][k].moment, rigid[1][k].moment, 3, 1e-8);
    stf_assert_near(cable[0][k].stretch, cable[1][k].stretch, 1e-9);
  }
  stf_assert_all_near(rigid[0][1].turn, rigid[1][1].turn, 3, 1e-8);
  assert_true(fabs(rigid[1][1].turn[0]) > 0.1);
  stf_assert_near(cable[0][0].force, cable[1][0].force, 1e-8);
  stf_case_close(&part);
  stf_case_close(&whole);
}

static const char tools[] =
    "striffin: 1\n"
    "name: box\n"
    "tissues: {solid: solid}\n"
    "anatomy: {generator: strip, length: 5 mm, width: 2 mm, layers: [{name: a, tissue: solid, thickness: 1 mm}]}\n"
    "mesh: {element: hex8, size: 0.5 mm}\n"
    "tools:\n"
    "  - {name: roller, shape: cylinder, centre: [2.5 mm, 0 mm, 3 mm], axis: [0, 1, 0], radius: 2 mm, against: z_max,"
    " friction: 0.3}\n"
    "timeline:\n"
    "  - {at: 0 s, do: grip, where: z_min}\n"
    "  - {for: 1 s, do: move, rigid: roller, by: [0.2 mm, 0.1 mm, -0.2 mm], turn: 2 deg, axis: [0, 1, 0]}\n"
    "measure: [{name: area, what: contact_area, rigid: roller}]\n";

/* The tool belongs to one rank and touches nodes of all. */
static void tools_are_the_same_on_all_ranks(void **state) {
  (void)state;
  stf_case part, whole;
  stf_rigid_reading rigid[2];
  stf_tool_reading tool[2];
  stf_case_tissue("solid", "quadratic", 0.4, 1.5, NULL);
  solve_both(tools, &part, &whole);
  stf_case *both[2] = {&part, &whole};
  for (int k = 0; k < 2; k++) {
    assert_int_equal(stf_equations_rigids(&both[k]->equilibrium.equations, both[k]->state.u, &rigid[k]), STF_OK);
    assert_int_equal(stf_tools_read(&both[k]->domain, &both[k]->state, &tool[k]), STF_OK);
  }
  assert_true(tool[1].area > 1.0 && tool[1].lost > 1e-4);
  stf_assert_all_near(rigid[0].force, rigid[1].force, 3, 1e-8);
  stf_assert_all_near(rigid[0].moment, rigid[1].moment, 3, 1e-8);
  stf_assert_all_near((const double *)&tool[0], (const double *)&tool[1], 6, 1e-8);
  stf_case_close(&part);
  stf_case_close(&whole);
}

static void the_same_again_is_the_same_to_the_last_bit(void **state) {
  (void)state;
  double *first = NULL;
  stf_case c;
  write_cord();
  stf_case_read(bodies, &c);
  stf_case_cut(MPI_COMM_WORLD, 1e-8, &c);
  const size_t bytes = 3 * c.domain.local * sizeof *c.state.u;
  for (int turn = 0; turn < 3; turn++) {
    stf_case_solve(&c, 1.0, 3, NULL);
    if (turn == 0) assert_non_null(first = malloc(bytes));
    if (turn == 0) memcpy(first, c.state.u, bytes);
    assert_true(over_all(memcmp(first, c.state.u, bytes) ? 1.0 : 0.0) == 0.0);
    stf_equilibrium_destroy(&c.equilibrium);
    stf_state_clear(&c.state);
    assert_int_equal(stf_equilibrium_create(&c.domain, 1e-8, STF_LINEAR_AUTO, &c.equilibrium), STF_OK);
    assert_int_equal(stf_state_init(&c.domain, &c.state), STF_OK);
  }
  free(first);
  stf_case_close(&c);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(patches_of_tetrahedra_are_the_same_on_all_ranks),
      TEST(rigid_bodies_and_cables_are_the_same_on_all_ranks),
      TEST(tools_are_the_same_on_all_ranks),
      TEST(the_same_again_is_the_same_to_the_last_bit),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
