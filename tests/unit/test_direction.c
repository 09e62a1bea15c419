/* Direction fields: constant, at an angle to a surface, harmonic between two faces; and where they do not hold. */
#include "anatomy/direction.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "anatomy/nearest.h"
#include "stf_anatomy.h"

/* A strip of one layer with one fibre family by a field. */
static const char *strip_with(const char *field) {
  static char yaml[600];
  snprintf(yaml, sizeof(yaml),
           "length: 6 mm\nwidth: 3 mm\n"
           "layers: [{name: all, tissue: sheet, thickness: 1 mm, fibre_fields: [%s]}]\n",
           field);
  return yaml;
}

static void assert_along(const char *field, double x, double y, double z) {
  stf_sample s;
  const double expected[3] = {x, y, z};
  stf_sample_build(&s, "strip", strip_with(field), 0.7);
  assert_int_equal(s.mesh.regions[0].families, 1);
  for (size_t e = 0; e < s.mesh.elements; e++) stf_assert_all_near(s.mesh.fibre[e][0], expected, 3, 1e-10);
  stf_sample_clear(&s);
}

static void a_constant_field_is_a_unit_vector_along_what_is_given(void **state) {
  (void)state;
  assert_along("{field: constant, direction: [3, 0, 4]}", 0.6, 0, 0.8);
  assert_along("{field: constant, direction: [0, -1e-20, 0]}", 0, -1, 0);
}

static void a_field_at_an_angle_turns_counter_clockwise_seen_from_outside(void **state) {
  (void)state;
  const double r = M_SQRT1_2;
  assert_along("{field: surface, face: z_max, reference: [1, 0, 0]}", 1, 0, 0);
  assert_along("{field: surface, face: z_max, reference: [2, 0, 5], angle: 45 deg}", r, r, 0);
  assert_along("{field: surface, face: z_min, reference: [1, 0, 0], angle: 45 deg}", r, -r, 0);
  assert_along("{field: surface, face: y_max, reference: [1, 0, 0], angle: 90 deg}", 0, 0, -1);
  assert_along("{field: surface, face: z_max, reference: [1, 0, 0], angle: 90 deg, tilt: 30 deg}", 0, sqrt(0.75), 0.5);
  assert_along("{field: surface, face: z_min, reference: [1, 0, 0], tilt: 90 deg}", 0, 0, -1);
}

/* The nearest side of a curved face is the one an element lies under. */
static void a_field_at_an_angle_follows_a_curved_face(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap",
                   "radius_x: 60 mm\nradius_y: 40 mm\nlength: 50 mm\nwidth: 40 mm\nlayers:\n"
                   "  - name: all\n    tissue: sheet\n    thickness: 2 mm\n    elements: 3\n    fibre_fields:\n"
                   "      - {field: surface, face: outer, reference: [1, 0, 0]}\n"
                   "      - {field: surface, face: inner, reference: [0, 0, 1], tilt: -90 deg}\n",
                   2.0);
  for (size_t e = 0; e < s.mesh.elements; e++) {
    const double *n = s.mesh.normal[e], *a = s.mesh.fibre[e][0], *b = s.mesh.fibre[e][1];
    stf_assert_small(fabs(n[0] * a[0] + n[1] * a[1] + n[2] * a[2]), 1e-3);
    stf_assert_near(n[0] * b[0] + n[1] * b[1] + n[2] * b[2], 1.0, 1e-6);
    assert_true(a[0] > 0.5);
  }
  stf_sample_clear(&s);
}

static void a_reference_along_the_normal_is_refused_with_elements(void **state) {
  (void)state;
  stf_sample_assert_not_built("strip", strip_with("{field: surface, face: z_max, reference: [0, 0, 1]}"), 1.0,
                              STF_BAD_INPUT, "element 0 (region all, at 0.5, -1, 0.5 mm), where the surface field is");
  stf_sample_assert_not_built("strip", strip_with("{field: surface, face: z_max, reference: [0, 0, 1]}"), 1.0,
                              STF_BAD_INPUT, "13 more elements without a direction");
}

static void a_harmonic_field_runs_from_face_to_face(void **state) {
  (void)state;
  assert_along("{field: harmonic, from: x_min, to: x_max}", 1, 0, 0);
  assert_along("{field: harmonic, from: x_max, to: x_min}", -1, 0, 0);
  assert_along("{field: harmonic, from: z_min, to: z_max}", 0, 0, 1);
}

