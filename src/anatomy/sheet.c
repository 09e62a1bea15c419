#include "anatomy/sheet.h"

#include <math.h>
#include <string.h>

#include "anatomy/direction.h"

static const stf_option interlaminar_options[] = {
    {.key = "name",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_layer, name),
     .fallback = "interlaminar",
     .help = "what it is called in messages and results"},
    {.key = "tissue",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_layer, tissue),
     .help = "what it is made of: a name from this scenario's `tissues`, without fibres"},
    STF_SHEET_LENGTH("thickness", stf_layer, thickness, "thickness of each"),
};

const stf_table stf_interlaminar_table = STF_TABLE_OF("interlaminar", stf_layer, interlaminar_options);

static const stf_option glide_options[] = {
    STF_GLIDE_NAME(stf_glide_line),
    STF_GLIDE_TISSUE,
    STF_GLIDE_SLIDING,
    {.key = "above",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_glide_line, above),
     .help = "the layer that it lies on; the next one glides on that"},
};

const stf_table stf_sheet_glide_table = STF_TABLE_OF("interface", stf_glide_line, glide_options);

const stf_glide_line *stf_sheet_glide(const void *options, size_t i) {
  const stf_sheet *sheet = options;
  return i < sheet->glides.count ? (const stf_glide_line *)sheet->glides.items + i : NULL;
}

const stf_layer *stf_sheet_layer(const void *options, size_t i) {
  const stf_sheet *sheet = options;
  const stf_layer *layers = sheet->layers.items;
  if (i < sheet->layers.count) return &layers[i];
  return i == sheet->layers.count && sheet->interlaminar.node ? &sheet->interlaminar : NULL;
}

double stf_sheet_cells(double extent, double size) {
  return fmax(1.0, round(extent / size));
}

static double layer_cells(const stf_layer *layer, double size) {
  return layer->elements ? (double)layer->elements : stf_sheet_cells(layer->thickness, size);
}

/* Pairs of layers with something between them. */
static size_t gaps(const stf_sheet *sheet) {
  return sheet->interlaminar.node && sheet->layers.count ? sheet->layers.count - 1 : 0;
}

double stf_sheet_cells_through(const stf_sheet *sheet, double size) {
  const stf_layer *layers = sheet->layers.items;
  double sum = gaps(sheet) ? (double)gaps(sheet) * layer_cells(&sheet->interlaminar, size) : 0.0;
  for (size_t i = 0; i < sheet->layers.count; i++) sum += layer_cells(&layers[i], size);
  return sum;
}

double stf_sheet_thickness(const stf_sheet *sheet) {
  const stf_layer *layers = sheet->layers.items;
  double sum = gaps(sheet) ? (double)gaps(sheet) * sheet->interlaminar.thickness : 0.0;
  for (size_t i = 0; i < sheet->layers.count; i++) sum += layers[i].thickness;
  return sum;
}

/* The layer of that name, or -1. */
static int find_layer(const stf_sheet *sheet, const char *name) {
  const stf_layer *layers = sheet->layers.items;
  for (size_t i = 0; i < sheet->layers.count; i++)
    if (layers[i].name && !strcmp(layers[i].name, name)) return (int)i;
  return -1;
}

