#include "tissue/find.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

enum { FOLDERS = 3, LISTED = 20, MOST_NAMES = 500 };

static const char signature[] = "striffin-tissue";

/* A folder to look in; in a mixed one only files that begin as tissues do count. */
typedef struct folder {
  const char *path; /* NULL: there is none */
  bool mixed;
} folder;

static bool is_regular(const char *path) {
  struct stat about;
  return !stat(path, &about) && S_ISREG(about.st_mode);
}

/* Whether the first line of a file that is neither blank nor a comment nor "---" begins as a tissue's does. */
static bool has_signature(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return false;
  char line[256];
  bool found = false, starts = true;
  while (fgets(line, sizeof(line), file)) {
    const bool skip = !starts || line[strspn(line, " \t\r\n")] == '\0' || *line == '#' || !strncmp(line, "---", 3);
    starts = strchr(line, '\n') != NULL;
    if (skip) continue;
    found = !strncmp(line, signature, sizeof(signature) - 1);
    break;
  }
  fclose(file);
  return found;
}

static bool counts(const folder *in, const char *path) {
  return is_regular(path) && (!in->mixed || has_signature(path));
}

/* The tissues there are to choose from. */
typedef struct list {
  const char *names[MOST_NAMES];
  size_t count;
} list;

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_folder(const folder *in, stf_arena *arena, list *there) {
  DIR *directory = in->path ? opendir(in->path) : NULL;
  if (!directory) return;
  for (struct dirent *entry; there->count < MOST_NAMES && (entry = readdir(directory));) {
    const size_t length = strlen(entry->d_name);
    if (length <= 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0) continue;
    const char *path = stf_arena_printf(arena, "%s/%s", in->path, entry->d_name);
    const char *name = stf_arena_copy(arena, entry->d_name, length - 5);
    if (path && name && stf_text_is_name(name) && counts(in, path)) there->names[there->count++] = name;
  }
  closedir(directory);
}

/* Sorts the list and drops names that came twice. */
static void tidy_list(list *there) {
  qsort(there->names, there->count, sizeof(*there->names), by_name);
  size_t kept = 0;
  for (size_t i = 0; i < there->count; i++)
    if (!kept || strcmp(there->names[i], there->names[kept - 1]) != 0) there->names[kept++] = there->names[i];
  there->count = kept;
}

static void report_unknown(const char *name, const list *there, stf_place asked, stf_diags *diags) {
  char text[1024] = "";
  stf_text_sink sink = {.buffer = text, .size = sizeof(text)};
  const char *nearest = stf_text_nearest(name, there->names, there->count);
  if (nearest) stf_text_add(&sink, "did you mean %s? ", nearest);
  if (!there->count) stf_text_add(&sink, "there are no tissues at all in the folders looked at");
  for (size_t i = 0; i < there->count && i < LISTED; i++)
    stf_text_add(&sink, "%s%s", i ? ", " : "there are ", there->names[i]);
  if (there->count > LISTED) stf_text_add(&sink, " and %zu more", there->count - LISTED);
  stf_diags_add(diags, STF_ERROR, asked, stf_diags_text(diags, "no tissue named %s", name),
                "a tissue of the library, or a file NAME.yaml beside the scenario or in its folder tissues/", text);
}

static stf_status out_of_memory(stf_place place, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, place, "no memory left to look for tissues", NULL, NULL);
  return STF_NO_RESOURCE;
}

stf_status stf_tissue_find(const char *name, const char *beside, const char *library, stf_place asked, stf_arena *arena,
                           stf_diags *diags, const char **path) {
  if (!stf_text_is_name(name)) {
    stf_diags_add(diags, STF_ERROR, asked, stf_diags_quote(diags, name, strlen(name)),
                  "the name of a tissue: letters, digits, _ . -", NULL);
    return STF_BAD_INPUT;
  }
  if (beside && !*beside) beside = ".";
  const char *own = beside ? stf_arena_printf(arena, "%s/tissues", beside) : NULL;
  const folder folders[FOLDERS] = {{beside, true}, {own, false}, {library, false}};
  list *there = stf_arena_alloc(arena, sizeof(*there));
  if (!there || (beside && !own)) return out_of_memory(asked, diags);
  for (int i = 0; i < FOLDERS; i++) {
    if (!folders[i].path) continue;
    *path = stf_arena_printf(arena, "%s/%s.yaml", folders[i].path, name);
    if (!*path) return out_of_memory(asked, diags);
    if (counts(&folders[i], *path)) return STF_OK;
  }
  for (int i = 0; i < FOLDERS && !stf_diags_full(diags); i++) list_folder(&folders[i], arena, there);
  tidy_list(there);
  report_unknown(name, there, asked, diags);
  return STF_BAD_INPUT;
}
