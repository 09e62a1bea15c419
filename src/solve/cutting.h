/* Who owns what, over the whole mesh, while a domain is cut; thrown away afterwards. For the files of domain.h alone.
 */
#ifndef STF_SOLVE_CUTTING_H
#define STF_SOLVE_CUTTING_H

#include "solve/domain.h"

typedef struct stf_cutting {
  const stf_model *model;
  const stf_mesh *mesh;
  const stf_protocol *protocol;
  size_t nodes;     /* of the mesh, then two of each rigid body: its shift and its turn, then places on them */
  double (*X)[3];   /* [nodes] [mm] */
  int *tie;         /* [nodes] the rigid body a node follows, -1: none */
  int *rank_of;     /* [elements] */
  int *owner;       /* [nodes] */
  PetscInt *global; /* [nodes] */
  int *local;       /* [nodes] -1: not here */
  int *node_at;     /* [nodes] in the order in which they are numbered */
  int *element_at;  /* [elements] in the order in which they are computed */
  int *wanted;      /* [elements] 1: computed here */
  int *patch;       /* [nodes] the first block that is a patch of a node, the others follow it; -1: none */
  stf_grid grid;    /* of the whole mesh */
} stf_cutting;

/*
 * Adds the patches of nodes that touch an element wanted here to the domain's blocks, their nodes counted in the mesh.
 * STF_NO_RESOURCE when memory is out.
 */
stf_status stf_cutting_add_patches(stf_cutting *cutting, stf_arena *arena, stf_domain *domain);

/* Calls `want` for every node of both surfaces of interfaces that slide far. */
void stf_slides_want(stf_cutting *cutting, void (*want)(stf_cutting *cutting, int node));

/* Prepares those interfaces, once blocks have their memory and local nodes their numbers. STF_NO_RESOURCE when memory
 * is out. */
stf_status stf_slides_add(const stf_cutting *cutting, stf_arena *arena, stf_domain *domain);

/* The block that is the patch of a mesh node in a material, or -1. */
int stf_cutting_patch(const stf_cutting *cutting, const stf_domain *domain, int node, const stf_material *material);

#endif
