#include "anatomy/msh.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anatomy/msh_reader.h"
#include "element/shape.h"

/* Fewest bytes of a node and an element: "1 0 0 0\n", "1 1\n"; and of their binary forms. */
enum { TEXT_NODE = 8, BINARY_NODE = 28, TEXT_CELL = 4, BINARY_CELL = 8 };

static const stf_msh_type types[] = {
    [1] = {"line of 2 nodes", 1, 2, 0, -1},
    [2] = {"triangle of 3 nodes", 2, 3, 3, -1},
    [3] = {"quadrangle of 4 nodes", 2, 4, 4, -1},
    [4] = {"tetrahedron of 4 nodes", 3, 4, 0, STF_TET4},
    [5] = {"hexahedron of 8 nodes", 3, 8, 0, STF_HEX8},
    [6] = {"prism of 6 nodes", 3, 6, 0, STF_WEDGE6},
    [7] = {"pyramid of 5 nodes", 3, 5, 0, -1},
    [8] = {"line of 3 nodes", 1, 3, 0, -1},
    [9] = {"triangle of 6 nodes", 2, 6, 3, -1},
    [10] = {"quadrangle of 9 nodes", 2, 9, 4, -1},
    [11] = {"tetrahedron of 10 nodes", 3, 10, 0, STF_TET10},
    [12] = {"hexahedron of 27 nodes", 3, 27, 0, -1},
    [13] = {"prism of 18 nodes", 3, 18, 0, -1},
    [14] = {"pyramid of 14 nodes", 3, 14, 0, -1},
    [15] = {"point", 0, 1, 0, -1},
    [16] = {"quadrangle of 8 nodes", 2, 8, 4, -1},
    [17] = {"hexahedron of 20 nodes", 3, 20, 0, -1},
    [18] = {"prism of 15 nodes", 3, 15, 0, -1},
    [19] = {"pyramid of 13 nodes", 3, 13, 0, -1},
    [20] = {"triangle of 9 nodes", 2, 9, 3, -1},
    [21] = {"triangle of 10 nodes", 2, 10, 3, -1},
    [26] = {"line of 4 nodes", 1, 4, 0, -1},
    [27] = {"line of 5 nodes", 1, 5, 0, -1},
    [29] = {"tetrahedron of 20 nodes", 3, 20, 0, -1},
};

const stf_msh_type *stf_msh_type_of(long number) {
  if (number < 1 || (size_t)number >= sizeof(types) / sizeof(*types) || !types[number].name) return NULL;
  return &types[number];
}

/* What is read into, and what only reading needs. */
typedef struct parser {
  stf_msh_reader r;
  stf_msh *msh;
  stf_arena *arena;
  int version;               /* 22 or 41 */
  bool has_nodes, has_cells; /* sections so far */
  size_t entity_room, group_room, view_room;
  stf_map *entity_of; /* by 4 number + dimension */
  stf_map *group_of;  /* likewise */
  size_t node_refs;   /* nodes of cells so far */
} parser;

/* Makes room for one more item of an array; the old one stays in the arena. */
static stf_status make_room(parser *p, void **items, size_t count, size_t *room, size_t size) {
  if (count < *room) return STF_OK;
  const size_t more = 2 * *room + 16;
  void *larger = stf_arena_alloc(p->arena, more * size);
  if (!larger) return STF_NO_RESOURCE;
  if (count) memcpy(larger, *items, count * size);
  *items = larger;
  *room = more;
  return STF_OK;
}

static stf_status no_memory(const parser *p) {
  stf_diags_add(p->r.diags, STF_ERROR, (stf_place){.file = p->r.file}, "no memory left for the mesh", NULL, NULL);
  return STF_NO_RESOURCE;
}

static void count_off(parser *p, const char *item, size_t nth, size_t of) {
  p->r.item = item;
  p->r.nth = nth;
  p->r.of = of;
}

/* ---- groups and entities ---- */

/* The key of a number of some dimension in a map. */
static long key_of(int dim, long number) {
  return 4 * (number % (LONG_MAX / 8)) + dim;
}

