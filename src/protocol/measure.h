/*
 * Measurements. One kind of measurement is one file with one row in measures.c. A curve has a value at every accepted
 * step; a number is taken from curves when the run has ended.
 */
#ifndef STF_PROTOCOL_MEASURE_H
#define STF_PROTOCOL_MEASURE_H

#include "protocol/ball.h"
#include "protocol/protocol.h"

/* What is taken from all elements. */
typedef enum stf_sample_kind {
  STF_SAMPLE_VOLUME,       /* [mm^3] as it is now */
  STF_SAMPLE_STRETCH,      /* of a fibre family */
  STF_SAMPLE_STRESS,       /* [MPa] a number of the Cauchy stress */
  STF_SAMPLE_VOLUME_RATIO, /* J */
  STF_SAMPLE_TORN,         /* share of a fibre family that has broken */
  STF_SAMPLE_TORN_VOLUME,  /* [mm^3] before loading, where more than a share of a family has broken */
  STF_SAMPLE_CUT           /* [N] force through a plane */
} stf_sample_kind;

/* Which number of a stress: a principal one, or a component in the order of stf_element_sample. */
typedef enum stf_stress_part {
  STF_STRESS_LARGEST,
  STF_STRESS_SMALLEST,
  STF_STRESS_XX,
  STF_STRESS_YY,
  STF_STRESS_ZZ,
  STF_STRESS_XY,
  STF_STRESS_YZ,
  STF_STRESS_XZ
} stf_stress_part;

typedef struct stf_sampler {
  stf_sample_kind kind;
  int region;           /* index of the only region that counts, -1: all */
  bool mean;            /* of a field: its mean by volume before loading, not its extreme */
  bool least;           /* the smallest, not the largest */
  stf_stress_part part; /* of a stress */
  const char *family;   /* of a stretch, or of what is torn */
  int axis;             /* of a cut's normal */
  double at;            /* [mm] where along it, before loading */
  double above;         /* share, of a torn volume */
  double cube;          /* [mm] edge of the cubes that a scan sees as one; 0: every element is seen */
  double low[3];        /* [mm] corner of the first cube, before loading */
  int cubes[3];         /* along each axis */
  const stf_yaml_node *node;
} stf_sampler;

/*
 * What came of it: value[0], or the three components of a cut's force (of a mean while it is summed: the sum by volume
 * and the volume); the middle of the element an extreme was found in [mm].
 */
typedef struct stf_sampled {
  double value[3], place[3];
} stf_sampled;

/* What is taken from an interface, or from what of it lies within a ball. */
typedef struct stf_glide_sampler {
  int glide; /* index of the interface */
  stf_ball ball;
} stf_glide_sampler;

/* What came of it: sums over area before loading. */
typedef struct stf_glide_reading {
  double area;       /* [mm^2] */
  double slip;       /* [mm^3] sizes of slip */
  double opening;    /* [mm^3] */
  double bonded;     /* [mm^2] */
  double broken;     /* [mm^2] whose bonds broke */
  double dissipated; /* [N mm] */
  double film;       /* [mm^3] thicknesses of the film */
  double force[3];   /* [N] with which the lower surface holds the upper one back */
} stf_glide_reading;

/* A number that is taken from blood. */
typedef enum stf_blood_kind {
  STF_BLOOD_VOLUME, /* [mm^3] */
  STF_BLOOD_AREA,   /* [mm^2] where there is more than is seen: of a surface, looked through, else of an interface */
  STF_BLOOD_DEPTH   /* [mm] from a surface */
} stf_blood_kind;

/* A face as it was before loading. */
typedef struct stf_blood_surface {
  stf_mesh mesh; /* its nodes alone */
  stf_face face; /* facets, nodes and node_area; nodes as in that mesh */
} stf_blood_surface;

enum { STF_BLOOD_ALL = -1, STF_BLOOD_NONE = -2 };

/* Which blood counts, and what is taken from it. */
typedef struct stf_blood_sampler {
  stf_blood_kind kind;
  int glide;                        /* index of the interface, STF_BLOOD_ALL, or STF_BLOOD_NONE of them */
  int region;                       /* the same of tissue */
  stf_ball ball;                    /* that counts */
  double seen;                      /* [mm] volume of blood over area from which it counts as a bruise */
  double quantile;                  /* of depth: above it lies that share of the blood; NAN: the mean */
  const stf_blood_surface *surface; /* NULL: none */
  const stf_yaml_node *node;
} stf_blood_sampler;

/* A rigid body as it is. */
typedef struct stf_rigid_reading {
  double force[3], moment[3]; /* [N] [N mm] that hold or push it; the moment about its centre where it is now */
  double shift[3], turn[3];   /* [mm] of the centre, [rad] rotation vector */
} stf_rigid_reading;

