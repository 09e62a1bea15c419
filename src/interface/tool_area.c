/* How much of a facet lies in a tool. */
#include <math.h>

#include "interface/tool.h"

/* The share of a triangle in which what runs straight from a to b to c is positive, where a alone differs in sign. */
static double corner(double a, double b, double c) {
  return a / (a - b) * (a / (a - c));
}

static double share(const double d[3]) {
  int in = 0, odd = 0;
  for (int i = 0; i < 3; i++) in += d[i] > 0.0;
  if (in == 0 || in == 3) return in ? 1.0 : 0.0;
  while (odd < 2 && (d[odd] > 0.0) != (in == 1)) odd++;
  const double part = corner(d[odd], d[(odd + 1) % 3], d[(odd + 2) % 3]);
  return in == 1 ? part : 1.0 - part;
}

static double area(const double A[3], const double B[3], const double C[3]) {
  double n[3];
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    n[i] = (B[j] - A[j]) * (C[k] - A[k]) - (B[k] - A[k]) * (C[j] - A[j]);
  }
  return 0.5 * hypot(hypot(n[0], n[1]), n[2]);
}

double stf_tool_touched(int count, const double (*X)[3], const double *depth) {
  double middle[3] = {0}, mean = 0.0, sum = 0.0;
  if (count == 3) return area(X[0], X[1], X[2]) * share(depth);
  for (int a = 0; a < count; a++) {
    mean += depth[a] / count;
    for (int i = 0; i < 3; i++) middle[i] += X[a][i] / count;
  }
  for (int a = 0, b = 1; a < count; a++, b = (b + 1) % count)
    sum += area(X[a], X[b], middle) * share((const double[3]){depth[a], depth[b], mean});
  return sum;
}
