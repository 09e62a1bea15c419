#include "result/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/cable.h"
#include "protocol/glide.h"
#include "protocol/tools.h"
#include "protocol/vocabulary.h"
#include "result/file.h"

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

/* A fibre family that a measurement asks for must be in one of the layers it looks at. */
static stf_status check_families(const stf_study *p, stf_diags *diags) {
  stf_status worst = STF_OK;
  for (size_t k = 0; k < p->gauges.samplers; k++) {
    const stf_sampler *s = &p->gauges.sampler[k];
    bool found = !s->family;
    for (size_t r = 0; !found && r < p->model.mesh.region_count; r++)
      for (size_t f = 0; (s->region < 0 || s->region == (int)r) && f < p->model.material[r]->families; f++)
        found = found || !strcmp(p->model.material[r]->family[f].name, s->family);
    if (found) continue;
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(s->node, "family"), stf_diags_text(diags, "family '%s'", s->family),
                  "a fibre family of a tissue there", NULL);
    worst = STF_BAD_INPUT;
  }
  return worst;
}

/* Whether anything that a sampler of blood counts has vessels. */
static bool has_vessels(const stf_study *p, const stf_blood_sampler *s) {
  for (size_t g = 0; g < p->protocol.glides; g++) {
    const stf_glide *glide = &p->protocol.glide[g];
    if ((s->glide == STF_BLOOD_ALL || s->glide == (int)g) && glide->law->bleeds(glide->data)) return true;
  }
  for (size_t r = 0; r < p->model.mesh.region_count; r++)
    if ((s->region == STF_BLOOD_ALL || s->region == (int)r) && stf_material_bleeds(p->model.material[r])) return true;
  return false;
}

/* A layer whose blood is asked for must have vessels; a body without any may be asked, and is told about. */
static stf_status check_vessels(const stf_study *p, stf_diags *diags) {
  static const char *const wanted = "a tissue that gives bleeding and blood_half_life";
  stf_status worst = STF_OK;
  for (size_t k = 0; k < p->gauges.bloods; k++) {
    const stf_blood_sampler *s = &p->gauges.blood[k];
    if (has_vessels(p, s)) continue;
    if (s->region >= 0) worst = STF_BAD_INPUT;
    stf_diags_add(diags, s->region >= 0 ? STF_ERROR : STF_WARNING, stf_yaml_place(s->node, "layer"),
                  s->region >= 0 ? stf_diags_text(diags, "layer %s, whose tissue tells nothing of blood",
                                                  p->model.mesh.regions[s->region].name)
                                 : "blood of a body without vessels, which is 0",
                  wanted, NULL);
  }
  return worst;
}

/* Where gravity is, every tissue of the body must say how heavy it is. */
static stf_status check_densities(const stf_study *p, stf_diags *diags) {
  stf_status worst = STF_OK;
  for (size_t r = 0; p->protocol.gravity && r < p->model.mesh.region_count; r++) {
    const stf_material *material = p->model.material[r];
    bool told = false;
    for (size_t k = 0; k < r; k++) told = told || !strcmp(p->model.material[k]->name, material->name);
    if (told || !isnan(material->density)) continue;
    stf_diags_add(diags, STF_ERROR, p->protocol.gravity->place,
                  stf_diags_text(diags, "gravity on %s, a tissue without a density", material->name),
                  "a density in the file of every tissue of the body",
                  "density: {value: 1.06 g/cm^3, source: KEY, grade: measured}");
    worst = STF_BAD_INPUT;
  }
  return worst;
}

/* The image is the body as it stands then: grips have not moved yet, and there is some of the timeline left. */
static stf_status check_prestress(const stf_study *p, stf_diags *diags) {
  const stf_yaml_node *node = p->scenario.prestress.node;
  const double at = p->model.prestress.at;
  bool moved = false;
  if (!node) return STF_OK;
  for (size_t g = 0; g < p->protocol.grips; g++)
    moved = moved || stf_grip_displacement(&p->protocol.grip[g], at) != 0.0;
  for (size_t k = 0; k < p->protocol.phases; k++) {
    const stf_phase *phase = &p->protocol.phase[k];
    moved = moved || (phase->wave && at > phase->start && at < phase->end);
  }
  if (!moved && at <= p->protocol.now) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, "at"),
                stf_diags_text(diags, "at %g s, %s", at,
                               moved ? "when a grip has moved, or amid cycles" : "after the timeline's end"),
                moved ? "a time before any grip moves: loads may have come by then, movements and cycles not"
                      : stf_diags_text(diags, "at most %g s", p->protocol.now),
                NULL);
  return STF_BAD_INPUT;
}

static stf_status keep_text(stf_arena *arena, stf_diags *diags, stf_study *p) {
  char *text;
  size_t size;
  STF_TRY(stf_file_read(p->path, STF_YAML_MAX_BYTES, diags, &text, &size));
  p->text = stf_arena_copy(arena, text, size);
  free(text);
  return p->text ? STF_OK : STF_NO_RESOURCE;
}

