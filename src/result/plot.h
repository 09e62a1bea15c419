/*
 * An SVG figure of curves, journal-sized (85 mm wide by default; 174 mm for a double column), with the published
 * numbers that the runs were compared with drawn on them.
 */
#ifndef STF_RESULT_PLOT_H
#define STF_RESULT_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

enum { STF_PLOT_MOST_RUNS = 12 };

typedef struct stf_plot_options {
  const char *const *runs; /* [run_count, 1 to STF_PLOT_MOST_RUNS] result folders */
  size_t run_count;
  const char *x, *y; /* names of curves; NULL: those of the first mark in the runs (of the first one that
                        fits the other name), else time and the first measure */
  bool across;       /* x and y are measurements, of which each run is one point: what they came to in the end */
  double width_mm, height_mm; /* 0: 85 x 64; from 30 to 1000. Height grows where the legend needs it */
  const char *path;           /* of the figure */
} stf_plot_options;

/*
 * Reads curves.csv and run.json of each run and writes the figure. STF_BAD_INPUT for runs and curves that do not exist
 * (with the nearest spelling and the list), broken files and curves in different units; a warning for a published
 * number in another unit than its curve, which is not drawn. STF_NO_RESOURCE when a file cannot be read or written.
 */
stf_status stf_plot(const stf_plot_options *options, stf_diags *diags);

#endif
