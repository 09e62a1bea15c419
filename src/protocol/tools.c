/* Shapes of tools: plane, sphere, cylinder, pad. A new one is a function in interface/tool_shapes.c, a table and a row
 * here. */
#include "protocol/tools.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Stiffness over the tissue's shear modulus, and the onset over an element, where a scenario gives none: so stiff that
 * a tool sinks in by a thousandth of an element or so, and no stiffer than a linear solver likes. */
static const double STIFFNESS = 300.0, ONSET = 1e-3;

/* What every tool's options begin with. */
typedef struct tool_options {
  const stf_yaml_node *node;
  const char *name;
  stf_quantities centre;
  const char *against;
  double friction;
  double stiffness;  /* NAN: chosen */
  double foundation; /* NAN: none */
} tool_options;

typedef struct plane_options {
  tool_options common;
  stf_quantities normal;
} plane_options;

typedef struct sphere_options {
  tool_options common;
  double radius;
} sphere_options;

typedef struct cylinder_options {
  tool_options common;
  stf_quantities axis;
  double radius;
} cylinder_options;

typedef struct pad_options {
  tool_options common;
  stf_quantities half;
  double rounding;
} pad_options;

/* A shape; `extra` of its variant type. Fills form and the body's size; STF_BAD_INPUT with a diagnostic. */
typedef struct tool_kind {
  const stf_tool_shape *shape;
  stf_status (*form)(const void *options, stf_diags *diags, stf_tool_form *form, double *size);
} tool_kind;

#define COMMON                                                                                                         \
  {.key = "name",                                                                                                      \
   .kind = STF_KIND_NAME,                                                                                              \
   .offset = offsetof(tool_options, name),                                                                             \
   .help = "what the tool is called; activities and measurements speak of it as of a rigid body",                      \
   .example = "roller"},                                                                                               \
      {.key = "centre",                                                                                                \
       .kind = STF_KIND_QUANTITIES,                                                                                    \
       .dimension = STF_LENGTH,                                                                                        \
       .offset = offsetof(tool_options, centre),                                                                       \
       .minimum = -1e6,                                                                                                \
       .maximum = 1e6,                                                                                                 \
       .help = "its middle [x, y, z] before anything moves, about which it turns; of a plane any of its points",       \
       .example = "[10 mm, 0 mm, 9 mm]"},                                                                              \
      {.key = "against",                                                                                               \
       .kind = STF_KIND_NAME,                                                                                          \
       .offset = offsetof(tool_options, against),                                                                      \
       .help = "the face that it acts on",                                                                             \
       .example = "z_max"},                                                                                            \
      {.key = "friction",                                                                                              \
       .kind = STF_KIND_QUANTITY,                                                                                      \
       .dimension = STF_RATIO,                                                                                         \
       .offset = offsetof(tool_options, friction),                                                                     \
       .fallback = "0",                                                                                                \
       .minimum = 0.0,                                                                                                 \
       .maximum = 10.0,                                                                                                \
       .help = "force along the surface over force across it at which tissue slips (Coulomb)"},                        \
      {.key = "stiffness",                                                                                             \
       .kind = STF_KIND_QUANTITY,                                                                                      \
       .dimension = STF_STRESS,                                                                                        \
       .offset = offsetof(tool_options, stiffness),                                                                    \
       .fallback = "",                                                                                                 \
       .minimum = 0.0,                                                                                                 \
       .maximum = 1e9,                                                                                                 \
       .bounds = STF_OPEN_BELOW,                                                                                       \
       .help =                                                                                                         \
           "pressure if the tool sank in by the size of an element; by default 300 times the tissue's shear modulus, " \
           "and contact_depth tells how far it does sink in",                                                          \
       .example = "3 MPa"},                                                                                            \
  {                                                                                                                    \
    .key = "foundation", .kind = STF_KIND_QUANTITY, .dimension = STF_INTERFACE_STIFFNESS,                              \
    .offset = offsetof(tool_options, foundation), .fallback = "", .minimum = 0.0, .maximum = 1e9,                      \
    .bounds = STF_OPEN_BELOW,                                                                                          \
    .help = "instead of `stiffness`, of a tool with a soft cover: pressure over the depth by which the cover gives, "  \
            "each of its places for itself (Winkler); contact_depth tells how far it does",                            \
    .example = "10 kPa/mm"                                                                                             \
  }

