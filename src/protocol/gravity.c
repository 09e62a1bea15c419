/* `gravity`: everything gets its weight, evenly over a duration. */
#include <math.h>

#include "protocol/protocol.h"

typedef struct options {
  stf_activity_options common;
  double acceleration;
  stf_quantities direction;
} options;

static const stf_option rows[] = {
    STF_ACTIVITY_FOR,
    {.key = "acceleration",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_ACCELERATION,
     .offset = offsetof(options, acceleration),
     .fallback = "9.81 m/s^2",
     .minimum = 0.0,
     .maximum = 1e9,
     .help = "how much gravity comes on, evenly over `for`; it then stays"},
    {.key = "direction",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_RATIO,
     .offset = offsetof(options, direction),
     .fallback = "[0, 0, -1]",
     .minimum = -1e9,
     .maximum = 1e9,
     .help = "where to, [x, y, z]; its length does not matter"},
};

static stf_status refuse_direction(const options *o, const char *found, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, "direction"), found,
                "three numbers that are not all 0, such as [0, 0, -1]", NULL);
  return STF_BAD_INPUT;
}

static stf_status plan(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const double *d = o->direction.values;
  double change[3];
  if (o->direction.count != 3)
    return refuse_direction(o, stf_diags_text(diags, "%zu components", o->direction.count), diags);
  const double length = hypot(hypot(d[0], d[1]), d[2]);
  if (!(length > 0.0)) return refuse_direction(o, "a direction of no length", diags);
  for (int i = 0; i < 3; i++) change[i] = o->acceleration * d[i] / length;
  if (!protocol->gravity) protocol->gravity = o->common.node;
  const stf_status status = stf_protocol_load(protocol, NULL, STF_LOAD_GRAVITY, start, end, change);
  return status == STF_BAD_INPUT ? stf_protocol_busy(&o->common, start, diags) : status;
}

static const stf_table table = STF_TABLE_OF("gravity", options, rows);
static const stf_activity gravity = {.lasts = true, .plan = plan};

const stf_variant_type stf_activity_gravity = {"gravity", "gives everything its weight; tissues then need a density",
                                               &table, &gravity};
