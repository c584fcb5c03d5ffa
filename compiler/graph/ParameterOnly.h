// Which values are known once the weights are: computed at compile time, they cost a run nothing.
#ifndef PLEXUS_COMPILER_GRAPH_PARAMETERONLY_H
#define PLEXUS_COMPILER_GRAPH_PARAMETERONLY_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/IR/Value.h"

namespace plx {

/// Remembers what it has found, so it must not outlive a change of the ops it was asked about (new
/// ops are fine). Not thread-safe.
class ParameterOnly {
 public:
  /// True for parameters and constants, and for what pure ops of static shapes, without regions and
  /// symbolic sizes, make of nothing else.
  bool holds(mlir::Value value);
  /// The same, with a parameter among the sources.
  bool dependsOnParameter(mlir::Value value);

 private:
  enum class Kind { Runtime, Constant, Parameter };
  Kind kindOf(mlir::Value value);
  Kind computed(mlir::Operation *op);

  llvm::DenseMap<mlir::Operation *, Kind> kinds_;
};

/// The ops behind a value that ParameterOnly holds of, operands first.
llvm::SetVector<mlir::Operation *> sourcesOf(mlir::Value value);
/// True if such a value is more than twice as large as the parameters and written-out constants it
/// is made of: keeping it costs more memory than making it costs time.
bool enlargesSources(mlir::Value value);

}  // namespace plx

#endif  // PLEXUS_COMPILER_GRAPH_PARAMETERONLY_H
