#include "base/yaml_fault.h"

#include <string.h>

#include "base/text.h"

static const char text_expected[] = "YAML text in UTF-8";

/* The characters YAML 1.1 allows in a file. */
static bool is_allowed(unsigned code) {
  return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0x7E) || code == 0x85 ||
         (code >= 0xA0 && code <= 0xD7FF) || (code >= 0xE000 && code <= 0xFFFD && code != 0xFEFF) || code >= 0x10000;
}

/* What libyaml counts as the end of a line besides CR and LF. */
static bool is_odd_break(unsigned code) {
  return code == 0x85 || code == 0x2028 || code == 0x2029;
}

static void report_byte(const yaml_source *source, size_t at, stf_place place, stf_diags *diags) {
  const unsigned char byte = (unsigned char)source->text[at];
  unsigned code = 0;
  const size_t size = stf_text_decode(source->text + at, source->length - at, &code);
  if (byte == 0) {
    stf_diags_add(diags, STF_ERROR, place, "a zero byte", text_expected, "this looks like a binary file or UTF-16");
  } else if (size) {
    stf_diags_add(diags, STF_ERROR, place,
                  stf_diags_text(diags, "a control character (%s)", stf_diags_quote(diags, source->text + at, size)),
                  text_expected, NULL);
  } else {
    const bool wide = at == 0 && byte >= 0xFE;
    stf_diags_add(diags, STF_ERROR, place, stf_diags_text(diags, "a byte that is not UTF-8 (\\x%02X)", byte),
                  text_expected, wide ? "this looks like UTF-16" : "save the file as UTF-8, if it is text");
  }
}

/* libyaml's time grows with the square of the number of %TAG lines, and tags are refused anyway. */
static bool is_tag_line(const yaml_source *source, size_t at) {
  return source->length - at >= 4 && memcmp(source->text + at, "%TAG", 4) == 0;
}

bool stf_yaml_fault_check(const yaml_source *source, stf_diags *diags) {
  stf_place place = {.file = source->name, .line = 1, .column = 1};
  for (size_t at = 0, size; at < source->length; at += size) {
    unsigned code = 0;
    size = stf_text_decode(source->text + at, source->length - at, &code);
    if (!size || !is_allowed(code)) {
      report_byte(source, at, place, diags);
      return false;
    }
    if (place.column == 1 && is_tag_line(source, at)) {
      stf_diags_add(diags, STF_ERROR, place, "a %TAG line", "no tags", NULL);
      return false;
    }
    const bool line_ends = code == '\n' || is_odd_break(code) ||
                           (code == '\r' && !(at + 1 < source->length && source->text[at + 1] == '\n'));
    place.line += line_ends;
    place.column = line_ends ? 1 : place.column + 1;
  }
  return true;
}

/* What libyaml says, and what we say instead. `opened`: what its context mark points at, if worth telling. */
typedef struct fault_row {
  const char *problem, *context; /* parts of libyaml's texts; context NULL: any */
  const char *found, *expected, *hint;
  const char *opened;
  bool at_context; /* where to point */
} fault_row;

