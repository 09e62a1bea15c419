#include "result/member.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static json_t *number(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t *values_json(const stf_findings *findings) {
  json_t *values = json_array();
  for (size_t i = 0; i < findings->measurements; i++)
    if (json_array_append_new(values, number(findings->measurement[i].value))) return NULL;
  return values;
}

static json_t *rows_json(const stf_curves *curves) {
  json_t *rows = json_array();
  for (size_t r = 0; r < stf_curves_rows(curves); r++) {
    json_t *row = json_array();
    if (json_array_append_new(rows, row)) return NULL;
    for (size_t c = 0; c < stf_curves_columns(curves); c++)
      if (json_array_append_new(row, number(stf_curves_shown(curves, r, c)))) return NULL;
  }
  return rows;
}

/* A number of 64 bits, which JSON's own numbers do not hold. */
static void write_fingerprint(unsigned long long fingerprint, char text[32]) {
  snprintf(text, 32, "%016llx", fingerprint);
}

stf_status stf_member_write(const stf_member *member, FILE *stream) {
  char fingerprint[32];
  json_t *object = json_object();
  write_fingerprint(member->fingerprint, fingerprint);
  const int failed = json_object_set_new(object, "fingerprint", json_string(fingerprint)) ||
                     json_object_set_new(object, "values", values_json(member->findings)) ||
                     json_object_set_new(object, "rows", rows_json(member->curves)) ||
                     json_dumpf(object, stream, JSON_COMPACT | JSON_REAL_PRECISION(17)) || fflush(stream);
  json_decref(object);
  return failed ? STF_NO_RESOURCE : STF_OK;
}

/* The numbers of a list of just that length; null is NAN. */
static bool get_numbers(const json_t *list, size_t count, double *to) {
  if (!json_is_array(list) || json_array_size(list) != count) return false;
  for (size_t i = 0; i < count; i++) {
    const json_t *value = json_array_get(list, i);
    if (!json_is_number(value) && !json_is_null(value)) return false;
    to[i] = json_is_number(value) ? json_number_value(value) : NAN;
  }
  return true;
}

static stf_status get_result(const json_t *root, stf_arena *arena, stf_member_result *result, const char **why) {
  const json_t *rows = json_object_get(root, "rows");
  result->rows = json_array_size(rows);
  result->value = stf_arena_alloc(arena, (result->measurements + 1) * sizeof(double));
  result->row = stf_arena_alloc(arena, (result->rows * result->columns + 1) * sizeof(double));
  if (!result->value || !result->row) return STF_NO_RESOURCE;
  bool whole = get_numbers(json_object_get(root, "values"), result->measurements, result->value);
  for (size_t r = 0; r < result->rows; r++)
    whole = get_numbers(json_array_get(rows, r), result->columns, result->row + r * result->columns) && whole;
  if (!whole) *why = "its result is broken";
  return whole ? STF_OK : STF_BAD_INPUT;
}

stf_status stf_member_read(FILE *stream, unsigned long long fingerprint, size_t measurements, size_t columns,
                           stf_arena *arena, stf_member_result *result, const char **why) {
  char wanted[32];
  json_t *root = json_loadf(stream, JSON_REJECT_DUPLICATES, NULL);
  const char *found = json_string_value(json_object_get(root, "fingerprint"));
  *result = (stf_member_result){.measurements = measurements, .columns = columns};
  write_fingerprint(fingerprint, wanted);
  stf_status status = STF_BAD_INPUT;
  if (!found)
    *why = "it left no result";
  else if (strcmp(found, wanted) != 0)
    *why = "scenario or tissues have changed since the ensemble began";
  else
    status = get_result(root, arena, result, why);
  json_decref(root);
  return status;
}
