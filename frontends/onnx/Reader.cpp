#include "frontends/onnx/Reader.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace plx::onnxio {
namespace {

constexpr llvm::StringLiteral kMarker("\x7Fplexus-detached:");
constexpr int kMaxDepth = 100;                      // protobuf's own limit of nested messages
constexpr uint64_t kMaxCopy = (1ull << 31) - 1024;  // protobuf parses no more than 2 GiB

// The messages on the way to a tensor, by the field numbers of onnx-ml.proto.
enum class Message { Model, Graph, Node, Attribute, Tensor };

std::optional<Message> childOf(Message message, uint64_t field) {
  switch (message) {
    case Message::Model:
      return field == 7 ? std::optional(Message::Graph) : std::nullopt;
    case Message::Graph:
      if (field == 1) return Message::Node;
      return field == 5 ? std::optional(Message::Tensor) : std::nullopt;
    case Message::Node:
      return field == 5 ? std::optional(Message::Attribute) : std::nullopt;
    case Message::Attribute:
      if (field == 5 || field == 10) return Message::Tensor;
      return field == 6 || field == 11 ? std::optional(Message::Graph) : std::nullopt;
    case Message::Tensor:
      return std::nullopt;
  }
  return std::nullopt;
}

class Walker {
 public:
  explicit Walker(llvm::StringRef bytes) : bytes_(bytes) {}

  // Copies [position, end) as the fields of `message`.
  bool walk(Message message, uint64_t position, uint64_t end, int depth) {
    if (depth > kMaxDepth) return fail(position, "messages are nested more than 100 deep");
    while (position < end) {
      uint64_t start = position, tag = 0;
      if (!readVarint(position, end, tag)) return false;
      uint64_t field = tag >> 3, wire = tag & 7;
      if (field == 0 || tag > UINT32_MAX) return fail(start, "field number is out of range");
      if (wire != 2) {
        if (!skipScalar(wire, position, end)) return false;
        if (!copy(start, position)) return false;
        continue;
      }
      uint64_t length = 0;
      if (!readVarint(position, end, length)) return false;
      if (length > end - position)
        return fail(start, "a field is longer than the message that holds it");
      if (!copyLengthDelimited(message, field, start, position, length, depth)) return false;
      position += length;
    }
    return true;
  }

  StrippedModel take() { return std::move(result_); }
  absl::Status status() const { return absl::InvalidArgumentError(error_); }

 private:
  bool copyLengthDelimited(Message message, uint64_t field, uint64_t start, uint64_t position,
                           uint64_t length, int depth) {
    if (message == Message::Tensor && field == 9 &&
        (length >= kDetachBytes || bytes_.substr(position, length).starts_with(kMarker))) {
      std::string marker = kMarker.str();
      uint64_t index = result_.detached.size();
      for (int byte = 0; byte < 8; ++byte) marker.push_back(static_cast<char>(index >> (8 * byte)));
      result_.detached.push_back({position, length});
      appendHeader(field, marker.size());
      result_.bytes += marker;
      return true;
    }
    std::optional<Message> child = childOf(message, field);
    if (!child) return copy(start, position + length);
    // The new length is not known yet: five bytes hold any, and readers take varints that are
    // longer than need be.
    appendHeader(field, 0, /*padded=*/true);
    uint64_t body = result_.bytes.size();
    if (!walk(*child, position, position + length, depth + 1)) return false;
    uint64_t newLength = result_.bytes.size() - body;
    for (int i = 0; i < 5; ++i)
      result_.bytes[body - 5 + i] =
          static_cast<char>(((newLength >> (7 * i)) & 0x7F) | (i < 4 ? 0x80 : 0));
    return true;
  }

  bool readVarint(uint64_t &position, uint64_t end, uint64_t &value) {
    uint64_t start = position;
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= end) return fail(start, "the data end inside a number");
      auto byte = static_cast<uint8_t>(bytes_[position++]);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return fail(start, "a number has more than ten bytes");
  }

  bool skipScalar(uint64_t wire, uint64_t &position, uint64_t end) {
    uint64_t ignored = 0;
    if (wire == 0) return readVarint(position, end, ignored);
    if (wire != 1 && wire != 5)
      return fail(position, "a field has a wire type that protobuf does not have");
    uint64_t width = wire == 1 ? 8 : 4;
    if (end - position < width) return fail(position, "the data end inside a number");
    position += width;
    return true;
  }

  bool copy(uint64_t begin, uint64_t end) {
    if (end - begin > kMaxCopy - std::min<uint64_t>(result_.bytes.size(), kMaxCopy))
      return fail(
          begin,
          "without its large tensors the model still has more than 2 GiB, which protobuf cannot "
          "parse");
    result_.bytes.append(bytes_.data() + begin, end - begin);
    return true;
  }

  void appendHeader(uint64_t field, uint64_t length, bool padded = false) {
    appendVarint(field << 3 | 2);
    if (padded)
      result_.bytes.append(5, '\0');
    else
      appendVarint(length);
  }
  void appendVarint(uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      result_.bytes.push_back(static_cast<char>((value & 0x7F) | 0x80));
    result_.bytes.push_back(static_cast<char>(value));
  }

  bool fail(uint64_t position, const char *what) {
    error_ = absl::StrCat("not a valid ONNX model: ", what, " (at byte ", position, " of ",
                          bytes_.size(), "); is the file cut off or of another format?");
    return false;
  }

  llvm::StringRef bytes_;
  StrippedModel result_;
  std::string error_;
};

}  // namespace

absl::StatusOr<StrippedModel> stripLargeTensors(llvm::StringRef model) {
  if (model.empty()) return absl::InvalidArgumentError("not a valid ONNX model: the file is empty");
  Walker walker(model);
  if (!walker.walk(Message::Model, 0, model.size(), 0)) return walker.status();
  return walker.take();
}

std::optional<uint64_t> detachedIndex(llvm::StringRef rawData) {
  if (rawData.size() != kMarker.size() + 8 || !rawData.consume_front(kMarker)) return std::nullopt;
  uint64_t index = 0;
  std::memcpy(&index, rawData.data(), 8);
  return index;
}

}  // namespace plx::onnxio
