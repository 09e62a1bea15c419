/*
 * Words and numbers of a Gmsh file, ASCII or binary, from memory. A fault ends reading with a diagnostic at its line,
 * or with its byte where the file is binary.
 */
#ifndef STF_ANATOMY_MSH_READER_H
#define STF_ANATOMY_MSH_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/status.h"

typedef struct stf_msh_reader {
  const char *file;
  const char *start, *end; /* *end is NUL */
  const char *at;          /* what is read next */
  const char *word;        /* what was read last */
  long line, word_line;    /* of `at` and `word`; of text only */
  bool binary;
  bool swap;           /* the bytes of binary numbers stand in the other order */
  const char *section; /* "Nodes" [section_length]; NULL between sections */
  size_t section_length;
  const char *item; /* what is being read, "node", or NULL; number `nth` (from 0) of `of` */
  size_t nth, of;
  stf_diags *diags;
} stf_msh_reader;

/* Where the last word stands: its line, or its byte from 0 in a binary file. */
long stf_msh_where(const stf_msh_reader *r);

/* Diagnoses a fault at the last word. STF_BAD_INPUT. */
stf_status stf_msh_fault(const stf_msh_reader *r, const char *found, const char *expected, const char *hint);

/*
 * The next word of text: up to white space, or in quotes (without them). STF_BAD_INPUT at the end of the file and, but
 * for `stf_msh_next`, where a section begins or ends.
 */
stf_status stf_msh_word(stf_msh_reader *r, const char **word, size_t *length);

/* A whole number, and a finite one, always as text. */
stf_status stf_msh_text_integer(stf_msh_reader *r, long *value);
stf_status stf_msh_text_number(stf_msh_reader *r, double *value);

/* The same as text or binary: of 32 bits, of 64 bits and not negative, finite in double precision. */
stf_status stf_msh_integer(stf_msh_reader *r, long *value);
stf_status stf_msh_size(stf_msh_reader *r, long *value);
stf_status stf_msh_number(stf_msh_reader *r, double *value);

/* Moves on from text to what is binary behind it: past the end of the line. Nothing in an ASCII file. */
stf_status stf_msh_begin_binary(stf_msh_reader *r);

/*
 * Refuses a count of items, each of at least so many bytes of text or binary, that does not fit into the rest of the
 * file. After it the count is of a size that can be allocated.
 */
stf_status stf_msh_check_count(const stf_msh_reader *r, long count, const char *items, long text, long binary);

/* Enters the next section; at the end of the file r->section is NULL then. */
stf_status stf_msh_next(stf_msh_reader *r);

/* Leaves a section: reads $EndNAME. Or passes over what it holds. */
stf_status stf_msh_leave(stf_msh_reader *r);
stf_status stf_msh_skip(stf_msh_reader *r);

/* Whether the section has that name. */
bool stf_msh_in(const stf_msh_reader *r, const char *name);

/* True when nothing but spaces is left of the line. */
bool stf_msh_line_is_done(const stf_msh_reader *r);

#endif
