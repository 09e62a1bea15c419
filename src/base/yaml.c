#include "base/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "base/yaml_fault.h"

enum { LONGEST_PATH = 250 };

/* The nodes of collections still open lie on one stack, `pending`. */
typedef struct builder {
  yaml_parser_t parser;
  yaml_source source;
  stf_arena *arena;
  stf_diags *diags;
  stf_yaml_node **pending;
  size_t pending_count, pending_size;
  size_t nodes;
  int depth;
  bool faulty; /* something was reported, but the tree goes on */
} builder;

/* Where a node hangs: its path, and its key if it has one. */
typedef struct slot {
  const char *path, *key;
  stf_place key_place;
} slot;

static stf_status read_node(builder *b, yaml_event_t *event, const slot *where, stf_yaml_node **node);

static stf_status out_of_memory(builder *b) {
  stf_diags_add(b->diags, STF_ERROR, (stf_place){.file = b->source.name}, "more than fits into memory", NULL, NULL);
  return STF_NO_RESOURCE;
}

static stf_place place_at(const builder *b, yaml_mark_t mark, const char *path) {
  return (stf_place){.file = b->source.name, .line = (int)mark.line + 1, .column = (int)mark.column + 1, .path = path};
}

/* Reports something the tree can go on after. */
static void complain(builder *b, stf_place place, const char *found, const char *expected, const char *hint) {
  stf_diags_add(b->diags, STF_ERROR, place, found, expected, hint);
  b->faulty = true;
}

static stf_status next_event(builder *b, yaml_event_t *event) {
  if (yaml_parser_parse(&b->parser, event)) return STF_OK;
  if (b->parser.error == YAML_MEMORY_ERROR) return out_of_memory(b);
  stf_yaml_fault_report(&b->source, &b->parser, b->diags);
  return STF_BAD_INPUT;
}

static stf_status create_node(builder *b, stf_yaml_kind kind, yaml_mark_t mark, const slot *where,
                              stf_yaml_node **node) {
  const stf_place place = place_at(b, mark, where->path);
  if (++b->nodes > STF_YAML_MAX_NODES) {
    stf_diags_add(b->diags, STF_ERROR, place, stf_diags_text(b->diags, "more than %d values", STF_YAML_MAX_NODES),
                  "a smaller file", "numbers in bulk belong into a CSV file");
    return STF_BAD_INPUT;
  }
  *node = stf_arena_alloc(b->arena, sizeof(**node));
  if (!*node) return out_of_memory(b);
  **node = (stf_yaml_node){.kind = kind, .place = place, .key = where->key, .key_place = where->key_place};
  return STF_OK;
}

static stf_status push(builder *b, stf_yaml_node *node) {
  if (b->pending_count == b->pending_size) {
    const size_t size = b->pending_size ? 2 * b->pending_size : 64;
    stf_yaml_node **larger = realloc(b->pending, size * sizeof(*larger));
    if (!larger) return out_of_memory(b);
    b->pending = larger;
    b->pending_size = size;
  }
  b->pending[b->pending_count++] = node;
  return STF_OK;
}

/* Moves the pending nodes from `start` on into `parent`. */
static stf_status adopt(builder *b, size_t start, stf_yaml_node *parent) {
  const size_t count = b->pending_count - start;
  b->pending_count = start;
  if (!count) return STF_OK;
  const stf_yaml_node **children = stf_arena_alloc(b->arena, count * sizeof(*children));
  if (!children) return out_of_memory(b);
  for (size_t i = 0; i < count; i++) children[i] = b->pending[start + i];
  parent->children = children;
  parent->count = count;
  return STF_OK;
}

/* What libyaml makes of "!!". */
static const char standard_tags[] = "tag:yaml.org,2002:";

