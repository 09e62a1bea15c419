/* Contact with tools: distances of the shapes, and that what a contact does to nodes is right. */
#include <math.h>
#include <string.h>

#include "interface/tool.h"
#include "stf_test.h"

enum { DOFS = 3 * STF_TOOL_NODES };

static const struct {
  const char *name;
  const stf_tool_shape *shape;
  stf_tool_form form;
  double inside[3]; /* a place a little within the surface */
  double depth;
} sample[] = {
    {"plane", &stf_tool_plane, {.axis = {0.0, 0.6, -0.8}}, {0.4, 0.3, 0.25}, 0.02},
    {"sphere", &stf_tool_sphere, {.radius = 2.0}, {1.2, -0.9, -1.3076696}, 0.0},
    {"cylinder", &stf_tool_cylinder, {.axis = {0.0, 1.0, 0.0}, .radius = 2.0}, {1.2, 0.7, -1.584}, 0.0},
    {"pad, flat", &stf_tool_pad, {.half = {3.0, 2.0, 1.0}, .radius = 0.5}, {0.3, 0.2, -0.98}, 0.02},
    {"pad, edge", &stf_tool_pad, {.half = {3.0, 2.0, 1.0}, .radius = 0.5}, {2.79, 0.2, -0.88}, 0.0},
    {"pad, corner", &stf_tool_pad, {.half = {3.0, 2.0, 1.0}, .radius = 0.5}, {2.77, 1.76, -0.79}, 0.0},
};
enum { SAMPLES = sizeof sample / sizeof *sample };

static double distance(int s, const double y[3], double n[3], double H[3][3]) {
  return sample[s].shape->distance(&sample[s].form, y, n, H);
}

static void a_shape_has_the_slope_and_curvature_of_its_distance(void **state) {
  (void)state;
  for (int s = 0; s < SAMPLES; s++) {
    double n[3], H[3][3], difference[3], curvature[9], on[3], Hon[3][3], nn[3], quotient[9];
    double y[3];
    memcpy(y, sample[s].inside, sizeof y);
    for (int way = 0; way < 2; way++) { /* within, then without */
      const double g = distance(s, y, n, H), h = 1e-5;
      assert_true(way ? g > 0.0 : g < 0.0);
      if (!way && sample[s].depth > 0.0) stf_assert_near(-g, sample[s].depth, 1e-12);
      for (int j = 0; j < 3; j++) {
        double more[3], less[3];
        memcpy(more, y, sizeof y), memcpy(less, y, sizeof y);
        more[j] += h, less[j] -= h;
        const double up = distance(s, more, on, Hon), down = distance(s, less, nn, Hon);
        difference[j] = (up - down) / (2.0 * h);
        for (int i = 0; i < 3; i++) quotient[3 * i + j] = (on[i] - nn[i]) / (2.0 * h);
      }
      memcpy(curvature, H, sizeof curvature);
      stf_assert_derivative(n, difference, 3, 0.1, 1e-8);
      if (sample[s].depth == 0.0) stf_assert_derivative(curvature, quotient, 9, 0.1, 1e-7);
      stf_assert_near(n[0] * n[0] + n[1] * n[1] + n[2] * n[2], 1.0, 1e-12);
      for (int i = 0; i < 3; i++) y[i] += 0.2 * n[i];
    }
  }
}

/* A contact between a tool that is turned and shifted and a node that is in it. */
typedef struct setup {
  stf_tool_core core;
  stf_tool_contact contact;
  double X[STF_TOOL_NODES][3], u[STF_TOOL_NODES][3];
  stf_lane memory[1];
} setup;

static const double turn[3][3] = {{0.36, 0.48, -0.8}, {-0.8, 0.6, 0.0}, {0.48, 0.64, 0.6}};

static void set_up(int s, double friction, setup *c) {
  static const double to[3] = {0.3, -0.2, 0.7};
  memset(c, 0, sizeof *c);
  c->core = (stf_tool_core){sample[s].shape, sample[s].form, friction};
  c->contact = (stf_tool_contact){.tool = &c->core, .area = 0.3, .stiffness = 30.0, .onset = 0.004};
  for (int i = 0; i < 3; i++) c->X[2 + i][i] = 1.0;
  memcpy(c->X[0], sample[s].inside, sizeof *c->X);
  memcpy(c->contact.start, sample[s].inside, sizeof c->contact.start);
  for (int a = 0; a < STF_TOOL_NODES; a++)
    for (int i = 0; i < 3; i++) {
      c->u[a][i] = to[i] - c->X[a][i];
      for (int j = 0; j < 3; j++) c->u[a][i] += turn[i][j] * c->X[a][j];
    }
  if (friction > 0.0) stf_tool_block.rest(&c->contact, c->memory);
}

