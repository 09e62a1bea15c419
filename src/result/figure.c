#include "result/figure.h"

#include <math.h>
#include <string.h>

#include "result/axis.h"
#include "result/svg.h"

/* All lengths in points. */
static const double pt_per_mm = 72 / 25.4;
static const double label_size = 8, small_size = 7, row_height = 9, tick_length = 3, margin = 8;
static const double sample_width = 17, sample_gap = 4, legend_inset = 5;
static const char ink[] = "#333333", faint[] = "#e8e8e8", grey[] = "#666666";

/* Okabe and Ito's colours, told apart by colour-blind readers too, without the yellow that fades on white. */
static const char *const colours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"};
static const char *const dashes[] = {NULL, "5 1.8", "1.6 1.6", "6 1.6 1.6 1.6"};

enum { COLOURS = sizeof(colours) / sizeof(*colours), DASHES = sizeof(dashes) / sizeof(*dashes), MOST_CORNERS = 12 };
_Static_assert(COLOURS *DASHES == STF_FIGURE_STYLES, "7 and 4 have no common divisor, so each style is another one");

typedef struct box {
  double left, top, right, bottom;
} box;

/* A line of text in the legend. */
typedef struct row {
  const char *text;
  const stf_figure_line *line; /* whose sample stands before it, or NULL */
  const stf_figure_line *band; /* whose band has its sample there, or NULL */
  const stf_figure_mark *mark;
} row;

typedef struct drawing {
  const stf_figure *figure;
  stf_arena *arena;
  stf_buffer *svg;
  double height;
  box plot; /* inside the axes */
  stf_axis x, y;
  double (**path)[2];   /* [lines][count] lines in page coordinates */
  double (*outline)[2]; /* room for that of the longest band */
  size_t rows;
  row *row; /* [rows] */
  bool cut; /* a label of the legend is not shown whole */
  box legend;
} drawing;

/* --- geometry ------------------------------------------------------------------------------------------------------
 */

static void to_page(const drawing *draw, const double at[2], double page[2]) {
  const box *plot = &draw->plot;
  page[0] = plot->left + (at[0] - draw->x.low) / (draw->x.high - draw->x.low) * (plot->right - plot->left);
  page[1] = plot->bottom - (at[1] - draw->y.low) / (draw->y.high - draw->y.low) * (plot->bottom - plot->top);
}

/* How far `at` is inside one side of the box. */
static double inside(const box *in, int side, const double at[2]) {
  const double distances[] = {at[0] - in->left, in->right - at[0], at[1] - in->top, in->bottom - at[1]};
  return distances[side];
}

/*
 * The part of a polygon [count, at most 8 corners] that lies in the box (Sutherland and Hodgman 1974); a segment is a
 * polygon of two corners. Returns the number of corners written to `out`.
 */
static size_t clip(const box *in, const double (*corners)[2], size_t count, double (*out)[2]) {
  double from[MOST_CORNERS][2];
  memcpy(out, corners, count * sizeof(*out));
  for (int side = 0; side < 4; side++) {
    const size_t before = count;
    memcpy(from, out, before * sizeof(*from));
    count = 0;
    for (size_t i = 0; i < before; i++) {
      const double *a = from[i], *b = from[(i + 1) % before];
      const double depth_a = inside(in, side, a), depth_b = inside(in, side, b);
      if (depth_a >= 0) memcpy(out[count++], a, sizeof(*out));
      if ((depth_a >= 0) == (depth_b >= 0)) continue;
      const double t = depth_a / (depth_a - depth_b);
      out[count][0] = a[0] + t * (b[0] - a[0]);
      out[count][1] = a[1] + t * (b[1] - a[1]);
      count++;
    }
  }
  return count;
}

static bool touches(const box *in, const double (*corners)[2], size_t count) {
  double out[MOST_CORNERS][2];
  return clip(in, corners, count, out) > 0;
}