static void refuse_decorations(builder *b, const yaml_event_t *event, const char *path) {
  const yaml_char_t *anchor = NULL, *tag = NULL;
  if (event->type == YAML_SCALAR_EVENT) {
    anchor = event->data.scalar.anchor;
    tag = event->data.scalar.tag;
  } else if (event->type == YAML_SEQUENCE_START_EVENT) {
    anchor = event->data.sequence_start.anchor;
    tag = event->data.sequence_start.tag;
  } else if (event->type == YAML_MAPPING_START_EVENT) {
    anchor = event->data.mapping_start.anchor;
    tag = event->data.mapping_start.tag;
  }
  const stf_place place = place_at(b, event->start_mark, path);
  if (anchor) {
    const char *name = stf_diags_quote(b->diags, (const char *)anchor, strlen((const char *)anchor));
    complain(b, place, stf_diags_text(b->diags, "an anchor (&%s)", name), "a plain value",
             "anchors and aliases are not used here");
  }
  if (tag) {
    const char *text = (const char *)tag;
    const bool standard = strncmp(text, standard_tags, strlen(standard_tags)) == 0;
    if (standard) text += strlen(standard_tags);
    complain(
        b, place,
        stf_diags_text(b->diags, "a tag (%s%s)", standard ? "!!" : "", stf_diags_quote(b->diags, text, strlen(text))),
        "a plain value", "text that begins with ! needs quotes");
  }
}

/* Copies the text of a scalar, up to a NUL, which only an escape can have made. */
static stf_status copy_scalar(builder *b, const yaml_event_t *event, stf_place place, const char **text,
                              size_t *length) {
  const char *value = (const char *)event->data.scalar.value;
  *length = strnlen(value, event->data.scalar.length);
  if (*length < event->data.scalar.length) complain(b, place, "a zero character (\\0)", "text without it", NULL);
  *text = stf_arena_copy(b->arena, value, *length);
  return *text ? STF_OK : out_of_memory(b);
}

static stf_status read_scalar(builder *b, const yaml_event_t *event, const slot *where, stf_yaml_node **node) {
  STF_TRY(create_node(b, STF_YAML_SCALAR, event->start_mark, where, node));
  return copy_scalar(b, event, (*node)->place, &(*node)->text, &(*node)->length);
}

static stf_status read_alias(builder *b, const yaml_event_t *event, const slot *where, stf_yaml_node **node) {
  const char *name = (const char *)event->data.alias.anchor;
  complain(b, place_at(b, event->start_mark, where->path),
           stf_diags_text(b->diags, "an alias (*%s)", stf_diags_quote(b->diags, name, strlen(name))), "a plain value",
           "write the value out; text that begins with * needs quotes");
  STF_TRY(create_node(b, STF_YAML_SCALAR, event->start_mark, where, node));
  (*node)->text = "";
  return STF_OK;
}

/* Paths are cut at LONGEST_PATH bytes, so that a hostile file cannot make them grow with its size squared. */
static stf_status join_path(builder *b, const char *parent, const char *key, size_t index, const char **path) {
  const size_t length = parent ? strlen(parent) : 0;
  if (length + (key ? strlen(key) : 0) > LONGEST_PATH) {
    *path = parent ? parent : "...";
    return STF_OK;
  }
  if (key) {
    *path = stf_arena_printf(b->arena, "%s%s%s", parent ? parent : "", parent ? "." : "", key);
  } else {
    *path = stf_arena_printf(b->arena, "%s[%zu]", parent ? parent : "", index);
  }
  return *path ? STF_OK : out_of_memory(b);
}

static stf_status enter(builder *b, stf_place place) {
  if (b->depth >= STF_YAML_MAX_DEPTH) {
    stf_diags_add(b->diags, STF_ERROR, place,
                  stf_diags_text(b->diags, "lists or mappings nested more than %d deep", STF_YAML_MAX_DEPTH),
                  "less nesting", NULL);
    return STF_BAD_INPUT;
  }
  b->depth++;
  return STF_OK;
}

