#include "interface/pairing.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CORNERS = 4, POLYGON = 2 * CORNERS + 2, POINTS = 7 };

/* Points of degree 5 on a triangle (Radon 1948), as shares of its corners and weights that add up to 1. */
static const double point_of[POINTS][4] = {
    {0.333333333333333333, 0.333333333333333333, 0.333333333333333333, 0.225},
    {0.059715871789769820, 0.470142064105115090, 0.470142064105115090, 0.132394152788506181},
    {0.470142064105115090, 0.059715871789769820, 0.470142064105115090, 0.132394152788506181},
    {0.470142064105115090, 0.470142064105115090, 0.059715871789769820, 0.132394152788506181},
    {0.797426985353087322, 0.101286507323456339, 0.101286507323456339, 0.125939180544827153},
    {0.101286507323456339, 0.797426985353087322, 0.101286507323456339, 0.125939180544827153},
    {0.101286507323456339, 0.101286507323456339, 0.797426985353087322, 0.125939180544827153}};

/* A number that belongs to a gap and a node. */
typedef struct entry {
  int gap, node; /* node -1: the gap's area */
  double value;
} entry;

typedef struct entries {
  entry *item;
  size_t count, room;
} entries;

/* A facet of the second surface, with what is needed to find it. */
typedef struct target {
  size_t facet;
  double low[3], high[3];
} target;

/* A plane, and a facet's corners in it. */
typedef struct flat {
  double origin[3], axis[3][3]; /* two in the plane, the normal */
} flat;

typedef struct polygon {
  int corners;
  double at[POLYGON][2];
} polygon;

typedef struct pairing {
  const stf_surface *a, *b;
  const double (*x)[3];
  double reach;
  int along;       /* axis by which targets are sorted */
  target *target;  /* [b->facets] by their low ends */
  double *highest; /* [b->facets] the highest high end so far */
  entries found;
} pairing;

static int corners_of(const int *facet) {
  return facet[3] < 0 ? 3 : 4;
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3]) {
  out[0] = a[1] * b[2] - a[2] * b[1];
  out[1] = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
}

static void subtract(const double a[3], const double b[3], double out[3]) {
  for (int i = 0; i < 3; i++) out[i] = a[i] - b[i];
}

/* ---- facets in a plane ---- */

static double scale_to_one(double a[3]) {
  const double length = sqrt(dot(a, a));
  for (int i = 0; i < 3; i++) a[i] /= length;
  return length;
}

/* Twice the facet's area vector: the cross product of its diagonals, or of two edges. */
static void normal_of(const int *facet, const double (*x)[3], double n[3]) {
  double one[3], other[3];
  const bool quad = corners_of(facet) == 4;
  subtract(x[facet[quad ? 2 : 1]], x[facet[0]], one);
  subtract(x[facet[quad ? 3 : 2]], x[facet[quad ? 1 : 0]], other);
  cross(one, other, n);
}

/* The mean plane of a facet. False where the facet has no area. */
static bool flatten(const int *facet, const double (*x)[3], flat *f) {
  const int corners = corners_of(facet);
  for (int i = 0; i < 3; i++) {
    f->origin[i] = 0.0;
    for (int c = 0; c < corners; c++) f->origin[i] += x[facet[c]][i] / corners;
  }
  normal_of(facet, x, f->axis[2]);
  if (!(scale_to_one(f->axis[2]) > 0.0)) return false;
  subtract(x[facet[1]], x[facet[0]], f->axis[0]);
  const double off = dot(f->axis[0], f->axis[2]);
  for (int i = 0; i < 3; i++) f->axis[0][i] -= off * f->axis[2][i];
  scale_to_one(f->axis[0]);
  cross(f->axis[2], f->axis[0], f->axis[1]);
  return true;
}

/* The corners of a facet in the plane, and how far from the plane they stand at most. */
static double project(const flat *f, const int *facet, const double (*x)[3], polygon *p) {
  double off[3], farthest = 0.0;
  p->corners = corners_of(facet);
  for (int c = 0; c < p->corners; c++) {
    subtract(x[facet[c]], f->origin, off);
    for (int i = 0; i < 2; i++) p->at[c][i] = dot(off, f->axis[i]);
    farthest = fmax(farthest, fabs(dot(off, f->axis[2])));
  }
  return farthest;
}

