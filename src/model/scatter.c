#include "model/scatter.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "model/binder.h"
#include "model/names.h"
#include "model/parameters.h"

enum { MOST_LINES = 50 };

/* ---- drawing ---- */

void stf_scatter_factors(const stf_ensemble *ensemble, long member, double *factor) {
  double deviate[MOST_LINES];
  for (size_t i = 0; i < ensemble->lines; i++) {
    const stf_scatter *line = &ensemble->line[i];
    const double s = sqrt(log1p(line->cv * line->cv)), r = line->correlation;
    deviate[i] = stf_random_normal(ensemble->seed, (uint32_t)member, line->label);
    if (line->follows >= 0) deviate[i] = r * deviate[line->follows] + sqrt(1.0 - r * r) * deviate[i];
    factor[i] = line->high > 0.0 ? line->low * pow(line->high / line->low, 0.5 * erfc(-M_SQRT1_2 * deviate[i]))
                                 : exp(s * deviate[i] - 0.5 * s * s);
  }
}

void stf_scatter_numbers(const stf_ensemble *ensemble, const stf_provenance **number) {
  for (size_t i = 0; i < ensemble->lines; i++) {
    const stf_scatter *line = &ensemble->line[i];
    *number++ = line->parameter;
    for (size_t k = 0; k < line->ties; k++) *number++ = line->tied[k];
  }
}

static stf_status make_setting(const stf_model *model, const stf_scatter *line, const stf_provenance *p, double value,
                               stf_arena *arena, stf_setting *setting) {
  char text[64];
  stf_quantity_format(value, p->dimension, text, sizeof text);
  *setting = (stf_setting){.file = model->tissue[line->tissue].file,
                           .change = {.path = p->path,
                                      .value = value,
                                      .text = stf_arena_copy(arena, text, strlen(text)),
                                      .place = line->node->place}};
  return setting->change.text ? STF_OK : STF_NO_RESOURCE;
}

stf_status stf_scatter_settings(const stf_model *model, long member, stf_arena *arena, stf_setting *settings) {
  double factor[MOST_LINES];
  stf_scatter_factors(&model->ensemble, member, factor);
  for (size_t i = 0; i < model->ensemble.lines; i++) {
    const stf_scatter *line = &model->ensemble.line[i];
    for (size_t k = 0; k <= line->ties; k++) {
      const stf_provenance *p = k ? line->tied[k - 1] : line->parameter;
      STF_TRY(make_setting(model, line, p, factor[i] * p->value, arena, settings++));
    }
  }
  return STF_OK;
}

/* ---- checking what is drawn ---- */

static bool fits(const stf_provenance *p, double value) {
  const stf_option *row = p->accepts;
  if (row->minimum == 0.0 && row->maximum == 0.0) return true;
  const bool low = row->bounds & STF_OPEN_BELOW ? value > row->minimum : value >= row->minimum;
  return low && (row->bounds & STF_OPEN_ABOVE ? value < row->maximum : value <= row->maximum);
}

static stf_status refuse_draw(const stf_scatter *line, const stf_provenance *p, long member, double value,
                              stf_diags *diags) {
  char text[64], range[128] = "";
  stf_quantity_format(value, p->dimension, text, sizeof text);
  stf_option_range(p->accepts, NULL, range, sizeof range);
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(line->node, "cv"),
                stf_diags_text(diags, "a spread by which %s of member %ld is %s", stf_names_short(p), member, text),
                range, "a smaller spread, or another seed");
  return STF_BAD_INPUT;
}

/* Tells the first member of a line that leaves its range. */
static stf_status check_line(const stf_model *model, size_t i, long members, stf_diags *diags) {
  const stf_scatter *line = &model->ensemble.line[i];
  double factor[MOST_LINES];
  for (long member = 1; member <= members; member++) {
    stf_scatter_factors(&model->ensemble, member, factor);
    for (size_t k = 0; k <= line->ties; k++) {
      const stf_provenance *p = k ? line->tied[k - 1] : line->parameter;
      const double value = factor[i] * p->value;
      if (!fits(p, value)) return refuse_draw(line, p, member, value, diags);
    }
  }
  return STF_OK;
}

