#include "places.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "striffin_config.h"

/* The folder of the running program, without links; "." when the system does not tell. */
static const char *own_folder(stf_arena *arena) {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
  if (length <= 0 || (size_t)length >= sizeof(path)) return ".";
  path[length] = '\0';
  const char *slash = strrchr(path, '/');
  return slash == path ? "/" : stf_arena_copy(arena, path, (size_t)(slash - path));
}

static bool is_inside(const char *path, const char *folder) {
  const size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

const char *stf_places_data(stf_arena *arena) {
  const char *asked = getenv("STRIFFIN_DATA"), *own = own_folder(arena);
  if (asked && *asked) return stf_arena_copy(arena, asked, strlen(asked));
  if (!own) return NULL;
  if (is_inside(own, STF_BUILD_DIR)) return STF_SOURCE_DIR;
  return stf_arena_printf(arena, "%s/" STF_BIN_TO_DATA, own);
}

const char *stf_places_library(stf_arena *arena) {
  const char *data = stf_places_data(arena);
  return data ? stf_arena_printf(arena, "%s/tissues", data) : NULL;
}

stf_status stf_places_page(stf_arena *arena, stf_diags *diags, const char **path) {
  const char *asked = getenv("STRIFFIN_DATA"), *own = own_folder(arena);
  *path = stf_arena_printf(arena, "%s/report.html", asked && *asked ? asked : ".");
  if (!own || !*path) return STF_NO_RESOURCE;
  if (asked && *asked && access(*path, R_OK) == 0) return STF_OK;
  *path = is_inside(own, STF_BUILD_DIR) ? STF_BUILD_DIR "/web/report.html"
                                        : stf_arena_printf(arena, "%s/" STF_BIN_TO_DATA "/report.html", own);
  if (!*path) return STF_NO_RESOURCE;
  if (access(*path, R_OK) == 0) return STF_OK;
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = *path}, strerror(errno), "the page that reports are made of",
                "'make build' or 'make install' makes it; 'striffin run --no-report' does without");
  return STF_NO_RESOURCE;
}

stf_status stf_places_solver(stf_arena *arena, stf_diags *diags, const char **path) {
  const char *own = own_folder(arena);
  const char *beside = own ? stf_arena_printf(arena, "%s/striffin-solve", own) : NULL;
  const char *installed = own ? stf_arena_printf(arena, "%s/" STF_BIN_TO_LIBEXEC "/striffin-solve", own) : NULL;
  if (!beside || !installed) {
    stf_diags_add(diags, STF_ERROR, (stf_place){0}, "no memory left", NULL, NULL);
    return STF_NO_RESOURCE;
  }
  *path = access(beside, X_OK) == 0 ? beside : installed;
  if (access(*path, X_OK) == 0) return STF_OK;
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = *path}, "no such program",
                stf_diags_text(diags, "striffin-solve there, or in %s", own), "install striffin again");
  return STF_NO_RESOURCE;
}