/* Between two planes through the axis of a thick cylinder, u is the angle. */
static void a_harmonic_field_follows_a_bent_sheet(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "cap",
                   "radius_y: 10 mm\nlength: 6 mm\nwidth: 25 mm\nlayers:\n"
                   "  - name: all\n    tissue: sheet\n    thickness: 6 mm\n    fibre_fields:\n"
                   "      - {field: harmonic, from: y_min, to: y_max}\n"
                   "      - {field: harmonic, from: inner, to: outer}\n",
                   1.5);
  for (size_t e = 0; e < s.mesh.elements; e++) {
    const double *n = s.mesh.normal[e];
    const double around[3] = {0, n[2], -n[1]};
    stf_assert_all_near(s.mesh.fibre[e][0], around, 3, 1e-9);
    stf_assert_all_near(s.mesh.fibre[e][1], n, 3, 1e-9);
  }
  stf_sample_clear(&s);
}

/* What flows in flows out: in a dog bone the lines run closer where it is narrow, along its sides. */
static void a_harmonic_field_follows_the_sides_of_a_dog_bone(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip",
                   "length: 60 mm\nwidth: 12 mm\ngauge: {length: 20 mm, width: 6 mm, fillet: 15 mm}\n"
                   "layers: [{name: all, tissue: t, thickness: 1 mm, elements: 1, fibre_fields: [{field: harmonic, "
                   "from: x_min, to: x_max}]}]\n",
                   0.5);
  double steepest = 0.0;
  for (size_t e = 0; e < s.mesh.elements; e++) {
    const double *a = s.mesh.fibre[e][0];
    const int *c = s.mesh.cell[e];
    double middle[3];
    stf_mesh_middle(&s.mesh, e, middle);
    assert_true(a[0] > 0.9);
    stf_assert_small(fabs(a[2]), 1e-8);
    if (fabs(middle[0] - 30.0) < 5.0) stf_assert_near(a[0], 1.0, 1e-3);
    if (e % 24 != 23) continue; /* the row along the side y_max */
    const double slope = (s.mesh.X[c[2]][1] - s.mesh.X[c[3]][1]) / (s.mesh.X[c[2]][0] - s.mesh.X[c[3]][0]);
    stf_assert_small(fabs(a[1] / a[0] - slope), 0.03);
    steepest = fmax(steepest, fabs(slope));
  }
  assert_true(steepest > 0.28);
  stf_sample_clear(&s);
}

/* A field of one layer does not see the other. */
static void a_harmonic_field_is_that_of_its_own_layer(void **state) {
  (void)state;
  stf_sample s;
  stf_sample_build(&s, "strip",
                   "length: 6 mm\nwidth: 3 mm\nlayers:\n"
                   "  - {name: a, tissue: t, thickness: 1 mm, fibres: [90 deg]}\n"
                   "  - name: b\n    tissue: t\n    thickness: 1 mm\n"
                   "    fibre_fields: [{field: harmonic, from: x_min, to: x_max}]\n",
                   1.0);
  for (size_t e = 0; e < s.mesh.elements; e++) {
    const double expected[2][3] = {{0, 1, 0}, {1, 0, 0}};
    stf_assert_all_near(s.mesh.fibre[e][0], expected[s.mesh.region[e]], 3, 1e-10);
  }
  stf_sample_clear(&s);
}

static void a_harmonic_field_between_faces_that_do_not_fit_is_refused(void **state) {
  (void)state;
  stf_sample_assert_not_built("strip", strip_with("{field: harmonic, from: x_min, to: y_max}"), 1.0, STF_BAD_INPUT,
                              "faces x_min and y_max, which touch");
  stf_sample_assert_not_built("strip", strip_with("{field: harmonic, from: x_min, to: x_mx}"), 1.0, STF_BAD_INPUT,
                              "did you mean x_max?");
  const char yaml[] = "length: 6 mm\nwidth: 3 mm\nlayers:\n"
                      "  - {name: a, tissue: t, thickness: 1 mm}\n  - {name: b, tissue: t, thickness: 1 mm}\n"
                      "  - name: c\n    tissue: t\n    thickness: 1 mm\n"
                      "    fibre_fields: [{field: harmonic, from: z_min, to: z_max}]\n";
  stf_sample_assert_not_built("strip", yaml, 1.0, STF_BAD_INPUT, "face z_min, which does not touch region c");
}

