/*
 * Solved bodies against closed forms: a box of distorted elements is stretched, sheared, or pulled with its sides free,
 * and must show everywhere the stress that pencil and paper give.
 *
 * The closed forms stand here in the deformed frame, t = J s (Kirchhoff), and share nothing with the program but the
 * words of the tissue file:
 *
 *   t = mu dev(J^(-2/3) F F^T) + J U'(J) I + sum over families of phi N(l)/l (F a)(F a)^T,   l = |F a|
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"

enum { MOST_FAMILIES = 2 };

static const double SIDE = 3.0, TOLERANCE = 1e-12, PI = 3.14159265358979323846;

typedef struct tissue {
  const char *name, *volumetric;
  double mu, kappa;
  int families;
  double angle_deg[MOST_FAMILIES];
  double fraction, modulus, mean, sd; /* of each family */
} tissue;

static const tissue tissues[] = {
    {"drained", "convex", 1.5, 2.0, 0, {0}, 0, 0, 0, 0},
    {"nearly incompressible", "quadratic", 0.8, 400.0, 0, {0}, 0, 0, 0, 0},
    {"logarithmic", "log", 0.8, 4.0, 0, {0}, 0, 0, 0, 0},
    {"crossed fibres", "convex", 1.5, 2.0, 2, {35, -35}, 0.2, 300.0, 1.03, 0.012},
    {"crossed fibres, nearly incompressible", "convex", 0.5, 500.0, 2, {55, -55}, 0.1, 100.0, 1.05, 0.02},
};
enum { TISSUES = sizeof tissues / sizeof *tissues };

static const char *const elements[] = {"hex8", "hex8-std"};

/* ---- closed forms ---- */

static double pressure(const tissue *t, double J) {
  if (!strcmp(t->volumetric, "convex")) return 0.5 * t->kappa * (J - 1.0 / J);
  if (!strcmp(t->volumetric, "log")) return t->kappa * log(J) / J;
  return t->kappa * (J - 1.0);
}

/* Fibrils' straightening stretches: log-normal about `median`, cut at 3 spreads, in 8 bins even in the logarithm. */
enum { BINS = 8 };

static double bin_mass(int b) {
  const double from = -3.0 + 0.75 * b;
  return (erf((from + 0.75) / sqrt(2.0)) - erf(from / sqrt(2.0))) / (2.0 * erf(3.0 / sqrt(2.0)));
}

/* Mean of l^power over the bins, for median 1. */
static double moment(double spread, int power) {
  double sum = 0.0;
  for (int b = 0; b < BINS; b++) {
    const double from = spread * (-3.0 + 0.75 * b), to = from + 0.75 * spread;
    sum += bin_mass(b) * (exp(power * to) - exp(power * from)) / (power * (to - from));
  }
  return sum;
}

/* Spread of ln l for which SD over mean of l is as asked; remembered, since it is asked for thousands of times. */
static double spread_of(const tissue *t) {
  static const tissue *known;
  static double low, high;
  if (t != known) low = 0.0, high = 1.0;
  for (int k = 0; t != known && k < 100; k++) {
    const double spread = 0.5 * (low + high), mean = moment(spread, 1);
    *(sqrt(moment(spread, 2) / (mean * mean) - 1.0) < t->sd / t->mean ? &low : &high) = spread;
  }
  known = t;
  return 0.5 * (low + high);
}

/* Nominal tension of a family: each fibril pulls with E/l (stretch/l - 1) once it is straight. */
static double tension(const tissue *t, double stretch) {
  const double spread = spread_of(t), median = t->mean / moment(spread, 1);
  double force = 0.0;
  for (int b = 0; b < BINS; b++) {
    const double from = median * exp(spread * (-3.0 + 0.75 * b)), to = from * exp(0.75 * spread);
    const double end = fmax(from, fmin(to, stretch));
    force += bin_mass(b) / (0.75 * spread) *
             (0.5 * stretch * (1.0 / (from * from) - 1.0 / (end * end)) - (1.0 / from - 1.0 / end));
  }
  return t->modulus * force;
}

/* |F a| of a family. */
static double fibre_stretch(const tissue *t, int family, const double F[9]) {
  const double angle = t->angle_deg[family] * PI / 180.0, c = cos(angle), s = sin(angle);
  return hypot(hypot(F[0] * c + F[1] * s, F[3] * c + F[4] * s), F[6] * c + F[7] * s);
}

