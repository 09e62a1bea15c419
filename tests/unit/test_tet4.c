/*
 * Linear tetrahedra and the patches of their nodes: energy, forces and stiffness fit each other, and a patch knows its
 * volume.
 */
#include <math.h>
#include <string.h>

#include "element/element.h"
#include "element/patch.h"
#include "stf_test.h"

enum { DOFS = 12, NODES = 6, TETS = 4, PATCH = 3 * NODES };
static const double STEP = 1e-5;

static stf_arena *arena;
static stf_material material;

static int set_up(void **state) {
  (void)state;
  const stf_matrix_law *matrix = stf_matrix_law_find("neo-hookean");
  arena = stf_arena_create();
  const void *parameters = stf_test_read(matrix->about.parameters, "shear_modulus: 0.8 MPa\n", arena);
  void *data = stf_arena_alloc(arena, matrix->about.data_size);
  assert_non_null(data);
  assert_null(matrix->about.prepare(parameters, data));
  material = (stf_material){.name = "m", .matrix = matrix, .matrix_data = data, .bulk_modulus = 15.0};
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  stf_arena_destroy(arena);
  return 0;
}

/* ---- elements ---- */

static void draw(uint64_t *seed, stf_element_in *in) {
  memset(in, 0, sizeof *in);
  in->material = &material;
  for (int d = 0; d < DOFS; d++) STF_EACH_LANE {
      in->X[d][l] = (d == 3 || d == 7 || d == 11 ? 1.0 : 0.0) + 0.1 * stf_test_random(seed);
      in->u[d][l] = 0.15 * stf_test_random(seed);
    }
}

static void an_element_s_forces_and_stiffness_are_slopes_under_the_pressure_of_its_patches(void **state) {
  (void)state;
  static const char *const names[] = {"tet4", "tet4-std"};
  stf_lane pressure;
  uint64_t seed = 3;
  STF_EACH_LANE pressure[l] = 0.3 * l - 0.7;
  for (int k = 0; k < 3; k++) {
    const stf_element *element = stf_element_find(names[k / 2]);
    static stf_element_in in;
    static stf_element_out out, up, down;
    stf_lane df[DOFS], dK[DOFS * DOFS];
    assert_non_null(element);
    draw(&seed, &in);
    in.pressure = k == 1 ? pressure : NULL;
    for (int d = 0; d < DOFS; d++) {
      stf_lane here;
      memcpy(here, in.u[d], sizeof here);
      for (int want = STF_WANT_ENERGY; want <= STF_WANT_STRESS; want++) {
        STF_EACH_LANE in.u[d][l] = here[l] + STEP;
        element->respond(&in, (stf_want)want, &up);
        STF_EACH_LANE in.u[d][l] = here[l] - STEP;
        element->respond(&in, (stf_want)want, &down);
        if (want == STF_WANT_ENERGY) STF_EACH_LANE df[d][l] = (up.energy[l] - down.energy[l]) / (2.0 * STEP);
        for (int r = 0; want == STF_WANT_STRESS && r < DOFS; r++)
          STF_EACH_LANE dK[DOFS * r + d][l] = (up.f[r][l] - down.f[r][l]) / (2.0 * STEP);
      }
      memcpy(in.u[d], here, sizeof here);
    }
    element->respond(&in, STF_WANT_TANGENT, &out);
    for (int lane = 0; lane < STF_LANES; lane++) {
      double f[DOFS], K[DOFS * DOFS], slope[DOFS * DOFS];
      stf_test_from_lane(out.f, DOFS, lane, f);
      stf_test_from_lane(df, DOFS, lane, slope);
      stf_assert_derivative(f, slope, DOFS, 1e-3, 1e-7);
      for (int r = 0; r < DOFS * DOFS; r++) K[r] = out.K[stf_packed(DOFS, r / DOFS, r % DOFS)][lane];
      stf_test_from_lane(dK, DOFS * DOFS, lane, slope);
      stf_assert_derivative(K, slope, DOFS * DOFS, 1e-2, 1e-7);
    }
  }
}

/* ---- patches ---- */

static int regions[TETS];
static double natural[TETS];

/* Four tetrahedra around the edge from node 0 to node 5. */
static int tets[TETS][4] = {{0, 1, 2, 5}, {0, 2, 3, 5}, {0, 3, 4, 5}, {0, 4, 1, 5}};
static const double PLACE[NODES][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1.1, 0}, {-0.9, 0, 0.1}, {0, -1, 0}, {0.1, 0, 1.2}};

static void make_patch(stf_patch *p) {
  *p = (stf_patch){.material = &material, .tets = TETS, .tet = tets, .region = regions, .natural = natural};
  for (int e = 0; e < TETS; e++) {
    const double *x[4];
    for (int a = 0; a < 4; a++) x[a] = PLACE[tets[e][a]];
    assert_true(stf_tet_volume(x) > 0.1);
    p->natural[e] = stf_tet_volume(x);
  }
  stf_patch_sum(p);
}

