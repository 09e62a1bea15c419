/*
 * Laws by their standard names: what the common tests of test_laws.c do not reach. Equal principal stretches, laws that
 * coincide, switches and ends of toes, exponents out of bounds, sets of parameters that cannot be.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "material/material.h"
#include "stf_test.h"

static const double STEP = 3e-6;
static stf_arena *arena;

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

/* ---- laws at hand ---- */

/* One law and its constants, along x where it has a direction. */
typedef struct subject {
  const stf_matrix_law *matrix;
  const stf_fibre_law *fibre;
  const void *data;
} subject;

static const stf_law_about *about(const char *name) {
  const stf_matrix_law *matrix = stf_matrix_law_find(name);
  const stf_fibre_law *fibre = stf_fibre_law_find(name);
  assert_true(matrix || fibre);
  return matrix ? &matrix->about : &fibre->about;
}

/* Why the parameters cannot be, or NULL; `data` is filled. The option table takes them. */
static const char *prepare(const char *name, const char *yaml, void **data) {
  const stf_law_about *law = about(name);
  const void *parameters = stf_test_read(law->parameters, yaml, arena);
  if (!parameters) fail_msg("%s: the table refused %s", name, yaml);
  *data = stf_arena_alloc(arena, law->data_size);
  assert_non_null(*data);
  return law->prepare(parameters, *data);
}

static subject subject_of(const char *name, const char *yaml) {
  void *data;
  const char *reason = prepare(name, yaml, &data);
  if (reason) fail_msg("%s: %s", name, reason);
  return (subject){.matrix = stf_matrix_law_find(name), .fibre = stf_fibre_law_find(name), .data = data};
}

static void respond(const subject *s, const stf_lane F[9], const stf_lane a0[3], stf_want want, stf_response *at) {
  const stf_family family = {.law = s->fibre, .data = s->data, .fraction = 1.0};
  stf_response_clear(want, at);
  if (s->matrix)
    s->matrix->add(s->data, F, want, at);
  else
    stf_family_add(&family, NULL, F, a0, want, at);
}

static void along_x(stf_lane a0[3]) {
  memset(a0, 0, 3 * sizeof *a0);
  STF_EACH_LANE a0[0][l] = 1.0;
}

/* Energy, stress and tangent at once. */
static void respond_whole(const subject *s, const stf_lane F[9], const stf_lane a0[3], stf_response *at) {
  stf_response energy;
  respond(s, F, a0, STF_WANT_ENERGY, &energy);
  respond(s, F, a0, STF_WANT_TANGENT, at);
  memcpy(at->W, energy.W, sizeof at->W);
}

static void assert_same(const subject *a, const subject *b, const stf_lane F[9], const stf_lane a0[3],
                        double tolerance) {
  stf_response of_a, of_b;
  respond_whole(a, F, a0, &of_a);
  respond_whole(b, F, a0, &of_b);
  stf_assert_all_near(of_a.W, of_b.W, STF_LANES, tolerance);
  stf_assert_all_near(of_a.P[0], of_b.P[0], 9 * STF_LANES, tolerance);
  stf_assert_all_near(of_a.A[0], of_b.A[0], STF_TANGENT_SIZE * STF_LANES, tolerance);
}

static void draw(uint64_t *seed, double size, stf_lane F[9]) {
  for (int lane = 0; lane < STF_LANES; lane++) {
    double one[9];
    stf_test_random_gradient(seed, size, one);
    stf_test_to_lane(one, 9, lane, F);
  }
}

static void draw_directions(uint64_t *seed, stf_lane a0[3]) {
  for (int lane = 0; lane < STF_LANES; lane++) {
    double a[3];
    stf_test_random_unit(seed, a);
    stf_test_to_lane(a, 3, lane, a0);
  }
}

