/* How levels are laid out: numbering along lines, interpolation, the pattern of the coarser matrix. */
#include <stdlib.h>
#include <string.h>

#include "solve/level.h"

/* Directions in which elements are no more than this much longer than in the shortest one are coarsened together. */
static const double ALIKE = 1.5;

/* A node by its place in the block. */
typedef struct key {
  int64_t key;
  int node;
} key;

static int by_key(const void *a, const void *b) {
  const int64_t x = ((const key *)a)->key, y = ((const key *)b)->key;
  return (x > y) - (x < y);
}

static int by_number(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* Counts places along the lines first. */
static int64_t key_of(const stf_level_grid *g, const int index[3]) {
  const int along = g->line >= 0 ? g->line : 0, s = (along + 1) % 3, t = (along + 2) % 3;
  return index[along] + ((int64_t)g->cells[along] + 1) * (index[s] + ((int64_t)g->cells[s] + 1) * index[t]);
}

/* ---- lines ---- */

/* True when node n + 1 stands beside node n along the lines. */
static bool goes_on(const stf_level *l, int n) {
  const int *a = l->grid.index[n], *b = l->grid.index[n + 1];
  for (int d = 0; d < 3; d++)
    if (b[d] - a[d] != (d == l->grid.line)) return false;
  return true;
}

/* Lines, diagonals and where rows go beyond their line; room for numbers and vectors. */
static stf_status finish(stf_level *l) {
  const size_t owned = (size_t)l->owned, local = (size_t)l->local, blocks = (size_t)l->start[owned];
  l->line = calloc(owned + 1, sizeof *l->line);
  l->border = calloc(owned + 1, sizeof *l->border);
  l->diagonal = malloc((owned + 1) * sizeof *l->diagonal);
  l->upper = malloc((owned + 1) * sizeof *l->upper);
  l->A = calloc(9 * blocks + 4, sizeof *l->A);
  l->pivot = calloc(9 * owned + 4, sizeof *l->pivot);
  l->held = calloc(3 * local + 1, sizeof *l->held);
  l->x = calloc(3 * local + 4, sizeof *l->x);
  l->b = calloc(3 * local + 4, sizeof *l->b);
  l->r = calloc(3 * local + 4, sizeof *l->r);
  if (!l->line || !l->border || !l->diagonal || !l->upper || !l->A || !l->pivot || !l->held || !l->x || !l->b || !l->r)
    return STF_NO_RESOURCE;
  l->line[0] = 0;
  for (int n = 0; n < l->owned; n++)
    if (n + 1 == l->owned || l->grid.line < 0 || !goes_on(l, n)) l->line[++l->lines] = n + 1;
  for (int k = 0; k < l->lines; k++)
    for (int n = l->line[k]; n < l->line[k + 1]; n++) {
      l->upper[n] = l->start[n];
      if (l->column[l->start[n + 1] - 1] >= l->owned) l->border[k] = true;
      while (l->upper[n] < l->start[n + 1] && l->column[l->upper[n]] < l->line[k + 1])
        if (l->column[l->upper[n]++] == n) l->diagonal[n] = l->upper[n] - 1;
    }
  return STF_OK;
}

/* ---- the finest level ---- */

static stf_status copy_grid(const stf_equations *q, stf_level *l) {
  const stf_grid *g = &q->domain->grid;
  l->grid.line = g->line;
  l->grid.index = malloc(((size_t)l->local + 1) * sizeof *l->grid.index);
  if (!l->grid.index) return STF_NO_RESOURCE;
  for (int d = 0; d < 3; d++) {
    const size_t size = (size_t)g->cells[d] * sizeof **g->spacing;
    l->grid.cells[d] = g->cells[d];
    if (!(l->grid.spacing[d] = malloc(size + 1))) return STF_NO_RESOURCE;
    memcpy(l->grid.spacing[d], g->spacing[d], size);
  }
  return STF_OK;
}

/* Nodes of the block; those of rigid bodies stand beside it, behind all others of their rank. */
static int count_in_block(const stf_domain *d, size_t first, size_t last) {
  int count = 0;
  for (size_t n = first; n < last; n++) count += d->grid.index[n][0] >= 0;
  return count;
}

/*
 * Owned nodes in the order of their places, ghosts as in the domain; place [local of the domain] says which level node
 * one is, -1: none.
 */
static stf_status order_nodes(const stf_equations *q, stf_level *l, int *place) {
  const stf_domain *d = q->domain;
  key *keys = malloc(((size_t)l->owned + 1) * sizeof *keys);
  l->node = calloc((size_t)l->local + 1, sizeof *l->node);
  if (!keys || !l->node) {
    free(keys);
    return STF_NO_RESOURCE;
  }
  for (int n = 0; n < l->owned; n++) keys[n] = (key){key_of(&l->grid, d->grid.index[n]), n};
  qsort(keys, (size_t)l->owned, sizeof *keys, by_key);
  for (int n = 0; n < l->owned; n++) l->node[n] = keys[n].node;
  for (size_t n = d->owned, next = (size_t)l->owned; n < d->local; n++)
    if (d->grid.index[n][0] >= 0) l->node[next++] = (int)n;
  for (size_t n = 0; n < d->local; n++) place[n] = -1;
  for (int n = 0; n < l->local; n++) {
    place[l->node[n]] = n;
    memcpy(l->grid.index[n], d->grid.index[l->node[n]], sizeof *l->grid.index);
  }
  free(keys);
  return STF_OK;
}

/* The numbers [ghosts of the level] of its ghosts when only nodes of the block are counted. All ranks. */
static stf_status number_ghosts(const stf_domain *d, const stf_level *l, int *number) {
  const size_t ranks = (size_t)d->ranks;
  const int mine[2] = {(int)d->owned, l->owned};
  int *all = calloc(2 * ranks + 2, sizeof *all);
  if (!all) return STF_NO_RESOURCE;
  STF_PETSC(MPI_Allgather(mine, 2, MPI_INT, all + 2, 2, MPI_INT, d->comm));
  for (size_t r = 0; r < ranks; r++)
    for (int k = 0; k < 2; k++) all[2 * (r + 1) + (size_t)k] += all[2 * r + (size_t)k];
  for (int g = 0; g < l->local - l->owned; g++) {
    const int at = d->global[l->node[l->owned + g]];
    size_t r = 0;
    while (all[2 * (r + 1)] <= at) r++;
    number[g] = at - all[2 * r] + all[2 * r + 1];
  }
  free(all);
  return STF_OK;
}

/* The level node of each column node of the other part of the tangent, -1: none; owned by the caller. */
static int *other_columns(const stf_equations *q, const int *place) {
  const stf_domain *d = q->domain;
  const PetscInt *numbers = NULL;
  PetscInt columns = 0;
  key *ghosts = malloc((d->local - d->owned + 1) * sizeof *ghosts);
  if (q->off && (MatMPIAIJGetSeqAIJ(q->K, NULL, NULL, &numbers) || MatGetSize(q->off, NULL, &columns))) columns = 0;
  int *node = malloc(((size_t)columns / 3 + 1) * sizeof *node);
  for (size_t n = d->owned; ghosts && n < d->local; n++) ghosts[n - d->owned] = (key){d->global[n], (int)n};
  if (ghosts) qsort(ghosts, d->local - d->owned, sizeof *ghosts, by_key);
  for (PetscInt c = 0; ghosts && node && c < columns / 3; c++) {
    const key wanted = {numbers[3 * c] / 3, 0};
    const key *found = bsearch(&wanted, ghosts, d->local - d->owned, sizeof *ghosts, by_key);
    node[c] = found ? place[found->node] : -1;
  }
  free(ghosts);
  return node;
}

typedef struct tangent_rows {
  const PetscInt *row, *column;
} tangent_rows;

static stf_status open_rows(Mat part, tangent_rows *rows) {
  PetscInt count;
  PetscBool done;
  STF_PETSC(MatGetRowIJ(part, 0, PETSC_FALSE, PETSC_FALSE, &count, &rows->row, &rows->column, &done));
  return done ? STF_OK : STF_BUG;
}

static stf_status close_rows(Mat part, tangent_rows *rows) {
  PetscInt count;
  PetscBool done;
  STF_PETSC(MatRestoreRowIJ(part, 0, PETSC_FALSE, PETSC_FALSE, &count, &rows->row, &rows->column, &done));
  return STF_OK;
}

/* A row's columns, and which block of the tangent each is, in the order of the level, into entry [at least as many as
 * the row has]; returns how many lie in the block. */
static int read_row(const tangent_rows rows[2], const int *place, const int *other, int at, key *entry) {
  int count = 0;
  for (PetscInt k = rows[0].row[at]; k < rows[0].row[at + 1]; k += 3) {
    const int column = place[rows[0].column[k] / 3];
    if (column >= 0 && count < STF_MOST_COLUMNS) entry[count++] = (key){column, (int)(k - rows[0].row[at]) / 3};
  }
  for (PetscInt k = rows[1].row ? rows[1].row[at] : 0; rows[1].row && k < rows[1].row[at + 1]; k += 3) {
    const int column = other[rows[1].column[k] / 3];
    if (column >= 0 && count < STF_MOST_COLUMNS) entry[count++] = (key){column, -1 - (int)(k - rows[1].row[at]) / 3};
  }
  qsort(entry, (size_t)count, sizeof *entry, by_key);
  return count;
}

static stf_status take_rows(const tangent_rows rows[2], const int *place, const int *other, stf_level *l) {
  key entry[STF_MOST_COLUMNS];
  l->start = calloc((size_t)l->owned + 1, sizeof *l->start);
  if (!l->start) return STF_NO_RESOURCE;
  for (int n = 0; n < l->owned; n++) {
    const int count = read_row(rows, place, other, 3 * l->node[n], entry);
    if (count == STF_MOST_COLUMNS) return STF_BUG; /* 27 in a block of hexahedra, 43 where surfaces glide */
    l->start[n + 1] = l->start[n] + count;
  }
  const size_t blocks = (size_t)l->start[l->owned];
  l->column = malloc((blocks + 1) * sizeof *l->column);
  l->source = malloc((blocks + 1) * sizeof *l->source);
  if (!l->column || !l->source) return STF_NO_RESOURCE;
  for (int n = 0; n < l->owned; n++) {
    const int count = read_row(rows, place, other, 3 * l->node[n], entry);
    for (int k = 0; k < count; k++) {
      l->column[l->start[n] + k] = (int)entry[k].key;
      l->source[l->start[n] + k] = entry[k].node;
    }
  }
  return STF_OK;
}

static stf_status take_pattern(const stf_equations *q, const int *place, const int *other, stf_level *l) {
  tangent_rows rows[2] = {{0}};
  STF_TRY(open_rows(q->own, &rows[0]));
  if (q->off) STF_TRY(open_rows(q->off, &rows[1]));
  const stf_status status = take_rows(rows, place, other, l);
  STF_TRY(close_rows(q->own, &rows[0]));
  if (q->off) STF_TRY(close_rows(q->off, &rows[1]));
  return status;
}

static stf_status meet_neighbours(const stf_domain *d, const int *place, stf_level *l) {
  const int ghosts = l->local - l->owned;
  int *number = malloc(((size_t)ghosts + 1) * sizeof *number);
  stf_status status = number ? number_ghosts(d, l, number) : STF_NO_RESOURCE;
  if (!status) status = stf_halo_init(d->comm, l->owned, ghosts, number, &l->halo);
  for (int k = 0; !status && k < l->halo.out_start[l->halo.ranks]; k++) l->halo.out[k] = place[l->halo.out[k]];
  free(number);
  return status;
}

static stf_status lay_out(const stf_equations *q, int *place, stf_level *l) {
  STF_TRY(copy_grid(q, l));
  STF_TRY(order_nodes(q, l, place));
  int *other = other_columns(q, place);
  const stf_status status = other ? take_pattern(q, place, other, l) : STF_NO_RESOURCE;
  free(other);
  if (status) return status;
  STF_TRY(meet_neighbours(q->domain, place, l));
  return finish(l);
}

stf_status stf_level_finest(const stf_equations *q, stf_level *l) {
  const stf_domain *d = q->domain;
  *l = (stf_level){.owned = count_in_block(d, 0, d->owned)};
  l->local = l->owned + count_in_block(d, d->owned, d->local);
  int *place = malloc((d->local + 1) * sizeof *place);
  const stf_status status = place ? lay_out(q, place, l) : STF_NO_RESOURCE;
  free(place);
  return status;
}

/* ---- interpolation ---- */

/* A fine node's coarse nodes, numbered among all ranks'. */
typedef struct parents {
  int count;
  int node[STF_MOST_PARENTS];
  float weight[STF_MOST_PARENTS];
} parents;

/* What a coarser level is made from. */
typedef struct coarsening {
  stf_level *fine, *coarse;
  bool along[3];    /* directions that are coarsened */
  int *number;      /* [local of fine] of the coarse node there among all ranks', -1: none */
  key *ghost;       /* [ghosts of fine] by place */
  parents *parents; /* [local of fine] */
  int first;        /* number of the first coarse node owned here */
  int *known;       /* [known_count] numbers of coarse ghosts, ascending */
  int known_count;
  int *row_start, *row; /* pattern [owned + known + 1], local columns ascending */
} coarsening;

static void coarsening_clear(coarsening *c) {
  free(c->number);
  free(c->ghost);
  free(c->parents);
  free(c->known);
  free(c->row_start);
  free(c->row);
}

/*
 * Never along lines: layers of different tissue keep their own unknowns. Elsewhere the direction of the shortest
 * elements, with which neighbours are coupled most, and those that are much the same.
 */
static bool choose_directions(coarsening *c) {
  const stf_level_grid *g = &c->fine->grid;
  double mean[3] = {0.0, 0.0, 0.0}, least = 0.0;
  bool any = false;
  for (int d = 0; d < 3; d++) {
    if (d == g->line || g->cells[d] < 2) continue;
    for (int k = 0; k < g->cells[d]; k++) mean[d] += g->spacing[d][k] / g->cells[d];
    if (!any || mean[d] < least) least = mean[d];
    any = true;
  }
  for (int d = 0; d < 3; d++) c->along[d] = mean[d] > 0.0 && mean[d] <= ALIKE * least;
  return any;
}

/* Every second node stays, and the last. */
static bool stays(const coarsening *c, const int index[3]) {
  const stf_level_grid *g = &c->fine->grid;
  for (int d = 0; d < 3; d++)
    if (c->along[d] && index[d] % 2 && index[d] != g->cells[d]) return false;
  return true;
}

static stf_status make_coarse_grid(coarsening *c) {
  const stf_level_grid *fine = &c->fine->grid;
  stf_level_grid *g = &c->coarse->grid;
  g->line = fine->line;
  for (int d = 0; d < 3; d++) {
    const int by = c->along[d] ? 2 : 1;
    g->cells[d] = (fine->cells[d] + by - 1) / by;
    if (!(g->spacing[d] = calloc((size_t)g->cells[d] + 1, sizeof **g->spacing))) return STF_NO_RESOURCE;
    for (int k = 0; k < fine->cells[d]; k++) g->spacing[d][k / by] += fine->spacing[d][k];
  }
  return STF_OK;
}

/* Coarse nodes in the order of the fine ones in their places, numbered on through the ranks. */
static stf_status number_coarse(coarsening *c) {
  stf_level *fine = c->fine, *coarse = c->coarse;
  c->number = malloc(((size_t)fine->local + 1) * sizeof *c->number);
  coarse->coincident = malloc(((size_t)fine->owned + 1) * sizeof *coarse->coincident);
  if (!c->number || !coarse->coincident) return STF_NO_RESOURCE;
  for (int n = 0; n < fine->owned; n++)
    if (stays(c, fine->grid.index[n])) coarse->coincident[coarse->owned++] = n;
  STF_PETSC(MPI_Exscan(&coarse->owned, &c->first, 1, MPI_INT, MPI_SUM, fine->halo.comm));
  if (fine->halo.rank == 0) c->first = 0;
  for (int n = 0; n < fine->local; n++) c->number[n] = -1;
  for (int n = 0; n < coarse->owned; n++) c->number[coarse->coincident[n]] = c->first + n;
  return stf_halo_share(&fine->halo, c->number, sizeof *c->number);
}

/* The local fine node at a place, which is an owned one or a ghost here. */
static int node_at(const coarsening *c, const int index[3]) {
  const stf_level *fine = c->fine;
  const int64_t wanted = key_of(&fine->grid, index);
  int low = 0, high = fine->owned;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    if (key_of(&fine->grid, fine->grid.index[middle]) <= wanted)
      low = middle;
    else
      high = middle;
  }
  if (key_of(&fine->grid, fine->grid.index[low]) == wanted) return low;
  const key look = {wanted, 0};
  const key *found = bsearch(&look, c->ghost, (size_t)(fine->local - fine->owned), sizeof *found, by_key);
  return found ? found->node : -1;
}

