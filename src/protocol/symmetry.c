/* `symmetry`: a face stays in its plane, as if the body went on mirrored behind it. */
#include <math.h>

#include "protocol/protocol.h"

typedef struct options {
  stf_activity_options common;
  const char *where;
} options;

static const stf_option rows[] = {
    STF_ACTIVITY_AT_AS("0 s"),
    {.key = "where",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, where),
     .help = "the face in the plane of symmetry, across x, y or z",
     .example = "x_min"},
};

static stf_status plan(const void *from, double start, double end, stf_diags *diags, stf_protocol *protocol) {
  const options *o = from;
  const stf_face *face = stf_protocol_face(protocol, o->common.node, "where", o->where, diags);
  (void)end;
  if (!face) return STF_BAD_INPUT;
  if (start > 0.0) {
    stf_diags_add(diags, STF_ERROR, o->common.node->place,
                  stf_diags_text(diags, "a plane of symmetry from %g s on", start),
                  "planes of symmetry from 0 s on, before anything moves", NULL);
    return STF_BAD_INPUT;
  }
  if (stf_face_axis(face) < 0) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->common.node, "where"),
                  stf_diags_text(diags, "the slanted or curved face %s", face->name), "a face across x, y or z", NULL);
    return STF_BAD_INPUT;
  }
  return stf_protocol_add_plane(protocol, face);
}

static const stf_table table = STF_TABLE_OF("symmetry", options, rows);
static const stf_activity symmetry = {.lasts = false, .plan = plan};

const stf_variant_type stf_activity_symmetry = {"symmetry", "keeps a face in its plane", &table, &symmetry};
