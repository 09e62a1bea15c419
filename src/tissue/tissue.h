/*
 * The tissue library: one YAML file a tissue; every parameter with value, spread, source and grade.
 *
 *   striffin-tissue: 1
 *   name: fascia_lata
 *   title: Human fascia lata
 *   matrix:
 *     law: neo-hookean
 *     shear_modulus: {value: 0.1 MPa, spread: 0.05 MPa, source: otsuka2018, grade: "fitted: 1.1"}
 *     volumetric: convex
 *     bulk_modulus: {value: …, …}             # for isochoric laws
 *   fibres:
 *     - name: along
 *       law: fibrils
 *       fraction: {value: 30 %, …}
 *       modulus: {…}
 */
#ifndef STF_TISSUE_TISSUE_H
#define STF_TISSUE_TISSUE_H

#include "base/diag.h"
#include "base/option.h"
#include "base/yaml.h"
#include "material/material.h"

typedef enum stf_grade { STF_MEASURED, STF_FITTED, STF_ESTIMATED } stf_grade;

extern const char *const stf_grade_names[]; /* "measured", "fitted", "estimated", NULL */

/* One number of a tissue and where it comes from. */
typedef struct stf_provenance {
  const char   *path;       /* "fibres.along.modulus" */
  stf_dimension dimension;
  double        value;      /* base units */
  double        spread;     /* base units, one standard deviation; NAN when none is known */
  const char   *text;       /* value as written, "241 MPa" */
  const char   *spread_text; /* or NULL */
  const char   *source;     /* key in sources.bib; NULL only where estimated */
  stf_grade     grade;
  const char   *grade_note; /* the row fitted to, or the reason of an estimate; NULL where measured */
} stf_provenance;

typedef struct stf_tissue {
  const char           *name, *title, *file;
  stf_material          material;
  size_t                provenances;
  const stf_provenance *provenance; /* [provenances] in the order of the file */
} stf_tissue;

/*
 * Reads the tissue `name`: NAME.yaml beside the scenario (directory `beside`, may be NULL), in its folder tissues/, or
 * in the library (directory `library`). An unknown name is an error at `asked` with the nearest spelling of what there
 * is. Everything belongs to `arena`.
 */
stf_status stf_tissue_read(const char *name, const char *beside, const char *library, stf_place asked, stf_arena *arena,
                           stf_diags *diags, stf_tissue *tissue);

#endif
