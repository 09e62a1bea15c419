/* The list of generators, and what they share. A new generator is a file, a declaration and a row here. */
#include <math.h>
#include <string.h>

#include "anatomy/generator.h"

extern const stf_variant_type stf_strip;

static const stf_variant_type *const types[] = {&stf_strip};

const stf_variant_set stf_generators = {
    .selector = "generator", .types = types, .count = sizeof(types) / sizeof(types[0])};

static const stf_option layer_options[] = {
    {.key = "name",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_layer, name),
     .help = "what the layer is called in messages and results"},
    {.key = "tissue",
     .kind = STF_KIND_NAME,
     .offset = offsetof(stf_layer, tissue),
     .help = "what it is made of: a name from this scenario's `tissues`"},
    {.key = "thickness",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_LENGTH,
     .offset = offsetof(stf_layer, thickness),
     .minimum = 0.0,
     .maximum = 1e4,
     .bounds = STF_OPEN_BELOW,
     .help = "extent along z"},
    {.key = "fibres",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_ANGLE,
     .offset = offsetof(stf_layer, fibres),
     .fallback = "",
     .minimum = -2.0 * M_PI,
     .maximum = 2.0 * M_PI,
     .help = "for each fibre family of the tissue, its angle to the x axis, counter-clockwise seen from above"},
    {.key = "shares",
     .kind = STF_KIND_QUANTITIES,
     .dimension = STF_RATIO,
     .offset = offsetof(stf_layer, shares),
     .fallback = "",
     .minimum = 0.0,
     .maximum = 1.0,
     .help = "for each fibre family, its fraction of the volume here, where it is known to differ from the tissue's"},
    {.key = "elements",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(stf_layer, elements),
     .fallback = "",
     .minimum = 1,
     .maximum = 1000,
     .help = "elements through the thickness; default: as many as the mesh size asks"},
};

const stf_table stf_layer_table = STF_TABLE_OF("layer", stf_layer, layer_options);

stf_status stf_layers_check(const stf_layer *layers, size_t count, stf_diags *diags) {
  stf_status status = STF_OK;
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < i; j++) {
      if (strcmp(layers[i].name, layers[j].name) != 0) continue;
      stf_diags_add(diags, STF_ERROR, stf_yaml_place(layers[i].node, "name"),
                    stf_diags_text(diags, "a second layer named %s", layers[i].name), "names that differ", NULL);
      status = STF_BAD_INPUT;
      break;
    }
    if (layers[i].fibres.count <= STF_MESH_MAX_FAMILIES) continue;
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(layers[i].node, "fibres"),
                  stf_diags_text(diags, "%zu angles", layers[i].fibres.count),
                  stf_diags_text(diags, "at most %d, one for each fibre family", STF_MESH_MAX_FAMILIES), NULL);
    status = STF_BAD_INPUT;
  }
  return status;
}
