/*
 * A tissue file is read by one option table that is made from the laws' own: each quantity of a law becomes a mapping
 * of value, spread, source and grade, so that the option reader finds every fault of a file by itself.
 */
#include "tissue/tissue.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/format.h"
#include "base/text.h"
#include "tissue/find.h"

const char *const stf_grade_names[] = {"measured", "fitted", "estimated", NULL};

/* A number as the file gives it. node NULL: not given. */
typedef struct parameter {
  const stf_yaml_node *node;
  double value, spread;
  const char *source, *grade;
  const stf_change *change; /* what a scenario put in its place, or NULL */
} parameter;

enum { RELAXING = 3 }; /* terms of a matrix's relaxation */

/*
 * What is read of the matrix, of glide or of one family. Behind it, in the same memory, lie the struct that the law's
 * own table describes (law_offset) and a `parameter` for each row of that table (parameter_offset).
 */
typedef struct part {
  const stf_yaml_node *node;
  const char *name;                /* of a family */
  int volumetric;                  /* of an isochoric matrix */
  parameter bulk_modulus;          /* of an isochoric matrix */
  parameter relaxing[RELAXING][2]; /* of a matrix: share and time of each term */
  parameter fraction;              /* of a family, unless its law is per volume of tissue */
  parameter in_plane;              /* dispersion of a family whose law has a pull */
  parameter out_of_plane;
  long directions;
} part;

typedef struct tissue_file {
  const stf_yaml_node *node;
  long version;
  const char *name, *title;
  stf_variant matrix, glide; /* one of them */
  stf_variants fibres;
  parameter density;
  const stf_table *table; /* by which it was read */
} tissue_file;

/* What reading a tissue needs at hand. */
typedef struct reader {
  stf_arena *arena;
  stf_diags *diags;
  stf_tissue *tissue;
  const stf_table *table;  /* of a tissue file */
  stf_provenance *records; /* filled up to tissue->provenances */
} reader;

static size_t aligned(size_t offset) {
  const size_t step = _Alignof(max_align_t);
  return (offset + step - 1) / step * step;
}

static size_t law_offset(void) {
  return aligned(sizeof(part));
}

static size_t parameter_offset(const stf_table *law, size_t row) {
  return aligned(law_offset() + law->size) + row * sizeof(parameter);
}

/* ---- the table of a tissue file ---- */

/*
 * The row of a quantity with its origin: the mapping {value, spread, source, grade}, read into a `parameter`. A law's
 * default would have no origin, so only a quantity that may be absent can be left out.
 */
static bool fill_parameter_row(const stf_option *quantity, size_t offset, stf_arena *arena, stf_option *row) {
  const stf_option plain[] = {
      *quantity,
      {.key = "spread",
       .kind = STF_KIND_QUANTITY,
       .dimension = quantity->dimension,
       .offset = offsetof(parameter, spread),
       .fallback = "",
       .maximum = INFINITY,
       .help = "one standard deviation"},
      {.key = "source",
       .kind = STF_KIND_TEXT,
       .offset = offsetof(parameter, source),
       .fallback = "",
       .help = "keys in sources.bib, separated by spaces; only an estimate may lack it"},
      {.key = "grade",
       .kind = STF_KIND_TEXT,
       .offset = offsetof(parameter, grade),
       .help = "measured, \"fitted: ROW\" or \"estimated: REASON\""},
  };
  stf_option *rows = stf_arena_alloc(arena, sizeof(plain));
  stf_table *table = stf_arena_alloc(arena, sizeof(*table));
  if (!rows || !table) return false;
  memcpy(rows, plain, sizeof(plain));
  rows[0].key = "value";
  rows[0].offset = offsetof(parameter, value);
  rows[0].fallback = NULL;
  *table = (stf_table){.name = quantity->key, .size = sizeof(parameter), .options = rows, .count = 4};
  *row = (stf_option){.key = quantity->key,
                      .kind = STF_KIND_TABLE,
                      .offset = offset,
                      .fallback = quantity->fallback && !*quantity->fallback ? "" : NULL,
                      .table = table,
                      .help = quantity->help};
  return true;
}