static stf_status read_sequence(builder *b, const yaml_event_t *event, const slot *where, stf_yaml_node **node) {
  STF_TRY(create_node(b, STF_YAML_SEQUENCE, event->start_mark, where, node));
  STF_TRY(enter(b, (*node)->place));
  const size_t start = b->pending_count;
  for (;;) {
    yaml_event_t item;
    STF_TRY(next_event(b, &item));
    if (item.type == YAML_SEQUENCE_END_EVENT) {
      yaml_event_delete(&item);
      break;
    }
    slot inner = {0};
    stf_yaml_node *child = NULL;
    stf_status status = join_path(b, where->path, NULL, b->pending_count - start, &inner.path);
    if (!status) status = read_node(b, &item, &inner, &child);
    yaml_event_delete(&item);
    if (!status) status = push(b, child);
    STF_TRY(status);
  }
  b->depth--;
  return adopt(b, start, *node);
}

static int compare_keys(const void *left, const void *right) {
  const stf_yaml_node *a = *(stf_yaml_node *const *)left, *b = *(stf_yaml_node *const *)right;
  const int order = strcmp(a->key, b->key);
  if (order) return order;
  if (a->key_place.line != b->key_place.line) return a->key_place.line < b->key_place.line ? -1 : 1;
  return (a->key_place.column > b->key_place.column) - (a->key_place.column < b->key_place.column);
}

/* Reports keys that stand twice among the pending nodes from `start` on, and drops all but the first of each. */
static stf_status drop_doubles(builder *b, size_t start) {
  const size_t count = b->pending_count - start;
  if (count < 2) return STF_OK;
  stf_yaml_node **sorted = malloc(count * sizeof(*sorted));
  if (!sorted) return out_of_memory(b);
  memcpy(sorted, b->pending + start, count * sizeof(*sorted));
  qsort(sorted, count, sizeof(*sorted), compare_keys);
  const stf_yaml_node *first = sorted[0];
  for (size_t i = 1; i < count; i++) {
    if (strcmp(first->key, sorted[i]->key) != 0) {
      first = sorted[i];
      continue;
    }
    const char *key = stf_diags_quote(b->diags, first->key, strlen(first->key));
    complain(b, sorted[i]->key_place, stf_diags_text(b->diags, "the key %s a second time", key), "each key once",
             stf_diags_text(b->diags, "the first stands on line %d, column %d", first->key_place.line,
                            first->key_place.column));
    sorted[i]->key = NULL;
  }
  free(sorted);
  size_t kept = start;
  for (size_t i = start; i < b->pending_count; i++) {
    if (b->pending[i]->key) b->pending[kept++] = b->pending[i];
  }
  b->pending_count = kept;
  return STF_OK;
}

/* Takes the key of a pair out of its event into `where`; leaves where->key NULL after a complaint about it. */
static stf_status read_key(builder *b, yaml_event_t *event, const char *parent, slot *where) {
  where->path = parent;
  where->key_place = place_at(b, event->start_mark, parent);
  if (event->type != YAML_SCALAR_EVENT) {
    complain(b, where->key_place, "a key that is no text", "a plain word as key",
             "text that begins with { or [ needs quotes");
    const slot nowhere = {.path = parent};
    stf_yaml_node *ignored = NULL;
    return read_node(b, event, &nowhere, &ignored);
  }
  refuse_decorations(b, event, parent);
  const char *key = NULL;
  size_t length = 0;
  STF_TRY(copy_scalar(b, event, where->key_place, &key, &length));
  if (!length) {
    complain(b, where->key_place, "no key before the colon", "\"key: value\"", NULL);
    return STF_OK;
  }
  if (length > STF_YAML_MAX_KEY) {
    complain(b, where->key_place, stf_diags_text(b->diags, "a key of %zu bytes", length),
             stf_diags_text(b->diags, "at most %d bytes", STF_YAML_MAX_KEY), NULL);
    return STF_OK;
  }
  where->key = key;
  STF_TRY(join_path(b, parent, key, 0, &where->path));
  where->key_place.path = where->path;
  return STF_OK;
}

