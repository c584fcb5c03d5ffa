// Values that branches and iterations of control flow give: their common types, and plx.if.
#ifndef PLEXUS_FRONTENDS_ONNX_BRANCH_H
#define PLEXUS_FRONTENDS_ONNX_BRANCH_H

#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/Symbols.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace plx::onnxio {

/// Ends a region's block with plx.yield.
void yield(NodeContext &c, mlir::Region &region, llvm::ArrayRef<Value> values);

Symbols &symbolsOf(NodeContext &c);

/// Collects names of fresh symbols for results.
struct Fresh {
  NodeContext &c;
  std::vector<std::string> names;
  Dim operator()();
};

/// The type of a result that is `a` on one way and `b` on the other. `mark`: symbols made since
/// then are known inside only. Throws where there is none.
Type joined(NodeContext &c, Type a, Type b, unsigned mark, Fresh &fresh);

/// plx.if of two regions without terminators that give these values; `mark` was taken before they
/// were made.
Values ifOp(NodeContext &c, Value condition, unsigned mark,
            std::unique_ptr<mlir::Region> thenRegion, Values thenValues,
            std::unique_ptr<mlir::Region> elseRegion, Values elseValues);

/// plx.if whose branches these functions write.
Values branch(NodeContext &c, Value condition, llvm::function_ref<Values()> onTrue,
              llvm::function_ref<Values()> onFalse);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_BRANCH_H
