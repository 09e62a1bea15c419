/* The timeline as a protocol: what follows what, what lasts at the same time, and what is refused. */
#include <string.h>

#include "protocol/protocol.h"
#include "stf_anatomy.h"
#include "stf_files.h"

static const char block[] = "length: 3 mm\nwidth: 2 mm\nlayers: [{name: a, tissue: solid, thickness: 1 mm}]\n";

static const char planes[] = "timeline:\n  - {do: symmetry, where: x_min}\n  - {do: symmetry, where: y_min}\n"
                             "  - {do: symmetry, where: z_min}\n";

typedef struct timeline {
  stf_variants items;
} timeline;

static const stf_option rows[] = {{.key = "timeline",
                                   .kind = STF_KIND_VARIANTS,
                                   .offset = offsetof(timeline, items),
                                   .variants = &stf_activities,
                                   .help = "what is done"}};
static const stf_table table = STF_TABLE_OF("test", timeline, rows);

/* Compiles activities on a block after three planes of symmetry; stf_sample_clear is due afterwards. */
static stf_status compile(const char *activities, stf_sample *s, stf_protocol *protocol) {
  char text[2048];
  snprintf(text, sizeof text, "%s%s", planes, activities);
  stf_sample_build(s, "strip", block, 1.0);
  const timeline *t = stf_test_read(&table, text, s->arena);
  assert_non_null(t);
  return stf_protocol_compile(&t->items, &(stf_bodies){0}, (stf_place){0}, &s->mesh, s->arena, s->diags, protocol);
}

static void assert_phase(const stf_protocol *p, size_t i, const char *activity, double start, double end) {
  assert_true(i < p->phases);
  assert_string_equal(p->phase[i].activity, activity);
  assert_true(p->phase[i].start == start && p->phase[i].end == end);
}

static void refused(const char *activities, const char *said) {
  stf_sample s;
  stf_protocol p;
  assert_int_equal(compile(activities, &s, &p), STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(s.diags), 1);
  stf_sample_assert_said(&s, said);
  stf_sample_clear(&s);
}

static void a_pull_through_the_whole_body_is_refused(void **state) {
  (void)state;
  stf_sample s;
  stf_protocol p;
  refused("  - {for: 1 s, do: pull, where: x_max, by: -3 mm}\n", "x_max 3 mm inwards by 1 s");
  refused("  - {for: 1 s, do: pull, where: y_max, by: -5 mm}\n", "less than 2 mm, the body's extent there");
  refused("  - {for: 1 s, do: pull, where: x_max, by: -2 mm}\n  - {for: 1 s, do: pull, where: x_max, by: -2 mm}\n",
          "x_max 4 mm inwards by 2 s");
  assert_int_equal(compile("  - {for: 1 s, do: pull, where: x_max, by: -2.9 mm}\n", &s, &p), STF_OK);
  stf_sample_clear(&s);
  assert_int_equal(compile("  - {for: 1 s, do: pull, where: x_max, by: 2 mm}\n"
                           "  - {for: 1 s, do: pull, where: x_max, by: -4.5 mm}\n",
                           &s, &p),
                   STF_OK);
  stf_sample_clear(&s);
}

static void activities_follow_each_other(void **state) {
  (void)state;
  stf_sample s;
  stf_protocol p;
  assert_int_equal(compile("  - {for: 2 s, do: pull, where: x_max, by: 1 mm}\n  - {for: 3 s, do: hold}\n"
                           "  - {at: 7 s, for: 1 s, do: pull, where: x_max, by: -1 mm}\n",
                           &s, &p),
                   STF_OK);
  assert_int_equal(p.phases, 4);
  assert_phase(&p, 0, "pull", 0, 2);
  assert_phase(&p, 1, "hold", 2, 5);
  assert_phase(&p, 2, "hold", 5, 7);
  assert_phase(&p, 3, "pull", 7, 8);
  assert_true(stf_grip_displacement(&p.grip[0], 6.0) == 1.0);
  assert_true(stf_grip_displacement(&p.grip[0], 7.5) == 0.5);
  stf_sample_clear(&s);
}

static void two_loads_may_grow_together(void **state) {
  (void)state;
  stf_sample s;
  stf_protocol p;
  assert_int_equal(compile("  - {for: 4 s, do: traction, where: x_max, by: [1 MPa, 0 MPa, 0 MPa]}\n"
                           "  - {at: 0 s, for: 4 s, do: traction, where: y_max, by: [0 MPa, 2 MPa, 0 MPa]}\n",
                           &s, &p),
                   STF_OK);
  assert_int_equal(p.phases, 1);
  assert_phase(&p, 0, "traction", 0, 4);
  double along[3], across[3];
  stf_load_value(&p.load[0], 1.0, along);
  stf_load_value(&p.load[1], 1.0, across);
  assert_true(along[0] == 0.25 && across[1] == 0.5);
  stf_sample_clear(&s);
}