/* Index of a physical group, which is made where it is new. */
static stf_status find_group(parser *p, int dim, long number, int *group) {
  bool added;
  *group = stf_map_find(p->group_of, key_of(dim, number));
  if (*group >= 0) return STF_OK;
  STF_TRY(make_room(p, (void **)&p->msh->group, p->msh->groups, &p->group_room, sizeof(*p->msh->group)));
  const char *name = stf_arena_printf(p->arena, "%ld", number);
  if (!name) return STF_NO_RESOURCE;
  *group = (int)p->msh->groups;
  p->msh->group[p->msh->groups++] = (stf_msh_group){dim, name};
  return stf_map_add(p->group_of, key_of(dim, number), *group, &added);
}

/* Index of an entity, which is made where it is new. */
static stf_status find_entity(parser *p, int dim, long number, int *entity, bool *added) {
  *added = false;
  *entity = stf_map_find(p->entity_of, key_of(dim, number));
  if (*entity >= 0) return STF_OK;
  STF_TRY(make_room(p, (void **)&p->msh->entity, p->msh->entities, &p->entity_room, sizeof(*p->msh->entity)));
  *entity = (int)p->msh->entities++;
  p->msh->entity[*entity] = (stf_msh_entity){0};
  return stf_map_add(p->entity_of, key_of(dim, number), *entity, added);
}

/* The entity of format 2.2: elements of one physical group, or of none (0). */
static stf_status find_group_entity(parser *p, int dim, long physical, int *entity) {
  bool added;
  STF_TRY(find_entity(p, dim, physical, entity, &added));
  if (!added || !physical) return STF_OK;
  int *group = stf_arena_alloc(p->arena, sizeof(*group));
  if (!group) return STF_NO_RESOURCE;
  STF_TRY(find_group(p, dim, physical, group));
  p->msh->entity[*entity] = (stf_msh_entity){1, group};
  return STF_OK;
}

static stf_status read_names(parser *p) {
  long count;
  STF_TRY(stf_msh_text_integer(&p->r, &count));
  STF_TRY(stf_msh_check_count(&p->r, count, "names", 6, 6));
  for (long i = 0; i < count; i++) {
    long dim, number;
    const char *word;
    size_t length;
    int group;
    count_off(p, "name", (size_t)i, (size_t)count);
    STF_TRY(stf_msh_text_integer(&p->r, &dim));
    if (dim < 0 || dim > 3) return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "%ld", dim), "0, 1, 2 or 3", NULL);
    STF_TRY(stf_msh_text_integer(&p->r, &number));
    STF_TRY(stf_msh_word(&p->r, &word, &length));
    STF_TRY(find_group(p, (int)dim, number, &group));
    p->msh->group[group].name = stf_arena_copy(p->arena, word, length);
    if (!p->msh->group[group].name) return STF_NO_RESOURCE;
  }
  return stf_msh_leave(&p->r);
}

/* The physical groups of an entity of format 4.1, as a list of numbers; a minus turns a surface round. */
static stf_status read_groups(parser *p, int dim, stf_msh_entity *entity) {
  long count, number;
  STF_TRY(stf_msh_size(&p->r, &count));
  STF_TRY(stf_msh_check_count(&p->r, count, "physical groups", 2, 4));
  entity->group = stf_arena_alloc(p->arena, (size_t)count * sizeof(*entity->group));
  if (!entity->group) return STF_NO_RESOURCE;
  entity->groups = (size_t)count;
  for (long i = 0; i < count; i++) {
    STF_TRY(stf_msh_integer(&p->r, &number));
    STF_TRY(find_group(p, dim, number < 0 ? -number : number, &entity->group[i]));
  }
  return STF_OK;
}

