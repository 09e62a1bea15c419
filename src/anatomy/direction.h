/*
 * Direction fields: where the directions of fibres, and the normals of a region, come from when angles in the plane do
 * not say it. One kind of field is one constant stf_direction_rule with one row in direction.c.
 */
#ifndef STF_ANATOMY_DIRECTION_H
#define STF_ANATOMY_DIRECTION_H

#include "anatomy/generator.h"

/* Vectors that came with a mesh from a file. */
typedef struct stf_vectors {
  void *context;
  /*
   * Fills `out` [mesh->elements] with the vectors named `name`, NAN where there is none; `node` is where a scenario
   * asks for them. STF_BAD_INPUT with a diagnostic when there are none of that name.
   */
  stf_status (*get)(void *context, const stf_yaml_node *node, const char *name, stf_diags *diags, double (*out)[3]);
} stf_vectors;

/* What a field is computed for. */
typedef struct stf_direction_job {
  const stf_mesh *mesh; /* complete but for directions */
  int region;
  const stf_yaml_node *node;  /* of the field's options */
  const stf_vectors *vectors; /* NULL: the mesh is not from a file */
  stf_diags *diags;
  double (*out)[3]; /* [mesh->elements] what is written for the elements of the region: any length */
  double least;     /* written: a length up to which a vector counts as none */
} stf_direction_job;

/* A kind of field; `extra` of its variant type. */
typedef struct stf_direction_rule {
  /* What the option table cannot say. STF_BAD_INPUT with diagnostics. May be NULL. */
  stf_status (*check)(const void *options, stf_diags *diags);
  stf_status (*fill)(const void *options, stf_direction_job *job);
} stf_direction_rule;

/* Fields for fibres, and for normals. */
extern const stf_variant_set stf_fibre_fields, stf_normal_fields;

/* A row for a vector, and the check that it is one. */
#define STF_DIRECTION_VECTOR(text, type, member, words)                                                   \
  {                                                                                                       \
    .key = (text), .kind = STF_KIND_QUANTITIES, .dimension = STF_RATIO, .offset = offsetof(type, member), \
    .help = (words)                                                                                       \
  }
stf_status stf_direction_check_vector(const stf_yaml_node *node, const char *key, const stf_quantities *vector,
                                      stf_diags *diags);

/* Checks the fields of a layer and of its normal. STF_BAD_INPUT with diagnostics. */
stf_status stf_directions_check(const stf_layer *layer, stf_diags *diags);

/* The unit vector in the plane of `normal` at `angle` [rad] from `along` towards normal x along; both are unit vectors
 * at right angles. */
void stf_direction_turn(const double normal[3], const double along[3], double angle, double out[3]);

/*
 * The part of `v` across the unit vector `normal`, as a unit vector; false when less than 1e-6 of its length is across.
 */
bool stf_direction_across(const double normal[3], const double v[3], double out[3]);

/*
 * Writes the normals of the regions that have a field for them, then the fibres of those that have fields. `vectors`
 * may be NULL. STF_BAD_INPUT with diagnostics that name the elements where a field is zero or no number;
 * STF_NO_SOLUTION and STF_NO_RESOURCE with a diagnostic.
 */
stf_status stf_directions_fill_normals(const stf_generator *generator, const void *options, const stf_vectors *vectors,
                                       stf_diags *diags, stf_mesh *mesh);
stf_status stf_directions_fill_fibres(const stf_generator *generator, const void *options, const stf_vectors *vectors,
                                      stf_diags *diags, stf_mesh *mesh);

/* The face named by option `key` at `node`, or NULL with a diagnostic. */
const stf_face *stf_direction_face(const stf_direction_job *job, const char *key, const char *name);

#endif
