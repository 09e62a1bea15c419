/* Linked into programs with PETSc when a sanitizer is on: Open MPI leaks by itself, so leaks are not looked for. */
const char *__asan_default_options(void);

const char *__asan_default_options(void) {
  return "detect_leaks=0";
}
