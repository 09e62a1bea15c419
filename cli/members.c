#include "members.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "comparisons.h"
#include "launch.h"
#include "meter.h"
#include "output.h"
#include "places.h"
#include "result/ensemble.h"
#include "result/file.h"
#include "result/report.h"

enum { MOST_RECORD = 1 << 26, SENTENCE = 1000 };

/* Where a member runs. */
typedef struct place {
  long member; /* from 1; 0: nobody */
  FILE *out, *err;
} place;

typedef struct gang {
  const stf_members *asked;
  stf_arena *arena;
  stf_diags *diags;
  const char *words[STF_LAUNCH_MEMBER_WORDS];
  unsigned long long fingerprint;
  place *place;           /* [asked->at_once] */
  stf_specimen *specimen; /* [asked->count] */
  long started, done, failed;
  struct timespec since;
  stf_meter meter;
} gang;

/* ---- signals ---- */

static volatile sig_atomic_t caught;
static volatile pid_t running[STF_MEMBERS_AT_ONCE]; /* by place; 0: nobody */

static void pass_on(int number) {
  caught = number;
  for (int i = 0; i < STF_MEMBERS_AT_ONCE; i++)
    if (running[i] > 0) kill(running[i], SIGTERM);
}

static void handle_signals(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  struct sigaction action = {.sa_handler = pass_on};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
    struct sigaction before;
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
  }
}

/* ---- starting ---- */

static stf_status no_file(const gang *g) {
  stf_diags_add(g->diags, STF_ERROR, (stf_place){.file = "a temporary file"}, strerror(errno), "room for one", NULL);
  return STF_NO_RESOURCE;
}

static void leave(place *at) {
  if (at->out) fclose(at->out);
  if (at->err) fclose(at->err);
  *at = (place){0};
}

static stf_status start(gang *g, int i) {
  place *at = &g->place[i];
  char member[32];
  *at = (place){.member = ++g->started, .out = tmpfile(), .err = tmpfile()};
  if (!at->out || !at->err) return no_file(g);
  snprintf(member, sizeof(member), "%ld", at->member);
  const pid_t pid = stf_launch_member(g->words, member, fileno(at->out), fileno(at->err));
  if (pid < 0) {
    stf_diags_add(g->diags, STF_ERROR, (stf_place){.file = g->words[0]}, strerror(errno), "to start this program",
                  NULL);
    return STF_NO_RESOURCE;
  }
  running[i] = pid;
  if (caught) kill(pid, SIGTERM); /* it came in between */
  return STF_OK;
}

/* ---- ending ---- */

/* What a process came to that left no result, the same for the same cause; NULL: it says it went through. */
static const char *tell_end(const gang *g, int how) {
  if (WIFSIGNALED(how)) return stf_arena_printf(g->arena, "ended by signal %d", WTERMSIG(how));
  switch (WEXITSTATUS(how)) {
  case STF_OK: return NULL;
  case STF_NO_SOLUTION: return "no equilibrium";
  case STF_BAD_INPUT: return "refused";
  case STF_NO_RESOURCE: return "no file or memory";
  default: return stf_arena_printf(g->arena, "exit status %d", WEXITSTATUS(how));
  }
}

static void tell_failure(gang *g, const place *at, const char *outcome) {
  char line[SENTENCE];
  g->failed++;
  stf_meter_close(&g->meter);
  fprintf(stderr, "member %ld failed: %s\n", at->member, outcome);
  rewind(at->err);
  while (fgets(line, sizeof(line), at->err)) fprintf(stderr, "  %s", line);
}

static void take(gang *g, const place *at, int how) {
  stf_specimen *s = &g->specimen[at->member - 1];
  const stf_study *study = g->asked->study;
  const char *outcome = tell_end(g, how);
  rewind(at->out);
  if (!outcome && !stf_member_read(at->out, g->fingerprint, study->findings.measurements, study->gauges.columns,
                                   g->arena, &s->result, &outcome))
    s->finished = true;
  s->outcome = s->finished ? "finished" : outcome ? outcome : "no memory";
  g->done++;
  if (!s->finished) tell_failure(g, at, s->outcome);
}

