// Makes a failing case small.
#ifndef PLEXUS_TESTS_FUZZ_SHRINK_H
#define PLEXUS_TESTS_FUZZ_SHRINK_H

#include "tests/fuzz/Case.h"

namespace plx::fuzz {

struct Shrunk {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string what;     // how the small case fails
  std::string firstOp;  // the first op of the original whose result alone differs; "" where none
};

/// Drops outputs, then replaces values by inputs that hold what the reference computes for them,
/// then drops what is not used, as long as the case still fails. At most `budget` cases are run.
Shrunk shrink(mlir::ModuleOp module, unsigned budget = 300);

}  // namespace plx::fuzz

#endif  // PLEXUS_TESTS_FUZZ_SHRINK_H
