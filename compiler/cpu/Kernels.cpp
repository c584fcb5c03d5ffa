#include "compiler/cpu/Kernels.h"

#include <atomic>
#include <thread>

#include "compiler/cpu/Irregular.h"
#include "compiler/cpu/Nest.h"
#include "llvm/IR/LLVMContext.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx::cpu {

namespace {
// Kernels in one LLVM module: setting up code generation costs about as much as a small kernel.
constexpr size_t kKernelsPerModule = 6;
}  // namespace

void emitKernel(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                llvm::StringRef name) {
  llvm::StringRef schedule = kernel.getSchedule();
  if (schedule == "matmul" || schedule == "conv") return emitMatmul(kernel, facts, module, name);
  if (schedule == "attention") return emitAttention(kernel, facts, module, name);
  emitNest(kernel, facts, module, name);
}

static void emitAny(mlir::Operation *op, const Facts &facts, llvm::Module &module,
                    const std::string &prefix) {
  if (auto kernel = mlir::dyn_cast<KernelFuncOp>(op))
    return emitKernel(kernel, facts, module, prefix + kernel.getSymName().str());
  auto kernel = mlir::cast<IrregularFuncOp>(op);
  emitIrregular(kernel, facts, module, prefix + kernel.getSymName().str());
}

absl::StatusOr<std::vector<Object>> compileKernels(mlir::ModuleOp module, const TargetName &target,
                                                   const std::string &prefix,
                                                   const CompileOptions &options) {
  std::vector<mlir::Operation *> kernels;
  for (mlir::Operation &op : module.getOps())
    if (mlir::isa<KernelFuncOp, IrregularFuncOp>(op)) kernels.push_back(&op);
  size_t numModules = (kernels.size() + kKernelsPerModule - 1) / kKernelsPerModule;
  std::vector<absl::StatusOr<Object>> objects(numModules, absl::InternalError("not compiled"));
  bool wantText = options.wantsText();
  std::atomic<size_t> next = 0;
  auto work = [&] {
    absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> machine = makeTargetMachine(target);
    for (size_t m; (m = next.fetch_add(1)) < numModules;) {
      if (!machine.ok()) {
        objects[m] = machine.status();
        continue;
      }
      Facts facts = factsOf(**machine);
      facts.fastMath = options.fastMath;
      llvm::LLVMContext context;
      llvm::Module llvmModule("kernels_" + std::to_string(m), context);
      for (size_t k = m * kKernelsPerModule;
           k < std::min(kernels.size(), (m + 1) * kKernelsPerModule); ++k)
        emitAny(kernels[k], facts, llvmModule, prefix);
      objects[m] = emitObject(llvmModule, **machine, wantText);
    }
  };
  size_t wanted =
      options.compileThreads > 0 ? options.compileThreads : std::thread::hardware_concurrency();
  std::vector<std::thread> threads;
  for (size_t t = 1; t < std::min(wanted, numModules); ++t) threads.emplace_back(work);
  work();
  for (std::thread &thread : threads) thread.join();
  std::vector<Object> out;
  for (absl::StatusOr<Object> &object : objects) {
    if (!object.ok()) return object.status();
    out.push_back(std::move(*object));
  }
  return out;
}

}  // namespace plx::cpu
