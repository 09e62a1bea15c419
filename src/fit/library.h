/* What a fit changes in the files of tissues: the lines, and the writing of them where it is asked for. */
#ifndef STF_FIT_LIBRARY_H
#define STF_FIT_LIBRARY_H

#include "fit/problem.h"

/* A number in a tissue's file and what takes its place. */
typedef struct stf_fit_edit {
  const char *path;         /* "fibres.along.modulus" */
  stf_place place;          /* file, line and column of the value */
  const char *old, *wanted; /* "942 MPa", "941.6 MPa": in the unit of the file, rounded; alike where nothing changes */
} stf_fit_edit;

/*
 * The edits that fitted values amount to, ties too, for the parameters that are `fixed` [fit->parameters]. Values are
 * rounded so that at most a twentieth of the standard error `error` [fit->parameters] (base units; NAN: none) is lost,
 * to four digits at least. Everything belongs to the fit's arena. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_fit_edits(const stf_fit *fit, const bool *fixed, const double *error, stf_fit_edit **edits,
                         size_t *count);

/*
 * Makes the edits in their files, of which nothing else changes. STF_BAD_INPUT where a file no longer says what was
 * read (then it stays as it is), STF_NO_RESOURCE where it cannot be read or written. One rank.
 */
stf_status stf_fit_write(const stf_fit *fit, const stf_fit_edit *edits, size_t count);

#endif