static void respond(const setup *c, double (*u)[3], stf_want want, stf_block_out *out) {
  const stf_past past = {.dt = 0.1, .memory = c->core.friction > 0.0 ? c->memory : NULL};
  stf_tool_block.respond(&c->contact, &past, STF_TOOL_NODES, (const double(*)[3])c->X, (const double(*)[3])u, want,
                         out);
}

/* Nothing pushes or turns tool and node as a whole. */
static void check_balance(const setup *c, const double *f) {
  double force[3] = {0}, moment[3] = {0}, size = 0.0;
  for (int a = 0; a < STF_TOOL_NODES; a++)
    for (int i = 0; i < 3; i++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      force[i] += f[3 * a + i];
      moment[i] += (c->X[a][j] + c->u[a][j]) * f[3 * a + k] - (c->X[a][k] + c->u[a][k]) * f[3 * a + j];
      size = fmax(size, fabs(f[3 * a + i]));
    }
  assert_true(size > 1e-3);
  for (int i = 0; i < 3; i++) stf_assert_small(hypot(force[i], moment[i]) / size, 1e-13);
}

static void check_tangent(const setup *c, double tolerance) {
  double f[DOFS], K[DOFS * DOFS], quotient[DOFS * DOFS], u[STF_TOOL_NODES][3];
  const double h = 1e-7;
  stf_block_out out = {.f = f, .K = K}, beside = {.f = (double[DOFS]){0}};
  respond(c, (double(*)[3])c->u, STF_WANT_TANGENT, &out);
  check_balance(c, f);
  for (int d = 0; d < DOFS; d++) {
    memcpy(u, c->u, sizeof u);
    u[d / 3][d % 3] += h;
    respond(c, u, STF_WANT_STRESS, &beside);
    for (int r = 0; r < DOFS; r++) quotient[r * DOFS + d] = beside.f[r] / (2.0 * h);
    u[d / 3][d % 3] -= 2.0 * h;
    respond(c, u, STF_WANT_STRESS, &beside);
    for (int r = 0; r < DOFS; r++) quotient[r * DOFS + d] -= beside.f[r] / (2.0 * h);
  }
  stf_assert_derivative(K, quotient, DOFS * DOFS, 0.1, tolerance);
}

static void a_contact_without_friction_has_the_forces_of_its_energy(void **state) {
  (void)state;
  for (int s = 0; s < SAMPLES; s++) {
    setup c;
    double f[DOFS], quotient[DOFS], u[STF_TOOL_NODES][3];
    const double h = 1e-6;
    stf_block_out out = {.f = f}, beside = {0};
    set_up(s, 0.0, &c);
    assert_int_equal(stf_tool_block.memory(&c.contact), 0);
    respond(&c, c.u, STF_WANT_STRESS, &out);
    for (int d = 0; d < DOFS; d++) {
      memcpy(u, c.u, sizeof u);
      u[d / 3][d % 3] += h;
      respond(&c, u, STF_WANT_ENERGY, &beside);
      quotient[d] = beside.energy / (2.0 * h);
      u[d / 3][d % 3] -= 2.0 * h;
      respond(&c, u, STF_WANT_ENERGY, &beside);
      quotient[d] -= beside.energy / (2.0 * h);
    }
    stf_assert_derivative(f, quotient, DOFS, 1e-3, 1e-7);
    check_tangent(&c, 1e-6);
  }
}

/* Moves the node along the surface, seen from the tool. */
static void drag(int s, double way, setup *c) {
  static const double along[3] = {0.5, 0.3, 0.2};
  double n[3], H[3][3];
  distance(s, sample[s].inside, n, H);
  const double across = n[0] * along[0] + n[1] * along[1] + n[2] * along[2];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) c->u[0][i] += way * turn[i][j] * (along[j] - across * n[j]);
}

/* Ways that are within friction's reach, about its limit, and far beyond. */
static void friction_sticks_and_slips_with_its_tangent(void **state) {
  (void)state;
  static const double way[3] = {1e-4, 0.012, 0.05}, friction = 0.05;
  for (int s = 0; s < SAMPLES; s++)
    for (int k = 0; k < 3; k++) {
      setup c;
      stf_tool_touch touch;
      set_up(s, friction, &c);
      drag(s, way[k], &c);
      check_tangent(&c, 1e-5);
      assert_true(stf_tool_block.advance(&c.contact, 0.1, STF_TOOL_NODES, (const double(*)[3])c.X,
                                         (const double(*)[3])c.u, c.memory) == 0.0);
      stf_tool_read(&c.contact, (const double(*)[3])c.X, (const double(*)[3])c.u, c.memory, &touch);
      const double most = friction * touch.pressure * c.contact.area * touch.slipped;
      if (k == 0) assert_true(touch.slipped == 0.0 && touch.lost == 0.0);
      if (k == 1) assert_true(touch.lost <= most * (1.0 + 1e-12));
      if (k == 2) stf_assert_near(touch.lost, most, 1e-12);
    }
}

/* Of a square of 2 mm, a straight edge anywhere leaves on its inner side what geometry says; depths that bend count by
 * triangles. */