/* One half of the wedge between two slopes, to the left (0) or right (1) of its point, inside the axes. */
static size_t wedge(const drawing *draw, const stf_figure_mark *mark, const double slopes[2], int half,
                    double (*out)[2]) {
  const double end = half ? draw->x.high : draw->x.low;
  if (mark->side == (half ? STF_WEDGE_LEFT : STF_WEDGE_RIGHT)) return 0;
  if (half ? mark->at[0] >= end : mark->at[0] <= end) return 0;
  double corners[3][2];
  to_page(draw, mark->at, corners[0]);
  for (int i = 0; i < 2; i++) {
    const double at[2] = {end, mark->at[1] + slopes[i] * (end - mark->at[0])};
    to_page(draw, at, corners[1 + i]);
  }
  return clip(&draw->plot, (const double(*)[2])corners, 3, out);
}

static bool has_range(const stf_figure_mark *mark) {
  return !isnan(mark->low) && !isnan(mark->high);
}

static bool has_sd(const stf_figure_mark *mark) {
  return !isnan(mark->value) && !isnan(mark->sd);
}

/* The widest interval that a mark shows: its range, else its SD about the mean, else the value alone. */
static void widest(const stf_figure_mark *mark, double ends[2]) {
  const double sd = has_sd(mark) ? mark->sd : 0;
  ends[0] = fmin(mark->low, mark->value - sd);
  ends[1] = fmax(mark->high, mark->value + sd);
}

/* --- what is where -------------------------------------------------------------------------------------------------
 */

static void stretch_limits(double limits[2][2], const double at[2]) {
  if (!isfinite(at[0]) || !isfinite(at[1])) return;
  for (int i = 0; i < 2; i++) {
    limits[i][0] = fmin(limits[i][0], at[i]);
    limits[i][1] = fmax(limits[i][1], at[i]);
  }
}

static void find_limits(const stf_figure *figure, double limits[2][2]) {
  for (int i = 0; i < 2; i++) limits[i][0] = limits[i][1] = NAN;
  for (size_t i = 0; i < figure->lines; i++) {
    for (size_t j = 0; j < figure->line[i].count; j++) stretch_limits(limits, figure->line[i].at[j]);
    for (size_t j = 0; j < figure->line[i].edge; j++) {
      stretch_limits(limits, figure->line[i].low[j]);
      stretch_limits(limits, figure->line[i].high[j]);
    }
  }
  for (size_t i = 0; i < figure->marks; i++) {
    const stf_figure_mark *mark = &figure->mark[i];
    if (mark->kind != STF_MARK_POINT) continue;
    double ends[2];
    widest(mark, ends);
    for (int j = 0; j < 2; j++) stretch_limits(limits, (const double[2]){mark->at[0], ends[j]});
  }
}

static double widest_label(const stf_axis *axis) {
  double width = 0;
  for (int i = 0; i < axis->ticks; i++) {
    char label[64];
    stf_axis_label(axis, i, label, sizeof(label));
    width = fmax(width, stf_svg_text_width(label, small_size));
  }
  return width;
}

/* As many steps as labels have room for along the x axis. */
static stf_axis fit_x(double low, double high, double length) {
  for (int most = 8;; most--) {
    const stf_axis axis = stf_axis_fit(low, high, most);
    const double room = length / (axis.ticks - 1);
    if (most == 2 || (room > 26 && room > widest_label(&axis) + 8)) return axis;
  }
}

/* Places the axes with `above` left free for a legend over them. */
static void place_axes(drawing *draw, double above) {
  const stf_figure *figure = draw->figure;
  const double width = figure->width_mm * pt_per_mm, asked = figure->height_mm * pt_per_mm;
  double limits[2][2];
  find_limits(figure, limits);
  draw->height = fmax(asked, above + asked * 0.7);
  draw->plot.top = margin + above;
  draw->plot.bottom = draw->height - 27;
  const int most = (int)fmax(2, fmin(8, (draw->plot.bottom - draw->plot.top) / 21));
  draw->y = stf_axis_fit(limits[1][0], limits[1][1], most);
  draw->plot.left = 17 + widest_label(&draw->y) + tick_length + 2;
  draw->x = fit_x(limits[0][0], limits[0][1], width - draw->plot.left - margin);
  draw->plot.right = width - fmax(margin, widest_label(&draw->x) / 2 + 2);
}

