/*
 * The folder of a result. It is filled as NAME.part and swapped in whole by stf_outdir_finish, so that an earlier
 * result of the same name stays complete until the new one is.
 */
#ifndef STF_RESULT_OUTDIR_H
#define STF_RESULT_OUTDIR_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

typedef struct stf_outdir {
  const char *final;  /* "out/NAME" */
  const char *part;   /* "out/NAME.part" */
} stf_outdir;

/*
 * Makes an empty `path`.part with a folder fields/ in it, and its parents. What an earlier, broken run left there is
 * removed; a `path` that exists and is not a result of striffin (no run.json in it) is refused.
 * Strings belong to `arena`. STF_NO_RESOURCE with the system's reason.
 */
stf_status stf_outdir_begin(const char *path, stf_arena *arena, stf_diags *diags, stf_outdir *dir);

/* Swaps the new result in and removes the old one; everything is synced to disk first. */
stf_status stf_outdir_finish(const stf_outdir *dir, stf_diags *diags);

/* Writes `size` bytes to `path` through `path`.tmp, fsync and rename. */
stf_status stf_write_file(const char *path, const void *bytes, size_t size, stf_diags *diags);

#endif
