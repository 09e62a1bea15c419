/* Figures: what is drawn and where, that labels overlap nothing, that no text of a user becomes markup. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "result/axis.h"
#include "result/curves.h"
#include "result/figure.h"
#include "result/plot.h"
#include "result/record.h"
#include "result/svg.h"
#include "stf_files.h"
#include "stf_test.h"

/* ---- axes ---- */

static void assert_axis(double low, double high, int most, double first, double last, double step) {
  const stf_axis axis = stf_axis_fit(low, high, most);
  stf_assert_small(fabs(axis.low - first), 1e-12 * fabs(step));
  stf_assert_small(fabs(axis.high - last), 1e-12 * fabs(step));
  stf_assert_small(fabs(axis.step - step), 1e-12 * fabs(step));
  assert_int_equal(axis.ticks, (int)lround((last - first) / step) + 1);
}

static void ticks_stand_at_steps_of_1_2_and_5(void **state) {
  (void)state;
  assert_axis(1.0, 1.1, 6, 1.0, 1.1, 0.02);
  assert_axis(0, 19.2, 6, 0, 20, 5);
  assert_axis(0, 19.2, 10, 0, 20, 2);
  assert_axis(-3, 7, 6, -4, 8, 2);
  assert_axis(0, 1, 2, 0, 1, 0.5);
  assert_axis(12345, 67890, 5, 0, 80000, 20000);
  assert_axis(-1e-17, 10, 5, 0, 10, 2); /* rounding errors don't add a step */
  assert_axis(0, 10.0001, 5, 0, 10, 2);
}

static void every_range_gets_an_axis_that_holds_it(void **state) {
  (void)state;
  uint64_t seed = 7;
  for (int i = 0; i < 5000; i++) {
    const double middle = stf_test_random(&seed) * pow(10, 40 * stf_test_random(&seed));
    const double half = fabs(middle * stf_test_random(&seed)) * pow(10, 12 * stf_test_random(&seed));
    const int most = 2 + i % 9;
    const stf_axis axis = stf_axis_fit(middle - half, middle + half, most);
    assert_true(axis.low < axis.high && axis.step > 0 && axis.ticks >= 2);
    assert_true(axis.low <= middle - half + 2e-3 * axis.step && axis.high >= middle + half - 2e-3 * axis.step);
    assert_true(axis.ticks <= most + 1);
    char first[64], last[64];
    assert_true(stf_axis_label(&axis, 0, first, sizeof(first)) < 40);
    stf_axis_label(&axis, axis.ticks - 1, last, sizeof(last));
    assert_string_not_equal(first, last);
  }
}

static void a_range_of_nothing_is_widened(void **state) {
  (void)state;
  assert_axis(0, 0, 5, -1, 1, 0.5);
  assert_axis(4, 4, 5, 2, 6, 1);
  assert_axis(-1e-310, 1e-310, 5, -1, 1, 0.5);
}

static void assert_labels(double low, double high, const char *first, const char *last, int exponent) {
  const stf_axis axis = stf_axis_fit(low, high, 5);
  char label[64];
  stf_axis_label(&axis, 0, label, sizeof(label));
  assert_string_equal(label, first);
  stf_axis_label(&axis, axis.ticks - 1, label, sizeof(label));
  assert_string_equal(label, last);
  assert_int_equal(axis.exponent, exponent);
}

static void labels_are_short_and_have_a_true_minus(void **state) {
  (void)state;
  assert_labels(1, 1.1, "1.00", "1.10", 0);
  assert_labels(-2, 2, "−2", "2", 0);
  assert_labels(0, 100, "0", "100", 0);
  assert_labels(0, 1e5, "0", "100", 3);
  assert_labels(0, 1e6, "0.0", "1.0", 6);
  assert_labels(0, 2.5e6, "0.0", "2.5", 6);
  assert_labels(0, 0.005, "0", "5", -3);
  assert_labels(-0.5, 0, "−0.5", "0.0", 0);
  assert_labels(3e-9, 5e-9, "3.0", "5.0", -9);
}

/* ---- runs to draw ---- */

static const stf_column columns[] = {{"time", STF_TIME, "s"},
                                     {"force", STF_FORCE, "N"},
                                     {"stretch", STF_RATIO, ""},
                                     {"nominal_stress", STF_STRESS, "MPa"}};

typedef struct made {
  const char *name, *title;
  double modulus;
  int rows;
  stf_measurement measurement;
  stf_comparison comparison[3];
  size_t comparisons;
} made;

/* Stress 0 up to a stretch of 1.02, then straight with `modulus` to 1.1. */
static void write_curves(const made *run, const char *path, stf_diags *diags) {
  stf_curves *curves = stf_curves_create(columns, 4);
  assert_non_null(curves);
  for (int i = 0; i < run->rows; i++) {
    const double stretch = 1 + 0.1 * i / (run->rows > 1 ? run->rows - 1 : 1);
    const double stress = run->modulus * fmax(0, stretch - 1.02);
    assert_int_equal(stf_curves_append(curves, (const double[]){i, 8 * stress, stretch, stress}), STF_OK);
  }
  assert_int_equal(stf_curves_write(curves, path, diags), STF_OK);
  stf_curves_destroy(curves);
}

