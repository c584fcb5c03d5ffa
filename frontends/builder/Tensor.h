// Tensors to compute with: plx written as one writes the formula.
//
//   Scope scope(builder, loc);
//   Tensor p = scope.tensor(value), g = ...;
//   Tensor next = p - 0.1 * g / (sqrt(h) + 1e-8);
//
// A Tensor stands for a value of a program under construction: nothing is computed here. Operands
// are broadcast as numpy does; a number becomes a scalar of the other operand's element type. What
// is wrong (dims that do not fit, types that differ) is said by a diagnostic at the scope's
// location, and gives an empty Tensor, which every function passes on: a formula is checked once,
// at its end. Copies are cheap. A Scope outlives its tensors; one thread at a time.
#ifndef PLEXUS_FRONTENDS_BUILDER_TENSOR_H
#define PLEXUS_FRONTENDS_BUILDER_TENSOR_H

#include <functional>
#include <vector>

#include "ir/types/Dim.h"
#include "ir/types/ScalarFn.h"
#include "mlir/IR/Builders.h"

namespace plx::builder {

class Network;
class Tensor;

/// Where ops are created.
class Scope {
 public:
  /// `network`: what gives modules their parameters; without one there are formulas alone.
  Scope(mlir::OpBuilder builder, mlir::Location loc, Network *network = nullptr)
      : builder_(builder), loc_(loc), network_(network) {}
  mlir::OpBuilder &builder() { return builder_; }
  mlir::Location loc() const { return loc_; }
  void setLoc(mlir::Location loc) { loc_ = loc; }
  mlir::MLIRContext *context() const { return builder_.getContext(); }
  Network *network() const { return network_; }
  Dim size(int64_t value) const { return Dim::constant(context(), value); }

  Tensor tensor(mlir::Value value);
  /// Rank 0; `value` rounded to `element`.
  Tensor scalar(double value, mlir::Type element);
  /// `value` everywhere.
  Tensor full(double value, mlir::Type element, llvm::ArrayRef<Dim> dims);

 private:
  mlir::OpBuilder builder_;
  mlir::Location loc_;
  Network *network_;
};

class Tensor {
 public:
  Tensor() = default;
  Tensor(Scope &scope, mlir::Value value) : scope_(&scope), value_(value) {}
  explicit operator bool() const { return static_cast<bool>(value_); }

  Scope &scope() const { return *scope_; }
  mlir::Value value() const { return value_; }
  mlir::Type element() const;  // of a tensor that is not empty, as below
  int64_t rank() const;
  llvm::SmallVector<Dim> dims() const;
  Dim dim(int64_t axis) const;  // negative axes count from the end

  Tensor operator-() const;
  /// Float to float rounds, float to int truncates and saturates.
  Tensor cast(mlir::Type element) const;
  Tensor reshape(llvm::ArrayRef<Dim> dims) const;
  Tensor transpose(llvm::ArrayRef<int64_t> permutation) const;
  Tensor broadcastTo(llvm::ArrayRef<Dim> dims) const;
  /// New dims of size 1 at these places of the result.
  Tensor expandDims(llvm::ArrayRef<int64_t> axes) const;
  /// Without these dims, whose size is 1.
  Tensor squeeze(llvm::ArrayRef<int64_t> axes) const;
  /// [start, start + size) of one axis.
  Tensor slice(int64_t axis, Dim start, Dim size) const;
  /// A vector along `axis` of a tensor of rank `rank`: [1, .., n, .., 1].
  Tensor along(int64_t axis, int64_t rank) const;
  /// The same values, with no derivative.
  Tensor stopGradient() const;
  /// Over these axes, all where empty. `keepDims`: they stay with size 1.
  Tensor sum(llvm::ArrayRef<int64_t> axes = {}, bool keepDims = false) const;
  Tensor mean(llvm::ArrayRef<int64_t> axes = {}, bool keepDims = false) const;
  Tensor max(llvm::ArrayRef<int64_t> axes = {}, bool keepDims = false) const;

