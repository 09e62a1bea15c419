/* Option tables: every kind read, every fault reported at once at its place, defaults, descriptions and finding. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sample_options.h"
#include "stf_test.h"

/* The least a sample needs. */
#define LEAST "name: x\nlayers: [{name: deep, thickness: 0.8 mm}]\n"

static stf_arena *arena;
static stf_diags *diags;
static char *messages;
static sample options;

static int start(void **state) {
  (void)state;
  arena = stf_arena_create();
  diags = stf_diags_create();
  messages = NULL;
  return arena && diags ? 0 : -1;
}

static int stop(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  stf_diags_destroy(diags);
  free(messages);
  return 0;
}

static int start_units(void **state) {
  (void)state;
  return (int)stf_units_start();
}

static int stop_units(void **state) {
  (void)state;
  stf_units_stop();
  return 0;
}

/* Reads a sample written in the file dir/a.yaml into `options`; its messages as printed. */
static stf_status read_sample(const char *yaml) {
  const stf_yaml_node *root = NULL;
  stf_yaml_read_text(yaml, strlen(yaml), "dir/a.yaml", arena, diags, &root);
  assert_non_null(root);
  const stf_status status = stf_options_read(root, &sample_table, arena, diags, &options);
  size_t size = 0;
  free(messages);
  FILE *stream = open_memstream(&messages, &size);
  assert_non_null(stream);
  stf_diags_print(diags, stream);
  fclose(stream);
  return status;
}

static void check_good(const char *yaml) {
  const stf_status status = read_sample(yaml);
  assert_string_equal(messages, "");
  assert_int_equal(status, STF_OK);
}

/* Reads LEAST with one more line, which is line 3 of the file, and expects this one message. */
static void check_bad(const char *line, const char *message) {
  char yaml[2000], expected[1000];
  stf_diags_destroy(diags);
  diags = stf_diags_create();
  assert_non_null(diags);
  snprintf(yaml, sizeof(yaml), LEAST "%s\n", line);
  snprintf(expected, sizeof(expected), "dir/a.yaml:3:%s\n", message);
  assert_int_equal(read_sample(yaml), STF_BAD_INPUT);
  assert_string_equal(messages, expected);
}

static void every_kind_is_read_into_its_member(void **state) {
  (void)state;
  check_good("title: Fascia lata, l\xC3\xA4ngs\n"
             "name: case-1\n"
             "data: sub/curve.csv\n"
             "mode: static\n"
             "gravity: true\n"
             "seed: 42\n"
             "friction: 6 %\n"
             "warmth: 310.15 K\n"
             "mesh: {size: 0.5 cm, cells: 8}\n"
             "fine: {}\n"
             "layers:\n"
             "  - {name: deep, thickness: 0.8 mm, fibres: [90 deg]}\n"
             "  - {name: top, thickness: 300 um, fibres: []}\n"
             "start: {do: pull, by: 1 mm, at: 2 s}\n"
             "timeline:\n"
             "  - {do: grip, where: x_max}\n"
             "  - {at: 1 min, do: pull, by: 6 mm, rate: 1 %/s}\n"
             "tissues: {sheet: fascia_lata, bond: fascicle}\n");
  assert_non_null(options.node);
  assert_string_equal(options.title, "Fascia lata, l\xC3\xA4ngs");
  assert_string_equal(options.name, "case-1");
  assert_string_equal(options.data, "dir/sub/curve.csv");
  assert_int_equal(options.mode, 0);
  assert_true(options.gravity);
  assert_int_equal(options.seed, 42);
  stf_assert_near(options.friction, 0.06, 1e-14);
  stf_assert_near(options.warmth, 310.15, 1e-14);
  stf_assert_near(options.mesh.size, 5, 1e-14);
  assert_int_equal(options.mesh.cells, 8);
  assert_non_null(options.mesh.node);
  assert_non_null(options.fine.node);
  stf_assert_near(options.fine.size, 1, 1e-14);
  assert_int_equal(options.layers.count, 2);
  const sample_layer *layers = options.layers.items;
  assert_string_equal(layers[1].name, "top");
  stf_assert_near(layers[1].thickness, 0.3, 1e-14);
  assert_int_equal(layers[0].fibres.count, 1);
  stf_assert_near(layers[0].fibres.values[0], M_PI / 2, 1e-14);
  assert_int_equal(layers[1].fibres.count, 0);
  assert_ptr_equal(options.start.type, &sample_pull_type);
  const sample_pull *first = options.start.data;
  stf_assert_near(first->by, 1, 1e-14);
  stf_assert_near(first->step.at, 2, 1e-14);
  stf_assert_near(first->rate, 0.015, 1e-14);
  assert_int_equal(options.timeline.count, 2);
  const sample_grip *grip = options.timeline.items[0].data;
  assert_int_equal(grip->face, 1);
  assert_true(isnan(grip->step.at));
  const sample_pull *pull = options.timeline.items[1].data;
  stf_assert_near(pull->step.at, 60, 1e-14);
  stf_assert_near(pull->rate, 0.01, 1e-14);
  assert_string_equal(pull->step.node->place.path, "timeline[1]");
  assert_int_equal(options.tissues.count, 2);
  assert_string_equal(options.tissues.items[1].name, "bond");
  assert_string_equal(options.tissues.items[1].value, "fascicle");
  assert_int_equal(options.tissues.items[1].node->place.line, 18);
}

