// Folds elements one after another, for the evaluators of reduce, cumulative, windows.
#ifndef PLEXUS_IR_EVAL_ACCUMULATOR_H
#define PLEXUS_IR_EVAL_ACCUMULATOR_H

#include "ir/eval/Value.h"
#include "ir/types/ScalarFn.h"

namespace plx::eval {

/// combine over elements of one type, beginning with the neutral one. Floats are combined in double
/// and rounded to the element type once, by `store`: the oracle is nearer the truth than any order
/// of f32 sums. Ints wrap.
class Accumulator {
 public:
  /// `kind` applies to `element` (int, bool or float).
  Accumulator(FoldKind kind, mlir::Type element);
  void add(const Tensor &x, int64_t i);
  void store(Tensor &result, int64_t i) const;

 private:
  ScalarFn combiner_;
  mlir::Type element_, wide_;  // wide_: f64, null for ints
  double float_ = 0;
  int64_t int_ = 0;
};

/// Sum of products of elements of one type (int or float): floats in double, rounded once; ints
/// wrap.
class ProductSum {
 public:
  explicit ProductSum(mlir::Type element) : isFloat_(mlir::isa<mlir::FloatType>(element)) {}
  void add(const Tensor &x, int64_t i, const Tensor &y, int64_t j) {
    if (isFloat_)
      float_ += x.floats()[i] * y.floats()[j];
    else
      int_ += static_cast<uint64_t>(x.ints()[i]) * static_cast<uint64_t>(y.ints()[j]);
  }
  void store(Tensor &result, int64_t i) const {
    if (isFloat_)
      result.setFloat(i, float_);
    else
      result.setInt(i, static_cast<int64_t>(int_));
  }

 private:
  bool isFloat_;
  double float_ = 0;
  uint64_t int_ = 0;  // modulo 2^64, wrapped to the element's width by store
};

/// Lines of a row-major tensor along one axis: element k of line (o, i) is at (o * size + k) *
/// inner
/// + i.
struct Lines {
  Lines(llvm::ArrayRef<int64_t> shape, int64_t axis);
  int64_t at(int64_t o, int64_t k, int64_t i) const { return (o * size + k) * inner + i; }
  int64_t outer = 1, size = 1, inner = 1;
};

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_ACCUMULATOR_H
