/* Shape functions at the points of a quadrature, for tests: written apart from those of the elements that they judge.
 */
#ifndef STF_REFERENCE_H
#define STF_REFERENCE_H

#include "element/shape.h"

enum { STF_REFERENCE_POINTS = 64 };

/* The reference element is the unit cube, half of it, or the tetrahedron of its first corner and that one's edges. */
typedef struct stf_reference_point {
  double weight, N[STF_SHAPE_NODES], dN[STF_SHAPE_NODES][3];
} stf_reference_point;

/* Gauss's points in a cube, collapsed to the shape: exact for polynomials up to degree 5. */
void stf_reference_points(stf_shape shape, stf_reference_point point[STF_REFERENCE_POINTS]);

/*
 * Takes a point to an element with nodes at X: its position x [3], the gradients dNdX of the shape functions there, and
 * the volume that belongs to it, which is returned.
 */
double stf_reference_place(const stf_reference_point *point, int nodes, const double (*X)[3], double x[3],
                           double (*dNdX)[3]);

#endif
