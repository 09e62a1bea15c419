/*
 * A scenario: what a user writes, checked and in base units. Which generators, elements, activities and measurements
 * exist is handed in, so that this layer knows none of them.
 */
#ifndef STF_SCENARIO_SCENARIO_H
#define STF_SCENARIO_SCENARIO_H

#include "base/option.h"

typedef struct stf_mesh_options {
  const stf_yaml_node *node; /* NULL when the scenario has no `mesh` */
  int element;               /* index into the vocabulary's elements */
  double size;               /* [mm]; NAN for a mesh from a file */
} stf_mesh_options;

typedef struct stf_solve_options {
  const stf_yaml_node *node; /* NULL when the scenario has no `solve` */
  long steps;                /* load steps an activity with a duration is first cut into */
  double tolerance;          /* residual over the largest reaction */
  long cutbacks;             /* how often a step may be halved */
  int linear;                /* the linear solver (solve/linear.h): index into stf_linear_choices */
} stf_solve_options;

extern const char *const stf_linear_choices[]; /* "auto", "direct", "multigrid", "gamg", NULL */

/* A line of `prestress.layers`: how far a layer is stretched where the body stands as the mesh shows it. */
typedef struct stf_prestress_layer {
  const stf_yaml_node *node;
  const char *layer;
  const char *family; /* stretched along its directions; NULL: both ways in the plane of the sheet */
  double stretch;
  double
      across; /* at right angles in the plane; NAN: as narrow as keeping volume makes it (with a family), or `stretch`
               */
} stf_prestress_layer;

typedef struct stf_prestress_options {
  const stf_yaml_node *node; /* NULL when the scenario has no `prestress` */
  double at;                 /* [s] of the timeline when the body stands as the mesh shows it */
  stf_items layers;          /* stf_prestress_layer */
} stf_prestress_options;

/* What agreement with a published number means. A `published-model` is what another model gave, not a measurement: it
 * is set beside ours and is neither agreement nor misfit. */
typedef enum stf_role {
  STF_ROLE_INPUT,
  STF_ROLE_CALIBRATED,
  STF_ROLE_CHECK,
  STF_ROLE_PREDICTED,
  STF_ROLE_PUBLISHED_MODEL
} stf_role;

extern const char *const stf_role_names[]; /* "input", "calibrated", "check", "predicted", "published-model", NULL */

/* A line of `rigids`: a rigid body that holds a part of the mesh. */
typedef struct stf_rigid_options {
  const stf_yaml_node *node;
  const char *name;
  const char *attach;    /* name of a face, or of a region */
  stf_quantities centre; /* [mm] x, y, z; none: the middle of what is attached */
} stf_rigid_options;

/* A point of a cable: the node nearest to a place, or that place on a rigid body. */
typedef struct stf_cable_place {
  const stf_yaml_node *node;
  stf_quantities at; /* [mm] x, y, z, before anything moves */
  const char *rigid; /* NULL: a node of the mesh */
} stf_cable_place;

/* A line of `cables`. */
typedef struct stf_cable_options {
  const stf_yaml_node *node;
  const char *name;
  const char *tissue, *family; /* family NULL: the only one */
  double area;                 /* [mm^2] */
  stf_cable_place from, to;
  stf_items via;       /* stf_cable_place */
  double slack_length; /* [mm] at which it begins to bear; NAN: not given */
  double stretch;      /* at the start, over the slack length; NAN: not given */
} stf_cable_options;

/* A line of `compare`: which measurement is held against which published number. */
typedef struct stf_compare {
  const stf_yaml_node *node;
  const char *measure;  /* name of a measurement */
  const char *data;     /* path of the CSV file, which exists */
  const char *quantity; /* its row; the measurement's name where the scenario gives none */
  int role;             /* stf_role */
  double assumed_sd;    /* over the value, for calibration where the data has no SD; NAN when the scenario gives none */
  int spread_role;      /* stf_role of the ensemble's spread; -1 when the scenario gives none */
} stf_compare;

