/* The comparisons of a result with published numbers, as a table for people. */
#ifndef STF_CLI_COMPARISONS_H
#define STF_CLI_COMPARISONS_H

#include <stdio.h>

/*
 * Prints one line for each comparison in `folder`/run.json and one for each number that the scenario set in place of
 * its tissue's; nothing where there is none.
 */
void stf_comparisons_print(const char *folder, FILE *stream);

/* The same of its ensemble: mean, standard deviation and quantiles of the members, how they agree, who failed. */
void stf_comparisons_print_ensemble(const char *folder, FILE *stream);

#endif
