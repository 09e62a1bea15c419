#include "solve/sampling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/equations.h"
#include "solve/scan.h"

/* Middle before loading of the element in lane l. */
static void middle_of(const stf_domain *d, const stf_batch *b, int l, double middle[3]) {
  memset(middle, 0, 3 * sizeof *middle);
  for (int a = 0; a < b->nodes; a++)
    for (int i = 0; i < 3; i++) middle[i] += d->X[b->node[a][l]][i] / b->nodes;
}

/* Largest (or smallest) eigenvalue of a symmetric stress xx yy zz xy yz xz, by the cosine of the triple angle. */
static double principal(const stf_element_sample *s, int l, bool least) {
  double v[6];
  for (int n = 0; n < 6; n++) v[n] = s->stress[n][l];
  const double mean = (v[0] + v[1] + v[2]) / 3.0, a = v[0] - mean, b = v[1] - mean, c = v[2] - mean;
  const double off = v[3] * v[3] + v[4] * v[4] + v[5] * v[5], size = sqrt((a * a + b * b + c * c + 2.0 * off) / 6.0);
  if (size <= 0.0) return mean;
  const double det = a * (b * c - v[4] * v[4]) - v[3] * (v[3] * c - v[4] * v[5]) + v[5] * (v[3] * v[4] - b * v[5]);
  const double angle = acos(fmin(fmax(0.5 * det / (size * size * size), -1.0), 1.0)) / 3.0;
  return mean + 2.0 * size * cos(least ? angle + 2.0 * M_PI / 3.0 : angle);
}

/* A field's mean in one element; NAN where it has none. */
static double field_of(const stf_sampler *wanted, const stf_state *state, const stf_batch *b,
                       const stf_element_sample *s, int l) {
  stf_lane torn;
  if (wanted->kind == STF_SAMPLE_STRESS && wanted->part <= STF_STRESS_SMALLEST)
    return principal(s, l, wanted->part == STF_STRESS_SMALLEST);
  if (wanted->kind == STF_SAMPLE_STRESS) return s->stress[wanted->part - STF_STRESS_XX][l];
  if (wanted->kind == STF_SAMPLE_VOLUME_RATIO) return s->J[l];
  for (size_t f = 0; f < b->material->families; f++)
    if (!strcmp(b->material->family[f].name, wanted->family)) {
      if (wanted->kind == STF_SAMPLE_STRETCH) return s->stretch[f][l];
      stf_state_torn(state, b, f, torn);
      return torn[l];
    }
  return NAN;
}

static void add_batch(const stf_domain *d, const stf_state *state, const stf_batch *b, const stf_element_sample *s,
                      const stf_sampler *wanted, stf_sampled *out) {
  for (int l = 0; l < b->count; l++) {
    if (!b->mine[l] || (wanted->region >= 0 && wanted->region != b->region)) continue;
    if (wanted->kind == STF_SAMPLE_VOLUME) {
      out->value[0] += s->J[l] * s->volume[l];
      continue;
    }
    const double value = field_of(wanted, state, b, s, l);
    if (wanted->mean && !isnan(value)) {
      out->value[0] += s->volume[l] * value;
      out->value[1] += s->volume[l];
    }
    if (wanted->mean || isnan(value) || (wanted->least ? value >= out->value[0] : value <= out->value[0])) continue;
    out->value[0] = value;
    middle_of(d, b, l, out->place);
  }
}

