/* run.json: complete, the same for the same run, readable by any JSON reader; z and ranges as defined. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "result/record.h"
#include "stf_files.h"
#include "stf_test.h"

static const stf_measurement modulus = {.name = "modulus",
                                        .what = "slope",
                                        .unit = "MPa",
                                        .value = 241.123456789012345,
                                        .mark = STF_MARK_SLOPE,
                                        .mark_x = "stretch",
                                        .mark_y = "stress",
                                        .mark_at = {1.05, 8}};

static stf_comparison compared(double value, double sd, double low, double high) {
  return (stf_comparison){.measurement = &modulus,
                          .quantity = "modulus_along",
                          .data = "/somewhere/private/otsuka2018.csv",
                          .source = "otsuka2018",
                          .role = STF_ROLE_PREDICTED,
                          .value = value,
                          .sd = sd,
                          .low = low,
                          .high = high,
                          .n = 17};
}

static void z_is_the_distance_in_standard_deviations(void **state) {
  (void)state;
  stf_comparison comparison = compared(216, 68, NAN, NAN);
  stf_assert_near(stf_comparison_z(&comparison), (modulus.value - 216) / 68, 1e-15);
  comparison.sd = NAN;
  assert_true(isnan(stf_comparison_z(&comparison)));
  comparison.sd = 0;
  assert_true(isnan(stf_comparison_z(&comparison)));
  comparison = compared(NAN, 68, NAN, NAN);
  assert_true(isnan(stf_comparison_z(&comparison)));
}

/* Another model's number judges nothing, whatever spread it has. */
static void another_models_number_has_no_z(void **state) {
  (void)state;
  stf_comparison comparison = compared(216, 68, NAN, NAN);
  assert_true(isfinite(stf_comparison_z(&comparison)));
  comparison.role = STF_ROLE_PUBLISHED_MODEL;
  assert_true(isnan(stf_comparison_z(&comparison)));
}

static void side_tells_below_inside_and_above(void **state) {
  (void)state;
  assert_int_equal(stf_comparison_side(&(stf_comparison){.measurement = &modulus, .low = 71, .high = 276}), 0);
  assert_int_equal(stf_comparison_side(&(stf_comparison){.measurement = &modulus, .low = 71, .high = 239}), 1);
  assert_int_equal(stf_comparison_side(&(stf_comparison){.measurement = &modulus, .low = 243, .high = 276}), -1);
  assert_int_equal(stf_comparison_side(&(stf_comparison){.measurement = &modulus, .low = NAN, .high = NAN}), 0);
  const double value = modulus.value;
  assert_int_equal(stf_comparison_side(&(stf_comparison){.measurement = &modulus, .low = value, .high = value}), 0);
  assert_int_equal(stf_comparison_side(&(stf_comparison){.measurement = &modulus, .low = 71, .high = 240.5}),
                   0); /* rounding */
}

static const stf_matrix_law matrix = {.about = {.name = "neo-hookean"}};
static const stf_fibre_law fibrils = {.about = {.name = "fibrils"}};
static const stf_provenance parameters[] = {
    {.path = "matrix.shear_modulus",
     .dimension = STF_STRESS,
     .value = 0.1,
     .spread = NAN,
     .text = "100 kPa",
     .grade = STF_ESTIMATED,
     .grade_note = "no measurement"},
    {.path = "fibres.along.modulus",
     .dimension = STF_STRESS,
     .value = 241,
     .spread = 68,
     .text = "241 MPa",
     .spread_text = "68 MPa",
     .source = "yamamoto1999",
     .grade = STF_FITTED,
     .grade_note = "1.15"},
};

/* A run with everything in it, written to `path`. */
static stf_status write_full(stf_diags *diags, const char *path, const char *title) {
  stf_pair pair = {.name = "sheet", .value = "fascia_lata"};
  const stf_scenario scenario = {.name = "lateral", .title = title, .seed = 42, .tissues = {&pair, 1}};
  const stf_tissue tissue = {
      .name = "fascia_lata",
      .title = "Human fascia lata",
      .file = "/somewhere/private/tissues/fascia_lata.yaml",
      .material = {.matrix = &matrix, .families = 1, .family = {{.name = "along", .law = &fibrils}}},
      .provenances = 2,
      .provenance = parameters};
  stf_comparison comparisons[] = {compared(216, 68, NAN, NAN), compared(NAN, NAN, 71.6, 275.9),
                                  compared(216, 68, 71.6, 275.9)};
  comparisons[2].role = STF_ROLE_PUBLISHED_MODEL;
  const stf_measurement measurements[] = {
      modulus, {.name = "force", .what = "grip_force", .unit = "N", .value = NAN}, modulus};
  return stf_record_write(&(stf_record){.version = "0.1.0",
                                        .revision = "abcdef",
                                        .build = "gcc 12",
                                        .outcome = "finished",
                                        .end_time = 10,
                                        .ranks = 2,
                                        .unknowns = 3000,
                                        .elements = 600,
                                        .nodes = 1000,
                                        .scenario = &scenario,
                                        .scenario_text = "striffin: 1 # \"µ\"\n",
                                        .tissues = 1,
                                        .tissue = &tissue,
                                        .measurements = 2,
                                        .measurement = measurements,
                                        .comparisons = 3,
                                        .comparison = comparisons},
                          path, diags);
}

