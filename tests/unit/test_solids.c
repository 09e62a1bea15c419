/*
 * Every element, whatever its shape, eight random distorted ones at a time: energy, forces and stiffness are each
 * other's slopes, rigid movement costs nothing, nothing else is free, even deformation gives the material's own
 * response, and a prestressed element is the element that was stressed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "element/element.h"
#include "stf_test.h"

enum { MATERIALS = 3, POINTS = STF_ELEMENT_POINTS };
static const double STEP = 3e-6;
static const double STRETCHED[9] = {1.25, 0.2, 0.1, -0.1, 1.2, 0.15, 0.05, -0.1, 1.15};

/* Nodes of each shape in its own coordinates; wedges and tetrahedra fill part of the cube of the hexahedron. */
static const double NODE[STF_SHAPES][STF_SHAPE_NODES][3] = {
    [STF_HEX8] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}},
    [STF_WEDGE6] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}},
    [STF_TET10] = {{0, 0, 0},
                   {1, 0, 0},
                   {0, 1, 0},
                   {0, 0, 1},
                   {.5, 0, 0},
                   {.5, .5, 0},
                   {0, .5, 0},
                   {0, 0, .5},
                   {.5, 0, .5},
                   {0, .5, .5}},
    [STF_TET4] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
static const double VOLUME[STF_SHAPES] = {
    [STF_HEX8] = 1.0, [STF_WEDGE6] = 0.5, [STF_TET10] = 1.0 / 6.0, [STF_TET4] = 1.0 / 6.0};

static stf_arena *arena;
static stf_material materials[MATERIALS]; /* nearly incompressible, fibrous, drained */
static const stf_element *element;
static int dofs;
static uint64_t seed;
static stf_element_in in;
static stf_element_out out, other;

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
  static const char *const names[MATERIALS] = {"nearly incompressible", "fibrous", "drained"};
  const stf_matrix_law *matrix = stf_matrix_law_find("neo-hookean");
  const stf_matrix_law *drained = stf_matrix_law_find("neo-hookean-drained");
  const stf_fibre_law *fibre = stf_fibre_law_find("fibrils");
  arena = stf_arena_create();
  for (int m = 0; m < MATERIALS; m++)
    materials[m] = (stf_material){.name = names[m],
                                  .matrix = matrix,
                                  .matrix_data = prepared(&matrix->about, "shear_modulus: 0.8 MPa\n"),
                                  .volumetric = STF_CONVEX,
                                  .bulk_modulus = m ? 15.0 : 8000.0};
  materials[1].families = 2;
  for (int f = 0; f < 2; f++)
    materials[1].family[f] =
        (stf_family){.law = fibre,
                     .data = prepared(&fibre->about, "modulus: 300 MPa\nstraightening_stretch: 1.05\n"
                                                     "straightening_sd: 0.012\n"),
                     .fraction = f ? 0.02 : 0.05};
  materials[2].matrix = drained;
  materials[2].matrix_data = prepared(&drained->about, "shear_modulus: 0.8 MPa\npoisson_ratio: 0.3\n");
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

/* An element of sides near 1.5, 1 and 0.6 with displaced nodes in every lane, at rest; random fibres. */
static void draw_shape(double distortion) {
  static const double side[3] = {1.5, 1.0, 0.6};
  memset(&in.u, 0, sizeof in.u);
  in.G = NULL;
  for (int lane = 0; lane < STF_LANES; lane++) {
    for (int d = 0; d < dofs; d++)
      in.X[d][lane] = side[d % 3] * (NODE[element->shape][d / 3][d % 3] + distortion * stf_test_random(&seed));
    for (int f = 0; f < 2; f++) {
      double a0[3];
      stf_test_random_unit(&seed, a0);
      stf_test_to_lane(a0, 3, lane, in.a0[f]);
    }
  }
}

/* u += (F - I) X */
static void deform(const double F[9]) {
  for (int a = 0; a < dofs / 3; a++)
    for (int i = 0; i < 3; i++)
      for (int J = 0; J < 3; J++)
        STF_EACH_LANE in.u[3 * a + i][l] += (F[3 * i + J] - (i == J ? 1.0 : 0.0)) * in.X[3 * a + J][l];
}

