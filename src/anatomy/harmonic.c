/*
 * The direction field `harmonic`: along the gradient of u with div grad u = 0 in the region, u = 0 on one face, u = 1
 * on another and no flux elsewhere. Fibres then run from the one to the other and follow the sides, as streamlines do.
 *
 * Elements of first order on the corners, with as many points as make a linear u exact in any mesh. The equations are
 * solved by conjugate gradients with a symmetric Gauss-Seidel sweep before them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anatomy/direction.h"

enum { CORNERS = 8 };

typedef struct harmonic {
  const stf_yaml_node *node;
  const char *from, *to;
} harmonic;

static const stf_option rows[] = {
    {.key = "from", .kind = STF_KIND_NAME, .offset = offsetof(harmonic, from), .help = "the face where it begins"},
    {.key = "to", .kind = STF_KIND_NAME, .offset = offsetof(harmonic, to), .help = "the face where it ends"},
};

static const stf_table table = STF_TABLE_OF("harmonic", harmonic, rows);

/* Whether u is known at a node, and from which face. Pieces of the region hold the union of their nodes'. */
enum { FREE = 0, AT_START = 1, AT_END = 2, AT_BOTH = AT_START | AT_END };

/* The equations in one region, over the nodes at corners of its elements. */
typedef struct problem {
  const stf_direction_job *job;
  const harmonic *options;
  size_t nodes;
  int *local;                /* [mesh->nodes] number among them, or -1 */
  unsigned char *known;      /* [nodes] */
  int *parent;               /* [nodes] pieces, as trees of nodes */
  size_t *row;               /* [nodes + 1] first entry of each row */
  int *column;               /* [entries], ascending in each row */
  double *entry;             /* [entries] */
  double *u, *r, *p, *q, *z; /* [nodes] */
} problem;

static bool is_inside(const problem *p, size_t e) {
  return p->job->mesh->region[e] == p->job->region;
}

/* ---- which nodes, and what is known there ---- */

static stf_status number_nodes(problem *p) {
  const stf_mesh *mesh = p->job->mesh;
  p->local = malloc(mesh->nodes * sizeof(*p->local));
  if (!p->local) return STF_NO_RESOURCE;
  memset(p->local, 0xff, mesh->nodes * sizeof(*p->local)); /* -1 */
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; a < stf_shapes[mesh->shape[e]].corners && is_inside(p, e); a++)
      if (p->local[mesh->cell[e][a]] < 0) p->local[mesh->cell[e][a]] = (int)p->nodes++;
  p->known = calloc(p->nodes + 1, sizeof(*p->known));
  p->parent = calloc(p->nodes + 1, sizeof(*p->parent));
  p->row = calloc(p->nodes + 1, sizeof(*p->row));
  p->u = calloc(5 * p->nodes + 1, sizeof(*p->u));
  if (!p->known || !p->parent || !p->row || !p->u) return STF_NO_RESOURCE;
  p->r = p->u + p->nodes;
  p->p = p->r + p->nodes;
  p->q = p->p + p->nodes;
  p->z = p->q + p->nodes;
  return STF_OK;
}

/* Refuses the value of a key, or the whole field where `key` is NULL. */
static stf_status refuse(const problem *p, const char *key, const char *found, const char *expected) {
  const stf_place place = key ? stf_yaml_place(p->options->node, key) : p->options->node->place;
  stf_diags_add(p->job->diags, STF_ERROR, place, found, expected, NULL);
  return STF_BAD_INPUT;
}

/* Marks the nodes of a face that are in the region. */
static stf_status mark_face(problem *p, const char *key, const char *name, unsigned char mark) {
  const stf_mesh *mesh = p->job->mesh;
  const stf_face *face = stf_direction_face(p->job, key, name);
  size_t count = 0;
  if (!face) return STF_BAD_INPUT;
  for (size_t k = 0; k < face->nodes; k++) {
    const int node = p->local[face->node[k]];
    if (node < 0) continue;
    count++;
    p->known[node] |= mark;
    if (p->known[node] == AT_BOTH)
      return refuse(p, key, stf_diags_text(p->job->diags, "faces %s and %s, which touch", p->options->from, name),
                    "two faces that are apart in the region");
  }
  if (count) return STF_OK;
  return refuse(p, key,
                stf_diags_text(p->job->diags, "face %s, which does not touch region %s", name,
                               mesh->regions[p->job->region].name),
                "a face at the region");
}

static int find_root(int *parent, int node) {
  while (parent[node] != node) {
    parent[node] = parent[parent[node]];
    node = parent[node];
  }
  return node;
}

