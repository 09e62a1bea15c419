/*
 * Numbers packed for a page: reordered so that zlib finds more to repeat, compressed (level 9), as base64. Bytes are
 * shuffled: all first (lowest) bytes of the numbers, then all second ones, and so on.
 */
#ifndef STF_RESULT_PACK_H
#define STF_RESULT_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "result/buffer.h"

enum { STF_PACK_MOST = 65535 };

/* Numbers of `width` bytes [count], shuffled only. STF_NO_RESOURCE when memory is out, as all here. */
stf_status stf_pack_bytes(const void *numbers, size_t count, size_t width, stf_buffer *text);

/* Indices [count], each less the one before it (mod 2^32), shuffled. */
stf_status stf_pack_index(const uint32_t *index, size_t count, stf_buffer *text);

/*
 * Levels 0 to STF_PACK_MOST [steps][count] less those of the step before (mod 2^16); in the first step less the level
 * before; shuffled.
 */
stf_status stf_pack_levels(const uint16_t *levels, size_t steps, size_t count, stf_buffer *text);

/* The level from 0 to `most` at which a finite value lies between low and high; 0 where they are the same. */
uint16_t stf_pack_level(double value, double low, double high, unsigned most);

#endif