/* Splits every parent in two along a direction, by distance; false when a coarse node is not here. */
static void split(const stf_level_grid *g, int d, int at, int (*index)[3], parents *p) {
  const double before = g->spacing[d][at - 1], after = g->spacing[d][at], upwards = before / (before + after);
  for (int k = 0, count = p->count; k < count; k++, p->count++) {
    memcpy(index[p->count], index[k], sizeof *index);
    index[k][d] = at - 1;
    index[p->count][d] = at + 1;
    p->weight[p->count] = (float)(p->weight[k] * upwards);
    p->weight[k] = (float)(p->weight[k] * (1.0 - upwards));
  }
}

/* Linear along each direction that is coarsened. */
static stf_status find_parents(coarsening *c, int n) {
  const stf_level_grid *g = &c->fine->grid;
  int index[STF_MOST_PARENTS][3];
  parents *p = &c->parents[n];
  *p = (parents){.count = 1, .weight = {1.0F}};
  memcpy(index[0], g->index[n], sizeof index[0]);
  for (int d = 0; d < 3; d++)
    if (c->along[d] && g->index[n][d] % 2 && g->index[n][d] != g->cells[d]) split(g, d, g->index[n][d], index, p);
  for (int k = 0; k < p->count; k++) {
    const int at = node_at(c, index[k]);
    if (at < 0) return STF_BUG;
    p->node[k] = c->number[at];
  }
  return STF_OK;
}

