/*
 * Linear relaxation of stress (generalised Maxwell, Prony series). Of the stress s that a deformation makes at once, a
 * share g_k fades with time t_k:
 *
 *   stress = (1 - sum g_k) s + sum h_k,   dh_k/dt + h_k/t_k = g_k ds/dt
 *
 * Where s changes evenly over a step of dt, exactly (Taylor, Pister & Goudreau 1970), with x = dt/t_k:
 *
 *   h_k <- e^-x h_k + g_k (1 - e^-x)/x (s - s_before)
 */
#ifndef STF_MATERIAL_RELAXATION_H
#define STF_MATERIAL_RELAXATION_H

#include "material/law.h"

enum { STF_RELAXATION_TERMS = 8 };

typedef struct stf_relaxation {
  int terms;                          /* 0: nothing fades */
  double share[STF_RELAXATION_TERMS]; /* [terms] of the stress at once; less than 1 together */
  double time[STF_RELAXATION_TERMS];  /* [terms] [s] */
} stf_relaxation;

/* The numbers of one step: stress = whole s + sum (kept h_k - gained s_before). */
typedef struct stf_relaxing {
  double whole;
  double kept[STF_RELAXATION_TERMS], gained[STF_RELAXATION_TERMS]; /* e^-x, g (1 - e^-x)/x */
} stf_relaxing;

/* The numbers of a step of `dt` [s], 0 and INFINITY included. */
void stf_relaxation_step(const stf_relaxation *relaxation, double dt, stf_relaxing *step);

/*
 * The same share for each decade of time from `from` to `to` [s] with a term in the middle of each, as many as there
 * are whole decades. NULL on success, else why that cannot be.
 */
const char *stf_relaxation_decades(double share, double from, double to, stf_relaxation *relaxation);

/* Lanes of memory of a matrix that relaxes: its stress at once, then what is left of each term, [1 + terms][6]. */
size_t stf_relaxation_memory(const stf_relaxation *relaxation);

/* Writes how each of those is carried over cycles. */
void stf_relaxation_carry(const stf_relaxation *relaxation, stf_carry *how);

/*
 * Turns the response of a matrix at once into that at the end of the step from `past`: its second Piola-Kirchhoff
 * stress S relaxes, whatever the law (Simo 1987). `response` holds the matrix alone.
 */
void stf_relaxation_apply(const stf_relaxation *relaxation, const stf_past *past, const stf_lane F[9], stf_want want,
                          stf_response *response);

/* Takes a matrix's memory to the end of a step that ends at F, where its stress at once is P. */
void stf_relaxation_advance(const stf_relaxation *relaxation, double dt, const stf_lane F[9], const stf_lane P[9],
                            stf_lane *memory);

#endif
