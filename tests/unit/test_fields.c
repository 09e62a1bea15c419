/* VTU files: every array comes back out of its compressed blocks; tests/verify reads the same files with VTK. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "result/fields.h"
#include "stf_files.h"

/* The text of a file up to its data, and the data. */
typedef struct parsed {
  char *xml;
  const unsigned char *data;
  size_t size;
  char *copy;
} parsed;

static parsed parse(const char *path) {
  size_t size;
  const char *bytes = stf_files_read(path, &size);
  parsed file = {.copy = malloc(size + 1)};
  assert_non_null(file.copy);
  memcpy(file.copy, bytes, size + 1);
  static const char opening[] = "<AppendedData encoding=\"raw\">\n_", closing[] = "\n  </AppendedData>\n</VTKFile>\n";
  char *start = strstr(file.copy, opening);
  assert_non_null(start);
  const size_t tail = strlen(closing);
  assert_int_equal(memcmp(file.copy + size - tail, closing, tail), 0);
  file.data = (unsigned char *)start + strlen(opening);
  file.size = (size_t)(file.copy + size - tail - (char *)file.data);
  *start = '\0';
  file.xml = file.copy;
  return file;
}

static uint64_t number_at(const parsed *file, size_t at) {
  uint64_t value;
  assert_true(at + sizeof(value) <= file->size);
  memcpy(&value, file->data + at, sizeof(value));
  return value;
}

/* The array called `name` of that type, decompressed; the caller frees it. */
static void *array(const parsed *file, const char *type, const char *name, size_t *size) {
  char tag[200];
  snprintf(tag, sizeof(tag), "<DataArray type=\"%s\" Name=\"%s\" ", type, name);
  const char *found = strstr(file->xml, tag);
  if (!found) fail_msg("no array %s", tag);
  const char *offset = strstr(found, "offset=\"");
  assert_non_null(offset);
  size_t at = strtoul(offset + 8, NULL, 10);
  const uint64_t blocks = number_at(file, at), block = number_at(file, at + 8), last = number_at(file, at + 16);
  size_t from = at + 24 + 8 * blocks;
  *size = blocks ? (blocks - 1) * block + (last ? last : block) : 0;
  unsigned char *bytes = malloc(*size + 1);
  assert_non_null(bytes);
  for (uint64_t i = 0; i < blocks; i++) {
    uLongf length = i + 1 < blocks || !last ? block : last;
    const uLongf expected = length;
    const size_t packed = number_at(file, at + 24 + 8 * i);
    assert_true(from + packed <= file->size);
    assert_int_equal(uncompress(bytes + i * block, &length, file->data + from, packed), Z_OK);
    assert_int_equal(length, expected);
    from += packed;
  }
  return bytes;
}

