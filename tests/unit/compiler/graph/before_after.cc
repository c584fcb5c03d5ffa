#include "before_after.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "compiler/graph/Passes.h"
#include "compiler/graph/Prepare.h"
#include "compiler/layout/Passes.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

namespace plx {

BeforeAfter::BeforeAfter() {
  [[maybe_unused]] static const bool registered = [] {
    registerGraphPasses();
    registerLayoutPasses();
    mlir::registerCanonicalizerPass();
    return true;
  }();
  context_.loadDialect<PlxDialect, mlir::func::FuncDialect>();
}

bool BeforeAfter::load(const std::string &text, const std::vector<std::vector<int64_t>> &shapes) {
  return take(mlir::parseSourceString<mlir::ModuleOp>(text, &context_), shapes);
}

bool BeforeAfter::take(mlir::OwningOpRef<mlir::ModuleOp> module,
                       const std::vector<std::vector<int64_t>> &shapes) {
  module_ = std::move(module);
  if (!module_) {
    ADD_FAILURE() << "the program does not parse";
    return false;
  }
  inputs_.clear();
  parameters_.clear();
  auto main = module_->lookupSymbol<mlir::func::FuncOp>("main");
  for (auto [type, shape] : llvm::zip(main.getArgumentTypes(), shapes))
    inputs_.push_back(random(mlir::getElementTypeOrSelf(type), shape));
  auto results = evaluate(*module_, inputs_);
  if (failed(results)) return false;
  expected_ = *results;
  return true;
}

bool BeforeAfter::run(const std::string &pipeline) {
  mlir::PassManager manager(&context_);
  if (failed(mlir::parsePassPipeline(pipeline, manager)) || failed(manager.run(*module_))) {
    ADD_FAILURE() << "`" << pipeline << "` failed on\n" << text();
    return false;
  }
  return true;
}

eval::Tensor BeforeAfter::random(mlir::Type element, llvm::ArrayRef<int64_t> shape) {
  eval::Tensor tensor(element, shape);
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    auto number = std::uniform_int_distribution<int64_t>(-4, 4)(random_);
    if (!tensor.isFloat())
      tensor.setInt(i, std::abs(number));
    else
      tensor.setFloat(i, whole ? static_cast<double>(number)
                               : std::uniform_real_distribution<>(-2, 2)(random_));
  }
  return tensor;
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> BeforeAfter::evaluate(
    mlir::ModuleOp module, llvm::ArrayRef<eval::Value> inputs) {
  eval::Evaluator evaluator(module);
  evaluator.setParameterSource(
      [&](llvm::StringRef name, mlir::Operation *op) -> mlir::FailureOr<eval::Tensor> {
        auto type = mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType());
        if (!parameters_.contains(name))
          parameters_[name] = random(type.getElementType(), type.getShape());
        return parameters_[name];
      });
  auto results = evaluator.run("main", inputs);
  if (failed(results)) ADD_FAILURE() << evaluator.error() << "\n" << text();
  return results;
}

double BeforeAfter::difference() {
  double infinity = std::numeric_limits<double>::infinity();
  auto [prepare, names] = takePrepare(*module_);
  if (prepare) {
    auto prepared = evaluate(*prepare, {});
    if (failed(prepared)) return infinity;
    for (auto [name, value] : llvm::zip(names, *prepared)) parameters_[name] = value.tensor();
  }
  auto results = evaluate(*module_, inputs_);
  if (failed(results)) return infinity;
  double worst = 0;
  for (auto [result, wanted] : llvm::zip(*results, expected_)) {
    const eval::Tensor &r = result.tensor(), &w = wanted.tensor();
    if (r.shape() != w.shape() || r.elementType() != w.elementType()) return infinity;
    for (int64_t i = 0; i < r.numElements(); ++i) {
      double a = r.isFloat() ? r.floats()[i] : static_cast<double>(r.ints()[i]);
      double b = w.isFloat() ? w.floats()[i] : static_cast<double>(w.ints()[i]);
      if (a == b || (std::isnan(a) && std::isnan(b))) continue;
      worst = std::max(worst, std::fabs(a - b) / (1 + std::fabs(b)));
      if (std::isnan(a) != std::isnan(b)) return infinity;
    }
  }
  return worst;
}

int64_t BeforeAfter::count(llvm::StringRef name) {
  int64_t count = 0;
  module_->walk([&](mlir::Operation *op) { count += op->getName().getStringRef() == name; });
  return count;
}

std::string BeforeAfter::text() {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module_->print(stream, mlir::OpPrintingFlags().useLocalScope());
  return text;
}

}  // namespace plx
