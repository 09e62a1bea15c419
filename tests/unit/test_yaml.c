/* YAML files: a tree that knows its places, and for everything else one clear message. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/yaml.h"
#include "stf_test.h"

/* What came of reading one text or file. */
typedef struct outcome {
  stf_arena *arena;
  stf_diags *diags;
  const stf_yaml_node *root;
  stf_status status;
  char *messages; /* as printed */
} outcome;

static outcome begin(void) {
  outcome o = {.arena = stf_arena_create(), .diags = stf_diags_create()};
  assert_non_null(o.arena);
  assert_non_null(o.diags);
  return o;
}

static void print_messages(outcome *o) {
  size_t size = 0;
  FILE *stream = open_memstream(&o->messages, &size);
  assert_non_null(stream);
  stf_diags_print(o->diags, stream);
  fclose(stream);
}

static outcome read_bytes(const char *text, size_t length) {
  outcome o = begin();
  o.status = stf_yaml_read_text(text, length, "a.yaml", o.arena, o.diags, &o.root);
  print_messages(&o);
  return o;
}

static outcome read_text(const char *text) {
  return read_bytes(text, strlen(text));
}

static outcome read_file(const char *path) {
  outcome o = begin();
  o.status = stf_yaml_read_file(path, o.arena, o.diags, &o.root);
  print_messages(&o);
  return o;
}

static void end(outcome *o) {
  free(o->messages);
  stf_diags_destroy(o->diags);
  stf_arena_destroy(o->arena);
}

static void check_refused(const char *text, size_t length, const char *messages) {
  outcome o = read_bytes(text, length);
  assert_string_equal(o.messages, messages);
  assert_int_equal(o.status, STF_BAD_INPUT);
  end(&o);
}

static const stf_yaml_node *item(const stf_yaml_node *list, size_t i) {
  assert_non_null(list);
  assert_int_equal(list->kind, STF_YAML_SEQUENCE);
  assert_true(i < list->count);
  return list->children[i];
}

static void check_node(const stf_yaml_node *node, const char *text, const char *path, int line, int column) {
  assert_non_null(node);
  assert_int_equal(node->kind, STF_YAML_SCALAR);
  assert_string_equal(node->text, text);
  assert_int_equal(node->length, strlen(text));
  assert_string_equal(node->place.file, "a.yaml");
  assert_string_equal(node->place.path, path);
  assert_int_equal(node->place.line, line);
  assert_int_equal(node->place.column, column);
}

static void every_value_knows_its_place_and_path(void **state) {
  (void)state;
  outcome o = read_text("name: case\n"
                        "layers:\n"
                        "  - {name: deep, fibres: [0 deg, 78 deg]}\n"
                        "  - name: \"top\"\n");
  assert_int_equal(o.status, STF_OK);
  assert_int_equal(o.root->kind, STF_YAML_MAPPING);
  assert_int_equal(o.root->count, 2);
  assert_null(o.root->place.path);
  assert_null(o.root->key);
  check_node(stf_yaml_get(o.root, "name"), "case", "name", 1, 7);
  const stf_yaml_node *layers = stf_yaml_get(o.root, "layers");
  assert_int_equal(layers->key_place.line, 2);
  assert_int_equal(layers->key_place.column, 1);
  const stf_yaml_node *fibres = stf_yaml_get(item(layers, 0), "fibres");
  assert_string_equal(fibres->key, "fibres");
  assert_int_equal(fibres->key_place.column, 18);
  check_node(item(fibres, 1), "78 deg", "layers[0].fibres[1]", 3, 34);
  check_node(stf_yaml_get(item(layers, 1), "name"), "top", "layers[1].name", 4, 11);
  end(&o);
}

static void get_answers_null_for_what_is_not_there(void **state) {
  (void)state;
  outcome o = read_text("a: {b: 1}\nc: [1]\n");
  assert_null(stf_yaml_get(o.root, "b"));
  assert_null(stf_yaml_get(stf_yaml_get(o.root, "c"), "1"));
  assert_null(stf_yaml_get(NULL, "a"));
  const stf_yaml_node *a = stf_yaml_get(o.root, "a");
  assert_int_equal(stf_yaml_place(a, "b").column, 8);
  assert_string_equal(stf_yaml_place(a, "x").path, "a");
  assert_null(stf_yaml_place(NULL, "x").file);
  end(&o);
}

