#include "model/names.h"

#include <string.h>

#include "base/text.h"

const char *stf_names_short(const stf_provenance *p) {
  return !strncmp(p->path, "fibres.", 7) ? p->path + 7 : p->path;
}

int stf_names_tissue(const stf_scenario *scenario, const stf_yaml_node *line, const char *name, stf_arena *arena,
                     stf_diags *diags) {
  const stf_pairs *known = &scenario->tissues;
  const char **names = stf_arena_alloc(arena, (known->count + 1) * sizeof(*names));
  for (size_t i = 0; names && i < known->count; i++) {
    if (!strcmp(known->items[i].name, name)) return (int)i;
    names[i] = known->items[i].name;
  }
  const char *nearest = names ? stf_text_nearest(name, names, known->count) : NULL;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(line, "tissue"), stf_diags_text(diags, "the tissue %s", name),
                "a name from `tissues`", nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : NULL);
  return -1;
}

/* "did you mean along.modulus?", or what there is. */
static const char *suggest(const stf_tissue *tissue, const char *path, stf_arena *arena, stf_diags *diags) {
  const char **names = stf_arena_alloc(arena, (tissue->provenances + 1) * sizeof(*names)), *all = "";
  if (!names || stf_diags_full(diags)) return NULL;
  for (size_t i = 0; i < tissue->provenances; i++) {
    names[i] = stf_names_short(&tissue->provenance[i]);
    all = stf_diags_text(diags, "%s%s%s", all, i ? ", " : "there are ", names[i]);
  }
  const char *nearest = stf_text_nearest(path, names, tissue->provenances);
  return nearest ? stf_diags_text(diags, "did you mean %s?", nearest) : all;
}

const stf_provenance *stf_names_parameter(const stf_tissue *tissue, const stf_yaml_node *line, const char *key,
                                          const char *path, stf_arena *arena, stf_diags *diags) {
  const stf_provenance *p = stf_tissue_parameter(tissue, path);
  if (p) return p;
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(line, key),
                stf_diags_text(diags, "the parameter %s", stf_diags_quote(diags, path, strlen(path))),
                stf_diags_text(diags, "a number that stands in %s.yaml", tissue->name),
                suggest(tissue, path, arena, diags));
  return NULL;
}

stf_status stf_names_parameters(const stf_tissue *tissue, const stf_yaml_node *line, const char *key, stf_arena *arena,
                                stf_diags *diags, const stf_provenance ***found, size_t *count) {
  const stf_yaml_node *written = stf_yaml_get(line, key);
  const char *list = written && written->text ? written->text : "";
  stf_status worst = STF_OK;
  *count = 0;
  *found = stf_arena_alloc(arena, (strlen(list) / 2 + 1) * sizeof(**found));
  if (!*found) return STF_NO_RESOURCE;
  for (const char *at = list + strspn(list, " "); *at; at += strspn(at, " ")) {
    const char *path = stf_arena_copy(arena, at, strcspn(at, " "));
    at += strcspn(at, " ");
    if (!path) return STF_NO_RESOURCE;
    const stf_provenance *p = stf_names_parameter(tissue, line, key, path, arena, diags);
    if (p) (*found)[(*count)++] = p;
    if (!p) worst = STF_BAD_INPUT;
  }
  return worst;
}

stf_status stf_names_refuse_twice(const stf_yaml_node *line, const char *key, const stf_provenance *p,
                                  stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, stf_yaml_place(line, key),
                stf_diags_text(diags, "%s for the second time", stf_names_short(p)), "each number once", NULL);
  return STF_BAD_INPUT;
}
