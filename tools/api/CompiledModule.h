// A module compiled for this machine, run on the evaluator's values.
#ifndef PLEXUS_TOOLS_API_COMPILEDMODULE_H
#define PLEXUS_TOOLS_API_COMPILEDMODULE_H

#include <memory>

#include "absl/status/statusor.h"
#include "compiler/package/Session.h"
#include "ir/eval/Value.h"
#include "tools/api/Model.h"

namespace plx {

/// Takes and gives tensors alone. One run at a time.
class CompiledModule {
 public:
  /// With `model`'s options and weights; both must outlive it.
  static absl::StatusOr<std::unique_ptr<CompiledModule>> create(
      const Model &model, mlir::OwningOpRef<mlir::ModuleOp> module);
  ~CompiledModule();
  absl::StatusOr<llvm::SmallVector<eval::Value>> run(llvm::ArrayRef<eval::Value> inputs);

 private:
  explicit CompiledModule(mlir::MLIRContext *types) : types_(types) {}

  mlir::MLIRContext *types_;  // of the results
  std::unique_ptr<Session> session_;
  plx_context *context_ = nullptr;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_COMPILEDMODULE_H
