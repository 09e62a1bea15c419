/*
 * A run owns NAME.part while it holds a lock (flock) on the file MARK in it. Before the swap it locks a MARK in the old
 * result too: that becomes NAME.part, and nobody may begin there until it is removed. MARK also tells that a folder is
 * ours to clear.
 */
#define _GNU_SOURCE
#include "result/outdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "result/file.h"

#define MARK ".striffin"

enum { DEEPEST = 32, MOST_TRIES = 10 };

static stf_status refuse(const char *path, const char *found, const char *expected, const char *hint,
                         stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, found, expected, hint);
  return STF_BAD_INPUT;
}

/* --- walking a folder ----------------------------------------------------------------------------------------------
 */

/* Called for what is in a folder after what is in that; the top folder has depth 0. Returns 0 or errno. */
typedef int (*visitor)(int folder, const char *name, bool is_folder, int depth);

static int open_folder(int parent, const char *name) {
  return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int walk(int folder, visitor visit, int depth);

static int walk_into(int parent, const char *name, visitor visit, int depth) {
  const int folder = open_folder(parent, name);
  if (folder < 0) return errno == ENOENT ? 0 : errno;
  const int error = walk(folder, visit, depth + 1);
  close(folder);
  return error;
}

/* Visits all that is in `folder`, never through a symbolic link. Returns 0 or errno. */
static int walk(int folder, visitor visit, int depth) {
  if (depth > DEEPEST) return ELOOP;
  const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = copy < 0 ? NULL : fdopendir(copy);
  if (!list) {
    const int error = errno;
    if (copy >= 0) close(copy);
    return error;
  }
  int error = 0;
  for (const struct dirent *entry; !error && (entry = readdir(list));) {
    const char *name = entry->d_name;
    struct stat about;
    if (!strcmp(name, ".") || !strcmp(name, "..")) continue;
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW)) {
      error = errno == ENOENT ? 0 : errno;
      continue;
    }
    const bool is_folder = S_ISDIR(about.st_mode);
    if (is_folder) error = walk_into(folder, name, visit, depth);
    if (!error) error = visit(folder, name, is_folder, depth);
  }
  closedir(list);
  return error;
}

/* Removes all but the mark of the top folder. */
static int remove_entry(int folder, const char *name, bool is_folder, int depth) {
  if (depth == 0 && !strcmp(name, MARK)) return 0;
  return unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0) && errno != ENOENT ? errno : 0;
}

static int sync_entry(int folder, const char *name, bool is_folder, int depth) {
  (void)is_folder;
  (void)depth;
  struct stat about;
  if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW)) return errno;
  if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) return 0;
  const int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return errno;
  const int error = fsync(file) && errno != EINVAL ? errno : 0;
  close(file);
  return error;
}

static int count_entry(int folder, const char *name, bool is_folder, int depth) {
  (void)folder;
  (void)name;
  (void)is_folder;
  (void)depth;
  return EEXIST;
}

/* Returns 0 or errno. */
static int walk_path(const char *path, visitor visit) {
  const int folder = open_folder(AT_FDCWD, path);
  if (folder < 0) return errno;
  const int error = walk(folder, visit, 0);
  close(folder);
  return error;
}

/* Removes a folder whose mark is locked; whoever marks it anew in between keeps it. Returns 0 or errno. */
static int remove_folder(const char *path) {
  const int folder = open_folder(AT_FDCWD, path);
  if (folder < 0) return errno == ENOENT ? 0 : errno;
  int error = walk(folder, remove_entry, 0);
  if (!error && unlinkat(folder, MARK, 0) && errno != ENOENT) error = errno;
  close(folder);
  if (!error && rmdir(path) && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST) error = errno;
  return error;
}

static bool holds(const char *path, const char *name) {
  struct stat about;
  const int folder = open_folder(AT_FDCWD, path);
  if (folder < 0) return false;
  const bool found = !fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) && S_ISREG(about.st_mode);
  close(folder);
  return found;
}

/* --- begin ---------------------------------------------------------------------------------------------------------
 */

