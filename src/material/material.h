/* A material: a matrix and the fibre families in it, ready for the element kernels. */
#ifndef STF_MATERIAL_MATERIAL_H
#define STF_MATERIAL_MATERIAL_H

#include "material/dispersion.h"
#include "material/law.h"
#include "material/relaxation.h"
#include "material/volumetric.h"

enum { STF_MAX_FAMILIES = 8 };

/* The directions of a point: those of its families, and at STF_NORMAL the normal of its sheet, which only dispersed
 * families need. */
enum { STF_NORMAL = STF_MAX_FAMILIES, STF_DIRECTIONS };

typedef struct stf_family {
  const char *name;
  const stf_fibre_law *law;
  const void *data; /* [law->about.data_size] */
  double fraction;  /* of the tissue's volume, 0 to 1: multiplies the law's energy; 1 for a law per volume of tissue */
  const stf_dispersion *dispersion; /* NULL: all fibres along the direction */
  size_t memory, memory_at;         /* lanes for each direction, and where the first begins in a point's memory */
} stf_family;

typedef struct stf_material {
  const char *name;
  const stf_matrix_law *matrix;
  const void *matrix_data;
  stf_volumetric_kind volumetric; /* where matrix->isochoric */
  double bulk_modulus;            /* [MPa] where matrix->isochoric */
  double density;                 /* [tonne/mm^3] NAN: not known */
  stf_relaxation relaxation;      /* of the matrix */
  size_t families;
  stf_family family[STF_MAX_FAMILIES];
  size_t memory; /* lanes that a point keeps, from stf_material_lay_memory; 0: none */
} stf_material;

/* F a0 [3] and its length, the stretch along a unit direction a0 [3]. */
void stf_fibre_stretch(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3], stf_lane stretch);

/* Says where everything lies in a point's memory. Once all else of the material is known. */
void stf_material_lay_memory(stf_material *material);

/* Adds the fibre family `family` at deformation F, times its fraction, as if all its fibres lay along a0 [3] (unit
 * vectors). `past` [family->memory]; NULL: at once, from rest. */
void stf_family_add(const stf_family *family, const stf_past *past, const stf_lane F[9], const stf_lane a0[3],
                    stf_want want, stf_response *response);

/*
 * The response of a point but for the volumetric part of an isochoric matrix: matrix law, and every family along (or
 * dispersed about) its a0[family][3]; where one is dispersed, a0[STF_NORMAL] is the sheet's normal. `past`
 * [material->memory]; NULL: at once, from rest. With a memory W is the potential of the step, of which P is the slope.
 * Overwrites `response`.
 */
void stf_material_distort(const stf_material *material, const stf_past *past, const stf_lane F[9],
                          const stf_lane (*a0)[3], stf_want want, stf_response *response);

/* The whole response of a point: as above, with the volumetric part at J = det F. */
void stf_material_respond(const stf_material *material, const stf_past *past, const stf_lane F[9],
                          const stf_lane (*a0)[3], stf_want want, stf_response *response);

/* Writes the memory [material->memory] of a point at rest. */
void stf_material_rest(const stf_material *material, stf_lane *memory);

/* Length [mm] over which the stretch that breaks a family's fibres is averaged along them, 0: none; its average less
 * the fibre's own stretch is then lane `memory_at` of a point's memory. */
double stf_family_averaging(const stf_family *family);

/* Whether fibres of the family can break. */
bool stf_family_tears(const stf_family *family);

/* The share of a family's fibres that a point has lost, over all their directions. */
void stf_material_torn(const stf_material *material, size_t family, const stf_lane *memory, stf_lane share);

/* Whether vessels break with fibres of the family, or of any. */
bool stf_family_bleeds(const stf_family *family);
bool stf_material_bleeds(const stf_material *material);

/* Blood over volume of tissue before loading that lies at a point, from all families. */
void stf_material_bled(const stf_material *material, const stf_lane *memory, stf_lane blood);

/* Writes how each entry of a point's memory [material->memory] is carried over cycles. */
void stf_material_carry(const stf_material *material, stf_carry *how);

/* Takes a point's memory to the end of a step of `dt` [s] that ends at F. Returns the largest share of its fibres that
 * a family has lost in a lane. */
double stf_material_advance(const stf_material *material, double dt, const stf_lane F[9], const stf_lane (*a0)[3],
                            stf_lane *memory);

#endif
