/*
 * Parametric anatomy. One generator is one file with one row in generators.c. A scenario's `anatomy:` picks it by
 * `generator:`.
 */
#ifndef STF_ANATOMY_GENERATOR_H
#define STF_ANATOMY_GENERATOR_H

#include "anatomy/mesh.h"
#include "base/option.h"

/* What a generator refuses to exceed. */
enum { STF_MAX_ELEMENTS = 20000000 };

/* A layer of a sheet, from below upwards; part of most generators' options. */
typedef struct stf_layer {
  const stf_yaml_node *node;
  const char *name;
  const char *tissue;    /* a name from the scenario's `tissues` */
  double thickness;      /* [mm] */
  stf_quantities fibres; /* [rad] one angle to the x axis, in the plane, for each family of the tissue */
  stf_quantities shares; /* fraction of the volume of each family here; count 0: the tissue's own */
  long elements;         /* through the thickness; 0: as the mesh size asks */
} stf_layer;

extern const stf_table stf_layer_table;

typedef struct stf_generator {
  /* The layers among the generator's options (their tissues are looked up before building). */
  void (*layers)(const void *options, const stf_layer **layers, size_t *count);
  /*
   * Whether options that were read without a fault also fit each other. `size` [mm] may be NAN when it is not known
   * yet; then nothing that depends on it is checked. STF_BAD_INPUT with diagnostics.
   */
  stf_status (*check)(const void *options, double size, stf_diags *diags);
  /*
   * Builds the mesh with elements of about `size` [mm] from options that passed `check`. Everything belongs to
   * `arena`. STF_BAD_INPUT as `check`; STF_NO_RESOURCE with a diagnostic when memory is out.
   */
  stf_status (*build)(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);
} stf_generator;

/* Every generator; `extra` of a variant type is its stf_generator. */
extern const stf_variant_set stf_generators;

/* Checks what holds for layers in any generator: names that differ, not more angles than a mesh can carry. */
stf_status stf_layers_check(const stf_layer *layers, size_t count, stf_diags *diags);

#endif
