/*
 * Tools on solved meshes: a sphere against Hertz, a plane that presses as a grip pulls, friction that lets go at its
 * limit, a roller that rolls, and what cannot be is refused.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/measure.h"
#include "result/study.h"
#include "solve/tools.h"
#include "stf_case.h"
#include "stf_files.h"
#include "stf_grid.h"
#include "stf_test.h"

static const double MU = 1.0, BULK = 13.0 / 6.0; /* [MPa] Poisson's ratio 0.3 */

static stf_rigid_reading body_of(const stf_case *c, size_t rigid) {
  stf_rigid_reading all[4];
  assert_int_equal(stf_equations_rigids(&c->equilibrium.equations, c->state.u, all), STF_OK);
  return all[rigid];
}

static stf_tool_reading tool_of(const stf_case *c, size_t tool) {
  stf_tool_reading all[4];
  assert_int_equal(stf_tools_read(&c->domain, &c->state, all), STF_OK);
  return all[tool];
}

/* ---- a sphere ---- */

enum { DEEP = 100 }; /* [mm] edge of the quarter of a block, the middle of its top at the origin */

/* Even elements near the middle of the top, growing outwards. */
static void map_graded(const double s[3], const void *context, double X[3]) {
  const double ratio = *(const double *)context;
  for (int i = 0; i < 3; i++) {
    const double out = i == 2 ? 1.0 - s[i] : s[i], far = DEEP * (exp(ratio * out) - 1.0) / (exp(ratio) - 1.0);
    X[i] = i == 2 ? -far : far;
  }
}

/* Force over that of Hertz, of a whole sphere pressed in by `depth`; and the contact radius over his. */
static void press_sphere(int cells, double radius, double depth, double ratio[3]) {
  char text[2048];
  stf_case c;
  static const double growth = 5.0;
  const double E = 9.0 * BULK * MU / (3.0 * BULK + MU), effective = E / (1.0 - 0.09);
  const stf_grid_block block = {.cells = {cells, cells, cells},
                                .map = map_graded,
                                .context = &growth,
                                .side = {"x_min", "x_max", "y_min", "y_max", "bottom", "top"}};
  stf_grid_write("block.msh", STF_HEX8, &block, 1);
  stf_case_tissue("solid", "quadratic", MU, BULK, NULL);
  snprintf(text, sizeof text,
           "striffin: 1\nname: ball\ntissues: {solid: solid}\n"
           "anatomy: {generator: gmsh, file: block.msh, unit: mm, regions: [{name: body, tissue: solid}]}\n"
           "mesh: {element: hex8}\n"
           "tools:\n  - {name: ball, shape: sphere, centre: [0 mm, 0 mm, %g mm], radius: %g mm, against: top}\n"
           "timeline:\n  - {do: symmetry, where: x_min}\n  - {do: symmetry, where: y_min}\n"
           "  - {at: 0 s, do: grip, where: bottom}\n"
           "  - {for: 1 s, do: move, rigid: ball, by: [0 mm, 0 mm, %g mm]}\n"
           "measure:\n  - {name: area, what: contact_area, rigid: ball}\n",
           radius, radius, -depth);
  stf_case_read(text, &c);
  stf_case_cut(PETSC_COMM_SELF, 1e-8, &c);
  stf_case_solve(&c, 1.0, 4, NULL);
  const double force = -4.0 * body_of(&c, 0).force[2], area = 4.0 * tool_of(&c, 0).area;
  ratio[0] = force / (4.0 / 3.0 * effective * sqrt(radius * depth * depth * depth));
  ratio[1] = sqrt(area / M_PI) / cbrt(0.75 * force * radius / effective);
  ratio[2] = tool_of(&c, 0).greatest /
             cbrt(6.0 * force * effective * effective / (M_PI * M_PI * M_PI * radius * radius));
  printf("# %d cells: force %g, radius %g, peak %g of Hertz; depth %g\n", cells, ratio[0], ratio[1], ratio[2],
         tool_of(&c, 0).depth);
  stf_case_close(&c);
}

/* Of 18 cells along an edge those under the sphere are 0.21 mm, where the contact's radius is 1 mm. The area
 * ends between the last node that touches and the next, a little too early. */
static void a_sphere_is_pressed_in_as_hertz_says(void **state) {
  (void)state;
  double ratio[3];
  press_sphere(18, 10.0, 0.1, ratio);
  stf_assert_near(ratio[0], 1.0, 0.02);
  stf_assert_near(ratio[1], 1.0, 0.12);
  stf_assert_near(ratio[2], 1.0, 0.03);
}

