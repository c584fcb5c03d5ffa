// Reading an ONNX TensorProto (onnx/onnx.proto, message TensorProto) without protobuf. Two passes
// over bytes that may be hostile: the first notes the dims and counts what is there, the second,
// once both agree, takes memory and converts.
#include <string.h>

#include "runtime/core/array.h"
#include "runtime/core/checked.h"
#include "runtime/core/element.h"
#include "runtime/core/error.h"
#include "runtime/load/array_file.h"
#include "runtime/load/wire.h"

namespace plx {
namespace {

// Field numbers of TensorProto.
enum : uint32_t {
  kDims = 1,
  kDataType = 2,
  kSegment = 3,
  kFloatData = 4,
  kInt32Data = 5,
  kStringData = 6,
  kInt64Data = 7,
  kName = 8,
  kRawData = 9,
  kDoubleData = 10,
  kUint64Data = 11,
  kDataLocation = 14
};

struct Proto {
  int32_t element_type = PLX_UNDEFINED;
  int32_t rank = 0;
  int64_t dims[PLX_MAX_RANK] = {};
  const uint8_t *name = nullptr;
  uint64_t name_bytes = 0;
  const uint8_t *raw = nullptr;
  uint64_t raw_bytes = 0;
  bool has_raw = false;
  bool external = false;
  bool segment = false;
  uint64_t values = 0;        // entries of the field that the type uses
  uint64_t string_bytes = 0;  // of all entries of string_data
};

// How a field of values is written.
WireType wire_of(uint32_t field) {
  if (field == kFloatData) return WireType::Fixed32;
  if (field == kDoubleData) return WireType::Fixed64;
  return field == kStringData ? WireType::Bytes : WireType::Varint;
}

uint32_t data_field(int32_t element_type) {
  switch (element_type) {
    case PLX_F32:
    case PLX_C64:
      return kFloatData;
    case PLX_F64:
    case PLX_C128:
      return kDoubleData;
    case PLX_I64:
      return kInt64Data;
    case PLX_U32:
    case PLX_U64:
      return kUint64Data;
    case PLX_STRING:
      return kStringData;
    default:
      return kInt32Data;
  }
}

// Calls take(value) for each number of a field, packed or not. False: the bytes are malformed.
template <typename Take>
bool each_value(const WireField &field, Take take) {
  WireType wire = wire_of(field.number);
  if (field.type == wire) {
    take(field.value);
    return true;
  }
  if (field.type != WireType::Bytes) return false;
  WireReader packed(field.data, field.bytes);
  while (!packed.at_end()) {
    uint64_t value = 0;
    bool good = wire == WireType::Varint ? packed.varint(&value)
                                         : packed.fixed(wire == WireType::Fixed32 ? 4 : 8, &value);
    if (!good) return false;
    take(value);
  }
  return true;
}

bool add_dims(const WireField &field, Proto *proto) {
  bool room = true;
  bool good = each_value(field, [&](uint64_t value) {
    room = room && proto->rank < PLX_MAX_RANK;
    if (room) proto->dims[proto->rank++] = static_cast<int64_t>(value);
  });
  return good && room;
}

bool scan_field(const WireField &field, Proto *proto) {
  bool bytes = field.type == WireType::Bytes;
  switch (field.number) {
    case kDims:
      return add_dims(field, proto);
    case kDataType:
      proto->element_type =
          field.value < PLX_NUM_ELEMENT_TYPES ? static_cast<int32_t>(field.value) : -1;
      return field.type == WireType::Varint;
    case kDataLocation:
      proto->external = field.value != 0;
      return field.type == WireType::Varint;
    case kSegment:
      proto->segment = true;
      return bytes;
    case kName:
      proto->name = field.data;
      proto->name_bytes = field.bytes;
      return bytes;
    case kRawData:
      proto->raw = field.data;
      proto->raw_bytes = field.bytes;
      proto->has_raw = true;
      return bytes;
    default:
      return true;
  }
}

// Counts the entries of the field that the type uses.
bool count_values(const void *bytes, uint64_t num_bytes, Proto *proto) {
  uint32_t wanted = data_field(proto->element_type);
  WireReader reader(bytes, num_bytes);
  WireField field = {};
  while (!reader.at_end()) {
    if (!reader.next(&field)) return false;
    if (field.number != wanted) continue;
    if (wanted == kStringData) {
      if (field.type != WireType::Bytes) return false;
      ++proto->values;
      proto->string_bytes += field.bytes;
    } else if (!each_value(field, [&](uint64_t) { ++proto->values; })) {
      return false;
    }
  }
  return true;
}

// A value of a typed field as the element's bytes.
void store_value(int32_t element_type, uint64_t value, uint8_t *at) {
  // Little-endian: the low bytes come first. Complex numbers arrive part by part.
  int64_t bytes = plx_element_bytes(element_type);
  if (element_type == PLX_C64 || element_type == PLX_C128) bytes /= 2;
  if (element_type == PLX_BOOL) value = value != 0;
  memcpy(at, &value, static_cast<size_t>(bytes));
}

class Filler {
 public:
  Filler(const Proto &proto, plx_array *array, int64_t count)
      : proto_(proto), array_(array), count_(count), info_(*element_info(proto.element_type)) {}

  void from_raw() {
    auto *out = static_cast<uint8_t *>(array_->view.data);
    if (count_ == 0) return;
    if (info_.bits < 8) {
      unpack_bits(proto_.raw, count_, info_.bits, info_.kind == ElementClass::Signed, out);
    } else {
      memcpy(out, proto_.raw, proto_.raw_bytes);
    }
    for (int64_t i = 0; info_.kind == ElementClass::Bool && i < count_; ++i) out[i] = out[i] != 0;
  }

