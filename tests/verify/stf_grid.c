#include "stf_grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stf_test.h"

enum { NAMES = 16, GROUP = 11 }; /* faces are the groups from GROUP on */

const stf_promise stf_promises[STF_PROMISES] = {
    {"hex8", 1, true, false, false},     {"hex8-std", 1, false, false, false},   {"hex8-shell", 1, false, true, true},
    {"wedge6", 1, false, false, false},  {"wedge6-std", 1, false, false, false}, {"wedge6-shell", 1, false, true, true},
    {"tet10", 2, true, true, false},     {"tet10-std", 2, false, true, false},   {"tet4", 1, true, false, false},
    {"tet4-std", 1, false, false, false}};

const stf_promise *stf_promise_of(const char *element) {
  for (int e = 0; e < STF_PROMISES; e++)
    if (!strcmp(stf_promises[e].name, element)) return &stf_promises[e];
  fail_msg("no row for %s", element);
  return NULL;
}

/* Corners of a hexahedron in a block's lattice. */
static const int CORNER[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                 {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
static const int EDGE[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}}; /* of a tet10's middles */

/* A node as its block sees it. */
typedef struct spot {
  double s[3];
  int node, sides; /* sides: bits of the block's sides that it lies in */
} spot;

typedef struct grid {
  stf_shape shape;
  const stf_grid_block *block; /* being added */
  spot *lattice;               /* of that block */
  size_t nodes, cells, facets, buckets;
  double (*X)[3];
  int *bucket;                                                /* [buckets] 1 + node, by position */
  int (*cell)[STF_SHAPE_NODES], (*facet)[1 + STF_SIDE_NODES]; /* a facet: its group, then its nodes */
  const char *name[NAMES];
} grid;

static void *room(size_t count, size_t size) {
  void *block = calloc(count + 1, size);
  assert_non_null(block);
  return block;
}

static void open_grid(grid *g, stf_shape shape, const stf_grid_block *block, int blocks) {
  size_t hexahedra = 0, nodes = 0;
  *g = (grid){.shape = shape};
  for (int b = 0; b < blocks; b++) {
    const int *n = block[b].cells;
    hexahedra += (size_t)n[0] * n[1] * n[2];
    nodes += (size_t)(2 * n[0] + 1) * (2 * n[1] + 1) * (2 * n[2] + 1);
  }
  g->buckets = 2 * nodes + 1;
  g->X = room(nodes, sizeof *g->X);
  g->bucket = room(g->buckets, sizeof *g->bucket);
  g->cell = room(6 * hexahedra, sizeof *g->cell);
  g->facet = room(24 * hexahedra, sizeof *g->facet);
}

static void close_grid(grid *g) {
  free(g->X);
  free(g->bucket);
  free(g->cell);
  free(g->facet);
}

/* The node at X, which is new if none is within about a millionth of a millimetre. */
static int node_at(grid *g, const double X[3]) {
  uint64_t key = 0;
  for (int i = 0; i < 3; i++) key = 0x9e3779b97f4a7c15u * (key ^ (uint64_t)llround(1e6 * X[i] + 0.3217)) + 1;
  size_t k = key % g->buckets;
  for (; g->bucket[k]; k = (k + 1) % g->buckets) {
    const double *other = g->X[g->bucket[k] - 1];
    if (fabs(other[0] - X[0]) + fabs(other[1] - X[1]) + fabs(other[2] - X[2]) < 1e-6) return g->bucket[k] - 1;
  }
  memcpy(g->X[g->nodes], X, sizeof *g->X);
  g->bucket[k] = (int)++g->nodes;
  return g->bucket[k] - 1;
}

/* The node at a point of the block. */
static void place(grid *g, spot *at) {
  double X[3];
  memcpy(X, at->s, sizeof X);
  if (g->block->map) g->block->map(at->s, g->block->context, X);
  at->node = node_at(g, X);
}

static spot *lattice_spot(const grid *g, int i, int j, int k) {
  const int *n = g->block->cells;
  return &g->lattice[i + (n[0] + 1) * (j + (n[1] + 1) * k)];
}

static void lay_lattice(grid *g, uint64_t *seed) {
  const int *n = g->block->cells;
  for (int k = 0; k <= n[2]; k++)
    for (int j = 0; j <= n[1]; j++)
      for (int i = 0; i <= n[0]; i++) {
        const int at[3] = {i, j, k};
        if (g->block->columns) *seed = 71 + (uint64_t)(i + (n[0] + 1) * j);
        spot *s = lattice_spot(g, i, j, k);
        for (int d = 0; d < 3; d++) {
          const bool low = at[d] == 0, high = at[d] == n[d];
          const double off = g->block->distortion * stf_test_random(seed);
          s->s[d] = (at[d] + (low || high ? 0.0 : off)) / n[d];
          s->sides |= (low ? 1 << 2 * d : 0) | (high ? 2 << 2 * d : 0);
        }
        place(g, s);
      }
}

/* Number of the group of a name. */
static int group_of(grid *g, const char *name) {
  int k = 0;
  while (k < NAMES && g->name[k] && strcmp(g->name[k], name) != 0) k++;
  assert_in_range(k, 0, NAMES - 1);
  g->name[k] = name;
  return GROUP + k;
}

/* Adds an element, and those of its sides that lie in a named side of the block. */
static void add_cell(grid *g, const spot *const at[]) {
  const stf_shape_info *info = &stf_shapes[g->shape];
  for (int a = 0; a < info->nodes; a++) g->cell[g->cells][a] = at[a]->node;
  g->cells++;
  for (int s = 0; s < info->sides; s++) {
    int sides = 63;
    for (int a = 0; a < STF_SIDE_NODES && info->side[s][a] >= 0; a++) sides &= at[info->side[s][a]]->sides;
    for (int b = 0; b < 6; b++) {
      if (!(sides & 1 << b) || !g->block->side[b]) continue;
      int *facet = g->facet[g->facets++];
      facet[0] = group_of(g, g->block->side[b]);
      for (int a = 0; a < STF_SIDE_NODES; a++) facet[1 + a] = info->side[s][a] < 0 ? -1 : at[info->side[s][a]]->node;
    }
  }
}

/* Six times the volume of a tetrahedron. */
static double volume(const grid *g, const spot *const at[4]) {
  double e[9];
  for (int m = 0; m < 3; m++)
    for (int i = 0; i < 3; i++) e[3 * m + i] = g->X[at[m + 1]->node][i] - g->X[at[0]->node][i];
  return stf_test_determinant(e);
}

static void add_tetrahedron(grid *g, const spot *a, const spot *b, const spot *c, const spot *d) {
  spot middle[6];
  const spot *at[STF_SHAPE_NODES] = {a, b, c, d};
  if (volume(g, at) < 0.0) at[1] = c, at[2] = b;
  for (int m = 0; g->shape == STF_TET10 && m < 6; m++) {
    const spot *from = at[EDGE[m][0]], *to = at[EDGE[m][1]];
    for (int i = 0; i < 3; i++) middle[m].s[i] = 0.5 * (from->s[i] + to->s[i]);
    middle[m].sides = from->sides & to->sides;
    place(g, &middle[m]);
    at[4 + m] = &middle[m];
  }
  add_cell(g, at);
}

/*
 * Tetrahedra from the corner with the least number to the halves of the sides it is not in, each cut at its own least
 * corner: hexahedra that share a side cut it alike.
 */
static void add_tetrahedra(grid *g, const spot *const at[8]) {
  int least = 0;
  for (int a = 1; a < 8; a++)
    if (at[a]->node < at[least]->node) least = a;
  for (int s = 0; s < 6; s++) {
    const int *side = stf_shapes[STF_HEX8].side[s];
    int first = 0;
    bool apart = true;
    for (int a = 0; a < 4; a++) {
      apart = apart && side[a] != least;
      if (at[side[a]]->node < at[side[first]]->node) first = a;
    }
    for (int half = 1; apart && half <= 2; half++)
      add_tetrahedron(g, at[least], at[side[first]], at[side[(first + half) % 4]], at[side[(first + half + 1) % 4]]);
  }
}

static void add_hexahedron(grid *g, const spot *const at[8]) {
  if (g->shape == STF_HEX8) {
    add_cell(g, at);
  } else if (g->shape == STF_WEDGE6) {
    add_cell(g, (const spot *const[]){at[0], at[1], at[2], at[4], at[5], at[6]});
    add_cell(g, (const spot *const[]){at[0], at[2], at[3], at[4], at[6], at[7]});
  } else {
    add_tetrahedra(g, at);
  }
}

static void add_block(grid *g, const stf_grid_block *block) {
  const int *n = block->cells;
  uint64_t seed = 71;
  g->block = block;
  g->lattice = room((size_t)(n[0] + 1) * (n[1] + 1) * (n[2] + 1), sizeof *g->lattice);
  lay_lattice(g, &seed);
  for (int k = 0; k < n[2]; k++)
    for (int j = 0; j < n[1]; j++)
      for (int i = 0; i < n[0]; i++) {
        const spot *at[8];
        for (int a = 0; a < 8; a++) at[a] = lattice_spot(g, i + CORNER[a][0], j + CORNER[a][1], k + CORNER[a][2]);
        add_hexahedron(g, at);
      }
  free(g->lattice);
}

/* Gmsh counts the middles of a tet10's last two edges the other way round. */
static void write_element(FILE *file, size_t number, int type, int group, const int *node, int count) {
  fprintf(file, "%zu %d 2 %d %d", number, type, group, group);
  for (int a = 0; a < count; a++) fprintf(file, " %d", node[count == 10 && a >= 8 ? 17 - a : a] + 1);
  fputc('\n', file);
}

static void write_elements(FILE *file, const grid *g) {
  static const int type[STF_SHAPES] = {[STF_HEX8] = 5, [STF_WEDGE6] = 6, [STF_TET10] = 11, [STF_TET4] = 4};
  static const int facet_type[STF_SIDE_NODES + 1] = {[3] = 2, [4] = 3, [6] = 9};
  fprintf(file, "$Elements\n%zu\n", g->facets + g->cells);
  for (size_t k = 0; k < g->facets; k++) {
    int count = 0;
    while (count < STF_SIDE_NODES && g->facet[k][1 + count] >= 0) count++;
    write_element(file, k + 1, facet_type[count], g->facet[k][0], g->facet[k] + 1, count);
  }
  for (size_t k = 0; k < g->cells; k++)
    write_element(file, g->facets + k + 1, type[g->shape], 1, g->cell[k], stf_shapes[g->shape].nodes);
  fprintf(file, "$EndElements\n");
}

static void write_names(FILE *file, const grid *g) {
  int count = 0;
  while (count < NAMES && g->name[count]) count++;
  fprintf(file, "$PhysicalNames\n%d\n3 1 \"body\"\n", count + 1);
  for (int k = 0; k < count; k++) fprintf(file, "2 %d \"%s\"\n", GROUP + k, g->name[k]);
  fprintf(file, "$EndPhysicalNames\n");
}

void stf_grid_write(const char *path, stf_shape shape, const stf_grid_block *block, int blocks) {
  grid g;
  open_grid(&g, shape, block, blocks);
  for (int b = 0; b < blocks; b++) add_block(&g, &block[b]);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file, "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n");
  write_names(file, &g);
  fprintf(file, "$Nodes\n%zu\n", g.nodes);
  for (size_t n = 0; n < g.nodes; n++) fprintf(file, "%zu %.17g %.17g %.17g\n", n + 1, g.X[n][0], g.X[n][1], g.X[n][2]);
  fprintf(file, "$EndNodes\n");
  write_elements(file, &g);
  assert_int_equal(fclose(file), 0);
  close_grid(&g);
}
