/*
 * Both hexahedra, eight random distorted ones at a time: consistency of energy, forces and stiffness, balance, patch
 * test, agreement with the material, and freedom from volume locking.
 */
#include <math.h>
#include <string.h>

#include "element/element.h"
#include "stf_test.h"

enum { NODES = 8, DOFS = 24, MATERIALS = 6, ELEMENTS = 2 };
static const double STEP = 3e-6, MU = 0.8, KAPPA = 15.0;

/* Corners of the cube [-1, 1]^3 in VTK order. */
static const double CUBE[NODES][3] = {{-1, -1, -1}, {1, -1, -1}, {1, 1, -1}, {-1, 1, -1},
                                      {-1, -1, 1},  {1, -1, 1},  {1, 1, 1},  {-1, 1, 1}};
static const double IDENTITY[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

static stf_arena *arena;
static stf_material
    materials[MATERIALS]; /* matrix alone with each volumetric law, with fibres, compressible, and dispersed */
static const stf_element *elements[ELEMENTS];
static stf_element_in in;
static stf_element_out out, other;

/* A compressible law, P = c F: the isochoric split is not all there is. */
static void add_plain(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  const double c = *(const double *)data;
  for (int r = 0; r < 9; r++) {
    if (want == STF_WANT_ENERGY)
      STF_EACH_LANE response->W[l] += 0.5 * c * F[r][l] * F[r][l];
    else
      STF_EACH_LANE response->P[r][l] += c * F[r][l];
    if (want == STF_WANT_TANGENT) STF_EACH_LANE response->A[stf_packed(9, r, r)][l] += c;
  }
}

static const stf_matrix_law plain = {.about = {.name = "plain"}, .isochoric = false, .add = add_plain};

static const void *prepared(const stf_law_about *law, const char *yaml) {
  const void *parameters = stf_test_read(law->parameters, yaml, arena);
  void *data = stf_arena_alloc(arena, law->data_size);
  assert_non_null(parameters);
  assert_non_null(data);
  assert_null(law->prepare(parameters, data));
  return data;
}

static int set_up(void **state) {
  (void)state;
  static const char *const names[MATERIALS] = {"convex", "log", "quadratic", "fibres", "compressible", "dispersed"};
  static const char *const yaml = "modulus: 300 MPa\nstraightening_stretch: 1.05\nstraightening_sd: 0.012\n";
  const stf_matrix_law *matrix = stf_matrix_law_find("neo-hookean");
  const stf_fibre_law *fibre = stf_fibre_law_find("fibrils");
  arena = stf_arena_create();
  for (int i = 0; i < MATERIALS; i++)
    materials[i] = (stf_material){.name = names[i],
                                  .matrix = matrix,
                                  .matrix_data = prepared(&matrix->about, "shear_modulus: 0.8 MPa\n"),
                                  .volumetric = (stf_volumetric_kind)(i % 3),
                                  .bulk_modulus = KAPPA};
  materials[3].families = 2;
  for (int f = 0; f < 2; f++)
    materials[3].family[f] =
        (stf_family){.law = fibre, .data = prepared(&fibre->about, yaml), .fraction = f ? 0.02 : 0.05};
  materials[4].matrix = &plain;
  materials[4].matrix_data = &MU;
  materials[5].families = 2;
  for (int f = 0; f < 2; f++) {
    const stf_dispersion_options spread = {.in_plane = 0.3, .out_of_plane = f ? 0.1 : 0.0, .directions = 2};
    materials[5].family[f] = materials[3].family[f];
    if (stf_dispersion_make(&spread, arena, &materials[5].family[f].dispersion)) return -1;
  }
  elements[0] = stf_element_find("hex8");
  elements[1] = stf_element_find("hex8-std");
  assert_non_null(elements[0]);
  assert_non_null(elements[1]);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

/* A hexahedron of sides near 1.5, 1 and 0.6 with displaced corners in every lane, at rest; random fibre directions. */
static void draw_shape(uint64_t *seed, double distortion) {
  static const double half[3] = {0.75, 0.5, 0.3};
  for (int lane = 0; lane < STF_LANES; lane++) {
    for (int a = 0; a < NODES; a++)
      for (int i = 0; i < 3; i++) in.X[3 * a + i][lane] = half[i] * (CUBE[a][i] + distortion * stf_test_random(seed));
    for (int f = 0; f < 2; f++) {
      double a0[3];
      stf_test_random_unit(seed, a0);
      stf_test_to_lane(a0, 3, lane, in.a0[f]);
    }
    double normal[3];
    stf_test_random_unit(seed, normal);
    stf_test_to_lane(normal, 3, lane, in.a0[STF_NORMAL]);
  }
  memset(in.u, 0, sizeof in.u);
}

/* Adds (F - I) X to the displacements, F one for all lanes. */
static void deform(const double F[9]) {
  for (int a = 0; a < NODES; a++)
    for (int i = 0; i < 3; i++)
      for (int J = 0; J < 3; J++)
        STF_EACH_LANE in.u[3 * a + i][l] += (F[3 * i + J] - IDENTITY[3 * i + J]) * in.X[3 * a + J][l];
}

/* A stretched and unevenly deformed state in which the fibres pull. */
static void draw_state(uint64_t *seed, const stf_material *material) {
  static const double F[9] = {1.25, 0.2, 0.1, -0.1, 1.2, 0.15, 0.05, -0.1, 1.15};
  in.material = material;
  draw_shape(seed, 0.2);
  deform(F);
  for (int d = 0; d < DOFS; d++) STF_EACH_LANE in.u[d][l] += 0.06 * stf_test_random(seed);
}

/* Runs `check` for both elements and every material in random states. */
static void over_all(void (*check)(const stf_element *element)) {
  uint64_t seed = 5;
  for (int e = 0; e < ELEMENTS; e++)
    for (int m = 0; m < MATERIALS; m++) {
      stf_test_about("%s, %s", elements[e]->name, materials[m].name);
      draw_state(&seed, &materials[m]);
      check(elements[e]);
    }
  stf_test_about("%s", "");
}

static void check_forces(const stf_element *element) {
  stf_lane slope[DOFS];
  for (int d = 0; d < DOFS; d++) {
    stf_lane here;
    memcpy(here, in.u[d], sizeof here);
    STF_EACH_LANE in.u[d][l] = here[l] + STEP;
    element->respond(&in, STF_WANT_ENERGY, &out);
    STF_EACH_LANE in.u[d][l] = here[l] - STEP;
    element->respond(&in, STF_WANT_ENERGY, &other);
    STF_EACH_LANE slope[d][l] = (out.energy[l] - other.energy[l]) / (2.0 * STEP);
    memcpy(in.u[d], here, sizeof here);
  }
  element->respond(&in, STF_WANT_STRESS, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double f[DOFS], difference[DOFS];
    stf_test_from_lane(out.f, DOFS, lane, f);
    stf_test_from_lane(slope, DOFS, lane, difference);
    stf_assert_derivative(f, difference, DOFS, 1e-2, 1e-8);
  }
}

static void forces_are_the_slope_of_energy(void **state) {
  (void)state;
  over_all(check_forces);
}

static void check_stiffness(const stf_element *element) {
  static stf_lane slope[DOFS * DOFS];
  for (int d = 0; d < DOFS; d++) {
    stf_lane here;
    memcpy(here, in.u[d], sizeof here);
    STF_EACH_LANE in.u[d][l] = here[l] + STEP;
    element->respond(&in, STF_WANT_STRESS, &out);
    STF_EACH_LANE in.u[d][l] = here[l] - STEP;
    element->respond(&in, STF_WANT_STRESS, &other);
    for (int r = 0; r < DOFS; r++) STF_EACH_LANE slope[DOFS * r + d][l] = (out.f[r][l] - other.f[r][l]) / (2.0 * STEP);
    memcpy(in.u[d], here, sizeof here);
  }
  element->respond(&in, STF_WANT_TANGENT, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double K[DOFS * DOFS], difference[DOFS * DOFS];
    for (int r = 0; r < DOFS; r++)
      for (int c = 0; c < DOFS; c++) K[DOFS * r + c] = out.K[stf_packed(DOFS, r, c)][lane];
    stf_test_from_lane(slope, sizeof K / sizeof *K, lane, difference);
    stf_assert_derivative(K, difference, sizeof K / sizeof *K, 1e-2, 1e-8);
  }
}

static void stiffness_is_the_slope_of_the_forces_in_both_triangles(void **state) {
  (void)state;
  over_all(check_stiffness);
}

static void check_wants(const stf_element *element) {
  element->respond(&in, STF_WANT_STRESS, &out);
  element->respond(&in, STF_WANT_TANGENT, &other);
  stf_assert_all_near(out.f[0], other.f[0], DOFS * STF_LANES, 1e-13);
  for (int lane = 0; lane < STF_LANES; lane++) stf_assert_near(out.J_min[lane], other.J_min[lane], 1e-14);
  element->respond(&in, STF_WANT_ENERGY, &other);
  for (int lane = 0; lane < STF_LANES; lane++) stf_assert_near(out.J_min[lane], other.J_min[lane], 1e-14);
}

static void forces_are_the_same_with_and_without_the_stiffness(void **state) {
  (void)state;
  over_all(check_wants);
}

/* Copies lane `lane` of the input to all others. */
static void broadcast(int lane) {
  for (int d = 0; d < DOFS; d++) {
    const double X = in.X[d][lane], u = in.u[d][lane];
    STF_EACH_LANE in.X[d][l] = X;
    STF_EACH_LANE in.u[d][l] = u;
  }
  for (int n = 0; n < 3 * STF_DIRECTIONS; n++) {
    const double a = in.a0[n / 3][n % 3][lane];
    STF_EACH_LANE in.a0[n / 3][n % 3][l] = a;
  }
}

static void check_lanes(const stf_element *element) {
  const stf_element_in all = in;
  element->respond(&in, STF_WANT_ENERGY, &out);
  element->respond(&in, STF_WANT_TANGENT, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    in = all;
    broadcast(lane);
    element->respond(&in, STF_WANT_ENERGY, &other);
    element->respond(&in, STF_WANT_TANGENT, &other);
    const int seat = (lane + 3) % STF_LANES;
    assert_true(other.energy[seat] == out.energy[lane]);
    assert_true(other.J_min[seat] == out.J_min[lane]);
    for (int d = 0; d < DOFS; d++) assert_true(other.f[d][seat] == out.f[d][lane]);
    for (int n = 0; n < STF_ELEMENT_TANGENT; n++) assert_true(other.K[n][seat] == out.K[n][lane]);
  }
}

static void an_element_gives_the_same_bits_in_any_lane_and_company(void **state) {
  (void)state;
  over_all(check_lanes);
}

/* Turns and shifts the deformed state: u becomes Q (X + u) + shift - X. */
static void move_rigidly(const double Q[9], const double shift[3]) {
  for (int a = 0; a < NODES; a++)
    for (int lane = 0; lane < STF_LANES; lane++) {
      double x[3];
      for (int i = 0; i < 3; i++) x[i] = in.X[3 * a + i][lane] + in.u[3 * a + i][lane];
      for (int i = 0; i < 3; i++)
        in.u[3 * a + i][lane] = Q[3 * i] * x[0] + Q[3 * i + 1] * x[1] + Q[3 * i + 2] * x[2] + shift[i] -
                                in.X[3 * a + i][lane];
    }
}

static void moving_rigidly_makes_no_force(void **state) {
  (void)state;
  uint64_t seed = 21;
  const double shift[3] = {3.0, -2.0, 5.0};
  for (int e = 0; e < ELEMENTS; e++)
    for (int m = 0; m < 4; m++) {
      double Q[9];
      stf_test_about("%s, %s", elements[e]->name, materials[m].name);
      draw_shape(&seed, 0.2);
      in.material = &materials[m];
      stf_test_random_rotation(&seed, Q);
      move_rigidly(Q, shift);
      elements[e]->respond(&in, STF_WANT_ENERGY, &out);
      elements[e]->respond(&in, STF_WANT_STRESS, &out);
      for (int lane = 0; lane < STF_LANES; lane++) {
        stf_assert_small(fabs(out.energy[lane]), 1e-13);
        stf_assert_small(fabs(out.J_min[lane] - 1.0), 1e-13);
        for (int d = 0; d < DOFS; d++) stf_assert_small(fabs(out.f[d][lane]), 1e-13);
      }
    }
}

static void check_objectivity(const stf_element *element) {
  static uint64_t seed = 23;
  const double shift[3] = {1.0, 2.0, -3.0};
  double Q[9];
  stf_test_random_rotation(&seed, Q);
  element->respond(&in, STF_WANT_ENERGY, &out);
  element->respond(&in, STF_WANT_STRESS, &out);
  move_rigidly(Q, shift);
  element->respond(&in, STF_WANT_ENERGY, &other);
  element->respond(&in, STF_WANT_STRESS, &other);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double expected[DOFS], found[DOFS];
    for (int d = 0; d < DOFS; d++) {
      const int i = d % 3, a = 3 * (d / 3);
      expected[d] = Q[3 * i] * out.f[a][lane] + Q[3 * i + 1] * out.f[a + 1][lane] + Q[3 * i + 2] * out.f[a + 2][lane];
      found[d] = other.f[d][lane];
    }
    stf_assert_near(other.energy[lane], out.energy[lane], 1e-12);
    stf_assert_all_near(found, expected, DOFS, 1e-12);
  }
}

static void turning_a_deformed_element_turns_its_forces(void **state) {
  (void)state;
  over_all(check_objectivity);
}

static void check_balance(const stf_element *element) {
  element->respond(&in, STF_WANT_STRESS, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double force[3] = {0}, moment[3] = {0}, size = 0.0;
    for (int a = 0; a < NODES; a++) {
      double x[3], f[3];
      for (int i = 0; i < 3; i++) x[i] = in.X[3 * a + i][lane] + in.u[3 * a + i][lane];
      for (int i = 0; i < 3; i++) f[i] = out.f[3 * a + i][lane];
      for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        force[i] += f[i];
        moment[i] += x[j] * f[k] - x[k] * f[j];
        size = fmax(size, fabs(f[i]));
      }
    }
    assert_true(size > 1e-2);
    for (int i = 0; i < 3; i++) {
      stf_assert_small(fabs(force[i]) / size, 1e-13);
      stf_assert_small(fabs(moment[i]) / size, 1e-13);
    }
  }
}

