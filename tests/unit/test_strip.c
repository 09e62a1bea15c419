/* The generators `strip` and `stack`: structured meshes of the stated shape, and what they refuse. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stf_anatomy.h"

static const char plain[] = "length: 6 mm\n"
                            "width: 3 mm\n"
                            "layers:\n"
                            "  - {name: deep, tissue: sheet, thickness: 0.8 mm, fibres: [0 deg, 78 deg]}\n";

static const char layered[] = "length: 10 mm\n"
                              "width: 4 mm\n"
                              "layers:\n"
                              "  - {name: deep, tissue: sheet, thickness: 0.5 mm, fibres: [90 deg], elements: 3}\n"
                              "  - {name: loose, tissue: areolar, thickness: 2 mm}\n"
                              "  - {name: top, tissue: sheet, thickness: 0.01 mm, fibres: [-30 deg]}\n";

static const char bone[] = "length: 60 mm\n"
                           "width: 10 mm\n"
                           "layers:\n"
                           "  - {name: all, tissue: sheet, thickness: 1 mm}\n"
                           "gauge: {length: 20 mm, width: 4 mm, fillet: 8 mm}\n";

static void a_plain_strip_has_the_elements_and_extent_asked_for(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip", plain, 1.0);
  assert_int_equal(s.mesh.elements, 6 * 3 * 1);
  assert_int_equal(s.mesh.nodes, 7 * 4 * 2);
  double least[3] = {INFINITY, INFINITY, INFINITY}, most[3] = {-INFINITY, -INFINITY, -INFINITY};
  for (size_t n = 0; n < s.mesh.nodes; n++)
    for (int i = 0; i < 3; i++) {
      least[i] = fmin(least[i], s.mesh.X[n][i]);
      most[i] = fmax(most[i], s.mesh.X[n][i]);
    }
  const double from[3] = {0.0, -1.5, 0.0}, to[3] = {6.0, 1.5, 0.8};
  stf_assert_all_near(least, from, 3, 1e-15);
  stf_assert_all_near(most, to, 3, 1e-15);
  stf_assert_near(s.mesh.length, 6.0, 1e-15);
  stf_assert_near(stf_sample_volume(&s.mesh), 6.0 * 3.0 * 0.8, 1e-14);
  stf_sample_clear(&s);
}

static void nodes_are_numbered_along_z_then_y_then_x(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip", plain, 1.0);
  const double expected[4][3] = {{0, -1.5, 0}, {0, -1.5, 0.8}, {0, -0.5, 0}, {1, -1.5, 0}};
  const size_t node[4] = {0, 1, 2, 8};
  for (int i = 0; i < 4; i++) stf_assert_all_near(s.mesh.X[node[i]], expected[i], 3, 1e-15);
  int widest = 0;
  for (size_t e = 0; e < s.mesh.elements; e++)
    for (int a = 1; a < 8; a++) {
      const int apart = abs(s.mesh.cell[e][a] - s.mesh.cell[e][0]);
      if (apart > widest) widest = apart;
    }
  assert_int_equal(widest, 8 + 2 + 1); /* one plane across, one row, one node */
  stf_sample_clear(&s);
}

static void the_number_of_elements_is_rounded_and_at_least_one(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip", plain, 4.1); /* 6/4.1 = 1.46, 3/4.1 = 0.73, 0.8/4.1 = 0.2 */
  assert_int_equal(s.mesh.elements, 1);
  stf_sample_clear(&s);
  stf_sample_build(&s, "strip", plain, 3.9); /* 6/3.9 = 1.54 */
  assert_int_equal(s.mesh.elements, 2);
  stf_sample_clear(&s);
  stf_sample_build(&s, "strip", plain, 0.5); /* 12 x 6 x 2 */
  assert_int_equal(s.mesh.elements, 144);
  stf_sample_clear(&s);
}

