#include "compiler/autodiff/Passes.h"
#include "compiler/memory/InlineCalls.h"
#include "ir/autodiff/Gradient.h"
#include "ir/interfaces/Cotangents.h"
#include "ir/ops/BuildDerivatives.h"

namespace plx {

#define GEN_PASS_DEF_GRADIENTPASS
#include "compiler/autodiff/Passes.h.inc"

namespace {

struct GradientPass : impl::GradientPassBase<GradientPass> {
  using GradientPassBase::GradientPassBase;

  void runOnOperation() override {
    auto function = getOperation().lookupSymbol<mlir::func::FuncOp>(functionName);
    if (!function || function.isExternal()) {
      getOperation().emitError() << "the module has no function @" << functionName;
      return signalPassFailure();
    }
    if (failed(inlineCalls(getOperation(), function, /*keepVjps=*/true)) ||
        failed(append(function)))
      signalPassFailure();
  }

  mlir::LogicalResult append(mlir::func::FuncOp function) {
    mlir::Operation *end = function.getBody().front().getTerminator();
    mlir::OpBuilder b(end);
    llvm::SmallVector<mlir::Value> results, seeds, inputs;
    llvm::SmallVector<int64_t> numbers(of.begin(), of.end());
    if (numbers.empty()) numbers.push_back(0);
    for (int64_t number : numbers) {
      if (number < 0 || number >= function.getNumResults() ||
          !isContinuous(end->getOperand(number).getType()))
        return function.emitError()
               << "`of` names result " << number << " of @" << functionName
               << ", expected a float tensor among its " << function.getNumResults() << " results";
      results.push_back(end->getOperand(number));
      seeds.push_back(build::filled(b, end->getLoc(), 1, results.back().getType()));
    }
    for (mlir::BlockArgument argument : function.getArguments())
      if (wrt.empty() ? isContinuous(argument.getType())
                      : llvm::is_contained(wrt, argument.getArgNumber()))
        inputs.push_back(argument);
    auto cotangents = gradient(b, results, seeds, inputs);
    if (failed(cotangents)) return mlir::failure();
    for (auto [input, cotangent] : llvm::zip_equal(inputs, *cotangents)) {
      mlir::Value value = cotangent ? cotangent : build::zerosLike(b, input.getLoc(), input);
      end->insertOperands(end->getNumOperands(), value);
      if (failed(function.insertResult(function.getNumResults(), value.getType(), {})))
        return mlir::failure();
    }
    return mlir::success();
  }
};

}  // namespace
}  // namespace plx