/* Rows that a part has besides its law's. Quantities among them become parameters as the law's do. */
static const stf_option isochoric_options[] = {
    {.key = "volumetric",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(part, volumetric),
     .fallback = "convex",
     .choices = stf_volumetric_names,
     .help = "form of the energy of volume change"},
    {.key = "bulk_modulus",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_STRESS,
     .offset = offsetof(part, bulk_modulus),
     .maximum = 1e9,
     .bounds = STF_OPEN_BELOW,
     .help = "resistance to change of volume"},
};

/* Term n of a matrix's relaxation. */
#define SHARE_OF_TERM(n, text)                                                                              \
  {                                                                                                         \
    .key = "relaxing_share_" #n, .kind = STF_KIND_QUANTITY, .dimension = STF_RATIO,                         \
    .offset = offsetof(part, relaxing[(n)-1][0]), .fallback = "", .maximum = 1.0, .bounds = STF_OPEN_BELOW, \
    .help = (text)                                                                                          \
  }
#define TIME_OF_TERM(n, text)                                                                                \
  {                                                                                                          \
    .key = "relaxing_time_" #n, .kind = STF_KIND_QUANTITY, .dimension = STF_TIME,                            \
    .offset = offsetof(part, relaxing[(n)-1][1]), .fallback = "", .maximum = 1e12, .bounds = STF_OPEN_BELOW, \
    .help = (text)                                                                                           \
  }

static const stf_option matrix_options[] = {
    SHARE_OF_TERM(1, "share of the matrix's stress at once that fades; the law's own parameters are those at once"),
    TIME_OF_TERM(1, "time over which it fades to 1/e"),
    SHARE_OF_TERM(2, "a second share that fades"),
    TIME_OF_TERM(2, "time of the second"),
    SHARE_OF_TERM(3, "a third share that fades"),
    TIME_OF_TERM(3, "time of the third"),
};
enum { MATRIX_ROWS = sizeof matrix_options / sizeof *matrix_options };

static const stf_option family_options[] = {
    {.key = "name", .kind = STF_KIND_NAME, .offset = offsetof(part, name), .help = "what the family is called"},
    {.key = "fraction",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(part, fraction),
     .maximum = 1.0,
     .help = "share of the tissue's volume; multiplies the law's energy"},
};

/* How heavy a tissue is; only gravity asks for it. */
static const stf_option density_option = {.key = "density",
                                          .kind = STF_KIND_QUANTITY,
                                          .dimension = STF_DENSITY,
                                          .fallback = "",
                                          .minimum = 0.0,
                                          .maximum = 1e-7,
                                          .bounds = STF_OPEN_BELOW,
                                          .help = "mass of a volume of the whole tissue; gravity needs it"};

enum { FAMILY_ROWS = 5 };

/* The variant of `law:` that one law stands for: the rows `own` of the part, then the law's. */
static stf_variant_type *make_type(const stf_law_about *law, const stf_option *own, size_t owned, stf_arena *arena) {
  const stf_table *parameters = law->parameters;
  stf_option *rows = stf_arena_alloc(arena, (owned + parameters->count) * sizeof(*rows));
  stf_table *table = stf_arena_alloc(arena, sizeof(*table));
  stf_variant_type *type = stf_arena_alloc(arena, sizeof(*type));
  if (!rows || !table || !type) return NULL;
  for (size_t i = 0; i < owned + parameters->count; i++) {
    const bool of_law = i >= owned;
    const stf_option *from = of_law ? &parameters->options[i - owned] : &own[i];
    const size_t offset = of_law ? parameter_offset(parameters, i - owned) : from->offset;
    rows[i] = *from;
    if (from->kind == STF_KIND_QUANTITY) {
      if (!fill_parameter_row(from, offset, arena, &rows[i])) return NULL;
    } else if (of_law) {
      rows[i].offset += law_offset();
    }
  }
  *table = (stf_table){.name = law->name,
                       .size = parameter_offset(parameters, parameters->count),
                       .options = rows,
                       .count = owned + parameters->count};
  *type = (stf_variant_type){.name = law->name, .help = law->sentence, .table = table, .extra = law};
  return type;
}