static const fault_row faults[] = {
    {"cannot start any token", NULL, NULL, "a key, a value or a list item",
     "text that begins with this character needs quotes", NULL, false},
    {"found a tab character", NULL, "a tab", "spaces", "YAML is indented with spaces only", NULL, false},
    {"could not find expected ':'", NULL, "a line that is neither a value nor \"key: value\"", "\"key: value\"",
     "a colon and a space after the key", NULL, true},
    {"mapping values are not allowed", NULL, "a second \": \" within one value", "one \"key: value\" on a line",
     "text that holds \": \" needs quotes; or the line is indented too far", NULL, false},
    {"block sequence entries are not allowed", NULL, "a list item \"- \" where none can stand",
     "a list on the lines below its key", "put the - on its own line", NULL, false},
    {"mapping keys are not allowed", NULL, "a key where none can stand", "one \"key: value\" on a line",
     "check the indentation", NULL, false},
    {"did not find expected ',' or ']'", NULL, "a list without its \"]\"", "\",\" or \"]\"", NULL, "[", false},
    {"did not find expected ',' or '}'", NULL, "a mapping without its \"}\"", "\",\" or \"}\"", NULL, "{", false},
    {"did not find expected node content", "flow", "no value", "a value, or nothing but the closing bracket", NULL,
     NULL, false},
    {"did not find expected node content", NULL, "no value", "a value", NULL, NULL, false},
    {"did not find expected '-' indicator", NULL, "a line that is no item of its list", "\"- item\"",
     "check the indentation", "list", false},
    {"did not find expected key", NULL, "a line that is no key of its mapping", "\"key: value\"",
     "check the indentation", "mapping", false},
    {"found unexpected end of stream", "quoted", "a quoted text without its closing quote", "the same quote again",
     NULL, NULL, true},
    {"found unexpected document indicator", NULL, "a quoted text without its closing quote", "the same quote again",
     NULL, NULL, true},
    {"found unknown escape character", NULL, "an unknown escape with \\", "\\n, \\t, \\\" or \\\\",
     "text in single quotes takes \\ as it is", NULL, false},
    {"did not find expected alphabetic or numeric character", NULL, "\"&\" or \"*\" without a name", "a value",
     "text that begins with & or * needs quotes", NULL, true},
    {"found undefined tag handle", NULL, "a tag (\"!\")", "a plain value", "text that begins with ! needs quotes", NULL,
     false},
    {"did not find expected <document start>", NULL, "text after the end of the document", "one document in a file",
     "check the indentation of this line", NULL, false},
    {"found incompatible YAML document", NULL, "an unknown version of YAML", "%YAML 1.1 or 1.2, or no such line", NULL,
     NULL, false},
    {"found unknown directive name", NULL, "a line that begins with %", "keys and values",
     "text that begins with % needs quotes", NULL, true},
};

static const fault_row *find_row(const yaml_parser_t *parser) {
  const char *problem = parser->problem ? parser->problem : "";
  const char *context = parser->context ? parser->context : "";
  for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
    if (strstr(problem, faults[i].problem) && (!faults[i].context || strstr(context, faults[i].context))) {
      return &faults[i];
    }
  }
  return NULL;
}

/* The character libyaml points at, as a text of `*size` bytes; size 0 at the end. */
static const char *character_at(const yaml_source *source, yaml_mark_t mark, size_t *size) {
  size_t at = 0;
  unsigned code = 0;
  for (size_t i = 0; i < mark.index && at < source->length; i++) {
    const size_t step = stf_text_decode(source->text + at, source->length - at, &code);
    at += step ? step : 1;
  }
  *size = stf_text_decode(source->text + at, source->length - at, &code);
  return source->text + at;
}

static stf_place place_of(const yaml_source *source, yaml_mark_t mark) {
  return (stf_place){.file = source->name, .line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

static const char *hint_of(const fault_row *row, const yaml_parser_t *parser, stf_diags *diags) {
  if (!row->opened || !parser->context) return row->hint;
  const int line = (int)parser->context_mark.line + 1, column = (int)parser->context_mark.column + 1;
  if (!row->hint) return stf_diags_text(diags, "opened on line %d, column %d", line, column);
  return stf_diags_text(diags, "%s; its %s begins on line %d, column %d", row->hint, row->opened, line, column);
}

void stf_yaml_fault_report(const yaml_source *source, const yaml_parser_t *parser, stf_diags *diags) {
  const fault_row *row = find_row(parser);
  const yaml_mark_t mark = row && row->at_context && parser->context ? parser->context_mark : parser->problem_mark;
  const stf_place place = place_of(source, mark);
  size_t size = 0;
  const char *character = character_at(source, mark, &size);
  if (size && *character == '\t') {
    stf_diags_add(diags, STF_ERROR, place, "a tab", "spaces", "YAML is indented with spaces only");
  } else if (row) {
    const char *found = row->found ? row->found : stf_diags_quote(diags, character, size);
    if (!size && !row->at_context) found = "the end of the file";
    stf_diags_add(diags, STF_ERROR, place, found, row->expected, hint_of(row, parser, diags));
  } else {
    stf_diags_add(diags, STF_ERROR, place,
                  stf_diags_text(diags, "text that is not YAML (%s%s%s)", parser->problem ? parser->problem : "",
                                 parser->context ? " " : "", parser->context ? parser->context : ""),
                  "YAML", NULL);
  }
}
