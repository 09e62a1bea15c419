/* Measurements at rigid bodies: what holds or pushes them, and where they are. */
#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *rigid;
  int along;
} options;

static const char *const axes[] = {"x", "y", "z", NULL};

static const stf_option rows[] = {
    STF_MEASURE_COMMON,
    {.key = "rigid",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, rigid),
     .help = "name of the rigid body",
     .example = "clamp",
     .needs_other = true},
    {.key = "along", .kind = STF_KIND_CHOICE, .offset = offsetof(options, along), .choices = axes, .help = "component"},
};

static stf_status bind(const options *o, stf_dimension dimension, stf_diags *diags, stf_gauge *gauge) {
  const stf_rigid *rigid = stf_protocol_rigid(gauge->protocol, gauge->node, o->rigid, diags);
  if (!rigid) return STF_BAD_INPUT;
  gauge->dimension = dimension;
  gauge->rigid = (int)(rigid - gauge->protocol->rigid);
  gauge->axis = o->along;
  return STF_OK;
}

static stf_status bind_force(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)gauges;
  return bind(from, STF_FORCE, diags, gauge);
}

static stf_status bind_moment(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)gauges;
  return bind(from, STF_MOMENT, diags, gauge);
}

static stf_status bind_angle(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)gauges;
  return bind(from, STF_ANGLE, diags, gauge);
}

static stf_status bind_displacement(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)gauges;
  return bind(from, STF_LENGTH, diags, gauge);
}

static double read_force(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->rigid[gauge->rigid].force[gauge->axis];
}

static double read_moment(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->rigid[gauge->rigid].moment[gauge->axis];
}

static double read_angle(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->rigid[gauge->rigid].turn[gauge->axis];
}

static double read_displacement(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->rigid[gauge->rigid].shift[gauge->axis];
}

static const stf_table force_table = STF_TABLE_OF("rigid_force", options, rows);
static const stf_table moment_table = STF_TABLE_OF("rigid_moment", options, rows);
static const stf_table angle_table = STF_TABLE_OF("rigid_angle", options, rows);
static const stf_table displacement_table = STF_TABLE_OF("rigid_displacement", options, rows);

static const stf_measure force = {.curve = true, .bind = bind_force, .read = read_force};
static const stf_measure moment = {.curve = true, .bind = bind_moment, .read = read_moment};
static const stf_measure angle = {.curve = true, .bind = bind_angle, .read = read_angle};
static const stf_measure displacement = {.curve = true, .bind = bind_displacement, .read = read_displacement};

const stf_variant_type stf_measure_rigid_force = {"rigid_force", "force that holds or pushes a rigid body",
                                                  &force_table, &force};
const stf_variant_type stf_measure_rigid_moment = {
    "rigid_moment", "moment that does so, about the body's centre where it is now", &moment_table, &moment};
const stf_variant_type stf_measure_rigid_angle = {"rigid_angle", "component of a rigid body's rotation vector",
                                                  &angle_table, &angle};
const stf_variant_type stf_measure_rigid_displacement = {"rigid_displacement", "shift of a rigid body's centre",
                                                         &displacement_table, &displacement};
