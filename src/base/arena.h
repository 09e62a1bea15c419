/* Memory that is released all at once: strings and lists that live as long as what was read from one file. */
#ifndef STF_BASE_ARENA_H
#define STF_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct stf_arena stf_arena;

/* An empty arena, or NULL when memory is out. The caller destroys it. */
stf_arena *stf_arena_create(void);

/* Releases everything the arena handed out. NULL is allowed. */
void stf_arena_destroy(stf_arena *arena);

/* `size` zeroed bytes aligned for any type, or NULL when memory is out. Owned by the arena. */
void *stf_arena_alloc(stf_arena *arena, size_t size);

/* A copy of the first `length` bytes of `text`, NUL-terminated; NULL when memory is out. Owned by the arena. */
char *stf_arena_copy(stf_arena *arena, const char *text, size_t length);

/* Formatted text, as printf; NULL when memory is out. Owned by the arena. */
char *stf_arena_printf(stf_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *stf_arena_vprintf(stf_arena *arena, const char *format, va_list arguments);

#endif
