/* Faces of meshes, and what stf_mesh_check finds before anything is solved. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anatomy/mesh.h"
#include "stf_test.h"

enum { CUBES = 12, NODES = CUBES * 8 };

/* Cubes of edge 1 mm that hang together or not, by hand. */
typedef struct sample {
  double X[NODES][3];
  unsigned char shape[CUBES]; /* zero: STF_HEX8 */
  int cell[CUBES][STF_SHAPE_NODES];
  int region[CUBES];
  double fibre[CUBES][STF_MESH_MAX_FAMILIES][3];
  double normal[CUBES][3];
  stf_region regions[2];
  stf_mesh mesh;
  stf_diags *diags;
  stf_arena *arena;
} sample;

/* `count` separate cubes in a row along x with gaps of 1 mm; one fibre family along y in all. */
static void set_up(sample *s, int count) {
  static const int corner[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                   {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  memset(s, 0, sizeof(*s));
  for (int e = 0; e < count; e++) {
    for (int a = 0; a < 8; a++) {
      s->cell[e][a] = 8 * e + a;
      for (int i = 0; i < 3; i++) s->X[8 * e + a][i] = corner[a][i] + (i == 0 ? 2.0 * e : 0.0);
    }
    s->fibre[e][0][1] = 1.0;
    s->normal[e][2] = 1.0;
  }
  s->regions[0] = (stf_region){.name = "deep", .families = 1};
  s->regions[1] = (stf_region){.name = "loose", .families = 0};
  s->mesh = (stf_mesh){.nodes = (size_t)count * 8,
                       .X = s->X,
                       .elements = (size_t)count,
                       .shape = s->shape,
                       .cell = s->cell,
                       .region = s->region,
                       .fibre = s->fibre,
                       .normal = s->normal,
                       .region_count = 2,
                       .regions = s->regions};
  s->diags = stf_diags_create();
  s->arena = stf_arena_create();
  assert_non_null(s->diags);
  assert_non_null(s->arena);
}

static void tear_down(sample *s) {
  stf_diags_destroy(s->diags);
  stf_arena_destroy(s->arena);
}

/* Joins cube 1 to cube 0: its low x side becomes the other's high x side. */
static void join_second(sample *s) {
  static const int low[4] = {0, 3, 4, 7}, high[4] = {1, 2, 5, 6};
  for (int i = 0; i < 4; i++) s->cell[1][low[i]] = s->cell[0][high[i]];
  for (int a = 8; a < 16; a++) s->X[a][0] -= 1.0;
  const int from[4] = {9, 10, 13, 14};
  for (int i = 0; i < 4; i++) {
    memcpy(s->X[8 + i], s->X[from[i]], sizeof(s->X[0]));
    s->cell[1][high[i]] = 8 + i;
  }
  s->mesh.nodes -= 4;
}

static const stf_place place = {.file = "case.yaml", .line = 3, .column = 1, .path = "anatomy"};

static stf_status check(sample *s) {
  return stf_mesh_check(&s->mesh, place, s->diags);
}

static void assert_found(const sample *s, size_t i, const char *part) {
  const stf_diag *diag = stf_diags_get(s->diags, i);
  assert_non_null(diag);
  if (!strstr(diag->found, part)) fail_msg("no \"%s\" in \"%s\"", part, diag->found);
  assert_string_equal(diag->place.path, "anatomy");
}

static void a_good_mesh_passes(void **state) {
  (void)state;
  sample s;
  set_up(&s, 2);
  join_second(&s);
  assert_int_equal(check(&s), STF_OK);
  assert_int_equal(stf_diags_count(s.diags), 0);
  tear_down(&s);
}

static void the_sides_of_a_hexahedron_point_outwards_in_the_order_of_the_names(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  for (int side = 0; side < 6; side++) {
    int facet[1][STF_SIDE_NODES];
    memcpy(facet[0], stf_shapes[STF_HEX8].side[side], sizeof(facet[0]));
    stf_face face = {.facets = 1, .facet = facet};
    assert_int_equal(stf_face_finish(&s.mesh, s.arena, &face), STF_OK);
    double outwards[3] = {0};
    outwards[side / 2] = side % 2 ? 1.0 : -1.0;
    stf_assert_all_near(face.normal, outwards, 3, 1e-15);
    stf_assert_near(face.area, 1.0, 1e-15);
  }
  tear_down(&s);
}

static void a_face_shares_its_area_among_its_nodes(void **state) {
  (void)state;
  sample s;
  set_up(&s, 2);
  join_second(&s);
  int facet[2][STF_SIDE_NODES] = {{0, 0, 0, 0, -1, -1}, {0, 0, 0, 0, -1, -1}};
  for (int e = 0; e < 2; e++)
    for (int a = 0; a < 4; a++) facet[e][a] = s.cell[e][stf_shapes[STF_HEX8].side[4][a]];
  stf_face face = {.facets = 2, .facet = facet};
  assert_int_equal(stf_face_finish(&s.mesh, s.arena, &face), STF_OK);
  assert_int_equal(face.nodes, 6);
  double sum = 0.0;
  for (size_t i = 0; i < face.nodes; i++) {
    if (i) assert_true(face.node[i] > face.node[i - 1]);
    const double X = s.X[face.node[i]][0];
    stf_assert_near(face.node_area[i], X == 1.0 ? 0.5 : 0.25, 1e-15);
    sum += face.node_area[i];
  }
  stf_assert_near(sum, face.area, 1e-15);
  stf_assert_near(face.area, 2.0, 1e-15);
  tear_down(&s);
}

static void a_slanted_quad_has_the_area_and_normal_of_geometry(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  for (int a = 4; a < 8; a++) s.X[a][0] += 1.0; /* sheared: the low x side leans by 45 degrees */
  int facet[1][STF_SIDE_NODES] = {{3, 0, 4, 7, -1, -1}};
  stf_face face = {.facets = 1, .facet = facet};
  assert_int_equal(stf_face_finish(&s.mesh, s.arena, &face), STF_OK);
  stf_assert_near(face.area, M_SQRT2, 1e-15);
  const double normal[3] = {-M_SQRT1_2, 0.0, M_SQRT1_2};
  stf_assert_all_near(face.normal, normal, 3, 1e-15);
  tear_down(&s);
}

static void triangles_bear_thirds_at_corners_or_at_the_middles_of_edges(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  int facet[1][STF_SIDE_NODES] = {{0, 1, 3, -1, -1, -1}};
  stf_face face = {.facets = 1, .facet = facet};
  assert_int_equal(stf_face_finish(&s.mesh, s.arena, &face), STF_OK);
  stf_assert_near(face.area, 0.5, 1e-15);
  stf_assert_near(face.normal[2], 1.0, 1e-15);
  for (size_t i = 0; i < 3; i++) stf_assert_near(face.node_area[i], 0.5 / 3.0, 1e-15);
  const int six[STF_SIDE_NODES] = {0, 1, 3, 4, 5, 6};
  memcpy(facet[0], six, sizeof(six));
  assert_int_equal(stf_face_finish(&s.mesh, s.arena, &face), STF_OK);
  assert_int_equal(face.nodes, 6);
  for (size_t i = 0; i < 6; i++) stf_assert_small(face.node_area[i] - (face.node[i] < 4 ? 0.0 : 0.5 / 3.0), 1e-15);
  tear_down(&s);
}

/* Every side of every shape looks outwards, and the edges at every corner are right-handed. */
static void shapes_are_the_right_way_out(void **state) {
  (void)state;
  static const double corner[STF_SHAPES][STF_SHAPE_NODES][3] = {
      [STF_HEX8] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}},
      [STF_WEDGE6] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}},
      [STF_TET10] = {{0, 0, 0},
                     {1, 0, 0},
                     {0, 1, 0},
                     {0, 0, 1},
                     {.5, 0, 0},
                     {.5, .5, 0},
                     {0, .5, 0},
                     {0, 0, .5},
                     {.5, 0, .5},
                     {0, .5, .5}},
      [STF_TET4] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  static const double surface[STF_SHAPES] = {6.0, 3.0 + M_SQRT2, 1.5 + 0.8660254037844386, 1.5 + 0.8660254037844386};
  for (int k = 0; k < STF_SHAPES; k++) {
    const stf_shape_info *shape = &stf_shapes[k];
    unsigned char kind = (unsigned char)k;
    int cell[1][STF_SHAPE_NODES], region = 0, facet[STF_SHAPE_SIDES][STF_SIDE_NODES];
    double X[STF_SHAPE_NODES][3], fibre[1][STF_MESH_MAX_FAMILIES][3] = {0}, normal[1][3] = {{0, 0, 1}};
    stf_region regions[1] = {{.name = "all"}};
    for (int a = 0; a < STF_SHAPE_NODES; a++) cell[0][a] = a;
    memcpy(X, corner[k], sizeof(X));
    memcpy(facet, shape->side, sizeof(facet));
    const stf_mesh mesh = {.nodes = (size_t)shape->nodes,
                           .X = X,
                           .elements = 1,
                           .shape = &kind,
                           .cell = cell,
                           .region = &region,
                           .fibre = fibre,
                           .normal = normal,
                           .region_count = 1,
                           .regions = regions};
    stf_diags *diags = stf_diags_create();
    stf_arena *arena = stf_arena_create();
    assert_int_equal(stf_mesh_check(&mesh, (stf_place){0}, diags), STF_OK);
    stf_face face = {.facets = (size_t)shape->sides, .facet = facet};
    assert_int_equal(stf_face_finish(&mesh, arena, &face), STF_OK);
    stf_assert_near(face.area, surface[k], 1e-14);
    assert_true(face.normal[0] == 0.0 && face.normal[1] == 0.0 && face.normal[2] == 0.0);
    for (int side = 0; side < shape->sides; side++) {
      stf_face one = {.facets = 1, .facet = &facet[side]};
      assert_int_equal(stf_face_finish(&mesh, arena, &one), STF_OK);
      double outwards = 0.0;
      for (int i = 0; i < 3; i++) outwards += one.normal[i] * (X[facet[side][0]][i] - 0.2);
      assert_true(outwards > 0.0);
    }
    stf_arena_destroy(arena);
    stf_diags_destroy(diags);
  }
}

