#include "scenario/scenario.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "anatomy/generator.h"
#include "base/format.h"
#include "base/text.h"
#include "material/law.h"

const char *const stf_role_names[] = {"input", "calibrated", "check", "predicted", "published-model", NULL};

/* A spread may be all of these but a model's. */
static const char *const spread_role_names[] = {"input", "calibrated", "check", "predicted", NULL};

const char *const stf_linear_choices[] = {"auto", "direct", "multigrid", "gamg", NULL};

/* ---- tables ---- */

static const stf_option solve_options[] = {
    {.key = "steps",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_solve_options, steps),
     .fallback = "20",
     .minimum = 1,
     .maximum = 1e6,
     .help = "load steps that an activity with a duration is first cut into"},
    {.key = "tolerance",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_solve_options, tolerance),
     .fallback = "1e-8",
     .minimum = 0.0,
     .maximum = 1.0,
     .bounds = STF_OPEN,
     .help = "force left unbalanced, over the largest reaction, at which a step is done"},
    {.key = "cutbacks",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_solve_options, cutbacks),
     .fallback = "12",
     .minimum = 0,
     .maximum = 50,
     .help = "how often a step that finds no balance may be halved"},
    {.key = "linear",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(stf_solve_options, linear),
     .choices = stf_linear_choices,
     .fallback = "auto",
     .help = "linear solver: auto chooses from the mesh and its size and tells why; multigrid is for one block of "
             "hexahedra in rows and columns"},
};

static const stf_table solve_table = STF_TABLE_OF("solve", stf_solve_options, solve_options);

static const stf_option prestress_layer_options[] = {
    {.key = "layer",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_prestress_layer, layer),
     .help = "which layer or region",
     .example = "deep"},
    {.key = "family",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_prestress_layer, family),
     .fallback = "",
     .help = "fibre family that it is stretched along; default: both ways in the plane of the sheet",
     .example = "along"},
    {.key = "stretch",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_prestress_layer, stretch),
     .minimum = 0.5,
     .maximum = 2.0,
     .help = "length at rest in the body over the length cut out",
     .example = "1.01"},
    {.key = "across",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_prestress_layer, across),
     .fallback = "",
     .minimum = 0.5,
     .maximum = 2.0,
     .help =
         "the same at right angles in the plane; default: as narrow as keeping volume makes it, or, without a family, "
         "the same as `stretch`",
     .example = "1.005"},
};

static const stf_table prestress_layer_table =
    STF_TABLE_OF("prestressed layer", stf_prestress_layer, prestress_layer_options);

static const stf_option prestress_options[] = {
    {.key = "at",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(stf_prestress_options, at),
     .fallback = "0 s",
     .minimum = 0.0,
     .maximum = 1e12,
     .help = "time at which the body, under the loads of that time, stands as its mesh shows it; the run begins there"},
    {.key = "layers",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(stf_prestress_options, layers),
     .table = &prestress_layer_table,
     .minimum = 1,
     .maximum = 1000,
     .help = "how far each layer is stretched then"},
};

static const stf_table prestress_table = STF_TABLE_OF("prestress", stf_prestress_options, prestress_options);

static const stf_option compare_options[] = {
    {.key = "measure",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_compare, measure),
     .help = "name of the measurement",
     .example = "force"},
    {.key = "data",
     .kind = STF_KIND_FILE,
     .offset = offsetof(stf_compare, data),
     .help = "CSV file: quantity,unit,value,sd,n,source_key,role",
     .example = "measured.csv"},
    {.key = "quantity",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_compare, quantity),
     .fallback = "",
     .help = "which quantity of the file; default: the measurement's name",
     .example = "force"},
    {.key = "role",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(stf_compare, role),
     .choices = stf_role_names,
     .help = "what the agreement means: put in, fitted, following from either, predicted; or what another model gave, "
             "which is no measurement and is set beside"},
    {.key = "assumed_sd",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_compare, assumed_sd),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 10.0,
     .bounds = STF_OPEN_BELOW,
     .help = "for calibration: standard deviation over the value, where the data has none; 10 % if not said"},
    {.key = "spread_role",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(stf_compare, spread_role),
     .choices = spread_role_names,
     .fallback = "",
     .help = "the same of the spread of an `ensemble` beside the published SD; none is told where it is left out"},
};

