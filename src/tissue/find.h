/* Where tissue files lie. */
#ifndef STF_TISSUE_FIND_H
#define STF_TISSUE_FIND_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

/*
 * Writes the path of NAME.yaml to `*path`, looked for as stf_tissue_read says. Owned by `arena`.
 * STF_BAD_INPUT with a diagnostic at `asked` when there is none.
 */
stf_status stf_tissue_find(const char *name, const char *beside, const char *library, stf_place asked, stf_arena *arena,
                           stf_diags *diags, const char **path);

#endif
