/* SVG by hand, in points (1/72 inch) from the top left corner: text stays text, markup in it is escaped. */
#ifndef STF_RESULT_SVG_H
#define STF_RESULT_SVG_H

#include <stddef.h>

#include "result/buffer.h"

typedef struct stf_pen {
  const char *colour; /* "#0072B2" */
  double width;       /* [pt] */
  const char *dashes; /* "4 2"; NULL for a whole line */
} stf_pen;

typedef struct stf_lettering {
  double size;        /* [pt] */
  const char *anchor; /* "start", "middle" or "end" */
  bool upright;       /* turned to read from below */
} stf_lettering;

/* A white page of that size [mm]; `title` is for screen readers and tooltips. stf_svg_end ends it. */
void stf_svg_begin(stf_buffer *svg, double width_mm, double height_mm, const char *title);
void stf_svg_end(stf_buffer *svg);

/* A line through points [count] that is broken where one is not finite; a single point is drawn as a dot. */
void stf_svg_line(stf_buffer *svg, const double (*at)[2], size_t count, stf_pen pen);

/* A filled area [count points]; nothing for less than three. `opacity` 0 to 1. */
void stf_svg_area(stf_buffer *svg, const double (*at)[2], size_t count, const char *colour, double opacity);

/* A white disc with a rim. */
void stf_svg_ring(stf_buffer *svg, const double at[2], double radius, stf_pen pen);

/* A line of text; its base line begins at, ends at or is centred about `at`. */
void stf_svg_text(stf_buffer *svg, const double at[2], stf_lettering lettering, const char *text);

/* Width [pt] of a line of text in a common sans-serif, rather too wide than too narrow. */
double stf_svg_text_width(const char *text, double size);

/* Bytes of the longest beginning of `text`, ended between characters, that is at most `width` [pt] wide. */
size_t stf_svg_text_fit(const char *text, double size, double width);

#endif