/* Sum over the nodes that both sides share of what the elements of the low side ask of them. */
static stf_status cut_force(const stf_domain *d, const stf_sampler *wanted, const stf_state *state,
                            const double *pressure, double force[3]) {
  bool *beyond = calloc(d->local + 1, sizeof *beyond);
  if (!beyond) return STF_NO_RESOURCE;
  double middle[3];
  for (size_t k = 0; k < d->batches; k++)
    for (int l = 0; l < d->batch[k].count; l++) {
      middle_of(d, &d->batch[k], l, middle);
      for (int a = 0; middle[wanted->axis] > wanted->at && a < d->batch[k].nodes; a++)
        beyond[d->batch[k].node[a][l]] = true;
    }
  for (size_t k = 0; k < d->batches; k++) {
    const stf_batch *b = &d->batch[k];
    stf_element_in in;
    stf_element_out out;
    stf_lane lanes;
    stf_batch_gather(d, b, state->u, stf_state_past(state), &in);
    stf_batch_press(b, pressure, lanes, &in);
    b->kind->respond(&in, STF_WANT_STRESS, &out);
    for (int l = 0; l < b->count; l++) {
      middle_of(d, b, l, middle);
      if (middle[wanted->axis] > wanted->at) continue;
      for (int a = 0; a < b->nodes; a++)
        for (int i = 0; beyond[b->node[a][l]] && (size_t)b->node[a][l] < d->owned && i < 3; i++)
          force[i] += out.f[3 * a + i][l];
    }
  }
  free(beyond);
  return STF_OK;
}

/* The extreme of all ranks and its place. */
static stf_status share_extreme(const stf_domain *d, const stf_sampler *wanted, stf_sampled *s) {
  struct {
    double value;
    int rank;
  } mine = {s->value[0], d->rank}, all;
  STF_PETSC(MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE_INT, wanted->least ? MPI_MINLOC : MPI_MAXLOC, d->comm));
  STF_PETSC(MPI_Bcast(s->place, 3, MPI_DOUBLE, all.rank, d->comm));
  s->value[0] = isfinite(all.value) ? all.value : NAN;
  return STF_OK;
}

static bool is_sum(const stf_sampler *wanted) {
  return wanted->mean || wanted->kind == STF_SAMPLE_VOLUME || wanted->kind == STF_SAMPLE_CUT ||
         wanted->kind == STF_SAMPLE_TORN_VOLUME;
}

/* With the pressure [blocks] of the patches of nodes. */
static stf_status sample(const stf_domain *d, const stf_gauges *gauges, const stf_state *state, const double *pressure,
                         stf_sampled *sampled) {
  const stf_sampler *sampler = gauges->sampler;
  stf_status status = STF_OK;
  for (size_t k = 0; k < gauges->samplers; k++) {
    sampled[k] = (stf_sampled){.place = {NAN, NAN, NAN}};
    if (!is_sum(&sampler[k])) sampled[k].value[0] = sampler[k].least ? INFINITY : -INFINITY;
  }
  for (size_t b = 0; gauges->samplers && b < d->batches; b++) {
    stf_element_in in;
    stf_element_sample s;
    stf_lane lanes;
    stf_batch_gather(d, &d->batch[b], state->u, stf_state_past(state), &in);
    stf_batch_press(&d->batch[b], pressure, lanes, &in);
    d->batch[b].kind->sample(&in, &s);
    for (size_t k = 0; k < gauges->samplers; k++)
      if (sampler[k].kind < STF_SAMPLE_TORN_VOLUME) add_batch(d, state, &d->batch[b], &s, &sampler[k], &sampled[k]);
  }
  for (size_t k = 0; !status && k < gauges->samplers; k++)
    if (sampler[k].kind == STF_SAMPLE_CUT) status = cut_force(d, &sampler[k], state, pressure, sampled[k].value);
  for (size_t k = 0; !status && k < gauges->samplers; k++) {
    if (sampler[k].kind == STF_SAMPLE_TORN_VOLUME)
      status = stf_scan(d, &sampler[k], state, sampled[k].value);
    else if (is_sum(&sampler[k]))
      STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, sampled[k].value, 3, MPI_DOUBLE, MPI_SUM, d->comm));
    else
      STF_TRY(share_extreme(d, &sampler[k], &sampled[k]));
    if (sampler[k].mean) sampled[k].value[0] /= sampled[k].value[1];
  }
  return status;
}

stf_status stf_sample(const stf_domain *d, const stf_gauges *gauges, const stf_state *state, stf_sampled *sampled) {
  double *pressure = calloc(d->blocks + 1, sizeof *pressure);
  if (!pressure) return STF_NO_RESOURCE;
  stf_status status = gauges->samplers ? stf_patch_pressures(d, state->u, pressure) : STF_OK;
  if (!status) status = sample(d, gauges, state, pressure, sampled);
  free(pressure);
  return status;
}
