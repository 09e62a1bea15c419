#include "result/bibliography.h"

#include <string.h>

enum { WORDS = 5 }; /* of a title by which a source is cited */

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

/* "Otsuka, Shun and Shan, X." as "Otsuka, Shun; Shan, X."; "and others" stays. */
static const char *list_authors(const char *author, stf_arena *arena) {
  char *text = stf_arena_alloc(arena, strlen(author) + 1), *to = text;
  for (const char *at = author; text && *at;) {
    const bool between = strncmp(at, " and ", 5) == 0 && strncmp(at, " and others", 11) != 0;
    if (between) *to++ = ';';
    if (between) *to++ = ' ';
    if (between)
      at += 5;
    else
      *to++ = *at++;
  }
  if (text) *to = '\0';
  return text;
}

/* Bytes of the family name with which a list of authors begins: up to the comma, or the last word of the first one. */
static size_t first_name(const char **author) {
  const char *end = strstr(*author, " and "), *comma = strchr(*author, ',');
  if (!end) end = *author + strlen(*author);
  if (comma && comma < end) return (size_t)(comma - *author);
  for (const char *at = *author; at < end; at++)
    if (*at == ' ') *author = at + 1;
  return (size_t)(end - *author);
}

/* "“Physical properties of Scarpa's fascia” 2024": at most five words of the title, none behind a colon. */
static const char *cite_title(const char *title, const char *year, stf_arena *arena) {
  size_t length = strcspn(title, " :");
  for (int words = 1; title[length] == ' ' && words < WORDS; words++) length += 1 + strcspn(title + length + 1, " :");
  return stf_arena_printf(arena, "\u201c%.*s%s\u201d%s%s", (int)length, title, title[length] == ' ' ? " \u2026" : "",
                          year ? " " : "", year ? year : "");
}

/* "Otsuka and others 2018", "Yamamoto and Hayashi 1999". */
static const char *cite_authors(const char *author, const char *year, stf_arena *arena) {
  const char *second = strstr(author, " and ");
  const bool two = second && !strstr(second + 1, " and ") && strcmp(second, " and others") != 0;
  const size_t length = first_name(&author);
  const char *rest = second ? second + 5 : "";
  const size_t more = two ? first_name(&rest) : 0;
  const char *others = second && !two ? " and others" : "";
  return stf_arena_printf(arena, "%.*s%s%.*s%s%s%s", (int)length, author, two ? " and " : "", (int)more, rest, others,
                          year ? " " : "", year ? year : "");
}

bool stf_bibliography_find(const char *bib, const char *key, stf_arena *arena, stf_source *source) {
  const char *entry = find_entry(bib, key);
  if (!entry) return false;
  const char *author = field(entry, "author", arena), *year = field(entry, "year", arena);
  const char *title = field(entry, "title", arena), *journal = field(entry, "journal", arena);
  if (!journal) journal = field(entry, "publisher", arena);
  if (!year) year = "year not known";
  source->doi = field(entry, "doi", arena);
  source->cite = author && *author ? cite_authors(author, field(entry, "year", arena), arena)
                                   : cite_title(title ? title : key, field(entry, "year", arena), arena);
  const char *who = author ? list_authors(author, arena) : title ? title : key;
  source->text = stf_arena_printf(arena, "%s (%s)%s%s%s%s", who, year, author && title ? ", " : "",
                                  author && title ? title : "", journal ? ", " : "", journal ? journal : "");
  return source->text && source->cite;
}
