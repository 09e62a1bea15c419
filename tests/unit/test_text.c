/* Spellings, names, UTF-8, numbers and escaping. */
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "stf_test.h"

static const char *const words[] = {"thickness", "tissue", "fibres", "name", "by", "at", "MPa", "neo-hookean"};
enum { WORDS = sizeof(words) / sizeof(*words) };

static void check_nearest(const char *word, const char *expected) {
  const char *found = stf_text_nearest(word, words, WORDS);
  if (!expected) {
    assert_null(found);
  } else {
    assert_non_null(found);
    assert_string_equal(found, expected);
  }
}

static void nearest_finds_dropped_added_changed_and_swapped_letters(void **state) {
  (void)state;
  check_nearest("thicknes", "thickness");
  check_nearest("thicknesss", "thickness");
  check_nearest("thickmess", "thickness");
  check_nearest("thikcness", "thickness");
  check_nearest("nmae", "name");
  check_nearest("fibers", "fibres");
  check_nearest("bz", "by");
}

static void nearest_takes_case_and_hyphens_lightly(void **state) {
  (void)state;
  check_nearest("THICKNESS", "thickness");
  check_nearest("Mpa", "MPa");
  check_nearest("Neo_Hookean", "neo-hookean");
}

static void nearest_gives_up_on_other_words(void **state) {
  (void)state;
  check_nearest("gravity", NULL);
  check_nearest("x", NULL);
  check_nearest("", NULL);
  check_nearest("thk", NULL);
  char long_word[5000];
  memset(long_word, 't', sizeof(long_word) - 1);
  long_word[sizeof(long_word) - 1] = '\0';
  check_nearest(long_word, NULL);
}

static void nearest_prefers_the_closest_and_the_first_of_equals(void **state) {
  (void)state;
  static const char *const units[] = {"mm", "cm", "um", "m"};
  assert_string_equal(stf_text_nearest("nm", units, 4), "mm");
  assert_string_equal(stf_text_nearest("cn", units, 4), "cm");
  assert_string_equal(stf_text_nearest("UM", units, 4), "um");
}

static void names_are_safe_as_file_names(void **state) {
  (void)state;
  static const char *const good[] = {"a", "fascia_lata", "1.15", "A-b.c_d", "0"};
  static const char *const bad[] = {"", ".", "..", ".a", "-a", "_a", "a/b", "a b", "a\n", "\xC3\xA4", "a\\b", "a:b"};
  for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) assert_true(stf_text_is_name(good[i]));
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) assert_false(stf_text_is_name(bad[i]));
  char name[102];
  memset(name, 'a', sizeof(name));
  name[100] = '\0';
  assert_true(stf_text_is_name(name));
  name[100] = 'a';
  name[101] = '\0';
  assert_false(stf_text_is_name(name));
}

static void decode_refuses_what_is_not_utf8(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t size;
    unsigned code;
  } cases[] = {
      {"a", 1, 'a'},
      {"\xC2\xB5", 2, 0xB5},
      {"\xE2\x82\xAC", 3, 0x20AC},
      {"\xF0\x9F\x98\x80", 4, 0x1F600},
      {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
      {"\x80", 0, 0},
      {"\xC0\x80", 0, 0}, /* overlong NUL */
      {"\xC1\xBF", 0, 0},
      {"\xE0\x80\x80", 0, 0}, /* overlong */
      {"\xED\xA0\x80", 0, 0}, /* surrogate */
      {"\xF0\x80\x80\x80", 0, 0},
      {"\xF4\x90\x80\x80", 0, 0}, /* over U+10FFFF */
      {"\xF5\x80\x80\x80", 0, 0},
      {"\xC2", 0, 0},
      {"\xE2\x82", 0, 0},
      {"\xC2z", 0, 0},
      {"\xFF", 0, 0},
      {"", 0, 0},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    unsigned code = 0;
    assert_int_equal(stf_text_decode(cases[i].text, strlen(cases[i].text), &code), cases[i].size);
    if (cases[i].size) assert_int_equal(code, cases[i].code);
  }
}

static void numbers_are_decimal_only(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t length;
    double value;
  } cases[] = {
      {"1", 1, 1},      {"-3.25 mm", 5, -3.25}, {".5", 2, 0.5},     {"5.", 2, 5},  {"+2", 2, 2},
      {"1e3", 3, 1000}, {"1E-3x", 4, 0.001},    {"1e", 1, 1},       {"1e+", 1, 1}, {"0x10", 1, 0},
      {"007", 3, 7},    {"1e-400", 6, 0},       {"", 0, 0},         {".", 0, 0},   {"-", 0, 0},
      {"e5", 0, 0},     {"inf", 0, 0},          {"nan", 0, 0},      {" 1", 0, 0},  {"1e400", 0, 0},
      {"--1", 0, 0},    {"-.e1", 0, 0},         {"infinity", 0, 0},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    double value = -1;
    assert_int_equal(stf_text_read_number(cases[i].text, &value), cases[i].length);
    if (cases[i].length) assert_true(value == cases[i].value);
    if (!cases[i].length) assert_true(value == -1);
  }
  char digits[202];
  memset(digits, '1', 201);
  digits[201] = '\0';
  double value = 0;
  assert_int_equal(stf_text_read_number(digits, &value), 0);
}

