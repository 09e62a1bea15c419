#include "result/scene.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "result/file.h"
#include "result/pack.h"
#include "result/surface.h"

enum {
  MOST_PARTS = 4096,
  MOST_FIELDS = 2 * STF_VTU_MOST_FIELDS,
  MOST_VALUES = 1 << 23, /* of a field, all steps together: a large surface is shown at fewer of them */
  MOST_LINES = 3000,     /* of a family in a layer: more cannot be told apart in a picture */
  NONE = STF_PACK_MOST
};

/* How the values of a field come from those of a file. */
typedef enum kind { AS_IT_IS, PRINCIPAL, VON_MISES } kind;

typedef struct shown {
  const char *from, *name, *unit; /* the field in the files; what the page calls it */
  kind kind;
  int components;
  bool of_points;
  float *value; /* [steps][vertices or triangles][components] */
} shown;

typedef struct builder {
  const char *folder, *path, *prefix; /* `path`: of fields.pvd */
  stf_arena *arena;
  stf_diags *diags;
  stf_buffer *blocks;
  stf_status status; /* the first fault of a block */
  int block;
  stf_pvd_file *file;
  size_t files, parts, steps;
  size_t frame[STF_SCENE_MOST_STEPS]; /* [steps] */
  stf_vtu *part;                      /* [parts] of the frame that is read */
  size_t *points, *cells;             /* [parts + 1] where those of a part begin */
  stf_surface surface;
  shown field[MOST_FIELDS];
  size_t fields;
} builder;

static stf_status no_memory(const builder *b) {
  return stf_file_no_memory(b->path, b->diags);
}

static stf_status fault(const builder *b, const char *file, const char *where, const char *found,
                        const char *expected) {
  const stf_place place = {.file = stf_diags_text(b->diags, "%s/%s", b->folder, file), .path = where};
  stf_diags_add(b->diags, STF_ERROR, place, found, expected, "'striffin run' makes the result anew");
  return STF_BAD_INPUT;
}

/* ---- frames ---- */

static void clear_frame(builder *b) {
  for (size_t p = 0; p < b->parts; p++) stf_vtu_clear(&b->part[p]);
}

static stf_status read_frame(builder *b, size_t frame) {
  clear_frame(b);
  for (size_t p = 0; p < b->parts; p++) {
    const char *name = b->file[frame * b->parts + p].name;
    const char *path = stf_arena_printf(b->arena, "%s/%s", b->folder, name);
    if (!path) return no_memory(b);
    STF_TRY(stf_vtu_read(path, b->diags, &b->part[p]));
    if (b->cells[b->parts] &&
        (b->part[p].points != b->points[p + 1] - b->points[p] || b->part[p].cells != b->cells[p + 1] - b->cells[p]))
      return fault(b, name, "Piece", "another mesh", "the points and cells of the first frame");
  }
  return STF_OK;
}

static void choose_steps(builder *b) {
  const size_t all = b->files / b->parts, fit = MOST_VALUES / b->surface.triangles;
  const size_t most = fit < 2 ? 2 : fit < STF_SCENE_MOST_STEPS ? fit : STF_SCENE_MOST_STEPS;
  b->steps = all < most ? all : most;
  for (size_t s = 0; s < b->steps; s++)
    b->frame[s] = b->steps > 1 ? (s * (all - 1) + (b->steps - 1) / 2) / (b->steps - 1) : 0;
}

static stf_status open_files(builder *b) {
  STF_TRY(stf_pvd_read(b->path, b->arena, b->diags, &b->file, &b->files));
  for (b->parts = 1; b->parts < b->files && b->file[b->parts].part;) b->parts++;
  if (b->parts > MOST_PARTS) return fault(b, "fields.pvd", NULL, "too many parts", "at most 4096");
  b->part = stf_arena_alloc(b->arena, b->parts * sizeof *b->part);
  b->points = stf_arena_alloc(b->arena, (b->parts + 1) * sizeof *b->points);
  b->cells = stf_arena_alloc(b->arena, (b->parts + 1) * sizeof *b->cells);
  if (!b->part || !b->points || !b->cells) return no_memory(b);
  STF_TRY(read_frame(b, 0));
  for (size_t p = 0; p < b->parts; p++) {
    b->points[p + 1] = b->points[p] + b->part[p].points;
    b->cells[p + 1] = b->cells[p] + b->part[p].cells;
  }
  STF_TRY(stf_surface_find(b->part, b->parts, b->path, b->diags, &b->surface));
  choose_steps(b);
  return STF_OK;
}

