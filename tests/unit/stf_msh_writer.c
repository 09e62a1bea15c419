#include "stf_msh_writer.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stf_test.h"

const stf_written_format stf_written_formats[6] = {{22, false, false}, {22, true, false}, {22, true, true},
                                                   {41, false, false}, {41, true, false}, {41, true, true}};

static int nodes_of(int type) {
  static const int nodes[] = {
      [1] = 2, [2] = 3, [3] = 4, [4] = 4, [5] = 8, [6] = 6, [7] = 5, [9] = 6, [11] = 10, [15] = 1};
  return nodes[type];
}

static int dim_of(int type) {
  return type == 15 ? 0 : type == 1 ? 1 : type == 2 || type == 3 || type == 9 ? 2 : 3;
}

/* ---- a box ---- */

typedef struct builder {
  stf_written *w;
  const int *n;
  const double *h;
  long next; /* number of the next element */
} builder;

/* Numbers that are neither dense nor ascending. */
static long number_at(const builder *b, const int at[3]) {
  const long plain = ((long)at[0] * (b->n[1] + 1) + at[1]) * (b->n[2] + 1) + at[2];
  return 100000 - 7 * plain;
}

static size_t index_of(const stf_written *w, long number) {
  for (size_t i = 0; i < w->nodes; i++)
    if (w->number[i] == number) return i;
  fail_msg("no node %ld", number);
  return 0;
}

static void place(builder *b) {
  for (int i = b->n[0]; i >= 0; i--)
    for (int j = 0; j <= b->n[1]; j++)
      for (int k = 0; k <= b->n[2]; k++) {
        const size_t node = b->w->nodes++;
        const int at[3] = {i, j, k};
        assert_true(node < STF_WRITTEN_MOST);
        b->w->number[node] = number_at(b, at);
        for (int a = 0; a < 3; a++) b->w->X[node][a] = at[a] * b->h[a];
      }
}

static stf_written_cell *add(builder *b, int type, int group) {
  assert_true(b->w->cells < STF_WRITTEN_MOST);
  stf_written_cell *cell = &b->w->cell[b->w->cells++];
  *cell = (stf_written_cell){.type = type, .group = group, .number = b->next};
  b->next += 3;
  return cell;
}

/* The node in the middle of an edge, made where there is none yet. */
static long middle_of(builder *b, long from, long to) {
  double X[3];
  for (int i = 0; i < 3; i++) X[i] = 0.5 * (b->w->X[index_of(b->w, from)][i] + b->w->X[index_of(b->w, to)][i]);
  for (size_t k = 0; k < b->w->nodes; k++)
    if (fabs(b->w->X[k][0] - X[0]) + fabs(b->w->X[k][1] - X[1]) + fabs(b->w->X[k][2] - X[2]) < 1e-9)
      return b->w->number[k];
  const size_t node = b->w->nodes++;
  assert_true(node < STF_WRITTEN_MOST);
  b->w->number[node] = 200000 + 3 * (long)node;
  memcpy(b->w->X[node], X, sizeof(X));
  return b->w->number[node];
}

/* Middles of edges in Gmsh's order: 01 12 02 03 23 13. */
static void add_middles(builder *b, stf_written_cell *cell) {
  static const int edge[6][2] = {{0, 1}, {1, 2}, {0, 2}, {0, 3}, {2, 3}, {1, 3}};
  for (int a = 0; a < 6; a++) cell->node[4 + a] = middle_of(b, cell->node[edge[a][0]], cell->node[edge[a][1]]);
}

/* Six tetrahedra about the diagonal 0-6: sides of neighbouring cells fit. */
static void add_tets(builder *b, const long corner[8], bool second) {
  static const int tet[6][4] = {{0, 1, 2, 6}, {0, 2, 3, 6}, {0, 3, 7, 6}, {0, 7, 4, 6}, {0, 4, 5, 6}, {0, 5, 1, 6}};
  for (int t = 0; t < 6; t++) {
    stf_written_cell *cell = add(b, second ? 11 : 4, 1);
    for (int a = 0; a < 4; a++) cell->node[a] = corner[tet[t][a]];
    if (second) add_middles(b, cell);
  }
}

