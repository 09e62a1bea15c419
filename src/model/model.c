#include "model/model.h"

#include <math.h>
#include <string.h>

#include "anatomy/generator.h"
#include "model/orient.h"
#include "model/parameters.h"
#include "model/rest.h"
#include "model/scatter.h"

/* Sine of 60 deg: as steeply as dispersed fibres may leave the plane of their sheet. */
static const double STEEPEST = 0.8660254037844386;

/* The folder of the scenario file, or "." */
static const char *folder_of(const char *file, stf_arena *arena) {
  const char *slash = strrchr(file, '/');
  return slash ? stf_arena_copy(arena, file, (size_t)(slash - file)) : stf_arena_copy(arena, ".", 1);
}

static stf_status read_tissues(const stf_scenario *scenario, const char *library, stf_arena *arena, stf_diags *diags,
                               stf_model *model) {
  const char *beside = folder_of(scenario->node->place.file, arena);
  model->tissues = scenario->tissues.count;
  model->tissue = stf_arena_alloc(arena, (model->tissues + 1) * sizeof *model->tissue);
  if (!beside || !model->tissue) return STF_NO_RESOURCE;
  stf_status worst = STF_OK;
  for (size_t t = 0; t < model->tissues; t++) {
    const stf_pair *pair = &scenario->tissues.items[t];
    const stf_status status =
        stf_tissue_read(pair->value, beside, library, pair->node->place, arena, diags, &model->tissue[t]);
    if (status > worst) worst = status;
  }
  return worst;
}

static const stf_tissue *tissue_of(const stf_scenario *scenario, const stf_model *model, const char *name) {
  for (size_t t = 0; t < model->tissues; t++)
    if (!strcmp(scenario->tissues.items[t].name, name)) return &model->tissue[t];
  return NULL;
}

/* One number in a layer's list for each fibre family of its tissue. */
static stf_status check_list(const stf_layer *layer, const char *key, size_t count, const stf_tissue *tissue,
                             stf_diags *diags) {
  const stf_material *material = &tissue->material;
  const char *names = "";
  if (count == material->families) return STF_OK;
  for (size_t f = 0; f < material->families; f++)
    names = stf_diags_text(diags, "%s%s%s", names, f ? ", " : "", material->family[f].name);
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(layer->node, key), stf_diags_text(diags, "%zu in the list", count),
                stf_diags_text(diags, "%zu, one for each fibre family of %s", material->families, tissue->name),
                material->families ? stf_diags_text(diags, "its families are %s", names) : NULL);
  return STF_BAD_INPUT;
}

/* Published laws are per volume of the whole tissue: there is no share of it that a layer could change. */
static stf_status refuse_share(const stf_layer *layer, const stf_family *family, stf_diags *diags) {
  stf_diags_add(
      diags, STF_ERROR, stf_yaml_place(layer->node, "shares"),
      stf_diags_text(diags, "a share for %s, whose law %s has no fraction", family->name, family->law->about.name),
      "shares of families whose law has a fraction", NULL);
  return STF_BAD_INPUT;
}

/* The tissue's material, or a copy with this layer's shares of the fibre families. */
static stf_status layer_material(const stf_layer *layer, const stf_tissue *tissue, stf_arena *arena, stf_diags *diags,
                                 const stf_material **material) {
  *material = &tissue->material;
  STF_TRY(check_list(layer, layer->fields.count ? "fibre_fields" : "fibres", stf_layer_families(layer), tissue, diags));
  if (!layer->shares.count) return STF_OK;
  STF_TRY(check_list(layer, "shares", layer->shares.count, tissue, diags));
  stf_material *own = stf_arena_alloc(arena, sizeof *own);
  double sum = 0.0;
  if (!own) return STF_NO_RESOURCE;
  *own = tissue->material;
  for (size_t f = 0; f < own->families; f++) {
    if (own->family[f].law->per_tissue) return refuse_share(layer, &own->family[f], diags);
    sum += own->family[f].fraction = layer->shares.values[f];
  }
  *material = own;
  if (sum <= 1.0 + 1e-9) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(layer->node, "shares"),
                stf_diags_text(diags, "shares that add up to %.4g %%", 100.0 * sum), "at most 100 %", NULL);
  return STF_BAD_INPUT;
}

/* Makes a family as it is in a body of the scenario's temperature; writes what is known of it there. */
static stf_status warm_family(const stf_scenario *scenario, stf_arena *arena, stf_family *family, stf_warmth *warmth) {
  const stf_fibre_law *law = family->law;
  *warmth = STF_WARMTH_IDLE;
  if (!law->memory) return STF_OK;
  void *warmed = stf_arena_alloc(arena, law->about.data_size);
  if (!warmed) return STF_NO_RESOURCE;
  *warmth = law->memory->warm(family->data, scenario->temperature, warmed);
  family->data = warmed;
  return STF_OK;
}

