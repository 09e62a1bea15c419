/* One point of a material driven along a path of deformation, as in an ideal test. */
#ifndef STF_MATERIAL_PATH_H
#define STF_MATERIAL_PATH_H

#include "base/status.h"
#include "material/material.h"

/*
 * What is driven, held and free; stress is zero where the deformation is free. Nothing turns about an axis: F_yx, F_zx
 * and F_zy are 0.
 *
 *   uniaxial      F_xx driven, all else free
 *   equibiaxial   F_xx = F_yy driven, F_xy = 0
 *   planar        F_xx driven, F_yy = 1, F_xy = 0: a wide sheet between wide grips
 *   shear         F_xy driven, nothing free
 *   confined      F_xx driven, nothing free
 */
typedef enum stf_path_kind { STF_UNIAXIAL, STF_EQUIBIAXIAL, STF_PLANAR, STF_SHEAR, STF_CONFINED } stf_path_kind;

/* "uniaxial", ..., NULL: in the order of the enum. */
extern const char *const stf_path_names[];

typedef struct stf_path {
  stf_path_kind kind;
  const stf_material *material;
  double direction[STF_MAX_FAMILIES][3]; /* [material->families] unit vectors; the sheet lies across z */
  double rate;                           /* [1/s] of what is driven, over 0; INFINITY: all at once */
  bool incompressible; /* J = 1, held by a pressure in place of the material's volumetric part; not for confined */
} stf_path;

typedef struct stf_path_point {
  double at;      /* what is driven: the stretch F_xx, or the amount of shear F_xy */
  double F[9];    /* component (i, J) at 3 i + J */
  double nominal; /* [MPa] P_xx; P_xy in shear */
  double cauchy;  /* [MPa] the same component of the Cauchy stress */
  double tangent; /* [MPa] d nominal/d at along the path */
} stf_path_point;

/*
 * Drives the point from rest to `to` (a stretch over 0, or an amount of shear) in `steps` (1 or more) equal steps and
 * writes `points` [steps + 1], the state at rest first. `*reached` is how many of them were found: fewer where no
 * equilibrium was, which is STF_NO_SOLUTION. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_path_drive(const stf_path *path, double to, int steps, stf_path_point *points, int *reached);

#endif
