#include "result/compare.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "result/measured.h"

static double shown(double value, stf_dimension dimension, const char *unit) {
  double factor = 1.0, offset = 0.0;
  if (*unit) stf_units_from_base(dimension, unit, &factor, &offset);
  return value * factor + offset;
}

static stf_place place_of(const stf_yaml_node *node, const char *key) {
  const stf_yaml_node *value = stf_yaml_get(node, key);
  return value ? value->place : node->place;
}

static const stf_measured *find_row(const stf_compare *line, const stf_measured *rows, size_t count, stf_diags *diags) {
  const char *wanted = line->quantity ? line->quantity : line->measure;
  const char *names[256];
  size_t known = 0;
  for (size_t r = 0; r < count; r++) {
    if (!strcmp(rows[r].quantity, wanted)) return &rows[r];
    if (known < 256) names[known++] = rows[r].quantity;
  }
  const char *nearest = stf_text_nearest(wanted, names, known);
  stf_diags_add(diags, STF_ERROR, place_of(line->node, line->quantity ? "quantity" : "measure"),
                stf_diags_text(diags, "quantity '%s', which %s does not have", wanted, line->data),
                "a quantity of that file", nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return NULL;
}

static stf_status check_role(const stf_compare *line, const stf_measured *row, stf_diags *diags) {
  const char *role = stf_role_names[line->role];
  if (!row->role || !*row->role || !strcmp(row->role, role)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, place_of(line->node, "role"), stf_diags_text(diags, "role %s", role),
                stf_diags_text(diags, "%s, as %s has it", row->role, line->data), "one of the two is wrong");
  return STF_BAD_INPUT;
}

/* A published number in the unit of the measurement; a spread (`difference`) has no offset. */
static double converted(double value, double factor, double offset, const stf_gauge *gauge, bool difference) {
  double to = 1.0, shift = 0.0;
  if (*gauge->unit) stf_units_from_base(gauge->dimension, gauge->unit, &to, &shift);
  return difference ? value / factor * to : (value - offset) / factor * to + shift;
}

/* An SD is assumed only where one is used and the data has none. */
static void check_assumed_sd(const stf_compare *line, const stf_measured *row, stf_diags *diags) {
  const bool has_sd = isfinite(row->sd) && row->sd > 0.0;
  if (isnan(line->assumed_sd) || (line->role == STF_ROLE_CALIBRATED && !has_sd)) return;
  stf_diags_add(diags, STF_WARNING, place_of(line->node, "assumed_sd"),
                has_sd ? "an assumed SD of a quantity whose SD is in the data" : "an assumed SD that nothing uses",
                "no key assumed_sd but with role: calibrated, for data without an SD: it changes nothing", NULL);
}

static stf_status bind_row(const stf_compare *line, const stf_gauge *gauge, const stf_measured *row, stf_diags *diags,
                           stf_comparison *c) {
  double factor = 1.0, offset = 0.0;
  STF_TRY(check_role(line, row, diags));
  check_assumed_sd(line, row, diags);
  const bool bare = !*row->unit || !strcmp(row->unit, "1");
  if (bare ? gauge->dimension != STF_RATIO
           : stf_units_from_base(gauge->dimension, row->unit, &factor, &offset) != STF_OK) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = line->data, .line = row->line, .path = row->quantity},
                  stf_diags_text(diags, "unit '%s'", row->unit),
                  stf_diags_text(diags, "a unit of %s, since it is compared with %s",
                                 stf_dimension_describe(gauge->dimension)->name, gauge->name),
                  NULL);
    return STF_BAD_INPUT;
  }
  c->quantity = row->quantity;
  c->data = line->data;
  c->source = row->source;
  c->role = (stf_role)line->role;
  c->value = converted(row->value, factor, offset, gauge, false);
  c->sd = converted(row->sd, factor, offset, gauge, true);
  c->low = converted(row->low, factor, offset, gauge, false);
  c->high = converted(row->high, factor, offset, gauge, false);
  c->n = row->n;
  c->assumed_sd = line->assumed_sd;
  c->spread_role = line->spread_role;
  return STF_OK;
}

static stf_status bind_line(const stf_compare *line, const stf_gauges *gauges, stf_arena *arena, stf_diags *diags,
                            stf_findings *findings) {
  stf_measured *rows;
  size_t count, g = 0;
  while (g < gauges->count && strcmp(gauges->gauge[g].name, line->measure)) g++;
  if (g == gauges->count) return STF_BAD_INPUT; /* the scenario's own check has said so */
  STF_TRY(stf_measured_read(line->data, arena, diags, &rows, &count));
  const stf_measured *row = find_row(line, rows, count, diags);
  if (!row) return STF_BAD_INPUT;
  stf_comparison *c = &findings->comparison[findings->comparisons];
  c->measurement = &findings->measurement[g];
  STF_TRY(bind_row(line, &gauges->gauge[g], row, diags, c));
  findings->comparisons++;
  return STF_OK;
}

stf_status stf_findings_bind(const stf_scenario *scenario, const stf_gauges *gauges, stf_arena *arena, stf_diags *diags,
                             stf_findings *findings) {
  const stf_compare *lines = scenario->compare.items;
  *findings = (stf_findings){.measurements = gauges->count};
  findings->measurement = stf_arena_alloc(arena, (gauges->count + 1) * sizeof *findings->measurement);
  findings->comparison = stf_arena_alloc(arena, (scenario->compare.count + 1) * sizeof *findings->comparison);
  if (!findings->measurement || !findings->comparison) return STF_NO_RESOURCE;
  for (size_t g = 0; g < gauges->count; g++) {
    const stf_gauge *gauge = &gauges->gauge[g];
    findings->measurement[g] =
        (stf_measurement){.name = gauge->name, .what = gauge->what, .unit = gauge->unit, .value = NAN};
  }
  stf_status worst = STF_OK;
  for (size_t i = 0; i < scenario->compare.count; i++) {
    const stf_status status = bind_line(&lines[i], gauges, arena, diags, findings);
    if (status > worst) worst = status;
  }
  return worst;
}

static const stf_gauge *gauge_of_column(const stf_gauges *gauges, int column) {
  for (size_t g = 0; g < gauges->count; g++)
    if (gauges->gauge[g].column == column) return &gauges->gauge[g];
  return NULL;
}

void stf_findings_fill(const stf_gauges *gauges, const stf_history *history, stf_findings *findings) {
  for (size_t g = 0; g < gauges->count; g++) {
    const stf_gauge *gauge = &gauges->gauge[g];
    stf_measurement *m = &findings->measurement[g];
    stf_measure_mark mark;
    m->value = shown(stf_gauge_result(gauge, history, &mark), gauge->dimension, gauge->unit);
    const stf_gauge *x = gauge_of_column(gauges, mark.x), *y = gauge_of_column(gauges, mark.y);
    if (mark.x < 0 || (mark.x > 0 && !x) || !y) continue;
    m->mark = mark.slope ? STF_MARK_SLOPE : STF_MARK_POINT;
    m->mark_x = x ? x->name : "time";
    m->mark_y = y->name;
    m->mark_at[0] = x ? shown(mark.at[0], x->dimension, x->unit) : mark.at[0];
    m->mark_at[1] = shown(mark.at[1], y->dimension, y->unit);
  }
}
