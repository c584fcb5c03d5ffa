// SequenceProto and OptionalProto (onnx/onnx-data.proto) without protobuf: bytes that may be
// hostile.
#include <stdlib.h>
#include <string.h>

#include "runtime/core/error.h"
#include "runtime/core/object.h"
#include "runtime/load/file_writer.h"
#include "runtime/load/object_map.h"
#include "runtime/load/pb_write.h"
#include "runtime/load/wire.h"

namespace plx {
namespace {

// Field numbers, the same in both messages; the values are one in an optional, any number in a
// sequence.
enum : uint32_t {
  kName = 1,
  kElementType = 2,
  kTensorValue = 3,
  kSequenceValue = 5,
  kMapValue = 6,
  kOptionalValue = 7
};

// What elem_type says (SequenceProto.DataType, OptionalProto.DataType).
enum : uint64_t {
  kTensorElements = 1,
  kSequenceElements = 3,
  kMapElements = 4,
  kOptionalElements = 5
};

// Sequences of sequences and so on; ONNX's own models nest two.
constexpr int32_t kMaxDepth = 16;

const char *message_name(int32_t kind) {
  return kind == PLX_KIND_SEQUENCE ? "SequenceProto" : "OptionalProto";
}

// The items of one message while it is read.
class Reader {
 public:
  Reader(const char *what, int32_t kind, int32_t depth, plx_error *out_error)
      : what_(what), kind_(kind), depth_(depth), error_(out_error) {}
  ~Reader() {
    for (int64_t i = 0; i < count_; ++i) plx_object_release(items_[i]);
    free(items_);
  }

  plx_status read(const void *bytes, uint64_t num_bytes, plx_object **out_object) {
    if (depth_ > kMaxDepth) {
      return fail(error_, PLX_UNSUPPORTED, "%s holds values nested more than %d deep", what_,
                  kMaxDepth);
    }
    WireReader reader(bytes, num_bytes);
    WireField field = {};
    while (!reader.at_end()) {
      uint64_t position = reader.position();
      if (!reader.next(&field)) {
        return fail(error_, PLX_BAD_FORMAT, "%s is no valid %s: byte %llu begins no field of one",
                    what_, message_name(kind_), static_cast<unsigned long long>(position));
      }
      plx_status status = take(field);
      if (status != PLX_OK) return status;
    }
    return finish(out_object);
  }

 private:
  plx_status take(const WireField &field) {
    bool bytes = field.type == WireType::Bytes;
    if (field.number == kName && bytes) {
      name_ = field.data;
      name_bytes_ = field.bytes;
    }
    bool is_value = field.number >= kTensorValue && field.number <= kOptionalValue;
    if (!is_value) return PLX_OK;
    if (!bytes) {
      return fail(error_, PLX_BAD_FORMAT, "%s is no valid %s: field %u holds no message", what_,
                  message_name(kind_), field.number);
    }
    if (kind_ == PLX_KIND_OPTIONAL && count_ > 0) {
      return fail(error_, PLX_BAD_FORMAT, "%s is no valid OptionalProto: it holds two values",
                  what_);
    }
    plx_object *item = nullptr;
    plx_status status = value(field, &item);
    return status == PLX_OK ? add(item) : status;
  }

  plx_status value(const WireField &field, plx_object **out_item) {
    int32_t kind = PLX_KIND_TENSOR;
    if (field.number == kSequenceValue) kind = PLX_KIND_SEQUENCE;
    if (field.number == kMapValue) kind = PLX_KIND_MAP;
    if (field.number == kOptionalValue) kind = PLX_KIND_OPTIONAL;
    if (kind == PLX_KIND_TENSOR && field.number != kTensorValue) {
      return fail(error_, PLX_UNSUPPORTED,
                  "%s holds a sparse tensor; expected tensors, sequences, optionals, maps", what_);
    }
    return parse_object(field.data, field.bytes, what_, kind, depth_ + 1, out_item, error_);
  }

  plx_status add(plx_object *item) {
    if (count_ == capacity_) {
      int64_t more = capacity_ == 0 ? 4 : 2 * capacity_;
      void *grown = realloc(items_, static_cast<size_t>(more) * sizeof(plx_object *));
      if (grown == nullptr) {
        plx_object_release(item);
        return fail(error_, PLX_OUT_OF_MEMORY, "no memory for the items of %s", what_);
      }
      items_ = static_cast<plx_object **>(grown);
      capacity_ = more;
    }
    items_[count_++] = item;
    return PLX_OK;
  }

  plx_status finish(plx_object **out_object) {
    plx_object *object = nullptr;
    plx_status status = plx_object_of_items(kind_, items_, count_, &object, error_);
    if (status != PLX_OK) return status;
    if (!set_object_name(object, name_, name_bytes_)) {
      plx_object_release(object);
      return fail(error_, PLX_OUT_OF_MEMORY, "no memory for %s", what_);
    }
    *out_object = object;
    return succeed(error_);
  }

