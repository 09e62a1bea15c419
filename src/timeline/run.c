#include "striffin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "model/scatter.h"
#include "protocol/cable.h"
#include "protocol/glide.h"
#include "result/checkpoint.h"
#include "result/curves.h"
#include "result/fibres.h"
#include "result/member.h"
#include "result/report.h"
#include "result/study.h"
#include "solve/blood.h"
#include "solve/interfaces.h"
#include "solve/jump.h"
#include "solve/prestress.h"
#include "solve/sampling.h"
#include "solve/slides.h"
#include "solve/tools.h"
#include "striffin_config.h"
#include "striffin_revision.h"
#include "timeline/frames.h"
#include "timeline/trial.h"

/* All of a run, in the order in which it comes to be. */
typedef struct run {
  const stf_run_options *options;
  const stf_trial *trial; /* NULL: a run that writes its results */
  stf_diags *diags;
  stf_arena *arena, *mesh_arena;
  int rank;
  double started; /* [s] MPI_Wtime */
  double solving_since;
  stf_study study;
  unsigned long long fingerprint; /* of the study as it was read */
  size_t unknowns, elements, nodes;
  stf_record_layer *layer; /* [layers] kept when the mesh is released */
  size_t layers;
  stf_domain domain;
  double *prestress_memory;
  stf_prestress_report prestress;
  stf_equilibrium equilibrium;
  stf_state state;
  stf_outdir outdir; /* on the first rank; `part` is known to all */
  bool outdir_open;
  stf_fibres fibres; /* on the first rank, until they are written */
  stf_frames frames;
  stf_curves *curves; /* on the first rank */
  stf_history history;
  size_t history_room;
  long steps, iterations, cutbacks, snaps;
  size_t phase;                  /* of the protocol: the present one */
  long frame;                    /* of the phase: the one to reach next, from 1 */
  double step, before;           /* [s] the next step to try, and the interval before the present one */
  stf_jump jump;                 /* over cycles; its domain NULL: none was tried */
  long cycle, leap;              /* of the phase: cycles done, and how many to jump next */
  stf_record_cycles cycles;      /* of all phases */
  bool leaping, losing;          /* a jump is on trial; fibres broke in this phase */
  bool paired;                   /* surfaces that slide far: as they lie in the state */
  bool *warned;                  /* [protocol.glides] that it slides farther than was meant */
  const char *rupture;           /* how it came to that, at the end; NULL: it did not */
  bool gave_way;                 /* no balance was found where that is an answer: under a load, or after a jump */
  unsigned long long generation; /* of the newest checkpoint, 0: none */
  double read_seconds, setup_seconds, result_seconds;
} run;

/* The worst status of all ranks, so that all go the same way. */
static stf_status agree(stf_status mine, stf_diags *diags) {
  int status = (int)mine, worst;
  STF_PETSC(MPI_Allreduce(&status, &worst, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD));
  if (worst && !mine) stf_diags_add(diags, STF_ERROR, (stf_place){0}, "another rank could not go on", NULL, NULL);
  return (stf_status)worst;
}

/* ---- reading ---- */

static stf_status keep_layers(run *r) {
  const stf_mesh *mesh = &r->study.model.mesh;
  r->layers = mesh->region_count;
  r->layer = stf_arena_alloc(r->arena, (r->layers + 1) * sizeof *r->layer);
  if (!r->layer) return STF_NO_RESOURCE;
  for (size_t i = 0; i < r->layers; i++) {
    r->layer[i].name = stf_arena_copy(r->arena, mesh->regions[i].name, strlen(mesh->regions[i].name));
    r->layer[i].tissue = r->study.model.material[i]->name;
    if (!r->layer[i].name) return STF_NO_RESOURCE;
  }
  return STF_OK;
}

/* What a trial sets, and what a member of an ensemble draws. */
static stf_status set_numbers(run *r) {
  const stf_trial *trial = r->trial;
  const stf_setting *settings = trial->setting;
  size_t count = trial->settings;
  if (trial->member) {
    count = r->study.model.ensemble.numbers;
    stf_setting *drawn = stf_arena_alloc(r->arena, (count + 1) * sizeof *drawn);
    if (!drawn) return STF_NO_RESOURCE;
    STF_TRY(stf_scatter_settings(&r->study.model, trial->member, r->arena, drawn));
    settings = drawn;
  }
  STF_TRY(stf_model_set(&r->study.scenario, settings, count, r->arena, r->diags, &r->study.model));
  stf_cables_renew(&r->study.protocol);
  stf_glides_renew(&r->study.protocol);
  return STF_OK;
}

static stf_status read_study(run *r) {
  STF_TRY(stf_study_read(r->options->scenario, r->options->library, r->arena, r->mesh_arena, r->diags, &r->study));
  r->fingerprint = stf_study_fingerprint(&r->study);
  if (r->trial) STF_TRY(set_numbers(r));
  r->unknowns = stf_model_unknowns(&r->study.model);
  r->elements = r->study.model.mesh.elements;
  r->nodes = r->study.model.mesh.nodes;
  return keep_layers(r);
}

/* ---- setting up ---- */

static stf_status cut_and_release_mesh(run *r) {
  if (r->rank == 0) STF_TRY(stf_fibres_collect(&r->study.model, &r->fibres));
  STF_TRY(stf_domain_create(PETSC_COMM_WORLD, &r->study.model, &r->study.protocol, &r->study.gauges, r->arena, r->diags,
                            &r->domain));
  stf_arena_destroy(r->mesh_arena);
  r->mesh_arena = NULL;
  memset(&r->study.model.mesh, 0, sizeof r->study.model.mesh);
  STF_TRY(stf_prestress_begin(&r->study.model.prestress, &r->domain, &r->prestress_memory));
  STF_TRY(stf_equilibrium_create(&r->domain, r->study.scenario.solve.tolerance,
                                 (stf_linear_kind)r->study.scenario.solve.linear, &r->equilibrium));
  STF_TRY(stf_state_init(&r->domain, &r->state));
  r->state.time = r->study.model.prestress.at;
  r->warned = stf_arena_alloc(r->arena, (r->study.protocol.glides + 1) * sizeof *r->warned);
  if (!r->warned) return STF_NO_RESOURCE;
  return STF_OK;
}

static stf_status write_fibres(run *r) {
  const char *path = stf_arena_printf(r->arena, "%s/fibres.vtu", r->outdir.part);
  if (!path) return STF_NO_RESOURCE;
  const stf_status status = r->fibres.count ? stf_fibres_write(&r->fibres, path, r->diags) : STF_OK;
  stf_fibres_clear(&r->fibres);
  return status;
}

