/* Measurements at tools: where they touch, how hard, how deep they sink in and what friction loses. */
#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *rigid;
  int part;
} options;

enum { MEAN, GREATEST };
static const char *const parts[] = {"mean", "greatest", NULL};

#define WHERE                                                                                              \
  STF_MEASURE_COMMON, {                                                                                    \
    .key = "rigid", .kind = STF_KIND_NAME, .offset = offsetof(options, rigid), .help = "name of the tool", \
    .example = "roller", .needs_other = true                                                               \
  }

static const stf_option rows[] = {WHERE};
static const stf_option rows_part[] = {
    WHERE,
    {.key = "part",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, part),
     .fallback = "mean",
     .choices = parts,
     .help = "mean over what touches, or the greatest"},
};

static stf_status bind(const options *o, stf_dimension dimension, stf_diags *diags, stf_gauge *gauge) {
  const stf_rigid *rigid = stf_protocol_rigid(gauge->protocol, gauge->node, o->rigid, diags);
  if (!rigid) return STF_BAD_INPUT;
  gauge->dimension = dimension;
  gauge->rigid = rigid->tool;
  gauge->axis = o->part;
  if (rigid->tool >= 0) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(gauge->node, "rigid"),
                stf_diags_text(diags, "%s, which is no tool", o->rigid), "a name from `tools`", NULL);
  return STF_BAD_INPUT;
}

static const stf_tool_reading *reading_of(const stf_gauge *gauge, const stf_readings *readings) {
  return &readings->tool[gauge->rigid];
}

static double read_area(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->area;
}

static double read_pressure(const stf_gauge *gauge, const stf_readings *readings) {
  const stf_tool_reading *r = reading_of(gauge, readings);
  if (gauge->axis == GREATEST) return r->greatest;
  return r->area > 0.0 ? r->pressed / r->area : 0.0;
}

static double read_depth(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->depth;
}

static double read_slip(const stf_gauge *gauge, const stf_readings *readings) {
  const stf_tool_reading *r = reading_of(gauge, readings);
  return r->whole > 0.0 ? r->slipped / r->whole : 0.0;
}

static double read_loss(const stf_gauge *gauge, const stf_readings *readings) {
  return reading_of(gauge, readings)->lost;
}

#define KIND(word, dimension, reader, of_rows, words)                                                       \
  static stf_status bind_##word(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) { \
    (void)gauges;                                                                                           \
    return bind(from, dimension, diags, gauge);                                                             \
  }                                                                                                         \
  static const stf_table word##_table = STF_TABLE_OF(#word, options, of_rows);                              \
  static const stf_measure word = {.curve = true, .bind = bind_##word, .read = (reader)};                   \
  const stf_variant_type stf_measure_##word = {#word, (words), &word##_table, &(word)}

KIND(contact_area, STF_AREA, read_area, rows, "area of tissue that a tool touches, as it was before loading");
KIND(contact_pressure, STF_STRESS, read_pressure, rows_part, "pressure of a tool on that area");
KIND(contact_depth, STF_LENGTH, read_depth, rows, "how far a tool sinks into the tissue at most; 0 would be exact");
KIND(contact_slip, STF_LENGTH, read_slip, rows, "mean way that what a tool with friction touches has slipped along it");
KIND(contact_loss, STF_MOMENT, read_loss, rows, "energy lost to a tool's friction so far");
