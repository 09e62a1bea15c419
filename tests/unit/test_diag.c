/* Diagnostics: one line each, sorted, bounded in number and safe to print. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "stf_test.h"

static int start(void **state) {
  *state = stf_diags_create();
  return *state ? 0 : -1;
}

static int stop(void **state) {
  stf_diags_destroy(*state);
  return 0;
}

static void check_line(stf_diag diag, const char *expected) {
  char line[500];
  assert_int_equal(stf_diag_format(&diag, line, sizeof(line)), strlen(expected));
  assert_string_equal(line, expected);
}

static void a_line_has_place_path_found_expected_and_hint(void **state) {
  (void)state;
  const stf_place place = {"case.yaml", 12, 5, "timeline[1].by"};
  check_line((stf_diag){STF_ERROR, place, "6", "a length with its unit", "did you mean 6 mm?"},
             "case.yaml:12:5: error: timeline[1].by: found 6; expected a length with its unit (did you mean 6 mm?)");
}

static void a_line_leaves_out_what_is_unknown(void **state) {
  (void)state;
  check_line((stf_diag){STF_ERROR, {"a.yaml", 0, 0, NULL}, "a folder", NULL, NULL}, "a.yaml: error: found a folder");
  check_line((stf_diag){STF_WARNING, {"a.yaml", 3, 0, NULL}, "x", NULL, NULL}, "a.yaml:3: warning: found x");
  check_line((stf_diag){STF_ERROR, {NULL, 3, 4, "a"}, NULL, "y", NULL}, "error: a: expected y");
  check_line((stf_diag){STF_ERROR, {0}, NULL, NULL, NULL}, "error: ");
  check_line((stf_diag){STF_ERROR, {0}, "x", "", ""}, "error: found x");
}

static void hostile_text_is_escaped_everywhere(void **state) {
  (void)state;
  check_line((stf_diag){STF_ERROR, {"a\n.yaml", 1, 1, "\x1B]0;x"}, "\x07", "\xFF", "\r"},
             "a\\x0A.yaml:1:1: error: \\x1B]0;x: found \\x07; expected \\xFF (\\x0D)");
}

static void formatting_is_cut_like_snprintf(void **state) {
  (void)state;
  const stf_diag diag = {STF_ERROR, {"a.yaml", 1, 1, NULL}, "x", NULL, NULL};
  char line[10] = "#########";
  assert_int_equal(stf_diag_format(&diag, line, 8), strlen("a.yaml:1:1: error: found x"));
  assert_string_equal(line, "a.yaml:");
  assert_int_equal(line[8], '#');
  assert_int_equal(stf_diag_format(&diag, NULL, 0), strlen("a.yaml:1:1: error: found x"));
}

static void all_text_is_copied(void **state) {
  stf_diags *diags = *state;
  char file[] = "file", path[] = "path", found[] = "found", expected[] = "expected", hint[] = "hint";
  stf_diags_add(diags, STF_ERROR, (stf_place){file, 1, 2, path}, found, expected, hint);
  memset(file, '#', 4), memset(path, '#', 4), memset(found, '#', 5), memset(expected, '#', 8), memset(hint, '#', 4);
  const stf_diag *kept = stf_diags_get(diags, 0);
  assert_string_equal(kept->place.file, "file");
  assert_string_equal(kept->place.path, "path");
  assert_string_equal(kept->found, "found");
  assert_string_equal(kept->expected, "expected");
  assert_string_equal(kept->hint, "hint");
  assert_null(stf_diags_get(diags, 1));
}

/* What stf_diags_print writes; to be freed. */
static char *printed(const stf_diags *diags) {
  char *text = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);
  assert_non_null(stream);
  stf_diags_print(diags, stream);
  fclose(stream);
  return text;
}

static void printing_sorts_by_file_line_and_column(void **state) {
  stf_diags *diags = *state;
  stf_diags_add(diags, STF_ERROR, (stf_place){"b", 1, 1, NULL}, "5", NULL, NULL);
  stf_diags_add(diags, STF_ERROR, (stf_place){"a", 10, 1, NULL}, "4", NULL, NULL);
  stf_diags_add(diags, STF_WARNING, (stf_place){"a", 2, 7, NULL}, "2", NULL, NULL);
  stf_diags_add(diags, STF_ERROR, (stf_place){"a", 2, 7, NULL}, "3", NULL, NULL);
  stf_diags_add(diags, STF_ERROR, (stf_place){"a", 2, 1, NULL}, "1", NULL, NULL);
  stf_diags_add(diags, STF_ERROR, (stf_place){NULL, 0, 0, NULL}, "0", NULL, NULL);
  char *text = printed(diags);
  assert_string_equal(text, "error: found 0\na:2:1: error: found 1\na:2:7: warning: found 2\na:2:7: error: found 3\n"
                            "a:10:1: error: found 4\nb:1:1: error: found 5\n");
  free(text);
  assert_int_equal(stf_diags_errors(diags), 5);
  assert_int_equal(stf_diags_warnings(diags), 1);
}

