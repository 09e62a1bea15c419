/* The list of measurements, and what they share. A new kind of measurement is a file and a line here. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "protocol/measure.h"

extern const stf_variant_type stf_measure_grip_force, stf_measure_nominal_stress, stf_measure_grip_extension,
    stf_measure_grip_stretch, stf_measure_grip_strain, stf_measure_displacement, stf_measure_optical_stretch,
    stf_measure_optical_strain, stf_measure_volume, stf_measure_extreme, stf_measure_mean, stf_measure_torn_volume,
    stf_measure_cut_force, stf_measure_slope, stf_measure_value, stf_measure_peak, stf_measure_peak_at,
    stf_measure_drop, stf_measure_area, stf_measure_rigid_force, stf_measure_rigid_moment, stf_measure_rigid_angle,
    stf_measure_rigid_displacement, stf_measure_cable_force, stf_measure_cable_stretch, stf_measure_cable_torn,
    stf_measure_progress, stf_measure_onset, stf_measure_cycles, stf_measure_cycles_to_rupture, stf_measure_slip,
    stf_measure_opening, stf_measure_bonded_area, stf_measure_broken_bonds, stf_measure_interface_force,
    stf_measure_interface_stress, stf_measure_interface_loss, stf_measure_contact_area, stf_measure_contact_pressure,
    stf_measure_contact_depth, stf_measure_contact_slip, stf_measure_contact_loss, stf_measure_blood_volume,
    stf_measure_bruise_area, stf_measure_bruise_depth, stf_measure_film_thickness;

static const stf_variant_type *const types[] = {&stf_measure_grip_force,
                                                &stf_measure_nominal_stress,
                                                &stf_measure_grip_extension,
                                                &stf_measure_grip_stretch,
                                                &stf_measure_grip_strain,
                                                &stf_measure_displacement,
                                                &stf_measure_optical_stretch,
                                                &stf_measure_optical_strain,
                                                &stf_measure_volume,
                                                &stf_measure_extreme,
                                                &stf_measure_mean,
                                                &stf_measure_torn_volume,
                                                &stf_measure_cut_force,
                                                &stf_measure_slope,
                                                &stf_measure_value,
                                                &stf_measure_rigid_force,
                                                &stf_measure_rigid_moment,
                                                &stf_measure_rigid_angle,
                                                &stf_measure_rigid_displacement,
                                                &stf_measure_peak,
                                                &stf_measure_peak_at,
                                                &stf_measure_drop,
                                                &stf_measure_area,
                                                &stf_measure_progress,
                                                &stf_measure_onset,
                                                &stf_measure_cable_force,
                                                &stf_measure_cable_stretch,
                                                &stf_measure_cable_torn,
                                                &stf_measure_cycles,
                                                &stf_measure_cycles_to_rupture,
                                                &stf_measure_slip,
                                                &stf_measure_opening,
                                                &stf_measure_bonded_area,
                                                &stf_measure_broken_bonds,
                                                &stf_measure_interface_force,
                                                &stf_measure_interface_stress,
                                                &stf_measure_interface_loss,
                                                &stf_measure_film_thickness,
                                                &stf_measure_blood_volume,
                                                &stf_measure_bruise_area,
                                                &stf_measure_bruise_depth,
                                                &stf_measure_contact_area,
                                                &stf_measure_contact_pressure,
                                                &stf_measure_contact_depth,
                                                &stf_measure_contact_slip,
                                                &stf_measure_contact_loss};

const stf_variant_set stf_measures = {.selector = "what", .types = types, .count = sizeof types / sizeof *types};

static stf_status check_unit(const stf_measure_options *options, stf_diags *diags, stf_gauge *gauge) {
  double factor, offset;
  gauge->unit = options->unit                   ? options->unit
                : gauge->dimension == STF_RATIO ? ""
                : gauge->dimension == STF_ANGLE ? "deg"
                                                : stf_dimension_describe(gauge->dimension)->base;
  if (!options->unit || !stf_units_from_base(gauge->dimension, options->unit, &factor, &offset)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(options->node, "unit")->place,
                stf_diags_text(diags, "unit '%s'", options->unit),
                stf_diags_text(diags, "a unit of %s, such as %s", stf_dimension_describe(gauge->dimension)->name,
                               stf_dimension_describe(gauge->dimension)->base),
                NULL);
  return STF_BAD_INPUT;
}

static stf_status bind_one(const stf_variant *item, const stf_protocol *protocol, stf_diags *diags,
                           stf_gauges *gauges) {
  const stf_measure_options *options = item->data;
  const stf_measure *measure = item->type->extra;
  stf_gauge *gauge = &gauges->gauge[gauges->count];
  *gauge = (stf_gauge){.name = options->name,
                       .what = item->type->name,
                       .measure = measure,
                       .node = options->node,
                       .protocol = protocol,
                       .column = -1,
                       .probe = -1,
                       .sampler = -1,
                       .rigid = -1,
                       .cable = -1,
                       .glide = -1,
                       .blood = -1,
                       .scale = 1.0,
                       .of = -1,
                       .over = -1};
  if (!strcmp(options->name, "time")) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(options->node, "name"), "a measurement named time",
                  "another name: the first column is called so", NULL);
    return STF_BAD_INPUT;
  }
  STF_TRY(measure->bind(options, diags, gauges, gauge));
  STF_TRY(check_unit(options, diags, gauge));
  gauge->columns = measure->placed ? 4 : 1;
  if (measure->curve) gauge->column = (int)gauges->columns;
  if (measure->curve) gauges->columns += (size_t)gauge->columns;
  gauges->count++;
  return STF_OK;
}

stf_status stf_gauges_bind(const stf_variants *measures, const stf_protocol *protocol, stf_arena *arena,
                           stf_diags *diags, stf_gauges *gauges) {
  *gauges = (stf_gauges){.arena = arena, .columns = 1};
  gauges->gauge = stf_arena_alloc(arena, (measures->count + 1) * sizeof *gauges->gauge);
  gauges->probe = stf_arena_alloc(arena, (2 * measures->count + 1) * sizeof *gauges->probe);
  gauges->sampler = stf_arena_alloc(arena, (measures->count + 1) * sizeof *gauges->sampler);
  gauges->glide = stf_arena_alloc(arena, (measures->count + 1) * sizeof *gauges->glide);
  gauges->blood = stf_arena_alloc(arena, (measures->count + 1) * sizeof *gauges->blood);
  if (!gauges->gauge || !gauges->probe || !gauges->sampler || !gauges->glide || !gauges->blood) return STF_NO_RESOURCE;
  stf_status worst = STF_OK;
  for (size_t i = 0; i < measures->count; i++) {
    const stf_status status = bind_one(&measures->items[i], protocol, diags, gauges);
    if (status > worst) worst = status;
  }
  return worst;
}

void stf_gauges_read(const stf_gauges *gauges, const stf_readings *readings, double *row) {
  row[0] = readings->time;
  for (size_t g = 0; g < gauges->count; g++) {
    const stf_gauge *gauge = &gauges->gauge[g];
    if (gauge->column < 0) continue;
    row[gauge->column] = gauge->measure->read(gauge, readings);
    for (int k = 1; k < gauge->columns; k++) row[gauge->column + k] = readings->sampled[gauge->sampler].place[k - 1];
  }
}

double stf_gauge_result(const stf_gauge *gauge, const stf_history *history, stf_measure_mark *mark) {
  *mark = (stf_measure_mark){.x = -1, .y = -1};
  if (!history->rows) return NAN;
  if (gauge->column >= 0) {
    const double *last = &history->values[(history->rows - 1) * history->columns], value = last[gauge->column];
    *mark = (stf_measure_mark){.x = 0, .y = gauge->column, .at = {last[0], value}};
    return value;
  }
  return gauge->measure->reduce(gauge, history, mark);
}

stf_status stf_gauge_grip(stf_gauge *gauge, const char *where, stf_diags *diags) {
  const stf_protocol *protocol = gauge->protocol;
  for (size_t g = 0; g < protocol->grips; g++)
    if (!strcmp(protocol->grip[g].face->name, where)) {
      gauge->grip = &protocol->grip[g];
      gauge->grip_index = g;
      return STF_OK;
    }
  if (!stf_protocol_face(protocol, gauge->node, "where", where, diags)) return STF_BAD_INPUT;
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(gauge->node, "where")->place,
                stf_diags_text(diags, "face %s, which has no grip", where), "a gripped face", NULL);
  return STF_BAD_INPUT;
}

stf_status stf_gauge_within(const stf_gauge *gauge, const char *key, int axis, double at, stf_diags *diags) {
  const stf_mesh *mesh = gauge->protocol->mesh;
  double low = INFINITY, high = -INFINITY;
  for (size_t n = 0; n < mesh->nodes; n++) {
    low = fmin(low, mesh->X[n][axis]);
    high = fmax(high, mesh->X[n][axis]);
  }
  const double slack = 1e-6 * (high - low);
  if (at >= low - slack && at <= high + slack) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(gauge->node, key),
                stf_diags_text(diags, "%c = %g mm, outside of the body", 'x' + axis, at),
                stf_diags_text(diags, "from %g mm to %g mm", low, high), NULL);
  return STF_BAD_INPUT;
}

stf_status stf_gauge_probe(stf_gauges *gauges, stf_gauge *gauge, const char *key, const stf_quantities *at,
                           stf_diags *diags) {
  const stf_mesh *mesh = gauge->protocol->mesh;
  double nearest = INFINITY;
  if (at->count != 3) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(gauge->node, key),
                  stf_diags_text(diags, "%zu coordinates", at->count), "three, such as [5 mm, 0 mm, 0 mm]", NULL);
    return STF_BAD_INPUT;
  }
  for (int i = 0; i < 3; i++) STF_TRY(stf_gauge_within(gauge, key, i, at->values[i], diags));
  for (size_t n = 0; n < mesh->nodes; n++) {
    const double *X = mesh->X[n];
    const double d = hypot(hypot(X[0] - at->values[0], X[1] - at->values[1]), X[2] - at->values[2]);
    if (d < nearest) {
      nearest = d;
      gauges->probe[gauges->probes] = (int)n;
    }
  }
  gauge->probe = (int)gauges->probes++;
  return STF_OK;
}

int stf_gauge_layer(const stf_gauge *gauge, const char *layer, stf_diags *diags) {
  const stf_mesh *mesh = gauge->protocol->mesh;
  const char *names[64];
  size_t known = 0;
  for (size_t r = 0; r < mesh->region_count; r++) {
    if (!strcmp(mesh->regions[r].name, layer)) return (int)r;
    if (known < 64) names[known++] = mesh->regions[r].name;
  }
  const char *nearest = stf_text_nearest(layer, names, known);
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(gauge->node, "layer"), stf_diags_text(diags, "layer '%s'", layer),
                "the name of a layer of the anatomy",
                nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return -1;
}

stf_status stf_gauge_sampler(stf_gauges *gauges, stf_gauge *gauge, stf_sampler sampler, const char *layer,
                             stf_diags *diags) {
  sampler.region = layer ? stf_gauge_layer(gauge, layer, diags) : -1;
  sampler.node = gauge->node;
  gauge->sampler = (int)gauges->samplers;
  gauges->sampler[gauges->samplers++] = sampler;
  return layer && sampler.region < 0 ? STF_BAD_INPUT : STF_OK;
}

stf_status stf_gauge_curve(const stf_gauges *gauges, const stf_gauge *gauge, const char *key, const char *name,
                           stf_diags *diags, int *column, stf_dimension *dimension) {
  const char *names[256] = {0};
  size_t count = 0;
  for (size_t g = 0; g < gauges->count; g++) {
    if (gauges->gauge[g].column < 0) continue;
    if (count < 256) names[count++] = gauges->gauge[g].name;
    if (strcmp(gauges->gauge[g].name, name)) continue;
    *column = gauges->gauge[g].column;
    *dimension = gauges->gauge[g].dimension;
    return STF_OK;
  }
  if (!strcmp(name, "time")) { /* the first column of every history */
    *column = 0;
    *dimension = STF_TIME;
    return STF_OK;
  }
  const char *nearest = stf_text_nearest(name, names, count);
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(gauge->node, key)->place, stf_diags_text(diags, "curve '%s'", name),
                "`time` or the name of a curve measured above it in the list",
                nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return STF_BAD_INPUT;
}