static const stf_variant_set *make_set(const stf_variant_type **types, size_t count, stf_arena *arena) {
  stf_variant_set *set = stf_arena_alloc(arena, sizeof(*set));
  if (!set) return NULL;
  for (size_t i = 0; i < count; i++)
    if (!types[i]) return NULL;
  *set = (stf_variant_set){.selector = "law", .types = types, .count = count};
  return set;
}

static const stf_variant_set *make_matrix_set(stf_arena *arena) {
  size_t count = 0;
  while (stf_matrix_laws[count]) count++;
  const stf_variant_type **types = stf_arena_alloc(arena, count * sizeof(const stf_variant_type *));
  for (size_t i = 0; types && i < count; i++) {
    stf_option own[MATRIX_ROWS + 2];
    const size_t first = stf_matrix_laws[i]->isochoric ? 2 : 0;
    memcpy(own, isochoric_options, first * sizeof *own);
    memcpy(own + first, matrix_options, sizeof matrix_options);
    types[i] = make_type(&stf_matrix_laws[i]->about, own, first + MATRIX_ROWS, arena);
  }
  return types ? make_set(types, count, arena) : NULL;
}

/* What a family has besides its law: a fraction and a dispersion where the law allows them. Returns how many rows. */
static size_t choose_family_rows(const stf_fibre_law *law, stf_option rows[FAMILY_ROWS]) {
  static const size_t offsets[] = {offsetof(part, in_plane), offsetof(part, out_of_plane), offsetof(part, directions)};
  _Static_assert(sizeof offsets / sizeof *offsets == FAMILY_ROWS - 2, "one for each row of the dispersion");
  size_t count = 0;
  assert(stf_dispersion_table.count == FAMILY_ROWS - 2);
  rows[count++] = family_options[0];
  if (!law->per_tissue) rows[count++] = family_options[1];
  for (size_t i = 0; law->pull && i < FAMILY_ROWS - 2; i++) {
    rows[count] = stf_dispersion_table.options[i];
    rows[count++].offset = offsets[i];
  }
  return count;
}

static const stf_variant_set *make_fibre_set(stf_arena *arena) {
  size_t count = 0;
  while (stf_fibre_laws[count]) count++;
  const stf_variant_type **types = stf_arena_alloc(arena, count * sizeof(const stf_variant_type *));
  for (size_t i = 0; types && i < count; i++) {
    stf_option own[FAMILY_ROWS];
    types[i] = make_type(&stf_fibre_laws[i]->about, own, choose_family_rows(stf_fibre_laws[i], own), arena);
  }
  return types ? make_set(types, count, arena) : NULL;
}

static const stf_variant_set *make_glide_set(stf_arena *arena) {
  size_t count = 0;
  while (stf_glide_laws[count]) count++;
  const stf_variant_type **types = stf_arena_alloc(arena, count * sizeof(const stf_variant_type *));
  for (size_t i = 0; types && i < count; i++) types[i] = make_type(&stf_glide_laws[i]->about, NULL, 0, arena);
  return types ? make_set(types, count, arena) : NULL;
}

const stf_table *stf_tissue_table(stf_arena *arena) {
  const stf_variant_set *matrix = make_matrix_set(arena), *fibres = make_fibre_set(arena);
  const stf_variant_set *glide = make_glide_set(arena);
  const stf_option plain[] = {
      {.key = "striffin-tissue",
       .kind = STF_KIND_INTEGER,
       .offset = offsetof(tissue_file, version),
       .minimum = 1,
       .maximum = 1,
       .help = "version of this format; the first line"},
      {.key = "name",
       .kind = STF_KIND_NAME,
       .offset = offsetof(tissue_file, name),
       .help = "name of the tissue, as that of its file without .yaml"},
      {.key = "title",
       .kind = STF_KIND_TEXT,
       .offset = offsetof(tissue_file, title),
       .help = "what it is, in one line for people"},
      {.key = "matrix",
       .kind = STF_KIND_VARIANT,
       .offset = offsetof(tissue_file, matrix),
       .fallback = "",
       .variants = matrix,
       .help = "ground substance, elastin and cells: what resists any deformation; of the tissue of a body"},
      {.key = "fibres",
       .kind = STF_KIND_VARIANTS,
       .offset = offsetof(tissue_file, fibres),
       .fallback = "",
       .maximum = STF_MAX_FAMILIES,
       .variants = fibres,
       .help = "families of fibres, each along one direction"},
      {.key = "glide",
       .kind = STF_KIND_VARIANT,
       .offset = offsetof(tissue_file, glide),
       .fallback = "",
       .variants = glide,
       .help = "how two surfaces slip and part, instead of all else: of the tissue between layers"},
      {0}, /* density */
  };
  stf_option *rows = stf_arena_alloc(arena, sizeof(plain));
  stf_table *table = stf_arena_alloc(arena, sizeof(*table));
  const size_t count = sizeof(plain) / sizeof(*plain);
  if (!matrix || !fibres || !glide || !rows || !table) return NULL;
  memcpy(rows, plain, sizeof(plain));
  if (!fill_parameter_row(&density_option, offsetof(tissue_file, density), arena, &rows[count - 1])) return NULL;
  *table = (stf_table){.name = "tissue", .size = sizeof(tissue_file), .options = rows, .count = count};
  return table;
}