static const stf_table compare_table = STF_TABLE_OF("compare", stf_compare, compare_options);

static const stf_option calibrate_options[] = {
    {.key = "tissue",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_calibrate_line, tissue),
     .help = "a name from `tissues`",
     .example = "sheet"},
    {.key = "parameter",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_calibrate_line, parameter),
     .help = "a number of that tissue's file: FAMILY.KEY or matrix.KEY, such as along.modulus",
     .example = "along.modulus"},
    {.key = "with",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_calibrate_line, with),
     .fallback = "",
     .help = "others, separated by spaces, that keep the ratio to it that they have in the file",
     .example = "across.modulus"},
    {.key = "from",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_calibrate_line, from),
     .help = "least value that is looked at, with the unit of the parameter",
     .example = "100 MPa"},
    {.key = "to",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_calibrate_line, to),
     .help = "largest value that is looked at, with the unit of the parameter",
     .example = "3000 MPa"},
};

static const stf_table calibrate_table = STF_TABLE_OF("calibrate", stf_calibrate_line, calibrate_options);

static const stf_option override_options[] = {
    {.key = "tissue",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_override_line, tissue),
     .help = "a name from `tissues`"},
    {.key = "parameter",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_override_line, parameter),
     .help = "a number of that tissue's file that `calibrate` names too"},
    {.key = "value",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_override_line, value),
     .help = "what it is in this scenario, with its unit"},
};

static const stf_table override_table = STF_TABLE_OF("override", stf_override_line, override_options);

static const stf_option scatter_options[] = {
    {.key = "tissue",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_scatter_line, tissue),
     .help = "a name from `tissues`",
     .example = "sheet"},
    {.key = "parameter",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_scatter_line, parameter),
     .help = "a number of that tissue's file: FAMILY.KEY or matrix.KEY, such as along.modulus",
     .example = "along.modulus"},
    {.key = "with",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_scatter_line, with),
     .fallback = "",
     .help = "others of the tissue, separated by spaces, that are multiplied by the same factor",
     .example = "across.modulus"},
    {.key = "cv",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_scatter_line, cv),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 3.0,
     .bounds = STF_OPEN_BELOW,
     .help =
         "standard deviation over the mean among specimens; default: the spread in the tissue's file over the value",
     .example = "20 %"},
    {.key = "times",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_scatter_line, times),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .needs_other = true,
     .help = "instead of cv, where only bounds are known: factors [from, to], all between as likely in the logarithm",
     .example = "[0.1, 10]"},
    {.key = "follows",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_scatter_line, follows),
     .fallback = "",
     .needs_other = true,
     .help = "parameter of a line above, of the same tissue, that it is correlated with"},
    {.key = "correlation",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_scatter_line, correlation),
     .fallback = "",
     .minimum = -1.0,
     .maximum = 1.0,
     .needs_other = true,
     .help = "with what it follows, of the logarithms of both"},
    {.key = "source",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_scatter_line, source),
     .fallback = "",
     .help = "of cv and correlation: keys in sources.bib, separated by spaces; only an estimate may lack it"},
    {.key = "grade",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_scatter_line, grade),
     .fallback = "",
     .help = "of cv and correlation: measured, \"fitted: ROW\" or \"estimated: REASON\"",
     .example = "\"estimated: as others of its kind\""},
};

static const stf_table scatter_table = STF_TABLE_OF("scatter", stf_scatter_line, scatter_options);

static const stf_option ensemble_options[] = {
    {.key = "members",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_ensemble_options, members),
     .fallback = "20",
     .minimum = STF_ENSEMBLE_LEAST,
     .maximum = STF_ENSEMBLE_MOST,
     .help = "how many specimens are drawn and run beside the mean one"},
    {.key = "scatter",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(stf_ensemble_options, scatter),
     .table = &scatter_table,
     .minimum = 1,
     .maximum = 50,
     .help =
         "numbers of tissues in which specimens differ: each is multiplied by a factor, log-normal of mean 1 or between"
         " two bounds"},
};

static const stf_table ensemble_table = STF_TABLE_OF("ensemble", stf_ensemble_options, ensemble_options);

