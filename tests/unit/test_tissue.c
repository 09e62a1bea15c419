/* Tissue files: numbers with their origin, and every fault found at its place. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stf_test.h"
#include "tissue/tissue.h"

/* A folder with a scenario's own tissues/ and a library beside it. */
static char root[64], own[80], library[80];

static int make_folders(void **state) {
  (void)state;
  strcpy(root, "/tmp/stf_tissue_XXXXXX");
  if (!mkdtemp(root)) return -1;
  snprintf(own, sizeof(own), "%s/tissues", root);
  snprintf(library, sizeof(library), "%s/library", root);
  return mkdir(own, 0700) || mkdir(library, 0700) || stf_units_start();
}

static void empty_folder(const char *path) {
  DIR *directory = opendir(path);
  if (!directory) return;
  for (struct dirent *entry; (entry = readdir(directory));) {
    char file[512];
    snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
    if (*entry->d_name != '.' && unlink(file)) rmdir(file);
  }
  closedir(directory);
}

static int remove_folders(void **state) {
  (void)state;
  empty_folder(own);
  empty_folder(library);
  empty_folder(root);
  stf_units_stop();
  return rmdir(root);
}

static int empty_folders(void **state) {
  (void)state;
  empty_folder(own);
  empty_folder(library);
  empty_folder(root);
  mkdir(own, 0700);
  mkdir(library, 0700);
  return 0;
}

static void write_file(const char *folder, const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

typedef struct reading {
  stf_arena *arena;
  stf_diags *diags;
  stf_status status;
  stf_tissue tissue;
} reading;

static const stf_place asked = {.file = "case.yaml", .line = 4, .column = 18, .path = "tissues.sheet"};

static void read_tissue(reading *r, const char *name) {
  *r = (reading){.arena = stf_arena_create(), .diags = stf_diags_create()};
  assert_non_null(r->arena);
  assert_non_null(r->diags);
  r->status = stf_tissue_read(name, root, library, asked, r->arena, r->diags, &r->tissue);
}

static void clean_up(reading *r) {
  stf_arena_destroy(r->arena);
  stf_diags_destroy(r->diags);
}

/* Reads `text` as the library's tissue "sheet". */
static void read_text(reading *r, const char *text) {
  write_file(library, "sheet.yaml", text);
  read_tissue(r, "sheet");
}

static const stf_diag *find_diag(const reading *r, const char *path) {
  for (size_t i = 0; i < stf_diags_count(r->diags); i++) {
    const stf_diag *diag = stf_diags_get(r->diags, i);
    if (diag->place.path && !strcmp(diag->place.path, path)) return diag;
  }
  return NULL;
}

/* Asserts that `text` is refused with `count` errors, one of them at `path`. */
static void assert_refused(const char *text, size_t count, const char *path) {
  reading r;
  read_text(&r, text);
  if (r.status != STF_BAD_INPUT || stf_diags_errors(r.diags) != count || (path && !find_diag(&r, path))) {
    stf_diags_print(r.diags, stderr);
    fail_msg("status %d, %zu errors, not %zu with one at %s in:\n%s", r.status, stf_diags_errors(r.diags), count,
             path ? path : "no path", text);
  }
  clean_up(&r);
}

/* A sound file with a number of holes: what stands in the middle of each test's text. */
#define HEAD "striffin-tissue: 1\nname: sheet\ntitle: A sheet\n"
#define MATRIX                                                                                      \
  "matrix:\n"                                                                                       \
  "  law: neo-hookean\n"                                                                            \
  "  shear_modulus: {value: 0.1 MPa, spread: 50 kPa, source: otsuka2018, grade: \"fitted: 1.1\"}\n" \
  "  bulk_modulus: {value: 10 MPa, grade: \"estimated: nearly incompressible\"}\n"
#define FAMILY(name, fraction)                                                                          \
  "  - name: " name "\n"                                                                                \
  "    law: fibrils\n"                                                                                  \
  "    modulus: {value: 500 MPa, spread: 120 MPa, source: \"yang2012 shen2008\", grade: measured}\n"    \
  "    fraction: {value: " fraction ", source: otsuka2018, grade: measured}\n"                          \
  "    straightening_stretch: {value: 1.05, spread: 1 %, source: otsuka2018, grade: \"fitted: 1.1\"}\n" \
  "    straightening_sd: {value: 1.5 %, grade: \"estimated: a guess between sheets\"}\n"

static void a_tissue_is_read_into_a_material_in_base_units(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("along", "30 %") "    bins: 12\n" FAMILY("across", "0.1"));
  stf_diags_print(r.diags, stderr);
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(stf_diags_count(r.diags), 0);
  const stf_material *m = &r.tissue.material;
  assert_string_equal(r.tissue.name, "sheet");
  assert_string_equal(r.tissue.title, "A sheet");
  assert_non_null(strstr(r.tissue.file, "library/sheet.yaml"));
  assert_string_equal(m->name, "sheet");
  assert_ptr_equal(m->matrix, stf_matrix_law_find("neo-hookean"));
  assert_int_equal(m->volumetric, STF_CONVEX);
  stf_assert_near(m->bulk_modulus, 10.0, 1e-15);
  assert_int_equal(m->families, 2);
  assert_string_equal(m->family[1].name, "across");
  assert_ptr_equal(m->family[0].law, stf_fibre_law_find("fibrils"));
  stf_assert_near(m->family[0].fraction, 0.3, 1e-15);
  stf_assert_near(m->family[1].fraction, 0.1, 1e-15);
  clean_up(&r);
}