static void defaults_are_read_like_what_a_user_writes(void **state) {
  (void)state;
  check_good(LEAST);
  assert_string_equal(options.title, "untitled");
  assert_null(options.data);
  assert_int_equal(options.mode, 1);
  assert_false(options.gravity);
  assert_int_equal(options.seed, 1);
  stf_assert_near(options.friction, 0.3, 1e-14);
  stf_assert_near(options.warmth, 310.15, 1e-14);
  assert_null(options.mesh.node);
  stf_assert_near(options.mesh.size, 1, 1e-14);
  assert_int_equal(options.mesh.cells, 4);
  assert_null(options.fine.node);
  assert_true(options.fine.size == 0);
  const sample_layer *layer = options.layers.items;
  assert_int_equal(layer->fibres.count, 2);
  stf_assert_near(layer->fibres.values[1], 78 * M_PI / 180, 1e-14);
  assert_ptr_equal(options.start.type, &sample_grip_type);
  const sample_grip *grip = options.start.data;
  assert_null(grip->step.node);
  assert_int_equal(grip->face, 1);
  assert_int_equal(options.timeline.count, 0);
  assert_int_equal(options.tissues.count, 1);
  assert_null(options.tissues.items[0].node);
  assert_string_equal(options.tissues.items[0].value, "fascia_lata");
}

static void a_struct_of_defaults_needs_no_file(void **state) {
  (void)state;
  assert_int_equal(stf_options_defaults(&sample_table, arena, &options), STF_OK);
  assert_null(options.node);
  assert_null(options.name);
  assert_int_equal(options.layers.count, 0);
  stf_assert_near(options.mesh.size, 1, 1e-14);
  sample_pull pull;
  assert_int_equal(stf_options_defaults(&sample_pull_table, arena, &pull), STF_OK);
  assert_true(isnan(pull.by));
  stf_assert_near(pull.rate, 0.015, 1e-14);
  sample_grip grip;
  assert_int_equal(stf_options_defaults(&sample_grip_table, arena, &grip), STF_OK);
  assert_int_equal(grip.face, -1);
}

static void a_default_outside_its_own_option_is_a_bug(void **state) {
  (void)state;
  static const char *const bad[] = {"3 s", "5", "200 mm", "x", "0 mm"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
    stf_option row = sample_mesh_rows[0];
    row.fallback = bad[i];
    const stf_table table = {.name = "bad", .size = sizeof(sample_mesh), .options = &row, .count = 1};
    sample_mesh mesh;
    assert_int_equal(stf_options_defaults(&table, arena, &mesh), STF_BUG);
  }
}

