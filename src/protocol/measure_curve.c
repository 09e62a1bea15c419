/* Numbers taken from one curve over another: `slope`, `value`, `peak`, `peak_at`, `drop` and `area`. */
#include <math.h>

#include "protocol/measure.h"

typedef struct options {
  stf_measure_options common;
  const char *of, *over;
  stf_quantities within;
  const char *at;
  int until;
} options;

enum { UNTIL_END, UNTIL_PEAK };

#define OF                                                                                                     \
  {                                                                                                            \
    .key = "of", .kind = STF_KIND_NAME, .offset = offsetof(options, of), .help = "the curve it is taken from", \
    .example = "force"                                                                                         \
  }
#define OVER                                                                                                      \
  {                                                                                                               \
    .key = "over", .kind = STF_KIND_NAME, .offset = offsetof(options, over), .help = "the curve that runs along", \
    .example = "stretch"                                                                                          \
  }

static const stf_option slope_rows[] = {
    STF_MEASURE_COMMON,
    OF,
    OVER,
    {.key = "within",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_RATIO,
     .offset = offsetof(options, within),
     .fallback = "[50 %, 100 %]",
     .minimum = 0.0,
     .maximum = 1.0,
     .help = "part of the curve up to its largest value, as fractions of that: 50 % to 100 % is the upper half"},
};
static const stf_option value_rows[] = {
    STF_MEASURE_COMMON,
    OF,
    OVER,
    {.key = "at",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(options, at),
     .help = "value of `over` at which it is read, with its unit",
     .example = "1.01"},
};

static const stf_option peak_rows[] = {STF_MEASURE_COMMON, OF};
static const stf_option peak_at_rows[] = {STF_MEASURE_COMMON, OF, OVER};

static const char *const untils[] = {"end", "peak", NULL};
static const stf_option area_rows[] = {
    STF_MEASURE_COMMON,
    OF,
    OVER,
    {.key = "until",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(options, until),
     .choices = untils,
     .fallback = "end",
     .help = "end: over the whole curve; peak: up to its largest value, as the work to rupture"},
};

static stf_status bind_curves(const options *o, stf_diags *diags, const stf_gauges *gauges, stf_gauge *gauge,
                              stf_dimension *over) {
  stf_status status = stf_gauge_curve(gauges, gauge, "of", o->of, diags, &gauge->of, &gauge->dimension);
  const stf_status other = stf_gauge_curve(gauges, gauge, "over", o->over, diags, &gauge->over, over);
  return status ? status : other;
}

static stf_status quotient(stf_dimension of, stf_dimension over, stf_dimension *dimension) {
  if (over == STF_RATIO)
    *dimension = of;
  else if (of == STF_FORCE && over == STF_LENGTH)
    *dimension = STF_STIFFNESS;
  else if (of == STF_RATIO && over == STF_TIME)
    *dimension = STF_RATE;
  else if (of == over)
    *dimension = STF_RATIO;
  else
    return STF_BAD_INPUT;
  return STF_OK;
}

static stf_status bind_slope(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  stf_dimension over;
  STF_TRY(bind_curves(o, diags, gauges, gauge, &over));
  if (o->within.count != 2 || o->within.values[0] >= o->within.values[1]) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_get(gauge->node, "within")->place, "within",
                  "two fractions, the smaller first, such as [50 %, 100 %]", NULL);
    return STF_BAD_INPUT;
  }
  if (quotient(gauge->dimension, over, &gauge->dimension)) {
    stf_diags_add(diags, STF_ERROR, gauge->node->place, stf_diags_text(diags, "slope of %s over %s", o->of, o->over),
                  "a curve over a ratio, a force over a length, or a ratio over time", NULL);
    return STF_BAD_INPUT;
  }
  gauge->window[0] = o->within.values[0];
  gauge->window[1] = o->within.values[1];
  return STF_OK;
}

/* Slope of the least-squares line through the steps, up to that of the largest value, whose value lies in the window.
 */