static void make_run(made run, const char *folder, stf_diags *diags) {
  char path[128];
  mkdir("out", 0777);
  assert_int_equal(mkdir(folder, 0777), 0);
  snprintf(path, sizeof(path), "%s/curves.csv", folder);
  write_curves(&run, path, diags);
  for (size_t i = 0; i < run.comparisons; i++) run.comparison[i].measurement = &run.measurement;
  const stf_scenario scenario = {.name = run.name, .title = run.title};
  const stf_record record = {.version = "0",
                             .scenario = &scenario,
                             .scenario_text = "",
                             .measurements = 1,
                             .measurement = &run.measurement,
                             .comparisons = run.comparisons,
                             .comparison = run.comparison};
  snprintf(path, sizeof(path), "%s/run.json", folder);
  assert_int_equal(stf_record_write(&record, path, diags), STF_OK);
}

static made fascia(double modulus, const char *name, const char *title) {
  return (made){.name = name,
                .title = title,
                .modulus = modulus,
                .rows = 51,
                .measurement = {.name = "modulus",
                                .what = "slope",
                                .unit = "MPa",
                                .value = modulus,
                                .mark = STF_MARK_SLOPE,
                                .mark_x = "stretch",
                                .mark_y = "nominal_stress",
                                .mark_at = {1.08, 0.06 * modulus}},
                .comparison = {{.quantity = "modulus_along",
                                .source = "otsuka2018",
                                .role = STF_ROLE_PREDICTED,
                                .value = NAN,
                                .sd = NAN,
                                .low = 71.6,
                                .high = 275.9}},
                .comparisons = 1};
}

static made fascicle(void) {
  made run = fascia(240, "fascicle", "Tendon fascicle");
  run.measurement.name = "strength";
  run.measurement.mark = STF_MARK_POINT;
  run.measurement.mark_at[0] = 1.09;
  run.measurement.value = run.measurement.mark_at[1];
  run.comparison[0] = (stf_comparison){.quantity = "strength",
                                       .source = "yamamoto1999",
                                       .role = STF_ROLE_PREDICTED,
                                       .value = 17.2,
                                       .sd = 4.1,
                                       .low = NAN,
                                       .high = NAN};
  return run;
}

/* ---- looking at a figure ---- */

static const char *plotted(stf_diags *diags, const char *const *runs, size_t count) {
  const stf_plot_options options = {.runs = runs, .run_count = count, .path = "figure.svg"};
  if (stf_plot(&options, diags)) {
    stf_diags_print(diags, stderr);
    fail_msg("no figure");
  }
  return stf_files_read("figure.svg", NULL);
}

static const char *plotted_one(stf_diags *diags, const char *run) {
  return plotted(diags, &run, 1);
}

static void assert_holds(const char *svg, const char *text) {
  if (!strstr(svg, text)) fail_msg("no '%s' in:\n%s", text, svg);
}

static size_t count_of(const char *svg, const char *text) {
  size_t count = 0;
  for (const char *at = svg; (at = strstr(at, text)); at += strlen(text)) count++;
  return count;
}

/* The points of the n-th path with this attribute. Returns how many. */
static size_t path_points(const char *svg, const char *attribute, int n, double (*at)[2], size_t most) {
  for (const char *path = svg; (path = strstr(path, "<path d=\"M")); path++) {
    const char *end = strchr(path, '>'), *found = strstr(path, attribute);
    if (!found || found > end || n-- > 0) continue;
    size_t count = 0;
    char *next = (char *)path + strlen("<path d=\"M");
    while (count < most) {
      at[count][0] = strtod(next, &next);
      at[count][1] = strtod(next, &next);
      count++;
      if (*next++ != 'L') return count;
    }
  }
  return 0;
}

