/*
 * Glide: what two surfaces that lie on each other answer where they slip and part, per area before loading. One law is
 * one file with one constant struct, listed in glides.c. A law knows no surfaces: it is given the gap in directions
 * that one side carries along, so it is objective by construction.
 *
 *   gap [3] [mm]: slip along two directions at right angles in the surface, then opening (closing is negative); all 0
 * at the start. What pulls back is the traction p [MPa] conjugate to it: work done on the interface is p . d(gap).
 */
#ifndef STF_INTERFACE_GLIDE_H
#define STF_INTERFACE_GLIDE_H

#include "interface/reynolds.h"
#include "material/law.h"

enum { STF_GAP = 3, STF_GLIDE_MEMORY = 32 }; /* the latter: most doubles that a law keeps */

typedef struct stf_glide_answer {
  double W;                   /* [N/mm] energy stored */
  double p[STF_GAP];          /* [MPa] */
  double k[STF_GAP][STF_GAP]; /* [MPa/mm] dp_i/dgap_j; need not be symmetric */
} stf_glide_answer;

/* What a place remembers from the step before, and how long the step from there takes. */
typedef struct stf_glide_past {
  double dt;            /* [s]; 0: at once, INFINITY: until nothing changes any more */
  const double *memory; /* [memory] of the law; the first STF_GAP entries are the gap at the end of the step before */
} stf_glide_past;

/* How much of a law an account is of; what measurements ask for. */
typedef enum stf_glide_amount {
  STF_GLIDE_BONDS,      /* share of the area that bonds still knit, 0 to 1 */
  STF_GLIDE_BROKEN,     /* share of the area whose bonds broke so far */
  STF_GLIDE_DRAG,       /* [MPa] size of the film's share of the traction, at the end of the last step */
  STF_GLIDE_FILM,       /* [mm] thickness of the film */
  STF_GLIDE_SQUEEZED,   /* [mm] of it that left sideways */
  STF_GLIDE_PRESSURE,   /* [MPa] with which the surfaces press on it at the end of the last step; suction is negative */
  STF_GLIDE_DISSIPATED, /* [N/mm] energy lost so far */
  STF_GLIDE_BLOOD       /* [mm] volume of blood over area */
} stf_glide_amount;

typedef struct stf_glide_law {
  stf_law_about about;              /* its parameters are numbers of a tissue file's `glide` */
  size_t memory;                    /* doubles that each place keeps; at least STF_GAP */
  bool (*knits)(const void *data);  /* whether its numbers describe bonds; where not, `bonds` of `rest` is 0 */
  bool (*bleeds)(const void *data); /* whether they describe vessels in them */
  /* What its film is where it has one that flows; whether it has. */
  bool (*film)(const void *data, stf_film *film);
  /* Writes the memory of a place at rest, of which bonds knit the share `bonds` (0 to 1), born as it lies. */
  void (*rest)(const void *data, double bonds, double *memory);
  /* At the end of a step from `past` to `gap`. All of the answer is written. */
  void (*respond)(const void *data, const stf_glide_past *past, const double gap[STF_GAP], stf_glide_answer *answer);
  /* To the end of a step. Returns the largest share of its bonds that broke in it. */
  double (*advance)(const void *data, double dt, const double gap[STF_GAP], double *memory);
  /*
   * Another area joins a place, at rest and without bonds, so that only `share` of it is what was there: the mean slip
   * changes by shift [2] [mm] though no bond is stretched by that.
   */
  void (*thin)(const void *data, double share, const double shift[2], double *memory);
  /* Lets the film be thinner than at rest by `squeezed` [mm]; less than 0: thicker. */
  void (*squeeze)(const void *data, double squeezed, double *memory);
  double (*amount)(const void *data, const double *memory, stf_glide_amount what);
} stf_glide_law;

/* Every law, NULL-terminated. */
extern const stf_glide_law *const stf_glide_laws[];

/* The law of that name, or NULL. */
const stf_glide_law *stf_glide_law_find(const char *name);

#endif
