#include "interface/matching.h"

#include <math.h>
#include <stdlib.h>

/* Areas of the two nodes of a pair may differ by rounding. */
static const double SAME_AREA = 1e-9;

/* The item of a gap that is another node in the place of the gap's own; -1 where there is none. */
static int partner_of(const stf_pairing *p, size_t gap, const double (*x)[3], double tolerance) {
  const double *here = x[p->node[gap]];
  for (size_t k = p->start[gap]; k < p->start[gap + 1]; k++) {
    const double *there = x[p->item[k]];
    bool same = p->item[k] != p->node[gap];
    for (int i = 0; i < 3; i++) same = same && fabs(there[i] - here[i]) <= tolerance;
    if (same) return p->item[k];
  }
  return -1;
}

/* What an even traction is at each node [most + 1] [mm^2]: less than 0 on the first surface. */
static void add_areas(const stf_pairing *p, double *area) {
  for (size_t g = 0; g < p->nodes; g++)
    for (size_t k = p->start[g]; k < p->start[g + 1]; k++) area[p->item[k]] += p->area[g] * p->weight[k];
}

static bool match(const stf_pairing *p, const double (*x)[3], double tolerance, double *area, int *partner) {
  add_areas(p, area);
  for (size_t g = 0; g < p->nodes; g++) {
    partner[g] = partner_of(p, g, x, tolerance);
    if (partner[g] < 0) return false;
    if (fabs(area[partner[g]] - p->area[g]) > SAME_AREA * p->area[g]) return false;
    area[partner[g]] = 0.0;
  }
  /* nothing is left on the second surface */
  for (size_t g = 0; g < p->nodes; g++)
    for (size_t k = p->start[g]; k < p->start[g + 1]; k++)
      if (area[p->item[k]] > SAME_AREA * p->area[g]) return false;
  return true;
}

static void lump(const int *partner, stf_pairing *p) {
  for (size_t g = 0; g < p->nodes; g++) {
    const bool first = p->node[g] < partner[g];
    p->item[2 * g] = first ? p->node[g] : partner[g];
    p->item[2 * g + 1] = first ? partner[g] : p->node[g];
    p->weight[2 * g] = first ? -1.0 : 1.0;
    p->weight[2 * g + 1] = -p->weight[2 * g];
    p->start[g] = 2 * g;
  }
  p->start[p->nodes] = 2 * p->nodes;
}

stf_status stf_pairing_lump(const double (*x)[3], double tolerance, stf_pairing *p, bool *lumped) {
  int most = 0;
  *lumped = false;
  for (size_t k = 0; k < p->start[p->nodes]; k++) most = p->item[k] > most ? p->item[k] : most;
  double *area = calloc((size_t)most + 1, sizeof *area);
  int *partner = malloc((p->nodes + 1) * sizeof *partner);
  const stf_status status = area && partner ? STF_OK : STF_NO_RESOURCE;
  if (!status && match(p, x, tolerance, area, partner)) {
    lump(partner, p);
    *lumped = true;
  }
  free(area);
  free(partner);
  return status;
}
