#define _GNU_SOURCE
#include "stf_files.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[512];
static char *contents;

int stf_files_setup(void **state) {
  const char *top = getenv("TMPDIR");
  snprintf(folder, sizeof(folder), "%s/striffin-test-XXXXXX", top && *top ? top : "/tmp");
  *state = stf_diags_create();
  return !*state || !mkdtemp(folder) || chdir(folder);
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk) {
  (void)about;
  (void)kind;
  (void)walk;
  return remove(path);
}

int stf_files_teardown(void **state) {
  stf_diags_destroy(*state);
  free(contents);
  contents = NULL;
  return chdir("/") || nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void stf_files_write_bytes(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

void stf_files_write(const char *path, const char *text) {
  stf_files_write_bytes(path, text, strlen(text));
}

const char *stf_files_read(const char *path, size_t *size) {
  struct stat about;
  if (stat(path, &about)) fail_msg("there is no %s", path);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  free(contents);
  contents = calloc(1, (size_t)about.st_size + 1);
  assert_non_null(contents);
  assert_int_equal(fread(contents, 1, (size_t)about.st_size, file), about.st_size);
  fclose(file);
  if (size) *size = (size_t)about.st_size;
  return contents;
}

int stf_files_exists(const char *path) {
  struct stat about;
  return !lstat(path, &about);
}

void stf_files_assert_said(const stf_diags *diags, const char *text) {
  char lines[32768] = "";
  for (size_t i = 0; i < stf_diags_count(diags); i++) {
    char line[8192];
    stf_diag_format(stf_diags_get(diags, i), line, sizeof(line));
    if (strstr(line, text)) return;
    const size_t used = strlen(lines);
    snprintf(lines + used, sizeof(lines) - used, "\n  %s", line);
  }
  fail_msg("nobody said '%s', but:%s", text, lines);
}
