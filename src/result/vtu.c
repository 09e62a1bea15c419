#define _GNU_SOURCE /* memmem */
#include "result/vtu.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"
#include "result/file.h"

enum { MOST_FILE = 1 << 30, MOST_NAME = 200, MOST_BLOCK = 1 << 24, ZLIB_RATIO = 1040, MOST_NODES = 10 };

/* What an array of the XML says of itself. */
typedef struct listed {
  char section[16], type[16], name[MOST_NAME];
  long components;
  size_t offset;
} listed;

typedef struct parser {
  const char *path;
  stf_diags *diags;
  const char *data; /* [size] appended */
  size_t size;
  listed array[STF_VTU_MOST_FIELDS + 4];
  size_t arrays;
  stf_vtu *vtu;
} parser;

static stf_status fault(const parser *p, const char *where, const char *found, const char *expected) {
  stf_diags_add(p->diags, STF_ERROR, (stf_place){.file = p->path, .path = where}, found, expected,
                "was the file cut off, or written by another program?");
  return STF_BAD_INPUT;
}

/* ---- XML as we write it: a tag at a time, attributes in double quotes ---- */

static void unescape(char *text) {
  static const struct {
    const char *entity;
    char letter;
  } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
  char *to = text;
  for (const char *from = text; *from; to++) {
    size_t k = 0, step = 1;
    while (k < 5 && strncmp(from, known[k].entity, strlen(known[k].entity)) != 0) k++;
    *to = k < 5 ? known[k].letter : *from;
    if (k < 5) step = strlen(known[k].entity);
    from += step;
  }
  *to = '\0';
}

/* The attribute `key` of the tag [length] in `value`; false where it is missing or too long. */
static bool attribute(const char *tag, size_t length, const char *key, char *value, size_t room) {
  const size_t k = strlen(key);
  value[0] = '\0';
  for (size_t i = 1; i + k + 2 < length; i++) {
    if (tag[i - 1] != ' ' || strncmp(tag + i, key, k) != 0 || tag[i + k] != '=' || tag[i + k + 1] != '"') continue;
    const char *from = tag + i + k + 2, *quote = memchr(from, '"', (size_t)(tag + length - from));
    if (!quote || (size_t)(quote - from) >= room) return false;
    memcpy(value, from, (size_t)(quote - from));
    value[quote - from] = '\0';
    unescape(value);
    return true;
  }
  return false;
}

/* A whole number up to 10^15, else -1. */
static long long count_of(const char *text) {
  const size_t digits = strspn(text, "0123456789");
  return digits && digits <= 15 && !text[digits] ? strtoll(text, NULL, 10) : -1;
}

static stf_status note_array(parser *p, const char *tag, size_t length, const char *section) {
  char number[32];
  if (p->arrays == sizeof p->array / sizeof *p->array) return fault(p, section, "too many arrays", "at most 64 fields");
  listed *a = &p->array[p->arrays];
  snprintf(a->section, sizeof a->section, "%s", section);
  const bool named = attribute(tag, length, "type", a->type, sizeof a->type) &&
                     attribute(tag, length, "Name", a->name, sizeof a->name);
  attribute(tag, length, "NumberOfComponents", number, sizeof number);
  const long long components = count_of(number);
  attribute(tag, length, "offset", number, sizeof number);
  const long long offset = count_of(number);
  if (!named || components < 1 || components > 9 || offset < 0 || !stf_text_is_printable(a->name, strlen(a->name)))
    return fault(p, section, "an array that does not say what it is", "type, name, 1 to 9 components, offset");
  a->components = (long)components;
  a->offset = (size_t)offset;
  p->arrays++;
  return STF_OK;
}

static bool is_tag(const char *tag, size_t length, const char *name) {
  const size_t n = strlen(name);
  return length > n && strncmp(tag, name, n) == 0 && (tag[n] == ' ' || tag[n] == '>');
}

static stf_status note_piece(parser *p, const char *tag, size_t length) {
  char points[32], cells[32];
  attribute(tag, length, "NumberOfPoints", points, sizeof points);
  attribute(tag, length, "NumberOfCells", cells, sizeof cells);
  const long long n = count_of(points), e = count_of(cells);
  if (n < 0 || e < 0 || p->vtu->points || p->vtu->cells)
    return fault(p, "Piece", "no sizes", "one piece with its sizes");
  p->vtu->points = (size_t)n;
  p->vtu->cells = (size_t)e;
  return STF_OK;
}

