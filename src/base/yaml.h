/*
 * A YAML file as a tree that remembers where everything stood. Read by libyaml; anchors, aliases, tags and several
 * documents in one file are refused, and so are files over STF_YAML_MAX_BYTES, more values than STF_YAML_MAX_NODES,
 * keys over STF_YAML_MAX_KEY bytes, nesting over STF_YAML_MAX_DEPTH, text that is not UTF-8, and doubled keys.
 */
#ifndef STF_BASE_YAML_H
#define STF_BASE_YAML_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"

enum { STF_YAML_MAX_BYTES = 4 << 20, STF_YAML_MAX_NODES = 100000, STF_YAML_MAX_KEY = 200, STF_YAML_MAX_DEPTH = 32 };

typedef enum stf_yaml_kind { STF_YAML_SCALAR, STF_YAML_SEQUENCE, STF_YAML_MAPPING } stf_yaml_kind;

typedef struct stf_yaml_node stf_yaml_node;
struct stf_yaml_node {
  stf_yaml_kind kind;
  stf_place place;                /* of the value; place.path is its path in the tree, NULL for the root */
  stf_place key_place;            /* of its key, where it has one */
  const char *key;                /* NULL for items of a sequence and for the root */
  const char *text;               /* scalar: its text, else NULL */
  size_t length;                  /* scalar: bytes in text (it holds no NUL) */
  const stf_yaml_node **children; /* [count] items, or values in the order of the file */
  size_t count;
};

/*
 * Reads a file. `*root` and all it points to belong to `arena`. STF_BAD_INPUT / STF_NO_RESOURCE with diagnostics.
 * After STF_BAD_INPUT `*root` is NULL where the text is no YAML; after faults that leave a tree (doubled keys, of which
 * the first stays, anchors, aliases, tags) it is not, so that a caller can go on and report all faults at once.
 */
stf_status stf_yaml_read_file(const char *path, stf_arena *arena, stf_diags *diags, const stf_yaml_node **root);

/* The same from memory; `name` stands for the file in diagnostics. */
stf_status stf_yaml_read_text(const char *text, size_t length, const char *name, stf_arena *arena, stf_diags *diags,
                              const stf_yaml_node **root);

/* The value of `key` in a mapping, or NULL. `mapping` may be NULL or of another kind. */
const stf_yaml_node *stf_yaml_get(const stf_yaml_node *mapping, const char *key);

/*
 * Where a complaint about `key` of `mapping` belongs: at its value, or at the mapping when the key is not written
 * there. `mapping` may be NULL (all zero then).
 */
stf_place stf_yaml_place(const stf_yaml_node *mapping, const char *key);

#endif
