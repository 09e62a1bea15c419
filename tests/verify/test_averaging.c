/* The stretch that breaks fibres is averaged along them: against the closed form of a wave, on one rank and more. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"
#include "striffin.h"

enum { ROOM = 2048 };
static const double LENGTH = 8.0, OVER = 1.5, WAVE = 0.05; /* mm, mm, - */

static const char families[] = "  - name: fibrils\n"
                               "    law: fibrils\n"
                               "    fraction: {value: 0.5, grade: \"estimated: chosen\"}\n"
                               "    modulus: {value: 50 MPa, grade: \"estimated: chosen\"}\n"
                               "    straightening_stretch: {value: 1.03, grade: \"estimated: chosen\"}\n"
                               "    straightening_sd: {value: 0.01, grade: \"estimated: chosen\"}\n"
                               "    breaking_rate: {value: 1e-6 1/s, grade: \"estimated: chosen\"}\n"
                               "    breaking_stress: {value: 1 MPa, grade: \"estimated: chosen\"}\n"
                               "    averaging_length: {value: 1.5 mm, grade: \"estimated: chosen\"}\n";

/* 8 x 2 x 0.4 mm of one tissue, in two layers whose fibres run at these angles. */
static void open_sheet(const char *element, double size, const char *angles[2], stf_case *c) {
  static char text[ROOM];
  stf_case_tissue("sheet", "convex", 0.5, 2.0, families);
  snprintf(text, sizeof text,
           "striffin: 1\nname: strip\ntissues: {sheet: sheet}\n"
           "anatomy:\n  generator: strip\n  length: 8 mm\n  width: 2 mm\n  layers:\n"
           "    - {name: low, tissue: sheet, thickness: 0.2 mm, fibres: [%s]}\n"
           "    - {name: top, tissue: sheet, thickness: 0.2 mm, fibres: [%s]}\n"
           "mesh: {element: %s, size: %g mm}\ntimeline:\n  - {do: grip, where: x_min}\n"
           "  - {for: 1 s, do: pull, where: x_max, by: 1 mm}\nmeasure:\n  - {name: u, what: grip_strain}\n",
           angles[0], angles[1], element, size);
  stf_case_read(text, c);
  stf_case_cut(MPI_COMM_WORLD, 1e-10, c);
}

/* u_x = A/k sin(k X), so that the stretch along x is 1 + A cos(k X), which has no slope at the ends. */
static void wave(stf_case *c) {
  const double k = 2.0 * M_PI / LENGTH;
  for (size_t n = 0; n < c->domain.local; n++) c->state.u[3 * n] = WAVE / k * sin(k * c->domain.X[n][0]);
}

/* What a point remembers of a batch's family: the average less its own stretch. */
static const stf_lane *beyond(const stf_case *c, const stf_batch *b, int q) {
  return &c->state.memory[b->memory_at + (size_t)q * b->material->memory + b->material->family[0].memory_at];
}

/* Largest error of the average at the points of a region, over all ranks. */
static double worst_error(const stf_case *c, int region, double from_average) {
  const double k = 2.0 * M_PI / LENGTH, damped = 1.0 / (1.0 + OVER * OVER * k * k);
  double worst = 0.0;
  for (size_t n = 0; n < c->domain.batches; n++) {
    const stf_batch *b = &c->domain.batch[n];
    stf_element_in in;
    stf_element_view view;
    stf_lane F[STF_ELEMENT_POINTS][9];
    if (b->region != region) continue;
    stf_batch_gather(&c->domain, b, c->state.u, (stf_past){0}, &in);
    b->kind->view(&in, &view);
    b->kind->deformation(&in, F);
    for (int q = 0; q < b->kind->points; q++)
      for (int l = 0; l < b->count; l++) {
        double x = 0.0;
        for (int a = 0; a < b->nodes; a++) x += view.share[q][a] * in.X[3 * a][l];
        const double expected = 1.0 + from_average * WAVE * cos(k * x) * damped;
        const double stretch = from_average ? F[q][0][l] : 1.0;
        worst = fmax(worst, fabs((*beyond(c, b, q))[l] + stretch - expected));
      }
  }
  MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return worst;
}

static void a_wave_is_damped_as_the_equation_says(void **state) {
  (void)state;
  static const char *const elements[] = {"hex8", "hex8-shell"};
  const char *along[2] = {"0 deg", "0 deg"};
  for (int e = 0; e < 2; e++) {
    double error[2];
    for (int k = 0; k < 2; k++) {
      stf_case c;
      open_sheet(elements[e], k ? 0.25 : 0.5, along, &c);
      wave(&c);
      assert_int_equal(stf_averaging_update(&c.equilibrium.averaging, &c.state), STF_OK);
      error[k] = worst_error(&c, 0, 1.0);
      stf_case_close(&c);
    }
    stf_assert_small(error[1], 0.02 * WAVE);
    assert_true(error[1] < 0.3 * error[0]); /* second order */
    assert_true(error[1] > 1e-6);
  }
}

/* Layers keep their averages to themselves: across the wave there is nothing to average. */
static void fibres_across_do_not_see_the_wave(void **state) {
  (void)state;
  const char *crossed[2] = {"0 deg", "90 deg"};
  stf_case c;
  open_sheet("hex8", 0.25, crossed, &c);
  wave(&c);
  assert_int_equal(stf_averaging_update(&c.equilibrium.averaging, &c.state), STF_OK);
  assert_int_equal(c.equilibrium.averaging.count, 2);
  stf_assert_small(worst_error(&c, 0, 1.0), 0.02 * WAVE);
  stf_assert_small(worst_error(&c, 1, 0.0), 1e-9);
  stf_case_close(&c);
}

static void an_even_stretch_is_its_own_average(void **state) {
  (void)state;
  const char *oblique[2] = {"30 deg", "-70 deg"};
  stf_case c;
  open_sheet("hex8", 0.5, oblique, &c);
  for (size_t k = 0; k < 3 * c.domain.local; k++)
    c.state.u[k] = (double[]){0.2, -0.05, -0.1}[k % 3] * c.domain.X[k / 3][k % 3];
  assert_int_equal(stf_averaging_update(&c.equilibrium.averaging, &c.state), STF_OK);
  for (size_t n = 0; n < c.domain.batches; n++)
    for (int q = 0; q < c.domain.batch[n].kind->points; q++)
      for (int l = 0; l < STF_LANES; l++) stf_assert_small((*beyond(&c, &c.domain.batch[n], q))[l], 1e-9);
  stf_case_close(&c);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_wave_is_damped_as_the_equation_says),
      TEST(fibres_across_do_not_see_the_wave),
      TEST(an_even_stretch_is_its_own_average),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
