/* `striffin new NAME`: a commented scenario to begin with. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "base/text.h"
#include "base/units.h"
#include "protocol/vocabulary.h"
#include "result/file.h"
#include "sample.h"
#include "session.h"
#include "verb.h"

/* What a generator's first scenario is, below its name. Comments are not here: they come from the tables. */
typedef struct sample {
  const char *generator, *text;
  const char *mesh; /* of a generator that reads one: NAME.msh, which the text ends in `file:` for; else NULL */
} sample;

/* Three cubes in a row. */
static const char cubes[] =
    "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n"
    "$PhysicalNames\n3\n3 1 \"deep\"\n2 2 \"x_min\"\n2 3 \"x_max\"\n$EndPhysicalNames\n"
    "$Entities\n0 0 2 1\n1 0 0 0 0 10 10 1 2 0\n2 30 0 0 30 10 10 1 3 0\n1 0 0 0 30 10 10 1 1 2 1 2\n$EndEntities\n"
    "$Nodes\n1 16 1 16\n3 1 0 16\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n"
    "0 0 0\n0 10 0\n0 10 10\n0 0 10\n10 0 0\n10 10 0\n10 10 10\n10 0 10\n"
    "20 0 0\n20 10 0\n20 10 10\n20 0 10\n30 0 0\n30 10 0\n30 10 10\n30 0 10\n$EndNodes\n"
    "$Elements\n3 5 1 5\n2 1 3 1\n1 1 2 3 4\n2 2 3 1\n2 13 14 15 16\n"
    "3 1 5 3\n3 1 5 6 2 4 8 7 3\n4 5 9 10 6 8 12 11 7\n5 9 13 14 10 12 16 15 11\n$EndElements\n";

