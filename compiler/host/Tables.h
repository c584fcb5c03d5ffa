// The tables of a module descriptor as the host program refers to them: by index.
#ifndef PLEXUS_COMPILER_HOST_TABLES_H
#define PLEXUS_COMPILER_HOST_TABLES_H

#include <map>
#include <tuple>

#include "compiler/host/Emit.h"
#include "ir/kernel/HostProgram.h"
#include "ir/kernel/Kernel.h"

namespace plx {

/// What a launch has to know of a kernel, of either kind.
struct Callee {
  mlir::Operation *op;
  std::string schedule;  // "map", ..., or the algorithm of an irregular one
  DimsAttr symbols;
  llvm::SmallVector<mlir::Type> buffers;
};
Callee calleeOf(mlir::Operation *kernel);

class Tables {
 public:
  /// Symbols, inputs and outputs of `program`, into `out`.
  Tables(ProgramOp program, const HostOptions &options, HostProgram &out);

  /// -1: there is no such symbol.
  int32_t symbol(llvm::StringRef name) const;
  size_t numSymbols() const { return out_.info.symbols.size(); }
  /// One entry a kernel and text of source nodes, so that a profile tells launches apart.
  int32_t kernel(const Callee &callee, RunOp run);
  /// The place `location` in the model; empty message: the fault code's own.
  int32_t site(mlir::Location location, llvm::StringRef message = "");
  int32_t site(RunOp run);
  int32_t weight(WeightOp weight);
  /// One entry a function and attributes.
  int32_t import(HostCallOp call);

 private:
  void collectSymbols(ProgramOp program);
  ValueInfo valueInfo(mlir::Attribute name, mlir::Attribute type) const;
  int32_t site(llvm::StringRef node, llvm::StringRef op, llvm::StringRef message);

  const HostOptions &options_;
  HostProgram &out_;
  std::map<std::string, int32_t> symbols_;
  std::map<std::tuple<std::string, std::string, std::string>, int32_t> sites_;
  std::map<std::pair<std::string, std::string>, int32_t> kernels_;
  std::map<std::string, int32_t> weights_;
  std::map<std::pair<std::string, std::string>, int32_t> imports_;
};

/// Row-major elements of a constant as programs hold them (plexus_abi.h, "Element types").
std::string bytesOf(mlir::ElementsAttr constant);

}  // namespace plx

#endif  // PLEXUS_COMPILER_HOST_TABLES_H
