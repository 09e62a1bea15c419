/*
 * A mesh from a Gmsh file: physical groups of volumes are regions, those of surfaces are faces. Nodes and elements keep
 * the order of the file; nodes that no region needs are left out. What a file can be wrong in is found here, with
 * numbers and places of the file.
 */
#include "anatomy/gmsh.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "anatomy/direction.h"
#include "anatomy/faces.h"
#include "anatomy/msh.h"
#include "anatomy/sides.h"
#include "base/text.h"

typedef struct gmsh {
  const stf_yaml_node *node;
  const char *file, *unit;
  stf_items regions; /* stf_layer */
  stf_items glides;  /* stf_glide_line */
} gmsh;

static const stf_option region_options[] = {
    STF_LAYER_NAME("name of a physical group of volumes; its number where it has no name"),
    STF_LAYER_TISSUE,
    STF_LAYER_FIBRES("for each fibre family of the tissue, its angle in the plane across the normal, from the x axis, "
                     "counter-clockwise seen against the normal"),
    STF_LAYER_FIELDS,
    STF_LAYER_SHARES,
    {.key = "normal",
     .kind = STF_KIND_VARIANT,
     .offset = offsetof(stf_layer, normal),
     .fallback = "",
     .variants = &stf_normal_fields,
     .help = "where the normal of the sheet comes from; by default it is z"},
};

static const stf_table region_table = STF_TABLE_OF("region", stf_layer, region_options);

static const stf_option glide_options[] = {
    STF_GLIDE_NAME(stf_glide_line),
    STF_GLIDE_TISSUE,
    STF_GLIDE_SLIDING,
    {.key = "lower",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_glide_line, lower),
     .help = "the face at whose nodes the gap is measured; better the finer one"},
    {.key = "upper", .kind = STF_KIND_NAME, .offset = offsetof(stf_glide_line, upper), .help = "the face before it"},
};

static const stf_table glide_table = STF_TABLE_OF("interface", stf_glide_line, glide_options);

static const stf_option gmsh_options[] = {
    {.key = "file",
     .kind = STF_KIND_FILE,
     .offset = offsetof(gmsh, file),
     .help = "mesh of Gmsh, format 2.2 or 4.1; its physical groups of surfaces are faces, by their names"},
    {.key = "unit",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(gmsh, unit),
     .help = "unit of length in the file, such as mm"},
    {.key = "regions",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(gmsh, regions),
     .minimum = 1,
     .maximum = 1000,
     .table = &region_table,
     .help = "the groups of volumes that are modelled, and what they are made of"},
    {.key = "interfaces",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(gmsh, glides),
     .fallback = "",
     .maximum = 100,
     .table = &glide_table,
     .needs_other = true,
     .help = "faces that glide on each other; their nodes may match or not, but are not shared"},
};

const stf_table stf_gmsh_table = STF_TABLE_OF("gmsh", gmsh, gmsh_options);

static const stf_layer *give_layer(const void *options, size_t i) {
  const gmsh *g = options;
  return i < g->regions.count ? (const stf_layer *)g->regions.items + i : NULL;
}

static const stf_glide_line *give_glide(const void *options, size_t i) {
  const gmsh *g = options;
  return i < g->glides.count ? (const stf_glide_line *)g->glides.items + i : NULL;
}

static stf_status check(const void *options, double size, stf_diags *diags);
static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);

static const stf_generator generator = {
    .layer = give_layer, .glide = give_glide, .sized = false, .check = check, .build = build};

/* Length of the file's unit [mm]; false when it is none. */
static bool read_unit(const char *unit, double *length) {
  char text[128] = "";
  stf_text_sink sink = {.buffer = text, .size = sizeof(text)};
  stf_text_add(&sink, "1 %s", unit);
  return sink.length < sizeof(text) && stf_quantity_parse(text, STF_LENGTH, length) == STF_QUANTITY_OK && *length > 0.0;
}

