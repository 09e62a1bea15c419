/*
 * Interfaces of the mesh with the laws that hold them, and the adhesions that a scenario places on them. One shape of
 * adhesions is one row in adhesions.c.
 */
#ifndef STF_PROTOCOL_GLIDE_H
#define STF_PROTOCOL_GLIDE_H

#include "model/model.h"
#include "protocol/protocol.h"

/* What every adhesion's options begin with. */
typedef struct stf_adhesion_options {
  const stf_yaml_node *node;
  const char *interface;
  double share; /* of the area that bonds knit where they are */
} stf_adhesion_options;

/* A shape of adhesions; `extra` of its variant type. */
typedef struct stf_adhesion_shape {
  /*
   * Raises share [gaps->count] where the adhesion lies. STF_BAD_INPUT with a diagnostic where it misses the interface.
   * X [most node + 1][3] [mm].
   */
  stf_status (*knit)(const void *options, const stf_gaps *gaps, const double (*X)[3], uint32_t seed, stf_diags *diags,
                     double *share);
} stf_adhesion_shape;

extern const stf_variant_set stf_adhesions;

/*
 * Binds the interfaces of the scenario's anatomy to the model and places its adhesions. STF_BAD_INPUT with every fault
 * found: tissues that are no glide, faces that share nodes, lie apart or in each other, adhesions beside their
 * interface. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_glides_bind(const stf_scenario *scenario, const stf_model *model, stf_diags *diags,
                           stf_protocol *protocol);

/* Takes the numbers of the model's tissues as they are now. */
void stf_glides_renew(stf_protocol *protocol);

/* The interface of that name for a measurement at `node` with the option `interface`; a diagnostic and NULL. */
const stf_glide *stf_protocol_glide(const stf_protocol *protocol, const stf_yaml_node *node, const char *name,
                                    stf_diags *diags);

#endif
