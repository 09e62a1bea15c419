#include "result/fields.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "result/buffer.h"
#include "result/file.h"

enum { BLOCK = 1 << 15, LEVEL = 1, TIME_DIGITS = 12, VTK_LINE = 3 };

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are written as little endian");

/* An array of a file and where its data begin. */
typedef struct array {
  const char *type, *name;
  int components;
  size_t offset;
} array;

/* A file being put together: what its XML will list, and the data that follow it. */
typedef struct writer {
  const stf_frame *frame;
  array *arrays; /* [count] in the order of the XML */
  size_t count;
  stf_buffer data;
} writer;

/* The order of arrays in the XML: fields of points, fields of cells, then these. */
enum { POSITIONS, CONNECTIVITY, OFFSETS, TYPES, OTHERS };

/*
 * Appends an array as VTK expects it: number of blocks, bytes of a block, bytes of the last one if it is shorter (else
 * 0), compressed bytes of each block [all UInt64]; then the blocks.
 */
static void add_compressed(stf_buffer *data, const void *bytes, size_t size) {
  const size_t blocks = (size + BLOCK - 1) / BLOCK;
  const uint64_t head[3] = {blocks, BLOCK, size % BLOCK};
  stf_buffer_add(data, head, sizeof(head));
  const size_t sizes = data->size;
  const uint64_t none = 0;
  for (size_t i = 0; i < blocks; i++) stf_buffer_add(data, &none, sizeof(none));
  Bytef packed[BLOCK + BLOCK / 8 + 64];
  for (size_t i = 0; i < blocks && !data->failed; i++) {
    const size_t left = size - i * BLOCK;
    uLongf length = sizeof(packed);
    const Bytef *block = (const Bytef *)bytes + i * BLOCK;
    data->failed = compress2(packed, &length, block, (uLong)(left < BLOCK ? left : BLOCK), LEVEL) != Z_OK;
    stf_buffer_add(data, packed, length);
    const uint64_t packed_size = length;
    if (!data->failed) memcpy(data->bytes + sizes + i * sizeof(packed_size), &packed_size, sizeof(packed_size));
  }
}

static void add_field(stf_buffer *data, const stf_field *field, size_t items) {
  const size_t count = items * (size_t)field->components;
  float *values = malloc((count ? count : 1) * sizeof(*values));
  if (values) {
    for (size_t i = 0; i < count; i++) values[i] = (float)field->values[i];
    add_compressed(data, values, count * sizeof(*values));
  } else {
    data->failed = true;
  }
  free(values);
}

static int nodes_of(const stf_frame *frame, size_t cell) {
  return frame->shape ? stf_shapes[frame->shape[cell]].nodes : 2;
}

/* VTK's wedge has its bottom clockwise seen from the top, so that (0 1 2) faces outwards; ours counter-clockwise. */
static void copy_nodes(const stf_frame *frame, size_t cell, const int *from, int *to) {
  static const int wedge[6] = {0, 2, 1, 3, 5, 4};
  const bool turned = frame->shape && frame->shape[cell] == STF_WEDGE6;
  for (int i = 0; i < nodes_of(frame, cell); i++) to[i] = from[turned ? wedge[i] : i];
}

static void add_connectivity(stf_buffer *data, const stf_frame *frame) {
  size_t count = 0;
  for (size_t i = 0; i < frame->cells; i++) count += (size_t)nodes_of(frame, i);
  int *nodes = malloc((count + 1) * sizeof(*nodes));
  if (nodes) {
    for (size_t i = 0, at = 0; i < frame->cells; at += (size_t)nodes_of(frame, i++))
      copy_nodes(frame, i, frame->connectivity + at, nodes + at);
    add_compressed(data, nodes, count * sizeof(*nodes));
  } else {
    data->failed = true;
  }
  free(nodes);
}

/* Where each cell's nodes end in the connectivity. */
static void add_ends(stf_buffer *data, const stf_frame *frame) {
  int64_t *ends = malloc((frame->cells + 1) * sizeof(*ends)), end = 0;
  if (ends) {
    for (size_t i = 0; i < frame->cells; i++) ends[i] = end += nodes_of(frame, i);
    add_compressed(data, ends, frame->cells * sizeof(*ends));
  } else {
    data->failed = true;
  }
  free(ends);
}

static void add_types(stf_buffer *data, const stf_frame *frame) {
  uint8_t *types = malloc(frame->cells + 1);
  if (types) {
    for (size_t i = 0; i < frame->cells; i++)
      types[i] = (uint8_t)(frame->shape ? stf_shapes[frame->shape[i]].vtk : VTK_LINE);
    add_compressed(data, types, frame->cells);
  } else {
    data->failed = true;
  }
  free(types);
}

static void add_other(stf_buffer *data, const stf_frame *frame, size_t which) {
  switch (which) {
  case POSITIONS: add_compressed(data, frame->X, frame->points * sizeof(*frame->X)); break;
  case CONNECTIVITY: add_connectivity(data, frame); break;
  case OFFSETS: add_ends(data, frame); break;
  default: add_types(data, frame); break;
  }
}

