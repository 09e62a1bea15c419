/* Direction fields that follow a surface: in or out of the tangent plane of the nearest side of a face, or its normal.
 */
#include <math.h>

#include "anatomy/direction.h"
#include "anatomy/nearest.h"

typedef struct surface {
  const stf_yaml_node *node;
  const char *face;
  stf_quantities reference;
  double angle, tilt;
} surface;

#define FACE \
  { .key = "face", .kind = STF_KIND_NAME, .offset = offsetof(surface, face), .help = "the face it follows, as z_max" }
#define ANGLE(text, member, most, words)                                                                   \
  {                                                                                                        \
    .key = (text), .kind = STF_KIND_QUANTITY, .dimension = STF_ANGLE, .offset = offsetof(surface, member), \
    .fallback = "0 deg", .minimum = -(most), .maximum = (most), .help = (words)                            \
  }

static const stf_option fibre_rows[] = {
    FACE,
    STF_DIRECTION_VECTOR("reference", surface, reference,
                         "x, y and z of a vector; what is left of it in the tangent plane is angle 0"),
    ANGLE("angle", angle, 2.0 * M_PI, "angle from there, counter-clockwise seen from outside"),
    ANGLE("tilt", tilt, 0.5 * M_PI, "angle out of the tangent plane, outwards, as of a pennate muscle"),
};
static const stf_option normal_rows[] = {FACE};

static const stf_table fibre_table = STF_TABLE_OF("surface", surface, fibre_rows);
static const stf_table normal_table = STF_TABLE_OF("surface", surface, normal_rows);

static stf_status check_fibre(const void *options, stf_diags *diags) {
  const surface *o = options;
  return stf_direction_check_vector(o->node, "reference", &o->reference, diags);
}

/* Outward unit normal of a facet at its middle; false for one without area. */
static bool facet_normal(const stf_mesh *mesh, const int *facet, double normal[3]) {
  const bool quad = facet[3] >= 0 && facet[4] < 0;
  double a[3], b[3], length = 0.0;
  for (int i = 0; i < 3; i++) {
    a[i] = mesh->X[facet[quad ? 2 : 1]][i] - mesh->X[facet[0]][i];
    b[i] = mesh->X[facet[quad ? 3 : 2]][i] - mesh->X[facet[quad ? 1 : 0]][i];
  }
  for (int i = 0; i < 3; i++) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    normal[i] = a[j] * b[k] - a[k] * b[j];
    length += normal[i] * normal[i];
  }
  for (int i = 0; i < 3; i++) normal[i] /= sqrt(length);
  return length > 0.0;
}

/* Writes the direction of one element; zero where the reference has no part in the tangent plane. */
typedef void (*writer)(const surface *o, const double normal[3], double out[3]);

static void write_normal(const surface *o, const double normal[3], double out[3]) {
  (void)o;
  for (int i = 0; i < 3; i++) out[i] = normal[i];
}

static void write_fibre(const surface *o, const double normal[3], double out[3]) {
  double along[3], flat[3];
  if (!stf_direction_across(normal, o->reference.values, along)) {
    for (int i = 0; i < 3; i++) out[i] = 0.0;
    return;
  }
  stf_direction_turn(normal, along, o->angle, flat);
  for (int i = 0; i < 3; i++) out[i] = cos(o->tilt) * flat[i] + sin(o->tilt) * normal[i];
}

static stf_status fill(const surface *o, writer write, stf_direction_job *job) {
  const stf_mesh *mesh = job->mesh;
  const stf_face *face = stf_direction_face(job, "face", o->face);
  if (!face) return STF_BAD_INPUT;
  stf_nearest *nearest = stf_nearest_create(mesh, face);
  if (!nearest) return STF_NO_RESOURCE;
  for (size_t e = 0; e < mesh->elements; e++) {
    double middle[3], normal[3];
    if (mesh->region[e] != job->region) continue;
    stf_mesh_middle(mesh, e, middle);
    for (int i = 0; i < 3; i++) job->out[e][i] = 0.0;
    if (facet_normal(mesh, face->facet[stf_nearest_facet(nearest, middle)], normal)) write(o, normal, job->out[e]);
  }
  stf_nearest_destroy(nearest);
  return STF_OK;
}

static stf_status fill_fibre(const void *options, stf_direction_job *job) {
  return fill(options, write_fibre, job);
}

static stf_status fill_normal(const void *options, stf_direction_job *job) {
  return fill(options, write_normal, job);
}

static const stf_direction_rule fibre_rule = {.check = check_fibre, .fill = fill_fibre};
static const stf_direction_rule normal_rule = {.fill = fill_normal};

extern const stf_variant_type stf_field_surface, stf_field_surface_normal;
const stf_variant_type stf_field_surface = {.name = "surface",
                                            .help = "at an angle to the nearest side of a face",
                                            .table = &fibre_table,
                                            .extra = &fibre_rule};
const stf_variant_type stf_field_surface_normal = {.name = "surface",
                                                   .help = "the normal of the nearest side of a face",
                                                   .table = &normal_table,
                                                   .extra = &normal_rule};