static stf_status interpolate(coarsening *c) {
  stf_level *fine = c->fine;
  const size_t ghosts = (size_t)(fine->local - fine->owned);
  c->ghost = malloc((ghosts + 1) * sizeof *c->ghost);
  c->parents = calloc((size_t)fine->local + 1, sizeof *c->parents);
  if (!c->ghost || !c->parents) return STF_NO_RESOURCE;
  for (int n = fine->owned; n < fine->local; n++)
    c->ghost[n - fine->owned] = (key){key_of(&fine->grid, fine->grid.index[n]), n};
  qsort(c->ghost, ghosts, sizeof *c->ghost, by_key);
  for (int n = 0; n < fine->owned; n++) STF_TRY(find_parents(c, n));
  return stf_halo_share(&fine->halo, c->parents, sizeof *c->parents);
}

static int unique(int *numbers, int count) {
  int kept = 0;
  qsort(numbers, (size_t)count, sizeof *numbers, by_number);
  for (int k = 0; k < count; k++)
    if (!k || numbers[k] != numbers[kept - 1]) numbers[kept++] = numbers[k];
  return kept;
}

static bool is_mine(const coarsening *c, int number) {
  return number >= c->first && number < c->first + c->coarse->owned;
}

/* The coarse nodes of others that nodes here have among their parents. */
static stf_status collect_ghosts(coarsening *c) {
  c->known = malloc((STF_MOST_PARENTS * (size_t)c->fine->local + 1) * sizeof *c->known);
  if (!c->known) return STF_NO_RESOURCE;
  for (int n = 0; n < c->fine->local; n++)
    for (int k = 0; k < c->parents[n].count; k++)
      if (!is_mine(c, c->parents[n].node[k])) c->known[c->known_count++] = c->parents[n].node[k];
  c->known_count = unique(c->known, c->known_count);
  return STF_OK;
}

