/*
 * The equations of equilibrium of a rank's domain: forces and their tangent at a displacement, assembled straight into
 * the storage of PETSc's matrix.
 *
 * Displacements are local arrays [3 local]; residuals are [3 owned]. Held unknowns keep their row and column in the
 * matrix, with a number on the diagonal and nothing beside it.
 */
#ifndef STF_SOLVE_EQUATIONS_H
#define STF_SOLVE_EQUATIONS_H

#include "element/rotation.h"
#include "solve/domain.h"

/* The worst off element, for people. */
typedef struct stf_worst {
  double J;    /* smallest det F of its points */
  int element; /* in the mesh; -1: none */
  int region;
  double position[3]; /* [mm] of its middle before loading */
} stf_worst;

/* Neighbours of every owned node by their number among all ranks', ascending, as compressed rows. */
typedef struct stf_pattern {
  PetscInt *start, *item;
} stf_pattern;

typedef struct stf_equations {
  const stf_domain *domain;
  Mat K;        /* [N/mm] tangent, all ranks */
  Mat own, off; /* its parts on this rank; off is NULL on a single rank */
  const PetscInt *own_row, *off_row;
  stf_pattern pattern; /* of K, in blocks of 3 */
  bool symmetric;      /* K is; not so under a pressure, which turns with its face */
  int (*slot)[STF_SHAPE_NODES][STF_SHAPE_NODES][STF_LANES]; /* [batches] where a pair of nodes stands in a row */
  int (*facet_slot)[STF_SIDE_NODES][STF_SIDE_NODES];        /* [facets] the same for pairs of a loaded side */
  int **block_slot;                /* [blocks][nodes][nodes] the same for pairs of a block's nodes */
  double (*place)[3], (*shift)[3]; /* [most_nodes] positions and displacements of the block at hand */
  double *block_f, *block_K;       /* and what comes of it */
  double block_seconds[2];         /* that blocks took so far: for forces alone, for stiffness too */
  stf_rotation *rotation;          /* [protocol->rigids] of bodies here, at the last evaluation */
  double *loads;                   /* [3 local] [N] forces of the loads at the last evaluation */
  double *forces;                  /* [3 local] [N] internal forces of the last evaluation, held unknowns too */
  stf_past past;                   /* memory [domain->memory] and length of the step that is looked for */
  const double *from;              /* [3 local] [mm] u at the start of that step, where `drag` counts */
  double drag;                     /* [N s/mm] of every unknown on its way through that step; 0: none */
  const double *kept;              /* [3 owned] [N] imbalance that is let be: taken off the residual; NULL: none */
  double round_off;                /* [N] rounding error to expect in a sum of element forces, this rank */
  stf_worst worst;                 /* of the last evaluation, this rank */
  double diagonal;                 /* [N/mm] put on the diagonal of held unknowns: a typical one */
  double reach;                    /* [mm] of an element */
  double unit; /* [N] root of the sum of squares of stiffness times size of the elements, and of stiffness times place
                  of the gaps, that this rank reports: their rounding error is there even at rest */
} stf_equations;

/* Lays out the matrix. All ranks. The caller destroys it. */
stf_status stf_equations_create(const stf_domain *domain, stf_equations *equations);
void stf_equations_destroy(stf_equations *equations);

/* Lays out another matrix, where other nodes act on each other than before. All ranks. STF_NO_RESOURCE when memory is
 * out. */
stf_status stf_equations_lay_out_again(stf_equations *equations);

/*
 * Residual [3 owned] [N] at displacement u [3 local] with grips and loads as they are at `time`: internal forces less
 * loads and springs, 0 at held unknowns. False when an element is turned inside out (the residual is then not to be
 * used).
 */
bool stf_equations_residual(stf_equations *equations, const double *u, double time, double *residual);

/*
 * Fills K at u. With `du` [3 local], the increments of the held unknowns (others ignored), also writes the right-hand
 * side [3 owned] of K x = rhs, whose solution takes the body towards equilibrium with the held unknowns moved by du.
 */
stf_status stf_equations_tangent(stf_equations *equations, const double *u, double time, const double *du, double *rhs);

/*
 * Reads off every rigid body at u [3 local], where the last evaluation was, into reading [protocol->rigids]. All ranks.
 */
stf_status stf_equations_rigids(const stf_equations *equations, const double *u, stf_rigid_reading *reading);

/* The same of every cable, at the end of the step from `past`, into reading [protocol->cables]. All ranks.
 * STF_NO_RESOURCE when memory is out. */
stf_status stf_equations_cables(const stf_equations *equations, stf_past past, const double *u,
                                stf_cable_reading *reading);

/*
 * The size [N] of the forces at work, of all ranks: the larger of the norms of what grips and rigid bodies are held by
 * and cables pull with, and of the loads. All ranks.
 */
stf_status stf_equations_scale(const stf_equations *equations, const double *u, double *scale);

/* Sums internal forces less loads [N] at the nodes of every grip into force [grips], over all ranks. */
stf_status stf_equations_grip_forces(const stf_equations *equations, double (*force)[3]);

/* Copies a batch's positions and displacements into lanes and finds its part of `past`, the domain's; no pressure of
 * patches. */
void stf_batch_gather(const stf_domain *domain, const stf_batch *batch, const double *u, stf_past past,
                      stf_element_in *in);

/* Copies a block's positions and displacements into X and shift [nodes][3]. */
void stf_block_gather(const stf_domain *domain, const stf_block *block, const double *u, double (*X)[3],
                      double (*shift)[3]);

/* A block's part of `past`, the domain's. */
static inline stf_past stf_block_past(const stf_block *block, stf_past past) {
  return (stf_past){past.dt, past.memory && block->memory ? past.memory + block->memory_at : NULL};
}

/*
 * The pressure [MPa] of every block that is a patch of a node at u [3 local], 0 of the others, into pressure [blocks].
 * STF_NO_RESOURCE when memory is out.
 */
stf_status stf_patch_pressures(const stf_domain *domain, const double *u, double *pressure);

/* Has a batch's elements feel the pressure [blocks] of their nodes' patches; `lanes` must live as long as `in`. */
void stf_batch_press(const stf_batch *batch, const double *pressure, stf_lane lanes, stf_element_in *in);

#endif