static void fields_that_make_no_sense_are_refused_before_building(void **state) {
  (void)state;
  stf_sample_assert_refused("strip", strip_with("{field: constant, direction: [0, 0, 0]}"), NAN, 1,
                            "a vector without direction");
  stf_sample_assert_refused("strip", strip_with("{field: constant, direction: [1, 0]}"), NAN, 1, "2 numbers");
  stf_sample_assert_refused("strip", strip_with("{field: constant, direction: [1e200, 0, 0]}"), NAN, 1, "a vector");
  stf_sample_assert_refused("strip", strip_with("{field: surface, face: z_max, reference: []}"), NAN, 1, "0 numbers");
  stf_sample_assert_refused("strip", strip_with("{field: harmonic, from: x_max, to: x_max}"), NAN, 1,
                            "x_max, where it begins");
  stf_sample_assert_refused(
      "strip",
      "length: 6 mm\nwidth: 3 mm\nlayers: [{name: a, tissue: t, thickness: 1 mm, fibres: [0 deg], "
      "fibre_fields: [{field: constant, direction: [1, 0, 0]}]}]\n",
      NAN, 1, "fields beside angles");
  stf_sample_assert_not_built("strip", strip_with("{field: data, name: fibre}"), 1.0, STF_BAD_INPUT,
                              "a field from a file, for a mesh that is from none");
}

/* Distance of a point from a quad, by a grid of points on it. */
static double sampled_distance(const stf_mesh *m, const int *facet, const double point[3]) {
  enum { STEPS = 12 };
  double least = INFINITY;
  for (int p = 0; p <= STEPS; p++)
    for (int q = 0; q <= STEPS; q++) {
      const double u = (double)p / STEPS, v = (double)q / STEPS;
      double square = 0.0;
      for (int i = 0; i < 3; i++) {
        const double at = (1 - u) * (1 - v) * m->X[facet[0]][i] + u * (1 - v) * m->X[facet[1]][i] +
                          u * v * m->X[facet[2]][i] + (1 - u) * v * m->X[facet[3]][i];
        square += (at - point[i]) * (at - point[i]);
      }
      least = fmin(least, sqrt(square));
    }
  return least;
}

static void no_facet_is_nearer_than_the_nearest(void **state) {
  (void)state;
  stf_sample s;
  uint64_t seed = 7;
  stf_sample_build(&s, "cap",
                   "radius_x: 60 mm\nradius_y: 20 mm\nlength: 90 mm\nwidth: 40 mm\n"
                   "layers: [{name: a, tissue: t, thickness: 1 mm}]\n",
                   3.0);
  const stf_face *face = stf_mesh_face(&s.mesh, "outer");
  stf_nearest *tree = stf_nearest_create(&s.mesh, face);
  assert_non_null(tree);
  for (int k = 0; k < 40; k++) {
    double point[3];
    for (int i = 0; i < 3; i++) point[i] = (i == 0 ? 50.0 : 25.0) * stf_test_random(&seed);
    const double found = sampled_distance(&s.mesh, face->facet[stf_nearest_facet(tree, point)], point);
    for (size_t f = 0; f < face->facets; f++)
      assert_true(sampled_distance(&s.mesh, face->facet[f], point) > found - 0.15); /* half a step of the grid */
  }
  stf_nearest_destroy(tree);
  stf_sample_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_constant_field_is_a_unit_vector_along_what_is_given),
      cmocka_unit_test(a_field_at_an_angle_turns_counter_clockwise_seen_from_outside),
      cmocka_unit_test(a_field_at_an_angle_follows_a_curved_face),
      cmocka_unit_test(a_reference_along_the_normal_is_refused_with_elements),
      cmocka_unit_test(a_harmonic_field_runs_from_face_to_face),
      cmocka_unit_test(a_harmonic_field_follows_a_bent_sheet),
      cmocka_unit_test(a_harmonic_field_follows_the_sides_of_a_dog_bone),
      cmocka_unit_test(a_harmonic_field_is_that_of_its_own_layer),
      cmocka_unit_test(a_harmonic_field_between_faces_that_do_not_fit_is_refused),
      cmocka_unit_test(fields_that_make_no_sense_are_refused_before_building),
      cmocka_unit_test(no_facet_is_nearer_than_the_nearest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