static const sample samples[] = {
    {"strip", "tissues: {sheet: fascia_lata}\n"
              "anatomy:\n"
              "  generator: strip\n"
              "  length: 60 mm\n"
              "  width: 10 mm\n"
              "  layers:\n"
              "    - {name: deep, tissue: sheet, thickness: 0.8 mm, "
              "fibres: [0 deg, 90 deg, 45 deg, -45 deg]}\n"
              "mesh: {element: hex8, size: 2 mm}\n"
              "timeline:\n"
              "  - {at: 0 s, do: grip, where: x_min}\n"
              "  - {for: 10 s, do: pull, where: x_max, by: 3 mm}\n"
              "measure:\n"
              "  - {name: force, what: grip_force, where: x_max}\n"
              "  - {name: stretch, what: grip_stretch}\n"},
    {"stack", "tissues: {sheet: fascia_lata, loose: areolar_tissue}\n"
              "anatomy:\n"
              "  generator: stack\n"
              "  length: 40 mm\n"
              "  width: 10 mm\n"
              "  layers:\n"
              "    - {name: deep, tissue: sheet, thickness: 0.4 mm, elements: 1, "
              "fibres: [39 deg, 129 deg, 84 deg, -6 deg]}\n"
              "    - {name: superficial, tissue: sheet, thickness: 0.4 mm, elements: 1, "
              "fibres: [-39 deg, 51 deg, 6 deg, -84 deg]}\n"
              "  interlaminar: {tissue: loose, thickness: 0.1 mm}\n"
              "mesh: {element: hex8, size: 2 mm}\n"
              "timeline:\n"
              "  - {at: 0 s, do: grip, where: x_min}\n"
              "  - {for: 10 s, do: pull, where: x_max, by: 2 mm}\n"
              "measure:\n"
              "  - {name: force, what: grip_force, where: x_max}\n"
              "  - {name: stretch, what: grip_stretch}\n"},
    {"cap", "tissues: {sheet: fascia_lata, loose: areolar_tissue}\n"
            "anatomy:\n"
            "  generator: cap\n"
            "  radius_x: 470 mm\n"
            "  radius_y: 200 mm\n"
            "  length: 100 mm\n"
            "  width: 60 mm\n"
            "  part: quarter\n"
            "  layers:\n"
            "    - {name: deep, tissue: sheet, thickness: 0.5 mm, fibres: [0 deg, 90 deg, 45 deg, -45 deg]}\n"
            "    - {name: superficial, tissue: sheet, thickness: 0.5 mm, fibres: [0 deg, 90 deg, 45 deg, -45 deg]}\n"
            "  interlaminar: {tissue: loose, thickness: 0.2 mm}\n"
            "mesh: {element: hex8, size: 5 mm}\n"
            "timeline:\n"
            "  - {at: 0 s, do: symmetry, where: x_min}\n"
            "  - {at: 0 s, do: symmetry, where: y_min}\n"
            "  - {for: 10 s, do: pull, where: x_max, by: 2 mm}\n"
            "measure:\n"
            "  - {name: force, what: grip_force, where: x_max}\n"
            "  - {name: stretch, what: grip_stretch}\n"},
    {"back", "tissues:\n"
             "  skin: skin\n"
             "  fat: fat\n"
             "  superficial_fascia: superficial_fascia\n"
             "  thoracolumbar_fascia: thoracolumbar_fascia\n"
             "  muscle: muscle\n"
             "  areolar_glide: areolar_glide\n"
             "anatomy:\n"
             "  generator: back\n"
             "  length: 60 mm\n"
             "  width: 40 mm\n"
             "mesh: {element: hex8, size: 3 mm}\n"
             "adhesions:\n"
             "  - {shape: patch, interface: outer_glide, at: [30 mm, 0 mm, 20.56 mm], radius: 10 mm, share: 5 %}\n"
             "timeline:\n"
             "  - {at: 0 s, do: grip, where: z_min}\n"
             "  - {at: 0 s, do: grip, where: middle_x_min}\n"
             "  - {for: 10 s, do: pull, where: outer_x_max, by: 0.2 mm}\n"
             "measure:\n"
             "  - {name: force, what: grip_force, where: outer_x_max}\n"
             "  - {name: slip, what: slip, interface: outer_glide}\n"
             "  - {name: bonded, what: bonded_area, interface: outer_glide}\n"},
    {"limb", "tissues: {muscle: muscle, fascia: fascia_lata, fat: fat, skin: skin, glide: areolar_glide}\n"
             "anatomy:\n"
             "  generator: limb\n"
             "  bone: 14 mm\n"
             "  length: 120 mm\n"
             "  angle: 180 deg\n"
             "  part: quarter\n"
             "  layers:\n"
             "    - {name: muscle, tissue: muscle, thickness: 50 mm, fibres: [0 deg], elements: 5}\n"
             "    - {name: fascia, tissue: fascia, thickness: 0.8 mm, fibres: [0 deg, 90 deg, 45 deg, -45 deg]}\n"
             "    - {name: fat, tissue: fat, thickness: 8 mm, elements: 2}\n"
             "    - {name: skin, tissue: skin, thickness: 2 mm, fibres: [0 deg, 90 deg, 45 deg, -45 deg]}\n"
             "  interfaces:\n"
             "    - {name: glide, tissue: glide, above: muscle}\n"
             "mesh: {element: hex8, size: 15 mm}\n"
             "tools:\n"
             "  - {name: roller, shape: cylinder, against: outer, centre: [0 mm, 0 mm, 149.8 mm],"
             " axis: [0, 1, 0], radius: 75 mm}\n"
             "timeline:\n"
             "  - {at: 0 s, do: symmetry, where: x_min}\n"
             "  - {at: 0 s, do: symmetry, where: y_min}\n"
             "  - {at: 0 s, do: grip, where: inner}\n"
             "  - {for: 2 s, do: move, rigid: roller, by: [0 mm, 0 mm, -5 mm]}\n"
             "measure:\n"
             "  - {name: force, what: rigid_force, rigid: roller, along: z}\n"
             "  - {name: area, what: contact_area, rigid: roller}\n"},
    {"gmsh",
     "tissues: {sheet: fascia_lata}\n"
     "timeline:\n"
     "  - {at: 0 s, do: grip, where: x_min}\n"
     "  - {for: 10 s, do: pull, where: x_max, by: 2 mm}\n"
     "measure:\n"
     "  - {name: force, what: grip_force, where: x_max}\n"
     "  - {name: stretch, what: grip_stretch}\n"
     "anatomy:\n"
     "  generator: gmsh\n"
     "  unit: mm\n"
     "  regions:\n"
     "    - {name: deep, tissue: sheet, fibres: [0 deg, 90 deg, 45 deg, -45 deg]}\n"
     "  file: ",
     cubes},
};

enum { SAMPLES = sizeof(samples) / sizeof(*samples) };

typedef struct request {
  const char *name, *generator;
} request;