static void forces_and_moments_of_an_element_sum_to_zero(void **state) {
  (void)state;
  over_all(check_balance);
}

/* The same element with its nodes counted from another corner, about the same axis. */
static void check_numbering(const stf_element *element) {
  static const int turned[NODES] = {1, 2, 3, 0, 5, 6, 7, 4};
  const stf_element_in straight = in;
  element->respond(&in, STF_WANT_STRESS, &out);
  for (int a = 0; a < NODES; a++) {
    memcpy(in.X[3 * a], straight.X[3 * turned[a]], 3 * sizeof *in.X);
    memcpy(in.u[3 * a], straight.u[3 * turned[a]], 3 * sizeof *in.u);
  }
  element->respond(&in, STF_WANT_STRESS, &other);
  for (int a = 0; a < NODES; a++) stf_assert_all_near(other.f[3 * a], out.f[3 * turned[a]], 3 * STF_LANES, 1e-12);
}

static void the_corner_that_is_counted_first_does_not_matter(void **state) {
  (void)state;
  over_all(check_numbering);
}

/* Volume inside the six bilinear faces, 1/3 of the flux of x, exact with 2 x 2 points on each. */
static double volume_by_faces(const stf_lane x[DOFS], int lane) {
  static const int face[6][4] = {{0, 3, 2, 1}, {4, 5, 6, 7}, {0, 1, 5, 4}, {1, 2, 6, 5}, {2, 3, 7, 6}, {3, 0, 4, 7}};
  const double g = 1.0 / sqrt(3.0);
  double flux = 0.0;
  for (int n = 0; n < 24; n++) {
    const int *corner = face[n / 4];
    const double s = n % 2 ? g : -g, t = n % 4 / 2 ? g : -g;
    const double N[4] = {(1 - s) * (1 - t), (1 + s) * (1 - t), (1 + s) * (1 + t), (1 - s) * (1 + t)};
    const double Ns[4] = {t - 1, 1 - t, 1 + t, -1 - t}, Nt[4] = {s - 1, -1 - s, 1 + s, 1 - s};
    double at[9] = {0};
    for (int a = 0; a < 4; a++)
      for (int i = 0; i < 3; i++) {
        at[i] += N[a] / 4.0 * x[3 * corner[a] + i][lane];
        at[3 + i] += Ns[a] / 4.0 * x[3 * corner[a] + i][lane];
        at[6 + i] += Nt[a] / 4.0 * x[3 * corner[a] + i][lane];
      }
    flux += stf_test_determinant(at);
  }
  return flux / 3.0;
}