static stf_status check(const void *options, double size, stf_diags *diags) {
  const gmsh *g = options;
  const stf_status status = stf_layers_check(&generator, options, diags);
  double length;
  (void)size;
  if (read_unit(g->unit, &length)) return status;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(g->node, "unit"), stf_diags_quote(diags, g->unit, strlen(g->unit)),
                "a unit of length, such as mm, cm or m", NULL);
  return STF_BAD_INPUT;
}

/* What building works on. */
typedef struct work {
  const gmsh *options;
  const stf_msh *msh;
  stf_arena *arena;
  stf_diags *diags;
  stf_mesh *mesh;
  int *region;     /* [msh->entities] of each entity, or -1 */
  int *node;       /* [msh->nodes] number in the mesh, or -1 */
  size_t *element; /* [mesh->elements] its cell in the file */
  stf_mesh_origin origin;
} work;

static stf_place file_place(const work *w, const stf_msh_cell *cell) {
  const bool line = cell && !w->msh->binary && cell->where <= INT_MAX;
  return (stf_place){.file = w->msh->file, .line = line ? (int)cell->where : 0};
}

/* ---- which groups are regions ---- */

/* Names of the groups of volumes, for a message. */
static const char *list_groups(const work *w, const char *names[], size_t most, size_t *count) {
  const char *all = "";
  *count = 0;
  for (size_t g = 0; g < w->msh->groups && *count < most; g++) {
    const stf_msh_group *group = &w->msh->group[g];
    if (group->dim != 3) continue;
    names[*count] = group->name;
    all = stf_diags_text(w->diags, "%s%s%s", all, *count ? ", " : "",
                         stf_diags_quote(w->diags, group->name, strlen(group->name)));
    ++*count;
  }
  return all;
}

static void refuse_region(const work *w, const stf_layer *layer) {
  const char *names[64];
  size_t count;
  const char *all = list_groups(w, names, 64, &count), *nearest = stf_text_nearest(layer->name, names, count);
  const char *hint = nearest ? stf_diags_text(w->diags, "did you mean %s?", nearest) : NULL;
  if (!count) hint = "give volumes physical groups in Gmsh";
  stf_diags_add(w->diags, STF_ERROR, stf_yaml_place(layer->node, "name"),
                stf_diags_text(w->diags, "region %s", layer->name),
                count ? stf_diags_text(w->diags, "a group of volumes in %s: %s", w->msh->file, all)
                      : stf_diags_text(w->diags, "a group of volumes; %s has none", w->msh->file),
                hint);
}

/* Region of each group of volumes, or -1. */
static stf_status match_groups(const work *w, int *of_group) {
  stf_status status = STF_OK;
  for (size_t g = 0; g < w->msh->groups; g++) of_group[g] = -1;
  for (size_t i = 0; i < w->options->regions.count; i++) {
    const stf_layer *layer = give_layer(w->options, i);
    bool found = false;
    for (size_t g = 0; g < w->msh->groups; g++) {
      if (w->msh->group[g].dim != 3 || strcmp(w->msh->group[g].name, layer->name) != 0) continue;
      of_group[g] = (int)i;
      found = true;
    }
    if (found) continue;
    refuse_region(w, layer);
    status = STF_BAD_INPUT;
  }
  return status;
}

/* Region of each entity by its groups; none may be in two. */
static stf_status match_entities(const work *w, const int *of_group) {
  stf_status status = STF_OK;
  for (size_t k = 0; k < w->msh->entities; k++) {
    const stf_msh_entity *entity = &w->msh->entity[k];
    w->region[k] = -1;
    for (size_t g = 0; g < entity->groups; g++) {
      const int region = of_group[entity->group[g]];
      if (region < 0 || region == w->region[k]) continue;
      if (w->region[k] >= 0) {
        stf_diags_add(w->diags, STF_ERROR, stf_yaml_place(give_layer(w->options, (size_t)region)->node, "name"),
                      stf_diags_text(w->diags, "a volume in the groups %s and %s",
                                     give_layer(w->options, (size_t)w->region[k])->name,
                                     give_layer(w->options, (size_t)region)->name),
                      "one region for each volume", NULL);
        status = STF_BAD_INPUT;
      }
      w->region[k] = region;
    }
  }
  return status;
}

