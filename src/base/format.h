/* The line that every striffin file begins with: what kind of file it is, in which version of its format. */
#ifndef STF_BASE_FORMAT_H
#define STF_BASE_FORMAT_H

#include "base/diag.h"
#include "base/status.h"
#include "base/yaml.h"

/*
 * Checks that a file's tree is a mapping that begins with `key: version`. A missing line is left to the option table
 * of the file; one that is not the first is an error, but reading goes on. STF_BAD_INPUT with a diagnostic when the
 * tree is no mapping or its version is another: then nothing else that could be said of it would mean anything.
 */
stf_status stf_format_check(const stf_yaml_node *root, const char *key, long version, stf_diags *diags);

#endif
