/* Whole files: read with a limit, written so that a reader never meets half of one. */
#ifndef STF_RESULT_FILE_H
#define STF_RESULT_FILE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

/*
 * Reads a regular file of at most `limit` bytes into `*text` [size], followed by a NUL; the caller frees it.
 * STF_BAD_INPUT when it is larger or not a regular file, STF_NO_RESOURCE when it cannot be read.
 */
stf_status stf_file_read(const char *path, size_t limit, stf_diags *diags, char **text, size_t *size);

/*
 * Writes `size` bytes to `path` through `path`.tmp and a rename. What is there and is not a regular file (a terminal, a
 * pipe) is written to as it is. STF_NO_RESOURCE with the system's reason; then `path` is as it was. Nothing is forced
 * to disk here: stf_outdir_finish does that once for a whole result.
 */
stf_status stf_file_write(const char *path, const void *bytes, size_t size, stf_diags *diags);

/* Diagnoses that `expected` ("to write this file") failed on `path` with errno `error`. Returns STF_NO_RESOURCE. */
stf_status stf_file_trouble(const char *path, const char *expected, int error, stf_diags *diags);

/* Diagnoses that memory ran out while working on `path`. Returns STF_NO_RESOURCE. */
stf_status stf_file_no_memory(const char *path, stf_diags *diags);

/* Makes every folder above `path`. STF_NO_RESOURCE with the system's reason. */
stf_status stf_file_make_parents(const char *path, stf_arena *arena, stf_diags *diags);

/* Makes the folder `path` and every folder above it, where they are not there. STF_NO_RESOURCE likewise. */
stf_status stf_file_make_folder(const char *path, stf_arena *arena, stf_diags *diags);

/* The part of `path` after its last slash. */
const char *stf_file_base(const char *path);

#endif
