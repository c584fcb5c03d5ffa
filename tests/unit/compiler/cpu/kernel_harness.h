// Runs functions through fusion, outlining and schedule selection, compiles their kernels, runs
// them in order and compares with the reference evaluator.
#ifndef PLEXUS_TESTS_UNIT_COMPILER_CPU_KERNEL_HARNESS_H_
#define PLEXUS_TESTS_UNIT_COMPILER_CPU_KERNEL_HARNESS_H_

#include <functional>
#include <string>
#include <vector>

#include "ir/eval/Value.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx::cpu::test {

class KernelHarness {
 public:
  KernelHarness();

  /// Runs @f of `text` both ways on random inputs of these shapes; `cpu`: LLVM CPU name; each
  /// kernel is run in `parts` parts. Returns the largest error relative to 1 + |expected|.
  double compare(const std::string &text, const std::vector<std::vector<int64_t>> &shapes,
                 const std::string &cpu = "host", int64_t parts = 1);
  /// Changes the random inputs before they are used; none by default.
  std::function<void(std::vector<eval::Tensor> &)> changeInputs;

  // Of the last comparison.
  std::string lowered;                // the module behind schedule selection
  std::string schedules;              // of the kernels run, each followed by a space
  std::vector<eval::Tensor> results;  // of the kernels

 private:
  std::vector<eval::Tensor> runKernels(mlir::ModuleOp module, mlir::func::FuncOp function,
                                       llvm::ArrayRef<eval::Value> inputs, const std::string &cpu,
                                       int64_t parts);

  mlir::MLIRContext context_;
};

/// LLVM names of CPUs of different vectors that this machine can run.
std::vector<std::string> testCpus();

/// Compares on all of them, in one part and in three, which give the same bits.
void expectClose(const std::string &text, const std::vector<std::vector<int64_t>> &shapes,
                 double tolerance);

}  // namespace plx::cpu::test

#endif  // PLEXUS_TESTS_UNIT_COMPILER_CPU_KERNEL_HARNESS_H_