static double reduce_slope(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  double largest = 0.0, n = 0.0, mx = 0.0, my = 0.0, sxx = 0.0, sxy = 0.0;
  size_t peak = 0;
  for (size_t r = 0; r < h->rows; r++) {
    const double y = fabs(h->values[r * h->columns + (size_t)gauge->of]);
    if (y > largest) largest = y, peak = r;
  }
  for (size_t r = 0; r <= peak && r < h->rows; r++) {
    const double x = h->values[r * h->columns + (size_t)gauge->over], y = h->values[r * h->columns + (size_t)gauge->of];
    if (fabs(y) < gauge->window[0] * largest || fabs(y) > gauge->window[1] * largest) continue;
    const double dx = x - mx;
    n += 1.0;
    mx += dx / n;
    my += (y - my) / n;
    sxx += dx * (x - mx);
    sxy += dx * (y - my);
  }
  if (n < 2.0 || sxx <= 0.0) return NAN;
  *mark = (stf_measure_mark){.x = gauge->over, .y = gauge->of, .slope = true, .at = {mx, my}};
  return sxy / sxx;
}

static stf_status bind_value(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  stf_dimension over;
  STF_TRY(bind_curves(o, diags, gauges, gauge, &over));
  if (stf_quantity_parse(o->at, over, &gauge->window[0]) == STF_QUANTITY_OK) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(gauge->node, "at")->place, stf_diags_text(diags, "'%s'", o->at),
                stf_diags_text(diags, "%s, such as %s", stf_dimension_describe(over)->article,
                               stf_dimension_describe(over)->example),
                NULL);
  return STF_BAD_INPUT;
}

/* Where `over` first passes the asked value, interpolated between steps. */
static double reduce_value(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  const double at = gauge->window[0];
  for (size_t r = 1; r < h->rows; r++) {
    const double *a = &h->values[(r - 1) * h->columns], *b = a + h->columns;
    const double x0 = a[gauge->over], x1 = b[gauge->over];
    if (x0 == x1 || (at - x0) * (at - x1) > 0.0) continue;
    const double y = a[gauge->of] + (at - x0) / (x1 - x0) * (b[gauge->of] - a[gauge->of]);
    *mark = (stf_measure_mark){.x = gauge->over, .y = gauge->of, .at = {at, y}};
    return y;
  }
  return NAN;
}

static stf_status bind_area(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  stf_dimension over;
  STF_TRY(bind_curves(o, diags, gauges, gauge, &over));
  gauge->window[0] = o->until;
  if (over == STF_RATIO) return STF_OK;
  if (gauge->dimension == STF_FORCE && over == STF_LENGTH) {
    gauge->dimension = STF_MOMENT;
    return STF_OK;
  }
  stf_diags_add(diags, STF_ERROR, gauge->node->place, stf_diags_text(diags, "area of %s over %s", o->of, o->over),
                "a curve over a ratio, or a force over a length", NULL);
  return STF_BAD_INPUT;
}

static size_t find_peak(const stf_gauge *gauge, const stf_history *h) {
  size_t peak = 0;
  for (size_t r = 1; r < h->rows; r++)
    if (h->values[r * h->columns + (size_t)gauge->of] > h->values[peak * h->columns + (size_t)gauge->of]) peak = r;
  return peak;
}

/* By trapezia, forth and back: of a closed loop what is inside. */
static double reduce_area(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  const size_t end = gauge->window[0] == UNTIL_PEAK ? find_peak(gauge, h) : h->rows - 1;
  double area = 0.0;
  for (size_t r = 1; r <= end; r++) {
    const double *a = &h->values[(r - 1) * h->columns], *b = a + h->columns;
    area += 0.5 * (a[gauge->of] + b[gauge->of]) * (b[gauge->over] - a[gauge->over]);
  }
  const double *last = &h->values[end * h->columns];
  *mark = (stf_measure_mark){.x = gauge->over, .y = gauge->of, .at = {last[gauge->over], last[gauge->of]}};
  return area;
}