static stf_status read_entity(parser *p, int dim) {
  long number, bounds;
  double corner;
  int entity;
  bool added;
  STF_TRY(stf_msh_integer(&p->r, &number));
  STF_TRY(find_entity(p, dim, number, &entity, &added));
  if (!added)
    return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "a second entity %ld of dimension %d", number, dim), "one",
                         NULL);
  for (int i = 0; i < (dim ? 6 : 3); i++) STF_TRY(stf_msh_number(&p->r, &corner));
  stf_msh_entity read = {0};
  STF_TRY(read_groups(p, dim, &read));
  p->msh->entity[entity] = read;
  if (!dim) return STF_OK;
  STF_TRY(stf_msh_size(&p->r, &bounds));
  STF_TRY(stf_msh_check_count(&p->r, bounds, "bounding entities", 2, 4));
  for (long i = 0; i < bounds; i++) STF_TRY(stf_msh_integer(&p->r, &number));
  return STF_OK;
}

static stf_status read_entities(parser *p) {
  static const char *const items[4] = {"point", "curve", "surface", "volume"};
  long count[4];
  if (p->has_cells) return stf_msh_fault(&p->r, "entities behind the elements", "$Entities before $Elements", NULL);
  STF_TRY(stf_msh_begin_binary(&p->r));
  for (int dim = 0; dim < 4; dim++) {
    STF_TRY(stf_msh_size(&p->r, &count[dim]));
    STF_TRY(stf_msh_check_count(&p->r, count[dim], "entities", 10, 36));
  }
  for (int dim = 0; dim < 4; dim++)
    for (long i = 0; i < count[dim]; i++) {
      count_off(p, items[dim], (size_t)i, (size_t)count[dim]);
      STF_TRY(read_entity(p, dim));
    }
  return stf_msh_leave(&p->r);
}

/* ---- nodes ---- */

static stf_status begin_nodes(parser *p, long count) {
  stf_msh *msh = p->msh;
  if (p->has_nodes) return stf_msh_fault(&p->r, "a second list of nodes", "one", NULL);
  p->has_nodes = true;
  STF_TRY(stf_msh_check_count(&p->r, count, "nodes", TEXT_NODE, BINARY_NODE));
  if (count > INT_MAX) return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "%ld nodes", count), "fewer", NULL);
  msh->node_number = stf_arena_alloc(p->arena, (size_t)count * sizeof(*msh->node_number));
  msh->X = stf_arena_alloc(p->arena, (size_t)count * sizeof(*msh->X));
  return msh->node_number && msh->X ? STF_OK : STF_NO_RESOURCE;
}

static stf_status add_node(parser *p, long number) {
  bool added;
  p->msh->node_number[p->msh->nodes] = number;
  STF_TRY(stf_map_add(p->msh->node_of, number, (int)p->msh->nodes, &added));
  p->msh->nodes++;
  if (added) return STF_OK;
  return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "a second node with number %ld", number),
                       "numbers that differ", NULL);
}

static stf_status read_position(parser *p, double X[3]) {
  for (int i = 0; i < 3; i++) STF_TRY(stf_msh_number(&p->r, &X[i]));
  return STF_OK;
}

static stf_status read_nodes_22(parser *p) {
  long count, number;
  STF_TRY(stf_msh_text_integer(&p->r, &count));
  STF_TRY(stf_msh_begin_binary(&p->r));
  STF_TRY(begin_nodes(p, count));
  for (long i = 0; i < count; i++) {
    count_off(p, "node", (size_t)i, (size_t)count);
    STF_TRY(stf_msh_integer(&p->r, &number));
    STF_TRY(add_node(p, number));
    STF_TRY(read_position(p, p->msh->X[i]));
  }
  return stf_msh_leave(&p->r);
}

