/* What `striffin mtest` drives: one law with parameters given by hand, or a whole tissue. */
#ifndef STF_CLI_MTEST_H
#define STF_CLI_MTEST_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"
#include "material/path.h"

typedef struct stf_mtest {
  const char *what;         /* name of a law or a tissue, or a tissue file */
  const char *const *pairs; /* [pair_count] "KEY=VALUE", parameters of a law */
  int pair_count;
  const char *fibres; /* directions of the families, separated by commas; NULL: none given */
} stf_mtest;

/*
 * Fills material and directions of `path`, and `incompressible`; its kind is given. A law without a bulk modulus is
 * taken as incompressible, and so is a fibre law alone. All belongs to `arena`. STF_BAD_INPUT with every fault told on
 * standard error or in `diags`.
 */
stf_status stf_mtest_prepare(const stf_mtest *asked, stf_arena *arena, stf_diags *diags, stf_path *path);

#endif
