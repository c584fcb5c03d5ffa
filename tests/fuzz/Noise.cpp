#include "tests/fuzz/Noise.h"

#include <cmath>

#include "ir/eval/Evaluator.h"
#include "ir/ops/Attention.h"
#include "ir/ops/Build.h"
#include "ir/ops/Convolution.h"
#include "ir/ops/Cumulative.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Pointwise.h"
#include "ir/ops/Reduce.h"
#include "ir/ops/ReduceWindow.h"
#include "mlir/IR/IRMapping.h"

namespace plx::fuzz {

mlir::FailureOr<Values> runReference(mlir::ModuleOp module, const Values &inputs,
                                     std::string &error, Shapes *shapes) {
  eval::Evaluator evaluator(module);
  if (shapes)
    evaluator.setHook([&](mlir::Operation *op, llvm::ArrayRef<eval::Value> results) {
      if (results.empty()) return;
      if (auto *tensor = std::get_if<eval::Tensor>(&results[0].is))
        (*shapes)[op].assign(tensor->shape().begin(), tensor->shape().end());
    });
  auto results = evaluator.run("main", inputs);
  error = evaluator.error();
  return results;
}

namespace {

double epsilonOf(mlir::Type element) {
  auto type = mlir::cast<mlir::FloatType>(element);
  return std::ldexp(1.0, 1 - static_cast<int>(type.getFPMantissaWidth()));
}

/// What an op's rounding may do: relative errors of the result, and absolute ones relative to the
/// sum of the absolute values that were summed. In units of the result.
struct Errors {
  double relative = 0, ofAbsoluteSum = 0;
};

// Terms of a sum at most, as the generator has it; errors of n random roundings grow with sqrt(n).
constexpr double kMostTerms = 4096;

Errors errorsOf(mlir::Operation &op) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(op.getResult(0).getType());
  if (!type || !mlir::isa<mlir::FloatType>(type.getElementType())) return {};
  double epsilon = epsilonOf(type.getElementType());
  double wide = std::min(epsilon, 0x1p-23);  // of the accumulator
  double rounded = wide < epsilon ? 1.5 * epsilon : 0;
  if (auto pointwise = mlir::dyn_cast<PointwiseOp>(op))
    return infoOf(pointwise.function()).cost != ScalarCost::Transcendental
               ? Errors{}
               : Errors{std::max(8 * wide, rounded), 0};
  double growth = (8 + 2 * std::sqrt(kMostTerms)) * wide;
  // Errors of scores (sums of at most 20 products of numbers up to 2, times 0.25) are relative
  // errors of weights.
  if (mlir::isa<AttentionOp>(op)) return {rounded, 20 * growth};
  llvm::StringRef kind = "sum";
  if (auto reduce = mlir::dyn_cast<ReduceOp>(op))
    kind = reduce.getKind();
  else if (auto cumulative = mlir::dyn_cast<CumulativeOp>(op))
    kind = cumulative.getKind();
  else if (auto window = mlir::dyn_cast<ReduceWindowOp>(op))
    kind = window.getKind();
  else if (!mlir::isa<DotGeneralOp, ConvolutionOp>(op))
    return {};
  if (kind == "sum") return {rounded, growth};
  if (kind == "product") return {std::max(growth, rounded), 0};
  return {};
}

/// A copy of the case with noise behind each op that may err, drawn anew each time.
class NoisyCopy {
 public:
  NoisyCopy(mlir::ModuleOp module, const Values &inputs, const Shapes &shapes, Random &random)
      : copy_(mlir::cast<mlir::ModuleOp>(module->clone(map_))),
        inputs_(inputs),
        random_(random),
        builder_(copy_->getContext()) {
    llvm::SmallVector<std::pair<mlir::Operation *, mlir::Operation *>> ops;
    for (mlir::Operation &op : mainOf(module).getBody().front())
      if (op.getNumResults() == 1) ops.emplace_back(&op, map_.lookup(&op));
    for (auto [original, op] : ops) {
      Errors errors = errorsOf(*op);
      auto shape = shapes.find(original);
      if (shape != shapes.end() && (errors.relative > 0 || errors.ofAbsoluteSum > 0))
        add(op, errors, shape->second);
    }
  }
  mlir::FailureOr<Values> run() {
    std::string error;
    return runReference(*copy_, inputs_, error);
  }

 private:
  /// An argument of uniform numbers in center +- amplitude.
  mlir::Value noise(mlir::Type type, llvm::ArrayRef<int64_t> shape, double center,
                    double amplitude) {
    eval::Tensor values(mlir::getElementTypeOrSelf(type), shape);
    for (int64_t i = 0; i < values.numElements(); ++i)
      values.setFloat(i, center + amplitude * random_.real(-1, 1));
    inputs_.push_back(values);
    mlir::func::FuncOp main = mainOf(*copy_);
    (void)main.insertArgument(main.getNumArguments(), type, {}, main.getLoc());
    return main.getArguments().back();
  }

