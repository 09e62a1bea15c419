#include "base/format.h"

#include <stdio.h>
#include <string.h>

stf_status stf_format_check(const stf_yaml_node *root, const char *key, long version, stf_diags *diags) {
  char expected[100];
  snprintf(expected, sizeof(expected), "\"%s: %ld\" as the first line", key, version);
  if (root->kind != STF_YAML_MAPPING) {
    stf_diags_add(diags, STF_ERROR, root->place, root->kind == STF_YAML_SCALAR ? "plain text" : "a list", expected,
                  NULL);
    return STF_BAD_INPUT;
  }
  const stf_yaml_node *line = stf_yaml_get(root, key);
  if (!line) return STF_OK;
  char known[32];
  snprintf(known, sizeof(known), "%ld", version);
  if (line->kind == STF_YAML_SCALAR && strcmp(line->text, known) != 0) {
    stf_diags_add(diags, STF_ERROR, line->place,
                  stf_diags_text(diags, "version %s", stf_diags_quote(diags, line->text, line->length)),
                  stf_diags_text(diags, "%s, the version that this striffin reads", known), NULL);
    return STF_BAD_INPUT;
  }
  if (root->children[0] != line)
    stf_diags_add(diags, STF_ERROR, line->key_place, stf_diags_text(diags, "\"%s\" after other keys", key), expected,
                  NULL);
  return STF_OK;
}
