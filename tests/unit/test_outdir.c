/* Result folders: the old result stays whole until the new one is, nobody else's files are touched, one run at a time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "result/file.h"
#include "result/outdir.h"
#include "stf_files.h"

#define RUN "{\n  \"striffin\": {}\n}\n"

static stf_arena *arena;
static bool cannot_exchange;
static int renames_until_failure = -1;

/* Stands in for the C library's, to play a file system that cannot exchange two folders. */
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
  if (cannot_exchange) {
    errno = EINVAL;
    return -1;
  }
  return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

/* And for a rename that fails. */
int rename(const char *from, const char *to) {
  if (renames_until_failure == 0) {
    errno = EIO;
    return -1;
  }
  if (renames_until_failure > 0) renames_until_failure--;
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static int setup(void **state) {
  arena = stf_arena_create();
  cannot_exchange = false;
  renames_until_failure = -1;
  return !arena || stf_files_setup(state);
}

static int teardown(void **state) {
  stf_arena_destroy(arena);
  return stf_files_teardown(state);
}

static stf_outdir begun(stf_diags *diags, const char *path) {
  stf_outdir dir;
  if (stf_outdir_begin(path, arena, diags, &dir)) {
    stf_diags_print(diags, stderr);
    fail_msg("cannot begin %s", path);
  }
  return dir;
}

static void write_in(const char *folder, const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  stf_files_write(path, text);
}

/* A finished result whose curves.csv says `what`. */
static void make_result(stf_diags *diags, const char *path, const char *what) {
  stf_outdir dir = begun(diags, path);
  write_in(dir.part, "run.json", RUN);
  write_in(dir.part, "curves.csv", what);
  write_in(dir.part, "fields/00000.vtu", what);
  assert_int_equal(stf_outdir_finish(&dir, diags), STF_OK);
  assert_int_equal(dir.lock, -1);
}

static void assert_result(const char *path, const char *what) {
  char name[256];
  snprintf(name, sizeof(name), "%s/curves.csv", path);
  assert_string_equal(stf_files_read(name, NULL), what);
  snprintf(name, sizeof(name), "%s/fields/00000.vtu", path);
  assert_string_equal(stf_files_read(name, NULL), what);
  snprintf(name, sizeof(name), "%s/.striffin", path);
  assert_false(stf_files_exists(name));
  snprintf(name, sizeof(name), "%s.part", path);
  assert_false(stf_files_exists(name));
  snprintf(name, sizeof(name), "%s.old.part", path);
  assert_false(stf_files_exists(name));
}

static void makes_the_folders_above_and_swaps_in(void **state) {
  make_result(*state, "out/deep/first", "1");
  assert_result("out/deep/first", "1");
}

static void keeps_the_old_result_until_the_new_one_is_whole(void **state) {
  make_result(*state, "out/a", "old");
  stf_outdir dir = begun(*state, "out/a/");
  assert_string_equal(dir.final, "out/a");
  assert_string_equal(dir.part, "out/a.part");
  write_in(dir.part, "run.json", RUN);
  write_in(dir.part, "curves.csv", "new");
  write_in(dir.part, "fields/00000.vtu", "new");
  assert_string_equal(stf_files_read("out/a/curves.csv", NULL), "old");
  assert_int_equal(stf_outdir_finish(&dir, *state), STF_OK);
  assert_result("out/a", "new");
}

static void swaps_where_folders_cannot_be_exchanged(void **state) {
  make_result(*state, "out/a", "old");
  cannot_exchange = true;
  make_result(*state, "out/a", "new");
  assert_result("out/a", "new");
}

static void puts_the_old_result_back_when_a_swap_fails(void **state) {
  make_result(*state, "a", "old");
  stf_outdir dir = begun(*state, "a");
  write_in(dir.part, "run.json", RUN);
  write_in(dir.part, "curves.csv", "new");
  cannot_exchange = true;
  renames_until_failure = 0;
  assert_int_equal(stf_outdir_finish(&dir, *state), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "a: error: expected to swap the new result in (Input/output error)");
  assert_string_equal(stf_files_read("a/curves.csv", NULL), "old");
  assert_string_equal(stf_files_read("a.part/curves.csv", NULL), "new");
}

static void brings_back_what_a_crash_between_two_renames_left(void **state) {
  make_result(*state, "a", "old");
  stf_outdir dir = begun(*state, "a");
  write_in(dir.part, "run.json", RUN);
  cannot_exchange = true;
  renames_until_failure = 1; /* the old one is moved away, then nothing works any more */
  assert_int_equal(stf_outdir_finish(&dir, *state), STF_NO_RESOURCE);
  renames_until_failure = -1;
  assert_false(stf_files_exists("a"));
  assert_true(stf_files_exists("a.old.part"));
  dir = begun(*state, "a");
  assert_string_equal(stf_files_read("a/curves.csv", NULL), "old");
  assert_false(stf_files_exists("a.old.part"));
  stf_outdir_leave(&dir);
}

static void clears_what_a_broken_run_left(void **state) {
  stf_outdir dir = begun(*state, "a");
  write_in(dir.part, "curves.csv", "half");
  write_in(dir.part, "fields/00007.vtu", "half");
  assert_int_equal(mkdir("a.part/fields/deeper", 0777), 0);
  write_in(dir.part, "fields/deeper/x", "half");
  stf_outdir_leave(&dir);
  assert_true(stf_files_exists("a.part/curves.csv"));
  dir = begun(*state, "a");
  assert_false(stf_files_exists("a.part/curves.csv"));
  assert_false(stf_files_exists("a.part/fields/00007.vtu"));
  assert_true(stf_files_exists("a.part/fields"));
  stf_outdir_leave(&dir);
}

static void never_follows_a_link_out_of_the_folder(void **state) {
  stf_outdir dir = begun(*state, "a");
  assert_int_equal(mkdir("precious", 0777), 0);
  stf_files_write("precious/data", "mine");
  assert_int_equal(symlink("../precious", "a.part/link"), 0);
  assert_int_equal(symlink("../../precious/data", "a.part/fields/link"), 0);
  stf_outdir_leave(&dir);
  dir = begun(*state, "a");
  assert_false(stf_files_exists("a.part/link"));
  write_in(dir.part, "run.json", RUN);
  assert_int_equal(symlink("../precious", "a.part/link"), 0);
  assert_int_equal(stf_outdir_finish(&dir, *state), STF_OK);
  make_result(*state, "a", "new");
  assert_string_equal(stf_files_read("precious/data", NULL), "mine");
}

static void assert_refused(stf_diags *diags, const char *path, stf_status expected, const char *said) {
  stf_outdir dir;
  assert_int_equal(stf_outdir_begin(path, arena, diags, &dir), expected);
  assert_int_equal(dir.lock, -1);
  stf_files_assert_said(diags, said);
}

static void refuses_folders_that_are_not_its_own(void **state) {
  assert_int_equal(mkdir("home", 0777), 0);
  stf_files_write("home/letter", "dear");
  assert_refused(*state, "home", STF_BAD_INPUT, "home: error: found a folder without a run.json of striffin");
  stf_files_write("home/run.json", "{\"other\": \"program\"}");
  assert_refused(*state, "home", STF_BAD_INPUT, "(it was not touched; choose another name with -o)");
  stf_files_write("file", "x");
  assert_refused(*state, "file", STF_BAD_INPUT, "file: error: found something that is not a folder");
  make_result(*state, "real", "1");
  assert_int_equal(symlink("real", "link"), 0);
  assert_refused(*state, "link", STF_BAD_INPUT, "link: error: found something that is not a folder");
  assert_string_equal(stf_files_read("home/letter", NULL), "dear");
  assert_false(stf_files_exists("home.part"));
}

static void refuses_a_part_folder_that_is_not_its_own(void **state) {
  assert_int_equal(mkdir("a.part", 0777), 0);
  stf_files_write("a.part/notes", "mine");
  assert_refused(*state, "a", STF_BAD_INPUT, "a.part: error: found something that no run of striffin left there");
  assert_string_equal(stf_files_read("a.part/notes", NULL), "mine");
  assert_int_equal(symlink("a.part", "b.part"), 0);
  assert_refused(*state, "b", STF_NO_RESOURCE, "b.part: error: expected to make and lock this folder");
  stf_files_write("c.part", "mine");
  assert_refused(*state, "c", STF_NO_RESOURCE, "c.part: error");
  assert_string_equal(stf_files_read("c.part", NULL), "mine");
}

static void takes_an_empty_folder(void **state) {
  assert_int_equal(mkdir("a", 0777), 0);
  assert_int_equal(mkdir("a.part", 0777), 0);
  make_result(*state, "a", "1");
  assert_result("a", "1");
}

static void refuses_what_is_no_name(void **state) {
  assert_refused(*state, "", STF_BAD_INPUT, "found no name");
  assert_refused(*state, "/", STF_BAD_INPUT, "found no name");
  assert_refused(*state, ".", STF_BAD_INPUT, "found no name");
  assert_refused(*state, "out/..", STF_BAD_INPUT, "found no name");
  stf_files_write("file", "x");
  assert_refused(*state, "file/a", STF_NO_RESOURCE, "file/a: error: expected to look at it (Not a directory)");
  char longest[5000];
  memset(longest, 'x', sizeof(longest) - 1);
  longest[sizeof(longest) - 1] = '\0';
  assert_refused(*state, longest, STF_NO_RESOURCE, "File name too long");
  assert_refused(*state, longest + sizeof(longest) - 252, STF_NO_RESOURCE, "File name too long");
}

static void a_second_run_of_the_same_name_is_refused(void **state) {
  stf_outdir first = begun(*state, "out/a");
  write_in(first.part, "curves.csv", "first");
  assert_refused(
      *state, "out/a", STF_BAD_INPUT,
      "out/a.part: error: found another run that is writing there; expected one run at a time for each name");
  assert_string_equal(stf_files_read("out/a.part/curves.csv", NULL), "first");
  write_in(first.part, "run.json", RUN);
  assert_int_equal(stf_outdir_finish(&first, *state), STF_OK);
  stf_outdir second = begun(*state, "out/a");
  stf_outdir_leave(&second);
}

static void a_killed_run_leaves_no_lock(void **state) {
  const pid_t child = fork();
  if (child == 0) {
    stf_outdir dir;
    if (stf_outdir_begin("a", arena, *state, &dir)) _exit(1);
    kill(getpid(), SIGKILL);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status));
  assert_true(stf_files_exists("a.part"));
  make_result(*state, "a", "1");
  assert_result("a", "1");
}

