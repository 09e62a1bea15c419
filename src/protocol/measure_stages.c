/* Numbers taken from a curve at stages of a protocol: `progress` in time, `onset` over stretches that grow. */
#include <math.h>

#include "protocol/measure.h"

typedef struct progress_options {
  stf_measure_options common;
  const char *of;
  double from, at, to;
} progress_options;

static const stf_option progress_rows[] = {
    STF_MEASURE_COMMON,
    {.key = "of",
     .kind = STF_KIND_NAME,
     .offset = offsetof(progress_options, of),
     .help = "the curve it is taken from",
     .example = "stretch"},
    {.key = "from",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(progress_options, from),
     .minimum = 0.0,
     .maximum = 1e12,
     .help = "when the change begins",
     .example = "0 s"},
    {.key = "at",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(progress_options, at),
     .minimum = 0.0,
     .maximum = 1e12,
     .help = "when it is looked at",
     .example = "1 s"},
    {.key = "to",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(progress_options, to),
     .minimum = 0.0,
     .maximum = 1e12,
     .help = "when it ends",
     .example = "2 s"},
};

typedef struct onset_options {
  stf_measure_options common;
  const char *of, *over, *at;
  double lengthening;
} onset_options;

static const stf_option onset_rows[] = {
    STF_MEASURE_COMMON,
    {.key = "of",
     .kind = STF_KIND_NAME,
     .offset = offsetof(onset_options, of),
     .help = "the curve, without unit, that shows what stays, such as a strain",
     .example = "stretch"},
    {.key = "over",
     .kind = STF_KIND_NAME,
     .offset = offsetof(onset_options, over),
     .help = "the curve that tells when it is read",
     .example = "force"},
    {.key = "at",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(onset_options, at),
     .help = "value of `over` at which it is read whenever that rises through it, with its unit: the preload",
     .example = "0.1 N"},
    {.key = "lengthening",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(onset_options, lengthening),
     .minimum = 1e-9,
     .maximum = 1.0,
     .help = "what has to stay, since the first reading, to be seen",
     .example = "0.1 %"},
};

static stf_status bind_progress(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const progress_options *o = from;
  STF_TRY(stf_gauge_curve(gauges, gauge, "of", o->of, diags, &gauge->of, &gauge->dimension));
  gauge->dimension = STF_RATIO;
  gauge->apart[0] = o->from;
  gauge->apart[1] = o->at;
  gauge->apart[2] = o->to;
  if (o->from < o->at && o->at <= o->to) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(gauge->node, "at")->place,
                stf_diags_text(diags, "from %g s, at %g s, to %g s", o->from, o->at, o->to),
                "three times in this order", NULL);
  return STF_BAD_INPUT;
}

/* A curve at a time, interpolated between steps; NAN beyond its end. */
static double at_time(const stf_history *h, int column, double time) {
  for (size_t r = 1; r < h->rows; r++) {
    const double *a = &h->values[(r - 1) * h->columns], *b = a + h->columns;
    if (b[0] < time * (1.0 - 1e-12)) continue;
    return a[column] + (time - a[0]) / (b[0] - a[0]) * (b[column] - a[column]);
  }
  return NAN;
}

static double reduce_progress(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  double value[3];
  for (int k = 0; k < 3; k++) value[k] = at_time(h, gauge->of, gauge->apart[k]);
  *mark = (stf_measure_mark){.x = 0, .y = gauge->of, .at = {gauge->apart[1], value[1]}};
  return value[2] == value[0] ? NAN : (value[1] - value[0]) / (value[2] - value[0]);
}

static stf_status bind_onset(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const onset_options *o = from;
  stf_dimension over = STF_RATIO;
  STF_TRY(stf_gauge_curve(gauges, gauge, "of", o->of, diags, &gauge->of, &gauge->dimension));
  STF_TRY(stf_gauge_curve(gauges, gauge, "over", o->over, diags, &gauge->over, &over));
  gauge->window[1] = o->lengthening;
  if (gauge->dimension != STF_RATIO) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_get(gauge->node, "of")->place, stf_diags_text(diags, "curve '%s'", o->of),
                  "a curve without unit, such as a strain", NULL);
    return STF_BAD_INPUT;
  }
  if (stf_quantity_parse(o->at, over, &gauge->window[0]) == STF_QUANTITY_OK) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(gauge->node, "at")->place, stf_diags_text(diags, "'%s'", o->at),
                stf_diags_text(diags, "%s, such as %s", stf_dimension_describe(over)->article,
                               stf_dimension_describe(over)->example),
                NULL);
  return STF_BAD_INPUT;
}

/*
 * How far `of` had been, from its first reading, when what stays first exceeds `lengthening`: interpolated between the
 * stretch before which it had not and the one after which it had. NAN where it never does.
 */
static double reduce_onset(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  double first = NAN, reached = 0.0, stayed = 0.0, before = 0.0;
  for (size_t r = 1; r < h->rows; r++) {
    const double *a = &h->values[(r - 1) * h->columns], *b = a + h->columns;
    const double x0 = a[gauge->over] - gauge->window[0], x1 = b[gauge->over] - gauge->window[0];
    if (x0 < 0.0 && x1 >= 0.0) {
      const double read = a[gauge->of] - x0 / (x1 - x0) * (b[gauge->of] - a[gauge->of]);
      if (isnan(first)) first = reached = read;
      const double stays = read - first, far = reached - first;
      if (stays > gauge->window[1]) {
        const double onset = before + (gauge->window[1] - stayed) / (stays - stayed) * (far - before);
        *mark = (stf_measure_mark){.x = gauge->over, .y = gauge->of, .at = {gauge->window[0], read}};
        return onset;
      }
      stayed = stays;
      before = far;
    }
    reached = fmax(reached, b[gauge->of]);
  }
  return NAN;
}

static const stf_table progress_table = STF_TABLE_OF("progress", progress_options, progress_rows);
static const stf_table onset_table = STF_TABLE_OF("onset", onset_options, onset_rows);
static const stf_measure progress = {.curve = false, .bind = bind_progress, .reduce = reduce_progress};
static const stf_measure onset = {.curve = false, .bind = bind_onset, .reduce = reduce_onset};

const stf_variant_type stf_measure_progress = {"progress", "share of a curve's change in a span of time, done by then",
                                               &progress_table, &progress};
const stf_variant_type stf_measure_onset = {"onset", "how far a curve had gone when some of it first stays",
                                            &onset_table, &onset};
