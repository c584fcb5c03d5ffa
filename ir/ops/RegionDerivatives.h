// What derivative rules of ops with regions share: bodies are computed again where the rule builds,
// all but their contractions, whose results the forward loop keeps, and gone through backwards
// there.
#ifndef PLEXUS_IR_OPS_REGIONDERIVATIVES_H
#define PLEXUS_IR_OPS_REGIONDERIVATIVES_H

#include "ir/interfaces/Cotangents.h"
#include "ir/ops/BuildDerivatives.h"

namespace plx {

/// Appends the values from outside that `region` uses and `ct` wants, each once.
void usedFromAbove(mlir::Region &region, Cotangents &ct, llvm::SmallVectorImpl<mlir::Value> &used);

/// Copies the ops of `body` to `b`'s place, with `arguments` for its arguments (rebound where sizes
/// are other expressions): what it yields.
llvm::SmallVector<mlir::Value> copyBody(mlir::OpBuilder &b, mlir::Block &body,
                                        mlir::ValueRange arguments);
/// What a loop keeps of each iteration of `body` for the way back, besides its states: the results
/// of contractions, or sums they go into. Computed again they would cost as much time as the rest
/// of the way together. The same values, in order, of each copy of the body.
llvm::SmallVector<mlir::Value> keptOf(mlir::Block &body);
/// Copies `from` into the empty region `to`, where it also yields what `more` says of the copy.
void copyRegionYielding(mlir::Region &from, mlir::Region &to,
                        llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Block &)> more);
/// The block of an empty region: an argument for each of `states`, and one for each of `over`, of
/// its type without dim 0. `b` goes there.
mlir::Block *newBody(mlir::OpBuilder &b, mlir::Location loc, mlir::Region &region,
                     mlir::ValueRange states, mlir::ValueRange over);

/// `parts`, with zeros like `values` for null ones, and rebound to their types.
llvm::SmallVector<mlir::Value> orZeros(mlir::OpBuilder &b, mlir::Location loc,
                                       llvm::ArrayRef<mlir::Value> parts, mlir::ValueRange values);

/// A name of a symbol, beginning with `stem`, that nothing in the function around `op` mentions.
std::string unusedSymbol(mlir::Operation *op, llvm::StringRef stem);

/// The backward loop of a loop or scan. It carries the cotangents of the forward loop's float
/// states, and sums of those of the values from above that are wanted.
class RegionBack {
 public:
  /// `states`: final states; `outputs`: the stacked ones.
  RegionBack(Cotangents &ct, mlir::Region &body, mlir::ValueRange states, mlir::ValueRange outputs);

  /// What the backward loop begins with, given the forward loop's initial states.
  llvm::SmallVector<mlir::Value> initialStates(mlir::ValueRange initial);
  /// The cotangents of outputs that have any.
  llvm::ArrayRef<mlir::Value> outputCotangents() const { return outputCotangents_; }
  /// One step back: `forward` are all arguments of the forward body, `states` those that are
  /// states, `kept` what stands for keptOf, `carried` what the backward loop carries, `outputs` the
  /// cotangents of this iteration's outputs. Gives what is carried on, then the cotangents of
  /// `inputs`.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> step(
      mlir::OpBuilder &b, mlir::ValueRange forward, mlir::ValueRange states, mlir::ValueRange kept,
      mlir::ValueRange carried, mlir::ValueRange outputs, mlir::ValueRange inputs);
  /// Contributes what the backward loop ended with.
  void addStates(mlir::ValueRange initial, mlir::ValueRange carried);

 private:
  Cotangents &ct_;
  mlir::Block &body_;
  mlir::ValueRange states_;
  size_t numResults_;
  llvm::SmallVector<unsigned> floatStates_, outputs_;  // numbers; outputs with a cotangent
  llvm::SmallVector<mlir::Value> outputCotangents_, used_;
};

}  // namespace plx

#endif  // PLEXUS_IR_OPS_REGIONDERIVATIVES_H
