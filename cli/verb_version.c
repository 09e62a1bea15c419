/* `striffin version`: what this build is. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "striffin_config.h"
#include "striffin_revision.h"
#include "verb.h"

static error_t parse(int key, char *arg, struct argp_state *state) {
  if (key == ARGP_KEY_ARG) argp_error(state, "found %s; expected nothing", arg);
  return ARGP_ERR_UNKNOWN;
}

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {.parser = parse, .doc = "Tells version, revision and compiler, and the licence."};
  STF_TRY(stf_arguments_parse(&argp, argc, argv, NULL));
  printf("striffin %s (revision %s)\n", STF_VERSION, STF_REVISION);
  printf("built by %s, %s%s%s\n\n", STF_COMPILER, STF_BUILD_TYPE,
         strcmp(STF_SANITIZE, "none") != 0 ? ", sanitizers " : "",
         strcmp(STF_SANITIZE, "none") != 0 ? STF_SANITIZE : "");
  printf("Copyright (c) The striffin authors. Apache License 2.0; no warranty.\n"
         "The solver is linked with PETSc. Debian's libpetsc contains parts under the GPL, so passed on as a program\n"
         "together with it, striffin falls under the terms of the GPL, version 3.\n\n"
         "An instrument for research and teaching, not a medical device.\n");
  return STF_OK;
}

const stf_verb stf_verb_version = {"version", "tell version, build and licence", run};
