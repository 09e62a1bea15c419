#include "solve/cutting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "element/rotation.h"
#include "element/volume.h"
#include "solve/ordering.h"
#include "solve/partition.h"

enum { ALL_HELD = 63 }; /* every component of a rigid body */

static void cutting_clear(stf_cutting *c) {
  free(c->rank_of);
  free(c->owner);
  free(c->global);
  free(c->local);
  free(c->node_at);
  free(c->element_at);
  free(c->wanted);
  free(c->patch);
  free(c->X);
  free(c->tie);
}

/* The node of a rigid body's shift; that of its turn follows. */
static size_t body_node(const stf_cutting *c, size_t rigid) {
  return c->mesh->nodes + 2 * rigid;
}

/* The first of the nodes that carry a tool's frame; they come last. */
static size_t frame_node(const stf_cutting *c, size_t tool) {
  return c->nodes - STF_TOOL_ANCHORS * (c->protocol->tools - tool);
}

/* Places of cables on rigid bodies, which follow them as nodes do. */
static void place_cables(stf_cutting *c) {
  size_t next = body_node(c, c->protocol->rigids);
  for (size_t k = 0; k < c->protocol->cables; k++)
    for (size_t p = 0; p < c->protocol->cable[k].points; p++) {
      const stf_cable_point *point = &c->protocol->cable[k].point[p];
      if (point->rigid < 0) continue;
      c->tie[next] = point->rigid;
      memcpy(c->X[next++], point->X, sizeof *c->X);
    }
}

/* The four nodes that carry the frame of each tool: its centre and 1 mm along x, y and z from there. */
static void place_frames(stf_cutting *c) {
  for (size_t t = 0; t < c->protocol->tools; t++) {
    const size_t rigid = c->protocol->tool[t].rigid, first = frame_node(c, t);
    for (size_t k = 0; k < STF_TOOL_ANCHORS; k++) {
      c->tie[first + k] = (int)rigid;
      memcpy(c->X[first + k], c->protocol->rigid[rigid].centre, sizeof *c->X);
      if (k) c->X[first + k][k - 1] += 1.0;
    }
  }
}

static size_t count_anchors(const stf_protocol *protocol) {
  size_t count = STF_TOOL_ANCHORS * protocol->tools;
  for (size_t k = 0; k < protocol->cables; k++)
    for (size_t p = 0; p < protocol->cable[k].points; p++) count += protocol->cable[k].point[p].rigid >= 0;
  return count;
}

/* What follows rigid bodies, and the bodies' own nodes at their centres. */
static void place_nodes(stf_cutting *c) {
  memcpy(c->X, c->mesh->X, c->mesh->nodes * sizeof *c->X);
  for (size_t n = 0; n < c->nodes; n++) c->tie[n] = -1;
  for (size_t r = 0; r < c->protocol->rigids; r++) {
    const stf_rigid *rigid = &c->protocol->rigid[r];
    for (size_t k = 0; k < rigid->nodes; k++) c->tie[rigid->list[k]] = (int)r;
    for (size_t k = 0; k < 2; k++) memcpy(c->X[body_node(c, r) + k], rigid->centre, sizeof *c->X);
  }
  place_cables(c);
  place_frames(c);
}

/* A node belongs to the lowest rank that has an element at it, a rigid body to the owner of its first node (of a
 * tool: of its face), and what else follows it too. */
static void choose_owners(stf_cutting *c) {
  const stf_mesh *mesh = c->mesh;
  for (size_t n = 0; n < c->nodes; n++) c->owner[n] = INT32_MAX, c->local[n] = -1;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes; a++) {
      int *owner = &c->owner[mesh->cell[e][a]];
      if (c->rank_of[e] < *owner) *owner = c->rank_of[e];
    }
  for (size_t r = 0; r < c->protocol->rigids; r++)
    for (size_t k = 0; k < 2; k++) c->owner[body_node(c, r) + k] = c->owner[c->protocol->rigid[r].first];
  for (size_t n = body_node(c, c->protocol->rigids); n < c->nodes; n++)
    c->owner[n] = c->owner[body_node(c, (size_t)c->tie[n])];
}

