#include "fit/library.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/parameters.h"
#include "result/buffer.h"
#include "result/file.h"

enum { LEAST_DIGITS = 4, MOST_DIGITS = 12 };

/* ---- what is to stand there ---- */

/* Digits at which rounding costs at most a twentieth of the standard error. */
static int digits_for(double value, double error) {
  int digits = LEAST_DIGITS;
  if (!(error > 0.0) || value == 0.0) return MOST_DIGITS;
  while (digits < MOST_DIGITS && 0.5 * pow(10.0, floor(log10(fabs(value))) + 1 - digits) > 0.05 * error) digits++;
  return digits;
}

/* A value in the unit that the file has it in. */
static const char *write_value(const stf_fit *f, const stf_provenance *p, const char *old, double value, double error) {
  const char *unit = stf_quantity_unit(old);
  double factor = 1.0, offset = 0.0;
  char number[64];
  if (unit && *unit && stf_units_from_base(p->dimension, unit, &factor, &offset)) return NULL;
  const double shown = value * factor + offset;
  stf_text_write_number(shown, digits_for(shown, fabs(error * factor)), number, sizeof number);
  return unit && *unit ? stf_arena_printf(f->arena, "%s %s", number, unit) : stf_arena_printf(f->arena, "%s", number);
}

stf_status stf_fit_edits(const stf_fit *f, const bool *fixed, const double *error, stf_fit_edit **edits,
                         size_t *count) {
  size_t most = 0;
  *count = 0;
  for (size_t i = 0; i < f->parameters; i++) most += 1 + f->parameter[i].declared->ties;
  *edits = stf_arena_alloc(f->arena, (most + 1) * sizeof **edits);
  if (!*edits) return STF_NO_RESOURCE;
  for (size_t i = 0; i < f->parameters; i++) {
    const stf_calibrated *c = f->parameter[i].declared;
    for (size_t k = 0; fixed[i] && k <= c->ties; k++) {
      const stf_provenance *p = k ? c->tied[k - 1] : c->parameter;
      const double ratio = k ? p->value / c->parameter->value : 1.0;
      const char *old = p->file_text ? p->file_text : p->text;
      stf_fit_edit *to = &(*edits)[(*count)++];
      *to = (stf_fit_edit){.path = p->path,
                           .place = p->place,
                           .old = old,
                           .wanted = write_value(f, p, old, ratio * f->parameter[i].value, ratio * error[i])};
      if (!to->wanted) return STF_NO_RESOURCE;
    }
  }
  return STF_OK;
}

/* ---- writing it ---- */

/* Where line and column, both counted from 1 and the latter in characters, are in a text; its end if nowhere. */
static size_t find_place(const char *text, size_t size, const stf_place *place) {
  size_t at = 0;
  unsigned code;
  for (int line = 1; line < place->line; line++) {
    const char *end = memchr(text + at, '\n', size - at);
    if (!end) return size;
    at = (size_t)(end - text) + 1;
  }
  for (int column = 1; column < place->column && at < size; column++) {
    const size_t bytes = stf_text_decode(text + at, size - at, &code);
    at += bytes ? bytes : 1;
  }
  return at;
}

static int last_first(const void *a, const void *b) {
  const stf_place *one = &((const stf_fit_edit *)a)->place, *other = &((const stf_fit_edit *)b)->place;
  if (one->line != other->line) return one->line < other->line ? 1 : -1;
  return one->column < other->column ? 1 : -1;
}

static stf_status refuse(const stf_fit *f, const stf_fit_edit *edit) {
  stf_diags_add(f->diags, STF_ERROR, edit->place, "a file that was changed since it was read",
                stf_diags_text(f->diags, "%s there", edit->old), "run it again");
  return STF_BAD_INPUT;
}

/* Puts one value in the place of another; where it was quoted the quotes stay. */
static stf_status replace(const stf_fit *f, const stf_fit_edit *edit, stf_buffer *file) {
  size_t at = find_place(file->bytes, file->size, &edit->place);
  const size_t old = strlen(edit->old);
  if (at < file->size && (file->bytes[at] == '"' || file->bytes[at] == '\'')) at++;
  if (at + old > file->size || memcmp(file->bytes + at, edit->old, old) != 0) return refuse(f, edit);
  stf_buffer changed = {0};
  stf_buffer_add(&changed, file->bytes, at);
  stf_buffer_text(&changed, edit->wanted);
  stf_buffer_add(&changed, file->bytes + at + old, file->size - at - old);
  stf_buffer_clear(file);
  *file = changed;
  return STF_OK;
}

/* The edits [count] of one file, from its end to its beginning so that places stay right. */
static stf_status edit_file(const stf_fit *f, stf_fit_edit *edits, size_t count) {
  const char *path = edits->place.file;
  char *text;
  size_t size;
  STF_TRY(stf_file_read(path, STF_YAML_MAX_BYTES, f->diags, &text, &size));
  stf_buffer file = {0};
  stf_buffer_add(&file, text, size);
  free(text);
  qsort(edits, count, sizeof *edits, last_first);
  stf_status status = STF_OK;
  for (size_t i = 0; !status && i < count; i++) status = replace(f, &edits[i], &file);
  if (!status) status = stf_buffer_write(&file, path, f->diags);
  stf_buffer_clear(&file);
  return status;
}

stf_status stf_fit_write(const stf_fit *f, const stf_fit_edit *edits, size_t count) {
  stf_fit_edit *own = stf_arena_alloc(f->arena, (count + 1) * sizeof *own);
  bool *done = stf_arena_alloc(f->arena, count + 1);
  if (!own || !done) return STF_NO_RESOURCE;
  for (size_t i = 0; i < count; i++) {
    size_t taken = 0;
    for (size_t k = i; k < count; k++) {
      if (done[k] || !stf_parameters_same_file(edits[i].place.file, edits[k].place.file)) continue;
      done[k] = true;
      if (strcmp(edits[k].old, edits[k].wanted) != 0) own[taken++] = edits[k];
    }
    if (taken) STF_TRY(edit_file(f, own, taken));
  }
  return STF_OK;
}
