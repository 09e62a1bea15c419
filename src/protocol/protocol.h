/*
 * The protocol: a scenario's timeline turned into which faces are gripped and how the grips move. One activity is one
 * file with one row in activities.c.
 */
#ifndef STF_PROTOCOL_PROTOCOL_H
#define STF_PROTOCOL_PROTOCOL_H

#include "anatomy/mesh.h"
#include "base/option.h"
#include "element/cable.h"
#include "interface/gaps.h"
#include "interface/tool.h"
#include "material/material.h"
#include "scenario/scenario.h"
#include "tissue/tissue.h"

/* How a grip holds its face. */
typedef enum stf_hold {
  STF_HOLD_RIGID, /* the face keeps its shape */
  STF_HOLD_FREE   /* the face stays plane but may contract within it */
} stf_hold;

/* A point of a grip's movement; it moves evenly between points. */
typedef struct stf_knot {
  double time, displacement;
} stf_knot;

/*
 * Like cycles, one after another. Each goes from nothing up to `swing` by `rise` of its period, stays there until
 * `fall`, and goes down to nothing until `rest`, as shares of the period; all evenly.
 */
typedef struct stf_wave {
  const stf_yaml_node *node;
  double start, period; /* [s] */
  long cycles;
  double rise, fall, rest;
  double swing[3];  /* of a load as its value, of a grip [mm] outwards in the first */
  bool load;        /* it is one of a load */
  int steps;        /* into which its rise and its fall are cut */
  double tolerance; /* share of the damage so far that a jump over cycles may mistake; NAN: no cycle is jumped */
} stf_wave;

/* How much of the swing there is at a time, 0 to 1. */
double stf_wave_share(const stf_wave *wave, double time);

/* A grip on a face. It moves along the face's outward normal. */
typedef struct stf_grip {
  const stf_face *face; /* a copy; its lists of nodes and quads live as long as the mesh */
  stf_hold hold;
  double compliance; /* [mm/N] of the grip itself; 0: none */
  size_t knots;
  stf_knot *knot; /* [knots] times ascending, displacements [mm] outwards */
  size_t waves;
  const stf_wave **wave; /* [waves] what comes on top of it */
} stf_grip;

typedef enum stf_load_kind {
  STF_LOAD_TRACTION, /* [MPa] along x, y, z for each area before loading; keeps its direction */
  STF_LOAD_PRESSURE, /* [MPa] against the face as it lies now */
  STF_LOAD_GRAVITY   /* [mm/s^2] along x, y, z for each mass, everywhere */
} stf_load_kind;

/* A point of a load's course; it changes evenly between points. */
typedef struct stf_load_knot {
  double time, value[3]; /* of a pressure the first only */
} stf_load_knot;

typedef struct stf_load {
  const stf_face *face; /* a copy, as a grip's; NULL for gravity */
  stf_load_kind kind;
  size_t knots;
  stf_load_knot *knot; /* [knots] times ascending, the first 0 */
  size_t waves;
  const stf_wave **wave; /* [waves] what comes on top of it */
} stf_load;

/* A stretch of time in which no activity begins or ends and no grip changes its course. */
typedef struct stf_phase {
  const char *activity; /* "pull": the first listed of those that last through it */
  double start, end;
  const stf_wave *wave; /* its cycles, or NULL */
} stf_phase;

/* Components of a rigid body's movement, as bits. */
enum { STF_RIGID_COMPONENTS = 6, STF_RIGID_ALL = 63 };

extern const char *const stf_rigid_components[]; /* "x", "y", "z", "turn_x", "turn_y", "turn_z", NULL */

/* A stretch of a rigid body's movement: evenly along `by` and about a point. */
typedef struct stf_rigid_leg {
  double start, end;
  double shift[3], turn[3]; /* [mm] [rad] of the body at its start */
  double by[3], about[3];   /* [mm] [rad] what comes on */
  bool around;              /* turns about `point`, else about the body's centre */
  double point[3];          /* [mm] in space */
} stf_rigid_leg;

/*
 * A rigid body: what is attached to it stands at centre + shift + R(turn) (X - centre), `turn` a rotation vector. Each
 * component is held, and moves as the legs say, or is free to find its balance.
 */
typedef struct stf_rigid {
  const char *name;
  const stf_yaml_node *node;
  const char *attached; /* face or region; of a tool the face that it acts on */
  size_t nodes;         /* 0: a tool */
  const int *list;      /* [nodes] of the mesh, ascending; lives as long as the mesh */
  int first;            /* node of the mesh whose rank the body belongs to */
  int tool;             /* -1: none */
  double centre[3];     /* [mm] */
  double size;   /* [mm] root mean square distance of its nodes from the centre; of a tool its radius or the like */
  unsigned held; /* bits of the components */
  bool fixed;    /* an activity has said what is held */
  size_t legs;
  stf_rigid_leg *leg; /* [legs] ascending in time */
} stf_rigid;