/* A tool as it is, over area before loading of what it touches. */
typedef struct stf_tool_reading {
  double area;     /* [mm^2] edged between nodes; at least what bears `pressed` at the greatest pressure */
  double whole;    /* [mm^2] of nodes that touch, whole */
  double pressed;  /* [N] sum over nodes */
  double slipped;  /* [mm^3] the same of ways along the tool */
  double lost;     /* [N mm] to friction so far, everywhere */
  double greatest; /* [MPa] pressure */
  double depth;    /* [mm] the deepest that it has sunk in */
} stf_tool_reading;

/* A cable as it is. */
typedef struct stf_cable_reading {
  double force, stretch, torn; /* [N]; share of its fibres that is lost */
} stf_cable_reading;

/* What the solver reads off at an accepted step. */
typedef struct stf_readings {
  double time;                    /* [s] */
  const double (*grip_force)[3];  /* [grips] [N] by each grip on the body */
  const double (*probe)[3];       /* [probes] [mm] displacement of each probed node */
  const stf_sampled *sampled;     /* [samplers] */
  const stf_rigid_reading *rigid; /* [rigids] */
  const stf_tool_reading *tool;   /* [tools] */
  const stf_cable_reading *cable; /* [cables] */
  const stf_glide_reading *glide; /* [glide samplers] */
  const double *blood;            /* [blood samplers] [mm^3], [mm^2], [mm] */
} stf_readings;

/* The curves so far, in base units; column c of row r at values[r * columns + c]. */
typedef struct stf_history {
  size_t columns, rows;
  const double *values;
  double rupture; /* cycles after which their load could no longer be borne; NAN: it was */
} stf_history;

/* A number taken from a curve, as a mark in a figure of the curve `y` over the curve `x`. */
typedef struct stf_measure_mark {
  int x, y;     /* columns, 0 the time; -1: no mark */
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
  int columns;          /* it takes; a place [mm] in x, y, z follows the value where there are 4 */
  const stf_grip *grip; /* where it needs one */
  size_t grip_index;
  int probe;       /* index of its probe, -1 */
  int sampler;     /* index of its sampler, -1 */
  int rigid;       /* index of its rigid body, or of its tool, -1 */
  int cable;       /* index of its cable, -1 */
  int glide;       /* index of its glide sampler, -1 */
  int blood;       /* index of its blood sampler, -1 */
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
  size_t samplers;
  stf_sampler *sampler; /* [samplers] */
  size_t glides;
  stf_glide_sampler *glide; /* [glides] */
  size_t bloods;
  stf_blood_sampler *blood; /* [bloods] */
} stf_gauges;

/* A kind of measurement; `extra` of its variant type. */
struct stf_measure {
  bool curve; /* a value at every step; false: one number at the end */
  /* Resolves names and fills dimension and what `read` needs. The gauges before this one are bound already. */
  stf_status (*bind)(const void *options, stf_diags *diags, stf_gauges *gauges, stf_gauge *gauge);
  double (*read)(const stf_gauge *gauge, const stf_readings *readings); /* curve */
  bool placed; /* a curve of something found at a place of its sampler */
  double (*reduce)(const stf_gauge *gauge, const stf_history *history, stf_measure_mark *mark); /* number */
};

/* What every measurement's options begin with. */
typedef struct stf_measure_options {
  const stf_yaml_node *node;
  const char *name;
  const char *unit; /* NULL: the usual one */
} stf_measure_options;

#define STF_MEASURE_COMMON STF_MEASURE_COMMON_IN(NULL)
#define STF_MEASURE_COMMON_IN(such)                                                                      \
  {.key = "name",                                                                                        \
   .kind = STF_KIND_NAME,                                                                                \
   .offset = offsetof(stf_measure_options, name),                                                        \
   .help = "what the result is called"},                                                                 \
  {                                                                                                      \
    .key = "unit", .kind = STF_KIND_TEXT, .offset = offsetof(stf_measure_options, unit), .fallback = "", \
    .help = "unit it is written in", .example = (such)                                                   \
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

/* For measurements: a probe on the node nearest to the place [3] [mm] that option `key` gives, within the body. */
stf_status stf_gauge_probe(stf_gauges *gauges, stf_gauge *gauge, const char *key, const stf_quantities *at,
                           stf_diags *diags);

/* For measurements: whether the coordinate that option `key` gives lies within the body's extent along an axis. */
stf_status stf_gauge_within(const stf_gauge *gauge, const char *key, int axis, double at, stf_diags *diags);

/* For measurements: the region of the layer named by option `layer`; -1 with a diagnostic when there is none. */
int stf_gauge_layer(const stf_gauge *gauge, const char *layer, stf_diags *diags);

/* For measurements: something taken from all elements, of the layer named by option `layer` (NULL: all). */
stf_status stf_gauge_sampler(stf_gauges *gauges, stf_gauge *gauge, stf_sampler sampler, const char *layer,
                             stf_diags *diags);

/* For numbers: the column of the curve called `name`, measured above, or `time`; a diagnostic at option `key` when
 * there is none.
 */
stf_status stf_gauge_curve(const stf_gauges *gauges, const stf_gauge *gauge, const char *key, const char *name,
                           stf_diags *diags, int *column, stf_dimension *dimension);

#endif
