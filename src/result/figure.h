/* One figure of curves with published numbers on them, from plain data to SVG. stf_plot gathers the data. */
#ifndef STF_RESULT_FIGURE_H
#define STF_RESULT_FIGURE_H

#include "base/arena.h"
#include "base/status.h"
#include "result/buffer.h"
#include "result/record.h"

enum { STF_FIGURE_STYLES = 28 };

/* A simulated curve: a coloured line, broken where a coordinate is not finite. */
typedef struct stf_figure_line {
  const char *label; /* NULL: not in the legend */
  size_t count;
  const double (*at)[2];   /* [count] x, y as the axes show them; finite ones within 1e100 */
  int style;               /* colour and dashes, 0 to STF_FIGURE_STYLES - 1 */
  size_t edge;             /* points on each side of the band that is shaded about it; 0: none */
  const double (*low)[2];  /* [edge] x, y of its lower side, all finite */
  const double (*high)[2]; /* [edge] and of its upper side, at the same x */
  const char *band_label;  /* NULL: not in the legend */
} stf_figure_line;

/* Which part of a wedge is drawn, seen from its point. */
typedef enum stf_wedge_side { STF_WEDGE_BOTH, STF_WEDGE_LEFT, STF_WEDGE_RIGHT } stf_wedge_side;

/* A published number: a ring with its SD or range as a bar, or the wedge between two slopes. */
typedef struct stf_figure_mark {
  stf_mark kind;
  const char *label; /* NULL: not in the legend */
  double at[2];      /* POINT: drawn at at[0]; SLOPE: where the wedge begins */
  stf_wedge_side side;
  double value, sd; /* NAN where not given */
  double low, high; /* NAN where not given */
  int style;        /* of the line it belongs to; -1: grey, it belongs to all */
} stf_figure_mark;

typedef struct stf_figure {
  double width_mm, height_mm;  /* grown in height where a legend above the axes needs it */
  const char *title;           /* for screen readers; not drawn */
  const char *x_name, *x_unit; /* "stretch", "" */
  const char *y_name, *y_unit;
  size_t lines, marks;
  const stf_figure_line *line; /* [lines] with at least one finite point among them */
  const stf_figure_mark *mark; /* [marks] */
} stf_figure;

/*
 * Draws the figure into `svg`: wedges and bands under the curves, points over them, the legend in a corner that
 * is free of both, else above the axes. The same figure gives the same bytes. What it needs meanwhile is taken from
 * `arena`. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_figure_draw(const stf_figure *figure, stf_arena *arena, stf_buffer *svg);

#endif
