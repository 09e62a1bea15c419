/* The program that solves: `striffin run` starts it, alone or under mpiexec. Only the first rank speaks. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "base/units.h"
#include "comparisons.h"
#include "meter.h"
#include "output.h"
#include "profile.h"
#include "session.h"
#include "shown.h"
#include "striffin.h"
#include "striffin_config.h"

typedef struct request {
  const char *library, *out, *page, *shown;
  char **scenarios; /* [count] */
  int count;
  long member; /* of an ensemble, from 1; 0: none */
  bool quiet, terminal, profile, resume, calibrate, write, members;
} request;

enum {
  OPTION_LIBRARY = 256,
  OPTION_PAGE,
  OPTION_SHOWN,
  OPTION_TERMINAL,
  OPTION_CALIBRATE,
  OPTION_WRITE,
  OPTION_PROFILE,
  OPTION_RESUME,
  OPTION_MEMBER,
  OPTION_MEMBERS
};

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'o': asked->out = arg; return 0;
  case 'q': asked->quiet = true; return 0;
  case OPTION_LIBRARY: asked->library = arg; return 0;
  case OPTION_PAGE: asked->page = arg; return 0;
  case OPTION_SHOWN: asked->shown = arg; return 0;
  case OPTION_TERMINAL: asked->terminal = true; return 0;
  case OPTION_RESUME: asked->resume = true; return 0;
  case OPTION_PROFILE: asked->profile = true; return 0;
  case OPTION_CALIBRATE: asked->calibrate = true; return 0;
  case OPTION_WRITE: asked->write = true; return 0;
  case OPTION_MEMBERS: asked->members = true; return 0;
  case OPTION_MEMBER: asked->member = stf_arguments_integer(state, arg, 1, 1000000, "--member"); return 0;
  case ARGP_KEY_ARGS:
    asked->scenarios = state->argv + state->next;
    asked->count = state->argc - state->next;
    if (asked->count > 1 && !asked->calibrate)
      argp_error(state, "one scenario at a time; found %s after %s", asked->scenarios[1], asked->scenarios[0]);
    return 0;
  case ARGP_KEY_NO_ARGS: argp_error(state, "no scenario"); return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp_option options[] = {
    {"library", OPTION_LIBRARY, "FOLDER", 0, "the tissue library", 0},
    {"page", OPTION_PAGE, "FILE", 0, "the page of the report; without it there is none", 0},
    {"out", 'o', "FOLDER", 0, "where the results go; out/NAME by default", 0},
    {"quiet", 'q', NULL, 0, "tell nothing but what is wrong", 0},
    {"terminal", OPTION_TERMINAL, NULL, 0, "show how far it is in one line that changes", 0},
    {"shown", OPTION_SHOWN, "SUMS", 0, "warnings that were told already", 0},
    {"resume", OPTION_RESUME, NULL, 0, "go on from a checkpoint", 0},
    {"member", OPTION_MEMBER, "N", 0, "run this member of the ensemble and write what it measured to standard output",
     0},
    {"members", OPTION_MEMBERS, NULL, 0, "who started this sees to the members of an ensemble", 0},
    {"profile", OPTION_PROFILE, NULL, 0, "tell where the time went", 0},
    {"calibrate", OPTION_CALIBRATE, NULL, 0, "fit what the scenarios calibrate", 0},
    {"write", OPTION_WRITE, NULL, 0, "write what was fitted into the tissues' files", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "SCENARIO...",
    .doc = "Solves a scenario, or fits several. 'striffin run' starts this program as it should be; under "
           "mpiexec, 'mpiexec -n N striffin run CASE' is the way."};

/* Only what is safe in a signal handler. */
static void tell_fault(int signal_number) {
  static const char text[] = "\nstriffin: a fault in striffin itself stopped it. Please report it with the scenario.\n";
  (void)signal_number;
  const ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);
  (void)written;
  _exit(STF_BUG);
}

/* A sanitizer tells more about a fault than we do. A reader that has gone must not end a run. */
static void catch_signals(void) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  signal(SIGPIPE, SIG_IGN);
  if (strcmp(STF_SANITIZE, "none") != 0) return;
  for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) signal(faults[i], tell_fault);
}

/* The first asks the run to end after its step, a second ends it at once. */
static volatile int stop;

static void ask_to_stop(int signal_number) {
  stop = signal_number;
}

static void heed_signals(void) {
  static const int numbers[] = {SIGINT, SIGTERM};
  struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
    struct sigaction before;
    if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
  }
}

/* Ends as the signal would have ended it. */
static void end_by_signal(const stf_run_summary *summary) {
  if (stf_run_rank() == 0 && summary->out)
    fprintf(stderr, "Stopped. 'striffin resume %s' goes on from the last checkpoint.\n", summary->out);
  stf_output_flush();
  const int number = stop ? stop : SIGTERM; /* another rank's */
  signal(number, SIG_DFL);
  raise(number);
}

