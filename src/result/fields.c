#include "result/fields.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "result/buffer.h"

enum { BLOCK = 1 << 15, LEVEL = 6, TIME_DIGITS = 12 };

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are written as little endian");

/* A file being put together: its XML, and the data that follow it. */
typedef struct writer {
  stf_buffer xml, data;
} writer;

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

static void add_array(writer *out, const char *type, const char *name, int components, const void *values,
                      size_t size) {
  stf_buffer_printf(&out->xml, "        <DataArray type=\"%s\" Name=\"", type);
  stf_buffer_xml(&out->xml, name);
  stf_buffer_printf(&out->xml, "\" NumberOfComponents=\"%d\" format=\"appended\" offset=\"%zu\"/>\n", components,
                    out->data.size);
  add_compressed(&out->data, values, size);
}

static void add_field(writer *out, const stf_field *field, size_t items) {
  const size_t count = items * (size_t)field->components;
  float *values = malloc((count ? count : 1) * sizeof(*values));
  if (!values) {
    out->data.failed = true;
    return;
  }
  for (size_t i = 0; i < count; i++) values[i] = (float)field->values[i];
  add_array(out, "Float32", field->name, field->components, values, count * sizeof(*values));
  free(values);
}

static void add_fields(writer *out, const char *section, const stf_field *field, size_t fields, size_t items) {
  stf_buffer_printf(&out->xml, "      <%s>\n", section);
  for (size_t i = 0; i < fields; i++) add_field(out, &field[i], items);
  stf_buffer_printf(&out->xml, "      </%s>\n", section);
}

static void add_cells(writer *out, const stf_frame *frame) {
  size_t entries = 0;
  const size_t room = frame->cells ? frame->cells : 1;
  int64_t *ends = malloc(room * sizeof(*ends));
  uint8_t *types = malloc(room);
  if (ends && types) {
    for (size_t i = 0; i < frame->cells; i++) {
      const stf_shape_info *shape = &stf_shapes[frame->shape[i]];
      ends[i] = (int64_t)(entries += (size_t)shape->nodes);
      types[i] = (uint8_t)shape->vtk;
    }
    stf_buffer_text(&out->xml, "      <Cells>\n");
    add_array(out, "Int32", "connectivity", 1, frame->connectivity, entries * sizeof(int32_t));
    add_array(out, "Int64", "offsets", 1, ends, frame->cells * sizeof(*ends));
    add_array(out, "UInt8", "types", 1, types, frame->cells);
    stf_buffer_text(&out->xml, "      </Cells>\n");
  } else {
    out->data.failed = true;
  }
  free(ends);
  free(types);
}

static void add_piece(writer *out, const stf_frame *frame) {
  stf_buffer_text(&out->xml, "<?xml version=\"1.0\"?>\n"
                             "<VTKFile type=\"UnstructuredGrid\" version=\"1.0\" byte_order=\"LittleEndian\" "
                             "header_type=\"UInt64\" compressor=\"vtkZLibDataCompressor\">\n"
                             "  <UnstructuredGrid>\n");
  stf_buffer_printf(&out->xml, "    <Piece NumberOfPoints=\"%zu\" NumberOfCells=\"%zu\">\n", frame->points,
                    frame->cells);
  add_fields(out, "PointData", frame->point_field, frame->point_fields, frame->points);
  add_fields(out, "CellData", frame->cell_field, frame->cell_fields, frame->cells);
  stf_buffer_text(&out->xml, "      <Points>\n");
  add_array(out, "Float64", "Points", 3, frame->X, frame->points * sizeof(*frame->X));
  stf_buffer_text(&out->xml, "      </Points>\n");
  add_cells(out, frame);
  stf_buffer_text(&out->xml, "    </Piece>\n  </UnstructuredGrid>\n  <AppendedData encoding=\"raw\">\n_");
}

stf_status stf_fields_write_vtu(const stf_frame *frame, const char *path, stf_diags *diags) {
  _Static_assert(sizeof(int) == sizeof(int32_t), "connectivity is written as it is");
  writer out = {0};
  add_piece(&out, frame);
  out.xml.failed |= out.data.failed;
  stf_buffer_add(&out.xml, out.data.bytes, out.data.size);
  stf_buffer_clear(&out.data);
  stf_buffer_text(&out.xml, "\n  </AppendedData>\n</VTKFile>\n");
  const stf_status status = stf_buffer_write(&out.xml, path, diags);
  stf_buffer_clear(&out.xml);
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