/* Kirchhoff stress of the tissue at F, fibres turned from x by their angles in the plane. */
static void kirchhoff(const tissue *t, const double F[9], double tau[9]) {
  const double J = stf_test_determinant(F), scale = t->mu / cbrt(J * J);
  double B[9], trace = 0.0;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      B[3 * i + j] = 0.0;
      for (int k = 0; k < 3; k++) B[3 * i + j] += F[3 * i + k] * F[3 * j + k];
    }
  for (int i = 0; i < 3; i++) trace += B[4 * i];
  for (int r = 0; r < 9; r++)
    tau[r] = scale * (B[r] - (r % 4 ? 0.0 : trace / 3.0)) + (r % 4 ? 0.0 : J * pressure(t, J));
  for (int f = 0; f < t->families; f++) {
    const double angle = t->angle_deg[f] * PI / 180.0, stretch = fibre_stretch(t, f, F);
    const double pull = t->fraction * tension(t, stretch) / stretch;
    double Fa[3];
    for (int i = 0; i < 3; i++) Fa[i] = F[3 * i] * cos(angle) + F[3 * i + 1] * sin(angle);
    for (int r = 0; r < 9; r++) tau[r] += pull * Fa[r / 3] * Fa[r % 3];
  }
}

/* Stress across z, or across y when z is free too, of a block with stretches along the axes. */
static double stress_across(const tissue *t, int axis, const double stretch[3]) {
  const double F[9] = {stretch[0], 0, 0, 0, stretch[1], 0, 0, 0, stretch[2]};
  double tau[9];
  kirchhoff(t, F, tau);
  return tau[4 * axis];
}

/* Finds stretch[2], and stretch[1] too if `free_axes` is 2, for which nothing pulls there: nested bisection. */
static void free_sides(const tissue *t, int free_axes, double stretch[3]) {
  const int axis = free_axes == 2 ? 1 : 2;
  double low = 0.3, high = 1.5;
  for (int k = 0; k < 60; k++) {
    stretch[axis] = 0.5 * (low + high);
    if (free_axes == 2) free_sides(t, 1, stretch);
    *(stress_across(t, axis, stretch) < 0.0 ? &low : &high) = stretch[axis];
  }
}

/* ---- solved bodies ---- */

static void write_tissue(const tissue *t) {
  char families[1024] = "";
  for (int f = 0; f < t->families; f++) {
    const size_t used = strlen(families);
    snprintf(families + used, sizeof families - used,
             "  - name: f%d\n"
             "    law: fibrils\n"
             "    fraction: {value: %.17g, grade: \"estimated: chosen\"}\n"
             "    modulus: {value: %.17g MPa, grade: \"estimated: chosen\"}\n"
             "    straightening_stretch: {value: %.17g, grade: \"estimated: chosen\"}\n"
             "    straightening_sd: {value: %.17g, grade: \"estimated: chosen\"}\n",
             f, t->fraction, t->modulus, t->mean, t->sd);
  }
  stf_case_tissue("block", t->volumetric, t->mu, t->kappa, t->families ? families : NULL);
}

/* A cube of 3 x 3 x 3 elements whose inner nodes are off their places; the pulled grip has moved by 1 mm at 1 s. */
static void read_cube(const tissue *t, const char *element, stf_case *c) {
  char angles[64] = "", text[1024];
  uint64_t seed = 11;
  stf_test_about("%s, %s", t->name, element);
  write_tissue(t);
  if (t->families) snprintf(angles, sizeof angles, ", fibres: [%g deg, %g deg]", t->angle_deg[0], t->angle_deg[1]);
  snprintf(
      text, sizeof text,
      "striffin: 1\n"
      "name: cube\n"
      "tissues: {all: block}\n"
      "anatomy: {generator: strip, length: 3 mm, width: 3 mm, layers: [{name: all, tissue: all, thickness: 3 mm%s}]}\n"
      "mesh: {element: %s, size: 1 mm}\n"
      "timeline:\n"
      "  - {at: 0 s, do: grip, where: x_min}\n"
      "  - {for: 1 s, do: pull, where: x_max, by: 1 mm}\n"
      "measure: [{name: force, what: grip_force, where: x_max}]\n",
      angles, element);
  stf_case_read(text, c);
  for (size_t n = 0; n < c->model.mesh.nodes; n++) {
    double *X = c->model.mesh.X[n];
    if (X[0] < 0.1 || X[0] > 2.9 || fabs(X[1]) > 1.4 || X[2] < 0.1 || X[2] > 2.9) continue;
    for (int i = 0; i < 3; i++) X[i] += 0.25 * stf_test_random(&seed);
  }
}

