/* Scenario files: what is read, and that every fault is reported at its place, all in one run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "anatomy/generator.h"
#include "scenario/scenario.h"
#include "stf_test.h"

/* ---- a small vocabulary ---- */

typedef struct pull {
  const stf_yaml_node *node;
  double duration, by;
  const char *where;
} pull;

static const stf_option pull_options[] = {
    {.key = "for",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(pull, duration),
     .help = "time"},
    {.key = "by", .kind = STF_KIND_QUANTITY, .dimension = STF_LENGTH, .offset = offsetof(pull, by), .help = "way"},
    {.key = "where", .kind = STF_KIND_NAME, .offset = offsetof(pull, where), .help = "face"},
};
static const stf_table pull_table = STF_TABLE_OF("pull", pull, pull_options);
static const stf_variant_type pull_type = {.name = "pull", .help = "pulls", .table = &pull_table};
static const stf_variant_type *const activity_types[] = {&pull_type};
static const stf_variant_set activities = {.selector = "do", .types = activity_types, .count = 1};

typedef struct force {
  const stf_yaml_node *node;
  const char *name, *where;
} force;

static const stf_option force_options[] = {
    {.key = "name", .kind = STF_KIND_NAME, .offset = offsetof(force, name), .help = "name"},
    {.key = "where", .kind = STF_KIND_NAME, .offset = offsetof(force, where), .help = "face"},
};
static const stf_table force_table = STF_TABLE_OF("grip_force", force, force_options);
static const stf_variant_type force_type = {.name = "grip_force", .help = "force", .table = &force_table};
static const stf_variant_type *const measure_types[] = {&force_type};
static const stf_variant_set measures = {.selector = "what", .types = measure_types, .count = 1};

static const char *const elements[] = {"hex8", "hex8-std", NULL};

static const stf_variant_set adhesions = {.selector = "shape", .types = measure_types, .count = 1};

static const stf_vocabulary vocabulary = {.generators = &stf_generators,
                                          .elements = elements,
                                          .tools = &adhesions,
                                          .adhesions = &adhesions,
                                          .activities = &activities,
                                          .measures = &measures};

/* ---- reading ---- */

static char folder[64], path[80], data[80];

static void write_file(const char *name, const char *text) {
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/stf_scenario_XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof(path), "%s/case.yaml", folder);
  snprintf(data, sizeof(data), "%s/otsuka.csv", folder);
  write_file(data, "quantity,unit,value,sd,n,source_key,role\n");
  return stf_units_start();
}

static int remove_folder(void **state) {
  (void)state;
  unlink(path);
  unlink(data);
  stf_units_stop();
  return rmdir(folder);
}

typedef struct reading {
  stf_arena *arena;
  stf_diags *diags;
  stf_status status;
  stf_scenario scenario;
} reading;

static void read_path(reading *r, const char *from) {
  *r = (reading){.arena = stf_arena_create(), .diags = stf_diags_create()};
  assert_non_null(r->arena);
  assert_non_null(r->diags);
  r->status = stf_scenario_read(from, &vocabulary, r->arena, r->diags, &r->scenario);
}

static void read_text(reading *r, const char *text) {
  write_file(path, text);
  read_path(r, path);
}

static void clean_up(reading *r) {
  stf_arena_destroy(r->arena);
  stf_diags_destroy(r->diags);
}

static const stf_diag *find_diag(const reading *r, const char *where) {
  for (size_t i = 0; i < stf_diags_count(r->diags); i++) {
    const stf_diag *diag = stf_diags_get(r->diags, i);
    if (diag->place.path && !strcmp(diag->place.path, where)) return diag;
  }
  return NULL;
}

