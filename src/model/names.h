/* Numbers of tissues, called by the names that a scenario has for them: "sheet", "along.modulus". */
#ifndef STF_MODEL_NAMES_H
#define STF_MODEL_NAMES_H

#include "base/arena.h"
#include "base/diag.h"
#include "scenario/scenario.h"
#include "tissue/tissue.h"

/* "along.modulus" of "fibres.along.modulus": as people write it. Owned by `p`. */
const char *stf_names_short(const stf_provenance *p);

/* Index of the tissue that `tissue` of a line names, or -1 with a diagnostic. */
int stf_names_tissue(const stf_scenario *scenario, const stf_yaml_node *line, const char *name, stf_arena *arena,
                     stf_diags *diags);

/* The number of a tissue that `key` of a line names, or NULL with a diagnostic. */
const stf_provenance *stf_names_parameter(const stf_tissue *tissue, const stf_yaml_node *line, const char *key,
                                          const char *path, stf_arena *arena, stf_diags *diags);

/*
 * The numbers that `key` of a line lists, separated by spaces; none where it is not written. `*found` [*count] belongs
 * to `arena`. STF_BAD_INPUT with a diagnostic for each that there is not, the others found all the same;
 * STF_NO_RESOURCE.
 */
stf_status stf_names_parameters(const stf_tissue *tissue, const stf_yaml_node *line, const char *key, stf_arena *arena,
                                stf_diags *diags, const stf_provenance ***found, size_t *count);

/* STF_BAD_INPUT: a line speaks of a number that was spoken of already. */
stf_status stf_names_refuse_twice(const stf_yaml_node *line, const char *key, const stf_provenance *p,
                                  stf_diags *diags);

#endif
