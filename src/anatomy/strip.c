/*
 * A strip as it is cut for a tensile test: straight, or a dog bone whose middle is narrower. Layers lie on each other
 * and share their nodes. x runs along from 0, y across around 0, z through the thickness from 0.
 *
 * In a dog bone the half-width at a distance d beyond the gauge's end is, over the fillet 0 <= d <= r,
 * w(d) = w_gauge + (w_end - w_gauge) (1 - cos(pi d/r))/2: no kink at either end. Lines of the mesh lie on the ends of
 * gauge and fillets.
 */
#include <math.h>

#include "anatomy/generator.h"

typedef struct gauge {
  const stf_yaml_node *node;
  double length, width, fillet;
} gauge;

typedef struct strip {
  const stf_yaml_node *node;
  double length, width;
  stf_items layers;
  gauge gauge; /* node NULL: a straight strip */
} strip;

#define LENGTH_OPTION(text, type, member, words)                                                         \
  {                                                                                                      \
    .key = (text), .kind = STF_KIND_QUANTITY, .dimension = STF_LENGTH, .offset = offsetof(type, member), \
    .minimum = 0.0, .maximum = 1e5, .bounds = STF_OPEN_BELOW, .help = (words)                            \
  }

static const stf_option gauge_options[] = {
    LENGTH_OPTION("length", gauge, length, "length of the narrow middle"),
    LENGTH_OPTION("width", gauge, width, "width of the narrow middle, at most that of the strip"),
    LENGTH_OPTION("fillet", gauge, fillet, "length on either side over which it widens to the strip's width"),
};

static const stf_table gauge_table = STF_TABLE_OF("gauge", gauge, gauge_options);

static const stf_option strip_options[] = {
    LENGTH_OPTION("length", strip, length, "extent along x"),
    LENGTH_OPTION("width", strip, width, "extent along y"),
    {.key = "layers",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(strip, layers),
     .minimum = 1,
     .maximum = 1000,
     .table = &stf_layer_table,
     .help = "from below upwards"},
    {.key = "gauge",
     .kind = STF_KIND_TABLE,
     .offset = offsetof(strip, gauge),
     .fallback = "",
     .table = &gauge_table,
     .help = "a narrower middle: a dog bone"},
};

static const stf_table strip_table = STF_TABLE_OF("strip", strip, strip_options);

static void give_layers(const void *options, const stf_layer **layers, size_t *count) {
  const strip *s = options;
  *layers = s->layers.items;
  *count = s->layers.count;
}

/* Elements along an extent. A double, since it may be beyond any integer. */
static double cells(double extent, double size) {
  return fmax(1.0, round(extent / size));
}

static double layer_cells(const stf_layer *layer, double size) {
  return layer->elements ? (double)layer->elements : cells(layer->thickness, size);
}

/* Lengths along x between which the outline is smooth; returns how many. */
static int cut_pieces(const strip *s, double piece[5]) {
  if (!s->gauge.node) {
    piece[0] = s->length;
    return 1;
  }
  const double end = 0.5 * (s->length - s->gauge.length) - s->gauge.fillet;
  int n = 0;
  if (end > 1e-9 * s->length) piece[n++] = end;
  piece[n++] = s->gauge.fillet;
  piece[n++] = s->gauge.length;
  piece[n++] = s->gauge.fillet;
  if (end > 1e-9 * s->length) piece[n++] = end;
  return n;
}

/* Numbers of elements along x, y and z. */
static void count_cells(const strip *s, double size, double n[3]) {
  const stf_layer *layers = s->layers.items;
  double piece[5];
  n[0] = n[2] = 0.0;
  for (int i = 0, pieces = cut_pieces(s, piece); i < pieces; i++) n[0] += cells(piece[i], size);
  n[1] = cells(s->width, size);
  for (size_t i = 0; i < s->layers.count; i++) n[2] += layer_cells(&layers[i], size);
}

static stf_status check_gauge(const strip *s, stf_diags *diags) {
  const double needed = s->gauge.length + 2.0 * s->gauge.fillet;
  stf_status status = STF_OK;
  if (needed > s->length * (1.0 + 1e-12)) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(s->gauge.node, "length"),
                  stf_diags_text(diags, "a gauge that takes %.6g mm with its two fillets", needed),
                  stf_diags_text(diags, "at most the strip's length, %.6g mm", s->length), NULL);
    status = STF_BAD_INPUT;
  }
  if (s->gauge.width > s->width) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(s->gauge.node, "width"),
                  stf_diags_text(diags, "a gauge %.6g mm wide", s->gauge.width),
                  stf_diags_text(diags, "at most the strip's width, %.6g mm", s->width), NULL);
    status = STF_BAD_INPUT;
  }
  return status;
}