static void the_material_pulls_as_its_numbers_say(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("along", "30 %"));
  assert_int_equal(r.status, STF_OK);
  const stf_family *family = &r.tissue.material.family[0];
  stf_lane stretch;
  stf_pull pull;
  for (int l = 0; l < STF_LANES; l++) stretch[l] = 1.3;
  family->law->pull(family->data, stretch, STF_WANT_TANGENT, &pull);
  /* Every fibril is straight: K = E <1/l^2>, and <1/l^2> = 1/mean^2 (1 + 3 sd^2/mean^2) to second order. */
  const double share = 0.015 / 1.05;
  stf_assert_near(pull.K[0], 500.0 / (1.05 * 1.05) * (1.0 + 3.0 * share * share), 1e-5);
  clean_up(&r);
}

static void every_number_keeps_its_origin_in_the_order_of_the_file(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("along", "30 %"));
  assert_int_equal(r.status, STF_OK);
  static const char *const paths[] = {"matrix.shear_modulus",
                                      "matrix.bulk_modulus",
                                      "fibres.along.modulus",
                                      "fibres.along.fraction",
                                      "fibres.along.straightening_stretch",
                                      "fibres.along.straightening_sd"};
  const stf_provenance *p = r.tissue.provenance;
  assert_int_equal(r.tissue.provenances, 6);
  for (int i = 0; i < 6; i++) assert_string_equal(p[i].path, paths[i]);
  assert_int_equal(p[0].dimension, STF_STRESS);
  stf_assert_near(p[0].value, 0.1, 1e-15);
  stf_assert_near(p[0].spread, 0.05, 1e-15);
  assert_string_equal(p[0].text, "0.1 MPa");
  assert_string_equal(p[0].spread_text, "50 kPa");
  assert_string_equal(p[0].source, "otsuka2018");
  assert_int_equal(p[0].grade, STF_FITTED);
  assert_string_equal(p[0].grade_note, "1.1");
  assert_int_equal(p[1].grade, STF_ESTIMATED);
  assert_string_equal(p[1].grade_note, "nearly incompressible");
  assert_null(p[1].source);
  assert_null(p[1].spread_text);
  assert_true(isnan(p[1].spread));
  assert_int_equal(p[2].grade, STF_MEASURED);
  assert_null(p[2].grade_note);
  assert_string_equal(p[2].source, "yang2012 shen2008");
  assert_int_equal(p[3].dimension, STF_RATIO);
  stf_assert_near(p[3].value, 0.3, 1e-15);
  assert_string_equal(p[3].text, "30 %");
  clean_up(&r);
}

static double pull_at(const stf_material *m, int family, double at) {
  stf_lane stretch;
  stf_pull pull;
  for (int l = 0; l < STF_LANES; l++) stretch[l] = at;
  m->family[family].law->pull(m->family[family].data, stretch, STF_WANT_TANGENT, &pull);
  return m->family[family].fraction * pull.N[0];
}

static void a_changed_tissue_is_the_one_that_a_file_with_those_numbers_gives(void **state) {
  (void)state;
  reading r, other;
  const char *const fibres = "fibres:\n" FAMILY("along", "30 %") FAMILY("across", "10 %");
  char text[4096], *at;
  snprintf(text, sizeof text, "%s%s", HEAD MATRIX, fibres);
  read_text(&r, text);
  assert_int_equal(r.status, STF_OK);
  const stf_change changes[] = {{.path = "matrix.bulk_modulus", .value = 7.0, .text = "7 MPa"},
                                {.path = "fibres.across.modulus", .value = 900.0, .text = "900 MPa"},
                                {.path = "fibres.across.fraction", .value = 0.2, .text = "20 %"},
                                {.path = "fibres.across.straightening_stretch", .value = 1.08, .text = "1.08"}};
  stf_tissue changed;
  const double before = pull_at(&r.tissue.material, 1, 1.1);
  assert_int_equal(stf_tissue_change(&r.tissue, changes, 4, r.arena, r.diags, &changed), STF_OK);
  assert_true(pull_at(&r.tissue.material, 1, 1.1) == before);
  assert_non_null(at = strstr(text, "value: 10 MPa"));
  memcpy(at, "value:  7 MPa", 13);
  for (int k = 0; k < 3; k++) {
    static const char *const old[] = {"500 MPa", "10 %", "1.05,"}, *const wanted[] = {"900 MPa", "20 %", "1.08,"};
    assert_non_null(at = strstr(strstr(text, "name: across"), old[k]));
    memcpy(at, wanted[k], strlen(wanted[k]));
  }
  read_text(&other, text);
  assert_int_equal(other.status, STF_OK);
  stf_assert_near(changed.material.bulk_modulus, 7.0, 1e-15);
  for (int family = 0; family < 2; family++)
    stf_assert_near(pull_at(&changed.material, family, 1.1), pull_at(&other.tissue.material, family, 1.1), 1e-15);
  assert_true(fabs(pull_at(&changed.material, 1, 1.1) - before) > 0.1 * before);
  clean_up(&r);
  clean_up(&other);
}