static void place_lines(drawing *draw) {
  const stf_figure *figure = draw->figure;
  for (size_t i = 0; i < figure->lines; i++) {
    for (size_t j = 0; j < figure->line[i].count; j++) to_page(draw, figure->line[i].at[j], draw->path[i][j]);
  }
}

/* --- legend --------------------------------------------------------------------------------------------------------
 */

/* Where a line of text that begins at `text` should end to be at most `width` wide. */
static size_t line_end(const char *text, double width) {
  const size_t fits = stf_svg_text_fit(text, small_size, width);
  if (!text[fits]) return fits;
  for (size_t i = fits; i > 0; i--) {
    if (text[i] == ' ') return i;
  }
  return fits;
}

/* `text`, ended with an ellipsis where it is wider than `width`. NULL when memory is out. */
static const char *shortened(stf_arena *arena, const char *text, double size, double width) {
  size_t fits = stf_svg_text_fit(text, size, width);
  if (!text[fits]) return text;
  fits = stf_svg_text_fit(text, size, width - size);
  return stf_arena_printf(arena, "%.*s\xE2\x80\xA6", (int)fits, text);
}

/* Adds a label in one or two rows. False when memory is out. */
static bool add_rows(drawing *draw, const char *text, row first, double width) {
  if (!text) return true;
  const size_t end = line_end(text, width);
  first.text = stf_arena_copy(draw->arena, text, end);
  draw->row[draw->rows++] = first;
  text += end;
  while (*text == ' ') text++;
  if (!*text) return first.text;
  row *second = &draw->row[draw->rows++];
  *second = (row){.text = shortened(draw->arena, text, small_size, width)};
  draw->cut |= second->text != text;
  return first.text && second->text;
}

/*
 * Breaks the labels into rows of at most `width` with their samples. The legend's size is left in draw->legend, and
 * whether a label is not shown whole in draw->cut. False when memory is out.
 */
static bool set_legend(drawing *draw, double width) {
  const stf_figure *figure = draw->figure;
  const double room = width - sample_width - sample_gap;
  bool ready = true;
  draw->rows = 0;
  draw->cut = false;
  for (size_t i = 0; i < figure->lines; i++) {
    ready &= add_rows(draw, figure->line[i].label, (row){.line = &figure->line[i]}, room);
  }
  for (size_t i = 0; i < figure->lines; i++) {
    ready &= add_rows(draw, figure->line[i].band_label, (row){.band = &figure->line[i]}, room);
  }
  for (size_t i = 0; i < figure->marks; i++) {
    ready &= add_rows(draw, figure->mark[i].label, (row){.mark = &figure->mark[i]}, room);
  }
  double widest_row = 0;
  for (size_t i = 0; ready && i < draw->rows; i++) {
    widest_row = fmax(widest_row, stf_svg_text_width(draw->row[i].text, small_size));
  }
  draw->legend = (box){0, 0, widest_row + sample_width + sample_gap, (double)draw->rows * row_height};
  return ready;
}

/* The corners of a piece of a band, between two of its points. */
static void band_piece(const drawing *draw, const stf_figure_line *line, size_t i, double corners[4][2]) {
  to_page(draw, line->low[i], corners[0]);
  to_page(draw, line->low[i + 1], corners[1]);
  to_page(draw, line->high[i + 1], corners[2]);
  to_page(draw, line->high[i], corners[3]);
}

