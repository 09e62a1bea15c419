/* The generator `gmsh`: every format of file, faces, regions, fields; and every way a file can be wrong. */
#include "anatomy/gmsh.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stf_anatomy.h"
#include "stf_files.h"
#include "stf_msh_writer.h"

#define BODY "file: mesh.msh\nunit: mm\nregions: [{name: body, tissue: t}]\n"
#define BOTH "file: mesh.msh\nunit: mm\nregions: [{name: body, tissue: t}, {name: wedges, tissue: t}]\n"

static const int counts[3] = {4, 2, 2};
static const double edges[3] = {1.5, 1.0, 0.5}; /* a box of 6 x 2 x 1 mm */
static const stf_written_format text_22 = {22, false, false}, text_41 = {41, false, false},
                                binary_41 = {41, true, false};

/* ---- building from memory ---- */

/* Builds from bytes; whatever comes of it stands in the sample. */
static stf_status build_bytes(stf_sample *s, const char *yaml, const char *bytes, size_t size) {
  stf_sample_read(s, "gmsh", yaml);
  assert_non_null(s->options);
  assert_int_equal(s->generator->check(s->options, NAN, s->diags), STF_OK);
  const stf_status status = stf_gmsh_build(s->options, bytes, size, s->arena, s->diags, &s->mesh);
  assert_int_equal(status == STF_OK, stf_diags_errors(s->diags) == 0);
  return status;
}

static stf_status build_written(stf_sample *s, const char *yaml, const stf_written *w, stf_written_format format) {
  size_t size;
  char *bytes = stf_written_bytes(w, format, &size);
  const stf_status status = build_bytes(s, yaml, bytes, size);
  free(bytes);
  return status;
}

static void say(const stf_sample *s) {
  stf_diags_print(s->diags, stderr);
}

/* Builds what must be right. */
static void build_good(stf_sample *s, const char *yaml, const stf_written *w, stf_written_format format) {
  stf_status status = build_written(s, yaml, w, format);
  if (!status) status = stf_mesh_check(&s->mesh, (stf_place){0}, s->diags);
  if (status || stf_diags_count(s->diags)) {
    say(s);
    fail_msg("status %d", status);
  }
}

/* Asserts that a mesh is refused with a message that holds `said`; frees it. */
static void assert_bad(const char *yaml, stf_written *w, stf_written_format format, const char *said) {
  stf_sample s;
  assert_int_equal(build_written(&s, yaml, w, format), STF_BAD_INPUT);
  stf_sample_assert_said(&s, said);
  stf_sample_clear(&s);
  free(w);
}

static void assert_text_bad(const char *text, const char *said) {
  stf_sample s;
  assert_int_equal(build_bytes(&s, BODY, text, strlen(text)), STF_BAD_INPUT);
  stf_sample_assert_said(&s, said);
  stf_sample_clear(&s);
}

/* Volume by the divergence theorem over the sides of every element. */
static double volume_of(const stf_mesh *m) {
  double volume = 0.0;
  for (size_t e = 0; e < m->elements; e++)
    for (int side = 0; side < stf_shapes[m->shape[e]].sides; side++) {
      int facet[STF_SIDE_NODES];
      stf_mesh_side(m, e, side, facet);
      const int corners = facet[3] >= 0 && facet[4] < 0 ? 4 : 3;
      for (int k = 1; k + 1 < corners; k++) {
        double J[9];
        for (int i = 0; i < 3; i++) {
          J[i] = m->X[facet[0]][i];
          J[3 + i] = m->X[facet[k]][i];
          J[6 + i] = m->X[facet[k + 1]][i];
        }
        volume += stf_test_determinant(J) / 6.0;
      }
    }
  return volume;
}

static void assert_box_faces(const stf_mesh *m) {
  static const char *const names[6] = {"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"};
  static const double area[3] = {2.0, 6.0, 12.0};
  assert_int_equal(m->face_count, 6);
  for (int side = 0; side < 6; side++) {
    const stf_face *face = stf_mesh_face(m, names[side]);
    double outwards[3] = {0}, sum = 0.0;
    assert_non_null(face);
    outwards[side / 2] = side % 2 ? 1.0 : -1.0;
    stf_assert_all_near(face->normal, outwards, 3, 1e-14);
    stf_assert_near(face->area, area[side / 2], 1e-14);
    for (size_t k = 0; k < face->nodes; k++) sum += face->node_area[k];
    stf_assert_near(sum, face->area, 1e-14);
  }
}

/* ---- what is read ---- */

static void every_format_gives_the_same_mesh(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_MIXED, counts, edges);
  stf_sample first, s;
  build_good(&first, BOTH, w, stf_written_formats[0]);
  for (int f = 1; f < 6; f++) {
    build_good(&s, BOTH, w, stf_written_formats[f]);
    assert_int_equal(s.mesh.nodes, first.mesh.nodes);
    assert_int_equal(s.mesh.elements, first.mesh.elements);
    assert_memory_equal(s.mesh.X, first.mesh.X, s.mesh.nodes * sizeof(*s.mesh.X));
    assert_memory_equal(s.mesh.shape, first.mesh.shape, s.mesh.elements);
    assert_memory_equal(s.mesh.cell, first.mesh.cell, s.mesh.elements * sizeof(*s.mesh.cell));
    assert_memory_equal(s.mesh.region, first.mesh.region, s.mesh.elements * sizeof(*s.mesh.region));
    assert_box_faces(&s.mesh);
    assert_int_equal(s.mesh.origin->bytes, stf_written_formats[f].binary);
    stf_sample_clear(&s);
  }
  stf_sample_clear(&first);
  free(w);
}

