/*
 * The tissue library: one YAML file a tissue; every physical number with value, spread, source and grade.
 *
 *   striffin-tissue: 1
 *   name: fascia_lata                         # as the file: fascia_lata.yaml
 *   title: Human fascia lata
 *   matrix:
 *     law: neo-hookean
 *     shear_modulus: {value: 0.1 MPa, spread: 0.05 MPa, source: otsuka2018, grade: "fitted: 1.1"}
 *     volumetric: convex                      # these two for laws with an isochoric split only
 *     bulk_modulus: {value: 10 MPa, grade: "estimated: nearly incompressible"}
 *   fibres:
 *     - name: along
 *       law: fibrils
 *       fraction: {value: 30 %, …}            # of the tissue's volume, all together at most 100 %; not for laws whose
 *                                             # parameters are per volume of tissue, as published
 *       modulus: {…}
 *       in_plane_dispersion: {…}              # and out_of_plane_dispersion: may be left out
 *       bins: 8                               # choices and numerical settings are plain
 *   density: {value: 1.06 g/cm^3, …}          # only gravity needs it
 *
 * The tissue between two surfaces that slip on each other has, instead of matrix, fibres and density:
 *
 *   glide:
 *     law: areolar
 *     thickness: {value: 43 um, source: stecco2009, grade: measured}
 *     …
 *
 * `spread` is one standard deviation. `source` is one or more keys of sources.bib, separated by spaces; only what is
 * estimated may lack it. `grade` is `measured`, `fitted: ROW` (the experiment it was fitted to) or `estimated: REASON`.
 */
#ifndef STF_TISSUE_TISSUE_H
#define STF_TISSUE_TISSUE_H

#include "base/diag.h"
#include "base/option.h"
#include "base/yaml.h"
#include "interface/glide.h"
#include "material/material.h"

typedef enum stf_grade { STF_MEASURED, STF_FITTED, STF_ESTIMATED } stf_grade;

extern const char *const stf_grade_names[]; /* "measured", "fitted", "estimated", NULL */

/*
 * Reads "measured", "fitted: ROW" or "estimated: REASON"; `*note`, NULL where measured, points into `text`. False for
 * anything else.
 */
bool stf_grade_read(const char *text, stf_grade *grade, const char **note);

/*
 * Checks the keys `source` and `grade` of the mapping `node`, either of which may be NULL. STF_BAD_INPUT with a
 * diagnostic for a grade that is none, and for a source that is missing or no list of keys.
 */
stf_status stf_origin_check(const stf_yaml_node *node, const char *source, const char *grade, stf_arena *arena,
                            stf_diags *diags);

/* One number of a tissue and where it comes from. */
typedef struct stf_provenance {
  const char *path; /* "fibres.along.modulus" */
  stf_dimension dimension;
  double value;            /* base units */
  double spread;           /* base units, one standard deviation; NAN when none is known */
  const char *text;        /* value as written, "241 MPa" */
  const char *spread_text; /* or NULL */
  const char *source;      /* keys in sources.bib, separated by spaces; NULL only where estimated */
  stf_grade grade;
  const char *grade_note;    /* the row fitted to, or the reason of an estimate; NULL where measured */
  const stf_option *accepts; /* what its law takes: range and dimension */
  stf_place place;           /* of the value in the file */
  const char *file_text;     /* what the file says, where a scenario has put `value` in its place; else NULL */
} stf_provenance;

/* A value that a scenario puts in the place of a tissue's. */
typedef struct stf_change {
  const char *path; /* "fibres.along.modulus" */
  double value;     /* base units, in the range that `accepts` says */
  const char *text; /* as written, or as a person would write it */
  stf_place place;  /* who asks: what is wrong with it is told there */
} stf_change;

typedef struct stf_tissue {
  const char *name, *title, *file;
  stf_material material;      /* of a body; without a matrix: not one of a body */
  const stf_glide_law *glide; /* of what lies between surfaces, or NULL; a file that was read has either */
  const void *glide_data;     /* [glide->about.data_size] */
  size_t provenances;
  const stf_provenance *provenance; /* [provenances] the matrix's, then each family's, in the order of the file; the
                                       density's last; or those of glide */
  const void *read;                 /* what the file said, for stf_tissue_change */
} stf_tissue;

/* The table of a tissue file, with all laws there are, for help and documentation. Owned by `arena`; NULL when memory
 * is out. */
const stf_table *stf_tissue_table(stf_arena *arena);

/*
 * Reads the tissue `name`: NAME.yaml beside the scenario (directory `beside`), in its folder tissues/, or in the
 * library (directory `library`); either may be NULL. Beside the scenario, files that do not begin with
 * "striffin-tissue" are passed over, since a scenario may have the name of its tissue. An unknown name is an error at
 * `asked` with the nearest spelling of what there is. Everything belongs to `arena`.
 * STF_BAD_INPUT with every fault found; STF_NO_RESOURCE with a diagnostic when a file cannot be read or memory is out.
 */
stf_status stf_tissue_read(const char *name, const char *beside, const char *library, stf_place asked, stf_arena *arena,
                           stf_diags *diags, stf_tissue *tissue);

/* The number called `path`, "matrix.shear_modulus", "fibres.along.modulus" or "along.modulus"; NULL: there is none. */
const stf_provenance *stf_tissue_parameter(const stf_tissue *tissue, const char *path);

/*
 * The tissue with other values, of which its laws are made anew. `tissue` stays as it is. Everything belongs to
 * `arena`, which must not outlive that of `tissue`.
 * STF_BAD_INPUT at the place of the change where numbers do not go together; STF_NO_RESOURCE when memory is out.
 */
stf_status stf_tissue_change(const stf_tissue *tissue, const stf_change *changes, size_t count, stf_arena *arena,
                             stf_diags *diags, stf_tissue *changed);

#endif
