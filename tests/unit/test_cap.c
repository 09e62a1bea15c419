/* The generator `cap`: radii, arcs, symmetry, local directions; and what it refuses. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stf_anatomy.h"

#define SHEET "layers: [{name: wall, tissue: sheet, thickness: 2 mm, fibres: [0 deg, 30 deg], elements: 1}]\n"

static const char sphere[] = "radius_x: 50 mm\nradius_y: 50 mm\nlength: 60 mm\nwidth: 40 mm\n" SHEET;
static const char wall[] = "radius_x: 470 mm\nradius_y: 200 mm\nlength: 300 mm\nwidth: 200 mm\n" SHEET;
static const char turned[] = "radius_x: 200 mm\nradius_y: 470 mm\nlength: 200 mm\nwidth: 300 mm\n" SHEET;

static double norm(const double v[3]) {
  return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void equal_radii_give_a_sphere(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap", sphere, 5.0);
  assert_int_equal(s.mesh.elements, 12 * 8);
  const stf_face *inner = stf_mesh_face(&s.mesh, "inner"), *outer = stf_mesh_face(&s.mesh, "outer");
  for (size_t k = 0; k < inner->nodes; k++) {
    const double *X = s.mesh.X[inner->node[k]], *Y = s.mesh.X[outer->node[k]];
    stf_assert_near(norm((double[3]){X[0], X[1], X[2] + 50.0}), 49.0, 1e-13);
    stf_assert_near(norm((double[3]){Y[0], Y[1], Y[2] + 50.0}), 51.0, 1e-13);
  }
  assert_true(outer->normal[2] > 0.9 && inner->normal[2] < -0.9);
  stf_sample_clear(&s);
}

static void volume_and_area_tend_to_those_of_the_sphere_with_the_second_order(void **state) {
  (void)state;
  const double theta = 30.0 / 50.0, phi = 20.0 / 50.0;
  const double volume = (51.0 * 51.0 * 51.0 - 49.0 * 49.0 * 49.0) / 3.0 * 2.0 * theta * 2.0 * sin(phi);
  const double area = 51.0 * 51.0 * 2.0 * theta * 2.0 * sin(phi);
  double off[2][2];
  for (int i = 0; i < 2; i++) {
    stf_sample s;
    stf_sample_build(&s, "cap", sphere, i ? 2.5 : 5.0);
    off[i][0] = volume - stf_sample_volume(&s.mesh);
    off[i][1] = area - stf_mesh_face(&s.mesh, "outer")->area;
    stf_sample_clear(&s);
  }
  for (int q = 0; q < 2; q++) {
    assert_true(off[0][q] > 0.0 && off[0][q] < 1e-2 * area);
    stf_assert_small(fabs(log2(off[0][q] / off[1][q]) - 2.0), 0.02);
  }
}

/* The middle lines are circles of the stated radii, in either order. */
static void each_radius_is_that_of_its_middle_line(void **state) {
  (void)state;
  const char *const yaml[2] = {wall, turned};
  for (int turn = 0; turn < 2; turn++) {
    stf_sample s;
    stf_sample_build(&s, "cap", yaml[turn], 50.0);
    const double radius[2] = {turn ? 200.0 : 470.0, turn ? 470.0 : 200.0};
    int seen = 0;
    for (size_t n = 1; n < s.mesh.nodes; n += 2) { /* nodes of the outer face */
      const double *X = s.mesh.X[n];
      for (int axis = 0; axis < 2; axis++) {
        if (fabs(X[1 - axis]) > 1e-9) continue;
        stf_assert_near(hypot(X[axis], X[2] + radius[axis]), radius[axis] + 1.0, 1e-13);
        seen++;
      }
    }
    assert_int_equal(seen, 7 + 5);
    stf_sample_clear(&s);
  }
}

