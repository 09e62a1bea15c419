/* Cables: chains of straight segments that slide through their inner points without friction and only pull. */
#ifndef STF_ELEMENT_CABLE_H
#define STF_ELEMENT_CABLE_H

#include "element/block.h"
#include "material/law.h"

typedef struct stf_cable_core {
  const stf_fibre_law *law; /* one that pulls along itself */
  const void *data;         /* [law->about.data_size] */
  double area;              /* [mm^2] of fibres: cross-section times their fraction */
  double natural;           /* [mm] length at a stretch of 1 */
  size_t memory;            /* lanes that it keeps, all alike; 0: none */
} stf_cable_core;

/* As a block over the cable's points in order: energy area natural W(stretch), where it pulls; it remembers its
 * stretch, the same all along. The data is a stf_cable_core. */
extern const stf_block_kind stf_cable_block;

/* Stretch of a cable through `points` points at X displaced by u [points][3] [mm], and its force [N] at the end of the
 * step from `past`, 0 where slack. `past` as of a block. */
void stf_cable_read(const stf_cable_core *cable, const stf_past *past, int points, const double (*X)[3],
                    const double (*u)[3], double *stretch, double *force);

/* The share of its fibres that is lost. */
double stf_cable_torn(const stf_cable_core *cable, const stf_lane *memory);

#endif
