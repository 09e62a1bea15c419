#include "solve/slides.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "interface/gap.h"
#include "solve/cutting.h"
#include "solve/equations.h"

static const double MOST_SLIP = 0.25; /* of a facet, in a step */

/* ---- setting up ---- */

void stf_slides_want(stf_cutting *c, void (*want)(stf_cutting *, int)) {
  for (size_t g = 0; g < c->protocol->glides; g++) {
    const stf_glide *glide = &c->protocol->glide[g];
    for (size_t k = 0; glide->slides && k < glide->lower->nodes; k++) want(c, glide->lower->node[k]);
    for (size_t k = 0; glide->slides && k < glide->upper->nodes; k++) want(c, glide->upper->node[k]);
  }
}

static int ascending(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* Facets with places in the ascending list `all` [nodes] of mesh nodes. */
static stf_status copy_surface(const stf_face *face, const int *all, size_t nodes, stf_arena *arena, stf_surface *out) {
  int(*facet)[STF_SIDE_NODES] = stf_arena_alloc(arena, (face->facets + 1) * sizeof *facet);
  if (!facet) return STF_NO_RESOURCE;
  for (size_t f = 0; f < face->facets; f++)
    for (int c = 0; c < STF_SIDE_NODES; c++) {
      const int *node = &face->facet[f][c];
      facet[f][c] = *node < 0 ? -1 : (int)((const int *)bsearch(node, all, nodes, sizeof *all, ascending) - all);
    }
  *out = (stf_surface){face->facets, (const int(*)[STF_SIDE_NODES])facet};
  return STF_OK;
}

static void find_blocks(const int *all, stf_domain *d, stf_slide *s) {
  for (size_t k = 0; k < s->nodes; k++) s->block[k] = -1;
  for (size_t b = 0; b < d->blocks; b++) {
    const stf_block *block = &d->block[b];
    if (block->glide != s->glide) continue;
    const int *at = bsearch(&block->node[block->own], all, s->nodes, sizeof *all, ascending);
    s->block[at - all] = (int)b;
    s->first[at - all] = block->data;
  }
}

static stf_status add_one(const stf_cutting *c, int index, stf_arena *arena, stf_domain *d, stf_slide *s) {
  const stf_glide *glide = &c->protocol->glide[index];
  *s = (stf_slide){.glide = index, .nodes = glide->lower->nodes + glide->upper->nodes};
  int *all = stf_arena_alloc(arena, s->nodes * sizeof *all);
  s->node = stf_arena_alloc(arena, s->nodes * sizeof *s->node);
  s->X = stf_arena_alloc(arena, s->nodes * sizeof *s->X);
  s->x = stf_arena_alloc(arena, s->nodes * sizeof *s->x);
  s->block = stf_arena_alloc(arena, s->nodes * sizeof *s->block);
  s->first = stf_arena_alloc(arena, s->nodes * sizeof *s->first);
  if (!all || !s->node || !s->X || !s->x || !s->block || !s->first) return STF_NO_RESOURCE;
  memcpy(all, glide->lower->node, glide->lower->nodes * sizeof *all);
  memcpy(all + glide->lower->nodes, glide->upper->node, glide->upper->nodes * sizeof *all);
  qsort(all, s->nodes, sizeof *all, ascending);
  for (size_t k = 0; k < s->nodes; k++) {
    s->node[k] = c->local[all[k]];
    memcpy(s->X[k], c->X[all[k]], sizeof *s->X);
  }
  STF_TRY(copy_surface(glide->lower, all, s->nodes, arena, &s->lower));
  STF_TRY(copy_surface(glide->upper, all, s->nodes, arena, &s->upper));
  find_blocks(all, d, s);
  return STF_OK;
}

stf_status stf_slides_add(const stf_cutting *c, stf_arena *arena, stf_domain *d) {
  d->slide = stf_arena_alloc(arena, (c->protocol->glides + 1) * sizeof *d->slide);
  if (!d->slide) return STF_NO_RESOURCE;
  for (size_t g = 0; g < c->protocol->glides; g++)
    if (c->protocol->glide[g].slides) STF_TRY(add_one(c, (int)g, arena, d, &d->slide[d->slides++]));
  if (d->slides && d->most_nodes < STF_GAP_NODES) d->most_nodes = STF_GAP_NODES; /* pairs to come */
  return STF_OK;
}

/* ---- finding pairs again ---- */

/* Whether a gap adds to the equations of this rank. */
static bool adds(const stf_domain *d, const stf_slide *s, const stf_gap_place *p) {
  for (int a = 0; a < p->nodes && p->core.area > 0.0; a++)
    if (stf_domain_answers(d, s->node[p->list[a]])) return true;
  return false;
}

/* Gives a block its gap. Returns whether it acts on other nodes than before. */
static bool set_block(const stf_domain *d, const stf_slide *s, const stf_gap_place *p, int *node, stf_block *b) {
  const bool idle = !adds(d, s, p);
  bool same = idle == b->idle && (idle || p->nodes == b->nodes);
  b->tied = false;
  for (int a = 0; a < p->nodes; a++) {
    node[a] = s->node[p->list[a]];
    same = same && (idle || node[a] == b->node[a]);
    b->tied = b->tied || d->tie[node[a]] >= 0;
    if (p->list[a] == p->node) b->own = a;
  }
  b->data = &p->core;
  b->nodes = p->nodes;
  b->node = node;
  b->idle = idle;
  return !same;
}

/* The law and history of a place for the gap that is found there now. */
static void take_over(const stf_domain *d, const stf_slide *s, stf_gap_place *p, stf_state *state) {
  double x[STF_GAP_NODES][3];
  const stf_gap_core *first = s->first[p->node];
  p->core.law = first->law;
  p->core.data = first->data;
  p->core.bonds = first->bonds;
  for (int a = 0; a < p->nodes; a++) memcpy(x[a], s->x[p->list[a]], sizeof *x);
  stf_gap_take_over(&p->core, p->nodes, (const double(*)[3])x, first->start[2],
                    (double *)(state->memory + d->block[s->block[p->node]].memory_at));
}

static stf_status refuse_crowd(const stf_domain *d, const stf_slide *s, const stf_state *state, size_t crowded,
                               stf_diags *diags) {
  const stf_glide *glide = &d->protocol->glide[s->glide];
  stf_diags_add(diags, STF_ERROR, glide->node->place,
                stf_diags_text(diags, "%zu nodes of %s with more than %d others before them, at %.6g s", crowded,
                               glide->name, STF_GAP_NODES, state->time),
                "the finer of the two faces as the lower one", NULL);
  return STF_NO_SOLUTION;
}

static stf_status find_one(stf_domain *d, stf_slide *s, stf_state *state, stf_diags *diags, bool *changed) {
  stf_arena *arena = stf_arena_create(), *former = s->arena;
  stf_gaps gaps;
  if (!arena) return STF_NO_RESOURCE;
  for (size_t k = 0; k < s->nodes; k++)
    for (int i = 0; i < 3; i++) s->x[k][i] = s->X[k][i] + state->u[3 * s->node[k] + i];
  stf_status status =
      stf_gaps_find_sliding(&s->lower, &s->upper, (const double(*)[3])s->X, (const double(*)[3])s->x, arena, &gaps);
  if (!status && gaps.crowded) status = refuse_crowd(d, s, state, gaps.crowded, diags);
  for (size_t k = 0; !status && k < gaps.all; k++) {
    stf_gap_place *p = &gaps.place[k];
    int *node = stf_arena_alloc(arena, (size_t)p->nodes * sizeof *node);
    if (!node) status = STF_NO_RESOURCE;
    if (status) break;
    take_over(d, s, p, state);
    if (set_block(d, s, p, node, &d->block[s->block[p->node]])) *changed = true;
  }
  if (status) {
    stf_arena_destroy(arena);
    return status;
  }
  s->gaps = gaps;
  s->arena = arena;
  stf_arena_destroy(former);
  return STF_OK;
}

stf_status stf_slides_find(stf_domain *d, stf_state *state, stf_diags *diags, bool *changed) {
  *changed = false;
  if (!d->slides) return STF_OK;
  for (size_t k = 0; k < d->slides; k++) STF_TRY(find_one(d, &d->slide[k], state, diags, changed));
  int any = *changed;
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, d->comm));
  *changed = any;
  return STF_OK;
}