/* Nodes [mesh->nodes] that face each other across interfaces where both sides' match, -1: none. */
static void pair_nodes(const stf_cutting *c, int *partner) {
  for (size_t n = 0; n < c->mesh->nodes; n++) partner[n] = -1;
  for (size_t i = 0; i < c->protocol->glides; i++) {
    const stf_gaps *gaps = &c->protocol->glide[i].gaps;
    for (size_t k = 0; gaps->match && k < gaps->count; k++) {
      const stf_gap_place *p = &gaps->place[k];
      for (int a = 0; a < p->nodes; a++)
        if (p->core.weight[a] > 0.0) partner[p->node] = p->list[a], partner[p->list[a]] = p->node;
    }
  }
}

static stf_status find_grid(stf_arena *arena, stf_cutting *c) {
  int *partner = malloc((c->mesh->nodes + 1) * sizeof *partner);
  if (!partner) return STF_NO_RESOURCE;
  pair_nodes(c, partner);
  const stf_status status = stf_grid_find(c->mesh, partner, arena, &c->grid);
  free(partner);
  return status;
}

static stf_status cutting_init(MPI_Comm comm, stf_arena *arena, stf_cutting *c) {
  const stf_mesh *mesh = c->mesh;
  c->nodes = body_node(c, c->protocol->rigids) + count_anchors(c->protocol);
  c->rank_of = malloc((mesh->elements + 1) * sizeof *c->rank_of);
  c->wanted = calloc(mesh->elements + 1, sizeof *c->wanted);
  c->owner = malloc((c->nodes + 1) * sizeof *c->owner);
  c->global = malloc((c->nodes + 1) * sizeof *c->global);
  c->local = malloc((c->nodes + 1) * sizeof *c->local);
  c->node_at = malloc((c->nodes + 1) * sizeof *c->node_at);
  c->element_at = malloc((mesh->elements + 1) * sizeof *c->element_at);
  c->patch = malloc((mesh->nodes + 1) * sizeof *c->patch);
  c->X = malloc((c->nodes + 1) * sizeof *c->X);
  c->tie = malloc((c->nodes + 1) * sizeof *c->tie);
  if (!c->rank_of || !c->wanted || !c->owner || !c->global || !c->local || !c->node_at || !c->element_at || !c->patch ||
      !c->X || !c->tie)
    return STF_NO_RESOURCE;
  STF_TRY(stf_ordering(mesh, c->node_at, c->element_at));
  for (size_t n = mesh->nodes; n < c->nodes; n++) c->node_at[n] = (int)n;
  STF_TRY(find_grid(arena, c));
  STF_TRY(stf_partition(comm, mesh, &c->grid, c->rank_of));
  place_nodes(c);
  choose_owners(c);
  return STF_OK;
}

/* Numbers all nodes, rank after rank; the first number of every rank into first [ranks + 1]. */
static void number_nodes(stf_cutting *c, int ranks, PetscInt *first) {
  memset(first, 0, ((size_t)ranks + 1) * sizeof *first);
  for (size_t n = 0; n < c->nodes; n++) first[c->owner[n] + 1]++;
  for (int r = 0; r < ranks; r++) first[r + 1] += first[r];
  for (size_t k = 0; k < c->nodes; k++) c->global[c->node_at[k]] = first[c->owner[c->node_at[k]]]++;
  for (int r = ranks; r > 0; r--) first[r] = first[r - 1];
  first[0] = 0;
}

/* Whether a node, or the body it follows, belongs to a rank. */
static bool answers(const stf_cutting *c, int rank, int node) {
  return c->owner[node] == rank || (c->tie[node] >= 0 && c->owner[body_node(c, (size_t)c->tie[node])] == rank);
}

/* Marks the elements that touch an owned node, or one that follows an owned body. */
static void want_elements(stf_cutting *c, const stf_domain *d) {
  const stf_mesh *mesh = c->mesh;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes; a++)
      if (answers(c, d->rank, mesh->cell[e][a])) c->wanted[e] = 1;
}

/* A node that is needed here, with the body that it follows. */
static void want_node(stf_cutting *c, int node) {
  if (c->local[node] < 0) c->local[node] = INT32_MAX;
  for (size_t k = 0; k < 2 && c->tie[node] >= 0; k++) {
    int *local = &c->local[body_node(c, (size_t)c->tie[node]) + k];
    if (*local < 0) *local = INT32_MAX;
  }
}

