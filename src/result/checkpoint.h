/*
 * Checkpoints: named parts of raw bytes in one file, with a checksum over the whole. A reader gets all of what was
 * written or nothing.
 */
#ifndef STF_RESULT_CHECKPOINT_H
#define STF_RESULT_CHECKPOINT_H

#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

enum { STF_CHECKPOINT_PARTS = 24, STF_CHECKPOINT_NAME = 24 };

typedef struct stf_checkpoint_part {
  char name[STF_CHECKPOINT_NAME];
  const void *bytes; /* [size] */
  size_t size;
} stf_checkpoint_part;

typedef struct stf_checkpoint {
  size_t parts;
  stf_checkpoint_part part[STF_CHECKPOINT_PARTS];
  char *file; /* of one that was read: what the parts point into */
} stf_checkpoint;

/* Adds a part by a name that no other has; the bytes must last until it is written. */
void stf_checkpoint_add(stf_checkpoint *checkpoint, const char *name, const void *bytes, size_t size);

/*
 * Writes the parts to `path`, through `path`.tmp that is on the disk before it takes the name. STF_NO_RESOURCE with the
 * system's reason; then `path` is as it was.
 */
stf_status stf_checkpoint_write(const stf_checkpoint *checkpoint, const char *path, stf_diags *diags);

/*
 * Reads a file written so. The caller clears it in any case. STF_BAD_INPUT with the reason when it is none, of another
 * version, cut off or damaged; STF_NO_RESOURCE when it cannot be read.
 */
stf_status stf_checkpoint_read(const char *path, stf_diags *diags, stf_checkpoint *checkpoint);
void stf_checkpoint_clear(stf_checkpoint *checkpoint);

/* The bytes of a part, or NULL where there is none of that name; `*size` is how many. */
const void *stf_checkpoint_find(const stf_checkpoint *checkpoint, const char *name, size_t *size);

#endif