static error_t parse(int key, char *arg, struct argp_state *state) {
  request *asked = state->input;
  switch (key) {
  case 'g': asked->generator = arg; return 0;
  case ARGP_KEY_ARG:
    if (asked->name) argp_error(state, "one scenario at a time; found %s after %s", arg, asked->name);
    asked->name = arg;
    return 0;
  case ARGP_KEY_NO_ARGS: argp_error(state, "what is it to be called?"); return EINVAL;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const sample *find_sample(const char *generator) {
  for (size_t i = 0; i < SAMPLES; i++) {
    if (strcmp(samples[i].generator, generator) == 0) return &samples[i];
  }
  return NULL;
}

static stf_status refuse_generator(const char *word) {
  const char *names[SAMPLES];
  char list[256] = "";
  stf_text_sink sink = {.buffer = list, .size = sizeof(list)};
  for (size_t i = 0; i < SAMPLES; i++) {
    names[i] = samples[i].generator;
    stf_text_add(&sink, "%s%s", i ? ", " : "", names[i]);
  }
  const char *nearest = stf_text_nearest(word, names, SAMPLES);
  return stf_arguments_fault("striffin new", "no generator %s; there is %s%s%s%s", word, list,
                             nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

static stf_status fault_of(const char *path, int error, stf_diags *diags) {
  if (error == EEXIST) {
    stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, "a file of this name", "a new one",
                  "nothing is overwritten; choose another name or move it away");
    return STF_BAD_INPUT;
  }
  return stf_file_trouble(path, "to write this file", error, diags);
}

static void write_scenario(const stf_yaml_node *root, const stf_table *table, FILE *file) {
  /* Behind an empty line: a comment that opens a scenario is what its report says it is about. */
  fprintf(file,
          "\n# A scenario of striffin. `striffin check` finds faults in it, `striffin run` runs it, and\n"
          "# `striffin explain KEY` tells more about a key. Lines that begin with # are what could also stand here.\n");
  stf_sample_write(root, table, file);
}

/* Writes a new file: the mesh, or the scenario where that is NULL. */
static stf_status create(const char *path, const char *mesh, const stf_yaml_node *root, const stf_table *table,
                         stf_diags *diags) {
  const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
  if (!file) return fault_of(path, errno, diags);
  if (mesh)
    fputs(mesh, file);
  else
    write_scenario(root, table, file);
  const bool failed = ferror(file);
  if (fclose(file) == 0 && !failed) return STF_OK;
  const int error = errno;
  unlink(path);
  return fault_of(path, error, diags);
}

/* The scenario, and the mesh that it needs before it. */
static stf_status create_all(const char *path, const char *mesh_path, const sample *chosen, const stf_yaml_node *root,
                             const stf_table *table, stf_diags *diags) {
  if (chosen->mesh) STF_TRY(create(mesh_path, chosen->mesh, NULL, NULL, diags));
  const stf_status status = create(path, NULL, root, table, diags);
  if (status && chosen->mesh) unlink(mesh_path);
  return status;
}

/* Parts of "FOLDER/NAME.yaml", of which the ending may be left out. */
static stf_status new_scenario(const request *asked, stf_arena *arena, stf_diags *diags) {
  const sample *chosen = find_sample(asked->generator);
  const char *slash = strrchr(asked->name, '/'), *base = slash ? slash + 1 : asked->name;
  const size_t length = strlen(base), ending = length > 5 && strcmp(base + length - 5, ".yaml") == 0 ? 5 : 0;
  const char *name = stf_arena_copy(arena, base, length - ending);
  const char *stem = stf_arena_copy(arena, asked->name, strlen(asked->name) - ending);
  const char *path = stf_arena_printf(arena, "%s.yaml", stem ? stem : "");
  const char *mesh_path = stf_arena_printf(arena, "%s.msh", stem ? stem : "");
  const char *text = stf_arena_printf(arena, "striffin: 1\nname: %s\n%s%s%s", name ? name : "", chosen->text,
                                      chosen->mesh && name ? name : "", chosen->mesh ? ".msh\n" : "");
  const stf_table *table = stf_scenario_table(&stf_striffin_vocabulary, arena);
  const stf_yaml_node *root;
  if (!name || !stem || !path || !mesh_path || !text || !table || stf_units_start()) return STF_NO_RESOURCE;
  if (!stf_text_is_name(name))
    return stf_arguments_fault("striffin new", "found the name %s; expected letters, digits, \"_\", \"-\" and \".\"",
                               stf_diags_quote(diags, name, strlen(name)));
  STF_TRY(stf_yaml_read_text(text, strlen(text), path, arena, diags, &root));
  STF_TRY(create_all(path, mesh_path, chosen, root, table, diags));
  printf("Wrote %s. To run it: striffin run %s\n", path, path);
  return STF_OK;
}

static const struct argp_option options[] = {
    {"generator", 'g', "NAME", 0, "the anatomy it starts from; strip by default", 0},
    {0},
};

static stf_status run(int argc, char **argv) {
  static const struct argp argp = {
      .options = options,
      .parser = parse,
      .args_doc = "NAME",
      .doc =
          "Writes NAME.yaml, a scenario that runs as it is, with a comment on every key. A file that is there already "
          "is never overwritten."};
  request asked = {.generator = samples[0].generator};
  stf_session session;
  STF_TRY(stf_arguments_parse(&argp, argc, argv, &asked));
  if (!find_sample(asked.generator)) return refuse_generator(asked.generator);
  stf_status status = stf_session_begin(&session);
  if (!status) status = new_scenario(&asked, session.arena, session.diags);
  return stf_session_end(&session, status);
}

const stf_verb stf_verb_new = {"new", "write a commented scenario to begin with", run};