static const stf_option rigid_options[] = {
    {.key = "name",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_rigid_options, name),
     .help = "what the rigid body is called",
     .example = "clamp"},
    {.key = "attach",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_rigid_options, attach),
     .help = "what moves with it: a face, as x_max, or a whole layer or region",
     .example = "x_max"},
    {.key = "centre",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_LENGTH,
     .offset = offsetof(stf_rigid_options, centre),
     .fallback = "",
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "point [x, y, z] that it turns about; by default the middle of what is attached",
     .example = "[10 mm, 0 mm, 0.4 mm]"},
};

static const stf_table rigid_table = STF_TABLE_OF("rigid", stf_rigid_options, rigid_options);

static const stf_option cable_place_options[] = {
    {.key = "at",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_LENGTH,
     .offset = offsetof(stf_cable_place, at),
     .minimum = -1e6,
     .maximum = 1e6,
     .help = "place [x, y, z] before anything moves; without `rigid` the nearest node of the body",
     .example = "[10 mm, 0 mm, 0.4 mm]"},
    {.key = "rigid",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_cable_place, rigid),
     .fallback = "",
     .help = "rigid body that the place is on",
     .example = "clamp"},
};

static const stf_table cable_place_table = STF_TABLE_OF("place of a cable", stf_cable_place, cable_place_options);

static const stf_option cable_options[] = {
    {.key = "name",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_cable_options, name),
     .help = "what the cable is called",
     .example = "cord"},
    {.key = "tissue",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_cable_options, tissue),
     .help = "name from `tissues` whose fibres it is made of",
     .example = "sheet"},
    {.key = "family",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_cable_options, family),
     .fallback = "",
     .help = "fibre family of the tissue; may be left out where there is one",
     .example = "along"},
    {.key = "area",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_AREA,
     .offset = offsetof(stf_cable_options, area),
     .minimum = 0.0,
     .maximum = 1e9,
     .bounds = STF_OPEN_BELOW,
     .help = "its cross-section before loading"},
    {.key = "from",
     .kind = STF_KIND_TABLE,
     .offset = offsetof(stf_cable_options, from),
     .table = &cable_place_table,
     .help = "where it begins"},
    {.key = "via",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(stf_cable_options, via),
     .fallback = "",
     .maximum = 1000,
     .table = &cable_place_table,
     .help = "where it slides through without friction, in order"},
    {.key = "to",
     .kind = STF_KIND_TABLE,
     .offset = offsetof(stf_cable_options, to),
     .table = &cable_place_table,
     .help = "where it ends"},
    {.key = "slack_length",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(stf_cable_options, slack_length),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1e6,
     .bounds = STF_OPEN_BELOW,
     .help = "length that counts as a stretch of 1; by default its length at the start"},
    {.key = "stretch",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_cable_options, stretch),
     .fallback = "",
     .minimum = 0.01,
     .maximum = 100.0,
     .help = "its stretch at the start, instead of a slack length"},
};

static const stf_table cable_table = STF_TABLE_OF("cable", stf_cable_options, cable_options);

/* The rows of `mesh`, whose elements the vocabulary names. */
static const stf_table *make_mesh_table(const char *const *elements, stf_arena *arena) {
  const stf_option plain[] = {
      {.key = "element",
       .kind = STF_KIND_CHOICE,
       .offset = offsetof(stf_mesh_options, element),
       .fallback = elements[0],
       .choices = elements,
       .help = "kind of element of the solids"},
      {.key = "size",
       .kind = STF_KIND_QUANTITY,
       .dimension = STF_LENGTH,
       .offset = offsetof(stf_mesh_options, size),
       .fallback = "",
       .minimum = 0.0,
       .maximum = 1e4,
       .bounds = STF_OPEN_BELOW,
       .help = "edge of an element, about; not for a mesh from a file"},
  };
  stf_option *rows = stf_arena_alloc(arena, sizeof(plain));
  stf_table *table = stf_arena_alloc(arena, sizeof(*table));
  if (!rows || !table) return NULL;
  memcpy(rows, plain, sizeof(plain));
  *table = (stf_table){.name = "mesh", .size = sizeof(stf_mesh_options), .options = rows, .count = 2};
  return table;
}

/* Rows of a scenario; those that speak of the vocabulary are completed by stf_scenario_table. */
enum {
  ROW_ANATOMY = 5,
  ROW_MESH,
  ROW_SOLVE,
  ROW_TEMPERATURE,
  ROW_PRESTRESS,
  ROW_RIGIDS,
  ROW_TOOLS,
  ROW_CABLES,
  ROW_ADHESIONS,
  ROW_TIMELINE,
  ROW_MEASURE,
  ROW_COMPARE,
  ROW_CALIBRATE,
  ROW_OVERRIDE,
  ROW_ENSEMBLE,
  ROWS
};

