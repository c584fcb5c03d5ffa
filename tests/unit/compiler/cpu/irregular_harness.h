// Runs functions whose ops become irregular kernels: on the reference evaluator, and compiled, with
// their units cut in several ways; all must give the same bits and the same faults.
#ifndef PLEXUS_TESTS_UNIT_COMPILER_CPU_IRREGULAR_HARNESS_H_
#define PLEXUS_TESTS_UNIT_COMPILER_CPU_IRREGULAR_HARNESS_H_

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "ir/eval/Value.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx::cpu::test {

using Random = std::mt19937;

/// Elements with many ties; floats with NaN, infinities and both zeros where the type has them.
eval::Tensor randomTensor(mlir::Type element, llvm::ArrayRef<int64_t> shape, Random &random);
/// Ints in [low, high].
eval::Tensor randomInts(mlir::Type element, llvm::ArrayRef<int64_t> shape, int64_t low,
                        int64_t high, Random &random);
int64_t randomInt(Random &random, int64_t low, int64_t high);

/// @f of a module, compiled.
class Compiled {
 public:
  explicit Compiled(const std::string &text, const std::string &cpu = "host");
  ~Compiled();

  /// Element type of argument `i`.
  mlir::Type element(unsigned i);
  /// Compares evaluator and kernels on these inputs. Where the evaluator fails, a kernel must
  /// record a fault.
  void check(llvm::ArrayRef<eval::Value> inputs, Random &random);
  /// code, then three values, of the first fault of the last check; empty if there was none.
  std::vector<int64_t> fault;

 private:
  struct Outcome;
  Outcome runKernels(llvm::ArrayRef<eval::Value> inputs, Random *cuts);
  void runLaunch(mlir::Operation *op, struct Memory &memory, Outcome &outcome, Random *cuts);
  eval::Tensor resultOf(mlir::Value value, struct Memory &memory);

  std::unique_ptr<mlir::MLIRContext> context_;
  mlir::OwningOpRef<mlir::ModuleOp> reference_, lowered_;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
};

}  // namespace plx::cpu::test

#endif  // PLEXUS_TESTS_UNIT_COMPILER_CPU_IRREGULAR_HARNESS_H_