/* Numbers the local nodes: owned, then ghosts, all that elements and blocks here touch. */
static void number_local(stf_cutting *c, stf_domain *d) {
  const stf_mesh *mesh = c->mesh;
  for (size_t k = 0; k < c->nodes; k++)
    if (c->owner[c->node_at[k]] == d->rank) c->local[c->node_at[k]] = (int)d->owned++;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; c->wanted[e] && a < stf_shapes[mesh->shape[e]].nodes; a++) want_node(c, mesh->cell[e][a]);
  for (size_t b = 0; b < d->blocks; b++)
    for (int a = 0; a < d->block[b].nodes; a++) want_node(c, d->block[b].node[a]);
  stf_slides_want(c, want_node);
  d->local = d->owned;
  for (size_t k = 0; k < c->nodes; k++)
    if (c->local[c->node_at[k]] == INT32_MAX) c->local[c->node_at[k]] = (int)d->local++;
}

/* The cables that touch what this rank answers for, as blocks; their nodes counted in the mesh. */
static stf_status add_cables(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  int anchor = (int)body_node(c, c->protocol->rigids);
  d->cable = stf_arena_alloc(arena, (c->protocol->cables + 1) * sizeof *d->cable);
  if (!d->cable) return STF_NO_RESOURCE;
  for (size_t k = 0; k < c->protocol->cables; k++) {
    const stf_cable *cable = &c->protocol->cable[k];
    bool wanted = false;
    int *node = stf_arena_alloc(arena, cable->points * sizeof *node);
    if (!node) return STF_NO_RESOURCE;
    for (size_t p = 0; p < cable->points; p++) {
      node[p] = cable->point[p].rigid >= 0 ? anchor++ : cable->point[p].node;
      wanted = wanted || answers(c, d->rank, node[p]);
    }
    d->cable[k] = wanted ? (int)d->blocks : -1;
    if (wanted)
      d->block[d->blocks++] = (stf_block){.kind = &stf_cable_block,
                                          .data = &cable->core,
                                          .nodes = (int)cable->points,
                                          .node = node,
                                          .glide = -1,
                                          .tool = -1};
  }
  return STF_OK;
}

/* Whether a gap is of use here: it touches what this rank answers for, and something lies before it. */
static bool wants_gap(const stf_cutting *c, int rank, const stf_gap_place *place) {
  for (int a = 0; a < place->nodes && place->core.area > 0.0; a++)
    if (answers(c, rank, place->list[a])) return true;
  return false;
}

/* The gaps of interfaces, as blocks; their nodes counted in the mesh. Of those that slide far all, on every rank. */
static stf_status add_gaps(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  for (size_t g = 0; g < c->protocol->glides; g++)
    for (size_t k = 0; k < c->protocol->glide[g].gaps.all; k++) {
      const stf_gap_place *place = &c->protocol->glide[g].gaps.place[k];
      stf_block *b = &d->block[d->blocks];
      const bool wanted = wants_gap(c, d->rank, place);
      if (!wanted && !c->protocol->glide[g].slides) continue;
      *b = (stf_block){.kind = &stf_gap_block,
                       .data = &place->core,
                       .nodes = place->nodes,
                       .idle = !wanted,
                       .glide = (int)g,
                       .tool = -1,
                       .place = (int)k};
      while (place->list[b->own] != place->node) b->own++;
      if (!(b->node = stf_arena_alloc(arena, (size_t)place->nodes * sizeof *b->node))) return STF_NO_RESOURCE;
      memcpy(b->node, place->list, (size_t)place->nodes * sizeof *b->node);
      d->blocks++;
    }
  return STF_OK;
}

/* The contacts of tools that touch what this rank answers for, as blocks; their nodes counted in the mesh. */
static stf_status add_tools(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  for (size_t t = 0; t < c->protocol->tools; t++) {
    const stf_tool *tool = &c->protocol->tool[t];
    const int frame = (int)frame_node(c, t);
    for (size_t k = 0; k < tool->contacts; k++) {
      if (!answers(c, d->rank, tool->node[k]) && !answers(c, d->rank, frame)) continue;
      int *node = stf_arena_alloc(arena, STF_TOOL_NODES * sizeof *node);
      if (!node) return STF_NO_RESOURCE;
      node[0] = tool->node[k];
      for (int a = 0; a < STF_TOOL_ANCHORS; a++) node[1 + a] = frame + a;
      d->block[d->blocks++] = (stf_block){.kind = &stf_tool_block,
                                          .data = &tool->contact[k],
                                          .nodes = STF_TOOL_NODES,
                                          .node = node,
                                          .glide = -1,
                                          .tool = (int)t};
    }
  }
  return STF_OK;
}

