/* Frames: what of the state is written as fields, for a rank's own elements. */
#ifndef STF_TIMELINE_FRAMES_H
#define STF_TIMELINE_FRAMES_H

#include "result/fields.h"
#include "result/outdir.h"
#include "solve/equilibrium.h"
#include "solve/halo.h"
#include "solve/interfaces.h"

typedef struct stf_frames {
  const stf_domain *domain;
  const char *folder; /* NAME.part */
  size_t count;       /* frames written */
  size_t room;
  double *time; /* [count] [s] */
  size_t points, cells, entries, families;
  int *point_of;                            /* [local] point of a local node, -1: in none of this rank's elements */
  const char *family[STF_MAX_FAMILIES * 4]; /* [families] names, each once */
  double (*X)[3];                           /* [points] */
  unsigned char *shape;                     /* [cells] */
  int *connectivity;                        /* [entries] nodes of every cell, one after another */
  double *displacement;                     /* [points][3] */
  double *layer, *J, *stress, *stretch, *direction; /* [cells] x 1, 1, 6, families, 3 families */
  double *torn;                                     /* [cells] x families; NULL: nothing can tear */
  double *blood;                                    /* [cells]; NULL: no tissue has vessels */
  size_t layers, tissue_points, tissue_cells;       /* points and cells of this rank's tools follow */
  stf_halo halo;                                    /* only where there are interfaces */
  double (*at_node)[STF_SHOWN];                     /* [local] what interfaces show; NULL: there are none */
  double *of_glide;                                 /* [STF_SHOWN][points] the same */
} stf_frames;

/*
 * Chooses points, cells and fields, with tools as layers behind the `layers` of tissue. All ranks. The caller clears
 * it. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_frames_init(const stf_domain *domain, size_t layers, const char *folder, stf_frames *frames);
void stf_frames_clear(stf_frames *frames);

/* Frames that an earlier run has written at these times [count] [s]. STF_NO_RESOURCE when memory is out. */
stf_status stf_frames_resume(stf_frames *frames, const double *times, size_t count);

/* Writes the state as the next frame: one .vtu on each rank, then fields.pvd on the first. All ranks. */
stf_status stf_frames_write(stf_frames *frames, const stf_state *state, stf_diags *diags);

#endif
