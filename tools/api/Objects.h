// Values of the evaluator as the runtime has them, and back; host functions of the runtime for the
// evaluator.
#ifndef PLEXUS_TOOLS_API_OBJECTS_H
#define PLEXUS_TOOLS_API_OBJECTS_H

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/eval/Value.h"
#include "runtime/include/plexus_rt.h"

namespace plx {

using ObjectHold = std::unique_ptr<plx_object, void (*)(plx_object *)>;

/// A tensor's elements as the C ABI takes them. Owns them; strings point into it.
class AbiTensor {
 public:
  explicit AbiTensor(const eval::Tensor &tensor);
  plx_tensor view();

 private:
  std::vector<int64_t> dims_;
  std::vector<char> bytes_;
  std::vector<plx_string> strings_;
  eval::Tensor owner_;  // of the strings' bytes
  int32_t elementType_;
};

absl::StatusOr<eval::Tensor> tensorOf(mlir::MLIRContext *context, const plx_tensor &tensor);
absl::StatusOr<eval::Value> valueOf(mlir::MLIRContext *context, const plx_object &object);
/// A map is two tensors, keys and values, in a sequence of the evaluator: `type` tells.
absl::StatusOr<ObjectHold> objectOf(const eval::Value &value, mlir::Type type);

/// Has the evaluator call the runtime's table of host functions for those it does not know itself.
void useHostFunctionsOfRuntime();

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_OBJECTS_H
