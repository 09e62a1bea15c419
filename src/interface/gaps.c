/*
 * The direction in the surface that a gap's components follow is the mean slope of position along a direction t in the
 * plane of the node's facets, by the theorem of Gauss over their outer edges E with the outward normal E x n:
 *
 *   w = 1/A sum_edges (x_i + x_j)/2 t.(E x n)
 */
#include "interface/gaps.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "interface/matching.h"

/* Nodes of two surfaces match where they are no farther from each other than this share of a facet. */
static const double SAME_PLACE = 1e-6;

/* Facets around nodes, sorted by node. */
typedef struct corner {
  int node;
  size_t facet;
} corner;

typedef struct search {
  const stf_surface *surface;
  const double (*before)[3], (*x)[3]; /* before loading and now */
  double *whole, *present;            /* [nodes] areas under a whole cover then and now; NULL: pairs stay */
  corner *corner;                     /* [corners] */
  size_t corners;
  stf_pairing pairs;
  int (*edge)[2]; /* room for the edges around a node */
  size_t room;
  stf_arena *arena;
} search;

static int corners_of(const int *facet) {
  return facet[3] < 0 ? 3 : 4;
}

static int by_node(const void *one, const void *other) {
  const corner *a = one, *b = other;
  if (a->node != b->node) return a->node < b->node ? -1 : 1;
  return (a->facet > b->facet) - (a->facet < b->facet);
}

static stf_status sort_corners(search *s) {
  s->corner = malloc((4 * s->surface->facets + 1) * sizeof *s->corner);
  if (!s->corner) return STF_NO_RESOURCE;
  for (size_t f = 0; f < s->surface->facets; f++)
    for (int c = 0; c < corners_of(s->surface->facet[f]); c++)
      s->corner[s->corners++] = (corner){s->surface->facet[f][c], f};
  qsort(s->corner, s->corners, sizeof *s->corner, by_node);
  return STF_OK;
}

