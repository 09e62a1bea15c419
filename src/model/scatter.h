/*
 * How specimens differ: a line of `ensemble.scatter` is a factor of mean 1, log-normal, by which it multiplies the
 * numbers it names. With s^2 = ln(1 + cv^2) and a standard normal g, the factor is exp(s g - s^2/2); g of a line that
 * follows another, with correlation r, is r g' + sqrt(1 - r^2) z. Where only bounds are known it is log-uniform between
 * them, low (high/low)^Phi(g), with the standard normal distribution Phi.
 *
 * What is drawn depends on seed, member, and the names of tissue and parameter alone.
 */
#ifndef STF_MODEL_SCATTER_H
#define STF_MODEL_SCATTER_H

#include "model/model.h"

/*
 * Finds what `ensemble` names in the tissues of the model, overridden as they are, and draws every member once to see
 * that no number leaves its range. Everything belongs to `arena`.
 * STF_BAD_INPUT with every fault; STF_NO_RESOURCE.
 */
stf_status stf_scatter_bind(const stf_scenario *scenario, stf_arena *arena, stf_diags *diags, stf_model *model);

/* That no number of members 1 to `members` leaves its range. STF_BAD_INPUT with a diagnostic for each line. */
stf_status stf_scatter_check(const stf_model *model, long members, stf_diags *diags);

/* The factors [lines] of a member, counted from 1. */
void stf_scatter_factors(const stf_ensemble *ensemble, long member, double *factor);

/* The numbers that members draw [ensemble.numbers]: line by line, the parameter before what is tied to it. */
void stf_scatter_numbers(const stf_ensemble *ensemble, const stf_provenance **number);

/* What they are for a member [ensemble.numbers], ready for stf_model_set. STF_NO_RESOURCE when memory is out. */
stf_status stf_scatter_settings(const stf_model *model, long member, stf_arena *arena, stf_setting *settings);

#endif