/* The folder of the first rank, told to all. */
static stf_status share_folder(run *r, const char **part) {
  int length = r->rank == 0 ? (int)strlen(r->outdir.part) : 0;
  STF_PETSC(MPI_Bcast(&length, 1, MPI_INT, 0, PETSC_COMM_WORLD));
  char *text = stf_arena_alloc(r->arena, (size_t)length + 1);
  if (!text) return STF_NO_RESOURCE;
  if (r->rank == 0) memcpy(text, r->outdir.part, (size_t)length);
  STF_PETSC(MPI_Bcast(text, length, MPI_CHAR, 0, PETSC_COMM_WORLD));
  *part = text;
  return STF_OK;
}

static stf_status open_results(run *r) {
  const char *path = r->options->out ? r->options->out : stf_arena_printf(r->arena, "out/%s", r->study.scenario.name);
  const char *part;
  stf_status status = path ? STF_OK : STF_NO_RESOURCE;
  if (!status && r->rank == 0) {
    status = r->options->resume ? stf_outdir_resume(path, r->arena, r->diags, &r->outdir)
                                : stf_outdir_begin(path, r->arena, r->diags, &r->outdir);
    r->outdir_open = !status;
    if (!status) r->curves = stf_study_curves(&r->study, r->arena);
    if (!status && !r->curves) status = STF_NO_RESOURCE;
    if (!status) status = write_fibres(r);
  }
  STF_TRY(agree(status, r->diags));
  STF_TRY(share_folder(r, &part));
  return stf_frames_init(&r->domain, r->layers, part, &r->frames);
}

/* ---- measuring ---- */

static stf_status grow_history(run *r) {
  if (r->history.rows < r->history_room) return STF_OK;
  const size_t room = 2 * r->history_room + 64;
  double *more = realloc((void *)r->history.values, room * r->history.columns * sizeof *more);
  if (!more) return STF_NO_RESOURCE;
  r->history.values = more;
  r->history_room = room;
  return STF_OK;
}

/* Displacements of the probed nodes, wherever they live. */
static stf_status read_probes(const run *r, double (*probe)[3]) {
  const stf_domain *d = &r->domain;
  memset(probe, 0, (d->probes + 1) * sizeof *probe);
  for (size_t p = 0; p < d->probes; p++)
    if (d->probe[p] >= 0) memcpy(probe[p], r->state.u + 3 * d->probe[p], sizeof *probe);
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, probe, 3 * (int)d->probes, MPI_DOUBLE, MPI_SUM, d->comm));
  return STF_OK;
}

static stf_status measure(run *r) {
  double(*force)[3] = calloc(r->study.protocol.grips + 1, sizeof *force);
  double(*probe)[3] = calloc(r->domain.probes + 1, sizeof *probe);
  stf_sampled *sampled = calloc(r->study.gauges.samplers + 1, sizeof *sampled);
  stf_rigid_reading *rigid = calloc(r->study.protocol.rigids + 1, sizeof *rigid);
  stf_cable_reading *cable = calloc(r->study.protocol.cables + 1, sizeof *cable);
  stf_glide_reading *glide = calloc(r->study.gauges.glides + 1, sizeof *glide);
  double *blood = calloc(r->study.gauges.bloods + 1, sizeof *blood);
  stf_tool_reading *tool = calloc(r->study.protocol.tools + 1, sizeof *tool);
  stf_status status = force && probe && sampled && rigid && cable && glide && blood && tool ? STF_OK : STF_NO_RESOURCE;
  if (!status) status = grow_history(r);
  if (!status) status = stf_equations_grip_forces(&r->equilibrium.equations, force);
  if (!status) status = stf_equations_rigids(&r->equilibrium.equations, r->state.u, rigid);
  if (!status) status = stf_tools_read(&r->domain, &r->state, tool);
  if (!status) status = stf_equations_cables(&r->equilibrium.equations, stf_state_past(&r->state), r->state.u, cable);
  if (!status) status = stf_interfaces_read(&r->domain, &r->study.gauges, &r->state, glide);
  if (!status) status = stf_blood_read(&r->domain, &r->study.gauges, &r->state, blood);
  if (!status) status = read_probes(r, probe);
  if (!status) status = stf_sample(&r->domain, &r->study.gauges, &r->state, sampled);
  if (!status) {
    const stf_readings readings = {.time = r->state.time,
                                   .grip_force = (const double(*)[3])force,
                                   .probe = (const double(*)[3])probe,
                                   .sampled = sampled,
                                   .rigid = rigid,
                                   .tool = tool,
                                   .cable = cable,
                                   .glide = glide,
                                   .blood = blood};
    double *row = (double *)r->history.values + r->history.rows++ * r->history.columns;
    stf_gauges_read(&r->study.gauges, &readings, row);
    if (r->curves) status = stf_curves_append(r->curves, row);
  }
  free(force);
  free(probe);
  free(sampled);
  free(rigid);
  free(cable);
  free(glide);
  free(blood);
  free(tool);
  return status;
}

/* The state as a frame, and the curves up to it. */
static stf_status show(run *r) {
  const double start = MPI_Wtime();
  if (r->trial) return STF_OK;
  stf_status status = stf_frames_write(&r->frames, &r->state, r->diags);
  if (!status && r->rank == 0) {
    const char *path = stf_arena_printf(r->arena, "%s/curves.csv", r->outdir.part);
    status = path ? stf_curves_write(r->curves, path, r->diags) : STF_NO_RESOURCE;
  }
  r->result_seconds += MPI_Wtime() - start;
  return agree(status, r->diags);
}

/* ---- stepping ---- */

static void tell_progress(const run *r, size_t phase, const stf_step_report *report) {
  if (r->rank || !r->options->progress) return;
  const stf_phase *p = &r->study.protocol.phase[phase];
  const double part = ((double)phase + (r->state.time - p->start) / (p->end - p->start)) /
                      (double)r->study.protocol.phases;
  const double spent = MPI_Wtime() - r->solving_since;
  const stf_progress progress = {.activity = p->activity,
                                 .time = r->state.time,
                                 .end = r->study.protocol.now,
                                 .step = r->steps,
                                 .iterations = report->iterations,
                                 .cutbacks = r->cutbacks,
                                 .seconds_spent = MPI_Wtime() - r->started,
                                 .seconds_left = part > 0.0 ? spent * (1.0 - part) / part : NAN};
  r->options->progress(&progress, r->options->context);
}

static const char *likely_cause(const stf_step_report *report) {
  if (report->outcome == STF_STEP_SLID)
    return "surfaces slide by more than a quarter of a facet at once, as where what held them gives way; a film "
           "between them would slow them";
  if (report->outcome == STF_STEP_SINGULAR)
    return "likely: a part is not held, or a tissue without any stiffness in some direction";
  if (report->outcome == STF_STEP_INVERTED || report->worst.J < 0.2)
    return "likely: that element is being crushed: more load than the tissue bears, or elements too long for their "
           "thickness; try smaller elements or a smaller movement";
  return "likely: the body buckles, or fibres go slack or taut all at once; try more steps (solve: steps) or smaller "
         "elements";
}

