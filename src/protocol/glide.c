#include "protocol/glide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anatomy/generator.h"
#include "base/text.h"
#include "protocol/front.h"

/* What binding interfaces needs at hand. */
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

static stf_status choose_law(const binder *b, const stf_glide_line *line, stf_glide *glide) {
  for (size_t t = 0; t < b->model->tissues; t++) {
    if (strcmp(b->scenario->tissues.items[t].name, line->tissue) != 0) continue;
    const stf_tissue *tissue = &b->model->tissue[t];
    glide->tissue = tissue;
    glide->law = tissue->glide;
    glide->data = tissue->glide_data;
    if (glide->law) return STF_OK;
    return refuse(b, line->node, "tissue", stf_diags_text(b->diags, "%s, which is no glide", tissue->name),
                  "a tissue whose file gives a `glide`, such as areolar_glide");
  }
  return refuse(b, line->node, "tissue", stf_diags_text(b->diags, "the tissue %s", line->tissue),
                "a name from `tissues`");
}

/* ---- the two faces ---- */

static const char *name_of(const stf_face *face) {
  return face->name;
}

/* Faces of three- or four-sided facets that share no node. */
static stf_status check_faces(const binder *b, const stf_glide_line *line, const stf_face *lower,
                              const stf_face *upper) {
  for (int side = 0; side < 2; side++) {
    const stf_face *face = side ? upper : lower;
    for (size_t f = 0; f < face->facets; f++)
      if (face->facet[f][STF_SIDE_NODES - 1] >= 0)
        return refuse(b, line->node, "name",
                      stf_diags_text(b->diags, "an interface at the face %s of six-node triangles", name_of(face)),
                      "faces of tet4, wedge6 or hex8: elements of tet10 cannot glide yet");
  }
  for (size_t k = 0, n = 0; k < lower->nodes && n < upper->nodes;) {
    if (lower->node[k] == upper->node[n]) {
      const double *X = b->model->mesh.X[lower->node[k]];
      return refuse(b, line->node, "name",
                    stf_diags_text(b->diags, "the faces %s and %s, which share the node at (%.4g, %.4g, %.4g) mm",
                                   name_of(lower), name_of(upper), X[0], X[1], X[2]),
                    "faces with nodes of their own, which can part");
    }
    *(lower->node[k] < upper->node[n] ? &k : &n) += 1;
  }
  return STF_OK;
}

/* Surfaces that lie in each other before anything happens. */
static stf_status check_gaps(const binder *b, const stf_glide_line *line, const stf_glide *glide) {
  const stf_gaps *gaps = &glide->gaps;
  size_t deepest = 0;
  if (gaps->crowded)
    return refuse(b, line->node, "name",
                  stf_diags_text(b->diags, "%zu nodes of %s with more than %d others before them", gaps->crowded,
                                 name_of(glide->lower), STF_GAP_NODES),
                  "the finer of the two faces as the lower one");
  if (!gaps->count)
    return refuse(b, line->node, "name",
                  stf_diags_text(b->diags, "the faces %s and %s, no parts of which face each other",
                                 name_of(glide->lower), name_of(glide->upper)),
                  stf_diags_text(b->diags, "surfaces at most %.4g mm apart, half a facet", 0.5 * gaps->size));
  for (size_t k = 1; k < gaps->count; k++)
    if (gaps->place[k].core.start[2] < gaps->place[deepest].core.start[2]) deepest = k;
  const stf_gap_place *worst = &gaps->place[deepest];
  if (worst->core.start[2] >= -1e-3 * gaps->size) return STF_OK;
  const double *X = b->model->mesh.X[worst->node];
  return refuse(b, line->node, "name",
                stf_diags_text(b->diags,
                               "the faces %s and %s, which lie in each other: by %.4g mm at (%.4g, %.4g, %.4g) mm",
                               name_of(glide->lower), name_of(glide->upper), -worst->core.start[2], X[0], X[1], X[2]),
                "faces that touch or lie apart");
}

/* How the surfaces lie before loading counts as no gap; a node that comes under the other later counts from the mean.
 */
