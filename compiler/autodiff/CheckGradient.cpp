#include "compiler/autodiff/CheckGradient.h"

#include <cmath>
#include <random>

#include "compiler/autodiff/GradientPrograms.h"
#include "ir/eval/Evaluator.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx {
namespace {

using Values = llvm::SmallVector<eval::Value>;

constexpr double kTolerance = 1e-6;  // of the largest entry
constexpr double kSmallest = 1e-4;   // largest entries below this count as this
constexpr double kStep = 2e-3;  // error of order kStep^4 = 2e-11 against rounding 1e-16 / kStep
constexpr int64_t kMaxEntries = 40;  // of an input that are varied

class Check {
 public:
  Check(mlir::ModuleOp module, const eval::ValueTest &test, const ProgramExecutor &compiled)
      : context_(module.getContext()),
        compiled_(compiled),
        function_(module.lookupSymbol<mlir::func::FuncOp>(test.function)),
        program_(isolate(module, test.function)),
        given_(test.inputs) {}

  std::string run() {
    std::string wrong = judge();
    auto refused = function_->getAttrOfType<mlir::StringAttr>("plx.no_gradient");
    if (!refused) return wrong;
    if (llvm::StringRef(wrong).contains(refused.getValue())) return "";
    return wrong.empty() ? "has a derivative, expected \"" + refused.str() + "\""
                         : wrong + ", expected \"" + refused.str() + "\"";
  }

 private:
  std::string judge() {
    mlir::ScopedDiagnosticHandler handler(context_, [&](mlir::Diagnostic &diagnostic) {
      said_ += (said_.empty() ? "" : "; ") + diagnostic.str();
    });
    if (failed(promote(*program_))) return "cannot be taken to f64: " + said_;
    drawInputs();
    if (inputs_.empty()) return "";
    if (std::string wrong = checkStated(); !wrong.empty()) return wrong;
    if (function_->hasAttr("plx.stated")) return "";
    for (int order = 1; order <= 2; ++order)
      if (std::string wrong = checkOrder(); !wrong.empty())
        return "order " + std::to_string(order) + ": " + wrong;
    return "";
  }

  void drawInputs() {
    mlir::Type f64 = mlir::Float64Type::get(context_);
    for (auto [i, value] : llvm::enumerate(given_)) {
      if (!isFloat(value)) {
        point_.push_back(value);
        stated_.push_back(value);
        continue;
      }
      inputs_.push_back(i);
      stated_.push_back(toF64(value.tensor(), f64));
      double low = -1, high = 1;
      auto domain = function_.getArgAttrOfType<mlir::ArrayAttr>(i, "plx.domain");
      if (domain && domain.size() == 2) {
        low = mlir::cast<mlir::FloatAttr>(domain[0]).getValueAsDouble();
        high = mlir::cast<mlir::FloatAttr>(domain[1]).getValueAsDouble();
      }
      if (domain && domain.empty())
        point_.push_back(stated_.back());
      else
        point_.push_back(
            filled(stated_.back().tensor(), [&] { return low + (high - low) * unit_(random_); }));
    }
  }

  eval::Tensor filled(const eval::Tensor &like, llvm::function_ref<double()> value) {
    eval::Tensor out(mlir::Float64Type::get(context_), like.shape());
    for (int64_t i = 0; i < out.numElements(); ++i) out.setFloat(i, value());
    return out;
  }

  mlir::FailureOr<Values> evaluate(OwnedModule &module, llvm::ArrayRef<eval::Value> inputs) {
    eval::Evaluator evaluator(*module);
    mlir::FailureOr<Values> results = evaluator.run("main", inputs);
    if (failed(results)) error_ = evaluator.error();
    return results;
  }

  /// The gradient at `plx.input` against `plx.gradient`.
  std::string checkStated() {
    auto statement = [&](size_t i) {
      return function_.getArgAttrOfType<mlir::DenseElementsAttr>(i, "plx.gradient");
    };
    if (llvm::none_of(inputs_, [&](size_t i) { return statement(i); })) return "";
    mlir::FailureOr<Values> results = evaluate(program_, stated_);
    if (failed(results)) return error_;
    llvm::SmallVector<eval::Tensor> ones;
    for (const eval::Value &result : *results)
      if (isFloat(result)) ones.push_back(filled(result.tensor(), [] { return 1.0; }));
    OwnedModule program(program_->clone());
    if (failed(giveProduct(*program, ones)) || failed(giveGradient(*program))) return said_;
    mlir::FailureOr<Values> gradients = evaluate(program, stated_);
    if (failed(gradients)) return error_;
    for (auto [place, i] : llvm::enumerate(inputs_)) {
      if (!statement(i)) continue;
      eval::Tensor expected =
          toF64(eval::Tensor::fromAttr(statement(i)), mlir::Float64Type::get(context_));
      std::string wrong = eval::difference({expected, 1e-12, 1e-12}, (*gradients)[place]);
      if (!wrong.empty()) return "plx.gradient of argument " + std::to_string(i) + " " + wrong;
    }
    return "";
  }