static void a_closed_surface_has_no_mean_normal(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  int facet[6][STF_SIDE_NODES];
  memcpy(facet, stf_shapes[STF_HEX8].side, sizeof(facet));
  stf_face face = {.facets = 6, .facet = facet};
  assert_int_equal(stf_face_finish(&s.mesh, s.arena, &face), STF_OK);
  stf_assert_near(face.area, 6.0, 1e-15);
  for (int i = 0; i < 3; i++) assert_true(face.normal[i] == 0.0);
  tear_down(&s);
}

static void a_face_without_quads_is_empty(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  stf_face face = {.name = "none"};
  assert_int_equal(stf_face_finish(&s.mesh, s.arena, &face), STF_OK);
  assert_int_equal(face.nodes, 0);
  assert_true(face.area == 0.0 && face.normal[0] == 0.0);
  tear_down(&s);
}

static void faces_are_found_by_name(void **state) {
  (void)state;
  stf_face faces[2] = {{.name = "x_min"}, {.name = "x_max"}};
  const stf_mesh mesh = {.face_count = 2, .faces = faces};
  assert_ptr_equal(stf_mesh_face(&mesh, "x_max"), &faces[1]);
  assert_null(stf_mesh_face(&mesh, "x_ma"));
  assert_null(stf_mesh_face(&mesh, ""));
}