/* Over all steps, the largest value and where it was. */
static double reduce_peak(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  const double *row = &h->values[find_peak(gauge, h) * h->columns];
  *mark = (stf_measure_mark){.x = gauge->over < 0 ? 0 : gauge->over,
                             .y = gauge->of,
                             .at = {row[gauge->over < 0 ? 0 : gauge->over], row[gauge->of]}};
  return gauge->over < 0 ? row[gauge->of] : row[gauge->over];
}

static stf_status bind_peak(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  const options *o = from;
  gauge->over = -1;
  return stf_gauge_curve(gauges, gauge, "of", o->of, diags, &gauge->of, &gauge->dimension);
}

/* Where the parabola through the step of the largest value and its neighbours has its top, where `over` runs on. */
static double reduce_peak_at(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  const size_t peak = find_peak(gauge, h);
  (void)reduce_peak(gauge, h, mark);
  if (peak == 0 || peak + 1 >= h->rows) return mark->at[0];
  const double *b = &h->values[peak * h->columns], *a = b - h->columns, *c = b + h->columns;
  const double left = a[gauge->over] - b[gauge->over], right = c[gauge->over] - b[gauge->over];
  const double fall = a[gauge->of] - b[gauge->of], drop = c[gauge->of] - b[gauge->of];
  const double bend = fall * right - drop * left;
  if (left * right >= 0.0 || bend == 0.0) return mark->at[0];
  mark->at[0] += 0.5 * (fall * right * right - drop * left * left) / bend;
  return mark->at[0];
}

static stf_status bind_drop(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  STF_TRY(bind_peak(from, diags, gauges, gauge));
  gauge->dimension = STF_RATIO;
  return STF_OK;
}

static double reduce_drop(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  const double *last = &h->values[(h->rows - 1) * h->columns], peak = reduce_peak(gauge, h, mark);
  *mark = (stf_measure_mark){.x = 0, .y = gauge->of, .at = {last[0], last[gauge->of]}};
  return peak > 0.0 ? 1.0 - last[gauge->of] / peak : NAN;
}

static stf_status bind_peak_at(const void *from, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge) {
  stf_dimension over;
  STF_TRY(bind_curves(from, diags, gauges, gauge, &over));
  gauge->dimension = over;
  return STF_OK;
}

static const stf_table area_table = STF_TABLE_OF("area", options, area_rows);
static const stf_table peak_table = STF_TABLE_OF("peak", options, peak_rows);
static const stf_table drop_table = STF_TABLE_OF("drop", options, peak_rows);
static const stf_table peak_at_table = STF_TABLE_OF("peak_at", options, peak_at_rows);
static const stf_table slope_table = STF_TABLE_OF("slope", options, slope_rows);
static const stf_table value_table = STF_TABLE_OF("value", options, value_rows);

static const stf_measure slope = {.curve = false, .bind = bind_slope, .reduce = reduce_slope};
static const stf_measure value = {.curve = false, .bind = bind_value, .reduce = reduce_value};

const stf_variant_type stf_measure_slope = {"slope", "slope of one curve over another in a part of it", &slope_table,
                                            &slope};
static const stf_measure peak = {.curve = false, .bind = bind_peak, .reduce = reduce_peak};
static const stf_measure area = {.curve = false, .bind = bind_area, .reduce = reduce_area};
static const stf_measure drop = {.curve = false, .bind = bind_drop, .reduce = reduce_drop};
static const stf_measure peak_at = {.curve = false, .bind = bind_peak_at, .reduce = reduce_peak_at};

const stf_variant_type stf_measure_peak = {"peak", "largest value of a curve", &peak_table, &peak};
const stf_variant_type stf_measure_peak_at = {"peak_at", "where along another a curve has its largest value",
                                              &peak_at_table, &peak_at};
const stf_variant_type stf_measure_area = {"area", "area under a curve over another: work, or what a cycle loses",
                                           &area_table, &area};
const stf_variant_type stf_measure_drop = {"drop", "share of its largest value that a curve has lost at the end",
                                           &drop_table, &drop};
const stf_variant_type stf_measure_value = {"value", "value of one curve where another reaches a value", &value_table,
                                            &value};
