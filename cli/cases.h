/* The cases that come with striffin: cases/FOLDER/NAME.yaml is called FOLDER/NAME. */
#ifndef STF_CLI_CASES_H
#define STF_CLI_CASES_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

typedef struct stf_case {
  const char *name; /* "fascia-lata/lateral-along" */
  const char *path; /* of its file */
} stf_case;

typedef struct stf_cases {
  const stf_case *items; /* [count] by name */
  const char **names;    /* [count] */
  size_t count;
} stf_cases;

/* Lists the built-in cases; all belongs to `arena`. STF_NO_RESOURCE with a diagnostic when their folder is missing. */
stf_status stf_cases_list(stf_arena *arena, stf_diags *diags, stf_cases *cases);

/* The built-in case of that name. STF_BAD_INPUT with a diagnostic and the nearest name when there is none. */
stf_status stf_cases_find(const char *name, stf_arena *arena, stf_diags *diags, const stf_case **found);

/* The scenario a user means: a file, or a built-in case by its name. Errors as above. */
stf_status stf_cases_locate(const char *asked, stf_arena *arena, stf_diags *diags, const char **path);

#endif
