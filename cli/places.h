/* Where the files of this striffin lie: beside the sources it was built in, or relative to where it is installed. */
#ifndef STF_CLI_PLACES_H
#define STF_CLI_PLACES_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

/* The folder with tissues/, cases/ and data/; STRIFFIN_DATA in the environment goes first. NULL when memory is out. */
const char *stf_places_data(stf_arena *arena);

/* The folder of the tissue library. NULL when memory is out. */
const char *stf_places_library(stf_arena *arena);

/*
 * The page that reports are made of; a report.html in STRIFFIN_DATA goes before that which was built or installed.
 * STF_NO_RESOURCE with a diagnostic when it is not where it belongs.
 */
stf_status stf_places_page(stf_arena *arena, stf_diags *diags, const char **path);

/* The program that solves. STF_NO_RESOURCE with a diagnostic when it is not where it belongs. */
stf_status stf_places_solver(stf_arena *arena, stf_diags *diags, const char **path);

#endif
