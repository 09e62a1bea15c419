/* Equilibrium by Newton's method (PETSc SNES), which moves the state. */
#ifndef STF_SOLVE_EQUILIBRIUM_H
#define STF_SOLVE_EQUILIBRIUM_H

#include "solve/averaging.h"
#include "solve/linear.h"
#include "solve/state.h"

/* Why a step was not found. */
typedef enum stf_step_outcome {
  STF_STEP_FOUND,
  STF_STEP_INVERTED, /* an element is inside out */
  STF_STEP_SINGULAR, /* the tangent could not be factorised */
  STF_STEP_STALLED,  /* Newton's method came no nearer */
  STF_STEP_HASTY,    /* more fibres or bonds broke than one step may follow, or a node moved farther */
  STF_STEP_SLID      /* surfaces slid farther than their pairs hold */
} stf_step_outcome;

typedef struct stf_step_report {
  stf_step_outcome outcome;
  int iterations;     /* linear solves, the predictor's included */
  double residual;    /* [N] norm at the end */
  double wanted;      /* [N] */
  double history[32]; /* residual norms of Newton's method, first ones */
  int history_count;
  stf_worst worst;       /* over all ranks: at the end, or where it failed */
  stf_losses lost;       /* in the step */
  double slid;           /* farthest slip of surfaces that slide far, over what a step may bear */
  double worst_residual; /* [N] largest at a node, and where that node is */
  double worst_at[3];    /* [mm] */
} stf_step_report;

/* Seconds spent, summed over steps. */
typedef struct stf_solve_clock {
  double tangent, residual, linear;
  long tangents, residuals, solves;
} stf_solve_clock;

typedef struct stf_equilibrium {
  stf_equations equations;
  double tolerance; /* residual over force_scale */
  stf_linear linear;
  stf_averaging averaging;
  SNES snes;
  Vec x, r, rhs;           /* [3 owned]; x has ghosts */
  double *trial;           /* [3 local] displacement being evaluated */
  double *du;              /* [3 local] increments of held unknowns */
  double time;             /* of the step being looked for */
  double scale_before;     /* force_scale of the state at its start */
  double scale;            /* the same with the present iteration */
  bool full;               /* Newton's steps are taken whole, without a search along them */
  bool careful;            /* linear solves are accurate, after a step that stalled */
  double stiffness;        /* [N/mm] typical of an unknown before anything moves, of rank 0 */
  double drag;             /* [s] what slows movement where fibres snap, as time over which a node gives way; 0: none */
  double farthest;         /* [mm] that a node may move in a step; INFINITY: any */
  double last_norm;        /* [N] of the residual one iteration ago; 0 before */
  double forcing;          /* how much of the residual the next linear solve may leave */
  stf_step_report *report; /* of the step being looked for */
  stf_solve_clock clock;
  stf_status fault; /* of a callback: other than not converging */
} stf_equilibrium;

/* Sets up the solver. All ranks. The caller destroys it. The domain must outlive it. */
stf_status stf_equilibrium_create(const stf_domain *domain, double tolerance, stf_linear_kind linear,
                                  stf_equilibrium *equilibrium);
void stf_equilibrium_destroy(stf_equilibrium *equilibrium);

/* To be told when other nodes act on each other than before. All ranks. STF_NO_RESOURCE when memory is out. */
stf_status stf_equilibrium_regroup(stf_equilibrium *equilibrium);

/*
 * Settles a state at rest, after long enough for all to relax: nothing moves where it is balanced as it is, otherwise
 * as stf_equilibrium_step at its own time. All ranks.
 */
stf_status stf_equilibrium_settle(stf_equilibrium *equilibrium, stf_state *state, stf_step_report *report);

/*
 * Looks for the equilibrium at `time`, starting from `state`. Writes `state` only when it is found and no family has
 * lost more than the share `most.fibres` of its fibres anywhere, or a place of an interface more of its bonds.
 * Returns STF_OK both when found and when not (see report->outcome, the same on all ranks); STF_BUG, STF_NO_RESOURCE.
 * All ranks.
 */
stf_status stf_equilibrium_step(stf_equilibrium *equilibrium, double time, stf_losses most, stf_state *state,
                                stf_step_report *report);

#endif