/* ---- on a block 3 x 2 x 1 mm, from z = 0 to 1 mm, its middle at y = 0 ---- */

static const char *block_text(const char *tools, const char *timeline) {
  static char text[4096];
  snprintf(
      text, sizeof text,
      "striffin: 1\nname: block\ntissues: {solid: solid}\n"
      "anatomy: {generator: strip, length: 3 mm, width: 2 mm, layers: [{name: a, tissue: solid, thickness: 1 mm}]}\n"
      "mesh: {element: hex8, size: 0.25 mm}\n%s%stimeline:\n%s"
      "measure:\n  - {name: ux, what: displacement, at: [1.5 mm, 0 mm, 1 mm], along: x}\n",
      *tools ? "tools:\n" : "", tools, timeline);
  return text;
}

static void solve_block(const char *tools, const char *timeline, double time, int steps, stf_case *c) {
  stf_case_tissue("solid", "quadratic", MU, BULK, NULL);
  stf_case_read(block_text(tools, timeline), c);
  stf_case_cut(PETSC_COMM_SELF, 1e-9, c);
  stf_case_solve(c, time, steps, NULL);
}

/* Displacement of the node nearest to a place. */
static const double *moved(const stf_case *c, double x, double y, double z) {
  double least = INFINITY;
  size_t at = 0;
  for (size_t n = 0; n < c->model.mesh.nodes; n++) {
    const double *X = c->domain.X[n], off = hypot(hypot(X[0] - x, X[1] - y), X[2] - z);
    if (off < least) least = off, at = n;
  }
  return c->state.u + 3 * at;
}

/* Without friction a plate does what a grip does that lets its face spread: to the last digit, where it is told how far
 * it sinks in. */
static void a_plate_presses_as_a_grip_does(void **state) {
  (void)state;
  stf_case c;
  char timeline[256];
  double force[2][3];
  solve_block("  - {name: plate, shape: plane, centre: [1 mm, 0 mm, 1 mm], normal: [0, 0, -2], against: z_max}\n",
              "  - {at: 0 s, do: grip, where: z_min, hold: free}\n"
              "  - {for: 1 s, do: move, rigid: plate, by: [0 mm, 0 mm, -0.3 mm]}\n",
              1.0, 4, &c);
  const double pressed = body_of(&c, 0).force[2];
  const stf_tool_reading plate = tool_of(&c, 0);
  stf_assert_near(plate.area, 6.0, 1e-12);
  stf_assert_near(plate.pressed, -pressed, 1e-9);
  stf_assert_near(plate.greatest, plate.pressed / plate.area, 1e-6);
  assert_true(plate.depth > 1e-5 && plate.depth < 2e-3);
  stf_case_close(&c);
  snprintf(timeline, sizeof timeline,
           "  - {at: 0 s, do: grip, where: z_min, hold: free}\n"
           "  - {at: 0 s, do: grip, where: z_max, hold: free}\n"
           "  - {for: 1 s, do: pull, where: z_max, by: %.17g mm}\n",
           plate.depth - 0.3);
  solve_block("", timeline, 1.0, 4, &c);
  assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, force), STF_OK);
  stf_assert_near(force[1][2], pressed, 1e-7);
  stf_case_close(&c);
}

static const char plate[] =
    "  - {name: plate, shape: plane, centre: [1.5 mm, 0 mm, 1 mm], normal: [0, 0, -1], against: z_max, friction: %g}\n";

static void drag_plate(double friction, double by, stf_case *c) {
  char tools[256], timeline[512];
  snprintf(tools, sizeof tools, plate, friction);
  snprintf(timeline, sizeof timeline,
           "  - {at: 0 s, do: grip, where: z_min}\n"
           "  - {for: 1 s, do: move, rigid: plate, by: [0 mm, 0 mm, -0.1 mm]}\n"
           "  - {for: 1 s, do: move, rigid: plate, by: [%g mm, 0 mm, 0 mm]}\n",
           by);
  solve_block(tools, timeline, 2.0, 20, c);
}