static void a_changed_number_says_what_the_file_has_and_lends_no_source(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("along", "30 %"));
  const stf_change change = {.path = "fibres.along.modulus", .value = 900.0, .text = "900 MPa"};
  stf_tissue changed;
  assert_int_equal(stf_tissue_change(&r.tissue, &change, 1, r.arena, r.diags, &changed), STF_OK);
  assert_int_equal(changed.provenances, r.tissue.provenances);
  const stf_provenance *p = stf_tissue_parameter(&changed, "along.modulus");
  assert_string_equal(p->text, "900 MPa");
  assert_string_equal(p->file_text, "500 MPa");
  assert_int_equal(p->grade, STF_FITTED);
  assert_true(!p->source && !p->spread_text && isnan(p->spread) && p->value == 900.0);
  assert_null(stf_tissue_parameter(&changed, "along.fraction")->file_text);
  clean_up(&r);
}

static void numbers_are_found_by_their_path(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("along", "30 %"));
  const stf_provenance *modulus = stf_tissue_parameter(&r.tissue, "along.modulus");
  assert_string_equal(modulus->path, "fibres.along.modulus");
  assert_ptr_equal(stf_tissue_parameter(&r.tissue, "fibres.along.modulus"), modulus);
  assert_string_equal(stf_tissue_parameter(&r.tissue, "matrix.shear_modulus")->path, "matrix.shear_modulus");
  assert_int_equal(modulus->place.line, 11);
  assert_int_equal(modulus->place.column, 22);
  static const char *const no[] = {"modulus",      "shear_modulus", "along", "along.bins",
                                   "long.modulus", "fibres.along",  ""};
  for (int i = 0; i < 7; i++) assert_null(stf_tissue_parameter(&r.tissue, no[i]));
  clean_up(&r);
}

static void changes_that_do_not_go_together_are_told_where_they_were_asked_for(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("along", "30 %") FAMILY("across", "60 %"));
  const stf_change change = {.path = "fibres.along.fraction", .value = 0.5, .text = "50 %", .place = asked};
  stf_tissue changed;
  assert_int_equal(stf_tissue_change(&r.tissue, &change, 1, r.arena, r.diags, &changed), STF_BAD_INPUT);
  const stf_diag *diag = find_diag(&r, asked.path);
  assert_non_null(diag);
  assert_non_null(strstr(diag->found, "with 50 %"));
  assert_non_null(strstr(diag->found, "110 %"));
  clean_up(&r);
}

static void a_tissue_needs_no_fibres(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "  volumetric: log\n");
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(r.tissue.material.families, 0);
  assert_int_equal(r.tissue.material.volumetric, STF_LOG);
  assert_int_equal(r.tissue.provenances, 2);
  clean_up(&r);
}

static void a_number_without_its_origin_is_refused(void **state) {
  (void)state;
  assert_refused(HEAD "matrix:\n  law: neo-hookean\n  shear_modulus: 0.1 MPa\n"
                      "  bulk_modulus: {value: 10 MPa, grade: \"estimated: x\"}\n",
                 1, "matrix.shear_modulus");
  assert_refused(HEAD "matrix:\n  law: neo-hookean\n  shear_modulus: {value: 0.1 MPa}\n"
                      "  bulk_modulus: {value: 10 MPa, grade: \"estimated: x\"}\n",
                 1, "matrix.shear_modulus.grade");
  assert_refused(HEAD "matrix:\n  law: neo-hookean\n  shear_modulus: {spread: 1 MPa, grade: \"estimated: x\"}\n"
                      "  bulk_modulus: {value: 10 MPa, grade: \"estimated: x\"}\n",
                 1, "matrix.shear_modulus.value");
}

/* A file with the given mapping for the shear modulus. */
#define WITH(mapping)                                            \
  HEAD "matrix:\n  law: neo-hookean\n  shear_modulus: {" mapping \
       "}\n  bulk_modulus: {value: 10 MPa, grade: \"estimated: x\"}\n"

