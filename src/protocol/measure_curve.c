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
     .help = "part of the curve up to its top, as fractions of its largest value: 50 % to 100 % is the upper half; the "
             "line is that of least squares along this part, not through its steps"},
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

/* A straight line by least squares along pieces of a curve, each of the weight of its length along x. */
typedef struct fit {
  double weight, mx, my, sxx, sxy;
} fit;

static void add_piece(fit *f, const double a[2], const double b[2]) {
  const double dx = b[0] - a[0], dy = b[1] - a[1], weight = fabs(dx), ahead = 0.5 * (a[0] + b[0]) - f->mx;
  if (!(weight > 0.0)) return;
  f->weight += weight;
  f->mx += ahead * weight / f->weight;
  f->my += (0.5 * (a[1] + b[1]) - f->my) * weight / f->weight;
  f->sxx += weight * (dx * dx / 12.0 + ahead * (0.5 * (a[0] + b[0]) - f->mx));
  f->sxy += weight * (dx * dy / 12.0 + ahead * (0.5 * (a[1] + b[1]) - f->my));
}

/* What of a piece has a y between two values. */
static void add_clipped(fit *f, const double a[2], const double b[2], const double range[2]) {
  const double dx = b[0] - a[0], dy = b[1] - a[1];
  double from = 0.0, to = 1.0;
  if (dy != 0.0) {
    const double one = (range[0] - a[1]) / dy, other = (range[1] - a[1]) / dy;
    from = fmax(0.0, fmin(one, other));
    to = fmin(1.0, fmax(one, other));
  } else if (a[1] < range[0] || a[1] > range[1]) {
    return;
  }
  if (!(from < to)) return;
  add_piece(f, (double[2]){a[0] + from * dx, a[1] + from * dy}, (double[2]){a[0] + to * dx, a[1] + to * dy});
}

static const double *row_of(const stf_history *h, size_t row) {
  return &h->values[row * h->columns];
}

/* Where the parabola through a row and its neighbours has its top, along `over` from that row; it may lie outside. NAN
 * where `over` does not run on there, or the parabola has none on the side of `sign`. */
static double top_of_parabola(const stf_gauge *gauge, const stf_history *h, size_t row, double sign) {
  const double *middle = row_of(h, row), *before = row_of(h, row - 1), *after = row_of(h, row + 1);
  const double left = before[gauge->over] - middle[gauge->over], right = after[gauge->over] - middle[gauge->over];
  const double fall = sign * (before[gauge->of] - middle[gauge->of]);
  const double drop = sign * (after[gauge->of] - middle[gauge->of]);
  const double bend = fall * right - drop * left;
  if (left * right >= 0.0 || bend * (left - right) <= 0.0) return NAN;
  return 0.5 * (fall * right * right - drop * left * left) / bend;
}

/* The row before which the curve comes to its top, and what share of the way there from the row before that: by the
 * parabola at the largest value, since a top that moved from row to row would make what ends there jump. */
static size_t find_top(const stf_gauge *gauge, const stf_history *h, size_t peak, double *share) {
  const size_t middle = peak + 1 < h->rows ? peak : peak - 1;
  *share = 1.0;
  if (peak == 0 || middle == 0) return peak;
  const double top = top_of_parabola(gauge, h, middle, row_of(h, peak)[gauge->of] < 0.0 ? -1.0 : 1.0);
  if (isnan(top)) return peak;
  const double x = row_of(h, middle)[gauge->over], left = row_of(h, middle - 1)[gauge->over] - x;
  const double right = row_of(h, middle + 1)[gauge->over] - x;
  const bool before = top * left > 0.0;
  *share = fmin(1.0, before ? 1.0 - top / left : top / right);
  return before ? middle : middle + 1;
}

/* Slope of the least-squares line along that part of the curve, up to its top, whose value lies in the window. */
static double reduce_slope(const stf_gauge *gauge, const stf_history *h, stf_measure_mark *mark) {
  size_t peak = 0;
  for (size_t r = 1; r < h->rows; r++)
    if (fabs(row_of(h, r)[gauge->of]) > fabs(row_of(h, peak)[gauge->of])) peak = r;
  const double largest = row_of(h, peak)[gauge->of], sign = largest < 0.0 ? -1.0 : 1.0;
  const double range[2] = {gauge->window[0] * fabs(largest), gauge->window[1] * fabs(largest)};
  double share;
  const size_t end = find_top(gauge, h, peak, &share);
  fit f = {0};
  for (size_t r = 1; r <= end; r++) {
    const double *from = row_of(h, r - 1), *to = row_of(h, r), part = r == end ? share : 1.0;
    const double a[2] = {from[gauge->over], sign * from[gauge->of]};
    const double b[2] = {a[0] + part * (to[gauge->over] - a[0]), a[1] + part * (sign * to[gauge->of] - a[1])};
    add_clipped(&f, a, b, range);
  }
  if (!(f.sxx > 0.0)) return NAN;
  *mark = (stf_measure_mark){.x = gauge->over, .y = gauge->of, .slope = true, .at = {f.mx, sign * f.my}};
  return sign * f.sxy / f.sxx;
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
  const double top = top_of_parabola(gauge, h, peak, 1.0);
  if (!isnan(top)) mark->at[0] += top;
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

const stf_variant_type stf_measure_slope = {"slope", "slope of one curve over another along a part of it", &slope_table,
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
