#include "arguments.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { MOST_OPTIONS = 64 };

static bool is_last(const struct argp_option *option) {
  return !option->name && !option->key && !option->doc && !option->group;
}

/* The option that `word` [length] names in full or begins, as getopt takes it; NULL when there is none. */
static const struct argp_option *find_long(const struct argp *argp, const char *word, size_t length) {
  for (const struct argp_option *option = argp->options; option && !is_last(option); option++) {
    if (option->name && strncmp(option->name, word, length) == 0) return option;
  }
  return NULL;
}

static bool is_builtin(const char *word, size_t length) {
  return strncmp("help", word, length) == 0 || strncmp("usage", word, length) == 0;
}

/* Whether a group of short options ("-qo") ends in one that takes the next argument as its value. */
static bool takes_next(const struct argp *argp, const char *letters) {
  for (const char *letter = letters; *letter; letter++) {
    for (const struct argp_option *option = argp->options; option && !is_last(option); option++) {
      if (option->key == *letter && option->arg) return !letter[1];
    }
  }
  return false;
}

static stf_status refuse_long(const struct argp *argp, const char *program, const char *word) {
  const char *names[MOST_OPTIONS] = {"help", "usage"};
  size_t count = 2;
  for (const struct argp_option *option = argp->options; option && !is_last(option) && count < MOST_OPTIONS; option++) {
    if (option->name && !(option->flags & OPTION_HIDDEN)) names[count++] = option->name;
  }
  char plain[64];
  snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(word, "="), word);
  const char *nearest = stf_text_nearest(plain, names, count);
  return stf_arguments_fault(program, "no option --%s%s%s%s", plain, nearest ? "; did you mean --" : "",
                             nearest ? nearest : "", nearest ? "?" : "");
}

/* Finds long options that do not exist before getopt does: it says nothing of what is near. */
static stf_status check_options(const struct argp *argp, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *word = argv[i];
    if (word[0] != '-' || !word[1]) continue;
    if (word[1] != '-') {
      i += takes_next(argp, word + 1);
      continue;
    }
    if (!word[2]) break;
    const size_t length = strcspn(word + 2, "=");
    const struct argp_option *option = find_long(argp, word + 2, length);
    if (!option && !is_builtin(word + 2, length)) return refuse_long(argp, argv[0], word + 2);
    i += option && option->arg && !word[2 + length];
  }
  return STF_OK;
}

stf_status stf_arguments_parse(const struct argp *argp, int argc, char **argv, void *input) {
  argp_err_exit_status = STF_BAD_INPUT;
  setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
  STF_TRY(check_options(argp, argc, argv));
  const error_t error = argp_parse(argp, argc, argv, 0, NULL, input);
  if (!error) return STF_OK;
  fprintf(stderr, "%s: %s\n", argv[0], strerror(error));
  return error == ENOMEM ? STF_NO_RESOURCE : STF_BAD_INPUT;
}

stf_status stf_arguments_fault(const char *program, const char *format, ...) {
  char message[1024], shown[4 * sizeof(message)] = "";
  stf_text_sink sink = {.buffer = shown, .size = sizeof(shown)};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof(message), format, arguments);
  va_end(arguments);
  stf_text_add_escaped(&sink, message, strlen(message), sizeof(message));
  fprintf(stderr, "%s: %s\n'%s --help' tells more.\n", program, shown, program);
  return STF_BAD_INPUT;
}

long stf_arguments_integer(const struct argp_state *state, const char *text, long least, long most, const char *what) {
  char *end;
  errno = 0;
  const long value = strtol(text, &end, 10);
  if (errno || end == text || *end || value < least || value > most)
    argp_error(state, "%s: found %s; expected a whole number from %ld to %ld", what, *text ? text : "nothing", least,
               most);
  return value;
}

const char *stf_arguments_hint(const char *word, const char *const *names, size_t count, stf_diags *diags) {
  const char *nearest = stf_text_nearest(word, names, count);
  return nearest ? stf_diags_text(diags, "; did you mean %s?", nearest) : "";
}