/* All tissues as they are in a body of the scenario's temperature; `diags` NULL: what is not known of them was told. */
static stf_status warm_tissues(const stf_scenario *scenario, stf_arena *arena, stf_diags *diags, stf_model *model) {
  const stf_place place = stf_yaml_place(scenario->node, "temperature");
  static const char hint[] = "relaxation, slip and stiffness do not know temperature";
  bool told = !diags || isnan(scenario->temperature);
  for (size_t t = 0; !isnan(scenario->temperature) && t < model->tissues; t++) {
    stf_material *material = &model->tissue[t].material;
    for (size_t f = 0; f < material->families; f++) {
      stf_warmth warmth;
      STF_TRY(warm_family(scenario, arena, &material->family[f], &warmth));
      told = told || warmth != STF_WARMTH_IDLE;
      if (warmth != STF_WARMTH_UNKNOWN || !diags) continue;
      stf_diags_add(diags, STF_WARNING, place,
                    stf_diags_text(diags,
                                   "a temperature for family %s of %s, which breaks at any as it did in its tests",
                                   material->family[f].name, model->tissue[t].name),
                    "tissues with a breaking_activation_energy and its breaking_temperature", hint);
    }
  }
  if (told) return STF_OK;
  stf_diags_add(diags, STF_WARNING, place, "a temperature that nothing in these tissues depends on",
                "tissues whose loaded fibrils break", hint);
  return STF_OK;
}

static stf_status choose_materials(const stf_scenario *scenario, stf_arena *arena, stf_diags *diags, stf_model *model) {
  const stf_generator *generator = scenario->anatomy.type->extra;
  const size_t count = stf_generator_layers(generator, scenario->anatomy.data);
  stf_status worst = STF_OK;
  model->material = stf_arena_alloc(arena, (count + 1) * sizeof *model->material);
  if (!model->material) return STF_NO_RESOURCE;
  for (size_t i = 0; i < count; i++) {
    const stf_layer *layer = generator->layer(scenario->anatomy.data, i);
    const stf_tissue *tissue = tissue_of(scenario, model, layer->tissue);
    if (!tissue) return STF_BUG; /* the scenario was checked */
    if (tissue->glide) {
      stf_diags_add(diags, STF_ERROR, stf_yaml_place(layer->node, "tissue"),
                    stf_diags_text(diags, "%s, which lies between surfaces", tissue->name),
                    "a tissue with a `matrix`; a glide belongs to `interfaces`", NULL);
      worst = STF_BAD_INPUT;
      continue;
    }
    const stf_status status = layer_material(layer, tissue, arena, diags, &model->material[i]);
    if (status > worst) worst = status;
  }
  return worst;
}

/* The scenario's element for its own shape; for the others the first in the list that is a shell as that one is or not,
 * else the first. */
static void choose_elements(int wanted, stf_model *model) {
  const stf_element *own = stf_elements[wanted];
  for (size_t i = 0; stf_elements[i]; i++) {
    const stf_element *next = stf_elements[i], **chosen = &model->element[next->shape];
    if (!*chosen || ((*chosen)->shell != own->shell && next->shell == own->shell)) *chosen = next;
  }
  model->element[own->shape] = own;
}

/* An element that a scenario asks for by name must be there to be computed. */
static stf_status check_wanted(const stf_scenario *scenario, const size_t count[STF_SHAPES], stf_diags *diags) {
  const stf_element *wanted = stf_elements[scenario->mesh.element];
  const stf_yaml_node *node = stf_yaml_get(scenario->mesh.node, "element");
  const char *shapes = "";
  if (!node || count[wanted->shape]) return STF_OK;
  for (int shape = 0; shape < STF_SHAPES; shape++)
    if (count[shape]) shapes = stf_diags_text(diags, "%s%s%s", shapes, *shapes ? " and " : "", stf_shapes[shape].name);
  stf_diags_add(diags, STF_ERROR, node->place, stf_diags_text(diags, "%s, of which the mesh has none", wanted->name),
                stf_diags_text(diags, "an element for its %s", shapes), NULL);
  return STF_BAD_INPUT;
}

/* Every shape in the mesh needs an element that computes it. */
static stf_status check_elements(const stf_scenario *scenario, const stf_model *model, stf_place place,
                                 stf_diags *diags) {
  size_t count[STF_SHAPES] = {0};
  stf_status status = STF_OK;
  for (size_t e = 0; e < model->mesh.elements; e++) count[model->mesh.shape[e]]++;
  for (int shape = 0; shape < STF_SHAPES; shape++) {
    if (!count[shape] || model->element[shape]) continue;
    stf_diags_add(diags, STF_ERROR, place,
                  stf_diags_text(diags, "%zu elements of shape %s", count[shape], stf_shapes[shape].name),
                  "shapes that this version computes", NULL);
    status = STF_BAD_INPUT;
  }
  return status ? status : check_wanted(scenario, count, diags);
}

