/*
 * Flow of a film between two surfaces that press on it (Reynolds 1886), along a face whose nodes are finite volumes:
 *
 *   dh/dt = div(h^3/(12 eta) grad p_f),   p = p_f + p_m,   p_m = -E ln(h/h_0)
 *
 * The load p is borne by the fluid and by a matrix of fibres, which takes ever more of it as fluid leaves, so that the
 * film settles at h_0 exp(-p/E) where fluid may leave, and fills again when the load is gone: consolidation (Terzaghi
 * 1925), with the diffusivity E h^2/(12 eta). Fluid crosses no edge of the face. It moves from node i to node j by
 *
 *   w_ij h_up^3/(12 eta) (p_f,i - p_f,j),   w_ij = 1/2 (cot alpha_ij + cot beta_ij)
 *
 * with the angles that the triangles at the edge have opposite to it (four-sided facets are cut between their smaller
 * angles) and h_up from where it comes. Where these angles are 180 deg or more in sum, as in meshes that are no
 * Delaunay triangulation, none moves: it would go uphill.
 */
#ifndef STF_INTERFACE_REYNOLDS_H
#define STF_INTERFACE_REYNOLDS_H

#include <stdbool.h>

#include "base/arena.h"
#include "interface/pairing.h"

typedef struct stf_film {
  double thickness; /* [mm] h_0, at rest */
  double viscosity; /* [MPa s] eta */
  double modulus;   /* [MPa] E; 0: no matrix, fluid bears all */
} stf_film;

/* Two places that fluid moves between. */
typedef struct stf_channel {
  int from, to;
  double width; /* w: of the way across over the way along */
} stf_channel;

typedef struct stf_channels {
  size_t count;
  stf_channel *channel; /* [count] each pair once, from < to, ascending */
} stf_channels;

/*
 * Channels along a surface at X [most node + 1][3] [mm]; place [most node + 1] tells what stands at a node, -1:
 * nothing, where no fluid goes. They belong to `arena`. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_channels_find(const stf_surface *surface, const double (*X)[3], const int *place, stf_arena *arena,
                             stf_channels *channels);

/* Volume per time [mm^3/s] from one end of a channel to the other, and its slopes by u = ln(h/h_0) at either. */
typedef struct stf_flow {
  double rate, by_from, by_to;
} stf_flow;

/* u [places], and the load p [places] [MPa]. */
stf_flow stf_channel_flow(const stf_film *film, const stf_channel *channel, const double *u, const double *p);

#endif