static const double cube[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                  {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
static const int corners[8] = {0, 1, 2, 3, 4, 5, 6, 7};
static const unsigned char hexes[1] = {STF_HEX8};

static void one_cube_comes_back(void **state) {
  double displacement[8][3];
  for (int i = 0; i < 24; i++) displacement[i / 3][i % 3] = 0.1 * i;
  const stf_field points = {"displacement [mm]", 3, displacement[0]}, cells = {"J", 1, (const double[]){0.97}};
  const stf_frame frame = {.points = 8,
                           .cells = 1,
                           .X = cube,
                           .connectivity = corners,
                           .shape = hexes,
                           .point_fields = 1,
                           .point_field = &points,
                           .cell_fields = 1,
                           .cell_field = &cells};
  assert_int_equal(stf_fields_write_vtu(&frame, "a.vtu", *state), STF_OK);
  const parsed file = parse("a.vtu");
  assert_non_null(strstr(file.xml, "<VTKFile type=\"UnstructuredGrid\" version=\"1.0\" byte_order=\"LittleEndian\" "
                                   "header_type=\"UInt64\" compressor=\"vtkZLibDataCompressor\">"));
  assert_non_null(strstr(file.xml, "<Piece NumberOfPoints=\"8\" NumberOfCells=\"1\">"));
  size_t size;
  double *X = array(&file, "Float64", "Points", &size);
  assert_int_equal(size, sizeof(cube));
  assert_memory_equal(X, cube, size);
  float *u = array(&file, "Float32", "displacement [mm]", &size);
  assert_int_equal(size, 24 * sizeof(float));
  for (int i = 0; i < 24; i++) assert_true(u[i] == (float)(0.1 * i));
  float *J = array(&file, "Float32", "J", &size);
  assert_true(size == sizeof(float) && *J == 0.97F);
  int *connectivity = array(&file, "Int32", "connectivity", &size);
  assert_int_equal(size, sizeof(corners));
  assert_memory_equal(connectivity, corners, size);
  int64_t *offsets = array(&file, "Int64", "offsets", &size);
  assert_true(size == 8 && *offsets == 8);
  unsigned char *types = array(&file, "UInt8", "types", &size);
  assert_true(size == 1 && *types == 12);
  free(X);
  free(u);
  free(J);
  free(connectivity);
  free(offsets);
  free(types);
  free(file.copy);
}

static void cells_of_several_shapes_follow_each_other(void **state) {
  static const int nodes[] = {0, 1, 2, 4, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 4, 5, 6};
  static const unsigned char shapes[] = {STF_TET4, STF_HEX8, STF_WEDGE6};
  const stf_frame frame = {.points = 8, .cells = 3, .X = cube, .connectivity = nodes, .shape = shapes};
  assert_int_equal(stf_fields_write_vtu(&frame, "a.vtu", *state), STF_OK);
  const parsed file = parse("a.vtu");
  size_t size;
  int *connectivity = array(&file, "Int32", "connectivity", &size);
  assert_int_equal(size, sizeof(nodes));
  assert_memory_equal(connectivity, nodes, 12 * sizeof(*nodes));
  assert_memory_equal(connectivity + 12, ((const int[]){0, 2, 1, 4, 6, 5}), 6 * sizeof(*nodes)); /* VTK's wedge */
  int64_t *offsets = array(&file, "Int64", "offsets", &size);
  assert_int_equal(size, 3 * sizeof(*offsets));
  assert_memory_equal(offsets, ((const int64_t[]){4, 12, 18}), size);
  unsigned char *types = array(&file, "UInt8", "types", &size);
  assert_int_equal(size, 3);
  assert_memory_equal(types, ((const unsigned char[]){10, 12, 13}), size);
  free(connectivity);
  free(offsets);
  free(types);
  free(file.copy);
}

static void arrays_lie_in_the_reverse_of_their_order_in_the_xml(void **state) {
  const stf_field points[] = {{"a", 1, cube[0]}, {"b", 3, cube[0]}}, cells[] = {{"c", 1, cube[1]}};
  const stf_frame frame = {.points = 8,
                           .cells = 1,
                           .X = cube,
                           .connectivity = corners,
                           .shape = hexes,
                           .point_fields = 2,
                           .point_field = points,
                           .cell_fields = 1,
                           .cell_field = cells};
  assert_int_equal(stf_fields_write_vtu(&frame, "a.vtu", *state), STF_OK);
  const parsed file = parse("a.vtu");
  unsigned long last = file.size;
  int arrays = 0;
  for (const char *at = file.xml; (at = strstr(at, "offset=\"")); at++, arrays++) {
    const unsigned long offset = strtoul(at + 8, NULL, 10);
    assert_true(offset < last);
    last = offset;
  }
  assert_int_equal(arrays, 7);
  assert_int_equal(last, 0);
  free(file.copy);
}

/* Writes `count` points whose x is their number and reads them back. */
static void assert_points_come_back(stf_diags *diags, size_t count) {
  double(*X)[3] = calloc(count + 1, sizeof(*X));
  assert_non_null(X);
  for (size_t i = 0; i < count; i++) X[i][0] = (double)i;
  const stf_frame frame = {.points = count, .X = (const double(*)[3])X, .shape = hexes};
  assert_int_equal(stf_fields_write_vtu(&frame, "n.vtu", diags), STF_OK);
  const parsed file = parse("n.vtu");
  size_t size;
  void *back = array(&file, "Float64", "Points", &size);
  assert_int_equal(size, count * sizeof(*X));
  assert_memory_equal(back, X, size);
  free(back);
  free(file.copy);
  free(X);
}

static void arrays_of_any_number_of_blocks_come_back(void **state) {
  assert_points_come_back(*state, 0);
  assert_points_come_back(*state, 1);
  assert_points_come_back(*state, 4096 / 3); /* just under one block of 32768 bytes */
  assert_points_come_back(*state, 4096);     /* three blocks, the last one full */
  assert_points_come_back(*state, 4096 + 1);
  assert_points_come_back(*state, 100000);
}

static void noise_that_cannot_be_compressed_comes_back(void **state) {
  static double noise[5000][3];
  uint64_t seed = 1;
  for (size_t i = 0; i < 15000; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    noise[i / 3][i % 3] = (double)seed * 1e-3 * (double)(seed >> 40);
  }
  const stf_frame frame = {.points = 5000, .X = (const double(*)[3])noise, .shape = hexes};
  assert_int_equal(stf_fields_write_vtu(&frame, "n.vtu", *state), STF_OK);
  const parsed file = parse("n.vtu");
  size_t size;
  void *back = array(&file, "Float64", "Points", &size);
  assert_memory_equal(back, noise, size);
  free(back);
  free(file.copy);
}

static void the_same_frame_gives_the_same_bytes(void **state) {
  const stf_field field = {"stress", 6, (const double[]){1, 2, 3, 4, NAN, INFINITY}};
  const stf_frame frame = {.points = 8,
                           .cells = 1,
                           .X = cube,
                           .connectivity = corners,
                           .shape = hexes,
                           .cell_fields = 1,
                           .cell_field = &field};
  size_t first_size, size;
  assert_int_equal(stf_fields_write_vtu(&frame, "a.vtu", *state), STF_OK);
  assert_int_equal(stf_fields_write_vtu(&frame, "b.vtu", *state), STF_OK);
  const char *bytes = stf_files_read("a.vtu", &first_size);
  char *first = malloc(first_size);
  assert_non_null(first);
  memcpy(first, bytes, first_size);
  bytes = stf_files_read("b.vtu", &size);
  assert_int_equal(size, first_size);
  assert_memory_equal(first, bytes, size);
  free(first);
}

static void names_are_escaped(void **state) {
  const stf_field field = {"a<b> & \"c\"\x01\xff", 1, (const double[]){1}};
  const stf_frame frame = {.points = 8,
                           .cells = 1,
                           .X = cube,
                           .connectivity = corners,
                           .shape = hexes,
                           .cell_fields = 1,
                           .cell_field = &field};
  assert_int_equal(stf_fields_write_vtu(&frame, "a.vtu", *state), STF_OK);
  const parsed file = parse("a.vtu");
  assert_non_null(strstr(file.xml, "Name=\"a&lt;b&gt; &amp; &quot;c&quot;\xEF\xBF\xBD\""));
  free(file.copy);
}

static void the_collection_names_every_frame_of_every_rank(void **state) {
  assert_int_equal(stf_fields_write_pvd((const double[]){0, 0.1}, 2, 1, "a.pvd", *state), STF_OK);
  assert_string_equal(stf_files_read("a.pvd", NULL),
                      "<?xml version=\"1.0\"?>\n"
                      "<VTKFile type=\"Collection\" version=\"1.0\" byte_order=\"LittleEndian\">\n"
                      "  <Collection>\n"
                      "    <DataSet timestep=\"0\" part=\"0\" file=\"fields/00000.vtu\"/>\n"
                      "    <DataSet timestep=\"0.1\" part=\"0\" file=\"fields/00001.vtu\"/>\n"
                      "  </Collection>\n"
                      "</VTKFile>\n");
  assert_int_equal(stf_fields_write_pvd((const double[]){7}, 1, 2, "b.pvd", *state), STF_OK);
  assert_non_null(strstr(stf_files_read("b.pvd", NULL), "timestep=\"7\" part=\"1\" file=\"fields/00000_1.vtu\""));
}

static void names_are_cut_as_snprintf_does(void **state) {
  (void)state;
  char name[12];
  assert_int_equal(stf_fields_name(123456, 3, 4, name, sizeof(name)), (int)strlen("fields/123456_3.vtu"));
  assert_string_equal(name, "fields/1234");
}

static void says_why_it_cannot_write(void **state) {
  const stf_frame frame = {.shape = hexes};
  assert_int_equal(stf_fields_write_vtu(&frame, "no/a.vtu", *state), STF_NO_RESOURCE);
  stf_files_assert_said(*state, "no/a.vtu: error: expected to write this file (No such file or directory)");
  assert_int_equal(stf_fields_write_pvd(NULL, 0, 1, "no/a.pvd", *state), STF_NO_RESOURCE);
}

#define FILES(test) cmocka_unit_test_setup_teardown(test, stf_files_setup, stf_files_teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES(one_cube_comes_back),
      FILES(cells_of_several_shapes_follow_each_other),
      FILES(arrays_lie_in_the_reverse_of_their_order_in_the_xml),
      FILES(arrays_of_any_number_of_blocks_come_back),
      FILES(noise_that_cannot_be_compressed_comes_back),
      FILES(the_same_frame_gives_the_same_bytes),
      FILES(names_are_escaped),
      FILES(the_collection_names_every_frame_of_every_rank),
      FILES(names_are_cut_as_snprintf_does),
      FILES(says_why_it_cannot_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