/* Asserts that a text is refused with exactly these places ([count], any order), one error each. */
static void assert_faults(const char *text, const char *const *places, size_t count) {
  reading r;
  read_text(&r, text);
  bool all = r.status == STF_BAD_INPUT && stf_diags_errors(r.diags) == count;
  for (size_t i = 0; i < count; i++) all = all && find_diag(&r, places[i]);
  if (!all) {
    stf_diags_print(r.diags, stderr);
    for (size_t i = 0; i < count; i++)
      if (!find_diag(&r, places[i])) print_error("nothing at %s\n", places[i]);
    fail_msg("status %d, %zu errors, not %zu", r.status, stf_diags_errors(r.diags), count);
  }
  clean_up(&r);
}

static void assert_fault(const char *text, const char *place) {
  assert_faults(text, &place, 1);
}

#define HEAD    "striffin: 1\nname: lateral-along\n"
#define TISSUES "tissues: {sheet: fascia_lata}\n"
#define ANATOMY                                                               \
  "anatomy:\n  generator: strip\n  length: 60 mm\n  width: 1 cm\n  layers:\n" \
  "    - {name: deep, tissue: sheet, thickness: 0.8 mm, fibres: [0 deg, 78 deg]}\n"
#define MESH     "mesh: {size: 1 mm}\n"
#define TIMELINE "timeline:\n  - {for: 10 s, do: pull, where: x_max, by: 6 mm}\n"
#define MEASURE  "measure:\n  - {name: force, what: grip_force, where: x_max}\n"
#define COMPARE  "compare:\n  - {measure: force, data: otsuka.csv, role: predicted}\n"
#define BODY     TISSUES ANATOMY MESH TIMELINE

/* ---- tests ---- */

static void a_scenario_is_read_in_base_units(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD "seed: 7\ntitle: A title\n" TISSUES ANATOMY "mesh: {element: hex8-std, size: 0.5 cm}\n"
                     "solve: {steps: 5, tolerance: 1e-10}\n" TIMELINE MEASURE COMPARE);
  stf_diags_print(r.diags, stderr);
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(stf_diags_count(r.diags), 0);
  const stf_scenario *s = &r.scenario;
  assert_int_equal(s->version, 1);
  assert_string_equal(s->name, "lateral-along");
  assert_string_equal(s->title, "A title");
  assert_int_equal(s->seed, 7);
  assert_int_equal(s->tissues.count, 1);
  assert_string_equal(s->tissues.items[0].value, "fascia_lata");
  assert_string_equal(s->anatomy.type->name, "strip");
  assert_int_equal(s->mesh.element, 1);
  stf_assert_near(s->mesh.size, 5.0, 1e-15);
  assert_int_equal(s->solve.steps, 5);
  stf_assert_near(s->solve.tolerance, 1e-10, 1e-15);
  assert_int_equal(s->solve.cutbacks, 12);
  assert_int_equal(s->timeline.count, 1);
  assert_ptr_equal(s->timeline.items[0].type, &pull_type);
  stf_assert_near(((const pull *)s->timeline.items[0].data)->by, 6.0, 1e-15);
  assert_int_equal(s->measure.count, 1);
  assert_int_equal(s->compare.count, 1);
  const stf_compare *line = s->compare.items;
  assert_string_equal(line->data, data);
  assert_string_equal(line->quantity, "force");
  assert_int_equal(line->role, STF_ROLE_PREDICTED);
  assert_string_equal(s->node->place.file, path);
  clean_up(&r);
}

static void what_is_left_out_has_defaults(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD BODY);
  assert_int_equal(r.status, STF_OK);
  const stf_scenario *s = &r.scenario;
  assert_string_equal(s->title, "");
  assert_int_equal(s->seed, 1);
  assert_int_equal(s->mesh.element, 0);
  assert_int_equal(s->solve.steps, 20);
  stf_assert_near(s->solve.tolerance, 1e-8, 1e-15);
  assert_int_equal(s->solve.cutbacks, 12);
  assert_int_equal(s->measure.count, 0);
  assert_int_equal(s->compare.count, 0);
  clean_up(&r);
}