static void every_shape_fills_the_box_and_its_faces(void **state) {
  (void)state;
  static const size_t elements[] = {16, 32, 96, 96, 24};
  static const size_t nodes[] = {45, 45, 45, 225, 45}; /* middles of edges: the nodes of a grid twice as fine */
  for (int cut = CUT_HEX; cut <= CUT_MIXED; cut++) {
    stf_written *w = stf_written_box((stf_written_cut)cut, counts, edges);
    for (int f = 0; f < 6; f++) {
      stf_sample s;
      build_good(&s, cut == CUT_MIXED ? BOTH : BODY, w, stf_written_formats[f]);
      assert_int_equal(s.mesh.elements, elements[cut]);
      assert_int_equal(s.mesh.nodes, nodes[cut]);
      stf_assert_near(volume_of(&s.mesh), 12.0, 1e-13);
      stf_assert_near(s.mesh.length, 6.0, 1e-15);
      assert_box_faces(&s.mesh);
      stf_sample_clear(&s);
    }
    free(w);
  }
}

static void the_middles_of_edges_stand_in_our_order(void **state) {
  (void)state;
  static const int edge[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};
  stf_written *w = stf_written_box(CUT_TET10, counts, edges);
  stf_sample s;
  build_good(&s, BODY, w, text_41);
  for (size_t e = 0; e < s.mesh.elements; e++)
    for (int a = 0; a < 6; a++)
      for (int i = 0; i < 3; i++) {
        const int *c = s.mesh.cell[e];
        const double middle = 0.5 * (s.mesh.X[c[edge[a][0]]][i] + s.mesh.X[c[edge[a][1]]][i]);
        stf_assert_small(fabs(s.mesh.X[c[4 + a]][i] - middle), 1e-14);
      }
  const stf_face *face = stf_mesh_face(&s.mesh, "z_max");
  for (size_t f = 0; f < face->facets; f++) assert_true(face->facet[f][5] >= 0);
  stf_sample_clear(&s);
  free(w);
}

static void numbers_of_the_file_are_kept_for_messages_only(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_HEX, counts, edges);
  stf_sample s;
  build_good(&s, BODY, w, text_22);
  const stf_mesh_origin *from = s.mesh.origin;
  assert_string_equal(from->file, "mesh.msh");
  for (size_t n = 0; n < s.mesh.nodes; n++) {
    assert_int_equal(from->node[n], w->number[n]);
    stf_assert_small(fabs(s.mesh.X[n][0] - w->X[n][0]), 0.0);
  }
  for (size_t e = 0, c = 0; e < s.mesh.elements; e++, c++) {
    while (w->cell[c].type != 5) c++;
    assert_int_equal(from->element[e], w->cell[c].number);
    assert_int_equal(from->where[e], 3 + 10 + 3 + (long)w->nodes + 3 + (long)c);
  }
  stf_sample_clear(&s);
  free(w);
}

static void lengths_are_in_the_unit_of_the_file(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_HEX, counts, edges);
  stf_sample s;
  build_good(&s, "file: mesh.msh\nunit: cm\nregions: [{name: body, tissue: t}]\n", w, text_22);
  stf_assert_near(volume_of(&s.mesh), 12e3, 1e-13);
  stf_assert_near(s.mesh.length, 60.0, 1e-15);
  stf_sample_clear(&s);
  stf_sample_assert_refused("gmsh", "file: mesh.msh\nunit: kg\nregions: [{name: body, tissue: t}]\n", NAN, 1, "kg");
  stf_sample_assert_refused("gmsh", "file: mesh.msh\nunit: -1 mm\nregions: [{name: body, tissue: t}]\n", NAN, 1,
                            "-1 mm");
  stf_sample_read(&s, "gmsh", "file: mesh.msh\nregions: [{name: body, tissue: t}]\n");
  assert_null(s.options); /* no unit is assumed */
  stf_sample_clear(&s);
  free(w);
}

static void a_part_of_the_file_can_be_modelled(void **state) {
  (void)state;
  for (int f = 0; f < 6; f++) {
    stf_written *w = stf_written_box(CUT_MIXED, counts, edges);
    stf_sample s;
    assert_int_equal(build_written(&s, "file: mesh.msh\nunit: mm\nregions: [{name: wedges, tissue: t}]\n", w,
                                   stf_written_formats[f]),
                     STF_OK);
    assert_int_equal(s.mesh.elements, 16);
    assert_int_equal(s.mesh.nodes, 3 * 9);
    stf_assert_near(volume_of(&s.mesh), 6.0, 1e-13);
    assert_non_null(stf_mesh_face(&s.mesh, "x_max"));
    assert_null(stf_mesh_face(&s.mesh, "x_min")); /* of the part that is left out */
    assert_null(stf_mesh_face(&s.mesh, "y_min")); /* half of it is */
    stf_sample_assert_said(&s, "8 volume elements of mesh.msh in no region");
    stf_sample_assert_said(&s, "groups that are left out: body");
    stf_sample_assert_said(&s, "the group x_min of surfaces, which is no face: element");
    stf_sample_clear(&s);
    free(w);
  }
}

static void a_group_without_a_name_is_called_by_its_number(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_TET4, counts, edges);
  stf_sample s;
  w->names = 0;
  for (int f = 0; f < 6; f++) {
    build_good(&s, "file: mesh.msh\nunit: mm\nregions: [{name: '1', tissue: t}]\n", w, stf_written_formats[f]);
    assert_non_null(stf_mesh_face(&s.mesh, "12"));
    stf_sample_clear(&s);
  }
  free(w);
}

static void a_surface_inside_looks_as_it_does_in_the_file(void **state) {
  (void)state;
  for (int turned = 0; turned < 2; turned++) {
    stf_written *w = stf_written_box(CUT_MIXED, counts, edges);
    stf_sample s;
    for (size_t c = 0; c < w->cells; c++) { /* from the high x side of the second column of hexahedra */
      if (w->cell[c].type != 5) continue;
      const long *node = w->cell[c].node;
      bool at_middle = false;
      for (size_t n = 0; n < w->nodes; n++) at_middle = at_middle || (w->number[n] == node[1] && w->X[n][0] == 3.0);
      if (!at_middle) continue;
      stf_written_cell cut = {.type = 3, .group = 20, .number = 5000 + (long)c};
      for (int a = 0; a < 4; a++) cut.node[a] = node[((const int[4]){1, 2, 6, 5})[turned ? 3 - a : a]];
      w->cell[w->cells++] = cut;
    }
    w->name[w->names++] = (stf_written_name){2, 20, "cut"};
    build_good(&s, BOTH, w, text_22);
    const stf_face *face = stf_mesh_face(&s.mesh, "cut");
    assert_non_null(face);
    stf_assert_near(face->normal[0], turned ? -1.0 : 1.0, 1e-14);
    stf_assert_near(face->area, 2.0, 1e-14);
    stf_sample_clear(&s);
    free(w);
  }
}

