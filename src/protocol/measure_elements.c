/* Measurements over all elements: `volume`, `extreme` and `mean` of a field, `torn_volume`, and `cut_force` through a
 * plane. */
#include <math.h>

#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *layer;
  int of, which, part, across, along;
  const char *family;
  double at, above, scan;
} options;

static const char *const fields[] = {"stretch", "stress", "volume_ratio", "torn", NULL};
static const char *const ends[] = {"largest", "smallest", NULL};
static const char *const parts[] = {"largest", "smallest", "xx", "yy", "zz", "xy", "yz", "xz", NULL};
static const char *const axes[] = {"x", "y", "z", NULL};

#define LAYER                                                                                  \
  {                                                                                            \
    .key = "layer", .kind = STF_KIND_NAME, .offset = offsetof(options, layer), .fallback = "", \
    .help = "the only layer that counts; default: the whole body"                              \
  }

#define FAMILY                                                                                   \
  {                                                                                              \
    .key = "family", .kind = STF_KIND_NAME, .offset = offsetof(options, family), .fallback = "", \
    .help = "the fibre family, for a stretch or what is torn"                                    \
  }

static const stf_option volume_rows[] = {STF_MEASURE_COMMON, LAYER};
static const stf_option extreme_rows[] = {
    STF_MEASURE_COMMON,
    LAYER,
    {.key = "of",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, of),
     .choices = fields,
     .help = "field: stretch of a fibre family, share of it that is torn, principal Cauchy stress, or volume over that "
             "before loading",
     .example = "stress"},
    FAMILY,
    {.key = "which",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, which),
     .fallback = "largest",
     .choices = ends,
     .help = "end of the field's range over the elements' means"},
};
static const stf_option mean_rows[] = {
    STF_MEASURE_COMMON,
    LAYER,
    {.key = "of",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, of),
     .choices = fields,
     .help = "field: stretch of a fibre family, share of it that is torn, Cauchy stress, or volume over that before "
             "loading",
     .example = "stress"},
    FAMILY,
    {.key = "component",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, part),
     .fallback = "",
     .choices = parts,
     .help = "of a stress: the largest or smallest principal one of each element, or a component; default: largest"},
};
static const stf_option cut_rows[] = {
    STF_MEASURE_COMMON,
    {.key = "across",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, across),
     .choices = axes,
     .help = "axis that the plane of the cut lies across"},
    {.key = "at",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, at),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "where the plane is, before loading; it runs between elements"},
    {.key = "along",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, along),
     .fallback = "",
     .choices = axes,
     .help = "component; default: across the cut, tension positive"},
};

static const stf_option torn_volume_rows[] = {
    STF_MEASURE_COMMON,
    LAYER,
    {.key = "family",
     .kind = STF_KIND_NAME,
     .offset = offsetof(options, family),
     .help = "the fibre family",
     .example = "along"},
    {.key = "above",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(options, above),
     .fallback = "50 %",
     .minimum = 0.0,
     .maximum = 1.0,
     .bounds = STF_OPEN_ABOVE,
     .help = "share of the family that has to be torn"},
    {.key = "scan",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, scan),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "edge of the cubes that a scan sees as one, by their mean; default: every element is seen for itself"},
};

enum { MOST_CUBES = 1 << 22 };

static stf_status bind_volume(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  gauge->dimension = STF_VOLUME;
  return stf_gauge_sampler(gauges, gauge, (stf_sampler){.kind = STF_SAMPLE_VOLUME}, o->layer, diags);
}

/* Of a field `o->of`; what of it is in `sampler` already. */
static stf_status bind_field(const options *o, stf_sampler sampler, stf_diags *diags, stf_gauges *gauges,
                             stf_gauge *gauge) {
  sampler.kind = (stf_sample_kind)(STF_SAMPLE_STRETCH + o->of);
  sampler.family = o->family;
  gauge->dimension = sampler.kind == STF_SAMPLE_STRESS ? STF_STRESS : STF_RATIO;
  const bool fibres = sampler.kind == STF_SAMPLE_STRETCH || sampler.kind == STF_SAMPLE_TORN;
  if (fibres != (o->family != NULL)) {
    stf_diags_add(diags, STF_ERROR, gauge->node->place,
                  o->family ? "a family" : stf_diags_text(diags, "%s without its family", fields[o->of]),
                  "family: NAME with of: stretch or of: torn, and only there", NULL);
    return STF_BAD_INPUT;
  }
  return stf_gauge_sampler(gauges, gauge, sampler, o->layer, diags);
}

