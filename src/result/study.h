/* Everything a run needs, read and checked before anything is solved or written. */
#ifndef STF_RESULT_STUDY_H
#define STF_RESULT_STUDY_H

#include "model/model.h"
#include "protocol/measure.h"
#include "result/compare.h"
#include "result/curves.h"

typedef struct stf_study {
  const char *path; /* of the scenario */
  const char *text; /* the file, whole, as it was read */
  stf_scenario scenario;
  stf_model model;
  stf_protocol protocol;
  stf_gauges gauges;
  stf_findings findings;
} stf_study;

/*
 * Reads a scenario, builds its model with tissues beside it or of the folder `library`, compiles its timeline, binds
 * its measurements and looks up the published numbers it compares with. Starts the units if nobody has. All belongs to
 * `arena`, but for the mesh, which belongs to `mesh_arena`; `study` must stay where it is.
 * STF_BAD_INPUT with every fault that can be seen; STF_NO_RESOURCE with a diagnostic when a file cannot be read or
 * memory is out.
 */
stf_status stf_study_read(const char *path, const char *library, stf_arena *arena, stf_arena *mesh_arena,
                          stf_diags *diags, stf_study *study);

/* A number that stands for the text of the scenario and every number of its tissues. */
unsigned long long stf_study_fingerprint(const stf_study *study);

/* No rows yet: time, and what is measured at every step. The caller destroys it; NULL when memory is out. */
stf_curves *stf_study_curves(const stf_study *study, stf_arena *arena);

#endif
