/* run.json and timing.json: what was run, with what, and how it compares; enough to do it again. */
#ifndef STF_RESULT_RECORD_H
#define STF_RESULT_RECORD_H

#include "base/diag.h"
#include "base/status.h"
#include "model/prestress.h"
#include "protocol/protocol.h"
#include "scenario/scenario.h"
#include "tissue/tissue.h"

/* How a compared number is drawn in a figure of curve `y` over curve `x`. */
typedef enum stf_mark { STF_MARK_NONE, STF_MARK_POINT, STF_MARK_SLOPE } stf_mark;

extern const char *const stf_mark_names[]; /* "none", "point", "slope", NULL */

/* The last value of a measurement. */
typedef struct stf_measurement {
  const char *name, *what, *unit;
  double value; /* in `unit` */
  stf_mark mark;
  const char *mark_x, *mark_y; /* curves that the mark belongs to; NULL without one */
  double mark_at[2];           /* shown units: a point at mark_at[0] (its published value is drawn there), or a point
                                  of the line whose slope `value` is */
} stf_measurement;

typedef struct stf_comparison {
  const stf_measurement *measurement;
  const char *quantity, *data, *source; /* of `data`, a path, only the file's own name is recorded */
  stf_role role;
  double value, sd, low, high; /* published, in the measurement's unit; NAN where not given */
  long n;                      /* specimens; 0 where unknown */
  double assumed_sd;           /* over the value, where the scenario gives one for calibration; else NAN */
  int spread_role;             /* stf_role of an ensemble's spread; -1 where none is given */
} stf_comparison;

/* (simulated - value) / sd, NAN without an sd and for another model's number, which nothing agrees with or misses. */
double stf_comparison_z(const stf_comparison *comparison);

/* The ends of a published range are rounded numbers; nearer than this to one of them, over it, counts as inside. */
#define STF_RANGE_ROUNDING 0.005

/* +1 / -1 / 0: above, below, inside low..high; 0 also where no range is given. */
int stf_comparison_side(const stf_comparison *comparison);

/* How the linear equations were solved. */
typedef struct stf_record_solver {
  const char *method, *reason;
  long solves, iterations; /* of the Krylov method, all solves together */
  long builds;             /* how often its preconditioner was built */
  long indefinite;         /* solves in which conjugate gradients met an indefinite tangent and GMRES went on */
  long replaced;           /* solves by a factorisation instead, since the method failed */
} stf_record_solver;

/* A layer and the tissue it is of. */
typedef struct stf_record_layer {
  const char *name, *tissue;
} stf_record_layer;

/* Cycles of the timeline that were computed, computed after jumps that were taken back, and jumped over. */
typedef struct stf_record_cycles {
  long computed, in_vain, jumped;
} stf_record_cycles;

typedef struct stf_record {
  const char *version, *revision, *build; /* of striffin */
  const char *outcome;                    /* "finished", or why it stopped and when */
  double end_time;                        /* [s] reached */
  stf_record_cycles cycles;               /* left out when none was computed */
  int ranks;
  size_t unknowns, elements, nodes;
  stf_record_solver solver; /* left out when its method is NULL */
  const stf_scenario *scenario;
  const char *scenario_text; /* the file, whole */
  size_t layers;
  const stf_record_layer *layer; /* [layers] in the order of the field `layer` */
  const stf_protocol *protocol;  /* whose tools are named, as the layers behind them; NULL: none */
  size_t tissues;
  const stf_tissue *tissue;                   /* [tissues] */
  const stf_prestress *prestress;             /* NULL: there was none, or it was not found */
  const stf_prestress_found *prestress_found; /* [prestress->parts] */
  size_t measurements;
  const stf_measurement *measurement; /* [measurements] */
  size_t comparisons;
  const stf_comparison *comparison; /* [comparisons] */
} stf_record;

/*
 * Writes run.json, numbers with 12 significant digits, those that are not finite left out. The same run gives the same
 * bytes: no time, no host, no path.
 */
stf_status stf_record_write(const stf_record *record, const char *path, stf_diags *diags);

/* A phase of the run and how long it took. */
typedef struct stf_timing {
  const char *phase;
  double seconds;
  long calls;
} stf_timing;

/* What a run cost. It differs from run to run, so it never stands in run.json. */
typedef struct stf_timings {
  double total; /* [s] */
  size_t phases;
  const stf_timing *phase; /* [phases] */
  int ranks;
  const double *peak_mb; /* [ranks] peak memory of each rank [MB]; NULL where unknown */
} stf_timings;

/* Writes timing.json. */
stf_status stf_timing_write(const stf_timings *timings, const char *path, stf_diags *diags);

#endif
