/* Everything a run needs, read and checked before anything is solved or written. */
#ifndef STF_CLI_PREPARE_H
#define STF_CLI_PREPARE_H

#include "model/model.h"
#include "protocol/measure.h"
#include "result/compare.h"

typedef struct stf_prepared {
  const char *path; /* of the scenario */
  stf_scenario scenario;
  stf_model model;
  stf_protocol protocol;
  stf_gauges gauges;
  stf_findings findings;
} stf_prepared;

/*
 * Reads a scenario, builds its model, compiles its timeline, binds its measurements and looks up the published numbers
 * it compares with. All belongs to `arena`, but for the mesh, which belongs to `mesh_arena`; `prepared` must stay where
 * it is. STF_BAD_INPUT with every fault that can
 * be seen; STF_NO_RESOURCE when a file cannot be read or memory is out.
 */
stf_status stf_prepare(const char *path, stf_arena *arena, stf_arena *mesh_arena, stf_diags *diags,
                       stf_prepared *prepared);

#endif