static stf_status refuse_glide(const stf_glide_line *line, const char *key, const char *found, const char *expected,
                               stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(line->node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

static stf_status check_glide(const stf_sheet *sheet, size_t k, stf_diags *diags) {
  const stf_glide_line *line = stf_sheet_glide(sheet, k);
  if (!line->above || !line->name) return STF_BAD_INPUT;
  const int layer = find_layer(sheet, line->above);
  if (layer < 0)
    return refuse_glide(line, "above", stf_diags_text(diags, "the layer %s", line->above), "a name from `layers`",
                        diags);
  if ((size_t)layer + 1 == sheet->layers.count)
    return refuse_glide(line, "above", stf_diags_text(diags, "%s, which is the topmost layer", line->above),
                        "a layer with another on it", diags);
  for (size_t i = 0; i < k; i++) {
    const stf_glide_line *other = stf_sheet_glide(sheet, i);
    if (other->above && !strcmp(other->above, line->above))
      return refuse_glide(line, "above",
                          stf_diags_text(diags, "a second interface on %s, after %s", line->above, other->name),
                          "one law for an interface", diags);
    if (other->name && !strcmp(other->name, line->name))
      return refuse_glide(line, "name", stf_diags_text(diags, "a second interface named %s", line->name),
                          "names that differ", diags);
  }
  if (sheet->interlaminar.node)
    return refuse_glide(line, "above", "an interface beside `interlaminar`", "one or the other between layers", diags);
  return STF_OK;
}

stf_status stf_sheet_check(const stf_sheet *sheet, const stf_generator *generator, stf_diags *diags) {
  stf_status status = stf_layers_check(generator, sheet, diags);
  for (size_t k = 0; k < sheet->glides.count; k++)
    if (check_glide(sheet, k, diags)) status = STF_BAD_INPUT;
  if (!sheet->interlaminar.node || gaps(sheet)) return status;
  stf_diags_add(diags, STF_ERROR, sheet->interlaminar.node->place, "something between layers, and a single layer",
                "two layers at least", NULL);
  return STF_BAD_INPUT;
}

stf_status stf_sheet_check_count(const stf_sheet *sheet, const double n[3], stf_diags *diags) {
  const double all = n[0] * n[1] * n[2];
  if (all <= STF_MAX_ELEMENTS) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(sheet->node, "length"),
                stf_diags_text(diags, "%.4g elements (%.4g along, %.4g across, %.4g through)", all, n[0], n[1], n[2]),
                stf_diags_text(diags, "at most %d million", STF_MAX_ELEMENTS / 1000000), "a larger mesh size");
  return STF_BAD_INPUT;
}

stf_status stf_sheet_no_memory(const stf_sheet *sheet, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(sheet->node, "length"), "no memory left for the mesh", NULL, NULL);
  return STF_NO_RESOURCE;
}

int stf_block_node(const stf_block *block, int i, int j, int k) {
  return (i * (block->n[1] + 1) + j) * block->planes + k;
}

static size_t element_at(const stf_block *block, const int at[3]) {
  return ((size_t)at[0] * (size_t)block->n[1] + (size_t)at[1]) * (size_t)block->n[2] + (size_t)at[2];
}

/* Lays `count` equal elements of a region on what is there; returns the number of layers of elements then. */
static int lay(stf_block *block, int at, double thickness, int count, int region) {
  const int plane = block->planes - 1;
  const double from = block->z[plane];
  for (int i = 1; i <= count; i++) {
    block->z[plane + i] = from + thickness * i / count;
    block->plane[at + i - 1] = plane + i - 1;
    block->layer[at + i - 1] = region;
  }
  block->planes += count;
  return at + count;
}

/* Begins a new plane of nodes where the topmost one is. */
static void part(stf_block *block) {
  block->z[block->planes] = block->z[block->planes - 1];
  block->planes++;
}

static bool glides_on(const stf_sheet *sheet, const char *layer) {
  for (size_t k = 0; k < sheet->glides.count; k++)
    if (!strcmp(stf_sheet_glide(sheet, k)->above, layer)) return true;
  return false;
}

static stf_status lay_through(const stf_sheet *sheet, double size, stf_arena *arena, stf_block *block) {
  const stf_layer *layers = sheet->layers.items, *between = &sheet->interlaminar;
  const size_t count = sheet->layers.count;
  block->z = stf_arena_alloc(arena, ((size_t)block->n[2] + 1 + sheet->glides.count) * sizeof(*block->z));
  block->layer = stf_arena_alloc(arena, (size_t)block->n[2] * sizeof(*block->layer));
  block->plane = stf_arena_alloc(arena, (size_t)block->n[2] * sizeof(*block->plane));
  if (!block->z || !block->layer || !block->plane) return STF_NO_RESOURCE;
  block->planes = 1;
  for (size_t i = 0, at = 0; i < count; i++) {
    at = (size_t)lay(block, (int)at, layers[i].thickness, (int)layer_cells(&layers[i], size), (int)i);
    if (glides_on(sheet, layers[i].name)) part(block);
    if (between->node && i + 1 < count)
      at = (size_t)lay(block, (int)at, between->thickness, (int)layer_cells(between, size), (int)count);
  }
  return STF_OK;
}