/* Room for what blocks remember, behind the points of elements. */
static stf_status lay_memory(stf_domain *d) {
  for (size_t b = 0; b < d->blocks; b++) {
    stf_block *block = &d->block[b];
    block->memory = block->kind->memory ? block->kind->memory(block->data) : 0;
    block->memory_at = d->memory;
    d->memory += block->memory;
  }
  int any = d->memory > 0;
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, d->comm));
  d->remembers = any;
  return STF_OK;
}

/* From nodes of the mesh to local ones. */
static void localise_blocks(const stf_cutting *c, stf_domain *d) {
  for (size_t b = 0; b < d->blocks; b++) {
    for (int a = 0; a < d->block[b].nodes; a++) {
      d->block[b].tied = d->block[b].tied || c->tie[d->block[b].node[a]] >= 0;
      d->block[b].node[a] = c->local[d->block[b].node[a]];
    }
    if (d->block[b].nodes > d->most_nodes) d->most_nodes = d->block[b].nodes;
  }
}

static stf_status copy_nodes(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  d->X = stf_arena_alloc(arena, (d->local + 1) * sizeof *d->X);
  d->global = stf_arena_alloc(arena, (d->local + 1) * sizeof *d->global);
  d->hold = stf_arena_alloc(arena, (3 * d->local + 1) * sizeof *d->hold);
  d->grip_of = stf_arena_alloc(arena, d->local + 1);
  d->tie = stf_arena_alloc(arena, (d->local + 1) * sizeof *d->tie);
  d->body = stf_arena_alloc(arena, (c->protocol->rigids + 1) * sizeof *d->body);
  if (!d->X || !d->global || !d->hold || !d->grip_of || !d->tie || !d->body) return STF_NO_RESOURCE;
  for (size_t n = 0; n < c->nodes; n++) {
    const int at = c->local[n];
    if (at < 0) continue;
    memcpy(d->X[at], c->X[n], sizeof *d->X);
    d->global[at] = c->global[n];
    d->tie[at] = c->tie[n];
  }
  for (size_t r = 0; r < c->protocol->rigids; r++)
    d->body[r] = (stf_body){c->local[body_node(c, r)], c->local[body_node(c, r) + 1]};
  return STF_OK;
}

/* The grid with the places of local nodes only; those of rigid bodies have none. */
static stf_status copy_grid(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  d->grid = c->grid;
  d->grid.index = NULL;
  for (size_t i = 0; i < c->protocol->glides; i++)
    if (!c->protocol->glide[i].gaps.match) d->grid.why_not = "surfaces glide on each other whose nodes do not match";
  for (size_t r = 0; r < c->protocol->rigids; r++)
    if (c->protocol->rigid[r].nodes && c->protocol->rigid[r].held != ALL_HELD)
      d->grid.why_not = "nodes follow a rigid body that finds its own balance";
  if (c->protocol->cables) d->grid.why_not = "cables act beside its elements";
  if (d->grid.why_not) return STF_OK;
  d->grid.index = stf_arena_alloc(arena, (d->local + 1) * sizeof *d->grid.index);
  if (!d->grid.index) return STF_NO_RESOURCE;
  for (size_t n = 0; n < d->local; n++) d->grid.index[n][0] = -1;
  for (size_t n = 0; n < c->mesh->nodes; n++)
    if (c->local[n] >= 0) memcpy(d->grid.index[c->local[n]], c->grid.index[n], sizeof *d->grid.index);
  return STF_OK;
}

/* The rank that reports an element: the first of those that own its nodes. The rank it was given to may own none. */
static int reporter(const stf_cutting *c, size_t e) {
  int first = INT32_MAX;
  for (int a = 0; a < stf_shapes[c->mesh->shape[e]].nodes; a++) {
    const int owner = c->owner[c->mesh->cell[e][a]];
    if (owner < first) first = owner;
  }
  return first;
}