static stf_status choose_regions(work *w) {
  int *of_group = malloc((w->msh->groups + 1) * sizeof(*of_group));
  w->region = malloc((w->msh->entities + 1) * sizeof(*w->region));
  stf_status status = of_group && w->region ? match_groups(w, of_group) : STF_NO_RESOURCE;
  if (!status) status = match_entities(w, of_group);
  free(of_group);
  return status;
}

/* ---- elements and nodes ---- */

static bool is_kept(const work *w, const stf_msh_cell *cell) {
  return cell->type->dim == 3 && w->region[cell->entity] >= 0;
}

/* Says how many volume elements are in no region. */
static void warn_left_out(const work *w) {
  size_t count = 0, groups = 0;
  const char *names = "";
  for (size_t c = 0; c < w->msh->cells; c++)
    count += w->msh->cell[c].type->dim == 3 && w->region[w->msh->cell[c].entity] < 0;
  if (!count) return;
  for (size_t g = 0; g < w->msh->groups && groups < 12; g++) {
    const stf_msh_group *group = &w->msh->group[g];
    bool used = group->dim != 3;
    for (size_t i = 0; i < w->options->regions.count; i++)
      used = used || !strcmp(group->name, give_layer(w->options, i)->name);
    if (used) continue;
    names = stf_diags_text(w->diags, "%s%s%s", names, groups++ ? ", " : "",
                           stf_diags_quote(w->diags, group->name, strlen(group->name)));
  }
  stf_diags_add(w->diags, STF_WARNING, stf_yaml_place(w->options->node, "regions"),
                stf_diags_text(w->diags, "%zu volume elements of %s in no region", count, w->msh->file),
                "every volume in a region, unless a part is meant",
                groups ? stf_diags_text(w->diags, "groups that are left out: %s", names) : "they are in no group");
}

/* Elements that there is no kernel for. */
static stf_status check_types(const work *w) {
  stf_mesh_faults faults = {.place = file_place(w, NULL), .diags = w->diags};
  for (size_t c = 0; c < w->msh->cells; c++) {
    const stf_msh_cell *cell = &w->msh->cell[c];
    if (!is_kept(w, cell) || cell->type->shape >= 0 || !stf_mesh_fault(&faults)) continue;
    const char *at = w->msh->binary ? stf_diags_text(w->diags, " at byte %ld", cell->where) : "";
    stf_diags_add(w->diags, STF_ERROR, file_place(w, cell),
                  stf_diags_text(w->diags, "element %ld%s, a %s", cell->number, at, cell->type->name),
                  "tetrahedra of 4 or 10 nodes, hexahedra of 8, prisms of 6", "mesh it with one of these in Gmsh");
  }
  stf_mesh_faults_end(&faults, "elements of such types");
  return faults.any ? STF_BAD_INPUT : STF_OK;
}

static stf_status count_elements(work *w) {
  size_t *of_region = calloc(w->options->regions.count + 1, sizeof(*of_region));
  if (!of_region) return STF_NO_RESOURCE;
  stf_status status = STF_OK;
  for (size_t c = 0; c < w->msh->cells; c++) {
    if (!is_kept(w, &w->msh->cell[c])) continue;
    of_region[w->region[w->msh->cell[c].entity]]++;
    w->mesh->elements++;
  }
  for (size_t i = 0; i < w->options->regions.count; i++) {
    const stf_layer *layer = give_layer(w->options, i);
    if (of_region[i]) continue;
    stf_diags_add(w->diags, STF_ERROR, stf_yaml_place(layer->node, "name"),
                  stf_diags_text(w->diags, "region %s, in which %s has no volume elements", layer->name, w->msh->file),
                  "a group with elements in it", "was the mesh saved in three dimensions?");
    status = STF_BAD_INPUT;
  }
  free(of_region);
  if (w->mesh->elements <= STF_MAX_ELEMENTS) return status;
  stf_diags_add(w->diags, STF_ERROR, file_place(w, NULL), stf_diags_text(w->diags, "%zu elements", w->mesh->elements),
                stf_diags_text(w->diags, "at most %d million", STF_MAX_ELEMENTS / 1000000), NULL);
  return STF_BAD_INPUT;
}

