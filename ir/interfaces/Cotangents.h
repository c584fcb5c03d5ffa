// What a derivative rule (Differentiate.td) may ask and give.
//
//   mlir::LogicalResult NegOp::differentiate(Cotangents &ct) {
//     ct.add(getOperand(), negated(ct.builder(), ct.loc(), ct.of(getResult())));
//     return mlir::success();
//   }
//
// Who walks the program backwards (compiler/autodiff) implements it. Not thread-safe.
#ifndef PLEXUS_IR_INTERFACES_COTANGENTS_H
#define PLEXUS_IR_INTERFACES_COTANGENTS_H

#include "mlir/IR/Builders.h"

namespace plx {

class Cotangents {
 public:
  virtual ~Cotangents();

  /// Where rules build: after every op of the program that is differentiated.
  mlir::OpBuilder &builder() { return builder_; }
  /// The op's own, so that what goes wrong backwards names the node too.
  mlir::Location loc() const { return op_->getLoc(); }

  /// The cotangent of a result, of the result's type; null: zero everywhere.
  virtual mlir::Value of(mlir::Value result) const = 0;
  /// Whether anything needs the cotangent of this operand. Rules build only what is wanted.
  virtual bool wants(mlir::Value operand) const = 0;
  /// Contributes to the cotangent of `operand`; nothing happens where it is not wanted. Sizes that
  /// are equal by the op's meaning, but not as expressions, are rebound. A null contribution is an
  /// error already emitted, and makes the rule fail.
  virtual void add(mlir::Value operand, mlir::Value contribution) = 0;

  /// The derivative is 0 wherever it exists, and why.
  mlir::LogicalResult zero(llvm::StringRef reason) const;
  /// There is no derivative, and why: an error that names the op.
  mlir::LogicalResult refuse(const llvm::Twine &reason) const;

  /// Differentiates `values`, one a result, which the rule built of the op's operands, instead of
  /// the op.
  mlir::LogicalResult replaceBy(mlir::ValueRange values);

  /// What `inputs` get where `results`, made of them at `b`'s place, have these cotangents (a null
  /// one: zero); null where that is zero. For bodies of regions, which a rule copies to where it
  /// builds, and for decompositions. Does not look behind `inputs`.
  virtual mlir::FailureOr<llvm::SmallVector<mlir::Value>> through(
      mlir::OpBuilder &b, mlir::ValueRange results, llvm::ArrayRef<mlir::Value> cotangents,
      llvm::ArrayRef<mlir::Value> inputs) = 0;
  /// Another op, which a rule built in front of the op, takes its place in the program: its first
  /// results stand for the op's, which is erased in the end.
  virtual void replaceForward(mlir::Operation *replacement) = 0;

 protected:
  explicit Cotangents(const mlir::OpBuilder &builder) : builder_(builder) {}

  mlir::OpBuilder builder_;
  mlir::Operation *op_ = nullptr;  // the op whose rule runs
};

/// Whether a value of this type can have a derivative: floats, complex numbers, and what holds
/// them.
bool isContinuous(mlir::Type type);

}  // namespace plx

#endif  // PLEXUS_IR_INTERFACES_COTANGENTS_H
