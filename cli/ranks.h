/* How many processes a model is worth, and how many this machine has room for. */
#ifndef STF_CLI_RANKS_H
#define STF_CLI_RANKS_H

#include <stdbool.h>
#include <stddef.h>

enum { STF_RANKS_MOST = 4096, STF_RANKS_ALONE_BELOW = 20000 };

/* Physical cores this process may use, at least 1: hyper-threads share one, and a quota of its control group counts. */
int stf_ranks_cores(void);

/* One below STF_RANKS_ALONE_BELOW unknowns, else `cores`. */
int stf_ranks_choose(size_t unknowns, int cores);

/* Whether this process was started by mpiexec or its like: then how many ranks there are is settled. */
bool stf_ranks_launched(void);

#endif
