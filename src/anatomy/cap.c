/*
 * A doubly curved sheet, as the abdominal wall: its middle surface touches the origin there with a radius of curvature
 * along x and another along y, and bends away to negative z. Layers lie from inside outwards; each node of them is
 * straight above a point of the middle surface.
 *
 * No surface but a sphere has two constant radii. This one is part of a torus: the arc with the smaller radius, turned
 * about an axis at the distance of the larger one. The smaller radius is exact everywhere, the larger along the middle
 * line; lines of the mesh are lines of curvature, so they meet at right angles. Equal radii give a sphere, a radius
 * that is left out a cylinder.
 *
 * With s along the larger radius R, t along the smaller r, both from the middle, and d = r (1 - cos(t/r)):
 * ((R - d) sin(s/R), r sin(t/r), (R - d) cos(s/R) - R). It is computed from curvatures, which may be zero.
 */
#include <math.h>
#include <string.h>

#include "anatomy/direction.h"
#include "anatomy/sheet.h"

typedef enum part { WHOLE, QUARTER } part;

static const char *const parts[] = {"whole", "quarter", NULL};

typedef struct cap {
  stf_sheet sheet;
  double radius[2]; /* [mm] along x and y; NAN: straight */
  double extent[2]; /* [mm] along the arcs */
  int part;
} cap;

#define RADIUS(text, axis, words)                                                                             \
  {                                                                                                           \
    .key = (text), .kind = STF_KIND_QUANTITY, .dimension = STF_LENGTH, .offset = offsetof(cap, radius[axis]), \
    .fallback = "", .minimum = 0.0, .maximum = 1e7, .bounds = STF_OPEN_BELOW, .help = (words)                 \
  }

static const stf_option cap_options[] = {
    RADIUS("radius_x", 0, "radius of curvature along x, of the middle surface at the apex; left out: straight"),
    RADIUS("radius_y", 1, "the same along y"),
    STF_SHEET_LENGTH("length", cap, extent[0], "extent along the arc along x, of the whole cap"),
    STF_SHEET_LENGTH("width", cap, extent[1], "extent along the arc along y, of the whole cap"),
    {.key = "part",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(cap, part),
     .fallback = "whole",
     .choices = parts,
     .help = "a quarter has x, y >= 0; its faces x_min and y_min are planes of symmetry through the apex"},
    STF_SHEET_LAYERS("from inside outwards"),
    STF_SHEET_INTERLAMINAR,
};

static const stf_table cap_table = STF_TABLE_OF("cap", cap, cap_options);

/* [1/mm] */
static double curvature(const cap *c, int axis) {
  return isnan(c->radius[axis]) ? 0.0 : 1.0 / c->radius[axis];
}

/* Largest arc on either side of the apex [rad]. */
static const double steepest = 85.0 * M_PI / 180.0;

static stf_status check_arc(const cap *c, int axis, stf_diags *diags) {
  static const char *const keys[] = {"length", "width"};
  const double angle = 0.5 * c->extent[axis] * curvature(c, axis);
  if (angle <= steepest) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(c->sheet.node, keys[axis]),
                stf_diags_text(diags, "an arc of %.4g deg", 2.0 * angle * 180.0 / M_PI), "at most 170 deg", NULL);
  return STF_BAD_INPUT;
}

static stf_status check_thickness(const cap *c, stf_diags *diags) {
  static const char *const keys[] = {"radius_x", "radius_y"};
  const int axis = curvature(c, 0) > curvature(c, 1) ? 0 : 1;
  const double half = 0.5 * stf_sheet_thickness(&c->sheet);
  if (half * curvature(c, axis) < 0.9) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(c->sheet.node, keys[axis]),
                stf_diags_text(diags, "a radius of %.4g mm for a sheet %.4g mm thick", c->radius[axis], 2.0 * half),
                "a radius well over half the thickness", NULL);
  return STF_BAD_INPUT;
}

/* Part of an extent that is modelled: from the apex, or from the edge opposite. */
static double modelled(const cap *c, int axis) {
  return c->part == QUARTER ? 0.5 * c->extent[axis] : c->extent[axis];
}

static void count_cells(const cap *c, double size, double n[3]) {
  for (int i = 0; i < 2; i++) n[i] = stf_sheet_cells(modelled(c, i), size);
  n[2] = stf_sheet_cells_through(&c->sheet, size);
}

static stf_status check(const void *options, double size, stf_diags *diags);
static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);

static const stf_generator generator = {.layer = stf_sheet_layer, .sized = true, .check = check, .build = build};

