// How import code says that it cannot go on. Thrown only inside this room: caught for each node, so
// that one message can list all that a model has wrong, and at the boundary (Import.cpp).
#ifndef PLEXUS_FRONTENDS_ONNX_REFUSAL_H
#define PLEXUS_FRONTENDS_ONNX_REFUSAL_H

#include <string>

#include "llvm/ADT/Twine.h"

namespace plx::onnxio {

struct Refusal {
  enum class Kind { Invalid, Unsupported } kind;
  std::string reason;
};

/// The model is wrong: values and what was expected go into the reason.
[[noreturn]] inline void invalid(const llvm::Twine &reason) {
  throw Refusal{Refusal::Kind::Invalid, reason.str()};
}
/// The model may be right, but plx does not have this.
[[noreturn]] inline void unsupported(const llvm::Twine &reason) {
  throw Refusal{Refusal::Kind::Unsupported, reason.str()};
}

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_REFUSAL_H
