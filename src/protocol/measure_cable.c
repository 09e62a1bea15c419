/* Measurements at cables: force and stretch, the same all along. */
#include "protocol/cable.h"
#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *cable;
} options;

static const stf_option rows[] = {
    STF_MEASURE_COMMON,
    {.key = "cable",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, cable),
     .help = "name of the cable",
     .example = "cord",
     .needs_other = true},
};

static stf_status bind(const options *o, stf_dimension dimension, stf_diags *diags, stf_gauge *gauge) {
  const stf_cable *cable = stf_protocol_cable(gauge->protocol, gauge->node, o->cable, diags);
  if (!cable) return STF_BAD_INPUT;
  gauge->dimension = dimension;
  gauge->cable = (int)(cable - gauge->protocol->cable);
  return STF_OK;
}

static stf_status bind_force(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)gauges;
  return bind(from, STF_FORCE, diags, gauge);
}

static stf_status bind_stretch(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)gauges;
  return bind(from, STF_RATIO, diags, gauge);
}

static double read_force(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->cable[gauge->cable].force;
}

static double read_stretch(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->cable[gauge->cable].stretch;
}

static const stf_table force_table = STF_TABLE_OF("cable_force", options, rows);
static const stf_table stretch_table = STF_TABLE_OF("cable_stretch", options, rows);
static const stf_measure force = {.curve = true, .bind = bind_force, .read = read_force};
static const stf_measure stretch = {.curve = true, .bind = bind_stretch, .read = read_stretch};

const stf_variant_type stf_measure_cable_force = {"cable_force", "force of a cable, the same all along", &force_table,
                                                  &force};
const stf_variant_type stf_measure_cable_stretch = {"cable_stretch", "length of a cable over its slack length",
                                                    &stretch_table, &stretch};
