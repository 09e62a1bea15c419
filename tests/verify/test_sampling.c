/* What is read off all elements: cuts balance the grips, volumes and extremes are those of closed forms. */
#include <math.h>
#include <string.h>

#include "solve/sampling.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_test.h"

static const char families[] = "  - name: fibrils\n"
                               "    law: fibrils\n"
                               "    fraction: {value: 0.5, grade: \"estimated: chosen\"}\n"
                               "    modulus: {value: 50 MPa, grade: \"estimated: chosen\"}\n"
                               "    straightening_stretch: {value: 1.03, grade: \"estimated: chosen\"}\n"
                               "    straightening_sd: {value: 0.01, grade: \"estimated: chosen\"}\n";

/* Two layers 6 x 2 x 1 mm, the lower with fibres; `timeline` and `measure` are YAML. */
static void open_strip(const char *timeline, const char *measure, stf_case *c) {
  static char text[2048];
  stf_case_tissue("sheet", "convex", 0.5, 2.0, families);
  stf_case_tissue("loose", "convex", 0.1, 0.5, NULL);
  snprintf(text, sizeof text,
           "striffin: 1\nname: strip\ntissues: {sheet: sheet, loose: loose}\n"
           "anatomy:\n  generator: strip\n  length: 6 mm\n  width: 2 mm\n  layers:\n"
           "    - {name: low, tissue: sheet, thickness: 0.4 mm, fibres: [20 deg]}\n"
           "    - {name: top, tissue: loose, thickness: 0.6 mm}\n"
           "mesh: {element: hex8, size: 0.5 mm}\ntimeline:\n%smeasure:\n%s",
           timeline, measure);
  stf_case_read(text, c);
  stf_case_cut(PETSC_COMM_SELF, 1e-11, c);
}

static void read_all(const stf_case *c, stf_sampled *sampled) {
  assert_int_equal(stf_sample(&c->domain, &c->gauges, &c->state, sampled), STF_OK);
}

static void the_force_through_every_cut_is_that_of_the_grips(void **state) {
  (void)state;
  stf_case c;
  stf_sampled cut[3];
  double force[2][3];
  open_strip("  - {do: grip, where: x_min}\n  - {for: 1 s, do: pull, where: x_max, by: 0.5 mm}\n",
             "  - {name: a, what: cut_force, across: x, at: 0.7 mm}\n"
             "  - {name: b, what: cut_force, across: x, at: 3.1 mm}\n"
             "  - {name: c, what: cut_force, across: x, at: 5.3 mm}\n",
             &c);
  stf_case_solve(&c, 1.0, 2, NULL);
  assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, force), STF_OK);
  read_all(&c, cut);
  assert_true(force[1][0] > 0.4 && fabs(force[1][1]) > 1e-3);
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 3; i++) stf_assert_small((cut[k].value[i] - force[1][i]) / force[1][0], 1e-9);
  stf_case_close(&c);
}

/* u = (a - 1) X along each axis; the strip is centred on y = 0. */
static void stretch_evenly(stf_case *c, const double a[3]) {
  for (size_t k = 0; k < 3 * c->domain.local; k++) c->state.u[k] = (a[k % 3] - 1.0) * c->domain.X[k / 3][k % 3];
}

static void volumes_and_extremes_of_an_even_stretch_are_those_of_the_closed_form(void **state) {
  (void)state;
  const double a[3] = {1.2, 0.95, 0.9}, angle = 20.0 * M_PI / 180.0, J = a[0] * a[1] * a[2];
  stf_case c;
  stf_sampled s[5];
  open_strip("  - {do: grip, where: x_min}\n  - {for: 1 s, do: pull, where: x_max, by: 1 mm}\n",
             "  - {name: all, what: volume}\n"
             "  - {name: low, what: volume, layer: low}\n"
             "  - {name: stretch, what: extreme, of: stretch, family: fibrils}\n"
             "  - {name: stress, what: extreme, of: stress, layer: top}\n"
             "  - {name: least, what: extreme, of: stress, which: smallest, layer: top}\n",
             &c);
  stretch_evenly(&c, a);
  read_all(&c, s);
  stf_assert_near(s[0].value[0], 12.0 * J, 1e-12);
  stf_assert_near(s[1].value[0], 4.8 * J, 1e-12);
  stf_assert_near(s[2].value[0], hypot(a[0] * cos(angle), a[1] * sin(angle)), 1e-12);
  assert_true(s[2].place[2] < 0.4);
  /* loose: mu 0.1, kappa 0.5; sigma_i = mu J^(-5/3) (a_i^2 - I1/3) + kappa/2 (J - 1/J) */
  const double I1 = a[0] * a[0] + a[1] * a[1] + a[2] * a[2], mu = 0.1 * pow(J, -5.0 / 3.0), p = 0.25 * (J - 1.0 / J);
  stf_assert_near(s[3].value[0], mu * (a[0] * a[0] - I1 / 3.0) + p, 1e-11);
  stf_assert_near(s[4].value[0], mu * (a[2] * a[2] - I1 / 3.0) + p, 1e-11);
  stf_case_close(&c);
}

