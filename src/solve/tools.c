#include "solve/tools.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/equations.h"

static void add(const stf_tool_contact *contact, const stf_tool_touch *touch, stf_tool_reading *r) {
  r->lost += touch->lost;
  if (!(touch->depth > 0.0)) return;
  r->whole += contact->area;
  r->pressed += contact->area * touch->pressure;
  r->slipped += contact->area * touch->slipped;
  r->greatest = fmax(r->greatest, touch->pressure);
  r->depth = fmax(r->depth, touch->depth);
}

/* Over all ranks. */
static stf_status gather(const stf_domain *d, stf_tool_reading *r) {
  double sum[4] = {r->whole, r->pressed, r->slipped, r->lost}, most[2] = {r->greatest, r->depth};
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, sum, 4, MPI_DOUBLE, MPI_SUM, d->comm));
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, most, 2, MPI_DOUBLE, MPI_MAX, d->comm));
  *r = (stf_tool_reading){0.0, sum[0], sum[1], sum[2], sum[3], most[0], most[1]};
  return STF_OK;
}

/* [mm^2] What of the tool's face touches it, of the depths of its contacts. */
static double touched(const stf_tool *tool, const double *depth) {
  double sum = 0.0;
  for (size_t f = 0; f < tool->facets; f++) {
    const stf_tool_facet *facet = &tool->facet[f];
    double at[4] = {0}, corner[4] = {0};
    for (int a = 0; a < facet->corners; a++) at[a] = facet->contact[a] < 0 ? -INFINITY : depth[facet->contact[a]];
    for (int a = 0; a < facet->corners; a++) /* the middles lie after their corners */
      corner[a] = facet->middles ? at[a] + at[(a + 2) % 3] - at[(a + 1) % 3] : at[a];
    sum += stf_tool_touched(facet->corners, (const double(*)[3])facet->X, corner);
  }
  return sum;
}

/* A tool's contacts on this rank: sums into the reading, depths [contacts]. */
static void read_contacts(const stf_domain *d, const stf_state *state, int t, double *depth, stf_tool_reading *r) {
  double X[STF_TOOL_NODES][3], u[STF_TOOL_NODES][3];
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    const stf_tool_contact *contact = b->data;
    stf_tool_touch touch;
    if (b->tool != t || (size_t)b->node[0] >= d->owned) continue; /* told by the rank of the tissue's node */
    stf_block_gather(d, b, state->u, X, u);
    const stf_lane *memory = b->memory ? (const stf_lane *)state->memory + b->memory_at : NULL;
    stf_tool_read(contact, (const double(*)[3])X, (const double(*)[3])u, memory, &touch);
    depth[contact - d->protocol->tool[t].contact] = touch.depth;
    add(contact, &touch, r);
  }
}

/* `depth` is room for the tool's contacts. */
static stf_status read_tool(const stf_domain *d, const stf_state *state, int t, double *depth, stf_tool_reading *r) {
  const stf_tool *tool = &d->protocol->tool[t];
  for (size_t k = 0; k < tool->contacts; k++) depth[k] = -INFINITY;
  read_contacts(d, state, t, depth, r);
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, depth, (int)tool->contacts, MPI_DOUBLE, MPI_MAX, d->comm));
  STF_TRY(gather(d, r));
  r->area = r->greatest > 0.0 ? fmax(touched(tool, depth), r->pressed / r->greatest) : 0.0;
  return STF_OK;
}

stf_status stf_tools_read(const stf_domain *d, const stf_state *state, stf_tool_reading *reading) {
  const stf_protocol *p = d->protocol;
  size_t most = 1;
  memset(reading, 0, p->tools * sizeof *reading);
  for (size_t t = 0; t < p->tools; t++) most = p->tool[t].contacts > most ? p->tool[t].contacts : most;
  double *depth = malloc(most * sizeof *depth);
  stf_status status = depth ? STF_OK : STF_NO_RESOURCE;
  for (size_t t = 0; !status && t < p->tools; t++) status = read_tool(d, state, (int)t, depth, &reading[t]);
  free(depth);
  return status;
}