static json_t *parse(const char *path) {
  json_error_t error;
  json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
  if (!root) fail_msg("%s:%d: %s", path, error.line, error.text);
  return root;
}

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  if (!text) fail_msg("no text at %s", key);
  return text;
}

static double number_at(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

static void holds_all_that_is_needed_to_do_it_again(void **state) {
  assert_int_equal(write_full(*state, "run.json", "Fascia <lata> & \"co\""), STF_OK);
  json_t *root = parse("run.json");
  assert_string_equal(text_at(json_object_get(root, "striffin"), "version"), "0.1.0");
  assert_string_equal(text_at(root, "disclaimer"), "A research and teaching instrument, not a medical device.");
  assert_string_equal(text_at(root, "outcome"), "finished");
  assert_true(number_at(root, "end_time_s") == 10 && number_at(root, "ranks") == 2);
  assert_true(number_at(root, "unknowns") == 3000 && number_at(root, "elements") == 600);
  const json_t *scenario = json_object_get(root, "scenario");
  assert_string_equal(text_at(scenario, "text"), "striffin: 1 # \"µ\"\n");
  assert_string_equal(text_at(scenario, "title"), "Fascia <lata> & \"co\"");
  assert_string_equal(text_at(json_object_get(scenario, "tissues"), "sheet"), "fascia_lata");
  assert_true(number_at(scenario, "seed") == 42);
  const json_t *tissue = json_array_get(json_object_get(root, "tissues"), 0);
  assert_string_equal(text_at(tissue, "file"), "fascia_lata.yaml");
  assert_string_equal(text_at(tissue, "matrix"), "neo-hookean");
  assert_string_equal(text_at(json_array_get(json_object_get(tissue, "fibres"), 0), "law"), "fibrils");
  const json_t *list = json_object_get(tissue, "parameters");
  assert_int_equal(json_array_size(list), 2);
  assert_string_equal(text_at(json_array_get(list, 0), "grade"), "estimated");
  assert_null(json_object_get(json_array_get(list, 0), "spread"));
  assert_null(json_object_get(json_array_get(list, 0), "source"));
  assert_string_equal(text_at(json_array_get(list, 1), "note"), "1.15");
  assert_string_equal(text_at(json_array_get(list, 1), "unit"), "MPa");
  assert_string_equal(text_at(json_array_get(list, 1), "source"), "yamamoto1999");
  assert_true(number_at(json_array_get(list, 1), "spread") == 68);
  json_decref(root);
}

static void holds_comparisons_with_z_or_range(void **state) {
  assert_int_equal(write_full(*state, "run.json", ""), STF_OK);
  json_t *root = parse("run.json");
  const json_t *with_sd = json_array_get(json_object_get(root, "comparisons"), 0);
  const json_t *with_range = json_array_get(json_object_get(root, "comparisons"), 1);
  stf_assert_near(number_at(with_sd, "z"), (modulus.value - 216) / 68, 1e-10);
  assert_null(json_object_get(with_sd, "range"));
  assert_null(json_object_get(with_range, "z"));
  assert_string_equal(text_at(with_range, "range"), "inside");
  assert_string_equal(text_at(with_range, "role"), "predicted");
  assert_string_equal(text_at(json_object_get(with_range, "published"), "data"), "otsuka2018.csv");
  assert_null(json_object_get(json_object_get(with_range, "published"), "value"));
  assert_true(number_at(json_object_get(with_range, "published"), "n") == 17);
  const json_t *modelled = json_array_get(json_object_get(root, "comparisons"), 2);
  assert_string_equal(text_at(modelled, "role"), "published-model");
  assert_null(json_object_get(modelled, "z"));
  assert_null(json_object_get(modelled, "range"));
  assert_true(number_at(json_object_get(modelled, "published"), "high") == 275.9);
  const json_t *measurements = json_object_get(root, "measurements");
  assert_int_equal(json_array_size(measurements), 2);
  const json_t *mark = json_object_get(json_array_get(measurements, 0), "mark");
  assert_string_equal(text_at(mark, "kind"), "slope");
  assert_string_equal(text_at(mark, "x"), "stretch");
  assert_null(json_object_get(json_array_get(measurements, 1), "value"));
  assert_null(json_object_get(json_array_get(measurements, 1), "mark"));
  json_decref(root);
}

static void numbers_have_twelve_digits(void **state) {
  assert_int_equal(write_full(*state, "run.json", ""), STF_OK);
  assert_non_null(strstr(stf_files_read("run.json", NULL), "\"simulated\": 241.123456789,"));
}

static void the_same_run_gives_the_same_bytes_and_names_no_folder(void **state) {
  assert_int_equal(write_full(*state, "a.json", "x"), STF_OK);
  assert_int_equal(write_full(*state, "b.json", "x"), STF_OK);
  char *first = strdup(stf_files_read("a.json", NULL));
  assert_non_null(first);
  assert_string_equal(first, stf_files_read("b.json", NULL));
  assert_null(strstr(first, "/somewhere"));
  assert_int_equal(strncmp(first, "{\n  \"striffin\": {", 17), 0);
  free(first);
}

static void bytes_that_are_no_text_do_not_break_it(void **state) {
  assert_int_equal(write_full(*state, "run.json", "a\xff\xc3z\x01"), STF_OK);
  json_t *root = parse("run.json");
  assert_string_equal(text_at(json_object_get(root, "scenario"), "title"), "a??z\x01");
  json_decref(root);
}

static void marks_without_a_place_are_left_out(void **state) {
  stf_measurement lost = modulus;
  lost.mark_at[1] = NAN;
  const stf_scenario scenario = {.name = "x", .title = ""};
  const stf_record record = {
      .outcome = "stopped at 3 s", .scenario = &scenario, .measurements = 1, .measurement = &lost};
  assert_int_equal(stf_record_write(&record, "run.json", *state), STF_OK);
  json_t *root = parse("run.json");
  assert_null(json_object_get(json_array_get(json_object_get(root, "measurements"), 0), "mark"));
  assert_null(json_object_get(json_object_get(root, "striffin"), "version"));
  json_decref(root);
}

static void timings_hold_phases_and_memory(void **state) {
  const stf_timing phases[] = {{"mesh", 0.25, 1}, {"solve", NAN, 12}};
  const stf_timings timings = {
      .total = 1.5, .phases = 2, .phase = phases, .ranks = 2, .peak_mb = (const double[]){100.5, NAN}};
  assert_int_equal(stf_timing_write(&timings, "timing.json", *state), STF_OK);
  json_t *root = parse("timing.json");
  assert_true(number_at(root, "total_s") == 1.5);
  assert_true(json_number_value(json_array_get(json_object_get(root, "peak_memory_mb"), 0)) == 100.5);
  assert_true(json_number_value(json_array_get(json_object_get(root, "peak_memory_mb"), 1)) == 0);
  const json_t *solve = json_array_get(json_object_get(root, "phases"), 1);
  assert_string_equal(text_at(solve, "phase"), "solve");
  assert_true(number_at(solve, "calls") == 12 && isnan(number_at(solve, "seconds")));
  json_decref(root);
  assert_int_equal(stf_timing_write(&(stf_timings){.total = 1}, "timing.json", *state), STF_OK);
  root = parse("timing.json");
  assert_int_equal(json_array_size(json_object_get(root, "peak_memory_mb")), 0);
  json_decref(root);
}

static void says_why_it_cannot_write(void **state) {
  assert_int_equal(write_full(*state, "no/run.json", ""), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "no/run.json: error: expected to write this file (No such file or directory)");
}

#define FILES(test) cmocka_unit_test_setup_teardown(test, stf_files_setup, stf_files_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(z_is_the_distance_in_standard_deviations),
      cmocka_unit_test(another_models_number_has_no_z),
      cmocka_unit_test(side_tells_below_inside_and_above),
      FILES(holds_all_that_is_needed_to_do_it_again),
      FILES(holds_comparisons_with_z_or_range),
      FILES(numbers_have_twelve_digits),
      FILES(the_same_run_gives_the_same_bytes_and_names_no_folder),
      FILES(bytes_that_are_no_text_do_not_break_it),
      FILES(marks_without_a_place_are_left_out),
      FILES(timings_hold_phases_and_memory),
      FILES(says_why_it_cannot_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