static void tell_result(const request *asked, stf_status status, const stf_run_summary *summary) {
  if (status == STF_NO_SOLUTION && summary->out)
    fprintf(stderr, "The last good state and the curves up to it are in %s\n", summary->out);
  if (status || !summary->out) return;
  printf("%ld step%s, %ld iterations", summary->steps, summary->steps == 1 ? "" : "s", summary->iterations);
  if (summary->cutbacks) printf(", %ld steps halved", summary->cutbacks);
  printf(", %.3g s\n%s", summary->seconds, summary->prestress);
  if (summary->cycles) printf("Cycles: %s\n", summary->cycles);
  if (summary->solver) printf("Linear solver: %s\n  since %s\n", summary->solver, summary->solver_reason);
  stf_comparisons_print(summary->out, stdout);
  printf("The results are in %s\n", summary->out);
  if (asked->page) printf("The report is %s/report.html\n", summary->out);
  if (summary->members && !asked->members)
    printf("Its ensemble of %ld members was not run: 'striffin run' does, from the beginning and without mpiexec.\n",
           summary->members);
}

static void tell_faults(const request *asked, const stf_diags *diags) {
  stf_diags *rest = stf_shown_rest(diags, asked->shown);
  stf_diags_print(rest ? rest : diags, stderr);
  stf_diags_destroy(rest);
}

static stf_status solve(const request *asked, stf_session *session) {
  stf_meter meter = {.terminal = asked->terminal};
  stf_run_summary summary = {0};
  const stf_run_options what = {.scenario = asked->scenarios[0],
                                .library = asked->library,
                                .out = asked->out,
                                .page = asked->page,
                                .stop = &stop,
                                .resume = asked->resume,
                                .progress = asked->quiet ? NULL : stf_meter_tell,
                                .context = &meter};
  heed_signals();
  const stf_status status = stf_run(&what, session->diags, &summary);
  if (stf_run_rank() == 0) stf_meter_close(&meter);
  if (status == STF_STOPPED) end_by_signal(&summary);
  if (stf_run_rank() != 0) return status;
  tell_faults(asked, session->diags);
  if (status || !asked->quiet) tell_result(asked, status, &summary);
  if (asked->profile && summary.out) stf_profile_print(summary.out, stdout);
  stf_output_flush();
  return status;
}

/* The table of a fit, as it stands in its folder. */
static void tell_fit(const stf_calibrate_summary *summary) {
  char path[4096], line[1024];
  if (!summary->out || (size_t)snprintf(path, sizeof(path), "%s/result.txt", summary->out) >= sizeof(path)) return;
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof(line), file)) fputs(line, stdout);
  if (file) fclose(file);
  printf("\nThe results are in %s\n", summary->out);
}

static stf_status calibrate(const request *asked, stf_session *session) {
  stf_meter meter = {.terminal = asked->terminal};
  stf_calibrate_summary summary = {0};
  const stf_calibrate_options what = {.scenarios = (const char *const *)asked->scenarios,
                                      .count = (size_t)asked->count,
                                      .library = asked->library,
                                      .out = asked->out,
                                      .write = asked->write,
                                      .progress = asked->quiet ? NULL : stf_meter_tell_fit,
                                      .context = &meter};
  const stf_status status = stf_calibrate(&what, session->diags, &summary);
  if (stf_run_rank() != 0) return status;
  stf_meter_close(&meter);
  if (!status && !asked->quiet) tell_fit(&summary);
  stf_output_flush();
  tell_faults(asked, session->diags);
  return status;
}

/* One member of an ensemble; what is wrong goes to standard error, for the front to hand on. */
static stf_status run_member(const request *asked, const stf_session *session) {
  const stf_member_options what = {.scenario = asked->scenarios[0],
                                   .library = asked->library,
                                   .member = asked->member,
                                   .stream = stdout,
                                   .stop = &stop};
  heed_signals();
  const stf_status status = stf_member_run(&what, session->diags);
  if (status == STF_STOPPED) end_by_signal(&(stf_run_summary){0});
  if (status) stf_diags_print(session->diags, stderr);
  return status;
}

static stf_status act(const request *asked, stf_session *session) {
  if (asked->calibrate) return calibrate(asked, session);
  return asked->member ? run_member(asked, session) : solve(asked, session);
}

int main(int argc, char **argv) {
  request asked = {.shown = ""};
  stf_session session;
  stf_output_start("striffin");
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  catch_signals(); /* before Open MPI, which leaves handlers that are there alone */
  stf_status status = stf_run_start();
  if (!status) status = stf_units_start();
  if (status) {
    fprintf(stderr, "striffin: %s\n", status == STF_BUG ? "PETSc does not start" : "no database of units (UDUNITS-2)");
    return status;
  }
  status = stf_session_begin(&session);
  if (!status) status = act(&asked, &session);
  stf_diags_destroy(session.diags);
  stf_arena_destroy(session.mesh_arena);
  stf_arena_destroy(session.arena);
  stf_run_stop();
  return status;
}
