/*
 * Any bytes as a mesh of Gmsh, with every direction field asked for: no crash, no leak, a mesh that keeps its promises,
 * a status that says whether there are errors, and messages without control characters.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "anatomy/gmsh.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] = "file: fuzz.msh\n"
                           "unit: mm\n"
                           "regions:\n"
                           "  - name: body\n"
                           "    tissue: t\n"
                           "    normal: {field: harmonic, from: z_min, to: z_max}\n"
                           "    fibre_fields:\n"
                           "      - {field: data, name: a0}\n"
                           "      - {field: surface, face: z_max, reference: [1, 0, 0], angle: 30 deg}\n"
                           "      - {field: harmonic, from: x_min, to: x_max}\n";

static void check(bool promise) {
  if (!promise) abort();
}

/* Read once and kept. */
static const void *options(void) {
  static stf_arena *arena;
  static void *read;
  const stf_yaml_node *root = NULL;
  if (read) return read;
  stf_diags *diags = stf_diags_create();
  arena = stf_arena_create();
  check(diags && arena && !stf_units_start());
  read = stf_arena_alloc(arena, stf_gmsh_table.size);
  check(read && !stf_yaml_read_text(yaml, strlen(yaml), "fuzz.yaml", arena, diags, &root));
  check(!stf_options_read(root, &stf_gmsh_table, arena, diags, read));
  stf_diags_destroy(diags);
  return read;
}

static void check_messages(const stf_diags *diags) {
  for (size_t i = 0; i < stf_diags_count(diags); i++) {
    char line[8192];
    const int length = stf_diag_format(stf_diags_get(diags, i), line, sizeof(line));
    check(length > 0 && (size_t)length < sizeof(line) && stf_text_is_printable(line, (size_t)length));
  }
}

static void check_mesh(const stf_mesh *mesh) {
  stf_diags *diags = stf_diags_create();
  check(diags && mesh->elements && !stf_mesh_check(mesh, (stf_place){0}, diags) && !stf_diags_count(diags));
  for (size_t f = 0; f < mesh->face_count; f++) {
    const stf_face *face = &mesh->faces[f];
    check(face->facets && face->area >= 0.0 && stf_text_is_name(face->name));
    for (size_t k = 0; k < face->nodes; k++) check(face->node[k] >= 0 && (size_t)face->node[k] < mesh->nodes);
  }
  stf_diags_destroy(diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  stf_arena *arena = stf_arena_create();
  stf_diags *diags = stf_diags_create();
  char *text = malloc(size + 1);
  stf_mesh mesh;
  check(arena && diags && text);
  memcpy(text, data, size);
  text[size] = '\0';
  const stf_status status = stf_gmsh_build(options(), text, size, arena, diags, &mesh);
  check(status == STF_OK || status == STF_BAD_INPUT || status == STF_NO_SOLUTION);
  check((status == STF_OK) == (stf_diags_errors(diags) == 0));
  if (status == STF_OK) check_mesh(&mesh);
  check_messages(diags);
  free(text);
  stf_diags_destroy(diags);
  stf_arena_destroy(arena);
  return 0;
}
