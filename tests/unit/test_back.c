/* The generator `back`: seven layers and three interfaces in their places, their defaults, and what it refuses. */
#include <math.h>
#include <string.h>

#include "stf_anatomy.h"

static const char plain[] = "length: 30 mm\nwidth: 20 mm\n";

static void a_back_has_its_layers_in_order(void **state) {
  (void)state;
  static const char *const names[] = {"muscle", "inner", "middle", "outer", "superficial", "fat", "skin"};
  static const double top[] = {20.0, 20.28, 20.56, 20.84, 21.34, 29.34, 31.34};
  stf_sample s;
  stf_sample_build(&s, "back", plain, 10.0);
  assert_int_equal(s.mesh.elements, 3 * 2 * 10);
  assert_int_equal(s.mesh.nodes, 4 * 3 * 14); /* ten elements through, three interfaces */
  assert_int_equal(s.mesh.region_count, 7);
  double height[7] = {0};
  for (size_t e = 0; e < s.mesh.elements; e++)
    for (int a = 0; a < 8; a++)
      height[s.mesh.region[e]] = fmax(height[s.mesh.region[e]], s.mesh.X[s.mesh.cell[e][a]][2]);
  for (int r = 0; r < 7; r++) {
    assert_string_equal(s.mesh.regions[r].name, names[r]);
    stf_assert_small(height[r] - top[r], 1e-12);
  }
  stf_assert_near(stf_sample_volume(&s.mesh), 30 * 20 * 31.34, 1e-12);
  const double upwards[3] = {0.5, 0.5 * sqrt(3.0), 0.0}; /* latissimus dorsi: from the spine up and to the side */
  stf_assert_all_near(s.mesh.fibre[5][0], upwards, 3, 1e-12);
  stf_sample_clear(&s);
}

static void its_aponeuroses_glide_on_each_other(void **state) {
  (void)state;
  static const char *const names[] = {"deep_glide", "middle_glide", "outer_glide"};
  static const char *const lower[] = {"muscle_top", "inner_top", "middle_top"};
  static const char *const upper[] = {"inner_bottom", "middle_bottom", "outer_bottom"};
  stf_sample s;
  stf_sample_build(&s, "back", plain, 10.0);
  assert_int_equal(s.mesh.interfaces, 3);
  for (int k = 0; k < 3; k++) {
    assert_string_equal(s.mesh.interface[k].name, names[k]);
    assert_string_equal(s.mesh.faces[s.mesh.interface[k].face[0]].name, lower[k]);
    assert_string_equal(s.mesh.faces[s.mesh.interface[k].face[1]].name, upper[k]);
    assert_string_equal(s.generator->glide(s.options, (size_t)k)->tissue, "areolar_glide");
  }
  assert_null(s.generator->glide(s.options, 3));
  static const char *const held[] = {"z_max", "z_min", "x_max", "x_min", "outer_x_max", "middle_x_min"};
  for (int k = 0; k < 6; k++) assert_non_null(stf_mesh_face(&s.mesh, held[k]));
  stf_sample_clear(&s);
}

static void what_is_told_of_a_layer_counts(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "back", "length: 30 mm\nwidth: 20 mm\nfat: {thickness: 30 mm, elements: 4, tissue: other}\n",
                   10.0);
  assert_int_equal(s.mesh.elements, 3 * 2 * 12);
  stf_assert_near(stf_mesh_extent(&s.mesh, 2), 53.34, 1e-12);
  assert_string_equal(s.generator->layer(s.options, 5)->tissue, "other");
  assert_string_equal(s.generator->layer(s.options, 6)->tissue, "skin");
  stf_sample_clear(&s);
  stf_sample_assert_refused("back", "length: 30 mm\nwidth: 20 mm\nfat: {name: skin}\n", 10.0, 1,
                            "a second layer named skin");
  stf_sample_assert_refused("back", plain, 1e-3, 1, "elements");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_back_has_its_layers_in_order),
      cmocka_unit_test(its_aponeuroses_glide_on_each_other),
      cmocka_unit_test(what_is_told_of_a_layer_counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
