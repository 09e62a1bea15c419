#include "solve/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/equations.h"

stf_status stf_state_init(const stf_domain *domain, stf_state *state) {
  *state = (stf_state){0};
  state->u = calloc(3 * domain->local + 1, sizeof *state->u);
  if (!state->u) return STF_NO_RESOURCE;
  if (!domain->memory) return STF_OK;
  state->memory = aligned_alloc(sizeof(stf_lane), domain->memory * sizeof(stf_lane));
  state->next = aligned_alloc(sizeof(stf_lane), domain->memory * sizeof(stf_lane));
  state->place = calloc(2 * (size_t)domain->most_nodes + 1, sizeof *state->place);
  if (!state->memory || !state->next || !state->place) return STF_NO_RESOURCE;
  for (size_t k = 0; k < domain->batches; k++) {
    const stf_batch *b = &domain->batch[k];
    for (int q = 0; b->material->memory && q < b->kind->points; q++)
      stf_material_rest(b->material, state->memory + b->memory_at + (size_t)q * b->material->memory);
  }
  for (size_t k = 0; k < domain->blocks; k++) {
    const stf_block *b = &domain->block[k];
    if (b->memory) b->kind->rest(b->data, state->memory + b->memory_at);
  }
  return STF_OK;
}

void stf_state_clear(stf_state *state) {
  free(state->u);
  free(state->memory);
  free(state->next);
  free(state->place);
  *state = (stf_state){0};
}

static double foresee_batch(const stf_domain *d, const stf_batch *b, double dt, const double *u, stf_state *state) {
  stf_element_in in;
  stf_lane F[STF_ELEMENT_POINTS][9], natural[STF_DIRECTIONS][3];
  const size_t size = b->material->memory, points = (size_t)b->kind->points;
  double most = 0.0;
  memcpy(state->next + b->memory_at, state->memory + b->memory_at, points * size * sizeof *state->next);
  stf_batch_gather(d, b, u, (stf_past){dt, state->memory}, &in);
  b->kind->deformation(&in, F);
  for (size_t q = 0; q < points; q++) {
    const stf_lane(*a0)[3] = in.a0;
    if (in.G) {
      stf_element_natural(&in, (int)q, natural);
      a0 = (const stf_lane(*)[3])natural;
    }
    most = fmax(
        most, stf_material_advance(b->material, dt, (const stf_lane *)F[q], a0, state->next + b->memory_at + q * size));
  }
  return most;
}

static double foresee_block(const stf_domain *d, const stf_block *b, double dt, const double *u, stf_state *state) {
  double(*X)[3] = state->place, (*shift)[3] = X + b->nodes;
  stf_lane *next = state->next + b->memory_at;
  memcpy(next, state->memory + b->memory_at, b->memory * sizeof *next);
  stf_block_gather(d, b, u, X, shift);
  return b->kind->advance(b->data, dt, b->nodes, (const double(*)[3])X, (const double(*)[3])shift, next);
}

stf_losses stf_state_foresee(const stf_domain *d, double dt, const double *u, stf_state *state) {
  stf_losses most = {0.0, 0.0};
  for (size_t k = 0; k < d->batches; k++)
    if (d->batch[k].material->memory) most.fibres = fmax(most.fibres, foresee_batch(d, &d->batch[k], dt, u, state));
  for (size_t k = 0; k < d->blocks; k++) {
    double *lost = d->block[k].glide >= 0 ? &most.bonds : &most.fibres;
    if (d->block[k].memory) *lost = fmax(*lost, foresee_block(d, &d->block[k], dt, u, state));
  }
  return most;
}

void stf_state_remember(stf_state *state) {
  stf_lane *before = state->memory;
  state->memory = state->next;
  state->next = before;
}

void stf_state_torn(const stf_state *state, const stf_batch *b, size_t family, stf_lane share) {
  const size_t size = b->material->memory, points = (size_t)b->kind->points;
  stf_lane one;
  STF_EACH_LANE share[l] = 0.0;
  for (size_t q = 0; size && q < points; q++) {
    stf_material_torn(b->material, family, state->memory + b->memory_at + q * size, one);
    STF_EACH_LANE share[l] += one[l] / (double)points;
  }
}
