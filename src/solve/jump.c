#include "solve/jump.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What remembers alike: the points of a batch, or a block. */
typedef struct rememberer {
  const stf_batch *batch; /* NULL: a block */
  const stf_block *block;
  size_t size, points, at; /* lanes of a point's memory, how many points, and where the first begins */
  int lanes;
} rememberer;

static size_t rememberers(const stf_domain *d) {
  return d->batches + d->blocks;
}

static rememberer rememberer_of(const stf_domain *d, size_t k) {
  if (k >= d->batches) {
    const stf_block *b = &d->block[k - d->batches];
    return (rememberer){.block = b, .size = b->memory, .points = 1, .at = b->memory_at, .lanes = 1};
  }
  const stf_batch *b = &d->batch[k];
  return (rememberer){.batch = b,
                      .size = b->material->memory,
                      .points = (size_t)b->kind->points,
                      .at = b->memory_at,
                      .lanes = b->count};
}

static void tell_how(const rememberer *p, stf_carry *how) {
  if (p->batch)
    stf_material_carry(p->batch->material, how);
  else
    p->block->kind->carry(p->block->data, how);
}

static void tell_rest(const rememberer *p, stf_lane *rest) {
  if (p->batch)
    stf_material_rest(p->batch->material, rest);
  else
    p->block->kind->rest(p->block->data, rest);
}

static size_t most_memory(const stf_domain *domain) {
  size_t most = 0;
  for (size_t k = 0; k < rememberers(domain); k++)
    if (rememberer_of(domain, k).size > most) most = rememberer_of(domain, k).size;
  return most;
}

stf_status stf_jump_init(const stf_domain *domain, stf_jump *jump) {
  const size_t bytes = (domain->memory + 1) * sizeof(stf_lane);
  *jump = (stf_jump){.domain = domain};
  jump->how = calloc(most_memory(domain) + 1, sizeof *jump->how);
  jump->rest = aligned_alloc(sizeof(stf_lane), (most_memory(domain) + 1) * sizeof(stf_lane));
  jump->before = aligned_alloc(sizeof(stf_lane), bytes);
  jump->after = aligned_alloc(sizeof(stf_lane), bytes);
  jump->again = aligned_alloc(sizeof(stf_lane), bytes);
  jump->u = calloc(3 * domain->local + 1, sizeof *jump->u);
  return jump->how && jump->rest && jump->before && jump->after && jump->again && jump->u ? STF_OK : STF_NO_RESOURCE;
}

void stf_jump_clear(stf_jump *jump) {
  free(jump->how);
  free(jump->rest);
  free(jump->before);
  free(jump->after);
  free(jump->again);
  free(jump->u);
  *jump = (stf_jump){0};
}

static size_t memory_bytes(const stf_jump *jump) {
  return jump->domain->memory * sizeof(stf_lane);
}

void stf_jump_watch(stf_jump *jump, const stf_state *state) {
  memcpy(jump->before, state->memory, memory_bytes(jump));
}

void stf_jump_watch_again(stf_jump *jump, const stf_state *state) {
  memcpy(jump->again, state->memory, memory_bytes(jump));
}

/* What a cycle leaves of a share. */
static double kept(double before, double after) {
  return before > 0.0 ? after / before : 1.0;
}

/* q + q^2 + ... + q^n, of a term that fades by q in a cycle */
static double fading_sum(double period, double time, double cycles) {
  const double rate = period / time, q = exp(-rate);
  return -q * expm1(-cycles * rate) / -expm1(-rate);
}

static void carry_entry(const stf_carry *c, double period, double cycles, const stf_lane before, const stf_lane after,
                        stf_lane to) {
  const double times = c->how == STF_CARRY_FADES ? fading_sum(period, c->time, cycles) : cycles;
  for (int l = 0; l < STF_LANES; l++)
    to[l] = c->how == STF_CARRY_SHRINKS ? after[l] * pow(kept(before[l], after[l]), cycles)
                                        : after[l] + times * (after[l] - before[l]);
}

void stf_jump_leap(stf_jump *jump, double period, long cycles, stf_state *state) {
  const stf_domain *d = jump->domain;
  memcpy(jump->after, state->memory, memory_bytes(jump));
  memcpy(jump->u, state->u, 3 * d->local * sizeof *jump->u);
  jump->time = state->time;
  jump->force_scale = state->force_scale;
  for (size_t k = 0; k < rememberers(d); k++) {
    const rememberer p = rememberer_of(d, k);
    if (p.size) tell_how(&p, jump->how);
    for (size_t i = 0; i < p.size * p.points; i++) {
      const size_t at = p.at + i;
      carry_entry(&jump->how[i % p.size], period, (double)cycles, jump->before[at], jump->after[at], state->memory[at]);
    }
  }
}

