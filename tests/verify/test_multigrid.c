/*
 * Iterations of multigrid on bodies that get finer, thinner, more fibrous and less compressible; the choice of solver
 * and its answer do not depend on how a mesh is numbered; what fails is solved otherwise, and counted.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/ordering.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_msh_writer.h"
#include "stf_test.h"
#include "striffin.h"

/* A sandwich or one block, clamped at x = 0 and x = length. */
typedef struct body {
  double length, width, thickness, size;
  int layers, elements; /* of each layer */
  const char *element;
} body;

static void tissues(double shear, double bulk, double fibre, double soft) {
  char families[400];
  snprintf(families, sizeof families,
           "  - name: fibres\n"
           "    law: holzapfel-gasser-ogden\n"
           "    k1: {value: %.17g MPa, grade: \"estimated: chosen\"}\n"
           "    k2: {value: 1, grade: \"estimated: chosen\"}\n"
           "    kappa: {value: 0, grade: \"estimated: chosen\"}\n",
           fibre);
  stf_case_tissue("sheet", "convex", shear, bulk, fibre > 0.0 ? families : NULL);
  stf_case_tissue("loose", "convex", soft * shear, soft * bulk, NULL);
}

static const char *scenario(const body *b) {
  static char text[4096];
  int at = snprintf(text, sizeof text,
                    "striffin: 1\nname: body\ntissues: {sheet: sheet%s}\nanatomy:\n  generator: strip\n"
                    "  length: %.17g mm\n  width: %.17g mm\n  layers:\n",
                    b->layers > 1 ? ", loose: loose" : "", b->length, b->width);
  static const char *const fibres[] = {", fibres: [35 deg]", "", ", fibres: [-35 deg]", ""};
  for (int k = 0; k < b->layers; k++)
    at += snprintf(text + at, sizeof text - (size_t)at,
                   "    - {name: l%d, tissue: %s, thickness: %.17g mm, elements: %d%s}\n", k, k % 2 ? "loose" : "sheet",
                   b->thickness / b->layers, b->elements, b->layers == 1 ? "" : fibres[k % 4]);
  snprintf(text + at, sizeof text - (size_t)at,
           "mesh: {element: %s, size: %.17g mm}\ntimeline:\n  - {at: 0 s, do: grip, where: x_min}\n"
           "  - {for: 1 s, do: pull, where: x_max, by: %.17g mm}\n"
           "measure:\n  - {name: force, what: grip_force, where: x_max}\n",
           b->element, b->size, 0.05 * b->length);
  return text;
}

/* Forces at random everywhere but where unknowns are held. */
static Vec random_forces(const stf_case *c) {
  Vec b;
  PetscScalar *value;
  uint64_t seed = 7;
  assert_int_equal(VecDuplicate(c->equilibrium.rhs, &b), 0);
  assert_int_equal(VecGetArrayWrite(b, &value), 0);
  for (size_t k = 0; k < 3 * c->domain.owned; k++) value[k] = c->domain.hold[k].kind ? 0.0 : stf_test_random(&seed);
  assert_int_equal(VecRestoreArrayWrite(b, &value), 0);
  return b;
}

/* What a solve for eight digits took. */
typedef struct taken {
  long iterations;
  bool replaced; /* by a factorisation */
} taken;

/* The norm of b - K x over that of b, less what rounding makes of K x. */
static double left_over(const stf_case *c, Vec b, Vec x) {
  Vec r;
  PetscReal left, all, largest, size;
  assert_int_equal(VecDuplicate(b, &r), 0);
  assert_int_equal(MatMult(c->equilibrium.equations.K, x, r), 0);
  assert_int_equal(VecAYPX(r, -1.0, b), 0);
  assert_int_equal(VecNorm(r, NORM_2, &left), 0);
  assert_int_equal(VecNorm(b, NORM_2, &all), 0);
  assert_int_equal(VecNorm(x, NORM_2, &size), 0);
  assert_int_equal(MatNorm(c->equilibrium.equations.K, NORM_INFINITY, &largest), 0);
  VecDestroy(&r);
  return (left - 10.0 * DBL_EPSILON * largest * size) / all;
}