static void what_is_measured_or_fitted_needs_a_source(void **state) {
  (void)state;
  assert_refused(WITH("value: 1 MPa, grade: measured"), 1, "matrix.shear_modulus");
  assert_refused(WITH("value: 1 MPa, grade: \"fitted: 1.1\""), 1, "matrix.shear_modulus");
  reading r;
  read_text(&r, WITH("value: 1 MPa, source: guimberteau2005, grade: \"estimated: from a picture\""));
  assert_int_equal(r.status, STF_OK);
  assert_string_equal(r.tissue.provenance[0].source, "guimberteau2005");
  clean_up(&r);
}

static void grades_are_read_strictly(void **state) {
  (void)state;
  static const char *const wrong[] = {"Measured", "measured: yes", "fitted", "fitted:", "fitted: ",   "fitted 1.1",
                                      "guessed",  "estimated",     "?",      "",        "measuredly", "estimated : x"};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
    char text[512];
    snprintf(text, sizeof(text), WITH("value: 1 MPa, source: a2000, grade: \"%s\""), wrong[i]);
    assert_refused(text, 1, "matrix.shear_modulus.grade");
  }
}

static void a_source_is_one_or_more_keys(void **state) {
  (void)state;
  assert_refused(WITH("value: 1 MPa, source: \"Otsuka et al. (2018)\", grade: measured"), 1,
                 "matrix.shear_modulus.source");
  assert_refused(WITH("value: 1 MPa, source: \"a2000,b2001\", grade: measured"), 1, "matrix.shear_modulus.source");
  assert_refused(WITH("value: 1 MPa, source: \"../x\", grade: measured"), 1, "matrix.shear_modulus.source");
}

static void values_and_spreads_are_checked_where_they_stand(void **state) {
  (void)state;
  assert_refused(WITH("value: 1 mm, grade: \"estimated: x\""), 1, "matrix.shear_modulus.value");
  assert_refused(WITH("value: 1, grade: \"estimated: x\""), 1, "matrix.shear_modulus.value");
  assert_refused(WITH("value: -1 MPa, grade: \"estimated: x\""), 1, "matrix.shear_modulus.value");
  assert_refused(WITH("value: 0 MPa, grade: \"estimated: x\""), 1, "matrix.shear_modulus.value");
  assert_refused(WITH("value: 1 MPa, spread: 2, grade: \"estimated: x\""), 1, "matrix.shear_modulus.spread");
  assert_refused(WITH("value: 1 MPa, spread: -2 MPa, grade: \"estimated: x\""), 1, "matrix.shear_modulus.spread");
  assert_refused(WITH("value: 1 MPa, sd: 2 MPa, grade: \"estimated: x\""), 1, "matrix.shear_modulus.sd");
  assert_refused(WITH("value: 1 MPa, value: 2 MPa, grade: \"estimated: x\""), 1, "matrix.shear_modulus.value");
}

static void an_isochoric_law_needs_a_bulk_modulus(void **state) {
  (void)state;
  assert_refused(HEAD "matrix:\n  law: neo-hookean\n  shear_modulus: {value: 1 MPa, grade: \"estimated: x\"}\n", 1,
                 "matrix.bulk_modulus");
}

static void laws_and_their_keys_are_checked(void **state) {
  (void)state;
  assert_refused(HEAD "matrix:\n  law: neo-hookaen\n", 1, "matrix.law");
  assert_refused(HEAD "matrix:\n  shear_modulus: 1 MPa\n", 1, "matrix.law");
  assert_refused(HEAD MATRIX "  shaer: 1\n", 1, "matrix.shaer");
  assert_refused(HEAD MATRIX "  volumetric: cubic\n", 1, "matrix.volumetric");
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "1 %") "    bins: 3\n", 1, "fibres[0].bins");
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "1 %") "    bins: {value: 8, grade: measured}\n", 1,
                 "fibres[0].bins");
}

static void fractions_share_one_volume(void **state) {
  (void)state;
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "60 %") FAMILY("b", "0.41"), 1, "fibres");
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "110 %"), 1, "fibres[0].fraction.value");
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "-1 %"), 1, "fibres[0].fraction.value");
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("a", "60 %") FAMILY("b", "0.3") FAMILY("c", "10 %"));
  assert_int_equal(r.status, STF_OK);
  clean_up(&r);
}

/* Two families of published fibres, in a matrix that is compressible by itself. */
#define GUESS(key, value) "    " key ": {value: " value ", grade: \"estimated: x\"}\n"
#define DRAINED \
  "matrix:\n    law: neo-hookean-drained\n" GUESS("shear_modulus", "0.1 MPa") GUESS("poisson_ratio", "0.2")
#define PUBLISHED(name)                                                                                                \
  "  - name: " name "\n    law: holzapfel-gasser-ogden\n    invariants: full\n" GUESS("k1", "1 MPa") GUESS("k2", "10") \
      GUESS("kappa", "0.1")