static void finish_refuses_a_place_that_someone_took_meanwhile(void **state) {
  stf_outdir dir = begun(*state, "a");
  write_in(dir.part, "curves.csv", "new");
  assert_int_equal(mkdir("a", 0777), 0);
  stf_files_write("a/letter", "dear");
  assert_int_equal(stf_outdir_finish(&dir, *state), STF_BAD_INPUT);
  assert_string_equal(stf_files_read("a/letter", NULL), "dear");
  assert_string_equal(stf_files_read("a.part/curves.csv", NULL), "new");
}

/* What one of several competing processes does. Returns 0 when it came to make its results, all of them whole. */
static int compete(int me) {
  char text[16];
  snprintf(text, sizeof(text), "%d", me);
  for (int made = 0, tries = 0; made < 5; tries++) {
    stf_diags *diags = stf_diags_create();
    stf_outdir dir;
    const stf_status begun_as = stf_outdir_begin("a", arena, diags, &dir);
    if (begun_as == STF_BAD_INPUT && tries < 100000) {
      usleep(100 + 37 * (unsigned)me);
    } else if (begun_as || stf_file_write("a.part/run.json", RUN, strlen(RUN), diags) ||
               stf_file_write("a.part/curves.csv", text, strlen(text), diags) ||
               stf_file_write("a.part/fields/00000.vtu", text, strlen(text), diags) || stf_outdir_finish(&dir, diags)) {
      stf_diags_print(diags, stderr);
      return 1;
    } else {
      made++;
    }
    stf_diags_destroy(diags);
  }
  return 0;
}

