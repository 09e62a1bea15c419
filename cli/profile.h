/* Where the time of a run went, as a table for people. */
#ifndef STF_CLI_PROFILE_H
#define STF_CLI_PROFILE_H

#include <stdio.h>

/* Prints a line for each phase in `folder`/timing.json, and what none of them took; nothing where there is no such
 * file. */
void stf_profile_print(const char *folder, FILE *stream);

#endif
