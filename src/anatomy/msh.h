/*
 * What a Gmsh file holds: format 2.2 and 4.1, ASCII or binary in either order of bytes. Sections that say nothing of
 * use here (periodicity, parametrisations) are passed over; partitioned meshes are refused.
 * Source: Gmsh reference manual, "MSH file format" and "Legacy formats".
 */
#ifndef STF_ANATOMY_MSH_H
#define STF_ANATOMY_MSH_H

#include <stdbool.h>

#include "anatomy/map.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

/* A type of element in Gmsh's numbering. */
typedef struct stf_msh_type {
  const char *name; /* "tetrahedron of 10 nodes" */
  int dim, nodes;
  int corners; /* of a surface: 3 or 4 */
  int shape;   /* of a volume: stf_shape, or -1 where there is no such element here */
} stf_msh_type;

/* The type of that number, or NULL. */
const stf_msh_type *stf_msh_type_of(long number);

/* A physical group. */
typedef struct stf_msh_group {
  int dim;
  const char *name; /* its physical name, else its number */
} stf_msh_group;

/* Elements of one geometrical entity (4.1), or of one physical group (2.2). */
typedef struct stf_msh_entity {
  size_t groups;
  int *group; /* [groups] index into msh->group */
} stf_msh_entity;

/* Vectors or other values at nodes, at elements, or at the nodes of each element. */
typedef struct stf_msh_view {
  const char *name;
  bool nodes; /* at nodes, else at elements */
  long components;
  size_t count;
  long *number;        /* [count] of nodes or elements; NULL unless there are 3 components */
  double (*vector)[3]; /* [count]; of the nodes of an element the sum, turned where they point to opposite sides */
} stf_msh_view;

/* A surface or volume element; others are not kept. */
typedef struct stf_msh_cell {
  const stf_msh_type *type;
  int entity;
  long number, where; /* in the file; its line, or its byte in a binary file */
  size_t first;       /* its nodes begin at msh->cell_node[first]: corners only for a surface, none where it has no
                         shape here */
} stf_msh_cell;

typedef struct stf_msh {
  const char *file;
  bool binary;
  size_t nodes;
  long *node_number; /* [nodes] as in the file */
  double (*X)[3];    /* [nodes] in the unit of the file */
  stf_map *node_of;  /* index of a node by its number in the file */
  size_t cells;
  stf_msh_cell *cell; /* [cells] in the order of the file */
  int *cell_node;     /* indices of nodes, in the file's order for each element */
  size_t entities;
  stf_msh_entity *entity;
  size_t groups;
  stf_msh_group *group;
  size_t views;
  stf_msh_view *view;
} stf_msh;

/*
 * Reads a whole file from memory; bytes[size] is NUL. `file` names it in diagnostics. What is found belongs to `arena`,
 * but for its maps: stf_msh_clear is due after any result. STF_BAD_INPUT with one diagnostic at the first fault, by
 * line or byte; STF_NO_RESOURCE with a diagnostic. No number in a file makes it take more memory than a multiple of
 * the file's size.
 */
stf_status stf_msh_parse(const char *bytes, size_t size, const char *file, stf_arena *arena, stf_diags *diags,
                         stf_msh *msh);
void stf_msh_clear(stf_msh *msh);

/*
 * Reads a regular file into `*bytes` [*size], followed by a NUL; the caller frees it. STF_BAD_INPUT when it is not a
 * regular file, STF_NO_RESOURCE when it cannot be read; both with a diagnostic at `place`.
 */
stf_status stf_msh_load(const char *path, stf_place place, stf_diags *diags, char **bytes, size_t *size);

#endif