static void many_runs_at_once_leave_one_whole_result(void **state) {
  (void)state;
  pid_t children[4];
  for (int i = 0; i < 4; i++) {
    children[i] = fork();
    if (children[i] == 0) _exit(compete(i));
  }
  int worst = 0;
  for (int i = 0; i < 4; i++) {
    int status;
    assert_int_equal(waitpid(children[i], &status, 0), children[i]);
    worst |= status;
  }
  assert_int_equal(worst, 0);
  char text[16];
  snprintf(text, sizeof(text), "%s", stf_files_read("a/curves.csv", NULL));
  assert_result("a", text);
}

static void files_are_written_whole_or_not_at_all(void **state) {
  assert_int_equal(stf_file_write("x", "one", 3, *state), STF_OK);
  assert_int_equal(symlink("x", "y.tmp"), 0);
  assert_int_equal(stf_file_write("y", "two", 3, *state), STF_OK);
  assert_string_equal(stf_files_read("x", NULL), "one");
  assert_string_equal(stf_files_read("y", NULL), "two");
  renames_until_failure = 0;
  assert_int_equal(stf_file_write("x", "three", 5, *state), STF_NO_RESOURCE);
  assert_string_equal(stf_files_read("x", NULL), "one");
  assert_false(stf_files_exists("x.tmp"));
  assert_int_equal(stf_file_write("x", "", 0, *state), STF_NO_RESOURCE);
}

static void devices_are_written_to_and_not_replaced(void **state) {
  struct stat about;
  assert_int_equal(stf_file_write("/dev/null", "x", 1, *state), STF_OK);
  assert_int_equal(stat("/dev/null", &about), 0);
  assert_true(S_ISCHR(about.st_mode));
  assert_int_equal(stf_file_write("/dev/full", "x", 1, *state), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "/dev/full: error: expected to write this file (No space left on device)");
  assert_int_equal(mkdir("folder", 0777), 0);
  assert_int_equal(stf_file_write("folder", "x", 1, *state), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "folder: error: expected to write this file (Is a directory)");
}

#define FILES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES(makes_the_folders_above_and_swaps_in),
      FILES(keeps_the_old_result_until_the_new_one_is_whole),
      FILES(swaps_where_folders_cannot_be_exchanged),
      FILES(puts_the_old_result_back_when_a_swap_fails),
      FILES(brings_back_what_a_crash_between_two_renames_left),
      FILES(clears_what_a_broken_run_left),
      FILES(never_follows_a_link_out_of_the_folder),
      FILES(refuses_folders_that_are_not_its_own),
      FILES(refuses_a_part_folder_that_is_not_its_own),
      FILES(takes_an_empty_folder),
      FILES(refuses_what_is_no_name),
      FILES(a_second_run_of_the_same_name_is_refused),
      FILES(a_killed_run_leaves_no_lock),
      FILES(finish_refuses_a_place_that_someone_took_meanwhile),
      FILES(many_runs_at_once_leave_one_whole_result),
      FILES(files_are_written_whole_or_not_at_all),
      FILES(devices_are_written_to_and_not_replaced),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
