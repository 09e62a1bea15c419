#include "stf_anatomy.h"

#include <math.h>
#include <string.h>

#include "stf_files.h"

static const stf_variant_type *find_type(const char *name) {
  for (size_t i = 0; i < stf_generators.count; i++)
    if (!strcmp(stf_generators.types[i]->name, name)) return stf_generators.types[i];
  fail_msg("no generator named %s", name);
  return NULL;
}

void stf_sample_read(stf_sample *s, const char *generator, const char *yaml) {
  const stf_variant_type *type = find_type(generator);
  *s = (stf_sample){.arena = stf_arena_create(), .diags = stf_diags_create(), .generator = type->extra};
  assert_non_null(s->arena);
  assert_non_null(s->diags);
  s->options = stf_test_read(type->table, yaml, s->arena);
}

static void say_all(const stf_sample *s) {
  char line[2048];
  for (size_t i = 0; i < stf_diags_count(s->diags); i++) {
    stf_diag_format(stf_diags_get(s->diags, i), line, sizeof(line));
    print_error("%s\n", line);
  }
}

void stf_sample_build(stf_sample *s, const char *generator, const char *yaml, double size) {
  stf_sample_read(s, generator, yaml);
  assert_non_null(s->options);
  stf_status status = s->generator->check(s->options, size, s->diags);
  if (!status) status = s->generator->build(s->options, size, s->arena, s->diags, &s->mesh);
  if (!status) status = stf_mesh_check(&s->mesh, (stf_place){0}, s->diags);
  if (status || stf_diags_count(s->diags)) {
    say_all(s);
    fail_msg("%s: status %d", generator, status);
  }
}

void stf_sample_clear(stf_sample *s) {
  stf_arena_destroy(s->arena);
  stf_diags_destroy(s->diags);
}

void stf_sample_assert_said(const stf_sample *s, const char *text) {
  stf_files_assert_said(s->diags, text);
}

void stf_sample_assert_refused(const char *generator, const char *yaml, double size, size_t count, const char *found) {
  stf_sample s;
  stf_sample_read(&s, generator, yaml);
  assert_non_null(s.options);
  assert_int_equal(s.generator->check(s.options, size, s.diags), STF_BAD_INPUT);
  if (stf_diags_errors(s.diags) != count) say_all(&s);
  assert_int_equal(stf_diags_errors(s.diags), count);
  const stf_diag *diag = stf_diags_get(s.diags, 0);
  if (!strstr(diag->found, found)) fail_msg("no \"%s\" in \"%s\"", found, diag->found);
  assert_true(diag->place.line > 0);
  assert_int_equal(s.generator->build(s.options, size, s.arena, s.diags, &s.mesh), STF_BAD_INPUT);
  stf_sample_clear(&s);
}

void stf_sample_assert_not_built(const char *generator, const char *yaml, double size, stf_status status,
                                 const char *found) {
  stf_sample s;
  stf_sample_read(&s, generator, yaml);
  assert_non_null(s.options);
  assert_int_equal(s.generator->check(s.options, size, s.diags), STF_OK);
  assert_int_equal(s.generator->build(s.options, size, s.arena, s.diags, &s.mesh), status);
  stf_sample_assert_said(&s, found);
  stf_sample_clear(&s);
}

double stf_sample_volume(const stf_mesh *m) {
  static const double sign[8][3] = {{-1, -1, -1}, {1, -1, -1}, {1, 1, -1}, {-1, 1, -1},
                                    {-1, -1, 1},  {1, -1, 1},  {1, 1, 1},  {-1, 1, 1}};
  double volume = 0.0;
  for (size_t e = 0; e < m->elements; e++)
    for (int q = 0; q < 8; q++) {
      double J[9] = {0}, xi[3];
      for (int i = 0; i < 3; i++) xi[i] = sign[q][i] / sqrt(3.0);
      for (int a = 0; a < 8; a++)
        for (int d = 0; d < 3; d++) {
          double slope = 0.125 * sign[a][d];
          for (int i = 0; i < 3; i++) slope *= i == d ? 1.0 : 1.0 + sign[a][i] * xi[i];
          for (int i = 0; i < 3; i++) J[3 * i + d] += slope * m->X[m->cell[e][a]][i];
        }
      volume += stf_test_determinant(J);
    }
  return volume;
}