static const stf_option scenario_options[ROWS] = {
    {.key = "striffin",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_scenario, version),
     .minimum = 1,
     .maximum = 1,
     .help = "version of this format; the first line"},
    {.key = "name",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_scenario, name),
     .help = "what its results are called: out/NAME"},
    {.key = "title",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(stf_scenario, title),
     .fallback = "",
     .help = "one line for people",
     .example = "a first try"},
    {.key = "seed",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_scenario, seed),
     .fallback = "1",
     .minimum = 0,
     .maximum = 4294967295.0,
     .help = "where random draws start; the same seed draws the same"},
    {.key = "tissues",
     .kind = STF_KIND_PAIRS,
     .offset = offsetof(stf_scenario, tissues),
     .help = "names used below, each for a tissue of the library or of a file beside this one"},
    [ROW_ANATOMY] = {.key = "anatomy",
                     .kind = STF_KIND_VARIANT,
                     .offset = offsetof(stf_scenario, anatomy),
                     .help = "the body or specimen"},
    [ROW_MESH] = {.key = "mesh",
                  .kind = STF_KIND_TABLE,
                  .offset = offsetof(stf_scenario, mesh),
                  .fallback = "{}",
                  .help = "how finely it is cut into elements"},
    [ROW_SOLVE] = {.key = "solve",
                   .kind = STF_KIND_TABLE,
                   .offset = offsetof(stf_scenario, solve),
                   .fallback = "{}",
                   .table = &solve_table,
                   .help = "how balance of force is sought"},
    [ROW_TEMPERATURE] = {.key = "temperature",
                         .kind = STF_KIND_QUANTITY,
                         .dimension = STF_TEMPERATURE,
                         .offset = offsetof(stf_scenario, temperature),
                         .fallback = "",
                         .minimum = STF_COLDEST,
                         .maximum = STF_WARMEST,
                         .needs_other = true,
                         .help = "of the body: how fast loaded fibrils of tissues with a breaking_activation_energy "
                                 "break; default: as warm as each tissue was tested"},
    [ROW_PRESTRESS] = {.key = "prestress",
                       .kind = STF_KIND_TABLE,
                       .offset = offsetof(stf_scenario, prestress),
                       .fallback = "",
                       .table = &prestress_table,
                       .help = "tension that is in the body before anything is done to it"},
    [ROW_RIGIDS] = {.key = "rigids",
                    .kind = STF_KIND_TABLES,
                    .offset = offsetof(stf_scenario, rigids),
                    .fallback = "",
                    .maximum = 1000,
                    .table = &rigid_table,
                    .needs_other = true,
                    .help = "rigid bodies that hold parts of the mesh: clamps, bones"},
    [ROW_TOOLS] = {.key = "tools",
                   .kind = STF_KIND_VARIANTS,
                   .offset = offsetof(stf_scenario, tools),
                   .fallback = "",
                   .maximum = 100,
                   .needs_other = true,
                   .help = "rigid bodies that press, roll or are dragged on a face: plates, rollers, hands"},
    [ROW_CABLES] = {.key = "cables",
                    .kind = STF_KIND_TABLES,
                    .offset = offsetof(stf_scenario, cables),
                    .fallback = "",
                    .maximum = 1000,
                    .table = &cable_table,
                    .needs_other = true,
                    .help = "cables that only pull: tendons, lines of fascia"},
    [ROW_ADHESIONS] = {.key = "adhesions",
                       .kind = STF_KIND_VARIANTS,
                       .offset = offsetof(stf_scenario, adhesions),
                       .fallback = "",
                       .maximum = 1000,
                       .needs_other = true,
                       .help = "where bonds knit interfaces together at the start"},
    [ROW_TIMELINE] = {.key = "timeline",
                      .kind = STF_KIND_VARIANTS,
                      .offset = offsetof(stf_scenario, timeline),
                      .minimum = 1,
                      .maximum = 1e5,
                      .help = "what is done, step by step"},
    [ROW_MEASURE] = {.key = "measure",
                     .kind = STF_KIND_VARIANTS,
                     .offset = offsetof(stf_scenario, measure),
                     .fallback = "",
                     .maximum = 1000,
                     .help = "what is recorded in curves.csv"},
    [ROW_COMPARE] = {.key = "compare",
                     .kind = STF_KIND_TABLES,
                     .offset = offsetof(stf_scenario, compare),
                     .fallback = "",
                     .maximum = 1000,
                     .table = &compare_table,
                     .help = "published numbers that measurements are held against"},
    [ROW_CALIBRATE] = {.key = "calibrate",
                       .kind = STF_KIND_TABLES,
                       .offset = offsetof(stf_scenario, calibrate),
                       .fallback = "",
                       .maximum = 50,
                       .table = &calibrate_table,
                       .help = "numbers of tissues fitted to what `compare` calls calibrated; see striffin calibrate"},
    [ROW_OVERRIDE] = {.key = "override",
                      .kind = STF_KIND_TABLES,
                      .offset = offsetof(stf_scenario, override),
                      .fallback = "",
                      .maximum = 50,
                      .table = &override_table,
                      .needs_other = true,
                      .help = "other values than the tissue's, of parameters that `calibrate` names"},
    [ROW_ENSEMBLE] = {.key = "ensemble",
                      .kind = STF_KIND_TABLE,
                      .offset = offsetof(stf_scenario, ensemble),
                      .fallback = "",
                      .table = &ensemble_table,
                      .help =
                          "specimens that differ, run beside the mean one: bands, and spreads beside published ones"},
};