static stf_block_out respond(const stf_patch *p, const double (*u)[3], stf_want want, double *f, double *K) {
  stf_block_out out = {.f = f, .K = K};
  stf_patch_block.respond(p, NULL, NODES, PLACE, u, want, &out);
  return out;
}

static void a_patch_s_forces_and_stiffness_are_the_slopes_of_its_energy(void **state) {
  (void)state;
  uint64_t seed = 11;
  double u[NODES][3], f[PATCH], K[PATCH * PATCH], df[PATCH], dK[PATCH * PATCH], up[PATCH], down[PATCH];
  stf_patch p;
  make_patch(&p);
  for (int d = 0; d < PATCH; d++) u[d / 3][d % 3] = 0.15 * stf_test_random(&seed);
  for (int d = 0; d < PATCH; d++) {
    double *at = &u[d / 3][d % 3];
    const double here = *at;
    *at = here + STEP;
    const double more = respond(&p, (const double(*)[3])u, STF_WANT_ENERGY, NULL, NULL).energy;
    respond(&p, (const double(*)[3])u, STF_WANT_STRESS, up, NULL);
    *at = here - STEP;
    const double less = respond(&p, (const double(*)[3])u, STF_WANT_ENERGY, NULL, NULL).energy;
    respond(&p, (const double(*)[3])u, STF_WANT_STRESS, down, NULL);
    *at = here;
    df[d] = (more - less) / (2.0 * STEP);
    for (int r = 0; r < PATCH; r++) dK[PATCH * r + d] = (up[r] - down[r]) / (2.0 * STEP);
  }
  respond(&p, (const double(*)[3])u, STF_WANT_TANGENT, f, K);
  stf_assert_derivative(f, df, PATCH, 1e-2, 1e-8);
  stf_assert_derivative(K, dK, PATCH * PATCH, 1e-2, 1e-8);
}

/* Grown evenly by s, a patch presses with U'(s^3), and its forces add up to nothing. */
static void a_patch_knows_how_its_volume_changes(void **state) {
  (void)state;
  double u[NODES][3], f[PATCH], sum[3] = {0};
  const double s = 1.1, J = s * s * s;
  stf_patch p;
  make_patch(&p);
  for (int d = 0; d < PATCH; d++) u[d / 3][d % 3] = (s - 1.0) * PLACE[d / 3][d % 3];
  stf_assert_near(stf_patch_pressure(&p, PLACE, (const double(*)[3])u), 7.5 * (J - 1.0 / J), 1e-12);
  const double energy = respond(&p, (const double(*)[3])u, STF_WANT_ENERGY, NULL, NULL).energy;
  respond(&p, (const double(*)[3])u, STF_WANT_STRESS, f, NULL);
  stf_assert_near(energy, p.V * 3.75 * (J * J - 1.0 - 2.0 * log(J)), 1e-12);
  for (int d = 0; d < PATCH; d++) sum[d % 3] += f[d];
  for (int i = 0; i < 3; i++) stf_assert_small(sum[i], 1e-14);
}

/* What was deformed by u and remembered presses at u = 0 as it did. */
static void a_remembered_patch_presses_at_rest_as_it_did(void **state) {
  (void)state;
  static const double none[NODES][3];
  uint64_t seed = 13;
  double u[NODES][3], moved[NODES][3];
  stf_patch p;
  make_patch(&p);
  for (int d = 0; d < PATCH; d++) {
    u[d / 3][d % 3] = 0.1 * stf_test_random(&seed);
    moved[d / 3][d % 3] = PLACE[d / 3][d % 3] + u[d / 3][d % 3];
  }
  const double before = stf_patch_pressure(&p, PLACE, (const double(*)[3])u);
  assert_true(fabs(before) > 0.05);
  for (int e = 0; e < TETS; e++) p.natural[e] *= 0.9; /* prestress that was there already */
  stf_patch_sum(&p);
  const double pressed = stf_patch_pressure(&p, PLACE, (const double(*)[3])u);
  /* the image keeps its places: each tetrahedron is deformed from its natural state by what it was, and by u */
  double J = 0.0, V = 0.0;
  for (int e = 0; e < TETS; e++) {
    const double *x[4], *y[4];
    for (int a = 0; a < 4; a++) x[a] = PLACE[tets[e][a]], y[a] = moved[tets[e][a]];
    J += stf_tet_volume(x);
    V += p.natural[e] * stf_tet_volume(x) / stf_tet_volume(y);
  }
  stf_patch_remember(&p, PLACE, (const double(*)[3])u);
  J /= V;
  stf_assert_near(stf_patch_pressure(&p, PLACE, none), 7.5 * (J - 1.0 / J), 1e-12);
  assert_true(fabs(pressed - before) > 0.1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_element_s_forces_and_stiffness_are_slopes_under_the_pressure_of_its_patches),
      cmocka_unit_test(a_patch_s_forces_and_stiffness_are_the_slopes_of_its_energy),
      cmocka_unit_test(a_patch_knows_how_its_volume_changes),
      cmocka_unit_test(a_remembered_patch_presses_at_rest_as_it_did),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
