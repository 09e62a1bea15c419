/* The outer surface of every layer of a mesh on its own, as triangles, so that layers can be drawn apart. */
#ifndef STF_RESULT_SURFACE_H
#define STF_RESULT_SURFACE_H

#include "result/vtu.h"

enum { STF_SURFACE_MOST_LAYERS = 256 };

/* Points and cells count through all parts, one part after another. */
typedef struct stf_surface {
  size_t layers; /* 1 to STF_SURFACE_MOST_LAYERS */
  size_t vertices, triangles, edges;
  uint32_t *point;       /* [vertices] the point of a vertex */
  unsigned char *layer;  /* [vertices] */
  uint32_t (*corner)[3]; /* [triangles] vertices, right-hand normal outwards */
  uint32_t *cell;        /* [triangles] the cell behind it */
  uint32_t (*edge)[2];   /* [edges] vertices; edges of elements, each once */
} stf_surface;

/*
 * Finds the surface of a mesh in `count` parts, where points of the same position are one. Cells carry the field
 * `layer`. Quadratic sides are their corners. The caller clears `surface` in any case. STF_BAD_INPUT where the layers
 * are no layers or there is no cell with a volume; STF_NO_RESOURCE.
 */
stf_status stf_surface_find(const stf_vtu *part, size_t count, const char *path, stf_diags *diags,
                            stf_surface *surface);
void stf_surface_clear(stf_surface *surface);

#endif
