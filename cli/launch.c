#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "places.h"

enum { MOST_ARGUMENTS = 32 };

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
  if (ranks == 1) setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
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
  if (launch->quiet) add(c, "--quiet");
  if (isatty(STDOUT_FILENO)) add(c, "--terminal");
  if (*launch->shown) {
    add(c, "--shown");
    add(c, launch->shown);
  }
  add(c, "--");
  add(c, launch->scenario);
}

/* mpiexec would read the terminal, which nobody writes to. */
static void leave_input(void) {
  const int nowhere = open("/dev/null", O_RDONLY);
  if (nowhere < 0) return;
  dup2(nowhere, STDIN_FILENO);
  if (nowhere > STDERR_FILENO) close(nowhere);
}

/* Debian's mpiexec may be another MPI's; libpetsc is built on Open MPI. */
static void become(const command *c, const stf_launch *launch) {
  char *const *words = (char *const *)c->words;
  fflush(stdout);
  if (launch->ranks > 1) {
    execvp("mpiexec.openmpi", words);
    execvp("mpiexec", words);
  } else {
    execv(words[0], words);
  }
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
  become(&c, launch);
  const char *reason = errno == ENOENT && launch->ranks > 1 ? "no such program" : strerror(errno);
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = c.words[0]}, reason,
                launch->ranks > 1 ? "the mpiexec of Open MPI" : "to start it",
                launch->ranks > 1 ? "-j 1 does without" : NULL);
  return STF_NO_RESOURCE;
}
