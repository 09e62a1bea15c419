/* `displacement` of the node nearest to a place. */
#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  stf_quantities at;
  int along;
} options;

static const char *const axes[] = {"x", "y", "z", NULL};

static const stf_option rows[] = {
    STF_MEASURE_COMMON,
    {.key = "at",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_LENGTH,
     .offset = offsetof(options, at),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "position [x, y, z] before loading; the nearest node is taken",
     .example = "[0 mm, 0 mm, 0 mm]"},
    {.key = "along", .kind = STF_KIND_CHOICE, .offset = offsetof(options, along), .choices = axes, .help = "component"},
};

static stf_status bind(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  gauge->dimension = STF_LENGTH;
  gauge->axis = o->along;
  return stf_gauge_probe(gauges, gauge, "at", &o->at, diags);
}

static double read(const stf_gauge *gauge, const stf_readings *readings) {
  return readings->probe[gauge->probe][gauge->axis];
}

static const stf_table table = STF_TABLE_OF("displacement", options, rows);
static const stf_measure displacement = {.curve = true, .bind = bind, .read = read};

const stf_variant_type stf_measure_displacement = {"displacement", "movement of the tissue at a place", &table,
                                                   &displacement};
