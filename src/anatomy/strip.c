/*
 * A strip as it is cut for a tensile test: straight, or a dog bone whose middle is narrower. Layers lie on each other
 * and share their nodes; in a `stack` there may be a thin layer between each pair of them. x runs along from 0, y
 * across around 0, z through the thickness from 0.
 *
 * In a dog bone the half-width at a distance d beyond the gauge's end is, over the fillet 0 <= d <= r,
 * w(d) = w_gauge + (w_end - w_gauge) (1 - cos(pi d/r))/2: no kink at either end. Lines of the mesh lie on the ends of
 * gauge and fillets.
 */
#include <math.h>

#include "anatomy/direction.h"
#include "anatomy/sheet.h"

typedef struct gauge {
  const stf_yaml_node *node;
  double length, width, fillet;
} gauge;

typedef struct strip {
  stf_sheet sheet;
  double length, width;
  gauge gauge; /* node NULL: a straight strip */
} strip;

static const stf_option gauge_options[] = {
    STF_SHEET_LENGTH_AS("length", gauge, length, "length of the narrow middle", "10 mm"),
    STF_SHEET_LENGTH_AS("width", gauge, width, "width of the narrow middle, at most that of the strip", "5 mm"),
    STF_SHEET_LENGTH_AS("fillet", gauge, fillet, "length on either side over which it widens to the strip's width",
                        "5 mm"),
};

static const stf_table gauge_table = STF_TABLE_OF("gauge", gauge, gauge_options);

/* A stack has two options more than a strip. */
enum { STRIP_OPTIONS = 4, STACK_OPTIONS = 6 };

static const stf_option options_of_stack[STACK_OPTIONS] = {
    STF_SHEET_LENGTH("length", strip, length, "extent along x"),
    STF_SHEET_LENGTH("width", strip, width, "extent along y"),
    STF_SHEET_LAYERS("from below upwards"),
    {.key = "gauge",
     .kind = STF_KIND_TABLE,
     .offset = offsetof(strip, gauge),
     .fallback = "",
     .table = &gauge_table,
     .help = "a narrower middle: a dog bone"},
    STF_SHEET_INTERLAMINAR,
    STF_SHEET_GLIDES,
};

static const stf_table strip_table = {
    .name = "strip", .size = sizeof(strip), .options = options_of_stack, .count = STRIP_OPTIONS};
static const stf_table stack_table = {
    .name = "stack", .size = sizeof(strip), .options = options_of_stack, .count = STACK_OPTIONS};

/* Lengths along x between which the outline is smooth; returns how many. */
static int cut_pieces(const strip *s, double piece[5]) {
  if (!s->gauge.node) {
    piece[0] = s->length;
    return 1;
  }
  const double end = 0.5 * (s->length - s->gauge.length) - s->gauge.fillet;
  int n = 0;
  if (end > 1e-9 * s->length) piece[n++] = end;
  piece[n++] = s->gauge.fillet;
  piece[n++] = s->gauge.length;
  piece[n++] = s->gauge.fillet;
  if (end > 1e-9 * s->length) piece[n++] = end;
  return n;
}

/* Numbers of elements along x, y and z. */
static void count_cells(const strip *s, double size, double n[3]) {
  double piece[5];
  n[0] = 0.0;
  for (int i = 0, pieces = cut_pieces(s, piece); i < pieces; i++) n[0] += stf_sheet_cells(piece[i], size);
  n[1] = stf_sheet_cells(s->width, size);
  n[2] = stf_sheet_cells_through(&s->sheet, size);
}

static stf_status check_gauge(const strip *s, stf_diags *diags) {
  const double needed = s->gauge.length + 2.0 * s->gauge.fillet;
  stf_status status = STF_OK;
  if (needed > s->length * (1.0 + 1e-12)) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(s->gauge.node, "length"),
                  stf_diags_text(diags, "a gauge that takes %.6g mm with its two fillets", needed),
                  stf_diags_text(diags, "at most the strip's length, %.6g mm", s->length), NULL);
    status = STF_BAD_INPUT;
  }
  if (s->gauge.width > s->width) {
    stf_diags_add(diags, STF_ERROR, stf_yaml_place(s->gauge.node, "width"),
                  stf_diags_text(diags, "a gauge %.6g mm wide", s->gauge.width),
                  stf_diags_text(diags, "at most the strip's width, %.6g mm", s->width), NULL);
    status = STF_BAD_INPUT;
  }
  return status;
}