static void laws_per_volume_of_tissue_have_no_fraction(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD DRAINED "fibres:\n" PUBLISHED("left") PUBLISHED("right") FAMILY("along", "100 %"));
  stf_diags_print(r.diags, stderr);
  assert_int_equal(r.status, STF_OK);
  const stf_material *m = &r.tissue.material;
  assert_ptr_equal(m->family[1].law, stf_fibre_law_find("holzapfel-gasser-ogden"));
  for (int f = 0; f < 3; f++) stf_assert_near(m->family[f].fraction, 1.0, 1e-15);
  clean_up(&r);
  assert_refused(HEAD DRAINED "fibres:\n" PUBLISHED("left") GUESS("fraction", "30 %"), 1, "fibres[0].fraction");
  assert_refused(HEAD DRAINED "    bulk_modulus: {value: 1 MPa, grade: \"estimated: x\"}\n", 1, "matrix.bulk_modulus");
}

static void families_may_be_dispersed(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "fibres:\n" FAMILY("a", "10 %")
                    GUESS("in_plane_dispersion", "12 deg") "    directions: 4\n" FAMILY("b", "10 %"));
  stf_diags_print(r.diags, stderr);
  assert_int_equal(r.status, STF_OK);
  assert_non_null(r.tissue.material.family[0].dispersion);
  assert_int_equal(r.tissue.material.family[0].dispersion->count, 8);
  assert_null(r.tissue.material.family[1].dispersion);
  bool told = false;
  for (size_t i = 0; i < r.tissue.provenances; i++)
    told |= strcmp(r.tissue.provenance[i].path, "fibres.a.in_plane_dispersion") == 0;
  assert_true(told);
  clean_up(&r);
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "1 %") GUESS("in_plane_dispersion", "60 deg"), 1,
                 "fibres[0].in_plane_dispersion.value");
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "1 %") "    in_plane_dispersion: 12 deg\n", 1,
                 "fibres[0].in_plane_dispersion");
  assert_refused(HEAD DRAINED "fibres:\n" PUBLISHED("left") GUESS("in_plane_dispersion", "12 deg"), 1,
                 "fibres[0].in_plane_dispersion");
}

static void what_a_law_may_lack_is_left_out(void **state) {
  (void)state;
  reading r;
  read_text(&r,
            HEAD "matrix:\n    law: ogden\n" GUESS("bulk_modulus", "1 MPa") GUESS("mu1", "1 MPa") GUESS("alpha1", "2"));
  stf_diags_print(r.diags, stderr);
  assert_int_equal(r.status, STF_OK);
  assert_int_equal(r.tissue.provenances, 3);
  clean_up(&r);
  assert_refused(HEAD "matrix:\n    law: ogden\n" GUESS("bulk_modulus", "1 MPa") GUESS("mu1", "1 MPa")
                     GUESS("alpha1", "2") GUESS("mu2", "1 MPa"),
                 1, "matrix");
}

static void families_differ_in_name(void **state) {
  (void)state;
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "1 %") FAMILY("b", "1 %") FAMILY("a", "1 %"), 1, "fibres[2].name");
}

static void more_families_than_a_material_holds_are_refused(void **state) {
  (void)state;
  assert_refused(HEAD MATRIX "fibres:\n" FAMILY("a", "1 %") FAMILY("b", "1 %") FAMILY("c", "1 %") FAMILY("d", "1 %")
                     FAMILY("e", "1 %") FAMILY("f", "1 %") FAMILY("g", "1 %") FAMILY("h", "1 %") FAMILY("i", "1 %"),
                 1, "fibres");
}

static void an_impossible_set_of_parameters_is_explained_by_its_law(void **state) {
  (void)state;
  const char text[] = HEAD MATRIX "fibres:\n"
                                  "  - name: along\n"
                                  "    law: fibrils\n"
                                  "    modulus: {value: 500 MPa, grade: \"estimated: x\"}\n"
                                  "    fraction: {value: 3 %, grade: \"estimated: x\"}\n"
                                  "    straightening_stretch: {value: 1.05, grade: \"estimated: x\"}\n"
                                  "    straightening_sd: {value: 45 %, grade: \"estimated: x\"}\n";
  assert_refused(text, 1, "fibres[0]");
  reading r;
  read_text(&r, text);
  assert_non_null(strstr(find_diag(&r, "fibres[0]")->found, "straightening_sd"));
  clean_up(&r);
}

