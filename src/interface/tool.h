/*
 * A rigid tool against tissue: contact at a node of a face, as a block. One shape is one row in tool_shapes.c.
 *
 * The tool's frame is carried by four nodes that follow its rigid body: its centre c and the places c + 1 mm along x, y
 * and z. In it the node stands at
 *
 *   y_i = (x_i - c) . (x - c)
 *
 * which is the same however tool and tissue are moved or turned as a whole, so the forces d(y)/dx . q balance and turn
 * nothing, and are exact to the second derivative. q comes of the shape's distance and the law of contact.
 */
#ifndef STF_INTERFACE_TOOL_H
#define STF_INTERFACE_TOOL_H

#include "element/block.h"

enum { STF_TOOL_ANCHORS = 4, STF_TOOL_NODES = 1 + STF_TOOL_ANCHORS };

/* What a shape needs, in the tool's frame; of each what it has. */
typedef struct stf_tool_form {
  double axis[3]; /* unit: normal of a plane, towards the tissue; axis of a cylinder */
  double radius;  /* [mm] of a sphere or cylinder; of the rounding of a pad's edges */
  double half[3]; /* [mm] of a pad along x, y, z, rounding included */
} stf_tool_form;

typedef struct stf_tool_shape {
  const char *name;
  /* Distance [mm] of a place y [3] from the surface, negative within, with its slope (a unit vector) and curvature. */
  double (*distance)(const stf_tool_form *form, const double y[3], double slope[3], double curvature[3][3]);
  /* The place in the tool of one in the cube from -1 to 1, whose surface goes to the tool's; `reach` [mm] is how far
   * what has no ends is drawn. */
  void (*outline)(const stf_tool_form *form, double reach, const double cube[3], double place[3]);
} stf_tool_shape;

extern const stf_tool_shape stf_tool_plane, stf_tool_sphere, stf_tool_cylinder, stf_tool_pad;

typedef struct stf_tool_core {
  const stf_tool_shape *shape;
  stf_tool_form form;
  double friction; /* force along the surface over pressure, at most */
} stf_tool_core;

/* A node that may touch the tool: data of the block. */
typedef struct stf_tool_contact {
  const stf_tool_core *tool;
  double area;      /* [mm^2] of the node, before loading */
  double stiffness; /* [MPa/mm] pressure over depth */
  double onset;     /* [mm] half the depth over which the stiffness comes on */
  double start[3];  /* [mm] its place in the tool's frame, before anything moves */
} stf_tool_contact;

/* Nodes: that of the tissue, then the centre and the places along x, y, z. It remembers something where there is
 * friction. */
extern const stf_block_kind stf_tool_block;

typedef struct stf_tool_touch {
  double depth;    /* [mm] negative: that far away */
  double pressure; /* [MPa] over area before loading */
  double slipped;  /* [mm] way along the surface so far */
  double lost;     /* [N mm] to friction so far */
} stf_tool_touch;

enum {
  STF_OUTLINE_CUTS = 10, /* of an edge of the cube */
  STF_OUTLINE_PLACES = 6 * STF_OUTLINE_CUTS * STF_OUTLINE_CUTS + 3,
  STF_OUTLINE_CELLS = 12 * STF_OUTLINE_CUTS * STF_OUTLINE_CUTS
};

/*
 * Area [mm^2] of the part of a facet that lies in a tool, where depth [count] [mm] runs straight between its corners
 * X [count] [mm]. Count 3, or 4: as four triangles about the mean of its corners.
 */
double stf_tool_touched(int count, const double (*X)[3], const double *depth);

/* A tool to look at, in its own frame: tetrahedra (element/shape.h) from place 0 in its middle to its surface. */
void stf_tool_outline(const stf_tool_core *tool, double reach, double (*place)[3], int (*cell)[4]);

/* The contact as it is; `memory` of the block, NULL where it has none. */
void stf_tool_read(const stf_tool_contact *contact, const double (*X)[3], const double (*u)[3], const stf_lane *memory,
                   stf_tool_touch *touch);

#endif
