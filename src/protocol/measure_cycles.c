/* `cycles`, how many there were so far, and `cycles_to_rupture`. */
#include <math.h>

#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  bool log;
} options;

#define NAME                                                                                                  \
  {                                                                                                           \
    .key = "name", .kind = STF_KIND_NAME, .offset = offsetof(stf_measure_options, name),                      \
    .help = "what the result is called; cycles need an activity `cycle` that counts them", .example = "life", \
    .needs_other = true                                                                                       \
  }

static const stf_option cycles_rows[] = {NAME};
static const stf_option rupture_rows[] = {
    NAME,
    {.key = "log",
     .kind = STF_KIND_FLAG,
     .offset = offsetof(options, log),
     .fallback = "false",
     .help = "its decimal logarithm"},
};

/* Only `cycle` with `jump`, a load or a square wave counts its cycles. */
static stf_status bind(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  (void)from, (void)gauges;
  gauge->dimension = STF_RATIO;
  if (gauge->protocol->waves) return STF_OK;
  stf_diags_add(diags, STF_ERROR, gauge->node->place, "cycles of a timeline without any that are counted",
                "an activity `cycle` of a force or traction, with `jump`, or of a square wave", NULL);
  return STF_BAD_INPUT;
}

static stf_status bind_rupture(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  gauge->window[0] = o->log ? 1.0 : 0.0;
  return bind(from, diags, gauges, gauge);
}

static double read_cycles(const stf_gauge *gauge, const stf_readings *readings) {
  return stf_wave_cycles(gauge->protocol, readings->time);
}

static double reduce_rupture(const stf_gauge *gauge, const stf_history *history, stf_measure_mark *mark) {
  (void)mark;
  return gauge->window[0] > 0.0 ? log10(history->rupture) : history->rupture;
}

static const stf_table cycles_table = STF_TABLE_OF("cycles", options, cycles_rows);
static const stf_table rupture_table = STF_TABLE_OF("cycles_to_rupture", options, rupture_rows);
static const stf_measure cycles = {.curve = true, .bind = bind, .read = read_cycles};
static const stf_measure rupture = {.curve = false, .bind = bind_rupture, .reduce = reduce_rupture};

const stf_variant_type stf_measure_cycles = {"cycles", "how many cycles of a load or grip there were so far",
                                             &cycles_table, &cycles};
const stf_variant_type stf_measure_cycles_to_rupture = {
    "cycles_to_rupture", "cycles after which the body could no longer bear their load; none where it still does",
    &rupture_table, &rupture};
