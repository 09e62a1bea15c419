/* Quantities: what a biomechanist writes is read, what UDUNITS would misread is refused. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "stf_test.h"

static int start(void **state) {
  (void)state;
  return (int)stf_units_start();
}

static int stop(void **state) {
  (void)state;
  stf_units_stop();
  return 0;
}

static void units_convert_to_base_units(void **state) {
  (void)state;
  static const struct {
    const char *text;
    stf_dimension dimension;
    double value;
  } cases[] = {
      {"0.9 mm", STF_LENGTH, 0.9},
      {"0.9mm", STF_LENGTH, 0.9},
      {"  0.9   mm  ", STF_LENGTH, 0.9},
      {"1e3 mm", STF_LENGTH, 1000},
      {".5 mm", STF_LENGTH, 0.5},
      {"-3 mm", STF_LENGTH, -3},
      {"+3 mm", STF_LENGTH, 3},
      {"6 cm", STF_LENGTH, 60},
      {"1 m", STF_LENGTH, 1000},
      {"5 \xC2\xB5m", STF_LENGTH, 0.005},
      {"5 \xCE\xBCm", STF_LENGTH, 0.005}, /* Greek mu */
      {"5 um", STF_LENGTH, 0.005},
      {"5 micrometer", STF_LENGTH, 0.005},
      {"300 nm", STF_LENGTH, 3e-4},
      {"1 inch", STF_LENGTH, 25.4},
      {"2 millimetres", STF_LENGTH, 2},
      {"12 mm2", STF_AREA, 12},
      {"12 mm^2", STF_AREA, 12},
      {"12 mm**2", STF_AREA, 12},
      {"12 mm\xC2\xB2", STF_AREA, 12},
      {"12 mm mm", STF_AREA, 12},
      {"1 cm2", STF_AREA, 100},
      {"1 cm3", STF_VOLUME, 1000},
      {"1 ml", STF_VOLUME, 1000},
      {"10 s", STF_TIME, 10},
      {"250 ms", STF_TIME, 0.25},
      {"1 min", STF_TIME, 60},
      {"1 h", STF_TIME, 3600},
      {"1 hour", STF_TIME, 3600},
      {"2 hours", STF_TIME, 7200},
      {"1 d", STF_TIME, 86400},
      {"2 days", STF_TIME, 172800},
      {"12 week", STF_TIME, 7257600},
      {"12 weeks", STF_TIME, 7257600},
      {"1 wk", STF_TIME, 604800},
      {"5 N", STF_FORCE, 5},
      {"5 kN", STF_FORCE, 5000},
      {"1 kg m/s2", STF_FORCE, 1},
      {"1 kg m s-2", STF_FORCE, 1},
      {"1 kg\xC2\xB7m\xC2\xB7s\xE2\x81\xBB\xC2\xB2", STF_FORCE, 1}, /* superscript -2 */
      {"1 kgf", STF_FORCE, 9.80665},
      {"25 MPa", STF_STRESS, 25},
      {"3 kPa", STF_STRESS, 0.003},
      {"1 GPa", STF_STRESS, 1000},
      {"1 N/mm^2", STF_STRESS, 1},
      {"1 N/mm2", STF_STRESS, 1},
      {"1 N / mm^2", STF_STRESS, 1},
      {"1 N/(mm mm)", STF_STRESS, 1},
      {"1 N.mm-2", STF_STRESS, 1},
      {"100 mmHg", STF_STRESS, 0.0133322387415},
      {"1 cmH2O", STF_STRESS, 9.80665e-5},
      {"10 N/mm", STF_STIFFNESS, 10},
      {"1 kN/m", STF_STIFFNESS, 1},
      {"0.01 mm/N", STF_COMPLIANCE, 0.01},
      {"1.5 %/s", STF_RATE, 0.015},
      {"1 1/s", STF_RATE, 1},
      {"1 s-1", STF_RATE, 1},
      {"2 Hz", STF_RATE, 2},
      {"60 1/min", STF_RATE, 1},
      {"37 degC", STF_TEMPERATURE, 310.15},
      {"1.06 g/cm3", STF_DENSITY, 1.06e-9},
      {"1060 kg/m^3", STF_DENSITY, 1.06e-9},
      {"9.81 m/s2", STF_ACCELERATION, 9810},
      {"37 \xC2\xB0"
       "C",
       STF_TEMPERATURE, 310.15},
      {"98.6 degF", STF_TEMPERATURE, 310.15},
      {"300 K", STF_TEMPERATURE, 300},
      {"110 kJ/mol", STF_MOLAR_ENERGY, 110},
      {"110000 J mol-1", STF_MOLAR_ENERGY, 110},
      {"180 deg", STF_ANGLE, M_PI},
      {"180\xC2\xB0", STF_ANGLE, M_PI},
      {"180 degree", STF_ANGLE, M_PI},
      {"180 degrees", STF_ANGLE, M_PI},
      {"60 arcmin", STF_ANGLE, M_PI / 180},
      {"2 rad", STF_ANGLE, 2},
      {"2 mrad", STF_ANGLE, 0.002},
      {"0.3", STF_RATIO, 0.3},
      {"6 %", STF_RATIO, 0.06},
      {"6%", STF_RATIO, 0.06},
      {"6 percent", STF_RATIO, 0.06},
      {"1", STF_RATIO, 1},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    double value = NAN;
    stf_test_about("%s", cases[i].text);
    assert_int_equal(stf_quantity_parse(cases[i].text, cases[i].dimension, &value), STF_QUANTITY_OK);
    stf_assert_near(value, cases[i].value, 1e-14);
  }
}

