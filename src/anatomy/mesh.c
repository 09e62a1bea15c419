#include "anatomy/mesh.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Faults of one kind that are shown one by one. */
enum { SHOWN = 5 };

const int stf_hex_sides[6][4] = {{3, 0, 4, 7}, {1, 2, 6, 5}, {0, 1, 5, 4}, {2, 3, 7, 6}, {0, 3, 2, 1}, {4, 5, 6, 7}};

const stf_face *stf_mesh_face(const stf_mesh *mesh, const char *name) {
  for (size_t i = 0; i < mesh->face_count; i++)
    if (!strcmp(mesh->faces[i].name, name)) return &mesh->faces[i];
  return NULL;
}

static void cross(const double a[3], const double b[3], double out[3]) {
  out[0] = a[1] * b[2] - a[2] * b[1];
  out[1] = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
}

static double norm(const double a[3]) {
  return sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
}

/* Area of a bilinear quad by 2 x 2 Gauss points; adds its area vector, which these points integrate exactly. */
static double quad_area(const double (*X)[3], const int quad[4], double vector[3]) {
  static const double sign[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  double area = 0.0;
  for (int q = 0; q < 4; q++) {
    const double s = sign[q][0] / sqrt(3.0), t = sign[q][1] / sqrt(3.0);
    double along_s[3] = {0}, along_t[3] = {0}, n[3];
    for (int a = 0; a < 4; a++)
      for (int i = 0; i < 3; i++) {
        along_s[i] += 0.25 * sign[a][0] * (1.0 + t * sign[a][1]) * X[quad[a]][i];
        along_t[i] += 0.25 * sign[a][1] * (1.0 + s * sign[a][0]) * X[quad[a]][i];
      }
    cross(along_s, along_t, n);
    area += norm(n);
    for (int i = 0; i < 3; i++) vector[i] += n[i];
  }
  return area;
}

static int ascending(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* The nodes of the face's quads, ascending, each once. */
static stf_status collect_nodes(stf_arena *arena, stf_face *face) {
  const size_t all = 4 * face->quads;
  int *node = malloc((all ? all : 1) * sizeof(*node));
  if (!node) return STF_NO_RESOURCE;
  if (all) memcpy(node, face->quad, all * sizeof(*node));
  qsort(node, all, sizeof(*node), ascending);
  size_t count = 0;
  for (size_t i = 0; i < all; i++)
    if (!count || node[i] != node[count - 1]) node[count++] = node[i];
  face->nodes = count;
  face->node = stf_arena_alloc(arena, count * sizeof(*face->node));
  face->node_area = stf_arena_alloc(arena, count * sizeof(*face->node_area));
  if (face->node && count) memcpy(face->node, node, count * sizeof(*node));
  free(node);
  return face->node && face->node_area ? STF_OK : STF_NO_RESOURCE;
}

stf_status stf_face_finish(const stf_mesh *mesh, stf_arena *arena, stf_face *face) {
  STF_TRY(collect_nodes(arena, face));
  double vector[3] = {0};
  face->area = 0.0;
  for (size_t q = 0; q < face->quads; q++) {
    const double area = quad_area((const double(*)[3])mesh->X, face->quad[q], vector);
    face->area += area;
    for (int a = 0; a < 4; a++) {
      const int *at = bsearch(&face->quad[q][a], face->node, face->nodes, sizeof(*face->node), ascending);
      face->node_area[at - face->node] += 0.25 * area;
    }
  }
  const double length = norm(vector);
  const bool open = length > 1e-9 * face->area;
  for (int i = 0; i < 3; i++) face->normal[i] = open ? vector[i] / length : 0.0;
  return STF_OK;
}

/* One kind of fault: the first few are shown, all are counted. */
typedef struct checker {
  const stf_mesh *mesh;
  stf_place place;
  stf_diags *diags;
  size_t faults; /* of the present kind */
  bool bad;      /* whether there was any fault */
} checker;

static bool shown(checker *c) {
  c->bad = true;
  return ++c->faults <= SHOWN;
}

static void add(checker *c, const char *found, const char *expected, const char *hint) {
  stf_diags_add(c->diags, STF_ERROR, c->place, found, expected, hint);
}

/* Ends a kind of fault: says how many were not shown. */
static void close_kind(checker *c, const char *what) {
  if (c->faults > SHOWN) add(c, stf_diags_text(c->diags, "%zu more %s", c->faults - SHOWN, what), "none", NULL);
  c->faults = 0;
}

/* "element 7 (region deep, at 1.5, 0.25, 0.4 mm)" */
static const char *name_element(checker *c, size_t e) {
  const stf_mesh *m = c->mesh;
  double middle[3] = {0};
  for (int a = 0; a < STF_HEX_NODES; a++)
    for (int i = 0; i < 3; i++) middle[i] += m->X[m->hex[e][a]][i] / STF_HEX_NODES;
  return stf_diags_text(c->diags, "element %zu (region %s, at %.4g, %.4g, %.4g mm)", e, m->regions[m->region[e]].name,
                        middle[0], middle[1], middle[2]);
}

/* Indices that point outside their arrays. Nothing else can be checked then. */
static void check_indices(checker *c) {
  const stf_mesh *m = c->mesh;
  if (!m->elements && shown(c)) add(c, "a mesh without elements", "at least one", NULL);
  for (size_t e = 0; e < m->elements; e++) {
    bool good = m->region[e] >= 0 && (size_t)m->region[e] < m->region_count;
    if (!good && shown(c))
      add(c, stf_diags_text(c->diags, "element %zu in region number %d", e, m->region[e]),
          stf_diags_text(c->diags, "one of the %zu regions", m->region_count), NULL);
    for (int a = 0; a < STF_HEX_NODES; a++) {
      good = m->hex[e][a] >= 0 && (size_t)m->hex[e][a] < m->nodes;
      if (!good && shown(c))
        add(c, stf_diags_text(c->diags, "element %zu with node number %d", e, m->hex[e][a]),
            stf_diags_text(c->diags, "one of the %zu nodes", m->nodes), NULL);
    }
  }
  for (size_t r = 0; r < m->region_count; r++)
    if (m->regions[r].families > STF_MESH_MAX_FAMILIES && shown(c))
      add(c, stf_diags_text(c->diags, "region %s with %zu fibre families", m->regions[r].name, m->regions[r].families),
          stf_diags_text(c->diags, "at most %d", STF_MESH_MAX_FAMILIES), NULL);
  close_kind(c, "indices out of range");
}

/*
 * Jacobian [mm^3] at a corner of a hexahedron, det dX/dxi of the reference cube of side 2, and whether it is positive:
 * the edges must span more than rounding leaves of a flat corner.
 */
static bool corner_is_open(const stf_mesh *m, size_t e, int corner, double *jacobian) {
  static const int neighbour[STF_HEX_NODES][3] = {{1, 3, 4}, {2, 0, 5}, {3, 1, 6}, {0, 2, 7},
                                                  {7, 5, 0}, {4, 6, 1}, {5, 7, 2}, {6, 4, 3}};
  double edge[3][3], n[3];
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 3; i++) edge[k][i] = m->X[m->hex[e][neighbour[corner][k]]][i] - m->X[m->hex[e][corner]][i];
  cross(edge[0], edge[1], n);
  const double volume = n[0] * edge[2][0] + n[1] * edge[2][1] + n[2] * edge[2][2];
  *jacobian = volume / 8.0;
  return volume > 1e-10 * norm(edge[0]) * norm(edge[1]) * norm(edge[2]);
}

static void check_shapes(checker *c) {
  for (size_t e = 0; e < c->mesh->elements; e++)
    for (int corner = 0; corner < STF_HEX_NODES; corner++) {
      double jacobian;
      if (corner_is_open(c->mesh, e, corner, &jacobian)) continue;
      if (shown(c))
        add(c,
            stf_diags_text(c->diags, "%s with Jacobian %.3g mm^3 at corner %d", name_element(c, e), jacobian, corner),
            "a positive one", "inside out or flat: a wrong order of nodes, or lengths that do not fit");
      break;
    }
  close_kind(c, "elements inside out or flat");
}

static void check_fibres(checker *c) {
  const stf_mesh *m = c->mesh;
  for (size_t e = 0; e < m->elements; e++)
    for (size_t f = 0; f < m->regions[m->region[e]].families; f++) {
      const double length = norm(m->fibre[e][f]);
      if (fabs(length - 1.0) < 1e-9) continue;
      if (shown(c))
        add(c,
            stf_diags_text(c->diags, "%s with a direction of length %.9g for fibre family %zu", name_element(c, e),
                           length, f),
            "unit vectors", NULL);
    }
  close_kind(c, "fibre directions that are not unit vectors");
}

/* The representative of a node's piece; shortens the way there. */
static int find_root(int *parent, int node) {
  while (parent[node] != node) {
    parent[node] = parent[parent[node]];
    node = parent[node];
  }
  return node;
}

static void check_unused(checker *c, const int *parent) {
  for (size_t n = 0; n < c->mesh->nodes; n++)
    if (parent[n] < 0 && shown(c)) {
      const double *X = c->mesh->X[n];
      add(c, stf_diags_text(c->diags, "node %zu at %.4g, %.4g, %.4g mm in no element", n, X[0], X[1], X[2]),
          "nodes that elements use", NULL);
    }
  close_kind(c, "nodes in no element");
}

/* Joins the nodes of every element; the least node of a piece stands for it. Unused nodes stay at -1. */
static void join_pieces(const stf_mesh *m, int *parent) {
  memset(parent, 0xff, m->nodes * sizeof(*parent)); /* -1 */
  for (size_t e = 0; e < m->elements; e++)
    for (int a = 0; a < STF_HEX_NODES; a++) {
      const int node = m->hex[e][a];
      if (parent[node] < 0) parent[node] = node;
      const int here = find_root(parent, node), first = find_root(parent, m->hex[e][0]);
      if (here < first)
        parent[first] = here;
      else
        parent[here] = first;
    }
}

/* Names the first element of every piece besides the first. `known` [nodes] is all false and marks roots. */
static void check_pieces(checker *c, int *parent, bool *known) {
  const stf_mesh *m = c->mesh;
  known[find_root(parent, m->hex[0][0])] = true;
  for (size_t e = 0; e < m->elements; e++) {
    const int root = find_root(parent, m->hex[e][0]);
    if (known[root]) continue;
    known[root] = true;
    if (shown(c))
      add(c, stf_diags_text(c->diags, "a separate piece that begins with %s", name_element(c, e)),
          "a body in one piece", "parts that should hang together must share nodes");
  }
  close_kind(c, "separate pieces");
}

stf_status stf_mesh_check(const stf_mesh *mesh, stf_place place, stf_diags *diags) {
  checker c = {.mesh = mesh, .place = place, .diags = diags};
  check_indices(&c);
  if (c.bad) return STF_BAD_INPUT;
  int *parent = malloc(mesh->nodes * sizeof(*parent));
  bool *known = calloc(mesh->nodes, sizeof(*known));
  if (parent && known) {
    check_shapes(&c);
    check_fibres(&c);
    join_pieces(mesh, parent);
    check_unused(&c, parent);
    check_pieces(&c, parent, known);
  } else {
    add(&c, "no memory left to check the mesh", NULL, NULL);
  }
  const bool finished = parent && known;
  free(parent);
  free(known);
  return !finished ? STF_NO_RESOURCE : c.bad ? STF_BAD_INPUT : STF_OK;
}
