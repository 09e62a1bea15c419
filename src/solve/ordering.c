#include "solve/ordering.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { LEVELS = 20 }; /* halvings of the box along each axis */
enum { FEW = 5000 };  /* nodes that a cache holds, in whatever order */

typedef struct key {
  uint64_t value;
  int item;
} key;

static int by_key(const void *a, const void *b) {
  const key *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return (x->item > y->item) - (x->item < y->item);
}

/* Mean difference between the largest and the smallest number of an element's nodes. */
static double mean_span(const stf_mesh *mesh) {
  double sum = 0.0;
  for (size_t e = 0; e < mesh->elements; e++) {
    int least = mesh->cell[e][0], most = least;
    for (int a = 1; a < stf_shapes[mesh->shape[e]].nodes; a++) {
      if (mesh->cell[e][a] < least) least = mesh->cell[e][a];
      if (mesh->cell[e][a] > most) most = mesh->cell[e][a];
    }
    sum += most - least;
  }
  return sum / (double)mesh->elements;
}

/* Rows after rows of a cube have a layer of nodes between neighbours, those of thinner bodies fewer. */
static bool in_order(const stf_mesh *mesh) {
  if (mesh->nodes < FEW) return true;
  const double layer = pow((double)mesh->nodes, 2.0 / 3.0);
  return mean_span(mesh) <= 2.0 * layer;
}

/* Two zeros between each two of the lowest LEVELS bits. */
static uint64_t spread(uint64_t bits) {
  uint64_t out = 0;
  for (int k = 0; k < LEVELS; k++) out |= (bits >> k & 1u) << 3 * k;
  return out;
}

/* Place of every node along the curve. */
static void place_nodes(const stf_mesh *mesh, key *keys) {
  double low[3] = {INFINITY, INFINITY, INFINITY}, extent = 0.0;
  for (size_t n = 0; n < mesh->nodes; n++)
    for (int i = 0; i < 3; i++) low[i] = fmin(low[i], mesh->X[n][i]);
  for (size_t n = 0; n < mesh->nodes; n++)
    for (int i = 0; i < 3; i++) extent = fmax(extent, mesh->X[n][i] - low[i]);
  const double scale = ((1 << LEVELS) - 1) / extent;
  for (size_t n = 0; n < mesh->nodes; n++) {
    uint64_t value = 0;
    for (int i = 0; i < 3; i++) value |= spread((uint64_t)((mesh->X[n][i] - low[i]) * scale)) << i;
    keys[n] = (key){value, (int)n};
  }
}

static void place_elements(const stf_mesh *mesh, const int *place, key *keys) {
  for (size_t e = 0; e < mesh->elements; e++) {
    int first = place[mesh->cell[e][0]];
    for (int a = 1; a < stf_shapes[mesh->shape[e]].nodes; a++)
      if (place[mesh->cell[e][a]] < first) first = place[mesh->cell[e][a]];
    keys[e] = (key){(uint64_t)first, (int)e};
  }
}

static void sort_into(key *keys, size_t count, int *out) {
  qsort(keys, count, sizeof *keys, by_key);
  for (size_t k = 0; k < count; k++) out[k] = keys[k].item;
}

stf_status stf_ordering(const stf_mesh *mesh, int *node, int *element) {
  for (size_t n = 0; n < mesh->nodes; n++) node[n] = (int)n;
  for (size_t e = 0; e < mesh->elements; e++) element[e] = (int)e;
  if (in_order(mesh)) return STF_OK;
  const size_t most = mesh->nodes > mesh->elements ? mesh->nodes : mesh->elements;
  key *keys = malloc((most + 1) * sizeof *keys);
  int *place = malloc((mesh->nodes + 1) * sizeof *place);
  if (keys && place) {
    place_nodes(mesh, keys);
    sort_into(keys, mesh->nodes, node);
    for (size_t n = 0; n < mesh->nodes; n++) place[node[n]] = (int)n;
    place_elements(mesh, place, keys);
    sort_into(keys, mesh->elements, element);
  }
  const stf_status status = keys && place ? STF_OK : STF_NO_RESOURCE;
  free(keys);
  free(place);
  return status;
}