/* Every piece of the region must reach from the one face to the other. */
static stf_status check_reach(problem *p) {
  const stf_mesh *mesh = p->job->mesh;
  stf_mesh_faults faults = {.mesh = mesh, .place = p->options->node->place, .diags = p->job->diags};
  for (size_t n = 0; n < p->nodes; n++) p->parent[n] = (int)n;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 1; a < stf_shapes[mesh->shape[e]].corners && is_inside(p, e); a++) {
      const int x = find_root(p->parent, p->local[mesh->cell[e][0]]);
      const int y = find_root(p->parent, p->local[mesh->cell[e][a]]);
      p->parent[x > y ? x : y] = x > y ? y : x;
    }
  unsigned char *reach = calloc(p->nodes + 1, 1);
  if (!reach) return STF_NO_RESOURCE;
  for (size_t n = 0; n < p->nodes; n++) reach[find_root(p->parent, (int)n)] |= p->known[n];
  for (size_t e = 0; e < mesh->elements; e++) {
    if (!is_inside(p, e)) continue;
    const int root = find_root(p->parent, p->local[mesh->cell[e][0]]);
    if (reach[root] == AT_BOTH) continue;
    if (stf_mesh_fault(&faults))
      refuse(p, NULL,
             stf_diags_text(p->job->diags, "a part of the region that does not reach from %s to %s; it begins with %s",
                            p->options->from, p->options->to, stf_mesh_name_element(mesh, e, p->job->diags)),
             "a region in one piece between the faces");
    reach[root] = AT_BOTH; /* said once */
  }
  stf_mesh_faults_end(&faults, "such parts");
  free(reach);
  return faults.any ? STF_BAD_INPUT : STF_OK;
}

/* ---- elements ---- */

/* Derivatives [3] of the shape functions at a corner of a shape, by its reference coordinates, and the point's weight.
 */
typedef double (*sloper)(int q, double slope[CORNERS][3]);

/* The point at the low or high third of an edge from 0 to 1, and the value there of what is 1 at its low or high end.
 */
static double gauss(int high) {
  return 0.5 + (high ? 0.5 : -0.5) / sqrt(3.0);
}

static double share(double at, int high) {
  return high ? at : 1.0 - at;
}