static void fill_lane(const stf_cutting *c, size_t e, int lane, const stf_domain *d, stf_batch *b) {
  b->element[lane] = (int)e;
  b->mine[lane] = lane < b->count && reporter(c, e) == d->rank;
  b->tied[lane] = false;
  for (int a = 0; a < b->nodes; a++) {
    b->node[a][lane] = c->local[c->mesh->cell[e][a]];
    b->tied[lane] = b->tied[lane] || c->tie[c->mesh->cell[e][a]] >= 0;
  }
  for (int i = 0; i < 3; i++) b->normal[i][lane] = c->mesh->normal[e][i];
  for (size_t f = 0; f < b->material->families; f++)
    for (int i = 0; i < 3; i++) b->a0[f][i][lane] = c->mesh->fibre[e][f][i];
}

/* How many batches there will be: elements wanted here, by region and shape, in eights. */
static stf_status count_batches(const stf_cutting *c, stf_domain *d) {
  const stf_mesh *mesh = c->mesh;
  size_t *of = calloc(mesh->region_count * STF_SHAPES + 1, sizeof *of);
  if (!of) return STF_NO_RESOURCE;
  for (size_t e = 0; e < mesh->elements; e++)
    if (c->wanted[e]) of[(size_t)mesh->region[e] * STF_SHAPES + mesh->shape[e]]++;
  for (size_t k = 0; k < mesh->region_count * STF_SHAPES; k++) d->batches += (of[k] + STF_LANES - 1) / STF_LANES;
  free(of);
  return STF_OK;
}

/* The batches of one region and shape, from `next` on; returns the one after. */
static stf_batch *fill_batches(const stf_cutting *c, int region, stf_shape shape, const stf_domain *d,
                               stf_batch *next) {
  const stf_mesh *mesh = c->mesh;
  int last = -1;
  for (size_t k = 0; k < mesh->elements; k++) {
    const size_t e = (size_t)c->element_at[k];
    if (!c->wanted[e] || mesh->region[e] != region || mesh->shape[e] != shape) continue;
    if (next->count == STF_LANES) next++;
    next->region = region;
    next->material = c->model->material[region];
    next->kind = c->model->element[shape];
    next->nodes = stf_shapes[shape].nodes;
    next->count++;
    fill_lane(c, e, next->count - 1, d, next);
    last = (int)e;
  }
  if (last < 0) return next;
  for (int lane = next->count; lane < STF_LANES; lane++) fill_lane(c, (size_t)last, lane, d, next);
  return next + 1;
}

/* The patches of a batch's nodes, where its elements leave their volume to them. */
static stf_status find_patches(const stf_cutting *c, stf_arena *arena, const stf_domain *d, stf_batch *b) {
  if (!b->kind->patched || !b->material->matrix->isochoric) return STF_OK;
  b->patch = stf_arena_alloc(arena, (size_t)b->nodes * sizeof *b->patch);
  if (!b->patch) return STF_NO_RESOURCE;
  for (int a = 0; a < b->nodes; a++)
    for (int l = 0; l < STF_LANES; l++)
      b->patch[a][l] = stf_cutting_patch(c, d, c->mesh->cell[b->element[l]][a], b->material);
  return STF_OK;
}

static stf_status make_batches(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  STF_TRY(count_batches(c, d));
  d->batch = stf_arena_alloc(arena, (d->batches + 1) * sizeof *d->batch);
  if (!d->batch) return STF_NO_RESOURCE;
  stf_batch *next = d->batch;
  for (size_t r = 0; r < c->mesh->region_count; r++)
    for (int shape = 0; shape < STF_SHAPES; shape++) next = fill_batches(c, (int)r, (stf_shape)shape, d, next);
  for (size_t b = 0; b < d->batches; b++) {
    stf_batch *batch = &d->batch[b];
    STF_TRY(find_patches(c, arena, d, batch));
    batch->memory_at = d->memory;
    d->memory += batch->material->memory * (size_t)batch->kind->points;
  }
  return STF_OK;
}

static void hold_dof(stf_domain *d, int node, int axis, stf_held kind, size_t grip, double share) {
  d->hold[3 * node + axis] = (stf_hold_dof){(unsigned char)kind, (unsigned char)grip, share};
}