static void add_wedges(builder *b, const long corner[8], int group) {
  static const int wedge[2][6] = {{0, 1, 2, 4, 5, 6}, {0, 2, 3, 4, 6, 7}};
  for (int t = 0; t < 2; t++) {
    stf_written_cell *cell = add(b, 6, group);
    for (int a = 0; a < 6; a++) cell->node[a] = corner[wedge[t][a]];
  }
}

static void find_corners(const builder *b, const int at[3], long corner[8]) {
  static const int end[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  for (int a = 0; a < 8; a++)
    corner[a] = number_at(b, (const int[3]){at[0] + end[a][0], at[1] + end[a][1], at[2] + end[a][2]});
}

static void cut_cell(builder *b, stf_written_cut cut, const int at[3]) {
  long corner[8];
  find_corners(b, at, corner);
  if (cut == CUT_TET4 || cut == CUT_TET10) {
    add_tets(b, corner, cut == CUT_TET10);
  } else if (cut == CUT_WEDGE || (cut == CUT_MIXED && 2 * at[0] >= b->n[0])) {
    add_wedges(b, corner, cut == CUT_MIXED ? 2 : 1);
  } else {
    stf_written_cell *cell = add(b, 5, 1);
    memcpy(cell->node, corner, 8 * sizeof(long));
  }
}

/* One side of a cell of the box as one quad or two triangles; they run round as they come, inwards on some sides. */
static void cut_side(builder *b, stf_written_cut cut, const int at[3], int side) {
  static const int quad[6][4] = {{0, 3, 7, 4}, {1, 2, 6, 5}, {0, 1, 5, 4}, {3, 2, 6, 7}, {0, 1, 2, 3}, {4, 5, 6, 7}};
  long corner[8];
  find_corners(b, at, corner);
  const bool tets = cut == CUT_TET4 || cut == CUT_TET10;
  const bool wedges = cut == CUT_WEDGE || (cut == CUT_MIXED && 2 * at[0] >= b->n[0]);
  if (!tets && !(wedges && side >= 4)) {
    stf_written_cell *cell = add(b, 3, 11 + side);
    for (int a = 0; a < 4; a++) cell->node[a] = corner[quad[side][a]];
    return;
  }
  for (int half = 0; half < 2; half++) {
    /* Diagonals of the sides: from node 0 where it is there, else to node 6. */
    int first = 0;
    while (quad[side][first] != 0 && quad[side][first] != 6 && !(side == 5 && quad[side][first] == 4)) first++;
    stf_written_cell *cell = add(b, cut == CUT_TET10 ? 9 : 2, 11 + side);
    const int turn[3] = {first, first + 1 + half, first + 2 + half};
    for (int a = 0; a < 3; a++) cell->node[a] = corner[quad[side][turn[a] % 4]];
    for (int a = 0; a < 3 && cut == CUT_TET10; a++)
      cell->node[3 + a] = middle_of(b, cell->node[a], cell->node[(a + 1) % 3]);
  }
}

static void name(stf_written *w, int dim, int number, const char *text) {
  w->name[w->names++] = (stf_written_name){dim, number, text};
}

stf_written *stf_written_box(stf_written_cut cut, const int n[3], const double h[3]) {
  static const char *const faces[6] = {"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"};
  stf_written *w = calloc(1, sizeof(*w));
  assert_non_null(w);
  builder b = {.w = w, .n = n, .h = h, .next = 41};
  place(&b);
  int at[3];
  for (at[0] = 0; at[0] < n[0]; at[0]++)
    for (at[1] = 0; at[1] < n[1]; at[1]++)
      for (at[2] = 0; at[2] < n[2]; at[2]++) {
        for (int side = 0; side < 6; side++)
          if (at[side / 2] == (side % 2 ? n[side / 2] - 1 : 0)) cut_side(&b, cut, at, side);
        cut_cell(&b, cut, at);
      }
  name(w, 3, 1, "body");
  if (cut == CUT_MIXED) name(w, 3, 2, "wedges");
  for (int side = 0; side < 6; side++) name(w, 2, 11 + side, faces[side]);
  return w;
}

stf_written_cell *stf_written_find_cell(stf_written *w, long number) {
  for (size_t c = 0; c < w->cells; c++)
    if (w->cell[c].number == number) return &w->cell[c];
  fail_msg("no element %ld", number);
  return NULL;
}

/* ---- files ---- */

typedef struct sink {
  stf_written_format format;
  char *bytes;
  size_t size, room;
} sink;

static void put_bytes(sink *s, const void *from, size_t size) {
  if (s->size + size + 1 > s->room) {
    s->room = 2 * (s->size + size + 1);
    s->bytes = realloc(s->bytes, s->room);
    assert_non_null(s->bytes);
  }
  memcpy(s->bytes + s->size, from, size);
  s->size += size;
  s->bytes[s->size] = '\0';
}

static void put_text(sink *s, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  put_bytes(s, text, strlen(text));
}

static void put_turned(sink *s, const void *from, size_t size) {
  char turned[8];
  const char *bytes = from;
  for (size_t i = 0; i < size; i++) turned[i] = bytes[s->format.swap ? size - 1 - i : i];
  put_bytes(s, turned, size);
}

/* A number as text and a space, or in binary. */
static void put_int(sink *s, long value) {
  const int32_t number = (int32_t)value;
  if (s->format.binary)
    put_turned(s, &number, sizeof(number));
  else
    put_text(s, "%ld ", value);
}

static void put_size(sink *s, long value) {
  const int64_t number = value;
  if (s->format.binary)
    put_turned(s, &number, sizeof(number));
  else
    put_text(s, "%ld ", value);
}

static void put_double(sink *s, double value) {
  if (s->format.binary)
    put_turned(s, &value, sizeof(value));
  else
    put_text(s, "%.17g ", value);
}

static void end_line(sink *s) {
  if (!s->format.binary) put_text(s, "\n");
}

static void end_section(sink *s, const char *section) {
  put_text(s, "%s$End%s\n", s->format.binary ? "\n" : "", section);
}

static void put_head(sink *s) {
  const int one = 1;
  put_text(s, "$MeshFormat\n%s %d 8\n", s->format.version == 22 ? "2.2" : "4.1", s->format.binary);
  if (s->format.binary) put_turned(s, &one, sizeof(one));
  end_section(s, "MeshFormat");
}

static void put_names(sink *s, const stf_written *w) {
  if (!w->names) return;
  put_text(s, "$PhysicalNames\n%zu\n", w->names);
  for (size_t i = 0; i < w->names; i++)
    put_text(s, "%d %d \"%s\"\n", w->name[i].dim, w->name[i].number, w->name[i].name);
  put_text(s, "$EndPhysicalNames\n");
}

static void put_22(sink *s, const stf_written *w) {
  put_text(s, "$Nodes\n%zu\n", w->nodes);
  for (size_t n = 0; n < w->nodes; n++) {
    put_int(s, w->number[n]);
    for (int i = 0; i < 3; i++) put_double(s, w->X[n][i]);
    end_line(s);
  }
  end_section(s, "Nodes");
  put_text(s, "$Elements\n%zu\n", w->cells);
  for (size_t c = 0; c < w->cells; c++) {
    const stf_written_cell *cell = &w->cell[c];
    const long text[3] = {cell->number, cell->type, 2}, binary[4] = {cell->type, 1, 2, cell->number};
    for (int i = 0; i < (s->format.binary ? 4 : 3); i++) put_int(s, s->format.binary ? binary[i] : text[i]);
    put_int(s, cell->group);
    put_int(s, 77);
    for (int a = 0; a < nodes_of(cell->type); a++) put_int(s, cell->node[a]);
    end_line(s);
  }
  end_section(s, "Elements");
}

/* Groups that elements of a dimension are in, each once; returns how many. Each is an entity 100 + its number. */
static int list_groups(const stf_written *w, int dim, int group[64]) {
  int count = 0;
  for (size_t c = 0; c < w->cells; c++) {
    bool known = dim_of(w->cell[c].type) != dim;
    for (int i = 0; i < count; i++) known = known || group[i] == w->cell[c].group;
    if (!known) group[count++] = w->cell[c].group;
  }
  return count;
}

static void put_entities(sink *s, const stf_written *w) {
  int group[4][64], count[4];
  for (int dim = 0; dim < 4; dim++) count[dim] = list_groups(w, dim, group[dim]);
  put_text(s, "$Entities\n");
  put_size(s, 1); /* a point and a curve, which say nothing here */
  put_size(s, 1);
  put_size(s, count[2]);
  put_size(s, count[3]);
  end_line(s);
  put_int(s, 5);
  for (int i = 0; i < 3; i++) put_double(s, 0.5);
  put_size(s, 0);
  end_line(s);
  put_int(s, 6);
  for (int i = 0; i < 6; i++) put_double(s, -0.25);
  put_size(s, 1);
  put_int(s, 900);
  put_size(s, 2);
  put_int(s, 5);
  put_int(s, -5);
  end_line(s);
  for (int dim = 2; dim < 4; dim++)
    for (int k = 0; k < count[dim]; k++) {
      put_int(s, 100 + group[dim][k]);
      for (int i = 0; i < 6; i++) put_double(s, 1.0);
      put_size(s, group[dim][k] ? 1 : 0);
      if (group[dim][k]) put_int(s, dim == 2 && k == 1 ? -group[dim][k] : group[dim][k]);
      put_size(s, 1);
      put_int(s, 6);
      end_line(s);
    }
  end_section(s, "Entities");
}

/* Nodes in two blocks, the second with parameters. */
static void put_nodes_41(sink *s, const stf_written *w) {
  const size_t half = w->nodes / 2;
  put_text(s, "$Nodes\n");
  put_size(s, 2);
  put_size(s, (long)w->nodes);
  put_size(s, 1);
  put_size(s, 1000000);
  end_line(s);
  for (int block = 0; block < 2; block++) {
    const size_t from = block ? half : 0, to = block ? w->nodes : half;
    put_int(s, 2);
    put_int(s, 101);
    put_int(s, block);
    put_size(s, (long)(to - from));
    end_line(s);
    for (size_t n = from; n < to; n++) {
      put_size(s, w->number[n]);
      end_line(s);
    }
    for (size_t n = from; n < to; n++) {
      for (int i = 0; i < 3; i++) put_double(s, w->X[n][i]);
      for (int i = 0; i < 2 * block; i++) put_double(s, 0.125);
      end_line(s);
    }
  }
  end_section(s, "Nodes");
}

static bool same_block(const stf_written_cell *a, const stf_written_cell *b) {
  return a->type == b->type && a->group == b->group;
}

static void put_elements_41(sink *s, const stf_written *w) {
  long blocks = 0;
  for (size_t c = 0; c < w->cells; c++) blocks += c == 0 || !same_block(&w->cell[c], &w->cell[c - 1]);
  put_text(s, "$Elements\n");
  put_size(s, blocks);
  put_size(s, (long)w->cells);
  put_size(s, 1);
  put_size(s, 1000000);
  end_line(s);
  for (size_t c = 0; c < w->cells; c++) {
    const stf_written_cell *cell = &w->cell[c];
    size_t end = c;
    while (end < w->cells && same_block(cell, &w->cell[end])) end++;
    if (c == 0 || !same_block(cell, cell - 1)) {
      put_int(s, dim_of(cell->type));
      put_int(s, 100 + cell->group);
      put_int(s, cell->type);
      put_size(s, (long)(end - c));
      end_line(s);
    }
    put_size(s, cell->number);
    for (int a = 0; a < nodes_of(cell->type); a++) put_size(s, cell->node[a]);
    end_line(s);
  }
  end_section(s, "Elements");
}

static void put_field(sink *s, const stf_written *w) {
  const char *section = w->at_nodes ? "NodeData" : w->by_node ? "ElementNodeData" : "ElementData";
  if (!w->field) return;
  put_text(s, "$%s\n1\n\"%s\"\n1\n0.0\n3\n0\n%d\n%zu\n", section, w->field, w->components, w->values);
  for (size_t k = 0; k < w->values; k++) {
    put_int(s, w->value_number[k]);
    if (w->by_node) put_int(s, 2);
    for (int i = 0; i < w->components; i++) put_double(s, w->value[k][i]);
    for (int i = 0; i < w->components && w->by_node; i++) put_double(s, -w->value[k][i]);
    end_line(s);
  }
  end_section(s, section);
}

char *stf_written_bytes(const stf_written *w, stf_written_format format, size_t *size) {
  sink s = {.format = format};
  put_head(&s);
  put_names(&s, w);
  if (format.version == 22) {
    put_22(&s, w);
  } else {
    put_entities(&s, w);
    put_nodes_41(&s, w);
    put_elements_41(&s, w);
  }
  put_text(&s, "$Periodic\n0\n$EndPeriodic\n");
  put_field(&s, w);
  *size = s.size;
  return s.bytes;
}
