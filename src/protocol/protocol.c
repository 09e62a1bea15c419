#include "protocol/protocol.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

double stf_grip_displacement(const stf_grip *grip, double time) {
  const stf_knot *k = grip->knot;
  if (time <= k[0].time) return k[0].displacement;
  for (size_t i = 1; i < grip->knots; i++)
    if (time < k[i].time) {
      const double part = (time - k[i - 1].time) / (k[i].time - k[i - 1].time);
      return k[i - 1].displacement + part * (k[i].displacement - k[i - 1].displacement);
    }
  return k[grip->knots - 1].displacement;
}

stf_grip *stf_protocol_grip(const stf_protocol *protocol, const char *face) {
  for (size_t g = 0; g < protocol->grips; g++)
    if (!strcmp(protocol->grip[g].face->name, face)) return &protocol->grip[g];
  return NULL;
}

const stf_face *stf_protocol_face(const stf_protocol *protocol, const stf_yaml_node *node, const char *key,
                                  const char *name, stf_diags *diags) {
  const stf_mesh *mesh = protocol->mesh;
  const stf_face *face = stf_mesh_face(mesh, name);
  if (face) return face;
  const char *names[64], *all = "";
  size_t count = 0;
  for (; count < mesh->face_count && count < 64; count++) {
    names[count] = mesh->faces[count].name;
    all = stf_diags_text(diags, "%s%s%s", all, count ? ", " : "", names[count]);
  }
  const char *nearest = stf_text_nearest(name, names, count);
  const stf_yaml_node *value = stf_yaml_get(node, key);
  stf_diags_add(diags, STF_ERROR, value ? value->place : node->place, stf_diags_text(diags, "face '%s'", name),
                stf_diags_text(diags, "one of %s", all),
                nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return NULL;
}

/* A list grown by one; the old one stays in the arena. */
static void *grown(stf_arena *arena, const void *items, size_t count, size_t size) {
  char *more = stf_arena_alloc(arena, (count + 1) * size);
  if (more && count) memcpy(more, items, count * size);
  return more;
}

stf_status stf_protocol_add_grip(stf_protocol *protocol, const stf_face *face, stf_hold hold, double compliance,
                                 stf_grip **grip) {
  stf_grip *list = grown(protocol->arena, protocol->grip, protocol->grips, sizeof *list);
  stf_knot *knot = stf_arena_alloc(protocol->arena, sizeof *knot);
  stf_face *kept = stf_arena_alloc(protocol->arena, sizeof *kept);
  if (!list || !knot || !kept) return STF_NO_RESOURCE;
  *kept = *face;
  kept->name = stf_arena_copy(protocol->arena, face->name, strlen(face->name));
  if (!kept->name) return STF_NO_RESOURCE;
  protocol->grip = list;
  *grip = &list[protocol->grips++];
  **grip = (stf_grip){.face = kept, .hold = hold, .compliance = compliance, .knots = 1, .knot = knot};
  return STF_OK;
}

static stf_status add_knot(stf_protocol *protocol, stf_grip *grip, double time, double displacement) {
  stf_knot *list = grown(protocol->arena, grip->knot, grip->knots, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  list[grip->knots++] = (stf_knot){time, displacement};
  grip->knot = list;
  return STF_OK;
}

stf_status stf_protocol_move(stf_protocol *protocol, stf_grip *grip, double start, double end, double by) {
  const stf_knot last = grip->knot[grip->knots - 1];
  if (start > last.time) STF_TRY(add_knot(protocol, grip, start, last.displacement));
  return add_knot(protocol, grip, end, last.displacement + by);
}

static stf_status add_phase(stf_protocol *protocol, const char *activity, double end) {
  stf_phase *list = grown(protocol->arena, protocol->phase, protocol->phases, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  list[protocol->phases++] = (stf_phase){activity, protocol->now, end};
  protocol->phase = list;
  protocol->now = end;
  return STF_OK;
}

static stf_status plan_one(const stf_variant *item, stf_diags *diags, stf_protocol *protocol) {
  const stf_activity *activity = item->type->extra;
  const stf_activity_options *options = item->data;
  if (!activity->lasts && isfinite(options->at) && options->at != protocol->now) {
    if (options->at < protocol->now) {
      stf_diags_add(diags, STF_ERROR, stf_yaml_get(options->node, "at")->place,
                    stf_diags_text(diags, "%g s", options->at),
                    stf_diags_text(diags, "not before %g s, when the activity above ends", protocol->now), NULL);
      return STF_BAD_INPUT;
    }
    STF_TRY(add_phase(protocol, "hold", options->at));
  }
  const double start = protocol->now, end = activity->lasts ? start + options->duration : start;
  STF_TRY(activity->plan(options, start, end, diags, protocol));
  return activity->lasts ? add_phase(protocol, item->type->name, end) : STF_OK;
}

/* No node may be in two grips: their movements would contradict each other. */
static stf_status check_apart(stf_place place, stf_diags *diags, const stf_protocol *protocol) {
  for (size_t g = 0; g < protocol->grips; g++)
    for (size_t h = g + 1; h < protocol->grips; h++) {
      const stf_face *a = protocol->grip[g].face, *b = protocol->grip[h].face;
      for (size_t i = 0, j = 0; i < a->nodes && j < b->nodes;) {
        if (a->node[i] == b->node[j]) {
          stf_diags_add(diags, STF_ERROR, place,
                        stf_diags_text(diags, "grips on %s and %s, which touch", a->name, b->name),
                        "grips on faces that are apart", NULL);
          return STF_BAD_INPUT;
        }
        if (a->node[i] < b->node[j])
          i++;
        else
          j++;
      }
    }
  return STF_OK;
}

stf_status stf_protocol_compile(const stf_variants *timeline, stf_place place, const stf_mesh *mesh, stf_arena *arena,
                                stf_diags *diags, stf_protocol *protocol) {
  *protocol = (stf_protocol){.arena = arena, .mesh = mesh};
  stf_status worst = STF_OK;
  for (size_t i = 0; i < timeline->count; i++) {
    const stf_status status = plan_one(&timeline->items[i], diags, protocol);
    if (status > worst) worst = status;
  }
  if (worst) return worst;
  if (protocol->grips < 2) {
    stf_diags_add(diags, STF_ERROR, place, protocol->grips ? "only one face is held" : "no face is held",
                  "at least two gripped faces, so that the body cannot turn away",
                  "add {at: 0 s, do: grip, where: x_min}");
    return STF_BAD_INPUT;
  }
  if (!protocol->phases) {
    stf_diags_add(diags, STF_ERROR, place, "nothing that takes time", "at least one activity with `for`",
                  "add {for: 10 s, do: pull, where: x_max, by: 1 mm}");
    return STF_BAD_INPUT;
  }
  return check_apart(place, diags, protocol);
}