static void the_default_is_one_column_with_the_first_mark_on_its_curves(void **state) {
  make_run(fascia(240, "lateral", "Fascia lata"), "out/a", *state);
  const char *svg = plotted_one(*state, "out/a");
  assert_holds(svg, "width=\"85mm\" height=\"64mm\" viewBox=\"0 0 240.94 181.42\"");
  assert_holds(svg, "<title>nominal stress over stretch: Fascia lata</title>");
  assert_holds(svg, ">stretch</text>");
  assert_holds(svg, ">nominal stress [MPa]</text>");
  assert_holds(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
  assert_holds(svg, ">simulated</text>");
  assert_holds(svg, ">measured slope 71.6–275.9\xC2\xA0MPa</text>");
  assert_holds(svg, ">(Otsuka\xC2\xA0"
                    "2018)</text>");
  assert_int_equal(stf_diags_count(*state), 0);
}

static void the_curve_runs_from_corner_to_corner_of_its_ticks(void **state) {
  made run = fascia(250, "lateral", "");
  run.comparisons = 0;
  make_run(run, "out/a", *state);
  const stf_plot_options options = {.runs = (const char *const[]){"out/a"},
                                    .run_count = 1,
                                    .x = "stretch",
                                    .y = "nominal_stress",
                                    .path = "figure.svg"};
  assert_int_equal(stf_plot(&options, *state), STF_OK);
  double axis[2][2], curve[200][2];
  const char *svg = stf_files_read("figure.svg", NULL);
  const size_t count = path_points(svg, "stroke=\"#0072B2\"", 0, curve, 200);
  assert_int_equal(count, 51);
  /* the last two black lines are the axes: x is drawn last, y before the ticks of x */
  size_t blacks = count_of(svg, "stroke=\"#333333\"");
  assert_int_equal(path_points(svg, "stroke=\"#333333\"", (int)blacks - 1, axis, 2), 2);
  stf_assert_small(fabs(curve[0][0] - axis[0][0] - 0.3), 0.011);
  stf_assert_small(fabs(curve[count - 1][0] - axis[1][0] + 0.3), 0.011);
  stf_assert_small(fabs(curve[0][1] - axis[0][1]), 0.011);
  assert_true(fabs(curve[count - 1][1] - 8) < 0.011); /* 20 MPa is the top tick */
}

static void a_wedge_holds_the_straight_part_when_the_slope_is_in_range_and_stays_inside_the_axes(void **state) {
  make_run(fascia(240, "lateral", ""), "out/a", *state);
  const char *svg = plotted_one(*state, "out/a");
  double wedge[8][2], curve[200][2];
  const size_t corners = path_points(svg, "fill-opacity=\"0.16\"", 0, wedge, 8);
  const size_t count = path_points(svg, "stroke=\"#0072B2\"", 0, curve, 200);
  assert_int_equal(count_of(svg, "fill-opacity=\"0.16\""), 1);
  assert_true(corners >= 3 && count == 51);
  /* it begins where the curve's straight part leaves zero: stretch 1.02, row 10 */
  double nearest = INFINITY, left = INFINITY, right = 0, top = INFINITY, bottom = 0;
  for (size_t i = 0; i < corners; i++) {
    nearest = fmin(nearest, hypot(wedge[i][0] - curve[10][0], wedge[i][1] - curve[10][1]));
    left = fmin(left, wedge[i][0]);
    right = fmax(right, wedge[i][0]);
    top = fmin(top, wedge[i][1]);
    bottom = fmax(bottom, wedge[i][1]);
  }
  stf_assert_small(nearest, 0.05);
  stf_assert_small(fabs(left - curve[10][0]), 0.05);
  stf_assert_small(fabs(right - curve[50][0]), 0.011);
  stf_assert_small(fabs(bottom - curve[0][1]), 0.011);
  assert_true(top >= 8 - 0.011);
}

static void a_slope_without_a_spread_is_a_thin_line_along_the_straight_part(void **state) {
  made run = fascia(240, "lateral", "");
  run.comparison[0].value = 240;
  run.comparison[0].low = run.comparison[0].high = NAN;
  make_run(run, "out/a", *state);
  const char *svg = plotted_one(*state, "out/a");
  double line[8][2], curve[200][2];
  assert_int_equal(count_of(svg, "stroke-dasharray=\"2 1.6\""), 2); /* in the plot and in the legend */
  assert_int_equal(count_of(svg, "fill-opacity"), 0);
  assert_int_equal(path_points(svg, "stroke-dasharray=\"2 1.6\"", 0, line, 8), 2);
  assert_int_equal(path_points(svg, "stroke=\"#0072B2\"", 0, curve, 200), 51);
  const double along[2] = {curve[50][0] - curve[10][0], curve[50][1] - curve[10][1]};
  for (size_t i = 0; i < 2; i++) {
    const double from[2] = {line[i][0] - curve[10][0], line[i][1] - curve[10][1]};
    stf_assert_small(fabs(from[0] * along[1] - from[1] * along[0]) / hypot(along[0], along[1]), 0.05);
  }
}

static void a_point_is_drawn_with_its_standard_deviation(void **state) {
  make_run(fascicle(), "out/f", *state);
  const char *svg = plotted_one(*state, "out/f");
  assert_holds(svg, ">measured 17.2\xC2\xA0±\xC2\xA0"
                    "4.1\xC2\xA0MPa</text>");
  assert_holds(svg, ">(mean\xC2\xA0±\xC2\xA0SD,\xC2\xA0Yamamoto\xC2\xA0"
                    "1999)</text>");
  assert_int_equal(count_of(svg, "fill=\"#ffffff\" stroke=\"#333333\""), 2); /* in the figure and in the legend */
  double curve[200][2], bar[2][2];
  assert_int_equal(path_points(svg, "stroke=\"#0072B2\"", 0, curve, 200), 51);
  const double scale = (curve[0][1] - curve[50][1]) / 19.2; /* [pt/MPa] */
  for (int n = 0;; n++) {                                   /* the bar is the black upright line of the right length */
    assert_int_equal(path_points(svg, "stroke=\"#333333\"", n, bar, 2), 2);
    if (fabs(fabs(bar[0][1] - bar[1][1]) - 8.2 * scale) < 0.05 && bar[0][0] == bar[1][0]) break;
  }
  stf_assert_small(fabs(bar[0][0] - curve[45][0]), 0.02); /* at stretch 1.09 */
  stf_assert_small(fabs((bar[0][1] + bar[1][1]) / 2 - (curve[0][1] - 17.2 * scale)), 0.02);
}

static void points_that_look_alike_share_one_label(void **state) {
  made run = fascicle();
  run.comparison[1] = run.comparison[0];
  run.comparison[1].quantity = "other";
  run.comparison[1].value = 10;
  run.comparisons = 2;
  make_run(run, "out/f", *state);
  const char *svg = plotted_one(*state, "out/f");
  assert_holds(svg, ">measured (mean\xC2\xA0±\xC2\xA0SD,\xC2\xA0Yamamoto\xC2\xA0"
                    "1999)</text>");
  assert_int_equal(count_of(svg, "<circle"), 3);
}

/* A published law is not a measurement. */
static void what_was_typed_in_is_called_published(void **state) {
  made run = fascicle();
  run.comparison[0].role = STF_ROLE_INPUT;
  make_run(run, "out/f", *state);
  const char *svg = plotted_one(*state, "out/f");
  assert_holds(svg, ">published 17.2\xC2\xA0±\xC2\xA0"
                    "4.1\xC2\xA0MPa</text>");
  assert_null(strstr(svg, "measured"));
}

static void what_another_model_gave_is_called_published(void **state) {
  made run = fascicle();
  run.comparison[0].role = STF_ROLE_PUBLISHED_MODEL;
  make_run(run, "out/f", *state);
  const char *svg = plotted_one(*state, "out/f");
  assert_holds(svg, ">published 17.2\xC2\xA0±\xC2\xA0"
                    "4.1\xC2\xA0MPa</text>");
  assert_null(strstr(svg, "measured"));
}

static void a_range_is_a_bar_without_a_ring(void **state) {
  made run = fascicle();
  run.comparison[0].value = run.comparison[0].sd = NAN;
  run.comparison[0].low = 10;
  run.comparison[0].high = 1234.4;
  make_run(run, "out/f", *state);
  const char *svg = plotted_one(*state, "out/f");
  assert_holds(svg, "measured 10–1234\xC2\xA0MPa");
  assert_int_equal(count_of(svg, "<circle"), 0);
  assert_int_equal(count_of(svg, "fill-opacity=\"0.35\""), 2);
}

static void several_runs_differ_in_colour_and_dashes_and_share_equal_marks(void **state) {
  make_run(fascia(240, "lateral", "Lateral"), "out/a", *state);
  make_run(fascia(150, "medial", "Medial"), "out/b", *state);
  made across = fascia(20, "across", "Across");
  across.comparison[0].low = 3.2;
  across.comparison[0].high = 41.9;
  make_run(across, "out/c", *state);
  const char *svg = plotted(*state, (const char *const[]){"out/a", "out/b", "out/c"}, 3);
  assert_holds(svg, ">Lateral</text>");
  assert_holds(svg, ">Medial</text>");
  assert_holds(svg, "stroke=\"#0072B2\" stroke-width=\"1.3\"/>");
  assert_holds(svg, "stroke=\"#D55E00\" stroke-width=\"1.3\" stroke-dasharray=\"5 1.8\"/>");
  assert_holds(svg, "fill=\"#009E73\" fill-opacity=\"0.16\"");
  assert_holds(svg, "fill=\"#666666\" fill-opacity=\"0.16\"");
  assert_int_equal(count_of(svg, "measured slope 71.6–275.9"), 1);
  assert_int_equal(count_of(svg, "fill-opacity=\"0.16\""), 2);
  assert_null(strstr(svg, "simulated"));
}

static void runs_are_called_by_what_tells_them_apart(void **state) {
  make_run(fascia(240, "same", "Same"), "out/a", *state);
  make_run(fascia(100, "same", "Same"), "out/b", *state);
  make_run(fascia(100, "other", "Same"), "out/c", *state);
  const char *svg = plotted(*state, (const char *const[]){"out/a", "out/b"}, 2);
  assert_holds(svg, ">a</text>");
  svg = plotted(*state, (const char *const[]){"out/a", "out/c/"}, 2);
  assert_holds(svg, ">same</text>");
  assert_holds(svg, ">other</text>");
  svg = plotted(*state, (const char *const[]){"out/a", "out/../out/a"}, 2);
  assert_holds(svg, ">out/../out/a</text>");
}

static void chosen_curves_are_drawn(void **state) {
  make_run(fascia(240, "lateral", ""), "out/a", *state);
  stf_plot_options options = {.runs = (const char *const[]){"out/a"},
                              .run_count = 1,
                              .x = "time",
                              .y = "force",
                              .width_mm = 174,
                              .path = "f.svg"};
  assert_int_equal(stf_plot(&options, *state), STF_OK);
  const char *svg = stf_files_read("f.svg", NULL);
  assert_holds(svg, "width=\"174mm\" height=\"64mm\"");
  assert_holds(svg, ">force [N]</text>");
  assert_holds(svg, ">time [s]</text>");
  assert_null(strstr(svg, "measured"));
  options.x = NULL; /* no mark belongs to force */
  assert_int_equal(stf_plot(&options, *state), STF_OK);
  assert_holds(stf_files_read("f.svg", NULL), ">time [s]</text>");
  options.y = "nominal_stress"; /* a mark does: its x */
  assert_int_equal(stf_plot(&options, *state), STF_OK);
  assert_holds(stf_files_read("f.svg", NULL), ">stretch</text>");
}

static void without_marks_the_first_measure_is_drawn_over_time(void **state) {
  made run = fascia(240, "lateral", "");
  run.comparisons = 0;
  make_run(run, "out/a", *state);
  const char *svg = plotted_one(*state, "out/a");
  assert_holds(svg, ">force [N]</text>");
  assert_holds(svg, ">time [s]</text>");
}

static void the_same_runs_give_the_same_bytes(void **state) {
  make_run(fascia(240, "lateral", "x"), "out/a", *state);
  make_run(fascicle(), "out/f", *state);
  const char *const runs[] = {"out/a", "out/f"};
  char *first = strdup(plotted(*state, runs, 2));
  assert_non_null(first);
  assert_string_equal(first, plotted(*state, runs, 2));
  free(first);
}

static void text_of_a_user_never_becomes_markup(void **state) {
  made evil = fascia(240, "a", "</text><script>alert(1)</script> & \"'\x01\xff");
  evil.comparison[0].source = "<b>2000";
  evil.comparison[0].quantity = "]]>&amp;";
  make_run(evil, "out/a", *state);
  make_run(fascia(100, "b", "B & b"), "out/b", *state);
  const char *svg = plotted(*state, (const char *const[]){"out/a", "out/b"}, 2);
  assert_null(strstr(svg, "<script"));
  assert_null(strstr(svg, "<b>"));
  assert_null(strchr(svg, '\x01'));
  assert_holds(svg, "&lt;/text&gt;&lt;script&gt;");
  assert_holds(svg, "B &amp; b</text>");
  assert_int_equal(count_of(svg, "<text"), count_of(svg, "</text>"));
}

static void long_titles_are_cut_with_an_ellipsis_between_characters(void **state) {
  char title[481] = "";
  for (size_t i = 0; i + 2 < sizeof(title); i += 2) memcpy(title + i, "ä", 3);
  make_run(fascia(240, "a", title), "out/a", *state);
  make_run(fascia(200, "b", "B"), "out/b", *state);
  const char *svg = plotted(*state, (const char *const[]){"out/a", "out/b"}, 2);
  assert_holds(svg, "ä…</text>");
  assert_null(strstr(svg, "\xEF\xBF\xBD"));
}

/* ---- labels ---- */

/* Every piece of text lies on the page and none on a curve, a wedge or another text. */
static void assert_nothing_overlaps(stf_diags *diags, const stf_figure *figure) {
  stf_arena *arena = stf_arena_create();
  stf_buffer svg = {0};
  (void)diags;
  assert_int_equal(stf_figure_draw(figure, arena, &svg), STF_OK);
  double curve[500][2];
  const size_t count = path_points(svg.bytes, "stroke-width=\"1.3\"", 0, curve, 500);
  assert_true(count > 10);
  for (const char *text = svg.bytes; (text = strstr(text, "<text x=")); text++) {
    char words[400] = "";
    double x, y, size;
    char anchor[16];
    assert_int_equal(sscanf(text, "<text x=\"%lf\" y=\"%lf\" font-size=\"%lf\" text-anchor=\"%15[a-z]\">%399[^<]", &x,
                            &y, &size, anchor, words),
                     5);
    const double width = stf_svg_text_width(words, size);
    const double left = x - (*anchor == 's' ? 0 : *anchor == 'm' ? width / 2 : width);
    assert_true(left >= 0 && left + width <= figure->width_mm * 72 / 25.4 + 1);
    for (size_t i = 0; i < count; i++) {
      const double *at = curve[i];
      if (at[0] > left && at[0] < left + width && at[1] > y - size * 0.75 && at[1] < y + size * 0.2) {
        fail_msg("'%s' lies on the curve at %g %g", words, at[0], at[1]);
      }
    }
  }
  stf_buffer_clear(&svg);
  stf_arena_destroy(arena);
}

static void the_legend_lies_on_no_curve(void **state) {
  enum { COUNT = 400 };
  static double at[COUNT][2];
  for (int shape = 0; shape < 12; shape++) {
    for (int i = 0; i < COUNT; i++) {
      const double t = i / (COUNT - 1.0);
      const double values[] = {
          t,           t * t,        sqrt(t),          1 - t,         (1 - t) * (1 - t), sin(6 * t),
          cos(20 * t), exp(-50 * t), 1 - exp(-50 * t), fabs(t - 0.5), t < 0.5,           sin(90 * t)};
      at[i][0] = t;
      at[i][1] = values[shape];
    }
    const stf_figure_line line = {
        .label = "A curve with a label of some length", .count = COUNT, .at = (const double(*)[2])at};
    const stf_figure figure = {.width_mm = 85,
                               .height_mm = 64,
                               .title = "",
                               .x_name = "x",
                               .x_unit = "",
                               .y_name = "y",
                               .y_unit = "mm",
                               .lines = 1,
                               .line = &line};
    assert_nothing_overlaps(*state, &figure);
  }
}

static void a_figure_grows_for_a_long_legend(void **state) {
  static double at[50][2];
  for (int i = 0; i < 50; i++) at[i][0] = at[i][1] = i;
  stf_figure_line lines[12];
  for (int i = 0; i < 12; i++) {
    lines[i] = (stf_figure_line){.label = "One of many curves", .count = 50, .at = (const double(*)[2])at, .style = i};
  }
  const stf_figure figure = {.width_mm = 85,
                             .height_mm = 64,
                             .title = "",
                             .x_name = "x",
                             .x_unit = "",
                             .y_name = "y",
                             .y_unit = "",
                             .lines = 12,
                             .line = lines};
  stf_arena *arena = stf_arena_create();
  stf_buffer svg = {0};
  assert_int_equal(stf_figure_draw(&figure, arena, &svg), STF_OK);
  const char *height = strstr(svg.bytes, "height=\"");
  assert_true(height && strtod(height + 8, NULL) > 80);
  assert_int_equal(count_of(svg.bytes, ">One of many curves</text>"), 12);
  stf_buffer_clear(&svg);
  stf_arena_destroy(arena);
  assert_nothing_overlaps(*state, &figure);
}

static void widths_of_text_count_characters_not_bytes(void **state) {
  (void)state;
  assert_true(stf_svg_text_width("", 7) == 0);
  stf_assert_near(stf_svg_text_width("nn", 10), 2 * stf_svg_text_width("n", 10), 1e-14);
  assert_true(stf_svg_text_width("ä", 10) < 10);
  assert_int_equal(stf_svg_text_fit("äää", 10, stf_svg_text_width("ää", 10) + 1e-9), 4);
  assert_int_equal(stf_svg_text_fit("abc", 10, 0), 0);
  assert_int_equal(stf_svg_text_fit("abc", 10, 1e9), 3);
}

/* ---- odd data ---- */

static void gaps_and_infinities_break_the_line(void **state) {
  make_run(fascia(240, "a", ""), "out/a", *state);
  stf_files_write("out/a/curves.csv", "time [s],force [N]\n0,0\n1,1\n2,\n3,3\n4,1e300\n5,2\n6,4\n");
  const stf_plot_options options = {
      .runs = (const char *const[]){"out/a"}, .run_count = 1, .x = "time", .y = "force", .path = "f.svg"};
  assert_int_equal(stf_plot(&options, *state), STF_OK);
  const char *svg = stf_files_read("f.svg", NULL);
  assert_int_equal(count_of(svg, "stroke=\"#0072B2\""), 2);
  assert_int_equal(count_of(svg, "<circle"), 1); /* the lonely point */
  assert_null(strstr(svg, "nan"));
  assert_null(strstr(svg, "inf"));
}

static void one_row_is_a_dot(void **state) {
  made run = fascia(240, "a", "");
  run.rows = 1;
  make_run(run, "out/a", *state);
  assert_int_equal(count_of(plotted_one(*state, "out/a"), "<circle"), 1);
}

static void a_wedge_without_a_place_on_the_curve_stays_at_its_point(void **state) {
  made run = fascia(240, "a", "");
  run.measurement.value = 1e-9; /* this line never comes down to the curve's level */
  make_run(run, "out/a", *state);
  assert_int_equal(count_of(plotted_one(*state, "out/a"), "fill-opacity=\"0.16\""), 2);
}

/* ---- faults ---- */

/* Runs in any order are the points of one line, from left to right. */
static void runs_are_points_across_which_their_numbers_are_drawn(void **state) {
  static const char *const runs[] = {"out/b", "out/c", "out/a"};
  static const double moduli[] = {200, 300, 100};
  for (int i = 0; i < 3; i++) make_run(fascia(moduli[i], runs[i] + 4, ""), runs[i], *state);
  stf_plot_options options = {
      .runs = runs, .run_count = 3, .x = "modulus", .y = "modulus", .across = true, .path = "figure.svg"};
  assert_int_equal(stf_plot(&options, *state), STF_OK);
  double line[10][2];
  const char *svg = stf_files_read("figure.svg", NULL);
  assert_int_equal(path_points(svg, "stroke=\"#0072B2\"", 0, line, 10), 3);
  assert_true(line[0][0] < line[1][0] && line[1][0] < line[2][0]);
  stf_assert_near(line[1][0], 0.5 * (line[0][0] + line[2][0]), 1e-3);
  stf_assert_near(line[1][1], 0.5 * (line[0][1] + line[2][1]), 1e-3);
  options.y = "modulos";
  assert_int_equal(stf_plot(&options, *state), STF_BAD_INPUT);
  stf_files_assert_said(*state, "did you mean modulus?");
  options.y = NULL;
  assert_int_equal(stf_plot(&options, *state), STF_BAD_INPUT);
}

static void assert_refused(stf_diags *diags, const char *run, const char *x, stf_status expected, const char *said) {
  const stf_plot_options options = {.runs = &run, .run_count = 1, .x = x, .path = "refused.svg"};
  assert_int_equal(stf_plot(&options, diags), expected);
  stf_files_assert_said(diags, said);
  assert_false(stf_files_exists("refused.svg"));
}

static void unknown_runs_and_curves_are_named_with_the_nearest(void **state) {
  make_run(fascia(240, "a", ""), "out/lateral", *state);
  make_run(fascia(240, "a", ""), "out/medial", *state);
  assert_refused(*state, "out/latral", NULL, STF_BAD_INPUT,
                 "out/latral: error: found no run; expected the folder of a finished run, with its run.json, such as "
                 "out/lateral, out/medial (did you mean out/lateral?)");
  assert_refused(*state, "nowhere/x", NULL, STF_BAD_INPUT, "nowhere/x: error: found no run");
  assert_refused(*state, "lateral", NULL, STF_BAD_INPUT, "lateral: error: found no run");
  assert_refused(*state, "out/lateral", "strecth", STF_BAD_INPUT,
                 "out/lateral: error: found no curve strecth; expected one of time, force, stretch, nominal_stress "
                 "(did you mean stretch?)");
  assert_refused(*state, "out/lateral", "zzz", STF_BAD_INPUT, "found no curve zzz");
}

static void broken_files_are_refused_with_their_place(void **state) {
  make_run(fascia(240, "a", ""), "out/a", *state);
  stf_files_write("out/a/run.json", "{\"striffin\": {},\n \"scenario\": {\"name\": }");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "out/a/run.json:2:");
  stf_files_write("out/a/run.json", "[]");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "out/a/run.json: error: scenario: found something else");
  stf_files_write("out/a/run.json", "{\"scenario\": {\"name\": 3}}");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "name: found something else; expected text");
  stf_files_write("out/a/run.json", "{\"scenario\": {}, \"comparisons\": 3}");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "comparisons: found something else; expected a list");
  stf_files_write("out/a/run.json", "{\"scenario\": {}, \"comparisons\": [{\"measurement\": \"m\"}],"
                                    " \"measurements\": [{\"name\": \"m\", \"mark\": {\"kind\": \"blob\"}}]}");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "expected point or slope");
  stf_files_write("out/a/run.json",
                  "{\"scenario\": {}, \"comparisons\": [{\"measurement\": \"m\"}],"
                  " \"measurements\": [{\"name\": \"m\", \"mark\": {\"kind\": \"point\", \"at\": [1]}}]}");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "expected two numbers");
  stf_files_write("out/a/run.json", "{\"scenario\": {}}");
  stf_files_write("out/a/curves.csv", "time [s],force [N]\n0,x\n");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "out/a/curves.csv:2:3: error: found x; expected a number");
  stf_files_write("out/a/curves.csv", "time [s],force [N]\n");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "found no values of force over time");
  stf_files_write("out/a/curves.csv", "time [s]\n0\n");
  assert_refused(*state, "out/a", NULL, STF_BAD_INPUT, "found only one curve");
  assert_int_equal(remove("out/a/curves.csv"), 0);
  assert_refused(*state, "out/a", NULL, STF_NO_RESOURCE, "out/a/curves.csv: error: expected to read this file");
}

