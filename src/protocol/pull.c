/* `pull`: a gripped face moves along its outward normal. */
#include "protocol/protocol.h"

typedef struct options {
  stf_activity_options common;
  const char *where;
  double by;
} options;

static const stf_option rows[] = {
    STF_ACTIVITY_FOR,
    {.key = "where",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, where),
     .help = "the face that moves, as x_max"},
    {.key = "by",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, by),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "how far it moves outwards, evenly over `for`; negative: inwards"},
};

static stf_status plan(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  if (!face) return STF_BAD_INPUT;
  stf_grip *grip = stf_protocol_grip(protocol, face->name);
  if (!grip) STF_TRY(stf_protocol_add_grip(protocol, face, STF_HOLD_RIGID, 0.0, &grip));
  const stf_status status = stf_protocol_move(protocol, grip, start, end, o->by);
  return status == STF_BAD_INPUT ? stf_protocol_busy(&o->common, start, diags) : status;
}

static const stf_table table = STF_TABLE_OF("pull", options, rows);
static const stf_activity pull = {.lasts = true, .plan = plan};

const stf_variant_type stf_activity_pull = {"pull", "moves a face outwards; grips it rigidly if nothing does yet",
                                            &table, &pull};
