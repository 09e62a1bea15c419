#include "anatomy/faces.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* A surface element of a group and the side of the mesh that it is. */
typedef struct facet {
  const stf_msh_cell *cell;
  const stf_side *side;
} facet;

typedef struct finder {
  const stf_msh *msh;
  const int *node;
  const stf_sides *sides;
  stf_arena *arena;
  stf_diags *diags;
  size_t *first;              /* [msh->entities + 1] the surface elements of each entity */
  const stf_msh_cell **cells; /* [first[msh->entities]] */
  facet *facets;              /* [first[msh->entities]] of the present group */
  size_t count;
} finder;

/* "group skin: element 12 (byte 400) `what`", at its line. */
static void warn(const finder *f, const stf_msh_group *group, const stf_msh_cell *cell, const char *what) {
  const bool line = cell && !f->msh->binary && cell->where <= INT_MAX;
  const char *at = "";
  if (cell)
    at = f->msh->binary ? stf_diags_text(f->diags, "element %ld at byte %ld ", cell->number, cell->where)
                        : stf_diags_text(f->diags, "element %ld ", cell->number);
  stf_diags_add(f->diags, STF_WARNING, (stf_place){.file = f->msh->file, .line = line ? (int)cell->where : 0},
                stf_diags_text(f->diags, "the group %s of surfaces, which is no face: %s%s",
                               stf_diags_quote(f->diags, group->name, strlen(group->name)), at, what),
                NULL, NULL);
}

/* Surface elements by their entities. */
static stf_status sort_cells(finder *f) {
  const stf_msh *msh = f->msh;
  f->first = calloc(msh->entities + 2, sizeof(*f->first));
  if (!f->first) return STF_NO_RESOURCE;
  size_t *next = f->first + 1;
  for (size_t c = 0; c < msh->cells; c++)
    if (msh->cell[c].type->dim == 2) next[msh->cell[c].entity + 1]++;
  for (size_t k = 0; k < msh->entities; k++) next[k + 1] += next[k];
  const size_t all = next[msh->entities];
  f->cells = malloc((all + 1) * sizeof(*f->cells));
  f->facets = malloc((all + 1) * sizeof(*f->facets));
  if (!f->cells || !f->facets) return STF_NO_RESOURCE;
  for (size_t c = 0; c < msh->cells; c++)
    if (msh->cell[c].type->dim == 2) f->cells[next[msh->cell[c].entity]++] = &msh->cell[c];
  return STF_OK; /* by now `next` has moved on to where the next entity begins, so `first` is right */
}

static bool is_in(const stf_msh_entity *entity, size_t group) {
  for (size_t g = 0; g < entity->groups; g++)
    if (entity->group[g] == (int)group) return true;
  return false;
}

/* The side of the mesh that a surface element is, or NULL. */
static const stf_side *find_side(const finder *f, const stf_msh_cell *cell) {
  const stf_side *found[2];
  int corner[4];
  for (int a = 0; a < cell->type->corners; a++) {
    corner[a] = f->node[f->msh->cell_node[cell->first + (size_t)a]];
    if (corner[a] < 0) return NULL;
  }
  return stf_sides_find(f->sides, corner, cell->type->corners, found) ? found[0] : NULL;
}

/* Adds the sides that an entity's elements are; returns the first element that is none, or NULL. */
static const stf_msh_cell *collect_entity(finder *f, size_t entity) {
  const stf_msh_cell *lost = NULL;
  for (size_t k = f->first[entity]; k < f->first[entity + 1]; k++) {
    const stf_side *side = find_side(f, f->cells[k]);
    if (side)
      f->facets[f->count++] = (facet){f->cells[k], side};
    else if (!lost)
      lost = f->cells[k];
  }
  return lost;
}

/* The sides of a group; false when some of its elements are none, after a warning. */
static bool collect(finder *f, size_t group) {
  const stf_msh_cell *lost = NULL;
  f->count = 0;
  for (size_t k = 0; k < f->msh->entities; k++) {
    if (!is_in(&f->msh->entity[k], group)) continue;
    const stf_msh_cell *other = collect_entity(f, k);
    if (!lost) lost = other;
  }
  if (lost)
    warn(f, &f->msh->group[group], lost,
         f->count ? "is no side of an element of a region" : "and all others are no sides of elements of a region");
  else if (!f->count)
    warn(f, &f->msh->group[group], NULL, "it has no elements");
  return f->count && !lost;
}

static int by_side(const void *a, const void *b) {
  const facet *x = a, *y = b;
  for (int i = 0; i < 4; i++)
    if (x->side->corner[i] != y->side->corner[i]) return x->side->corner[i] < y->side->corner[i] ? -1 : 1;
  return (x->cell > y->cell) - (x->cell < y->cell);
}

