/* `fix`, `move` and `push`: what is done to rigid bodies. */
#include <math.h>
#include <string.h>

#include "protocol/rigid.h"

typedef struct options {
  stf_activity_options common;
  const char *rigid;
  unsigned free;
  stf_quantities by, axis, through, force, moment, point;
  double turn;
} options;

#define RIGID                                                                                                    \
  {                                                                                                              \
    .key = "rigid", .kind = STF_KIND_NAME, .offset = offsetof(options, rigid), .help = "name of the rigid body", \
    .example = "clamp", .needs_other = true                                                                      \
  }
#define FREE                                                                                                   \
  {                                                                                                            \
    .key = "free", .kind = STF_KIND_CHOICES, .offset = offsetof(options, free), .fallback = "",                \
    .choices = stf_rigid_components, .help = "what finds its own balance; all the rest is held from the start" \
  }
#define VECTOR(name, what, text, like)                                                                                 \
  {                                                                                                                    \
    .key = #name, .kind = STF_KIND_QUANTITIES, .dimension = (what), .offset = offsetof(options, name), .fallback = "", \
    .minimum = -1e9, .maximum = 1e9, .help = (text), .example = (like)                                                 \
  }

static const stf_option fix_rows[] = {STF_ACTIVITY_AT, RIGID, FREE};
static const stf_option move_rows[] = {
    STF_ACTIVITY_FOR,
    RIGID,
    VECTOR(by, STF_LENGTH, "how far it moves along [x, y, z]", "[1 mm, 0 mm, 0 mm]"),
    {.key = "turn",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_ANGLE,
     .offset = offsetof(options, turn),
     .fallback = "0 deg",
     .minimum = -1e4,
     .maximum = 1e4,
     .help = "how far it turns about `axis`, right-handed"},
    VECTOR(axis, STF_RATIO, "what it turns about, [x, y, z]; its length does not matter", NULL),
    VECTOR(through, STF_LENGTH, "point [x, y, z] in space that the axis runs through; by default the body's centre",
           NULL),
    FREE,
};
static const stf_option push_rows[] = {
    STF_ACTIVITY_FOR,
    RIGID,
    VECTOR(force, STF_FORCE, "force [x, y, z] that comes on and stays; it keeps its direction", "[1 N, 0 N, 0 N]"),
    VECTOR(point, STF_LENGTH,
           "point [x, y, z] of the body, before anything moves, that it acts on; by default the centre", NULL),
    VECTOR(moment, STF_MOMENT, "moment [x, y, z] that comes on and stays; it keeps its direction", NULL),
};

