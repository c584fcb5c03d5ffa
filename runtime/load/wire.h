// The wire format of protocol buffers (protobuf.dev/programming-guides/encoding): reading with
// every length checked.
#ifndef PLEXUS_RUNTIME_LOAD_WIRE_H
#define PLEXUS_RUNTIME_LOAD_WIRE_H

#include <stdint.h>
#include <string.h>

namespace plx {

enum class WireType : int32_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

struct WireField {
  uint32_t number;
  WireType type;
  uint64_t value;       // of Varint, Fixed32, Fixed64
  const uint8_t *data;  // of Bytes
  uint64_t bytes;
};

class WireReader {
 public:
  WireReader(const void *data, uint64_t bytes)
      : begin_(static_cast<const uint8_t *>(data)), at_(begin_), end_(begin_ + bytes) {}

  bool at_end() const { return at_ == end_; }
  uint64_t position() const { return static_cast<uint64_t>(at_ - begin_); }

  // False: the bytes end early, or groups (which proto3 lacks), or field number 0.
  bool next(WireField *out) {
    uint64_t tag = 0;
    if (!varint(&tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff) return false;
    out->number = static_cast<uint32_t>(tag >> 3);
    out->type = static_cast<WireType>(tag & 7);
    switch (out->type) {
      case WireType::Varint:
        return varint(&out->value);
      case WireType::Fixed64:
        return fixed(8, &out->value);
      case WireType::Fixed32:
        return fixed(4, &out->value);
      case WireType::Bytes:
        if (!varint(&out->bytes) || out->bytes > static_cast<uint64_t>(end_ - at_)) return false;
        out->data = at_;
        at_ += out->bytes;
        return true;
      default:
        return false;
    }
  }

  bool varint(uint64_t *out) {
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && at_ < end_; shift += 7) {
      uint8_t byte = *at_++;
      if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        *out = value;
        return true;
      }
    }
    return false;
  }

  bool fixed(uint64_t width, uint64_t *out) {
    if (static_cast<uint64_t>(end_ - at_) < width) return false;
    *out = 0;
    memcpy(out, at_, width);
    at_ += width;
    return true;
  }

 private:
  const uint8_t *begin_;
  const uint8_t *at_;
  const uint8_t *end_;
};

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_WIRE_H