/* Positions that no body has, and that could not be computed with. */
static stf_status check_extent(const work *w) {
  stf_mesh_faults faults = {.place = file_place(w, NULL), .diags = w->diags};
  for (size_t n = 0; n < w->mesh->nodes; n++) {
    const double *X = w->mesh->X[n], far = fmax(fabs(X[0]), fmax(fabs(X[1]), fabs(X[2])));
    if (far <= 1e9 || !stf_mesh_fault(&faults)) continue;
    stf_diags_add(w->diags, STF_ERROR, faults.place,
                  stf_diags_text(w->diags, "node %ld at %.4g, %.4g, %.4g mm", w->origin.node[n], X[0], X[1], X[2]),
                  "less than 1000 km", "is `unit` the file's?");
  }
  stf_mesh_faults_end(&faults, "nodes so far away");
  return faults.any ? STF_BAD_INPUT : STF_OK;
}

/* Numbers of the nodes that kept elements have, in the order of the file; positions in mm. */
static stf_status place_nodes(work *w, double unit) {
  const stf_msh *msh = w->msh;
  w->node = malloc((msh->nodes + 1) * sizeof(*w->node));
  if (!w->node) return STF_NO_RESOURCE;
  memset(w->node, 0xff, msh->nodes * sizeof(*w->node)); /* -1 */
  for (size_t c = 0; c < msh->cells; c++)
    for (int a = 0; a < msh->cell[c].type->nodes && is_kept(w, &msh->cell[c]); a++)
      w->node[msh->cell_node[msh->cell[c].first + (size_t)a]] = 0;
  for (size_t n = 0; n < msh->nodes; n++)
    if (w->node[n] == 0) w->node[n] = (int)w->mesh->nodes++;
  long *number = stf_arena_alloc(w->arena, w->mesh->nodes * sizeof(*number));
  w->mesh->X = stf_arena_alloc(w->arena, w->mesh->nodes * sizeof(*w->mesh->X));
  if (!number || !w->mesh->X) return STF_NO_RESOURCE;
  for (size_t n = 0; n < msh->nodes; n++) {
    if (w->node[n] < 0) continue;
    number[w->node[n]] = msh->node_number[n];
    for (int i = 0; i < 3; i++) w->mesh->X[w->node[n]][i] = unit * msh->X[n][i];
  }
  w->origin.node = number;
  return check_extent(w);
}

