/*
 * Newton's method for the free components of F and, where J = 1 is held, the pressure p:
 *
 *   R = P + p cof F = 0 in the free components,   J - 1 = 0
 *
 * A step that is not found is halved. Directions without stiffness (a fibre alone resists nothing across itself) get a
 * share of 1e-12 of the greatest stiffness, so that they stay where they are.
 */
#include "material/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "material/kinematics.h"

enum { MOST_UNKNOWNS = 6, MOST_TURNS = 40, MOST_HALVINGS = 12 };
static const double SETTLED = 1e-9; /* change of F after which the next would be rounding */
static const double LARGEST = 0.1;  /* change of F in one turn */

const char *const stf_path_names[] = {"uniaxial", "equibiaxial", "planar", "shear", "confined", NULL};

/* A kind of path: components 3 i + J that are driven, whose stress is told, and that are free. */
typedef struct setup {
  double drive[9]; /* dF/d at */
  int told, free_count;
  int free[5]; /* [free_count] */
} setup;

static const setup setups[] = {
    [STF_UNIAXIAL] = {.drive = {[0] = 1.0}, .told = 0, .free_count = 5, .free = {1, 2, 4, 5, 8}},
    [STF_EQUIBIAXIAL] = {.drive = {[0] = 1.0, [4] = 1.0}, .told = 0, .free_count = 3, .free = {2, 5, 8}},
    [STF_PLANAR] = {.drive = {[0] = 1.0}, .told = 0, .free_count = 3, .free = {2, 5, 8}},
    [STF_SHEAR] = {.drive = {[1] = 1.0}, .told = 1},
    [STF_CONFINED] = {.drive = {[0] = 1.0}, .told = 0},
};

/* The unknowns. */
typedef struct state {
  double F[9], pressure;
} state;

/* All that a state implies. */
typedef struct reaction {
  double P[9], slope[9][9], cof[9], J; /* pressure included */
} reaction;

static bool is_held(const stf_path *path) {
  return path->incompressible && setups[path->kind].free_count > 0;
}

/* F and the directions in every lane. */
static void spread(const stf_path *path, const state *s, stf_lane F[9], stf_lane a0[STF_DIRECTIONS][3]) {
  for (int r = 0; r < 9; r++) STF_EACH_LANE F[r][l] = s->F[r];
  for (size_t f = 0; f < path->material->families; f++)
    for (int i = 0; i < 3; i++) STF_EACH_LANE a0[f][i][l] = path->direction[f][i];
  for (int i = 0; i < 3; i++) STF_EACH_LANE a0[STF_NORMAL][i][l] = i == 2 ? 1.0 : 0.0;
}

/* `past`: NULL where nothing remembers. */
static void react(const stf_path *path, const stf_past *past, const state *s, reaction *out) {
  stf_lane F[9], a0[STF_DIRECTIONS][3], cof[9], J, pressure;
  stf_response at;
  spread(path, s, F, a0);
  STF_EACH_LANE pressure[l] = is_held(path) ? s->pressure : 0.0;
  const stf_lane(*along)[3] = (const stf_lane(*)[3])a0;
  (path->incompressible ? stf_material_distort : stf_material_respond)(path->material, past, F, along, STF_WANT_TANGENT,
                                                                       &at);
  stf_cofactor(F, cof, J);
  stf_add_cofactor_gradient(at.A, F, pressure);
  out->J = J[0];
  for (int r = 0; r < 9; r++) {
    out->cof[r] = cof[r][0];
    out->P[r] = at.P[r][0] + pressure[0] * cof[r][0];
    for (int c = 0; c < 9; c++) out->slope[r][c] = at.A[stf_packed(9, r, c)][0];
  }
}