/* ---- which fields ---- */

/* "stress [MPa]" is "stress" in "MPa". */
static void split_name(builder *b, const char *name, shown *to) {
  const char *open = strrchr(name, '['), *close = open ? strchr(open, ']') : NULL;
  const bool has_unit = close && !close[1] && open > name && open[-1] == ' ';
  to->from = stf_arena_copy(b->arena, name, strlen(name));
  to->name = stf_arena_copy(b->arena, name, has_unit ? (size_t)(open - name) - 1 : strlen(name));
  to->unit = has_unit ? stf_arena_copy(b->arena, open + 1, (size_t)(close - open) - 1) : "";
}

static stf_status add_shown(builder *b, const stf_vtu_field *of, kind how, const char *name) {
  const size_t items = of->of_points ? b->surface.vertices : b->surface.triangles;
  shown *to = &b->field[b->fields];
  if (b->fields == MOST_FIELDS) return fault(b, "fields.pvd", of->name, "too many fields", "at most 128 to show");
  *to = (shown){.kind = how, .components = how == AS_IT_IS ? of->components : 1, .of_points = of->of_points};
  split_name(b, of->name, to);
  if (name) to->name = name;
  to->value = malloc((b->steps * items * (size_t)to->components + 1) * sizeof *to->value);
  b->fields++;
  return to->from && to->name && to->unit && to->value ? STF_OK : no_memory(b);
}

/* "stretch along" and "torn along", as files call them, so that they say what they are. */
static const char *tell_name(builder *b, const char *name) {
  if (!strncmp(name, "stretch ", 8)) return stf_arena_printf(b->arena, "fibre stretch, %s", name + 8);
  if (!strncmp(name, "torn ", 5)) return stf_arena_printf(b->arena, "torn share of fibres, %s", name + 5);
  return NULL;
}

/* Displacement first; then two numbers of the stress, and every other number. */
static stf_status choose_fields(builder *b) {
  const stf_vtu *v = &b->part[0];
  const stf_vtu_field *moved = stf_vtu_find(v, "displacement [mm]", true);
  if (!moved || moved->components != 3)
    return fault(b, "fields.pvd", "displacement [mm]", "no such field", "three a point");
  STF_TRY(add_shown(b, moved, AS_IT_IS, NULL));
  for (size_t i = 0; i < v->fields; i++) {
    if (v->field[i].components != 6) continue;
    STF_TRY(add_shown(b, &v->field[i], PRINCIPAL, "largest principal stress"));
    STF_TRY(add_shown(b, &v->field[i], VON_MISES, "von Mises stress"));
  }
  for (size_t i = 0; i < v->fields; i++) {
    const stf_vtu_field *f = &v->field[i];
    if (f->components == 1 && strcmp(f->name, "layer") != 0) STF_TRY(add_shown(b, f, AS_IT_IS, tell_name(b, f->name)));
  }
  return STF_OK;
}

/* ---- values ---- */

static float von_mises(const float s[6]) {
  const double a = s[0] - s[1], b = s[1] - s[2], c = s[2] - s[0];
  const double shear = (double)s[3] * s[3] + (double)s[4] * s[4] + (double)s[5] * s[5];
  return (float)sqrt(0.5 * (a * a + b * b + c * c) + 3.0 * shear);
}

/* The largest eigenvalue of xx yy zz xy yz xz, in closed form (Smith 1961). */
static float principal(const float s[6]) {
  const double mean = ((double)s[0] + s[1] + s[2]) / 3.0;
  const double a = s[0] - mean, b = s[1] - mean, c = s[2] - mean, d = s[3], e = s[4], f = s[5];
  const double p = sqrt((a * a + b * b + c * c + 2.0 * (d * d + e * e + f * f)) / 6.0);
  if (!(p > 0.0)) return (float)mean;
  const double half = (a * (b * c - e * e) - d * (d * c - e * f) + f * (d * e - b * f)) / (2.0 * p * p * p);
  return (float)(mean + 2.0 * p * cos(acos(fmin(fmax(half, -1.0), 1.0)) / 3.0));
}