static void draw_state(void) {
  draw_shape(0.05);
  deform(STRETCHED);
  for (int d = 0; d < dofs; d++) STF_EACH_LANE in.u[d][l] += 0.03 * stf_test_random(&seed);
}

/* Runs `check` for every element and material. */
static void over_all(void (*check)(void)) {
  seed = 5;
  for (size_t e = 0; stf_elements[e]; e++) {
    element = stf_elements[e];
    dofs = 3 * stf_shapes[element->shape].nodes;
    for (int m = 0; m < MATERIALS; m++) {
      in.material = &materials[m];
      if (element->patched && in.material->matrix->isochoric) continue; /* its volume is shared: test_patch.c */
      stf_test_about("%s, %s", element->name, in.material->name);
      draw_state();
      check();
    }
  }
}

static void check_forces(void) {
  static stf_lane slope[STF_ELEMENT_DOFS];
  for (int d = 0; d < dofs; d++) {
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
    double f[STF_ELEMENT_DOFS], difference[STF_ELEMENT_DOFS];
    stf_test_from_lane(out.f, (size_t)dofs, lane, f);
    stf_test_from_lane(slope, (size_t)dofs, lane, difference);
    stf_assert_derivative(f, difference, (size_t)dofs, 1e-3, 1e-7);
  }
}

static void forces_are_the_slope_of_energy(void **state) {
  (void)state;
  over_all(check_forces);
}

static void check_stiffness(void) {
  static stf_lane slope[STF_ELEMENT_DOFS * STF_ELEMENT_DOFS];
  static double K[STF_ELEMENT_DOFS * STF_ELEMENT_DOFS], difference[STF_ELEMENT_DOFS * STF_ELEMENT_DOFS];
  for (int d = 0; d < dofs; d++) {
    stf_lane here;
    memcpy(here, in.u[d], sizeof here);
    STF_EACH_LANE in.u[d][l] = here[l] + STEP;
    element->respond(&in, STF_WANT_STRESS, &out);
    STF_EACH_LANE in.u[d][l] = here[l] - STEP;
    element->respond(&in, STF_WANT_STRESS, &other);
    for (int r = 0; r < dofs; r++) STF_EACH_LANE slope[dofs * r + d][l] = (out.f[r][l] - other.f[r][l]) / (2.0 * STEP);
    memcpy(in.u[d], here, sizeof here);
  }
  element->respond(&in, STF_WANT_TANGENT, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    for (int r = 0; r < dofs; r++)
      for (int c = 0; c < dofs; c++) K[dofs * r + c] = out.K[stf_packed(dofs, r, c)][lane];
    stf_test_from_lane(slope, (size_t)(dofs * dofs), lane, difference);
    stf_assert_derivative(K, difference, (size_t)(dofs * dofs), 1e-3, 1e-7);
  }
}

static void stiffness_is_the_slope_of_the_forces(void **state) {
  (void)state;
  over_all(check_stiffness);
}

static void copy_lane(const stf_element_in *from, int lane) {
  for (int d = 0; d < dofs; d++) {
    STF_EACH_LANE in.X[d][l] = from->X[d][lane];
    STF_EACH_LANE in.u[d][l] = from->u[d][lane];
  }
  for (int n = 0; n < 6; n++) STF_EACH_LANE in.a0[n / 3][n % 3][l] = from->a0[n / 3][n % 3][lane];
}

static void check_lanes(void) {
  const stf_element_in all = in;
  element->respond(&in, STF_WANT_TANGENT, &out);
  for (int lane = 0; lane < STF_LANES; lane++) {
    const int seat = (lane + 3) % STF_LANES;
    copy_lane(&all, lane);
    element->respond(&in, STF_WANT_TANGENT, &other);
    for (int d = 0; d < dofs; d++) assert_true(other.f[d][seat] == out.f[d][lane]);
    for (int n = 0; n < dofs * (dofs + 1) / 2; n++) assert_true(other.K[n][seat] == out.K[n][lane]);
  }
}

static void an_element_gives_the_same_bits_in_any_lane_and_company(void **state) {
  (void)state;
  over_all(check_lanes);
}