stf_status stf_scatter_check(const stf_model *model, long members, stf_diags *diags) {
  stf_status worst = STF_OK;
  for (size_t i = 0; i < model->ensemble.lines; i++) {
    const stf_status status = check_line(model, i, members, diags);
    if (status > worst) worst = status;
  }
  return worst;
}

/* ---- binding ---- */

static const stf_tissue *tissue_of(const stf_binder *b, const stf_scatter *line) {
  return &b->model->tissue[line->tissue];
}

static stf_status refuse(const stf_binder *b, const stf_scatter_line *line, const char *key, const char *found,
                         const char *expected, const char *hint) {
  stf_diags_add(b->diags, STF_ERROR, key ? stf_yaml_place(line->node, key) : line->node->place, found, expected, hint);
  return STF_BAD_INPUT;
}

static bool names(const stf_scatter *line, const stf_provenance *p) {
  bool found = !strcmp(line->parameter->path, p->path);
  for (size_t k = 0; k < line->ties; k++) found = found || !strcmp(line->tied[k]->path, p->path);
  return found;
}

/* Whether an earlier line draws this number already. */
static bool is_taken(const stf_binder *b, const stf_scatter *line, const stf_provenance *p) {
  const stf_ensemble *e = &b->model->ensemble;
  for (size_t i = 0; i < e->lines; i++)
    if (stf_parameters_same_file(tissue_of(b, &e->line[i])->file, tissue_of(b, line)->file) && names(&e->line[i], p))
      return true;
  return false;
}

/* A number has a factor of its own once, and one that is not zero: a log-normal spread of nothing is nothing. */
static stf_status check_number(const stf_binder *b, const stf_scatter_line *line, const char *key,
                               const stf_scatter *made, const stf_provenance *p) {
  if (is_taken(b, made, p)) return stf_names_refuse_twice(line->node, key, p, b->diags);
  if (p->value > 0.0) return STF_OK;
  return refuse(b, line, key, stf_diags_text(b->diags, "%s, which is %s", stf_names_short(p), p->text),
                "a number above 0", "a factor cannot scatter what is 0");
}

static stf_status bind_ties(const stf_binder *b, const stf_scatter_line *line, stf_scatter *made) {
  size_t count;
  stf_status worst =
      stf_names_parameters(tissue_of(b, made), line->node, "with", b->arena, b->diags, &made->tied, &count);
  if (worst == STF_NO_RESOURCE) return worst;
  for (size_t i = 0; i < count; i++) {
    const stf_provenance *p = made->tied[i];
    stf_status status = names(made, p) ? stf_names_refuse_twice(line->node, "with", p, b->diags) : STF_OK;
    if (!status) status = check_number(b, line, "with", made, p);
    if (status > worst) worst = status;
    if (!status) made->tied[made->ties++] = p;
  }
  return worst;
}

/* Two bounds, all between which is as likely. */
static stf_status bind_range(const stf_binder *b, const stf_scatter_line *line, stf_scatter *made) {
  const double *ends = line->times.values;
  if (!isnan(line->cv)) return refuse(b, line, "times", "cv and times", "one of them: a spread, or bounds", NULL);
  if (line->times.count != 2 || !(ends[0] < ends[1]))
    return refuse(b, line, "times", stf_diags_text(b->diags, "%zu numbers", line->times.count),
                  "two, the smaller one first, such as [0.1, 10]", NULL);
  made->low = ends[0];
  made->high = ends[1];
  return STF_OK;
}

/* The line's own, or the spread that the tissue's file has. */
static stf_status bind_spread(const stf_binder *b, const stf_scatter_line *line, stf_scatter *made) {
  const stf_provenance *p = made->parameter;
  made->cv = line->cv;
  if (line->times.count) return bind_range(b, line, made);
  if (!isnan(line->cv)) return STF_OK;
  made->cv = p->spread / p->value;
  if (made->cv > 0.0) return STF_OK;
  return refuse(b, line, "parameter",
                stf_diags_text(b->diags, "%s, of which %s says no spread", stf_names_short(p),
                               p->file_text ? "this scenario" : tissue_of(b, made)->name),
                "a key cv with its source and grade", NULL);
}

