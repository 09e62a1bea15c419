#include "result/record.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "result/buffer.h"
#include "result/file.h"

enum { DIGITS = 12 };

static const char disclaimer[] = "A research and teaching instrument, not a medical device.";

const char *const stf_mark_names[] = {"none", "point", "slope", NULL};

double stf_comparison_z(const stf_comparison *comparison) {
  if (!(comparison->sd > 0) || comparison->role == STF_ROLE_PUBLISHED_MODEL) return NAN;
  return (comparison->measurement->value - comparison->value) / comparison->sd;
}

int stf_comparison_side(const stf_comparison *comparison) {
  const double simulated = comparison->measurement->value;
  if (simulated < comparison->low - STF_RANGE_ROUNDING * fabs(comparison->low)) return -1;
  return simulated > comparison->high + STF_RANGE_ROUNDING * fabs(comparison->high) ? 1 : 0;
}

/* A JSON value being built. Adding nothing (NULL) means that memory is out, and is remembered. */
typedef struct builder {
  bool failed;
} builder;

static void put(builder *build, json_t *object, const char *key, json_t *value) {
  if (json_object_set_new(object, key, value)) build->failed = true;
}

static void append(builder *build, json_t *array, json_t *value) {
  if (json_array_append_new(array, value)) build->failed = true;
}

/* Text with every byte that is not UTF-8 as "?". */
static json_t *mended(const char *text) {
  stf_buffer clean = {0};
  const size_t length = strlen(text);
  for (size_t at = 0; at < length;) {
    unsigned code = 0;
    const size_t size = stf_text_decode(text + at, length - at, &code);
    stf_buffer_add(&clean, size ? text + at : "?", size ? size : 1);
    at += size ? size : 1;
  }
  json_t *value = clean.failed ? NULL : json_stringn(clean.size ? clean.bytes : "", clean.size);
  stf_buffer_clear(&clean);
  return value;
}

/* NULL is left out. */
static void put_text(builder *build, json_t *object, const char *key, const char *text) {
  if (!text) return;
  json_t *value = json_string(text);
  put(build, object, key, value ? value : mended(text));
}

/* What is not finite is left out. */
static void put_number(builder *build, json_t *object, const char *key, double number) {
  if (isfinite(number)) put(build, object, key, json_real(number == 0 ? 0.0 : number));
}

static void put_count(builder *build, json_t *object, const char *key, size_t count) {
  put(build, object, key, json_integer((json_int_t)count));
}

static json_t *program_json(builder *build, const stf_record *record) {
  json_t *object = json_object();
  put_text(build, object, "version", record->version);
  put_text(build, object, "revision", record->revision);
  put_text(build, object, "build", record->build);
  return object;
}

static json_t *scenario_json(builder *build, const stf_record *record) {
  const stf_scenario *scenario = record->scenario;
  json_t *object = json_object(), *tissues = json_object();
  put_text(build, object, "name", scenario->name);
  put_text(build, object, "title", scenario->title);
  put(build, object, "seed", json_integer(scenario->seed));
  put_number(build, object, "temperature_K", scenario->temperature);
  for (size_t i = 0; i < scenario->tissues.count; i++) {
    put_text(build, tissues, scenario->tissues.items[i].name, scenario->tissues.items[i].value);
  }
  put(build, object, "tissues", tissues);
  put_text(build, object, "text", record->scenario_text);
  return object;
}

static json_t *parameter_json(builder *build, const stf_provenance *provenance) {
  json_t *object = json_object();
  put_text(build, object, "path", provenance->path);
  put_text(build, object, "title", provenance->accepts ? provenance->accepts->help : NULL);
  put_number(build, object, "value", provenance->value);
  put_number(build, object, "spread", provenance->spread);
  put_text(build, object, "unit", stf_dimension_describe(provenance->dimension)->base);
  put_text(build, object, "written", provenance->text);
  put_text(build, object, "spread_written", provenance->spread_text);
  put_text(build, object, "source", provenance->source);
  put_text(build, object, "grade", stf_grade_names[provenance->grade]);
  put_text(build, object, "note", provenance->grade_note);
  put_text(build, object, "overrides", provenance->file_text);
  return object;
}

static json_t *fibres_json(builder *build, const stf_material *material) {
  json_t *array = json_array();
  for (size_t i = 0; i < material->families; i++) {
    json_t *object = json_object();
    put_text(build, object, "name", material->family[i].name);
    put_text(build, object, "law", material->family[i].law->about.name);
    append(build, array, object);
  }
  return array;
}

