/*
 * Cables on solved bodies: a V beside a block shares a push with it as statics say, a cable on the body alone is its
 * own balance, what is slack changes nothing, Newton's method stays quadratic, and what cannot be is refused.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "result/study.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"

static void write_tissues(void) {
  stf_case_tissue("solid", "quadratic", 0.4, 1.5, NULL);
  stf_files_write(
      "cord.yaml",
      "striffin-tissue: 1\nname: cord\ntitle: of a test\n"
      "matrix:\n  law: neo-hookean-drained\n  shear_modulus: {value: 1 MPa, grade: \"estimated: chosen\"}\n"
      "  poisson_ratio: {value: 0.2, grade: \"estimated: chosen\"}\n"
      "fibres:\n  - name: along\n    law: exponential-fibre\n"
      "    k1: {value: 3 MPa, grade: \"estimated: chosen\"}\n    k2: {value: 2, grade: \"estimated: chosen\"}\n");
}

/* Tension [N] of 0.2 mm^2 of it. */
static double tension(double stretch) {
  const double e = fmax(stretch * stretch - 1.0, 0.0);
  return 0.2 * 2.0 * 3.0 * stretch * e * exp(2.0 * e * e);
}

static const char *text_of(const char *cables, const char *timeline) {
  static char text[4096];
  snprintf(
      text, sizeof text,
      "striffin: 1\nname: block\ntissues: {solid: solid, cord: cord}\n"
      "anatomy: {generator: strip, length: 3 mm, width: 2 mm, layers: [{name: a, tissue: solid, thickness: 1 mm}]}\n"
      "mesh: {element: hex8, size: 0.5 mm}\n"
      "rigids: [{name: near, attach: x_min}, {name: far, attach: x_max}]\n"
      "cables:\n%stimeline:\n%s"
      "measure:\n  - {name: ux, what: displacement, at: [3 mm, 1 mm, 1 mm], along: x}\n",
      cables, timeline);
  return text;
}

static void open_block(const char *cables, const char *timeline, stf_case *c) {
  write_tissues();
  stf_case_read(text_of(cables, timeline), c);
  stf_case_cut(PETSC_COMM_SELF, 1e-10, c);
}

static stf_rigid_reading far_of(const stf_case *c) {
  stf_rigid_reading all[2];
  assert_int_equal(stf_equations_rigids(&c->equilibrium.equations, c->state.u, all), STF_OK);
  return all[1];
}

/* Ends on the one body 2 mm to either side of the middle line and at x = 0, its point on the other at x = 4 mm. */
static const char vee[] =
    "  - {name: vee, tissue: cord, area: 0.2 mm^2, stretch: 0.95, from: {at: [0 mm, -2 mm, 0.5 mm], rigid: near},"
    " via: [{at: [4 mm, 0 mm, 0.5 mm], rigid: far}], to: {at: [0 mm, 2 mm, 0.5 mm], rigid: near}}\n";
static const char push[] = "  - {do: fix, rigid: near}\n  - {do: fix, rigid: far, free: [x]}\n"
                           "  - {for: 1 s, do: push, rigid: far, force: [1.2 N, 0 N, 0 N]}\n";

/* The push less what the V takes, twice its tension by the cosine, is what the block alone needs to go as far. */
static void a_v_beside_a_block_shares_the_push(void **state) {
  (void)state;
  stf_case c;
  stf_step_report report;
  stf_cable_reading cable;
  char alone[256];
  open_block(vee, push, &c);
  stf_case_solve(&c, 1.0, 5, &report);
  const double x = far_of(&c).shift[0], side = hypot(4.0 + x, 2.0), stretch = 0.95 * side / hypot(4.0, 2.0);
  assert_int_equal(stf_equations_cables(&c.equilibrium.equations, stf_state_past(&c.state), c.state.u, &cable), STF_OK);
  stf_assert_near(cable.stretch, stretch, 1e-12);
  stf_assert_near(cable.force, tension(stretch), 1e-11);
  stf_assert_near(far_of(&c).force[0], 1.2, 1e-8);
  const int n = report.history_count;
  assert_true(n >= 3 && n <= 8 && report.history[n - 1] < 1e-3 * report.history[n - 2]);
  stf_case_close(&c);
  assert_true(x > 0.4 && cable.force > 0.1);
  const double block = 1.2 - 2.0 * cable.force * (4.0 + x) / side;
  snprintf(alone, sizeof alone,
           "  - {do: fix, rigid: near}\n  - {for: 1 s, do: move, rigid: far, by: [%.17g mm, 0 mm, 0 mm]}\n", x);
  open_block(
      "  - {name: none, tissue: cord, area: 1 mm^2, slack_length: 99 mm, from: {at: [0 mm, 0 mm, 0 mm], rigid: near},"
      " to: {at: [3 mm, 0 mm, 0 mm], rigid: far}}\n",
      alone, &c);
  stf_case_solve(&c, 1.0, 5, NULL);
  stf_assert_near(far_of(&c).force[0], block, 1e-8);
  stf_case_close(&c);
}

