/* Building a mesh from the bytes of a Gmsh file, for the generator `gmsh` and for tests that have no file. */
#ifndef STF_ANATOMY_GMSH_H
#define STF_ANATOMY_GMSH_H

#include "anatomy/generator.h"

/* Options of the generator. */
extern const stf_table stf_gmsh_table;

/*
 * Builds the mesh from a file in memory, bytes[size] being NUL, by options that were read by stf_gmsh_table and passed
 * the generator's check. Results as stf_generator.build.
 */
stf_status stf_gmsh_build(const void *options, const char *bytes, size_t size, stf_arena *arena, stf_diags *diags,
                          stf_mesh *mesh);

#endif