/* A force and a moment on a rigid body, which come on evenly and keep their direction. */
typedef struct stf_push {
  size_t rigid;
  double start, end;
  double force[3];  /* [N] at a point of the body */
  double moment[3]; /* [N mm] */
  double arm[3];    /* [mm] of that point from the centre, before anything moves */
} stf_push;

/* A point of a cable: a node of the mesh, or a place on a rigid body. */
typedef struct stf_cable_point {
  int node;    /* of the mesh, -1: on a rigid body */
  int rigid;   /* -1: at a node */
  double X[3]; /* [mm] before anything moves */
} stf_cable_point;

typedef struct stf_cable {
  const char *name;
  const stf_yaml_node *node;
  const stf_family *family; /* of the model's tissue */
  double section;           /* [mm^2] before loading */
  stf_cable_core core;
  size_t points;
  stf_cable_point *point; /* [points] in order */
} stf_cable;

/* A tool: a rigid body without nodes that acts on a face. */
/* A facet of a tool's face. */
typedef struct stf_tool_facet {
  int corners;    /* 3 or 4 */
  bool middles;   /* of six nodes: its contacts are at the middles of its edges */
  int contact[4]; /* [corners] -1: none there */
  double X[4][3]; /* [corners] [mm] before loading */
} stf_tool_facet;

typedef struct stf_tool {
  size_t rigid;
  const stf_face *face; /* lives as long as the mesh */
  stf_tool_core core;
  double stiffness;  /* [MPa] pressure if it sank in by the size of an element; NAN until it is chosen */
  double foundation; /* [MPa/mm] of a soft cover: pressure over the depth by which it gives; NAN: none */
  double element;    /* [mm] size of a facet that it is nearest to */
  size_t contacts;
  int *node;                 /* [contacts] of the face, those that bear something */
  stf_tool_contact *contact; /* [contacts] */
  size_t facets;
  stf_tool_facet *facet; /* [facets] */
} stf_tool;

/* An interface of the mesh, with the law that holds it. */
typedef struct stf_glide {
  const char *name;
  const stf_yaml_node *node;
  const stf_tissue *tissue; /* of the model: what lies between */
  const stf_glide_law *law;
  const void *data;
  const stf_face *lower, *upper; /* live as long as the mesh */
  bool slides;                   /* far: pairs are found again */
  double front;                  /* [mm] over which the load of adhesions dies away, front.h; NAN: no adhesions */
  double opening;                /* [mm] mean distance of the surfaces before loading, where they slide far */
  stf_gaps gaps;                 /* at the nodes of the lower face, with the law and the adhesions */
  stf_channels channels;         /* between its places, for the film; none where the law has no film */
} stf_glide;

typedef struct stf_protocol {
  stf_arena *arena;
  const stf_mesh *mesh;
  size_t grips;
  stf_grip *grip; /* [grips] */
  size_t loads;
  stf_load *load;               /* [loads] */
  const stf_yaml_node *gravity; /* the activity that brings it, or NULL */
  size_t rigids;
  stf_rigid *rigid; /* [rigids] */
  size_t pushes;
  stf_push *push; /* [pushes] */
  size_t tools;
  stf_tool *tool; /* [tools] */
  size_t cables;
  stf_cable *cable; /* [cables] */
  size_t glides;
  stf_glide *glide; /* [glides] in the order of the mesh's interfaces */
  size_t planes;
  const stf_face **plane; /* [planes] faces that stay in their plane, across an axis */
  size_t waves;
  const stf_wave **wave; /* [waves] */
  size_t phases;
  stf_phase *phase; /* [phases] in order, each starting where the one before ends */
  double now;       /* [s] end of the last phase */
} stf_protocol;

/* An activity; `extra` of its variant type. */
typedef struct stf_activity {
  bool lasts; /* takes `for`, a duration; otherwise it is done in an instant and may have `at` */
  /* Writes what the activity does between `start` and `end` [s] into the protocol. */
  stf_status (*plan)(const void *options, double start, double end, stf_diags *diags, stf_protocol *protocol);
} stf_activity;

/* What every activity's options begin with. */
typedef struct stf_activity_options {
  const stf_yaml_node *node;
  double at;       /* [s] when it begins; NAN: when the one before ends */
  double duration; /* [s] NAN where the activity is instantaneous */
} stf_activity_options;

#define STF_ACTIVITY_AT STF_ACTIVITY_AT_AS(NULL)
#define STF_ACTIVITY_AT_AS(such)                                                                                     \
  {                                                                                                                  \
    .key = "at", .kind = STF_KIND_QUANTITY, .dimension = STF_TIME, .offset = offsetof(stf_activity_options, at),     \
    .fallback = "", .minimum = 0.0, .maximum = 1e12, .help = "when it happens; by default when the one before ends", \
    .example = (such)                                                                                                \
  }