/* True when run.json in `path` begins as ours does. */
static bool is_result(const char *path) {
  char text[64] = "";
  const int folder = open_folder(AT_FDCWD, path);
  const int file = folder < 0 ? -1 : openat(folder, "run.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  const ssize_t size = file < 0 ? 0 : read(file, text, sizeof(text) - 1);
  if (file >= 0) close(file);
  if (folder >= 0) close(folder);
  return size > 0 && strstr(text, "\"striffin\"");
}

static stf_status check_final(const char *path, stf_diags *diags) {
  static const char hint[] = "it was not touched; choose another name with -o";
  struct stat about;
  if (lstat(path, &about)) return errno == ENOENT ? STF_OK : stf_file_trouble(path, "to look at it", errno, diags);
  if (!S_ISDIR(about.st_mode)) return refuse(path, "something that is not a folder", "a result", hint, diags);
  const int error = walk_path(path, count_entry);
  if (!error || is_result(path)) return STF_OK;
  if (error != EEXIST) return stf_file_trouble(path, "to look into this folder", error, diags);
  return refuse(path, "a folder without a run.json of striffin", "a result, or nothing", hint, diags);
}

/* Makes `part` or finds it empty or ours. Returns 0, EEXIST when it is somebody else's, or another errno. */
static int make_part(const char *part) {
  if (!mkdir(part, 0777)) return 0;
  if (errno != EEXIST) return errno;
  const int folder = open_folder(AT_FDCWD, part);
  if (folder < 0) return errno;
  struct stat about;
  int error = walk(folder, count_entry, 0);
  if (error == EEXIST && !fstatat(folder, MARK, &about, AT_SYMLINK_NOFOLLOW)) error = 0;
  close(folder);
  return error;
}

static bool same(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether `path` still leads to `folder` and the mark in it is still `lock`. */
static bool still_there(const char *path, int folder, int lock) {
  struct stat opened, now, held, mark;
  if (fstat(folder, &opened) || lstat(path, &now) || fstat(lock, &held)) return false;
  return same(&opened, &now) && !fstatat(folder, MARK, &mark, AT_SYMLINK_NOFOLLOW) && same(&held, &mark);
}

/* Locks the mark in a folder. Returns a descriptor, or -1 with errno: ESTALE when the folder was swapped meanwhile. */
static int lock_mark(const char *path) {
  const int folder = open_folder(AT_FDCWD, path);
  if (folder < 0) return -1;
  const int lock = openat(folder, MARK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  int error = lock < 0 || flock(lock, LOCK_EX | LOCK_NB) ? errno : 0;
  if (lock >= 0 && (error == ENOSYS || error == EOPNOTSUPP || error == ENOLCK)) error = 0; /* knows no locks */
  if (!error && !still_there(path, folder, lock)) error = ESTALE;
  close(folder);
  if (!error) return lock;
  if (lock >= 0) close(lock);
  errno = error;
  return -1;
}

/* Other runs may come and go meanwhile, so only what is still so after a few tries is a fault. */
static stf_status lock_part(const char *part, stf_diags *diags, int *lock) {
  int error = 0;
  for (int i = 0; i < MOST_TRIES; i++) {
    error = make_part(part);
    *lock = error ? -1 : lock_mark(part);
    if (*lock >= 0) return STF_OK;
    if (!error) error = errno;
    if (error != ESTALE && error != ENOENT && error != EEXIST) break;
  }
  if (error == EWOULDBLOCK) {
    return refuse(part, "another run that is writing there", "one run at a time for each name",
                  "wait for it, or choose another name with -o", diags);
  }
  if (error == EEXIST) {
    return refuse(part, "something that no run of striffin left there", "nothing", "it was not touched", diags);
  }
  return stf_file_trouble(part, "to make and lock this folder", error, diags);
}

static stf_status set_up(const stf_outdir *dir, stf_diags *diags) {
  const int error = walk_path(dir->part, remove_entry);
  if (error) return stf_file_trouble(dir->part, "to clear this folder", error, diags);
  const int folder = open_folder(AT_FDCWD, dir->part);
  const bool made = folder >= 0 && !mkdirat(folder, "fields", 0777);
  const int reason = errno;
  if (folder >= 0) close(folder);
  return made ? STF_OK : stf_file_trouble(dir->part, "to make a folder in it", reason, diags);
}

/* Where an old result waits during a swap on file systems that cannot exchange two folders. */
static int old_name(const stf_outdir *dir, char *buffer, size_t size) {
  const int length = snprintf(buffer, size, "%s.old.part", dir->final);
  return (size_t)length < size ? 0 : ENAMETOOLONG;
}

/* Brings back, or clears away, what a crash in the middle of such a swap left. */
static void settle_old(const stf_outdir *dir) {
  char old[PATH_MAX];
  if (old_name(dir, old, sizeof(old)) || !holds(old, MARK)) return;
  struct stat about;
  if (lstat(dir->final, &about) && errno == ENOENT) {
    if (!rename(old, dir->final)) return;
  }
  remove_folder(old);
}

/* The names, checked, and the lock. */
static stf_status open_dir(const char *path, stf_arena *arena, stf_diags *diags, stf_outdir *dir) {
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length--;
  *dir = (stf_outdir){.lock = -1};
  dir->final = stf_arena_copy(arena, path, length);
  dir->part = stf_arena_printf(arena, "%.*s.part", (int)length, path);
  if (!dir->final || !dir->part) return stf_file_no_memory(path, diags);
  const char *name = stf_file_base(dir->final);
  if (!*name || !strcmp(name, ".") || !strcmp(name, "..")) {
    return refuse(path, "no name", "the name of a folder for the result, such as out/first", NULL, diags);
  }
  STF_TRY(stf_file_make_parents(dir->final, arena, diags));
  STF_TRY(check_final(dir->final, diags));
  STF_TRY(lock_part(dir->part, diags, &dir->lock));
  settle_old(dir);
  return STF_OK;
}

stf_status stf_outdir_begin(const char *path, stf_arena *arena, stf_diags *diags, stf_outdir *dir) {
  STF_TRY(open_dir(path, arena, diags, dir));
  const stf_status status = set_up(dir, diags);
  if (status) stf_outdir_leave(dir);
  return status;
}

stf_status stf_outdir_resume(const char *path, stf_arena *arena, stf_diags *diags, stf_outdir *dir) {
  return open_dir(path, arena, diags, dir);
}

void stf_outdir_leave(stf_outdir *dir) {
  if (dir->lock >= 0) close(dir->lock);
  dir->lock = -1;
}

/* --- finish --------------------------------------------------------------------------------------------------------
 */

/* The folder that holds `path`, synced, so that a rename in it lasts. Returns 0 or errno. */
static int sync_parent(const char *path) {
  const char *name = stf_file_base(path);
  char parent[PATH_MAX];
  const int length = snprintf(parent, sizeof(parent), "%.*s", (int)(name - path), path);
  if ((size_t)length >= sizeof(parent)) return ENAMETOOLONG;
  const int folder = open(length ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return errno;
  const int error = fsync(folder) && errno != EINVAL ? errno : 0;
  close(folder);
  return error;
}

static int sync_all(const char *path) {
  const int error = walk_path(path, sync_entry);
  if (error) return error;
  const int folder = open_folder(AT_FDCWD, path);
  if (folder < 0) return errno;
  const int failed = fsync(folder) && errno != EINVAL ? errno : 0;
  close(folder);
  return failed;
}

/* Swaps `part` and `final` by three names. `*old` is where the old result is. Returns 0 or errno. */
static int swap_by_renaming(const stf_outdir *dir, char *old, size_t size) {
  int error = old_name(dir, old, size);
  if (!error && rename(dir->final, old)) error = errno;
  if (error) return error;
  if (!rename(dir->part, dir->final)) return 0;
  error = errno;
  if (rename(old, dir->final)) return errno;
  return error;
}

static void unmark(const char *path) {
  const int folder = open_folder(AT_FDCWD, path);
  if (folder < 0) return;
  unlinkat(folder, MARK, 0);
  close(folder);
}

/* Puts `part` in the place of `final` and removes the old one, whose mark is locked. Returns 0 or errno. */
static int replace(const stf_outdir *dir) {
  char old[PATH_MAX];
  int error = (size_t)snprintf(old, sizeof(old), "%s", dir->part) < sizeof(old) ? 0 : ENAMETOOLONG;
  if (!error && renameat2(AT_FDCWD, dir->part, AT_FDCWD, dir->final, RENAME_EXCHANGE)) error = errno;
  if (error == EINVAL || error == ENOSYS) error = swap_by_renaming(dir, old, sizeof(old));
  unmark(dir->final);
  if (error) return error;
  error = sync_parent(dir->final);
  const int removed = remove_folder(old);
  return error ? error : removed;
}

/* The same where there is no old result. */
static int move_in(const stf_outdir *dir) {
  if (rename(dir->part, dir->final)) return errno;
  unmark(dir->final);
  return sync_parent(dir->final);
}

static stf_status swap_in(const stf_outdir *dir, stf_diags *diags) {
  STF_TRY(check_final(dir->final, diags));
  int error = 0;
  const int lock = lock_mark(dir->final);
  if (lock >= 0) {
    error = replace(dir);
    close(lock);
  } else {
    error = errno == ENOENT ? move_in(dir) : errno;
  }
  return error ? stf_file_trouble(dir->final, "to swap the new result in", error, diags) : STF_OK;
}

stf_status stf_outdir_finish(stf_outdir *dir, stf_diags *diags) {
  const int error = sync_all(dir->part);
  const stf_status status = error ? stf_file_trouble(dir->part, "to bring everything to disk", error, diags)
                                  : swap_in(dir, diags);
  stf_outdir_leave(dir);
  return status;
}