static void check_rigid(void) {
  static const double shift[3] = {3.0, -2.0, 5.0};
  double Q[9];
  draw_shape(0.05);
  stf_test_random_rotation(&seed, Q);
  deform(Q);
  for (int d = 0; d < dofs; d++) STF_EACH_LANE in.u[d][l] += shift[d % 3];
  element->respond(&in, STF_WANT_ENERGY, &out);
  element->respond(&in, STF_WANT_STRESS, &out);
  const double scale = in.material->bulk_modulus + 1.0;
  for (int lane = 0; lane < STF_LANES; lane++) {
    stf_assert_small(fabs(out.energy[lane]) / scale, 1e-13);
    stf_assert_small(fabs(out.J_min[lane] - 1.0), 1e-12);
    for (int d = 0; d < dofs; d++) stf_assert_small(fabs(out.f[d][lane]) / scale, 1e-13);
  }
}

static void moving_rigidly_makes_no_force(void **state) {
  (void)state;
  over_all(check_rigid);
}

/* Rank of the stiffness in lane 0 by elimination with whole pivoting. */
static int rank_of_stiffness(void) {
  static double K[STF_ELEMENT_DOFS][STF_ELEMENT_DOFS];
  double first = 0.0;
  for (int r = 0; r < dofs; r++)
    for (int c = 0; c < dofs; c++) K[r][c] = out.K[stf_packed(dofs, r, c)][0];
  for (int rank = 0; rank < dofs; rank++) {
    int p = rank, q = rank;
    for (int r = rank; r < dofs; r++)
      for (int c = rank; c < dofs; c++)
        if (fabs(K[r][c]) > fabs(K[p][q])) p = r, q = c;
    if (!rank) first = fabs(K[p][q]);
    if (fabs(K[p][q]) < 1e-10 * first) return rank;
    for (int c = 0; c < dofs; c++) {
      const double swap = K[rank][c];
      K[rank][c] = K[p][c];
      K[p][c] = swap;
    }
    for (int r = 0; r < dofs; r++) {
      const double swap = K[r][rank];
      K[r][rank] = K[r][q];
      K[r][q] = swap;
    }
    for (int r = rank + 1; r < dofs; r++)
      for (int c = dofs - 1; c >= rank; c--) K[r][c] -= K[r][rank] / K[rank][rank] * K[rank][c];
  }
  return dofs;
}

static void check_modes(void) {
  draw_shape(0.05);
  element->respond(&in, STF_WANT_TANGENT, &out);
  assert_int_equal(rank_of_stiffness(), dofs - 6);
}

static void only_the_six_rigid_movements_are_free(void **state) {
  (void)state;
  over_all(check_modes);
}

/* sum_a f_a (x) X_a = V P, on elements with flat sides. */
static void check_even(void) {
  stf_lane F[9];
  stf_response at;
  stf_element_sample sample;
  draw_shape(0.0);
  deform(STRETCHED);
  for (int lane = 0; lane < STF_LANES; lane++) stf_test_to_lane(STRETCHED, 9, lane, F);
  stf_material_respond(in.material, NULL, F, in.a0, STF_WANT_ENERGY, &at);
  stf_material_respond(in.material, NULL, F, in.a0, STF_WANT_STRESS, &at);
  element->respond(&in, STF_WANT_ENERGY, &out);
  element->respond(&in, STF_WANT_STRESS, &out);
  element->sample(&in, &sample);
  const double V = 0.9 * VOLUME[element->shape];
  for (int lane = 0; lane < STF_LANES; lane++) {
    double found[9] = {0}, expected[9];
    for (int r = 0; r < 9; r++) {
      for (int a = 0; a < dofs / 3; a++) found[r] += out.f[3 * a + r / 3][lane] * in.X[3 * a + r % 3][lane];
      expected[r] = V * at.P[r][lane];
    }
    stf_assert_near(out.energy[lane], V * at.W[lane], 1e-12);
    stf_assert_near(sample.volume[lane], V, 1e-13);
    stf_assert_near(sample.J[lane], stf_test_determinant(STRETCHED), 1e-13);
    stf_assert_all_near(found, expected, 9, 1e-12);
  }
}

