/* Measurements at grips: force, nominal stress, extension, stretch and strain, as the machine reads them. */
#include <math.h>

#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *where;
  double area;
} options;

#define WHERE                                                                                              \
  {                                                                                                        \
    .key = "where", .kind = STF_KIND_NAME, .offset = offsetof(options, where), .help = "the gripped face", \
    .example = "x_max"                                                                                     \
  }

static const stf_option force_rows[] = {STF_MEASURE_COMMON_IN("N"), WHERE};
static const stf_option stress_rows[] = {
    STF_MEASURE_COMMON_IN("kPa"),
    WHERE,
    {.key = "area",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_AREA,
     .offset = offsetof(options, area),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e12,
     .bounds = STF_OPEN_BELOW,
     .help = "cross-section that the force is divided by; by default that of the gripped face before loading"},
};
static const stf_option extension_rows[] = {STF_MEASURE_COMMON_IN("mm")};
static const stf_option ratio_rows[] = {STF_MEASURE_COMMON_IN("\"%\"")};

static stf_status bind_force(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)gauges;
  gauge->dimension = STF_FORCE;
  return stf_gauge_grip(gauge, ((const options *)from)->where, diags);
}

static stf_status bind_stress(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  STF_TRY(bind_force(from, diags, gauges, gauge));
  gauge->dimension = STF_STRESS;
  gauge->scale = 1.0 / (isfinite(o->area) ? o->area : gauge->grip->face->area);
  return STF_OK;
}

/* Force of the grip along the outward normal, tension positive; over an area for stress. */
static double read_force(const stf_gauge *gauge, const stf_readings *readings) {
  const double *f = readings->grip_force[gauge->grip_index], *n = gauge->grip->face->normal;
  return gauge->scale * (f[0] * n[0] + f[1] * n[1] + f[2] * n[2]);
}

static stf_status bind_extension(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)from, (void)diags, (void)gauges;
  gauge->dimension = STF_LENGTH;
  return STF_OK;
}

static stf_status bind_stretch(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)from, (void)diags, (void)gauges;
  gauge->dimension = STF_RATIO;
  gauge->scale = 1.0 / gauge->protocol->mesh->length;
  return STF_OK;
}

/* How much further apart the grips are than at the start. */
static double read_extension(const stf_gauge *gauge, const stf_readings *readings) {
  double sum = 0.0;
  for (size_t g = 0; g < gauge->protocol->grips; g++)
    sum += stf_grip_displacement(&gauge->protocol->grip[g], readings->time);
  return gauge->scale * sum;
}

static double read_stretch(const stf_gauge *gauge, const stf_readings *readings) {
  return 1.0 + read_extension(gauge, readings);
}

static const stf_table force_table = STF_TABLE_OF("grip_force", options, force_rows);
static const stf_table stress_table = STF_TABLE_OF("nominal_stress", options, stress_rows);
static const stf_table extension_table = STF_TABLE_OF("grip_extension", stf_measure_options, extension_rows);
static const stf_table stretch_table = STF_TABLE_OF("grip_stretch", stf_measure_options, ratio_rows);
static const stf_table strain_table = STF_TABLE_OF("grip_strain", stf_measure_options, ratio_rows);

static const stf_measure force = {.curve = true, .bind = bind_force, .read = read_force};
static const stf_measure stress = {.curve = true, .bind = bind_stress, .read = read_force};
static const stf_measure extension = {.curve = true, .bind = bind_extension, .read = read_extension};
static const stf_measure stretch = {.curve = true, .bind = bind_stretch, .read = read_stretch};
static const stf_measure strain = {.curve = true, .bind = bind_stretch, .read = read_extension};

const stf_variant_type stf_measure_grip_force = {"grip_force", "force of a grip along its outward normal", &force_table,
                                                 &force};
const stf_variant_type stf_measure_nominal_stress = {
    "nominal_stress", "that force over the cross-section before loading", &stress_table, &stress};
const stf_variant_type stf_measure_grip_extension = {
    "grip_extension", "how much further apart the grips are than at the start", &extension_table, &extension};
const stf_variant_type stf_measure_grip_stretch = {
    "grip_stretch", "distance of the grips over the body's length at the start", &stretch_table, &stretch};
const stf_variant_type stf_measure_grip_strain = {"grip_strain", "that stretch less one", &strain_table, &strain};
