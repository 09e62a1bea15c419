/*
 *   32 bytes "striffin checkpoint 1\n", zeros
 *    8 bytes length of the whole file
 *    8 bytes number of parts
 *   for each: 24 bytes name, 8 bytes size, the bytes, zeros up to a multiple of 8
 *    8 bytes checksum of all before (CRC-32 of the file, and of it backwards by words)
 *
 * Numbers are little-endian, as the machine's: a checkpoint is for the build that wrote it.
 */
#include "result/checkpoint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "result/buffer.h"
#include "result/file.h"

enum { HEAD = 32, WORD = 8, LARGEST_PATH = 4096 };
static const size_t LARGEST = (size_t)1 << 40;
static const char magic[HEAD] = "striffin checkpoint 1\n";

void stf_checkpoint_add(stf_checkpoint *c, const char *name, const void *bytes, size_t size) {
  assert(c->parts < STF_CHECKPOINT_PARTS); /* a fixed list of ours */
  stf_checkpoint_part *p = &c->part[c->parts++];
  snprintf(p->name, sizeof p->name, "%s", name);
  p->bytes = bytes;
  p->size = size;
}

static size_t padded(size_t size) {
  return (size + WORD - 1) / WORD * WORD;
}

/* Two sums that no single fault leaves both alike. */
static uint64_t checksum(const char *bytes, size_t size) {
  uLong forth = crc32_z(0, (const unsigned char *)bytes, size), sum = 0;
  for (size_t i = size / WORD; i-- > 0;) {
    uint64_t word;
    memcpy(&word, bytes + i * WORD, WORD);
    sum = sum * 31 + (uLong)(word ^ word >> 29);
  }
  return (uint64_t)forth << 32 ^ (uint64_t)sum;
}

static void add_word(stf_buffer *to, uint64_t word) {
  stf_buffer_add(to, &word, WORD);
}

static void fill(const stf_checkpoint *c, stf_buffer *to) {
  static const char zeros[WORD] = {0};
  size_t whole = HEAD + 3 * WORD;
  for (size_t k = 0; k < c->parts; k++) whole += STF_CHECKPOINT_NAME + WORD + padded(c->part[k].size);
  stf_buffer_add(to, magic, HEAD);
  add_word(to, whole);
  add_word(to, c->parts);
  for (size_t k = 0; k < c->parts; k++) {
    const stf_checkpoint_part *p = &c->part[k];
    stf_buffer_add(to, p->name, sizeof p->name);
    add_word(to, p->size);
    if (p->size) stf_buffer_add(to, p->bytes, p->size);
    stf_buffer_add(to, zeros, padded(p->size) - p->size);
  }
  if (!to->failed) add_word(to, checksum(to->bytes, to->size));
}

/* Returns 0 or errno. */
static int put(const char *path, const char *bytes, size_t size) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int error = file < 0 ? errno : 0;
  while (!error && size) {
    const ssize_t written = write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) error = errno;
    if (written > 0) bytes += written, size -= (size_t)written;
  }
  if (!error && fsync(file)) error = errno;
  if (file >= 0 && close(file) && !error) error = errno;
  return error;
}

stf_status stf_checkpoint_write(const stf_checkpoint *c, const char *path, stf_diags *diags) {
  char other[LARGEST_PATH];
  stf_buffer buffer = {0};
  fill(c, &buffer);
  int error = buffer.failed ? ENOMEM : 0;
  if (!error && (size_t)snprintf(other, sizeof other, "%s.tmp", path) >= sizeof other) error = ENAMETOOLONG;
  if (!error) error = put(other, buffer.bytes, buffer.size);
  if (!error && rename(other, path)) error = errno;
  stf_buffer_clear(&buffer);
  return error ? stf_file_trouble(path, "to write this checkpoint", error, diags) : STF_OK;
}

static stf_status refuse(const char *path, const char *found, stf_diags *diags) {
  stf_diags_add(diags, STF_ERROR, (stf_place){.file = path}, found, "a checkpoint of this striffin, whole",
                "'striffin run' begins anew");
  return STF_BAD_INPUT;
}

static uint64_t word_at(const char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, WORD);
  return word;
}

/* What is wrong with a file [size]; NULL when nothing is. */
static const char *find_fault(const char *bytes, size_t size) {
  if (size < HEAD + 3 * WORD || memcmp(bytes, magic, sizeof "striffin checkpoint " - 1) != 0) return "something else";
  if (memcmp(bytes, magic, HEAD) != 0) return "another version of checkpoints";
  if (word_at(bytes + HEAD) != size) return "a file that was cut off";
  if (word_at(bytes + size - WORD) != checksum(bytes, size - WORD)) return "a file whose checksum is wrong";
  return NULL;
}

/* Finds the parts of a file whose checksum is right. */
static bool split(const char *bytes, size_t size, stf_checkpoint *c) {
  size_t at = HEAD + 2 * WORD;
  const uint64_t parts = word_at(bytes + HEAD + WORD);
  if (parts > STF_CHECKPOINT_PARTS) return false;
  for (uint64_t k = 0; k < parts; k++) {
    stf_checkpoint_part *p = &c->part[c->parts];
    if (at + STF_CHECKPOINT_NAME + 2 * WORD > size) return false;
    memcpy(p->name, bytes + at, STF_CHECKPOINT_NAME);
    p->size = word_at(bytes + at + STF_CHECKPOINT_NAME);
    at += STF_CHECKPOINT_NAME + WORD;
    if (p->size > size || padded(p->size) > size - WORD - at || memchr(p->name, '\0', sizeof p->name) == NULL)
      return false;
    p->bytes = bytes + at;
    at += padded(p->size);
    c->parts++;
  }
  return at + WORD == size;
}

stf_status stf_checkpoint_read(const char *path, stf_diags *diags, stf_checkpoint *c) {
  size_t size;
  *c = (stf_checkpoint){0};
  STF_TRY(stf_file_read(path, LARGEST, diags, &c->file, &size));
  const char *found = find_fault(c->file, size);
  if (found) return refuse(path, found, diags);
  return split(c->file, size, c) ? STF_OK : refuse(path, "parts that do not fit together", diags);
}

void stf_checkpoint_clear(stf_checkpoint *c) {
  free(c->file);
  *c = (stf_checkpoint){0};
}

const void *stf_checkpoint_find(const stf_checkpoint *c, const char *name, size_t *size) {
  for (size_t k = 0; k < c->parts; k++) {
    if (strcmp(c->part[k].name, name) != 0) continue;
    *size = c->part[k].size;
    return c->part[k].bytes;
  }
  *size = 0;
  return NULL;
}
