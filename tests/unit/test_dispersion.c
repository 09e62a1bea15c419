/*
 * Dispersed fibres against sums over tens of thousands of single fibres that know nothing of dispersion, against closed
 * forms of the densities' moments, and against the moduli of random mats (Cox 1952).
 */
#include <math.h>
#include <string.h>

#include "material/material.h"
#include "stf_test.h"

static const double DEGREE = 0.017453292519943295;
enum { DENSE = 1440, DENSE_OUT = 120, ALL_WAYS = STF_DISPERSION_MOST };

static stf_arena *arena;

/* N = E (lambda - 1) and N = lambda, never slack: for closed forms. */
static void linear_pull(const void *data, const stf_lane stretch, stf_want want, stf_pull *out) {
  (void)data, (void)want;
  STF_EACH_LANE {
    out->W[l] = 0.5 * (stretch[l] - 1.0) * (stretch[l] - 1.0);
    out->N[l] = stretch[l] - 1.0;
    out->K[l] = 1.0;
  }
}

static void square_pull(const void *data, const stf_lane stretch, stf_want want, stf_pull *out) {
  (void)data, (void)want;
  STF_EACH_LANE {
    out->W[l] = 0.5 * (stretch[l] * stretch[l] - 1.0);
    out->N[l] = stretch[l];
    out->K[l] = 1.0;
  }
}

static const stf_fibre_law linear = {.about = {.name = "linear"}, .pull = linear_pull};
static const stf_fibre_law square = {.about = {.name = "square"}, .pull = square_pull};