/* Where force is left unbalanced; "" where there was none to speak of, since elements were inside out. */
static const char *tell_residual(run *r, const stf_step_report *report) {
  const double *at = report->worst_at;
  if (report->outcome != STF_STEP_STALLED) return "";
  return stf_diags_text(r->diags, "; largest residual %.3g N near (%.4g, %.4g, %.4g) mm, wanted %.3g N in all",
                        report->worst_residual, at[0], at[1], at[2], report->wanted);
}

static stf_status tell_failure(run *r, double time, double step, const stf_step_report *report) {
  const stf_worst *w = &report->worst;
  const char *layer = w->element >= 0 ? r->layer[w->region].name : "?";
  const char *found = stf_diags_text(r->diags,
                                     "no equilibrium at %.6g s (steps down to %.3g s, last good state at %.6g s): "
                                     "element %d in layer %s at (%.4g, %.4g, %.4g) mm has J = %.4g%s",
                                     time, step, r->state.time, w->element, layer, w->position[0], w->position[1],
                                     w->position[2], w->J, tell_residual(r, report));
  stf_diags_add(r->diags, STF_ERROR, (stf_place){.file = r->options->scenario}, found, NULL, likely_cause(report));
  return STF_NO_SOLUTION;
}

/*
 * The share of its fibres that a family may lose anywhere in a step, and of its bonds a place of an interface; and the
 * halvings after which they just snap. Bonds do so early: their law holds for any step, and where a front of theirs is
 * narrower than a facet they snap node by node, faster than any step could follow.
 */
static const double MOST_LOST = 0.05;
enum { SNAP = 30, SNAP_BONDS = 4 };
/* Of the slip that a step may bear, how much is aimed at. */
static const double SAFE = 0.9;
/* Over the shortest step that is tried without: how long a node takes to give way where fibres snap. */
static const double DRAG = 0.01;

/*
 * When frame n of a phase is due. Where nothing moves and tissue only relaxes, frames follow each other ever more
 * slowly, over three decades of time; otherwise they are even.
 */
static double frame_due(const run *r, const stf_phase *phase, long n) {
  const double whole = phase->end - phase->start, part = (double)n / (double)r->study.scenario.solve.steps;
  const bool waits = r->domain.remembers && !strcmp(phase->activity, "hold");
  if (n >= r->study.scenario.solve.steps) return phase->end;
  return phase->start + whole * (waits ? (pow(1000.0, part) - 1.0) / 999.0 : part);
}

/* Whether no balance is an answer: cycles of a load that the fibres left can't bear, or a jump too far. */
static bool may_give_way(const run *r) {
  const stf_wave *wave = r->study.protocol.phase[r->phase].wave;
  return r->leaping || (wave && wave->load && r->losing);
}

/* Where no equilibrium was found at the end of a step: halves it, slows down what snaps, or gives up. */
static stf_status cut_back(run *r, double time, double full, bool breaking, const stf_step_report *report,
                           double *step) {
  const double tried = time - r->state.time, least = ldexp(full, -(int)r->study.scenario.solve.cutbacks);
  r->losing = r->losing || report->outcome == STF_STEP_HASTY;
  const bool too_far = r->leaping && report->outcome == STF_STEP_HASTY; /* so much at once was not foreseen */
  if (too_far || (0.5 * tried < least && may_give_way(r))) {
    r->gave_way = true;
    return STF_OK;
  }
  if (report->outcome != STF_STEP_HASTY && 0.5 * tried < least) {
    if (!breaking || 0.5 * tried < ldexp(full, -SNAP)) return tell_failure(r, time, tried, report);
    if (!(r->equilibrium.drag > 0.0)) r->snaps++;
    r->equilibrium.drag = DRAG * least; /* fibres snap faster than tissue in balance could follow */
  }
  r->cutbacks++;
  *step = report->outcome == STF_STEP_SLID ? fmin(0.5, SAFE / report->slid) * tried : 0.5 * tried;
  return STF_OK;
}

/* ---- surfaces that slide ---- */

/* Pairs as they lie in the state, before a step from it. */
static stf_status pair_again(run *r) {
  bool changed;
  if (r->paired || !r->domain.slides) return STF_OK;
  STF_TRY(agree(stf_slides_find(&r->domain, &r->state, r->diags, &changed), r->diags));
  r->paired = true;
  return changed ? stf_equilibrium_regroup(&r->equilibrium) : STF_OK;
}

/* Surfaces whose pairs stay, and which slide farther than these hold; told once. */
static stf_status watch_slips(run *r) {
  for (size_t g = 0; g < r->study.protocol.glides; g++) {
    const stf_glide *glide = &r->study.protocol.glide[g];
    double slip, at[3] = {0};
    if (glide->slides || r->warned[g]) continue;
    STF_TRY(stf_slides_farthest(&r->domain, &r->state, (int)g, &slip, at));
    r->warned[g] = slip > 0.5 * glide->gaps.size;
    if (!r->warned[g] || r->rank) continue;
    stf_diags_add(r->diags, STF_WARNING, glide->node->place,
                  stf_diags_text(r->diags, "a slip of %.4g mm on %s near (%.4g, %.4g, %.4g) mm at %.6g s", slip,
                                 glide->name, at[0], at[1], at[2], r->state.time),
                  stf_diags_text(r->diags, "slips below half a facet, %.4g mm", 0.5 * glide->gaps.size),
                  "sliding: large");
  }
  return STF_OK;
}

/* STF_STOPPED where a rank was asked to end. */
static stf_status heed_stop(const run *r) {
  int asked = r->options->stop && *r->options->stop, any = 0;
  STF_PETSC(MPI_Allreduce(&asked, &any, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD));
  return any ? STF_STOPPED : STF_OK;
}

/*
 * To a time: looks for equilibrium a step further on; halves the step where there is none, or where more breaks than
 * one step may follow, and lets it grow back where it comes easily.
 */
