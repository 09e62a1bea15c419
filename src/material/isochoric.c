#include "material/isochoric.h"

const char *const stf_invariants_names[] = {"isochoric", "full", NULL};