/* Whether a curve, its band, a wedge or a point runs through the box. */
static bool is_taken(const drawing *draw, const box *place) {
  const stf_figure *figure = draw->figure;
  for (size_t i = 0; i < figure->lines; i++) {
    const double(*path)[2] = (const double(*)[2])draw->path[i];
    for (size_t j = 0; j < figure->line[i].count; j++) {
      const size_t corners = j + 1 < figure->line[i].count && isfinite(path[j + 1][0] + path[j + 1][1]) ? 2 : 1;
      if (isfinite(path[j][0] + path[j][1]) && touches(place, path + j, corners)) return true;
    }
    for (size_t j = 0; j + 1 < figure->line[i].edge; j++) {
      double corners[4][2];
      band_piece(draw, &figure->line[i], j, corners);
      if (touches(place, (const double(*)[2])corners, 4)) return true;
    }
  }
  for (size_t i = 0; i < figure->marks; i++) {
    const stf_figure_mark *mark = &figure->mark[i];
    double ends[2], corners[MOST_CORNERS][2];
    widest(mark, ends);
    for (int half = 0; mark->kind == STF_MARK_SLOPE && half < 2; half++) {
      const size_t count = wedge(draw, mark, ends, half, corners);
      if (count && touches(place, (const double(*)[2])corners, count)) return true;
    }
    if (mark->kind != STF_MARK_POINT) continue;
    for (int j = 0; j < 2; j++) to_page(draw, (const double[2]){mark->at[0], ends[j]}, corners[j]);
    if (touches(place, (const double(*)[2])corners, 2)) return true;
  }
  return false;
}

/* Moves the legend into a free corner. False when there is none. */
static bool place_inside(drawing *draw) {
  const box *plot = &draw->plot;
  const double width = draw->legend.right - draw->legend.left, height = draw->legend.bottom - draw->legend.top;
  const double left = plot->left + legend_inset, right = plot->right - width;
  const double top = plot->top, bottom = plot->bottom - legend_inset - height;
  const double corners[4][2] = {{left, top}, {right, bottom}, {right, top}, {left, bottom}};
  for (int i = 0; i < 4; i++) {
    const box place = {corners[i][0], corners[i][1], corners[i][0] + width, corners[i][1] + height};
    const box around = {place.left - 3, place.top - 3, place.right + 3, place.bottom + 3};
    if (place.top < plot->top || place.left < plot->left || is_taken(draw, &around)) continue;
    draw->legend = place;
    return true;
  }
  return false;
}

/* Inside the axes where there is a free corner, in broad or in narrow rows, else above them. */
static bool lay_out(drawing *draw) {
  static const double widths[] = {0.95, 0.72};
  place_axes(draw, 0);
  place_lines(draw);
  const double room = draw->plot.right - draw->plot.left;
  for (int i = 0; i < 2; i++) {
    if (!set_legend(draw, room * widths[i])) return false;
    if (!draw->rows || (!draw->cut && place_inside(draw))) return true;
  }
  if (!set_legend(draw, room)) return false;
  const double height = draw->legend.bottom;
  place_axes(draw, height + 4);
  place_lines(draw);
  draw->legend = (box){draw->plot.left, margin - 3, draw->plot.left + draw->legend.right, margin - 3 + height};
  return true;
}

/* --- drawing -------------------------------------------------------------------------------------------------------
 */

static const char *colour_of(int style) {
  return style < 0 ? grey : colours[style % COLOURS];
}

/* Thin and dark, to be seen on a curve of any colour. */
static stf_pen mean_pen(void) {
  return (stf_pen){.colour = ink, .width = 0.5, .dashes = "2 1.6"};
}

static void draw_segment(const drawing *draw, double x0, double y0, double x1, double y1, stf_pen pen) {
  const double at[2][2] = {{x0, y0}, {x1, y1}};
  stf_svg_line(draw->svg, at, 2, pen);
}

static void draw_x_axis(const drawing *draw) {
  const box *plot = &draw->plot;
  const stf_pen pen = {.colour = ink, .width = 0.6};
  const stf_lettering letters = {.size = small_size, .anchor = "middle"};
  for (int i = 0; i < draw->x.ticks; i++) {
    char label[64];
    stf_axis_label(&draw->x, i, label, sizeof(label));
    const double x = plot->left + (plot->right - plot->left) * i / (draw->x.ticks - 1);
    draw_segment(draw, x, plot->bottom, x, plot->bottom + tick_length, pen);
    stf_svg_text(draw->svg, (const double[2]){x, plot->bottom + tick_length + 7.5}, letters, label);
  }
  draw_segment(draw, plot->left - 0.3, plot->bottom, plot->right + 0.3, plot->bottom, pen);
}