/* At a uniform stretch along x so small that it only takes up the fibres. */
static taken solve(const body *b) {
  stf_case c;
  Vec forces, x;
  bool solved;
  stf_linear linear;
  stf_case_read(scenario(b), &c);
  stf_case_cut(MPI_COMM_WORLD, 1e-8, &c);
  for (size_t k = 0; k < 3 * c.domain.local; k += 3) c.state.u[k] = 1e-6 * c.domain.X[k / 3][0];
  assert_int_equal(stf_equations_tangent(&c.equilibrium.equations, c.state.u, 0.0, NULL, NULL), STF_OK);
  assert_int_equal(stf_linear_create(&c.equilibrium.equations, STF_LINEAR_MULTIGRID, &linear), STF_OK);
  assert_int_equal(linear.kind, STF_LINEAR_MULTIGRID);
  forces = random_forces(&c);
  assert_int_equal(VecDuplicate(forces, &x), 0);
  assert_int_equal(stf_linear_solve(&linear, forces, x, 1e-8, 0.0, &solved), STF_OK);
  assert_true(solved);
  stf_assert_small(left_over(&c, forces, x), 2e-8);
  const taken result = {linear.iterations, linear.replaced > 0};
  VecDestroy(&forces);
  VecDestroy(&x);
  stf_linear_destroy(&linear);
  stf_case_close(&c);
  return result;
}

static const body sheet = {100, 30, 1, 2.5, 5, 2, "hex8"};

/* Asserts a bound on iterations, and that no factorisation stepped in. */
static void check(const body *b, long most, const char *what, double value) {
  const taken t = solve(b);
  stf_test_about("%s %g: %ld iterations, at most %ld", what, value, t.iterations, most);
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) printf("# %s %g: %ld iterations, at most %ld\n", what, value, t.iterations, most);
  assert_false(t.replaced);
  assert_in_range(t.iterations, 2, most);
}

/* ---- bounds ---- */

static void a_cube_takes_as_many_iterations_however_fine_it_is(void **state) {
  (void)state;
  tissues(1.0, 5.0 / 3.0, 0.0, 1.0);
  for (int n = 9; n <= 24; n += 5) {
    const body cube = {8, 8, 8, 8.0 / n, 1, n, "hex8"};
    check(&cube, 14, "elements a side", n);
  }
}

static void a_layered_sheet_takes_as_many_however_fine_it_is(void **state) {
  (void)state;
  tissues(1.0, 5.0, 10.0, 0.05);
  for (double size = 5.0; size > 1.2; size /= 2.0) {
    body b = sheet;
    b.thickness = 5.0;
    b.size = size;
    check(&b, 32, "size", size);
  }
}

/* Bending sets the pace: linear interpolation makes coarse levels too stiff for it, the more the thinner. */
static void thin_fibrous_and_nearly_incompressible_sheets_stay_in_bounds(void **state) {
  (void)state;
  static const struct {
    double thin, fibre, bulk;
    long most;
  } row[] = {{10, 10, 5, 28},    {100, 10, 5, 85}, {100, 100, 5, 85},
             {100, 1e3, 5, 120}, {20, 10, 20, 50}, {20, 10, 200, 140}};
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    body b = sheet;
    b.thickness = b.length / row[k].thin;
    tissues(1.0, row[k].bulk, row[k].fibre, 0.05);
    check(&b, row[k].most, "row", (double)k);
  }
}

static void nearly_incompressible_cubes_stay_in_bounds(void **state) {
  (void)state;
  static const double bulk[] = {2, 20, 200};
  static const long most[] = {14, 45, 150};
  for (size_t k = 0; k < sizeof bulk / sizeof *bulk; k++) {
    const body cube = {8, 8, 8, 8.0 / 12, 1, 12, "hex8"};
    tissues(1.0, bulk[k], 0.0, 1.0);
    check(&cube, most[k], "bulk modulus", bulk[k]);
  }
}

