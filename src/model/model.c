#include "model/model.h"

#include <string.h>

#include "anatomy/generator.h"

/* The folder of the scenario file, or "." */
static const char *folder_of(const char *file, stf_arena *arena)
{
  const char *slash = strrchr(file, '/');
  return slash ? stf_arena_copy(arena, file, (size_t)(slash - file)) : stf_arena_copy(arena, ".", 1);
}

static stf_status read_tissues(const stf_scenario *scenario, const char *library, stf_arena *arena, stf_diags *diags,
                               stf_model *model)
{
  const char *beside = folder_of(scenario->node->place.file, arena);
  model->tissues     = scenario->tissues.count;
  model->tissue      = stf_arena_alloc(arena, (model->tissues + 1) * sizeof *model->tissue);
  if (!beside || !model->tissue) return STF_NO_RESOURCE;
  stf_status worst = STF_OK;
  for (size_t t = 0; t < model->tissues; t++) {
    const stf_pair  *pair   = &scenario->tissues.items[t];
    const stf_status status = stf_tissue_read(pair->value, beside, library, pair->node->place, arena, diags, &model->tissue[t]);
    if (status > worst) worst = status;
  }
  return worst;
}

static const stf_tissue *tissue_of(const stf_scenario *scenario, const stf_model *model, const char *name)
{
  for (size_t t = 0; t < model->tissues; t++)
    if (!strcmp(scenario->tissues.items[t].name, name)) return &model->tissue[t];
  return NULL;
}

/* One angle in the layer for each fibre family of its tissue. */
static stf_status check_angles(const stf_layer *layer, const stf_tissue *tissue, stf_arena *arena, stf_diags *diags)
{
  const stf_material *material = &tissue->material;
  if (layer->fibres.count == material->families) return STF_OK;
  const stf_yaml_node *node  = stf_yaml_get(layer->node, "fibres");
  const char          *names = "";
  for (size_t f = 0; f < material->families; f++)
    names = stf_arena_printf(arena, "%s%s%s", names ? names : "", f ? ", " : "", material->family[f].name);
  stf_diags_add(diags, STF_ERROR, node ? node->place : layer->node->place,
                stf_diags_text(diags, "%zu fibre angle%s", layer->fibres.count, layer->fibres.count == 1 ? "" : "s"),
                stf_diags_text(diags, "%zu, one for each fibre family of %s", material->families, tissue->name),
                material->families ? stf_diags_text(diags, "its families are %s", names ? names : "") : NULL);
  return STF_BAD_INPUT;
}

static stf_status choose_materials(const stf_scenario *scenario, stf_arena *arena, stf_diags *diags, stf_model *model)
{
  const stf_generator *generator = scenario->anatomy.type->extra;
  const stf_layer     *layers;
  size_t               count;
  stf_status           worst = STF_OK;
  generator->layers(scenario->anatomy.data, &layers, &count);
  model->material = stf_arena_alloc(arena, (count + 1) * sizeof *model->material);
  if (!model->material) return STF_NO_RESOURCE;
  for (size_t i = 0; i < count; i++) {
    const stf_tissue *tissue = tissue_of(scenario, model, layers[i].tissue);
    if (!tissue) return STF_BUG; /* the scenario was checked */
    model->material[i]      = &tissue->material;
    const stf_status status = check_angles(&layers[i], tissue, arena, diags);
    if (status > worst) worst = status;
  }
  return worst;
}

stf_status stf_model_create(const stf_scenario *scenario, const char *library, stf_arena *arena, stf_arena *mesh_arena,
                            stf_diags *diags, stf_model *model)
{
  memset(model, 0, sizeof *model);
  model->element = stf_elements[scenario->mesh.element];
  STF_TRY(read_tissues(scenario, library, arena, diags, model));
  STF_TRY(choose_materials(scenario, arena, diags, model));
  const stf_generator *generator = scenario->anatomy.type->extra;
  STF_TRY(generator->build(scenario->anatomy.data, scenario->mesh.size, mesh_arena, diags, &model->mesh));
  return stf_mesh_check(&model->mesh, stf_yaml_get(scenario->node, "anatomy")->place, diags);
}

size_t stf_model_unknowns(const stf_model *model) { return 3 * model->mesh.nodes; }
