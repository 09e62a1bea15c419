/*
 * Blocks on several ranks: what couples more nodes than an element's gives the answer of one rank. Run under mpiexec:
 * the body is cut among all ranks, and each rank also solves the whole of it alone.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/sampling.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_grid.h"
#include "stf_test.h"

static double over_all(double mine) {
  double all;
  MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return all;
}

static int node_at(const stf_domain *d, const double X[3]) {
  for (size_t n = 0; n < d->local; n++)
    if (!memcmp(d->X[n], X, sizeof *d->X)) return (int)n;
  return -1;
}

/* Largest difference of displacements from those of the whole, ghosts too, over the largest displacement. */
static double difference(const stf_case *part, const stf_case *whole) {
  double worst = 0.0, largest = 0.0;
  for (size_t n = 0; n < part->domain.local; n++) {
    const int at = node_at(&whole->domain, part->domain.X[n]);
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
  assert_int_equal(stf_sample(&part.domain, &part.gauges, part.state.u, sampled[0]), STF_OK);
  assert_int_equal(stf_sample(&whole.domain, &whole.gauges, whole.state.u, sampled[1]), STF_OK);
  assert_int_equal(stf_equations_grip_forces(&whole.equilibrium.equations, force), STF_OK);
  stf_assert_near(fabs(sampled[0][0].value[0]), force[1][0], 1e-8); /* pressure of the patches included */
  for (int k = 0; k < 2; k++) stf_assert_near(sampled[0][k].value[0], sampled[1][k].value[0], 1e-8);
  stf_case_close(&part);
  stf_case_close(&whole);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(patches_of_tetrahedra_are_the_same_on_all_ranks),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
