#include "result/surface.h"

#include <stdlib.h>
#include <string.h>

#include "element/shape.h"
#include "result/file.h"

/* A side of a cell; `key` are its corners as joined nodes, least first, UINT32_MAX where there are three. */
typedef struct side {
  uint32_t key[4], corner[4]; /* corners in order, as points */
  uint32_t cell;
  int number;
  unsigned char layer;
} side;

typedef struct finder {
  const stf_vtu *part; /* [parts] */
  size_t parts, points, cells, sides;
  uint32_t *node; /* [points] the least point of the same position */
  side *side;     /* [sides] */
  stf_surface *surface;
} finder;

typedef struct position {
  double X[3];
  uint32_t point;
} position;

static int compare_numbers(double a, double b) {
  return a < b ? -1 : a > b;
}

static int compare_positions(const void *left, const void *right) {
  const position *a = left, *b = right;
  for (int i = 0; i < 3; i++) {
    const int order = compare_numbers(a->X[i], b->X[i]);
    if (order) return order;
  }
  return a->point < b->point ? -1 : a->point > b->point;
}

static bool is_same(const double a[3], const double b[3]) {
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

static stf_status join_points(finder *f) {
  position *all = malloc((f->points + 1) * sizeof *all);
  f->node = malloc((f->points + 1) * sizeof *f->node);
  if (!all || !f->node) {
    free(all);
    return STF_NO_RESOURCE;
  }
  size_t n = 0;
  for (size_t p = 0; p < f->parts; p++)
    for (size_t i = 0; i < f->part[p].points; i++, n++) {
      memcpy(all[n].X, f->part[p].X[i], sizeof all[n].X);
      all[n].point = (uint32_t)n;
    }
  qsort(all, n, sizeof *all, compare_positions);
  for (size_t i = 0, first = 0; i < n; i++) {
    if (!is_same(all[i].X, all[first].X)) first = i;
    f->node[all[i].point] = all[first].point;
  }
  free(all);
  return STF_OK;
}

static const stf_shape_info *shape_of(unsigned char type) {
  for (int s = 0; s < STF_SHAPES; s++)
    if (stf_shapes[s].vtk == type) return &stf_shapes[s];
  return NULL;
}

static void order_key(uint32_t key[4]) {
  for (int i = 1; i < 4; i++)
    for (int k = i; k > 0 && key[k] < key[k - 1]; k--) {
      const uint32_t other = key[k];
      key[k] = key[k - 1];
      key[k - 1] = other;
    }
}

/* VTK's wedge has its triangles the other way round. */
static int corner_of(const stf_shape_info *shape, int number, int k) {
  static const int wedge[6] = {0, 2, 1, 3, 5, 4};
  const int corner = shape->side[number][k];
  return shape == &stf_shapes[STF_WEDGE6] && corner >= 0 ? wedge[corner] : corner;
}

/* `first` is the first point of the side's part. */
static void add_side(finder *f, const stf_shape_info *shape, const int32_t *node, uint32_t first, side s) {
  const bool three = shape->corners == 4 || shape->side[s.number][3] < 0;
  for (int k = 0; k < 4; k++) {
    const bool left_out = three && k == 3;
    s.corner[k] = left_out ? UINT32_MAX : first + (uint32_t)node[corner_of(shape, s.number, k)];
    s.key[k] = left_out ? UINT32_MAX : f->node[s.corner[k]];
  }
  order_key(s.key);
  f->side[f->sides++] = s;
}

static stf_status collect_part(finder *f, size_t p, uint32_t points, uint32_t cells) {
  const stf_vtu *v = &f->part[p];
  const stf_vtu_field *layer = stf_vtu_find(v, "layer", false);
  for (size_t e = 0; e < v->cells; e++) {
    const stf_shape_info *shape = shape_of(v->type[e]);
    const float at = layer && layer->components == 1 ? layer->value[e] : -1.0F;
    if (!(at >= 0.0F && at < (float)STF_SURFACE_MOST_LAYERS) || at != (float)(int)at) return STF_BAD_INPUT;
    if ((size_t)at >= f->surface->layers) f->surface->layers = (size_t)at + 1;
    for (int n = 0; shape && n < shape->sides; n++) {
      const side s = {.cell = cells + (uint32_t)e, .number = n, .layer = (unsigned char)at};
      add_side(f, shape, v->node + (e ? v->end[e - 1] : 0), points, s);
    }
  }
  return STF_OK;
}

static stf_status collect_sides(finder *f) {
  f->side = malloc((f->cells * STF_SHAPE_SIDES + 1) * sizeof *f->side);
  if (!f->side) return STF_NO_RESOURCE;
  uint32_t points = 0, cells = 0;
  for (size_t p = 0; p < f->parts; p++) {
    STF_TRY(collect_part(f, p, points, cells));
    points += (uint32_t)f->part[p].points;
    cells += (uint32_t)f->part[p].cells;
  }
  return f->sides ? STF_OK : STF_BAD_INPUT;
}

static int compare_keys(const side *a, const side *b) {
  if (a->layer != b->layer) return a->layer < b->layer ? -1 : 1;
  for (int k = 0; k < 4; k++)
    if (a->key[k] != b->key[k]) return a->key[k] < b->key[k] ? -1 : 1;
  return 0;
}

static int compare_places(const side *a, const side *b) {
  if (a->cell != b->cell) return a->cell < b->cell ? -1 : 1;
  return a->number - b->number;
}

static int by_key(const void *left, const void *right) {
  const int order = compare_keys(left, right);
  return order ? order : compare_places(left, right);
}

static int by_cell(const void *left, const void *right) {
  const side *a = left, *b = right;
  if (a->layer != b->layer) return a->layer < b->layer ? -1 : 1;
  return compare_places(a, b);
}

/* Sides that only one cell of a layer has, layer by layer in the order of their cells. */
static void keep_outer(finder *f) {
  size_t kept = 0;
  qsort(f->side, f->sides, sizeof *f->side, by_key);
  for (size_t i = 0, end; i < f->sides; i = end) {
    for (end = i + 1; end < f->sides && !compare_keys(&f->side[i], &f->side[end]); end++) {
    }
    if (end == i + 1) f->side[kept++] = f->side[i];
  }
  f->sides = kept;
  qsort(f->side, f->sides, sizeof *f->side, by_cell);
}

static stf_status make_room(finder *f) {
  stf_surface *s = f->surface;
  s->point = malloc((4 * f->sides + 1) * sizeof *s->point);
  s->layer = malloc(4 * f->sides + 1);
  s->corner = malloc((2 * f->sides + 1) * sizeof *s->corner);
  s->cell = malloc((2 * f->sides + 1) * sizeof *s->cell);
  s->edge = malloc((4 * f->sides + 1) * sizeof *s->edge);
  return s->point && s->layer && s->corner && s->cell && s->edge ? STF_OK : STF_NO_RESOURCE;
}

static void add_triangle(stf_surface *s, const uint32_t v[4], int a, int b, int c, uint32_t cell) {
  const size_t t = s->triangles++;
  s->corner[t][0] = v[a];
  s->corner[t][1] = v[b];
  s->corner[t][2] = v[c];
  s->cell[t] = cell;
}

static void add_edges(stf_surface *s, const uint32_t v[4], int corners) {
  for (int k = 0; k < corners; k++) {
    const uint32_t a = v[k], b = v[(k + 1) % corners];
    const size_t e = s->edges++;
    s->edge[e][0] = a < b ? a : b;
    s->edge[e][1] = a < b ? b : a;
  }
}

static void add_faces(finder *f, uint32_t *vertex) {
  stf_surface *s = f->surface;
  for (size_t i = 0; i < f->sides; i++) {
    const side *from = &f->side[i];
    const int corners = from->corner[3] == UINT32_MAX ? 3 : 4;
    uint32_t v[4];
    if (!i || from->layer != from[-1].layer) memset(vertex, 0xFF, f->points * sizeof *vertex);
    for (int k = 0; k < corners; k++) {
      uint32_t *of = &vertex[f->node[from->corner[k]]];
      if (*of == UINT32_MAX) {
        *of = (uint32_t)s->vertices++;
        s->point[*of] = from->corner[k]; /* of this layer: where layers glide, others of the same place go elsewhere */
        s->layer[*of] = from->layer;
      }
      v[k] = *of;
    }
    add_triangle(s, v, 0, 1, 2, from->cell);
    if (corners == 4) add_triangle(s, v, 0, 2, 3, from->cell);
    add_edges(s, v, corners);
  }
}

static int compare_edges(const void *left, const void *right) {
  const uint32_t *a = left, *b = right;
  if (a[0] != b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : a[1] > b[1];
}

static void keep_edges_once(stf_surface *s) {
  size_t kept = 0;
  qsort(s->edge, s->edges, sizeof *s->edge, compare_edges);
  for (size_t i = 0; i < s->edges; i++)
    if (!kept || compare_edges(s->edge[kept - 1], s->edge[i]) != 0)
      memmove(s->edge[kept++], s->edge[i], sizeof *s->edge);
  s->edges = kept;
}

static stf_status find(finder *f) {
  STF_TRY(join_points(f));
  STF_TRY(collect_sides(f));
  keep_outer(f);
  STF_TRY(make_room(f));
  uint32_t *vertex = malloc((f->points + 1) * sizeof *vertex);
  if (!vertex) return STF_NO_RESOURCE;
  add_faces(f, vertex);
  keep_edges_once(f->surface);
  free(vertex);
  return STF_OK;
}

stf_status stf_surface_find(const stf_vtu *part, size_t count, const char *path, stf_diags *diags,
                            stf_surface *surface) {
  finder f = {.part = part, .parts = count, .surface = surface};
  *surface = (stf_surface){0};
  for (size_t p = 0; p < count; p++) {
    f.points += part[p].points;
    f.cells += part[p].cells;
  }
  stf_status status = f.points < INT32_MAX && f.cells < INT32_MAX / STF_SHAPE_SIDES ? find(&f) : STF_BAD_INPUT;
  if (status == STF_NO_RESOURCE) stf_file_no_memory(path, diags);
  if (status == STF_BAD_INPUT)
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = path, .path = "layer"}, "no layers of solid cells",
                  "cells with a volume, each with a layer from 0 to 255", NULL);
  free(f.node);
  free(f.side);
  return status;
}

void stf_surface_clear(stf_surface *surface) {
  free(surface->point);
  free(surface->layer);
  free(surface->corner);
  free(surface->cell);
  free(surface->edge);
  *surface = (stf_surface){0};
}