static stf_status follow_to(run *r, size_t phase, double end, double *step) {
  const double full = end - r->state.time;
  bool breaking = false; /* in the step before: a shorter one breaks less */
  while (r->state.time < end && !r->gave_way) {
    stf_step_report report;
    double time = fmin(r->state.time + *step, end);
    if (end - time < 1e-9 * full) time = end;
    STF_TRY(pair_again(r));
    const double tried = time - r->state.time;
    const stf_losses most = {tried > ldexp(full, -SNAP) ? MOST_LOST : 1.0,
                             tried > ldexp(full, -SNAP_BONDS) ? MOST_LOST : 1.0};
    STF_TRY(stf_equilibrium_step(&r->equilibrium, time, most, &r->state, &report));
    r->iterations += report.iterations;
    if (report.outcome != STF_STEP_FOUND) {
      STF_TRY(cut_back(r, time, full, breaking, &report, step));
      continue;
    }
    r->steps++;
    r->paired = false;
    STF_TRY(watch_slips(r));
    breaking = report.lost.fibres > 0.0 || report.lost.bonds > 0.0;
    const bool gently = report.lost.fibres < 0.3 * MOST_LOST &&
                        (report.lost.bonds < 0.3 * MOST_LOST || 2.0 * *step <= ldexp(full, -SNAP_BONDS));
    r->losing = r->losing || breaking;
    if (*step >= full) r->equilibrium.drag = 0.0;
    const bool slides_on = 2.0 * report.slid * *step > SAFE * tried; /* a longer step would slide too far */
    if (report.iterations <= 6 && gently && !slides_on) *step = fmin(2.0 * *step, full);
    STF_TRY(agree(measure(r), r->diags));
    tell_progress(r, phase, &report);
    STF_TRY(heed_stop(r));
  }
  return STF_OK;
}

enum { CHECKPOINT_FRAMES = 5 };
static stf_status save(run *r);

/* ---- cycles ---- */

/* A jump is of no use below this many cycles, as two more are computed to judge it; and it never more than doubles
 * them, since what fades slowly is known no better than that. */
enum { LEAST_LEAP = 4 };

/* The next frame and checkpoint, evenly in the logarithm of cycles; `saved` where one was written. */
static stf_status mark_cycle(run *r, bool *saved) {
  const stf_wave *wave = r->study.protocol.phase[r->phase].wave;
  const long last = r->study.scenario.solve.steps, before = r->frame;
  *saved = false;
  while (r->frame <= last &&
         (r->cycle >= wave->cycles || (double)r->cycle >= pow((double)wave->cycles, (double)r->frame / (double)last)))
    r->frame++;
  if (r->frame == before) return STF_OK;
  STF_TRY(show(r));
  *saved = r->frame > last || (r->frame - 1) / CHECKPOINT_FRAMES > (before - 1) / CHECKPOINT_FRAMES;
  return *saved ? save(r) : STF_OK;
}

/* When a part of the present cycle has passed. */
static double within_cycle(const run *r, double part) {
  const stf_phase *phase = &r->study.protocol.phase[r->phase];
  if (part == 1.0 && r->cycle + 1 == phase->wave->cycles) return phase->end;
  return phase->start + ((double)r->cycle + part) * phase->wave->period;
}

/* One cycle, computed; it counts only where it does not give way. */
static stf_status follow_cycle(run *r) {
  const stf_wave *wave = r->study.protocol.phase[r->phase].wave;
  const double from[] = {0.0, wave->rise, wave->fall, wave->rest, 1.0};
  for (int part = 0; part < 4; part++) {
    const int steps = part % 2 ? 1 : wave->steps;
    for (int s = 1; s <= steps && !r->gave_way; s++) {
      const double share = s == steps ? from[part + 1] : from[part] + (from[part + 1] - from[part]) * s / steps;
      double step = within_cycle(r, share) - r->state.time;
      STF_TRY(follow_to(r, r->phase, within_cycle(r, share), &step));
    }
  }
  if (r->gave_way) return STF_OK;
  r->cycle++;
  r->cycles.computed++;
  return STF_OK;
}

/* Two cycles after a jump: what is quick settles in the first, and the second tells how far the jump was mistaken. */
static stf_status try_leap(run *r, long cycles, double *error) {
  const stf_phase *phase = &r->study.protocol.phase[r->phase];
  *error = INFINITY;
  stf_jump_leap(&r->jump, phase->wave->period, cycles, &r->state);
  r->cycle += cycles;
  r->state.time = within_cycle(r, 0.0);
  STF_TRY(follow_cycle(r));
  stf_jump_watch_again(&r->jump, &r->state);
  if (!r->gave_way) STF_TRY(follow_cycle(r));
  if (r->gave_way) return STF_OK;
  return stf_jump_error(&r->jump, cycles, &r->state, error);
}

/* How many to jump next after a jump with such an error: it grows with the square of its length. */
static long next_leap(long cycles, double error, double tolerance) {
  const double factor = error > 0.0 ? 0.8 * sqrt(tolerance / error) : 2.0;
  return (long)((double)cycles * fmin(fmax(factor, 0.2), 2.0));
}

typedef enum leap_outcome { LEAP_NOT_WORTH_IT, LEAP_TAKEN_BACK, LEAP_TAKEN } leap_outcome;

/* Over some cycles, where they are enough to be worth it; taken back where the jump proves too long. */
static stf_status leap(run *r, leap_outcome *outcome) {
  const stf_wave *wave = r->study.protocol.phase[r->phase].wave;
  const long start = r->cycle, ahead = wave->cycles - start - 2, growing = r->leap < start ? r->leap : start;
  const long cycles = growing < ahead ? growing : ahead, computed = r->cycles.computed;
  const size_t rows = r->history.rows;
  double error;
  *outcome = LEAP_NOT_WORTH_IT;
  if (cycles < LEAST_LEAP) return STF_OK;
  r->leaping = true;
  STF_TRY(try_leap(r, cycles, &error));
  r->leaping = r->gave_way = false;
  r->leap = next_leap(cycles, error, wave->tolerance);
  *outcome = error <= wave->tolerance ? LEAP_TAKEN : LEAP_TAKEN_BACK;
  if (*outcome == LEAP_TAKEN) {
    stf_jump_keep(&r->jump, cycles, &r->state);
    r->cycles.jumped += cycles;
    return STF_OK;
  }
  stf_jump_undo(&r->jump, &r->state);
  r->cycles.in_vain += r->cycles.computed - computed;
  r->cycles.computed = computed;
  r->cycle = start;
  r->history.rows = rows;
  if (r->curves) stf_curves_cut(r->curves, rows);
  return STF_OK;
}

/* [mm] The largest extent of the body before anything moves. */
static stf_status find_size(const run *r, double *size) {
  double ends[6] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY}; /* the lower ones negative */
  for (size_t n = 0; n < r->domain.owned; n++)
    for (int i = 0; i < 3; i++) {
      ends[i] = fmax(ends[i], r->domain.X[n][i]);
      ends[3 + i] = fmax(ends[3 + i], -r->domain.X[n][i]);
    }
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, ends, 6, MPI_DOUBLE, MPI_MAX, r->domain.comm));
  *size = fmax(ends[0] + ends[3], fmax(ends[1] + ends[4], ends[2] + ends[5]));
  return STF_OK;
}

/*
 * Cycles one after another or, where they may be jumped, some computed and many jumped over. After a checkpoint a cycle
 * is computed first, as in a run that is resumed from it.
 */