static void marks_and_line_ends_of_other_systems_are_fine(void **state) {
  (void)state;
  outcome o = read_text("\xEF\xBB\xBF"
                        "a: 1\r\nb: 2\r\n");
  assert_int_equal(o.status, STF_OK);
  check_node(stf_yaml_get(o.root, "a"), "1", "a", 1, 4);
  check_node(stf_yaml_get(o.root, "b"), "2", "b", 2, 4);
  end(&o);
}

static void columns_count_characters_not_bytes(void **state) {
  (void)state;
  outcome o = read_text("{\xC3\xA4: 1, \xE7\xAD\x8B: 2}");
  check_node(stf_yaml_get(o.root, "\xE7\xAD\x8B"), "2", "\xE7\xAD\x8B", 1, 11);
  end(&o);
}

static void empty_values_and_lists_are_kept(void **state) {
  (void)state;
  outcome o = read_text("a:\nb: []\nc: {}\nd: ''\n");
  assert_int_equal(o.status, STF_OK);
  assert_int_equal(stf_yaml_get(o.root, "a")->length, 0);
  assert_string_equal(stf_yaml_get(o.root, "a")->text, "");
  assert_int_equal(stf_yaml_get(o.root, "b")->count, 0);
  assert_int_equal(stf_yaml_get(o.root, "c")->kind, STF_YAML_MAPPING);
  assert_string_equal(stf_yaml_get(o.root, "d")->text, "");
  end(&o);
}

static void a_doubled_key_says_where_the_first_stands_and_leaves_it(void **state) {
  (void)state;
  outcome o = read_text("a: 1\nb: {x: 1, y: 2, x: 3}\na: 2\na: 3\n");
  assert_int_equal(o.status, STF_BAD_INPUT);
  assert_string_equal(o.messages, "a.yaml:2:17: error: b.x: found the key x a second time; expected each key once "
                                  "(the first stands on line 2, column 5)\n"
                                  "a.yaml:3:1: error: a: found the key a a second time; expected each key once "
                                  "(the first stands on line 1, column 1)\n"
                                  "a.yaml:4:1: error: a: found the key a a second time; expected each key once "
                                  "(the first stands on line 1, column 1)\n");
  assert_non_null(o.root);
  assert_int_equal(o.root->count, 2);
  check_node(stf_yaml_get(o.root, "a"), "1", "a", 1, 4);
  check_node(stf_yaml_get(stf_yaml_get(o.root, "b"), "x"), "1", "b.x", 2, 8);
  end(&o);
}

static void what_yaml_has_and_we_do_not_is_reported_all_at_once(void **state) {
  (void)state;
  outcome o = read_text("a: &x 1\nb: *x\nc: !!str 4\nd: !foo 5\n? [k]\n: 6\n---\ne: 7\n");
  assert_int_equal(o.status, STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(o.diags), 6);
  assert_non_null(strstr(o.messages, "a.yaml:1:4: error: a: found an anchor (&x); expected a plain value"));
  assert_non_null(strstr(o.messages, "a.yaml:2:4: error: b: found an alias (*x); expected a plain value"));
  assert_non_null(strstr(o.messages, "a.yaml:3:4: error: c: found a tag (!!str); expected a plain value"));
  assert_non_null(strstr(o.messages, "a.yaml:4:4: error: d: found a tag (!foo); expected a plain value"));
  assert_non_null(strstr(o.messages, "a.yaml:5:3: error: found a key that is no text"));
  assert_non_null(strstr(o.messages, "a.yaml:7:1: error: found a second document; expected one document in a file"));
  assert_non_null(o.root);
  end(&o);
}

static void a_bomb_of_aliases_is_not_lit(void **state) {
  (void)state;
  outcome o = read_text("a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n");
  assert_int_equal(o.status, STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(o.diags), 9);
  end(&o);
}