/* ---- what a table cannot say ---- */

bool stf_grade_read(const char *text, stf_grade *grade, const char **note) {
  *note = NULL;
  for (int i = 0; stf_grade_names[i]; i++) {
    const size_t length = strlen(stf_grade_names[i]);
    if (strncmp(text, stf_grade_names[i], length) != 0) continue;
    *grade = (stf_grade)i;
    if (i == STF_MEASURED) return text[length] == '\0';
    if (text[length] != ':') return false;
    *note = text + length + 1 + strspn(text + length + 1, " \t");
    return **note != '\0';
  }
  return false;
}

static bool are_source_keys(const char *text, stf_arena *arena) {
  size_t keys = 0;
  for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " "), keys++) {
    const size_t length = strcspn(at, " ");
    const char *key = stf_arena_copy(arena, at, length);
    if (!key || !stf_text_is_name(key)) return false;
    at += length;
  }
  return keys > 0;
}

stf_status stf_origin_check(const stf_yaml_node *node, const char *source, const char *grade, stf_arena *arena,
                            stf_diags *diags) {
  const size_t errors = stf_diags_errors(diags);
  stf_grade kind;
  const char *note;
  if (grade && !stf_grade_read(grade, &kind, &note)) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, "grade"), stf_diags_quote(diags, grade, strlen(grade)),
                  "measured, \"fitted: ROW\" or \"estimated: REASON\"", NULL);
  } else if (grade && !source && kind != STF_ESTIMATED && !stf_yaml_get(node, "source")) {
    stf_diags_add(diags, STF_ERROR, node->place,
                  stf_diags_text(diags, "a %s value without a source", stf_grade_names[kind]),
                  "source: a key of sources.bib", "what nobody published is graded \"estimated: REASON\"");
  }
  if (source && !are_source_keys(source, arena))
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, "source"), stf_diags_quote(diags, source, strlen(source)),
                  "keys of sources.bib, separated by spaces, such as otsuka2018", NULL);
  return stf_diags_errors(diags) > errors ? STF_BAD_INPUT : STF_OK;
}

static const parameter *parameter_at(const void *data, const stf_option *row) {
  return (const parameter *)((const char *)data + row->offset);
}

/* The origins of all numbers of the matrix, of glide or of a family, whose reading may have failed. */
static void check_origins(const reader *r, const stf_variant *v) {
  if (!v->type || !v->data) return;
  for (size_t i = 0; i < v->type->table->count; i++) {
    const stf_option *row = &v->type->table->options[i];
    if (row->kind != STF_KIND_TABLE) continue;
    const parameter *p = parameter_at(v->data, row);
    if (p->node) stf_origin_check(p->node, p->source, p->grade, r->arena, r->diags);
  }
}

