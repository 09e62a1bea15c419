/*
 * A piece of a limb: layers about a bone, as a sector of cylinders. x runs along the bone's axis from 0; y and z lie
 * across it with the origin on the axis, z outwards through the middle of the sector. Layers lie from the bone
 * outwards, joined or gliding on each other; the bone itself is left out: its surface is the face `inner`.
 *
 * A node at the angle t from the middle and r from the axis is (x, r sin t, r cos t). Only the corners of elements lie
 * on the cylinders: a sector of n elements about lacks 1 - sin(a)/a of its volume, a the angle of one.
 */
#include <math.h>

#include "anatomy/direction.h"
#include "anatomy/sheet.h"

typedef enum part { WHOLE, QUARTER } part;

static const char *const parts[] = {"whole", "quarter", NULL};

typedef struct limb {
  stf_sheet sheet;
  double bone, length; /* [mm] */
  double angle;        /* [rad] */
  double grading;
  int part;
} limb;

static const stf_option limb_options[] = {
    STF_SHEET_LENGTH_AS("bone", limb, bone, "radius of the bone, on which the innermost layer lies", "14 mm"),
    STF_SHEET_LENGTH_AS("length", limb, length, "extent along the bone, of the whole piece", "200 mm"),
    {.key = "angle",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_ANGLE,
     .offset = offsetof(limb, angle),
     .fallback = "180 deg",
     .minimum = 0.0,
     .maximum = 2.0 * M_PI,
     .bounds = STF_OPEN_BELOW,
     .help = "how far it goes round the bone, of the whole piece, to the faces y_min and y_max; all round only as a "
             "quarter"},
    {.key = "part",
     .kind = STF_KIND_CHOICE,
     .offset = offsetof(limb, part),
     .fallback = "whole",
     .choices = parts,
     .help = "a quarter is the half along and the half around; its faces x_min and y_min are planes of symmetry"},
    {.key = "grading",
     .kind = STF_KIND_QUANTITY,
     .dimension = STF_RATIO,
     .offset = offsetof(limb, grading),
     .fallback = "1",
     .minimum = 1.0,
     .maximum = 100.0,
     .help = "how many times longer elements are at the ends, along and around, than in the middle, where they are of "
             "the mesh size"},
    STF_SHEET_LAYERS("from the bone outwards"),
    STF_SHEET_INTERLAMINAR,
    STF_SHEET_GLIDES,
};

static const stf_table limb_table = STF_TABLE_OF("limb", limb, limb_options);

static double length_of(const limb *l) {
  return l->part == QUARTER ? 0.5 * l->length : l->length;
}

static double angle_of(const limb *l) {
  return l->part == QUARTER ? 0.5 * l->angle : l->angle;
}

/*
 * Elements over an extent: at the share x of the way from the middle to an end they begin at (g^x - 1)/(g - 1), so that
 * they grow by g all the way.
 */
static double cells(const limb *l, double extent, double size) {
  const double sides = l->part == QUARTER ? 1.0 : 2.0,
               shrink = l->grading > 1.0 ? log(l->grading) / (l->grading - 1.0) : 1.0;
  return l->grading > 1.0 ? sides * stf_sheet_cells(extent * shrink / sides, size) : stf_sheet_cells(extent, size);
}

/* Elements around are of the size asked for at the skin, where tools press. */
static void count_cells(const limb *l, double size, double n[3]) {
  n[0] = cells(l, length_of(l), size);
  n[1] = cells(l, angle_of(l) * (l->bone + stf_sheet_thickness(&l->sheet)), size);
  n[2] = stf_sheet_cells_through(&l->sheet, size);
}

/* Where the line i of n elements lies: from 0 in the middle to 1 at the end, from -1 on in a whole piece. */
static double way(const limb *l, int i, double n) {
  const double share = (double)i / n, x = l->part == QUARTER ? share : 2.0 * share - 1.0;
  return l->grading > 1.0 ? copysign((pow(l->grading, fabs(x)) - 1.0) / (l->grading - 1.0), x) : x;
}

static stf_status check(const void *options, double size, stf_diags *diags);
static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);