/* The local number of a coarse node, -1 when it is not known here. */
static int localise(const coarsening *c, int number) {
  if (is_mine(c, number)) return number - c->first;
  const int *found = bsearch(&number, c->known, (size_t)c->known_count, sizeof number, by_number);
  return found ? c->coarse->owned + (int)(found - c->known) : -1;
}

static stf_status keep_parents(coarsening *c) {
  stf_level *fine = c->fine;
  fine->parent_start = calloc((size_t)fine->local + 1, sizeof *fine->parent_start);
  if (!fine->parent_start) return STF_NO_RESOURCE;
  for (int n = 0; n < fine->local; n++) fine->parent_start[n + 1] = fine->parent_start[n] + c->parents[n].count;
  const size_t total = (size_t)fine->parent_start[fine->local];
  fine->parent = calloc(total + 1, sizeof *fine->parent);
  fine->weight = malloc((total + 1) * sizeof *fine->weight);
  if (!fine->parent || !fine->weight) return STF_NO_RESOURCE;
  for (int n = 0; n < fine->local; n++)
    for (int k = 0; k < c->parents[n].count; k++) {
      fine->parent[fine->parent_start[n] + k] = localise(c, c->parents[n].node[k]);
      fine->weight[fine->parent_start[n] + k] = c->parents[n].weight[k];
    }
  return STF_OK;
}