static void draw_y_axis(const drawing *draw) {
  const box *plot = &draw->plot;
  const stf_pen pen = {.colour = ink, .width = 0.6}, grid = {.colour = faint, .width = 0.5};
  const stf_lettering letters = {.size = small_size, .anchor = "end"};
  for (int i = 0; i < draw->y.ticks; i++) {
    char label[64];
    stf_axis_label(&draw->y, i, label, sizeof(label));
    const double y = plot->bottom - (plot->bottom - plot->top) * i / (draw->y.ticks - 1);
    if (i) draw_segment(draw, plot->left, y, plot->right, y, grid);
    draw_segment(draw, plot->left - tick_length, y, plot->left, y, pen);
    stf_svg_text(draw->svg, (const double[2]){plot->left - tick_length - 2, y + 2.5}, letters, label);
  }
  draw_segment(draw, plot->left, plot->bottom + 0.3, plot->left, plot->top - 0.3, pen);
}

/* "stress [10³ MPa]", at most `width` wide. NULL when memory is out. */
static const char *axis_name(const drawing *draw, const char *name, const char *unit, int exponent, double width) {
  static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  const int size = exponent < 0 ? -exponent : exponent;
  const char *text = *unit ? stf_arena_printf(draw->arena, "%s [%s]", name, unit) : name;
  if (exponent) {
    text = stf_arena_printf(draw->arena, "%s [10%s%s%s%s%s%s]", name, exponent < 0 ? "⁻" : "",
                            size >= 100 ? raised[size / 100 % 10] : "", size >= 10 ? raised[size / 10 % 10] : "",
                            raised[size % 10], *unit ? " " : "", unit);
  }
  return text ? shortened(draw->arena, text, label_size, width) : NULL;
}

static bool draw_axes(const drawing *draw) {
  const stf_figure *figure = draw->figure;
  const box *plot = &draw->plot;
  const double width = figure->width_mm * pt_per_mm;
  const char *x_name = axis_name(draw, figure->x_name, figure->x_unit, draw->x.exponent, width - 16);
  const char *y_name = axis_name(draw, figure->y_name, figure->y_unit, draw->y.exponent, draw->height - 8);
  if (!x_name || !y_name) return false;
  draw_y_axis(draw);
  draw_x_axis(draw);
  const double half = stf_svg_text_width(x_name, label_size) / 2;
  const double x = fmax(half + 4, fmin((plot->left + plot->right) / 2, width - half - 4));
  stf_svg_text(draw->svg, (const double[2]){x, plot->bottom + 22.5}, (stf_lettering){label_size, "middle", false},
               x_name);
  const double tall = stf_svg_text_width(y_name, label_size) / 2;
  const double y = fmax(tall + 4, fmin((plot->top + plot->bottom) / 2, draw->height - tall - 4));
  stf_svg_text(draw->svg, (const double[2]){11, y}, (stf_lettering){label_size, "middle", true}, y_name);
  return true;
}

static void draw_wedge(const drawing *draw, const stf_figure_mark *mark, const double slopes[2], double opacity) {
  for (int half = 0; half < 2; half++) {
    double corners[MOST_CORNERS][2];
    const size_t count = wedge(draw, mark, slopes, half, corners);
    stf_svg_area(draw->svg, (const double(*)[2])corners, count, colour_of(mark->style), opacity);
  }
}

/* The ends of the straight line of a published slope, as far as its wedge goes. */
static void slope_ends(const drawing *draw, const stf_figure_mark *mark, double ends[2][2]) {
  const double from = mark->side == STF_WEDGE_RIGHT ? mark->at[0] : draw->x.low;
  const double to = mark->side == STF_WEDGE_LEFT ? mark->at[0] : draw->x.high;
  for (int i = 0; i < 2; i++) {
    const double x = i ? to : from;
    to_page(draw, (const double[2]){x, mark->at[1] + mark->value * (x - mark->at[0])}, ends[i]);
  }
}