/* The example of the reference manual for version 4.1 but for its entities, with solids put on its two quadrangles. */
static void a_file_as_the_manual_writes_it_is_read(void **state) {
  (void)state;
  static const char text[] = "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n"
                             "$Comments\n anything $ at all\n$EndComments\n"
                             "$PhysicalNames\n2\n3 7 \"body\"\n2 9 \"floor\"\n$EndPhysicalNames\n"
                             "$Entities\n0 0 1 1\n1 0 0 0 2 1 0 1 9 0\n1 0 0 0 2 1 1 1 7 1 1\n$EndEntities\n"
                             "$Nodes\n1 12 1 12\n2 1 0 12\n1\n2\n3\n4\n5\n6\n11\n12\n13\n14\n15\n16\n"
                             "0. 0. 0.\n1. 0. 0.\n1. 1. 0.\n0. 1. 0.\n2. 0. 0.\n2. 1. 0.\n"
                             "0. 0. 1.\n1. 0. 1.\n1. 1. 1.\n0. 1. 1.\n2. 0. 1.\n2. 1. 1.\n$EndNodes\n"
                             "$Elements\n2 4 1 4\n2 1 3 2\n1 1 2 3 4\n2 2 5 6 3\n"
                             "3 1 5 2\n3 1 2 3 4 11 12 13 14\n4 2 5 6 3 12 15 16 13\n$EndElements\n";
  stf_sample s;
  assert_int_equal(build_bytes(&s, BODY, text, strlen(text)), STF_OK);
  assert_int_equal(s.mesh.elements, 2);
  stf_assert_near(volume_of(&s.mesh), 2.0, 1e-15);
  stf_assert_near(stf_mesh_face(&s.mesh, "floor")->normal[2], -1.0, 1e-15);
  stf_sample_clear(&s);
  /* the same with the ends of lines of another system */
  char turned[2 * sizeof(text)];
  size_t size = 0;
  for (const char *c = text; *c; c++) {
    if (*c == '\n') turned[size++] = '\r';
    turned[size++] = *c;
  }
  turned[size] = '\0';
  assert_int_equal(build_bytes(&s, BODY, turned, size), STF_OK);
  stf_sample_clear(&s);
}

static void a_file_is_found_beside_the_scenario_or_said_to_be_missing(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_HEX, counts, edges);
  stf_sample s;
  size_t size;
  char *bytes = stf_written_bytes(w, binary_41, &size);
  stf_files_write_bytes("mesh.msh", bytes, size);
  stf_sample_build(&s, "gmsh", BODY, NAN);
  stf_assert_near(volume_of(&s.mesh), 12.0, 1e-13);
  stf_sample_clear(&s);
  stf_sample_assert_not_built("gmsh", "file: mush.msh\nunit: mm\nregions: [{name: body, tissue: t}]\n", NAN,
                              STF_NO_RESOURCE, "mush.msh: No such file");
  stf_sample_assert_not_built("gmsh", "file: .\nunit: mm\nregions: [{name: body, tissue: t}]\n", NAN, STF_BAD_INPUT,
                              "which is no file");
  free(bytes);
  free(w);
}

/* ---- directions ---- */

/* A region `body` with one more key. */
static const char *body_with(const char *key) {
  static char yaml[600];
  snprintf(yaml, sizeof(yaml), "file: mesh.msh\nunit: mm\nregions:\n  - name: body\n    tissue: t\n    %s\n", key);
  return yaml;
}

static void angles_turn_about_the_normal(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_TET4, counts, edges);
  stf_sample s;
  build_good(&s, body_with("fibres: [0 deg, 30 deg]"), w, text_41);
  const double up[3] = {0, 0, 1}, tilted[3] = {sqrt(0.75), 0.5, 0};
  for (size_t e = 0; e < s.mesh.elements; e++) {
    stf_assert_all_near(s.mesh.normal[e], up, 3, 1e-15);
    stf_assert_all_near(s.mesh.fibre[e][1], tilted, 3, 1e-15);
  }
  stf_sample_clear(&s);
  build_good(&s, body_with("fibres: [30 deg]\n    normal: {field: surface, face: y_min}"), w, text_41);
  const double out[3] = {0, -1, 0}, along[3] = {sqrt(0.75), 0, 0.5};
  for (size_t e = 0; e < s.mesh.elements; e++) {
    stf_assert_all_near(s.mesh.normal[e], out, 3, 1e-15);
    stf_assert_all_near(s.mesh.fibre[e][0], along, 3, 1e-15);
  }
  stf_sample_clear(&s);
  assert_bad(body_with("fibres: [30 deg]\n    normal: {field: constant, direction: [2, 0, 0]}"), w, text_41,
             "angles from the x axis in element");
}

/* Moves the nodes inside the box, and along its long edges, at random. */
static void distort(stf_written *w) {
  uint64_t seed = 3;
  const double most[3] = {6.0, 2.0, 1.0};
  for (size_t n = 0; n < w->nodes; n++)
    for (int i = 0; i < 3; i++)
      if (w->X[n][i] > 1e-9 && w->X[n][i] < most[i] - 1e-9) w->X[n][i] += 0.12 * stf_test_random(&seed) * edges[i];
}

