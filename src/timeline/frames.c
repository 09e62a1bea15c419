#include "timeline/frames.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/blood.h"

enum { MOST_FAMILIES = STF_MAX_FAMILIES * 4 };

static int family_index(const stf_frames *f, const char *name) {
  for (size_t i = 0; i < f->families; i++)
    if (!strcmp(f->family[i], name)) return (int)i;
  return -1;
}

/* Points, cells and the names of all fibre families. */
static void count_parts(stf_frames *f) {
  const stf_domain *d = f->domain;
  for (size_t n = 0; n < d->local; n++) f->point_of[n] = -1;
  for (size_t b = 0; b < d->batches; b++) {
    const stf_batch *batch = &d->batch[b];
    for (size_t k = 0; k < batch->material->families; k++) {
      const char *name = batch->material->family[k].name;
      if (family_index(f, name) < 0 && f->families < MOST_FAMILIES) f->family[f->families++] = name;
    }
    for (int l = 0; l < batch->count; l++) {
      if (!batch->mine[l]) continue;
      f->cells++;
      f->entries += (size_t)batch->nodes;
      for (int a = 0; a < batch->nodes; a++) f->point_of[batch->node[a][l]] = 0;
    }
  }
  for (size_t n = 0; n < d->local; n++)
    if (f->point_of[n] == 0) f->point_of[n] = (int)f->points++;
}

/* ---- tools ---- */

/* Whether this rank draws a tool. */
static bool is_here(const stf_domain *d, size_t tool) {
  const int node = d->body[d->protocol->tool[tool].rigid].shift;
  return node >= 0 && (size_t)node < d->owned;
}

static void count_tools(stf_frames *f) {
  f->tissue_points = f->points;
  f->tissue_cells = f->cells;
  for (size_t t = 0; t < f->domain->protocol->tools; t++) {
    if (!is_here(f->domain, t)) continue;
    f->points += STF_OUTLINE_PLACES;
    f->cells += STF_OUTLINE_CELLS;
    f->entries += 4 * STF_OUTLINE_CELLS;
  }
}

/* How far the tool's face reaches from its middle: along the axis of a cylinder, else across it. */
static double reach_of(const stf_tool *tool) {
  const double *axis = tool->core.form.axis;
  double reach = 0.0;
  for (size_t k = 0; k < tool->contacts; k++) {
    const double *y = tool->contact[k].start;
    const double along = axis[0] * y[0] + axis[1] * y[1] + axis[2] * y[2];
    const double across = sqrt(fmax(y[0] * y[0] + y[1] * y[1] + y[2] * y[2] - along * along, 0.0));
    reach = fmax(reach, tool->core.form.radius > 0.0 ? fabs(along) : across);
  }
  return reach;
}

static void outline_tool(stf_frames *f, size_t t, size_t point, size_t cell, size_t entry) {
  const stf_tool *tool = &f->domain->protocol->tool[t];
  const double *centre = f->domain->protocol->rigid[tool->rigid].centre;
  int corner[STF_OUTLINE_CELLS][4];
  stf_tool_outline(&tool->core, reach_of(tool), f->X + point, corner);
  for (size_t p = point; p < point + STF_OUTLINE_PLACES; p++)
    for (int i = 0; i < 3; i++) f->X[p][i] += centre[i];
  for (size_t c = 0; c < STF_OUTLINE_CELLS; c++) {
    f->shape[cell + c] = STF_TET4;
    f->layer[cell + c] = (double)(f->layers + t);
    for (size_t k = 0; k < 4; k++) f->connectivity[entry + 4 * c + k] = (int)point + corner[c][k];
  }
}

/* What stays the same of tools: of tissue they have nothing. */
static void outline_tools(stf_frames *f) {
  size_t point = f->tissue_points, cell = f->tissue_cells, entry = f->entries - 4 * (f->cells - cell);
  for (size_t c = cell; c < f->cells; c++) {
    f->J[c] = NAN;
    for (size_t n = 0; n < 6; n++) f->stress[6 * c + n] = NAN;
    for (size_t k = 0; k < f->families; k++) f->stretch[k * f->cells + c] = NAN;
    for (size_t k = 0; f->torn && k < f->families; k++) f->torn[k * f->cells + c] = NAN;
    if (f->blood) f->blood[c] = NAN;
  }
  for (size_t t = 0; t < f->domain->protocol->tools; t++) {
    if (!is_here(f->domain, t)) continue;
    outline_tool(f, t, point, cell, entry);
    point += STF_OUTLINE_PLACES;
    cell += STF_OUTLINE_CELLS;
    entry += 4 * STF_OUTLINE_CELLS;
  }
}

