#include "result/stored.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "result/file.h"

enum {
  MOST_BYTES = 1 << 26,
  MOST_NEIGHBOURS = 1000,
  MOST_LOOKED_AT = 20000,
  MOST_COMPARISONS = 1000,
  MOST_BANDS = 5000,
  MOST_POINTS = 10000
};

/* run.json being read. */
typedef struct reading {
  const char *path;
  stf_arena *arena;
  stf_diags *diags;
} reading;

/* --- which run -----------------------------------------------------------------------------------------------------
 */

static bool is_run(const char *folder, const char *name, stf_arena *arena) {
  struct stat about;
  const char *path = stf_arena_printf(arena, "%s/%s/run.json", folder, name);
  return path && !stat(path, &about) && S_ISREG(about.st_mode);
}

/* The runs beside `path`; returns how many. */
static size_t neighbours(const char *folder, stf_arena *arena, const char **names, size_t most) {
  DIR *list = opendir(folder);
  size_t count = 0;
  if (!list) return 0;
  const struct dirent *entry;
  for (int i = 0; i < MOST_LOOKED_AT && count < most && (entry = readdir(list)); i++) {
    if (*entry->d_name == '.' || !is_run(folder, entry->d_name, arena)) continue;
    names[count] = stf_arena_copy(arena, entry->d_name, strlen(entry->d_name));
    if (names[count]) count++;
  }
  closedir(list);
  return count;
}

static int compare_names(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* "such as out/a or out/b" */
static const char *some_of(const char *folder, const char **names, size_t count, stf_diags *diags) {
  qsort(names, count, sizeof(*names), compare_names);
  const char *text = "the folder of a finished run, with its run.json";
  for (size_t i = 0; i < count && i < 8; i++) {
    text = stf_diags_text(diags, "%s%s%s/%s", text, i ? ", " : ", such as ", folder, names[i]);
  }
  return text;
}

int stf_stored_axis(const stf_stored_mark *mark) {
  for (int axis = 1; axis >= 0; axis--)
    if (fabs(mark->simulated - mark->at[axis]) <= 1e-9 * fabs(mark->at[axis])) return axis;
  return -1;
}

static stf_status no_such_run(const char *path, stf_arena *arena, stf_diags *diags) {
  const char *names[MOST_NEIGHBOURS], *name = stf_file_base(path), *hint = NULL;
  const size_t length = (size_t)(name - path);
  const char *folder = stf_arena_copy(arena, length ? path : ".", length ? (length > 1 ? length - 1 : 1) : 1);
  if (!folder) return stf_file_no_memory(path, diags);
  const size_t count = neighbours(folder, arena, names, MOST_NEIGHBOURS);
  const char *expected = some_of(folder, names, count, diags);
  const char *nearest = stf_text_nearest(name, names, count);
  if (nearest) hint = stf_diags_text(diags, "did you mean %s/%s?", folder, nearest);
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "no run", expected, hint);
  return STF_BAD_INPUT;
}

/* --- run.json ------------------------------------------------------------------------------------------------------
 */

static stf_status broken(const reading *in, const char *where, const char *expected) {
  stf_diags_add(in->diags, STF_ERROR, (stf_place){.file = in->path, .path = where}, "something else", expected,
                "is this the run.json of a striffin run?");
  return STF_BAD_INPUT;
}

/* The text at `key`, "" where it is missing. */
static stf_status get_text(const reading *in, const json_t *object, const char *key, const char **text) {
  const json_t *value = json_object_get(object, key);
  *text = "";
  if (!value) return STF_OK;
  if (!json_is_string(value)) return broken(in, key, "text");
  *text = stf_arena_copy(in->arena, json_string_value(value), strlen(json_string_value(value)));
  return *text ? STF_OK : stf_file_no_memory(in->path, in->diags);
}

/* The number at `key`, NAN where it is missing. */
static stf_status get_number(const reading *in, const json_t *object, const char *key, double *number) {
  const json_t *value = json_object_get(object, key);
  *number = NAN;
  if (!value) return STF_OK;
  if (!json_is_number(value)) return broken(in, key, "a number");
  *number = json_number_value(value);
  return STF_OK;
}

static stf_status get_kind(const reading *in, const json_t *object, stf_mark *kind) {
  const char *name;
  STF_TRY(get_text(in, object, "kind", &name));
  for (int i = STF_MARK_POINT; i <= STF_MARK_SLOPE; i++) {
    if (strcmp(name, stf_mark_names[i])) continue;
    *kind = (stf_mark)i;
    return STF_OK;
  }
  return broken(in, "measurements.mark.kind", "point or slope");
}

