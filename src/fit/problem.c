#include "fit/problem.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "model/parameters.h"
#include "timeline/trial.h"

static const double default_sd = 0.1; /* of the value, where neither data nor scenario says */

double stf_fit_scaled(const stf_fit_parameter *p, double value) {
  return fmin(1.0, fmax(0.0, (value - p->declared->from) / (p->declared->to - p->declared->from)));
}

double stf_fit_value(const stf_fit_parameter *p, double x) {
  return p->declared->from + x * (p->declared->to - p->declared->from);
}

/* ---- reading ---- */

static stf_status no_memory(stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){0}, "no memory left for a fit", NULL, NULL);
  return STF_NO_RESOURCE;
}

static stf_status read_case(stf_fit *f, const char *path, stf_fit_case *to) {
  stf_arena *mesh_arena = stf_arena_create();
  *to = (stf_fit_case){.path = path, .study = stf_arena_alloc(f->arena, sizeof *to->study)};
  stf_status status = mesh_arena && to->study ? STF_OK : no_memory(f->diags);
  if (!status) status = stf_study_read(path, f->options->library, f->arena, mesh_arena, f->diags, to->study);
  stf_arena_destroy(mesh_arena);
  if (status) return status;
  memset(&to->study->model.mesh, 0, sizeof to->study->model.mesh);
  to->value = stf_arena_alloc(f->arena, (to->study->findings.comparisons + 1) * sizeof(double));
  return to->value ? STF_OK : no_memory(f->diags);
}

/* Whether two scenarios mean the same number of the same file, and fit it alike. */
static bool is_same(const stf_fit_parameter *p, const stf_calibrated *c, const stf_tissue *tissue) {
  return !strcmp(p->declared->parameter->path, c->parameter->path) &&
         stf_parameters_same_file(p->tissue->file, tissue->file);
}

static bool agrees(const stf_calibrated *a, const stf_calibrated *b) {
  bool same = a->from == b->from && a->to == b->to && a->ties == b->ties && a->value == b->value;
  for (size_t k = 0; same && k < a->ties; k++) same = !strcmp(a->tied[k]->path, b->tied[k]->path);
  return same;
}

static stf_status add_parameter(stf_fit *f, const stf_calibrated *c, const stf_tissue *tissue) {
  for (size_t i = 0; i < f->parameters; i++) {
    const stf_calibrated *first = f->parameter[i].declared;
    if (!is_same(&f->parameter[i], c, tissue)) continue;
    if (agrees(first, c)) return STF_OK;
    stf_diags_add(f->diags, STF_ERROR, c->node->place,
                  stf_diags_text(f->diags, "%s of %s in another way than in %s:%d", c->parameter->path, tissue->name,
                                 first->node->place.file, first->node->place.line),
                  "the same bounds, ties and override in all scenarios that are fitted at once", NULL);
    return STF_BAD_INPUT;
  }
  if (c->value < c->from || c->value > c->to) {
    stf_diags_add(f->diags, STF_ERROR, c->node->place,
                  stf_diags_text(f->diags, "bounds that leave out what %s is now", c->parameter->path),
                  "from and to on both sides of it", "the search starts there");
    return STF_BAD_INPUT;
  }
  f->parameter[f->parameters++] =
      (stf_fit_parameter){.declared = c, .tissue = tissue, .start = c->value, .value = c->value};
  return STF_OK;
}

static stf_status refuse_target(stf_fit *f, const stf_fit_case *in, size_t line, const char *found,
                                const char *expected) {
  const stf_compare *lines = in->study->scenario.compare.items;
  stf_diags_add(f->diags, STF_ERROR, lines[line].node->place,
                stf_diags_text(f->diags, "%s, to which it is to be fitted, %s", lines[line].quantity, found), expected,
                NULL);
  return STF_BAD_INPUT;
}

/* A measurement with its SD: of the data, else as the scenario says, else a tenth of the value. */
static stf_status add_target(stf_fit *f, size_t scenario, size_t line) {
  const stf_fit_case *in = &f->scenario[scenario];
  const stf_comparison *c = &in->study->findings.comparison[line];
  const double share = isnan(c->assumed_sd) ? default_sd : c->assumed_sd;
  if (c->role != STF_ROLE_CALIBRATED) return STF_OK;
  if (!isfinite(c->value)) return refuse_target(f, in, line, "without a value", "a value beside its range");
  stf_fit_target *to = &f->target[f->targets++];
  *to = (stf_fit_target){.scenario = scenario, .comparison = line, .measured = c, .sd = c->sd, .simulated = NAN};
  if (isfinite(c->sd) && c->sd > 0.0) return STF_OK;
  to->assumed = true;
  to->sd = share * fabs(c->value);
  return to->sd > 0.0 ? STF_OK : refuse_target(f, in, line, "of value 0 and without an SD", "a row with its SD");
}