static void a_plate_slips_where_friction_says_and_sticks_below(void **state) {
  (void)state;
  stf_case c;
  drag_plate(0.2, 0.4, &c);
  const stf_rigid_reading slips = body_of(&c, 0);
  const stf_tool_reading at = tool_of(&c, 0);
  printf("# slips: %g of %g N, mean slip %g mm, loss %g N mm\n", slips.force[0], slips.force[2], at.slipped / at.area,
         at.lost);
  stf_assert_near(slips.force[0] / -slips.force[2], 0.2, 2e-3);
  assert_true(at.slipped > 0.1 * at.area && at.lost > 0.05 * at.slipped * at.greatest * 0.2);
  stf_case_close(&c);
  drag_plate(5.0, 0.05, &c);
  printf("# sticks: %g mm of 0.05\n", moved(&c, 1.5, 0.0, 1.0)[0]);
  stf_assert_near(moved(&c, 1.5, 0.0, 1.0)[0], 0.05, 1e-2);
  stf_assert_small(tool_of(&c, 0).slipped / tool_of(&c, 0).area, 1e-3);
  stf_case_close(&c);
}

/* A roller is pressed in and taken along by 0.5 mm, turning so that it rolls, or not at all. */
static double drag_over_press(double turn_deg, double *lost) {
  stf_case c;
  char timeline[512], turn[128] = "";
  if (turn_deg != 0.0) snprintf(turn, sizeof turn, ", turn: %.17g deg, axis: [0, 1, 0]", turn_deg);
  snprintf(timeline, sizeof timeline,
           "  - {at: 0 s, do: grip, where: z_min}\n"
           "  - {for: 1 s, do: move, rigid: roller, by: [0 mm, 0 mm, -0.1 mm]}\n"
           "  - {for: 1 s, do: move, rigid: roller, by: [0.5 mm, 0 mm, 0 mm]%s}\n",
           turn);
  solve_block("  - {name: roller, shape: cylinder, centre: [1.25 mm, 0 mm, 3 mm], axis: [0, 1, 0], radius: 2 mm,"
              " against: z_max, friction: 0.3}\n",
              timeline, 2.0, 40, &c);
  const stf_rigid_reading at = body_of(&c, 0);
  *lost = tool_of(&c, 0).lost;
  printf("# roller turned by %g deg: %g of %g N, loss %g N mm\n", turn_deg, at.force[0], at.force[2], *lost);
  stf_case_close(&c);
  return at.force[0] / -at.force[2];
}

static void a_roller_rolls_where_it_turns_and_slips_where_it_does_not(void **state) {
  (void)state;
  double lost[2];
  const double rolls = drag_over_press(0.5 / 2.0 * 180.0 / M_PI, &lost[0]), slips = drag_over_press(0.0, &lost[1]);
  assert_true(fabs(rolls) < 0.2 * slips && slips > 0.25);
  assert_true(lost[0] >= 0.0 && lost[0] < 0.2 * lost[1]);
}

/* Free to turn, it turns by the way over its radius, and nothing drags: what turns a roller is friction alone, and what
 * is free to turn bears no moment. Its way is through the middle third of the block, where the ends are hardly felt. */
static void a_roller_that_is_free_to_turn_rolls_without_slipping_or_drag(void **state) {
  (void)state;
  stf_case c;
  solve_block("  - {name: roller, shape: cylinder, centre: [1.25 mm, 0 mm, 3 mm], axis: [0, 1, 0], radius: 2 mm,"
              " against: z_max, friction: 0.3}\n",
              "  - {at: 0 s, do: grip, where: z_min}\n"
              "  - {at: 0 s, do: fix, rigid: roller, free: [turn_y]}\n"
              "  - {for: 1 s, do: move, rigid: roller, by: [0 mm, 0 mm, -0.1 mm]}\n"
              "  - {for: 1 s, do: move, rigid: roller, by: [0.5 mm, 0 mm, 0 mm]}\n",
              2.0, 40, &c);
  const stf_rigid_reading at = body_of(&c, 0);
  printf("# free roller turns by %g of %g, %g of %g N, moment %g N mm, loss %g N mm\n", at.turn[1], 0.5 / 2.0,
         at.force[0], at.force[2], at.moment[1], tool_of(&c, 0).lost);
  stf_assert_near(at.turn[1], 0.5 / 2.0, 0.01);
  stf_assert_small(at.moment[1] / (2.0 * at.force[2]), 1e-7);
  stf_assert_small(fabs(at.force[0] / at.force[2]), 0.005);
  stf_case_close(&c);
}

/* ---- a soft cover ---- */

/* In series with the tissue: the cover gives by pressure over its foundation, whatever the elements, and the tissue by
 * the rest, as a grip would move it. The pressure comes on over two thousandths of an element, half of which stays. */
