/* Published numbers: what a row may hold, and that every fault is said at its place. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "result/measured.h"
#include "stf_files.h"

#define HEADER "quantity,unit,value,sd,low,high,n,source_key,role\n"

static stf_arena *arena;

static int setup(void **state) {
  arena = stf_arena_create();
  return !arena || stf_files_setup(state);
}

static int teardown(void **state) {
  stf_arena_destroy(arena);
  return stf_files_teardown(state);
}

static stf_status read_text(stf_diags *diags, const char *text, stf_measured **rows, size_t *count) {
  stf_files_write("m.csv", text);
  return stf_measured_read("m.csv", arena, diags, rows, count);
}

static void reads_values_spreads_and_ranges(void **state) {
  stf_measured *rows;
  size_t count;
  assert_int_equal(read_text(*state,
                             "# Yamamoto 1999, table 1\n" HEADER "\n"
                             "modulus,MPa,216,68,,,,yamamoto1999,calibrated\n"
                             "  # ranges\n"
                             "modulus_along,MPa,,,71.6,275.9,17,otsuka2018,predicted\n"
                             "ratio,,6.6,,,,,aparici2025,\r\n"
                             "\"a, b\",\"1\",-1e-3,,-2,-0.5,3,\"k\",check",
                             &rows, &count),
                   STF_OK);
  assert_int_equal(count, 4);
  assert_string_equal(rows[0].quantity, "modulus");
  assert_string_equal(rows[0].unit, "MPa");
  assert_true(rows[0].value == 216 && rows[0].sd == 68 && isnan(rows[0].low) && isnan(rows[0].high));
  assert_int_equal(rows[0].n, 0);
  assert_int_equal(rows[0].line, 4);
  assert_true(isnan(rows[1].value) && isnan(rows[1].sd) && rows[1].low == 71.6 && rows[1].high == 275.9);
  assert_int_equal(rows[1].n, 17);
  assert_int_equal(rows[1].line, 6);
  assert_string_equal(rows[1].source, "otsuka2018");
  assert_string_equal(rows[1].role, "predicted");
  assert_string_equal(rows[2].unit, "");
  assert_string_equal(rows[2].role, "");
  assert_string_equal(rows[3].quantity, "a, b");
  assert_true(rows[3].value == -1e-3 && rows[3].low == -2 && rows[3].high == -0.5);
}

static void takes_columns_in_any_order(void **state) {
  stf_measured *rows;
  size_t count;
  assert_int_equal(read_text(*state, "source_key,value,quantity,unit\nsmith2020,5,force,N\n", &rows, &count), STF_OK);
  assert_int_equal(count, 1);
  assert_string_equal(rows[0].quantity, "force");
  assert_string_equal(rows[0].source, "smith2020");
  assert_true(rows[0].value == 5 && isnan(rows[0].sd) && isnan(rows[0].low) && isnan(rows[0].high));
}

static void reads_a_file_without_rows(void **state) {
  stf_measured *rows;
  size_t count = 7;
  assert_int_equal(read_text(*state, HEADER "# none yet\n\n", &rows, &count), STF_OK);
  assert_int_equal(count, 0);
}

static void assert_refused(stf_diags *diags, const char *text, const char *said) {
  stf_measured *rows;
  size_t count;
  assert_int_equal(read_text(diags, text, &rows, &count), STF_BAD_INPUT);
  stf_files_assert_said(diags, said);
}

static void refuses_headers_it_does_not_know(void **state) {
  assert_refused(*state, "", "m.csv: error: found no column quantity");
  assert_refused(*state, "quantity,unit,value\n", "m.csv:1: error: found no column source_key");
  assert_refused(*state, "quantity,unit,valeu,source_key\n", "m.csv:1:15: error: found valeu");
  stf_files_assert_said(*state, "(did you mean value?)");
  assert_refused(*state, "quantity,unit,value,source_key,sd,sd\n", "m.csv:1:35: error: found sd; expected each column");
  assert_refused(*state, "quantity;unit;value;source_key\n", "found quantity;unit;value");
}

static void refuses_numbers_that_do_not_belong_together(void **state) {
  assert_refused(*state, HEADER "a,N,,,,,,k2000,\n", "m.csv:2:5: error: found nothing; expected a value, or a range");
  assert_refused(*state, HEADER "a,N,1,,2,,,k2000,\n", "m.csv:2:10: error: found nothing; expected both ends");
  assert_refused(*state, HEADER "a,N,1,,,2,,k2000,\n", "m.csv:2:8: error: found nothing; expected both ends");
  assert_refused(*state, HEADER "a,N,1,,3,2,,k2000,\n", "found 3; expected at most the value of high");
  assert_refused(*state, HEADER "a,N,1,0,,,,k2000,\n", "found 0; expected a standard deviation above 0");
  assert_refused(*state, HEADER "a,N,1,-2,,,,k2000,\n", "found -2; expected a standard deviation above 0");
  assert_refused(*state, HEADER "a,N,,2,0,3,,k2000,\n", "found 2; expected a value with this standard");
}

static void refuses_what_is_no_number(void **state) {
  assert_refused(*state, HEADER "a,N,1 N,,,,,k2000,\n", "m.csv:2:5: error: found 1 N; expected a number");
  assert_refused(*state, HEADER "a,N,inf,,,,,k2000,\n", "found inf");
  assert_refused(*state, HEADER "a,N,1,,,,0,k2000,\n", "found 0; expected the number of specimens");
  assert_refused(*state, HEADER "a,N,1,,,,1.5,k2000,\n", "found 1.5; expected the number of specimens");
  assert_refused(*state, HEADER "a,N,\"1,5\",,,,,k2000,\n", "found 1,5");
}

static void refuses_rows_without_name_source_or_known_role(void **state) {
  assert_refused(*state, HEADER ",N,1,,,,,k2000,\n",
                 "m.csv:2:1: error: found nothing; expected the name of a quantity");
  assert_refused(*state, HEADER "a,N,1,,,,,,\n", "expected a key of sources.bib (every number has a source)");
  assert_refused(*state, HEADER "a,N,1,,,,,k2000,guess\n", "found guess; expected input, calibrated, check");
  assert_refused(*state, HEADER "a,N,1,,,,k2000,\n", "m.csv:2: error: found 8 fields; expected 9");
}

static void takes_what_another_model_gave_as_such(void **state) {
  stf_measured *rows;
  size_t count;
  assert_int_equal(read_text(*state, HEADER "a,N,9075,,,,,k2008,published-model\n", &rows, &count), STF_OK);
  assert_string_equal(rows[0].role, "published-model");
}

static void refuses_a_quantity_that_stands_twice(void **state) {
  assert_refused(*state, HEADER "a,N,1,,,,,k2000,\nb,N,1,,,,,k2000,\na,N,2,,,,,k2001,\n",
                 "m.csv:4: error: found a; expected each quantity once (it stands in line 2 too)");
}

static void reports_all_faults_at_once(void **state) {
  assert_refused(*state, HEADER "a,N,x,y,,,,k2000,\nb,N,1,,,,,,wrong\n", "m.csv:2:5");
  stf_files_assert_said(*state, "m.csv:2:7");
  stf_files_assert_said(*state, "m.csv:3:");
  assert_int_equal(stf_diags_errors(*state), 3);
}

static void refuses_huge_and_absent_files(void **state) {
  stf_measured *rows;
  size_t count;
  FILE *file = fopen("huge.csv", "w");
  fseek(file, 100L << 20, SEEK_SET);
  fputc('x', file);
  fclose(file);
  assert_int_equal(stf_measured_read("huge.csv", arena, *state, &rows, &count), STF_BAD_INPUT);
  stf_files_assert_said(*state, "huge.csv: error: found a file of 104857601 bytes; expected at most 4194304");
  assert_int_equal(stf_measured_read("none.csv", arena, *state, &rows, &count), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "none.csv: error: expected to read this file");
}

static void survives_every_cut_of_a_good_file(void **state) {
  static const char text[] = "# c\n" HEADER "\"a \"\"b\"\"\",N,1.5e3,2,,,3,k2000,check\nb,,,,1,2,,k2000,\n";
  for (size_t length = 0; length < sizeof(text); length++) {
    stf_measured *rows;
    size_t count;
    stf_files_write_bytes("cut.csv", text, length);
    stf_measured_read("cut.csv", arena, *state, &rows, &count);
  }
  stf_files_assert_said(*state, "a quote that is not closed");
}

#define FILES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES(reads_values_spreads_and_ranges),
      FILES(takes_columns_in_any_order),
      FILES(reads_a_file_without_rows),
      FILES(refuses_headers_it_does_not_know),
      FILES(refuses_numbers_that_do_not_belong_together),
      FILES(refuses_what_is_no_number),
      FILES(refuses_rows_without_name_source_or_known_role),
      FILES(takes_what_another_model_gave_as_such),
      FILES(refuses_a_quantity_that_stands_twice),
      FILES(reports_all_faults_at_once),
      FILES(refuses_huge_and_absent_files),
      FILES(survives_every_cut_of_a_good_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
