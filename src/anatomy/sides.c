#include "anatomy/sides.h"

#include <stdlib.h>
#include <string.h>

static void sort_corners(int *corner, int count) {
  for (int i = 1; i < count; i++)
    for (int j = i; j > 0 && corner[j] < corner[j - 1]; j--) {
      const int swap = corner[j];
      corner[j] = corner[j - 1];
      corner[j - 1] = swap;
    }
}

/* Corners of a side in its own order; returns how many. */
static int side_corners(const stf_mesh *mesh, size_t e, int side, int corner[4]) {
  int facet[STF_SIDE_NODES];
  stf_mesh_side(mesh, e, side, facet);
  const int count = facet[3] >= 0 && facet[4] < 0 ? 4 : 3;
  memcpy(corner, facet, sizeof(int[4]));
  return count;
}

static int compare(const void *a, const void *b) {
  const stf_side *x = a, *y = b;
  for (int i = 0; i < 4; i++)
    if (x->corner[i] != y->corner[i]) return x->corner[i] < y->corner[i] ? -1 : 1;
  if (x->element != y->element) return x->element < y->element ? -1 : 1;
  return (int)x->side - (int)y->side;
}

static bool same(const stf_side *a, const stf_side *b) {
  return !memcmp(a->corner, b->corner, sizeof(a->corner));
}

static stf_side make_side(const stf_mesh *mesh, size_t e, int side) {
  stf_side made = {.element = (int)e, .side = (unsigned char)side};
  const int count = side_corners(mesh, e, side, made.corner);
  sort_corners(made.corner, count);
  if (count == 3) made.corner[3] = -1;
  return made;
}

stf_status stf_sides_init(const stf_mesh *mesh, stf_sides *sides) {
  *sides = (stf_sides){.mesh = mesh};
  sides->first = calloc(mesh->nodes + 2, sizeof(*sides->first));
  size_t *next = calloc(mesh->nodes + 1, sizeof(*next)), all = 0;
  for (size_t e = 0; e < mesh->elements; e++) all += (size_t)stf_shapes[mesh->shape[e]].sides;
  sides->side = malloc((all + 1) * sizeof(*sides->side));
  if (!sides->first || !sides->side || !next) {
    free(next);
    return STF_NO_RESOURCE;
  }
  for (size_t e = 0; e < mesh->elements; e++)
    for (int s = 0; s < stf_shapes[mesh->shape[e]].sides; s++) sides->first[make_side(mesh, e, s).corner[0] + 1]++;
  for (size_t n = 0; n < mesh->nodes; n++) sides->first[n + 1] += sides->first[n];
  memcpy(next, sides->first, mesh->nodes * sizeof(*next));
  for (size_t e = 0; e < mesh->elements; e++)
    for (int s = 0; s < stf_shapes[mesh->shape[e]].sides; s++) {
      const stf_side side = make_side(mesh, e, s);
      sides->side[next[side.corner[0]]++] = side;
    }
  free(next);
  for (size_t n = 0; n < mesh->nodes; n++)
    qsort(sides->side + sides->first[n], sides->first[n + 1] - sides->first[n], sizeof(*sides->side), compare);
  return STF_OK;
}

void stf_sides_clear(stf_sides *sides) {
  free(sides->first);
  free(sides->side);
  *sides = (stf_sides){0};
}

/* Whether the corners of a side run round as `corner` [count] do. */
static bool runs_as(const stf_mesh *mesh, const stf_side *side, const int *corner, int count) {
  int own[4], start = 0;
  side_corners(mesh, (size_t)side->element, side->side, own);
  while (start < count && own[start] != corner[0]) start++;
  return start < count && own[(start + 1) % count] == corner[1];
}

size_t stf_sides_find(const stf_sides *sides, const int *corners, int count, const stf_side *found[2]) {
  stf_side key = {.corner = {-1, -1, -1, -1}};
  size_t matches = 0;
  memcpy(key.corner, corners, (size_t)count * sizeof(int));
  sort_corners(key.corner, count);
  for (size_t s = sides->first[key.corner[0]]; s < sides->first[key.corner[0] + 1]; s++) {
    if (!same(&sides->side[s], &key)) continue;
    if (matches < 2) found[matches] = &sides->side[s];
    matches++;
  }
  if (matches == 2 && !runs_as(sides->mesh, found[0], corners, count)) {
    const stf_side *other = found[0];
    found[0] = found[1];
    found[1] = other;
  }
  return matches;
}

/* ---- checks ---- */

/* A fault at a side: "element 3 (...) `what` element 7 (...)". */
static void add_between(stf_mesh_faults *c, const stf_side *a, const stf_side *b, const char *what,
                        const char *expected) {
  const size_t first = (size_t)a->element, second = (size_t)b->element;
  stf_diags_add(c->diags, STF_ERROR, stf_mesh_place(c->mesh, first, c->place),
                stf_diags_text(c->diags, "%s %s %s", stf_mesh_name_element(c->mesh, first, c->diags), what,
                               stf_mesh_name_element(c->mesh, second, c->diags)),
                expected, NULL);
}

/* Whether two sides with the same corners also share the middles of their edges. */
static bool share_all(const stf_mesh *mesh, const stf_side *a, const stf_side *b) {
  int x[STF_SIDE_NODES], y[STF_SIDE_NODES];
  stf_mesh_side(mesh, (size_t)a->element, a->side, x);
  stf_mesh_side(mesh, (size_t)b->element, b->side, y);
  sort_corners(x, STF_SIDE_NODES);
  sort_corners(y, STF_SIDE_NODES);
  return !memcmp(x, y, sizeof(x));
}

