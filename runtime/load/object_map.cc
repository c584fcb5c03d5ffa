#include "runtime/load/object_map.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/core/object.h"
#include "runtime/load/wire.h"

namespace plx {
namespace {

// Field numbers of MapProto, and of the SequenceProto of scalars that its values are.
enum : uint32_t { kName = 1, kKeyType = 2, kKeys = 3, kStringKeys = 4, kValues = 5 };
enum : uint32_t { kElementType = 2, kTensorValue = 3 };
constexpr uint64_t kTensorElements = 1;

// Freed with it.
struct Memory {
  void *data;
  explicit Memory(uint64_t bytes) : data(malloc(bytes == 0 ? 1 : bytes)) {}
  ~Memory() { free(data); }
};

struct Hold {
  plx_object *object = nullptr;
  ~Hold() { plx_object_release(object); }
};

struct MapProto {
  WireField name = {};
  WireField values = {};
  uint64_t num_ints = 0;
  uint64_t num_strings = 0;
};

// Calls take_int(value) and take_string(field) for each key; false: the bytes are malformed.
template <typename TakeInt, typename TakeString>
bool each_key(const void *bytes, uint64_t num_bytes, MapProto *proto, TakeInt take_int,
              TakeString take_string) {
  WireReader reader(bytes, num_bytes);
  WireField field = {};
  while (!reader.at_end()) {
    if (!reader.next(&field)) return false;
    bool is_bytes = field.type == WireType::Bytes;
    if (field.number == kKeys && field.type == WireType::Varint) take_int(field.value);
    if (field.number == kKeys && is_bytes) {
      WireReader packed(field.data, field.bytes);
      uint64_t value = 0;
      while (!packed.at_end()) {
        if (!packed.varint(&value)) return false;
        take_int(value);
      }
    }
    if (field.number == kStringKeys && is_bytes) take_string(field);
    if (field.number == kName && is_bytes) proto->name = field;
    if (field.number == kValues && is_bytes) proto->values = field;
  }
  return true;
}

plx_status make_keys(const void *bytes, uint64_t num_bytes, const MapProto &counted,
                     plx_object **out_keys, plx_error *out_error) {
  bool has_strings = counted.num_strings > 0;
  auto count = static_cast<int64_t>(has_strings ? counted.num_strings : counted.num_ints);
  // No more of them than there are bytes.
  Memory memory(static_cast<uint64_t>(count) * sizeof(plx_string));
  if (memory.data == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a map");
  int64_t next = 0;
  MapProto again;
  each_key(
      bytes, num_bytes, &again,
      [&](uint64_t value) {
        if (!has_strings) static_cast<int64_t *>(memory.data)[next++] = static_cast<int64_t>(value);
      },
      [&](const WireField &field) {
        static_cast<plx_string *>(memory.data)[next++] = {
            reinterpret_cast<const char *>(field.data), static_cast<int64_t>(field.bytes)};
      });
  plx_tensor keys = {memory.data, &count, 1, has_strings ? PLX_STRING : PLX_I64};
  return plx_object_of_tensor(&keys, out_keys, out_error);
}

// A tensor of rank 1 out of scalars of one type.
plx_status make_values(const plx_object &scalars, const char *what, plx_object **out_values,
                       plx_error *out_error) {
  int32_t element_type = scalars.count > 0 ? scalars.items[0]->tensor.element_type : PLX_F32;
  int64_t bytes = plx_element_bytes(element_type);
  int64_t count = scalars.count;
  for (int64_t i = 0; i < count; ++i) {
    const plx_object &item = *scalars.items[i];
    bool fits = item.kind == PLX_KIND_TENSOR && item.tensor.element_type == element_type &&
                plx_num_elements(item.tensor.rank, item.tensor.dims) == 1;
    if (!fits) {
      return fail(out_error, PLX_UNSUPPORTED,
                  "%s is a map whose values are not numbers or strings of one type", what);
    }
  }
  Memory memory(static_cast<uint64_t>(count * bytes));
  if (memory.data == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a map");
  for (int64_t i = 0; i < count; ++i) {
    memcpy(static_cast<char *>(memory.data) + i * bytes, scalars.items[i]->tensor.data,
           static_cast<size_t>(bytes));
  }
  plx_tensor values = {memory.data, &count, 1, element_type};
  return plx_object_of_tensor(&values, out_values, out_error);
}

void write_values(PbWriter *out, const plx_tensor &values) {
  out->number(kElementType, kTensorElements);
  int64_t bytes = plx_element_bytes(values.element_type);
  for (int64_t i = 0; i < values.dims[0]; ++i) {
    plx_tensor scalar = {static_cast<char *>(values.data) + i * bytes, nullptr, 0,
                         values.element_type};
    PbWriter counter(nullptr);
    write_tensor(&counter, scalar, "");
    out->header(kTensorValue, counter.written());
    write_tensor(out, scalar, "");
  }
}

}  // namespace

plx_status parse_map(const void *bytes, uint64_t num_bytes, const char *what, int32_t depth,
                     plx_object **out_object, plx_error *out_error) {
  MapProto proto;
  bool good = each_key(
      bytes, num_bytes, &proto, [&](uint64_t) { ++proto.num_ints; },
      [&](const WireField &) { ++proto.num_strings; });
  if (!good || (proto.num_ints > 0 && proto.num_strings > 0)) {
    return fail(out_error, PLX_BAD_FORMAT, "%s is no valid MapProto: %s", what,
                good ? "it has keys of two types" : "its fields are malformed");
  }
  Hold keys;
  Hold scalars;
  Hold values;
  plx_object *map = nullptr;
  plx_status status = parse_object(proto.values.data, proto.values.bytes, what, PLX_KIND_SEQUENCE,
                                   depth + 1, &scalars.object, out_error);
  if (status == PLX_OK) status = make_keys(bytes, num_bytes, proto, &keys.object, out_error);
  if (status == PLX_OK) status = make_values(*scalars.object, what, &values.object, out_error);
  if (status != PLX_OK) return status;
  if (keys.object->tensor.dims[0] != values.object->tensor.dims[0]) {
    return fail(out_error, PLX_BAD_FORMAT,
                "%s is no valid MapProto: it has %lld keys but %lld values", what,
                static_cast<long long>(keys.object->tensor.dims[0]),
                static_cast<long long>(values.object->tensor.dims[0]));
  }
  plx_object *items[2] = {keys.object, values.object};
  status = plx_object_of_items(PLX_KIND_MAP, items, 2, &map, out_error);
  if (status != PLX_OK) return status;
  if (!set_object_name(map, proto.name.data, proto.name.bytes)) {
    plx_object_release(map);
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for %s", what);
  }
  *out_object = map;
  return succeed(out_error);
}

void write_map(PbWriter *out, const plx_object &map, const char *name) {
  const plx_tensor &keys = map.items[0]->tensor;
  if (name[0] != 0) out->bytes(kName, name, strlen(name));
  out->number(kKeyType, static_cast<uint64_t>(keys.element_type));
  for (int64_t i = 0; i < keys.dims[0]; ++i) {
    if (keys.element_type == PLX_I64) {
      out->number(kKeys, static_cast<uint64_t>(static_cast<const int64_t *>(keys.data)[i]));
    } else {
      const plx_string &text = static_cast<const plx_string *>(keys.data)[i];
      out->bytes(kStringKeys, text.data, static_cast<uint64_t>(text.bytes));
    }
  }
  PbWriter counter(nullptr);
  write_values(&counter, map.items[1]->tensor);
  out->header(kValues, counter.written());
  write_values(out, map.items[1]->tensor);
}

}  // namespace plx