static stf_status refuse(const options *o, const char *key, const char *found, const char *expected, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

/* A list of three, or zeros where there is none. */
static stf_status three(const options *o, const char *key, const stf_quantities *list, stf_diags *diags,
                        double value[3]) {
  memset(value, 0, 3 * sizeof *value);
  if (!list->count) return STF_OK;
  if (list->count != 3)
    return refuse(o, key, stf_diags_text(diags, "%zu components", list->count), "three, along x, y and z", diags);
  memcpy(value, list->values, 3 * sizeof *value);
  return STF_OK;
}

/* What an activity leaves free holds for the whole run. */
static stf_status hold(const options *o, stf_diags *diags, stf_rigid *rigid) {
  const unsigned held = STF_RIGID_ALL & ~o->free;
  if (!rigid->fixed) rigid->held = held;
  rigid->fixed = true;
  if (rigid->held == held || !stf_yaml_get(o->common.node, "free")) return STF_OK;
  return refuse(o, "free",
                stf_diags_text(diags, "other components than an activity above leaves free of %s", rigid->name),
                "the same ones through the whole timeline", diags);
}

static stf_status plan_fix(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  stf_rigid *rigid = stf_protocol_rigid(protocol, o->common.node, o->rigid, diags);
  (void)end;
  if (!rigid) return STF_BAD_INPUT;
  if (start > 0.0)
    return refuse(o, "at", stf_diags_text(diags, "a rigid body held from %g s on", start),
                  "bodies are held from 0 s on, before anything moves", diags);
  return hold(o, diags, rigid);
}

static stf_status unit_axis(const options *o, stf_diags *diags, double axis[3]) {
  STF_TRY(three(o, "axis", &o->axis, diags, axis));
  const double length = sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
  if (!(length > 0.0)) return refuse(o, "axis", "no axis to turn about", "a direction, such as [1, 0, 0]", diags);
  for (int i = 0; i < 3; i++) axis[i] /= length;
  return STF_OK;
}

/* What is free can't be moved; turning about a point moves everything. */
static stf_status check_free(const options *o, const stf_rigid *rigid, const stf_rigid_leg *leg, stf_diags *diags) {
  for (int k = 0; k < STF_RIGID_COMPONENTS; k++) {
    const double moved = k < 3 ? leg->by[k] : leg->about[k - 3];
    if (rigid->held >> k & 1u || (moved == 0.0 && !leg->around)) continue;
    stf_diags_add(
        diags, STF_ERROR, o->common.node->place,
        stf_diags_text(diags, "a movement of %s along %s, which is free", rigid->name, stf_rigid_components[k]),
        "movements of what is held", NULL);
    return STF_BAD_INPUT;
  }
  return STF_OK;
}

static stf_status plan_move(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  stf_rigid *rigid = stf_protocol_rigid(protocol, o->common.node, o->rigid, diags);
  stf_rigid_leg leg = {.start = start, .end = end, .around = o->through.count > 0};
  if (!rigid) return STF_BAD_INPUT;
  STF_TRY(hold(o, diags, rigid));
  STF_TRY(three(o, "by", &o->by, diags, leg.by));
  STF_TRY(three(o, "through", &o->through, diags, leg.point));
  if (o->turn != 0.0) {
    STF_TRY(unit_axis(o, diags, leg.about));
    for (int i = 0; i < 3; i++) leg.about[i] *= o->turn;
  } else if (!o->by.count) {
    return refuse(o, "by", "a movement of nothing", "`by`, or `turn` and `axis`", diags);
  }
  STF_TRY(check_free(o, rigid, &leg, diags));
  const stf_status status = stf_rigid_move(protocol, rigid, leg);
  return status == STF_BAD_INPUT ? stf_protocol_busy(&o->common, start, diags) : status;
}

static stf_status plan_push(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  stf_rigid *rigid = stf_protocol_rigid(protocol, o->common.node, o->rigid, diags);
  stf_push push = {.start = start, .end = end};
  if (!rigid) return STF_BAD_INPUT;
  push.rigid = (size_t)(rigid - protocol->rigid);
  STF_TRY(three(o, "force", &o->force, diags, push.force));
  STF_TRY(three(o, "moment", &o->moment, diags, push.moment));
  STF_TRY(three(o, "point", &o->point, diags, push.arm));
  if (!o->force.count && !o->moment.count)
    return refuse(o, "force", "a push of nothing", "`force`, `moment` or both", diags);
  for (int i = 0; i < 3 && o->point.count; i++) push.arm[i] -= rigid->centre[i];
  stf_push *list = stf_protocol_grown(protocol->arena, protocol->push, protocol->pushes, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  list[protocol->pushes++] = push;
  protocol->push = list;
  return STF_OK;
}

static const stf_table fix_table = STF_TABLE_OF("fix", options, fix_rows);
static const stf_table move_table = STF_TABLE_OF("move", options, move_rows);
static const stf_table push_table = STF_TABLE_OF("push", options, push_rows);
static const stf_activity fix = {.lasts = false, .plan = plan_fix};
static const stf_activity move = {.lasts = true, .plan = plan_move};
static const stf_activity push = {.lasts = true, .plan = plan_push};

const stf_variant_type stf_activity_fix = {"fix", "holds a rigid body where it is", &fix_table, &fix};
const stf_variant_type stf_activity_move = {"move", "moves and turns a rigid body; holds it if nothing does yet",
                                            &move_table, &move};
const stf_variant_type stf_activity_push = {"push", "pushes and twists a rigid body where it is free", &push_table,
                                            &push};
