#include "result/study.h"

#include <string.h>

#include "protocol/vocabulary.h"

/* Where a scenario is faulty its model is not built; its tissues can be looked at all the same. */
static void check_tissues(const stf_scenario *scenario, const char *library, stf_arena *arena, stf_diags *diags) {
  const char *file = scenario->node ? scenario->node->place.file : "", *slash = strrchr(file, '/');
  const char *beside = slash ? stf_arena_copy(arena, file, (size_t)(slash - file + 1)) : ".";
  for (size_t i = 0; beside && i < scenario->tissues.count; i++) {
    const stf_pair *pair = &scenario->tissues.items[i];
    stf_tissue tissue;
    stf_tissue_read(pair->value, beside, library, pair->node->place, arena, diags, &tissue);
  }
}

static stf_status read(const char *library, stf_arena *arena, stf_arena *mesh_arena, stf_diags *diags, stf_study *p) {
  if (stf_units_start()) {
    stf_diags_add(diags, STF_ERROR, (stf_place){0}, "no database of units", "the files of UDUNITS-2", NULL);
    return STF_NO_RESOURCE;
  }
  const stf_status status = stf_scenario_read(p->path, &stf_striffin_vocabulary, arena, diags, &p->scenario);
  if (status == STF_BAD_INPUT) check_tissues(&p->scenario, library, arena, diags);
  if (status) return status;
  STF_TRY(stf_model_create(&p->scenario, library, arena, mesh_arena, diags, &p->model));
  const stf_place timeline = stf_yaml_place(p->scenario.node, "timeline");
  STF_TRY(stf_protocol_compile(&p->scenario.timeline, timeline, &p->model.mesh, arena, diags, &p->protocol));
  STF_TRY(stf_gauges_bind(&p->scenario.measure, &p->protocol, arena, diags, &p->gauges));
  return stf_findings_bind(&p->scenario, &p->gauges, arena, diags, &p->findings);
}

stf_status stf_study_read(const char *path, const char *library, stf_arena *arena, stf_arena *mesh_arena,
                          stf_diags *diags, stf_study *study) {
  *study = (stf_study){.path = path};
  const stf_status status = read(library, arena, mesh_arena, diags, study);
  if (status == STF_NO_RESOURCE && !stf_diags_errors(diags))
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "no memory left", NULL, NULL);
  return status;
}
