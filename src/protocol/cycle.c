/* `cycle`: a grip moves out and back, or a load comes and goes, again and again. */
#include <math.h>

#include "protocol/protocol.h"

typedef struct options {
  stf_activity_options common;
  const char *where;
  double by;
  stf_quantities force, traction;
  long times, steps;
  int wave;
  double jump;
} options;

enum { TRIANGLE, SQUARE };
static const char *const waves[] = {"triangle", "square", NULL};
/* Of the period of a square wave, for which it rises; and for which it falls. */
static const double RISE = 0.05;
/* Cycles whose every step may be looked at: beyond, they are to be jumped over. */
enum { MOST_SHOWN = 10000, STEPS = 4 };

static const stf_option rows[] = {
    STF_ACTIVITY_FOR,
    {.key = "where",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, where),
     .help = "the face that moves or is loaded, as x_max",
     .example = "x_max"},
    {.key = "by",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, by),
     .fallback = "",
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "how far it moves outwards before it comes back; negative: inwards. This, `force` or `traction`",
     .example = "1 mm"},
    {.key = "force",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_FORCE,
     .offset = offsetof(options, force),
     .fallback = "",
     .minimum = -1e9,
     .maximum = 1e9,
     .help = "force [x, y, z] on the whole face that comes and goes, on top of what loads it already"},
    {.key = "traction",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_STRESS,
     .offset = offsetof(options, traction),
     .fallback = "",
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "the same as force [x, y, z] for each area before loading"},
    {.key = "times",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(options, times),
     .minimum = 1,
     .maximum = 1000000000,
     .help =
         "how many cycles `for` is divided into. Without `jump`, halves of a triangle `by` a length are each a piece "
         "of the timeline with fields of its own; otherwise fields stand evenly in the logarithm of cycles"},
    {.key = "wave",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, wave),
     .fallback = "triangle",
     .choices = waves,
     .help = "out and back evenly, or held at both ends, 45 % of the time each"},
    {.key = "steps",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(options, steps),
     .fallback = "",
     .minimum = 1,
     .maximum = 1000,
     .help = "of the solver out, and as many back, 4 if not given; what is held takes one. Where halves are pieces of "
             "the timeline, solve: steps says it"},
    {.key = "jump",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(options, jump),
     .fallback = "",
     .minimum = 1e-6,
     .maximum = 0.2,
     .help =
         "cycles between computed ones are jumped over, as many as change the rate of damage so little that it makes "
         "this share of the damage so far, such as 1 %; by default every cycle is computed",
     .example = "1 %"},
};

static stf_status refuse(const options *o, const char *key, const char *found, const char *expected, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

static stf_status grip_on(stf_protocol *protocol, const stf_face *face, stf_grip **grip) {
  *grip = stf_protocol_grip(protocol, face->name);
  return *grip ? STF_OK : stf_protocol_add_grip(protocol, face, STF_HOLD_RIGID, 0.0, grip);
}

/* Each half a movement of its own. */
static stf_status plan_halves(const options *o, double start, double end, stf_diags *diags, stf_protocol *protocol,
                              const stf_face *face) {
  stf_grip *grip;
  if (o->times > MOST_SHOWN)
    return refuse(o, "times", stf_diags_text(diags, "%ld cycles", o->times),
                  stf_diags_text(diags, "at most %d, or `jump`", MOST_SHOWN), diags);
  if (o->steps) return refuse(o, "steps", "steps of cycles that are pieces of the timeline", "solve: steps", diags);
  STF_TRY(grip_on(protocol, face, &grip));
  const double half = 0.5 * (end - start) / (double)o->times;
  for (long k = 0; k < 2 * o->times; k++) {
    const double to = k + 1 == 2 * o->times ? end : start + (double)(k + 1) * half;
    const stf_status status = stf_protocol_move(protocol, grip, start + (double)k * half, to, k % 2 ? -o->by : o->by);
    if (status == STF_BAD_INPUT) return stf_protocol_busy(&o->common, start, diags);
    if (status) return status;
  }
  return STF_OK;
}

static stf_status wave_of_load(const options *o, stf_diags *diags, const stf_face *face, stf_wave *wave) {
  const bool force = o->force.count > 0;
  const stf_quantities *list = force ? &o->force : &o->traction;
  if (list->count != 3)
    return refuse(o, force ? "force" : "traction", stf_diags_text(diags, "%zu components", list->count),
                  "three, along x, y and z", diags);
  wave->load = true;
  for (int i = 0; i < 3; i++) wave->swing[i] = list->values[i] / (force ? face->area : 1.0);
  return STF_OK;
}

static stf_status plan_wave(const options *o, double start, double end, stf_diags *diags, stf_protocol *protocol,
                            const stf_face *face) {
  const bool square = o->wave == SQUARE;
  stf_wave wave = {.node = o->common.node,
                   .start = start,
                   .period = (end - start) / (double)o->times,
                   .cycles = o->times,
                   .rise = square ? RISE : 0.5,
                   .fall = 0.5,
                   .rest = square ? 0.5 + RISE : 1.0,
                   .swing = {o->by, 0.0, 0.0},
                   .steps = o->steps ? (int)o->steps : STEPS,
                   .tolerance = o->jump};
  if (start < protocol->now)
    return refuse(o, "at", stf_diags_text(diags, "cycles that begin at %g s, while an activity above lasts", start),
                  "when that has ended: every cycle must be like the one before", diags);
  if (isnan(o->by)) {
    STF_TRY(wave_of_load(o, diags, face, &wave));
    return stf_protocol_wave_load(protocol, face, STF_LOAD_TRACTION, &wave);
  }
  stf_grip *grip;
  STF_TRY(grip_on(protocol, face, &grip));
  return stf_protocol_wave_grip(protocol, grip, &wave);
}

static stf_status plan(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  if (!face) return STF_BAD_INPUT;
  if (!isnan(o->by) + (o->force.count > 0) + (o->traction.count > 0) != 1)
    return refuse(o, "by", "not one of by, force and traction", "exactly one: what comes and goes", diags);
  const bool halves = !isnan(o->by) && isnan(o->jump) && o->wave == TRIANGLE;
  return halves ? plan_halves(o, start, end, diags, protocol, face) : plan_wave(o, start, end, diags, protocol, face);
}

static const stf_table table = STF_TABLE_OF("cycle", options, rows);
static const stf_activity cycle = {.lasts = true, .plan = plan};

const stf_variant_type stf_activity_cycle = {"cycle", "moves or loads a face out and back, again and again", &table,
                                             &cycle};
