/* Shapes of tools, by their signed distance. A new one is a function and a row here, and its options in
 * protocol/tools.c. */
#include <math.h>
#include <string.h>

#include "interface/tool.h"

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Distance from where r [3] is 0, r = P y with the projection P: slope r/|r|, curvature (P - r r^T/|r|^2)/|r|. */
static double round_about(const double r[3], double P[3][3], double slope[3], double curvature[3][3]) {
  const double length = sqrt(dot(r, r));
  const bool middle = !(length > 0.0); /* every way is out */
  for (int i = 0; i < 3; i++) slope[i] = middle ? P[i][2] : r[i] / length;
  for (int n = 0; n < 9; n++)
    curvature[n / 3][n % 3] = middle ? 0.0 : (P[n / 3][n % 3] - slope[n / 3] * slope[n % 3]) / length;
  return length;
}

static double plane(const stf_tool_form *form, const double y[3], double slope[3], double curvature[3][3]) {
  memset(curvature, 0, 9 * sizeof **curvature);
  memcpy(slope, form->axis, 3 * sizeof *slope);
  return dot(form->axis, y);
}

static double sphere(const stf_tool_form *form, const double y[3], double slope[3], double curvature[3][3]) {
  double P[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
  return round_about(y, P, slope, curvature) - form->radius;
}

static double cylinder(const stf_tool_form *form, const double y[3], double slope[3], double curvature[3][3]) {
  const double along = dot(form->axis, y);
  double r[3], P[3][3];
  for (int i = 0; i < 3; i++) r[i] = y[i] - along * form->axis[i];
  for (int n = 0; n < 9; n++) P[n / 3][n % 3] = (n % 4 ? 0.0 : 1.0) - form->axis[n / 3] * form->axis[n % 3];
  return round_about(r, P, slope, curvature) - form->radius;
}

/* A box with its edges rounded: the distance from a smaller box, less the rounding. */
static double pad(const stf_tool_form *form, const double y[3], double slope[3], double curvature[3][3]) {
  double out[3], P[3][3] = {{0}};
  int nearest = 0;
  bool outside = false;
  for (int i = 0; i < 3; i++) {
    out[i] = fabs(y[i]) - (form->half[i] - form->radius);
    outside = outside || out[i] > 0.0;
    nearest = out[i] > out[nearest] ? i : nearest;
  }
  const double depth = out[nearest];
  for (int i = 0; i < 3; i++) {
    const bool counts = outside ? out[i] > 0.0 : i == nearest;
    P[i][i] = counts ? 1.0 : 0.0;
    out[i] = counts ? copysign(outside ? out[i] : 1.0, y[i]) : 0.0;
  }
  const double length = round_about(out, P, slope, curvature);
  if (!outside) memset(curvature, 0, 9 * sizeof **curvature);
  return (outside ? length : depth) - form->radius;
}

/* ---- what they look like ---- */

/* Two directions at right angles to an axis and each other, so that the three are right-handed. */
static void frame(const double axis[3], double one[3], double other[3]) {
  int least = 0;
  for (int i = 1; i < 3; i++)
    if (fabs(axis[i]) < fabs(axis[least])) least = i;
  const double rest = sqrt(1.0 - axis[least] * axis[least]);
  for (int i = 0; i < 3; i++) one[i] = ((i == least ? 1.0 : 0.0) - axis[least] * axis[i]) / rest;
  for (int i = 0; i < 3; i++) other[i] = axis[(i + 1) % 3] * one[(i + 2) % 3] - axis[(i + 2) % 3] * one[(i + 1) % 3];
}

static void combine(const double axis[3], const double at[3], double place[3]) {
  double one[3], other[3];
  frame(axis, one, other);
  for (int i = 0; i < 3; i++) place[i] = at[0] * one[i] + at[1] * other[i] + at[2] * axis[i];
}

/* A plate, a tenth as thick as it reaches. */
static void plate(const stf_tool_form *form, double reach, const double cube[3], double place[3]) {
  const double at[3] = {reach * cube[0], reach * cube[1], 0.05 * reach * (cube[2] - 1.0)};
  combine(form->axis, at, place);
}

/* Squares become circles. */
static void roller(const stf_tool_form *form, double reach, const double cube[3], double place[3]) {
  const double length = hypot(cube[0], cube[1]), side = fmax(fabs(cube[0]), fabs(cube[1]));
  const double share = length > 0.0 ? form->radius * side / length : 0.0;
  combine(form->axis, (const double[3]){share * cube[0], share * cube[1], reach * cube[2]}, place);
}

/* From a box to what is nearest to it on the rounded one. */
static void block(const double half[3], double rounding, const double cube[3], double place[3]) {
  double out[3];
  for (int i = 0; i < 3; i++) {
    const double flat = half[i] - rounding, at = half[i] * cube[i];
    place[i] = fmin(fmax(at, -flat), flat);
    out[i] = at - place[i];
  }
  const double length = sqrt(dot(out, out)), most = fmax(fabs(out[0]), fmax(fabs(out[1]), fabs(out[2])));
  for (int i = 0; i < 3 && length > 0.0; i++) place[i] += out[i] * most / length;
}

static void ball(const stf_tool_form *form, double reach, const double cube[3], double place[3]) {
  (void)reach;
  block((const double[3]){form->radius, form->radius, form->radius}, form->radius, cube, place);
}

static void hand(const stf_tool_form *form, double reach, const double cube[3], double place[3]) {
  (void)reach;
  block(form->half, form->radius, cube, place);
}

enum { CUTS = STF_OUTLINE_CUTS };

/* Number of a place on the cube's surface, given by its cuts; that in the middle is 0. */
typedef struct lattice {
  int number[CUTS + 1][CUTS + 1][CUTS + 1];
} lattice;

static void lay_places(const stf_tool_core *tool, double reach, lattice *l, double (*place)[3]) {
  int n = 1;
  tool->shape->outline(&tool->form, reach, (const double[3]){0.0, 0.0, 0.0}, place[0]);
  for (int i = 0; i <= CUTS; i++)
    for (int j = 0; j <= CUTS; j++)
      for (int k = 0; k <= CUTS; k++) {
        if (i % CUTS && j % CUTS && k % CUTS) continue;
        const double cube[3] = {2.0 * i / CUTS - 1.0, 2.0 * j / CUTS - 1.0, 2.0 * k / CUTS - 1.0};
        l->number[i][j][k] = n;
        tool->shape->outline(&tool->form, reach, cube, place[n++]);
      }
}

/* A place of the side across `axis`, the first or the last, so many cuts along its edges, which turn outwards. */
static int corner(const lattice *l, int axis, bool last, int one, int other) {
  int at[3];
  at[axis] = last ? CUTS : 0;
  at[(axis + 1) % 3] = last ? one : other; /* so that they go round outwards */
  at[(axis + 2) % 3] = last ? other : one;
  return l->number[at[0]][at[1]][at[2]];
}

void stf_tool_outline(const stf_tool_core *tool, double reach, double (*place)[3], int (*cell)[4]) {
  lattice l;
  int n = 0;
  lay_places(tool, reach, &l, place);
  for (int side = 0; side < 6; side++)
    for (int square = 0; square < CUTS * CUTS; square++) {
      const int a = square / CUTS, b = square % CUTS, axis = side / 2;
      const bool last = side % 2;
      const int c[4] = {corner(&l, axis, last, a, b), corner(&l, axis, last, a + 1, b),
                        corner(&l, axis, last, a + 1, b + 1), corner(&l, axis, last, a, b + 1)};
      memcpy(cell[n++], (const int[4]){0, c[0], c[1], c[2]}, sizeof *cell);
      memcpy(cell[n++], (const int[4]){0, c[0], c[2], c[3]}, sizeof *cell);
    }
}

const stf_tool_shape stf_tool_plane = {"plane", plane, plate}, stf_tool_sphere = {"sphere", sphere, ball},
                     stf_tool_cylinder = {"cylinder", cylinder, roller}, stf_tool_pad = {"pad", pad, hand};
