#include "material/relaxation.h"

#include <math.h>

#include "material/kinematics.h"

enum { PARTS = 6 };
static const int ROW[PARTS] = {0, 1, 2, 0, 1, 0}, COLUMN[PARTS] = {0, 1, 2, 1, 2, 2};
static const int PART[3][3] = {{0, 3, 5}, {3, 1, 4}, {5, 4, 2}};

void stf_relaxation_step(const stf_relaxation *r, double dt, stf_relaxing *step) {
  step->whole = 1.0;
  for (int k = 0; k < r->terms; k++) {
    const double x = dt / r->time[k];
    step->kept[k] = exp(-x);
    step->gained[k] = r->share[k] * (x > 0.0 ? -expm1(-x) / x : 1.0);
    step->whole += step->gained[k] - r->share[k];
  }
}

const char *stf_relaxation_decades(double share, double from, double to, stf_relaxation *r) {
  const double decades = log10(to / from);
  *r = (stf_relaxation){.terms = (int)lround(decades)};
  if (!(decades > 0.0) || fabs(decades - r->terms) > 1e-6) return "relaxation is not over whole decades of time";
  if (r->terms > STF_RELAXATION_TERMS) return "relaxation is over more than 8 decades of time";
  if (share * r->terms >= 1.0)
    return "relaxation leaves nothing: its share for each decade, times decades, is not below 1";
  for (int k = 0; k < r->terms; k++) {
    r->share[k] = share;
    r->time[k] = from * pow(10.0, k + 0.5);
  }
  return NULL;
}

size_t stf_relaxation_memory(const stf_relaxation *r) {
  return r->terms ? PARTS * (1 + (size_t)r->terms) : 0;
}

void stf_relaxation_carry(const stf_relaxation *r, stf_carry *how) {
  if (!r->terms) return;
  for (int p = 0; p < PARTS; p++) {
    how[p] = (stf_carry){.how = STF_CARRY_FOLLOWS};
    for (int k = 0; k < r->terms; k++)
      how[PARTS * (k + 1) + p] = (stf_carry){.how = STF_CARRY_FADES, .time = r->time[k]};
  }
}

/* sum (kept h_k - gained S_before) */
STF_INLINE void leftover(const stf_relaxation *r, const stf_relaxing *step, const stf_lane *memory,
                         stf_lane left[PARTS]) {
  for (int p = 0; p < PARTS; p++) {
    stf_vec sum = {0};
    for (int k = 0; k < r->terms; k++)
      sum += step->kept[k] * STF_READ(memory[PARTS * (k + 1) + p]) - step->gained[k] * STF_READ(memory[p]);
    STF_VEC(left[p]) = sum;
  }
}

/* W += C : F^T F / 2 */
STF_INLINE void add_energy(const stf_lane F[9], const stf_lane C[PARTS], stf_lane W) {
  for (int p = 0; p < PARTS; p++) {
    const int I = ROW[p], J = COLUMN[p];
    const stf_vec right = STF_READ(F[I]) * STF_READ(F[J]) + STF_READ(F[3 + I]) * STF_READ(F[3 + J]) +
                          STF_READ(F[6 + I]) * STF_READ(F[6 + J]);
    STF_VEC(W) += (I == J ? 0.5 : 1.0) * STF_READ(C[p]) * right;
  }
}

STF_KERNEL void stf_relaxation_apply(const stf_relaxation *r, const stf_past *past, const stf_lane F[9], stf_want want,
                                     stf_response *response) {
  stf_relaxing step;
  stf_lane C[PARTS];
  stf_relaxation_step(r, past->dt, &step);
  leftover(r, &step, past->memory, C);
  if (want == STF_WANT_ENERGY) {
    STF_VEC(response->W) *= step.whole;
    add_energy(F, (const stf_lane *)C, response->W);
    return;
  }
  for (int i = 0; i < 3; i++)
    for (int J = 0; J < 3; J++)
      STF_VEC(response->P[3 * i + J]) =
          step.whole * STF_READ(response->P[3 * i + J]) + STF_READ(F[3 * i]) * STF_READ(C[PART[0][J]]) +
          STF_READ(F[3 * i + 1]) * STF_READ(C[PART[1][J]]) + STF_READ(F[3 * i + 2]) * STF_READ(C[PART[2][J]]);
  if (want == STF_WANT_STRESS) return;
  for (int n = 0; n < STF_TANGENT_SIZE; n++) STF_VEC(response->A[n]) *= step.whole;
  for (int i = 0; i < 3; i++)
    for (int p = 0; p < PARTS; p++)
      STF_VEC(response->A[stf_packed(9, 3 * i + ROW[p], 3 * i + COLUMN[p])]) += STF_READ(C[p]);
}

STF_KERNEL void stf_relaxation_advance(const stf_relaxation *r, double dt, const stf_lane F[9], const stf_lane P[9],
                                       stf_lane *memory) {
  stf_relaxing step;
  stf_lane cof[9], J;
  stf_relaxation_step(r, dt, &step);
  stf_cofactor(F, cof, J);
  for (int p = 0; p < PARTS; p++) { /* S = F^-1 P, F^-1 = cof^T / J */
    const int I = ROW[p], K = COLUMN[p];
    const stf_vec S = (STF_READ(cof[I]) * STF_READ(P[K]) + STF_READ(cof[3 + I]) * STF_READ(P[3 + K]) +
                       STF_READ(cof[6 + I]) * STF_READ(P[6 + K])) /
                      STF_READ(J);
    for (int k = 0; k < r->terms; k++) {
      stf_lane *h = &memory[PARTS * (k + 1) + p];
      STF_VEC(*h) = step.kept[k] * STF_READ(*h) + step.gained[k] * (S - STF_READ(memory[p]));
    }
    STF_VEC(memory[p]) = S;
  }
}