static void unknown_keys_are_answered_with_the_nearest(void **state) {
  (void)state;
  check_bad("mehs: {}", "1: error: mehs: found the unknown key mehs; expected one of title, name, data, mode, gravity, "
                        "seed, friction, warmth, mesh, fine, layers, start, timeline, tissues (did you mean mesh?)");
  check_bad("mesh: {sise: 1 mm}", "8: error: mesh.sise: found the unknown key sise; expected one of size, cells "
                                  "(did you mean size?)");
  check_bad("mesh: {zzz: 1 mm}", "8: error: mesh.zzz: found the unknown key zzz; expected one of size, cells");
  check_bad("start: {do: grip, where: x_min, by: 1 mm}", "33: error: start.by: found the unknown key by; expected one "
                                                         "of do, at, where (it goes with do: pull)");
}

static void missing_keys_are_named_with_what_they_take(void **state) {
  (void)state;
  assert_int_equal(read_sample("layers:\n  - {name: a}\n"), STF_BAD_INPUT);
  assert_string_equal(
      messages, "dir/a.yaml:1:1: error: name: found no key name; expected a name of letters, digits, \"_\", \"-\" "
                "and \".\"\n"
                "dir/a.yaml:2:5: error: layers[0].thickness: found no key thickness; expected a length with its "
                "unit, such as 0.8 mm (> 0 mm)\n");
}

static void quantities_say_what_is_wrong_with_them(void **state) {
  (void)state;
  check_bad("mesh: {size: 6}", "14: error: mesh.size: found 6; expected a length with its unit, such as 0.8 mm "
                               "(did you mean 6 mm?)");
  check_bad("mesh: {size: 3 s}", "14: error: mesh.size: found 3 s, a time; expected a length with its unit, such as "
                                 "0.8 mm");
  check_bad("mesh: {size: 3 m7}", "14: error: mesh.size: found 3 m7, not a length; expected a length with its unit, "
                                  "such as 0.8 mm");
  check_bad("mesh: {size: 3 mn}", "14: error: mesh.size: found 3 mn, whose unit is unknown; expected a length with its "
                                  "unit, such as 0.8 mm (did you mean 3 mm?)");
  check_bad("mesh: {size: '6,5 mm'}", "14: error: mesh.size: found 6,5 mm, whose unit is unknown; expected a length "
                                      "with its unit, such as 0.8 mm (write the decimal point as a point)");
  check_bad("mesh: {size: big}", "14: error: mesh.size: found big; expected a length with its unit, such as 0.8 mm");
  check_bad("mesh: {size: }", "14: error: mesh.size: found nothing; expected a length with its unit, such as 0.8 mm");
  check_bad("mesh: {size: [1 mm]}", "14: error: mesh.size: found a list; expected a length with its unit, such as "
                                    "0.8 mm");
  check_bad("mesh: {size: {a: b}}", "14: error: mesh.size: found a mapping; expected a length with its unit, such as "
                                    "0.8 mm");
  check_bad("friction: 3 mm", "11: error: friction: found 3 mm, a length; expected a ratio without unit or in %, such "
                              "as 0.3");
}

static void ranges_are_shown_in_the_units_of_the_user(void **state) {
  (void)state;
  check_bad("mesh: {size: 50 cm}", "14: error: mesh.size: found 50 cm; expected a length from 0.001 cm to 10 cm");
  check_bad("mesh: {size: 0 mm}", "14: error: mesh.size: found 0 mm; expected a length from 0.01 mm to 100 mm");
  check_bad("friction: 100 %", "11: error: friction: found 100 %; expected a ratio >= 0 % and < 100 %");
  check_bad("friction: -0.1", "11: error: friction: found -0.1; expected a ratio >= 0 and < 1");
  check_bad("warmth: 70 degC", "9: error: warmth: found 70 degC; expected a temperature from 0 degC to 60 degC");
  check_bad("warmth: 40 K", "9: error: warmth: found 40 K; expected a temperature from 273.15 K to 333.15 K");
  check_bad("mesh: {cells: 0}", "15: error: mesh.cells: found 0; expected a whole number from 1 to 1000");
  check_bad("seed: -1", "7: error: seed: found -1; expected a whole number >= 0");
}

static void closed_ends_of_ranges_forgive_the_rounding_of_units(void **state) {
  (void)state;
  static const char *const sizes[] = {"100 mm", "10 cm", "0.1 m", "1e5 um", "0.01 mm", "10 um", "1e-5 m", "0.001 cm"};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
    char yaml[200];
    snprintf(yaml, sizeof(yaml), LEAST "mesh: {size: %s}\n", sizes[i]);
    check_good(yaml);
  }
}

