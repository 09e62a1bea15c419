/* For tests of generators: options from text, meshes built and checked, and what a mesh amounts to. */
#ifndef STF_ANATOMY_TEST_H
#define STF_ANATOMY_TEST_H

#include "anatomy/generator.h"
#include "stf_test.h"

typedef struct stf_sample {
  stf_arena *arena;
  stf_diags *diags;
  const stf_generator *generator;
  void *options; /* NULL when they were refused */
  stf_mesh mesh;
} stf_sample;

/* Reads the options of a generator. stf_sample_clear is due afterwards in any case. */
void stf_sample_read(stf_sample *s, const char *generator, const char *yaml);

/* The same, and builds the mesh; fails the test when anything is wrong with it. */
void stf_sample_build(stf_sample *s, const char *generator, const char *yaml, double size);
void stf_sample_clear(stf_sample *s);

/* Asserts that options are read, but refused by `check` with `count` errors, of which the first says `found`. */
void stf_sample_assert_refused(const char *generator, const char *yaml, double size, size_t count, const char *found);

/* Asserts that options pass `check` but that building ends in `status`, with a diagnostic that says `found`. */
void stf_sample_assert_not_built(const char *generator, const char *yaml, double size, stf_status status,
                                 const char *found);

/* Fails unless some diagnostic's line holds `text`. */
void stf_sample_assert_said(const stf_sample *s, const char *text);

/* Volume of a mesh of hexahedra by 2 x 2 x 2 Gauss points. */
double stf_sample_volume(const stf_mesh *mesh);

#endif
