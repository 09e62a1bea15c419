/*
 * A rank's part of the model. Nodes are owned by one rank each; a rank computes every element that touches a node it
 * owns, so that rows of the equations are complete without adding up between ranks: elements along the border are
 * computed twice, nothing has to be sent but displacements, and sums do not depend on the order of messages.
 *
 * Local nodes: the owned ones first, then the ghosts, both in the order of ordering.h. Local unknown 3 n + i is
 * component i of local node n.
 */
#ifndef STF_SOLVE_DOMAIN_H
#define STF_SOLVE_DOMAIN_H

#include "element/patch.h"
#include "model/model.h"
#include "protocol/measure.h"
#include "solve/grid.h"
#include "solve/petsc.h"

/* STF_LANES elements of one region and shape; lanes beyond `count` repeat the last element and are not assembled. */
typedef struct stf_batch {
  int count;
  int region;
  const stf_material *material;
  const stf_element *kind;
  int nodes;                                 /* of the kind of element */
  int node[STF_SHAPE_NODES][STF_LANES];      /* local */
  int element[STF_LANES];                    /* in the mesh */
  bool mine[STF_LANES];                      /* reported by this rank */
  bool tied[STF_LANES];                      /* some of its nodes follow a rigid body */
  double a0[STF_MAX_FAMILIES][3][STF_LANES]; /* no stf_lane: an arena does not align so far */
  double normal[3][STF_LANES];
  int (*patch)[STF_LANES]; /* [nodes] blocks that are the patches of its nodes; NULL: none */
  stf_lane (*G)[9];        /* [points of the kind] prestress, as in stf_element_in; NULL: none */
  size_t memory_at;        /* where its points' memory begins in that of the domain */
} stf_batch;

/* A part of the energy over any number of nodes; every rank has the blocks that touch a node of its own, and all gaps
 * of interfaces that slide far. */
typedef struct stf_block {
  const stf_block_kind *kind;
  const void *data;
  int nodes;
  int *node;        /* [nodes] local */
  bool tied;        /* some of them follow a rigid body */
  bool idle;        /* adds nothing to the equations here: it touches nothing of this rank, or nothing lies before it */
  int glide;        /* the interface whose gap it is, -1: none */
  int tool;         /* whose contact it is, -1: none */
  int own;          /* place in `node` of the one at which that gap is */
  int place;        /* which of the interface's places it was before loading */
  stf_patch *patch; /* its data where it is the patch of a node: prestress changes it; else NULL */
  size_t memory;    /* lanes that it keeps, and where they begin in the memory of the domain */
  size_t memory_at;
} stf_block;

/*
 * A rigid body's own unknowns, as two nodes beyond those of the mesh: its shift [mm], and its rotation vector times its
 * size [mm]. Their rank computes all that touches a node which follows the body. Ends of cables on a body are nodes too
 * and follow it.
 */
typedef struct stf_body {
  int shift, turn; /* local nodes, -1: not here */
} stf_body;

/* How an unknown is held. */
typedef enum stf_held {
  STF_HELD_NOT,
  STF_HELD_STILL, /* at 0 */
  STF_HELD_MOVED, /* by a grip: its displacement times `share` */
  STF_HELD_RIGID, /* a rigid body's own component, as its activities say */
  STF_HELD_TIED   /* follows a rigid body; not an unknown of its own */
} stf_held;

typedef struct stf_hold_dof {
  unsigned char kind;  /* stf_held */
  unsigned short grip; /* which, where MOVED; which rigid body, where RIGID */
  double share;        /* component of the grip's normal */
  int component;       /* 0 to 5 of the rigid body's */
} stf_hold_dof;

/* An elastic grip pulls at a node along its normal: force = stiffness (displacement - u.n). */
typedef struct stf_spring {
  int node; /* local, owned */
  int grip;
  double stiffness; /* [N/mm] */
} stf_spring;