static void check_volume(const stf_element *element) {
  stf_element_sample sample;
  stf_lane x[DOFS];
  for (int d = 0; d < DOFS; d++) STF_EACH_LANE x[d][l] = in.X[d][l] + in.u[d][l];
  element->sample(&in, &sample);
  for (int lane = 0; lane < STF_LANES; lane++) {
    stf_assert_near(sample.volume[lane], volume_by_faces(in.X, lane), 1e-13);
    stf_assert_near(sample.volume[lane] * sample.J[lane], volume_by_faces(x, lane), 1e-13);
  }
}

static void volumes_are_those_inside_the_faces(void **state) {
  (void)state;
  over_all(check_volume);
}

/* Response of the material itself in every lane, for a homogeneous deformation. */
static void respond_point(const double F[9], stf_response *at) {
  stf_lane lanes[9];
  for (int lane = 0; lane < STF_LANES; lane++) stf_test_to_lane(F, 9, lane, lanes);
  stf_material_respond(in.material, NULL, lanes, in.a0, STF_WANT_ENERGY, at);
  stf_material_respond(in.material, NULL, lanes, in.a0, STF_WANT_STRESS, at);
}

/* E = V W and sum_a f_a (x) X_a = V P, on distorted elements. */
static void even_deformation_gives_the_response_of_the_material(void **state) {
  (void)state;
  static const double F[9] = {1.3, 0.2, 0.1, -0.1, 1.2, 0.3, 0.05, -0.2, 0.9};
  uint64_t seed = 31;
  for (int n = 0; n < ELEMENTS * MATERIALS; n++) {
    const stf_element *element = elements[n / MATERIALS];
    in.material = &materials[n % MATERIALS];
    stf_test_about("%s, %s", element->name, in.material->name);
    draw_shape(&seed, 0.25);
    deform(F);
    stf_response at;
    respond_point(F, &at);
    element->respond(&in, STF_WANT_ENERGY, &out);
    element->respond(&in, STF_WANT_STRESS, &out);
    for (int lane = 0; lane < STF_LANES; lane++) {
      const double V = volume_by_faces(in.X, lane);
      double found[9] = {0}, expected[9];
      for (int r = 0; r < 9; r++) {
        for (int a = 0; a < NODES; a++) found[r] += out.f[3 * a + r / 3][lane] * in.X[3 * a + r % 3][lane];
        expected[r] = V * at.P[r][lane];
      }
      stf_assert_near(out.energy[lane], V * at.W[lane], 1e-12);
      stf_assert_near(out.J_min[lane], stf_test_determinant(F), 1e-13);
      stf_assert_all_near(found, expected, 9, 1e-12);
    }
  }
}