static void move_tools(stf_frames *f, const stf_state *state) {
  const stf_domain *d = f->domain;
  size_t point = f->tissue_points;
  for (size_t t = 0; t < d->protocol->tools; t++) {
    if (!is_here(d, t)) continue;
    const size_t rigid = d->protocol->tool[t].rigid;
    const double *centre = d->protocol->rigid[rigid].centre, *shift = state->u + 3 * d->body[rigid].shift;
    double turn[3], turned[3];
    stf_rotation rotation;
    stf_domain_turn(d, rigid, state->u, turn);
    stf_rotation_set(turn, &rotation);
    for (const size_t end = point + STF_OUTLINE_PLACES; point < end; point++) {
      const double *X = f->X[point], arm[3] = {X[0] - centre[0], X[1] - centre[1], X[2] - centre[2]};
      stf_rotation_apply(&rotation, arm, turned);
      for (size_t i = 0; i < 3; i++) f->displacement[3 * point + i] = shift[i] + turned[i] - arm[i];
    }
  }
}

/* ---- interfaces ---- */

/* The worst of all ranks' statuses. All ranks. */
static stf_status agree(MPI_Comm comm, stf_status status) {
  int worst = (int)status;
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_INT, MPI_MAX, comm));
  return (stf_status)worst;
}

static stf_status prepare_glides(stf_frames *f) {
  const stf_domain *d = f->domain;
  if (!d->protocol->glides) return STF_OK;
  const size_t ghosts = d->local - d->owned;
  int *number = malloc((ghosts + 1) * sizeof *number);
  f->at_node = malloc((d->local + 1) * sizeof *f->at_node);
  f->of_glide = malloc((f->points + 1) * STF_SHOWN * sizeof(double));
  stf_status status = number && f->at_node && f->of_glide ? STF_OK : STF_NO_RESOURCE;
  for (size_t g = 0; !status && g < ghosts; g++) number[g] = (int)d->global[d->owned + g];
  status = agree(d->comm, status);
  if (!status) status = stf_halo_init(d->comm, (int)d->owned, (int)ghosts, number, &f->halo);
  free(number);
  return status;
}

/* All ranks. */
static stf_status sample_glides(stf_frames *f, const stf_state *state) {
  const stf_domain *d = f->domain;
  if (!f->at_node) return STF_OK;
  stf_interfaces_show(d, state, f->at_node);
  STF_TRY(stf_halo_share(&f->halo, f->at_node, sizeof *f->at_node));
  for (size_t p = 0; p < f->points * STF_SHOWN; p++) f->of_glide[p] = NAN;
  for (size_t n = 0; n < d->local; n++)
    for (size_t k = 0; k < STF_SHOWN && f->point_of[n] >= 0; k++)
      f->of_glide[k * f->points + (size_t)f->point_of[n]] = f->at_node[n][k];
  return STF_OK;
}

/* ---- room ---- */

static bool can_tear(const stf_domain *d) {
  for (size_t b = 0; b < d->batches; b++)
    for (size_t k = 0; k < d->batch[b].material->families; k++)
      if (stf_family_tears(&d->batch[b].material->family[k])) return true;
  return false;
}

/* Whether tissue of any rank does: all pieces of a frame have the same fields. All ranks. */
static stf_status can_bleed(const stf_domain *d, int *any) {
  *any = 0;
  for (size_t b = 0; b < d->batches; b++)
    if (stf_material_bleeds(d->batch[b].material)) *any = 1;
  STF_PETSC(MPI_Allreduce(MPI_IN_PLACE, any, 1, MPI_INT, MPI_MAX, d->comm));
  return STF_OK;
}

static stf_status make_room(stf_frames *f) {
  int bleeds;
  STF_TRY(can_bleed(f->domain, &bleeds));
  f->X = malloc((f->points + 1) * sizeof *f->X);
  f->connectivity = malloc((f->entries + 1) * sizeof *f->connectivity);
  f->shape = malloc(f->cells + 1);
  f->displacement = malloc((f->points + 1) * 3 * sizeof(double));
  f->layer = malloc((f->cells + 1) * sizeof(double));
  f->J = malloc((f->cells + 1) * sizeof(double));
  f->stress = malloc((f->cells + 1) * 6 * sizeof(double));
  f->stretch = malloc((f->cells + 1) * (f->families + 1) * sizeof(double));
  if (can_tear(f->domain)) {
    f->torn = malloc((f->cells + 1) * (f->families + 1) * sizeof(double));
    if (!f->torn) return STF_NO_RESOURCE;
  }
  if (bleeds) {
    f->blood = malloc((f->cells + 1) * sizeof(double));
    if (!f->blood) return STF_NO_RESOURCE;
  }
  f->direction = malloc((f->cells + 1) * (f->families + 1) * 3 * sizeof(double));
  return f->X && f->connectivity && f->shape && f->displacement && f->layer && f->J && f->stress && f->stretch &&
                 f->direction
             ? STF_OK
             : STF_NO_RESOURCE;
}

