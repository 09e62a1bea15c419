#include "anatomy/mesh.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Faults of one kind that are shown one by one. */
enum { SHOWN = 5 };

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
static double quad_area(const double (*X)[3], const int *quad, double vector[3]) {
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

/* Half the cross product of two edges: the area vector of a flat triangle. */
static double triangle_area(const double (*X)[3], const int *corner, double vector[3]) {
  double edge[2][3], n[3];
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < 3; i++) edge[k][i] = X[corner[k + 1]][i] - X[corner[0]][i];
  cross(edge[0], edge[1], n);
  for (int i = 0; i < 3; i++) vector[i] += 0.5 * n[i];
  return 0.5 * norm(n);
}

static int side_nodes(const int *facet) {
  int count = 0;
  while (count < STF_SIDE_NODES && facet[count] >= 0) count++;
  return count;
}

/* The nodes of the face's facets, ascending, each once. */
static stf_status collect_nodes(stf_arena *arena, stf_face *face) {
  size_t all = 0, count = 0;
  int *node = malloc((STF_SIDE_NODES * face->facets + 1) * sizeof(*node));
  if (!node) return STF_NO_RESOURCE;
  for (size_t f = 0; f < face->facets; f++)
    for (int a = 0; a < side_nodes(face->facet[f]); a++) node[all++] = face->facet[f][a];
  qsort(node, all, sizeof(*node), ascending);
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
  const double(*X)[3] = (const double(*)[3])mesh->X;
  STF_TRY(collect_nodes(arena, face));
  double vector[3] = {0};
  face->area = 0.0;
  for (size_t f = 0; f < face->facets; f++) {
    const int *facet = face->facet[f], count = side_nodes(facet), first = count == STF_SIDE_NODES ? 3 : 0;
    const double area = count == 4 ? quad_area(X, facet, vector) : triangle_area(X, facet, vector);
    face->area += area;
    for (int a = first; a < count; a++) {
      const int *at = bsearch(&facet[a], face->node, face->nodes, sizeof(*face->node), ascending);
      face->node_area[at - face->node] += area / (count - first);
    }
  }
  const double length = norm(vector);
  const bool open = length > 1e-9 * face->area;
  for (int i = 0; i < 3; i++) face->normal[i] = open ? vector[i] / length : 0.0;
  return STF_OK;
}

stf_status stf_mesh_make_elements(stf_mesh *mesh, stf_arena *arena) {
  const size_t n = mesh->elements;
  mesh->cell = stf_arena_alloc(arena, n * sizeof(*mesh->cell));
  mesh->shape = stf_arena_alloc(arena, n * sizeof(*mesh->shape)); /* zero: STF_HEX8 */
  mesh->region = stf_arena_alloc(arena, n * sizeof(*mesh->region));
  mesh->normal = stf_arena_alloc(arena, n * sizeof(*mesh->normal));
  mesh->fibre = stf_arena_alloc(arena, n * sizeof(*mesh->fibre));
  const bool all = mesh->cell && mesh->shape && mesh->region && mesh->normal && mesh->fibre;
  return all ? STF_OK : STF_NO_RESOURCE;
}

void stf_mesh_side(const stf_mesh *mesh, size_t e, int side, int facet[STF_SIDE_NODES]) {
  const int *at = stf_shapes[mesh->shape[e]].side[side];
  for (int a = 0; a < STF_SIDE_NODES; a++) facet[a] = at[a] < 0 ? -1 : mesh->cell[e][at[a]];
}

void stf_mesh_middle(const stf_mesh *mesh, size_t e, double middle[3]) {
  const int corners = stf_shapes[mesh->shape[e]].corners;
  for (int i = 0; i < 3; i++) {
    middle[i] = 0.0;
    for (int a = 0; a < corners; a++) middle[i] += mesh->X[mesh->cell[e][a]][i] / corners;
  }
}

double stf_mesh_extent(const stf_mesh *mesh, int axis) {
  double low = INFINITY, high = -INFINITY;
  for (size_t n = 0; n < mesh->nodes; n++) {
    low = fmin(low, mesh->X[n][axis]);
    high = fmax(high, mesh->X[n][axis]);
  }
  return mesh->nodes ? high - low : 0.0;
}