static void errors_of_syntax_are_said_in_our_words(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"a:\n\tb: 1\n", "a.yaml:2:1: error: found a tab; expected spaces (YAML is indented with spaces only)\n"},
      {"a: [1, 2\nb: 3\n", "a.yaml:2:2: error: found a list without its \"]\"; expected \",\" or \"]\" "
                           "(opened on line 1, column 4)\n"},
      {"a: {x: 1, y: 2", "a.yaml:2:1: error: found the end of the file; expected \",\" or \"}\" "
                         "(opened on line 1, column 4)\n"},
      {"a: \"abc\nb: 3\n", "a.yaml:1:4: error: found a quoted text without its closing quote; expected the same "
                           "quote again\n"},
      {"a: 1\nbcd\ne: 2\n", "a.yaml:2:1: error: found a line that is neither a value nor \"key: value\"; expected "
                            "\"key: value\" (a colon and a space after the key)\n"},
      {"a: b: c\n", "a.yaml:1:5: error: found a second \": \" within one value; expected one \"key: value\" on a line "
                    "(text that holds \": \" needs quotes; or the line is indented too far)\n"},
      {"a:\n  b: 1\n c: 2\n", "a.yaml:3:2: error: found a line that is no key of its mapping; expected \"key: value\" "
                              "(check the indentation; its mapping begins on line 1, column 1)\n"},
      {"- a\nb: 1\n", "a.yaml:2:1: error: found a line that is no item of its list; expected \"- item\" "
                      "(check the indentation; its list begins on line 1, column 1)\n"},
      {"a: @x\n", "a.yaml:1:4: error: found @; expected a key, a value or a list item "
                  "(text that begins with this character needs quotes)\n"},
      {"a: - 1\n", "a.yaml:1:4: error: found a list item \"- \" where none can stand; expected a list on the lines "
                   "below its key (put the - on its own line)\n"},
      {"a: \"\\q\"\n", "a.yaml:1:5: error: found an unknown escape with \\; expected \\n, \\t, \\\" or \\\\ "
                       "(text in single quotes takes \\ as it is)\n"},
      {"%TAG ! x\n---\na: 1\n", "a.yaml:1:1: error: found a %TAG line; expected no tags\n"},
      {"", "a.yaml:1:1: error: found an empty file; expected \"key: value\"\n"},
      {"# nothing but this\n", "a.yaml:1:1: error: found an empty file; expected \"key: value\"\n"},
      {"a: |0\n x\n", "a.yaml:1:5: error: found text that is not YAML (found an indentation indicator equal to 0 while "
                      "scanning a block scalar); expected YAML\n"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    check_refused(cases[i][0], strlen(cases[i][0]), cases[i][1]);
  }
}

static void every_cut_of_a_good_file_is_read_or_refused_with_one_message(void **state) {
  (void)state;
  const char *text = "name: x\nlayers:\n  - {name: \"deep\", fibres: [0 deg, 78 deg]}\n  - name: 'top'\nend: |\n  a\n";
  for (size_t length = 1; length < strlen(text); length++) {
    outcome o = read_bytes(text, length);
    assert_int_equal(stf_diags_errors(o.diags), o.status ? 1 : 0);
    if (o.status) assert_int_equal(o.status, STF_BAD_INPUT);
    assert_int_equal(o.root == NULL, o.status != STF_OK);
    end(&o);
  }
}

static void bytes_that_are_no_text_are_shown_with_their_place(void **state) {
  (void)state;
  check_refused("a: 1\nb: \0", 9,
                "a.yaml:2:4: error: found a zero byte; expected YAML text in UTF-8 "
                "(this looks like a binary file or UTF-16)\n");
  check_refused("a: \xE9\nb: \xE9\n", 10,
                "a.yaml:1:4: error: found a byte that is not UTF-8 (\\xE9); expected YAML "
                "text in UTF-8 (save the file as UTF-8, if it is text)\n");
  check_refused("\xFF\xFE"
                "a\0",
                4,
                "a.yaml:1:1: error: found a byte that is not UTF-8 (\\xFF); expected YAML text in "
                "UTF-8 (this looks like UTF-16)\n");
  check_refused("a\0:\0", 4,
                "a.yaml:1:2: error: found a zero byte; expected YAML text in UTF-8 "
                "(this looks like a binary file or UTF-16)\n");
  check_refused("a: x\x1By", 6, "a.yaml:1:5: error: found a control character (\\x1B); expected YAML text in UTF-8\n");
  check_refused("a: \"x\\0y\"\n", 10, "a.yaml:1:4: error: a: found a zero character (\\0); expected text without it\n");
}

