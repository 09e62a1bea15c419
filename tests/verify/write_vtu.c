/* Writes two frames of a bent bar in two pieces, as two ranks would, for read_vtu.py to check with VTK and meshio. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "result/fields.h"

enum {
  LONG = 30,
  WIDE = 4,
  HIGH = 3,
  POINTS = (LONG + 1) * (WIDE + 1) * (HIGH + 1),
  CELLS = LONG * WIDE * HIGH,
  CROWD = 300
};

static double X[POINTS][3], u[POINTS][3], J[CELLS], S[CELLS][6];
static int connectivity[CELLS][8];
static const unsigned char hexes[CELLS]; /* zero: STF_HEX8 */

static int point(int i, int j, int k) {
  return (i * (WIDE + 1) + j) * (HIGH + 1) + k;
}

/* read_vtu.py knows these formulas. */
static void fill(int rank, double time) {
  for (int i = 0; i <= LONG; i++) {
    for (int j = 0; j <= WIDE; j++) {
      for (int k = 0; k <= HIGH; k++) {
        double *x = X[point(i, j, k)], *d = u[point(i, j, k)];
        x[0] = i / 3.0 + rank * LONG / 3.0;
        x[1] = j / 7.0;
        x[2] = k / 11.0;
        d[0] = time * x[1];
        d[1] = time * x[0] * x[0];
        d[2] = -time * x[2];
      }
    }
  }
  static const int corner[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                   {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  for (int c = 0; c < CELLS; c++) {
    const int i = c / (WIDE * HIGH), j = c / HIGH % WIDE, k = c % HIGH;
    for (int n = 0; n < 8; n++) connectivity[c][n] = point(i + corner[n][0], j + corner[n][1], k + corner[n][2]);
    J[c] = 1 + time * c;
    for (int n = 0; n < 6; n++) S[c][n] = 10 * c + n;
  }
}

static stf_status write_piece(int frame, int rank, stf_diags *diags) {
  const stf_field points[] = {{"displacement [mm]", 3, u[0]}};
  const stf_field cells[] = {{"J", 1, J}, {"stress [MPa]", 6, S[0]}};
  const stf_frame piece = {.points = POINTS,
                           .cells = CELLS,
                           .X = (const double(*)[3])X,
                           .connectivity = connectivity[0],
                           .shape = hexes,
                           .point_fields = 1,
                           .point_field = points,
                           .cell_fields = 2,
                           .cell_field = cells};
  char name[64];
  stf_fields_name((size_t)frame, rank, 2, name, sizeof(name));
  return stf_fields_write_vtu(&piece, name, diags);
}

/*
 * A piece in which `noisy` points are noise, so that offsets in the file shift a little from piece to piece: meshio 5.0
 * takes one array for another where an offset is what its own renumbering of an earlier one comes to.
 */
static stf_status write_crowd(int noisy, stf_diags *diags) {
  static double values[CELLS * 3];
  static stf_field fields[20];
  uint32_t seed = 1;
  for (int i = 0; i < 20; i++) fields[i] = (stf_field){"abcdefghijklmnopqrst" + i, 1 + 2 * (i % 2), values};
  for (int i = 0; i < 3 * noisy; i++) {
    seed = seed * 1664525 + 1013904223;
    X[i / 3][i % 3] = seed * 1e-9;
  }
  const stf_frame piece = {.points = POINTS,
                           .cells = CELLS,
                           .X = (const double(*)[3])X,
                           .connectivity = connectivity[0],
                           .shape = hexes,
                           .cell_fields = 20,
                           .cell_field = fields};
  char path[40];
  snprintf(path, sizeof(path), "crowd_%03d.vtu", noisy);
  return stf_fields_write_vtu(&piece, path, diags);
}

/* A hexahedron with a wedge on one side and a tetrahedron on another, and one more tetrahedron. */
static stf_status write_mixed(stf_diags *diags) {
  static const double points[][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1},     {1, 0, 1},
                                     {1, 1, 1}, {0, 1, 1}, {2, 0, 0}, {2, 0, 1}, {0.2, 0.2, 2}, {0.5, -1, 0.5}};
  static const int nodes[] = {4, 5, 7, 10, 0, 1, 2, 3, 4, 5, 6, 7, 1, 8, 2, 5, 9, 6, 0, 1, 5, 11};
  static const unsigned char shapes[] = {STF_TET4, STF_HEX8, STF_WEDGE6, STF_TET4};
  const stf_field number = {"number", 1, (const double[]){0, 1, 2, 3}};
  const stf_frame piece = {.points = 12,
                           .cells = 4,
                           .X = points,
                           .shape = shapes,
                           .connectivity = nodes,
                           .cell_fields = 1,
                           .cell_field = &number};
  return stf_fields_write_vtu(&piece, "mixed.vtu", diags);
}

int main(int count, char **arguments) {
  const double times[] = {0, 0.25};
  stf_diags *diags = stf_diags_create();
  if (!diags || count != 2 || chdir(arguments[1]) || mkdir("fields", 0777)) return EXIT_FAILURE;
  stf_status status = stf_fields_write_pvd(times, 2, 2, "fields.pvd", diags);
  for (int frame = 0; frame < 2; frame++) {
    for (int rank = 0; rank < 2; rank++) {
      fill(rank, times[frame]);
      if (!status) status = write_piece(frame, rank, diags);
    }
  }
  for (int i = 0; !status && i < CROWD; i++) status = write_crowd(i, diags);
  if (!status) status = write_mixed(diags);
  if (!status) status = stf_fields_write_vtu(&(stf_frame){.shape = hexes}, "empty.vtu", diags);
  stf_diags_print(diags, stderr);
  stf_diags_destroy(diags);
  return (int)status;
}