const stf_table *stf_scenario_table(const stf_vocabulary *vocabulary, stf_arena *arena) {
  stf_option *rows = stf_arena_alloc(arena, sizeof(scenario_options));
  stf_table *table = stf_arena_alloc(arena, sizeof(*table));
  const stf_table *mesh = make_mesh_table(vocabulary->elements, arena);
  if (!rows || !table || !mesh) return NULL;
  memcpy(rows, scenario_options, sizeof(scenario_options));
  rows[ROW_ANATOMY].variants = vocabulary->generators;
  rows[ROW_MESH].table = mesh;
  rows[ROW_TOOLS].variants = vocabulary->tools;
  rows[ROW_ADHESIONS].variants = vocabulary->adhesions;
  rows[ROW_TIMELINE].variants = vocabulary->activities;
  rows[ROW_MEASURE].variants = vocabulary->measures;
  *table = (stf_table){.name = "scenario", .size = sizeof(stf_scenario), .options = rows, .count = ROWS};
  return table;
}

/* ---- what a table cannot say ---- */

/* "did you mean sheet?", or the names there are. */
static const char *suggest(const char *word, const char *const *names, size_t count, stf_diags *diags) {
  char text[256] = "";
  stf_text_sink sink = {.buffer = text, .size = sizeof(text)};
  if (stf_diags_full(diags)) return NULL;
  const char *nearest = stf_text_nearest(word, names, count);
  if (nearest) return stf_diags_text(diags, "did you mean %s?", nearest);
  if (!count) return NULL;
  for (size_t i = 0; i < count && i < 12; i++) stf_text_add(&sink, "%s%s", i ? ", " : "there are: ", names[i]);
  if (count > 12) stf_text_add(&sink, ", ...");
  return stf_diags_text(diags, "%s", text);
}

/* Index of `word` among names [count], or `count`. */
static size_t find_name(const char *word, const char *const *names, size_t count) {
  size_t i = 0;
  while (i < count && strcmp(word, names[i]) != 0) i++;
  return i;
}

static stf_status no_memory(const stf_scenario *s, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, s->node ? s->node->place : (stf_place){0}, "no memory left for the scenario", NULL,
                NULL);
  return STF_NO_RESOURCE;
}

/* Layers must be of tissues that are declared, declared tissues should be used. Nothing is said where either was
 * refused. */