static stf_status check_kind(const parser *p, const char *tag, size_t length) {
  char type[32], order[32], head[32], packer[32];
  const bool ours = attribute(tag, length, "type", type, sizeof type) && !strcmp(type, "UnstructuredGrid") &&
                    attribute(tag, length, "byte_order", order, sizeof order) && !strcmp(order, "LittleEndian") &&
                    attribute(tag, length, "header_type", head, sizeof head) && !strcmp(head, "UInt64") &&
                    attribute(tag, length, "compressor", packer, sizeof packer) &&
                    !strcmp(packer, "vtkZLibDataCompressor");
  return ours ? STF_OK : fault(p, "VTKFile", "another kind of file", "an unstructured grid as striffin writes it");
}

static stf_status read_tags(parser *p, const char *xml, size_t size) {
  static const char *const sections[] = {"PointData", "CellData", "Points", "Cells"};
  const char *section = "", *end = xml + size;
  bool known = false;
  for (const char *at = xml; (at = memchr(at, '<', (size_t)(end - at)));) {
    const char *tag = ++at, *close = memchr(tag, '>', (size_t)(end - tag));
    if (!close) break;
    const size_t length = (size_t)(close - tag) + 1;
    for (size_t s = 0; s < 4; s++)
      if (is_tag(tag, length, sections[s])) section = sections[s];
    if (is_tag(tag, length, "VTKFile")) {
      STF_TRY(check_kind(p, tag, length));
      known = true;
    }
    if (is_tag(tag, length, "Piece")) STF_TRY(note_piece(p, tag, length));
    if (is_tag(tag, length, "DataArray")) STF_TRY(note_array(p, tag, length, section));
    at = close;
  }
  return known ? STF_OK : fault(p, "VTKFile", "no such tag", "a .vtu file as striffin writes it");
}

/* ---- appended data ---- */

static uint64_t number_at(const parser *p, size_t at) {
  uint64_t value;
  memcpy(&value, p->data + at, sizeof value);
  return value;
}

static stf_status unpack(const parser *p, const listed *a, size_t blocks, size_t block, unsigned char *to,
                         size_t left) {
  size_t from = a->offset + 24 + 8 * blocks;
  for (size_t i = 0; i < blocks; i++) {
    const uint64_t packed = number_at(p, a->offset + 24 + 8 * i);
    const size_t wanted = left < block ? left : block;
    uLongf got = (uLongf)wanted;
    if (packed > p->size - from) return fault(p, a->name, "data that end early", "whole blocks");
    if (uncompress(to, &got, (const Bytef *)p->data + from, (uLong)packed) != Z_OK || got != wanted)
      return fault(p, a->name, "damaged data", "blocks that zlib can unpack");
    from += packed;
    to += wanted;
    left -= wanted;
  }
  return STF_OK;
}

/* `bytes` of the array into new memory of the arena. */
static stf_status load(const parser *p, const listed *a, size_t items, size_t width, void **to) {
  const size_t most = ZLIB_RATIO * (p->size + 1) / width;
  if (items > most) return fault(p, a->name, "more numbers than the file can hold", "sizes that fit its data");
  const size_t bytes = items * width;
  if (a->offset > p->size || p->size - a->offset < 24) return fault(p, a->name, "data that end early", "its blocks");
  const uint64_t blocks = number_at(p, a->offset), block = number_at(p, a->offset + 8);
  const uint64_t last = number_at(p, a->offset + 16);
  const size_t room = (p->size - a->offset - 24) / 8;
  if (blocks > room || block > MOST_BLOCK || (blocks && !block) || last > block)
    return fault(p, a->name, "sizes that do not go together", "blocks within the file");
  const uint64_t holds = blocks ? (blocks - 1) * block + (last ? last : block) : 0;
  if (holds != bytes) return fault(p, a->name, "another number of values", "as many as there are points or cells");
  *to = stf_arena_alloc(p->vtu->arena, bytes + 1);
  if (!*to) return stf_file_no_memory(p->path, p->diags);
  return unpack(p, a, (size_t)blocks, (size_t)block, *to, bytes);
}