/* A block of nodes of one entity: their numbers, then their positions, with parameters behind each where it says so. */
static stf_status read_node_block(parser *p, long all) {
  long dim, entity, parametric, count, number;
  double parameter;
  const size_t from = p->msh->nodes;
  STF_TRY(stf_msh_integer(&p->r, &dim));
  STF_TRY(stf_msh_integer(&p->r, &entity));
  STF_TRY(stf_msh_integer(&p->r, &parametric));
  STF_TRY(stf_msh_size(&p->r, &count));
  if (dim < 0 || dim > 3) return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "dimension %ld", dim), "0 to 3", NULL);
  if (count > all - (long)from)
    return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "a block of %ld nodes", count),
                         stf_diags_text(p->r.diags, "%ld nodes in all", all), NULL);
  for (long i = 0; i < count; i++) {
    count_off(p, "number of node", from + (size_t)i, (size_t)all);
    STF_TRY(stf_msh_size(&p->r, &number));
    STF_TRY(add_node(p, number));
  }
  for (long i = 0; i < count; i++) {
    count_off(p, "position of node", from + (size_t)i, (size_t)all);
    STF_TRY(read_position(p, p->msh->X[from + (size_t)i]));
    for (long k = 0; k < dim && parametric; k++) STF_TRY(stf_msh_number(&p->r, &parameter));
  }
  return STF_OK;
}

static stf_status read_nodes_41(parser *p) {
  long blocks, count, unused;
  STF_TRY(stf_msh_begin_binary(&p->r));
  STF_TRY(stf_msh_size(&p->r, &blocks));
  STF_TRY(stf_msh_size(&p->r, &count));
  STF_TRY(stf_msh_size(&p->r, &unused));
  STF_TRY(stf_msh_size(&p->r, &unused));
  STF_TRY(begin_nodes(p, count));
  for (long b = 0; b < blocks; b++) {
    count_off(p, "block", (size_t)b, (size_t)blocks);
    STF_TRY(read_node_block(p, count));
  }
  p->r.item = NULL;
  if ((long)p->msh->nodes == count) return stf_msh_leave(&p->r);
  return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "%zu nodes", p->msh->nodes),
                       stf_diags_text(p->r.diags, "%ld, as the section says", count), NULL);
}

/* ---- elements ---- */

static stf_status begin_cells(parser *p, long count) {
  const size_t rest = (size_t)(p->r.end - p->r.at);
  stf_msh *msh = p->msh;
  if (!p->has_nodes) return stf_msh_fault(&p->r, "elements before the nodes", "$Nodes first", NULL);
  if (p->has_cells) return stf_msh_fault(&p->r, "a second list of elements", "one", NULL);
  p->has_cells = true;
  STF_TRY(stf_msh_check_count(&p->r, count, "elements", TEXT_CELL, BINARY_CELL));
  msh->cell = stf_arena_alloc(p->arena, (size_t)count * sizeof(*msh->cell));
  msh->cell_node = stf_arena_alloc(p->arena, rest / (p->r.binary ? 4 : 2) * sizeof(*msh->cell_node));
  return msh->cell && msh->cell_node ? STF_OK : STF_NO_RESOURCE;
}

static stf_status check_type(const parser *p, long number, const stf_msh_type **type) {
  *type = stf_msh_type_of(number);
  if (*type) return STF_OK;
  return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "an element of type %ld", number),
                       "tetrahedra of 4 or 10 nodes, hexahedra of 8, prisms of 6, and their sides", NULL);
}

/* Reads the nodes of a cell, and keeps the cell where it is a surface or a volume. */
static stf_status read_cell_nodes(parser *p, stf_msh_cell cell) {
  stf_msh *msh = p->msh;
  const stf_msh_type *type = cell.type;
  const int kept = type->dim == 2 ? type->corners : type->shape >= 0 ? type->nodes : 0;
  cell.first = p->node_refs;
  for (int a = 0; a < type->nodes; a++) {
    long number;
    STF_TRY(p->version == 22 ? stf_msh_integer(&p->r, &number) : stf_msh_size(&p->r, &number));
    if (a >= kept) continue;
    const int node = stf_map_find(msh->node_of, number);
    if (node < 0)
      return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "element %ld with node %ld", cell.number, number),
                           "nodes that there are", NULL);
    msh->cell_node[p->node_refs++] = node;
  }
  if (type->dim >= 2) msh->cell[msh->cells++] = cell;
  return STF_OK;
}

