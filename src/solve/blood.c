#include "solve/blood.h"

#include <math.h>
#include <stdlib.h>

#include "anatomy/nearest.h"
#include "interface/gap.h"
#include "solve/equations.h"

/* Blood at a place. */
typedef struct drop {
  double depth, volume; /* [mm] [mm^3] */
} drop;

/* What a sampler has found on this rank. */
typedef struct found {
  const stf_blood_sampler *wanted;
  stf_nearest *surface;       /* NULL: none is asked for */
  double volume, area, depth; /* [mm^3] [mm^2] of interfaces with enough of it [mm^4] volume times depth */
  double *beneath;            /* [nodes of the surface] [mm^3] what lies nearest to each of them */
  size_t drops, room;
  drop *drop; /* [drops] where depths are to be counted through */
} found;

void stf_blood_density(const stf_state *state, const stf_batch *b, stf_lane blood) {
  const size_t size = b->material->memory, points = (size_t)b->kind->points;
  stf_lane one;
  STF_EACH_LANE blood[l] = 0.0;
  for (size_t q = 0; stf_material_bleeds(b->material) && q < points; q++) {
    stf_material_bled(b->material, state->memory + b->memory_at + q * size, one);
    STF_EACH_LANE blood[l] += one[l] / (double)points;
  }
}

static stf_status begin(const stf_blood_sampler *wanted, found *f) {
  *f = (found){.wanted = wanted};
  if (!wanted->surface) return STF_OK;
  f->surface = stf_nearest_create(&wanted->surface->mesh, &wanted->surface->face);
  f->beneath = calloc(wanted->surface->face.nodes + 1, sizeof *f->beneath);
  return f->surface && f->beneath ? STF_OK : STF_NO_RESOURCE;
}

static void end(found *f) {
  stf_nearest_destroy(f->surface);
  free(f->beneath);
  free(f->drop);
}

/* The node of a facet that is nearest to a place, of those that stand for some of its area. */
static int nearest_node(const stf_blood_surface *s, size_t facet, const double X[3]) {
  double least = INFINITY;
  int nearest = s->face.facet[facet][0];
  for (int a = 0; a < STF_SIDE_NODES; a++) {
    const int node = s->face.facet[facet][a];
    if (node < 0 || !(s->face.node_area[node] > 0.0)) continue;
    const double *Y = s->mesh.X[node], far = hypot(hypot(Y[0] - X[0], Y[1] - X[1]), Y[2] - X[2]);
    if (far >= least) continue;
    least = far;
    nearest = node;
  }
  return nearest;
}

static stf_status keep(found *f, drop one) {
  if (f->drops == f->room) {
    drop *more = realloc(f->drop, (2 * f->room + 64) * sizeof *more);
    if (!more) return STF_NO_RESOURCE;
    f->drop = more;
    f->room = 2 * f->room + 64;
  }
  f->drop[f->drops++] = one;
  return STF_OK;
}

/* Blood of a volume at X; over an area, in an interface. */
static stf_status add(found *f, const double X[3], double volume, double area) {
  double depth;
  if (!(volume > 0.0) || !stf_ball_holds(&f->wanted->ball, X)) return STF_OK;
  f->volume += volume;
  if (area > 0.0 && volume > f->wanted->seen * area) f->area += area;
  if (!f->surface) return STF_OK;
  const size_t facet = stf_nearest_distance(f->surface, X, &depth);
  f->beneath[nearest_node(f->wanted->surface, facet, X)] += volume;
  f->depth += volume * depth;
  return f->wanted->kind == STF_BLOOD_DEPTH && !isnan(f->wanted->quantile) ? keep(f, (drop){depth, volume}) : STF_OK;
}

static bool wants(int wanted, int index) {
  return wanted == STF_BLOOD_ALL || wanted == index;
}

static stf_status add_gaps(const stf_domain *d, const stf_state *state, found *f) {
  for (size_t k = 0; k < d->blocks; k++) {
    const stf_block *b = &d->block[k];
    if (b->glide < 0 || (size_t)b->node[b->own] >= d->owned) continue; /* told by the rank of the gap's node */
    const stf_gap_core *gap = b->data;
    if (!wants(f->wanted->glide, b->glide)) continue;
    const double blood = gap->law->amount(gap->data, (const double *)(state->memory + b->memory_at), STF_GLIDE_BLOOD);
    STF_TRY(add(f, d->X[b->node[b->own]], gap->area * blood, gap->area));
  }
  return STF_OK;
}

