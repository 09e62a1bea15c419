/* Fibres as lines: where they lie, and which are left out of a large body. tests/verify reads the files. */
#include <math.h>
#include <string.h>

#include "result/fibres.h"
#include "stf_anatomy.h"

static const char two_layers[] = "length: 12 mm\nwidth: 6 mm\nlayers:\n"
                                 "  - {name: low, tissue: crossed, thickness: 2 mm, fibres: [0 deg, 90 deg]}\n"
                                 "  - {name: none, tissue: loose, thickness: 2 mm}\n"
                                 "  - {name: top, tissue: single, thickness: 2 mm, fibres: [30 deg]}\n";

static const stf_material crossed = {
    .name = "crossed", .families = 2, .family = {{.name = "along"}, {.name = "across"}}};
static const stf_material loose = {.name = "loose"};
static const stf_material single = {.name = "single", .families = 1, .family = {{.name = "across"}}};
static const stf_material *const materials[] = {&crossed, &loose, &single};

static void build(double size, stf_sample *s, stf_model *model) {
  stf_sample_build(s, "strip", two_layers, size);
  *model = (stf_model){.mesh = s->mesh, .material = (const stf_material **)materials};
}

static void a_line_lies_in_its_element_along_its_family(void **state) {
  (void)state;
  static const double along[3][2] = {{1.0, 0.0}, {0.0, 1.0}, {0.86602540378443865, 0.5}};
  static const double family[3] = {0, 1, 1}, layer[3] = {0, 0, 2};
  stf_sample s;
  stf_model model;
  stf_fibres f;
  build(2.0, &s, &model);
  assert_int_equal(stf_fibres_collect(&model, &f), STF_OK);
  assert_int_equal(f.families, 2);
  assert_string_equal(f.family[0], "along");
  assert_string_equal(f.family[1], "across");
  assert_int_equal(f.count, 18 * 3);
  size_t line = 0;
  for (size_t e = 0; e < model.mesh.elements; e++) {
    const int region = model.mesh.region[e];
    for (int k = region == 0 ? 0 : 2; region != 1 && k < (region == 0 ? 2 : 3); k++, line++) {
      const double *from = f.X[2 * line], *to = f.X[2 * line + 1];
      double middle[3];
      stf_mesh_middle(&model.mesh, e, middle);
      const double length = 0.8 * 2.0 * (along[k][0] + along[k][1]);
      for (int i = 0; i < 3; i++) {
        stf_assert_small(fabs(0.5 * (from[i] + to[i]) - middle[i]), 1e-12);
        stf_assert_small(fabs(to[i] - from[i] - (i < 2 ? length * along[k][i] : 0.0)), 1e-12);
      }
      assert_true(f.layer[line] == layer[k] && f.of[line] == family[k]);
      for (size_t n = 0; n < 2; n++) assert_true(f.is[n * f.count + line] == (n == family[k] ? 1.0 : 0.0));
    }
  }
  assert_int_equal(line, f.count);
  stf_fibres_clear(&f);
  stf_sample_clear(&s);
}

/* About as many as there may be, the families of an element together, alike in every part of the body. */
static void a_large_body_is_thinned_evenly(void **state) {
  (void)state;
  enum { PARTS = 6 };
  stf_sample s;
  stf_model model;
  stf_fibres f, again;
  size_t in[PARTS] = {0}, across = 0;
  build(0.1, &s, &model);
  assert_int_equal(stf_fibres_collect(&model, &f), STF_OK);
  assert_int_equal(stf_fibres_collect(&model, &again), STF_OK);
  assert_true(f.count > 0.98 * STF_FIBRES_MOST && f.count < 1.02 * STF_FIBRES_MOST);
  assert_int_equal(f.count, again.count);
  assert_memory_equal(f.X, again.X, 2 * f.count * sizeof *f.X);
  for (size_t n = 0; n < f.count; n++) {
    in[(int)((f.X[2 * n][0] + f.X[2 * n + 1][0]) / 4.0)]++;
    across += f.of[n] == 1.0;
  }
  for (int p = 0; p < PARTS; p++) stf_assert_near((double)in[p] * PARTS / (double)f.count, 1.0, 0.02);
  stf_assert_near((double)across * 1.5 / (double)f.count, 1.0, 0.02);
  stf_fibres_clear(&f);
  stf_fibres_clear(&again);
  stf_sample_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_line_lies_in_its_element_along_its_family),
      cmocka_unit_test(a_large_body_is_thinned_evenly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
