// Code of the host program: one function that computes sizes, lays out the arena and runs the
// kernels in order.
#ifndef PLEXUS_COMPILER_HOST_EMIT_H
#define PLEXUS_COMPILER_HOST_EMIT_H

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler/Compile.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx {

struct HostOptions {
  std::string modelName = "model";
  std::string runSymbol = "plx_module_run";
  std::string kernelPrefix = "plx_k_";  // before a kernel's name: its function's symbol
  bool onDevice = false;  // kernels are no functions; buffers are a device's (plexus_abi.h)
};

/// A weight that the program reads: run->parameters[i] is the i-th of HostProgram::weights.
struct HostWeight {
  std::string name;
  int elementType;  // ONNX number
  std::vector<int64_t> dims;
  bool isConstant;    // its bytes are here; else it is a parameter of the model, looked up by name
  std::string bytes;  // row-major elements, sub-byte types a byte an element
};

struct HostProgram {
  /// Defines `runSymbol` and declares the kernels (hidden) and functions of the runtime.
  std::unique_ptr<llvm::Module> module;
  /// All but targetCpu, features and triple.
  ProgramInfo info;
  std::vector<HostWeight> weights;
};

/// Symbol of the function of kernel `name`.
std::string kernelSymbol(const HostOptions &options, llvm::StringRef name);

/// `module` holds plx.program @main, planned (plx-plan-memory) and verified (plx-verify-host), and
/// its kernels with `units` set. Errors name the kernel.
absl::StatusOr<HostProgram> emitHostProgram(mlir::ModuleOp module, llvm::LLVMContext &context,
                                            const HostOptions &options);

}  // namespace plx

#endif  // PLEXUS_COMPILER_HOST_EMIT_H
