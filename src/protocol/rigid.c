#include "protocol/rigid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "element/rotation.h"
#include "element/volume.h"
#include "protocol/tools.h"

const char *const stf_rigid_components[] = {"x", "y", "z", "turn_x", "turn_y", "turn_z", NULL};

/* ---- what is attached ---- */

static int region_of(const stf_mesh *mesh, const char *name) {
  for (size_t r = 0; r < mesh->region_count; r++)
    if (!strcmp(mesh->regions[r].name, name)) return (int)r;
  return -1;
}

static stf_status refuse_attach(const stf_rigid *rigid, const stf_mesh *mesh, stf_diags *diags) {
  const char *names[128], *all = "";
  size_t count = 0;
  for (size_t k = 0; k < mesh->face_count && count < 64; k++) names[count++] = mesh->faces[k].name;
  for (size_t k = 0; k < mesh->region_count && count < 128; k++) names[count++] = mesh->regions[k].name;
  for (size_t k = 0; k < count; k++) all = stf_diags_text(diags, "%s%s%s", all, k ? ", " : "", names[k]);
  const char *nearest = stf_text_nearest(rigid->attached, names, count);
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(rigid->node, "attach"),
                stf_diags_text(diags, "face or region '%s'", rigid->attached), stf_diags_text(diags, "one of %s", all),
                nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return STF_BAD_INPUT;
}

/* Adds a share of a node's place to the middle. */
static void weigh(const double X[3], double share, double sum[4]) {
  for (int i = 0; i < 3; i++) sum[i] += share * X[i];
  sum[3] += share;
}

static void attach_face(const stf_mesh *mesh, const stf_face *face, stf_rigid *rigid, double sum[4]) {
  rigid->nodes = face->nodes;
  rigid->list = face->node;
  for (size_t k = 0; k < face->nodes; k++) weigh(mesh->X[face->node[k]], face->node_area[k], sum);
}

static stf_status attach_region(const stf_mesh *mesh, int region, stf_arena *arena, stf_rigid *rigid, double sum[4]) {
  char *in = calloc(mesh->nodes + 1, 1);
  int *list = stf_arena_alloc(arena, (mesh->nodes + 1) * sizeof *list);
  if (!in || !list) {
    free(in);
    return STF_NO_RESOURCE;
  }
  for (size_t e = 0; e < mesh->elements; e++) {
    double X[STF_SHAPE_NODES][3], share[STF_SHAPE_NODES];
    const int nodes = stf_shapes[mesh->shape[e]].nodes;
    if (mesh->region[e] != region) continue;
    for (int a = 0; a < nodes; a++) memcpy(X[a], mesh->X[mesh->cell[e][a]], sizeof *X);
    stf_volume_shares((stf_shape)mesh->shape[e], (const double(*)[3])X, share);
    for (int a = 0; a < nodes; a++) weigh(X[a], share[a], sum), in[mesh->cell[e][a]] = 1;
  }
  for (size_t n = 0; n < mesh->nodes; n++)
    if (in[n]) list[rigid->nodes++] = (int)n;
  free(in);
  rigid->list = list;
  return STF_OK;
}

static stf_status place_centre(const stf_rigid_options *o, const stf_mesh *mesh, const double sum[4], stf_diags *diags,
                               stf_rigid *rigid) {
  double squares = 0.0;
  if (o->centre.count != 0 && o->centre.count != 3) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->node, "centre"),
                  stf_diags_text(diags, "%zu coordinates", o->centre.count), "three, such as [5 mm, 0 mm, 0 mm]", NULL);
    return STF_BAD_INPUT;
  }
  for (int i = 0; i < 3; i++) rigid->centre[i] = o->centre.count ? o->centre.values[i] : sum[i] / sum[3];
  for (size_t k = 0; k < rigid->nodes; k++)
    for (int i = 0; i < 3; i++) {
      const double off = mesh->X[rigid->list[k]][i] - rigid->centre[i];
      squares += off * off / (double)rigid->nodes;
    }
  rigid->size = sqrt(squares);
  return STF_OK;
}

static stf_status bind_one(const stf_rigid_options *o, stf_diags *diags, stf_protocol *protocol, stf_rigid *rigid) {
  const stf_mesh *mesh = protocol->mesh;
  const stf_face *face = stf_mesh_face(mesh, o->attach);
  const int region = region_of(mesh, o->attach);
  double sum[4] = {0};
  *rigid = (stf_rigid){.name = o->name, .node = o->node, .attached = o->attach, .tool = -1};
  if (face)
    attach_face(mesh, face, rigid, sum);
  else if (region >= 0)
    STF_TRY(attach_region(mesh, region, protocol->arena, rigid, sum));
  else
    return refuse_attach(rigid, mesh, diags);
  rigid->first = rigid->list[0];
  return place_centre(o, mesh, sum, diags, rigid);
}

/* A node that two ascending lists share, or -1. */
static int shared(const int *a, size_t as, const int *b, size_t bs) {
  for (size_t i = 0, k = 0; i < as && k < bs;) {
    if (a[i] == b[k]) return a[i];
    if (a[i] < b[k])
      i++;
    else
      k++;
  }
  return -1;
}