/* ---- how far they slide ---- */

double stf_slides_ahead(const stf_domain *d, const stf_state *state) {
  double most = 0.0;
  for (size_t k = 0; k < d->blocks && d->slides; k++) {
    const stf_block *b = &d->block[k];
    if (b->glide < 0 || !d->protocol->glide[b->glide].slides) continue;
    const double *from = (const double *)(state->memory + b->memory_at);
    const double *to = (const double *)(state->next + b->memory_at);
    most = fmax(most, hypot(to[0] - from[0], to[1] - from[1]) / (MOST_SLIP * d->protocol->glide[b->glide].gaps.size));
  }
  return most;
}

stf_status stf_slides_farthest(const stf_domain *d, const stf_state *state, int glide, double *slip, double at[3]) {
  struct {
    double value;
    int rank;
  } mine = {-1.0, d->rank}, all;
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->glide != glide || (size_t)b->node[b->own] >= d->owned) continue;
    const double *gap = (const double *)(state->memory + b->memory_at), size = hypot(gap[0], gap[1]);
    if (!(size > mine.value)) continue;
    mine.value = size;
    memcpy(at, d->X[b->node[b->own]], 3 * sizeof *at);
  }
  STF_PETSC(MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE_INT, MPI_MAXLOC, d->comm));
  STF_PETSC(MPI_Bcast(at, 3, MPI_DOUBLE, all.rank, d->comm));
  *slip = all.value;
  return STF_OK;
}