#define DIRECTION(word, type, member, words)                                                              \
  {                                                                                                       \
    .key = (word), .kind = STF_KIND_QUANTITIES, .dimension = STF_RATIO, .offset = offsetof(type, member), \
    .minimum = -1e6, .maximum = 1e6, .help = (words), .example = "[0, 0, -1]"                             \
  }

#define RADIUS(word, type, member, words)                                                                \
  {                                                                                                      \
    .key = (word), .kind = STF_KIND_QUANTITY, .dimension = STF_LENGTH, .offset = offsetof(type, member), \
    .minimum = 0.0, .maximum = 1e5, .bounds = STF_OPEN_BELOW, .help = (words), .example = "5 mm"         \
  }

static const stf_option plane_rows[] = {COMMON,
                                        DIRECTION("normal", plane_options, normal, "direction towards the tissue")};
static const stf_option sphere_rows[] = {COMMON, RADIUS("radius", sphere_options, radius, "its radius")};
static const stf_option cylinder_rows[] = {
    COMMON, DIRECTION("axis", cylinder_options, axis, "direction along it; it has no ends"),
    RADIUS("radius", cylinder_options, radius, "its radius")};
static const stf_option pad_rows[] = {
    COMMON,
    {.key = "half",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_LENGTH,
     .offset = offsetof(pad_options, half),
     .minimum = 0.0,
     .maximum = 1e5,
     .bounds = STF_OPEN_BELOW,
     .help = "half its extent along x, y and z before anything moves",
     .example = "[40 mm, 30 mm, 10 mm]"},
    RADIUS("rounding", pad_options, rounding, "radius of its edges and corners"),
};

/* ---- their form ---- */