/* A published slope itself: a thin dashed line, over the curve that it may agree with. */
static void draw_slope_line(const drawing *draw, const stf_figure_mark *mark) {
  double ends[2][2], shown[MOST_CORNERS][2];
  slope_ends(draw, mark, ends);
  if (clip(&draw->plot, (const double(*)[2])ends, 2, shown) < 2) return;
  stf_svg_line(draw->svg, (const double(*)[2])shown, 2, mean_pen());
}

static void draw_slopes(const drawing *draw, const stf_figure_mark *mark) {
  const double sds[2] = {mark->value - mark->sd, mark->value + mark->sd}, range[2] = {mark->low, mark->high};
  if (has_range(mark)) draw_wedge(draw, mark, range, 0.16);
  if (has_sd(mark)) draw_wedge(draw, mark, sds, 0.16);
}

/* A bar between two values with a cap of half-width `cap` at each end. */
static void draw_bar(const drawing *draw, const double ends[2][2], double cap, stf_pen pen) {
  stf_svg_line(draw->svg, ends, 2, pen);
  for (int i = 0; i < 2; i++) draw_segment(draw, ends[i][0] - cap, ends[i][1], ends[i][0] + cap, ends[i][1], pen);
}

/* A broad bar, for a range. */
static void draw_range(const drawing *draw, const double ends[2][2], const char *colour) {
  const double corners[4][2] = {{ends[0][0] - 2, ends[0][1]},
                                {ends[0][0] + 2, ends[0][1]},
                                {ends[1][0] + 2, ends[1][1]},
                                {ends[1][0] - 2, ends[1][1]}};
  stf_svg_area(draw->svg, corners, 4, colour, 0.35);
}

static void draw_point(const drawing *draw, const stf_figure_mark *mark) {
  const char *colour = mark->style < 0 ? ink : colour_of(mark->style);
  const stf_pen pen = {.colour = colour, .width = 0.8};
  double ends[2][2] = {{0.0}}, at[2];
  for (int i = 0; has_range(mark) && i < 2; i++) {
    to_page(draw, (const double[2]){mark->at[0], i ? mark->high : mark->low}, ends[i]);
  }
  if (has_range(mark)) draw_range(draw, (const double(*)[2])ends, colour);
  for (int i = 0; has_sd(mark) && i < 2; i++) {
    to_page(draw, (const double[2]){mark->at[0], mark->value + (i ? mark->sd : -mark->sd)}, ends[i]);
  }
  if (has_sd(mark)) draw_bar(draw, (const double(*)[2])ends, 2, pen);
  if (isnan(mark->value)) return;
  to_page(draw, (const double[2]){mark->at[0], mark->value}, at);
  stf_svg_ring(draw->svg, at, 1.7, pen);
}

static stf_pen pen_of(const stf_figure_line *line) {
  return (stf_pen){.colour = colour_of(line->style), .width = 1.3, .dashes = dashes[line->style % DASHES]};
}

/* A rectangle of the legend's width and the height 2 `half` about `y`. */
static void draw_patch(const drawing *draw, double left, double y, double half, const char *colour, double opacity) {
  const double right = left + sample_width;
  const double corners[4][2] = {{left, y + half}, {right, y + half}, {right, y - half}, {left, y - half}};
  stf_svg_area(draw->svg, corners, 4, colour, opacity);
}

static void draw_slope_sample(const drawing *draw, const stf_figure_mark *mark, double left, double y) {
  const char *colour = colour_of(mark->style);
  if (has_range(mark) || has_sd(mark)) draw_patch(draw, left, y, 3, colour, 0.2);
  if (!isnan(mark->value)) draw_segment(draw, left, y, left + sample_width, y, mean_pen());
}

static void draw_point_sample(const drawing *draw, const stf_figure_mark *mark, double left, double y) {
  const double x = left + sample_width / 2;
  const double ends[2][2] = {{x, y + 3.4}, {x, y - 3.4}};
  const stf_pen pen = {.colour = mark->style < 0 ? ink : colour_of(mark->style), .width = 0.8};
  if (has_range(mark)) draw_range(draw, ends, pen.colour);
  if (has_sd(mark)) draw_bar(draw, ends, 2, pen);
  if (!isnan(mark->value)) stf_svg_ring(draw->svg, (const double[2]){x, y}, 1.7, pen);
}