static void of_a_facet_that_part_is_touched_that_lies_inside(void **state) {
  (void)state;
  static const double X[4][3] = {{0, 0, 1}, {2, 0, 1}, {2, 2, 1}, {0, 2, 1}};
  const double *const corner[3] = {X[0], X[1], X[3]};
  double triangle[3][3];
  for (int a = 0; a < 3; a++) memcpy(triangle[a], corner[a], sizeof *triangle);
  for (int k = 0; k <= 20; k++) {
    const double edge = 0.1 * k, depth[4] = {edge, edge - 2.0, edge - 2.0, edge};
    stf_assert_small(fabs(stf_tool_touched(4, X, depth) - 2.0 * edge), 1e-12);
    const double along[3] = {edge, edge - 2.0, edge}; /* a trapezium from the left side of the triangle */
    stf_assert_small(fabs(stf_tool_touched(3, (const double(*)[3])triangle, along) - edge * (2.0 - 0.5 * edge)), 1e-12);
    const double away[3] = {-edge, 2.0 - edge, -edge}; /* what is left of it */
    stf_assert_small(fabs(stf_tool_touched(3, (const double(*)[3])triangle, away) - 0.5 * (2.0 - edge) * (2.0 - edge)),
                     1e-12);
  }
  stf_assert_near(stf_tool_touched(4, X, (const double[4]){1, 1, 1, 1}), 4.0, 1e-14);
  stf_assert_near(stf_tool_touched(4, X, (const double[4]){1, -1, 1, -1}), 2.0, 1e-14);
  assert_true(stf_tool_touched(4, X, (const double[4]){-1, -1, 0, -1}) == 0.0);
}

/* From touch on there is no jump, neither in pressure nor in stiffness; before it nothing. */
static void pressure_comes_on_without_a_jump(void **state) {
  (void)state;
  setup c;
  stf_tool_touch touch;
  double last = 0.0, slope = 0.0;
  set_up(0, 0.0, &c);
  memset(c.u, 0, sizeof c.u);
  for (int k = -200; k <= 2000; k++) {
    for (int i = 0; i < 3; i++) c.X[0][i] = -1e-5 * k * c.core.form.axis[i];
    stf_tool_read(&c.contact, (const double(*)[3])c.X, (const double(*)[3])c.u, NULL, &touch);
    if (k < 0) assert_true(touch.pressure == 0.0);
    const double now = (touch.pressure - last) / 1e-5;
    if (k > 1) stf_assert_small(fabs(now - slope), 30.0 * 1e-5 / 0.008 * 1.01);
    last = touch.pressure, slope = now;
  }
  stf_assert_near(slope, 30.0, 1e-9);
}

/* Places go to the surface: of a roller between its ends, of a plate on its face. The rest lies within. */
static void a_tool_is_drawn_where_it_is(void **state) {
  (void)state;
  static double place[STF_OUTLINE_PLACES][3];
  static int cell[STF_OUTLINE_CELLS][4];
  for (int s = 0; s < SAMPLES; s++) {
    const stf_tool_core core = {sample[s].shape, sample[s].form, 0.0};
    double n[3], H[3][3];
    int on = 0;
    stf_tool_outline(&core, 7.0, place, cell);
    assert_true(distance(s, place[0], n, H) < -0.3);
    for (int k = 1; k < STF_OUTLINE_PLACES; k++) {
      const double d = distance(s, place[k], n, H);
      assert_true(d < 1e-12);
      on += d > -1e-12;
    }
    const int all = STF_OUTLINE_PLACES - 1, cuts = STF_OUTLINE_CUTS;
    const bool flat = core.shape == &stf_tool_plane, round = core.shape == &stf_tool_cylinder;
    assert_int_equal(on, flat ? (cuts + 1) * (cuts + 1) : round ? all - 2 * (cuts - 1) * (cuts - 1) : all);
    for (int c = 0; c < STF_OUTLINE_CELLS; c++) {
      double e[3][3], volume = 0.0;
      for (int i = 0; i < 9; i++) e[i / 3][i % 3] = place[cell[c][1 + i / 3]][i % 3] - place[cell[c][0]][i % 3];
      for (int i = 0; i < 3; i++)
        volume += e[0][i] * (e[1][(i + 1) % 3] * e[2][(i + 2) % 3] - e[1][(i + 2) % 3] * e[2][(i + 1) % 3]);
      assert_true(cell[c][0] == 0 && volume > 1e-9);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_shape_has_the_slope_and_curvature_of_its_distance),
      cmocka_unit_test(a_contact_without_friction_has_the_forces_of_its_energy),
      cmocka_unit_test(friction_sticks_and_slips_with_its_tangent),
      cmocka_unit_test(of_a_facet_that_part_is_touched_that_lies_inside),
      cmocka_unit_test(pressure_comes_on_without_a_jump),
      cmocka_unit_test(a_tool_is_drawn_where_it_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