/* A loaded side of an element that has an owned node. */
typedef struct stf_load_facet {
  int load, nodes;
  int node[STF_SIDE_NODES]; /* local */
  bool tied;                /* some of them follow a rigid body */
} stf_load_facet;

/* An interface whose pairs are found again, with all of both surfaces here. Their nodes are counted as in the mesh. */
typedef struct stf_slide {
  int glide;
  size_t nodes;
  int *node;                  /* [nodes] local */
  double (*X)[3], (*x)[3];    /* [nodes] [mm] before loading, and room for where they stand */
  stf_surface lower, upper;   /* facets with places in `node` */
  int *block;                 /* [nodes] the gap at a node, -1: none */
  const stf_gap_core **first; /* [nodes] the same before loading */
  stf_gaps gaps;              /* the present ones */
  stf_arena *arena;           /* theirs; NULL: still those before loading */
} stf_slide;

typedef struct stf_domain {
  MPI_Comm comm;
  int rank, ranks;
  const stf_protocol *protocol;
  size_t owned, local; /* nodes: owned, owned + ghosts */
  PetscInt first;      /* number of the first owned node among all ranks' */
  PetscInt nodes;      /* of all ranks, then those of rigid bodies, then places on them */
  PetscInt *global;    /* [local] number of each local node among all ranks' */
  double (*X)[3];      /* [local] [mm] */
  stf_grid grid;       /* the mesh as one block, where it is one; index [local], -1 beside it (rigid bodies) */
  size_t batches;
  stf_batch *batch; /* [batches] */
  size_t memory;    /* lanes of memory: [batches][points][material->memory], then [blocks][block->memory] */
  bool remembers;   /* whether any rank has memory */
  size_t blocks;
  stf_block *block; /* [blocks] */
  int most_nodes;   /* of a block */
  size_t slides;
  stf_slide *slide;   /* [slides] */
  stf_body *body;     /* [protocol->rigids] */
  int *cable;         /* [protocol->cables] its block, -1: not here */
  int *tie;           /* [local] the rigid body a node follows, -1: none */
  stf_hold_dof *hold; /* [3 local] */
  size_t springs;
  stf_spring *spring; /* [springs] */
  size_t facets;
  stf_load_facet *facet;  /* [facets] */
  double *mass;           /* [local] [tonne] at each node, whole at owned ones; NULL without gravity */
  unsigned char *grip_of; /* [local] 1 + index of the grip a node is in, 0: none */
  size_t probes;
  int *probe;      /* [probes] local owned node, or -1 on other ranks */
  size_t elements; /* of all ranks, each counted once */
} stf_domain;

/*
 * Cuts the model into one domain for each rank of `comm`. All ranks. Everything belongs to `arena` and the model's mesh
 * is not needed afterwards.
 * STF_BAD_INPUT when a rank would own nothing; STF_NO_RESOURCE when memory is out.
 */
stf_status stf_domain_create(MPI_Comm comm, const stf_model *model, const stf_protocol *protocol,
                             const stf_gauges *gauges, stf_arena *arena, stf_diags *diags, stf_domain *domain);

/* Frees what is not the arena's. */
void stf_domain_clear(stf_domain *domain);

/* Displacement [mm] that local unknown `dof` is held at, at a time [s]; it must be held. 0 where it is tied. */
double stf_domain_held_at(const stf_domain *domain, size_t dof, double time);

/* Puts the held unknowns of u [3 local] where they belong at a time, and what follows rigid bodies where these are. */
void stf_domain_hold(const stf_domain *domain, double time, double *u);

/* Rotation vector [rad] of a rigid body whose nodes are here. */
void stf_domain_turn(const stf_domain *domain, size_t rigid, const double *u, double turn[3]);

/* A node that follows a rigid body, from the body's centre [mm], before anything moves. */
void stf_domain_arm(const stf_domain *domain, int node, double arm[3]);

/* Whether this rank computes the row of a node: it owns it, or the body that the node follows. */
bool stf_domain_answers(const stf_domain *domain, int node);

#endif
