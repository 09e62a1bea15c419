/* `pull`: a gripped face moves along its outward normal. */
#include <math.h>

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

/* [mm] Extent of the body along a face's normal. */
static double extent_along(const stf_mesh *mesh, const double normal[3]) {
  double low = INFINITY, high = -INFINITY;
  for (size_t n = 0; n < mesh->nodes; n++) {
    const double *X = mesh->X[n], at = X[0] * normal[0] + X[1] * normal[1] + X[2] * normal[2];
    low = fmin(low, at);
    high = fmax(high, at);
  }
  return high - low;
}

/* A grip that meets or passes the far end of the body, or the grip that faces it, would leave nothing between them. */
static stf_status check_room(const options *o, const stf_grip *grip, double end, stf_diags *diags,
                             const stf_protocol *protocol) {
  const double *normal = grip->face->normal, room = extent_along(protocol->mesh, normal);
  double inwards = -stf_grip_displacement(grip, end);
  const char *facing = "";
  for (size_t g = 0; g < protocol->grips; g++) {
    const stf_face *face = protocol->grip[g].face;
    const double turned = face->normal[0] * normal[0] + face->normal[1] * normal[1] + face->normal[2] * normal[2];
    const double towards = -stf_grip_displacement(&protocol->grip[g], end);
    if (turned > -0.99 || towards == 0.0) continue;
    inwards += towards;
    facing = stf_diags_text(diags, "%s and %s", facing, face->name);
  }
  if (inwards < room) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, "by"),
                stf_diags_text(diags, "%s%s %g mm inwards by %g s", grip->face->name, facing, inwards, end),
                stf_diags_text(diags, "less than %g mm, the body's extent there", room),
                "`by` is how far the face moves outwards from where it is");
  return STF_BAD_INPUT;
}

static stf_status plan(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  if (!face) return STF_BAD_INPUT;
  stf_grip *grip = stf_protocol_grip(protocol, face->name);
  if (!grip) STF_TRY(stf_protocol_add_grip(protocol, face, STF_HOLD_RIGID, 0.0, &grip));
  const stf_status status = stf_protocol_move(protocol, grip, start, end, o->by);
  if (status == STF_BAD_INPUT) return stf_protocol_busy(&o->common, start, diags);
  return status ? status : check_room(o, grip, end, diags, protocol);
}

static const stf_table table = STF_TABLE_OF("pull", options, rows);
static const stf_activity pull = {.lasts = true, .plan = plan};

const stf_variant_type stf_activity_pull = {"pull", "moves a face outwards; grips it rigidly if nothing does yet",
                                            &table, &pull};