static void whole_numbers_are_whole(void **state) {
  (void)state;
  static const char *const bad[] = {"1.0", "1e3", "0x10", "ten", "1 mm", "+", "1_000", "' 1'"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
    char line[50], message[200];
    snprintf(line, sizeof(line), "seed: %s", bad[i]);
    const char *shown = *bad[i] == '\'' ? " 1" : bad[i];
    snprintf(message, sizeof(message), "7: error: seed: found %s; expected a whole number", shown);
    check_bad(line, message);
  }
  check_bad("seed: 99999999999999999999",
            "7: error: seed: found 99999999999999999999; expected a whole number of at most 18 digits");
  check_bad("seed: -99999999999999999999",
            "7: error: seed: found -99999999999999999999; expected a whole number of at most 18 digits");
}

static void texts_names_choices_and_flags_are_checked(void **state) {
  (void)state;
  check_bad("title: \"a\\x1Bb\"", "8: error: title: found a\\x1Bb; expected text of at most 500 bytes on one line");
  check_bad("data: \"a\\nb\"", "7: error: data: found a\\x0Ab; expected the path of a file");
  check_bad("mode: statik", "7: error: mode: found statik; expected one of static, dynamic (did you mean static?)");
  check_bad("mode: Static", "7: error: mode: found Static; expected one of static, dynamic (did you mean static?)");
  check_bad("mode: quantum", "7: error: mode: found quantum; expected one of static, dynamic");
  check_bad("gravity: yes", "10: error: gravity: found yes; expected true or false (did you mean true?)");
  check_bad("gravity: Off", "10: error: gravity: found Off; expected true or false (did you mean false?)");
  check_bad("gravity: maybe", "10: error: gravity: found maybe; expected true or false");
  char line[600] = "title: ";
  memset(line + 7, 't', 501);
  check_bad(line,
            "8: error: title: found tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt...; expected text "
            "of at most 500 bytes on one line");
  line[507] = '\0';
  char yaml[800];
  snprintf(yaml, sizeof(yaml), LEAST "%s\n", line);
  stf_diags_destroy(diags);
  diags = stf_diags_create();
  check_good(yaml);
}

static void a_name_is_no_path(void **state) {
  (void)state;
  static const char *const bad[] = {"../x", "a/b", "a b", ".hidden", "-o"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
    char yaml[200];
    snprintf(yaml, sizeof(yaml), "name: '%s'\nlayers: [{name: a, thickness: 1 mm}]\n", bad[i]);
    assert_int_equal(read_sample(yaml), STF_BAD_INPUT);
  }
  assert_int_equal(stf_diags_errors(diags), 5);
}

static void files_are_resolved_beside_the_file_that_names_them(void **state) {
  (void)state;
  check_good(LEAST "data: ../data/x.csv\n");
  assert_string_equal(options.data, "dir/../data/x.csv");
  check_good(LEAST "data: /abs/x.csv\n");
  assert_string_equal(options.data, "/abs/x.csv");
  const char *yaml = LEAST "data: x.csv\n";
  const stf_yaml_node *root = NULL;
  assert_int_equal(stf_yaml_read_text(yaml, strlen(yaml), "a.yaml", arena, diags, &root), STF_OK);
  assert_int_equal(stf_options_read(root, &sample_table, arena, diags, &options), STF_OK);
  assert_string_equal(options.data, "x.csv");
}

static void lists_written_as_something_else_are_explained(void **state) {
  (void)state;
  assert_int_equal(read_sample("name: x\nlayers:\n  - {name: a, thickness: 1 mm, fibres: 0 deg}\n"), STF_BAD_INPUT);
  assert_string_equal(messages,
                      "dir/a.yaml:3:40: error: layers[0].fibres: found 0 deg, a single value; expected a list "
                      "such as [45 deg], each item an angle with its unit (are the brackets missing?)\n");
  check_bad("timeline: grip",
            "11: error: timeline: found grip, a single value; expected a list of mappings whose key do "
            "is one of grip, pull (put \"- \" before each item)");
  check_bad("timeline: {do: grip}", "11: error: timeline: found a mapping; expected a list of mappings whose key do is "
                                    "one of grip, pull (put \"- \" before each item)");
  check_bad("timeline:", "10: error: timeline: found nothing; expected a list of mappings whose key do is one of grip, "
                         "pull");
  check_bad("timeline: [grip]", "12: error: timeline[0]: found grip; expected a mapping whose key do is one of grip, "
                                "pull (did you mean {do: grip}?)");
  check_bad("mesh: [1 mm]", "7: error: mesh: found a list; expected a mapping with the keys size, cells");
  check_bad("tissues: fascia_lata", "10: error: tissues: found fascia_lata; expected a mapping of names to names");
}