static stf_status refuse(const tool_options *o, const char *key, const char *found, const char *expected,
                         stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

static stf_status three(const tool_options *o, const char *key, const stf_quantities *list, stf_diags *diags,
                        double out[3]) {
  if (list->count != 3)
    return refuse(o, key, stf_diags_text(diags, "%zu components", list->count), "three, along x, y and z", diags);
  memcpy(out, list->values, 3 * sizeof *out);
  return STF_OK;
}

static stf_status unit(const tool_options *o, const char *key, const stf_quantities *list, stf_diags *diags,
                       double out[3]) {
  STF_TRY(three(o, key, list, diags, out));
  const double length = hypot(hypot(out[0], out[1]), out[2]);
  if (!(length > 0.0)) return refuse(o, key, "no direction", "such as [0, 0, 1]", diags);
  for (int i = 0; i < 3; i++) out[i] /= length;
  return STF_OK;
}

static stf_status form_plane(const void *from, stf_diags *diags, stf_tool_form *form, double *size) {
  const plane_options *o = from;
  *size = 0.0; /* that of what it presses on */
  return unit(&o->common, "normal", &o->normal, diags, form->axis);
}

static stf_status form_sphere(const void *from, stf_diags *diags, stf_tool_form *form, double *size) {
  const sphere_options *o = from;
  (void)diags;
  form->radius = *size = o->radius;
  return STF_OK;
}

static stf_status form_cylinder(const void *from, stf_diags *diags, stf_tool_form *form, double *size) {
  const cylinder_options *o = from;
  form->radius = *size = o->radius;
  return unit(&o->common, "axis", &o->axis, diags, form->axis);
}

static stf_status form_pad(const void *from, stf_diags *diags, stf_tool_form *form, double *size) {
  const pad_options *o = from;
  STF_TRY(three(&o->common, "half", &o->half, diags, form->half));
  const double least = fmin(form->half[0], fmin(form->half[1], form->half[2]));
  form->radius = o->rounding;
  *size = fmax(form->half[0], fmax(form->half[1], form->half[2]));
  if (o->rounding <= least) return STF_OK;
  return refuse(&o->common, "rounding", stf_diags_text(diags, "%.4g mm", o->rounding),
                stf_diags_text(diags, "at most %.4g mm, the least of `half`", least), diags);
}

static const stf_table plane_table = STF_TABLE_OF("plane", plane_options, plane_rows);
static const stf_table sphere_table = STF_TABLE_OF("sphere", sphere_options, sphere_rows);
static const stf_table cylinder_table = STF_TABLE_OF("cylinder", cylinder_options, cylinder_rows);
static const stf_table pad_table = STF_TABLE_OF("pad", pad_options, pad_rows);
static const tool_kind as_plane = {&stf_tool_plane, form_plane}, as_sphere = {&stf_tool_sphere, form_sphere},
                       as_cylinder = {&stf_tool_cylinder, form_cylinder}, as_pad = {&stf_tool_pad, form_pad};
static const stf_variant_type plane_type = {"plane", "a flat plate without edges", &plane_table, &as_plane},
                              sphere_type = {"sphere", "a ball", &sphere_table, &as_sphere},
                              cylinder_type = {"cylinder", "a roller without ends", &cylinder_table, &as_cylinder},
                              pad_type = {"pad", "a block with rounded edges: a hand, a knuckle", &pad_table, &as_pad};
static const stf_variant_type *const types[] = {&plane_type, &sphere_type, &cylinder_type, &pad_type};

const stf_variant_set stf_tools = {.selector = "shape", .types = types, .count = sizeof types / sizeof *types};

/* ---- where they are ---- */

static stf_status check_name(const tool_options *o, const stf_protocol *protocol, stf_diags *diags) {
  for (size_t r = 0; r < protocol->rigids; r++)
    if (!strcmp(protocol->rigid[r].name, o->name))
      return refuse(o, "name", stf_diags_text(diags, "a second rigid body named %s", o->name), "names that differ",
                    diags);
  return STF_OK;
}

static stf_status check_softness(const tool_options *o, stf_diags *diags) {
  if (isnan(o->stiffness) || isnan(o->foundation)) return STF_OK;
  return refuse(o, "foundation", "a foundation beside `stiffness`", "one or the other", diags);
}

/* The node nearest to the tool's middle, on whatever rank that is. */
static int nearest(const stf_mesh *mesh, const stf_face *face, const double at[3]) {
  double least = INFINITY;
  int node = face->node[0];
  for (size_t k = 0; k < face->nodes; k++) {
    const double *X = mesh->X[face->node[k]], off = hypot(hypot(X[0] - at[0], X[1] - at[1]), X[2] - at[2]);
    if (off < least) least = off, node = face->node[k];
  }
  return node;
}

static stf_status list_contacts(const stf_protocol *protocol, const double centre[3], stf_tool *tool) {
  const stf_face *face = tool->face;
  tool->node = stf_arena_alloc(protocol->arena, (face->nodes + 1) * sizeof *tool->node);
  tool->contact = stf_arena_alloc(protocol->arena, (face->nodes + 1) * sizeof *tool->contact);
  if (!tool->node || !tool->contact) return STF_NO_RESOURCE;
  for (size_t k = 0; k < face->nodes; k++) {
    if (!(face->node_area[k] > 1e-9 * face->area / (double)face->nodes)) continue;
    stf_tool_contact *c = &tool->contact[tool->contacts];
    tool->node[tool->contacts++] = face->node[k];
    *c = (stf_tool_contact){.tool = &tool->core, .area = face->node_area[k]};
    for (int i = 0; i < 3; i++) c->start[i] = protocol->mesh->X[face->node[k]][i] - centre[i];
  }
  return STF_OK;
}

static void list_facet(const stf_mesh *mesh, const int *node, const int *contact, stf_tool_facet *f) {
  f->middles = node[STF_SIDE_NODES - 1] >= 0;
  f->corners = node[3] >= 0 && !f->middles ? 4 : 3;
  for (int a = 0; a < f->corners; a++) {
    f->contact[a] = contact[node[f->middles ? 3 + a : a]];
    memcpy(f->X[a], mesh->X[node[a]], sizeof *f->X);
  }
}

/* What is needed of the face when the mesh has been cut and let go. */
static stf_status list_facets(const stf_protocol *protocol, stf_tool *tool) {
  const stf_mesh *mesh = protocol->mesh;
  tool->facet = stf_arena_alloc(protocol->arena, (tool->face->facets + 1) * sizeof *tool->facet);
  int *contact = malloc((mesh->nodes + 1) * sizeof *contact);
  if (!tool->facet || !contact) {
    free(contact);
    return STF_NO_RESOURCE;
  }
  for (size_t n = 0; n < mesh->nodes; n++) contact[n] = -1;
  for (size_t k = 0; k < tool->contacts; k++) contact[tool->node[k]] = (int)k;
  for (size_t f = 0; f < tool->face->facets; f++) list_facet(mesh, tool->face->facet[f], contact, &tool->facet[f]);
  tool->facets = tool->face->facets;
  free(contact);
  return STF_OK;
}

static stf_status place_one(const stf_variant *line, stf_diags *diags, stf_protocol *protocol, stf_tool *tool) {
  const tool_options *o = line->data;
  const tool_kind *kind = line->type->extra;
  stf_rigid *rigid = &protocol->rigid[protocol->rigids];
  *rigid = (stf_rigid){.name = o->name, .node = o->node, .attached = o->against, .tool = (int)protocol->tools};
  *tool =
      (stf_tool){.rigid = protocol->rigids, .face = stf_protocol_face(protocol, o->node, "against", o->against, diags)};
  tool->core = (stf_tool_core){.shape = kind->shape, .friction = o->friction};
  tool->stiffness = o->stiffness;
  tool->foundation = o->foundation;
  const stf_status name = check_name(o, protocol, diags), soft = check_softness(o, diags);
  const stf_status centre = three(o, "centre", &o->centre, diags, rigid->centre);
  const stf_status form = kind->form(o, diags, &tool->core.form, &rigid->size);
  protocol->rigids++;
  protocol->tools++;
  if (!tool->face || name || soft || centre || form) return STF_BAD_INPUT;
  if (rigid->size == 0.0) rigid->size = sqrt(tool->face->area);
  rigid->first = nearest(protocol->mesh, tool->face, rigid->centre);
  STF_TRY(list_contacts(protocol, rigid->centre, tool));
  return list_facets(protocol, tool);
}

stf_status stf_tools_place(const stf_variants *lines, stf_diags *diags, stf_protocol *protocol) {
  stf_status worst = STF_OK;
  protocol->tool = stf_arena_alloc(protocol->arena, (lines->count + 1) * sizeof *protocol->tool);
  if (!protocol->tool) return STF_NO_RESOURCE;
  for (size_t k = 0; k < lines->count; k++) {
    const stf_status status = place_one(&lines->items[k], diags, protocol, &protocol->tool[k]);
    if (status > worst) worst = status;
  }
  return worst;
}

/* ---- what they act on ---- */

/* What binding a tool needs at hand. */
typedef struct binder {
  const stf_model *model;
  stf_diags *diags;
  const stf_protocol *protocol;
  const stf_tool *tool;
  const stf_rigid *rigid;
} binder;

static stf_status deny(const binder *b, const char *key, const char *found, const char *expected) {
  stf_diags_add(b->diags, STF_ERROR, stf_yaml_place(b->rigid->node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

/* [MPa] Shear modulus at rest, across fibres where there are any. */
static double shear_modulus(const stf_material *material) {
  stf_lane F[9] = {{0}}, a0[STF_DIRECTIONS][3] = {{{0}}};
  stf_response response;
  STF_EACH_LANE {
    for (int i = 0; i < 3; i++) F[4 * i][l] = 1.0;
    for (int f = 0; f < STF_DIRECTIONS; f++) a0[f][0][l] = 1.0;
  }
  stf_material_distort(material, NULL, (const stf_lane *)F, (const stf_lane(*)[3])a0, STF_WANT_TANGENT, &response);
  return response.A[stf_packed(9, 5, 5)][0];
}

/* The stiffest tissue at the face. */
static double stiffest(const binder *b) {
  const stf_mesh *mesh = &b->model->mesh;
  double most = 0.0;
  char *at = stf_arena_alloc(b->protocol->arena, mesh->nodes + 1),
       *seen = stf_arena_alloc(b->protocol->arena, mesh->region_count + 1);
  if (!at || !seen) return NAN;
  memset(at, 0, mesh->nodes + 1);
  memset(seen, 0, mesh->region_count + 1);
  for (size_t k = 0; k < b->tool->face->nodes; k++) at[b->tool->face->node[k]] = 1;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes && !seen[mesh->region[e]]; a++) {
      if (!at[mesh->cell[e][a]]) continue;
      seen[mesh->region[e]] = 1;
      most = fmax(most, shear_modulus(b->model->material[mesh->region[e]]));
    }
  return most;
}

static double facet_area(const stf_mesh *mesh, const int facet[STF_SIDE_NODES]) {
  double one[3], other[3], n[3];
  const int last = facet[3] >= 0 && facet[STF_SIDE_NODES - 1] < 0 ? 3 : 0; /* of four corners, else of three */
  for (int i = 0; i < 3; i++) {
    one[i] = mesh->X[facet[2]][i] - mesh->X[facet[0]][i];
    other[i] = mesh->X[facet[last]][i] - mesh->X[facet[1]][i];
  }
  for (int i = 0; i < 3; i++) n[i] = one[(i + 1) % 3] * other[(i + 2) % 3] - one[(i + 2) % 3] * other[(i + 1) % 3];
  return 0.5 * hypot(hypot(n[0], n[1]), n[2]);
}

/* At every node the tool's foundation, or the stiffness of its own facets, whose size is that of elements there. */
static stf_status size_contacts(const binder *b, stf_tool *tool) {
  const stf_mesh *mesh = &b->model->mesh;
  double(*sum)[2] = stf_arena_alloc(b->protocol->arena, (mesh->nodes + 1) * sizeof *sum);
  if (!sum) return STF_NO_RESOURCE;
  memset(sum, 0, (mesh->nodes + 1) * sizeof *sum);
  for (size_t f = 0; f < tool->face->facets; f++)
    for (int a = 0; a < STF_SIDE_NODES && tool->face->facet[f][a] >= 0; a++) {
      sum[tool->face->facet[f][a]][0] += facet_area(mesh, tool->face->facet[f]);
      sum[tool->face->facet[f][a]][1] += 1.0;
    }
  tool->element = sqrt(sum[b->rigid->first][0] / sum[b->rigid->first][1]);
  for (size_t k = 0; k < tool->contacts; k++) {
    const double size = sqrt(sum[tool->node[k]][0] / sum[tool->node[k]][1]);
    tool->contact[k].stiffness = isnan(tool->foundation) ? tool->stiffness / size : tool->foundation;
    tool->contact[k].onset = ONSET * size;
  }
  return STF_OK;
}

/* How deep the tissue's node k lies in the tool. */
static double depth_at(const stf_tool *tool, size_t k) {
  double slope[3], curvature[3][3];
  return -tool->core.shape->distance(&tool->core.form, tool->contact[k].start, slope, curvature);
}

static size_t deepest(const stf_tool *tool) {
  size_t at = 0;
  for (size_t k = 1; k < tool->contacts; k++)
    if (depth_at(tool, k) > depth_at(tool, at)) at = k;
  return at;
}

static stf_status check_place(const binder *b) {
  const stf_tool *tool = b->tool;
  const size_t at = deepest(tool);
  const double depth = depth_at(tool, at), *X = b->model->mesh.X[tool->node[at]];
  if (depth <= 1e-6 * b->tool->element) return STF_OK;
  return deny(b, "centre",
              stf_diags_text(b->diags,
                             "the tool %s, which reaches into the face %s: by %.4g mm at (%.4g, %.4g, %.4g) mm",
                             b->rigid->name, tool->face->name, depth, X[0], X[1], X[2]),
              "a tool that touches the face or lies apart from it");
}

/* Contact is felt at nodes: what fits between them would pass through. */
static stf_status check_size(const binder *b) {
  const double radius = b->tool->core.form.radius, half = b->tool->core.form.half[0];
  if (b->tool->core.shape == &stf_tool_plane || half > 0.0 || radius >= b->tool->element) return STF_OK;
  return deny(b, "radius", stf_diags_text(b->diags, "%.4g mm, against elements of %.4g mm", radius, b->tool->element),
              "a radius at least as large as an element, or smaller elements");
}

/* Something must be done with it, and what is pushed must have tissue to lean on. */
static stf_status check_held(const binder *b) {
  bool pushed = false;
  for (size_t k = 0; k < b->protocol->pushes; k++) pushed = pushed || b->protocol->push[k].rigid == b->tool->rigid;
  const double away = -depth_at(b->tool, deepest(b->tool));
  if (!b->rigid->held && !pushed)
    return deny(b, "name",
                stf_diags_text(b->diags, "the tool %s, which nothing holds, moves or pushes", b->rigid->name),
                "an activity `fix`, `move` or `push` of it");
  if (!pushed || away <= 1e-6 * b->tool->element) return STF_OK;
  return deny(b, "centre",
              stf_diags_text(b->diags, "the tool %s, %.4g mm from the face %s, which is pushed where nothing holds it",
                             b->rigid->name, away, b->tool->face->name),
              "a pushed tool that touches its face at the start, or one that is moved");
}

static stf_status check_jumps(const binder *b) {
  const stf_protocol *p = b->protocol;
  for (size_t w = 0; b->tool->core.friction > 0.0 && w < p->waves; w++)
    if (!isnan(p->wave[w]->tolerance))
      return deny(b, "friction", "friction, with cycles that are jumped over",
                  "every cycle computed: leave `jump` out");
  return STF_OK;
}

static stf_status bind_one(const stf_model *model, stf_diags *diags, stf_protocol *protocol, stf_tool *tool) {
  const stf_rigid *rigid = &protocol->rigid[tool->rigid];
  const binder b = {model, diags, protocol, tool, rigid};
  const bool chosen = isnan(tool->stiffness) && isnan(tool->foundation);
  if (chosen) tool->stiffness = STIFFNESS * stiffest(&b);
  if (chosen && isnan(tool->stiffness)) return STF_NO_RESOURCE;
  STF_TRY(size_contacts(&b, tool));
  const stf_status place = check_place(&b), size = check_size(&b), held = check_held(&b), jumps = check_jumps(&b);
  return place || size || held || jumps ? STF_BAD_INPUT : STF_OK;
}

stf_status stf_tools_bind(const stf_model *model, stf_diags *diags, stf_protocol *protocol) {
  stf_status worst = STF_OK;
  for (size_t k = 0; k < protocol->tools; k++) {
    const stf_status status = bind_one(model, diags, protocol, &protocol->tool[k]);
    if (status > worst) worst = status;
  }
  return worst;
}