/* ---- the pattern of the coarser matrix ---- */

/* Owned fine nodes that have a coarse node among their parents, as compressed rows. */
typedef struct children {
  int *start, *item;
} children;

static stf_status find_children(const coarsening *c, children *of) {
  const stf_level *fine = c->fine;
  const size_t rows = (size_t)c->coarse->owned + (size_t)c->known_count;
  of->start = calloc(rows + 2, sizeof *of->start);
  of->item = malloc(((size_t)fine->parent_start[fine->owned] + 1) * sizeof *of->item);
  if (!of->start || !of->item) return STF_NO_RESOURCE;
  for (int k = 0; k < fine->parent_start[fine->owned]; k++) of->start[fine->parent[k] + 2]++;
  for (size_t r = 2; r < rows + 2; r++) of->start[r] += of->start[r - 1];
  for (int n = 0; n < fine->owned; n++)
    for (int k = fine->parent_start[n]; k < fine->parent_start[n + 1]; k++)
      of->item[of->start[fine->parent[k] + 1]++] = n;
  return STF_OK;
}

/* Columns that coarse row `row` reaches, into `out`; seen [rows] holds the last row that met a column. */
static int reach_of(const coarsening *c, const children *of, int row, int *seen, int *out) {
  const stf_level *fine = c->fine;
  int count = 0;
  for (int k = of->start[row]; k < of->start[row + 1]; k++)
    for (int j = fine->start[of->item[k]]; j < fine->start[of->item[k] + 1]; j++)
      for (int p = fine->parent_start[fine->column[j]]; p < fine->parent_start[fine->column[j] + 1]; p++) {
        if (seen[fine->parent[p]] == row) continue;
        seen[fine->parent[p]] = row;
        out[count++] = fine->parent[p];
      }
  qsort(out, (size_t)count, sizeof *out, by_number);
  return count;
}