/* u = x solves it in any mesh of the box, and elements of first order hold u = x. */
static void a_harmonic_field_is_exact_where_it_is_linear(void **state) {
  (void)state;
  for (int cut = CUT_HEX; cut <= CUT_MIXED; cut++) {
    if (cut == CUT_TET10) continue; /* its nodes on edges may not be moved at will */
    stf_written *w = stf_written_box((stf_written_cut)cut, counts, edges);
    stf_sample s;
    distort(w);
    if (cut == CUT_MIXED)
      for (size_t c = 0; c < w->cells; c++)
        if (w->cell[c].type == 6) w->cell[c].group = 1;
    build_good(&s, body_with("fibre_fields: [{field: harmonic, from: x_min, to: x_max}]"), w, text_22);
    const double along[3] = {1, 0, 0};
    for (size_t e = 0; e < s.mesh.elements; e++) stf_assert_all_near(s.mesh.fibre[e][0], along, 3, 1e-9);
    stf_sample_clear(&s);
    free(w);
  }
  stf_written *w = stf_written_box(CUT_TET10, counts, edges);
  stf_sample s;
  build_good(&s, body_with("normal: {field: harmonic, from: z_min, to: z_max}"), w, text_22);
  for (size_t e = 0; e < s.mesh.elements; e++) stf_assert_near(s.mesh.normal[e][2], 1.0, 1e-12);
  stf_sample_clear(&s);
  free(w);
}

static void a_harmonic_field_that_dies_out_or_does_not_get_there_is_refused(void **state) {
  (void)state;
  const int row[3] = {1, 14, 1};
  const double unit[3] = {1, 1, 1};
  const char *const yaml = body_with("fibre_fields: [{field: harmonic, from: x_min, to: x_max}]");
  stf_written *w = stf_written_box(CUT_HEX, row, unit); /* u varies at the low end of the row only */
  for (size_t c = 0; c < w->cells; c++) {
    const size_t n = (size_t)((100000 - w->cell[c].node[0]) / 7) / 2 % 15; /* its place along y */
    if (w->cell[c].type == 3 && w->cell[c].group <= 12 && n > 0) w->cell[c].group = 0;
  }
  stf_sample s;
  assert_int_equal(build_written(&s, yaml, w, text_22), STF_BAD_INPUT);
  stf_sample_assert_said(&s, "(region body, at 0.5, 8.5, 0.5 mm), where the harmonic field is zero");
  stf_sample_clear(&s);
  free(w);
  w = stf_written_box(CUT_HEX, counts, edges); /* the region is what is left at both ends of the box */
  w->name[w->names++] = (stf_written_name){3, 2, "middle"};
  for (size_t c = 0; c < w->cells; c++)
    for (size_t n = 0; n < w->nodes; n++)
      if (w->cell[c].type == 5 && w->number[n] == w->cell[c].node[0] && w->X[n][0] > 1.0 && w->X[n][0] < 4.0)
        w->cell[c].group = 2;
  assert_bad("file: mesh.msh\nunit: mm\nregions:\n  - {name: middle, tissue: t}\n  - name: body\n    tissue: t\n"
             "    fibre_fields: [{field: harmonic, from: x_min, to: x_max}]\n",
             w, text_22, "a part of the region that does not reach from x_min to x_max; it begins with element");
}

static void give_field(stf_written *w, bool at_nodes, const char *name) {
  w->field = name;
  w->at_nodes = at_nodes;
  w->components = 3;
  w->values = 0;
  for (size_t k = 0; k < (at_nodes ? w->nodes : w->cells); k++) {
    const double angle = at_nodes ? 0.1 * w->X[k][1] : 0.01 * (double)k, sign = k % 3 ? 2.0 : -2.0;
    w->value_number[w->values] = at_nodes ? w->number[k] : w->cell[k].number;
    const double v[3] = {sign * cos(angle), sign * sin(angle), 0.0};
    memcpy(w->value[w->values++], v, sizeof(v));
  }
}

static void a_field_of_the_file_is_read_at_elements(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_HEX, counts, edges);
  give_field(w, false, "fibre directions");
  for (int f = 0; f < 12; f++) {
    stf_sample s;
    w->by_node = f >= 6;
    build_good(&s, body_with("fibre_fields: [{field: data, name: fibre directions}]"), w, stf_written_formats[f % 6]);
    for (size_t e = 0, c = 0; e < s.mesh.elements; e++, c++) {
      while (w->cell[c].type != 5) c++;
      for (int i = 0; i < 3; i++) stf_assert_small(fabs(s.mesh.fibre[e][0][i] - 0.5 * w->value[c][i]), 1e-15);
    }
    stf_sample_clear(&s);
  }
  free(w);
}

/* Fibres have no sign: what points the other way at some nodes is turned before the mean is taken. */
static void a_field_of_the_file_is_read_at_nodes(void **state) {
  (void)state;
  stf_written *w = stf_written_box(CUT_TET4, counts, edges);
  give_field(w, true, "a0");
  for (int f = 0; f < 6; f++) {
    stf_sample s;
    build_good(&s, body_with("fibre_fields: [{field: data, name: a0}]"), w, stf_written_formats[f]);
    for (size_t e = 0; e < s.mesh.elements; e++) {
      double middle[3];
      stf_mesh_middle(&s.mesh, e, middle);
      const double *a = s.mesh.fibre[e][0];
      stf_assert_small(fabs(a[1] / a[0] - tan(0.1 * middle[1])), 2e-4);
    }
    stf_sample_clear(&s);
  }
  free(w);
}

static stf_written *box_with_field(void) {
  stf_written *w = stf_written_box(CUT_HEX, counts, edges);
  give_field(w, false, "a0");
  return w;
}

