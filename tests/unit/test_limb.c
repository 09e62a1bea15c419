/* The generator `limb`: layers about a bone, faces, interfaces, grading, symmetry; and what it refuses. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stf_anatomy.h"

#define LAYERS                                                                      \
  "layers:\n"                                                                       \
  "  - {name: muscle, tissue: m, thickness: 50 mm, fibres: [0 deg], elements: 5}\n" \
  "  - {name: fascia, tissue: f, thickness: 1 mm, fibres: [0 deg, 90 deg]}\n"       \
  "  - {name: skin, tissue: s, thickness: 10 mm, elements: 2}\n"

static const char half[] = "bone: 15 mm\nlength: 120 mm\nangle: 180 deg\n" LAYERS;

static double from_axis(const double X[3]) {
  return hypot(X[1], X[2]);
}

static void layers_lie_about_the_bone_at_their_radii(void **state) {
  (void)state;
  static const double inside[] = {15.0, 65.0, 66.0}, outside[] = {65.0, 66.0, 76.0};
  double least[3] = {INFINITY, INFINITY, INFINITY}, most[3] = {0};
  stf_sample s;
  stf_sample_build(&s, "limb", half, 10.0);
  assert_int_equal(s.mesh.elements, 12 * 24 * 8); /* 239 mm around at the skin */
  assert_int_equal(s.mesh.region_count, 3);
  for (size_t e = 0; e < s.mesh.elements; e++)
    for (int a = 0; a < 8; a++) {
      const double r = from_axis(s.mesh.X[s.mesh.cell[e][a]]);
      least[s.mesh.region[e]] = fmin(least[s.mesh.region[e]], r);
      most[s.mesh.region[e]] = fmax(most[s.mesh.region[e]], r);
    }
  for (int r = 0; r < 3; r++) {
    stf_assert_near(least[r], inside[r], 1e-13);
    stf_assert_near(most[r], outside[r], 1e-13);
  }
  stf_assert_near(s.mesh.length, 120.0, 1e-14);
  stf_sample_clear(&s);
}

/* Corners alone lie on the cylinders, so n elements around lack 1 - sin(a)/a of the whole, a the angle of one. */
static void volume_and_skin_are_those_of_the_cylinder_but_for_its_corners(void **state) {
  (void)state;
  stf_sample s;
  const double a = M_PI / 24.0, whole = 0.5 * M_PI * (76.0 * 76.0 - 15.0 * 15.0) * 120.0;
  stf_sample_build(&s, "limb", half, 10.0);
  stf_assert_near(stf_sample_volume(&s.mesh), whole * sin(a) / a, 1e-13);
  stf_assert_near(stf_mesh_face(&s.mesh, "outer")->area, 24.0 * 2.0 * 76.0 * sin(0.5 * a) * 120.0, 1e-13);
  stf_assert_near(stf_mesh_face(&s.mesh, "inner")->area, 24.0 * 2.0 * 15.0 * sin(0.5 * a) * 120.0, 1e-13);
  stf_assert_near(stf_mesh_face(&s.mesh, "x_min")->area, whole / 120.0 * sin(a) / a, 1e-13);
  stf_assert_near(stf_mesh_face(&s.mesh, "y_max")->area, 61.0 * 120.0, 1e-13);
  stf_sample_clear(&s);
}

static void normals_point_away_from_the_bone_and_fibres_run_along_and_around(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "limb", half, 10.0);
  int seen = 0;
  for (size_t e = 0; e < s.mesh.elements; e++) {
    double middle[3];
    stf_mesh_middle(&s.mesh, e, middle);
    const double *n = s.mesh.normal[e], r = from_axis(middle), along[3] = {1.0, 0.0, 0.0};
    const double around[3] = {0.0, middle[2] / r, -middle[1] / r}, out[3] = {0.0, middle[1] / r, middle[2] / r};
    stf_assert_all_near(n, out, 3, 1e-13);
    if (s.mesh.region[e] == 2) continue;
    stf_assert_all_near(s.mesh.fibre[e][0], along, 3, 1e-13);
    if (s.mesh.region[e] != 1) continue;
    stf_assert_all_near(s.mesh.fibre[e][1], around, 3, 1e-13);
    seen++;
  }
  assert_int_equal(seen, 12 * 24);
  stf_sample_clear(&s);
}

static void elements_grow_from_the_middle_by_the_grading(void **state) {
  (void)state;
  stf_sample s;
  char yaml[1024];
  snprintf(yaml, sizeof yaml, "grading: 8\n%s", half);
  stf_sample_build(&s, "limb", yaml, 5.0);
  double x[64] = {0};
  int lines = 0;
  for (size_t n = 0; n < s.mesh.nodes; n++)
    if (!lines || s.mesh.X[n][0] > x[lines - 1]) x[lines++] = s.mesh.X[n][0];
  assert_int_equal(lines, 9); /* 60 mm log(8)/7 over 5 mm are 4 elements to either side */
  const double q = pow(8.0, 0.25);
  for (int i = 4; i + 2 < lines; i++) stf_assert_near((x[i + 2] - x[i + 1]) / (x[i + 1] - x[i]), q, 1e-12);
  for (int i = 0; i < lines; i++) stf_assert_small(fabs(x[i] + x[lines - 1 - i] - 120.0), 1e-12);
  assert_true(x[0] == 0.0);
  stf_assert_near(x[5] - x[4], 60.0 * (q - 1.0) / 7.0, 1e-12);
  stf_sample_clear(&s);
}

