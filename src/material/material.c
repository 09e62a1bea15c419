#include "material/material.h"

#include "material/along.h"

STF_KERNEL void stf_fibre_stretch(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3], stf_lane stretch) {
  stf_along_stretch(F, a0, Fa, stretch);
}

STF_KERNEL static void add_pull(const stf_family *family, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                                stf_response *response) {
  stf_pull pull;
  stf_lane Fa[3], stretch;
  stf_along_stretch(F, a0, Fa, stretch);
  family->law->pull(family->data, stretch, want, &pull);
  stf_along_add(&pull, family->fraction, Fa, stretch, a0, want, response);
}

/* to += fraction * from, in the parts that are wanted. */
STF_KERNEL static void add_fraction(double fraction, const stf_response *from, stf_want want, stf_response *to) {
  if (want == STF_WANT_ENERGY) {
    STF_EACH_LANE to->W[l] += fraction * from->W[l];
    return;
  }
  for (int r = 0; r < 9; r++) STF_EACH_LANE to->P[r][l] += fraction * from->P[r][l];
  if (want == STF_WANT_STRESS) return;
  for (int n = 0; n < STF_TANGENT_SIZE; n++) STF_EACH_LANE to->A[n][l] += fraction * from->A[n][l];
}

void stf_family_add(const stf_family *family, const stf_lane F[9], const stf_lane a0[3], stf_want want,
                    stf_response *response) {
  stf_response alone;
  if (family->law->pull) {
    add_pull(family, F, a0, want, response);
  } else if (family->fraction == 1.0) {
    family->law->add(family->data, F, a0, want, response);
  } else {
    stf_response_clear(want, &alone);
    family->law->add(family->data, F, a0, want, &alone);
    add_fraction(family->fraction, &alone, want, response);
  }
}

void stf_material_distort(const stf_material *material, const stf_lane F[9], const stf_lane (*a0)[3], stf_want want,
                          stf_response *response) {
  stf_response_clear(want, response);
  material->matrix->add(material->matrix_data, F, want, response);
  for (size_t f = 0; f < material->families; f++) {
    const stf_family *family = &material->family[f];
    if (family->dispersion)
      stf_dispersion_add(family, F, a0[f], a0[STF_NORMAL], want, response);
    else
      stf_family_add(family, F, a0[f], want, response);
  }
}

STF_KERNEL static void add_volume(const stf_material *material, const stf_lane F[9], stf_want want,
                                  stf_response *response) {
  stf_lane cof[9], J, U, dU, ddU;
  stf_cofactor(F, cof, J);
  if (want == STF_WANT_ENERGY) {
    stf_volumetric_energy(material->volumetric, material->bulk_modulus, J, U);
    STF_VEC(response->W) += STF_READ(U);
    return;
  }
  stf_volumetric(material->volumetric, material->bulk_modulus, J, dU, ddU);
  stf_volumetric_add(F, (const stf_lane *)cof, dU, ddU, want, response);
}

void stf_material_respond(const stf_material *material, const stf_lane F[9], const stf_lane (*a0)[3], stf_want want,
                          stf_response *response) {
  stf_material_distort(material, F, a0, want, response);
  if (material->matrix->isochoric) add_volume(material, F, want, response);
}