static stf_status check(const void *options, double size, stf_diags *diags);
static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh);

static const stf_generator generator = {
    .layer = stf_sheet_layer, .glide = stf_sheet_glide, .sized = true, .check = check, .build = build};

static stf_status check(const void *options, double size, stf_diags *diags) {
  const strip *s = options;
  stf_status status = stf_sheet_check(&s->sheet, &generator, diags);
  if (s->gauge.node && check_gauge(s, diags)) status = STF_BAD_INPUT;
  if (status || isnan(size)) return status;
  double n[3];
  count_cells(s, size, n);
  return stf_sheet_check_count(&s->sheet, n, diags);
}

static double half_width(const strip *s, double x) {
  if (!s->gauge.node) return 0.5 * s->width;
  const double beyond = fabs(x - 0.5 * s->length) - 0.5 * s->gauge.length;
  const double share = fmin(fmax(beyond / s->gauge.fillet, 0.0), 1.0);
  return 0.5 * s->gauge.width + 0.25 * (s->width - s->gauge.width) * (1.0 - cos(M_PI * share));
}

/* Positions along x of the planes of nodes. */
static double *lay_along(const strip *s, double size, int count, stf_arena *arena) {
  double *x = stf_arena_alloc(arena, ((size_t)count + 1) * sizeof(*x)), piece[5];
  if (!x) return NULL;
  for (int p = 0, at = 0, pieces = cut_pieces(s, piece); p < pieces; p++) {
    const int n = (int)stf_sheet_cells(piece[p], size);
    for (int i = 1; i <= n; i++) x[at + i] = x[at] + piece[p] * i / n;
    at += n;
  }
  x[count] = s->length;
  return x;
}

static void place_nodes(const strip *s, const stf_block *b, const double *x, stf_mesh *mesh) {
  for (int i = 0; i <= b->n[0]; i++) {
    const double half = half_width(s, x[i]);
    for (int j = 0; j <= b->n[1]; j++)
      for (int k = 0; k < b->planes; k++) {
        double *X = mesh->X[stf_block_node(b, i, j, k)];
        X[0] = x[i];
        X[1] = half * (2 * j - b->n[1]) / b->n[1];
        X[2] = b->z[k];
      }
  }
}

static stf_status build_block(const strip *s, double size, stf_arena *arena, stf_mesh *mesh) {
  static const char *const names[6] = {"x_min", "x_max", "y_min", "y_max", "z_min", "z_max"};
  static const double normal[3] = {0, 0, 1}, along[3] = {1, 0, 0};
  double n[3];
  count_cells(s, size, n);
  stf_block block = {.n = {(int)n[0], (int)n[1], (int)n[2]}, .names = names};
  STF_TRY(stf_block_begin(&s->sheet, size, arena, &block, mesh));
  const double *x = lay_along(s, size, block.n[0], arena);
  if (!x) return STF_NO_RESOURCE;
  place_nodes(s, &block, x, mesh);
  for (int i = 0; i < block.n[0]; i++)
    for (int j = 0; j < block.n[1]; j++) stf_block_direct(&s->sheet, &block, (const int[2]){i, j}, normal, along, mesh);
  return stf_block_finish(&s->sheet, &block, arena, mesh);
}

static stf_status build(const void *options, double size, stf_arena *arena, stf_diags *diags, stf_mesh *mesh) {
  const strip *s = options;
  STF_TRY(check(options, size, diags));
  if (build_block(s, size, arena, mesh)) return stf_sheet_no_memory(&s->sheet, diags);
  return stf_directions_fill_fibres(&generator, options, NULL, diags, mesh);
}

extern const stf_variant_type stf_strip, stf_stack;
const stf_variant_type stf_strip = {.name = "strip",
                                    .help = "a flat strip or dog bone of one or more layers, as for a tensile test",
                                    .table = &strip_table,
                                    .extra = &generator};
const stf_variant_type stf_stack = {.name = "stack",
                                    .help = "a strip whose layers have something thin and soft between them",
                                    .table = &stack_table,
                                    .extra = &generator};