static void a_quarter_is_the_quarter_of_the_whole_with_planes_of_symmetry(void **state) {
  (void)state;
  stf_sample whole, quarter;
  char yaml[1024];
  stf_sample_build(&whole, "limb", half, 10.0);
  snprintf(yaml, sizeof yaml, "part: quarter\n%s", half);
  stf_sample_build(&quarter, "limb", yaml, 10.0);
  assert_int_equal(whole.mesh.elements, 4 * quarter.mesh.elements);
  stf_assert_near(4.0 * stf_sample_volume(&quarter.mesh), stf_sample_volume(&whole.mesh), 1e-13);
  const struct {
    const char *face;
    int axis;
  } planes[] = {{"x_min", 0}, {"y_min", 1}, {"y_max", 2}}; /* half of 180 deg ends in the plane z = 0 */
  for (int p = 0; p < 3; p++) {
    const stf_face *face = stf_mesh_face(&quarter.mesh, planes[p].face);
    for (size_t k = 0; k < face->nodes; k++) assert_true(quarter.mesh.X[face->node[k]][planes[p].axis] == 0.0);
    stf_assert_near(face->normal[planes[p].axis], -1.0, 1e-14);
  }
  stf_sample_clear(&whole);
  stf_sample_clear(&quarter);
}

static void a_quarter_of_a_limb_all_round_has_both_planes_through_its_axis(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "limb", "part: quarter\nbone: 15 mm\nlength: 120 mm\nangle: 360 deg\n" LAYERS, 10.0);
  const char *const faces[] = {"y_min", "y_max"};
  for (int p = 0; p < 2; p++) {
    const stf_face *face = stf_mesh_face(&s.mesh, faces[p]);
    for (size_t k = 0; k < face->nodes; k++) {
      assert_true(s.mesh.X[face->node[k]][1] == 0.0);
      assert_true(s.mesh.X[face->node[k]][2] * (p ? -1.0 : 1.0) >= 15.0 - 1e-12);
    }
  }
  stf_sample_clear(&s);
}

static void layers_glide_where_interfaces_say(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "limb",
                   "bone: 15 mm\nlength: 120 mm\n" LAYERS "interfaces: [{name: glide, tissue: g, above: muscle}]\n",
                   20.0);
  assert_int_equal(s.mesh.interfaces, 1);
  const stf_face *lower = &s.mesh.faces[s.mesh.interface[0].face[0]],
                 *upper = &s.mesh.faces[s.mesh.interface[0].face[1]];
  assert_string_equal(lower->name, "muscle_top");
  assert_string_equal(upper->name, "fascia_bottom");
  assert_int_equal(lower->nodes, upper->nodes);
  for (size_t k = 0; k < lower->nodes; k++) {
    stf_assert_near(from_axis(s.mesh.X[lower->node[k]]), 65.0, 1e-13);
    assert_true(lower->node[k] != upper->node[k]);
  }
  assert_non_null(stf_mesh_face(&s.mesh, "fascia_x_max"));
  stf_sample_clear(&s);
}

static void what_cannot_be_is_refused(void **state) {
  (void)state;
  stf_sample_assert_refused("limb", "bone: 15 mm\nlength: 120 mm\nangle: 351 deg\n" LAYERS, 10.0, 1,
                            "a whole piece that goes round by 351 deg");
  stf_sample_assert_refused("limb", "bone: 15 mm\nlength: 120 mm\n" LAYERS, 80.0, 1,
                            "elements that go round by up to 60 deg");
  stf_sample_assert_refused("limb", "bone: 15 mm\nlength: 120 mm\n" LAYERS, 0.05, 1, "elements (");
  stf_sample_assert_refused(
      "limb", "bone: 15 mm\nlength: 120 mm\n" LAYERS "interfaces: [{name: glide, tissue: g, above: skin}]\n", 10.0, 1,
      "skin, which is the topmost layer");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layers_lie_about_the_bone_at_their_radii),
      cmocka_unit_test(volume_and_skin_are_those_of_the_cylinder_but_for_its_corners),
      cmocka_unit_test(normals_point_away_from_the_bone_and_fibres_run_along_and_around),
      cmocka_unit_test(elements_grow_from_the_middle_by_the_grading),
      cmocka_unit_test(a_quarter_is_the_quarter_of_the_whole_with_planes_of_symmetry),
      cmocka_unit_test(a_quarter_of_a_limb_all_round_has_both_planes_through_its_axis),
      cmocka_unit_test(layers_glide_where_interfaces_say),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