static void draw_legend(const drawing *draw) {
  const stf_lettering letters = {.size = small_size, .anchor = "start"};
  const double left = draw->legend.left, text = left + sample_width + sample_gap;
  for (size_t i = 0; i < draw->rows; i++) {
    const row *this = &draw->row[i];
    const double base = draw->legend.top + row_height * (double)(i + 1) - 2.4, middle = base - 2.5;
    if (this->line) draw_segment(draw, left, middle, left + sample_width, middle, pen_of(this->line));
    if (this->band) draw_patch(draw, left, middle, 3, colour_of(this->band->style), 0.2);
    if (this->mark && this->mark->kind == STF_MARK_SLOPE) draw_slope_sample(draw, this->mark, left, middle);
    if (this->mark && this->mark->kind == STF_MARK_POINT) draw_point_sample(draw, this->mark, left, middle);
    stf_svg_text(draw->svg, (const double[2]){text, base}, letters, this->text);
  }
}

/* One outline: there along its lower side, back along the upper one. */
static void draw_band(const drawing *draw, const stf_figure_line *line) {
  double(*outline)[2] = draw->outline;
  for (size_t i = 0; i < line->edge; i++) {
    to_page(draw, line->low[i], outline[i]);
    to_page(draw, line->high[i], outline[2 * line->edge - 1 - i]);
  }
  stf_svg_area(draw->svg, (const double(*)[2])outline, 2 * line->edge, colour_of(line->style), 0.2);
}

static void draw_contents(const drawing *draw) {
  const stf_figure *figure = draw->figure;
  for (size_t i = 0; i < figure->lines; i++) draw_band(draw, &figure->line[i]);
  for (size_t i = 0; i < figure->marks; i++) {
    if (figure->mark[i].kind == STF_MARK_SLOPE) draw_slopes(draw, &figure->mark[i]);
  }
  for (size_t i = 0; i < figure->lines; i++) {
    stf_svg_line(draw->svg, (const double(*)[2])draw->path[i], figure->line[i].count, pen_of(&figure->line[i]));
  }
  for (size_t i = 0; i < figure->marks; i++) {
    const stf_figure_mark *mark = &figure->mark[i];
    if (mark->kind == STF_MARK_SLOPE && !isnan(mark->value)) draw_slope_line(draw, mark);
    if (mark->kind == STF_MARK_POINT) draw_point(draw, mark);
  }
  draw_legend(draw);
}

static bool get_room(drawing *draw) {
  const stf_figure *figure = draw->figure;
  size_t edge = 1;
  for (size_t i = 0; i < figure->lines; i++) edge = figure->line[i].edge > edge ? figure->line[i].edge : edge;
  draw->outline = stf_arena_alloc(draw->arena, 2 * edge * sizeof(*draw->outline));
  draw->row = stf_arena_alloc(draw->arena, 2 * (2 * figure->lines + figure->marks) * sizeof(*draw->row));
  draw->path = stf_arena_alloc(draw->arena, figure->lines * sizeof(*draw->path));
  bool ready = draw->row && draw->path && draw->outline;
  for (size_t i = 0; ready && i < figure->lines; i++) {
    draw->path[i] = stf_arena_alloc(draw->arena, figure->line[i].count * sizeof(**draw->path));
    ready = draw->path[i];
  }
  return ready;
}

stf_status stf_figure_draw(const stf_figure *figure, stf_arena *arena, stf_buffer *svg) {
  drawing draw = {.figure = figure, .arena = arena, .svg = svg};
  if (!get_room(&draw) || !lay_out(&draw)) return STF_NO_RESOURCE;
  stf_svg_begin(svg, figure->width_mm, draw.height / pt_per_mm, figure->title);
  if (!draw_axes(&draw)) return STF_NO_RESOURCE;
  draw_contents(&draw);
  stf_svg_end(svg);
  return svg->failed ? STF_NO_RESOURCE : STF_OK;
}
