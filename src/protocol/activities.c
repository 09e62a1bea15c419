/* The list of activities. A new activity is a file and a line here. */
#include "protocol/protocol.h"

extern const stf_variant_type stf_activity_cycle, stf_activity_fix, stf_activity_force, stf_activity_gravity,
    stf_activity_grip, stf_activity_hold, stf_activity_move, stf_activity_push, stf_activity_pressure,
    stf_activity_pull, stf_activity_symmetry, stf_activity_traction;

static const stf_variant_type *const types[] = {&stf_activity_grip,     &stf_activity_hold,     &stf_activity_pull,
                                                &stf_activity_cycle,    &stf_activity_force,    &stf_activity_traction,
                                                &stf_activity_pressure, &stf_activity_symmetry, &stf_activity_gravity,
                                                &stf_activity_fix,      &stf_activity_move,     &stf_activity_push};

const stf_variant_set stf_activities = {.selector = "do", .types = types, .count = sizeof types / sizeof *types};
