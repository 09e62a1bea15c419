/*
 * Several ranks give the answer of one. Run under mpiexec: the body is cut among all ranks, and each rank also solves
 * the whole of it alone.
 *
 * What is compared is first reduced over all ranks, so that all pass or fail together.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"

static double over_all(double mine) {
  double all;
  MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return all;
}

static void write_tissues(void) {
  stf_case_tissue("sheet", "convex", 0.5, 2.0,
                  "  - name: along\n"
                  "    law: fibrils\n"
                  "    fraction: {value: 0.2, grade: \"estimated: chosen\"}\n"
                  "    modulus: {value: 300 MPa, grade: \"estimated: chosen\"}\n"
                  "    straightening_stretch: {value: 1.02, grade: \"estimated: chosen\"}\n"
                  "    straightening_sd: {value: 0.01, grade: \"estimated: chosen\"}\n"
                  "  - name: across\n"
                  "    law: fibrils\n"
                  "    fraction: {value: 0.1, grade: \"estimated: chosen\"}\n"
                  "    modulus: {value: 300 MPa, grade: \"estimated: chosen\"}\n"
                  "    straightening_stretch: {value: 1.05, grade: \"estimated: chosen\"}\n"
                  "    straightening_sd: {value: 0.02, grade: \"estimated: chosen\"}\n");
  stf_case_tissue("loose", "log", 0.02, 0.5, NULL);
}

/* Two tissues in three layers, pulled along `axis`; `near` and `far` are YAML of what the grips have besides. */
static void read_strip(char axis, const char *element, double size, const char *near, const char *far, stf_case *c) {
  char text[2048];
  snprintf(text, sizeof text,
           "striffin: 1\n"
           "name: strip\n"
           "tissues: {sheet: sheet, loose: loose}\n"
           "anatomy:\n"
           "  generator: strip\n"
           "  length: 12 mm\n"
           "  width: 4 mm\n"
           "  layers:\n"
           "    - {name: deep, tissue: sheet, thickness: 0.8 mm, fibres: [15 deg, 80 deg]}\n"
           "    - {name: middle, tissue: loose, thickness: 0.4 mm}\n"
           "    - {name: top, tissue: sheet, thickness: 0.8 mm, fibres: [-40 deg, 60 deg]}\n"
           "mesh: {element: %s, size: %g mm}\n"
           "timeline:\n"
           "  - {at: 0 s, do: grip, where: %c_min%s}\n"
           "  - {at: 0 s, do: grip, where: %c_max%s}\n"
           "  - {for: 1 s, do: pull, where: %c_max, by: %g mm}\n"
           "measure:\n"
           "  - {name: force, what: grip_force, where: %c_max}\n"
           "  - {name: down, what: displacement, at: [6 mm, 2 mm, 0 mm], along: z}\n",
           element, size, axis, near, axis, far, axis, axis == 'x' ? 1.0 : 0.5, axis);
  stf_case_read(text, c);
}

/* The local node at a place. */
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

static void solve(MPI_Comm comm, char axis, const char *element, const char *near, const char *far, stf_case *c) {
  read_strip(axis, element, 1.0, near, far, c);
  stf_case_cut(comm, 1e-12, c);
  stf_case_solve(c, 1.0, 2, NULL);
}

static void check_against_one_rank(char axis, const char *element, const char *near, const char *far) {
  stf_case part, whole;
  double force[2][3], expected[2][3];
  stf_test_about("%s along %c%s%s", element, axis, near, far);
  solve(MPI_COMM_WORLD, axis, element, near, far, &part);
  solve(MPI_COMM_SELF, axis, element, near, far, &whole);
  assert_int_equal(whole.domain.owned, whole.model.mesh.nodes);
  assert_true(over_all((double)part.domain.owned) < (double)whole.domain.owned);
  stf_assert_small(difference(&part, &whole), 1e-10);
  assert_int_equal(stf_equations_grip_forces(&part.equilibrium.equations, force), STF_OK);
  assert_int_equal(stf_equations_grip_forces(&whole.equilibrium.equations, expected), STF_OK);
  stf_assert_all_near(force[0], expected[0], 6, 1e-10);
  stf_assert_near(part.state.force_scale, whole.state.force_scale, 1e-10);
  stf_case_close(&part);
  stf_case_close(&whole);
}

static void several_ranks_find_the_equilibrium_of_one(void **state) {
  (void)state;
  write_tissues();
  check_against_one_rank('x', "hex8", "", "");
  check_against_one_rank('x', "hex8-std", "", "");
  check_against_one_rank('y', "hex8", "", ""); /* the gripped faces are cut among ranks too */
}

static void several_ranks_find_it_with_springs_and_free_grips(void **state) {
  (void)state;
  write_tissues();
  check_against_one_rank('y', "hex8", "", ", compliance: 0.01 mm/N");
  check_against_one_rank('x', "hex8", ", hold: free", ", hold: free, compliance: 0.02 mm/N");
  check_against_one_rank('y', "hex8", ", hold: free", ", hold: free");
}