/* Timeline, measurements and comparisons, all looked at whatever one of them lacks; `model` says whether it is whole.
 */
static stf_status bind(stf_arena *arena, stf_diags *diags, stf_study *p, stf_status model) {
  const stf_place timeline = stf_yaml_place(p->scenario.node, "timeline");
  const stf_status protocol = stf_protocol_compile(&p->scenario.timeline,
                                                   &(stf_bodies){p->scenario.rigids, p->scenario.tools}, timeline,
                                                   &p->model.mesh, arena, diags, &p->protocol);
  if (protocol && protocol != STF_BAD_INPUT) return protocol;
  const stf_status cables = stf_cables_bind(&p->scenario, &p->model, diags, &p->protocol);
  if (cables && cables != STF_BAD_INPUT) return cables;
  const stf_status glides = model ? STF_OK : stf_glides_bind(&p->scenario, &p->model, diags, &p->protocol);
  if (glides && glides != STF_BAD_INPUT) return glides;
  const stf_status tools = model || protocol ? STF_OK : stf_tools_bind(&p->model, diags, &p->protocol);
  if (tools && tools != STF_BAD_INPUT) return tools;
  const stf_status gauges = stf_gauges_bind(&p->scenario.measure, &p->protocol, arena, diags, &p->gauges);
  if (gauges || protocol || cables || glides || tools) return gauges ? gauges : STF_BAD_INPUT;
  if (!model) STF_TRY(check_families(p, diags));
  if (!model) STF_TRY(check_vessels(p, diags));
  if (!model) STF_TRY(check_densities(p, diags));
  if (!model) STF_TRY(check_prestress(p, diags));
  return stf_findings_bind(&p->scenario, &p->gauges, arena, diags, &p->findings);
}

static stf_status read(const char *library, stf_arena *arena, stf_arena *mesh_arena, stf_diags *diags, stf_study *p) {
  if (stf_units_start()) {
    stf_diags_add(diags, STF_ERROR, (stf_place){0}, "no database of units", "the files of UDUNITS-2", NULL);
    return STF_NO_RESOURCE;
  }
  const stf_status status = stf_scenario_read(p->path, &stf_striffin_vocabulary, arena, diags, &p->scenario);
  if (status == STF_BAD_INPUT) check_tissues(&p->scenario, library, arena, diags);
  if (status) return status;
  STF_TRY(keep_text(arena, diags, p));
  const stf_status model = stf_model_create(&p->scenario, library, arena, mesh_arena, diags, &p->model);
  if (model && (model != STF_BAD_INPUT || !p->model.mesh.elements)) return model;
  const stf_status bound = bind(arena, diags, p, model);
  return model ? model : bound;
}

stf_status stf_study_read(const char *path, const char *library, stf_arena *arena, stf_arena *mesh_arena,
                          stf_diags *diags, stf_study *study) {
  *study = (stf_study){.path = path};
  const stf_status status = read(library, arena, mesh_arena, diags, study);
  if (status == STF_NO_RESOURCE && !stf_diags_errors(diags))
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "no memory left", NULL, NULL);
  return status;
}

unsigned long long stf_study_fingerprint(const stf_study *study) {
  unsigned long long sum = 1469598103934665603ull; /* FNV-1a */
  for (const char *at = study->text; *at; at++) sum = (sum ^ (unsigned char)*at) * 1099511628211ull;
  for (size_t t = 0; t < study->model.tissues; t++)
    for (size_t i = 0; i < study->model.tissue[t].provenances; i++) {
      unsigned long long bits;
      memcpy(&bits, &study->model.tissue[t].provenance[i].value, sizeof bits);
      sum = (sum ^ bits) * 1099511628211ull;
    }
  return sum;
}

/* The columns of one gauge: its value, and where it was found. */
static bool name_columns(const stf_gauge *gauge, stf_arena *arena, stf_column *columns) {
  static const char *const axis[] = {"x", "y", "z"};
  columns[0] = (stf_column){gauge->name, gauge->dimension, gauge->unit};
  for (int k = 1; k <= 3 && k < gauge->columns; k++) {
    columns[k] = (stf_column){stf_arena_printf(arena, "%s_%s", gauge->name, axis[k - 1]), STF_LENGTH, "mm"};
    if (!columns[k].name) return false;
  }
  return true;
}

stf_curves *stf_study_curves(const stf_study *study, stf_arena *arena) {
  stf_column *columns = stf_arena_alloc(arena, (study->gauges.columns + 1) * sizeof *columns);
  if (!columns) return NULL;
  columns[0] = (stf_column){"time", STF_TIME, "s"};
  for (size_t g = 0; g < study->gauges.count; g++) {
    const stf_gauge *gauge = &study->gauges.gauge[g];
    if (gauge->column >= 0 && !name_columns(gauge, arena, &columns[gauge->column])) return NULL;
  }
  return stf_curves_create(columns, study->gauges.columns);
}