/* Beyond that a solve may be handed to a factorisation after a bounded number of iterations, and that is counted. */
static void extremes_are_solved_one_way_or_the_other(void **state) {
  (void)state;
  static const double extreme[][3] = {{1000, 10, 5}, {20, 1e4, 5}, {100, 1e5, 5}, {20, 10, 1e4}};
  int size;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  for (int k = 0; size == 1 && k < 4; k++) {
    body b = sheet;
    b.thickness = b.length / extreme[k][0];
    tissues(1.0, extreme[k][2], extreme[k][1], 0.05);
    const taken t = solve(&b);
    stf_test_about("extreme %d: %ld iterations", k, t.iterations);
    printf("# extreme %d: %ld iterations%s\n", k, t.iterations, t.replaced ? ", then a factorisation" : "");
    assert_in_range(t.iterations, 1, 420);
    assert_true(t.replaced || t.iterations <= 200);
  }
}

/* ---- choice and answer ---- */

static const char gmsh[] =
    "striffin: 1\nname: body\ntissues: {sheet: sheet}\nanatomy:\n  generator: gmsh\n  file: box.msh\n  unit: mm\n"
    "  regions: [{name: body, tissue: sheet}]\n";
static const char strip[] =
    "striffin: 1\nname: body\ntissues: {sheet: sheet}\nanatomy:\n  generator: strip\n  length: 24 mm\n  width: 10 mm\n"
    "  layers: [{name: body, tissue: sheet, thickness: 2 mm, elements: 4}]\nmesh: {size: 1 mm}\n";
static const char rest[] =
    "solve: {tolerance: 1e-10}\ntimeline:\n  - {at: 0 s, do: grip, where: x_min}\n"
    "  - {for: 1 s, do: pull, where: x_max, by: 2 mm}\nmeasure:\n  - {name: force, what: grip_force, where: x_max}\n";

/* Pulls, tells with what, and returns the force. */
static double pull(const char *body_text, stf_linear_kind asked, stf_linear_kind *kind, char reason[200]) {
  char text[2048];
  double force[2][3];
  stf_case c;
  snprintf(text, sizeof text, "%s%s", body_text, rest);
  stf_case_read(text, &c);
  stf_case_cut_with(MPI_COMM_WORLD, 1e-10, asked, &c);
  stf_case_solve(&c, 1.0, 2, NULL);
  *kind = c.equilibrium.linear.kind;
  memcpy(reason, c.equilibrium.linear.reason, 200);
  assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, force), STF_OK);
  stf_case_close(&c);
  return force[1][0];
}

/* A file whose numbers have no order. */
static void write_shuffled(void) {
  size_t size;
  stf_written *box = stf_written_box(CUT_HEX, (const int[3]){24, 10, 4}, (const double[3]){1.0, 1.0, 0.5});
  char *bytes = stf_written_bytes(box, (stf_written_format){.version = 41}, &size);
  stf_files_write("box.msh", bytes);
  free(bytes);
  free(box);
}

static void a_shuffled_mesh_gives_the_same_choice_and_the_same_force(void **state) {
  (void)state;
  stf_linear_kind kind[3];
  char reason[3][200];
  tissues(1.0, 2.0, 0.0, 1.0);
  write_shuffled();
  const double from_file = pull(gmsh, STF_LINEAR_AUTO, &kind[0], reason[0]);
  const double built = pull(strip, STF_LINEAR_AUTO, &kind[1], reason[1]);
  const double factorised = pull(strip, STF_LINEAR_DIRECT, &kind[2], reason[2]);
  assert_int_equal(kind[0], STF_LINEAR_MULTIGRID);
  assert_int_equal(kind[1], STF_LINEAR_MULTIGRID);
  assert_int_equal(kind[2], STF_LINEAR_DIRECT);
  assert_non_null(strstr(reason[1], "24 x 10 x 4"));
  assert_non_null(strstr(reason[0], "lines across"));
  assert_true(fabs(built) > 0.1);
  stf_assert_near(from_file, built, 1e-9);
  stf_assert_near(factorised, built, 1e-9);
}