static stf_status name_regions(const stf_sheet *sheet, stf_arena *arena, stf_mesh *mesh) {
  mesh->region_count = sheet->layers.count + (sheet->interlaminar.node ? 1 : 0);
  mesh->regions = stf_arena_alloc(arena, mesh->region_count * sizeof(*mesh->regions));
  if (!mesh->regions) return STF_NO_RESOURCE;
  for (size_t i = 0; i < mesh->region_count; i++) {
    const stf_layer *layer = stf_sheet_layer(sheet, i);
    mesh->regions[i] = (stf_region){.name = layer->name, .families = stf_layer_families(layer)};
  }
  return STF_OK;
}

static void place_elements(const stf_block *block, stf_mesh *mesh) {
  static const int corner[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                   {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  int at[3];
  size_t e = 0;
  for (at[0] = 0; at[0] < block->n[0]; at[0]++)
    for (at[1] = 0; at[1] < block->n[1]; at[1]++)
      for (at[2] = 0; at[2] < block->n[2]; at[2]++, e++) {
        for (int a = 0; a < 8; a++)
          mesh->cell[e][a] =
              stf_block_node(block, at[0] + corner[a][0], at[1] + corner[a][1], block->plane[at[2]] + corner[a][2]);
        mesh->region[e] = block->layer[at[2]];
      }
}

stf_status stf_block_begin(const stf_sheet *sheet, double size, stf_arena *arena, stf_block *block, stf_mesh *mesh) {
  const size_t n[3] = {(size_t)block->n[0], (size_t)block->n[1], (size_t)block->n[2]};
  STF_TRY(lay_through(sheet, size, arena, block));
  *mesh = (stf_mesh){.nodes = (n[0] + 1) * (n[1] + 1) * (size_t)block->planes, .elements = n[0] * n[1] * n[2]};
  mesh->X = stf_arena_alloc(arena, mesh->nodes * sizeof(*mesh->X));
  STF_TRY(stf_mesh_make_elements(mesh, arena));
  if (!mesh->X) return STF_NO_RESOURCE;
  place_elements(block, mesh);
  return name_regions(sheet, arena, mesh);
}

void stf_block_direct(const stf_sheet *sheet, const stf_block *block, const int at[2], const double normal[3],
                      const double along[3], stf_mesh *mesh) {
  size_t e = element_at(block, (const int[3]){at[0], at[1], 0});
  for (int k = 0; k < block->n[2]; k++, e++) {
    const stf_layer *layer = stf_sheet_layer(sheet, (size_t)block->layer[k]);
    for (int i = 0; i < 3; i++) mesh->normal[e][i] = normal[i];
    for (size_t f = 0; f < layer->fibres.count; f++)
      stf_direction_turn(normal, along, layer->fibres.values[f], mesh->fibre[e][f]);
  }
}

/* Which elements' sides a face is made of: those at `level` along the axis that `side` lies across, of one layer. */
typedef struct sides {
  int side, level;
  int layer; /* -1: all */
} sides;

static bool belongs(const stf_block *block, const sides *s, const int at[3]) {
  return s->layer < 0 || block->layer[at[2]] == s->layer;
}

static stf_status place_sides(const stf_block *block, sides s, stf_arena *arena, stf_mesh *mesh, stf_face *face) {
  const int axis = s.side / 2, first = axis == 0 ? 1 : 0, second = axis == 2 ? 1 : 2;
  int at[3];
  at[axis] = s.level;
  for (at[first] = 0; at[first] < block->n[first]; at[first]++)
    for (at[second] = 0; at[second] < block->n[second]; at[second]++) face->facets += belongs(block, &s, at);
  face->facet = stf_arena_alloc(arena, face->facets * sizeof(*face->facet));
  if (!face->facet) return STF_NO_RESOURCE;
  size_t q = 0;
  for (at[first] = 0; at[first] < block->n[first]; at[first]++)
    for (at[second] = 0; at[second] < block->n[second]; at[second]++)
      if (belongs(block, &s, at)) stf_mesh_side(mesh, element_at(block, at), s.side, face->facet[q++]);
  return stf_face_finish(mesh, arena, face);
}

/* The side at the low or high end of an axis: side 0 is x_min, 1 is x_max, 2 is y_min ... */
static stf_status place_face(const stf_block *block, int side, stf_arena *arena, stf_mesh *mesh) {
  mesh->faces[side].name = block->names[side];
  const int level = side % 2 ? block->n[side / 2] - 1 : 0;
  return place_sides(block, (sides){side, level, -1}, arena, mesh, &mesh->faces[side]);
}

/* The two faces of an interface: the top of the layer that it lies on, the bottom of the next. */
static stf_status place_interface(const stf_sheet *sheet, const stf_block *block, size_t k, stf_arena *arena,
                                  stf_mesh *mesh) {
  const stf_glide_line *line = stf_sheet_glide(sheet, k);
  const stf_layer *layers = sheet->layers.items;
  const int layer = find_layer(sheet, line->above), face = (int)mesh->face_count;
  int level = 0;
  while (level + 1 < block->n[2] && block->layer[level + 1] <= layer) level++;
  mesh->interface[k] = (stf_interface){.name = line->name, .face = {face, face + 1}};
  mesh->faces[face].name = stf_arena_printf(arena, "%s_top", line->above);
  mesh->faces[face + 1].name = stf_arena_printf(arena, "%s_bottom", layers[layer + 1].name);
  if (!mesh->faces[face].name || !mesh->faces[face + 1].name) return STF_NO_RESOURCE;
  mesh->face_count += 2;
  mesh->interfaces++;
  STF_TRY(place_sides(block, (sides){5, level, -1}, arena, mesh, &mesh->faces[face]));
  return place_sides(block, (sides){4, level + 1, -1}, arena, mesh, &mesh->faces[face + 1]);
}

/* Where layers are not joined, each has four sides of its own: "deep_x_min". */
static stf_status place_own_sides(const stf_sheet *sheet, const stf_block *block, stf_arena *arena, stf_mesh *mesh) {
  const stf_layer *layers = sheet->layers.items;
  for (size_t i = 0; i < sheet->layers.count; i++)
    for (int side = 0; side < 4; side++) {
      stf_face *face = &mesh->faces[mesh->face_count];
      face->name = stf_arena_printf(arena, "%s_%s", layers[i].name, block->names[side]);
      if (!face->name) return STF_NO_RESOURCE;
      const int level = side % 2 ? block->n[side / 2] - 1 : 0;
      STF_TRY(place_sides(block, (sides){side, level, (int)i}, arena, mesh, face));
      mesh->face_count++;
    }
  return STF_OK;
}

stf_status stf_block_finish(const stf_sheet *sheet, const stf_block *block, stf_arena *arena, stf_mesh *mesh) {
  const size_t glides = sheet->glides.count;
  mesh->face_count = 6;
  mesh->faces = stf_arena_alloc(arena, (mesh->face_count + (glides ? 2 * glides + 4 * sheet->layers.count : 0)) *
                                           sizeof(*mesh->faces));
  mesh->interface = stf_arena_alloc(arena, (glides + 1) * sizeof(*mesh->interface));
  if (!mesh->faces || !mesh->interface) return STF_NO_RESOURCE;
  for (int side = 0; side < 6; side++) STF_TRY(place_face(block, side, arena, mesh));
  for (size_t k = 0; k < glides; k++) STF_TRY(place_interface(sheet, block, k, arena, mesh));
  if (glides) STF_TRY(place_own_sides(sheet, block, arena, mesh));
  mesh->length = stf_mesh_extent(mesh, 0);
  return STF_OK;
}
