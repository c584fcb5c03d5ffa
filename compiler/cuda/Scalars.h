// Prints the scalars of a kernel body as C++ expressions and declarations.
//
// Loop writers (Nest, Matmul, Attention) open loops, give variables their names, and ask for
// scalars; each is declared where it is first asked for and remembered until its scope is left.
#ifndef PLEXUS_COMPILER_CUDA_SCALARS_H
#define PLEXUS_COMPILER_CUDA_SCALARS_H

#include <functional>

#include "compiler/cuda/Source.h"
#include "compiler/cuda/Text.h"
#include "ir/kernel/Kernel.h"

namespace plx::cuda {

/// C++ type of an element in registers (narrow floats as float) and in memory (as their bits).
std::string registerType(mlir::Type element);
std::string memoryType(mlir::Type element);
/// "f16", "f8e4m3fn", ...: floats held as bits; empty for other types.
std::string narrowName(mlir::Type element);

class Scalars {
 public:
  explicit Scalars(KernelFuncOp kernel);

  Text &text() { return text_; }
  const VariableUse &use() const { return use_; }
  /// Whether offsets and extents fit 32 bits: what `index` is in the kernel.
  bool hasNarrowIndex() const { return narrowIndex_; }

  // ---- variables and scopes ----
  void setVariable(mlir::StringAttr name, std::string value) { variables_[name] = value; }
  bool hasVariable(mlir::StringAttr name) const { return variables_.count(name); }
  class Scope {
   public:
    explicit Scope(Scalars &scalars);
    ~Scope();

   private:
    Scalars &scalars_;
    llvm::DenseMap<mlir::Value, std::string> values_;
    llvm::DenseMap<mlir::StringAttr, std::string> variables_;
  };
  /// Gives a scalar its value, e.g. a fold computed by a tile.
  void define(mlir::Value scalar, std::string value) { values_[scalar] = std::move(value); }
  std::string fresh(llvm::StringRef prefix);

  // ---- emission ----
  std::string emit(mlir::Value scalar);
  void emitStore(StoreOp store);
  /// The element that a store writes.
  std::string target(StoreOp store);
  /// Declares now every scalar below `roots` that does not depend on the variables `inner` and
  /// whose variables have values, so that it stands before the loop over them.
  void hoist(llvm::ArrayRef<mlir::Value> roots, llvm::ArrayRef<mlir::StringAttr> inner);
  std::string dim(Dim dim);
  /// The bits in memory that a load reads.
  std::string rawLoad(LoadOp load);
  std::string neutral(FoldKind kind, mlir::Type element);
  std::string combine(FoldKind kind, mlir::Type element, const std::string &a,
                      const std::string &b);

  /// for (index i = 0; i < high; ++i) { body }
  void loop(mlir::StringAttr variable, const std::string &high, llvm::function_ref<void()> body);
  /// Gives variables their values at point `number` of a nest of these extents, the last innermost.
  void decode(llvm::ArrayRef<mlir::StringAttr> names, llvm::ArrayRef<Dim> extents,
              std::string number);
  /// `if (condition) { body }`
  void ifThen(const std::string &condition, llvm::function_ref<void()> body);

  /// Folds are the loop writer's business.
  std::function<std::string(mlir::Operation *)> emitFold;

 private:
  std::string emitOp(mlir::Operation *op);
  std::string emitLoad(LoadOp load);
  std::string place(mlir::Value buffer, Dim offset, mlir::ValueRange dataIndices);
  std::string emitIndex(IndexOp index);
  std::string convert(mlir::Type from, mlir::Type to, const std::string &value, bool saturate);
  std::string apply(ScalarFn fn, mlir::Type element, llvm::ArrayRef<std::string> operands);
  std::string applyFloat(ScalarFn fn, mlir::Type element, llvm::ArrayRef<std::string> v);
  std::string applyInt(ScalarFn fn, mlir::IntegerType element, llvm::ArrayRef<std::string> v);
  std::string literal(mlir::TypedAttr value);

  KernelFuncOp kernel_;
  VariableUse use_;
  Text text_;
  bool narrowIndex_;
  llvm::DenseMap<mlir::Value, std::string> buffers_, values_;
  llvm::DenseMap<mlir::StringAttr, std::string> variables_, sizes_;
  int next_ = 0;
};

/// The expression of `dim` in C++; `name` gives a symbol's.
std::string dimText(Dim dim, llvm::function_ref<std::string(mlir::StringAttr)> name);
/// A value of memory as one of registers, and back.
std::string fromMemory(mlir::Type element, const std::string &bits);
std::string toMemory(mlir::Type element, const std::string &value);

/// extern "C" __global__ void ... (...): of a kernel with these buffers.
struct Signature {
  llvm::SmallVector<mlir::RankedTensorType> buffers;
  int64_t numInputs;
  llvm::SmallVector<bool> alsoRead;  // a result that is read too
  DimsAttr symbols;
  bool scratch = false;
  LaunchFacts launches;
};
std::string bufferName(const Signature &signature, unsigned buffer);
/// `bounds`: of the launch, what __launch_bounds__ takes.
std::string headOf(const Signature &signature, const std::string &name, const std::string &bounds);
std::vector<OperandFacts> operandsOf(const Signature &signature);

}  // namespace plx::cuda

#endif  // PLEXUS_COMPILER_CUDA_SCALARS_H