static void the_anatomy_of_a_scenario_can_be_built(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD BODY);
  assert_int_equal(r.status, STF_OK);
  const stf_generator *generator = r.scenario.anatomy.type->extra;
  stf_mesh mesh;
  assert_int_equal(generator->build(r.scenario.anatomy.data, r.scenario.mesh.size, r.arena, r.diags, &mesh), STF_OK);
  assert_int_equal(mesh.elements, 60 * 10);
  clean_up(&r);
}

static void other_versions_are_refused_and_nothing_else_is_said(void **state) {
  (void)state;
  assert_fault("striffin: 2\nname: x\nbody: whatever\n", "striffin");
  assert_fault("striffin: 1.0\nname: x\n", "striffin");
  assert_fault("striffin: one\nname: x\n", "striffin");
  assert_fault("striffin: 01\n", "striffin");
}

static void the_format_line_is_required_and_first(void **state) {
  (void)state;
  assert_fault("name: x\nstriffin: 1\n" BODY, "striffin");
  assert_fault("name: x\n" BODY, "striffin");
  assert_fault("striffin: [1]\nname: x\n" BODY, "striffin");
}

static void what_is_no_mapping_is_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"", "- a\n", "just text\n", "3\n", "\x01\x02", "a: b: c\n", "\xff\xfe\x00"};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
    reading r;
    read_text(&r, wrong[i]);
    assert_int_equal(r.status, STF_BAD_INPUT);
    assert_int_equal(stf_diags_errors(r.diags), 1);
    clean_up(&r);
  }
}

static void a_missing_file_is_a_missing_resource(void **state) {
  (void)state;
  reading r;
  read_path(&r, "/tmp/there/is/no/such/case.yaml");
  assert_int_equal(r.status, STF_NO_RESOURCE);
  assert_int_equal(stf_diags_errors(r.diags), 1);
  clean_up(&r);
}

static void required_sections_are_missed(void **state) {
  (void)state;
  static const char *const places[] = {"name", "tissues", "anatomy", "mesh", "timeline"};
  assert_faults("striffin: 1\n", places, 5);
}

static void a_layer_of_an_undeclared_tissue_is_an_error_with_the_nearest_spelling(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD "tissues: {sheat: fascia_lata, fat: fat}\n" ANATOMY MESH TIMELINE);
  assert_int_equal(r.status, STF_BAD_INPUT);
  assert_int_equal(stf_diags_count(r.diags), 1); /* what is unused cannot be said yet */
  const stf_diag *diag = find_diag(&r, "anatomy.layers[0].tissue");
  assert_non_null(diag);
  assert_string_equal(diag->found, "the tissue sheet");
  assert_string_equal(diag->hint, "did you mean sheat?");
  assert_int_equal(diag->place.line, 9);
  clean_up(&r);
  read_text(&r, HEAD "tissues: {fat: fat, skin: skin}\n" ANATOMY MESH TIMELINE);
  assert_string_equal(find_diag(&r, "anatomy.layers[0].tissue")->hint, "there are: fat, skin");
  clean_up(&r);
}

static void an_unused_tissue_is_a_warning(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD "tissues: {sheet: fascia_lata, fat: fat}\n" ANATOMY MESH TIMELINE);
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(stf_diags_count(r.diags), 1);
  const stf_diag *diag = find_diag(&r, "tissues.fat");
  assert_non_null(diag);
  assert_int_equal(diag->severity, STF_WARNING);
  clean_up(&r);
}

static void measurements_differ_in_name(void **state) {
  (void)state;
  assert_fault(HEAD BODY MEASURE "  - {name: other, what: grip_force, where: x_max}\n"
                                 "  - {name: force, what: grip_force, where: x_min}\n",
               "measure[2].name");
}

static void a_comparison_names_a_measurement_that_exists(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD BODY MEASURE "compare:\n  - {measure: forze, data: otsuka.csv, role: check}\n");
  assert_int_equal(r.status, STF_BAD_INPUT);
  assert_string_equal(find_diag(&r, "compare[0].measure")->hint, "did you mean force?");
  clean_up(&r);
  assert_fault(HEAD BODY COMPARE, "compare[0].measure");
  assert_fault(HEAD BODY "measure: []\n" COMPARE, "compare[0].measure");
}

