#include "anatomy/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

typedef struct slot {
  long key;
  int value; /* -1: empty */
} slot;

struct stf_map {
  slot *slots;
  size_t mask; /* slots less one; slots are a power of 2 */
  size_t count;
};

static slot *create_slots(size_t count) {
  if (count > SIZE_MAX / 2 / sizeof(slot)) return NULL;
  slot *slots = malloc(count * sizeof(*slots));
  for (size_t i = 0; slots && i < count; i++) slots[i].value = -1;
  return slots;
}

stf_map *stf_map_create(void) {
  stf_map *map = calloc(1, sizeof(*map));
  if (!map) return NULL;
  map->slots = create_slots(FIRST_SLOTS);
  map->mask = FIRST_SLOTS - 1;
  if (map->slots) return map;
  free(map);
  return NULL;
}

void stf_map_destroy(stf_map *map) {
  if (!map) return;
  free(map->slots);
  free(map);
}

/* The slot of a key, or the empty one where it would go. Keys are mixed as by splitmix64 (Steele, Lea & Flood 2014). */
static slot *find_slot(const stf_map *map, long key) {
  uint64_t z = (uint64_t)key;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  size_t at = (size_t)(z ^ (z >> 31)) & map->mask;
  while (map->slots[at].value >= 0 && map->slots[at].key != key) at = (at + 1) & map->mask;
  return &map->slots[at];
}

/* At most half of the slots are taken, so that a search soon meets an empty one. */
static stf_status grow(stf_map *map) {
  const size_t before = map->mask + 1;
  slot *old = map->slots, *slots = create_slots(2 * before);
  if (!slots) return STF_NO_RESOURCE;
  map->slots = slots;
  map->mask = 2 * before - 1;
  for (size_t i = 0; i < before; i++)
    if (old[i].value >= 0) *find_slot(map, old[i].key) = old[i];
  free(old);
  return STF_OK;
}

stf_status stf_map_add(stf_map *map, long key, int value, bool *added) {
  slot *at = find_slot(map, key);
  *added = at->value < 0;
  if (!*added) return STF_OK;
  if (2 * (map->count + 1) > map->mask) {
    STF_TRY(grow(map));
    at = find_slot(map, key);
  }
  *at = (slot){key, value};
  map->count++;
  return STF_OK;
}

int stf_map_find(const stf_map *map, long key) {
  return find_slot(map, key)->value;
}