static stf_status bind_extreme(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  const bool least = o->which == 1;
  const stf_sampler sampler = {.least = least, .part = least ? STF_STRESS_SMALLEST : STF_STRESS_LARGEST};
  return bind_field(o, sampler, diags, gauges, gauge);
}

static stf_status bind_mean(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  const stf_sampler sampler = {.mean = true, .part = o->part < 0 ? STF_STRESS_LARGEST : (stf_stress_part)o->part};
  if (o->part >= 0 && STF_SAMPLE_STRETCH + o->of != STF_SAMPLE_STRESS) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(gauge->node, "component"),
                  stf_diags_text(diags, "a component of %s", fields[o->of]),
                  "component: with of: stress, and only there", NULL);
    return STF_BAD_INPUT;
  }
  return bind_field(o, sampler, diags, gauges, gauge);
}

static stf_status bind_cut(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  gauge->dimension = STF_FORCE;
  gauge->axis = o->along >= 0 ? o->along : o->across;
  STF_TRY(stf_gauge_within(gauge, "at", o->across, o->at, diags));
  return stf_gauge_sampler(gauges, gauge, (stf_sampler){.kind = STF_SAMPLE_CUT, .axis = o->across, .at = o->at}, NULL,
                           diags);
}

/* Cubes from the corner of the body on, along the axes. */
static stf_status lay_cubes(const stf_gauge *gauge, double edge, stf_diags *diags, stf_sampler *sampler) {
  const stf_mesh *mesh = gauge->protocol->mesh;
  double count = 1.0;
  sampler->cube = edge;
  for (int i = 0; i < 3; i++) {
    double high = -INFINITY;
    sampler->low[i] = INFINITY;
    for (size_t n = 0; n < mesh->nodes; n++) {
      sampler->low[i] = fmin(sampler->low[i], mesh->X[n][i]);
      high = fmax(high, mesh->X[n][i]);
    }
    const double along = fmax(ceil((high - sampler->low[i]) / edge), 1.0);
    count *= along;
    if (count > MOST_CUBES) break;
    sampler->cubes[i] = (int)along;
  }
  if (count <= MOST_CUBES) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(gauge->node, "scan"),
                stf_diags_text(diags, "%g mm, over %d cubes in the body", edge, MOST_CUBES), "larger cubes",
                "leave it out: then every element is seen for itself");
  return STF_BAD_INPUT;
}

static stf_status bind_torn_volume(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  stf_sampler sampler = {.kind = STF_SAMPLE_TORN_VOLUME, .family = o->family, .above = o->above};
  gauge->dimension = STF_VOLUME;
  if (!isnan(o->scan)) STF_TRY(lay_cubes(gauge, o->scan, diags, &sampler));
  return stf_gauge_sampler(gauges, gauge, sampler, o->layer, diags);
}

static double read_first(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->sampled[gauge->sampler].value[0];
}

static double read_component(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->sampled[gauge->sampler].value[gauge->axis];
}

static const stf_table volume_table = STF_TABLE_OF("volume", options, volume_rows);
static const stf_table extreme_table = STF_TABLE_OF("extreme", options, extreme_rows);
static const stf_table mean_table = STF_TABLE_OF("mean", options, mean_rows);
static const stf_table torn_volume_table = STF_TABLE_OF("torn_volume", options, torn_volume_rows);
static const stf_table cut_table = STF_TABLE_OF("cut_force", options, cut_rows);

static const stf_measure volume = {.curve = true, .bind = bind_volume, .read = read_first};
static const stf_measure extreme = {.curve = true, .placed = true, .bind = bind_extreme, .read = read_first};
static const stf_measure mean = {.curve = true, .bind = bind_mean, .read = read_first};
static const stf_measure torn_volume = {.curve = true, .bind = bind_torn_volume, .read = read_first};
static const stf_measure cut = {.curve = true, .bind = bind_cut, .read = read_component};

const stf_variant_type stf_measure_volume = {"volume", "volume of the body or a layer as it is now", &volume_table,
                                             &volume};
const stf_variant_type stf_measure_extreme = {"extreme", "largest or smallest of a field, and where", &extreme_table,
                                              &extreme};
const stf_variant_type stf_measure_mean = {"mean", "mean of a field by volume before loading", &mean_table, &mean};
const stf_variant_type stf_measure_torn_volume = {
    "torn_volume", "volume before loading where fibres are torn, as it is or as a scan shows it", &torn_volume_table,
    &torn_volume};
const stf_variant_type stf_measure_cut_force = {"cut_force", "force that passes through a plane", &cut_table, &cut};
