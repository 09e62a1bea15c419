#include "protocol/rigid.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

static double between_knots(const stf_grip *grip, double time) {
  const stf_knot *k = grip->knot;
  if (time <= k[0].time) return k[0].displacement;
  for (size_t i = 1; i < grip->knots; i++)
    if (time < k[i].time) {
      const double part = (time - k[i - 1].time) / (k[i].time - k[i - 1].time);
      return k[i - 1].displacement + part * (k[i].displacement - k[i - 1].displacement);
    }
  return k[grip->knots - 1].displacement;
}

double stf_grip_displacement(const stf_grip *grip, double time) {
  double at = between_knots(grip, time);
  for (size_t w = 0; w < grip->waves; w++) at += stf_wave_share(grip->wave[w], time) * grip->wave[w]->swing[0];
  return at;
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

void *stf_protocol_grown(stf_arena *arena, const void *items, size_t count, size_t size) {
  char *more = stf_arena_alloc(arena, (count + 1) * size);
  if (more && count) memcpy(more, items, count * size);
  return more;
}

int stf_face_axis(const stf_face *face) {
  for (int i = 0; i < 3; i++)
    if (fabs(face->normal[i]) > 1.0 - 1e-9) return i;
  return -1;
}

/* What of a face outlives the mesh, and its lists, which do not. */
static const stf_face *keep_face(stf_protocol *protocol, const stf_face *face) {
  stf_face *kept = stf_arena_alloc(protocol->arena, sizeof *kept);
  if (!kept) return NULL;
  *kept = *face;
  kept->name = stf_arena_copy(protocol->arena, face->name, strlen(face->name));
  return kept->name ? kept : NULL;
}

stf_status stf_protocol_add_grip(stf_protocol *protocol, const stf_face *face, stf_hold hold, double compliance,
                                 stf_grip **grip) {
  stf_grip *list = stf_protocol_grown(protocol->arena, protocol->grip, protocol->grips, sizeof *list);
  stf_knot *knot = stf_arena_alloc(protocol->arena, sizeof *knot);
  const stf_face *kept = keep_face(protocol, face);
  if (!list || !knot || !kept) return STF_NO_RESOURCE;
  protocol->grip = list;
  *grip = &list[protocol->grips++];
  **grip = (stf_grip){.face = kept, .hold = hold, .compliance = compliance, .knots = 1, .knot = knot};
  return STF_OK;
}

stf_status stf_protocol_add_plane(stf_protocol *protocol, const stf_face *face) {
  const stf_face **list = stf_protocol_grown(protocol->arena, protocol->plane, protocol->planes, sizeof *list);
  const stf_face *kept = keep_face(protocol, face);
  if (!list || !kept) return STF_NO_RESOURCE;
  list[protocol->planes++] = kept;
  protocol->plane = list;
  return STF_OK;
}

void stf_load_value(const stf_load *load, double time, double value[3]) {
  const stf_load_knot *k = load->knot, *last = &k[load->knots - 1];
  size_t i = 1;
  while (i < load->knots && k[i].time <= time) i++;
  const bool within = i < load->knots;
  const double part = within ? (time - k[i - 1].time) / (k[i].time - k[i - 1].time) : 0.0;
  for (int a = 0; a < 3; a++)
    value[a] = within ? k[i - 1].value[a] + part * (k[i].value[a] - k[i - 1].value[a]) : last->value[a];
  for (size_t w = 0; w < load->waves; w++) {
    const double share = stf_wave_share(load->wave[w], time);
    for (int a = 0; a < 3; a++) value[a] += share * load->wave[w]->swing[a];
  }
}

static stf_status add_load_knot(stf_protocol *protocol, stf_load *load, stf_load_knot knot) {
  stf_load_knot *list = stf_protocol_grown(protocol->arena, load->knot, load->knots, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  list[load->knots++] = knot;
  load->knot = list;
  return STF_OK;
}

static stf_status add_load(stf_protocol *protocol, const stf_face *face, stf_load_kind kind, stf_load **load) {
  stf_load *list = stf_protocol_grown(protocol->arena, protocol->load, protocol->loads, sizeof *list);
  const stf_face *kept = face ? keep_face(protocol, face) : NULL;
  if (!list || (face && !kept)) return STF_NO_RESOURCE;
  protocol->load = list;
  *load = &list[protocol->loads++];
  **load = (stf_load){.face = kept, .kind = kind};
  return add_load_knot(protocol, *load, (stf_load_knot){0});
}

stf_status stf_protocol_load_on(stf_protocol *protocol, const stf_face *face, stf_load_kind kind, stf_load **load) {
  *load = NULL;
  for (size_t i = 0; i < protocol->loads; i++)
    if (protocol->load[i].kind == kind && (!face || !strcmp(protocol->load[i].face->name, face->name)))
      *load = &protocol->load[i];
  return *load ? STF_OK : add_load(protocol, face, kind, load);
}

stf_status stf_protocol_load(stf_protocol *protocol, const stf_face *face, stf_load_kind kind, double start, double end,
                             const double change[3]) {
  stf_load *load;
  STF_TRY(stf_protocol_load_on(protocol, face, kind, &load));
  stf_load_knot knot = load->knot[load->knots - 1];
  if (start < knot.time) return STF_BAD_INPUT;
  if (start > knot.time) {
    knot.time = start;
    STF_TRY(add_load_knot(protocol, load, knot));
  }
  knot.time = end;
  for (int i = 0; i < 3; i++) knot.value[i] += change[i];
  return add_load_knot(protocol, load, knot);
}

static stf_status add_knot(stf_protocol *protocol, stf_grip *grip, double time, double displacement) {
  stf_knot *list = stf_protocol_grown(protocol->arena, grip->knot, grip->knots, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  list[grip->knots++] = (stf_knot){time, displacement};
  grip->knot = list;
  return STF_OK;
}

stf_status stf_protocol_move(stf_protocol *protocol, stf_grip *grip, double start, double end, double by) {
  const stf_knot last = grip->knot[grip->knots - 1];
  if (start < last.time) return STF_BAD_INPUT;
  if (start > last.time) STF_TRY(add_knot(protocol, grip, start, last.displacement));
  return add_knot(protocol, grip, end, last.displacement + by);
}

stf_status stf_protocol_busy(const stf_activity_options *options, double start, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(options->node, "at")->place,
                stf_diags_text(diags, "%g s, while an activity above does the same to this face", start),
                "when that has ended, or another face", NULL);
  return STF_BAD_INPUT;
}

static stf_status add_phase(stf_protocol *protocol, const char *activity, double end) {
  stf_phase *list = stf_protocol_grown(protocol->arena, protocol->phase, protocol->phases, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  list[protocol->phases++] = (stf_phase){activity, protocol->now, end, NULL};
  protocol->phase = list;
  protocol->now = end;
  return STF_OK;
}

/* Makes two phases of the one in which `time` lies. */
static stf_status cut_phases(stf_protocol *protocol, double time) {
  size_t i = 0;
  while (i < protocol->phases && protocol->phase[i].end <= time) i++;
  if (i == protocol->phases || protocol->phase[i].start >= time) return STF_OK;
  stf_phase *list = stf_protocol_grown(protocol->arena, protocol->phase, protocol->phases, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  memmove(&list[i + 1], &list[i], (protocol->phases++ - i) * sizeof *list);
  list[i].end = list[i + 1].start = time;
  protocol->phase = list;
  return STF_OK;
}

/* Time for an activity that may begin before the last one ends. */
static stf_status add_span(stf_protocol *protocol, const char *activity, double start, double end) {
  STF_TRY(cut_phases(protocol, start));
  STF_TRY(cut_phases(protocol, end));
  return end > protocol->now ? add_phase(protocol, activity, end) : STF_OK;
}

/* Where a grip changes its course a new phase begins. */
static stf_status cut_at_knots(stf_protocol *protocol) {
  for (size_t g = 0; g < protocol->grips; g++)
    for (size_t k = 0; k < protocol->grip[g].knots; k++) STF_TRY(cut_phases(protocol, protocol->grip[g].knot[k].time));
  return STF_OK;
}

/* Nothing else may happen while cycles are counted: each must be like the one before. */
static stf_status check_waves(const stf_activity_options *options, double start, stf_diags *diags,
                              const stf_protocol *protocol) {
  const stf_wave *last = protocol->waves ? protocol->wave[protocol->waves - 1] : NULL;
  const double end = last ? last->start + (double)last->cycles * last->period : 0.0;
  if (start >= end * (1.0 - 1e-12)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(options->node, "at"), stf_diags_text(diags, "%g s", start),
                stf_diags_text(diags, "not before %g s, when the cycles above end", end), NULL);
  return STF_BAD_INPUT;
}

static stf_status plan_one(const stf_variant *item, stf_diags *diags, stf_protocol *protocol) {
  const stf_activity *activity = item->type->extra;
  const stf_activity_options *options = item->data;
  const double start = isfinite(options->at) ? options->at : protocol->now;
  if (!activity->lasts && start < protocol->now && start > 0.0) { /* what is there from the start may be listed later */
    stf_diags_add(diags, STF_ERROR, stf_yaml_get(options->node, "at")->place, stf_diags_text(diags, "%g s", start),
                  stf_diags_text(diags, "not before %g s, when the activity above ends", protocol->now), NULL);
    return STF_BAD_INPUT;
  }
  if (start > protocol->now) STF_TRY(add_phase(protocol, "hold", start));
  const double end = activity->lasts ? start + options->duration : start;
  const size_t waves = protocol->waves;
  if (activity->lasts) STF_TRY(check_waves(options, start, diags, protocol));
  STF_TRY(activity->plan(options, start, end, diags, protocol));
  if (!activity->lasts) return STF_OK;
  STF_TRY(add_span(protocol, item->type->name, start, end));
  if (protocol->waves > waves) protocol->phase[protocol->phases - 1].wave = protocol->wave[waves];
  return cut_at_knots(protocol);
}

static bool share_node(const stf_face *a, const stf_face *b) {
  for (size_t i = 0, j = 0; i < a->nodes && j < b->nodes;) {
    if (a->node[i] == b->node[j]) return true;
    if (a->node[i] < b->node[j])
      i++;
    else
      j++;
  }
  return false;
}

/* No node may be in two grips: their movements would contradict each other. */
static stf_status check_apart(stf_place place, stf_diags *diags, const stf_protocol *protocol) {
  for (size_t g = 0; g < protocol->grips; g++)
    for (size_t h = g + 1; h < protocol->grips; h++) {
      const stf_face *a = protocol->grip[g].face, *b = protocol->grip[h].face;
      if (!share_node(a, b)) continue;
      stf_diags_add(diags, STF_ERROR, place, stf_diags_text(diags, "grips on %s and %s, which touch", a->name, b->name),
                    "grips on faces that are apart", NULL);
      return STF_BAD_INPUT;
    }
  return STF_OK;
}

/*
 * Adds to the Gram matrix [6][6] of the six ways a stiff body can move (three shifts, three turns about the mesh's
 * middle over its size) what one held unknown sees of them.
 */
static void add_held(const double middle[3], double size, const double X[3], int axis, double gram[6][6]) {
  const int s = (axis + 1) % 3, t = (axis + 2) % 3;
  double seen[6] = {0};
  seen[axis] = 1.0;
  seen[3 + s] = (X[t] - middle[t]) / size;
  seen[3 + t] = -(X[s] - middle[s]) / size;
  for (int a = 0; a < 6; a++)
    for (int b = 0; b < 6; b++) gram[a][b] += seen[a] * seen[b];
}

static void add_face(const stf_protocol *protocol, const stf_face *face, bool whole, const double middle[3],
                     double size, double gram[6][6]) {
  for (size_t k = 0; k < face->nodes; k++)
    for (int i = 0; i < 3; i++)
      if (whole || fabs(face->normal[i]) > 0.5) add_held(middle, size, protocol->mesh->X[face->node[k]], i, gram);
}

/* What is held of a rigid body. */
static void add_rigid(const stf_rigid *rigid, const double middle[3], double size, double gram[6][6]) {
  for (int i = 0; i < 3; i++) {
    if (rigid->held >> i & 1u) add_held(middle, size, rigid->centre, i, gram);
    if (rigid->held >> (3 + i) & 1u) gram[3 + i][3 + i] += 1.0;
  }
}

/* The first of the six movements that the pivots of an elimination leave free, or -1. */
static int free_movement(double gram[6][6]) {
  double largest = 0.0;
  for (int a = 0; a < 6; a++) largest = fmax(largest, gram[a][a]);
  for (int a = 0; a < 6; a++) {
    if (!(gram[a][a] > 1e-9 * largest)) return a;
    for (int b = a + 1; b < 6; b++)
      for (int c = 5; c >= a; c--) gram[b][c] -= gram[b][a] / gram[a][a] * gram[a][c];
  }
  return -1;
}

bool stf_protocol_floats(const stf_protocol *protocol) {
  if (protocol->planes || !protocol->grips) return false;
  for (size_t r = 0; r < protocol->rigids; r++)
    if (protocol->rigid[r].held && protocol->rigid[r].tool < 0) return false;
  for (size_t g = 0; g < protocol->grips; g++)
    if (protocol->grip[g].hold == STF_HOLD_RIGID) return false;
  return true;
}

/* Whether the grips and planes keep the body from moving as a whole. */
static stf_status check_held(stf_place place, stf_diags *diags, const stf_protocol *protocol) {
  static const char *const movement[6] = {"shift along x", "shift along y", "shift along z",
                                          "turn about x",  "turn about y",  "turn about z"};
  const stf_mesh *mesh = protocol->mesh;
  double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY}, gram[6][6] = {{0}};
  for (size_t n = 0; n < mesh->nodes; n++)
    for (int i = 0; i < 3; i++) {
      low[i] = fmin(low[i], mesh->X[n][i]);
      high[i] = fmax(high[i], mesh->X[n][i]);
    }
  const double middle[3] = {0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]), 0.5 * (low[2] + high[2])};
  const double size = fmax(high[0] - low[0], fmax(high[1] - low[1], high[2] - low[2]));
  if (stf_protocol_floats(protocol)) return STF_OK;
  for (size_t g = 0; g < protocol->grips; g++)
    add_face(protocol, protocol->grip[g].face, protocol->grip[g].hold == STF_HOLD_RIGID, middle, size, gram);
  for (size_t k = 0; k < protocol->planes; k++) add_face(protocol, protocol->plane[k], false, middle, size, gram);
  for (size_t r = 0; r < protocol->rigids; r++)
    if (protocol->rigid[r].tool < 0) add_rigid(&protocol->rigid[r], middle, size, gram);
  const int loose = free_movement(gram);
  if (loose < 0) return STF_OK;
  stf_diags_add(diags, STF_ERROR, place, stf_diags_text(diags, "a body that can still %s as a whole", movement[loose]),
                "grips or planes of symmetry that hold it", "add {at: 0 s, do: grip, where: x_min}");
  return STF_BAD_INPUT;
}

/* A grip must not move a plane of symmetry's nodes out of the plane. */
static stf_status check_planes(stf_place place, stf_diags *diags, const stf_protocol *protocol) {
  for (size_t g = 0; g < protocol->grips; g++)
    for (size_t k = 0; k < protocol->planes; k++) {
      const stf_face *a = protocol->grip[g].face, *b = protocol->plane[k];
      if ((protocol->grip[g].knots == 1 && !protocol->grip[g].waves) || fabs(a->normal[stf_face_axis(b)]) < 1e-9 ||
          !share_node(a, b))
        continue;
      stf_diags_add(
          diags, STF_ERROR, place,
          stf_diags_text(diags, "a grip on %s, which moves nodes of the plane of symmetry %s", a->name, b->name),
          "grips that move along such a plane, or apart from it", NULL);
      return STF_BAD_INPUT;
    }
  return STF_OK;
}

/* Two faces or rigid bodies must be held, or something done to one. */
static stf_status check_enough(stf_place place, stf_diags *diags, const stf_protocol *protocol) {
  size_t held = protocol->grips + protocol->planes, done = protocol->loads + protocol->pushes;
  for (size_t r = 0; r < protocol->rigids; r++) {
    held += protocol->rigid[r].held != 0;
    done += protocol->rigid[r].legs;
  }
  if (held >= 2 || done) return STF_OK;
  stf_diags_add(diags, STF_ERROR, place, held ? "only one face is held, and no load" : "no face is held",
                "two held faces, or one and a load", "add {at: 0 s, do: grip, where: x_min}");
  return STF_BAD_INPUT;
}

stf_status stf_protocol_compile(const stf_variants *timeline, const stf_bodies *bodies, stf_place place,
                                const stf_mesh *mesh, stf_arena *arena, stf_diags *diags, stf_protocol *protocol) {
  *protocol = (stf_protocol){.arena = arena, .mesh = mesh};
  stf_status worst = stf_rigids_bind(bodies, diags, protocol);
  if (worst && worst != STF_BAD_INPUT) return worst;
  for (size_t i = 0; i < timeline->count; i++) {
    const stf_status status = plan_one(&timeline->items[i], diags, protocol);
    if (status > worst) worst = status;
  }
  if (worst) return worst;
  STF_TRY(check_enough(place, diags, protocol));
  if (!protocol->phases) {
    stf_diags_add(diags, STF_ERROR, place, "nothing that takes time", "at least one activity with `for`",
                  "add {for: 10 s, do: pull, where: x_max, by: 1 mm}");
    return STF_BAD_INPUT;
  }
  STF_TRY(check_apart(place, diags, protocol));
  STF_TRY(check_planes(place, diags, protocol));
  STF_TRY(stf_rigids_check(protocol, diags));
  return check_held(place, diags, protocol);
}
