/* `force`, `traction` and `pressure`: loads on a face that change evenly over a duration and then stay. */
#include <math.h>

#include "protocol/protocol.h"

typedef struct options {
  stf_activity_options common;
  const char *where;
  stf_quantities by;
  double pressure;
} options;

#define WHERE                                                                                             \
  {                                                                                                       \
    .key = "where", .kind = STF_KIND_NAME, .offset = offsetof(options, where), .help = "the loaded face", \
    .example = "x_max"                                                                                    \
  }

static const stf_option force_rows[] = {
    STF_ACTIVITY_FOR,
    WHERE,
    {.key = "by",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_FORCE,
     .offset = offsetof(options, by),
     .minimum = -1e9,
     .maximum = 1e9,
     .help = "change [x, y, z] of the force on the whole face, spread evenly; it keeps its direction",
     .example = "[5 N, 0 N, 0 N]"},
};
static const stf_option traction_rows[] = {
    STF_ACTIVITY_FOR,
    WHERE,
    {.key = "by",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_STRESS,
     .offset = offsetof(options, by),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "change [x, y, z] of the force for each area before loading; it keeps its direction",
     .example = "[10 kPa, 0 kPa, 0 kPa]"},
};
static const stf_option pressure_rows[] = {
    STF_ACTIVITY_FOR,
    WHERE,
    {.key = "by",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(options, pressure),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "change of the pressure against the face, which it follows as it moves; negative: suction",
     .example = "10 kPa"},
};

/* A change of the load on the face `where`. */
typedef struct change {
  const stf_face *face;
  stf_load_kind kind;
  double by[3];
} change;

static stf_status add(const options *o, const change *what, double start, double end, stf_diags *diags,
                      stf_protocol *protocol) {
  const stf_status status = stf_protocol_load(protocol, what->face, what->kind, start, end, what->by);
  return status == STF_BAD_INPUT ? stf_protocol_busy(&o->common, start, diags) : status;
}

static stf_status plan_vector(const options *o, double scale, double start, double end, stf_diags *diags,
                              stf_protocol *protocol, const stf_face *face) {
  if (o->by.count != 3) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, "by"),
                  stf_diags_text(diags, "%zu components", o->by.count), "three, along x, y and z", NULL);
    return STF_BAD_INPUT;
  }
  const change what = {
      face, STF_LOAD_TRACTION, {scale * o->by.values[0], scale * o->by.values[1], scale * o->by.values[2]}};
  return add(o, &what, start, end, diags, protocol);
}

static stf_status plan_force(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  return face ? plan_vector(o, 1.0 / face->area, start, end, diags, protocol, face) : STF_BAD_INPUT;
}

static stf_status plan_traction(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  return face ? plan_vector(o, 1.0, start, end, diags, protocol, face) : STF_BAD_INPUT;
}

static stf_status plan_pressure(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  const change what = {face, STF_LOAD_PRESSURE, {o->pressure, 0.0, 0.0}};
  return face ? add(o, &what, start, end, diags, protocol) : STF_BAD_INPUT;
}

static const stf_table force_table = STF_TABLE_OF("force", options, force_rows);
static const stf_table traction_table = STF_TABLE_OF("traction", options, traction_rows);
static const stf_table pressure_table = STF_TABLE_OF("pressure", options, pressure_rows);
static const stf_activity force = {.lasts = true, .plan = plan_force};
static const stf_activity traction = {.lasts = true, .plan = plan_traction};
static const stf_activity pressure = {.lasts = true, .plan = plan_pressure};

const stf_variant_type stf_activity_force = {"force", "loads a face with a force", &force_table, &force};
const stf_variant_type stf_activity_traction = {"traction", "loads a face with a force for each area", &traction_table,
                                                &traction};
const stf_variant_type stf_activity_pressure = {"pressure", "pushes against a face, whichever way it turns",
                                                &pressure_table, &pressure};