static void numbers_do_not_follow_the_locale(void **state) {
  (void)state;
  /* A locale with a decimal comma is rarely installed where tests run: then this shows nothing. */
  const char *const commas[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "fr_FR"};
  for (size_t i = 0; i < 4 && !setlocale(LC_NUMERIC, commas[i]); i++) continue;
  double value = 0;
  char text[32];
  const size_t length = stf_text_read_number("2.5 mm", &value);
  stf_text_write_number(0.125, 6, text, sizeof(text));
  setlocale(LC_NUMERIC, "C");
  assert_int_equal(length, 3);
  assert_true(value == 2.5);
  assert_string_equal(text, "0.125");
}

static void numbers_are_written_short(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {{0.1 + 0.2, "0.3"}, {-0.0, "0"}, {1.0 / 3, "0.333333"}, {1e9, "1e+09"}, {-2, "-2"}};
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    char text[32];
    assert_int_equal(stf_text_write_number(cases[i].value, 6, text, sizeof(text)), strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
}

static void escaping_shows_what_could_garble_a_terminal(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t most;
    const char *shown;
  } cases[] = {
      {"plain", 60, "plain"},
      {"a\x1B[31mb\n\t", 60, "a\\x1B[31mb\\x0A\\x09"},
      {"\x7F", 60, "\\x7F"},
      {"\xC3\xA4\xC2\xB5m", 60, "\xC3\xA4\xC2\xB5m"},
      {"\xC2\x9B", 60, "\\xC2\\x9B"},          /* CSI in one character */
      {"\xE2\x80\xAE", 60, "\\xE2\\x80\\xAE"}, /* right-to-left override */
      {"\xE2\x81\xA6", 60, "\\xE2\\x81\\xA6"}, /* isolate */
      {"\xFFz", 60, "\\xFFz"},
      {"\xC3", 60, "\\xC3"},
      {"abcdef", 3, "abc..."},
      {"abc", 3, "abc"},
      {"\xC3\xA4\xC3\xA4\xC3\xA4", 2, "\xC3\xA4\xC3\xA4..."},
      {"", 3, ""},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    char shown[100] = "";
    stf_text_sink sink = {.buffer = shown, .size = sizeof(shown)};
    stf_text_add_escaped(&sink, cases[i].text, strlen(cases[i].text), cases[i].most);
    assert_string_equal(shown, cases[i].shown);
    assert_int_equal(sink.length, strlen(shown));
  }
}

static void printable_text_may_hold_every_script_but_no_controls(void **state) {
  (void)state;
  static const char good[] = "F\xC3\xA4szie, \xE2\x80\x8D\xE7\xAD\x8B\xE8\x86\x9C";
  assert_true(stf_text_is_printable(good, sizeof(good) - 1));
  assert_true(stf_text_is_printable("", 0));
  static const char *const bad[] = {"a\nb", "\t", "\x7F", "\xC2\x85", "\xE2\x80\xAE", "\xFF", "\xE2\x80\xA8"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
    assert_false(stf_text_is_printable(bad[i], strlen(bad[i])));
  }
}

static void sinks_are_cut_and_terminated_and_count_on(void **state) {
  (void)state;
  for (size_t size = 0; size < 12; size++) {
    char text[12];
    memset(text, '#', sizeof(text));
    stf_text_sink sink = {.buffer = text, .size = size};
    stf_text_add(&sink, "%s", "abc");
    stf_text_add_escaped(&sink, "def\n", 4, 60);
    stf_text_add(&sink, "%d", 7);
    assert_int_equal(sink.length, 11);
    if (size) assert_int_equal(strlen(text), size - 1);
    if (size) assert_memory_equal(text, "abcdef\\x0A7", size - 1);
    for (size_t i = size; i < sizeof(text); i++) assert_int_equal(text[i], '#');
  }
}

static void arenas_hand_out_zeroed_aligned_memory_that_does_not_overlap(void **state) {
  (void)state;
  stf_arena *arena = stf_arena_create();
  assert_non_null(arena);
  unsigned char *pieces[400];
  size_t sizes[400];
  for (size_t i = 0; i < 400; i++) {
    sizes[i] = i % 7 == 0 ? 5000 + i : i;
    pieces[i] = stf_arena_alloc(arena, sizes[i]);
    assert_non_null(pieces[i]);
    assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
    for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(pieces[i][k], 0);
    memset(pieces[i], (int)(i % 251) + 1, sizes[i]);
  }
  for (size_t i = 0; i < 400; i++) {
    for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(pieces[i][k], i % 251 + 1);
  }
  assert_string_equal(stf_arena_copy(arena, "abcdef", 3), "abc");
  assert_string_equal(stf_arena_copy(arena, "", 0), "");
  assert_string_equal(stf_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
  assert_null(stf_arena_alloc(arena, SIZE_MAX));
  assert_null(stf_arena_alloc(arena, SIZE_MAX / 2 + 1));
  stf_arena_destroy(arena);
  stf_arena_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nearest_finds_dropped_added_changed_and_swapped_letters),
      cmocka_unit_test(nearest_takes_case_and_hyphens_lightly),
      cmocka_unit_test(nearest_gives_up_on_other_words),
      cmocka_unit_test(nearest_prefers_the_closest_and_the_first_of_equals),
      cmocka_unit_test(names_are_safe_as_file_names),
      cmocka_unit_test(decode_refuses_what_is_not_utf8),
      cmocka_unit_test(numbers_are_decimal_only),
      cmocka_unit_test(numbers_do_not_follow_the_locale),
      cmocka_unit_test(numbers_are_written_short),
      cmocka_unit_test(escaping_shows_what_could_garble_a_terminal),
      cmocka_unit_test(printable_text_may_hold_every_script_but_no_controls),
      cmocka_unit_test(sinks_are_cut_and_terminated_and_count_on),
      cmocka_unit_test(arenas_hand_out_zeroed_aligned_memory_that_does_not_overlap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