/* In text, an element is one line. */
static stf_status check_line(const parser *p, const stf_msh_cell *cell) {
  if (p->r.binary || (p->r.word_line == cell->where && stf_msh_line_is_done(&p->r))) return STF_OK;
  return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "element %ld, a %s,", cell->number, cell->type->name),
                       "on one line, with as many nodes as it has", NULL);
}

static stf_status read_tags(parser *p, long count, long *physical) {
  long tag;
  *physical = 0;
  for (long t = 0; t < count; t++) {
    STF_TRY(stf_msh_integer(&p->r, &tag));
    if (t == 0) *physical = tag < 0 ? -tag : tag;
  }
  return STF_OK;
}

static stf_status check_tags(const parser *p, long count) {
  if (count >= 0 && count <= 1000) return STF_OK;
  return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "an element with %ld tags", count), "0 to 1000", NULL);
}

/* An element of format 2.2 from its tags on. */
static stf_status read_cell_22(parser *p, stf_msh_cell cell, long tags) {
  long physical;
  STF_TRY(read_tags(p, tags, &physical));
  STF_TRY(find_group_entity(p, cell.type->dim, physical, &cell.entity));
  STF_TRY(read_cell_nodes(p, cell));
  return check_line(p, &cell);
}

static stf_status read_cells_22_text(parser *p, long count) {
  for (long i = 0; i < count; i++) {
    long type, tags;
    stf_msh_cell cell = {0};
    count_off(p, "element", (size_t)i, (size_t)count);
    STF_TRY(stf_msh_integer(&p->r, &cell.number));
    cell.where = stf_msh_where(&p->r);
    STF_TRY(stf_msh_integer(&p->r, &type));
    STF_TRY(check_type(p, type, &cell.type));
    STF_TRY(stf_msh_integer(&p->r, &tags));
    STF_TRY(check_tags(p, tags));
    STF_TRY(read_cell_22(p, cell, tags));
  }
  return STF_OK;
}

/* Elements of one type and number of tags follow each other behind a head that says so. */
static stf_status read_cells_22_binary(parser *p, long count) {
  for (long i = 0; i < count;) {
    long type, follow, tags;
    stf_msh_cell cell = {0};
    count_off(p, "element", (size_t)i, (size_t)count);
    STF_TRY(stf_msh_integer(&p->r, &type));
    STF_TRY(check_type(p, type, &cell.type));
    STF_TRY(stf_msh_integer(&p->r, &follow));
    STF_TRY(stf_msh_integer(&p->r, &tags));
    STF_TRY(check_tags(p, tags));
    if (follow < 1 || follow > count - i)
      return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "a block of %ld elements", follow),
                           stf_diags_text(p->r.diags, "%ld elements in all", count), NULL);
    for (long k = 0; k < follow; k++, i++) {
      count_off(p, "element", (size_t)i, (size_t)count);
      STF_TRY(stf_msh_integer(&p->r, &cell.number));
      cell.where = stf_msh_where(&p->r);
      STF_TRY(read_cell_22(p, cell, tags));
    }
  }
  return STF_OK;
}

static stf_status read_cells_22(parser *p) {
  long count;
  STF_TRY(stf_msh_text_integer(&p->r, &count));
  STF_TRY(stf_msh_begin_binary(&p->r));
  STF_TRY(begin_cells(p, count));
  STF_TRY(p->r.binary ? read_cells_22_binary(p, count) : read_cells_22_text(p, count));
  return stf_msh_leave(&p->r);
}

