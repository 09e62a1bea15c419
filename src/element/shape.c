#include "element/shape.h"

#define QUAD(a, b, c, d) \
  { a, b, c, d, -1, -1 }
#define TRIANGLE(a, b, c) \
  { a, b, c, -1, -1, -1 }

const stf_shape_info stf_shapes[STF_SHAPES] = {
    [STF_HEX8] = {.name = "hex8",
                  .nodes = 8,
                  .corners = 8,
                  .sides = 6,
                  .side = {QUAD(3, 0, 4, 7), QUAD(1, 2, 6, 5), QUAD(0, 1, 5, 4), QUAD(2, 3, 7, 6), QUAD(0, 3, 2, 1),
                           QUAD(4, 5, 6, 7)},
                  .along = {{1, 3, 4}, {2, 0, 5}, {3, 1, 6}, {0, 2, 7}, {7, 5, 0}, {4, 6, 1}, {5, 7, 2}, {6, 4, 3}},
                  .vtk = 12},
    [STF_WEDGE6] = {.name = "wedge6",
                    .nodes = 6,
                    .corners = 6,
                    .sides = 5,
                    .side = {TRIANGLE(0, 2, 1), TRIANGLE(3, 4, 5), QUAD(0, 1, 4, 3), QUAD(1, 2, 5, 4),
                             QUAD(2, 0, 3, 5)},
                    .along = {{1, 2, 3}, {2, 0, 4}, {0, 1, 5}, {5, 4, 0}, {3, 5, 1}, {4, 3, 2}},
                    .vtk = 13},
    [STF_TET10] = {.name = "tet10",
                   .nodes = 10,
                   .corners = 4,
                   .sides = 4,
                   .side = {{0, 2, 1, 6, 5, 4}, {0, 1, 3, 4, 8, 7}, {1, 2, 3, 5, 9, 8}, {2, 0, 3, 6, 7, 9}},
                   .along = {{1, 2, 3}, {2, 0, 3}, {0, 1, 3}, {0, 2, 1}},
                   .vtk = 24},
    [STF_TET4] = {.name = "tet4",
                  .nodes = 4,
                  .corners = 4,
                  .sides = 4,
                  .side = {TRIANGLE(0, 2, 1), TRIANGLE(0, 1, 3), TRIANGLE(1, 2, 3), TRIANGLE(2, 0, 3)},
                  .along = {{1, 2, 3}, {2, 0, 3}, {0, 1, 3}, {0, 2, 1}},
                  .vtk = 10},
};