static json_t *tissue_json(builder *build, const stf_tissue *tissue) {
  json_t *object = json_object(), *parameters = json_array();
  put_text(build, object, "name", tissue->name);
  put_text(build, object, "title", tissue->title);
  put_text(build, object, "file", tissue->file ? stf_file_base(tissue->file) : NULL);
  put_text(build, object, "matrix", tissue->material.matrix ? tissue->material.matrix->about.name : NULL);
  put(build, object, "fibres", fibres_json(build, &tissue->material));
  for (size_t i = 0; i < tissue->provenances; i++) {
    append(build, parameters, parameter_json(build, &tissue->provenance[i]));
  }
  put(build, object, "parameters", parameters);
  return object;
}

static json_t *mark_json(builder *build, const stf_measurement *measurement) {
  json_t *object = json_object(), *at = json_array();
  put_text(build, object, "kind", stf_mark_names[measurement->mark]);
  put_text(build, object, "x", measurement->mark_x);
  put_text(build, object, "y", measurement->mark_y);
  for (int i = 0; i < 2; i++) append(build, at, json_real(measurement->mark_at[i]));
  put(build, object, "at", at);
  return object;
}

static json_t *measurement_json(builder *build, const stf_measurement *measurement) {
  json_t *object = json_object();
  put_text(build, object, "name", measurement->name);
  put_text(build, object, "what", measurement->what);
  put_number(build, object, "value", measurement->value);
  put_text(build, object, "unit", measurement->unit);
  if (measurement->mark != STF_MARK_NONE && isfinite(measurement->mark_at[0]) && isfinite(measurement->mark_at[1])) {
    put(build, object, "mark", mark_json(build, measurement));
  }
  return object;
}

static json_t *published_json(builder *build, const stf_comparison *comparison) {
  json_t *object = json_object();
  put_number(build, object, "value", comparison->value);
  put_number(build, object, "sd", comparison->sd);
  put_number(build, object, "low", comparison->low);
  put_number(build, object, "high", comparison->high);
  if (comparison->n > 0) put(build, object, "n", json_integer(comparison->n));
  put_text(build, object, "source", comparison->source);
  put_text(build, object, "data", comparison->data ? stf_file_base(comparison->data) : NULL);
  return object;
}

static json_t *comparison_json(builder *build, const stf_comparison *comparison) {
  static const char *const sides[] = {"below", "inside", "above"};
  json_t *object = json_object();
  put_text(build, object, "measurement", comparison->measurement->name);
  put_text(build, object, "quantity", comparison->quantity);
  put_text(build, object, "role", stf_role_names[comparison->role]);
  put_text(build, object, "unit", comparison->measurement->unit);
  put_number(build, object, "simulated", comparison->measurement->value);
  put(build, object, "published", published_json(build, comparison));
  put_number(build, object, "z", stf_comparison_z(comparison));
  const bool judged = comparison->role != STF_ROLE_PUBLISHED_MODEL && isfinite(comparison->measurement->value);
  if (judged && !isnan(comparison->low) && !isnan(comparison->high)) {
    put_text(build, object, "range", sides[stf_comparison_side(comparison) + 1]);
  }
  return object;
}

static json_t *solver_json(builder *build, const stf_record_solver *solver) {
  json_t *object = json_object();
  put_text(build, object, "method", solver->method);
  put_text(build, object, "reason", solver->reason);
  put_count(build, object, "solves", (size_t)solver->solves);
  put_count(build, object, "iterations", (size_t)solver->iterations);
  put_count(build, object, "builds", (size_t)solver->builds);
  put_count(build, object, "indefinite", (size_t)solver->indefinite);
  put_count(build, object, "replaced", (size_t)solver->replaced);
  return object;
}

static json_t *prestress_json(builder *build, const stf_record *record) {
  json_t *array = json_array();
  for (size_t k = 0; k < record->prestress->parts; k++) {
    const stf_prestress_part *part = &record->prestress->part[k];
    json_t *object = json_object();
    put_text(build, object, "layer", part->layer);
    put_text(build, object, "family", part->family);
    put_number(build, object, "asked", stf_prestress_asked(part));
    put_number(build, object, "found", record->prestress_found[k].mean);
    put_number(build, object, "least", record->prestress_found[k].least);
    put_number(build, object, "largest", record->prestress_found[k].largest);
    append(build, array, object);
  }
  return array;
}

