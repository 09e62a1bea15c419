/* curves.csv: what is written can be read back, in the units of the header, and damage is seen. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/curves.h"
#include "stf_files.h"
#include "stf_test.h"

static const stf_column columns[] = {
    {"time", STF_TIME, "minute"}, {"force", STF_FORCE, "N"}, {"stretch", STF_RATIO, ""}, {"angle", STF_ANGLE, "deg"}};

static stf_curves *two_rows(void) {
  stf_curves *curves = stf_curves_create(columns, 4);
  assert_non_null(curves);
  assert_int_equal(stf_curves_append(curves, (const double[]){0, -0.0, 1, M_PI}), STF_OK);
  assert_int_equal(stf_curves_append(curves, (const double[]){90, 1.0 / 3, NAN, -M_PI / 180}), STF_OK);
  return curves;
}

static void writes_units_in_the_header_and_ten_digits(void **state) {
  stf_curves *curves = two_rows();
  assert_int_equal(stf_curves_write(curves, "c.csv", *state), STF_OK);
  assert_string_equal(stf_files_read("c.csv", NULL), "time [minute],force [N],stretch,angle [deg]\n"
                                                     "0,0,1,180\n"
                                                     "1.5,0.3333333333,,-1\n");
  assert_false(stf_files_exists("c.csv.tmp"));
  stf_curves_destroy(curves);
}

static void keeps_base_and_shown_values_apart(void **state) {
  (void)state;
  stf_curves *curves = two_rows();
  assert_int_equal(stf_curves_columns(curves), 4);
  assert_int_equal(stf_curves_rows(curves), 2);
  assert_true(stf_curves_value(curves, 1, 0) == 90);
  stf_assert_near(stf_curves_shown(curves, 1, 0), 1.5, 1e-15);
  assert_int_equal(stf_curves_find(curves, "angle"), 3);
  assert_int_equal(stf_curves_find(curves, "angl"), -1);
  assert_string_equal(stf_curves_column(curves, 1)->unit, "N");
  stf_curves_destroy(curves);
}

static void refuses_units_of_something_else(void **state) {
  (void)state;
  assert_null(stf_curves_create(&(stf_column){"force", STF_FORCE, "mm"}, 1));
  assert_null(stf_curves_create(&(stf_column){"force", STF_FORCE, "newtonish"}, 1));
  assert_null(stf_curves_create(&(stf_column){"force", STF_FORCE, ""}, 1));
  assert_null(stf_curves_create(&(stf_column){"force,torque", STF_FORCE, "N"}, 1));
  assert_null(stf_curves_create(columns, 0));
}

static void reads_back_what_it_wrote(void **state) {
  stf_curves *curves = two_rows(), *back;
  for (int i = 0; i < 1000; i++) {
    assert_int_equal(stf_curves_append(curves, (const double[]){i * 1e-7, i * 1e30, -i, 1e-300}), STF_OK);
  }
  assert_int_equal(stf_curves_write(curves, "c.csv", *state), STF_OK);
  assert_int_equal(stf_curves_read("c.csv", *state, &back), STF_OK);
  assert_int_equal(stf_curves_rows(back), 1002);
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(stf_curves_column(back, i)->name, columns[i].name);
    assert_string_equal(stf_curves_column(back, i)->unit, columns[i].unit);
    for (size_t row = 2; row < 1002; row++) {
      const double written = stf_curves_shown(curves, row, i), read = stf_curves_shown(back, row, i);
      stf_assert_small(fabs(read - written), 5e-10 * fabs(written));
      assert_true(stf_curves_value(back, row, i) == read);
    }
  }
  assert_true(isnan(stf_curves_shown(back, 1, 2)));
  assert_int_equal(stf_curves_write(back, "again.csv", *state), STF_OK);
  char *first = strdup(stf_files_read("c.csv", NULL));
  assert_string_equal(first, stf_files_read("again.csv", NULL));
  free(first);
  stf_curves_destroy(back);
  stf_curves_destroy(curves);
}

static void reads_files_that_a_spreadsheet_saved(void **state) {
  stf_curves *curves;
  stf_files_write("c.csv", "\xEF\xBB\xBFtime [s],\"force [N]\" , stretch\r\n0,  1.5\t,\"2\"\r\n1,2e3,\r\n");
  assert_int_equal(stf_curves_read("c.csv", *state, &curves), STF_OK);
  assert_int_equal(stf_curves_find(curves, "time"), 0);
  assert_string_equal(stf_curves_column(curves, 1)->unit, "N");
  assert_true(stf_curves_shown(curves, 0, 1) == 1.5 && stf_curves_shown(curves, 0, 2) == 2);
  assert_true(stf_curves_shown(curves, 1, 1) == 2000 && isnan(stf_curves_shown(curves, 1, 2)));
  stf_curves_destroy(curves);
}

static void assert_refused(stf_diags *diags, const char *text, stf_status expected, const char *said) {
  stf_curves *curves = (stf_curves *)1;
  stf_files_write("bad.csv", text);
  assert_int_equal(stf_curves_read("bad.csv", diags, &curves), expected);
  assert_null(curves);
  stf_files_assert_said(diags, said);
}

static void sees_damage_with_its_place(void **state) {
  assert_refused(*state, "", STF_BAD_INPUT, "bad.csv: error: found an empty file");
  assert_refused(*state, "time [s],force [N]\n0,1\n1\n", STF_BAD_INPUT, "bad.csv:3: error: found 1 fields");
  assert_refused(*state, "time [s],force [N]\n0,1,2\n", STF_BAD_INPUT, "bad.csv:2: error: found 3 fields");
  assert_refused(*state, "time [s],force [N]\n0,abc\n", STF_BAD_INPUT, "bad.csv:2:3: error: found abc");
  assert_refused(*state, "time [s],force [N]\n0,1 2\n", STF_BAD_INPUT, "bad.csv:2:3: error: found 1 2");
  assert_refused(*state, "time [s],force [N]\n0,nan\n", STF_BAD_INPUT, "found nan");
  assert_refused(*state, "time [s],force [N]\n0,0x10\n", STF_BAD_INPUT, "found 0x10");
  assert_refused(*state, "time [s],force [N]\n0,1e999\n", STF_BAD_INPUT, "found 1e999");
  assert_refused(*state, "time [s,force [N]\n", STF_BAD_INPUT, "bad.csv:1:1: error: found time [s");
  assert_refused(*state, "time [],force\n", STF_BAD_INPUT, "found time []");
  assert_refused(*state, "time,force,time\n", STF_BAD_INPUT, "bad.csv:1:12: error: found time; expected each name");
  assert_refused(*state, "\"time,force\n", STF_BAD_INPUT, "a quote that is not closed");
  assert_refused(*state, "time,force\n\"1\"2,3\n", STF_BAD_INPUT, "bad.csv:2: error: found a quote");
  assert_refused(*state, "time\n1\n\xff\xfe\n", STF_BAD_INPUT, "bad.csv:3: error: found bytes that are not UTF-8");
}

static void refuses_what_is_no_file(void **state) {
  stf_curves *curves;
  assert_int_equal(stf_curves_read("nowhere.csv", *state, &curves), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "nowhere.csv: error: expected to read this file (No such file");
  assert_int_equal(stf_curves_read(".", *state, &curves), STF_BAD_INPUT);
  stf_files_assert_said(*state, "found a folder; expected a file");
  assert_int_equal(stf_curves_read("/dev/zero", *state, &curves), STF_BAD_INPUT);
  stf_files_write_bytes("bin.csv", "time\n1\0\n", 8);
  assert_int_equal(stf_curves_read("bin.csv", *state, &curves), STF_BAD_INPUT);
  assert_null(curves);
}

static void reports_every_bad_row_up_to_a_limit(void **state) {
  stf_curves *curves;
  FILE *file = fopen("many.csv", "w");
  fprintf(file, "time\n");
  for (int i = 0; i < 5000; i++) fprintf(file, "x%d\n", i);
  fclose(file);
  assert_int_equal(stf_curves_read("many.csv", *state, &curves), STF_BAD_INPUT);
  stf_files_assert_said(*state, "many.csv:2:1: error: found x0");
  stf_files_assert_said(*state, "many.csv:101:1: error: found x99");
  assert_int_equal(stf_diags_count(*state), STF_DIAGS_KEPT);
}

static void says_why_it_cannot_write(void **state) {
  stf_curves *curves = two_rows();
  assert_int_equal(stf_curves_write(curves, "no/where/c.csv", *state), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "no/where/c.csv: error: expected to write this file (No such file or directory)");
  stf_curves_destroy(curves);
}

static int start_units(void **state) {
  (void)state;
  return stf_units_start();
}

static int stop_units(void **state) {
  (void)state;
  stf_units_stop();
  return 0;
}

#define FILES(test) cmocka_unit_test_setup_teardown(test, stf_files_setup, stf_files_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES(writes_units_in_the_header_and_ten_digits),
      FILES(keeps_base_and_shown_values_apart),
      FILES(refuses_units_of_something_else),
      FILES(reads_back_what_it_wrote),
      FILES(reads_files_that_a_spreadsheet_saved),
      FILES(sees_damage_with_its_place),
      FILES(refuses_what_is_no_file),
      FILES(reports_every_bad_row_up_to_a_limit),
      FILES(says_why_it_cannot_write),
  };
  return cmocka_run_group_tests(tests, start_units, stop_units);
}
