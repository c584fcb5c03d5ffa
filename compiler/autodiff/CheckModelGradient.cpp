#include "compiler/autodiff/CheckModelGradient.h"

#include <chrono>
#include <cmath>
#include <numeric>
#include <random>

#include "compiler/autodiff/GradientPrograms.h"
#include "compiler/autodiff/Slopes.h"
#include "ir/eval/Evaluator.h"
#include "ir/eval/ValueTests.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx {
namespace {

using Values = llvm::SmallVector<eval::Value>;
using Kind = GradientFindings::Kind;

constexpr int64_t kMostElements = 64;
constexpr double kLost = 1e30;
constexpr double kSmallest = 1e-4;  // largest entries below this count as this
// Programs whose evaluation takes longer than this (seconds) are moved by compiled code.
constexpr double kSlow = 0.01;

/// The first type in the program that has no derivatives, as text; empty: none.
std::string foreignType(mlir::ModuleOp module) {
  std::string found;
  auto look = [&](mlir::Type type) {
    if (auto sequence = mlir::dyn_cast<SequenceType>(type)) type = sequence.element();
    if (auto optional = mlir::dyn_cast<OptionalType>(type)) type = optional.element();
    if (auto tensor = mlir::dyn_cast<mlir::TensorType>(type)) type = tensor.getElementType();
    bool isNarrow = mlir::isa<mlir::FloatType>(type) && type.getIntOrFloatBitWidth() < 16;
    if (!isNarrow && !mlir::isa<StringType>(type)) return;
    llvm::raw_string_ostream(found) << type;
  };
  module.walk([&](mlir::Operation *op) {
    for (mlir::Type type : op->getOperandTypes())
      if (found.empty()) look(type);
    for (mlir::Type type : op->getResultTypes())
      if (found.empty()) look(type);
  });
  return found;
}

/// How far gradients computed in the program's own narrow floats may be from those in f64; 0: it
/// has none.
double narrowTolerance(mlir::ModuleOp module) {
  double tolerance = 0;
  module.walk([&](mlir::Operation *op) {
    for (mlir::Type type : op->getResultTypes()) {
      auto tensor = mlir::dyn_cast<mlir::TensorType>(type);
      if (tensor && tensor.getElementType().isF16()) tolerance = std::max(tolerance, 2e-2);
      if (tensor && tensor.getElementType().isBF16()) tolerance = std::max(tolerance, 6e-2);
    }
  });
  return tolerance;
}

double largestOf(const eval::Tensor &tensor) {
  double largest = 0;
  for (double entry : tensor.floats())
    if (std::isfinite(entry)) largest = std::max(largest, std::fabs(entry));
  return largest;
}

class ModelCheck {
 public:
  ModelCheck(mlir::ModuleOp module, llvm::ArrayRef<eval::Value> inputs, const ProgramMaker &compile)
      : original_(module), given_(inputs), compile_(compile), program_(module.clone()) {}

  GradientFindings run() {
    mlir::ScopedDiagnosticHandler handler(
        original_.getContext(), [&](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
            said_ += (said_.empty() ? "" : "; ") + diagnostic.str();
        });
    if (judge()) findings_.why.clear();
    return findings_;
  }

 private:
  /// False, with the reason in `findings_`, where the derivatives are not right.
  bool judge() {
    if (!isCandidate() || !takeToF64() || !computeGradients()) return false;
    for (size_t place = 0; place < inputs_.size(); ++place)
      if (!compareInput(place)) return false;
    return compareNarrow() && compareCompiled();
  }

  bool end(Kind kind, const llvm::Twine &why) {
    findings_.kind = kind;
    findings_.why = why.str();
    return false;
  }

  bool isCandidate() {
    auto main = original_.lookupSymbol<mlir::func::FuncOp>("main");
    if (llvm::none_of(main.getArgumentTypes(), isFloatTensor))
      return end(Kind::NotDifferentiable, "no input is a tensor of floats");
    if (llvm::none_of(main.getResultTypes(), isFloatTensor))
      return end(Kind::NotDifferentiable, "no output is a tensor of floats");
    std::string foreign = foreignType(original_);
    return foreign.empty() || end(Kind::NotDifferentiable, foreign + " has no derivative");
  }

  bool takeToF64() {
    if (failed(promote(*program_))) return end(Kind::Wrong, "cannot be taken to f64: " + said_);
    for (auto [i, value] : llvm::enumerate(given_)) {
      point_.push_back(isFloat(value) ? eval::Value(moderate(value.tensor())) : value);
      if (isFloat(value)) inputs_.push_back(i);
    }
    auto begin = std::chrono::steady_clock::now();
    mlir::FailureOr<Values> results = evaluate(*program_, point_);
    if (failed(results)) return end(Kind::Wrong, "in f64: " + error_);
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    results_ = *results;
    if (compile_ && took.count() > kSlow) moved_ = compile_(*program_, error_);
    // Compiled values differ from evaluated ones by their rounding.
    if (moved_ && succeeded(results = moved_(point_, error_))) results_ = *results;
    drawFactors();
    return true;
  }

