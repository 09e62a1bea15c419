/* The list of generators, and what they share. A new generator is a file, a declaration and a row here. */
#include <math.h>
#include <string.h>

#include "anatomy/direction.h"

extern const stf_variant_type stf_strip, stf_stack, stf_cap, stf_back, stf_limb, stf_gmsh;

static const stf_variant_type *const types[] = {&stf_strip, &stf_stack, &stf_cap, &stf_back, &stf_limb, &stf_gmsh};

const stf_variant_set stf_generators = {
    .selector = "generator", .types = types, .count = sizeof(types) / sizeof(types[0])};

const char *const stf_slidings[] = {"small", "large", NULL};

static const stf_option layer_options[] = {
    STF_LAYER_NAME("what the layer is called in messages and results"),
    STF_LAYER_TISSUE,
    {.key = "thickness",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(stf_layer, thickness),
     .minimum = 0.0,
     .maximum = 1e4,
     .bounds = STF_OPEN_BELOW,
     .help = "extent through the sheet"},
    STF_LAYER_FIBRES("for each fibre family of the tissue, its angle to the x axis, counter-clockwise seen from above"),
    STF_LAYER_FIELDS,
    STF_LAYER_SHARES,
    {.key = "elements",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_layer, elements),
     .fallback = "",
     .minimum = 1,
     .maximum = 1000,
     .help = "elements through the thickness; default: as many as the mesh size asks"},
};

const stf_table stf_layer_table = STF_TABLE_OF("layer", stf_layer, layer_options);

size_t stf_generator_layers(const stf_generator *generator, const void *options) {
  size_t count = 0;
  while (generator->layer(options, count)) count++;
  return count;
}

size_t stf_layer_families(const stf_layer *layer) {
  return layer->fields.count ? layer->fields.count : layer->fibres.count;
}

static void refuse(const stf_layer *layer, const char *key, const char *found, const char *expected, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(layer->node, key), found, expected, NULL);
}

static stf_status check_layer(const stf_layer *layer, stf_diags *diags) {
  const size_t errors = stf_diags_errors(diags);
  if (layer->fibres.count > STF_MESH_MAX_FAMILIES)
    refuse(layer, "fibres", stf_diags_text(diags, "%zu angles", layer->fibres.count),
           stf_diags_text(diags, "at most %d, one for each fibre family", STF_MESH_MAX_FAMILIES), diags);
  if (layer->fibres.count && layer->fields.count)
    refuse(layer, "fibre_fields", "fields beside angles in `fibres`", "one or the other, for all families", diags);
  return stf_diags_errors(diags) > errors || stf_directions_check(layer, diags) ? STF_BAD_INPUT : STF_OK;
}

stf_status stf_layers_check(const stf_generator *generator, const void *options, stf_diags *diags) {
  stf_status status = STF_OK;
  const stf_layer *layer;
  for (size_t i = 0; (layer = generator->layer(options, i)); i++) {
    for (size_t j = 0; j < i; j++) {
      if (strcmp(layer->name, generator->layer(options, j)->name) != 0) continue;
      refuse(layer, "name", stf_diags_text(diags, "a second layer named %s", layer->name), "names that differ", diags);
      status = STF_BAD_INPUT;
      break;
    }
    if (check_layer(layer, diags)) status = STF_BAD_INPUT;
  }
  return status;
}