#define STF_ACTIVITY_FOR                                                                                         \
  {.key = "for",                                                                                                 \
   .kind = STF_KIND_QUANTITY,                                                                                    \
   .dimension = STF_TIME,                                                                                        \
   .offset = offsetof(stf_activity_options, duration),                                                           \
   .minimum = 0.0,                                                                                               \
   .maximum = 1e12,                                                                                              \
   .bounds = STF_OPEN_BELOW,                                                                                     \
   .help = "how long it takes"},                                                                                 \
  {                                                                                                              \
    .key = "at", .kind = STF_KIND_QUANTITY, .dimension = STF_TIME, .offset = offsetof(stf_activity_options, at), \
    .fallback = "", .minimum = 0.0, .maximum = 1e12,                                                             \
    .help = "when it begins, also while another lasts; by default when the one before ends"                      \
  }

extern const stf_variant_set stf_activities;

/* What a scenario has of rigid bodies. */
typedef struct stf_bodies {
  stf_items rigids; /* stf_rigid_options */
  stf_variants tools;
} stf_bodies;

/*
 * Compiles the timeline, with the scenario's rigid bodies. Everything belongs to `arena`;
 * afterwards only the grips' lists of nodes need the mesh. STF_BAD_INPUT with every fault found: unknown faces, times
 * that run backwards, a body that could still move freely.
 */
stf_status stf_protocol_compile(const stf_variants *timeline, const stf_bodies *bodies, stf_place place,
                                const stf_mesh *mesh, stf_arena *arena, stf_diags *diags, stf_protocol *protocol);

/*
 * Whether every grip leaves its face free and there is no plane of symmetry: then nothing keeps the body from shifting
 * in the plane of the faces and turning about their normal, and the solver holds three unknowns that carry no force.
 */
bool stf_protocol_floats(const stf_protocol *protocol);

/* How many cycles of its waves there were by a time [s], parts of one included. */
double stf_wave_cycles(const stf_protocol *protocol, double time);

/* Displacement [mm] of a grip at a time [s]. */
double stf_grip_displacement(const stf_grip *grip, double time);

/* A load at a time [s]. */
void stf_load_value(const stf_load *load, double time, double value[3]);

/* Where a rigid body is at a time [s]: shift of its centre [mm], rotation vector [rad]; only held components count. */
void stf_rigid_pose(const stf_rigid *rigid, double time, double shift[3], double turn[3]);

/* How much of a push there is at a time, 0 to 1. */
double stf_push_share(const stf_push *push, double time);

/* The rigid body of that name for an activity or measurement at `node` with the option `rigid`; a diagnostic and NULL.
 */
stf_rigid *stf_protocol_rigid(const stf_protocol *protocol, const stf_yaml_node *node, const char *name,
                              stf_diags *diags);

/* The axis 0 1 2 that a flat face lies across, or -1. */
int stf_face_axis(const stf_face *face);

/* The grip on that face, or NULL. */
stf_grip *stf_protocol_grip(const stf_protocol *protocol, const char *face);

/*
 * For activities: finds the face named by option `key` of the activity at `node`; a diagnostic and NULL when there is
 * none of that name.
 */
const stf_face *stf_protocol_face(const stf_protocol *protocol, const stf_yaml_node *node, const char *key,
                                  const char *name, stf_diags *diags);

/* For activities: adds a grip that is still at displacement 0. */
stf_status stf_protocol_add_grip(stf_protocol *protocol, const stf_face *face, stf_hold hold, double compliance,
                                 stf_grip **grip);

/*
 * For activities: the load on a face (gravity: NULL) changes by `change` between two times; it begins at nothing.
 * STF_BAD_INPUT, left to stf_protocol_busy to tell, when it still changes at `start`.
 */
stf_status stf_protocol_load(stf_protocol *protocol, const stf_face *face, stf_load_kind kind, double start, double end,
                             const double change[3]);

/* For activities: the load of a kind on a face (gravity: NULL), made if there was none. */
stf_status stf_protocol_load_on(stf_protocol *protocol, const stf_face *face, stf_load_kind kind, stf_load **load);

/* For activities: a wave, which is copied, on the load on a face. It must begin at protocol->now. */
stf_status stf_protocol_wave_load(stf_protocol *protocol, const stf_face *face, stf_load_kind kind,
                                  const stf_wave *wave);

/* For activities: the same of a grip. */
stf_status stf_protocol_wave_grip(stf_protocol *protocol, stf_grip *grip, const stf_wave *wave);

/* For activities: the face stays in its plane from the start. */
stf_status stf_protocol_add_plane(stf_protocol *protocol, const stf_face *face);

/* For activities: the grip moves by `by` [mm] between two times; errors as above. */
stf_status stf_protocol_move(stf_protocol *protocol, stf_grip *grip, double start, double end, double by);

/* For activities: tells of an activity that begins while the same face is still moved or loaded; STF_BAD_INPUT. */
stf_status stf_protocol_busy(const stf_activity_options *options, double start, stf_diags *diags);

#endif
