// Derivatives of cases, as further cases.
#ifndef PLEXUS_TESTS_FUZZ_GRADIENT_H
#define PLEXUS_TESTS_FUZZ_GRADIENT_H

#include "tests/fuzz/Case.h"

namespace plx::fuzz {

/// Makes @main also give the gradient of its float results by its float inputs. Fails, in silence,
/// where there is none.
mlir::LogicalResult appendGradient(mlir::ModuleOp module);

}  // namespace plx::fuzz

#endif  // PLEXUS_TESTS_FUZZ_GRADIENT_H