static stf_status follow_cycles(run *r) {
  const stf_phase *phase = &r->study.protocol.phase[r->phase];
  const bool jumps = !isnan(phase->wave->tolerance) && r->domain.remembers;
  bool known = false, saved;
  if (r->state.time >= phase->end) return STF_OK;
  if (phase->wave->load) STF_TRY(find_size(r, &r->equilibrium.farthest)); /* a matrix alone would run away */
  if (jumps && !r->jump.domain) STF_TRY(stf_jump_init(&r->domain, &r->jump));
  while (r->cycle < phase->wave->cycles && !r->gave_way) {
    leap_outcome outcome = LEAP_NOT_WORTH_IT;
    if (known) STF_TRY(leap(r, &outcome));
    if (outcome == LEAP_TAKEN_BACK) continue; /* a shorter one */
    if (outcome == LEAP_NOT_WORTH_IT) {
      if (jumps) stf_jump_watch(&r->jump, &r->state);
      STF_TRY(follow_cycle(r));
      if (r->leap < LEAST_LEAP) r->leap = 2 * r->leap > LEAST_LEAP ? 2 * r->leap : LEAST_LEAP;
    }
    if (r->gave_way) break;
    STF_TRY(mark_cycle(r, &saved));
    known = jumps && !saved;
  }
  r->equilibrium.farthest = INFINITY;
  if (r->gave_way) r->history.rupture = stf_wave_cycles(&r->study.protocol, r->state.time);
  return STF_OK;
}

/* ---- phases ---- */

/* From the frame that is next. A checkpoint stands after every fifth one and at the end. */
static stf_status follow_phase(run *r) {
  const stf_phase *phase = &r->study.protocol.phase[r->phase];
  const long last = r->study.scenario.solve.steps;
  if (phase->wave) return follow_cycles(r);
  while (r->frame <= last) {
    const double due = frame_due(r, phase, r->frame), full = due - r->state.time;
    if (full > 0.0) { /* not so at first where a run with a prestress begins later */
      if (r->frame == 1 || r->step >= r->before) r->step = full; /* the last interval ended without a cut */
      r->before = full;
      STF_TRY(follow_to(r, r->phase, due, &r->step));
      STF_TRY(show(r));
    }
    r->frame++;
    if (r->frame > last || (r->frame - 1) % CHECKPOINT_FRAMES == 0) STF_TRY(save(r));
  }
  return STF_OK;
}

/* ---- checkpoints ---- */

/* What a run has come to, but for arrays. All zeros first: its padding is written too. */
typedef struct milestone {
  unsigned long long fingerprint;
  long ranks, phase, frame, steps, iterations, cutbacks, snaps;
  long cycle, leap, computed, in_vain, jumped;
  long solves, linear_iterations, builds, indefinite, replaced;
  double step, before, time, force_scale, drag;
  size_t rows, frames;
  int full, losing;
} milestone;

/* Of what a run is determined by: the scenario, every number of its tissues, and how it was cut. */
static unsigned long long fingerprint(const run *r) {
  unsigned long long sum = r->fingerprint;
  const size_t sizes[] = {r->unknowns, r->elements, r->domain.local, r->domain.memory};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) sum = (sum ^ sizes[i]) * 1099511628211ull;
  return sum;
}

static const char *checkpoint_path(run *r, unsigned long long generation) {
  const char *folder = r->frames.folder;
  return stf_arena_printf(r->arena, "%s/checkpoint-%llu-%d.bin", folder, generation, r->rank);
}

static void fill_milestone(const run *r, milestone *m) {
  const stf_linear *linear = &r->equilibrium.linear;
  memset(m, 0, sizeof *m);
  m->fingerprint = fingerprint(r);
  m->ranks = r->domain.ranks;
  m->phase = (long)r->phase;
  m->frame = r->frame;
  m->steps = r->steps;
  m->iterations = r->iterations;
  m->cutbacks = r->cutbacks;
  m->snaps = r->snaps;
  m->cycle = r->cycle;
  m->leap = r->leap;
  m->computed = r->cycles.computed;
  m->in_vain = r->cycles.in_vain;
  m->jumped = r->cycles.jumped;
  m->losing = r->losing;
  m->solves = linear->solves;
  m->linear_iterations = linear->iterations;
  m->builds = linear->builds;
  m->indefinite = linear->indefinite;
  m->replaced = linear->replaced;
  m->step = r->step;
  m->before = r->before;
  m->time = r->state.time;
  m->force_scale = r->state.force_scale;
  m->drag = r->equilibrium.drag;
  m->rows = r->history.rows;
  m->frames = r->frames.count;
  m->full = r->equilibrium.full;
}

/* The file that says which checkpoint is the newest that every rank has. */
static stf_status point_to(run *r, unsigned long long generation) {
  const char *path = stf_arena_printf(r->arena, "%s/checkpoint.bin", r->frames.folder);
  stf_checkpoint c = {0};
  const long ranks = r->domain.ranks;
  if (!path) return STF_NO_RESOURCE;
  stf_checkpoint_add(&c, "generation", &generation, sizeof generation);
  stf_checkpoint_add(&c, "ranks", &ranks, sizeof ranks);
  char *scenario = realpath(r->options->scenario, NULL);
  if (!scenario) return STF_NO_RESOURCE;
  stf_checkpoint_add(&c, "scenario", scenario, strlen(scenario) + 1);
  const stf_status status = stf_checkpoint_write(&c, path, r->diags);
  free(scenario);
  return status;
}

/*
 * Writes a checkpoint. From here on a run that goes on and one that is resumed are the same: both build their
 * preconditioners anew.
 */
static stf_status save(run *r) {
  milestone m;
  stf_checkpoint c = {0};
  const unsigned long long next = r->generation + 1;
  if (r->trial) return STF_OK;
  const char *path = checkpoint_path(r, next);
  if (!path) return STF_NO_RESOURCE;
  const double start = MPI_Wtime();
  fill_milestone(r, &m);
  stf_checkpoint_add(&c, "milestone", &m, sizeof m);
  stf_checkpoint_add(&c, "displacement", r->state.u, 3 * r->domain.local * sizeof *r->state.u);
  if (r->domain.memory) stf_checkpoint_add(&c, "memory", r->state.memory, r->domain.memory * sizeof *r->state.memory);
  stf_checkpoint_add(&c, "history", r->history.values, r->history.rows * r->history.columns * sizeof(double));
  stf_checkpoint_add(&c, "frames", r->frames.time, r->frames.count * sizeof *r->frames.time);
  STF_TRY(agree(stf_checkpoint_write(&c, path, r->diags), r->diags));
  STF_TRY(agree(r->rank == 0 ? point_to(r, next) : STF_OK, r->diags));
  if (r->generation) remove(checkpoint_path(r, r->generation));
  r->generation = next;
  r->result_seconds += MPI_Wtime() - start;
  return stf_linear_renew(&r->equilibrium.linear);
}

