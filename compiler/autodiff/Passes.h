// The passes of compiler/autodiff (Passes.td says what each does).
#ifndef PLEXUS_COMPILER_AUTODIFF_PASSES_H
#define PLEXUS_COMPILER_AUTODIFF_PASSES_H

#include <memory>

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/autodiff/Passes.h.inc"

}  // namespace plx

#endif  // PLEXUS_COMPILER_AUTODIFF_PASSES_H