static void every_cut_of_a_record_is_refused(void **state) {
  make_run(fascia(240, "a", ""), "out/a", *state);
  size_t size;
  const char *text = stf_files_read("out/a/run.json", &size);
  char *whole = malloc(size);
  assert_non_null(whole);
  memcpy(whole, text, size);
  for (size_t cut = 0; cut + 2 < size; cut += 41) {
    stf_files_write_bytes("out/a/run.json", whole, cut);
    const stf_plot_options options = {.runs = (const char *const[]){"out/a"}, .run_count = 1, .path = "cut.svg"};
    assert_int_equal(stf_plot(&options, *state), STF_BAD_INPUT);
  }
  free(whole);
}

static void other_units_are_refused_or_not_drawn(void **state) {
  make_run(fascia(240, "a", ""), "out/a", *state);
  make_run(fascia(240, "b", ""), "out/b", *state);
  stf_files_write("out/b/curves.csv", "time [s],stretch,nominal_stress [kPa]\n0,1,0\n1,1.1,9\n");
  const stf_plot_options options = {.runs = (const char *const[]){"out/a", "out/b"}, .run_count = 2, .path = "f.svg"};
  assert_int_equal(stf_plot(&options, *state), STF_BAD_INPUT);
  stf_files_assert_said(*state, "out/b: error: found the curve nominal_stress in kPa; expected MPa, as in out/a");
  const char *svg = plotted_one(*state, "out/b");
  assert_null(strstr(svg, "measured"));
  stf_files_assert_said(*state, "out/b: warning: modulus_along: found a published number in MPa; expected kPa as on");
}

