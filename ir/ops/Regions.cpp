#include "ir/ops/Regions.h"

#include "ir/ops/Yield.h"

namespace plx {

mlir::FailureOr<mlir::TypeRange> yieldedTypes(mlir::Operation *op, mlir::Region &region,
                                              llvm::StringRef name) {
  if (region.hasOneBlock() && !region.front().empty())
    if (auto yield = mlir::dyn_cast<YieldOp>(region.front().back()))
      return mlir::TypeRange(yield.getValues().getTypes());
  return op->emitOpError() << "the " << name << " region does not end in plx.yield";
}

mlir::LogicalResult verifyFit(mlir::Operation *op, llvm::StringRef what, unsigned number,
                              mlir::Type given, mlir::Type wanted,
                              llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  std::string wrong = misfit(given, wanted, symbols);
  if (wrong.empty()) return mlir::success();
  return op->emitOpError() << what << " " << number << " has " << wrong << " (" << given << ", "
                           << wanted << ")";
}

mlir::LogicalResult verifyStacked(mlir::Operation *op, unsigned result, mlir::Type item,
                                  mlir::Type stacked, llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  auto from = mlir::dyn_cast<mlir::RankedTensorType>(item);
  auto to = mlir::dyn_cast<mlir::RankedTensorType>(stacked);
  if (from && to && from.getElementType() == to.getElementType() &&
      to.getRank() == from.getRank() + 1) {
    std::string wrong =
        misfitOfDims(dimsOf(from), llvm::ArrayRef(dimsOf(to)).drop_front(), symbols);
    if (wrong.empty()) return mlir::success();
    return op->emitOpError() << "the output stacked in result " << result << " has " << wrong
                             << " (" << item << ", " << stacked << ")";
  }
  return op->emitOpError() << "result " << result << " is " << stacked
                           << ", expected a tensor that stacks " << item << " along a new dim 0";
}

namespace {
/// Without iterations: sizes as far as states tell, else 0.
mlir::FailureOr<eval::Value> emptyStack(mlir::Operation *op, mlir::RankedTensorType type,
                                        mlir::ArrayAttr unbound, eval::Scope &scope) {
  mlir::FailureOr<llvm::SmallVector<int64_t>> shape = emptyShape(op, type, unbound, scope);
  if (failed(shape)) return mlir::failure();
  shape->front() = 0;
  return eval::Value(eval::Tensor(type.getElementType(), *shape));
}

mlir::FailureOr<eval::Value> stack(mlir::Operation *op, llvm::ArrayRef<eval::Value> items,
                                   eval::Scope &scope) {
  const eval::Tensor &first = items[0].tensor();
  llvm::SmallVector<int64_t> shape(first.shape());
  shape.insert(shape.begin(), static_cast<int64_t>(items.size()));
  eval::Tensor result(first.elementType(), shape);
  for (auto [i, item] : llvm::enumerate(items)) {
    const eval::Tensor &x = item.tensor();
    if (x.shape() != first.shape())
      return scope.fail(op, "an output has another shape in iteration " + llvm::Twine(i) +
                                " than in the first; outputs of all iterations are stacked");
    for (int64_t e = 0; e < x.numElements(); ++e) result.copyElement(i * x.numElements() + e, x, e);
  }
  return eval::Value(result);
}

/// Names of `fresh` that no state's type tells.
mlir::ArrayAttr unboundNames(mlir::ArrayAttr fresh, mlir::TypeRange stateTypes) {
  llvm::SmallVector<mlir::Attribute> names;
  for (mlir::StringAttr name : fresh.getAsRange<mlir::StringAttr>()) {
    bool bound = llvm::any_of(stateTypes, [&](mlir::Type type) {
      return mlir::isa<mlir::RankedTensorType>(type) && llvm::any_of(dimsOf(type), [&](Dim dim) {
               return dim.asSymbol() && dim.asSymbol()->symbol() == name;
             });
    });
    if (!bound) names.push_back(name);
  }
  return mlir::ArrayAttr::get(fresh.getContext(), names);
}
}  // namespace

Evaluated finishLoop(mlir::Operation *op, mlir::ArrayAttr fresh, llvm::ArrayRef<eval::Value> states,
                     llvm::ArrayRef<std::vector<eval::Value>> outputs, eval::Scope &scope) {
  if (!fresh) fresh = mlir::ArrayAttr::get(op->getContext(), {});
  llvm::SmallVector<eval::Value> results(states);
  mlir::TypeRange types = op->getResultTypes();
  mlir::TypeRange stateTypes = types.take_front(states.size());
  if (failed(bindFresh(op, fresh, stateTypes, states, scope))) return mlir::failure();
  for (auto [type, items] : llvm::zip(types.drop_front(states.size()), outputs)) {
    auto tensor = mlir::cast<mlir::RankedTensorType>(type);
    mlir::FailureOr<eval::Value> stacked =
        items.empty() ? emptyStack(op, tensor, unboundNames(fresh, stateTypes), scope)
                      : stack(op, items, scope);
    if (failed(stacked)) return mlir::failure();
    results.push_back(*stacked);
  }
  if (failed(bindFresh(op, fresh, types, results, scope))) return mlir::failure();
  return results;
}

eval::Tensor sliceOf(const eval::Tensor &x, int64_t i) {
  eval::Tensor result(x.elementType(), x.shape().drop_front());
  for (int64_t e = 0; e < result.numElements(); ++e)
    result.copyElement(e, x, i * result.numElements() + e);
  return result;
}

}  // namespace plx