static void an_inverted_element_is_named_with_region_and_position(void **state) {
  (void)state;
  sample s;
  set_up(&s, 2);
  join_second(&s);
  for (int a = 0; a < 4; a++) {
    const int swap = s.cell[1][a];
    s.cell[1][a] = s.cell[1][a + 4];
    s.cell[1][a + 4] = swap;
  }
  assert_int_equal(check(&s), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(s.diags), 1);
  assert_found(&s, 0, "element 1 (region deep, at 1.5, 0.5, 0.5 mm)");
  assert_found(&s, 0, "a volume of -1 mm^3");
  tear_down(&s);
}

static void one_bad_corner_is_enough(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  s.X[6][0] = s.X[6][1] = s.X[6][2] = 0.3; /* pushed in; the centre is still the right way out */
  assert_int_equal(check(&s), STF_BAD_INPUT);
  assert_found(&s, 0, "at corner 6");
  tear_down(&s);
}

static void a_flat_element_is_refused_and_a_thin_one_is_not(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  for (int a = 4; a < 8; a++) s.X[a][2] = 1e-6;
  assert_int_equal(check(&s), STF_OK);
  for (int a = 4; a < 8; a++) s.X[a][2] = 0.0;
  assert_int_equal(check(&s), STF_BAD_INPUT);
  tear_down(&s);
}

static void a_position_that_is_no_number_is_refused(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  s.X[2][1] = NAN;
  assert_int_equal(check(&s), STF_BAD_INPUT);
  tear_down(&s);
}

static void a_node_in_no_element_is_named(void **state) {
  (void)state;
  sample s;
  set_up(&s, 2);
  s.mesh.elements = 1;
  s.mesh.nodes = 9;
  assert_int_equal(check(&s), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(s.diags), 1);
  assert_found(&s, 0, "node 8 at 2, 0, 0 mm in no element");
  tear_down(&s);
}

static void fibre_directions_must_be_unit_vectors(void **state) {
  (void)state;
  static const double wrong[] = {0.0, 0.999, 1.001, NAN, INFINITY};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
    sample s;
    set_up(&s, 1);
    s.fibre[0][0][1] = wrong[i];
    assert_int_equal(check(&s), STF_BAD_INPUT);
    assert_int_equal(stf_diags_errors(s.diags), 1);
    assert_found(&s, 0, "for fibre family 0");
    tear_down(&s);
  }
}

static void directions_beyond_a_regions_families_do_not_matter(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  s.fibre[0][1][0] = 7.0;
  assert_int_equal(check(&s), STF_OK);
  s.region[0] = 1;
  s.fibre[0][0][1] = 7.0;
  assert_int_equal(check(&s), STF_OK);
  tear_down(&s);
}