/* How the measurement `name` is drawn; STF_MARK_NONE when it is not. */
static stf_status get_mark(const reading *in, const json_t *root, const char *name, stf_stored_mark *mark) {
  const json_t *measurements = json_object_get(root, "measurements"), *measurement;
  size_t i;
  json_array_foreach(measurements, i, measurement) {
    const char *other = json_string_value(json_object_get(measurement, "name"));
    const json_t *drawn = json_object_get(measurement, "mark");
    if (!other || strcmp(other, name) || !drawn) continue;
    STF_TRY(get_kind(in, drawn, &mark->kind));
    STF_TRY(get_text(in, measurement, "what", &mark->what));
    STF_TRY(get_text(in, drawn, "x", &mark->x));
    STF_TRY(get_text(in, drawn, "y", &mark->y));
    const json_t *at = json_object_get(drawn, "at");
    if (!json_is_number(json_array_get(at, 0)) || !json_is_number(json_array_get(at, 1))) {
      return broken(in, "measurements.mark.at", "two numbers");
    }
    for (size_t j = 0; j < 2; j++) mark->at[j] = json_number_value(json_array_get(at, j));
    return STF_OK;
  }
  return STF_OK;
}

static stf_status get_comparison(const reading *in, const json_t *root, const json_t *comparison,
                                 stf_stored_mark *mark) {
  const char *measurement;
  const json_t *published = json_object_get(comparison, "published");
  *mark = (stf_stored_mark){.kind = STF_MARK_NONE};
  STF_TRY(get_text(in, comparison, "measurement", &measurement));
  STF_TRY(get_text(in, comparison, "quantity", &mark->quantity));
  STF_TRY(get_text(in, comparison, "unit", &mark->unit));
  STF_TRY(get_text(in, comparison, "role", &mark->role));
  STF_TRY(get_number(in, comparison, "simulated", &mark->simulated));
  STF_TRY(get_text(in, published, "source", &mark->source));
  STF_TRY(get_number(in, published, "value", &mark->value));
  STF_TRY(get_number(in, published, "sd", &mark->sd));
  STF_TRY(get_number(in, published, "low", &mark->low));
  STF_TRY(get_number(in, published, "high", &mark->high));
  return get_mark(in, root, measurement, mark);
}

static stf_status get_marks(const reading *in, const json_t *root, stf_stored *stored) {
  const json_t *comparisons = json_object_get(root, "comparisons"), *comparison;
  const size_t most = json_array_size(comparisons);
  if (comparisons && (!json_is_array(comparisons) || most > MOST_COMPARISONS)) {
    return broken(in, "comparisons", "a list of at most 1000");
  }
  stf_stored_mark *marks = stf_arena_alloc(in->arena, (most ? most : 1) * sizeof(*marks));
  if (!marks) return stf_file_no_memory(in->path, in->diags);
  size_t i;
  json_array_foreach(comparisons, i, comparison) {
    stf_stored_mark *mark = &marks[stored->marks];
    STF_TRY(get_comparison(in, root, comparison, mark));
    if (mark->kind != STF_MARK_NONE) stored->marks++;
  }
  stored->mark = marks;
  return STF_OK;
}

/* A band's points; its lists are as long as each other. */
static stf_status get_points(const reading *in, const json_t *from, stf_stored_band *band) {
  static const char *const keys[] = {"at", "mean", "low", "high"};
  band->count = json_array_size(json_object_get(from, "at"));
  if (band->count > MOST_POINTS) return broken(in, "ensemble.bands.at", "a list of at most 10000");
  double(*at)[4] = stf_arena_alloc(in->arena, (band->count + 1) * sizeof(*at));
  if (!at) return stf_file_no_memory(in->path, in->diags);
  for (int k = 0; k < 4; k++) {
    const json_t *list = json_object_get(from, keys[k]), *value;
    size_t i;
    if (json_array_size(list) != band->count) return broken(in, "ensemble.bands", "lists as long as each other");
    json_array_foreach(list, i, value) {
      if (!json_is_number(value)) return broken(in, "ensemble.bands", "numbers");
      at[i][k] = json_number_value(value);
    }
  }
  band->at = (const double(*)[4])at;
  return STF_OK;
}

