/* A point driven along a path: closed forms, what is free is free of stress, the tangent is that of the curve. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "material/path.h"
#include "stf_test.h"

enum { STEPS = 40, KINDS = 5 };

static stf_arena *arena;
static stf_path_point points[STEPS + 1];

static int set_up(void **state) {
  (void)state;
  arena = stf_arena_create();
  return arena ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

static const void *prepared(const stf_law_about *law, const char *yaml) {
  const void *parameters = stf_test_read(law->parameters, yaml, arena);
  void *data = stf_arena_alloc(arena, law->data_size);
  assert_non_null(parameters);
  assert_non_null(data);
  assert_null(law->prepare(parameters, data));
  return data;
}

/* A material of this matrix and volumetric part. */
static stf_material matrix(const char *law, const char *yaml, double bulk_modulus) {
  const stf_matrix_law *found = stf_matrix_law_find(law);
  assert_non_null(found);
  return (stf_material){.name = law,
                        .matrix = found,
                        .matrix_data = prepared(&found->about, yaml),
                        .volumetric = STF_CONVEX,
                        .bulk_modulus = bulk_modulus};
}

/* Puts fibres into a material, and along an angle to x in the plane of x and y into its path. */
static void add_fibres(stf_material *material, stf_path *path, const char *law, const char *yaml, double angle) {
  const stf_fibre_law *found = stf_fibre_law_find(law);
  assert_non_null(found);
  const size_t f = material->families++;
  material->family[f] = (stf_family){.name = law, .law = found, .data = prepared(&found->about, yaml), .fraction = 1.0};
  path->direction[f][0] = cos(angle);
  path->direction[f][1] = sin(angle);
}

static void drive(const stf_path *path, double to) {
  int reached;
  assert_int_equal(stf_path_drive(path, to, STEPS, points, &reached), STF_OK);
  assert_int_equal(reached, STEPS + 1);
  stf_assert_near(points[STEPS].at, to, 1e-15);
}

/* The whole response at a point of the path. */
static void stress(const stf_path *path, const stf_path_point *at, double P[9], double sigma[9]) {
  stf_lane F[9], a0[STF_MAX_FAMILIES][3];
  stf_response found;
  double transposed[9];
  for (int r = 0; r < 9; r++) STF_EACH_LANE F[r][l] = at->F[r];
  for (size_t f = 0; f < path->material->families; f++)
    for (int i = 0; i < 3; i++) STF_EACH_LANE a0[f][i][l] = path->direction[f][i];
  stf_material_respond(path->material, NULL, F, (const stf_lane(*)[3])a0, STF_WANT_STRESS, &found);
  stf_test_from_lane(found.P, 9, 0, P);
  for (int r = 0; r < 9; r++) transposed[r] = at->F[3 * (r % 3) + r / 3];
  stf_test_multiply(P, transposed, sigma);
  for (int r = 0; r < 9; r++) sigma[r] /= stf_test_determinant(at->F);
}

/* Incompressible neo-Hookean solid: nominal stress and its slope (Rivlin 1948). */
static void an_incompressible_solid_follows_the_closed_forms(void **state) {
  (void)state;
  const stf_material neo = matrix("neo-hookean", "shear_modulus: 0.8 MPa\n", 0.0);
  const double mu = 0.8;
  for (int kind = STF_UNIAXIAL; kind <= STF_SHEAR; kind++) {
    const stf_path path = {.kind = (stf_path_kind)kind, .material = &neo, .incompressible = true};
    drive(&path, kind == STF_SHEAR ? 1.0 : 2.0);
    for (int n = 1; n <= STEPS; n++) {
      const double l = points[n].at;
      const double nominal[] = {mu * (l - 1 / (l * l)), mu * (l - pow(l, -5)), mu * (l - pow(l, -3)), mu * l};
      const double slope[] = {mu * (1 + 2 / (l * l * l)), mu * (1 + 5 * pow(l, -6)), mu * (1 + 3 * pow(l, -4)), mu};
      stf_test_about("%s to %g", stf_path_names[kind], l);
      stf_assert_near(points[n].nominal, nominal[kind], 1e-11);
      stf_assert_near(points[n].cauchy, nominal[kind] * (kind == STF_SHEAR ? 1.0 : l), 1e-11);
      stf_assert_near(points[n].tangent, slope[kind], 1e-10);
      stf_assert_near(stf_test_determinant(points[n].F), 1.0, 1e-12);
    }
  }
}

static void shortening_works_as_stretching_does(void **state) {
  (void)state;
  const stf_material neo = matrix("neo-hookean", "shear_modulus: 0.8 MPa\n", 0.0);
  const stf_path path = {.kind = STF_UNIAXIAL, .material = &neo, .incompressible = true};
  drive(&path, 0.3);
  for (int n = 1; n <= STEPS; n++)
    stf_assert_near(points[n].nominal, 0.8 * (points[n].at - pow(points[n].at, -2)), 1e-10);
}