static stf_status gather(stf_fit *f) {
  stf_status worst = STF_OK;
  size_t parameters = 0, targets = 0;
  for (size_t s = 0; s < f->cases; s++) {
    parameters += f->scenario[s].study->model.calibrations;
    targets += f->scenario[s].study->findings.comparisons;
  }
  f->parameter = stf_arena_alloc(f->arena, (parameters + 1) * sizeof *f->parameter);
  f->target = stf_arena_alloc(f->arena, (targets + 1) * sizeof *f->target);
  if (!f->parameter || !f->target) return no_memory(f->diags);
  for (size_t s = 0; s < f->cases; s++) {
    const stf_model *model = &f->scenario[s].study->model;
    for (size_t i = 0; i < model->calibrations; i++)
      if (add_parameter(f, &model->calibrated[i], &model->tissue[model->calibrated[i].tissue])) worst = STF_BAD_INPUT;
    for (size_t i = 0; i < f->scenario[s].study->findings.comparisons; i++)
      if (add_target(f, s, i)) worst = STF_BAD_INPUT;
  }
  return worst;
}

/* A tie of one scenario must not be a parameter of another. */
static stf_status check_ties(stf_fit *f) {
  stf_status worst = STF_OK;
  for (size_t i = 0; i < f->parameters; i++)
    for (size_t j = 0; j < f->parameters; j++)
      for (size_t k = 0; i != j && k < f->parameter[i].declared->ties; k++) {
        const stf_calibrated *tying = f->parameter[i].declared;
        bool taken = !strcmp(tying->tied[k]->path, f->parameter[j].declared->parameter->path);
        for (size_t l = 0; !taken && j < i && l < f->parameter[j].declared->ties; l++)
          taken = !strcmp(tying->tied[k]->path, f->parameter[j].declared->tied[l]->path);
        if (!taken || !stf_parameters_same_file(f->parameter[i].tissue->file, f->parameter[j].tissue->file)) continue;
        stf_diags_add(f->diags, STF_ERROR, stf_yaml_place(tying->node, "with"),
                      stf_diags_text(f->diags, "%s, which another scenario fits", tying->tied[k]->path),
                      "each number once in all scenarios that are fitted at once", NULL);
        worst = STF_BAD_INPUT;
      }
  return worst;
}

static stf_status check_content(stf_fit *f) {
  const stf_place place = {.file = f->scenario[0].path};
  if (!f->parameters)
    stf_diags_add(f->diags, STF_ERROR, place, "nothing to fit", "a list `calibrate`",
                  "- {tissue: sheet, parameter: along.modulus, from: 100 MPa, to: 3000 MPa}");
  if (!f->targets)
    stf_diags_add(f->diags, STF_ERROR, place, "nothing to fit to", "a line of `compare` with role: calibrated", NULL);
  return f->parameters && f->targets ? STF_OK : STF_BAD_INPUT;
}

stf_status stf_fit_read(const stf_calibrate_options *options, stf_arena *arena, stf_diags *diags, stf_fit *fit) {
  *fit = (stf_fit){.options = options, .arena = arena, .diags = diags, .least = INFINITY};
  fit->scenario = stf_arena_alloc(arena, (options->count + 1) * sizeof *fit->scenario);
  if (!fit->scenario) return no_memory(diags);
  stf_status worst = STF_OK;
  for (size_t s = 0; s < options->count; s++) {
    const stf_status status = read_case(fit, options->scenarios[s], &fit->scenario[s]);
    if (status > worst) worst = status;
  }
  if (worst) return worst;
  fit->cases = options->count;
  STF_TRY(gather(fit));
  STF_TRY(check_ties(fit));
  return check_content(fit);
}

/* ---- runs ---- */

