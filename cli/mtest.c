#include "mtest.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "base/units.h"
#include "base/yaml.h"
#include "places.h"
#include "tissue/find.h"
#include "tissue/tissue.h"

static const char PROGRAM[] = "striffin mtest";

enum { MOST_LAWS = 100, LONGEST_ANGLE = 40 };

static stf_status no_memory(const char *what, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = what}, "no memory left", NULL, NULL);
  return STF_NO_RESOURCE;
}

/* ---- a law ---- */

static void add_nothing(const void *data, const stf_lane F[9], stf_want want, stf_response *response) {
  (void)data, (void)F, (void)want, (void)response;
}

/* What a fibre law alone lies in. */
static const stf_matrix_law nothing = {.about = {.name = "nothing"}, .isochoric = true, .add = add_nothing};

/* What a law with an isochoric split is given besides its own parameters. */
typedef struct volume {
  const stf_yaml_node *node;
  int volumetric;
  double bulk_modulus; /* NAN: not given */
} volume;

static const stf_option volume_options[] = {
    {.key = "volumetric",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(volume, volumetric),
     .fallback = "convex",
     .choices = stf_volumetric_names,
     .help = "form of the energy of volume change"},
    {.key = "bulk_modulus",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(volume, bulk_modulus),
     .fallback = "",
     .maximum = 1e9,
     .bounds = STF_OPEN_BELOW,
     .help = "resistance to change of volume"},
};

static const stf_table volume_table = STF_TABLE_OF("volume", volume, volume_options);

static bool is_of(const stf_table *table, const char *pair) {
  for (size_t i = 0; table && i < table->count; i++) {
    const size_t length = strlen(table->options[i].key);
    if (strncmp(pair, table->options[i].key, length) == 0 && pair[length] == '=') return true;
  }
  return false;
}

/*
 * Reads pairs by a table, as lines of YAML in a file called -p: those of `beside`, which stands beside the law's own
 * parameters (NULL: nothing does), or all others. NULL after a fault.
 */
static void *read_pairs(const stf_mtest *asked, const stf_table *beside, const stf_table *table, stf_arena *arena,
                        stf_diags *diags) {
  const char *text = "";
  assert(table);
  for (int i = 0; text && i < asked->pair_count; i++) {
    const char *pair = asked->pairs[i], *equals = strchr(pair, '=');
    if (is_of(beside, pair) != (beside == table)) continue;
    text = stf_arena_printf(arena, "%s%.*s: %s\n", text, (int)(equals - pair), pair, equals + 1);
  }
  const stf_yaml_node *root = NULL;
  void *out = stf_arena_alloc(arena, table->size);
  if (!text || !out) {
    no_memory(asked->what, diags);
    return NULL;
  }
  if (!*text) text = "{}";
  if (stf_yaml_read_text(text, strlen(text), "-p", arena, diags, &root)) return NULL;
  return stf_options_read(root, table, arena, diags, out) ? NULL : out;
}

/* The constants of a law; NULL after a fault. */
static const void *prepare_law(const stf_mtest *asked, const stf_law_about *law, const stf_table *beside,
                               stf_arena *arena, stf_diags *diags) {
  const void *parameters = read_pairs(asked, beside, law->parameters, arena, diags);
  void *data = stf_arena_alloc(arena, law->data_size);
  if (!parameters || !data) return NULL;
  const char *reason = law->prepare(parameters, data);
  if (!reason) return data;
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = "-p"},
                stf_diags_text(diags, "parameters that cannot be: %s", reason), NULL, NULL);
  return NULL;
}