/* Drained: P_xx = mu (l - 1/l) + lambda ln(l)/l confined; the sides of a slender bar narrow by nu. */
static void a_compressible_solid_follows_the_closed_forms(void **state) {
  (void)state;
  const stf_material drained = matrix("neo-hookean-drained", "shear_modulus: 0.8 MPa\npoisson_ratio: 0.2\n", 0.0);
  const double mu = 0.8, lambda = 2.0 * mu * 0.2 / 0.6;
  stf_path path = {.kind = STF_CONFINED, .material = &drained};
  drive(&path, 0.5);
  for (int n = 1; n <= STEPS; n++) {
    const double l = points[n].at;
    stf_assert_near(points[n].nominal, mu * (l - 1 / l) + lambda * log(l) / l, 1e-13);
    stf_assert_near(points[n].cauchy, points[n].nominal, 1e-13);
    stf_assert_near(points[n].tangent, mu * (1 + 1 / (l * l)) + lambda * (1 - log(l)) / (l * l), 1e-13);
  }
  path.kind = STF_UNIAXIAL;
  drive(&path, 1.0 + 1e-5);
  stf_assert_near((1.0 - points[STEPS].F[4]) / 1e-5, 0.2, 2e-5);
  stf_assert_near(points[0].tangent, 2.0 * mu * 1.2, 1e-11);
}

/* A material with two crossed families, and one with one family off the axes. */
static void crossed(stf_material *material, stf_path *path, double second) {
  *material = matrix("mooney-rivlin", "c10: 0.3 MPa\nc01: 0.1 MPa\n", 20.0);
  *path = (stf_path){.material = material};
  add_fibres(material, path, "holzapfel-gasser-ogden", "k1: 1 MPa\nk2: 2\nkappa: 0.1\n", 0.5);
  add_fibres(material, path, "fibrils", "modulus: 50 MPa\nstraightening_stretch: 1.05\nstraightening_sd: 0.02\n",
             second);
}

static void what_is_free_is_free_of_stress_and_what_is_held_is_told(void **state) {
  (void)state;
  static const int free_of[KINDS][5] = {{1, 2, 4, 5, 8}, {2, 5, 8}, {2, 5, 8}, {0}, {0}},
                   count[KINDS] = {5, 3, 3, 0, 0};
  stf_material material;
  stf_path path;
  crossed(&material, &path, 1.2);
  for (int kind = 0; kind < KINDS; kind++) {
    path.kind = (stf_path_kind)kind;
    drive(&path, kind == STF_SHEAR ? 0.4 : 1.3);
    for (int n = 1; n <= STEPS; n++) {
      double P[9], sigma[9];
      const int told = kind == STF_SHEAR ? 1 : 0;
      stress(&path, &points[n], P, sigma);
      stf_test_about("%s to %g", stf_path_names[kind], points[n].at);
      for (int i = 0; i < count[kind]; i++) stf_assert_small(fabs(P[free_of[kind][i]]) / fabs(P[0]), 1e-12);
      stf_assert_near(points[n].nominal, P[told], 1e-13);
      stf_assert_near(points[n].cauchy, sigma[told], 1e-13);
      stf_assert_small(fabs(points[n].F[3]) + fabs(points[n].F[6]) + fabs(points[n].F[7]), 0.0);
    }
  }
}

/* Differences of the nominal stress of three points in a row, with an error of the order of the step squared. */
static void the_tangent_is_the_slope_of_the_curve(void **state) {
  (void)state;
  stf_material material;
  stf_path path;
  crossed(&material, &path, 1.2);
  for (int kind = 0; kind < KINDS; kind++) {
    const double to = kind == STF_SHEAR ? 0.4 : 1.3;
    path.kind = (stf_path_kind)kind;
    drive(&path, to);
    const stf_path_point at = points[STEPS];
    double side[2];
    for (int d = 0; d < 2; d++) {
      drive(&path, to + (d ? 1e-5 : -1e-5));
      side[d] = points[STEPS].nominal;
    }
    stf_test_about("%s", stf_path_names[kind]);
    stf_assert_near(at.tangent, (side[1] - side[0]) / 2e-5, 1e-6);
  }
}

static void families_that_mirror_each_other_make_no_shear_and_one_alone_does(void **state) {
  (void)state;
  const char *fibres = "k1: 1 MPa\nk2: 2\n";
  for (int both = 0; both < 2; both++) {
    stf_material material = matrix("neo-hookean", "shear_modulus: 0.5 MPa\n", 20.0);
    stf_path path = {.kind = STF_UNIAXIAL, .material = &material};
    add_fibres(&material, &path, "exponential-fibre", fibres, 0.6);
    if (both) add_fibres(&material, &path, "exponential-fibre", fibres, -0.6);
    drive(&path, 1.3);
    if (both)
      stf_assert_small(fabs(points[STEPS].F[1]), 1e-12);
    else
      assert_true(points[STEPS].F[1] < -0.01); /* it turns towards x */
    assert_true(fabs(points[STEPS].F[4] - points[STEPS].F[8]) > 0.01);
  }
}

