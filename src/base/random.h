/*
 * Random draws by counter: a draw depends on what it is for, never on what was drawn before, in which order or by which
 * process.
 */
#ifndef STF_BASE_RANDOM_H
#define STF_BASE_RANDOM_H

#include <stdint.h>

/* The four words that belong to a counter and a key: Philox-4x32, ten rounds (Salmon et al. 2011). */
void stf_random_words(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]);

/* A number that stands for a text: 64 bits of FNV-1a. */
uint64_t stf_random_label(const char *text);

/* The standard normal deviate of specimen `member` in what `label` stands for (Box-Muller). */
double stf_random_normal(uint32_t seed, uint32_t member, uint64_t label);

#endif