static void a_fault_in_a_measurement_is_not_reported_twice_by_its_comparison(void **state) {
  (void)state;
  assert_fault(HEAD BODY "measure:\n  - {name: force, what: grip_farce, where: x_max}\n" COMPARE, "measure[0].what");
  assert_fault(HEAD BODY "measure: force\n" COMPARE, "measure");
}

static void a_comparison_needs_a_role_and_data_that_are_there(void **state) {
  (void)state;
  assert_fault(HEAD BODY MEASURE "compare:\n  - {measure: force, data: otsuka.csv}\n", "compare[0].role");
  assert_fault(HEAD BODY MEASURE "compare:\n  - {measure: force, data: otsuka.csv, role: guessed}\n",
               "compare[0].role");
  assert_fault(HEAD BODY MEASURE "compare:\n  - {measure: force, data: otsuki.csv, role: check}\n", "compare[0].data");
  assert_fault(HEAD BODY MEASURE "compare:\n  - {measure: force, data: ., role: check}\n", "compare[0].data");
  reading r;
  read_text(&r,
            HEAD BODY MEASURE "compare:\n  - {measure: force, data: otsuka.csv, quantity: peak force, role: input}\n");
  assert_int_equal(r.status, STF_OK);
  assert_string_equal(((const stf_compare *)r.scenario.compare.items)->quantity, "peak force");
  clean_up(&r);
}

static void another_models_number_may_be_set_beside_but_has_no_spread(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD BODY MEASURE "compare:\n  - {measure: force, data: otsuka.csv, role: published-model}\n");
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(((const stf_compare *)r.scenario.compare.items)->role, STF_ROLE_PUBLISHED_MODEL);
  clean_up(&r);
  assert_fault(HEAD BODY MEASURE
               "compare:\n  - {measure: force, data: otsuka.csv, role: input, spread_role: published-model}\n",
               "compare[0].spread_role");
}

static void the_generators_own_check_is_part_of_reading(void **state) {
  (void)state;
  assert_fault(HEAD TISSUES ANATOMY "  gauge: {length: 60 mm, width: 4 mm, fillet: 5 mm}\n" MESH TIMELINE,
               "anatomy.gauge.length");
  assert_fault(HEAD TISSUES ANATOMY "mesh: {size: 1 um}\n" TIMELINE, "anatomy.length");
  assert_fault(HEAD TISSUES ANATOMY "    - {name: deep, tissue: sheet, thickness: 1 mm}\n" MESH TIMELINE,
               "anatomy.layers[1].name");
}

static void the_generators_check_waits_for_sound_options(void **state) {
  (void)state;
  static const char *const one[] = {"anatomy.width"};
  assert_faults(HEAD TISSUES "anatomy:\n  generator: strip\n  length: 60 mm\n  width: 1 N\n  layers:\n"
                             "    - {name: deep, tissue: sheet, thickness: 0.8 mm}\n"
                             "  gauge: {length: 60 mm, width: 4 mm, fillet: 5 mm}\n" MESH TIMELINE,
                one, 1);
  static const char *const two[] = {"anatomy.gauge.length", "mesh.size"};
  assert_faults(HEAD TISSUES ANATOMY "  gauge: {length: 60 mm, width: 4 mm, fillet: 5 mm}\nmesh: {size: 1}\n" TIMELINE,
                two, 2);
}