/* A line of `calibrate`: a number of a tissue that is fitted to the measurements with the role calibrated. */
typedef struct stf_calibrate_line {
  const stf_yaml_node *node;
  const char *tissue;    /* a name from `tissues` */
  const char *parameter; /* "along.modulus", "matrix.shear_modulus" */
  const char *with;      /* others of the tissue that keep their ratio to it, separated by spaces; NULL: none */
  const char *from, *to; /* quantities, read once it is known of what */
} stf_calibrate_line;

/* A line of `override`: another value than the tissue's, for a parameter that the scenario calibrates. */
typedef struct stf_override_line {
  const stf_yaml_node *node;
  const char *tissue, *parameter;
  const char *value; /* a quantity, read once it is known of what */
} stf_override_line;

/* A line of `ensemble.scatter`: how specimens differ in a number of a tissue. */
typedef struct stf_scatter_line {
  const stf_yaml_node *node;
  const char *tissue;         /* a name from `tissues` */
  const char *parameter;      /* "along.modulus" */
  const char *with;           /* others of the tissue, multiplied by the same factor, separated by spaces; NULL: none */
  double cv;                  /* coefficient of variation; NAN: the tissue's own spread over its value */
  stf_quantities times;       /* instead of cv: two bounds of the factor; none: empty */
  const char *follows;        /* parameter of an earlier line of the same tissue; NULL: none */
  double correlation;         /* with it, of the logarithms; NAN without `follows` */
  const char *source, *grade; /* of cv and correlation, as of a number of a tissue; NULL: none */
} stf_scatter_line;

typedef struct stf_ensemble_options {
  const stf_yaml_node *node; /* NULL when the scenario has no `ensemble` */
  long members;
  stf_items scatter; /* stf_scatter_line */
} stf_ensemble_options;

enum { STF_ENSEMBLE_LEAST = 2, STF_ENSEMBLE_MOST = 10000 }; /* members */

typedef struct stf_scenario {
  const stf_yaml_node *node;
  long version; /* of the format: 1 */
  const char *name;
  const char *title; /* one line for people; "" when absent */
  long seed;
  stf_pairs tissues; /* name used in this scenario -> tissue of the library */
  stf_variant anatomy;
  stf_mesh_options mesh;
  stf_solve_options solve;
  double temperature; /* [K] of the body; NAN: each tissue's own */
  stf_prestress_options prestress;
  stf_items rigids; /* stf_rigid_options */
  stf_items cables; /* stf_cable_options */
  stf_variants tools;
  stf_variants adhesions;
  stf_variants timeline;
  stf_variants measure;
  stf_items compare;   /* stf_compare */
  stf_items calibrate; /* stf_calibrate_line */
  stf_items override;  /* stf_override_line */
  stf_ensemble_options ensemble;
} stf_scenario;

/* What scenarios can speak of. Built once by the layers that own the parts. */
typedef struct stf_vocabulary {
  const stf_variant_set *generators; /* `extra` of each is its stf_generator */
  const char *const *elements;       /* NULL-terminated names; the first is the default */
  const stf_variant_set *tools;      /* their shapes; each with an option `name` */
  const stf_variant_set *adhesions;  /* their shapes */
  const stf_variant_set *activities;
  const stf_variant_set *measures; /* each with an option `name` */
} stf_vocabulary;

/* The table of a whole scenario with this vocabulary. Owned by `arena`; NULL when memory is out. */
const stf_table *stf_scenario_table(const stf_vocabulary *vocabulary, stf_arena *arena);

/*
 * Reads a scenario file and checks it against its table, its parts against each other and its anatomy by the
 * generator's own check. Which faces activities and measurements name is not known here. Everything belongs to `arena`.
 * STF_BAD_INPUT with every fault found; STF_NO_RESOURCE when the file cannot be read.
 */
stf_status stf_scenario_read(const char *path, const stf_vocabulary *vocabulary, stf_arena *arena, stf_diags *diags,
                             stf_scenario *scenario);

#endif
