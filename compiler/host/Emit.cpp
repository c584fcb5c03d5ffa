#include "compiler/host/Emit.h"

#include "absl/strings/str_cat.h"
#include "compiler/host/Emitter.h"

namespace plx {

std::string kernelSymbol(const HostOptions &options, llvm::StringRef name) {
  return options.kernelPrefix + name.str();
}

absl::StatusOr<HostProgram> emitHostProgram(mlir::ModuleOp module, llvm::LLVMContext &context,
                                            const HostOptions &options) {
  auto programs = module.getOps<ProgramOp>();
  if (!llvm::hasSingleElement(programs))
    return absl::InternalError("the module has no host program, or more than one");
  ProgramOp program = *programs.begin();
  HostProgram out;
  out.module = std::make_unique<llvm::Module>("host", context);
  out.info.modelName = options.modelName;
  out.info.runSymbol = options.runSymbol;
  out.info.numStates = static_cast<int32_t>(program.getNumStates());
  out.info.arenaBytes = program.getSymbolicArena() ? -1 : program.getArenaBytes().value_or(0);
  Tables tables(program, options, out);
  mlir::SymbolTable kernels(module);
  absl::Status status = Emitter(program, kernels, tables, options, out).run();
  if (!status.ok()) return status;
  return out;
}

}  // namespace plx
