#include "result/svg.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

static const double pt_per_mm = 72 / 25.4;

/* With a hundredth of a point. */
static void add_length(stf_buffer *svg, double length) {
  const long long hundredths = llround(fmax(-1e6, fmin(length, 1e6)) * 100);
  const long long size = hundredths < 0 ? -hundredths : hundredths;
  stf_buffer_printf(svg, "%s%lld", hundredths < 0 ? "-" : "", size / 100);
  if (size % 100) stf_buffer_printf(svg, size % 10 ? ".%02lld" : ".%01lld", size % 10 ? size % 100 : size % 100 / 10);
}

static void add_attribute(stf_buffer *svg, const char *name, double length) {
  stf_buffer_printf(svg, " %s=\"", name);
  add_length(svg, length);
  stf_buffer_text(svg, "\"");
}

void stf_svg_begin(stf_buffer *svg, double width_mm, double height_mm, const char *title) {
  stf_buffer_text(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" role=\"img\" width=\"");
  add_length(svg, width_mm);
  stf_buffer_text(svg, "mm\" height=\"");
  add_length(svg, height_mm);
  stf_buffer_text(svg, "mm\" viewBox=\"0 0 ");
  add_length(svg, width_mm * pt_per_mm);
  stf_buffer_text(svg, " ");
  add_length(svg, height_mm * pt_per_mm);
  stf_buffer_text(svg, "\">\n<title>");
  stf_buffer_xml(svg, title);
  stf_buffer_text(svg, "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
                       "<g font-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\" "
                       "fill=\"#222222\" stroke-linecap=\"butt\" stroke-linejoin=\"round\">\n");
}

void stf_svg_end(stf_buffer *svg) {
  stf_buffer_text(svg, "</g>\n</svg>\n");
}

static bool is_point(const double at[2]) {
  return isfinite(at[0]) && isfinite(at[1]);
}

static void add_point(stf_buffer *svg, const double at[2]) {
  add_length(svg, at[0]);
  stf_buffer_text(svg, " ");
  add_length(svg, at[1]);
}

static void add_stroke(stf_buffer *svg, stf_pen pen) {
  stf_buffer_printf(svg, " stroke=\"%s\"", pen.colour);
  add_attribute(svg, "stroke-width", pen.width);
  if (pen.dashes) stf_buffer_printf(svg, " stroke-dasharray=\"%s\"", pen.dashes);
}

static void add_dot(stf_buffer *svg, const double at[2], stf_pen pen) {
  stf_buffer_text(svg, "<circle");
  add_attribute(svg, "cx", at[0]);
  add_attribute(svg, "cy", at[1]);
  add_attribute(svg, "r", pen.width);
  stf_buffer_printf(svg, " fill=\"%s\"/>\n", pen.colour);
}

/* Draws `count` finite points. Points nearer than a fiftieth of a point to the last one are left out. */
static void add_stretch(stf_buffer *svg, const double (*at)[2], size_t count, stf_pen pen) {
  if (count == 1) {
    add_dot(svg, at[0], pen);
    return;
  }
  stf_buffer_text(svg, "<path d=\"M");
  const double *last = at[0];
  add_point(svg, last);
  for (size_t i = 1; i < count; i++) {
    if (i + 1 < count && fabs(at[i][0] - last[0]) + fabs(at[i][1] - last[1]) < 0.02) continue;
    last = at[i];
    stf_buffer_text(svg, "L");
    add_point(svg, last);
  }
  stf_buffer_text(svg, "\" fill=\"none\"");
  add_stroke(svg, pen);
  stf_buffer_text(svg, "/>\n");
}

void stf_svg_line(stf_buffer *svg, const double (*at)[2], size_t count, stf_pen pen) {
  for (size_t i = 0; i < count;) {
    size_t end = i;
    while (end < count && is_point(at[end])) end++;
    if (end > i) add_stretch(svg, at + i, end - i, pen);
    i = end + 1;
  }
}

void stf_svg_area(stf_buffer *svg, const double (*at)[2], size_t count, const char *colour, double opacity) {
  if (count < 3) return;
  stf_buffer_text(svg, "<path d=\"M");
  for (size_t i = 0; i < count; i++) {
    if (i) stf_buffer_text(svg, "L");
    add_point(svg, at[i]);
  }
  stf_buffer_printf(svg, "Z\" fill=\"%s\"", colour);
  add_attribute(svg, "fill-opacity", opacity);
  stf_buffer_text(svg, "/>\n");
}

void stf_svg_ring(stf_buffer *svg, const double at[2], double radius, stf_pen pen) {
  stf_buffer_text(svg, "<circle");
  add_attribute(svg, "cx", at[0]);
  add_attribute(svg, "cy", at[1]);
  add_attribute(svg, "r", radius);
  stf_buffer_text(svg, " fill=\"#ffffff\"");
  add_stroke(svg, pen);
  stf_buffer_text(svg, "/>\n");
}

void stf_svg_text(stf_buffer *svg, const double at[2], stf_lettering lettering, const char *text) {
  stf_buffer_text(svg, "<text");
  if (lettering.upright) {
    stf_buffer_text(svg, " transform=\"translate(");
    add_point(svg, at);
    stf_buffer_text(svg, ") rotate(-90)\"");
  } else {
    add_attribute(svg, "x", at[0]);
    add_attribute(svg, "y", at[1]);
  }
  add_attribute(svg, "font-size", lettering.size);
  stf_buffer_printf(svg, " text-anchor=\"%s\">", lettering.anchor);
  stf_buffer_xml(svg, text);
  stf_buffer_text(svg, "</text>\n");
}

/* Width of a character in em: ASCII as in DejaVu Sans, the widest of the common sans-serifs; a guess for the rest. */
static double character_width(unsigned code) {
  static const unsigned char hundredths[95] = {
      32, 40, 46, 84, 64, 95, 78, 28, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
      64, 64, 34, 34, 84, 84, 84, 53, 100, 69, 69, 70, 77, 63, 58, 78, 75, 30, 30, 66, 56, 87, 75, 79,
      60, 79, 70, 64, 61, 73, 69, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 64, 55, 64, 62, 35, 64,
      63, 28, 28, 58, 28, 98, 63, 61, 64,  64, 41, 52, 39, 63, 59, 82, 59, 59, 53, 64, 34, 64, 84};
  if (code >= 0x20 && code < 0x7F) return hundredths[code - 0x20] / 100.0;
  if (code < 0x20 || code == 0xA0) return 0.32;
  if (code >= 0x300 && code < 0x370) return 0; /* combining marks */
  return code < 0x2E80 ? 0.84 : 1.1;
}

/* Walks `text` until it is wider than `width`. Returns the bytes that fit and the width of these. */
static size_t measure(const char *text, double size, double width, double *used) {
  const size_t length = strlen(text);
  size_t at = 0;
  *used = 0;
  while (at < length) {
    unsigned code = 0xFFFD;
    const size_t bytes = stf_text_decode(text + at, length - at, &code);
    const double more = character_width(code) * size;
    if (*used + more > width) break;
    *used += more;
    at += bytes ? bytes : 1;
  }
  return at;
}

double stf_svg_text_width(const char *text, double size) {
  double width;
  measure(text, size, INFINITY, &width);
  return width;
}

size_t stf_svg_text_fit(const char *text, double size, double width) {
  double used;
  return measure(text, size, width, &used);
}