  const char *what_;
  int32_t kind_;
  int32_t depth_;
  plx_error *error_;
  plx_object **items_ = nullptr;
  int64_t count_ = 0;
  int64_t capacity_ = 0;
  const uint8_t *name_ = nullptr;
  uint64_t name_bytes_ = 0;
};

plx_status parse_tensor(const void *bytes, uint64_t num_bytes, const char *what,
                        plx_object **out_object, plx_error *out_error) {
  plx_array *array = nullptr;
  plx_status status = plx_array_parse_pb(bytes, num_bytes, what, &array, out_error);
  if (status != PLX_OK) return status;
  plx_tensor view = plx_array_view(array);
  plx_object *object = nullptr;
  status = plx_object_of_tensor(&view, &object, out_error);
  const char *name = plx_array_name(array);
  if (status == PLX_OK && !set_object_name(object, name, strlen(name))) {
    plx_object_release(object);
    status = fail(out_error, PLX_OUT_OF_MEMORY, "no memory for %s", what);
  }
  plx_array_destroy(array);
  if (status == PLX_OK) *out_object = object;
  return status;
}

// ---- writing

// Messages say their size first, so each is measured before it is written.
uint64_t measure(const plx_object &object, const char *name);

uint32_t field_of(const plx_object &item) {
  if (item.kind == PLX_KIND_SEQUENCE) return kSequenceValue;
  if (item.kind == PLX_KIND_MAP) return kMapValue;
  return item.kind == PLX_KIND_OPTIONAL ? kOptionalValue : kTensorValue;
}

uint64_t element_type_of(const plx_object &object) {
  if (object.count == 0) return object.kind == PLX_KIND_SEQUENCE ? uint64_t{kTensorElements} : 0;
  switch (object.items[0]->kind) {
    case PLX_KIND_SEQUENCE:
      return kSequenceElements;
    case PLX_KIND_MAP:
      return kMapElements;
    case PLX_KIND_OPTIONAL:
      return kOptionalElements;
    default:
      return kTensorElements;
  }
}

void write(PbWriter *out, const plx_object &object, const char *name) {
  if (object.kind == PLX_KIND_TENSOR) return write_tensor(out, object.tensor, name);
  if (object.kind == PLX_KIND_MAP) return write_map(out, object, name);
  if (name[0] != 0) out->bytes(kName, name, strlen(name));
  out->number(kElementType, element_type_of(object));
  for (int64_t i = 0; i < object.count; ++i) {
    const plx_object &item = *object.items[i];
    out->header(field_of(item), measure(item, ""));
    write(out, item, "");
  }
}

uint64_t measure(const plx_object &object, const char *name) {
  PbWriter counter(nullptr);
  write(&counter, object, name);
  return counter.written();
}

}  // namespace

plx_status parse_object(const void *bytes, uint64_t num_bytes, const char *what, int32_t kind,
                        int32_t depth, plx_object **out_object, plx_error *out_error) {
  switch (kind) {
    case PLX_KIND_TENSOR:
      return parse_tensor(bytes, num_bytes, what, out_object, out_error);
    case PLX_KIND_MAP:
      return parse_map(bytes, num_bytes, what, depth, out_object, out_error);
    case PLX_KIND_SEQUENCE:
    case PLX_KIND_OPTIONAL:
      return Reader(what, kind, depth, out_error).read(bytes, num_bytes, out_object);
    default:
      return fail(out_error, PLX_INVALID_ARGUMENT, "%s is asked for as a value of kind %d", what,
                  kind);
  }
}

}  // namespace plx

extern "C" {

plx_status plx_object_parse_pb(const void *bytes, uint64_t num_bytes, const char *what,
                               int32_t kind, plx_object **out_object, plx_error *out_error) {
  return plx::parse_object(bytes, num_bytes, what, kind, 1, out_object, out_error);
}

plx_status plx_object_read(const char *path, int32_t kind, plx_object **out_object,
                           plx_error *out_error) {
  plx_mapping file = {};
  plx_status status = plx_map_file(path, PLX_MAP_FOLLOW, &file, out_error);
  if (status != PLX_OK) return status;
  char what[512];
  plx::Text text(what, sizeof what);
  text.add("'%s'", path);
  status = plx_object_parse_pb(file.data, file.bytes, what, kind, out_object, out_error);
  plx_unmap_file(&file);
  return status;
}

plx_status plx_object_write_pb(const char *path, const char *name, const plx_object *object,
                               plx_error *out_error) {
  plx::FileWriter writer;
  plx_status status = writer.open(path, out_error);
  if (status != PLX_OK) return status;
  plx::PbWriter out(writer.file());
  plx::write(&out, *object, name == nullptr ? "" : name);
  return writer.commit(out_error);
}

}  // extern "C"
