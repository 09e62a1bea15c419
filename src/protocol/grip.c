/* `grip` and `hold`: a face is clamped; everything stays as it is. */
#include <math.h>

#include "protocol/protocol.h"

typedef struct options {
  stf_activity_options common;
  const char *where;
  int hold;
  double compliance;
} options;

static const char *const holds[] = {"rigid", "free", NULL};

static const stf_option grip_rows[] = {
    STF_ACTIVITY_AT_AS("0 s"),
    {.key = "where",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, where),
     .help = "the face that is gripped, as x_min",
     .example = "x_min"},
    {.key = "hold",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, hold),
     .fallback = "rigid",
     .choices = holds,
     .help = "rigid: the face keeps its shape; free: it stays plane but may contract"},
    {.key = "compliance",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_COMPLIANCE,
     .offset = offsetof(options, compliance),
     .fallback = "0 mm/N",
     .minimum = 0.0,
     .maximum = 1e6,
     .help = "how far tissue slips out of the grip for each newton; 0: not at all"},
};

static stf_status plan_grip(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  stf_grip *grip;
  (void)end;
  if (!face) return STF_BAD_INPUT;
  if ((o->hold == STF_HOLD_FREE || o->compliance > 0.0) && stf_face_axis(face) < 0) {
    stf_diags_add(diags, STF_ERROR, o->common.node->place,
                  stf_diags_text(diags, "a free or compliant grip on the slanted face %s", face->name),
                  "such a grip on a face across x, y or z; or hold: rigid", NULL);
    return STF_BAD_INPUT;
  }
  if (start > 0.0) {
    stf_diags_add(diags, STF_ERROR, o->common.node->place, stf_diags_text(diags, "a grip at %g s", start),
                  "grips are put on at 0 s, before anything moves", NULL);
    return STF_BAD_INPUT;
  }
  if (stf_protocol_grip(protocol, face->name)) {
    stf_diags_add(diags, STF_ERROR, o->common.node->place, stf_diags_text(diags, "a second grip on %s", face->name),
                  "one grip on a face", NULL);
    return STF_BAD_INPUT;
  }
  return stf_protocol_add_grip(protocol, face, (stf_hold)o->hold, o->compliance, &grip);
}

static const stf_option hold_rows[] = {STF_ACTIVITY_FOR};

static stf_status plan_hold(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  (void)from, (void)start, (void)end, (void)diags, (void)protocol;
  return STF_OK;
}

static const stf_table grip_table = STF_TABLE_OF("grip", options, grip_rows);
static const stf_table hold_table = STF_TABLE_OF("hold", stf_activity_options, hold_rows);
static const stf_activity grip = {.lasts = false, .plan = plan_grip};
static const stf_activity hold = {.lasts = true, .plan = plan_hold};

const stf_variant_type stf_activity_grip = {"grip", "clamps a face", &grip_table, &grip};
const stf_variant_type stf_activity_hold = {"hold", "keeps every grip where it is", &hold_table, &hold};
