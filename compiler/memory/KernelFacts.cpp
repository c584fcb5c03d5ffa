#include "compiler/memory/KernelFacts.h"

#include "ir/kernel/Contraction.h"
#include "llvm/ADT/SetVector.h"

namespace plx {
namespace {

// What the extent of a symbolic size is taken for.
constexpr int64_t kExample = 128;
// Rates of one core that costs are told by (Zen 4): multiply-adds, other scalar functions, bytes a
// ns; ns of a transcendental function.
constexpr double kFlops = 100, kScalars = 8, kBytes = 10, kTranscendental = 0.3;

double sizeOf(llvm::ArrayRef<Dim> extents) {
  double size = 1;
  for (Dim extent : extents) size *= static_cast<double>(extent.constant().value_or(kExample));
  return size;
}

bool isTranscendental(mlir::Operation &op) {
  auto apply = mlir::dyn_cast<ApplyOp>(op);
  return apply && infoOf(apply.function()).cost == ScalarCost::Transcendental;
}

bool isElementwise(KernelFuncOp kernel, mlir::Value read, mlir::Value written) {
  llvm::SmallSetVector<DimsAttr, 1> stored;
  for (StoreOp store : kernel.getBody().getOps<StoreOp>()) {
    if (store.getBuffer() != written) continue;
    if (!store.getDataIndices().empty()) return false;
    stored.insert(store.getIndices());
  }
  // A running fold may read elements before the one that is stored.
  if (stored.size() != 1 || llvm::any_of(kernel.getBody().front(), [](mlir::Operation &op) {
        std::optional<FoldedVariables> fold = foldedVariables(&op);
        return fold && !fold->joinsPartials;
      }))
    return false;
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

bool isLoopNest(mlir::Operation *kernel) { return mlir::isa<KernelFuncOp>(kernel); }

double costOf(mlir::Operation *kernel, double bytes) {
  auto nest = mlir::dyn_cast_if_present<KernelFuncOp>(kernel);
  if (!nest) return bytes / kBytes;
  double points = sizeOf(nest.getExtents().dims()), folded = 1;
  int64_t scalars = 0, transcendental = 0;
  for (mlir::Operation &op : nest.getBody().front()) {
    if (std::optional<FoldedVariables> fold = foldedVariables(&op))
      folded = std::max(folded, sizeOf(fold->extents));
    isTranscendental(op) ? ++transcendental : ++scalars;
  }
  double work = findContraction(nest) ? 2 * points * folded / kFlops
                                      : points * folded * static_cast<double>(scalars) / kScalars;
  return work + points * static_cast<double>(transcendental) * kTranscendental + bytes / kBytes;
}

}  // namespace plx
