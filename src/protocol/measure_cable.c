/* Measurements at cables: force, stretch and what is torn, the same all along. */
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

static stf_status bind_torn(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  (void)gauges;
  STF_TRY(bind(o, STF_RATIO, diags, gauge));
  const stf_family *family = gauge->protocol->cable[gauge->cable].family;
  if (stf_family_tears(family)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(gauge->node, "cable"),
                stf_diags_text(diags, "cable %s, whose fibres (family %s) cannot tear", o->cable, family->name),
                "a cable of fibres with a breaking_rate or loading_breaking", NULL);
  return STF_BAD_INPUT;
}

static double read_force(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->cable[gauge->cable].force;
}

static double read_stretch(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->cable[gauge->cable].stretch;
}

static double read_torn(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->cable[gauge->cable].torn;
}

static const stf_table force_table = STF_TABLE_OF("cable_force", options, rows);
static const stf_table stretch_table = STF_TABLE_OF("cable_stretch", options, rows);
static const stf_table torn_table = STF_TABLE_OF("cable_torn", options, rows);
static const stf_measure force = {.curve = true, .bind = bind_force, .read = read_force};
static const stf_measure stretch = {.curve = true, .bind = bind_stretch, .read = read_stretch};
static const stf_measure torn = {.curve = true, .bind = bind_torn, .read = read_torn};

const stf_variant_type stf_measure_cable_force = {"cable_force", "force of a cable, the same all along", &force_table,
                                                  &force};
const stf_variant_type stf_measure_cable_stretch = {"cable_stretch", "length of a cable over its slack length",
                                                    &stretch_table, &stretch};
const stf_variant_type stf_measure_cable_torn = {"cable_torn", "share of a cable's fibres that is torn", &torn_table,
                                                 &torn};
