/*
 * Constitutive laws. One law is one file with one constant struct, listed in laws.c; help, documentation and the
 * automatic tests follow from the struct.
 *
 * Total Lagrangian: F = I + du/dX, P = dW/dF, energies per reference volume [MPa = N mm/mm^3]. Index 3 i + J stands
 * for component (i, J); the tangent dP/dF is packed by stf_packed(9, 3 i + J, 3 k + L).
 */
#ifndef STF_MATERIAL_LAW_H
#define STF_MATERIAL_LAW_H

#include <stdbool.h>
#include <string.h>

#include "base/option.h"
#include "material/lanes.h"

enum { STF_TANGENT_SIZE = 45 };

/* The response of one point in every lane; laws add to the part that is wanted. */
typedef struct stf_response {
  stf_lane W;                   /* [MPa] stored energy */
  stf_lane P[9];                /* [MPa] first Piola-Kirchhoff stress */
  stf_lane A[STF_TANGENT_SIZE]; /* [MPa] dP/dF, upper triangle */
} stf_response;

/* Sets the wanted parts to zero. */
STF_INLINE void stf_response_clear(stf_want want, stf_response *response) {
  if (want == STF_WANT_ENERGY)
    memset(response->W, 0, sizeof response->W);
  else
    memset(response->P, 0, sizeof response->P);
  if (want == STF_WANT_TANGENT) memset(response->A, 0, sizeof response->A);
}

/* The response of a fibre along itself, in every lane; the part that is wanted. */
typedef struct stf_pull {
  stf_lane W; /* [MPa] stored energy */
  stf_lane N; /* [MPa] nominal tension dW/dstretch */
  stf_lane K; /* [MPa] dN/dstretch */
} stf_pull;

/* What a point remembers, and how long the step from there takes. */
typedef struct stf_past {
  double dt;              /* [s] of the step; 0: at once, INFINITY: until nothing changes any more */
  const stf_lane *memory; /* as the step before left it; whose it is says how long it is */
} stf_past;

/* How an entry of memory is carried over many like cycles, from x at the end of one, which changed it by dx. */
typedef enum stf_carry_how {
  STF_CARRY_FOLLOWS, /* x + n dx; what balance sets anew in the next step */
  STF_CARRY_FADES,   /* x + (q + ... + q^n) dx, q = exp(-period/time): towards what cycles keep up */
  STF_CARRY_GROWS,   /* x + n dx; damage, which is kept count of */
  STF_CARRY_SHRINKS  /* x (1 + dx/(x - dx))^n: a share that is left; damage too */
} stf_carry_how;

typedef struct stf_carry {
  stf_carry_how how;
  double time;   /* [s] of FADES */
  double weight; /* of damage: what of it counts as a share of a family's fibres, for each unit of the entry */
} stf_carry;

/* What all laws have in common. */
typedef struct stf_law_about {
  const char *name;            /* as written in tissue files, "neo-hookean" */
  const char *sentence;        /* what it is, one line */
  const char *references;      /* source keys, separated by spaces */
  const stf_table *parameters; /* what a tissue file gives */
  size_t data_size;            /* bytes that `prepare` fills */
  /* From checked parameters to the constants the kernel reads. NULL on success, else why the set is impossible. */
  const char *(*prepare)(const void *parameters, void *data);
} stf_law_about;

/* A matrix law: energy of the whole deformation. Laws with an isochoric split leave the volumetric part to
 * stf_volumetric. */
typedef struct stf_matrix_law {
  stf_law_about about;
  bool isochoric; /* true: the energy depends on J^(-1/3) F alone and needs a volumetric part beside it */
  void (*add)(const void *data, const stf_lane F[9], stf_want want, stf_response *response);
} stf_matrix_law;

/* Temperatures [K] of a body: between ice and collagen that shrinks by itself, which is not in the laws. */
#define STF_COLDEST 273.15
#define STF_WARMEST 333.15

/* What is known of a law's fibres at another temperature than that of their tests. */
typedef enum stf_warmth {
  STF_WARMTH_IDLE,    /* nothing in them depends on it */
  STF_WARMTH_UNKNOWN, /* they creep to rupture, but no activation energy is given */
  STF_WARMTH_KNOWN
} stf_warmth;

/* The memory of a fibre law: lanes that each point keeps for each direction of fibres, which only `advance` changes. */
typedef struct stf_fibre_memory {
  size_t (*size)(const void *data); /* lanes; 0: these fibres remember nothing, and the rest is not to be called */
  bool (*tears)(const void *data);  /* whether they can break */
  bool (*bleeds)(const void *data); /* whether vessels break with them */
  void (*rest)(const void *data, stf_lane *memory); /* writes the memory of fibres that were never loaded */
  /* As `pull`, at the end of the step from `past`. W is the potential of the step, of which N is the slope unless
   * fibres break. */
  void (*pull)(const void *data, const stf_past *past, const stf_lane stretch, stf_want want, stf_pull *pull);
  /* To the end of a step. Returns the largest share of the fibres that a lane has lost in it. */
  double (*advance)(const void *data, double dt, const stf_lane stretch, stf_lane *memory);
  void (*torn)(const void *data, const stf_lane *memory, stf_lane share);    /* writes the share that is lost so far */
  void (*bled)(const void *data, const stf_lane *memory, stf_lane blood);    /* writes blood over volume of tissue */
  void (*stored)(const void *data, const stf_lane *memory, stf_lane energy); /* writes what could be had back [MPa] */
  void (*carry)(const void *data, stf_carry *how); /* writes how each entry is carried over cycles */
  /* Length [mm] along the fibres over which the stretch that breaks them is averaged; 0: none. Where there is one, the
   * first lane of memory is that average less the fibre's own stretch, 0 at rest, and whoever knows the body writes it
   * after each step. */
  double (*averaging)(const void *data);
  /* Mean stress [MPa] of the fibrils that bear at a stretch, weighted by what they bear, once all has relaxed. */
  double (*borne)(const void *data, double stretch);
  /* The stress [MPa] that breaks half of the fibrils which are loaded to it and bear it for a time [s]; INFINITY: none
   * does. */
  double (*strength)(const void *data, double time);
  /* Writes the constants [data_size] of these fibres in a body of a temperature [K]. */
  stf_warmth (*warm)(const void *data, double temperature, void *warmed);
} stf_fibre_memory;

/* A fibre law: energy of the deformation about one direction. Exactly one of `pull` and `add` is set. */
typedef struct stf_fibre_law {
  stf_law_about about;
  bool per_tissue; /* true: energy per volume of the whole tissue, as published; its families have no `fraction` */
  /* Of the full stretch along the direction alone: serves solids, membranes and cables alike. Overwrites `pull`. */
  void (*pull)(const void *data, const stf_lane stretch, stf_want want, stf_pull *pull);
  /* Of the whole deformation, about the unit direction a0 [3]. */
  void (*add)(const void *data, const stf_lane F[9], const stf_lane a0[3], stf_want want, stf_response *response);
  /* Laws of a pull that may remember; NULL: never do. `pull` is then the first load of fibres at rest, at once. */
  const stf_fibre_memory *memory;
} stf_fibre_law;

/* Every law, NULL-terminated. */
extern const stf_matrix_law *const stf_matrix_laws[];
extern const stf_fibre_law *const stf_fibre_laws[];

/* The law of that name, or NULL. */
const stf_matrix_law *stf_matrix_law_find(const char *name);
const stf_fibre_law *stf_fibre_law_find(const char *name);

#endif
