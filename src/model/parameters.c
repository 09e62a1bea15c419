#include "model/parameters.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "model/binder.h"
#include "model/names.h"

/* A line read again, once the parameter says what its quantities measure. */
typedef struct bounds {
  const stf_yaml_node *node;
  const char *tissue, *parameter, *with;
  double from, to;
} bounds;

typedef struct setting {
  const stf_yaml_node *node;
  const char *tissue, *parameter;
  double value;
} setting;

bool stf_parameters_same_file(const char *a, const char *b) {
  struct stat one, other;
  if (!strcmp(a, b)) return true;
  return !stat(a, &one) && !stat(b, &other) && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* ---- quantities ---- */

/* The row of a quantity of the parameter's kind and range. */
static stf_option quantity_row(const stf_provenance *p, const char *key, size_t offset) {
  stf_option row = *p->accepts;
  row.key = key;
  row.offset = offset;
  row.fallback = NULL;
  return row;
}

static stf_option text_row(const char *key, size_t offset) {
  return (stf_option){.key = key, .kind = STF_KIND_TEXT, .offset = offset, .fallback = ""};
}

static stf_status read_bounds(const stf_binder *b, const stf_calibrate_line *line, const stf_provenance *p,
                              bounds *read) {
  const stf_option rows[] = {text_row("tissue", offsetof(bounds, tissue)),
                             text_row("parameter", offsetof(bounds, parameter)),
                             text_row("with", offsetof(bounds, with)), quantity_row(p, "from", offsetof(bounds, from)),
                             quantity_row(p, "to", offsetof(bounds, to))};
  const stf_table table = STF_TABLE_OF("calibrate", bounds, rows);
  STF_TRY(stf_options_read(line->node, &table, b->arena, b->diags, read));
  if (read->from < read->to) return STF_OK;
  stf_diags_add(b->diags, STF_ERROR, stf_yaml_place(line->node, "to"), stf_diags_text(b->diags, "%s", line->to),
                stf_diags_text(b->diags, "more than from, %s", line->from), NULL);
  return STF_BAD_INPUT;
}

static stf_status read_setting(const stf_binder *b, const stf_override_line *line, const stf_provenance *p,
                               setting *read) {
  const stf_option rows[] = {text_row("tissue", offsetof(setting, tissue)),
                             text_row("parameter", offsetof(setting, parameter)),
                             quantity_row(p, "value", offsetof(setting, value))};
  const stf_table table = STF_TABLE_OF("override", setting, rows);
  return stf_options_read(line->node, &table, b->arena, b->diags, read);
}

/* ---- calibrate ---- */

/* Whether a number is fitted or tied already, in what was bound so far. */
static bool is_taken(const stf_model *model, size_t tissue, const stf_provenance *p) {
  for (size_t i = 0; i < model->calibrations; i++) {
    const stf_calibrated *c = &model->calibrated[i];
    if (!stf_parameters_same_file(model->tissue[c->tissue].file, model->tissue[tissue].file)) continue;
    if (!strcmp(c->parameter->path, p->path)) return true;
    for (size_t k = 0; k < c->ties; k++)
      if (!strcmp(c->tied[k]->path, p->path)) return true;
  }
  return false;
}

/* The numbers in `with`. */
static stf_status bind_ties(const stf_binder *b, const stf_calibrate_line *line, stf_calibrated *c) {
  size_t count;
  stf_status worst =
      stf_names_parameters(&b->model->tissue[c->tissue], line->node, "with", b->arena, b->diags, &c->tied, &count);
  if (worst == STF_NO_RESOURCE) return worst;
  for (size_t i = 0; i < count; i++) {
    const stf_provenance *p = c->tied[i];
    bool again = p == c->parameter;
    for (size_t k = 0; k < c->ties; k++) again = again || c->tied[k] == p;
    if (again || is_taken(b->model, c->tissue, p)) worst = stf_names_refuse_twice(line->node, "with", p, b->diags);
    if (!again) c->tied[c->ties++] = p;
  }
  return worst;
}

/* A ratio can only be kept to a number that is not zero, and only in the range of what is tied. */
static stf_status check_ties(const stf_binder *b, const stf_calibrated *c) {
  stf_status worst = STF_OK;
  for (size_t k = 0; k < c->ties; k++) {
    const stf_provenance *p = c->tied[k];
    const double low = c->from * p->value / c->parameter->value, high = c->to * p->value / c->parameter->value;
    const bool unlimited = p->accepts->minimum == 0.0 && p->accepts->maximum == 0.0;
    if (c->parameter->value != 0.0 &&
        (unlimited || (fmin(low, high) >= p->accepts->minimum && fmax(low, high) <= p->accepts->maximum)))
      continue;
    char range[128] = "";
    stf_option_range(p->accepts, NULL, range, sizeof(range));
    stf_diags_add(b->diags, STF_ERROR, stf_yaml_place(c->node, "with"),
                  stf_diags_text(b->diags, "%s, which would leave its range between from and to", stf_names_short(p)),
                  *range ? range : "a parameter that is not zero", NULL);
    worst = STF_BAD_INPUT;
  }
  return worst;
}

static stf_status bind_calibrated(const stf_binder *b, const stf_calibrate_line *line) {
  stf_calibrated *c = &b->model->calibrated[b->model->calibrations];
  bounds read = {0};
  const int tissue = stf_names_tissue(b->scenario, line->node, line->tissue, b->arena, b->diags);
  if (tissue < 0) return STF_BAD_INPUT;
  const stf_provenance *p =
      stf_names_parameter(&b->model->tissue[tissue], line->node, "parameter", line->parameter, b->arena, b->diags);
  if (!p) return STF_BAD_INPUT;
  *c = (stf_calibrated){.node = line->node, .tissue = (size_t)tissue, .parameter = p, .value = p->value};
  if (is_taken(b->model, c->tissue, p)) return stf_names_refuse_twice(line->node, "parameter", p, b->diags);
  STF_TRY(read_bounds(b, line, p, &read));
  c->from = read.from;
  c->to = read.to;
  STF_TRY(bind_ties(b, line, c));
  STF_TRY(check_ties(b, c));
  b->model->calibrations++;
  return STF_OK;
}

/* ---- override ---- */

/* Whether a line of `calibrate`, sound or not, names this number. */
static bool is_listed(const stf_scenario *scenario, const stf_override_line *line) {
  const stf_calibrate_line *lines = scenario->calibrate.items;
  for (size_t i = 0; i < scenario->calibrate.count; i++)
    if (!strcmp(lines[i].tissue, line->tissue) && !strcmp(lines[i].parameter, line->parameter)) return true;
  return false;
}

static stf_calibrated *find_calibrated(const stf_model *model, size_t tissue, const stf_provenance *p) {
  for (size_t i = 0; i < model->calibrations; i++)
    if (model->calibrated[i].tissue == tissue && model->calibrated[i].parameter == p) return &model->calibrated[i];
  return NULL;
}

static stf_status refuse_override(const stf_binder *b, const stf_override_line *line, const stf_provenance *p) {
  stf_diags_add(b->diags, STF_ERROR, stf_yaml_place(line->node, "parameter"),
                stf_diags_text(b->diags, "a value for %s, which this scenario does not calibrate", stf_names_short(p)),
                "a parameter that `calibrate` names",
                "tissues are shared by all cases: change its file, or write a tissue of your own beside the scenario");
  return STF_BAD_INPUT;
}

/* The change of one number, written as a person would. */
static stf_status make_change(const stf_binder *b, const stf_provenance *p, double value, stf_change *change) {
  char text[64];
  stf_quantity_format(value, p->dimension, text, sizeof(text));
  *change = (stf_change){.path = p->path, .value = value, .text = stf_arena_copy(b->arena, text, strlen(text))};
  return change->text ? STF_OK : STF_NO_RESOURCE;
}

static stf_status override(const stf_binder *b, const stf_override_line *line, stf_calibrated *c, double value) {
  stf_tissue *tissue = &b->model->tissue[c->tissue];
  stf_tissue *changed = stf_arena_alloc(b->arena, sizeof(*changed));
  stf_change *changes = stf_arena_alloc(b->arena, (c->ties + 1) * sizeof(*changes));
  if (!changed || !changes) return STF_NO_RESOURCE;
  STF_TRY(make_change(b, c->parameter, value, &changes[0]));
  for (size_t k = 0; k < c->ties; k++)
    STF_TRY(make_change(b, c->tied[k], value * (c->tied[k]->value / c->parameter->value), &changes[k + 1]));
  changes[0].text = line->value;
  for (size_t k = 0; k <= c->ties; k++) changes[k].place = stf_yaml_place(line->node, "value");
  STF_TRY(stf_tissue_change(tissue, changes, c->ties + 1, b->arena, b->diags, changed));
  c->value = value;
  c->overridden = true;
  *tissue = *changed;
  return STF_OK;
}

static stf_status bind_override(const stf_binder *b, const stf_override_line *line, const stf_tissue *original) {
  setting read = {0};
  const int tissue = stf_names_tissue(b->scenario, line->node, line->tissue, b->arena, b->diags);
  if (tissue < 0) return STF_BAD_INPUT;
  const stf_provenance *p =
      stf_names_parameter(&original[tissue], line->node, "parameter", line->parameter, b->arena, b->diags);
  if (!p) return STF_BAD_INPUT;
  stf_calibrated *c = find_calibrated(b->model, (size_t)tissue, p);
  if (!c) return is_listed(b->scenario, line) ? STF_BAD_INPUT : refuse_override(b, line, p);
  STF_TRY(read_setting(b, line, p, &read));
  if (c->overridden) return stf_names_refuse_twice(line->node, "parameter", p, b->diags);
  return override(b, line, c, read.value);
}

stf_status stf_parameters_bind(const stf_scenario *scenario, stf_arena *arena, stf_diags *diags, stf_model *model) {
  const stf_binder b = {scenario, model, arena, diags};
  const stf_calibrate_line *lines = scenario->calibrate.items;
  const stf_override_line *overrides = scenario->override.items;
  stf_tissue *original = stf_arena_alloc(arena, (model->tissues + 1) * sizeof(*original));
  model->calibrated = stf_arena_alloc(arena, (scenario->calibrate.count + 1) * sizeof(*model->calibrated));
  if (!original || !model->calibrated) return STF_NO_RESOURCE;
  memcpy(original, model->tissue, model->tissues * sizeof(*original));
  stf_status worst = STF_OK;
  for (size_t i = 0; i < scenario->calibrate.count; i++) {
    const stf_status status = bind_calibrated(&b, &lines[i]);
    if (status > worst) worst = status;
  }
  for (size_t i = 0; i < scenario->override.count; i++) {
    const stf_status status = bind_override(&b, &overrides[i], original);
    if (status > worst) worst = status;
  }
  return worst;
}