static double slopes_of_hex(int q, double slope[CORNERS][3]) {
  static const int end[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  for (int a = 0; a < 8; a++)
    for (int d = 0; d < 3; d++) {
      slope[a][d] = end[a][d] ? 1.0 : -1.0;
      for (int i = 0; i < 3; i++)
        if (i != d) slope[a][d] *= share(gauss(end[q][i]), end[a][i]);
    }
  return 1.0 / 8.0;
}

static double slopes_of_wedge(int q, double slope[CORNERS][3]) {
  static const double flat[3][2] = {{-1, -1}, {1, 0}, {0, 1}};
  const double t = gauss(q / 3);
  for (int a = 0; a < 6; a++) {
    for (int d = 0; d < 2; d++) slope[a][d] = flat[a % 3][d] * share(t, a / 3);
    slope[a][2] = (a % 3 == q % 3 ? 2.0 / 3.0 : 1.0 / 6.0) * (a / 3 ? 1.0 : -1.0);
  }
  return 1.0 / 12.0;
}

static double slopes_of_tet(int q, double slope[CORNERS][3]) {
  (void)q;
  for (int a = 0; a < 4; a++)
    for (int d = 0; d < 3; d++) slope[a][d] = a == 0 ? -1.0 : a == d + 1 ? 1.0 : 0.0;
  return 1.0 / 6.0;
}

typedef struct rule_of_shape {
  int points;
  sloper slopes;
} rule_of_shape;

static const rule_of_shape rules[STF_SHAPES] = {[STF_HEX8] = {8, slopes_of_hex},
                                                [STF_WEDGE6] = {6, slopes_of_wedge},
                                                [STF_TET10] = {1, slopes_of_tet},
                                                [STF_TET4] = {1, slopes_of_tet}};

/* Gradients [3] of the shape functions at a point of an element; returns the volume [mm^3] that the point stands for.
 */
static double point_gradients(const stf_mesh *mesh, size_t e, int q, double gradient[CORNERS][3]) {
  const int corners = stf_shapes[mesh->shape[e]].corners;
  double slope[CORNERS][3], along[3][3] = {{0}}, across[3][3], J = 0.0;
  const double weight = rules[mesh->shape[e]].slopes(q, slope);
  for (int a = 0; a < corners; a++)
    for (int d = 0; d < 3; d++)
      for (int i = 0; i < 3; i++) along[d][i] += slope[a][d] * mesh->X[mesh->cell[e][a]][i];
  for (int d = 0; d < 3; d++) {
    const double *a = along[(d + 1) % 3], *b = along[(d + 2) % 3];
    for (int i = 0; i < 3; i++) across[d][i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
  }
  for (int i = 0; i < 3; i++) J += along[0][i] * across[0][i];
  for (int a = 0; a < corners; a++)
    for (int i = 0; i < 3; i++)
      gradient[a][i] = (slope[a][0] * across[0][i] + slope[a][1] * across[1][i] + slope[a][2] * across[2][i]) / J;
  return weight * J;
}

/* Adds an element's conductances to K, over its corners. */
static void add_conductances(const stf_mesh *mesh, size_t e, double K[CORNERS][CORNERS]) {
  const int corners = stf_shapes[mesh->shape[e]].corners;
  for (int q = 0; q < rules[mesh->shape[e]].points; q++) {
    double gradient[CORNERS][3];
    const double volume = point_gradients(mesh, e, q, gradient);
    for (int a = 0; a < corners; a++)
      for (int b = 0; b < corners; b++)
        for (int i = 0; i < 3; i++) K[a][b] += volume * gradient[a][i] * gradient[b][i];
  }
}

/* Mean gradient of u over an element. */
static void mean_gradient(const problem *p, size_t e, double mean[3]) {
  const stf_mesh *mesh = p->job->mesh;
  double sum = 0.0;
  for (int i = 0; i < 3; i++) mean[i] = 0.0;
  for (int q = 0; q < rules[mesh->shape[e]].points; q++) {
    double gradient[CORNERS][3];
    const double volume = point_gradients(mesh, e, q, gradient);
    sum += volume;
    for (int a = 0; a < stf_shapes[mesh->shape[e]].corners; a++)
      for (int i = 0; i < 3; i++) mean[i] += volume * gradient[a][i] * p->u[p->local[mesh->cell[e][a]]];
  }
  for (int i = 0; i < 3; i++) mean[i] /= sum;
}

/* ---- equations ---- */

static int ascending(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* Sorts columns and drops doubled ones; returns how many stay. */
static size_t tidy(int *column, size_t count) {
  size_t kept = 0;
  qsort(column, count, sizeof(*column), ascending);
  for (size_t k = 0; k < count; k++)
    if (!kept || column[k] != column[kept - 1]) column[kept++] = column[k];
  return kept;
}

/* Every row's columns with repetitions; then sorted, each once. */
static stf_status lay_rows(problem *p) {
  const stf_mesh *mesh = p->job->mesh;
  size_t *fill = calloc(p->nodes + 1, sizeof(*fill)), kept = 0;
  if (!fill) return STF_NO_RESOURCE;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0, n = stf_shapes[mesh->shape[e]].corners; a < n && is_inside(p, e); a++)
      p->row[p->local[mesh->cell[e][a]] + 1] += (size_t)n;
  for (size_t n = 0; n < p->nodes; n++) p->row[n + 1] += p->row[n];
  memcpy(fill, p->row, p->nodes * sizeof(*fill));
  p->column = malloc((p->row[p->nodes] + 1) * sizeof(*p->column));
  for (size_t e = 0; e < mesh->elements && p->column; e++)
    for (int a = 0, n = stf_shapes[mesh->shape[e]].corners; a < n && is_inside(p, e); a++)
      for (int b = 0; b < n; b++) p->column[fill[p->local[mesh->cell[e][a]]]++] = p->local[mesh->cell[e][b]];
  for (size_t n = 0; n < p->nodes && p->column; n++) {
    const size_t first = p->row[n], count = tidy(p->column + first, p->row[n + 1] - first);
    memmove(p->column + kept, p->column + first, count * sizeof(*p->column));
    p->row[n] = kept;
    kept += count;
  }
  p->row[p->nodes] = kept;
  free(fill);
  p->entry = calloc(kept + 1, sizeof(*p->entry));
  return p->column && p->entry ? STF_OK : STF_NO_RESOURCE;
}

static void assemble(problem *p) {
  const stf_mesh *mesh = p->job->mesh;
  for (size_t e = 0; e < mesh->elements; e++) {
    double K[CORNERS][CORNERS] = {{0}};
    if (!is_inside(p, e)) continue;
    add_conductances(mesh, e, K);
    for (int a = 0, n = stf_shapes[mesh->shape[e]].corners; a < n; a++) {
      const int i = p->local[mesh->cell[e][a]];
      for (int b = 0; b < n; b++) {
        const int *row = p->column + p->row[i], *at;
        at = bsearch(&p->local[mesh->cell[e][b]], row, p->row[i + 1] - p->row[i], sizeof(*row), ascending);
        p->entry[at - p->column] += K[a][b];
      }
    }
  }
}

/* y = K x in the free rows, 0 in the others. */
static void multiply(const problem *p, const double *x, double *y) {
  for (size_t n = 0; n < p->nodes; n++) {
    double sum = 0.0;
    for (size_t k = p->row[n]; k < p->row[n + 1] && !p->known[n]; k++) sum += p->entry[k] * x[p->column[k]];
    y[n] = sum;
  }
}

/* One sweep of Gauss-Seidel for free row n: what x[n] must be when `part` of the row's sum is to equal r[n]. */
static double relax(const problem *p, const double *r, const double *x, size_t n, double *diagonal) {
  double sum = r[n];
  for (size_t k = p->row[n]; k < p->row[n + 1]; k++) {
    const size_t other = (size_t)p->column[k];
    if (other == n)
      *diagonal = p->entry[k];
    else if (!p->known[other])
      sum -= p->entry[k] * x[other];
  }
  return sum / *diagonal;
}

/* z = M^-1 r: a sweep forwards from zero, then one backwards. */
static void sweep(const problem *p, const double *r, double *z) {
  double diagonal = 1.0;
  memset(z, 0, p->nodes * sizeof(*z));
  for (size_t n = 0; n < p->nodes; n++)
    if (!p->known[n]) z[n] = relax(p, r, z, n, &diagonal);
  for (size_t n = p->nodes; n-- > 0;)
    if (!p->known[n]) z[n] = relax(p, r, z, n, &diagonal);
}

static double dot(const problem *p, const double *x, const double *y) {
  double sum = 0.0;
  for (size_t n = 0; n < p->nodes; n++) sum += x[n] * y[n];
  return sum;
}

/* Conjugate gradients from u = 0 but on the end face; STF_NO_SOLUTION when they do not get there. */
static stf_status iterate(problem *p) {
  const long most = 1000 + (long)(20.0 * sqrt((double)p->nodes));
  for (size_t n = 0; n < p->nodes; n++) p->u[n] = p->known[n] == AT_END ? 1.0 : 0.0;
  multiply(p, p->u, p->r);
  for (size_t n = 0; n < p->nodes; n++) p->r[n] = -p->r[n];
  sweep(p, p->r, p->z);
  memcpy(p->p, p->z, p->nodes * sizeof(*p->p));
  double rz = dot(p, p->r, p->z);
  const double enough = 1e-22 * rz;
  for (long i = 0; i < most && rz > enough; i++) {
    multiply(p, p->p, p->q);
    const double step = rz / dot(p, p->p, p->q), before = rz;
    for (size_t n = 0; n < p->nodes; n++) {
      p->u[n] += step * p->p[n];
      p->r[n] -= step * p->q[n];
    }
    sweep(p, p->r, p->z);
    rz = dot(p, p->r, p->z);
    for (size_t n = 0; n < p->nodes; n++) p->p[n] = p->z[n] + rz / before * p->p[n];
  }
  return rz <= enough ? STF_OK : STF_NO_SOLUTION;
}

static stf_status solve(problem *p) {
  STF_TRY(number_nodes(p));
  STF_TRY(mark_face(p, "from", p->options->from, AT_START));
  STF_TRY(mark_face(p, "to", p->options->to, AT_END));
  STF_TRY(check_reach(p));
  STF_TRY(lay_rows(p));
  assemble(p);
  return iterate(p);
}

static void clear(problem *p) {
  free(p->local);
  free(p->known);
  free(p->parent);
  free(p->row);
  free(p->column);
  free(p->entry);
  free(p->u);
}

static stf_status check(const void *options, stf_diags *diags) {
  const harmonic *o = options;
  if (strcmp(o->from, o->to) != 0) return STF_OK;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(o->node, "to"), stf_diags_text(diags, "%s, where it begins", o->to),
                "another face", NULL);
  return STF_BAD_INPUT;
}

static stf_status fill(const void *options, stf_direction_job *job) {
  const stf_mesh *mesh = job->mesh;
  problem p = {.job = job, .options = options};
  const stf_status status = solve(&p);
  if (!status) {
    double sum = 0.0;
    size_t count = 0;
    for (size_t e = 0; e < mesh->elements; e++) {
      if (!is_inside(&p, e)) continue;
      mean_gradient(&p, e, job->out[e]);
      sum += sqrt(job->out[e][0] * job->out[e][0] + job->out[e][1] * job->out[e][1] + job->out[e][2] * job->out[e][2]);
      count++;
    }
    job->least = 1e-6 * sum / (double)count;
  } else if (status == STF_NO_SOLUTION) {
    stf_diags_add(job->diags, STF_ERROR, p.options->node->place, "a harmonic field that is not found",
                  "elements that are less distorted", NULL);
  }
  clear(&p);
  return status;
}

static const stf_direction_rule rule = {.check = check, .fill = fill};

extern const stf_variant_type stf_field_harmonic;
const stf_variant_type stf_field_harmonic = {.name = "harmonic",
                                             .help = "from one face to another, along the gradient of a harmonic field",
                                             .table = &table,
                                             .extra = &rule};
