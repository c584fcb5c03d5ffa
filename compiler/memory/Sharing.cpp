#include "compiler/memory/Sharing.h"

#include "ir/kernel/Kernel.h"
#include "llvm/ADT/SetVector.h"

namespace plx {
namespace {

bool isElementwise(KernelFuncOp kernel, mlir::Value read, mlir::Value written) {
  llvm::SmallSetVector<DimsAttr, 1> stored;
  for (StoreOp store : kernel.getBody().getOps<StoreOp>()) {
    if (store.getBuffer() != written) continue;
    if (!store.getDataIndices().empty()) return false;
    stored.insert(store.getIndices());
  }
  // A running fold may read elements before the one that is stored.
  if (stored.size() != 1 || !kernel.getBody().getOps<PrefixOp>().empty()) return false;
  mlir::WalkResult walked = kernel.walk([&](LoadOp load) {
    bool isSafe = load.getBuffer() != read || load.getIndices() == stored[0];
    return isSafe ? mlir::WalkResult::advance() : mlir::WalkResult::interrupt();
  });
  return !walked.wasInterrupted();
}

}  // namespace

bool mayShare(mlir::Operation *kernel, unsigned read, unsigned written) {
  if (auto nest = mlir::dyn_cast<KernelFuncOp>(kernel)) {
    // All schedules but attention load what a result's element needs before they store it, and
    // nothing of it afterwards (compiler/cpu/Nest.cpp, Matmul.cpp).
    return nest.getSchedule() != "attention" &&
           isElementwise(nest, nest.getBody().getArgument(read),
                         nest.getBody().getArgument(written));
  }
  // A scatter begins with a copy of its operand, each thread for its own part.
  auto irregular = mlir::dyn_cast<IrregularFuncOp>(kernel);
  return irregular && irregular.getKind() == "scatter" && read == 0 &&
         written + 1 == irregular.getBuffers().size();
}

bool mayShare(RunOp run, mlir::Value read, mlir::Value written, mlir::SymbolTable &kernels) {
  mlir::Operation *kernel = kernels.lookup(run.getCallee());
  std::optional<unsigned> place;
  for (auto [i, buffer] : llvm::enumerate(run.getBuffers())) {
    if (buffer != written) continue;
    if (place) return false;
    place = static_cast<unsigned>(i);
  }
  for (auto [i, buffer] : llvm::enumerate(run.getBuffers()))
    if (kernel && place && buffer == read && !mayShare(kernel, static_cast<unsigned>(i), *place))
      return false;
  return kernel && place;
}

}  // namespace plx
