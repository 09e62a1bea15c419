#include "model/rest.h"

#include <math.h>
#include <string.h>

static const double DAY = 86400.0; /* [s] that tissue at rest must last, at the least */

stf_status stf_rest_check_family(const stf_family *family, const char *whose, double stretch, stf_place place,
                                 stf_diags *diags) {
  if (!stf_family_tears(family)) return STF_OK;
  const double borne = family->law->memory->borne(family->data, stretch);
  const double strength = family->law->memory->strength(family->data, DAY);
  if (borne <= strength) return STF_OK;
  stf_diags_add(
      diags, STF_ERROR, place,
      stf_diags_text(diags, "fibres (family %s) of %s that bear %.4g MPa at rest, at a stretch of %.6g", family->name,
                     whose, borne, stretch),
      stf_diags_text(diags, "at most their strength, %.4g MPa, which breaks half of them within a day", strength),
      "stretch them less, or let them straighten or break later");
  return STF_BAD_INPUT;
}

static void cross(const double a[3], const double b[3], double c[3]) {
  for (int i = 0; i < 3; i++) c[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static double length(const double a[3]) {
  return sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
}

/* y = G^power x, with G the stretches of a part along the axes t of its sheet. */
static void stretched(const stf_prestress_part *part, const double (*t)[3], const double x[3], int power, double y[3]) {
  const double stretch[3] = {part->along, part->across, part->through};
  memset(y, 0, 3 * sizeof *y);
  for (int k = 0; k < 3; k++) {
    const double along = t[k][0] * x[0] + t[k][1] * x[1] + t[k][2] * x[2];
    for (int i = 0; i < 3; i++) y[i] += along * pow(stretch[k], power) * t[k][i];
  }
}

/*
 * The largest stretch of a family's fibres in an element where its direction is a and the sheet's normal n: |G d|, with
 * d a unit direction in the natural state, about G^-1 a in the plane across G n.
 */
static double largest_in(const stf_family *family, const stf_prestress_part *part, const double (*t)[3],
                         const double a[3], const double n[3]) {
  static const double straight[3] = {1.0, 0.0, 0.0};
  double e[3][3], d[3], image[3], largest = 0.0;
  stretched(part, t, a, -1, e[0]);
  stretched(part, t, n, 1, d);
  cross(d, e[0], e[1]);
  cross(e[0], e[1], e[2]);
  for (size_t k = 0; k < stf_family_directions(family); k++) {
    const double *c = family->dispersion ? family->dispersion->direction[k].direction : straight;
    memset(d, 0, sizeof d);
    for (int s = 0; s < 3; s++)
      for (int i = 0; c[s] != 0.0 && i < 3; i++) d[i] += c[s] * e[s][i] / length(e[s]);
    stretched(part, t, d, 1, image);
    largest = fmax(largest, length(image));
  }
  return largest;
}

/* The largest stretch of a family's fibres at rest in the region of a part. */
static double largest_of(const stf_mesh *mesh, const stf_prestress_part *part, const stf_family *family, size_t index) {
  double t[3][3], largest = 0.0;
  for (size_t e = 0; e < mesh->elements; e++) {
    if (mesh->region[e] != part->region) continue;
    stf_prestress_axes(mesh->normal[e], part->index < 0 ? NULL : mesh->fibre[e][part->index], t);
    largest = fmax(largest, largest_in(family, part, (const double(*)[3])t, mesh->fibre[e][index], mesh->normal[e]));
  }
  return largest;
}

static stf_status check_part(const stf_scenario *scenario, const stf_model *model, size_t k, stf_diags *diags) {
  const stf_prestress_part *part = &model->prestress.part[k];
  const stf_prestress_layer *line = scenario->prestress.layers.items;
  const stf_material *material = model->material[part->region];
  stf_status worst = STF_OK;
  for (size_t f = 0; f < material->families; f++) {
    const stf_family *family = &material->family[f];
    if (!stf_family_tears(family)) continue;
    const stf_status status = stf_rest_check_family(family, stf_diags_text(diags, "layer %s", part->layer),
                                                    largest_of(&model->mesh, part, family, f),
                                                    stf_yaml_place(line[k].node, "stretch"), diags);
    if (status > worst) worst = status;
  }
  return worst;
}

/* Whether a layer of the tissue has no prestress. */
static bool is_unstretched(const stf_model *model, const stf_tissue *tissue) {
  for (size_t r = 0; r < model->mesh.region_count; r++) {
    bool other = strcmp(model->material[r]->name, tissue->name) != 0;
    for (size_t k = 0; k < model->prestress.parts; k++) other = other || model->prestress.part[k].region == (int)r;
    if (!other) return true;
  }
  return false;
}

stf_status stf_rest_check(const stf_scenario *scenario, const stf_model *model, stf_diags *diags) {
  stf_status worst = STF_OK;
  for (size_t k = 0; k < model->prestress.parts; k++) {
    const stf_status status = check_part(scenario, model, k, diags);
    if (status > worst) worst = status;
  }
  for (size_t t = 0; t < model->tissues; t++) {
    const stf_tissue *tissue = &model->tissue[t];
    for (size_t f = 0; is_unstretched(model, tissue) && f < tissue->material.families; f++) {
      const stf_status status = stf_rest_check_family(&tissue->material.family[f],
                                                      stf_diags_text(diags, "tissue %s", tissue->name), 1.0,
                                                      scenario->tissues.items[t].node->place, diags);
      if (status > worst) worst = status;
    }
  }
  return worst;
}