static void the_six_faces_have_the_areas_and_normals_of_the_box(void **state) {
  (void)state;
  static const char *const names[6] = {"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"};
  static const double areas[6] = {3 * 0.8, 3 * 0.8, 6 * 0.8, 6 * 0.8, 18, 18};
  stf_sample s;
  stf_sample_build(&s, "strip", plain, 0.5);
  assert_int_equal(s.mesh.face_count, 6);
  for (int i = 0; i < 6; i++) {
    const stf_face *face = stf_mesh_face(&s.mesh, names[i]);
    assert_non_null(face);
    stf_assert_near(face->area, areas[i], 1e-14);
    double normal[3] = {0}, sum = 0.0;
    normal[i / 2] = i % 2 ? 1.0 : -1.0;
    stf_assert_all_near(face->normal, normal, 3, 1e-14);
    const double at[6] = {0.0, 6.0, -1.5, 1.5, 0.0, 0.8};
    for (size_t n = 0; n < face->nodes; n++) {
      stf_assert_small(fabs(s.mesh.X[face->node[n]][i / 2] - at[i]), 1e-15);
      sum += face->node_area[n];
    }
    stf_assert_near(sum, areas[i], 1e-14);
  }
  assert_int_equal(stf_mesh_face(&s.mesh, "x_min")->nodes, 7 * 3);
  assert_int_equal(stf_mesh_face(&s.mesh, "y_max")->nodes, 13 * 3);
  assert_int_equal(stf_mesh_face(&s.mesh, "z_max")->nodes, 13 * 7);
  stf_sample_clear(&s);
}

static void layers_lie_on_each_other_from_below(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip", layered, 1.0);
  assert_int_equal(s.mesh.region_count, 3);
  assert_string_equal(s.mesh.regions[1].name, "loose");
  assert_int_equal(s.mesh.regions[0].families, 1);
  assert_int_equal(s.mesh.regions[1].families, 0);
  const double z[7] = {0.0, 0.5 / 3, 1.0 / 3, 0.5, 1.5, 2.5, 2.51}; /* 3 by `elements`, 2 by size, 1 at least */
  for (int k = 0; k < 7; k++) stf_assert_small(fabs(s.mesh.X[k][2] - z[k]), 1e-15);
  const int region[6] = {0, 0, 0, 1, 1, 2};
  for (size_t e = 0; e < s.mesh.elements; e++) assert_int_equal(s.mesh.region[e], region[e % 6]);
  assert_int_equal(s.mesh.elements, 10 * 4 * 6);
  stf_assert_near(stf_sample_volume(&s.mesh), 40 * 2.51, 1e-13);
  stf_sample_clear(&s);
}

static void layers_can_be_asked_for_before_building(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_read(&s, "strip", layered);
  assert_non_null(s.options);
  assert_int_equal(stf_generator_layers(s.generator, s.options), 3);
  assert_string_equal(s.generator->layer(s.options, 1)->tissue, "areolar");
  assert_int_equal(s.generator->layer(s.options, 0)->elements, 3);
  assert_int_equal(s.generator->layer(s.options, 1)->elements, 0);
  assert_int_equal(stf_layer_families(s.generator->layer(s.options, 1)), 0);
  assert_null(s.generator->layer(s.options, 3));
  stf_sample_clear(&s);
}

static void fibres_turn_counter_clockwise_from_x(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip", plain, 1.0);
  const double angle = 78.0 * M_PI / 180.0, along[3] = {1, 0, 0}, across[3] = {cos(angle), sin(angle), 0};
  for (size_t e = 0; e < s.mesh.elements; e++) {
    stf_assert_all_near(s.mesh.fibre[e][0], along, 3, 1e-15);
    stf_assert_all_near(s.mesh.fibre[e][1], across, 3, 1e-15);
  }
  stf_sample_clear(&s);
  stf_sample_build(&s, "strip", layered, 1.0);
  const double minus_30[3] = {0.5 * sqrt(3.0), -0.5, 0};
  stf_assert_all_near(s.mesh.fibre[5][0], minus_30, 3, 1e-15);
  stf_sample_clear(&s);
}

/* Width of a mesh at a position of its lines, 0 when none lies there. */
static double width_at(const stf_mesh *m, double x) {
  double least = 0.0, most = 0.0;
  for (size_t n = 0; n < m->nodes; n++) {
    if (fabs(m->X[n][0] - x) > 1e-9) continue;
    least = fmin(least, m->X[n][1]);
    most = fmax(most, m->X[n][1]);
  }
  return most - least;
}

