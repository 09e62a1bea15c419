/* The list of direction fields, the two simplest of them, and what becomes of their vectors. */
#include "anatomy/direction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

extern const stf_variant_type stf_field_surface, stf_field_surface_normal, stf_field_harmonic;

/* ---- the same direction everywhere ---- */

typedef struct constant {
  const stf_yaml_node *node;
  stf_quantities direction;
} constant;

static const stf_option constant_options[] = {
    STF_DIRECTION_VECTOR("direction", constant, direction, "x, y and z of a vector along it, of any length"),
};

static const stf_table constant_table = STF_TABLE_OF("constant", constant, constant_options);

stf_status stf_direction_check_vector(const stf_yaml_node *node, const char *key, const stf_quantities *vector,
                                      stf_diags *diags) {
  double square = 0.0;
  for (size_t i = 0; i < vector->count; i++) square += vector->values[i] * vector->values[i];
  if (vector->count == 3 && square > 0.0 && isfinite(square)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(node, key),
                vector->count == 3 ? "a vector without direction" : stf_diags_text(diags, "%zu numbers", vector->count),
                "x, y and z of a vector, such as [1, 0, 0]", NULL);
  return STF_BAD_INPUT;
}

static stf_status check_constant(const void *options, stf_diags *diags) {
  const constant *o = options;
  return stf_direction_check_vector(o->node, "direction", &o->direction, diags);
}

static stf_status fill_constant(const void *options, stf_direction_job *job) {
  const constant *o = options;
  for (size_t e = 0; e < job->mesh->elements; e++)
    if (job->mesh->region[e] == job->region) memcpy(job->out[e], o->direction.values, sizeof(job->out[e]));
  return STF_OK;
}

static const stf_direction_rule constant_rule = {.check = check_constant, .fill = fill_constant};
static const stf_variant_type constant_type = {
    .name = "constant", .help = "the same direction everywhere", .table = &constant_table, .extra = &constant_rule};

/* ---- vectors from the file of the mesh ---- */

typedef struct data {
  const stf_yaml_node *node;
  const char *name;
} data;

static const stf_option data_options[] = {
    {.key = "name",
     .kind = STF_KIND_TEXT,
     .offset = offsetof(data, name),
     .help = "what the field is called in the file"},
};

static const stf_table data_table = STF_TABLE_OF("data", data, data_options);