static void fields_that_are_no_directions_are_refused(void **state) {
  (void)state;
  const char *const yaml = body_with("fibre_fields: [{field: data, name: a0}]");
  stf_written *w = box_with_field();
  for (size_t k = 0; k < w->values; k++) memset(w->value[k], 0, k % 2 ? 0 : sizeof(w->value[k]));
  assert_bad(yaml, w, text_22, "where the data field is zero");
  w = box_with_field();
  w->values = 30;
  assert_bad(yaml, w, text_22, "where the data field has no value");
  w = box_with_field();
  w->value[17][1] = NAN;
  assert_bad(yaml, w, binary_41, "a number that is infinite or none in $ElementData at value 18 of");
  w = box_with_field();
  w->value[17][1] = INFINITY;
  assert_bad(yaml, w, text_41, "found inf in $ElementData at value 18 of");
  w = box_with_field();
  w->components = 1;
  assert_bad(yaml, w, text_41, "the field a0 of 1 components");
  w = box_with_field();
  w->field = "b0";
  assert_bad(yaml, w, text_41, "no field a0; expected one field of 3 components in mesh.msh, which has: b0");
  w = box_with_field();
  w->field = NULL;
  assert_bad(yaml, w, text_41, "$ElementNodeData in mesh.msh, which has none");
}

static void a_field_that_is_the_same_everywhere_is_warned_of(void **state) {
  (void)state;
  stf_written *w = box_with_field();
  stf_sample s;
  for (size_t k = 0; k < w->values; k++) {
    const double v[3] = {k % 2 ? 0.3 : -0.6, 0, 0};
    memcpy(w->value[k], v, sizeof(v));
  }
  assert_int_equal(build_written(&s, body_with("fibre_fields: [{field: data, name: a0}]"), w, text_22), STF_OK);
  assert_int_equal(stf_diags_warnings(s.diags), 1);
  stf_sample_assert_said(&s, "the same direction in all 16 elements of region body");
  stf_sample_clear(&s);
  free(w);
}

/* ---- bad meshes ---- */

static stf_written *box(stf_written_cut cut) {
  return stf_written_box(cut, counts, edges);
}

/* The first volume element. */
static stf_written_cell *first_solid(stf_written *w) {
  size_t c = 0;
  while (w->cell[c].type < 4 || w->cell[c].type == 9) c++;
  return &w->cell[c];
}

static double *position(stf_written *w, long number) {
  size_t n = 0;
  while (w->number[n] != number) n++;
  return w->X[n];
}

static void an_element_inside_out_is_named_with_its_line_or_byte(void **state) {
  (void)state;
  for (int f = 0; f < 6; f++) {
    stf_written *w = box(CUT_TET4);
    stf_written_cell *cell = first_solid(w);
    const long swap = cell->node[0];
    char said[100];
    cell->node[0] = cell->node[1];
    cell->node[1] = swap;
    const long number = cell->number, line = 3 + 10 + 3 + (long)w->nodes + 3 + (long)(cell - w->cell);
    if (f == 0) {
      snprintf(said, sizeof(said), "mesh.msh:%ld: error: found element %ld (region body, at ", line, number);
      stf_sample s;
      assert_int_equal(build_written(&s, BODY, w, stf_written_formats[f]), STF_BAD_INPUT);
      stf_sample_assert_said(&s, said);
      stf_sample_clear(&s);
    }
    snprintf(said, sizeof(said), stf_written_formats[f].binary ? "element %ld (at byte " : "element %ld (region body",
             number);
    assert_bad(BODY, w, stf_written_formats[f], said);
  }
}

static void a_degenerate_element_is_refused(void **state) {
  (void)state;
  stf_written *w = box(CUT_HEX);
  stf_written_cell *cell = first_solid(w);
  cell->node[5] = cell->node[1]; /* two nodes in one */
  assert_bad(BODY, w, text_22, "inside out or flat");
  w = box(CUT_TET4);
  cell = first_solid(w);
  memcpy(position(w, cell->node[0]), position(w, cell->node[1]), sizeof(double[3]));
  assert_bad(BODY, w, text_22, "inside out or flat");
}

static void a_folded_tetrahedron_of_second_order_is_refused(void **state) {
  (void)state;
  stf_written *w = box(CUT_TET10);
  position(w, first_solid(w)->node[4])[1] += 0.8;
  assert_bad(BODY, w, text_41, "so bent that it is folded");
}

static void nodes_at_the_same_place_are_named(void **state) {
  (void)state;
  stf_written *w = box(CUT_MIXED); /* prisms with nodes of their own where they meet the hexahedra */
  const size_t nodes = w->nodes;
  for (size_t n = 0; n < nodes; n++) {
    if (w->X[n][0] != 3.0) continue;
    w->number[w->nodes] = 500000 + w->number[n];
    memcpy(w->X[w->nodes++], w->X[n], sizeof(w->X[n]));
    for (size_t c = 0; c < w->cells; c++)
      for (int a = 0; a < 6 && w->cell[c].type == 6; a++)
        if (w->cell[c].node[a] == w->number[n]) w->cell[c].node[a] += 500000;
  }
  stf_sample s;
  assert_int_equal(build_written(&s, BOTH, w, text_22), STF_BAD_INPUT);
  stf_sample_assert_said(&s, "at the same place, 3, ");
  stf_sample_assert_said(&s, "4 more nodes at the place of another");
  stf_sample_assert_said(&s, "a separate piece that begins with element");
  stf_sample_clear(&s);
  free(w);
}

static void parts_that_are_not_attached_are_named(void **state) {
  (void)state;
  stf_written *w = box(CUT_HEX);
  stf_written_cell *far = &w->cell[w->cells++];
  *far = (stf_written_cell){.type = 4, .group = 1, .number = 9999, .node = {901, 902, 903, 904}};
  for (int a = 0; a < 4; a++) {
    w->number[w->nodes] = 901 + a;
    w->X[w->nodes][0] = 10.0 + (a == 1);
    w->X[w->nodes][1] = a == 2;
    w->X[w->nodes++][2] = a == 3;
  }
  assert_bad(BODY, w, text_22, "a separate piece that begins with element 9999 (region body");
}