static void a_dog_bone_has_its_widths_and_mesh_lines_where_they_change(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip", bone, 2.0);
  assert_int_equal(s.mesh.elements, (6 + 4 + 10 + 4 + 6) * 5 * 1);
  stf_assert_near(width_at(&s.mesh, 0.0), 10.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 12.0), 10.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 20.0), 4.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 30.0), 4.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 40.0), 4.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 48.0), 10.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 60.0), 10.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 44.0), 7.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 42.0), 4.0 + 3.0 * (1.0 - M_SQRT1_2), 1e-14);
  stf_sample_clear(&s);
}

static void a_dog_bone_keeps_its_mesh_lines_at_any_size(void **state) {
  (void)state;
  static const double sizes[] = {7.3, 3.1, 1.7};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
    stf_sample s;
    stf_sample_build(&s, "strip", bone, sizes[i]);
    stf_assert_near(width_at(&s.mesh, 20.0), 4.0, 1e-13);
    stf_assert_near(width_at(&s.mesh, 48.0), 10.0, 1e-13);
    stf_sample_clear(&s);
  }
}

static void a_dog_bone_has_the_volume_of_its_outline(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip", bone, 1.0);
  /* The trapezoidal rule is exact for a half wave, so the mesh has the very volume of the smooth outline. */
  stf_assert_near(stf_sample_volume(&s.mesh), 20 * 4 + 2 * 8 * 7 + 2 * 12 * 10, 1e-13);
  stf_assert_near(stf_mesh_face(&s.mesh, "z_max")->area, 20 * 4 + 2 * 8 * 7 + 2 * 12 * 10, 1e-13);
  assert_true(stf_mesh_face(&s.mesh, "y_max")->area > 60.5);
  stf_sample_clear(&s);
}

static void a_dog_bone_is_symmetric_and_its_fibres_stay_straight(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip",
                   "length: 30 mm\nwidth: 6 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm, fibres: [45 deg]}]\n"
                   "gauge: {length: 9 mm, width: 2 mm, fillet: 5 mm}\n",
                   0.7);
  const size_t row = 2, rows = (size_t)round(6 / 0.7) + 1, planes = s.mesh.nodes / (row * rows);
  for (size_t i = 0; i < planes; i++)
    for (size_t j = 0; j < rows; j++) {
      const double *X = s.mesh.X[(i * rows + j) * row], *Y = s.mesh.X[((planes - 1 - i) * rows + rows - 1 - j) * row];
      stf_assert_small(fabs(X[0] + Y[0] - 30.0) + fabs(X[1] + Y[1]), 1e-13);
    }
  const double diagonal[3] = {M_SQRT1_2, M_SQRT1_2, 0.0};
  for (size_t e = 0; e < s.mesh.elements; e++) stf_assert_all_near(s.mesh.fibre[e][0], diagonal, 3, 1e-15);
  stf_sample_clear(&s);
}

static void a_gauge_with_its_fillets_may_take_the_whole_length(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip",
                   "length: 0.3 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n"
                   "gauge: {length: 0.1 mm, width: 0.5 mm, fillet: 0.1 mm}\n",
                   0.1);
  assert_int_equal(s.mesh.elements, 3 * 10 * 10);
  stf_assert_near(width_at(&s.mesh, 0.0), 1.0, 1e-14);
  stf_assert_near(width_at(&s.mesh, 0.3), 1.0, 1e-14);
  stf_sample_clear(&s);
}

static void a_gauge_that_does_not_fit_is_refused(void **state) {
  (void)state;
  stf_sample_assert_refused("strip",
                            "length: 30 mm\nwidth: 10 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n"
                            "gauge: {length: 20 mm, width: 12 mm, fillet: 8 mm}\n",
                            1.0, 2, "a gauge that takes 36 mm with its two fillets");
  stf_sample_assert_refused("strip",
                            "length: 60 mm\nwidth: 10 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n"
                            "gauge: {length: 20 mm, width: 10.1 mm, fillet: 8 mm}\n",
                            1.0, 1, "a gauge 10.1 mm wide");
}