/* What a grip does to the nodes of its face that are here. */
static void apply_grip(const stf_cutting *c, size_t index, stf_domain *d) {
  const stf_grip *grip = &d->protocol->grip[index];
  const stf_face *face = grip->face;
  for (size_t k = 0; k < face->nodes; k++) {
    const int node = c->local[face->node[k]];
    if (node < 0) continue;
    d->grip_of[node] = (unsigned char)(index + 1);
    for (int i = 0; i < 3; i++) {
      const bool along = fabs(face->normal[i]) > 1e-9;
      if (along && grip->compliance > 0.0) continue;
      if (along)
        hold_dof(d, node, i, STF_HELD_MOVED, index, face->normal[i]);
      else if (grip->hold == STF_HOLD_RIGID)
        hold_dof(d, node, i, STF_HELD_STILL, index, 0.0);
    }
    if (grip->compliance > 0.0 && (size_t)node < d->owned)
      d->spring[d->springs++] = (stf_spring){node, (int)index, face->node_area[k] / face->area / grip->compliance};
  }
}

/* The node of a face nearest to a point. */
static int nearest_on(const stf_mesh *mesh, const stf_face *face, const double point[3]) {
  double nearest = INFINITY;
  int node = face->node[0];
  for (size_t k = 0; k < face->nodes; k++) {
    const double *X = mesh->X[face->node[k]], r = hypot(hypot(X[0] - point[0], X[1] - point[1]), X[2] - point[2]);
    if (r < nearest) nearest = r, node = face->node[k];
  }
  return node;
}

/*
 * Where every grip leaves its face free, the body could still shift in the plane of the faces and turn about their
 * normal: three more unknowns are held at 0, which carry no force.
 */
static void hold_freely(const stf_cutting *c, stf_domain *d) {
  if (!stf_protocol_floats(d->protocol)) return;
  const stf_face *face = d->protocol->grip[0].face;
  double middle[3] = {0.0, 0.0, 0.0};
  for (size_t k = 0; k < face->nodes; k++)
    for (int i = 0; i < 3; i++) middle[i] += face->node_area[k] / face->area * c->mesh->X[face->node[k]][i];
  const int normal = fabs(face->normal[0]) > 0.5 ? 0 : fabs(face->normal[1]) > 0.5 ? 1 : 2;
  const int s = (normal + 1) % 3, t = (normal + 2) % 3;
  const int centre = nearest_on(c->mesh, face, middle);
  double aside[3];
  memcpy(aside, c->mesh->X[centre], sizeof aside);
  aside[s] += 1e6;
  const int edge = nearest_on(c->mesh, face, aside);
  if (c->local[centre] >= 0) {
    hold_dof(d, c->local[centre], s, STF_HELD_STILL, 0, 0.0);
    hold_dof(d, c->local[centre], t, STF_HELD_STILL, 0, 0.0);
  }
  if (c->local[edge] >= 0) hold_dof(d, c->local[edge], t, STF_HELD_STILL, 0, 0.0);
}

static void apply_planes(const stf_cutting *c, stf_domain *d) {
  for (size_t k = 0; k < d->protocol->planes; k++) {
    const stf_face *face = d->protocol->plane[k];
    for (size_t n = 0; n < face->nodes; n++) {
      const int node = c->local[face->node[n]], axis = stf_face_axis(face);
      if (node >= 0 && !d->hold[3 * node + axis].kind) hold_dof(d, node, axis, STF_HELD_STILL, 0, 0.0);
    }
  }
}

/* What a rigid body does to its own unknowns and to what follows it. */
static void apply_rigids(stf_domain *d) {
  for (size_t n = 0; n < d->local; n++)
    for (int i = 0; d->tie[n] >= 0 && i < 3; i++) hold_dof(d, (int)n, i, STF_HELD_TIED, 0, 0.0);
  for (size_t r = 0; r < d->protocol->rigids; r++)
    for (int k = 0; k < STF_RIGID_COMPONENTS && d->body[r].shift >= 0; k++)
      if (d->protocol->rigid[r].held >> k & 1u)
        d->hold[3 * (k < 3 ? d->body[r].shift : d->body[r].turn) + k % 3] =
            (stf_hold_dof){.kind = STF_HELD_RIGID, .grip = (unsigned short)r, .component = k};
}