/* So that a step ends wherever a load or a movement has a kink. */
static void phases_end_where_an_activity_begins_or_ends(void **state) {
  (void)state;
  stf_sample s;
  stf_protocol p;
  assert_int_equal(compile("  - {for: 10 s, do: pull, where: x_max, by: 1 mm}\n"
                           "  - {at: 2 s, for: 3 s, do: pressure, where: y_max, by: 1 kPa}\n"
                           "  - {at: 8 s, for: 4 s, do: pressure, where: z_max, by: 1 kPa}\n",
                           &s, &p),
                   STF_OK);
  assert_int_equal(p.phases, 5);
  assert_phase(&p, 0, "pull", 0, 2);
  assert_phase(&p, 1, "pull", 2, 5);
  assert_phase(&p, 2, "pull", 5, 8);
  assert_phase(&p, 3, "pull", 8, 10);
  assert_phase(&p, 4, "pressure", 10, 12);
  assert_true(p.now == 12.0);
  stf_sample_clear(&s);
}

static void one_face_is_not_moved_or_loaded_twice_at_a_time(void **state) {
  (void)state;
  refused("  - {for: 4 s, do: pull, where: x_max, by: 1 mm}\n"
          "  - {at: 3 s, for: 4 s, do: pull, where: x_max, by: 1 mm}\n",
          "3 s, while an activity above does the same to this face");
  refused("  - {for: 4 s, do: pressure, where: x_max, by: 1 kPa}\n"
          "  - {at: 0 s, for: 1 s, do: pressure, where: x_max, by: 1 kPa}\n",
          "0 s, while an activity above does the same to this face");
  refused("  - {for: 4 s, do: traction, where: x_max, by: [1 kPa, 0 kPa, 0 kPa]}\n"
          "  - {at: 0 s, for: 4 s, do: force, where: x_max, by: [0 N, 1 N, 0 N]}\n",
          "0 s, while an activity above does the same to this face");
}

static void what_takes_no_time_keeps_the_order(void **state) {
  (void)state;
  refused("  - {for: 4 s, do: pull, where: x_max, by: 1 mm}\n  - {at: 3 s, do: symmetry, where: z_max}\n",
          "not before 4 s");
}

/* A quarter of a cap: its rim does not lie square to the planes of symmetry. */
static void a_slanted_clamp_may_touch_a_plane_of_symmetry_unless_it_moves(void **state) {
  (void)state;
  static const char cap[] = "radius_x: 50 mm\nradius_y: 40 mm\nlength: 60 mm\nwidth: 40 mm\npart: quarter\n"
                            "layers: [{name: a, tissue: solid, thickness: 2 mm}]\n";
  static const char *const last[2] = {"  - {for: 1 s, do: pressure, where: inner, by: 1 kPa}\n",
                                      "  - {for: 1 s, do: pull, where: y_max, by: 1 mm}\n"};
  for (int moves = 0; moves < 2; moves++) {
    stf_sample s;
    stf_protocol p;
    char text[512];
    snprintf(text, sizeof text,
             "timeline:\n  - {do: symmetry, where: x_min}\n  - {do: symmetry, where: y_min}\n"
             "  - {do: grip, where: y_max}\n%s",
             last[moves]);
    stf_sample_build(&s, "cap", cap, 10.0);
    const timeline *t = stf_test_read(&table, text, s.arena);
    assert_non_null(t);
    const stf_status status =
        stf_protocol_compile(&t->items, &(stf_bodies){0}, (stf_place){0}, &s.mesh, s.arena, s.diags, &p);
    assert_int_equal(status, moves ? STF_BAD_INPUT : STF_OK);
    if (moves) stf_sample_assert_said(&s, "a grip on y_max, which moves nodes of the plane of symmetry x_min");
    stf_sample_clear(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(activities_follow_each_other),
      cmocka_unit_test(a_pull_through_the_whole_body_is_refused),
      cmocka_unit_test(two_loads_may_grow_together),
      cmocka_unit_test(phases_end_where_an_activity_begins_or_ends),
      cmocka_unit_test(one_face_is_not_moved_or_loaded_twice_at_a_time),
      cmocka_unit_test(what_takes_no_time_keeps_the_order),
      cmocka_unit_test(a_slanted_clamp_may_touch_a_plane_of_symmetry_unless_it_moves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
