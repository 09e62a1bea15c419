/* What each node bears of an element's volume: it adds up to the volume and its first moments. */
#include <math.h>
#include <string.h>

#include "element/volume.h"
#include "stf_test.h"

/* Corners of each shape in the unit cube. */
static const double corner[STF_SHAPES][8][3] = {
    [STF_HEX8] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}},
    [STF_WEDGE6] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}},
    [STF_TET10] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    [STF_TET4] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
};
static const double part[STF_SHAPES] = {
    [STF_HEX8] = 1.0, [STF_WEDGE6] = 0.5, [STF_TET10] = 1.0 / 6, [STF_TET4] = 1.0 / 6};

/* All nodes of the plain shape; the middles of edges halfway. */
static void place(stf_shape shape, double (*X)[3]) {
  static const int edge[6][2] = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}};
  memcpy(X, corner[shape], sizeof corner[shape]);
  for (int a = 4; shape == STF_TET10 && a < 10; a++)
    for (int i = 0; i < 3; i++) X[a][i] = 0.5 * (X[edge[a - 4][0]][i] + X[edge[a - 4][1]][i]);
}

/* Linear map with determinant 2.006. */
static void map_linearly(int nodes, double (*X)[3]) {
  static const double A[3][3] = {{1, 0.2, 0}, {0, 1, 0.1}, {0.3, 0, 2}};
  for (int a = 0; a < nodes; a++) {
    double x[3] = {0};
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) x[i] += A[i][j] * X[a][j];
    memcpy(X[a], x, sizeof x);
  }
}

static void an_evenly_shaped_element_is_shared_as_the_closed_form_says(void **state) {
  (void)state;
  for (int shape = 0; shape < STF_SHAPES; shape++) {
    double X[STF_SHAPE_NODES][3], share[STF_SHAPE_NODES];
    const int nodes = stf_shapes[shape].nodes;
    place((stf_shape)shape, X);
    map_linearly(nodes, X);
    stf_volume_shares((stf_shape)shape, (const double(*)[3])X, share);
    for (int a = 0; a < nodes; a++) {
      const double wanted = shape == STF_TET10 ? (a < 4 ? -1.0 / 20 : 1.0 / 5) : 1.0 / nodes;
      stf_assert_small(share[a] / (2.006 * part[shape]) - wanted, 1e-14);
    }
  }
}

/*
 * Under x = X + c Y Z, y = Y + c Z X, z = Z + c X Y (which the nodes of hex8 and tet10 follow exactly) volume and first
 * moment are polynomials, integrated here term by term over the parent.
 */
static void curved_elements_are_shared_exactly(void **state) {
  (void)state;
  const stf_shape shapes[] = {STF_HEX8, STF_TET10};
  const double c = 0.1;
  for (int k = 0; k < 2; k++) {
    double X[STF_SHAPE_NODES][3], share[STF_SHAPE_NODES], volume = 0.0, moment = 0.0, sum = 0.0, first = 0.0;
    const int nodes = stf_shapes[shapes[k]].nodes, n = 120;
    place(shapes[k], X);
    for (int a = 0; a < nodes; a++) {
      const double x = X[a][0], y = X[a][1], z = X[a][2];
      X[a][0] = x + c * y * z, X[a][1] = y + c * z * x, X[a][2] = z + c * x * y;
    }
    for (int q = 0; q < n * n * n; q++) { /* middle points: error 1/n^2 */
      double x = (q / (n * n) + 0.5) / n, y = (q / n % n + 0.5) / n, z = (q % n + 0.5) / n, w = 1.0 / n / n / n;
      if (k == 1) w *= (1 - x) * (1 - x) * (1 - y), z *= (1 - x) * (1 - y), y *= 1 - x;
      const double J = 1 + 2 * c * c * c * x * y * z - c * c * (x * x + y * y + z * z);
      volume += w * J;
      moment += w * J * (x + c * y * z);
    }
    stf_volume_shares(shapes[k], (const double(*)[3])X, share);
    for (int a = 0; a < nodes; a++) sum += share[a], first += share[a] * X[a][0];
    stf_assert_near(sum, volume, 1e-4);
    stf_assert_near(first, moment, 1e-4);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_evenly_shaped_element_is_shared_as_the_closed_form_says),
      cmocka_unit_test(curved_elements_are_shared_exactly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