static void compare_elements(double tolerance) {
  elements[0]->respond(&in, STF_WANT_STRESS, &out);
  elements[1]->respond(&in, STF_WANT_STRESS, &other);
  stf_assert_all_near(out.f[0], other.f[0], DOFS * STF_LANES, tolerance);
}

static void both_elements_agree_under_even_deformation_or_a_compressible_matrix(void **state) {
  (void)state;
  static const double F[9] = {1.3, 0.2, 0.1, -0.1, 1.2, 0.3, 0.05, -0.2, 0.9};
  uint64_t seed = 37;
  for (int m = 0; m < MATERIALS; m++) {
    stf_test_about("%s", materials[m].name);
    draw_shape(&seed, 0.25);
    in.material = &materials[m];
    deform(F);
    compare_elements(1e-12);
  }
  draw_state(&seed, &materials[4]);
  compare_elements(1e-14);
  draw_state(&seed, &materials[0]);
  elements[0]->respond(&in, STF_WANT_STRESS, &out);
  elements[1]->respond(&in, STF_WANT_STRESS, &other);
  assert_true(fabs(out.f[0][0] - other.f[0][0]) > 1e-3 * fabs(out.f[0][0]));
}

/* 2 x 2 x 2 distorted elements, one per lane, that share the node in the middle, and the same fibres in all. */
static void draw_patch(uint64_t *seed) {
  double X[27][3], a0[2][3], normal[3];
  for (int n = 0; n < 27; n++)
    for (int i = 0; i < 3; i++) X[n][i] = (i == 0 ? n % 3 : i == 1 ? n / 3 % 3 : n / 9) + 0.2 * stf_test_random(seed);
  for (int f = 0; f < 2; f++) stf_test_random_unit(seed, a0[f]);
  stf_test_random_unit(seed, normal);
  for (int lane = 0; lane < STF_LANES; lane++) {
    for (int a = 0; a < NODES; a++) {
      const int i = lane % 2 + (CUBE[a][0] > 0), j = lane / 2 % 2 + (CUBE[a][1] > 0), k = lane / 4 + (CUBE[a][2] > 0);
      stf_test_to_lane(X[9 * k + 3 * j + i], 3, lane, &in.X[3 * a]);
    }
    for (int f = 0; f < 2; f++) stf_test_to_lane(a0[f], 3, lane, in.a0[f]);
    stf_test_to_lane(normal, 3, lane, in.a0[STF_NORMAL]);
  }
  memset(in.u, 0, sizeof in.u);
}

