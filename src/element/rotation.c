/*
 *   R p = c p + s v x p + b v (v . p),   T = s I + b [v] + d v v^T
 *
 * dc/dq = -s/2, ds/dq = (c - s)/(2 q), db/dq = (s/2 - b)/q, dd/dq = (-s' - d)/q; near q = 0 by their series.
 */
#include "element/rotation.h"

#include <math.h>
#include <string.h>

/* sum_k (-q)^k/(2 k + n)! and its first two derivatives: c, s, b, d are those with n = 0, 1, 2, 3. */
static void series(double q, int n, int derivatives, double *value) {
  double term = 1.0;
  for (int k = 2; k <= n; k++) term /= k;
  double power[3] = {1.0, 0.0, 0.0}; /* (-q)^k and its derivatives */
  memset(value, 0, (size_t)derivatives * sizeof *value);
  for (int k = 0; k < 14; k++) {
    for (int m = 0; m < derivatives; m++) value[m] += term * power[m];
    term /= (2.0 * k + n + 1) * (2.0 * k + n + 2);
    power[2] = -2.0 * power[1] - q * power[2];
    power[1] = -power[0] - q * power[1];
    power[0] *= -q;
  }
}

static void closed_forms(double q, stf_rotation *r) {
  const double a = sqrt(q);
  r->c[0] = cos(a);
  r->s[0] = sin(a) / a;
  r->b[0] = (1.0 - r->c[0]) / q;
  r->d[0] = (1.0 - r->s[0]) / q;
  r->c[1] = -0.5 * r->s[0];
  r->s[1] = 0.5 * (r->c[0] - r->s[0]) / q;
  r->b[1] = (0.5 * r->s[0] - r->b[0]) / q;
  r->d[1] = (-r->s[1] - r->d[0]) / q;
  r->c[2] = -0.5 * r->s[1];
  r->s[2] = 0.5 * (r->c[1] - 3.0 * r->s[1]) / q;
  r->b[2] = (0.5 * r->s[1] - 2.0 * r->b[1]) / q;
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double c[3]) {
  for (int i = 0; i < 3; i++) c[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

void stf_rotation_set(const double vector[3], stf_rotation *r) {
  const double q = dot(vector, vector);
  memcpy(r->vector, vector, sizeof r->vector);
  if (q > 1.0) {
    closed_forms(q, r);
    return;
  }
  series(q, 0, 3, r->c);
  series(q, 1, 3, r->s);
  series(q, 2, 3, r->b);
  series(q, 3, 2, r->d);
}

void stf_rotation_apply(const stf_rotation *r, const double p[3], double x[3]) {
  double across[3];
  cross(r->vector, p, across);
  const double along = dot(r->vector, p);
  for (int i = 0; i < 3; i++) x[i] = r->c[0] * p[i] + r->s[0] * across[i] + r->b[0] * along * r->vector[i];
}

void stf_rotation_slope(const stf_rotation *r, const double p[3], double slope[3][3]) {
  const double *v = r->vector, along = dot(v, p);
  double across[3];
  cross(v, p, across);
  for (int i = 0; i < 3; i++) {
    const double stretch = r->c[1] * p[i] + r->s[1] * across[i] + r->b[1] * along * v[i];
    for (int j = 0; j < 3; j++) slope[i][j] = 2.0 * stretch * v[j] + r->b[0] * v[i] * p[j];
    slope[i][i] += r->b[0] * along;
    slope[i][(i + 1) % 3] += r->s[0] * p[(i + 2) % 3]; /* d(v x p)_i/dv */
    slope[i][(i + 2) % 3] -= r->s[0] * p[(i + 1) % 3];
  }
}

/* f . R p = c (f . p) + s v . (p x f) + b (v . f)(v . p) */
void stf_rotation_add_curvature(const stf_rotation *r, const double p[3], const double f[3], double curvature[3][3]) {
  const double *v = r->vector, vp = dot(v, p), vf = dot(v, f);
  double m[3], h[3];
  cross(p, f, m);
  for (int i = 0; i < 3; i++) h[i] = f[i] * vp + p[i] * vf;
  const double first = r->c[1] * dot(f, p) + r->s[1] * dot(v, m) + r->b[1] * vf * vp;
  const double second = r->c[2] * dot(f, p) + r->s[2] * dot(v, m) + r->b[2] * vf * vp;
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++)
      curvature[i][j] += 4.0 * second * v[i] * v[j] + 2.0 * v[i] * (r->s[1] * m[j] + r->b[1] * h[j]) +
                         2.0 * v[j] * (r->s[1] * m[i] + r->b[1] * h[i]) + r->b[0] * (f[i] * p[j] + p[i] * f[j]);
    curvature[i][i] += 2.0 * first;
  }
}

void stf_rotation_moment(const stf_rotation *r, const double m[3], double along[3]) {
  double across[3];
  cross(r->vector, m, across);
  const double vm = dot(r->vector, m);
  for (int i = 0; i < 3; i++) along[i] = r->s[0] * m[i] - r->b[0] * across[i] + r->d[0] * vm * r->vector[i];
}

void stf_rotation_add_moment_slope(const stf_rotation *r, const double m[3], double scale, double slope[3][3]) {
  const double *v = r->vector, vm = dot(v, m);
  double across[3];
  cross(v, m, across);
  for (int i = 0; i < 3; i++) {
    const double stretch = r->s[1] * m[i] - r->b[1] * across[i] + r->d[1] * vm * v[i];
    for (int j = 0; j < 3; j++) slope[i][j] += scale * (2.0 * stretch * v[j] + r->d[0] * v[i] * m[j]);
    slope[i][i] += scale * r->d[0] * vm;
    slope[i][(i + 1) % 3] -= scale * r->b[0] * m[(i + 2) % 3];
    slope[i][(i + 2) % 3] += scale * r->b[0] * m[(i + 1) % 3];
  }
}

/* w and the vector of a unit quaternion. */
static double quaternion(const double vector[3], double q[3]) {
  const double a = sqrt(dot(vector, vector)), scale = a > 1e-8 ? sin(0.5 * a) / a : 0.5;
  for (int i = 0; i < 3; i++) q[i] = scale * vector[i];
  return cos(0.5 * a);
}

void stf_rotation_compose(const double first[3], const double then[3], double vector[3]) {
  double p[3], q[3], across[3], axis[3], sum[3];
  const double wp = quaternion(first, p), wq = quaternion(then, q), w = wq * wp - dot(q, p);
  cross(q, p, across);
  for (int i = 0; i < 3; i++) {
    sum[i] = first[i] + then[i];
    axis[i] = wq * p[i] + wp * q[i] + across[i];
  }
  const double size = sqrt(dot(axis, axis)), whole = sqrt(dot(sum, sum));
  if (size < 1e-9) { /* no rotation, or whole turns about the sum */
    const double turns = round(whole / (2.0 * M_PI)) * 2.0 * M_PI;
    for (int i = 0; i < 3; i++) vector[i] = whole > 0.0 ? sum[i] / whole * turns : 0.0;
    return;
  }
  const double angle = 2.0 * atan2(size, w), along = dot(sum, axis) / size;
  const double nearest = angle + 2.0 * M_PI * round((along - angle) / (2.0 * M_PI));
  for (int i = 0; i < 3; i++) vector[i] = nearest * axis[i] / size;
}
