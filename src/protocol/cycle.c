/* `cycle`: a gripped face moves out and back, again and again. */
#include <math.h>

#include "protocol/protocol.h"

typedef struct options {
  stf_activity_options common;
  const char *where;
  double by;
  long times;
} options;

static const stf_option rows[] = {
    STF_ACTIVITY_FOR,
    {.key = "where",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, where),
     .help = "the face that moves, as x_max",
     .example = "x_max"},
    {.key = "by",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, by),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "how far it moves outwards before it comes back, both evenly; negative: inwards"},
    {.key = "times",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(options, times),
     .minimum = 1,
     .maximum = 10000,
     .help = "how many cycles `for` is divided into; each half is a piece of the timeline with steps of its own"},
};

static stf_status plan(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  if (!face) return STF_BAD_INPUT;
  stf_grip *grip = stf_protocol_grip(protocol, face->name);
  if (!grip) STF_TRY(stf_protocol_add_grip(protocol, face, STF_HOLD_RIGID, 0.0, &grip));
  const double half = 0.5 * (end - start) / (double)o->times;
  for (long k = 0; k < 2 * o->times; k++) {
    const double to = k + 1 == 2 * o->times ? end : start + (double)(k + 1) * half;
    const stf_status status = stf_protocol_move(protocol, grip, start + (double)k * half, to, k % 2 ? -o->by : o->by);
    if (status == STF_BAD_INPUT) return stf_protocol_busy(&o->common, start, diags);
    if (status) return status;
  }
  return STF_OK;
}

static const stf_table table = STF_TABLE_OF("cycle", options, rows);
static const stf_activity cycle = {.lasts = true, .plan = plan};

const stf_variant_type stf_activity_cycle = {"cycle", "moves a face out and back, again and again", &table, &cycle};