  /// In f64, and drawn at random where there are numbers in which all others are lost: cases of
  /// ONNX's suite hold memory that nobody set.
  eval::Tensor moderate(const eval::Tensor &given) {
    eval::Tensor out = toF64(given, f64());
    for (int64_t i = 0; i < out.numElements(); ++i) {
      double x = std::as_const(out).floats()[i];
      if (std::isfinite(x) && std::fabs(x) > kLost) out.setFloat(i, 2 * unit_(random_) - 1);
    }
    return out;
  }

  void drawFactors() {
    mlir::Builder b(original_.getContext());
    for (const eval::Value &result : results_) {
      if (!isFloat(result)) continue;
      const eval::Tensor &tensor = result.tensor();
      eval::Tensor factor(b.getF64Type(), tensor.shape()), counted(b.getI1Type(), tensor.shape());
      for (int64_t i = 0; i < tensor.numElements(); ++i) {
        bool isFinite = std::isfinite(tensor.floats()[i]);
        allFinite_ &= isFinite;
        counted.setInt(i, isFinite);
        factor.setFloat(i, (unit_(random_) + 0.25) * (random_() % 2 ? 1 : -1));
      }
      factors_.push_back(factor);
      counted_.push_back(counted);
    }
  }

  mlir::FailureOr<Values> evaluate(mlir::ModuleOp module, llvm::ArrayRef<eval::Value> inputs) {
    eval::Evaluator evaluator(module);
    mlir::FailureOr<Values> results = evaluator.run("main", inputs);
    if (failed(results)) error_ = evaluator.error();
    return results;
  }

  /// The program that gives the gradient; null where there is none, which `said_` says then.
  OwnedModule gradientOf(mlir::ModuleOp module) {
    OwnedModule program(module.clone());
    llvm::ArrayRef<eval::Tensor> counted;
    if (!allFinite_) counted = counted_;
    if (failed(giveProduct(*program, factors_, counted))) return {};
    mlir::FailureOr<llvm::SmallVector<bool>> isZero = giveGradient(*program);
    if (failed(isZero)) return {};
    isZero_ = *isZero;
    return program;
  }

  bool computeGradients() {
    gradient_ = gradientOf(*program_);
    if (!gradient_) return end(Kind::NotDifferentiable, said_);
    mlir::FailureOr<Values> gradients = evaluate(*gradient_, point_);
    if (failed(gradients)) return end(Kind::Wrong, "the gradient: " + error_);
    gradients_ = *gradients;
    return true;
  }

  /// By how much the weighted results change where an element of an input is moved; nothing where
  /// there are no such results. Each is compared with itself: what does not move cancels.
  std::optional<double> change(size_t input, int64_t i, double offset) {
    std::optional<std::vector<double>> parts = changes(input, i, offset);
    if (!parts) return std::nullopt;
    double sum = std::accumulate(parts->begin(), parts->end(), 0.0);
    return std::isfinite(sum) ? sum : std::numeric_limits<double>::quiet_NaN();
  }

  std::optional<std::pair<double, double>> bounds(size_t input, int64_t i, double step) {
    std::optional<std::vector<double>> right = changes(input, i, step),
                                       left = changes(input, i, -step);
    if (!right || !left) return std::nullopt;
    std::pair<double, double> out;
    for (auto [r, l] : llvm::zip(*right, *left)) {
      out.first += std::min(r, -l) / step;
      out.second += std::max(r, -l) / step;
    }
    return out;
  }

  /// The parts of change(), one an entry of a result.
  std::optional<std::vector<double>> changes(size_t input, int64_t i, double offset) {
    Values moved(point_);
    eval::Tensor tensor = moved[input].tensor();
    tensor.setFloat(i, std::as_const(tensor).floats()[i] + offset);
    moved[input] = tensor;
    mlir::FailureOr<Values> results = moved_ ? moved_(moved, error_) : evaluate(*program_, moved);
    if (failed(results)) return std::nullopt;
    std::vector<double> parts;
    size_t number = 0;
    for (auto [before, after] : llvm::zip(results_, *results)) {
      if (!isFloat(before)) continue;
      const eval::Tensor &from = before.tensor(), &to = after.tensor();
      const eval::Tensor &factor = factors_[number++];
      if (from.shape() != to.shape()) return std::nullopt;
      for (int64_t k = 0; k < from.numElements(); ++k) {
        bool isStill = !std::isfinite(from.floats()[k]) || from.floats()[k] == to.floats()[k];
        parts.push_back(isStill ? 0 : factor.floats()[k] * (to.floats()[k] - from.floats()[k]));
      }
    }
    return parts;
  }