static stf_status fill_pattern(coarsening *c, const children *of, int *seen, int *line) {
  const int rows = c->coarse->owned + c->known_count;
  size_t room = 0;
  for (int r = 0; r < rows; r++) {
    const int count = reach_of(c, of, r, seen, line);
    if ((size_t)c->row_start[r] + (size_t)count > room) {
      room = 2 * room + (size_t)count + 1024;
      int *more = realloc(c->row, room * sizeof *more);
      if (!more) return STF_NO_RESOURCE;
      c->row = more;
    }
    memcpy(c->row + c->row_start[r], line, (size_t)count * sizeof *line);
    c->row_start[r + 1] = c->row_start[r] + count;
  }
  return STF_OK;
}

/* What the owned fine rows give to coarse rows, those of other ranks too. */
static stf_status find_pattern(coarsening *c) {
  const size_t rows = (size_t)c->coarse->owned + (size_t)c->known_count;
  children of = {0};
  int *seen = malloc((rows + 1) * sizeof *seen), *line = malloc((rows + 1) * sizeof *line);
  c->row_start = calloc(rows + 1, sizeof *c->row_start);
  stf_status status = seen && line && c->row_start ? find_children(c, &of) : STF_NO_RESOURCE;
  for (size_t r = 0; !status && r < rows; r++) seen[r] = -1;
  if (!status) status = fill_pattern(c, &of, seen, line);
  free(of.start);
  free(of.item);
  free(seen);
  free(line);
  return status;
}

