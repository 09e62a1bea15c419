#include "prepare.h"

#include <string.h>

#include "places.h"
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

static stf_status prepare(stf_arena *arena, stf_arena *mesh_arena, stf_diags *diags, stf_prepared *p) {
  const char *library = stf_places_library(arena);
  if (!library || stf_units_start()) {
    stf_diags_add(diags, STF_ERROR, (stf_place){0}, library ? "no database of units" : "no memory left",
                  library ? "the files of UDUNITS-2" : NULL, NULL);
    return STF_NO_RESOURCE;
  }
  const stf_status read = stf_scenario_read(p->path, &stf_striffin_vocabulary, arena, diags, &p->scenario);
  if (read == STF_BAD_INPUT) check_tissues(&p->scenario, library, arena, diags);
  if (read) return read;
  STF_TRY(stf_model_create(&p->scenario, library, arena, mesh_arena, diags, &p->model));
  const stf_place timeline = stf_yaml_place(p->scenario.node, "timeline");
  STF_TRY(stf_protocol_compile(&p->scenario.timeline, timeline, &p->model.mesh, arena, diags, &p->protocol));
  STF_TRY(stf_gauges_bind(&p->scenario.measure, &p->protocol, arena, diags, &p->gauges));
  return stf_findings_bind(&p->scenario, &p->gauges, arena, diags, &p->findings);
}

stf_status stf_prepare(const char *path, stf_arena *arena, stf_arena *mesh_arena, stf_diags *diags,
                       stf_prepared *prepared) {
  *prepared = (stf_prepared){.path = path};
  const stf_status status = prepare(arena, mesh_arena, diags, prepared);
  if (status == STF_NO_RESOURCE && !stf_diags_errors(diags))
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "no memory left", NULL, NULL);
  return status;
}