static void a_number_that_is_no_value_of_the_curve_is_not_drawn(void **state) {
  made run = fascicle();
  run.measurement.what = "area";
  run.measurement.value = 0.5;
  make_run(run, "out/a", *state);
  const char *svg = plotted_one(*state, "out/a");
  assert_null(strstr(svg, "measured"));
  stf_files_assert_said(*state, "out/a: warning: strength: found a published number of something else in MPa");
}

static void impossible_figures_are_refused(void **state) {
  make_run(fascia(240, "a", ""), "out/a", *state);
  const char *const runs[] = {"out/a", "out/a", "out/a", "out/a", "out/a", "out/a", "out/a",
                              "out/a", "out/a", "out/a", "out/a", "out/a", "out/a"};
  stf_plot_options options = {.runs = runs, .run_count = 13, .path = "f.svg"};
  assert_int_equal(stf_plot(&options, *state), STF_BAD_INPUT);
  stf_files_assert_said(*state, "found 13 runs; expected 1 to 12 in one figure");
  options.run_count = 0;
  assert_int_equal(stf_plot(&options, *state), STF_BAD_INPUT);
  options.run_count = 1;
  for (size_t i = 0; i < 4; i++) {
    options.width_mm = (const double[]){-5, NAN, 29, 1e9}[i];
    assert_int_equal(stf_plot(&options, *state), STF_BAD_INPUT);
  }
  stf_files_assert_said(*state, "found a figure 29 mm wide; expected from 30 mm to 1000 mm");
  options.width_mm = options.height_mm = 30;
  assert_int_equal(stf_plot(&options, *state), STF_OK);
  options.path = "no/f.svg";
  assert_int_equal(stf_plot(&options, *state), STF_NO_RESOURCE);
}

