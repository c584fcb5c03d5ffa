// How far a compiled result may lie from the reference.
//
// Scalar functions that round once, casts and data movement are exact: a program of these alone
// must give the reference's very bits (but for the sign of zero). Transcendental functions have
// stated bounds (compiler/cpu/math/Math.h), and sums may run in another order. What such errors do
// to the values behind them is measured, not derived: the reference runs again on programs with
// noise of their size (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 3.1 and
// 4.2) behind each such op, and the spread of the results bounds the difference. Elements that the
// noise tips over an edge (a comparison, a truncation) are not compared.
#ifndef PLEXUS_TESTS_FUZZ_NOISE_H
#define PLEXUS_TESTS_FUZZ_NOISE_H

#include "tests/fuzz/Case.h"
#include "tests/fuzz/Random.h"

namespace plx::fuzz {

/// Sizes of each op's first result in a run of the reference.
using Shapes = llvm::DenseMap<mlir::Operation *, llvm::SmallVector<int64_t>>;

/// Runs @main on the reference. Failure: `error` says why. `shapes` may be null.
mlir::FailureOr<Values> runReference(mlir::ModuleOp module, const Values &inputs,
                                     std::string &error, Shapes *shapes = nullptr);

/// Judges results of one case.
class Judge {
 public:
  /// `expected`: the reference's results. The module and inputs outlive the judge.
  Judge(mlir::ModuleOp module, const Values &inputs, const Values &expected, const Shapes &shapes,
        uint64_t seed)
      : module_(module), inputs_(inputs), expected_(expected), shapes_(shapes), random_(seed) {}

  /// Empty where `actual` is as near as it must be; else the first element that is not.
  std::string judge(const Values &actual);

 private:
  bool addRuns(unsigned count);
  std::string compare(const Values &actual) const;
  std::string compareElement(size_t output, int64_t i, const eval::Tensor &actual) const;

  mlir::ModuleOp module_;
  const Values &inputs_, &expected_;
  const Shapes &shapes_;
  Random random_;
  std::vector<Values> noisy_;  // results of runs with noise
};

}  // namespace plx::fuzz

#endif  // PLEXUS_TESTS_FUZZ_NOISE_H