static void a_line_longer_than_any_buffer_is_printed_whole(void **state) {
  stf_diags *diags = *state;
  char *found = calloc(1, 5001);
  assert_non_null(found);
  memset(found, 'x', 5000);
  stf_diags_add(diags, STF_ERROR, (stf_place){0}, found, NULL, NULL);
  char *text = printed(diags);
  assert_int_equal(strlen(text), strlen("error: found \n") + 5000);
  free(text);
  free(found);
}

static void more_than_a_hundred_are_counted_but_not_kept(void **state) {
  stf_diags *diags = *state;
  for (int i = 0; i < 250; i++) {
    assert_int_equal(stf_diags_full(diags), i >= STF_DIAGS_KEPT);
    const char *found = stf_diags_text(diags, "%d", i);
    assert_string_equal(found, i < STF_DIAGS_KEPT ? found : "");
    stf_diags_add(diags, STF_ERROR, (stf_place){"a", i + 1, 1, NULL}, found, NULL, NULL);
  }
  assert_int_equal(stf_diags_errors(diags), 250);
  assert_int_equal(stf_diags_count(diags), STF_DIAGS_KEPT);
  char *text = printed(diags);
  assert_non_null(strstr(text, "a:100:1: error: found 99\nand 150 more\n"));
  free(text);
}

static void errors_take_the_place_of_warnings(void **state) {
  stf_diags *diags = *state;
  for (int i = 0; i < STF_DIAGS_KEPT; i++) stf_diags_add(diags, STF_WARNING, (stf_place){0}, "w", NULL, NULL);
  stf_diags_add(diags, STF_WARNING, (stf_place){0}, "late", NULL, NULL);
  stf_diags_add(diags, STF_ERROR, (stf_place){0}, "e", NULL, NULL);
  size_t errors = 0;
  for (size_t i = 0; i < stf_diags_count(diags); i++) errors += stf_diags_get(diags, i)->severity == STF_ERROR;
  assert_int_equal(errors, 1);
  assert_int_equal(stf_diags_count(diags), STF_DIAGS_KEPT);
  assert_int_equal(stf_diags_errors(diags), 1);
  assert_int_equal(stf_diags_warnings(diags), STF_DIAGS_KEPT + 1);
}

static void quotes_are_cut_and_escaped(void **state) {
  stf_diags *diags = *state;
  char text[200];
  memset(text, 'y', sizeof(text));
  const char *quote = stf_diags_quote(diags, text, sizeof(text));
  assert_int_equal(strlen(quote), STF_DIAG_QUOTE + 3);
  assert_string_equal(quote + STF_DIAG_QUOTE - 1, "y...");
  memset(text, '\x01', sizeof(text));
  assert_int_equal(strlen(stf_diags_quote(diags, text, sizeof(text))), 4 * STF_DIAG_QUOTE + 3);
  for (size_t i = 0; i < sizeof(text); i++) text[i] = "\xF3\xA0\x80\x80"[i % 4]; /* four bytes, all escaped */
  assert_int_equal(strlen(stf_diags_quote(diags, text, sizeof(text))), 16 * 50);
  assert_string_equal(stf_diags_quote(diags, "", 0), "nothing");
  assert_string_equal(stf_diags_quote(diags, "6 mm", 1), "6");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_line_has_place_path_found_expected_and_hint),
      cmocka_unit_test(a_line_leaves_out_what_is_unknown),
      cmocka_unit_test(hostile_text_is_escaped_everywhere),
      cmocka_unit_test(formatting_is_cut_like_snprintf),
      cmocka_unit_test_setup_teardown(all_text_is_copied, start, stop),
      cmocka_unit_test_setup_teardown(printing_sorts_by_file_line_and_column, start, stop),
      cmocka_unit_test_setup_teardown(a_line_longer_than_any_buffer_is_printed_whole, start, stop),
      cmocka_unit_test_setup_teardown(more_than_a_hundred_are_counted_but_not_kept, start, stop),
      cmocka_unit_test_setup_teardown(errors_take_the_place_of_warnings, start, stop),
      cmocka_unit_test_setup_teardown(quotes_are_cut_and_escaped, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