static stf_status place_elements(work *w) {
  /* Gmsh has the middles of edges 23 and 13 of a tetrahedron the other way round than VTK. */
  static const int order[STF_SHAPE_NODES] = {0, 1, 2, 3, 4, 5, 6, 7, 9, 8}, plain[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  stf_mesh *mesh = w->mesh;
  long *number = stf_arena_alloc(w->arena, mesh->elements * sizeof(*number));
  long *where = stf_arena_alloc(w->arena, mesh->elements * sizeof(*where));
  w->element = malloc((mesh->elements + 1) * sizeof(*w->element));
  if (!number || !where || !w->element) return STF_NO_RESOURCE;
  STF_TRY(stf_mesh_make_elements(mesh, w->arena));
  for (size_t c = 0, e = 0; c < w->msh->cells; c++) {
    const stf_msh_cell *cell = &w->msh->cell[c];
    if (!is_kept(w, cell)) continue;
    const int *from = cell->type->shape == STF_TET10 ? order : plain;
    for (int a = 0; a < cell->type->nodes; a++)
      mesh->cell[e][a] = w->node[w->msh->cell_node[cell->first + (size_t)from[a]]];
    mesh->shape[e] = (unsigned char)cell->type->shape;
    mesh->region[e] = w->region[cell->entity];
    number[e] = cell->number;
    where[e] = cell->where;
    w->element[e++] = c;
  }
  w->origin.element = number;
  w->origin.where = where;
  return STF_OK;
}

static stf_status name_regions(const work *w) {
  stf_mesh *mesh = w->mesh;
  mesh->region_count = w->options->regions.count;
  mesh->regions = stf_arena_alloc(w->arena, mesh->region_count * sizeof(*mesh->regions));
  if (!mesh->regions) return STF_NO_RESOURCE;
  for (size_t i = 0; i < mesh->region_count; i++) {
    const stf_layer *layer = give_layer(w->options, i);
    mesh->regions[i] = (stf_region){.name = layer->name, .families = stf_layer_families(layer)};
  }
  return STF_OK;
}

/* ---- nodes at the same place ---- */

typedef struct spot {
  long cell[3];
  int node;
} spot;

static int compare_spots(const void *a, const void *b) {
  const spot *x = a, *y = b;
  for (int i = 0; i < 3; i++)
    if (x->cell[i] != y->cell[i]) return x->cell[i] < y->cell[i] ? -1 : 1;
  return (x->node > y->node) - (x->node < y->node);
}

static int ascending(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

static bool is_in(const stf_face *face, int node) {
  return bsearch(&node, face->node, face->nodes, sizeof(*face->node), ascending);
}

/* Whether two nodes may stand at the same place, on either side of an interface. */
static bool may_meet(const stf_mesh *mesh, int a, int b) {
  for (size_t k = 0; k < mesh->interfaces; k++) {
    const stf_face *lower = &mesh->faces[mesh->interface[k].face[0]], *upper = &mesh->faces[mesh->interface[k].face[1]];
    if ((is_in(lower, a) && is_in(upper, b)) || (is_in(lower, b) && is_in(upper, a))) return true;
  }
  return false;
}

static void refuse_pair(const work *w, stf_mesh_faults *faults, int a, int b) {
  const double *X = w->mesh->X[a];
  if (may_meet(w->mesh, a, b) || !stf_mesh_fault(faults)) return;
  stf_diags_add(w->diags, STF_ERROR, faults->place,
                stf_diags_text(w->diags, "nodes %ld and %ld at the same place, %.6g, %.6g, %.6g mm", w->origin.node[a],
                               w->origin.node[b], X[0], X[1], X[2]),
                "one node there", "parts that meet without sharing nodes? `Coherence Mesh;` in Gmsh joins them");
}

/*
 * Finds nodes that stand in the same small cube. Two passes with cubes half a width apart see nearly every pair that a
 * cube's border keeps apart; nodes at exactly the same place are always seen.
 */
static stf_status check_doubled(const work *w) {
  stf_mesh_faults faults = {.place = file_place(w, NULL), .diags = w->diags};
  double low[3] = {INFINITY, INFINITY, INFINITY}, extent = 0.0;
  const stf_mesh *mesh = w->mesh;
  spot *spots = malloc((mesh->nodes + 1) * sizeof(*spots));
  if (!spots) return STF_NO_RESOURCE;
  for (int i = 0; i < 3; i++) {
    extent = fmax(extent, stf_mesh_extent(mesh, i));
    for (size_t n = 0; n < mesh->nodes; n++) low[i] = fmin(low[i], mesh->X[n][i]);
  }
  const double width = fmax(1e-8 * extent, 1e-300);
  for (int pass = 0; pass < 2 && !faults.any; pass++) {
    for (size_t n = 0; n < mesh->nodes; n++) {
      spots[n].node = (int)n;
      for (int i = 0; i < 3; i++) spots[n].cell[i] = (long)floor((mesh->X[n][i] - low[i]) / width + 0.5 * pass);
    }
    qsort(spots, mesh->nodes, sizeof(*spots), compare_spots);
    for (size_t k = 1; k < mesh->nodes; k++)
      if (!memcmp(spots[k].cell, spots[k - 1].cell, sizeof(spots[k].cell)))
        refuse_pair(w, &faults, spots[k - 1].node, spots[k].node);
  }
  stf_mesh_faults_end(&faults, "nodes at the place of another");
  free(spots);
  return faults.any ? STF_BAD_INPUT : STF_OK;
}

/* ---- directions ---- */

/* Adds a vector that may point either way to a sum, the way that makes it longer. */
static void add_line(double sum[3], const double v[3]) {
  const double way = sum[0] * v[0] + sum[1] * v[1] + sum[2] * v[2] < 0.0 ? -1.0 : 1.0;
  for (int i = 0; i < 3; i++) sum[i] += way * v[i];
}

static stf_status vectors_at_nodes(const work *w, const stf_msh_view *view, double (*out)[3]) {
  const stf_mesh *mesh = w->mesh;
  int *value = malloc((mesh->nodes + 1) * sizeof(*value));
  if (!value) return STF_NO_RESOURCE;
  memset(value, 0xff, mesh->nodes * sizeof(*value)); /* -1 */
  for (size_t k = 0; k < view->count; k++) {
    const int node = stf_map_find(w->msh->node_of, view->number[k]);
    if (node >= 0 && w->node[node] >= 0) value[w->node[node]] = (int)k;
  }
  for (size_t e = 0; e < mesh->elements; e++) {
    double sum[3] = {0};
    for (int a = 0; a < stf_shapes[mesh->shape[e]].corners; a++) {
      const int k = value[mesh->cell[e][a]];
      if (k >= 0)
        add_line(sum, view->vector[k]);
      else
        sum[0] = NAN;
    }
    memcpy(out[e], sum, sizeof(sum));
  }
  free(value);
  return STF_OK;
}

static stf_status vectors_at_elements(const work *w, const stf_msh_view *view, double (*out)[3]) {
  stf_map *value = stf_map_create();
  stf_status status = value ? STF_OK : STF_NO_RESOURCE;
  bool added;
  for (size_t k = 0; k < view->count && !status; k++) status = stf_map_add(value, view->number[k], (int)k, &added);
  for (size_t e = 0; e < w->mesh->elements && !status; e++) {
    const int k = stf_map_find(value, w->origin.element[e]);
    for (int i = 0; i < 3; i++) out[e][i] = k < 0 ? NAN : view->vector[k][i];
  }
  stf_map_destroy(value);
  return status;
}

static stf_status refuse_view(const work *w, const stf_yaml_node *node, const char *found, const char *hint) {
  const char *names = "";
  for (size_t v = 0; v < w->msh->views && v < 12; v++)
    names = stf_diags_text(w->diags, "%s%s%s", names, v ? ", " : "",
                           stf_diags_quote(w->diags, w->msh->view[v].name, strlen(w->msh->view[v].name)));
  stf_diags_add(
      w->diags, STF_ERROR, stf_yaml_place(node, "name"), found,
      w->msh->views
          ? stf_diags_text(w->diags, "one field of 3 components in %s, which has: %s", w->msh->file, names)
          : stf_diags_text(w->diags, "$NodeData, $ElementData or $ElementNodeData in %s, which has none", w->msh->file),
      hint);
  return STF_BAD_INPUT;
}

static stf_status get_vectors(void *context, const stf_yaml_node *node, const char *name, stf_diags *diags,
                              double (*out)[3]) {
  const work *w = context;
  const stf_msh_view *view = NULL;
  size_t count = 0;
  for (size_t v = 0; v < w->msh->views; v++) {
    if (strcmp(w->msh->view[v].name, name) != 0) continue;
    if (!count++) view = &w->msh->view[v];
  }
  const char *quoted = stf_diags_quote(diags, name, strlen(name));
  if (!view) return refuse_view(w, node, stf_diags_text(diags, "no field %s", quoted), NULL);
  if (count > 1)
    return refuse_view(w, node, stf_diags_text(diags, "%zu fields %s", count, quoted), "steps in time? keep one");
  if (!view->vector)
    return refuse_view(w, node, stf_diags_text(diags, "the field %s of %ld components", quoted, view->components),
                       NULL);
  return view->nodes ? vectors_at_nodes(w, view, out) : vectors_at_elements(w, view, out);
}

/* Fibres given by their angles from the x axis, in the plane across the normal. */
static stf_status place_angles(const work *w) {
  static const double x[3] = {1, 0, 0};
  stf_mesh *mesh = w->mesh;
  stf_mesh_faults faults = {.mesh = mesh, .diags = w->diags};
  for (size_t e = 0; e < mesh->elements; e++) {
    const stf_layer *layer = give_layer(w->options, (size_t)mesh->region[e]);
    double along[3];
    if (!layer->fibres.count) continue;
    if (!stf_direction_across(mesh->normal[e], x, along)) {
      if (stf_mesh_fault(&faults))
        stf_diags_add(w->diags, STF_ERROR, stf_yaml_place(layer->node, "fibres"),
                      stf_diags_text(w->diags, "angles from the x axis in %s, whose normal is along x",
                                     stf_mesh_name_element(mesh, e, w->diags)),
                      "a normal across x, or `fibre_fields`", NULL);
      continue;
    }
    for (size_t f = 0; f < layer->fibres.count; f++)
      stf_direction_turn(mesh->normal[e], along, layer->fibres.values[f], mesh->fibre[e][f]);
  }
  stf_mesh_faults_end(&faults, "such elements");
  return faults.any ? STF_BAD_INPUT : STF_OK;
}

static stf_status place_directions(work *w) {
  const stf_vectors vectors = {.context = w, .get = get_vectors};
  for (size_t e = 0; e < w->mesh->elements; e++) w->mesh->normal[e][2] = 1.0;
  STF_TRY(stf_directions_fill_normals(&generator, w->options, &vectors, w->diags, w->mesh));
  STF_TRY(place_angles(w));
  return stf_directions_fill_fibres(&generator, w->options, &vectors, w->diags, w->mesh);
}

/* ---- all of it ---- */

static stf_status check_cells(const work *w) {
  const stf_status doubled = check_doubled(w), cells = stf_mesh_check_cells(w->mesh, file_place(w, NULL), w->diags);
  return doubled > cells ? doubled : cells;
}

/* ---- interfaces ---- */

/* The face of an interface, or -1 with a diagnostic. */
static int face_of(const work *w, const stf_glide_line *line, const char *key, const char *name) {
  const char *all = "";
  for (size_t f = 0; f < w->mesh->face_count; f++) {
    if (!strcmp(w->mesh->faces[f].name, name)) return (int)f;
    all = stf_diags_text(w->diags, "%s%s%s", all, f ? ", " : "", w->mesh->faces[f].name);
  }
  stf_diags_add(w->diags, STF_ERROR, stf_yaml_place(line->node, key), stf_diags_text(w->diags, "face '%s'", name),
                w->mesh->face_count ? stf_diags_text(w->diags, "one of %s", all) : "a physical group of surfaces",
                NULL);
  return -1;
}

static stf_status refuse_glide(const work *w, const stf_glide_line *line, const char *key, const char *found,
                               const char *expected) {
  stf_diags_add(w->diags, STF_ERROR, stf_yaml_place(line->node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

static stf_status place_glides(const work *w) {
  stf_mesh *mesh = w->mesh;
  mesh->interface = stf_arena_alloc(w->arena, (w->options->glides.count + 1) * sizeof(*mesh->interface));
  if (!mesh->interface) return STF_NO_RESOURCE;
  for (size_t k = 0; k < w->options->glides.count; k++) {
    const stf_glide_line *line = give_glide(w->options, k);
    const int lower = face_of(w, line, "lower", line->lower), upper = face_of(w, line, "upper", line->upper);
    if (lower < 0 || upper < 0) return STF_BAD_INPUT;
    for (size_t i = 0; i < k; i++) {
      if (!strcmp(mesh->interface[i].name, line->name))
        return refuse_glide(w, line, "name", stf_diags_text(w->diags, "a second interface named %s", line->name),
                            "names that differ");
      const int *other = mesh->interface[i].face;
      if ((other[0] == lower && other[1] == upper) || (other[0] == upper && other[1] == lower))
        return refuse_glide(w, line, "lower",
                            stf_diags_text(w->diags, "a second interface between %s and %s, after %s", line->lower,
                                           line->upper, mesh->interface[i].name),
                            "one law for an interface");
    }
    mesh->interface[k] = (stf_interface){.name = line->name, .face = {lower, upper}};
    mesh->interfaces++;
  }
  return STF_OK;
}

/* Faces, and what parts hang together by: interfaces, too, which need faces first. */
static stf_status find_faces(const work *w) {
  const bool glides = w->options->glides.count > 0;
  stf_sides sides;
  stf_status status = glides ? STF_OK : check_cells(w);
  if (status) return status;
  status = stf_sides_init(w->mesh, &sides);
  if (!status && !glides) status = stf_sides_check(&sides, file_place(w, NULL), w->diags);
  if (!status) status = stf_faces_find(w->msh, w->node, &sides, w->arena, w->diags, w->mesh);
  if (!status && glides) status = place_glides(w);
  if (!status && glides) status = check_cells(w);
  if (!status && glides) status = stf_sides_check(&sides, file_place(w, NULL), w->diags);
  stf_sides_clear(&sides);
  return status;
}

static stf_status assemble(work *w) {
  double unit = 1.0;
  read_unit(w->options->unit, &unit);
  STF_TRY(choose_regions(w));
  warn_left_out(w);
  STF_TRY(check_types(w));
  STF_TRY(count_elements(w));
  STF_TRY(place_nodes(w, unit));
  STF_TRY(place_elements(w));
  STF_TRY(name_regions(w));
  stf_mesh_origin *origin = stf_arena_alloc(w->arena, sizeof(*origin));
  const char *file = stf_arena_copy(w->arena, w->msh->file, strlen(w->msh->file));
  if (!origin || !file) return STF_NO_RESOURCE;
  w->origin.file = file;
  w->origin.bytes = w->msh->binary;
  *origin = w->origin;
  w->mesh->origin = origin;
  w->mesh->length = stf_mesh_extent(w->mesh, 0);
  STF_TRY(find_faces(w));
  return place_directions(w);
}

static stf_status build_parsed(const gmsh *options, const stf_msh *msh, stf_arena *arena, stf_diags *diags,
                               stf_mesh *mesh) {
  work w = {.options = options, .msh = msh, .arena = arena, .diags = diags, .mesh = mesh};
  const size_t errors = stf_diags_errors(diags);
  const stf_status status = assemble(&w);
  free(w.region);
  free(w.node);
  free(w.element);
  if (status == STF_NO_RESOURCE && stf_diags_errors(diags) == errors)
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = msh->file}, "no memory left for the mesh", NULL, NULL);
  return status;
}

stf_status stf_gmsh_build(const void *options, const char *bytes, size_t size, stf_arena *arena, stf_diags *diags,
                          stf_mesh *mesh) {
  const gmsh *g = options;
  stf_arena *file_arena = stf_arena_create();
  stf_msh msh;
  *mesh = (stf_mesh){0};
  if (!file_arena) return STF_NO_RESOURCE;
  stf_status status = stf_msh_parse(bytes, size, g->file, file_arena, diags, &msh);
  if (!status) status = build_parsed(g, &msh, arena, diags, mesh);
  stf_msh_clear(&msh);
  stf_arena_destroy(file_arena);
  return status;
}

static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh) {
  const gmsh *g = options;
  char *bytes;
  size_t length;
  STF_TRY(check(options, size, diags));
  STF_TRY(stf_msh_load(g->file, stf_yaml_place(g->node, "file"), diags, &bytes, &length));
  const stf_status status = stf_gmsh_build(options, bytes, length, arena, diags, mesh);
  free(bytes);
  return status;
}

extern const stf_variant_type stf_gmsh;
const stf_variant_type stf_gmsh = {
    .name = "gmsh", .help = "a mesh from a file of Gmsh", .table = &stf_gmsh_table, .extra = &generator};