static const listed *find_listed(const parser *p, const char *section, const char *name, const char *type) {
  for (size_t i = 0; i < p->arrays; i++)
    if (!strcmp(p->array[i].section, section) && !strcmp(p->array[i].name, name) && !strcmp(p->array[i].type, type))
      return &p->array[i];
  return NULL;
}

static stf_status load_named(const parser *p, const char *section, const char *name, const char *type, size_t items,
                             size_t width, void **to) {
  const listed *a = find_listed(p, section, name, type);
  return a ? load(p, a, items, width, to) : fault(p, name, "no such array", type);
}

static int nodes_of(unsigned char type) {
  switch (type) {
  case 3: return 2;
  case 10: return 4;
  case 12: return 8;
  case 13: return 6;
  case 24: return MOST_NODES;
  default: return 0;
  }
}

static stf_status load_cells(const parser *p) {
  stf_vtu *v = p->vtu;
  void *types, *ends, *nodes;
  STF_TRY(load_named(p, "Cells", "types", "UInt8", v->cells, 1, &types));
  STF_TRY(load_named(p, "Cells", "offsets", "Int64", v->cells, sizeof(int64_t), &ends));
  v->type = types;
  v->end = ends;
  int64_t end = 0;
  for (size_t e = 0; e < v->cells; e++) {
    if (!nodes_of(v->type[e])) return fault(p, "types", "another type of cell", "VTK's types 3, 10, 12, 13 and 24");
    end += nodes_of(v->type[e]);
    if (v->end[e] != end) return fault(p, "offsets", "cells of another size", "cells one after another");
  }
  STF_TRY(load_named(p, "Cells", "connectivity", "Int32", (size_t)end, sizeof(int32_t), &nodes));
  v->node = nodes;
  for (int64_t i = 0; i < end; i++)
    if (v->node[i] < 0 || (size_t)v->node[i] >= v->points)
      return fault(p, "connectivity", "a point that is not there", "points of the file");
  return STF_OK;
}

static stf_status load_points(const parser *p) {
  stf_vtu *v = p->vtu;
  const listed *a = find_listed(p, "Points", "Points", "Float64");
  void *X;
  if (!a || a->components != 3) return fault(p, "Points", "no such array", "three Float64 a point");
  if (v->points > SIZE_MAX / 64) return fault(p, "Points", "too many points", "sizes that fit the data");
  STF_TRY(load(p, a, 3 * v->points, sizeof(double), &X));
  v->X = X;
  for (size_t i = 0; i < 3 * v->points; i++)
    if (!isfinite(((const double *)X)[i])) return fault(p, "Points", "a position that is no number", "finite numbers");
  return STF_OK;
}

static stf_status load_fields(const parser *p) {
  stf_vtu *v = p->vtu;
  for (size_t i = 0; i < p->arrays; i++) {
    const listed *a = &p->array[i];
    const bool of_points = !strcmp(a->section, "PointData");
    if (!of_points && strcmp(a->section, "CellData") != 0) continue;
    if (v->fields == STF_VTU_MOST_FIELDS) return fault(p, a->name, "too many fields", "at most 64");
    if (strcmp(a->type, "Float32") != 0) return fault(p, a->name, a->type, "a field of Float32");
    void *values;
    STF_TRY(load(p, a, (of_points ? v->points : v->cells) * (size_t)a->components, sizeof(float), &values));
    const char *name = stf_arena_copy(v->arena, a->name, strlen(a->name));
    if (!name) return stf_file_no_memory(p->path, p->diags);
    v->field[v->fields++] = (stf_vtu_field){name, (int)a->components, of_points, values};
  }
  return STF_OK;
}

static stf_status parse(parser *p, const char *bytes, size_t size) {
  static const char opening[] = "<AppendedData encoding=\"raw\">\n_";
  const char *start = memmem(bytes, size, opening, strlen(opening));
  if (!start) return fault(p, "AppendedData", "no such tag", "a .vtu file as striffin writes it");
  p->data = start + strlen(opening);
  p->size = size - (size_t)(p->data - bytes);
  STF_TRY(read_tags(p, bytes, (size_t)(start - bytes)));
  STF_TRY(load_points(p));
  STF_TRY(load_cells(p));
  return load_fields(p);
}

