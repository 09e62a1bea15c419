/* Any text read as a scenario: no crash, no leak, and a refusal always says why. */
#include <stdint.h>
#include <stdlib.h>

#include "protocol/vocabulary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  stf_arena *arena = stf_arena_create();
  stf_diags *diags = stf_diags_create();
  if (!arena || !diags || stf_units_start()) abort();
  const stf_table *table = stf_scenario_table(&stf_striffin_vocabulary, arena);
  const stf_yaml_node *root = NULL;
  stf_scenario scenario;
  stf_status status = stf_yaml_read_text((const char *)data, size, "fuzz.yaml", arena, diags, &root);
  if (!status) status = stf_options_read(root, table, arena, diags, &scenario);
  if ((status == STF_BAD_INPUT) != (stf_diags_errors(diags) > 0)) abort();
  stf_diags_destroy(diags);
  stf_arena_destroy(arena);
  return 0;
}
