#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output.h"
#include "places.h"

enum { MOST_ARGUMENTS = 32 + STF_LAUNCH_MOST, NOT_FOUND = 127 };

typedef struct command {
  const char *words[MOST_ARGUMENTS]; /* ends in NULL */
  size_t count;
} command;

static void add(command *c, const char *word) {
  if (c->count + 1 < MOST_ARGUMENTS) c->words[c->count++] = word;
}

/* One thread a process; Open MPI without network, graphics cards and a daemon, which take longer than small models. */
static void set_environment(int ranks) {
  setenv("OMP_NUM_THREADS", "1", 0);
  setenv("OPENBLAS_NUM_THREADS", "1", 0);
  setenv("HWLOC_COMPONENTS", "-gl,-opencl", 0);
  setenv("OMPI_MCA_osc", "^ucx", 0);
  if (ranks == 0) return;
  setenv("OMPI_MCA_pml", "ob1", 0);
  setenv("OMPI_MCA_btl", "self,vader", 0);
  if (ranks == 1) { /* alone: no daemon, and no folder that another run would share and take away */
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
  }
  if (ranks == 1 || geteuid() != 0) return;
  setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
  setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
}

static void add_mpiexec(command *c, const stf_launch *launch, const char *ranks) {
  add(c, "mpiexec");
  add(c, "--quiet");
  add(c, "-n");
  add(c, ranks);
  add(c, "--bind-to"); /* two runs at once would be bound to the same cores */
  add(c, "none");
  if (launch->ranks > launch->cores) add(c, "--oversubscribe");
}

static void add_solver(command *c, const stf_launch *launch, const char *solver, const char *library) {
  add(c, solver);
  add(c, "--library");
  add(c, library);
  if (launch->out) {
    add(c, "--out");
    add(c, launch->out);
  }
  if (launch->page) {
    add(c, "--page");
    add(c, launch->page);
  }
  if (launch->quiet) add(c, "--quiet");
  if (launch->profile) add(c, "--profile");
  if (launch->resume) add(c, "--resume");
  if (launch->calibrate) add(c, "--calibrate");
  if (launch->write) add(c, "--write");
  if (launch->members) add(c, "--members");
  if (isatty(STDOUT_FILENO)) add(c, "--terminal");
  if (*launch->shown) {
    add(c, "--shown");
    add(c, launch->shown);
  }
  add(c, "--");
  for (size_t i = 0; i < launch->count; i++) add(c, launch->scenarios[i]);
}

/* mpiexec would read the terminal, which nobody writes to. */
static void leave_input(void) {
  const int nowhere = open("/dev/null", O_RDONLY);
  if (nowhere < 0) return;
  dup2(nowhere, STDIN_FILENO);
  if (nowhere > STDERR_FILENO) close(nowhere);
}

/* ---- a run as a child: mpiexec has exit statuses of its own, and a signal to a run must end this as one ---- */

static volatile sig_atomic_t child, caught;

/* A signal from the terminal reaches mpiexec by itself. */
static void hand_on(int number, siginfo_t *how, void *unused) {
  (void)unused;
  caught = number;
  if (how->si_code <= 0 && child > 0) kill(child, number);
}

static void handle_signals(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  struct sigaction action = {.sa_sigaction = hand_on, .sa_flags = SA_SIGINFO};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
    struct sigaction before;
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
  }
}

/* Debian's mpiexec may be another MPI's; libpetsc is built on Open MPI. */
static void become_child(const command *c, int ranks) {
  char *const *words = (char *const *)c->words;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (ranks > 1) execvp("mpiexec.openmpi", words);
  execvp(words[0], words);
  _exit(NOT_FOUND);
}

/* Runs it to its end and returns its wait status; as if not found when there is no process left. */
static int run_child(const command *c, int ranks) {
  int how = NOT_FOUND << 8;
  handle_signals();
  const pid_t pid = fork();
  if (pid == 0) become_child(c, ranks);
  child = pid;
  if (pid > 0 && caught) kill(pid, caught);
  while (pid > 0 && waitpid(pid, &how, 0) < 0 && errno == EINTR) {
  }
  child = 0;
  return how;
}

void stf_launch_end_by(int number) {
  signal(number, SIG_DFL);
  raise(number);
}

/* What a run came to: statuses of our own and of signals are handed on, those of mpiexec told. */
static stf_status judge(int how, const char *program, int ranks, stf_diags *diags) {
  static const stf_status own[] = {STF_OK, STF_BAD_INPUT, STF_NO_SOLUTION, STF_NO_RESOURCE, STF_BUG};
  if (caught) stf_launch_end_by(caught);
  if (WIFSIGNALED(how)) stf_launch_end_by(WTERMSIG(how));
  const int status = WEXITSTATUS(how);
  for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
    if (status == (int)own[i]) return own[i];
  }
  if (status > 128) return (stf_status)status;
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = program},
                status == NOT_FOUND ? "no such program" : stf_diags_text(diags, "exit status %d", status),
                ranks > 1
                    ? stf_diags_text(diags, "the mpiexec of Open MPI, and %d processes that end as they should", ranks)
                    : "to start this program",
                ranks > 1 ? "-j 1 does without" : NULL);
  return STF_NO_RESOURCE;
}

stf_status stf_launch_go(const stf_launch *launch, stf_arena *arena, stf_diags *diags) {
  const char *solver, *library = stf_places_library(arena);
  const char *ranks = stf_arena_printf(arena, "%d", launch->ranks);
  command c = {.count = 0};
  if (!library || !ranks) return STF_NO_RESOURCE;
  STF_TRY(stf_places_solver(arena, diags, &solver));
  set_environment(launch->ranks);
  if (launch->ranks > 1) add_mpiexec(&c, launch, ranks);
  add_solver(&c, launch, solver, library);
  leave_input();
  stf_output_flush();
  if (launch->ranks > 1 || launch->stay)
    return judge(run_child(&c, launch->ranks), launch->ranks > 1 ? "mpiexec" : solver, launch->ranks, diags);
  execv(solver, (char *const *)c.words);
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = solver}, strerror(errno), "to start this program", NULL);
  return STF_NO_RESOURCE;
}

/* ---- members of an ensemble ---- */

stf_status stf_launch_member_words(const char *scenario, stf_arena *arena, stf_diags *diags, const char **words) {
  const char *solver, *library = stf_places_library(arena);
  if (!library) return STF_NO_RESOURCE;
  STF_TRY(stf_places_solver(arena, diags, &solver));
  const char *const all[STF_LAUNCH_MEMBER_WORDS] = {solver, "--library", library, "--member", "", "--", scenario, NULL};
  memcpy(words, all, sizeof all);
  set_environment(1);
  return STF_OK;
}

int stf_launch_member(const char *const *words, const char *member, int out, int err) {
  const char *own[STF_LAUNCH_MEMBER_WORDS];
  memcpy(own, words, sizeof own);
  own[4] = member;
  const pid_t pid = fork();
  if (pid) return pid;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  leave_input();
  if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0) _exit(NOT_FOUND);
  execv(own[0], (char *const *)own);
  _exit(NOT_FOUND);
}