  /// Checks the gradient of program_, and leaves the program that gives it in program_.
  std::string checkOrder() {
    mlir::FailureOr<Values> results = evaluate(program_, point_);
    if (failed(results)) return error_;
    llvm::SmallVector<eval::Tensor> factors;
    for (const eval::Value &result : *results)
      if (isFloat(result))
        factors.push_back(filled(result.tensor(), [&] { return 2 * unit_(random_) - 1; }));
    if (failed(giveProduct(*program_, factors))) return said_;
    OwnedModule product(program_->clone());
    if (failed(giveGradient(*program_))) return said_;
    mlir::FailureOr<Values> gradients = evaluate(program_, point_);
    if (failed(gradients)) return error_;
    if (std::string wrong = checkCompiled(*gradients); !wrong.empty()) return wrong;
    return compare(product, *gradients);
  }

  std::string checkCompiled(llvm::ArrayRef<eval::Value> gradients) {
    if (!compiled_) return "";
    mlir::FailureOr<Values> results = compiled_(*program_, point_, error_);
    if (failed(results)) return "compiled: " + error_;
    for (auto [i, result] : llvm::enumerate(*results)) {
      std::string wrong =
          eval::difference({gradients[i].tensor(), 1e-9, 1e-9 * largest(gradients)}, result);
      if (!wrong.empty()) return "compiled: gradient " + std::to_string(i) + " " + wrong;
    }
    return "";
  }

  static double largest(llvm::ArrayRef<eval::Value> gradients) {
    double largest = kSmallest;
    for (const eval::Value &gradient : gradients)
      for (double entry : gradient.tensor().floats()) largest = std::max(largest, std::fabs(entry));
    return largest;
  }

  std::string compare(OwnedModule &product, llvm::ArrayRef<eval::Value> gradients) {
    double scale = largest(gradients);
    for (auto [place, input] : llvm::enumerate(inputs_)) {
      const eval::Tensor &gradient = gradients[place].tensor();
      int64_t stride = std::max<int64_t>(1, gradient.numElements() / kMaxEntries);
      for (int64_t i = 0; i < gradient.numElements(); i += stride) {
        std::optional<double> expected = slope(product, input, i);
        if (!expected) return error_;
        double entry = gradient.floats()[i];
        if (std::fabs(entry - *expected) <= kTolerance * std::max(scale, std::fabs(*expected)))
          continue;
        char text[160];
        std::snprintf(text, sizeof text,
                      "element %lld of the gradient by argument %zu is %.9g, by differences %.9g",
                      static_cast<long long>(i), input, entry, *expected);
        return text;
      }
    }
    return "";
  }

  /// d product / d element `i` of an input.
  std::optional<double> slope(OwnedModule &product, size_t input, int64_t i) {
    auto at = [&](double offset) -> std::optional<double> {
      Values moved(point_);
      eval::Tensor tensor = moved[input].tensor();
      tensor.setFloat(i, std::as_const(tensor).floats()[i] + offset);
      moved[input] = tensor;
      mlir::FailureOr<Values> results = evaluate(product, moved);
      if (failed(results)) return std::nullopt;
      return results->front().tensor().floats()[0];
    };
    double h = kStep;
    auto a = at(h), b = at(-h), c = at(h / 2), d = at(-h / 2);
    if (!a || !b || !c || !d) return std::nullopt;
    return (4 * (*c - *d) / h - (*a - *b) / (2 * h)) / 3;
  }

  mlir::MLIRContext *context_;
  const ProgramExecutor &compiled_;
  mlir::func::FuncOp function_;
  OwnedModule program_;
  llvm::ArrayRef<eval::Value> given_;
  Values point_, stated_;             // inputs drawn, and as the test has them
  llvm::SmallVector<size_t> inputs_;  // numbers of float inputs
  std::string said_, error_;          // diagnostics; the evaluator's message
  std::mt19937_64 random_{20240229};
  std::uniform_real_distribution<double> unit_{0, 1};
};

}  // namespace

std::string checkGradient(mlir::ModuleOp module, const eval::ValueTest &test,
                          const ProgramExecutor &compiled) {
  if (!test.failure.empty()) return "";
  auto function = module.lookupSymbol<mlir::func::FuncOp>(test.function);
  if (llvm::none_of(function.getArgumentTypes(), isFloatTensor) ||
      llvm::none_of(function.getResultTypes(), isFloatTensor))
    return "";
  return Check(module, test, compiled).run();
}

}  // namespace plx
