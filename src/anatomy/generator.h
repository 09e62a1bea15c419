/*
 * Parametric anatomy. One generator is one file with one row in generators.c. A scenario's `anatomy:` picks it by
 * `generator:`.
 */
#ifndef STF_ANATOMY_GENERATOR_H
#define STF_ANATOMY_GENERATOR_H

#include "anatomy/mesh.h"
#include "base/option.h"

/* A layer of a sheet, from below upwards; part of most generators' options. */
typedef struct stf_layer {
  const stf_yaml_node *node;
  const char          *name;
  const char          *tissue;     /* a name from the scenario's `tissues` */
  double               thickness;  /* [mm] */
  stf_quantities       fibres;     /* [rad] one angle to the x axis, in the plane, for each family of the tissue */
  long                 elements;   /* through the thickness; 0: as the mesh size asks */
} stf_layer;

extern const stf_table stf_layer_table;

typedef struct stf_generator {
  /* The layers among the generator's options (their tissues are looked up before building). */
  void (*layers)(const void *options, const stf_layer **layers, size_t *count);
  /*
   * Builds the mesh with elements of about `size` [mm]. Everything belongs to `arena`.
   * STF_BAD_INPUT with diagnostics when the options contradict each other; STF_NO_RESOURCE when memory is out.
   */
  stf_status (*build)(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);
} stf_generator;

/* Every generator; `extra` of a variant type is its stf_generator. */
extern const stf_variant_set stf_generators;

#endif