static void a_foundation_is_a_spring_in_series(void **state) {
  (void)state;
  stf_case c;
  char timeline[256];
  double force[2][3];
  const double foundation = 2.0, late = 0.999e-3 * 0.25;
  solve_block("  - {name: plate, shape: plane, centre: [1 mm, 0 mm, 1 mm], normal: [0, 0, -2], against: z_max,"
              " foundation: 2 MPa/mm}\n",
              "  - {at: 0 s, do: grip, where: z_min, hold: free}\n"
              "  - {for: 1 s, do: move, rigid: plate, by: [0 mm, 0 mm, -0.3 mm]}\n",
              1.0, 4, &c);
  const double pressed = body_of(&c, 0).force[2];
  const stf_tool_reading soft = tool_of(&c, 0);
  assert_true(soft.depth > 0.1);
  stf_assert_near(soft.greatest, foundation * (soft.depth - late), 1e-9);
  stf_assert_near(-pressed / 6.0, soft.greatest, 1e-7);
  stf_case_close(&c);
  snprintf(timeline, sizeof timeline,
           "  - {at: 0 s, do: grip, where: z_min, hold: free}\n"
           "  - {at: 0 s, do: grip, where: z_max, hold: free}\n"
           "  - {for: 1 s, do: pull, where: z_max, by: %.17g mm}\n",
           soft.depth - 0.3);
  solve_block("", timeline, 1.0, 4, &c);
  assert_int_equal(stf_equations_grip_forces(&c.equilibrium.equations, force), STF_OK);
  stf_assert_near(force[1][2], pressed, 1e-7);
  stf_case_close(&c);
}

/* Against tissue a thousand times stiffer, force is foundation times the volume by which roller and block overlap: that
 * of a circle's segment, along the block's width of 2 mm. Friction's share apart, it pushes towards the axis, so a part
 * is lost sideways. */
static void a_soft_roller_is_squeezed_by_its_segment(void **state) {
  (void)state;
  stf_case c;
  const double R = 10.0, depth = 0.1, foundation = 1e-3;
  const double segment = R * R * acos(1.0 - depth / R) - (R - depth) * sqrt(2.0 * R * depth - depth * depth);
  solve_block("  - {name: roller, shape: cylinder, centre: [1.5 mm, 0 mm, 11 mm], axis: [0, 1, 0], radius: 10 mm,"
              " against: z_max, foundation: 1 kPa/mm}\n",
              "  - {at: 0 s, do: grip, where: z_min}\n"
              "  - {for: 1 s, do: move, rigid: roller, by: [0 mm, 0 mm, -0.1 mm]}\n",
              1.0, 4, &c);
  const double force = -body_of(&c, 0).force[2];
  printf("# soft roller: %g N of %g, squeezed by %g mm\n", force, 2.0 * foundation * segment, tool_of(&c, 0).depth);
  stf_assert_near(force, 2.0 * foundation * segment, 0.01);
  stf_assert_near(tool_of(&c, 0).depth, depth, 1e-2);
  stf_case_close(&c);
}

/* A hand's pad that touches is pushed by a force, and stands where it would have been moved to bear it. */
static void a_pad_that_is_pushed_goes_as_deep_as_one_that_is_moved(void **state) {
  (void)state;
  static const char pad[] =
      "  - {name: hand, shape: pad, centre: [1.5 mm, 0 mm, 1.5 mm], half: [0.8 mm, 0.6 mm, 0.5 mm],"
      " rounding: 0.3 mm, against: z_max}\n";
  stf_case c;
  char timeline[512];
  solve_block(pad,
              "  - {at: 0 s, do: grip, where: z_min}\n"
              "  - {for: 1 s, do: move, rigid: hand, by: [0 mm, 0 mm, -0.1 mm]}\n",
              1.0, 4, &c);
  const double force = body_of(&c, 0).force[2];
  stf_case_close(&c);
  snprintf(timeline, sizeof timeline,
           "  - {at: 0 s, do: grip, where: z_min}\n  - {at: 0 s, do: fix, rigid: hand, free: [z, turn_x]}\n"
           "  - {for: 1 s, do: push, rigid: hand, force: [0 N, 0 N, %.17g N]}\n",
           force);
  solve_block(pad, timeline, 1.0, 4, &c);
  stf_assert_near(body_of(&c, 0).shift[2], -0.1, 1e-6);
  stf_assert_small(fabs(body_of(&c, 0).turn[0]), 1e-6);
  stf_case_close(&c);
}

/* ---- refusals ---- */

