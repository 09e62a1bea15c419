/*
 * What the C tests of this folder share: a scenario taken as far as the solver, part by part, so that a test may move
 * nodes, turn fibres and hold unknowns as it needs.
 *
 * A test works in a folder of its own (stf_files_setup). All functions fail the test when something goes wrong.
 */
#ifndef STF_CASE_H
#define STF_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "solve/equilibrium.h"

typedef struct stf_case {
  stf_arena *arena;
  stf_diags *diags;
  stf_scenario scenario;
  stf_model model;
  stf_protocol protocol;
  stf_gauges gauges;
  stf_domain domain;
  stf_equilibrium equilibrium; /* and its equations */
  stf_state state;
} stf_case;

/* Writes NAME.yaml, a tissue; `families` is YAML of the sequence `fibres`, or NULL. Moduli in MPa. */
void stf_case_tissue(const char *name, const char *volumetric, double shear_modulus, double bulk_modulus,
                     const char *families);

/* Reads a scenario from its text, tissues beside it, and builds model and protocol. */
void stf_case_read(const char *text, stf_case *c);

/* Cuts the domain and sets up the solver and a state at rest. All ranks of `comm`. */
void stf_case_cut(MPI_Comm comm, double tolerance, stf_case *c);

/* The same with a linear solver asked for. */
void stf_case_cut_with(MPI_Comm comm, double tolerance, stf_linear_kind linear, stf_case *c);

/* Destroys what the two made; a case that was only read, too. */
void stf_case_close(stf_case *c);

/* From where the state is to `time` in equal steps, each of which must be found. `last` may be NULL. */
void stf_case_solve(stf_case *c, double time, int steps, stf_step_report *last);

/* On one rank: releases every unknown. */
void stf_case_release(stf_case *c);

/* On one rank: holds a component of a local node at `displacement` times that of grip `grip`. */
void stf_case_hold(stf_case *c, size_t node, int axis, size_t grip, double displacement);

/* On one rank: the same for every node whose coordinate `across` is `at`; displacement = slope (X[axis] - origin). */
void stf_case_hold_plane(stf_case *c, int across, double at, int axis, double slope, double origin);

/* Smallest and largest coordinates of the local nodes. */
void stf_case_extent(const stf_case *c, double low[3], double high[3]);

/* Setup and teardown of a program's group of tests: starts MPI and PETSc; only the first rank prints. */
int stf_case_start(void **state);
int stf_case_stop(void **state);

#endif