/* Twice the area on the left of the way from a over b to c. */
static double left_of(const double a[2], const double b[2], const double c[2]) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/* What of a convex polygon lies to the left of the line from a to b (Sutherland & Hodgman 1974). */
static void cut(const double a[2], const double b[2], polygon *p) {
  polygon kept = {0};
  for (int c = 0; c < p->corners; c++) {
    const double *from = p->at[c], *to = p->at[(c + 1) % p->corners];
    const double s = left_of(a, b, from), t = left_of(a, b, to);
    if (s >= 0.0) memcpy(kept.at[kept.corners++], from, sizeof kept.at[0]);
    if ((s >= 0.0) == (t >= 0.0) || kept.corners == POLYGON) continue;
    for (int i = 0; i < 2; i++) kept.at[kept.corners][i] = from[i] + s / (s - t) * (to[i] - from[i]);
    kept.corners++;
  }
  *p = kept;
}

/* The common part of two convex polygons; `b` runs clockwise, as the facet that faces one. */
static polygon common_part(const polygon *a, const polygon *b) {
  polygon p = *a;
  for (int c = b->corners; c-- > 0 && p.corners > 2;) cut(b->at[(c + 1) % b->corners], b->at[c], &p);
  return p;
}

/* Shape functions of a facet at the place `at` of its plane, its corners at p. */
static void shares_at(const polygon *p, const double at[2], double N[CORNERS]) {
  if (p->corners == 3) {
    const double whole = left_of(p->at[0], p->at[1], p->at[2]);
    for (int c = 0; c < 3; c++) N[c] = left_of(p->at[(c + 1) % 3], p->at[(c + 2) % 3], at) / whole;
    return;
  }
  double s = 0.0, t = 0.0;
  for (int k = 0; k < 20; k++) { /* Newton's method for the place in the bilinear map */
    const double way[4] = {0.25 * (1 - s) * (1 - t), 0.25 * (1 + s) * (1 - t), 0.25 * (1 + s) * (1 + t),
                           0.25 * (1 - s) * (1 + t)};
    const double by_s[4] = {-0.25 * (1 - t), 0.25 * (1 - t), 0.25 * (1 + t), -0.25 * (1 + t)};
    const double by_t[4] = {-0.25 * (1 - s), -0.25 * (1 + s), 0.25 * (1 + s), 0.25 * (1 - s)};
    double off[2], S[2] = {0}, T[2] = {0};
    memcpy(N, way, sizeof way);
    memcpy(off, at, sizeof off);
    for (int c = 0; c < 4; c++)
      for (int i = 0; i < 2; i++)
        off[i] -= N[c] * p->at[c][i], S[i] += by_s[c] * p->at[c][i], T[i] += by_t[c] * p->at[c][i];
    const double det = S[0] * T[1] - S[1] * T[0];
    const double ds = (off[0] * T[1] - off[1] * T[0]) / det, dt = (S[0] * off[1] - S[1] * off[0]) / det;
    s += ds, t += dt;
    if (!(fabs(ds) + fabs(dt) > 1e-15)) break;
  }
}

/* ---- what two facets have in common ---- */

static stf_status add(entries *e, int gap, int node, double value) {
  if (e->count == e->room) {
    const size_t room = 2 * e->room + 1024;
    entry *more = realloc(e->item, room * sizeof *more);
    if (!more) return STF_NO_RESOURCE;
    e->item = more;
    e->room = room;
  }
  e->item[e->count++] = (entry){gap, node, value};
  return STF_OK;
}

/* Integrals over the common part of two facets: areas, and products of shape functions. */
typedef struct overlap {
  double area[CORNERS], own[CORNERS][CORNERS], other[CORNERS][CORNERS];
} overlap;

static void add_triangle(const polygon *a, const polygon *b, const double (*corner[3])[2], overlap *o) {
  const double area = 0.5 * left_of(*corner[0], *corner[1], *corner[2]);
  for (int q = 0; q < POINTS; q++) {
    double at[2] = {0}, A[CORNERS] = {0}, B[CORNERS] = {0};
    for (int c = 0; c < 3; c++)
      for (int i = 0; i < 2; i++) at[i] += point_of[q][c] * (*corner[c])[i];
    shares_at(a, at, A);
    shares_at(b, at, B);
    for (int m = 0; m < CORNERS; m++) {
      const double w = area * point_of[q][3] * A[m];
      o->area[m] += w;
      for (int n = 0; n < CORNERS; n++) o->own[m][n] += w * A[n], o->other[m][n] += w * B[n];
    }
  }
}

