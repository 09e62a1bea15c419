/*
 * Solid-shells, eight random ones at a time: consistency of energy, forces and stiffness at large strain, balance,
 * patches, modes without stiffness, prestress.
 */
#include <math.h>
#include <string.h>

#include "element/element.h"
#include "stf_test.h"

enum { MOST_NODES = 8, MOST_DOFS = 24, MATERIALS = 4, ELEMENTS = 2 };
static const double STEP = 3e-6, MU = 0.8, KAPPA = 15.0;
static const double IDENTITY[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

/* Corners in the plane of the sheet, quadrilateral and triangle. */
static const double FLAT[ELEMENTS][4][2] = {{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}, {{-1, -1}, {1, -1}, {0, 1}}};

static stf_arena *arena;
static stf_material materials[MATERIALS]; /* two volumetric laws, with fibres, and drained */
static const stf_element *elements[ELEMENTS];
static int nodes[ELEMENTS];
static stf_element_in in;
static stf_element_out out, other;
static stf_lane prestress[STF_ELEMENT_POINTS][9];

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
  static const char *const names[MATERIALS] = {"convex", "log", "fibres", "drained"};
  static const char *const yaml = "modulus: 300 MPa\nstraightening_stretch: 1.05\nstraightening_sd: 0.012\n";
  const stf_matrix_law *matrix = stf_matrix_law_find("neo-hookean"),
                       *drained = stf_matrix_law_find("neo-hookean-drained");
  const stf_fibre_law *fibre = stf_fibre_law_find("fibrils");
  arena = stf_arena_create();
  for (int i = 0; i < MATERIALS; i++)
    materials[i] = (stf_material){.name = names[i],
                                  .matrix = matrix,
                                  .matrix_data = prepared(&matrix->about, "shear_modulus: 0.8 MPa\n"),
                                  .volumetric = i == 1 ? STF_LOG : STF_CONVEX,
                                  .bulk_modulus = KAPPA};
  materials[2].families = 2;
  for (int f = 0; f < 2; f++)
    materials[2].family[f] =
        (stf_family){.law = fibre, .data = prepared(&fibre->about, yaml), .fraction = f ? 0.02 : 0.05};
  materials[3].matrix = drained;
  materials[3].matrix_data = prepared(&drained->about, "shear_modulus: 0.8 MPa\npoisson_ratio: 0.2\n");
  elements[0] = stf_element_find("hex8-shell");
  elements[1] = stf_element_find("wedge6-shell");
  for (int e = 0; e < ELEMENTS; e++) {
    assert_non_null(elements[e]);
    nodes[e] = stf_shapes[elements[e]->shape].nodes;
  }
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

/* Sheets near 1.5 by 1 by 0.2 in every lane, at rest; corners displaced in the plane, and `warp` of that out of it. */
static void draw_shape(uint64_t *seed, int e, double distortion, double warp) {
  static const double half[3] = {0.75, 0.5, 0.1};
  const int flat = nodes[e] / 2;
  for (int lane = 0; lane < STF_LANES; lane++) {
    for (int a = 0; a < flat; a++) {
      double at[2];
      for (int i = 0; i < 2; i++) at[i] = FLAT[e][a][i] + distortion * stf_test_random(seed);
      for (int side = 0; side < 2; side++)
        for (int i = 0; i < 3; i++)
          in.X[3 * (a + side * flat) + i][lane] =
              half[i] * ((i < 2 ? at[i] : 2.0 * side - 1.0) + warp * distortion * stf_test_random(seed));
    }
    for (int f = 0; f < 2; f++) {
      double a0[3];
      stf_test_random_unit(seed, a0);
      stf_test_to_lane(a0, 3, lane, in.a0[f]);
    }
  }
  memset(in.u, 0, sizeof in.u);
  in.G = NULL;
}

/* Adds (F - I) X to the displacements, F one for all lanes. */
static void deform(const double F[9]) {
  for (int a = 0; a < MOST_NODES; a++)
    for (int i = 0; i < 3; i++)
      for (int J = 0; J < 3; J++)
        STF_EACH_LANE in.u[3 * a + i][l] += (F[3 * i + J] - IDENTITY[3 * i + J]) * in.X[3 * a + J][l];
}

/* A stretched and unevenly deformed state in which the fibres pull. */
static void draw_state(uint64_t *seed, int e, const stf_material *material) {
  static const double F[9] = {1.25, 0.2, 0.1, -0.1, 1.2, 0.15, 0.05, -0.1, 1.15};
  in.material = material;
  draw_shape(seed, e, 0.2, 1.0);
  deform(F);
  for (int d = 0; d < 3 * nodes[e]; d++) STF_EACH_LANE in.u[d][l] += (d % 3 == 2 ? 0.02 : 0.06) * stf_test_random(seed);
}

/* Every point of every lane starts from a state of its own. */
static void draw_prestress(uint64_t *seed) {
  for (int q = 0; q < STF_ELEMENT_POINTS; q++)
    for (int lane = 0; lane < STF_LANES; lane++) {
      double G[9];
      stf_test_random_gradient(seed, 0.1, G);
      stf_test_to_lane(G, 9, lane, prestress[q]);
    }
  in.G = (const stf_lane(*)[9])prestress;
}

/* Runs `check` for both elements and every material in random states, with and without prestress. */
static void over_all(void (*check)(int e)) {
  uint64_t seed = 5;
  for (int e = 0; e < ELEMENTS; e++)
    for (int m = 0; m < 2 * MATERIALS; m++) {
      stf_test_about("%s, %s, prestress %d", elements[e]->name, materials[m / 2].name, m % 2);
      draw_state(&seed, e, &materials[m / 2]);
      if (m % 2) draw_prestress(&seed);
      check(e);
    }
  stf_test_about("%s", "");
}

static void assert_all_found(const stf_element_out *found) {
  for (int lane = 0; lane < STF_LANES; lane++) assert_true(found->J_min[lane] > 0.0);
}

static void check_forces(int e) {
  const int dofs = 3 * nodes[e];
  stf_lane slope[MOST_DOFS];
  for (int d = 0; d < dofs; d++) {
    stf_lane here;
    memcpy(here, in.u[d], sizeof here);
    STF_EACH_LANE in.u[d][l] = here[l] + STEP;
    elements[e]->respond(&in, STF_WANT_ENERGY, &out);
    STF_EACH_LANE in.u[d][l] = here[l] - STEP;
    elements[e]->respond(&in, STF_WANT_ENERGY, &other);
    STF_EACH_LANE slope[d][l] = (out.energy[l] - other.energy[l]) / (2.0 * STEP);
    memcpy(in.u[d], here, sizeof here);
  }
  elements[e]->respond(&in, STF_WANT_STRESS, &out);
  assert_all_found(&out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double f[MOST_DOFS], difference[MOST_DOFS];
    stf_test_from_lane(out.f, (size_t)dofs, lane, f);
    stf_test_from_lane(slope, (size_t)dofs, lane, difference);
    stf_assert_derivative(f, difference, (size_t)dofs, 1e-2, 1e-8);
  }
}

static void forces_are_the_slope_of_energy(void **state) {
  (void)state;
  over_all(check_forces);
}

static void check_stiffness(int e) {
  static stf_lane slope[MOST_DOFS * MOST_DOFS];
  const int dofs = 3 * nodes[e], count = dofs * dofs;
  for (int d = 0; d < dofs; d++) {
    stf_lane here;
    memcpy(here, in.u[d], sizeof here);
    STF_EACH_LANE in.u[d][l] = here[l] + STEP;
    elements[e]->respond(&in, STF_WANT_STRESS, &out);
    STF_EACH_LANE in.u[d][l] = here[l] - STEP;
    elements[e]->respond(&in, STF_WANT_STRESS, &other);
    for (int r = 0; r < dofs; r++) STF_EACH_LANE slope[dofs * r + d][l] = (out.f[r][l] - other.f[r][l]) / (2.0 * STEP);
    memcpy(in.u[d], here, sizeof here);
  }
  elements[e]->respond(&in, STF_WANT_TANGENT, &out);
  assert_all_found(&out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double K[MOST_DOFS * MOST_DOFS], difference[MOST_DOFS * MOST_DOFS];
    for (int r = 0; r < dofs; r++)
      for (int c = 0; c < dofs; c++) K[dofs * r + c] = out.K[stf_packed(dofs, r, c)][lane];
    stf_test_from_lane(slope, (size_t)count, lane, difference);
    stf_assert_derivative(K, difference, (size_t)count, 1e-2, 1e-8);
  }
}

static void stiffness_is_the_slope_of_the_forces_in_both_triangles(void **state) {
  (void)state;
  over_all(check_stiffness);
}

static void check_wants(int e) {
  elements[e]->respond(&in, STF_WANT_STRESS, &out);
  elements[e]->respond(&in, STF_WANT_TANGENT, &other);
  stf_assert_all_near(out.f[0], other.f[0], (size_t)(3 * nodes[e] * STF_LANES), 1e-13);
  for (int lane = 0; lane < STF_LANES; lane++) stf_assert_near(out.J_min[lane], other.J_min[lane], 1e-14);
  elements[e]->respond(&in, STF_WANT_ENERGY, &other);
  for (int lane = 0; lane < STF_LANES; lane++) stf_assert_near(out.J_min[lane], other.J_min[lane], 1e-14);
}

static void forces_are_the_same_with_and_without_the_stiffness(void **state) {
  (void)state;
  over_all(check_wants);
}

/* Copies lane `lane` of a quantity to all others. */
static void spread(int lane, stf_lane value) {
  const double one = value[lane];
  STF_EACH_LANE value[l] = one;
}

static void broadcast(int lane) {
  for (int d = 0; d < MOST_DOFS; d++) {
    spread(lane, in.X[d]);
    spread(lane, in.u[d]);
  }
  for (int n = 0; n < 6; n++) spread(lane, in.a0[n / 3][n % 3]);
  for (int n = 0; n < 9 * STF_ELEMENT_POINTS; n++) spread(lane, prestress[n / 9][n % 9]);
}

static void check_lanes(int e) {
  static stf_lane all_prestress[STF_ELEMENT_POINTS][9];
  const stf_element_in all = in;
  memcpy(all_prestress, prestress, sizeof prestress);
  elements[e]->respond(&in, STF_WANT_ENERGY, &out);
  elements[e]->respond(&in, STF_WANT_TANGENT, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    in = all;
    memcpy(prestress, all_prestress, sizeof prestress);
    broadcast(lane);
    elements[e]->respond(&in, STF_WANT_ENERGY, &other);
    elements[e]->respond(&in, STF_WANT_TANGENT, &other);
    const int seat = (lane + 3) % STF_LANES, dofs = 3 * nodes[e];
    assert_true(other.energy[seat] == out.energy[lane]);
    assert_true(other.J_min[seat] == out.J_min[lane]);
    for (int d = 0; d < dofs; d++) assert_true(other.f[d][seat] == out.f[d][lane]);
    for (int n = 0; n < dofs * (dofs + 1) / 2; n++) assert_true(other.K[n][seat] == out.K[n][lane]);
  }
}

static void an_element_gives_the_same_bits_in_any_lane_and_company(void **state) {
  (void)state;
  over_all(check_lanes);
}

/* Turns and shifts the deformed state: u becomes Q (X + u) + shift - X. */
static void move_rigidly(const double Q[9], const double shift[3]) {
  for (int a = 0; a < MOST_NODES; a++)
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
    for (int m = 0; m < MATERIALS; m++) {
      double Q[9];
      stf_test_about("%s, %s", elements[e]->name, materials[m].name);
      draw_shape(&seed, e, 0.2, 1.0);
      in.material = &materials[m];
      stf_test_random_rotation(&seed, Q);
      move_rigidly(Q, shift);
      elements[e]->respond(&in, STF_WANT_ENERGY, &out);
      elements[e]->respond(&in, STF_WANT_STRESS, &out);
      for (int lane = 0; lane < STF_LANES; lane++) {
        stf_assert_small(fabs(out.energy[lane]), 1e-13);
        stf_assert_small(fabs(out.J_min[lane] - 1.0), 1e-12);
        for (int d = 0; d < 3 * nodes[e]; d++) stf_assert_small(fabs(out.f[d][lane]), 1e-12);
      }
    }
}

static void check_objectivity(int e) {
  static uint64_t seed = 23;
  const double shift[3] = {1.0, 2.0, -3.0};
  double Q[9];
  const int dofs = 3 * nodes[e];
  stf_test_random_rotation(&seed, Q);
  elements[e]->respond(&in, STF_WANT_ENERGY, &out);
  elements[e]->respond(&in, STF_WANT_STRESS, &out);
  move_rigidly(Q, shift);
  elements[e]->respond(&in, STF_WANT_ENERGY, &other);
  elements[e]->respond(&in, STF_WANT_STRESS, &other);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double expected[MOST_DOFS], found[MOST_DOFS];
    for (int d = 0; d < dofs; d++) {
      const int i = d % 3, a = 3 * (d / 3);
      expected[d] = Q[3 * i] * out.f[a][lane] + Q[3 * i + 1] * out.f[a + 1][lane] + Q[3 * i + 2] * out.f[a + 2][lane];
      found[d] = other.f[d][lane];
    }
    stf_assert_near(other.energy[lane], out.energy[lane], 1e-12);
    stf_assert_all_near(found, expected, (size_t)dofs, 1e-11);
  }
}