/* The first corner at a node, or where it would be. */
static size_t first_corner(const search *s, int node) {
  size_t low = 0, high = s->corners;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (s->corner[middle].node < node)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The outer edges of the facets around a node, in nodes of the mesh; an edge and its reverse are inner ones. */
static stf_status find_edges(search *s, int node, int *count) {
  const size_t first = first_corner(s, node);
  size_t last = first;
  while (last < s->corners && s->corner[last].node == node) last++;
  if (4 * (last - first) > s->room) {
    free(s->edge);
    s->room = 8 * (last - first);
    s->edge = malloc(s->room * sizeof *s->edge);
    if (!s->edge) return STF_NO_RESOURCE;
  }
  *count = 0;
  for (size_t k = first; k < last; k++) {
    const int *facet = s->surface->facet[s->corner[k].facet];
    for (int c = 0; c < corners_of(facet); c++) {
      const int from = facet[c], to = facet[(c + 1) % corners_of(facet)];
      int same = 0;
      while (same < *count && !(s->edge[same][0] == to && s->edge[same][1] == from)) same++;
      if (same < *count) {
        memcpy(s->edge[same], s->edge[--*count], sizeof s->edge[0]);
      } else {
        s->edge[*count][0] = from;
        s->edge[(*count)++][1] = to;
      }
    }
  }
  return STF_OK;
}

static int ascending(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* The nodes a gap depends on, each once. `room` [items + 2 edges + 1] */
static int list_nodes(const search *s, size_t gap, int node, int edges, int *room) {
  int count = 0, kept = 0;
  for (size_t k = s->pairs.start[gap]; gap < s->pairs.nodes && k < s->pairs.start[gap + 1]; k++)
    room[count++] = s->pairs.item[k];
  if (!count) room[count++] = node;
  for (int e = 0; e < 2 * edges; e++) room[count++] = s->edge[e / 2][e % 2];
  qsort(room, (size_t)count, sizeof *room, ascending);
  for (int k = 0; k < count; k++)
    if (!k || room[k] != room[kept - 1]) room[kept++] = room[k];
  return kept;
}

static int place_of(const stf_gap_place *p, int node) {
  const int *at = bsearch(&node, p->list, (size_t)p->nodes, sizeof *p->list, ascending);
  return (int)(at - p->list);
}

static void cross(const double a[3], const double b[3], double out[3]) {
  for (int i = 0; i < 3; i++) out[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* The area of the facets around a node and their normal. */
static double normal_at(const search *s, int edges, double n[3]) {
  memset(n, 0, 3 * sizeof *n);
  for (int e = 0; e < edges; e++) {
    double half[3];
    cross(s->before[s->edge[e][0]], s->before[s->edge[e][1]], half);
    for (int i = 0; i < 3; i++) n[i] += 0.5 * half[i];
  }
  const double area = sqrt(dot(n, n));
  for (int i = 0; i < 3; i++) n[i] /= area;
  return area;
}

/* A direction in the surface: x, or y where the surface stands across x, as far as they lie in it. */
static void choose_direction(const double n[3], double t[3]) {
  const int axis = fabs(n[0]) > 0.9 ? 1 : 0;
  for (int i = 0; i < 3; i++) t[i] = (i == axis ? 1.0 : 0.0) - n[axis] * n[i];
  const double length = sqrt(dot(t, t));
  for (int i = 0; i < 3; i++) t[i] /= length;
}

static void fill_ahead(const search *s, int edges, const stf_gap_place *p, double *ahead) {
  double n[3], t[3];
  const double area = normal_at(s, edges, n);
  choose_direction(n, t);
  for (int e = 0; e < edges; e++) {
    double edge[3], outward[3];
    for (int i = 0; i < 3; i++) edge[i] = s->before[s->edge[e][1]][i] - s->before[s->edge[e][0]][i];
    cross(edge, n, outward);
    for (int side = 0; side < 2; side++) ahead[place_of(p, s->edge[e][side])] += 0.5 * dot(t, outward) / area;
  }
}

/* Where the gap is before loading, which is now. */
static stf_status start(const search *s, stf_gap_place *p) {
  double(*X)[3] = calloc(2 * (size_t)p->nodes, sizeof *X), (*u)[3] = X + p->nodes;
  if (!X) return STF_NO_RESOURCE;
  for (int a = 0; a < p->nodes; a++) memcpy(X[a], s->x[p->list[a]], sizeof *X);
  stf_gap_read(&p->core, p->nodes, (const double(*)[3])X, (const double(*)[3])u, p->core.start, NULL);
  free(X);
  return STF_OK;
}

static stf_status fill(const search *s, size_t gap, int edges, const int *nodes, stf_gap_place *p) {
  const size_t count = (size_t)p->nodes;
  double *weight = stf_arena_alloc(s->arena, count * sizeof *weight);
  double *ahead = stf_arena_alloc(s->arena, count * sizeof *ahead);
  int(*edge)[2] = stf_arena_alloc(s->arena, (size_t)edges * sizeof *edge);
  p->list = stf_arena_alloc(s->arena, count * sizeof *p->list);
  if (!weight || !ahead || !edge || !p->list) return STF_NO_RESOURCE;
  memcpy(p->list, nodes, count * sizeof *nodes);
  for (size_t k = s->pairs.start[gap]; gap < s->pairs.nodes && k < s->pairs.start[gap + 1]; k++)
    weight[place_of(p, s->pairs.item[k])] = s->pairs.weight[k];
  for (int e = 0; e < 2 * edges; e++) edge[e / 2][e % 2] = place_of(p, s->edge[e / 2][e % 2]);
  fill_ahead(s, edges, p, ahead);
  p->core = (stf_gap_core){.weight = weight, .ahead = ahead, .edges = edges, .edge = (const int(*)[2])edge};
  if (gap < s->pairs.nodes) p->core.area = s->pairs.area[gap];
  if (!s->whole) return start(s, p);
  p->core.whole = s->whole[p->node];
  p->core.area *= p->core.whole / s->present[p->node];
  return STF_OK;
}

/* The place at a node: the pairs' gap of that number, or none where it is the number of their nodes. */
static stf_status add_place(search *s, int node, size_t gap, int **room, stf_gaps *gaps) {
  const size_t items = gap < s->pairs.nodes ? s->pairs.start[gap + 1] - s->pairs.start[gap] : 0;
  stf_gap_place *p = &gaps->place[gaps->all];
  int edges = 0;
  STF_TRY(find_edges(s, node, &edges));
  int *more = realloc(*room, (items + 2 * (size_t)edges + 1) * sizeof *more);
  if (!more) return STF_NO_RESOURCE;
  *room = more;
  *p = (stf_gap_place){.node = node, .nodes = list_nodes(s, gap, node, edges, *room)};
  gaps->crowded += p->nodes > STF_GAP_NODES;
  if (p->nodes > STF_GAP_NODES) return STF_OK;
  gaps->all++;
  return fill(s, gap, edges, *room, p);
}

/* Places of the nodes that have something before them; with s->whole then of the others too. */
static stf_status make(search *s, stf_gaps *gaps) {
  int *room = NULL;
  gaps->place = stf_arena_alloc(s->arena, (s->corners + 1) * sizeof *gaps->place);
  stf_status status = gaps->place ? STF_OK : STF_NO_RESOURCE;
  for (size_t g = 0; !status && g < s->pairs.nodes; g++) status = add_place(s, s->pairs.node[g], g, &room, gaps);
  gaps->count = gaps->all;
  size_t next = 0;
  for (size_t k = 0; !status && s->whole && k < s->corners; k++) {
    const int node = s->corner[k].node;
    if (k && node == s->corner[k - 1].node) continue;
    while (next < s->pairs.nodes && s->pairs.node[next] < node) next++;
    if (next == s->pairs.nodes || s->pairs.node[next] != node) status = add_place(s, node, s->pairs.nodes, &room, gaps);
  }
  free(room);
  return status;
}

/* Edge of a square as large as a facet, as a mean. */
static double facet_size(const stf_surface *surface, const double (*x)[3]) {
  double area = 0.0;
  for (size_t f = 0; f < surface->facets; f++)
    for (int c = 1; c + 1 < corners_of(surface->facet[f]); c++) {
      const int *facet = surface->facet[f];
      double one[3], other[3], n[3];
      for (int i = 0; i < 3; i++) {
        one[i] = x[facet[c]][i] - x[facet[0]][i];
        other[i] = x[facet[c + 1]][i] - x[facet[0]][i];
      }
      cross(one, other, n);
      area += 0.5 * sqrt(dot(n, n));
    }
  return sqrt(area / (double)surface->facets);
}

static stf_status find(search *s, const stf_surface *upper, stf_gaps *gaps) {
  *gaps = (stf_gaps){.size = facet_size(s->surface, s->before)};
  stf_status status = stf_pairing_find(s->surface, upper, s->x, 0.5 * gaps->size, &s->pairs);
  if (!status && !s->whole) status = stf_pairing_lump(s->x, SAME_PLACE * gaps->size, &s->pairs, &gaps->match);
  if (!status) status = sort_corners(s);
  if (!status) status = make(s, gaps);
  stf_pairing_clear(&s->pairs);
  free(s->corner);
  free(s->edge);
  return status;
}

stf_status stf_gaps_find(const stf_surface *lower, const stf_surface *upper, const double (*x)[3], stf_arena *arena,
                         stf_gaps *gaps) {
  search s = {.surface = lower, .before = x, .x = x, .arena = arena};
  return find(&s, upper, gaps);
}

stf_status stf_gaps_find_sliding(const stf_surface *lower, const stf_surface *upper, const double (*X)[3],
                                 const double (*x)[3], stf_arena *arena, stf_gaps *gaps) {
  int most = 0;
  for (size_t f = 0; f < lower->facets; f++)
    for (int c = 0; c < corners_of(lower->facet[f]); c++) most = lower->facet[f][c] > most ? lower->facet[f][c] : most;
  double *whole = calloc(2 * ((size_t)most + 1), sizeof *whole);
  if (!whole) return STF_NO_RESOURCE;
  search s = {.surface = lower, .before = X, .x = x, .whole = whole, .present = whole + most + 1, .arena = arena};
  stf_pairing_whole(lower, X, s.whole);
  stf_pairing_whole(lower, x, s.present);
  const stf_status status = find(&s, upper, gaps);
  free(whole);
  return status;
}