static void solver_settings_have_ranges(void **state) {
  (void)state;
  assert_fault(HEAD BODY "solve: {steps: 0}\n", "solve.steps");
  assert_fault(HEAD BODY "solve: {tolerance: 0}\n", "solve.tolerance");
  assert_fault(HEAD BODY "solve: {tolerance: 1 mm}\n", "solve.tolerance");
  assert_fault(HEAD BODY "solve: {cutbacks: -1}\n", "solve.cutbacks");
  assert_fault(HEAD BODY "solve: {step: 3}\n", "solve.step");
  assert_fault(HEAD BODY "seed: -1\n", "seed");
  assert_fault(HEAD BODY "seed: 4294967296\n", "seed");
}

static void names_are_safe_as_file_names(void **state) {
  (void)state;
  assert_fault("striffin: 1\nname: ../../etc\n" BODY, "name");
  assert_fault("striffin: 1\nname: a b\n" BODY, "name");
  assert_fault(HEAD "tissues: {sheet: ../secret}\n" ANATOMY MESH TIMELINE, "tissues.sheet");
}

static void faults_in_different_sections_are_all_reported_in_one_run(void **state) {
  (void)state;
  static const char *const places[] = {
      "name",           "sead",           "tissues.fat",    "anatomy.lenght",           "anatomy.length",
      "anatomy.width",  "mesh.element",   "mesh.size",      "anatomy.layers[0].tissue", "anatomy.layers[1].thickness",
      "solve.steps",    "timeline[0].by", "timeline[1].do", "measure[1].name",          "compare[0].measure",
      "compare[0].role"};
  assert_faults(
      "striffin: 1\nname: a/b\nsead: 3\n"
      "tissues: {sheet: fascia_lata, fat: \"f t\"}\n"
      "anatomy:\n  generator: strip\n  lenght: 60 mm\n  width: 1 N\n  layers:\n"
      "    - {name: deep, tissue: shet, thickness: 0.8 mm}\n    - {name: top, tissue: sheet, thickness: 5}\n"
      "mesh: {element: hex9, size: 0 mm}\n"
      "solve: {steps: many}\n"
      "timeline:\n  - {for: 10 s, do: pull, where: x_max, by: 6}\n  - {do: pul}\n"
      "measure:\n  - {name: f, what: grip_force, where: x_max}\n  - {name: f, what: grip_force, where: x_max}\n"
      "compare:\n  - {measure: g, data: otsuka.csv, role: x}\n",
      places, sizeof(places) / sizeof(*places));
}

static void a_doubled_key_does_not_hide_other_faults(void **state) {
  (void)state;
  static const char *const places[] = {"seed", "mesh.size"};
  assert_faults(HEAD "seed: 1\nseed: 2\n" TISSUES ANATOMY "mesh: {size: 1}\n" TIMELINE, places, 2);
}

static void items_of_the_wrong_kind_do_not_confuse_later_checks(void **state) {
  (void)state;
  static const char *const layers[] = {"anatomy.layers[0]", "anatomy.layers[1].tissue"};
  assert_faults(HEAD TISSUES "anatomy:\n  generator: strip\n  length: 60 mm\n  width: 1 cm\n  layers:\n"
                             "    - deep\n    - {name: b, tissue: [], thickness: 1 mm}\n" MESH TIMELINE,
                layers, 2);
  static const char *const lists[] = {"measure[0]", "measure[1].name", "compare[0]", "timeline[0]"};
  assert_faults(HEAD TISSUES ANATOMY MESH "timeline: [rest]\n"
                                          "measure: [force, {name: [], what: grip_force, where: x}]\ncompare: [x]\n",
                lists, 4);
  assert_fault(HEAD "tissues: sheet\n" ANATOMY MESH TIMELINE, "tissues");
  assert_fault(HEAD ANATOMY MESH TIMELINE, "tissues");
  assert_fault(HEAD "tissues: {}\n" ANATOMY MESH TIMELINE, "anatomy.layers[0].tissue");
  assert_fault(HEAD TISSUES MESH TIMELINE "anatomy: {generator: strap}\n", "anatomy.generator");
}

