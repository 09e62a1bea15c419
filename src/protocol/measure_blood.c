/* Measurements of blood that broken vessels left, in interfaces, in tissue or in all of the body: its volume, the area
 * over which it is seen, and how deep it lies. */
#include <stdlib.h>
#include <string.h>

#include "protocol/glide.h"
#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *interface, *layer;
  stf_ball_options ball;
  double seen;         /* of an area only */
  const char *surface; /* of an area or a depth */
  double quantile;     /* of a depth only */
} options;

#define WHERE                                                                              \
  STF_MEASURE_COMMON,                                                                      \
      {.key = "interface",                                                                 \
       .kind = STF_KIND_NAME,                                                              \
       .offset = offsetof(options, interface),                                             \
       .fallback = "",                                                                     \
       .help = "the only interface that counts; without it and `layer`: all that bleeds",  \
       .example = "glide",                                                                 \
       .needs_other = true},                                                               \
      {.key = "layer",                                                                     \
       .kind = STF_KIND_NAME,                                                              \
       .offset = offsetof(options, layer),                                                 \
       .fallback = "",                                                                     \
       .help = "the only layer that counts; without it and `interface`: all that bleeds"}, \
      STF_BALL_ROWS(options)

static const stf_option rows[] = {WHERE};
static const stf_option rows_seen[] = {
    WHERE,
    {.key = "surface",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, surface),
     .fallback = "",
     .help = "face, such as that of the skin, through which all blood beneath is seen; default: area of `interface`",
     .example = "z_max"},
    {.key = "seen",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, seen),
     .fallback = "0.02 mm",
     .minimum = 0.0,
     .maximum = 100.0,
     .help = "volume of blood over area from which it counts; the skin itself holds about as much"},
};
static const stf_option rows_beneath[] = {
    WHERE,
    {.key = "surface",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, surface),
     .help = "name of the face from which depth is told, such as that of the skin",
     .example = "z_max"},
    {.key = "quantile",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(options, quantile),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1.0,
     .help = "share of the blood that lies no deeper: 0 the shallowest, 100 % the deepest; default: the mean of all"},
};

