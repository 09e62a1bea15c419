/* How faults in the text of a YAML file are said. Used by yaml.c only. */
#ifndef STF_BASE_YAML_FAULT_H
#define STF_BASE_YAML_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "base/diag.h"

/* A text and what it is called in diagnostics. */
typedef struct yaml_source {
  const char *text;
  size_t length;
  const char *name;
} yaml_source;

/* True when `source` is UTF-8 without control characters and %TAG lines; else adds one diagnostic at the first fault.
 */
bool stf_yaml_fault_check(const yaml_source *source, stf_diags *diags);

/* Adds one diagnostic for the error libyaml stopped at. */
void stf_yaml_fault_report(const yaml_source *source, const yaml_parser_t *parser, stf_diags *diags);

#endif
