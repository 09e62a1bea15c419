/* Shapes of adhesions: everywhere, a patch, a line, spots. A new one is a function, a table and a row here. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "protocol/glide.h"

typedef struct everywhere {
  stf_adhesion_options common;
} everywhere;

typedef struct patch {
  stf_adhesion_options common;
  stf_quantities at;
  double radius;
} patch;

typedef struct line {
  stf_adhesion_options common;
  stf_quantities from, to;
  double width;
} line;

typedef struct spots {
  stf_adhesion_options common;
  long number;
  double radius;
} spots;

#define COMMON                                                                                            \
  {.key = "interface",                                                                                    \
   .kind = STF_KIND_NAME,                                                                                 \
   .offset = offsetof(stf_adhesion_options, interface),                                                   \
   .help = "name of the interface that it knits together",                                                \
   .example = "glide",                                                                                    \
   .needs_other = true},                                                                                  \
  {                                                                                                       \
    .key = "share", .kind = STF_KIND_QUANTITY, .dimension = STF_RATIO,                                    \
    .offset = offsetof(stf_adhesion_options, share), .fallback = "100 %", .minimum = 0.0, .maximum = 1.0, \
    .help = "share of the area there that bonds take"                                                     \
  }

#define PLACE(word, type, member, words)                                                                   \
  {                                                                                                        \
    .key = (word), .kind = STF_KIND_QUANTITIES, .dimension = STF_LENGTH, .offset = offsetof(type, member), \
    .minimum = -1e6, .maximum = 1e6, .help = (words), .example = "[10 mm, 0 mm, 2 mm]"                     \
  }

#define EXTENT(word, type, member, words)                                                                \
  {                                                                                                      \
    .key = (word), .kind = STF_KIND_QUANTITY, .dimension = STF_LENGTH, .offset = offsetof(type, member), \
    .minimum = 0.0, .maximum = 1e5, .bounds = STF_OPEN_BELOW, .help = (words), .example = "3 mm"         \
  }

static const stf_option everywhere_rows[] = {COMMON};
static const stf_option patch_rows[] = {
    COMMON,
    PLACE("at", patch, at, "its middle [x, y, z] before anything moves"),
    EXTENT("radius", patch, radius, "how far it reaches from there"),
};
static const stf_option line_rows[] = {
    COMMON,
    PLACE("from", line, from, "one end [x, y, z] before anything moves"),
    PLACE("to", line, to, "the other end"),
    EXTENT("width", line, width, "how wide it is"),
};
static const stf_option spots_rows[] = {
    COMMON,
    {.key = "number",
     .kind = STF_KIND_INTEGER,
     .offset = offsetof(spots, number),
     .minimum = 1,
     .maximum = 100000,
     .help = "how many there are, at nodes drawn by the scenario's seed",
     .example = "20"},
    EXTENT("radius", spots, radius, "how far each reaches from its middle"),
};

/* Distance of a point from the way between two others. */
static double distance(const double x[3], const double a[3], const double b[3]) {
  double along = 0.0, length = 0.0, square = 0.0;
  for (int i = 0; i < 3; i++) along += (x[i] - a[i]) * (b[i] - a[i]), length += (b[i] - a[i]) * (b[i] - a[i]);
  const double share = length > 0.0 ? fmin(fmax(along / length, 0.0), 1.0) : 0.0;
  for (int i = 0; i < 3; i++) {
    const double off = x[i] - a[i] - share * (b[i] - a[i]);
    square += off * off;
  }
  return sqrt(square);
}

/* Knits what is near to the way from a to b; returns how many gaps that is. */
static size_t knit_near(const stf_gaps *gaps, const double (*X)[3], const double a[3], const double b[3], double reach,
                        double share, double *out) {
  size_t count = 0;
  for (size_t k = 0; k < gaps->count; k++) {
    if (distance(X[gaps->place[k].node], a, b) > reach) continue;
    out[k] = fmax(out[k], share);
    count++;
  }
  return count;
}

static stf_status refuse(const stf_adhesion_options *o, const char *key, const char *found, const char *expected,
                         stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->node, key), found, expected, NULL);
  return STF_BAD_INPUT;
}

/* A place on the interface, no farther from it than `reach`. */
static stf_status check_place(const stf_adhesion_options *o, const char *key, const stf_quantities *at, double reach,
                              const stf_gaps *gaps, const double (*X)[3], stf_diags *diags) {
  double nearest = INFINITY;
  if (at->count != 3)
    return refuse(o, key, stf_diags_text(diags, "%zu coordinates", at->count), "three, such as [10 mm, 0 mm, 2 mm]",
                  diags);
  for (size_t k = 0; k < gaps->count; k++)
    nearest = fmin(nearest, distance(X[gaps->place[k].node], at->values, at->values));
  if (nearest <= fmax(reach, gaps->size)) return STF_OK;
  return refuse(
      o, key, stf_diags_text(diags, "an adhesion outside of its interface %s, %.4g mm from it", o->interface, nearest),
      stf_diags_text(diags, "a place within %.4g mm of the interface", fmax(reach, gaps->size)), diags);
}

