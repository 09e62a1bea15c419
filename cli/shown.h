/*
 * Warnings are told as soon as a scenario has been read, by the front; the program that solves reads it again and finds
 * them again. What was told is handed on as a list of checksums, so that each is told once.
 */
#ifndef STF_CLI_SHOWN_H
#define STF_CLI_SHOWN_H

#include "base/arena.h"
#include "base/diag.h"

/* Checksums of all diagnostics, separated by commas; "" for none. Owned by `arena`, NULL when memory is out. */
const char *stf_shown_list(const stf_diags *diags, stf_arena *arena);

/* A collection with the diagnostics that are not in a list, for the caller to destroy; NULL when memory is out. */
stf_diags *stf_shown_rest(const stf_diags *diags, const char *list);

#endif