static void parts_that_hang_on_by_an_edge_are_named(void **state) {
  (void)state;
  stf_written *w = box(CUT_TET4);
  const long first = first_solid(w)->node[0], second = first_solid(w)->node[1]; /* the edge along x at y = z = 0 */
  w->cell[w->cells++] = (stf_written_cell){.type = 4, .group = 1, .number = 9999, .node = {first, second, 901, 902}};
  for (int a = 0; a < 2; a++) {
    w->number[w->nodes] = 901 + a;
    w->X[w->nodes][1] = a ? 0.0 : -1.0;
    w->X[w->nodes++][2] = a ? -1.0 : 0.0;
  }
  const double *X = position(w, first), *Y = position(w, second);
  assert_true(X[0] < Y[0] && X[1] == 0.0 && Y[2] == 0.0);
  assert_bad(BODY, w, text_22, "a part that hangs on by a node or an edge only; it begins with element 9999");
}

static void an_element_that_stands_twice_is_named(void **state) {
  (void)state;
  stf_written *w = box(CUT_HEX);
  w->cell[w->cells] = *first_solid(w);
  w->cell[w->cells++].number = 9999;
  assert_bad(BODY, w, text_41, "overlaps element 9999");
}

static void shapes_that_do_not_fit_beside_each_other_are_named(void **state) {
  (void)state;
  stf_written *w = box(CUT_HEX); /* a tetrahedron on half of a quadrilateral side */
  const stf_written_cell *cell = first_solid(w);
  w->cell[w->cells++] = (stf_written_cell){
      .type = 4, .group = 1, .number = 9999, .node = {cell->node[0], cell->node[2], cell->node[1], 901}};
  w->number[w->nodes] = 901;
  const double below[3] = {0.5, 0.5, -1.0};
  memcpy(w->X[w->nodes++], below, sizeof(below));
  assert_bad(BODY, w, text_22, "with a quadrilateral side against a triangle of element 9999");
  w = box(CUT_TET10); /* one of first order among those of second */
  first_solid(w)->type = 4;
  assert_bad(BODY, w, text_22, "which does not share the nodes on its edges with element");
}

static void groups_that_are_not_there_are_named(void **state) {
  (void)state;
  assert_bad("file: mesh.msh\nunit: mm\nregions: [{name: bodi, tissue: t}]\n", box(CUT_HEX), text_22,
             "region bodi; expected a group of volumes in mesh.msh: body (did you mean body?)");
  assert_bad("file: mesh.msh\nunit: mm\nregions: [{name: x_min, tissue: t}]\n", box(CUT_HEX), text_22, "region x_min");
  stf_written *w = box(CUT_HEX);
  for (size_t c = 0; c < w->cells; c++) w->cell[c].group = 0;
  w->names = 0;
  assert_bad(BODY, w, text_22, "a group of volumes; mesh.msh has none (give volumes physical groups in Gmsh)");
  w = box(CUT_HEX);
  w->name[w->names++] = (stf_written_name){3, 8, "empty"};
  assert_bad("file: mesh.msh\nunit: mm\nregions: [{name: body, tissue: t}, {name: empty, tissue: t}]\n", w, text_22,
             "region empty, in which mesh.msh has no volume elements");
}

static void a_volume_in_two_regions_is_refused(void **state) {
  (void)state;
  static const char text[] = "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n"
                             "$PhysicalNames\n2\n3 1 \"body\"\n3 2 \"muscle\"\n$EndPhysicalNames\n"
                             "$Entities\n0 0 0 1\n1 0 0 0 1 1 1 2 1 2 0\n$EndEntities\n"
                             "$Nodes\n1 4 1 4\n3 1 0 4\n1\n2\n3\n4\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n$EndNodes\n"
                             "$Elements\n1 1 1 1\n3 1 4 1\n1 1 2 3 4\n$EndElements\n";
  stf_sample s;
  assert_int_equal(build_bytes(&s, BODY, text, strlen(text)), STF_OK); /* one of them alone will do */
  stf_sample_clear(&s);
  assert_int_equal(
      build_bytes(&s, "file: mesh.msh\nunit: mm\nregions: [{name: body, tissue: t}, {name: muscle, tissue: t}]\n", text,
                  strlen(text)),
      STF_BAD_INPUT);
  stf_sample_assert_said(&s, "a volume in the groups body and muscle");
  stf_sample_clear(&s);
}

static void a_surface_that_is_none_is_no_face_and_says_why(void **state) {
  (void)state;
  stf_written *w = box(CUT_HEX);
  stf_sample s;
  const long *node = first_solid(w)->node; /* at the low corner of the box */
  const long sides[3][4] = {
      {node[0], node[1], node[5], node[4]}, {node[1], node[2], node[6], node[5]}, {node[0], node[4], node[7], node[3]}};
  w->name[w->names++] = (stf_written_name){2, 30, "fin"}; /* three sides at one edge */
  for (int k = 0; k < 2; k++) {
    stf_written_cell *cell = &w->cell[w->cells++];
    *cell = (stf_written_cell){.type = 3, .group = 30, .number = 7001 + k};
    memcpy(cell->node, sides[k], sizeof(sides[k]));
  }
  const stf_written_cell *second = NULL; /* the next hexahedron along x shares the edge 1-5 */
  for (size_t c = 0; c < w->cells; c++)
    if (w->cell[c].type == 5 && w->cell[c].node[0] == node[1]) second = &w->cell[c];
  assert_non_null(second);
  w->cell[w->cells++] = (stf_written_cell){
      .type = 3, .group = 30, .number = 7003, .node = {node[1], second->node[1], second->node[5], node[5]}};
  w->name[w->names++] = (stf_written_name){2, 31, "twice"};
  for (int k = 0; k < 2; k++) {
    stf_written_cell *cell = &w->cell[w->cells++];
    *cell = (stf_written_cell){.type = 3, .group = 31, .number = 7011 + k};
    memcpy(cell->node, sides[2], sizeof(sides[2]));
  }
  w->name[w->names++] = (stf_written_name){2, 32, "inside"};
  w->cell[w->cells++] =
      (stf_written_cell){.type = 3, .group = 32, .number = 7021, .node = {node[0], node[1], node[6], node[7]}};
  w->name[w->names++] = (stf_written_name){2, 33, "skin (left)"};
  w->cell[w->cells++] = (stf_written_cell){.type = 3, .group = 33, .number = 7031};
  memcpy(w->cell[w->cells - 1].node, sides[2], sizeof(sides[2]));
  assert_int_equal(build_written(&s, BODY, w, text_22), STF_OK);
  assert_int_equal(s.mesh.face_count, 6);
  assert_int_equal(stf_diags_warnings(s.diags), 4);
  stf_sample_assert_said(&s,
                         "the group fin of surfaces, which is no face: element 7003 is the third at the edge of nodes");
  stf_sample_assert_said(
      &s, "the group twice of surfaces, which is no face: element 7012 is the same side as element 7011");
  stf_sample_assert_said(&s, "element 7021 and all others are no sides of elements of a region");
  stf_sample_assert_said(&s, "the group skin (left) of surfaces, which is no face: its name is not of letters");
  stf_sample_clear(&s);
  assert_bad(body_with("fibre_fields: [{field: surface, face: fin, reference: [1, 0, 0]}]"), w, text_22,
             "face fin; expected one of x_min, x_max,");
}