  void add(mlir::Operation *op, Errors errors, llvm::ArrayRef<int64_t> shape) {
    builder_.setInsertionPointAfter(op);
    mlir::Location loc = op->getLoc();
    mlir::Value result = op->getResult(0), noisy = result;
    llvm::SmallPtrSet<mlir::Operation *, 8> own;
    auto make = [&](mlir::Value value) {
      if (mlir::Operation *made = value.getDefiningOp()) own.insert(made);
      return value;
    };
    mlir::Type element = mlir::getElementTypeOrSelf(result.getType());
    if (errors.ofAbsoluteSum > 0) {
      mlir::IRMapping absolute;
      // Of attention the values; its weights are positive.
      for (mlir::Value operand :
           mlir::isa<AttentionOp>(op) ? op->getOperands().slice(2, 1) : op->getOperands())
        absolute.map(operand, make(build::pointwise(builder_, loc, ScalarFn::abs_, {operand})));
      mlir::Value sum = make(builder_.clone(*op, absolute)->getResult(0));
      mlir::Type wide = element.isF64() ? element : builder_.getF32Type();
      auto wideType = tensorType(wide, dimsOf(result.getType()));
      mlir::Value error = make(build::pointwise(builder_, loc, ScalarFn::mul_,
                                                {make(build::cast(builder_, loc, sum, wide)),
                                                 noise(wideType, shape, 0, errors.ofAbsoluteSum)}));
      noisy = make(build::cast(builder_, loc, noisy, wide));
      noisy = make(build::pointwise(builder_, loc, ScalarFn::add_, {noisy, error}));
      noisy = make(build::cast(builder_, loc, noisy, element));
    }
    if (errors.relative > 0)
      noisy = make(build::pointwise(builder_, loc, ScalarFn::mul_,
                                    {noisy, noise(result.getType(), shape, 1, errors.relative)}));
    result.replaceAllUsesExcept(noisy, own);
  }

  mlir::IRMapping map_;
  mlir::OwningOpRef<mlir::ModuleOp> copy_;
  Values inputs_;
  Random &random_;
  mlir::OpBuilder builder_;
};

double numberAt(const eval::Tensor &tensor, int64_t i) {
  return tensor.isFloat() ? tensor.floats()[i] : static_cast<double>(tensor.ints()[i]);
}

bool equal(const eval::Tensor &a, const eval::Tensor &b, int64_t i) {
  if (!a.isFloat()) return a.ints()[i] == b.ints()[i];
  return a.floats()[i] == b.floats()[i] || (std::isnan(a.floats()[i]) && std::isnan(b.floats()[i]));
}

// Spreads of few runs are lower bounds of what the noise can do.
constexpr double kSpreadFactor = 4;
constexpr unsigned kFirstRuns = 3, kMoreRuns = 24;

}  // namespace

bool Judge::addRuns(unsigned count) {
  for (unsigned run = 0; run < count; ++run) {
    mlir::FailureOr<Values> results = NoisyCopy(module_, inputs_, shapes_, random_).run();
    if (failed(results)) return false;
    noisy_.push_back(*results);
  }
  return true;
}

std::string Judge::compareElement(size_t output, int64_t i, const eval::Tensor &actual) const {
  const eval::Tensor &expected = expected_[output].tensor();
  if (equal(expected, actual, i)) return "";
  double spread = 0, value = numberAt(expected, i);
  bool moved = false;
  for (const Values &run : noisy_) {
    const eval::Tensor &tensor = run[output].tensor();
    if (equal(tensor, expected, i)) continue;
    moved = true;
    double distance = std::fabs(numberAt(tensor, i) - value);
    spread = std::isnan(distance) ? INFINITY : std::max(spread, distance);
  }
  if (!expected.isFloat() && moved) return "";
  double difference = std::fabs(numberAt(actual, i) - value);
  if (difference <= kSpreadFactor * spread || std::isinf(spread)) return "";
  char text[160];
  std::snprintf(text, sizeof text, "output %zu, element %lld: %.17g, expected %.17g +- %.3g",
                output, static_cast<long long>(i), numberAt(actual, i), value,
                kSpreadFactor * spread);
  return text;
}

std::string Judge::compare(const Values &actual) const {
  for (size_t output = 0; output < expected_.size(); ++output) {
    const eval::Tensor &expected = expected_[output].tensor(), &found = actual[output].tensor();
    if (expected.elementType() != found.elementType() || expected.shape() != found.shape())
      return "output " + std::to_string(output) + " has another type or shape";
    for (int64_t i = 0; i < expected.numElements(); ++i)
      if (std::string wrong = compareElement(output, i, found); !wrong.empty()) return wrong;
  }
  return "";
}

std::string Judge::judge(const Values &actual) {
  std::string wrong = compare(actual);
  for (unsigned count : {kFirstRuns, kMoreRuns}) {
    if (wrong.empty()) break;
    if (!addRuns(count)) return "the reference fails on a noisy copy; without noise: " + wrong;
    wrong = compare(actual);
  }
  return wrong;
}

}  // namespace plx::fuzz