/* The facet in local nodes; false where this rank answers for none of them. */
static bool localise(const stf_cutting *c, const int *facet, const stf_domain *d, stf_load_facet *out) {
  bool wanted = false;
  out->tied = false;
  for (out->nodes = 0; out->nodes < STF_SIDE_NODES && facet[out->nodes] >= 0; out->nodes++) {
    const int node = c->local[facet[out->nodes]];
    out->node[out->nodes] = node;
    wanted = wanted || answers(c, d->rank, facet[out->nodes]);
    out->tied = out->tied || c->tie[facet[out->nodes]] >= 0;
  }
  return wanted;
}

static stf_status apply_loads(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  size_t most = 0;
  for (size_t k = 0; k < d->protocol->loads; k++)
    if (d->protocol->load[k].face) most += d->protocol->load[k].face->facets;
  d->facet = stf_arena_alloc(arena, (most + 1) * sizeof *d->facet);
  if (!d->facet) return STF_NO_RESOURCE;
  for (size_t k = 0; k < d->protocol->loads; k++) {
    const stf_face *face = d->protocol->load[k].face;
    for (size_t f = 0; face && f < face->facets; f++) {
      d->facet[d->facets].load = (int)k;
      if (localise(c, face->facet[f], d, &d->facet[d->facets])) d->facets++;
    }
  }
  return STF_OK;
}

/* What every node here bears of the mass of the elements that are computed here. */
static stf_status weigh(stf_arena *arena, stf_domain *d) {
  if (!d->protocol->gravity) return STF_OK;
  d->mass = stf_arena_alloc(arena, (d->local + 1) * sizeof *d->mass);
  if (!d->mass) return STF_NO_RESOURCE;
  for (size_t k = 0; k < d->batches; k++)
    for (int l = 0; l < d->batch[k].count; l++) {
      const stf_batch *b = &d->batch[k];
      double X[STF_SHAPE_NODES][3], share[STF_SHAPE_NODES];
      for (int a = 0; a < b->nodes; a++) memcpy(X[a], d->X[b->node[a][l]], sizeof *X);
      stf_volume_shares(b->kind->shape, (const double(*)[3])X, share);
      for (int a = 0; a < b->nodes; a++) d->mass[b->node[a][l]] += b->material->density * share[a];
    }
  return STF_OK;
}

static stf_status apply_grips(const stf_cutting *c, const stf_gauges *gauges, stf_arena *arena, stf_domain *d) {
  size_t most = 0;
  for (size_t g = 0; g < d->protocol->grips; g++) most += d->protocol->grip[g].face->nodes;
  d->spring = stf_arena_alloc(arena, (most + 1) * sizeof *d->spring);
  d->probe = stf_arena_alloc(arena, (gauges->probes + 1) * sizeof *d->probe);
  if (!d->spring || !d->probe) return STF_NO_RESOURCE;
  for (size_t g = 0; g < d->protocol->grips; g++) apply_grip(c, g, d);
  apply_planes(c, d);
  hold_freely(c, d);
  apply_rigids(d);
  STF_TRY(apply_loads(c, arena, d));
  STF_TRY(weigh(arena, d));
  d->probes = gauges->probes;
  for (size_t p = 0; p < d->probes; p++) {
    const int at = c->local[gauges->probe[p]];
    d->probe[p] = at >= 0 && (size_t)at < d->owned ? at : -1;
  }
  return STF_OK;
}

static stf_status cut(const stf_gauges *gauges, stf_arena *arena, stf_cutting *c, stf_domain *d) {
  PetscInt *first = stf_arena_alloc(arena, ((size_t)d->ranks + 1) * sizeof *first);
  if (!first) return STF_NO_RESOURCE;
  number_nodes(c, d->ranks, first);
  d->first = first[d->rank];
  d->nodes = (PetscInt)c->nodes;
  d->elements = c->mesh->elements;
  want_elements(c, d);
  STF_TRY(stf_cutting_add_patches(c, arena, d));
  STF_TRY(add_cables(c, arena, d));
  STF_TRY(add_gaps(c, arena, d));
  STF_TRY(add_tools(c, arena, d));
  number_local(c, d);
  STF_TRY(copy_nodes(c, arena, d));
  STF_TRY(copy_grid(c, arena, d));
  STF_TRY(make_batches(c, arena, d));
  STF_TRY(lay_memory(d));
  STF_TRY(stf_slides_add(c, arena, d));
  localise_blocks(c, d);
  return apply_grips(c, gauges, arena, d);
}

