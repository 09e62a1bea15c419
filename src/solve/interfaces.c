#include "solve/interfaces.h"

#include <math.h>
#include <string.h>

#include "interface/gap.h"
#include "solve/equations.h"

/* A gap and what its law remembers of it. */
typedef struct seen {
  const stf_gap_core *gap;
  const double *memory;
  double at[STF_GAP], direction[STF_GAP][3];
  stf_glide_answer answer;
} seen;

static void look(const stf_domain *d, const stf_block *b, const stf_state *state, seen *s) {
  double(*X)[3] = state->place, (*shift)[3] = X + b->nodes;
  s->gap = b->data;
  s->memory = (const double *)(state->memory + b->memory_at);
  stf_block_gather(d, b, state->u, X, shift);
  stf_gap_read(s->gap, b->nodes, (const double(*)[3])X, (const double(*)[3])shift, s->at, s->direction);
  s->gap->law->respond(s->gap->data, &(stf_glide_past){0.0, s->memory}, s->at, &s->answer);
}

static void add(const seen *s, stf_glide_reading *r) {
  const stf_glide_law *law = s->gap->law;
  const double area = s->gap->area, left = law->amount(s->gap->data, s->memory, STF_GLIDE_BONDS);
  const bool slides = s->gap->whole > 0.0;
  if (slides) {
    r->dissipated += s->memory[law->memory + STF_GAP_LOSS];
    r->broken += s->memory[law->memory + STF_GAP_BROKEN];
  }
  if (!(area > 0.0)) return;
  r->area += area;
  r->slip += area * hypot(s->at[0], s->at[1]);
  r->opening += area * s->at[2];
  r->bonded += area * left;
  r->film += area * law->amount(s->gap->data, s->memory, STF_GLIDE_FILM);
  if (!slides) {
    r->broken += area * law->amount(s->gap->data, s->memory, STF_GLIDE_BROKEN);
    r->dissipated += area * law->amount(s->gap->data, s->memory, STF_GLIDE_DISSIPATED);
  }
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < STF_GAP; k++) r->force[i] += area * s->answer.p[k] * s->direction[k][i];
}

stf_status stf_interfaces_read(const stf_domain *d, const stf_gauges *gauges, const stf_state *state,
                               stf_glide_reading *reading) {
  enum { NUMBERS = sizeof *reading / sizeof(double) };
  if (!gauges->glides) return STF_OK;
  memset(reading, 0, gauges->glides * sizeof *reading);
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->glide < 0 || (size_t)b->node[b->own] >= d->owned) continue; /* told by the rank of the gap's node */
    seen s;
    look(d, b, state, &s);
    const double *X = d->X[b->node[b->own]];
    for (size_t g = 0; g < gauges->glides; g++) {
      if (gauges->glide[g].glide != b->glide || !stf_ball_holds(&gauges->glide[g].ball, X)) continue;
      add(&s, &reading[g]);
    }
  }
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, reading, (int)gauges->glides * NUMBERS, MPI_DOUBLE, MPI_SUM, d->comm));
  return STF_OK;
}

bool stf_interfaces_have(const stf_protocol *protocol, int shown) {
  for (size_t g = 0; g < protocol->glides; g++) {
    const stf_glide *glide = &protocol->glide[g];
    stf_film film;
    switch (shown) {
    case STF_SHOWN_FILM:
      if (glide->law->film(glide->data, &film)) return true;
      break;
    case STF_SHOWN_BLOOD:
      if (glide->law->bleeds(glide->data)) return true;
      break;
    case STF_SHOWN_BONDS:
    case STF_SHOWN_BROKEN:
      if (glide->law->knits(glide->data)) return true;
      break;
    default: return true;
    }
  }
  return false;
}

void stf_interfaces_show(const stf_domain *d, const stf_state *state, double (*shown)[STF_SHOWN]) {
  for (size_t n = 0; n < d->owned; n++)
    for (int k = 0; k < STF_SHOWN; k++) shown[n][k] = NAN;
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->glide < 0 || (size_t)b->node[b->own] >= d->owned) continue;
    seen s;
    look(d, b, state, &s);
    const stf_glide_law *law = s.gap->law;
    double *at = shown[b->node[b->own]];
    if (!(s.gap->area > 0.0)) continue;
    at[STF_SHOWN_SLIP] = hypot(s.at[0], s.at[1]);
    at[STF_SHOWN_OPENING] = s.at[2];
    stf_film film;
    if (law->film(s.gap->data, &film)) at[STF_SHOWN_FILM] = law->amount(s.gap->data, s.memory, STF_GLIDE_FILM);
    at[STF_SHOWN_BONDS] = law->amount(s.gap->data, s.memory, STF_GLIDE_BONDS);
    at[STF_SHOWN_BROKEN] = law->amount(s.gap->data, s.memory, STF_GLIDE_BROKEN);
    at[STF_SHOWN_BLOOD] = law->amount(s.gap->data, s.memory, STF_GLIDE_BLOOD);
  }
}
