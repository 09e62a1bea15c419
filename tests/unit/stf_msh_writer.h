/* For tests of Gmsh meshes: small meshes by hand or cut from a box, and the files of them in every format. */
#ifndef STF_MSH_WRITER_H
#define STF_MSH_WRITER_H

#include <stdbool.h>
#include <stddef.h>

enum { STF_WRITTEN_MOST = 4000, STF_WRITTEN_NODES = 10 };

/* An element as it stands in a file. `group` 0: in none. */
typedef struct stf_written_cell {
  int type, group; /* of Gmsh; physical group of the element's dimension */
  long number, node[STF_WRITTEN_NODES];
} stf_written_cell;

typedef struct stf_written_name {
  int dim, number;
  const char *name;
} stf_written_name;

typedef struct stf_written {
  size_t nodes, cells, names;
  long number[STF_WRITTEN_MOST];
  double X[STF_WRITTEN_MOST][3];
  stf_written_cell cell[STF_WRITTEN_MOST];
  stf_written_name name[16];
  /* A field, if it has a name. */
  const char *field;
  bool at_nodes, by_node; /* at nodes; at two nodes of each element, the same at both but for the sign */
  int components;
  size_t values;
  long value_number[STF_WRITTEN_MOST];
  double value[STF_WRITTEN_MOST][3];
} stf_written;

/* Which of the eight ways to write a mesh. */
typedef struct stf_written_format {
  int version; /* 22 or 41 */
  bool binary, swap;
} stf_written_format;

extern const stf_written_format stf_written_formats[6];

/* How a box is cut. Gmsh's types are 5, 6, 4 and 11; MIXED has hexahedra at low x and prisms at high x. */
typedef enum stf_written_cut { CUT_HEX, CUT_WEDGE, CUT_TET4, CUT_TET10, CUT_MIXED } stf_written_cut;

/*
 * A box from the origin in `n` cells a side of lengths `h`: volume elements in the group 1, "body", and for MIXED
 * prisms in 2, "wedges"; surfaces in the groups 11 to 16, "x_min" to "z_max". Numbers of nodes and elements are sparse
 * and in no order. Owned by the caller.
 */
stf_written *stf_written_box(stf_written_cut cut, const int n[3], const double h[3]);

/* The bytes of a file, NUL behind them; the caller frees them. */
char *stf_written_bytes(const stf_written *w, stf_written_format format, size_t *size);

/* The element or node with that number; fails the test when there is none. */
stf_written_cell *stf_written_find_cell(stf_written *w, long number);

#endif
