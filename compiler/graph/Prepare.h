// The part of a program that runs once, when it is compiled.
#ifndef PLEXUS_COMPILER_GRAPH_PREPARE_H
#define PLEXUS_COMPILER_GRAPH_PREPARE_H

#include <string>
#include <utility>

#include "llvm/ADT/SmallVector.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace plx {

/// The function that plx-hoist-parameters makes, and the names of what it computes.
inline constexpr const char *kPrepareFunction = "prepare";
inline constexpr const char *kPreparedPrefix = "prepared.";

/// Takes @prepare out of `module`: a module of its own, in which it is @main, and the parameter
/// that each of its results becomes in `module`, in order. A null module where there is no
/// @prepare.
/// @prepare has no arguments, calls nothing, and its types are static; it reads plx.parameters of
/// the original module.
std::pair<mlir::OwningOpRef<mlir::ModuleOp>, llvm::SmallVector<std::string>> takePrepare(
    mlir::ModuleOp module);

}  // namespace plx

#endif  // PLEXUS_COMPILER_GRAPH_PREPARE_H
