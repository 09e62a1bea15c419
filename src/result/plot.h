/*
 * An SVG figure of curves, journal-sized (85 mm wide by default; 174 mm for a double column), with measured values and
 * their SD drawn where the runs have them.
 */
#ifndef STF_RESULT_PLOT_H
#define STF_RESULT_PLOT_H

#include "base/diag.h"
#include "base/status.h"

typedef struct stf_plot_options {
  const char *const *runs;    /* [run_count] result folders */
  size_t             run_count;
  const char        *x, *y;   /* names of curves; NULL: the x of the first mark in the runs, else time and the first measure */
  double             width_mm, height_mm;  /* 0: 85 x 64 */
  const char        *path;    /* of the figure */
} stf_plot_options;

/* Reads curves.csv and run.json of each run and writes the figure. */
stf_status stf_plot(const stf_plot_options *options, stf_diags *diags);

#endif
