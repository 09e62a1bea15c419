/*
 * Anatomy: parametric shapes and meshes from files. One generator is one file with one row in generators.c. A
 * scenario's `anatomy:` picks it by `generator:`.
 */
#ifndef STF_ANATOMY_GENERATOR_H
#define STF_ANATOMY_GENERATOR_H

#include "anatomy/mesh.h"
#include "base/option.h"

/* What a generator refuses to exceed. */
enum { STF_MAX_ELEMENTS = 20000000 };

/* A layer of a sheet or a region of a mesh from a file: one tissue; part of most generators' options. */
typedef struct stf_layer {
  const stf_yaml_node *node;
  const char *name;
  const char *tissue;    /* a name from the scenario's `tissues` */
  double thickness;      /* [mm]; 0 for a region of a mesh from a file */
  stf_quantities fibres; /* [rad] one angle in the plane of the sheet for each family of the tissue */
  stf_variants fields;   /* instead of `fibres`: one direction field for each family; see anatomy/direction.h */
  stf_variant normal;    /* of a region: where its normals come from; type NULL: along z */
  stf_quantities shares; /* fraction of the volume of each family here; count 0: the tissue's own */
  long elements;         /* through the thickness; 0: as the mesh size asks */
} stf_layer;

extern const stf_table stf_layer_table;

/* How far surfaces slide: whether their pairs stay as they are before loading, or are found again. */
typedef enum stf_sliding { STF_SLIDING_SMALL, STF_SLIDING_LARGE } stf_sliding;

/* In the order of stf_sliding; NULL-terminated. */
extern const char *const stf_slidings[];

/* A line of `interfaces`: two surfaces that glide on each other. */
typedef struct stf_glide_line {
  const stf_yaml_node *node;
  const char *name;
  const char *tissue;        /* a name from the scenario's `tissues`: a glide */
  const char *above;         /* of a sheet: the layer that it lies on */
  const char *lower, *upper; /* of a mesh from a file: its faces */
  int sliding;               /* stf_sliding */
} stf_glide_line;

#define STF_GLIDE_NAME(type)                                                        \
  {                                                                                 \
    .key = "name", .kind = STF_KIND_NAME, .offset = offsetof(stf_glide_line, name), \
    .help = "what the interface is called in messages and results"                  \
  }
#define STF_GLIDE_TISSUE                                                                           \
  {                                                                                                \
    .key = "tissue", .kind = STF_KIND_NAME, .offset = offsetof(stf_glide_line, tissue),            \
    .help = "what lies between: a name from this scenario's `tissues`, whose file gives a `glide`" \
  }

#define STF_GLIDE_SLIDING                                                                                        \
  {                                                                                                              \
    .key = "sliding", .kind = STF_KIND_CHOICE, .offset = offsetof(stf_glide_line, sliding), .fallback = "small", \
    .choices = stf_slidings,                                                                                     \
    .help = "small: slips stay below half a facet; large: surfaces may slide as far as they will, which "        \
            "takes more time, as what lies before each node is found again at every step"                        \
  }

/* Rows that tables of layers and regions share. */
#define STF_LAYER_NAME(words) \
  { .key = "name", .kind = STF_KIND_NAME, .offset = offsetof(stf_layer, name), .help = (words) }
#define STF_LAYER_TISSUE                                                           \
  {                                                                                \
    .key = "tissue", .kind = STF_KIND_NAME, .offset = offsetof(stf_layer, tissue), \
    .help = "what it is made of: a name from this scenario's `tissues`"            \
  }
#define STF_LAYER_FIBRES(words)                                                                                  \
  {                                                                                                              \
    .key = "fibres", .kind = STF_KIND_QUANTITIES, .dimension = STF_ANGLE, .offset = offsetof(stf_layer, fibres), \
    .fallback = "", .minimum = -2.0 * M_PI, .maximum = 2.0 * M_PI, .help = (words)                               \
  }
#define STF_LAYER_FIELDS                                                                                     \
  {                                                                                                          \
    .key = "fibre_fields", .kind = STF_KIND_VARIANTS, .offset = offsetof(stf_layer, fields), .fallback = "", \
    .maximum = STF_MESH_MAX_FAMILIES, .variants = &stf_fibre_fields,                                         \
    .help = "instead of `fibres`: for each fibre family of the tissue, where its directions come from"       \
  }
#define STF_LAYER_SHARES                                                                                             \
  {                                                                                                                  \
    .key = "shares", .kind = STF_KIND_QUANTITIES, .dimension = STF_RATIO, .offset = offsetof(stf_layer, shares),     \
    .fallback = "", .minimum = 0.0, .maximum = 1.0,                                                                  \
    .help = "for each fibre family, its fraction of the volume here, where it is known to differ from the tissue's", \
    .example = "[10 %, 5 %, 5 %, 5 %]"                                                                               \
  }

typedef struct stf_generator {
  /*
   * Layer or region `i` among the generator's options, in the order of the mesh's regions; NULL past the last. Their
   * tissues are looked up before building.
   */
  const stf_layer *(*layer)(const void *options, size_t i);
  /* The same of its interfaces, in the order of the mesh's. NULL: it has none. */
  const stf_glide_line *(*glide)(const void *options, size_t i);
  bool sized; /* cuts the body into elements of the size that the scenario gives; else it takes no size */
  /*
   * Whether options that were read without a fault also fit each other. `size` [mm] may be NAN when it is not known
   * yet; then nothing that depends on it is checked. STF_BAD_INPUT with diagnostics.
   */
  stf_status (*check)(const void *options, double size, stf_diags *diags);
  /*
   * Builds the mesh with elements of about `size` [mm] from options that passed `check`. Everything belongs to
   * `arena`. STF_BAD_INPUT as `check`, and for files that do not fit; STF_NO_SOLUTION when a direction field is not
   * found; STF_NO_RESOURCE with a diagnostic when memory is out or a file cannot be read.
   */
  stf_status (*build)(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);
} stf_generator;

/* Every generator; `extra` of a variant type is its stf_generator. */
extern const stf_variant_set stf_generators;

/* How many layers or regions the options of a generator have. */
size_t stf_generator_layers(const stf_generator *generator, const void *options);

/* Fibre families that a layer gives directions for. */
size_t stf_layer_families(const stf_layer *layer);

/*
 * Checks what holds for layers in any generator: names that differ, not more directions than a mesh can carry, angles
 * or fields but not both, fields that are complete.
 */
stf_status stf_layers_check(const stf_generator *generator, const void *options, stf_diags *diags);

#endif