static int start_units(void **state) {
  (void)state;
  return stf_units_start();
}

static int stop_units(void **state) {
  (void)state;
  stf_units_stop();
  return 0;
}

#define FILES(test) cmocka_unit_test_setup_teardown(test, stf_files_setup, stf_files_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ticks_stand_at_steps_of_1_2_and_5),
      cmocka_unit_test(every_range_gets_an_axis_that_holds_it),
      cmocka_unit_test(a_range_of_nothing_is_widened),
      cmocka_unit_test(labels_are_short_and_have_a_true_minus),
      FILES(the_default_is_one_column_with_the_first_mark_on_its_curves),
      FILES(the_curve_runs_from_corner_to_corner_of_its_ticks),
      FILES(a_wedge_holds_the_straight_part_when_the_slope_is_in_range_and_stays_inside_the_axes),
      FILES(a_slope_without_a_spread_is_a_thin_line_along_the_straight_part),
      FILES(a_point_is_drawn_with_its_standard_deviation),
      FILES(points_that_look_alike_share_one_label),
      FILES(what_was_typed_in_is_called_published),
      FILES(what_another_model_gave_is_called_published),
      FILES(a_range_is_a_bar_without_a_ring),
      FILES(several_runs_differ_in_colour_and_dashes_and_share_equal_marks),
      FILES(runs_are_called_by_what_tells_them_apart),
      FILES(chosen_curves_are_drawn),
      FILES(without_marks_the_first_measure_is_drawn_over_time),
      FILES(the_same_runs_give_the_same_bytes),
      FILES(text_of_a_user_never_becomes_markup),
      FILES(long_titles_are_cut_with_an_ellipsis_between_characters),
      FILES(the_legend_lies_on_no_curve),
      FILES(a_figure_grows_for_a_long_legend),
      cmocka_unit_test(widths_of_text_count_characters_not_bytes),
      FILES(gaps_and_infinities_break_the_line),
      FILES(one_row_is_a_dot),
      FILES(a_wedge_without_a_place_on_the_curve_stays_at_its_point),
      FILES(runs_are_points_across_which_their_numbers_are_drawn),
      FILES(unknown_runs_and_curves_are_named_with_the_nearest),
      FILES(broken_files_are_refused_with_their_place),
      FILES(every_cut_of_a_record_is_refused),
      FILES(other_units_are_refused_or_not_drawn),
      FILES(a_number_that_is_no_value_of_the_curve_is_not_drawn),
      FILES(impossible_figures_are_refused),
  };
  return cmocka_run_group_tests(tests, start_units, stop_units);
}