/* Tangent against differences of stress, and stress against differences of energy. */
static void assert_consistent(const subject *s, const stf_lane F[9], const stf_lane a0[3], double step,
                              double tolerance) {
  stf_response at, up, down;
  stf_lane moved[9];
  respond_whole(s, F, a0, &at);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double A[90], slope[90];
    for (int c = 0; c < 9; c++) {
      memcpy(moved, F, sizeof moved);
      STF_EACH_LANE moved[c][l] = F[c][l] + step;
      respond_whole(s, moved, a0, &up);
      STF_EACH_LANE moved[c][l] = F[c][l] - step;
      respond_whole(s, moved, a0, &down);
      for (int r = 0; r < 9; r++) {
        A[9 * r + c] = at.A[stf_packed(9, r, c)][lane];
        slope[9 * r + c] = (up.P[r][lane] - down.P[r][lane]) / (2.0 * step);
      }
      A[81 + c] = at.P[c][lane];
      slope[81 + c] = (up.W[lane] - down.W[lane]) / (2.0 * step);
    }
    stf_assert_derivative(A, slope, 90, 1e-3, tolerance);
  }
}

/* ---- Ogden ---- */

#define TRELOAR "{mu1: 0.63 MPa, alpha1: 1.3, mu2: 0.0012 MPa, alpha2: 5, mu3: -0.01 MPa, alpha3: -2}"

/* Stretches x, y, z between two random rotations, other ones in every lane. */
static void draw_principal(uint64_t *seed, double x, double y, double z, stf_lane F[9]) {
  for (int lane = 0; lane < STF_LANES; lane++) {
    double Q[9], R[9], stretched[9], one[9];
    const double D[9] = {x, 0, 0, 0, y, 0, 0, 0, z};
    stf_test_random_rotation(seed, Q);
    stf_test_random_rotation(seed, R);
    stf_test_multiply(Q, D, stretched);
    stf_test_multiply(stretched, R, one);
    stf_test_to_lane(one, 9, lane, F);
  }
}

static void the_tangent_of_ogden_is_that_of_its_stress_at_equal_and_nearly_equal_stretches(void **state) {
  (void)state;
  static const double apart[] = {0.0, 1e-15, 1e-12, 1e-9, 1e-8, 1e-6, 1e-4};
  const subject ogden = subject_of("ogden", TRELOAR);
  stf_lane F[9], a0[3];
  uint64_t seed = 5;
  along_x(a0);
  for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) {
    stf_test_about("stretches %g apart", apart[i]);
    draw_principal(&seed, 1.4, 1.4 + apart[i], 0.7, F);
    assert_consistent(&ogden, F, a0, STEP, 1e-8);
    draw_principal(&seed, 1.0, 1.0 + apart[i], 1.0 - apart[i], F);
    assert_consistent(&ogden, F, a0, STEP, 1e-8);
  }
  memset(F, 0, sizeof F);
  STF_EACH_LANE F[0][l] = F[4][l] = F[8][l] = 1.0;
  stf_test_about("undeformed");
  assert_consistent(&ogden, F, a0, STEP, 1e-8);
}

/* At rest the tangent is that of a shear modulus of half the sum of mu alpha. */
static void ogden_at_rest_has_the_shear_modulus_of_its_terms(void **state) {
  (void)state;
  const double mu = 0.5 * (0.63 * 1.3 + 0.0012 * 5.0 + 0.01 * 2.0);
  const subject ogden = subject_of("ogden", TRELOAR);
  stf_lane F[9] = {{0}}, a0[3];
  stf_response at;
  along_x(a0);
  STF_EACH_LANE F[0][l] = F[4][l] = F[8][l] = 1.0;
  respond_whole(&ogden, F, a0, &at);
  for (int lane = 0; lane < STF_LANES; lane++) {
    stf_assert_near(at.A[stf_packed(9, 1, 1)][lane], mu, 1e-14);
    stf_assert_near(at.A[stf_packed(9, 1, 3)][lane], mu, 1e-14);
    stf_assert_near(at.A[stf_packed(9, 0, 0)][lane], 4.0 / 3.0 * mu, 1e-14);
    stf_assert_near(at.A[stf_packed(9, 0, 4)][lane], -2.0 / 3.0 * mu, 1e-14);
  }
}