static stf_status check_tissues(const stf_scenario *s, stf_arena *arena, stf_diags *diags) {
  const stf_generator *generator = s->anatomy.type ? s->anatomy.type->extra : NULL;
  const stf_yaml_node *declared = stf_yaml_get(s->node, "tissues");
  if (!generator || !s->anatomy.data || !declared || declared->count != s->tissues.count ||
      declared->kind != STF_YAML_MAPPING)
    return STF_OK;
  const size_t known = s->tissues.count, count = stf_generator_layers(generator, s->anatomy.data);
  const char **names = stf_arena_alloc(arena, known * sizeof(*names));
  bool *used = stf_arena_alloc(arena, known * sizeof(*used)), whole = true;
  if (!names || !used) return no_memory(s, diags);
  for (size_t i = 0; i < known; i++) names[i] = s->tissues.items[i].name;
  for (size_t i = 0; i < count; i++) {
    const stf_layer *layer = generator->layer(s->anatomy.data, i);
    if (!layer->tissue) {
      whole = false;
      continue;
    }
    const size_t at = find_name(layer->tissue, names, known);
    if (at < known) {
      used[at] = true;
      continue;
    }
    whole = false;
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(layer->node, "tissue"),
                  stf_diags_text(diags, "the tissue %s", layer->tissue), "a name from `tissues`",
                  suggest(layer->tissue, names, known, diags));
  }
  for (size_t i = 0; generator->glide && generator->glide(s->anatomy.data, i); i++) {
    const stf_glide_line *line = generator->glide(s->anatomy.data, i);
    const size_t at = line->tissue ? find_name(line->tissue, names, known) : known;
    if (at < known) used[at] = true;
    whole = whole && at < known;
    if (at < known || !line->tissue) continue;
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(line->node, "tissue"),
                  stf_diags_text(diags, "the tissue %s", line->tissue), "a name from `tissues`",
                  suggest(line->tissue, names, known, diags));
  }
  const stf_cable_options *cables = s->cables.items;
  for (size_t i = 0; i < s->cables.count; i++) {
    const size_t at = cables[i].tissue ? find_name(cables[i].tissue, names, known) : known;
    if (at < known) used[at] = true;
    if (at < known || !cables[i].tissue) continue;
    whole = false;
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(cables[i].node, "tissue"),
                  stf_diags_text(diags, "the tissue %s", cables[i].tissue), "a name from `tissues`",
                  suggest(cables[i].tissue, names, known, diags));
  }
  for (size_t i = 0; whole && count && i < known; i++)
    if (!used[i])
      stf_diags_add(diags, STF_WARNING, s->tissues.items[i].node->place,
                    stf_diags_text(diags, "the tissue %s in no layer", names[i]),
                    "every tissue in a layer, interface or cable", NULL);
  return STF_OK;
}

/* The names of measurements as the file writes them, whatever other faults their lines have. */
static size_t collect_measures(const stf_yaml_node *measure, const char **names, stf_diags *diags) {
  size_t count = 0;
  for (size_t i = 0; measure && i < measure->count; i++) {
    const stf_yaml_node *item = measure->children[i];
    const stf_yaml_node *name = item->kind == STF_YAML_MAPPING ? stf_yaml_get(item, "name") : NULL;
    if (!name || !name->text) continue;
    if (find_name(name->text, names, count) < count)
      stf_diags_add(
          diags, STF_ERROR, name->place,
          stf_diags_text(diags, "a second measurement named %s", stf_diags_quote(diags, name->text, name->length)),
          "names that differ", NULL);
    else
      names[count++] = name->text;
  }
  return count;
}

static bool is_file(const char *path) {
  struct stat about;
  return !stat(path, &about) && S_ISREG(about.st_mode);
}

/* A measurement that lines of `compare` name must exist, unless the list itself was refused. */
static stf_status check_measures(const stf_scenario *s, stf_arena *arena, stf_diags *diags) {
  const stf_yaml_node *measure = stf_yaml_get(s->node, "measure");
  if (measure && (measure->kind != STF_YAML_SEQUENCE || measure->count != s->measure.count)) return STF_OK;
  const char **names = stf_arena_alloc(arena, s->measure.count * sizeof(*names));
  if (!names) return no_memory(s, diags);
  const size_t count = collect_measures(measure, names, diags);
  const stf_compare *lines = s->compare.items;
  for (size_t i = 0; i < s->compare.count; i++)
    if (lines[i].measure && find_name(lines[i].measure, names, count) == count)
      stf_diags_add(diags, STF_ERROR, stf_yaml_place(lines[i].node, "measure"),
                    stf_diags_text(diags, "the measurement %s", lines[i].measure), "a name from `measure`",
                    suggest(lines[i].measure, names, count, diags));
  return STF_OK;
}