static int set_up(void **state) {
  (void)state;
  arena = stf_arena_create();
  return arena ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

static stf_family dispersed(const stf_fibre_law *law, const void *data, double in_plane, double out_of_plane,
                            long directions) {
  const stf_dispersion_options spread = {.in_plane = in_plane, .out_of_plane = out_of_plane, .directions = directions};
  stf_family family = {.law = law, .data = data, .fraction = 0.4};
  assert_int_equal(stf_dispersion_make(&spread, arena, &family.dispersion), STF_OK);
  return family;
}

static const void *fibrils(void) {
  const stf_fibre_law *law = stf_fibre_law_find("fibrils");
  const void *parameters = stf_test_read(
      law->about.parameters, "modulus: 500 MPa\nstraightening_stretch: 1.05\nstraightening_sd: 0.012\n", arena);
  void *data = stf_arena_alloc(arena, law->about.data_size);
  assert_null(law->about.prepare(parameters, data));
  return data;
}

/* The response about the direction at `angle` in the plane across z. */
static void respond(const stf_family *family, const double F[9], double angle, stf_want want, stf_response *at) {
  stf_lane lanes[9], a0[3], normal[3];
  for (int r = 0; r < 9; r++) STF_EACH_LANE lanes[r][l] = F[r];
  STF_EACH_LANE {
    a0[0][l] = cos(angle);
    a0[1][l] = sin(angle);
    a0[2][l] = normal[0][l] = normal[1][l] = 0.0;
    normal[2][l] = 1.0;
  }
  stf_response_clear(want, at);
  if (family->dispersion)
    stf_dispersion_add(family, NULL, lanes, a0, normal, want, at);
  else
    stf_family_add(family, NULL, lanes, a0, want, at);
}

/* Standard deviation of exp(c cos 2x), times cos x out of the plane, by the rule of midpoints. */
static double deviation_of(double c, bool out_of_plane) {
  double mass = 0.0, sum = 0.0;
  for (int i = 0; i < 200000; i++) {
    const double x = (i + 0.5) / 200000 * M_PI_2, w = exp(c * (cos(2.0 * x) - 1.0)) * (out_of_plane ? cos(x) : 1.0);
    mass += w;
    sum += w * x * x;
  }
  return sqrt(sum / mass);
}

/* I_n(x) by its series. */
static double bessel(int n, double x) {
  double term = n ? 0.5 * x : 1.0, sum = 0.0;
  for (int k = 0; k < 60; k++) {
    sum += term;
    term *= 0.25 * x * x / ((k + 1.0) * (k + 1.0 + n));
  }
  return sum;
}

/* <d_i d_j> of the directions is the generalised structure tensor, whose kappas are known (Holzapfel et al. 2015):
 * kappa_ip = 1/2 - I1(a)/(2 I0(a)), kappa_op = 1/2 - 1/(8b) + 1/4 sqrt(2/(pi b)) exp(-2b)/erf(sqrt(2b)). */
static void a_linear_law_gives_the_structure_tensor_of_the_densities(void **state) {
  (void)state;
  static const double shapes[][2] = {{0.3, 0.5}, {2.54, 19.44}, {8.0, 3.0}, {40.0, 200.0}};
  static const double F[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
    const double a = shapes[k][0], b = shapes[k][1];
    const double ip = 0.5 - bessel(1, a) / bessel(0, a) / 2.0;
    const double op = 0.5 - 1.0 / (8.0 * b) + 0.25 * sqrt(2.0 / (M_PI * b)) * exp(-2.0 * b) / erf(sqrt(2.0 * b));
    const double phi = deviation_of(a, false), theta = deviation_of(b, true);
    stf_response at;
    stf_test_about("a %g, b %g", a, b);
    const stf_family family = dispersed(&square, NULL, phi, theta, 4);
    respond(&family, F, 0.0, STF_WANT_STRESS, &at);
    stf_assert_near(at.P[0][0], 0.4 * 2.0 * op * (1.0 - ip), 1e-8);
    stf_assert_near(at.P[4][0], 0.4 * 2.0 * op * ip, 1e-8);
    stf_assert_near(at.P[8][0], 0.4 * (1.0 - 2.0 * op), 1e-8);
  }
}

/* Random mats of fibres of modulus E: E/3 and Poisson's ratio 1/3 in the plane, E/6 and 1/4 in space (Cox 1952). */
static void fibres_all_ways_alike_have_the_moduli_of_a_random_mat(void **state) {
  (void)state;
  static const double F[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  stf_response at;
  const stf_family mat = dispersed(&linear, NULL, M_PI / sqrt(12.0), 0.0, 6);
  respond(&mat, F, 0.3, STF_WANT_TANGENT, &at);
  const double along = at.A[stf_packed(9, 0, 0)][0] / 0.4, across = at.A[stf_packed(9, 0, 4)][0] / 0.4;
  stf_assert_near(along - across * across / along, 1.0 / 3.0, 1e-7);
  stf_assert_near(across / along, 1.0 / 3.0, 1e-7);
  stf_assert_near(at.A[stf_packed(9, 1, 3)][0] / 0.4, 1.0 / 8.0, 1e-7);
  const stf_family felt = dispersed(&linear, NULL, M_PI / sqrt(12.0), sqrt(M_PI * M_PI / 4.0 - 2.0), 6);
  respond(&felt, F, 0.0, STF_WANT_TANGENT, &at);
  const double x = at.A[stf_packed(9, 0, 0)][0] / 0.4, y = at.A[stf_packed(9, 0, 8)][0] / 0.4;
  stf_assert_near(x - 2.0 * y * y / (x + y), 1.0 / 6.0, 1e-7);
  stf_assert_near(y / (x + y), 1.0 / 4.0, 1e-7);
}

static const double stretches[][9] = {
    {1.1, 0, 0, 0, 0.95, 0, 0, 0, 0.96}, {1.08, 0.1, 0, 0, 1.02, 0, 0.05, 0, 1}, {0.9, 0, 0, 0, 1.15, 0, 0, 0, 1}};
enum { STRETCHES = sizeof stretches / sizeof *stretches };

/* The sum over single fibres, evenly spaced in both angles. */
static void sum_densely(const void *data, const double F[9], double a, double b, stf_response *sum) {
  const stf_family one = {.law = stf_fibre_law_find("fibrils"), .data = data, .fraction = 1.0};
  double mass = 0.0;
  memset(sum, 0, sizeof *sum);
  for (int i = 0; i < DENSE; i++)
    for (int j = 0; j < DENSE_OUT; j += STF_LANES) {
      const double phi = ((i + 0.5) / DENSE - 0.5) * M_PI;
      stf_lane lanes[9], d[3], w;
      stf_response at;
      STF_EACH_LANE {
        const double theta = ((j + l + 0.5) / DENSE_OUT - 0.5) * M_PI / 3.0;
        w[l] = exp(a * (cos(2.0 * phi) - 1.0) + b * (cos(2.0 * theta) - 1.0)) * cos(theta);
        d[0][l] = cos(theta) * cos(phi);
        d[1][l] = cos(theta) * sin(phi);
        d[2][l] = sin(theta);
      }
      for (int r = 0; r < 9; r++) STF_EACH_LANE lanes[r][l] = F[r];
      stf_response_clear(STF_WANT_TANGENT, &at);
      stf_family_add(&one, NULL, lanes, d, STF_WANT_TANGENT, &at);
      for (int l = 0; l < STF_LANES; l++) {
        mass += w[l];
        for (int r = 0; r < 9; r++) sum->P[r][0] += w[l] * at.P[r][l];
        for (int n = 0; n < STF_TANGENT_SIZE; n++) sum->A[n][0] += w[l] * at.A[n][l];
      }
    }
  for (int r = 0; r < 9; r++) sum->P[r][0] *= 0.4 / mass;
  for (int n = 0; n < STF_TANGENT_SIZE; n++) sum->A[n][0] *= 0.4 / mass;
}

/* Worst difference of stress, over what the fibres would bear if all lay along x or y. */
static double stress_error(const stf_family *family, const double F[9], const stf_response *exact) {
  const stf_family together = {.law = family->law, .data = family->data, .fraction = family->fraction};
  double worst = 0.0;
  stf_response at, x, y;
  respond(family, F, 0.0, STF_WANT_STRESS, &at);
  respond(&together, F, 0.0, STF_WANT_STRESS, &x);
  respond(&together, F, M_PI_2, STF_WANT_STRESS, &y);
  for (int r = 0; r < 9; r++) worst = fmax(worst, fabs(at.P[r][0] - exact->P[r][0]));
  return worst / fmax(x.P[0][0], y.P[4][0]);
}

/* As the documents say: the default is good to 0.2 % up to 36 deg in the plane; more directions, a smaller error. */
static void stress_and_tangent_approach_those_of_all_fibres(void **state) {
  (void)state;
  const stf_fibre_law *law = stf_fibre_law_find("fibrils");
  const void *data = fibrils();
  static const double shapes[][2] = {{5.7, 33.0}, {2.0, 33.0}, {0.98, 33.0}};
  for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
    for (int n = 0; n < STRETCHES; n++) {
      const double phi = deviation_of(shapes[k][0], false), theta = deviation_of(shapes[k][1], true);
      double A[STF_TANGENT_SIZE], expected[STF_TANGENT_SIZE];
      stf_response exact, at;
      stf_test_about("%g and %g deg, stretch %d", phi / DEGREE, theta / DEGREE, n);
      sum_densely(data, stretches[n], shapes[k][0], shapes[k][1], &exact);
      const stf_family few = dispersed(law, data, phi, theta, 2), usual = dispersed(law, data, phi, theta, 6);
      const stf_family most = dispersed(law, data, phi, theta, ALL_WAYS);
      stf_assert_small(stress_error(&usual, stretches[n], &exact), 2e-3);
      stf_assert_small(stress_error(&most, stretches[n], &exact), 3e-5);
      assert_true(stress_error(&few, stretches[n], &exact) > stress_error(&most, stretches[n], &exact));
      respond(&most, stretches[n], 0.0, STF_WANT_TANGENT, &at);
      stf_test_from_lane(at.A, STF_TANGENT_SIZE, 0, A);
      stf_test_from_lane(exact.A, STF_TANGENT_SIZE, 0, expected);
      stf_assert_all_near(A, expected, STF_TANGENT_SIZE, 5e-3);
    }
}

/* To first order in the square of the SD. */
static void without_dispersion_all_fibres_lie_along_the_direction(void **state) {
  (void)state;
  const stf_fibre_law *law = stf_fibre_law_find("fibrils");
  const void *data = fibrils();
  const stf_family none = dispersed(law, data, 0.0, NAN, 6);
  const stf_family little = dispersed(law, data, 1e-3, 1e-3, 6), less = dispersed(law, data, 1e-4, 1e-4, 6);
  stf_response exact;
  assert_null(none.dispersion);
  respond(&none, stretches[0], 0.0, STF_WANT_STRESS, &exact);
  const double first = stress_error(&little, stretches[0], &exact), second = stress_error(&less, stretches[0], &exact);
  assert_true(first > 1e-7);
  stf_assert_small(first, 1e-4);
  stf_assert_near(first / second, 100.0, 0.02);
}

static void each_direction_is_slack_by_itself(void **state) {
  (void)state;
  const stf_fibre_law *law = stf_fibre_law_find("fibrils");
  const void *data = fibrils();
  const double narrow = 1.0, F[9] = {0.9, 0, 0, 0, 1.15, 0, 0, 0, 0.97}, shrunk[9] = {0.9, 0, 0, 0, 0.9, 0, 0, 0, 0.9};
  const stf_family along = dispersed(law, data, 0.0, 0.0, 6), wide = dispersed(law, data, 35.0 * DEGREE, 0.0, 6);
  stf_response at;
  respond(&along, F, 0.0, STF_WANT_STRESS, &at);
  assert_true(at.P[4][0] == 0.0);
  respond(&wide, F, 0.0, STF_WANT_STRESS, &at);
  assert_true(at.P[4][0] > narrow);
  assert_true(at.P[0][0] >= 0.0);
  respond(&wide, shrunk, 0.0, STF_WANT_TANGENT, &at);
  for (int r = 0; r < 9; r++) assert_true(at.P[r][0] == 0.0);
  for (int n = 0; n < STF_TANGENT_SIZE; n++) assert_true(at.A[n][0] == 0.0);
}

static void wide_fibres_in_the_plane_know_no_direction(void **state) {
  (void)state;
  const stf_family mat = dispersed(stf_fibre_law_find("fibrils"), fibrils(), M_PI / sqrt(12.0), 0.0, ALL_WAYS);
  const stf_family fan = dispersed(stf_fibre_law_find("fibrils"), fibrils(), 20.0 * DEGREE, 0.0, ALL_WAYS);
  stf_response at, turned;
  respond(&mat, stretches[1], 0.0, STF_WANT_STRESS, &at);
  respond(&mat, stretches[1], 0.7, STF_WANT_STRESS, &turned);
  stf_assert_all_near(turned.P[0], at.P[0], 9 * STF_LANES, 1e-3);
  respond(&fan, stretches[1], 0.0, STF_WANT_STRESS, &at);
  respond(&fan, stretches[1], 0.7, STF_WANT_STRESS, &turned);
  assert_true(fabs(turned.P[0][0] / at.P[0][0] - 1.0) > 0.1);
}

/* Normals and means that are not parallel to axes: the family's own frame is what counts. */
static void a_turned_sheet_has_a_turned_stress(void **state) {
  (void)state;
  const stf_family family = dispersed(stf_fibre_law_find("fibrils"), fibrils(), 0.4, 0.15, 6);
  uint64_t seed = 5;
  double Q[9], QF[9], P[9], FQ[9], transposed[9], found[9];
  stf_response at, turned;
  stf_lane lanes[9], a0[3], normal[3];
  stf_test_random_rotation(&seed, Q);
  for (int r = 0; r < 9; r++) transposed[r] = Q[3 * (r % 3) + r / 3];
  stf_test_multiply(stretches[1], transposed, FQ);
  for (int r = 0; r < 9; r++) STF_EACH_LANE lanes[r][l] = FQ[r];
  for (int i = 0; i < 3; i++) STF_EACH_LANE {
      a0[i][l] = Q[3 * i];
      normal[i][l] = Q[3 * i + 2];
    }
  respond(&family, stretches[1], 0.0, STF_WANT_STRESS, &at);
  stf_response_clear(STF_WANT_STRESS, &turned);
  stf_dispersion_add(&family, NULL, lanes, a0, normal, STF_WANT_STRESS, &turned);
  stf_test_from_lane(at.P, 9, 0, P);
  stf_test_from_lane(turned.P, 9, 0, found);
  stf_test_multiply(P, transposed, QF);
  stf_assert_all_near(found, QF, 9, 1e-12);
}

static void the_standard_deviations_are_the_given_ones(void **state) {
  (void)state;
  static const double angles[][2] = {{1, 0}, {12, 5}, {30, 20}, {51, 39}, {1e-3, 1e-3}};
  for (size_t k = 0; k < sizeof angles / sizeof *angles; k++) {
    const stf_family family = dispersed(&linear, NULL, angles[k][0] * DEGREE, angles[k][1] * DEGREE, ALL_WAYS);
    const stf_dispersion *d = family.dispersion;
    double mass = 0.0, phi = 0.0, theta = 0.0;
    for (int i = 0; i < d->count; i++) {
      const double *v = d->direction[i].direction, beside = atan2(v[1], v[0]), above = asin(v[2]);
      mass += d->direction[i].weight;
      phi += d->direction[i].weight * beside * beside;
      theta += d->direction[i].weight * above * above;
    }
    stf_test_about("%g and %g deg", angles[k][0], angles[k][1]);
    stf_assert_near(mass, 1.0, 1e-12);
    stf_assert_near(sqrt(phi), angles[k][0] * DEGREE, 2e-3);
    if (angles[k][1] > 0.0) stf_assert_near(sqrt(theta), angles[k][1] * DEGREE, 1e-2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_standard_deviations_are_the_given_ones),
      cmocka_unit_test(a_linear_law_gives_the_structure_tensor_of_the_densities),
      cmocka_unit_test(fibres_all_ways_alike_have_the_moduli_of_a_random_mat),
      cmocka_unit_test(stress_and_tangent_approach_those_of_all_fibres),
      cmocka_unit_test(without_dispersion_all_fibres_lie_along_the_direction),
      cmocka_unit_test(each_direction_is_slack_by_itself),
      cmocka_unit_test(wide_fibres_in_the_plane_know_no_direction),
      cmocka_unit_test(a_turned_sheet_has_a_turned_stress),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