static void lengths_of_lists_are_checked_and_their_items_all_the_same(void **state) {
  (void)state;
  assert_int_equal(read_sample("name: x\nlayers: []\n"), STF_BAD_INPUT);
  assert_string_equal(messages, "dir/a.yaml:2:9: error: layers: found a list of 0 items; expected 1 to 3 items\n");
  stf_diags_destroy(diags);
  diags = stf_diags_create();
  assert_int_equal(read_sample("name: x\nlayers: [a, {name: a, thickness: 1}, b, c]\n"), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(diags), 5);
  assert_non_null(strstr(messages, "layers: found a list of 4 items; expected 1 to 3 items\n"));
  assert_non_null(strstr(messages, "layers[1].thickness: found 1;"));
}

static void variants_say_what_there_is_to_pick(void **state) {
  (void)state;
  check_bad("start: {do: pul, by: 1 mm}", "13: error: start.do: found pul; expected one of grip, pull (did you mean "
                                          "pull?)");
  check_bad("start: {do: dance}", "13: error: start.do: found dance; expected one of grip, pull");
  check_bad("start: {by: 1 mm}", "8: error: start.do: found no key do; expected one of grip, pull");
  check_bad("start: {do: [pull]}", "13: error: start.do: found a list; expected one of grip, pull");
  check_bad("start: {do: pull}",
            "8: error: start.by: found no key by; expected a length with its unit, such as 0.8 mm");
  check_bad("start: {do: grip, where: x_min, at: 3}",
            "37: error: start.at: found 3; expected a time with its unit, such "
            "as 10 s (did you mean 3 s?)");
  check_bad("start: pull", "8: error: start: found pull; expected a mapping whose key do is one of grip, pull (did you "
                           "mean {do: pull}?)");
}

static void pairs_are_names_on_both_sides(void **state) {
  (void)state;
  check_bad("tissues: {a b: c}", "11: error: tissues.a b: found a b; expected a name of letters, digits, \"_\", \"-\" "
                                 "and \".\"");
  check_bad("tissues: {a: b c}",
            "14: error: tissues.a: found b c; expected a name of letters, digits, \"_\", \"-\" and "
            "\".\"");
  check_bad("tissues: {a: [b]}", "14: error: tissues.a: found a list; expected a name of letters, digits, \"_\", \"-\" "
                                 "and \".\"");
  check_bad("tissues: {a: }",
            "14: error: tissues.a: found nothing; expected a name of letters, digits, \"_\", \"-\" and "
            "\".\"");
}

static void all_faults_of_a_file_come_at_once(void **state) {
  (void)state;
  assert_int_equal(read_sample("titel: x\n"
                               "mode: statik\n"
                               "mode: static\n"
                               "seed: &a 1.5\n"
                               "mesh: {size: 3 s, cells: 0}\n"
                               "layers:\n"
                               "  - {thickness: 6, fibres: [200 deg, 3 mn]}\n"
                               "timeline:\n"
                               "  - {do: pul}\n"
                               "  - {by: 1 mm}\n"),
                   STF_BAD_INPUT);
  int lines[20] = {0};
  for (size_t i = 0; i < stf_diags_count(diags); i++) lines[stf_diags_get(diags, i)->place.line]++;
  static const int expected[] = {0, 2, 1, 1, 2, 2, 0, 4, 0, 1, 1};
  assert_int_equal(stf_diags_errors(diags), 14);
  for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) assert_int_equal(lines[i], expected[i]);
}