static void what_cannot_be_is_refused_with_place_and_names(void **state) {
  (void)state;
  static const char press[] = "  - {for: 1 s, do: move, rigid: ball, by: [0 mm, 0 mm, -0.1 mm]}\n";
  static const char push[] = "  - {at: 0 s, do: fix, rigid: ball, free: [z]}\n"
                             "  - {for: 1 s, do: push, rigid: ball, force: [0 N, 0 N, -1 N]}\n";
  static const struct {
    const char *tools, *timeline, *said;
  } wrong[] = {
      {"  - {name: ball, shape: sphere, centre: [1 mm, 0 mm, 1.9 mm], radius: 1 mm, against: z_max}\n", press,
       "the tool ball, which reaches into the face z_max: by 0.1 mm at (1, 0, 1) mm"},
      {"  - {name: ball, shape: sphere, centre: [1 mm, 0 mm, 2 mm], radius: 1 mm, against: z_mix}\n", press,
       "face 'z_mix'"},
      {"  - {name: ball, shape: sphere, centre: [1 mm, 0 mm, 1.1 mm], radius: 0.1 mm, against: z_max}\n", press,
       "0.1 mm, against elements of 0.25 mm"},
      {"  - {name: ball, shape: sphere, centre: [1 mm, 0 mm, 2.5 mm], radius: 1 mm, against: z_max}\n", push,
       "the tool ball, 0.5 mm from the face z_max, which is pushed"},
      {"  - {name: ball, shape: sphere, centre: [1 mm, 0 mm, 2 mm], radius: 1 mm, against: z_max}\n"
       "  - {name: ball, shape: sphere, centre: [2 mm, 0 mm, 2 mm], radius: 1 mm, against: z_max}\n",
       press, "a second rigid body named ball"},
      {"  - {name: ball, shape: sphere, centre: [1 mm, 0 mm, 2 mm], radius: 1 mm, against: z_max}\n",
       "  - {for: 1 s, do: traction, where: x_max, by: [1 kPa, 0 kPa, 0 kPa]}\n", "which nothing holds"},
      {"  - {name: ball, shape: plane, centre: [1 mm, 0 mm, 2 mm], normal: [0, 0, 0], against: z_max}\n", press,
       "no direction"},
      {"  - {name: ball, shape: pad, centre: [1 mm, 0 mm, 2 mm], half: [1 mm, 1 mm, 0.2 mm], rounding: 0.3 mm,"
       " against: z_max}\n",
       press, "0.3 mm"},
      {"  - {name: ball, shape: sphere, centre: [1 mm, 0 mm, 2 mm], radius: 1 mm, against: z_max, stiffness: 1 MPa,"
       " foundation: 1 MPa/mm}\n",
       press, "a foundation beside `stiffness`"},
  };
  stf_case_tissue("solid", "quadratic", MU, BULK, NULL);
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    stf_case c = {.arena = stf_arena_create(), .diags = stf_diags_create()};
    stf_study study;
    char timeline[512];
    snprintf(timeline, sizeof timeline, "  - {at: 0 s, do: grip, where: z_min}\n%s", wrong[k].timeline);
    stf_files_write("wrong.yaml", block_text(wrong[k].tools, timeline));
    assert_int_equal(stf_study_read("wrong.yaml", ".", c.arena, c.arena, c.diags, &study), STF_BAD_INPUT);
    bool named = false;
    for (size_t i = 0; i < stf_diags_count(c.diags); i++)
      named = named || strstr(stf_diags_get(c.diags, i)->found, wrong[k].said);
    if (!named) stf_diags_print(c.diags, stderr);
    assert_true(named);
    stf_case_close(&c);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stf_files_setup, stf_files_teardown)
  const struct CMUnitTest tests[] = {
      TEST(what_cannot_be_is_refused_with_place_and_names),
      TEST(a_plate_presses_as_a_grip_does),
      TEST(a_plate_slips_where_friction_says_and_sticks_below),
      TEST(a_roller_rolls_where_it_turns_and_slips_where_it_does_not),
      TEST(a_roller_that_is_free_to_turn_rolls_without_slipping_or_drag),
      TEST(a_foundation_is_a_spring_in_series),
      TEST(a_soft_roller_is_squeezed_by_its_segment),
      TEST(a_pad_that_is_pushed_goes_as_deep_as_one_that_is_moved),
      TEST(a_sphere_is_pressed_in_as_hertz_says),
  };
  return cmocka_run_group_tests(tests, stf_case_start, stf_case_stop);
}
