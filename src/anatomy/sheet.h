/*
 * Sheets: layers on each other, cut into hexahedra in rows and columns. What strip, stack, cap, back and limb have in
 * common; they differ in where the nodes lie.
 */
#ifndef STF_ANATOMY_SHEET_H
#define STF_ANATOMY_SHEET_H

#include "anatomy/generator.h"

/* What the options of every generator of sheets begin with. */
typedef struct stf_sheet {
  const stf_yaml_node *node;
  stf_items layers;       /* stf_layer, from below (inside) upwards */
  stf_layer interlaminar; /* between each pair of layers; node NULL: they lie directly on each other */
  stf_items glides;       /* stf_glide_line: where layers are not joined */
} stf_sheet;

extern const stf_table stf_interlaminar_table, stf_sheet_glide_table;

#define STF_SHEET_LAYERS(words)                                                                                     \
  {                                                                                                                 \
    .key = "layers", .kind = STF_KIND_TABLES, .offset = offsetof(stf_sheet, layers), .minimum = 1, .maximum = 1000, \
    .table = &stf_layer_table, .help = (words)                                                                      \
  }
#define STF_SHEET_INTERLAMINAR                                                                                  \
  {                                                                                                             \
    .key = "interlaminar", .kind = STF_KIND_TABLE, .offset = offsetof(stf_sheet, interlaminar), .fallback = "", \
    .table = &stf_interlaminar_table,                                                                           \
    .help = "a thin layer between each pair of layers, whose tissue lets them shear against each other"         \
  }
#define STF_SHEET_GLIDES                                                                                 \
  {                                                                                                      \
    .key = "interfaces", .kind = STF_KIND_TABLES, .offset = offsetof(stf_sheet, glides), .fallback = "", \
    .maximum = 100, .table = &stf_sheet_glide_table, .needs_other = true,                                \
    .help = "where layers are not joined but glide on each other"                                        \
  }
#define STF_SHEET_LENGTH(text, type, member, words) STF_SHEET_LENGTH_AS(text, type, member, words, NULL)
#define STF_SHEET_LENGTH_AS(text, type, member, words, such)                                             \
  {                                                                                                      \
    .key = (text), .kind = STF_KIND_QUANTITY, .dimension = STF_LENGTH, .offset = offsetof(type, member), \
    .minimum = 0.0, .maximum = 1e5, .bounds = STF_OPEN_BELOW, .help = (words), .example = (such)         \
  }

/* Elements in rows and columns: n[0] along x, n[1] along y, n[2] through the thickness. */
typedef struct stf_block {
  int n[3];
  int planes;               /* of nodes: n[2] + 1 and one more for every interface */
  double *z;                /* [planes] [mm] height of each plane of nodes above the lowest */
  int *plane;               /* [n[2]] the plane below each layer of elements; the one above it is the next */
  int *layer;               /* [n[2]] region of each layer of elements */
  const char *const *names; /* [6] of the faces at the low and high end of x, y and z */
} stf_block;

/* For stf_generator: the layers, then what lies between them. */
const stf_layer *stf_sheet_layer(const void *options, size_t i);

/* For stf_generator: its interfaces. */
const stf_glide_line *stf_sheet_glide(const void *options, size_t i);

/* Elements along an extent. A double, since it may be beyond any integer. */
double stf_sheet_cells(double extent, double size);

/* The same through the thickness of the sheet, and that thickness [mm]. */
double stf_sheet_cells_through(const stf_sheet *sheet, double size);
double stf_sheet_thickness(const stf_sheet *sheet);

/* Checks layers and what lies between them. STF_BAD_INPUT with diagnostics. */
stf_status stf_sheet_check(const stf_sheet *sheet, const stf_generator *generator, stf_diags *diags);

/* Checks that a mesh of n[0] x n[1] x n[2] elements is not too large. STF_BAD_INPUT with a diagnostic. */
stf_status stf_sheet_check_count(const stf_sheet *sheet, const double n[3], stf_diags *diags);

/*
 * Begins a mesh of the size in block->n: planes of nodes, elements, regions. The caller then places mesh->X by
 * stf_block_node, and gives directions. Everything belongs to `arena`. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_block_begin(const stf_sheet *sheet, double size, stf_arena *arena, stf_block *block, stf_mesh *mesh);

/* Number of a node: along z fastest, then y, then x, so that neighbours stay near each other. */
int stf_block_node(const stf_block *block, int i, int j, int k);

/*
 * Gives every element of a column (i, j) its normal, and its fibres by their angles from the unit vector `along`
 * towards normal x along.
 */
void stf_block_direct(const stf_sheet *sheet, const stf_block *block, const int at[2], const double normal[3],
                      const double along[3], stf_mesh *mesh);

/* Says that memory is out. STF_NO_RESOURCE. */
stf_status stf_sheet_no_memory(const stf_sheet *sheet, stf_diags *diags);

/* Adds the six faces and those of interfaces once the nodes are placed. STF_NO_RESOURCE when memory is out. */
stf_status stf_block_finish(const stf_sheet *sheet, const stf_block *block, stf_arena *arena, stf_mesh *mesh);

#endif
