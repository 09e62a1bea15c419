/*
 * Finite rotations by their vector: about its direction, by its length in rad (Rodrigues' formula; Bauchau & Trainelli
 * 2003). Smooth for every vector; at a length of 2 pi, no rotation at all, some of its slopes vanish.
 */
#ifndef STF_ELEMENT_ROTATION_H
#define STF_ELEMENT_ROTATION_H

/* R = c I + s [v] + b v v^T; c, s, b, d as functions of q = |v|^2 with first and second derivatives. */
typedef struct stf_rotation {
  double vector[3];
  double c[3], s[3], b[3]; /* cos, sin(a)/a, (1 - cos a)/a^2 with a = |v| */
  double d[2];             /* (a - sin a)/a^3 */
} stf_rotation;

void stf_rotation_set(const double vector[3], stf_rotation *rotation);

/* R p */
void stf_rotation_apply(const stf_rotation *rotation, const double p[3], double x[3]);

/* slope[i][j] = d(R p)_i/dv_j */
void stf_rotation_slope(const stf_rotation *rotation, const double p[3], double slope[3][3]);

/* Adds d2(f . R p)/dv2, symmetric. */
void stf_rotation_add_curvature(const stf_rotation *rotation, const double p[3], const double f[3],
                                double curvature[3][3]);

/* What a moment m that keeps its direction works along each v_j: T^T m, where a change of v turns the body by T dv. */
void stf_rotation_moment(const stf_rotation *rotation, const double m[3], double along[3]);

/* Adds scale d(T^T m)_i/dv_j, which is not symmetric. */
void stf_rotation_add_moment_slope(const stf_rotation *rotation, const double m[3], double scale, double slope[3][3]);

/* The vector of "first `first`, then `then`", of all that turn so the nearest to their sum. */
void stf_rotation_compose(const double first[3], const double then[3], double vector[3]);

#endif
