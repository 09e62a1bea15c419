/* For tests that touch files: a fresh folder for each test, and what the diagnostics say. */
#ifndef STF_FILES_H
#define STF_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/diag.h"

/* Setup and teardown: works in a new, empty folder and removes it with all that is in it. `*state` is an stf_diags. */
int stf_files_setup(void **state);
int stf_files_teardown(void **state);

void stf_files_write(const char *path, const char *text);
void stf_files_write_bytes(const char *path, const void *bytes, size_t size);

/* The whole file, NUL-terminated; valid until the next call. `size` may be NULL. Fails the test when there is none. */
const char *stf_files_read(const char *path, size_t *size);
int stf_files_exists(const char *path);

/* Fails the test unless some diagnostic's line holds `text`. */
void stf_files_assert_said(const stf_diags *diags, const char *text);

#endif