static void open_cube(const tissue *t, const char *element, stf_case *c) {
  read_cube(t, element, c);
  stf_case_cut(MPI_COMM_SELF, TOLERANCE, c);
  stf_case_release(c);
}

static bool on_surface(const double X[3]) {
  return X[0] == 0.0 || X[0] == SIDE || fabs(X[1]) == 0.5 * SIDE || X[2] == 0.0 || X[2] == SIDE;
}

/* The whole surface moves by (F - I) X. */
static void hold_surface(stf_case *c, const double F[9]) {
  for (size_t n = 0; n < c->domain.local; n++) {
    const double *X = c->domain.X[n];
    for (int i = 0; on_surface(X) && i < 3; i++) {
      double x = -X[i];
      for (int j = 0; j < 3; j++) x += F[3 * i + j] * X[j];
      stf_case_hold(c, n, i, 1, x);
    }
  }
}

/* Every element has this deformation's J, Cauchy stress and fibre stretches. */
static void check_elements(const stf_case *c, const tissue *t, const double F[9], double tolerance) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, column[6] = {0, 1, 2, 1, 2, 2};
  const double J = stf_test_determinant(F);
  double tau[9], expected[6], found[6], volume = 0.0;
  kirchhoff(t, F, tau);
  for (int n = 0; n < 6; n++) expected[n] = tau[3 * row[n] + column[n]] / J;
  for (size_t b = 0; b < c->domain.batches; b++) {
    stf_element_in in;
    stf_element_sample s;
    stf_batch_gather(&c->domain, &c->domain.batch[b], c->state.u, (stf_past){0}, &in);
    c->domain.batch[b].kind->sample(&in, &s);
    for (int l = 0; l < c->domain.batch[b].count; l++) {
      for (int n = 0; n < 6; n++) found[n] = s.stress[n][l];
      stf_assert_all_near(found, expected, 6, tolerance);
      stf_assert_near(s.J[l], J, 1e-12);
      for (int f = 0; f < t->families; f++) stf_assert_near(s.stretch[f][l], fibre_stretch(t, f, F), 1e-12);
      volume += s.volume[l];
    }
  }
  stf_assert_near(volume, SIDE * SIDE * SIDE, 1e-13);
}

/* Every node is at F X, where `free_origin` [3] stays in place. */
static void check_nodes(const stf_case *c, const double F[9], const double origin[3], double tolerance) {
  for (size_t n = 0; n < c->domain.local; n++)
    for (int i = 0; i < 3; i++) {
      const double *X = c->domain.X[n];
      double u = -(X[i] - origin[i]);
      for (int j = 0; j < 3; j++) u += F[3 * i + j] * (X[j] - origin[j]);
      stf_assert_small(fabs(c->state.u[3 * n + (size_t)i] - u), tolerance);
    }
}

/* Sum over all nodes of f (x) x is the volume times the mean Kirchhoff stress, whatever the elements are. */
static void check_virial(const stf_case *c, const tissue *t, const double F[9], double tolerance) {
  double tau[9], found[9] = {0};
  kirchhoff(t, F, tau);
  for (size_t n = 0; n < c->domain.local; n++)
    for (int r = 0; r < 9; r++) {
      const size_t i = 3 * n + (size_t)(r / 3), j = 3 * n + (size_t)(r % 3);
      found[r] += c->equilibrium.equations.forces[i] * (c->domain.X[n][r % 3] + c->state.u[j]) / (SIDE * SIDE * SIDE);
    }
  stf_assert_all_near(found, tau, 9, tolerance);
}

