/* `striffin run CASE`: checks a scenario and hands it to the program that solves. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "cases.h"
#include "launch.h"
#include "members.h"
#include "model/scatter.h"
#include "places.h"
#include "ranks.h"
#include "result/study.h"
#include "session.h"
#include "shown.h"
#include "summary.h"
#include "verb.h"

enum { OPTION_DRY = 256, OPTION_PROFILE, OPTION_NO_REPORT, OPTION_MEMBERS, OPTION_AT_ONCE };

typedef struct request {
  const char *scenario, *out, *page; /* page: NULL without a report */
  long ranks;                        /* 0: not said */
  long members, at_once;             /* of an ensemble; -1 and 0: not said */
  bool quiet, dry, profile, no_report;
} request;

/* None, or as many as have a spread. */
static long members_of(const struct argp_state *state, const char *text) {
  const long members = stf_arguments_integer(state, text, 0, STF_ENSEMBLE_MOST, "--members");
  if (members && members < STF_ENSEMBLE_LEAST)
    argp_error(state, "--members: found %ld; expected 0, or from %d to %d", members, STF_ENSEMBLE_LEAST,
               STF_ENSEMBLE_MOST);
  return members;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'o':
    if (!*arg) argp_error(state, "-o: found nothing; expected the name of a folder");
    asked->out = arg;
    return 0;
  case 'j': asked->ranks = stf_arguments_integer(state, arg, 1, STF_RANKS_MOST, "-j"); return 0;
  case OPTION_MEMBERS: asked->members = members_of(state, arg); return 0;
  case OPTION_AT_ONCE:
    asked->at_once = stf_arguments_integer(state, arg, 1, STF_MEMBERS_AT_ONCE, "--at-once");
    return 0;
  case 'q': asked->quiet = true; return 0;
  case OPTION_PROFILE: asked->profile = true; return 0;
  case OPTION_NO_REPORT: asked->no_report = true; return 0;
  case OPTION_DRY: asked->dry = true; return 0;
  case ARGP_KEY_ARG:
    if (asked->scenario) argp_error(state, "one scenario at a time; found %s after %s", arg, asked->scenario);
    asked->scenario = arg;
    return 0;
  case ARGP_KEY_NO_ARGS:
    argp_error(state, "what is to be run? Name a scenario file, or one of 'striffin cases'");
    return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* The members of the scenario's ensemble, after the run of its mean specimen. */
static stf_status follow_up(const request *asked, const stf_study *study, const stf_plan *plan, stf_session *session) {
  const stf_members members = {.study = study,
                               .folder = asked->out ? asked->out
                                                    : stf_arena_printf(session->arena, "out/%s", study->scenario.name),
                               .page = asked->page,
                               .count = plan->members,
                               .at_once = plan->at_once,
                               .quiet = asked->quiet};
  return members.folder ? stf_members_run(&members, session->arena, session->diags) : STF_NO_RESOURCE;
}

/* Tells the warnings and what is about to be solved, and hands over. The mesh is not needed any more. */
static stf_status solve(const request *asked, const stf_study *study, const stf_plan *plan, stf_session *session) {
  const stf_launch launch = {.scenarios = &study->path,
                             .count = 1,
                             .out = asked->out,
                             .page = asked->page,
                             .quiet = asked->quiet,
                             .profile = asked->profile,
                             .shown = stf_shown_list(session->diags, session->arena),
                             .ranks = plan->ranks,
                             .cores = plan->cores,
                             .stay = plan->members > 0,
                             .members = true};
  stf_diags *faults = stf_diags_create();
  if (!launch.shown || !faults) {
    stf_diags_destroy(faults);
    return STF_NO_RESOURCE;
  }
  signal(SIGPIPE, SIG_IGN); /* a reader that has gone must not end a run */
  if (!asked->quiet) stf_summary_line(study, plan, stdout);
  stf_diags_print(session->diags, stderr);
  stf_diags_destroy(session->diags);
  session->diags = faults;
  stf_arena_destroy(session->mesh_arena);
  session->mesh_arena = NULL;
  STF_TRY(stf_launch_go(&launch, session->arena, session->diags));
  return plan->members ? follow_up(asked, study, plan, session) : STF_OK;
}

/* Under mpiexec every rank comes here: the program that solves reads the scenario, and one rank speaks. */
static stf_status join(const request *asked, const char *path, stf_session *session) {
  const stf_launch launch = {.scenarios = &path,
                             .count = 1,
                             .out = asked->out,
                             .page = asked->page,
                             .quiet = asked->quiet,
                             .profile = asked->profile,
                             .shown = "",
                             .members = asked->members == 0};
  if (asked->members > 0)
    return stf_arguments_fault(
        "striffin run", "--members %ld does not go with mpiexec: members run on one process each", asked->members);
  if (asked->ranks) return stf_arguments_fault("striffin run", "-j does not go with mpiexec, which says how many");
  return stf_launch_go(&launch, session->arena, session->diags);
}

/* How many members: as many as asked for, or as the scenario has. */
static stf_status plan_members(const request *asked, const stf_study *study, stf_diags *diags, stf_plan *plan) {
  const stf_ensemble *e = &study->model.ensemble;
  plan->members = asked->members < 0 ? e->members : asked->members;
  plan->at_once = asked->at_once ? (int)asked->at_once : plan->cores;
  if (plan->members && !e->members) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = study->path}, "no ensemble, of which --members asks for some",
                  "a key ensemble", "'striffin explain ensemble' tells what stands there");
    return STF_BAD_INPUT;
  }
  return plan->members > e->members ? stf_scatter_check(&study->model, plan->members, diags) : STF_OK;
}

