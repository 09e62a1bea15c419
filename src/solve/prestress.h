/*
 * Prestress. An image shows the body under the loads it bears all day; what its parts would look like cut out is not
 * known. Every integration point remembers the deformation G from its natural state to the image, F_e = F G, and G is
 * looked for so that the image stands in balance (Maas et al. 2016): from the G that the stretches asked for make,
 *
 *   find the equilibrium u under those loads;  G <- F(u) G;  u <- 0;  until nothing moves.
 *
 * Where that is too far to go, a turn does away with a part of the imbalance only, and the next one goes on from there.
 */
#ifndef STF_SOLVE_PRESTRESS_H
#define STF_SOLVE_PRESTRESS_H

#include "solve/equilibrium.h"

typedef struct stf_prestress_report {
  int turns;                  /* equilibria found on the way */
  int iterations;             /* of Newton's method, all turns */
  double moved;               /* [mm] largest displacement that was left over in the last turn */
  stf_prestress_found *found; /* [parts] */
  stf_step_report step;       /* of the last turn */
} stf_prestress_report;

/*
 * Gives every point of the domain the G that is asked for; the identity in parts that nothing is asked of. Call before
 * the equations are made. The memory that the batches point to is the caller's to free. STF_NO_RESOURCE.
 */
stf_status stf_prestress_begin(const stf_prestress *prestress, stf_domain *domain, double **memory);

/*
 * Looks for the prestress, at the state's own time; the state stays unmoved. `found` [parts] of the report is the
 * caller's. STF_OK with the outcome in report->step, the same on all ranks: STF_STEP_STALLED when the image still moves
 * after many turns. All ranks.
 */
stf_status stf_prestress_find(const stf_prestress *prestress, stf_domain *domain, stf_equilibrium *equilibrium,
                              stf_state *state, stf_prestress_report *report);

#endif