static void check_families(const reader *r, const tissue_file *file) {
  double sum = 0.0;
  for (size_t i = 0; i < file->fibres.count; i++) {
    const part *family = file->fibres.items[i].data;
    if (!family) continue;
    if (isfinite(family->fraction.value)) sum += family->fraction.value;
    for (size_t j = 0; j < i && family->name; j++) {
      const part *other = file->fibres.items[j].data;
      if (!other || !other->name || strcmp(family->name, other->name) != 0) continue;
      stf_diags_add(r->diags, STF_ERROR, stf_yaml_place(family->node, "name"),
                    stf_diags_text(r->diags, "a second family named %s", family->name), "names that differ", NULL);
      break;
    }
  }
  if (sum > 1.0 + 1e-9)
    stf_diags_add(r->diags, STF_ERROR, stf_yaml_place(file->node, "fibres"),
                  stf_diags_text(r->diags, "fractions that sum to %.6g %%", 100.0 * sum), "at most 100 %", NULL);
}

/* A tissue is one of a body or one between surfaces. */
static void check_kind(const reader *r, const tissue_file *file) {
  static const char *const of_bodies[] = {"matrix", "fibres", "density"};
  const stf_yaml_node *glide = stf_yaml_get(file->node, "glide");
  if (!glide && !stf_yaml_get(file->node, "matrix"))
    stf_diags_add(r->diags, STF_ERROR,
                  (stf_place){file->node->place.file, file->node->place.line, file->node->place.column, "matrix"},
                  "no key matrix, and no key glide",
                  "matrix, of the tissue of a body, or glide, of one between surfaces", NULL);
  for (size_t i = 0; glide && i < sizeof(of_bodies) / sizeof(*of_bodies); i++)
    if (stf_yaml_get(file->node, of_bodies[i]))
      stf_diags_add(r->diags, STF_ERROR, stf_yaml_place(file->node, of_bodies[i]),
                    stf_diags_text(r->diags, "%s beside glide", of_bodies[i]), "one of them",
                    "a tissue between surfaces has no body");
}

static void check_name(const reader *r, const tissue_file *file, const char *name) {
  if (!file->name || !strcmp(file->name, name)) return;
  stf_diags_add(r->diags, STF_ERROR, stf_yaml_place(file->node, "name"),
                stf_diags_text(r->diags, "the name %s", file->name),
                stf_diags_text(r->diags, "%s, as the file is named", name), NULL);
}

/* ---- from what was read to a material ---- */

static stf_status no_memory(const reader *r) {
  stf_diags_add(r->diags, STF_ERROR, (stf_place){.file = r->tissue->file}, "no memory left for a tissue", NULL, NULL);
  return STF_NO_RESOURCE;
}

/* Adds where a number comes from; `path` is "density" or "matrix.shear_modulus", NULL when memory is out. */
static stf_status record(reader *r, const char *path, const stf_option *row, const parameter *p) {
  const stf_yaml_node *spread = stf_yaml_get(p->node, "spread"), *value = stf_yaml_get(p->node, "value");
  stf_provenance *to = &r->records[r->tissue->provenances++];
  *to = (stf_provenance){.path = path,
                         .dimension = row->table->options[0].dimension,
                         .value = p->value,
                         .spread = p->spread,
                         .text = p->change ? p->change->text : value->text,
                         .spread_text = spread ? spread->text : NULL,
                         .source = p->source,
                         .accepts = &row->table->options[0],
                         .place = value->place,
                         .file_text = p->change ? value->text : NULL};
  stf_grade_read(p->grade, &to->grade, &to->grade_note);
  if (p->change) { /* the file's source and spread are not those of another number */
    to->spread = NAN;
    to->spread_text = to->source = NULL;
    to->grade = STF_FITTED;
    to->grade_note = "set by the scenario, which calibrates it";
  }
  return path ? STF_OK : no_memory(r);
}

static const stf_option *find_row(const stf_table *table, const char *key) {
  for (size_t i = 0; i < table->count; i++)
    if (!strcmp(table->options[i].key, key)) return &table->options[i];
  return NULL;
}

/* Records the numbers of a part, "matrix", "glide" or "fibres.NAME", in the order of the file. */
static stf_status record_part(reader *r, const char *prefix, const stf_variant *v) {
  const stf_yaml_node *node = ((const part *)v->data)->node;
  for (size_t i = 0; i < node->count; i++) {
    const stf_option *row = find_row(v->type->table, node->children[i]->key);
    if (!row || row->kind != STF_KIND_TABLE) continue;
    STF_TRY(record(r, stf_arena_printf(r->arena, "%s.%s", prefix, row->key), row, parameter_at(v->data, row)));
  }
  return STF_OK;
}