/* Of two layers and a field that varies: by volume, and of the family or layer that was asked for alone. */
static void means_are_those_of_the_closed_form(void **state) {
  (void)state;
  const double a[3] = {1.2, 0.95, 0.9}, angle = 20.0 * M_PI / 180.0, J = a[0] * a[1] * a[2];
  stf_case c;
  stf_sampled s[7];
  open_strip("  - {do: grip, where: x_min}\n  - {for: 1 s, do: pull, where: x_max, by: 1 mm}\n",
             "  - {name: stretch, what: mean, of: stretch, family: fibrils}\n"
             "  - {name: ratio, what: mean, of: volume_ratio}\n"
             "  - {name: most, what: mean, of: stress, layer: top}\n"
             "  - {name: least, what: mean, of: stress, component: smallest, layer: top}\n"
             "  - {name: yy, what: mean, of: stress, component: yy, layer: top}\n"
             "  - {name: xz, what: mean, of: stress, component: xz, layer: top}\n"
             "  - {name: none, what: mean, of: stretch, family: fibrils, layer: top}\n",
             &c);
  stretch_evenly(&c, a);
  read_all(&c, s);
  const double I1 = a[0] * a[0] + a[1] * a[1] + a[2] * a[2], mu = 0.1 * pow(J, -5.0 / 3.0), p = 0.25 * (J - 1.0 / J);
  stf_assert_near(s[0].value[0], hypot(a[0] * cos(angle), a[1] * sin(angle)), 1e-12);
  stf_assert_near(s[1].value[0], J, 1e-12);
  stf_assert_near(s[2].value[0], mu * (a[0] * a[0] - I1 / 3.0) + p, 1e-11);
  stf_assert_near(s[3].value[0], mu * (a[2] * a[2] - I1 / 3.0) + p, 1e-11);
  stf_assert_near(s[4].value[0], mu * (a[1] * a[1] - I1 / 3.0) + p, 1e-11);
  stf_assert_small(fabs(s[5].value[0]), 1e-12);
  assert_true(isnan(s[6].value[0]));
  for (size_t n = 0; n < c.domain.local; n++) { /* J = 1.2 (1 + 0.02 x), 1.2 (1 + 0.02 3) in the middle */
    const double *X = c.domain.X[n];
    c.state.u[3 * n] = 0.2 * X[0];
    c.state.u[3 * n + 1] = 0.02 * X[0] * X[1];
    c.state.u[3 * n + 2] = 0.0;
  }
  read_all(&c, s);
  stf_assert_near(s[1].value[0], 1.2 * 1.06, 1e-12);
  stf_case_close(&c);
}

static void an_extreme_stands_where_the_field_has_it(void **state) {
  (void)state;
  stf_case c;
  stf_sampled s[2];
  open_strip("  - {do: grip, where: x_min}\n  - {for: 1 s, do: pull, where: x_max, by: 1 mm}\n",
             "  - {name: most, what: extreme, of: volume_ratio}\n"
             "  - {name: least, what: extreme, of: volume_ratio, which: smallest}\n",
             &c);
  for (size_t n = 0; n < c.domain.local; n++) { /* volume grows with x and y */
    const double *X = c.domain.X[n];
    c.state.u[3 * n] = 0.01 * X[0] * X[0] + 0.02 * X[0] * (X[1] + 1.0);
  }
  read_all(&c, s);
  assert_true(s[0].value[0] > 1.1 && s[1].value[0] < 1.02);
  stf_assert_near(s[0].place[0], 5.75, 1e-12);
  stf_assert_near(s[0].place[1], 0.75, 1e-12);
  stf_assert_near(s[1].place[0], 0.25, 1e-12);
  stf_assert_near(s[1].place[1], -0.75, 1e-12);
  stf_case_close(&c);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(the_force_through_every_cut_is_that_of_the_grips),
      TEST(volumes_and_extremes_of_an_even_stretch_are_those_of_the_closed_form),
      TEST(means_are_those_of_the_closed_form),
      TEST(an_extreme_stands_where_the_field_has_it),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
