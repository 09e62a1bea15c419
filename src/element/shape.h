/* Shapes of elements: how many nodes, where its sides and corners are. */
#ifndef STF_ELEMENT_SHAPE_H
#define STF_ELEMENT_SHAPE_H

typedef enum stf_shape { STF_HEX8, STF_WEDGE6, STF_TET10, STF_TET4, STF_SHAPES } stf_shape;

enum {
  STF_SHAPE_NODES = 10, /* most nodes of a shape */
  STF_SHAPE_SIDES = 6,
  STF_SIDE_NODES = 6 /* most nodes of a side: three corners and the middles of their edges */
};

/*
 * hex8 and wedge6 have their bottom first, counter-clockwise seen from the top, then the top above it; tet4 has node 3
 * above the counter-clockwise triangle 0 1 2; tet10 then the middles of edges 01 12 20 03 13 23. That is VTK's order
 * but for wedges, whose bottom VTK wants the other way round.
 */
typedef struct stf_shape_info {
  const char *name;
  int nodes, corners, sides;
  int side[STF_SHAPE_SIDES]
          [STF_SIDE_NODES]; /* nodes of each side, corners first, right-hand normal outwards; -1: none */
  int along[8][3];          /* for each corner the corners its three edges lead to, right-handed */
  int vtk;                  /* VTK's cell type */
} stf_shape_info;

extern const stf_shape_info stf_shapes[STF_SHAPES];

#endif
