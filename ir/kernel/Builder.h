// Builds the body of a plx.kernel: scalars as functions of iteration variables.
//
// An op's Iterate duty is written against this interface and nothing else. A scalar is an
// mlir::Value of an element type inside a kernel body (ir/kernel/Kernel.td); it is a function of
// the iteration variables its loads mention. Index expressions are Dims over iteration variables
// (`$0`, `$1`, ...; fold variables `$k0`, ...), symbolic sizes, and indices that are data
// (bindIndex).
#ifndef PLEXUS_IR_KERNEL_BUILDER_H
#define PLEXUS_IR_KERNEL_BUILDER_H

#include "ir/types/Dim.h"
#include "ir/types/ScalarFn.h"
#include "mlir/IR/Value.h"

namespace plx {

/// What the loop nest of an op is; decides how fusion may treat it.
enum class Nature {
  View,       // an index map of one operand: never worth a kernel of its own (transpose, slice,
              // broadcast, ...)
  Pointwise,  // each element a few scalar functions of operands' elements at the same or mapped
              // indices
  Fold,       // each element folds a range of an operand (reduce, reduce_window, arg-forms, prefix)
  Contraction,  // each element folds a product of two operands (dot_general, convolution)
  Gather,       // reads at indices that are data
  Whole,        // no loop nest: irregular kernel, region or host
};

/// A run of indices that must hold for a guarded value: 0 <= index < extent.
struct IndexBound {
  Dim index;
  Dim extent;
};

class KernelBuilder {
 public:
  virtual ~KernelBuilder();

  mlir::MLIRContext *context() const { return context_; }

  /// The scalar of operand number `operand` of the op being iterated, at `indices` (one a dim of
  /// the operand). Under `inside`, reads happen only where the guards hold.
  virtual mlir::Value operand(unsigned operand, llvm::ArrayRef<Dim> indices) = 0;
  /// The type of an operand (symbolic dims included).
  virtual mlir::RankedTensorType operandType(unsigned operand) = 0;

  /// fn(operands), see ScalarFn.def; types must fit.
  virtual mlir::Value apply(ScalarFn fn, mlir::ValueRange operands) = 0;
  /// Conversion as plx.cast defines it.
  virtual mlir::Value convert(mlir::Value scalar, mlir::Type element, bool saturate = true) = 0;
  /// The same bits as another type of the same width.
  virtual mlir::Value bitcast(mlir::Value scalar, mlir::Type element) = 0;
  virtual mlir::Value constant(mlir::TypedAttr value) = 0;
  /// `value` as a constant of any int or float element type.
  mlir::Value constant(double value, mlir::Type element);
  mlir::Value constant(int64_t value, mlir::Type element);
  /// The value of an index expression, as an int (wrapped to the width) or float element type.
  virtual mlir::Value position(Dim index, mlir::Type element) = 0;

  /// A data-dependent index: a fresh symbol whose value is the int scalar `index`. Where it is
  /// outside [0, extent) the run fails with "index out of range" at this op, and the symbol's value
  /// is clamped, so that loads stay in bounds. With `wrapNegative`, extent is added to negative
  /// values first.
  virtual Dim bindIndex(mlir::Value index, Dim extent, bool wrapNegative = false) = 0;

  /// combine over all values of fresh variables in [0, extents[i]), in row-major order as far as
  /// the schedule keeps it. An empty range gives the neutral element. Accumulates in
  /// accumulatorType and rounds at the end to the body's type.
  virtual mlir::Value fold(FoldKind kind, llvm::ArrayRef<Dim> extents,
                           llvm::function_ref<mlir::Value(llvm::ArrayRef<Dim>)> body) = 0;
  /// Position (i64) of the max or min over one variable; the first or the last of equals; NaN wins
  /// as numpy has it.
  virtual mlir::Value argFold(FoldKind maxOrMin, bool last, Dim extent,
                              llvm::function_ref<mlir::Value(Dim)> body) = 0;
  /// Running fold: combine over k in [0, position) (exclusive) or [0, position] of body(k); 0 <=
  /// position < extent.
  virtual mlir::Value prefix(FoldKind kind, bool exclusive, Dim position, Dim extent,
                             llvm::function_ref<mlir::Value(Dim)> body) = 0;

  /// body() where all bounds hold, else otherwise(); nothing is read by body where they do not.
  virtual mlir::Value inside(llvm::ArrayRef<IndexBound> bounds,
                             llvm::function_ref<mlir::Value()> body,
                             llvm::function_ref<mlir::Value()> otherwise) = 0;
  /// One of several alternatives by an index expression: body(p) for the piece p with starts[p] <=
  /// index < starts[p + 1] (starts has one entry more than there are pieces, starts[0] = 0). Only
  /// the piece chosen is read.
  virtual mlir::Value piece(Dim index, llvm::ArrayRef<Dim> starts,
                            llvm::function_ref<mlir::Value(unsigned)> body) = 0;

  /// For ops that have no loop nest: records why, returns null.
  mlir::Value noLoopNest(llvm::StringRef why);
  llvm::StringRef whyNot() const { return whyNot_; }

 protected:
  explicit KernelBuilder(mlir::MLIRContext *context) : context_(context) {}

 private:
  mlir::MLIRContext *context_;
  std::string whyNot_;
};

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_BUILDER_H