static void a_root_that_is_no_mapping_is_one_error(void **state) {
  (void)state;
  assert_int_equal(read_sample("just text\n"), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(diags), 1);
  assert_non_null(strstr(messages, "dir/a.yaml:1:1: error: found just text; expected a mapping with the keys title, "));
}

static void twenty_thousand_faults_are_counted_quickly(void **state) {
  (void)state;
  enum { KEYS = 20000 };
  char *yaml = malloc(KEYS * 12 + 1);
  assert_non_null(yaml);
  size_t length = 0;
  for (int i = 0; i < KEYS; i++) length += (size_t)snprintf(yaml + length, 12, "k%05d: 1\n", i);
  assert_int_equal(read_sample(yaml), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(diags), KEYS + 2);
  assert_int_equal(stf_diags_count(diags), STF_DIAGS_KEPT);
  free(yaml);
}

static void ranges_read_well(void **state) {
  (void)state;
  static const struct {
    stf_option_kind kind;
    double minimum, maximum;
    stf_bounds bounds;
    const char *text;
  } cases[] = {
      {STF_KIND_QUANTITY, 0, 0, STF_CLOSED, ""},
      {STF_KIND_QUANTITY, 0, INFINITY, STF_OPEN_BELOW, "> 0 mm"},
      {STF_KIND_QUANTITY, 0, INFINITY, STF_CLOSED, ">= 0 mm"},
      {STF_KIND_QUANTITY, -INFINITY, 5, STF_CLOSED, "<= 5 mm"},
      {STF_KIND_QUANTITY, -INFINITY, 5, STF_OPEN, "< 5 mm"},
      {STF_KIND_QUANTITY, 1, 5, STF_CLOSED, "from 1 mm to 5 mm"},
      {STF_KIND_QUANTITY, 1, 5, STF_OPEN, "> 1 mm and < 5 mm"},
      {STF_KIND_QUANTITY, 1, 5, STF_OPEN_BELOW, "> 1 mm and <= 5 mm"},
      {STF_KIND_INTEGER, 1, 1000000000, STF_CLOSED, "from 1 to 1000000000"},
      {STF_KIND_TABLES, 1, INFINITY, STF_CLOSED, "at least 1 item"},
      {STF_KIND_TABLES, 0, 4, STF_CLOSED, "at most 4 items"},
      {STF_KIND_VARIANTS, 2, 2, STF_CLOSED, "2 items"},
      {STF_KIND_VARIANTS, 1, 3, STF_CLOSED, "1 to 3 items"},
      {STF_KIND_TEXT, 1, 3, STF_CLOSED, ""},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    const stf_option option = {.kind = cases[i].kind,
                               .dimension = STF_LENGTH,
                               .minimum = cases[i].minimum,
                               .maximum = cases[i].maximum,
                               .bounds = cases[i].bounds};
    char text[100];
    assert_int_equal(stf_option_range(&option, NULL, text, sizeof(text)), strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
}

/* Describing the sample must show every key, default, range and help, and end though tables hold themselves. */
static void descriptions_show_everything(void **state) {
  (void)state;
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  assert_non_null(stream);
  stf_options_describe(&sample_table, stream);
  fclose(stream);
  static const char *const expected[] = {
      "title: text of at most 500 bytes on one line; default untitled\n    one line for people\n",
      "data: the path of a file; may be left out\n",
      "friction: a ratio without unit or in %, such as 0.3 (>= 0 and < 1); default 30 %\n"
      "    coefficient of friction\n    Source of the default: nobody2000\n",
      "layers: a list of mappings, 1 to 3 items; required\n",
      "\n  thickness: a length with its unit, such as 0.8 mm (> 0 mm); required\n      how thick it is\n",
      "start: a mapping picked by its key do; default {do: grip, where: x_max}\n",
      "\n  at: a time with its unit, such as 10 s; may be left out\n",
      "\n  do: pull\n      pulls a face\n    by: a length with its unit, such as 0.8 mm; required\n",
  };
  for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) assert_non_null(strstr(text, expected[i]));
  free(text);
}

/* A table that holds a list of itself, as a rest between steps that holds steps. */
typedef struct sample_tree {
  const stf_yaml_node *node;
  stf_items inner;
} sample_tree;

static const stf_table sample_tree_table;
static const stf_option sample_tree_rows[] = {
    {.key = "inner",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(sample_tree, inner),
     .fallback = "",
     .table = &sample_tree_table,
     .help = "the same again"},
};
static const stf_table sample_tree_table = STF_TABLE_OF("tree", sample_tree, sample_tree_rows);

static void note(const stf_option *option, const char *full_path, void *context) {
  (void)option;
  stf_text_add(context, "%s ", full_path);
}

static void tables_that_hold_themselves_are_read_described_and_searched(void **state) {
  (void)state;
  const char *yaml = "inner: [{inner: [{}, {inner: []}]}]\n";
  const stf_yaml_node *root = NULL;
  assert_int_equal(stf_yaml_read_text(yaml, strlen(yaml), "a.yaml", arena, diags, &root), STF_OK);
  sample_tree tree;
  assert_int_equal(stf_options_read(root, &sample_tree_table, arena, diags, &tree), STF_OK);
  assert_int_equal(((const sample_tree *)tree.inner.items)->inner.count, 2);
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  assert_non_null(stream);
  stf_options_describe(&sample_tree_table, stream);
  fclose(stream);
  assert_non_null(strstr(text, "(the keys of tree, as above)"));
  free(text);
  stf_text_sink found = {0};
  assert_int_equal(stf_options_find(&sample_tree_table, "inner", note, &found), 1);
}

static void options_are_found_by_the_end_of_their_path(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"thickness", "layers.thickness "},
      {"layers.thickness", "layers.thickness "},
      {"layers[2].thickness", "layers.thickness "},
      {"name", "name layers.name "},
      {"by", "start.pull.by timeline.pull.by "},
      {"pull.by", "start.pull.by timeline.pull.by "},
      {"timeline.pull.by", "timeline.pull.by "},
      {"timeline[1].by", "timeline.pull.by "},
      {"timeline.at", "timeline.at "},
      {"timeline.do", "timeline.do "},
      {"nowhere.size", "mesh.size fine.size "},
      {"ness", ""},
      {"", ""},
      {".", ""},
      {"[", ""},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    char found[300] = "";
    size_t spaces = 0;
    stf_text_sink sink = {.buffer = found, .size = sizeof(found)};
    const size_t count = stf_options_find(&sample_table, cases[i][0], note, &sink);
    assert_string_equal(found, cases[i][1]);
    for (const char *at = found; *at; at++) spaces += *at == ' ';
    assert_int_equal(count, spaces);
  }
  char *long_path = calloc(1, 100001);
  assert_non_null(long_path);
  memset(long_path, 'a', 100000);
  stf_text_sink found = {0};
  assert_int_equal(stf_options_find(&sample_table, long_path, note, &found), 0);
  free(long_path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_kind_is_read_into_its_member),
      TEST(defaults_are_read_like_what_a_user_writes),
      TEST(a_struct_of_defaults_needs_no_file),
      TEST(a_default_outside_its_own_option_is_a_bug),
      TEST(unknown_keys_are_answered_with_the_nearest),
      TEST(missing_keys_are_named_with_what_they_take),
      TEST(quantities_say_what_is_wrong_with_them),
      TEST(ranges_are_shown_in_the_units_of_the_user),
      TEST(closed_ends_of_ranges_forgive_the_rounding_of_units),
      TEST(whole_numbers_are_whole),
      TEST(texts_names_choices_and_flags_are_checked),
      TEST(a_name_is_no_path),
      TEST(files_are_resolved_beside_the_file_that_names_them),
      TEST(lists_written_as_something_else_are_explained),
      TEST(lengths_of_lists_are_checked_and_their_items_all_the_same),
      TEST(variants_say_what_there_is_to_pick),
      TEST(pairs_are_names_on_both_sides),
      TEST(all_faults_of_a_file_come_at_once),
      TEST(a_root_that_is_no_mapping_is_one_error),
      TEST(twenty_thousand_faults_are_counted_quickly),
      TEST(ranges_read_well),
      TEST(descriptions_show_everything),
      TEST(tables_that_hold_themselves_are_read_described_and_searched),
      TEST(options_are_found_by_the_end_of_their_path),
  };
  return cmocka_run_group_tests(tests, start_units, stop_units);
}