/* Puts the quantities that were read where the law's own table says. */
static void fill_quantities(const stf_table *law, char *data) {
  char *own = data + law_offset();
  *(const stf_yaml_node **)own = ((const part *)data)->node;
  for (size_t i = 0; i < law->count; i++) {
    const parameter *p = (const parameter *)(data + parameter_offset(law, i));
    if (law->options[i].kind == STF_KIND_QUANTITY) *(double *)(own + law->options[i].offset) = p->node ? p->value : NAN;
  }
}

/* Records a part's numbers and makes the constants of its law. */
static stf_status prepare_part(reader *r, const char *prefix, const stf_variant *v, const void **law_data) {
  const stf_law_about *law = v->type->extra;
  if (!prefix) return no_memory(r);
  STF_TRY(record_part(r, prefix, v));
  fill_quantities(law->parameters, v->data);
  void *constants = stf_arena_alloc(r->arena, law->data_size);
  if (!constants) return no_memory(r);
  const char *reason = law->prepare((const char *)v->data + law_offset(), constants);
  *law_data = constants;
  if (!reason) return STF_OK;
  stf_diags_add(r->diags, STF_ERROR, ((const part *)v->data)->node->place,
                stf_diags_text(r->diags, "parameters that cannot be: %s", reason), NULL, NULL);
  return STF_BAD_INPUT;
}

/* A family but for its law's constants. */
static stf_status make_family(reader *r, const stf_variant *v, stf_family *family) {
  const part *p = v->data;
  const stf_fibre_law *law = stf_fibre_law_find(v->type->name);
  const stf_dispersion_options spread = {.in_plane = p->in_plane.node ? p->in_plane.value : NAN,
                                         .out_of_plane = p->out_of_plane.node ? p->out_of_plane.value : NAN,
                                         .directions = p->directions};
  *family = (stf_family){.name = p->name, .law = law, .fraction = law->per_tissue ? 1.0 : p->fraction.value};
  return stf_dispersion_make(&spread, r->arena, &family->dispersion) ? no_memory(r) : STF_OK;
}

/* Averages are taken along one direction. */
static stf_status check_averaging(reader *r, const stf_variant *v, const stf_family *family) {
  const stf_fibre_memory *memory = family->law->memory;
  if (!family->dispersion || !memory || !memory->averaging(family->data)) return STF_OK;
  stf_diags_add(r->diags, STF_ERROR, ((const part *)v->data)->node->place,
                stf_diags_text(r->diags, "averaging_length of dispersed fibres (family %s)", family->name),
                "only for fibres along one direction", "leave the dispersion or the averaging_length out");
  return STF_BAD_INPUT;
}

/* Terms that are given whole, in order; STF_BAD_INPUT at the matrix. */
static stf_status make_relaxation(reader *r, const part *matrix, stf_relaxation *relaxation) {
  double sum = 0.0;
  bool whole = true;
  *relaxation = (stf_relaxation){0};
  for (int n = 0; n < RELAXING; n++) {
    const parameter *share = &matrix->relaxing[n][0], *time = &matrix->relaxing[n][1];
    if (!share->node && !time->node) continue;
    whole = whole && share->node && time->node && relaxation->terms == n;
    relaxation->share[relaxation->terms] = share->value;
    relaxation->time[relaxation->terms++] = time->value;
    sum += share->value;
  }
  if (!relaxation->terms || (whole && sum < 1.0)) return STF_OK;
  if (whole)
    stf_diags_add(r->diags, STF_ERROR, matrix->node->place,
                  stf_diags_text(r->diags, "relaxing shares that sum to %.6g %%", 100.0 * sum), "less than 100 %",
                  "what does not relax must be left");
  else
    stf_diags_add(r->diags, STF_ERROR, matrix->node->place, "a relaxing share or time without the other",
                  "relaxing_share_1 with relaxing_time_1, then _2, then _3", NULL);
  return STF_BAD_INPUT;
}