static void start_sliding(const binder *b, stf_glide *glide) {
  static const double still[STF_GAP_NODES][3];
  double X[STF_GAP_NODES][3], area = 0.0, sum = 0.0;
  for (size_t k = 0; k < glide->gaps.all; k++) {
    stf_gap_place *p = &glide->gaps.place[k];
    for (int a = 0; a < p->nodes; a++) memcpy(X[a], b->model->mesh.X[p->list[a]], sizeof *X);
    double raw[STF_GAP];
    stf_gap_read(&p->core, p->nodes, (const double(*)[3])X, still, raw, NULL);
    if (k < glide->gaps.count) memcpy(p->core.start, raw, sizeof raw);
    area += p->core.area;
    sum += p->core.area * raw[2];
  }
  glide->opening = area > 0.0 ? sum / area : 0.0;
  for (size_t k = glide->gaps.count; k < glide->gaps.all; k++) glide->gaps.place[k].core.start[2] = glide->opening;
}

static stf_status find_gaps(const binder *b, stf_glide *glide) {
  const stf_surface lower = {glide->lower->facets, (const int(*)[STF_SIDE_NODES])glide->lower->facet};
  const stf_surface upper = {glide->upper->facets, (const int(*)[STF_SIDE_NODES])glide->upper->facet};
  const double(*X)[3] = (const double(*)[3])b->model->mesh.X;
  if (!glide->slides) return stf_gaps_find(&lower, &upper, X, b->protocol->arena, &glide->gaps);
  STF_TRY(stf_gaps_find_sliding(&lower, &upper, X, X, b->protocol->arena, &glide->gaps));
  start_sliding(b, glide);
  return STF_OK;
}

/* Where fluid moves between the gaps. */
static stf_status find_channels(const binder *b, stf_glide *glide) {
  const stf_mesh *mesh = &b->model->mesh;
  const stf_surface lower = {glide->lower->facets, (const int(*)[STF_SIDE_NODES])glide->lower->facet};
  stf_film film;
  if (!glide->law->film(glide->data, &film)) return STF_OK;
  int *place = malloc((mesh->nodes + 1) * sizeof *place);
  if (!place) return STF_NO_RESOURCE;
  for (size_t n = 0; n < mesh->nodes; n++) place[n] = -1;
  for (size_t k = 0; k < glide->gaps.all; k++) place[glide->gaps.place[k].node] = (int)k;
  const stf_status status =
      stf_channels_find(&lower, (const double(*)[3])mesh->X, place, b->protocol->arena, &glide->channels);
  free(place);
  return status;
}

static stf_status bind_one(const binder *b, const stf_glide_line *line, const stf_interface *at, stf_glide *glide) {
  const stf_mesh *mesh = &b->model->mesh;
  *glide = (stf_glide){
      .name = at->name, .node = line->node, .lower = &mesh->faces[at->face[0]], .upper = &mesh->faces[at->face[1]]};
  glide->slides = line->sliding == STF_SLIDING_LARGE;
  const stf_status law = choose_law(b, line, glide), faces = check_faces(b, line, glide->lower, glide->upper);
  if (law || faces) return STF_BAD_INPUT;
  STF_TRY(find_gaps(b, glide));
  STF_TRY(check_gaps(b, line, glide));
  STF_TRY(find_channels(b, glide));
  for (size_t k = 0; k < glide->gaps.all; k++) {
    glide->gaps.place[k].core.law = glide->law;
    glide->gaps.place[k].core.data = glide->data;
  }
  return STF_OK;
}

/* Many cycles at once carry on what tissue remembers, not what interfaces do. */
static stf_status check_jumps(const binder *b) {
  const stf_protocol *p = b->protocol;
  for (size_t w = 0; p->glides && w < p->waves; w++)
    if (!isnan(p->wave[w]->tolerance))
      return refuse(b, p->wave[w]->node, "jump",
                    stf_diags_text(b->diags, "cycles that are jumped over, with the interface %s", p->glide[0].name),
                    "every cycle computed where surfaces glide: leave `jump` out");
  return STF_OK;
}

void stf_glides_renew(stf_protocol *protocol) {
  for (size_t g = 0; g < protocol->glides; g++) {
    stf_glide *glide = &protocol->glide[g];
    glide->data = glide->tissue->glide_data;
    for (size_t k = 0; k < glide->gaps.all; k++) glide->gaps.place[k].core.data = glide->data;
  }
}

