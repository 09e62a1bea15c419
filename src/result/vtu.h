/*
 * Reads fields back: files as result/fields.h writes them. Whoever made a file, nothing outside of it is read and no
 * more memory taken than zlib can fill from its bytes.
 */
#ifndef STF_RESULT_VTU_H
#define STF_RESULT_VTU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

enum { STF_VTU_MOST_FIELDS = 64, STF_VTU_MOST_FILES = 200000 };

typedef struct stf_vtu_field {
  const char *name;
  int components;     /* 1 to 9 */
  bool of_points;     /* else of cells */
  const float *value; /* [points or cells][components] */
} stf_vtu_field;

typedef struct stf_vtu {
  stf_arena *arena; /* owns all that follows */
  size_t points, cells;
  const double (*X)[3];      /* [points] finite */
  const int32_t *node;       /* the points of every cell, in VTK's order, one cell after another */
  const int64_t *end;        /* [cells] where each cell's points end */
  const unsigned char *type; /* [cells] VTK's: 3, 10, 12, 13 or 24 */
  size_t fields;
  stf_vtu_field field[STF_VTU_MOST_FIELDS];
} stf_vtu;

/* Reads the bytes of a file called `path`. The caller clears `vtu` in any case. STF_BAD_INPUT says what is wrong. */
stf_status stf_vtu_parse(const char *bytes, size_t size, const char *path, stf_diags *diags, stf_vtu *vtu);

/* The same from a file; STF_NO_RESOURCE when it cannot be read. */
stf_status stf_vtu_read(const char *path, stf_diags *diags, stf_vtu *vtu);
void stf_vtu_clear(stf_vtu *vtu);

/* The field of that name, or NULL. */
const stf_vtu_field *stf_vtu_find(const stf_vtu *vtu, const char *name, bool of_points);

/* A line of fields.pvd. */
typedef struct stf_pvd_file {
  double time;      /* [s] */
  int part;         /* of the frame, from 0 */
  const char *name; /* "fields/00012_3.vtu", never outside the folder */
} stf_pvd_file;

/* Reads a collection: every frame has parts 0, 1, ... in order, as many as the first. All belongs to `arena`. */
stf_status stf_pvd_read(const char *path, stf_arena *arena, stf_diags *diags, stf_pvd_file **file, size_t *count);

#endif