static json_t *layers_json(builder *build, const stf_record *record) {
  json_t *array = json_array();
  for (size_t i = 0; i < record->layers; i++) {
    json_t *object = json_object();
    put_text(build, object, "name", record->layer[i].name);
    put_text(build, object, "tissue", record->layer[i].tissue);
    append(build, array, object);
  }
  return array;
}

static json_t *tools_json(builder *build, const stf_protocol *protocol) {
  json_t *array = json_array();
  for (size_t t = 0; t < protocol->tools; t++) {
    json_t *object = json_object();
    put_text(build, object, "name", protocol->rigid[protocol->tool[t].rigid].name);
    put_text(build, object, "shape", protocol->tool[t].core.shape->name);
    append(build, array, object);
  }
  return array;
}

static json_t *cycles_json(builder *build, const stf_record_cycles *cycles) {
  json_t *object = json_object();
  put(build, object, "computed", json_integer(cycles->computed));
  put(build, object, "computed_in_vain", json_integer(cycles->in_vain));
  put(build, object, "jumped_over", json_integer(cycles->jumped));
  return object;
}

static json_t *record_json(builder *build, const stf_record *record) {
  json_t *object = json_object(), *tissues = json_array(), *measurements = json_array(), *comparisons = json_array();
  put(build, object, "striffin", program_json(build, record));
  put_text(build, object, "disclaimer", disclaimer);
  put_text(build, object, "outcome", record->outcome);
  put_number(build, object, "end_time_s", record->end_time);
  if (record->cycles.computed) put(build, object, "cycles", cycles_json(build, &record->cycles));
  put(build, object, "ranks", json_integer(record->ranks));
  put_count(build, object, "unknowns", record->unknowns);
  put_count(build, object, "elements", record->elements);
  put_count(build, object, "nodes", record->nodes);
  if (record->solver.method) put(build, object, "linear_solver", solver_json(build, &record->solver));
  put(build, object, "scenario", scenario_json(build, record));
  if (record->layers) put(build, object, "layers", layers_json(build, record));
  if (record->protocol && record->protocol->tools) put(build, object, "tools", tools_json(build, record->protocol));
  for (size_t i = 0; i < record->tissues; i++) append(build, tissues, tissue_json(build, &record->tissue[i]));
  put(build, object, "tissues", tissues);
  if (record->prestress) put(build, object, "prestress", prestress_json(build, record));
  for (size_t i = 0; i < record->measurements; i++) {
    append(build, measurements, measurement_json(build, &record->measurement[i]));
  }
  put(build, object, "measurements", measurements);
  for (size_t i = 0; i < record->comparisons; i++) {
    append(build, comparisons, comparison_json(build, &record->comparison[i]));
  }
  put(build, object, "comparisons", comparisons);
  return object;
}

/* Writes and releases `value`. */
static stf_status write_json(const builder *build, json_t *value, const char *path, stf_diags *diags) {
  char *text = build->failed ? NULL : json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
  json_decref(value);
  if (!text) return stf_file_no_memory(path, diags);
  stf_buffer file = {0};
  stf_buffer_text(&file, text);
  stf_buffer_text(&file, "\n");
  const stf_status status = stf_buffer_write(&file, path, diags);
  stf_buffer_clear(&file);
  free(text);
  return status;
}

stf_status stf_record_write(const stf_record *record, const char *path, stf_diags *diags) {
  builder build = {0};
  return write_json(&build, record_json(&build, record), path, diags);
}

stf_status stf_timing_write(const stf_timings *timings, const char *path, stf_diags *diags) {
  builder build = {0};
  json_t *object = json_object(), *phases = json_array(), *peaks = json_array();
  put_number(&build, object, "total_s", timings->total);
  put(&build, object, "ranks", json_integer(timings->ranks));
  for (int i = 0; timings->peak_mb && i < timings->ranks; i++) {
    append(&build, peaks, json_real(isfinite(timings->peak_mb[i]) ? timings->peak_mb[i] : 0));
  }
  put(&build, object, "peak_memory_mb", peaks);
  for (size_t i = 0; i < timings->phases; i++) {
    json_t *phase = json_object();
    put_text(&build, phase, "phase", timings->phase[i].phase);
    put_number(&build, phase, "seconds", timings->phase[i].seconds);
    put(&build, phase, "calls", json_integer(timings->phase[i].calls));
    append(&build, phases, phase);
  }
  put(&build, object, "phases", phases);
  return write_json(&build, object, path, diags);
}
