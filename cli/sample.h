/* A scenario written out with a comment on every key, each taken from the option table that reads it. */
#ifndef STF_CLI_SAMPLE_H
#define STF_CLI_SAMPLE_H

#include <stdio.h>

#include "base/option.h"

/*
 * Writes the mapping `root` as `table` reads it: keys in the order of the table, those that `root` leaves out as
 * comments with their default or an example. Nothing is said twice.
 */
void stf_sample_write(const stf_yaml_node *root, const stf_table *table, FILE *stream);

#endif