static stf_status check_knit(const stf_adhesion_options *o, const char *key, size_t count, const stf_gaps *gaps,
                             stf_diags *diags) {
  if (count) return STF_OK;
  return refuse(o, key, "an adhesion so small that no node of its interface is in it",
                stf_diags_text(diags, "at least %.4g mm, as large as an element there", gaps->size), diags);
}

static stf_status knit_everywhere(const void *from, const stf_gaps *gaps, const double (*X)[3], uint32_t seed,
                                  stf_diags *diags, double *share) {
  const everywhere *o = from;
  (void)X, (void)seed, (void)diags;
  for (size_t k = 0; k < gaps->count; k++) share[k] = fmax(share[k], o->common.share);
  return STF_OK;
}

static stf_status knit_patch(const void *from, const stf_gaps *gaps, const double (*X)[3], uint32_t seed,
                             stf_diags *diags, double *share) {
  const patch *o = from;
  (void)seed;
  STF_TRY(check_place(&o->common, "at", &o->at, 0.0, gaps, X, diags));
  const size_t count = knit_near(gaps, X, o->at.values, o->at.values, o->radius, o->common.share, share);
  return check_knit(&o->common, "radius", count, gaps, diags);
}

static stf_status knit_line(const void *from, const stf_gaps *gaps, const double (*X)[3], uint32_t seed,
                            stf_diags *diags, double *share) {
  const line *o = from;
  (void)seed;
  STF_TRY(check_place(&o->common, "from", &o->from, 0.0, gaps, X, diags));
  STF_TRY(check_place(&o->common, "to", &o->to, 0.0, gaps, X, diags));
  const size_t count = knit_near(gaps, X, o->from.values, o->to.values, 0.5 * o->width, o->common.share, share);
  return check_knit(&o->common, "width", count, gaps, diags);
}

/* The gap at a share of the interface's area, the gaps taken one after another. */
static size_t gap_at(const stf_gaps *gaps, double share) {
  double whole = 0.0, sum = 0.0;
  for (size_t k = 0; k < gaps->count; k++) whole += gaps->place[k].core.area;
  for (size_t k = 0; k + 1 < gaps->count; k++)
    if ((sum += gaps->place[k].core.area) > share * whole) return k;
  return gaps->count - 1;
}

static stf_status knit_spots(const void *from, const stf_gaps *gaps, const double (*X)[3], uint32_t seed,
                             stf_diags *diags, double *share) {
  const spots *o = from;
  const uint64_t label = stf_random_label(o->common.interface);
  (void)diags;
  for (long s = 0; s < o->number; s++) {
    uint32_t words[4];
    stf_random_words((const uint32_t[4]){(uint32_t)s, 0, (uint32_t)label, (uint32_t)(label >> 32)},
                     (const uint32_t[2]){seed, 0x61646873u}, words);
    const double *middle = X[gaps->place[gap_at(gaps, words[0] / 4294967296.0)].node];
    knit_near(gaps, X, middle, middle, o->radius, o->common.share, share);
  }
  return STF_OK;
}

static const stf_table everywhere_table = STF_TABLE_OF("everywhere", everywhere, everywhere_rows);
static const stf_table patch_table = STF_TABLE_OF("patch", patch, patch_rows);
static const stf_table line_table = STF_TABLE_OF("line", line, line_rows);
static const stf_table spots_table = STF_TABLE_OF("spots", spots, spots_rows);
static const stf_adhesion_shape as_everywhere = {knit_everywhere}, as_patch = {knit_patch}, as_line = {knit_line},
                                as_spots = {knit_spots};
static const stf_variant_type everywhere_type = {"everywhere", "all over the interface", &everywhere_table,
                                                 &as_everywhere},
                              patch_type = {"patch", "round a place", &patch_table, &as_patch},
                              line_type = {"line", "along a way between two places", &line_table, &as_line},
                              spots_type = {"spots", "round many places drawn at random", &spots_table, &as_spots};
static const stf_variant_type *const types[] = {&everywhere_type, &patch_type, &line_type, &spots_type};

const stf_variant_set stf_adhesions = {.selector = "shape", .types = types, .count = sizeof types / sizeof *types};