/* Nothing depends on which message comes first: to the last bit. (Another partition would round otherwise.) */
static void the_same_again_is_the_same_to_the_last_bit(void **state) {
  (void)state;
  stf_case c;
  write_tissues();
  read_strip('x', "hex8", 0.5, "", "", &c);
  stf_case_cut(MPI_COMM_WORLD, 1e-8, &c);
  const size_t bytes = 3 * c.domain.local * sizeof *c.state.u;
  double *first = NULL;
  for (int turn = 0; turn < 4; turn++) {
    stf_case_solve(&c, 1.0, 1, NULL);
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

/* The same state gives every rank the rows of the whole: residual and product with a vector. */
static void rows_are_those_of_the_whole(void **state) {
  (void)state;
  stf_case part, whole;
  write_tissues();
  read_strip('y', "hex8", 0.8, "", ", compliance: 0.01 mm/N", &part);
  read_strip('y', "hex8", 0.8, "", ", compliance: 0.01 mm/N", &whole);
  stf_case_cut(MPI_COMM_WORLD, 1e-12, &part);
  stf_case_cut(MPI_COMM_SELF, 1e-12, &whole);
  stf_case *both[2] = {&part, &whole};
  double *r[2];
  Vec x[2], y[2];
  for (int b = 0; b < 2; b++) {
    stf_case *c = both[b];
    PetscScalar *values;
    r[b] = calloc(3 * c->domain.owned, sizeof(double));
    assert_non_null(r[b]);
    for (size_t k = 0; k < 3 * c->domain.local; k++) {
      const double *X = c->domain.X[k / 3];
      c->state.u[k] = 0.02 * X[k % 3] + 0.03 * sin(X[0] + 2.0 * X[1] + 3.0 * X[2] + (double)(k % 3));
    }
    assert_true(stf_equations_residual(&c->equilibrium.equations, c->state.u, 0.5, r[b]));
    assert_int_equal(stf_equations_tangent(&c->equilibrium.equations, c->state.u, 0.5, NULL, NULL), STF_OK);
    assert_int_equal(MatCreateVecs(c->equilibrium.equations.K, &x[b], &y[b]), 0);
    assert_int_equal(VecGetArrayWrite(x[b], &values), 0);
    for (size_t k = 0; k < 3 * c->domain.owned; k++) values[k] = cos(c->domain.X[k / 3][0] + 5.0 * (double)(k % 3));
    assert_int_equal(VecRestoreArrayWrite(x[b], &values), 0);
    assert_int_equal(MatMult(c->equilibrium.equations.K, x[b], y[b]), 0);
  }
  const PetscScalar *mine, *all;
  double worst[2] = {0.0, 0.0}, largest[2] = {0.0, 0.0};
  assert_int_equal(VecGetArrayRead(y[0], &mine), 0);
  assert_int_equal(VecGetArrayRead(y[1], &all), 0);
  for (size_t k = 0; k < 3 * part.domain.owned; k++) {
    const size_t at = 3 * (size_t)node_at(&whole.domain, part.domain.X[k / 3]) + k % 3;
    if (part.domain.hold[k].kind) continue; /* a number of its own stands there */
    worst[0] = fmax(worst[0], fabs(r[0][k] - r[1][at]));
    worst[1] = fmax(worst[1], fabs(mine[k] - all[at]));
    largest[0] = fmax(largest[0], fabs(r[1][at]));
    largest[1] = fmax(largest[1], fabs(all[at]));
  }
  for (int b = 0; b < 2; b++) {
    assert_true(over_all(largest[b]) > 0.01);
    stf_assert_small(over_all(worst[b]) / over_all(largest[b]), 1e-13);
    assert_int_equal(VecRestoreArrayRead(y[b], b ? &all : &mine), 0);
    VecDestroy(&x[b]);
    VecDestroy(&y[b]);
    free(r[b]);
  }
  stf_case_close(&part);
  stf_case_close(&whole);
}

static size_t mesh_node_at(const stf_mesh *mesh, const double X[3]) {
  size_t n = 0;
  while (memcmp(mesh->X[n], X, sizeof *mesh->X)) n++;
  return n;
}

/* Each of the mesh's nodes and elements is owned, or reported, by one rank. */
static void check_owners(const stf_mesh *mesh, const stf_domain *d) {
  const size_t all = mesh->nodes + mesh->elements;
  int *count = calloc(all, sizeof *count), *of_element = count + mesh->nodes;
  assert_non_null(count);
  for (size_t n = 0; n < d->owned; n++) count[mesh_node_at(mesh, d->X[n])]++;
  for (size_t b = 0; b < d->batches; b++)
    for (int l = 0; l < STF_LANES; l++)
      if (d->batch[b].mine[l]) of_element[d->batch[b].element[l]]++;
  MPI_Allreduce(MPI_IN_PLACE, count, (int)all, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  for (size_t k = 0; k < all; k++) assert_int_equal(count[k], 1);
  free(count);
  assert_int_equal(d->nodes, mesh->nodes);
  assert_int_equal(d->elements, mesh->elements);
}

/* Many small bodies, since it is odd partitions that may go wrong: an element whose nodes all belong to other ranks. */
static void every_node_and_element_is_owned_once(void **state) {
  (void)state;
  write_tissues();
  for (int s = 0; s < 60; s++) {
    const double size = 4.0 / (1.0 + 0.08 * s);
    stf_case c;
    stf_test_about("size %g mm", size);
    read_strip('x', "hex8", size, "", "", &c);
    assert_int_equal(stf_domain_create(MPI_COMM_WORLD, &c.model, &c.protocol, &c.gauges, c.arena, c.diags, &c.domain),
                     STF_OK);
    check_owners(&c.model.mesh, &c.domain);
    stf_case_close(&c);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(several_ranks_find_the_equilibrium_of_one),  TEST(several_ranks_find_it_with_springs_and_free_grips),
      TEST(the_same_again_is_the_same_to_the_last_bit), TEST(rows_are_those_of_the_whole),
      TEST(every_node_and_element_is_owned_once),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