static void turning_a_cap_changes_nothing_but_the_names(void **state) {
  (void)state;
  stf_sample a, b;
  stf_sample_build(&a, "cap", wall, 50.0);
  stf_sample_build(&b, "cap", turned, 50.0);
  for (int i = 0; i <= 6; i++)
    for (int j = 0; j <= 4; j++)
      for (int k = 0; k < 2; k++) {
        const double *X = a.mesh.X[(i * 5 + j) * 2 + k], *Y = b.mesh.X[(j * 7 + i) * 2 + k];
        stf_assert_small(fabs(X[0] - Y[1]) + fabs(X[1] - Y[0]) + fabs(X[2] - Y[2]), 1e-12);
      }
  stf_assert_near(stf_mesh_face(&a.mesh, "x_max")->area, stf_mesh_face(&b.mesh, "y_max")->area, 1e-13);
  stf_sample_clear(&a);
  stf_sample_clear(&b);
}

static void arcs_have_the_stated_lengths(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap", wall, 100.0); /* 3 x 2: the middle line along x is a line of the mesh */
  double along = 0.0;
  for (int i = 0; i < 3; i++) {
    double way[3];
    for (int a = 0; a < 3; a++)
      way[a] = 0.5 * (s.mesh.X[(i * 3 + 4) * 2][a] + s.mesh.X[(i * 3 + 4) * 2 + 1][a] - s.mesh.X[(i * 3 + 1) * 2][a] -
                      s.mesh.X[(i * 3 + 1) * 2 + 1][a]);
    along += 2.0 * 470.0 * asin(0.5 * norm(way) / 470.0);
  }
  stf_assert_near(along, 300.0, 1e-13);
  stf_sample_clear(&s);
}

static void normals_and_fibres_follow_the_surface(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap", sphere, 5.0);
  for (size_t e = 0; e < s.mesh.elements; e++) {
    double middle[3];
    stf_mesh_middle(&s.mesh, e, middle);
    middle[2] += 50.0;
    stf_assert_near(dot(middle, s.mesh.normal[e]), norm(middle), 1e-5);
    stf_assert_small(fabs(dot(s.mesh.fibre[e][0], s.mesh.normal[e])), 1e-15);
    stf_assert_small(fabs(dot(s.mesh.fibre[e][1], s.mesh.normal[e])), 1e-15);
    stf_assert_near(dot(s.mesh.fibre[e][0], s.mesh.fibre[e][1]), cos(M_PI / 6), 1e-14);
    const double *a = s.mesh.fibre[e][0], *b = s.mesh.fibre[e][1], *n = s.mesh.normal[e];
    const double turn[3] = {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
    stf_assert_near(dot(turn, n), 0.5, 1e-14); /* counter-clockwise seen from outside */
    const int *c = s.mesh.cell[e];
    double along[3];
    for (int i = 0; i < 3; i++)
      along[i] = s.mesh.X[c[1]][i] + s.mesh.X[c[2]][i] - s.mesh.X[c[0]][i] - s.mesh.X[c[3]][i];
    stf_assert_near(dot(along, a), norm(along), 1e-5); /* the x line of the mesh */
  }
  stf_sample_clear(&s);
}

static void a_quarter_is_the_quarter_of_the_whole_with_planes_of_symmetry(void **state) {
  (void)state;
  stf_sample whole, quarter;
  char yaml[512];
  snprintf(yaml, sizeof(yaml), "%spart: quarter\n", wall);
  stf_sample_build(&whole, "cap", wall, 25.0);
  stf_sample_build(&quarter, "cap", yaml, 25.0);
  assert_int_equal(whole.mesh.elements, 4 * quarter.mesh.elements);
  stf_assert_near(4.0 * stf_sample_volume(&quarter.mesh), stf_sample_volume(&whole.mesh), 1e-13);
  for (int axis = 0; axis < 2; axis++) {
    const stf_face *face = stf_mesh_face(&quarter.mesh, axis ? "y_min" : "x_min");
    double outwards[3] = {0};
    outwards[axis] = -1.0;
    stf_assert_all_near(face->normal, outwards, 3, 1e-15);
    for (size_t k = 0; k < face->nodes; k++) assert_true(quarter.mesh.X[face->node[k]][axis] == 0.0);
  }
  const double apex[3] = {0, 0, -1};
  stf_assert_all_near(quarter.mesh.X[0], apex, 3, 1e-15);
  stf_sample_clear(&whole);
  stf_sample_clear(&quarter);
}

static void a_radius_left_out_is_straight(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap", "radius_y: 30 mm\nlength: 40 mm\nwidth: 60 mm\n" SHEET, 5.0);
  for (size_t n = 0; n < s.mesh.nodes; n++)
    stf_assert_near(hypot(s.mesh.X[n][1], s.mesh.X[n][2] + 30.0), n % 2 ? 31.0 : 29.0, 1e-14);
  stf_assert_near(s.mesh.length, 40.0, 1e-15);
  stf_sample_clear(&s);
  stf_sample_build(&s, "cap", "length: 40 mm\nwidth: 60 mm\n" SHEET, 5.0);
  stf_assert_near(stf_sample_volume(&s.mesh), 40.0 * 60.0 * 2.0, 1e-13);
  stf_sample_clear(&s);
}

/* Nearly flat: no digits are lost where a radius is huge. */
static void a_huge_radius_is_as_good_as_none(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap", "radius_x: 1e7 mm\nradius_y: 1e7 mm\nlength: 40 mm\nwidth: 60 mm\n" SHEET, 20.0);
  stf_assert_near(stf_sample_volume(&s.mesh), 40.0 * 60.0 * 2.0, 1e-10);
  stf_assert_near(s.mesh.X[0][2] + 1.0, -(20.0 * 20.0 + 30.0 * 30.0) / 2e7, 1e-4);
  stf_sample_clear(&s);
}

static void layers_lie_from_inside_outwards(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap",
                   "radius_x: 100 mm\nradius_y: 50 mm\nlength: 20 mm\nwidth: 20 mm\nlayers:\n"
                   "  - {name: inside, tissue: t, thickness: 1 mm, elements: 2}\n"
                   "  - {name: outside, tissue: t, thickness: 2 mm, elements: 1}\n"
                   "interlaminar: {tissue: t, thickness: 0.5 mm}\n",
                   10.0);
  assert_int_equal(s.mesh.elements, 2 * 2 * 4);
  const int region[4] = {0, 0, 2, 1};
  const double z[5] = {-1.75, -1.25, -0.75, -0.25, 1.75};
  for (int k = 0; k < 4; k++) assert_int_equal(s.mesh.region[k], region[k]);
  for (int k = 0; k < 5; k++) stf_assert_small(fabs(s.mesh.X[(1 * 3 + 1) * 5 + k][2] - z[k]), 1e-14); /* the apex */
  stf_sample_clear(&s);
}