/* The parameter and what is tied to it, as they are to be in all scenarios. */
static stf_status set(const stf_fit *f, const stf_fit_parameter *p, stf_setting *settings, size_t *count) {
  const stf_calibrated *c = p->declared;
  for (size_t k = 0; k <= c->ties; k++) {
    const stf_provenance *number = k ? c->tied[k - 1] : c->parameter;
    const double value = k ? p->value * (number->value / c->parameter->value) : p->value;
    char text[64];
    stf_quantity_format(value, number->dimension, text, sizeof text);
    stf_setting *to = &settings[(*count)++];
    *to = (stf_setting){.file = p->tissue->file,
                        .change = {.path = number->path,
                                   .value = value,
                                   .text = stf_arena_copy(f->arena, text, strlen(text)),
                                   .place = c->node->place}};
    if (!to->change.text) return STF_NO_RESOURCE;
  }
  return STF_OK;
}

/* "along.modulus 812 MPa, ...": where the runs are. */
static const char *tell_where(const stf_fit *f) {
  const char *all = "";
  for (size_t i = 0; i < f->parameters; i++) {
    char text[64];
    stf_quantity_format(f->parameter[i].value, f->parameter[i].declared->parameter->dimension, text, sizeof text);
    all = stf_diags_text(f->diags, "%s%s%s %s", all, i ? ", " : "", f->parameter[i].declared->parameter->path, text);
  }
  return all;
}

static stf_status run_case(stf_fit *f, stf_fit_case *in, const stf_setting *settings, size_t count) {
  const stf_trial trial = {
      .scenario = in->path, .library = f->options->library, .settings = count, .setting = settings};
  stf_diags *found = stf_diags_create();
  if (!found) return no_memory(f->diags);
  const stf_status status = stf_trial_run(&trial, found, in->value);
  f->runs++;
  for (size_t i = 0; status && i < stf_diags_count(found); i++) {
    const stf_diag *diag = stf_diags_get(found, i);
    if (diag->severity == STF_ERROR)
      stf_diags_add(f->diags, STF_ERROR, diag->place,
                    stf_diags_text(f->diags, "with %s: %s", tell_where(f), diag->found), diag->expected,
                    diag->hint ? diag->hint : "bounds (from, to) nearer to where the scenario can be solved");
  }
  stf_diags_destroy(found);
  return status;
}

static void tell_progress(stf_fit *f, double sum) {
  f->least = fmin(f->least, sum);
  if (!f->options->progress || stf_run_rank()) return;
  const stf_calibrate_progress progress = {.runs = f->runs, .sum = sum, .least = f->least, .where = tell_where(f)};
  f->options->progress(&progress, f->options->context);
}

static stf_status tell_missing(stf_fit *f, const stf_fit_target *t) {
  const stf_compare *lines = f->scenario[t->scenario].study->scenario.compare.items;
  stf_diags_add(f->diags, STF_ERROR, lines[t->comparison].node->place,
                stf_diags_text(f->diags, "no value of %s with %s", t->measured->measurement->name, tell_where(f)),
                "a measurement that comes to a value between the bounds", NULL);
  return STF_NO_SOLUTION;
}

static stf_status compare(stf_fit *f, double *residual) {
  double sum = 0.0;
  for (size_t i = 0; i < f->targets; i++) {
    stf_fit_target *t = &f->target[i];
    t->simulated = f->scenario[t->scenario].value[t->comparison];
    if (!isfinite(t->simulated)) return tell_missing(f, t);
    residual[i] = (t->simulated - t->measured->value) / t->sd;
    sum += residual[i] * residual[i];
  }
  tell_progress(f, sum);
  return STF_OK;
}

stf_status stf_fit_evaluate(const double *x, double *residual, void *context) {
  stf_fit *f = context;
  size_t most = 0, count = 0;
  for (size_t i = 0; i < f->parameters; i++) most += 1 + f->parameter[i].declared->ties;
  stf_setting *settings = stf_arena_alloc(f->arena, (most + 1) * sizeof *settings);
  if (!settings) return no_memory(f->diags);
  for (size_t i = 0; i < f->parameters; i++) {
    f->parameter[i].value = stf_fit_value(&f->parameter[i], x[i]);
    STF_TRY(set(f, &f->parameter[i], settings, &count));
  }
  for (size_t s = 0; s < f->cases; s++) STF_TRY(run_case(f, &f->scenario[s], settings, count));
  return compare(f, residual);
}