/* Over a convex part of facet A that facet B covers. */
static void add_part(const polygon *A, const polygon *B, const polygon *part, overlap *o) {
  for (int c = 1; c + 1 < part->corners; c++)
    add_triangle(A, B, (const double(*[3])[2]){&part->at[0], &part->at[c], &part->at[c + 1]}, o);
}

static stf_status add_overlap(const int *a, const int *b, const overlap *o, entries *found) {
  for (int m = 0; m < corners_of(a); m++) {
    STF_TRY(add(found, a[m], -1, o->area[m]));
    for (int n = 0; n < corners_of(a); n++) STF_TRY(add(found, a[m], a[n], -o->own[m][n]));
    for (int n = 0; n < corners_of(b); n++) STF_TRY(add(found, a[m], b[n], o->other[m][n]));
  }
  return STF_OK;
}

static stf_status pair_facets(pairing *p, const flat *f, const int *a, const int *b) {
  polygon A, B;
  double n[3];
  overlap o = {0};
  normal_of(b, p->x, n);
  if (dot(n, f->axis[2]) >= 0.0) return STF_OK; /* it shows its back */
  project(f, a, p->x, &A);
  if (project(f, b, p->x, &B) > p->reach) return STF_OK;
  const polygon part = common_part(&A, &B);
  double whole = 0.0, seen = 0.0;
  for (int c = 1; c + 1 < A.corners; c++) whole += left_of(A.at[0], A.at[c], A.at[c + 1]);
  for (int c = 1; c + 1 < part.corners; c++) seen += left_of(part.at[0], part.at[c], part.at[c + 1]);
  if (seen <= 1e-12 * whole) return STF_OK;
  add_part(&A, &B, &part, &o);
  return add_overlap(a, b, &o, &p->found);
}

/* ---- finding what may lie before a facet ---- */

static void box_of(const int *facet, const double (*x)[3], double low[3], double high[3]) {
  for (int i = 0; i < 3; i++) {
    low[i] = high[i] = x[facet[0]][i];
    for (int c = 1; c < corners_of(facet); c++) {
      low[i] = fmin(low[i], x[facet[c]][i]);
      high[i] = fmax(high[i], x[facet[c]][i]);
    }
  }
}

static int by_low_end(const void *one, const void *other) {
  const target *a = one, *b = other;
  /* The axis is the first of low[] here: targets are stored with theirs in front. */
  if (a->low[0] != b->low[0]) return a->low[0] < b->low[0] ? -1 : 1;
  return (a->facet > b->facet) - (a->facet < b->facet);
}

/* An axis brought to the front. */
static void bring_forward(int axis, double at[3]) {
  const double front = at[axis];
  at[axis] = at[0];
  at[0] = front;
}

/* The axis along which the second surface is longest. */
static int longest(const pairing *p) {
  double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY}, one[3], other[3];
  for (size_t f = 0; f < p->b->facets; f++) {
    box_of(p->b->facet[f], p->x, one, other);
    for (int i = 0; i < 3; i++) low[i] = fmin(low[i], one[i]), high[i] = fmax(high[i], other[i]);
  }
  const double length[3] = {high[0] - low[0], high[1] - low[1], high[2] - low[2]};
  return length[0] >= length[1] && length[0] >= length[2] ? 0 : length[1] >= length[2] ? 1 : 2;
}

static stf_status sort_targets(pairing *p) {
  const size_t count = p->b->facets;
  p->target = malloc((count + 1) * sizeof *p->target);
  p->highest = malloc((count + 1) * sizeof *p->highest);
  if (!p->target || !p->highest) return STF_NO_RESOURCE;
  p->along = longest(p);
  for (size_t f = 0; f < count; f++) {
    target *t = &p->target[f];
    t->facet = f;
    box_of(p->b->facet[f], p->x, t->low, t->high);
    bring_forward(p->along, t->low);
    bring_forward(p->along, t->high);
  }
  qsort(p->target, count, sizeof *p->target, by_low_end);
  for (size_t k = 0; k < count; k++)
    p->highest[k] = k ? fmax(p->highest[k - 1], p->target[k].high[0]) : p->target[k].high[0];
  return STF_OK;
}