stf_status stf_vtu_parse(const char *bytes, size_t size, const char *path, stf_diags *diags, stf_vtu *vtu) {
  *vtu = (stf_vtu){.arena = stf_arena_create()};
  parser *p = calloc(1, sizeof *p);
  stf_status status = STF_NO_RESOURCE;
  if (vtu->arena && p) {
    p->path = path;
    p->diags = diags;
    p->vtu = vtu;
    status = parse(p, bytes, size);
  } else {
    stf_file_no_memory(path, diags);
  }
  free(p);
  return status;
}

stf_status stf_vtu_read(const char *path, stf_diags *diags, stf_vtu *vtu) {
  char *bytes;
  size_t size;
  *vtu = (stf_vtu){0};
  STF_TRY(stf_file_read(path, MOST_FILE, diags, &bytes, &size));
  const stf_status status = stf_vtu_parse(bytes, size, path, diags, vtu);
  free(bytes);
  return status;
}

void stf_vtu_clear(stf_vtu *vtu) {
  stf_arena_destroy(vtu->arena);
  *vtu = (stf_vtu){0};
}

const stf_vtu_field *stf_vtu_find(const stf_vtu *vtu, const char *name, bool of_points) {
  for (size_t i = 0; i < vtu->fields; i++)
    if (vtu->field[i].of_points == of_points && !strcmp(vtu->field[i].name, name)) return &vtu->field[i];
  return NULL;
}

/* ---- collections ---- */

static bool is_inside(const char *name) {
  return !strncmp(name, "fields/", 7) && stf_text_is_name(name + 7);
}

static stf_status note_file(const char *path, const char *tag, size_t length, stf_arena *arena, stf_diags *diags,
                            stf_pvd_file *file) {
  char time[64], part[32], name[MOST_NAME];
  const bool whole = attribute(tag, length, "timestep", time, sizeof time) &&
                     attribute(tag, length, "part", part, sizeof part) &&
                     attribute(tag, length, "file", name, sizeof name);
  const size_t read = stf_text_read_number(time, &file->time);
  const long long number = count_of(part);
  if (!whole || !read || time[read] || number < 0 || number >= STF_VTU_MOST_FILES || !is_inside(name)) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = path, .path = "DataSet"}, "something else",
                  "timestep, part and a file in fields/", "was the file cut off, or written by another program?");
    return STF_BAD_INPUT;
  }
  file->part = (int)number;
  file->name = stf_arena_copy(arena, name, strlen(name));
  return file->name ? STF_OK : stf_file_no_memory(path, diags);
}

/* Parts count up from 0 within a frame, and every frame has as many. */
static bool is_regular(const stf_pvd_file *file, size_t count) {
  size_t parts = 1;
  while (parts < count && file[parts].part != 0) parts++;
  for (size_t i = 0; i < count; i++)
    if ((size_t)file[i].part != i % parts || file[i].time != file[i - i % parts].time) return false;
  return count % parts == 0;
}

static stf_status read_files(const char *path, const char *text, stf_arena *arena, stf_diags *diags, stf_pvd_file *file,
                             size_t *count) {
  for (const char *at = text; (at = strstr(at, "<DataSet "));) {
    const char *close = strchr(++at, '>');
    if (!close || *count == STF_VTU_MOST_FILES) break;
    STF_TRY(note_file(path, at, (size_t)(close - at) + 1, arena, diags, &file[(*count)++]));
  }
  if (*count && is_regular(file, *count)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "no frames, or frames with parts missing",
                "the files of every frame, part by part", NULL);
  return STF_BAD_INPUT;
}

stf_status stf_pvd_read(const char *path, stf_arena *arena, stf_diags *diags, stf_pvd_file **file, size_t *count) {
  char *text;
  size_t size, most = 0;
  *count = 0;
  STF_TRY(stf_file_read(path, MOST_FILE, diags, &text, &size));
  for (const char *at = text; (at = strstr(at, "<DataSet ")) && most < STF_VTU_MOST_FILES; at++) most++;
  *file = stf_arena_alloc(arena, (most + 1) * sizeof **file);
  const stf_status status = *file ? read_files(path, text, arena, diags, *file, count)
                                  : stf_file_no_memory(path, diags);
  free(text);
  return status;
}
