/* Shells are turned so that their thickness is their third direction, or refused with their place. */
#include <math.h>
#include <string.h>

#include "model/orient.h"
#include "stf_test.h"

/* A box 3 x 2 x 0.4, its nodes counted with direction 0, 1 or 2 of `order` along x, y and z. */
static const double SIZE[3] = {3.0, 2.0, 0.4};
static const int SIDE[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};

static double X[8][3], normal[1][3];
static int cell[1][STF_SHAPE_NODES], region[1];
static unsigned char shape[1];
static stf_region regions[1] = {{.name = "sheet"}};
static stf_model model;
static stf_diags *diags;

static int set_up(void **state) {
  (void)state;
  diags = stf_diags_create();
  model = (stf_model){.mesh = {.nodes = 8,
                               .X = X,
                               .elements = 1,
                               .shape = shape,
                               .cell = cell,
                               .region = region,
                               .normal = normal,
                               .region_count = 1,
                               .regions = regions}};
  model.element[STF_HEX8] = stf_element_find("hex8-shell");
  model.element[STF_WEDGE6] = stf_element_find("wedge6-shell");
  return diags ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  stf_diags_destroy(diags);
  return 0;
}

static void place_box(int first, const double n[3]) {
  for (int a = 0; a < 8; a++) {
    cell[0][a] = a;
    for (int m = 0; m < 3; m++) X[a][(m + first) % 3] = SIZE[(m + first) % 3] * SIDE[a][m];
  }
  shape[0] = STF_HEX8;
  memcpy(normal[0], n, sizeof normal[0]);
}

static stf_status orient(bool given) {
  return stf_orient_shells(&model, &given, (stf_place){0}, diags);
}

/* (edge 0 x edge 1) . edge 2 at node 0 of the cell, and edge 2 */
static double corner(double third[3]) {
  static const int along[3] = {1, 3, 4};
  double edge[9];
  for (int m = 0; m < 3; m++)
    for (int i = 0; i < 3; i++) edge[3 * m + i] = X[cell[0][along[m]]][i] - X[cell[0][0]][i];
  memcpy(third, edge + 6, 3 * sizeof *third);
  return stf_test_determinant(edge);
}

static void a_hexahedron_is_turned_to_the_normal_however_its_nodes_are_counted(void **state) {
  (void)state;
  static const double sideways = 0.6; /* the normal need not be exact */
  for (int first = 0; first < 3; first++)
    for (int axis = 0; axis < 3; axis++) {
      double n[3] = {0}, third[3];
      n[axis] = 0.8;
      n[(axis + 1) % 3] = sideways;
      place_box(first, n);
      assert_int_equal(orient(true), STF_OK);
      stf_assert_near(corner(third), SIZE[0] * SIZE[1] * SIZE[2], 1e-14);
      for (int i = 0; i < 3; i++) assert_true((fabs(third[i]) > 0.1) == (i == axis));
    }
}

static void what_lies_askew_to_the_normal_is_refused(void **state) {
  (void)state;
  place_box(0, (const double[3]){sqrt(1.0 / 3.0), sqrt(1.0 / 3.0), sqrt(1.0 / 3.0)});
  assert_int_equal(orient(true), STF_BAD_INPUT);
  assert_int_equal(stf_diags_count(diags), 1);
  const stf_diag *d = stf_diags_get(diags, 0);
  assert_non_null(strstr(d->found, "54.7 deg"));
  assert_non_null(strstr(d->found, "element 0 (region sheet"));
}

static void without_a_normal_the_thickness_must_be_the_shortest(void **state) {
  (void)state;
  for (int first = 0; first < 3; first++) {
    place_box(first, (const double[3]){0, 0, 1});
    const size_t before = stf_diags_count(diags);
    assert_int_equal(orient(false), first == 0 ? STF_OK : STF_BAD_INPUT);
    for (int a = 0; a < 8; a++) assert_int_equal(cell[0][a], a);
    if (first == 0) continue;
    assert_int_equal(stf_diags_count(diags), before + 1);
    assert_non_null(strstr(stf_diags_get(diags, before)->hint, "normal"));
  }
}

static void a_solid_stays_as_it_is(void **state) {
  (void)state;
  model.element[STF_HEX8] = stf_element_find("hex8");
  place_box(1, (const double[3]){0, 0, 1});
  assert_int_equal(orient(true), STF_OK);
  for (int a = 0; a < 8; a++) assert_int_equal(cell[0][a], a);
}

static void a_wedge_on_its_side_is_refused(void **state) {
  (void)state;
  static const int corners[6] = {0, 1, 2, 4, 5, 6};
  for (int upright = 0; upright < 2; upright++) {
    place_box(0, (const double[3]){upright ? 0 : 1, 0, upright});
    shape[0] = STF_WEDGE6;
    memcpy(cell[0], corners, sizeof corners);
    assert_int_equal(orient(true), upright ? STF_OK : STF_BAD_INPUT);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_hexahedron_is_turned_to_the_normal_however_its_nodes_are_counted, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(what_lies_askew_to_the_normal_is_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(without_a_normal_the_thickness_must_be_the_shortest, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_solid_stays_as_it_is, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_wedge_on_its_side_is_refused, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
