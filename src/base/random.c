#include "base/random.h"

#include <math.h>

enum { ROUNDS = 10 };
static const uint32_t PURPOSE = 0x656e736dU; /* half of the key: draws of ensembles */

static void turn(uint32_t c[4], const uint32_t key[2]) {
  const uint64_t a = (uint64_t)0xD2511F53U * c[0], b = (uint64_t)0xCD9E8D57U * c[2];
  const uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ key[0], (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ key[1],
                            (uint32_t)a};
  for (int i = 0; i < 4; i++) c[i] = next[i];
}

void stf_random_words(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]) {
  uint32_t k[2] = {key[0], key[1]};
  for (int i = 0; i < 4; i++) words[i] = counter[i];
  for (int round = 0; round < ROUNDS; round++) {
    turn(words, k);
    k[0] += 0x9E3779B9U;
    k[1] += 0xBB67AE85U;
  }
}

uint64_t stf_random_label(const char *text) {
  uint64_t sum = 14695981039346656037u;
  for (; *text; text++) sum = (sum ^ (unsigned char)*text) * 1099511628211u;
  return sum;
}

/* In (0, 1], by 2^-53. */
static double uniform(uint32_t high, uint32_t low) {
  return (double)((((uint64_t)high << 32 | low) >> 11) + 1) * 0x1p-53;
}

double stf_random_normal(uint32_t seed, uint32_t member, uint64_t label) {
  const uint32_t counter[4] = {member, 0, (uint32_t)label, (uint32_t)(label >> 32)}, key[2] = {seed, PURPOSE};
  uint32_t w[4];
  stf_random_words(counter, key, w);
  return sqrt(-2.0 * log(uniform(w[0], w[1]))) * cos(2.0 * M_PI * uniform(w[2], w[3]));
}