static stf_status prepare_matrix(const stf_mtest *asked, const stf_matrix_law *law, stf_arena *arena, stf_diags *diags,
                                 stf_path *path, stf_material *material) {
  const volume *v = NULL;
  *material = (stf_material){.name = law->about.name, .matrix = law};
  material->matrix_data = prepare_law(asked, &law->about, law->isochoric ? &volume_table : NULL, arena, diags);
  if (law->isochoric) v = read_pairs(asked, &volume_table, &volume_table, arena, diags);
  if (!material->matrix_data || (law->isochoric && !v)) return STF_BAD_INPUT;
  if (!v) return STF_OK;
  material->volumetric = (stf_volumetric_kind)v->volumetric;
  material->bulk_modulus = v->bulk_modulus;
  path->incompressible = isnan(v->bulk_modulus);
  if (!path->incompressible || path->kind != STF_CONFINED) return STF_OK;
  return stf_arguments_fault(PROGRAM,
                             "confined changes the volume, which %s leaves open; expected "
                             "-p bulk_modulus=VALUE too",
                             law->about.name);
}

static stf_status prepare_fibre(const stf_mtest *asked, const stf_fibre_law *law, stf_arena *arena, stf_diags *diags,
                                stf_path *path, stf_material *material) {
  const stf_table *beside = law->pull ? &stf_dispersion_table : NULL;
  const void *data = prepare_law(asked, &law->about, beside, arena, diags);
  const stf_dispersion_options *spread = beside ? read_pairs(asked, beside, beside, arena, diags) : NULL;
  *material = (stf_material){.name = law->about.name, .matrix = &nothing, .families = 1};
  material->family[0] = (stf_family){.name = law->about.name, .law = law, .data = data, .fraction = 1.0};
  path->incompressible = true;
  if (!data || (beside && !spread)) return STF_BAD_INPUT;
  if (spread && stf_dispersion_make(spread, arena, &material->family[0].dispersion))
    return no_memory(law->about.name, diags);
  return STF_OK;
}

static stf_status check_pairs(const stf_mtest *asked) {
  for (int i = 0; i < asked->pair_count; i++) {
    const char *equals = strchr(asked->pairs[i], '=');
    if (!equals || equals == asked->pairs[i] || strpbrk(asked->pairs[i], "\r\n"))
      return stf_arguments_fault(PROGRAM, "-p: found %s; expected KEY=VALUE, such as -p k2=10",
                                 *asked->pairs[i] ? asked->pairs[i] : "nothing");
  }
  return STF_OK;
}

/* ---- a tissue ---- */

static const char *nearest_law(const char *word) {
  const char *names[MOST_LAWS];
  size_t count = 0;
  for (size_t i = 0; stf_matrix_laws[i] && count < MOST_LAWS; i++) names[count++] = stf_matrix_laws[i]->about.name;
  for (size_t i = 0; stf_fibre_laws[i] && count < MOST_LAWS; i++) names[count++] = stf_fibre_laws[i]->about.name;
  return stf_text_nearest(word, names, count);
}

static bool is_tissue(const char *name, const char *library, stf_arena *arena) {
  stf_diags *unheard = stf_diags_create();
  const char *path;
  const bool found = unheard && !stf_tissue_find(name, ".", library, (stf_place){0}, arena, unheard, &path);
  stf_diags_destroy(unheard);
  return found;
}

/* The name of a tissue and, where a file was named, its folder; else NULL. */
static const char *split_file(const char *what, stf_arena *arena, const char **folder) {
  const char *slash = strrchr(what, '/'), *base = slash ? slash + 1 : what;
  const size_t length = strlen(base);
  *folder = NULL;
  if (length <= 5 || strcmp(base + length - 5, ".yaml") != 0) return what;
  *folder = slash ? stf_arena_copy(arena, what, (size_t)(slash - what + 1)) : ".";
  return stf_arena_copy(arena, base, length - 5);
}

