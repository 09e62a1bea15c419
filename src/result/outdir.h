/*
 * The folder of a result. It is filled as NAME.part and swapped in whole by stf_outdir_finish, so that an earlier
 * result of the same name stays complete until the new one is. One rank calls these functions; the others may write
 * into `part` in between.
 */
#ifndef STF_RESULT_OUTDIR_H
#define STF_RESULT_OUTDIR_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

typedef struct stf_outdir {
  const char *final; /* "out/NAME" */
  const char *part;  /* "out/NAME.part" */
  int lock;          /* descriptor that keeps other runs out of `part`; -1 when given up */
} stf_outdir;

/*
 * Makes an empty `path`.part with a folder fields/ in it, and its parents. What an earlier, broken run left there is
 * removed. Strings belong to `arena`; on success the caller ends with stf_outdir_finish or stf_outdir_leave.
 * STF_BAD_INPUT when `path` exists and is neither an empty folder nor a result of striffin (one with its run.json),
 * when `path`.part is not ours, or when another run is writing there; STF_NO_RESOURCE with the system's reason.
 */
stf_status stf_outdir_begin(const char *path, stf_arena *arena, stf_diags *diags, stf_outdir *dir);

/*
 * Takes `path`.part up again as a run left it that ended early. Likewise but that nothing is removed; STF_BAD_INPUT
 * when there is no such folder of ours.
 */
stf_status stf_outdir_resume(const char *path, stf_arena *arena, stf_diags *diags, stf_outdir *dir);

/*
 * Swaps the new result in and removes the old one; everything is synced to disk first. `dir` is given up in any case.
 * STF_NO_RESOURCE with the system's reason; then the new result is whole in `part` or in `final`.
 */
stf_status stf_outdir_finish(stf_outdir *dir, stf_diags *diags);

/* Gives `dir` up and leaves what was written in `part`, until the next run of that name. */
void stf_outdir_leave(stf_outdir *dir);

#endif
