/* `optical_stretch` and `optical_strain` between two markers, as a camera sees them, whatever slips in the grips. */
#include <math.h>

#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  stf_quantities from, to;
} options;

static const stf_option rows[] = {
    STF_MEASURE_COMMON,
    {.key = "from",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, from),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "first marker [x, y, z] before loading; the nearest node is taken",
     .example = "[0 mm, 0 mm, 0 mm]"},
    {.key = "to",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, to),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "second marker",
     .example = "[10 mm, 0 mm, 0 mm]"},
};

static stf_status bind(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  gauge->dimension = STF_RATIO;
  STF_TRY(stf_gauge_probe(gauges, gauge, "from", &o->from, diags));
  STF_TRY(stf_gauge_probe(gauges, gauge, "to", &o->to, diags)); /* its probe follows the first's */
  const double *a = gauge->protocol->mesh->X[gauges->probe[gauge->probe - 1]];
  const double *b = gauge->protocol->mesh->X[gauges->probe[gauge->probe]];
  for (int i = 0; i < 3; i++) gauge->apart[i] = b[i] - a[i];
  gauge->scale = 1.0 / hypot(hypot(gauge->apart[0], gauge->apart[1]), gauge->apart[2]);
  if (isfinite(gauge->scale)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, gauge->node->place, "two markers at the same node", "markers further apart", NULL);
  return STF_BAD_INPUT;
}

/* Distance of the markers now over that before loading. */
static double read(const stf_gauge *gauge, const stf_readings *readings) {
  const double *a = readings->probe[gauge->probe - 1], *b = readings->probe[gauge->probe];
  double now[3];
  for (int i = 0; i < 3; i++) now[i] = gauge->apart[i] + b[i] - a[i];
  return gauge->scale * hypot(hypot(now[0], now[1]), now[2]);
}

static double read_strain(const stf_gauge *gauge, const stf_readings *readings) {
  return read(gauge, readings) - 1.0;
}

static const stf_table stretch_table = STF_TABLE_OF("optical_stretch", options, rows);
static const stf_table strain_table = STF_TABLE_OF("optical_strain", options, rows);
static const stf_measure stretch = {.curve = true, .bind = bind, .read = read};
static const stf_measure strain = {.curve = true, .bind = bind, .read = read_strain};

const stf_variant_type stf_measure_optical_stretch = {
    "optical_stretch", "distance of two markers on the tissue over that before loading", &stretch_table, &stretch};
const stf_variant_type stf_measure_optical_strain = {"optical_strain", "that stretch less one", &strain_table, &strain};