static stf_status prepare_tissue(const stf_mtest *asked, stf_arena *arena, stf_diags *diags, stf_material *material) {
  stf_tissue tissue;
  const char *folder, *name = split_file(asked->what, arena, &folder);
  const char *library = folder ? folder : stf_places_library(arena);
  if (!name || !library) return no_memory(asked->what, diags);
  if (!folder && !is_tissue(name, library, arena)) {
    const char *law = nearest_law(name);
    if (law) return stf_arguments_fault(PROGRAM, "no law or tissue %s; did you mean %s?", name, law);
  }
  if (asked->pair_count)
    return stf_arguments_fault(PROGRAM, "-p: %s is a tissue, whose parameters stand in its file; expected a law", name);
  STF_TRY(stf_tissue_read(name, folder ? NULL : ".", library, (stf_place){.file = asked->what}, arena, diags, &tissue));
  if (tissue.glide)
    return stf_arguments_fault(PROGRAM, "%s is a tissue between surfaces (glide); expected one with a matrix", name);
  *material = tissue.material;
  return STF_OK;
}

/* ---- directions ---- */

/* "along, across, left" */
static const char *name_families(const stf_material *material, stf_arena *arena) {
  const char *text = "";
  for (size_t f = 0; text && f < material->families; f++)
    text = stf_arena_printf(arena, "%s%s%s", text, f ? ", " : "", material->family[f].name);
  return text ? text : "";
}

static stf_status refuse_directions(const stf_material *material, size_t found, stf_arena *arena) {
  const char *plural = material->families == 1 ? "y" : "ies";
  return stf_arguments_fault(PROGRAM,
                             "--fibres: found %zu direction%s; expected one for each of the %zu famil%s of %s "
                             "(%s), such as --fibres '0 deg, 90 deg'",
                             found, found == 1 ? "" : "s", material->families, plural, material->name,
                             name_families(material, arena));
}

static stf_status read_direction(const char *text, size_t length, double direction[3]) {
  char angle_text[LONGEST_ANGLE + 1];
  double angle;
  length = length < LONGEST_ANGLE ? length : LONGEST_ANGLE;
  memcpy(angle_text, text, length);
  angle_text[length] = '\0';
  if (stf_quantity_parse(angle_text, STF_ANGLE, &angle))
    return stf_arguments_fault(PROGRAM,
                               "--fibres: found %s; expected angles to x with their unit, such as "
                               "'30 deg, -30 deg'",
                               *angle_text ? angle_text : "nothing");
  direction[0] = cos(angle);
  direction[1] = sin(angle);
  direction[2] = 0.0;
  return STF_OK;
}

/* One family lies along x unless told otherwise; several have to be told. */
static stf_status read_directions(const stf_mtest *asked, stf_arena *arena, stf_path *path) {
  const size_t families = path->material->families;
  size_t found = 0;
  if (!asked->fibres && families <= 1) {
    path->direction[0][0] = 1.0;
    return STF_OK;
  }
  for (const char *at = asked->fibres; at && *at; found++) {
    at += strspn(at, " ");
    size_t length = strcspn(at, ",");
    const bool more = at[length] == ',';
    const char *next = at + length + more;
    while (length && at[length - 1] == ' ') length--;
    if (found < families) STF_TRY(read_direction(at, length, path->direction[found]));
    at = next;
  }
  return found == families ? STF_OK : refuse_directions(path->material, found, arena);
}

stf_status stf_mtest_prepare(const stf_mtest *asked, stf_arena *arena, stf_diags *diags, stf_path *path) {
  const stf_matrix_law *matrix = stf_matrix_law_find(asked->what);
  const stf_fibre_law *fibre = stf_fibre_law_find(asked->what);
  stf_material *material = stf_arena_alloc(arena, sizeof(*material));
  if (!material || stf_units_start()) return no_memory(asked->what, diags);
  STF_TRY(check_pairs(asked));
  if (matrix)
    STF_TRY(prepare_matrix(asked, matrix, arena, diags, path, material));
  else if (fibre)
    STF_TRY(prepare_fibre(asked, fibre, arena, diags, path, material));
  else
    STF_TRY(prepare_tissue(asked, arena, diags, material));
  stf_material_lay_memory(material);
  path->material = material;
  return read_directions(asked, arena, path);
}
