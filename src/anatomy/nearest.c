#include "anatomy/nearest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAF = 4 };

/* A facet with the mean of its corners, and its position along the axis that is being cut. */
typedef struct item {
  double middle[3], key;
  size_t facet;
} item;

/* A box around items[first .. first + count); boxes of more than LEAF items have two children. */
typedef struct box {
  double low[3], high[3];
  size_t first, count;
  size_t right; /* the other child; the left one follows its parent */
} box;

struct stf_nearest {
  const stf_mesh *mesh;
  const stf_face *face;
  item *items; /* [facets] */
  box *boxes;
  size_t count;
};

/* Corners of a facet: six-node triangles and plain ones have three. */
static int corners_of(const int *facet) {
  return facet[3] >= 0 && facet[4] < 0 ? 4 : 3;
}

static void enclose(const stf_nearest *t, box *b) {
  for (int i = 0; i < 3; i++) {
    b->low[i] = INFINITY;
    b->high[i] = -INFINITY;
  }
  for (size_t k = b->first; k < b->first + b->count; k++) {
    const int *facet = t->face->facet[t->items[k].facet];
    for (int a = 0; a < corners_of(facet); a++)
      for (int i = 0; i < 3; i++) {
        b->low[i] = fmin(b->low[i], t->mesh->X[facet[a]][i]);
        b->high[i] = fmax(b->high[i], t->mesh->X[facet[a]][i]);
      }
  }
}

static int by_key(const void *a, const void *b) {
  const item *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return (x->facet > y->facet) - (x->facet < y->facet);
}

/* Halves the items along the longest side of their box, down to the leaves. */
static void build(stf_nearest *t, size_t first, size_t count) {
  const size_t at = t->count++;
  box *b = &t->boxes[at];
  *b = (box){.first = first, .count = count};
  enclose(t, b);
  if (count <= LEAF) return;
  int axis = 0;
  for (int i = 1; i < 3; i++)
    if (b->high[i] - b->low[i] > b->high[axis] - b->low[axis]) axis = i;
  for (size_t k = first; k < first + count; k++) t->items[k].key = t->items[k].middle[axis];
  qsort(t->items + first, count, sizeof(*t->items), by_key);
  build(t, first, count / 2);
  b->right = t->count;
  build(t, first + count / 2, count - count / 2);
}

stf_nearest *stf_nearest_create(const stf_mesh *mesh, const stf_face *face) {
  stf_nearest *t = calloc(1, sizeof(*t));
  if (!t) return NULL;
  *t = (stf_nearest){.mesh = mesh, .face = face};
  t->items = calloc(face->facets + 1, sizeof(*t->items));
  t->boxes = calloc(2 * face->facets + 1, sizeof(*t->boxes));
  if (!t->items || !t->boxes) {
    stf_nearest_destroy(t);
    return NULL;
  }
  for (size_t f = 0; f < face->facets; f++) {
    const int *facet = face->facet[f], corners = corners_of(facet);
    t->items[f].facet = f;
    for (int a = 0; a < corners; a++)
      for (int i = 0; i < 3; i++) t->items[f].middle[i] += mesh->X[facet[a]][i] / corners;
  }
  build(t, 0, face->facets);
  return t;
}

void stf_nearest_destroy(stf_nearest *nearest) {
  if (!nearest) return;
  free(nearest->items);
  free(nearest->boxes);
  free(nearest);
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Squared distance of a point from the edge that begins at `from`. */
static double from_edge(const double point[3], const double from[3], const double along[3]) {
  double way[3], square = 0.0;
  for (int i = 0; i < 3; i++) way[i] = point[i] - from[i];
  const double share = fmin(fmax(dot(way, along) / fmax(dot(along, along), 1e-300), 0.0), 1.0);
  for (int i = 0; i < 3; i++) {
    const double off = way[i] - share * along[i];
    square += off * off;
  }
  return square;
}

/* Squared distance of a point from a triangle: from its plane where the foot lies inside, else from its edges. */
static double from_triangle(const double point[3], const double *const corner[3]) {
  double edge[3][3], n[3], nearest = INFINITY;
  bool inside = true;
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 3; i++) edge[k][i] = corner[(k + 1) % 3][i] - corner[k][i];
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    n[i] = edge[0][j] * edge[1][k] - edge[0][k] * edge[1][j];
  }
  for (int c = 0; c < 3; c++) {
    double way[3], side = 0.0;
    for (int i = 0; i < 3; i++) way[i] = point[i] - corner[c][i];
    for (int i = 0; i < 3; i++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      side += n[i] * (edge[c][j] * way[k] - edge[c][k] * way[j]);
    }
    inside = inside && side >= 0.0;
    nearest = fmin(nearest, from_edge(point, corner[c], edge[c]));
  }
  if (!inside || !(dot(n, n) > 0.0)) return nearest;
  double way[3];
  for (int i = 0; i < 3; i++) way[i] = point[i] - corner[0][i];
  const double height = dot(way, n);
  return height * height / dot(n, n);
}

static double from_facet(const stf_nearest *t, size_t f, const double point[3]) {
  const int *facet = t->face->facet[f], corners = corners_of(facet);
  double nearest = INFINITY;
  for (int second = 1; second + 1 < corners; second++) {
    const double *const corner[3] = {t->mesh->X[facet[0]], t->mesh->X[facet[second]], t->mesh->X[facet[second + 1]]};
    nearest = fmin(nearest, from_triangle(point, corner));
  }
  return nearest;
}

static double from_box(const box *b, const double point[3]) {
  double square = 0.0;
  for (int i = 0; i < 3; i++) {
    const double off = fmax(fmax(b->low[i] - point[i], point[i] - b->high[i]), 0.0);
    square += off * off;
  }
  return square;
}

/* The nearest facet found so far, and the square of its distance. */
typedef struct best {
  size_t facet;
  double square;
} best;

static void search(const stf_nearest *t, size_t at, const double point[3], best *found) {
  const box *b = &t->boxes[at];
  if (b->count > LEAF) {
    const double left = from_box(&t->boxes[at + 1], point), right = from_box(&t->boxes[b->right], point);
    if (left <= right && left < found->square) search(t, at + 1, point, found);
    if (right < found->square) search(t, b->right, point, found);
    if (left > right && left < found->square) search(t, at + 1, point, found);
    return;
  }
  for (size_t k = b->first; k < b->first + b->count; k++) {
    const double square = from_facet(t, t->items[k].facet, point);
    if (square < found->square) *found = (best){t->items[k].facet, square};
  }
}

size_t stf_nearest_distance(const stf_nearest *nearest, const double point[3], double *distance) {
  best found = {.square = INFINITY};
  search(nearest, 0, point, &found);
  *distance = sqrt(found.square);
  return found.facet;
}

size_t stf_nearest_facet(const stf_nearest *nearest, const double point[3]) {
  double distance;
  return stf_nearest_distance(nearest, point, &distance);
}
