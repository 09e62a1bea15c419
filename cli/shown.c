#include "shown.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

enum { DIGITS = 8 };

/* FNV-1a of the line a diagnostic is shown as. */
static void checksum(const stf_diag *diag, char *digits) {
  char line[1024];
  uint32_t sum = 2166136261U;
  stf_diag_format(diag, line, sizeof(line));
  for (const char *c = line; *c; c++) sum = (sum ^ (unsigned char)*c) * 16777619U;
  snprintf(digits, DIGITS + 1, "%08" PRIx32, sum);
}

const char *stf_shown_list(const stf_diags *diags, stf_arena *arena) {
  const char *list = "";
  for (size_t i = 0; list && i < stf_diags_count(diags); i++) {
    char digits[DIGITS + 1];
    checksum(stf_diags_get(diags, i), digits);
    list = stf_arena_printf(arena, "%s%s%s", list, *list ? "," : "", digits);
  }
  return list;
}

stf_diags *stf_shown_rest(const stf_diags *diags, const char *list) {
  stf_diags *rest = stf_diags_create();
  for (size_t i = 0; rest && i < stf_diags_count(diags); i++) {
    const stf_diag *diag = stf_diags_get(diags, i);
    char digits[DIGITS + 1];
    checksum(diag, digits);
    if (strstr(list, digits)) continue;
    stf_diags_add(rest, diag->severity, diag->place, diag->found, diag->expected, diag->hint);
  }
  return rest;
}
