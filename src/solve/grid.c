#include "solve/grid.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anatomy/sides.h"

/* Lines of nodes are solved together where elements are half as thick as long, or where there are only a few. */
static const double THIN = 0.5;
enum { FEW = 8 };

/* What is known while walking from element to element. */
typedef struct walk {
  const stf_mesh *mesh;
  const int *partner; /* [nodes] or NULL */
  stf_sides sides;
  int (*index)[3]; /* [nodes] INT_MIN: not reached yet */
  int *queue;      /* [elements] */
  bool *reached;   /* [elements] */
  size_t count;
  size_t glued[3]; /* sides along each direction that face another across an interface, each met twice */
} walk;

static void walk_clear(walk *w) {
  stf_sides_clear(&w->sides);
  free(w->queue);
  free(w->reached);
}

static stf_status walk_init(const stf_mesh *mesh, const int *partner, int (*index)[3], walk *w) {
  *w = (walk){.mesh = mesh, .partner = partner, .index = index};
  w->queue = malloc((mesh->elements + 1) * sizeof *w->queue);
  w->reached = calloc(mesh->elements + 1, sizeof *w->reached);
  if (!w->queue || !w->reached) return STF_NO_RESOURCE;
  for (size_t n = 0; n < mesh->nodes; n++) index[n][0] = INT_MIN;
  return stf_sides_init(mesh, &w->sides);
}

/* Puts a node where it belongs; false when it stands elsewhere already. */
static bool place(walk *w, int node, const int at[3]) {
  int *index = w->index[node];
  if (index[0] == INT_MIN) memcpy(index, at, 3 * sizeof *index);
  return !memcmp(index, at, 3 * sizeof *index);
}

/* The corner across a side from one of its corners: the end of the edge that leaves the side. */
static int across(const stf_shape_info *hex, int side, int corner) {
  for (int k = 0; k < 3; k++) {
    const int other = hex->along[corner][k];
    bool within = false;
    for (int a = 0; a < 4; a++) within = within || hex->side[side][a] == other;
    if (!within) return other;
  }
  return -1;
}

/* Places the far nodes of an element whose nodes on `side` stand already: one step on from those of the near side. */
static bool step_over(walk *w, int element, int side, const int step[3]) {
  const stf_shape_info *hex = &stf_shapes[STF_HEX8];
  const int *cell = w->mesh->cell[element];
  for (int a = 0; a < 4; a++) {
    const int near = hex->side[side][a], *from = w->index[cell[near]];
    const int at[3] = {from[0] + step[0], from[1] + step[1], from[2] + step[2]};
    if (!place(w, cell[across(hex, side, near)], at)) return false;
  }
  return true;
}

/* Places the nodes across an interface from those of a side: one step on, as if there were a cell between. */
static bool step_across(walk *w, const int corners[4], const int step[3]) {
  for (int a = 0; a < 4; a++) {
    const int *from = w->index[corners[a]];
    const int at[3] = {from[0] + step[0], from[1] + step[1], from[2] + step[2]};
    if (!place(w, w->partner[corners[a]], at)) return false;
  }
  for (int d = 0; d < 3; d++) w->glued[d] += step[d] != 0;
  return true;
}

/* The side that a side of an element has on its other side, itself or across an interface; NULL: none. */
static const stf_side *beyond(const walk *w, int element, const int corners[4], bool *gap) {
  const stf_side *found[2];
  int across[4];
  *gap = false;
  if (stf_sides_find(&w->sides, corners, 4, found) == 2) return found[found[0]->element == element];
  if (!w->partner) return NULL;
  for (int a = 0; a < 4; a++) {
    across[a] = w->partner[corners[a]];
    if (across[a] < 0) return NULL;
  }
  *gap = stf_sides_find(&w->sides, across, 4, found) == 1;
  return *gap ? found[0] : NULL;
}

/* Goes on from an element, all of whose nodes stand, to its neighbours; false when they do not fit. */
static bool visit(walk *w, int element) {
  const stf_shape_info *hex = &stf_shapes[STF_HEX8];
  const int *cell = w->mesh->cell[element];
  for (int s = 0; s < hex->sides; s++) {
    int corners[4], step[3];
    bool gap;
    for (int a = 0; a < 4; a++) corners[a] = cell[hex->side[s][a]];
    const stf_side *other = beyond(w, element, corners, &gap);
    if (!other) continue;
    const int near = hex->side[s][0], *from = w->index[cell[across(hex, s, near)]], *to = w->index[cell[near]];
    for (int d = 0; d < 3; d++) step[d] = to[d] - from[d];
    if (gap && !step_across(w, corners, step)) return false;
    if (!step_over(w, other->element, other->side, step)) return false;
    if (w->reached[other->element]) continue;
    w->reached[other->element] = true;
    w->queue[w->count++] = other->element;
  }
  return true;
}