/* An edge of a facet, lower node first. */
typedef struct edge {
  int low, high;
  const stf_msh_cell *cell;
} edge;

static int by_nodes(const void *a, const void *b) {
  const edge *x = a, *y = b;
  if (x->low != y->low) return x->low < y->low ? -1 : 1;
  if (x->high != y->high) return x->high < y->high ? -1 : 1;
  return (x->cell > y->cell) - (x->cell < y->cell);
}

/* False when a side stands twice in the group, after a warning. */
static bool check_single(const finder *f, size_t group, facet *sorted) {
  memcpy(sorted, f->facets, f->count * sizeof(*sorted));
  qsort(sorted, f->count, sizeof(*sorted), by_side);
  for (size_t k = 1; k < f->count; k++) {
    if (memcmp(sorted[k].side->corner, sorted[k - 1].side->corner, sizeof(sorted[k].side->corner)) != 0) continue;
    warn(f, &f->msh->group[group], sorted[k].cell,
         stf_diags_text(f->diags, "is the same side as element %ld", sorted[k - 1].cell->number));
    return false;
  }
  return true;
}

/* False when more than two sides of the group meet at an edge, after a warning. */
static bool check_edges(const finder *f, size_t group, edge *edges) {
  size_t count = 0;
  for (size_t k = 0; k < f->count; k++) {
    const stf_msh_cell *cell = f->facets[k].cell;
    for (int a = 0, n = cell->type->corners; a < n; a++) {
      const int from = f->msh->cell_node[cell->first + (size_t)a];
      const int to = f->msh->cell_node[cell->first + (size_t)((a + 1) % n)];
      edges[count++] = (edge){from < to ? from : to, from < to ? to : from, cell};
    }
  }
  qsort(edges, count, sizeof(*edges), by_nodes);
  for (size_t k = 2; k < count; k++) {
    if (edges[k].low != edges[k - 2].low || edges[k].high != edges[k - 2].high) continue;
    warn(f, &f->msh->group[group], edges[k].cell,
         stf_diags_text(f->diags, "is the third at the edge of nodes %ld and %ld: not a surface",
                        f->msh->node_number[edges[k].low], f->msh->node_number[edges[k].high]));
    return false;
  }
  return true;
}

static stf_status add_face(const finder *f, size_t group, stf_mesh *mesh) {
  stf_face *face = &mesh->faces[mesh->face_count];
  const char *name = f->msh->group[group].name;
  *face = (stf_face){.name = stf_arena_copy(f->arena, name, strlen(name)), .facets = f->count};
  face->facet = stf_arena_alloc(f->arena, f->count * sizeof(*face->facet));
  if (!face->name || !face->facet) return STF_NO_RESOURCE;
  for (size_t k = 0; k < f->count; k++)
    stf_mesh_side(mesh, (size_t)f->facets[k].side->element, f->facets[k].side->side, face->facet[k]);
  mesh->face_count++;
  return stf_face_finish(mesh, f->arena, face);
}

static stf_status try_group(finder *f, size_t group, stf_mesh *mesh) {
  if (!stf_text_is_name(f->msh->group[group].name)) {
    warn(f, &f->msh->group[group], NULL, "its name is not of letters, digits, \"_\", \"-\" and \".\"");
    return STF_OK;
  }
  if (!collect(f, group)) return STF_OK;
  facet *sorted = malloc((f->count + 1) * sizeof(*sorted));
  edge *edges = malloc((4 * f->count + 1) * sizeof(*edges));
  stf_status status = sorted && edges ? STF_OK : STF_NO_RESOURCE;
  if (!status && check_single(f, group, sorted) && check_edges(f, group, edges)) status = add_face(f, group, mesh);
  free(sorted);
  free(edges);
  return status;
}

stf_status stf_faces_find(const stf_msh *msh, const int *node, const stf_sides *sides, stf_arena *arena,
                          stf_diags *diags, stf_mesh *mesh) {
  finder f = {.msh = msh, .node = node, .sides = sides, .arena = arena, .diags = diags};
  mesh->faces = stf_arena_alloc(arena, (msh->groups + 1) * sizeof(*mesh->faces));
  stf_status status = mesh->faces ? sort_cells(&f) : STF_NO_RESOURCE;
  for (size_t g = 0; g < msh->groups && !status; g++)
    if (msh->group[g].dim == 2) status = try_group(&f, g, mesh);
  free(f.first);
  free(f.cells);
  free(f.facets);
  return status;
}
