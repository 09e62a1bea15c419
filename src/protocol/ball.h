/* A ball within which alone something is measured: the options `at` and `radius`. */
#ifndef STF_PROTOCOL_BALL_H
#define STF_PROTOCOL_BALL_H

#include "base/option.h"

typedef struct stf_ball {
  double at[3];  /* [mm] middle, before anything moves */
  double radius; /* [mm] INFINITY: everywhere */
} stf_ball;

typedef struct stf_ball_options {
  stf_quantities at;
  double radius;
} stf_ball_options;

/* Their rows, of a struct of options with a member `ball`. */
#define STF_BALL_ROWS(options)                                                                              \
  {.key = "at",                                                                                             \
   .kind = STF_KIND_QUANTITIES,                                                                             \
   .dimension = STF_LENGTH,                                                                                 \
   .offset = offsetof(options, ball) + offsetof(stf_ball_options, at),                                      \
   .fallback = "",                                                                                          \
   .minimum = -1e6,                                                                                         \
   .maximum = 1e6,                                                                                          \
   .help = "place [x, y, z] before anything moves; with `radius`, only what lies near is measured",         \
   .example = "[10 mm, 0 mm, 2 mm]"},                                                                       \
  {                                                                                                         \
    .key = "radius", .kind = STF_KIND_QUANTITY, .dimension = STF_LENGTH,                                    \
    .offset = offsetof(options, ball) + offsetof(stf_ball_options, radius), .fallback = "", .minimum = 0.0, \
    .maximum = 1e6, .bounds = STF_OPEN_BELOW, .help = "how far that reaches", .example = "5 mm"             \
  }

/* Everywhere without options. STF_BAD_INPUT with a diagnostic where one of the two is missing or `at` is no place. */
stf_status stf_ball_take(const stf_ball_options *options, const stf_yaml_node *node, stf_diags *diags, stf_ball *ball);

/* Whether a place [3] [mm] before loading lies in it. */
bool stf_ball_holds(const stf_ball *ball, const double X[3]);

#endif