/* What stays the same in every frame. Directions where a cell lacks a family are 0. */
static void fill_constant(stf_frames *f) {
  const stf_domain *d = f->domain;
  size_t cell = 0, entry = 0;
  for (size_t n = 0; n < d->local; n++)
    if (f->point_of[n] >= 0) memcpy(f->X[f->point_of[n]], d->X[n], sizeof *f->X);
  memset(f->direction, 0, f->cells * f->families * 3 * sizeof(double));
  for (size_t b = 0; b < d->batches; b++)
    for (int l = 0; l < d->batch[b].count; l++) {
      const stf_batch *batch = &d->batch[b];
      if (!batch->mine[l]) continue;
      for (int a = 0; a < batch->nodes; a++) f->connectivity[entry++] = f->point_of[batch->node[a][l]];
      f->shape[cell] = (unsigned char)batch->kind->shape;
      f->layer[cell] = batch->region;
      for (size_t k = 0; k < batch->material->families; k++) {
        const size_t field = (size_t)family_index(f, batch->material->family[k].name);
        for (int i = 0; i < 3; i++) f->direction[3 * (field * f->cells + cell) + (size_t)i] = batch->a0[k][i][l];
      }
      cell++;
    }
  outline_tools(f);
}

stf_status stf_frames_init(const stf_domain *domain, size_t layers, const char *folder, stf_frames *f) {
  *f = (stf_frames){.domain = domain, .folder = folder, .layers = layers};
  f->point_of = calloc(domain->local + 1, sizeof *f->point_of);
  if (!f->point_of) return STF_NO_RESOURCE;
  count_parts(f);
  count_tools(f);
  STF_TRY(make_room(f));
  fill_constant(f);
  return prepare_glides(f);
}

void stf_frames_clear(stf_frames *f) {
  free(f->point_of);
  free(f->X);
  free(f->connectivity);
  free(f->shape);
  free(f->displacement);
  free(f->layer);
  free(f->J);
  free(f->stress);
  free(f->stretch);
  free(f->direction);
  free(f->torn);
  free(f->blood);
  free(f->at_node);
  free(f->of_glide);
  stf_halo_clear(&f->halo);
  free(f->time);
  *f = (stf_frames){0};
}

/* Means over the elements of one batch; the stretch of a family that a cell lacks is NAN. */
static size_t sample_batch(stf_frames *f, const stf_batch *batch, const stf_state *state, const double *pressure,
                           size_t cell) {
  stf_element_in in;
  stf_element_sample s;
  stf_lane lanes, blood, torn[STF_MAX_FAMILIES];
  stf_batch_gather(f->domain, batch, state->u, stf_state_past(state), &in);
  stf_batch_press(batch, pressure, lanes, &in);
  batch->kind->sample(&in, &s);
  for (size_t k = 0; f->torn && k < batch->material->families; k++) stf_state_torn(state, batch, k, torn[k]);
  if (f->blood) stf_blood_density(state, batch, blood);
  for (int l = 0; l < batch->count; l++) {
    if (!batch->mine[l]) continue;
    f->J[cell] = s.J[l];
    if (f->blood) f->blood[cell] = stf_material_bleeds(batch->material) ? blood[l] : NAN;
    for (size_t n = 0; n < 6; n++) f->stress[6 * cell + n] = s.stress[n][l];
    for (size_t k = 0; k < f->families; k++) f->stretch[k * f->cells + cell] = NAN;
    for (size_t k = 0; f->torn && k < f->families; k++) f->torn[k * f->cells + cell] = NAN;
    for (size_t k = 0; k < batch->material->families; k++) {
      const size_t at = (size_t)family_index(f, batch->material->family[k].name) * f->cells + cell;
      f->stretch[at] = s.stretch[k][l];
      if (f->torn) f->torn[at] = torn[k][l];
    }
    cell++;
  }
  return cell;
}

