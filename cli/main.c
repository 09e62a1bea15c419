/* The program people call: it finds the verb and lets it go on. It never loads PETSc. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "output.h"
#include "verb.h"

static const stf_verb *const verbs[] = {&stf_verb_run,     &stf_verb_check,  &stf_verb_new,       &stf_verb_cases,
                                        &stf_verb_explain, &stf_verb_mtest,  &stf_verb_calibrate, &stf_verb_plot,
                                        &stf_verb_report,  &stf_verb_resume, &stf_verb_version};

enum { VERBS = sizeof(verbs) / sizeof(*verbs) };

static void help(FILE *stream) {
  fprintf(stream, "Usage: striffin VERB [OPTION...] [ARGUMENT...]\n\n"
                  "Simulates the fascial system, from a scenario file to curves and fields.\n\n");
  for (size_t i = 0; i < VERBS; i++) fprintf(stream, "  %-9s %s\n", verbs[i]->name, verbs[i]->sentence);
  fprintf(stream, "\n'striffin VERB --help' tells more about one of them. To begin: striffin cases.\n"
                  "An instrument for research and teaching, not a medical device.\n");
}

static const stf_verb *find(const char *name) {
  for (size_t i = 0; i < VERBS; i++) {
    if (strcmp(verbs[i]->name, name) == 0) return verbs[i];
  }
  return NULL;
}

static stf_status refuse(const char *word) {
  const char *names[VERBS];
  for (size_t i = 0; i < VERBS; i++) names[i] = verbs[i]->name;
  const char *nearest = stf_text_nearest(word, names, VERBS);
  return stf_arguments_fault("striffin", "no verb %s%s%s%s", *word ? word : "''", nearest ? "; did you mean " : "",
                             nearest ? nearest : "", nearest ? "?" : "");
}

static bool is_either(const char *word, const char *a, const char *b) {
  return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static stf_status start(const stf_verb *verb, int argc, char **argv) {
  char name[64];
  snprintf(name, sizeof(name), "striffin %s", verb->name);
  argv[0] = name;
  return verb->run(argc, argv);
}

int main(int argc, char **argv) {
  stf_output_start("striffin");
  if (argc < 2) {
    help(stderr);
    return STF_BAD_INPUT;
  }
  char *word = argv[1];
  if (is_either(word, "--version", "-V")) return start(&stf_verb_version, 1, argv + 1);
  if (is_either(word, "--help", "-h") || (argc == 2 && strcmp(word, "help") == 0)) {
    help(stdout);
    return STF_OK;
  }
  if (strcmp(word, "help") == 0) {
    char help_option[] = "--help", *arguments[] = {NULL, help_option, NULL};
    const stf_verb *verb = find(argv[2]);
    return verb ? start(verb, 2, arguments) : refuse(argv[2]);
  }
  const stf_verb *verb = find(word);
  return verb ? start(verb, argc - 1, argv + 1) : refuse(word);
}