/* Refuses what shares a node with a rigid body: "the grip on x_min". */
static stf_status refuse_shared(const stf_protocol *protocol, const stf_rigid *rigid, int node, const char *with,
                                stf_diags *diags) {
  const double *X = protocol->mesh->X[node];
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(rigid->node, "attach"),
                stf_diags_text(diags, "rigid body %s on %s, which touches %s at (%.4g, %.4g, %.4g) mm", rigid->name,
                               rigid->attached, with, X[0], X[1], X[2]),
                "rigid bodies, grips and planes of symmetry that are apart", NULL);
  return STF_BAD_INPUT;
}

static stf_status check_apart(const stf_protocol *protocol, size_t r, stf_diags *diags) {
  const stf_rigid *mine = &protocol->rigid[r];
  for (size_t k = 0; k < r; k++) {
    const stf_rigid *other = &protocol->rigid[k];
    const int node = shared(mine->list, mine->nodes, other->list, other->nodes);
    if (node < 0) continue;
    return refuse_shared(protocol, mine, node, stf_diags_text(diags, "rigid body %s", other->name), diags);
  }
  return STF_OK;
}

stf_status stf_rigids_bind(const stf_bodies *bodies, stf_diags *diags, stf_protocol *protocol) {
  const stf_items *rigids = &bodies->rigids;
  const stf_rigid_options *lines = rigids->items;
  stf_status worst = STF_OK;
  protocol->rigid =
      stf_arena_alloc(protocol->arena, (rigids->count + bodies->tools.count + 1) * sizeof *protocol->rigid);
  if (!protocol->rigid) return STF_NO_RESOURCE;
  for (size_t k = 0; k < rigids->count; k++) {
    stf_status status = bind_one(&lines[k], diags, protocol, &protocol->rigid[k]);
    protocol->rigids++;
    if (!status) status = check_apart(protocol, k, diags);
    if (status > worst) worst = status;
  }
  const stf_status tools = stf_tools_place(&bodies->tools, diags, protocol);
  return tools > worst ? tools : worst;
}

stf_status stf_rigids_check(const stf_protocol *protocol, stf_diags *diags) {
  for (size_t r = 0; r < protocol->rigids; r++) {
    const stf_rigid *rigid = &protocol->rigid[r];
    for (size_t g = 0; g < protocol->grips + protocol->planes; g++) {
      const bool grip = g < protocol->grips;
      const stf_face *face = grip ? protocol->grip[g].face : protocol->plane[g - protocol->grips];
      const int node = shared(rigid->list, rigid->nodes, face->node, face->nodes);
      if (node < 0) continue;
      const char *with = stf_diags_text(diags, "the %s %s", grip ? "grip on" : "plane of symmetry", face->name);
      return refuse_shared(protocol, rigid, node, with, diags);
    }
  }
  return STF_OK;
}

stf_rigid *stf_protocol_rigid(const stf_protocol *protocol, const stf_yaml_node *node, const char *name,
                              stf_diags *diags) {
  const char *names[64];
  size_t count = 0;
  for (size_t r = 0; r < protocol->rigids; r++) {
    if (!strcmp(protocol->rigid[r].name, name)) return &protocol->rigid[r];
    if (count < 64) names[count++] = protocol->rigid[r].name;
  }
  const char *nearest = stf_text_nearest(name, names, count);
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, "rigid"), stf_diags_text(diags, "rigid body '%s'", name),
                "a name from `rigids`", nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return NULL;
}

/* ---- how it moves ---- */

static void pose_in(const stf_rigid *rigid, const stf_rigid_leg *leg, double share, double shift[3], double turn[3]) {
  double about[3], arm[3], turned[3];
  stf_rotation rotation;
  for (int i = 0; i < 3; i++) {
    about[i] = share * leg->about[i];
    shift[i] = leg->shift[i] + share * leg->by[i];
    turn[i] = leg->turn[i] + about[i];
  }
  if ((rigid->held & 56u) == 56u) stf_rotation_compose(leg->turn, about, turn);
  if (!leg->around) return;
  for (int i = 0; i < 3; i++) arm[i] = rigid->centre[i] + leg->shift[i] - leg->point[i];
  stf_rotation_set(about, &rotation);
  stf_rotation_apply(&rotation, arm, turned);
  for (int i = 0; i < 3; i++) shift[i] += turned[i] - arm[i];
}

void stf_rigid_pose(const stf_rigid *rigid, double time, double shift[3], double turn[3]) {
  size_t k = rigid->legs;
  memset(shift, 0, 3 * sizeof *shift);
  memset(turn, 0, 3 * sizeof *turn);
  while (k > 0 && rigid->leg[k - 1].start >= time) k--;
  if (!k) return;
  const stf_rigid_leg *leg = &rigid->leg[k - 1];
  pose_in(rigid, leg, time < leg->end ? (time - leg->start) / (leg->end - leg->start) : 1.0, shift, turn);
}

stf_status stf_rigid_move(stf_protocol *protocol, stf_rigid *rigid, stf_rigid_leg leg) {
  if (rigid->legs && leg.start < rigid->leg[rigid->legs - 1].end) return STF_BAD_INPUT;
  stf_rigid_pose(rigid, leg.start, leg.shift, leg.turn);
  stf_rigid_leg *list = stf_protocol_grown(protocol->arena, rigid->leg, rigid->legs, sizeof *list);
  if (!list) return STF_NO_RESOURCE;
  list[rigid->legs++] = leg;
  rigid->leg = list;
  return STF_OK;
}

double stf_push_share(const stf_push *push, double time) {
  return fmin(fmax((time - push->start) / (push->end - push->start), 0.0), 1.0);
}