static void turning_a_deformed_element_turns_its_forces(void **state) {
  (void)state;
  over_all(check_objectivity);
}

static void check_balance(int e) {
  elements[e]->respond(&in, STF_WANT_STRESS, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double force[3] = {0}, moment[3] = {0}, size = 0.0;
    for (int a = 0; a < nodes[e]; a++) {
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
      stf_assert_small(fabs(force[i]) / size, 1e-12);
      stf_assert_small(fabs(moment[i]) / size, 1e-12);
    }
  }
}

static void forces_and_moments_of_an_element_sum_to_zero(void **state) {
  (void)state;
  over_all(check_balance);
}

/* The same element with its nodes counted from another corner, about the same axis; also upside down. */
static void check_numbering(int e) {
  static const int turned[ELEMENTS][2][MOST_NODES] = {{{1, 2, 3, 0, 5, 6, 7, 4}, {4, 7, 6, 5, 0, 3, 2, 1}},
                                                      {{1, 2, 0, 4, 5, 3}, {3, 5, 4, 0, 2, 1}}};
  if (in.G) return;
  const stf_element_in straight = in;
  elements[e]->respond(&in, STF_WANT_STRESS, &out);
  for (int way = 0; way < 2; way++) {
    for (int a = 0; a < nodes[e]; a++) {
      memcpy(in.X[3 * a], straight.X[3 * turned[e][way][a]], 3 * sizeof *in.X);
      memcpy(in.u[3 * a], straight.u[3 * turned[e][way][a]], 3 * sizeof *in.u);
    }
    elements[e]->respond(&in, STF_WANT_STRESS, &other);
    for (int a = 0; a < nodes[e]; a++)
      stf_assert_all_near(other.f[3 * a], out.f[3 * turned[e][way][a]], 3 * STF_LANES, 1e-10);
  }
}

