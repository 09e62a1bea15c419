/*
 * A piece of the low back beside the spine, flat: muscle, the thoracolumbar fascia as three aponeuroses, superficial
 * fascia, fat, skin. x runs along the spine, towards the head; y from the middle of the piece to the side; z outwards
 * from the underside of the muscle. Muscle and the three aponeuroses glide on each other; what lies above is joined.
 */
#include <math.h>

#include "anatomy/direction.h"
#include "anatomy/sheet.h"

enum { LAYERS = 7, GLIDES = 3 };

typedef struct back {
  const stf_yaml_node *node;
  double length, width;
  stf_layer layer[LAYERS]; /* from below upwards */
  stf_glide_line glide[GLIDES];
} back;

/* The rows of a layer's own table: its defaults differ from layer to layer. */
#define LAYER_OPTIONS(word, of, thick, angles, cells)                                            \
  static const stf_option word##_options[] = {                                                   \
      {.key = "name",                                                                            \
       .kind = STF_KIND_NAME,                                                                    \
       .offset = offsetof(stf_layer, name),                                                      \
       .fallback = #word,                                                                        \
       .help = "what it is called in messages and results"},                                     \
      {.key = "tissue",                                                                          \
       .kind = STF_KIND_NAME,                                                                    \
       .offset = offsetof(stf_layer, tissue),                                                    \
       .fallback = (of),                                                                         \
       .help = "what it is made of: a name from this scenario's `tissues`"},                     \
      {.key = "thickness",                                                                       \
       .kind = STF_KIND_QUANTITY,                                                                \
       .dimension = STF_LENGTH,                                                                  \
       .offset = offsetof(stf_layer, thickness),                                                 \
       .fallback = (thick),                                                                      \
       .minimum = 0.0,                                                                           \
       .maximum = 1e4,                                                                           \
       .bounds = STF_OPEN_BELOW,                                                                 \
       .help = "its thickness"},                                                                 \
      {.key = "fibres",                                                                          \
       .kind = STF_KIND_QUANTITIES,                                                              \
       .dimension = STF_ANGLE,                                                                   \
       .offset = offsetof(stf_layer, fibres),                                                    \
       .fallback = (angles),                                                                     \
       .minimum = -2.0 * M_PI,                                                                   \
       .maximum = 2.0 * M_PI,                                                                    \
       .help = "for each fibre family of the tissue, its angle to the spine, towards the side"}, \
      {.key = "elements",                                                                        \
       .kind = STF_KIND_INTEGER,                                                                 \
       .offset = offsetof(stf_layer, elements),                                                  \
       .fallback = (cells),                                                                      \
       .minimum = 1,                                                                             \
       .maximum = 1000,                                                                          \
       .help = "elements through its thickness"},                                                \
  };                                                                                             \
  static const stf_table word##_table = STF_TABLE_OF(#word, stf_layer, word##_options)

#define FOUR "[0 deg, 90 deg, 45 deg, -45 deg]"

LAYER_OPTIONS(muscle, "muscle", "20 mm", "[0 deg]", "3");
LAYER_OPTIONS(inner, "thoracolumbar_fascia", "0.28 mm", "[0 deg, 90 deg]", "1");
LAYER_OPTIONS(middle, "thoracolumbar_fascia", "0.28 mm", "[90 deg, 0 deg]", "1");
LAYER_OPTIONS(outer, "thoracolumbar_fascia", "0.28 mm", "[60 deg, -30 deg]", "1");
LAYER_OPTIONS(superficial, "superficial_fascia", "0.5 mm", FOUR, "1");
LAYER_OPTIONS(fat, "fat", "8 mm", "", "2");
LAYER_OPTIONS(skin, "skin", "2 mm", FOUR, "1");

#define GLIDE_OPTIONS(word)                                                                             \
  static const stf_option word##_options[] = {                                                          \
      {.key = "name",                                                                                   \
       .kind = STF_KIND_NAME,                                                                           \
       .offset = offsetof(stf_glide_line, name),                                                        \
       .fallback = #word,                                                                               \
       .help = "what it is called in messages and results"},                                            \
      {.key = "tissue",                                                                                 \
       .kind = STF_KIND_NAME,                                                                           \
       .offset = offsetof(stf_glide_line, tissue),                                                      \
       .fallback = "areolar_glide",                                                                     \
       .help = "what lies between: a name from this scenario's `tissues`, whose file gives a `glide`"}, \
  };                                                                                                    \
  static const stf_table word##_table = STF_TABLE_OF(#word, stf_glide_line, word##_options)

GLIDE_OPTIONS(deep_glide);
GLIDE_OPTIONS(middle_glide);
GLIDE_OPTIONS(outer_glide);