stf_status stf_domain_create(MPI_Comm comm, const stf_model *model, const stf_protocol *protocol,
                             const stf_gauges *gauges, stf_arena *arena, stf_diags *diags, stf_domain *domain) {
  stf_cutting c = {.model = model, .mesh = &model->mesh, .protocol = protocol};
  *domain = (stf_domain){.comm = comm, .protocol = protocol};
  STF_PETSC(MPI_Comm_rank(comm, &domain->rank));
  STF_PETSC(MPI_Comm_size(comm, &domain->ranks));
  stf_status status = cutting_init(comm, arena, &c);
  if (!status) status = cut(gauges, arena, &c, domain);
  cutting_clear(&c);
  if (status) return status;
  int fewest = (int)domain->owned, all;
  STF_PETSC(MPI_Allreduce(&fewest, &all, 1, MPI_INT, MPI_MIN, comm));
  if (all > 0) return STF_OK;
  stf_diags_add(diags, STF_ERROR, (stf_place){0},
                stf_diags_text(diags, "%d ranks for %zu elements", domain->ranks, domain->elements),
                "a few hundred elements for each rank", "run with fewer ranks, -j 1");
  return STF_BAD_INPUT;
}

void stf_domain_clear(stf_domain *d) {
  for (size_t k = 0; k < d->slides; k++) stf_arena_destroy(d->slide[k].arena);
  d->slides = 0;
}

/* A component of a rigid body's own unknowns, 0 to 5. */
static double rigid_at(const stf_rigid *rigid, int component, double time) {
  double shift[3], turn[3];
  stf_rigid_pose(rigid, time, shift, turn);
  return component < 3 ? shift[component] : rigid->size * turn[component - 3];
}

double stf_domain_held_at(const stf_domain *domain, size_t dof, double time) {
  const stf_hold_dof *h = &domain->hold[dof];
  if (h->kind == STF_HELD_RIGID) return rigid_at(&domain->protocol->rigid[h->grip], h->component, time);
  return h->kind == STF_HELD_MOVED ? h->share * stf_grip_displacement(&domain->protocol->grip[h->grip], time) : 0.0;
}

void stf_domain_turn(const stf_domain *d, size_t rigid, const double *u, double turn[3]) {
  for (int i = 0; i < 3; i++) turn[i] = u[3 * d->body[rigid].turn + i] / d->protocol->rigid[rigid].size;
}

void stf_domain_arm(const stf_domain *d, int node, double arm[3]) {
  for (int i = 0; i < 3; i++) arm[i] = d->X[node][i] - d->protocol->rigid[d->tie[node]].centre[i];
}

bool stf_domain_answers(const stf_domain *d, int node) {
  const int body = d->tie[node] >= 0 ? d->body[d->tie[node]].shift : node;
  return (size_t)node < d->owned || (size_t)body < d->owned;
}

/* u = shift + (R - I) (X - centre) */
static void follow(const stf_domain *d, double *u) {
  const size_t rigids = d->protocol->rigids;
  for (size_t r = 0; r < rigids; r++) {
    stf_rotation rotation;
    double turn[3], arm[3], turned[3];
    if (d->body[r].shift < 0) continue;
    stf_domain_turn(d, r, u, turn);
    stf_rotation_set(turn, &rotation);
    for (size_t n = 0; n < d->local; n++) {
      if (d->tie[n] != (int)r) continue;
      stf_domain_arm(d, (int)n, arm);
      stf_rotation_apply(&rotation, arm, turned);
      for (int i = 0; i < 3; i++) u[3 * n + (size_t)i] = u[3 * d->body[r].shift + i] + turned[i] - arm[i];
    }
  }
}

void stf_domain_hold(const stf_domain *d, double time, double *u) {
  for (size_t k = 0; k < 3 * d->local; k++)
    if (d->hold[k].kind && d->hold[k].kind != STF_HELD_TIED) u[k] = stf_domain_held_at(d, k, time);
  follow(d, u);
}
