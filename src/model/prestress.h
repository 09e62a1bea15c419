/* Prestress: how far each layer is stretched where the body stands as its mesh shows it. */
#ifndef STF_MODEL_PRESTRESS_H
#define STF_MODEL_PRESTRESS_H

#include "anatomy/mesh.h"
#include "material/material.h"
#include "scenario/scenario.h"

typedef struct stf_prestress_part {
  const char *layer;
  const char *family;            /* NULL: both ways in the plane of the sheet */
  int region;                    /* of the mesh */
  int index;                     /* of the family in the region's material; -1 without one */
  double along, across, through; /* stretches asked for: along the family, across it in the plane, and out of it */
} stf_prestress_part;

typedef struct stf_prestress {
  double at; /* [s] when the body stands so; 0 where nothing is asked for */
  size_t parts;
  stf_prestress_part *part; /* [parts] one for each layer at most */
} stf_prestress;

/* What came of a part: its stretch along the family, or the root of that of area; mean over its volume, extremes of its
 * points. */
typedef struct stf_prestress_found {
  double mean, least, largest;
} stf_prestress_found;

/* Unit vectors t of a part's sheet with the unit normal n: t[0] along its family, of direction a (NULL without one:
 * anywhere in the plane), t[1] across it in the plane, t[2] out of it. */
void stf_prestress_axes(const double n[3], const double *a, double t[3][3]);

/* The same as it was asked for. */
double stf_prestress_asked(const stf_prestress_part *part);

/*
 * Looks up layers and families of a scenario's prestress among the regions of a mesh and their materials
 * [mesh->region_count]. Belongs to `arena`. STF_BAD_INPUT with every fault found; STF_NO_RESOURCE.
 */
stf_status stf_prestress_bind(const stf_prestress_options *options, const stf_mesh *mesh,
                              const stf_material *const *material, stf_arena *arena, stf_diags *diags,
                              stf_prestress *prestress);

#endif
