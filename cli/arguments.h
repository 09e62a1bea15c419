/* What glibc's argp leaves to us: a hint at the nearest spelling, and one way to say what is wrong. */
#ifndef STF_CLI_ARGUMENTS_H
#define STF_CLI_ARGUMENTS_H

#include <argp.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

/*
 * Parses the arguments of a verb into `input`, as its argp does. STF_BAD_INPUT after an unknown option has been
 * reported; other faults, --help and --usage end the program as argp does, with the exit status of bad input or 0.
 */
stf_status stf_arguments_parse(const struct argp *argp, int argc, char **argv, void *input);

/* Prints "striffin run: ..." and where help is, nothing in it that garbles a terminal. Returns STF_BAD_INPUT. */
stf_status stf_arguments_fault(const char *program, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole number from `least` to `most`; anything else is an argp_error about `what`. */
long stf_arguments_integer(const struct argp_state *state, const char *text, long least, long most, const char *what);

/* "; did you mean NAME?" owned by `diags`, or "" where nothing is near. */
const char *stf_arguments_hint(const char *word, const char *const *names, size_t count, stf_diags *diags);

#endif
