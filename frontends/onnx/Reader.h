// Reader of serialized ONNX models that leaves large tensors where they are.
//
// A walk over the protobuf wire format, which trusts nothing: lengths are checked against their
// parent, nesting is bounded. Each TensorProto.raw_data above a threshold in the main graph or a
// graph nested in it is left out of the copy that protobuf will parse; a marker stands for it, with
// the number of its entry in `detached`. So a model may be larger than protobuf's limit of 2 GiB,
// and weights are never copied. Bodies of model-local functions are copied as they are.
#ifndef PLEXUS_FRONTENDS_ONNX_READER_H
#define PLEXUS_FRONTENDS_ONNX_READER_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "llvm/ADT/StringRef.h"

namespace plx::onnxio {

/// Bytes of a tensor within the model's own bytes.
struct DetachedBytes {
  uint64_t byteOffset, byteLength;
};

struct StrippedModel {
  std::string bytes;  // a serialized ModelProto, small
  std::vector<DetachedBytes> detached;
};

/// raw_data of at least this many bytes is detached.
inline constexpr uint64_t kDetachBytes = 4096;

absl::StatusOr<StrippedModel> stripLargeTensors(llvm::StringRef model);

/// The number in a marker that stripLargeTensors wrote; nothing for other bytes. The number may be
/// any (a model can hold such bytes by itself): callers check it, and the length of what it stands
/// for.
std::optional<uint64_t> detachedIndex(llvm::StringRef rawData);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_READER_H