static size_t part_of(const size_t *begins, size_t parts, size_t item) {
  size_t low = 0, high = parts;
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    if (begins[middle] <= item)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static void take_value(const shown *f, const float *from, float *to) {
  switch (f->kind) {
  case PRINCIPAL: *to = principal(from); break;
  case VON_MISES: *to = von_mises(from); break;
  default: memcpy(to, from, (size_t)f->components * sizeof *to); break;
  }
}

static stf_status take_field(builder *b, shown *f, size_t step) {
  const size_t items = f->of_points ? b->surface.vertices : b->surface.triangles, n = (size_t)f->components;
  const size_t *begins = f->of_points ? b->points : b->cells;
  const uint32_t *item = f->of_points ? b->surface.point : b->surface.cell;
  const int wanted = f->kind == AS_IT_IS ? f->components : 6;
  for (size_t i = 0; i < items; i++) {
    const size_t p = part_of(begins, b->parts, item[i]);
    const stf_vtu_field *from = stf_vtu_find(&b->part[p], f->from, f->of_points);
    const char *file = b->file[b->frame[step] * b->parts + p].name;
    if (!from || from->components != wanted)
      return fault(b, file, f->from, "no such field", "the fields of the first file");
    float *to = f->value + (step * items + i) * n;
    take_value(f, from->value + (item[i] - begins[p]) * (size_t)wanted, to);
    for (size_t k = 0; k < n; k++)
      if (isinf(to[k]) || (isnan(to[k]) && n > 1))
        return fault(b, file, f->from, "a value that is no number", "finite numbers");
  }
  return STF_OK;
}

static stf_status take_values(builder *b) {
  for (size_t s = 0; s < b->steps; s++) {
    if (s) STF_TRY(read_frame(b, b->frame[s]));
    for (size_t f = 0; f < b->fields; f++) STF_TRY(take_field(b, &b->field[f], s));
  }
  return STF_OK;
}

/* ---- blocks ---- */

static void set_text(json_t *object, const char *key, const char *text) {
  json_object_set_new(object, key, json_string(text));
}

static void set_count(json_t *object, const char *key, size_t count) {
  json_object_set_new(object, key, json_integer((json_int_t)count));
}

static json_t *begin_block(builder *b, const char *type, size_t count) {
  json_t *block = json_object();
  const char *id = stf_arena_printf(b->arena, "%s%d", b->prefix, b->block++);
  set_text(block, "id", id ? id : "");
  set_text(block, "type", type);
  set_count(block, "count", count);
  stf_buffer_printf(b->blocks, "<script type=\"application/octet-stream\" id=\"%s\">", id ? id : "");
  return block;
}

static void end_block(builder *b, stf_status status) {
  if (status && !b->status) b->status = no_memory(b);
  stf_buffer_text(b->blocks, "</script>\n");
}

static json_t *plain_block(builder *b, const char *type, const void *numbers, size_t count, size_t width) {
  json_t *block = begin_block(b, type, count);
  end_block(b, stf_pack_bytes(numbers, count, width, b->blocks));
  return block;
}

static json_t *index_block(builder *b, const uint32_t *index, size_t count) {
  json_t *block = begin_block(b, "uint32", count);
  end_block(b, stf_pack_index(index, count, b->blocks));
  return block;
}

static json_t *levels_block(builder *b, const uint16_t *levels, size_t count) {
  json_t *block = begin_block(b, "q16", count);
  set_count(block, "steps", b->steps);
  end_block(b, stf_pack_levels(levels, b->steps, count, b->blocks));
  return block;
}

/* The range of a field's values; whether some have none. */
static bool find_range(const float *value, size_t count, double range[2]) {
  bool none = false;
  range[0] = INFINITY;
  range[1] = -INFINITY;
  for (size_t i = 0; i < count; i++) {
    if (isnan(value[i])) {
      none = true;
      continue;
    }
    range[0] = fmin(range[0], (double)value[i]);
    range[1] = fmax(range[1], (double)value[i]);
  }
  if (!isfinite(range[0])) range[0] = range[1] = 0.0;
  return none;
}

static json_t *field_json(builder *b, const shown *f) {
  const size_t items = (f->of_points ? b->surface.vertices : b->surface.triangles) * (size_t)f->components;
  const size_t count = b->steps * items;
  double range[2];
  const bool none = find_range(f->value, count, range);
  uint16_t *level = malloc((count + 1) * sizeof *level);
  json_t *object = json_object();
  if (!level) {
    b->status = no_memory(b);
    return object;
  }
  for (size_t i = 0; i < count; i++)
    level[i] = isnan(f->value[i])
                   ? NONE
                   : stf_pack_level((double)f->value[i], range[0], range[1], none ? NONE - 1 : STF_PACK_MOST);
  set_text(object, "name", f->name);
  set_text(object, "unit", f->unit);
  set_count(object, "components", (size_t)f->components);
  set_text(object, "on", f->of_points ? "vertices" : "triangles");
  json_object_set_new(object, "low", json_real(range[0]));
  json_object_set_new(object, "high", json_real(range[1]));
  if (none) set_count(object, "none", NONE);
  json_object_set_new(object, "block", levels_block(b, level, items));
  free(level);
  return object;
}

static void set_surface(builder *b, json_t *scene) {
  const stf_surface *s = &b->surface;
  float *X = malloc((3 * s->vertices + 1) * sizeof *X);
  if (!X) {
    b->status = no_memory(b);
    return;
  }
  for (size_t v = 0; v < s->vertices; v++) {
    const size_t p = part_of(b->points, b->parts, s->point[v]);
    for (int i = 0; i < 3; i++) X[3 * v + (size_t)i] = (float)b->part[p].X[s->point[v] - b->points[p]][i];
  }
  set_count(scene, "vertices", s->vertices);
  set_count(scene, "triangles", s->triangles);
  json_object_set_new(scene, "positions", plain_block(b, "float32", X, 3 * s->vertices, sizeof *X));
  json_object_set_new(scene, "index", index_block(b, s->corner[0], 3 * s->triangles));
  json_object_set_new(scene, "vertex_layer", plain_block(b, "uint8", s->layer, s->vertices, 1));
  json_object_set_new(scene, "edges", index_block(b, s->edge[0], 2 * s->edges));
  free(X);
}

/* ---- fibres ---- */

/* Every so many of the lines, so that at most MOST_LINES stay. */
static size_t thin_lines(float *middle, float *along, size_t lines) {
  const size_t every = (lines + MOST_LINES - 1) / MOST_LINES;
  size_t kept = 0;
  for (size_t i = 0; i < lines; i += every, kept++) {
    memmove(middle + 3 * kept, middle + 3 * i, 3 * sizeof *middle);
    memmove(along + 3 * kept, along + 3 * i, 3 * sizeof *along);
  }
  return kept;
}

/* The lines of one family in one layer; nothing where there are none. */
static void add_lines(builder *b, const stf_vtu *v, const stf_vtu_field *family, size_t layer, json_t *list) {
  const stf_vtu_field *of = stf_vtu_find(v, "layer", false);
  float *middle = malloc((3 * v->cells + 1) * sizeof *middle), *along = malloc((3 * v->cells + 1) * sizeof *along);
  size_t n = 0;
  for (size_t e = 0; middle && along && e < v->cells; e++) {
    if (family->value[e] != 1.0F || of->value[e] != (float)layer || v->type[e] != 3) continue;
    const double *p = v->X[v->node[v->end[e] - 2]], *q = v->X[v->node[v->end[e] - 1]];
    const double length =
        sqrt((q[0] - p[0]) * (q[0] - p[0]) + (q[1] - p[1]) * (q[1] - p[1]) + (q[2] - p[2]) * (q[2] - p[2]));
    if (!(length > 0.0)) continue;
    for (int i = 0; i < 3; i++) {
      middle[3 * n + (size_t)i] = (float)(0.5 * (p[i] + q[i]));
      along[3 * n + (size_t)i] = (float)((q[i] - p[i]) / length);
    }
    n++;
  }
  if (!middle || !along) b->status = no_memory(b);
  if (n) {
    json_t *object = json_object();
    n = thin_lines(middle, along, n);
    set_text(object, "name", family->name + strlen("fibre "));
    set_count(object, "layer", layer);
    json_object_set_new(object, "points", plain_block(b, "float32", middle, 3 * n, sizeof *middle));
    json_object_set_new(object, "directions", plain_block(b, "float32", along, 3 * n, sizeof *along));
    json_array_append_new(list, object);
  }
  free(middle);
  free(along);
}

static stf_status set_fibres(builder *b, json_t *scene) {
  const char *path = stf_arena_printf(b->arena, "%s/fibres.vtu", b->folder);
  json_t *list = json_array();
  struct stat about;
  stf_vtu v;
  json_object_set_new(scene, "fibres", list);
  if (!path) return no_memory(b);
  if (stat(path, &about) && errno == ENOENT) return STF_OK; /* a tissue without fibres */
  stf_status status = stf_vtu_read(path, b->diags, &v);
  const stf_vtu_field *of = status ? NULL : stf_vtu_find(&v, "layer", false);
  if (!status && (!of || of->components != 1)) status = fault(b, "fibres.vtu", "layer", "no such field", "one a line");
  for (size_t i = 0; !status && i < v.fields; i++) {
    const stf_vtu_field *f = &v.field[i];
    if (f->of_points || f->components != 1 || strncmp(f->name, "fibre ", 6) != 0) continue;
    for (size_t layer = 0; layer < b->surface.layers; layer++) add_lines(b, &v, f, layer, list);
  }
  stf_vtu_clear(&v);
  return status;
}

/* ---- the whole ---- */

static json_t *layer_json(builder *b, size_t number, const json_t *layer, const json_t *tool) {
  const json_t *name = json_object_get(tool ? tool : layer, "name"), *tissue = json_object_get(layer, "tissue"),
               *shape = json_object_get(tool, "shape");
  const char *counted = stf_arena_printf(b->arena, "layer %zu", number + 1);
  json_t *object = json_object();
  set_text(object, "name", json_is_string(name) ? json_string_value(name) : counted ? counted : "");
  set_text(object, "tissue", json_is_string(tissue) ? json_string_value(tissue) : "");
  if (json_is_string(shape)) set_text(object, "tool", json_string_value(shape));
  return object;
}

/* Layers of tissue, and tools, which are drawn as layers behind them. */
static void set_layers(builder *b, const json_t *record, json_t *scene) {
  const json_t *layers = json_object_get(record, "layers"), *tools = json_object_get(record, "tools");
  const size_t tissues = json_array_size(layers);
  json_t *list = json_array();
  for (size_t i = 0; i < b->surface.layers; i++) {
    const json_t *tool = i < tissues ? NULL : json_array_get(tools, i - tissues);
    json_array_append_new(list, layer_json(b, i, json_array_get(layers, i), tool));
  }
  json_object_set_new(scene, "layers", list);
}

static void set_times(const builder *b, json_t *scene) {
  json_t *times = json_object(), *values = json_array();
  for (size_t s = 0; s < b->steps; s++) json_array_append_new(values, json_real(b->file[b->frame[s] * b->parts].time));
  set_text(times, "unit", "s");
  json_object_set_new(times, "values", values);
  json_object_set_new(scene, "times", times);
}

static stf_status build(builder *b, const json_t *record, json_t *scene) {
  STF_TRY(open_files(b));
  STF_TRY(choose_fields(b));
  set_text(scene, "unit", "mm");
  set_times(b, scene);
  set_layers(b, record, scene);
  set_surface(b, scene); /* of the first frame, which is still read */
  STF_TRY(take_values(b));
  json_t *fields = json_array();
  json_object_set_new(scene, "displacement", field_json(b, &b->field[0]));
  json_object_set_new(scene, "fields", fields);
  for (size_t f = 1; f < b->fields; f++) json_array_append_new(fields, field_json(b, &b->field[f]));
  STF_TRY(set_fibres(b, scene));
  return b->status;
}

static stf_status read_scene(builder *b, const json_t *record, json_t **scene) {
  struct stat about;
  b->path = stf_arena_printf(b->arena, "%s/fields.pvd", b->folder);
  if (!b->path) return stf_file_no_memory(b->folder, b->diags);
  if (stat(b->path, &about) && errno == ENOENT) {
    *scene = json_null();
    return STF_OK;
  }
  *scene = json_object();
  return build(b, record, *scene);
}

stf_status stf_scene_read(const char *folder, const json_t *record, const char *prefix, stf_diags *diags,
                          json_t **scene, stf_buffer *blocks) {
  builder *b = calloc(1, sizeof *b);
  stf_arena *arena = stf_arena_create();
  stf_status status = STF_NO_RESOURCE;
  *scene = NULL;
  if (b && arena) {
    *b = (builder){.folder = folder, .prefix = prefix, .arena = arena, .diags = diags, .blocks = blocks};
    status = read_scene(b, record, scene);
    clear_frame(b);
    stf_surface_clear(&b->surface);
    for (size_t f = 0; f < b->fields; f++) free(b->field[f].value);
  } else {
    stf_file_no_memory(folder, diags);
  }
  if (status) {
    json_decref(*scene);
    *scene = NULL;
  }
  stf_arena_destroy(arena);
  free(b);
  return status;
}