/* Every point of a batch's elements by itself. */
static stf_status add_batch(const stf_domain *d, const stf_batch *b, const stf_state *state, found *f) {
  stf_element_in in;
  stf_element_view view;
  stf_lane blood;
  if (!wants(f->wanted->region, b->region) || !stf_material_bleeds(b->material)) return STF_OK;
  stf_batch_gather(d, b, state->u, stf_state_past(state), &in);
  b->kind->view(&in, &view);
  for (int q = 0; q < b->kind->points; q++) {
    stf_material_bled(b->material, state->memory + b->memory_at + (size_t)q * b->material->memory, blood);
    for (int l = 0; l < b->count; l++) {
      double X[3] = {0.0, 0.0, 0.0};
      if (!b->mine[l]) continue;
      for (int a = 0; a < b->nodes; a++)
        for (int i = 0; i < 3; i++) X[i] += view.share[q][a] * d->X[b->node[a][l]][i];
      STF_TRY(add(f, X, view.volume[q][l] * blood[l], 0.0));
    }
  }
  return STF_OK;
}

static stf_status collect(const stf_domain *d, const stf_state *state, found *f) {
  STF_TRY(add_gaps(d, state, f));
  for (size_t k = 0; k < d->batches; k++) STF_TRY(add_batch(d, &d->batch[k], state, f));
  return STF_OK;
}

/* The least depth down to which a share of the blood lies. */
static stf_status count_through(const stf_domain *d, const found *f, double *depth) {
  const double share = fmin(fmax(f->wanted->quantile, 1e-12), 1.0 - 1e-12); /* not the rounding of sums */
  enum { HALVES = 60 };
  double low = -1.0, high = 0.0;
  for (size_t k = 0; k < f->drops; k++) high = fmax(high, f->drop[k].depth);
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &high, 1, MPI_DOUBLE, MPI_MAX, d->comm));
  for (int turn = 0; turn < HALVES; turn++) {
    double middle = 0.5 * (low + high), above = 0.0;
    for (size_t k = 0; k < f->drops; k++) above += f->drop[k].depth <= middle ? f->drop[k].volume : 0.0;
    STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &above, 1, MPI_DOUBLE, MPI_SUM, d->comm));
    *(above >= share * f->volume ? &high : &low) = middle;
  }
  *depth = high;
  return STF_OK;
}

/* Area of the surface beneath which there is enough blood to be seen. */
static double seen_through(const found *f) {
  const stf_face *face = &f->wanted->surface->face;
  double area = 0.0;
  for (size_t n = 0; n < face->nodes; n++)
    if (f->beneath[n] > f->wanted->seen * face->node_area[n]) area += face->node_area[n];
  return area;
}

static stf_status conclude(const stf_domain *d, found *f, double *reading) {
  double sums[3] = {f->volume, f->area, f->depth};
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, sums, 3, MPI_DOUBLE, MPI_SUM, d->comm));
  f->volume = sums[0];
  if (f->wanted->kind == STF_BLOOD_VOLUME || !(f->volume > 0.0)) {
    *reading = f->volume;
    return STF_OK;
  }
  if (f->wanted->kind == STF_BLOOD_DEPTH) {
    *reading = sums[2] / f->volume;
    return isnan(f->wanted->quantile) ? STF_OK : count_through(d, f, reading);
  }
  *reading = sums[1];
  if (!f->surface) return STF_OK;
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, f->beneath, (int)f->wanted->surface->face.nodes, MPI_DOUBLE, MPI_SUM, d->comm));
  *reading = seen_through(f);
  return STF_OK;
}

stf_status stf_blood_read(const stf_domain *d, const stf_gauges *gauges, const stf_state *state, double *reading) {
  for (size_t k = 0; k < gauges->bloods; k++) {
    found f;
    int status = (int)begin(&gauges->blood[k], &f);
    if (!status) status = (int)collect(d, state, &f);
    const int failed = MPI_Allreduce(MPI_IN_PLACE, &status, 1, MPI_INT, MPI_MAX, d->comm);
    if (!status) status = failed ? (int)STF_BUG : (int)conclude(d, &f, &reading[k]);
    end(&f);
    if (status) return (stf_status)status;
  }
  return STF_OK;
}