static stf_status refuse_checkpoint(run *r, const char *path, const char *found) {
  stf_diags_add(r->diags, STF_ERROR, (stf_place){.file = path}, found, "the checkpoint of this very run",
                "a scenario or tissue that has changed is run anew: striffin run");
  return STF_BAD_INPUT;
}

/* A part of exactly that size; NULL with a diagnostic. */
static const void *part_of(run *r, const stf_checkpoint *c, const char *path, const char *name, size_t size) {
  size_t found;
  const void *bytes = stf_checkpoint_find(c, name, &found);
  if (bytes && found == size) return bytes;
  refuse_checkpoint(r, path, stf_diags_text(r->diags, "no part %s of %zu bytes", name, size));
  return NULL;
}

static void take_milestone(run *r, const milestone *m) {
  stf_linear *linear = &r->equilibrium.linear;
  r->phase = (size_t)m->phase;
  r->frame = m->frame;
  r->steps = m->steps;
  r->iterations = m->iterations;
  r->cutbacks = m->cutbacks;
  r->snaps = m->snaps;
  r->cycle = m->cycle;
  r->leap = m->leap;
  r->cycles = (stf_record_cycles){m->computed, m->in_vain, m->jumped};
  r->losing = m->losing;
  linear->solves = m->solves;
  linear->iterations = m->linear_iterations;
  linear->builds = m->builds;
  linear->indefinite = m->indefinite;
  linear->replaced = m->replaced;
  r->step = m->step;
  r->before = m->before;
  r->state.time = m->time;
  r->state.force_scale = m->force_scale;
  r->equilibrium.drag = m->drag;
  r->equilibrium.full = m->full;
}

/* The curves so far. */
static stf_status take_history(run *r, const double *rows, size_t count) {
  for (size_t k = 0; k < count; k++) {
    STF_TRY(grow_history(r));
    double *row = (double *)r->history.values + r->history.rows++ * r->history.columns;
    memcpy(row, rows + k * r->history.columns, r->history.columns * sizeof *row);
    if (r->curves) STF_TRY(stf_curves_append(r->curves, row));
  }
  return STF_OK;
}

static stf_status take_parts(run *r, const stf_checkpoint *c, const char *path) {
  const milestone *m = part_of(r, c, path, "milestone", sizeof *m);
  if (!m) return STF_BAD_INPUT;
  if (m->ranks != r->domain.ranks)
    return refuse_checkpoint(r, path, stf_diags_text(r->diags, "a run on %ld processes", m->ranks));
  if (m->fingerprint != fingerprint(r)) return refuse_checkpoint(r, path, "another scenario, or other tissues");
  const size_t memory = r->domain.memory * sizeof *r->state.memory;
  const double *u = part_of(r, c, path, "displacement", 3 * r->domain.local * sizeof *u);
  const void *points = memory ? part_of(r, c, path, "memory", memory) : NULL;
  const double *rows = part_of(r, c, path, "history", m->rows * r->history.columns * sizeof *rows);
  const double *times = part_of(r, c, path, "frames", m->frames * sizeof *times);
  if (!u || (memory && !points) || !rows || !times) return STF_BAD_INPUT;
  STF_TRY(stf_linear_renew(&r->equilibrium.linear)); /* as after it was written */
  take_milestone(r, m);
  memcpy(r->state.u, u, 3 * r->domain.local * sizeof *u);
  if (memory) memcpy(r->state.memory, points, memory);
  STF_TRY(take_history(r, rows, m->rows));
  return stf_frames_resume(&r->frames, times, m->frames);
}

/* The newest checkpoint of the folder. */
static stf_status load(run *r) {
  const char *pointer = stf_arena_printf(r->arena, "%s/checkpoint.bin", r->frames.folder);
  stf_checkpoint c = {0};
  size_t size;
  if (!pointer) return STF_NO_RESOURCE;
  stf_status status = stf_checkpoint_read(pointer, r->diags, &c);
  const unsigned long long *newest = status ? NULL : stf_checkpoint_find(&c, "generation", &size);
  if (!status && (!newest || size != sizeof *newest)) status = refuse_checkpoint(r, pointer, "no generation");
  if (!status) r->generation = *newest;
  stf_checkpoint_clear(&c);
  if (status) return status;
  const char *path = checkpoint_path(r, r->generation);
  const char *before = checkpoint_path(r, r->generation - 1);
  if (!path || !before) return STF_NO_RESOURCE;
  status = stf_checkpoint_read(path, r->diags, &c);
  if (!status) status = take_parts(r, &c, path);
  if (!status) remove(before); /* left by a run that was killed just after it pointed to the newer one */
  stf_checkpoint_clear(&c);
  return status;
}

/* The image finds the tensions that hold it as it is. */
static stf_status find_prestress(run *r) {
  const stf_prestress *wanted = &r->study.model.prestress;
  if (!wanted->parts) return STF_OK;
  r->prestress.found = stf_arena_alloc(r->arena, wanted->parts * sizeof *r->prestress.found);
  if (!r->prestress.found) return STF_NO_RESOURCE;
  STF_TRY(stf_prestress_find(wanted, &r->domain, &r->equilibrium, &r->state, &r->prestress));
  r->iterations += r->prestress.iterations;
  return r->prestress.step.outcome == STF_STEP_FOUND ? STF_OK : tell_failure(r, r->state.time, 0.0, &r->prestress.step);
}

/* Tissue whose fibres pull unstretched finds its balance before anything is done to it. */
static stf_status settle(run *r) {
  stf_step_report report;
  STF_TRY(find_prestress(r));
  STF_TRY(stf_equilibrium_settle(&r->equilibrium, &r->state, &report));
  r->iterations += report.iterations;
  if (report.outcome == STF_STEP_FOUND) return STF_OK;
  STF_TRY(show(r)); /* as it was before */
  return tell_failure(r, 0.0, 0.0, &report);
}

static stf_status follow_timeline(run *r) {
  r->solving_since = MPI_Wtime();
  STF_TRY(settle(r));
  r->history.columns = r->study.gauges.columns;
  r->history.rupture = NAN;
  r->frame = 1;
  if (r->options->resume) {
    STF_TRY(agree(load(r), r->diags));
  } else {
    STF_TRY(agree(measure(r), r->diags));
    STF_TRY(show(r));
  }
  while (r->phase < r->study.protocol.phases) {
    STF_TRY(follow_phase(r));
    if (r->gave_way) return STF_OK; /* what would come after is of another body */
    r->phase++;
    r->frame = 1;
    r->cycle = r->leap = 0;
    r->losing = false;
  }
  return STF_OK;
}