/* Solves M x = b [count] with pivots in rows; false when M is singular or not finite. */
static bool solve(double M[MOST_UNKNOWNS][MOST_UNKNOWNS], double *b, int count) {
  for (int k = 0; k < count; k++) {
    int best = k;
    for (int r = k + 1; r < count; r++)
      if (fabs(M[r][k]) > fabs(M[best][k])) best = r;
    if (!(fabs(M[best][k]) > 0.0) || !isfinite(M[best][k])) return false;
    for (int c = 0; c < count; c++) {
      const double kept = M[k][c];
      M[k][c] = M[best][c];
      M[best][c] = kept;
    }
    const double kept = b[k];
    b[k] = b[best];
    b[best] = kept;
    for (int r = k + 1; r < count; r++) {
      const double share = M[r][k] / M[k][k];
      for (int c = k; c < count; c++) M[r][c] -= share * M[k][c];
      b[r] -= share * b[k];
    }
  }
  for (int k = count - 1; k >= 0; k--) {
    for (int c = k + 1; c < count; c++) b[k] -= M[k][c] * b[c];
    b[k] /= M[k][k];
  }
  return true;
}

/* From right-hand sides `b` of the free components and the volume to what the unknowns change by. */
static bool solve_unknowns(const stf_path *path, const reaction *at, double b[MOST_UNKNOWNS]) {
  const setup *how = &setups[path->kind];
  const int n = how->free_count, held = is_held(path) ? 1 : 0;
  double M[MOST_UNKNOWNS][MOST_UNKNOWNS] = {{0.0}}, stiffest = 0.0;
  for (int r = 0; r < 9; r++) stiffest = fmax(stiffest, fabs(at->slope[r][r]));
  for (int r = 0; r < n; r++) {
    for (int c = 0; c < n; c++) M[r][c] = at->slope[how->free[r]][how->free[c]];
    M[r][r] += 1e-12 * (stiffest > 0.0 ? stiffest : 1.0);
    if (held) M[r][n] = M[n][r] = at->cof[how->free[r]];
  }
  return solve(M, b, n + held);
}

/* The largest change of F, and the unknowns changed by `step` [free, pressure], cut to `LARGEST`. */
static double change(const stf_path *path, const double *step, state *s) {
  const setup *how = &setups[path->kind];
  double most = 0.0;
  for (int r = 0; r < how->free_count; r++) most = fmax(most, fabs(step[r]));
  const double share = most > LARGEST ? LARGEST / most : 1.0;
  for (int r = 0; r < how->free_count; r++) s->F[how->free[r]] += share * step[r];
  if (is_held(path)) s->pressure += share * step[how->free_count];
  return most;
}

/* Not turned inside out, nor by half a turn about an axis. */
static bool is_upright(const state *s) {
  return s->F[0] > 0.0 && s->F[4] > 0.0 && s->F[8] > 0.0;
}

/* Finds the free components for the driven ones of `s`. */
static bool settle(const stf_path *path, const stf_past *past, state *s) {
  const setup *how = &setups[path->kind];
  if (how->free_count == 0) return is_upright(s);
  for (int turn = 0; turn < MOST_TURNS; turn++) {
    reaction at;
    double b[MOST_UNKNOWNS] = {0.0};
    if (!is_upright(s)) return false;
    react(path, past, s, &at);
    for (int r = 0; r < how->free_count; r++) b[r] = -at.P[how->free[r]];
    if (is_held(path)) b[how->free_count] = 1.0 - at.J;
    if (!solve_unknowns(path, &at, b)) return false;
    const double most = change(path, b, s);
    if (!isfinite(most)) return false;
    if (most < SETTLED) return true;
  }
  return false;
}

/* dF/d at and dp/d at along the path at an equilibrium. */
static bool follow(const stf_path *path, const reaction *at, state *rate) {
  const setup *how = &setups[path->kind];
  double b[MOST_UNKNOWNS] = {0.0};
  *rate = (state){.pressure = 0.0};
  memcpy(rate->F, how->drive, sizeof rate->F);
  if (how->free_count == 0) return true;
  for (int r = 0; r < how->free_count; r++)
    for (int c = 0; c < 9; c++) b[r] -= at->slope[how->free[r]][c] * how->drive[c];
  if (is_held(path))
    for (int c = 0; c < 9; c++) b[how->free_count] -= at->cof[c] * how->drive[c];
  if (!solve_unknowns(path, at, b)) return false;
  for (int r = 0; r < how->free_count; r++) rate->F[how->free[r]] = b[r];
  if (is_held(path)) rate->pressure = b[how->free_count];
  return true;
}

