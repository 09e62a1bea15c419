#include "material/material.h"

#include <math.h>

#include "material/along.h"

STF_KERNEL void stf_fibre_stretch(const stf_lane F[9], const stf_lane a0[3], stf_lane Fa[3], stf_lane stretch) {
  stf_along_stretch(F, a0, Fa, stretch);
}

void stf_material_lay_memory(stf_material *material) {
  material->memory = stf_relaxation_memory(&material->relaxation);
  for (size_t f = 0; f < material->families; f++) {
    stf_family *family = &material->family[f];
    family->memory = family->law->memory ? family->law->memory->size(family->data) : 0;
    family->memory_at = material->memory;
    material->memory += family->memory * stf_family_directions(family);
  }
}

STF_KERNEL static void add_pull(const stf_family *family, const stf_past *past, const stf_lane F[9],
                                const stf_lane a0[3], stf_want want, stf_response *response) {
  stf_pull pull;
  stf_lane Fa[3], stretch;
  stf_along_stretch(F, a0, Fa, stretch);
  stf_family_pull(family, past, 0, stretch, want, &pull);
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

void stf_family_add(const stf_family *family, const stf_past *past, const stf_lane F[9], const stf_lane a0[3],
                    stf_want want, stf_response *response) {
  stf_response alone;
  if (family->law->pull) {
    add_pull(family, past, F, a0, want, response);
  } else if (family->fraction == 1.0) {
    family->law->add(family->data, F, a0, want, response);
  } else {
    stf_response_clear(want, &alone);
    family->law->add(family->data, F, a0, want, &alone);
    add_fraction(family->fraction, &alone, want, response);
  }
}

/* A family's own past; NULL where it remembers nothing. */
static const stf_past *past_of(const stf_family *family, const stf_past *past, stf_past *own) {
  if (!past || !family->memory) return NULL;
  *own = (stf_past){.dt = past->dt, .memory = past->memory + family->memory_at};
  return own;
}

void stf_material_distort(const stf_material *material, const stf_past *past, const stf_lane F[9],
                          const stf_lane (*a0)[3], stf_want want, stf_response *response) {
  stf_past own;
  stf_response_clear(want, response);
  material->matrix->add(material->matrix_data, F, want, response);
  if (past && material->relaxation.terms) stf_relaxation_apply(&material->relaxation, past, F, want, response);
  for (size_t f = 0; f < material->families; f++) {
    const stf_family *family = &material->family[f];
    if (family->dispersion)
      stf_dispersion_add(family, past_of(family, past, &own), F, a0[f], a0[STF_NORMAL], want, response);
    else
      stf_family_add(family, past_of(family, past, &own), F, a0[f], want, response);
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

void stf_material_respond(const stf_material *material, const stf_past *past, const stf_lane F[9],
                          const stf_lane (*a0)[3], stf_want want, stf_response *response) {
  stf_material_distort(material, past, F, a0, want, response);
  if (material->matrix->isochoric) add_volume(material, F, want, response);
}

void stf_material_rest(const stf_material *material, stf_lane *memory) {
  memset(memory, 0, stf_relaxation_memory(&material->relaxation) * sizeof *memory);
  for (size_t f = 0; f < material->families; f++) {
    const stf_family *family = &material->family[f];
    for (size_t k = 0; family->memory && k < stf_family_directions(family); k++)
      family->law->memory->rest(family->data, memory + family->memory_at + k * family->memory);
  }
}

void stf_material_carry(const stf_material *material, stf_carry *how) {
  stf_relaxation_carry(&material->relaxation, how);
  for (size_t f = 0; f < material->families; f++) {
    const stf_family *family = &material->family[f];
    for (size_t k = 0; family->memory && k < stf_family_directions(family); k++) {
      stf_carry *own = how + family->memory_at + k * family->memory;
      family->law->memory->carry(family->data, own);
      for (size_t i = 0; family->dispersion && i < family->memory; i++)
        own[i].weight *= family->dispersion->direction[k].weight;
    }
  }
}

static void advance_matrix(const stf_material *material, double dt, const stf_lane F[9], stf_lane *memory) {
  stf_response at;
  stf_response_clear(STF_WANT_STRESS, &at);
  material->matrix->add(material->matrix_data, F, STF_WANT_STRESS, &at);
  stf_relaxation_advance(&material->relaxation, dt, F, (const stf_lane *)at.P, memory);
}

static double advance_family(const stf_family *family, double dt, const stf_lane F[9], const stf_lane a0[3],
                             stf_lane *memory) {
  stf_lane Fa[3], stretch;
  stf_fibre_stretch(F, a0, Fa, stretch);
  return family->law->memory->advance(family->data, dt, stretch, memory);
}

double stf_material_advance(const stf_material *material, double dt, const stf_lane F[9], const stf_lane (*a0)[3],
                            stf_lane *memory) {
  double most = 0.0;
  if (material->relaxation.terms) advance_matrix(material, dt, F, memory);
  for (size_t f = 0; f < material->families; f++) {
    const stf_family *family = &material->family[f];
    stf_lane *own = memory + family->memory_at;
    if (!family->memory) continue;
    most = fmax(most, family->dispersion ? stf_dispersion_advance(family, dt, F, a0[f], a0[STF_NORMAL], own)
                                         : advance_family(family, dt, F, a0[f], own));
  }
  return most;
}

/* Adds what `of` tells of each direction's memory, weighted by its share of the fibres. */
static void add_directions(const stf_family *family, void (*of)(const void *, const stf_lane *, stf_lane),
                           const stf_lane *memory, stf_lane sum) {
  stf_lane one;
  for (size_t k = 0; k < stf_family_directions(family); k++) {
    const double weight = family->dispersion ? family->dispersion->direction[k].weight : 1.0;
    of(family->data, memory + family->memory_at + k * family->memory, one);
    STF_EACH_LANE sum[l] += weight * one[l];
  }
}

void stf_material_torn(const stf_material *material, size_t index, const stf_lane *memory, stf_lane share) {
  const stf_family *family = &material->family[index];
  STF_EACH_LANE share[l] = 0.0;
  if (family->memory) add_directions(family, family->law->memory->torn, memory, share);
}

void stf_material_bled(const stf_material *material, const stf_lane *memory, stf_lane blood) {
  STF_EACH_LANE blood[l] = 0.0;
  for (size_t f = 0; f < material->families; f++)
    if (stf_family_bleeds(&material->family[f]))
      add_directions(&material->family[f], material->family[f].law->memory->bled, memory, blood);
}

bool stf_family_bleeds(const stf_family *family) {
  return family->memory && family->law->memory->bleeds(family->data);
}

bool stf_material_bleeds(const stf_material *material) {
  for (size_t f = 0; f < material->families; f++)
    if (stf_family_bleeds(&material->family[f])) return true;
  return false;
}

bool stf_family_tears(const stf_family *family) {
  return family->memory && family->law->memory->tears(family->data);
}

double stf_family_averaging(const stf_family *family) {
  return family->memory ? family->law->memory->averaging(family->data) : 0.0;
}
