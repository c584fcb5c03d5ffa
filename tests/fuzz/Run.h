// Runs a case both ways.
#ifndef PLEXUS_TESTS_FUZZ_RUN_H
#define PLEXUS_TESTS_FUZZ_RUN_H

#include "tests/fuzz/Case.h"

namespace plx::fuzz {

enum class Verdict {
  Passed,
  Refused,  // the compiler says it cannot compile some op yet
  Invalid,  // the reference itself fails: no case
  Failed
};

struct Outcome {
  Verdict verdict = Verdict::Passed;
  std::string what;  // for people; empty when passed
};

/// Compiles the case, runs it with one thread and with two (the bits must agree), and holds the
/// results against the reference.
Outcome runCase(mlir::ModuleOp module);
/// The same in a process of its own: code that crashes, or runs for more than `seconds`, fails the
/// case alone. The calling process has one thread.
Outcome runGuarded(mlir::ModuleOp module, unsigned seconds = 60);

}  // namespace plx::fuzz

#endif  // PLEXUS_TESTS_FUZZ_RUN_H
