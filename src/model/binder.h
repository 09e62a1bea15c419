/* What binding the lines of a scenario to the numbers of a model's tissues needs at hand. */
#ifndef STF_MODEL_BINDER_H
#define STF_MODEL_BINDER_H

#include "base/arena.h"
#include "base/diag.h"
#include "model/model.h"

typedef struct stf_binder {
  const stf_scenario *scenario;
  stf_model *model;
  stf_arena *arena; /* owns what is found */
  stf_diags *diags;
} stf_binder;

#endif
