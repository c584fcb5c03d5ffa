// A program of launches as a list of steps that read and write values, to weigh memory against
// repeated work before anything is changed.
#ifndef PLEXUS_COMPILER_MEMORY_STEPS_H
#define PLEXUS_COMPILER_MEMORY_STEPS_H

#include <vector>

#include "ir/kernel/Kernel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace plx {

/// The value whose memory this one is: through reshapes and rebinds.
mlir::Value rootOf(mlir::Value value);

/// Bytes of a tensor in the arena; symbols of sizes count as sizes of example.
int64_t arenaBytesOf(mlir::Value value);

/// A constant or a parameter: there without a launch.
bool isData(mlir::Operation *op);

class Steps {
 public:
  /// A tensor that a step makes: one of a launch that was repeated is another than the first.
  struct Version {
    mlir::Value root;
    int64_t bytes = 0;  // 0: not in the arena
  };
  struct Step {
    mlir::Operation *op = nullptr;
    bool isRepeat = false;
    llvm::SmallVector<int64_t, 4> reads, writes;          // versions
    llvm::SmallVector<mlir::BlockArgument, 2> arguments;  // those that it reads
    /// Places in `reads` and `writes` of what may be one buffer.
    llvm::SmallVector<std::pair<int64_t, int64_t>, 2> shares;
    int64_t ownBytes = 0;  // of what is made and dropped within it
    double cost = 0;
    bool canRepeat = false;
  };
  /// Lives of versions and what is alive at each step.
  struct Profile {
    std::vector<int64_t> begin, end;  // by version; end < begin: nobody reads it
    std::vector<int64_t> live;        // bytes by step
    int64_t peak = 0, place = 0;      // its first step
    int64_t numPeaks = 0;
  };

  Steps(mlir::func::FuncOp main, mlir::SymbolTable &kernels);
  Profile profile() const;
  /// Bytes that the memory plan takes for this.
  int64_t plannedBytes() const;
  /// Changes @main to be these steps.
  void apply(mlir::func::FuncOp main) const;

  std::vector<Step> steps;
  std::vector<Version> versions;

 private:
  void addStep(mlir::Operation &op, mlir::SymbolTable &kernels);
  llvm::DenseMap<mlir::Value, int64_t> first_;  // version by root
  llvm::DenseSet<mlir::Value> results_;
};

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_STEPS_H