 private:
  Tensor reduce(llvm::StringRef kind, llvm::ArrayRef<int64_t> axes, bool keepDims) const;
  Scope *scope_ = nullptr;
  mlir::Value value_;
};

/// A tensor, or a number that takes the other operands' element type.
struct Operand {
  Operand(const Tensor &tensor) : tensor(tensor) {}              // NOLINT: implicit on purpose
  Operand(double number) : isNumber(true), number(number) {}     // NOLINT
  Operand(int number) : Operand(static_cast<double>(number)) {}  // NOLINT
  Tensor tensor;
  bool isNumber = false;
  double number = 0;
};

/// Any function of ir/types/ScalarFn.def. At least one operand is a tensor.
Tensor apply(ScalarFn fn, llvm::ArrayRef<Operand> operands);

#define PLX_BUILDER_1(name) \
  inline Tensor name(const Tensor &x) { return apply(ScalarFn::name##_, {x}); }
#define PLX_BUILDER_2(name, called)                          \
  inline Tensor called(const Operand &x, const Operand &y) { \
    return apply(ScalarFn::name##_, {x, y});                 \
  }
PLX_BUILDER_1(abs)
PLX_BUILDER_1(sign)
PLX_BUILDER_1(exp)
PLX_BUILDER_1(expm1)
PLX_BUILDER_1(log)
PLX_BUILDER_1(log1p)
PLX_BUILDER_1(sqrt)
PLX_BUILDER_1(sin)
PLX_BUILDER_1(cos)
PLX_BUILDER_1(tanh)
PLX_BUILDER_1(erf)
PLX_BUILDER_1(sigmoid)
PLX_BUILDER_2(max, maximum)
PLX_BUILDER_2(min, minimum)
PLX_BUILDER_2(pow, pow)
PLX_BUILDER_2(eq, equal)
PLX_BUILDER_2(lt, less)
PLX_BUILDER_2(le, lessEqual)
PLX_BUILDER_2(gt, greater)
PLX_BUILDER_2(ge, greaterEqual)
PLX_BUILDER_2(add, operator+)
PLX_BUILDER_2(sub, operator-)
PLX_BUILDER_2(mul, operator*)
PLX_BUILDER_2(div, operator/)
#undef PLX_BUILDER_1
#undef PLX_BUILDER_2

/// `yes` where `condition` (bool) holds, else `no`.
Tensor select(const Tensor &condition, const Operand &yes, const Operand &no);
/// x W, as numpy.matmul has it for rank 2 on the right: [..., k] by [k, n].
Tensor matmul(const Tensor &x, const Tensor &w);
/// x W^T, for weights as layers hold them: [..., k] by [n, k].
Tensor matmulTransposed(const Tensor &x, const Tensor &w);
/// 0, 1, ..., size - 1.
Tensor iota(Scope &scope, mlir::Type element, Dim size);
Tensor concat(llvm::ArrayRef<Tensor> parts, int64_t axis);
/// Rows of `table`: [dims of `indices`..., dims of a row...]. Indices are ints.
Tensor take(const Tensor &table, const Tensor &indices);
/// The logarithm of softmax along an axis, in one piece so that nothing overflows.
Tensor logSoftmax(const Tensor &x, int64_t axis);
Tensor softmax(const Tensor &x, int64_t axis);
/// [dims of `classes`..., count]: 1 where the last index is the class, else 0. Classes are ints.
Tensor oneHot(const Tensor &classes, Dim count, mlir::Type element);

using Formula = std::function<std::vector<Tensor>(llvm::ArrayRef<Tensor>)>;
/// What `formula` gives for `inputs`, with a derivative of the caller's own: `vjp` takes the
/// inputs, then a cotangent for each result, and gives one for each input (all are floats). Both
/// build in scopes of their own, and use nothing but what they are given.
std::vector<Tensor> withDerivative(llvm::ArrayRef<Tensor> inputs, const Formula &formula,
                                   const Formula &vjp);

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_TENSOR_H