static void random_bytes_give_one_message(void **state) {
  (void)state;
  uint64_t seed = 1;
  for (int i = 0; i < 50; i++) {
    char bytes[500];
    for (size_t k = 0; k < sizeof(bytes); k++) bytes[k] = (char)(128 * stf_test_random(&seed));
    outcome o = read_bytes(bytes, sizeof(bytes));
    assert_int_equal(o.status, STF_BAD_INPUT);
    assert_int_equal(stf_diags_errors(o.diags), 1);
    assert_null(o.root);
    end(&o);
  }
}

/* `count` times `piece`; to be freed. */
static char *repeat(const char *piece, size_t count) {
  const size_t length = strlen(piece);
  char *text = malloc(length * count + 1);
  assert_non_null(text);
  for (size_t i = 0; i < count; i++) memcpy(text + i * length, piece, length);
  text[length * count] = '\0';
  return text;
}

static void deep_nesting_is_refused_and_thirty_levels_are_not(void **state) {
  (void)state;
  static const char *const pieces[] = {"[", "{a: ", "- "};
  for (size_t i = 0; i < 3; i++) {
    char *deep = repeat(pieces[i], 200);
    outcome o = read_text(deep);
    assert_int_equal(o.status, STF_BAD_INPUT);
    assert_int_equal(stf_diags_errors(o.diags), 1);
    assert_non_null(strstr(o.messages, "found lists or mappings nested more than 32 deep; expected less nesting"));
    end(&o);
    free(deep);
  }
  outcome o = read_text("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
  assert_int_equal(o.status, STF_OK);
  end(&o);
}

static void too_many_values_are_refused(void **state) {
  (void)state;
  char *many = repeat("- a\n", STF_YAML_MAX_NODES + 10);
  outcome o = read_text(many);
  assert_int_equal(o.status, STF_BAD_INPUT);
  assert_string_equal(o.messages, "a.yaml:100000:3: error: [99999]: found more than 100000 values; expected a smaller "
                                  "file (numbers in bulk belong into a CSV file)\n");
  end(&o);
  free(many);
}

static void hostile_texts_take_no_long_time(void **state) {
  (void)state;
  static const struct {
    const char *piece;
    size_t size;
  } cases[] = {
      {"%TAG !a! x\n", 2000000}, /* libyaml alone takes minutes */
      {"[", 1000000},
      {"{", 1000000},
      {"? ", 1000000},
      {"\"", 1000000},
      {"- &a x\n", 50000},
      {"a: 1\n", 50000},
      {"- [{a: b}]\n", 50000},
  };
  const clock_t begun = clock();
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
    char *text = repeat(cases[i].piece, cases[i].size / strlen(cases[i].piece));
    outcome o = read_text(text);
    end(&o);
    free(text);
  }
  assert_true((double)(clock() - begun) / CLOCKS_PER_SEC < 5);
}

static void long_keys_are_refused_and_long_paths_cut(void **state) {
  (void)state;
  char key[300] = "";
  memset(key, 'k', 299);
  char text[1000];
  snprintf(text, sizeof(text), "%s: 1\n", key);
  check_refused(text, strlen(text), "a.yaml:1:1: error: found a key of 299 bytes; expected at most 200 bytes\n");
  key[200] = '\0';
  snprintf(text, sizeof(text), "%s: {b: {%.100s: {c: 1}}}\n", key, key);
  outcome o = read_text(text);
  assert_int_equal(o.status, STF_OK);
  const stf_yaml_node *node = o.root;
  while (node->count) node = node->children[0];
  assert_string_equal(node->text, "1");
  assert_true(strlen(node->place.path) < 300);
  end(&o);
}

