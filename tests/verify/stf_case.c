#include "stf_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol/cable.h"
#include "protocol/tools.h"
#include "protocol/vocabulary.h"
#include "stf_files.h"
#include "striffin.h"

/* Only the first rank prints. Before main, since cmocka prints its plan before any setup. */
__attribute__((constructor)) static void let_one_rank_speak(void) {
  const char *rank = getenv("OMPI_COMM_WORLD_RANK");
  if (rank && strcmp(rank, "0") != 0 && !freopen("/dev/null", "w", stdout)) abort();
}

int stf_case_start(void **state) {
  (void)state;
  return stf_run_start() || stf_units_start() ? -1 : 0;
}

int stf_case_stop(void **state) {
  (void)state;
  stf_run_stop();
  return 0;
}

void stf_case_tissue(const char *name, const char *volumetric, double shear_modulus, double bulk_modulus,
                     const char *families) {
  char path[64], text[4096];
  const int length = snprintf(text, sizeof text,
                              "striffin-tissue: 1\n"
                              "name: %s\n"
                              "title: of a test\n"
                              "matrix:\n"
                              "  law: neo-hookean\n"
                              "  shear_modulus: {value: %.17g MPa, grade: \"estimated: chosen\"}\n"
                              "  volumetric: %s\n"
                              "  bulk_modulus: {value: %.17g MPa, grade: \"estimated: chosen\"}\n%s%s",
                              name, shear_modulus, volumetric, bulk_modulus, families ? "fibres:\n" : "",
                              families ? families : "");
  assert_in_range(length, 1, sizeof text - 1);
  snprintf(path, sizeof path, "%s.yaml", name);
  stf_files_write(path, text);
}

static void must(stf_status status, const stf_case *c, const char *what) {
  if (!status) return;
  stf_diags_print(c->diags, stderr);
  fail_msg("%s: status %d", what, status);
}

static void read_all(const char *path, stf_case *c) {
  must(stf_scenario_read(path, &stf_striffin_vocabulary, c->arena, c->diags, &c->scenario), c, "scenario");
  must(stf_model_create(&c->scenario, NULL, c->arena, c->arena, c->diags, &c->model), c, "model");
  must(stf_protocol_compile(&c->scenario.timeline, &(stf_bodies){c->scenario.rigids, c->scenario.tools}, (stf_place){0},
                            &c->model.mesh, c->arena, c->diags, &c->protocol),
       c, "protocol");
  must(stf_cables_bind(&c->scenario, &c->model, c->diags, &c->protocol), c, "cables");
  must(stf_tools_bind(&c->model, c->diags, &c->protocol), c, "tools");
  must(stf_gauges_bind(&c->scenario.measure, &c->protocol, c->arena, c->diags, &c->gauges), c, "gauges");
}

void stf_case_read(const char *text, stf_case *c) {
  *c = (stf_case){.arena = stf_arena_create(), .diags = stf_diags_create()};
  assert_non_null(c->arena);
  assert_non_null(c->diags);
  stf_files_write("scenario.yaml", text);
  read_all("scenario.yaml", c);
}

void stf_case_cut(MPI_Comm comm, double tolerance, stf_case *c) {
  stf_case_cut_with(comm, tolerance, STF_LINEAR_AUTO, c);
}

void stf_case_cut_with(MPI_Comm comm, double tolerance, stf_linear_kind linear, stf_case *c) {
  must(stf_domain_create(comm, &c->model, &c->protocol, &c->gauges, c->arena, c->diags, &c->domain), c, "domain");
  must(stf_equilibrium_create(&c->domain, tolerance, linear, &c->equilibrium), c, "equilibrium");
  must(stf_state_init(&c->domain, &c->state), c, "state");
}

void stf_case_close(stf_case *c) {
  stf_state_clear(&c->state);
  if (c->equilibrium.equations.domain) stf_equilibrium_destroy(&c->equilibrium);
  stf_diags_destroy(c->diags);
  stf_arena_destroy(c->arena);
  *c = (stf_case){0};
}

void stf_case_solve(stf_case *c, double time, int steps, stf_step_report *last) {
  const double from = c->state.time;
  stf_step_report report;
  for (int k = 1; k <= steps; k++) {
    const double to = k == steps ? time : from + (time - from) * k / steps;
    must(stf_equilibrium_step(&c->equilibrium, to, (stf_losses){1.0, 1.0}, &c->state, &report), c, "step");
    if (report.outcome != STF_STEP_FOUND)
      fail_msg("step %d of %d: outcome %d, residual %.3g N, wanted %.3g N", k, steps, report.outcome, report.residual,
               report.wanted);
  }
  if (last) *last = report;
}

void stf_case_release(stf_case *c) {
  memset(c->domain.hold, 0, 3 * c->domain.local * sizeof *c->domain.hold);
}

void stf_case_hold(stf_case *c, size_t node, int axis, size_t grip, double displacement) {
  c->domain.hold[3 * node + (size_t)axis] = (stf_hold_dof){STF_HELD_MOVED, (unsigned char)grip, displacement};
}

void stf_case_hold_plane(stf_case *c, int across, double at, int axis, double slope, double origin) {
  for (size_t n = 0; n < c->domain.local; n++) {
    const double *X = c->domain.X[n];
    if (fabs(X[across] - at) < 1e-9) stf_case_hold(c, n, axis, 1, slope * (X[axis] - origin));
  }
}

void stf_case_extent(const stf_case *c, double low[3], double high[3]) {
  for (int i = 0; i < 3; i++) low[i] = INFINITY, high[i] = -INFINITY;
  for (size_t n = 0; n < c->domain.local; n++)
    for (int i = 0; i < 3; i++) {
      low[i] = fmin(low[i], c->domain.X[n][i]);
      high[i] = fmax(high[i], c->domain.X[n][i]);
    }
}
