#include "result/bibliography.h"

#include <string.h>

/* Behind "@kind{KEY," or NULL. */
static const char *find_entry(const char *bib, const char *key) {
  const size_t length = strlen(key);
  for (const char *at = bib; *at; at += strcspn(at, "\n"), at += *at == '\n') {
    const size_t line = strcspn(at, "\n");
    const char *open = *at == '@' ? memchr(at, '{', line) : NULL;
    if (open && strncmp(open + 1, key, length) == 0 && open[1 + length] == ',') return open + 2 + length;
  }
  return NULL;
}

/* What stands in the braces that open at `open`, without the braces in it; `end` is behind them. */
static const char *inside(const char *open, stf_arena *arena, const char **end) {
  char *text = stf_arena_alloc(arena, strlen(open) + 1), *to = text;
  const char *at = open;
  int depth = 0;
  for (; text && *at; at++) {
    if (*at == '{') depth++;
    if (*at == '}' && --depth == 0) break;
    if (*at != '{' && *at != '}' && *at != '\\') *to++ = *at;
  }
  *end = *at ? at + 1 : at;
  return text;
}

/* The field of the entry whose fields begin at `entry`; NULL: it has none. */
static const char *field(const char *entry, const char *name, stf_arena *arena) {
  for (const char *at = entry; (at += strspn(at, " \n,")), *at && *at != '}';) {
    const size_t length = strcspn(at, " =}\n");
    const char *open = strchr(at, '{'), *end;
    if (!open) return NULL;
    const char *text = inside(open, arena, &end);
    if (length == strlen(name) && strncmp(at, name, length) == 0) return text;
    at = end;
  }
  return NULL;
}

bool stf_bibliography_find(const char *bib, const char *key, stf_arena *arena, stf_source *source) {
  const char *entry = find_entry(bib, key);
  if (!entry) return false;
  const char *author = field(entry, "author", arena), *year = field(entry, "year", arena);
  const char *title = field(entry, "title", arena), *journal = field(entry, "journal", arena);
  if (!journal) journal = field(entry, "publisher", arena);
  source->doi = field(entry, "doi", arena);
  source->text = stf_arena_printf(arena, "%s (%s), %s%s%s", author ? author : "Authors not known",
                                  year ? year : "year not known", title ? title : key, journal ? ", " : "",
                                  journal ? journal : "");
  return source->text != NULL;
}