/* A folder of its own for files; `name` in it. */
static char folder[] = "/tmp/stf_yaml_XXXXXX";

static const char *in_folder(const char *name) {
  static char path[100];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  return path;
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  static const char *const names[] = {"good.yaml", "huge.yaml", "pipe", "secret.yaml", "link.yaml"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) unlink(in_folder(names[i]));
  return rmdir(folder);
}

static void write_file(const char *name, const char *text, off_t size) {
  FILE *file = fopen(in_folder(name), "wb");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
  if (size) assert_int_equal(truncate(in_folder(name), size), 0);
}

static void check_file(const char *path, stf_status status, const char *found) {
  outcome o = read_file(path);
  assert_int_equal(o.status, status);
  assert_int_equal(stf_diags_errors(o.diags), 1);
  assert_string_equal(stf_diags_get(o.diags, 0)->found, found);
  assert_string_equal(stf_diags_get(o.diags, 0)->place.file, path);
  assert_null(o.root);
  end(&o);
}

static void files_are_read_with_their_name_as_place(void **state) {
  (void)state;
  write_file("good.yaml", "a: 1\n", 0);
  outcome o = read_file(in_folder("good.yaml"));
  assert_int_equal(o.status, STF_OK);
  assert_string_equal(stf_yaml_get(o.root, "a")->place.file, in_folder("good.yaml"));
  end(&o);
}

static void what_is_no_plain_file_of_sane_size_is_not_opened(void **state) {
  (void)state;
  write_file("huge.yaml", "a: 1\n", 100 << 20);
  assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
  assert_int_equal(symlink("nowhere", in_folder("link.yaml")), 0);
  check_file(in_folder("huge.yaml"), STF_BAD_INPUT, "a file of 104857600 bytes");
  check_file(in_folder("pipe"), STF_BAD_INPUT, "a device or a pipe");
  check_file("/dev/zero", STF_BAD_INPUT, "a device or a pipe");
  check_file(folder, STF_BAD_INPUT, "a folder");
  check_file(in_folder("missing.yaml"), STF_NO_RESOURCE, "no file of this name");
  check_file(in_folder("link.yaml"), STF_NO_RESOURCE, "no file of this name");
  check_file("", STF_NO_RESOURCE, "no file of this name");
}

static void a_file_that_may_not_be_read_says_why(void **state) {
  (void)state;
  write_file("secret.yaml", "a: 1\n", 0);
  assert_int_equal(chmod(in_folder("secret.yaml"), 0), 0);
  if (access(in_folder("secret.yaml"), R_OK) == 0) return; /* as root everything may be read */
  check_file(in_folder("secret.yaml"), STF_NO_RESOURCE, "a file that cannot be read (Permission denied)");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_value_knows_its_place_and_path),
      cmocka_unit_test(get_answers_null_for_what_is_not_there),
      cmocka_unit_test(marks_and_line_ends_of_other_systems_are_fine),
      cmocka_unit_test(columns_count_characters_not_bytes),
      cmocka_unit_test(empty_values_and_lists_are_kept),
      cmocka_unit_test(a_doubled_key_says_where_the_first_stands_and_leaves_it),
      cmocka_unit_test(what_yaml_has_and_we_do_not_is_reported_all_at_once),
      cmocka_unit_test(a_bomb_of_aliases_is_not_lit),
      cmocka_unit_test(errors_of_syntax_are_said_in_our_words),
      cmocka_unit_test(every_cut_of_a_good_file_is_read_or_refused_with_one_message),
      cmocka_unit_test(bytes_that_are_no_text_are_shown_with_their_place),
      cmocka_unit_test(random_bytes_give_one_message),
      cmocka_unit_test(deep_nesting_is_refused_and_thirty_levels_are_not),
      cmocka_unit_test(too_many_values_are_refused),
      cmocka_unit_test(hostile_texts_take_no_long_time),
      cmocka_unit_test(long_keys_are_refused_and_long_paths_cut),
      cmocka_unit_test(files_are_read_with_their_name_as_place),
      cmocka_unit_test(what_is_no_plain_file_of_sane_size_is_not_opened),
      cmocka_unit_test(a_file_that_may_not_be_read_says_why),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
