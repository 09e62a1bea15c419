#include "result/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

stf_status stf_file_trouble(const char *path, const char *expected, int error, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, NULL, expected, strerror(error));
  return STF_NO_RESOURCE;
}

stf_status stf_file_no_memory(const char *path, stf_diags *diags) {
  return stf_file_trouble(path, "enough memory", ENOMEM, diags);
}

const char *stf_file_base(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static stf_status refuse(const char *path, const char *found, const char *expected, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, found, expected, NULL);
  return STF_BAD_INPUT;
}

/* Reads until the end or `limit` bytes. Returns 0 or errno. */
static int read_all(int file, char *text, size_t limit, size_t *size) {
  *size = 0;
  while (*size < limit) {
    const ssize_t got = read(file, text + *size, limit - *size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    *size += (size_t)got;
  }
  text[*size] = '\0';
  return 0;
}

static stf_status read_open(int file, const char *path, size_t limit, stf_diags *diags, char **text, size_t *size) {
  struct stat about;
  if (fstat(file, &about)) return stf_file_trouble(path, "to read this file", errno, diags);
  if (!S_ISREG(about.st_mode)) {
    return refuse(path, S_ISDIR(about.st_mode) ? "a folder" : "something else", "a file", diags);
  }
  if (about.st_size < 0 || (size_t)about.st_size > limit) {
    return refuse(path, stf_diags_text(diags, "a file of %lld bytes", (long long)about.st_size),
                  stf_diags_text(diags, "at most %zu", limit), diags);
  }
  char *bytes = malloc((size_t)about.st_size + 1);
  if (!bytes) return stf_file_no_memory(path, diags);
  const int error = read_all(file, bytes, (size_t)about.st_size, size);
  if (error) {
    free(bytes);
    return stf_file_trouble(path, "to read this file", error, diags);
  }
  *text = bytes;
  return STF_OK;
}

stf_status stf_file_read(const char *path, size_t limit, stf_diags *diags, char **text, size_t *size) {
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return stf_file_trouble(path, "to read this file", errno, diags);
  const stf_status status = read_open(file, path, limit, diags, text, size);
  close(file);
  return status;
}

/* Returns 0 or errno. */
static int write_all(int file, const char *bytes, size_t size) {
  while (size) {
    const ssize_t done = write(file, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    bytes += done;
    size -= (size_t)done;
  }
  return 0;
}

/* Writes and closes. Returns 0 or errno. */
static int write_and_close(int file, const void *bytes, size_t size) {
  int error = write_all(file, bytes, size);
  if (close(file) && !error) error = errno;
  return error;
}

static int write_renamed(const char *path, const char *temporary, const void *bytes, size_t size) {
  if (unlink(temporary) && errno != ENOENT) return errno;
  const int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  int error = write_and_close(file, bytes, size);
  if (!error && rename(temporary, path)) error = errno;
  if (error) unlink(temporary);
  return error;
}

stf_status stf_file_write(const char *path, const void *bytes, size_t size, stf_diags *diags) {
  struct stat about;
  int error;
  if (!stat(path, &about) && !S_ISREG(about.st_mode)) {
    const int file = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    error = file < 0 ? errno : write_and_close(file, bytes, size);
  } else {
    char temporary[PATH_MAX];
    const int length = snprintf(temporary, sizeof(temporary), "%s.tmp", path);
    error = (size_t)length < sizeof(temporary) ? write_renamed(path, temporary, bytes, size) : ENAMETOOLONG;
  }
  return error ? stf_file_trouble(path, "to write this file", error, diags) : STF_OK;
}

stf_status stf_file_make_parents(const char *path, stf_arena *arena, stf_diags *diags) {
  char *parent = stf_arena_copy(arena, path, strlen(path));
  if (!parent) return stf_file_no_memory(path, diags);
  for (char *slash = strchr(parent + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(parent, 0777) && errno != EEXIST) return stf_file_trouble(parent, "to make this folder", errno, diags);
    *slash = '/';
  }
  return STF_OK;
}

stf_status stf_file_make_folder(const char *path, stf_arena *arena, stf_diags *diags) {
  const char *inside = stf_arena_printf(arena, "%s/", path);
  return inside ? stf_file_make_parents(inside, arena, diags) : stf_file_no_memory(path, diags);
}