/* Stretches of 30 and 1/30: the eigenvalues of C are 1e6 apart. The stress there in closed form. */
static void ogden_bears_huge_stretches_turned_any_way(void **state) {
  (void)state;
  const subject ogden = subject_of("ogden", "{mu1: 2 MPa, alpha1: 1, mu2: -1 MPa, alpha2: -1}");
  const double x = 30.0, y = 1.0, z = 1.0 / 30.0;
  const double load[3] = {2.0 * x - 1.0 / x, 2.0 * y - 1.0 / y, 2.0 * z - 1.0 / z},
               mean = (load[0] + load[1] + load[2]) / 3.0;
  double square = 0.0;
  for (int a = 0; a < 3; a++) square += (load[a] - mean) * (load[a] - mean);
  stf_lane F[9], a0[3];
  stf_response at;
  uint64_t seed = 8;
  along_x(a0);
  draw_principal(&seed, x, y, z, F);
  respond_whole(&ogden, F, a0, &at);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double P[9], one[9], transposed[9], tau[9], found = 0.0;
    stf_test_from_lane(at.P, 9, lane, P);
    stf_test_from_lane(F, 9, lane, one);
    for (int r = 0; r < 9; r++) transposed[r] = one[3 * (r % 3) + r / 3];
    stf_test_multiply(P, transposed, tau);
    for (int r = 0; r < 9; r++) found += tau[r] * tau[r];
    stf_assert_near(found, square, 1e-9);
    stf_assert_near(at.W[lane], 2.0 * (x + y + z - 3.0) + (1.0 / x + 1.0 / y + 1.0 / z - 3.0), 1e-10);
  }
}

static void mooney_rivlin_is_ogden_with_powers_2_and_minus_2(void **state) {
  (void)state;
  const subject ogden = subject_of("ogden", "{mu1: 0.6 MPa, alpha1: 2, mu2: -0.2 MPa, alpha2: -2}");
  const subject mooney = subject_of("mooney-rivlin", "c10: 0.3 MPa\nc01: 0.1 MPa\n");
  const subject plain = subject_of("mooney-rivlin", "c10: 0.4 MPa\nc01: 0 MPa\n");
  const subject neo = subject_of("neo-hookean", "shear_modulus: 0.8 MPa\n");
  stf_lane F[9], a0[3];
  uint64_t seed = 1;
  along_x(a0);
  for (int turn = 0; turn < 10; turn++) {
    draw(&seed, 0.1 * turn, F);
    if (turn == 0) F[1][0] = 0.1; /* not all at rest */
    assert_same(&ogden, &mooney, F, a0, 1e-12);
    assert_same(&plain, &neo, F, a0, 1e-13);
  }
}

static void terms_of_ogden_may_leave_gaps(void **state) {
  (void)state;
  const subject gap = subject_of("ogden", "{mu1: 0.6 MPa, alpha1: 2, mu5: -0.2 MPa, alpha5: -2}");
  const subject none = subject_of("ogden", "{mu1: 0.6 MPa, alpha1: 2, mu2: -0.2 MPa, alpha2: -2}");
  stf_lane F[9], a0[3];
  uint64_t seed = 1;
  along_x(a0);
  draw(&seed, 0.3, F);
  assert_same(&gap, &none, F, a0, 1e-15);
}

/* ---- fibres ---- */

static void without_dispersion_hgo_of_the_full_stretch_is_the_exponential_fibre(void **state) {
  (void)state;
  const subject hgo = subject_of("holzapfel-gasser-ogden", "k1: 2 MPa\nk2: 3\nkappa: 0\ninvariants: full\n");
  const subject fibre = subject_of("exponential-fibre", "k1: 2 MPa\nk2: 3\n");
  stf_lane F[9], a0[3];
  uint64_t seed = 4;
  for (int turn = 0; turn < 10; turn++) {
    draw(&seed, 0.3, F);
    draw_directions(&seed, a0);
    assert_same(&hgo, &fibre, F, a0, 1e-13);
  }
}

