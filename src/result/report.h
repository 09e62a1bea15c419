/* report.html: one file that shows results to people, made of the installed page and the files of runs. */
#ifndef STF_RESULT_REPORT_H
#define STF_RESULT_REPORT_H

#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

enum { STF_REPORT_MOST_RUNS = 12 };

typedef struct stf_report_options {
  const char *const *runs; /* [run_count, 1 to STF_REPORT_MOST_RUNS] result folders; a NAME.part will do */
  size_t run_count;
  const char *page;    /* the page, with a line <!--striffin-data--> */
  const char *library; /* the tissue library, with sources.bib; the built-in cases stand in ../cases */
  const char *path;    /* of the report; `path`.tmp comes first, and a rename */
} stf_report_options;

/*
 * Writes the report of the runs. STF_BAD_INPUT for runs that do not exist (with the nearest spelling) and for damaged
 * files, with place and reason; STF_NO_RESOURCE when a file cannot be read or written. `path` then is as it was.
 */
stf_status stf_report_write(const stf_report_options *options, stf_diags *diags);

#endif
