#include "model/orient.h"

#include <math.h>
#include <string.h>

/* Corners of a hexahedron by their side along each of its directions, in the order of its nodes. */
static const int SIDE[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};

/* Mean edge [mm] of a hexahedron along its direction m. */
static void hexahedron_edge(const stf_mesh *mesh, size_t e, int m, double edge[3]) {
  for (int i = 0; i < 3; i++) {
    edge[i] = 0.0;
    for (int a = 0; a < 8; a++) edge[i] += (SIDE[a][m] ? 0.25 : -0.25) * mesh->X[mesh->cell[e][a]][i];
  }
}

static void wedge_edge(const stf_mesh *mesh, size_t e, double edge[3]) {
  for (int i = 0; i < 3; i++) {
    edge[i] = 0.0;
    for (int a = 0; a < 6; a++) edge[i] += (a < 3 ? -1.0 : 1.0) / 3.0 * mesh->X[mesh->cell[e][a]][i];
  }
}

static double length_of(const double v[3]) {
  return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

/* Cosine between a direction and the normal, whichever way they point. */
static double along_normal(const double edge[3], const double normal[3]) {
  return fabs(edge[0] * normal[0] + edge[1] * normal[1] + edge[2] * normal[2]) / length_of(edge);
}

/* Counts nodes so that the direction `thickness` becomes the third; a cyclic change keeps the right hand. */
static void turn(int *cell, int thickness) {
  int old[8];
  memcpy(old, cell, sizeof old);
  for (int a = 0; a < 8; a++)
    for (int b = 0; b < 8; b++) {
      bool same = true;
      for (int m = 0; m < 3; m++) same = same && SIDE[b][(thickness + 1 + m) % 3] == SIDE[a][m];
      if (same) cell[a] = old[b];
    }
}

static void refuse(stf_mesh_faults *faults, size_t e, double cosine, const char *hint) {
  if (!stf_mesh_fault(faults)) return;
  stf_diags *diags = faults->diags;
  stf_diags_add(diags, STF_ERROR, stf_mesh_place(faults->mesh, e, faults->place),
                stf_diags_text(diags, "a shell whose thickness lies at %.3g deg to the normal of its sheet: %s",
                               acos(fmin(cosine, 1.0)) * 180.0 / M_PI, stf_mesh_name_element(faults->mesh, e, diags)),
                "at most 45 deg", hint);
}

/* A region that tells its normal decides by it; the hexahedron is turned. */
static void orient_hexahedron(stf_mesh_faults *faults, size_t e) {
  int best = 2;
  double most = -1.0;
  for (int k = 0; k < 3; k++) { /* the third first, so that it stays where others are as good */
    const int m = (k + 2) % 3;
    double edge[3];
    hexahedron_edge(faults->mesh, e, m, edge);
    const double cosine = along_normal(edge, faults->mesh->normal[e]);
    if (cosine > most + 1e-9) best = m, most = cosine;
  }
  if (most < M_SQRT1_2)
    refuse(faults, e, most, "tell the normal of the sheet as it is, or mesh the sheet along it");
  else if (best != 2)
    turn(faults->mesh->cell[e], best);
}

static void check_shortest(stf_mesh_faults *faults, size_t e) {
  double edge[3][3];
  for (int m = 0; m < 3; m++) hexahedron_edge(faults->mesh, e, m, edge[m]);
  const double thickness = length_of(edge[2]), least = fmin(length_of(edge[0]), length_of(edge[1]));
  if (thickness < least || !stf_mesh_fault(faults)) return;
  stf_diags *diags = faults->diags;
  stf_diags_add(diags, STF_ERROR, stf_mesh_place(faults->mesh, e, faults->place),
                stf_diags_text(diags, "a shell %.3g mm thick and %.3g mm wide: %s", thickness, least,
                               stf_mesh_name_element(faults->mesh, e, diags)),
                "nodes of the bottom first, then those of the top, less than the width away",
                "give the region its `normal`, by which elements are turned");
}

static void orient(stf_mesh_faults *faults, const bool *given, size_t e) {
  const stf_mesh *mesh = faults->mesh;
  const bool normal = given[mesh->region[e]];
  if (mesh->shape[e] == STF_HEX8) {
    if (normal)
      orient_hexahedron(faults, e);
    else
      check_shortest(faults, e);
  } else if (normal) {
    double edge[3];
    wedge_edge(mesh, e, edge);
    const double cosine = along_normal(edge, mesh->normal[e]);
    if (cosine < M_SQRT1_2) refuse(faults, e, cosine, "triangles of a wedge are its bottom and top");
  }
}

stf_status stf_orient_shells(const stf_model *model, const bool *given, stf_place place, stf_diags *diags) {
  stf_mesh_faults faults = {.mesh = &model->mesh, .place = place, .diags = diags};
  for (size_t e = 0; e < model->mesh.elements; e++)
    if (model->element[model->mesh.shape[e]]->shell) orient(&faults, given, e);
  stf_mesh_faults_end(&faults, "shells whose thickness is not known");
  return faults.any ? STF_BAD_INPUT : STF_OK;
}