/* ---- adhesions ---- */

const stf_glide *stf_protocol_glide(const stf_protocol *protocol, const stf_yaml_node *node, const char *name,
                                    stf_diags *diags) {
  const char *names[100] = {NULL};
  size_t count = 0;
  for (size_t k = 0; k < protocol->glides; k++) {
    if (!strcmp(protocol->glide[k].name, name)) return &protocol->glide[k];
    if (count < 100) names[count++] = protocol->glide[k].name;
  }
  const char *nearest = stf_text_nearest(name, names, count);
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, "interface"), stf_diags_text(diags, "interface '%s'", name),
                count ? "a name from the anatomy's `interfaces`" : "an anatomy with `interfaces`",
                nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return NULL;
}

static stf_status knit(const binder *b, const stf_variant *item) {
  const stf_adhesion_options *o = item->data;
  const stf_adhesion_shape *shape = item->type->extra;
  const stf_glide *glide = stf_protocol_glide(b->protocol, o->node, o->interface, b->diags);
  if (!glide) return STF_BAD_INPUT;
  const stf_gaps *gaps = &glide->gaps;
  if (!gaps->count) return STF_BAD_INPUT; /* the interface is at fault, which is told */
  if (!glide->law->knits(glide->data))
    return refuse(b, o->node, "interface",
                  stf_diags_text(b->diags, "adhesions on %s, whose tissue tells nothing of bonds", glide->name),
                  "a tissue that gives bond_slip_stiffness and bond_opening_stiffness");
  double *share = stf_arena_alloc(b->protocol->arena, (gaps->count + 1) * sizeof *share);
  if (!share) return STF_NO_RESOURCE;
  for (size_t k = 0; k < gaps->count; k++) share[k] = gaps->place[k].core.bonds;
  STF_TRY(shape->knit(o, gaps, (const double(*)[3])b->model->mesh.X, (uint32_t)b->scenario->seed, b->diags, share));
  for (size_t k = 0; k < gaps->count; k++) gaps->place[k].core.bonds = share[k];
  return STF_OK;
}

/* Elements that are too large for what bears an adhesion at its rim. */
static void judge_front(const binder *b, stf_glide *glide) {
  const double size = glide->gaps.size;
  glide->front = stf_front_length(b->model, glide, b->protocol->arena);
  if (!(glide->front < STF_FRONT_FACETS * size)) return;
  stf_diags_add(b->diags, STF_WARNING, stf_yaml_place(glide->node, "name"),
                stf_diags_text(b->diags, "adhesions on %s whose load dies away over %.3g mm, %.2g facets of %.3g mm",
                               glide->name, glide->front, glide->front / size, size),
                stf_diags_text(b->diags, "%d facets or more over that length", STF_FRONT_FACETS),
                "smaller elements; else bonds at the rim are loaded too little, and tear too late");
}

stf_status stf_glides_bind(const stf_scenario *scenario, const stf_model *model, stf_diags *diags,
                           stf_protocol *protocol) {
  const binder b = {scenario, model, diags, protocol};
  const stf_generator *generator = scenario->anatomy.type->extra;
  const stf_mesh *mesh = &model->mesh;
  stf_status worst = STF_OK;
  protocol->glide = stf_arena_alloc(protocol->arena, (mesh->interfaces + 1) * sizeof *protocol->glide);
  if (!protocol->glide) return STF_NO_RESOURCE;
  for (size_t k = 0; k < mesh->interfaces; k++) {
    const stf_status status = bind_one(&b, generator->glide(scenario->anatomy.data, k), &mesh->interface[k],
                                       &protocol->glide[protocol->glides++]);
    if (status > worst) worst = status;
  }
  if (check_jumps(&b)) worst = STF_BAD_INPUT;
  for (size_t k = 0; k < scenario->adhesions.count; k++) {
    const stf_status status = knit(&b, &scenario->adhesions.items[k]);
    if (status > worst) worst = status;
  }
  for (size_t k = 0; !worst && k < protocol->glides; k++) judge_front(&b, &protocol->glide[k]);
  return worst;
}