static void zero_needs_a_unit_too(void **state) {
  (void)state;
  double value = 1;
  assert_int_equal(stf_quantity_parse("0", STF_LENGTH, &value), STF_QUANTITY_NO_UNIT);
  assert_int_equal(stf_quantity_parse("0 mm", STF_LENGTH, &value), STF_QUANTITY_OK);
  assert_true(value == 0);
}

static void what_no_person_meant_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    stf_dimension dimension;
    stf_quantity_fault fault;
  } cases[] = {
      {"", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"inf mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"nan mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"1e999 mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"1e300 Gm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"0.3e mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"0.3e- mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"six mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"- 3 mm", STF_LENGTH, STF_QUANTITY_NO_NUMBER},
      {"6", STF_LENGTH, STF_QUANTITY_NO_UNIT},
      {"6  ", STF_LENGTH, STF_QUANTITY_NO_UNIT},
      {"6", STF_ANGLE, STF_QUANTITY_NO_UNIT},
      {"0x10 mm", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"2 3 mm", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"5 mm 3 week", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"5 mm 3", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6,5 mm", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm,", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"1 h 30 min", STF_TIME, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm @ 3", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm since 2000", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 1000 um", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mn", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 Mpa", STF_STRESS, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm/", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 /mm", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm^", STF_AREA, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm^2.5", STF_AREA, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm^0", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm^22", STF_AREA, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 (mm", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 mm)", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 ()", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 N-mm", STF_FORCE, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 (((((((((((((((((mm)))))))))))))))))", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"6 (((m^9)^9)^9)^9", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"3 e", STF_LENGTH, STF_QUANTITY_UNKNOWN_UNIT},
      {"3 a", STF_TIME, STF_QUANTITY_UNKNOWN_UNIT}, /* an are to UDUNITS, a year to others */
      {"3 cycle", STF_ANGLE, STF_QUANTITY_UNKNOWN_UNIT},
      {"3 lg(re 1 mW)", STF_RATIO, STF_QUANTITY_UNKNOWN_UNIT},
      {"3 s", STF_LENGTH, STF_QUANTITY_WRONG_DIMENSION},
      {"3 s", STF_RATE, STF_QUANTITY_WRONG_DIMENSION}, /* UDUNITS makes it 1/3 s-1 */
      {"3 N/mm", STF_COMPLIANCE, STF_QUANTITY_WRONG_DIMENSION},
      {"3 1/mm", STF_LENGTH, STF_QUANTITY_WRONG_DIMENSION},
      {"3 %", STF_ANGLE, STF_QUANTITY_WRONG_DIMENSION},
      {"3 rad", STF_RATIO, STF_QUANTITY_WRONG_DIMENSION},
      {"3 mm/mm", STF_RATIO, STF_QUANTITY_WRONG_DIMENSION},
      {"3 deg/s", STF_RATE, STF_QUANTITY_WRONG_DIMENSION},
      {"3 rpm", STF_RATE, STF_QUANTITY_WRONG_DIMENSION},
      {"3 kg", STF_FORCE, STF_QUANTITY_WRONG_DIMENSION},
      {"37 C", STF_TEMPERATURE, STF_QUANTITY_WRONG_DIMENSION},
      {"3 N m", STF_FORCE, STF_QUANTITY_WRONG_DIMENSION},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    double value = 12345;
    stf_test_about("%s", cases[i].text);
    const stf_quantity_fault fault = stf_quantity_parse(cases[i].text, cases[i].dimension, &value);
    if (fault != cases[i].fault) fail_msg("\"%s\": fault %d, expected %d", cases[i].text, fault, cases[i].fault);
    assert_true(value == 12345);
  }
}

