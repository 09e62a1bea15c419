#include "protocol/front.h"

#include <math.h>
#include <string.h>

/* [MPa] Slope of the stress in a pull along x that keeps volume, fibres along x, at rest. */
static double modulus(const stf_material *material) {
  enum { XX = 0, YY = 4, ZZ = 8 };
  stf_lane F[9] = {{0}}, a0[STF_DIRECTIONS][3] = {{{0}}};
  stf_response r;
  STF_EACH_LANE {
    for (int i = 0; i < 3; i++) F[4 * i][l] = 1.0;
    for (int f = 0; f < STF_NORMAL; f++) a0[f][0][l] = 1.0;
    a0[STF_NORMAL][2][l] = 1.0;
  }
  stf_material_distort(material, NULL, (const stf_lane *)F, (const stf_lane(*)[3])a0, STF_WANT_TANGENT, &r);
  const double along = r.A[stf_packed(9, XX, XX)][0];
  const double across = r.A[stf_packed(9, YY, YY)][0] + r.A[stf_packed(9, ZZ, ZZ)][0] +
                        2.0 * r.A[stf_packed(9, YY, ZZ)][0];
  return along + 0.25 * across - r.A[stf_packed(9, XX, YY)][0] - r.A[stf_packed(9, XX, ZZ)][0];
}

/* What a side of an element, seen from a point, adds to the element's volume. */
static double cone(const stf_mesh *mesh, const int facet[STF_SIDE_NODES], const double from[3]) {
  const bool quad = facet[3] >= 0 && facet[STF_SIDE_NODES - 1] < 0;
  double one[3], other[3], middle[3], volume = 0.0;
  for (int i = 0; i < 3; i++) {
    const double a = mesh->X[facet[0]][i], b = mesh->X[facet[1]][i], c = mesh->X[facet[2]][i];
    const double d = quad ? mesh->X[facet[3]][i] : a;
    one[i] = c - a;
    other[i] = d - b;
    middle[i] = (quad ? 0.25 * (a + b + c + d) : (a + b + c) / 3.0) - from[i];
  }
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    volume += middle[i] * (one[j] * other[k] - one[k] * other[j]) / 6.0;
  }
  return volume;
}

static double volume_of(const stf_mesh *mesh, size_t e) {
  double from[3], volume = 0.0;
  stf_mesh_middle(mesh, e, from);
  for (int side = 0; side < stf_shapes[mesh->shape[e]].sides; side++) {
    int facet[STF_SIDE_NODES];
    stf_mesh_side(mesh, e, side, facet);
    volume += cone(mesh, facet, from);
  }
  return volume;
}

static bool touches(const stf_mesh *mesh, size_t e, const char *at) {
  int found = 0;
  for (int a = 0; a < stf_shapes[mesh->shape[e]].nodes; a++) found += at[mesh->cell[e][a]];
  return found >= 3;
}

/* [N/mm] of the regions at a face, by its area. NAN: no memory. */
static double stiffness_of(const stf_model *model, const stf_face *face, stf_arena *arena) {
  const stf_mesh *mesh = &model->mesh;
  char *at = stf_arena_alloc(arena, mesh->nodes + 1), *there = stf_arena_alloc(arena, mesh->region_count + 1);
  double sum = 0.0;
  if (!at || !there) return NAN;
  memset(at, 0, mesh->nodes + 1);
  memset(there, 0, mesh->region_count + 1);
  for (size_t k = 0; k < face->nodes; k++) at[face->node[k]] = 1;
  for (size_t e = 0; e < mesh->elements; e++) there[mesh->region[e]] |= (char)touches(mesh, e, at);
  for (size_t r = 0; r < mesh->region_count; r++) {
    double volume = 0.0;
    for (size_t e = 0; there[r] && e < mesh->elements; e++)
      if (mesh->region[e] == (int)r) volume += volume_of(mesh, e);
    if (there[r]) sum += volume * modulus(model->material[r]);
  }
  return sum / face->area;
}

double stf_front_length(const stf_model *model, const stf_glide *glide, stf_arena *arena) {
  static const double rest[STF_GAP];
  double most = 0.0, memory[STF_GLIDE_MEMORY] = {0.0};
  stf_glide_answer answer;
  for (size_t k = 0; k < glide->gaps.count; k++) most = fmax(most, glide->gaps.place[k].core.bonds);
  if (!(most > 0.0)) return NAN;
  glide->law->rest(glide->data, most, memory);
  glide->law->respond(glide->data, &(stf_glide_past){.dt = INFINITY, .memory = memory}, rest, &answer);
  const double lower = stiffness_of(model, glide->lower, arena), upper = stiffness_of(model, glide->upper, arena);
  return 1.0 / sqrt(answer.k[0][0] * (1.0 / lower + 1.0 / upper));
}