/* A block of elements of one entity and type; returns how many in `*count`. */
static stf_status read_cell_block(parser *p, long from, long all, long *count) {
  long dim, number, type;
  bool added;
  stf_msh_cell cell = {0};
  STF_TRY(stf_msh_integer(&p->r, &dim));
  STF_TRY(stf_msh_integer(&p->r, &number));
  STF_TRY(stf_msh_integer(&p->r, &type));
  STF_TRY(check_type(p, type, &cell.type));
  STF_TRY(stf_msh_size(&p->r, count));
  if (dim != cell.type->dim)
    return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "a %s in an entity of dimension %ld", cell.type->name, dim),
                         stf_diags_text(p->r.diags, "dimension %d", cell.type->dim), NULL);
  if (*count > all - from)
    return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "a block of %ld elements", *count),
                         stf_diags_text(p->r.diags, "%ld elements in all", all), NULL);
  STF_TRY(find_entity(p, (int)dim, number, &cell.entity, &added));
  for (long i = 0; i < *count; i++) {
    count_off(p, "element", (size_t)(from + i), (size_t)all);
    STF_TRY(stf_msh_size(&p->r, &cell.number));
    cell.where = stf_msh_where(&p->r);
    STF_TRY(read_cell_nodes(p, cell));
    STF_TRY(check_line(p, &cell));
  }
  return STF_OK;
}

static stf_status read_cells_41(parser *p) {
  long blocks, count, unused, done = 0, block;
  STF_TRY(stf_msh_begin_binary(&p->r));
  STF_TRY(stf_msh_size(&p->r, &blocks));
  STF_TRY(stf_msh_size(&p->r, &count));
  STF_TRY(stf_msh_size(&p->r, &unused));
  STF_TRY(stf_msh_size(&p->r, &unused));
  STF_TRY(begin_cells(p, count));
  for (long b = 0; b < blocks; b++, done += block) {
    count_off(p, "block", (size_t)b, (size_t)blocks);
    STF_TRY(read_cell_block(p, done, count, &block));
  }
  p->r.item = NULL;
  if (done == count) return stf_msh_leave(&p->r);
  return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "%ld elements", done),
                       stf_diags_text(p->r.diags, "%ld, as the section says", count), NULL);
}

/* ---- values at nodes and elements ---- */

/* Names, times and numbers in front of the values; of them the first name, the components and the count are kept. */
static stf_status read_head(parser *p, stf_msh_view *view) {
  long strings, reals, integers, number;
  double real;
  STF_TRY(stf_msh_text_integer(&p->r, &strings));
  view->name = "";
  for (long i = 0; i < strings; i++) {
    const char *word;
    size_t length;
    STF_TRY(stf_msh_word(&p->r, &word, &length));
    if (i == 0) view->name = stf_arena_copy(p->arena, word, length);
    if (!view->name) return STF_NO_RESOURCE;
  }
  STF_TRY(stf_msh_text_integer(&p->r, &reals));
  for (long i = 0; i < reals; i++) STF_TRY(stf_msh_text_number(&p->r, &real));
  STF_TRY(stf_msh_text_integer(&p->r, &integers));
  long head[3] = {0};
  for (long i = 0; i < integers; i++) {
    STF_TRY(stf_msh_text_integer(&p->r, &number));
    if (i < 3) head[i] = number;
  }
  view->components = head[1];
  if (head[1] < 1 || head[1] > 1000)
    return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "values of %ld components", head[1]), "1 to 1000", NULL);
  STF_TRY(stf_msh_check_count(&p->r, head[2], "values", 2 + 2 * head[1], 4 + 8 * head[1]));
  view->count = (size_t)head[2];
  return stf_msh_begin_binary(&p->r);
}

/* Adds up the values of one node or element, or of `times` nodes of an element one after another. */
static stf_status read_value(parser *p, const stf_msh_view *view, long times, double sum[3]) {
  for (long t = 0; t < times; t++) {
    double v[3] = {0}, value, along = 0.0;
    for (long k = 0; k < view->components; k++) STF_TRY(stf_msh_number(&p->r, view->vector ? &v[k] : &value));
    for (int i = 0; i < 3; i++) along += sum[i] * v[i];
    for (int i = 0; i < 3; i++) sum[i] += along < 0.0 ? -v[i] : v[i]; /* fibres have no sign */
  }
  return STF_OK;
}