static void a_very_long_unit_is_refused_quickly(void **state) {
  (void)state;
  char *text = malloc(1 << 20);
  assert_non_null(text);
  memset(text, 'm', (1 << 20) - 1);
  text[(1 << 20) - 1] = '\0';
  memcpy(text, "3 ", 2);
  double value = 0;
  assert_int_equal(stf_quantity_parse(text, STF_LENGTH, &value), STF_QUANTITY_UNKNOWN_UNIT);
  assert_null(stf_quantity_called(text));
  free(text);
}

static void each_dimension_reads_its_own_example_and_base_only(void **state) {
  (void)state;
  for (int d = 0; d < STF_DIMENSIONS; d++) {
    const stf_dimension_info *info = stf_dimension_describe((stf_dimension)d);
    for (int other = 0; other < STF_DIMENSIONS; other++) {
      double value = 0;
      const stf_quantity_fault fault = stf_quantity_parse(info->example, (stf_dimension)other, &value);
      assert_true((fault == STF_QUANTITY_OK) == (d == other));
    }
    double factor = 0, offset = 1;
    assert_int_equal(stf_units_from_base((stf_dimension)d, info->base, &factor, &offset), STF_OK);
    assert_true(factor == 1 && offset == 0);
    assert_non_null(strstr(info->article, info->name));
  }
}

static void base_units_convert_back(void **state) {
  (void)state;
  static const struct {
    stf_dimension dimension;
    const char *unit;
    double base, value;
  } cases[] = {
      {STF_TIME, "week", 1209600, 2},     {STF_ANGLE, "deg", M_PI, 180}, {STF_TEMPERATURE, "degC", 310.15, 37},
      {STF_STRESS, "kPa", 0.003, 3},      {STF_RATIO, "%", 0.06, 6},     {STF_RATIO, "", 0.06, 0.06},
      {STF_LENGTH, "\xC2\xB5m", 1, 1000}, {STF_RATIO, "1", 0.06, 0.06},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    double factor = 0, offset = 0;
    stf_test_about("%s", cases[i].unit);
    assert_int_equal(stf_units_from_base(cases[i].dimension, cases[i].unit, &factor, &offset), STF_OK);
    stf_assert_near(cases[i].base * factor + offset, cases[i].value, 1e-12);
  }
  double factor = 0, offset = 0;
  assert_int_equal(stf_units_from_base(STF_LENGTH, "s", &factor, &offset), STF_BAD_INPUT);
  assert_int_equal(stf_units_from_base(STF_RATE, "s", &factor, &offset), STF_BAD_INPUT);
  assert_int_equal(stf_units_from_base(STF_RATIO, "rad", &factor, &offset), STF_BAD_INPUT);
  assert_int_equal(stf_units_from_base(STF_LENGTH, "3 mm", &factor, &offset), STF_BAD_INPUT);
  assert_int_equal(stf_units_from_base(STF_LENGTH, "nonsense", &factor, &offset), STF_BAD_INPUT);
}

