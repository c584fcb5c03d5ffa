#include "runtime/load/array_file.h"

#include "plexus_rt.h"
#include "runtime/core/checked.h"
#include "runtime/core/error.h"

namespace plx {

void unpack_bits(const uint8_t *packed, int64_t count, int32_t bits, bool is_signed, uint8_t *out) {
  int64_t per_byte = 8 / bits;
  auto mask = static_cast<uint8_t>((1 << bits) - 1);
  auto sign = static_cast<uint8_t>(1 << (bits - 1));
  for (int64_t i = 0; i < count; ++i) {
    auto value = static_cast<uint8_t>((packed[i / per_byte] >> (i % per_byte * bits)) & mask);
    // (v ^ sign) - sign extends the sign bit.
    out[i] = is_signed ? static_cast<uint8_t>((value ^ sign) - sign) : value;
  }
}

void pack_bits(const uint8_t *bytes, int64_t count, int32_t bits, uint8_t *out) {
  int64_t per_byte = 8 / bits;
  auto mask = static_cast<uint8_t>((1 << bits) - 1);
  for (int64_t i = 0; i < count; ++i) {
    if (i % per_byte == 0) out[i / per_byte] = 0;
    out[i / per_byte] |= static_cast<uint8_t>((bytes[i] & mask) << (i % per_byte * bits));
  }
}

int64_t packed_bytes(int64_t count, int32_t bits) {
  int64_t total = 0;
  if (!checked_mul<int64_t>(count, bits, &total) || !checked_add<int64_t>(total, 7, &total))
    return -1;
  return total / 8;
}

}  // namespace plx

extern "C" plx_status plx_array_read(const char *path, plx_array **out_array,
                                     plx_error *out_error) {
  plx_mapping file = {};
  plx_status status = plx_map_file(path, PLX_MAP_FOLLOW, &file, out_error);
  if (status != PLX_OK) return status;
  char what[512];
  plx::Text text(what, sizeof what);
  text.add("'%s'", path);
  if (file.bytes == 0) {
    return plx::fail(out_error, PLX_BAD_FORMAT, "%s is empty; expected a .npy or TensorProto file",
                     what);
  }
  status = plx::is_npy(file.data, file.bytes)
               ? plx_array_parse_npy(file.data, file.bytes, what, out_array, out_error)
               : plx_array_parse_pb(file.data, file.bytes, what, out_array, out_error);
  plx_unmap_file(&file);
  return status;
}