static stf_status run_scenario(request *asked, stf_session *session) {
  const char *path;
  stf_study study;
  STF_TRY(stf_cases_locate(asked->scenario, session->arena, session->diags, &path));
  if (!asked->no_report && !asked->dry) STF_TRY(stf_places_page(session->arena, session->diags, &asked->page));
  if (stf_ranks_launched() && !asked->dry) return join(asked, path, session);
  const char *library = stf_places_library(session->arena);
  if (!library) return STF_NO_RESOURCE;
  STF_TRY(stf_study_read(path, library, session->arena, session->mesh_arena, session->diags, &study));
  const size_t unknowns = stf_model_unknowns(&study.model);
  stf_plan plan = {.asked = asked->ranks > 0, .cores = stf_ranks_cores(), .out = asked->out};
  STF_TRY(plan_members(asked, &study, session->diags, &plan));
  plan.ranks = plan.asked ? (int)asked->ranks : stf_ranks_choose(unknowns, plan.cores);
  if (!asked->dry) return solve(asked, &study, &plan, session);
  stf_summary_write(&study, &plan, stdout);
  return STF_OK;
}

static const struct argp_option options[] = {
    {"output", 'o', "FOLDER", 0, "where the results go; out/NAME by default", 0},
    {"jobs", 'j', "N", 0, "solve on N processes; by default on one below 20,000 unknowns, else on every physical core",
     0},
    {"members", OPTION_MEMBERS, "N", 0,
     "run N members of the scenario's ensemble instead of as many as it says; 0 for none", 0},
    {"at-once", OPTION_AT_ONCE, "N", 0, "so many members at a time; by default as many as there are physical cores", 0},
    {"dry-run", OPTION_DRY, NULL, 0, "check everything, tell what would be solved, and stop", 0},
    {"no-report", OPTION_NO_REPORT, NULL, 0, "write no report.html", 0},
    {"profile", OPTION_PROFILE, NULL, 0, "tell at the end where the time went", 0},
    {"quiet", 'q', NULL, 0, "tell nothing but what is wrong", 0},
    {0},
};

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .options = options,
      .parser = parse,
      .args_doc = "CASE",
      .doc = "Solves a scenario file, or a built-in case by its name, and writes curves, fields, a record of every "
             "number used, and report.html, a page to look at. Where it has an ensemble, specimens that differ are run "
             "after the mean one.\vThe results of the run before stay whole until the new "
             "ones are. Exit status: 0; 2 wrong "
             "input; 3 no equilibrium found, the last good state stays in out/NAME.part; 4 a file or memory; 70 an "
             "error in striffin."};
  request asked = {.members = -1};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  stf_status status = stf_session_begin(&session);
  if (!status) status = run_scenario(&asked, &session);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_run = {"run", "solve a scenario or a built-in case", run};
