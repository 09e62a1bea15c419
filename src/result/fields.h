/*
 * Fields for ParaView and friends: fields.pvd names, for every frame, one file in fields/ per rank. VTU is VTK's XML
 * format with appended raw data, zlib-compressed; the same data give the same bytes. Positions are written as Float64,
 * fields as Float32: they are for looking at, and half the size.
 */
#ifndef STF_RESULT_FIELDS_H
#define STF_RESULT_FIELDS_H

#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"
#include "element/shape.h"

/* A field on points or cells. Names carry the unit: "displacement [mm]". */
typedef struct stf_field {
  const char *name;
  int components;       /* 1, 3, 6 (xx yy zz xy yz xz) or 9 (row by row) */
  const double *values; /* [items][components] */
} stf_field;

/* What one rank writes of one frame. */
typedef struct stf_frame {
  size_t points, cells;
  const double (*X)[3];       /* [points] [mm] reference positions; the page or ParaView adds the displacement */
  const unsigned char *shape; /* [cells] stf_shape; NULL: cells are lines of two points */
  const int *connectivity;    /* the nodes of every cell, one after another, in our order (element/shape.h) */
  size_t point_fields, cell_fields;
  const stf_field *point_field, *cell_field;
} stf_frame;

/* Writes one .vtu file. */
stf_status stf_fields_write_vtu(const stf_frame *frame, const char *path, stf_diags *diags);

/*
 * Writes fields.pvd for `frames` times [s] and `ranks` files each, named by stf_fields_name. It is rewritten whole
 * (temporary file and rename) whenever a frame is added.
 */
stf_status stf_fields_write_pvd(const double *times, size_t frames, int ranks, const char *path, stf_diags *diags);

/* "fields/00012_3.vtu" for frame 12 of rank 3 ("fields/00012.vtu" when ranks is 1), as snprintf does. */
int stf_fields_name(size_t frame, int rank, int ranks, char *buffer, size_t size);

#endif
