/*
 * Measurements. One kind of measurement is one file with one row in measures.c. A curve has a value at every accepted
 * step; a number is taken from curves when the run has ended.
 */
#ifndef STF_PROTOCOL_MEASURE_H
#define STF_PROTOCOL_MEASURE_H

#include "protocol/protocol.h"

/* What the solver reads off at an accepted step. */
typedef struct stf_readings {
  double time;                   /* [s] */
  const double (*grip_force)[3]; /* [grips] [N] by each grip on the body */
  const double (*probe)[3];      /* [probes] [mm] displacement of each probed node */
} stf_readings;

/* The curves so far, in base units; column c of row r at values[r * columns + c]. */
typedef struct stf_history {
  size_t columns, rows;
  const double *values;
} stf_history;

/* A number taken from a curve, as a mark in a figure of the curve `y` over the curve `x`. */
typedef struct stf_measure_mark {
  int x, y;     /* columns; -1: no mark */
  bool slope;   /* the value is the slope of a line through `at`; otherwise the point itself is `at` */
  double at[2]; /* base units */
} stf_measure_mark;

typedef struct stf_measure stf_measure;

/* One line of `measure:`, bound to the model. */
typedef struct stf_gauge {
  const char *name;
  const char *what; /* "grip_force" */
  const stf_measure *measure;
  const stf_yaml_node *node;
  const stf_protocol *protocol;
  stf_dimension dimension;
  const char *unit;     /* shown; the dimension's own by default */
  int column;           /* of a curve, in the history; -1 for a number */
  const stf_grip *grip; /* where it needs one */
  size_t grip_index;
  int probe;       /* index of its probe, -1 */
  int axis;        /* 0 1 2 */
  double scale;    /* factor of its own, as 1/area */
  int of, over;    /* curves a number is taken from, -1 */
  double apart[3]; /* [mm] from its first marker to its second */
  double window[2];
} stf_gauge;

typedef struct stf_gauges {
  stf_arena *arena;
  size_t count;
  stf_gauge *gauge; /* [count] in the order of the scenario */
  size_t columns;   /* of the history: time first, then every curve */
  size_t probes;
  int *probe; /* [probes] mesh nodes */
} stf_gauges;

/* A kind of measurement; `extra` of its variant type. */
struct stf_measure {
  bool curve; /* a value at every step; false: one number at the end */
  /* Resolves names and fills dimension and what `read` needs. The gauges before this one are bound already. */
  stf_status (*bind)(const void *options, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge);
  double (*read)(const stf_gauge *gauge, const stf_readings *readings);                         /* curve */
  double (*reduce)(const stf_gauge *gauge, const stf_history *history, stf_measure_mark *mark); /* number */
};

/* What every measurement's options begin with. */
typedef struct stf_measure_options {
  const stf_yaml_node *node;
  const char *name;
  const char *unit; /* NULL: the usual one */
} stf_measure_options;

#define STF_MEASURE_COMMON                                                                               \
  {.key = "name",                                                                                        \
   .kind = STF_KIND_NAME,                                                                                \
   .offset = offsetof(stf_measure_options, name),                                                        \
   .help = "what the result is called"},                                                                 \
  {                                                                                                      \
    .key = "unit", .kind = STF_KIND_TEXT, .offset = offsetof(stf_measure_options, unit), .fallback = "", \
    .help = "unit it is written in"                                                                      \
  }

extern const stf_variant_set stf_measures;

/*
 * Binds every measurement of a scenario. Everything belongs to `arena`; the protocol must outlive the gauges.
 * STF_BAD_INPUT with every fault found.
 */
stf_status stf_gauges_bind(const stf_variants *measures, const stf_protocol *protocol, stf_arena *arena,
                           stf_diags *diags, stf_gauges *gauges);

/* Writes a row [gauges->columns] of the history: the time, then every curve. */
void stf_gauges_read(const stf_gauges *gauges, const stf_readings *readings, double *row);

/* Value of a gauge when the run has ended: a number, or the last value of a curve. NAN where there is none. */
double stf_gauge_result(const stf_gauge *gauge, const stf_history *history, stf_measure_mark *mark);

/* For measurements: the grip on the face named by option `where`; a diagnostic when there is none. */
stf_status stf_gauge_grip(stf_gauge *gauge, const char *where, stf_diags *diags);

/* For measurements: a probe on the node nearest to a position [3] [mm]. */
stf_status stf_gauge_probe(stf_gauges *gauges, stf_gauge *gauge, const double position[3]);

/* For numbers: the column of the curve called `name`, measured above; a diagnostic at option `key` when there is none.
 */
stf_status stf_gauge_curve(const stf_gauges *gauges, const stf_gauge *gauge, const char *key, const char *name,
                           stf_diags *diags, int *column, stf_dimension *dimension);

#endif