static const stf_generator generator = {
    .layer = stf_sheet_layer, .glide = stf_sheet_glide, .sized = true, .check = check, .build = build};

/* An element that spans more than this [rad] is no piece of a cylinder any more. */
static const double widest = M_PI / 4.0;

static stf_status check_around(const limb *l, double n, stf_diags *diags) {
  const double span = 0.5 * l->angle * (way(l, (int)n, n) - way(l, (int)n - 1, n));
  if (span <= widest * (1.0 + 1e-12)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(l->sheet.node, "angle"),
                stf_diags_text(diags, "elements that go round by up to %.4g deg", span * 180.0 / M_PI),
                "at most 45 deg", "a smaller mesh size, or less grading");
  return STF_BAD_INPUT;
}

/* [rad] Of a whole piece, whose ends would touch else. */
static const double most = 350.0 * M_PI / 180.0;

static stf_status check_angle(const limb *l, stf_diags *diags) {
  if (l->part == QUARTER || l->angle <= most * (1.0 + 1e-12)) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(l->sheet.node, "angle"),
                stf_diags_text(diags, "a whole piece that goes round by %.4g deg", l->angle * 180.0 / M_PI),
                "at most 350 deg, as its ends stay apart", "`part: quarter` goes round to 360 deg");
  return STF_BAD_INPUT;
}

static stf_status check(const void *options, double size, stf_diags *diags) {
  const limb *l = options;
  const stf_status sheet = stf_sheet_check(&l->sheet, &generator, diags), angle = check_angle(l, diags);
  if (sheet || angle) return STF_BAD_INPUT;
  if (isnan(size)) return STF_OK;
  double n[3];
  count_cells(l, size, n);
  STF_TRY(stf_sheet_check_count(&l->sheet, n, diags));
  return check_around(l, n[1], diags);
}

/* Planes of symmetry are planes to the last digit. */
static double snap(double x) {
  return fabs(x) < 1e-12 ? 0.0 : x;
}

static void place_nodes(const limb *l, const stf_block *b, stf_mesh *mesh) {
  for (int i = 0; i <= b->n[0]; i++)
    for (int j = 0; j <= b->n[1]; j++) {
      const double along = 0.5 * l->length * way(l, i, b->n[0]) + (l->part == QUARTER ? 0.0 : 0.5 * l->length);
      const double t = 0.5 * l->angle * way(l, j, b->n[1]), across = snap(sin(t)), up = snap(cos(t));
      for (int k = 0; k < b->planes; k++) {
        double *X = mesh->X[stf_block_node(b, i, j, k)];
        const double r = l->bone + b->z[k];
        X[0] = along;
        X[1] = r * across;
        X[2] = r * up;
      }
    }
}

static stf_status build_block(const limb *l, double size, stf_arena *arena, stf_mesh *mesh) {
  static const char *const names[6] = {"x_min", "x_max", "y_min", "y_max", "inner", "outer"};
  static const double along[3] = {1, 0, 0};
  double n[3];
  count_cells(l, size, n);
  stf_block block = {.n = {(int)n[0], (int)n[1], (int)n[2]}, .names = names};
  STF_TRY(stf_block_begin(&l->sheet, size, arena, &block, mesh));
  place_nodes(l, &block, mesh);
  for (int j = 0; j < block.n[1]; j++) {
    const double t = 0.25 * l->angle * (way(l, j, n[1]) + way(l, j + 1, n[1])), normal[3] = {0.0, sin(t), cos(t)};
    for (int i = 0; i < block.n[0]; i++) stf_block_direct(&l->sheet, &block, (const int[2]){i, j}, normal, along, mesh);
  }
  return stf_block_finish(&l->sheet, &block, arena, mesh);
}

static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh) {
  const limb *l = options;
  STF_TRY(check(options, size, diags));
  if (build_block(l, size, arena, mesh)) return stf_sheet_no_memory(&l->sheet, diags);
  return stf_directions_fill_fibres(&generator, options, NULL, diags, mesh);
}

extern const stf_variant_type stf_limb;
const stf_variant_type stf_limb = {
    .name = "limb", .help = "a piece of a limb: layers about a bone", .table = &limb_table, .extra = &generator};