/* A taut cable over nodes of the body presses on them; the bodies that hold the ends feel nothing in sum. */
static void a_cable_on_the_body_alone_is_its_own_balance(void **state) {
  (void)state;
  stf_case c;
  stf_rigid_reading all[2];
  stf_cable_reading cable;
  open_block("  - {name: top, tissue: cord, area: 0.2 mm^2, stretch: 1.1, from: {at: [0.5 mm, 0 mm, 1 mm]},"
             " via: [{at: [1.5 mm, 0 mm, 0.4 mm]}], to: {at: [2.5 mm, 0 mm, 1 mm]}}\n",
             "  - {do: fix, rigid: near}\n  - {do: fix, rigid: far}\n  - {for: 1 s, do: hold}\n", &c);
  stf_step_report report;
  assert_int_equal(stf_equilibrium_settle(&c.equilibrium, &c.state, &report), STF_OK);
  assert_int_equal(report.outcome, STF_STEP_FOUND);
  assert_int_equal(stf_equations_rigids(&c.equilibrium.equations, c.state.u, all), STF_OK);
  assert_int_equal(stf_equations_cables(&c.equilibrium.equations, stf_state_past(&c.state), c.state.u, &cable), STF_OK);
  assert_true(cable.force > 0.02 && cable.stretch < 1.1); /* the body gives way */
  for (int i = 0; i < 3; i++) stf_assert_small((all[0].force[i] + all[1].force[i]) / cable.force, 1e-8);
  assert_true(fabs(all[0].force[0]) > 1e-3 * cable.force);
  stf_case_close(&c);
}

static void what_cannot_be_is_refused_with_place_and_names(void **state) {
  (void)state;
#define CABLE "  - {name: c, area: 1 mm^2, "
#define ENDS  "from: {at: [0 mm, 0 mm, 0 mm]}, to: {at: [3 mm, 0 mm, 0 mm]}}\n"
  static const char *const wrong[][2] = {
      {CABLE "tissue: cord, from: {at: [0 mm, 9 mm, 0 mm]}, to: {at: [3 mm, 0 mm, 0 mm]}}\n", "outside of the body"},
      {CABLE "tissue: cord, from: {at: [0 mm, 0 mm]}, to: {at: [3 mm, 0 mm, 0 mm]}}\n", "2 coordinates"},
      {CABLE "tissue: cord, from: {at: [0 mm, 0 mm, 0 mm]}, to: {at: [0.1 mm, 0 mm, 0 mm]}}\n", "coincide"},
      {CABLE "tissue: cord, from: {at: [0 mm, 0 mm, 0 mm], rigid: fat}, to: {at: [3 mm, 0 mm, 0 mm]}}\n",
       "rigid body 'fat'"},
      {CABLE "tissue: solid, " ENDS, "0 fibre families in solid"},
      {CABLE "tissue: cord, family: across, " ENDS, "family 'across'"},
      {CABLE "tissue: chord, " ENDS, "the tissue chord"},
      {CABLE "tissue: cord, stretch: 1.1, slack_length: 3 mm, " ENDS, "a stretch beside a slack length"},
      {CABLE "tissue: cord, " ENDS CABLE "tissue: cord, " ENDS, "a second cable named c"},
  };
  write_tissues();
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    stf_case c = {.arena = stf_arena_create(), .diags = stf_diags_create()};
    stf_study study;
    stf_files_write("wrong.yaml", text_of(wrong[k][0], push));
    assert_int_equal(stf_study_read("wrong.yaml", ".", c.arena, c.arena, c.diags, &study), STF_BAD_INPUT);
    bool named = false;
    for (size_t i = 0; i < stf_diags_count(c.diags); i++)
      named = named || strstr(stf_diags_get(c.diags, i)->found, wrong[k][1]);
    if (!named) stf_diags_print(c.diags, stderr);
    assert_true(named);
    stf_case_close(&c);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_v_beside_a_block_shares_the_push),
      TEST(a_cable_on_the_body_alone_is_its_own_balance),
      TEST(what_cannot_be_is_refused_with_place_and_names),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
