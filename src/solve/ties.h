/*
 * What follows rigid bodies, in the equations: forces and stiffness of nodes that are tied go to the unknowns of their
 * body. With u_s = shift + (R(turn/size) - I) X_s and B_s = du_s/d(turn unknown),
 *
 *   r_shift = sum r_s,  r_turn = sum B_s^T r_s,  K = T^T K_s T + sum r_s . d2u_s/d(turn)2,  T = [I B_s]
 *
 * For equations.c alone.
 */
#ifndef STF_SOLVE_TIES_H
#define STF_SOLVE_TIES_H

#include "solve/equations.h"

/* Where the assembled numbers go. */
typedef struct stf_target {
  double *own, *off; /* values of the two parts of the matrix */
  double *rhs;       /* NULL: not wanted */
  const double *du;
} stf_target;

/* Where node `column` stands in the row of owned node `row`: 3 k in the own part, -1 - 3 k in the other. */
int stf_find_slot(const stf_domain *domain, const stf_pattern *pattern, int row, PetscInt column);

/* Adds one number to the row of an owned, free unknown; a held column goes to the right-hand side. */
void stf_add_entry(const stf_equations *equations, int row, int slot, int column, double k, const stf_target *target);

/* The local nodes whose unknowns move a node: itself, or the two of its body. Returns how many. */
int stf_tie_targets(const stf_domain *domain, int node, int target[2]);

/* Notes how the bodies are turned at u [3 local]. */
void stf_ties_turn(stf_equations *equations, const double *u);

/* Adds the stiffness between nodes a and c, either of which may be tied. */
void stf_ties_add_pair(const stf_equations *equations, int a, int c, const double K[3][3], const stf_target *target);

/* Adds to the residual [3 owned] of owned bodies what their nodes and pushes ask for. */
void stf_ties_add_residual(const stf_equations *equations, double time, double *residual);

/* Adds the stiffness of owned bodies' finite turns. */
void stf_ties_add_curvature(const stf_equations *equations, double time, const stf_target *target);

#endif