  /// Up to its share of the elements that are looked at.
  llvm::SmallVector<int64_t> sample(int64_t count) {
    int64_t most = std::max<int64_t>(1, kMostElements / static_cast<int64_t>(inputs_.size()));
    llvm::SmallVector<int64_t> chosen;
    for (int64_t i = 0; i < count && count <= most; ++i) chosen.push_back(i);
    // One of each of as many equal parts.
    for (int64_t k = 0; k < most && count > most; ++k) {
      int64_t begin = k * count / most, end = (k + 1) * count / most;
      chosen.push_back(begin + static_cast<int64_t>(random_() % (end - begin)));
    }
    return chosen;
  }

  bool compareInput(size_t place) {
    size_t input = inputs_[place];
    const eval::Tensor &entries = gradients_[place].tensor(), &at = point_[input].tensor();
    double scale = std::max(largestOf(entries), kSmallest);
    for (int64_t i : sample(entries.numElements())) {
      double x = at.floats()[i];
      if (!std::isfinite(x)) continue;
      Slopes slopes(
          x, [&](double offset) { return change(input, i, offset); },
          [&](double step) { return bounds(input, i, step); });
      SlopeVerdict verdict = slopes.judge(entries.floats()[i], scale, isZero_[place]);
      findings_.numElements += verdict.kind != SlopeVerdict::Kind::Nowhere;
      findings_.numKinks += verdict.kind == SlopeVerdict::Kind::Kink;
      findings_.worst = std::max(findings_.worst, verdict.error);
      if (verdict.kind == SlopeVerdict::Kind::Wrong)
        return end(Kind::Wrong, "element " + llvm::Twine(i) + " of the gradient by input " +
                                    llvm::Twine(input) + " " + verdict.why);
    }
    return true;
  }

  bool compareNarrow() {
    double tolerance = narrowTolerance(original_);
    if (tolerance == 0) return true;
    OwnedModule program = gradientOf(original_);
    if (!program) return end(Kind::Wrong, "in the model's own types: " + said_);
    mlir::FailureOr<Values> gradients = evaluate(*program, given_);
    if (failed(gradients)) return end(Kind::Wrong, "in the model's own types: " + error_);
    return near(*gradients, tolerance, "in the model's own types");
  }

  bool compareCompiled() {
    bool isTensors = llvm::all_of(
        point_, [](const eval::Value &v) { return std::holds_alternative<eval::Tensor>(v.is); });
    if (!compile_ || !isTensors) return true;
    RunnableProgram program = compile_(*gradient_, error_);
    if (!program) return end(Kind::Wrong, "compiled: " + error_);
    mlir::FailureOr<Values> gradients = program(point_, error_);
    if (failed(gradients)) return end(Kind::Wrong, "compiled: " + error_);
    return near(*gradients, 1e-7, "compiled");
  }

  /// Whether `gradients` are as those of the evaluator, to `tolerance` of an input's largest entry.
  bool near(llvm::ArrayRef<eval::Value> gradients, double tolerance, llvm::StringRef how) {
    for (auto [place, expected] : llvm::enumerate(gradients_)) {
      double scale = std::max(largestOf(expected.tensor()), kSmallest);
      std::string wrong = eval::difference({expected.tensor(), tolerance, tolerance * scale},
                                           toF64(gradients[place].tensor(), f64()));
      if (!wrong.empty())
        return end(Kind::Wrong,
                   how + ": the gradient by input " + llvm::Twine(inputs_[place]) + " " + wrong);
    }
    return true;
  }

  mlir::Type f64() { return mlir::Float64Type::get(original_.getContext()); }

  mlir::ModuleOp original_;
  llvm::ArrayRef<eval::Value> given_;
  const ProgramMaker &compile_;
  OwnedModule program_, gradient_;               // in f64
  Values point_, results_, gradients_;           // inputs, outputs there, one a float input
  llvm::SmallVector<size_t> inputs_;             // numbers of float inputs
  llvm::SmallVector<bool> isZero_;               // one a float input: by rule
  std::vector<eval::Tensor> factors_, counted_;  // one a float result
  bool allFinite_ = true;
  RunnableProgram moved_;  // the program compiled, where the evaluator is slow
  GradientFindings findings_;
  std::string said_, error_;  // diagnostics; the evaluator's message
  std::mt19937_64 random_{20240229};
  std::uniform_real_distribution<double> unit_{0, 1};
};

}  // namespace

GradientFindings checkModelGradient(mlir::ModuleOp module, llvm::ArrayRef<eval::Value> inputs,
                                    const ProgramMaker &compile) {
  return ModelCheck(module, inputs, compile).run();
}

}  // namespace plx