const char *stf_mesh_name_element(const stf_mesh *mesh, size_t e, stf_diags *diags) {
  const stf_mesh_origin *from = mesh->origin;
  const char *at = from && from->bytes ? stf_diags_text(diags, "at byte %ld, ", from->where[e]) : "";
  double middle[3];
  stf_mesh_middle(mesh, e, middle);
  return stf_diags_text(diags, "element %ld (%sregion %s, at %.4g, %.4g, %.4g mm)", from ? from->element[e] : (long)e,
                        at, mesh->regions[mesh->region[e]].name, middle[0], middle[1], middle[2]);
}

stf_place stf_mesh_place(const stf_mesh *mesh, size_t e, stf_place place) {
  const stf_mesh_origin *from = mesh->origin;
  if (!from) return place;
  return (stf_place){.file = from->file, .line = from->bytes || from->where[e] > INT_MAX ? 0 : (int)from->where[e]};
}

bool stf_mesh_fault(stf_mesh_faults *faults) {
  faults->any = true;
  return ++faults->count <= SHOWN;
}

static void add(stf_mesh_faults *c, stf_place place, const char *found, const char *expected, const char *hint) {
  stf_diags_add(c->diags, STF_ERROR, place, found, expected, hint);
}

/* A fault at an element: "element 7 (...) `what`". */
static void add_at(stf_mesh_faults *c, size_t e, const char *what, const char *expected, const char *hint) {
  const char *name = stf_mesh_name_element(c->mesh, e, c->diags);
  add(c, stf_mesh_place(c->mesh, e, c->place), stf_diags_text(c->diags, "%s %s", name, what), expected, hint);
}

void stf_mesh_faults_end(stf_mesh_faults *c, const char *kind) {
  if (c->count > SHOWN) add(c, c->place, stf_diags_text(c->diags, "%zu more %s", c->count - SHOWN, kind), "none", NULL);
  c->count = 0;
}

/* Indices that point outside their arrays. Nothing else can be checked then. */
static void check_indices(stf_mesh_faults *c) {
  const stf_mesh *m = c->mesh;
  if (!m->elements && stf_mesh_fault(c)) add(c, c->place, "a mesh without elements", "at least one", NULL);
  for (size_t e = 0; e < m->elements; e++) {
    bool good = m->region[e] >= 0 && (size_t)m->region[e] < m->region_count;
    if (!good && stf_mesh_fault(c))
      add(c, c->place, stf_diags_text(c->diags, "element %zu in region number %d", e, m->region[e]),
          stf_diags_text(c->diags, "one of the %zu regions", m->region_count), NULL);
    if (m->shape[e] >= STF_SHAPES) {
      if (stf_mesh_fault(c))
        add(c, c->place, stf_diags_text(c->diags, "element %zu of shape number %d", e, m->shape[e]),
            stf_diags_text(c->diags, "one of the %d shapes", STF_SHAPES), NULL);
      continue;
    }
    for (int a = 0; a < stf_shapes[m->shape[e]].nodes; a++) {
      good = m->cell[e][a] >= 0 && (size_t)m->cell[e][a] < m->nodes;
      if (!good && stf_mesh_fault(c))
        add(c, c->place, stf_diags_text(c->diags, "element %zu with node number %d", e, m->cell[e][a]),
            stf_diags_text(c->diags, "one of the %zu nodes", m->nodes), NULL);
    }
  }
  for (size_t r = 0; r < m->region_count; r++)
    if (m->regions[r].families > STF_MESH_MAX_FAMILIES && stf_mesh_fault(c))
      add(c, c->place,
          stf_diags_text(c->diags, "region %s with %zu fibre families", m->regions[r].name, m->regions[r].families),
          stf_diags_text(c->diags, "at most %d", STF_MESH_MAX_FAMILIES), NULL);
  stf_mesh_faults_end(c, "indices out of range");
}

/*
 * Volume [mm^3] spanned by the edges at a corner, and whether it is positive: more than rounding leaves of a flat
 * corner.
 */