/* Reads one pair whose key is `event`. */
static stf_status read_pair(builder *b, yaml_event_t *event, const char *parent) {
  slot inner = {0};
  STF_TRY(read_key(b, event, parent, &inner));
  yaml_event_t value;
  STF_TRY(next_event(b, &value));
  stf_yaml_node *child = NULL;
  stf_status status = read_node(b, &value, &inner, &child);
  yaml_event_delete(&value);
  if (!status && inner.key) status = push(b, child);
  return status;
}

static stf_status read_mapping(builder *b, const yaml_event_t *event, const slot *where, stf_yaml_node **node) {
  STF_TRY(create_node(b, STF_YAML_MAPPING, event->start_mark, where, node));
  STF_TRY(enter(b, (*node)->place));
  const size_t start = b->pending_count;
  for (;;) {
    yaml_event_t key;
    STF_TRY(next_event(b, &key));
    const bool last = key.type == YAML_MAPPING_END_EVENT;
    const stf_status status = last ? STF_OK : read_pair(b, &key, where->path);
    yaml_event_delete(&key);
    STF_TRY(status);
    if (last) break;
  }
  b->depth--;
  STF_TRY(drop_doubles(b, start));
  return adopt(b, start, *node);
}

/* Reads the node that `event` begins. The event stays the caller's. */
static stf_status read_node(builder *b, yaml_event_t *event, const slot *where, stf_yaml_node **node) {
  refuse_decorations(b, event, where->path);
  switch (event->type) {
  case YAML_SCALAR_EVENT: return read_scalar(b, event, where, node);
  case YAML_SEQUENCE_START_EVENT: return read_sequence(b, event, where, node);
  case YAML_MAPPING_START_EVENT: return read_mapping(b, event, where, node);
  case YAML_ALIAS_EVENT: return read_alias(b, event, where, node);
  default: return STF_BUG;
  }
}

/* Passes over events up to the first of type `wanted` and leaves it in `event`; `other` (or -1) ends the search too. */
static stf_status skip_to(builder *b, yaml_event_type_t wanted, yaml_event_type_t other, yaml_event_t *event) {
  for (;;) {
    STF_TRY(next_event(b, event));
    if (event->type == wanted || event->type == other) return STF_OK;
    yaml_event_delete(event);
  }
}

static stf_status read_document(builder *b, stf_yaml_node **root) {
  yaml_event_t event;
  STF_TRY(skip_to(b, YAML_DOCUMENT_START_EVENT, YAML_STREAM_END_EVENT, &event));
  const bool empty = event.type == YAML_STREAM_END_EVENT;
  yaml_event_delete(&event);
  if (empty) {
    stf_diags_add(b->diags, STF_ERROR, (stf_place){.file = b->source.name, .line = 1, .column = 1}, "an empty file",
                  "\"key: value\"", NULL);
    return STF_BAD_INPUT;
  }
  STF_TRY(next_event(b, &event));
  const slot top = {0};
  const stf_status status = read_node(b, &event, &top, root);
  yaml_event_delete(&event);
  return status;
}

static stf_status read_stream(builder *b, stf_yaml_node **root) {
  STF_TRY(read_document(b, root));
  yaml_event_t event;
  STF_TRY(skip_to(b, YAML_DOCUMENT_START_EVENT, YAML_STREAM_END_EVENT, &event));
  if (event.type == YAML_DOCUMENT_START_EVENT) {
    complain(b, place_at(b, event.start_mark, NULL), "a second document", "one document in a file",
             "\"---\" begins a new document");
  }
  yaml_event_delete(&event);
  return STF_OK;
}

static stf_status refuse_size(const char *name, stf_diags *diags, unsigned long long size) {
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = name}, stf_diags_text(diags, "a file of %llu bytes", size),
                stf_diags_text(diags, "at most %d bytes", STF_YAML_MAX_BYTES), NULL);
  return STF_BAD_INPUT;
}