/* Which node of the element in lane `lane` is the one in the middle of the patch. */
static int middle_node(int lane) {
  for (int a = 0; a < NODES; a++)
    if ((CUBE[a][0] > 0) == (lane % 2 == 0) && (CUBE[a][1] > 0) == (lane / 2 % 2 == 0) &&
        (CUBE[a][2] > 0) == (lane < 4))
      return a;
  return -1;
}

static void a_patch_of_distorted_elements_deforms_evenly(void **state) {
  (void)state;
  static const double F[9] = {1.2, 0.1, 0.2, -0.1, 1.15, 0.1, 0.2, -0.1, 1.1};
  uint64_t seed = 41;
  draw_patch(&seed);
  deform(F);
  for (int n = 0; n < ELEMENTS * MATERIALS; n++) {
    in.material = &materials[n % MATERIALS];
    stf_test_about("%s, %s", elements[n / MATERIALS]->name, in.material->name);
    elements[n / MATERIALS]->respond(&in, STF_WANT_STRESS, &out);
    for (int i = 0; i < 3; i++) {
      double sum = 0.0, size = 0.0;
      for (int lane = 0; lane < STF_LANES; lane++) {
        sum += out.f[3 * middle_node(lane) + i][lane];
        size = fmax(size, fabs(out.f[3 * middle_node(lane) + i][lane]));
      }
      assert_true(size > 1e-2);
      stf_assert_small(fabs(sum) / size, 1e-13);
    }
  }
}

