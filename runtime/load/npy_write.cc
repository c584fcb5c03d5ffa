// Writing .npy, version 1.0.
#include "plexus_rt.h"
#include "runtime/core/error.h"
#include "runtime/core/tensor.h"
#include "runtime/load/file_writer.h"

namespace {

// Null: .npy has no such type.
const char *descr_of(int32_t element_type) {
  switch (element_type) {
    case PLX_BOOL:
      return "|b1";
    case PLX_I8:
      return "|i1";
    case PLX_U8:
      return "|u1";
    case PLX_I16:
      return "<i2";
    case PLX_U16:
      return "<u2";
    case PLX_I32:
      return "<i4";
    case PLX_U32:
      return "<u4";
    case PLX_I64:
      return "<i8";
    case PLX_U64:
      return "<u8";
    case PLX_F16:
      return "<f2";
    case PLX_F32:
      return "<f4";
    case PLX_F64:
      return "<f8";
    case PLX_C64:
      return "<c8";
    case PLX_C128:
      return "<c16";
    default:
      return nullptr;
  }
}

// The dict, filled up with spaces so that the data begin at a multiple of 64 bytes, as numpy does.
void write_header(FILE *file, const plx_tensor &tensor) {
  char dict[2048];  // 64 dims of 21 characters at most
  plx::Text text(dict, sizeof dict);
  text.add("{'descr': '%s', 'fortran_order': False, 'shape': (", descr_of(tensor.element_type));
  for (int32_t i = 0; i < tensor.rank; ++i) {
    text.add("%s%lld%s", i == 0 ? "" : " ", static_cast<long long>(tensor.dims[i]),
             i + 1 < tensor.rank || tensor.rank == 1 ? "," : "");
  }
  text.add("), }");
  uint64_t length = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
  fwrite("\x93NUMPY\x01\x00", 1, 8, file);
  fputc(static_cast<int>(length & 0xff), file);
  fputc(static_cast<int>(length >> 8), file);
  fwrite(dict, 1, text.length(), file);
  for (uint64_t i = text.length(); i + 1 < length; ++i) fputc(' ', file);
  fputc('\n', file);
}

}  // namespace

extern "C" {

int32_t plx_npy_can_hold(int32_t element_type) { return descr_of(element_type) != nullptr ? 1 : 0; }

plx_status plx_write_npy(const char *path, const plx_tensor *tensor, plx_error *out_error) {
  int64_t bytes = plx_tensor_bytes(tensor);
  if (descr_of(tensor->element_type) == nullptr || bytes < 0) {
    return plx::fail(
        out_error, PLX_INVALID_ARGUMENT,
        "'%s': .npy holds no %s tensor of %lld bytes; write a TensorProto (.pb) instead", path,
        plx_element_name(tensor->element_type), static_cast<long long>(bytes));
  }
  plx::FileWriter writer;
  plx_status status = writer.open(path, out_error);
  if (status != PLX_OK) return status;
  write_header(writer.file(), *tensor);
  if (bytes > 0) fwrite(tensor->data, 1, static_cast<size_t>(bytes), writer.file());
  return writer.commit(out_error);
}

}  // extern "C"