/* How many targets begin before `high`, or whose highest end so far stays below `low`. */
static size_t count_before(const pairing *p, double value, bool ends) {
  size_t low = 0, high = p->b->facets;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if ((ends ? p->highest[middle] : p->target[middle].low[0]) < value)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static stf_status pair_facet(pairing *p, const int *a) {
  double low[3], high[3];
  flat f;
  if (!flatten(a, p->x, &f)) return STF_OK;
  box_of(a, p->x, low, high);
  bring_forward(p->along, low);
  bring_forward(p->along, high);
  for (size_t k = count_before(p, low[0] - p->reach, true); k < count_before(p, high[0] + p->reach, false); k++) {
    const target *t = &p->target[k];
    bool near = true;
    for (int i = 0; i < 3; i++) near = near && t->low[i] <= high[i] + p->reach && t->high[i] >= low[i] - p->reach;
    if (near) STF_TRY(pair_facets(p, &f, a, p->b->facet[t->facet]));
  }
  return STF_OK;
}

/* ---- from entries to gaps ---- */

static int by_gap_and_node(const void *one, const void *other) {
  const entry *a = one, *b = other;
  if (a->gap != b->gap) return a->gap < b->gap ? -1 : 1;
  if (a->node != b->node) return a->node < b->node ? -1 : 1;
  return (a->value > b->value) - (a->value < b->value); /* so that sums do not depend on who came first */
}

static void merge(entries *e) {
  size_t kept = 0;
  qsort(e->item, e->count, sizeof *e->item, by_gap_and_node);
  for (size_t k = 0; k < e->count; k++)
    if (kept && e->item[kept - 1].gap == e->item[k].gap && e->item[kept - 1].node == e->item[k].node)
      e->item[kept - 1].value += e->item[k].value;
    else
      e->item[kept++] = e->item[k];
  e->count = kept;
}

static stf_status gather(const entries *e, stf_pairing *p) {
  size_t nodes = 0, items = 0;
  for (size_t k = 0; k < e->count; k++) *(e->item[k].node < 0 ? &nodes : &items) += 1;
  p->node = malloc((nodes + 1) * sizeof *p->node);
  p->area = malloc((nodes + 1) * sizeof *p->area);
  p->start = malloc((nodes + 1) * sizeof *p->start);
  p->item = malloc((items + 1) * sizeof *p->item);
  p->weight = malloc((items + 1) * sizeof *p->weight);
  if (!p->node || !p->area || !p->start || !p->item || !p->weight) return STF_NO_RESOURCE;
  items = 0;
  for (size_t k = 0; k < e->count; k++) {
    const entry *one = &e->item[k];
    if (one->node < 0) { /* it comes first */
      p->node[p->nodes] = one->gap;
      p->start[p->nodes] = items;
      p->area[p->nodes++] = one->value;
      continue;
    }
    p->item[items] = one->node;
    p->weight[items++] = one->value / p->area[p->nodes - 1];
  }
  p->start[p->nodes] = items;
  return STF_OK;
}

stf_status stf_pairing_find(const stf_surface *a, const stf_surface *b, const double (*x)[3], double reach,
                            stf_pairing *pairs) {
  pairing p = {.a = a, .b = b, .x = x, .reach = reach};
  *pairs = (stf_pairing){0};
  stf_status status = sort_targets(&p);
  for (size_t f = 0; !status && f < a->facets; f++) status = pair_facet(&p, a->facet[f]);
  if (!status && p.found.count) merge(&p.found);
  if (!status) status = gather(&p.found, pairs);
  free(p.target);
  free(p.highest);
  free(p.found.item);
  return status;
}

void stf_pairing_whole(const stf_surface *a, const double (*x)[3], double *area) {
  for (size_t f = 0; f < a->facets; f++) {
    const int *facet = a->facet[f];
    flat plane;
    polygon A;
    overlap o = {0};
    if (!flatten(facet, x, &plane)) continue;
    project(&plane, facet, x, &A);
    add_part(&A, &A, &A, &o);
    for (int m = 0; m < corners_of(facet); m++) area[facet[m]] += o.area[m];
  }
}

void stf_pairing_clear(stf_pairing *p) {
  free(p->node);
  free(p->area);
  free(p->start);
  free(p->item);
  free(p->weight);
  *p = (stf_pairing){0};
}
