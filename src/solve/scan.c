#include "solve/scan.h"

#include <stdlib.h>
#include <string.h>

#include "solve/equations.h"

/* Tissue with the family in a cube, and what of it is torn [mm^3]. */
typedef struct seen {
  double volume, torn;
} seen;

static int family_of(const stf_batch *b, const stf_sampler *wanted) {
  if (wanted->region >= 0 && wanted->region != b->region) return -1;
  for (size_t f = 0; f < b->material->families; f++)
    if (!strcmp(b->material->family[f].name, wanted->family)) return (int)f;
  return -1;
}

static size_t cube_of(const stf_domain *d, const stf_sampler *wanted, const stf_batch *b, int lane) {
  size_t at = 0;
  for (int i = 0; i < 3; i++) {
    double middle = 0.0;
    for (int a = 0; a < b->nodes; a++) middle += d->X[b->node[a][lane]][i] / b->nodes;
    int k = (int)((middle - wanted->low[i]) / wanted->cube);
    if (k >= wanted->cubes[i]) k = wanted->cubes[i] - 1;
    at = at * (size_t)wanted->cubes[i] + (size_t)(k < 0 ? 0 : k);
  }
  return at;
}

/* Into its cubes, or where there are none each element by itself into *sum. */
static void add_batch(const stf_domain *d, const stf_sampler *wanted, const stf_state *state, const stf_batch *b,
                      seen *cube, double *sum) {
  const int family = family_of(b, wanted);
  stf_element_in in;
  stf_element_sample s;
  stf_lane torn;
  if (family < 0) return;
  stf_batch_gather(d, b, state->u, stf_state_past(state), &in);
  b->kind->sample(&in, &s);
  stf_state_torn(state, b, (size_t)family, torn);
  for (int l = 0; l < b->count; l++) {
    if (!b->mine[l]) continue;
    if (!cube && torn[l] > wanted->above) *sum += s.volume[l];
    if (!cube) continue;
    const size_t at = cube_of(d, wanted, b, l);
    cube[at].volume += s.volume[l];
    cube[at].torn += s.volume[l] * torn[l];
  }
}

stf_status stf_scan(const stf_domain *d, const stf_sampler *wanted, const stf_state *state, double *volume) {
  size_t cubes = 0;
  seen *cube = NULL;
  *volume = 0.0;
  if (wanted->cube > 0.0) {
    cubes = (size_t)wanted->cubes[0] * (size_t)wanted->cubes[1] * (size_t)wanted->cubes[2];
    cube = calloc(cubes, sizeof *cube);
    if (!cube) return STF_NO_RESOURCE;
  }
  for (size_t k = 0; k < d->batches; k++) add_batch(d, wanted, state, &d->batch[k], cube, volume);
  const int failed = MPI_Allreduce(MPI_IN_PLACE, cube ? (double *)cube : volume, cube ? 2 * (int)cubes : 1, MPI_DOUBLE,
                                   MPI_SUM, d->comm);
  for (size_t k = 0; k < cubes; k++)
    if (cube[k].torn > wanted->above * cube[k].volume) *volume += cube[k].volume;
  free(cube);
  return failed ? STF_BUG : STF_OK;
}