/* The largest share of its fibres that a family has lost anywhere. */
static stf_status find_torn(const run *r, double *most) {
  *most = 0.0;
  for (size_t k = 0; k < r->domain.batches; k++) {
    const stf_batch *b = &r->domain.batch[k];
    for (size_t f = 0; f < b->material->families; f++) {
      stf_lane share;
      stf_state_torn(&r->state, b, f, share);
      for (int l = 0; l < b->count; l++) *most = fmax(*most, share[l]);
    }
  }
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, most, 1, MPI_DOUBLE, MPI_MAX, r->domain.comm));
  return STF_OK;
}

/* "ruptured in cycle 131 at 32.7 s: no balance with its load, 14 % of the fibres of a family lost at the worst place"
 */
static stf_status tell_rupture(run *r) {
  double torn;
  if (!r->gave_way) return STF_OK;
  STF_TRY(find_torn(r, &torn));
  r->rupture = stf_diags_text(r->diags,
                              "ruptured in cycle %.0f at %.6g s: no balance with the load; where most is torn, %.3g %% "
                              "of a family's fibres were lost before",
                              floor(r->history.rupture) + 1.0, r->state.time, 100.0 * torn);
  return STF_OK;
}

/* "320 cycles computed (12 more in vain), 65,310 jumped over" */
static const char *tell_cycles(const run *r) {
  const stf_record_cycles *c = &r->cycles;
  const char *vain = c->in_vain ? stf_diags_text(r->diags, " (%ld more in vain)", c->in_vain) : "";
  if (!c->computed) return NULL;
  return stf_diags_text(r->diags, "%ld cycles computed%s, %ld jumped over%s%s", c->computed, vain, c->jumped,
                        r->rupture ? "; " : "", r->rupture ? r->rupture : "");
}

/* ---- recording ---- */

static bool has_prestress(const run *r) {
  return r->study.model.prestress.parts && r->prestress.found && r->prestress.step.outcome == STF_STEP_FOUND;
}

static stf_status write_record(run *r, const char *outcome) {
  stf_findings_fill(&r->study.gauges, &r->history, &r->study.findings);
  const stf_linear *linear = &r->equilibrium.linear;
  const stf_record record = {.version = STF_VERSION,
                             .revision = STF_REVISION,
                             .build = STF_COMPILER " " STF_BUILD_TYPE,
                             .outcome = outcome,
                             .end_time = r->state.time,
                             .cycles = r->cycles,
                             .ranks = r->domain.ranks,
                             .unknowns = r->unknowns,
                             .elements = r->elements,
                             .nodes = r->nodes,
                             .solver = {.method = stf_linear_choices[linear->kind],
                                        .reason = linear->reason,
                                        .solves = linear->solves,
                                        .iterations = linear->iterations,
                                        .builds = linear->builds,
                                        .indefinite = linear->indefinite,
                                        .replaced = linear->replaced},
                             .scenario = &r->study.scenario,
                             .scenario_text = r->study.text,
                             .layers = r->layers,
                             .layer = r->layer,
                             .protocol = &r->study.protocol,
                             .tissues = r->study.model.tissues,
                             .tissue = r->study.model.tissue,
                             .prestress = has_prestress(r) ? &r->study.model.prestress : NULL,
                             .prestress_found = r->prestress.found,
                             .measurements = r->study.findings.measurements,
                             .measurement = r->study.findings.measurement,
                             .comparisons = r->study.findings.comparisons,
                             .comparison = r->study.findings.comparison};
  const char *path = stf_arena_printf(r->arena, "%s/run.json", r->outdir.part);
  stf_status status = path ? stf_record_write(&record, path, r->diags) : STF_NO_RESOURCE;
  return status;
}

static stf_status write_timing(run *r, const double *peak_mb) {
  const stf_solve_clock *clock = &r->equilibrium.clock;
  const bool touch = r->study.protocol.glides + r->study.protocol.tools > 0; /* else blocks are part of elements */
  const double *blocks = r->equilibrium.equations.block_seconds, none[2] = {0.0, 0.0}, *apart = touch ? blocks : none;
  const stf_timing phases[] = {{"read and check", r->read_seconds, 1},
                               {"partition and set up", r->setup_seconds, 1},
                               {"tangent", clock->tangent - apart[1], clock->tangents},
                               {"residual", clock->residual - apart[0], clock->residuals},
                               {"linear solver", clock->linear, clock->solves},
                               {"results", r->result_seconds, (long)r->frames.count},
                               {"gaps and contacts", apart[0] + apart[1], clock->tangents + clock->residuals}};
  const stf_timings timings = {.total = MPI_Wtime() - r->started,
                               .phases = sizeof phases / sizeof *phases - !touch,
                               .phase = phases,
                               .ranks = r->domain.ranks,
                               .peak_mb = peak_mb};
  const char *path = stf_arena_printf(r->arena, "%s/timing.json", r->outdir.part);
  return path ? stf_timing_write(&timings, path, r->diags) : STF_NO_RESOURCE;
}

static stf_status gather_memory(const run *r, double *peak_mb) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const double mine = (double)usage.ru_maxrss / 1024.0;
  STF_PETSC(MPI_Gather(&mine, 1, MPI_DOUBLE, peak_mb, 1, MPI_DOUBLE, 0, r->domain.comm));
  return STF_OK;
}

static stf_status write_report(run *r) {
  const char *const part = r->outdir.part;
  const stf_report_options report = {.runs = &part,
                                     .run_count = 1,
                                     .page = r->options->page,
                                     .library = r->options->library,
                                     .path = stf_arena_printf(r->arena, "%s/report.html", part)};
  if (!report.page) return STF_OK;
  return report.path ? stf_report_write(&report, r->diags) : STF_NO_RESOURCE;
}

/* run.json, timing.json and the report; then the folder takes its place, if the run went through. */
static stf_status close_results(run *r, stf_status how) {
  double *peak_mb = stf_arena_alloc(r->arena, (size_t)r->domain.ranks * sizeof *peak_mb);
  if (!peak_mb) return STF_NO_RESOURCE;
  STF_TRY(gather_memory(r, peak_mb));
  stf_status status = STF_OK;
  if (r->rank == 0) {
    const char *outcome = how          ? stf_arena_printf(r->arena, "no equilibrium beyond %.6g s", r->state.time)
                          : r->rupture ? r->rupture
                                       : "finished";
    status = outcome ? write_record(r, outcome) : STF_NO_RESOURCE;
    if (!status) status = write_timing(r, peak_mb);
    const stf_status report = status ? STF_OK : write_report(r); /* results do not go with it */
    if (!status && !how) {
      status = stf_outdir_finish(&r->outdir, r->diags);
      r->outdir_open = false;
    }
    if (!status) status = report;
  }
  return agree(status, r->diags);
}

