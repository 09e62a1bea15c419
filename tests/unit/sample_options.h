/* An option table with every kind of option in it, for the tests and the fuzzer of the reader. */
#ifndef SAMPLE_OPTIONS_H
#define SAMPLE_OPTIONS_H

#include <math.h>

#include "base/option.h"

typedef struct sample_layer {
  const stf_yaml_node *node;
  const char *name;
  double thickness;
  stf_quantities fibres;
} sample_layer;

static const stf_option sample_layer_rows[] = {
    {.key = "name", .kind = STF_KIND_NAME, .offset = offsetof(sample_layer, name), .help = "what the layer is called"},
    {.key = "thickness",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(sample_layer, thickness),
     .minimum = 0,
     .maximum = INFINITY,
     .bounds = STF_OPEN_BELOW,
     .help = "how thick it is"},
    {.key = "fibres",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_ANGLE,
     .offset = offsetof(sample_layer, fibres),
     .fallback = "[0 deg, 78 deg]",
     .minimum = -M_PI,
     .maximum = M_PI,
     .help = "directions of the fibres"},
};
static const stf_table sample_layer_table = STF_TABLE_OF("layer", sample_layer, sample_layer_rows);

/* What every step has. The structs of the types begin with this one. */
typedef struct sample_step {
  const stf_yaml_node *node;
  double at;
} sample_step;

static const stf_option sample_step_rows[] = {
    {.key = "at",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TIME,
     .offset = offsetof(sample_step, at),
     .fallback = "",
     .help = "when the step begins"},
};
static const stf_table sample_step_table = STF_TABLE_OF("step", sample_step, sample_step_rows);

typedef struct sample_grip {
  sample_step step;
  int face;
} sample_grip;

static const char *const sample_faces[] = {"x_min", "x_max", "y_min", NULL};
static const stf_option sample_grip_rows[] = {
    {.key = "where",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(sample_grip, face),
     .choices = sample_faces,
     .help = "which face"},
};
static const stf_table sample_grip_table = STF_TABLE_OF("grip", sample_grip, sample_grip_rows);

typedef struct sample_pull {
  sample_step step;
  double by, rate;
} sample_pull;

static const stf_option sample_pull_rows[] = {
    {.key = "by",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(sample_pull, by),
     .help = "how far"},
    {.key = "rate",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATE,
     .offset = offsetof(sample_pull, rate),
     .fallback = "1.5 %/s",
     .help = "how fast"},
};
static const stf_table sample_pull_table = STF_TABLE_OF("pull", sample_pull, sample_pull_rows);

static const stf_variant_type sample_grip_type = {"grip", "holds a face", &sample_grip_table, NULL};
static const stf_variant_type sample_pull_type = {"pull", "pulls a face", &sample_pull_table, NULL};
static const stf_variant_type *const sample_types[] = {&sample_grip_type, &sample_pull_type};
static const stf_variant_set sample_steps = {
    .selector = "do", .types = sample_types, .count = 2, .common = &sample_step_table};

typedef struct sample_mesh {
  const stf_yaml_node *node;
  double size;
  long cells;
} sample_mesh;

static const stf_option sample_mesh_rows[] = {
    {.key = "size",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(sample_mesh, size),
     .fallback = "1 mm",
     .minimum = 0.01,
     .maximum = 100,
     .help = "edge of an element"},
    {.key = "cells",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(sample_mesh, cells),
     .fallback = "4",
     .minimum = 1,
     .maximum = 1000,
     .help = "elements across"},
};
static const stf_table sample_mesh_table = STF_TABLE_OF("mesh", sample_mesh, sample_mesh_rows);

typedef struct sample {
  const stf_yaml_node *node;
  const char *title, *name, *data;
  int mode;
  bool gravity;
  long seed;
  double friction, warmth;
  sample_mesh mesh, fine;
  stf_items layers;
  stf_variant start;
  stf_variants timeline;
  stf_pairs tissues;
} sample;

static const char *const sample_modes[] = {"static", "dynamic", NULL};
static const stf_option sample_rows[] = {
    {.key = "title",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(sample, title),
     .fallback = "untitled",
     .help = "one line for people"},
    {.key = "name", .kind = STF_KIND_NAME, .offset = offsetof(sample, name), .help = "name of the results"},
    {.key = "data", .kind = STF_KIND_FILE, .offset = offsetof(sample, data), .fallback = "", .help = "measured curve"},
    {.key = "mode",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(sample, mode),
     .fallback = "dynamic",
     .choices = sample_modes,
     .help = "with or without inertia"},
    {.key = "gravity",
     .kind = STF_KIND_FLAG,
     .offset = offsetof(sample, gravity),
     .fallback = "false",
     .help = "whether things have weight"},
    {.key = "seed",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(sample, seed),
     .fallback = "1",
     .minimum = 0,
     .maximum = INFINITY,
     .help = "of random draws"},
    {.key = "friction",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(sample, friction),
     .fallback = "30 %",
     .minimum = 0,
     .maximum = 1,
     .bounds = STF_OPEN_ABOVE,
     .help = "coefficient of friction",
     .source = "nobody2000"},
    {.key = "warmth",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_TEMPERATURE,
     .offset = offsetof(sample, warmth),
     .fallback = "37 degC",
     .minimum = 273.15,
     .maximum = 333.15,
     .help = "temperature of the tissue"},
    {.key = "mesh",
     .kind = STF_KIND_TABLE,
     .offset = offsetof(sample, mesh),
     .fallback = "{}",
     .table = &sample_mesh_table,
     .help = "how it is cut up"},
    {.key = "fine",
     .kind = STF_KIND_TABLE,
     .offset = offsetof(sample, fine),
     .fallback = "",
     .table = &sample_mesh_table,
     .help = "how the ends are cut up"},
    {.key = "layers",
     .kind = STF_KIND_TABLES,
     .offset = offsetof(sample, layers),
     .minimum = 1,
     .maximum = 3,
     .table = &sample_layer_table,
     .help = "from deep to superficial"},
    {.key = "start",
     .kind = STF_KIND_VARIANT,
     .offset = offsetof(sample, start),
     .fallback = "{do: grip, where: x_max}",
     .variants = &sample_steps,
     .help = "before anything else"},
    {.key = "timeline",
     .kind = STF_KIND_VARIANTS,
     .offset = offsetof(sample, timeline),
     .fallback = "",
     .variants = &sample_steps,
     .help = "what is done"},
    {.key = "tissues",
     .kind = STF_KIND_PAIRS,
     .offset = offsetof(sample, tissues),
     .fallback = "{sheet: fascia_lata}",
     .help = "tissues by the names used here"},
};
static const stf_table sample_table = STF_TABLE_OF("sample", sample, sample_rows);

#endif
