#include "result/pack.h"

#include <math.h>
#include <stdlib.h>
#include <zlib.h>

enum { LEVEL = 9 };

static void add_base64(const unsigned char *bytes, size_t size, char *out) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < size; i += 3) {
    const unsigned b = i + 1 < size ? bytes[i + 1] : 0, c = i + 2 < size ? bytes[i + 2] : 0;
    const unsigned word = (unsigned)bytes[i] << 16 | b << 8 | c;
    *out++ = letters[word >> 18];
    *out++ = letters[word >> 12 & 63];
    *out++ = i + 1 < size ? letters[word >> 6 & 63] : '=';
    *out++ = i + 2 < size ? letters[word & 63] : '=';
  }
}

static stf_status compress_bytes(const unsigned char *bytes, size_t size, stf_buffer *text) {
  uLongf packed = compressBound((uLong)size);
  unsigned char *zipped = malloc(packed);
  char *letters = NULL;
  if (zipped && compress2(zipped, &packed, bytes, (uLong)size, LEVEL) == Z_OK) letters = malloc((packed + 2) / 3 * 4);
  if (letters) {
    add_base64(zipped, packed, letters);
    stf_buffer_add(text, letters, (packed + 2) / 3 * 4);
  }
  const stf_status status = letters && !text->failed ? STF_OK : STF_NO_RESOURCE;
  free(letters);
  free(zipped);
  return status;
}

stf_status stf_pack_bytes(const void *numbers, size_t count, size_t width, stf_buffer *text) {
  const unsigned char *from = numbers;
  unsigned char *to = malloc(count * width + 1);
  if (!to) return STF_NO_RESOURCE;
  for (size_t b = 0; b < width; b++)
    for (size_t i = 0; i < count; i++) to[b * count + i] = from[i * width + b];
  const stf_status status = compress_bytes(to, count * width, text);
  free(to);
  return status;
}

stf_status stf_pack_index(const uint32_t *index, size_t count, stf_buffer *text) {
  uint32_t *delta = calloc(count + 1, sizeof *delta);
  if (!delta) return STF_NO_RESOURCE;
  for (size_t i = 0; i < count; i++) delta[i] = index[i] - (i ? index[i - 1] : 0);
  const stf_status status = stf_pack_bytes(delta, count, sizeof *delta, text);
  free(delta);
  return status;
}

stf_status stf_pack_levels(const uint16_t *levels, size_t steps, size_t count, stf_buffer *text) {
  uint16_t *delta = calloc(steps * count + 1, sizeof *delta);
  if (!delta) return STF_NO_RESOURCE;
  for (size_t i = 0; i < steps * count; i++) {
    const uint16_t before = i >= count ? levels[i - count] : (uint16_t)(i ? levels[i - 1] : 0);
    delta[i] = (uint16_t)(levels[i] - before);
  }
  const stf_status status = stf_pack_bytes(delta, steps * count, sizeof *delta, text);
  free(delta);
  return status;
}

uint16_t stf_pack_level(double value, double low, double high, unsigned most) {
  return high > low ? (uint16_t)lround((value - low) / (high - low) * most) : 0;
}
