/* What a member of an ensemble measured, on its way from the process that ran it to the one that gathers. */
#ifndef STF_RESULT_MEMBER_H
#define STF_RESULT_MEMBER_H

#include <stdio.h>

#include "result/compare.h"
#include "result/curves.h"

typedef struct stf_member {
  unsigned long long fingerprint; /* stf_study_fingerprint of what was run, before anything was drawn */
  const stf_findings *findings;   /* whose measurements' values are written */
  const stf_curves *curves;
} stf_member;

/* Writes it as JSON, every number to the last bit. STF_NO_RESOURCE. */
stf_status stf_member_write(const stf_member *member, FILE *stream);

/* The same as read back: shown units; NAN: no value. */
typedef struct stf_member_result {
  size_t measurements, columns, rows;
  double *value; /* [measurements] */
  double *row;   /* [rows][columns] */
} stf_member_result;

/*
 * Reads what stf_member_write wrote of a run with so many measurements and columns. Everything belongs to `arena`.
 * STF_BAD_INPUT: something else, or of another scenario; then `*why` says what. STF_NO_RESOURCE when memory is out.
 */
stf_status stf_member_read(FILE *stream, unsigned long long fingerprint, size_t measurements, size_t columns,
                           stf_arena *arena, stf_member_result *result, const char **why);

#endif