static double seconds_since(const struct timespec *then) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)(now.tv_sec - then->tv_sec) + 1e-9 * (double)(now.tv_nsec - then->tv_nsec);
}

/* Waits for one of them to end. Once a signal has come, what they left counts for nothing. */
static void wait_for_one(gang *g) {
  int how;
  const pid_t pid = waitpid(-1, &how, 0);
  for (int i = 0; i < g->asked->at_once; i++) {
    if (pid <= 0 || running[i] != pid) continue;
    running[i] = 0;
    if (!caught) take(g, &g->place[i], how);
    leave(&g->place[i]);
  }
  if (!g->asked->quiet && !caught)
    stf_meter_tell_members(&g->meter, g->done, g->failed, g->asked->count, seconds_since(&g->since));
}

static bool anyone(const gang *g) {
  bool any = false;
  for (int i = 0; i < g->asked->at_once; i++) any = any || running[i];
  return any;
}

static stf_status run_all(gang *g) {
  stf_status status = STF_OK;
  while (anyone(g) || (!status && !caught && g->started < g->asked->count)) {
    for (int i = 0; i < g->asked->at_once && !status && !caught && g->started < g->asked->count; i++)
      if (!running[i]) status = start(g, i);
    if (anyone(g)) wait_for_one(g);
  }
  for (int i = 0; i < g->asked->at_once; i++) leave(&g->place[i]);
  stf_meter_close(&g->meter);
  return status;
}

/* ---- all of it ---- */

static stf_status write_report(const gang *g) {
  const stf_report_options report = {.runs = &g->asked->folder,
                                     .run_count = 1,
                                     .page = g->asked->page,
                                     .library = stf_places_library(g->arena),
                                     .path = stf_arena_printf(g->arena, "%s/report.html", g->asked->folder)};
  if (!report.page) return STF_OK;
  return report.library && report.path ? stf_report_write(&report, g->diags) : STF_NO_RESOURCE;
}

static void end_by_signal(const gang *g) {
  fprintf(stderr, "Stopped. The result of the mean specimen is in %s, without its ensemble.\n", g->asked->folder);
  stf_output_flush();
  stf_launch_end_by(caught);
}

static stf_status gather(gang *g, const char *record) {
  const stf_gathering gathering = {.study = g->asked->study,
                                   .members = (size_t)g->asked->count,
                                   .specimen = g->specimen,
                                   .folder = g->asked->folder,
                                   .record = record};
  STF_TRY(stf_ensemble_record(&gathering, g->diags));
  STF_TRY(write_report(g));
  if (!g->asked->quiet) stf_comparisons_print_ensemble(g->asked->folder, stdout);
  return STF_OK;
}

static stf_status prepare(gang *g, char **record) {
  const stf_members *asked = g->asked;
  size_t size;
  const char *path = stf_arena_printf(g->arena, "%s/run.json", asked->folder);
  g->place = stf_arena_alloc(g->arena, (size_t)asked->at_once * sizeof(*g->place));
  g->specimen = stf_arena_alloc(g->arena, (size_t)asked->count * sizeof(*g->specimen));
  if (!path || !g->place || !g->specimen) return STF_NO_RESOURCE;
  STF_TRY(stf_launch_member_words(asked->study->path, g->arena, g->diags, g->words));
  STF_TRY(stf_file_read(path, MOST_RECORD, g->diags, record, &size));
  g->fingerprint = stf_study_fingerprint(asked->study);
  g->meter.terminal = isatty(STDOUT_FILENO);
  clock_gettime(CLOCK_MONOTONIC, &g->since);
  return STF_OK;
}

stf_status stf_members_run(const stf_members *members, stf_arena *arena, stf_diags *diags) {
  gang g = {.asked = members, .arena = arena, .diags = diags};
  char *record = NULL;
  stf_status status = prepare(&g, &record);
  handle_signals();
  stf_output_flush();
  if (!status) status = run_all(&g);
  if (caught) end_by_signal(&g);
  if (!status) status = gather(&g, record);
  free(record);
  return status;
}