static void fibres_all_ways_alike_have_no_direction(void **state) {
  (void)state;
  const subject hgo = subject_of("holzapfel-gasser-ogden", "k1: 2 MPa\nk2: 3\nkappa: 0.33333333333333333\n");
  stf_lane F[9], a0[3], b0[3];
  stf_response at, other;
  uint64_t seed = 4;
  draw(&seed, 0.3, F);
  draw_directions(&seed, a0);
  draw_directions(&seed, b0);
  respond_whole(&hgo, F, a0, &at);
  respond_whole(&hgo, F, b0, &other);
  stf_assert_all_near(at.P[0], other.P[0], 9 * STF_LANES, 1e-14);
  stf_assert_all_near(at.A[0], other.A[0], STF_TANGENT_SIZE * STF_LANES, 1e-14);
}

/* The same energy where no volume changes; only `isochoric` feels nothing of a change. */
static void check_invariants(const char *law, const char *yaml) {
  char isochoric[200], full[200];
  snprintf(isochoric, sizeof isochoric, "%sinvariants: isochoric\n", yaml);
  snprintf(full, sizeof full, "%sinvariants: full\n", yaml);
  const subject of[2] = {subject_of(law, isochoric), subject_of(law, full)};
  stf_lane F[9] = {{0}}, a0[3];
  stf_response same[2], swollen[2];
  along_x(a0);
  stf_test_about("%s", law);
  STF_EACH_LANE {
    F[0][l] = 1.1 + 0.1 * l;
    F[1][l] = 0.2;
    F[4][l] = 1.0;
    F[8][l] = 1.0 / F[0][l];
  }
  for (int n = 0; n < 2; n++) respond_whole(&of[n], F, a0, &same[n]);
  for (int r = 0; r < 9; r++) STF_EACH_LANE F[r][l] *= 1.2;
  for (int n = 0; n < 2; n++) respond_whole(&of[n], F, a0, &swollen[n]);
  stf_assert_all_near(same[0].W, same[1].W, STF_LANES, 1e-13);
  stf_assert_all_near(swollen[0].W, same[0].W, STF_LANES, 1e-13);
  for (int lane = 0; lane < STF_LANES; lane++) assert_true(swollen[1].W[lane] > 1.1 * same[1].W[lane]);
}

static void isochoric_invariants_feel_no_volume_and_full_ones_do(void **state) {
  (void)state;
  check_invariants("holzapfel-gasser-ogden", "k1: 2 MPa\nk2: 0.3\nkappa: 0.1\n");
  check_invariants("transversely-isotropic-mooney-rivlin", "c3: 1 MPa\nc4: 2\nc5: 9 MPa\nlam_max: 1.4\n");
  check_invariants("fung", "c: 2 MPa\nb_f: 0.7\nb_t: 0.3\nb_fs: 0.2\n");
}

static void what_is_published_in_isochoric_invariants_is_so_by_default(void **state) {
  (void)state;
  static const char *const laws[][2] = {
      {"holzapfel-gasser-ogden", "k1: 2 MPa\nk2: 0.3\nkappa: 0.1\n"},
      {"transversely-isotropic-mooney-rivlin", "c3: 1 MPa\nc4: 2\nc5: 9 MPa\nlam_max: 1.4\n"},
  };
  stf_lane F[9], a0[3];
  uint64_t seed = 2;
  along_x(a0);
  draw(&seed, 0.4, F);
  for (int n = 0; n < 2; n++) {
    char yaml[200];
    snprintf(yaml, sizeof yaml, "%sinvariants: isochoric\n", laws[n][1]);
    const subject said = subject_of(laws[n][0], yaml), unsaid = subject_of(laws[n][0], laws[n][1]);
    assert_same(&unsaid, &said, F, a0, 1e-15);
  }
}

/* Uniaxial along the fibres: energy and P_xx at a stretch, sides 1, in lane 0. */
static double load(const subject *s, double stretch, double *energy) {
  stf_lane F[9] = {{0}}, a0[3];
  stf_response at;
  along_x(a0);
  STF_EACH_LANE {
    F[0][l] = stretch;
    F[4][l] = F[8][l] = 1.0;
  }
  respond_whole(s, F, a0, &at);
  if (energy) *energy = at.W[0];
  return at.P[0][0];
}

