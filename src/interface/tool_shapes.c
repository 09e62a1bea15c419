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

const stf_tool_shape stf_tool_plane = {"plane", plane}, stf_tool_sphere = {"sphere", sphere},
                     stf_tool_cylinder = {"cylinder", cylinder}, stf_tool_pad = {"pad", pad};
