#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 18 };

typedef union block block;
union block {
  struct {
    block *next;
    size_t used, size;
  } head;
  max_align_t align;
};

/* The newest block takes the small requests; `grown` is the size of the next one. */
struct stf_arena {
  block *blocks;
  size_t grown;
};

stf_arena *stf_arena_create(void) {
  stf_arena *arena = calloc(1, sizeof(*arena));
  if (arena) arena->grown = FIRST_BLOCK;
  return arena;
}

void stf_arena_destroy(stf_arena *arena) {
  if (!arena) return;
  for (block *b = arena->blocks, *next; b; b = next) {
    next = b->head.next;
    free(b);
  }
  free(arena);
}

static block *create_block(size_t size) {
  block *b = calloc(1, sizeof(*b) + size);
  if (b) b->head.size = size;
  return b;
}

/* A block of its own, kept behind the newest one so that this still takes the small requests. */
static void *alloc_large(stf_arena *arena, size_t size) {
  block *b = create_block(size);
  if (!b) return NULL;
  b->head.used = size;
  if (arena->blocks) {
    b->head.next = arena->blocks->head.next;
    arena->blocks->head.next = b;
  } else {
    arena->blocks = b;
  }
  return b + 1;
}

void *stf_arena_alloc(stf_arena *arena, size_t size) {
  const size_t align = alignof(max_align_t);
  if (size > SIZE_MAX / 2) return NULL;
  size = (size ? size + align - 1 : align) / align * align;
  if (size > FIRST_BLOCK / 2) return alloc_large(arena, size);
  if (!arena->blocks || arena->blocks->head.size - arena->blocks->head.used < size) {
    block *b = create_block(arena->grown);
    if (!b) return NULL;
    if (arena->grown < LARGEST_BLOCK) arena->grown *= 2;
    b->head.next = arena->blocks;
    arena->blocks = b;
  }
  block *b = arena->blocks;
  void *memory = (char *)(b + 1) + b->head.used;
  b->head.used += size;
  return memory;
}

char *stf_arena_copy(stf_arena *arena, const char *text, size_t length) {
  if (length > SIZE_MAX / 2) return NULL;
  char *copy = stf_arena_alloc(arena, length + 1);
  if (copy && length) memcpy(copy, text, length);
  return copy;
}

char *stf_arena_vprintf(stf_arena *arena, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (length < 0) return NULL;
  char *text = stf_arena_alloc(arena, (size_t)length + 1);
  if (text) vsnprintf(text, (size_t)length + 1, format, arguments);
  return text;
}

char *stf_arena_printf(stf_arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *text = stf_arena_vprintf(arena, format, arguments);
  va_end(arguments);
  return text;
}