static void fibres_that_are_shortened_bear_nothing(void **state) {
  (void)state;
  const subject fibres[] = {
      subject_of("exponential-fibre", "k1: 2 MPa\nk2: 3\n"),
      subject_of("holzapfel-gasser-ogden", "k1: 2 MPa\nk2: 3\nkappa: 0.1\ninvariants: full\n"),
      subject_of("transversely-isotropic-mooney-rivlin",
                 "c3: 1 MPa\nc4: 2\nc5: 9 MPa\nlam_max: 1.4\ninvariants: full\n"),
  };
  for (size_t i = 0; i < sizeof fibres / sizeof *fibres; i++) {
    double W;
    for (double stretch = 0.2; stretch <= 1.0; stretch += 0.1) {
      stf_assert_small(fabs(load(&fibres[i], stretch, &W)), 0.0);
      stf_assert_small(fabs(W), 0.0);
    }
    assert_true(load(&fibres[i], 1.01, &W) > 0.0 && W > 0.0);
  }
}

/* Dispersed fibres shortened along their direction still pull where the tissue widens: the switch is E's, so that
 * nothing jumps. */
static void the_switch_of_dispersed_fibres_makes_no_jump(void **state) {
  (void)state;
  const subject hgo = subject_of("holzapfel-gasser-ogden", "k1: 2 MPa\nk2: 3\nkappa: 0.3\n");
  stf_lane a0[3];
  double most = 0.0, before = 0.0, jump = 0.0;
  bool slack = false, widened = false;
  along_x(a0);
  for (int i = 0; i <= 4000; i++) {
    const double x = 0.8 + 1e-4 * i;
    stf_lane F[9] = {{0}};
    stf_response at;
    STF_EACH_LANE {
      F[0][l] = x;
      F[4][l] = F[8][l] = 1.0 / sqrt(x);
    }
    respond(&hgo, F, a0, STF_WANT_STRESS, &at);
    if (i > 0) jump = fmax(jump, fabs(at.P[0][0] - before));
    before = at.P[0][0];
    most = fmax(most, fabs(before));
    slack = slack || before == 0.0;
    widened = widened || (x < 0.9 && before != 0.0);
  }
  assert_true(slack && widened);
  stf_assert_small(jump / most, 1e-2);
}

/* ---- the toe of ligaments ---- */

#define LIGAMENT "c3: 0.57 MPa\nc4: 48\nc5: 467.1 MPa\nlam_max: 1.062\ninvariants: full\n"

static void the_toe_of_a_ligament_ends_without_a_jump(void **state) {
  (void)state;
  const subject ligament = subject_of("transversely-isotropic-mooney-rivlin", LIGAMENT);
  const double ends[] = {1.0, 1.062};
  for (int n = 0; n < 2; n++) {
    double below, above;
    const double gap = load(&ligament, ends[n] + 1e-9, &above) - load(&ligament, ends[n] - 1e-9, &below);
    stf_assert_small(fabs(gap), 2e-6);
    stf_assert_small(fabs(above - below), 2e-7);
  }
  /* straight beyond: lambda N rises by c5 per stretch */
  stf_assert_near(1.3 * load(&ligament, 1.3, NULL) - 1.1 * load(&ligament, 1.1, NULL), 0.2 * 467.1, 1e-12);
}

static void without_c3_the_slope_has_no_jump_either(void **state) {
  (void)state;
  const char *yaml = "c4: 48\nc5: 467.1 MPa\nlam_max: 1.062\ninvariants: full\n";
  const subject smooth = subject_of("transversely-isotropic-mooney-rivlin", yaml);
  const subject kinked = subject_of("transversely-isotropic-mooney-rivlin", LIGAMENT);
  const double d = 1e-6, at = 1.062;
  for (int n = 0; n < 2; n++) {
    const subject *s = n ? &kinked : &smooth;
    const double below = ((at - d) * load(s, at - d, NULL) - (at - 2 * d) * load(s, at - 2 * d, NULL)) / d;
    const double above = ((at + 2 * d) * load(s, at + 2 * d, NULL) - (at + d) * load(s, at + d, NULL)) / d;
    stf_assert_near(above, 467.1, 1e-7);
    if (n)
      assert_true(fabs(below / above - 1.0) > 0.1);
    else
      stf_assert_near(below, 467.1, 1e-4);
  }
}

