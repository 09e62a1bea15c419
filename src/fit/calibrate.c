#include <math.h>
#include <string.h>

#include "fit/least_squares.h"
#include "fit/library.h"
#include "fit/problem.h"
#include "fit/report.h"
#include "fit/uncertainty.h"
#include "result/file.h"
#include "solve/petsc.h"
#include "striffin.h"

/* Steps for differences: a thousandth of a value, within these parts of the width of its bounds. */
static const double step_of_value = 1e-3, least_step = 1e-5, most_step = 1e-2, at_bound = 1e-6;

/* ---- the folder of the result ---- */

/* "out/calibrate-NAME", "out/calibrate-NAME+NAME" */
static const char *choose_folder(const stf_fit *f) {
  const char *path = f->options->out;
  if (path) return path;
  path = "out/calibrate-";
  for (size_t s = 0; path && s < f->cases; s++)
    path = stf_arena_printf(f->arena, "%s%s%s", path, s ? "+" : "", f->scenario[s].study->scenario.name);
  return path;
}

static stf_status write_file(const stf_fit *f, const char *folder, const char *name, const stf_buffer *text) {
  const char *path = stf_arena_printf(f->arena, "%s/%s", folder, name);
  return path ? stf_buffer_write(text, path, f->diags) : STF_NO_RESOURCE;
}

static stf_status write_results(const stf_fitted *t, const char *folder) {
  stf_buffer yaml = {0}, text = {0};
  stf_fitted_yaml(t, &yaml);
  stf_fitted_text(t, &text);
  stf_status status = write_file(t->fit, folder, "result.yaml", &yaml);
  if (!status) status = write_file(t->fit, folder, "result.txt", &text);
  stf_buffer_clear(&yaml);
  stf_buffer_clear(&text);
  return status;
}

/* ---- what came of it ---- */

static void warn(const stf_fitted *t) {
  const stf_fit *f = t->fit;
  const stf_uncertainty *u = t->uncertainty;
  for (size_t i = 0; i < f->parameters; i++)
    if (t->held[i])
      stf_diags_add(f->diags, STF_WARNING, f->parameter[i].declared->node->place,
                    stf_diags_text(f->diags, "%s at a bound", f->parameter[i].declared->parameter->path),
                    "a best value between from and to", "wider bounds, or a model that can do what was measured");
  for (size_t k = 0; k < u->loose_count; k++)
    stf_diags_add(f->diags, STF_WARNING, f->parameter[0].declared->node->place,
                  stf_diags_text(f->diags, "a combination that these data do not determine%s: %s",
                                 u->loose[k].open ? "" : " within the bounds", stf_fitted_combination(t, &u->loose[k])),
                  "data that tell the parameters apart", "fit fewer parameters, or to more measurements");
  if (!t->found->converged)
    stf_diags_add(f->diags, STF_WARNING, (stf_place){.file = f->scenario[0].path},
                  stf_diags_text(f->diags, "a search that did not converge (%s)", t->found->reason),
                  "a best value within 60 iterations", "narrower bounds");
}

/* Numbers that the data leave open are never written into a library that all cases share. */
static stf_status check_writing(const stf_fitted *t) {
  bool sound = t->found->converged;
  for (size_t i = 0; i < t->fit->parameters; i++) sound = sound && t->uncertainty->fixed[i];
  if (sound) return STF_OK;
  stf_diags_add(t->fit->diags, STF_ERROR, (stf_place){.file = t->fit->scenario[0].path},
                "a fit that leaves parameters open; no tissue was changed",
                "every parameter determined and between its bounds, to be written", NULL);
  return STF_BAD_INPUT;
}

static stf_status conclude(stf_fit *f, const stf_least_squares *found, const char *folder) {
  stf_uncertainty u;
  bool *held = stf_arena_alloc(f->arena, f->parameters + 1);
  double *error = stf_arena_alloc(f->arena, (f->parameters + 1) * sizeof *error);
  stf_fit_edit *edits;
  stf_fitted t = {.fit = f, .found = found, .uncertainty = &u, .held = held, .error = error};
  if (!held || !error) return STF_NO_RESOURCE;
  for (size_t i = 0; i < f->parameters; i++) held[i] = found->x[i] < at_bound || found->x[i] > 1.0 - at_bound;
  STF_TRY(stf_uncertainty_find(f->targets, f->parameters, found->jacobian, held, f->arena, &u));
  for (size_t i = 0; i < f->parameters; i++) {
    const stf_calibrated *c = f->parameter[i].declared;
    f->parameter[i].value = stf_fit_value(&f->parameter[i], found->x[i]);
    error[i] = u.error[i] * (c->to - c->from);
  }
  for (size_t i = 0; i < f->targets; i++)
    f->target[i].simulated = f->target[i].measured->value + f->target[i].sd * found->residual[i];
  STF_TRY(stf_fit_edits(f, u.fixed, error, &edits, &t.edits));
  t.edit = edits;
  warn(&t);
  if (stf_run_rank() != 0) return STF_OK;
  STF_TRY(write_results(&t, folder));
  if (!f->options->write) return STF_OK;
  STF_TRY(check_writing(&t));
  return stf_fit_write(f, edits, t.edits);
}

/* Made by the first rank before anything is solved; all ranks learn whether it could be. */
static stf_status make_folder(const stf_fit *f, const char *folder) {
  int status = stf_run_rank() ? STF_OK : (int)stf_file_make_folder(folder, f->arena, f->diags);
  STF_PETSC(MPI_Bcast(&status, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  return (stf_status)status;
}

static stf_status calibrate(stf_fit *f, stf_calibrate_summary *summary) {
  const char *folder = choose_folder(f);
  double *start = stf_arena_alloc(f->arena, (f->parameters + 1) * sizeof *start);
  double *step = stf_arena_alloc(f->arena, (f->parameters + 1) * sizeof *step);
  stf_least_squares found;
  if (!folder || !start || !step) return STF_NO_RESOURCE;
  STF_TRY(make_folder(f, folder));
  for (size_t i = 0; i < f->parameters; i++) {
    const stf_fit_parameter *p = &f->parameter[i];
    const double width = p->declared->to - p->declared->from;
    start[i] = stf_fit_scaled(p, p->start);
    step[i] = fmin(most_step, fmax(least_step, step_of_value * fabs(p->start) / width));
  }
  const stf_residuals problem = {f->parameters, f->targets, step, stf_fit_evaluate, f};
  STF_TRY(stf_least_squares_solve(&problem, start, f->arena, &found));
  summary->runs = f->runs;
  summary->out = stf_diags_text(f->diags, "%s", folder);
  return conclude(f, &found, folder);
}

stf_status stf_calibrate(const stf_calibrate_options *options, stf_diags *diags, stf_calibrate_summary *summary) {
  stf_fit fit;
  stf_arena *arena = stf_arena_create();
  *summary = (stf_calibrate_summary){0};
  stf_status status = arena ? stf_fit_read(options, arena, diags, &fit) : STF_NO_RESOURCE;
  if (!status) status = calibrate(&fit, summary);
  if (status == STF_NO_RESOURCE && !stf_diags_errors(diags))
    stf_diags_add(diags, STF_ERROR, (stf_place){0}, "no memory left for a fit", NULL, NULL);
  stf_arena_destroy(arena);
  return status;
}