/* Sides that more than two elements have, or two from the same side. */
static void check_pairs(const stf_sides *sides, stf_mesh_faults *c) {
  const stf_mesh *mesh = sides->mesh;
  const size_t count = sides->first[mesh->nodes];
  for (size_t s = 0, next; s < count; s = next) {
    const stf_side *a = &sides->side[s], *b = a + 1;
    for (next = s + 1; next < count && same(a, &sides->side[next]);) next++;
    if (next == s + 1) continue;
    int corner[4];
    const int corners = side_corners(mesh, (size_t)b->element, b->side, corner);
    if (next - s > 2) {
      if (stf_mesh_fault(c))
        add_between(c, a, b, stf_diags_text(c->diags, "at a side of %zu elements, of which another is", next - s),
                    "at most two elements at a side: some of them overlap or stand twice");
    } else if (runs_as(mesh, a, corner, corners)) {
      if (stf_mesh_fault(c))
        add_between(c, a, b, "which overlaps", "elements on either side of the side that they share");
    } else if (!share_all(mesh, a, b) && stf_mesh_fault(c)) {
      add_between(c, a, b, "which does not share the nodes on its edges with",
                  "elements of the same order beside each other");
    }
  }
  stf_mesh_faults_end(c, "sides where elements do not fit");
}

/* Whether a side belongs to one element only. */
static bool is_outer(const stf_sides *sides, size_t s) {
  const stf_side *side = &sides->side[s];
  const size_t count = sides->first[sides->mesh->nodes];
  return !(s > 0 && same(side, side - 1)) && !(s + 1 < count && same(side, side + 1));
}

/* Outer quadrilaterals three of whose corners are those of an outer triangle. */
static void check_quads(const stf_sides *sides, stf_mesh_faults *c) {
  const size_t count = sides->first[sides->mesh->nodes];
  for (size_t s = 0; s < count; s++) {
    const stf_side *quad = &sides->side[s], *found[2];
    if (quad->corner[3] < 0 || !is_outer(sides, s)) continue;
    for (int without = 0; without < 4; without++) {
      int corner[3], n = 0;
      for (int a = 0; a < 4; a++)
        if (a != without) corner[n++] = quad->corner[a];
      if (stf_sides_find(sides, corner, 3, found) != 1) continue;
      if (stf_mesh_fault(c))
        add_between(c, quad, found[0], "with a quadrilateral side against a triangle of",
                    "triangles against triangles: elements whose sides fit");
      break;
    }
  }
  stf_mesh_faults_end(c, "quadrilaterals against triangles");
}

static int find_root(int *parent, int element) {
  while (parent[element] != element) {
    parent[element] = parent[parent[element]];
    element = parent[element];
  }
  return element;
}

static void join(int *parent, int one, int other) {
  const int a = find_root(parent, one), b = find_root(parent, other);
  parent[a > b ? a : b] = a > b ? b : a;
}

/* What glides on each other belongs together, too. */
static void join_interfaces(const stf_sides *sides, int *parent) {
  const stf_mesh *mesh = sides->mesh;
  for (size_t k = 0; k < mesh->interfaces; k++) {
    int first = -1;
    for (int side = 0; side < 2; side++) {
      const stf_face *face = &mesh->faces[mesh->interface[k].face[side]];
      for (size_t f = 0; f < face->facets; f++) {
        const stf_side *found[2];
        const int corners = face->facet[f][3] < 0 || face->facet[f][STF_SIDE_NODES - 1] >= 0 ? 3 : 4;
        if (stf_sides_find(sides, face->facet[f], corners, found) < 1) continue;
        first = first < 0 ? found[0]->element : first;
        join(parent, first, found[0]->element);
      }
    }
  }
}

/* Parts that share nodes with the rest, but no side. The mesh is known to be in one piece by its nodes. */
static void check_hinges(const stf_sides *sides, int *parent, stf_mesh_faults *c) {
  const stf_mesh *mesh = sides->mesh;
  for (size_t e = 0; e < mesh->elements; e++) parent[e] = (int)e;
  for (size_t s = 1; s < sides->first[mesh->nodes]; s++) {
    if (!same(&sides->side[s], &sides->side[s - 1])) continue;
    join(parent, sides->side[s - 1].element, sides->side[s].element);
  }
  join_interfaces(sides, parent);
  for (size_t e = 1; e < mesh->elements; e++)
    if (parent[e] == (int)e && stf_mesh_fault(c))
      stf_diags_add(c->diags, STF_ERROR, stf_mesh_place(mesh, e, c->place),
                    stf_diags_text(c->diags, "a part that hangs on by a node or an edge only; it begins with %s",
                                   stf_mesh_name_element(mesh, e, c->diags)),
                    "parts that share sides", "where it should glide or turn, a node or an edge is not enough");
  stf_mesh_faults_end(c, "parts that hang on by a node or an edge");
}

stf_status stf_sides_check(const stf_sides *sides, stf_place place, stf_diags *diags) {
  stf_mesh_faults c = {.mesh = sides->mesh, .place = place, .diags = diags};
  int *parent = malloc((sides->mesh->elements + 1) * sizeof(*parent));
  if (!parent) {
    stf_diags_add(diags, STF_ERROR, place, "no memory left to check the mesh", NULL, NULL);
    return STF_NO_RESOURCE;
  }
  check_pairs(sides, &c);
  check_quads(sides, &c);
  if (!c.any) check_hinges(sides, parent, &c);
  free(parent);
  return c.any ? STF_BAD_INPUT : STF_OK;
}