static stf_status get_bands(const reading *in, const json_t *root, stf_stored *stored) {
  const json_t *ensemble = json_object_get(root, "ensemble"), *bands = json_object_get(ensemble, "bands"), *from;
  const json_t *members = json_object_get(ensemble, "members");
  const size_t failed = json_array_size(json_object_get(ensemble, "failed")), count = json_array_size(bands);
  if (!ensemble) return STF_OK;
  if (!json_is_integer(members) || json_integer_value(members) < (json_int_t)failed)
    return broken(in, "ensemble.members", "how many there are");
  if (!json_is_array(bands) || count > MOST_BANDS) return broken(in, "ensemble.bands", "a list of at most 5000");
  stf_stored_band *band = stf_arena_alloc(in->arena, (count + 1) * sizeof(*band));
  if (!band) return stf_file_no_memory(in->path, in->diags);
  stored->specimens = (size_t)json_integer_value(members) - failed;
  stored->band = band;
  size_t i;
  json_array_foreach(bands, i, from) {
    STF_TRY(get_text(in, from, "x", &band[i].x));
    STF_TRY(get_text(in, from, "y", &band[i].y));
    STF_TRY(get_points(in, from, &band[i]));
    stored->bands++;
  }
  return STF_OK;
}

static stf_status get_number_of(const reading *in, const json_t *from, stf_stored_number *number) {
  const json_t *ensemble = json_object_get(from, "ensemble");
  STF_TRY(get_text(in, from, "name", &number->name));
  STF_TRY(get_text(in, from, "unit", &number->unit));
  STF_TRY(get_number(in, from, "value", &number->value));
  STF_TRY(get_number(in, ensemble, "low", &number->low));
  return get_number(in, ensemble, "high", &number->high);
}

static stf_status get_numbers(const reading *in, const json_t *root, stf_stored *stored) {
  const json_t *list = json_object_get(root, "measurements"), *from;
  const size_t count = json_array_size(list);
  if (count > MOST_BANDS) return broken(in, "measurements", "a list of at most 5000");
  stf_stored_number *number = stf_arena_alloc(in->arena, (count + 1) * sizeof(*number));
  if (!number) return stf_file_no_memory(in->path, in->diags);
  stored->number = number;
  size_t i;
  json_array_foreach(list, i, from) STF_TRY(get_number_of(in, from, &number[stored->numbers++]));
  return STF_OK;
}

static stf_status get_all(const reading *in, const json_t *root, stf_stored *stored) {
  const json_t *scenario = json_object_get(root, "scenario");
  if (!json_is_object(scenario)) return broken(in, "scenario", "the scenario that was run");
  STF_TRY(get_text(in, scenario, "name", &stored->name));
  STF_TRY(get_text(in, scenario, "title", &stored->title));
  STF_TRY(get_marks(in, root, stored));
  STF_TRY(get_numbers(in, root, stored));
  return get_bands(in, root, stored);
}

static stf_status read_record(const reading *in, stf_stored *stored) {
  char *text = NULL;
  size_t size = 0;
  STF_TRY(stf_file_read(in->path, MOST_BYTES, in->diags, &text, &size));
  json_error_t error;
  json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
  free(text);
  if (!root) {
    const stf_place place = {.file = in->path, .line = error.line, .column = error.column};
    stf_diags_add(in->diags, STF_ERROR, place, error.text, "JSON as striffin writes it", "was the file cut off?");
    return STF_BAD_INPUT;
  }
  const stf_status status = get_all(in, root, stored);
  json_decref(root);
  return status;
}

stf_status stf_stored_read(const char *path, stf_arena *arena, stf_diags *diags, stf_stored *stored) {
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length--;
  *stored = (stf_stored){.path = stf_arena_copy(arena, path, length)};
  if (!stored->path) return stf_file_no_memory(path, diags);
  const reading in = {stf_arena_printf(arena, "%s/run.json", stored->path), arena, diags};
  const char *curves = stf_arena_printf(arena, "%s/curves.csv", stored->path);
  if (!in.path || !curves) return stf_file_no_memory(path, diags);
  struct stat about;
  if (stat(in.path, &about) && (errno == ENOENT || errno == ENOTDIR)) return no_such_run(stored->path, arena, diags);
  STF_TRY(read_record(&in, stored));
  return stf_curves_read(curves, diags, &stored->curves);
}

void stf_stored_clear(stf_stored *stored) {
  stf_curves_destroy(stored->curves);
  stored->curves = NULL;
}

const stf_stored_number *stf_stored_find_number(const stf_stored *stored, const char *name) {
  for (size_t i = 0; i < stored->numbers; i++)
    if (!strcmp(stored->number[i].name, name)) return &stored->number[i];
  return NULL;
}

const stf_stored_band *stf_stored_find_band(const stf_stored *stored, const char *x, const char *y) {
  for (size_t i = 0; i < stored->bands; i++)
    if (!strcmp(stored->band[i].x, x) && !strcmp(stored->band[i].y, y)) return &stored->band[i];
  return NULL;
}
