/* Measurements at interfaces: how far surfaces have slipped and parted, what knits them and what they carry. */
#include <string.h>

#include "protocol/glide.h"
#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *interface;
  stf_ball_options ball;
  int along; /* of a force only */
} options;

static const char *const axes[] = {"x", "y", "z", NULL};

#define WHERE                                  \
  STF_MEASURE_COMMON,                          \
      {.key = "interface",                     \
       .kind = STF_KIND_NAME,                  \
       .offset = offsetof(options, interface), \
       .help = "name of the interface",        \
       .example = "glide",                     \
       .needs_other = true},                   \
      STF_BALL_ROWS(options)

static const stf_option rows[] = {WHERE};
static const stf_option rows_along[] = {
    WHERE,
    {.key = "along", .kind = STF_KIND_CHOICE, .offset = offsetof(options, along), .choices = axes, .help = "component"},
};

static stf_status refuse(const options *o, const char *key, const char *found, const char *expected, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

static stf_status take_ball(const options *o, const stf_glide *glide, const stf_mesh *mesh, stf_diags *diags,
                            stf_ball *ball) {
  STF_TRY(stf_ball_take(&o->ball, o->common.node, diags, ball));
  for (size_t k = 0; k < glide->gaps.count; k++)
    if (stf_ball_holds(ball, mesh->X[glide->gaps.place[k].node])) return STF_OK;
  return refuse(o, "radius", stf_diags_text(diags, "a place with no node of %s", glide->name),
                "a place on the interface, and a radius as large as an element there", diags);
}

static stf_status bind(const options *o, stf_dimension dimension, stf_diags *diags, stf_gauges *gauges,
                       stf_gauge *gauge) {
  const stf_glide *glide = stf_protocol_glide(gauge->protocol, gauge->node, o->interface, diags);
  if (!glide || !glide->gaps.count) return STF_BAD_INPUT;
  stf_glide_sampler sampler = {.glide = (int)(glide - gauge->protocol->glide)};
  STF_TRY(take_ball(o, glide, gauge->protocol->mesh, diags, &sampler.ball));
  gauge->dimension = dimension;
  gauge->glide = (int)gauges->glides;
  gauge->axis = o->along;
  gauges->glide[gauges->glides++] = sampler;
  return STF_OK;
}

/* The same of what has a film. */
static stf_status bind_film(const options *o, stf_dimension dimension, stf_diags *diags, stf_gauges *gauges,
                            stf_gauge *gauge) {
  stf_film film;
  STF_TRY(bind(o, dimension, diags, gauges, gauge));
  const stf_glide *glide = &gauge->protocol->glide[gauges->glide[gauge->glide].glide];
  if (glide->law->film(glide->data, &film)) return STF_OK;
  return refuse(o, "interface", stf_diags_text(diags, "%s, whose tissue tells of no film", glide->name),
                "a tissue that gives hyaluronan, molar_mass and solvent_viscosity", diags);
}

static const stf_glide_reading *reading_of(const stf_gauge *gauge, const stf_readings *readings) {
  return &readings->glide[gauge->glide];
}

static double read_slip(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->slip / reading_of(gauge, readings)->area;
}

static double read_opening(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->opening / reading_of(gauge, readings)->area;
}

static double read_bonded(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->bonded;
}

static double read_broken(const stf_gauge *gauge, const stf_readings *readings) {
  const stf_glide_reading *r = reading_of(gauge, readings);
  return r->bonded + r->broken > 0.0 ? r->broken / (r->bonded + r->broken) : 0.0;
}

static double read_force(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->force[gauge->axis];
}

static double read_stress(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->force[gauge->axis] / reading_of(gauge, readings)->area;
}

static double read_loss(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->dissipated;
}

static double read_film(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->film / reading_of(gauge, readings)->area;
}

#define KIND(word, dimension, reader, of_rows, words) KIND_BOUND(bind, word, dimension, reader, of_rows, words)
#define KIND_BOUND(binder, word, dimension, reader, of_rows, words)                                         \
  static stf_status bind_##word(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) { \
    return (binder)(from, dimension, diags, gauges, gauge);                                                 \
  }                                                                                                         \
  static const stf_table word##_table = STF_TABLE_OF(#word, options, of_rows);                              \
  static const stf_measure word = {.curve = true, .bind = bind_##word, .read = (reader)};                   \
  const stf_variant_type stf_measure_##word = {#word, (words), &word##_table, &(word)}

KIND(slip, STF_LENGTH, read_slip, rows, "mean distance by which two surfaces have slipped on each other");
KIND(opening, STF_LENGTH, read_opening, rows, "mean distance by which two surfaces have parted");
KIND(bonded_area, STF_AREA, read_bonded, rows, "area that adhesions still knit together, as it was before loading");
KIND(broken_bonds, STF_RATIO, read_broken, rows, "share of the adhesions' bonds that broke");
KIND(interface_force, STF_FORCE, read_force, rows_along,
     "force with which the lower surface holds the upper one back, the drag of films left out");
KIND(interface_stress, STF_STRESS, read_stress, rows_along, "the same for each area before loading");
KIND(interface_loss, STF_MOMENT, read_loss, rows, "energy lost in an interface so far");
KIND_BOUND(bind_film, film_thickness, STF_LENGTH, read_film, rows,
           "mean thickness of the film between two surfaces, fluid that was squeezed out left out");