/* A step along the path's tangent, then to equilibrium. */
static bool move(const stf_path *path, const stf_past *past, double step, double at, state *s) {
  const double *drive = setups[path->kind].drive;
  reaction here;
  state rate;
  react(path, past, s, &here);
  if (!follow(path, &here, &rate)) return false;
  for (int r = 0; r < 9; r++) s->F[r] = drive[r] != 0.0 ? drive[r] * at : s->F[r] + step * rate.F[r];
  s->pressure += step * rate.pressure;
  return settle(path, past, s);
}

/* What the point has come through is remembered. */
static void remember(const stf_path *path, double dt, const state *s, stf_lane *memory) {
  stf_lane F[9], a0[STF_DIRECTIONS][3];
  spread(path, s, F, a0);
  stf_material_advance(path->material, dt, (const stf_lane *)F, (const stf_lane(*)[3])a0, memory);
}

/* Moves `s` from `from` to `to`, in as many parts as it takes. `memory`: NULL where nothing remembers. */
static bool advance(const stf_path *path, double from, double to, stf_lane *memory, state *s) {
  double at = from, step = to - from;
  for (int halvings = 0; at != to;) {
    state next = *s;
    const double end = fabs(step) < fabs(to - at) ? at + step : to;
    const stf_past past = {.dt = fabs(end - at) / path->rate, .memory = memory};
    if (move(path, memory ? &past : NULL, end - at, end, &next)) {
      if (memory) remember(path, past.dt, &next, memory);
      *s = next;
      at = end;
    } else {
      if (++halvings > MOST_HALVINGS) return false;
      step *= 0.5;
    }
  }
  return true;
}

/* What is told of a state; false where its stress is not finite. */
static bool tell(const stf_path *path, double driven, const stf_lane *memory, const state *s, stf_path_point *out) {
  const int told = setups[path->kind].told, i = 3 * (told / 3), j = 3 * (told % 3);
  const stf_past past = {.dt = 0.0, .memory = memory};
  reaction at;
  state rate;
  react(path, memory ? &past : NULL, s, &at);
  if (!follow(path, &at, &rate)) return false;
  *out = (stf_path_point){.at = driven, .nominal = at.P[told]};
  memcpy(out->F, s->F, sizeof out->F);
  for (int m = 0; m < 3; m++) out->cauchy += at.P[i + m] * s->F[j + m] / at.J;
  for (int c = 0; c < 9; c++) out->tangent += at.slope[told][c] * rate.F[c];
  out->tangent += at.cof[told] * rate.pressure;
  return isfinite(out->nominal) && isfinite(out->tangent);
}

/* Memory of a point at rest; NULL where nothing remembers. */
static stf_status begin_memory(const stf_material *material, stf_lane **memory) {
  *memory = NULL;
  if (!material->memory) return STF_OK;
  *memory = aligned_alloc(sizeof(stf_lane), material->memory * sizeof(stf_lane));
  if (!*memory) return STF_NO_RESOURCE;
  stf_material_rest(material, *memory);
  return STF_OK;
}

static stf_status drive(const stf_path *path, double to, int steps, stf_lane *memory, stf_path_point *points,
                        int *reached) {
  const double rest = path->kind == STF_SHEAR ? 0.0 : 1.0;
  const stf_past past = {.dt = INFINITY, .memory = memory};
  state s = {.F = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
  double at = rest;
  if (!settle(path, memory ? &past : NULL, &s)) return STF_NO_SOLUTION;
  if (memory) remember(path, INFINITY, &s, memory);
  for (int n = 0; n <= steps; n++) {
    const double next = n == steps ? to : rest + n * (to - rest) / steps;
    if (!advance(path, at, next, memory, &s) || !tell(path, next, memory, &s, &points[n])) return STF_NO_SOLUTION;
    at = next;
    *reached = n + 1;
  }
  return STF_OK;
}

stf_status stf_path_drive(const stf_path *path, double to, int steps, stf_path_point *points, int *reached) {
  stf_lane *memory;
  *reached = 0;
  STF_TRY(begin_memory(path->material, &memory));
  const stf_status status = drive(path, to, steps, memory, points, reached);
  free(memory);
  return status;
}