static stf_status make_room(reader *r, const tissue_file *file) {
  size_t most = (file->glide.type ? file->glide : file->matrix).type->table->count + 1;
  for (size_t i = 0; i < file->fibres.count; i++) most += file->fibres.items[i].type->table->count;
  r->records = stf_arena_alloc(r->arena, most * sizeof(*r->records));
  r->tissue->provenance = r->records;
  return r->records ? STF_OK : no_memory(r);
}

static stf_status make_glide(reader *r, const tissue_file *file) {
  STF_TRY(make_room(r, file));
  r->tissue->material = (stf_material){.name = file->name, .density = NAN};
  r->tissue->glide = stf_glide_law_find(file->glide.type->name);
  return prepare_part(r, "glide", &file->glide, &r->tissue->glide_data);
}

/* Every part is prepared, so that all impossible sets are reported; memory running out ends it at once. */
static stf_status make_material(reader *r, const tissue_file *file) {
  stf_material *m = &r->tissue->material;
  const part *matrix = file->matrix.data;
  STF_TRY(make_room(r, file));
  *m = (stf_material){.name = file->name,
                      .density = file->density.node ? file->density.value : NAN,
                      .matrix = stf_matrix_law_find(file->matrix.type->name),
                      .volumetric = (stf_volumetric_kind)matrix->volumetric,
                      .bulk_modulus = matrix->bulk_modulus.value,
                      .families = file->fibres.count};
  stf_status status = prepare_part(r, "matrix", &file->matrix, &m->matrix_data);
  if (!status) status = make_relaxation(r, matrix, &m->relaxation);
  for (size_t i = 0; i < m->families && status != STF_NO_RESOURCE; i++) {
    const stf_variant *v = &file->fibres.items[i];
    STF_TRY(make_family(r, v, &m->family[i]));
    const char *prefix = stf_arena_printf(r->arena, "fibres.%s", m->family[i].name);
    stf_status of_family = prepare_part(r, prefix, v, &m->family[i].data);
    if (!of_family) of_family = check_averaging(r, v, &m->family[i]);
    if (of_family) status = of_family;
  }
  if (!status && file->density.node)
    status = record(r, density_option.key, find_row(r->table, density_option.key), &file->density);
  if (!status) stf_material_lay_memory(m);
  return status;
}

static stf_status make_tissue(reader *r, const tissue_file *file) {
  return file->glide.type ? make_glide(r, file) : make_material(r, file);
}

stf_status stf_tissue_read(const char *name, const char *beside, const char *library, stf_place asked, stf_arena *arena,
                           stf_diags *diags, stf_tissue *tissue) {
  reader r = {.arena = arena, .diags = diags, .tissue = tissue};
  const size_t errors = stf_diags_errors(diags);
  const stf_yaml_node *root;
  *tissue = (stf_tissue){0};
  STF_TRY(stf_tissue_find(name, beside, library, asked, arena, diags, &tissue->file));
  const stf_status read = stf_yaml_read_file(tissue->file, arena, diags, &root);
  if (!root) return read;
  STF_TRY(stf_format_check(root, "striffin-tissue", 1, diags));
  tissue_file *file = stf_arena_alloc(arena, sizeof(*file));
  r.table = stf_tissue_table(arena);
  if (!r.table || !file) return no_memory(&r);
  const stf_status status = stf_options_read(root, r.table, arena, diags, file);
  if (status && status != STF_BAD_INPUT) return status;
  file->table = r.table;
  check_kind(&r, file);
  check_name(&r, file, name);
  check_origins(&r, &file->matrix);
  check_origins(&r, &file->glide);
  for (size_t i = 0; i < file->fibres.count; i++) check_origins(&r, &file->fibres.items[i]);
  if (file->density.node) stf_origin_check(file->density.node, file->density.source, file->density.grade, arena, diags);
  check_families(&r, file);
  if (stf_diags_errors(diags) > errors) return STF_BAD_INPUT;
  tissue->name = file->name;
  tissue->title = file->title;
  tissue->read = file;
  return make_tissue(&r, file);
}

/* ---- other values than the file's ---- */