/* Rows of others' coarse nodes as they are sent: number, count, numbers of columns. NULL when memory is out. */
static int *pack_border(const coarsening *c, const stf_halo *owners, size_t *bytes) {
  const int owned = c->coarse->owned;
  const int entries = c->row_start[owned + c->known_count] - c->row_start[owned];
  int *out = malloc((2 * (size_t)c->known_count + (size_t)entries + 1) * sizeof *out), *next = out;
  for (int g = 0; out && g < c->known_count; g++) {
    const int row = owned + g, *begin = next;
    *next++ = c->known[g];
    *next++ = c->row_start[row + 1] - c->row_start[row];
    for (int k = c->row_start[row]; k < c->row_start[row + 1]; k++)
      *next++ = c->row[k] < owned ? c->first + c->row[k] : c->known[c->row[k] - owned];
    bytes[stf_halo_owner(owners, c->known[g])] += (size_t)(next - begin) * sizeof *out;
  }
  return out;
}

/* Ghosts that stand in the rows got from others. Those that were known keep their local numbers. */
static stf_status add_ghosts(coarsening *c, const int *got, size_t count) {
  int *all = malloc(((size_t)c->known_count + count + 1) * sizeof *all), fresh = 0;
  if (!all) return STF_NO_RESOURCE;
  memcpy(all, c->known, (size_t)c->known_count * sizeof *all);
  for (size_t k = 0; k < count; k += 2 + (size_t)got[k + 1])
    for (int j = 0; j < got[k + 1]; j++)
      if (localise(c, got[k + 2 + (size_t)j]) < 0) all[c->known_count + fresh++] = got[k + 2 + (size_t)j];
  fresh = unique(all + c->known_count, fresh);
  c->coarse->local = c->coarse->owned + c->known_count + fresh;
  free(c->coarse->node); /* here for a moment: numbers of all ghosts */
  c->coarse->node = all;
  return STF_OK;
}

/* The same as `localise` with the ghosts that came last. */
static int localise_all(const coarsening *c, int number) {
  const int at = localise(c, number), known = c->known_count;
  if (at >= 0) return at;
  const int fresh = c->coarse->local - c->coarse->owned - known;
  const int *found = bsearch(&number, c->coarse->node + known, (size_t)fresh, sizeof number, by_number);
  return c->coarse->owned + known + (int)(found - (c->coarse->node + known));
}

/* The final rows: those found here and, for owned nodes, what others add to them. */
static stf_status merge_rows(coarsening *c, const int *got, size_t count) {
  stf_level *coarse = c->coarse;
  const int owned = coarse->owned;
  int *most = calloc((size_t)coarse->local + 2, sizeof *most);
  if (!most) return STF_NO_RESOURCE;
  for (int r = 0; r < owned + c->known_count; r++) most[r + 1] = c->row_start[r + 1] - c->row_start[r];
  for (size_t k = 0; k < count; k += 2 + (size_t)got[k + 1]) most[got[k] - c->first + 1] += got[k + 1];
  for (int r = 0; r < coarse->local; r++) most[r + 1] += most[r];
  coarse->column = malloc(((size_t)most[coarse->local] + 1) * sizeof *coarse->column);
  coarse->start = calloc((size_t)coarse->local + 1, sizeof *coarse->start);
  int *filled = calloc((size_t)coarse->local + 1, sizeof *filled);
  const bool whole = coarse->column && coarse->start && filled;
  for (int r = 0; whole && r < owned + c->known_count; r++)
    for (int k = c->row_start[r]; k < c->row_start[r + 1]; k++) coarse->column[most[r] + filled[r]++] = c->row[k];
  for (size_t k = 0; whole && k < count; k += 2 + (size_t)got[k + 1])
    for (int j = 0; j < got[k + 1]; j++) {
      const int r = got[k] - c->first;
      coarse->column[most[r] + filled[r]++] = localise_all(c, got[k + 2 + (size_t)j]);
    }
  for (int r = 0; whole && r < coarse->local; r++) {
    const int kept = unique(coarse->column + most[r], filled[r]);
    memmove(coarse->column + coarse->start[r], coarse->column + most[r], (size_t)kept * sizeof *coarse->column);
    coarse->start[r + 1] = coarse->start[r] + kept;
  }
  free(most);
  free(filled);
  return whole ? STF_OK : STF_NO_RESOURCE;
}