/* Adds v N/(J lambda) F a0 (x) F a0 of a family whose direction is that of lane `lane`; returns its stretch lambda. */
static double add_family_stress(const double F[9], int f, int lane, double stress[9]) {
  const stf_family *family = &in.material->family[f];
  double Fa[3], square = 0.0;
  stf_lane stretch;
  stf_pull pull;
  for (int i = 0; i < 3; i++) {
    Fa[i] = F[3 * i] * in.a0[f][0][lane] + F[3 * i + 1] * in.a0[f][1][lane] + F[3 * i + 2] * in.a0[f][2][lane];
    square += Fa[i] * Fa[i];
  }
  STF_EACH_LANE stretch[l] = sqrt(square);
  family->law->pull(family->data, stretch, STF_WANT_STRESS, &pull);
  assert_true(pull.N[lane] > 1.0);
  for (int r = 0; r < 9; r++)
    stress[r] += family->fraction * pull.N[lane] / (stf_test_determinant(F) * stretch[lane]) * Fa[r / 3] * Fa[r % 3];
  return stretch[lane];
}

/* mu J^(-5/3) dev(F F^T) + kappa/2 (J - 1/J) I, the neo-Hookean matrix with the convex volumetric law. */
static void matrix_stress(const double F[9], double stress[9]) {
  const double J = stf_test_determinant(F);
  double transposed[9], B[9];
  for (int r = 0; r < 9; r++) transposed[r] = F[3 * (r % 3) + r / 3];
  stf_test_multiply(F, transposed, B);
  for (int r = 0; r < 9; r++) {
    const double one = r % 4 == 0 ? 1.0 : 0.0;
    stress[r] = MU * pow(J, -5.0 / 3.0) * (B[r] - one * (B[0] + B[4] + B[8]) / 3.0) + one * KAPPA / 2.0 * (J - 1.0 / J);
  }
}

