/*
 * Four-node tetrahedra, linear, one point. tet4-std takes the volumetric energy in each element and locks where the
 * material keeps its volume: more elements than unknowns ask for it. tet4 leaves it to the patches of nodes
 * (element/patch.h), one for each node, so that an element has the isochoric energy alone; `pressure` is what its
 * patches add.
 */
#include "element/solid.h"

STF_INLINE double share(int q, int a) {
  (void)q;
  (void)a;
  return 0.25;
}

STF_INLINE double slope(int q, int a, int m) {
  (void)q;
  return a == 0 ? -1.0 : a == m + 1 ? 1.0 : 0.0;
}

STF_INLINE double weight(int q) {
  (void)q;
  return 1.0 / 6.0;
}

static const stf_rule rule = {.nodes = 4, .points = 1, .share = share, .slope = slope, .weight = weight};

STF_SOLID_STD(std, rule)

static void view(const stf_element_in *in, stf_element_view *seen) {
  stf_solid_view(&rule, in, seen);
}

STF_KERNEL static void respond_patched(const stf_element_in *in, stf_want want, stf_element_out *out) {
  if (!in->material->matrix->isochoric) {
    stf_solid_respond_std(&rule, in, want, out);
    return;
  }
  stf_lane none = {0};
  stf_point p;
  stf_solid_clear(&rule, want, out);
  stf_point_deform(&rule, 0, in, &p);
  const double *pressure = in->pressure ? in->pressure : none;
  stf_solid_add_point(&rule, in, &p, pressure, want, out);
  if (want == STF_WANT_ENERGY) STF_EACH_LANE out->energy[l] += p.w[l] * p.J[l] * pressure[l];
}

static void sample_patched(const stf_element_in *in, stf_element_sample *sample) {
  stf_point p[STF_ELEMENT_POINTS];
  stf_solid_sample(&rule, in, in->material->matrix->isochoric, NULL, p, sample);
}

const stf_element stf_tet4 = {
    .name = "tet4",
    .sentence = "four-node tetrahedron with volume shared around nodes: free of volume locking, stiff in bending",
    .references = "bonet1998",
    .shape = STF_TET4,
    .points = 1,
    .patched = true,
    .respond = respond_patched,
    .sample = sample_patched,
    .deformation = std_deformation,
    .view = view,
};

const stf_element stf_tet4_std = {
    .name = "tet4-std",
    .sentence = "four-node tetrahedron, displacements only: locks where volume is kept, stiff in bending",
    .references = "hughes2000",
    .shape = STF_TET4,
    .points = 1,
    .respond = std_respond,
    .sample = std_sample,
    .deformation = std_deformation,
    .view = view,
};