/* Rigid bodies are spoken of by name. */
static void check_rigids(const stf_scenario *s, stf_diags *diags) {
  const stf_rigid_options *lines = s->rigids.items;
  for (size_t i = 0; i < s->rigids.count; i++)
    for (size_t k = 0; k < i; k++) {
      if (!lines[i].name || !lines[k].name || strcmp(lines[i].name, lines[k].name) != 0) continue;
      stf_diags_add(diags, STF_ERROR, stf_yaml_place(lines[i].node, "name"),
                    stf_diags_text(diags, "a second rigid body named %s", lines[i].name), "names that differ", NULL);
      break;
    }
}

/* Data that measurements are held against must be there before anything is solved. */
static void check_data(stf_scenario *s, stf_diags *diags) {
  stf_compare *lines = s->compare.items;
  for (size_t i = 0; i < s->compare.count; i++) {
    if (lines[i].data && !is_file(lines[i].data))
      stf_diags_add(diags, STF_ERROR, stf_yaml_place(lines[i].node, "data"),
                    stf_diags_text(diags, "no file %s", lines[i].data), "a file, relative to the scenario's folder",
                    NULL);
    if (!lines[i].quantity) lines[i].quantity = lines[i].measure;
  }
}

/* Whether nothing inside `section` was found wrong so far. */
static bool is_sound(const char *section, const stf_diags *diags) {
  const size_t length = strlen(section);
  if (stf_diags_full(diags)) return false;
  for (size_t i = 0; i < stf_diags_count(diags); i++) {
    const stf_diag *diag = stf_diags_get(diags, i);
    const char *path = diag->severity == STF_ERROR ? diag->place.path : NULL;
    if (path && !strncmp(path, section, length) && path[length] == '.') return false;
  }
  return true;
}

/* The generator's own check, where the options were read without a fault. */
static void check_anatomy(const stf_scenario *s, stf_diags *diags) {
  const stf_generator *generator = s->anatomy.type ? s->anatomy.type->extra : NULL;
  if (!generator || !s->anatomy.data || !is_sound("anatomy", diags)) return;
  generator->check(s->anatomy.data, is_sound("mesh", diags) ? s->mesh.size : NAN, diags);
}

/* The size of elements must be given where a generator makes them, and only there. */
static void check_size(const stf_scenario *s, stf_diags *diags) {
  const stf_generator *generator = s->anatomy.type ? s->anatomy.type->extra : NULL;
  const stf_yaml_node *mesh = stf_yaml_get(s->node, "mesh"), *size = stf_yaml_get(mesh, "size");
  if (mesh && mesh->kind != STF_YAML_MAPPING) return;
  if (generator && !generator->sized) {
    if (size)
      stf_diags_add(diags, STF_WARNING, size->place, "a size of elements that come from a file",
                    "no key size: it changes nothing", NULL);
    return;
  }
  if (size) return;
  stf_place place = mesh ? mesh->place : s->node->place;
  place.path = mesh ? "mesh.size" : "mesh";
  stf_diags_add(diags, STF_ERROR, place, mesh ? "no key size" : "no key mesh",
                mesh ? "a length with its unit, such as 0.8 mm" : "a mapping with the keys element, size", NULL);
}

stf_status stf_scenario_read(const char *path, const stf_vocabulary *vocabulary, stf_arena *arena, stf_diags *diags,
                             stf_scenario *scenario) {
  const size_t errors = stf_diags_errors(diags);
  const stf_yaml_node *root;
  *scenario = (stf_scenario){0};
  const stf_status read = stf_yaml_read_file(path, arena, diags, &root);
  if (!root) return read;
  scenario->node = root;
  STF_TRY(stf_format_check(root, "striffin", 1, diags));
  const stf_table *table = stf_scenario_table(vocabulary, arena);
  if (!table) return no_memory(scenario, diags);
  const stf_status status = stf_options_read(root, table, arena, diags, scenario);
  if (status && status != STF_BAD_INPUT) return status;
  if (!scenario->title) scenario->title = "";
  check_size(scenario, diags);
  check_anatomy(scenario, diags);
  STF_TRY(check_tissues(scenario, arena, diags));
  STF_TRY(check_measures(scenario, arena, diags));
  check_rigids(scenario, diags);
  check_data(scenario, diags);
  return stf_diags_errors(diags) > errors ? STF_BAD_INPUT : STF_OK;
}