static void a_patch_of_distorted_elements_stays_homogeneous(void **state) {
  (void)state;
  static const double F[9] = {1.25, 0.2, 0.1, -0.1, 1.1, 0.15, 0.05, -0.1, 0.9}, origin[3] = {0};
  for (int t = 0; t < TISSUES; t++)
    for (int e = 0; e < 2; e++) {
      stf_case c;
      uint64_t seed = 3;
      open_cube(&tissues[t], elements[e], &c);
      hold_surface(&c, F);
      for (size_t k = 0; k < 3 * c.domain.local; k++) /* whatever the inner nodes begin with */
        if (!c.domain.hold[k].kind) c.state.u[k] = 0.03 * stf_test_random(&seed);
      stf_case_solve(&c, 1.0, 5, NULL);
      check_nodes(&c, F, origin, 1e-10);
      check_elements(&c, &tissues[t], F, 1e-10);
      check_virial(&c, &tissues[t], F, 1e-10);
      stf_case_close(&c);
    }
}

/* Face x_max pulled to `stretch`, sides free but for planes of symmetry; `free_axes` 1: y is pulled as much as x. */
static void pull(const tissue *t, const char *element, double stretch, int free_axes) {
  stf_case c;
  const double origin[3] = {0.0, -0.5 * SIDE, 0.0};
  double along[3] = {stretch, stretch, 1.0}, tau[9], force[2][3];
  open_cube(t, element, &c);
  for (int axis = 0; axis < 3; axis++) stf_case_hold_plane(&c, axis, origin[axis], axis, 0.0, origin[axis]);
  for (int axis = 0; axis < 3 - free_axes; axis++)
    stf_case_hold_plane(&c, axis, origin[axis] + SIDE, axis, stretch - 1.0, origin[axis]);
  stf_case_solve(&c, 1.0, 5, NULL);
  free_sides(t, free_axes, along);
  const double F[9] = {along[0], 0, 0, 0, along[1], 0, 0, 0, along[2]};
  check_nodes(&c, F, origin, 1e-10);
  check_elements(&c, t, F, 1e-9);
  assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, force), STF_OK);
  kirchhoff(t, F, tau);
  stf_assert_near(force[1][0], tau[0] / along[0] * SIDE * SIDE, 1e-9);
  stf_assert_near(force[0][0], -tau[0] / along[0] * SIDE * SIDE, 1e-9);
  stf_case_close(&c);
}

static void a_pulled_block_with_free_sides_has_the_uniaxial_stress(void **state) {
  (void)state;
  for (int t = 0; t < TISSUES; t++)
    for (int e = 0; e < 2; e++) {
      pull(&tissues[t], elements[e], 1.3, 2);
      pull(&tissues[t], elements[e], 0.8, 2);
    }
}

static void a_block_pulled_along_and_across_has_the_equibiaxial_stress(void **state) {
  (void)state;
  for (int t = 0; t < TISSUES; t++)
    for (int e = 0; e < 2; e++) pull(&tissues[t], elements[e], 1.25, 1);
}

/* Neo-Hookean: s_xy = mu g, s_xx - s_yy = g s_xy (a universal relation, Rivlin 1948), and J = 1 wherever it is. */
static void a_sheared_block_has_the_stress_of_simple_shear(void **state) {
  (void)state;
  const double g = 0.6, F[9] = {1, g, 0, 0, 1, 0, 0, 0, 1}, origin[3] = {0};
  for (int t = 0; t < TISSUES; t++)
    for (int e = 0; e < 2; e++) {
      stf_case c;
      double tau[9];
      open_cube(&tissues[t], elements[e], &c);
      hold_surface(&c, F);
      stf_case_solve(&c, 1.0, 5, NULL);
      check_nodes(&c, F, origin, 1e-10);
      check_elements(&c, &tissues[t], F, 1e-10);
      kirchhoff(&tissues[t], F, tau);
      if (!tissues[t].families) {
        stf_assert_near(tau[1], tissues[t].mu * g, 1e-14);
        stf_assert_near(tau[0] - tau[4], g * tau[1], 1e-14);
      }
      stf_case_close(&c);
    }
}

/* ---- objectivity ---- */

static void turn(const double Q[9], const double v[3], double Qv[3]) {
  for (int i = 0; i < 3; i++) Qv[i] = Q[3 * i] * v[0] + Q[3 * i + 1] * v[1] + Q[3 * i + 2] * v[2];
}

