/*
 * Any bytes as a YAML file, as a quantity and as a path of keys: no crash, no leak, a tree that keeps its promises, a
 * status that says whether there are errors, and messages without control characters.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/sample_options.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool promise) {
  if (!promise) abort();
}

static void check_tree(const stf_yaml_node *node, int depth) {
  check(depth <= STF_YAML_MAX_DEPTH && node->place.line > 0 && node->place.column > 0);
  check((node->kind == STF_YAML_SCALAR) == (node->text != NULL));
  if (node->text) check(strlen(node->text) == node->length && node->count == 0);
  for (size_t i = 0; i < node->count; i++) {
    const stf_yaml_node *child = node->children[i];
    check((child->key != NULL) == (node->kind == STF_YAML_MAPPING) && child->place.path);
    if (child->key) check(stf_yaml_get(node, child->key) == child);
    check_tree(child, depth + 1);
  }
}

static void check_messages(const stf_diags *diags) {
  for (size_t i = 0; i < stf_diags_count(diags); i++) {
    char line[4096];
    const int length = stf_diag_format(stf_diags_get(diags, i), line, sizeof(line));
    check(length > 0 && (size_t)length < sizeof(line) && stf_text_is_printable(line, (size_t)length));
  }
}

static void read_as_yaml(const char *text, size_t size) {
  stf_arena *arena = stf_arena_create();
  stf_diags *diags = stf_diags_create();
  check(arena && diags);
  const stf_yaml_node *root = NULL;
  stf_status status = stf_yaml_read_text(text, size, "a.yaml", arena, diags, &root);
  check(status == (stf_diags_errors(diags) ? STF_BAD_INPUT : STF_OK) && (root || status));
  if (root) {
    check_tree(root, 0);
    const size_t errors = stf_diags_errors(diags);
    sample options;
    status = stf_options_read(root, &sample_table, arena, diags, &options);
    check(status == (stf_diags_errors(diags) > errors ? STF_BAD_INPUT : STF_OK));
    if (!status) check(options.name && options.layers.count && options.start.type);
  }
  check_messages(diags);
  stf_diags_destroy(diags);
  stf_arena_destroy(arena);
}

static void read_as_quantity(const char *text) {
  for (int d = 0; d < STF_DIMENSIONS; d++) {
    double value = 0, again = 0;
    char shown[100], hint[200];
    const int length = stf_quantity_suggest(text, (stf_dimension)d, hint, sizeof(hint));
    check(length >= 0 && (size_t)length < sizeof(hint));
    if (stf_quantity_parse(text, (stf_dimension)d, &value) != STF_QUANTITY_OK) continue;
    check(isfinite(value) && length == 0);
    stf_quantity_format(value, (stf_dimension)d, shown, sizeof(shown));
    if (fabs(value) < 1e-250 || fabs(value) > 1e250) continue; /* may leave the range of numbers in another unit */
    check(stf_quantity_parse(shown, (stf_dimension)d, &again) == STF_QUANTITY_OK);
    check(fabs(again - value) <= 1e-5 * fabs(value) + 1e-3 * (d == STF_TEMPERATURE));
  }
  stf_quantity_called(text);
}

static void note(const stf_option *option, const char *full_path, void *context) {
  check(option && *full_path);
  ++*(size_t *)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  check(stf_units_start() == STF_OK);
  read_as_yaml((const char *)data, size);
  char *text = malloc(size + 1);
  check(text);
  memcpy(text, data, size);
  text[size] = '\0';
  text[strcspn(text, "\n")] = '\0';
  read_as_quantity(text);
  size_t found = 0;
  check(stf_options_find(&sample_table, text, note, &found) == found);
  free(text);
  return 0;
}