static void all_faults_of_a_file_are_reported_at_once(void **state) {
  (void)state;
  reading r;
  read_text(&r, "striffin-tissue: 1\nname: shet\n"
                "matrix:\n  law: neo-hookean\n  shear_modulus: {value: 1 mm, grade: guess}\n  bulk: 3\n"
                "fibres:\n" FAMILY("a", "80 %") FAMILY("a", "90 %") "    twist: 3\n");
  assert_int_equal(r.status, STF_BAD_INPUT);
  static const char *const paths[] = {"name",
                                      "matrix.shear_modulus.value",
                                      "matrix.shear_modulus.grade",
                                      "matrix.bulk",
                                      "fibres",
                                      "fibres[1].name",
                                      "fibres[1].twist",
                                      "matrix.bulk_modulus"};
  for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
    if (!find_diag(&r, paths[i])) fail_msg("nothing at %s", paths[i]);
  assert_int_equal(stf_diags_errors(r.diags), 9); /* and the missing title */
  clean_up(&r);
}

static void the_format_line_comes_first_and_fits(void **state) {
  (void)state;
  assert_refused("striffin-tissue: 2\nname: sheet\nnonsense: 3\n", 1, "striffin-tissue");
  assert_refused("name: sheet\nstriffin-tissue: 1\ntitle: A sheet\n" MATRIX, 1, "striffin-tissue");
  assert_refused("name: sheet\ntitle: A sheet\n" MATRIX, 1, NULL);
  assert_refused("- a\n- b\n", 1, NULL);
  assert_refused("just text\n", 1, NULL);
  assert_refused("", 1, NULL);
}

static void the_name_is_that_of_the_file(void **state) {
  (void)state;
  assert_refused("striffin-tissue: 1\nname: other\ntitle: A sheet\n" MATRIX, 1, "name");
}

static void the_nearest_folder_wins(void **state) {
  (void)state;
  write_file(library, "sheet.yaml", "striffin-tissue: 1\nname: sheet\ntitle: library\n" MATRIX);
  reading r;
  read_tissue(&r, "sheet");
  assert_string_equal(r.tissue.title, "library");
  clean_up(&r);
  write_file(own, "sheet.yaml", "striffin-tissue: 1\nname: sheet\ntitle: own\n" MATRIX);
  read_tissue(&r, "sheet");
  assert_string_equal(r.tissue.title, "own");
  clean_up(&r);
  write_file(root, "sheet.yaml", "# mine\n\n---\nstriffin-tissue: 1\nname: sheet\ntitle: beside\n" MATRIX);
  read_tissue(&r, "sheet");
  assert_int_equal(r.status, STF_OK);
  assert_string_equal(r.tissue.title, "beside");
  clean_up(&r);
}

static void a_scenario_of_the_same_name_is_not_taken_for_the_tissue(void **state) {
  (void)state;
  write_file(library, "sheet.yaml", "striffin-tissue: 1\nname: sheet\ntitle: library\n" MATRIX);
  write_file(root, "sheet.yaml", "striffin: 1\nname: sheet\ntissues: {sheet: sheet}\n");
  reading r;
  read_tissue(&r, "sheet");
  assert_int_equal(r.status, STF_OK);
  assert_string_equal(r.tissue.title, "library");
  clean_up(&r);
}

static void an_unknown_tissue_is_answered_with_what_there_is(void **state) {
  (void)state;
  write_file(library, "fascia_lata.yaml", "striffin-tissue: 1\n");
  write_file(library, "tendon.yaml", "striffin-tissue: 1\n");
  write_file(own, "tendon.yaml", "striffin-tissue: 1\n");
  write_file(root, "case.yaml", "striffin: 1\n");
  reading r;
  read_tissue(&r, "facia_lata");
  assert_int_equal(r.status, STF_BAD_INPUT);
  assert_int_equal(stf_diags_errors(r.diags), 1);
  const stf_diag *diag = stf_diags_get(r.diags, 0);
  assert_string_equal(diag->place.path, "tissues.sheet");
  assert_int_equal(diag->place.line, 4);
  assert_string_equal(diag->found, "no tissue named facia_lata");
  assert_string_equal(diag->hint, "did you mean fascia_lata? there are fascia_lata, tendon");
  clean_up(&r);
}

static void without_any_tissue_the_hint_says_so(void **state) {
  (void)state;
  reading r = {.arena = stf_arena_create(), .diags = stf_diags_create()};
  assert_int_equal(stf_tissue_read("sheet", NULL, NULL, asked, r.arena, r.diags, &r.tissue), STF_BAD_INPUT);
  assert_non_null(strstr(stf_diags_get(r.diags, 0)->hint, "no tissues at all"));
  clean_up(&r);
}

static void a_long_list_of_tissues_is_cut(void **state) {
  (void)state;
  for (int i = 0; i < 25; i++) {
    char name[32];
    snprintf(name, sizeof(name), "tissue%02d.yaml", i);
    write_file(library, name, "striffin-tissue: 1\n");
  }
  reading r;
  read_tissue(&r, "zzz");
  const char *hint = stf_diags_get(r.diags, 0)->hint;
  assert_non_null(strstr(hint, "there are tissue00, tissue01"));
  assert_non_null(strstr(hint, "tissue19 and 5 more"));
  clean_up(&r);
}