static void quantities_are_written_as_people_write_them(void **state) {
  (void)state;
  static const struct {
    double value;
    stf_dimension dimension;
    const char *text;
  } cases[] = {
      {0.8, STF_LENGTH, "0.8 mm"},
      {M_PI / 4, STF_ANGLE, "45 deg"},
      {0.3, STF_RATIO, "0.3"},
      {310.15, STF_TEMPERATURE, "37 degC"},
      {1.06e-9, STF_DENSITY, "1.06 g/cm^3"},
      {9810, STF_ACCELERATION, "9.81 m/s^2"},
      {110, STF_MOLAR_ENERGY, "110 kJ/mol"},
      {10, STF_TIME, "10 s"},
      {90, STF_TIME, "90 s"},
      {7200, STF_TIME, "2 h"},
      {57600, STF_TIME, "16 h"},
      {172800, STF_TIME, "2 day"},
      {7257600, STF_TIME, "12 week"},
      {5400, STF_TIME, "5400 s"},
      {2629743.8, STF_TIME, "30.4368 day"},
      {0, STF_TIME, "0 s"},
      {-0.0, STF_LENGTH, "0 mm"},
      {1.0 / 3, STF_STRESS, "0.333333 MPa"},
      {0.015, STF_RATE, "0.015 1/s"},
      {12, STF_AREA, "12 mm^2"},
      {7e-10, STF_VISCOSITY, "0.0007 Pa s"},
      {6e-4, STF_INTERFACE_STIFFNESS, "0.0006 MPa/mm"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    char text[64];
    assert_int_equal(stf_quantity_format(cases[i].value, cases[i].dimension, text, sizeof(text)),
                     strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
    double value = NAN;
    assert_int_equal(stf_quantity_parse(text, cases[i].dimension, &value), STF_QUANTITY_OK);
    stf_assert_small(fabs(value - cases[i].value), 1e-5 * fabs(cases[i].value));
  }
  char small[4] = "###";
  assert_int_equal(stf_quantity_format(0.8, STF_LENGTH, small, 3), 6);
  assert_string_equal(small, "0.");
}

static void units_of_something_else_are_named(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"3 s", "a time"},       {"3 mm", "a length"},  {"3 deg", "an angle"},  {"3 %", "a ratio"},
      {"3 kg", "a mass"},      {"3 Nm", "a moment"},  {"3 N mm", "a moment"}, {"3 mPa s", "a viscosity"},
      {"3 cP", "a viscosity"}, {"3 mm/s", "a speed"}, {"3 Da", "a mass"},     {"3 deg/s", "an angular speed"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    const char *called = stf_quantity_called(cases[i][0]);
    assert_non_null(called);
    assert_string_equal(called, cases[i][1]);
  }
  assert_null(stf_quantity_called("3"));
  assert_null(stf_quantity_called("3 nonsense"));
  assert_null(stf_quantity_called("3 m7"));
  assert_null(stf_quantity_called("mm"));
}

static void the_unit_is_found_in_the_text(void **state) {
  (void)state;
  assert_string_equal(stf_quantity_unit("3 mm/s"), "mm/s");
  assert_string_equal(stf_quantity_unit("3mm"), "mm");
  assert_string_equal(stf_quantity_unit(" 3 "), "");
  assert_null(stf_quantity_unit("mm"));
  assert_null(stf_quantity_unit("0.3e mm"));
}

static void slips_are_answered_with_what_was_meant(void **state) {
  (void)state;
  static const struct {
    const char *text;
    stf_dimension dimension;
    const char *hint;
  } cases[] = {
      {"6", STF_LENGTH, "did you mean 6 mm?"},
      {"-.5e1", STF_LENGTH, "did you mean -.5e1 mm?"},
      {"45", STF_ANGLE, "did you mean 45 deg?"},
      {"37", STF_TEMPERATURE, "did you mean 37 degC?"},
      {"37 C", STF_TEMPERATURE, "did you mean 37 degC?"},
      {"25 Mpa", STF_STRESS, "did you mean 25 MPa?"},
      {"25 kpa", STF_STRESS, "did you mean 25 kPa?"},
      {"6 mn", STF_LENGTH, "did you mean 6 mm?"},
      {"12 wekk", STF_TIME, "did you mean 12 week?"},
      {"6,5 mm", STF_LENGTH, "write the decimal point as a point"},
      {"1 h 30 min", STF_TIME, "write one number and one unit"},
      {"2 3 mm", STF_LENGTH, "write one number and one unit"},
      {"3 s", STF_LENGTH, ""},
      {"3 mm", STF_LENGTH, ""},
      {"3 gobbledygook", STF_LENGTH, ""},
      {"mm", STF_LENGTH, ""},
      {"", STF_LENGTH, ""},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    char hint[100];
    assert_int_equal(stf_quantity_suggest(cases[i].text, cases[i].dimension, hint, sizeof(hint)),
                     strlen(cases[i].hint));
    assert_string_equal(hint, cases[i].hint);
  }
}

static void without_the_database_only_bare_ratios_are_read(void **state) {
  (void)state;
  stf_units_stop();
  double value = 0;
  assert_int_equal(stf_quantity_parse("3 mm", STF_LENGTH, &value), STF_QUANTITY_UNKNOWN_UNIT);
  assert_int_equal(stf_quantity_parse("0.3", STF_RATIO, &value), STF_QUANTITY_OK);
  setenv("UDUNITS2_XML_PATH", "/nonexistent.xml", 1);
  assert_int_equal(stf_units_start(), STF_NO_RESOURCE);
  unsetenv("UDUNITS2_XML_PATH");
  assert_int_equal(stf_units_start(), STF_OK);
  assert_int_equal(stf_units_start(), STF_OK);
  assert_int_equal(stf_quantity_parse("3 mm", STF_LENGTH, &value), STF_QUANTITY_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(units_convert_to_base_units),
      cmocka_unit_test(zero_needs_a_unit_too),
      cmocka_unit_test(what_no_person_meant_is_refused),
      cmocka_unit_test(a_very_long_unit_is_refused_quickly),
      cmocka_unit_test(each_dimension_reads_its_own_example_and_base_only),
      cmocka_unit_test(base_units_convert_back),
      cmocka_unit_test(quantities_are_written_as_people_write_them),
      cmocka_unit_test(units_of_something_else_are_named),
      cmocka_unit_test(the_unit_is_found_in_the_text),
      cmocka_unit_test(slips_are_answered_with_what_was_meant),
      cmocka_unit_test(without_the_database_only_bare_ratios_are_read),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