/* "multigrid, 20 solves, 140 iterations, built 5 times" and what went otherwise than meant. */
static const char *tell_solver(const run *r) {
  const stf_linear *s = &r->equilibrium.linear;
  const char *odd = "", *instead = "";
  if (!s->solves) return NULL;
  if (s->indefinite) odd = stf_diags_text(r->diags, " (%ld indefinite)", s->indefinite);
  if (s->replaced) instead = stf_diags_text(r->diags, " (%ld by a factorisation instead)", s->replaced);
  return stf_diags_text(r->diags, "%s, %ld solves%s%s, %ld iterations, built %ld time%s", stf_linear_choices[s->kind],
                        s->solves, odd, instead, s->iterations, s->builds, s->builds == 1 ? "" : "s");
}

/* What was asked of each layer and what came of it. */
static const char *tell_prestress(const run *r) {
  const stf_prestress *wanted = &r->study.model.prestress;
  const char *text = "";
  if (!has_prestress(r)) return text;
  text = stf_diags_text(r->diags, "prestress found in %d turns\n", r->prestress.turns);
  for (size_t k = 0; k < wanted->parts; k++) {
    const stf_prestress_part *part = &wanted->part[k];
    const stf_prestress_found *found = &r->prestress.found[k];
    text = stf_diags_text(r->diags, "%s  %s, %s: stretch %.6g asked, %.6g found (%.6g to %.6g)\n", text, part->layer,
                          part->family ? part->family : "in its plane", stf_prestress_asked(part), found->mean,
                          found->least, found->largest);
  }
  return text;
}

static void summarise(const run *r, stf_status status, stf_run_summary *summary) {
  *summary = (stf_run_summary){.unknowns = r->unknowns,
                               .elements = r->elements,
                               .ranks = r->domain.ranks,
                               .steps = r->steps,
                               .iterations = r->iterations,
                               .cutbacks = r->cutbacks,
                               .cycles = tell_cycles(r),
                               .solver = tell_solver(r),
                               .solver_reason = stf_diags_text(r->diags, "%s", r->equilibrium.linear.reason),
                               .seconds = MPI_Wtime() - r->started,
                               .members = r->study.model.ensemble.members,
                               .prestress = tell_prestress(r)};
  if (r->rank == 0 && r->outdir.final)
    summary->out = stf_diags_text(r->diags, "%s", status ? r->outdir.part : r->outdir.final);
}

static void clear(run *r) {
  if (r->outdir_open) stf_outdir_leave(&r->outdir);
  stf_frames_clear(&r->frames);
  stf_curves_destroy(r->curves);
  stf_fibres_clear(&r->fibres);
  stf_jump_clear(&r->jump);
  free((void *)r->history.values);
  stf_state_clear(&r->state);
  stf_equilibrium_destroy(&r->equilibrium);
  stf_domain_clear(&r->domain);
  free(r->prestress_memory);
  stf_arena_destroy(r->mesh_arena);
  stf_arena_destroy(r->arena);
}

static stf_status go(run *r) {
  STF_TRY(agree(read_study(r), r->diags));
  r->read_seconds = MPI_Wtime() - r->started;
  STF_TRY(agree(cut_and_release_mesh(r), r->diags));
  r->setup_seconds = MPI_Wtime() - r->started - r->read_seconds;
  STF_TRY(agree(open_results(r), r->diags));
  const stf_status status = follow_timeline(r);
  if (status && status != STF_NO_SOLUTION) return status;
  if ((status || r->gave_way) && r->frames.count && r->frames.time[r->frames.count - 1] < r->state.time)
    STF_TRY(show(r)); /* the last good state */
  STF_TRY(tell_rupture(r));
  STF_TRY(close_results(r, status));
  return status;
}

stf_status stf_run(const stf_run_options *options, stf_diags *diags, stf_run_summary *summary) {
  run r = {.options = options, .diags = diags, .rank = stf_run_rank(), .started = MPI_Wtime()};
  r.arena = stf_arena_create();
  r.mesh_arena = stf_arena_create();
  const stf_status status = r.arena && r.mesh_arena ? go(&r) : STF_NO_RESOURCE;
  summarise(&r, status, summary);
  clear(&r);
  return status;
}

/* ---- trials ---- */

/* Every rank has the same history; the values of the first are taken all the same, so that all go the same way. */
static stf_status take_values(run *r, double *value) {
  stf_findings_fill(&r->study.gauges, &r->history, &r->study.findings);
  const stf_findings *f = &r->study.findings;
  for (size_t c = 0; c < f->comparisons; c++) value[c] = f->comparison[c].measurement->value;
  STF_PETSC(MPI_Bcast(value, (int)f->comparisons, MPI_DOUBLE, 0, PETSC_COMM_WORLD));
  return STF_OK;
}

static stf_status try_out(run *r, double *value) {
  STF_TRY(agree(read_study(r), r->diags));
  STF_TRY(agree(cut_and_release_mesh(r), r->diags));
  STF_TRY(follow_timeline(r));
  return take_values(r, value);
}

stf_status stf_trial_run(const stf_trial *trial, stf_diags *diags, double *value) {
  const stf_run_options options = {.scenario = trial->scenario, .library = trial->library};
  run r = {.options = &options, .trial = trial, .diags = diags, .rank = stf_run_rank(), .started = MPI_Wtime()};
  r.arena = stf_arena_create();
  r.mesh_arena = stf_arena_create();
  const stf_status status = r.arena && r.mesh_arena ? try_out(&r, value) : STF_NO_RESOURCE;
  clear(&r);
  return status;
}

/* ---- members of an ensemble ---- */

static stf_status run_member(run *r, FILE *stream) {
  STF_TRY(agree(read_study(r), r->diags));
  if (!r->study.model.ensemble.lines) {
    stf_diags_add(r->diags, STF_ERROR, (stf_place){.file = r->options->scenario}, "no ensemble", "a key ensemble",
                  NULL);
    return STF_BAD_INPUT;
  }
  r->curves = stf_study_curves(&r->study, r->arena);
  if (!r->curves) return STF_NO_RESOURCE;
  STF_TRY(agree(cut_and_release_mesh(r), r->diags));
  STF_TRY(follow_timeline(r));
  stf_findings_fill(&r->study.gauges, &r->history, &r->study.findings);
  const stf_member member = {.fingerprint = r->fingerprint, .findings = &r->study.findings, .curves = r->curves};
  return stf_member_write(&member, stream);
}

stf_status stf_member_run(const stf_member_options *options, stf_diags *diags) {
  const stf_run_options plain = {.scenario = options->scenario, .library = options->library, .stop = options->stop};
  const stf_trial trial = {.scenario = options->scenario, .library = options->library, .member = options->member};
  run r = {.options = &plain, .trial = &trial, .diags = diags, .rank = stf_run_rank(), .started = MPI_Wtime()};
  r.arena = stf_arena_create();
  r.mesh_arena = stf_arena_create();
  const stf_status status = r.arena && r.mesh_arena ? run_member(&r, options->stream) : STF_NO_RESOURCE;
  clear(&r);
  return status;
}