/* The energy against Simpson's rule on the load, over toes from gentle to abrupt. */
static void the_energy_of_a_toe_is_the_integral_of_its_load(void **state) {
  (void)state;
  static const char *const toes[] = {"c3: 3 MPa\nc4: 0.01\nc5: 7 MPa\nlam_max: 9\ninvariants: full\n", LIGAMENT,
                                     "c3: 2.36 MPa\nc4: 76.9\nc5: 1584 MPa\nlam_max: 1.03\ninvariants: full\n",
                                     "c3: 1 Pa\nc4: 150\nc5: 100 MPa\nlam_max: 1.2\ninvariants: full\n"};
  static const double ends[] = {9.0, 1.062, 1.03, 1.2};
  enum { INTERVALS = 4000 };
  for (int n = 0; n < 4; n++) {
    const subject s = subject_of("transversely-isotropic-mooney-rivlin", toes[n]);
    for (int part = 1; part <= 2; part++) {
      const double to = 1.0 + 0.5 * part * (ends[n] - 1.0), step = (to - 1.0) / INTERVALS;
      double sum = 0.0, W;
      for (int i = 0; i <= INTERVALS; i++)
        sum += (i == 0 || i == INTERVALS ? 1.0 : i % 2 ? 4.0 : 2.0) * load(&s, 1.0 + i * step, NULL);
      load(&s, to, &W);
      stf_test_about("%s up to %g", toes[n], to);
      stf_assert_near(W, sum * step / 3.0, 1e-10);
    }
  }
}

/* ---- Fung ---- */

/* Q in an orthonormal frame f, s, n that the law does not see. */
static void the_exponent_of_fung_is_the_five_constant_form_in_any_frame_across(void **state) {
  (void)state;
  const subject fung = subject_of("fung", "c: 2 MPa\nb_f: 0.7\nb_t: 0.3\nb_fs: 0.2\nb_cross: 0.1\nb_area: -0.05\n");
  stf_lane F[9], a0[3];
  stf_response at;
  uint64_t seed = 6;
  for (int turn = 0; turn < 5; turn++) {
    double frame[STF_LANES][9];
    draw(&seed, 0.4, F);
    for (int lane = 0; lane < STF_LANES; lane++) {
      stf_test_random_rotation(&seed, frame[lane]);
      stf_test_to_lane(frame[lane], 3, lane, a0);
    }
    respond_whole(&fung, F, a0, &at);
    for (int lane = 0; lane < STF_LANES; lane++) {
      double one[9], transposed[9], C[9], turned[9], back[9], e[9];
      const double *Q = frame[lane];
      stf_test_from_lane(F, 9, lane, one);
      for (int r = 0; r < 9; r++) transposed[r] = one[3 * (r % 3) + r / 3];
      stf_test_multiply(transposed, one, C);
      for (int r = 0; r < 9; r++) back[r] = Q[3 * (r % 3) + r / 3];
      stf_test_multiply(Q, C, turned);
      stf_test_multiply(turned, back, e);
      for (int r = 0; r < 9; r++) e[r] = 0.5 * (e[r] - (r % 4 ? 0.0 : 1.0));
      const double form = 0.7 * e[0] * e[0] + 0.3 * (e[4] * e[4] + e[8] * e[8] + 2.0 * e[5] * e[5]) +
                          0.2 * 2.0 * (e[1] * e[1] + e[2] * e[2]) + 2.0 * 0.1 * e[0] * (e[4] + e[8]) -
                          0.05 * (e[4] + e[8]) * (e[4] + e[8]);
      stf_assert_near(at.W[lane], expm1(form), 1e-12);
    }
  }
}

/* ---- far off ---- */