static stf_status sample(stf_frames *f, const stf_state *state) {
  const stf_domain *d = f->domain;
  size_t cell = 0;
  double *pressure = calloc(d->blocks + 1, sizeof *pressure);
  const stf_status status = pressure ? stf_patch_pressures(d, state->u, pressure) : STF_NO_RESOURCE;
  for (size_t b = 0; !status && b < d->batches; b++) cell = sample_batch(f, &d->batch[b], state, pressure, cell);
  free(pressure);
  for (size_t n = 0; n < d->local; n++)
    if (f->point_of[n] >= 0) memcpy(f->displacement + 3 * f->point_of[n], state->u + 3 * n, 3 * sizeof(double));
  move_tools(f, state);
  return status;
}

/* Displacement, then what interfaces have to show. Returns how many. */
static size_t list_point_fields(const stf_frames *f, stf_field field[1 + STF_SHOWN]) {
  static const char *const name[STF_SHOWN] = {"slip [mm]",  "opening [mm]", "film [mm]",
                                              "bonds left", "bonds broken", "blood over area [mm]"};
  size_t count = 0;
  field[count++] = (stf_field){"displacement [mm]", 3, f->displacement};
  for (int k = 0; k < STF_SHOWN; k++)
    if (stf_interfaces_have(f->domain->protocol, k))
      field[count++] = (stf_field){name[k], 1, f->of_glide + (size_t)k * f->points};
  return count;
}

static stf_status write_vtu(stf_frames *f, stf_diags *diags) {
  const stf_domain *d = f->domain;
  char path[4096], name[64], label[3 * MOST_FAMILIES][64];
  stf_field point[1 + STF_SHOWN];
  stf_field cell[4 + 3 * MOST_FAMILIES] = {
      {"layer", 1, f->layer}, {"volume ratio", 1, f->J}, {"stress [MPa]", 6, f->stress}};
  size_t fields = 3;
  if (f->blood) cell[fields++] = (stf_field){"blood over volume", 1, f->blood};
  for (size_t k = 0; k < f->families; k++) {
    snprintf(label[2 * k], sizeof *label, "stretch %.40s", f->family[k]);
    snprintf(label[2 * k + 1], sizeof *label, "fibre %.40s", f->family[k]);
    cell[fields++] = (stf_field){label[2 * k], 1, f->stretch + k * f->cells};
    cell[fields++] = (stf_field){label[2 * k + 1], 3, f->direction + 3 * k * f->cells};
    if (!f->torn) continue;
    snprintf(label[2 * f->families + k], sizeof *label, "torn %.40s", f->family[k]);
    cell[fields++] = (stf_field){label[2 * f->families + k], 1, f->torn + k * f->cells};
  }
  const stf_frame frame = {.points = f->points,
                           .cells = f->cells,
                           .X = (const double(*)[3])f->X,
                           .connectivity = f->connectivity,
                           .shape = f->shape,
                           .point_fields = list_point_fields(f, point),
                           .point_field = point,
                           .cell_fields = fields,
                           .cell_field = cell};
  stf_fields_name(f->count, d->rank, d->ranks, name, sizeof name);
  if (snprintf(path, sizeof path, "%s/%s", f->folder, name) >= (int)sizeof path) return STF_NO_RESOURCE;
  return stf_fields_write_vtu(&frame, path, diags);
}

static stf_status note_time(stf_frames *f, double time) {
  if (f->count == f->room) {
    double *more = realloc(f->time, (2 * f->room + 32) * sizeof *more);
    if (!more) return STF_NO_RESOURCE;
    f->time = more;
    f->room = 2 * f->room + 32;
  }
  f->time[f->count] = time;
  return STF_OK;
}

stf_status stf_frames_resume(stf_frames *f, const double *times, size_t count) {
  for (f->count = 0; f->count < count; f->count++) STF_TRY(note_time(f, times[f->count]));
  return STF_OK;
}

stf_status stf_frames_write(stf_frames *f, const stf_state *state, stf_diags *diags) {
  char path[4096];
  STF_TRY(note_time(f, state->time));
  STF_TRY(sample_glides(f, state));
  int status = (int)sample(f, state), worst;
  if (!status) status = (int)write_vtu(f, diags);
  STF_PETSC(MPI_Allreduce(&status, &worst, 1, MPI_INT, MPI_MAX, f->domain->comm));
  if (worst) return (stf_status)worst;
  f->count++;
  if (f->domain->rank) return STF_OK;
  if (snprintf(path, sizeof path, "%s/fields.pvd", f->folder) >= (int)sizeof path) return STF_NO_RESOURCE;
  return stf_fields_write_pvd(f->time, f->count, f->domain->ranks, path, diags);
}
