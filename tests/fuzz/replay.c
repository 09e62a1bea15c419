/*
 * Runs a fuzz target without libFuzzer, for the test suite: every seed as it is, then mutations of it, the same ones in
 * every run. Usage: PROGRAM MUTATIONS SEED...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SIZE = 1 << 16 };

/* splitmix64 (Steele, Lea & Flood 2014) */
static uint64_t draw(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/* Changes a byte, cuts a piece out, doubles a piece, or puts in a piece of text that means something in YAML. */
static size_t mutate(uint8_t *data, size_t size, uint64_t *state) {
  static const char *const pieces[] = {"\n  ", ": ",     "- ",      "{",     "}",    "[",        "]",   "&a ",
                                       "*a",   "!!str ", "\"",      "'",     "\t",   "1e999 mm", "nan", "-",
                                       "%",    "\xff",   "\n---\n", "0x1p3", "<<: ", "|\n",      "# "};
  if (size == 0) return 0;
  const size_t at = draw(state) % size, piece = 1 + draw(state) % 16, length = piece < size - at ? piece : size - at;
  switch (draw(state) % 4) {
  case 0: data[at] = (uint8_t)draw(state); return size;
  case 1: memmove(data + at, data + at + length, size - at - length); return size - length;
  case 2:
    if (size + length > MAX_SIZE) return size;
    memmove(data + at + length, data + at, size - at);
    return size + length;
  default: {
    const char *text = pieces[draw(state) % (sizeof pieces / sizeof *pieces)];
    const size_t n = strlen(text);
    if (size + n > MAX_SIZE) return size;
    memmove(data + at + n, data + at, size - at);
    memcpy(data + at, text, n);
    return size + n;
  }
  }
}

/* An input of exactly its size on the heap, so that a read past its end is seen. */
static void run(const uint8_t *data, size_t size) {
  uint8_t *copy = malloc(size ? size : 1);
  if (!copy) exit(1);
  memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
}

static void run_seed(const char *path, long mutations) {
  static uint8_t seed[MAX_SIZE], data[MAX_SIZE];
  FILE *stream = fopen(path, "rb");
  if (!stream) {
    perror(path);
    exit(1);
  }
  const size_t size = fread(seed, 1, MAX_SIZE, stream);
  fclose(stream);
  run(seed, size);
  uint64_t state = 1;
  for (long i = 0; i < mutations; i++) {
    size_t changed = size;
    memcpy(data, seed, size);
    for (uint64_t n = 1 + draw(&state) % 8; n > 0; n--) changed = mutate(data, changed, &state);
    run(data, changed);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s MUTATIONS SEED...\n", argv[0]);
    return 2;
  }
  for (int i = 2; i < argc; i++) run_seed(argv[i], strtol(argv[1], NULL, 10));
  return 0;
}