static void turn_mesh(const double Q[9], stf_mesh *mesh) {
  for (size_t n = 0; n < mesh->nodes; n++)
    turn(Q, (double[3]){mesh->X[n][0], mesh->X[n][1], mesh->X[n][2]}, mesh->X[n]);
  for (size_t e = 0; e < mesh->elements; e++)
    for (size_t f = 0; f < mesh->regions[mesh->region[e]].families; f++) {
      double *a = mesh->fibre[e][f];
      turn(Q, (double[3]){a[0], a[1], a[2]}, a);
    }
}

enum { CUBE_NODES = 64 };

/*
 * A fibrous cube is clamped at one end and pulled, sheared and twisted at the other. `body` turns the cube before
 * anything happens, `space` is how all of it lies in the end. Fills x [3 nodes], positions, and f, forces.
 */
static void solve_turned(const char *element, const double body[9], const double space[9], double *x, double *f) {
  stf_case c;
  double X[CUBE_NODES][3];
  read_cube(&tissues[3], element, &c);
  assert_int_equal(c.model.mesh.nodes, CUBE_NODES);
  memcpy(X, c.model.mesh.X, sizeof X);
  turn_mesh(body, &c.model.mesh);
  stf_case_cut(MPI_COMM_SELF, TOLERANCE, &c);
  stf_case_release(&c);
  for (size_t n = 0; n < CUBE_NODES; n++) {
    double *u = c.state.u + 3 * n, at[3];
    turn(space, X[n], u);
    for (int i = 0; i < 3; i++) u[i] -= c.domain.X[n][i];
    if (X[n][0] > 0.0 && X[n][0] < SIDE) continue;
    const double moved = X[n][0] / SIDE, twist = 0.15 * moved;
    turn(space, (double[3]){X[n][0] + 0.5 * moved, X[n][1] + 0.3 * moved - twist * X[n][2], X[n][2] + twist * X[n][1]},
         at);
    for (int i = 0; i < 3; i++) stf_case_hold(&c, n, i, 1, at[i] - c.domain.X[n][i]);
  }
  stf_case_solve(&c, 1.0, 1, NULL);
  for (size_t k = 0; k < 3 * CUBE_NODES; k++) x[k] = c.domain.X[k / 3][k % 3] + c.state.u[k];
  memcpy(f, c.equilibrium.equations.forces, 3 * CUBE_NODES * sizeof *f);
  stf_case_close(&c);
}

/* Turned with its load, or after it was loaded: positions and forces are the same, turned. */
static void a_turned_body_has_turned_forces(void **state) {
  (void)state;
  static const double unturned[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  double x[3 * CUBE_NODES], f[3 * CUBE_NODES], found_x[3 * CUBE_NODES], found_f[3 * CUBE_NODES], Q[9];
  uint64_t seed = 8;
  for (int e = 0; e < 2; e++) {
    stf_test_random_rotation(&seed, Q);
    solve_turned(elements[e], unturned, unturned, x, f);
    for (size_t n = 0; n < CUBE_NODES; n++) {
      turn(Q, (double[3]){x[3 * n], x[3 * n + 1], x[3 * n + 2]}, x + 3 * n);
      turn(Q, (double[3]){f[3 * n], f[3 * n + 1], f[3 * n + 2]}, f + 3 * n);
    }
    solve_turned(elements[e], Q, Q, found_x, found_f);
    stf_assert_all_near(found_x, x, 3 * CUBE_NODES, 1e-11);
    stf_assert_all_near(found_f, f, 3 * CUBE_NODES, 1e-11);
    solve_turned(elements[e], unturned, Q, found_x, found_f);
    stf_assert_all_near(found_x, x, 3 * CUBE_NODES, 1e-11);
    stf_assert_all_near(found_f, f, 3 * CUBE_NODES, 1e-11);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_patch_of_distorted_elements_stays_homogeneous),
      TEST(a_pulled_block_with_free_sides_has_the_uniaxial_stress),
      TEST(a_block_pulled_along_and_across_has_the_equibiaxial_stress),
      TEST(a_sheared_block_has_the_stress_of_simple_shear),
      TEST(a_turned_body_has_turned_forces),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