/* Where each received block is added. */
static stf_status plan_merge(coarsening *c, const int *got, size_t count) {
  stf_level *fine = c->fine, *coarse = c->coarse;
  fine->merge = malloc((count + 1) * sizeof *fine->merge);
  if (!fine->merge) return STF_NO_RESOURCE;
  for (size_t k = 0; k < count; k += 2 + (size_t)got[k + 1]) {
    const int row = got[k] - c->first, *columns = coarse->column + coarse->start[row];
    const size_t length = (size_t)(coarse->start[row + 1] - coarse->start[row]);
    for (int j = 0; j < got[k + 1]; j++) {
      const int column = localise_all(c, got[k + 2 + (size_t)j]);
      const int *found = bsearch(&column, columns, length, sizeof column, by_number);
      fine->merge[fine->received++] = (int)(found - coarse->column);
    }
  }
  return STF_OK;
}

static stf_status join_ranks(coarsening *c) {
  stf_halo owners = {0};
  size_t total = 0;
  int *packed = NULL, *got = NULL;
  stf_status status = stf_halo_init(c->fine->halo.comm, c->coarse->owned, 0, NULL, &owners);
  size_t *bytes = calloc(2 * (size_t)c->fine->halo.ranks, sizeof *bytes);
  if (!status && bytes) packed = pack_border(c, &owners, bytes);
  if (packed) got = stf_halo_trade(owners.comm, packed, bytes, bytes + owners.ranks);
  for (int r = 0; got && r < owners.ranks; r++) total += bytes[owners.ranks + r] / sizeof *got;
  if (!status && !got) status = STF_NO_RESOURCE;
  if (!status) status = add_ghosts(c, got, total);
  if (!status) status = merge_rows(c, got, total);
  if (!status) status = plan_merge(c, got, total);
  free(packed);
  free(got);
  free(bytes);
  stf_halo_clear(&owners);
  return status;
}

static stf_status place_coarse(coarsening *c) {
  stf_level *coarse = c->coarse;
  coarse->grid.index = malloc(((size_t)coarse->local + 1) * sizeof *coarse->grid.index);
  if (!coarse->grid.index) return STF_NO_RESOURCE;
  for (int n = 0; n < coarse->owned; n++)
    for (int d = 0; d < 3; d++) {
      const int at = c->fine->grid.index[coarse->coincident[n]][d];
      coarse->grid.index[n][d] = c->along[d] ? (at + 1) / 2 : at;
    }
  return stf_halo_share(&coarse->halo, coarse->grid.index, sizeof *coarse->grid.index);
}

static stf_status coarsen(coarsening *c) {
  stf_level *coarse = c->coarse;
  STF_TRY(make_coarse_grid(c));
  STF_TRY(number_coarse(c));
  STF_TRY(interpolate(c));
  STF_TRY(collect_ghosts(c));
  STF_TRY(keep_parents(c));
  STF_TRY(find_pattern(c));
  STF_TRY(join_ranks(c));
  STF_TRY(stf_halo_init(c->fine->halo.comm, coarse->owned, coarse->local - coarse->owned, coarse->node, &coarse->halo));
  free(coarse->node);
  coarse->node = NULL;
  STF_TRY(place_coarse(c));
  return finish(coarse);
}

stf_status stf_level_coarsen(stf_level *fine, stf_level *coarse, bool *coarser) {
  coarsening c = {.fine = fine, .coarse = coarse};
  *coarse = (stf_level){0};
  *coarser = choose_directions(&c);
  const stf_status status = *coarser ? coarsen(&c) : STF_OK;
  coarsening_clear(&c);
  return status;
}