static void layers_of_the_same_name_are_refused(void **state) {
  (void)state;
  stf_sample_assert_refused("strip",
                            "length: 3 mm\nwidth: 1 mm\nlayers:\n"
                            "  - {name: a, tissue: t, thickness: 1 mm}\n  - {name: b, tissue: t, thickness: 1 mm}\n"
                            "  - {name: a, tissue: t, thickness: 1 mm}\n  - {name: a, tissue: t, thickness: 1 mm}\n",
                            1.0, 2, "a second layer named a");
}

static void more_angles_than_a_mesh_carries_are_refused(void **state) {
  (void)state;
  stf_sample_assert_refused("strip",
                            "length: 3 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm, fibres: "
                            "[1 deg, 2 deg, 3 deg, 4 deg, 5 deg, 6 deg, 7 deg, 8 deg, 9 deg]}]\n",
                            1.0, 1, "9 angles");
}

static void too_many_elements_are_refused_with_their_number(void **state) {
  (void)state;
  stf_sample_assert_refused("strip", plain, 0.008, 1, "2.812e+07 elements (750 along, 375 across, 100 through)");
  stf_sample_assert_refused("strip", plain, 1e-300, 1, "elements");
  stf_sample_assert_refused("strip", plain, 1e-308, 1, "inf elements");
}

static void the_largest_mesh_is_not_refused_and_an_unknown_size_is_no_fault(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_read(&s, "strip", "length: 20000 mm\nwidth: 1000 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n");
  assert_int_equal(s.generator->check(s.options, 1.0, s.diags), STF_OK);
  assert_int_equal(s.generator->check(s.options, NAN, s.diags), STF_OK);
  assert_int_equal(s.generator->check(s.options, 0.99, s.diags), STF_BAD_INPUT);
  stf_sample_clear(&s);
}

static void options_out_of_range_are_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {
      "length: 0 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n",
      "length: -1 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n",
      "length: 1 mm\nwidth: 1 s\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n",
      "length: 1 mm\nwidth: 1\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: []\n",
      "length: 1 mm\nwidth: 1 mm\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: {name: a, tissue: t, thickness: 1 mm}\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 0 mm}]\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm, elements: 0}]\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm, fibres: [3 mm]}]\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm, fibres: [400 deg]}]\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\ngauge: {}\n",
      "length: 1 mm\nwidth: 1 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\ngage: 1 mm\n",
  };
  for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
    stf_sample s;
    stf_sample_read(&s, "strip", wrong[i]);
    if (s.options) fail_msg("not refused: %s", wrong[i]);
    stf_sample_clear(&s);
  }
}

static const char bonded[] = "length: 4 mm\nwidth: 2 mm\nlayers:\n"
                             "  - {name: deep, tissue: sheet, thickness: 0.3 mm, fibres: [39 deg], elements: 2}\n"
                             "  - {name: middle, tissue: sheet, thickness: 0.3 mm, fibres: [-39 deg], elements: 2}\n"
                             "  - {name: top, tissue: sheet, thickness: 0.3 mm, fibres: [39 deg], elements: 2}\n"
                             "interlaminar: {tissue: loose, thickness: 0.05 mm}\n";

static void a_stack_has_something_thin_between_each_pair_of_layers(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "stack", bonded, 1.0);
  const double z[9] = {0, 0.15, 0.3, 0.35, 0.5, 0.65, 0.7, 0.85, 1.0};
  for (int k = 0; k < 9; k++) stf_assert_small(fabs(s.mesh.X[k][2] - z[k]), 1e-15);
  const int region[8] = {0, 0, 3, 1, 1, 3, 2, 2};
  for (size_t e = 0; e < s.mesh.elements; e++) assert_int_equal(s.mesh.region[e], region[e % 8]);
  assert_int_equal(s.mesh.elements, 4 * 2 * 8);
  assert_int_equal(s.mesh.region_count, 4);
  assert_string_equal(s.mesh.regions[3].name, "interlaminar");
  assert_int_equal(s.mesh.regions[3].families, 0);
  assert_int_equal(s.mesh.regions[1].families, 1);
  assert_int_equal(stf_generator_layers(s.generator, s.options), 4);
  assert_string_equal(s.generator->layer(s.options, 3)->tissue, "loose");
  const double other[3] = {cos(39 * M_PI / 180), -sin(39 * M_PI / 180), 0};
  stf_assert_all_near(s.mesh.fibre[3][0], other, 3, 1e-15);
  stf_assert_near(stf_sample_volume(&s.mesh), 8.0, 1e-13);
  stf_sample_clear(&s);
}

