// Writing an ONNX TensorProto: raw_data for all types but strings, sub-byte types packed.
#include "runtime/load/pb_write.h"

#include <string.h>

#include "runtime/core/element.h"
#include "runtime/core/error.h"
#include "runtime/load/array_file.h"
#include "runtime/load/file_writer.h"

namespace plx {

void PbWriter::varint(uint64_t value) {
  uint8_t bytes[10];
  uint64_t count = 0;
  for (; value >= 0x80; value >>= 7) bytes[count++] = static_cast<uint8_t>((value & 0x7f) | 0x80);
  bytes[count++] = static_cast<uint8_t>(value);
  raw(bytes, count);
}

void PbWriter::number(uint32_t field, uint64_t value) {
  varint(field << 3);
  varint(value);
}

void PbWriter::header(uint32_t field, uint64_t bytes) {
  varint((field << 3) | 2);
  varint(bytes);
}

void PbWriter::raw(const void *data, uint64_t bytes) {
  if (file_ != nullptr && bytes > 0) fwrite(data, 1, bytes, file_);
  written_ += bytes;
}

void PbWriter::bytes(uint32_t field, const void *data, uint64_t bytes) {
  header(field, bytes);
  raw(data, bytes);
}

namespace {

void write_packed(PbWriter *out, const plx_tensor &tensor, int64_t count, int32_t bits) {
  out->header(9, static_cast<uint64_t>(packed_bytes(count, bits)));
  const auto *elements = static_cast<const uint8_t *>(tensor.data);
  int64_t per_byte = 8 / bits;
  for (int64_t i = 0; i < count; i += per_byte) {
    uint8_t packed = 0;
    pack_bits(elements + i, count - i < per_byte ? count - i : per_byte, bits, &packed);
    out->raw(&packed, 1);
  }
}

void write_elements(PbWriter *out, const plx_tensor &tensor, int64_t count) {
  const ElementInfo &info = *element_info(tensor.element_type);
  if (info.kind == ElementClass::String) {
    const auto *strings = static_cast<const plx_string *>(tensor.data);
    for (int64_t i = 0; i < count; ++i) {
      out->bytes(6, strings[i].data, static_cast<uint64_t>(strings[i].bytes));
    }
  } else if (info.bits < 8) {
    write_packed(out, tensor, count, info.bits);
  } else {
    out->bytes(9, tensor.data, static_cast<uint64_t>(count * info.bytes));
  }
}

}  // namespace

void write_tensor(PbWriter *out, const plx_tensor &tensor, const char *name) {
  for (int32_t i = 0; i < tensor.rank; ++i) out->number(1, static_cast<uint64_t>(tensor.dims[i]));
  out->number(2, static_cast<uint64_t>(tensor.element_type));
  if (name != nullptr && name[0] != 0) out->bytes(8, name, strlen(name));
  write_elements(out, tensor, plx_num_elements(tensor.rank, tensor.dims));
}

}  // namespace plx

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
  plx::PbWriter out(writer.file());
  plx::write_tensor(&out, *tensor, name);
  return writer.commit(out_error);
}