  // The second pass.
  void from_fields(const void *bytes, uint64_t num_bytes) {
    uint32_t wanted = data_field(proto_.element_type);
    WireReader reader(bytes, num_bytes);
    WireField field = {};
    while (!reader.at_end() && reader.next(&field)) {
      if (field.number != wanted) continue;
      if (wanted == kStringData) {
        take_string(field);
      } else {
        each_value(field, [&](uint64_t value) { take(value); });
      }
    }
  }

 private:
  void take_string(const WireField &field) {
    char *at = array_->string_bytes + string_used_;
    if (field.bytes > 0) memcpy(at, field.data, field.bytes);
    static_cast<plx_string *>(array_->view.data)[taken_++] = {at,
                                                              static_cast<int64_t>(field.bytes)};
    string_used_ += field.bytes;
  }

  void take(uint64_t value) {
    auto *out = static_cast<uint8_t *>(array_->view.data);
    if (info_.bits < 8) {  // each entry is one byte of several elements
      auto packed = static_cast<uint8_t>(value);
      int64_t per_entry = 8 / info_.bits;
      int64_t left = count_ - taken_;
      int64_t here = left < per_entry ? left : per_entry;
      unpack_bits(&packed, here, info_.bits, info_.kind == ElementClass::Signed, out + taken_);
      taken_ += here;
      return;
    }
    int64_t parts = info_.kind == ElementClass::Complex ? 2 : 1;
    store_value(proto_.element_type, value, out + taken_ * (info_.bytes / parts));
    ++taken_;
  }

  const Proto &proto_;
  plx_array *array_;
  int64_t count_;
  const ElementInfo &info_;
  int64_t taken_ = 0;
  uint64_t string_used_ = 0;
};

plx_status scan(const void *bytes, uint64_t num_bytes, const char *what, Proto *proto,
                plx_error *out_error) {
  WireReader reader(bytes, num_bytes);
  WireField field = {};
  while (!reader.at_end()) {
    uint64_t position = reader.position();
    if (reader.next(&field) && scan_field(field, proto)) continue;
    return fail(out_error, PLX_BAD_FORMAT,
                "%s is no valid TensorProto: byte %llu begins no field of one", what,
                static_cast<unsigned long long>(position));
  }
  if (plx_element_bytes(proto->element_type) == 0) {
    return fail(out_error, PLX_BAD_FORMAT, "%s is no valid TensorProto: its element type is %d",
                what, proto->element_type);
  }
  if (proto->external || proto->segment) {
    return fail(out_error, PLX_UNSUPPORTED,
                "%s is a TensorProto whose data are %s; expected the data inside", what,
                proto->external ? "in another file" : "one segment of several");
  }
  if (count_values(bytes, num_bytes, proto)) return PLX_OK;
  return fail(out_error, PLX_BAD_FORMAT, "%s is no valid TensorProto: its values are malformed",
              what);
}

// Whether as much data are there as the dims say; -1 elements: they are not.
plx_status check_size(const Proto &proto, const char *what, int64_t *out_count,
                      plx_error *out_error) {
  const ElementInfo &info = *element_info(proto.element_type);
  int64_t count = plx_num_elements(proto.rank, proto.dims);
  int64_t expected = -1;
  uint64_t found = proto.has_raw ? proto.raw_bytes : proto.values;
  if (count >= 0 && proto.has_raw) {
    expected = info.kind == ElementClass::String ? -1 : packed_bytes(count, info.bits);
  } else if (count >= 0) {
    int64_t entries = info.kind == ElementClass::Complex ? 2 : 1;
    if (!checked_mul(count, entries, &expected)) expected = -1;
    if (info.bits > 0 && info.bits < 8) expected = packed_bytes(count, info.bits);
  }
  if (count < 0 || expected < 0 || static_cast<uint64_t>(expected) != found) {
    plx_tensor view = {nullptr, proto.dims, proto.rank, proto.element_type};
    char text[256];
    plx_format_type(&view, text, sizeof text);
    return fail(out_error, PLX_BAD_FORMAT,
                "%s is no valid TensorProto: %s needs %lld %s, found %llu", what, text,
                static_cast<long long>(expected), proto.has_raw ? "bytes of raw_data" : "values",
                static_cast<unsigned long long>(found));
  }
  *out_count = count;
  return PLX_OK;
}

}  // namespace
}  // namespace plx

extern "C" plx_status plx_array_parse_pb(const void *bytes, uint64_t num_bytes, const char *what,
                                         plx_array **out_array, plx_error *out_error) {
  plx::Proto proto;
  int64_t count = 0;
  plx_array *array = nullptr;
  plx_status status = plx::scan(bytes, num_bytes, what, &proto, out_error);
  if (status == PLX_OK) status = plx::check_size(proto, what, &count, out_error);
  if (status == PLX_OK) {
    status = plx_array_create(proto.element_type, proto.rank, proto.dims, &array, out_error);
  }
  if (status != PLX_OK) return status;
  bool strings = proto.element_type == PLX_STRING;
  if ((strings && !plx::allocate_string_bytes(array, proto.string_bytes)) ||
      !plx::set_array_name(array, reinterpret_cast<const char *>(proto.name), proto.name_bytes)) {
    plx_array_destroy(array);
    return plx::fail(out_error, PLX_OUT_OF_MEMORY, "no memory for %s", what);
  }
  plx::Filler filler(proto, array, count);
  if (proto.has_raw) {
    filler.from_raw();
  } else {
    filler.from_fields(bytes, num_bytes);
  }
  *out_array = array;
  return plx::succeed(out_error);
}