static void the_corner_that_is_counted_first_does_not_matter(void **state) {
  (void)state;
  over_all(check_numbering);
}

/* Response of the material itself in every lane, for a homogeneous deformation. */
static void respond_point(const double F[9], stf_response *at) {
  stf_lane lanes[9];
  for (int lane = 0; lane < STF_LANES; lane++) stf_test_to_lane(F, 9, lane, lanes);
  stf_material_respond(in.material, NULL, lanes, (const stf_lane(*)[3])in.a0, STF_WANT_ENERGY, at);
  stf_material_respond(in.material, NULL, lanes, (const stf_lane(*)[3])in.a0, STF_WANT_STRESS, at);
}

/* Cauchy stress P F^T / J, stretches |F a0| and F itself at every point, in their places in space. */
static void check_sample(int e, const double F[9], const stf_response *at, const stf_element_sample *sample) {
  static const int order[6] = {0, 4, 8, 1, 5, 2}; /* xx yy zz xy yz xz */
  static stf_lane deformed[STF_ELEMENT_POINTS][9];
  elements[e]->deformation(&in, deformed);
  for (int lane = 0; lane < STF_LANES; lane++) {
    double P[9], transposed[9], tau[9], expected[6], found[6], there[9];
    stf_test_from_lane(at->P, 9, lane, P);
    for (int r = 0; r < 9; r++) transposed[r] = F[3 * (r % 3) + r / 3];
    stf_test_multiply(P, transposed, tau);
    for (int n = 0; n < 6; n++) expected[n] = tau[order[n]] / stf_test_determinant(F);
    stf_test_from_lane(sample->stress, 6, lane, found);
    stf_assert_all_near(found, expected, 6, 1e-11);
    for (size_t f = 0; f < in.material->families; f++) {
      double Fa[3] = {0};
      for (int r = 0; r < 9; r++) Fa[r / 3] += F[r] * in.a0[f][r % 3][lane];
      stf_assert_near(sample->stretch[f][lane], sqrt(Fa[0] * Fa[0] + Fa[1] * Fa[1] + Fa[2] * Fa[2]), 1e-13);
    }
    for (int q = 0; q < elements[e]->points; q++) {
      stf_test_from_lane(deformed[q], 9, lane, there);
      stf_assert_all_near(there, F, 9, 1e-12);
    }
  }
}

