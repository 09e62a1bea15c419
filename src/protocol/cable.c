#include "protocol/cable.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/rest.h"

/* What binding a cable needs at hand. */
typedef struct binder {
  const stf_scenario *scenario;
  const stf_model *model;
  stf_diags *diags;
  stf_protocol *protocol;
} binder;

static stf_status refuse(const binder *b, const stf_yaml_node *node, const char *key, const char *found,
                         const char *expected) {
  stf_diags_add(b->diags, STF_ERROR, stf_yaml_place(node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

static double distance(const double a[3], const double b[3]) {
  return hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}

/* ---- what it is made of ---- */

static const stf_material *material_of(const binder *b, const char *tissue) {
  for (size_t t = 0; t < b->model->tissues; t++)
    if (!strcmp(b->scenario->tissues.items[t].name, tissue)) return &b->model->tissue[t].material;
  return NULL;
}

static const stf_family *family_of(const stf_material *material, const char *name) {
  if (!name) return material->families == 1 ? &material->family[0] : NULL;
  for (size_t f = 0; f < material->families; f++)
    if (!strcmp(material->family[f].name, name)) return &material->family[f];
  return NULL;
}

static void make_core(stf_cable *cable) {
  const stf_family *family = cable->family;
  cable->core.law = family->law;
  cable->core.data = family->data;
  cable->core.area = cable->section * family->fraction;
  cable->core.memory = family->memory;
}

static stf_status choose_law(const binder *b, const stf_cable_options *o, stf_cable *cable) {
  const stf_material *material = material_of(b, o->tissue);
  const char *names = "";
  if (!material)
    return refuse(b, o->node, "tissue", stf_diags_text(b->diags, "the tissue %s", o->tissue), "a name from `tissues`");
  if (!material->matrix) return STF_BAD_INPUT; /* its file is at fault, which is told */
  for (size_t f = 0; f < material->families; f++)
    names = stf_diags_text(b->diags, "%s%s%s", names, f ? ", " : "", material->family[f].name);
  const stf_family *family = family_of(material, o->family);
  if (!family)
    return refuse(b, o->node, o->family ? "family" : "tissue",
                  o->family ? stf_diags_text(b->diags, "family '%s'", o->family)
                            : stf_diags_text(b->diags, "%zu fibre families in %s", material->families, material->name),
                  material->families ? stf_diags_text(b->diags, "`family`, one of %s", names) : "a tissue with fibres");
  if (!family->law->pull)
    return refuse(
        b, o->node, "tissue",
        stf_diags_text(b->diags, "fibres of the law %s, which needs a whole deformation", family->law->about.name),
        "fibres whose law is of their own stretch alone, such as fibrils");
  cable->family = family;
  cable->section = o->area;
  make_core(cable);
  return STF_OK;
}

/* ---- where it runs ---- */

static int nearest_node(const stf_mesh *mesh, const double at[3]) {
  int nearest = 0;
  for (size_t n = 1; n < mesh->nodes; n++)
    if (distance(mesh->X[n], at) < distance(mesh->X[nearest], at)) nearest = (int)n;
  return nearest;
}

/* The longest edge from a node to corners of its elements. */
static double reach_of(const stf_mesh *mesh, int node) {
  double reach = 0.0;
  for (size_t e = 0; e < mesh->elements; e++) {
    bool here = false;
    for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes; a++) here = here || mesh->cell[e][a] == node;
    for (int a = 0; here && a < stf_shapes[mesh->shape[e]].corners; a++)
      reach = fmax(reach, distance(mesh->X[mesh->cell[e][a]], mesh->X[node]));
  }
  return reach;
}

static stf_status place_on_mesh(const binder *b, const stf_cable_place *o, stf_cable_point *point) {
  const stf_mesh *mesh = &b->model->mesh;
  point->node = nearest_node(mesh, o->at.values);
  memcpy(point->X, mesh->X[point->node], sizeof point->X);
  const double off = distance(point->X, o->at.values), reach = reach_of(mesh, point->node);
  if (off <= reach) return STF_OK;
  return refuse(b, o->node, "at",
                stf_diags_text(b->diags,
                               "a place outside of the body, %.4g mm from its nearest node at (%.4g, %.4g, "
                               "%.4g) mm",
                               off, point->X[0], point->X[1], point->X[2]),
                stf_diags_text(b->diags, "a place at the body, within %.4g mm of a node, or `rigid`", reach));
}

static stf_status place_point(const binder *b, const stf_cable_place *o, stf_cable_point *point) {
  *point = (stf_cable_point){.node = -1, .rigid = -1};
  if (o->at.count != 3)
    return refuse(b, o->node, "at", stf_diags_text(b->diags, "%zu coordinates", o->at.count),
                  "three, such as [5 mm, 0 mm, 0 mm]");
  if (!o->rigid) return place_on_mesh(b, o, point);
  const stf_rigid *rigid = stf_protocol_rigid(b->protocol, o->node, o->rigid, b->diags);
  if (!rigid) return STF_BAD_INPUT;
  point->rigid = (int)(rigid - b->protocol->rigid);
  memcpy(point->X, o->at.values, sizeof point->X);
  return STF_OK;
}

static const stf_cable_place *place_of(const stf_cable_options *o, size_t k) {
  if (k == 0) return &o->from;
  return k <= o->via.count ? (const stf_cable_place *)o->via.items + (k - 1) : &o->to;
}

/* Places every point; writes the length. */
static stf_status place_points(const binder *b, const stf_cable_options *o, stf_cable *cable, double *length) {
  stf_status worst = STF_OK;
  *length = 0.0;
  for (size_t k = 0; k < cable->points; k++) {
    const stf_cable_place *place = place_of(o, k);
    stf_status status = place_point(b, place, &cable->point[k]);
    const double on = k && !worst && !status ? distance(cable->point[k].X, cable->point[k - 1].X) : 0.0;
    if (k && !worst && !status && !(on > 0.0))
      status = refuse(b, place->node, "at", stf_diags_text(b->diags, "cable %s, two points of which coincide", o->name),
                      "points that are apart, at nodes of their own");
    *length += on;
    if (status > worst) worst = status;
  }
  return worst;
}

static stf_status bind_one(const binder *b, const stf_cable_options *o, stf_cable *cable) {
  double length;
  *cable = (stf_cable){.name = o->name, .node = o->node, .points = o->via.count + 2};
  cable->point = stf_arena_alloc(b->protocol->arena, cable->points * sizeof *cable->point);
  if (!cable->point) return STF_NO_RESOURCE;
  const stf_status law = choose_law(b, o, cable), points = place_points(b, o, cable, &length);
  if (law || points) return law > points ? law : points;
  if (isfinite(o->slack_length) && isfinite(o->stretch))
    return refuse(b, o->node, "stretch", "a stretch beside a slack length", "one of the two");
  cable->core.natural = isfinite(o->slack_length) ? o->slack_length
                                                  : length / (isfinite(o->stretch) ? o->stretch : 1.0);
  return stf_rest_check_family(
      cable->family, stf_diags_text(b->diags, "cable %s", o->name), length / cable->core.natural,
      stf_yaml_place(o->node, isfinite(o->slack_length) ? "slack_length" : "stretch"), b->diags);
}

static stf_status check_names(const binder *b, const stf_cable_options *lines, size_t k) {
  for (size_t i = 0; i < k; i++)
    if (!strcmp(lines[i].name, lines[k].name))
      return refuse(b, lines[k].node, "name", stf_diags_text(b->diags, "a second cable named %s", lines[k].name),
                    "names that differ");
  return STF_OK;
}

stf_status stf_cables_bind(const stf_scenario *scenario, const stf_model *model, stf_diags *diags,
                           stf_protocol *protocol) {
  const binder b = {scenario, model, diags, protocol};
  const stf_cable_options *lines = scenario->cables.items;
  stf_status worst = STF_OK;
  protocol->cable = stf_arena_alloc(protocol->arena, (scenario->cables.count + 1) * sizeof *protocol->cable);
  if (!protocol->cable) return STF_NO_RESOURCE;
  for (size_t k = 0; k < scenario->cables.count; k++) {
    stf_status status = bind_one(&b, &lines[k], &protocol->cable[k]);
    protocol->cables++;
    if (!status) status = check_names(&b, lines, k);
    if (status > worst) worst = status;
  }
  return worst;
}

void stf_cables_renew(stf_protocol *protocol) {
  for (size_t k = 0; k < protocol->cables; k++) make_core(&protocol->cable[k]);
}

const stf_cable *stf_protocol_cable(const stf_protocol *protocol, const stf_yaml_node *node, const char *name,
                                    stf_diags *diags) {
  const char *names[64];
  size_t count = 0;
  for (size_t k = 0; k < protocol->cables; k++) {
    if (!strcmp(protocol->cable[k].name, name)) return &protocol->cable[k];
    if (count < 64) names[count++] = protocol->cable[k].name;
  }
  const char *nearest = stf_text_nearest(name, names, count);
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, "cable"), stf_diags_text(diags, "cable '%s'", name),
                "a name from `cables`", nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return NULL;
}
