// The passes of compiler/graph (Passes.td says what each does).
#ifndef PLEXUS_COMPILER_GRAPH_PASSES_H
#define PLEXUS_COMPILER_GRAPH_PASSES_H

#include <memory>

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/graph/Passes.h.inc"

}  // namespace plx

#endif  // PLEXUS_COMPILER_GRAPH_PASSES_H