/* E = V W and sum_a f_a (x) X_a = V P, on prisms over distorted quadrilaterals and triangles. */
static void even_deformation_gives_the_response_of_the_material(void **state) {
  (void)state;
  static const double F[9] = {1.3, 0.2, 0.1, -0.1, 1.2, 0.3, 0.05, -0.2, 0.9};
  uint64_t seed = 31;
  for (int n = 0; n < ELEMENTS * MATERIALS; n++) {
    const int e = n / MATERIALS;
    in.material = &materials[n % MATERIALS];
    stf_test_about("%s, %s", elements[e]->name, in.material->name);
    draw_shape(&seed, e, 0.25, 0.0);
    deform(F);
    stf_response at;
    stf_element_sample sample;
    respond_point(F, &at);
    elements[e]->sample(&in, &sample);
    check_sample(e, F, &at, &sample);
    elements[e]->respond(&in, STF_WANT_ENERGY, &out);
    elements[e]->respond(&in, STF_WANT_STRESS, &out);
    for (int lane = 0; lane < STF_LANES; lane++) {
      const double V = sample.volume[lane];
      double found[9] = {0}, expected[9];
      for (int r = 0; r < 9; r++) {
        for (int a = 0; a < nodes[e]; a++) found[r] += out.f[3 * a + r / 3][lane] * in.X[3 * a + r % 3][lane];
        expected[r] = V * at.P[r][lane];
      }
      stf_assert_near(out.energy[lane], V * at.W[lane], 1e-12);
      stf_assert_near(out.J_min[lane], stf_test_determinant(F), 1e-13);
      stf_assert_near(sample.J[lane], stf_test_determinant(F), 1e-13);
      stf_assert_all_near(found, expected, 9, 1e-12);
    }
  }
}