static void even_deformation_gives_the_response_of_the_material(void **state) {
  (void)state;
  over_all(check_even);
}

/* Begins the deformed element anew: it lies at X' = G X with the same fibres, remembers G and has moved by what is
 * left. */
static void begin_anew(const double G[9], stf_lane (*memory)[9]) {
  for (int lane = 0; lane < STF_LANES; lane++) {
    for (int f = 0; f < 2; f++) {
      double a[3], image[3], size = 0.0;
      stf_test_from_lane(in.a0[f], 3, lane, a);
      for (int i = 0; i < 3; i++) {
        image[i] = G[3 * i] * a[0] + G[3 * i + 1] * a[1] + G[3 * i + 2] * a[2];
        size += image[i] * image[i];
      }
      for (int i = 0; i < 3; i++) in.a0[f][i][lane] = image[i] / sqrt(size);
    }
    for (int a = 0; a < dofs / 3; a++) {
      double X[3], x[3];
      for (int i = 0; i < 3; i++) X[i] = in.X[3 * a + i][lane];
      for (int i = 0; i < 3; i++) x[i] = X[i] + in.u[3 * a + i][lane];
      for (int i = 0; i < 3; i++) {
        in.X[3 * a + i][lane] = G[3 * i] * X[0] + G[3 * i + 1] * X[1] + G[3 * i + 2] * X[2];
        in.u[3 * a + i][lane] = x[i] - in.X[3 * a + i][lane];
      }
    }
    for (int q = 0; q < element->points; q++) stf_test_to_lane(G, 9, lane, memory[q]);
  }
  in.G = (const stf_lane(*)[9])memory;
}

static const double PRESTRESS[9] = {1.1, 0.05, -0.1, 0.0, 0.95, 0.1, 0.05, 0.0, 1.08};

/* Shells assume and enhance strains from the image on: for them it holds while the strains are even. */
static void check_prestress(void) {
  static stf_lane memory[POINTS][9], before[POINTS][9], after[POINTS][9];
  const bool shell = strstr(element->name, "shell");
  if (shell) {
    draw_shape(0.0);
    deform(STRETCHED);
  }
  element->deformation(&in, before);
  element->respond(&in, STF_WANT_ENERGY, &out);
  element->respond(&in, STF_WANT_TANGENT, &out);
  begin_anew(PRESTRESS, memory);
  element->deformation(&in, after);
  element->respond(&in, STF_WANT_ENERGY, &other);
  element->respond(&in, STF_WANT_TANGENT, &other);
  for (int lane = 0; lane < STF_LANES; lane++) stf_assert_near(other.energy[lane], out.energy[lane], 1e-11);
  stf_assert_all_near(other.f[0], out.f[0], (size_t)dofs * STF_LANES, 1e-11);
  if (!shell) stf_assert_all_near(other.K[0], out.K[0], (size_t)(dofs * (dofs + 1) / 2) * STF_LANES, 1e-11);
  stf_assert_all_near(after[0][0], before[0][0], (size_t)element->points * 9 * STF_LANES, 1e-12);
}

static void an_element_that_begins_deformed_is_the_one_that_was_deformed(void **state) {
  (void)state;
  over_all(check_prestress);
}

static void check_prestressed_slopes(void) {
  static stf_lane memory[POINTS][9];
  begin_anew(PRESTRESS, memory);
  check_forces();
  check_stiffness();
}

static void slopes_agree_where_an_element_begins_deformed(void **state) {
  (void)state;
  over_all(check_prestressed_slopes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forces_are_the_slope_of_energy),
      cmocka_unit_test(stiffness_is_the_slope_of_the_forces),
      cmocka_unit_test(an_element_gives_the_same_bits_in_any_lane_and_company),
      cmocka_unit_test(moving_rigidly_makes_no_force),
      cmocka_unit_test(only_the_six_rigid_movements_are_free),
      cmocka_unit_test(even_deformation_gives_the_response_of_the_material),
      cmocka_unit_test(an_element_that_begins_deformed_is_the_one_that_was_deformed),
      cmocka_unit_test(slopes_agree_where_an_element_begins_deformed),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
