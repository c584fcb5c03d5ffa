// See SimplifyPass in Passes.td. The rules are in Simplify*.cpp.
#include "compiler/graph/Simplify.h"

#include "compiler/graph/Passes.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace plx {

#define GEN_PASS_DEF_SIMPLIFYPASS
#include "compiler/graph/Passes.h.inc"

namespace {

struct SimplifyPass : impl::SimplifyPassBase<SimplifyPass> {
  void runOnOperation() override {
    mlir::RewritePatternSet rules(&getContext());
    addPointwiseRules(rules);
    addViewRules(rules);
    addScaleRules(rules);
    // Every rule leaves fewer ops, or the same number in a form that no rule undoes.
    (void)mlir::applyPatternsGreedily(getOperation(), std::move(rules));
    mlir::IRRewriter rewriter(&getContext());
    mlir::DominanceInfo dominance(getOperation());
    mlir::eliminateCommonSubExpressions(rewriter, dominance, getOperation());
  }
};

}  // namespace
}  // namespace plx
