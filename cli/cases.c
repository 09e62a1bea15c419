#include "cases.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "places.h"

enum { MOST_CASES = 10000, DEEPEST = 8 };

/* A list that is being filled. */
typedef struct search {
  stf_arena *arena;
  stf_case *items;
  size_t count, room;
  bool failed; /* memory ran out */
} search;

static void add(search *s, const char *name, size_t length, const char *path) {
  if (s->count == s->room) {
    const size_t room = s->room ? 2 * s->room : 64;
    stf_case *more = stf_arena_alloc(s->arena, room * sizeof(*more));
    s->failed |= !more;
    if (!more) return;
    if (s->count) memcpy(more, s->items, s->count * sizeof(*more));
    s->items = more;
    s->room = room;
  }
  stf_case *item = &s->items[s->count];
  *item = (stf_case){.name = stf_arena_copy(s->arena, name, length), .path = path};
  s->failed |= !item->name;
  s->count += !s->failed;
}

static bool is_scenario(const char *name) {
  const size_t length = strlen(name);
  return length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

static void walk(search *s, const char *folder, const char *prefix, int depth) {
  DIR *directory = opendir(folder);
  if (!directory) return;
  for (const struct dirent *entry; !s->failed && s->count < MOST_CASES && (entry = readdir(directory));) {
    if (entry->d_name[0] == '.') continue;
    const char *path = stf_arena_printf(s->arena, "%s/%s", folder, entry->d_name);
    const char *name = stf_arena_printf(s->arena, "%s%s", prefix, entry->d_name);
    struct stat about;
    s->failed |= !path || !name;
    if (s->failed || stat(path, &about)) continue;
    if (S_ISREG(about.st_mode) && is_scenario(name)) add(s, name, strlen(name) - 5, path);
    if (!S_ISDIR(about.st_mode) || depth == DEEPEST) continue;
    const char *inner = stf_arena_printf(s->arena, "%s/", name);
    s->failed |= !inner;
    if (inner) walk(s, path, inner, depth + 1);
  }
  closedir(directory);
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const stf_case *)a)->name, ((const stf_case *)b)->name);
}

static stf_status no_memory(stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){0}, "no memory left for the list of cases", NULL, NULL);
  return STF_NO_RESOURCE;
}

stf_status stf_cases_list(stf_arena *arena, stf_diags *diags, stf_cases *cases) {
  *cases = (stf_cases){0};
  const char *data = stf_places_data(arena);
  const char *folder = data ? stf_arena_printf(arena, "%s/cases", data) : NULL;
  struct stat about;
  if (!folder) return no_memory(diags);
  if (stat(folder, &about) || !S_ISDIR(about.st_mode)) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = folder}, "no folder of this name", "the built-in cases",
                  "STRIFFIN_DATA in the environment names the folder that holds cases/ and tissues/");
    return STF_NO_RESOURCE;
  }
  search s = {.arena = arena};
  walk(&s, folder, "", 0);
  const char **names = stf_arena_alloc(arena, s.count * sizeof(*names));
  if (s.failed || !names) return no_memory(diags);
  if (s.count) qsort(s.items, s.count, sizeof(*s.items), by_name);
  for (size_t i = 0; i < s.count; i++) names[i] = s.items[i].name;
  *cases = (stf_cases){.items = s.items, .names = names, .count = s.count};
  return STF_OK;
}

static const stf_case *find(const stf_cases *cases, const char *name) {
  for (size_t i = 0; i < cases->count; i++) {
    if (strcmp(cases->names[i], name) == 0) return &cases->items[i];
  }
  return NULL;
}

/* The case nearest in spelling, by its whole name or by the part after its folder; NULL when none is near. */
static const char *nearest_to(const char *asked, const stf_cases *cases, stf_arena *arena) {
  const char *whole = stf_text_nearest(asked, cases->names, cases->count);
  const char **parts = whole ? NULL : stf_arena_alloc(arena, cases->count * sizeof(*parts));
  if (!parts) return whole;
  for (size_t i = 0; i < cases->count; i++) {
    const char *slash = strrchr(cases->names[i], '/');
    parts[i] = slash ? slash + 1 : cases->names[i];
  }
  const char *part = stf_text_nearest(asked, parts, cases->count);
  for (size_t i = 0; part && i < cases->count; i++) {
    if (parts[i] == part) return cases->names[i];
  }
  return NULL;
}

static stf_status refuse(const char *asked, const char *expected, const stf_cases *cases, stf_arena *arena,
                         stf_diags *diags) {
  const char *nearest = nearest_to(asked, cases, arena);
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = *asked ? asked : "''"}, "nothing of this name", expected,
                nearest ? stf_diags_text(diags, "did you mean %s?", nearest)
                        : "'striffin cases' lists the built-in ones");
  return STF_BAD_INPUT;
}

stf_status stf_cases_find(const char *name, stf_arena *arena, stf_diags *diags, const stf_case **found) {
  stf_cases cases;
  STF_TRY(stf_cases_list(arena, diags, &cases));
  *found = find(&cases, name);
  return *found ? STF_OK : refuse(name, "the name of a built-in case", &cases, arena, diags);
}

stf_status stf_cases_locate(const char *asked, stf_arena *arena, stf_diags *diags, const char **path) {
  struct stat about = {0};
  const bool exists = stat(asked, &about) == 0 || errno == EACCES;
  *path = asked;
  if (is_scenario(asked) || (exists && !S_ISDIR(about.st_mode))) return STF_OK;
  stf_cases cases;
  STF_TRY(stf_cases_list(arena, diags, &cases));
  const stf_case *builtin = find(&cases, asked);
  if (builtin) *path = builtin->path;
  return builtin || exists ? STF_OK : refuse(asked, "a scenario file or a built-in case", &cases, arena, diags);
}