static void elements_of_other_types_are_named(void **state) {
  (void)state;
  stf_written *w = box(CUT_HEX);
  first_solid(w)->type = 7;
  assert_bad(BODY, w, text_22, "a pyramid of 5 nodes; expected tetrahedra of 4 or 10 nodes");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n1\n1 0 0 0\n$EndNodes\n$Elements\n1\n1 99 0 1\n"
                  "$EndElements\n",
                  "mesh.msh:10: error: found an element of type 99 in $Elements at element 1 of 1");
}

/* ---- bad files ---- */

/* Builds from the first bytes of a file and fails the test unless that is refused with one message. */
static void assert_refused_cut(const stf_sample *s, const char *bytes, size_t cut) {
  stf_arena *arena = stf_arena_create();
  stf_diags *diags = stf_diags_create();
  char *copy = malloc(cut + 1); /* of its very size, so that a read past its end is seen */
  stf_mesh mesh;
  assert_true(arena && diags && copy);
  memcpy(copy, bytes, cut);
  copy[cut] = '\0';
  if (stf_gmsh_build(s->options, copy, cut, arena, diags, &mesh) != STF_BAD_INPUT) fail_msg("%zu bytes will do", cut);
  assert_int_equal(stf_diags_errors(diags), 1);
  free(copy);
  stf_diags_destroy(diags);
  stf_arena_destroy(arena);
}

static void a_file_that_is_cut_off_anywhere_is_refused(void **state) {
  (void)state;
  const int one[3] = {1, 1, 1};
  stf_sample s;
  stf_sample_read(&s, "gmsh", BODY);
  for (int f = 0; f < 6; f++) {
    stf_written *w = stf_written_box(CUT_TET4, one, edges);
    size_t size;
    char *bytes = stf_written_bytes(w, stf_written_formats[f], &size);
    const size_t whole = size - strlen("$Periodic\n0\n$EndPeriodic\n");
    for (size_t cut = 0; cut + 1 < whole; cut++) assert_refused_cut(&s, bytes, cut); /* the last byte ends a line */
    free(bytes);
    free(w);
  }
  stf_sample_clear(&s);
}

static void the_end_of_a_file_is_said_with_what_was_read(void **state) {
  (void)state;
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n2\n1 0.000 0.000 0.000\n2 1.000 ",
                  "mesh.msh:7: error: found the end of the file in $Nodes at node 2 of 2");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n3\n1 0 0 0\n2 1 0 0\n$EndNodes\n",
                  "found $EndNodes in $Nodes at node 3 of 3");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n1\n1 0 0 0\n2 1 0 0\n$EndNodes\n",
                  "found 2 in $Nodes; expected $EndNodes (the section holds more than it says)");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n1\n1 0 0 0\n$EndNodes\n", "no section $Elements");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n", "no section $Nodes");
}

static void foreign_files_are_refused_at_once(void **state) {
  (void)state;
  static const char *const foreign[] = {
      "",          "solid ascii\nfacet", "# vtk DataFile Version 3.0\n", "\x89PNG\r\n", "\n", "<?xml version=\"1.0\"?>",
      "$NOD\n4\n", "striffin: 1\n"};
  for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
    assert_text_bad(foreign[i], "expected $MeshFormat, as a mesh of Gmsh begins");
}

static void other_versions_are_refused_with_their_number(void **state) {
  (void)state;
  assert_text_bad("$MeshFormat\n4 0 8\n$EndMeshFormat\n", "version 4 in $MeshFormat; expected version 2.2 or 4.1");
  assert_text_bad("$MeshFormat\n2.1 0 8\n$EndMeshFormat\n", "version 2.1");
  assert_text_bad("$MeshFormat\n4.10 0 8\n$EndMeshFormat\n", "version 4.10");
  assert_text_bad("$MeshFormat\n4.1 2 8\n$EndMeshFormat\n", "a kind that is neither");
  assert_text_bad("$MeshFormat\n4.1 1 4\nabcd\n$EndMeshFormat\n", "numbers of 4 bytes");
  assert_text_bad("$MeshFormat\n4.1 1 8\nabcd\n$EndMeshFormat\n", "four bytes that are not the number 1");
}

