/*
 * Option tables: one row says what a key means, and reader, --help, `striffin explain`, the reference page and the
 * tests all follow from it.
 *
 * A table describes a C struct whose first member is `const stf_yaml_node *node` (where it was read; NULL for an
 * all-defaults struct), so that later checks can still say where a value stands.
 */
#ifndef STF_BASE_OPTION_H
#define STF_BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"
#include "base/units.h"
#include "base/yaml.h"

enum { STF_OPTION_MAX_TEXT = 500, STF_OPTION_MAX_ITEMS = 10000 };

typedef enum stf_option_kind {
  STF_KIND_TEXT,       /* const char *           printable text of at most STF_OPTION_MAX_TEXT bytes */
  STF_KIND_NAME,       /* const char *           see stf_text_is_name */
  STF_KIND_FILE,       /* const char *           a path, relative to the file it is written in, returned resolved */
  STF_KIND_CHOICE,     /* int                    index into `choices` */
  STF_KIND_CHOICES,    /* unsigned               a bit for each of `choices` in a list, at most 32 of them */
  STF_KIND_FLAG,       /* bool                   true or false */
  STF_KIND_INTEGER,    /* long */
  STF_KIND_QUANTITY,   /* double                 in base units of `dimension` */
  STF_KIND_QUANTITIES, /* stf_quantities         sequence of quantities */
  STF_KIND_TABLE,      /* the struct itself      one nested mapping, laid out by `table` */
  STF_KIND_TABLES,     /* stf_items              sequence of mappings, laid out by `table` */
  STF_KIND_VARIANT,    /* stf_variant            mapping whose key `selector` picks one of `variants` */
  STF_KIND_VARIANTS,   /* stf_variants           sequence of such mappings */
  STF_KIND_PAIRS       /* stf_pairs              mapping of free names to names, as {sheet: fascia_lata} */
} stf_option_kind;

/* Lists hold at most STF_OPTION_MAX_ITEMS items. */
typedef struct stf_quantities {
  double *values;
  size_t count;
} stf_quantities;

typedef struct stf_items {
  void *items; /* table->size bytes apart */
  size_t count;
} stf_items;

typedef struct stf_pair {
  const stf_yaml_node *node;
  const char *name, *value;
} stf_pair;

typedef struct stf_pairs {
  stf_pair *items;
  size_t count;
} stf_pairs;

typedef struct stf_option stf_option;
typedef struct stf_table stf_table;

/* One possibility for a mapping with a selector: `do: pull` picks the variant named "pull". */
typedef struct stf_variant_type {
  const char *name;
  const char *help;       /* one line */
  const stf_table *table; /* its own keys, besides the common ones; never NULL */
  const void *extra;      /* what the owner of the list hangs on it (a law, an activity, a generator) */
} stf_variant_type;

typedef struct stf_variant_set {
  const char *selector;                 /* "do" */
  const stf_variant_type *const *types; /* [count] */
  size_t count;
  const stf_table *common; /* keys every type has, or NULL; the struct of each type begins with common's struct */
} stf_variant_set;

typedef struct stf_variant {
  const stf_variant_type *type; /* NULL when it may be absent and is */
  void *data;                   /* type->table->size bytes */
} stf_variant;

typedef struct stf_variants {
  stf_variant *items;
  size_t count;
} stf_variants;

/* Whether the end points themselves are allowed. */
typedef enum stf_bounds { STF_CLOSED = 0, STF_OPEN_BELOW = 1, STF_OPEN_ABOVE = 2, STF_OPEN = 3 } stf_bounds;

struct stf_option {
  const char *key;
  stf_option_kind kind;
  stf_dimension dimension; /* QUANTITY, QUANTITIES */
  size_t offset;           /* of the member it fills */
  const char *fallback;    /* default as a user would write it ("{}": a nested table's own defaults);
                              NULL: required; "": may be absent (then zeroed; a quantity is NAN, a choice -1) */
  double minimum, maximum; /* allowed range in base units, or of the length of lists of tables and variants;
                              both 0: no limit; +-INFINITY: none on that side */
  stf_bounds bounds;
  bool needs_other; /* says nothing without another key: `striffin new` does not offer it */
  bool at_home;     /* of a TABLE with a fallback: left out, its node is that of the mapping that it is missing from */
  const char *const *choices;      /* CHOICE, CHOICES: NULL-terminated */
  const stf_table *table;          /* TABLE, TABLES */
  const stf_variant_set *variants; /* VARIANT, VARIANTS */
  const char *help;                /* one line */
  const char *example;             /* what a user might write where there is no default; NULL: anything of its kind */
  const char *source;              /* key in tissues/sources.bib for a default that is physics, else NULL */
};

struct stf_table {
  const char *name;          /* what is being described: "scenario", "layer", "neo-hookean" */
  size_t size;               /* of the struct */
  const stf_option *options; /* [count] */
  size_t count;
};

#define STF_TABLE_OF(label, type, rows) \
  { .name = (label), .size = sizeof(type), .options = (rows), .count = sizeof(rows) / sizeof(*(rows)) }

/*
 * Fills `out` (table->size bytes) from a mapping, adding a diagnostic for every fault found: unknown keys (with the
 * nearest spelling), missing ones, wrong kinds, units and ranges. Goes on after a fault, so that all are reported at
 * once; what is faulty stays as if absent. Everything pointed to belongs to `arena`.
 * Returns STF_BAD_INPUT when any error was added, STF_BUG when a default does not fit its own option.
 */
stf_status stf_options_read(const stf_yaml_node *mapping, const stf_table *table, stf_arena *arena, stf_diags *diags,
                            void *out);

/*
 * Fills `out` with the defaults; required options stay as if absent. STF_NO_RESOURCE when memory is out, STF_BUG as
 * above.
 */
stf_status stf_options_defaults(const stf_table *table, stf_arena *arena, void *out);

/* "a length with its unit, such as 0.8 mm": what an option accepts but for its range; as snprintf does. */
int stf_option_accepts(const stf_option *option, char *buffer, size_t size);

/*
 * "> 0 mm", "from 0 mm to 5 mm", "at least 1 item": the range of an option, empty when it has none. Quantities are
 * shown in `unit`, or as stf_quantity_format does when that is NULL or does not convert. As snprintf does.
 */
int stf_option_range(const stf_option *option, const char *unit, char *buffer, size_t size);

/* "a length with its unit, such as 0.8 mm (> 0 mm)": both together; as snprintf does. */
int stf_option_expects(const stf_option *option, char *buffer, size_t size);

/* Prints key, kind, range, default and help of one option under the name given, nested tables indented below. */
void stf_option_describe(const stf_option *option, const char *name, FILE *stream);

/* The same for every option of a table. */
void stf_options_describe(const stf_table *table, FILE *stream);

/*
 * Finds options by the end of their dotted path: "thickness", "layers.thickness", "timeline.pull.by" (variants by their
 * name, which may be left out), "timeline.do" (the option with that selector), "timeline[1].by" (indices are passed
 * over). Where nothing has that path, the last word alone is looked for. Calls `found` for each with its full path,
 * valid during the call. Returns how many.
 */
size_t stf_options_find(const stf_table *root, const char *path,
                        void (*found)(const stf_option *option, const char *full_path, void *context), void *context);

#endif