static void names_that_leave_the_folder_are_refused(void **state) {
  (void)state;
  write_file(root, "secret.yaml", "striffin-tissue: 1\n");
  static const char *const wrong[] = {"../secret", "/etc/passwd", "", ".", "..", ".hidden", "a/b", "a b", "a\nb"};
  for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
    reading r;
    read_tissue(&r, wrong[i]);
    assert_int_equal(r.status, STF_BAD_INPUT);
    assert_int_equal(stf_diags_errors(r.diags), 1);
    clean_up(&r);
  }
}

static void what_is_no_plain_file_is_passed_over(void **state) {
  (void)state;
  char path[512];
  snprintf(path, sizeof(path), "%s/sheet.yaml", own);
  assert_int_equal(mkfifo(path, 0600), 0);
  write_file(library, "sheet.yaml", HEAD MATRIX);
  reading r;
  read_tissue(&r, "sheet");
  assert_int_equal(r.status, STF_OK);
  clean_up(&r);
}

static void the_table_describes_every_law_with_its_origins(void **state) {
  (void)state;
  stf_arena *arena = stf_arena_create();
  const stf_table *table = stf_tissue_table(arena);
  assert_non_null(table);
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&text, &length);
  assert_non_null(stream);
  stf_options_describe(table, stream);
  assert_int_equal(fclose(stream), 0);
  static const char *const words[] = {"neo-hookean", "fibrils", "shear_modulus", "bulk_modulus", "fraction",
                                      "bins",        "spread",  "grade",         "areolar",      "free_slip"};
  for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
    if (!strstr(text, words[i])) fail_msg("no %s in the description", words[i]);
  free(text);
  stf_arena_destroy(arena);
}

static void a_density_is_read_with_its_origin(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD MATRIX "density: {value: 1.06 g/cm^3, source: mendez1960, grade: measured}\n");
  assert_int_equal(r.status, STF_OK);
  stf_assert_near(r.tissue.material.density, 1.06e-9, 1e-15);
  const stf_provenance *last = &r.tissue.provenance[r.tissue.provenances - 1];
  assert_string_equal(last->path, "density");
  assert_string_equal(last->source, "mendez1960");
  clean_up(&r);
  read_text(&r, HEAD MATRIX);
  assert_true(isnan(r.tissue.material.density));
  clean_up(&r);
  assert_refused(HEAD MATRIX "density: {value: 1.06 g/cm^3, grade: measured}\n", 1, "density");
  assert_refused(HEAD MATRIX "density: {value: 0 g/cm^3, grade: \"estimated: none\"}\n", 1, "density.value");
}

#define GLIDE                                                                        \
  "glide:\n"                                                                         \
  "  law: areolar\n"                                                                 \
  "  thickness: {value: 43 um, spread: 3 um, source: stecco2009, grade: measured}\n" \
  "  closing_stiffness: {value: 10 MPa/mm, grade: \"estimated: a penalty\"}\n"

static void a_tissue_is_of_a_body_or_between_surfaces(void **state) {
  (void)state;
  reading r;
  read_text(&r, HEAD GLIDE);
  stf_diags_print(r.diags, stderr);
  assert_int_equal(r.status, STF_OK);
  assert_null(r.tissue.material.matrix);
  assert_string_equal(r.tissue.material.name, "sheet");
  assert_ptr_equal(r.tissue.glide, stf_glide_law_find("areolar"));
  assert_non_null(r.tissue.glide_data);
  assert_int_equal(r.tissue.provenances, 2);
  const stf_provenance *thickness = stf_tissue_parameter(&r.tissue, "glide.thickness");
  assert_non_null(thickness);
  stf_assert_near(thickness->value, 0.043, 1e-12);
  stf_assert_near(thickness->spread, 0.003, 1e-12);
  assert_string_equal(thickness->source, "stecco2009");
  clean_up(&r);
  read_text(&r, HEAD MATRIX);
  assert_null(r.tissue.glide);
  assert_non_null(r.tissue.material.matrix);
  clean_up(&r);
}

static void a_tissue_of_neither_or_both_kinds_is_refused(void **state) {
  (void)state;
  assert_refused(HEAD, 1, "matrix");
  assert_refused(HEAD "fibres:\n" FAMILY("a", "1 %"), 1, "matrix");
  assert_refused(HEAD MATRIX GLIDE, 1, "matrix");
  assert_refused(HEAD GLIDE "fibres:\n" FAMILY("a", "1 %"), 1, "fibres");
  assert_refused(HEAD GLIDE "density: {value: 1 g/cm^3, grade: \"estimated: x\"}\n", 1, "density");
  assert_refused(HEAD GLIDE "  hyaluronan: {value: 1 mg/ml, grade: \"estimated: x\"}\n", 1, "glide");
  assert_refused(HEAD GLIDE "  free_slip: 3 mm\n", 1, "glide.free_slip");
  assert_refused(HEAD "glide:\n  law: areolar\n  thickness: {value: 43 um, grade: measured}\n", 2, "glide.thickness");
}