static void sample_gives_cauchy_stress_stretch_and_volume_change(void **state) {
  (void)state;
  static const double F[9] = {1.3, 0.2, 0.0, 0.0, 1.25, 0.1, 0.1, 0.0, 1.2};
  static const int order[6] = {0, 4, 8, 1, 5, 2}; /* xx yy zz xy yz xz */
  uint64_t seed = 43;
  stf_element_sample sample;
  draw_shape(&seed, 0.2);
  deform(F);
  in.material = &materials[3];
  for (int e = 0; e < ELEMENTS; e++) {
    elements[e]->sample(&in, &sample);
    for (int lane = 0; lane < STF_LANES; lane++) {
      double stress[9], expected[6], found[6];
      matrix_stress(F, stress);
      for (int f = 0; f < 2; f++)
        stf_assert_near(sample.stretch[f][lane], add_family_stress(F, f, lane, stress), 1e-13);
      for (int n = 0; n < 6; n++) expected[n] = stress[order[n]];
      stf_test_from_lane(sample.stress, 6, lane, found);
      stf_assert_all_near(found, expected, 6, 1e-12);
      stf_assert_near(sample.J[lane], stf_test_determinant(F), 1e-13);
    }
  }
}

/* The isochoric matrix has no pressure of its own, so tr(stress)/3 is U'(J) at the mean J, however uneven the state. */
static void the_pressure_of_hex8_is_that_of_its_mean_volume_change(void **state) {
  (void)state;
  uint64_t seed = 45;
  stf_element_sample mean, pointwise;
  draw_state(&seed, &materials[0]);
  elements[0]->sample(&in, &mean);
  elements[1]->sample(&in, &pointwise);
  for (int lane = 0; lane < STF_LANES; lane++) {
    const double J = mean.J[lane], pressure = KAPPA / 2.0 * (J - 1.0 / J);
    stf_assert_near((mean.stress[0][lane] + mean.stress[1][lane] + mean.stress[2][lane]) / 3.0, pressure, 1e-12);
    assert_true(fabs(pointwise.stress[0][lane] - mean.stress[0][lane]) > 1e-4 * pressure);
  }
}

/* Eigenvalues of a symmetric matrix by Jacobi's rotations (Golub & Van Loan, Matrix Computations, 8.5); A is used up.
 */
static void eigenvalues(double A[DOFS][DOFS], double value[DOFS]) {
  for (int sweep = 0; sweep < 30; sweep++)
    for (int p = 0; p < DOFS; p++)
      for (int q = p + 1; q < DOFS; q++) {
        if (A[p][q] == 0.0) continue;
        const double tau = (A[q][q] - A[p][p]) / (2.0 * A[p][q]);
        const double t = (tau < 0.0 ? -1.0 : 1.0) / (fabs(tau) + sqrt(1.0 + tau * tau));
        const double c = 1.0 / sqrt(1.0 + t * t), s = t * c;
        for (int k = 0; k < DOFS; k++) {
          const double x = A[k][p], y = A[k][q];
          A[k][p] = c * x - s * y;
          A[k][q] = s * x + c * y;
        }
        for (int k = 0; k < DOFS; k++) {
          const double x = A[p][k], y = A[q][k];
          A[p][k] = c * x - s * y;
          A[q][k] = s * x + c * y;
        }
      }
  for (int d = 0; d < DOFS; d++) value[d] = A[d][d];
}