/*
 * A patch of 2 x 2 distorted quadrilaterals, each in a lane, or of eight triangles, that share the two nodes in the
 * middle; edges through the thickness stand upright. Returns how many there are, and in `middle` which of an
 * element's bottom nodes that is, or -1.
 */
static int draw_patch(int e, uint64_t *seed, int middle[STF_LANES]) {
  static const int corner[ELEMENTS][2][4] = {{{0, 1, 2, 3}, {0, 1, 2, 3}}, {{0, 1, 2}, {0, 2, 3}}};
  static const int step[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
  const int flat = nodes[e] / 2, count = e ? 8 : 4;
  double at[9][2];
  for (int n = 0; n < 18; n++) at[n / 2][n % 2] = (n % 2 ? n / 6 : n / 2 % 3) - 1.0 + 0.25 * stf_test_random(seed);
  for (int lane = 0; lane < STF_LANES; lane++) {
    const int cell = lane % 4, part = lane / 4;
    middle[lane] = -1;
    for (int a = 0; a < flat; a++) {
      const int *go = step[corner[e][part][a]], n = 3 * (cell / 2 + go[1]) + cell % 2 + go[0];
      if (n == 4) middle[lane] = a;
      for (int side = 0; side < 2; side++) {
        const double X[3] = {at[n][0], at[n][1], 0.1 * side - 0.05};
        stf_test_to_lane(X, 3, lane, &in.X[3 * (a + side * flat)]);
      }
    }
  }
  memset(in.u, 0, sizeof in.u);
  in.G = NULL;
  return count;
}

/*
 * Sum of the forces in `out` at the bottom and at the top node in the middle, or of both together, over the largest of
 * a single element. Together, the traction on the faces of an evenly stretched sheet is not in it.
 */
static double imbalance(int e, int count, const int middle[STF_LANES], bool together) {
  double sum[6] = {0}, size = 0.0, worst = 0.0;
  for (int lane = 0; lane < count; lane++)
    for (int r = 0; r < 6 && middle[lane] >= 0; r++) {
      const double f = out.f[3 * (middle[lane] + r / 3 * nodes[e] / 2) + r % 3][lane];
      sum[together ? r % 3 : r] += f;
      size = fmax(size, fabs(f));
    }
  for (int r = 0; r < 6; r++) worst = fmax(worst, fabs(sum[r]));
  assert_true(size > 0.0);
  return worst / size;
}

/* The same fibres in every lane, in the plane. */
static void lay_fibres(void) {
  for (int f = 0; f < 2; f++)
    for (int i = 0; i < 3; i++) STF_EACH_LANE in.a0[f][i][l] = i == 2 ? 0.0 : f == i ? 0.6 : 0.8;
}

static void a_patch_of_distorted_elements_deforms_evenly(void **state) {
  (void)state;
  static const double stretch[9] = {1.2, 0.1, 0.0, -0.1, 1.15, 0.0, 0.0, 0.0, 1.1};
  uint64_t seed = 61;
  double Q[9], F[9];
  for (int n = 0; n < ELEMENTS * MATERIALS; n++) {
    int middle[STF_LANES];
    const int e = n / MATERIALS, count = draw_patch(e, &seed, middle);
    in.material = &materials[n % MATERIALS];
    stf_test_about("%s, %s", elements[e]->name, in.material->name);
    lay_fibres();
    stf_test_random_rotation(&seed, Q);
    stf_test_multiply(Q, stretch, F);
    deform(F);
    elements[e]->respond(&in, STF_WANT_STRESS, &out);
    stf_assert_small(imbalance(e, count, middle, true), 1e-12);
  }
}

/* Curvatures K_11, K_22 and twist K_12 of a plate of even thickness: w = K_ij x_i x_j / 2, u_i = -z w,i.
 * What is of second order, and does not balance, is the same when bent the other way. */
static void a_patch_of_distorted_elements_bends_evenly(void **state) {
  (void)state;
  static const double K[3][3] = {{1, 0, 0}, {0, 1, 0}, {0.3, -0.7, 0.5}};
  uint64_t seed = 67;
  for (int n = 0; n < 3 * ELEMENTS; n++) {
    int middle[STF_LANES];
    const int e = n / 3, count = draw_patch(e, &seed, middle);
    const double *k = K[n % 3], small = 1e-5;
    stf_test_about("%s, curvature %d", elements[e]->name, n % 3);
    in.material = &materials[0];
    for (int a = 0; a < nodes[e]; a++) STF_EACH_LANE {
        const double x = in.X[3 * a][l], y = in.X[3 * a + 1][l], z = in.X[3 * a + 2][l];
        in.u[3 * a][l] = -small * z * (k[0] * x + k[2] * y);
        in.u[3 * a + 1][l] = -small * z * (k[1] * y + k[2] * x);
        in.u[3 * a + 2][l] = small * (0.5 * k[0] * x * x + 0.5 * k[1] * y * y + k[2] * x * y);
      }
    elements[e]->respond(&in, STF_WANT_STRESS, &out);
    for (int d = 0; d < 3 * nodes[e]; d++) STF_EACH_LANE in.u[d][l] = -in.u[d][l];
    elements[e]->respond(&in, STF_WANT_STRESS, &other);
    for (int d = 0; d < 3 * nodes[e]; d++) STF_EACH_LANE out.f[d][l] -= other.f[d][l];
    stf_assert_small(imbalance(e, count, middle, false), 1e-6);
  }
}

/* Eigenvalues of a symmetric matrix by Jacobi's rotations (Golub & Van Loan, Matrix Computations, 8.5); A is used up.
 */
static void eigenvalues(int n, double A[MOST_DOFS][MOST_DOFS], double *value) {
  for (int sweep = 0; sweep < 30; sweep++)
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        if (A[p][q] == 0.0) continue;
        const double tau = (A[q][q] - A[p][p]) / (2.0 * A[p][q]);
        const double t = (tau < 0.0 ? -1.0 : 1.0) / (fabs(tau) + sqrt(1.0 + tau * tau));
        const double c = 1.0 / sqrt(1.0 + t * t), s = t * c;
        for (int k = 0; k < n; k++) {
          const double x = A[k][p], y = A[k][q];
          A[k][p] = c * x - s * y;
          A[k][q] = s * x + c * y;
        }
        for (int k = 0; k < n; k++) {
          const double x = A[p][k], y = A[q][k];
          A[p][k] = c * x - s * y;
          A[q][k] = s * x + c * y;
        }
      }
  for (int d = 0; d < n; d++) value[d] = A[d][d];
}