static bool corner_is_open(const stf_mesh *m, size_t e, int corner, double *spanned) {
  const int *along = stf_shapes[m->shape[e]].along[corner];
  double edge[3][3], n[3];
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 3; i++) edge[k][i] = m->X[m->cell[e][along[k]]][i] - m->X[m->cell[e][corner]][i];
  cross(edge[0], edge[1], n);
  const double volume = n[0] * edge[2][0] + n[1] * edge[2][1] + n[2] * edge[2][2];
  *spanned = volume;
  return volume > 1e-10 * norm(edge[0]) * norm(edge[1]) * norm(edge[2]);
}

/* Least determinant of the map from the reference tetrahedron at the nodes of a tet10, over that of its corners. */
static double least_stretch(const stf_mesh *m, size_t e) {
  static const double at[10][3] = {{0, 0, 0},   {1, 0, 0},  {0, 1, 0},  {0, 0, 1},   {.5, 0, 0},
                                   {.5, .5, 0}, {0, .5, 0}, {0, 0, .5}, {.5, 0, .5}, {0, .5, .5}};
  static const int edge[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};
  static const double slope[4][3] = {{-1, -1, -1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  double least = INFINITY, straight, n[3];
  corner_is_open(m, e, 0, &straight);
  for (int q = 0; q < 10; q++) {
    const double L[4] = {1.0 - at[q][0] - at[q][1] - at[q][2], at[q][0], at[q][1], at[q][2]};
    double along[3][3] = {{0}};
    for (int k = 0; k < 3; k++)
      for (int i = 0; i < 3; i++) {
        for (int a = 0; a < 4; a++) along[k][i] += (4.0 * L[a] - 1.0) * slope[a][k] * m->X[m->cell[e][a]][i];
        for (int a = 0; a < 6; a++) {
          const int from = edge[a][0], to = edge[a][1];
          along[k][i] += 4.0 * (L[from] * slope[to][k] + L[to] * slope[from][k]) * m->X[m->cell[e][4 + a]][i];
        }
      }
    cross(along[0], along[1], n);
    least = fmin(least, (n[0] * along[2][0] + n[1] * along[2][1] + n[2] * along[2][2]) / straight);
  }
  return least;
}

static void check_shapes(stf_mesh_faults *c) {
  for (size_t e = 0; e < c->mesh->elements; e++)
    for (int corner = 0; corner < stf_shapes[c->mesh->shape[e]].corners; corner++) {
      double spanned;
      if (corner_is_open(c->mesh, e, corner, &spanned)) continue;
      if (stf_mesh_fault(c))
        add_at(c, e, stf_diags_text(c->diags, "with a volume of %.3g mm^3 at corner %d", spanned, corner),
               "a positive one", "inside out or flat: a wrong order of nodes, or lengths that do not fit");
      break;
    }
  if (!c->count)
    for (size_t e = 0; e < c->mesh->elements; e++)
      if (c->mesh->shape[e] == STF_TET10 && !(least_stretch(c->mesh, e) > 1e-6) && stf_mesh_fault(c))
        add_at(c, e, "with edges so bent that it is folded", "nodes near the middles of their edges",
               "smaller elements where the surface is curved, or Mesh.HighOrderOptimize = 2 in Gmsh");
  stf_mesh_faults_end(c, "elements inside out or flat");
}

static void check_directions(stf_mesh_faults *c) {
  const stf_mesh *m = c->mesh;
  for (size_t e = 0; e < m->elements; e++)
    for (size_t f = 0; f < m->regions[m->region[e]].families; f++) {
      const double length = norm(m->fibre[e][f]);
      if (fabs(length - 1.0) < 1e-9) continue;
      if (stf_mesh_fault(c))
        add_at(c, e, stf_diags_text(c->diags, "with a direction of length %.9g for fibre family %zu", length, f),
               "unit vectors", NULL);
    }
  for (size_t e = 0; e < m->elements; e++)
    if (!(fabs(norm(m->normal[e]) - 1.0) < 1e-9) && stf_mesh_fault(c))
      add_at(c, e, stf_diags_text(c->diags, "with a normal of length %.9g", norm(m->normal[e])), "unit vectors", NULL);
  stf_mesh_faults_end(c, "directions that are not unit vectors");
}

/* The representative of a node's piece; shortens the way there. */
static int find_root(int *parent, int node) {
  while (parent[node] != node) {
    parent[node] = parent[parent[node]];
    node = parent[node];
  }
  return node;
}

static void check_unused(stf_mesh_faults *c, const int *parent) {
  for (size_t n = 0; n < c->mesh->nodes; n++)
    if (parent[n] < 0 && stf_mesh_fault(c)) {
      const double *X = c->mesh->X[n];
      add(c, c->place, stf_diags_text(c->diags, "node %zu at %.4g, %.4g, %.4g mm in no element", n, X[0], X[1], X[2]),
          "nodes that elements use", NULL);
    }
  stf_mesh_faults_end(c, "nodes in no element");
}

/* What an interface holds together is one piece. */
static void join_interfaces(const stf_mesh *m, int *parent) {
  for (size_t k = 0; k < m->interfaces; k++) {
    const stf_face *lower = &m->faces[m->interface[k].face[0]], *upper = &m->faces[m->interface[k].face[1]];
    for (size_t n = 0; n < lower->nodes + upper->nodes; n++) {
      const int node = n < lower->nodes ? lower->node[n] : upper->node[n - lower->nodes];
      const int here = find_root(parent, node), first = find_root(parent, lower->node[0]);
      if (here < first)
        parent[first] = here;
      else
        parent[here] = first;
    }
  }
}

/* Joins the nodes of every element; the least node of a piece stands for it. Unused nodes stay at -1. */
static void join_pieces(const stf_mesh *m, int *parent) {
  memset(parent, 0xff, m->nodes * sizeof(*parent)); /* -1 */
  for (size_t e = 0; e < m->elements; e++)
    for (int a = 0; a < stf_shapes[m->shape[e]].nodes; a++) {
      const int node = m->cell[e][a];
      if (parent[node] < 0) parent[node] = node;
      const int here = find_root(parent, node), first = find_root(parent, m->cell[e][0]);
      if (here < first)
        parent[first] = here;
      else
        parent[here] = first;
    }
  join_interfaces(m, parent);
}

/* Names the first element of every piece besides the first. `known` [nodes] is all false and marks roots. */
static void check_pieces(stf_mesh_faults *c, int *parent, bool *known) {
  const stf_mesh *m = c->mesh;
  known[find_root(parent, m->cell[0][0])] = true;
  for (size_t e = 0; e < m->elements; e++) {
    const int root = find_root(parent, m->cell[e][0]);
    if (known[root]) continue;
    known[root] = true;
    if (stf_mesh_fault(c))
      add(c, stf_mesh_place(m, e, c->place),
          stf_diags_text(c->diags, "a separate piece that begins with %s", stf_mesh_name_element(m, e, c->diags)),
          "a body in one piece", "parts that should hang together must share nodes");
  }
  stf_mesh_faults_end(c, "separate pieces");
}

static stf_status check(const stf_mesh *mesh, stf_place place, bool directions, stf_diags *diags) {
  stf_mesh_faults c = {.mesh = mesh, .place = place, .diags = diags};
  check_indices(&c);
  if (c.any) return STF_BAD_INPUT;
  int *parent = malloc(mesh->nodes * sizeof(*parent));
  bool *known = calloc(mesh->nodes, sizeof(*known));
  if (parent && known) {
    check_shapes(&c);
    if (directions) check_directions(&c);
    join_pieces(mesh, parent);
    check_unused(&c, parent);
    check_pieces(&c, parent, known);
  } else {
    add(&c, place, "no memory left to check the mesh", NULL, NULL);
  }
  const bool finished = parent && known;
  free(parent);
  free(known);
  return !finished ? STF_NO_RESOURCE : c.any ? STF_BAD_INPUT : STF_OK;
}

stf_status stf_mesh_check_cells(const stf_mesh *mesh, stf_place place, stf_diags *diags) {
  return check(mesh, place, false, diags);
}

stf_status stf_mesh_check(const stf_mesh *mesh, stf_place place, stf_diags *diags) {
  return check(mesh, place, true, diags);
}
