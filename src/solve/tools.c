#include "solve/tools.h"

#include <math.h>
#include <string.h>

#include "solve/equations.h"

static void add(const stf_tool_contact *contact, const stf_tool_touch *touch, stf_tool_reading *r) {
  r->lost += touch->lost;
  if (!(touch->depth > 0.0)) return;
  r->area += contact->area;
  r->pressed += contact->area * touch->pressure;
  r->slipped += contact->area * touch->slipped;
  r->greatest = fmax(r->greatest, touch->pressure);
  r->depth = fmax(r->depth, touch->depth);
}

/* Over all ranks. */
static stf_status gather(const stf_domain *d, stf_tool_reading *r) {
  double sum[4] = {r->area, r->pressed, r->slipped, r->lost}, most[2] = {r->greatest, r->depth};
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, sum, 4, MPI_DOUBLE, MPI_SUM, d->comm));
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, most, 2, MPI_DOUBLE, MPI_MAX, d->comm));
  *r = (stf_tool_reading){sum[0], sum[1], sum[2], sum[3], most[0], most[1]};
  return STF_OK;
}

stf_status stf_tools_read(const stf_domain *d, const stf_state *state, stf_tool_reading *reading) {
  double X[STF_TOOL_NODES][3], u[STF_TOOL_NODES][3];
  memset(reading, 0, d->protocol->tools * sizeof *reading);
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    stf_tool_touch touch;
    if (b->tool < 0 || (size_t)b->node[0] >= d->owned) continue; /* told by the rank of the tissue's node */
    stf_block_gather(d, b, state->u, X, u);
    const stf_lane *memory = b->memory ? (const stf_lane *)state->memory + b->memory_at : NULL;
    stf_tool_read(b->data, (const double(*)[3])X, (const double(*)[3])u, memory, &touch);
    add(b->data, &touch, &reading[b->tool]);
  }
  for (size_t k = 0; k < d->protocol->tools; k++) STF_TRY(gather(d, &reading[k]));
  return STF_OK;
}