static stf_status check(const void *options, double size, stf_diags *diags) {
  const strip *s = options;
  stf_status status = stf_layers_check(s->layers.items, s->layers.count, diags);
  if (s->gauge.node && check_gauge(s, diags)) status = STF_BAD_INPUT;
  if (status || isnan(size)) return status;
  double n[3];
  count_cells(s, size, n);
  const double all = n[0] * n[1] * n[2];
  if (all <= STF_MAX_ELEMENTS) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(s->node, "length"),
                stf_diags_text(diags, "%.4g elements (%.4g along, %.4g across, %.4g through)", all, n[0], n[1], n[2]),
                stf_diags_text(diags, "at most %d million", STF_MAX_ELEMENTS / 1000000), "a larger mesh size");
  return STF_BAD_INPUT;
}

/* The lines of the structured mesh. */
typedef struct grid {
  int n[3];     /* elements along x, y, z */
  double *x;    /* [n0 + 1] [mm] */
  double *half; /* [n0 + 1] [mm] half the width there */
  double *z;    /* [n2 + 1] [mm] */
  int *layer;   /* [n2] */
} grid;

static double half_width(const strip *s, double x) {
  if (!s->gauge.node) return 0.5 * s->width;
  const double beyond = fabs(x - 0.5 * s->length) - 0.5 * s->gauge.length;
  const double share = fmin(fmax(beyond / s->gauge.fillet, 0.0), 1.0);
  return 0.5 * s->gauge.width + 0.25 * (s->width - s->gauge.width) * (1.0 - cos(M_PI * share));
}

/* Appends `count` equal intervals to lines[at], from where the last one ended. */
static int append_lines(double *lines, int at, double extent, double count) {
  const double from = lines[at];
  for (int i = 1; i <= (int)count; i++) lines[at + i] = from + extent * i / count;
  return at + (int)count;
}

static stf_status lay_grid(const strip *s, double size, stf_arena *arena, grid *g) {
  const stf_layer *layers = s->layers.items;
  double n[3], piece[5];
  count_cells(s, size, n);
  for (int i = 0; i < 3; i++) g->n[i] = (int)n[i];
  g->x = stf_arena_alloc(arena, (g->n[0] + 1) * sizeof(*g->x));
  g->half = stf_arena_alloc(arena, (g->n[0] + 1) * sizeof(*g->half));
  g->z = stf_arena_alloc(arena, (g->n[2] + 1) * sizeof(*g->z));
  g->layer = stf_arena_alloc(arena, g->n[2] * sizeof(*g->layer));
  if (!g->x || !g->half || !g->z || !g->layer) return STF_NO_RESOURCE;
  for (int i = 0, at = 0, pieces = cut_pieces(s, piece); i < pieces; i++)
    at = append_lines(g->x, at, piece[i], cells(piece[i], size));
  g->x[g->n[0]] = s->length;
  for (int i = 0; i <= g->n[0]; i++) g->half[i] = half_width(s, g->x[i]);
  for (size_t i = 0, at = 0; i < s->layers.count; i++) {
    const size_t end = append_lines(g->z, (int)at, layers[i].thickness, layer_cells(&layers[i], size));
    for (; at < end; at++) g->layer[at] = (int)i;
  }
  return STF_OK;
}

/* Nodes are numbered along z fastest, then y, then x: neighbours stay near each other. */
static int node_at(const grid *g, int i, int j, int k) {
  return (i * (g->n[1] + 1) + j) * (g->n[2] + 1) + k;
}

static size_t element_at(const grid *g, const int at[3]) {
  return ((size_t)at[0] * g->n[1] + at[1]) * g->n[2] + at[2];
}

static stf_status place_nodes(const grid *g, stf_arena *arena, stf_mesh *mesh) {
  mesh->nodes = (size_t)(g->n[0] + 1) * (g->n[1] + 1) * (g->n[2] + 1);
  mesh->X = stf_arena_alloc(arena, mesh->nodes * sizeof(*mesh->X));
  if (!mesh->X) return STF_NO_RESOURCE;
  for (int i = 0; i <= g->n[0]; i++)
    for (int j = 0; j <= g->n[1]; j++)
      for (int k = 0; k <= g->n[2]; k++) {
        double *X = mesh->X[node_at(g, i, j, k)];
        X[0] = g->x[i];
        X[1] = g->half[i] * (2 * j - g->n[1]) / g->n[1];
        X[2] = g->z[k];
      }
  return STF_OK;
}