static stf_status refuse(const options *o, const char *key, const char *found, const char *expected, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

/* All that bleeds, or one interface, or one layer. Whether a layer has vessels is not known here. */
static stf_status choose(const options *o, const stf_gauge *gauge, stf_diags *diags, stf_blood_sampler *sampler) {
  if (o->interface && o->layer) return refuse(o, "layer", "an interface and a layer", "one of them, or neither", diags);
  sampler->glide = o->layer ? STF_BLOOD_NONE : STF_BLOOD_ALL;
  sampler->region = o->interface ? STF_BLOOD_NONE : STF_BLOOD_ALL;
  if (o->layer) {
    sampler->region = stf_gauge_layer(gauge, o->layer, diags);
    return sampler->region < 0 ? STF_BAD_INPUT : STF_OK;
  }
  if (!o->interface) return STF_OK;
  const stf_glide *glide = stf_protocol_glide(gauge->protocol, gauge->node, o->interface, diags);
  if (!glide || !glide->gaps.count) return STF_BAD_INPUT;
  sampler->glide = (int)(glide - gauge->protocol->glide);
  if (glide->law->bleeds(glide->data)) return STF_OK;
  return refuse(o, "interface", stf_diags_text(diags, "%s, whose tissue tells nothing of blood", glide->name),
                "a tissue that gives bleeding and blood_half_life", diags);
}

static stf_status take_ball(const options *o, const stf_mesh *mesh, stf_diags *diags, stf_ball *ball) {
  STF_TRY(stf_ball_take(&o->ball, o->common.node, diags, ball));
  for (size_t n = 0; n < mesh->nodes; n++)
    if (stf_ball_holds(ball, mesh->X[n])) return STF_OK;
  return refuse(o, "radius", "a place with no node of the body",
                "a place within it, and a radius as large as an element", diags);
}

static int by_number(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* A face of the mesh by itself; it belongs to the arena. */
static stf_status copy_surface(const stf_mesh *mesh, const stf_face *face, stf_arena *arena,
                               const stf_blood_surface **surface) {
  stf_blood_surface *s = stf_arena_alloc(arena, sizeof *s);
  double(*X)[3] = stf_arena_alloc(arena, (face->nodes + 1) * sizeof *X);
  int(*facet)[STF_SIDE_NODES] = stf_arena_alloc(arena, (face->facets + 1) * sizeof *facet);
  double *area = stf_arena_alloc(arena, (face->nodes + 1) * sizeof *area);
  if (!s || !X || !facet || !area) return STF_NO_RESOURCE;
  memcpy(area, face->node_area, face->nodes * sizeof *area);
  for (size_t n = 0; n < face->nodes; n++) memcpy(X[n], mesh->X[face->node[n]], sizeof *X);
  for (size_t f = 0; f < face->facets; f++)
    for (int a = 0; a < STF_SIDE_NODES; a++) {
      const int node = face->facet[f][a];
      const int *at = node < 0 ? NULL : bsearch(&node, face->node, face->nodes, sizeof node, by_number);
      facet[f][a] = at ? (int)(at - face->node) : -1;
    }
  *s = (stf_blood_surface){
      .mesh = {.nodes = face->nodes, .X = X},
      .face = {.name = face->name, .facets = face->facets, .facet = facet, .nodes = face->nodes, .node_area = area}};
  *surface = s;
  return STF_OK;
}

static stf_status bind(const options *o, stf_dimension dimension, stf_blood_sampler sampler, stf_diags *diags,
                       stf_gauges *gauges, stf_gauge *gauge) {
  const stf_mesh *mesh = gauge->protocol->mesh;
  STF_TRY(choose(o, gauge, diags, &sampler));
  STF_TRY(take_ball(o, mesh, diags, &sampler.ball));
  if (o->surface) {
    const stf_face *face = stf_protocol_face(gauge->protocol, gauge->node, "surface", o->surface, diags);
    if (!face) return STF_BAD_INPUT;
    STF_TRY(copy_surface(mesh, face, gauges->arena, &sampler.surface));
  }
  sampler.node = gauge->node;
  gauge->dimension = dimension;
  gauge->blood = (int)gauges->bloods;
  gauges->blood[gauges->bloods++] = sampler;
  return STF_OK;
}

static stf_status bind_volume(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  return bind(from, STF_VOLUME, (stf_blood_sampler){.kind = STF_BLOOD_VOLUME}, diags, gauges, gauge);
}

static stf_status bind_area(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  if (!o->interface && !o->surface)
    return refuse(o, "surface", "an area of a bruise in more than an interface", "the surface on which it is seen",
                  diags);
  return bind(o, STF_AREA, (stf_blood_sampler){.kind = STF_BLOOD_AREA, .seen = o->seen}, diags, gauges, gauge);
}

static stf_status bind_depth(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  const stf_blood_sampler sampler = {.kind = STF_BLOOD_DEPTH, .quantile = o->quantile};
  return bind(o, STF_LENGTH, sampler, diags, gauges, gauge);
}

static double read_blood(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->blood[gauge->blood];
}

static const stf_table volume_table = STF_TABLE_OF("blood_volume", options, rows);
static const stf_table area_table = STF_TABLE_OF("bruise_area", options, rows_seen);
static const stf_table depth_table = STF_TABLE_OF("bruise_depth", options, rows_beneath);

static const stf_measure volume = {.curve = true, .bind = bind_volume, .read = read_blood};
static const stf_measure area = {.curve = true, .bind = bind_area, .read = read_blood};
static const stf_measure depth = {.curve = true, .bind = bind_depth, .read = read_blood};

const stf_variant_type stf_measure_blood_volume = {
    "blood_volume", "blood that vessels left which broke with adhesions and fibres", &volume_table, &volume};
const stf_variant_type stf_measure_bruise_area = {
    "bruise_area", "area over which there is blood to be seen, before loading", &area_table, &area};
const stf_variant_type stf_measure_bruise_depth = {
    "bruise_depth", "distance of the blood from a face, before loading; 0 without blood", &depth_table, &depth};