#define PART(word, member, words)                                                                              \
  {                                                                                                            \
    .key = #word, .kind = STF_KIND_TABLE, .offset = offsetof(back, member), .fallback = "{}", .at_home = true, \
    .table = &word##_table, .help = (words)                                                                    \
  }

static const stf_option back_options[] = {
    STF_SHEET_LENGTH("length", back, length, "extent along the spine"),
    STF_SHEET_LENGTH("width", back, width, "extent to the side"),
    PART(muscle, layer[0], "erector spinae, as far as it is modelled; fibres along the spine"),
    PART(inner, layer[1], "aponeurosis of erector spinae, along the spine"),
    PART(middle, layer[2], "aponeurosis of the abdominal wall and serratus posterior, across the spine"),
    PART(outer, layer[3], "aponeurosis of latissimus dorsi, from the spine upwards and to the side"),
    PART(superficial, layer[4], "superficial fascia"),
    PART(fat, layer[5], "subcutaneous fat"),
    PART(skin, layer[6], "skin"),
    PART(deep_glide, glide[0], "the interface on the muscle"),
    PART(middle_glide, glide[1], "the interface on the inner aponeurosis"),
    PART(outer_glide, glide[2], "the interface on the middle aponeurosis"),
};

static const stf_table back_table = STF_TABLE_OF("back", back, back_options);

static const stf_layer *layer_of(const void *options, size_t i) {
  return i < LAYERS ? &((const back *)options)->layer[i] : NULL;
}

static const stf_glide_line *glide_of(const void *options, size_t i) {
  return i < GLIDES ? &((const back *)options)->glide[i] : NULL;
}

static stf_status check(const void *options, double size, stf_diags *diags);
static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);

static const stf_generator generator = {
    .layer = layer_of, .glide = glide_of, .sized = true, .check = check, .build = build};

/* The same as a sheet, whose glide lines [GLIDES] lie on the layers from the lowest up. */
static stf_sheet sheet_of(const back *b, stf_glide_line *lines) {
  for (int k = 0; k < GLIDES; k++) {
    lines[k] = b->glide[k];
    lines[k].above = b->layer[k].name;
  }
  return (stf_sheet){.node = b->node, .layers = {(void *)b->layer, LAYERS}, .glides = {lines, GLIDES}};
}

static void count_cells(const back *b, const stf_sheet *sheet, double size, double n[3]) {
  n[0] = stf_sheet_cells(b->length, size);
  n[1] = stf_sheet_cells(b->width, size);
  n[2] = stf_sheet_cells_through(sheet, size);
}

static stf_status check(const void *options, double size, stf_diags *diags) {
  const back *b = options;
  stf_glide_line lines[GLIDES];
  const stf_sheet sheet = sheet_of(b, lines);
  const stf_status status = stf_layers_check(&generator, options, diags);
  if (status || isnan(size)) return status;
  double n[3];
  count_cells(b, &sheet, size, n);
  return stf_sheet_check_count(&sheet, n, diags);
}

static void place_nodes(const back *b, const stf_block *block, stf_mesh *mesh) {
  for (int i = 0; i <= block->n[0]; i++)
    for (int j = 0; j <= block->n[1]; j++)
      for (int k = 0; k < block->planes; k++) {
        double *X = mesh->X[stf_block_node(block, i, j, k)];
        X[0] = b->length * i / block->n[0];
        X[1] = 0.5 * b->width * (2 * j - block->n[1]) / block->n[1];
        X[2] = block->z[k];
      }
}

static stf_status build_block(const back *b, double size, stf_arena *arena, stf_mesh *mesh) {
  static const char *const names[6] = {"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"};
  static const double normal[3] = {0, 0, 1}, along[3] = {1, 0, 0};
  stf_glide_line lines[GLIDES];
  const stf_sheet sheet = sheet_of(b, lines);
  double n[3];
  count_cells(b, &sheet, size, n);
  stf_block block = {.n = {(int)n[0], (int)n[1], (int)n[2]}, .names = names};
  STF_TRY(stf_block_begin(&sheet, size, arena, &block, mesh));
  place_nodes(b, &block, mesh);
  for (int i = 0; i < block.n[0]; i++)
    for (int j = 0; j < block.n[1]; j++) stf_block_direct(&sheet, &block, (const int[2]){i, j}, normal, along, mesh);
  return stf_block_finish(&sheet, &block, arena, mesh);
}

static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh) {
  const back *b = options;
  STF_TRY(check(options, size, diags));
  if (!build_block(b, size, arena, mesh)) return STF_OK;
  const stf_sheet sheet = {.node = b->node};
  return stf_sheet_no_memory(&sheet, diags);
}

extern const stf_variant_type stf_back;
const stf_variant_type stf_back = {.name = "back",
                                   .help = "the low back: muscle, fascia that glides, fat, skin",
                                   .table = &back_table,
                                   .extra = &generator};