static stf_status place_elements(const strip *s, const grid *g, stf_arena *arena, stf_mesh *mesh) {
  static const int corner[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                   {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  const stf_layer *layers = s->layers.items;
  mesh->elements = (size_t)g->n[0] * g->n[1] * g->n[2];
  mesh->cell = stf_arena_alloc(arena, mesh->elements * sizeof(*mesh->cell));
  mesh->shape = stf_arena_alloc(arena, mesh->elements * sizeof(*mesh->shape)); /* zero: STF_HEX8 */
  mesh->region = stf_arena_alloc(arena, mesh->elements * sizeof(*mesh->region));
  mesh->normal = stf_arena_alloc(arena, mesh->elements * sizeof(*mesh->normal));
  mesh->fibre = stf_arena_alloc(arena, mesh->elements * sizeof(*mesh->fibre));
  if (!mesh->cell || !mesh->shape || !mesh->region || !mesh->normal || !mesh->fibre) return STF_NO_RESOURCE;
  int at[3];
  size_t e = 0;
  for (at[0] = 0; at[0] < g->n[0]; at[0]++)
    for (at[1] = 0; at[1] < g->n[1]; at[1]++)
      for (at[2] = 0; at[2] < g->n[2]; at[2]++, e++) {
        const stf_layer *layer = &layers[g->layer[at[2]]];
        for (int a = 0; a < 8; a++)
          mesh->cell[e][a] = node_at(g, at[0] + corner[a][0], at[1] + corner[a][1], at[2] + corner[a][2]);
        mesh->region[e] = g->layer[at[2]];
        mesh->normal[e][2] = 1.0;
        for (size_t f = 0; f < layer->fibres.count; f++) {
          mesh->fibre[e][f][0] = cos(layer->fibres.values[f]);
          mesh->fibre[e][f][1] = sin(layer->fibres.values[f]);
        }
      }
  return STF_OK;
}

static stf_status name_regions(const strip *s, stf_arena *arena, stf_mesh *mesh) {
  const stf_layer *layers = s->layers.items;
  mesh->region_count = s->layers.count;
  mesh->regions = stf_arena_alloc(arena, mesh->region_count * sizeof(*mesh->regions));
  if (!mesh->regions) return STF_NO_RESOURCE;
  for (size_t i = 0; i < mesh->region_count; i++)
    mesh->regions[i] = (stf_region){.name = layers[i].name, .families = layers[i].fibres.count};
  return STF_OK;
}

/* The side at the low or high end of an axis: side 0 is x_min, 1 is x_max, 2 is y_min ... */
static stf_status place_face(const grid *g, int side, stf_arena *arena, stf_mesh *mesh) {
  static const char *const names[6] = {"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"};
  const int axis = side / 2, first = axis == 0 ? 1 : 0, second = axis == 2 ? 1 : 2;
  stf_face *face = &mesh->faces[side];
  face->name = names[side];
  face->facets = (size_t)g->n[first] * g->n[second];
  face->facet = stf_arena_alloc(arena, face->facets * sizeof(*face->facet));
  if (!face->facet) return STF_NO_RESOURCE;
  int at[3];
  size_t q = 0;
  at[axis] = side % 2 ? g->n[axis] - 1 : 0;
  for (at[first] = 0; at[first] < g->n[first]; at[first]++)
    for (at[second] = 0; at[second] < g->n[second]; at[second]++, q++)
      for (int a = 0; a < STF_SIDE_NODES; a++) {
        const int corner = stf_shapes[STF_HEX8].side[side][a];
        face->facet[q][a] = corner < 0 ? -1 : mesh->cell[element_at(g, at)][corner];
      }
  return stf_face_finish(mesh, arena, face);
}

static stf_status place_faces(const grid *g, stf_arena *arena, stf_mesh *mesh) {
  mesh->face_count = 6;
  mesh->faces = stf_arena_alloc(arena, mesh->face_count * sizeof(*mesh->faces));
  if (!mesh->faces) return STF_NO_RESOURCE;
  for (int side = 0; side < 6; side++) STF_TRY(place_face(g, side, arena, mesh));
  return STF_OK;
}

static stf_status build_parts(const strip *s, double size, stf_arena *arena, stf_mesh *mesh) {
  grid g;
  *mesh = (stf_mesh){.length = s->length};
  STF_TRY(lay_grid(s, size, arena, &g));
  STF_TRY(place_nodes(&g, arena, mesh));
  STF_TRY(place_elements(s, &g, arena, mesh));
  STF_TRY(name_regions(s, arena, mesh));
  return place_faces(&g, arena, mesh);
}

static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh) {
  const strip *s = options;
  STF_TRY(check(options, size, diags));
  stf_status status = build_parts(s, size, arena, mesh);
  if (status)
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(s->node, "length"), "no memory left for the mesh", NULL, NULL);
  return status;
}

static const stf_generator generator = {.layers = give_layers, .check = check, .build = build};

extern const stf_variant_type stf_strip;
const stf_variant_type stf_strip = {.name = "strip",
                                    .help = "a flat strip or dog bone of one or more layers, as for a tensile test",
                                    .table = &strip_table,
                                    .extra = &generator};
