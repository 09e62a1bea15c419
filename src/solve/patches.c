/* The patches of nodes (element/patch.h) that a rank computes. */
#include "element/patch.h"

#include <stdlib.h>
#include <string.h>

#include "solve/cutting.h"

/* Tetrahedra whose volumetric part is left to patches, around every node, as compressed rows. */
typedef struct around {
  int *start, *item;
} around;

static bool is_patched(const stf_cutting *c, size_t e) {
  const stf_element *kind = c->model->element[c->mesh->shape[e]];
  return kind->patched && c->model->material[c->mesh->region[e]]->matrix->isochoric;
}

static stf_status find_around(const stf_cutting *c, around *r) {
  const stf_mesh *mesh = c->mesh;
  size_t count = 0;
  r->start = calloc(mesh->nodes + 2, sizeof *r->start);
  if (!r->start) return STF_NO_RESOURCE;
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; is_patched(c, e) && a < 4; a++, count++) r->start[mesh->cell[e][a] + 2]++;
  r->item = malloc((count + 1) * sizeof *r->item);
  if (!r->item) return STF_NO_RESOURCE;
  for (size_t n = 2; n < mesh->nodes + 2; n++) r->start[n] += r->start[n - 1];
  for (size_t e = 0; e < mesh->elements; e++)
    for (int a = 0; is_patched(c, e) && a < 4; a++) r->item[r->start[mesh->cell[e][a] + 1]++] = (int)e;
  return STF_OK;
}

static const stf_material *material_of(const stf_cutting *c, int e) {
  return c->model->material[c->mesh->region[e]];
}

static int ascending(const void *a, const void *b) {
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

/* The nodes of the patch's tetrahedra, ascending, each once. */
static void list_nodes(const stf_cutting *c, const int *tet, int tets, stf_block *b) {
  int kept = 0;
  for (int e = 0; e < tets; e++) memcpy(b->node + 4 * e, c->mesh->cell[tet[e]], 4 * sizeof *b->node);
  qsort(b->node, 4 * (size_t)tets, sizeof *b->node, ascending);
  for (int k = 0; k < 4 * tets; k++)
    if (!k || b->node[k] != b->node[kept - 1]) b->node[kept++] = b->node[k];
  b->nodes = kept;
}

static void fill_patch(const stf_cutting *c, const int *tet, const stf_block *b, stf_patch *p) {
  for (int e = 0; e < p->tets; e++) {
    const double *x[4];
    for (int a = 0; a < 4; a++) {
      const int *node = &c->mesh->cell[tet[e]][a];
      const int *at = bsearch(node, b->node, (size_t)b->nodes, sizeof *b->node, ascending);
      p->tet[e][a] = (int)(at - b->node);
      x[a] = c->mesh->X[*node];
    }
    p->region[e] = c->mesh->region[tet[e]];
    p->natural[e] = stf_tet_volume(x);
  }
  stf_patch_sum(p);
}

/* One patch, of tetrahedra `tet` [tets] of one material. */
static stf_status add_patch(const stf_cutting *c, const int *tet, int tets, stf_arena *arena, stf_domain *d) {
  stf_block *b = &d->block[d->blocks++];
  stf_patch *p = stf_arena_alloc(arena, sizeof *p);
  *b = (stf_block){.kind = &stf_patch_block, .data = p, .glide = -1, .tool = -1, .patch = p};
  b->node = stf_arena_alloc(arena, 4 * (size_t)tets * sizeof *b->node);
  if (!p || !b->node) return STF_NO_RESOURCE;
  p->tet = stf_arena_alloc(arena, (size_t)tets * sizeof *p->tet);
  p->region = stf_arena_alloc(arena, (size_t)tets * sizeof *p->region);
  p->natural = stf_arena_alloc(arena, (size_t)tets * sizeof *p->natural);
  if (!p->tet || !p->region || !p->natural) return STF_NO_RESOURCE;
  p->material = material_of(c, tet[0]);
  p->tets = tets;
  list_nodes(c, tet, tets, b);
  fill_patch(c, tet, b, p);
  return STF_OK;
}

/* The patches of a node: its tetrahedra by material, in the order of the mesh; `some` [tets around] is room to work. */
static stf_status add_node(const stf_cutting *c, const int *tet, int tets, int *some, stf_arena *arena, stf_domain *d) {
  for (int e = 0; e < tets; e++) {
    bool first = true, wanted = false;
    int count = 0;
    for (int k = 0; k < tets; k++) {
      if (material_of(c, tet[k]) != material_of(c, tet[e])) continue;
      first = first && k >= e;
      wanted = wanted || c->wanted[tet[k]];
      some[count++] = tet[k];
    }
    if (first && wanted) STF_TRY(add_patch(c, some, count, arena, d));
  }
  return STF_OK;
}

/* How many patches there can be, and the most tetrahedra around a node. */
static size_t count_patches(const stf_cutting *c, const around *r, int *most) {
  size_t count = 0;
  *most = 0;
  for (size_t n = 0; n < c->mesh->nodes; n++) {
    const int tets = r->start[n + 1] - r->start[n];
    *most = tets > *most ? tets : *most;
    for (int e = r->start[n]; e < r->start[n + 1]; e++)
      count += e == r->start[n] || material_of(c, r->item[e]) != material_of(c, r->item[e - 1]);
  }
  return count;
}

static stf_status add_all(stf_cutting *c, const around *r, stf_arena *arena, stf_domain *d) {
  int most;
  size_t room = count_patches(c, r, &most);
  for (size_t k = 0; k < c->protocol->glides; k++) room += c->protocol->glide[k].gaps.all;
  for (size_t k = 0; k < c->protocol->tools; k++) room += c->protocol->tool[k].contacts;
  d->block = stf_arena_alloc(arena, (room + c->protocol->cables + 1) * sizeof *d->block);
  int *some = malloc(((size_t)most + 1) * sizeof *some);
  stf_status status = some && d->block ? STF_OK : STF_NO_RESOURCE;
  for (size_t n = 0; !status && n < c->mesh->nodes; n++) {
    const size_t first = d->blocks;
    status = add_node(c, r->item + r->start[n], r->start[n + 1] - r->start[n], some, arena, d);
    c->patch[n] = d->blocks > first ? (int)first : -1;
  }
  free(some);
  return status;
}

stf_status stf_cutting_add_patches(stf_cutting *c, stf_arena *arena, stf_domain *d) {
  around r = {0};
  stf_status status = find_around(c, &r);
  if (!status) status = add_all(c, &r, arena, d);
  free(r.start);
  free(r.item);
  return status;
}

int stf_cutting_patch(const stf_cutting *c, const stf_domain *d, int node, const stf_material *material) {
  int at = c->patch[node];
  while (at >= 0 && (size_t)at < d->blocks) {
    const stf_patch *p = d->block[at].kind == &stf_patch_block ? d->block[at].data : NULL;
    if (!p) return -1;
    if (p->material == material) return at;
    at++;
  }
  return -1;
}