static void a_growing_bulk_modulus_leads_to_the_incompressible_solid(void **state) {
  (void)state;
  stf_material neo = matrix("neo-hookean", "shear_modulus: 0.8 MPa\n", 0.0);
  stf_path path = {.kind = STF_UNIAXIAL, .material = &neo, .incompressible = true};
  drive(&path, 1.5);
  const double limit = points[STEPS].nominal;
  double before = 1.0;
  path.incompressible = false;
  for (double bulk = 10.0; bulk < 1e6; bulk *= 10.0) {
    neo.bulk_modulus = bulk;
    drive(&path, 1.5);
    const double off = fabs(points[STEPS].nominal / limit - 1.0);
    assert_true(off < 0.2 * before);
    before = off;
  }
  stf_assert_small(before, 1e-5);
}

static void add_nothing(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  (void)data, (void)F, (void)want, (void)response;
}

/* A fibre alone resists nothing across itself: its sides stay equal. */
static void a_fibre_alone_pulls_along_itself(void **state) {
  (void)state;
  static const stf_matrix_law nothing = {.about = {.name = "nothing"}, .isochoric = true, .add = add_nothing};
  stf_material material = {.matrix = &nothing};
  stf_path path = {.kind = STF_UNIAXIAL, .material = &material, .incompressible = true};
  add_fibres(&material, &path, "exponential-fibre", "k1: 1 MPa\nk2: 2\n", 0.0);
  drive(&path, 1.3);
  for (int n = 1; n <= STEPS; n++) {
    const double l = points[n].at, e = l * l - 1.0;
    stf_assert_near(points[n].nominal, 2.0 * l * e * exp(2.0 * e * e), 1e-11);
    stf_assert_near(points[n].F[4], points[n].F[8], 1e-9);
  }
}

static void steps_may_be_few_or_many(void **state) {
  (void)state;
  const stf_material neo = matrix("neo-hookean", "shear_modulus: 0.8 MPa\n", 1e4);
  const stf_path path = {.kind = STF_EQUIBIAXIAL, .material = &neo};
  int reached;
  drive(&path, 4.0);
  const double many = points[STEPS].nominal;
  assert_int_equal(stf_path_drive(&path, 4.0, 1, points, &reached), STF_OK);
  assert_int_equal(reached, 2);
  stf_assert_near(points[1].nominal, many, 1e-9);
  stf_assert_small(fabs(points[0].nominal), 1e-15);
}

/* The sides of a bar stretched twentyfold in one go might come out of Newton's method negative, turned by half a turn.
 */
static void a_huge_step_turns_nothing_over(void **state) {
  (void)state;
  const stf_material soft = matrix("neo-hookean", "shear_modulus: 1 Pa\n", 1000.0);
  const stf_path path = {.kind = STF_UNIAXIAL, .material = &soft};
  int reached;
  assert_int_equal(stf_path_drive(&path, 20.0, 1, points, &reached), STF_OK);
  stf_assert_near(points[1].F[4], 1.0 / sqrt(20.0), 1e-6);
  stf_assert_near(points[1].F[8], 1.0 / sqrt(20.0), 1e-6);
}

static void where_there_is_no_equilibrium_the_path_ends(void **state) {
  (void)state;
  const stf_material neo = matrix("neo-hookean", "shear_modulus: 0.8 MPa\n", 1e4);
  const stf_path path = {.kind = STF_UNIAXIAL, .material = &neo};
  int reached = -1;
  assert_int_equal(stf_path_drive(&path, -1.0, 4, points, &reached), STF_NO_SOLUTION);
  assert_int_equal(reached, 2); /* at 1 and 0.5, not at 0 */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_incompressible_solid_follows_the_closed_forms),
      cmocka_unit_test(shortening_works_as_stretching_does),
      cmocka_unit_test(a_compressible_solid_follows_the_closed_forms),
      cmocka_unit_test(what_is_free_is_free_of_stress_and_what_is_held_is_told),
      cmocka_unit_test(the_tangent_is_the_slope_of_the_curve),
      cmocka_unit_test(families_that_mirror_each_other_make_no_shear_and_one_alone_does),
      cmocka_unit_test(a_growing_bulk_modulus_leads_to_the_incompressible_solid),
      cmocka_unit_test(a_fibre_alone_pulls_along_itself),
      cmocka_unit_test(steps_may_be_few_or_many),
      cmocka_unit_test(a_huge_step_turns_nothing_over),
      cmocka_unit_test(where_there_is_no_equilibrium_the_path_ends),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
