/* The constant model: what a scenario's anatomy and tissues are in numbers. Built once, never written afterwards. */
#ifndef STF_MODEL_MODEL_H
#define STF_MODEL_MODEL_H

#include "anatomy/mesh.h"
#include "element/element.h"
#include "scenario/scenario.h"
#include "tissue/tissue.h"

typedef struct stf_model {
  const stf_element *element[STF_SHAPES]; /* what computes elements of each shape */
  stf_mesh mesh;                          /* the whole body */
  size_t tissues;
  stf_tissue *tissue;            /* [tissues] in the order of the scenario */
  const stf_material **material; /* [mesh.region_count] of each region */
} stf_model;

/*
 * Reads the tissues (beside the scenario, or in the directory `library`) into `arena` and builds the mesh into
 * `mesh_arena`, which may be released once nobody needs the whole body any more.
 * STF_BAD_INPUT with every fault found, the mesh built where it can be even if a tissue or layer is at fault;
 * STF_NO_RESOURCE when memory is out or a file cannot be read.
 */
stf_status stf_model_create(const stf_scenario *scenario, const char *library, stf_arena *arena, stf_arena *mesh_arena,
                            stf_diags *diags, stf_model *model);

/* Displacement unknowns of the model, held ones included. */
size_t stf_model_unknowns(const stf_model *model);

#endif
