/*
 * Solid-shells: one element through the thickness, the displacements of the nodes of its bottom and top as only
 * unknowns. A kind of element is a constant stf_shell; shell.c computes them all.
 */
#ifndef STF_ELEMENT_SHELL_H
#define STF_ELEMENT_SHELL_H

#include "element/element.h"

enum {
  STF_SHELL_NODES = 8,
  STF_SHELL_DOFS = 3 * STF_SHELL_NODES,
  STF_SHELL_POINTS = 8,
  STF_SHELL_GROUPS = 8,
  STF_SHELL_TIES = 8,
  STF_SHELL_TIED = 3,       /* strains that are interpolated from them */
  STF_SHELL_COMPONENTS = 4, /* of the strain that are enhanced */
  STF_SHELL_MODES = 11,
  STF_SHELL_PACKED = STF_SHELL_MODES * (STF_SHELL_MODES + 1) / 2
};

/* A place where a natural strain is sampled. */
typedef struct stf_shell_tie {
  int strain; /* which of the six */
  double xi[3];
} stf_shell_tie;

/* M_p = r^a s^b t^c of one enhanced component. */
typedef struct stf_shell_mode {
  int component; /* index into `component` */
  int power[3];
} stf_shell_mode;

/* A kind of shell element. */
typedef struct stf_shell {
  int nodes, points, ties, components, modes;
  int groups; /* of as many points each, one after the other, with one dilatation */
  double middle[3];
  double point[STF_SHELL_POINTS][3];
  double weight; /* of every point */
  stf_shell_tie tie[STF_SHELL_TIES];
  int component[STF_SHELL_COMPONENTS]; /* which of the six strains are enhanced */
  stf_shell_mode mode[STF_SHELL_MODES];
  void (*slopes)(const double xi[3], double slope[STF_SHELL_NODES][3]); /* dN_a/dxi_m */
  /* What each tie adds at xi to the strains 33, 23 and 13; one matrix of zeros is handed in. */
  void (*shares)(const double xi[3], double share[STF_SHELL_TIED][STF_SHELL_TIES]);
} stf_shell;

/* What an stf_element does, by its kind. */
void stf_shell_respond(const stf_shell *shell, const stf_element_in *in, stf_want want, stf_element_out *out);
void stf_shell_sample(const stf_shell *shell, const stf_element_in *in, stf_element_sample *sample);
void stf_shell_deformation(const stf_shell *shell, const stf_element_in *in, stf_lane (*F)[9]);

#endif