/* Whether the vectors of the job's elements all lie along one line, and how many elements there are. */
static bool is_constant(const stf_direction_job *job, size_t *count) {
  const double *first = NULL;
  *count = 0;
  for (size_t e = 0; e < job->mesh->elements; e++) {
    const double *v = job->out[e];
    if (job->mesh->region[e] != job->region) continue;
    ++*count;
    if (!first) first = v;
    double across[3], square = 0.0, lengths = 1.0;
    for (int i = 0; i < 3; i++) {
      const int j = (i + 1) % 3, k = (i + 2) % 3;
      across[i] = first[j] * v[k] - first[k] * v[j];
      square += across[i] * across[i];
    }
    lengths = (first[0] * first[0] + first[1] * first[1] + first[2] * first[2]) *
              (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (!(square <= 1e-18 * lengths)) return false;
  }
  return true;
}

static double largest(const stf_direction_job *job) {
  double most = 0.0;
  for (size_t e = 0; e < job->mesh->elements; e++)
    for (int i = 0; i < 3 && job->mesh->region[e] == job->region; i++) most = fmax(most, fabs(job->out[e][i]));
  return most;
}

static stf_status fill_data(const void *options, stf_direction_job *job) {
  const data *o = options;
  size_t count;
  if (!job->vectors) {
    stf_diags_add(job->diags, STF_ERROR, o->node->place, "a field from a file, for a mesh that is from none",
                  "another field, or generator: gmsh", NULL);
    return STF_BAD_INPUT;
  }
  STF_TRY(job->vectors->get(job->vectors->context, o->node, o->name, job->diags, job->out));
  job->least = 1e-9 * largest(job);
  if (is_constant(job, &count) && count > 1 && largest(job) > 0.0)
    stf_diags_add(job->diags, STF_WARNING, stf_yaml_place(o->node, "name"),
                  stf_diags_text(job->diags, "the same direction in all %zu elements of region %s", count,
                                 job->mesh->regions[job->region].name),
                  "directions that vary", "if it is meant to be constant, {field: constant} says so");
  return STF_OK;
}

static const stf_direction_rule data_rule = {.fill = fill_data};
static const stf_variant_type data_type = {.name = "data",
                                           .help = "vectors at elements or nodes, from the file of the mesh",
                                           .table = &data_table,
                                           .extra = &data_rule};

/* ---- the lists ---- */

static const stf_variant_type *const fibre_types[] = {&constant_type, &stf_field_surface, &data_type,
                                                      &stf_field_harmonic};
static const stf_variant_type *const normal_types[] = {&constant_type, &stf_field_surface_normal, &data_type,
                                                       &stf_field_harmonic};

const stf_variant_set stf_fibre_fields = {
    .selector = "field", .types = fibre_types, .count = sizeof(fibre_types) / sizeof(*fibre_types)};
const stf_variant_set stf_normal_fields = {
    .selector = "field", .types = normal_types, .count = sizeof(normal_types) / sizeof(*normal_types)};

static stf_status check_one(const stf_variant *field, stf_diags *diags) {
  const stf_direction_rule *rule = field->type ? field->type->extra : NULL;
  return rule && rule->check ? rule->check(field->data, diags) : STF_OK;
}

stf_status stf_directions_check(const stf_layer *layer, stf_diags *diags) {
  stf_status status = check_one(&layer->normal, diags);
  for (size_t f = 0; f < layer->fields.count; f++)
    if (check_one(&layer->fields.items[f], diags)) status = STF_BAD_INPUT;
  return status;
}

/* ---- vectors ---- */

void stf_direction_turn(const double normal[3], const double along[3], double angle, double out[3]) {
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    const double aside = normal[j] * along[k] - normal[k] * along[j];
    out[i] = cos(angle) * along[i] + sin(angle) * aside;
  }
}

bool stf_direction_across(const double normal[3], const double v[3], double out[3]) {
  const double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  const double part = v[0] * normal[0] + v[1] * normal[1] + v[2] * normal[2];
  for (int i = 0; i < 3; i++) out[i] = v[i] - part * normal[i];
  const double across = sqrt(out[0] * out[0] + out[1] * out[1] + out[2] * out[2]);
  if (!(across > 1e-6 * length)) return false;
  for (int i = 0; i < 3; i++) out[i] /= across;
  return true;
}

const stf_face *stf_direction_face(const stf_direction_job *job, const char *key, const char *name) {
  const stf_mesh *mesh = job->mesh;
  const stf_face *face = stf_mesh_face(mesh, name);
  if (face) return face;
  const char *names[64], *all = "";
  size_t count = 0;
  for (; count < mesh->face_count && count < 64; count++) {
    names[count] = mesh->faces[count].name;
    all = stf_diags_text(job->diags, "%s%s%s", all, count ? ", " : "", names[count]);
  }
  const char *nearest = stf_text_nearest(name, names, count);
  stf_diags_add(job->diags, STF_ERROR, stf_yaml_place(job->node, key), stf_diags_text(job->diags, "face %s", name),
                count ? stf_diags_text(job->diags, "one of %s", all) : "a mesh with faces",
                nearest ? stf_diags_text(job->diags, "did you mean %s?", nearest) : NULL);
  return NULL;
}

/* Makes unit vectors of what a rule wrote; names elements where that cannot be. */
static stf_status normalise(const stf_direction_job *job, const char *kind) {
  stf_mesh_faults faults = {.mesh = job->mesh, .place = job->node->place, .diags = job->diags};
  for (size_t e = 0; e < job->mesh->elements; e++) {
    double *v = job->out[e];
    if (job->mesh->region[e] != job->region) continue;
    const double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (isfinite(length) && length > job->least) {
      for (int i = 0; i < 3; i++) v[i] /= length;
    } else if (stf_mesh_fault(&faults)) {
      stf_diags_add(job->diags, STF_ERROR, job->node->place,
                    stf_diags_text(job->diags, "%s, where the %s field %s",
                                   stf_mesh_name_element(job->mesh, e, job->diags), kind,
                                   isfinite(length) ? "is zero" : "has no value"),
                    "a direction in every element of the region", NULL);
    }
  }
  stf_mesh_faults_end(&faults, "elements without a direction");
  return faults.any ? STF_BAD_INPUT : STF_OK;
}

