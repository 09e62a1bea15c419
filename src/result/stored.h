/* A finished run, read back from its folder: its curves and the published numbers that can be drawn on them. */
#ifndef STF_RESULT_STORED_H
#define STF_RESULT_STORED_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"
#include "result/curves.h"
#include "result/record.h"

/* A published number that belongs on curve `y` over curve `x`. */
typedef struct stf_stored_mark {
  stf_mark kind;
  const char *what;                                    /* was measured: "slope" */
  const char *x, *y, *quantity, *unit, *source, *role; /* role: one of stf_role_names */
  double at[2];                                        /* as in stf_measurement */
  double simulated;                                    /* in `unit`; NAN where there is none */
  double value, sd, low, high;                         /* in `unit`; NAN where not given */
} stf_stored_mark;

/* What the members of an ensemble did on curve `y` over curve `x`, as the axes of curves.csv show it. */
typedef struct stf_stored_band {
  const char *x, *y;
  size_t count;
  const double (*at)[4]; /* [count] x, mean, quantiles of 5 % and 95 % */
} stf_stored_band;

/* What a measurement came to in the end, and the quantiles of 5 % and 95 % of an ensemble's members. */
typedef struct stf_stored_number {
  const char *name, *unit;
  double value, low, high; /* NAN where not given */
} stf_stored_number;

typedef struct stf_stored {
  const char *path;         /* the folder */
  const char *name, *title; /* of the scenario; title is "" when it has none */
  stf_curves *curves;
  size_t marks;
  const stf_stored_mark *mark; /* [marks] */
  size_t numbers;
  const stf_stored_number *number; /* [numbers] */
  size_t specimens;                /* members of the ensemble that finished; 0 without one */
  size_t bands;
  const stf_stored_band *band; /* [bands] */
} stf_stored;

/* On which axis the number of a point lies: 0 its x, 1 its y; -1 where it is neither, as the area under a curve. */
int stf_stored_axis(const stf_stored_mark *mark);

/*
 * Reads curves.csv and run.json of the result folder `path`. Strings and marks belong to `arena`, the curves to
 * `stored`, which the caller clears. STF_BAD_INPUT when there is no such run (with the nearest spelling) or a file is
 * broken, STF_NO_RESOURCE when one cannot be read.
 */
stf_status stf_stored_read(const char *path, stf_arena *arena, stf_diags *diags, stf_stored *stored);
void stf_stored_clear(stf_stored *stored);

/* The measurement of that name, or NULL. */
const stf_stored_number *stf_stored_find_number(const stf_stored *stored, const char *name);

/* The band of a curve, or NULL. */
const stf_stored_band *stf_stored_find_band(const stf_stored *stored, const char *x, const char *y);

#endif