static stf_status read_values(parser *p, stf_msh_view *view, bool by_node) {
  long number, times = 1;
  if (view->components == 3) {
    view->number = stf_arena_alloc(p->arena, view->count * sizeof(*view->number));
    view->vector = stf_arena_alloc(p->arena, view->count * sizeof(*view->vector));
    if (!view->number || !view->vector) return STF_NO_RESOURCE;
  }
  for (size_t i = 0; i < view->count; i++) {
    double sum[3] = {0};
    count_off(p, "value", i, view->count);
    STF_TRY(stf_msh_integer(&p->r, &number));
    if (by_node) STF_TRY(stf_msh_integer(&p->r, &times));
    if (times < 1 || times > 1000)
      return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "values at %ld nodes", times), "1 to 1000", NULL);
    STF_TRY(read_value(p, view, times, sum));
    if (!view->vector) continue;
    view->number[i] = number;
    memcpy(view->vector[i], sum, sizeof(sum));
  }
  return stf_msh_leave(&p->r);
}

static stf_status read_view(parser *p) {
  stf_msh_view view = {.nodes = stf_msh_in(&p->r, "NodeData")};
  STF_TRY(read_head(p, &view));
  STF_TRY(read_values(p, &view, stf_msh_in(&p->r, "ElementNodeData")));
  STF_TRY(make_room(p, (void **)&p->msh->view, p->msh->views, &p->view_room, sizeof(view)));
  p->msh->view[p->msh->views++] = view;
  return STF_OK;
}

/* ---- the file ---- */

static stf_status refuse_foreign(parser *p) {
  p->r.word = p->r.start;
  p->r.word_line = 1;
  const size_t line = strcspn(p->r.start, "\r\n");
  return stf_msh_fault(&p->r, stf_diags_quote(p->r.diags, p->r.start, line), "$MeshFormat, as a mesh of Gmsh begins",
                       "export it as .msh, version 2.2 or 4.1");
}

/* Whether binary numbers have their bytes in our order, by the 1 that stands there. */
static stf_status read_order(parser *p) {
  long one;
  p->r.binary = true;
  STF_TRY(stf_msh_begin_binary(&p->r));
  const char *at = p->r.at;
  STF_TRY(stf_msh_integer(&p->r, &one));
  if (one == 1) return STF_OK;
  p->r.at = at;
  p->r.swap = true;
  STF_TRY(stf_msh_integer(&p->r, &one));
  return one == 1 ? STF_OK : stf_msh_fault(&p->r, "four bytes that are not the number 1", "a binary 1", NULL);
}

static stf_status read_format(parser *p) {
  const char *version;
  size_t length;
  long kind, size;
  static const char first[] = "$MeshFormat";
  if (strncmp(p->r.start, first, sizeof(first) - 1) != 0) return refuse_foreign(p);
  STF_TRY(stf_msh_next(&p->r));
  STF_TRY(stf_msh_word(&p->r, &version, &length));
  p->version = length == 3 && !strncmp(version, "2.2", 3) ? 22 : length == 3 && !strncmp(version, "4.1", 3) ? 41 : 0;
  if (!p->version)
    return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "version %s", stf_diags_quote(p->r.diags, version, length)),
                         "version 2.2 or 4.1", "gmsh OLD.msh -save -format msh41 -o NEW.msh writes it");
  STF_TRY(stf_msh_text_integer(&p->r, &kind));
  if (kind != 0 && kind != 1) return stf_msh_fault(&p->r, "a kind that is neither", "0 for text or 1 for binary", NULL);
  STF_TRY(stf_msh_text_integer(&p->r, &size));
  if (kind && size != 8)
    return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "numbers of %ld bytes", size), "of 8 bytes", NULL);
  if (kind) STF_TRY(read_order(p));
  p->msh->binary = p->r.binary;
  return stf_msh_leave(&p->r);
}