/* Computes one field into job->out, unit vectors at the elements of the region. */
static stf_status compute(const stf_variant *field, stf_direction_job *job) {
  const stf_direction_rule *rule = field->type->extra;
  job->node = *(const stf_yaml_node *const *)field->data;
  job->least = 0.0;
  const size_t errors = stf_diags_errors(job->diags);
  const stf_status status = rule->fill(field->data, job);
  if (status == STF_NO_RESOURCE && stf_diags_errors(job->diags) == errors)
    stf_diags_add(job->diags, STF_ERROR, job->node->place, "no memory left for the field", NULL, NULL);
  return status ? status : normalise(job, field->type->name);
}

static stf_status fill_normals(const stf_layer *layer, stf_direction_job *job, stf_mesh *mesh) {
  if (!layer->normal.type) return STF_OK;
  STF_TRY(compute(&layer->normal, job));
  for (size_t e = 0; e < mesh->elements; e++)
    if (mesh->region[e] == job->region) memcpy(mesh->normal[e], job->out[e], sizeof(job->out[e]));
  return STF_OK;
}

static stf_status fill_fibres(const stf_layer *layer, stf_direction_job *job, stf_mesh *mesh) {
  stf_status worst = STF_OK;
  for (size_t f = 0; f < layer->fields.count; f++) {
    const stf_status status = compute(&layer->fields.items[f], job);
    if (status > worst) worst = status;
    for (size_t e = 0; e < mesh->elements && !status; e++)
      if (mesh->region[e] == job->region) memcpy(mesh->fibre[e][f], job->out[e], sizeof(job->out[e]));
  }
  return worst;
}

/* Whether there is anything to compute. */
static bool has_fields(const stf_generator *generator, const void *options) {
  const stf_layer *layer;
  for (size_t i = 0; (layer = generator->layer(options, i)); i++)
    if (layer->fields.count || layer->normal.type) return true;
  return false;
}

typedef stf_status (*filler)(const stf_layer *layer, stf_direction_job *job, stf_mesh *mesh);

static stf_status fill_all(const stf_generator *generator, const void *options, filler fill, stf_direction_job *job,
                           stf_mesh *mesh) {
  stf_status worst = STF_OK;
  const stf_layer *layer;
  for (size_t i = 0; (layer = generator->layer(options, i)); i++) {
    job->region = (int)i;
    const stf_status status = fill(layer, job, mesh);
    if (status > worst) worst = status;
  }
  return worst;
}

static stf_status fill_with(const stf_generator *generator, const void *options, filler fill, stf_direction_job *job,
                            stf_mesh *mesh) {
  if (!has_fields(generator, options)) return STF_OK;
  job->mesh = mesh;
  job->out = calloc(mesh->elements, sizeof(*job->out));
  stf_status status = STF_NO_RESOURCE;
  if (job->out)
    status = fill_all(generator, options, fill, job, mesh);
  else
    stf_diags_add(job->diags, STF_ERROR, (stf_place){0}, "no memory left for directions", NULL, NULL);
  free(job->out);
  return status;
}

stf_status stf_directions_fill_normals(const stf_generator *generator, const void *options, const stf_vectors *vectors,
                                       stf_diags *diags, stf_mesh *mesh) {
  stf_direction_job job = {.vectors = vectors, .diags = diags};
  return fill_with(generator, options, fill_normals, &job, mesh);
}

stf_status stf_directions_fill_fibres(const stf_generator *generator, const void *options, const stf_vectors *vectors,
                                      stf_diags *diags, stf_mesh *mesh) {
  stf_direction_job job = {.vectors = vectors, .diags = diags};
  return fill_with(generator, options, fill_fibres, &job, mesh);
}
