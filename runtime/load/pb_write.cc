// Writing an ONNX TensorProto: raw_data for all types but strings, sub-byte types packed.
#include <string.h>

#include "plexus_rt.h"
#include "runtime/core/element.h"
#include "runtime/core/error.h"
#include "runtime/load/array_file.h"
#include "runtime/load/file_writer.h"

namespace {

void write_varint(FILE *file, uint64_t value) {
  for (; value >= 0x80; value >>= 7) fputc(static_cast<int>(value & 0x7f) | 0x80, file);
  fputc(static_cast<int>(value), file);
}

void write_number(FILE *file, uint32_t field, uint64_t value) {
  write_varint(file, field << 3);
  write_varint(file, value);
}

void write_bytes_header(FILE *file, uint32_t field, uint64_t bytes) {
  write_varint(file, (field << 3) | 2);
  write_varint(file, bytes);
}

void write_bytes(FILE *file, uint32_t field, const void *data, uint64_t bytes) {
  write_bytes_header(file, field, bytes);
  if (bytes > 0) fwrite(data, 1, bytes, file);
}

void write_packed(FILE *file, const plx_tensor &tensor, int64_t count, int32_t bits) {
  write_bytes_header(file, 9, static_cast<uint64_t>(plx::packed_bytes(count, bits)));
  const auto *elements = static_cast<const uint8_t *>(tensor.data);
  int64_t per_byte = 8 / bits;
  for (int64_t i = 0; i < count; i += per_byte) {
    uint8_t packed = 0;
    plx::pack_bits(elements + i, count - i < per_byte ? count - i : per_byte, bits, &packed);
    fputc(packed, file);
  }
}

void write_elements(FILE *file, const plx_tensor &tensor, int64_t count) {
  const plx::ElementInfo &info = *plx::element_info(tensor.element_type);
  if (info.kind == plx::ElementClass::String) {
    const auto *strings = static_cast<const plx_string *>(tensor.data);
    for (int64_t i = 0; i < count; ++i) {
      write_bytes(file, 6, strings[i].data, static_cast<uint64_t>(strings[i].bytes));
    }
  } else if (info.bits < 8) {
    write_packed(file, tensor, count, info.bits);
  } else {
    write_bytes(file, 9, tensor.data, static_cast<uint64_t>(count * info.bytes));
  }
}

}  // namespace

extern "C" plx_status plx_write_pb(const char *path, const char *name, const plx_tensor *tensor,
                                   plx_error *out_error) {
  if (plx_tensor_bytes(tensor) < 0) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "'%s': the tensor's type %d or dims are not valid", path,
                     tensor->element_type);
  }
  plx::FileWriter writer;
  plx_status status = writer.open(path, out_error);
  if (status != PLX_OK) return status;
  FILE *file = writer.file();
  for (int32_t i = 0; i < tensor->rank; ++i) {
    write_number(file, 1, static_cast<uint64_t>(tensor->dims[i]));
  }
  write_number(file, 2, static_cast<uint64_t>(tensor->element_type));
  if (name != nullptr && name[0] != 0) write_bytes(file, 8, name, strlen(name));
  write_elements(file, *tensor, plx_num_elements(tensor->rank, tensor->dims));
  return writer.commit(out_error);
}