/* Where the line's numbers come from: its own origin, or the tissue's where all it takes is from there. */
static stf_status bind_origin(const stf_binder *b, const stf_scatter_line *line, stf_scatter *made) {
  const bool own = !isnan(line->cv) || line->times.count || line->follows;
  const stf_provenance *p = made->parameter;
  made->source = own ? line->source : p->source;
  made->grade = p->grade;
  made->grade_note = p->grade_note;
  if (own && !line->grade)
    return refuse(b, line, NULL, "no key grade", "measured, \"fitted: ROW\" or \"estimated: REASON\"",
                  "where the spread or correlation comes from");
  if (!own && (line->grade || line->source))
    return refuse(b, line, line->grade ? "grade" : "source", "an origin of nothing",
                  "none, since the spread is that of the tissue's file, or a key cv", NULL);
  STF_TRY(stf_origin_check(line->node, line->source, line->grade, b->arena, b->diags));
  if (own) stf_grade_read(line->grade, &made->grade, &made->grade_note);
  return STF_OK;
}

/* The line above that it is correlated with. */
static stf_status bind_follows(const stf_binder *b, const stf_scatter_line *line, stf_scatter *made) {
  const stf_ensemble *e = &b->model->ensemble;
  made->follows = -1;
  if (!line->follows != isnan(line->correlation))
    return refuse(b, line, line->follows ? "follows" : "correlation",
                  line->follows ? "no key correlation" : "a correlation with nothing",
                  "follows and correlation together", NULL);
  if (!line->follows) return STF_OK;
  made->correlation = line->correlation;
  const stf_provenance *p =
      stf_names_parameter(tissue_of(b, made), line->node, "follows", line->follows, b->arena, b->diags);
  if (!p) return STF_BAD_INPUT;
  for (size_t i = 0; i < e->lines; i++)
    if (e->line[i].tissue == made->tissue && e->line[i].parameter == p) made->follows = (int)i;
  if (made->follows >= 0) return STF_OK;
  return refuse(b, line, "follows", stf_names_short(p), "the parameter of a line above, of the same tissue", NULL);
}

static stf_status bind_label(const stf_binder *b, const stf_scatter_line *line, stf_scatter *made) {
  const char *name = stf_arena_printf(b->arena, "%s.%s", line->tissue, made->parameter->path);
  if (!name) return STF_NO_RESOURCE;
  made->label = stf_random_label(name);
  return STF_OK;
}

static stf_status bind_line(const stf_binder *b, const stf_scatter_line *line) {
  stf_ensemble *e = &b->model->ensemble;
  const int tissue = stf_names_tissue(b->scenario, line->node, line->tissue, b->arena, b->diags);
  if (tissue < 0) return STF_BAD_INPUT;
  stf_scatter made = {.node = line->node, .tissue = (size_t)tissue};
  made.parameter =
      stf_names_parameter(&b->model->tissue[tissue], line->node, "parameter", line->parameter, b->arena, b->diags);
  if (!made.parameter) return STF_BAD_INPUT;
  STF_TRY(check_number(b, line, "parameter", &made, made.parameter));
  stf_status (*const steps[])(const stf_binder *, const stf_scatter_line *,
                              stf_scatter *) = {bind_spread, bind_follows, bind_origin, bind_ties, bind_label};
  stf_status worst = STF_OK;
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    const stf_status status = steps[i](b, line, &made);
    if (status > worst) worst = status;
  }
  e->line[e->lines++] = made;
  e->numbers += 1 + made.ties;
  return worst;
}

stf_status stf_scatter_bind(const stf_scenario *scenario, stf_arena *arena, stf_diags *diags, stf_model *model) {
  const stf_binder b = {scenario, model, arena, diags};
  const stf_ensemble_options *options = &scenario->ensemble;
  const stf_scatter_line *lines = options->scatter.items;
  stf_status worst = STF_OK;
  if (!options->node) return STF_OK;
  model->ensemble = (stf_ensemble){.members = options->members,
                                   .seed = (uint32_t)scenario->seed,
                                   .line = stf_arena_alloc(arena, (options->scatter.count + 1) * sizeof(stf_scatter))};
  if (!model->ensemble.line) return STF_NO_RESOURCE;
  for (size_t i = 0; i < options->scatter.count; i++) {
    const stf_status status = bind_line(&b, &lines[i]);
    if (status > worst) worst = status;
  }
  return worst ? worst : stf_scatter_check(model, options->members, diags);
}