/* Every node has one number, every element is computed, and what an element has lies near in memory. */
static void a_shuffled_mesh_is_put_in_order(void **state) {
  (void)state;
  char text[2048];
  stf_case c;
  tissues(1.0, 2.0, 0.0, 1.0);
  snprintf(text, sizeof text,
           "striffin: 1\nname: body\ntissues: {sheet: sheet}\nanatomy:\n  generator: strip\n  length: 24 mm\n  width: "
           "10 mm\n"
           "  layers: [{name: body, tissue: sheet, thickness: 2 mm, elements: 4}]\nmesh: {size: 0.5 mm}\n%s",
           rest);
  stf_case_read(text, &c);
  stf_mesh *mesh = &c.model.mesh;
  int node[49 * 21 * 5], element[48 * 20 * 4], place[49 * 21 * 5], seen[48 * 20 * 4] = {0};
  double X[49 * 21 * 5][3];
  double before = 0.0, after = 0.0;
  assert_int_equal(mesh->nodes, 49 * 21 * 5);
  assert_int_equal(mesh->elements, 48 * 20 * 4);
  for (size_t n = 0; n < mesh->nodes; n++)
    memcpy(X[n * 2503 % mesh->nodes], mesh->X[n], sizeof *X); /* no order at all */
  memcpy(mesh->X, X, sizeof X);
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < 8; a++) mesh->cell[e][a] = (int)((size_t)mesh->cell[e][a] * 2503 % mesh->nodes);
  assert_int_equal(stf_ordering(mesh, node, element), STF_OK);
  for (size_t n = 0; n < mesh->nodes; n++) place[n] = -1;
  for (size_t n = 0; n < mesh->nodes; n++) place[node[n]] = (int)n;
  for (size_t n = 0; n < mesh->nodes; n++) assert_true(place[n] >= 0);
  for (size_t e = 0; e < mesh->elements; e++) seen[element[e]]++;
  for (size_t e = 0; e < mesh->elements; e++) {
    assert_int_equal(seen[e], 1);
    for (int a = 1; a < 8; a++) {
      before += abs(mesh->cell[e][a] - mesh->cell[e][0]);
      after += abs(place[mesh->cell[e][a]] - place[mesh->cell[e][0]]);
    }
  }
  assert_true(after < 0.3 * before);
  stf_case_close(&c);
}

/* Cells all of whose nodes lie in the notch at x from 8 to 16, y over 5. */
static bool in_notch(const stf_written *w, const stf_written_cell *cell) {
  const int nodes = cell->type == 5 ? 8 : 4;
  for (int a = 0; a < nodes; a++)
    for (size_t n = 0; n < w->nodes; n++)
      if (w->number[n] == cell->node[a] && (w->X[n][0] < 7.99 || w->X[n][0] > 16.01 || w->X[n][1] < 4.99)) return false;
  return true;
}

/* A strip with a notch is no block: another solver is chosen, and says why. */
static void what_is_no_block_is_solved_otherwise_and_says_why(void **state) {
  (void)state;
  stf_linear_kind kind;
  char reason[200];
  size_t size, kept = 0;
  tissues(1.0, 2.0, 0.0, 1.0);
  stf_written *box = stf_written_box(CUT_HEX, (const int[3]){24, 10, 5}, (const double[3]){1.0, 1.0, 0.5});
  for (size_t k = 0; k < box->cells; k++)
    if (!in_notch(box, &box->cell[k])) box->cell[kept++] = box->cell[k];
  assert_true(kept < box->cells);
  box->cells = kept;
  char *bytes = stf_written_bytes(box, (stf_written_format){.version = 41}, &size);
  stf_files_write("box.msh", bytes);
  free(bytes);
  free(box);
  const double direct = pull(gmsh, STF_LINEAR_AUTO, &kind, reason);
  assert_int_equal(kind, STF_LINEAR_DIRECT);
  assert_non_null(strstr(reason, "not one block"));
  const double algebraic = pull(gmsh, STF_LINEAR_GAMG, &kind, reason);
  assert_int_equal(kind, STF_LINEAR_GAMG);
  stf_assert_near(algebraic, direct, 1e-9);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_cube_takes_as_many_iterations_however_fine_it_is),
      TEST(a_layered_sheet_takes_as_many_however_fine_it_is),
      TEST(thin_fibrous_and_nearly_incompressible_sheets_stay_in_bounds),
      TEST(nearly_incompressible_cubes_stay_in_bounds),
      TEST(extremes_are_solved_one_way_or_the_other),
      TEST(a_shuffled_mesh_gives_the_same_choice_and_the_same_force),
      TEST(a_shuffled_mesh_is_put_in_order),
      TEST(what_is_no_block_is_solved_otherwise_and_says_why),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