static stf_status read_section(parser *p) {
  const bool old = p->version == 22;
  if (stf_msh_in(&p->r, "PhysicalNames")) return read_names(p);
  if (stf_msh_in(&p->r, "Entities") && !old) return read_entities(p);
  if (stf_msh_in(&p->r, "Nodes")) return old ? read_nodes_22(p) : read_nodes_41(p);
  if (stf_msh_in(&p->r, "Elements")) return old ? read_cells_22(p) : read_cells_41(p);
  if (stf_msh_in(&p->r, "NodeData") || stf_msh_in(&p->r, "ElementData") || stf_msh_in(&p->r, "ElementNodeData"))
    return read_view(p);
  if (stf_msh_in(&p->r, "PartitionedEntities") || stf_msh_in(&p->r, "ParametricNodes"))
    return stf_msh_fault(&p->r, "a mesh that is partitioned or has parametric nodes", "a plain mesh",
                         "gmsh MESH.msh -unpartition -save, without Mesh.SaveParametric");
  return stf_msh_skip(&p->r);
}

static stf_status read_all(parser *p) {
  p->msh->node_of = stf_map_create();
  p->entity_of = stf_map_create();
  p->group_of = stf_map_create();
  if (!p->msh->node_of || !p->entity_of || !p->group_of) return STF_NO_RESOURCE;
  STF_TRY(read_format(p));
  for (;;) {
    STF_TRY(stf_msh_next(&p->r));
    if (!p->r.section) break;
    STF_TRY(read_section(p));
  }
  if (p->has_nodes && p->has_cells) return STF_OK;
  p->r.word = p->r.end;
  p->r.word_line = p->r.line;
  return stf_msh_fault(&p->r, stf_diags_text(p->r.diags, "no section $%s", p->has_nodes ? "Elements" : "Nodes"),
                       "nodes and elements", "is the file whole?");
}

stf_status stf_msh_parse(const char *bytes, size_t size, const char *file, stf_arena *arena, stf_diags *diags,
                         stf_msh *msh) {
  parser p = {.r = {.file = file,
                    .start = bytes,
                    .end = bytes + size,
                    .at = bytes,
                    .word = bytes,
                    .line = 1,
                    .word_line = 1,
                    .diags = diags},
              .msh = msh,
              .arena = arena};
  *msh = (stf_msh){.file = file};
  const stf_status status = read_all(&p);
  stf_map_destroy(p.entity_of);
  stf_map_destroy(p.group_of);
  return status == STF_NO_RESOURCE ? no_memory(&p) : status;
}

void stf_msh_clear(stf_msh *msh) {
  stf_map_destroy(msh->node_of);
  msh->node_of = NULL;
}

/* ---- loading ---- */

static stf_status trouble(const char *path, stf_place place, int error, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, place, stf_diags_text(diags, "%s: %s", path, strerror(error)), "to read this file",
                NULL);
  return STF_NO_RESOURCE;
}

static stf_status read_open(int descriptor, const char *path, stf_place place, stf_diags *diags, char **bytes,
                            size_t *size) {
  struct stat about;
  if (fstat(descriptor, &about)) return trouble(path, place, errno, diags);
  if (!S_ISREG(about.st_mode)) {
    stf_diags_add(diags, STF_ERROR, place, stf_diags_text(diags, "%s, which is no file", path), "a mesh of Gmsh", NULL);
    return STF_BAD_INPUT;
  }
  const size_t room = (size_t)about.st_size;
  *bytes = malloc(room + 1);
  if (!*bytes) return trouble(path, place, ENOMEM, diags);
  *size = 0;
  while (*size < room) {
    const ssize_t got = read(descriptor, *bytes + *size, room - *size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(path, place, errno, diags);
    if (got == 0) break;
    *size += (size_t)got;
  }
  (*bytes)[*size] = '\0';
  return STF_OK;
}

stf_status stf_msh_load(const char *path, stf_place place, stf_diags *diags, char **bytes, size_t *size) {
  *bytes = NULL;
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return trouble(path, place, errno, diags);
  const stf_status status = read_open(descriptor, path, place, diags, bytes, size);
  close(descriptor);
  if (!status) return STF_OK;
  free(*bytes);
  *bytes = NULL;
  return status;
}
