#include "protocol/ball.h"

#include <math.h>
#include <string.h>

static stf_status refuse(const stf_yaml_node *node, const char *key, const char *found, const char *expected,
                         stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

stf_status stf_ball_take(const stf_ball_options *o, const stf_yaml_node *node, stf_diags *diags, stf_ball *ball) {
  *ball = (stf_ball){.radius = isnan(o->radius) ? INFINITY : o->radius};
  if (!o->at.count != isnan(o->radius))
    return refuse(node, o->at.count ? "at" : "radius", "`at` or `radius` alone", "both, or neither", diags);
  if (!o->at.count) return STF_OK;
  if (o->at.count != 3)
    return refuse(node, "at", stf_diags_text(diags, "%zu coordinates", o->at.count), "three", diags);
  memcpy(ball->at, o->at.values, sizeof ball->at);
  return STF_OK;
}

bool stf_ball_holds(const stf_ball *ball, const double X[3]) {
  return hypot(hypot(X[0] - ball->at[0], X[1] - ball->at[1]), X[2] - ball->at[2]) <= ball->radius;
}