/* A number in a file must not make the program take memory that the file cannot fill. */
static void counts_that_do_not_fit_the_file_are_refused(void **state) {
  (void)state;
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n1000000000000\n1 0 0 0\n",
                  "mesh.msh:5: error: found 1000000000000 nodes in $Nodes; expected as many as fit");
  assert_text_bad("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Nodes\n1 1000000000000 1 1\n", "1000000000000 nodes");
  assert_text_bad("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Nodes\n1 1 1 1\n2 1 0 99999\n1\n0 0 0\n",
                  "a block of 99999 nodes");
  assert_text_bad("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Entities\n0 0 0 400\n", "400 entities");
  assert_text_bad("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Entities\n0 0 0 1\n1 0 0 0 0 0 0 9999999999 1 0\n",
                  "9999999999 physical groups");
  assert_text_bad("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$PhysicalNames\n3000000\n", "3000000 names");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n1\n1 0 0 0\n$EndNodes\n$Elements\n77777777777\n",
                  "77777777777 elements");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$NodeData\n1\n\"a\"\n0\n3\n0\n3\n123456789\n",
                  "123456789 values");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$NodeData\n1\n\"a\"\n0\n3\n0\n99999999999\n1\n",
                  "values of 99999999999 components");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n-1\n$EndNodes\n", "-1 nodes");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n99999999999999999999\n", "99999999999999999999 in");
}

static void what_is_not_there_or_there_twice_is_refused(void **state) {
  (void)state;
#define NODES "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n2\n1 0 0 0\n2 1 0 0\n$EndNodes\n"
  assert_text_bad(NODES "$Elements\n1\n1 4 2 1 1 1 2 3 4\n$EndElements\n", "element 1 with node 3");
  assert_text_bad(NODES "$Elements\n1\n1 4 2 1 1 1 2\n3 4\n$EndElements\n", "element 1 with node 3");
  assert_text_bad(NODES "$Elements\n1\n1 4 2 1 1 1 2 2\n1\n$EndElements\n",
                  "mesh.msh:12: error: found element 1, a tetrahedron of 4 nodes, in $Elements at element 1 of 1");
  assert_text_bad(NODES "$Elements\n1\n1 4 2 1 1 1 2 2 1 1\n$EndElements\n", "on one line, with as many nodes");
  assert_text_bad(NODES "$Elements\n1\n1 4 -2 1 1 1 2 2 1\n$EndElements\n", "an element with -2 tags");
  assert_text_bad(NODES "$Nodes\n0\n$EndNodes\n", "a second list of nodes");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Elements\n0\n$EndElements\n", "elements before the nodes");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n2\n1 0 0 0\n1 1 0 0\n$EndNodes\n",
                  "mesh.msh:7: error: found a second node with number 1");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n1\n1 0 nan 0\n$EndNodes\n", "found nan in $Nodes");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n1\n1.5 0 0 0\n$EndNodes\n", "1.5 in $Nodes");
  assert_text_bad("$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$PartitionedEntities\n2\n", "a mesh that is partitioned");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\nnodes\n", "found nodes; expected a section such as $Nodes");
  assert_text_bad("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n1\n3 1 \"body\n$EndPhysicalNames\n",
                  "a text that does not end");
}

static void nodes_beyond_all_bounds_are_refused(void **state) {
  (void)state;
  stf_written *w = box(CUT_HEX);
  w->X[3][1] = 1e300;
  assert_bad("file: mesh.msh\nunit: km\nregions: [{name: body, tissue: t}]\n", w, text_22, "less than 1000 km");
  w = box(CUT_HEX);
  w->X[3][1] = -1.7e308;
  assert_bad("file: mesh.msh\nunit: km\nregions: [{name: body, tissue: t}]\n", w, text_22, "less than 1000 km");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_gives_the_same_mesh),
      cmocka_unit_test(every_shape_fills_the_box_and_its_faces),
      cmocka_unit_test(the_middles_of_edges_stand_in_our_order),
      cmocka_unit_test(numbers_of_the_file_are_kept_for_messages_only),
      cmocka_unit_test(lengths_are_in_the_unit_of_the_file),
      cmocka_unit_test(a_part_of_the_file_can_be_modelled),
      cmocka_unit_test(a_group_without_a_name_is_called_by_its_number),
      cmocka_unit_test(a_surface_inside_looks_as_it_does_in_the_file),
      cmocka_unit_test(a_file_as_the_manual_writes_it_is_read),
      cmocka_unit_test_setup_teardown(a_file_is_found_beside_the_scenario_or_said_to_be_missing, stf_files_setup,
                                      stf_files_teardown),
      cmocka_unit_test(angles_turn_about_the_normal),
      cmocka_unit_test(a_harmonic_field_is_exact_where_it_is_linear),
      cmocka_unit_test(a_harmonic_field_that_dies_out_or_does_not_get_there_is_refused),
      cmocka_unit_test(a_field_of_the_file_is_read_at_elements),
      cmocka_unit_test(a_field_of_the_file_is_read_at_nodes),
      cmocka_unit_test(fields_that_are_no_directions_are_refused),
      cmocka_unit_test(a_field_that_is_the_same_everywhere_is_warned_of),
      cmocka_unit_test(an_element_inside_out_is_named_with_its_line_or_byte),
      cmocka_unit_test(a_degenerate_element_is_refused),
      cmocka_unit_test(a_folded_tetrahedron_of_second_order_is_refused),
      cmocka_unit_test(nodes_at_the_same_place_are_named),
      cmocka_unit_test(parts_that_are_not_attached_are_named),
      cmocka_unit_test(parts_that_hang_on_by_an_edge_are_named),
      cmocka_unit_test(an_element_that_stands_twice_is_named),
      cmocka_unit_test(shapes_that_do_not_fit_beside_each_other_are_named),
      cmocka_unit_test(groups_that_are_not_there_are_named),
      cmocka_unit_test(a_volume_in_two_regions_is_refused),
      cmocka_unit_test(a_surface_that_is_none_is_no_face_and_says_why),
      cmocka_unit_test(elements_of_other_types_are_named),
      cmocka_unit_test(a_file_that_is_cut_off_anywhere_is_refused),
      cmocka_unit_test(the_end_of_a_file_is_said_with_what_was_read),
      cmocka_unit_test(foreign_files_are_refused_at_once),
      cmocka_unit_test(other_versions_are_refused_with_their_number),
      cmocka_unit_test(counts_that_do_not_fit_the_file_are_refused),
      cmocka_unit_test(what_is_not_there_or_there_twice_is_refused),
      cmocka_unit_test(nodes_beyond_all_bounds_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