/* How many modes of lane 0 are without stiffness, and how many as stiff as the bulk modulus makes them. */
static void count_modes(int e, int *rigid, int *stiff) {
  const int dofs = 3 * nodes[e];
  double K[MOST_DOFS][MOST_DOFS], value[MOST_DOFS];
  elements[e]->respond(&in, STF_WANT_TANGENT, &out);
  for (int r = 0; r < dofs; r++)
    for (int c = 0; c < dofs; c++) K[r][c] = out.K[stf_packed(dofs, r, c)][0];
  eigenvalues(dofs, K, value);
  *rigid = *stiff = 0;
  for (int d = 0; d < dofs; d++) {
    *rigid += fabs(value[d]) < 1e-9 * in.material->bulk_modulus;
    *stiff += value[d] > 100.0 * MU;
    assert_true(value[d] > -1e-9 * in.material->bulk_modulus);
  }
}

/* kappa/mu = 1e4, on flat and warped shapes. */
static void six_modes_have_no_stiffness_and_one_has_that_of_volume(void **state) {
  (void)state;
  uint64_t seed = 47;
  stf_material nearly_incompressible = materials[0];
  nearly_incompressible.bulk_modulus = 1e4 * MU;
  in.material = &nearly_incompressible;
  for (int e = 0; e < ELEMENTS; e++)
    for (int distorted = 0; distorted < 2; distorted++) {
      int rigid, stiff;
      draw_shape(&seed, e, distorted ? 0.2 : 0.0, distorted);
      count_modes(e, &rigid, &stiff);
      assert_int_equal(rigid, 6);
      assert_int_equal(stiff, 1);
    }
}

static void an_element_turned_inside_out_is_seen_in_J_min(void **state) {
  (void)state;
  uint64_t seed = 53;
  for (int e = 0; e < ELEMENTS; e++)
    for (stf_want want = STF_WANT_ENERGY; want <= STF_WANT_TANGENT; want++) {
      in.material = &materials[2];
      draw_shape(&seed, e, 0.1, 1.0);
      STF_EACH_LANE in.u[2][l] = l % 2 ? 2.5 : 0.05; /* odd lanes: node 0 far through the opposite face */
      elements[e]->respond(&in, want, &out);
      for (int lane = 0; lane < STF_LANES; lane++) assert_true((out.J_min[lane] <= 0.0) == (lane % 2 == 1));
    }
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
      cmocka_unit_test(even_deformation_gives_the_response_of_the_material),
      cmocka_unit_test(a_patch_of_distorted_elements_deforms_evenly),
      cmocka_unit_test(a_patch_of_distorted_elements_bends_evenly),
      cmocka_unit_test(six_modes_have_no_stiffness_and_one_has_that_of_volume),
      cmocka_unit_test(an_element_turned_inside_out_is_seen_in_J_min),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