static void what_cannot_be_bent_so_far_is_refused(void **state) {
  (void)state;
  stf_sample_assert_refused("cap", "radius_x: 10 mm\nradius_y: 10 mm\nlength: 30 mm\nwidth: 29 mm\n" SHEET, 1.0, 1,
                            "an arc of 171.9 deg");
  stf_sample_assert_refused("cap", "radius_x: 1 mm\nlength: 1 mm\nwidth: 1 mm\n" SHEET, 1.0, 1,
                            "a radius of 1 mm for a sheet 2 mm thick");
  stf_sample_assert_refused("cap", "length: 1000 mm\nwidth: 1000 mm\n" SHEET, 0.1, 1, "1e+08 elements");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_radii_give_a_sphere),
      cmocka_unit_test(volume_and_area_tend_to_those_of_the_sphere_with_the_second_order),
      cmocka_unit_test(each_radius_is_that_of_its_middle_line),
      cmocka_unit_test(turning_a_cap_changes_nothing_but_the_names),
      cmocka_unit_test(arcs_have_the_stated_lengths),
      cmocka_unit_test(normals_and_fibres_follow_the_surface),
      cmocka_unit_test(a_quarter_is_the_quarter_of_the_whole_with_planes_of_symmetry),
      cmocka_unit_test(a_radius_left_out_is_straight),
      cmocka_unit_test(a_huge_radius_is_as_good_as_none),
      cmocka_unit_test(layers_lie_from_inside_outwards),
      cmocka_unit_test(what_cannot_be_bent_so_far_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
