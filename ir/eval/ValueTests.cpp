#include "ir/eval/ValueTests.h"

#include <cmath>

#include "ir/eval/Evaluator.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx::eval {

// ---- reading
// -----------------------------------------------------------------------------------------------------------

static double numberOf(mlir::Attribute attr) {
  auto number = mlir::dyn_cast_or_null<mlir::FloatAttr>(attr);
  return number ? number.getValueAsDouble() : 0;
}

static mlir::LogicalResult readInputs(mlir::func::FuncOp function, ValueTest &test) {
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    auto input = function.getArgAttrOfType<mlir::DenseElementsAttr>(i, "plx.input");
    if (!input)
      return function.emitError() << "argument " << i << " has no `plx.input = dense<...>`";
    test.inputs.push_back(Tensor::fromAttr(input));
  }
  return mlir::success();
}

static bool readExpectations(mlir::func::FuncOp function, ValueTest &test) {
  bool any = false;
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    ValueTest::Expectation expectation;
    if (auto value = function.getResultAttrOfType<mlir::DenseElementsAttr>(i, "plx.expect")) {
      expectation.value = Tensor::fromAttr(value);
      any = true;
    }
    expectation.rtol = numberOf(function.getResultAttr(i, "plx.rtol"));
    expectation.atol = numberOf(function.getResultAttr(i, "plx.atol"));
    test.expected.push_back(std::move(expectation));
  }
  return any;
}

mlir::FailureOr<std::vector<ValueTest>> valueTestsOf(mlir::ModuleOp module) {
  std::vector<ValueTest> tests;
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    ValueTest test;
    test.function = function.getName().str();
    auto fails = function->getAttrOfType<mlir::StringAttr>("plx.fails");
    if (fails) test.failure = fails.getValue().str();
    if (auto compiled = function->getAttrOfType<mlir::StringAttr>("plx.fails_compiled"))
      test.compiledFailure = compiled.getValue().str();
    bool isTest = readExpectations(function, test) || fails || function->hasAttr("plx.runs");
    if (!isTest) continue;
    if (failed(readInputs(function, test))) return mlir::failure();
    tests.push_back(std::move(test));
  }
  return tests;
}

// ---- comparing
// ---------------------------------------------------------------------------------------------------------

static bool isClose(double value, double expected, double rtol, double atol) {
  if (std::isnan(expected) || std::isnan(value)) return std::isnan(expected) && std::isnan(value);
  if (value == expected) return true;
  if (std::isinf(expected) || std::isinf(value)) return false;
  return std::fabs(value - expected) <= atol + rtol * std::fabs(expected);
}

static std::string textOf(mlir::Type type, llvm::ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "[";
  llvm::interleaveComma(shape, stream);
  stream << "] of " << type;
  return text;
}

/// Elements as text, with every digit that tells them apart.
static std::string elementText(const Tensor &tensor, int64_t i) {
  char text[80];
  if (tensor.isFloat())
    std::snprintf(text, sizeof text, "%.17g", tensor.floats()[i]);
  else if (tensor.isInt())
    std::snprintf(text, sizeof text, "%lld", static_cast<long long>(tensor.ints()[i]));
  else if (mlir::isa<StringType>(tensor.elementType()))
    return "\"" + tensor.strings()[i] + "\"";
  else
    std::snprintf(text, sizeof text, "(%.17g, %.17g)", tensor.complexes()[i].real(),
                  tensor.complexes()[i].imag());
  return text;
}

static bool elementFits(const ValueTest::Expectation &expected, const Tensor &result, int64_t i) {
  const Tensor &wanted = *expected.value;
  auto close = [&](double value, double want) {
    return isClose(value, want, expected.rtol, expected.atol);
  };
  if (result.isFloat()) return close(result.floats()[i], wanted.floats()[i]);
  if (result.isInt()) return result.ints()[i] == wanted.ints()[i];
  if (mlir::isa<StringType>(result.elementType()))
    return result.strings()[i] == wanted.strings()[i];
  return close(result.complexes()[i].real(), wanted.complexes()[i].real()) &&
         close(result.complexes()[i].imag(), wanted.complexes()[i].imag());
}

std::string difference(const ValueTest::Expectation &expected, const Value &result) {
  if (!expected.value) return "";
  const auto *tensor = std::get_if<Tensor>(&result.is);
  if (!tensor) return "is not a tensor";
  const Tensor &wanted = *expected.value;
  if (tensor->elementType() != wanted.elementType() || tensor->shape() != wanted.shape())
    return "is " + textOf(tensor->elementType(), tensor->shape()) + ", expected " +
           textOf(wanted.elementType(), wanted.shape());
  for (Index i(wanted.shape()); i; ++i) {
    if (elementFits(expected, *tensor, i.linear())) continue;
    std::string where;
    llvm::raw_string_ostream stream(where);
    llvm::interleaveComma(*i, stream);
    return "at [" + where + "] is " + elementText(*tensor, i.linear()) + ", expected " +
           elementText(wanted, i.linear());
  }
  return "";
}

// ---- running
// -----------------------------------------------------------------------------------------------------------

std::string runValueTest(const ValueTest &test, const Executor &execute) {
  std::string error;
  mlir::FailureOr<llvm::SmallVector<Value>> results = execute(test, error);
  if (failed(results)) {
    if (test.failure.empty()) return "@" + test.function + " failed: " + error;
    if (llvm::StringRef(error).contains(test.failure)) return "";
    return "@" + test.function + " failed with \"" + error + "\", expected \"" + test.failure +
           "\"";
  }
  if (!test.failure.empty())
    return "@" + test.function + " did not fail, expected \"" + test.failure + "\"";
  if (results->size() != test.expected.size())
    return "@" + test.function + " gave " + std::to_string(results->size()) +
           " results, expected " + std::to_string(test.expected.size());
  for (auto [i, result] : llvm::enumerate(*results))
    if (std::string wrong = difference(test.expected[i], result); !wrong.empty())
      return "@" + test.function + ": result " + std::to_string(i) + " " + wrong;
  return "";
}

Executor referenceExecutor(mlir::ModuleOp module) {
  return [module](const ValueTest &test, std::string &error) {
    Evaluator evaluator(module);
    auto results = evaluator.run(test.function, test.inputs);
    if (failed(results)) error = evaluator.error();
    return results;
  };
}

}  // namespace plx::eval