static void far_off_exponents_give_large_numbers_and_no_infinity(void **state) {
  (void)state;
  const subject subjects[] = {
      subject_of("exponential-fibre", "k1: 1e5 MPa\nk2: 1e5\n"),
      subject_of("holzapfel-gasser-ogden", "k1: 1e5 MPa\nk2: 1e5\nkappa: 0.2\n"),
      subject_of("holzapfel-gasser-ogden", "k1: 1e5 MPa\nk2: 1e5\nkappa: 0.2\ninvariants: full\n"),
      subject_of("fung", "c: 1e5 MPa\nb_f: 1e5\nb_t: 10\nb_fs: 10\n"),
      subject_of("transversely-isotropic-mooney-rivlin", "c3: 1e5 MPa\nc4: 900\nc5: 1e5 MPa\nlam_max: 1.1\n"),
  };
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    stf_lane F[9] = {{0}}, a0[3];
    stf_response at;
    along_x(a0);
    STF_EACH_LANE {
      F[0][l] = pow(10.0, 0.5 * l);
      F[4][l] = F[8][l] = 0.5;
    }
    respond_whole(&subjects[i], F, a0, &at);
    for (int lane = 0; lane < STF_LANES; lane++) {
      assert_true(isfinite(at.W[lane]) && isfinite(at.P[0][lane] * at.P[0][lane]));
      for (int n = 0; n < STF_TANGENT_SIZE; n++) assert_true(isfinite(at.A[n][lane]));
      if (lane) assert_true(at.W[lane] > at.W[lane - 1]);
    }
  }
}

/* k2 e^2 = 200 at lambda = 3: energy and tension go on without a jump, and as each other's slope. */
static void beyond_the_last_exponent_the_energy_goes_on_along_its_tangent(void **state) {
  (void)state;
  const stf_fibre_law *law = stf_fibre_law_find("exponential-fibre");
  const subject fibre = subject_of("exponential-fibre", "k1: 1 MPa\nk2: 3.125\n");
  stf_lane stretch, up, down;
  stf_pull at, above, below;
  STF_EACH_LANE stretch[l] = 3.0 + (l < 4 ? 1e-12 : 0.1) * (l % 4 - 1.5);
  law->pull(fibre.data, stretch, STF_WANT_ENERGY, &at);
  law->pull(fibre.data, stretch, STF_WANT_TANGENT, &at);
  for (int l = 1; l < 4; l++) {
    stf_assert_near(at.W[l], at.W[l - 1], 1e-9);
    stf_assert_near(at.N[l], at.N[l - 1], 1e-9);
  }
  const double step = 1e-6;
  STF_EACH_LANE up[l] = stretch[l] + step;
  STF_EACH_LANE down[l] = stretch[l] - step;
  law->pull(fibre.data, up, STF_WANT_ENERGY, &above);
  law->pull(fibre.data, up, STF_WANT_STRESS, &above);
  law->pull(fibre.data, down, STF_WANT_ENERGY, &below);
  law->pull(fibre.data, down, STF_WANT_STRESS, &below);
  for (int l = 4; l < STF_LANES; l++) {
    stf_assert_near(at.N[l], (above.W[l] - below.W[l]) / (2.0 * step), 1e-7);
    stf_assert_near(at.K[l], (above.N[l] - below.N[l]) / (2.0 * step), 1e-7);
  }
}

/* ---- sets that cannot be ---- */

