// The machine that code is generated for, and objects out of LLVM modules.
#ifndef PLEXUS_COMPILER_NATIVE_TARGET_H
#define PLEXUS_COMPILER_NATIVE_TARGET_H

#include <memory>

#include "absl/status/statusor.h"
#include "compiler/Compile.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace plx {

/// CPU name and features as LLVM has them; "host" resolved to this machine's name and all its
/// features.
struct TargetName {
  std::string triple, cpu, features;
};
absl::StatusOr<TargetName> resolveTarget(const CompileOptions &options);

/// A target machine for position-independent code. One a thread: not to be shared.
absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetName &name);

/// Promotes allocas to registers and joins equal expressions (the only IR passes our code needs:
/// CODEGEN measurements showed no gain from LLVM's middle end), then generates code. The module is
/// consumed in the sense that it is changed.
absl::StatusOr<Object> emitObject(llvm::Module &module, llvm::TargetMachine &machine,
                                  bool wantText);

}  // namespace plx

#endif  // PLEXUS_COMPILER_NATIVE_TARGET_H
