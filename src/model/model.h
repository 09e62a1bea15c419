/* The constant model: what a scenario's anatomy and tissues are in numbers. Built once, never written afterwards. */
#ifndef STF_MODEL_MODEL_H
#define STF_MODEL_MODEL_H

#include <stdint.h>

#include "anatomy/mesh.h"
#include "element/element.h"
#include "model/prestress.h"
#include "scenario/scenario.h"
#include "tissue/tissue.h"

/* A line of `calibrate` with what it means. */
typedef struct stf_calibrated {
  const stf_yaml_node *node;
  size_t tissue;                   /* index into the model's tissues */
  const stf_provenance *parameter; /* as the tissue's file has it */
  size_t ties;
  const stf_provenance **tied; /* [ties] keep their ratio to it, as the file has them */
  double from, to;             /* base units, from < to */
  bool overridden;             /* by the scenario */
  double value;                /* base units: the scenario's own where it overrides it, else the file's */
} stf_calibrated;

/* A line of `ensemble.scatter` with what it means. */
typedef struct stf_scatter {
  const stf_yaml_node *node;
  size_t tissue;                   /* index into the model's tissues */
  const stf_provenance *parameter; /* its value here, the scenario's own where it overrides it, is the mean */
  size_t ties;
  const stf_provenance **tied; /* [ties] multiplied by the same factor */
  double cv;                   /* standard deviation of the factor, whose mean is 1 */
  double low, high;            /* ends of the factor, which is log-uniform between them; 0: it is log-normal */
  uint64_t label;              /* what its draws are called */
  int follows;                 /* index of an earlier line, or -1 */
  double correlation;          /* of the logarithms of both factors; 0 without one */
  const char *source;          /* of cv and correlation; NULL only where estimated */
  stf_grade grade;
  const char *grade_note; /* NULL where measured */
} stf_scatter;

/* Specimens that differ by what is drawn for them. */
typedef struct stf_ensemble {
  long members; /* 0: the scenario has no ensemble */
  uint32_t seed;
  size_t lines;
  stf_scatter *line; /* [lines] in the order of the scenario */
  size_t numbers;    /* that a member draws: parameters and what is tied to them */
} stf_ensemble;

/* A number set in every tissue that is read from this file. */
typedef struct stf_setting {
  const char *file; /* of the tissue */
  stf_change change;
} stf_setting;

typedef struct stf_model {
  const stf_element *element[STF_SHAPES]; /* what computes elements of each shape */
  stf_mesh mesh;                          /* the whole body */
  size_t tissues;
  stf_tissue *tissue; /* [tissues] in the order of the scenario */
  size_t calibrations;
  stf_calibrated *calibrated; /* [calibrations] in the order of the scenario's `calibrate` */
  stf_ensemble ensemble;
  const stf_material **material; /* [mesh.region_count] of each region */
  stf_prestress prestress;
} stf_model;

/*
 * Reads the tissues (beside the scenario, or in the directory `library`) into `arena` and builds the mesh into
 * `mesh_arena`, which may be released once nobody needs the whole body any more.
 * STF_BAD_INPUT with every fault found, the mesh built where it can be even if a tissue or layer is at fault;
 * STF_NO_RESOURCE when memory is out or a file cannot be read.
 */
stf_status stf_model_create(const stf_scenario *scenario, const char *library, stf_arena *arena, stf_arena *mesh_arena,
                            stf_diags *diags, stf_model *model);

/*
 * Sets numbers of tissues and makes the materials anew, before anything is done with them. `settings` must live as long
 * as the model. STF_BAD_INPUT where numbers do not go together; STF_NO_RESOURCE when memory is out.
 */
stf_status stf_model_set(const stf_scenario *scenario, const stf_setting *settings, size_t count, stf_arena *arena,
                         stf_diags *diags, stf_model *model);

/* Displacement unknowns of the model, held ones included. */
size_t stf_model_unknowns(const stf_model *model);

#endif