/* Walks through all elements; false when their nodes do not stand in rows and columns. */
static bool walk_all(walk *w) {
  static const int corner[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                   {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  for (int a = 0; a < 8; a++)
    if (!place(w, w->mesh->cell[0][a], corner[a])) return false;
  w->queue[w->count++] = 0;
  w->reached[0] = true;
  for (size_t k = 0; k < w->count; k++)
    if (!visit(w, w->queue[k])) return false;
  return w->count == w->mesh->elements;
}

/* Lets indices begin at 0 and counts cells; false where some place of the block is empty or taken twice. */
static bool fills_block(const stf_mesh *mesh, const size_t glued[3], int (*index)[3], bool *taken, int cells[3]) {
  int low[3] = {INT_MAX, INT_MAX, INT_MAX}, high[3] = {INT_MIN, INT_MIN, INT_MIN};
  double places = 1.0;
  for (size_t n = 0; n < mesh->nodes; n++)
    for (int d = 0; d < 3; d++) {
      low[d] = index[n][d] < low[d] ? index[n][d] : low[d];
      high[d] = index[n][d] > high[d] ? index[n][d] : high[d];
    }
  for (int d = 0; d < 3; d++) places *= (cells[d] = high[d] - low[d]) + 1.0;
  if (places != (double)mesh->nodes) return false;
  const double between = 0.5 * (double)(glued[0] + glued[1] + glued[2]);
  if ((double)cells[0] * cells[1] * cells[2] != (double)mesh->elements + between) return false;
  for (size_t n = 0; n < mesh->nodes; n++) {
    for (int d = 0; d < 3; d++) index[n][d] -= low[d];
    const size_t at = (size_t)index[n][0] +
                      ((size_t)cells[0] + 1) * ((size_t)index[n][1] + ((size_t)cells[1] + 1) * (size_t)index[n][2]);
    if (taken[at]) return false;
    taken[at] = true;
  }
  return true;
}

/* Mean lengths of edges between layers of nodes. Along the lines, if these are known, layers may have no edges. */
static stf_status measure_spacing(const stf_mesh *mesh, stf_arena *arena, stf_grid *g) {
  const stf_shape_info *hex = &stf_shapes[STF_HEX8];
  double cells = 1.0;
  for (int d = 0; d < 3; d++) {
    cells *= g->cells[d];
    if (!(g->spacing[d] = stf_arena_alloc(arena, (size_t)g->cells[d] * sizeof **g->spacing))) return STF_NO_RESOURCE;
  }
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < 8; a++)
      for (int k = 0; k < 3; k++) {
        const int from = mesh->cell[e][a], to = mesh->cell[e][hex->along[a][k]];
        const double *X = mesh->X[from], *Y = mesh->X[to];
        for (int d = 0; d < 3; d++) /* an edge is met from both its ends: once here */
          if (g->index[to][d] > g->index[from][d])
            g->spacing[d][g->index[from][d]] +=
                sqrt((Y[0] - X[0]) * (Y[0] - X[0]) + (Y[1] - X[1]) * (Y[1] - X[1]) + (Y[2] - X[2]) * (Y[2] - X[2]));
      }
  for (int d = 0; d < 3; d++)
    for (int k = 0; k < g->cells[d]; k++)
      g->spacing[d][k] *= g->cells[d] / (4.0 * (d == g->line ? cells : (double)mesh->elements));
  return STF_OK;
}

/* The direction of the shortest elements, if they are thin or few. */
static int choose_line(const stf_grid *g) {
  double mean[3] = {0.0, 0.0, 0.0};
  int thin = 0;
  for (int d = 0; d < 3; d++)
    for (int k = 0; k < g->cells[d]; k++) mean[d] += g->spacing[d][k] / g->cells[d];
  for (int d = 1; d < 3; d++) {
    const bool alike = fabs(mean[d] / mean[thin] - 1.0) < 1e-6;
    if (alike ? g->cells[d] < g->cells[thin] : mean[d] < mean[thin]) thin = d;
  }
  const double next = fmin(mean[(thin + 1) % 3], mean[(thin + 2) % 3]);
  return mean[thin] <= THIN * next || g->cells[thin] <= FEW ? thin : -1;
}

/* Lines have to run across interfaces: a level coarser across them would let nothing glide. */
static void choose_line_across(const size_t glued[3], stf_grid *g) {
  for (int d = 0; d < 3; d++) {
    if (!glued[d]) continue;
    if (g->line >= 0) g->why_not = "surfaces glide in more than one direction of the block";
    g->line = d;
  }
}

static stf_status walk_mesh(const stf_mesh *mesh, const int *partner, stf_grid *g) {
  walk w;
  bool *taken = calloc(mesh->nodes + 1, sizeof *taken);
  const stf_status status = taken ? walk_init(mesh, partner, g->index, &w) : STF_NO_RESOURCE;
  if (!status && !(walk_all(&w) && fills_block(mesh, w.glued, g->index, taken, g->cells)))
    g->why_not = "its hexahedra are not one block in rows, columns and layers";
  if (!status) choose_line_across(w.glued, g);
  if (taken) walk_clear(&w);
  free(taken);
  return status;
}

stf_status stf_grid_find(const stf_mesh *mesh, const int *partner, stf_arena *arena, stf_grid *grid) {
  *grid = (stf_grid){.line = -1};
  for (size_t e = 0; e < mesh->elements; e++)
    if (mesh->shape[e] != STF_HEX8) grid->why_not = "not all of its elements are hexahedra";
  if (grid->why_not) return STF_OK;
  if (!(grid->index = stf_arena_alloc(arena, (mesh->nodes + 1) * sizeof *grid->index))) return STF_NO_RESOURCE;
  STF_TRY(walk_mesh(mesh, partner, grid));
  if (grid->why_not) return STF_OK;
  STF_TRY(measure_spacing(mesh, arena, grid));
  if (grid->line < 0) grid->line = choose_line(grid);
  return STF_OK;
}

size_t stf_grid_stacks(const stf_grid *grid, const stf_mesh *mesh, int *stack) {
  const int s = (grid->line + 1) % 3, t = (grid->line + 2) % 3;
  for (size_t e = 0; e < mesh->elements; e++) {
    int low[3] = {INT_MAX, INT_MAX, INT_MAX};
    for (int a = 0; a < 8; a++)
      for (int d = 0; d < 3; d++) {
        const int at = grid->index[mesh->cell[e][a]][d];
        low[d] = at < low[d] ? at : low[d];
      }
    stack[e] = low[s] + grid->cells[s] * low[t];
  }
  return (size_t)grid->cells[s] * (size_t)grid->cells[t];
}