const stf_provenance *stf_tissue_parameter(const stf_tissue *tissue, const char *path) {
  static const char fibres[] = "fibres.";
  const size_t skip = sizeof(fibres) - 1;
  for (size_t i = 0; i < tissue->provenances; i++) {
    const char *whole = tissue->provenance[i].path;
    if (!strcmp(whole, path) || (!strncmp(whole, fibres, skip) && !strcmp(whole + skip, path)))
      return &tissue->provenance[i];
  }
  return NULL;
}

/* A copy of what was read of a part, which may be changed. */
static bool copy_part(stf_variant *v, stf_arena *arena) {
  if (!v->type) return true;
  void *data = stf_arena_alloc(arena, v->type->table->size);
  if (data) memcpy(data, v->data, v->type->table->size);
  v->data = data;
  return data;
}

static void change_number(parameter *p, const stf_change *change) {
  if (!p->node) return;
  p->value = change->value;
  p->change = change;
}

/* Changes the number of a part that `change` means, if it is one of its own; `prefix` is "matrix", "glide" or
 * "fibres.NAME". */
static void change_part(const stf_variant *v, const char *prefix, const stf_change *change) {
  const size_t length = strlen(prefix);
  if (!v->type || strncmp(change->path, prefix, length) != 0 || change->path[length] != '.') return;
  const stf_option *row = find_row(v->type->table, change->path + length + 1);
  if (row && row->kind == STF_KIND_TABLE) change_number((parameter *)((char *)v->data + row->offset), change);
}

/* A copy of a file as it was read, with the changes in it. */
static stf_status change_file(const reader *r, const stf_change *changes, size_t count, tissue_file *file) {
  stf_variant *families = stf_arena_alloc(r->arena, (file->fibres.count + 1) * sizeof(*families));
  if (!families || !copy_part(&file->matrix, r->arena) || !copy_part(&file->glide, r->arena)) return no_memory(r);
  for (size_t i = 0; i < file->fibres.count; i++) {
    families[i] = file->fibres.items[i];
    if (!copy_part(&families[i], r->arena)) return no_memory(r);
  }
  file->fibres.items = families;
  for (size_t c = 0; c < count; c++) {
    if (!strcmp(changes[c].path, density_option.key)) change_number(&file->density, &changes[c]);
    change_part(&file->matrix, "matrix", &changes[c]);
    change_part(&file->glide, "glide", &changes[c]);
    for (size_t i = 0; i < file->fibres.count; i++) {
      const char *prefix = stf_arena_printf(r->arena, "fibres.%s", ((const part *)families[i].data)->name);
      if (!prefix) return no_memory(r);
      change_part(&families[i], prefix, &changes[c]);
    }
  }
  return STF_OK;
}

/* Tells the faults that changed values brought, where they were asked for. */
static stf_status blame(const stf_diags *found, const stf_change *change, stf_diags *diags) {
  for (size_t i = 0; i < stf_diags_count(found); i++) {
    const stf_diag *diag = stf_diags_get(found, i);
    stf_diags_add(diags, diag->severity, change->place,
                  stf_diags_text(diags, "with %s in place of the tissue's own value: %s", change->text, diag->found),
                  diag->expected, diag->hint);
  }
  return STF_BAD_INPUT;
}

stf_status stf_tissue_change(const stf_tissue *tissue, const stf_change *changes, size_t count, stf_arena *arena,
                             stf_diags *diags, stf_tissue *changed) {
  stf_diags *found = stf_diags_create();
  reader r = {.arena = arena, .diags = found, .tissue = changed};
  tissue_file *file = stf_arena_alloc(arena, sizeof(*file));
  *changed = *tissue;
  changed->provenances = 0;
  changed->read = file;
  stf_status status = file && found ? STF_OK : STF_NO_RESOURCE;
  if (file) *file = *(const tissue_file *)tissue->read;
  if (file) r.table = file->table;
  if (!status) status = change_file(&r, changes, count, file);
  if (!status) check_families(&r, file);
  if (!status) status = stf_diags_errors(found) ? STF_BAD_INPUT : make_tissue(&r, file);
  if (status == STF_BAD_INPUT && count) blame(found, &changes[count - 1], diags);
  stf_diags_destroy(found);
  return status;
}