/* How many modes of lane 0 are without stiffness, and how many as stiff as the bulk modulus makes them. */
static void count_modes(const stf_element *element, int *rigid, int *stiff) {
  double K[DOFS][DOFS], value[DOFS];
  element->respond(&in, STF_WANT_TANGENT, &out);
  for (int r = 0; r < DOFS; r++)
    for (int c = 0; c < DOFS; c++) K[r][c] = out.K[stf_packed(DOFS, r, c)][0];
  eigenvalues(K, value);
  *rigid = *stiff = 0;
  for (int d = 0; d < DOFS; d++) {
    *rigid += fabs(value[d]) < 1e-9 * in.material->bulk_modulus;
    *stiff += value[d] > 30.0 * MU;
    assert_true(value[d] > -1e-9 * in.material->bulk_modulus);
  }
}

/* kappa/mu = 1e4. On a cube div u is spanned by 1, x, y, z, xy, yz, zx: with points of their own all seven are stiff.
 */
static void mean_dilatation_leaves_one_volume_mode_where_points_of_their_own_leave_seven(void **state) {
  (void)state;
  uint64_t seed = 47;
  stf_material nearly_incompressible = materials[0];
  nearly_incompressible.bulk_modulus = 1e4 * MU;
  in.material = &nearly_incompressible;
  for (int distorted = 0; distorted < 2; distorted++) {
    int rigid, stiff;
    draw_shape(&seed, distorted ? 0.2 : 0.0);
    count_modes(elements[0], &rigid, &stiff);
    assert_int_equal(rigid, 6);
    assert_int_equal(stiff, 1);
    count_modes(elements[1], &rigid, &stiff);
    assert_int_equal(rigid, 6);
    if (distorted)
      assert_true(stiff >= 7);
    else
      assert_int_equal(stiff, 7);
  }
}

static void an_element_turned_inside_out_is_seen_in_J_min(void **state) {
  (void)state;
  uint64_t seed = 53;
  for (int e = 0; e < ELEMENTS; e++)
    for (stf_want want = STF_WANT_ENERGY; want <= STF_WANT_TANGENT; want++) {
      in.material = &materials[3];
      draw_shape(&seed, 0.1);
      STF_EACH_LANE in.u[2][l] = l % 2 ? 2.5 : 0.1; /* odd lanes: node 0 far through the opposite face */
      elements[e]->respond(&in, want, &out);
      for (int lane = 0; lane < STF_LANES; lane++) assert_true((out.J_min[lane] <= 0.0) == (lane % 2 == 1));
    }
}

static void elements_are_found_by_name(void **state) {
  (void)state;
  size_t count = 0;
  for (; stf_elements[count]; count++) {
    const stf_element *element = stf_elements[count];
    assert_string_equal(stf_element_names[count], element->name);
    assert_ptr_equal(stf_element_find(element->name), element);
    assert_true(*element->sentence && *element->references);
    assert_true(stf_shapes[element->shape].nodes <= STF_ELEMENT_NODES);
  }
  assert_null(stf_element_names[count]);
  assert_null(stf_element_find("hex9"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forces_are_the_slope_of_energy),
      cmocka_unit_test(stiffness_is_the_slope_of_the_forces_in_both_triangles),
      cmocka_unit_test(forces_are_the_same_with_and_without_the_stiffness),
      cmocka_unit_test(an_element_gives_the_same_bits_in_any_lane_and_company),
      cmocka_unit_test(moving_rigidly_makes_no_force),
      cmocka_unit_test(turning_a_deformed_element_turns_its_forces),
      cmocka_unit_test(forces_and_moments_of_an_element_sum_to_zero),
      cmocka_unit_test(the_corner_that_is_counted_first_does_not_matter),
      cmocka_unit_test(volumes_are_those_inside_the_faces),
      cmocka_unit_test(even_deformation_gives_the_response_of_the_material),
      cmocka_unit_test(both_elements_agree_under_even_deformation_or_a_compressible_matrix),
      cmocka_unit_test(a_patch_of_distorted_elements_deforms_evenly),
      cmocka_unit_test(sample_gives_cauchy_stress_stretch_and_volume_change),
      cmocka_unit_test(the_pressure_of_hex8_is_that_of_its_mean_volume_change),
      cmocka_unit_test(mean_dilatation_leaves_one_volume_mode_where_points_of_their_own_leave_seven),
      cmocka_unit_test(an_element_turned_inside_out_is_seen_in_J_min),
      cmocka_unit_test(elements_are_found_by_name),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