static void sets_that_cannot_be_are_refused_with_a_reason(void **state) {
  (void)state;
  static const char *const refused[][3] = {
      {"mooney-rivlin", "c10: 0.1 MPa\nc01: -0.2 MPa\n", "shear modulus"},
      {"mooney-rivlin", "c10: 0 MPa\nc01: 0 MPa\n", "shear modulus"},
      {"ogden", "{mu1: 1 MPa, alpha1: 2, mu2: 1 MPa}", "only one"},
      {"ogden", "{mu1: 1 MPa, alpha1: 2, alpha3: 2}", "only one"},
      {"ogden", "{mu1: 1 MPa, alpha1: 0}", "alpha is 0"},
      {"ogden", "{mu1: 1 MPa, alpha1: -2}", "shear modulus"},
      {"ogden", "{mu1: 1 MPa, alpha1: 2, mu2: -2 MPa, alpha2: 1}", "shear modulus"},
      {"transversely-isotropic-mooney-rivlin", "c3: 1 MPa\nc4: 2000\nc5: 9 MPa\nlam_max: 1.1\n", "over 100"},
      {"fung", "c: 1 MPa\nb_f: 1\nb_t: 1\nb_fs: 1\nb_area: -0.6\n", "b_area"},
      {"fung", "c: 1 MPa\nb_f: 1\nb_t: 1\nb_fs: 1\nb_cross: 0.8\n", "b_cross"},
      {"fung", "c: 1 MPa\nb_f: 0\nb_t: 1\nb_fs: 1\nb_cross: -0.1\n", "b_cross"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    void *data;
    const char *reason = prepare(refused[i][0], refused[i][1], &data);
    if (!reason || !strstr(reason, refused[i][2]))
      fail_msg("%s with %s: %s", refused[i][0], refused[i][1], reason ? reason : "accepted");
  }
}

static void values_out_of_range_are_refused_by_the_tables(void **state) {
  (void)state;
  static const char *const refused[][2] = {
      {"neo-hookean-drained", "shear_modulus: 1 MPa\npoisson_ratio: 0.5\n"},
      {"neo-hookean-drained", "shear_modulus: 1 MPa\npoisson_ratio: -1\n"},
      {"neo-hookean-drained", "shear_modulus: 0 MPa\npoisson_ratio: 0.2\n"},
      {"ogden", "{mu2: 1 MPa, alpha2: 2}"},
      {"exponential-fibre", "k1: 0 MPa\nk2: 1\n"},
      {"exponential-fibre", "k1: 1 MPa\nk2: 0\n"},
      {"holzapfel-gasser-ogden", "k1: 1 MPa\nk2: 1\nkappa: 0.34\n"},
      {"holzapfel-gasser-ogden", "k1: 1 MPa\nk2: 1\nkappa: -0.01\n"},
      {"holzapfel-gasser-ogden", "k1: 1 MPa\nk2: 1\nkappa: 0\ninvariants: some\n"},
      {"transversely-isotropic-mooney-rivlin", "c4: 1\nc5: 1 MPa\nlam_max: 0.9\n"},
      {"fung", "c: 1 MPa\nb_f: -1\nb_t: 1\nb_fs: 1\n"},
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (stf_test_read(about(refused[i][0])->parameters, refused[i][1], arena))
      fail_msg("%s: accepted %s", refused[i][0], refused[i][1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_tangent_of_ogden_is_that_of_its_stress_at_equal_and_nearly_equal_stretches),
      cmocka_unit_test(ogden_at_rest_has_the_shear_modulus_of_its_terms),
      cmocka_unit_test(ogden_bears_huge_stretches_turned_any_way),
      cmocka_unit_test(mooney_rivlin_is_ogden_with_powers_2_and_minus_2),
      cmocka_unit_test(terms_of_ogden_may_leave_gaps),
      cmocka_unit_test(without_dispersion_hgo_of_the_full_stretch_is_the_exponential_fibre),
      cmocka_unit_test(fibres_all_ways_alike_have_no_direction),
      cmocka_unit_test(isochoric_invariants_feel_no_volume_and_full_ones_do),
      cmocka_unit_test(what_is_published_in_isochoric_invariants_is_so_by_default),
      cmocka_unit_test(fibres_that_are_shortened_bear_nothing),
      cmocka_unit_test(the_switch_of_dispersed_fibres_makes_no_jump),
      cmocka_unit_test(the_toe_of_a_ligament_ends_without_a_jump),
      cmocka_unit_test(without_c3_the_slope_has_no_jump_either),
      cmocka_unit_test(the_energy_of_a_toe_is_the_integral_of_its_load),
      cmocka_unit_test(the_exponent_of_fung_is_the_five_constant_form_in_any_frame_across),
      cmocka_unit_test(far_off_exponents_give_large_numbers_and_no_infinity),
      cmocka_unit_test(beyond_the_last_exponent_the_energy_goes_on_along_its_tangent),
      cmocka_unit_test(sets_that_cannot_be_are_refused_with_a_reason),
      cmocka_unit_test(values_out_of_range_are_refused_by_the_tables),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
