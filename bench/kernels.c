/*
 * Kernels alone: the responses of elements and fibres, without a mesh, a solver or the gathering of numbers.
 *
 * Usage: kernels TISSUES           times every kernel on 8,000 elements and prints the best of several rounds
 *        kernels TISSUES --list    names of the kernels
 *        kernels TISSUES NAME      runs one once on 1,000 elements, for tools that count instructions
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "element/element.h"
#include "tissue/tissue.h"

enum { NODES = 8, POINTS = 8, DISTINCT = 16, TIMED = 8000 / STF_LANES, COUNTED = 1000 / STF_LANES, ROUNDS = 15 };

/* An element of a tissue, or where that is NULL the first fibre family of the tissue alone, at eight points each. */
typedef struct kernel {
  const char *name, *element, *tissue;
  stf_want want;
} kernel;

static const kernel kernels[] = {
    {"hex8-std.rubber.residual", "hex8-std", "rubber", STF_WANT_STRESS},
    {"hex8-std.rubber.tangent", "hex8-std", "rubber", STF_WANT_TANGENT},
    {"hex8.rubber.residual", "hex8", "rubber", STF_WANT_STRESS},
    {"hex8.rubber.tangent", "hex8", "rubber", STF_WANT_TANGENT},
    {"hex8-std.fibrous.residual", "hex8-std", "fibrous", STF_WANT_STRESS},
    {"hex8-std.fibrous.tangent", "hex8-std", "fibrous", STF_WANT_TANGENT},
    {"hex8-std.dispersed.residual", "hex8-std", "dispersed", STF_WANT_STRESS},
    {"hex8-std.dispersed.tangent", "hex8-std", "dispersed", STF_WANT_TANGENT},
    {"fibrils.residual", NULL, "fibrils", STF_WANT_STRESS},
    {"fibrils.tangent", NULL, "fibrils", STF_WANT_TANGENT},
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

static stf_element_in batch[DISTINCT];
static stf_lane gradient[DISTINCT][9];
static stf_element_out out;
static stf_response response;
static volatile double sink;

/* Even in [-1, 1]; the same numbers in every run. */
static double draw(void) {
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) * 0x1p-52 - 1.0;
}

/* Hexahedra near the unit cube, stretched by up to 8 % along their fibres. */
static void fill(int b) {
  static const double corner[NODES][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                          {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  for (int l = 0; l < STF_LANES; l++) {
    for (int a = 0; a < NODES; a++)
      for (int i = 0; i < 3; i++) {
        batch[b].X[3 * a + i][l] = corner[a][i] + 0.1 * draw();
        batch[b].u[3 * a + i][l] = (i == 0 ? 0.06 : -0.03) * corner[a][i] + 0.005 * draw();
      }
    for (int r = 0; r < 9; r++) gradient[b][r][l] = (r % 4 == 0) + (r == 0 ? 0.06 : 0.0) + 0.02 * draw();
    for (int f = 0; f < 2; f++) {
      const double angle = 0.5 * draw();
      batch[b].a0[f][0][l] = cos(angle);
      batch[b].a0[f][1][l] = sin(angle);
    }
    batch[b].a0[STF_NORMAL][2][l] = 1.0;
  }
}

/* What is measured and nothing else; a function of its own, so that tools find it by its name. */
__attribute__((noinline)) static void stf_measured(const kernel *k, const stf_element *element,
                                                   const stf_material *material, int batches) {
  for (int n = 0; n < batches; n++) {
    const int b = n % DISTINCT;
    if (element) {
      element->respond(&batch[b], k->want, &out);
    } else {
      for (int q = 0; q < POINTS; q++)
        stf_family_add(&material->family[0], NULL, (const stf_lane *)gradient[b], (const stf_lane *)batch[b].a0[0],
                       k->want, &response);
    }
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void time_kernel(const kernel *k, const stf_element *element, const stf_material *material) {
  double best = INFINITY;
  for (int round = 0; round < ROUNDS; round++) {
    const double start = now();
    stf_measured(k, element, material, TIMED);
    best = fmin(best, now() - start);
  }
  const double each = best / (TIMED * STF_LANES);
  printf("%-28s %8.3f ms  %8.1f ns each\n", k->name, 1e3 * best, 1e9 * each);
}

/* Prepares a kernel and times it, or runs it once. 0, or an exit status. */
static int run(const kernel *k, const char *tissues, bool timed, stf_arena *arena) {
  stf_diags *diags = stf_diags_create();
  stf_tissue tissue;
  if (!diags) return 4;
  if (stf_tissue_read(k->tissue, tissues, NULL, (stf_place){0}, arena, diags, &tissue)) {
    stf_diags_print(diags, stderr);
    stf_diags_destroy(diags);
    return 2;
  }
  const stf_element *element = k->element ? stf_element_find(k->element) : NULL;
  for (int b = 0; b < DISTINCT; b++) batch[b].material = &tissue.material;
  memset(&response, 0, sizeof response);
  if (timed)
    time_kernel(k, element, &tissue.material);
  else
    stf_measured(k, element, &tissue.material, COUNTED);
  sink = out.f[0][0] + response.P[0][0];
  stf_diags_destroy(diags);
  return 0;
}

static const char *instructions(void) {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return "AVX-512";
  if (__builtin_cpu_supports("x86-64-v3")) return "AVX2";
#endif
  return "what the compiler was told";
}

int main(int argc, char **argv) {
  const char *only = argc == 3 ? argv[2] : NULL;
  if (argc < 2 || argc > 3) return fprintf(stderr, "Usage: kernels TISSUES [--list|NAME]\n"), 2;
  stf_arena *arena = stf_arena_create();
  if (!arena || stf_units_start()) return 4;
  for (int b = 0; b < DISTINCT; b++) fill(b);
  if (!only) printf("%d elements a kernel, best of %d, %s\n", TIMED * STF_LANES, ROUNDS, instructions());
  int status = 0, found = 0;
  for (int k = 0; k < KERNELS && !status; k++) {
    if (only && !strcmp(only, "--list")) {
      found += puts(kernels[k].name) >= 0;
    } else if (!only || !strcmp(only, kernels[k].name)) {
      status = run(&kernels[k], argv[1], !only, arena);
      found++;
    }
  }
  if (!found) {
    fprintf(stderr, "kernels: no kernel is named '%s'\n", only);
    status = 2;
  }
  stf_units_stop();
  stf_arena_destroy(arena);
  return status;
}
