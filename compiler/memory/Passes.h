// The passes of compiler/memory (Passes.td): from tensors to a planned host program.
#ifndef PLEXUS_COMPILER_MEMORY_PASSES_H
#define PLEXUS_COMPILER_MEMORY_PASSES_H

#include <memory>

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/memory/Passes.h.inc"

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_PASSES_H