stf_status stf_yaml_read_text(const char *text, size_t length, const char *name, stf_arena *arena, stf_diags *diags,
                              const stf_yaml_node **root) {
  *root = NULL;
  if (length > STF_YAML_MAX_BYTES) return refuse_size(name, diags, length);
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
    text += 3;
    length -= 3;
  }
  builder b = {.arena = arena, .diags = diags, .source = {.text = text, .length = length}};
  b.source.name = stf_arena_copy(arena, name, strlen(name));
  if (!b.source.name) return out_of_memory(&b);
  if (!stf_yaml_fault_check(&b.source, diags)) return STF_BAD_INPUT;
  if (!yaml_parser_initialize(&b.parser)) return out_of_memory(&b);
  yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, length);
  stf_yaml_node *tree = NULL;
  const stf_status status = read_stream(&b, &tree);
  yaml_parser_delete(&b.parser);
  free(b.pending);
  if (status) return status;
  *root = tree;
  return b.faulty ? STF_BAD_INPUT : STF_OK;
}

static stf_status refuse_file(const char *path, stf_diags *diags, int error) {
  const char *found = stf_diags_text(diags, "a file that cannot be read (%s)", strerror(error));
  if (error == ENOENT || error == ENOTDIR) found = "no file of this name";
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, found, "a YAML file", NULL);
  return STF_NO_RESOURCE;
}

/* Only plain files: a device or a pipe could block, or never end. */
static stf_status check_kind(const char *path, const struct stat *facts, stf_diags *diags) {
  if (S_ISREG(facts->st_mode)) {
    if (facts->st_size <= STF_YAML_MAX_BYTES) return STF_OK;
    return refuse_size(path, diags, (unsigned long long)facts->st_size);
  }
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path},
                S_ISDIR(facts->st_mode) ? "a folder" : "a device or a pipe", "a YAML file", NULL);
  return STF_BAD_INPUT;
}

/* Reads up to `size` bytes; returns how many, or -1 with errno set. */
static ssize_t read_bytes(int file, char *buffer, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = read(file, buffer + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += (size_t)got;
  }
  return (ssize_t)done;
}

static stf_status read_open_file(int file, const char *path, stf_arena *arena, stf_diags *diags,
                                 const stf_yaml_node **root) {
  struct stat facts;
  if (fstat(file, &facts) != 0) return refuse_file(path, diags, errno);
  STF_TRY(check_kind(path, &facts, diags));
  const size_t size = (size_t)facts.st_size + 1; /* one more shows a file that is growing */
  char *text = malloc(size);
  if (!text) return refuse_file(path, diags, ENOMEM);
  const ssize_t length = read_bytes(file, text, size);
  stf_status status = STF_OK;
  if (length < 0) {
    status = refuse_file(path, diags, errno);
  } else {
    status = stf_yaml_read_text(text, (size_t)length, path, arena, diags, root);
  }
  free(text);
  return status;
}

stf_status stf_yaml_read_file(const char *path, stf_arena *arena, stf_diags *diags, const stf_yaml_node **root) {
  *root = NULL;
  struct stat facts;
  if (stat(path, &facts) != 0) return refuse_file(path, diags, errno);
  STF_TRY(check_kind(path, &facts, diags));
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return refuse_file(path, diags, errno);
  const stf_status status = read_open_file(file, path, arena, diags, root);
  close(file);
  return status;
}

const stf_yaml_node *stf_yaml_get(const stf_yaml_node *mapping, const char *key) {
  if (!mapping || mapping->kind != STF_YAML_MAPPING) return NULL;
  for (size_t i = 0; i < mapping->count; i++) {
    if (strcmp(mapping->children[i]->key, key) == 0) return mapping->children[i];
  }
  return NULL;
}

stf_place stf_yaml_place(const stf_yaml_node *mapping, const char *key) {
  const stf_yaml_node *value = stf_yaml_get(mapping, key);
  if (value) return value->place;
  return mapping ? mapping->place : (stf_place){0};
}
