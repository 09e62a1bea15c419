#include "interface/reynolds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 2, SIDES = 3 };

/* Half the cotangent of the angle at `tip`, opposite to the edge from a to b. */
static double half_cotangent(const double tip[3], const double a[3], const double b[3]) {
  double one[3], other[3], along = 0.0, across = 0.0;
  for (int i = 0; i < 3; i++) one[i] = a[i] - tip[i], other[i] = b[i] - tip[i], along += one[i] * other[i];
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    const double part = one[j] * other[k] - one[k] * other[j];
    across += part * part;
  }
  return 0.5 * along / sqrt(across);
}

static int by_ends(const void *one, const void *other) {
  const stf_channel *a = one, *b = other;
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  if (a->to != b->to) return a->to < b->to ? -1 : 1;
  return (a->width > b->width) - (a->width < b->width); /* so that sums do not depend on who came first */
}

static void add_triangle(const int corner[SIDES], const double (*X)[3], const int *place, stf_channels *out) {
  for (int c = 0; c < SIDES; c++) {
    const int a = corner[c], b = corner[(c + 1) % SIDES], tip = corner[(c + 2) % SIDES];
    if (place[a] < 0 || place[b] < 0) continue;
    const int from = place[a] < place[b] ? place[a] : place[b], to = place[a] < place[b] ? place[b] : place[a];
    out->channel[out->count++] = (stf_channel){from, to, half_cotangent(X[tip], X[a], X[b])};
  }
}

static void add_facet(const int *f, const double (*X)[3], const int *place, stf_channels *out) {
  if (f[3] < 0) {
    add_triangle(f, X, place, out);
    return;
  }
  const double across = half_cotangent(X[f[1]], X[f[0]], X[f[2]]) + half_cotangent(X[f[3]], X[f[2]], X[f[0]]);
  const int first = across >= 0.0 ? 0 : 1; /* the cut between the smaller angles */
  for (int t = 0; t < CUTS; t++)
    add_triangle((const int[SIDES]){f[first], f[first + t + 1], f[(first + t + 2) % 4]}, X, place, out);
}

static void merge(stf_channels *c) {
  size_t kept = 0;
  for (size_t k = 0; k < c->count;) {
    stf_channel sum = c->channel[k++];
    while (k < c->count && c->channel[k].from == sum.from && c->channel[k].to == sum.to)
      sum.width += c->channel[k++].width;
    if (sum.width > 1e-12) c->channel[kept++] = sum;
  }
  c->count = kept;
}

stf_status stf_channels_find(const stf_surface *surface, const double (*X)[3], const int *place, stf_arena *arena,
                             stf_channels *channels) {
  *channels = (stf_channels){0};
  channels->channel = stf_arena_alloc(arena, (CUTS * SIDES * surface->facets + 1) * sizeof *channels->channel);
  if (!channels->channel) return STF_NO_RESOURCE;
  for (size_t f = 0; f < surface->facets; f++) add_facet(surface->facet[f], X, place, channels);
  qsort(channels->channel, channels->count, sizeof *channels->channel, by_ends);
  merge(channels);
  return STF_OK;
}

stf_flow stf_channel_flow(const stf_film *film, const stf_channel *c, const double *u, const double *p) {
  const double fall = p[c->from] - p[c->to] + film->modulus * (u[c->from] - u[c->to]);
  const bool forth = fall >= 0.0;
  const double h = film->thickness * exp(u[forth ? c->from : c->to]);
  const double mobility = c->width * h * h * h / (12.0 * film->viscosity), carried = 3.0 * mobility * fall;
  return (stf_flow){.rate = mobility * fall,
                    .by_from = mobility * film->modulus + (forth ? carried : 0.0),
                    .by_to = -mobility * film->modulus + (forth ? 0.0 : carried)};
}