static void a_very_long_list_is_refused_quickly(void **state) {
  (void)state;
  const size_t lines = 40000;
  char *text = malloc(lines * 40 + 1000), *at = text;
  assert_non_null(text);
  at += sprintf(at, "%s", HEAD BODY "measure:\n");
  for (size_t i = 0; i < lines; i++) at += sprintf(at, "- {name: m%zu}\n", i);
  assert_fault(text, "measure");
  free(text);
}

static void the_table_describes_itself_with_the_vocabulary(void **state) {
  (void)state;
  stf_arena *arena = stf_arena_create();
  const stf_table *table = stf_scenario_table(&vocabulary, arena);
  assert_non_null(table);
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&text, &length);
  assert_non_null(stream);
  stf_options_describe(table, stream);
  assert_int_equal(fclose(stream), 0);
  static const char *const words[] = {"striffin", "strip", "thickness", "hex8-std", "pull", "grip_force", "predicted"};
  for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
    if (!strstr(text, words[i])) fail_msg("no %s in the description", words[i]);
  free(text);
  stf_arena_destroy(arena);
}

#define FROM_FILE                                            \
  "anatomy:\n  generator: gmsh\n  file: a.msh\n  unit: mm\n" \
  "  regions: [{name: body, tissue: sheet}]\n"

static void a_size_of_elements_is_asked_for_only_where_they_are_made(void **state) {
  (void)state;
  reading r;
  assert_fault(HEAD TISSUES ANATOMY TIMELINE, "mesh");
  assert_fault(HEAD TISSUES ANATOMY "mesh: {element: hex8}\n" TIMELINE, "mesh.size");
  read_text(&r, HEAD TISSUES FROM_FILE TIMELINE);
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(stf_diags_count(r.diags), 0);
  assert_int_equal(r.scenario.mesh.element, 0);
  assert_true(isnan(r.scenario.mesh.size));
  clean_up(&r);
  read_text(&r, HEAD TISSUES FROM_FILE MESH TIMELINE);
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(stf_diags_warnings(r.diags), 1);
  assert_non_null(find_diag(&r, "mesh.size"));
  clean_up(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scenario_is_read_in_base_units),
      cmocka_unit_test(what_is_left_out_has_defaults),
      cmocka_unit_test(the_anatomy_of_a_scenario_can_be_built),
      cmocka_unit_test(other_versions_are_refused_and_nothing_else_is_said),
      cmocka_unit_test(the_format_line_is_required_and_first),
      cmocka_unit_test(what_is_no_mapping_is_refused),
      cmocka_unit_test(a_missing_file_is_a_missing_resource),
      cmocka_unit_test(required_sections_are_missed),
      cmocka_unit_test(a_layer_of_an_undeclared_tissue_is_an_error_with_the_nearest_spelling),
      cmocka_unit_test(an_unused_tissue_is_a_warning),
      cmocka_unit_test(measurements_differ_in_name),
      cmocka_unit_test(a_comparison_names_a_measurement_that_exists),
      cmocka_unit_test(a_fault_in_a_measurement_is_not_reported_twice_by_its_comparison),
      cmocka_unit_test(a_comparison_needs_a_role_and_data_that_are_there),
      cmocka_unit_test(another_models_number_may_be_set_beside_but_has_no_spread),
      cmocka_unit_test(the_generators_own_check_is_part_of_reading),
      cmocka_unit_test(the_generators_check_waits_for_sound_options),
      cmocka_unit_test(solver_settings_have_ranges),
      cmocka_unit_test(names_are_safe_as_file_names),
      cmocka_unit_test(faults_in_different_sections_are_all_reported_in_one_run),
      cmocka_unit_test(a_doubled_key_does_not_hide_other_faults),
      cmocka_unit_test(items_of_the_wrong_kind_do_not_confuse_later_checks),
      cmocka_unit_test(a_very_long_list_is_refused_quickly),
      cmocka_unit_test(the_table_describes_itself_with_the_vocabulary),
      cmocka_unit_test(a_size_of_elements_is_asked_for_only_where_they_are_made),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