static void separate_pieces_are_found(void **state) {
  (void)state;
  sample s;
  set_up(&s, 3);
  assert_int_equal(check(&s), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(s.diags), 2);
  assert_found(&s, 0, "a separate piece that begins with element 1");
  assert_found(&s, 1, "a separate piece that begins with element 2");
  tear_down(&s);
}

/* Two cubes that share one node: `corner` of the second stands for `other` of the first, along the space diagonal. */
static void assert_one_piece(int corner, int other, double way) {
  sample s;
  set_up(&s, 2);
  for (int a = 8; a < 16; a++)
    for (int i = 0; i < 3; i++) s.X[a][i] += way - (i == 0 ? 2.0 : 0.0);
  s.cell[1][corner] = other;
  memcpy(s.X[8 + corner], s.X[15], sizeof(s.X[0]));
  s.cell[1][7] = 8 + corner;
  s.mesh.nodes = 15;
  assert_int_equal(check(&s), STF_OK);
  tear_down(&s);
}

static void one_shared_node_makes_one_piece(void **state) {
  (void)state;
  assert_one_piece(0, 6, 1.0);
  assert_one_piece(6, 0, -1.0);
}

static void indices_outside_their_arrays_are_found_before_they_are_used(void **state) {
  (void)state;
  const int wrong[] = {-1, 8, 2147483647, -2147483647 - 1};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
    sample s;
    set_up(&s, 1);
    s.cell[0][5] = wrong[i];
    assert_int_equal(check(&s), STF_BAD_INPUT);
    assert_found(&s, 0, "element 0 with node number");
    tear_down(&s);
    set_up(&s, 1);
    s.region[0] = wrong[i];
    assert_int_equal(check(&s), STF_BAD_INPUT);
    assert_found(&s, 0, "in region number");
    tear_down(&s);
  }
}

static void more_families_than_a_mesh_carries_are_refused(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  s.regions[0].families = STF_MESH_MAX_FAMILIES + 1;
  assert_int_equal(check(&s), STF_BAD_INPUT);
  assert_found(&s, 0, "9 fibre families");
  tear_down(&s);
}

static void a_mesh_without_elements_is_refused(void **state) {
  (void)state;
  sample s;
  set_up(&s, 1);
  s.mesh.elements = s.mesh.nodes = 0;
  assert_int_equal(check(&s), STF_BAD_INPUT);
  assert_found(&s, 0, "without elements");
  tear_down(&s);
}

static void of_many_faults_of_a_kind_five_are_shown_and_the_rest_counted(void **state) {
  (void)state;
  sample s;
  set_up(&s, CUBES);
  for (int e = 0; e < CUBES; e++) s.fibre[e][0][1] = 2.0;
  assert_int_equal(check(&s), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(s.diags), 12);
  assert_found(&s, 4, "element 4");
  assert_found(&s, 5, "7 more directions");
  assert_found(&s, 6, "a separate piece that begins with element 1");
  assert_found(&s, 11, "6 more separate pieces");
  tear_down(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_good_mesh_passes),
      cmocka_unit_test(the_sides_of_a_hexahedron_point_outwards_in_the_order_of_the_names),
      cmocka_unit_test(a_face_shares_its_area_among_its_nodes),
      cmocka_unit_test(a_slanted_quad_has_the_area_and_normal_of_geometry),
      cmocka_unit_test(triangles_bear_thirds_at_corners_or_at_the_middles_of_edges),
      cmocka_unit_test(shapes_are_the_right_way_out),
      cmocka_unit_test(a_closed_surface_has_no_mean_normal),
      cmocka_unit_test(a_face_without_quads_is_empty),
      cmocka_unit_test(faces_are_found_by_name),
      cmocka_unit_test(an_inverted_element_is_named_with_region_and_position),
      cmocka_unit_test(one_bad_corner_is_enough),
      cmocka_unit_test(a_flat_element_is_refused_and_a_thin_one_is_not),
      cmocka_unit_test(a_position_that_is_no_number_is_refused),
      cmocka_unit_test(a_node_in_no_element_is_named),
      cmocka_unit_test(fibre_directions_must_be_unit_vectors),
      cmocka_unit_test(directions_beyond_a_regions_families_do_not_matter),
      cmocka_unit_test(separate_pieces_are_found),
      cmocka_unit_test(one_shared_node_makes_one_piece),
      cmocka_unit_test(indices_outside_their_arrays_are_found_before_they_are_used),
      cmocka_unit_test(more_families_than_a_mesh_carries_are_refused),
      cmocka_unit_test(a_mesh_without_elements_is_refused),
      cmocka_unit_test(of_many_faults_of_a_kind_five_are_shown_and_the_rest_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