static void a_stack_without_anything_between_is_a_strip(void **state) {
  (void)state;
  stf_sample a, b;
  stf_sample_build(&a, "stack", layered, 1.0);
  stf_sample_build(&b, "strip", layered, 1.0);
  assert_int_equal(a.mesh.nodes, b.mesh.nodes);
  assert_memory_equal(a.mesh.X, b.mesh.X, a.mesh.nodes * sizeof(*a.mesh.X));
  assert_memory_equal(a.mesh.cell, b.mesh.cell, a.mesh.elements * sizeof(*a.mesh.cell));
  assert_memory_equal(a.mesh.fibre, b.mesh.fibre, a.mesh.elements * sizeof(*a.mesh.fibre));
  stf_sample_clear(&a);
  stf_sample_clear(&b);
}

static void something_between_layers_needs_two_of_them_and_a_name_of_its_own(void **state) {
  (void)state;
  stf_sample_assert_refused("stack",
                            "length: 4 mm\nwidth: 2 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm}]\n"
                            "interlaminar: {tissue: t, thickness: 0.1 mm}\n",
                            1.0, 1, "a single layer");
  stf_sample_assert_refused("stack",
                            "length: 4 mm\nwidth: 2 mm\nlayers:\n"
                            "  - {name: a, tissue: t, thickness: 1 mm}\n  - {name: b, tissue: t, thickness: 1 mm}\n"
                            "interlaminar: {name: b, tissue: t, thickness: 0.1 mm}\n",
                            1.0, 1, "a second layer named b");
}

static void a_strip_has_nothing_between_its_layers(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_read(&s, "strip", bonded);
  assert_null(s.options);
  stf_sample_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_plain_strip_has_the_elements_and_extent_asked_for),
      cmocka_unit_test(nodes_are_numbered_along_z_then_y_then_x),
      cmocka_unit_test(the_number_of_elements_is_rounded_and_at_least_one),
      cmocka_unit_test(the_six_faces_have_the_areas_and_normals_of_the_box),
      cmocka_unit_test(layers_lie_on_each_other_from_below),
      cmocka_unit_test(layers_can_be_asked_for_before_building),
      cmocka_unit_test(fibres_turn_counter_clockwise_from_x),
      cmocka_unit_test(a_dog_bone_has_its_widths_and_mesh_lines_where_they_change),
      cmocka_unit_test(a_dog_bone_keeps_its_mesh_lines_at_any_size),
      cmocka_unit_test(a_dog_bone_has_the_volume_of_its_outline),
      cmocka_unit_test(a_dog_bone_is_symmetric_and_its_fibres_stay_straight),
      cmocka_unit_test(a_gauge_with_its_fillets_may_take_the_whole_length),
      cmocka_unit_test(a_gauge_that_does_not_fit_is_refused),
      cmocka_unit_test(layers_of_the_same_name_are_refused),
      cmocka_unit_test(more_angles_than_a_mesh_carries_are_refused),
      cmocka_unit_test(too_many_elements_are_refused_with_their_number),
      cmocka_unit_test(the_largest_mesh_is_not_refused_and_an_unknown_size_is_no_fault),
      cmocka_unit_test(options_out_of_range_are_refused),
      cmocka_unit_test(a_stack_has_something_thin_between_each_pair_of_layers),
      cmocka_unit_test(a_stack_without_anything_between_is_a_strip),
      cmocka_unit_test(something_between_layers_needs_two_of_them_and_a_name_of_its_own),
      cmocka_unit_test(a_strip_has_nothing_between_its_layers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
