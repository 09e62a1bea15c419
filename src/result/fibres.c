#include "result/fibres.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/fields.h"
#include "result/file.h"

enum { LABEL = 64 };
static const double SHARE = 0.8; /* of the element's size that a line takes */

static const stf_material *material_of(const stf_model *model, size_t e) {
  return model->material[model->mesh.region[e]];
}

/* Which of the families so far; how many there are where it is none of them. */
static size_t index_of(const stf_fibres *all, const char *name) {
  for (size_t i = 0; i < all->families; i++) {
    const char *known = all->family[i];
    if (known && strcmp(known, name) == 0) return i;
  }
  return all->families;
}

static stf_status collect_names(const stf_model *model, stf_fibres *all) {
  all->family = calloc(model->mesh.region_count * STF_MAX_FAMILIES + 1, sizeof *all->family);
  if (!all->family) return STF_NO_RESOURCE;
  for (size_t r = 0; r < model->mesh.region_count; r++)
    for (size_t f = 0; f < model->material[r]->families; f++) {
      const char *name = model->material[r]->family[f].name;
      if (index_of(all, name) == all->families) all->family[all->families++] = name;
    }
  return STF_OK;
}

/*
 * Whether an element is shown where a share of all is: multiples of the golden section, cut to their fractions, are
 * even in every stretch of numbers (Fibonacci hashing, Knuth 1998, 6.4) and run along no row of a mesh.
 */
static bool is_shown(size_t e, double share) {
  const uint64_t golden = 0x9E3779B97F4A7C15u;
  return (double)(golden * (uint64_t)e >> 11) < share * 0x1p53;
}

/* Half the element's extent along a direction, times SHARE. */
static double half_length(const stf_mesh *mesh, size_t e, const double a[3]) {
  double low = INFINITY, high = -INFINITY;
  for (int k = 0; k < stf_shapes[mesh->shape[e]].nodes; k++) {
    const double *X = mesh->X[mesh->cell[e][k]], at = X[0] * a[0] + X[1] * a[1] + X[2] * a[2];
    low = fmin(low, at);
    high = fmax(high, at);
  }
  return 0.5 * SHARE * (high - low);
}

static void add_line(const stf_model *model, size_t e, size_t f, size_t room, stf_fibres *all) {
  const stf_mesh *mesh = &model->mesh;
  const double *a = mesh->fibre[e][f], half = half_length(mesh, e, a);
  const size_t n = all->count++, family = index_of(all, material_of(model, e)->family[f].name);
  double middle[3];
  stf_mesh_middle(mesh, e, middle);
  for (int i = 0; i < 3; i++) {
    all->X[2 * n][i] = middle[i] - half * a[i];
    all->X[2 * n + 1][i] = middle[i] + half * a[i];
  }
  all->layer[n] = mesh->region[e];
  all->of[n] = (double)family;
  all->is[family * room + n] = 1.0;
}

static stf_status make_room(size_t room, stf_fibres *all) {
  all->X = malloc((2 * room + 1) * sizeof *all->X);
  all->layer = malloc((room + 1) * sizeof *all->layer);
  all->of = malloc((room + 1) * sizeof *all->of);
  all->is = calloc(all->families * room + 1, sizeof *all->is);
  all->point = malloc((2 * room + 1) * sizeof *all->point);
  for (size_t i = 0; all->point && i < 2 * room; i++) all->point[i] = (int)i;
  return all->X && all->layer && all->of && all->is && all->point ? STF_OK : STF_NO_RESOURCE;
}

static size_t count_lines(const stf_model *model, double share) {
  size_t count = 0;
  for (size_t e = 0; e < model->mesh.elements; e++)
    if (is_shown(e, share)) count += material_of(model, e)->families;
  return count;
}

stf_status stf_fibres_collect(const stf_model *model, stf_fibres *fibres) {
  const size_t whole = count_lines(model, 1.0);
  const double share = whole > STF_FIBRES_MOST ? (double)STF_FIBRES_MOST / (double)whole : 1.0;
  const size_t room = count_lines(model, share);
  *fibres = (stf_fibres){0};
  STF_TRY(collect_names(model, fibres));
  STF_TRY(make_room(room, fibres));
  for (size_t e = 0; e < model->mesh.elements; e++)
    for (size_t f = 0; is_shown(e, share) && f < material_of(model, e)->families; f++)
      add_line(model, e, f, room, fibres);
  return STF_OK;
}

void stf_fibres_clear(stf_fibres *fibres) {
  free(fibres->family);
  free(fibres->X);
  free(fibres->layer);
  free(fibres->of);
  free(fibres->is);
  free(fibres->point);
  *fibres = (stf_fibres){0};
}

/* `cell` [families + 2] and `label` [families]: room for the fields and their names. */
static stf_status write_fields(const stf_fibres *fibres, stf_field *cell, char (*label)[LABEL], const char *path,
                               stf_diags *diags) {
  cell[0] = (stf_field){"layer", 1, fibres->layer};
  cell[1] = (stf_field){"family", 1, fibres->of};
  for (size_t i = 0; i < fibres->families; i++) {
    snprintf(label[i], LABEL, "fibre %.40s", fibres->family[i]);
    cell[2 + i] = (stf_field){label[i], 1, fibres->is + i * fibres->count};
  }
  const stf_frame frame = {.points = 2 * fibres->count,
                           .cells = fibres->count,
                           .X = (const double(*)[3])fibres->X,
                           .connectivity = fibres->point,
                           .cell_fields = 2 + fibres->families,
                           .cell_field = cell};
  return stf_fields_write_vtu(&frame, path, diags);
}

stf_status stf_fibres_write(const stf_fibres *fibres, const char *path, stf_diags *diags) {
  char(*label)[LABEL] = calloc(fibres->families + 1, sizeof *label);
  stf_field *cell = calloc(fibres->families + 2, sizeof *cell);
  const stf_status status = label && cell ? write_fields(fibres, cell, label, path, diags)
                                          : stf_file_no_memory(path, diags);
  free(label);
  free(cell);
  return status;
}