static stf_status check(const void *options, double size, stf_diags *diags) {
  const cap *c = options;
  stf_status status = stf_sheet_check(&c->sheet, &generator, diags);
  for (int axis = 0; axis < 2; axis++)
    if (check_arc(c, axis, diags)) status = STF_BAD_INPUT;
  if (check_thickness(c, diags)) status = STF_BAD_INPUT;
  if (status || isnan(size)) return status;
  double n[3];
  count_cells(c, size, n);
  return stf_sheet_check_count(&c->sheet, n, diags);
}

/* Half the chord of an arc `s` on either side, and how far its end lies below its middle [mm]. */
static double chord(double s, double k) {
  return k > 0.0 ? sin(k * s) / k : s;
}

static double sag(double s, double k) {
  const double half = sin(0.5 * k * s);
  return k > 0.0 ? 2.0 * half * half / k : 0.0;
}

/* A point of the middle surface. */
typedef struct point {
  double X[3], normal[3], along[3]; /* [mm]; outward unit normal, unit tangent along x */
} point;

/* The point at arcs `at` [mm] along x and y from the apex. */
static point locate(const cap *c, const double at[2]) {
  const int large = curvature(c, 0) > curvature(c, 1) ? 1 : 0, small = 1 - large;
  const double K = curvature(c, large), k = curvature(c, small), s = K * at[large], t = k * at[small];
  const double down = sag(at[small], k);
  point p;
  p.X[large] = (1.0 - K * down) * chord(at[large], K);
  p.X[small] = chord(at[small], k);
  p.X[2] = -sag(at[large], K) - down * cos(s);
  p.normal[large] = sin(s) * cos(t);
  p.normal[small] = sin(t);
  p.normal[2] = cos(s) * cos(t);
  double tangent[2][3];
  tangent[large][large] = cos(s);
  tangent[large][small] = 0.0;
  tangent[large][2] = -sin(s);
  tangent[small][large] = -sin(s) * sin(t);
  tangent[small][small] = cos(t);
  tangent[small][2] = -cos(s) * sin(t);
  memcpy(p.along, tangent[0], sizeof(p.along));
  return p;
}

/* Arc from the apex at `share` of the modelled extent. */
static double arc(const cap *c, int axis, double share) {
  return modelled(c, axis) * (c->part == QUARTER ? share : share - 0.5);
}

static void place_nodes(const cap *c, const stf_block *b, stf_mesh *mesh) {
  const double middle = 0.5 * stf_sheet_thickness(&c->sheet);
  for (int i = 0; i <= b->n[0]; i++)
    for (int j = 0; j <= b->n[1]; j++) {
      const double at[2] = {arc(c, 0, (double)i / b->n[0]), arc(c, 1, (double)j / b->n[1])};
      const point p = locate(c, at);
      for (int k = 0; k < b->planes; k++)
        for (int a = 0; a < 3; a++) mesh->X[stf_block_node(b, i, j, k)][a] = p.X[a] + (b->z[k] - middle) * p.normal[a];
    }
}

static stf_status build_block(const cap *c, double size, stf_arena *arena, stf_mesh *mesh) {
  static const char *const names[6] = {"x_min", "x_max", "y_min", "y_max", "inner", "outer"};
  double n[3];
  count_cells(c, size, n);
  stf_block block = {.n = {(int)n[0], (int)n[1], (int)n[2]}, .names = names};
  STF_TRY(stf_block_begin(&c->sheet, size, arena, &block, mesh));
  place_nodes(c, &block, mesh);
  for (int i = 0; i < block.n[0]; i++)
    for (int j = 0; j < block.n[1]; j++) {
      const double at[2] = {arc(c, 0, (i + 0.5) / block.n[0]), arc(c, 1, (j + 0.5) / block.n[1])};
      const point p = locate(c, at);
      stf_block_direct(&c->sheet, &block, (const int[2]){i, j}, p.normal, p.along, mesh);
    }
  return stf_block_finish(&c->sheet, &block, arena, mesh);
}

static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh) {
  const cap *c = options;
  STF_TRY(check(options, size, diags));
  if (build_block(c, size, arena, mesh)) return stf_sheet_no_memory(&c->sheet, diags);
  return stf_directions_fill_fibres(&generator, options, NULL, diags, mesh);
}

extern const stf_variant_type stf_cap;
const stf_variant_type stf_cap = {.name = "cap",
                                  .help = "a doubly curved sheet of one or more layers, as the abdominal wall",
                                  .table = &cap_table,
                                  .extra = &generator};
