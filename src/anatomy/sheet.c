#include "anatomy/sheet.h"

#include <math.h>

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

stf_status stf_sheet_check(const stf_sheet *sheet, const stf_generator *generator, stf_diags *diags) {
  const stf_status status = stf_layers_check(generator, sheet, diags);
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
  return (i * (block->n[1] + 1) + j) * (block->n[2] + 1) + k;
}

static size_t element_at(const stf_block *block, const int at[3]) {
  return ((size_t)at[0] * (size_t)block->n[1] + (size_t)at[1]) * (size_t)block->n[2] + (size_t)at[2];
}

/* Lays `count` equal elements of a region on what is there; returns the number of layers of elements then. */
static int lay(stf_block *block, int at, double thickness, int count, int region) {
  const double from = block->z[at];
  for (int i = 1; i <= count; i++) {
    block->z[at + i] = from + thickness * i / count;
    block->layer[at + i - 1] = region;
  }
  return at + count;
}

static stf_status lay_through(const stf_sheet *sheet, double size, stf_arena *arena, stf_block *block) {
  const stf_layer *layers = sheet->layers.items, *between = &sheet->interlaminar;
  const size_t count = sheet->layers.count;
  block->z = stf_arena_alloc(arena, ((size_t)block->n[2] + 1) * sizeof(*block->z));
  block->layer = stf_arena_alloc(arena, (size_t)block->n[2] * sizeof(*block->layer));
  if (!block->z || !block->layer) return STF_NO_RESOURCE;
  for (size_t i = 0, at = 0; i < count; i++) {
    at = (size_t)lay(block, (int)at, layers[i].thickness, (int)layer_cells(&layers[i], size), (int)i);
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
          mesh->cell[e][a] = stf_block_node(block, at[0] + corner[a][0], at[1] + corner[a][1], at[2] + corner[a][2]);
        mesh->region[e] = block->layer[at[2]];
      }
}

stf_status stf_block_begin(const stf_sheet *sheet, double size, stf_arena *arena, stf_block *block, stf_mesh *mesh) {
  const size_t n[3] = {(size_t)block->n[0], (size_t)block->n[1], (size_t)block->n[2]};
  *mesh = (stf_mesh){.nodes = (n[0] + 1) * (n[1] + 1) * (n[2] + 1), .elements = n[0] * n[1] * n[2]};
  STF_TRY(lay_through(sheet, size, arena, block));
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

/* The side at the low or high end of an axis: side 0 is x_min, 1 is x_max, 2 is y_min ... */
static stf_status place_face(const stf_block *block, int side, stf_arena *arena, stf_mesh *mesh) {
  const int axis = side / 2, first = axis == 0 ? 1 : 0, second = axis == 2 ? 1 : 2;
  stf_face *face = &mesh->faces[side];
  face->name = block->names[side];
  face->facets = (size_t)block->n[first] * (size_t)block->n[second];
  face->facet = stf_arena_alloc(arena, face->facets * sizeof(*face->facet));
  if (!face->facet) return STF_NO_RESOURCE;
  int at[3];
  size_t q = 0;
  at[axis] = side % 2 ? block->n[axis] - 1 : 0;
  for (at[first] = 0; at[first] < block->n[first]; at[first]++)
    for (at[second] = 0; at[second] < block->n[second]; at[second]++, q++)
      stf_mesh_side(mesh, element_at(block, at), side, face->facet[q]);
  return stf_face_finish(mesh, arena, face);
}

stf_status stf_block_finish(const stf_block *block, stf_arena *arena, stf_mesh *mesh) {
  mesh->face_count = 6;
  mesh->faces = stf_arena_alloc(arena, mesh->face_count * sizeof(*mesh->faces));
  if (!mesh->faces) return STF_NO_RESOURCE;
  for (int side = 0; side < 6; side++) STF_TRY(place_face(block, side, arena, mesh));
  mesh->length = stf_mesh_extent(mesh, 0);
  return STF_OK;
}