void stf_jump_undo(const stf_jump *jump, stf_state *state) {
  memcpy(state->memory, jump->after, memory_bytes(jump));
  memcpy(state->u, jump->u, 3 * jump->domain->local * sizeof *jump->u);
  state->time = jump->time;
  state->force_scale = jump->force_scale;
}

/* A lane of an entry at the four times: around the cycle before a jump and around the one after it. */
typedef struct seen {
  double before, after, again, now;
} seen;

static seen see(const stf_jump *jump, const stf_state *state, size_t at, int lane) {
  return (seen){jump->before[at][lane], jump->after[at][lane], jump->again[at][lane], state->memory[at][lane]};
}

/* The rate of half-way instead of the first one, for all cycles: by how much that changes an entry where the jump
 * ended, or, of a share, by which factor. Rates are those of the middle of their cycles, half a cycle before the jump
 * and one and a half after it. */
static double mend(const stf_carry *c, const seen *s, double cycles) {
  const double part = cycles * (0.5 * cycles + 0.5) / (cycles + 2.0);
  if (c->how == STF_CARRY_GROWS) return part * ((s->now - s->again) - (s->after - s->before));
  const double first = kept(s->before, s->after), second = kept(s->again, s->now);
  const double factor = pow(second / first, part);
  return isfinite(factor) ? factor : 1.0; /* nothing was left, and nothing is */
}

static bool is_damage(const stf_carry *c) {
  return c->how == STF_CARRY_GROWS || c->how == STF_CARRY_SHRINKS;
}

static double mistaken(const stf_carry *c, const seen *s, double cycles) {
  const double by = mend(c, s, cycles);
  if (c->how == STF_CARRY_GROWS) return c->weight * fabs(by);
  return c->weight * fabs(by - 1.0) * s->after * pow(kept(s->before, s->after), cycles);
}

/* Of one lane of a point whose memory begins at `at`. */
static void add_up(const stf_jump *jump, const stf_state *state, size_t size, size_t at, int lane, double cycles,
                   double worst[2]) {
  double error = 0.0, lost = 0.0;
  for (size_t i = 0; i < size; i++) {
    const stf_carry *how = &jump->how[i];
    if (!is_damage(how)) continue;
    const seen s = see(jump, state, at + i, lane);
    error += mistaken(how, &s, cycles);
    lost += how->weight * fabs(s.now - jump->rest[i][lane]);
  }
  worst[0] = fmax(worst[0], error);
  worst[1] = fmax(worst[1], lost);
}

stf_status stf_jump_error(const stf_jump *jump, long cycles, const stf_state *state, double *error) {
  const stf_domain *d = jump->domain;
  double worst[2] = {0.0, 0.0};
  for (size_t k = 0; k < rememberers(d); k++) {
    const rememberer p = rememberer_of(d, k);
    if (!p.size) continue;
    tell_how(&p, jump->how);
    tell_rest(&p, jump->rest);
    for (size_t q = 0; q < p.points; q++)
      for (int l = 0; l < p.lanes; l++) add_up(jump, state, p.size, p.at + q * p.size, l, (double)cycles, worst);
  }
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPI_DOUBLE, MPI_MAX, d->comm));
  *error = worst[1] > 0.0 ? worst[0] / worst[1] : 0.0;
  return STF_OK;
}

static void mend_entry(const stf_carry *c, const stf_jump *jump, double cycles, size_t at, stf_state *state) {
  for (int l = 0; l < STF_LANES; l++) {
    const seen s = see(jump, state, at, l);
    const double by = mend(c, &s, cycles);
    jump->again[at][l] = c->how == STF_CARRY_GROWS ? s.again + by : s.again * by;
    state->memory[at][l] = c->how == STF_CARRY_GROWS ? s.now + by : s.now * by;
  }
}

void stf_jump_keep(stf_jump *jump, long cycles, stf_state *state) {
  const stf_domain *d = jump->domain;
  for (size_t k = 0; k < rememberers(d); k++) {
    const rememberer p = rememberer_of(d, k);
    if (p.size) tell_how(&p, jump->how);
    for (size_t i = 0; i < p.size * p.points; i++)
      if (is_damage(&jump->how[i % p.size])) mend_entry(&jump->how[i % p.size], jump, (double)cycles, p.at + i, state);
  }
  stf_lane *before = jump->before;
  jump->before = jump->again;
  jump->again = before;
}
