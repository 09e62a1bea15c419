#include "model/prestress.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

enum { NAMES = 64 };

double stf_prestress_asked(const stf_prestress_part *part) {
  return part->family ? part->along : sqrt(part->along * part->across);
}

void stf_prestress_axes(const double n[3], const double *a, double t[3][3]) {
  const int least = fabs(n[0]) < fabs(n[1]) ? (fabs(n[0]) < fabs(n[2]) ? 0 : 2) : fabs(n[1]) < fabs(n[2]) ? 1 : 2;
  double size = 0.0, dot = 0.0;
  for (int i = 0; i < 3; i++) t[0][i] = a ? a[i] : (i == least) - n[least] * n[i];
  for (int i = 0; i < 3; i++) size += t[0][i] * t[0][i];
  for (int i = 0; i < 3; i++) t[0][i] /= sqrt(size);
  for (int i = 0; i < 3; i++) dot += n[i] * t[0][i];
  size = 0.0;
  for (int i = 0; i < 3; i++) t[2][i] = n[i] - dot * t[0][i];
  for (int i = 0; i < 3; i++) size += t[2][i] * t[2][i];
  for (int i = 0; i < 3; i++) t[2][i] /= sqrt(size);
  for (int i = 0; i < 3; i++) t[1][i] = t[2][(i + 1) % 3] * t[0][(i + 2) % 3] - t[2][(i + 2) % 3] * t[0][(i + 1) % 3];
}

static stf_status tell_unknown(const stf_yaml_node *node, const char *key, const char *name, const char *expected,
                               const char *const *names, size_t count, stf_diags *diags) {
  const char *nearest = stf_text_nearest(name, names, count);
  stf_diags_add(diags, STF_ERROR, stf_yaml_get(node, key)->place, stf_diags_text(diags, "%s '%s'", key, name), expected,
                nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return STF_BAD_INPUT;
}

static stf_status find_region(const stf_prestress_layer *line, const stf_mesh *mesh, stf_diags *diags,
                              stf_prestress_part *part) {
  const char *names[NAMES];
  size_t count = 0;
  for (size_t r = 0; r < mesh->region_count; r++) {
    if (count < NAMES) names[count++] = mesh->regions[r].name;
    if (!strcmp(mesh->regions[r].name, line->layer)) part->region = (int)r;
  }
  if (part->region >= 0) return STF_OK;
  return tell_unknown(line->node, "layer", line->layer, "the name of a layer or region of the anatomy", names, count,
                      diags);
}

static stf_status find_family(const stf_prestress_layer *line, const stf_material *material, stf_diags *diags,
                              stf_prestress_part *part) {
  const char *names[STF_MAX_FAMILIES];
  if (!line->family) return STF_OK;
  for (size_t f = 0; f < material->families; f++) {
    names[f] = material->family[f].name;
    if (!strcmp(names[f], line->family)) part->index = (int)f;
  }
  if (part->index >= 0) return STF_OK;
  return tell_unknown(line->node, "family", line->family, "a fibre family of the layer's tissue", names,
                      material->families, diags);
}

static stf_status bind_line(const stf_prestress_layer *line, const stf_mesh *mesh, const stf_material *const *material,
                            stf_diags *diags, stf_prestress *p) {
  stf_prestress_part part = {.layer = line->layer, .family = line->family, .region = -1, .index = -1};
  STF_TRY(find_region(line, mesh, diags, &part));
  STF_TRY(find_family(line, material[part.region], diags, &part));
  for (size_t k = 0; k < p->parts; k++) {
    if (p->part[k].region != part.region) continue;
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(line->node, "layer"),
                  stf_diags_text(diags, "layer '%s' for the second time", line->layer), "each layer once", NULL);
    return STF_BAD_INPUT;
  }
  part.along = line->stretch;
  part.across = !isnan(line->across) ? line->across : line->family ? 1.0 / sqrt(line->stretch) : line->stretch;
  part.through = 1.0 / (part.along * part.across);
  p->part[p->parts++] = part;
  return STF_OK;
}

stf_status stf_prestress_bind(const stf_prestress_options *options, const stf_mesh *mesh,
                              const stf_material *const *material, stf_arena *arena, stf_diags *diags,
                              stf_prestress *prestress) {
  const stf_prestress_layer *line = options->layers.items;
  stf_status worst = STF_OK;
  *prestress = (stf_prestress){0};
  if (!options->node) return STF_OK;
  prestress->at = options->at;
  prestress->part = stf_arena_alloc(arena, (options->layers.count + 1) * sizeof *prestress->part);
  if (!prestress->part) return STF_NO_RESOURCE;
  for (size_t k = 0; k < options->layers.count; k++) {
    const stf_status status = bind_line(&line[k], mesh, material, diags, prestress);
    if (status > worst) worst = status;
  }
  return worst;
}
