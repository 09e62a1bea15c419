/* Numbers by number: which place in an array the thing with some number has. */
#ifndef STF_ANATOMY_MAP_H
#define STF_ANATOMY_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct stf_map stf_map;

/* An empty map, or NULL when memory is out. The caller destroys it. */
stf_map *stf_map_create(void);
void stf_map_destroy(stf_map *map);

/* Adds a key with its value (>= 0), unless the key is there: then `*added` is false. STF_NO_RESOURCE. */
stf_status stf_map_add(stf_map *map, long key, int value, bool *added);

/* The value of a key, or -1. */
int stf_map_find(const stf_map *map, long key);

#endif