static void add_array(writer *out, size_t i) {
  static const array others[OTHERS] = {{"Float64", "Points", 3, 0},
                                       {"Int32", "connectivity", 1, 0},
                                       {"Int64", "offsets", 1, 0},
                                       {"UInt8", "types", 1, 0}};
  const stf_frame *frame = out->frame;
  const size_t offset = out->data.size, fields = frame->point_fields + frame->cell_fields;
  if (i < fields) {
    const bool of_points = i < frame->point_fields;
    const stf_field *field = of_points ? &frame->point_field[i] : &frame->cell_field[i - frame->point_fields];
    out->arrays[i] = (array){"Float32", field->name, field->components, 0};
    add_field(&out->data, field, of_points ? frame->points : frame->cells);
  } else {
    out->arrays[i] = others[i - fields];
    add_other(&out->data, frame, i - fields);
  }
  out->arrays[i].offset = offset;
}

static void list_arrays(stf_buffer *xml, const char *section, const array *arrays, size_t count) {
  stf_buffer_printf(xml, "      <%s>\n", section);
  for (size_t i = 0; i < count; i++) {
    stf_buffer_printf(xml, "        <DataArray type=\"%s\" Name=\"", arrays[i].type);
    stf_buffer_xml(xml, arrays[i].name);
    stf_buffer_printf(xml, "\" NumberOfComponents=\"%d\" format=\"appended\" offset=\"%zu\"/>\n", arrays[i].components,
                      arrays[i].offset);
  }
  stf_buffer_printf(xml, "      </%s>\n", section);
}

static void list_all(stf_buffer *xml, const writer *out) {
  const stf_frame *frame = out->frame;
  const array *others = out->arrays + frame->point_fields + frame->cell_fields;
  stf_buffer_text(xml, "<?xml version=\"1.0\"?>\n"
                       "<VTKFile type=\"UnstructuredGrid\" version=\"1.0\" byte_order=\"LittleEndian\" "
                       "header_type=\"UInt64\" compressor=\"vtkZLibDataCompressor\">\n"
                       "  <UnstructuredGrid>\n");
  stf_buffer_printf(xml, "    <Piece NumberOfPoints=\"%zu\" NumberOfCells=\"%zu\">\n", frame->points, frame->cells);
  list_arrays(xml, "PointData", out->arrays, frame->point_fields);
  list_arrays(xml, "CellData", out->arrays + frame->point_fields, frame->cell_fields);
  list_arrays(xml, "Points", others + POSITIONS, 1);
  list_arrays(xml, "Cells", others + CONNECTIVITY, OTHERS - CONNECTIVITY);
  stf_buffer_text(xml, "    </Piece>\n  </UnstructuredGrid>\n  <AppendedData encoding=\"raw\">\n_");
}

static stf_status write_file(writer *out, const char *path, stf_diags *diags) {
  stf_buffer file = {.failed = out->data.failed};
  list_all(&file, out);
  stf_buffer_add(&file, out->data.bytes, out->data.size);
  stf_buffer_text(&file, "\n  </AppendedData>\n</VTKFile>\n");
  const stf_status status = stf_buffer_write(&file, path, diags);
  stf_buffer_clear(&file);
  return status;
}

stf_status stf_fields_write_vtu(const stf_frame *frame, const char *path, stf_diags *diags) {
  _Static_assert(sizeof(int) == sizeof(int32_t), "connectivity is written as it is");
  writer out = {.frame = frame, .count = frame->point_fields + frame->cell_fields + OTHERS};
  out.arrays = calloc(out.count, sizeof(*out.arrays));
  if (!out.arrays) return stf_file_no_memory(path, diags);
  /* The last one first: meshio renumbers offsets as it goes and would take an array before for one behind. */
  for (size_t i = out.count; i-- > 0;) add_array(&out, i);
  const stf_status status = write_file(&out, path, diags);
  stf_buffer_clear(&out.data);
  free(out.arrays);
  return status;
}

stf_status stf_fields_write_pvd(const double *times, size_t frames, int ranks, const char *path, stf_diags *diags) {
  stf_buffer xml = {0};
  stf_buffer_text(&xml, "<?xml version=\"1.0\"?>\n"
                        "<VTKFile type=\"Collection\" version=\"1.0\" byte_order=\"LittleEndian\">\n"
                        "  <Collection>\n");
  for (size_t frame = 0; frame < frames; frame++) {
    for (int rank = 0; rank < ranks; rank++) {
      char name[64];
      stf_fields_name(frame, rank, ranks, name, sizeof(name));
      stf_buffer_text(&xml, "    <DataSet timestep=\"");
      stf_buffer_number(&xml, times[frame], TIME_DIGITS);
      stf_buffer_printf(&xml, "\" part=\"%d\" file=\"%s\"/>\n", rank, name);
    }
  }
  stf_buffer_text(&xml, "  </Collection>\n</VTKFile>\n");
  const stf_status status = stf_buffer_write(&xml, path, diags);
  stf_buffer_clear(&xml);
  return status;
}

int stf_fields_name(size_t frame, int rank, int ranks, char *buffer, size_t size) {
  if (ranks == 1) return snprintf(buffer, size, "fields/%05zu.vtu", frame);
  return snprintf(buffer, size, "fields/%05zu_%d.vtu", frame, rank);
}