static void a_changed_glide_answers_by_its_new_number(void **state) {
  (void)state;
  reading r;
  stf_tissue changed;
  double memory[64];
  stf_glide_answer was, is;
  const double gap[3] = {0.0, 0.0, -0.03};
  const stf_change change = {.path = "glide.closing_stiffness", .value = 20.0, .text = "20 MPa/mm", .place = asked};
  read_text(&r, HEAD GLIDE);
  assert_int_equal(stf_tissue_change(&r.tissue, &change, 1, r.arena, r.diags, &changed), STF_OK);
  assert_true(changed.glide->memory <= 64);
  changed.glide->rest(changed.glide_data, 0.0, memory);
  const stf_glide_past past = {.dt = 0.0, .memory = memory};
  r.tissue.glide->respond(r.tissue.glide_data, &past, gap, &was);
  changed.glide->respond(changed.glide_data, &past, gap, &is);
  stf_assert_near(is.p[2], 2.0 * was.p[2], 1e-12);
  assert_string_equal(stf_tissue_parameter(&changed, "glide.closing_stiffness")->file_text, "10 MPa/mm");
  clean_up(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_tissue_is_read_into_a_material_in_base_units, empty_folders),
      cmocka_unit_test_setup(the_material_pulls_as_its_numbers_say, empty_folders),
      cmocka_unit_test_setup(every_number_keeps_its_origin_in_the_order_of_the_file, empty_folders),
      cmocka_unit_test_setup(a_changed_tissue_is_the_one_that_a_file_with_those_numbers_gives, empty_folders),
      cmocka_unit_test_setup(a_changed_number_says_what_the_file_has_and_lends_no_source, empty_folders),
      cmocka_unit_test_setup(numbers_are_found_by_their_path, empty_folders),
      cmocka_unit_test_setup(changes_that_do_not_go_together_are_told_where_they_were_asked_for, empty_folders),
      cmocka_unit_test_setup(a_tissue_needs_no_fibres, empty_folders),
      cmocka_unit_test_setup(a_number_without_its_origin_is_refused, empty_folders),
      cmocka_unit_test_setup(what_is_measured_or_fitted_needs_a_source, empty_folders),
      cmocka_unit_test_setup(grades_are_read_strictly, empty_folders),
      cmocka_unit_test_setup(a_source_is_one_or_more_keys, empty_folders),
      cmocka_unit_test_setup(values_and_spreads_are_checked_where_they_stand, empty_folders),
      cmocka_unit_test_setup(an_isochoric_law_needs_a_bulk_modulus, empty_folders),
      cmocka_unit_test_setup(laws_and_their_keys_are_checked, empty_folders),
      cmocka_unit_test_setup(fractions_share_one_volume, empty_folders),
      cmocka_unit_test_setup(laws_per_volume_of_tissue_have_no_fraction, empty_folders),
      cmocka_unit_test_setup(families_may_be_dispersed, empty_folders),
      cmocka_unit_test_setup(what_a_law_may_lack_is_left_out, empty_folders),
      cmocka_unit_test_setup(families_differ_in_name, empty_folders),
      cmocka_unit_test_setup(more_families_than_a_material_holds_are_refused, empty_folders),
      cmocka_unit_test_setup(an_impossible_set_of_parameters_is_explained_by_its_law, empty_folders),
      cmocka_unit_test_setup(all_faults_of_a_file_are_reported_at_once, empty_folders),
      cmocka_unit_test_setup(the_format_line_comes_first_and_fits, empty_folders),
      cmocka_unit_test_setup(the_name_is_that_of_the_file, empty_folders),
      cmocka_unit_test_setup(the_nearest_folder_wins, empty_folders),
      cmocka_unit_test_setup(a_scenario_of_the_same_name_is_not_taken_for_the_tissue, empty_folders),
      cmocka_unit_test_setup(an_unknown_tissue_is_answered_with_what_there_is, empty_folders),
      cmocka_unit_test_setup(without_any_tissue_the_hint_says_so, empty_folders),
      cmocka_unit_test_setup(a_long_list_of_tissues_is_cut, empty_folders),
      cmocka_unit_test_setup(names_that_leave_the_folder_are_refused, empty_folders),
      cmocka_unit_test_setup(what_is_no_plain_file_is_passed_over, empty_folders),
      cmocka_unit_test_setup(a_density_is_read_with_its_origin, empty_folders),
      cmocka_unit_test_setup(a_tissue_is_of_a_body_or_between_surfaces, empty_folders),
      cmocka_unit_test_setup(a_tissue_of_neither_or_both_kinds_is_refused, empty_folders),
      cmocka_unit_test_setup(a_changed_glide_answers_by_its_new_number, empty_folders),
      cmocka_unit_test_setup(the_table_describes_every_law_with_its_origins, empty_folders),
  };
  return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