/* Fibres are dispersed in the plane of the sheet and out of it: a direction has to lie in that plane, more or less. */
static stf_status check_dispersed(const stf_model *model, stf_place place, stf_diags *diags) {
  const stf_mesh *mesh = &model->mesh;
  stf_mesh_faults faults = {.mesh = mesh, .place = place, .diags = diags};
  for (size_t e = 0; e < mesh->elements; e++) {
    const stf_material *material = model->material[mesh->region[e]];
    for (size_t f = 0; f < material->families; f++) {
      const double *a = mesh->fibre[e][f], *n = mesh->normal[e];
      const double upright = fabs(a[0] * n[0] + a[1] * n[1] + a[2] * n[2]);
      if (!material->family[f].dispersion || upright < STEEPEST || !stf_mesh_fault(&faults)) continue;
      stf_diags_add(diags, STF_ERROR, stf_mesh_place(mesh, e, place),
                    stf_diags_text(diags, "dispersed fibres (family %s) at %.3g deg to the plane of the sheet in %s",
                                   material->family[f].name, asin(fmin(upright, 1.0)) * 180.0 / M_PI,
                                   stf_mesh_name_element(mesh, e, diags)),
                    "at most 60 deg", "tell the right normal of the sheet, or leave the dispersion out");
    }
  }
  stf_mesh_faults_end(&faults, "dispersed fibres that stand upright on their sheet");
  return faults.any ? STF_BAD_INPUT : STF_OK;
}

/* Shells are turned by the normals of sheets from a generator, and of regions of a file that tell where theirs come
 * from. */
static stf_status orient_shells(const stf_scenario *scenario, stf_place place, stf_arena *arena, stf_diags *diags,
                                const stf_model *model) {
  const stf_generator *generator = scenario->anatomy.type->extra;
  const size_t count = model->mesh.region_count;
  bool *given = stf_arena_alloc(arena, (count + 1) * sizeof *given);
  if (!given) return STF_NO_RESOURCE;
  for (size_t r = 0; r < count; r++)
    given[r] = !model->mesh.origin || generator->layer(scenario->anatomy.data, r)->normal.type;
  return stf_orient_shells(model, given, place, diags);
}

/* Linear tetrahedra are no good where a sheet bends: said of every region that has them. */
static void warn_of_tets(const stf_model *model, stf_place place, stf_diags *diags) {
  const stf_mesh *mesh = &model->mesh;
  for (size_t r = 0; r < mesh->region_count; r++) {
    size_t count = 0;
    for (size_t e = 0; e < mesh->elements; e++) count += mesh->region[e] == (int)r && mesh->shape[e] == STF_TET4;
    if (!count) continue;
    stf_diags_add(diags, STF_WARNING, place,
                  stf_diags_text(diags, "%zu elements of shape tet4 in region %s", count, mesh->regions[r].name),
                  "elements of another shape where it bends",
                  "tet4 is too stiff in bending: by a third with two layers of it, a tenth with four");
  }
}

stf_status stf_model_create(const stf_scenario *scenario, const char *library, stf_arena *arena, stf_arena *mesh_arena,
                            stf_diags *diags, stf_model *model) {
  memset(model, 0, sizeof *model);
  choose_elements(scenario->mesh.element, model);
  stf_status status = read_tissues(scenario, library, arena, diags, model);
  if (!status) {
    status = stf_parameters_bind(scenario, arena, diags, model);
    if (!status) status = stf_scatter_bind(scenario, arena, diags, model);
    if (!status) status = warm_tissues(scenario, arena, diags, model);
    const stf_status materials = choose_materials(scenario, arena, diags, model);
    if (materials > status) status = materials;
  }
  if (status && status != STF_BAD_INPUT) return status;
  const stf_generator *generator = scenario->anatomy.type->extra;
  STF_TRY(generator->build(scenario->anatomy.data, scenario->mesh.size, mesh_arena, diags, &model->mesh));
  const stf_place place = stf_yaml_place(scenario->node, "anatomy");
  STF_TRY(stf_mesh_check(&model->mesh, place, diags));
  STF_TRY(check_elements(scenario, model, place, diags));
  STF_TRY(orient_shells(scenario, place, arena, diags, model));
  warn_of_tets(model, place, diags);
  if (status) return status;
  STF_TRY(check_dispersed(model, place, diags));
  STF_TRY(stf_prestress_bind(&scenario->prestress, &model->mesh, model->material, arena, diags, &model->prestress));
  return stf_rest_check(scenario, model, diags);
}

stf_status stf_model_set(const stf_scenario *scenario, const stf_setting *settings, size_t count, stf_arena *arena,
                         stf_diags *diags, stf_model *model) {
  for (size_t t = 0; t < model->tissues; t++) {
    stf_tissue changed;
    stf_change *changes = stf_arena_alloc(arena, (count + 1) * sizeof *changes);
    size_t own = 0;
    if (!changes) return STF_NO_RESOURCE;
    for (size_t i = 0; i < count; i++)
      if (stf_parameters_same_file(settings[i].file, model->tissue[t].file)) changes[own++] = settings[i].change;
    if (!own) continue;
    STF_TRY(stf_tissue_change(&model->tissue[t], changes, own, arena, diags, &changed));
    model->tissue[t] = changed;
  }
  STF_TRY(warm_tissues(scenario, arena, NULL, model));
  return choose_materials(scenario, arena, diags, model);
}

size_t stf_model_unknowns(const stf_model *model) {
  return 3 * model->mesh.nodes;
}
